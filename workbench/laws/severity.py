"""Laws of one event's size: cost of a stay, days of a stay, degree of a disability.

Floor 1. Closed forms over `scipy.special` only. Source: docs/model.md section 3; Klugman, Panjer
and Willmot, Loss Models (4th ed., 2012), appendix A (lognormal, exponential).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from workbench.laws.sizes import SizeLaw

__all__ = [
    "Lognormal",
    "capped_exponential_lattice",
    "capped_exponential_mean",
    "days_law",
    "hat_weights",
    "lognormal_days",
]


@dataclass(frozen=True, slots=True)
class Lognormal(SizeLaw):
    """X = exp(mu + sigma·Z), Z standard normal; yuan or days before rounding."""

    mu: float
    sigma: float

    @classmethod
    def from_mean_cv(cls, mean: float, cv: float) -> Lognormal:
        """Return the law with this mean and coefficient of variation (both > 0)."""
        variance = np.log1p(cv * cv)
        return cls(float(np.log(mean) - variance / 2), float(np.sqrt(variance)))

    @property
    def mean(self) -> float:
        """E[X]."""
        return float(np.exp(self.mu + self.sigma**2 / 2))

    @property
    def kinks(self) -> tuple[float, ...]:
        """Amounts between which the law is smooth, yuan: none."""
        return ()

    def at_score(self, z: np.ndarray) -> np.ndarray:
        """Amount at a normal score, any shape."""
        return np.exp(self.mu + self.sigma * z)

    def score(self, x: float) -> float:
        """Normal score of an amount above 0."""
        return float((np.log(x) - self.mu) / self.sigma)

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x), any shape; 1 for x <= 0."""
        with np.errstate(divide="ignore"):
            z = (np.log(np.maximum(x, 0.0)) - self.mu) / self.sigma
        return ndtr(-z)

    def limited_mean(self, x: np.ndarray) -> np.ndarray:
        """E[min(X, x)], any shape; E[X] for x = inf. Source: Loss Models, appendix A.5.1.1."""
        x = np.asarray(x, dtype=float)
        with np.errstate(divide="ignore"):
            z = (np.log(np.maximum(x, 0.0)) - self.mu) / self.sigma
        tail = np.where(np.isinf(x), 0.0, x) * ndtr(-z)
        return self.mean * ndtr(z - self.sigma) + tail

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level."""
        return np.exp(self.mu + self.sigma * ndtri(level))

    def moment(self, order: int) -> float:
        """E[X^order]."""
        return float(np.exp(order * self.mu + (order * self.sigma) ** 2 / 2))

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x]. Source: Loss Models, appendix A.5.1.1."""
        with np.errstate(divide="ignore"):
            z = (np.log(np.maximum(x, 0.0)) - self.mu) / self.sigma
        return self.moment(order) * ndtr(z - order * self.sigma)


def lognormal_days(law: Lognormal, most: int) -> np.ndarray:
    """Return the upper edges in Z of L = 1, 2, …, most−1 for L = max(1, floor(X + 0.5)).

    Shape (most−1,): L <= l exactly where Z < edges[l−1], since floor(X + 0.5) <= l iff X < l + 0.5.
    """
    return (np.log(np.arange(1, most) + 0.5) - law.mu) / law.sigma


def days_law(
    edges: np.ndarray, correlation: float = 0.0, z: np.ndarray | None = None
) -> np.ndarray:
    """Return P(L = l) for l = 1 … most, the last entry holding L >= most.

    Without `z` the shape is (most,). With `z` (n,), the normal score of the cost, the law given
    the cost, shape (n, most): Z2 given Z1 = z is normal with mean correlation·z and variance
    1 − correlation² (Gaussian copula, docs/model.md section 3).
    """
    if z is None:
        below = ndtr(edges)
    else:
        spread = np.sqrt(1.0 - correlation**2)
        below = ndtr((edges[None, :] - correlation * np.asarray(z)[:, None]) / spread)
    ones = np.ones(below.shape[:-1] + (1,))
    return np.diff(np.concatenate([0.0 * ones, below, ones], axis=-1), axis=-1)


def hat_weights(limited_means: np.ndarray, step: float) -> np.ndarray:
    """Return probabilities on 0, step, 2·step, … that keep the mean of a law on [0, n·step].

    Parameters
    ----------
    limited_means
        E[min(Y, j·step)] for j = 0 … n, shape (n + 1,); Y <= n·step.
    step
        Lattice step, yuan.

    Notes
    -----
    Source: local matching of the first moment, Gerber (1982); Loss Models (2012), section 9.6.5.2.
    """
    slopes = np.diff(limited_means) / step
    return -np.diff(np.concatenate([[1.0], slopes, [0.0]]))


def capped_exponential_mean(mean: float) -> float:
    """E[min(E, 1)], E exponential with `mean`. Source: Loss Models, appendix A.3.3.1."""
    return float(-mean * np.expm1(-1.0 / mean))


def capped_exponential_lattice(mean: float, steps: int) -> np.ndarray:
    """Return the lattice law of min(E, 1), E exponential with `mean`, on j/steps; (steps + 1,)."""
    limits = np.arange(steps + 1) / steps
    return hat_weights(-mean * np.expm1(-limits / mean), 1.0 / steps)
