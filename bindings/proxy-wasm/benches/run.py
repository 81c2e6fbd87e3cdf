"""What the filter costs in Envoy, beside no filter and beside Envoy's own `sse_to_metadata`.

`python benches/run.py [ROUNDS [STREAMS]]` prints a table: medians over rounds in which the listeners take turns. The events are those of a
chat completion, 240 bytes each. Envoy has one worker. What an event or a stream costs is processor time of Envoy alone, and not of the
program that makes the load.
"""

from __future__ import annotations

import os
import resource
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from compare import sse_to_metadata
from origin import chunk, head, request_path
from proxy import Envoy, Listener, eventwire

EVENT = (
    b'data: {"id":"chatcmpl-0","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"'
)
EVENT += b"token".ljust(238 - len(EVENT) - len(b'"}}]}'), b" ") + b'"}}]}\n\n'

# What is sent at once: 68 events.
BLOCK = chunk(EVENT * 68)
BLOCKS = 800
BULK = b"".join([BLOCK] * BLOCKS)
# Events that are sent one by one, each when the one before has arrived.
SINGLES = 2000
# Streams of twenty events each, one behind the other.
STREAMS = 300

RULES = [{"type": "ping", "action": "drop"}]

LISTENERS = {
    "no filter": [],
    "eventwire": [eventwire(stat_prefix="watch")],
    "eventwire, `match`": [eventwire(stat_prefix="match", match='"usage"')],
    "eventwire, `match` and a rule": [eventwire(stat_prefix="rules", match='"usage"', rules=RULES)],
    "`sse_to_metadata`": [sse_to_metadata()],
}


@dataclass
class Figures:
    """What was measured of a listener, a number or more a round."""

    megabytes_per_second: list[float] = field(default_factory=list)
    nanoseconds_per_event: list[float] = field(default_factory=list)
    microseconds_per_single: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    microseconds_per_stream: list[float] = field(default_factory=list)
    bytes_per_stream: list[float] = field(default_factory=list)


class Bench:
    """Envoy, and the server and the client in one."""

    def __init__(self, *names: str) -> None:
        self.origin = socket.create_server(("127.0.0.1", 0), backlog=1024)
        listeners = [Listener(name, LISTENERS[name]) for name in names]
        self.envoy = Envoy(listeners, self.origin.getsockname()[1])

    def open(self, name: str) -> tuple[socket.socket, socket.socket]:
        """A stream that has begun: where it is read, and where it is written."""
        client = socket.create_connection(("127.0.0.1", self.envoy.ports[name]))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(b"GET / HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")
        server, _ = self.origin.accept()
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request_path(server)
        server.sendall(head())
        read = b""
        while b"\r\n\r\n" not in read:
            read += client.recv(1 << 16)
        return client, server

    def seconds(self) -> float:
        """Processor time of Envoy so far."""
        threads = Path(f"/proc/{self.envoy.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def bulk(self, name: str, figures: Figures) -> None:
        """As much as goes through."""
        client, server = self.open(name)
        before, begin = self.seconds(), time.perf_counter()
        sender = threading.Thread(target=server.sendall, args=(BULK + chunk(b""),))
        sender.start()
        buffer, arrived = bytearray(1 << 18), 0
        while size := client.recv_into(buffer):
            arrived += size
        assert arrived >= BLOCKS * 68 * len(EVENT), f"{arrived} bytes arrived"
        took, used = time.perf_counter() - begin, self.seconds() - before
        sender.join()
        client.close()
        server.close()
        figures.megabytes_per_second.append(BLOCKS * 68 * len(EVENT) / took / 1e6)
        figures.nanoseconds_per_event.append(used / (BLOCKS * 68) * 1e9)

    def singles(self, name: str, figures: Figures) -> None:
        """How long an event is under way, when there is nothing else to do."""
        client, server = self.open(name)
        piece, latencies = chunk(EVENT), []
        before = self.seconds()
        for _ in range(SINGLES):
            begin = time.perf_counter()
            server.sendall(piece)
            arrived = 0
            while arrived < len(EVENT):
                arrived += len(client.recv(1 << 16))
            latencies.append((time.perf_counter() - begin) * 1e6)
        used = self.seconds() - before
        client.close()
        server.close()
        # The first ones are for what has to be warmed up.
        figures.latencies += latencies[SINGLES // 10 :]
        figures.microseconds_per_single.append(used / SINGLES * 1e6)

    def streams(self, name: str, figures: Figures) -> None:
        """What a stream costs from its beginning to its end."""
        body = chunk(EVENT * 20) + chunk(b"")
        before = self.seconds()
        for _ in range(STREAMS):
            client, server = self.open(name)
            server.sendall(body)
            while client.recv(1 << 16):
                pass
            client.close()
            server.close()
        figures.microseconds_per_stream.append((self.seconds() - before) / STREAMS * 1e6)

    def memory(self, name: str, streams: int, figures: Figures) -> None:
        """What a stream takes that is within an event."""
        before = self.envoy.memory()
        opened = [self.open(name) for _ in range(streams)]
        for client, server in opened:
            server.sendall(chunk(EVENT + EVENT[:100]))
            client.recv(1 << 16)
        figures.bytes_per_stream.append((self.envoy.memory() - before) / streams)
        for client, server in opened:
            client.close()
            server.close()

    def stop(self) -> None:
        """Ends it."""
        self.envoy.stop()
        self.origin.close()


def report(figures: dict[str, Figures]) -> str:
    """The table."""
    lines = [
        "| | MB/s | ns an event | us an event sent alone | us under way, p50 | p99 | us a stream of 20 events | KiB an open stream |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, it in figures.items():
        steps = quantiles(it.latencies, n=100)
        numbers = (
            f"{median(it.megabytes_per_second):.0f}",
            f"{median(it.nanoseconds_per_event):.0f}",
            f"{median(it.microseconds_per_single):.1f}",
            f"{steps[49]:.0f}",
            f"{steps[98]:.0f}",
            f"{median(it.microseconds_per_stream):.0f}",
            f"{median(it.bytes_per_stream) / 1024:.1f}",
        )
        lines.append(f"| {name} | {' | '.join(numbers)} |")
    return "\n".join(lines)


def main(rounds: int = 5, streams: int = 1000) -> None:
    """Measures, and prints."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    figures = {name: Figures() for name in LISTENERS}
    for _ in range(rounds):
        bench = Bench(*LISTENERS)
        for measure in (bench.bulk, bench.singles, bench.streams):
            for name in LISTENERS:
                measure(name, Figures())  # Compiled code comes with use.
            for name in LISTENERS:
                measure(name, figures[name])
        bench.stop()
        for name in LISTENERS:
            # Memory that is given back is not seen to grow when it is taken again.
            bench = Bench(name)
            bench.memory(name, 10, Figures())
            bench.memory(name, streams, figures[name])
            bench.stop()
    size = Path(os.environ["EVENTWIRE_WASM"]).stat().st_size
    print(f"{rounds} rounds, {streams} streams, the filter has {size / 1024:.0f} KiB\n\n{report(figures)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
