"""A client that sees each byte when it comes, and how a response ends."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

from proxy import PATIENCE


class Client:
    """A request under way. What has come of the response's body is in `body`, its framing taken off."""

    def __init__(
        self, port: int, path: str, *, method: str = "GET", version: str = "1.1", delay: float = 0
    ) -> None:
        self.head = b""
        self.body = bytearray()
        self.trailers = b""
        # Whether the body came to its end, and not to that of the connection before.
        self.is_whole = False
        self.is_over = False
        self._method = method
        # How many seconds it does not read.
        self._delay = delay
        self._changed = threading.Condition()
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._socket.sendall(f"{method} {path} HTTP/{version}\r\nhost: test\r\nte: trailers\r\n\r\n".encode())
        threading.Thread(target=self._read, daemon=True).start()

    def wait_for_body(self, size: int) -> None:
        """Waits until so many bytes of the body have come."""
        self._wait(
            lambda: len(self.body) >= size, lambda: f"{len(self.body)} bytes of {size} came: {self.body!r}"
        )

    def wait(self) -> Client:
        """Waits until the response is over."""
        self._wait(lambda: self.is_over, lambda: f"no end came behind {self.body!r}")
        return self

    def leave(self) -> None:
        """Closes the connection."""
        # The reader has the socket in its hands, so closing it alone would do nothing.
        self._socket.shutdown(socket.SHUT_RDWR)
        self.wait()

    def _wait(self, has_come: Callable[[], bool], complaint: Callable[[], str]) -> None:
        deadline = time.monotonic() + PATIENCE
        with self._changed:
            while not has_come():
                left = deadline - time.monotonic()
                if self.is_over or left <= 0:
                    raise AssertionError(complaint())
                self._changed.wait(left)

    def _read(self) -> None:
        raw = bytearray()
        time.sleep(self._delay)
        while True:
            try:
                more = self._socket.recv(1 << 16)
            except OSError:
                more = b""
            with self._changed:
                raw += more
                if not self.head and b"\r\n\r\n" in raw:
                    self.head = bytes(raw[: raw.index(b"\r\n\r\n") + 2])
                    del raw[: len(self.head) + 2]
                if self.head:
                    self._take(raw, is_over=not more)
                self.is_over = not more or self.is_whole
                self._changed.notify_all()
                if self.is_over:
                    self._socket.close()
                    return

    def _take(self, raw: bytearray, *, is_over: bool) -> None:
        """Takes the body out of what has been read."""
        head = self.head.lower()
        if self._method == "HEAD" or b" 204 " in head.split(b"\r\n")[0]:
            self.is_whole = True
            return
        if b"\r\ntransfer-encoding: chunked\r\n" not in head:
            self.body += raw
            raw.clear()
            _, found, length = head.partition(b"\r\ncontent-length: ")
            self.is_whole = len(self.body) == int(length.split(b"\r\n")[0]) if found else is_over
            return
        while not self.is_whole and (begin := raw.find(b"\r\n") + 2) >= 2:
            end = begin + int(raw[:begin], 16)
            if end > begin and len(raw) >= end + 2:
                self.body += raw[begin:end]
                del raw[: end + 2]
            elif end == begin and (raw[begin:] == b"\r\n" or b"\r\n\r\n" in raw[begin:]):
                self.trailers, self.is_whole = bytes(raw[begin:-2]), True
            else:
                return
