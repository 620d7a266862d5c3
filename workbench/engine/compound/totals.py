"""Years of a free-standing scheme drawn in totals of plans: one lane of a word a plan and year.

Floor 3. A plan without a shared factor is one table of 65,536 equally likely totals of its exact
law. Given a shared factor θ a plan's total is θ times its expected claims plus a rest; the rest's
law is made for 64 ranges of θ, eight factors a range, and stands in 1,024 equally likely amounts a
range. Given θ plans are independent, so laws and covariances are exact to the tables. The cost of a
year does not depend on the number of claims. Source: docs/laws.md section 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from workbench.engine.compound.quick import SmoothLaw
from workbench.engine.compound.read import LatticeLaw, ReadLaw, SlowLaw
from workbench.engine.compound.rest import rest_grids
from workbench.engine.compound.solve import law_in
from workbench.engine.compound.tables import (
    LANES,
    LARGEST_FEN,
    RANGE_BITS,
    RANGES,
    ShockTable,
    whole_lanes,
)
from workbench.engine.compound.window import Group, Part, window_of
from workbench.engine.compound.year import read_law
from workbench.guard import freeze
from workbench.laws.frequency import Poisson
from workbench.streams import meaning_key, words

__all__ = ["CHUNK_YEARS", "PlanTotalsTable", "draw_plan_totals", "plan_totals_of"]

CHUNK_YEARS = 1 << 15
"""Years drawn together; changes speed, never a figure."""
GRID_POINTS, RANGE_POINTS = 1 << 14, 1 << 12
NO_CLAIM = 1e-9
Mapper = Callable[[Callable, Iterable], Iterable]
_RANGE = np.uint16(LANES - (LANES >> RANGE_BITS))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanTotalsTable:
    """Sealed totals of one plan: `base` + `fen` by lane, + `shift` by lane of the factor.

    `fen` (65536,): one law, or 1,024 amounts for each range of the factor. Integers.
    """

    name: str
    base: int
    fen: np.ndarray
    cap_fen: int
    shift: np.ndarray | None = None
    shock: ShockTable | None = None

    @property
    def arrays(self) -> list[np.ndarray]:
        """Every sealed array, in a fixed order."""
        return [self.fen, *([] if self.shift is None else [self.shift])]


def _means(x: np.ndarray, below: np.ndarray, under: np.ndarray, lanes: int) -> np.ndarray:
    """Conditional means over equal lanes of a law at evenly spaced x, but for the last one.

    `below` P(S <= x), `under` E(x − S)⁺. The area below the quantile function up to p is
    p·x − E(x − S)⁺ at the quantile x, right to second order in x.
    """
    levels = np.arange(1, lanes) / lanes
    place = np.clip(np.searchsorted(below, levels), 1, len(x) - 1)
    low, high, step = below[place - 1], below[place], x[place] - x[place - 1]
    inside = np.clip((levels - low) / np.maximum(high - low, 1e-300), 0.0, 1.0)
    at = x[place - 1] + inside * step
    excess = under[place - 1] + inside * step * (low + inside * (high - low) / 2.0)
    return levels * at - excess


def _fen(areas: np.ndarray, mean: float) -> np.ndarray:
    """Whole fen of each lane from areas below the quantile function; sums stay right."""
    lanes = len(areas) + 1
    sums = np.rint(np.concatenate([[0.0], areas, [mean]]) * (lanes * 100.0))
    return np.diff(sums).astype(np.int64)


def _equally_likely(law: ReadLaw) -> np.ndarray:
    """Fen of a plan's law by lane, int64 (65536,)."""
    if isinstance(law, LatticeLaw):
        x = law.start + law.step * np.arange(len(law.below))
        mass = np.maximum(np.diff(law.below, prepend=0.0), 0.0)
        return np.repeat(np.rint(x * 100.0).astype(np.int64), whole_lanes(x, mass))
    if isinstance(law, SmoothLaw):
        grid = law.grid(GRID_POINTS)
        return _fen(_means(*grid, LANES), law.mean.value)
    assert isinstance(law, SlowLaw)
    fine, mean = law.law.fine, law.mean.value
    x = fine.start + fine.step * np.arange(len(fine.atoms))
    if fine.smooth is None:
        return np.repeat(np.rint(x * 100.0).astype(np.int64), whole_lanes(x, fine.atoms))
    below = np.maximum.accumulate(1.0 - fine.smooth - fine.beyond)
    return _fen(_means(x, below, x - mean + fine.excess, LANES), mean)


def _shocked(part: Part, shock: ShockTable) -> tuple[np.ndarray, np.ndarray | None]:
    """Fen by range and lane, and what the factor adds by its lane (None: nothing)."""
    lanes = LANES // RANGES
    grids = rest_grids(part, shock.theta.reshape(RANGES, -1))
    if grids is not None:
        x, rows = grids
        fen = [_fen(_means(x, below, under, lanes), 0.0) for below, under in rows]
        load = part.frequency.mean * part.size.mean
        return np.concatenate(fen), np.floor(shock.theta * load * 100.0 + 0.5).astype(np.int64)
    return _few_claims(part, shock.theta.reshape(RANGES, -1).mean(axis=1).tolist()), None


def _few_claims(part: Part, factors: list[float]) -> np.ndarray:
    """Fen by range and lane where claims are few: the total itself, at each range's mean factor."""
    lanes, rate, tables = LANES // RANGES, part.frequency.mean, []
    most = _given(part, factors[-1])
    widest = window_of(most, None)
    # The window of the highest factor, from 0, holds every other law.
    window = replace(widest, start=0.0, width=widest.start + widest.width)
    for factor in factors:
        if factor * rate < NO_CLAIM:
            tables.append(np.zeros(lanes, dtype=np.int64))
            continue
        law = law_in(_given(part, factor), window, RANGE_POINTS)
        means = _equally_likely(SlowLaw(law=law)).reshape(lanes, -1).mean(axis=1)
        tables.append(np.diff(np.rint(np.cumsum(means)), prepend=0.0).astype(np.int64))
    return np.concatenate(tables)


def _given(part: Part, factor: float) -> tuple[Group, ...]:
    """The plan's claims given its factor."""
    frequency = Poisson(part.frequency.mean * factor)
    return (Group(parts=(Part(frequency=frequency, size=part.size),)),)


def _narrow(fen: np.ndarray) -> np.ndarray:
    """The same whole numbers in half the room where they fit: a table then stays in the cache."""
    return freeze(fen, np.int32 if np.abs(fen).max(initial=0) < 2**31 else np.int64)


@lru_cache(maxsize=64)
def plan_totals_of(name: str, part: Part, shock: ShockTable | None, cap: float) -> PlanTotalsTable:
    """Return the sealed totals of a plan, kept by content."""
    if shock is None:
        fen, shift = _equally_likely(read_law((Group(parts=(part,)),))), None
    else:
        fen, shift = _shocked(part, shock)
    base = int(fen.min() + fen.max()) // 2
    return PlanTotalsTable(
        name=name,
        base=base,
        fen=_narrow(fen - base),
        cap_fen=int(min(np.rint(cap * 100.0), LARGEST_FEN)),
        shift=None if shift is None else _narrow(shift),
        shock=shock,
    )


def _lanes(seed: int, meaning: tuple[str, ...], years: range) -> np.ndarray:
    """Lanes of 16 bits of some years, four years a word, found by counting, uint16 (years,)."""
    low = years.start // 16 * 16
    source = words(seed, meaning_key("compound totals", *meaning), 0)
    source.advance(low // 16)
    raw = source.random_raw(-(-(years.stop - low) // 4))
    return raw.astype("<u8", copy=False).view("<u2")[years.start - low :][: len(years)]


def _drawer(plans: tuple[PlanTotalsTable, ...], seed: int) -> Callable[[range], np.ndarray]:
    """Return the function that draws some years, int64 (plans, years)."""

    def draw(years: range) -> np.ndarray:
        paid = np.empty((len(plans), len(years)), dtype=np.int64)
        factors: dict[tuple[str, ...], np.ndarray] = {}
        for row, plan in zip(paid, plans, strict=True):
            lanes = _lanes(seed, (plan.name,), years)
            if plan.shock is not None:
                name = plan.shock.name
                if name not in factors:
                    factors[name] = _lanes(seed, ("shock", *name), years)
                lanes = (factors[name] & _RANGE) | (lanes >> np.uint16(RANGE_BITS))
            np.add(plan.fen.take(lanes, mode="clip"), plan.base, out=row, dtype=np.int64)
            if plan.shift is not None and plan.shock is not None:
                row += plan.shift.take(factors[plan.shock.name], mode="clip")
            if plan.cap_fen < LARGEST_FEN:
                np.minimum(row, plan.cap_fen, out=row)
        return paid

    return draw


def draw_plan_totals(
    plans: tuple[PlanTotalsTable, ...],
    years: range,
    seed: int,
    *,
    mapper: Mapper = map,
    chunk_years: int = CHUNK_YEARS,
) -> np.ndarray:
    """Return fen by year and plan, int64 (years, plans); mapper and chunk change speed alone."""
    starts = range(years.start, years.stop, chunk_years)
    parts = [range(first, min(first + chunk_years, years.stop)) for first in starts]
    paid = np.empty((len(plans), len(years)), dtype=np.int64)
    # Chunks are taken as they come: new memory for all of them would cost more than the draws.
    for part, drawn in zip(parts, mapper(_drawer(plans, seed), parts), strict=True):
        paid[:, part.start - years.start : part.stop - years.start] = drawn
    return paid.T
