"""Adequacy against affordability: the least that members must pay for each deficit probability.

Floor 7, inside `optimise`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.optimise.nouns import Limit, Solution
from workbench.optimise.offers import Grid
from workbench.optimise.solving import solve

__all__ = ["LEVELS", "FrontierPoint", "frontier_of"]

GAP = 0.5
"""Of equally cheap tiers some within half of the least change: a picture needs no more."""
LEVELS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierPoint:
    """The least contribution at a deficit probability of at most `level`.

    `of` says of what: "plan" (of every plan) or "scheme" (of all plans together, one helping
    another). `solution` is None where the other limits leave no tiers.
    """

    of: str
    level: float
    solution: Solution | None


def frontier_of(grid: Grid, limits: Sequence[Limit]) -> tuple[FrontierPoint, ...]:
    """Return the points of both frontiers; the limits that are no deficit probability are kept."""
    kept = [one for one in limits if one.kind not in ("deficit", "scheme_deficit")]
    points = []
    for of in ("plan", "scheme"):
        for level in LEVELS:
            asked = [Limit(kind="deficit", value=level, plan=code) for code in grid.codes]
            if of == "scheme":
                asked = [Limit(kind="scheme_deficit", value=level)]
            found = solve(
                grid, [*kept, *asked], "contribution", gap=GAP if of == "scheme" else None
            )
            points.append(FrontierPoint(of=of, level=level, solution=found))
    return tuple(points)
