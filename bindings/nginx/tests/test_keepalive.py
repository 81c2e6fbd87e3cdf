"""Comments into silence: between events alone, and such that the events stay as they are."""

from __future__ import annotations

import queue
import time
import unittest
from concurrent.futures import Future, ThreadPoolExecutor

import streams
from case import Case
from upstream import Exchange

#: What `eventwire_keepalive` is set to, in seconds.
INTERVAL = 0.2
COMMENT = b":\n\n"


class Keepalive(Case):
    SERVER = """
        eventwire on;
        eventwire_keepalive 200ms;
        location / { proxy_pass UPSTREAM; }
        location /drop/ { eventwire_drop_type ping; proxy_pass UPSTREAM/; }
        location /buffered/ { proxy_buffering on; proxy_pass UPSTREAM/; }
        location /all/ { proxy_buffering on; proxy_buffers 64 16k; proxy_pass UPSTREAM/; }
        location /roomy/ { proxy_buffer_size 512k; proxy_buffers 4 512k; proxy_pass UPSTREAM/; }
        location /off/ { eventwire_keepalive 0; proxy_pass UPSTREAM/; }
    """
    pool = ThreadPoolExecutor(16)

    def steps(self, *steps: bytes, place: str = "", intervals: float = 1.9) -> Future[bytes]:
        """Begins to get these pieces, with silence of so many intervals before and behind each."""

        def script(exchange: Exchange) -> None:
            exchange.head()
            for piece in steps:
                time.sleep(INTERVAL * intervals)
                exchange.send(piece)
            time.sleep(INTERVAL * intervals)

        path = f"/{next(self.numbers)}"
        self.upstream.on(path, script)
        return self.pool.submit(self.get, place + path)

    def check(self, got: Future[bytes], *parts: bytes) -> None:
        """Compares with these parts, between which there are comments; under load one more or less."""
        body = got.result()
        at = 0
        for part in parts:
            begin = at
            while body.startswith(COMMENT, at):
                at += len(COMMENT)
            self.assertIn((at - begin) // len(COMMENT), (1, 2, 3), body)
            self.assertEqual(body[at : at + len(part)], part, body)
            at += len(part)
        self.assertEqual(body[at:].replace(COMMENT, b""), b"", body)

    def test_silence(self) -> None:
        for got in [self.steps(b"data: 1\n\n", b"data: 2\n\n", place=place) for place in ("", "/drop")]:
            self.check(got, b"data: 1\n\n", b"data: 2\n\n", b"")

    def test_where_nginx_holds_the_events_back(self) -> None:
        body = self.steps(b"data: 1\n\n", b"data: 2\n\n", place="/buffered").result()
        self.assertEqual(body.replace(COMMENT, b""), b"data: 1\n\ndata: 2\n\n")
        self.assertGreaterEqual(body.count(COMMENT), 3)

    def test_not_while_there_is_something_to_say(self) -> None:
        events = [b"data: %d\n\n" % number for number in range(20)]
        self.assertEqual(self.steps(*events, intervals=0.25).result(), b"".join(events))

    def test_never_in_an_event(self) -> None:
        self.check(self.steps(b"data: 1\n", b"data: 2", b"\n\n"), b"data: 1\ndata: 2\n\n", b"")

    def test_before_an_event_that_is_held(self) -> None:
        """It has not begun for the client."""
        got = self.steps(b"event: po", b"ng\ndata: 2\n\n", place="/drop", intervals=1.5)
        self.check(got, b"event: pong\ndata: 2\n\n", b"")

    def test_where_all_is_dropped(self) -> None:
        pings = [b"event: ping\ndata: %d\n\n" % number for number in range(12)]
        self.assertRegex(self.steps(*pings, place="/drop", intervals=0.25).result(), rb"\A(:\n\n){2,4}\Z")

    def test_in_the_midst_of_line_ends(self) -> None:
        """Behind a CR the LF of which is still to come."""
        got = self.steps(b"data: 1\r\n\r", b"\ndata: 2\r\n\r\n")
        self.check(got, b"data: 1\r\n\r", b"\ndata: 2\r\n\r\n", b"")

    def test_mark_behind_a_comment_is_taken_out(self) -> None:
        mark = streams.MARK
        whole = [self.steps(mark + b"data: 1\n\n", place=place) for place in ("", "/drop")]
        # Behind the beginning of one there is no place for a comment, unless it is held.
        whole.append(self.steps(mark[:1], mark[1:] + b"data: 1\n\n"))
        whole.append(self.steps(mark[:2], mark[2:] + b"data: 1\n\n", place="/drop", intervals=1.5))
        # A second one is none.
        second = self.steps(mark + mark + b"data: 1\n\n")
        for got in whole:
            self.check(got, b"data: 1\n\n", b"")
        self.check(second, mark + b"data: 1\n\n", b"")

    def test_what_is_no_mark_stays(self) -> None:
        mark = streams.MARK
        places = ("", "/drop")
        partial = [self.steps(mark[:2], b"\ndata: 1\n\n", place=place, intervals=1.5) for place in places]
        cut_off = [self.steps(mark[:2], place=place) for place in places]
        late = [self.steps(b"data: 1\n\n", mark + b"data: 2\n\n", place=place) for place in places]
        behind_dropped = self.steps(
            b"event: ping\ndata: 1\n\n", mark + b"data: 2\n\n", place="/drop", intervals=1.5
        )
        for got in partial:
            self.check(got, mark[:2] + b"\ndata: 1\n\n", b"")
        for got in cut_off:
            self.assertEqual(got.result().replace(COMMENT, b""), mark[:2])
        for got in late:
            self.check(got, b"data: 1\n\n", mark + b"data: 2\n\n", b"")
        self.check(behind_dropped, mark + b"data: 2\n\n", b"")

    def test_mark_without_a_comment_before_it_stays(self) -> None:
        stream = streams.MARK + b"data: 1\n\n"
        self.send("/first", stream)
        self.assertEqual(self.get("/first"), stream)

    def test_length_is_not_told(self) -> None:
        self.send("/length", b"data: 1\n\n", fields=("Content-Length: 9",))
        response = self.open("/length")
        self.assertEqual(response.read(), b"data: 1\n\n")
        self.assertNotIn("content-length", response.fields)

    def test_off(self) -> None:
        self.assertEqual(self.steps(b"data: 1\n\n", place="/off").result(), b"data: 1\n\n")

    def test_client_that_does_not_read(self) -> None:
        """It does not get a comment for each interval that it has slept through."""
        content = b"data: 1\n\n" * 40_000
        slept: queue.Queue[None] = queue.Queue()

        def script(exchange: Exchange) -> None:
            exchange.head()
            exchange.send(content)
            time.sleep(INTERVAL * 6)
            slept.put(None)
            time.sleep(INTERVAL * 4)

        self.upstream.on("/asleep", script)
        # nginx has all of it, and the client's side has room for a part.
        response = self.open("/roomy/asleep", room=16384)
        slept.get(timeout=20)
        response.read_until(len(content) + len(COMMENT))
        awake = response.read_until(len(content) + len(COMMENT) * 4, seconds=INTERVAL / 2)
        self.assertRegex(awake[len(content) :], rb"\A(:\n\n){1,2}\Z")
        self.assertRegex(response.read()[len(content) :], rb"\A(:\n\n){3,6}\Z")

    def test_none_behind_the_end(self) -> None:
        """Also if the client is not there yet. Unlike without buffers, nginx ends the response when the upstream has."""
        content = b"data: 1\n\n" * 40_000
        self.send("/end", content)
        response = self.open("/all/end", room=16384)
        time.sleep(INTERVAL * 4)
        self.assertEqual(response.read(), content)
        self.assertTrue(response.is_whole)
        self.assertEqual(response.buffer + response.socket.recv(100), b"")

    def test_client_that_has_gone(self) -> None:
        left: queue.Queue[bool] = queue.Queue()

        def script(exchange: Exchange) -> None:
            exchange.head()
            exchange.send(b"data: 1\n\n")
            left.put(exchange.is_left(10))

        self.upstream.on("/gone", script)
        path = self.path("/gone")
        with self.open(path) as response:
            response.read_until(9)
        self.check_log(path, events=1)
        self.assertTrue(left.get(timeout=20))


if __name__ == "__main__":
    unittest.main()
