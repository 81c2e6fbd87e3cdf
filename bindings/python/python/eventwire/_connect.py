"""Requests for event streams, with httpx."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from ._eventwire import Event, Parser
from ._items import Comment, Retry
from ._response import aiter_sse, check_head, iter_sse

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    import httpx

_Item = TypeVar("_Item", bound="Event | Comment | Retry")


class EventStream(Generic[_Item]):
    """The events of a response, to be iterated over once.

    response: the response of httpx.
    parser: what knows `last_event_id` and `retry`, of all that has come; that may be more than has been taken.
    """

    def __init__(self, response: httpx.Response, parser: Parser[_Item]) -> None:
        self.response = response
        self.parser = parser

    def __iter__(self) -> Iterator[_Item]:
        return iter_sse(self.response, self.parser, check=False)


class AsyncEventStream(Generic[_Item]):
    """The same for a response that is read asynchronously."""

    def __init__(self, response: httpx.Response, parser: Parser[_Item]) -> None:
        self.response = response
        self.parser = parser

    def __aiter__(self) -> AsyncIterator[_Item]:
        return aiter_sse(self.response, self.parser, check=False)


@overload
def connect(
    client: httpx.Client, method: str, url: httpx.URL | str, *, parser: Parser[_Item], **options: Any
) -> AbstractContextManager[EventStream[_Item]]: ...
@overload
def connect(
    client: httpx.Client, method: str, url: httpx.URL | str, *, parser: None = None, **options: Any
) -> AbstractContextManager[EventStream[Event]]: ...
@contextmanager
def connect(
    client: httpx.Client,
    method: str,
    url: httpx.URL | str,
    *,
    parser: Parser[Any] | None = None,
    **options: Any,
) -> Generator[EventStream[Any], None, None]:
    """Makes a request and gives the events of the response.

        with connect(client, 'POST', url, json=...) as events:
            for event in events: ...

    The options are those of `client.stream`. `Accept` and `Cache-Control` are sent unless they are among the headers, and
    `Last-Event-ID` if the parser has one. Timeouts are the client's: whoever waits for rare events sets the one for reading to None.

    Raises `HTTPStatusError` or `ContentTypeError` if the response is no event stream, and what httpx raises. The connection is
    closed at the end of the block, however that is reached. It is one request: `EventSource` makes another when the stream ends.
    """
    parser = parser or Parser()
    with client.stream(method, url, **_with_headers(client.headers, options, parser)) as response:
        check_head(response)
        yield EventStream(response, parser)


@overload
def aconnect(
    client: httpx.AsyncClient, method: str, url: httpx.URL | str, *, parser: Parser[_Item], **options: Any
) -> AbstractAsyncContextManager[AsyncEventStream[_Item]]: ...
@overload
def aconnect(
    client: httpx.AsyncClient, method: str, url: httpx.URL | str, *, parser: None = None, **options: Any
) -> AbstractAsyncContextManager[AsyncEventStream[Event]]: ...
@asynccontextmanager
async def aconnect(
    client: httpx.AsyncClient,
    method: str,
    url: httpx.URL | str,
    *,
    parser: Parser[Any] | None = None,
    **options: Any,
) -> AsyncGenerator[AsyncEventStream[Any], None]:
    """The same asynchronously. See `connect`."""
    parser = parser or Parser()
    async with client.stream(method, url, **_with_headers(client.headers, options, parser)) as response:
        check_head(response)
        yield AsyncEventStream(response, parser)


def _with_headers(known: httpx.Headers, options: dict[str, Any], parser: Parser[Any]) -> dict[str, Any]:
    """The options, with the header fields of a request for an event stream."""
    # The class of httpx, or of whatever has its interface.
    given = type(known)(options.pop("headers", None))
    fields = list(given.raw)
    usual = {
        "Accept": "text/event-stream",
        "Cache-Control": "no-cache",
        "Last-Event-ID": parser.last_event_id,
    }
    # As bytes: a last event ID may be any text, and goes as UTF-8.
    fields += [
        (name.encode(), value.encode()) for name, value in usual.items() if value and name not in given
    ]
    return {"headers": fields, **options}
