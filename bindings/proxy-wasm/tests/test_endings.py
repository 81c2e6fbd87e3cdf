"""However a response ends, the client has what it would have had without the filter, and the log says how it was."""

from __future__ import annotations

import time
import unittest
from collections.abc import Iterator

from client import Client
from origin import Cut, Reset, chunk, head
from world import RULES, world

WHOLE = b"data: 1\r\n\r\nevent: ping\ndata: 2\n\ndata: old\n\n"
PART = b"data: 3\r\n\r"
REST = b"event: ping\nda"


class Endings(unittest.TestCase):
    def run_script(self, listener: str, *pieces: bytes, **options: str) -> tuple[Client, str]:
        """A response of these pieces."""

        def script(client: Client) -> Iterator[bytes]:
            for piece in pieces:
                # So that the proxy takes each by itself. It does no harm if it does not.
                time.sleep(0.01)
                yield piece

        client, path = world().request(listener, script, **options)
        return client.wait(), path

    def break_off(self, listener: str, end: Exception, *chunks: bytes) -> tuple[Client, str]:
        """A response of these chunks, of which the last one is all in the proxy when it ends so."""
        metric = f"wasmcustom.{listener}.bytes"
        size = sum(map(len, chunks))
        known = world().envoy.stat(metric) + size

        def script(client: Client) -> Iterator[bytes]:
            yield head()
            yield from map(chunk, chunks)
            if listener == "plain":
                client.wait_for_body(size)
            else:
                world().envoy.wait_for_stat(metric, known)
            raise end

        client, path = world().request(listener, script)
        return client.wait(), path

    def test_a_server_that_dies_within_an_event(self) -> None:
        for end in (Cut(), Reset()):
            sent = WHOLE + PART + REST
            for listener, expected in (("plain", sent), ("tap", sent), ("rules", RULES.apply(sent)[0])):
                client, path = self.break_off(listener, end, WHOLE, PART + REST)
                self.assertEqual((client.body, client.is_whole), (expected, False), (listener, end))
                entry = world().envoy.log(listener, path)
                if listener == "plain":
                    continue
                self.assertEqual((entry["complete"], entry["events"]), ("false", "4"))
                undelivered = str(len(REST)) if listener == "rules" else None
                self.assertEqual(entry["undelivered_bytes"], undelivered)

    def test_a_server_that_dies_between_cr_and_lf(self) -> None:
        for listener in ("tap", "rules"):
            client, _ = self.break_off(listener, Cut(), PART)
            self.assertEqual((client.body, client.is_whole), (PART, False))

    def test_a_body_that_ends_with_the_connection(self) -> None:
        for rest in (b"", PART, PART + REST):
            for listener in ("tap", "rules"):
                client, path = self.run_script(listener, head(chunked=False), WHOLE, rest)
                expected = RULES.whole(WHOLE + rest) if listener == "rules" else WHOLE + rest
                self.assertEqual((client.body, client.is_whole), (expected, True))
                entry = world().envoy.log(listener, path)
                self.assertEqual(entry["complete"], "true")
                self.assertIn(entry["undelivered_bytes"], (None, "0"))

    def test_a_body_of_known_length(self) -> None:
        body = WHOLE + REST
        length = f"content-length: {len(body)}"
        response = head("text/event-stream", length, chunked=False)
        client, _ = self.run_script("tap", response, body[:20], body[20:])
        self.assertEqual((client.body, client.is_whole), (body, True))
        self.assertIn(f"\r\n{length}\r\n".encode(), client.head)
        client, _ = self.run_script("rules", response, body[:20], body[20:])
        self.assertEqual((client.body, client.is_whole), (RULES.whole(body), True))
        self.assertNotIn(b"content-length", client.head)

    def test_a_client_of_http_1_0(self) -> None:
        client, _ = self.run_script(
            "rules", head() + chunk(WHOLE[:20]), chunk(WHOLE[20:]) + chunk(b""), version="1.0"
        )
        self.assertEqual(client.body, RULES.whole(WHOLE))

    def test_trailers(self) -> None:
        end = b"0\r\nx-sum: 7\r\n\r\n"
        for rest, listener, expected, undelivered in (
            (b"", "tap", WHOLE, None),
            (REST, "tap", WHOLE + REST, None),
            (b"", "rules", RULES.whole(WHOLE), "0"),
            # Here no buffer comes with the end, into which what is held could be put.
            (REST, "rules", RULES.whole(WHOLE), str(len(REST))),
        ):
            before = world().envoy.stat(f"wasmcustom.{listener}.undelivered_bytes")
            pieces = [chunk(rest)] if rest else []
            client, path = self.run_script(listener, head() + chunk(WHOLE), *pieces, end)
            self.assertEqual((client.body, client.is_whole), (expected, True), (listener, rest))
            self.assertIn(b"x-sum: 7", client.trailers)
            entry = world().envoy.log(listener, path)
            self.assertEqual((entry["complete"], entry["undelivered_bytes"]), ("true", undelivered))
            after = before + int(undelivered or 0)
            world().envoy.wait_for_stat(f"wasmcustom.{listener}.undelivered_bytes", after)

    def test_clients_that_leave(self) -> None:
        for listener in ("tap", "rules"):
            paths = []
            for _ in range(20):

                def script(client: Client) -> Iterator[bytes]:
                    yield head() + chunk(WHOLE + REST)
                    for _ in range(10_000):
                        time.sleep(0.005)
                        yield chunk(b"\ndata: more\n\n")

                client, path = world().request(listener, script)
                client.wait_for_body(10)
                client.leave()
                paths.append(path)
            world().envoy.wait_for_stat(f"wasmcustom.{listener}.open", 0)
            for path in paths:
                entry = world().envoy.log(listener, path)
                self.assertEqual((entry["complete"], entry["response"]), ("false", "event_stream"))
            deadline = time.monotonic() + 10
            while not world().origin.abandoned.issuperset(paths) and time.monotonic() < deadline:
                time.sleep(0.01)
            self.assertLessEqual(set(paths), world().origin.abandoned)


if __name__ == "__main__":
    unittest.main()
