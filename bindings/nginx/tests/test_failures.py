"""Clients that leave, upstreams that die, responses that are no body or not the stream's own bytes."""

from __future__ import annotations

import gzip
import queue
import time
import unittest
import zlib
from functools import partial

import streams
from case import MIXED_NUMBERS, Case
from upstream import Exchange

PING_AND_HALF = b"data: 1\n\nevent: ping\ndata: 2"


class Failures(Case):
    HTTP = "gzip_types text/event-stream; gzip_min_length 1;"
    SERVER = """
        eventwire on;
        location / { proxy_pass UPSTREAM; }
        location /drop/ { eventwire_drop_type ping; eventwire_keepalive 10s; proxy_pass UPSTREAM/; }
        location /buffered/ { eventwire_drop_type ping; proxy_buffering on; proxy_pass UPSTREAM/; }
        location /short/ { eventwire_drop_type ping; proxy_read_timeout 300ms; proxy_pass UPSTREAM/; }
        location /stored/ {
            eventwire_keepalive 100ms;
            proxy_ignore_client_abort on; proxy_buffering on; proxy_store root$uri; proxy_store_access user:rw; proxy_pass UPSTREAM/;
        }
        location /gzip/ { eventwire_drop_type ping; eventwire_keepalive 200ms; gzip on; proxy_pass UPSTREAM/; }
        location /gunzip/ { eventwire_drop_type ping; gunzip on; proxy_pass UPSTREAM/; }
    """

    def test_upstream_that_dies_in_an_event(self) -> None:
        """What had come of it goes on, as without the module."""

        def script(exchange: Exchange) -> None:
            exchange.head(chunked=True)
            exchange.send(PING_AND_HALF)
            time.sleep(0.1)
            exchange.reset()

        self.upstream.on("/dies", script)
        for place in ("/dies", "/drop/dies", "/buffered/dies"):
            path = self.path(place)
            response = self.open(path)
            self.assertEqual(response.read(), PING_AND_HALF, place)
            self.assertFalse(response.is_whole)
            self.check_log(path, events=1, bytes=len(PING_AND_HALF), done=0)

    def test_upstream_that_breaks_its_framing(self) -> None:
        """Nothing tells the filters: a rewriter's piece of an event is lost, but no more."""

        def script(exchange: Exchange) -> None:
            exchange.head(chunked=True)
            exchange.send(PING_AND_HALF)
            time.sleep(0.1)
            exchange.connection.sendall(b"no size\r\n")

        self.upstream.on("/frame", script)
        for place, expected in (("/frame", PING_AND_HALF), ("/drop/frame", b"data: 1\n\n")):
            path = self.path(place)
            response = self.open(path)
            self.assertEqual(response.read(), expected, place)
            self.assertFalse(response.is_whole)
            self.check_log(path, events=1, bytes=len(PING_AND_HALF), done=0)

    def test_upstream_that_falls_silent(self) -> None:
        def script(exchange: Exchange) -> None:
            exchange.head(chunked=True)
            exchange.send(PING_AND_HALF)
            exchange.is_left(10)

        self.upstream.on("/silent", script)
        response = self.open("/short/silent")
        self.assertEqual(response.read(), PING_AND_HALF)
        self.assertFalse(response.is_whole)

    def test_upstream_that_never_answers(self) -> None:
        self.upstream.on("/never", lambda exchange: exchange.reset())
        path = self.path("/drop/never")
        response = self.open(path)
        response.read()
        self.assertEqual(response.status, 502)
        self.check_log(path, events="", done="")

    def test_client_that_leaves(self) -> None:
        left: queue.Queue[bool] = queue.Queue()

        def script(exchange: Exchange) -> None:
            exchange.head()
            exchange.send(PING_AND_HALF)
            left.put(exchange.is_left(10))

        self.upstream.on("/left", script)
        for place in ("/left", "/drop/left"):
            path = self.path(place)
            with self.open(path) as response:
                self.assertEqual(response.read_until(9)[:9], b"data: 1\n\n")
            self.check_log(path, events=1, bytes=len(PING_AND_HALF), done=0)
            self.assertTrue(left.get(timeout=20))

    def test_client_that_leaves_what_it_has_not_read(self) -> None:
        content = b"event: pong\ndata: 1\n\nevent: ping\ndata: 2\n\n" * 100_000
        self.send("/unread", content)
        for place in ("/unread", "/drop/unread", "/buffered/unread"):
            path = self.path(place)
            with self.open(path) as response:
                response.read_until(1)
            self.nginx.log(path)

    def test_client_that_leaves_what_is_stored(self) -> None:
        """Comments that nobody takes do not end what goes on without a client."""
        events = [b"data: %d\n\n" % number for number in range(5)]
        self.send("/kept", *events, pause=0.3)
        path = self.path("/stored/kept")
        with self.open(path) as response:
            response.read_until(3)
        self.check_log(path, events=5)
        self.assertEqual((self.nginx.root / "stored/kept").read_bytes(), b"".join(events))

    def test_head(self) -> None:
        self.send("/head", b"", fields=("Content-Length: 9",))
        for place, length in (("/head", "9"), ("/drop/head", None)):
            path = self.path(place)
            response = self.open(path, method="HEAD")
            self.assertEqual((response.status, response.fields.get("content-length")), (200, length))
            self.check_log(path, events="", bytes="")

    def test_responses_without_a_body(self) -> None:
        for status in ("204 No Content", "304 Not Modified"):
            self.upstream.on("/none", partial(Exchange.head, status=status))
            for place in ("/none", "/drop/none"):
                path = self.path(place)
                response = self.open(path)
                self.assertEqual((response.status, response.read()), (int(status[:3]), b""))
                self.check_log(path, events="")

    def test_errors_that_are_event_streams(self) -> None:
        def script(exchange: Exchange) -> None:
            exchange.head(status="429 Too Many Requests")
            exchange.send(b"data: slowly\n\n")

        self.upstream.on("/error", script)
        path = self.path("/drop/error")
        self.assertEqual(self.open(path).read(), b"data: slowly\n\n")
        self.check_log(path, status=429, events=1)

    def test_compressed_by_the_upstream(self) -> None:
        """It is left alone, and that is said."""
        content = gzip.compress(streams.MIXED)
        self.send("/gzipped", content, fields=("Content-Encoding: gzip", f"Content-Length: {len(content)}"))
        for place, expected in (("/drop", content), ("/gunzip", streams.MIXED)):
            path = self.path(place + "/gzipped")
            # gunzip gives plain text to clients that do not ask for other.
            fields = ["Accept-Encoding: gzip"] if expected is content else []
            response = self.open(path, *fields)
            self.assertEqual(response.read(), expected)
            self.check_log(path, events="", matched="")
        self.assertIn(
            'eventwire leaves the event stream alone, its content coding is "gzip"', self.nginx.errors()
        )

    def test_identity_is_no_compression(self) -> None:
        self.send("/identity", streams.MIXED, fields=("Content-Encoding: Identity",))
        path = self.path("/identity")
        self.assertEqual(self.get(path), streams.MIXED)
        self.check_log(path, **MIXED_NUMBERS)

    def test_parts_of_a_stream(self) -> None:
        def script(exchange: Exchange) -> None:
            exchange.head("Content-Range: bytes 5-8/9", "Content-Length: 4", status="206 Partial Content")
            exchange.send(b" 1\n\n")

        self.upstream.on("/part", script)
        path = self.path("/drop/part")
        response = self.open(path)
        self.assertEqual((response.status, response.read()), (206, b" 1\n\n"))
        self.assertEqual(response.fields["content-length"], "4")
        self.check_log(path, events="")
        self.assertIn("the response is a part of it (206)", self.nginx.errors())

    def test_compressed_by_nginx(self) -> None:
        """Behind the module: events, and comments, come out of it at once."""
        upstream = self.send_by_hand("/gzip")
        response = self.open("/gzip/gzip", "Accept-Encoding: gzip")
        self.assertEqual(response.fields["content-encoding"], "gzip")
        inflate = zlib.decompressobj(31)
        text, seen = b"", 0

        def wait_for(what: bytes) -> None:
            nonlocal text, seen
            end = time.monotonic() + 10
            while what not in text and time.monotonic() < end:
                body = response.read_until(seen + 1, seconds=0.1)
                text, seen = text + inflate.decompress(body[seen:]), len(body)
            self.assertIn(what, text)

        upstream.put(streams.MIXED)
        wait_for(b"[DONE]\n\n")
        wait_for(b"[DONE]\n\n:\n\n")
        upstream.put(None)
        body = response.read()
        text += inflate.decompress(body[seen:])
        self.assertEqual(
            text.replace(b":\n\n", b""), streams.dropped(streams.MIXED, b"ping").replace(b":\n\n", b"")
        )


if __name__ == "__main__":
    unittest.main()
