"""What the two event sources have in common: all but how they wait.

The machine of the engine decides when to connect, with what, and what a response means; a driver does it with httpx and
tells the machine what came of it. There are two drivers, `EventSource` and `AsyncEventSource`, of one shape: `_step` does what the
machine asks for. What is said to the user goes through here.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypedDict, Unpack

from ._errors import ConnectionFailed, ContentTypeError, EventwireError, HTTPStatusError, StreamError
from ._eventwire import Event, Machine
from ._policy import Policy, milliseconds

if TYPE_CHECKING:
    import httpx

    Headers = Mapping[str, str] | Sequence[tuple[str, str]]

# What a client of our own waits for a connection, in seconds.
CONNECT_TIMEOUT = 30.0
# Redirects that are followed for one request.
MAX_REDIRECTS = 20


class ReadyState(IntEnum):
    """Where a source stands, with the numbers of the standard."""

    CONNECTING = 0
    OPEN = 1
    CLOSED = 2


@dataclass(frozen=True, slots=True)
class OpenEvent:
    """A connection has been made."""

    type: ClassVar[Literal["open"]] = "open"
    origin: str
    """Where the events come from, after redirects."""


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """A connection has been lost, an attempt to make one has failed, or an event had to be dropped."""

    type: ClassVar[Literal["error"]] = "error"
    error: EventwireError
    ready_state: ReadyState
    """CONNECTING if there will be another attempt, CLOSED if there will be none, OPEN if only an event was dropped."""


Listener = Callable[[Any], Any]


class SourceSettings(TypedDict, total=False):
    """What a source may be given besides its URL and its client."""

    with_credentials: bool
    method: str
    headers: Headers
    content: str | bytes
    replay: bool
    last_event_id: str
    reconnection_time: float
    policy: Policy
    max_event_size: int
    overflow: Literal["error", "skip"]


@dataclass
class RequestSettings:
    """What is asked for at each attempt, in the machine's words."""

    method: str
    headers: list[tuple[str, bytes]]
    content: bytes | None
    replay: bool
    with_credentials: bool
    last_event_id: str
    reconnection_time: int


class Source:
    """An event source but for its driver."""

    CONNECTING = ReadyState.CONNECTING
    OPEN = ReadyState.OPEN
    CLOSED = ReadyState.CLOSED

    onopen: Listener | None = None
    onmessage: Listener | None = None
    onerror: Listener | None = None

    def __init__(self, url: str, **given: Unpack[SourceSettings]) -> None:
        import httpx

        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ValueError(f"URL refused: {error}: {url!r}") from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise ValueError(f"URL refused: it must be absolute, with http or https: {url!r}")
        self._url = str(parsed)
        self._with_credentials = given.get("with_credentials", False)
        content = given.get("content")
        headers = httpx.Headers(given.get("headers")).multi_items()
        request = RequestSettings(
            method=given.get("method", "GET"),
            headers=[(name, value.encode()) for name, value in headers],
            content=content.encode() if isinstance(content, str) else content,
            replay=given.get("replay", False),
            with_credentials=self._with_credentials,
            last_event_id=given.get("last_event_id", ""),
            reconnection_time=milliseconds(given.get("reconnection_time", 3.0)),
        )
        self._machine = Machine(
            self._url,
            request,
            given.get("policy", Policy()).settings(),
            max_event_size=given.get("max_event_size", 16_777_216),
            overflow=given.get("overflow", "error"),
        )
        self._ready_state = ReadyState.CONNECTING
        self._last_event_id = self._machine.last_event_id
        self._listeners: dict[str, list[Listener]] = {}
        self._pending: deque[Event | StreamError] = deque()
        self._failure: EventwireError | None = None

    @property
    def url(self) -> str:
        """The URL, as it was given. Redirects do not change it."""
        return self._url

    @property
    def with_credentials(self) -> bool:
        """Whether cookies are kept and sent, by a client of the source's own."""
        return self._with_credentials

    @property
    def ready_state(self) -> ReadyState:
        """Where the source stands."""
        return self._ready_state

    @property
    def last_event_id(self) -> str:
        """The last event ID of what has been given: where another source would go on."""
        return self._last_event_id

    @property
    def reconnection_time(self) -> float:
        """The reconnection time in force, in seconds: the stream's last, or the one that the source was made with."""
        return self._machine.reconnection_time / 1000

    @property
    def origin(self) -> str:
        """The origin of the events: that of the URL that has answered last, after redirects."""
        return self._machine.origin

    def add_event_listener(self, type: str, listener: Listener) -> None:
        """Has `listener` called with each event of this type: `open`, `error`, `message`, or any that the stream names.

        It is given an `OpenEvent`, an `ErrorEvent`, or an `Event`. Adding it again does nothing.
        """
        listeners = self._listeners.setdefault(type, [])
        if listener not in listeners:
            listeners.append(listener)

    def remove_event_listener(self, type: str, listener: Listener) -> None:
        """Takes back `add_event_listener`. Where that was not called, nothing happens."""
        listeners = self._listeners.get(type, [])
        if listener in listeners:
            listeners.remove(listener)

    def _listeners_of(self, type: str) -> list[Listener]:
        """Who is to be told of an event of this type, `on...` first."""
        named: list[Listener | None] = (
            [getattr(self, f"on{type}")] if type in ("open", "message", "error") else []
        )
        return [listener for listener in (*named, *self._listeners.get(type, ())) if listener is not None]

    def _now(self) -> int:
        """The time for the machine, which knows no other."""
        return time.monotonic_ns() // 1_000_000

    def _request(self, client: httpx.Client | httpx.AsyncClient, deadline: int | None) -> httpx.Request:
        """The request that the machine asks for."""
        import httpx

        method, url, headers, body = self._machine.request()
        limits = httpx.Timeout(client.timeout)
        patience = None if deadline is None else max(deadline - self._now(), 1) / 1000
        connect = limits.connect if patience is None else min(patience, limits.connect or patience)
        # Whether a server is silent for too long is the policy's to say.
        timeout = httpx.Timeout(connect=connect, read=patience, write=limits.write, pool=limits.pool)
        fields = [(name.encode(), value) for name, value in headers]
        return client.build_request(method, url, headers=fields, content=body, timeout=timeout)

    def _client_settings(self) -> dict[str, Any]:
        """How a client of the source's own is made."""
        from http.cookiejar import CookieJar, DefaultCookiePolicy

        import httpx

        never = DefaultCookiePolicy(allowed_domains=())
        cookies = None if self._with_credentials else CookieJar(policy=never)
        return {"cookies": cookies, "timeout": httpx.Timeout(CONNECT_TIMEOUT), "max_redirects": MAX_REDIRECTS}

    def _is_fatal(self, error: Exception) -> bool:
        """Whether another attempt would be futile."""
        import httpx

        # A redirect to what is no URL is not followed (statement 76); httpx has no exception of its own for it.
        misdirected = isinstance(error, httpx.RemoteProtocolError) and "location header" in str(error)
        return misdirected or isinstance(error, (httpx.UnsupportedProtocol, httpx.InvalidURL))

    def _take_head(self, response: httpx.Response) -> OpenEvent | ErrorEvent | None:
        """Has the machine judge a response."""

        def value(name: str) -> bytes | None:
            values = [value for key, value in response.headers.raw if key.lower() == name.encode()]
            return b", ".join(values) if values else None

        told = self._machine.handle_response(
            self._now(),
            response.status_code,
            value("content-type"),
            str(response.url),
            value("retry-after"),
            value("date"),
        )
        return self._noted(told, response=response)

    def _take_chunk(self, chunk: bytes) -> None:
        """Has the machine read a chunk of the body."""
        try:
            self._pending.extend(self._machine.feed(self._now(), chunk))
        except StreamError as error:
            self._pending.extend(event for event in error.events if isinstance(event, Event))
            self._pending.append(error)
        if not self._pending:
            self._last_event_id = self._machine.last_event_id

    def _take_pending(self) -> Event | StreamError:
        """The next of what has come and is to be given."""
        item = self._pending.popleft()
        if not self._pending:
            # The machine may know of one that came behind the last event.
            self._last_event_id = self._machine.last_event_id
        elif isinstance(item, Event):
            self._last_event_id = item.last_event_id
        return item

    def _noted(
        self,
        told: tuple[int, str, str] | None,
        response: httpx.Response | None = None,
        cause: BaseException | None = None,
    ) -> OpenEvent | ErrorEvent | None:
        """What the machine has the user told, with the ready state changed before."""
        if told is None or self._ready_state is ReadyState.CLOSED:
            return None
        state, reason, words = told
        self._ready_state = ReadyState(state)
        if reason == "open":
            return OpenEvent(self._machine.origin)
        error: EventwireError
        if response is not None and reason == "status":
            error = HTTPStatusError(words, response, response.status_code)
        elif response is not None and reason == "content-type":
            error = ContentTypeError(words, response, response.headers.get("content-type"))
        else:
            error = ConnectionFailed(words if cause is None else f"{words}: {cause or type(cause).__name__}")
            error.__cause__ = cause
        # With 204 a server says that it has no more: that is no failure.
        if self._ready_state is ReadyState.CLOSED and getattr(error, "status", None) != 204:
            self._failure = error
        return ErrorEvent(error, self._ready_state)

    def _end(self) -> None:
        """Closes the source, as far as any thread may. Nothing is told any more."""
        self._ready_state = ReadyState.CLOSED

    def __repr__(self) -> str:
        return f"<eventwire.{type(self).__name__} {self._url!r} {self._ready_state.name}>"
