"""Responses of HTTP clients as streams of events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import aiohttp
import httpx
import pytest
import requests
import urllib3

from eventwire import (
    ContentTypeError,
    Event,
    HTTPStatusError,
    Parser,
    aconnect,
    aiter_sse,
    connect,
    iter_sse,
)
from servers import DEADLINE, Script, ScriptedServer, answer, dying, hanging, stream

Get = Callable[[str], Any]

BODY = [b"data: 1\n\nda", b"ta: 2\r\n\r", b"\nid: 7\ndata: 3\n\n"]
EVENTS = [Event(data="1"), Event(data="2"), Event(data="3", id="7")]


# Each closes its client at the end: an idle connection belongs to that, and is not closed with the response.
@contextmanager
def httpx_get() -> Iterator[Get]:
    with httpx.Client(timeout=DEADLINE) as client:
        yield lambda url: client.send(client.build_request("GET", url), stream=True)


@contextmanager
def requests_get() -> Iterator[Get]:
    with requests.Session() as session:
        yield lambda url: session.get(url, stream=True, timeout=DEADLINE)


@contextmanager
def urllib3_get() -> Iterator[Get]:
    with urllib3.PoolManager() as pool:
        yield lambda url: pool.request("GET", url, preload_content=False, timeout=DEADLINE, retries=False)


Library = Callable[[], AbstractContextManager[Get]]

# What each raises when a connection breaks.
BROKEN: dict[Library, tuple[type[Exception], ...]] = {
    httpx_get: (httpx.RemoteProtocolError, httpx.ReadError),
    requests_get: (requests.RequestException,),
    urllib3_get: (urllib3.exceptions.ProtocolError,),
}


@pytest.fixture(params=BROKEN)
def library(request: pytest.FixtureRequest) -> Library:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def get(library: Library) -> Iterator[Get]:
    with library() as get:
        yield get


def test_events_of_a_response(get: Get) -> None:
    with ScriptedServer([stream(*BODY)]) as server:
        assert list(iter_sse(get(server.url))) == EVENTS


def test_without_a_length_or_chunks(get: Get) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    script: Script = [head, *BODY]
    with ScriptedServer([script]) as server:
        assert list(iter_sse(get(server.url))) == EVENTS


def test_events_come_when_they_are_complete(get: Get) -> None:
    for head in (b"Transfer-Encoding: chunked\r\n", b""):
        first = b"9\r\ndata: 1\n\n\r\n" if head else b"data: 1\n\n"
        script: Script = [
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + head + b"\r\n" + first,
            "hang",
        ]
        with ScriptedServer([script]) as server:
            events = iter_sse(get(server.url))
            # Whoever waited for more would wait for ever.
            assert next(events) == Event(data="1")
            events.close()
            assert server.wait_for_disconnect()


@pytest.mark.parametrize(
    "leave", [lambda events: None, lambda events: events.close()], ids=["dropped", "closed"]
)
def test_left_before_its_first_event_it_closes_the_response(get: Get, leave: Callable[[Any], None]) -> None:
    with ScriptedServer([hanging(*BODY)]) as server:
        response = get(server.url)
        leave(iter_sse(response))
        assert server.wait_for_disconnect()
        response.close()


def test_a_stream_that_dies(get: Get, library: Library) -> None:
    with ScriptedServer([dying(*BODY)]) as server:
        events = iter_sse(get(server.url))
        assert [next(events) for _ in EVENTS] == EVENTS
        with pytest.raises(BROKEN[library]):
            next(events)


def test_the_parser_may_be_given(get: Get) -> None:
    parser = Parser(eof="dispatch")
    with ScriptedServer([stream(b"id: 9\ndata: x")]) as server:
        assert list(iter_sse(get(server.url), parser)) == [Event(data="x", id="9")]
    assert parser.last_event_id == "9"


def test_a_wrong_status(get: Get) -> None:
    with ScriptedServer([answer("503 Busy", "Content-Type: text/event-stream")] * 2) as server:
        with pytest.raises(HTTPStatusError, match="status 503, not 200") as caught:
            iter_sse(get(server.url))
        assert caught.value.status == 503
        assert list(iter_sse(get(server.url), check=False)) == []


@pytest.mark.parametrize(
    "field", ["Content-Type: text/html; charset=utf-8", "X-None: 1", "Content-Type: text/event-streams"]
)
def test_a_wrong_type(get: Get, field: str) -> None:
    script = answer("200 OK", field)
    with ScriptedServer([script]) as server, pytest.raises(ContentTypeError, match="not text/") as caught:
        iter_sse(get(server.url))
    assert caught.value.content_type == (field.partition(": ")[2] if "Type" in field else None)


def test_a_type_with_parameters(get: Get) -> None:
    with ScriptedServer(
        [answer("200 OK", "Content-Type: Text/Event-Stream;x=y", body=b"data: x\n\n")]
    ) as server:
        assert list(iter_sse(get(server.url))) == [Event(data="x")]


def test_compressed(get: Get) -> None:
    import gzip

    body = gzip.compress(b"".join(BODY))
    fields = ("Content-Type: text/event-stream", "Content-Encoding: gzip")
    with ScriptedServer([answer("200 OK", *fields, body=body)]) as server:
        assert list(iter_sse(get(server.url))) == EVENTS


def test_what_is_no_response() -> None:
    with pytest.raises(TypeError, match=r"httpx, requests, or urllib3 .* is needed, not builtins.int"):
        iter_sse(3)


async def test_what_is_no_asynchronous_response() -> None:
    with pytest.raises(TypeError, match=r"httpx or aiohttp is needed, not builtins.int"):
        await anext(aiter_sse(3))


async def test_asynchronously_with_aiohttp() -> None:
    with ScriptedServer([stream(*BODY), answer("404 Not Found"), dying(*BODY)]) as server:
        async with aiohttp.ClientSession() as session:
            async with session.get(server.url) as response:
                assert [event async for event in aiter_sse(response)] == EVENTS
            async with session.get(server.url) as response:
                with pytest.raises(HTTPStatusError, match="404"):
                    await anext(aiter_sse(response))
            async with session.get(server.url) as response:
                events = aiter_sse(response)
                assert [await anext(events) for _ in EVENTS] == EVENTS
                with pytest.raises(aiohttp.ClientError):
                    await anext(events)


async def test_asynchronously_with_httpx() -> None:
    with ScriptedServer([stream(*BODY), hanging(*BODY)]) as server:
        async with httpx.AsyncClient(timeout=DEADLINE) as client:
            async with client.stream("GET", server.url) as response:
                assert [event async for event in aiter_sse(response)] == EVENTS
            async with client.stream("GET", server.url) as response:
                events = aiter_sse(response)
                assert await anext(events) == EVENTS[0]
                await events.aclose()
                assert response.is_closed
                assert await asyncio.to_thread(server.wait_for_disconnect)


def test_connect() -> None:
    with (
        ScriptedServer([stream(*BODY), answer("404 Not Found")]) as server,
        httpx.Client(timeout=DEADLINE) as client,
    ):
        parser = Parser(last_event_id="grün")
        with connect(
            client, "POST", server.url, json={"a": 1}, headers={"X-Key": "k"}, parser=parser
        ) as events:
            assert list(events) == [
                Event(data="1", last_event_id="grün"),
                Event(data="2", last_event_id="grün"),
                EVENTS[2],
            ]
            assert events.response.status_code == 200
        assert (events.parser.last_event_id, server.bodies) == ("7", [b'{"a":1}'])
        assert server.lines == ["POST /stream HTTP/1.1"]
        request = server.requests[0]
        wanted = {
            "accept": "text/event-stream",
            "cache-control": "no-cache",
            "x-key": "k",
            "last-event-id": "grün",
        }
        assert wanted.items() <= request.items()
        with pytest.raises(HTTPStatusError), connect(client, "GET", server.url, headers={"accept": "text/x"}):
            pass
        assert server.requests[1]["accept"] == "text/x"


async def test_connect_asynchronously() -> None:
    with ScriptedServer([stream(*BODY), hanging(*BODY)]) as server:
        async with httpx.AsyncClient(timeout=DEADLINE) as client:
            async with aconnect(client, "GET", server.url) as events:
                assert [event async for event in events] == EVENTS
            async with aconnect(client, "GET", server.url) as events:
                assert await anext(aiter(events)) == EVENTS[0]
            assert await asyncio.to_thread(server.wait_for_disconnect)


def test_an_interrupt_leaves_nothing_open() -> None:
    def interrupted(events: Iterator[Event]) -> None:
        for _ in events:
            raise KeyboardInterrupt

    with ScriptedServer([hanging(*BODY)]) as server, httpx.Client(timeout=DEADLINE) as client:
        with pytest.raises(KeyboardInterrupt), connect(client, "GET", server.url) as events:
            interrupted(iter(events))
        assert server.wait_for_disconnect()
