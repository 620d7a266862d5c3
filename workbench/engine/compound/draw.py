"""Years of compound sums drawn claim by claim from keyed streams.

Floor 3. A stream is named by what it is for; inside it the logical blocks of 64 years stand apart,
so that years do not depend on how many are drawn, in which order, or beside which other plan.
Numbers of claims and amounts are quantiles at uniform words. Source: docs/engine.md (streams).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import pdtr, pdtrik

from workbench.guard import MAX_YEARS, whole_number
from workbench.laws.frequency import FrequencyLaw
from workbench.laws.shocks import Shock
from workbench.laws.sizes import SizeLaw
from workbench.streams import BLOCK_YEARS, meaning_key, words

__all__ = ["PlanDraw", "draw_years"]

MOST_AT_ONCE = 1 << 20
"""Claims drawn together; changes memory, never an amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDraw:
    """What it takes to draw one plan; with a shock the frequency is Poisson given its factor."""

    name: str
    frequency: FrequencyLaw
    payment: SizeLaw
    cap: float = float("inf")
    shock: Shock | None = None
    shock_name: tuple[str, ...] = ()


def _uniform(raw: np.ndarray) -> np.ndarray:
    """Numbers inside (0, 1) from 64-bit words: the middles of 2^52 equal cells."""
    return ((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def _poisson_quantile(u: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Least n with P(N <= n) >= u, N Poisson with each mean."""
    n = np.ceil(pdtrik(u, mean))
    before = np.maximum(n - 1.0, 0.0)
    return np.where(pdtr(before, mean) >= u, before, n).astype(np.int64)


def _counts(
    plan: PlanDraw, u: np.ndarray, table: np.ndarray | None, seed: int, block: int
) -> np.ndarray:
    """Numbers of claims of the years of a block."""
    if plan.shock is not None:
        key = meaning_key("compound", "shock", *plan.shock_name)
        lanes = _uniform(words(seed, key, block).random_raw(BLOCK_YEARS))
        return _poisson_quantile(u, plan.frequency.mean * plan.shock.from_uniform(lanes))
    assert table is not None
    return np.minimum(np.searchsorted(table, u), len(table) - 1)


def _block(plan: PlanDraw, table: np.ndarray | None, seed: int, block: int) -> np.ndarray:
    """Totals of the years of a block, shape (64,)."""
    source = words(seed, meaning_key("compound", plan.name), block)
    counts = _counts(plan, _uniform(source.random_raw(BLOCK_YEARS)), table, seed, block)
    together = [counts] if counts.sum() <= MOST_AT_ONCE else np.split(counts, BLOCK_YEARS)
    totals = []
    for some in together:
        amounts = plan.payment.from_uniform(_uniform(source.random_raw(int(some.sum()))))
        year = np.repeat(np.arange(len(some)), some)
        totals.append(np.bincount(year, weights=amounts, minlength=len(some)))
    return np.minimum(np.concatenate(totals), plan.cap)


def draw_years(
    plans: tuple[PlanDraw, ...], years: int, seed: int, *, first_year: int = 0
) -> np.ndarray:
    """Return the totals of years `first_year` … by plan, shape (years, plans)."""
    years = whole_number("years", years, 1, MAX_YEARS)
    seed = whole_number("seed", seed, 0, 2**63 - 1)
    first_year = whole_number("first_year", first_year, 0, 2**40)
    first, last = first_year // BLOCK_YEARS, (first_year + years - 1) // BLOCK_YEARS
    columns = []
    for plan in plans:
        table = plan.frequency.cumulative() if plan.shock is None else None
        blocks = [_block(plan, table, seed, block) for block in range(first, last + 1)]
        columns.append(np.concatenate(blocks))
    start = first_year - first * BLOCK_YEARS
    return np.stack(columns, axis=1)[start : start + years]
