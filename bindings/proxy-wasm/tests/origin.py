"""The server behind the proxy: for each path it sends what a test has written down for it, in the pieces that the test says."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator

# What is sent for a request: pieces, each in a packet of its own; what happens in between is the generator's affair.
Script = Callable[[], Iterator[bytes]]


class Reset(Exception):
    """Raised by a script: the connection is reset here."""


class Cut(Exception):
    """Raised by a script: the connection is closed here, whatever has been promised."""


class Origin:
    """A server on a port of its own. The connection closes behind each response."""

    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {}
        # Paths whose requests were given up by the proxy before the script was through.
        self.abandoned: set[str] = set()
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Takes no more connections."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            path = request_path(connection)
            if path is None:
                return
            try:
                for piece in self.scripts[path]():
                    connection.sendall(piece)
            except Reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            except Cut:
                pass
            except (BrokenPipeError, ConnectionResetError):
                self.abandoned.add(path)


def request_path(connection: socket.socket) -> str | None:
    """Reads a request without a body."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65536)
        if not more:
            return None
        head += more
    return head.split(b" ", 2)[1].decode()


def head(
    content_type: str = "text/event-stream", *fields: str, status: str = "200 OK", chunked: bool = True
) -> bytes:
    """A response's head."""
    lines = [f"HTTP/1.1 {status}", *fields, "connection: close"]
    if content_type:
        lines.append(f"content-type: {content_type}")
    if chunked:
        lines.append("transfer-encoding: chunked")
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"


def chunk(data: bytes) -> bytes:
    """A chunk of a chunked body; of no data, the end."""
    return b"%x\r\n%s\r\n" % (len(data), data)
