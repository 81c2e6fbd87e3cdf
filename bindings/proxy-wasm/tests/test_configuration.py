"""A configuration that is wrong keeps Envoy from starting, and Envoy says what is wrong and where."""

from __future__ import annotations

import json
import unittest
from typing import Any

from proxy import Envoy, Listener, typed, wasm_filter

WRONG: dict[str, str] = {
    '{\n  "max_size": 10\n}': "unknown field `max_size`, expected one of `max_event_size`, ",
    '{"rules": [{"action": "drop"}, {"type": "a", "action": "delete"}]}': "unknown variant `delete`, expected one of",
    '{"rules": [{"action": "keep"}, {"action": "replace"}]}': "rules[1]: `replace` needs `with`",
    '{"max_event_size": "1 MiB"}': 'invalid type: string "1 MiB", expected u32 at line 1 column 26',
    '{"match": "x",': "EOF while parsing a value at line 1 column 14",
}


class Configuration(unittest.TestCase):
    def refusal(self, configuration: dict[str, Any], failure_policy: str) -> str:
        """What Envoy says when it does not start."""
        listener = Listener("tap", [wasm_filter(configuration, failure_policy=failure_policy)])
        with self.assertRaises(AssertionError) as caught:
            Envoy([listener], 1).stop()
        return str(caught.exception)

    def test_what_is_wrong_is_said_with_its_place(self) -> None:
        for text, complaint in WRONG.items():
            said = self.refusal(typed("google.protobuf.StringValue", value=text), "FAIL_CLOSED")
            self.assertIn(f"eventwire: plugin configuration: {complaint}", said)
            self.assertIn("Envoy ended with 1", said)

    def test_whatever_is_to_be_done_about_failures(self) -> None:
        for policy in ("FAIL_OPEN", "FAIL_RELOAD"):
            said = self.refusal(typed("google.protobuf.StringValue", value="{]"), policy)
            self.assertIn("eventwire: plugin configuration: key must be a string at line 1 column 2", said)

    def test_a_message_of_another_type(self) -> None:
        said = self.refusal(typed("google.protobuf.Struct", value={"match": "x"}), "FAIL_CLOSED")
        self.assertIn("no JSON object: it has to be the text of one, in a google.protobuf.StringValue", said)

    def test_nothing_is_the_default(self) -> None:
        texts = ("", " ", "{}", json.dumps({"rules": []}))
        filters = [wasm_filter(typed("google.protobuf.StringValue", value=text)) for text in texts]
        envoy = Envoy([Listener(f"number {number}", [filter]) for number, filter in enumerate(filters)], 1)
        self.addCleanup(envoy.stop)
        self.assertIn("wasmcustom.eventwire.events: 0", envoy.get("/stats?filter=wasmcustom"))


if __name__ == "__main__":
    unittest.main()
