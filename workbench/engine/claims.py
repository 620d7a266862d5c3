"""Years drawn claim by claim: every stay of every claimant, in whole fen, from sealed tables.

Floor 3. Events are grouped by what their claimant holds; a group has its own stream, so that a
plan or a bundle added elsewhere moves none of its draws. Inside a group, a class is a number of
paid stays, a day range or a disability: its yearly count is one word, its claims are lanes of
words. Source: docs/model.md sections 3 to 6; docs/engine.md (lanes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from workbench.engine.stay_tables import COST_BITS, DAYS_BITS, FINER_BITS, cost_rows
from workbench.engine.tables import Shock
from workbench.guard import freeze
from workbench.streams import BLOCK_YEARS, meaning_key, words

__all__ = [
    "CHUNK_BLOCKS",
    "ClaimClass",
    "ClaimGroup",
    "CountsOf",
    "Drawn",
    "Events",
    "draw_chunk",
    "draw_theta_lanes",
    "kept_events",
    "pay_stays",
    "poisson_counts",
    "thinning",
]

CHUNK_BLOCKS = 16
"""Logical blocks drawn together; changes speed, never a figure."""

CountsOf = Callable[["ClaimGroup", np.random.Philox, int], np.ndarray]
"""(group, word source, block) → yearly numbers of its classes, int64 (classes, years)."""

_LANE = (1 << COST_BITS) - 1
_DAYS = (1 << DAYS_BITS) - 1


NOTHING = freeze([], np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimClass:
    """Events of one group that are paid alike.

    `counts` is the sealed Poisson table of its yearly number. `stays` is the number of paid
    stays; `medical_only` and `allowance_only` of them (the first ones) pay only that plan.
    `amounts` holds the medical fen by cost lane for the first and the later ranks (divided lanes:
    see `amount_table`); `days` the raw days by cost row and lane; `paid` per day plan (place, fen
    by total paid days, paid days by raw day); `disability` (place, fen by lane); `fixed` fen of
    each plan, shape (plans,).
    """

    counts: np.ndarray
    mean: float
    stays: int = 0
    medical_only: int = 0
    allowance_only: int = 0
    medical: int = -1
    cap_fen: int = 0
    amounts: tuple[np.ndarray, ...] = ()
    days: np.ndarray = field(default_factory=lambda: NOTHING)
    paid: tuple[tuple[int, np.ndarray, np.ndarray], ...] = ()
    disability: tuple[int, np.ndarray] | None = None
    fixed: np.ndarray | None = None

    @property
    def words(self) -> int:
        """Words of 64 bits that one event takes."""
        if not self.stays and not self.disability:
            return 0
        return 1 + self.stays // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimGroup:
    """Classes that share a stream; `meaning` names what it is for; `shocked`: illness.

    `sources` says for each class of which event classes it takes which share:
    (kind of event, ((event class, share), …)). `area` is named where it has a shock of its own.
    """

    meaning: tuple[str, ...]
    shocked: bool
    classes: tuple[ClaimClass, ...]
    sources: tuple[tuple[str, tuple[tuple[int, float], ...]], ...]
    area: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Drawn years: fen paid and beneficiaries, int64 (years, plans); events paid (years,)."""

    paid_fen: np.ndarray
    beneficiaries: np.ndarray
    persons_paid: np.ndarray

    @classmethod
    def join(cls, parts: list[Drawn]) -> Drawn:
        """Return the years of all parts in order."""
        return cls(
            paid_fen=np.concatenate([part.paid_fen for part in parts]),
            beneficiaries=np.concatenate([part.beneficiaries for part in parts]),
            persons_paid=np.concatenate([part.persons_paid for part in parts]),
        )

    def first(self, years: int) -> Drawn:
        """Return the first `years` years."""
        return Drawn(
            paid_fen=self.paid_fen[:years],
            beneficiaries=self.beneficiaries[:years],
            persons_paid=self.persons_paid[:years],
        )


def draw_theta_lanes(seed: int, blocks: range, area: str = "") -> np.ndarray:
    """Return the lane of the common shock, or of an area's own, of each year, int64 (years,)."""
    key = meaning_key("shock", "hospital", *([area] if area else []))
    drawn = [words(seed, key, block).random_raw(BLOCK_YEARS) for block in blocks]
    return (np.concatenate(drawn) & np.uint64(_LANE)).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinning:
    """Thresholds of 65,536 below which an event of illness is kept, by year of some blocks.

    `common` (years,) for the common shock; `by_area` the same for areas' own shocks.
    """

    common: np.ndarray
    by_area: Mapping[str, np.ndarray]

    def places(self, group: ClaimGroup, raw: np.ndarray, year: np.ndarray) -> np.ndarray:
        """Return which of a group's events are kept: two lanes of their first word decide."""
        kept = (raw[:, 0] & np.uint64(_LANE)).astype(np.int64) < self.common[year]
        if group.area:
            lane = (raw[:, 0] >> np.uint64(COST_BITS)) & np.uint64(_LANE)
            kept &= lane.astype(np.int64) < self.by_area[group.area][year]
        return np.flatnonzero(kept)


def thinning(
    groups: tuple[ClaimGroup, ...],
    seed: int,
    blocks: range,
    *,
    shock: Shock,
    area_shock: Shock | None = None,
) -> Thinning | None:
    """Return how illness is thinned in some blocks, None where there is no shock."""
    areas = {group.area for group in groups if group.area} if area_shock else set()
    if shock.most <= 1.0 and not areas:
        return None
    return Thinning(
        common=shock.kept[draw_theta_lanes(seed, blocks)],
        by_area={
            area: area_shock.kept[draw_theta_lanes(seed, blocks, area)]
            for area in sorted(areas)
            if area_shock
        },
    )


def poisson_counts(group: ClaimGroup, source: np.random.Philox, block: int) -> np.ndarray:
    """Yearly numbers of the classes by their sealed tables, one word each, (classes, years)."""
    raw = source.random_raw(len(group.classes) * BLOCK_YEARS).reshape(-1, BLOCK_YEARS)
    return np.stack(
        [
            np.searchsorted(one.counts, row, side="right")
            for one, row in zip(group.classes, raw, strict=True)
        ]
    )


def _group_words(
    group: ClaimGroup, seed: int, blocks: range, counts_of: CountsOf
) -> tuple[np.ndarray, list]:
    """Counts (classes, years) and, for each class, its words (events, words per event)."""
    key = meaning_key(*group.meaning)
    sizes = np.array([one.words for one in group.classes])
    counts = []
    pieces: list[list[np.ndarray]] = [[] for _ in group.classes]
    for block in blocks:
        source = words(seed, key, block)
        numbers = counts_of(group, source, block)
        counts.append(numbers)
        need = numbers.sum(axis=1) * sizes
        raw = source.random_raw(int(need.sum()))
        ends = np.cumsum(need)
        for place, (low, high) in enumerate(zip(ends - need, ends, strict=True)):
            pieces[place].append(raw[low:high])
    joined = [
        np.concatenate(piece).reshape(-1, max(size, 1))
        for piece, size in zip(pieces, sizes, strict=True)
    ]
    return np.concatenate(counts, axis=1), joined


def _halves(raw: np.ndarray) -> np.ndarray:
    """Halves of the words of each event, uint32 (events, 2 · words): 0 thins and disables.

    Half k is the stay k − 1.
    """
    return raw.astype("<u8", copy=False).view("<u4")


def _fen_of(table: np.ndarray, cost: np.ndarray, stay: np.ndarray) -> np.ndarray:
    """Fen of stays by cost lane; the few divided lanes by the last bits of the stay too."""
    fen = table[cost]
    divided = np.flatnonzero(fen < 0)
    fen[divided] = table[(stay[divided] >> (32 - FINER_BITS)) - fen[divided]]
    return fen


def pay_stays(one: ClaimClass, raw: np.ndarray, paid: dict[int, np.ndarray]) -> None:
    """Add what the stays of each event pay, fen, to `paid` by place of the plan."""
    halves = _halves(raw)
    medical = np.zeros(len(raw), dtype=np.int64)
    totals = [np.zeros(len(raw), dtype=np.int64) for _ in one.paid]
    for place in range(one.stays):
        stay = halves[:, place + 1]
        cost = (stay & _LANE).astype(np.int64)
        if one.amounts and place >= one.allowance_only:
            rank = place - one.allowance_only
            medical += _fen_of(one.amounts[min(rank, 1)], cost, stay)
        if one.paid and place >= one.medical_only:
            lane = (stay >> COST_BITS) & _DAYS
            raw_days = one.days[(cost_rows(cost) << DAYS_BITS) | lane]
            for total, (_, _, by_day) in zip(totals, one.paid, strict=True):
                total += by_day[raw_days]
    if one.amounts:
        paid[one.medical] = np.minimum(medical, one.cap_fen)
    for total, (plan, fen_by_days, _) in zip(totals, one.paid, strict=True):
        paid[plan] = fen_by_days[np.minimum(total, len(fen_by_days) - 1)]
    if one.disability:
        plan, by_lane = one.disability
        paid[plan] = paid.get(plan, 0) + by_lane[halves[:, 0] >> COST_BITS]


def _add_class(one: ClaimClass, year: np.ndarray, raw: np.ndarray, total: Drawn) -> None:
    """Add the events of one class, one entry of `year` each, to the yearly totals."""
    span = len(total.persons_paid)
    paid: dict[int, np.ndarray] = {}
    if one.stays:
        pay_stays(one, raw, paid)
    elif one.fixed is not None:
        events = np.bincount(year, minlength=span)
        total.paid_fen[:] += events[:, None] * one.fixed[None, :]
        total.beneficiaries[:] += events[:, None] * (one.fixed > 0)[None, :]
        total.persons_paid[:] += events * bool(np.any(one.fixed > 0))
        return
    anything = np.zeros(len(year), dtype=bool)
    for plan, fen in paid.items():
        positive = fen > 0
        anything |= positive
        yearly = np.bincount(year, weights=fen, minlength=span)
        total.paid_fen[:, plan] += yearly.astype(np.int64)
        total.beneficiaries[:, plan] += np.bincount(year[positive], minlength=span)
    total.persons_paid[:] += np.bincount(year[anything], minlength=span)


def empty_years(years: int, plans: int) -> Drawn:
    """Return years in which nothing was paid."""
    return Drawn(
        paid_fen=np.zeros((years, plans), dtype=np.int64),
        beneficiaries=np.zeros((years, plans), dtype=np.int64),
        persons_paid=np.zeros(years, dtype=np.int64),
    )


class Events(NamedTuple):
    """Events of one class: `numbers` drawn by year, (years,); `kept`, places of those that are
    kept, None for all; `year` (0 is the first of the blocks) and words of those.
    """

    numbers: np.ndarray
    kept: np.ndarray | None
    year: np.ndarray
    raw: np.ndarray


def kept_events(
    group: ClaimGroup, seed: int, blocks: range, counts_of: CountsOf, thinned: Thinning | None
) -> Iterator[Events]:
    """Yield the events of each class of a group in the years of some blocks."""
    counts, raws = _group_words(group, seed, blocks, counts_of)
    for numbers, raw in zip(counts, raws, strict=True):
        year, kept = np.repeat(np.arange(len(numbers)), numbers), None
        if thinned is not None and group.shocked:
            kept = thinned.places(group, raw, year)
            year, raw = year[kept], raw[kept]
        yield Events(numbers, kept, year, raw)


def draw_chunk(
    groups: tuple[ClaimGroup, ...],
    seed: int,
    blocks: range,
    *,
    shock: Shock,
    plans: int,
    area_shock: Shock | None = None,
    counts_of: CountsOf | None = None,
) -> Drawn:
    """Return the years of some logical blocks.

    Collective form: illness is drawn at the largest shocks and each event kept with probability
    theta / most (and again for an area's own), so that counts given the shocks are Poisson and
    rise with them event by event. With `counts_of` (the individual form) the counts carry the
    shock already.
    """
    total = empty_years(BLOCK_YEARS * len(blocks), plans)
    thinned = None
    if counts_of is None:
        thinned = thinning(groups, seed, blocks, shock=shock, area_shock=area_shock)
    for group in groups:
        events = kept_events(group, seed, blocks, counts_of or poisson_counts, thinned)
        for one, (_, _, year, raw) in zip(group.classes, events, strict=True):
            _add_class(one, year, raw, total)
    return total
