"""The tier test: every plan at every whole yuan, several plans moved together, and the rules.

Floor 4, inside `premium`. It takes the laws of a year on whatever basis they stand and does not
know it. Source: docs/tiers.md sections 1 and 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.polynomial import Chebyshev
from numpy.polynomial.chebyshev import chebpts2

from workbench.engine.inversion import AnnualLaw
from workbench.engine.stages import YearLaws, claims_key, expected_claims, remember
from workbench.exact import chance_error, excess_error, mean_error
from workbench.guard import freeze
from workbench.inputs import Inputs
from workbench.premium.technical import expense_terms
from workbench.premium.tiers import SELDOM, Figures, TierTable, figures_between, tier_table
from workbench.risk import Figure

__all__ = ["SchemeTiers", "scheme_at", "full_tier_table"]

LEAST_COST, MOST_COST = 0.1, 8.0
_DEGREE = 8
COST_NODES = np.exp(
    np.log(LEAST_COST * MOST_COST) / 2.0
    + np.log(MOST_COST / LEAST_COST) / 2.0 * np.sort(chebpts2(_DEGREE + 1))
)
"""Factors on the cost of a stay at which expected claims are computed: Chebyshev points of the
logarithm, so that a polynomial through them is as near as one of its degree can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeTiers:
    """All plans together at a vector of tiers; yuan a year.

    `premiums` yuan by plan code; `mean_gap_yuan` None where a deficit is rarer than one year in
    1,000, `loss_probability` None where no amount is stated.
    """

    premiums: Mapping[str, float]
    enrolments: float
    contribution_yuan: float
    budget_yuan: float
    loss_ratio: Figure
    deficit_probability: Figure
    expected_shortfall_yuan: Figure
    mean_gap_yuan: Figure | None
    expected_surplus_yuan: Figure
    break_even_incidence: Figure
    loss_probability: Figure | None = None


def full_tier_table(
    inputs: Inputs, laws: YearLaws, place: int, *, loss_yuan: float | None, expenses: str
) -> TierTable:
    """Return the table of a plan at every whole yuan, with all that the tier test tells.

    Parameters
    ----------
    inputs, laws, place, expenses
        As for `tier_table`.
    loss_yuan
        A loss (yuan a year, expenses included) whose probability of being exceeded is wanted.
    """
    table = tier_table(inputs, laws, place, expenses=expenses)
    cost = _cost_factors(inputs, laws, place, table=table, expenses=expenses)
    loss = None
    if loss_yuan is not None:
        loss = _chances(laws.laws[place], laws.coarse[place], table.budget_yuan + loss_yuan)
    return replace(table, break_even_cost=cost, loss_probability=loss)


def _chances(law: AnnualLaw, coarse: AnnualLaw, limits: np.ndarray) -> Figures:
    """Return P(S > limit) for each limit."""
    steep = chance_error(law, limits)
    return figures_between(1.0 - law.cdfs(limits), 1.0 - coarse.cdfs(limits), steep)


def _cost_curve(inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """Expected paid yuan and beneficiaries by factor on the cost of a stay, (factors, plans)."""

    def make() -> tuple[np.ndarray, np.ndarray]:
        beliefs = inputs.assumptions
        scales = [{_COST: beliefs[_COST] * float(factor)} for factor in COST_NODES]
        packs = [replace(inputs, assumptions=beliefs.changed(scale)) for scale in scales]
        found = [expected_claims(pack) for pack in packs]
        paid = np.stack([one.paid_yuan for one in found])
        return freeze(paid), freeze(np.stack([one.beneficiaries for one in found]))

    paid, cases = remember(("cost curve", claims_key(inputs)), make)
    return paid, cases


_COST = "stay_cost_scale"


def _cost_factors(
    inputs: Inputs, laws: YearLaws, place: int, *, table: TierTable, expenses: str
) -> Figures | None:
    """Return the factor on the cost of a stay at which the expected surplus is zero.

    The curve of the expected claims is that of the central assumptions, brought to the mean of the
    law at factor 1. The error is the change under a polynomial of two degrees less.
    """
    paid, cases = (part[:, place] for part in _cost_curve(inputs))
    if np.ptp(paid) <= 1e-9 * np.max(paid):
        return None
    today = expected_claims(inputs)
    each = expense_terms(inputs, inputs.plans[place], expenses).per_beneficiary_yuan
    number = float(laws.beneficiaries[place])
    spent = paid * (laws.laws[place].mean / today.paid_yuan[place])
    spent = spent + each * cases * (number / today.beneficiaries[place])
    budget = table.budget_yuan + each * number
    fine, coarse = (_crossing(spent, budget, degree) for degree in (_DEGREE, _DEGREE - 2))
    return Figures(values=freeze(fine), errors=freeze(np.maximum(np.abs(fine - coarse), 1e-6)))


def _crossing(spent: np.ndarray, budget: np.ndarray, degree: int) -> np.ndarray:
    """Return the factor at which a rising curve of spending meets each budget, NaN beyond it."""
    curve = Chebyshev.fit(np.log(COST_NODES), np.log(spent), degree)
    factors = np.geomspace(COST_NODES[0], COST_NODES[-1], 2_001)
    rising = np.maximum.accumulate(np.exp(curve(np.log(factors))))
    return np.interp(budget, rising, factors, left=np.nan, right=np.nan)


def scheme_at(
    inputs: Inputs,
    laws: YearLaws,
    premiums: Mapping[str, float],
    *,
    loss_yuan: float | None = None,
    expenses: str = "default",
) -> SchemeTiers:
    """Return all plans together at a vector of tiers.

    Parameters
    ----------
    inputs, laws, expenses
        As for `tier_table`.
    premiums
        Yuan by plan code; a plan that is not named keeps its tier in force.
    loss_yuan
        As for `full_tier_table`.
    """
    asked = {plan.code: premiums.get(plan.code, plan.premium_yuan) for plan in inputs.plans}
    contribution = budget = per_cases = 0.0
    for place, plan in enumerate(inputs.plans):
        terms = expense_terms(inputs, plan, expenses)
        number, cases = float(laws.enrolments[place]), float(laws.beneficiaries[place])
        here = number * asked[plan.code]
        contribution += here
        per_cases += terms.per_beneficiary_yuan * cases
        budget += here * (1.0 - terms.share) - terms.per_enrolment_yuan * number
    return _scheme(
        laws,
        MappingProxyType(asked),
        money=(contribution, budget - per_cases, per_cases),
        loss_yuan=loss_yuan,
    )


def _scheme(
    laws: YearLaws,
    premiums: Mapping[str, float],
    *,
    money: tuple[float, float, float],
    loss_yuan: float | None,
) -> SchemeTiers:
    """Return the figures; `money` are contributions, budget, expenses of beneficiaries (yuan)."""
    contribution, budget, per_cases = money
    law, coarse, limit = laws.laws[-1], laws.coarse[-1], np.array([money[1]])
    mean = Figure(law.mean, mean_error(law))
    chance = _chances(law, coarse, limit).at(0)
    excesses = law.excesses(limit), coarse.excesses(limit)
    shortfall = figures_between(*excesses, excess_error(law, limit)).at(0)
    loss = None if loss_yuan is None else _chances(law, coarse, limit + loss_yuan).at(0)
    return SchemeTiers(
        premiums=premiums,
        enrolments=float(laws.enrolments.sum()),
        contribution_yuan=contribution,
        budget_yuan=budget,
        loss_ratio=mean.scaled(1.0 / contribution),
        deficit_probability=chance,
        expected_shortfall_yuan=shortfall,
        mean_gap_yuan=shortfall.scaled(1.0 / chance.value) if chance.value >= SELDOM else None,
        expected_surplus_yuan=Figure(budget - mean.value, mean.error),
        break_even_incidence=_factor(budget + per_cases, mean, per_cases),
        loss_probability=loss,
    )


def _factor(budget: float, mean: Figure, per_cases: float) -> Figure:
    """Return the factor on all incidences that uses the budget up."""
    factor = budget / (mean.value + per_cases)
    return Figure(factor, factor * mean.error / (mean.value + per_cases))
