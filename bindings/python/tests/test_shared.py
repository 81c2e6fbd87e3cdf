"""Other implementations' cases and recorded streams, where that folder is at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from driving import cuts
from eventwire import Event, Parser

FOLDER = Path(os.environ.get("EVENTWIRE_SHARED", Path(__file__).parents[4] / "shared"))
CASES = sorted(FOLDER.glob("cases/**/*.json"))


@pytest.mark.skipif(
    not CASES, reason="no folder ../shared beside the checkout (EVENTWIRE_SHARED names another)"
)
def test_cases() -> None:
    count = 0
    for file in CASES:
        for case in json.loads(file.read_text()):
            if not case["spec"] and "spec_expectation" not in case:
                continue
            count += 1
            check(case)
    assert count > 500


def check(case: dict[str, Any]) -> None:
    wanted = case if case["spec"] else case["spec_expectation"]
    events = [
        (each["event"], decoded(each["data_hex"]), decoded(each["id_hex"])) for each in wanted["events"]
    ]
    own = [bytes.fromhex(chunk) for chunk in case["chunks_hex"]]
    for chunks in (own, *cuts(b"".join(own), most=64)):
        parser = Parser(last_event_id=bytes.fromhex(case.get("initial_id_hex", "")))
        found: list[Event] = [event for chunk in chunks for event in parser.feed(chunk)]
        assert [(each.event, each.data, each.last_event_id) for each in found] == events, case["name"]


def decoded(value: str) -> str:
    return bytes.fromhex(value).decode()
