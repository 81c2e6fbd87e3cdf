"""What a head says of the very bytes of the body is taken back where there are rules, and stays where there are none."""

from __future__ import annotations

import unittest
from collections.abc import Iterator

from client import Client
from origin import chunk, head
from world import world

OF_THE_BYTES = (
    "accept-ranges: bytes",
    "content-digest: sha-256=:x:",
    "content-md5: x",
    "digest: sha-256=x",
    "repr-digest: sha-256=:x:",
)


def fields_of(listener: str, *fields: str) -> set[str]:
    """The fields of a stream's head as the client gets it, names in lower case."""

    def script(_: Client) -> Iterator[bytes]:
        yield head("text/event-stream", *fields)
        yield chunk(b"data: 1\n\n")
        yield chunk(b"")

    client, _ = world().request(listener, script)
    client.wait()
    lines = client.head.decode().split("\r\n")[1:]
    return {f"{name.lower()}: {value.strip()}" for name, _, value in (line.partition(":") for line in lines) if name}


class Head(unittest.TestCase):
    def test_without_rules_all_stays(self) -> None:
        fields = {*OF_THE_BYTES, 'etag: "1"', "cache-control: no-store"}
        self.assertLessEqual(fields, fields_of("tap", *fields))

    def test_with_rules_what_is_said_of_the_bytes_goes(self) -> None:
        left = fields_of("rules", *OF_THE_BYTES, "cache-control: no-store")
        self.assertFalse(left & set(OF_THE_BYTES))
        self.assertIn("cache-control: no-store", left)
        self.assertIn("content-type: text/event-stream", left)

    def test_with_rules_a_length_goes(self) -> None:
        def script(_: Client) -> Iterator[bytes]:
            body = b"event: ping\ndata: 1\n\ndata: 2\n\n"
            yield head("text/event-stream", f"content-length: {len(body)}", chunked=False) + body

        client, _ = world().request("rules", script)
        client.wait()
        self.assertNotIn(b"content-length", client.head.lower())
        self.assertEqual((bytes(client.body), client.is_whole), (b"data: 2\n\n", True))

    def test_with_rules_an_entity_tag_is_a_weak_one(self) -> None:
        for given, expected in (('"1"', 'W/"1"'), ('W/"1"', 'W/"1"')):
            with self.subTest(given):
                self.assertIn(f"etag: {expected}", fields_of("rules", f"etag: {given}"))
