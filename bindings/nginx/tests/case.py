"""What the tests share: an upstream and an nginx in front of it, for each class of tests."""

from __future__ import annotations

import itertools
import queue
import time
import unittest
from typing import ClassVar

import streams
from client import Response, get
from server import WATCHED, Nginx
from upstream import Exchange, Upstream


#: Of the cuts of a stream, each that is tried: under valgrind not every one.
STEP = 5 if WATCHED else 1


class Case(unittest.TestCase):
    """Tests of one configuration, in which `UPSTREAM` is where the upstream listens."""

    SERVER: ClassVar[str]
    HTTP: ClassVar[str] = ""
    upstream: ClassVar[Upstream]
    nginx: ClassVar[Nginx]
    numbers: ClassVar[itertools.count[int]] = itertools.count()

    @classmethod
    def setUpClass(cls) -> None:
        cls.upstream = Upstream()
        place = f"http://127.0.0.1:{cls.upstream.port}"
        # Of the megabytes that a socket to loopback takes, nginx would wait for none.
        cls.nginx = Nginx(cls.SERVER.replace("UPSTREAM", place), http=cls.HTTP, listen="sndbuf=16k")

    @classmethod
    def tearDownClass(cls) -> None:
        findings = cls.nginx.stop()
        cls.upstream.close()
        if findings or cls.upstream.failures:
            raise AssertionError("\n".join([*findings, *map(repr, cls.upstream.failures)]))

    def path(self, path: str) -> str:
        """The path with a query of its own, to be found by in the log."""
        return f"{path}?{next(self.numbers)}"

    def send(
        self, path: str, *pieces: bytes, pause: float = 0, fields: tuple[str, ...] = (), chunked: bool = False
    ) -> None:
        """Has the upstream answer requests for a path with this stream."""

        def script(exchange: Exchange) -> None:
            exchange.head(*fields, chunked=chunked)
            for piece in pieces:
                exchange.send(piece)
                time.sleep(pause)
            exchange.end()

        self.upstream.on(path, script)

    def send_by_hand(self, path: str) -> queue.Queue[bytes | None]:
        """Has the upstream send what is put into this queue, until that is `None`."""
        pieces: queue.Queue[bytes | None] = queue.Queue()

        def script(exchange: Exchange) -> None:
            exchange.head()
            while (piece := pieces.get(timeout=30)) is not None:
                exchange.send(piece)

        self.upstream.on(path, script)
        return pieces

    def get(self, path: str, *fields: str) -> bytes:
        return get(self.nginx.port, path, *fields)

    def open(
        self, path: str, *fields: str, method: str = "GET", version: str = "1.1", room: int | None = None
    ) -> Response:
        response = Response(self.nginx.port, path, *fields, method=method, version=version, room=room)
        self.addCleanup(response.socket.close)
        return response

    def check_log(self, uri: str, **expected: object) -> dict[str, str]:
        """Compares what was logged, and gives all of it."""
        entry = self.nginx.log(uri)
        self.assertEqual(
            {name: entry[name] for name in expected}, {name: str(value) for name, value in expected.items()}
        )
        return entry


#: Of `streams.MIXED`.
MIXED_NUMBERS = {
    "events": streams.events(streams.MIXED),
    "bytes": len(streams.MIXED),
    "last_event_id": 8,
    "done": 1,
}
