"""The project's vectors, at every cut."""

from dataclasses import replace
from typing import Any

import pytest

from driving import cuts, drive
from eventwire import Parser
from vectors import Connection, Seen, Vector, load

VECTORS = list(load())


@pytest.mark.parametrize("vector", VECTORS, ids=[vector.name for vector in VECTORS])
def test_vector(vector: Vector) -> None:
    last_event_id, retry = vector.last_event_id, vector.reconnection_time
    for connection in vector.connections:
        for chunks in cuts(connection.stream):
            parser: Parser[Any] = Parser(**vector.settings, last_event_id=last_event_id)
            if retry is not None:
                parser.feed(b"retry: %d\n" % retry)
                parser.reset()
            found = drive(parser, chunks)
            byte_by_byte = len(chunks) == len(connection.stream) > 1
            check(found, connection, vector, ordered=byte_by_byte)
            assert parser.last_event_id == connection.last_event_id.decode(errors="replace")
            assert parser.retry == connection.reconnection_time
            assert parser.position == len(connection.stream)
            assert parser.skipped == connection.skipped
        last_event_id, retry = connection.last_event_id, connection.reconnection_time


def check(found: Seen, connection: Connection, vector: Vector, ordered: bool) -> None:
    wanted = connection.seen
    if not vector.settings["retry"]:
        wanted = replace(wanted, retry=[], order=[kind for kind in wanted.order if kind != "retry"])
    # Types, ids and comments are text in Python.
    wanted = replace(
        wanted,
        events=[
            (lossy(type_), data, lossy(last), own and lossy(own)) for type_, data, last, own in wanted.events
        ],
        comments=[lossy(comment) for comment in wanted.comments],
    )
    if not ordered:
        assert len(found.errors) == len(wanted.errors)
        assert all(
            name in (kind, "?") for name, kind in zip(found.errors[:1], wanted.errors[:1], strict=True)
        )
        kinds = [kind for kind in wanted.order if kind != "error"]
        found = replace(found, errors=wanted.errors, order=[kind for kind in found.order if kind != "error"])
        wanted = replace(wanted, order=kinds)
    assert found == wanted


def lossy(value: bytes) -> bytes:
    return value.decode(errors="replace").encode()


def test_there_are_vectors() -> None:
    assert len(VECTORS) > 250
