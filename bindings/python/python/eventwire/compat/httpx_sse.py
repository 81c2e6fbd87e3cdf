"""The surface of `httpx_sse`: changing the import is the migration.

    from eventwire.compat.httpx_sse import connect_sse   # was: from httpx_sse import connect_sse

What differs follows from the standard, by which events are made here; the package's README lists it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Any

import httpx

from .._errors import StreamError
from .._eventwire import Event, __version__, check_response
from .._response import aiter_sse, iter_sse

__all__ = [
    "EventSource",
    "SSEError",
    "ServerSentEvent",
    "__version__",
    "aconnect_sse",
    "connect_sse",
]


class SSEError(httpx.TransportError):
    """A response is not an event stream, or an event in it had to be dropped."""


class ServerSentEvent:
    """An event. Its `id` is the last event ID, as in httpx_sse, also where another event has set it."""

    __slots__ = ("_event",)
    _event: Event

    def __init__(
        self,
        event: str | None = None,
        data: str | None = None,
        id: str | None = None,
        retry: int | None = None,
    ) -> None:
        self._event = Event(event or "message", data or "", None, id or "", retry)

    @classmethod
    def of(cls, event: Event) -> ServerSentEvent:
        """One that shows an event of eventwire, which is not copied."""
        self = cls.__new__(cls)
        self._event = event
        return self

    @property
    def event(self) -> str:
        """The type."""
        return self._event.event

    @property
    def data(self) -> str:
        """The data, its lines joined with LF."""
        return self._event.data

    @property
    def id(self) -> str:
        """The last event ID."""
        return self._event.last_event_id

    @property
    def retry(self) -> int | None:
        """The reconnection time in milliseconds that the event's block has set, or None."""
        return self._event.retry

    def json(self) -> Any:
        """The data, which is JSON, as Python objects."""
        return json.loads(self.data)

    def __repr__(self) -> str:
        fields = [("event", self.event), ("data", self.data), ("id", self.id), ("retry", self.retry)]
        shown = [f"{name}={value!r}" for name, value in fields if value not in ("", None)]
        return f"ServerSentEvent({', '.join(shown)})"


class EventSource:
    """The events of a response."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    @property
    def response(self) -> httpx.Response:
        """The response."""
        return self._response

    def iter_sse(self) -> Generator[ServerSentEvent, None, None]:
        """The events, as they come. Raises `SSEError` if the response is no event stream."""
        self._check_content_type()
        try:
            for event in iter_sse(self._response, check=False):
                yield ServerSentEvent.of(event)
        except StreamError as error:
            raise SSEError(str(error)) from error

    async def aiter_sse(self) -> AsyncGenerator[ServerSentEvent, None]:
        """The events, as they come asynchronously. Raises `SSEError` if the response is no event stream."""
        self._check_content_type()
        try:
            async with aclosing(aiter_sse(self._response, check=False)) as events:
                async for event in events:
                    yield ServerSentEvent.of(event)
        except StreamError as error:
            raise SSEError(str(error)) from error

    def _check_content_type(self) -> None:
        content_type: str = self._response.headers.get("content-type", "")
        # Of the status httpx_sse takes no notice.
        if check_response(200, content_type.encode()) is not None:
            raise SSEError(
                f"Expected response header Content-Type to be 'text/event-stream', got {content_type!r}"
            )


@contextmanager
def connect_sse(
    client: httpx.Client, method: str, url: str, **kwargs: Any
) -> Generator[EventSource, None, None]:
    """Makes a request and gives its response as an `EventSource`."""
    with client.stream(method, url, **_with_headers(kwargs)) as response:
        yield EventSource(response)


@asynccontextmanager
async def aconnect_sse(
    client: httpx.AsyncClient, method: str, url: str, **kwargs: Any
) -> AsyncGenerator[EventSource, None]:
    """The same asynchronously."""
    async with client.stream(method, url, **_with_headers(kwargs)) as response:
        yield EventSource(response)


def _with_headers(options: dict[str, Any]) -> dict[str, Any]:
    headers = httpx.Headers(options.pop("headers", None))
    headers["Accept"] = "text/event-stream"
    headers["Cache-Control"] = "no-store"
    return {"headers": headers, **options}
