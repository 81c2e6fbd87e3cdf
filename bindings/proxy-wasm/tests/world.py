"""The one proxy that the tests share, with a listener for each configuration, and the server behind it."""

from __future__ import annotations

import atexit
import functools
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any

from client import Client
from meaning import Rules
from origin import Origin, chunk, head
from proxy import Envoy, Listener, eventwire

RULES = Rules(
    (
        {"type": "ping", "action": "drop"},
        {"contains": "old", "action": "replace", "with": {"event": "notice", "data": "new\nlines"}},
    )
)
# What is larger goes on unseen, or is dropped.
PASSING = Rules(RULES.rules, max_event_size=64)
DROPPING = Rules(RULES.rules, max_event_size=64, oversized="drop")
# Nothing but events of one type.
ONLY = Rules(({"type": "ping", "contains": "1", "action": "keep"}, {"action": "drop"}))

RULE_SETS = {"rules": RULES, "passing": PASSING, "dropping": DROPPING, "only": ONLY}


class World:
    """The proxy and the server."""

    def __init__(self) -> None:
        self.origin = Origin()
        rules = [
            Listener(name, [eventwire(stat_prefix=name, match="old", **rules.options())])
            for name, rules in RULE_SETS.items()
        ]
        # HTTP/2 on both sides of the filter, between listeners that speak HTTP/1.1 with client and server.
        http2 = [
            Listener("h2", [], cluster="h2-filter"),
            Listener(
                "h2-filter",
                [eventwire(stat_prefix="h2", **RULES.options())],
                cluster="h2-origin",
                is_inner=True,
            ),
            Listener("h2-origin", [], is_inner=True),
        ]
        tap = Listener(
            "tap", [eventwire(stat_prefix="tap", match='"usage"', max_match_size=40, max_event_size=1000)]
        )
        self.envoy = Envoy([Listener("plain", []), tap, *rules, *http2], self.origin.port)
        self._numbers = itertools.count()

    def request(
        self, listener: str, script: Callable[[Client], Iterator[bytes]], **options: Any
    ) -> tuple[Client, str]:
        """Makes a request that is answered by a script, which is given the client. Gives client and path."""
        path = f"/{next(self._numbers)}"
        client: Future[Client] = Future()
        self.origin.scripts[path] = lambda: script(client.result())
        client.set_result(Client(self.envoy.ports[listener], path, **options))
        return client.result(), path

    def send(
        self, listener: str, pieces: Iterable[bytes], expected: Callable[[bytes], bytes]
    ) -> tuple[Client, str]:
        """Sends a stream in pieces, none before all has arrived of what has to of those before; gives client and path."""

        def script(client: Client) -> Iterator[bytes]:
            yield head()
            sent = b""
            for piece in pieces:
                yield chunk(piece)
                sent += piece
                arrived = len(client.body)
                client.wait_for_body(len(expected(sent)))
                if len(client.body) == arrived:
                    # Nothing says when the proxy has read this piece. Were it read with the next, the cut would not be tested.
                    time.sleep(0.0005)
            yield chunk(b"")

        client, path = self.request(listener, script)
        return client.wait(), path


@functools.cache
def world() -> World:
    """The one there is."""
    it = World()
    atexit.register(it.envoy.stop)
    return it
