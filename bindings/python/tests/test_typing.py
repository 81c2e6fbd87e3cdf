"""What type checkers know of the package. They check this file; run, it shows that the names are right."""

from __future__ import annotations

from typing import Any, assert_type

from eventwire import Comment, Event, EventSource, Parser, ReadyState, Retry, encode, iter_events


def test_types() -> None:
    parser = Parser()
    assert_type(parser, Parser[Event])
    assert_type(parser.feed(b""), list[Event])
    assert_type(parser.retry, int | None)
    items = Parser(comments=True).feed(bytearray())
    assert_type(items, list[Event | Comment | Retry])
    event = Event(data="[1]", id="7")
    assert_type(event.id, str | None)
    assert_type(event.json(), Any)
    assert_type(event.data_bytes, memoryview)
    assert_type(encode("x", event=b"y"), bytes)
    assert_type([each.data for each in iter_events([b"data: x\n\n"])], list[str])
    assert_type([*iter_events([b""], Parser(retry=True))], list[Event | Comment | Retry])
    assert_type(EventSource("http://127.0.0.1/", max_event_size=5).ready_state, ReadyState)
