"""The question `reserve`: what must be set aside at a date, plan by plan, and what it rests on.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

import numpy as np

from workbench.basis import laws_on
from workbench.engine.stages import expected_claims
from workbench.questions.basis import BASIS_OPTIONS, basis_of, basis_rule
from workbench.questions.documents import figure_part, finite
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.reserve_payments import payments_part, payments_table, payments_yuan
from workbench.questions.run import named
from workbench.questions.table import Cell, Column, Named, Table, Word
from workbench.reserving import (
    SEASON_READINGS,
    PlanReserve,
    ReserveEstimate,
    reserve,
    usual_dates,
)
from workbench.reserving.estimate import illness_share
from workbench.reserving.margin import LEVEL, LEVELS, Margin
from workbench.reserving.prudent import PlanPrudence, Prudence, prudence
from workbench.risk import Figure

__all__ = ["QUESTION", "USUAL_YEAR", "ReserveAnswer"]

USUAL_YEAR = 2026
"""Year of the default dates, 31 December and 30 June: every year gives the same figures but for the
length of February. A fixed year, because an answer must not depend on the clock."""

Estimates = Mapping[date, ReserveEstimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveAnswer:
    """Best estimates by date, and what stands beside them: margins, value today, by risk.

    `payments` what is paid of the unpaid claims in each month after the date, yuan (months,) by
    plan code and "total".
    """

    estimates: Estimates
    prudence: Mapping[date, Prudence]
    payments: Mapping[date, dict[str, np.ndarray]]


_OPTIONS = (
    Option(name="date", kind="date", repeat=True),
    Option(name="season", allowed=SEASON_READINGS, default="illness"),
    Option(name="confidence", kind="number", low=LEVELS[0], high=LEVELS[1], default=LEVEL),
    *BASIS_OPTIONS,
)


def _rule(own: dict[str, Any], given: Own) -> None:
    if not own["date"]:
        own["date"] = usual_dates(USUAL_YEAR)
    basis_rule(own, given)


def _verb(asked: Asked, mapper: Mapper) -> ReserveAnswer:
    own, inputs, expenses = asked.own, asked.inputs, asked.choices.expenses
    estimates = {
        day: reserve(inputs, day, expenses=expenses, season=own["season"]) for day in own["date"]
    }
    basis = basis_of(asked)
    draws = None if basis.kind == "process" else laws_on(inputs, basis, mapper=mapper).draws
    illness = illness_share(inputs, expected_claims(inputs))
    return ReserveAnswer(
        estimates=estimates,
        prudence={
            day: prudence(
                inputs, one, illness, level=own["confidence"], draws=draws, seed=basis.seed
            )
            for day, one in estimates.items()
        },
        payments={day: payments_yuan(inputs, one, illness) for day, one in estimates.items()},
    )


def _plan(one: PlanReserve) -> dict[str, Any]:
    part: dict[str, Any] = {}
    for entry in fields(PlanReserve):
        value = getattr(one, entry.name)
        part[entry.name] = figure_part(value) if isinstance(value, Figure) else finite(value)
    return {**part, "reserve_yuan": figure_part(one.reserve_yuan)}


def _margins(margins: Mapping[str, Margin]) -> dict[str, Any]:
    return {
        basis: {
            "amount_yuan": figure_part(one.amount_yuan),
            "margin_yuan": figure_part(one.margin_yuan),
            "margin_share": finite(one.share),
        }
        for basis, one in margins.items()
    }


def _prudent(one: PlanPrudence) -> dict[str, Any]:
    return {
        "unpaid": _margins(one.unpaid),
        "unexpired": _margins(one.unexpired),
        "deficiency_yuan": {
            basis: figure_part(figure) for basis, figure in one.deficiency_yuan.items()
        },
        "discounted_yuan": figure_part(one.discounted_yuan),
        "unearned_risk_yuan": figure_part(one.unearned_risk_yuan),
    }


def _beside(found: Prudence) -> dict[str, Any]:
    return {
        "confidence": found.level,
        "draws": found.draws,
        "plans": {code: _prudent(one) for code, one in found.plans.items()},
        "total": _prudent(found.total),
    }


def _document(asked: Asked, answer: ReserveAnswer) -> dict[str, Any]:
    estimates = answer.estimates
    first = next(iter(estimates.values()))
    return {
        "dates": {
            day.isoformat(): {
                "plans": {code: _plan(one) for code, one in estimate.plans.items()},
                "total": _plan(estimate.total),
                "prudence": _beside(answer.prudence[day]),
                "payments_yuan": payments_part(answer.payments[day]),
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


_PLACE = (Column(key="date"), Column(key="code"), Column(key="plan", kind="word"))
Part = TypeVar("Part")


def _by_plan(
    asked: Asked, plans: Mapping[str, Part], total: Part
) -> list[tuple[str, Named | Word, Part]]:
    """Every plan and, last, the total: code, name, part."""
    parts: list[tuple[str, Named | Word, Part]] = [
        (plan.code, named(plan), plans[plan.code]) for plan in asked.inputs.plans
    ]
    return [*parts, ("", Word("word.total"), total)]


def _rows(asked: Asked, estimates: Estimates, names: tuple[str, ...]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for day, estimate in estimates.items():
        for code, name, one in _by_plan(asked, estimate.plans, estimate.total):
            figures = (getattr(one, field) for field in names)
            rows.append((day.isoformat(), code, name, *figures))
    return rows


def _table(name: str, asked: Asked, estimates: Estimates, names: tuple[str, ...]) -> Table:
    columns = (*_PLACE, *(Column(key=field, kind="money") for field in names))
    return Table(name=name, columns=columns, rows=tuple(_rows(asked, estimates, names)))


def _margin_table(asked: Asked, answer: ReserveAnswer) -> Table:
    """Unpaid claims at the level of confidence, by what is uncertain."""
    rows: list[tuple[Cell, ...]] = []
    for day, found in answer.prudence.items():
        for code, name, one in _by_plan(asked, found.plans, found.total):
            for basis, margin in one.unpaid.items():
                rows.append(
                    (
                        day.isoformat(),
                        code,
                        name,
                        Word(f"word.margin_{basis}"),
                        margin.amount_yuan,
                        margin.margin_yuan,
                        finite(margin.share),
                    )
                )
    columns = (
        *_PLACE,
        Column(key="margin_basis", kind="word"),
        Column(key="margin_amount_yuan", kind="money"),
        Column(key="margin_yuan", kind="money"),
        Column(key="margin_share", kind="percent"),
    )
    return Table(name="reserve_margin", columns=columns, rows=tuple(rows))


def _beside_table(asked: Asked, answer: ReserveAnswer) -> Table:
    """Value today, unearned premium by risk, deficiency at the level of confidence."""
    rows: list[tuple[Cell, ...]] = []
    for day, found in answer.prudence.items():
        for code, name, one in _by_plan(asked, found.plans, found.total):
            *_, last = one.deficiency_yuan.values()
            first = one.deficiency_yuan["process"]
            figures = (one.discounted_yuan, one.unearned_risk_yuan, first, last)
            rows.append((day.isoformat(), code, name, *figures))
    columns = (
        *_PLACE,
        Column(key="discounted_yuan", kind="money"),
        Column(key="unearned_risk_yuan", kind="money"),
        Column(key="deficiency_process_yuan", kind="money"),
        Column(key="deficiency_basis_yuan", kind="money"),
    )
    return Table(name="reserve_beside", columns=columns, rows=tuple(rows))


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


def _tables(asked: Asked, answer: ReserveAnswer) -> tuple[Table, ...]:
    return (
        _table("reserve", asked, answer.estimates, _MAIN),
        _table("reserve_more", asked, answer.estimates, _SECOND),
        _margin_table(asked, answer),
        _beside_table(asked, answer),
        payments_table(
            asked.inputs, {day.isoformat(): one for day, one in answer.payments.items()}
        ),
        _assumption_table(answer.estimates),
    )


def _brief(asked: Asked, answer: ReserveAnswer) -> tuple[Table, ...]:
    """Return the tables without the sources and months, which are too long for a screen."""
    *others, _, last = _tables(asked, answer)
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
