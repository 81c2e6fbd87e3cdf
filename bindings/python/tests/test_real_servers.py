"""Servers that others have written, which cut their streams and lose their clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
import requests
from aiohttp import web
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from eventwire import AsyncEventSource, EventSource, aconnect, connect, encode, iter_sse
from servers import DEADLINE, aiohttp_server, uvicorn_server

# Numbers from 1 to this, a few with each connection.
LAST = 50


async def numbers(last_event_id: str | None) -> AsyncIterator[bytes]:
    """What comes behind the last event, up to where the connection is lost: now in good order, now in the midst of an event."""
    first = int(last_event_id or 0) + 1
    yield encode(comment="hello", retry=5)
    for number in range(first, min(first + 7, LAST + 1)):
        event = encode(f"number\n{number}", event="count", id=str(number))
        half = len(event) // 2
        yield event[:half]
        await asyncio.sleep(0)
        if number % 3 == 0 and number != first:
            raise ConnectionAbortedError
        yield event[half:]


async def starlette_app(scope: Any, receive: Any, send: Any) -> None:
    request = Request(scope, receive)
    last = request.headers.get("last-event-id")
    body = numbers(last)
    response: Response = StreamingResponse(body, media_type="text/event-stream")
    if last == str(LAST):
        response = Response(status_code=204)
    try:
        await response(scope, receive, send)
    except ConnectionAbortedError:
        # uvicorn breaks the connection where a response is not complete.
        return


async def aiohttp_handler(request: web.Request) -> web.StreamResponse:
    last = request.headers.get("Last-Event-ID")
    if last == str(LAST):
        return web.Response(status=204)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    try:
        async for chunk in numbers(last):
            await response.write(chunk)
    except ConnectionAbortedError:
        assert request.transport is not None
        request.transport.abort()
    return response


Serve = Callable[[], AbstractContextManager[str]]
SERVERS: list[Serve] = [lambda: uvicorn_server(starlette_app), lambda: aiohttp_server(aiohttp_handler)]


@pytest.fixture(params=SERVERS, ids=["uvicorn", "aiohttp"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    serve: Serve = request.param
    with serve() as url:
        yield url


ALL = [str(number) for number in range(1, LAST + 1)]


def test_nothing_is_lost_and_nothing_comes_twice(url: str) -> None:
    with EventSource(url, reconnection_time=0.01) as source:
        events = list(source)
    assert [event.last_event_id for event in events] == ALL
    assert all(event.event == "count" and event.data == f"number\n{event.id}" for event in events)


async def test_nothing_is_lost_asynchronously(url: str) -> None:
    async with AsyncEventSource(url, reconnection_time=0.01) as source:
        assert [event.last_event_id async for event in source] == ALL


def test_one_connection(url: str) -> None:
    seen: list[str] = []
    with (
        httpx.Client(timeout=DEADLINE) as client,
        connect(client, "GET", url) as events,
        pytest.raises(httpx.HTTPError),
    ):
        for event in events:
            seen.append(event.last_event_id)
    with (
        requests.get(url, stream=True, timeout=DEADLINE) as response,
        pytest.raises(requests.RequestException),
    ):
        for event in iter_sse(response):
            seen.append(event.last_event_id)
    assert seen == ["1", "2"] * 2


async def test_many_at_once(url: str) -> None:
    async def follow() -> list[str]:
        async with AsyncEventSource(url, reconnection_time=0.01) as source:
            return [event.last_event_id async for event in source]

    assert await asyncio.gather(*(follow() for _ in range(20))) == [ALL] * 20


async def test_a_client_that_leaves(url: str) -> None:
    async with httpx.AsyncClient(timeout=DEADLINE) as client:
        for _ in range(20):
            async with aconnect(client, "GET", url) as events:
                assert (await anext(aiter(events))).last_event_id == "1"
