"""Risk measures of a sample of years, each with its standard error.

Floor 2, inside `risk`. The same measures of an exact law: `workbench.engine.measuring`.
Source: docs/model.md section 7 (VaR, TVaR); David and Nagaraja, Order Statistics (3rd ed., 2003),
section 7.1 (interval of a quantile); Wilson (1927), JASA 22 (interval of a probability); Serfling,
Approximation Theorems of Mathematical Statistics (1980), chapter 8 (L-statistics).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np

from workbench.risk.distortion import Distortion
from workbench.risk.figure import Figure

__all__ = ["Sample"]

DISTINCT = 0.75
"""A law is lumpy where less than this share of the values inside one error are different."""
WIDER = (2.0, 3.0, 4.0)
"""Wider intervals, in errors of the rank."""


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

        Where the law is lumpy (values repeat in that interval) the interval says nothing of the
        gap beside an atom: then the wider intervals of 2, 3 and 4 errors of the rank count too, so
        that four errors reach what four errors of the rank do. At least half a step of a lattice
        law.
        """
        value = self.sorted_yuan[self._place(level)]
        low, high = self._interval(level, 1.0)
        half = (high - low) / 2.0
        first, last = np.searchsorted(self.sorted_yuan, low), self._last(high)
        if len(np.unique(self.sorted_yuan[first:last])) < DISTINCT * (last - first):
            for width in WIDER:
                below, above = self._interval(level, width)
                half = max(half, (above - value) / width, (value - below) / width)
        return Figure(value, max(half, self.step / 2.0))

    def _last(self, x: float) -> int:
        """Place behind the last value of at most x."""
        return int(np.searchsorted(self.sorted_yuan, x, side="right"))

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

    def distorted(self, distortion: Distortion) -> Figure:
        """∫ g(P(S > x)) dx of the drawn years, yuan: an L-statistic (docs/risk.md section 4).

        The error is that of its influence function ∫ (1{S > x} − P(S > x)) g′(P(S > x)) dx, which
        counts only between different values and so is right for a lumpy law too, joined with the
        bias that a concave g leaves in a finite number of years.
        """
        number, ordered = self.years, self.sorted_yuan
        above = 1.0 - np.arange(1, number) / number
        gaps, middle = np.diff(ordered), distortion.weight(above)
        up, down = (distortion.weight(above + sign / (2.0 * number)) for sign in (1.0, -1.0))
        reach = np.concatenate([[0.0], np.cumsum((up - down) * number * gaps)])
        curved = 4.0 * (2.0 * middle - up - down) * number**2
        bias = float((curved * above * (1.0 - above)) @ gaps) / (2.0 * number)
        error = np.hypot(reach.std() / np.sqrt(number), bias + self._unseen(distortion))
        return Figure(float(ordered[0]) + float(middle @ gaps), float(error))

    def _unseen(self, distortion: Distortion) -> float:
        """What a concave g leaves beyond the worst year drawn, were the tail exponential, yuan."""
        number = self.years
        worst = self.sorted_yuan[-max(2, int(np.sqrt(number))) :]
        y = (np.arange(400) + 0.5) / 8.0
        seen = np.exp(-y) * float(distortion.weight(np.array(1.0 / number)))
        missed = distortion.weight(np.exp(-y) / number) - seen
        return float(worst.mean() - worst[0]) * float(missed.sum()) / 8.0

    def _place(self, level: float) -> int:
        return max(0, int(np.ceil(level * self.years - 1e-9)) - 1)
