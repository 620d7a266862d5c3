"""Tiers: what every whole yuan of premium leads to, for one plan.

Floor 4, inside `premium`. The law of claims does not depend on the premium, so a table of tiers is
a few reads of one law; `tier_test` adds what takes more. Source: docs/tiers.md section 1,
docs/assumptions.md sections 1 (deficit) and 7 (what to show).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.engine.inversion import AnnualLaw
from workbench.engine.results import contribution_yuan, expenses_yuan
from workbench.engine.stages import YearLaws
from workbench.exact import (
    MEAN_ROUNDING_YUAN,
    RELATIVE_ERROR,
    chance_error,
    excess_error,
    mean_error,
)
from workbench.guard import freeze
from workbench.inputs import Inputs
from workbench.premium.technical import ExpenseTerms, expense_terms
from workbench.risk import Figure

__all__ = [
    "TIERS",
    "Figures",
    "TierRow",
    "TierTable",
    "figures_between",
    "tier_table",
]

TIERS = tuple(range(25, 96))
"""Whole yuan from the lowest to the highest tier in force."""

SELDOM = 0.001
"""Below this probability of a deficit its mean gap is not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of one kind, one a tier: values and errors, both shape (tiers,)."""

    values: np.ndarray
    errors: np.ndarray

    def at(self, place: int) -> Figure:
        """Return the figure of one tier."""
        return Figure(float(self.values[place]), float(self.errors[place]))


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRow:
    """One tier: premium (yuan) and what it leads to; yuan a year where the name says so.

    `mean_gap_yuan` is None where a deficit is rarer than one year in 1,000, `loss_probability`
    where no amount is stated, `break_even_cost` where no cost of a stay in reach ends the surplus.
    """

    premium_yuan: float
    loss_ratio: Figure
    deficit_probability: Figure
    expected_shortfall_yuan: Figure
    mean_gap_yuan: Figure | None
    expected_surplus_yuan: Figure
    scheme_surplus_yuan: Figure
    break_even_incidence: Figure
    break_even_cost: Figure | None = None
    loss_probability: Figure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierTable:
    """All tiers of one plan.

    `premiums` (tiers,) yuan; `expected_shortfall_yuan` is E(paid + expected expenses −
    contributions)⁺; `scheme_surplus_yuan` the expected surplus of all plans with the others at the
    tier in force; `break_even_yuan` the premium at which the plan's expected surplus is zero;
    `budget_yuan` (tiers,) contributions less expected expenses, what is there for claims.
    `break_even_incidence` is the factor on the plan's incidence at which the expected surplus is
    zero, `break_even_cost` that on the cost of a stay (NaN where none in reach is, None for a plan
    that pays the same whatever the cost), `loss_probability` that of a loss above a stated amount.
    """

    code: str
    in_force_yuan: float
    premiums: np.ndarray
    loss_ratio: Figures
    deficit_probability: Figures
    expected_shortfall_yuan: Figures
    expected_surplus_yuan: Figures
    scheme_surplus_yuan: Figures
    break_even_yuan: Figure
    enrolments: float
    budget_yuan: np.ndarray
    break_even_incidence: Figures
    break_even_cost: Figures | None = None
    loss_probability: Figures | None = None

    def rows(self) -> tuple[TierRow, ...]:
        """Return the table row by row."""
        return tuple(self._row(place) for place in range(len(self.premiums)))

    def row(self, premium_yuan: float) -> TierRow:
        """Return the row of one premium (KeyError if it is no tier of the table)."""
        places = np.flatnonzero(self.premiums == premium_yuan)
        if not len(places):
            raise KeyError(premium_yuan)
        return self._row(int(places[0]))

    def _row(self, place: int) -> TierRow:
        chance = self.deficit_probability.at(place)
        shortfall = self.expected_shortfall_yuan.at(place)
        gap = shortfall.scaled(1.0 / chance.value) if chance.value >= SELDOM else None
        cost, loss = self.break_even_cost, self.loss_probability
        return TierRow(
            premium_yuan=float(self.premiums[place]),
            loss_ratio=self.loss_ratio.at(place),
            deficit_probability=chance,
            expected_shortfall_yuan=shortfall,
            mean_gap_yuan=gap,
            expected_surplus_yuan=self.expected_surplus_yuan.at(place),
            scheme_surplus_yuan=self.scheme_surplus_yuan.at(place),
            break_even_incidence=self.break_even_incidence.at(place),
            break_even_cost=None
            if cost is None or np.isnan(cost.values[place])
            else cost.at(place),
            loss_probability=None if loss is None else loss.at(place),
        )


def figures_between(fine: np.ndarray, coarse: np.ndarray, floor: float | np.ndarray) -> Figures:
    """Return figures whose error is the change from the coarser law, or the floor if larger."""
    errors = np.maximum(np.abs(fine - coarse), np.maximum(np.abs(fine) * RELATIVE_ERROR, floor))
    return Figures(values=freeze(fine), errors=freeze(errors))


def _risk(law: AnnualLaw, coarse: AnnualLaw, limits: np.ndarray) -> tuple[Figures, Figures]:
    """Deficit probability and expected shortfall where claims exceed `limits`."""
    steep = chance_error(law, limits)
    deficit = figures_between(1.0 - law.cdfs(limits), 1.0 - coarse.cdfs(limits), steep)
    shortfall = figures_between(
        law.excesses(limits), coarse.excesses(limits), excess_error(law, limits)
    )
    return deficit, shortfall


def _same_error(values: np.ndarray, error: float) -> Figures:
    return Figures(values=freeze(values), errors=freeze(np.full(len(values), error)))


def _break_even(mean: Figure, terms: ExpenseTerms, beneficiaries: float) -> Figure:
    """(risk premium + e + b · beneficiaries per enrolment) / (1 − expense share), yuan.

    The contingency share is no expense: it is part of the surplus.
    """
    fixed = terms.per_enrolment_yuan + terms.per_beneficiary_yuan * beneficiaries
    return mean.shifted(fixed).scaled(1.0 / (1.0 - terms.share))


def tier_table(
    inputs: Inputs,
    laws: YearLaws,
    place: int,
    *,
    premiums: Sequence[float] = TIERS,
    expenses: str = "default",
) -> TierTable:
    """Return what each premium of a plan leads to.

    Parameters
    ----------
    inputs
        The scheme, changes applied; the other plans keep its tiers.
    laws
        The laws of its year.
    place
        Index of the plan.
    premiums
        Yuan.
    expenses
        "default", or "none" to leave expenses out of every figure.
    """
    plan, law = inputs.plans[place], laws.laws[place]
    number, cases = float(laws.enrolments[place]), float(laws.beneficiaries[place])
    terms = expense_terms(inputs, plan, expenses)
    asked = np.array(premiums, dtype=float)
    fixed = terms.per_enrolment_yuan * number + terms.per_beneficiary_yuan * cases
    limits = number * asked - (terms.share * number * asked + fixed)
    error = mean_error(law)
    spent_error = error + terms.per_beneficiary_yuan * float(laws.beneficiaries_error[place])
    mean = Figure(law.mean, error)
    deficit, shortfall = _risk(law, laws.coarse[place], limits)
    others, other_error = _surplus_of_others(inputs, laws, place, expenses=expenses)
    return TierTable(
        code=plan.code,
        in_force_yuan=plan.premium_yuan,
        premiums=freeze(asked),
        loss_ratio=Figures(
            values=freeze(law.mean / (number * asked)), errors=freeze(error / (number * asked))
        ),
        deficit_probability=deficit,
        expected_shortfall_yuan=shortfall,
        expected_surplus_yuan=_same_error(limits - law.mean, spent_error),
        scheme_surplus_yuan=_same_error(limits - law.mean + others, spent_error + other_error),
        break_even_yuan=_break_even(mean.scaled(1.0 / number), terms, cases / number),
        enrolments=number,
        budget_yuan=freeze(limits),
        break_even_incidence=_incidence(limits, mean, terms.per_beneficiary_yuan * cases),
    )


def _incidence(budget: np.ndarray, mean: Figure, per_cases: float) -> Figures:
    """Return the factor on the incidence that uses the budget up; claims and cases both go with it.

    `per_cases` are the expected expenses of beneficiaries, yuan, which `budget` has taken off.
    """
    spent = mean.value + per_cases
    if spent <= 0.0:
        return _same_error(np.full(len(budget), np.nan), np.nan)
    factors = np.maximum(0.0, (budget + per_cases) / spent)
    errors = np.maximum(factors * mean.error / spent, RELATIVE_ERROR)
    return Figures(values=freeze(factors), errors=freeze(errors))


def _surplus_of_others(
    inputs: Inputs, laws: YearLaws, place: int, *, expenses: str
) -> tuple[float, float]:
    """Expected surplus of the other plans at the tiers in force, and its error, yuan."""
    contribution = contribution_yuan(inputs, laws.enrolments)
    spent = expenses_yuan(inputs, laws.enrolments, laws.beneficiaries, expenses=expenses)
    means = np.array([law.mean for law in laws.laws[:-1]])
    surplus = np.delete(contribution - spent - means, place)
    errors = np.delete([law.mean_error for law in laws.laws[:-1]], place)
    return float(surplus.sum()), MEAN_ROUNDING_YUAN * len(surplus) + float(errors.sum())
