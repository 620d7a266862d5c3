"""Many paths of the fund, spread over the draws of the parameters, and one path by itself.

Floor 6, inside `fund`. Block b of 64 paths belongs to draw b mod draws, so that more paths leave
the first ones alone. Source: docs/fund.md section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from workbench.fund.actions import ActionRules
from workbench.fund.calendar import MONTHS
from workbench.fund.cash import FLOWS, HELD, opening_of
from workbench.fund.draws import PATHS
from workbench.fund.laws import YearsLaws
from workbench.fund.order import Order
from workbench.fund.paths import YearFlows, walk
from workbench.fund.terms import MILLION, RATE_ONE, FundTerms
from workbench.guard import freeze
from workbench.laws.reinsurance import QuotaShare

__all__ = [
    "Books",
    "FundModel",
    "FundRun",
    "books_of",
    "borne_so_far",
    "groups_of",
    "least_room",
    "mean_books",
    "path_books",
    "run_paths",
    "size_of",
    "with_interest",
]

CHUNK = 24
"""Blocks of one draw walked together, about; changes no path."""
BATCHES = 10
"""Batches of one draw at least, where there are so many blocks: they tell the errors of the books;
several draws tell them by themselves."""
Batch = tuple[int, tuple[int, ...]]
"""A draw and some of its blocks."""
Mapper = Callable[[Callable, Iterable], Iterable]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FundModel:
    """A compiled fund: one `YearsLaws` a draw, its terms, rules or None, and the shock's memory.

    `shock`: correlation of successive years, factor on illness after a year of deferred care.
    """

    laws: tuple[YearsLaws, ...]
    terms: FundTerms
    rules: ActionRules | None = None
    shock: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Books:
    """Flows and holdings of the scheme by name, fen (months,), and the parts of the plans.

    `plan_fen` (plans, months) claims that happened; `contribution_fen`, `enrolments` (plans,
    years). Whole fen of one path, or means.
    """

    lines: Mapping[str, np.ndarray]
    opening: Mapping[str, float]
    plan_fen: np.ndarray
    contribution_fen: np.ndarray
    enrolments: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FundRun:
    """What the paths gave.

    `fund_fen` (months, paths) the fund at every month's end, `draw` (paths,) the draw of each path:
    paths stand draw by draw. `claims_room` (paths,) least, over the months, of the fund over the
    claims borne so far with interest: by this share all claims may rise until it is used up.
    `mean` the books on average over the paths; `batches` books of parts of the paths, with draw and
    size, for errors; `acted` (years, actions) share of the paths on which an action has acted
    before the year; `order` how the paths stood when their claims were walked before, or None.
    """

    model: FundModel
    fund_fen: np.ndarray
    draw: np.ndarray
    claims_room: np.ndarray
    mean: Books
    batches: tuple[tuple[int, int, Books], ...]
    acted: np.ndarray
    order: Order | None = None

    @property
    def paths(self) -> int:
        """Number of paths."""
        return len(self.draw)


class _Sums:
    """Sums over the paths of a part."""

    __slots__ = ("contribution", "enrolments", "lines", "plans", "times")

    def __init__(self, years: int, plans: int, actions: int) -> None:
        months = years * MONTHS
        self.lines = {name: np.zeros(months) for name in (*FLOWS, *HELD)}
        self.plans = np.zeros((plans, months))
        self.contribution, self.enrolments = np.zeros((2, plans, years))
        self.times = np.zeros((years, actions))

    def add(self, one: YearFlows, paths: slice) -> None:
        """Add a year of some paths of a chunk."""
        here = slice(one.year * MONTHS, (one.year + 1) * MONTHS)
        for name, whole in self.lines.items():
            whole[here] += _total(one.flows[name], paths)
        for place, fen in enumerate(one.plan_fen):
            self.plans[place, here] += _total(fen, paths)
        self.contribution[:, one.year] += _total(one.contribution_fen, paths)
        self.enrolments[:, one.year] += _total(one.enrolments, paths)
        self.times[one.year] += _total((one.times > 0).astype(float), paths)

    def books(self, paths: int, opening: Mapping[str, float]) -> Books:
        """Return the means over the paths that were added."""
        return Books(
            lines={name: freeze(whole / paths) for name, whole in self.lines.items()},
            opening=opening,
            plan_fen=freeze(self.plans / paths),
            contribution_fen=freeze(self.contribution / paths),
            enrolments=freeze(self.enrolments / paths),
        )


def _total(values: np.ndarray, paths: slice) -> np.ndarray:
    """Sum over some paths of the last axis; one column stands for as many alike."""
    if values.shape[-1] == 1:
        return values[..., 0] * float(paths.stop - paths.start)
    return values[..., paths].sum(axis=-1)


def borne_so_far(
    model: FundModel, year: int, incurred: np.ndarray, before: np.ndarray
) -> np.ndarray:
    """Return the claims with handling that the fund has borne, with interest, fen (12, paths).

    `incurred` (12, paths) of the year, `before` (paths,) until its start; a stop loss apart.
    """
    terms = model.terms
    whole = incurred * (1.0 + _handling_rate(model))
    quota = 0.0
    if terms.covers and isinstance(terms.covers[year].cover, QuotaShare):
        quota = terms.covers[year].cover.part
    borne = whole * ((terms.retained / MILLION) * (1.0 - quota))
    return with_interest(before, borne, terms)


def least_room(room: np.ndarray, fund: np.ndarray, borne: np.ndarray) -> np.ndarray:
    """Return the least share by which claims may rise, of `room` and of a month's fund (paths,)."""
    return np.minimum(room, fund / np.maximum(borne, 1.0))


def with_interest(before: np.ndarray, flows: np.ndarray, terms: FundTerms) -> np.ndarray:
    """Return what flows of months (months, …) have come to at each month's end, with interest."""
    growth = (1.0 + terms.interest / RATE_ONE) ** np.arange(1, len(flows) + 1)
    growth = growth.reshape(-1, *(1,) * (flows.ndim - 1))
    return growth * (before + np.cumsum(flows / growth, axis=0))


def _handling_rate(model: FundModel) -> float:
    """Handling a yuan of benefits, mean of the first draw's plans."""
    laws, calendar = model.laws[0], model.terms.calendar
    paid = laws.expected_fen
    return float(laws.handling[calendar.group] @ paid / max(float(paid.sum()), 1e-300))


def _part(
    group: Sequence[Batch], *, model: FundModel, seed: int, paths: int
) -> tuple[np.ndarray, np.ndarray, list[_Sums]]:
    """Walk the batches of a group: fund (months, paths), room for claims, sums by batch."""
    draw, terms = group[0][0], model.terms
    ends = np.cumsum([0, *(size_of(one, paths) for one in group)])
    slices = [slice(int(one), int(two)) for one, two in zip(ends, ends[1:], strict=False)]
    kept, actions = int(ends[-1]), len(model.rules.actions) if model.rules else 0
    sums = [_Sums(terms.years, len(terms.codes), actions) for _ in group]
    fund = np.empty((terms.years * MONTHS, kept), dtype=np.int64)
    borne, room = np.zeros(kept), np.full(kept, np.inf)
    blocks = [block for _, own in group for block in own]
    years = walk(model.laws[draw], terms, seed, blocks, rules=model.rules, shock=model.shock)
    for one in years:
        here = fund[one.year * MONTHS : (one.year + 1) * MONTHS]
        here[:] = one.flows["fund"][:, :kept]
        so_far = borne_so_far(model, one.year, one.flows["incurred"][:, :kept], borne)
        for month, now in zip(here, so_far, strict=True):
            room = least_room(room, month, now)
        borne = so_far[-1]
        for place, own in zip(slices, sums, strict=True):
            own.add(one, place)
    return fund, room, sums


def size_of(batch: Batch, paths: int) -> int:
    """Return how many paths of a batch there are among the first `paths`."""
    _, blocks = batch
    return min(paths - blocks[-1] * PATHS, PATHS) + (len(blocks) - 1) * PATHS


def groups_of(draws: int, paths: int) -> list[list[Batch]]:
    """Return the batches of all paths draw by draw, in groups that are walked together."""
    blocks = range(-(-paths // PATHS))
    size = max(1, min(CHUNK, len(blocks) // BATCHES)) if draws == 1 else CHUNK
    found: list[list[Batch]] = []
    for draw in range(min(draws, len(blocks))):
        own = tuple(blocks[draw::draws])
        batches = [(draw, own[first : first + size]) for first in range(0, len(own), size)]
        many = -(-len(own) // CHUNK)
        for group in np.array_split(np.arange(len(batches)), min(many, len(batches))):
            found.append([batches[one] for one in group])
    return found


def run_paths(model: FundModel, *, paths: int, seed: int, mapper: Mapper = map) -> FundRun:
    """Return the paths 0 to `paths` − 1; the mapper moves no bit of any.

    Parameters
    ----------
    model
        The compiled fund.
    paths
        Number of paths.
    seed
        0 to 2**63 − 1.
    mapper
        Where parts run.
    """
    groups = groups_of(len(model.laws), paths)
    work = partial(_part, model=model, seed=seed, paths=paths)
    fund = np.empty((model.terms.years * MONTHS, paths), dtype=np.int64)
    draw, room = np.empty(paths, dtype=np.int64), np.empty(paths)
    openings = [opening_of(laws, model.terms).held for laws in model.laws]
    batches, times, first = [], 0.0, 0
    for group, (own, left, sums) in zip(groups, mapper(work, groups), strict=True):
        number = group[0][0]
        here = slice(first, first + len(left))
        fund[:, here], draw[here], room[here] = own, number, left
        for batch, one in zip(group, sums, strict=True):
            size = size_of(batch, paths)
            batches.append((number, size, one.books(size, openings[number])))
            times = times + one.times
        first = here.stop
    return FundRun(
        model=model,
        fund_fen=fund,
        draw=freeze(draw, np.int64),
        claims_room=freeze(room),
        mean=mean_books(batches),
        batches=tuple(batches),
        acted=freeze(times / paths),
    )


def mean_books(batches: Sequence[tuple[int, int, Books]]) -> Books:
    """Return the mean of the books of batches, each counted by its paths."""
    sizes = np.array([size for _, size, _ in batches], dtype=float)
    weight, books = sizes / sizes.sum(), [one for _, _, one in batches]

    def mean(parts: list[np.ndarray]) -> np.ndarray:
        return freeze(np.tensordot(weight, np.array(parts), axes=1))

    return Books(
        lines={name: mean([one.lines[name] for one in books]) for name in books[0].lines},
        opening={
            name: float(weight @ np.array([one.opening[name] for one in books], dtype=float))
            for name in HELD
        },
        plan_fen=mean([one.plan_fen for one in books]),
        contribution_fen=mean([one.contribution_fen for one in books]),
        enrolments=mean([one.enrolments for one in books]),
    )


def path_books(model: FundModel, *, path: int, seed: int) -> Books:
    """Return the books of one path by its number, whole fen."""
    block, column = divmod(path, PATHS)
    laws = model.laws[block % len(model.laws)]
    years = walk(laws, model.terms, seed, (block,), rules=model.rules, shock=model.shock)
    return books_of(model, laws, tuple(years), column)


def books_of(model: FundModel, laws: YearsLaws, years: Sequence[YearFlows], column: int) -> Books:
    """Return the books of the path in one column of a walk, whole fen."""

    def of(values: np.ndarray) -> np.ndarray:
        return values[..., min(column, values.shape[-1] - 1)]

    lines = {
        name: np.concatenate([of(one.flows[name]) for one in years]) for name in (*FLOWS, *HELD)
    }
    plans = [
        np.concatenate([of(one.plan_fen[place]) for one in years])
        for place in range(len(model.terms.codes))
    ]
    return Books(
        lines=lines,
        opening=dict(opening_of(laws, model.terms).held),
        plan_fen=np.array(plans),
        contribution_fen=np.stack([of(one.contribution_fen) for one in years], axis=1),
        enrolments=np.stack([of(one.enrolments) for one in years], axis=1),
    )
