"""When unpaid claims will be paid, month by month, and what they are worth today.

Floor 4, inside `reserving`. Source: docs/reserving.md section 10.
"""

from __future__ import annotations

import datetime

import numpy as np

from workbench.inputs import CalendarTables
from workbench.plans import Plan
from workbench.reserving.dates import month_elapsed
from workbench.reserving.unpaid import claims_by_month, open_by_month

__all__ = ["discount_factor", "payments_to_come"]


def _from_month_end(by_month: np.ndarray, still_open: np.ndarray, month: int) -> np.ndarray:
    """What is paid in the 1st, 2nd … month after the end of a month, of what is open there."""
    back = np.arange(len(still_open))
    events = by_month[(month - back) % 12]
    later = np.concatenate([still_open, np.zeros(len(still_open))])
    open_after = np.array([events @ later[back + ahead] for ahead in range(len(still_open) + 1)])
    return -np.diff(open_after)


def payments_to_come(
    calendar: CalendarTables,
    plan: Plan,
    *,
    date: datetime.date,
    seasonal_share: float = 0.0,
    stretch: float = 1.0,
) -> np.ndarray:
    """Return what of the claims unpaid at `date` is paid in each month after it, (months,).

    Shares of a year's claims; the sum is `unpaid_share`. Within a month the straight line between
    the two month's ends, as for the unpaid claims themselves.
    """
    by_month = claims_by_month(calendar.season, seasonal_share)
    still_open = open_by_month(calendar, plan, stretch)
    passed = month_elapsed(date)
    before = _from_month_end(by_month, still_open, date.month - 2)
    after = _from_month_end(by_month, still_open, date.month - 1)
    return (1.0 - passed) * before + passed * after


def discount_factor(payments: np.ndarray, interest_rate_per_year: float) -> float:
    """Return the value today of payments in the middle of each month to come, over their sum."""
    total = float(payments.sum())
    if total <= 0.0:
        return 1.0
    years = (np.arange(len(payments)) + 0.5) / 12.0
    return float(payments @ (1.0 + interest_rate_per_year) ** -years) / total
