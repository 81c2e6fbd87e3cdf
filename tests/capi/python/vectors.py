"""The vectors of tests/vectors, read from their TOML files, so that nothing stands between them and a library."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

EVENT, RETRY, COMMENT, UNKNOWN = 1, 2, 3, 4
ERRORS = {"event-too-large": -2, "invalid-utf8": -3, "item-too-large": -7}
DEFAULT_LIMIT = 16 << 20


@dataclass
class Settings:
    """How to parse, in the numbers of eventwire.h."""

    max_event_size: int = DEFAULT_LIMIT
    items: int = 0
    overflow: int = 0
    utf8: int = 0
    eof: int = 0


@dataclass
class Known:
    """What a parser knows before a stream, or after it."""

    last_event_id: bytes = b""
    retry: int | None = None


@dataclass
class Connection:
    """A stream, and what is to come of it: `items` as tuples (see `Outcome`)."""

    stream: bytes
    items: list[tuple]
    after: Known
    skipped: int


@dataclass
class Outcome:
    """What came of a stream. An item is (status, type, data, last event ID, id or None, span or None, retry)."""

    items: list[tuple]
    after: Known
    position: int
    skipped: int


def text(value: str | list) -> bytes:
    """The bytes that the vectors' notation stands for."""
    if isinstance(value, list):
        return b"".join(text(part) for part in value)
    if isinstance(value, dict):
        return text(value["repeat"]) * value["times"]
    out, rest = bytearray(), value
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


def number(value: int | str) -> int:
    """A number, which may be written as a string."""
    return int(value)


def event(table: dict) -> tuple:
    """The item that an event of a vector describes."""
    last = text(table.get("id", ""))
    own = last if "id" in table and not table.get("inherited", False) else None
    span = tuple(table["span"]) if "span" in table else None
    return EVENT, text(table.get("event", "message")), text(table["data"]), last, own, span, 0


def items_of(table: dict) -> list[tuple]:
    """What a connection delivers, in its order."""
    lists = {
        "event": [event(each) for each in table.get("events", [])],
        "error": [error(ERRORS[each]) for each in table.get("errors", [])],
        "retry": [(RETRY, b"", b"", b"", None, None, number(each)) for each in table.get("retry", [])],
        "comment": [(COMMENT, b"", text(each), b"", None, None, 0) for each in table.get("comments", [])],
        "unknown": [
            (UNKNOWN, text(each["name"]), text(each["value"]), b"", None, None, 0)
            for each in table.get("unknown", [])
        ],
    }
    order = table.get("order") or [kind for kind, members in lists.items() for _ in members]
    queues = {kind: iter(members) for kind, members in lists.items()}
    return [next(queues[kind]) for kind in order]


def connection_of(table: dict, before: Known) -> Connection:
    """A connection that follows what is known."""
    items = items_of(table)
    last = [item[3] for item in items if item[0] == EVENT] or [before.last_event_id]
    retry = [item[6] for item in items if item[0] == RETRY] or [before.retry]
    final_id = text(table["final_id"]) if "final_id" in table else last[-1]
    final_retry = number(table["final_retry"]) if "final_retry" in table else retry[-1]
    return Connection(text(table["input"]), items, Known(final_id, final_retry), table.get("skipped", 0))


def settings_of(vector: dict, tables: list[dict]) -> Settings:
    """A vector's settings; a kind of item is asked for by its key."""
    asked = [("retry", 1), ("comments", 2), ("unknown", 4)]
    return Settings(
        max_event_size=vector.get("max_event_size", DEFAULT_LIMIT),
        items=sum(bit for key, bit in asked if any(key in table for table in tables)),
        overflow=["error", "skip"].index(vector.get("overflow", "error")),
        utf8=["raw", "replace", "strict"].index(vector.get("utf8", "raw")),
        eof=["discard", "dispatch"].index(vector.get("eof", "discard")),
    )


def load(folder: Path):
    """Gives name, settings, start and connections of each vector that the C interface can express."""
    for file in sorted(folder.glob("*.toml")):
        for vector in tomllib.loads(file.read_text())["vector"]:
            if "capacity" in vector or vector.get("max_event_size") == 0:
                continue
            tables = vector.get("connection", [vector])
            start = vector.get("start", {})
            known = Known(text(start.get("id", "")), number(start["retry"]) if "retry" in start else None)
            before, connections = known, []
            for table in tables:
                connections.append(connection_of(table, before))
                before = connections[-1].after
            yield f"{file.name}: {vector['name']}", settings_of(vector, tables), known, connections


def error(status: int) -> tuple:
    """An error as an item."""
    return status, b"", b"", b"", None, None, 0
