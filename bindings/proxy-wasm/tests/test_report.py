"""What access logs and statistics say of a stream."""

from __future__ import annotations

import json
import time
import unittest
from collections.abc import Iterator
from typing import Any

from client import Client
from origin import chunk, head
from world import world

USAGE = b'data: {"usage":{"prompt_tokens":3,"completion_tokens":4}}\n\n'


class Report(unittest.TestCase):
    def entry(self, listener: str, *pieces: bytes | float) -> dict[str, Any]:
        """The log's entry for a stream of these pieces, with pauses of so many seconds between them."""

        def script(_: Client) -> Iterator[bytes]:
            yield head()
            for piece in pieces:
                if isinstance(piece, float):
                    time.sleep(piece)
                else:
                    yield chunk(piece)
            yield chunk(b"")

        client, path = world().request(listener, script)
        client.wait()
        return world().envoy.log(listener, path)

    def test_a_stream_of_tokens(self) -> None:
        entry = self.entry(
            "tap", b": hi\n\nid: 7\nevent: delta\ndata: 1\n\n", b"data: 2\n\n", USAGE, b"data: [DONE]\n\n"
        )
        for name in ("first_event_ms", "max_gap_ms"):
            self.assertLess(int(entry.pop(name)), 5000)
        del entry["path"]
        expected = {
            "flags": "-",
            "response": "event_stream",
            "events": "4",
            "bytes": str(6 + 28 + 9 + len(USAGE) + 14),
            "comments": "1",
            "oversized": "0",
            "types": '{"delta":1,"message":3}',
            "largest_event": str(len(USAGE)),
            "last_event_id": "7",
            "matches": "1",
            # All that was asked for.
            "matched": '{"usage":{"prompt_tokens":3,"completion_tokens":4}}'[:40],
            "matched_truncated": "true",
            "done": "true",
            "complete": "true",
            "dropped": None,
            "replaced": None,
            "undelivered_bytes": None,
        }
        self.assertEqual(entry, expected)

    def test_nothing_to_tell(self) -> None:
        entry = self.entry("rules", b": hi\n\n")
        known = {name: value for name, value in entry.items() if value is not None}
        del known["path"]
        expected = {
            "flags": "-",
            "response": "event_stream",
            "events": "0",
            "bytes": "6",
            "comments": "1",
            "oversized": "0",
            "types": "{}",
            "last_event_id": "",
            "matches": "0",
            "done": "false",
            "complete": "true",
            "dropped": "0",
            "replaced": "0",
            "undelivered_bytes": "0",
        }
        self.assertEqual(known, expected)

    def test_times(self) -> None:
        entry = self.entry(
            "tap", b"data: cut", 0.15, b"\n\n", b"data: 2\n\n", 0.25, b"data: 3\n\n", 0.05, b"data: 4\n\n"
        )
        self.assertIn(int(entry["first_event_ms"]), range(149, 5000))
        self.assertIn(int(entry["max_gap_ms"]), range(249, 5000))

    def test_the_last_match_is_kept(self) -> None:
        entry = self.entry("tap", b'data: {"usage":1}\n\ndata: {"usage":2}\n\ndata: 3\n\n')
        self.assertEqual(
            (entry["matched"], entry["matches"], entry["matched_truncated"]), ('{"usage":2}', "2", "false")
        )

    def test_what_is_not_text(self) -> None:
        events = b'id: \xff\nevent: \xc3("\ndata: "usage"\xe4\xb8\n\n', b'event: \xff("\ndata\n\n'
        entry = self.entry("tap", *events)
        self.assertEqual(entry["last_event_id"], "\ufffd")
        self.assertEqual(entry["matched"], '"usage"\ufffd')
        self.assertEqual(json.loads(entry["types"]), {'\ufffd("': 2})

    def test_more_types_than_there_is_room_for(self) -> None:
        entry = self.entry("tap", b"".join(b"event: %d\ndata\n\n" % number for number in range(100)))
        types = json.loads(entry["types"])
        self.assertEqual((len(types), sum(types.values()), types[""]), (33, 100, 68))

    def test_rules_and_statistics(self) -> None:
        envoy = world().envoy
        names = (
            "events",
            "bytes",
            "oversized",
            "dropped",
            "replaced",
            "undelivered_bytes",
            "responses.event_stream",
        )
        before = {name: envoy.stat(f"wasmcustom.passing.{name}") for name in names}
        stream = (
            b"event: ping\ndata: 1\n\ndata: old\n\ndata: " + b"x" * 80 + b"\n\ndata: old\n\ndata: 1\n\nda"
        )
        entry = self.entry("passing", stream)
        counted = {
            name: entry[name] for name in ("events", "oversized", "dropped", "replaced", "undelivered_bytes")
        }
        expected = {
            "events": "4",
            "oversized": "1",
            "dropped": "1",
            "replaced": "2",
            "undelivered_bytes": "0",
        }
        self.assertEqual(counted, expected)
        increase = {**{name: int(number) for name, number in counted.items()}, "bytes": len(stream)}
        for name in names:
            envoy.wait_for_stat(f"wasmcustom.passing.{name}", before[name] + increase.get(name, 1))

    def test_the_first_event_is_in_a_histogram(self) -> None:
        envoy = world().envoy
        self.entry("only", b"event: ping\ndata: 1\n\n")
        deadline = time.monotonic() + 15
        # Envoy merges the workers' numbers every five seconds.
        while "No recorded" in (text := envoy.get("/stats?filter=^wasmcustom.only.first_event_ms$")):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        self.assertIn("P50(", text)


if __name__ == "__main__":
    unittest.main()
