"""Sealed tables of one stay: fen by cost lane, days by cost row and lane.

Floor 3. A stay takes 32 bits: 16 choose the cost, 11 the days, 5 divide a few cost lanes once more.
Cost lanes lie in rows that grow finer towards the top: eight rows for each halving of the number of
costlier lanes. Source: docs/model.md sections 3 to 5; docs/engine.md, "lanes".
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from workbench.engine.claimant import Stay, legendre
from workbench.guard import freeze
from workbench.laws.severity import Lognormal, days_law, lognormal_days
from workbench.laws.terms import MedicalPayment

__all__ = [
    "COST_BITS",
    "COST_LANES",
    "DAYS_BITS",
    "DAY_ROWS",
    "FINER",
    "FINER_BITS",
    "amount_table",
    "cost_rows",
    "days_table",
]

COST_BITS, DAYS_BITS, FINER_BITS = 16, 8, 5
COST_LANES, FINER = 1 << COST_BITS, 1 << FINER_BITS
FINER_LANES = COST_LANES * FINER
FIRST_TOP = COST_LANES - 64
"""The first of the costliest lanes, all of which are divided."""
NODES_PER_ROW = 4
ROW_BITS = 6
FIRST_ROW = 126 << ROW_BITS
DAY_ROWS = (143 << ROW_BITS) - FIRST_ROW
"""Rows of the days table, the costliest first; those between the topmost lanes stay empty."""


def cost_rows(cost: np.ndarray) -> np.ndarray:
    """Return the row of the days table of cost lanes 0 … 65,535, int32, any shape.

    The row is exponent and three further bits of the number of costlier lanes plus a half, read as
    a 32-bit float: exact on every processor, and faster than a look-up.
    """
    costlier = np.float32(COST_LANES - 0.5) - cost.astype(np.float32)
    return (costlier.view(np.int32) >> (23 - ROW_BITS)) - FIRST_ROW


@lru_cache(maxsize=256)
def amount_table(stay: Stay, payment: MedicalPayment, cap_yuan: float) -> np.ndarray:
    """Return min(A, cap) in fen by cost lane, int32 (65536 + 32 · divided lanes,).

    An entry is the conditional mean of its lane. A negative entry −k says that the lane is divided
    once more: its 32 finer amounts stand from place k on. Divided are the 64 costliest
    lanes, whose amounts differ most, and the one in which payments begin, so that the chance to be
    paid nothing is met to half of 2⁻²¹. Means of parts keep the order of two terms, lane by lane.
    """
    law = stay, payment, cap_yuan
    begins = min(int(payment.zero_probability(stay.cost) * COST_LANES), FIRST_TOP - 1)
    divided = np.append(begins, np.arange(FIRST_TOP, COST_LANES))
    yuan = [
        _lane_means(*law, np.arange(COST_LANES + 1) / COST_LANES),
        _lane_means(*law, (begins + np.arange(FINER + 1) / FINER) / COST_LANES),
        _lane_means(*law, np.arange(FIRST_TOP * FINER, COST_LANES * FINER + 1) / FINER_LANES),
    ]
    most = np.floor(cap_yuan * 100.0 + 0.5)
    fen = np.clip(np.floor(np.concatenate(yuan) * 100.0 + 0.5), 0.0, most)
    fen[divided] = -(COST_LANES + FINER * np.arange(len(divided)))
    return freeze(fen, np.int32)


def _lane_means(
    stay: Stay, payment: MedicalPayment, cap_yuan: float, edges: np.ndarray
) -> np.ndarray:
    """E[min(A, cap) | lane] in yuan for lanes between `edges` of probability, (edges − 1,)."""
    cost = np.exp(stay.cost.mu + stay.cost.sigma * ndtri(edges))
    top = float(payment.cost_of(np.asarray(cap_yuan)))
    ends = np.minimum(cost, top)
    knots = (payment.first_knot, payment.last_knot)
    slopes = (payment.first_slope, payment.last_slope - payment.first_slope)
    total = np.zeros(len(edges))
    for knot, slope in zip(knots, slopes, strict=True):
        if slope == 0.0 or np.isinf(knot):
            continue
        total += slope * _partial_excess(stay, knot, cost, ends)
    return np.diff(total) / np.diff(edges)


def _partial_excess(stay: Stay, knot: float, cost: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """E[(min(X, top) − knot)⁺; X <= x] for the edges x, shape of `cost`; ends = min(cost, top)."""
    law = stay.cost
    reach = np.maximum(ends, knot)
    limited = law.limited_mean(reach) - law.limited_mean(np.asarray(knot))
    beyond = law.survival(cost) * (reach - knot)
    return limited - np.where(np.isinf(cost), 0.0, np.nan_to_num(beyond, posinf=0.0))


@lru_cache(maxsize=1)
def _row_edges() -> tuple[np.ndarray, np.ndarray]:
    """Rows in use, the cheapest first, and the edges of probability between them."""
    row = cost_rows(np.arange(COST_LANES))
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    return row[starts], np.append(starts, COST_LANES) / COST_LANES


@lru_cache(maxsize=64)
def days_table(days: Lognormal, correlation: float, most: int) -> np.ndarray:
    """Return L (at most `most`) by cost row and days lane, int16 (1088 · 256,).

    The rows are shares of the cost's law, whatever it is: one table serves every age.
    What rounding to lanes leaves in one row is carried to the next costlier one. The last row is
    one cost lane, so that over all rows P(L <= l) is met to 2⁻²⁵.
    """
    lanes = 1 << DAYS_BITS
    rows, edges = _row_edges()
    shares = np.diff(edges)
    wanted = np.cumsum(_days_by_row(days, correlation, most, edges), axis=1) * lanes
    ends = np.zeros((DAY_ROWS, most + 1))
    carried = np.zeros(most)
    for row, share, here in zip(rows, shares, wanted, strict=True):
        here = here + carried / share
        ends[row, 1:] = np.minimum(np.maximum.accumulate(np.floor(here + 0.5)), lanes)
        carried = (here - ends[row, 1:]) * share
    ends[:, 1:] = np.maximum(ends[:, 1:], 0.0)
    ends[:, -1] = lanes
    counts = np.diff(ends, axis=1).astype(np.int64)
    values = np.broadcast_to(np.arange(1, most + 1, dtype=np.int16), counts.shape)
    return freeze(np.repeat(values.ravel(), counts.ravel()), np.int16)


def _days_by_row(days: Lognormal, correlation: float, most: int, edges: np.ndarray) -> np.ndarray:
    """P(L = l | cost between two edges), shape (edges − 1, most).

    By nodes in each row; the first, widest row is what the law of L alone leaves.
    """
    base, weight = legendre(NODES_PER_ROW)
    places = edges[1:-1, None] + np.diff(edges)[1:, None] * (base + 1.0) / 2.0
    limits = lognormal_days(days, most)
    law = days_law(limits, correlation, ndtri(places).ravel()).reshape(*places.shape, most)
    others = np.sum(weight[:, None] / 2.0 * law, axis=1)
    shares = np.diff(edges)
    # Not a matrix product: BLAS would give other bits on another number of threads.
    first = (days_law(limits) - np.sum(shares[1:, None] * others, axis=0)) / shares[0]
    return np.concatenate([first[None, :], others])
