"""Streams that are awkward to take apart."""

from __future__ import annotations

from meaning import MARK

STREAMS: dict[str, bytes] = {
    "tokens": b'data: {"delta":"Hi"}\n\nevent: ping\ndata: {}\n\ndata: {"usage":{"total_tokens":12}}\n\ndata: [DONE]\n\n',
    "CR LF": b"event: ping\r\ndata: 1\r\n\r\ndata: 2\r\n\r\nevent: ping\r\ndata: old\r\n\r\n",
    "CR": b"event: ping\rdata: 1\r\rdata: old\r\rdata: 3\r\r",
    "all line ends": b"data: 1\r\n\revent: ping\ndata: 2\r\r\ndata: old\n\r\ndata: 4\r\n\n\r\r\n",
    "byte-order mark": MARK + b"event: ping\ndata: 1\n\n" + MARK + b"data: no data\n\ndata: 2\n\n",
    "half a mark": MARK[:2] + b"data: no data\n\nevent: ping\ndata: 1\n\ndata: 2\n\n",
    "comments": b": hello\n\n:\n: more\nevent: ping\n: within\ndata: 1\n\n: between\n\ndata: old\n: end\n\n:",
    "no space": b"event:ping\ndata:1\n\ndata:old\n\ndata\n\ndata:  two\n\n",
    "many lines": b"data: 1\ndata: old\ndata\ndata: 3\n\nevent: ping\ndata: 1\ndata:\n\n",
    "types": b"event: ping\nevent: other\ndata: 1\n\nevent: other\nevent: ping\ndata: 2\n\nevent\ndata: 3\n\n",
    "no data": b"event: ping\n\nid: 7\n\nretry: 10\n\nevent: ping\nid: 8\nretry: 5\ndata\n\n",
    "unknown": b"foo: bar\nevent : ping\nData: 1\ndata: 2\n\n ping\n\nevent: pings\ndata: 3\n\n",
    "text": "data: Grüße, 世界 \U0001f600\n\nevent: ping\ndata: ✓\n\ndata: öld old\n\n".encode(),
    "bad text": b"data: \xc3\n\nevent: ping\xff\ndata: 1\n\nevent: ping\ndata: \xf0\x9f\n\ndata: \x00old\xed\xa0\x80\n\n",
    "cut in data": b"data: 1\n\nevent: ping\ndata: 2",
    "cut before the blank line": b"data: 1\n\nevent: ping\ndata: 2\n",
    "cut in CR LF": b"data: 1\r\n\r\nevent: ping\r\ndata: 2\r\n\r",
    "nothing but line ends": b"\n\r\n\r\r\n\n",
}
