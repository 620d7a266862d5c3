"""What every law of a claim's size can be asked: the one noun of severity.

Floor 1.1. A law gives its survival function, quantile, moments and partial moments in closed form;
the rest follows here. Amounts are never negative. Source: Klugman, Panjer and Willmot, Loss Models
(4th ed., 2012), chapters 3 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.guard import freeze, in_range

__all__ = ["Atoms", "SizeLaw", "finite", "from_zero", "positive"]

SMALLEST, LARGEST = 1e-12, 1e15
"""Range of a parameter that must be positive; amounts and counts of any scheme lie inside."""


def positive(name: str, value: Any) -> float:
    """Return a positive parameter; refuse others with `value-out-of-range`."""
    return in_range(name, value, SMALLEST, LARGEST)


def from_zero(name: str, value: Any) -> float:
    """Return a parameter of at least 0; refuse others with `value-out-of-range`."""
    return in_range(name, value, 0.0, LARGEST)


def finite(name: str, value: Any) -> float:
    """Return a finite parameter of either sign; refuse others."""
    return in_range(name, value, -LARGEST, LARGEST)


@dataclass(frozen=True, slots=True)
class Atoms:
    """Amounts that have a positive probability, ascending and different; both shape (n,)."""

    values: np.ndarray
    masses: np.ndarray

    @classmethod
    def of(cls, values: Any, masses: Any) -> Atoms:
        """Return the atoms with equal values joined and empty ones left out."""
        values, masses = np.atleast_1d(values).astype(float), np.atleast_1d(masses).astype(float)
        kept = masses > 0.0
        different, place = np.unique(values[kept], return_inverse=True)
        joined = np.bincount(place, weights=masses[kept], minlength=len(different))
        return cls(freeze(different), freeze(joined))

    @property
    def total(self) -> float:
        """Probability of all atoms together."""
        return float(self.masses.sum())

    def below(self, x: np.ndarray, order: int = 0) -> np.ndarray:
        """Σ mass · value^order over the atoms at or below each `x`."""
        sums = np.concatenate([[0.0], np.cumsum(self.masses * self.values**order)])
        return sums[np.searchsorted(self.values, x, side="right")]


class SizeLaw:
    """Law of one amount X >= 0.

    A law of its own gives `survival`, `quantile`, `moment` and `partial_moment`; one with atoms
    also `atoms`. Arrays may have any shape; a moment that does not exist is inf.
    """

    __slots__ = ()

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x)."""
        raise NotImplementedError

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level."""
        raise NotImplementedError

    def moment(self, order: int) -> float:
        """E[X^order]."""
        raise NotImplementedError

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x] at finite x."""
        raise NotImplementedError

    def atoms(self) -> Atoms:
        """Amounts that have a positive probability; none for a law with a density."""
        return Atoms.of([], [])

    @property
    def is_discrete(self) -> bool:
        """Whether the law has no density part."""
        return False

    @property
    def largest(self) -> float:
        """Largest possible amount, or inf."""
        return float("inf")

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """P(X <= x)."""
        return 1.0 - self.survival(x)

    def limited_moment(self, x: np.ndarray, order: int = 1) -> np.ndarray:
        """E[min(X, x)^order]; the moment itself at x = inf."""
        x = np.maximum(np.asarray(x, dtype=float), 0.0)
        near = np.where(np.isinf(x), 0.0, x)
        inside = self.partial_moment(near, order) + near**order * self.survival(near)
        return np.where(np.isinf(x), self.moment(order), inside)

    def limited_mean(self, x: np.ndarray) -> np.ndarray:
        """E[min(X, x)]; the mean at x = inf."""
        return self.limited_moment(x, 1)

    def mean_excess(self, x: float) -> float:
        """E[X − x | X > x]."""
        return (self.moment(1) - float(self.limited_mean(np.asarray(x)))) / float(
            self.survival(np.asarray(x))
        )

    def from_uniform(self, u: np.ndarray) -> np.ndarray:
        """Return amounts made from numbers evenly spread over (0, 1), shape of `u`."""
        return self.quantile(u)

    @property
    def mean(self) -> float:
        """E[X]."""
        return self.moment(1)

    @property
    def variance(self) -> float:
        """Var[X]."""
        second = self.moment(2)
        return max(second - self.moment(1) ** 2, 0.0) if np.isfinite(second) else second

    @property
    def sd(self) -> float:
        """Standard deviation."""
        return float(np.sqrt(self.variance))

    @property
    def cv(self) -> float:
        """Coefficient of variation."""
        return self.sd / self.mean
