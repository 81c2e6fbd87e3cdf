"""`EventSource`: follows a stream, for programs that wait."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self, Unpack

from ._errors import StreamError
from ._eventwire import Event
from ._source import ErrorEvent, OpenEvent, ReadyState, Source, SourceSettings

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    import httpx


class EventSource(Source):
    """Follows a stream over HTTP: connects, and connects again behind the last event, until it is closed.

        with EventSource(url) as source:
            for event in source:
                print(event.event, event.data)

    Nothing happens but while it is iterated over, or `run()`: no thread is started, nothing is read ahead. Events go to
    listeners first (`onmessage`, `add_event_listener`), then to the loop. It ends when the source is closed, or the server
    says by 204 that there is no more. A failure that no other attempt follows is told to `onerror` and then raised
    (`HTTPStatusError`, `ContentTypeError`, `ConnectionFailed`); so is an event that had to be dropped (`StreamError`), behind
    which the source can be iterated over again. What a listener raises goes through.

    url: absolute, http or https.
    with_credentials: whether a client of the source's own keeps cookies and sends them.
    method, headers, content: of the request, if it is not a plain GET. `replay` says whether a request with a content may be sent
        again; if not, the source ends with its first connection.
    last_event_id: to begin with, of an earlier source.
    reconnection_time: in seconds, until the stream sets another.
    policy: what is done beyond the standard.
    client: a client of httpx, of which all settings hold but the timeout for reading; it is not closed. Without one the source has its own.
    max_event_size, overflow: as for `Parser`.
    """

    def __init__(
        self, url: str, *, client: httpx.Client | None = None, **settings: Unpack[SourceSettings]
    ) -> None:
        super().__init__(url, **settings)
        self._client = client
        self._own_client: httpx.Client | None = None
        self._response: httpx.Response | None = None
        self._chunks: Iterator[bytes] = iter(())
        # Who has it drives the source.
        self._driving = threading.RLock()
        self._closing = threading.Event()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        try:
            with self._driving:
                return self._next()
        except BaseException as error:
            # An interrupt leaves nothing open.
            if not isinstance(error, Exception):
                self.close()
            raise
        finally:
            # Closed by another thread meanwhile, which had to leave the connection to this one.
            if self._closing.is_set():
                self._release_unless_driven()

    def run(self) -> None:
        """Follows the stream for the listeners, until the source is closed."""
        for _ in self:
            pass

    def close(self) -> None:
        """Closes the source, from anywhere: a listener, another thread. Nothing is told any more, not even what has come already."""
        self._end()
        self._closing.set()
        if not self._release_unless_driven():
            # Another thread waits for the network: it is to find that there is no more.
            self._wake()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _next(self) -> Event:
        while True:
            if self._ready_state is ReadyState.CLOSED:
                self._release()
                failure, self._failure = self._failure, None
                raise failure or StopIteration
            if not self._pending:
                self._step()
                continue
            item = self._take_pending()
            if isinstance(item, StreamError):
                self._tell(ErrorEvent(item, self._ready_state))
                raise item
            self._dispatch(item.event, item)
            return item

    def _step(self) -> None:
        """Does what the machine asks for."""
        action, until = self._machine.poll(self._now())
        if action == "connect":
            self._connect()
        elif action == "wait":
            self._closing.wait(None if until is None else max(until - self._now(), 0) / 1000)
        elif action == "receive":
            self._receive(until)

    def _connect(self) -> None:
        import httpx

        client = self._client or self._own_client
        if client is None:
            client = self._own_client = httpx.Client(**self._client_settings())
        _, deadline = self._machine.poll(self._now())
        try:
            request = self._request(client, deadline)
            response = client.send(request, stream=True, follow_redirects=True)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._lose(error, deadline)
            return
        self._response = response
        event = self._take_head(response)
        if not isinstance(event, OpenEvent):
            self._disconnect()
        else:
            self._chunks = response.iter_bytes()
        self._tell(event)

    def _receive(self, deadline: int | None) -> None:
        import httpx

        try:
            chunk = next(self._chunks, None)
        except (httpx.HTTPError, httpx.StreamError) as error:
            self._lose(error, deadline)
            return
        if self._ready_state is ReadyState.CLOSED:
            return
        if chunk is not None:
            self._take_chunk(chunk)
            return
        self._disconnect()
        self._tell(self._noted(self._machine.handle_end(self._now())))

    def _lose(self, error: Exception, deadline: int | None) -> None:
        """Takes the connection for lost."""
        import httpx

        self._disconnect()
        if isinstance(error, httpx.TimeoutException) and deadline is not None:
            told = self._machine.handle_timeout(max(self._now(), deadline))
        else:
            told = self._machine.handle_error(self._now(), self._is_fatal(error))
        self._tell(self._noted(told, cause=error))

    def _tell(self, event: OpenEvent | ErrorEvent | None) -> None:
        if event is not None:
            self._dispatch(event.type, event)

    def _dispatch(self, type: str, event: Any) -> None:
        for listener in self._listeners_of(type):
            listener(event)

    def _disconnect(self) -> None:
        response, self._response, self._chunks = self._response, None, iter(())
        if response is not None:
            response.close()

    def _release_unless_driven(self) -> bool:
        """Lets go of the connection unless another thread drives the source, which then does it. Whether it has been done."""
        if not self._driving.acquire(blocking=False):
            return False
        try:
            self._release()
        finally:
            self._driving.release()
        return True

    def _release(self) -> None:
        """Lets go of everything that belongs to the connection."""
        self._machine.close()
        self._pending.clear()
        self._disconnect()
        client, self._own_client = self._own_client, None
        if client is not None:
            client.close()

    def _wake(self) -> None:
        """Has the thread that reads find an end."""
        response = self._response
        stream = None if response is None else response.extensions.get("network_stream")
        connection = None if stream is None else stream.get_extra_info("socket")
        if connection is not None:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                # It was at an end already.
                return
