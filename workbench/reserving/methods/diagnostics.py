"""Whether a triangle fits the chain ladder: calendar effect, outliers, stability of development.

Floor 4, inside `reserving.methods`. Source: Mack (1994), Measuring the variability of chain ladder
reserve estimates, CAS Forum, appendix H (calendar year effect).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from workbench.guard import freeze
from workbench.reserving.methods.chain_ladder import Development
from workbench.triangles import Triangle

__all__ = ["CalendarTest", "calendar_test", "link_ratios", "residuals", "stability"]

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarTest:
    """Mack's test: `statistic` Z against its expectation and standard deviation without effect."""

    statistic: float
    expected: float
    sd: float

    @property
    def effect(self) -> bool:
        """Whether Z lies outside the 95 % interval: diagonals are not alike."""
        return abs(self.statistic - self.expected) > NORMAL_95 * self.sd


def link_ratios(triangle: Triangle) -> np.ndarray:
    """Return C(k + 1)/C(k), (origins, steps), NaN where unknown or from nothing."""
    start, end = triangle.cumulative[:, :-1], triangle.cumulative[:, 1:]
    return np.divide(end, start, out=np.full(start.shape, np.nan), where=start > 0.0)


def calendar_test(triangle: Triangle) -> CalendarTest:
    """Return Mack's test for an effect of calendar periods.

    Ratios above and below the median of their step; on each diagonal the smaller of the two
    numbers is summed.
    """
    ratios = link_ratios(triangle)
    known = ~np.isnan(ratios)
    middle = np.array(
        [
            np.median(column[some]) if some.any() else np.nan
            for column, some in zip(ratios.T, known.T, strict=True)
        ]
    )
    large, small = known & (ratios > middle), known & (ratios < middle)
    diagonal = np.add.outer(np.arange(len(ratios)), np.arange(ratios.shape[1]))
    total = expected = variance = 0.0
    for place in range(1, int(diagonal.max()) + 1):
        here = diagonal == place
        above, below = int(large[here].sum()), int(small[here].sum())
        number = above + below
        if number < 2:
            continue
        middle_term = comb(number - 1, (number - 1) // 2) * number / 2.0**number
        mean = number / 2.0 - middle_term
        total += min(above, below)
        expected += mean
        variance += number * (number - 1) / 4.0 - middle_term * (number - 1) + mean - mean**2
    return CalendarTest(statistic=total, expected=expected, sd=float(np.sqrt(max(variance, 0.0))))


def residuals(triangle: Triangle, development: Development) -> np.ndarray:
    """Return standardised residuals (F − f)·√C/σ, (origins, steps), NaN where unknown."""
    steps = len(triangle.periods) - 1
    sigma = np.sqrt(development.sigma2[:steps])
    start = np.sqrt(np.maximum(triangle.cumulative[:, :-1], 0.0))
    apart = (link_ratios(triangle) - development.factors[:steps]) * start
    return freeze(np.divide(apart, sigma, out=np.full(apart.shape, np.nan), where=sigma > 0.0))


def stability(triangle: Triangle, latest: int = 3) -> np.ndarray:
    """Return each step's average over the latest origins over that of all, less 1, (steps,).

    NaN where the step has no more origins than `latest`.
    """
    onward = triangle.known[:, 1:]
    cells = np.nan_to_num(triangle.cumulative)
    found = np.full(onward.shape[1], np.nan)
    for step, used in enumerate(onward.T):
        rows = np.flatnonzero(used)
        if len(rows) > latest:
            every = cells[rows, step + 1].sum() / max(cells[rows, step].sum(), 1e-300)
            start = cells[rows[-latest:], step].sum()
            if start > 0.0 and every > 0.0:
                found[step] = cells[rows[-latest:], step + 1].sum() / start / every - 1.0
    return freeze(found)
