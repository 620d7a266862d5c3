"""Chain ladder with Mack's errors, by origin and in total, with a tail.

Floor 4, inside `reserving.methods`. Source: Mack (1993), ASTIN Bulletin 23(2); Mack (1999), ASTIN
Bulletin 29(2), for the recursion and the tail.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.guard import freeze
from workbench.reserving.methods.selection import Selection
from workbench.triangles import Triangle

__all__ = ["ChainLadder", "Development", "chain_ladder", "development_of"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Development:
    """Factors of a triangle.

    `factors` f (steps,), with the tail as a last step where there is one; `sigma2` σ² and
    `variance` of the estimated factor, both (steps,); `weight` Σ C that each factor rests on;
    `averages` the volume-weighted averages before any selection, without a tail.
    """

    factors: np.ndarray
    sigma2: np.ndarray
    variance: np.ndarray
    weight: np.ndarray
    averages: np.ndarray
    has_tail: bool

    @property
    def to_ultimate(self) -> np.ndarray:
        """Factor from each period to the end, (periods,)."""
        steps = self.factors if self.has_tail else np.append(self.factors, 1.0)
        return np.cumprod(steps[::-1])[::-1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainLadder:
    """Chain ladder of a triangle; amounts by origin (origins,) and in total, in its unit.

    `process` and `parameter` are the two parts of the standard error; `completed` (origins,
    periods, and one more with a tail) known amounts and forecasts.
    """

    triangle: Triangle
    selection: Selection
    development: Development
    completed: np.ndarray
    process: np.ndarray
    parameter: np.ndarray
    total_parameter: float

    @property
    def ultimate(self) -> np.ndarray:
        """Expected amount at the end, (origins,)."""
        return self.completed[:, -1]

    @property
    def reserve(self) -> np.ndarray:
        """Ultimate less the latest known amount, (origins,)."""
        return self.ultimate - self.triangle.latest

    @property
    def standard_error(self) -> np.ndarray:
        """Root of the mean square error of prediction, (origins,)."""
        return np.hypot(self.process, self.parameter)

    @property
    def total_standard_error(self) -> float:
        """The same for the sum over origins."""
        return float(np.hypot(np.sqrt(np.sum(self.process**2)), self.total_parameter))


def _links(triangle: Triangle, selection: Selection) -> np.ndarray:
    """Which link ratios count, bool (origins, steps)."""
    used = triangle.known[:, 1:].copy()
    for row, column in selection.left_out:
        used[row, column] = False
    return used


def _sigmas(spread: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """σ² of each step; where one ratio alone stands, Mack's rule from the two steps before.

    Source: Mack (1993), section 3: min(σ⁴ₖ₋₁/σ²ₖ₋₂, σ²ₖ₋₂, σ²ₖ₋₁).
    """
    sigma2 = np.divide(spread, numbers - 1, out=np.zeros(len(spread)), where=numbers > 1)
    for place in np.flatnonzero(numbers <= 1):
        before = sigma2[max(place - 2, 0) : place]
        if len(before) == 2:
            ratio = before[1] ** 2 / before[0] if before[0] > 0.0 else 0.0
            sigma2[place] = min(ratio, before.min())
        elif len(before) == 1:
            sigma2[place] = before[0]
    return sigma2


def development_of(triangle: Triangle, selection: Selection | None = None) -> Development:
    """Return factors, σ² and their variances; σ² is about the selected factor where there is one.

    Raises
    ------
    InputRefused
        `unknown-choice` where the selection names what the triangle has not, or leaves a step
        without a ratio.
    """
    selection = selection or Selection()
    selection.check(triangle)
    used, cells = _links(triangle, selection), np.nan_to_num(triangle.cumulative)
    start, end = np.where(used, cells[:, :-1], 0.0), np.where(used, cells[:, 1:], 0.0)
    weight = start.sum(axis=0)
    averages = np.divide(end.sum(axis=0), weight, out=np.ones(len(weight)), where=weight > 0.0)
    factors = averages.copy()
    for place, value in selection.factors.items():
        factors[place] = value
    ratio = np.divide(end, start, out=np.ones(start.shape), where=start > 0.0)
    spread = np.sum(start * (ratio - factors) ** 2, axis=0)
    sigma2 = _sigmas(spread, used.sum(axis=0))
    variance = np.divide(sigma2, weight, out=np.zeros(len(weight)), where=weight > 0.0)
    plain = Development(
        factors=freeze(factors),
        sigma2=freeze(sigma2),
        variance=freeze(variance),
        weight=freeze(weight),
        averages=freeze(averages),
        has_tail=False,
    )
    return plain if selection.tail == 1.0 else _with_tail(plain, selection.tail)


def _line(places: np.ndarray, values: np.ndarray, at: float) -> float:
    """Value at `at` of the least-squares line through the logarithms of positive values."""
    some = values > 0.0
    if some.sum() < 2:
        return float(values[some][-1]) if some.any() else 0.0
    slope, level = np.polyfit(places[some], np.log(values[some]), 1)
    return float(np.exp(level + slope * at))


def _with_tail(plain: Development, tail: float) -> Development:
    """Add the tail: its σ and error stand where the line through ln(f − 1) reaches it.

    Source: Mack (1999), section 4.
    """
    places = np.arange(1.0, len(plain.factors) + 1.0)
    rising = plain.factors > 1.0
    at = places[-1] + 1.0
    if rising.sum() >= 2:
        slope, level = np.polyfit(places[rising], np.log(plain.factors[rising] - 1.0), 1)
        if slope < 0.0:
            at = float((np.log(tail - 1.0) - level) / slope)
    sigma = _line(places, np.sqrt(plain.sigma2), at)
    error = _line(places, np.sqrt(plain.variance), at)
    return Development(
        factors=freeze(np.append(plain.factors, tail)),
        sigma2=freeze(np.append(plain.sigma2, sigma**2)),
        variance=freeze(np.append(plain.variance, error**2)),
        weight=freeze(np.append(plain.weight, np.nan)),
        averages=plain.averages,
        has_tail=True,
    )


def chain_ladder(triangle: Triangle, selection: Selection | None = None) -> ChainLadder:
    """Return the chain ladder of a triangle with Mack's standard errors.

    Parameters
    ----------
    triangle
        Cumulative amounts.
    selection
        Factors, cells left out and a tail chosen by the actuary; they flow into the errors.

    Raises
    ------
    InputRefused
        See `development_of`.
    """
    selection = selection or Selection()
    development = development_of(triangle, selection)
    steps, ages = len(development.factors), triangle.ages
    cells = np.full((len(ages), steps + 1), np.nan)
    cells[:, : len(triangle.periods)] = triangle.cumulative
    process, parameter = np.zeros((2, len(ages)))
    total = 0.0
    for step in range(steps):
        open_ = ages <= step + 1
        now = cells[open_, step]
        factor, sigma2 = development.factors[step], development.sigma2[step]
        variance = development.variance[step]
        process[open_] = process[open_] * factor**2 + np.maximum(now, 0.0) * sigma2
        parameter[open_] = parameter[open_] * factor**2 + now**2 * variance
        total = total * factor**2 + now.sum() ** 2 * variance
        cells[open_, step + 1] = now * factor
    return ChainLadder(
        triangle=triangle,
        selection=selection,
        development=development,
        completed=freeze(cells),
        process=freeze(np.sqrt(process)),
        parameter=freeze(np.sqrt(parameter)),
        total_parameter=float(np.sqrt(total)),
    )
