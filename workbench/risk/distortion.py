"""Distortions: functions of a probability that weigh bad years more, and their registry.

Floor 2, inside `risk`. A distorted mean is the Choquet integral ∫ g(P(S > x)) dx of an amount
S >= 0; where g is concave it is coherent (docs/risk.md section 2).
Source: Denneberg, Non-additive Measure and Integral (1994); Wang (1995), IME 17, 43-54; Wang
(1996), ASTIN Bulletin 26, 71-92; Wang (2000), Journal of Risk and Insurance 67, 15-36.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from workbench.guard import in_range, refuse

__all__ = ["DISTORTIONS", "Distortion", "DistortionKind", "distortion"]

Curve = Callable[[np.ndarray, float], np.ndarray]
"""(probabilities, parameter) → values, same shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistortionKind:
    """One family of distortions.

    `weight` is g, increasing and concave with g(0) = 0 and g(1) = 1; `slope` is g′, finite above
    0; `parameter` names its number, `default` is a choice, `allowed` (low, high).
    """

    code: str
    parameter: str
    default: float
    allowed: tuple[float, float]
    weight: Curve
    slope: Curve
    source: str


@dataclass(frozen=True, slots=True)
class Distortion:
    """A distortion with its parameter: `Distortion("wang", 0.5)`.

    Raises
    ------
    InputRefused
        `unknown-choice` or `value-out-of-range`.
    """

    code: str
    parameter: float

    def __post_init__(self) -> None:
        if self.code not in DISTORTIONS:
            allowed = tuple(DISTORTIONS)
            raise refuse("unknown-choice", name="distortion", value=self.code, allowed=allowed)
        kind = DISTORTIONS[self.code]
        object.__setattr__(
            self, "parameter", in_range(kind.parameter, self.parameter, *kind.allowed)
        )

    @property
    def kind(self) -> DistortionKind:
        """The family."""
        return DISTORTIONS[self.code]

    def weight(self, probability: np.ndarray) -> np.ndarray:
        """Return g(u), u in [0, 1]."""
        return self.kind.weight(np.asarray(probability, dtype=float), self.parameter)

    def slope(self, probability: np.ndarray) -> np.ndarray:
        """Return g′(u), 0 < u <= 1."""
        return self.kind.slope(np.asarray(probability, dtype=float), self.parameter)


def distortion(code: str, parameter: float | None = None) -> Distortion:
    """Return a distortion; without a parameter with the default of its family.

    Raises
    ------
    InputRefused
        `unknown-choice` or `value-out-of-range`.
    """
    if parameter is None and code in DISTORTIONS:
        parameter = DISTORTIONS[code].default
    return Distortion(code, 0.0 if parameter is None else parameter)


def _tail_mean(u: np.ndarray, level: float) -> np.ndarray:
    return np.minimum(u / (1.0 - level), 1.0)


def _tail_mean_slope(u: np.ndarray, level: float) -> np.ndarray:
    return np.where(u <= 1.0 - level, 1.0 / (1.0 - level), 0.0)


def _proportional_hazard(u: np.ndarray, index: float) -> np.ndarray:
    return u ** (1.0 / index)


def _proportional_hazard_slope(u: np.ndarray, index: float) -> np.ndarray:
    return u ** (1.0 / index - 1.0) / index


def _wang(u: np.ndarray, price: float) -> np.ndarray:
    return ndtr(ndtri(u) + price)


def _wang_slope(u: np.ndarray, price: float) -> np.ndarray:
    if price == 0.0:
        return np.ones_like(u)
    return np.exp(-price * ndtri(u) - price**2 / 2.0)


def _dual_power(u: np.ndarray, years: float) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return -np.expm1(years * np.log1p(-u))


def _dual_power_slope(u: np.ndarray, years: float) -> np.ndarray:
    return years * (1.0 - u) ** (years - 1.0)


DISTORTIONS: Mapping[str, DistortionKind] = {
    kind.code: kind
    for kind in (
        DistortionKind(
            code="tail_mean",
            parameter="level",
            default=0.995,
            allowed=(0.0, 0.9999),
            weight=_tail_mean,
            slope=_tail_mean_slope,
            source="Acerbi and Tasche (2002), JBF 26, 1487-1503; g(u) = min(u/(1 - level), 1)",
        ),
        DistortionKind(
            code="proportional_hazard",
            parameter="risk_aversion_index",
            default=2.5,
            allowed=(1.0, 5.0),
            weight=_proportional_hazard,
            slope=_proportional_hazard_slope,
            source="Wang (1995), IME 17, 43-54; g(u) = u^(1/index)",
        ),
        DistortionKind(
            code="wang",
            parameter="market_price_of_risk",
            default=1.0,
            allowed=(0.0, 3.0),
            weight=_wang,
            slope=_wang_slope,
            source="Wang (2000), JRI 67, 15-36; g(u) = Phi(Phi^-1(u) + price)",
        ),
        DistortionKind(
            code="dual_power",
            parameter="years",
            default=4.0,
            allowed=(1.0, 200.0),
            weight=_dual_power,
            slope=_dual_power_slope,
            source="Wang (1996), ASTIN Bulletin 26, 71-92; g(u) = 1 - (1 - u)^years",
        ),
    )
}
"""Families by code. The defaults but the first are choices: with them a normal law is priced near
its mean plus one standard deviation, as by the standard deviation principle (docs/risk.md section
2). A new family is one entry here."""
