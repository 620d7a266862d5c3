"""Years of a free-standing scheme drawn claim by claim from sealed tables, in whole fen.

Floor 3. A plan's stream is named by the plan, a factor's by its plans; in a logical block of 64
years come a word a year for the number of claims, a second one for the claims that the factor may
add, lanes of 16 bits for which of these count, and lanes for the amounts, four a word. Sums are
integers: blocks, chunks and threads change no bit. Source: docs/laws.md section 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from workbench.engine.compound.tables import LANES, RANGES, PlanTables, ShockTable
from workbench.streams import BLOCK_YEARS, meaning_key, words

__all__ = ["CHUNK_BLOCKS", "DrawnClaims", "Mapper", "claims_of_year", "draw_claims"]

CHUNK_BLOCKS = 4
"""Logical blocks drawn together; changes speed, never a figure."""
PIECE = 1 << 16
"""Words drawn and looked up together; changes speed, never a figure."""
Mapper = Callable[[Callable, Iterable], Iterable]
_LANE = np.uint64(LANES - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnClaims:
    """Drawn years: fen paid and numbers of claims by plan, both int64 (years, plans)."""

    paid_fen: np.ndarray
    claims: np.ndarray


def _lanes(source: np.random.Philox, number: int) -> np.ndarray:
    """Lanes of 16 bits, four a word, uint16 (number,)."""
    raw = source.random_raw(-(-number // 4))
    return raw.astype("<u8", copy=False).view("<u2")[:number]


def _factor_lanes(shock: ShockTable, seed: int, block: int) -> np.ndarray:
    """Lane of a shared factor in each year of a block, int64."""
    source = words(seed, meaning_key("compound claims", "shock", *shock.name), block)
    return (source.random_raw(BLOCK_YEARS) & _LANE).astype(np.int64)


def _numbers(plan: PlanTables, source: np.random.Philox, factor: np.ndarray | None) -> np.ndarray:
    """Number of claims in each year of a block, int64."""
    raw = source.random_raw(BLOCK_YEARS)
    if factor is None or plan.extra is None or plan.kept is None:
        return plan.counts.numbers(raw, np.zeros(BLOCK_YEARS, dtype=np.int64))
    place = factor // (LANES // RANGES)
    extra = plan.extra.numbers(source.random_raw(BLOCK_YEARS), place)
    lanes = _lanes(source, int(extra.sum()))
    year = np.repeat(np.arange(BLOCK_YEARS), extra)
    added = np.bincount(year[lanes < plan.kept[factor][year]], minlength=BLOCK_YEARS)
    return plan.counts.numbers(raw, place) + added


def _amounts(plan: PlanTables, source: np.random.Philox, number: int) -> np.ndarray:
    """Fen of this many claims, in pieces that stay in the processor's cache."""
    found = np.empty(number, dtype=plan.amounts.dtype)
    for first in range(0, number, 4 * PIECE):
        last = min(first + 4 * PIECE, number)
        np.take(plan.amounts, _lanes(source, last - first), out=found[first:last], mode="clip")
    return found


def _block(
    plan: PlanTables, seed: int, block: int, factor: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of claims of the years of a block, and all its amounts in order."""
    source = words(seed, meaning_key("compound claims", plan.name), block)
    numbers = _numbers(plan, source, factor)
    return numbers, _amounts(plan, source, int(numbers.sum()))


def _sums(numbers: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """Fen of each year, int64."""
    sums = np.zeros(len(numbers), dtype=np.int64)
    some = numbers > 0
    if some.any():
        starts = (np.cumsum(numbers) - numbers)[some]
        sums[some] = np.add.reduceat(amounts, starts, dtype=np.int64)
    return sums


def _drawer(plans: tuple[PlanTables, ...], seed: int) -> Callable[[range], DrawnClaims]:
    """Return the function that draws one range of blocks."""

    def draw(blocks: range) -> DrawnClaims:
        paid = np.empty((len(blocks) * BLOCK_YEARS, len(plans)), dtype=np.int64)
        claims = np.empty_like(paid)
        for at, block in enumerate(blocks):
            rows = slice(at * BLOCK_YEARS, (at + 1) * BLOCK_YEARS)
            factors: dict[tuple[str, ...], np.ndarray] = {}
            for column, plan in enumerate(plans):
                factor = None
                if plan.shock is not None:
                    if plan.shock.name not in factors:
                        factors[plan.shock.name] = _factor_lanes(plan.shock, seed, block)
                    factor = factors[plan.shock.name]
                numbers, amounts = _block(plan, seed, block, factor)
                claims[rows, column] = numbers
                paid[rows, column] = np.minimum(_sums(numbers, amounts), plan.cap_fen)
        return DrawnClaims(paid_fen=paid, claims=claims)

    return draw


def draw_claims(
    plans: tuple[PlanTables, ...],
    years: range,
    seed: int,
    *,
    mapper: Mapper = map,
    chunk_blocks: int = CHUNK_BLOCKS,
) -> DrawnClaims:
    """Return the years of a range; `mapper` and `chunk_blocks` change speed, never a bit."""
    first, last = years.start // BLOCK_YEARS, -(-years.stop // BLOCK_YEARS)
    ranges = [
        range(block, min(block + chunk_blocks, last)) for block in range(first, last, chunk_blocks)
    ]
    parts = list(mapper(_drawer(plans, seed), ranges))
    inside = slice(years.start - first * BLOCK_YEARS, years.stop - first * BLOCK_YEARS)
    return DrawnClaims(
        paid_fen=np.concatenate([part.paid_fen for part in parts])[inside],
        claims=np.concatenate([part.claims for part in parts])[inside],
    )


def claims_of_year(plans: tuple[PlanTables, ...], year: int, seed: int) -> dict[str, np.ndarray]:
    """Return each single claim of one year in fen, by plan, as `draw_claims` sums them."""
    block, place = divmod(year, BLOCK_YEARS)
    found = {}
    for plan in plans:
        factor = None if plan.shock is None else _factor_lanes(plan.shock, seed, block)
        numbers, amounts = _block(plan, seed, block, factor)
        end = int(np.cumsum(numbers)[place])
        found[plan.name] = amounts[end - int(numbers[place]) : end].astype(np.int64)
    return found
