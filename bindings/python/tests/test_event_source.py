"""`EventSource`, against a server that does what it is told: the statements on connections, and Python's side of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from eventwire import (
    ConnectionFailed,
    ContentTypeError,
    ErrorEvent,
    Event,
    EventSource,
    EventTooLarge,
    HTTPStatusError,
    OpenEvent,
    Policy,
    ReadyState,
)
from servers import DEADLINE, HEAD, Script, ScriptedServer, answer, chunked, dying, hanging, stream


def short(url: str, **settings: Any) -> EventSource:
    """A source that does not wait long."""
    return EventSource(url, **({"reconnection_time": 0.01} | settings))


class Log:
    """What a source tells."""

    def __init__(self, source: EventSource) -> None:
        self.entries: list[str] = []
        source.onopen = lambda event: self.entries.append(f"open {source.ready_state.name}")
        source.onmessage = lambda event: self.entries.append(f"message {event.data}")
        source.onerror = lambda event: self.entries.append(f"error {event.ready_state.name}: {event.error}")

    def silences(self) -> int:
        return sum("nothing came for too long" in entry for entry in self.entries)


def test_it_follows_a_stream_over_its_connections() -> None:
    with ScriptedServer([stream(b"id: 1\ndata: a\n\ndata: cut"), dying(b"data: b\n\n")]) as server:
        source = short(server.url)
        log = Log(source)
        assert (source.ready_state, source.url) == (ReadyState.CONNECTING, server.url)
        assert [event.data for event in source] == ["a", "b"]
    assert log.entries == [
        "open OPEN",
        "message a",
        "error CONNECTING: the stream ended",
        "open OPEN",
        "message b",
        log.entries[5],
        "error CLOSED: the server answered with status 204",
    ]
    assert log.entries[5].startswith("error CONNECTING: the connection failed: ")
    assert [request.get("last-event-id") for request in server.requests] == [None, "1", "1"]
    assert (source.last_event_id, source.ready_state) == ("1", source.CLOSED)
    assert next(source, None) is None


def test_what_it_asks_for() -> None:
    with ScriptedServer([]) as server:
        assert list(short(server.url, headers={"X-Key": "k"}, last_event_id="grün")) == []
    wanted = {
        "accept": "text/event-stream",
        "cache-control": "no-cache",
        "x-key": "k",
        "last-event-id": "grün",
    }
    assert wanted.items() <= server.requests[0].items()
    assert server.lines == ["GET /stream HTTP/1.1"]


def test_a_body_is_sent_again_only_if_that_is_allowed() -> None:
    for replay, requests in ((False, 1), (True, 2)):
        with ScriptedServer([stream(b"data: a\n\n")]) as server:
            source = short(server.url, method="POST", content="{}", replay=replay)
            assert next(source).data == "a"
            if replay:
                assert list(source) == []
            else:
                with pytest.raises(ConnectionFailed, match="the stream ended"):
                    next(source)
        assert server.bodies == [b"{}"] * requests


def test_the_stream_sets_the_reconnection_time() -> None:
    with ScriptedServer([stream(b"retry: 200\n\n")]) as server:
        source = short(server.url)
        assert list(source) == []
        assert source.reconnection_time == 0.2
    assert server.times[1] - server.times[0] > 0.19  # the tests' own is much shorter


@pytest.mark.parametrize(
    "status", ["404 Not Found", "500 Internal", "201 Created", "206 Partial Content", "304 Not Modified"]
)
def test_another_status_ends_it(status: str) -> None:
    with ScriptedServer([answer(status, "Content-Type: text/event-stream")]) as server:
        source = short(server.url)
        log = Log(source)
        with pytest.raises(HTTPStatusError, match=status[:3]) as caught:
            next(source)
        assert caught.value.status == int(status[:3])
        assert next(source, None) is None
    assert log.entries == [f"error CLOSED: the server answered with status {status[:3]}"]
    assert len(server.lines) == 1


@pytest.mark.parametrize("fields", [["Content-Type: text/plain"], []])
def test_another_type_ends_it(fields: list[str]) -> None:
    with ScriptedServer([answer("200 OK", *fields)]) as server, pytest.raises(ContentTypeError):
        next(short(server.url))
    assert len(server.lines) == 1


def test_nobody_is_there() -> None:
    with ScriptedServer([]) as server:
        url = server.url
    source = short(url, policy=Policy(max_failures=3))
    log = Log(source)
    with pytest.raises(ConnectionFailed, match="the connection failed: ") as caught:
        next(source)
    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert [entry.split(":")[0] for entry in log.entries] == [
        "error CONNECTING",
        "error CONNECTING",
        "error CLOSED",
    ]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_url_stays(status: int) -> None:
    with ScriptedServer([stream(b"data: a\n\n")]) as target:
        with ScriptedServer([answer(f"{status} Moved", f"Location: {target.url}?moved")]) as server:
            source = short(server.url)
            opened: list[OpenEvent] = []
            source.onopen = opened.append
            assert [event.data for event in source] == ["a"]
            # The next request goes to the first URL again, which says that there is no more.
            assert (source.url, len(server.lines), len(target.lines)) == (server.url, 2, 1)
        assert opened == [OpenEvent(target.url.removesuffix("/stream"))]
        assert source.origin == opened[0].origin


def test_a_redirect_to_nowhere_ends_it() -> None:
    with ScriptedServer([answer("302 Found")]) as server, pytest.raises(HTTPStatusError, match="302"):
        next(short(server.url))


def test_a_redirect_to_another_scheme_ends_it() -> None:
    script = answer("302 Found", "Location: ftp://127.0.0.1/x")
    with ScriptedServer([script]) as server, pytest.raises(ConnectionFailed, match="futile"):
        next(short(server.url))
    assert len(server.lines) == 1


def test_a_redirect_to_what_is_no_url_ends_it() -> None:
    script = answer("302 Found", "Location: http://[::1")
    with ScriptedServer([script]) as server, pytest.raises(ConnectionFailed, match="futile"):
        next(short(server.url))
    assert len(server.lines) == 1


@pytest.mark.parametrize(
    "url", ["", "stream", "ftp://example.org/", "http://", "http://[::1", "http://a b\n"]
)
def test_a_url_that_cannot_be_asked(url: str) -> None:
    with pytest.raises(ValueError, match="URL refused"):
        EventSource(url)


def test_settings_that_there_are_not() -> None:
    url = "http://127.0.0.1/"
    cases: list[tuple[dict[str, Any], str]] = [
        ({"reconnection_time": -1}, "must not be negative"),
        ({"method": "GE T"}, "method refused"),
        ({"headers": {"Last-Event-ID": "7"}}, "set the last event ID instead"),
        ({"headers": {"X": "a\nb"}}, "value of a header field refused"),
        ({"last_event_id": "a\nb"}, "last event ID|refused"),
        ({"overflow": "x"}, "overflow must be"),
        ({"policy": Policy(idle_timeout=-1)}, "must not be negative"),
        ({"policy": Policy(retry_statuses=[range(500, 600, 2)])}, "without steps"),
    ]
    for settings, words in cases:
        with pytest.raises(ValueError, match=words):
            EventSource(url, **settings)


def test_cookies_only_with_credentials() -> None:
    head = HEAD.removesuffix(b"\r\n") + b"Set-Cookie: a=b\r\n\r\n"
    for with_credentials, cookie in ((False, None), (True, "a=b")):
        with ScriptedServer([[head + chunked(b"data: a\n\n")]]) as server:
            source = short(server.url, with_credentials=with_credentials)
            assert [event.data for event in source] == ["a"]
            assert source.with_credentials is with_credentials
        assert [request.get("cookie") for request in server.requests] == [None, cookie]


def test_the_last_event_id_is_that_of_what_was_given() -> None:
    with ScriptedServer(
        [hanging(b"id: 1\ndata\n\nid: 2\ndata\n\nid: 3\n\n"), hanging(b"id: 1\ndata\n\nid: 2\ndata\n\n")]
    ) as server:
        with short(server.url, last_event_id="0") as source:
            seen = [source.last_event_id]
            for _ in range(2):
                next(source)
                seen.append(source.last_event_id)
        assert seen == ["0", "1", "3"]
        with short(server.url) as source:
            next(source)
    assert source.last_event_id == "1"


def test_listeners() -> None:
    with ScriptedServer([stream(b"event: a\ndata: 1\n\nevent: error\ndata: 2\n\ndata: 3\n\n")]) as server:
        source = short(server.url)
        seen: list[Any] = []
        removed: list[Any] = []
        source.add_event_listener("a", seen.append)
        source.add_event_listener("a", seen.append)
        source.add_event_listener("message", seen.append)
        source.add_event_listener("message", removed.append)
        source.remove_event_listener("message", removed.append)
        source.remove_event_listener("other", removed.append)
        source.add_event_listener("error", seen.append)
        source.run()
    errors = [event for event in seen if isinstance(event, ErrorEvent)]
    assert [event for event in seen if isinstance(event, Event)] == [
        Event("a", "1"),
        Event("error", "2"),
        Event(data="3"),
    ]
    assert removed == []
    assert [error.type for error in errors] == ["error", "error"]


def test_what_a_listener_raises_goes_through_and_nothing_is_lost() -> None:
    def fail(event: Event) -> None:
        raise LookupError(event.data)

    with ScriptedServer([stream(b"data: 1\n\ndata: 2\n\n")]) as server, short(server.url) as source:
        source.onmessage = fail
        with pytest.raises(LookupError, match="1"):
            next(source)
        source.onmessage = None
        assert [event.data for event in source] == ["2"]


def test_closed_by_a_listener_nothing_more_is_told() -> None:
    with ScriptedServer([hanging(b"data: 1\n\ndata: 2\n\n")]) as server:
        source = short(server.url)
        log = Log(source)
        source.add_event_listener("message", lambda event: source.close())
        assert [event.data for event in source] == ["1"]
        assert log.entries == ["open OPEN", "message 1"]
        assert server.wait_for_disconnect()
    source.close()


def test_closed_before_anything() -> None:
    with ScriptedServer([]) as server:
        source = short(server.url)
        log = Log(source)
        source.close()
        assert (list(source), log.entries, server.lines) == ([], [], [])


@pytest.mark.parametrize(
    "script", [hanging(b"data: 1\n\n"), stream(b"retry: 3600000\ndata: 1\n\n")], ids=["reading", "waiting"]
)
def test_closed_by_another_thread(script: Script) -> None:
    with ScriptedServer([script]) as server:
        source = short(server.url)
        log = Log(source)
        begun = threading.Event()
        source.add_event_listener("message", lambda event: begun.set())
        # Should it not end, then it does not keep the tests from ending.
        reader = threading.Thread(target=source.run, daemon=True)
        reader.start()
        assert begun.wait(DEADLINE)
        # Until it reads or waits, as a rule. Before that, closing it is no harder.
        time.sleep(0.2)
        source.close()
        reader.join(DEADLINE)
        assert not reader.is_alive()
        assert source.ready_state is ReadyState.CLOSED
        assert log.entries[:2] == ["open OPEN", "message 1"]


def test_closed_by_another_thread_while_a_listener_runs() -> None:
    """Who drives the source lets go of the connection, though it wants no other event."""
    responses: list[httpx.Response] = []
    client = httpx.Client(timeout=DEADLINE, event_hooks={"response": [responses.append]})
    with ScriptedServer([hanging(b"data: 1\n\ndata: 2\n\n")]) as server, client:
        source = short(server.url, client=client)

        def close_elsewhere(event: Event) -> None:
            closer = threading.Thread(target=source.close)
            closer.start()
            closer.join()

        source.onmessage = close_elsewhere
        assert next(source).data == "1"
        assert responses[0].is_closed
        assert next(source, None) is None


def test_left_it_lets_go() -> None:
    with ScriptedServer([hanging(b"data: 1\n\n")]) as server:
        with short(server.url) as source:
            assert next(source).data == "1"
        assert server.wait_for_disconnect()


def test_an_interrupt_leaves_nothing_open() -> None:
    def interrupt(event: Event) -> None:
        raise KeyboardInterrupt

    with ScriptedServer([hanging(b"data: 1\n\n")]) as server:
        source = short(server.url)
        source.onmessage = interrupt
        with pytest.raises(KeyboardInterrupt):
            next(source)
        assert source.ready_state is ReadyState.CLOSED
        assert server.wait_for_disconnect()


def test_an_event_that_is_too_large() -> None:
    with ScriptedServer([stream(b"data: 1\n\ndata: 12345\n\ndata: 2\n\n")]) as server:
        source = short(server.url, max_event_size=4)
        log = Log(source)
        assert [next(source).data, next(source).data] == ["1", "2"]
        with pytest.raises(EventTooLarge):
            next(source)
        assert log.entries[-1].startswith("error OPEN: event dropped")
        assert list(source) == []


@pytest.mark.parametrize("script", [["hang"], hanging(b"data: 1\n\n")], ids=["no answer", "no more"])
def test_silence(script: Script) -> None:
    policy = Policy(idle_timeout=0.1)
    with ScriptedServer([script] * 1000) as server, short(server.url, policy=policy) as source:
        log = Log(source)
        # On a busy machine the server may be too slow where it is not meant to be silent: that is silence as well.
        source.add_event_listener("error", lambda event: source.close() if log.silences() == 2 else None)
        source.run()
        assert log.silences() == 2


def test_a_policy() -> None:
    busy = answer("503 Busy", "Retry-After: 100", "Date: Fri, 20 Nov 2026 10:00:00 GMT")
    with ScriptedServer([busy, stream(b"data: 1\n\n")]) as server:
        source = short(server.url, policy=Policy(retry_statuses=[503], max_retry_after=0.4))
        assert [event.data for event in source] == ["1"]
    assert 0.39 < server.times[1] - server.times[0] < DEADLINE


def test_a_resilient_policy() -> None:
    policy = Policy.resilient(idle_timeout=30, seed=7)
    assert (policy.factor, policy.idle_timeout, policy.seed) == (2, 30, 7)
    assert Policy().seed != Policy().seed


def test_with_a_client_of_the_users() -> None:
    with (
        ScriptedServer([stream(b"data: 1\n\n")]) as server,
        httpx.Client(timeout=DEADLINE, headers={"X-Client": "c"}) as client,
    ):
        with short(server.url, client=client) as source:
            assert [event.data for event in source] == ["1"]
        assert not client.is_closed
    assert all(request["x-client"] == "c" for request in server.requests)


def test_it_shows_where_it_stands() -> None:
    source = EventSource("http://127.0.0.1:9/x")
    assert repr(source) == "<eventwire.EventSource 'http://127.0.0.1:9/x' CONNECTING>"


def test_one_thread_at_a_time_is_enough() -> None:
    def numbers(count: int) -> Iterator[bytes]:
        return (b"id: %d\ndata: %d\n\n" % (number, number) for number in range(count))

    with ScriptedServer([stream(*numbers(500))]) as server:
        source = short(server.url)
        seen: list[Event] = []
        threads = [threading.Thread(target=lambda: seen.extend(source)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(int(event.data) for event in seen) == list(range(500))
