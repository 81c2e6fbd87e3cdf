"""`AsyncEventSource`: follows a stream, for asynchronous programs."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack

from ._errors import StreamError
from ._eventwire import Event
from ._source import ErrorEvent, OpenEvent, ReadyState, Source, SourceSettings

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    import anyio
    import httpx

_T = TypeVar("_T")


class AsyncEventSource(Source):
    """Follows a stream over HTTP: connects, and connects again behind the last event, until it is closed.

        async with AsyncEventSource(url) as source:
            async for event in source:
                print(event.event, event.data)

    It is `EventSource` for asyncio and trio: see there. Listeners may be coroutine functions. No task is started.
    """

    def __init__(
        self, url: str, *, client: httpx.AsyncClient | None = None, **settings: Unpack[SourceSettings]
    ) -> None:
        super().__init__(url, **settings)
        self._client = client
        self._own_client: httpx.AsyncClient | None = None
        self._response: httpx.Response | None = None
        self._chunks: AsyncIterator[bytes] | None = None
        # Around whatever is waited for.
        self._scope: anyio.CancelScope | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        try:
            return await self._next()
        except BaseException as error:
            # A cancellation leaves nothing open.
            if not isinstance(error, Exception):
                await self.aclose()
            raise

    async def run(self) -> None:
        """Follows the stream for the listeners, until the source is closed."""
        async for _ in self:
            pass

    def close(self) -> None:
        """Closes the source, from a listener or another task. Nothing is told any more, not even what has come already.

        Whoever waits for the source lets go of the connection; where nobody does, that is left to `aclose()`, which
        `async with` calls.
        """
        self._end()
        if self._scope is not None:
            self._scope.cancel()

    async def aclose(self) -> None:
        """Closes the source, and lets go of the connection."""
        import anyio

        self.close()
        with anyio.CancelScope(shield=True):
            await self._release()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _next(self) -> Event:
        while True:
            if self._ready_state is ReadyState.CLOSED:
                await self._release()
                failure, self._failure = self._failure, None
                raise failure or StopAsyncIteration
            if not self._pending:
                await self._step()
                continue
            item = self._take_pending()
            if isinstance(item, StreamError):
                await self._tell(ErrorEvent(item, self._ready_state))
                raise item
            await self._dispatch(item.event, item)
            return item

    async def _step(self) -> None:
        """Does what the machine asks for."""
        import anyio

        action, until = self._machine.poll(self._now())
        if action == "connect":
            await self._connect()
        elif action == "wait":
            delay = (
                anyio.sleep_forever() if until is None else anyio.sleep(max(until - self._now(), 0) / 1000)
            )
            await self._unless_closed(delay)
        elif action == "receive":
            await self._receive(until)

    async def _connect(self) -> None:
        import httpx

        client = self._client or self._own_client
        if client is None:
            client = self._own_client = httpx.AsyncClient(**self._client_settings())
        _, deadline = self._machine.poll(self._now())
        try:
            request = self._request(client, deadline)
            sent = client.send(request, stream=True, follow_redirects=True)
            response = await self._unless_closed(sent)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            await self._lose(error, deadline)
            return
        if response is None:
            return
        self._response = response
        event = self._take_head(response)
        if not isinstance(event, OpenEvent):
            await self._disconnect()
        else:
            self._chunks = response.aiter_bytes()
        await self._tell(event)

    async def _receive(self, deadline: int | None) -> None:
        import httpx

        chunk = None
        try:
            if self._chunks is not None:
                chunk = await self._unless_closed(anext(self._chunks))
        except StopAsyncIteration:
            pass
        except (httpx.HTTPError, httpx.StreamError) as error:
            await self._lose(error, deadline)
            return
        if self._ready_state is ReadyState.CLOSED:
            return
        if chunk is not None:
            self._take_chunk(chunk)
            return
        await self._disconnect()
        await self._tell(self._noted(self._machine.handle_end(self._now())))

    async def _lose(self, error: Exception, deadline: int | None) -> None:
        """Takes the connection for lost."""
        import httpx

        await self._disconnect()
        if isinstance(error, httpx.TimeoutException) and deadline is not None:
            told = self._machine.handle_timeout(max(self._now(), deadline))
        else:
            told = self._machine.handle_error(self._now(), self._is_fatal(error))
        await self._tell(self._noted(told, cause=error))

    async def _unless_closed(self, waiting: Awaitable[_T]) -> _T | None:
        """What is waited for, or None if the source is closed meanwhile."""
        import anyio

        with anyio.CancelScope() as self._scope:
            try:
                return await waiting
            finally:
                self._scope = None
        return None

    async def _tell(self, event: OpenEvent | ErrorEvent | None) -> None:
        if event is not None:
            await self._dispatch(event.type, event)

    async def _dispatch(self, type: str, event: Any) -> None:
        for listener in self._listeners_of(type):
            result = listener(event)
            if inspect.isawaitable(result):
                await result

    async def _disconnect(self) -> None:
        response, self._response = self._response, None
        chunks, self._chunks = self._chunks, None
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()
        if response is not None:
            await response.aclose()

    async def _release(self) -> None:
        """Lets go of everything that belongs to the connection."""
        self._machine.close()
        self._pending.clear()
        await self._disconnect()
        client, self._own_client = self._own_client, None
        if client is not None:
            await client.aclose()
