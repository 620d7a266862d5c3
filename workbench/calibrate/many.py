"""Both scales solved again for many draws of the assumptions at once.

Floor 4, inside `calibrate`. The same two equations as `solving`, with arrays over the draws; only
the limits differ: a draw may need a scale beyond the range that the pack gives its row, and takes
it. Source: docs/assumptions.md section 3 (one draw); docs/sensitivity.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from workbench.calibrate.solving import AT_BASE, BENEFICIARIES, COST, PAID, RATE, TOLERANCE
from workbench.engine.class_moments import MEAN_STEPS
from workbench.engine.many import CLAIM_NAMES, MEN, many_moments, medical_paid
from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.schema import BELIEFS

__all__ = ["solve_many"]

Values = Mapping[str, np.ndarray]

FIRST_SLOPE = 0.8
"""Growth of ln(paid) with ln(cost) that the first step takes for granted."""
MOST_PASSES, MOST_STEPS = 8, 24
ROUGH = 24
"""Lattice steps up to the cap while the cost is looked for."""
LEVEL = ("frequency_trend_per_year", "cost_trend_per_year")


def solve_many(inputs: Inputs, values: Values) -> dict[str, np.ndarray]:
    """Return claimant rate and mean cost of a stay that meet both totals in every draw.

    Parameters
    ----------
    inputs
        The pack, changes applied; `engine.many.supports` must hold.
    values
        Names of `CLAIM_NAMES` with the value of each draw, (draws,).

    Returns
    -------
    dict
        The two solved names with their value in each draw, (draws,).

    Raises
    ------
    InputRefused
        `calibration-unsettled` where the two equations do not close in on a solution that can be.
    """
    base = replace(inputs, assumptions=inputs.assumptions.changed(AT_BASE))
    aside = {*AT_BASE, *LEVEL, RATE, COST, "hospital_shock_cv", MEN}
    moving = {name: column for name, column in values.items() if name in CLAIM_NAMES - aside}
    size = len(next(iter(values.values()))) if values else 1
    rows, like = _distinct(moving, size)
    found = _solved(base, {name: column[rows] for name, column in moving.items()}, len(rows))
    return {name: column[like] for name, column in found.items()}


def _distinct(columns: Values, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of draws that differ in what moves a total; for every draw the place of its like."""
    if not columns:
        return np.zeros(1, dtype=np.int64), np.zeros(size, dtype=np.int64)
    table = np.stack(list(columns.values()), axis=1)
    _, first, inverse = np.unique(table, axis=0, return_index=True, return_inverse=True)
    return first, inverse.reshape(-1)


def _solved(base: Inputs, given: Values, size: int) -> dict[str, np.ndarray]:
    """Both scales of draws at the base years."""
    found = {name: np.full(size, base.assumptions[name]) for name in (RATE, COST)}
    wanted = base.assumptions[BENEFICIARIES]
    for _ in range(MOST_PASSES):
        found[RATE] = _rates(base, {**given, **found}, wanted)
        found[COST] = _costs(base, {**given, **found})
        again = many_moments(base, {**given, **found}, asked="events").beneficiaries.sum(axis=1)
        if np.max(np.abs(again / wanted - 1.0)) <= TOLERANCE:
            return found
    raise refuse("calibration-unsettled", name=f"{RATE}, {COST}", value=MOST_PASSES)


def _possible(name: str, column: np.ndarray) -> np.ndarray:
    """Return the column if every value is one that can be."""
    limits = BELIEFS[name]
    beyond = ~((column >= limits.least) & (column <= limits.most))
    if np.any(beyond):
        raise refuse("calibration-unsettled", name=name, value=f"{column[beyond][0]:.6g}")
    return column


def _rates(base: Inputs, values: Values, wanted: float) -> np.ndarray:
    """Rates that meet the beneficiaries: they are a line in the rate."""
    here = values[RATE]
    low, high = (
        many_moments(base, {**values, RATE: rate}, asked="events").beneficiaries.sum(axis=1)
        for rate in (here, 1.25 * here)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return _possible(RATE, here + (wanted - low) * 0.25 * here / (high - low))


def _costs(base: Inputs, values: Values) -> np.ndarray:
    """Mean costs that meet the yuan paid.

    Only the medical plans pay by the cost. What they pay on a rough lattice, times a factor that
    hardly moves with the cost, is solved; the factor is set on the fine lattice until it stays.
    """
    wanted = base.assumptions[PAID]
    medical = [plan.benefit_form == "medical" for plan in base.plans]
    paid = many_moments(base, values, asked="means").paid_yuan
    fine = paid[:, medical].sum(axis=1)
    target = wanted - paid.sum(axis=1) + fine
    if not np.all((target > 0.0) & (fine > 0.0)):
        raise refuse("calibration-nothing-moves", name=COST, target=PAID)
    place = np.log(values[COST])
    for _ in range(MOST_PASSES):
        if np.max(np.abs(fine - target) / wanted) <= TOLERANCE:
            return _possible(COST, np.exp(place))
        factor = fine / _medical(base, values, place, ROUGH)
        place = _secant(partial(_medical, base, values, steps=ROUGH), place, target / factor)
        fine = _medical(base, values, place, MEAN_STEPS)
    raise refuse("calibration-unsettled", name=COST, value=MOST_PASSES)


def _medical(base: Inputs, values: Values, place: np.ndarray, steps: int) -> np.ndarray:
    """Yuan of the medical plans at logarithms of the mean cost, (draws,)."""
    return medical_paid(base, {**values, COST: _possible(COST, np.exp(place))}, steps)


def _secant(
    paid: Callable[[np.ndarray], np.ndarray], start: np.ndarray, target: np.ndarray
) -> np.ndarray:
    """Return where `paid` meets its targets, by the secant method in logarithms."""
    before, low = start, np.log(paid(start) / target)
    place = before - low / FIRST_SLOPE
    for _ in range(MOST_STEPS):
        here = np.log(paid(place) / target)
        if np.max(np.abs(here)) <= TOLERANCE / 10.0:
            return place
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(here == low, 0.0, here * (place - before) / (here - low))
        before, low, place = place, here, place - step
    raise refuse("calibration-unsettled", name=COST, value=MOST_STEPS)
