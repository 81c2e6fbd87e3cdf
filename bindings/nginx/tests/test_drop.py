"""Events of some types are dropped, and every other byte goes on."""

from __future__ import annotations

import random
import subprocess
import time
import unittest

import streams
from case import MIXED_NUMBERS, STEP, Case

LEFT = streams.dropped(streams.MIXED, b"ping")


class Drop(Case):
    SERVER = """
        eventwire on;
        location / { eventwire_drop_type ping; eventwire_max_event_size 64k; proxy_pass UPSTREAM; }
        location /buffered/ { eventwire_drop_type ping; proxy_buffering on; proxy_pass UPSTREAM/; }
        location /tiny/ {
            eventwire_drop_type ping; proxy_buffering on; proxy_buffer_size 256; proxy_buffers 8 256; proxy_busy_buffers_size 512;
            proxy_pass UPSTREAM/;
        }
        location /both/ { eventwire_drop_type x ping; eventwire_drop_type message; proxy_pass UPSTREAM/; }
        location /file/ { eventwire_drop_type ping; alias root/; }
    """

    def test_every_cut(self) -> None:
        self.assertNotIn(b"p\n", LEFT)
        for cut in range(1, len(streams.MIXED), STEP):
            self.send("/cut", streams.MIXED[:cut], streams.MIXED[cut:], pause=0.001)
            for place in ("/cut", "/buffered/cut"):
                path = self.path(place)
                self.assertEqual(self.get(path), LEFT, cut)
                self.check_log(path, **MIXED_NUMBERS, dropped=3)

    def test_every_byte_alone(self) -> None:
        self.send(
            "/bytes",
            *(streams.MIXED[at : at + 1] for at in range(len(streams.MIXED))),
            pause=0.0005,
            chunked=True,
        )
        self.assertEqual(self.get("/bytes"), LEFT)

    def test_one_connection_for_several_streams(self) -> None:
        self.send("/one", streams.MIXED)
        urls = [f"http://127.0.0.1:{self.nginx.port}{place}/one" for place in ("", "/both", "/buffered")]
        command = ["curl", "--silent", "--show-error", "--write-out", "%{num_connects}", *urls]
        body = subprocess.run(command, capture_output=True, check=True).stdout
        both = streams.dropped(streams.MIXED, b"ping", b"message")
        self.assertEqual(body, LEFT + b"1" + both + b"0" + LEFT + b"0")

    def test_several_types(self) -> None:
        self.send("/types", streams.MIXED)
        self.assertEqual(self.get("/both/types"), streams.dropped(streams.MIXED, b"ping", b"message"))

    def test_streams_of_anything(self) -> None:
        rng = random.Random(1)
        for _ in range(100):
            stream = streams.some_stream(rng)
            self.send("/any", *streams.some_cuts(rng, stream), pause=0.001)
            expected = streams.dropped(stream, b"ping")
            self.assertEqual(self.get("/any"), expected, stream)
            self.assertEqual(self.get("/tiny/any"), expected, stream)

    def test_fields_of_the_response(self) -> None:
        """What is said of the length and the identity of what came does not hold of what goes on."""
        fields = [
            f"Content-Length: {len(streams.MIXED)}",
            'ETag: "1"',
            "Accept-Ranges: bytes",
            "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT",
        ]
        self.send("/fields", streams.MIXED, fields=tuple(fields))
        for version in ("1.1", "1.0"):
            response = self.open("/fields", version=version)
            self.assertEqual(response.read(), LEFT)
            self.assertEqual(response.fields["etag"], 'W/"1"')
            self.assertFalse({"content-length", "accept-ranges", "last-modified"} & response.fields.keys())
            self.assertEqual("transfer-encoding" in response.fields, version == "1.1")

    def test_an_event_is_out_on_its_last_byte(self) -> None:
        """And what is not one goes on at once."""
        steps = [
            (b": a comment\n", b": a comment\n"),
            (b"event: pong\nda", b""),
            (b"ta: 1\n\n", b"event: pong\ndata: 1\n\n"),
            (b"event: ping\ndata: 2\n\n", b""),
            (b"id: 1\r\n\r", b"id: 1\r\n\r"),
            (b"\ndata", b"\n"),
        ]
        upstream = self.send_by_hand("/steps")
        response = self.open("/steps")
        expected = b""
        for piece, gone_on in steps:
            upstream.put(piece)
            expected += gone_on
            self.assertEqual(response.read_until(len(expected)), expected)
            self.assertEqual(response.read_until(len(expected) + 1, seconds=0.05), expected)
        upstream.put(None)
        self.assertEqual(response.read(), expected + b"data")

    def test_oversized_events_go_on(self) -> None:
        large = b"event: ping\ndata: " + b"x" * 100_000 + b"\n\n"
        stream = b"event: ping\ndata: 1\n\n" + large + b"event: ping\ndata: 2\n\ndata: 3\n\n"
        self.send("/large", stream)
        path = self.path("/large")
        self.assertEqual(self.get(path), large + b"data: 3\n\n")
        self.check_log(path, oversized=1, dropped=2, truncated=1, events=3)

    def test_an_event_that_comments_make_too_large_goes_on_and_is_counted(self) -> None:
        large = b"event: ping\n:" + b"x" * 100_000 + b"\ndata: 1\n\n"
        self.send("/comments", large + b"event: ping\ndata: 2\n\n")
        path = self.path("/comments")
        self.assertEqual(self.get(path), large)
        self.check_log(path, oversized=1, dropped=1, truncated=1, events=2)

    def test_large_events_in_small_buffers(self) -> None:
        stream = b"".join(
            b"event: %s\ndata: %s\n\n" % (event_type, b"x" * size)
            for size in range(1, 60_000, 2357)
            for event_type in (b"ping", b"pong")
        )
        self.send("/large", stream)
        expected = streams.dropped(stream, b"ping")
        self.assertEqual(self.get("/tiny/large"), expected)
        self.assertEqual(self.get("/buffered/large"), expected)

    def test_what_claims_the_type_and_is_not(self) -> None:
        for content in (
            random.Random(2).randbytes(2_000_000),
            b"\0" * 500_000,
            b"<html>" * 50_000,
            b"\r" * 300_000,
        ):
            self.send("/claims", content)
            expected = streams.dropped(content, b"ping")
            self.assertEqual(expected, content)
            for place in ("/claims", "/buffered/claims"):
                self.assertEqual(self.get(place), content)

    def test_files(self) -> None:
        content = b"event: ping\ndata: 1\n\ndata: 2\n\n" * 50_000
        (self.nginx.root / "long.sse").write_bytes(content)
        self.assertEqual(self.get("/file/long.sse"), b"data: 2\n\n" * 50_000)
        with self.open("/file/long.sse", "Range: bytes=0-8") as response:
            self.assertEqual(response.status, 200)

    def test_more_than_the_client_takes(self) -> None:
        """Buffers are not used again before they are sent, and then they are."""
        pieces = [
            b"event: %s\ndata: %d\n\n" % (number % 3 and b"pong" or b"ping", number)
            for number in range(150_000)
        ]
        content = b"".join(pieces)
        expected = b"".join(piece for piece in pieces if b"pong" in piece)
        self.send("/slow", content)
        for place in ("/slow", "/buffered/slow", "/tiny/slow"):
            with self.open(place, room=16384) as response:
                response.read_until(1)
                time.sleep(0.1)
                self.assertEqual(response.read(), expected)


if __name__ == "__main__":
    unittest.main()
