"""Random streams at random cuts, against the oracle; and what is written, against what is read."""

from __future__ import annotations

import pickle
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from eventwire import Event, Parser, encode
from oracle import interpret

ATOMS = [b"data", b"event", b"id", b"retry", b":", b" ", b"\n", b"\r", b"\r\n", b"\n\n", b"\0", b"5", b"x"]
LINES = [b"data: x\n", b"id: 7\n", b"retry: 12\n", b"event: e\n", b": c\n"]
BYTES = [b"\xef\xbb\xbf", b"\xe4\xb8", b"\xff"]

STREAMS = st.lists(st.sampled_from(ATOMS + LINES + BYTES) | st.binary(max_size=4), max_size=40).map(b"".join)


@st.composite
def cut_streams(draw: st.DrawFn) -> list[bytes]:
    """The chunks of a stream."""
    stream = draw(STREAMS)
    places = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    return [stream[begin:end] for begin, end in zip([0, *places], [*places, len(stream)], strict=True)]


@given(cut_streams())
def test_a_stream_means_what_the_oracle_says(chunks: list[bytes]) -> None:
    parser = Parser()
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    meaning = interpret(b"".join(chunks))
    found = [(event.event, event.data, event.id, event.last_event_id, event.retry) for event in events]
    assert found == meaning.events
    assert (parser.last_event_id, parser.retry) == (meaning.last_event_id, meaning.retry)
    assert parser.finish() == []


@given(cut_streams())
def test_every_kind_of_buffer_gives_the_same(chunks: list[bytes]) -> None:
    parsers = [Parser() for _ in range(4)]
    for chunk in chunks:
        padded = memoryview(b"".join(bytes([byte, 0]) for byte in chunk))[::2]
        buffers: tuple[Any, ...] = (chunk, bytearray(chunk), memoryview(chunk), padded)
        first, *others = [parser.feed(buffer) for parser, buffer in zip(parsers, buffers, strict=True)]
        assert all(other == first for other in others)


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=20)


@given(data=TEXT, event=PLAIN, id=PLAIN, retry=st.integers(0, 2**64 - 1), comment=TEXT)
def test_what_is_written_is_read(data: str, event: str, id: str, retry: int, comment: str) -> None:
    stream = encode(data, event=event, id=id, retry=retry, comment=comment)
    (found,) = Parser().feed(stream)
    lines = data.replace("\r\n", "\n").replace("\r", "\n")
    assert found == Event(event or "message", lines, id, retry=retry)


EVENTS = st.builds(
    Event,
    event=TEXT,
    data=TEXT | st.binary(max_size=8),
    id=st.none() | TEXT,
    last_event_id=st.none() | TEXT,
    retry=st.none() | st.integers(0, 2**64 - 1),
)


@given(EVENTS, EVENTS)
def test_events_are_values(one: Event, other: Event) -> None:
    for copy in (pickle.loads(pickle.dumps(one)), eval(repr(one))):
        assert (copy, hash(copy), repr(copy)) == (one, hash(one), repr(one))
        assert copy.data_bytes == one.data_bytes
    assert (one == other) == (repr(one) == repr(other))
