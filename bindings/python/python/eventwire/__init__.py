"""Server-sent events (`text/event-stream`): a parser, a writer, and `EventSource` over HTTP.

from eventwire import Parser, encode

parser = Parser()
for chunk in chunks:
    for event in parser.feed(chunk):
        print(event.event, event.data)
"""

from ._async_event_source import AsyncEventSource
from ._connect import AsyncEventStream, EventStream, aconnect, connect
from ._errors import (
    CommentTooLarge,
    ConnectionFailed,
    ContentTypeError,
    EventTooLarge,
    EventwireError,
    HTTPStatusError,
    InvalidUtf8,
    ResponseError,
    StreamError,
)
from ._event_source import EventSource
from ._eventwire import Event, Parser, __version__, encode, scanner_name
from ._items import Comment, Retry
from ._iteration import aiter_events, iter_events
from ._policy import Policy
from ._response import aiter_sse, iter_sse
from ._source import ErrorEvent, OpenEvent, ReadyState

__all__ = [
    "AsyncEventSource",
    "AsyncEventStream",
    "Comment",
    "CommentTooLarge",
    "ConnectionFailed",
    "ContentTypeError",
    "ErrorEvent",
    "Event",
    "EventSource",
    "EventStream",
    "EventTooLarge",
    "EventwireError",
    "HTTPStatusError",
    "InvalidUtf8",
    "OpenEvent",
    "Parser",
    "Policy",
    "ReadyState",
    "ResponseError",
    "Retry",
    "StreamError",
    "__version__",
    "aconnect",
    "aiter_events",
    "aiter_sse",
    "connect",
    "encode",
    "iter_events",
    "iter_sse",
    "scanner_name",
]
