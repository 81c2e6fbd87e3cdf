"""What the module costs nginx: processor time, latency and memory, beside nginx without it.

Everything runs on loopback: an upstream, two or more nginx that differ in their configuration alone, and a client. Rounds take turns, so
that whatever else the machine does hits all alike, and what is told is the median of the rounds' ratios, or differences.

Processor time is that of nginx's worker (/proc/PID/schedstat): it says how many streams a worker can carry, whoever the client is.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from client import Response
from server import LUA_MODULES, Nginx
from swarm import memory_per_stream
from upstream import Exchange, Upstream


@dataclass
class Way:
    """An nginx that is compared: the directives of its server, and what else is loaded."""

    directives: str
    module: bool = True
    lua: bool = False


def lua(begin: str, chunk: str) -> Way:
    """The same in Lua: what is done with a response's head, and with each chunk of its body."""
    filters = f"header_filter_by_lua_block {{ {begin} }} body_filter_by_lua_block {{ {chunk} }}"
    return Way(f"{filters} log_by_lua_block {{ if ngx.ctx.it then ngx.ctx.it:free() end }}", module=False, lua=True)


#: What is compared. The first is nginx as it is without the module.
WAYS = {
    "nginx alone": Way("", module=False),
    "loaded, off": Way("eventwire off;"),
    "tap": Way("eventwire on;"),
    "tap, match": Way("eventwire on; eventwire_match '\"prompt_tokens\":';"),
    "keepalive": Way("eventwire on; eventwire_keepalive 15s;"),
    "drop": Way("eventwire on; eventwire_drop_type ping;"),
}

#: Lua that does nothing with the chunk but have it as a string, and what the module does.
LUA_WAYS = {
    "lua alone": lua("", "local chunk = ngx.arg[1]"),
    "lua, tap": lua("ngx.ctx.it = eventwire.tap()", "ngx.ctx.it:observe(ngx.arg[1], ngx.now() * 1000)"),
    "lua, drop": lua(
        "ngx.ctx.it = eventwire.rewriter()",
        "ngx.arg[1] = ngx.ctx.it:rewrite(ngx.arg[1], function(event, edit) if event.type == 'ping' then edit:drop() end end)",
    ),
}


def event(number: int) -> bytes:
    """A chunk of a chat completion, of about 240 bytes."""
    choice = {
        "index": 0,
        "delta": {"content": f" word{number % 97}"},
        "logprobs": None,
        "finish_reason": None,
    }
    chunk = {
        "id": "chatcmpl-8f3a6c0e5b7d4a92",
        "object": "chat.completion.chunk",
        "created": 1767225600,
        "model": "some-large-model-2025-12-01",
        "system_fingerprint": "fp_5c8b1f2a9d",
        "choices": [choice],
    }
    return b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n"


STREAMS = {"short": b"".join(map(event, range(40))), "long": b"".join(map(event, range(20_000)))}


@dataclass
class Rival:
    name: str
    nginx: Nginx

    def processor_time(self) -> int:
        """Nanoseconds that its worker has run."""
        (pid,) = self.nginx.workers()
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def drain(port: int, path: str) -> None:
    """Gets a response and throws it away, as fast as may be."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET %s HTTP/1.0\r\n\r\n" % path.encode())
        room = bytearray(1 << 18)
        while client.recv_into(room):
            pass


def throughput(path: str, count: int, rival: Rival) -> tuple[float, float]:
    """Microseconds of the worker's time for a stream, and streams a second."""
    before, begin = rival.processor_time(), time.perf_counter()
    for _ in range(count):
        drain(rival.nginx.port, path)
    seconds = time.perf_counter() - begin
    return (rival.processor_time() - before) / count / 1000, count / seconds


def latency(rival: Rival, count: int) -> tuple[list[float], float]:
    """Microseconds from an event's being sent to its having come, for so many, and the worker's time for each."""
    with Response(rival.nginx.port, "/paced") as response:
        client = response.socket
        upstream = PACED.pop()
        events = [event(number) for number in range(64)]
        before, times = rival.processor_time(), []
        for number in range(count):
            data = events[number % 64]
            begin = time.perf_counter_ns()
            upstream.sendall(data)
            left = len(data)
            while left > 0:
                left -= len(client.recv(65536))
            times.append((time.perf_counter_ns() - begin) / 1000)
        spent = (rival.processor_time() - before) / count / 1000
        upstream.close()
    return times, spent


#: The upstream's ends of streams that `latency` sends itself.
PACED: list[socket.socket] = []


def paced(exchange: Exchange) -> None:
    PACED.append(exchange.connection.dup())
    exchange.head()


def in_turns(
    rivals: list[Rival], rounds: int, measure: Callable[[Rival], tuple[float, ...]]
) -> list[list[tuple[float, ...]]]:
    """What is measured of each, round by round, each round beginning with another."""
    results: list[list[tuple[float, ...]]] = []
    for turn in range(rounds):
        order = rivals[turn % len(rivals) :] + rivals[: turn % len(rivals)]
        taken = {rival.name: measure(rival) for rival in order}
        results.append([taken[rival.name] for rival in rivals])
    return results


def report(
    title: str, columns: list[str], rivals: list[Rival], rounds: list[list[tuple[float, ...]]]
) -> None:
    """Prints medians, and beside each the median of its relation to the first rival's in the same round."""
    print(f"\n{title}")
    print(f"  {'':14}" + "".join(f"{column:>30}" for column in columns))
    for place, rival in enumerate(rivals):
        cells = []
        for column in range(len(columns)):
            own = [taken[place][column] for taken in rounds]
            ratios = [taken[place][column] / taken[0][column] for taken in rounds]
            differences = [taken[place][column] - taken[0][column] for taken in rounds]
            cells.append(
                f"{statistics.median(own):12.1f} {statistics.median(ratios):6.3f}x {statistics.median(differences):+9.2f}"
            )
        print(f"  {rival.name:14}" + "".join(f"{cell:>30}" for cell in cells))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=21, help="how often each takes its turn")
    parser.add_argument(
        "--streams", type=int, default=2000, help="how many are open where memory is measured"
    )
    parser.add_argument("--quick", action="store_true", help="once, and little: whether it runs")
    options = parser.parse_args()
    ways = WAYS
    if all(module.exists() for module in LUA_MODULES):
        ways = WAYS | LUA_WAYS
    else:
        print("lua: skipped, nginx has no module for it")
    rounds, scale = (1, 10) if options.quick else (options.rounds, 1)

    upstream = Upstream()
    upstream.on("/paced", paced)
    origin = Nginx("", module=False)
    for name, content in STREAMS.items():
        (origin.root / f"{name}.sse").write_bytes(content)
    rivals = []
    for name, way in ways.items():
        places = f"location / {{ proxy_pass http://127.0.0.1:{origin.port}; }} location /paced {{ proxy_pass http://127.0.0.1:{upstream.port}; }}"
        rivals.append(Rival(name, Nginx(f"access_log off; {way.directives} {places}", module=way.module, lua=way.lua)))
    try:
        for rival in rivals:
            throughput("/long.sse", 1, rival)
        columns = ["worker us/stream", "streams/s"]
        for name, count in (("short", 300), ("long", 6)):
            measure = partial(throughput, f"/{name}.sse", max(count // scale, 1))
            taken = in_turns(rivals, rounds, measure)
            report(
                f"{name} streams, {len(STREAMS[name]):,} bytes, as fast as they come", columns, rivals, taken
            )

        def percentiles(rival: Rival) -> tuple[float, ...]:
            times, spent = latency(rival, 2000 // scale)
            cuts = statistics.quantiles(times, n=100)
            return cuts[49], cuts[98], spent

        taken = in_turns(rivals, rounds, percentiles)
        report("one event at a time", ["p50 us", "p99 us", "worker us/event"], rivals, taken)
    finally:
        findings = [
            finding for nginx in (origin, *(rival.nginx for rival in rivals)) for finding in nginx.stop()
        ]
        upstream.close()
    if findings or upstream.failures:
        raise SystemExit(f"failed: {findings} {upstream.failures}")

    streams = options.streams // scale
    print(f"\nmemory of {streams} open streams, bytes each")
    for name, way in ways.items():
        memory = memory_per_stream(way.directives, module=way.module, lua=way.lua, count=streams)
        print(f"  {name:14}{memory:10.0f}")


if __name__ == "__main__":
    main()
