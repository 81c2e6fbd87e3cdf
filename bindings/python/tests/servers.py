"""Servers on loopback: one that does what it is told to the byte, and those that others have written."""

from __future__ import annotations

import asyncio
import queue
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

# After how many seconds something that should have happened is said not to. No machine is so busy that it takes as long.
DEADLINE = 60.0

# What a connection is answered with: bytes, and words for what else happens.
Script = Sequence[bytes | str]

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
    # The connection ends with the script: a client that kept it would meet its end in the midst of the next request.
    b"Connection: close\r\n\r\n"
)
# What a script may say besides bytes to be sent.
CUT = "cut"  # reset the connection
HANG = "hang"  # say nothing more


def chunked(*chunks: bytes, end: bool = True) -> bytes:
    """A body in HTTP's chunks."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return body + b"0\r\n\r\n" if end else body


def stream(*chunks: bytes) -> Script:
    """A stream that ends in good order."""
    return [HEAD + chunked(*chunks)]


def dying(*chunks: bytes) -> Script:
    """A stream whose connection breaks."""
    return [HEAD + chunked(*chunks, end=False), CUT]


def hanging(*chunks: bytes) -> Script:
    """A stream that falls silent."""
    return [HEAD + chunked(*chunks, end=False), HANG]


def answer(status: str, *fields: str, body: bytes = b"") -> Script:
    """Any other response."""
    lines = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return ["\r\n".join(lines).encode() + body]


@dataclass
class ScriptedServer:
    """Answers each connection by the next script, and those behind the last with 204."""

    scripts: Sequence[Script]
    requests: list[dict[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        # All that there have been, until the thread has ended: it may be anywhere when the client has what it wants.
        self._connections: list[socket.socket] = []
        self._hanging: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()
        self._ended = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._ended = True
            for waited_for in (self._listener, *self._connections):
                # Those that have been closed, or whose client has left, are no more waited for.
                with suppress(OSError):
                    waited_for.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for open_yet in (self._listener, *self._connections):
            open_yet.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/stream"

    def wait_for_disconnect(self) -> bool:
        """Whether the client hangs up on the connection that hangs (of several, on that which has not been asked for)."""
        connection = self._hanging.get(timeout=DEADLINE)
        connection.settimeout(DEADLINE)
        try:
            return connection.recv(1) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    def _serve(self) -> None:
        scripts = iter(self.scripts)
        while (connection := self._accept()) is not None:
            self.times.append(time.monotonic())
            # A client may leave whenever it likes: before it has asked, or before it has the whole answer.
            with suppress(ConnectionError):
                if self._note_request(connection):
                    self._play(connection, next(scripts, answer("204 No Content")))

    def _accept(self) -> socket.socket | None:
        """The next connection, or None at the end."""
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return None
        with self._lock:
            self._connections.append(connection)
            return None if self._ended else connection

    def _note_request(self, connection: socket.socket) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return False
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        while len(body) < int(fields.get("content-length", 0)):
            more = connection.recv(65536)
            if not more:
                return False
            body += more
        self.lines.append(first)
        self.requests.append(fields)
        self.bodies.append(body)
        return True

    def _play(self, connection: socket.socket, script: Script) -> None:
        for step in script:
            if isinstance(step, bytes):
                connection.sendall(step)
            elif step == HANG:
                self._hanging.put(connection)
                return
            else:
                # Linger for no time: the peer gets a reset, behind what was sent, which it can read all the same.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


@contextmanager
def uvicorn_server(app: Any) -> Iterator[str]:
    """An ASGI application behind uvicorn."""
    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_level="critical", lifespan="off", timeout_graceful_shutdown=int(DEADLINE)
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def aiohttp_server(handler: Callable[[Any], Any]) -> Iterator[str]:
    """A handler of aiohttp's server, for any path."""
    from aiohttp import web

    loop = asyncio.new_event_loop()
    listener = socket.create_server(("127.0.0.1", 0))

    async def start() -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/{path:.*}", handler)
        runner = web.AppRunner(app, shutdown_timeout=DEADLINE)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        return runner

    runner = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
