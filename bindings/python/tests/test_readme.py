"""Every program of the README runs, against one of the example servers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse

from servers import DEADLINE, uvicorn_server

EXAMPLES = Path(__file__).parents[1] / "examples"
README = (Path(__file__).parents[1] / "README.md").read_text()
PROGRAMS: list[str] = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
WANTED = [
    "3 change change 3",
    "change 1",
    "Hello",
    "delta",
    "event type refused",
    "open http://127.0.0.1",
    "",
]

# What runs them: in the whole suite, of an environment that has nothing but what the README says to install.
PYTHON = os.environ.get("EVENTWIRE_README_PYTHON", sys.executable)

sys.path.insert(0, str(EXAMPLES))

import server_asgi


async def app(scope: Any, receive: Any, send: Any) -> None:
    """The example server, and another LLM."""
    if scope.get("path") != "/chat":
        return await server_asgi.app(scope, receive, send)
    assert await Request(scope, receive).json() == {"stream": True}
    chunks = iter([b'data: {"text": "Hello"}\n\n', b"data: [DONE]\n\n"])
    await StreamingResponse(chunks, media_type="text/event-stream")(scope, receive, send)


@pytest.mark.parametrize(("program", "wanted"), list(zip(PROGRAMS, WANTED, strict=True)))
def test_program(program: str, wanted: str) -> None:
    with uvicorn_server(app) as url:
        # The clock of the server starts with the tests: 41 is far ahead.
        program = program.replace("http://127.0.0.1:8000", url).replace(
            'last_event_id="41"', 'last_event_id="4"'
        )
        run = subprocess.run(
            [PYTHON, "-c", program], capture_output=True, text=True, timeout=DEADLINE, check=False
        )
    assert run.returncode == 0, run.stderr
    assert wanted in run.stdout
