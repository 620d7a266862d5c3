"""Risk measures of a sample with their standard errors, and the figure that carries an error.

Floor 2. The same measures of an exact law are methods of `AnnualLaw`.
Source: docs/model.md section 7 (VaR, TVaR); David and Nagaraja, Order Statistics (3rd ed., 2003),
section 7.1 (interval of a quantile); Wilson (1927), JASA 22 (interval of a probability).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np

__all__ = ["LEVELS", "Figure", "Sample"]

LEVELS = (0.75, 0.9, 0.95, 0.99, 0.995)
"""Levels of the quantiles and tail means that every run reports."""


LUMPY = 10
"""Fewer different values than this inside one error: the law is lumpy there."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its error.

    One standard error where the number is simulated, the bound of the numerical error that the
    method vouches for where it is computed.
    """

    value: float
    error: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", float(self.value))
        object.__setattr__(self, "error", float(self.error))

    def scaled(self, factor: float) -> Figure:
        """Return the figure in another unit."""
        return Figure(self.value * factor, self.error * abs(factor))

    def shifted(self, amount: float) -> Figure:
        """Return the figure plus a number without error."""
        return Figure(self.value + amount, self.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Simulated yearly amounts: yuan, sorted, shape (years,); `step` of a lattice law or 0."""

    sorted_yuan: np.ndarray
    step: float

    @classmethod
    def of_fen(cls, fen: np.ndarray) -> Sample:
        """Return the sample of whole fen (years,)."""
        ordered = np.sort(fen)
        step = gcd(*np.unique(np.diff(ordered)).tolist())
        return cls(sorted_yuan=ordered / 100.0, step=step / 100.0)

    @property
    def years(self) -> int:
        """Number of simulated years."""
        return len(self.sorted_yuan)

    def mean(self) -> Figure:
        """Mean, yuan."""
        spread = float(self.sorted_yuan.std())
        return Figure(float(self.sorted_yuan.mean()), spread / np.sqrt(self.years))

    def sd(self) -> Figure:
        """Standard deviation (divisor n), yuan; error by the fourth moment (delta method)."""
        centred = self.sorted_yuan - self.sorted_yuan.mean()
        spread = float(np.sqrt(np.mean(centred**2)))
        if spread == 0.0:
            return Figure(0.0, 0.0)
        fourth = float(np.mean(centred**4))
        variance = max(fourth - spread**4, 0.0) / (4.0 * spread**2 * self.years)
        return Figure(spread, float(np.sqrt(variance)))

    def quantile(self, level: float) -> Figure:
        """Least x with F(x) >= level; half the 68.3 % order-statistic interval as error.

        Where the law is lumpy (fewer than ten values in that interval) the interval says nothing
        of the gap beside an atom: then the wider intervals of 2, 3 and 4 errors count too, so that
        four errors reach the other side of a gap. At least half a step of a lattice law.
        """
        value = self.sorted_yuan[self._place(level)]
        low, high = self._interval(level, 1.0)
        half = (high - low) / 2.0
        first, last = np.searchsorted(self.sorted_yuan, (low, high))
        if len(np.unique(self.sorted_yuan[first : last + 1])) < LUMPY:
            wider = [self._interval(level, width) for width in (2.0, 3.0, 4.0)]
            reaches = [max(high - value, value - low) for low, high in wider]
            half = max(half, *(reach / (2.0 + place) for place, reach in enumerate(reaches)))
        return Figure(value, max(half, self.step / 2.0))

    def _interval(self, level: float, width: float) -> tuple[float, float]:
        """Order statistics `width` standard errors of the rank below and above the quantile."""
        reach = width * np.sqrt(self.years * level * (1.0 - level))
        low = max(0, int(np.floor(self.years * level - reach)) - 1)
        high = min(self.years - 1, int(np.ceil(self.years * level + reach)))
        return float(self.sorted_yuan[low]), float(self.sorted_yuan[high])

    def tail_mean(self, level: float) -> Figure:
        """VaR + E(S − VaR)⁺ / (1 − level), yuan."""
        value = float(self.sorted_yuan[self._place(level)])
        excess = np.maximum(self.sorted_yuan - value, 0.0) / (1.0 - level)
        return Figure(value + float(excess.mean()), float(excess.std()) / np.sqrt(self.years))

    def probability_above(self, x: float) -> Figure:
        """P(S > x), strictly; half the width of Wilson's 68.3 % interval as error."""
        above = self.years - int(np.searchsorted(self.sorted_yuan, x + 1e-9, side="right"))
        share, number = above / self.years, self.years
        half = np.sqrt(share * (1.0 - share) / number + 1.0 / (4.0 * number**2))
        return Figure(share, float(half / (1.0 + 1.0 / number)))

    def expected_excess(self, x: float) -> Figure:
        """E(S − x)⁺, yuan."""
        excess = np.maximum(self.sorted_yuan - x, 0.0)
        return Figure(float(excess.mean()), float(excess.std()) / np.sqrt(self.years))

    def _place(self, level: float) -> int:
        return max(0, int(np.ceil(level * self.years - 1e-9)) - 1)
