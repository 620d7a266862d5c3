"""When contributions are earned and received, when claims happen and are paid, by month.

Floor 6, inside `fund`. Every year has 365 days. Shares of a year's amounts; the month's end is its
last day. Source: docs/fund.md section 3; docs/reserving.md sections 2 to 4.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from workbench.guard import freeze
from workbench.inputs import Inputs
from workbench.reserving.unearned import received_in_advance
from workbench.reserving.unpaid import DELAY_COLUMN, open_by_month
from workbench.timeline import DAYS_IN_YEAR

__all__ = ["MONTHS", "OPEN_ONE", "FundCalendar", "fund_calendar"]

MONTHS = 12
OPEN_BITS = 14
OPEN_ONE = 1 << OPEN_BITS
"""Open shares are counted in whole parts of this, so that sums of whole fen are exact."""
MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
USUAL = 2025
"""A year of 365 days after which another comes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FundCalendar:
    """Shares by month; all (12,) but `open`.

    `written` of a year's contributions whose terms start; `unearned_new` and `unearned_old` what of
    this and of last year's contributions is unearned at the month's end; `covered` share of the
    month's cover from terms of this year; `advance` contributions held for terms to come.
    `open` (groups, lag) int64 in parts of 16,384: share of a month's claims unpaid k month's ends
    after; `group` (plans,) the delay curve of each plan.
    """

    written: np.ndarray
    unearned_new: np.ndarray
    unearned_old: np.ndarray
    covered: np.ndarray
    advance: np.ndarray
    open: np.ndarray
    group: np.ndarray

    @property
    def groups(self) -> int:
        """Number of delay curves."""
        return len(self.open)

    @property
    def lag(self) -> int:
        """Month's ends after which every claim is paid."""
        return self.open.shape[1]


def fund_calendar(inputs: Inputs) -> FundCalendar:
    """Return the calendar of a pack."""
    calendar, beliefs = inputs.calendar, inputs.assumptions
    starts = calendar.start_share
    ends = np.cumsum(MONTH_DAYS)
    new, old = _unearned(starts, ends)
    earned_new = starts - np.diff(new, prepend=0.0)
    earned_old = -np.diff(old, prepend=new[-1])
    days = beliefs["advance_receipt_days"]
    dates = [datetime.date(USUAL, month + 1, int(MONTH_DAYS[month])) for month in range(MONTHS)]
    stretch = beliefs["reporting_delay_stretch"]
    columns = [DELAY_COLUMN[plan.benefit_form] for plan in inputs.plans]
    names = list(dict.fromkeys(columns))
    curves = [open_by_month(calendar, inputs.plans[columns.index(name)], stretch) for name in names]
    opened = np.zeros((len(curves), max(map(len, curves))))
    for place, one in enumerate(curves):
        opened[place, : len(one)] = one
    return FundCalendar(
        written=starts,
        unearned_new=freeze(new),
        unearned_old=freeze(old),
        covered=freeze(earned_new / (earned_new + earned_old)),
        advance=freeze([received_in_advance(starts, one, days) for one in dates]),
        open=freeze(np.rint(opened * OPEN_ONE), np.int64),
        group=freeze([names.index(one) for one in columns], np.int64),
    )


def _unearned(starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unearned parts of this year's and of last year's starts at each month's end, (12,) each."""
    by_day = np.repeat(starts / MONTH_DAYS, MONTH_DAYS)
    day = np.arange(1, DAYS_IN_YEAR + 1)
    passed = ends[:, None] - day + 1
    begun = passed > 0
    new = np.where(begun, 1.0 - passed / DAYS_IN_YEAR, 0.0) @ by_day
    old = np.where(begun, 0.0, -passed / DAYS_IN_YEAR) @ by_day
    return new, old
