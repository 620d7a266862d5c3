"""Random words made into a year's claims by month and plan, path by path.

Floor 6, inside `fund`. A path depends on the seed and its own number alone: 64 paths make a block
with streams of their own, a year of a block has its own words. From a word to an amount there are
only table look-ups, sums and products of single numbers, so that neither the size of a block nor
the number of threads moves a bit. Source: docs/fund.md section 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from workbench.engine.tables import SHOCK_ONE
from workbench.engine.totals import SCORE_LIMIT, SCORE_STEPS, SCORE_UNIT, score_tables
from workbench.fund.calendar import MONTHS
from workbench.fund.laws import YearsLaws
from workbench.fund.tables import LANE_BITS, RANGE_OF
from workbench.guard import freeze
from workbench.streams import BLOCK_YEARS, meaning_key, words

__all__ = ["PATHS", "lanes_of", "month_claims", "shocks_of"]

PATHS = BLOCK_YEARS
"""Paths of one logical block; part of every result, never to be changed."""
LANES_OF_WORD = 4
YEAR_WORDS = PATHS * MONTHS // LANES_OF_WORD
UNIT = 2.0**-53


def _uniforms(seed: int, what: str, blocks: Sequence[int], years: int) -> np.ndarray:
    """Numbers in (0, 1), (years, paths): 64 words a year and block."""
    key = meaning_key("fund", what)
    raw = [words(seed, key, block).random_raw(years * PATHS) for block in blocks]
    grid = np.concatenate([one.reshape(years, PATHS) for one in raw], axis=1)
    return ((grid >> np.uint64(11)).astype(float) + 0.5) * UNIT


def shocks_of(
    laws: YearsLaws, seed: int, blocks: Sequence[int], years: int, more: tuple[float, float]
) -> np.ndarray:
    """Return the lane of the common shock and its factor, float (2, years, paths).

    `more` correlation of normal scores of successive years, and the factor on illness in the year
    after one of deferred care. z_t = ρ z_(t−1) + √(1 − ρ²) ε_t, θ_t the Φ(z_t) quantile of the
    shock's law, so that every year has that law by itself (a Gaussian copula).
    """
    correlation, rebound = more
    score = ndtri(_uniforms(seed, "shock", blocks, years))
    fresh = np.sqrt(1.0 - correlation**2)
    for year in range(1, years):
        score[year] = correlation * score[year - 1] + fresh * score[year]
    lane = np.minimum((ndtr(score) * SHOCK_ONE).astype(np.int64), SHOCK_ONE - 1)
    factor = np.ones(lane.shape)
    if rebound != 1.0 and laws.deferred.any():
        deferred = _uniforms(seed, "deferral", blocks, years) < laws.deferred[lane]
        factor[1:][deferred[:-1]] = rebound
    return np.stack([lane.astype(float), factor])


def lanes_of(seed: int, codes: Sequence[str], blocks: Sequence[int], years: int) -> np.ndarray:
    """Return lanes of 16 bits of every plan, year and month, uint16 (plans, years, 12, paths)."""
    shape = (years, MONTHS, PATHS)
    found = np.empty((len(codes), years, MONTHS, len(blocks), PATHS), dtype=np.uint16)
    for place, code in enumerate(codes):
        key = meaning_key("fund", "claims", code)
        for number, block in enumerate(blocks):
            raw = words(seed, key, block).random_raw(years * YEAR_WORDS).astype("<u8", copy=False)
            found[place, :, :, number] = raw.view("<u2").reshape(shape)
    return found.reshape(len(codes), years, MONTHS, len(blocks) * PATHS)


@lru_cache(maxsize=1)
def _score_tables() -> tuple[np.ndarray, np.ndarray]:
    """The tables of `score_tables` as they are used here: scores as float, lanes small."""
    scores, lane_of = score_tables()
    return freeze(scores.astype(float)), freeze(lane_of, np.uint16)


def _tied(ties: np.ndarray, own: list[np.ndarray]) -> list[np.ndarray]:
    """Lanes that the ties give in place of a plan's own."""
    linked = (ties != 0.0) & ~np.eye(len(own), dtype=bool)
    if not linked.any():
        return own
    scores, lane_of = _score_tables()
    scale = SCORE_STEPS / (2.0 * SCORE_LIMIT) / SCORE_UNIT
    needed = np.flatnonzero(linked.any(axis=0) | linked.any(axis=1))
    score = {int(plan): scores.take(own[plan]) for plan in needed}
    found = list(own)
    for plan in np.flatnonzero(linked.any(axis=1)):
        mixed = score[int(plan)] * ties[plan, plan]
        for other in np.flatnonzero(linked[plan]):
            mixed += score[int(other)] * ties[plan, other]
        mixed *= scale
        mixed += SCORE_STEPS / 2.0
        np.maximum(mixed, 0.0, out=mixed)
        np.minimum(mixed, SCORE_STEPS - 1.0, out=mixed)
        found[plan] = lane_of.take(mixed.astype(np.int32))
    return found


def month_claims(laws: YearsLaws, lanes: np.ndarray, shock: np.ndarray) -> list[np.ndarray]:
    """Return a year's claims at the level of the first year, fen, one (12, paths) a plan.

    Parameters
    ----------
    laws
        The draw.
    lanes
        (plans, 12, paths), a year of `lanes_of`.
    shock
        (2, paths): lane and further factor of the year, see `shocks_of`.
    """
    lane = shock[0].astype(np.int64)
    theta = laws.theta[lane] * shock[1]
    start = (RANGE_OF[lane] << LANE_BITS).astype(np.int32)
    found = []
    for month, mine in zip(laws.months, _tied(laws.ties, list(lanes)), strict=True):
        if month.shocked:
            place = start + (mine >> (16 - LANE_BITS))
            amount = month.fen.take(place) + theta * month.illness_fen
            found.append(np.maximum(amount, 0.0, out=amount))
        else:
            found.append(month.fen.take(mine).astype(float))
    return found
