"""nginx with the module, as each test wants it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

if "EVENTWIRE_NGINX_MODULE" not in os.environ:
    raise SystemExit(
        "EVENTWIRE_NGINX_MODULE has to be the path of the module; `cargo xtask nginx build` makes and prints it"
    )

#: The module that is tested.
MODULE = Path(os.environ["EVENTWIRE_NGINX_MODULE"]).absolute()

#: Debian's modules for Lua, and what a server with `lua` has for the Lua module of eventwire.
LUA_MODULES = [Path(f"/usr/lib/nginx/modules/{name}_module.so") for name in ("ndk_http", "ngx_http_lua")]
LUA_PATH = Path(__file__).parents[2] / "lua/?.lua"
LUA = f"""
    lua_package_path "{LUA_PATH};;";
    init_by_lua_block {{ eventwire = require "eventwire" }}
"""

#: Whether nginx runs under valgrind, which is slow, and finds whatever is done to memory that ought not to be.
WATCHED = os.environ.get("EVENTWIRE_NGINX_VALGRIND") == "1"

VARIABLES = [
    "events",
    "bytes",
    "oversized",
    "dropped",
    "first_event_ms",
    "max_gap_ms",
    "last_event_id",
    "matched",
    "done",
    "truncated",
]

CONFIG = """
{load}
daemon off;
master_process {master};
worker_processes {workers};
worker_rlimit_nofile {files};
{user}
pid nginx.pid;
error_log error.log info;
events {{ worker_connections {connections}; }}
http {{
    log_format state escape=json '{{"uri":"$request_uri","sub":"$uri","status":"$status"{fields}}}';
    access_log access.log state;
    types {{ text/event-stream sse; text/html html; }}
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    proxy_http_version 1.1;
    proxy_buffering off;
    {http}
    server {{
        listen 127.0.0.1:{port} reuseport {listen};
        listen 127.0.0.1:{port2} http2;
        root {root};
        {server}
    }}
}}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Nginx:
    """A running nginx. Ends with `stop`, which tells what went wrong meanwhile."""

    def __init__(
        self,
        server: str,
        *,
        http: str = "",
        listen: str = "",
        workers: int = 1,
        connections: int = 1024,
        module: bool = True,
        lua: bool = False,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="eventwire-nginx-"))
        self.folder.chmod(0o755)
        self.root = self.folder / "root"
        self.root.mkdir()
        self.port, self.port2 = free_port(), free_port()
        self.modules = [MODULE] * module + LUA_MODULES * lua
        http += LUA * lua
        self.settings = {"http": http, "listen": listen, "workers": workers, "connections": connections}
        self.module = module
        self.configure(server)
        self.process = self._start()

    def configure(self, server: str) -> None:
        """Writes the configuration, for nginx to read when it starts or reloads."""
        variables = VARIABLES if self.module else []
        text = CONFIG.format(
            load="".join(f"load_module {module}; " for module in self.modules) + "env EVENTWIRE_LIBRARY;",
            master="off" if WATCHED else "on",
            user="user root;" if os.geteuid() == 0 else "",
            fields="".join(f',"{name}":"$eventwire_{name}"' for name in variables),
            files=resource.getrlimit(resource.RLIMIT_NOFILE)[1],
            port=self.port,
            port2=self.port2,
            root=self.root,
            server=server,
            **self.settings,
        )
        (self.folder / "nginx.conf").write_text(text)

    def command(self) -> list[str]:
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        return [nginx, "-p", str(self.folder), "-c", "nginx.conf", "-e", str(self.folder / "error.log")]

    def _start(self) -> subprocess.Popen[bytes]:
        command = self.command()
        if WATCHED:
            log = f"--log-file={self.folder / 'valgrind.log'}"
            # nginx unloads its modules before it ends, and their names with them.
            leaks = ["--leak-check=full", "--show-leak-kinds=definite", "--keep-debuginfo=yes"]
            command = ["valgrind", "--quiet", log, *leaks, *command]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=self.folder)
        end = time.monotonic() + 30
        while time.monotonic() < end and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return process
            except ConnectionRefusedError:
                time.sleep(0.01)
        process.kill()
        errors = self.errors()
        shutil.rmtree(self.folder, ignore_errors=True)
        raise AssertionError(f"nginx does not start: {errors}")

    def reload(self) -> None:
        """Has the configuration read again, and waits for the workers that were made for it."""
        before = self.workers()
        self.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 10
        while self.workers() <= before and time.monotonic() < end:
            time.sleep(0.01)
        # A worker that is there listens at once, but one that goes still does for a moment.
        time.sleep(0.2)

    def workers(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid) for pid in children.read_text().split()}

    def errors(self) -> str:
        path = self.folder / "error.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def logged(self) -> list[dict[str, str]]:
        """What has been logged so far, a request or subrequest each."""
        # A long line may be half written.
        *lines, _ = (self.folder / "access.log").read_text().split("\n")
        return [json.loads(line) for line in lines]

    def logs(self, count: int, seconds: float = 10) -> list[dict[str, str]]:
        """What was logged, once there is so much."""
        end = time.monotonic() + seconds
        while len(entries := self.logged()) < count and time.monotonic() < end:
            time.sleep(0.1)
        if len(entries) != count:
            raise AssertionError(f"{len(entries)} requests were logged, not {count}")
        return entries

    def log(self, uri: str, seconds: float = 10) -> dict[str, str]:
        """What was logged of the request for this URI, or, if it has no query, of a request or subrequest that ended there."""
        key = "uri" if "?" in uri else "sub"
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for entry in self.logged():
                if entry[key] == uri:
                    return entry
            time.sleep(0.01)
        raise AssertionError(f"nothing was logged of {uri}")

    def stop(self) -> list[str]:
        """Ends nginx and gives the findings: what it, or valgrind, has to say that ought not to be."""
        # As a single process it misses a signal that comes just before it begins to wait for events.
        end = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < end:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
        lines = self.errors().splitlines()
        findings = [line for line in lines if re.search(r"\[(alert|emerg|crit)\]|exited on signal", line)]
        if WATCHED:
            findings += valgrind_findings((self.folder / "valgrind.log").read_text())
        shutil.rmtree(self.folder, ignore_errors=True)
        return findings


def valgrind_findings(text: str) -> list[str]:
    """What valgrind has found, but for memory that nginx itself does not free when it ends."""
    text = re.sub(r"==\d+== ?", "", text)
    reports = [report for report in text.split("\n\n") if report.strip()]
    return [
        report
        for report in reports
        if "definitely lost" not in report or "ew_" in report or "eventwire" in report
    ]
