"""Laws of size made from other laws: mixed, scaled, shifted, truncated, spliced.

Floor 1.1. A generalised Pareto tail above a threshold is a mixture of a truncated body and a
shifted tail. Source: Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), chapter 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.guard import in_range
from workbench.laws.discrete import shares
from workbench.laws.pareto import ParetoTail
from workbench.laws.sizes import LARGEST, Atoms, SizeLaw, from_zero, positive

__all__ = ["Mixture", "Scaled", "Shifted", "Truncated", "inflated", "spliced"]


@dataclass(frozen=True, slots=True, eq=False)
class Mixture(SizeLaw):
    """One of `laws` by chance, with `weights` of sum 1."""

    laws: tuple[SizeLaw, ...]
    weights: Sequence[float] | np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "laws", tuple(self.laws))
        object.__setattr__(self, "weights", shares("weights", self.weights))

    def atoms(self) -> Atoms:
        """Amounts that have a positive probability."""
        parts = [law.atoms() for law in self.laws]
        masses = [part.masses * share for part, share in zip(parts, self.weights, strict=True)]
        return Atoms.of(np.concatenate([part.values for part in parts]), np.concatenate(masses))

    @property
    def is_discrete(self) -> bool:
        """Whether the law has no density part."""
        return all(law.is_discrete for law in self.laws)

    @property
    def largest(self) -> float:
        """Largest possible amount, or inf."""
        return max(law.largest for law in self.laws)

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x)."""
        pairs = zip(self.laws, self.weights, strict=True)
        return np.asarray(sum(share * law.survival(x) for law, share in pairs))

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level, by bisection down to neighbouring numbers."""
        level = np.asarray(level, dtype=float)
        ends = np.stack(np.broadcast_arrays(*(law.quantile(level) for law in self.laws)))
        low, high = ends.min(axis=0), ends.max(axis=0)
        low = np.where(self.cdf(low) >= level, np.nextafter(low, -np.inf), low)
        while True:
            middle = low + (high - low) / 2.0
            moved = (middle > low) & (middle < high)
            if not np.any(moved):
                return high
            reached = self.cdf(middle) >= level
            high = np.where(reached & moved, middle, high)
            low = np.where(~reached & moved, middle, low)

    def moment(self, order: int) -> float:
        """E[X^order]."""
        pairs = zip(self.laws, self.weights, strict=True)
        return float(sum(share * law.moment(order) for law, share in pairs if share > 0.0))

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x]."""
        pairs = zip(self.laws, self.weights, strict=True)
        return np.asarray(sum(share * law.partial_moment(x, order) for law, share in pairs))

    def from_uniform(self, u: np.ndarray) -> np.ndarray:
        """Return amounts: `u` chooses the part, its place inside that part's share the amount."""
        u = np.asarray(u, dtype=float)
        ends = np.concatenate([[0.0], np.cumsum(self.weights)])
        chosen = np.clip(np.searchsorted(ends, u, side="right") - 1, 0, len(self.laws) - 1)
        amounts = np.empty(u.shape)
        for place, law in enumerate(self.laws):
            mine = chosen == place
            inside = (u[mine] - ends[place]) / (ends[place + 1] - ends[place])
            amounts[mine] = law.from_uniform(np.clip(inside, 2.0**-54, 1.0 - 2.0**-53))
        return amounts


@dataclass(frozen=True, slots=True)
class Scaled(SizeLaw):
    """factor · X, factor > 0."""

    law: SizeLaw
    factor: float

    def __post_init__(self) -> None:
        positive("factor", self.factor)

    def atoms(self) -> Atoms:
        """Amounts that have a positive probability."""
        inner = self.law.atoms()
        return Atoms(inner.values * self.factor, inner.masses)

    @property
    def is_discrete(self) -> bool:
        """Whether the law has no density part."""
        return self.law.is_discrete

    @property
    def largest(self) -> float:
        """Largest possible amount, or inf."""
        return self.law.largest * self.factor

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(factor · X > x)."""
        if self.law.is_discrete:
            return 1.0 - self.cdf(x)
        return self.law.survival(np.asarray(x, dtype=float) / self.factor)

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """P(factor · X <= x)."""
        if self.law.is_discrete:
            return self.atoms().below(np.asarray(x, dtype=float))
        return self.law.cdf(np.asarray(x, dtype=float) / self.factor)

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(factor · X <= x) >= level."""
        return self.factor * self.law.quantile(level)

    def moment(self, order: int) -> float:
        """E[(factor · X)^order]."""
        return self.factor**order * self.law.moment(order)

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[(factor · X)^order; factor · X <= x]."""
        if self.law.is_discrete:
            return self.atoms().below(np.asarray(x, dtype=float), order)
        near = np.asarray(x, dtype=float) / self.factor
        return self.factor**order * self.law.partial_moment(near, order)

    def from_uniform(self, u: np.ndarray) -> np.ndarray:
        """Return amounts made from numbers evenly spread over (0, 1)."""
        return self.factor * self.law.from_uniform(u)


def inflated(law: SizeLaw, rate: float) -> SizeLaw:
    """Return the law of (1 + rate) · X."""
    return Scaled(law, 1.0 + in_range("rate", rate, -0.99, 100.0))


@dataclass(frozen=True, slots=True)
class Shifted(SizeLaw):
    """X + shift, shift >= 0."""

    law: SizeLaw
    shift: float

    def __post_init__(self) -> None:
        from_zero("shift", self.shift)

    def atoms(self) -> Atoms:
        """Amounts that have a positive probability."""
        inner = self.law.atoms()
        return Atoms(inner.values + self.shift, inner.masses)

    @property
    def is_discrete(self) -> bool:
        """Whether the law has no density part."""
        return self.law.is_discrete

    @property
    def largest(self) -> float:
        """Largest possible amount, or inf."""
        return self.law.largest + self.shift

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X + shift > x)."""
        beyond = np.asarray(x, dtype=float) - self.shift
        return np.where(beyond >= 0.0, self.law.survival(np.maximum(beyond, 0.0)), 1.0)

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X + shift <= x) >= level."""
        return self.shift + self.law.quantile(level)

    def _powers(self, moments: list[np.ndarray], order: int) -> np.ndarray:
        """E[(X + shift)^order] from moments of X, order 0 first."""
        rows = [[1], [1, 1], [1, 2, 1], [1, 3, 3, 1]][order]
        terms = (
            row * self.shift ** (order - power) * moments[power] for power, row in enumerate(rows)
        )
        return np.asarray(sum(terms))

    def moment(self, order: int) -> float:
        """E[(X + shift)^order], orders 0 to 3."""
        return float(
            self._powers([np.asarray(self.law.moment(k)) for k in range(order + 1)], order)
        )

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[(X + shift)^order; X + shift <= x], orders 0 to 3."""
        beyond = np.asarray(x, dtype=float) - self.shift
        near = np.maximum(beyond, 0.0)
        moments = [self.law.partial_moment(near, power) for power in range(order + 1)]
        return np.where(beyond >= 0.0, self._powers(moments, order), 0.0)


@dataclass(frozen=True, slots=True)
class Truncated(SizeLaw):
    """X given low < X <= high; with low = 0 an atom at 0 is kept."""

    law: SizeLaw
    low: float = 0.0
    high: float = float("inf")

    def __post_init__(self) -> None:
        from_zero("low", self.low)
        if np.isfinite(self.high):
            in_range("high", self.high, np.nextafter(self.low, np.inf), LARGEST)
        in_range("probability kept", self._kept, 1e-12, 1.0)

    @property
    def _kept(self) -> float:
        start = float(self.law.survival(np.asarray(self.low))) if self.low > 0.0 else 1.0
        return start - self._cut

    @property
    def _before(self) -> float:
        return float(self.law.cdf(np.asarray(self.low))) if self.low > 0.0 else 0.0

    @property
    def _cut(self) -> float:
        return float(self.law.survival(np.asarray(self.high))) if np.isfinite(self.high) else 0.0

    def atoms(self) -> Atoms:
        """Amounts that have a positive probability."""
        inner = self.law.atoms()
        above = (inner.values > self.low) | (self.low == 0.0)
        kept = above & (inner.values <= self.high)
        return Atoms(inner.values[kept], inner.masses[kept] / self._kept)

    @property
    def is_discrete(self) -> bool:
        """Whether the law has no density part."""
        return self.law.is_discrete

    @property
    def largest(self) -> float:
        """Largest possible amount, or inf."""
        return min(self.law.largest, self.high)

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x) given the range."""
        inside = np.clip(np.asarray(x, dtype=float), self.low, self.high)
        return (self.law.survival(inside) - self._cut) / self._kept

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level, given the range."""
        found = self.law.quantile(self._before + np.asarray(level, dtype=float) * self._kept)
        return np.clip(found, self.low, self.high)

    def moment(self, order: int) -> float:
        """E[X^order] given the range."""
        high = min(self.high, self.law.largest)
        whole = self.law.moment(order) if np.isinf(high) else self._until(high, order)
        return float((whole - self._until(self.low, order)) / self._kept)

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x] given the range."""
        inside = np.clip(np.asarray(x, dtype=float), self.low, self.high)
        return (self.law.partial_moment(inside, order) - self._until(self.low, order)) / self._kept

    def _until(self, x: float, order: int) -> float:
        if x == 0.0:
            return 0.0
        return float(self.law.partial_moment(np.asarray(x), order))


def spliced(
    body: SizeLaw, threshold: float, *, shape: float, scale: float, share: float | None = None
) -> Mixture:
    """Return `body` up to a threshold and a generalised Pareto tail above it.

    Parameters
    ----------
    body
        Law below the threshold.
    threshold
        Amount above which the tail holds.
    shape, scale
        Tail: P(X − threshold > x | X > threshold) = (1 + shape·x/scale)^(−1/shape).
    share
        P(X > threshold); the body's own by default.
    """
    above = float(body.survival(np.asarray(threshold))) if share is None else share
    tail = Shifted(ParetoTail(shape, scale), positive("threshold", threshold))
    return Mixture((Truncated(body, 0.0, threshold), tail), (1.0 - above, above))
