"""Nothing is kept of what has been read.

Run as a program it takes the number of events, ten million unless told otherwise:

    python tests/test_leaks.py 10000000
"""

from __future__ import annotations

import resource
import sys
import tracemalloc
from pathlib import Path

from eventwire import Event, EventTooLarge, Parser, encode

BLOCKS = b"id: %d\nevent: e%d\nretry: 5\ndata: x\ndata: \xff\n\n: c\ndata: [%d]\n\ndata: too large %d\n\n"
BATCH = 3000


def work(events: int) -> None:
    """Reads so many events, of all kinds and in all ways, and lets them go."""
    parser = Parser(max_event_size=12, comments=True, retry=True)
    for number in range(0, events, BATCH):
        stream = b"".join(BLOCKS % ((n % 100, n % 3, n, n)) for n in range(number, number + BATCH // 3))
        for at in range(0, len(stream), 1460):
            try:
                items = parser.feed(stream[at : at + 1460])
            except EventTooLarge as error:
                items = error.events
            for item in items[::50]:
                if isinstance(item, Event):
                    hash((item, repr(item), bytes(item.data_bytes), item.id))
                    encode(item.data, id=item.last_event_id)


def resident() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def growth(events: int) -> tuple[int, int]:
    """By how many bytes Python's memory has grown in the meantime, and the process."""
    work(100_000)
    tracemalloc.start()
    work(30_000)
    before = tracemalloc.get_traced_memory()[0]
    work(60_000)
    traced = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    before = resident()
    work(events)
    return traced, resident() - before


def test_nothing_is_kept() -> None:
    traced, process = growth(300_000)
    assert traced < 10_000
    assert process < 4_000_000


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    print("{} events: Python's memory grew by {} bytes, the process by {}".format(count, *growth(count)))
