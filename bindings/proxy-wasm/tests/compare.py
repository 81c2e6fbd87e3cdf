"""What the filter and Envoy's own `sse_to_metadata` take out of the same streams: a table for docs/envoy.md.

`python compare.py` prints it. Each stream has, or seems to have, an event with an LLM's usage. Both filters are in one
chain and see the same chunks; both write the number of tokens to the access log, or nothing.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from client import Client
from meaning import MARK, events
from origin import Origin, chunk, head
from proxy import Envoy, Listener, eventwire, typed

USAGE = b'data: {"usage":{"total_tokens":12}}'
# More than Envoy's filter takes for an event unless it is told to.
PADDING = b"x" * 9000


@dataclass
class Case:
    """A stream in its chunks."""

    name: str
    chunks: tuple[bytes, ...]
    content_type: str = "text/event-stream"

    def right(self) -> str:
        """What the standard makes of it."""
        found = ""
        for event in events(b"".join(self.chunks)):
            found = tokens(event.data) or found
        return found


CASES = (
    Case("LF", (USAGE + b"\n\n",)),
    Case("CR LF", (USAGE + b"\r\n\r\n",)),
    Case("CR LF, the last one cut in two", (USAGE + b"\r\n\r", b"\n")),
    Case("CR, another event behind it", (USAGE + b"\r\r", b"data: {}\r\r")),
    Case("CR, the last event", (USAGE + b"\r\r",)),
    Case("LF, then CR", (USAGE + b"\n\r",)),
    Case("no space behind the colon", (USAGE.replace(b": ", b":", 1) + b"\n\n",)),
    Case("data of two lines", (b'data: {"usage":\ndata: {"total_tokens":12}}\n\n',)),
    Case("a comment and an unknown field within", (b": x\nfoo: x\n" + USAGE + b"\n: x\n\n",)),
    Case("`Data:`, and ` data:`", (b"Data" + USAGE[4:] + b"\n\n", b" " + USAGE + b"\n\n")),
    Case("a byte-order mark", (MARK + USAGE + b"\n\n",)),
    Case("a byte-order mark, cut", (MARK[:1], MARK[1:] + USAGE + b"\n\n")),
    Case("a byte-order mark before the second event", (b"data: {}\n\n" + MARK + USAGE + b"\n\n",)),
    Case("a character, cut", ('data: {"text":"ü'.encode()[:-1], b'\xbc","usage":{"total_tokens":12}}\n\n')),
    Case("bytes that are not UTF-8", (b'data: {"text":"\xff","usage":{"total_tokens":12}}\n\n',)),
    Case("9 KB, in one chunk", (USAGE[:-1] + b',"text":"' + PADDING + b'"}\n\n',)),
    Case("9 KB, in two chunks", (USAGE[:-1] + b',"text":"' + PADDING, b'"}\n\n')),
    Case("within 9 KB of text, in two chunks", (b"data: " + PADDING, b"\n" + USAGE + b"\n\n")),
    Case("within 9 KB of text, in one chunk", (b"data: " + PADDING + b"\n" + USAGE + b"\n\n",)),
    Case("cut off before the blank line", (USAGE + b"\n",)),
    Case("cut off before the line's end", (USAGE,)),
    Case("`Text/Event-Stream`", (USAGE + b"\n\n",), "Text/Event-Stream"),
    Case("`text/event-stream; a=1; b=2`", (USAGE + b"\n\n",), "text/event-stream; a=1; b=2"),
)


def tokens(data: str | None) -> str:
    """The number of tokens in an event's data, if it has one."""
    try:
        return str(json.loads(data or "")["usage"]["total_tokens"])
    except (ValueError, TypeError, KeyError):
        return ""


def sse_to_metadata() -> dict[str, object]:
    """Envoy's filter."""
    present = {"metadata_namespace": "usage", "key": "tokens", "type": "STRING"}
    selectors = [{"key": "usage"}, {"key": "total_tokens"}]
    rules = [{"rule": {"selectors": selectors, "on_present": present}}]
    parser = typed("envoy.extensions.content_parsers.json.v3.JsonContentParser", rules=rules)
    response_rules = {"content_parser": {"name": "envoy.content_parsers.json", "typed_config": parser}}
    config = typed(
        "envoy.extensions.filters.http.sse_to_metadata.v3.SseToMetadata", response_rules=response_rules
    )
    return {"name": "envoy.filters.http.sse_to_metadata", "typed_config": config}


def send(case: Case, coming: Future[Client]) -> Iterator[bytes]:
    """Sends a stream, each chunk when the one before has gone through the proxy."""
    yield head(case.content_type)
    client, sent = coming.result(), 0
    for piece in case.chunks:
        yield chunk(piece)
        sent += len(piece)
        client.wait_for_body(sent)
    yield chunk(b"")


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Name, what is right, what the filter says, what Envoy's says."""
    origin = Origin()
    metadata = {"theirs": "%DYNAMIC_METADATA(usage:tokens)%"}
    listener = Listener("both", [eventwire(match='"usage"'), sse_to_metadata()], metadata=metadata)
    envoy = Envoy([listener], origin.port)
    try:
        for number, case in enumerate(CASES):
            path, coming = f"/{number}", Future[Client]()
            origin.scripts[path] = functools.partial(send, case, coming)
            coming.set_result(Client(envoy.ports["both"], path))
            coming.result().wait()
            entry = envoy.log("both", path)
            yield case.name, case.right(), tokens(entry["matched"]), entry["theirs"] or ""
    finally:
        envoy.stop()
        origin.close()


def table() -> str:
    """All of it, in Markdown."""
    lines = ["| the event | right | eventwire | `sse_to_metadata` |", "|---|---|---|---|"]
    for name, right, ours, theirs in rows():
        cells = (value if value == right else f"**{value or 'nothing'}**" for value in (ours, theirs))
        ours, theirs = (cell or "nothing" for cell in cells)
        lines.append(f"| {name} | {right or 'nothing'} | {ours} | {theirs} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
