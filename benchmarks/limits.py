"""What the machine can do at best, measured beside the benchmarks: words, look-ups, functions.

Each is a minimum over repeats on arrays that stay in the processor's cache, nanoseconds a piece.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["Limits", "limits"]

WORDS, REPEATS = 1 << 13, 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Nanoseconds: a 64-bit word, a look-up, an integer added, a number written, a function."""

    word: float
    look_up: float
    addition: float
    store: float
    function: float

    @property
    def claim(self) -> float:
        """A claim: a quarter of a word, a look-up, an addition."""
        return self.word / 4.0 + self.look_up + self.addition

    def year_of_totals(self, plans: int, factors: int, shared: int) -> float:
        """A lane a plan and factor, look-ups (a second one where a factor is shared), a number."""
        lanes = (plans + factors) * self.word / 4.0
        return lanes + (plans + shared) * self.look_up + plans * self.store


def _best(work: Callable[[], object], pieces: int) -> float:
    """Least CPU nanoseconds a piece."""
    found = []
    for _ in range(REPEATS):
        start = time.process_time_ns()
        for _ in range(8):
            work()
        found.append((time.process_time_ns() - start) / 8.0)
    return min(found) / pieces


def limits() -> Limits:
    """Return what this machine can do now."""
    source = np.random.Philox(key=1)
    lanes = source.random_raw(WORDS).view(np.uint16)
    amounts = np.arange(1 << 16, dtype=np.int32)
    found = amounts.take(lanes, mode="clip")
    starts = np.arange(0, len(lanes), 4096)
    wide, angles = np.zeros(len(lanes), dtype=np.int64), np.linspace(0.0, 60.0, WORDS)
    out = np.empty_like(angles)
    return Limits(
        word=_best(lambda: source.random_raw(WORDS), WORDS),
        look_up=_best(lambda: np.take(amounts, lanes, out=found, mode="clip"), len(lanes)),
        addition=_best(lambda: np.add.reduceat(found, starts, dtype=np.int64), len(lanes)),
        store=_best(lambda: np.copyto(wide, 1), len(lanes)),
        function=_best(lambda: np.cos(angles, out=out), WORDS),
    )
