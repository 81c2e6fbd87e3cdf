"""Many streams that are open at once: all come to their ends, and memory is bounded."""

from __future__ import annotations

import os
import unittest

from server import WATCHED
from swarm import Swarm, memory_per_stream

#: How many. `cargo xtask nginx test --long` says 10,000.
STREAMS = int(os.environ.get("EVENTWIRE_NGINX_STREAMS", "500"))

ALL = "eventwire on; eventwire_match usage; eventwire_drop_type ping; eventwire_keepalive 1h;"

#: What a stream may cost beyond what it costs nginx alone.
BUDGET = 64 * 1024


@unittest.skipIf(WATCHED, "valgrind's memory is not nginx's")
class Many(unittest.TestCase):
    def test_all_come_to_their_ends(self) -> None:
        swarm = Swarm(ALL, count=STREAMS)
        self.addCleanup(swarm.stop)
        swarm.open(STREAMS)
        swarm.end()
        entries = swarm.nginx.logs(STREAMS)
        self.assertEqual({entry["uri"] for entry in entries}, {f"/?{number}" for number in range(STREAMS)})
        for entry in entries:
            self.assertEqual((entry["events"], entry["done"], entry["last_event_id"]), ("3", "1", "1"))

    def test_memory(self) -> None:
        alone = memory_per_stream("", module=False, count=STREAMS)
        watched = memory_per_stream("eventwire on; eventwire_match usage;", count=STREAMS)
        changed = memory_per_stream(ALL, count=STREAMS)
        print(
            f"\nbytes per stream of {STREAMS}: nginx alone {alone:.0f}, tap {watched - alone:+.0f}, all rules {changed - alone:+.0f}"
        )
        self.assertLess(watched - alone, BUDGET)
        self.assertLess(changed - alone, BUDGET)


if __name__ == "__main__":
    unittest.main()
