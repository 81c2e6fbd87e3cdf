"""A client that shows what came, and when, byte by byte."""

from __future__ import annotations

import socket
import time
from typing import Self


class Response:
    """A response over HTTP/1.x, read as far as one asks."""

    def __init__(
        self,
        port: int,
        path: str,
        *fields: str,
        method: str = "GET",
        version: str = "1.1",
        room: int | None = None,
    ) -> None:
        """Sends a request and reads the response's head. `room` is for what may come and not be read, in bytes."""
        self.socket = socket.socket()
        self.socket.settimeout(20)
        if room is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.socket.connect(("127.0.0.1", port))
        lines = [f"{method} {path} HTTP/{version}", "Host: localhost", "Connection: close", *fields, "", ""]
        self.socket.sendall("\r\n".join(lines).encode())
        self.buffer = b""
        self.body = b""
        self.is_whole = False
        head = self._until(b"\r\n\r\n")
        status, *rest = head.decode("latin-1").split("\r\n")
        self.status = int(status.split()[1])
        self.fields = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)
        }
        self.chunked = self.fields.get("transfer-encoding") == "chunked"
        self.has_body = method != "HEAD" and self.status not in (204, 304)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _receive(self) -> bool:
        more = self.socket.recv(1 << 16)
        self.buffer += more
        return more != b""

    def _until(self, end: bytes) -> bytes:
        while end not in self.buffer:
            if not self._receive():
                raise ConnectionError(f"closed after {self.buffer!r}")
        found, _, self.buffer = self.buffer.partition(end)
        return found

    def _step(self) -> bool:
        """Reads something of the body. False: it has ended, or the connection has."""
        if not self.chunked:
            if not self.buffer and not self._receive():
                length = self.fields.get("content-length")
                self.is_whole = length is None or int(length) == len(self.body)
                return False
            self.body, self.buffer = self.body + self.buffer, b""
            return True
        try:
            size = int(self._until(b"\r\n"), 16)
            while len(self.buffer) < size + 2:
                if not self._receive():
                    return False
        except ConnectionError:
            return False
        self.body += self.buffer[:size]
        self.buffer = self.buffer[size + 2 :]
        self.is_whole = size == 0
        return size != 0

    def read_until(self, length: int, seconds: float = 10) -> bytes:
        """The body, when so many bytes of it have come, or after that time."""
        end = time.monotonic() + seconds
        while len(self.body) < length:
            self.socket.settimeout(max(end - time.monotonic(), 0.001))
            try:
                if not self._step():
                    break
            except TimeoutError:
                break
        self.socket.settimeout(20)
        return self.body

    def read(self) -> bytes:
        """The whole body, or what of it comes before the connection breaks."""
        if not self.has_body:
            return b""
        try:
            while self._step():
                pass
        except ConnectionResetError:
            pass
        return self.body


def get(port: int, path: str, *fields: str) -> bytes:
    """The body of a response that has to come whole."""
    with Response(port, path, *fields) as response:
        body = response.read()
        if response.status != 200 or not response.is_whole:
            raise AssertionError(
                f"{path}: status {response.status}, {len(body)} bytes, whole: {response.is_whole}"
            )
        return body
