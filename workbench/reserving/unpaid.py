"""Claims that have happened and are not paid yet, from the reporting delay and the season.

Floor 4, inside `reserving`. Every amount is a share of one year's claims, in the steady state:
the same cover is in force every day, so every month has a twelfth of the claims but for the
season. Source: docs/reserving.md section 3; Little (1961), Operations Research 9, for the check.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from workbench.engine.replay import PaymentCalendar
from workbench.inputs import CalendarTables, Inputs
from workbench.laws.seasons import Season
from workbench.plans import EVENT_KINDS, Plan
from workbench.reserving.dates import month_elapsed

__all__ = [
    "DELAY_COLUMN",
    "UnpaidShare",
    "calendar_of",
    "claims_by_month",
    "mean_lag_months",
    "open_by_month",
    "paid_share",
    "unpaid_share",
]

SEASONAL = "illness"
"""Events that follow the season of admissions (docs/reserving.md section 3)."""

DELAY_COLUMN = {
    "medical": "cum_paid_P1_P2",
    "allowance": "cum_paid_P1_P2",
    "critical": "cum_paid_P3_P4",
    "special": "cum_paid_P3_P4",
    "accident": "cum_paid_P5",
}
"""Benefit form → its column of `data/reporting_delay.csv`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpaidShare:
    """Unpaid claims as a share of one year's claims.

    `older` is the part of `total` whose event lies before 1 January of the year of the date.
    """

    total: float
    older: float


def claims_by_month(season: np.ndarray, seasonal_share: float) -> np.ndarray:
    """Return the share of a year's claims that happens in each month, (12,), adding to 1.

    Parameters
    ----------
    season
        Admission index of each month, (12,); normalised here.
    seasonal_share
        Share of the claims that follows it; the rest is even over the months.
    """
    return Season(season, seasonal_share).shares


def paid_share(
    calendar: CalendarTables, plan: Plan, months: np.ndarray, *, stretch: float = 1.0
) -> np.ndarray:
    """Return the share of a month's claims paid by the end of the m-th month after it.

    Parameters
    ----------
    calendar
        The delay curves.
    plan
        Its benefit form decides the curve.
    months
        m, whole months after the month of the event, 0 or more, any shape.
    stretch
        Factor on the time from the first day of the month of the event to the payment:
        G_s(m) = G((m + 1)/s − 1), with G(−1) = 0.

    Returns
    -------
    np.ndarray
        Straight lines between the months of the table; 1 from its last month on.
    """
    curve = calendar.paid_share[:, calendar.delay_columns.index(DELAY_COLUMN[plan.benefit_form])]
    known = np.concatenate([[-1.0], calendar.delay_months])
    passed = (np.asarray(months) + 1.0) / stretch - 1.0
    return np.interp(passed, known, np.concatenate([[0.0], curve]))


def open_by_month(calendar: CalendarTables, plan: Plan, stretch: float) -> np.ndarray:
    """Return 1 − G(m) for m = 0, 1, … until nothing is open."""
    last = int(np.ceil(stretch * (float(calendar.delay_months[-1]) + 1.0)))
    return 1.0 - paid_share(calendar, plan, np.arange(last + 1), stretch=stretch)


def mean_lag_months(calendar: CalendarTables, plan: Plan, *, stretch: float = 1.0) -> float:
    """Return the mean time from an event to the end of the month in which it is paid, months.

    Σ (1 − G(m)) months after the month of the event, and half a month inside that month.
    """
    return float(open_by_month(calendar, plan, stretch).sum()) + 0.5


def _at_month_end(by_month: np.ndarray, still_open: np.ndarray, month: int) -> UnpaidShare:
    """Return what is unpaid at the end of a month (0 January … 11 December; −1: a year ago)."""
    back = np.arange(len(still_open))
    unpaid = by_month[(month - back) % 12] * still_open
    return UnpaidShare(total=float(unpaid.sum()), older=float(unpaid[month + 1 :].sum()))


def unpaid_share(
    calendar: CalendarTables,
    plan: Plan,
    *,
    date: datetime.date,
    seasonal_share: float = 0.0,
    stretch: float = 1.0,
) -> UnpaidShare:
    """Return the claims happened and unpaid at the close of `date`, as shares of a year's claims.

    At a month's end Σ over months k back of (claims of that month) × (1 − G(k)); within a month
    the straight line between the two month's ends.
    """
    by_month = claims_by_month(calendar.season, seasonal_share)
    still_open = open_by_month(calendar, plan, stretch)
    before = _at_month_end(by_month, still_open, date.month - 2)
    after = _at_month_end(by_month, still_open, date.month - 1)
    passed = month_elapsed(date)
    return UnpaidShare(
        total=(1.0 - passed) * before.total + passed * after.total,
        older=(1.0 - passed) * before.older + passed * after.older,
    )


def calendar_of(inputs: Inputs, *, stretch: float | None = None) -> PaymentCalendar:
    """Return when events happen and are paid: season of illness, delay curve of each plan.

    `stretch` in place of the assumption in force.
    """
    calendar = inputs.calendar
    length = inputs.assumptions["reporting_delay_stretch"] if stretch is None else stretch
    last = int(np.ceil(length * (float(calendar.delay_months[-1]) + 1.0)))
    months = np.arange(last + 1)
    curves = [paid_share(calendar, plan, months, stretch=length) for plan in inputs.plans]
    shares = {
        kind: claims_by_month(calendar.season, 1.0 if kind == SEASONAL else 0.0)
        for kind in EVENT_KINDS
    }
    return PaymentCalendar(month_share=shares, paid_share=np.array(curves))
