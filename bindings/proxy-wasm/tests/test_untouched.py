"""What is no event stream, or not one that can be read, goes through as it is, and is said to have."""

from __future__ import annotations

import gzip
import random
import unittest
from collections.abc import Iterator

from client import Client
from origin import chunk, head
from world import RULE_SETS, world

BODY = b"event: ping\ndata: 1\n\ndata: old\n\n"


class Untouched(unittest.TestCase):
    def check(self, response: bytes, body: bytes, verdict: str, method: str = "GET") -> None:
        """A response, which watching and rewriting filters leave alone for this reason."""
        for listener in ("tap", "rules"):

            def script(client: Client) -> Iterator[bytes]:
                yield response
                if body and method != "HEAD":
                    yield chunk(body[:7])
                    yield chunk(body[7:])
                    yield chunk(b"")

            metric = f"wasmcustom.{listener}.responses.{verdict}"
            before = world().envoy.stat(metric)
            client, path = world().request(listener, script, method=method)
            client.wait()
            self.assertEqual((client.body, client.is_whole), (b"" if method == "HEAD" else body, True))
            entry = world().envoy.log(listener, path)
            self.assertEqual((entry["response"], entry["events"]), (verdict, None))
            world().envoy.wait_for_stat(metric, before + 1)

    def test_compressed(self) -> None:
        self.check(head("text/event-stream", "content-encoding: gzip"), gzip.compress(BODY), "encoded")
        self.check(head("text/event-stream", "content-encoding: identity, br"), BODY, "encoded")

    def test_in_part(self) -> None:
        self.check(head("text/event-stream", status="206 Partial Content"), BODY, "partial")
        self.check(head("text/event-stream", "content-range: bytes 0-30/90"), BODY, "partial")

    def test_of_another_type(self) -> None:
        self.check(head("application/json"), BODY, "other_type")
        self.check(head("text/event-streams"), BODY, "other_type")
        self.check(head("text/plain; charset=text/event-stream"), BODY, "other_type")
        self.check(head(""), BODY, "other_type")

    def test_header_fields_of_any_bytes(self) -> None:
        field = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\xff\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
        self.check(field, BODY, "other_type")

    def test_without_a_body(self) -> None:
        self.check(head(), BODY, "no_body", method="HEAD")
        self.check(head(status="204 No Content", chunked=False), b"", "no_body")
        self.check(head("text/event-stream", "content-length: 0", chunked=False), b"", "no_body")

    def test_a_type_in_other_words(self) -> None:
        for content_type in (
            "Text/Event-Stream",
            "text/event-stream;charset=utf-8",
            "text/event-stream ; a=1; b=2",
        ):
            client, path = world().request(
                "rules", lambda _: iter([head(content_type) + chunk(BODY) + chunk(b"")])
            )
            self.assertEqual(client.wait().body, RULE_SETS["rules"].whole(BODY))
            self.assertEqual(world().envoy.log("rules", path)["response"], "event_stream")

    def test_what_only_claims_the_type(self) -> None:
        numbers = random.Random(8)
        for body in (
            gzip.compress(BODY * 1000),
            numbers.randbytes(100_000),
            b"<html>\r\n</html>",
            b"{}",
            b"\0" * 5000,
        ):
            cuts = sorted(numbers.choices(range(len(body) + 1), k=9))
            pieces = [body[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(body)]) if begin < end]
            for listener in ("tap", "rules", "passing"):
                expected = RULE_SETS[listener].whole(body) if listener in RULE_SETS else body
                script = [head(), *map(chunk, pieces), chunk(b"")]
                client, path = world().request(listener, lambda _: iter(script))
                self.assertEqual((client.wait().body, client.is_whole), (expected, True))
                self.assertEqual(world().envoy.log(listener, path)["bytes"], str(len(body)))


if __name__ == "__main__":
    unittest.main()
