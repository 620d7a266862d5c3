"""One benefit term of a plan: what it may be, a plan with another value of it, a grid of values.

Floor 4, inside `premium`. A term is a column of `plans.csv` that the plan's form uses, or `units`:
how many units (份) an enrolment holds, each with its contribution and its benefits.
Source: docs/benefits.md, section 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np

from workbench.changes import Changes, apply
from workbench.guard import in_range, refuse
from workbench.inputs import Inputs
from workbench.names import allowed_name
from workbench.plans import Plan
from workbench.schema import FORM_TERMS, file_named

__all__ = [
    "LEVERS",
    "UNITS",
    "BenefitTerm",
    "grid_of",
    "scaled_changes",
    "term_of",
    "terms_of",
    "with_value",
]

UNITS = "units"
SHARES = ("first_stay_share", "later_stay_share")
PAYMENTS: Mapping[str, tuple[str, ...]] = {
    "medical": (*SHARES, "annual_cap_yuan"),
    "allowance": ("daily_yuan", "annual_cap_yuan"),
    "critical": ("lump_sum_yuan", "partial_lump_yuan"),
    "special": ("lump_sum_yuan", "partial_lump_yuan"),
    "accident": ("daily_yuan", "death_yuan", "disability_max_yuan"),
}
"""Form → the terms that a payment goes in proportion with, all of them together."""

LEVERS: Mapping[str, tuple[str, ...]] = {
    "medical": ("first_stay_share", "later_stay_share", "annual_cap_yuan"),
    "allowance": ("daily_yuan", "max_days_per_year", "annual_cap_yuan"),
    "critical": ("lump_sum_yuan", "partial_lump_yuan"),
    "special": ("lump_sum_yuan", "partial_lump_yuan"),
    "accident": ("death_yuan", "disability_max_yuan", "daily_yuan"),
}
"""Form → the terms by which a benefit is made better, the usual one first."""

SMALLEST_STEP = {
    "first_stay_share": 0.01,
    "later_stay_share": 0.01,
    "deductible_yuan": 10.0,
    "daily_yuan": 1.0,
}
"""Steps in which a term is offered; whole terms go by 1, other amounts by 100 yuan."""
YUAN_STEP = 100.0
USUAL = {
    "first_stay_share": (0.5, 1.0, 0.05),
    "later_stay_share": (0.5, 1.0, 0.05),
    "deductible_yuan": (0.0, 1_000.0, 100.0),
    "elimination_days": (0.0, 10.0, 1.0),
    "waiting_none_until_day": (0.0, 180.0, 15.0),
    "waiting_partial_until_day": (0.0, 180.0, 15.0),
    "max_days_per_year": (15.0, 180.0, 15.0),
}
"""Ranges of a grid where none is asked for; other amounts go from half to twice what is paid."""
MOST_POINTS = 101
FALLING = (
    "deductible_yuan",
    "elimination_days",
    "waiting_none_until_day",
    "waiting_partial_until_day",
)
"""Terms that take more away the larger they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitTerm:
    """One term of one plan.

    `place` of the plan in the pack; `low` to `high` what it may be beside the other terms in
    force; `step` in which it is offered, `whole` where only whole numbers exist; `current` its
    value in force; `rises` whether a larger value costs more.
    """

    plan: str
    place: int
    column: str
    unit: str
    low: float
    high: float
    step: float
    whole: bool
    current: float

    @property
    def rises(self) -> bool:
        """Whether a larger value pays more."""
        return self.column not in FALLING

    @property
    def name(self) -> str:
        """Name as written: `P3.lump_sum_yuan`."""
        return f"{self.plan}.{self.column}"

    def offered(self, value: float, *, dearer: bool = False) -> float:
        """Return the nearest step that costs no more than `value` (no less where `dearer`)."""
        steps = value / self.step
        whole = round(steps)
        if abs(steps - whole) > 1e-6:
            whole = ceil(steps) if self.rises == dearer else floor(steps)
        return float(np.clip(round(whole * self.step, 6), self.low, self.high))


def terms_of(plan: Plan) -> tuple[str, ...]:
    """Return the terms of a plan that may be designed, units last."""
    return (*FORM_TERMS[plan.benefit_form], UNITS)


def _bounds(plan: Plan, column: str, low: float, high: float) -> tuple[float, float]:
    """Range of a term beside the plan's other terms (docs/model.md sections 4 and 5)."""
    if plan.benefit_form not in ("critical", "special"):
        return low, high
    return {
        "lump_sum_yuan": (max(low, plan.partial_lump_yuan), high),
        "partial_lump_yuan": (low, min(high, plan.lump_sum_yuan)),
        "waiting_none_until_day": (low, min(high, plan.waiting_partial_until_day)),
        "waiting_partial_until_day": (max(low, plan.waiting_none_until_day), high),
    }[column]


def term_of(inputs: Inputs, code: str, column: str) -> BenefitTerm:
    """Return a term of a plan.

    Raises
    ------
    InputRefused
        `unknown-choice` for a plan that is not there, `benefit-term-unknown` for a term that its
        form does not use; both with what is there.
    """
    codes = inputs.plan_codes
    if code not in codes:
        raise refuse("unknown-choice", name="--plan", value=code, allowed=codes)
    place = codes.index(code)
    plan = inputs.plans[place]
    if column not in terms_of(plan):
        raise refuse("benefit-term-unknown", name=code, value=column, allowed=terms_of(plan))
    if column == UNITS:
        most = file_named("plans.csv").column("max_units").high
        given: dict[str, Any] = {"low": 1.0, "high": most, "unit": "units", "current": 1.0}
        return BenefitTerm(plan=code, place=place, column=UNITS, step=1.0, whole=True, **given)
    allowed = allowed_name(inputs, f"plans.{code}.{column}")
    assert allowed is not None and allowed.low is not None and allowed.high is not None
    low, high = _bounds(plan, column, allowed.low, allowed.high)
    return BenefitTerm(
        plan=code,
        place=place,
        column=column,
        unit=allowed.unit,
        low=low,
        high=high,
        step=1.0 if allowed.whole else SMALLEST_STEP.get(column, YUAN_STEP),
        whole=allowed.whole,
        current=float(getattr(plan, column)),
    )


def scaled_changes(plan: Plan, factor: float) -> dict[str, float]:
    """Return the changes that make every payment of a plan `factor` times what it is.

    Raises
    ------
    InputRefused
        `benefit-above-cost` where a share of what a member bears himself would pass all of it.
    """
    found = {}
    for column in PAYMENTS[plan.benefit_form]:
        value = getattr(plan, column) * factor
        if column in SHARES and value > 1.0 + 1e-12:
            raise _above_cost(f"{plan.code}.{column}", value)
        found[f"plans.{plan.code}.{column}"] = round(value, 9)
    return found


def _above_cost(name: str, value: float) -> Exception:
    return refuse("benefit-above-cost", name=name, value=f"{value:g}", allowed="0–1")


def with_value(inputs: Inputs, term: BenefitTerm, value: float) -> Inputs:
    """Return the pack with another value of a term.

    Raises
    ------
    InputRefused
        A value out of its range, one that contradicts the plan's other terms, or
        `benefit-above-cost`.
    """
    plan = inputs.plans[term.place]
    if term.column == UNITS:
        values = scaled_changes(plan, value)
        values[f"plans.{term.plan}.premium_yuan"] = plan.premium_yuan * value
        return apply(inputs, Changes(values))
    if term.column in SHARES and value > 1.0:
        raise _above_cost(term.name, value)
    return apply(inputs, Changes({f"plans.{term.plan}.{term.column}": value}))


def _usual(inputs: Inputs, term: BenefitTerm) -> tuple[float, float, float]:
    if term.column == UNITS:
        return 1.0, float(max(inputs.plans[term.place].max_units, 2)), 1.0
    if term.column in USUAL:
        return USUAL[term.column]
    base = term.current or inputs.plans[term.place].lump_sum_yuan or YUAN_STEP * 10.0
    return 0.5 * base, 2.0 * base, 0.1 * base


def grid_of(
    inputs: Inputs, term: BenefitTerm, asked: Sequence[float] = (), *, points: int = MOST_POINTS
) -> tuple[float, ...]:
    """Return the values of a term to look at, ascending, the one in force if it lies among them.

    Parameters
    ----------
    inputs
        The scheme.
    term
        The term.
    asked
        Lowest, highest and, if given, the step; empty for a usual range.
    points
        Most values.

    Raises
    ------
    InputRefused
        `value-out-of-range`, `benefit-above-cost`, `benefit-range` (low above high, a step that
        makes too many values, half a day).
    """
    low, high, step = _asked(inputs, term, asked)
    count = int(floor((high - low) / step + 1e-9)) + 1
    if count > points:
        told = {"name": term.name, "value": count, "allowed": points}
        raise refuse("benefit-too-many-values", **told)
    values = {round(low + step * place, 6) for place in range(count)} | {high}
    if low <= term.current <= high or not asked:
        values.add(term.current)
    return tuple(sorted(values))


def _asked(inputs: Inputs, term: BenefitTerm, asked: Sequence[float]) -> tuple[float, float, float]:
    """Return lowest, highest and step of a grid, judged."""
    if not asked:
        low, high, step = _usual(inputs, term)
        return max(low, term.low), min(high, term.high), step
    low, high = asked[0], asked[1]
    if term.column in SHARES and high > 1.0:
        raise _above_cost(term.name, high)
    for value in (low, high):
        in_range(term.name, value, term.low, term.high)
    step = asked[2] if len(asked) > 2 else _even(term, low, high)
    uneven = term.whole and any(not float(one).is_integer() for one in (low, high, step))
    if low > high or step <= 0.0 or uneven:
        told = ":".join(f"{one:g}" for one in asked)
        raise refuse("benefit-range", name=term.name, value=told, allowed=_written(term))
    return low, high, step


def _written(term: BenefitTerm) -> str:
    return f"{term.low:g}:{term.high:g}:{term.step:g}"


def _even(term: BenefitTerm, low: float, high: float) -> float:
    """Step that makes about twenty values, a multiple of the smallest one."""
    wide = max(high - low, term.step)
    return max(1.0, ceil(wide / term.step / 20.0 - 1e-9)) * term.step
