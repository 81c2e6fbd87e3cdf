"""The parser as an object of Python: settings, errors, buffers."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

import pytest

from eventwire import (
    Comment,
    CommentTooLarge,
    Event,
    EventTooLarge,
    InvalidUtf8,
    Parser,
    Retry,
    StreamError,
    scanner_name,
)


def test_it_knows_where_it_is() -> None:
    parser = Parser(last_event_id="41")
    assert (parser.last_event_id, parser.retry, parser.position, parser.skipped) == ("41", None, 0, 0)
    parser.feed(b"id: 42\nretry: 5\n\ndata: x")
    assert (parser.last_event_id, parser.retry, parser.position) == ("42", 5, 24)
    assert repr(parser) == '<eventwire.Parser position=24 last_event_id="42">'
    parser.reset()
    assert (parser.last_event_id, parser.retry, parser.position) == ("42", 5, 0)
    assert parser.feed(b"data: y\n\n") == [Event(data="y", last_event_id="42")]


def test_a_reconnection_time_does_not_pass_to_the_next_stream() -> None:
    for end in (Parser.reset, Parser.finish):
        parser = Parser()
        parser.feed(b": a comment to be behind\nretry: 5\ndata: cut off")
        end(parser)
        assert [event.retry for event in parser.feed(b"data\n\n")] == [None]


def test_what_the_end_cuts_off() -> None:
    assert Parser(eof="discard").feed(b"data: x") == []
    parser = Parser(eof="dispatch")
    assert parser.feed(b"id: 7\ndata: x") == []
    assert parser.finish() == [Event(data="x", id="7")]
    assert parser.finish() == []


def test_what_is_dropped_is_told_with_what_is_not() -> None:
    parser = Parser(max_event_size=4)
    with pytest.raises(EventTooLarge, match="max_event_size") as caught:
        parser.feed(b"data: 1\n\ndata: 12345\n\ndata: 2\n\ndata: 3")
    assert caught.value.events == [Event(data="1"), Event(data="2")]
    assert caught.value.dropped == 1
    assert parser.feed(b"\n\n") == [Event(data="3")]
    with pytest.raises(EventTooLarge, match="1 more in the same chunk") as caught:
        parser.feed(b"data: 12345\n\n" * 2)
    assert caught.value.dropped == 2
    assert isinstance(caught.value, StreamError)


def test_what_is_dropped_can_be_counted_instead() -> None:
    parser = Parser(max_event_size=4, overflow="skip")
    assert parser.feed(b"data: 12345\n\ndata: 2\n\n") == [Event(data="2")]
    assert parser.skipped == 1


def test_an_error_at_the_end() -> None:
    parser = Parser(eof="dispatch", utf8="strict")
    parser.feed(b"data: \xe4\xb8")
    with pytest.raises(InvalidUtf8):
        parser.finish()


def test_strictness() -> None:
    with pytest.raises(InvalidUtf8) as caught:
        Parser(utf8="strict").feed(b"data: \xff\n\ndata: x\n\n")
    assert caught.value.events == [Event(data="x")]


def test_replacement() -> None:
    (event,) = Parser(utf8="replace").feed(b"data: \xff\n\n")
    assert event.data_bytes == "\ufffd".encode()


def test_comments_and_reconnection_times() -> None:
    stream = b": ping\nretry: 7\ndata: x\n:\n\n"
    assert Parser().feed(stream) == [Event(data="x", retry=7)]
    assert Parser(comments=True).feed(stream) == [Comment(" ping"), Comment(""), Event(data="x", retry=7)]
    assert Parser(retry=True).feed(stream) == [Retry(7), Event(data="x", retry=7)]
    with pytest.raises(CommentTooLarge):
        Parser(comments=True, max_event_size=3).feed(b": 1234\n")


@pytest.mark.parametrize(
    "chunk",
    [
        bytearray(b"data: x\n\n"),
        memoryview(b"data: x\n\n"),
        array("B", b"data: x\n\n"),
        array("H", b"data: x\n\n "),
    ],
    ids=lambda chunk: f"{type(chunk).__name__}-{memoryview(chunk).format}",
)
def test_any_buffer_will_do(chunk: Any) -> None:
    assert Parser().feed(chunk) == [Event(data="x")]


def test_what_is_no_buffer() -> None:
    bad: Any
    for bad in ("data: x\n\n", 7, None, [b"data"]):
        with pytest.raises(TypeError, match=f"bytes or another buffer, not {type(bad).__name__}"):
            Parser().feed(bad)
    bad = "data: x\n\n"
    with pytest.raises(TypeError, match="UTF-8"):
        Parser().feed(bad)


def test_settings_that_there_are_not() -> None:
    bad: Any = "other"
    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: Parser(overflow=bad), "overflow must be 'error' or 'skip', not 'other'"),
        (lambda: Parser(utf8=bad), "utf8 must be 'raw' or 'replace' or 'strict'"),
        (lambda: Parser(eof=bad), "eof must be 'discard' or 'dispatch'"),
        (lambda: Parser(last_event_id="a\nb"), "last event ID refused"),
        (lambda: Parser(utf8="strict", last_event_id=b"\xff"), "last event ID refused: it is not UTF-8"),
    ]
    for call, words in cases:
        with pytest.raises(ValueError, match=words):
            call()
    with pytest.raises(OverflowError):
        Parser(max_event_size=-1)
    with pytest.raises(TypeError, match="last_event_id must be str or bytes, not int"):
        bad = 3
        Parser(last_event_id=bad)


def test_memory_is_bounded() -> None:
    parser = Parser(max_event_size=1000, overflow="skip")
    for _ in range(1000):
        assert parser.feed(b"data: " + bytes(1000)) == []
    assert parser.feed(b"\n\n") == []
    assert parser.skipped == 1


def test_the_scanner_has_a_name() -> None:
    assert scanner_name() in ("avx2", "sse2", "neon", "swar")
