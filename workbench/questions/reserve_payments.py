"""When the claims unpaid at a date will be paid, month by month: part of the question `reserve`.

Floor 8. Source: docs/reserving.md section 10.
"""

from __future__ import annotations

import numpy as np

from workbench.inputs import Inputs
from workbench.questions.documents import finite
from workbench.questions.table import Cell, Column, Table
from workbench.reserving import ReserveEstimate
from workbench.reserving.schedule import payments_to_come

__all__ = ["payments_part", "payments_table", "payments_yuan"]

LEAST_YUAN = 0.5
"""Months at the end in which less than this is paid are left out."""


def payments_yuan(
    inputs: Inputs, estimate: ReserveEstimate, illness: np.ndarray
) -> dict[str, np.ndarray]:
    """Return what is paid of the unpaid claims in each month after the date, by plan and in all.

    Parameters
    ----------
    inputs
        The scheme of the estimate.
    estimate
        Best estimates at a date.
    illness
        Share of each plan's claims that comes from illness stays, (plans,).

    Returns
    -------
    dict
        Plan code, and "total", to yuan (months,); a plan's months add up to its unpaid claims.
    """
    found = {}
    for plan, own in zip(inputs.plans, illness, strict=True):
        seasonal = {"illness": float(own), "all": 1.0, "none": 0.0}[estimate.season]
        shares = payments_to_come(
            inputs.calendar,
            plan,
            date=estimate.date,
            seasonal_share=seasonal,
            stretch=inputs.assumptions["reporting_delay_stretch"],
        )
        whole = float(shares.sum())
        unpaid = estimate.plans[plan.code].unpaid_yuan.value
        found[plan.code] = shares * (unpaid / whole if whole > 0.0 else 0.0)
    total = np.sum(list(found.values()), axis=0)
    last = max(1, len(total) - int(np.argmax(total[::-1] >= LEAST_YUAN)))
    return {code: np.maximum(one[:last], 0.0) for code, one in {**found, "total": total}.items()}


def payments_part(payments: dict[str, np.ndarray]) -> dict[str, list[float | None]]:
    """Return the part of the JSON document."""
    return {code: [finite(float(one)) for one in line] for code, line in payments.items()}


def payments_table(inputs: Inputs, by_date: dict[str, dict[str, np.ndarray]]) -> Table:
    """Return a row a date and month, a column a plan and the total."""
    codes = inputs.plan_codes
    rows: list[tuple[Cell, ...]] = [
        (day, month + 1, *(float(payments[code][month]) for code in (*codes, "total")))
        for day, payments in by_date.items()
        for month in range(len(payments["total"]))
    ]
    columns = (
        Column(key="date"),
        Column(key="reserve_month", kind="count"),
        *(Column(key=code, kind="money", plain=True) for code in codes),
        Column(key="reserve_month_total", kind="money"),
    )
    return Table(name="reserve_payments", columns=columns, rows=tuple(rows))
