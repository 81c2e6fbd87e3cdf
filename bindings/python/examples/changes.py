"""What the example servers serve: a log of changes, each with a number, of which there is a new one now and then.

A real one would be a database or a message queue. What a server needs of it is what is here: the changes behind a number, so that a
client that comes back with `Last-Event-ID` misses none.
"""

from __future__ import annotations

import time

# Seconds between two changes, and between two heartbeats: comments, by which a server finds out that a client has left, and
# proxies see that the connection is alive.
INTERVAL = 0.2
HEARTBEAT = 0.5

# What a response with a stream says of itself. The last is for nginx, which would hold events back.
HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",
}

_START = time.monotonic()


def changes_behind(number: int) -> list[tuple[int, str]]:
    """The changes with a greater number than this, which may be none yet."""
    last = int((time.monotonic() - _START) / INTERVAL)
    return [(each, f"change {each}") for each in range(number + 1, last + 1)]


def number_of(last_event_id: str | None) -> int:
    """The number that a client has seen last. Whatever it says that is no number of ours means: from the start."""
    return (
        int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 19 else 0
    )
