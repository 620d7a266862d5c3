"""The question `tiers`: what every whole yuan of premium from 25 to 95 leads to, plan by plan.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.premium.tiers import TierRow, TierTable
from workbench.pricing import tiers
from workbench.questions.documents import figure_part, finite
from workbench.questions.ranges import RANGE_COLUMN, range_part, ranges_of, span
from workbench.questions.registry import Asked, Mapper, Question
from workbench.questions.run import FORM, named
from workbench.questions.table import Cell, Column, Table

__all__ = ["QUESTION", "TiersAnswer"]

SHOWN_STEP = 5.0
"""A screen shows every fifth tier and the one in force; files have them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TiersAnswer:
    """Tables of tiers by plan code, and (low, high) of the loss ratio at the tier in force."""

    tiers: Mapping[str, TierTable]
    ranges: Mapping[str, tuple[float, float]]


def _verb(asked: Asked, mapper: Mapper) -> TiersAnswer:
    form, expenses = asked.own["form"], asked.choices.expenses
    return TiersAnswer(
        tiers=tiers(asked.inputs, form=form, expenses=expenses), ranges=ranges_of(asked)
    )


def _row(answer: TiersAnswer, table: TierTable, row: TierRow) -> dict[str, Any]:
    premium = finite(row.premium_yuan)
    gap = row.mean_gap_yuan
    return {
        "premium_yuan": int(premium) if premium is not None and premium.is_integer() else premium,
        "loss_ratio": figure_part(row.loss_ratio),
        "loss_ratio_range": range_part(answer.ranges, table.code, _factor(table, row)),
        "deficit_probability": figure_part(row.deficit_probability),
        "expected_shortfall_yuan": figure_part(row.expected_shortfall_yuan),
        "mean_gap_yuan": None if gap is None else figure_part(gap),
        "expected_surplus_yuan": figure_part(row.expected_surplus_yuan),
        "scheme_surplus_yuan": figure_part(row.scheme_surplus_yuan),
    }


def _factor(table: TierTable, row: TierRow) -> float:
    """The loss ratio goes with one over the premium; the ranges are those of the tier in force."""
    return table.in_force_yuan / row.premium_yuan


def _document(asked: Asked, answer: TiersAnswer) -> dict[str, Any]:
    found = answer.tiers
    return {
        "plans": {
            code: [_row(answer, table, row) for row in table.rows()]
            for code, table in found.items()
        },
        "in_force_yuan": {code: finite(table.in_force_yuan) for code, table in found.items()},
        "break_even_yuan": {
            code: figure_part(table.break_even_yuan) for code, table in found.items()
        },
    }


_TIERS = (
    Column(key="code"),
    Column(key="plan", kind="word"),
    Column(key="premium_yuan", kind="price"),
    Column(key="in_force", kind="text"),
    Column(key="loss_ratio", kind="percent"),
    RANGE_COLUMN,
    Column(key="deficit_probability", kind="probability"),
    Column(key="expected_shortfall_yuan", kind="yuan"),
    Column(key="mean_gap_yuan", kind="yuan"),
    Column(key="expected_surplus_yuan", kind="money"),
    Column(key="scheme_surplus_yuan", kind="money"),
)
_BREAK_EVEN = (
    Column(key="code"),
    Column(key="plan", kind="word"),
    Column(key="premium_yuan", kind="price"),
    Column(key="break_even_yuan", kind="price"),
)
IN_FORCE_MARK = "●"


def _tier_table(
    asked: Asked, answer: TiersAnswer, wanted: Callable[[TierTable, TierRow], bool]
) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for plan in asked.inputs.plans:
        table = answer.tiers[plan.code]
        for row in table.rows():
            if wanted(table, row):
                mark = IN_FORCE_MARK if row.premium_yuan == table.in_force_yuan else ""
                rows.append(
                    (
                        plan.code,
                        named(plan),
                        row.premium_yuan,
                        mark,
                        row.loss_ratio,
                        span(answer.ranges, plan.code, _factor(table, row)),
                        row.deficit_probability,
                        row.expected_shortfall_yuan,
                        row.mean_gap_yuan,
                        row.expected_surplus_yuan,
                        row.scheme_surplus_yuan,
                    )
                )
    return Table(name="tiers", columns=_TIERS, rows=tuple(rows))


def _break_even_table(asked: Asked, answer: TiersAnswer) -> Table:
    rows = tuple(
        (
            plan.code,
            named(plan),
            answer.tiers[plan.code].in_force_yuan,
            answer.tiers[plan.code].break_even_yuan,
        )
        for plan in asked.inputs.plans
    )
    return Table(name="break_even", columns=_BREAK_EVEN, rows=rows)


def _tables(asked: Asked, answer: TiersAnswer) -> tuple[Table, ...]:
    return (
        _tier_table(asked, answer, lambda table, row: True),
        _break_even_table(asked, answer),
    )


def _brief(asked: Asked, answer: TiersAnswer) -> tuple[Table, ...]:
    """Every fifth tier and the one in force."""

    def wanted(table: TierTable, row: TierRow) -> bool:
        return row.premium_yuan % SHOWN_STEP == 0.0 or row.premium_yuan == table.in_force_yuan

    return (_tier_table(asked, answer, wanted), _break_even_table(asked, answer))


QUESTION = Question(
    name="tiers",
    options=(FORM,),
    verb=_verb,
    document=_document,
    tables=_tables,
    brief=_brief,
)
"""Registered in `workbench.questions`."""
