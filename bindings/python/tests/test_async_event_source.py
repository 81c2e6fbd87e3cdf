"""`AsyncEventSource`: what `EventSource` does, under asyncio and trio."""

from __future__ import annotations

from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest
import sniffio

from eventwire import (
    AsyncEventSource,
    ConnectionFailed,
    Event,
    EventTooLarge,
    HTTPStatusError,
    Policy,
    ReadyState,
)
from servers import DEADLINE, Script, ScriptedServer, answer, dying, hanging, stream


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def short(url: str, **settings: Any) -> AsyncEventSource:
    """A source that does not wait long."""
    return AsyncEventSource(url, **({"reconnection_time": 0.01} | settings))


class Log:
    """What a source tells, to functions and to coroutine functions."""

    def __init__(self, source: AsyncEventSource) -> None:
        self.entries: list[str] = []
        source.onopen = lambda event: self.entries.append(f"open {source.ready_state.name}")
        source.onmessage = self.message
        source.onerror = lambda event: self.entries.append(f"error {event.ready_state.name}: {event.error}")

    async def message(self, event: Event) -> None:
        await anyio.lowlevel.checkpoint()
        self.entries.append(f"message {event.data}")

    def silences(self) -> int:
        return sum("nothing came for too long" in entry for entry in self.entries)


async def test_it_runs_under(anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend


async def data_of(source: AsyncEventSource) -> list[str]:
    return [event.data async for event in source]


async def test_it_follows_a_stream_over_its_connections() -> None:
    with ScriptedServer([stream(b"id: 1\ndata: a\n\ndata: cut"), dying(b"data: b\n\n")]) as server:
        source = short(server.url)
        log = Log(source)
        assert await data_of(source) == ["a", "b"]
        assert await data_of(source) == []
    assert log.entries == [
        "open OPEN",
        "message a",
        "error CONNECTING: the stream ended",
        "open OPEN",
        "message b",
        log.entries[5],
        "error CLOSED: the server answered with status 204",
    ]
    assert log.entries[5].startswith("error CONNECTING: the connection failed: ")
    assert [request.get("last-event-id") for request in server.requests] == [None, "1", "1"]


async def test_another_status_ends_it() -> None:
    with ScriptedServer([answer("404 Not Found")]) as server, pytest.raises(HTTPStatusError, match="404"):
        await anext(short(server.url))


async def test_nobody_is_there() -> None:
    with ScriptedServer([]) as server:
        url = server.url
    with pytest.raises(ConnectionFailed) as caught:
        await short(url, policy=Policy(max_failures=2)).run()
    assert isinstance(caught.value.__cause__, httpx.ConnectError)


async def test_a_redirect_to_another_scheme_ends_it() -> None:
    script = answer("302 Found", "Location: ftp://127.0.0.1/x")
    with ScriptedServer([script]) as server, pytest.raises(ConnectionFailed, match="futile"):
        await anext(short(server.url))


async def test_closed_by_a_listener_nothing_more_is_told() -> None:
    with ScriptedServer([hanging(b"data: 1\n\ndata: 2\n\n")]) as server:
        source = short(server.url)
        log = Log(source)
        source.add_event_listener("message", lambda event: source.close())
        assert await data_of(source) == ["1"]
        assert log.entries == ["open OPEN", "message 1"]
        assert await anyio.to_thread.run_sync(server.wait_for_disconnect)


@pytest.mark.parametrize(
    "scripts",
    [[hanging(b"data: 1\n\n")], [stream(b"retry: 3600000\ndata: 1\n\n")], [stream(b"data: 1\n\n"), ["hang"]]],
    ids=["reading", "waiting", "connecting"],
)
async def test_closed_by_another_task(scripts: list[Script]) -> None:
    with ScriptedServer(scripts) as server:
        source = short(server.url)
        first = anyio.Event()
        source.onmessage = lambda event: first.set()

        async def close() -> None:
            await first.wait()
            # Until it reads, waits or connects, as a rule. Before that, closing it is no harder.
            await anyio.sleep(0.2)
            source.close()

        with anyio.fail_after(DEADLINE):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(close)
                assert await data_of(source) == ["1"]
        assert source.ready_state is ReadyState.CLOSED


async def test_cancelled_it_leaves_nothing_open() -> None:
    with ScriptedServer([hanging(b"data: 1\n\n")]) as server:
        source = short(server.url)
        with anyio.CancelScope() as scope:
            source.add_event_listener("message", lambda event: scope.cancel())
            assert await data_of(source) == ["never complete"]
        assert scope.cancelled_caught
        assert source.ready_state is ReadyState.CLOSED
        assert await anyio.to_thread.run_sync(server.wait_for_disconnect)


async def test_left_it_lets_go() -> None:
    with ScriptedServer([hanging(b"data: 1\n\n")]) as server:
        async with short(server.url) as source:
            assert (await anext(source)).data == "1"
        assert await anyio.to_thread.run_sync(server.wait_for_disconnect)


@pytest.mark.parametrize("script", [["hang"], hanging(b"data: 1\n\n")], ids=["no answer", "no more"])
async def test_silence(script: Script) -> None:
    with ScriptedServer([script] * 1000) as server:
        async with short(server.url, policy=Policy(idle_timeout=0.1)) as source:
            log = Log(source)
            source.add_event_listener("error", lambda event: source.close() if log.silences() == 2 else None)
            await source.run()
            assert log.silences() == 2


async def test_an_event_that_is_too_large() -> None:
    with ScriptedServer([stream(b"data: 1\n\ndata: 12345\n\ndata: 2\n\n")]) as server:
        source = short(server.url, max_event_size=4)
        assert [(await anext(source)).data, (await anext(source)).data] == ["1", "2"]
        with pytest.raises(EventTooLarge):
            await anext(source)
        assert await data_of(source) == []


async def test_with_a_client_of_the_users() -> None:
    with ScriptedServer([stream(b"data: 1\n\n")]) as server:
        async with httpx.AsyncClient(timeout=DEADLINE, headers={"X-Client": "c"}) as client:
            assert await data_of(short(server.url, client=client)) == ["1"]
            assert not client.is_closed
    assert all(request["x-client"] == "c" for request in server.requests)
