"""The question `runoff`: what was held at a past date against what happened, and why they differ.

Floor 8. Payments by plan, origin and period are choices, so that a record holds them.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.guard import Fault, refuse
from workbench.history import (
    GENERATORS,
    STEPS,
    closing_of,
    plan_cells,
    simulated_history,
    unpaid_truth_fen,
)
from workbench.questions.documents import finite
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.table import Cell, Column, Table, Word
from workbench.questions.triangle_source import VALUATION, chosen_plans
from workbench.reserving.methods.cells import PlanCells, cells_of
from workbench.reserving.runoff import CAUSES, RUNOFF_METHODS, PlanRunoff, Runoff, runoff

__all__ = ["QUESTION", "RunoffAnswer"]

HEADS = {"numbers": "runoff_numbers", "delay": "runoff_delay", "cost": "runoff_cost"}
OWN = "own"
"""Generator of the simulated history that stands in while there are no records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunoffAnswer:
    """The test, the two dates, and what was in truth unpaid at the past one, by plan, fen.

    `truth` is empty for records; "" is the total.
    """

    found: Runoff
    past: datetime.date
    closing: datetime.date
    truth: dict[str, int]


def _month_end(month: int) -> datetime.date:
    """Last day of the month before month number `month`, counted from year 0."""
    year, place = divmod(month, 12)
    return datetime.date(year, place + 1, 1) - datetime.timedelta(days=1)


def _back(cells: PlanCells, own: Own) -> int:
    """Periods between the past date and the closing; a year without a date."""
    if own["date"] is None:
        return 12 // cells.step
    name = next(name for name, months in STEPS.items() if months == cells.step)
    after = closing_of(own["date"], name) + datetime.timedelta(days=1)
    last = cells.first + cells.side * cells.step
    back = (last - (after.year * 12 + after.month - 1)) // cells.step
    if back < 1:
        told = {"value": own["date"].isoformat(), "allowed": _month_end(last).isoformat()}
        raise refuse("runoff-date-late", **told)
    return back


def _verb(asked: Asked, mapper: Mapper) -> RunoffAnswer:
    own, inputs = asked.own, asked.inputs
    truth: dict[str, int] = {}
    if own["cell-row"]:
        cells = cells_of(own["cell-row"], inputs.plan_codes)
    else:
        history = simulated_history(
            inputs, seed=own["history-seed"], generator=own["simulated"] or OWN
        )
        cells = plan_cells(history, own["valuation"] or VALUATION, step=own["step"])
    back = _back(cells, own)
    places = tuple(inputs.plan_codes.index(code) for code in chosen_plans(inputs, own))
    found = runoff(inputs, cells, back, method=own["method"], plans=places)
    last = cells.first + cells.side * cells.step
    past = _month_end(last - back * cells.step)
    if not own["cell-row"]:
        fen = unpaid_truth_fen(history, past)
        truth = {inputs.plan_codes[place]: int(fen[place]) for place in places}
        truth[""] = sum(truth.values())
    return RunoffAnswer(found=found, past=past, closing=_month_end(last), truth=truth)


def _rule(own: dict[str, Any], given: Own) -> None:
    if own["cell-row"] and own["simulated"] is not None:
        raise refuse("triangle-file-and-rows", file="--cell-row", name="--simulated")


def _yuan(fen: float | None) -> float | None:
    return None if fen is None else fen / 100.0


def _document_of(one: PlanRunoff, truth: int | None) -> dict[str, Any]:
    return {
        "held_yuan": _yuan(one.held),
        "held_error_yuan": finite(one.error_yuan),
        "paid_since_yuan": _yuan(one.paid),
        "still_held_yuan": _yuan(one.left),
        "difference_yuan": _yuan(one.difference),
        "causes_yuan": {name: _yuan(one.causes[name]) for name in CAUSES},
        "claims_held": finite(one.claims_held),
        "claims_found": finite(one.claims_found),
        "truth_yuan": _yuan(truth),
    }


def _document(asked: Asked, answer: RunoffAnswer) -> dict[str, Any]:
    """Return the parts of the JSON document."""
    found = answer.found
    return {
        "simulated": None if asked.own["cell-row"] else asked.own["simulated"] or OWN,
        "method": found.method,
        "past_date": answer.past.isoformat(),
        "closing_date": answer.closing.isoformat(),
        "plans": {one.plan: _document_of(one, answer.truth.get(one.plan)) for one in found.plans},
        "total": _document_of(found.total, answer.truth.get("")),
    }


def _row(one: PlanRunoff, truth: int | None) -> tuple[Cell, ...]:
    return (
        one.plan or Word("word.total"),
        _yuan(one.held),
        one.error_yuan,
        _yuan(one.paid),
        _yuan(one.left),
        _yuan(one.difference),
        *(_yuan(one.causes[name]) for name in CAUSES),
        *(() if truth is None else (_yuan(truth),)),
    )


def _claims(one: PlanRunoff) -> tuple[Cell, ...]:
    held, found = (
        one.held / 100.0 / one.claims_held if one.claims_held > 0.0 else None,
        one.found / 100.0 / one.claims_found if one.claims_found > 0.0 else None,
    )
    return (
        one.plan or Word("word.total"),
        float(np.round(one.claims_held, 1)),
        float(np.round(one.claims_found, 1)),
        held,
        found,
    )


def _tables(asked: Asked, answer: RunoffAnswer) -> tuple[Table, ...]:
    """Return the test by plan, and numbers and mean costs behind it."""
    found, known = answer.found, bool(answer.truth)
    columns = (
        Column(key="plan"),
        Column(key="runoff_held", kind="yuan"),
        Column(key="runoff_error", kind="yuan"),
        Column(key="runoff_paid", kind="yuan"),
        Column(key="runoff_left", kind="yuan"),
        Column(key="runoff_difference", kind="yuan"),
        *(Column(key=HEADS[name], kind="yuan") for name in CAUSES),
        *((Column(key="runoff_truth", kind="yuan"),) if known else ()),
    )
    lines = (*found.plans, found.total) if len(found.plans) > 1 else found.plans
    rows = tuple(_row(one, answer.truth.get(one.plan)) for one in lines)
    numbers = (
        Column(key="plan"),
        Column(key="runoff_claims_held", kind="number"),
        Column(key="runoff_claims_found", kind="number"),
        Column(key="runoff_cost_held", kind="yuan"),
        Column(key="runoff_cost_found", kind="yuan"),
    )
    total = len(lines) > 1
    return (
        Table(name="runoff", columns=columns, rows=rows, total=total),
        Table(
            name="runoff_claims",
            columns=numbers,
            rows=tuple(_claims(one) for one in lines),
            total=total,
        ),
    )


def _warn(asked: Asked, answer: RunoffAnswer) -> tuple[Fault, ...]:
    """A simulated history says so; a difference beyond twice its error is told by plan."""
    faults = []
    if not asked.own["cell-row"]:
        faults.append(Fault("triangle-simulated", {"value": asked.own["simulated"] or OWN}))
    for one in answer.found.plans:
        if one.error_yuan and abs(one.difference) > 200.0 * one.error_yuan:
            told = f"{one.difference / 100.0 / one.error_yuan:.1f}"
            faults.append(Fault("runoff-beyond", {"name": one.plan, "value": told}))
    return tuple(faults)


QUESTION = Question(
    name="runoff",
    options=(
        Option(name="cell-row", kind="text", repeat=True),
        Option(name="simulated", allowed=tuple(GENERATORS)),
        Option(name="history-seed", kind="whole", low=0, high=2**63 - 1, default=1),
        Option(name="plan", kind="text", repeat=True),
        Option(name="step", allowed=tuple(STEPS), default="quarter"),
        Option(name="valuation", kind="date"),
        Option(name="date", kind="date"),
        Option(name="method", allowed=RUNOFF_METHODS, default="model_law"),
    ),
    verb=_verb,
    document=_document,
    tables=_tables,
    rule=_rule,
    warn=_warn,
)
"""Registered in `workbench.questions`."""
