"""What the module costs nginx: processor time, latency and memory, beside nginx without it.

Everything runs on loopback: an upstream, two or more nginx that differ in their configuration alone, and a client. In each round all take their
turn, so that whatever else the machine does hits all alike, and each is a process of its own, since where a process comes to lie in memory makes a
difference of several percent that it keeps until it ends. The worker that is measured has a processor to itself, client and upstream another: were
they moved about, it would be measured who shares a cache with whom. What is told is the median of the rounds' ratios, or differences.

Processor time is that of nginx's worker (/proc/PID/schedstat): it says how many streams a worker can carry, whoever the client is.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import selectors
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
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


#: How many streams are under way where it is measured how many go through.
AT_ONCE = 8

#: The processors that there are.
PROCESSORS = sorted(os.sched_getaffinity(0))


@dataclass
class Rival:
    name: str
    nginx: Nginx

    @cached_property
    def worker(self) -> int:
        """Its process, which there is once a request was answered."""
        (pid,) = self.nginx.workers()
        return pid

    def processor_time(self) -> int:
        """Nanoseconds that its worker has run."""
        return int(Path(f"/proc/{self.worker}/schedstat").read_text().split()[0])


def drain(port: int, path: str, count: int) -> None:
    """Gets a response so often and throws it away, as fast as may be, several at a time: so the worker is never without work."""
    room = bytearray(1 << 18)
    with selectors.DefaultSelector() as selector:

        def ask() -> None:
            client = socket.create_connection(("127.0.0.1", port))
            client.sendall(b"GET %s HTTP/1.0\r\n\r\n" % path.encode())
            client.setblocking(False)
            selector.register(client, selectors.EVENT_READ)

        begun = min(count, AT_ONCE)
        for _ in range(begun):
            ask()
        while selector.get_map():
            for key, _ in selector.select():
                client = key.fileobj
                assert isinstance(client, socket.socket)
                if client.recv_into(room) == 0:
                    selector.unregister(client)
                    client.close()
                    if begun < count:
                        begun += 1
                        ask()


def throughput(path: str, count: int, rival: Rival) -> tuple[float, float]:
    """Microseconds of the worker's time for a stream, and streams a second."""
    before, begin = rival.processor_time(), time.perf_counter()
    drain(rival.nginx.port, path, count)
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


@dataclass(frozen=True)
class Table:
    """Figures of which each round has so many for each rival."""

    title: str
    columns: tuple[str, ...]
    measure: Callable[[Rival], tuple[float, ...]]


def tables(scale: int) -> list[Table]:
    """What is measured; a scale of more than 1 is for a look whether it runs."""

    def percentiles(rival: Rival) -> tuple[float, ...]:
        times, spent = latency(rival, 2000 // scale)
        cuts = statistics.quantiles(times, n=100)
        return cuts[49], cuts[98], spent

    def streams(name: str, count: int) -> Table:
        return Table(
            f"{name} streams, {len(STREAMS[name]):,} bytes, as fast as they come",
            ("worker us/stream", "streams/s"),
            partial(throughput, f"/{name}.sse", max(count // scale, 1)),
        )

    single = Table("one event at a time", ("p50 us", "p99 us", "worker us/event"), percentiles)
    return [streams("short", 400), streams("long", 2 * AT_ONCE), single]


@contextlib.contextmanager
def started(ways: dict[str, Way], places: str) -> Iterator[list[Rival]]:
    """An nginx of each way, warmed up."""
    with contextlib.ExitStack() as stack:
        rivals = []
        for name, way in ways.items():
            server = f"access_log off; {way.directives} {places}"
            rivals.append(Rival(name, Nginx(server, module=way.module, lua=way.lua)))
            stack.callback(stop, rivals[-1].nginx)
        for rival in rivals:
            drain(rival.nginx.port, "/long.sse", 1)
            os.sched_setaffinity(rival.worker, PROCESSORS[-1:])
        yield rivals


def stop(nginx: Nginx) -> None:
    """Ends it, and the program if something went wrong in it."""
    if findings := nginx.stop():
        raise SystemExit(f"failed: {findings}")


def report(table: Table, names: list[str], rounds: list[dict[str, tuple[float, ...]]]) -> None:
    """Prints medians, and beside each the median of its relation to the first rival's in the same round."""
    print(f"\n{table.title}")
    print(f"  {'':14}" + "".join(f"{column:>30}" for column in table.columns))
    for name in names:
        cells = []
        for column in range(len(table.columns)):
            own = [taken[name][column] for taken in rounds]
            base = [taken[names[0]][column] for taken in rounds]
            ratio = statistics.median(mine / its for mine, its in zip(own, base, strict=True))
            difference = statistics.median(mine - its for mine, its in zip(own, base, strict=True))
            cells.append(f"{statistics.median(own):12.1f} {ratio:6.3f}x {difference:+9.2f}")
        print(f"  {name:14}" + "".join(f"{cell:>30}" for cell in cells))


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

    # What is started from here on is there too.
    os.sched_setaffinity(0, PROCESSORS[:1])
    upstream = Upstream()
    upstream.on("/paced", paced)
    origin = Nginx("", module=False)
    for name, content in STREAMS.items():
        (origin.root / f"{name}.sse").write_bytes(content)
    places = f"location / {{ proxy_pass http://127.0.0.1:{origin.port}; }} location /paced {{ proxy_pass http://127.0.0.1:{upstream.port}; }}"
    names, measured = list(ways), tables(scale)
    results: list[list[dict[str, tuple[float, ...]]]] = [[] for _ in measured]
    try:
        for turn in range(rounds):
            with started(ways, places) as rivals:
                order = rivals[turn % len(rivals) :] + rivals[: turn % len(rivals)]
                for table, taken in zip(measured, results, strict=True):
                    taken.append({rival.name: table.measure(rival) for rival in order})
    finally:
        stop(origin)
        upstream.close()
    if upstream.failures:
        raise SystemExit(f"failed: {upstream.failures}")
    for table, taken in zip(measured, results, strict=True):
        report(table, names, taken)

    streams = options.streams // scale
    print(f"\nmemory of {streams} open streams, bytes each")
    for name, way in ways.items():
        memory = memory_per_stream(way.directives, module=way.module, lua=way.lua, count=streams)
        print(f"  {name:14}{memory:10.0f}")


if __name__ == "__main__":
    main()
