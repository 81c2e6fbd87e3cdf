"""Streams of a FastCGI server: nginx hands them on by another way than those of a proxied one."""

from __future__ import annotations

import socket
import struct
import time
import unittest
from collections.abc import Sequence
from typing import ClassVar

import streams
from case import MIXED_NUMBERS, STEP, Case
from upstream import Upstream

#: Types of records (FastCGI specification 1.0, section 8).
END_REQUEST, STDIN, STDOUT = 3, 5, 6


class FastCgi(Upstream):
    """Answers each request with the pieces that it is told to send, a record each, and closes the connection."""

    #: What is sent.
    pieces: Sequence[bytes] = ()
    #: Whether the request is ended as it ought to be.
    ends = True

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as records:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                _, kind, _, size, padding, _ = struct.unpack("!BBHHBB", records.read(8))
                records.read(size + padding)
                if kind == STDIN and size == 0:
                    break
            self._send(connection, STDOUT, b"Content-Type: text/event-stream\r\n\r\n")
            for piece in filter(None, self.pieces):
                self._send(connection, STDOUT, piece)
                time.sleep(0.001)
            if self.ends:
                self._send(connection, STDOUT, b"")
                self._send(connection, END_REQUEST, bytes(8))

    def _send(self, connection: socket.socket, kind: int, content: bytes) -> None:
        connection.sendall(struct.pack("!BBHHBB", 1, kind, 1, len(content), 0, 0) + content)


class Served(Case):
    SERVER = """
        eventwire on;
        location /off { eventwire off; fastcgi_buffering off; fastcgi_pass FASTCGI; }
        location /tap { fastcgi_buffering off; fastcgi_pass FASTCGI; }
        location /drop { eventwire_drop_type ping; fastcgi_buffering off; fastcgi_pass FASTCGI; }
        location /buffered { eventwire_drop_type ping; fastcgi_pass FASTCGI; }
    """
    server: ClassVar[FastCgi]

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = FastCgi()
        cls.addClassCleanup(cls.server.close)
        cls.SERVER = cls.SERVER.replace("FASTCGI", f"127.0.0.1:{cls.server.port}")
        super().setUpClass()

    def test_every_cut(self) -> None:
        dropped = streams.dropped(streams.MIXED, b"ping")
        self.server.ends = True
        for cut in range(0, len(streams.MIXED) + 1, STEP):
            self.server.pieces = (streams.MIXED[:cut], streams.MIXED[cut:])
            for place, expected in (("/tap", streams.MIXED), ("/drop", dropped), ("/buffered", dropped)):
                path = self.path(place)
                self.assertEqual(self.get(path), expected, f"{place}, cut at {cut}")
                self.check_log(path, **MIXED_NUMBERS)

    def test_a_server_that_dies_in_an_event(self) -> None:
        """What the client gets is what it gets without the module."""
        self.server.pieces = (b"data: 1\n\nevent: pi",)
        self.server.ends = False
        alone = self.open("/off")
        self.assertEqual(alone.read(), self.server.pieces[0])
        for place in ("/tap", "/drop", "/buffered"):
            response = self.open(place)
            self.assertEqual((response.read(), response.is_whole), (self.server.pieces[0], alone.is_whole), place)


if __name__ == "__main__":
    unittest.main()
