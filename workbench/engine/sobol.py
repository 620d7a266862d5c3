"""Quasi-random lanes for years drawn in totals: Sobol' points under Owen's nested scrambling.

Floor 3. Whole numbers from end to end: direction numbers, exclusive or, and scrambles that are bits
of `streams`. Sixteen independent scrambles are interleaved year by year, so that any years can be
drawn alone and the sixteen answers tell the error. Source: docs/convergence.md; Joe and Kuo (2008),
SIAM J. Sci. Comput. 30 (direction numbers, new-joe-kuo-6); Owen (1995), Randomly permuted nets;
Owen (1997), Ann. Statist. 25.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from workbench.engine.totals import LANES, Lanes
from workbench.guard import freeze, whole_number
from workbench.streams import meaning_key, words

__all__ = ["MOST_PLANS", "REPLICATES", "scramble", "sobol_lanes", "sobol_points"]

REPLICATES = 16
"""Independent randomisations; year i belongs to number i mod 16. Part of every result."""
LANE_BITS = LANES.bit_length() - 1
INDEX_BITS = 24
"""Points of one randomisation: 2²⁴, more than the most years one may ask for."""

DIRECTIONS: tuple[tuple[int, ...], ...] = (
    (3, 1),
    (7, 1, 3),
    (11, 1, 3, 1),
    (13, 1, 1, 1),
    (19, 1, 1, 3, 3),
    (25, 1, 3, 5, 13),
    (37, 1, 1, 5, 5, 17),
    (41, 1, 1, 5, 5, 5),
    (47, 1, 1, 7, 11, 19),
    (55, 1, 1, 5, 1, 1),
    (59, 1, 1, 1, 3, 11),
    (61, 1, 3, 5, 5, 31),
    (67, 1, 3, 3, 9, 7, 49),
    (91, 1, 1, 1, 15, 21, 21),
    (97, 1, 3, 1, 13, 27, 49),
    (103, 1, 1, 1, 15, 7, 5),
    (109, 1, 3, 1, 15, 13, 25),
    (115, 1, 1, 5, 5, 19, 61),
    (131, 1, 3, 7, 11, 23, 15, 103),
    (137, 1, 3, 7, 13, 13, 15, 69),
)
"""Primitive polynomial (its bits) and first direction numbers of dimensions 2 to 21."""
MOST_PLANS = len(DIRECTIONS)
KEPT = MOST_PLANS + 1


@lru_cache(maxsize=KEPT)
def _directions(dimension: int) -> tuple[int, ...]:
    """Direction numbers of one dimension (0 is van der Corput's), in units of 2⁻³²."""
    if dimension == 0:
        return tuple(1 << (31 - place) for place in range(INDEX_BITS))
    polynomial, *numbers = DIRECTIONS[dimension - 1]
    degree = len(numbers)
    for place in range(degree, INDEX_BITS):
        new = numbers[place - degree] ^ (numbers[place - degree] << degree)
        for back in range(1, degree):
            if polynomial >> (degree - back) & 1:
                new ^= numbers[place - back] << back
        numbers.append(new)
    return tuple(number << (31 - place) for place, number in enumerate(numbers))


def sobol_points(dimension: int, numbers: range) -> np.ndarray:
    """Return the points of some numbers in one dimension, units of 2⁻³², int64 (points,).

    Point n is the exclusive or of the direction numbers at the bits of n.
    """
    index = np.arange(numbers.start, numbers.stop, dtype=np.int64)
    found = np.zeros(len(index), dtype=np.int64)
    for place, direction in enumerate(_directions(dimension)[: max(numbers.stop, 1).bit_length()]):
        found ^= (index >> place & 1) * direction
    return found


@lru_cache(maxsize=KEPT)
def scramble(seed: int, meaning: tuple[str, ...]) -> np.ndarray:
    """Return sixteen nested scrambles of the lanes, uint16 (16, 65536).

    A digit is flipped by a random bit of its own for every value of the digits before it, so that
    each scrambled point is uniform and the net stays a net. Source: Owen (1995), section 3.
    """
    key = meaning_key("sobol", *meaning)
    raw = [words(seed, key, replicate).random_raw(LANES // 64) for replicate in range(REPLICATES)]
    octets = np.stack(raw).astype("<u8").view(np.uint8)
    bits = np.unpackbits(octets, axis=1, bitorder="little")
    found = np.zeros((REPLICATES, 1), dtype=np.uint16)
    for level in range(LANE_BITS):
        first = 2 * found + bits[:, 1 << level : 2 << level]
        found = np.stack([first, first ^ 1], axis=-1).reshape(REPLICATES, -1)
    return freeze(found)


def sobol_lanes(codes: Sequence[str]) -> Lanes:
    """Return the source of lanes for the shock and, in this order, the plans with these codes.

    Raises
    ------
    InputRefused
        `value-out-of-range` with more than 20 plans.
    """
    whole_number("plans", len(codes), 1, MOST_PLANS)
    dimensions = {name: place for place, name in enumerate(("shock", *codes))}

    def lanes(seed: int, meaning: tuple[str, ...], years: range) -> np.ndarray:
        first = years.start // REPLICATES
        numbers = range(first, -(-years.stop // REPLICATES))
        plain = sobol_points(dimensions[meaning[-1]], numbers) >> (32 - LANE_BITS)
        mixed = scramble(seed, meaning)[:, plain].T.reshape(-1).astype(np.int64)
        return mixed[years.start - REPLICATES * first :][: len(years)]

    return lanes
