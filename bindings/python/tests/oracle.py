"""What a stream means, as plainly as it can be said: decode all, split all, interpret all. Nothing of the engine is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass
class Meaning:
    """What the standard makes of a whole stream."""

    # (type, data, own id or None, last event ID, reconnection time of the block or None)
    events: list[tuple[str, str, str | None, str, int | None]] = field(default_factory=list)
    last_event_id: str = ""
    retry: int | None = None


def interpret(stream: bytes) -> Meaning:
    """The meaning of a stream from its first byte to its end."""
    text = stream.decode("utf-8", errors="replace").removeprefix("\ufeff")
    # What is behind the last line end is no line.
    lines = LINE_END.split(text)[:-1]
    meaning = Meaning()
    block = Block()
    for line in lines:
        if line:
            block.take(line, meaning)
            continue
        if block.id is not None:
            meaning.last_event_id = block.id
        if block.data is not None:
            data = "\n".join(block.data)
            event = (block.type or "message", data, block.id, meaning.last_event_id, block.retry)
            meaning.events.append(event)
        block = Block()
    return meaning


@dataclass
class Block:
    """What the lines since the last blank one have said."""

    type: str = ""
    data: list[str] | None = None
    id: str | None = None
    retry: int | None = None

    def take(self, line: str, meaning: Meaning) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self.data = [*(self.data or []), value]
        elif name == "event":
            self.type = value
        elif name == "id" and "\0" not in value:
            self.id = value
        elif name == "retry" and re.fullmatch("[0-9]+", value):
            self.retry = meaning.retry = min(int(value), 2**64 - 1)
