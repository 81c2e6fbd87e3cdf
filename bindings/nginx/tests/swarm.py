"""Many streams at once, all open, and what they cost nginx in memory."""

from __future__ import annotations

import multiprocessing
import resource
import selectors
import socket
from multiprocessing.connection import Connection
from pathlib import Path

from server import Nginx

#: What a stream has had when it is looked at: an event that matches, and half of one that is still to come.
FIRST = b'id: 1\ndata: {"usage":{"prompt_tokens":12,"completion_tokens":34}}\n\ndata: ' + b"x" * 500
SECOND = b"\n\ndata: [DONE]\n\n"

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def allow_files() -> int:
    """Has this process and those that it starts have as many files open as they may; tells how many that is."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class Swarm:
    """Streams through an nginx of their own, with these directives in its location."""

    def __init__(self, directives: str, *, module: bool = True, lua: bool = False, count: int) -> None:
        files = allow_files()
        if files < count + 100:
            raise AssertionError(f"{count} streams need as many open files (ulimit -Hn is {files})")
        # A stream is two files for nginx. Workers share the streams out evenly, more or less.
        workers = 1 + 21 * count // (10 * files)
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        place = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.control, theirs = multiprocessing.Pipe()
        self.upstream = multiprocessing.get_context("fork").Process(
            target=serve, args=(listener, theirs), daemon=True
        )
        self.upstream.start()
        listener.close()
        self.nginx = Nginx(
            f"location / {{ {directives} proxy_pass {place}; proxy_read_timeout 1h; }}",
            workers=workers,
            connections=3 * count // workers + 100,
            module=module,
            lua=lua,
        )
        self.clients: list[socket.socket] = []

    def open(self, count: int) -> None:
        """Opens streams, and waits until their first event has come."""
        for number in range(count):
            client = socket.create_connection(("127.0.0.1", self.nginx.port), timeout=30)
            client.sendall(b"GET /?%d HTTP/1.0\r\nHost: localhost\r\n\r\n" % number)
            until(client, b"}}\n\n")
            self.clients.append(client)

    def end(self) -> None:
        """Has the rest of all streams sent, and waits until it has come."""
        self.control.send_bytes(b"end")
        for client in self.clients:
            until(client, SECOND)
            if client.recv(1) != b"":
                raise AssertionError("more than the stream has come")

    def memory(self) -> int:
        """Bytes of memory that the workers alone have."""
        return sum(private_bytes(pid) for pid in self.nginx.workers())

    def stop(self) -> list[str]:
        for client in self.clients:
            client.close()
        self.upstream.kill()
        self.upstream.join()
        return self.nginx.stop()


def serve(listener: socket.socket, control: Connection) -> None:
    """The upstream, a process for itself: begins every stream at once, and ends all when it is told to."""
    streams: list[socket.socket] = []
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(control, selectors.EVENT_READ)
        while True:
            if any(key.fileobj is control for key, _ in selector.select()):
                break
            stream, _ = listener.accept()
            stream.recv(4096)
            stream.sendall(HEAD + FIRST)
            streams.append(stream)
    for stream in streams:
        stream.sendall(SECOND)
        stream.close()


def until(client: socket.socket, end: bytes) -> None:
    """Reads until this has come."""
    seen = b""
    while end not in seen:
        more = client.recv(65536)
        if not more:
            raise AssertionError(f"closed after {seen!r}")
        seen += more


def private_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


def memory_per_stream(directives: str, *, module: bool = True, lua: bool = False, count: int) -> float:
    """Bytes of the workers' memory for each of so many open streams."""
    swarm = Swarm(directives, module=module, lua=lua, count=count + 10)
    try:
        swarm.open(10)
        before = swarm.memory()
        swarm.open(count)
        return (swarm.memory() - before) / count
    finally:
        swarm.stop()
