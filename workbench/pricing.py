"""Prices: each plan's technical premium line by line, and what three principles require.

Floor 4, the front of `premium`. Process risk only. Source: docs/assumptions.md section 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workbench.engine.results import PlanFigures, RunResult
from workbench.engine.stages import year_laws
from workbench.exact import exact_run
from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.plans import Plan
from workbench.premium.principles import PRINCIPLES, ClaimsCost, claims_cost_of, parameter_of
from workbench.premium.technical import (
    EXPENSE_LINES,
    ExpenseTerms,
    PremiumLine,
    expense_terms,
    level_amounts,
    premium_lines,
    premium_of,
    safety_loading,
)
from workbench.premium.tiers import TierTable, tier_table
from workbench.risk import Figure

__all__ = [
    "HundredYuan",
    "PlanPrice",
    "RequiredPremium",
    "SchemePrice",
    "TierTable",
    "price",
    "tiers",
]

EXPENSES, FORMS = ("default", "none"), ("collective", "individual")


@dataclass(frozen=True, slots=True, kw_only=True)
class HundredYuan:
    """Of each 100 yuan of contributions: yuan for benefits, for expenses, and what is left."""

    benefits: Figure
    expenses: Figure
    surplus: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredPremium:
    """What one principle requires: its parameter, yuan for claims, and the premium in yuan."""

    principle: str
    parameter: float
    claims_yuan: Figure
    premium_yuan: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPrice:
    """The price of one plan.

    `premium_yuan` is the tier in force; `technical_premium` that of the expected value principle
    with the plan's safety loading, yuan; `lines` the same in whole fen, adding up to it;
    `required` by code of the principle; `per_hundred` at the tier in force.
    """

    code: str
    enrolments: int
    premium_yuan: float
    lines: tuple[PremiumLine, ...]
    technical_premium: Figure
    required: Mapping[str, RequiredPremium]
    per_hundred: HundredYuan

    @property
    def technical_fen(self) -> int:
        """Technical premium in whole fen, the sum of the lines."""
        return sum(line.fen for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemePrice:
    """Prices by plan code; for the scheme yearly contributions in force and at the technical
    premiums (yuan), and each 100 yuan of the contributions in force.
    """

    plans: Mapping[str, PlanPrice]
    contribution_yuan: float
    technical_contribution: Figure
    per_hundred: HundredYuan


def _check(form: str, expenses: str) -> None:
    for name, value, allowed in (("form", form, FORMS), ("expenses", expenses, EXPENSES)):
        if value not in allowed:
            raise refuse("unknown-choice", name=name, value=value, allowed=allowed)


def _per_hundred(figures: PlanFigures) -> HundredYuan:
    share = 100.0 / figures.contribution_yuan
    return HundredYuan(
        benefits=figures.mean_yuan.scaled(share),
        expenses=figures.expenses_yuan.scaled(share),
        surplus=figures.expected_surplus_yuan.scaled(share),
    )


def _required(
    cost: ClaimsCost, terms: ExpenseTerms, *, beneficiaries: float, given: Mapping[str, float]
) -> dict[str, RequiredPremium]:
    required = {}
    for code, principle in PRINCIPLES.items():
        parameter = parameter_of(principle, cost, given.get(code))
        claims = principle.loaded(cost, parameter)
        required[code] = RequiredPremium(
            principle=code,
            parameter=parameter,
            claims_yuan=claims,
            premium_yuan=premium_of(claims, terms, beneficiaries),
        )
    return required


def _lines(
    levels: Mapping[str, float],
    cost: ClaimsCost,
    terms: ExpenseTerms,
    *,
    beneficiaries: float,
    premium: float,
) -> tuple[PremiumLine, ...]:
    """Return the lines of the technical premium; no line of expenses where they are left out."""
    amounts = dict(levels)
    amounts["safety_loading"] = cost.safety_loading * cost.mean.value
    spent = (
        terms.per_enrolment_yuan,
        terms.per_beneficiary_yuan * beneficiaries,
        terms.share * premium,
    )
    if any(spent):
        amounts.update(zip(EXPENSE_LINES, spent, strict=True))
    amounts["contingency"] = terms.contingency_share * premium
    return premium_lines(amounts, premium)


def _plan_price(
    inputs: Inputs,
    plan: Plan,
    *,
    run: RunResult,
    levels: Mapping[str, float],
    choices: tuple[str, Mapping[str, float]],
) -> PlanPrice:
    """Return the price of one plan; `choices` are the expenses and the given parameters."""
    figures, (expenses, given) = run.plans[plan.code], choices
    beneficiaries = figures.beneficiaries.value / figures.enrolments
    cost = claims_cost_of(figures, safety_loading(inputs, plan))
    terms = expense_terms(inputs, plan, expenses)
    technical = premium_of(cost.mean.scaled(1.0 + cost.safety_loading), terms, beneficiaries)
    return PlanPrice(
        code=plan.code,
        enrolments=figures.enrolments,
        premium_yuan=plan.premium_yuan,
        lines=_lines(levels, cost, terms, beneficiaries=beneficiaries, premium=technical.value),
        technical_premium=technical,
        required=MappingProxyType(_required(cost, terms, beneficiaries=beneficiaries, given=given)),
        per_hundred=_per_hundred(figures),
    )


def price(
    inputs: Inputs,
    *,
    form: str = "collective",
    expenses: str = "default",
    parameters: Mapping[str, float] | None = None,
) -> SchemePrice:
    """Return the price of every plan and of the scheme.

    Parameters
    ----------
    inputs
        The scheme, changes applied.
    form
        "collective" or "individual".
    expenses
        "default", or "none" to leave expenses out of every figure; the contingency share stays, as
        it is no expense.
    parameters
        Code of a principle → its parameter, in place of the default. The technical premium keeps
        the safety loadings of the pack.

    Raises
    ------
    InputRefused
        `unknown-choice` or `value-out-of-range`.
    """
    _check(form, expenses)
    given = dict(parameters or {})
    if unknown := [code for code in given if code not in PRINCIPLES]:
        raise refuse("unknown-choice", name="principle", value=unknown, allowed=tuple(PRINCIPLES))
    run = exact_run(inputs, form=form, expenses=expenses)
    levels = level_amounts(inputs)
    plans = {
        plan.code: _plan_price(
            inputs,
            plan,
            run=run,
            levels={code: yuan[place] for code, yuan in levels.items()},
            choices=(expenses, given),
        )
        for place, plan in enumerate(inputs.plans)
    }
    technical = [one.technical_premium.scaled(one.enrolments) for one in plans.values()]
    return SchemePrice(
        plans=MappingProxyType(plans),
        contribution_yuan=run.total.contribution_yuan,
        technical_contribution=Figure(
            sum(one.value for one in technical), sum(one.error for one in technical)
        ),
        per_hundred=_per_hundred(run.total),
    )


def tiers(
    inputs: Inputs, *, form: str = "collective", expenses: str = "default"
) -> Mapping[str, TierTable]:
    """Return, by plan code, what every whole yuan from 25 to 95 leads to.

    Each plan is moved by itself; the others keep the tier in force, nobody leaves. Arguments and
    refusals as for `price`.
    """
    _check(form, expenses)
    laws = year_laws(inputs, form)
    return MappingProxyType(
        {
            plan.code: tier_table(inputs, laws, place, expenses=expenses)
            for place, plan in enumerate(inputs.plans)
        }
    )
