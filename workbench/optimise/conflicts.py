"""Limits that cannot all be met: which of them conflict, and the nearest set that can.

Floor 7, inside `optimise`. The conflict is an irreducible set, found by deletion: without any one
of its limits the rest can be met. Source: Chinneck, Feasibility and Infeasibility in Optimization
(2008), chapter 6 (deletion filter; elastic programmes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np

from workbench.optimise.nouns import PLAN_KINDS, Limit, Solution
from workbench.optimise.offers import Grid
from workbench.optimise.solving import least_relaxation, misses, solve, value_of

__all__ = ["Conflict", "Way", "conflicts_of", "nearest_way"]

ROUNDING = {"deficit": 1e4, "scheme_deficit": 1e4, "returned": 10.0, "scheme_returned": 10.0}
"""Parts of one to which a limit is rounded outward: a hundredth of a point, a tenth of a yuan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Limits moved so that all can be met, the fewest steps from those asked, and what comes out.

    `moved` are pairs of (asked, needed); `solution` the best tiers then.
    """

    moved: tuple[tuple[Limit, Limit], ...]
    solution: Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Limits that cannot be met together, though any of them can be left out.

    `alone` says for each to what it would have to be moved if the others of the conflict stay,
    None where moving it does not help.
    """

    limits: tuple[Limit, ...]
    alone: tuple[Limit | None, ...]


def _infeasible(grid: Grid, limits: Sequence[Limit]) -> bool:
    return solve(grid, limits, "contribution", gap=None) is None


def _deleted(grid: Grid, limits: Sequence[Limit]) -> tuple[Limit, ...]:
    """Return an irreducible set: every limit that the rest can do without is left out."""
    kept = list(limits)
    for one in limits:
        rest = [other for other in kept if other is not one]
        if _infeasible(grid, rest):
            kept = rest
    return tuple(kept)


def _outward(limit: Limit, value: float) -> Limit:
    """Return the limit at a value, rounded so that the value meets it."""
    parts = ROUNDING.get(limit.kind, 1.0)
    whole = floor(value * parts + 1e-9) if limit.at_least else ceil(value * parts - 1e-9)
    return replace(limit, value=whole / parts)


def _needed(
    grid: Grid, limits: Sequence[Limit], soft: Sequence[Limit]
) -> tuple[list[Limit], Solution] | None:
    """Return the limits moved by the fewest steps, only the soft ones, and tiers that meet them."""
    found = least_relaxation(grid, limits, soft)
    if found is None:
        return None
    values = [value_of(grid, found, one) for one in limits]
    pairs = zip(limits, values, strict=True)
    needed = [_outward(one, at) if misses(np.array(at), one) > 0.0 else one for one, at in pairs]
    return needed, found


def _conflict(grid: Grid, limits: Sequence[Limit]) -> Conflict:
    """Return the irreducible conflict in limits that cannot all be met."""
    found = _deleted(grid, limits)
    alone: list[Limit | None] = []
    for place, one in enumerate(found):
        needed = _needed(grid, found, [one])
        alone.append(None if needed is None else needed[0][place])
    return Conflict(limits=found, alone=tuple(alone))


def conflicts_of(grid: Grid, limits: Sequence[Limit]) -> tuple[Conflict, ...]:
    """Return what conflicts in limits for which `solve` found nothing.

    A conflict inside one plan is the plainest to tell: each plan's own comes first. What else
    conflicts once their limits are left out is told as one more.
    """
    found = []
    for code in grid.codes:
        own = [one for one in limits if one.plan == code]
        if own and _infeasible(grid, own):
            found.append(_conflict(grid, own))
    told = {one for conflict in found for one in conflict.limits}
    rest = sorted(
        (one for one in limits if one not in told), key=lambda one: one.kind in PLAN_KINDS
    )
    if _infeasible(grid, rest):
        found.append(_conflict(grid, rest))
    return tuple(found)


def nearest_way(grid: Grid, limits: Sequence[Limit], objective: str) -> Way | None:
    """Return the nearest set of limits that can be met, and the best tiers under it."""
    found = _needed(grid, limits, limits)
    if found is None:
        return None
    needed, tiers = found
    pairs = zip(limits, needed, strict=True)
    moved = tuple((one, other) for one, other in pairs if one.value != other.value)
    return Way(moved=moved, solution=solve(grid, needed, objective) or tiers)
