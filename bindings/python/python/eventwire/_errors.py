"""The exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._eventwire import Event
    from ._items import Comment, Retry


class EventwireError(Exception):
    """What all exceptions of this package are."""


class StreamError(EventwireError):
    """Something in a stream had to be dropped. It does not end the stream: the parser goes on behind it.

    events: what the same chunk held and was not dropped. Whoever goes on after the exception has to take it from here.
    dropped: how many events (or comments) were dropped in the chunk.
    """

    events: list[Event | Comment | Retry]
    dropped: int

    def __init__(self, message: str, events: list[Event | Comment | Retry], dropped: int = 1) -> None:
        super().__init__(message, events, dropped)
        self.events = events
        self.dropped = dropped

    def __str__(self) -> str:
        message: str = self.args[0]
        return message if self.dropped == 1 else f"{message} (and {self.dropped - 1} more in the same chunk)"


class EventTooLarge(StreamError):
    """An event was larger than `max_event_size`."""


class CommentTooLarge(StreamError):
    """A comment, asked for with `comments=True`, was larger than `max_event_size`."""


class InvalidUtf8(StreamError):
    """An event or comment was not UTF-8, with `utf8='strict'`."""


class ResponseError(EventwireError):
    """A response is not an event stream.

    response: the response, of whichever library; its body has not been read, and it is closed.
    """

    def __init__(self, message: str, response: Any = None) -> None:
        super().__init__(message)
        self.response = response


class HTTPStatusError(ResponseError):
    """The status of a response is not 200.

    status: the status.
    """

    def __init__(self, message: str, response: Any = None, status: int = 0) -> None:
        super().__init__(message, response)
        self.status = status


class ContentTypeError(ResponseError):
    """The media type of a response is not `text/event-stream`.

    content_type: the header field, or None if there is none.
    """

    def __init__(self, message: str, response: Any = None, content_type: str | None = None) -> None:
        super().__init__(message, response)
        self.content_type = content_type


class ConnectionFailed(EventwireError):
    """A source has lost its connection, or cannot make one.

    The exception of the HTTP client, if there was one, is its `__cause__`.
    """
