"""Triangles from payments: yuan or numbers, by month, quarter or year, up to a valuation date.

Floor 5, inside `history`. An origin is the period of the event; a development period counts whole
periods from it, the first being its own. Source: docs/history.md.
"""

from __future__ import annotations

import datetime

import numpy as np

from workbench.guard import freeze, refuse
from workbench.history.nouns import Payments
from workbench.reserving.methods.cells import PlanCells, period_name

__all__ = [
    "STEPS",
    "WHATS",
    "closing_of",
    "plan_cells",
    "triangle_lines",
    "unpaid_truth_fen",
]

STEPS = {"month": 1, "quarter": 3, "year": 12}
WHATS = ("paid", "count", "reported")
"""Yuan paid, number of payments, number of payments reported (by date of report)."""


def _periods(days: np.ndarray, step: int) -> np.ndarray:
    """Whole periods since year 1 of each day, int64."""
    months = days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return months // step


def _last_whole(date: datetime.date, step: int) -> int:
    """Last period that is over at the close of a date."""
    after = np.datetime64(date, "D") + np.timedelta64(1, "D")
    return int(_periods(np.array([after]), step)[0]) - 1


def triangle_lines(
    payments: Payments, date: datetime.date, *, step: str = "quarter", what: str = "paid"
) -> list[str]:
    """Return the lines of the cumulative triangle known at the close of a date.

    Parameters
    ----------
    payments
        The payments; of one plan where a triangle of one plan is wanted.
    date
        Valuation date; periods that are not over are left out.
    step
        "month", "quarter" or "year".
    what
        One of `WHATS`; money in yuan with two decimals.

    Raises
    ------
    InputRefused
        `unknown-choice`; `history-empty` where nothing had happened by then.
    """
    if step not in STEPS:
        raise refuse("unknown-choice", name="step", value=step, allowed=tuple(STEPS))
    if what not in WHATS:
        raise refuse("unknown-choice", name="what", value=what, allowed=WHATS)
    months = STEPS[step]
    origin = _periods(payments.event, months)
    known = _periods(payments.reported if what == "reported" else payments.paid, months)
    last = _last_whole(date, months)
    kept = (origin <= last) & (known <= last)
    if not kept.any():
        raise refuse("history-empty", value=date.isoformat())
    first = int(origin[kept].min())
    size = last - first + 1
    cells = np.zeros((size, size), dtype=np.int64)
    amounts = payments.fen[kept] if what == "paid" else np.ones(int(kept.sum()), dtype=np.int64)
    np.add.at(cells, (origin[kept] - first, known[kept] - origin[kept]), amounts)
    return _lines(np.cumsum(cells, axis=1), first, months, yuan=what == "paid")


def _lines(cells: np.ndarray, first: int, step: int, *, yuan: bool) -> list[str]:
    size = len(cells)
    lines = ["origin," + ",".join(str(place) for place in range(1, size + 1))]
    for row, values in enumerate(cells):
        shown = values[: size - row]
        told = [f"{value / 100:.2f}" if yuan else str(value) for value in shown]
        lines.append(",".join([period_name(first + row, step), *told, *[""] * row]))
    return lines


def closing_of(date: datetime.date, step: str) -> datetime.date:
    """Return the last day of the last period that is over at the close of a date."""
    months = STEPS[step]
    after = (_last_whole(date, months) + 1) * months - 1970 * 12
    first = np.datetime64(after, "M").astype("datetime64[D]")
    found: datetime.date = (first - np.timedelta64(1, "D")).astype(object)
    return found


def plan_cells(payments: Payments, date: datetime.date, *, step: str = "quarter") -> PlanCells:
    """Return payments by plan, origin and period known at the close of a date, of all plans.

    Claims reported and not paid by then are counted where reports are recorded.

    Raises
    ------
    InputRefused
        `history-empty` where nothing had happened by then.
    """
    months = STEPS[step]
    closing = np.datetime64(closing_of(date, step), "D")
    origin, paid = _periods(payments.event, months), _periods(payments.paid, months)
    last = _last_whole(date, months)
    happened = payments.event <= closing
    kept = happened & (paid <= last)
    if not kept.any():
        raise refuse("history-empty", value=date.isoformat())
    first = int(origin[kept].min())
    side = last - first + 1
    fen, numbers = (np.zeros((len(payments.codes), side, side), dtype=np.int64) for _ in range(2))
    where = (payments.plan[kept], origin[kept] - first, paid[kept] - origin[kept])
    np.add.at(fen, where, payments.fen[kept])
    np.add.at(numbers, where, 1)
    known = np.arange(side)[:, None] + np.arange(side)[None, :] < side
    opened = None
    if payments.tells_reports:
        waits = happened & (payments.reported <= closing) & (payments.paid > closing)
        opened = freeze(np.bincount(payments.plan[waits], minlength=len(payments.codes)), np.int64)
    return PlanCells(
        codes=payments.codes,
        first=first * months,
        step=months,
        fen=freeze(np.where(known, np.cumsum(fen, axis=2), 0)),
        numbers=freeze(np.where(known, np.cumsum(numbers, axis=2), 0)),
        open=opened,
    )


def unpaid_truth_fen(payments: Payments, date: datetime.date) -> np.ndarray:
    """Return what was in truth unpaid at the close of a date, fen by plan (plans,)."""
    day = np.datetime64(date, "D")
    kept = (payments.event <= day) & (payments.paid > day)
    total = np.zeros(len(payments.codes), dtype=np.int64)
    np.add.at(total, payments.plan[kept], payments.fen[kept])
    return total
