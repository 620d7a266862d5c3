"""Laws of size with a density, over `scipy.special`: gamma, Weibull, inverse Gaussian, uniform.

Floor 1.1. Names and parameters follow Klugman, Panjer and Willmot, Loss Models (4th ed., 2012),
appendix A; shape first, scale last. Lognormal: `severity`; Pareto families: `pareto`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaincc, gammaincinv, gammaln, log_ndtr, ndtr

from workbench.guard import in_range
from workbench.laws.sizes import LARGEST, SizeLaw, from_zero, positive

__all__ = ["Exponential", "Gamma", "InverseGaussian", "Uniform", "Weibull"]


def _at(x: np.ndarray) -> np.ndarray:
    return np.maximum(np.asarray(x, dtype=float), 0.0)


@dataclass(frozen=True, slots=True)
class Gamma(SizeLaw):
    """Gamma law: density ∝ x^(shape−1)·exp(−x/scale). Source: Loss Models, A.3."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        positive("shape", self.shape)
        positive("scale", self.scale)

    @classmethod
    def from_mean_cv(cls, mean: float, cv: float) -> Gamma:
        """Return the law with this mean and coefficient of variation (both > 0)."""
        return cls(shape=1.0 / cv**2, scale=mean * cv**2)

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """P(X <= x)."""
        return gammainc(self.shape, _at(x) / self.scale)

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x)."""
        return gammaincc(self.shape, _at(x) / self.scale)

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level."""
        return self.scale * gammaincinv(self.shape, level)

    def moment(self, order: int) -> float:
        """E[X^order]."""
        return float(np.prod(self.scale * (self.shape + np.arange(order))))

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x]."""
        return self.moment(order) * gammainc(self.shape + order, _at(x) / self.scale)


@dataclass(frozen=True, slots=True)
class Exponential(SizeLaw):
    """Exponential law with mean `scale`. Source: Loss Models, A.3."""

    scale: float

    def __post_init__(self) -> None:
        positive("scale", self.scale)

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x)."""
        return np.exp(-_at(x) / self.scale)

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level."""
        with np.errstate(divide="ignore"):
            return -self.scale * np.log1p(-np.asarray(level, dtype=float))

    def moment(self, order: int) -> float:
        """E[X^order]."""
        return float(np.prod(self.scale * np.arange(1, order + 1)))

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x]."""
        return self.moment(order) * gammainc(1.0 + order, _at(x) / self.scale)


@dataclass(frozen=True, slots=True)
class Weibull(SizeLaw):
    """P(X > x) = exp(−(x/scale)^shape). Source: Loss Models, A.3."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        positive("shape", self.shape)
        positive("scale", self.scale)

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x)."""
        return np.exp(-((_at(x) / self.scale) ** self.shape))

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level."""
        with np.errstate(divide="ignore"):
            return self.scale * (-np.log1p(-np.asarray(level, dtype=float))) ** (1.0 / self.shape)

    def moment(self, order: int) -> float:
        """E[X^order]."""
        return float(self.scale**order * np.exp(gammaln(1.0 + order / self.shape)))

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x]."""
        reached = (_at(x) / self.scale) ** self.shape
        return self.moment(order) * gammainc(1.0 + order / self.shape, reached)


@dataclass(frozen=True, slots=True)
class InverseGaussian(SizeLaw):
    """Inverse Gaussian law with this mean; variance dispersion·mean³.

    Source: Loss Models, A.5 (θ = 1/dispersion); its quantile is SciPy's.
    """

    location: float
    dispersion: float

    def __post_init__(self) -> None:
        positive("location", self.location)
        positive("dispersion", self.dispersion)

    def _parts(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return z = √(θ/x)(x − μ)/μ, Φ(z) and exp(2θ/μ)·Φ(−√(θ/x)(x + μ)/μ)."""
        mean, theta = self.location, 1.0 / self.dispersion
        root = np.sqrt(theta / np.maximum(x, 1e-150))
        z = root * (x - mean) / mean
        return z, ndtr(z), np.exp(2.0 * theta / mean + log_ndtr(-root * (x + mean) / mean))

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """P(X <= x)."""
        x = _at(x)
        _, near, far = self._parts(x)
        return np.where(x > 0.0, near + far, 0.0)

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x)."""
        x = _at(x)
        z, _, far = self._parts(x)
        return np.where(x > 0.0, np.maximum(ndtr(-z) - far, 0.0), 1.0)

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level."""
        from scipy.stats import invgauss

        theta = 1.0 / self.dispersion
        return invgauss.ppf(level, self.location / theta, scale=theta)

    def moment(self, order: int) -> float:
        """E[X^order], orders 0 to 3."""
        mean, spread = self.location, self.dispersion * self.location
        factors = (1.0, 1.0, 1.0 + spread, 1.0 + 3.0 * spread + 3.0 * spread**2)
        return float(mean**order * factors[order])

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x], orders 0 to 3.

        From order 2 on by parts, f the density:
        d(x^k f) = x^k f·(k/x − 3/(2x) − θ/(2μ²) + θ/(2x²)).
        """
        x, mean, theta = _at(x), self.location, 1.0 / self.dispersion
        z, near, far = self._parts(x)
        known = [near + far, mean * (near - far)]
        if order < 2:
            return np.where(x > 0.0, known[order], 0.0)
        safe = np.maximum(x, 1e-150)
        density = np.sqrt(theta / (2.0 * np.pi)) * safe**-1.5 * np.exp(-(z**2) / 2.0)
        for k in range(2, order + 1):
            inner = (k - 1.5) * known[-1] + theta / 2.0 * known[-2] - safe**k * density
            known.append(2.0 * mean**2 / theta * inner)
        return np.where(x > 0.0, known[order], 0.0)


@dataclass(frozen=True, slots=True)
class Uniform(SizeLaw):
    """Every amount between `low` and `high` equally likely, 0 <= low < high."""

    low: float
    high: float

    def __post_init__(self) -> None:
        from_zero("low", self.low)
        in_range("high", self.high, np.nextafter(self.low, np.inf), LARGEST)

    @property
    def largest(self) -> float:
        """Largest possible amount."""
        return self.high

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x)."""
        return np.clip((self.high - np.asarray(x, dtype=float)) / (self.high - self.low), 0.0, 1.0)

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level."""
        return self.low + (self.high - self.low) * np.asarray(level, dtype=float)

    def moment(self, order: int) -> float:
        """E[X^order]."""
        return float(self.partial_moment(np.asarray(self.high), order))

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x]."""
        x = np.clip(np.asarray(x, dtype=float), self.low, self.high)
        power = order + 1
        return (x**power - self.low**power) / (power * (self.high - self.low))
