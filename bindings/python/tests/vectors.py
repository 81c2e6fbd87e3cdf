"""The vectors of the project, from their TOML files: what a parser must make of a stream."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[3] / "tests" / "vectors"


@dataclass(frozen=True)
class Seen:
    """What came of a stream. Text is bytes here, as the stream held it, or as UTF-8."""

    # (type, data, last event ID, own id or None)
    events: list[tuple[bytes, bytes, bytes, bytes | None]] = field(default_factory=list)
    comments: list[bytes] = field(default_factory=list)
    retry: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    # Which of them came in which order.
    order: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Connection:
    """A stream, and what is to come of it."""

    stream: bytes
    seen: Seen
    last_event_id: bytes
    reconnection_time: int | None
    skipped: int


@dataclass(frozen=True)
class Vector:
    """Settings, and streams that one parser reads one after the other."""

    name: str
    settings: dict[str, Any]
    last_event_id: bytes
    reconnection_time: int | None
    connections: list[Connection]


def load() -> Iterator[Vector]:
    """All that a parser of the Python package can be asked: no carries of fixed size, no lines of unknown fields."""
    for file in sorted(FOLDER.glob("*.toml")):
        for table in tomllib.loads(file.read_text())["vector"]:
            tables = table.get("connection", [table])
            if "capacity" not in table and not any("unknown" in each for each in tables):
                yield vector(table, tables)


def vector(table: dict[str, Any], tables: list[dict[str, Any]]) -> Vector:
    settings: dict[str, Any] = {
        key: table[key] for key in ("max_event_size", "overflow", "utf8", "eof") if key in table
    }
    settings["comments"] = any("comments" in each for each in tables)
    settings["retry"] = any("retry" in each for each in tables)
    start = table.get("start", {})
    last_event_id = text(start.get("id", ""))
    retry = int(start["retry"]) if "retry" in start else None
    result = Vector(table["name"], settings, last_event_id, retry, [])
    for each in tables:
        seen = seen_of(each)
        if seen.events:
            last_event_id = seen.events[-1][2]
        last_event_id = text(each["final_id"]) if "final_id" in each else last_event_id
        retry = seen.retry[-1] if seen.retry else retry
        retry = int(each["final_retry"]) if "final_retry" in each else retry
        skipped = each.get("skipped", 0)
        result.connections.append(Connection(text(each["input"]), seen, last_event_id, retry, skipped))
    return result


def seen_of(table: dict[str, Any]) -> Seen:
    events = [event(each) for each in table.get("events", [])]
    comments = [text(each) for each in table.get("comments", [])]
    retry = [int(each) for each in table.get("retry", [])]
    errors: list[str] = table.get("errors", [])
    lists: dict[str, list[Any]] = {"event": events, "comment": comments, "retry": retry, "error": errors}
    order = table.get("order") or [kind for kind, members in lists.items() for _ in members]
    return Seen(events, comments, retry, errors, order)


def event(table: dict[str, Any]) -> tuple[bytes, bytes, bytes, bytes | None]:
    last = text(table.get("id", ""))
    own = last if "id" in table and not table.get("inherited", False) else None
    return text(table.get("event", "message")), text(table["data"]), last, own


def text(value: Any) -> bytes:
    """The bytes that the vectors' notation stands for."""
    if isinstance(value, list):
        return b"".join(text(part) for part in value)
    if isinstance(value, dict):
        return text(value["repeat"]) * int(value["times"])
    out, rest = bytearray(), str(value)
    while rest:
        plain, backslash, rest = rest.partition("\\")
        out += plain.encode()
        if not backslash:
            break
        escape, rest = rest[0], rest[1:]
        if escape == "x":
            out.append(int(rest[:2], 16))
            rest = rest[2:]
        elif escape == "u":
            digits, _, rest = rest[1:].partition("}")
            out += chr(int(digits, 16)).encode()
        else:
            out += {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}[escape]
    return bytes(out)
