"""The documentation's gateway, as it stands on the page."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from client import Response
from server import MODULE, WATCHED, free_port
from upstream import Exchange, Upstream

PAGE = Path(__file__).parents[3] / "docs/nginx.md"

CHUNKS = [
    b'data: {"id":"c1","choices":[{"delta":{"content":"The word is \\"prompt_tokens\\": "}}],"usage":null}\n\n',
    b'data: {"id":"c1","choices":[{"delta":{"content":"42"}}],"usage":null}\n\n',
    b'data: {"id":"c1","choices":[],"usage":{"prompt_tokens":21,"completion_tokens":202,"total_tokens":223}}\n\n',
    b"data: [DONE]\n\n",
]


def block(language: str, containing: str = "") -> str:
    """The block of this language on the page."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    (found,) = [text for text in blocks if containing in text]
    return str(found)


@unittest.skipIf(WATCHED, "what it shows does not depend on that")
class Gateway(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="eventwire-nginx-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.port = free_port()
        self.log = self.folder / "llm.log"
        # Only places differ from the page: of the module, of files, of ports. And a test cannot wait for 15 seconds of silence.
        places = {
            "/usr/lib/nginx/modules/ngx_http_eventwire_module.so": str(MODULE),
            "/run/nginx.pid": str(self.folder / "nginx.pid"),
            "/var/log/nginx": str(self.folder),
            "127.0.0.1:8000": f"127.0.0.1:{self.upstream.port}",
            "listen 8080": f"listen 127.0.0.1:{self.port}",
            "65536": "4096",
            "16384": "1024",
            "keepalive 15s": "keepalive 300ms",
        }
        text = block("nginx")
        for place, other in places.items():
            self.assertIn(place, text)
            text = text.replace(place, other)
        (self.folder / "nginx.conf").write_text(text)
        command = [
            shutil.which("nginx") or "/usr/sbin/nginx",
            "-c",
            str(self.folder / "nginx.conf"),
            "-g",
            "daemon off;",
        ]
        self.nginx = subprocess.Popen(
            [*command, "-e", str(self.folder / "error.log")], stdin=subprocess.DEVNULL
        )
        self.addCleanup(self.nginx.wait)
        self.addCleanup(self.nginx.terminate)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                return socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                time.sleep(0.01)
        self.fail((self.folder / "error.log").read_text())

    def entry(self) -> dict[str, str]:
        """The one line of the log."""
        end = time.monotonic() + 10
        while not self.log.read_text().endswith("\n") and time.monotonic() < end:
            time.sleep(0.01)
        (line,) = self.log.read_text().splitlines()
        entry: dict[str, str] = json.loads(line)
        return entry

    def test_a_completion(self) -> None:
        asked: list[str] = []

        def script(exchange: Exchange) -> None:
            asked.append(exchange.request)
            exchange.head(chunked=True)
            for chunk in CHUNKS:
                time.sleep(0.45)
                exchange.send(chunk[:20])
                exchange.send(chunk[20:])
            exchange.end()

        self.upstream.on("/v1/chat/completions", script)
        with Response(self.port, "/v1/chat/completions", "Accept-Encoding: gzip") as response:
            body = response.read()
        self.assertEqual(body, b"".join(b":\n\n" + chunk for chunk in CHUNKS))
        self.assertNotIn("accept-encoding", asked[0].lower())
        entry = self.entry()
        self.assertEqual((entry["events"], entry["done"], entry["truncated"]), ("4", "1", "0"))
        self.assertEqual(entry["bytes"], str(len(b"".join(CHUNKS))))
        self.assertEqual(json.loads(entry["usage"])["usage"]["total_tokens"], 223)
        self.assertTrue(
            400 <= int(entry["first_token_ms"]) < 1500 and 400 <= int(entry["max_gap_ms"]) < 1500, entry
        )
        # What the page shows has the same fields, and its command reads them.
        self.assertEqual(json.loads(block("json")).keys(), entry.keys())
        command = block("sh", "jq").replace("/var/log/nginx", str(self.folder))
        shown = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
        expected = {"uri": "/v1/chat/completions", "first_token_ms": entry["first_token_ms"], "tokens": 223}
        self.assertEqual(json.loads(shown.stdout), expected)

    def test_what_is_no_event_stream(self) -> None:
        def script(exchange: Exchange) -> None:
            exchange.head("Content-Type: application/json", "Content-Length: 2")
            exchange.send(b"{}")

        self.upstream.on("/v1/models", script)
        with Response(self.port, "/v1/models") as response:
            self.assertEqual(response.read(), b"{}")
        entry = self.entry()
        self.assertEqual((entry["events"], entry["done"], entry["usage"]), ("", "", ""))


if __name__ == "__main__":
    unittest.main()
