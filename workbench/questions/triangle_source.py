"""Where a triangle comes from: lines of files, or a simulated history, with what methods need.

Floor 8, inside the question `triangle`.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.engine.results import contribution_yuan
from workbench.engine.stages import expected_claims
from workbench.guard import refuse
from workbench.history import (
    GENERATORS,
    STEPS,
    WHATS,
    Payments,
    closing_of,
    plan_cells,
    simulated_history,
    triangle_lines,
    unpaid_truth_fen,
)
from workbench.inputs import Inputs
from workbench.questions.registry import Option, Own
from workbench.reserving.methods.cells import PlanCells, cells_of

__all__ = [
    "SOURCE_OPTIONS",
    "VALUATION",
    "Source",
    "chosen_plans",
    "lines_of_payments",
    "source_of",
]

VALUATION = datetime.date(2025, 12, 31)
"""Close of the simulated history's five years."""

SOURCE_OPTIONS = (
    Option(name="row", kind="text", repeat=True),
    Option(name="premium-row", kind="text", repeat=True),
    Option(name="count-row", kind="text", repeat=True),
    Option(name="reported-row", kind="text", repeat=True),
    Option(name="cell-row", kind="text", repeat=True),
    Option(name="open-row", kind="text", repeat=True),
    Option(name="simulated", allowed=tuple(GENERATORS)),
    Option(name="history-seed", kind="whole", low=0, high=2**63 - 1, default=1),
    Option(name="plan", kind="text", repeat=True),
    Option(name="step", allowed=tuple(STEPS), default="quarter"),
    Option(name="valuation", kind="date"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Lines of the triangle and of what methods need besides, empty where there is nothing.

    `cells` payments plan by plan, with which the scheme can speak; `places` of their plans.
    `truth_yuan` what was unpaid in truth, for a simulated history alone.
    """

    rows: Sequence[str]
    premium: Sequence[str] = ()
    counts: Sequence[str] = ()
    reported: Sequence[str] = ()
    cells: PlanCells | None = None
    places: tuple[int, ...] = ()
    truth_yuan: float | None = None


def chosen_plans(inputs: Inputs, own: Own) -> tuple[str, ...]:
    """Return the plans asked for, all of them without one."""
    plans = tuple(own["plan"] or inputs.plan_codes)
    for code in plans:
        if code not in inputs.plan_codes:
            raise refuse("unknown-choice", name="--plan", value=code, allowed=inputs.plan_codes)
    return plans


def _premium_lines(inputs: Inputs, plans: tuple[str, ...], origins: list[str], step: str) -> list:
    """Contributions and expected claims of each origin, as the scheme has them in a year."""
    claims, share = expected_claims(inputs), STEPS[step] / 12.0
    kept = [inputs.plan_codes.index(code) for code in plans]
    income = float(contribution_yuan(inputs, claims.enrolments)[kept].sum()) * share
    paid = float(claims.paid_yuan[kept].sum()) * share
    lines = [f"{origin},{income:.2f},{paid:.2f}" for origin in origins]
    return ["origin,premium_yuan,expected_yuan", *lines]


def lines_of_payments(
    inputs: Inputs, payments: Payments, own: Own, valuation: datetime.date
) -> Source:
    """Return triangles of paid yuan, numbers paid and reported, and the scheme's expectation."""
    plans, step = chosen_plans(inputs, own), own["step"]
    codes = [inputs.plan_codes.index(code) for code in plans]
    mine = payments.where(np.isin(payments.plan, codes))
    paid, counts, reported = (
        triangle_lines(mine, valuation, step=step, what=what) for what in WHATS
    )
    origins = [line.split(",")[0] for line in paid[1:]]
    if [line.split(",")[0] for line in reported[1:]] != origins:
        reported = []
    truth = None
    if payments.simulated:
        closing = closing_of(valuation, step)
        truth = float(unpaid_truth_fen(payments, closing)[codes].sum()) / 100.0
    return Source(
        rows=paid,
        premium=_premium_lines(inputs, plans, origins, step),
        counts=counts,
        reported=reported,
        cells=plan_cells(payments, valuation, step=step).of(codes),
        places=tuple(codes),
        truth_yuan=truth,
    )


def _cells(inputs: Inputs, own: Own) -> dict[str, Any]:
    """Cells of the chosen plans from their lines; nothing without lines."""
    if not own["cell-row"]:
        return {}
    places = tuple(inputs.plan_codes.index(code) for code in chosen_plans(inputs, own))
    found = cells_of(own["cell-row"], inputs.plan_codes, own["open-row"] or ())
    return {"cells": found.of(places), "places": places}


def source_of(inputs: Inputs, own: Own) -> Source:
    """Return the lines of files, or those of the simulated history that was asked for."""
    if own["simulated"] is None:
        return Source(
            rows=own["row"] or (),
            premium=own["premium-row"] or (),
            counts=own["count-row"] or (),
            reported=own["reported-row"] or (),
            **_cells(inputs, own),
        )
    payments = simulated_history(inputs, seed=own["history-seed"], generator=own["simulated"])
    return lines_of_payments(inputs, payments, own, own["valuation"] or VALUATION)
