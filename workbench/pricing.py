"""Prices: each plan's technical premium line by line, and what eight principles require.

Floor 4, the front of `premium`. Process risk alone unless a basis says otherwise.
Source: docs/pricing.md; docs/assumptions.md section 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType

import numpy as np

from workbench.basis import Basis, laws_on
from workbench.engine.results import contribution_yuan, expenses_yuan
from workbench.engine.stages import YearLaws, year_laws
from workbench.exact import RELATIVE_ERROR
from workbench.guard import refuse
from workbench.inputs import Inputs, Programme
from workbench.plans import Plan
from workbench.premium.choices import PriceTerms, rated
from workbench.premium.levers import programme_named, with_programme
from workbench.premium.loading import PlanLaws, Takes, plan_laws, taken
from workbench.premium.principles import PRINCIPLES
from workbench.premium.reading import YearClaims
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
    "PriceTerms",
    "RequiredPremium",
    "SchemePrice",
    "TierTable",
    "price",
    "tiers",
]

EXPENSES, FORMS = ("default", "none"), ("collective", "individual")
Mapper = Callable[[Callable, Iterable], Iterable]


@dataclass(frozen=True, slots=True, kw_only=True)
class HundredYuan:
    """Of each 100 yuan of contributions: yuan for benefits, for expenses, and what is left."""

    benefits: Figure
    expenses: Figure
    surplus: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredPremium:
    """What one principle requires: its parameter, yuan for claims, and the premium in yuan.

    Uncertain parameters, reinsurance and a programme are in both where they are chosen.
    """

    principle: str
    parameter: float
    claims_yuan: Figure
    premium_yuan: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPrice:
    """The price of one plan.

    `premium_yuan` is the tier in force; `technical_premium` that of the chosen principle (the
    expected value principle with the plan's safety loading unless told otherwise), yuan; `lines`
    the same in whole fen, adding up to it; `required` by code of the principle; `per_hundred` at
    the tier in force.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    """A scheme made ready to be priced.

    `inputs` before the programme; `laws` (process risk before it, after it, with parameters
    uncertain before it); `programme_yuan` what the scheme pays for it by plan, per enrolment.
    """

    inputs: Inputs
    expenses: str
    terms: PriceTerms
    laws: tuple[YearLaws, YearLaws, YearLaws | None]
    programme_yuan: np.ndarray
    levels: Mapping[str, list[float]]

    def money(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Contributions, expenses (a programme is one) and expected benefits, (plans + 1,)."""
        before, now, uncertain = self.laws
        number = now.enrolments
        contribution = contribution_yuan(self.inputs, number)
        spent = expenses_yuan(self.inputs, number, now.beneficiaries, expenses=self.expenses)
        spent = spent + self.programme_yuan * number
        paid = np.array([law.mean for law in now.laws[:-1]])
        if uncertain is not None:
            was = np.array([max(law.mean, 1e-300) for law in before.laws[:-1]])
            paid = paid * np.array([law.mean for law in uncertain.laws[:-1]]) / was
        both = (np.append(one, one.sum()) for one in (contribution, spent, paid))
        first, second, third = both
        return first, second, third


def _programme_cost(inputs: Inputs, programme: Programme | None, laws: YearLaws) -> np.ndarray:
    """What the scheme pays a year for a programme, the same for every enrolment, (plans,)."""
    plans = len(inputs.plans)
    if programme is None:
        return np.zeros(plans)
    cost = programme.borne_share * programme.total_yuan / programme.years
    return np.full(plans, cost / max(int(laws.enrolments.sum()), 1))


def _ready(
    inputs: Inputs, *, form: str, expenses: str, terms: PriceTerms, basis: Basis, mapper: Mapper
) -> _Year:
    inputs = rated(inputs, terms)
    programme = programme_named(inputs, terms.programme) if terms.programme else None
    before = year_laws(inputs, form)
    now = before if programme is None else year_laws(with_programme(inputs, programme), form)
    uncertain = None
    if basis.kind != "process":
        uncertain = laws_on(inputs, basis, form=form, mapper=mapper)
    return _Year(
        inputs=inputs,
        expenses=expenses,
        terms=terms,
        laws=(before, now, uncertain),
        programme_yuan=_programme_cost(inputs, programme, now),
        levels=level_amounts(inputs, programme),
    )


def _hundred(year: _Year, place: int) -> HundredYuan:
    contribution, spent, paid = (float(part[place]) for part in year.money())
    share = 100.0 / contribution
    laws = year.laws[1] if year.laws[2] is None else year.laws[2]
    mean = YearClaims(law=laws.laws[place], coarse=laws.coarse[place]).mean()
    benefits = Figure(paid, mean.error)
    return HundredYuan(
        benefits=benefits.scaled(share),
        expenses=Figure(spent, abs(spent) * RELATIVE_ERROR).scaled(share),
        surplus=Figure(contribution - spent - paid, mean.error).scaled(share),
    )


def _lines(
    year: _Year, place: int, takes: Takes, *, terms: ExpenseTerms, premium: float
) -> tuple[PremiumLine, ...]:
    """Return the lines of the technical premium; what is not chosen has no line."""
    amounts = {code: yuan[place] for code, yuan in year.levels.items()}
    amounts.update(
        (name, part.value) for name, part in takes.parts.items() if name != "risk_premium"
    )
    laws = year.laws[1]
    beneficiaries = float(laws.beneficiaries[place]) / int(laws.enrolments[place])
    spent = (
        terms.per_enrolment_yuan,
        terms.per_beneficiary_yuan * beneficiaries,
        terms.share * premium,
    )
    if any(spent):
        amounts.update(zip(EXPENSE_LINES, spent, strict=True))
    if year.terms.programme:
        amounts["prevention"] = float(year.programme_yuan[place])
    amounts["contingency"] = terms.contingency_share * premium
    return premium_lines(amounts, premium)


def _required(
    laws: PlanLaws, year: _Year, terms: ExpenseTerms, *, beneficiaries: float, programme: float
) -> tuple[dict[str, RequiredPremium], Takes]:
    """What every principle requires, and what the chosen one takes."""
    required, chosen = {}, None
    for code in PRINCIPLES:
        takes = taken(laws, code, year.terms.parameters.get(code), year.terms.ceding)
        required[code] = RequiredPremium(
            principle=code,
            parameter=takes.parameter,
            claims_yuan=takes.whole,
            premium_yuan=premium_of(takes.whole.shifted(programme), terms, beneficiaries),
        )
        chosen = takes if code == year.terms.principle else chosen
    assert chosen is not None
    return required, chosen


def _plan_price(year: _Year, plan: Plan, place: int) -> PlanPrice:
    """Return the price of one plan."""
    inputs, now = year.inputs, year.laws[1]
    number = int(now.enrolments[place])
    laws = plan_laws(year.laws, place, safety_loading=safety_loading(inputs, plan))
    terms = expense_terms(inputs, plan, year.expenses)
    required, takes = _required(
        laws,
        year,
        terms,
        beneficiaries=float(now.beneficiaries[place]) / number,
        programme=float(year.programme_yuan[place]),
    )
    technical = required[year.terms.principle].premium_yuan
    if not isfinite(technical.value):
        told = {"name": year.terms.principle, "value": takes.parameter, "plan": plan.code}
        raise refuse("principle-without-price", **told)
    return PlanPrice(
        code=plan.code,
        enrolments=number,
        premium_yuan=plan.premium_yuan,
        lines=_lines(year, place, takes, terms=terms, premium=technical.value),
        technical_premium=technical,
        required=MappingProxyType(required),
        per_hundred=_hundred(year, place),
    )


def price(
    inputs: Inputs,
    *,
    form: str = "collective",
    expenses: str = "default",
    terms: PriceTerms | None = None,
    basis: Basis | None = None,
    mapper: Mapper = map,
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
    terms
        Principle, parameters, reinsurance, programme, relativities; None: the expected value
        principle with the pack's safety loadings, nothing else.
    basis
        Process risk alone, or with parameters or the level uncertain too.
    mapper
        Where the draws of the parameters run; never changes a figure.

    Raises
    ------
    InputRefused
        `unknown-choice` or `value-out-of-range`; `principle-without-price` where the chosen
        principle has no finite value for a plan.
    """
    _check(form, expenses)
    chosen, stands = terms or PriceTerms(), basis or Basis()
    year = _ready(inputs, form=form, expenses=expenses, terms=chosen, basis=stands, mapper=mapper)
    plans = {plan.code: _plan_price(year, plan, place) for place, plan in enumerate(inputs.plans)}
    technical = [one.technical_premium.scaled(one.enrolments) for one in plans.values()]
    return SchemePrice(
        plans=MappingProxyType(plans),
        contribution_yuan=float(year.money()[0][-1]),
        technical_contribution=Figure(
            sum(one.value for one in technical), sum(one.error for one in technical)
        ),
        per_hundred=_hundred(year, len(inputs.plans)),
    )


def tiers(
    inputs: Inputs,
    *,
    form: str = "collective",
    expenses: str = "default",
    basis: Basis | None = None,
    mapper: Mapper = map,
) -> Mapping[str, TierTable]:
    """Return, by plan code, what every whole yuan from 25 to 95 leads to.

    Each plan is moved by itself; the others keep the tier in force, nobody leaves. Arguments and
    refusals as for `price`.
    """
    _check(form, expenses)
    laws = laws_on(inputs, basis, form=form, mapper=mapper)
    return MappingProxyType(
        {
            plan.code: tier_table(inputs, laws, place, expenses=expenses)
            for place, plan in enumerate(inputs.plans)
        }
    )
