"""The fund walked again where only money moved: claims are kept, cash is worked out anew.

Floor 6, inside `fund`. Tiers, expenses as a share, opening fund, interest and remittance move no
claim. A `Memory` belongs to everything else that may be chosen; whoever keeps one answers for that.
The figures are those of `run_paths`, to the fen: without rules, reinsurance and a shared result all
flows but claims and interest are the same on every path. Source: docs/fund.md section 9.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from workbench.fund.calendar import MONTHS, FundCalendar
from workbench.fund.cash import FLOWS, HELD, month_end, opening_of
from workbench.fund.draws import PATHS
from workbench.fund.laws import YearsLaws
from workbench.fund.members import MemberYears
from workbench.fund.order import Order
from workbench.fund.paths import CLAIMS, ClaimYear, walk_claims, with_money
from workbench.fund.run import (
    Batch,
    Books,
    FundModel,
    FundRun,
    Mapper,
    books_of,
    borne_so_far,
    groups_of,
    least_room,
    mean_books,
    size_of,
)
from workbench.fund.terms import MILLION
from workbench.guard import freeze

__all__ = ["Memory", "can_replay", "replay_books", "replay_paths"]

SLICE = 4096
"""Paths whose months are worked out together, about: they stay near the processor."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Claims:
    """Claims of all paths, fen (months, paths), and their sums by batch.

    `out` paid with handling, `owed` unpaid with handling, `incurred`; `sums` of `CLAIMS` (batches,
    months), `plan_sums` (batches, plans, months); `sizes` and `draws` (batches,); `order` of the
    paths by their fund, filled when they are first sorted.
    """

    out: np.ndarray
    owed: np.ndarray
    incurred: np.ndarray
    sums: Mapping[str, np.ndarray]
    plan_sums: np.ndarray
    sizes: np.ndarray
    draws: np.ndarray
    order: Order


@dataclass(slots=True, kw_only=True, eq=False)
class Memory:
    """What is kept while only money moves: what was compiled, claims by number of paths and seed.

    `borne` claims borne so far with interest by the same key, at the interest it begins with;
    `years` claims of single paths by number and seed; `last` model, path, seed and the books that
    they gave.
    """

    compiled: tuple[tuple[YearsLaws, ...], MemberYears, FundCalendar] | None = None
    claims: dict[tuple[int, int], _Claims] = field(default_factory=dict)
    borne: dict[tuple[int, int], tuple[int, np.ndarray]] = field(default_factory=dict)
    years: dict[tuple[int, int], tuple[ClaimYear, ...]] = field(default_factory=dict)
    last: tuple[FundModel, int, int, Books] | None = None


def can_replay(model: FundModel) -> bool:
    """Return whether all flows but claims and interest are the same on every path."""
    return model.rules is None and not model.terms.covers and model.terms.retained == MILLION


def replay_paths(
    model: FundModel, memory: Memory, *, paths: int, seed: int, mapper: Mapper = map
) -> FundRun:
    """Return what `run_paths` returns for a model that `can_replay`; walk only what is not kept."""
    key = (paths, seed)
    if key not in memory.claims:
        memory.claims[key] = _claims(model, paths, seed, mapper)
    claims = memory.claims[key]
    kept_at, borne = memory.borne.get(key, (None, None))
    if borne is None or kept_at != model.terms.interest:
        borne = _borne(model, claims, mapper)
        memory.borne[key] = (model.terms.interest, borne)
    shared = replay_books(model, memory, path=0, seed=seed)
    openings = [opening_of(laws, model.terms).held for laws in model.laws]
    fund, room, interest = _walked(model, claims, borne, (shared, openings), mapper)
    batches = _batches(claims, (shared, openings), interest)
    return FundRun(
        model=model,
        fund_fen=fund,
        draw=freeze(np.repeat(claims.draws, claims.sizes), np.int64),
        claims_room=freeze(room),
        mean=mean_books(batches),
        batches=tuple(batches),
        acted=freeze(np.zeros((model.terms.years, 0))),
        order=claims.order,
    )


def replay_books(model: FundModel, memory: Memory, *, path: int, seed: int) -> Books:
    """Return what `path_books` returns for a model that `can_replay`."""
    if memory.last and memory.last[0] is model and memory.last[1:3] == (path, seed):
        return memory.last[3]
    block, column = divmod(path, PATHS)
    laws = model.laws[block % len(model.laws)]
    if (path, seed) not in memory.years:
        found = walk_claims(laws, model.terms, seed, (block,), shock=model.shock)
        memory.years[path, seed] = tuple(_column(one, column) for one in found)
    years = with_money(laws, model.terms, memory.years[path, seed])
    books = books_of(model, laws, tuple(years), 0)
    memory.last = (model, path, seed, books)
    return books


def _column(one: ClaimYear, column: int) -> ClaimYear:
    here = slice(column, column + 1)
    return ClaimYear(
        year=one.year,
        flows={name: fen[:, here] for name, fen in one.flows.items()},
        plan_fen=[fen[:, here] for fen in one.plan_fen],
    )


# ---- claims, walked once ----


def _claims(model: FundModel, paths: int, seed: int, mapper: Mapper) -> _Claims:
    groups = groups_of(len(model.laws), paths)
    work = partial(_group_claims, model=model, seed=seed, paths=paths)
    parts = list(mapper(work, groups))
    batches = [one for group in groups for one in group]
    return _Claims(
        out=np.concatenate([one["out"] for one, _, _ in parts], axis=1),
        owed=np.concatenate([one["owed"] for one, _, _ in parts], axis=1),
        incurred=np.concatenate([one["incurred"] for one, _, _ in parts], axis=1),
        sums={name: np.concatenate([one[name] for _, one, _ in parts]) for name in CLAIMS},
        plan_sums=np.concatenate([one for _, _, one in parts]),
        sizes=np.array([size_of(one, paths) for one in batches]),
        draws=np.array([draw for draw, _ in batches]),
        order=Order(model.terms.years * MONTHS, paths),
    )


def _group_claims(
    group: Sequence[Batch], *, model: FundModel, seed: int, paths: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
    """Walk the batches of a group for their claims; sums by batch."""
    starts = np.cumsum([0, *(size_of(one, paths) for one in group)])
    kept, months = int(starts[-1]), model.terms.years * MONTHS
    whole = {name: np.empty((months, kept), np.int64) for name in ("out", "owed", "incurred")}
    sums = {name: np.empty((len(group), months)) for name in CLAIMS}
    plans = np.empty((len(group), len(model.terms.codes), months))
    blocks = [block for _, own in group for block in own]
    laws = model.laws[group[0][0]]
    for one in walk_claims(laws, model.terms, seed, blocks, shock=model.shock):
        here = slice(one.year * MONTHS, (one.year + 1) * MONTHS)
        fen = {name: one.flows[name][:, :kept] for name in CLAIMS}
        whole["out"][here] = fen["paid"] + fen["handled"]
        whole["owed"][here] = fen["unpaid"] + fen["handling"]
        whole["incurred"][here] = fen["incurred"]
        for name in CLAIMS:
            sums[name][:, here] = np.add.reduceat(fen[name], starts[:-1], axis=1).T
        for place, amount in enumerate(one.plan_fen):
            own = np.add.reduceat(amount[:, :kept], starts[:-1], axis=1)
            plans[:, place, here] = own.T
    return {name: _small(amount) for name, amount in whole.items()}, sums, plans


def _small(fen: np.ndarray) -> np.ndarray:
    """Return whole fen in half the room where they fit."""
    fits = -(2**31) < fen.min() and fen.max() < 2**31
    return fen.astype(np.int32) if fits else fen


def _slices(claims: _Claims) -> list[tuple[slice, slice]]:
    """Return slices of whole batches: their paths, and their places among the batches."""
    ends, number = np.cumsum([0, *claims.sizes]), len(claims.sizes)
    cuts = np.linspace(0, number, min(number, -(-int(ends[-1]) // SLICE)) + 1).astype(int)
    pairs = list(zip(cuts.tolist(), cuts[1:].tolist(), strict=False))
    return [(slice(int(ends[one]), int(ends[two])), slice(one, two)) for one, two in pairs]


def _borne(model: FundModel, claims: _Claims, mapper: Mapper) -> np.ndarray:
    """Claims borne so far with interest at every month's end, (months, paths)."""
    found = np.empty(claims.incurred.shape)

    def work(part: tuple[slice, slice]) -> None:
        paths, _ = part
        before = np.zeros(paths.stop - paths.start)
        for year in range(model.terms.years):
            here = slice(year * MONTHS, (year + 1) * MONTHS)
            incurred = claims.incurred[here, paths].astype(np.int64)
            found[here, paths] = borne_so_far(model, year, incurred, before)
            before = found[here.stop - 1, paths]

    for _ in mapper(work, _slices(claims)):
        pass
    return found


# ---- money, anew each time ----


Money = tuple[Books, list[dict[str, int]]]
"""Books of the first path, of which all but claims and interest holds for every path, and what each
draw opens with."""


def _walked(
    model: FundModel, claims: _Claims, borne: np.ndarray, money: Money, mapper: Mapper
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return fund (months, paths), room for claims (paths,), interest (batches, months)."""
    lines, openings = money[0].lines, money[1]
    cash = lines["received"] - (lines["spent"] - lines["handled"])
    cash = cash - lines["programmes"] - lines["remitted"]
    owed = lines["unearned"] + lines["advance"]
    fund = np.empty(claims.out.shape, dtype=np.int64)
    room = np.full(claims.out.shape[1], np.inf)
    interest = np.empty((len(claims.sizes), len(fund)))
    start = np.array([one["assets"] for one in openings])[claims.draws]

    def work(part: tuple[slice, slice]) -> None:
        paths, batches = part
        sizes, left = claims.sizes[batches], room[paths]
        firsts, now = np.cumsum(sizes) - sizes, np.repeat(start[batches], sizes)
        for month, row in enumerate(fund):
            earned, now = month_end(now, cash[month] - claims.out[month, paths], model.terms)
            interest[batches, month] = np.add.reduceat(earned, firsts)
            here = np.subtract(now, claims.owed[month, paths], out=row[paths])
            here -= owed[month]
            left = least_room(left, here, borne[month, paths])
        room[paths] = left

    for _ in mapper(work, _slices(claims)):
        pass
    return fund, room, interest


def _batches(claims: _Claims, money: Money, interest: np.ndarray) -> list[tuple[int, int, Books]]:
    """Return the books of every batch: means over its paths."""
    shared, openings = money
    found = []
    for place, (draw, size) in enumerate(zip(claims.draws, claims.sizes, strict=True)):
        own = {name: claims.sums[name][place] for name in CLAIMS}
        own["interest"] = interest[place]
        sums = _batch_sums(shared, own, openings[draw]["assets"], float(size))
        books = Books(
            lines={name: freeze(sums[name] / size) for name in (*FLOWS, *HELD)},
            opening=openings[draw],
            plan_fen=freeze(claims.plan_sums[place] / size),
            contribution_fen=freeze(shared.contribution_fen * float(size) / size),
            enrolments=freeze(shared.enrolments * float(size) / size),
        )
        found.append((int(draw), int(size), books))
    return found


def _batch_sums(
    shared: Books, own: dict[str, np.ndarray], start: int, size: float
) -> dict[str, np.ndarray]:
    """Sums over the paths of a batch, fen (months,); `own` those of claims and interest.

    Sums of whole fen below 2**53: exact, so that assets may be added up from the flows.
    """
    lines = shared.lines
    found = {name: lines[name] * size for name in (*FLOWS, *HELD)} | own
    found["spent"] = (lines["spent"] - lines["handled"]) * size + own["handled"]
    cash = found["received"] - found["paid"] - found["spent"] - found["programmes"]
    found["assets"] = start * size + np.cumsum(cash - found["remitted"] + own["interest"])
    owed = found["unearned"] + own["unpaid"] + own["handling"] + found["advance"]
    found["fund"] = found["assets"] - owed
    return found
