"""`eventwire.compat.httpx_sse`: our own tests, and those of httpx-sse, which are fetched and not kept."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from pathlib import Path

import httpx
import pytest

from eventwire.compat.httpx_sse import (
    EventSource,
    ServerSentEvent,
    SSEError,
    aconnect_sse,
    connect_sse,
)
from servers import DEADLINE, ScriptedServer, answer, stream

RELEASE = "httpx-sse==0.4.3"

# What is about functions that are none of its surface: the tests' names, or part of them.
INTERNAL = ("iter_sse_lines", "test_decoders.py")

# What the standard wants otherwise, and the README tells.
DIFFERENT = {"test_iter_sse_id_retry"}


def test_events() -> None:
    with (
        ScriptedServer([stream(b"id: 7\nretry: 5\ndata: [1]\n\ndata: 2\n\n")]) as server,
        httpx.Client(timeout=DEADLINE) as client,
        connect_sse(client, "GET", server.url, headers={"X": "y"}) as source,
    ):
        first, second = source.iter_sse()
    assert (first.event, first.data, first.id, first.retry, first.json()) == ("message", "[1]", "7", 5, [1])
    assert (second.data, second.id, second.retry) == ("2", "7", None)
    assert repr(second) == "ServerSentEvent(event='message', data='2', id='7')"
    assert server.requests[0]["cache-control"] == "no-store"
    assert server.requests[0]["x"] == "y"


async def test_events_asynchronously() -> None:
    with ScriptedServer([stream(b"data: 1\n\n")]) as server:
        async with (
            httpx.AsyncClient(timeout=DEADLINE) as client,
            aconnect_sse(client, "GET", server.url) as source,
        ):
            assert [event.data async for event in source.aiter_sse()] == ["1"]


def test_what_is_no_stream() -> None:
    with (
        ScriptedServer([answer("200 OK", "Content-Type: text/html")]) as server,
        httpx.Client(timeout=DEADLINE) as client,
        connect_sse(client, "GET", server.url) as source,
        pytest.raises(SSEError, match="text/html"),
    ):
        next(source.iter_sse())


def test_what_is_too_large() -> None:
    large = b"data: " + bytes(17 << 20) + b"\n\n"
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=large)
    with pytest.raises(SSEError, match="larger than the size limit"):
        next(EventSource(response).iter_sse())


def test_an_event_of_none() -> None:
    event = ServerSentEvent(None, None, None, None)
    assert (event.event, event.data, event.id, event.retry) == ("message", "", "", None)


def test_the_tests_of_httpx_sse(tmp_path: Path) -> None:
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    fetched = subprocess.run(
        [*fetch, "--dest", tmp_path, RELEASE], capture_output=True, text=True, check=False
    )
    if fetched.returncode:
        pytest.skip(f"{RELEASE} is not to be had: {fetched.stderr.strip()[-200:]}")
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(tmp_path, filter="data")
    (tests,) = tmp_path.glob("*/tests")
    (tests / "test_decoders.py").unlink()
    # Its internal functions are imported by name where they are tested; those tests are left out below.
    api = tests / "test_api.py"
    api.write_text(re.sub(r"from httpx_sse\._api import .*\n", "", api.read_text()))
    (tests / "conftest.py").write_text(
        "import sys\nimport eventwire.compat.httpx_sse as module\nsys.modules['httpx_sse'] = module\n"
    )
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-rA", "--asyncio-mode=strict", "-p", "no:cacheprovider"]
    chosen = [
        "-k",
        " and ".join(f"not {name}" for name in INTERNAL),
        "-c",
        "/dev/null",
        "--rootdir",
        str(tests),
    ]
    run = subprocess.run([*pytest_, *chosen, tests], capture_output=True, text=True, check=False)
    failed = set(re.findall(r"^(?:FAILED|ERROR) \S*::(\w+)", run.stdout, re.MULTILINE))
    assert failed == DIFFERENT, run.stdout
    assert len(re.findall(r"^PASSED", run.stdout, re.MULTILINE)) >= 19, run.stdout
