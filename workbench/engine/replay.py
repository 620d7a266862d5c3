"""One drawn year again, payment by payment: who is paid what, on which day, in which month.

Floor 3. The year is drawn from the very words of a run claim by claim, so that its payments add up
to the fen of that run. What a run does not need (the day of a stay, the month, the delay until it
is paid) comes from streams of their own, named `replay` and the group: no draw of a run moves.
Source: docs/layers.md section 5; docs/model.md sections 3 to 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from workbench.engine.claims import (
    ClaimClass,
    ClaimGroup,
    CountsOf,
    draw_theta_lanes,
    kept_events,
    pay_stays,
    poisson_counts,
    thinning,
)
from workbench.engine.events import Scheme
from workbench.engine.grouping import ClaimsTables
from workbench.engine.individual import IndividualCounts
from workbench.engine.replay_days import (
    DayRange,
    day_ranges,
    days_of,
    first_dates,
    halves,
    month_of,
    thresholds,
)
from workbench.guard import freeze
from workbench.streams import BLOCK_YEARS, meaning_key, words

__all__ = [
    "PaymentCalendar",
    "YearPayments",
    "class_fen",
    "drawn_claims",
    "month_of",
    "replay_block",
    "replay_year",
]

COLUMNS = (
    "claim",
    "group",
    "first_term",
    "rank",
    "day",
    "date",
    "plan",
    "fen",
    "paid_month",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCalendar:
    """When events happen and are paid.

    `month_share` by kind of event, (12,): share of its claimants whose first event falls in each
    month. `paid_share` (plans, m): share of a month's claims paid by the end of the m-th month
    after it, ending with 1.
    """

    month_share: Mapping[str, np.ndarray]
    paid_share: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPayments:
    """Payments of one drawn year, one entry a payment of one plan; int64 (payments,).

    `claim` number of the claimant, 0 upward by day of the first event; `group` place in `groups`
    (kind of event, then segment and codes of the plans); `first_term` 1 or 0, −1 where it changes
    no payment; `rank` 1, 2, … of the stay, 0 for a disability; `day` of the cover year, 1 to 365;
    `date` the day of the calendar, 1 = 1 January of the year of the claimant's first event; `plan`
    its place; `fen`; `paid_month` 1 = January of that year, 13 the next.
    """

    year: int
    theta: float
    groups: tuple[tuple[str, ...], ...]
    claim: np.ndarray
    group: np.ndarray
    first_term: np.ndarray
    rank: np.ndarray
    day: np.ndarray
    date: np.ndarray
    plan: np.ndarray
    fen: np.ndarray
    paid_month: np.ndarray

    @property
    def month(self) -> np.ndarray:
        """Month of the event, counted like `paid_month`, int64 (payments,)."""
        return month_of(self.date)

    @property
    def claims(self) -> int:
        """Number of claimants."""
        return int(self.claim.max()) + 1 if len(self.claim) else 0

    def by_claim(self, plans: int) -> np.ndarray:
        """Fen of each claimant by plan, int64 (claims, plans)."""
        total = np.zeros((self.claims, plans), dtype=np.int64)
        np.add.at(total, (self.claim, self.plan), self.fen)
        return total


class _Events(NamedTuple):
    """Events of one class: their place in the class, year (0 upward) and words."""

    place: int
    first: np.ndarray
    year: np.ndarray
    raw: np.ndarray


def _counts_of(scheme: Scheme, tables: ClaimsTables, seed: int, form: str) -> CountsOf:
    if form != "individual":
        return poisson_counts
    rated = replace(scheme, rates=tables.rates)
    return IndividualCounts(scheme=rated, shock=tables.shock, seed=seed)


def _group_events(
    tables: ClaimsTables, group: ClaimGroup, seed: int, blocks: range, counts_of: CountsOf
) -> Iterator[tuple[np.ndarray, _Events]]:
    """Yield numbers (years,) and events of each class, thinned by the shocks as in a run."""
    thinned = None
    if counts_of is poisson_counts:
        shock, own = tables.shock, tables.area_shock
        thinned = thinning((group,), seed, blocks, shock=shock, area_shock=own)
    for place, drawn in enumerate(kept_events(group, seed, blocks, counts_of, thinned)):
        numbers, kept, year, raw = drawn
        first = np.arange(len(year)) if kept is None else kept
        if not group.classes[place].words:
            raw = np.zeros((len(year), 1), dtype=np.uint64)
        yield numbers, _Events(place, first, year, raw)


def class_fen(one: ClaimClass, raw: np.ndarray, plans: int) -> np.ndarray:
    """Return the fen that events of a class pay, int64 (events, plans), by their words."""
    paid: dict[int, np.ndarray] = {}
    fen = np.zeros((len(raw), plans), dtype=np.int64)
    if one.stays:
        pay_stays(one, raw, paid)
    elif one.fixed is not None:
        fen[:] = one.fixed
    for plan, amount in paid.items():
        fen[:, plan] += amount
    return fen


def drawn_claims(
    scheme: Scheme, tables: ClaimsTables, *, seed: int, blocks: range, form: str = "collective"
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield what claimants are paid in the years of some blocks, class by class.

    Year (0 is the first of the blocks), int64 (events,), and fen by plan, int64 (events, plans):
    the events of `simulate_years` with the same tables, seed and form.
    """
    counts_of = _counts_of(scheme, tables, seed, form)
    plans = len(scheme.plans)
    for group in tables.groups:
        for _, events in _group_events(tables, group, seed, blocks, counts_of):
            if len(events.year):
                one = group.classes[events.place]
                yield events.year, class_fen(one, events.raw, plans)


def _stay_steps(one: ClaimClass, raw: np.ndarray, plans: int) -> list[tuple[int, np.ndarray]]:
    """(rank, fen by plan) of each stay, what its cap leaves; rank 0 for a disability.

    A stay's payment is what the claimant's sum grows by when it is added.
    """
    if not one.stays:
        return [(1, class_fen(one, raw, plans))]
    steps, before = [], np.zeros((len(raw), plans), dtype=np.int64)
    for rank in range(1, one.stays + 1):
        after = class_fen(replace(one, stays=rank, disability=None), raw, plans)
        steps.append((rank, after - before))
        before = after
    if one.disability:
        steps.append((0, class_fen(one, raw, plans) - before))
    return steps


@dataclass(slots=True)
class _Rows:
    """Columns of payments as they are collected, claimants numbered on."""

    columns: dict[str, list[np.ndarray]] = field(
        default_factory=lambda: {name: [] for name in COLUMNS}
    )
    claims: int = 0

    def add(self, **columns: np.ndarray) -> None:
        for name, values in columns.items():
            self.columns[name].append(values.astype(np.int64))

    def joined(self) -> dict[str, np.ndarray]:
        empty = np.zeros(0, dtype=np.int64)
        return {name: np.concatenate([empty, *parts]) for name, parts in self.columns.items()}


def _add_class(
    rows: _Rows, one: ClaimClass, events: _Events, chance: np.ndarray, clock: _Clock
) -> None:
    """Add the payments of a class's events; `chance` (events, words) are their own words."""
    term_lane, date_lane = halves(chance[:, 0])
    day_lane, delay_lane = halves(chance[:, 1:])
    ranges = clock.ranges
    term = np.searchsorted(thresholds(np.array([r.share for r in ranges])), term_lane, "right")
    days = days_of(ranges, term, day_lane)
    first = first_dates(clock.calendar.month_share[clock.kind], date_lane)
    date = first[:, None] + 1 + days - days[:, :1]
    known = np.array([one.first_term for one in ranges])[term]
    number = rows.claims + np.arange(len(events.raw))
    rows.claims += len(events.raw)
    for rank, fen in _stay_steps(one, events.raw, clock.plans):
        stay = max(rank, 1) - 1
        for plan in np.flatnonzero(fen.any(axis=0)):
            paid = np.flatnonzero(fen[:, plan])
            curve = np.diff(clock.calendar.paid_share[plan], prepend=0.0)
            delay = np.searchsorted(thresholds(curve), delay_lane[paid, stay], side="right")
            rows.add(
                claim=number[paid],
                group=np.full(len(paid), clock.group),
                first_term=known[paid],
                rank=np.full(len(paid), rank),
                day=days[paid, stay],
                date=date[paid, stay],
                plan=np.full(len(paid), plan),
                fen=fen[paid, plan],
                paid_month=month_of(date[paid, stay]) + delay,
            )


class _Clock(NamedTuple):
    """What dates the events of one class."""

    kind: str
    group: int
    plans: int
    ranges: tuple[DayRange, ...]
    calendar: PaymentCalendar


def _own_words(group: ClaimGroup, seed: int, block: int, counts: list[np.ndarray]) -> list:
    """Words of the days and delays of each class, (events before thinning, 1 + stays)."""
    source = words(seed, meaning_key("replay", *group.meaning), block)
    return [
        source.random_raw(int(numbers.sum()) * size).reshape(-1, size)
        for numbers, size in zip(
            counts, [1 + max(one.stays, 1) for one in group.classes], strict=True
        )
    ]


def _drawn(
    scheme: Scheme,
    tables: ClaimsTables,
    calendar: PaymentCalendar,
    *,
    block: int,
    seed: int,
    form: str = "collective",
    place: int | None = None,
) -> tuple[_Rows, np.ndarray]:
    """Rows of one year of a block, or of all without `place`, and the year of each claimant."""
    blocks = range(block, block + 1)
    counts_of = _counts_of(scheme, tables, seed, form)
    rows, years = _Rows(), [np.zeros(0, dtype=np.int64)]
    for number, group in enumerate(tables.groups):
        drawn = list(_group_events(tables, group, seed, blocks, counts_of))
        own = _own_words(group, seed, block, [numbers for numbers, _ in drawn])
        ranges = day_ranges(scheme, group)
        for (_, events), chance in zip(drawn, own, strict=True):
            mine = np.ones(len(events.year), dtype=bool) if place is None else events.year == place
            if not mine.any():
                continue
            clock = _Clock(
                group.meaning[0], number, len(scheme.plans), ranges[events.place], calendar
            )
            kept = events._replace(
                first=events.first[mine], year=events.year[mine], raw=events.raw[mine]
            )
            years.append(kept.year)
            _add_class(rows, group.classes[events.place], kept, chance[kept.first], clock)
    return rows, np.concatenate(years)


def replay_block(
    scheme: Scheme, tables: ClaimsTables, *, block: int, seed: int, calendar: PaymentCalendar
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the payments of all 64 years of a block, in no order, and the shock of each year.

    Columns `year` (0 to 63 in the block), `plan`, `date`, `fen`, `paid_month` as in `YearPayments`;
    the same payments as by `replay_year`, year by year.
    """
    rows, years = _drawn(scheme, tables, calendar, block=block, seed=seed)
    columns = rows.joined()
    found = {name: columns[name] for name in ("plan", "date", "fen", "paid_month")}
    theta = tables.shock.theta[draw_theta_lanes(seed, range(block, block + 1))]
    return {"year": years[columns["claim"]], **found}, theta


def replay_year(
    scheme: Scheme,
    tables: ClaimsTables,
    *,
    year: int,
    seed: int,
    calendar: PaymentCalendar,
    form: str = "collective",
) -> YearPayments:
    """Return the payments of one drawn year.

    Parameters
    ----------
    scheme, tables
        The scheme and its sealed tables.
    year
        Number of the year, 0 is the first of a run.
    seed, form
        As in `simulate_years`.
    calendar
        When events happen and are paid.
    """
    block, place = divmod(year, BLOCK_YEARS)
    rows, _ = _drawn(scheme, tables, calendar, block=block, seed=seed, form=form, place=place)
    blocks = range(block, block + 1)
    theta = float(tables.shock.theta[draw_theta_lanes(seed, blocks)][place])
    meanings = tuple(group.meaning for group in tables.groups)
    return YearPayments(year=year, theta=theta, groups=meanings, **_in_order(rows.joined()))


def _in_order(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Claimants numbered by the date of their first payment, payments by claimant and date."""
    claim = columns["claim"]
    if not len(claim):
        return {name: freeze(values) for name, values in columns.items()}
    start = np.full(int(claim.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(start, claim, columns["date"])
    paid = np.flatnonzero(start < np.iinfo(np.int64).max)
    number = np.zeros(len(start), dtype=np.int64)
    number[paid[np.argsort(start[paid], kind="stable")]] = np.arange(len(paid))
    columns = {**columns, "claim": number[claim]}
    order = np.lexsort((columns["plan"], columns["rank"], columns["day"], columns["claim"]))
    return {name: freeze(values[order]) for name, values in columns.items()}
