"""Premium principles: what a plan should charge for its claims, before expenses.

Floor 4, inside `premium`. Each is read from the exact law of the plan's year. Source: Kaas,
Goovaerts, Dhaene and Denuit, Modern Actuarial Risk Theory (2nd ed., 2008), chapter 5, and
docs/pricing.md section 2, where their properties stand beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbench.guard import in_range, refuse
from workbench.premium.reading import YearClaims
from workbench.risk import DISTORTIONS, Distortion, Figure

__all__ = ["PRINCIPLES", "Principle", "parameter_of", "parameters_of"]

SD_FACTOR = 1.0
"""Choice: one standard deviation of the year, enough in about five years of six for a law close to
the normal. A factor of 1.645 would say the same as the quantile principle at 95 %."""

QUANTILE_LEVEL = 0.95
"""Choice: the one-in-twenty year, as the pages tell it."""

TAIL_LEVEL = 0.75
"""Choice: the mean of the worst year in four."""

AVERSION_PER_MILLION = 0.5
"""Choice, per million yuan: |ln 0.01| over a fund of 8.75 million gives 0.53, the adjustment
coefficient that keeps the chance of ever using up that fund near one in a hundred (section 5.3)."""

MOST_AVERSION = 5.0
MILLION = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Principle:
    """One premium principle.

    `loaded` (claims, parameter) → yuan a year for claims; `parameter` names its number, `unit` says
    what it counts, `default` is its value (None: the plan's own safety loading); `allowed` (low,
    high).
    """

    code: str
    parameter: str
    unit: str
    default: float | None
    allowed: tuple[float, float]
    loaded: Callable[[YearClaims, float], Figure]
    source: str


def _sum(one: Figure, other: Figure) -> Figure:
    return Figure(one.value + other.value, one.error + other.error)


def _expected_value(claims: YearClaims, loading: float) -> Figure:
    """(1 + loading) · E[S]; section 5.2, principle (b)."""
    return claims.mean().scaled(1.0 + loading)


def _standard_deviation(claims: YearClaims, factor: float) -> Figure:
    """E[S] + a · sd(S); section 5.2, principle (d)."""
    return _sum(claims.mean(), claims.sd().scaled(factor))


def _variance(claims: YearClaims, factor: float) -> Figure:
    """E[S] + a · Var(S); section 5.2, principle (c); a per million yuan."""
    sd = claims.sd()
    a = factor / MILLION
    variance = Figure(sd.value**2, 2.0 * sd.value * sd.error + sd.error**2)
    return _sum(claims.mean(), variance.scaled(a))


def _quantile(claims: YearClaims, level: float) -> Figure:
    """VaR_level(S); section 5.2, principle (f), the percentile principle."""
    return claims.quantile(level)


def _tail_mean(claims: YearClaims, level: float) -> Figure:
    """TVaR_level(S); section 5.6."""
    return claims.tail_mean(level)


def _exponential(claims: YearClaims, aversion: float) -> Figure:
    """(1/a) ln E exp(aS); section 5.2, principle (e); a per million yuan."""
    return claims.exponential(aversion / MILLION)


def _distorted(code: str) -> Callable[[YearClaims, float], Figure]:
    """∫ g(P(S > x)) dx for a family of distortions."""
    return lambda claims, parameter: claims.distorted(Distortion(code, parameter))


_BOOK = "Kaas, Goovaerts, Dhaene, Denuit, Modern Actuarial Risk Theory (2008), section 5.2"


def _distortion_principle(code: str) -> Principle:
    kind = DISTORTIONS[code]
    return Principle(
        code=code,
        parameter=kind.parameter,
        unit="ratio",
        default=kind.default,
        allowed=kind.allowed,
        loaded=_distorted(code),
        source=kind.source,
    )


PRINCIPLES: Mapping[str, Principle] = {
    principle.code: principle
    for principle in (
        Principle(
            code="expected_value",
            parameter="safety_loading",
            unit="share",
            default=None,
            allowed=(0.0, 2.0),
            loaded=_expected_value,
            source=_BOOK,
        ),
        Principle(
            code="standard_deviation",
            parameter="sd_factor",
            unit="ratio",
            default=SD_FACTOR,
            allowed=(0.0, 4.0),
            loaded=_standard_deviation,
            source=_BOOK,
        ),
        Principle(
            code="variance",
            parameter="variance_factor",
            unit="per million yuan",
            default=AVERSION_PER_MILLION / 2.0,
            allowed=(0.0, MOST_AVERSION),
            loaded=_variance,
            source=_BOOK,
        ),
        Principle(
            code="quantile",
            parameter="level",
            unit="share",
            default=QUANTILE_LEVEL,
            allowed=(0.5, 0.9999),
            loaded=_quantile,
            source=_BOOK,
        ),
        Principle(
            code="tail_mean",
            parameter="level",
            unit="share",
            default=TAIL_LEVEL,
            allowed=(0.0, 0.9999),
            loaded=_tail_mean,
            source="Acerbi and Tasche (2002), JBF 26, 1487-1503",
        ),
        Principle(
            code="exponential",
            parameter="risk_aversion",
            unit="per million yuan",
            default=AVERSION_PER_MILLION,
            allowed=(0.0, MOST_AVERSION),
            loaded=_exponential,
            source=f"{_BOOK}; Gerber (1979), An Introduction to Mathematical Risk Theory",
        ),
        _distortion_principle("wang"),
        _distortion_principle("proportional_hazard"),
    )
}
"""Principles by code, in the order in which they are shown. A new one is one entry here."""


def parameter_of(principle: Principle, claims: YearClaims, given: float | None) -> float:
    """Return the parameter that a principle uses for a plan.

    Raises
    ------
    InputRefused
        `value-out-of-range`.
    """
    if given is None:
        return claims.safety_loading if principle.default is None else principle.default
    return in_range(f"{principle.code} {principle.parameter}", given, *principle.allowed)


def parameters_of(given: Mapping[str, float]) -> dict[str, float]:
    """Return given parameters by code of their principle, each in its range.

    Raises
    ------
    InputRefused
        `unknown-choice` or `value-out-of-range`.
    """
    for code, value in given.items():
        if code not in PRINCIPLES:
            raise refuse("unknown-choice", name="parameter", value=code, allowed=tuple(PRINCIPLES))
        principle = PRINCIPLES[code]
        in_range(f"{code} {principle.parameter}", value, *principle.allowed)
    return dict(given)
