"""Unearned premium by 1/365 and by 1/24, and contributions received before their term starts.

Floor 4, inside `reserving`. Every amount is a share of one year's contributions, in the steady
state: each year has the same contributions and the same start months.
Source: docs/reserving.md sections 2 and 4; insurers' rule of 2004 for reserves (1/24 or 1/365).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

import numpy as np

from workbench.reserving.dates import days_from, month_elapsed, starts_by_day
from workbench.timeline import DAYS_IN_YEAR

__all__ = [
    "METHODS_APART",
    "Risk",
    "received_in_advance",
    "unearned_by_day",
    "unearned_by_half_month",
    "unearned_by_risk",
    "unearned_part",
    "unexpired_by_day",
]

Risk = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Relative risk of days of the calendar and days of cover, all shape (n,)."""

METHODS_APART = 3.0 / DAYS_IN_YEAR
"""Bound of |1/24 − 1/365| in shares of a year's contributions, for any start months and date:
half a day, because a whole start day counts, and at most 2.5 days between months of the calendar
and twelfths of a year of 365 days (docs/reserving.md section 2)."""


def unearned_part(elapsed_days: np.ndarray) -> np.ndarray:
    """Return the unearned part of a contribution after days of cover: 1 at 0, 0 from 365 on."""
    return np.clip(1.0 - np.asarray(elapsed_days) / DAYS_IN_YEAR, 0.0, 1.0)


def _in_force(start_share: np.ndarray, date: datetime.date) -> np.ndarray:
    """Return the starts whose cover has lasted 1, 2, … 365 days at the close of `date`, (365,)."""
    before = np.arange(DAYS_IN_YEAR)
    return starts_by_day(start_share, days_from(date, -before))


def unearned_by_day(start_share: np.ndarray, date: datetime.date) -> float:
    """Return the unearned premium by 1/365 at the close of `date`.

    A term covers 365 days, the start day included; the start day itself has run at its close.

    Parameters
    ----------
    start_share
        Share of a year's contributions that starts in each month, (12,).
    date
        Date of the reserve.

    Returns
    -------
    float
        Share of a year's contributions.
    """
    elapsed = np.arange(1, DAYS_IN_YEAR + 1)
    return float(_in_force(start_share, date) @ unearned_part(elapsed))


def unexpired_by_day(start_share: np.ndarray, date: datetime.date) -> tuple[np.ndarray, np.ndarray]:
    """Return the 364 days after `date` and the cover that terms in force then still give on each.

    The cover is in shares of a year's contributions (1/365 a day and term); its sum is
    `unearned_by_day`.
    """
    ahead = np.arange(1, DAYS_IN_YEAR)
    still = np.cumsum(_in_force(start_share, date))[DAYS_IN_YEAR - 1 - ahead]
    return days_from(date, ahead), still / DAYS_IN_YEAR


def unearned_by_risk(start_share: np.ndarray, date: datetime.date, risk: Risk) -> float:
    """Return the unearned premium at the close of `date` by where the risk lies.

    A term earns its contribution as its claims are expected: by season, and less while members in
    their first term wait. Terms weigh by their contributions, so the sum over a year is theirs.

    Parameters
    ----------
    start_share
        Share of a year's contributions that starts in each month, (12,).
    date
        Date of the reserve.
    risk
        (days (n,), days of cover (n,)) → relative risk (n,).

    Returns
    -------
    float
        Share of a year's contributions.
    """
    back, cover = np.arange(DAYS_IN_YEAR), np.arange(1, DAYS_IN_YEAR + 1)
    offset = cover[None, :] - 1 - back[:, None]
    by_day = risk(days_from(date, offset.ravel()), np.broadcast_to(cover, offset.shape).ravel())
    at_risk = by_day.reshape(offset.shape)
    whole = at_risk.sum(axis=1)
    ahead = np.where(offset > 0, at_risk, 0.0).sum(axis=1)
    left = np.divide(ahead, whole, out=np.zeros(len(whole)), where=whole > 0.0)
    return float(_in_force(start_share, date) @ left)


def unearned_by_half_month(start_share: np.ndarray, date: datetime.date) -> float:
    """Return the unearned premium by 1/24 at the close of `date`, a share of contributions.

    Every term starts in the middle of its month: at a month's end the month's own starts are
    unearned for 23/24, those of eleven months before for 1/24. Within a month, of which the share
    f has passed, the month's starts so far (f of them) have run f/2 of a month on average, and of
    the same month a year before 1 − f still run, (1 − f)/2 of a month on average.
    """
    passed = month_elapsed(date)
    back = np.arange(13)
    unearned = 1.0 - (back + passed - 0.5) / 12.0
    unearned[0] = passed * (1.0 - passed / 24.0)
    unearned[12] = (1.0 - passed) ** 2 / 24.0
    return float(start_share[(date.month - 1 - back) % 12] @ unearned)


def received_in_advance(start_share: np.ndarray, date: datetime.date, days: float) -> float:
    """Return contributions held at the close of `date` for terms that start later.

    Parameters
    ----------
    start_share
        Share of a year's contributions that starts in each month, (12,).
    date
        Date of the reserve.
    days
        Days before its start day on which a contribution comes in, 0 or more; a part of a day
        counts as that part of the day's starts.

    Returns
    -------
    float
        Share of a year's contributions; none of it is in the unearned premium.
    """
    ahead = np.arange(1, int(np.ceil(days)) + 1)
    held = np.clip(days - (ahead - 1), 0.0, 1.0)
    return float(starts_by_day(start_share, days_from(date, ahead)) @ held)
