"""What an event and an idle parser take of memory."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from eventwire import Event, Parser

COUNT = 100_000


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def report() -> None:
    """Prints the figures, in bytes."""
    event = Parser().feed(b"data: x\n\n")[0]
    assert isinstance(event, Event)
    before = resident()
    parsers = [Parser() for _ in range(COUNT)]
    each = (resident() - before) / len(parsers)
    print(
        f"an event: {sys.getsizeof(event)} bytes, and {sys.getsizeof('')} + n for n characters of ASCII data"
    )
    print(f"an idle parser: {each:.0f} bytes (resident memory of {COUNT} of them, their list included)")
