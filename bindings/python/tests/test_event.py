"""Events as objects of Python."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import sys
from typing import Any

import pytest

from eventwire import Comment, Event, Parser, Retry


def one(stream: bytes) -> Event:
    (event,) = Parser().feed(stream)
    return event


def test_fields_of_an_event() -> None:
    event = one(b"event: delta\nid: 7\nretry: 100\ndata: a\ndata: b\n\n")
    assert (event.event, event.data, event.id, event.last_event_id) == ("delta", "a\nb", "7", "7")
    assert event.retry == 100


def test_what_is_absent() -> None:
    event = one(b"data\n\n")
    assert (event.event, event.data, event.id, event.last_event_id, event.retry) == (
        "message",
        "",
        None,
        "",
        None,
    )


def test_an_id_is_inherited_but_not_own() -> None:
    first, second, third = Parser().feed(b"id: 7\ndata\n\ndata\n\nid\ndata\n\n")
    assert [event.id for event in (first, second, third)] == ["7", None, ""]
    assert [event.last_event_id for event in (first, second, third)] == ["7", "7", ""]


@pytest.mark.parametrize(
    ("stream", "times"),
    [
        (b"retry: 1\ndata\n\ndata\n\n", [1, None]),
        (b"data\nretry: 1\n\ndata\n\n", [1, None]),
        (b"retry: 1\n\ndata\n\n", [None]),
        (b"retry: 1\n\nretry: 2\nretry: 3\ndata\n\n", [3]),
        (b"retry: 1\ndata\n\nretry: x\ndata\n\n", [1, None]),
        (b": c\nretry: 1\n: c\ndata\n\n: c\ndata\n\n", [1, None]),
    ],
)
def test_a_reconnection_time_belongs_to_its_block(stream: bytes, times: list[int | None]) -> None:
    assert [event.retry for event in Parser().feed(stream)] == times
    parser = Parser()
    assert [event.retry for byte in stream for event in parser.feed(bytes([byte]))] == times


def test_bad_utf8_is_replaced_in_text_alone() -> None:
    event = one(b"event: \xff\nid: \xc3\ndata: \xe4\xb8x\n\n")
    assert (event.event, event.id, event.data) == ("\ufffd", "\ufffd", "\ufffdx")
    assert event.data_bytes.tobytes() == b"\xe4\xb8x"
    assert event != one(b"event: \xff\nid: \xc3\ndata: \xff\x78\n\n")


def test_data_as_bytes() -> None:
    event = one("data: grün\n\n".encode())
    view = event.data_bytes
    assert isinstance(view, memoryview)
    assert (view.readonly, bytes(view)) == (True, "grün".encode())
    del event
    assert bytes(view) == "grün".encode()
    with pytest.raises(TypeError):
        view[0] = 0


def test_data_as_json() -> None:
    assert one(b'data: {"a": [1, null]}\n\n').json() == {"a": [1, None]}
    with pytest.raises(json.JSONDecodeError):
        one(b"data: [DONE]\n\n").json()


def test_it_does_not_change() -> None:
    event: Any = one(b"data: x\n\n")
    for name in ("event", "data", "id", "last_event_id", "retry", "data_bytes", "anything"):
        with pytest.raises(AttributeError):
            setattr(event, name, "y")
        with pytest.raises(AttributeError):
            delattr(event, name)


def test_it_is_a_value() -> None:
    event = Event("delta", "x", "7", retry=5)
    assert event == one(b"event: delta\nid: 7\nretry: 5\ndata: x\n\n")
    assert {event: 1}[Event("delta", "x", "7", retry=5)] == 1
    others = [
        Event("d", "x", "7", retry=5),
        Event("delta", "y", "7", retry=5),
        Event("delta", "x", "8", retry=5),
    ]
    others += [Event("delta", "x", "7", "8", 5), Event("delta", "x", "7"), Event("delta", "x", None, "7", 5)]
    assert all(event != other for other in others)
    assert (event == "x", event != "x") == (False, True)
    assert copy.deepcopy(event) == copy.copy(event) == event
    assert all(pickle.loads(pickle.dumps(event, protocol)) == event for protocol in range(6))


def test_it_shows_what_is_not_usual() -> None:
    assert repr(Event()) == "Event(data='')"
    assert repr(Event("e", "d", "7", retry=1)) == "Event(event='e', data='d', id='7', retry=1)"
    assert repr(Event(data=b"\xff", last_event_id="7")) == "Event(data=b'\\xff', last_event_id='7')"


def test_it_is_matched() -> None:
    match one(b"event: delta\ndata: x\n\n"):
        case Event("delta", data, id=None):
            assert data == "x"
        case _:
            pytest.fail("not matched")


def test_it_can_be_made_of_what_it_is() -> None:
    wrong: Any
    for wrong in (3, b"x", ["x"]):
        for name in ("event", "id", "last_event_id"):
            with pytest.raises(TypeError, match=f"^{name} must be str, not {type(wrong).__name__}"):
                Event(**{name: wrong})
    wrong = None
    with pytest.raises(TypeError, match="^data must be str or bytes, not NoneType"):
        Event(data=wrong)
    bad: Any = 1.5
    with pytest.raises(TypeError, match="retry must be an int"):
        Event(retry=bad)
    with pytest.raises(ValueError, match="retry must be milliseconds"):
        Event(retry=-1)
    with pytest.raises(ValueError, match="surrogates"):
        Event(data="\ud800")
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("Derived", (Event,), {})


def test_one_without_fields_does_no_harm() -> None:
    empty: Event = object.__new__(Event)
    assert (empty.id, empty.retry) == (None, None)
    for use in (repr, hash, pickle.dumps, lambda event: event.data):
        with pytest.raises(AttributeError):
            use(empty)
    with pytest.raises(BufferError, match="without data"):
        memoryview(empty)


def test_it_keeps_no_more_than_it_must() -> None:
    event = one(b"data: x\n\n")
    assert not gc.is_tracked(event)
    # Six references behind the head of an object, which is larger in free-threaded builds.
    assert sys.getsizeof(event) == sys.getsizeof(object()) + 6 * 8
    chunk = b"data: x\n\n" * 1000
    before = sys.getrefcount(chunk)
    events = Parser().feed(chunk)
    assert (len(events), sys.getrefcount(chunk)) == (1000, before)
    assert all(event.event is events[0].event for event in events)


def test_a_subclass_of_str_is_not_kept() -> None:
    class Text(str):
        pass

    event = Event(Text("a"), Text("b"), Text("c"), Text("d"))
    assert {type(value) for value in (event.event, event.data, event.id, event.last_event_id)} == {str}


def test_other_items_are_values() -> None:
    items = Parser(comments=True, retry=True).feed(b": c\nretry: 7\ndata\n\n")
    assert items == [Comment(" c"), Retry(7), Event(retry=7)]
    assert pickle.loads(pickle.dumps(items)) == items
