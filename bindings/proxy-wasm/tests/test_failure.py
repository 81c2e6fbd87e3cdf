"""What becomes of requests when the filter's virtual machine dies: what docs/envoy.md says of `failure_policy`.

The filter has no way to die, so it is made to: it is not allowed to write to buffers, which it does not expect to be refused.
"""

from __future__ import annotations

import threading
import unittest
from collections.abc import Iterator

from client import Client
from origin import Origin, chunk, head
from proxy import Envoy, Listener, eventwire

ALLOWED = """proxy_on_vm_start proxy_on_configure proxy_on_context_create proxy_on_request_headers proxy_on_response_headers
proxy_on_response_body proxy_on_done proxy_on_log proxy_on_delete proxy_on_memory_allocate proxy_log proxy_get_buffer_bytes
proxy_get_header_map_value proxy_remove_header_map_value proxy_define_metric proxy_increment_metric proxy_record_metric
proxy_set_property clock_time_get random_get environ_get environ_sizes_get fd_write proc_exit""".split()

KEPT, DROPPED = b"data: 1\n\n", b"event: ping\ndata: 2\n\n"


class Failure(unittest.TestCase):
    def setUp(self) -> None:
        self.origin = Origin()
        self.addCleanup(self.origin.close)

    def envoy(self, policy: str) -> Envoy:
        """An Envoy whose filter dies of the first event that it drops."""
        mortal = eventwire(rules=[{"type": "ping", "action": "drop"}])
        config = mortal["typed_config"]["config"]
        config["failure_policy"] = policy
        config["capability_restriction_config"] = {"allowed_capabilities": {name: {} for name in ALLOWED}}
        envoy = Envoy([Listener("rules", [mortal])], self.origin.port)
        self.addCleanup(envoy.stop)
        return envoy

    def requests(self, policy: str) -> list[tuple[bytes, bytes, bool]]:
        """Two requests at once, of which the second one kills, and then a third: what came of each."""
        envoy = self.envoy(policy)
        killed = threading.Event()

        def first() -> Iterator[bytes]:
            yield head() + chunk(KEPT)
            killed.wait()
            yield chunk(DROPPED) + chunk(KEPT) + chunk(b"")

        self.origin.scripts["/first"] = first
        self.origin.scripts["/second"] = lambda: iter([head() + chunk(DROPPED), chunk(KEPT), chunk(b"")])
        self.origin.scripts["/third"] = lambda: iter([head() + chunk(KEPT), chunk(b"")])
        one = Client(envoy.ports["rules"], "/first")
        one.wait_for_body(len(KEPT))
        two = Client(envoy.ports["rules"], "/second").wait()
        killed.set()
        one.wait()
        three = Client(envoy.ports["rules"], "/third").wait()
        return [
            (client.head.split(b"\r\n")[0], bytes(client.body), client.is_whole)
            for client in (one, two, three)
        ]

    def test_open(self) -> None:
        one, two, three = self.requests("FAIL_OPEN")
        # What is under way is broken off; then it goes on as if there were no filter.
        self.assertEqual(one, (b"HTTP/1.1 200 OK", KEPT, False))
        self.assertEqual(two, (b"HTTP/1.1 200 OK", b"", False))
        self.assertEqual(three, (b"HTTP/1.1 200 OK", KEPT, True))

    def test_closed(self) -> None:
        one, two, three = self.requests("FAIL_CLOSED")
        self.assertEqual(one, (b"HTTP/1.1 200 OK", KEPT, False))
        self.assertEqual(two, (b"HTTP/1.1 200 OK", b"", False))
        self.assertEqual(three, (b"HTTP/1.1 503 Service Unavailable", b"", True))

    def test_reload(self) -> None:
        one, two, three = self.requests("FAIL_RELOAD")
        self.assertEqual(one, (b"HTTP/1.1 200 OK", KEPT, False))
        self.assertEqual(two, (b"HTTP/1.1 200 OK", b"", False))
        self.assertEqual(three, (b"HTTP/1.1 200 OK", KEPT, True))


if __name__ == "__main__":
    unittest.main()
