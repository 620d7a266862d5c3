"""The assumptions in force: what stands behind each figure of a reserve, with value and source.

Floor 4, inside `reserving`. A convention has no number: its `name` is a key, its words stand in
docs/reserving.md and in the locale.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.assumptions import Belief
from workbench.inputs import Inputs
from workbench.reserving.unpaid import DELAY_COLUMN

__all__ = ["InForce", "assumptions_in_force"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """One assumption behind a reserve.

    `values` holds one number, the numbers of a table in the order of its rows, or none for a
    convention; `low` and `high` its range where it has one; `source` where it comes from;
    `used_by` the names of the fields of `PlanReserve` that rest on it.
    """

    name: str
    values: tuple[float, ...] = ()
    unit: str = ""
    low: float | None = None
    high: float | None = None
    source: str
    used_by: tuple[str, ...]


_UNEARNED = ("unearned_yuan", "unearned_half_months_yuan")
_UNPAID = ("unpaid_yuan", "unpaid_older_yuan", "unpaid_low_yuan", "unpaid_high_yuan")
_COST = ("unexpired_cost_yuan", "deficiency_yuan", "deficiency_season_yuan")
_HANDLING = ("handling_yuan",)
_ADVANCE = ("advance_yuan",)
_MONEY = (*_UNEARNED, *_UNPAID, *_HANDLING, *_ADVANCE, *_COST)

_CONVENTIONS = {
    "steady_state": _MONEY,
    "cover_365_days": ("unearned_yuan", *_COST),
    "start_mid_month": ("unearned_half_months_yuan",),
    "gross_contributions": (*_UNEARNED, *_ADVANCE, *_COST),
    "even_exposure": (*_UNPAID, *_HANDLING),
    "straight_line_in_month": (*_UNPAID, *_HANDLING),
    "handling_cost_at_payment": _HANDLING,
    "expenses_over_term": _COST,
    "plans_not_offset": ("deficiency_yuan", "deficiency_season_yuan"),
}
_SEASON_USED = {
    "illness": (*_UNPAID, *_HANDLING, "deficiency_season_yuan"),
    "all": (*_UNPAID, *_HANDLING, "deficiency_season_yuan"),
    "none": (),
}
_EXPENSES_USED = {
    "expense_share": _COST,
    "expense_per_enrolment_yuan": _COST,
    "expense_per_beneficiary_yuan_P1_P2": (*_HANDLING, *_COST),
    "expense_per_beneficiary_yuan_P3_P4_P5": (*_HANDLING, *_COST),
}


def _of_belief(belief: Belief, used_by: tuple[str, ...]) -> InForce:
    return InForce(
        name=belief.name,
        values=(belief.value,),
        unit=belief.unit,
        low=belief.low,
        high=belief.high,
        source=belief.provenance,
        used_by=used_by,
    )


def _tables(inputs: Inputs, season: str) -> list[InForce]:
    calendar = inputs.calendar
    found = [
        InForce(
            name="share_of_contributions",
            values=tuple(calendar.start_share.tolist()),
            unit="share by month",
            source="start_months.csv",
            used_by=(*_UNEARNED, *_ADVANCE, *_COST),
        )
    ]
    needed = {DELAY_COLUMN[plan.benefit_form] for plan in inputs.plans}
    for place, column in enumerate(calendar.delay_columns):
        if column in needed:
            found.append(
                InForce(
                    name=column,
                    values=tuple(calendar.paid_share[:, place].tolist()),
                    unit="share by month since the event",
                    source="reporting_delay.csv",
                    used_by=(*_UNPAID, *_HANDLING),
                )
            )
    if _SEASON_USED[season]:
        found.append(
            InForce(
                name="admission_index",
                values=tuple(calendar.season.tolist()),
                unit="index by month, mean 1",
                source="seasonality.csv",
                used_by=_SEASON_USED[season],
            )
        )
    return found


def assumptions_in_force(inputs: Inputs, *, expenses: str, season: str) -> tuple[InForce, ...]:
    """Return every assumption behind a reserve: tables, numbers, then conventions.

    The parameters behind the expected claims of a year are those of `run`; they are not repeated.
    """
    numbers = {
        "reporting_delay_stretch": (*_UNPAID, *_HANDLING),
        "advance_receipt_days": _ADVANCE,
    }
    if expenses != "none":
        numbers |= _EXPENSES_USED
    dropped = {"handling_cost_at_payment", "expenses_over_term"} if expenses == "none" else set()
    return (
        *_tables(inputs, season),
        *(_of_belief(inputs.assumptions.belief(name), used) for name, used in numbers.items()),
        *(
            InForce(name=name, source="docs/reserving.md", used_by=used)
            for name, used in {**_CONVENTIONS, f"season_{season}": _SEASON_USED["all"]}.items()
            if name not in dropped
        ),
    )
