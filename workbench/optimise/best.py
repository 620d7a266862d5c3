"""The front: best tiers under limits, what moving a limit brings, or why there are none.

Floor 7, inside `optimise`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.engine.stages import year_laws
from workbench.guard import in_range, refuse
from workbench.inputs import Inputs
from workbench.optimise.conflicts import Conflict, Way, conflicts_of, nearest_way
from workbench.optimise.frontier import FrontierPoint, frontier_of
from workbench.optimise.gains import Gain, gains_of
from workbench.optimise.nouns import KINDS, OBJECTIVES, PLAN_KINDS, Limit, Solution
from workbench.optimise.offers import Benefits, Grid, LawsOf, grid_of
from workbench.optimise.solving import solve

__all__ = ["BestTiers", "best_tiers"]

RANGES = {
    "deficit": (0.0, 1.0),
    "scheme_deficit": (0.0, 1.0),
    "returned": (0.0, 1_000.0),
    "scheme_returned": (0.0, 1_000.0),
    "rise": (0.0, 1_000.0),
    "bundle_cost": (0.0, 10_000.0),
    "contribution": (0.0, 1e12),
}
"""What a limit may be: a probability, yuan of 100, yuan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BestTiers:
    """The best tiers, or None with the conflicts that leave none and the nearest way out.

    `gains` are empty where there is no best, `frontier` where it was not wanted.
    """

    grid: Grid
    limits: tuple[Limit, ...]
    objective: str
    best: Solution | None
    gains: tuple[Gain, ...]
    frontier: tuple[FrontierPoint, ...]
    conflicts: tuple[Conflict, ...]
    nearest: Way | None


def _checked(limits: Sequence[Limit], inputs: Inputs) -> tuple[Limit, ...]:
    """Return the limits, each kind and plan once.

    Raises
    ------
    InputRefused
        `unknown-choice`, `value-out-of-range`, `limit-twice`.
    """
    seen: dict[tuple[str, str], Limit] = {}
    for one in limits:
        if one.kind not in KINDS:
            raise refuse("unknown-choice", name="kind", value=one.kind, allowed=KINDS)
        codes = inputs.plan_codes if one.kind in PLAN_KINDS else ("",)
        if one.plan not in codes:
            raise refuse("unknown-choice", name=one.kind, value=one.plan, allowed=codes)
        in_range(one.kind, one.value, *RANGES[one.kind])
        if (one.kind, one.plan) in seen:
            raise refuse("limit-twice", name=one.kind, value=one.plan or "-")
        seen[one.kind, one.plan] = one
    return tuple(seen.values())


def best_tiers(
    inputs: Inputs,
    limits: Sequence[Limit],
    *,
    objective: str = "contribution",
    grid: Grid | None = None,
    frontier: bool = True,
) -> BestTiers:
    """Return the best tiers of all plans on the whole-yuan grid from 25 to 95.

    Parameters
    ----------
    inputs
        The scheme, changes applied; nobody joins or leaves.
    limits
        All must hold.
    objective
        One of `OBJECTIVES`.
    grid
        Offers and laws by `grid_of`; None keeps all benefits, default expenses, process risk
        alone, and no usual bundle.
    frontier
        Whether the frontier of adequacy against affordability is wanted.

    Raises
    ------
    InputRefused
        `unknown-choice`, `value-out-of-range` or `limit-twice`.
    """
    if objective not in OBJECTIVES:
        raise refuse("unknown-choice", name="objective", value=objective, allowed=OBJECTIVES)
    asked = _checked(limits, inputs)
    grid = grid or plain_grid(inputs, year_laws)
    best = solve(grid, asked, objective)
    return BestTiers(
        grid=grid,
        limits=asked,
        objective=objective,
        best=best,
        gains=() if best is None else gains_of(grid, asked, best, objective),
        frontier=frontier_of(grid, asked) if frontier else (),
        conflicts=conflicts_of(grid, asked) if best is None else (),
        nearest=nearest_way(grid, asked, objective) if best is None else None,
    )


def plain_grid(inputs: Inputs, laws_of: LawsOf, benefits: Benefits | None = None) -> Grid:
    """Return the grid with default expenses and no usual bundle."""
    return grid_of(inputs, laws_of, benefits=benefits or {}, bundle=(), expenses="default")
