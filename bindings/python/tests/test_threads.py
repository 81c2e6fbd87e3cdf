"""Threads and interpreters."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from eventwire import Event, Parser
from servers import DEADLINE


def test_each_thread_has_a_parser_of_its_own() -> None:
    stream = b"".join(b"id: %d\ndata: %d\n\n" % (number, number) for number in range(5000))

    def parse(size: int) -> list[Event]:
        parser = Parser()
        chunks = (stream[at : at + size] for at in range(0, len(stream), size))
        return [event for chunk in chunks for event in parser.feed(chunk)]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(parse, [7, 64, 100, 1000, 1460, 4096, 65536, 1 << 20]))
    assert len(results[0]) == 5000
    assert all(result == results[0] for result in results)


def test_a_parser_that_is_shared_loses_nothing_or_says_so() -> None:
    parser = Parser()
    counts = [0] * 4

    def feed(place: int) -> None:
        for _ in range(2000):
            try:
                counts[place] += len(parser.feed(b"data: x\n\n"))
            except RuntimeError as error:
                assert "in use by another thread" in str(error)

    threads = [threading.Thread(target=feed, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) * len(b"data: x\n\n") == parser.position


@pytest.mark.skipif(
    sys.version_info[:2] < (3, 12), reason="what is tested needs an interpreter of Python 3.12"
)
def test_another_interpreter_is_refused() -> None:
    program = """
        import eventwire
        try:
            import _interpreters as interpreters
        except ImportError:
            import _xxsubinterpreters as interpreters
        try:
            failure = interpreters.run_string(interpreters.create(), "import eventwire")
        except Exception as error:
            failure = error
        assert "subinterpreters" in str(getattr(failure, "msg", failure)), failure
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True, timeout=DEADLINE)


@pytest.mark.skipif(sys.version_info[:2] >= (3, 12), reason="the module of Python 3.11 is called so")
def test_another_interpreter_of_the_old_kind_is_refused() -> None:
    program = """
        import eventwire
        import _xxsubinterpreters as interpreters
        try:
            interpreters.run_string(interpreters.create(), "import eventwire")
        except interpreters.RunFailedError as error:
            assert "subinterpreters" in str(error), error
        else:
            raise SystemExit("not refused")
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True, timeout=DEADLINE)
