"""Fuzzes the package with atheris: any stream, cut anywhere, means what the oracle of the tests says, under any settings.

    python fuzz/parse.py [-max_total_time=SECONDS] [OPTION OF LIBFUZZER...]

The first bytes of an input choose settings and cuts, the rest is the stream.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import atheris

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

with atheris.instrument_imports(include=["eventwire", "oracle"]):
    from eventwire import Event, Parser, StreamError, encode
    from oracle import interpret


def chunks_of(stream: bytes, sizes: bytes) -> list[bytes]:
    """The stream, cut into chunks of these sizes, over and over."""
    chunks: list[bytes] = []
    at = 0
    while at < len(stream):
        size = max(sizes[len(chunks) % len(sizes)], 1) if sizes else len(stream)
        chunks.append(stream[at : at + size])
        at += size
    return chunks


def items_of(parser: Parser[Any], chunks: list[bytes]) -> list[Any]:
    """What was not dropped."""
    items: list[Any] = []
    for call in [*(lambda chunk=chunk: parser.feed(chunk) for chunk in chunks), parser.finish]:
        try:
            items.extend(call())
        except StreamError as error:
            assert error.dropped > 0
            items.extend(error.events)
    return items


def one(data: bytes) -> None:
    flags, count, *_ = (*data[:2], 0, 0)
    sizes, stream = data[2 : 2 + count % 8], data[2 + count % 8 :]
    chunks = chunks_of(stream, sizes)

    found = items_of(Parser(), chunks)
    meaning = interpret(stream)
    assert [
        (each.event, each.data, each.id, each.last_event_id, each.retry) for each in found
    ] == meaning.events

    settings: dict[str, Any] = {
        "max_event_size": flags >> 4,
        "overflow": "skip" if flags & 1 else "error",
        "utf8": ("raw", "replace", "strict", "raw")[flags >> 1 & 3],
        "eof": "dispatch" if flags & 8 else "discard",
        "comments": True,
        "retry": True,
    }
    # Where the stream is cut makes no difference.
    whole = items_of(Parser(**settings), [stream])
    assert whole == items_of(Parser(**settings), chunks)

    for event in found:
        assert pickle.loads(pickle.dumps(event)) == event
        assert event.data_bytes.tobytes().decode(errors="replace") == event.data
        # What was read can be written, and is the same again.
        written = encode(event.data, event=event.event, id=event.id, retry=event.retry)
        again = Event(event.event, event.data, event.id, event.id, event.retry)
        assert Parser().feed(written) == [again]


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
