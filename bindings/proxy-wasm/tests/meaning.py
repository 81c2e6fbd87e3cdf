"""What a stream means, and what rules make of it, as plainly as it can be said. Nothing of the engine is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

MARK = b"\xef\xbb\xbf"
LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True)
class Event:
    """What a client would see."""

    type: str
    data: str


def events(stream: bytes) -> list[Event]:
    """The events of a whole stream."""
    found = []
    lines: list[bytes] = []
    # What is behind the last line end is no line.
    for line in LINE_END.split(stream.removeprefix(MARK))[:-1]:
        if line:
            lines.append(line)
            continue
        if event := _event(lines):
            found.append(event)
        lines = []
    return found


def _event(lines: list[bytes]) -> Event | None:
    kind, data = b"", None
    for line in lines:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            data = value if data is None else data + b"\n" + value
        elif name == b"event":
            kind = value
    if data is None:
        return None
    return Event(kind.decode(errors="replace") or "message", data.decode(errors="replace"))


@dataclass(frozen=True)
class Rules:
    """The rules of the filter, as it has them in its configuration."""

    rules: tuple[dict[str, Any], ...]
    max_event_size: int = 1 << 20
    oversized: str = "pass"

    def options(self) -> dict[str, Any]:
        """The configuration."""
        return {
            "rules": list(self.rules),
            "max_event_size": self.max_event_size,
            "oversized": self.oversized,
        }

    def apply(self, stream: bytes) -> tuple[bytes, bytes]:
        """What has been sent on once these bytes have come, and what of them is held. At the end of the stream that goes on too."""
        begin = len(MARK) if stream.startswith(MARK) else 0
        sent = bytearray(stream[:begin])
        # The block so far, and its lines that are not comments before it.
        block, lines = b"", list[bytes]()
        for end in LINE_END.finditer(stream, begin):
            line, raw, begin = stream[begin : end.start()], stream[begin : end.end()], end.end()
            if line.startswith(b":") and not lines:
                sent += raw
                continue
            block += raw
            if line:
                lines.append(line)
                continue
            # It is decided at the CR of a CR LF.
            is_too_large = len(block) - (len(end[0]) - 1) > self.max_event_size
            sent += self._too_large(block) if is_too_large else self._decide(block, lines)
            block, lines = b"", []
        rest = stream[begin:]
        # A colon alone may wait for the byte behind it.
        if rest.startswith(b":") and not lines and rest != b":":
            return bytes(sent + rest), b""
        block += rest
        if len(block) > self.max_event_size:
            return bytes(sent + self._too_large(block)), b""
        return bytes(sent), block

    def whole(self, stream: bytes) -> bytes:
        """What is sent of a stream that ends as it should."""
        return b"".join(self.apply(stream))

    def _too_large(self, block: bytes) -> bytes:
        return block if self.oversized == "pass" else b""

    def _decide(self, block: bytes, lines: list[bytes]) -> bytes:
        event = _event(lines)
        if event is None:
            return block
        for rule in self.rules:
            if rule.get("type", event.type) == event.type and rule.get("contains", "") in event.data:
                return {"keep": block, "drop": b"", "replace": _written(rule.get("with", {}))}[rule["action"]]
        return block


def _written(event: dict[str, str]) -> bytes:
    lines = [f"{name}: {event[name]}\n" for name in ("event", "id") if name in event]
    lines += [f"data: {line}\n" for line in event.get("data", "").split("\n")]
    return "".join([*lines, "\n"]).encode()
