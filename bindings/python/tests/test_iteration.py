"""Chunks in, events out, as iterators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from eventwire import Event, EventTooLarge, Parser, aiter_events, iter_events

CHUNKS = [b"data: 1\n\nda", b"ta: 2\n\n", b"data: 3"]


class Source:
    """Chunks, from a generator that notes when it is closed."""

    closed = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from CHUNKS
        finally:
            self.closed = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            for chunk in CHUNKS:
                await asyncio.sleep(0)
                yield chunk
        finally:
            await asyncio.sleep(0)
            self.closed = True


def test_events_of_chunks() -> None:
    assert [event.data for event in iter_events(CHUNKS)] == ["1", "2"]
    assert [event.data for event in iter_events(CHUNKS, Parser(eof="dispatch"))] == ["1", "2", "3"]


async def test_events_of_chunks_that_come_asynchronously() -> None:
    assert [event.data async for event in aiter_events(aiter(Source()))] == ["1", "2"]
    parser = Parser(eof="dispatch")
    assert [event.data async for event in aiter_events(Source(), parser)] == ["1", "2", "3"]


def test_left_early_it_closes_what_it_reads() -> None:
    source = Source()
    events = iter_events(iter(source))
    assert next(events) == Event(data="1")
    assert not source.closed
    del events
    assert source.closed


async def test_cancelled_it_closes_what_it_reads() -> None:
    source = Source()
    first = asyncio.Event()

    async def read() -> None:
        async for _ in aiter_events(aiter(source)):
            first.set()
            await asyncio.sleep(3600)

    task = asyncio.create_task(read())
    await first.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for _ in range(100):
        await asyncio.sleep(0)
    assert source.closed


def test_what_was_not_dropped_comes_first() -> None:
    events = iter_events([b"data: 1\n\ndata: 12345\n\ndata: 2\n\n"], Parser(max_event_size=4))
    assert [next(events).data, next(events).data] == ["1", "2"]
    with pytest.raises(EventTooLarge):
        next(events)


async def test_what_was_not_dropped_comes_first_asynchronously() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"data: 1\n\ndata: 12345\n\ndata: 2\n\n"

    events = aiter_events(chunks(), Parser(max_event_size=4))
    assert [(await anext(events)).data, (await anext(events)).data] == ["1", "2"]
    with pytest.raises(EventTooLarge):
        await anext(events)
