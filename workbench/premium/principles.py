"""Premium principles: what a plan should charge for its claims, before expenses.

Floor 4, inside `premium`. Source: Kaas, Goovaerts, Dhaene and Denuit, Modern Actuarial Risk Theory
(2nd ed., 2008), chapter 5: expected value, standard deviation and quantile (percentile) principle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbench.engine.results import PlanFigures
from workbench.guard import refuse
from workbench.risk import LEVELS, Figure

__all__ = ["PRINCIPLES", "ClaimsCost", "Principle", "claims_cost_of", "parameter_of"]

SD_FACTOR = 1.0
"""Choice: one standard deviation of the year, enough in about five years of six for a law close to
the normal. A factor of 1.645 would say the same as the quantile principle at 95 %."""

QUANTILE_LEVEL = 0.95
"""Choice: the one-in-twenty year, as the pages tell it."""

SD_FACTORS = (0.0, 4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsCost:
    """What a plan's claims of one year cost, yuan per enrolment.

    `mean` is the risk premium, `sd` and `quantiles` (by level) those of the plan's yearly total
    over its enrolments; `safety_loading` the plan's own, a share of the risk premium.
    """

    mean: Figure
    sd: Figure
    quantiles: Mapping[float, Figure]
    safety_loading: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Principle:
    """One premium principle.

    `loaded` (cost, parameter) → yuan per enrolment for claims; `parameter` names its number and
    `default` is its value (None: the plan's own safety loading); `allowed` (low, high).
    """

    code: str
    parameter: str
    default: float | None
    allowed: tuple[float, float]
    loaded: Callable[[ClaimsCost, float], Figure]
    source: str


def claims_cost_of(figures: PlanFigures, safety_loading: float) -> ClaimsCost:
    """Return a plan's claims per enrolment from the exact figures of its year."""
    share = 1.0 / figures.enrolments
    return ClaimsCost(
        mean=figures.mean_yuan.scaled(share),
        sd=figures.sd_yuan.scaled(share),
        quantiles={level: one.scaled(share) for level, one in figures.quantiles.items()},
        safety_loading=safety_loading,
    )


def _expected_value(cost: ClaimsCost, loading: float) -> Figure:
    """(1 + loading) · E[S] / n; section 5.2, principle (b)."""
    return cost.mean.scaled(1.0 + loading)


def _standard_deviation(cost: ClaimsCost, factor: float) -> Figure:
    """(E[S] + a · sd(S)) / n; section 5.2, principle (d)."""
    more = cost.sd.scaled(factor)
    return Figure(cost.mean.value + more.value, cost.mean.error + more.error)


def _quantile(cost: ClaimsCost, level: float) -> Figure:
    """VaR_level(S) / n; section 5.2, principle (f)."""
    return cost.quantiles[level]


_BOOK = "Kaas, Goovaerts, Dhaene, Denuit, Modern Actuarial Risk Theory (2008), section 5.2"

PRINCIPLES: Mapping[str, Principle] = {
    principle.code: principle
    for principle in (
        Principle(
            code="expected_value",
            parameter="safety_loading",
            default=None,
            allowed=(0.0, 2.0),
            loaded=_expected_value,
            source=_BOOK,
        ),
        Principle(
            code="standard_deviation",
            parameter="sd_factor",
            default=SD_FACTOR,
            allowed=SD_FACTORS,
            loaded=_standard_deviation,
            source=_BOOK,
        ),
        Principle(
            code="quantile",
            parameter="level",
            default=QUANTILE_LEVEL,
            allowed=(LEVELS[0], LEVELS[-1]),
            loaded=_quantile,
            source=_BOOK,
        ),
    )
}
"""Principles by code, in the order in which they are shown. A new one is one entry here."""


def parameter_of(principle: Principle, cost: ClaimsCost, given: float | None) -> float:
    """Return the parameter that a principle uses for a plan.

    Raises
    ------
    InputRefused
        `value-out-of-range`, or `unknown-choice` for a level that no run reports.
    """
    if given is None:
        return cost.safety_loading if principle.default is None else principle.default
    low, high = principle.allowed
    if not low <= given <= high:
        raise refuse(
            "value-out-of-range", name=principle.parameter, value=given, low=low, high=high
        )
    if principle.code == "quantile" and given not in cost.quantiles:
        raise refuse(
            "unknown-choice", name=principle.parameter, value=given, allowed=tuple(cost.quantiles)
        )
    return float(given)
