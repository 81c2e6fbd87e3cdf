"""What else goes on in nginx: subrequests, HTTP/2, redirects inside, errors in its configuration."""

from __future__ import annotations

import random
import subprocess
import unittest

import streams
from case import MIXED_NUMBERS, Case
from server import Nginx

COMMENT = b":\n\n"


class Subrequests(Case):
    HTTP = "log_subrequest on;"
    SERVER = """
        eventwire on;
        eventwire_drop_type ping;
        eventwire_keepalive 100ms;
        location /events { proxy_pass UPSTREAM; }
        location /buffered/ { proxy_buffering on; proxy_pass UPSTREAM/; }
        location /page/ { ssi on; alias root/; }
        location /added/ { add_before_body /events-before; add_after_body /events-after; addition_types *; proxy_pass UPSTREAM/; }
        location /guarded/ { auth_request /events-guard; proxy_pass UPSTREAM/; }
        location /mirrored/ { mirror /events-mirror; proxy_pass UPSTREAM/; }
        location /accelerated/ { proxy_pass UPSTREAM/; }
        location /moved { error_page 418 = @moved; proxy_intercept_errors on; proxy_pass UPSTREAM; }
        location @moved { rewrite .* /events-moved break; proxy_pass UPSTREAM; }
    """
    LEFT = streams.dropped(streams.MIXED, b"ping")

    def halves(self, path: str, pause: float = 0.25) -> None:
        """Sends the stream in two, with some silence in an event, and some between events."""
        middle = streams.MIXED.index(b"data: a") + 2
        end = streams.MIXED.index(b"data: [DONE]")
        self.send(path, streams.MIXED[:middle], streams.MIXED[middle:end], streams.MIXED[end:], pause=pause)

    def test_in_a_page(self) -> None:
        (self.nginx.root / "page.html").write_bytes(
            b'<a><!--# include virtual="/events-1" --><b><!--# include virtual="/buffered/events-2" --><c>'
        )
        for pause in (0, 0.25):
            self.halves("/events-1", pause)
            self.halves("/events-2", pause)
            body = self.get("/page/page.html")
            self.assertTrue(body.startswith(b"<a>") and body.endswith(b"<c>"), body)
            parts = body.removeprefix(b"<a>").removesuffix(b"<c>").replace(COMMENT, b"").split(b"<b>")
            self.assertEqual(parts, [self.LEFT] * 2)
        self.check_log("/events-1", **MIXED_NUMBERS, dropped=3)
        self.check_log("/page/page.html", events="")

    def test_in_a_page_behind_a_stream_that_is_not_at_its_end(self) -> None:
        """What is dropped and what is kept of the second one has to wait, each in its place and once."""
        (self.nginx.root / "slow.html").write_bytes(
            b'<a><!--# include virtual="/events-slow" --><b><!--# include virtual="/events-waits" --><c>'
        )
        self.send("/events-slow", b"data: 1\n\n", b"event: ping\ndata: 2\n\n", b"data: 3\n\n", pause=0.4)
        waits = [b"event: ping\ndata: %d\n\n" % number for number in range(3)]
        self.send("/events-waits", *waits, b"data: 4\n\n", waits[0], b"data: 5\n\n", pause=0.05)
        body = self.get("/page/slow.html").replace(COMMENT, b"")
        self.assertEqual(body, b"<a>data: 1\n\ndata: 3\n\n<b>data: 4\n\ndata: 5\n\n<c>")

    def test_before_and_behind_a_stream(self) -> None:
        names = ("before", "between", "after")
        for name in names:
            self.send(f"/events-{name}", b"data: %s\n\nevent: ping\ndata: 1\n\n" % name.encode(), pause=0.25)
        body = self.get("/added/events-between")
        self.assertEqual(body.replace(COMMENT, b""), b"data: before\n\ndata: between\n\ndata: after\n\n")
        for name in names:
            path = "/added/events-between" if name == "between" else f"/events-{name}"
            self.check_log(path, events=2, dropped=1)

    def test_that_decide_or_are_thrown_away(self) -> None:
        for name in ("guard", "mirror", "stream"):
            self.send(f"/events-{name}", streams.MIXED)
        for place in ("guarded", "mirrored"):
            self.assertEqual(self.get(f"/{place}/events-stream"), self.LEFT)

    def test_redirects_inside(self) -> None:
        (self.nginx.root / "file.sse").write_bytes(streams.MIXED)
        self.upstream.on("/x", lambda exchange: exchange.head("X-Accel-Redirect: /page/file.sse"))
        path = self.path("/accelerated/x")
        self.assertEqual(self.get(path), self.LEFT)
        self.check_log(path, **MIXED_NUMBERS)
        self.upstream.on("/moved", lambda exchange: exchange.head(status="418 Teapot"))
        self.send("/events-moved", streams.MIXED)
        path = self.path("/moved")
        self.assertEqual(self.open(path).read(), self.LEFT)
        self.check_log(path, **MIXED_NUMBERS)


class Http2(Case):
    SERVER = """
        eventwire on;
        location / { proxy_pass UPSTREAM; }
        location /drop/ { eventwire_drop_type ping; proxy_pass UPSTREAM/; }
        location /alive/ { eventwire_keepalive 200ms; proxy_pass UPSTREAM/; }
    """

    def curl(self, path: str) -> subprocess.Popen[bytes]:
        url = f"http://127.0.0.1:{self.nginx.port2}{path}"
        command = [
            "curl",
            "--silent",
            "--show-error",
            "--no-buffer",
            "--http2-prior-knowledge",
            "--fail",
            "--max-time",
            "30",
            url,
        ]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        assert process.stdout
        self.addCleanup(process.stdout.close)
        return process

    def test_whole_streams(self) -> None:
        self.send(
            "/mixed", *(streams.MIXED[at : at + 7] for at in range(0, len(streams.MIXED), 7)), pause=0.002
        )
        for place, expected in (
            ("/mixed", streams.MIXED),
            ("/drop/mixed", streams.dropped(streams.MIXED, b"ping")),
        ):
            path = self.path(place)
            self.assertEqual(self.curl(path).communicate()[0], expected)
            self.check_log(path, **MIXED_NUMBERS)

    def test_large_streams(self) -> None:
        rng = random.Random(3)
        pieces = [
            b"event: %s\ndata: %s\n\n" % (rng.choice([b"ping", b"pong"]), b"x" * rng.randrange(3000))
            for _ in range(2000)
        ]
        content = b"".join(pieces)
        self.send("/large", content)
        for path, expected in (("/large", content), ("/drop/large", streams.dropped(content, b"ping"))):
            self.assertEqual(self.curl(path).communicate()[0], expected)

    def test_an_event_is_out_on_its_last_byte(self) -> None:
        upstream = self.send_by_hand("/steps")
        process = self.curl("/drop/steps")
        assert process.stdout
        for number in range(20):
            event = b"data: %d\n\n" % number
            upstream.put(b"event: ping\ndata: x\n\n" + event[:4])
            upstream.put(event[4:])
            self.assertEqual(process.stdout.read(len(event)), event)
        upstream.put(None)
        self.assertEqual(process.stdout.read(), b"")

    def test_silence(self) -> None:
        upstream = self.send_by_hand("/silence")
        process = self.curl("/alive/silence")
        assert process.stdout
        self.assertEqual(process.stdout.read(6), COMMENT * 2)
        upstream.put(streams.MARK + b"data: 1\n\n")
        event = process.stdout.read(9)
        while event.startswith(COMMENT):
            event = event[3:] + process.stdout.read(3)
        self.assertEqual(event, b"data: 1\n\n")
        self.assertEqual(process.stdout.read(3), COMMENT)
        upstream.put(None)

    def test_client_that_leaves(self) -> None:
        upstream = self.send_by_hand("/left")
        path = self.path("/drop/left")
        process = self.curl(path)
        assert process.stdout
        upstream.put(b"data: 1\n\nevent: ping\nda")
        self.assertEqual(process.stdout.read(9), b"data: 1\n\n")
        process.kill()
        self.check_log(path, events=1)
        upstream.put(None)


class Configuration(unittest.TestCase):
    """What is wrong is refused, and said."""

    def test_errors(self) -> None:
        wrong = {
            "eventwire maybe;": 'invalid value "maybe" in "eventwire" directive',
            "eventwire_max_event_size 0;": "eventwire_max_event_size must be at least 1 byte",
            "eventwire_max_event_size much;": '"eventwire_max_event_size" directive invalid value',
            "eventwire_match;": 'invalid number of arguments in "eventwire_match" directive',
            "eventwire_match a; eventwire_match b;": '"eventwire_match" directive is duplicate',
            "eventwire_drop_type;": 'invalid number of arguments in "eventwire_drop_type" directive',
            'eventwire_drop_type a "";': 'no event\'s type is empty; those that give none are of the type "message"',
            "eventwire_keepalive soon;": '"eventwire_keepalive" directive invalid value',
        }
        nginx = Nginx("eventwire on;")
        try:
            for directives, message in wrong.items():
                nginx.configure(directives)
                check = subprocess.run([*nginx.command(), "-t"], capture_output=True, text=True, check=False)
                self.assertNotEqual(check.returncode, 0, directives)
                self.assertIn(message, check.stderr)
                self.assertIn("nginx.conf:", check.stderr)
            nginx.configure(
                "location / { if ($arg_e) { eventwire on; eventwire_keepalive 1m; eventwire_max_event_size 512m; } }"
            )
            subprocess.run([*nginx.command(), "-t"], capture_output=True, check=True)
        finally:
            nginx.stop()


if __name__ == "__main__":
    unittest.main()
