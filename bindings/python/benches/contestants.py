"""The parsers that are compared: each takes chunks of bytes, reads the data of every event as text, and counts the events.

Each does so in the way that its own package reads a response, but for the network. And what there would be to do if nothing
had to be parsed, because the data of each event were known: Python's objects and the loop that reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any

from eventwire import Parser, iter_events

Chunks = list[bytes]
Contestant = Callable[[Chunks], int]
# The data of the events of each chunk.
Values = list[list[bytes]]


def eventwire(chunks: Chunks) -> int:
    feed = Parser().feed
    count = 0
    for chunk in chunks:
        for event in feed(chunk):
            event.data  # noqa: B018
            count += 1
    return count


def eventwire_iter_events(chunks: Chunks) -> int:
    return count_of(iter_events(chunks))


def eventwire_compat(chunks: Chunks) -> int:
    import httpx

    from eventwire.compat.httpx_sse import EventSource

    return count_of(EventSource(response_of(httpx, chunks)).iter_sse())


def httpx_sse(chunks: Chunks) -> int:
    import httpx
    import httpx_sse

    return count_of(httpx_sse.EventSource(response_of(httpx, chunks)).iter_sse())


def httpx2(chunks: Chunks) -> int:
    import httpx2

    return count_of(iter(httpx2.EventSource(response_of(httpx2, chunks))))


def launchdarkly(chunks: Chunks) -> int:
    from ld_eventsource.actions import Event
    from ld_eventsource.reader import _BufferedLineReader, _SSEReader

    items = _SSEReader(_BufferedLineReader.lines_from(chunks)).events_and_comments()
    count = 0
    for item in items:
        if isinstance(item, Event):
            item.data  # noqa: B018
            count += 1
    return count


def sseclient_py(chunks: Chunks) -> int:
    import sseclient

    return count_of(sseclient.SSEClient(iter(chunks)).events())


def openai(chunks: Chunks) -> int:
    from openai._streaming import SSEDecoder

    return count_of(SSEDecoder().iter_bytes(iter(chunks)))


def text_alone(values: Values) -> int:
    """A `str` for each event. They are made and put into a list in C, as a parser's are."""
    count = 0
    for chunk in values:
        for data in list(map(bytes.decode, chunk)):
            data  # noqa: B018
            count += 1
    return count


def text_and_tuple(values: Values) -> int:
    """A `str` for each event, and an object that has it and the other five fields: the cheapest that Python itself has."""
    others = repeat("message"), repeat(""), repeat(None), repeat(None), repeat(None)
    count = 0
    for chunk in values:
        for event in list(zip(map(bytes.decode, chunk), *others)):
            event[0]
            count += 1
    return count


def split_and_decode(chunks: Chunks) -> int:
    """No parser: what it takes to make a `str` of each event where they are known to be two bytes apart."""
    count = 0
    for chunk in chunks:
        for part in [part.decode(errors="replace") for part in chunk.split(b"\n\n")]:
            part  # noqa: B018
            count += 1
    return count


OURS: dict[str, Contestant] = {
    "eventwire": eventwire,
    "eventwire, iter_events": eventwire_iter_events,
    "eventwire.compat.httpx_sse": eventwire_compat,
}
PEERS: dict[str, Contestant] = {
    "httpx-sse 0.4.3": httpx_sse,
    "launchdarkly-eventsource 1.7.4": launchdarkly,
    "httpx2 2.16.2": httpx2,
    "sseclient-py 1.9.0": sseclient_py,
    "openai 3.52.0": openai,
}


WITHOUT_PARSING: dict[str, Callable[[Values], int]] = {
    "(a str of known data)": text_alone,
    "(a str of known data, and a tuple of six)": text_and_tuple,
}


def values_of(chunks: Chunks) -> Values:
    """What there is to be made of these chunks."""
    feed = Parser().feed
    return [[bytes(event.data_bytes) for event in feed(chunk)] for chunk in chunks]


def count_of(events: Iterator[Any]) -> int:
    count = 0
    for event in events:
        event.data  # noqa: B018
        count += 1
    return count


def response_of(library: Any, chunks: Chunks) -> Any:
    """A response of httpx or httpx2 with this body."""

    class Body(library.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return iter(chunks)

    return library.Response(
        200,
        headers={"content-type": "text/event-stream"},
        stream=Body(),
        request=library.Request("GET", "http://127.0.0.1/"),
    )
