"""Every name that `--set` takes with a pack, its unit, range, present value, and what it moves.

Floor 1, inside `names`. The meaning of a name and what it moves are keys of
`workbench/locale/columns.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workbench.inputs import Inputs
from workbench.plans import Plan
from workbench.rates import RATE_SCALES
from workbench.schema import (
    FORM_TERMS,
    PLAN_NUMBERS,
    SEGMENT_COINSURANCE,
    SEGMENT_PARAMETERS,
    file_named,
)

__all__ = [
    "AllowedName",
    "LEAVE",
    "MOST_OWN_YEARS",
    "MOVES_NOTHING",
    "OWN_YEARS",
    "SEGMENT",
    "allowed_name",
    "allowed_names",
]

SEGMENT = re.compile(r"segment:([A-Za-z][A-Za-z0-9_]{0,30})\.([A-Za-z][A-Za-z0-9_]*)", re.ASCII)
LEAVE = re.compile(r"leave:age_(\d{1,3})_(\d{1,3})", re.ASCII)
_ENROLMENTS = re.compile(r"enrolments\.(.+)")
OWN_YEARS = re.compile(r"own_years\.(.+)")
_PLAN = re.compile(r"plans\.([A-Za-z][A-Za-z0-9_]{0,30})\.(\w+)", re.ASCII)

SCALE_RANGE = (0.5, 1.3)
RATE_SCALE_RANGE = (0.5, 2.0)
MOST_OWN_YEARS = 5
"""Most years of own figures that are read."""
_MOST_SEGMENT = 1_000_000
_LEAST_MONEY = 0.01

_PLAN_MOVES = {
    "premium_yuan": "moves.contributions",
    "age_min": "moves.nothing_ages",
    "age_max": "moves.nothing_ages",
    "term_months": "moves.nothing_term",
    "max_units": "moves.nothing_units",
    "min_participation": "moves.participation",
    "claim_window_days": "moves.nothing_window",
}
_BELIEF_MOVES = {
    "expense_share": "moves.expenses",
    "expense_per_enrolment_yuan": "moves.expenses",
    "expense_per_beneficiary_yuan_P1_P2": "moves.expenses",
    "expense_per_beneficiary_yuan_P3_P4_P5": "moves.expenses",
    "safety_loading_P1_P2": "moves.price",
    "safety_loading_P3_P4_P5": "moves.price",
    "contingency_share": "moves.price",
    "interest_rate_per_year": "moves.fund",
    "opening_fund_yuan": "moves.fund",
    "risk_retained_share": "moves.fund",
    "remittance_share": "moves.fund",
    "shock_autocorrelation": "moves.fund",
    "catastrophe_rate_per_year": "moves.nothing_catastrophe",
    "catastrophe_deaths": "moves.nothing_catastrophe",
    "county_shock_cv": "moves.nothing_one_area",
    "advance_receipt_days": "moves.reserve",
    "reporting_delay_stretch": "moves.reserve",
    "epidemic_year_factor": "moves.with_epidemic",
    "deferral_year_factor": "moves.with_deferral",
    "frequency_trend_per_year": "moves.with_years",
    "cost_trend_per_year": "moves.with_years",
    "years_from_base_to_rating": "moves.with_trend",
}
MOVES_NOTHING = "moves.nothing"
"""Keys of `moves` that begin so say why a name moves no figure yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedName:
    """One name that `--set` takes.

    `current` is the value in this pack (None: none yet); `low` and `high` the allowed range (None
    for text); `whole` whether only whole numbers are taken; `meaning` and `moves` keys of
    columns.csv. In the names of segments and leavers NAME, LOW and HIGH stand for the user's own.
    """

    name: str
    unit: str
    low: float | None
    high: float | None
    current: float | None
    meaning: str
    moves: str
    whole: bool = False

    @property
    def moves_nothing(self) -> bool:
        """Whether the name moves no figure of today's questions; `moves` then says why."""
        return self.moves.startswith(MOVES_NOTHING)


def _beliefs(inputs: Inputs) -> Iterator[AllowedName]:
    men_hold_special = any(
        plan.benefit_form == "special" and plan.eligible_sex != "F" for plan in inputs.plans
    )
    for belief in inputs.assumptions.beliefs.values():
        if belief.low is None or belief.high is None:
            continue
        moves = _BELIEF_MOVES.get(belief.name, "moves.run")
        if belief.file == "participation.csv":
            damped = belief.name == "benefit_damping"
            moves = "moves.with_benefit" if damped else "moves.participation"
        if belief.name == "special_disease_men_relativity" and not men_hold_special:
            moves = "moves.nothing_men_special"
        yield AllowedName(
            name=belief.name,
            unit=belief.unit,
            low=belief.low,
            high=belief.high,
            current=belief.value,
            meaning=f"name.{belief.name.split('.')[0]}",
            moves=moves,
        )


def _plan_name(plan: Plan, column_name: str) -> AllowedName:
    column = file_named("plans.csv").column(column_name)
    moves = _PLAN_MOVES.get(column_name, "moves.run")
    if moves == "moves.run" and column_name not in FORM_TERMS[plan.benefit_form]:
        moves = "moves.nothing_form"
    current = getattr(plan, column_name)
    return AllowedName(
        name=f"plans.{plan.code}.{column_name}",
        unit=column.unit,
        low=_LEAST_MONEY if column.above_low else column.low,
        high=column.high,
        current=None if current is None else float(current),
        meaning=f"column.plans.{column_name}",
        moves=moves,
        whole=column.kind == "whole",
    )


def _eligible(inputs: Inputs, plan: Plan) -> int:
    """Members whose sex the plan admits."""
    women = sum(row.women for row in inputs.rows) if "F" in plan.eligible_sex else 0
    men = sum(row.men for row in inputs.rows) if "M" in plan.eligible_sex else 0
    return women + men


def _enrolment_name(inputs: Inputs, plan: Plan) -> AllowedName:
    held = sum(row.members for row in inputs.rows if plan.code in row.plans)
    return AllowedName(
        name=f"enrolments.{plan.code}",
        unit="enrolments",
        low=1.0,
        high=float(_eligible(inputs, plan)),
        current=float(held),
        meaning="name.enrolments",
        moves="moves.run",
        whole=True,
    )


def _segment_name(inputs: Inputs, segment: str, part: str) -> AllowedName | None:
    """Return what `segment:NAME.PART` takes, None where it takes no such part."""
    factor = file_named("bundles.csv").column("accident_factor")
    known = {
        "members": ("members", 1.0, float(_MOST_SEGMENT)),
        "bundle": ("", None, None),
        "accident_factor": (factor.unit, factor.low, factor.high),
    }
    if part in known:
        unit, low, high = known[part]
    else:
        belief = inputs.assumptions.beliefs.get(part)
        if part not in SEGMENT_PARAMETERS or belief is None or belief.low is None:
            return None
        unit, low, high = belief.unit, belief.low, belief.high
        if part == "basic_coinsurance":
            low, high = SEGMENT_COINSURANCE
    return AllowedName(
        name=f"segment:{segment}.{part}",
        unit=unit,
        low=low,
        high=high,
        current=None,
        meaning=f"name.segment_{part}" if part in known else f"name.{part}",
        moves="moves.run",
        whole=part == "members",
    )


def _leave_name(name: str) -> AllowedName:
    return AllowedName(
        name=name,
        unit="share",
        low=0.0,
        high=1.0,
        current=0.0,
        meaning="name.leave",
        moves="moves.run",
    )


def _scale_name() -> AllowedName:
    low, high = SCALE_RANGE
    return AllowedName(
        name="participation_scale",
        unit="ratio",
        low=low,
        high=high,
        current=1.0,
        meaning="name.participation_scale",
        moves="moves.run",
    )


def _rate_scale_name(name: str) -> AllowedName:
    low, high = RATE_SCALE_RANGE
    return AllowedName(
        name=name,
        unit="ratio",
        low=low,
        high=high,
        current=1.0,
        meaning=f"name.{name}",
        moves="moves.run",
    )


def _own_years_name(plan: Plan) -> AllowedName:
    return AllowedName(
        name=f"own_years.{plan.code}",
        unit="years",
        low=0.0,
        high=float(MOST_OWN_YEARS),
        current=0.0,
        meaning="name.own_years",
        moves="moves.nothing_own_years",
        whole=True,
    )


def allowed_names(inputs: Inputs) -> tuple[AllowedName, ...]:
    """Return every name that `--set` takes with this pack, templates of segments and ages last."""
    names = list(_beliefs(inputs))
    for plan in inputs.plans:
        names.extend(_plan_name(plan, column) for column in PLAN_NUMBERS)
    names.append(_scale_name())
    names.extend(_enrolment_name(inputs, plan) for plan in inputs.plans)
    names.extend(map(_rate_scale_name, RATE_SCALES))
    names.extend(map(_own_years_name, inputs.plans))
    parts = ("members", "bundle", "accident_factor", *SEGMENT_PARAMETERS)
    names.extend(
        found for part in parts if (found := _segment_name(inputs, "NAME", part)) is not None
    )
    names.append(_leave_name("leave:age_LOW_HIGH"))
    return tuple(names)


def allowed_name(inputs: Inputs, name: str) -> AllowedName | None:
    """Return what is allowed for one name, None if there is no such name."""
    codes = {plan.code: plan for plan in inputs.plans}
    if found := SEGMENT.fullmatch(name):
        return _segment_name(inputs, *found.groups())
    if LEAVE.fullmatch(name):
        return _leave_name(name)
    if (found := _PLAN.fullmatch(name)) and found[1] in codes and found[2] in PLAN_NUMBERS:
        return _plan_name(codes[found[1]], found[2])
    if (found := _ENROLMENTS.fullmatch(name)) and found[1] in codes:
        return _enrolment_name(inputs, codes[found[1]])
    if (found := OWN_YEARS.fullmatch(name)) and found[1] in codes:
        return _own_years_name(codes[found[1]])
    if name in RATE_SCALES:
        return _rate_scale_name(name)
    if name == "participation_scale":
        return _scale_name()
    belief = inputs.assumptions.beliefs.get(name)
    if belief is None or belief.low is None:
        return None
    return next(entry for entry in _beliefs(inputs) if entry.name == name)
