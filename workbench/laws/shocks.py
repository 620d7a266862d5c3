"""Shocks that multiply expected numbers of claims: gamma, inverse Gaussian, a law of regimes.

Floor 1.1. Given a shock θ a number of claims is Poisson with mean λθ, so its generating function
is E exp(λ(z − 1)θ): all that is asked of a shock is its transform at λ(z − 1).
Source: Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), section 7.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaincinv, gammaln

from workbench.guard import in_range
from workbench.laws.discrete import Discrete
from workbench.laws.sizes import SizeLaw, positive

__all__ = ["GammaRegimes", "GammaShock", "InverseGaussianShock", "Regimes", "Shock"]

TAIL, GRID, NEWTON_STEPS = 1e-14, 4096, 4


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


@dataclass(frozen=True, slots=True)
class GammaRegimes(Shock):
    """A state of the year, and a gamma factor inside it; scaled to mean 1.

    `factors` (n,) of the states, `probabilities` (n,) of sum 1, `cv` inside a state (0: none).
    """

    factors: tuple[float, ...] = (1.0,)
    probabilities: tuple[float, ...] = (1.0,)
    cv: float = 0.0

    def __post_init__(self) -> None:
        in_range("cv", self.cv, 0.0, 10.0)
        mean = Discrete(self.factors, self.probabilities).mean
        in_range("mean of factors", mean, 1e-12, 1e6)
        scaled = tuple(float(factor) / mean for factor in self.factors)
        object.__setattr__(self, "factors", scaled)
        object.__setattr__(self, "probabilities", tuple(map(float, self.probabilities)))

    def log_transform(self, s: np.ndarray) -> np.ndarray:
        """Ln Σ probability · (1 − cv²·factor·s)^(−1/cv²)."""
        square = self.cv**2
        total = np.zeros(np.shape(s), dtype=complex)
        for factor, share in zip(self.factors, self.probabilities, strict=True):
            inside = -np.log1p(-square * factor * s) / square if square else factor * s
            total = total + share * np.exp(inside)
        with np.errstate(divide="ignore"):
            return np.log(total)

    def moment(self, order: int) -> float:
        """E[θ^order]: that of the states times that of the gamma factor."""
        states = sum(
            share * factor**order
            for factor, share in zip(self.factors, self.probabilities, strict=True)
        )
        return float(states * np.prod(1.0 + self.cv**2 * np.arange(order)))

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """P(θ <= x), any shape."""
        return self.partial_moment(x, 0)

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[θ^order; θ <= x], orders 0 and 1, any shape; with cv = 0 a sum of steps."""
        x = np.asarray(x, dtype=float)
        total = np.zeros(x.shape)
        for factor, share in zip(self.factors, self.probabilities, strict=True):
            if self.cv:
                shape = 1.0 / self.cv**2
                below = gammainc(shape + order, shape * np.maximum(x, 0.0) / factor)
            else:
                below = (x >= factor).astype(float)
            total += share * factor**order * below
        return total

    def from_uniform(self, u: np.ndarray) -> np.ndarray:
        """Return factors made from numbers evenly spread over (0, 1): the quantile function."""
        u = np.asarray(u, dtype=float)
        held = [f for f, p in zip(self.factors, self.probabilities, strict=True) if p > 0.0]
        if not self.cv:
            return Discrete(self.factors, self.probabilities).quantile(u)
        shape = 1.0 / self.cv**2
        if len(held) == 1:
            return held[0] * gammaincinv(shape, u) / shape
        ends = gammaincinv(shape, TAIL) / shape, gammaincinv(shape, 1.0 - TAIL) / shape
        grid = np.linspace(min(held) * ends[0], max(held) * ends[1], GRID)
        below = self.cdf(grid)
        x = np.interp(u, below, grid)
        place = np.clip(np.searchsorted(below, u), 1, GRID - 1)
        for _ in range(NEWTON_STEPS):
            ahead = x - (self.cdf(x) - u) / np.maximum(self._density(x), 1e-300)
            x = np.clip(ahead, grid[place - 1], grid[place])
        return x

    def _density(self, x: np.ndarray) -> np.ndarray:
        """Density at x > 0."""
        shape = 1.0 / self.cv**2
        total = np.zeros(np.shape(x))
        for factor, share in zip(self.factors, self.probabilities, strict=True):
            y = shape * x / factor
            total += share * np.exp((shape - 1.0) * np.log(y) - y - gammaln(shape)) * shape / factor
        return total
