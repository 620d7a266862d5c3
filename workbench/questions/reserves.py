"""The question `reserve`: what must be set aside at a date, plan by plan, and what it rests on.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from workbench.questions.documents import figure_part, finite
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.run import named
from workbench.questions.table import Cell, Column, Named, Table, Word
from workbench.reserving import (
    SEASON_READINGS,
    PlanReserve,
    ReserveEstimate,
    reserve,
    usual_dates,
)
from workbench.risk import Figure

__all__ = ["QUESTION", "USUAL_YEAR"]

USUAL_YEAR = 2026
"""Year of the default dates, 31 December and 30 June: every year gives the same figures but for the
length of February. A fixed year, because an answer must not depend on the clock."""

Estimates = Mapping[date, ReserveEstimate]

_OPTIONS = (
    Option(name="date", kind="date", repeat=True),
    Option(name="season", allowed=SEASON_READINGS, default="illness"),
)


def _rule(own: dict[str, Any], given: Own) -> None:
    if not own["date"]:
        own["date"] = usual_dates(USUAL_YEAR)


def _verb(asked: Asked, mapper: Mapper) -> Estimates:
    own, expenses = asked.own, asked.choices.expenses
    return {
        day: reserve(asked.inputs, day, expenses=expenses, season=own["season"])
        for day in own["date"]
    }


def _plan(one: PlanReserve) -> dict[str, Any]:
    part: dict[str, Any] = {}
    for entry in fields(PlanReserve):
        value = getattr(one, entry.name)
        part[entry.name] = figure_part(value) if isinstance(value, Figure) else finite(value)
    return {**part, "reserve_yuan": figure_part(one.reserve_yuan)}


def _document(asked: Asked, estimates: Estimates) -> dict[str, Any]:
    first = next(iter(estimates.values()))
    return {
        "dates": {
            day.isoformat(): {
                "plans": {code: _plan(one) for code, one in estimate.plans.items()},
                "total": _plan(estimate.total),
            }
            for day, estimate in estimates.items()
        },
        "assumptions": [
            {
                "name": one.name,
                "values": [finite(value) for value in one.values],
                "unit": one.unit,
                "low": finite(one.low),
                "high": finite(one.high),
                "source": one.source,
                "used_by": list(one.used_by),
            }
            for one in first.assumptions
        ],
    }


_MAIN = (
    "unearned_yuan",
    "deficiency_yuan",
    "unpaid_yuan",
    "handling_yuan",
    "reserve_yuan",
    "advance_yuan",
)
_SECOND = (
    "unearned_half_months_yuan",
    "unpaid_older_yuan",
    "unpaid_low_yuan",
    "unpaid_high_yuan",
    "unexpired_cost_yuan",
    "deficiency_season_yuan",
)


def _rows(asked: Asked, estimates: Estimates, names: tuple[str, ...]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for day, estimate in estimates.items():
        parts: list[tuple[str, Named | Word, PlanReserve]] = [
            (plan.code, named(plan), estimate.plans[plan.code]) for plan in asked.inputs.plans
        ]
        parts.append(("", Word("word.total"), estimate.total))
        for code, name, one in parts:
            figures = (getattr(one, field) for field in names)
            rows.append((day.isoformat(), code, name, *figures))
    return rows


def _table(name: str, asked: Asked, estimates: Estimates, names: tuple[str, ...]) -> Table:
    columns = (
        Column(key="date"),
        Column(key="code"),
        Column(key="plan", kind="word"),
        *(Column(key=field, kind="money") for field in names),
    )
    return Table(name=name, columns=columns, rows=tuple(_rows(asked, estimates, names)))


def _assumption_table(estimates: Estimates) -> Table:
    """What stands behind the figures; a table of months is told by its file."""
    first = next(iter(estimates.values()))
    rows = tuple(
        (
            one.name,
            one.values[0] if len(one.values) == 1 else None,
            one.low,
            one.high,
            _meaning(one.name, one.unit),
            one.source,
        )
        for one in first.assumptions
    )
    columns = (
        Column(key="name"),
        Column(key="value", kind="number"),
        Column(key="least", kind="number"),
        Column(key="most", kind="number"),
        Column(key="meaning", kind="word"),
        Column(key="source"),
    )
    return Table(name="reserve_assumptions", columns=columns, rows=rows)


_COLUMN_OF = {
    "share_of_contributions": "column.start_months.share_of_contributions",
    "admission_index": "column.seasonality.admission_index",
}


def _meaning(name: str, unit: str) -> Word:
    """Return the words for an assumption: a column of a file, a belief, or a convention."""
    if name in _COLUMN_OF:
        return Word(_COLUMN_OF[name])
    if name.startswith("cum_paid_"):
        return Word(f"column.reporting_delay.{name}")
    return Word(f"name.{name}" if unit else f"convention.{name}")


def _tables(asked: Asked, estimates: Estimates) -> tuple[Table, ...]:
    return (
        _table("reserve", asked, estimates, _MAIN),
        _table("reserve_more", asked, estimates, _SECOND),
        _assumption_table(estimates),
    )


def _brief(asked: Asked, estimates: Estimates) -> tuple[Table, ...]:
    """Return the tables without the sources, which are too long for a screen."""
    *others, last = _tables(asked, estimates)
    rows = tuple(row[:-1] for row in last.rows)
    return (*others, Table(name=last.name, columns=last.columns[:-1], rows=rows))


QUESTION = Question(
    name="reserve",
    options=_OPTIONS,
    verb=_verb,
    document=_document,
    tables=_tables,
    rule=_rule,
    brief=_brief,
)
"""Registered in `workbench.questions`."""
