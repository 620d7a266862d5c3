"""Laws of the number of claims: the (a, b, 0) and (a, b, 1) classes, and a table of counts.

Floor 1.1. A law gives its generating function E z^N (its logarithm, so that large numbers of
claims neither overflow nor vanish), its probabilities and factorial moments. Mixed and compound
counts are in `mixed_counts`. Source: Klugman, Panjer and Willmot, Loss Models (4th ed., 2012),
chapter 6 and appendix B; Panjer (1981), ASTIN Bulletin 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.fft import fft
from scipy.special import gammaln, xlog1py, xlogy

from workbench.guard import in_range, whole_number
from workbench.laws.discrete import shares
from workbench.laws.sizes import positive

__all__ = [
    "Binomial",
    "Counts",
    "ExtendedNegativeBinomial",
    "FrequencyLaw",
    "Logarithmic",
    "NegativeBinomial",
    "Poisson",
    "ZeroModified",
    "zero_truncated",
]

TABLE_TAIL, MOST_COUNTS = 1e-15, 1 << 24


class FrequencyLaw:
    """Law of a number of claims N = 0, 1, 2, …"""

    __slots__ = ()

    def log_pgf(self, z: np.ndarray) -> np.ndarray:
        """Logarithm of E z^N: complex |z| <= 1, or real z a little above 1 (nan if infinite)."""
        raise NotImplementedError

    def factorial_moment(self, order: int) -> float:
        """E[N(N − 1)…(N − order + 1)], orders 1 to 3."""
        raise NotImplementedError

    @property
    def most(self) -> float:
        """Largest possible number, or inf."""
        return float("inf")

    def pgf(self, z: np.ndarray) -> np.ndarray:
        """E z^N, any shape, complex or real."""
        return np.exp(self.log_pgf(z))

    def pmf(self, n: np.ndarray) -> np.ndarray:
        """P(N = n), by inverting the generating function on the unit circle."""
        n = np.asarray(n)
        table = self._inverted(int(np.max(n, initial=0)) + 1)
        return np.where(n >= 0, table[np.maximum(n, 0)], 0.0)

    def _inverted(self, least: int) -> np.ndarray:
        """Probabilities of 0 … by FFT, on a circle long enough for what wraps round to vanish."""
        size = 1 << int(np.ceil(np.log2(least + self.mean + 20.0 * self.sd + 64.0)))
        while True:
            points = np.exp(2j * np.pi * np.arange(size) / size)
            table = np.maximum(fft(self.pgf(points)).real / size, 0.0)
            if table[size // 2 :].sum() < TABLE_TAIL * size or size >= MOST_COUNTS:
                return table
            size *= 2

    def cumulative(self) -> np.ndarray:
        """P(N <= n) for n = 0, 1, … up to where it is 1 but for 1e-15, shape (k,)."""
        size = 1 << int(np.ceil(np.log2(self.mean + 12.0 * self.sd + 64.0)))
        if np.isfinite(self.most):
            return np.cumsum(self.pmf(np.arange(int(self.most) + 1)))
        while True:
            table = self.pmf(np.arange(size))
            if table[-1] < TABLE_TAIL or size >= MOST_COUNTS:
                return np.cumsum(table)
            size *= 2

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least n with P(N <= n) >= level, int64."""
        table = self.cumulative()
        return np.minimum(np.searchsorted(table, np.asarray(level) - 1e-14), len(table) - 1)

    @property
    def mean(self) -> float:
        """E[N]."""
        return self.factorial_moment(1)

    @property
    def variance(self) -> float:
        """Var[N]."""
        return self.factorial_moment(2) + self.mean - self.mean**2

    @property
    def sd(self) -> float:
        """Standard deviation."""
        return float(np.sqrt(max(self.variance, 0.0)))

    @property
    def third_central(self) -> float:
        """E[(N − EN)³]."""
        first, second, third = (self.factorial_moment(order) for order in (1, 2, 3))
        raw2, raw3 = second + first, third + 3.0 * second + first
        return raw3 - 3.0 * first * raw2 + 2.0 * first**3


@dataclass(frozen=True, slots=True)
class Poisson(FrequencyLaw):
    """Poisson law with mean `rate`. Source: Loss Models, B.2."""

    rate: float

    def __post_init__(self) -> None:
        positive("rate", self.rate)

    def log_pgf(self, z: np.ndarray) -> np.ndarray:
        """Logarithm of E z^N = rate·(z − 1)."""
        return self.rate * (np.asarray(z) - 1.0)

    def pmf(self, n: np.ndarray) -> np.ndarray:
        """P(N = n)."""
        n = np.asarray(n)
        value = np.exp(xlogy(n, self.rate) - gammaln(np.maximum(n, 0) + 1.0) - self.rate)
        return np.where(n >= 0, value, 0.0)

    def factorial_moment(self, order: int) -> float:
        """E[N(N − 1)…(N − order + 1)]."""
        return self.rate**order


@dataclass(frozen=True, slots=True)
class Binomial(FrequencyLaw):
    """Claims among `trials` with this `probability` each. Source: Loss Models, B.2."""

    trials: int
    probability: float

    def __post_init__(self) -> None:
        whole_number("trials", self.trials, 1, 10**12)
        in_range("probability", self.probability, 0.0, 1.0)

    @property
    def most(self) -> float:
        """Largest possible number."""
        return float(self.trials)

    def log_pgf(self, z: np.ndarray) -> np.ndarray:
        """Logarithm of E z^N = trials·ln(1 + probability·(z − 1))."""
        with np.errstate(divide="ignore"):
            return self.trials * np.log1p(self.probability * (np.asarray(z) - 1.0))

    def pmf(self, n: np.ndarray) -> np.ndarray:
        """P(N = n)."""
        n, left = np.asarray(n), self.trials - np.asarray(n)
        inside = (n >= 0) & (left >= 0)
        n, left = np.where(inside, n, 0), np.where(inside, left, 0)
        ways = gammaln(self.trials + 1.0) - gammaln(n + 1.0) - gammaln(left + 1.0)
        value = np.exp(ways + xlogy(n, self.probability) + xlog1py(left, -self.probability))
        return np.where(inside, value, 0.0)

    def cumulative(self) -> np.ndarray:
        """P(N <= n) up to where it is 1 but for 1e-15."""
        reach = min(self.trials, int(self.mean + 12.0 * self.sd + 64.0))
        return np.cumsum(self.pmf(np.arange(reach + 1)))

    def factorial_moment(self, order: int) -> float:
        """E[N(N − 1)…(N − order + 1)]."""
        return float(np.prod((self.trials - np.arange(order)) * self.probability))


@dataclass(frozen=True, slots=True)
class NegativeBinomial(FrequencyLaw):
    """E z^N = (1 − beta·(z − 1))^(−size); mean size·beta. Source: Loss Models, B.2."""

    size: float
    beta: float

    def __post_init__(self) -> None:
        positive("size", self.size)
        positive("beta", self.beta)

    @classmethod
    def from_probability(cls, size: float, probability: float) -> NegativeBinomial:
        """Return the law with P(N = 0) = probability^size, as R and SciPy name it."""
        return cls(size, 1.0 / in_range("probability", probability, 1e-9, 1.0 - 1e-12) - 1.0)

    @classmethod
    def from_mean_cv(cls, mean: float, shock_cv: float) -> NegativeBinomial:
        """Return a Poisson count of this mean mixed by a gamma factor of this cv (> 0)."""
        return cls(1.0 / shock_cv**2, mean * shock_cv**2)

    def log_pgf(self, z: np.ndarray) -> np.ndarray:
        """Logarithm of E z^N = −size·ln(1 − beta·(z − 1))."""
        return -self.size * np.log1p(-self.beta * (np.asarray(z) - 1.0))

    def pmf(self, n: np.ndarray) -> np.ndarray:
        """P(N = n)."""
        n = np.asarray(n)
        whole = np.maximum(n, 0)
        ways = gammaln(whole + self.size) - gammaln(self.size) - gammaln(whole + 1.0)
        odds = whole * np.log(self.beta / (1.0 + self.beta)) - self.size * np.log1p(self.beta)
        return np.where(n >= 0, np.exp(ways + odds), 0.0)

    def factorial_moment(self, order: int) -> float:
        """E[N(N − 1)…(N − order + 1)]."""
        return float(np.prod((self.size + np.arange(order)) * self.beta))


@dataclass(frozen=True, slots=True)
class Logarithmic(FrequencyLaw):
    """P(N = n) = −theta^n / (n·ln(1 − theta)), n >= 1. Source: Loss Models, B.3."""

    theta: float

    def __post_init__(self) -> None:
        in_range("theta", self.theta, 1e-12, 1.0 - 1e-9)

    def log_pgf(self, z: np.ndarray) -> np.ndarray:
        """Logarithm of E z^N = ln( ln(1 − theta·z) / ln(1 − theta) )."""
        with np.errstate(divide="ignore"):
            return np.log(np.log1p(-self.theta * np.asarray(z)) / np.log1p(-self.theta))

    def pmf(self, n: np.ndarray) -> np.ndarray:
        """P(N = n)."""
        n = np.asarray(n)
        whole = np.maximum(n, 1)
        value = self.theta**whole / (-np.log1p(-self.theta) * whole)
        return np.where(n >= 1, value, 0.0)

    def factorial_moment(self, order: int) -> float:
        """E[N(N − 1)…(N − order + 1)]."""
        odds = self.theta / (1.0 - self.theta)
        return float(np.prod(np.arange(1, order)) * odds**order / -np.log1p(-self.theta))


@dataclass(frozen=True, slots=True)
class ExtendedNegativeBinomial(FrequencyLaw):
    """Extended truncated negative binomial: no zeros, size > −1 and not 0. Source: B.3."""

    size: float
    beta: float

    def __post_init__(self) -> None:
        in_range("size", self.size, -1.0 + 1e-9, 1e12)
        in_range("|size|", abs(self.size), 1e-9, 1e12)
        positive("beta", self.beta)

    @property
    def _kept(self) -> float:
        """1 − (1 + beta)^(−size); negative where size is."""
        return float(-np.expm1(-self.size * np.log1p(self.beta)))

    def log_pgf(self, z: np.ndarray) -> np.ndarray:
        """Logarithm of E z^N = 1 − [1 − (1 − beta·(z − 1))^(−size)] / [1 − (1 + beta)^(−size)]."""
        power = -np.expm1(-self.size * np.log1p(-self.beta * (np.asarray(z) - 1.0)))
        with np.errstate(divide="ignore"):
            return np.log(1.0 - power / self._kept)

    def pmf(self, n: np.ndarray) -> np.ndarray:
        """P(N = n), by the recursion of the (a, b, 1) class."""
        n = np.asarray(n)
        number = np.arange(2, max(int(np.max(n, initial=1)), 1) + 1)
        share = self.beta / (1.0 + self.beta)
        first = self.size * share * (1.0 - self._kept) / self._kept
        ratios = share * (1.0 + (self.size - 1.0) / number)
        table = np.cumprod(np.concatenate([[first], ratios]))
        return np.where(n >= 1, table[np.maximum(n, 1) - 1], 0.0)

    def factorial_moment(self, order: int) -> float:
        """E[N(N − 1)…(N − order + 1)]."""
        return float(np.prod((self.size + np.arange(order)) * self.beta)) / self._kept


@dataclass(frozen=True, slots=True)
class ZeroModified(FrequencyLaw):
    """`base` with P(N = 0) set to `zero_probability`, the rest in proportion. Source: B.3."""

    base: FrequencyLaw
    zero_probability: float

    def __post_init__(self) -> None:
        in_range("zero_probability", self.zero_probability, 0.0, 1.0 - 1e-12)

    @property
    def most(self) -> float:
        """Largest possible number, or inf."""
        return self.base.most

    @property
    def _none(self) -> float:
        return float(self.base.pgf(np.zeros(1))[0])

    @property
    def _stretch(self) -> float:
        return (1.0 - self.zero_probability) / (1.0 - self._none)

    def log_pgf(self, z: np.ndarray) -> np.ndarray:
        """Logarithm of E z^N = p0 + (1 − p0)·(P(z) − P(0))/(1 − P(0))."""
        with np.errstate(divide="ignore"):
            return np.log(1.0 + self._stretch * np.expm1(self.base.log_pgf(z)))

    def pmf(self, n: np.ndarray) -> np.ndarray:
        """P(N = n)."""
        n = np.asarray(n)
        return np.where(n == 0, self.zero_probability, self._stretch * self.base.pmf(n))

    def factorial_moment(self, order: int) -> float:
        """E[N(N − 1)…(N − order + 1)]."""
        return self._stretch * self.base.factorial_moment(order)


def zero_truncated(base: FrequencyLaw) -> ZeroModified:
    """Return `base` given at least one claim. Source: Loss Models, B.3."""
    return ZeroModified(base, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Counts(FrequencyLaw):
    """Empirical law: `probabilities` (n,) of 0, 1, 2, … claims, of sum 1."""

    probabilities: Sequence[float] | np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "probabilities", shares("probabilities", self.probabilities))

    @property
    def most(self) -> float:
        """Largest possible number."""
        return float(np.flatnonzero(self.probabilities)[-1])

    def log_pgf(self, z: np.ndarray) -> np.ndarray:
        """Logarithm of E z^N."""
        with np.errstate(divide="ignore"):
            return np.log(np.polynomial.polynomial.polyval(np.asarray(z), self.probabilities))

    def pmf(self, n: np.ndarray) -> np.ndarray:
        """P(N = n)."""
        n, table = np.asarray(n), np.asarray(self.probabilities)
        inside = (n >= 0) & (n < len(table))
        return np.where(inside, table[np.where(inside, n, 0)], 0.0)

    def factorial_moment(self, order: int) -> float:
        """E[N(N − 1)…(N − order + 1)]."""
        n = np.arange(len(self.probabilities))
        falling = np.prod([n - step for step in range(order)], axis=0)
        return float(np.sum(falling * self.probabilities))
