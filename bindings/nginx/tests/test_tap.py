"""What is known of a stream, which itself stays as it is."""

from __future__ import annotations

import random
import time
import unittest

import streams
from case import MIXED_NUMBERS, STEP, Case


class Tap(Case):
    SERVER = """
        eventwire_match usage;
        location / { eventwire on; eventwire_max_event_size 64k; proxy_pass UPSTREAM; }
        location /buffered/ { eventwire on; proxy_buffering on; proxy_pass UPSTREAM/; }
        location /off/ { proxy_pass UPSTREAM/; }
        location /every/ { eventwire on; eventwire_match ''; proxy_pass UPSTREAM/; }
        location /file/ { eventwire on; alias root/; sendfile on; }
    """

    def test_every_cut(self) -> None:
        for cut in range(1, len(streams.MIXED), STEP):
            self.send("/cut", streams.MIXED[:cut], streams.MIXED[cut:], pause=0.001)
            for place in ("/cut", "/buffered/cut"):
                path = self.path(place)
                self.assertEqual(self.get(path), streams.MIXED)
                self.check_log(path, **MIXED_NUMBERS, matched="\u00e9 usage", truncated=0, oversized=0)

    def test_every_byte_alone(self) -> None:
        self.send(
            "/bytes",
            *(streams.MIXED[at : at + 1] for at in range(len(streams.MIXED))),
            pause=0.0005,
            chunked=True,
        )
        path = self.path("/bytes")
        self.assertEqual(self.get(path), streams.MIXED)
        self.check_log(path, **MIXED_NUMBERS)

    def test_streams_of_anything(self) -> None:
        rng = random.Random(1)
        for _ in range(40):
            stream = streams.some_stream(rng)
            self.send("/any", *streams.some_cuts(rng, stream), pause=0.001)
            path = self.path("/any")
            self.assertEqual(self.get(path), stream)
            self.check_log(path, bytes=len(stream), events=streams.events(stream))

    def test_nothing_of_the_response_changes(self) -> None:
        fields = (
            "Content-Type: TEXT/Event-Stream; charset=utf-8",
            f"Content-Length: {len(streams.MIXED)}",
            'ETag: "1"',
        )
        self.send("/fields", streams.MIXED, fields=(*fields, "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT"))
        responses = [self.open(path) for path in ("/fields", "/off/fields")]
        bodies = [response.read() for response in responses]
        self.assertEqual(bodies, [streams.MIXED] * 2)
        heads = [
            {name: value for name, value in response.fields.items() if name != "date"}
            for response in responses
        ]
        self.assertEqual(heads[0], heads[1])
        self.assertEqual(heads[0]["content-length"], str(len(streams.MIXED)))

    def test_off_and_other_types(self) -> None:
        self.send("/off", streams.MIXED)
        self.send("/text", streams.MIXED, fields=("Content-Type: text/event-streams",))
        self.send("/none", fields=())
        for place in ("/off/off", "/text"):
            path = self.path(place)
            self.assertEqual(self.get(path), streams.MIXED)
            self.check_log(path, events="", bytes="", matched="", done="", truncated="")
        path = self.path("/none")
        self.assertEqual(self.get(path), b"")
        self.check_log(
            path, events=0, bytes=0, done=0, first_event_ms="", max_gap_ms="", last_event_id="", matched=""
        )

    def test_type_with_parameters(self) -> None:
        for field in (
            "text/event-stream",
            "Text/Event-Stream;charset=utf-8",
            "text/event-stream ; a=b",
            "text/event-stream;",
        ):
            self.send("/type", streams.MIXED, fields=(f"Content-Type: {field}",))
            path = self.path("/type")
            self.get(path)
            self.check_log(path, **MIXED_NUMBERS)

    def test_times(self) -> None:
        self.send("/times", b"data: 1\n\n", b"data: 2\n\n", pause=0.3)
        path = self.path("/times")
        self.get(path)
        entry = self.nginx.log(path)
        self.assertLess(int(entry["first_event_ms"]), 250)
        self.assertTrue(250 <= int(entry["max_gap_ms"]) < 1000, entry)

    def test_empty_needle(self) -> None:
        """An empty needle takes back one of an outer level."""
        self.send("/every", streams.MIXED)
        path = self.path("/every/every")
        self.get(path)
        self.check_log(path, **MIXED_NUMBERS, matched="")

    def test_large_events(self) -> None:
        stream = b"id: 1\ndata: usage 1\n\ndata: " + b"x" * 100_000 + b"\n\ndata: 2\n\n"
        self.send("/large", stream)
        path = self.path("/large")
        self.assertEqual(self.get(path), stream)
        self.check_log(path, events=2, oversized=1, truncated=1, matched="usage 1", last_event_id=1)

    def test_match_that_is_cut(self) -> None:
        self.send("/match", b"data: usage " + b"x" * 80_000 + b"\n\n")
        path = self.path("/buffered/match")
        self.get(path)
        entry = self.check_log(path, events=1, oversized=0, truncated=1)
        self.assertEqual(len(entry["matched"]), 65536)

    def test_what_claims_the_type_and_is_not(self) -> None:
        for content in (
            random.Random(2).randbytes(2_000_000),
            b"\0" * 500_000,
            b"<html>" * 50_000,
            b"\r" * 300_000,
        ):
            self.send("/claims", content)
            for place in ("/claims", "/buffered/claims"):
                path = self.path(place)
                self.assertEqual(self.get(path), content)
                self.check_log(path, bytes=len(content))

    def test_files(self) -> None:
        content = b"data: 1\n\n" * 200_000
        (self.nginx.root / "long.sse").write_bytes(content)
        path = self.path("/file/long.sse")
        self.assertEqual(self.get(path), content)
        self.check_log(path, events=200_000, bytes=len(content))
        path = self.path("/file/long.sse")
        with self.open(path, "Range: bytes=0-8") as response:
            self.assertEqual((response.read(), response.status), (b"data: 1\n\n", 206))
        self.check_log(path, events="", bytes="")

    def test_more_than_the_client_takes(self) -> None:
        """Buffers wait for a client that does not read, and with buffering in files."""
        content = b"".join(b"data: %d\n\n" % number for number in range(300_000))
        self.send("/slow", content)
        for place in ("/slow", "/buffered/slow"):
            path = self.path(place)
            with self.open(path, room=16384) as response:
                response.read_until(1)
                time.sleep(0.1)
                self.assertEqual(response.read(), content)
            self.check_log(path, events=300_000)


if __name__ == "__main__":
    unittest.main()
