"""What the figures of a year ask of a law, and two laws that answer: on few points, and slowly.

Floor 3. The third, of few frequencies, is in `quick`. Every answer is a figure with the
bound of its numerical error. Source: docs/laws.md sections 5 and 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Protocol

import numpy as np

from workbench.engine.compound.law import CompoundLaw
from workbench.risk import Figure

__all__ = ["LatticeLaw", "ReadLaw", "SlowLaw", "TIE"]

TIE = 1e-13


class ReadLaw(Protocol):
    """What the figures of a year ask of a law."""

    @property
    def mean(self) -> Figure:
        """E[S]."""

    @property
    def sd(self) -> Figure:
        """Standard deviation."""

    def __hash__(self) -> int: ...

    def tails(self, levels: Sequence[float]) -> tuple[list[Figure], list[Figure]]:
        """Quantiles and tail means at some levels."""

    def beyond(self, x: float) -> tuple[Figure, Figure]:
        """P(S > x) and E(S − x)⁺."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatticeLaw:
    """A law on `start`, `start` + `step`, …: P(S <= x) and E(x − S)⁺ at its points, shape (n,)."""

    mean: Figure
    sd: Figure
    start: float
    step: float
    below: np.ndarray
    under: np.ndarray
    slack: float

    def tails(self, levels: Sequence[float]) -> tuple[list[Figure], list[Figure]]:
        """Quantiles and tail means at some levels."""
        wanted = [level - TIE + side for side in (-self.slack, 0.0, self.slack) for level in levels]
        found = np.minimum(np.searchsorted(self.below, wanted), len(self.below) - 1)
        under, number = self.under[found].tolist(), len(levels)
        mean, fixed, quantiles, means = self.mean.value, self._excess_slack, [], []
        places = found.tolist()
        for at, level in enumerate(levels):
            place = places[number + at]
            x = self.start + self.step * place
            error = self.step * (places[2 * number + at] - places[at])
            tail = x + max(mean - x + under[number + at], 0.0) / (1.0 - level)
            quantiles.append(Figure(x, error))
            means.append(Figure(tail, (fixed + error * self.slack) / (1.0 - level)))
        return quantiles, means

    @property
    def _excess_slack(self) -> float:
        return self.slack * self.step * len(self.below) + self.mean.error

    def beyond(self, x: float) -> tuple[Figure, Figure]:
        """P(S > x) and E(S − x)⁺."""
        place = floor((x - self.start) / self.step + 1e-9)
        if not 0 <= place < len(self.below):
            above = 1.0 if place < 0 else 0.0
            amount = above * (self.mean.value - x)
            return Figure(above, self.slack), Figure(amount, self._excess_slack)
        above = min(max(1.0 - float(self.below[place]), 0.0), 1.0)
        point = self.start + self.step * place
        excess = self.mean.value - point + float(self.under[place]) - (x - point) * above
        return Figure(above, self.slack), Figure(max(excess, 0.0), self._excess_slack)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlowLaw:
    """A law that few frequencies do not carry, from the lattices of `solve`."""

    law: CompoundLaw

    @property
    def mean(self) -> Figure:
        """E[S]."""
        return Figure(float(self.law.mean), self.law.mean.error)

    @property
    def sd(self) -> Figure:
        """Standard deviation."""
        return Figure(float(self.law.sd), self.law.sd.error)

    def tails(self, levels: Sequence[float]) -> tuple[list[Figure], list[Figure]]:
        """Quantiles and tail means at some levels."""
        quantiles = [self.law.quantile(level) for level in levels]
        means = [self.law.tail_mean(level) for level in levels]
        return (
            [Figure(float(one), one.error) for one in quantiles],
            [Figure(float(one), one.error) for one in means],
        )

    def beyond(self, x: float) -> tuple[Figure, Figure]:
        """P(S > x) and E(S − x)⁺."""
        above, excess = self.law.survival(x), self.law.stop_loss(x)
        return Figure(float(above), above.error), Figure(float(excess), excess.error)
