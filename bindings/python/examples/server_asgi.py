"""Server-sent events with nothing but ASGI.

pip install uvicorn
uvicorn --app-dir examples server_asgi:app
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from changes import HEADERS, HEARTBEAT, INTERVAL, changes_behind, number_of

from eventwire import encode


async def app(scope: Any, receive: Any, send: Any) -> None:
    """An application that has one stream, whatever the path."""
    if scope["type"] != "http":
        return
    headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    sending = asyncio.create_task(send_changes(number_of(last_event_id(scope)), send))
    leaving = asyncio.create_task(wait_for_disconnect(receive))
    try:
        await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
    finally:
        # Whichever is left: the client has gone, or the server ends.
        sending.cancel()
        leaving.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)


async def send_changes(number: int, send: Any) -> None:
    beat = time.monotonic()
    await send_body(send, encode(retry=1000))
    while True:
        for each, text in changes_behind(number):
            await send_body(send, encode(text, event="change", id=str(each)))
            number, beat = each, time.monotonic()
        if time.monotonic() - beat >= HEARTBEAT:
            await send_body(send, encode(comment=""))
            beat = time.monotonic()
        await asyncio.sleep(INTERVAL / 4)


async def send_body(send: Any, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def wait_for_disconnect(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def last_event_id(scope: Any) -> str | None:
    values = [value for name, value in scope["headers"] if name == b"last-event-id"]
    return values[0].decode("utf-8", "replace") if values else None
