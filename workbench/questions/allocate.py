"""The question `allocate`: what each plan, kind of event and cell adds to a measure of the year.

Floor 8. By formula, in the collective form; benefits alone, no expenses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.engine.allocation import Allocation, allocate
from workbench.guard import in_range, refuse
from workbench.plans import EVENT_KINDS
from workbench.questions.documents import figure_part, finite
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.run import named
from workbench.questions.table import Cell, Column, Named, Table, Word
from workbench.risk import DISTORTIONS, Distortion, Figure
from workbench.timeline import AGE_BANDS, FEMALE, SEXES

__all__ = ["QUESTION", "PlanPart", "plan_parts", "total_part"]

SHOWN_CELLS = 10
"""A screen shows the cells that carry most; files have them all."""
EXACT = 1e-9
"""Relative error of an expected amount."""

_LEVELS = DISTORTIONS["tail_mean"].allowed
_PARAMETERS = [kind.allowed for code, kind in DISTORTIONS.items() if code != "tail_mean"]
_OPTIONS = (
    Option(name="measure", allowed=tuple(DISTORTIONS), default="tail_mean"),
    Option(name="level", kind="number", low=_LEVELS[0], high=_LEVELS[1]),
    Option(
        name="parameter",
        kind="number",
        low=min(low for low, _ in _PARAMETERS),
        high=max(high for _, high in _PARAMETERS),
    ),
    Option(name="by", allowed=("plan", "cell"), default="plan"),
    Option(name="engine", allowed=("exact",), later=("totals", "claims"), default="exact"),
    Option(name="form", allowed=("collective",), later=("individual",), default="collective"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """What a plan, or the scheme, carries: yuan a year; `diversification` a share of alone."""

    enrolments: int
    expected_paid_yuan: Figure
    stand_alone_yuan: Figure
    allocated_yuan: Figure
    allocated_share: Figure
    allocated_per_enrolment_yuan: Figure
    diversification: Figure


def _rule(own: dict[str, Any], given: Own) -> None:
    """Refuse a level beside a distortion and a parameter beside the tail mean; fill defaults."""
    kind = DISTORTIONS[own["measure"]]
    taken, other = ("level", "parameter") if kind.code == "tail_mean" else ("parameter", "level")
    if other in given:
        raise refuse("option-of-another-choice", name=f"--{other}", value=kind.code)
    if own[taken] is None:
        own[taken] = kind.default
    in_range(f"--{taken}", own[taken], *kind.allowed)


def _verb(asked: Asked, mapper: Mapper) -> Allocation:
    own = asked.own
    number = own["level"] if own["measure"] == "tail_mean" else own["parameter"]
    return allocate(asked.inputs, Distortion(own["measure"], number))


def _ratio(part: Figure, whole: Figure) -> Figure:
    """A share; errors of both add up, never more than needed where the whole is nil."""
    if not whole.value:
        return Figure(np.nan, np.nan)
    share = part.value / whole.value
    return Figure(share, (part.error + abs(share) * whole.error) / abs(whole.value))


def _part(
    answer: Allocation, enrolments: int, paid: float, alone: Figure, allocated: Figure
) -> PlanPart:
    together = _ratio(allocated, alone)
    each = allocated.scaled(1.0 / enrolments) if enrolments else Figure(np.nan, np.nan)
    return PlanPart(
        enrolments=enrolments,
        expected_paid_yuan=_expected(answer, paid),
        stand_alone_yuan=alone,
        allocated_yuan=allocated,
        allocated_share=_ratio(allocated, answer.total),
        allocated_per_enrolment_yuan=each,
        diversification=together.scaled(-1.0).shifted(1.0),
    )


def _expected(answer: Allocation, paid: float) -> Figure:
    """An expected amount; its share of the fen rounding of a mean."""
    whole = float(answer.paid.sum())
    rounding = 0.01 * answer.rounding * (paid / whole if whole else 0.0)
    return Figure(paid, max(abs(paid) * EXACT, rounding))


def plan_parts(asked: Asked, answer: Allocation) -> dict[str, PlanPart]:
    """Return what each plan carries, by code."""
    portfolio = answer.scheme.portfolio
    return {
        plan.code: _part(
            answer,
            portfolio.enrolments(plan.code),
            float(answer.paid[:, :, place].sum()),
            answer.stand_alone[place],
            answer.plan(place),
        )
        for place, plan in enumerate(asked.inputs.plans)
    }


def total_part(asked: Asked, answer: Allocation) -> PlanPart:
    """Return the measure of the scheme; alone stands the sum of the plans' own."""
    alone = Figure(
        sum(one.value for one in answer.stand_alone), sum(one.error for one in answer.stand_alone)
    )
    enrolments = sum(answer.scheme.portfolio.enrolments(code) for code in asked.inputs.plan_codes)
    return _part(answer, enrolments, float(answer.paid.sum()), alone, answer.total)


def _plan_document(part: PlanPart) -> dict[str, Any]:
    names = (
        "expected_paid_yuan",
        "stand_alone_yuan",
        "allocated_yuan",
        "allocated_share",
        "allocated_per_enrolment_yuan",
        "diversification",
    )
    return {
        "enrolments": part.enrolments,
        **{name: figure_part(getattr(part, name)) for name in names},
    }


def _kind_parts(answer: Allocation) -> dict[str, tuple[Figure, Figure, Figure]]:
    """Expected yuan, allocated yuan and share by kind of event."""
    found = {}
    for place, kind in enumerate(EVENT_KINDS):
        share = answer.kind(place)
        paid = _expected(answer, float(answer.paid[:, place].sum()))
        found[kind] = (paid, share, _ratio(share, answer.total))
    return found


def _cells(answer: Allocation) -> list[dict[str, Any]]:
    """Every cell: who they are, members, expected and allocated yuan, allocated a member."""
    portfolio, segments = answer.scheme.portfolio, answer.scheme.inputs.segments
    found = []
    for place, members in enumerate(portfolio.members.tolist()):
        share = answer.cell(place)
        found.append(
            {
                "plans": list(portfolio.rows[portfolio.row[place]].plans),
                "segment": segments[portfolio.segment[place]].name,
                "sex": SEXES[portfolio.sex[place]],
                "age_band": AGE_BANDS[portfolio.band[place]],
                "first_term": bool(portfolio.first_term[place]),
                "accident_factor": finite(portfolio.accident_factor[place]),
                "members": members,
                "expected_paid_yuan": _expected(answer, float(answer.paid[place].sum())),
                "allocated_yuan": share,
                "allocated_per_member_yuan": share.scaled(1.0 / members),
            }
        )
    return found


def _document(asked: Asked, answer: Allocation) -> dict[str, Any]:
    cells = None
    if asked.own["by"] == "cell":
        cells = [
            {
                name: figure_part(one) if isinstance(one, Figure) else one
                for name, one in cell.items()
            }
            for cell in _cells(answer)
        ]
    names = ("expected_paid_yuan", "allocated_yuan", "allocated_share")
    return {
        "plans": {code: _plan_document(one) for code, one in plan_parts(asked, answer).items()},
        "total": _plan_document(total_part(asked, answer)),
        "kinds": {
            kind: {name: figure_part(one) for name, one in zip(names, part, strict=True)}
            for kind, part in _kind_parts(answer).items()
        },
        "cells": cells,
    }


_CARRIED = (
    Column(key="allocated_yuan", kind="money"),
    Column(key="allocated_share", kind="percent"),
)
_PLANS = (
    Column(key="code"),
    Column(key="plan", kind="word"),
    Column(key="enrolments", kind="count"),
    Column(key="paid_yuan", kind="money"),
    Column(key="stand_alone_yuan", kind="money"),
    *_CARRIED,
    Column(key="allocated_per_enrolment_yuan", kind="price"),
    Column(key="diversification", kind="percent"),
)
_KINDS = (
    Column(key="kind_of_event", kind="word"),
    Column(key="paid_yuan", kind="money"),
    *_CARRIED,
)
_CELLS = (
    Column(key="bundle"),
    Column(key="segment"),
    Column(key="sex", kind="word"),
    Column(key="ages"),
    Column(key="term_status", kind="word"),
    Column(key="accident_factor", kind="number"),
    Column(key="members", kind="count"),
    Column(key="paid_yuan", kind="money"),
    Column(key="allocated_yuan", kind="money"),
    Column(key="allocated_per_member_yuan", kind="price"),
)


def _plan_table(asked: Asked, answer: Allocation) -> Table:
    parts: list[tuple[str, Named | Word, PlanPart]] = [
        (plan.code, named(plan), one)
        for plan, one in zip(asked.inputs.plans, plan_parts(asked, answer).values(), strict=True)
    ]
    parts.append(("", Word("word.total"), total_part(asked, answer)))
    rows = tuple(
        (
            code,
            name,
            one.enrolments,
            one.expected_paid_yuan,
            one.stand_alone_yuan,
            one.allocated_yuan,
            one.allocated_share,
            one.allocated_per_enrolment_yuan,
            one.diversification,
        )
        for code, name, one in parts
    )
    return Table(name="allocation", columns=_PLANS, rows=rows, total=True)


def _kind_table(answer: Allocation) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (Word(f"event.{kind}"), *part) for kind, part in _kind_parts(answer).items()
    ]
    return Table(name="allocation_kinds", columns=_KINDS, rows=tuple(rows))


def _cell_row(cell: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        "+".join(cell["plans"]),
        cell["segment"],
        Word("word.women" if cell["sex"] == SEXES[FEMALE] else "word.men"),
        cell["age_band"],
        Word("word.first_term" if cell["first_term"] else "word.later_term"),
        cell["accident_factor"],
        cell["members"],
        cell["expected_paid_yuan"],
        cell["allocated_yuan"],
        cell["allocated_per_member_yuan"],
    )


def _tables(asked: Asked, answer: Allocation) -> tuple[Table, ...]:
    return (_plan_table(asked, answer), _kind_table(answer), *_cell_tables(asked, answer, None))


def _cell_tables(asked: Asked, answer: Allocation, most: int | None) -> tuple[Table, ...]:
    """The table of cells where it was asked for; `most` of them, those that carry most first."""
    if asked.own["by"] != "cell":
        return ()
    cells = _cells(answer)
    if most is not None:
        cells = sorted(cells, key=lambda cell: -cell["allocated_yuan"].value)[:most]
    name = "allocation_cells" if most is None else "allocation_most"
    return (Table(name=name, columns=_CELLS, rows=tuple(map(_cell_row, cells))),)


def _brief(asked: Asked, answer: Allocation) -> tuple[Table, ...]:
    most = _cell_tables(asked, answer, SHOWN_CELLS)
    return (_plan_table(asked, answer), _kind_table(answer), *most)


QUESTION = Question(
    name="allocate",
    options=_OPTIONS,
    verb=_verb,
    document=_document,
    tables=_tables,
    rule=_rule,
    brief=_brief,
)
"""Registered in `workbench.questions`."""
