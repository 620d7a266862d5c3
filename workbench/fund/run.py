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
from workbench.fund.draws import PATHS
from workbench.fund.laws import YearsLaws
from workbench.fund.paths import FLOWS, HELD, YearFlows, opening_of, walk
from workbench.fund.terms import MILLION, RATE_ONE, FundTerms
from workbench.guard import freeze
from workbench.laws.reinsurance import QuotaShare

__all__ = ["Books", "FundModel", "FundRun", "mean_books", "path_books", "run_paths"]

CHUNK = 24
"""Most blocks of one draw walked together; changes no path."""
BATCHES = 10
"""Batches of one draw at least, where there are so many blocks: they tell the errors of the books;
several draws tell them by themselves."""
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
    before the year.
    """

    model: FundModel
    fund_fen: np.ndarray
    draw: np.ndarray
    claims_room: np.ndarray
    mean: Books
    batches: tuple[tuple[int, int, Books], ...]
    acted: np.ndarray

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

    def add(self, one: YearFlows, kept: int) -> None:
        """Add a year of the first `kept` paths of a chunk."""
        here = slice(one.year * MONTHS, (one.year + 1) * MONTHS)
        for name, whole in self.lines.items():
            whole[here] += _total(one.flows[name], kept)
        for place, fen in enumerate(one.plan_fen):
            self.plans[place, here] += _total(fen, kept)
        self.contribution[:, one.year] += _total(one.contribution_fen, kept)
        self.enrolments[:, one.year] += _total(one.enrolments, kept)
        self.times[one.year] += _total((one.times > 0).astype(float), kept)

    def books(self, paths: int, opening: Mapping[str, float]) -> Books:
        """Return the means over the paths that were added."""
        return Books(
            lines={name: freeze(whole / paths) for name, whole in self.lines.items()},
            opening=opening,
            plan_fen=freeze(self.plans / paths),
            contribution_fen=freeze(self.contribution / paths),
            enrolments=freeze(self.enrolments / paths),
        )


def _total(values: np.ndarray, kept: int) -> np.ndarray:
    """Sum over the last axis; one column stands for `kept` alike."""
    if values.shape[-1] == 1:
        return values[..., 0] * float(kept)
    return values[..., :kept].sum(axis=-1)


def _borne(model: FundModel, one: YearFlows) -> np.ndarray:
    """Claims of a year with their handling that the fund bears, (12, paths); a stop loss apart."""
    terms = model.terms
    whole = one.flows["incurred"] * (1.0 + _handling_rate(model))
    quota = 0.0
    if terms.covers and isinstance(terms.covers[one.year].cover, QuotaShare):
        quota = terms.covers[one.year].cover.part
    return whole * ((terms.retained / MILLION) * (1.0 - quota))


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
    part: tuple[int, tuple[int, ...]], *, model: FundModel, seed: int, paths: int
) -> tuple[np.ndarray, np.ndarray, _Sums]:
    """Walk some blocks of one draw: fund (months, paths), room for claims, sums."""
    draw, blocks = part
    kept = min(paths - blocks[-1] * PATHS, PATHS) + (len(blocks) - 1) * PATHS
    terms = model.terms
    actions = len(model.rules.actions) if model.rules else 0
    sums = _Sums(terms.years, len(terms.codes), actions)
    fund = np.empty((terms.years * MONTHS, kept), dtype=np.int64)
    borne, room = np.zeros(kept), np.full(kept, np.inf)
    years = walk(model.laws[draw], terms, seed, blocks, rules=model.rules, shock=model.shock)
    for one in years:
        here = fund[one.year * MONTHS : (one.year + 1) * MONTHS]
        here[:] = one.flows["fund"][:, :kept]
        total = with_interest(borne, _borne(model, one)[:, :kept], terms)
        room = np.minimum(room, (here / np.maximum(total, 1.0)).min(axis=0))
        borne = total[-1]
        sums.add(one, kept)
    return fund, room, sums


def _parts(draws: int, paths: int) -> list[tuple[int, tuple[int, ...]]]:
    blocks = range(-(-paths // PATHS))
    size = max(1, min(CHUNK, len(blocks) // BATCHES)) if draws == 1 else CHUNK
    found = []
    for draw in range(min(draws, len(blocks))):
        own = tuple(blocks[draw::draws])
        found += [(draw, own[first : first + size]) for first in range(0, len(own), size)]
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
    parts = _parts(len(model.laws), paths)
    work = partial(_part, model=model, seed=seed, paths=paths)
    fund = np.empty((model.terms.years * MONTHS, paths), dtype=np.int64)
    draw, room = np.empty(paths, dtype=np.int64), np.empty(paths)
    openings = [opening_of(laws, model.terms).held for laws in model.laws]
    batches, times, first = [], 0.0, 0
    for (number, _), (own, left, sums) in zip(parts, mapper(work, parts), strict=True):
        here = slice(first, first + len(left))
        fund[:, here], draw[here], room[here] = own, number, left
        batches.append((number, len(left), sums.books(len(left), openings[number])))
        times = times + sums.times
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
    years: Sequence[YearFlows] = tuple(
        walk(laws, model.terms, seed, (block,), rules=model.rules, shock=model.shock)
    )

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
