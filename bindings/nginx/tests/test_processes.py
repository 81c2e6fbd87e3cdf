"""Workers that come and go while streams are open."""

from __future__ import annotations

import os
import queue
import signal
import time
import unittest

from case import Case
from server import WATCHED
from upstream import Exchange

CONFIG = """
    eventwire on;
    eventwire_keepalive 100ms;
    location / { proxy_pass UPSTREAM; }
    location /drop/ { eventwire_drop_type TYPE; proxy_pass UPSTREAM/; }
"""


@unittest.skipIf(WATCHED, "valgrind watches one process alone")
class Processes(Case):
    SERVER = CONFIG.replace("TYPE", "ping")

    def test_reload(self) -> None:
        """A stream goes on as it began, a new one is as the new configuration has it."""
        upstream = self.send_by_hand("/reload")
        path = self.path("/drop/reload")
        response = self.open(path)
        upstream.put(b"data: 1\n\nevent: pi")
        response.read_until(9)
        place = f"http://127.0.0.1:{self.upstream.port}"
        self.nginx.configure(CONFIG.replace("TYPE", "pong").replace("UPSTREAM", place))
        self.nginx.reload()
        upstream.put(b"ng\ndata: 2\n\nevent: pong\ndata: 3\n\n")
        upstream.put(None)
        left = response.read().replace(b":\n\n", b"")
        self.assertEqual(left, b"data: 1\n\nevent: pong\ndata: 3\n\n")
        self.check_log(path, events=3, dropped=1)
        self.send("/again", b"event: ping\ndata: 2\n\nevent: pong\ndata: 3\n\n")
        self.assertEqual(self.get("/drop/again"), b"event: ping\ndata: 2\n\n")

    def test_worker_that_is_killed(self) -> None:
        left: queue.Queue[bool] = queue.Queue()

        def script(exchange: Exchange) -> None:
            exchange.head()
            exchange.send(b"data: 1\n\nevent: pi")
            left.put(exchange.is_left(10))

        self.upstream.on("/killed", script)
        response = self.open("/drop/killed")
        response.read_until(9)
        for worker in self.nginx.workers():
            os.kill(worker, signal.SIGKILL)
        self.assertEqual(response.read().replace(b":\n\n", b""), b"data: 1\n\n")
        self.send("/next", b"data: 1\n\n")
        self.assertEqual(self.get("/next"), b"data: 1\n\n")
        self.assertTrue(left.get(timeout=20))
        # That a worker was killed is all that nginx has to say.
        errors = self.nginx.folder / "error.log"
        errors.write_text(
            errors.read_text().replace("exited on signal 9", "was killed").replace("[alert]", "[notice]")
        )

    def test_worker_that_is_to_end(self) -> None:
        """It ends with its last stream. Keepalives do not hold it up, nor does it cut the stream."""
        upstream = self.send_by_hand("/ends")
        response = self.open("/ends")
        upstream.put(b"data: 1\n\n")
        response.read_until(9)
        (worker,) = self.nginx.workers()
        os.kill(worker, signal.SIGQUIT)
        time.sleep(0.3)
        self.assertIn(b":\n\n", response.read_until(15))
        upstream.put(None)
        self.assertTrue(response.read().startswith(b"data: 1\n\n"))
        self.assertTrue(response.is_whole)
        end = time.monotonic() + 10
        while worker in self.nginx.workers() and time.monotonic() < end:
            time.sleep(0.01)
        self.assertNotIn(worker, self.nginx.workers())


if __name__ == "__main__":
    unittest.main()
