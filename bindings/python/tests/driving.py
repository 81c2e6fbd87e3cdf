"""Runs a parser over chunks, and notes what it gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from eventwire import Comment, CommentTooLarge, Event, EventTooLarge, InvalidUtf8, Parser, Retry, StreamError
from vectors import Seen

KINDS = {EventTooLarge: "event-too-large", CommentTooLarge: "item-too-large", InvalidUtf8: "invalid-utf8"}


def cuts(stream: bytes, most: int = 256) -> Iterator[list[bytes]]:
    """The stream whole, byte by byte, and cut in two everywhere, or at so many places."""
    yield [stream]
    yield [stream[at : at + 1] for at in range(len(stream))]
    for at in range(0, len(stream) + 1, len(stream) // most + 1):
        yield [stream[:at], stream[at:]]


def drive(parser: Parser[Any], chunks: Iterable[bytes]) -> Seen:
    """What a parser makes of these chunks and the end of the stream behind them.

    Where a chunk has an error and more, which of them came first cannot be seen; errors are noted last.
    """
    seen = Seen()
    for chunk in chunks:
        note(seen, lambda chunk=chunk: parser.feed(chunk))
    note(seen, parser.finish)
    return seen


def note(seen: Seen, call: Any) -> None:
    error = None
    try:
        items = call()
    except StreamError as raised:
        items, error = raised.events, raised
    for item in items:
        match item:
            case Event(event, data, own, last_event_id):
                raw = item.data_bytes.tobytes()
                assert data == raw.decode(errors="replace")
                own_id = None if own is None else own.encode()
                seen.events.append((event.encode(), raw, last_event_id.encode(), own_id))
                seen.order.append("event")
            case Comment(text):
                seen.comments.append(text.encode())
                seen.order.append("comment")
            case Retry(milliseconds):
                seen.retry.append(milliseconds)
                seen.order.append("retry")
            case _:
                raise AssertionError(item)
    if error is not None:
        # Of several errors only the first has a name.
        seen.errors.append(KINDS[type(error)])
        seen.errors.extend(["?"] * (error.dropped - 1))
        seen.order.extend(["error"] * error.dropped)
