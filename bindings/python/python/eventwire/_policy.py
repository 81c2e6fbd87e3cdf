"""When a source tries again, where the standard leaves it open or one wants more than it gives."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What `EventSource` does beyond the standard. The default is nothing. Times are in seconds.

    By the standard, a lost connection is made again after the reconnection time, for ever, and any response but a good
    one ends the source. No setting makes a delay shorter than the reconnection time.
    """

    factor: int = 1
    """By how much the delay is multiplied from each failure in a row to the next."""
    max_delay: float = 30.0
    """What the factor does not lead beyond."""
    reset_after: float = 0.0
    """How long a connection must have been open to end a row of failures."""
    min_delay: float = 0.0
    """The least delay, whatever reconnection time the stream sets."""
    jitter: float = 0.0
    """The most that is added to a delay at random, as a share of it: 0.5 is half of it."""
    seed: int = field(default_factory=lambda: random.getrandbits(64))
    """The same seed gives the same jitter."""
    max_retry_after: float | None = None
    """How far `Retry-After` is heeded; None: not at all."""
    retry_statuses: Sequence[int | range] = ()
    """Statuses after which another attempt is made. (Never 200 and 204.)"""
    idle_timeout: float | None = None
    """After how long without a byte a connection is taken for lost; None: never."""
    max_failures: int | None = None
    """At how many failures in a row the source gives up; None: never. 1: it makes one connection."""

    @classmethod
    def resilient(cls, **changes: Any) -> Policy:
        """For a client among many of a server that may be in trouble.

        429 and 5xx are tried again, `Retry-After` is heeded up to five minutes, the delay doubles up to 30 seconds
        until a connection has held for a minute, half of it more at random, and is not below half a second.
        """
        settings: dict[str, Any] = {
            "factor": 2,
            "reset_after": 60.0,
            "min_delay": 0.5,
            "jitter": 0.5,
            "max_retry_after": 300.0,
            "retry_statuses": (429, range(500, 600)),
        }
        return cls(**(settings | changes))

    def settings(self) -> Settings:
        """The form in which the machine takes it. Raises `ValueError` for what is negative."""
        return Settings(
            backoff=(self.factor, milliseconds(self.max_delay), milliseconds(self.reset_after)),
            min_delay=milliseconds(self.min_delay),
            jitter=(milliseconds(self.jitter) // 10, self.seed),
            max_retry_after=None if self.max_retry_after is None else milliseconds(self.max_retry_after),
            retry_statuses=[_ends(statuses) for statuses in self.retry_statuses],
            idle_timeout=None if self.idle_timeout is None else milliseconds(self.idle_timeout),
            max_failures=self.max_failures,
        )


@dataclass(frozen=True)
class Settings:
    """A policy in the machine's words: milliseconds, per cent, first and last statuses."""

    backoff: tuple[int, int, int]
    min_delay: int
    jitter: tuple[int, int]
    max_retry_after: int | None
    retry_statuses: list[tuple[int, int]]
    idle_timeout: int | None
    max_failures: int | None


def milliseconds(seconds: float) -> int:
    """A time for the machine."""
    if not seconds >= 0:
        raise ValueError(f"a time must not be negative: {seconds!r}")
    return min(round(seconds * 1000), 2**64 - 1) if seconds != float("inf") else 2**64 - 1


def _ends(statuses: int | range) -> tuple[int, int]:
    if isinstance(statuses, int):
        return statuses, statuses
    if statuses.step != 1 or not statuses:
        raise ValueError(f"statuses must be an int or a range without steps: {statuses!r}")
    return statuses.start, statuses.stop - 1
