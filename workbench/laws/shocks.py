"""Shocks that multiply expected numbers of claims: gamma, inverse Gaussian, a law of regimes.

Floor 1.1. Given a shock θ a number of claims is Poisson with mean λθ, so its generating function
is E exp(λ(z − 1)θ): all that is asked of a shock is its transform at λ(z − 1).
Source: Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), section 7.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from workbench.guard import in_range
from workbench.laws.discrete import Discrete
from workbench.laws.sizes import SizeLaw, positive

__all__ = ["GammaShock", "InverseGaussianShock", "Regimes", "Shock"]


class Shock:
    """Law of a factor θ >= 0."""

    __slots__ = ()

    def log_transform(self, s: np.ndarray) -> np.ndarray:
        """Logarithm of E exp(sθ), complex s with real part <= 0 or a little above."""
        raise NotImplementedError

    def moment(self, order: int) -> float:
        """E[θ^order], orders 0 to 3."""
        raise NotImplementedError

    def from_uniform(self, u: np.ndarray) -> np.ndarray:
        """Return factors made from numbers evenly spread over (0, 1)."""
        raise NotImplementedError

    @property
    def variance(self) -> float:
        """Var[θ]."""
        return self.moment(2) - self.moment(1) ** 2

    @property
    def third_central(self) -> float:
        """E[(θ − Eθ)³]."""
        mean = self.moment(1)
        return self.moment(3) - 3.0 * mean * self.moment(2) + 2.0 * mean**3


@dataclass(frozen=True, slots=True)
class GammaShock(Shock):
    """Gamma factor with mean 1 and this coefficient of variation; counts are negative binomial."""

    cv: float

    def __post_init__(self) -> None:
        positive("cv", self.cv)

    def log_transform(self, s: np.ndarray) -> np.ndarray:
        """Logarithm of E exp(sθ) = −ln(1 − cv²s)/cv²."""
        square = self.cv**2
        return -np.log1p(-square * s) / square

    def moment(self, order: int) -> float:
        """E[θ^order]."""
        return float(np.prod(1.0 + self.cv**2 * np.arange(order)))

    def from_uniform(self, u: np.ndarray) -> np.ndarray:
        """Return factors made from numbers evenly spread over (0, 1)."""
        square = self.cv**2
        return square * gammaincinv(1.0 / square, u)


@dataclass(frozen=True, slots=True)
class InverseGaussianShock(Shock):
    """Inverse Gaussian factor with mean 1 and this coefficient of variation."""

    cv: float

    def __post_init__(self) -> None:
        positive("cv", self.cv)

    def log_transform(self, s: np.ndarray) -> np.ndarray:
        """Logarithm of E exp(sθ) = (1 − √(1 − 2·cv²·s))/cv²."""
        square = self.cv**2
        return (1.0 - np.sqrt(1.0 - 2.0 * square * s)) / square

    def moment(self, order: int) -> float:
        """E[θ^order], orders 0 to 3."""
        square = self.cv**2
        return (1.0, 1.0, 1.0 + square, 1.0 + 3.0 * square + 3.0 * square**2)[order]

    def from_uniform(self, u: np.ndarray) -> np.ndarray:
        """Return factors made from numbers evenly spread over (0, 1)."""
        from workbench.laws.continuous import InverseGaussian

        return InverseGaussian(1.0, self.cv**2).quantile(u)


@dataclass(frozen=True, slots=True, eq=False)
class Regimes(Shock):
    """One of a few states of the year: `factors` (n,) with `probabilities` (n,) of sum 1."""

    factors: Sequence[float] | np.ndarray
    probabilities: Sequence[float] | np.ndarray

    def __post_init__(self) -> None:
        in_range("mean of factors", self._law().mean, 1e-12, 1e6)

    def _law(self) -> SizeLaw:
        return Discrete(self.factors, self.probabilities)

    def log_transform(self, s: np.ndarray) -> np.ndarray:
        """Ln Σ probability · exp(s · factor)."""
        pairs = zip(np.asarray(self.factors), np.asarray(self.probabilities), strict=True)
        with np.errstate(over="ignore", divide="ignore"):
            return np.log(np.asarray(sum(share * np.exp(factor * s) for factor, share in pairs)))

    def moment(self, order: int) -> float:
        """E[θ^order]."""
        return self._law().moment(order)

    def from_uniform(self, u: np.ndarray) -> np.ndarray:
        """Return factors made from numbers evenly spread over (0, 1)."""
        return self._law().quantile(u)
