"""Sealed tables of numbers, of the shock and of disabilities, in whole fen and whole thresholds.

Floor 3. Entries are conditional means over equally likely lanes, so means are exact to half a fen.
From a sealed table to a result there is no function of the C library: the same tables give the
same fen on every processor. Source: docs/model.md sections 3 to 6; docs/engine.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import pdtr

from workbench.guard import freeze
from workbench.laws.shocks import GammaRegimes

__all__ = [
    "SHOCK_ONE",
    "Shock",
    "digest",
    "disability_table",
    "poisson_table",
    "shock_table",
]

SHOCK_ONE = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Shock:
    """Common shock by lane: `theta` float64 (65536,), `kept` thresholds of 65536 (65536,).

    Events are drawn at the rate of `most` times the expected number and kept with probability
    theta / most, by integers.
    """

    theta: np.ndarray
    kept: np.ndarray
    most: float


@lru_cache(maxsize=16)
def shock_table(law: GammaRegimes) -> Shock:
    """Return the common shock of this law, mean 1, in equally likely lanes."""
    if law.variance == 0.0:
        one = np.ones(SHOCK_ONE)
        return Shock(theta=freeze(one), kept=freeze(one * SHOCK_ONE, np.int64), most=1.0)
    if law.cv == 0.0:
        theta = np.sort(law.from_uniform((np.arange(SHOCK_ONE) + 0.5) / SHOCK_ONE))
        theta /= theta.mean()
    else:
        edges = law.from_uniform(np.arange(1, SHOCK_ONE) / SHOCK_ONE)
        partial = np.concatenate([[0.0], law.partial_moment(edges, 1), [1.0]])
        theta = np.diff(partial) * SHOCK_ONE
    most = float(theta[-1])
    kept = np.floor(theta / most * SHOCK_ONE + 0.5)
    return Shock(theta=freeze(theta), kept=freeze(kept, np.int64), most=most)


def poisson_table(mean: float) -> np.ndarray:
    """Return thresholds t (uint64): the count of a word w is the number of t <= w."""
    top = int(mean + 12.0 * np.sqrt(mean) + 20.0)
    below = pdtr(np.arange(top), mean)
    below = below[below < 1.0 - 2.0**-53]
    return freeze((below * 2.0**64).astype(np.uint64))


@lru_cache(maxsize=16)
def disability_table(mean: float, most_yuan: float) -> np.ndarray:
    """Return most · min(E, 1) in fen by lane, int32 (65536,), E exponential with `mean`."""
    lanes = SHOCK_ONE
    edges = np.concatenate([-mean * np.log1p(-np.arange(lanes) / lanes), [np.inf]])
    low = np.minimum(edges, 1.0)
    tail = np.exp(-np.minimum(edges, 700.0 * mean) / mean)
    limited = -mean * np.expm1(-low / mean) - low * np.where(np.isinf(edges), 0.0, tail)
    fen = np.floor(np.diff(limited) * lanes * most_yuan * 100.0 + 0.5)
    return freeze(np.clip(fen, 0, np.floor(most_yuan * 100.0 + 0.5)), np.int32)


def digest(arrays: list[np.ndarray]) -> str:
    """Return the SHA-256 (hex) of arrays: shapes, types and little-endian bytes."""
    total = hashlib.sha256()
    for array in arrays:
        plain = np.ascontiguousarray(array)
        total.update(f"{plain.dtype.str}{plain.shape}".encode())
        total.update(plain.astype(plain.dtype.newbyteorder("<")).tobytes())
    return total.hexdigest()
