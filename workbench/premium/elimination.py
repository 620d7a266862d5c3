"""Loss elimination ratios: the share of a cost that each term of a cover takes away.

Floor 4, inside `premium`. Two readings, both exact: a term by itself, against what would be paid
without it and with all the others; and the terms in their order, from the ground up, whose parts
add up. Source: Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), definition 8.4 and
section 8.3 (loss elimination ratio), 8.5 (coinsurance and limits); docs/benefits.md, section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workbench.engine.stages import expected_claims
from workbench.exact import MEAN_ROUNDING_YUAN
from workbench.inputs import Inputs
from workbench.laws.coverage import Covered, Terms
from workbench.laws.sizes import SizeLaw
from workbench.plans import Plan
from workbench.premium.plan_years import alone
from workbench.risk import Figure

__all__ = [
    "Eliminated",
    "Elimination",
    "law_elimination",
    "neutral_terms",
    "plan_elimination",
]

NO_CAP_YUAN, NO_DAYS = 1e9, 3_650
"""Stand for none: what a year pays above them is below 1e-9 yuan."""

ORDER: Mapping[str, tuple[str, ...]] = {
    "medical": (
        "waiting_none_until_day",
        "deductible_yuan",
        "first_stay_share",
        "later_stay_share",
        "annual_cap_yuan",
    ),
    "allowance": (
        "waiting_none_until_day",
        "elimination_days",
        "max_days_per_year",
        "annual_cap_yuan",
    ),
    "critical": ("waiting_none_until_day", "waiting_partial_until_day"),
    "special": ("waiting_none_until_day", "waiting_partial_until_day"),
    "accident": ("elimination_days", "max_days_per_year"),
}
"""Form → the terms that take away, in the order in which they act on a claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eliminated:
    """What one term takes away, yuan (of a plan: per enrolment and year).

    `otherwise_yuan` what would be paid without this term alone, `alone_yuan` what it takes of
    that, `alone_share` the loss elimination ratio; `in_order_yuan` what it takes when the terms
    act one after another, `in_order_share` the same of the ground-up cost.
    """

    term: str
    otherwise_yuan: Figure
    alone_yuan: Figure
    alone_share: Figure
    in_order_yuan: Figure
    in_order_share: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Elimination:
    """Ground-up cost, what is paid of it, and what each term takes; yuan.

    `ground_up_yuan` = Σ in_order_yuan + `paid_yuan`.
    """

    ground_up_yuan: Figure
    paid_yuan: Figure
    terms: tuple[Eliminated, ...]


Cost = Callable[[Sequence[str]], float]
"""Expected cost with these terms in force and all others left out."""


def _elimination(names: Sequence[str], cost: Cost, error: float) -> Elimination:
    """Return what each of the terms takes; `error` is that of one cost."""
    ladder = [cost(names[:count]) for count in range(len(names) + 1)]
    paid, ground = Figure(ladder[-1], error), Figure(ladder[0], error)
    terms = []
    for place, name in enumerate(names):
        without = cost([other for other in names if other != name])
        step = Figure(ladder[place] - ladder[place + 1], 2.0 * error)
        terms.append(
            Eliminated(
                term=name,
                otherwise_yuan=Figure(without, error),
                alone_yuan=Figure(without - paid.value, 2.0 * error),
                alone_share=_ratio(without - paid.value, without, error),
                in_order_yuan=step,
                in_order_share=_ratio(step.value, ground.value, error),
            )
        )
    return Elimination(ground_up_yuan=ground, paid_yuan=paid, terms=tuple(terms))


def _ratio(part: float, whole: float, error: float) -> Figure:
    """Return part / whole, 0 of nothing; both amounts with the same error."""
    if whole <= 0.0:
        return Figure(0.0, 0.0)
    return Figure(part / whole, 2.0 * error / whole)


def neutral_terms(plan: Plan) -> dict[str, Any]:
    """Return the value of each term of a plan at which it takes nothing away.

    A partial lump sum has none of its own: its waiting days take the rest of the lump sum.
    """
    none: dict[str, Any] = {
        "waiting_none_until_day": 0,
        "deductible_yuan": 0.0,
        "first_stay_share": 1.0,
        "later_stay_share": 1.0,
        "annual_cap_yuan": NO_CAP_YUAN,
        "elimination_days": 0,
        "max_days_per_year": NO_DAYS,
        "waiting_partial_until_day": plan.waiting_none_until_day,
    }
    return {name: none[name] for name in ORDER[plan.benefit_form]}


def _with_terms(plan: Plan, names: Sequence[str]) -> Plan:
    """Return the plan with these of its terms in force and the others neutral."""
    off = {name: value for name, value in neutral_terms(plan).items() if name not in names}
    if "waiting_none_until_day" in off and "waiting_partial_until_day" in off:
        off["waiting_partial_until_day"] = 0
    return replace(plan, **off)


def plan_elimination(inputs: Inputs, place: int) -> Elimination:
    """Return what each term of a plan takes away, yuan per enrolment and year.

    Ground up is what the plan would pay with none of its terms: of a medical plan all that basic
    insurance leaves inside its scope, of an allowance every day in hospital, of a lump sum every
    diagnosis. Two terms that bind at the same place take nothing alone and something together.
    """
    single = alone(inputs, place)
    plan = single.plans[0]
    number = float(expected_claims(single).enrolments[0])

    def cost(names: Sequence[str]) -> float:
        changed = replace(single, plans=(_with_terms(plan, names),))
        return float(expected_claims(changed).paid_yuan[0]) / number

    error = MEAN_ROUNDING_YUAN / number
    return _elimination(ORDER[plan.benefit_form], cost, error)


_NO_TERMS = Terms()
_LAW_ORDER = ("deductible", "limit", "most", "coinsurance")


def law_elimination(loss: SizeLaw, terms: Terms) -> Elimination:
    """Return what each term of a cover takes of a law of losses, an amount a loss.

    Ground up is the loss after inflation; franchise goes with the deductible.

    Examples
    --------
    >>> from workbench.laws import Exponential
    >>> law_elimination(Exponential(scale=1000.0), Terms(deductible=500.0)).terms[0].alone_share
    Figure(value=0.39346934..., error=...)
    """
    names = [name for name in _LAW_ORDER if getattr(terms, name) != getattr(_NO_TERMS, name)]

    def cost(active: Sequence[str]) -> float:
        off = {name: getattr(_NO_TERMS, name) for name in _LAW_ORDER if name not in active}
        if "deductible" in off:
            off["franchise"] = False
        return Covered(loss, replace(terms, **off)).mean

    rounding = 8.0 * float(np.finfo(float).eps) * cost(())
    return _elimination(names, cost, rounding)
