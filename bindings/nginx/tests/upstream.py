"""An upstream that sends what a test says, when the test says it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

Script = Callable[["Exchange"], None]


class Exchange:
    """A request, and the connection on which it is to be answered."""

    def __init__(self, connection: socket.socket, head: bytes) -> None:
        self.connection = connection
        self.request = head.decode("latin-1")
        self.chunked = False

    def head(self, *fields: str, status: str = "200 OK", chunked: bool = False) -> None:
        """Sends the head of an event stream that ends with the connection, or with the last chunk."""
        self.chunked = chunked
        lines = [f"HTTP/1.1 {status}", "Connection: close", *fields]
        if not any(field.lower().startswith("content-type:") for field in fields):
            lines.append("Content-Type: text/event-stream")
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode())

    def send(self, data: bytes) -> None:
        if self.chunked:
            data = b"%x\r\n%s\r\n" % (len(data), data)
        self.connection.sendall(data)

    def end(self) -> None:
        if self.chunked:
            self.connection.sendall(b"0\r\n\r\n")

    def is_left(self, seconds: float) -> bool:
        """Whether the other side closes the connection within this time."""
        self.connection.settimeout(seconds)
        try:
            return self.connection.recv(1) == b""
        except TimeoutError:
            return False
        except ConnectionError:
            return True

    def reset(self) -> None:
        """Ends the connection as a process does that is killed: what was not read is lost."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


class Upstream:
    """Answers each request by the script for its path. Ends with the `with` block."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = self.listener.getsockname()[1]
        self.scripts: dict[str, Script] = {}
        self.failures: list[BaseException] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def on(self, path: str, script: Script) -> None:
        self.scripts[path] = script

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            head = b""
            while b"\r\n\r\n" not in head:
                more = connection.recv(65536)
                if not more:
                    return
                head += more
            path = head.split(b" ", 2)[1].split(b"?")[0].decode()
            script = self.scripts.get(path)
            if script is None:
                connection.sendall(
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
                return
            try:
                script(Exchange(connection, head))
            except (BrokenPipeError, ConnectionResetError):
                pass  # Who wants to know asks `is_left`.
            except BaseException as error:  # A test that fails in a thread has to fail in its own.
                self.failures.append(error)
