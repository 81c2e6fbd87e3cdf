"""Wherever a stream is cut, all of it arrives, or all that rules leave of it, and each byte as soon as it can."""

from __future__ import annotations

import unittest

from meaning import Rules, events
from streams import STREAMS
from world import RULE_SETS, world


def single_bytes(stream: bytes) -> list[bytes]:
    return [stream[at : at + 1] for at in range(len(stream))]


class EveryCut(unittest.TestCase):
    def check(self, listener: str, pieces: list[bytes], rules: Rules, case: object) -> str:
        """Sends a stream so, and gives the path of the request."""
        client, path = world().send(listener, pieces, lambda sent: rules.apply(sent)[0])
        self.assertEqual((client.body, client.is_whole), (rules.whole(b"".join(pieces)), True), case)
        return path

    def test_watched_streams_arrive_byte_by_byte(self) -> None:
        for name, stream in STREAMS.items():
            client, path = world().send("tap", single_bytes(stream), lambda sent: sent)
            self.assertEqual((client.body, client.is_whole), (stream, True), name)
            entry = world().envoy.log("tap", path)
            seen = (entry["response"], entry["bytes"], entry["events"], entry["complete"])
            self.assertEqual(seen, ("event_stream", str(len(stream)), str(len(events(stream))), "true"), name)

    def test_rewritten_streams_arrive_as_soon_as_they_can(self) -> None:
        for listener, rules in RULE_SETS.items():
            for name, stream in STREAMS.items():
                self.check(listener, single_bytes(stream), rules, (listener, name))

    def test_through_http2(self) -> None:
        for name, stream in STREAMS.items():
            self.check("h2", single_bytes(stream), RULE_SETS["rules"], name)

    def test_at_every_single_cut(self) -> None:
        for name, stream in STREAMS.items():
            for at in range(len(stream) + 1):
                pieces = [piece for piece in (stream[:at], stream[at:]) if piece]
                self.check("rules", pieces, RULE_SETS["rules"], (name, at))


if __name__ == "__main__":
    unittest.main()
