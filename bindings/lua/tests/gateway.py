"""examples/gateway.conf in a real nginx: python3 gateway.py NGINX LIBRARY FOLDER

A scripted server stands behind it; what the client gets and what is logged is compared with what was sent. Standard library alone."""

import random
import re
import socket
import subprocess
import sys
import threading
import time
import unittest
from http.client import HTTPConnection
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
NGINX, LIBRARY, FOLDER = sys.argv[1], sys.argv[2], Path(sys.argv[3])

CHAT = (
    b'\xef\xbb\xbfdata: {"delta":"Hel"}\r\n\r\nevent: debug\r\ndata: x\r\n\r\n: alive\r\n\r\n'
    b'data: {"usage":{"total_tokens":12}}\r\n\r\ndata: [DONE]\r\n\r\n'
)
QUIET = CHAT.replace(b"event: debug\r\ndata: x\r\n\r\n", b"")

# Larger than what a rewriter decides about: it is passed on.
LARGE = b"event: debug\r\ndata: " + b"x" * (2 << 20) + b"\r\n\r\n"


class Upstream:
    """Answers each request by its path: `script[path]` is a status, header fields and the pieces of a body, sent one by one."""

    def __init__(self) -> None:
        self.script: dict[str, tuple[int, bytes, list[bytes]]] = {}
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as request:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            path = request.readline().split()[1].decode()
            while request.readline().strip():
                pass
            status, head, pieces = self.script[path]
            connection.sendall(b"HTTP/1.1 %d X\r\nConnection: close\r\n" % status + head + b"\r\n")
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(0.002)


STREAM = b"Content-Type: text/event-stream\r\n"


class Gateway(unittest.TestCase):
    """One nginx for all tests."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.upstream = Upstream()
        with socket.create_server(("127.0.0.1", 0)) as free:
            cls.port = free.getsockname()[1]
        (FOLDER / "logs").mkdir(parents=True, exist_ok=True)
        cls.log = FOLDER / "logs/access.log"
        cls.log.write_bytes(b"")
        text = (HERE / "examples/gateway.conf").read_text()
        for here, there in [
            ("127.0.0.1:8000", f"127.0.0.1:{cls.upstream.port}"),
            ("127.0.0.1:8080", f"127.0.0.1:{cls.port}"),
            ("/var/log/nginx/events.log", str(cls.log)),
            ("/usr/local/share/lua/5.1/?.lua", f"{HERE}/?.lua"),
        ]:
            assert here in text, here
            text = text.replace(here, there)
        (FOLDER / "gateway.conf").write_text(text)
        command = [NGINX, "-p", str(FOLDER), "-c", str(FOLDER / "gateway.conf"), "-e", "logs/error.log"]
        cls.nginx = subprocess.Popen(
            [*command, "-g", "daemon off; pid logs/nginx.pid; user root;"],
            env={"EVENTWIRE_LIBRARY": LIBRARY, "PATH": "/usr/bin:/bin"},
        )
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", cls.port)).close()
                return
            except OSError:
                assert cls.nginx.poll() is None, (FOLDER / "logs/error.log").read_text()
                time.sleep(0.02)
        raise AssertionError("nginx does not listen")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.nginx.terminate()
        cls.nginx.wait(20)

    def get(
        self, path: str, head: bytes, pieces: list[bytes], status: int = 200
    ) -> tuple[bytes, dict[str, str]]:
        """The body that the client gets, and what is logged."""
        self.upstream.script[path] = status, head, pieces
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        response = connection.getresponse()
        self.assertEqual(response.status, status)
        body = response.read()
        connection.close()
        for _ in range(500):
            lines = [line for line in self.log.read_text().splitlines() if f" {path} " in line]
            if lines:
                return body, dict(re.findall(r'(\w+)=("[^"]*"|\S+)', lines[0].split(f'" {status} ')[1]))
            time.sleep(0.02)
        raise AssertionError(f"{path} was not logged")

    def test_what_goes_by_is_logged_and_stays_as_it_is(self) -> None:
        body, logged = self.get("/chat", STREAM, [CHAT])
        self.assertEqual(body, CHAT)
        self.assertEqual((logged["events"], logged["done"], logged["types"]), ("4", "1", '"debug:1,message:3"'))
        self.assertRegex(logged["first_event_ms"], r"^\d+(\.\d+)?$")
        # nginx writes quotes as \x22.
        self.assertEqual(logged["usage"], '"{\\x22usage\\x22:{\\x22total_tokens\\x22:12}}"')

    def test_an_event_type_is_dropped_at_every_cut(self) -> None:
        for cut in range(len(CHAT) + 1):
            body, logged = self.get(f"/quiet/{cut}", STREAM, [CHAT[:cut], CHAT[cut:]])
            self.assertEqual(body, QUIET)
            self.assertEqual(logged["events"], "4")

    def test_every_cut_is_passed_on(self) -> None:
        for cut in range(len(CHAT) + 1):
            body, logged = self.get(f"/cut/{cut}", STREAM, [CHAT[:cut], CHAT[cut:]])
            self.assertEqual(body, CHAT)
            self.assertEqual((logged["events"], logged["done"]), ("4", "1"))

    def test_what_is_too_large_is_passed_on(self) -> None:
        for path, chat in (("/large", CHAT), ("/quiet/large", QUIET)):
            # Only the first byte-order mark is one.
            body, logged = self.get(path, STREAM, [CHAT, LARGE, CHAT[3:]])
            self.assertTrue(body == chat + LARGE + chat[3:], len(body))
            self.assertEqual(logged["events"], "8")

    def test_what_only_claims_to_be_a_stream_is_passed_on(self) -> None:
        noise = random.Random(7).randbytes(200_000)
        for path in ("/noise", "/quiet/noise"):
            body, logged = self.get(path, STREAM, [noise[:70_000], noise[70_000:]])
            self.assertTrue(body == noise, len(body))
            self.assertEqual(logged["events"], "0")

    def test_a_range_is_left_alone(self) -> None:
        part = CHAT[30:]
        for path, head, status in (
            ("/quiet/206", b"Content-Range: bytes 30-99/100\r\n", 206),
            ("/quiet/range", b"Content-Range: bytes 30-99/100\r\n", 200),
        ):
            body, logged = self.get(path, STREAM + head, [part], status)
            self.assertEqual((body, logged["events"]), (part, "-"))

    def test_identity_is_no_coding(self) -> None:
        body, logged = self.get("/quiet/identity", STREAM + b"Content-Encoding: Identity\r\n", [CHAT])
        self.assertEqual((body, logged["events"]), (QUIET, "4"))

    def test_a_stream_byte_by_byte(self) -> None:
        length = b"Content-Length: %d\r\n" % len(CHAT)
        pieces = [CHAT[i : i + 1] for i in range(len(CHAT))]
        self.assertEqual(self.get("/bytes", STREAM + length, pieces)[0], CHAT)
        self.assertEqual(self.get("/quiet/bytes", STREAM + length, pieces)[0], QUIET)

    def test_a_stream_that_is_cut_off_is_passed_on_as_far_as_it_came(self) -> None:
        for end in (b"data: lost", b"data: lost\r\n", b"data: lost\r\n\r"):
            body, _ = self.get(f"/quiet/end{len(end)}", STREAM, [CHAT, end])
            self.assertEqual(body, QUIET + end)

    def test_what_is_no_stream_of_events_is_left_alone(self) -> None:
        for i, head in enumerate([b"Content-Type: text/plain\r\n", STREAM + b"Content-Encoding: gzip\r\n", b""]):
            body, logged = self.get(f"/quiet/other{i}", head, [CHAT])
            self.assertEqual(body, CHAT)
            self.assertEqual((logged["events"], logged["usage"]), ("-", '"-"'))

    def test_nothing_was_wrong(self) -> None:
        self.get("/last", STREAM, [CHAT])
        problems = [line for line in (FOLDER / "logs/error.log").read_text().splitlines() if "[notice]" not in line]
        self.assertEqual(problems, [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
