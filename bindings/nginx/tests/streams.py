"""Streams to be sent, and what is to become of them, said as plainly as possible."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

MARK = b"\xef\xbb\xbf"

#: One of everything: a byte-order mark, each line end, comments, an id alone, data in lines, a type, an event that is cut off.
MIXED = (
    MARK
    + b": hi\ndata: 1\n\nevent: ping\ndata: p\n\r\n\nid: 7\r\n\r\nevent:ping\r\n: in it\r\ndata: p\r\n\r\n"
    + b"event: ping\rdata: a\rdata: b\r\rdata: \xc3\xa9 usage\rid: 8\r\r: c\nevent: ping\n\ndata: [DONE]\n\nevent: ping\ndata: cut"
)


@dataclass
class Block:
    """The lines from a block's first field to its blank line."""

    data: bytes
    has_data: bool = False
    event_type: bytes = b"message"


def split(stream: bytes) -> tuple[list[bytes | Block], bytes]:
    """The blocks of a stream and what stands between them; and what is cut off at its end."""
    parts: list[bytes | Block] = []
    at = len(MARK) if stream.startswith(MARK) else 0
    parts.append(stream[:at])
    block: Block | None = None
    ended = stream[at : max(stream.rfind(b"\r"), stream.rfind(b"\n")) + 1]
    for line in re.findall(rb"[^\r\n]*(?:\r\n|\r|\n)", ended):
        at += len(line)
        text = line.rstrip(b"\r\n")
        if block is None and (text == b"" or text.startswith(b":")):
            parts.append(line)
            continue
        block = block or Block(b"")
        block.data += line
        if text == b"":
            parts.append(block)
            block = None
            continue
        name, _, value = text.partition(b":")
        block.has_data |= name == b"data"
        if name == b"event":
            block.event_type = value.removeprefix(b" ") or b"message"
    return parts, (block.data if block else b"") + stream[at:]


def dropped(stream: bytes, *types: bytes) -> bytes:
    """The stream without the events of these types."""
    parts, rest = split(stream)
    kept = b""
    for part in parts:
        if isinstance(part, bytes):
            kept += part
        elif not part.has_data or part.event_type not in types:
            kept += part.data
    return kept + rest


def events(stream: bytes) -> int:
    """How many events a client gets of it."""
    return sum(isinstance(part, Block) and part.has_data for part in split(stream)[0])


def some_stream(rng: random.Random) -> bytes:
    """A stream of anything."""
    atoms = [
        b"data",
        b"event",
        b"id",
        b":",
        b" ",
        b"ping",
        b"x",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\r\n\r\n",
        b"data: 1\n\n",
    ]
    atoms += [b"event: ping\ndata: 2\n\n", b": c\n", MARK, b"\xff", b"\0", b"y" * 300]
    return b"".join(rng.choices(atoms, k=rng.randrange(1, 60)))


def some_cuts(rng: random.Random, stream: bytes) -> list[bytes]:
    """The stream in a few pieces."""
    cuts = sorted(rng.randrange(len(stream) + 1) for _ in range(rng.randrange(6)))
    pieces = [stream[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    return [piece for piece in pieces if piece]
