"""On which days of the cover year the events of a drawn class can lie.

Floor 3. A drawn class mixes members in their first term, whose waiting time is over, with renewed
ones; which of them an event belongs to is drawn with these shares, its days inside these ranges.
Source: docs/model.md section 4; docs/layers.md section 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.claims import ClaimClass, ClaimGroup
from workbench.engine.events import Scheme
from workbench.engine.payment_laws import PLAN_COLUMNS, class_points
from workbench.laws.terms import to_fen
from workbench.timeline import DAYS_IN_YEAR

__all__ = [
    "DayRange",
    "day_ranges",
    "days_of",
    "first_dates",
    "halves",
    "month_of",
    "thresholds",
]

NO_TERM = -1
LANES = 1 << 32
"""Values of a lane of 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """One law of the days of a class's events, taken with probability `share`.

    `first_term` 1 or 0, −1 where it changes no payment. The stay at place i lies on one of the days
    low[i] + 1 … high[i]; the first `early` stays come before all others.
    """

    share: float
    first_term: int
    low: tuple[int, ...]
    high: tuple[int, ...]
    early: int = 0


_ANY_DAY = DayRange(share=1.0, first_term=NO_TERM, low=(0,), high=(DAYS_IN_YEAR,))


def day_ranges(scheme: Scheme, group: ClaimGroup) -> tuple[tuple[DayRange, ...], ...]:
    """Return for each class of a group the laws of its days; their shares add to 1."""
    kind = group.meaning[0]
    if kind == "illness":
        expected = scheme.classes[kind].expected(scheme.expected_events(kind))
        sources = [shares for _, shares in group.sources]
        pairs = zip(group.classes, sources, strict=True)
        return tuple(_illness(scheme, one, shares, expected) for one, shares in pairs)
    if kind in ("special", "critical"):
        return _diagnoses(scheme, group)
    return tuple((_ANY_DAY,) for _ in group.classes)


def _illness(
    scheme: Scheme,
    one: ClaimClass,
    shares: tuple[tuple[int, float], ...],
    expected: np.ndarray,
) -> tuple[DayRange, ...]:
    """Renewed members on any day; first-term ones after the waiting time of the plans that pay."""
    early = one.medical_only + one.allowance_only
    ranges = []
    total = sum(float(expected[index]) * weight for index, weight in shares)
    for index, weight in shares:
        key = scheme.classes["illness"].keys[index]
        first = int(key[2])
        waits = [
            scheme.plans[int(place)].waiting_none_until_day if first else 0
            for place in key[PLAN_COLUMNS["illness"]]
            if place >= 0
        ]
        later = one.stays - early
        ranges.append(
            DayRange(
                share=float(expected[index]) * weight / total if total else 1.0 / len(shares),
                first_term=first,
                low=(min(waits),) * early + (max(waits),) * later,
                high=(max(waits),) * early + (DAYS_IN_YEAR,) * later,
                early=early,
            )
        )
    return tuple(ranges)


def _diagnoses(scheme: Scheme, group: ClaimGroup) -> tuple[tuple[DayRange, ...], ...]:
    """The day range of each class: the next range of its events that pays the class's fen."""
    kind = group.meaning[0]
    passed: dict[int, int] = {}
    found = []
    for one, (_, ((index, _),)) in zip(group.classes, group.sources, strict=True):
        key = scheme.classes[kind].keys[index]
        laws = [class_points(scheme, kind, key, row) for row in np.eye(len(scheme.plans))]
        ends = np.rint(np.cumsum(laws[0].mass) * DAYS_IN_YEAR).astype(int)
        place = passed.get(index, 0)
        fen = to_fen(np.array([law.yuan for law in laws]))
        while not np.all(fen[:, place] == one.fixed):
            place += 1
        passed[index] = place + 1
        low = int(ends[place - 1]) if place else 0
        term = int(key[0])
        found.append((DayRange(share=1.0, first_term=term, low=(low,), high=(int(ends[place]),)),))
    return tuple(found)


def below(lane: np.ndarray, size: np.ndarray) -> np.ndarray:
    """A whole number below `size` from a lane of 32 bits."""
    return ((lane.astype(np.uint64) * size.astype(np.uint64)) >> np.uint64(32)).astype(np.int64)


def thresholds(share: np.ndarray) -> np.ndarray:
    """Lanes of 32 bits below the ends of shares that add to 1, int64; the last end is left out."""
    return np.floor(np.cumsum(share)[:-1] * LANES + 0.5).astype(np.int64)


def halves(raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper 32 bits, int64."""
    mask = np.uint64(LANES - 1)
    return (raw & mask).astype(np.int64), (raw >> np.uint64(32)).astype(np.int64)


def days_of(ranges: tuple[DayRange, ...], term: np.ndarray, lanes: np.ndarray) -> np.ndarray:
    """Days of the stays of each event, ascending, int64 (events, stays); `term` chooses the law."""
    low, high = (
        np.array([getattr(one, end) for one in ranges], dtype=np.int64)[term]
        for end in ("low", "high")
    )
    day = low + 1 + below(lanes, high - low)
    early = ranges[0].early
    return np.concatenate([np.sort(day[:, :early], axis=1), np.sort(day[:, early:], axis=1)], 1)


_DAYS_OF_MONTH = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_MONTH_OF_DAY = np.repeat(np.arange(12), _DAYS_OF_MONTH)


def month_of(date: np.ndarray) -> np.ndarray:
    """Return the month of days counted from 1 January = 1: 1 to 12, 13 in the next January."""
    years, day = np.divmod(date - 1, DAYS_IN_YEAR)
    return 12 * years + _MONTH_OF_DAY[day] + 1


def first_dates(share: np.ndarray, lane: np.ndarray) -> np.ndarray:
    """Day of the calendar year (0 to 364) of first events, even inside a month."""
    daily = np.repeat(share / _DAYS_OF_MONTH, _DAYS_OF_MONTH)
    return np.searchsorted(thresholds(daily), lane, side="right")
