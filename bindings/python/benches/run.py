"""Measures the package beside other parsers: bytes in, `event.data` as text out.

    python benches/run.py [--rounds N] [--corpora FOLDER] [--quick]

The corpora are those of the benchmarks in Rust, 4 MiB each; cargo makes them unless a folder has them. In each round every
contestant reads each of them once, in turn; what is shown is the median of the rounds, in nanoseconds of processor time for an event.
"""

from __future__ import annotations

import argparse
import gc
import platform
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import memory
from contestants import OURS, PEERS, WITHOUT_PARSING, Chunks, Contestant, split_and_decode, values_of

from eventwire import scanner_name

ROOT = Path(__file__).parents[3]
CORPORA = ("openai", "anthropic", "ticks")
SIZES = (1460, 65_536)
# Which leaves an empty string behind the last event of a chunk, and so does not count events.
SPLIT = "(split and decode)"
# (corpus, peer or None for the fastest, how many times faster)
BUDGETS = [
    ("openai", "httpx-sse 0.4.3", 8.0),
    ("openai", None, 5.0),
    ("openai", "openai 3.52.0", 20.0),
    ("ticks", "httpx-sse 0.4.3", 8.0),
    ("ticks", None, 4.5),
]

Case = tuple[str, int]
Results = dict[tuple[str, Case], float]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9, help="how often each is measured (default: 9)")
    parser.add_argument("--corpora", type=Path, default=ROOT / "target" / "python" / "corpora")
    parser.add_argument(
        "--quick", action="store_true", help="one round of a part of the corpora, to see that all runs"
    )
    options = parser.parse_args()
    if not (options.corpora / "table").exists():
        make = [
            "cargo",
            "run",
            "--quiet",
            "--package",
            "eventwire-testkit",
            "--bin",
            "foreign",
            "--",
            "corpora",
        ]
        subprocess.run([*make, options.corpora], check=True, cwd=ROOT)
    cases = load(options.corpora, 1 << 16 if options.quick else 1 << 22)
    contestants = {**OURS, **PEERS, SPLIT: split_and_decode}
    results = measure(cases, contestants, 1 if options.quick else options.rounds)
    print(f"Python {platform.python_version()}, {scanner_name()}; ns for an event\n")
    show(results, [*contestants, *WITHOUT_PARSING], list(cases))
    memory.report()
    return 0 if options.quick or budgets_hold(results) else 1


def load(folder: Path, size: int) -> dict[Case, tuple[Chunks, int]]:
    """The chunks of each case, and how many events there are in them."""
    cases: dict[Case, tuple[Chunks, int]] = {}
    for name in CORPORA:
        stream = (folder / f"{name}.sse").read_bytes()[:size]
        stream = stream[: stream.rindex(b"\n\n") + 2]
        events = stream.count(b"\n\n")
        for chunk in SIZES:
            cases[name, chunk] = [stream[at : at + chunk] for at in range(0, len(stream), chunk)], events
    return cases


def measure(
    cases: dict[Case, tuple[Chunks, int]], contestants: dict[str, Contestant], rounds: int
) -> Results:
    """Nanoseconds for an event: medians."""
    times: dict[tuple[str, Case], list[float]] = {}
    for _ in range(rounds):
        for case, (chunks, events) in cases.items():
            runs = [(name, partial(contestant, chunks)) for name, contestant in contestants.items()]
            values = values_of(chunks)
            runs += [(name, partial(make, values)) for name, make in WITHOUT_PARSING.items()]
            for name, run in runs:
                gc.collect()
                begin = time.process_time_ns()
                count = run()
                elapsed = time.process_time_ns() - begin
                if count != events and name != SPLIT:
                    sys.exit(f"{name}: {count} events of {events} in {case}")
                times.setdefault((name, case), []).append(elapsed / events)
    return {key: statistics.median(values) for key, values in times.items()}


def show(results: Results, names: list[str], cases: list[Case]) -> None:
    """A table, in the form of Markdown."""
    print("| | " + " | ".join(f"{corpus}, {size}" for corpus, size in cases) + " |")
    print("|---" * (len(cases) + 1) + "|")
    for name in names:
        print(f"| {name} | " + " | ".join(f"{results[name, case]:.0f}" for case in cases) + " |")
    print()


def budgets_hold(results: Results) -> bool:
    """Says which budgets hold."""
    hold = True
    for corpus, peer, least in BUDGETS:
        for size in SIZES:
            case = (corpus, size)
            other = min(results[name, case] for name in PEERS) if peer is None else results[peer, case]
            times = other / results["eventwire", case]
            verdict = "holds" if times >= least else "DOES NOT HOLD"
            hold &= times >= least
            print(f"{corpus}, {size}: {times:.1f} x {peer or 'the fastest'} (at least {least:g}): {verdict}")
    return hold


if __name__ == "__main__":
    sys.exit(main())
