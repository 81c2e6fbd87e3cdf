"""Server-sent events with Starlette, and so with FastAPI.

pip install starlette uvicorn
uvicorn --app-dir examples server_starlette:app
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from changes import HEADERS, HEARTBEAT, INTERVAL, changes_behind, number_of
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from eventwire import encode


async def stream(number: int) -> AsyncIterator[bytes]:
    """The events behind this number. When the client leaves, the loop is cancelled where it waits."""
    yield encode(retry=1000)
    beat = time.monotonic()
    while True:
        for each, text in changes_behind(number):
            yield encode(text, event="change", id=str(each))
            number, beat = each, time.monotonic()
        if time.monotonic() - beat >= HEARTBEAT:
            yield encode(comment="")
            beat = time.monotonic()
        await asyncio.sleep(INTERVAL / 4)


async def changes(request: Request) -> StreamingResponse:
    number = number_of(request.headers.get("last-event-id"))
    return StreamingResponse(stream(number), headers=HEADERS)


app = Starlette(routes=[Route("/changes", changes)])
