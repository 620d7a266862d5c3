"""Bands by premium of what needs no law of the year: a few milliseconds a plan.

Floor 5, inside `behaviour`. Source: docs/participation.md section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from workbench.behaviour.cells import PlanCells, plan_cells
from workbench.behaviour.curves import VALID_CHANGE, Bands, Curve, Payers, curve, yuan_error
from workbench.behaviour.leaving import member_price_change
from workbench.behaviour.reaction import Reaction, reactions
from workbench.exact import RELATIVE_ERROR
from workbench.guard import freeze, refuse
from workbench.inputs import Inputs
from workbench.premium.technical import expense_terms

__all__ = [
    "MEASURES",
    "Options",
    "PremiumBands",
    "illustrations",
    "money_bands",
    "premium_bands",
    "premium_grid",
    "sound_cells",
]

MEASURES = (
    "enrolments",
    "cost_per_enrolment_yuan",
    "loss_ratio",
    "expected_surplus_yuan",
    "deficit_probability",
    "expected_shortfall_yuan",
)
"""What is given as a band at each premium."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is asked besides premiums: who pays, whether units decide, expenses (or "none").

    `draws` are packs with the terms in force and drawn assumptions, for deficits with parameters
    uncertain beside those of process risk; none by default.
    """

    payers: Payers = field(default_factory=Payers)
    units: bool = True
    expenses: str = "default"
    draws: tuple[Inputs, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PremiumBands:
    """Bands of one plan at premiums (n,) yuan, by name of the first four of `MEASURES`.

    `illustration` (n,): whether the change is beyond what the model is meant for.
    """

    premiums: np.ndarray
    illustration: np.ndarray
    bands: dict[str, Bands]


def money_bands(curves: Sequence[Curve]) -> dict[str, Bands]:
    """Return the bands of members and expected yuan over the curves, the central first."""
    first = curves[0]
    error = np.max([yuan_error(one.paid_yuan) for one in curves], axis=0)
    least = np.maximum(np.min([one.enrolments for one in curves], axis=0), 1e-300)
    each = error / least
    members = np.max([one.enrolments for one in curves], axis=0) * RELATIVE_ERROR
    return {
        "enrolments": Bands.over([one.enrolments for one in curves], members),
        "cost_per_enrolment_yuan": Bands.over([one.cost_per_enrolment for one in curves], each),
        "loss_ratio": Bands.over([one.loss_ratio for one in curves], each / first.premiums),
        "expected_surplus_yuan": Bands.over([one.surplus_yuan for one in curves], error),
    }


def illustrations(
    cells: PlanCells, central: Reaction, premiums: np.ndarray, payers: Payers
) -> np.ndarray:
    """Return whether premium, own price or benefit move beyond the valid change, (n,)."""
    own = payers.price_change(cells.premium_before, premiums)
    felt = member_price_change(cells, central, own) @ cells.members / cells.enrolments
    moved = np.maximum(np.abs(np.log(premiums / cells.premium_before)), np.abs(felt))
    return np.maximum(moved, np.abs(own)) > VALID_CHANGE + 1e-12


def premium_grid(premiums: Sequence[float], *more: float) -> np.ndarray:
    """Return all premiums once, rising; `value-out-of-range` for one that is none."""
    asked = np.array(sorted({*map(float, premiums), *more}))
    if not np.all(np.isfinite(asked)) or asked[0] <= 0.0:
        raise refuse("value-out-of-range", name="premium", value=asked[0], low=0.01, high=1_000)
    return asked


def sound_cells(before: Inputs, after: Inputs, code: str) -> PlanCells:
    """Return the cells of a plan; `participation-no-members` where nobody holds it."""
    cells = plan_cells(before, after, code)
    if not cells.enrolments:
        raise refuse("participation-no-members", name=code)
    return cells


def premium_bands(
    before: Inputs,
    after: Inputs,
    code: str,
    *,
    premiums: Sequence[float],
    options: Options | None = None,
) -> PremiumBands:
    """Return members, cost, loss ratio and surplus of a plan at premiums, as bands.

    The quick part of `participation`, with the same arguments and the same figures: no deficit,
    no turning point.
    """
    options, cells = options or Options(), sound_cells(before, after, code)
    asked, terms = premium_grid(premiums), expense_terms(after, cells.plan, options.expenses)
    band = reactions(after.assumptions, units=options.units)
    of = partial(curve, cells, terms=terms, payers=options.payers)
    return PremiumBands(
        premiums=freeze(asked),
        illustration=freeze(illustrations(cells, band[0], asked, options.payers)),
        bands=money_bands([of(one, asked) for one in band]),
    )
