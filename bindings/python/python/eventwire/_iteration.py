"""Chunks in, events out, as iterators."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from ._errors import StreamError
from ._eventwire import Event, Parser

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from ._items import Comment, Retry

_Item = TypeVar("_Item", bound="Event | Comment | Retry")


@overload
def iter_events(chunks: Iterable[Buffer]) -> Generator[Event, None, None]: ...
@overload
def iter_events(chunks: Iterable[Buffer], parser: Parser[_Item]) -> Generator[_Item, None, None]: ...
def iter_events(
    chunks: Iterable[Buffer], parser: Parser[_Item] | None = None
) -> Generator[Event | _Item, None, None]:
    """The events of a stream that comes in chunks: of a file, of whatever has a loop.

    With a `parser` its settings hold, and it knows `last_event_id` and `retry` afterwards. Where the parser raises a
    `StreamError`, what it did not drop is given first. Left early, a generator of chunks is closed.
    """
    own: Parser[Any] = Parser() if parser is None else parser
    return started(_events(chunks, own))


@overload
def aiter_events(chunks: AsyncIterable[Buffer]) -> AsyncGenerator[Event, None]: ...
@overload
def aiter_events(chunks: AsyncIterable[Buffer], parser: Parser[_Item]) -> AsyncGenerator[_Item, None]: ...
async def aiter_events(
    chunks: AsyncIterable[Buffer], parser: Parser[_Item] | None = None
) -> AsyncGenerator[Event | _Item, None]:
    """The same for chunks that come asynchronously. See `iter_events`."""
    own: Parser[Any] = Parser() if parser is None else parser
    try:
        async for chunk in chunks:
            try:
                events = own.feed(chunk)
            except StreamError as error:
                for event in error.events:
                    yield cast("_Item", event)
                raise
            for event in events:
                yield event
        for event in own.finish():
            yield event
    finally:
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()


def started(generator: Generator[Any, None, None]) -> Generator[Any, None, None]:
    """The generator, behind the `None` that it gives first.

    One that has never been started is not told when it is closed or dropped, and could let go of nothing.
    """
    next(generator)
    return generator


def _events(chunks: Iterable[Buffer], parser: Parser[Any]) -> Generator[Any, None, None]:
    try:
        yield None
        for chunk in chunks:
            try:
                events = parser.feed(chunk)
            except StreamError as error:
                yield from error.events
                raise
            yield from events
        yield from parser.finish()
    finally:
        if isinstance(chunks, Generator):
            chunks.close()
