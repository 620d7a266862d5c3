"""Figures of drawn years whose error is not that of independent years: less of it, told honestly.

Floor 3. `replicated`: quasi-random years in sixteen independent randomisations, whose answers
tell the error. `controlled`: years weighed so that mean and variance are those of the exact law;
the error is what regression on them leaves. Both answer what `risk.Sample` answers.
Source: docs/convergence.md; Owen (1997), Ann. Statist. 25; Glasserman (2003), Monte Carlo Methods
in Financial Engineering, sections 4.1 and 5.4; Hesterberg and Nelson (1998), Management Sci. 44
(quantiles by control weights).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import gcd

import numpy as np

from workbench.engine.sobol import REPLICATES
from workbench.engine.stages import year_laws
from workbench.engine.totals import LANES
from workbench.inputs import Inputs
from workbench.risk import Figure, Sample

__all__ = [
    "Measured",
    "Reader",
    "controlled",
    "correlation",
    "independent",
    "readers_of",
    "replicated",
]

LUMPY = 10
"""Fewer different values than this inside one error: the law is lumpy there."""
LEAST_YUAN, LEAST_SHARE, LEAST_EXCESS = 0.02, 2e-5, 4e-6
"""What the sealed tables may be off by: yuan, then standard deviations in an amount and in an
expected excess. No error is below; quasi-random years would soon promise more than the tables."""
LEAST_PROBABILITY, LEAST_CORRELATION = 0.5 / LANES, 2e-5
"""The same of a probability, half a lane, and of a correlation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Drawn yearly amounts with a way to expect: `yuan` (years,) in order of years.

    `expect` gives the mean of any numbers (years,) and its standard error; `ordered` the amounts
    sorted, `below` the probability of each and all below it; `step` of a lattice law or 0;
    `spread` is their standard deviation; `unsure` the relative variance of an error beside what
    the number of years makes it.
    """

    yuan: np.ndarray
    ordered: np.ndarray
    below: np.ndarray
    expect: Callable[[np.ndarray], Figure]
    step: float
    spread: float
    unsure: float = 0.0

    @property
    def years(self) -> int:
        """Number of drawn years."""
        return len(self.yuan)

    def _floored(self, figure: Figure, share: float = LEAST_SHARE) -> Figure:
        return Figure(figure.value, max(figure.error, share * self.spread, LEAST_YUAN))

    def _least_probability(self) -> float:
        """Half the share of one year where years are independent, else a whole one: even points
        may give the same number of years in every randomisation.
        """
        return max(LEAST_PROBABILITY, (1.0 if self.unsure else 0.5) / (self.years + 1.0))

    def mean(self) -> Figure:
        """Mean, yuan."""
        return self._floored(self.expect(self.yuan))

    def sd(self) -> Figure:
        """Standard deviation, yuan; error by the delta method."""
        centre = self.expect(self.yuan).value
        variance = self.expect((self.yuan - centre) ** 2)
        spread = float(np.sqrt(max(variance.value, 0.0)))
        if spread == 0.0:
            return Figure(0.0, 0.0)
        return self._floored(Figure(spread, variance.error / (2.0 * spread)))

    def at(self, level: float) -> float:
        """Least x with F(x) >= level, yuan; F may dip where weights are negative."""
        place = int(np.searchsorted(self.below, level - 1e-12))
        return float(self.ordered[min(place, self.years - 1)])

    def rank_error(self, level: float) -> float:
        """Standard error of F at the quantile; never less than one year."""
        under = (self.yuan <= self.at(level)).astype(float)
        return max(self.expect(under).error, 1.0 / self.years, LEAST_PROBABILITY)

    def reach(self, level: float, width: float) -> tuple[float, float]:
        """Amounts `width` errors of F below and above the quantile, yuan."""
        error = width * self.rank_error(level)
        return self.at(max(level - error, 0.0)), self.at(min(level + error, 1.0))

    def quantile(self, level: float) -> Figure:
        """Least x with F(x) >= level; half the way between one error of F below and above it.

        Or a quarter of the way between two errors, where that is more: few years lie between.
        Where the law is lumpy the wider intervals of 2, 3 and 4 errors count too, as in
        `risk.Sample`; at least half a step of a lattice law.
        """
        value = self.at(level)
        low, high = self.reach(level, 1.0)
        below, above = self.reach(level, 2.0)
        half = max((high - low) / 2.0, (above - below) / 4.0)
        first, last = np.searchsorted(self.ordered, (low, high))
        if len(np.unique(self.ordered[first : last + 1])) < LUMPY:
            wider = [self.reach(level, width) for width in (2.0, 3.0, 4.0)]
            reaches = [max(high - value, value - low) for low, high in wider]
            half = max(half, *(reach / (2.0 + place) for place, reach in enumerate(reaches)))
        return self._floored(Figure(value, max(half, self.step / 2.0)))

    def tail_mean(self, level: float) -> Figure:
        """VaR + E(S − VaR)⁺ / (1 − level), yuan."""
        value = self.at(level)
        return self._excess(value).scaled(1.0 / (1.0 - level)).shifted(value)

    def probability_above(self, x: float) -> Figure:
        """P(S > x), strictly; the error is never below that of no year in all of them."""
        share = self.expect((self.yuan > x + 1e-9).astype(float))
        error = max(share.error, self._least_probability())
        return Figure(min(max(share.value, 0.0), 1.0), error)

    def expected_excess(self, x: float) -> Figure:
        """E(S − x)⁺, yuan."""
        excess = self._excess(x)
        return Figure(max(excess.value, 0.0), excess.error)

    def _excess(self, x: float) -> Figure:
        return self._floored(self.expect(np.maximum(self.yuan - x, 0.0)), LEAST_EXCESS)


Reader = Callable[[np.ndarray], "Measured | Sample"]
"""Drawn fen (years,) → what gives its figures."""


def _measured(
    yuan: np.ndarray,
    expect: Callable[[np.ndarray], Figure],
    *,
    weights: np.ndarray | None = None,
    unsure: float = 0.0,
) -> Measured:
    order = np.argsort(yuan, kind="stable")
    ordered = yuan[order]
    if weights is None:
        below = np.arange(1, len(yuan) + 1) / len(yuan)
    else:
        below = np.maximum.accumulate(np.cumsum(weights[order]))
    return Measured(
        yuan=yuan,
        ordered=ordered,
        below=below,
        expect=expect,
        step=_step(ordered),
        spread=float(yuan.std()),
        unsure=unsure,
    )


def _step(ordered: np.ndarray) -> float:
    """Greatest common step of sorted amounts, yuan."""
    fen = np.unique(np.rint(np.diff(ordered) * 100.0).astype(np.int64))
    return gcd(*fen.tolist()) / 100.0


def independent(fen: np.ndarray) -> Measured:
    """Return the figures of independent years: error sd / √years."""

    def expect(numbers: np.ndarray) -> Figure:
        return Figure(numbers.mean(), numbers.std() / np.sqrt(len(numbers)))

    return _measured(fen / 100.0, expect)


def replicated(fen: np.ndarray) -> Measured:
    """Return the figures of quasi-random years: year i is of randomisation i mod 16.

    The error of a mean is the standard deviation of the sixteen means over √16, whatever the
    years inside one do. Source: Owen (1997); Glasserman (2003), section 5.4.
    """
    kinds = np.arange(len(fen)) % REPLICATES
    years = np.bincount(kinds, minlength=REPLICATES)

    def expect(numbers: np.ndarray) -> Figure:
        means = np.bincount(kinds, weights=numbers, minlength=REPLICATES) / years
        return Figure(numbers.mean(), means.std(ddof=1) / np.sqrt(REPLICATES))

    return _measured(fen / 100.0, expect, unsure=1.0 / (2.0 * (REPLICATES - 1)))


def controlled(fen: np.ndarray, *, mean: float, sd: float) -> Measured:
    """Return the figures of independent years with mean and sd (yuan) of the exact law as controls.

    Every figure is a mean under the same weights, those of regression on (S − mean) and
    (S − mean)² − sd², made orthogonal; its error is that of the residuals.
    Source: Glasserman (2003), section 4.1; Hesterberg and Nelson (1998).
    """
    yuan = fen / 100.0
    years = len(yuan)
    scaled = (yuan - mean) / (sd or 1.0)
    first = scaled - scaled.mean()
    square = scaled**2 - (1.0 if sd else 0.0)
    size = float(np.mean(first**2)) or 1.0
    slope = float(np.mean(square * first)) / size
    second = square - square.mean() - slope * first
    other = float(np.mean(second**2)) or 1.0
    off = (float(scaled.mean()) / size, float(square.mean() - slope * scaled.mean()) / other)
    weights = (1.0 - off[0] * first - off[1] * second) / years

    def expect(numbers: np.ndarray) -> Figure:
        left = numbers - numbers.mean()
        left = left - float(np.mean(left * first)) / size * first
        left = left - float(np.mean(left * second)) / other * second
        error = left.std() / np.sqrt(max(years - 3, 1))
        return Figure(float(np.sum(numbers * weights)), error)

    return _measured(yuan, expect, weights=weights)


def correlation(first: np.ndarray, second: np.ndarray, *, replicates: int = 0) -> Figure:
    """Return the correlation of two series (years,), 0 where one does not move.

    The error is (1 − r²)/√years or, with replicates, that of their own correlations.
    """
    value = _correlation(first, second)
    if not replicates:
        return Figure(value, (1.0 - value**2) / np.sqrt(len(first)))
    kinds = range(replicates)
    parts = [_correlation(first[kind::replicates], second[kind::replicates]) for kind in kinds]
    return Figure(value, max(np.std(parts, ddof=1) / np.sqrt(replicates), LEAST_CORRELATION))


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    both = float(first.std() * second.std())
    product = float(np.mean((first - first.mean()) * (second - second.mean())))
    return product / both if both else 0.0


def readers_of(
    inputs: Inputs, form: str, *, points: str = "random", control: str = "none"
) -> Sequence[Reader]:
    """Return how the figures of each plan and, last, of the total are read off drawn years.

    `points` is "random" or "sobol", `control` "none" or "exact".
    """
    if points == "sobol":
        return (replicated,) * (len(inputs.plans) + 1)
    if control == "exact":
        laws = year_laws(inputs, form).laws
        return tuple(partial(controlled, mean=law.mean, sd=law.sd) for law in laws)
    return (Sample.of_fen,) * (len(inputs.plans) + 1)
