"""Who pays for whom: expected benefit against contribution by group, flat and banded premiums.

Floor 4, inside `premium`. Closed form. A banded premium gives each group the same share of its
contribution back; the plan takes as much as with a flat one. What a group pays beyond its banded
premium it gives to the others: intended solidarity or not, it is told in yuan.
Source: docs/pricing.md section 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workbench.inputs import Inputs
from workbench.plans import Plan
from workbench.premium.cells import CellClaims, cell_claims
from workbench.premium.relativities import level_masks
from workbench.risk import Figure

__all__ = ["FairGroup", "FairPlan", "fairness"]

EXACT = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class FairGroup:
    """One group of members in one plan, yuan per enrolment where nothing else is said.

    `benefit_yuan` expected; `returned_per_hundred` of each 100 yuan of contribution;
    `relativity` the benefit over the plan's mean; `banded_yuan` the premium that returns the same
    share to every group; `given_yuan` what the group pays beyond it in a year, all its members
    (negative: receives).
    """

    level: str
    enrolments: int
    benefit_yuan: Figure
    returned_per_hundred: Figure
    relativity: Figure
    banded_yuan: Figure
    given_yuan: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class FairPlan:
    """One plan: its contribution (yuan), its groups, and what moves between them in a year.

    `moved_yuan` is the sum of what the groups that give, give; `moved_share` that over the
    contributions.
    """

    code: str
    contribution_yuan: float
    benefit_yuan: Figure
    groups: tuple[FairGroup, ...]
    moved_yuan: Figure
    moved_share: Figure


def fairness(
    inputs: Inputs,
    dimension: str,
    *,
    labels: Inputs | None = None,
    means: Mapping[str, Figure] | None = None,
) -> dict[str, FairPlan]:
    """Return by plan code how benefits and contributions of groups stand to each other.

    Parameters
    ----------
    inputs
        The scheme, changes applied, relativities in force.
    dimension
        One of `relativities.DIMENSIONS`.
    labels
        The pack whose labels name the groups, where relativities gave it other segments.
    means
        Expected benefits of each plan in a year on another basis, yuan: every group's move with
        them, its relativity stays.
    """
    claims = cell_claims(inputs)
    masks = level_masks(claims, labels or inputs, dimension)
    found = {}
    for place, plan in enumerate(inputs.plans):
        paid = float(claims.paid_yuan[:, place].sum())
        mean = Figure(paid, paid * EXACT) if means is None else means[plan.code]
        found[plan.code] = _plan(claims, masks, place, plan=plan, mean=mean)
    return found


def _plan(
    claims: CellClaims, masks: Mapping[str, np.ndarray], place: int, *, plan: Plan, mean: Figure
) -> FairPlan:
    number, paid = claims.enrolments[:, place], claims.paid_yuan[:, place]
    whole, total = int(number.sum()), float(paid.sum())
    each = mean.scaled(1.0 / whole) if whole else Figure(0.0, 0.0)
    groups = []
    for level, mask in masks.items():
        held = int(number[mask].sum())
        if held:
            ratio = float(paid[mask].sum()) / held * whole / total if total else 1.0
            groups.append(_group(level, held, ratio, each=each, premium=plan.premium_yuan))
    given = [one.given_yuan for one in groups if one.given_yuan.value > 0.0]
    moved = Figure(sum(one.value for one in given), sum(one.error for one in given))
    return FairPlan(
        code=plan.code,
        contribution_yuan=plan.premium_yuan,
        benefit_yuan=each,
        groups=tuple(groups),
        moved_yuan=moved,
        moved_share=moved.scaled(1.0 / (whole * plan.premium_yuan) if whole else 0.0),
    )


def _group(level: str, held: int, ratio: float, *, each: Figure, premium: float) -> FairGroup:
    benefit = each.scaled(ratio)
    return FairGroup(
        level=level,
        enrolments=held,
        benefit_yuan=benefit,
        returned_per_hundred=benefit.scaled(100.0 / premium),
        relativity=Figure(ratio, 2.0 * ratio * EXACT),
        banded_yuan=Figure(premium * ratio, 2.0 * premium * ratio * EXACT),
        given_yuan=Figure(held * premium * (1.0 - ratio), held * premium * EXACT),
    )
