"""The law of a compound total, read: probabilities, quantiles, tail means, layers, with errors.

Floor 3. Every scalar answer is a `Computed`: a float that carries the bound of its numerical error,
made of the distance between the best refinement and one from coarser lattices, the distance between
two readings between points, what wraps round the window, and rounding.
Source: docs/laws.md section 5; Acerbi and Tasche (2002) for the tail mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.engine.compound.reading import NODES, SNAP, WEIGHTS, Reading
from workbench.guard import in_range

__all__ = ["CompoundLaw", "Computed"]

MOMENT_ERROR = 1e-12
TIE = 1e-13
UNSETTLED = 1e-3
"""Part of the fall between two points by which two interpolations may differ."""


class Computed(float):
    """A number with `error`, the bound of its numerical error, and `value`, the plain float."""

    __slots__ = ("error",)
    error: float

    def __new__(cls, value: float, error: float) -> Computed:
        """Return the number that carries its error."""
        number = super().__new__(cls, value)
        number.error = float(error)
        return number

    @property
    def value(self) -> float:
        """The number alone."""
        return float(self)

    def __repr__(self) -> str:
        return f"{float(self)!r} ± {self.error:.1g}"

    def __getnewargs__(self) -> tuple[float, float]:  # type: ignore[override]
        return float(self), self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class CompoundLaw:
    """Law of a yearly total S >= 0.

    `blur` is how far amounts with a probability off the lattice blur the law, an amount.
    `fine` is the best refinement, `rough` one from coarser lattices; `alias` bounds what wraps
    round the window, as a probability; `noise` rounding, likewise; `tilt` per amount; `cumulants`
    (3,) in closed form; `ceiling` the most that a year pays. Amounts may be scalars or arrays; a
    scalar gives a `Computed`.
    """

    fine: Reading
    rough: Reading
    alias: float
    noise: float
    tilt: float
    cumulants: np.ndarray
    blur: float = 0.0
    ceiling: float = float("inf")

    @property
    def is_discrete(self) -> bool:
        """Whether the law lives on a lattice; `step` is then its step."""
        return self.fine.smooth is None

    @property
    def step(self) -> float:
        """Distance of the points at which the law is kept."""
        return self.fine.step

    @property
    def roughness(self) -> float:
        """Largest error of a probability from the step, over all points."""
        if self.fine.smooth is None or self.rough.smooth is None:
            return 0.0
        return float(np.max(np.abs(self.fine.smooth - self.rough.smooth)))

    @property
    def reach(self) -> float:
        """Largest amount that can be asked for where the tail is heavy, else inf."""
        return self._top if self.tilt else float("inf")

    @property
    def _top(self) -> float:
        return self.fine.start + self.fine.step * (len(self.fine.atoms) - 1)

    def _inside(self, x: Any) -> np.ndarray:
        """Amounts that the window holds: refused beyond a heavy window, clipped beyond a light."""
        array = np.asarray(x, dtype=float)
        if np.isfinite(self.reach):
            in_range("amount", np.max(array, initial=0.0), 0.0, self.reach)
        return np.clip(array, 0.0, self._top)

    def _slack(self, x: np.ndarray) -> np.ndarray:
        """Error of a probability at `x` from wrapping and rounding."""
        return self.alias + self.noise * np.exp(self.tilt * x)

    def survival(self, x: Any) -> Any:
        """P(S > x)."""
        inside, array = self._inside(x), np.asarray(x, dtype=float)
        found = np.clip(self.fine.survival(inside), 0.0, 1.0)
        found = np.where(array < 0.0, 1.0, np.where(array >= self.ceiling, 0.0, found))
        if np.ndim(x):
            return found
        return Computed(float(found), self._survival_error(inside))

    def _survival_error(self, x: np.ndarray) -> float:
        if self.is_discrete:
            return float(self._slack(x))
        # 1. between points, and half a step aside, where a point itself may be extrapolated
        sides = np.clip(x + self.step * np.array([-0.5, 0.0, 0.5]), 0.0, self._top)
        between = float(np.abs(self.fine.survival(sides) - self.fine.survival(sides, 4)).max())
        drop = self.fine.drop(x)
        if between > UNSETTLED * drop:
            # Interpolation does not settle here (a density without bound): the law falls, so that
            # the values at the two neighbours are bounds.
            between = max(between, drop)
        # 2. orders of refinement, at x and around
        around = np.clip(x + self.step * np.arange(-4, 5), 0.0, self._top)
        orders = np.abs(self.fine.survival(around) - self.rough.survival(around)).max()
        orders += self._usual_gap(x, self.fine.smooth, self.rough.smooth)
        # 3. amounts spread over four points
        ends = np.clip(x + self.blur * np.array([-1.0, 1.0]), 0.0, self._top)
        blurred = float(np.ptp(self.fine.survival(ends)))
        return float(orders + between + blurred + self._slack(x))

    def _usual_gap(self, x: np.ndarray, fine: Any, rough: Any) -> float:
        """Twice the distance of two refinements that most points within half an sd keep below.

        At `x` alone two refinements may meet by chance.
        """
        place = int((float(x) - self.fine.start) / self.step)
        width = max(4, int(0.5 * self._scale / self.step))
        near = slice(max(0, place - width), max(place + width + 1, 1))
        gaps = np.sort(np.abs(fine[near] - rough[near]))
        return 2.0 * float(gaps[int(0.9 * (len(gaps) - 1))])

    def cdf(self, x: Any) -> Any:
        """P(S <= x)."""
        above = self.survival(x)
        if np.ndim(x):
            return 1.0 - above
        return Computed(1.0 - float(above), above.error)

    def probability(self, x: float) -> Computed:
        """P(S = x); 0 where the law has a density alone."""
        if x >= self.ceiling:
            at = x == self.ceiling
            left = self.survival(np.nextafter(self.ceiling, 0.0))
            return Computed(float(left) if at else 0.0, left.error if at else 0.0)
        place = (x - self.fine.start) / self.step
        whole = round(place)
        if not 0 <= whole < len(self.fine.atoms) or abs(place - whole) > SNAP * max(1.0, place):
            return Computed(0.0, 0.0)
        return Computed(float(self.fine.atoms[whole]), float(self._slack(np.asarray(x))))

    def quantile(self, level: Any) -> Any:
        """Least x with P(S <= x) >= level, 0 < level < 1."""
        if np.ndim(level):
            return np.array([float(self.quantile(one)) for one in np.ravel(level)]).reshape(
                np.shape(level)
            )
        target = 1.0 - in_range("level", level, 0.0, 1.0 - 1e-15)
        if self.tilt:
            least = float(self.fine.survival(np.asarray(self.reach)))
            in_range("level", level, 0.0, 1.0 - max(least, 0.0))
        tie = TIE if self.is_discrete else 0.0
        value = self.fine.passed_with(target + tie)
        if value >= self.ceiling:
            return Computed(self.ceiling, 0.0)
        rough = self.rough.passed_with(target + tie)
        slack = self._survival_error(np.asarray(value))
        ends = [self.fine.passed_with(target + tie + sign * slack) for sign in (-1.0, 1.0)]
        error = max(abs(value - rough), *(abs(value - end) for end in ends))
        rounding = 0.0 if self.is_discrete else 4e-16 * value
        return Computed(value, error + rounding + self.blur)

    def stop_loss(self, retention: Any) -> Any:
        """E(S − retention)⁺."""
        inside, array = self._inside(retention), np.asarray(retention, dtype=float)
        found = np.maximum(self._excess(self.fine, inside), 0.0) - np.minimum(array, 0.0)
        if np.ndim(retention):
            return found
        if np.isinf(found):
            return Computed(float(found), 0.0)
        gap = abs(self._excess(self.fine, inside) - self._excess(self.rough, inside))
        gap = gap + self.fine.excess_gap(inside)
        gap = gap + self.blur * float(np.clip(self.fine.survival(inside - self.blur), 0.0, 1.0))
        gap = gap + self._usual_gap(inside, self.fine.excess, self.rough.excess)
        # What a probability lacks, an amount of the size of the window lacks at most.
        slack = self.alias * self._top + self.noise * np.exp(self.tilt * inside) * (
            8.0 * self._scale + inside
        )
        return Computed(float(found), float(gap + slack + MOMENT_ERROR * abs(found)))

    @property
    def _scale(self) -> float:
        """Standard deviation, at least the step; the step where there is none."""
        variance = float(self.cumulants[1])
        return max(variance**0.5, self.step) if np.isfinite(variance) else self.step

    def _excess(self, reading: Reading, x: np.ndarray) -> np.ndarray:
        if np.isinf(self.ceiling):
            return reading.excess_at(x)
        top = self._inside(self.ceiling)
        return np.where(x >= top, 0.0, reading.excess_at(x) - reading.excess_at(top))

    def layer(self, attachment: float, width: float) -> Computed:
        """E min((S − attachment)⁺, width)."""
        low, high = self.stop_loss(attachment), self.stop_loss(attachment + width)
        return Computed(max(float(low) - float(high), 0.0), low.error + high.error)

    def limited_mean(self, x: float) -> Computed:
        """E min(S, x)."""
        return self.layer(0.0, x)

    def tail_mean(self, level: float) -> Computed:
        """VaR + E(S − VaR)⁺/(1 − level): the mean of the worst share 1 − level of years."""
        quantile = self.quantile(level)
        excess = self.stop_loss(float(quantile))
        share = 1.0 - level
        # The sum is stationary in VaR: an error there counts by the probability missed alone.
        missed = quantile.error * self._survival_error(self._inside(float(quantile)))
        return Computed(float(quantile) + float(excess) / share, (excess.error + missed) / share)

    def mean_above(self, level: float) -> Computed:
        """E[S | S > VaR]; differs from the tail mean where VaR has a probability of its own."""
        quantile = self.quantile(level)
        excess, above = self.stop_loss(float(quantile)), self.survival(float(quantile))
        if float(above) <= above.error:
            return Computed(float(quantile), float("inf"))
        ratio = float(excess) / float(above)
        error = (excess.error + ratio * above.error) / float(above) + quantile.error
        return Computed(float(quantile) + ratio, error)

    def _moment(self, change: Callable[[np.ndarray], float]) -> Computed:
        value = change(self.cumulants)
        return Computed(value, abs(value) * MOMENT_ERROR)

    @property
    def mean(self) -> Computed:
        """E[S], in closed form (with a yearly cap: from the law)."""
        if np.isinf(self.ceiling):
            return self._moment(lambda k: float(k[0]))
        return self.stop_loss(0.0)

    @property
    def variance(self) -> Computed:
        """Var[S], in closed form (with a yearly cap: from the law)."""
        if np.isinf(self.ceiling):
            return self._moment(lambda k: float(k[1]))
        values = [self._capped_second(reading) - float(self.mean) ** 2 for reading in self._both]
        slack = 2.0 * self.ceiling * self.mean.error
        gap = abs(values[0] - values[1])
        return Computed(values[0], gap + slack + MOMENT_ERROR * values[0])

    @property
    def _both(self) -> tuple[Reading, Reading]:
        return self.fine, self.rough

    def _capped_second(self, reading: Reading) -> float:
        """E[min(S, ceiling)²] = 2∫E(S − x)⁺dx − 2·ceiling·E(S − ceiling)⁺ over 0 … ceiling."""
        number = max(int(np.ceil(float(self._inside(self.ceiling)) / self.step)), 1)
        step = self.ceiling / number
        x = step * np.arange(number + 1)
        nodes = x[:-1, None] + step * (NODES + 1.0) / 2.0
        inside = self._inside(nodes)
        area = float(np.sum(reading.excess_at(inside) * WEIGHTS) * step / 2.0)
        top = float(reading.excess_at(self._inside(self.ceiling)))
        return 2.0 * (area - self.ceiling * top)

    @property
    def sd(self) -> Computed:
        """Standard deviation."""
        variance = self.variance
        root = float(np.sqrt(max(float(variance), 0.0)))
        return Computed(root, variance.error / (2.0 * root) if root else 0.0)

    @property
    def skewness(self) -> Computed:
        """E[(S − ES)³]/sd³, in closed form; nan with a yearly cap."""
        if np.isfinite(self.ceiling):
            return Computed(float("nan"), float("nan"))
        return self._moment(lambda k: float(k[2] / k[1] ** 1.5))
