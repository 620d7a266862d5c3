"""One claimant who holds the medical and the allowance plan: money and paid days together.

Floor 3. Two dimensions of a lattice: money up to the yearly cap, paid days one by one.
Source: docs/model.md sections 3 to 5.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from workbench.engine.claimant import (
    NODES_PER_PANEL,
    Stay,
    StayCounts,
    lump_above,
    paid_columns,
    power_sum,
    room,
)
from workbench.engine.lattice import split
from workbench.laws.terms import MedicalPayment
from workbench.plans import Plan

__all__ = ["JOINT_STEPS", "joint_year"]

JOINT_STEPS = 180
"""The same where days are counted beside it; splitting by four keeps three moments."""


def _one_stay_by_rank(
    stay: Stay, medical: Plan, allowance: Plan, lattice: tuple[int, int]
) -> tuple[np.ndarray, ...]:
    """P(payment = lattice point, paid days) of a first and of a later stay, (steps + 1, days + 1).

    The days given the cost are worked out once, on nodes that fit the kinks of both payments.
    """
    steps, panel = lattice
    shares = (medical.first_stay_share, medical.later_stay_share)
    payments = tuple(MedicalPayment.of(medical, stay.basic, share) for share in shares)
    z, weight = stay.nodes(payments, medical.annual_cap_yuan, panel)
    cost = stay.cost.at_score(z)
    most = allowance.elimination_days + allowance.max_days_per_year + 1
    days = paid_columns(stay.days_given(z, most), allowance)
    laws = []
    for payment in payments:
        place = np.minimum(payment.amount(cost) / medical.annual_cap_yuan, 1.0) * steps
        index, parts = split(place, steps)
        spread = np.zeros((len(z), steps + 1))
        np.put_along_axis(spread, index, weight[:, None] * parts, axis=1)
        laws.append(spread.T @ days)
    return tuple(laws)


@lru_cache(maxsize=2)
def _joint_stays(
    stay: Stay, medical: Plan, allowance: Plan, lattice: tuple[int, int]
) -> tuple[tuple, tuple, tuple]:
    """Joint laws of one stay by rank, the shape of their transforms, and the transforms.

    Two are kept: first-term and renewed claimants of an age follow each other.
    """
    laws = _one_stay_by_rank(stay, medical, allowance, lattice)
    most = allowance.max_days_per_year
    shape = (room(laws[0].sum(axis=1), lattice[0]), max(room(laws[0].sum(axis=0), most), 256))
    return laws, shape, tuple(np.fft.rfft2(law, shape) for law in laws)


def joint_year(
    stay: Stay,
    medical: Plan,
    allowance: Plan,
    counts: StayCounts,
    *,
    steps: int = JOINT_STEPS,
    panel: int = NODES_PER_PANEL,
) -> np.ndarray:
    """Return the joint law of (min(ΣA, cap), paid days) of a claimant who holds both plans.

    Shape (steps + 1, max_days_per_year + 1). `counts.weights` may have any scale; `panel` nodes
    of the cost between two kinks.
    """
    stays, shape, (first, later) = _joint_stays(stay, medical, allowance, (steps, panel))
    total = power_sum(first, later, counts.weights[0])
    if counts.early:
        axis = 1 if counts.early == "medical" else 0
        alone = [
            np.fft.rfft2(law.sum(axis=axis, keepdims=True) * _point(law.shape, axis), shape)
            for law in stays
        ]
        total = total + _early_part(alone, (first, later), counts)
    year = np.fft.irfft2(total, shape)
    most = allowance.max_days_per_year
    return lump_above(lump_above(year, steps, 0), most, 1)


def _point(shape: tuple[int, ...], axis: int) -> np.ndarray:
    """One at place 0 along `axis`, so that a marginal law counts nothing on that axis."""
    size = [1, 1]
    size[axis] = shape[axis]
    point = np.zeros(size)
    point[0, 0] = 1.0
    return point


def _early_part(alone: list, both: tuple, counts: StayCounts) -> np.ndarray:
    """Claimants with at least one stay that only the sooner plan pays."""
    first, later = both
    total = np.zeros_like(first)
    if counts.early == "medical":
        for weights in counts.weights[:0:-1]:
            inner = np.zeros_like(first)
            for weight in weights[::-1]:
                inner = inner * later + weight
            total = total * alone[1] + inner
        return total * alone[0]
    for weights in counts.weights[:0:-1]:
        total = (total + power_sum(first, later, weights)) * alone[0]
    return total
