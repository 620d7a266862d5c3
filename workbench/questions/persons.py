"""The question `persons`: three persons, what each is paid, and how many days until then.

Floor 8. Examples, no forecast: a stay costs the mean of the person's age and takes the days stated;
the member is in a renewed term, has one unit, and it is the first event of the year. Formulas:
docs/model.md sections 3 to 5; when it is paid: docs/reserving.md section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.assumptions import Assumptions
from workbench.engine.claimant import Stay, stay_of
from workbench.inputs import Inputs
from workbench.laws.terms import MedicalPayment, paid_days, to_fen
from workbench.plans import Plan
from workbench.questions.documents import figure_part, finite
from workbench.questions.registry import Asked, Mapper, Question
from workbench.questions.run import named
from workbench.questions.table import Cell, Column, Table, Word
from workbench.reserving.unpaid import paid_share
from workbench.risk import Figure
from workbench.timeline import AGE_BANDS, DAYS_IN_YEAR, band_bounds

__all__ = ["PERSONS", "QUESTION", "Paid", "Person", "PersonPaid", "days_until"]

RESIDENT_COINSURANCE = 0.30
"""Part that basic insurance of residents leaves (docs/assumptions.md section 4), where the members
have no segment of new-form workers with its own."""

NEW_FORM = "new_form"
MONTH_DAYS = DAYS_IN_YEAR / 12
HALF, MOST = 0.5, 0.9
"""By `days_half` half of such claims are paid, by `days_most` nine of ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One example: `forms` are the benefit forms of the plans held, `days` those in hospital.

    `resident` says that basic insurance is that of residents.
    """

    code: str
    sex: str
    age: int
    forms: tuple[str, ...]
    kind: str
    days: int = 0
    resident: bool = False


PERSONS = (
    Person(
        code="hospital", sex="M", age=45, forms=("medical", "allowance"), kind="illness", days=8
    ),
    Person(code="diagnosis", sex="F", age=50, forms=("critical", "special"), kind="special"),
    Person(
        code="courier",
        sex="M",
        age=30,
        forms=("medical", "accident"),
        kind="injury",
        days=12,
        resident=True,
    ),
)
"""A man with a stay of 8 days; a woman with a diagnosis; a courier with a broken bone.

Days of a stay: near the means of `illness_days_mean` and `injury_days_mean`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What one plan pays, yuan, and within how many days (see `HALF`, `MOST`)."""

    paid_yuan: Figure
    days_half: Figure
    days_most: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPaid:
    """What a person pays in a year, what the stay costs (None without one), and is paid by plan."""

    person: Person
    premium_yuan: float
    cost_yuan: Figure | None
    plans: Mapping[str, Paid] = field(default_factory=dict)

    @property
    def paid_yuan(self) -> Figure:
        """All plans together."""
        return Figure(sum(one.paid_yuan.value for one in self.plans.values()), 0.0)


def _beliefs(inputs: Inputs, person: Person) -> Assumptions:
    """Return the assumptions of the person's own basic insurance."""
    if not person.resident:
        return inputs.assumptions
    own = {one.name: dict(one.beliefs) for one in inputs.segments}.get(NEW_FORM, {})
    named_beliefs = {name: value for name, value in own.items() if name in inputs.assumptions}
    return inputs.assumptions.changed({"basic_coinsurance": RESIDENT_COINSURANCE, **named_beliefs})


def _stay(inputs: Inputs, person: Person) -> Stay | None:
    """Return the laws of the person's stay, None where there is none."""
    if not person.days:
        return None
    bounds = {band: band_bounds(band) for band in AGE_BANDS}
    band = next(one for one, (low, high) in bounds.items() if low <= person.age <= high)
    relativity = inputs.assumptions[f"stay_cost_relativity.{band}"]
    return stay_of(_beliefs(inputs, person), relativity, person.kind)


def _paid_yuan(plan: Plan, person: Person, stay: Stay | None) -> float:
    """Return what a plan pays, in yuan of whole fen."""
    if not plan.covers(person.kind):
        return 0.0
    if plan.benefit_form in ("critical", "special"):
        return float(plan.lump_sum_yuan)
    assert stay is not None
    if plan.benefit_form == "medical":
        amount = MedicalPayment.of(plan, stay.basic, plan.first_stay_share)
        fen = to_fen(amount.amount(np.asarray(stay.cost.mean)))
        return min(float(fen) / 100.0, float(plan.annual_cap_yuan))
    days = paid_days(np.asarray(person.days), plan.elimination_days, plan.max_days_per_year)
    yuan = float(plan.daily_yuan * days)
    return min(yuan, float(plan.annual_cap_yuan)) if plan.annual_cap_yuan else yuan


def days_until(inputs: Inputs, plan: Plan, share: float) -> Figure:
    """Return the days from an event until `share` of such claims are paid.

    The event lies in the middle of its month. The delay is known by the month, so the figure is
    good to half a month.
    """
    months = np.linspace(-1.0, float(inputs.calendar.delay_months[-1]), 4001)
    paid = paid_share(inputs.calendar, plan, months)
    month = float(np.interp(share, paid, months))
    return Figure(max(month + 0.5, 0.0) * MONTH_DAYS, MONTH_DAYS / 2)


def _paid(inputs: Inputs, person: Person) -> PersonPaid:
    stay = _stay(inputs, person)
    held = [plan for plan in inputs.plans if plan.benefit_form in person.forms]
    return PersonPaid(
        person=person,
        premium_yuan=float(sum(plan.premium_yuan for plan in held)),
        cost_yuan=None if stay is None else Figure(stay.cost.mean, 0.0),
        plans={
            plan.code: Paid(
                paid_yuan=Figure(_paid_yuan(plan, person, stay), 0.0),
                days_half=days_until(inputs, plan, HALF),
                days_most=days_until(inputs, plan, MOST),
            )
            for plan in held
        },
    )


def _verb(asked: Asked, mapper: Mapper) -> tuple[PersonPaid, ...]:
    return tuple(_paid(asked.inputs, person) for person in PERSONS)


def _part(one: PersonPaid) -> dict[str, Any]:
    person = one.person
    return {
        "sex": person.sex,
        "age": person.age,
        "event": person.kind,
        "days": person.days,
        "cost_yuan": None if one.cost_yuan is None else figure_part(one.cost_yuan),
        "premium_yuan": finite(one.premium_yuan),
        "paid_yuan": figure_part(one.paid_yuan),
        "plans": {
            code: {
                "paid_yuan": figure_part(paid.paid_yuan),
                "days_half": figure_part(paid.days_half),
                "days_most": figure_part(paid.days_most),
            }
            for code, paid in one.plans.items()
        },
    }


def _document(asked: Asked, answer: tuple[PersonPaid, ...]) -> dict[str, Any]:
    return {"persons": {one.person.code: _part(one) for one in answer}}


def _tables(asked: Asked, answer: tuple[PersonPaid, ...]) -> tuple[Table, ...]:
    columns = (
        Column(key="person", kind="word"),
        Column(key="plan", kind="word"),
        Column(key="premium_yuan", kind="price"),
        Column(key="person_paid_yuan", kind="price"),
        Column(key="days_half", kind="count"),
        Column(key="days_most", kind="count"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            Word(f"person.{one.person.code}"),
            named(asked.inputs.plan(code)),
            asked.inputs.plan(code).premium_yuan,
            paid.paid_yuan,
            paid.days_half,
            paid.days_most,
        )
        for one in answer
        for code, paid in one.plans.items()
    ]
    return (Table(name="persons", columns=columns, rows=tuple(rows)),)


QUESTION = Question(name="persons", options=(), verb=_verb, document=_document, tables=_tables)
"""Registered in `workbench.questions`."""
