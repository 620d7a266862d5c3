"""Years drawn in plan totals: one lane of a word a plan and year, whatever the number of members.

Floor 3. Given the common shock, a plan's total is its expected illness at that shock plus a rest,
whose law stands in a sealed table of equally likely fen, one for each of 96 ranges of the shock,
narrow in its tails.
Plans that one event can pay are tied inside a range by a Gaussian copula with their exact
covariance; that copula is the one thing here that is not exact, and it touches pairs alone.
Source: docs/engine.md, "totals".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from workbench.guard import freeze
from workbench.streams import meaning_key, words

__all__ = [
    "LANES",
    "NODES",
    "RANGES",
    "RANGE_OF",
    "REST_LANES",
    "SCORE_UNIT",
    "Lanes",
    "PlanTotals",
    "TotalsTables",
    "draw_totals",
    "random_lanes",
    "range_edges",
    "score_tables",
]

LANES = 1 << 16
_OUTER = (16, 16, 32, 32, 64, 64, 128, 128, 256, 256, 512, 512)
"""Lanes in the outermost ranges of the shock, from both ends: tails are told in finer steps."""
RANGES = 96
NODES = 8
"""Shocks that stand for a range when its law is made."""


def range_edges() -> np.ndarray:
    """Return the first lane of each range of the shock and 65,536, int64 (97,)."""
    inner = LANES - 2 * sum(_OUTER)
    number = RANGES - 2 * len(_OUTER)
    # Whole eighths of a range, so that each stands for as many lanes as the others of its range.
    cuts = np.arange(1, number) * (inner // NODES) // number * NODES
    middle = np.diff(np.concatenate([[0], cuts, [inner]]))
    sizes = [*_OUTER, *middle.tolist(), *_OUTER[::-1]]
    return np.concatenate([[0], np.cumsum(sizes)])


RANGE_OF = freeze(np.repeat(np.arange(RANGES), np.diff(range_edges())))
"""Range of each lane of the shock, int64 (65536,)."""
REST_BITS = 12
REST_LANES = 1 << REST_BITS
"""Equally likely rests of a plan in one range of the shock: more would leave the cache."""
SCORE_UNIT = 1 << 24
SCORE_LIMIT = 8.0
SCORE_STEPS = 1 << 18

Lanes = Callable[[int, tuple[str, ...], range], np.ndarray]
"""(seed, meaning, years) → lanes of 16 bits, int64 (years,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTotals:
    """Sealed tables of one plan.

    `rest_fen` (ranges · lanes of a range,) int64: equally likely rests; one range of 65,536 lanes
    where the shock does not reach the plan. `shift_fen` (65536,) int64: expected illness by lane
    of the shock, or a single 0.
    """

    code: str
    rest_fen: np.ndarray
    shift_fen: np.ndarray

    @property
    def shocked(self) -> bool:
        """Whether the common shock reaches the plan."""
        return len(self.shift_fen) > 1


@lru_cache(maxsize=1)
def score_tables() -> tuple[np.ndarray, np.ndarray]:
    """Return normal scores by lane (units of 2⁻²⁴), and the lane of a score in 2¹⁸ steps."""
    scores = np.rint(ndtri((np.arange(LANES) + 0.5) / LANES) * SCORE_UNIT).astype(np.int64)
    middle = (np.arange(SCORE_STEPS) + 0.5) / SCORE_STEPS * 2.0 * SCORE_LIMIT - SCORE_LIMIT
    lanes = np.minimum(ndtr(middle) * LANES, LANES - 1).astype(np.int64)
    return freeze(scores), freeze(lanes)


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsTables:
    """Sealed tables of a scheme: plans, and the ties inside a range of the shock.

    `ties` int64 (ranges, plans, plans), in units of 2⁻²⁴: lower factor of the copula's correlation;
    rows of plans without a tie are those of the identity. `scores` (65536,) and `lane_of` (2¹⁸,)
    are those of `score_tables`, sealed like the rest.
    """

    plans: tuple[PlanTotals, ...]
    ties: np.ndarray
    scores: np.ndarray = field(default_factory=lambda: score_tables()[0])
    lane_of: np.ndarray = field(default_factory=lambda: score_tables()[1])

    @property
    def arrays(self) -> list[np.ndarray]:
        """Every sealed array, in a fixed order."""
        by_plan = [table for plan in self.plans for table in (plan.rest_fen, plan.shift_fen)]
        return [*by_plan, self.ties, self.scores, self.lane_of]


def random_lanes(seed: int, meaning: tuple[str, ...], years: range) -> np.ndarray:
    """Return lanes of 16 bits of some years, int64 (years,): four years a word, by counting."""
    low = years.start // 4 * 4
    source = words(seed, meaning_key(*meaning), 0)
    source.advance(low // 16)
    skipped = (low // 4) % 4
    need = -(-(years.stop - low) // 4)
    raw = source.random_raw(skipped + need)[skipped:]
    return raw.astype("<u8").view("<u2").astype(np.int64)[years.start - low :][: len(years)]


def _linked_lanes(tables: TotalsTables, own: list[np.ndarray], place: np.ndarray) -> None:
    """Put the lanes that the ties give in place of a plan's own lanes."""
    unit = np.eye(len(own), dtype=np.int64) * SCORE_UNIT
    linked = np.any(tables.ties != unit, axis=0)
    if not linked.any():
        return
    scores, lane_of = tables.scores, tables.lane_of
    needed = linked.any(axis=0) | linked.any(axis=1)
    score = {plan: scores[own[plan]] for plan in np.flatnonzero(needed)}
    for plan in np.flatnonzero(linked.any(axis=1)):
        tie = tables.ties[place, plan]
        mixed = sum(tie[:, other] * score[other] for other in np.flatnonzero(linked[plan]))
        step = ((mixed >> 24) + int(SCORE_LIMIT * SCORE_UNIT)) >> 10
        own[plan] = lane_of[np.clip(step, 0, SCORE_STEPS - 1)]


def draw_totals(
    tables: TotalsTables, seed: int, years: range, *, lanes: Lanes = random_lanes
) -> np.ndarray:
    """Return the fen paid by plan in some years, int64 (years, plans).

    A year is the same whatever years are drawn with it; a plan's lanes depend on its code alone.
    `lanes` is where they come from: random words, or quasi-random points (`engine.sobol`).
    """
    shock = lanes(seed, ("totals", "shock"), years)
    place = RANGE_OF[shock]
    own = [lanes(seed, ("totals", plan.code), years) for plan in tables.plans]
    _linked_lanes(tables, own, place)
    paid = np.empty((len(shock), len(own)), dtype=np.int64)
    for number, (plan, lane) in enumerate(zip(tables.plans, own, strict=True)):
        if plan.shocked:
            index = (place << REST_BITS) | (lane >> (16 - REST_BITS))
            paid[:, number] = plan.rest_fen[index] + plan.shift_fen[shock]
        else:
            paid[:, number] = plan.rest_fen[lane]
    return paid
