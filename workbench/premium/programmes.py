"""What the scheme does besides its plans: discounts and prevention, their cost and break-even.

Floor 4, inside `premium`. Expected figures in closed form, the scheme's deficit from its exact law,
process risk alone. Source: docs/pricing.md section 6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from workbench.engine.results import contribution_yuan, expenses_yuan
from workbench.engine.stages import YearLaws, expected_claims, year_laws
from workbench.exact import MEAN_ROUNDING_YUAN, chance_error, rounding_yuan
from workbench.guard import InputRefused
from workbench.inputs import Inputs, Programme
from workbench.premium.levers import reach_of, with_effect, with_programme
from workbench.risk import Figure

__all__ = ["ProgrammeResult", "SchemeSafety", "programme_result", "scheme_safety"]

EXACT = 1e-9
SMALL = 0.01
"""A fall of the rates by which the saving is read; the saving is in proportion to it."""
MOST_FALL = 0.9
STEPS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeSafety:
    """Share returned and fund safety of the scheme in a year, always together.

    `returned_per_hundred` counts a programme's cost as given back to members; money in yuan.
    """

    returned_per_hundred: Figure
    deficit_probability: Figure
    expected_shortfall_yuan: Figure
    expected_surplus_yuan: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeResult:
    """One programme: what it costs and saves in a year, and where it breaks even.

    `cost_yuan` what the scheme bears; `saved_yuan` benefits and expenses on beneficiaries that it
    saves, with `saved_low_yuan` and `saved_high_yuan` at the ends of its effect.
    `break_even_effect` is the fall among those reached at which the saving pays the cost, None
    where no fall does; where a programme has no lever it is asked of the hospital claimant rate.
    `break_even_yuan_per_member` is the cost that its effect pays; `carried_times` how often the
    scheme's expected surplus pays the cost (None without one).
    """

    programme: Programme
    reach: float
    cost_yuan: Figure
    cost_per_member_yuan: Figure
    cost_per_enrolment_yuan: Figure
    saved_yuan: Figure
    saved_low_yuan: Figure
    saved_high_yuan: Figure
    net_yuan: Figure
    break_even_lever: str
    break_even_effect: Figure | None
    break_even_yuan_per_member: Figure
    carried_times: Figure | None
    before: SchemeSafety
    after: SchemeSafety


def _exact(value: float, floor: float = 0.0) -> Figure:
    return Figure(value, max(abs(value) * EXACT, floor))


def scheme_safety(
    inputs: Inputs,
    laws: YearLaws,
    *,
    expenses: str = "default",
    cost: float = 0.0,
    contribution: float | None = None,
) -> SchemeSafety:
    """Return share returned and safety of the scheme.

    Parameters
    ----------
    inputs, laws
        The scheme, and the laws of its year.
    expenses
        "default" or "none".
    cost
        Yuan a year spent on members besides benefits.
    contribution
        Yuan a year instead of those at the tiers in force; the expenses that are a share follow.
    """
    income = float(contribution_yuan(inputs, laws.enrolments).sum())
    spent = float(
        expenses_yuan(inputs, laws.enrolments, laws.beneficiaries, expenses=expenses).sum()
    )
    if contribution is not None:
        share = inputs.assumptions["expense_share"] if expenses != "none" else 0.0
        spent += share * (contribution - income)
        income = contribution
    law, coarse = laws.laws[-1], laws.coarse[-1]
    limit = income - spent - cost
    chance, again = law.probability_above(limit), coarse.probability_above(limit)
    excess, rough = law.expected_excess(limit), coarse.expected_excess(limit)
    steep = float(chance_error(law, np.array([limit]))[0])
    return SchemeSafety(
        returned_per_hundred=_exact(100.0 * (law.mean + cost) / income),
        deficit_probability=Figure(chance, max(abs(chance - again), steep)),
        expected_shortfall_yuan=Figure(
            max(excess, 0.0), max(abs(excess - rough), rounding_yuan(law))
        ),
        expected_surplus_yuan=_exact(limit - law.mean, MEAN_ROUNDING_YUAN),
    )


def _spent_on_claims(inputs: Inputs, expenses: str) -> float:
    """Expected benefits and expenses on beneficiaries of a year, yuan."""
    claims = expected_claims(inputs)
    fixed = replace(inputs, assumptions=inputs.assumptions.changed(_NO_SHARES))
    cases = expenses_yuan(fixed, claims.enrolments, claims.beneficiaries, expenses=expenses)
    return float(claims.paid_yuan.sum() + cases.sum())


_NO_SHARES = {"expense_share": 0.0, "expense_per_enrolment_yuan": 0.0}


def _saving(inputs: Inputs, lever: str, expenses: str) -> Callable[[float], float]:
    """Return fall of what a lever names → yuan that it saves in a year."""
    now = _spent_on_claims(inputs, expenses)
    return lambda fall: now - _spent_on_claims(with_effect(inputs, lever, fall), expenses)


def _break_even(saved: Callable[[float], float], lever: str, cost: float) -> float | None:
    """Return the fall of the scheme's rates that pays the cost, None where none does.

    Savings are in proportion to a rate; with the cost of a stay they are not, so its fall is
    halved down.
    """
    if cost <= 0.0:
        return 0.0
    if lever != "stay_cost":
        pace = saved(SMALL) / SMALL
        fall = cost / pace if pace > 0.0 else np.inf
        return _if_possible(saved, fall)
    low, high = 0.0, MOST_FALL
    if saved(high) < cost:
        return None
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if saved(middle) < cost else (low, middle)
    return (low + high) / 2.0


def _if_possible(saved: Callable[[float], float], fall: float) -> float | None:
    """Return the fall if rates can fall so far: illness cannot be less than none."""
    if fall > 1.0:
        return None
    try:
        saved(fall)
    except InputRefused:
        return None
    return fall


def programme_result(
    inputs: Inputs, programme: Programme, *, form: str = "collective", expenses: str = "default"
) -> ProgrammeResult:
    """Return cost, saving, break-even and the scheme with and without a programme."""
    cost = programme.borne_share * programme.total_yuan / programme.years
    reach, lever = reach_of(inputs, programme), programme.lever or "hospital_claimant"
    saved = _saving(inputs, lever, expenses)
    ends = (programme.effect, programme.effect_low, programme.effect_high)
    now, low, high = (saved(end * reach) if programme.lever else 0.0 for end in ends)
    fall = _break_even(saved, lever, cost)
    effect = fall / reach if fall is not None and fall <= reach else None
    before = scheme_safety(inputs, year_laws(inputs, form), expenses=expenses)
    moved = with_programme(inputs, programme)
    after = scheme_safety(moved, year_laws(moved, form), expenses=expenses, cost=cost)
    enrolments = int(expected_claims(inputs).enrolments.sum())
    surplus = before.expected_surplus_yuan
    return ProgrammeResult(
        programme=programme,
        reach=reach,
        cost_yuan=_exact(cost),
        cost_per_member_yuan=_exact(cost / programme.members),
        cost_per_enrolment_yuan=_exact(cost / max(enrolments, 1)),
        saved_yuan=_exact(now, MEAN_ROUNDING_YUAN),
        saved_low_yuan=_exact(low, MEAN_ROUNDING_YUAN),
        saved_high_yuan=_exact(high, MEAN_ROUNDING_YUAN),
        net_yuan=_exact(now - cost, MEAN_ROUNDING_YUAN),
        break_even_lever=lever,
        break_even_effect=None if effect is None else _exact(effect, 1e-7),
        break_even_yuan_per_member=_exact(now / programme.members),
        carried_times=surplus.scaled(1.0 / cost) if cost > 0.0 else None,
        before=before,
        after=after,
    )
