"""What may be asked of the best tiers, and what comes out: limits, objectives, a solution.

Floor 7, inside `optimise`. Source: docs/tiers.md section 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

__all__ = ["KINDS", "OBJECTIVES", "PLAN_KINDS", "STEPS", "Limit", "Solution", "relaxed"]

OBJECTIVES = ("contribution", "change", "benefit")
"""Least yearly contribution; least sum of the changes of the tiers, up or down (yuan); most
expected benefits. Ties go to the least change, the least contribution, the least contribution."""

PLAN_KINDS = ("deficit", "returned", "rise")
KINDS = (*PLAN_KINDS, "scheme_deficit", "scheme_returned", "bundle_cost", "contribution")
"""Deficit probability at most, yuan of each 100 returned at least, yuan above the tier in force at
most, of a plan; the first two of all plans together; cost of the usual bundle and yearly
contributions at most (yuan)."""

STEPS: Mapping[str, float] = {
    "deficit": 0.01,
    "returned": 1.0,
    "rise": 1.0,
    "scheme_deficit": 0.01,
    "scheme_returned": 1.0,
    "bundle_cost": 1.0,
    "contribution": 100_000.0,
}
"""One step of a limit: one point of probability, one yuan of 100, one yuan, 100,000 yuan a year."""

_AT_LEAST = ("returned", "scheme_returned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit: its kind, its value, and the plan (""; of all plans together) it is set for."""

    kind: str
    value: float
    plan: str = ""

    @property
    def at_least(self) -> bool:
        """Whether the figure must not be below the value."""
        return self.kind in _AT_LEAST


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Chosen tiers: yuan by plan code, step of the benefit by plan code (0 where there is one).

    `contribution_yuan` and `benefit_yuan` a year, `change_yuan` the sum of the changes of the
    tiers, `bundle_yuan` the cost of the usual bundle, `deficits` by plan code, `scheme_deficit`
    the probability of a deficit of all plans together.
    """

    premiums: Mapping[str, float]
    steps: Mapping[str, int]
    contribution_yuan: float
    benefit_yuan: float
    change_yuan: float
    bundle_yuan: float
    deficits: Mapping[str, float]
    returned: Mapping[str, float]
    scheme_deficit: float

    def objective(self, name: str) -> float:
        """Return the figure that an objective makes small (benefits: large)."""
        return {
            "contribution": self.contribution_yuan,
            "change": self.change_yuan,
            "benefit": self.benefit_yuan,
        }[name]


def relaxed(limit: Limit, steps: float = 1.0) -> Limit:
    """Return a limit moved outward by steps; a probability stays below 1, a share above 0."""
    by = STEPS[limit.kind] * steps
    if limit.at_least:
        return replace(limit, value=max(0.0, round(limit.value - by, 12)))
    moved = round(limit.value + by, 12)
    return replace(limit, value=min(1.0, moved) if "deficit" in limit.kind else moved)
