"""The date of a reserve, and the share of a year's contributions that starts on each day.

Floor 4, inside `reserving`. Everything is at the close of the day. Source: docs/reserving.md
section 1; `data/start_months.csv`.
"""

from __future__ import annotations

import datetime
import re

import numpy as np

from workbench.guard import refuse
from workbench.textfile import shown

__all__ = [
    "FIRST_DATE",
    "LAST_DATE",
    "days_from",
    "month_elapsed",
    "months_of",
    "read_date",
    "reserve_date",
    "starts_by_day",
    "usual_dates",
]

FIRST_DATE, LAST_DATE = datetime.date(1950, 1, 1), datetime.date(2200, 12, 31)
"""Dates a reserve may be asked for; the association was founded in 1993."""

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def usual_dates(year: int) -> tuple[datetime.date, datetime.date]:
    """Return the two usual dates of a year: 31 December and 30 June."""
    return (
        reserve_date(_date_of(year, 12, 31, given=year)),
        reserve_date(_date_of(year, 6, 30, given=year)),
    )


def _date_of(year: int, month: int, day: int, *, given: object) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except (TypeError, ValueError, OverflowError):
        raise refuse("reserve-date-unreadable", value=shown(given), allowed="YYYY-MM-DD") from None


def read_date(text: str) -> datetime.date:
    """Return the date written YYYY-MM-DD.

    Raises
    ------
    InputRefused
        `reserve-date-unreadable` (another form, or no such day) or `reserve-date-out-of-range`.
    """
    written = str(text).strip()
    if not _WRITTEN.fullmatch(written):
        raise refuse("reserve-date-unreadable", value=shown(text), allowed="YYYY-MM-DD")
    year, month, day = (int(part) for part in written.split("-"))
    return reserve_date(_date_of(year, month, day, given=text))


def reserve_date(value: object) -> datetime.date:
    """Return `value` if it is a date between `FIRST_DATE` and `LAST_DATE`; a time of day is cut.

    Raises
    ------
    InputRefused
        `reserve-date-unreadable` or `reserve-date-out-of-range`.
    """
    if isinstance(value, datetime.datetime):
        value = value.date()
    if not isinstance(value, datetime.date):
        raise refuse("reserve-date-unreadable", value=shown(value), allowed="YYYY-MM-DD")
    if not FIRST_DATE <= value <= LAST_DATE:
        raise refuse(
            "reserve-date-out-of-range",
            value=value.isoformat(),
            low=FIRST_DATE.isoformat(),
            high=LAST_DATE.isoformat(),
        )
    return value


def months_of(days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return of each day (datetime64[D], any shape) its month, 0 to 11, and that month's days."""
    months = days.astype("datetime64[M]")
    following = months + np.timedelta64(1, "M")
    length = following.astype("datetime64[D]") - months.astype("datetime64[D]")
    return months.astype(np.int64) % 12, length.astype(np.int64)


def days_from(date: datetime.date, number: np.ndarray) -> np.ndarray:
    """Return the days `number` days after a date (before it where negative), datetime64[D]."""
    return np.datetime64(date, "D") + np.asarray(number).astype("timedelta64[D]")


def month_elapsed(date: datetime.date) -> float:
    """Return the share of its month that has passed at the close of `date`: 1 at a month's end."""
    length = months_of(np.array([date], dtype="datetime64[D]"))[1]
    return float(date.day / length[0])


def starts_by_day(start_share: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Return the share of a year's contributions whose term starts on each day.

    Parameters
    ----------
    start_share
        Share of a year's contributions that starts in each month, (12,).
    days
        datetime64[D], (n,).

    Returns
    -------
    np.ndarray
        (n,): the month's share spread evenly over the days of the month, every year the same
        (steady state).
    """
    month, length = months_of(days)
    return start_share[month] / length
