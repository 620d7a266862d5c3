"""The shocks of a year mixed out of a transform: one common to all, one of each area inside it.

Floor 3. The common shock θ, a gamma factor with cv κ inside a state of the year, mean 1, has a
closed form alone. With areas, whose own
shocks θ_a ~ Gamma(mean 1, cv c) are independent, the transform given θ is closed, and θ is mixed by
quadrature. Source: docs/engine.md, "Shocks of areas".
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import gammainccinv, gammaincinv, gammaln

from workbench.assumptions import Assumptions
from workbench.engine.claimant import legendre
from workbench.laws.shocks import GammaRegimes

__all__ = [
    "areas_mixed",
    "common_mixed",
    "common_shock",
    "given_common",
    "shock_nodes",
    "shock_seen",
]

TAIL = 1e-17
SERIES, MOST_ORDERS = 0.7, 120
"""Up to this size of c²θψ the logarithm is a series in it."""
CHUNK = 16
STATES = ("epidemic", "deferral")
"""States of the year beside a normal one."""


def common_shock(beliefs: Assumptions) -> GammaRegimes:
    """Return the law of the common shock of a pack: its states and the gamma factor inside them.

    States of probability 0 are left out, so that the default is one gamma law with mean 1.
    """
    names = (f"{state}_year_{what}" for state in STATES for what in ("factor", "probability"))
    return _states(*(beliefs[name] for name in names), beliefs["hospital_shock_cv"])


@lru_cache(maxsize=64)
def _states(
    epidemic: float, epidemic_share: float, deferral: float, deferral_share: float, cv: float
) -> GammaRegimes:
    states = (
        (1.0, 1.0 - epidemic_share - deferral_share),
        (epidemic, epidemic_share),
        (deferral, deferral_share),
    )
    factors, shares = zip(*(state for state in states if state[1] > 0.0), strict=True)
    return GammaRegimes(factors, shares, cv)


def common_mixed(illness: np.ndarray, other: np.ndarray, shock: GammaRegimes) -> np.ndarray:
    """Return exp(other) · E exp(θ · illness), complex (n,).

    Σ p_r [1 − κ² f_r illness]^(−1/κ²) over the states r, the Poisson form at κ = 0.
    """
    square = shock.cv**2
    total = np.zeros(len(illness), dtype=complex)
    for factor, share in zip(shock.factors, shock.probabilities, strict=True):
        inside = factor * illness
        if square > 0.0:
            inside = -np.log1p(-square * inside) / square
        total = total + share * np.exp(other + inside)
    return total


def shock_seen(illness: np.ndarray, shock: GammaRegimes) -> np.ndarray:
    """Return E[θ exp(θ · illness)] / E[exp(θ · illness)], complex (n,): θ as one event sees it."""
    square = shock.cv**2
    number = np.zeros(len(illness), dtype=complex)
    weight = np.zeros(len(illness), dtype=complex)
    for factor, share in zip(shock.factors, shock.probabilities, strict=True):
        inside = 1.0 - square * factor * illness
        # One state alone is seen as it is: its transform cancels and may be too small to divide.
        if len(shock.factors) == 1:
            return factor / inside
        part = share * np.exp(-np.log(inside) / square if square else factor * illness)
        number += factor * part / inside
        weight += part
    return np.divide(number, weight, out=np.ones_like(number), where=np.abs(weight) > 1e-300)


def areas_mixed(
    by_area: np.ndarray, other: np.ndarray, *, area_cv: float, shocks: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Return the transform with areas' own shocks, complex (n,).

    Parameters
    ----------
    by_area
        Exponents of illness by area at θ = 1, complex (areas, n).
    other
        Exponent of all else, complex (n,).
    area_cv
        c > 0.
    shocks
        Nodes and weights of θ, see `shock_nodes`.
    """
    theta, weight = shocks
    total = np.exp(given_common(by_area, theta, area_cv))
    return np.exp(other) * (weight @ total)


def given_common(by_area: np.ndarray, theta: np.ndarray, area_cv: float) -> np.ndarray:
    """Return Σ_a −ln(1 − c²θψ_a)/c² for each common shock θ, complex (shocks, n).

    As a power series Σ_m c^(2m−2) θᵐ/m Σ_a ψ_aᵐ where it converges fast: its sums over areas are
    the same for all θ.
    """
    square = area_cv**2
    largest = square * float(np.max(theta)) * float(np.max(np.abs(by_area), initial=0.0))
    if largest > SERIES:
        parts = [
            -np.log1p(-square * theta[first : first + CHUNK, None, None] * by_area).sum(axis=1)
            for first in range(0, len(theta), CHUNK)
        ]
        return np.concatenate(parts) / square
    total = np.zeros((len(theta), by_area.shape[1]), dtype=complex)
    power, rest = by_area, largest
    for order in range(1, MOST_ORDERS):
        total += (square ** (order - 1) * theta**order / order)[:, None] * power.sum(axis=0)
        if rest < 1e-17:
            break
        power, rest = power * by_area, rest * largest
    return total


def shock_nodes(shock: GammaRegimes, conditional_cv: float) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights of the common shock, closer than the conditional law is wide.

    `conditional_cv` is the cv of the year's amount given the shock.
    """
    factors, shares = np.array(shock.factors), np.array(shock.probabilities)
    if shock.cv == 0.0:
        return factors, shares
    theta, weight = _gamma_nodes(shock.cv, conditional_cv)
    return np.outer(factors, theta).ravel(), np.outer(shares, weight).ravel()


def _gamma_nodes(cv: float, conditional_cv: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of a gamma law with mean 1, by Gauss–Legendre between its far tails."""
    shape = 1.0 / cv**2
    low, high = gammaincinv(shape, TAIL) / shape, gammainccinv(shape, TAIL) / shape
    number = int(np.clip(np.ceil(2.0 * (high - low) / conditional_cv), 64, 2048))
    base, weight = legendre(number)
    theta = low + (high - low) / 2 * (base + 1.0)
    log_density = shape * np.log(shape) - gammaln(shape)
    log_density = log_density + (shape - 1.0) * np.log(theta) - shape * theta
    return theta, (high - low) / 2 * weight * np.exp(log_density)
