"""What holds for all tests: how asynchronous ones are run, and that none leaves anything open, however slow the machine is."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something of the machine.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def what_was_there_before() -> None:
    """Modules and the like, which no collection need look at: that of each test is quick then."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_is_left_open() -> Iterator[None]:
    """Collects the garbage of each test, so that a socket left open there is the failure of that test, not of a later one."""
    yield
    gc.collect()


@pytest.fixture
def anyio_backend() -> str:
    """By anyio, on asyncio unless a file says otherwise."""
    return "asyncio"
