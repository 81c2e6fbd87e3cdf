"""The example servers: their headers, their heartbeats, what they do when a client comes back or leaves."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest

from eventwire import Comment, Parser, connect, iter_events
from servers import DEADLINE, uvicorn_server

EXAMPLES = Path(__file__).parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES))

import changes
import server_asgi
import server_flask
import server_starlette
import server_wsgi


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def wsgi_server(app: Any) -> Iterator[str]:
    class Server(server_wsgi.ThreadingServer):
        # Those of clients that have left are waited for, so that none goes on in another test.
        daemon_threads = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            assert isinstance(sys.exception(), (BrokenPipeError, ConnectionResetError))

    with make_server("127.0.0.1", 0, app, Server, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(params=["starlette", "asgi", "flask", "wsgi"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    serving = {
        "starlette": lambda: uvicorn_server(server_starlette.app),
        "asgi": lambda: uvicorn_server(server_asgi.app),
        "flask": lambda: wsgi_server(server_flask.app),
        "wsgi": lambda: wsgi_server(server_wsgi.app),
    }
    with serving[request.param]() as base:
        yield f"{base}/changes"


def test_a_client_that_comes_back_misses_nothing(url: str) -> None:
    with httpx.Client(timeout=DEADLINE) as client:
        parser = Parser()
        with connect(client, "GET", url, parser=parser) as events:
            response = events.response
            assert response.headers["content-type"].startswith("text/event-stream")
            assert response.headers["cache-control"] == "no-cache"
            first = next(iter(events))
        assert (first.event, first.last_event_id, parser.retry) == ("change", "1", 1000)
        # The parser may know more than has been taken of it: whole chunks.
        with connect(client, "GET", url, parser=Parser(last_event_id=first.last_event_id)) as events:
            again = iter(events)
            seen = [next(again).last_event_id for _ in range(3)]
        number = int(first.last_event_id)
        assert seen == [str(number + 1), str(number + 2), str(number + 3)]


@pytest.mark.parametrize("last", ["nonsense", "-1", "9" * 30, "\u0662"])
def test_what_is_no_number_means_from_the_start(last: str) -> None:
    assert changes.number_of(last) == (2 if last == "\u0662" else 0)


def test_heartbeats(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_asgi, "HEARTBEAT", 0.0)
    monkeypatch.setattr(server_starlette, "HEARTBEAT", 0.0)
    monkeypatch.setattr(server_wsgi, "HEARTBEAT", 0.0)
    with httpx.Client(timeout=DEADLINE) as client, client.stream("GET", url) as response:
        items = iter_events(response.iter_bytes(), Parser(comments=True))
        assert any(isinstance(next(items), Comment) for _ in range(1000))


def test_a_client_that_leaves_is_noticed(url: str) -> None:
    """Its generator or task ends: seen by the threads that are left, or by what the server says."""
    with httpx.Client(timeout=DEADLINE) as client:
        before = threading.active_count()
        for _ in range(3):
            with connect(client, "GET", url) as events:
                next(iter(events))
        begin = time.monotonic()
        while threading.active_count() > before and time.monotonic() - begin < DEADLINE:
            time.sleep(0.01)
        assert threading.active_count() <= before


def test_the_example_client() -> None:
    with uvicorn_server(server_asgi.app) as base:
        command = [sys.executable, str(EXAMPLES / "client.py"), base]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
            assert client.stdout is not None
            assert client.stdout.readline() == "1 change change 1\n"
            client.terminate()
