"""The year of one plan alone, and what it means for the plan's money.

Floor 4, inside `premium`. A plan's own law does not depend on what else its members hold, so that
a scheme of that plan alone gives the same figures in a fraction of the time.
Source: docs/benefits.md, section 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from workbench.engine.inversion import AnnualLaw
from workbench.engine.stages import YearLaws, expected_claims, year_laws
from workbench.exact import (
    MEAN_ROUNDING_YUAN,
    RELATIVE_ERROR,
    TRANSFORM_NOISE,
    chance_error,
    rounding_yuan,
)
from workbench.inputs import Inputs
from workbench.premium.technical import expense_terms, premium_of, safety_loading
from workbench.risk import Figure

__all__ = [
    "SELDOM",
    "PlanFiguresAt",
    "PlanReader",
    "PlanYear",
    "Premiums",
    "alone",
    "chance_at",
    "figures_at",
    "kept_premium",
    "left_at",
    "plan_reader",
    "premiums_of",
]

SELDOM = 0.001
"""Below this probability of a deficit its mean gap is not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanYear:
    """A plan's year: its law, the same with less resolution, enrolments, expected beneficiaries."""

    law: AnnualLaw
    coarse: AnnualLaw
    enrolments: float
    beneficiaries: float

    @classmethod
    def of(cls, laws: YearLaws, place: int) -> PlanYear:
        """Return the year of the plan at a place of the laws of a scheme."""
        return cls(
            law=laws.laws[place],
            coarse=laws.coarse[place],
            enrolments=float(laws.enrolments[place]),
            beneficiaries=float(laws.beneficiaries[place]),
        )

    @property
    def mean(self) -> Figure:
        """Expected yuan paid."""
        law = self.law
        error = MEAN_ROUNDING_YUAN if law.continuous else law.mean * RELATIVE_ERROR
        return Figure(law.mean, error + law.mean_error)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReader:
    """How the years of one plan are read: `year` (inputs) → `PlanYear`.

    `mean` (inputs) → (expected yuan paid, expected beneficiaries) of a year.
    """

    year: Callable[[Inputs], PlanYear]
    mean: Callable[[Inputs], tuple[float, float]]


def alone(inputs: Inputs, place: int) -> Inputs:
    """Return the scheme of one plan alone: its members, holding nothing else."""
    plan = inputs.plans[place]
    rows = tuple(replace(row, plans=(plan.code,)) for row in inputs.rows if plan.code in row.plans)
    return replace(inputs, plans=(plan,), rows=rows, splits=())


def plan_reader(place: int, form: str = "collective") -> PlanReader:
    """Return how the plan at a place is read with process risk alone."""
    return PlanReader(
        year=lambda inputs: PlanYear.of(year_laws(alone(inputs, place), form), 0),
        mean=lambda inputs: _expected(alone(inputs, place)),
    )


def _expected(inputs: Inputs) -> tuple[float, float]:
    claims = expected_claims(inputs)
    return float(claims.paid_yuan[0]), float(claims.beneficiaries[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Premiums:
    """What a plan must charge, yuan per enrolment.

    `break_even` leaves no expected surplus; `technical` carries the loadings; docs/assumptions.md
    section 1.
    """

    break_even: Figure
    technical: Figure


def premiums_of(
    inputs: Inputs, place: int, claims: Figure, cases: float, *, expenses: str = "default"
) -> Premiums:
    """Return break-even and technical premium.

    `claims` are expected yuan paid per enrolment, `cases` expected beneficiaries per enrolment.
    """
    plan = inputs.plans[place]
    terms = expense_terms(inputs, plan, expenses)
    loaded = claims.scaled(1.0 + safety_loading(inputs, plan))
    return Premiums(
        break_even=premium_of(claims, replace(terms, contingency_share=0.0), cases),
        technical=premium_of(loaded, terms, cases),
    )


def kept_premium(
    inputs: Inputs, place: int, year: PlanYear, limit: float, *, expenses: str = "default"
) -> Figure:
    """Return the least premium with a deficit probability of at most `limit`, yuan.

    (VaR at 1 − limit per enrolment + expenses in yuan) / (1 − expense share): a deficit is
    strictly more paid than is left after expenses, so that the premium itself keeps the rule.
    """
    terms = expense_terms(inputs, inputs.plans[place], expenses)
    number, level = year.enrolments, 1.0 - limit
    value, again = year.law.quantile(level), year.coarse.quantile(level)
    least = rounding_yuan(year.law)
    error = max(abs(value - again), abs(value) * RELATIVE_ERROR, least)
    error += float(year.law.level_errors([level])[0][0])
    claims = Figure(value, error).scaled(1.0 / number)
    return premium_of(claims, replace(terms, contingency_share=0.0), year.beneficiaries / number)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFiguresAt:
    """What a premium leads to for a plan; yuan a year where the name says so.

    `mean_gap_yuan` is None where a deficit is rarer than one year in 1,000.
    """

    premium_yuan: float
    loss_ratio: Figure
    deficit_probability: Figure
    expected_shortfall_yuan: Figure
    mean_gap_yuan: Figure | None
    expected_surplus_yuan: Figure


def left_at(
    inputs: Inputs, place: int, year: PlanYear, premium: float, *, expenses: str = "default"
) -> float:
    """Return contributions less expected expenses of a plan at a premium, yuan a year."""
    terms = expense_terms(inputs, inputs.plans[place], expenses)
    number = year.enrolments
    fixed = terms.per_enrolment_yuan * number + terms.per_beneficiary_yuan * year.beneficiaries
    return number * premium * (1.0 - terms.share) - fixed


def chance_at(year: PlanYear, left: float) -> Figure:
    """Return the probability that a year pays more than is left after expenses."""
    limits = np.array([left])
    value = 1.0 - float(year.law.cdfs(limits)[0])
    again = 1.0 - float(year.coarse.cdfs(limits)[0])
    steep = float(chance_error(year.law, limits)[0])
    error = max(abs(value - again), value * RELATIVE_ERROR, TRANSFORM_NOISE, steep)
    return Figure(value, error + float(year.law.cdf_errors(limits)[0]))


def _shortfall(year: PlanYear, left: float, contribution: float) -> Figure:
    """E(paid − left)⁺, yuan."""
    limits = np.array([left])
    value = max(0.0, float(year.law.excesses(limits)[0]))
    again = max(0.0, float(year.coarse.excesses(limits)[0]))
    least = max(rounding_yuan(year.law), contribution * TRANSFORM_NOISE)
    error = max(abs(value - again), value * RELATIVE_ERROR, least)
    return Figure(value, error + float(year.law.excess_errors(limits)[0]))


def figures_at(
    inputs: Inputs, place: int, year: PlanYear, premium: float, *, expenses: str = "default"
) -> PlanFiguresAt:
    """Return what a premium leads to for the plan at a place."""
    contribution, mean = year.enrolments * premium, year.mean
    left = left_at(inputs, place, year, premium, expenses=expenses)
    chance, shortfall = chance_at(year, left), _shortfall(year, left, contribution)
    gap = shortfall.scaled(1.0 / chance.value) if chance.value >= SELDOM else None
    return PlanFiguresAt(
        premium_yuan=premium,
        loss_ratio=mean.scaled(1.0 / contribution),
        deficit_probability=chance,
        expected_shortfall_yuan=shortfall,
        mean_gap_yuan=gap,
        expected_surplus_yuan=Figure(left - mean.value, mean.error),
    )
