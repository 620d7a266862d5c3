"""Chosen tiers read from the exact laws, figure by figure, each with its error.

Floor 7, inside `optimise`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workbench.optimise.nouns import Solution
from workbench.optimise.offers import Grid
from workbench.premium.tier_test import SchemeTiers, scheme_at
from workbench.premium.tiers import TierRow, tier_table

__all__ = ["Chosen", "chosen_of", "today_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """All plans at chosen tiers and benefits: together, and each by itself by plan code.

    `change_yuan` is the sum of the changes of the tiers, `bundle_yuan` the cost of the usual
    bundle, `steps` the step of the benefit by plan code.
    """

    scheme: SchemeTiers
    alone: Mapping[str, TierRow]
    change_yuan: float
    bundle_yuan: float
    steps: Mapping[str, int] | None


def _read(
    grid: Grid, premiums: Mapping[str, float], combination: int, steps: Mapping[str, int] | None
) -> Chosen:
    pack, laws = grid.packs[combination], grid.laws[combination]
    expenses = grid.expenses
    vector = np.array([premiums[code] for code in grid.codes])
    return Chosen(
        scheme=scheme_at(pack, laws, premiums, expenses=expenses),
        alone={
            code: tier_table(pack, laws, place, premiums=(premiums[code],), expenses=expenses).row(
                premiums[code]
            )
            for place, code in enumerate(grid.codes)
        },
        change_yuan=float(np.abs(vector - grid.in_force).sum()),
        bundle_yuan=float(grid.bundle @ vector),
        steps=steps,
    )


def chosen_of(grid: Grid, solution: Solution) -> Chosen:
    """Return the figures of a solution."""
    steps = [solution.steps[code] for code in grid.codes]
    combination = int(np.flatnonzero(np.all(grid.combinations == steps, axis=1))[0])
    return _read(grid, solution.premiums, combination, solution.steps)


def today_of(grid: Grid) -> Chosen:
    """Return the figures of the tiers in force, with the benefits in force."""
    premiums = dict(zip(grid.codes, grid.in_force.tolist(), strict=True))
    return _read(grid, premiums, len(grid.combinations), None)
