"""Premium deficiency: whether the unearned premium pays for the cover that is still to be given.

Floor 4, inside `reserving`. Best estimate, no margin; each plan by itself.
Source: docs/reserving.md section 5; insurers' rule of 2004 for reserves (adequacy of premiums).
"""

from __future__ import annotations

import datetime

from workbench.inputs import CalendarTables
from workbench.reserving.dates import months_of
from workbench.reserving.unearned import unexpired_by_day
from workbench.reserving.unpaid import claims_by_month
from workbench.timeline import DAYS_IN_YEAR

__all__ = ["deficiency_yuan", "unexpired_by_season"]


def unexpired_by_season(
    calendar: CalendarTables, date: datetime.date, seasonal_share: float
) -> float:
    """Return the share of a year's claims expected from terms in force after `date`, by season.

    By time alone it is the unearned share of contributions, and so it is for the claims without a
    season; a day's cover of the others counts with the claims of its month: 365 × (the month's
    share of a year's claims) / (days of the month).
    """
    days, cover = unexpired_by_day(calendar.start_share, date)
    month, length = months_of(days)
    by_day = DAYS_IN_YEAR * claims_by_month(calendar.season, 1.0)[month] / length
    return float(cover @ (seasonal_share * by_day + 1.0 - seasonal_share))


def deficiency_yuan(unexpired_cost_yuan: float, unearned_yuan: float) -> float:
    """Return max(0, expected claims and expenses of the unexpired cover − unearned premium).

    Yuan, one plan: a plan that earns more does not help one that earns too little.
    """
    return max(0.0, unexpired_cost_yuan - unearned_yuan)
