"""Server-sent events with nothing but WSGI. Each client takes a thread of the server's.

python examples/server_wsgi.py
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIServer, make_server

from changes import HEADERS, HEARTBEAT, INTERVAL, changes_behind, number_of

from eventwire import encode


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    """An application that has one stream, whatever the path."""
    start_response("200 OK", list(HEADERS.items()))
    return stream(number_of(environ.get("HTTP_LAST_EVENT_ID")))


def stream(number: int) -> Iterator[bytes]:
    """The events behind this number. When a client has left, writing fails, and the server closes this generator."""
    yield encode(retry=1000)
    beat = time.monotonic()
    while True:
        for each, text in changes_behind(number):
            yield encode(text, event="change", id=str(each))
            number, beat = each, time.monotonic()
        if time.monotonic() - beat >= HEARTBEAT:
            yield encode(comment="")
            beat = time.monotonic()
        time.sleep(INTERVAL / 4)


class ThreadingServer(ThreadingMixIn, WSGIServer):
    """A thread for each client."""

    daemon_threads = True


if __name__ == "__main__":
    with make_server("127.0.0.1", 8000, app, server_class=ThreadingServer) as server:
        server.serve_forever()
