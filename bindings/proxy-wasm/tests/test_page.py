"""docs/envoy.md: the configuration runs as it stands there, the tables name all that there is, and the comparison is what comes out."""

from __future__ import annotations

import json
import re
import socket
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

import compare
from client import Client
from origin import Origin, chunk, head
from proxy import PATIENCE, STATE, WASM, Envoy, Listener, eventwire, start, wait_for_admin
from world import world

PAGE = (Path(__file__).parents[3] / "docs" / "envoy.md").read_text()

COMPLETION = (
    b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'
    b"event: debug\ndata: gpu 3\n\n"
    b'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}\n\n'
    b"data: [DONE]\n\n"
)


def section(title: str) -> str:
    """The part of the page under this heading."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def code(language: str, part: str) -> str:
    """The first block of code in this language."""
    return part.split(f"```{language}\n")[1].split("```")[0]


def names(part: str) -> list[str]:
    """What the first column of tables names."""
    return [
        name
        for row in re.findall(r"^\| (`[^|]*) \|", part, re.MULTILINE)
        for name in re.findall("`([^`]*)`", row)
    ]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as at:
        return int(at.getsockname()[1])


class Page(unittest.TestCase):
    def test_the_gateway(self) -> None:
        part = section("A gateway that logs usage and time to first token")
        origin = Origin()
        self.addCleanup(origin.close)
        config, port = code("yaml", part), free_port()
        # Ports alone are others: somebody may have these.
        for there, here in ((10000, port), (8000, origin.port), (9901, 0)):
            self.assertEqual(config.count(f"port_value: {there} "), 1)
            config = config.replace(f"port_value: {there} ", f"port_value: {here} ")
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            (place / "target/envoy").mkdir(parents=True)
            (place / "target/envoy/eventwire.wasm").symlink_to(WASM)
            (place / "envoy.yaml").write_text(config)
            process, output = start(place / "envoy.yaml", place)
            self.addCleanup(process.wait, PATIENCE)
            self.addCleanup(process.terminate)
            wait_for_admin(place, process, output)

            def script() -> Iterator[bytes]:
                yield head() + chunk(COMPLETION[:60])
                yield chunk(COMPLETION[60:]) + chunk(b"")

            origin.scripts["/v1/chat/completions"] = script
            client = Client(port, "/v1/chat/completions").wait()
            self.assertEqual(client.body, COMPLETION.replace(b"event: debug\ndata: gpu 3\n\n", b""))
            process.terminate()
            process.wait(PATIENCE)
            lines = [line for line in output.read_text().splitlines() if line.startswith("{")]
        entry, shown = json.loads(lines[0]), json.loads(code("json", part))
        self.assertLess(int(entry.pop("first_event_ms")), 5000)
        del shown["first_event_ms"]
        self.assertEqual(entry, shown)

    def test_the_sample_of_rules(self) -> None:
        options = json.loads(code("json", section("Configuration")))
        envoy = Envoy([Listener("rules", [eventwire(**options)])], 1)
        envoy.stop()

    def test_all_options_are_there(self) -> None:
        with self.assertRaises(AssertionError) as caught:
            Envoy([Listener("rules", [eventwire(unknown=1)])], 1)
        expected = re.search(r"expected one of (.*) at line", str(caught.exception))
        assert expected
        options = re.findall("`([^`]*)`", expected[1])
        rule = ["type", "contains", "action", "with"]
        self.assertEqual(sorted(names(section("Configuration"))), sorted(options + rule))

    def test_all_filter_state_is_there(self) -> None:
        self.assertEqual(names(section("What access logs know")), STATE)

    def test_all_metrics_are_there(self) -> None:
        metrics = re.findall(
            r"^wasmcustom\.tap\.(\S+):", world().envoy.get("/stats?filter=wasmcustom"), re.MULTILINE
        )
        self.assertEqual(sorted(names(section("Statistics"))), sorted(metrics))

    def test_the_comparison(self) -> None:
        shown = PAGE.split("<!-- compare -->\n")[1].split("<!-- end -->")[0]
        self.assertEqual(shown, compare.table())


if __name__ == "__main__":
    unittest.main()
