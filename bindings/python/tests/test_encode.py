"""Messages as bytes of a stream."""

from __future__ import annotations

from typing import Any

import pytest

from eventwire import encode


def test_every_field() -> None:
    assert encode("a\r\nb", event="e", id="7", retry=0, comment="c") == (
        b":c\nevent: e\nid: 7\nretry: 0\ndata: a\ndata: b\n\n"
    )


def test_what_is_left_out() -> None:
    assert encode() == b"\n"
    assert encode(comment="") == b":\n\n"
    assert encode("") == b"data: \n\n"
    assert encode(id="") == b"id: \n\n"


@pytest.mark.parametrize("value", [b"x", bytearray(b"x"), memoryview(b"x"), "x"])
def test_bytes_and_text(value: Any) -> None:
    assert encode(value, event=value, id=value, comment=value) == b":x\nevent: x\nid: x\ndata: x\n\n"


def test_text_is_utf8() -> None:
    assert encode("grün") == "data: grün\n\n".encode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"event": "x\ndata: forged"}, "event type refused: LF at byte 1"),
        ({"event": b"x\r"}, "event type refused: CR at byte 1"),
        ({"id": "\n"}, "id refused: LF at byte 0"),
        ({"id": "1\0"}, "id refused: NUL at byte 1"),
        ({"retry": -1}, "retry must be milliseconds"),
        ({"retry": 2**64}, "retry must be milliseconds"),
    ],
)
def test_injection_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        encode("x", **fields)


@pytest.mark.parametrize("name", ["data", "event", "id", "comment"])
def test_other_types_are_refused(name: str) -> None:
    fields: dict[str, Any] = {name: 7}
    with pytest.raises(TypeError, match=f"{name} must be str or bytes, not int"):
        encode(**fields)
    fields = {name: "\ud800"}
    with pytest.raises(UnicodeEncodeError):
        encode(**fields)


def test_a_time_is_a_number() -> None:
    bad: Any = "7"
    with pytest.raises(TypeError, match="retry must be an int"):
        encode(retry=bad)
