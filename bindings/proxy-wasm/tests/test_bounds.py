"""Large events, endless ones, many small chunks and many streams at once: what is held is bounded, and nothing is lost."""

from __future__ import annotations

import random
import threading
import unittest
from collections.abc import Iterator

from client import Client
from meaning import Rules, events
from origin import chunk, head
from streams import STREAMS
from world import DROPPING, PASSING, RULES, world

LARGE = b"data: " + b"x" * 100 + b"\n\n"
STREAM = (
    b"event: ping\ndata: 1\n\n"
    + LARGE
    + b"event: ping\n"
    + LARGE
    + b"data: old\n\n: "
    + b"c" * 200
    + b"\n\ndata: 2\n\n"
)


class Bounds(unittest.TestCase):
    def test_events_as_large_as_the_bound_and_larger(self) -> None:
        for size in range(50, 70):
            event = b"event: ping\ndata: ".ljust(size - 2, b"x") + b"\n\n"
            for listener, rules in (("passing", PASSING), ("dropping", DROPPING)):
                for cut in (1, size // 2, size - 1):
                    pieces = [event[:cut], event[cut:] + b"data: 2\n\n"]
                    client, _ = world().send(listener, pieces, lambda sent: rules.apply(sent)[0])
                    self.assertEqual(client.body, rules.whole(event + b"data: 2\n\n"), (listener, size, cut))

    def test_larger_events_go_on_as_they_come(self) -> None:
        for size in (1, 7, 64, 1000):
            pieces = [STREAM[at : at + size] for at in range(0, len(STREAM), size)]
            for listener, rules in (("passing", PASSING), ("dropping", DROPPING)):
                client, path = world().send(listener, pieces, lambda sent: rules.apply(sent)[0])
                self.assertEqual(client.body, rules.whole(STREAM), (listener, size))
                entry = world().envoy.log(listener, path)
                self.assertEqual((entry["oversized"], entry["events"], entry["comments"]), ("2", "3", "1"))

    def test_an_endless_event(self) -> None:
        part = b"y" * 65536
        before = world().envoy.memory()
        for listener in ("tap", "passing", "rules"):
            pieces = [b"data: "] + [part] * 256
            sent = b"".join(pieces)
            client, path = world().request(
                listener, lambda _: iter([head(), *map(chunk, pieces), chunk(b"")])
            )
            self.assertEqual(client.wait().body, sent, listener)
            self.assertEqual(world().envoy.log(listener, path)["events"], "0")
        # 16 MiB went through each; what may be held is one, and the proxy's own buffers are another.
        self.assertLess(world().envoy.memory() - before, 16 << 20)

    def test_thousands_of_single_bytes(self) -> None:
        stream = STREAMS["all line ends"] * 100
        for listener, rules in (("tap", Rules(())), ("rules", RULES)):
            script = [head(), *(chunk(stream[at : at + 1]) for at in range(len(stream))), chunk(b"")]
            client, path = world().request(listener, lambda _: iter(script))
            self.assertEqual(client.wait().body, rules.whole(stream))
            self.assertEqual(world().envoy.log(listener, path)["events"], str(len(events(stream))))

    def test_a_client_that_reads_late(self) -> None:
        stream = (b"event: ping\ndata: " + b"x" * 500 + b"\n\ndata: " + b"y" * 500 + b"\n\n") * 12_000
        before = world().envoy.memory()
        for listener, rules in (("tap", Rules(())), ("rules", RULES)):
            script = [
                head(),
                *(chunk(stream[at : at + 5000]) for at in range(0, len(stream), 5000)),
                chunk(b""),
            ]
            client, _ = world().request(listener, lambda _: iter(script), delay=0.5)
            self.assertEqual(client.wait().body, rules.whole(stream), listener)
        # It is 12 MiB each time. What is not read waits at the server.
        self.assertLess(world().envoy.memory() - before, 12 << 20)

    def test_many_streams_at_once(self) -> None:
        everything = b"".join(stream for name, stream in STREAMS.items() if not name.startswith("cut")) * 3
        clients: list[tuple[str, Client]] = []
        gate = threading.Event()
        for number in range(200):
            numbers = random.Random(number)
            cuts = sorted(numbers.sample(range(1, len(everything)), 30))
            pieces = [everything[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(everything)])]

            def script(_: Client, pieces: list[bytes] = pieces) -> Iterator[bytes]:
                yield head()
                gate.wait()
                for piece in pieces:
                    yield chunk(piece)
                yield chunk(b"")

            listener = ("tap", "rules", "dropping", "h2")[number % 4]
            clients.append((listener, world().request(listener, script)[0]))
        world().envoy.wait_for_stat("wasmcustom.tap.open", 50)
        gate.set()
        for listener, client in clients:
            rules = {"rules": RULES, "h2": RULES, "dropping": DROPPING}.get(listener, Rules(()))
            self.assertEqual(client.wait().body, rules.whole(everything), listener)
        world().envoy.wait_for_stat("wasmcustom.tap.open", 0)


if __name__ == "__main__":
    unittest.main()
