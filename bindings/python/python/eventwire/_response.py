"""Responses of HTTP clients as streams of events.

Of whichever library a response is, it is told by what it can do; none of the libraries is imported here for that.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing
from typing import Any, TypeVar, overload

from ._errors import ContentTypeError, HTTPStatusError
from ._eventwire import Event, Parser, check_response
from ._items import Comment, Retry
from ._iteration import aiter_events, iter_events, started

_Item = TypeVar("_Item", bound="Event | Comment | Retry")

# How much of a body is asked for at once, where that has to be said. Less comes if there is less.
READ_SIZE = 65_536


@overload
def iter_sse(response: Any, *, check: bool = True) -> Generator[Event, None, None]: ...
@overload
def iter_sse(response: Any, parser: Parser[_Item], *, check: bool = True) -> Generator[_Item, None, None]: ...
def iter_sse(
    response: Any, parser: Parser[Any] | None = None, *, check: bool = True
) -> Generator[Any, None, None]:
    """The events of a response of httpx (also httpx2), requests or urllib3, as they come.

    The response must have been asked for as a stream (`client.stream(...)`, `requests.get(..., stream=True)`,
    `urllib3.request(..., preload_content=False)`). It is closed when its events have been read, when the iterator is
    dropped, and when an exception is raised.

    Raises `HTTPStatusError` or `ContentTypeError` at once if the response is no event stream, unless `check` is false.
    What the library raises while reading goes through.
    """
    chunks = started(_closing(_chunks_of(response), response))
    if check:
        try:
            check_head(response)
        except BaseException:
            chunks.close()
            raise
    return iter_events(chunks, parser or Parser())


@overload
def aiter_sse(response: Any, *, check: bool = True) -> AsyncGenerator[Event, None]: ...
@overload
def aiter_sse(response: Any, parser: Parser[_Item], *, check: bool = True) -> AsyncGenerator[_Item, None]: ...
async def aiter_sse(
    response: Any, parser: Parser[Any] | None = None, *, check: bool = True
) -> AsyncGenerator[Any, None]:
    """The events of a response of httpx (also httpx2) or aiohttp, as they come. See `iter_sse`.

    What `iter_sse` raises at once is raised by the first step here. One that is dropped before closes nothing.
    """
    chunks = _achunks_of(response)
    try:
        if check:
            check_head(response)
        async with aclosing(aiter_events(chunks(), parser or Parser())) as events:
            async for event in events:
                yield event
    finally:
        await _aclose(response)


def check_head(response: Any) -> None:
    """Raises an exception if the response is no event stream, by the rules of `EventSource`."""
    status = int(getattr(response, "status_code", None) or response.status)
    content_type: str | None = response.headers.get("Content-Type")
    encoded = None if content_type is None else content_type.encode("utf-8", "replace")
    match check_response(status, encoded):
        case "status":
            raise HTTPStatusError(f"the server answered with status {status}, not 200", response, status)
        case "content-type":
            has = "no Content-Type" if content_type is None else f"the Content-Type {content_type!r}"
            raise ContentTypeError(f"the response has {has}, not text/event-stream", response, content_type)
        case _:
            pass


def _chunks_of(response: Any) -> Callable[[], Iterator[bytes]]:
    """How the body of a response is read."""
    if hasattr(response, "iter_bytes"):  # httpx
        chunks: Callable[[], Iterator[bytes]] = response.iter_bytes
        return chunks
    if hasattr(response, "iter_content"):  # requests
        return lambda: _requests_chunks(response)
    if hasattr(response, "read1"):  # urllib3
        return lambda: _read1_chunks(response)
    raise _unknown(response, "a response of httpx, requests, or urllib3 (2.1 or later)", "aiter_sse")


def _achunks_of(response: Any) -> Callable[[], AsyncIterator[bytes]]:
    """The same for a response that is read asynchronously."""
    chunks: Any = getattr(response, "aiter_bytes", None)  # httpx
    if chunks is None:
        chunks = getattr(getattr(response, "content", None), "iter_any", None)  # aiohttp
    if chunks is not None:
        return lambda: aiter(chunks())
    raise _unknown(response, "a response of httpx or aiohttp", "iter_sse")


def _unknown(response: Any, wanted: str, other: str) -> TypeError:
    kind = f"{type(response).__module__}.{type(response).__qualname__}"
    return TypeError(f"{wanted} is needed, not {kind} (see also {other})")


def _read1_chunks(response: Any) -> Iterator[bytes]:
    """What has come, each time something has: `stream` and `read` would wait for more."""
    while chunk := response.read1(READ_SIZE, decode_content=True):
        yield chunk


def _requests_chunks(response: Any) -> Iterator[bytes]:
    """The same below requests, whose own loop waits for full chunks; errors become those of requests, as there."""
    import requests
    import urllib3

    try:
        yield from _read1_chunks(response.raw)
    except urllib3.exceptions.ProtocolError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error
    except urllib3.exceptions.DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error) from error
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.exceptions.ConnectionError(error) from error


def _closing(chunks: Callable[[], Iterator[bytes]], response: Any) -> Generator[Any, None, None]:
    """The chunks, behind a `None` (see `started`); then the response is closed."""
    try:
        yield None
        yield from chunks()
    finally:
        response.close()


async def _aclose(response: Any) -> None:
    if hasattr(response, "aclose"):
        await response.aclose()
    else:
        response.close()
