"""Counts mixed by a shock, and counts of counts: mixed Poisson, Poisson–inverse Gaussian, compound.

Floor 1.1. Probabilities come from the generating function by FFT.
Source: Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), chapter 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.laws.frequency import FrequencyLaw
from workbench.laws.shocks import InverseGaussianShock, Shock
from workbench.laws.sizes import positive

__all__ = ["CompoundCounts", "MixedPoisson", "PoissonInverseGaussian"]


@dataclass(frozen=True, slots=True)
class MixedPoisson(FrequencyLaw):
    """Poisson counts with mean rate·θ, θ drawn from `shock`."""

    rate: float
    shock: Shock

    def __post_init__(self) -> None:
        positive("rate", self.rate)

    def log_pgf(self, z: np.ndarray) -> np.ndarray:
        """Logarithm of E z^N = ln E exp(rate·(z − 1)·θ)."""
        return self.shock.log_transform(self.rate * (np.asarray(z) - 1.0))

    def factorial_moment(self, order: int) -> float:
        """E[N(N − 1)…(N − order + 1)] = rate^order · E[θ^order]."""
        return self.rate**order * self.shock.moment(order)


@dataclass(frozen=True, slots=True)
class PoissonInverseGaussian(FrequencyLaw):
    """Poisson counts mixed by an inverse Gaussian mean: variance location + dispersion·location³.

    Source: Loss Models, section 7.3; parameters as in R's actuar.
    """

    location: float
    dispersion: float

    def __post_init__(self) -> None:
        positive("location", self.location)
        positive("dispersion", self.dispersion)

    def _mixed(self) -> MixedPoisson:
        cv = float(np.sqrt(self.dispersion * self.location))
        return MixedPoisson(self.location, InverseGaussianShock(cv))

    def log_pgf(self, z: np.ndarray) -> np.ndarray:
        """Logarithm of E z^N = [1 − √(1 − 2φμ²(z − 1))]/(φμ), φ the dispersion, μ the location."""
        return self._mixed().log_pgf(z)

    def factorial_moment(self, order: int) -> float:
        """E[N(N − 1)…(N − order + 1)]."""
        return self._mixed().factorial_moment(order)


@dataclass(frozen=True, slots=True)
class CompoundCounts(FrequencyLaw):
    """Sum of `primary` many independent counts, each drawn from `secondary`.

    Source: Loss Models, section 7.1.
    """

    primary: FrequencyLaw
    secondary: FrequencyLaw

    @property
    def most(self) -> float:
        """Largest possible number, or inf."""
        return self.primary.most * self.secondary.most

    def log_pgf(self, z: np.ndarray) -> np.ndarray:
        """Logarithm of E z^N = P1(P2(z))."""
        return self.primary.log_pgf(self.secondary.pgf(z))

    def factorial_moment(self, order: int) -> float:
        """E[N(N − 1)…(N − order + 1)], orders 1 to 3, by the chain rule at z = 1."""
        outer = [0.0, *(self.primary.factorial_moment(k) for k in (1, 2, 3))]
        inner = [0.0, *(self.secondary.factorial_moment(k) for k in (1, 2, 3))]
        if order == 1:
            return outer[1] * inner[1]
        if order == 2:
            return outer[2] * inner[1] ** 2 + outer[1] * inner[2]
        cross = 3.0 * outer[2] * inner[1] * inner[2]
        return outer[3] * inner[1] ** 3 + cross + outer[1] * inner[3]
