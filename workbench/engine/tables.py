"""Sealed tables: what a random lane is looked up in, in whole fen, whole days, whole thresholds.

Floor 3. Entries are conditional means over equally likely lanes, so means are exact to half a fen.
From a sealed table to a result there is no function of the C library: the same tables give the
same fen on every processor. Source: docs/model.md sections 3 to 6; docs/engine.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammainc, gammaincinv, ndtri, pdtr

from workbench.engine.claimant import Z_LIMIT, Stay, legendre
from workbench.guard import freeze
from workbench.laws.terms import MedicalPayment

__all__ = [
    "COST_BITS",
    "DAYS_BITS",
    "SHOCK_ONE",
    "Shock",
    "amount_table",
    "days_table",
    "digest",
    "disability_table",
    "poisson_table",
    "shock_table",
]

COST_BITS, DAYS_BITS, COST_ROWS_BITS = 16, 12, 6
NODES_PER_ROW = 24
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
def shock_table(cv: float) -> Shock:
    """Return the gamma shock with mean 1 and this coefficient of variation; cv 0 is no shock."""
    if cv == 0.0:
        one = np.ones(SHOCK_ONE)
        return Shock(theta=freeze(one), kept=freeze(one * SHOCK_ONE, np.int64), most=1.0)
    shape = 1.0 / cv**2
    edges = gammaincinv(shape, np.arange(1, SHOCK_ONE) / SHOCK_ONE)
    partial = np.concatenate([[0.0], gammainc(shape + 1.0, edges), [1.0]])
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


@lru_cache(maxsize=256)
def amount_table(stay: Stay, payment: MedicalPayment, cap_yuan: float) -> np.ndarray:
    """Return min(A, cap) in fen by cost lane, int32 (65536,): conditional means of equal lanes."""
    lanes = 1 << COST_BITS
    z = ndtri(np.arange(1, lanes) / lanes)
    cost = np.concatenate([[0.0], np.exp(stay.cost.mu + stay.cost.sigma * z), [np.inf]])
    top = float(payment.cost_of(np.asarray(cap_yuan)))
    ends = np.minimum(cost, top)
    knots = (payment.first_knot, payment.last_knot)
    slopes = (payment.first_slope, payment.last_slope - payment.first_slope)
    total = np.zeros(lanes + 1)
    for knot, slope in zip(knots, slopes, strict=True):
        total += slope * _partial_excess(stay, knot, cost, ends)
    fen = np.floor(np.diff(total) * lanes * 100.0 + 0.5)
    return freeze(np.clip(fen, 0, np.floor(cap_yuan * 100.0 + 0.5)), np.int32)


def _partial_excess(stay: Stay, knot: float, cost: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """E[(min(X, top) − knot)⁺; X <= x] for the edges x, shape of `cost`; ends = min(cost, top)."""
    law = stay.cost
    reach = np.maximum(ends, knot)
    limited = law.limited_mean(reach) - law.limited_mean(np.asarray(knot))
    beyond = law.survival(cost) * (reach - knot)
    return limited - np.where(np.isinf(cost), 0.0, np.nan_to_num(beyond, posinf=0.0))


def _days_by_row(stay: Stay, most: int) -> np.ndarray:
    """P(L = l | the cost lane's row), shape (64, most), by Gauss–Legendre nodes in each row."""
    rows = 1 << COST_ROWS_BITS
    edges = np.concatenate([[-Z_LIMIT], ndtri(np.arange(1, rows) / rows), [Z_LIMIT]])
    base, weight = legendre(NODES_PER_ROW)
    half = np.diff(edges)[:, None] / 2.0
    z = edges[:-1, None] + half * (base[None, :] + 1.0)
    share = half * weight[None, :] * np.exp(-z * z / 2.0)
    share = share / share.sum(axis=1, keepdims=True)
    law = stay.days_given(z.ravel(), most).reshape(rows, NODES_PER_ROW, most)
    return np.sum(share[:, :, None] * law, axis=1)


@lru_cache(maxsize=64)
def days_table(stay: Stay, most: int) -> np.ndarray:
    """Return L (at most `most`) by cost row and days lane, int16 (64 · 4096,).

    The row is the top six bits of the cost lane. What rounding to lanes leaves in one row is
    carried to the next, so that over all rows P(L <= l) is met to half of 1 / 262,144.
    """
    lanes = 1 << DAYS_BITS
    table, carried = [], np.zeros(most)
    for below in np.cumsum(_days_by_row(stay, most), axis=1):
        wanted = below * lanes + carried
        ends = np.clip(np.maximum.accumulate(np.floor(wanted + 0.5)), 0, lanes)
        ends[-1] = lanes
        carried = wanted - ends
        counts = np.diff(np.concatenate([[0.0], ends])).astype(np.int64)
        table.append(np.repeat(np.arange(1, most + 1), counts))
    return freeze(np.concatenate(table), np.int16)


@lru_cache(maxsize=16)
def disability_table(mean: float, most_yuan: float) -> np.ndarray:
    """Return most · min(E, 1) in fen by lane, int32 (65536,), E exponential with `mean`."""
    lanes = 1 << COST_BITS
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
