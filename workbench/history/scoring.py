"""Scores of methods on histories whose truth is known: what their 90 % intervals hold.

Floor 5, inside `history`. The interval holds the truth in 90 % of histories if the method's law is
right (Gneiting, Balabdaoui and Raftery 2007, JRSS B 69, on calibration).
Source: docs/triangles.md, "What the intervals hold".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.engine.results import contribution_yuan
from workbench.engine.stages import expected_claims
from workbench.guard import InputRefused, freeze
from workbench.history.many import MonthCells
from workbench.inputs import Inputs
from workbench.reserving.methods.cells import PlanCells
from workbench.reserving.methods.model_law import (
    ModelBasis,
    ModelLaw,
    YearLevel,
    levels_of,
    model_law,
    with_illness,
)
from workbench.reserving.methods.registry import Case, estimate

__all__ = ["LOW", "HIGH", "Scored", "score"]

LOW, HIGH = 0.05, 0.95
"""Ends of the interval that is scored."""

NODES = 7
"""Levels of a year at which the law is computed; between them its ends are interpolated."""

Z = 1.6448536269514722


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """One method on many histories, yuan, all (histories,); NaN where it could not speak."""

    method: str
    truth: np.ndarray
    reserve: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def spoke(self) -> float:
        """Share of the histories on which the method spoke."""
        return float(np.mean(np.isfinite(self.low)))

    @property
    def held(self) -> float:
        """Share of those whose truth lies in the interval, ends included."""
        some = np.isfinite(self.low)
        inside = (self.truth >= self.low - 0.005) & (self.truth <= self.high + 0.005)
        return float(np.mean(inside[some])) if some.any() else float("nan")

    @property
    def bias(self) -> float:
        """Mean of reserve less truth over the mean truth."""
        some = np.isfinite(self.reserve)
        return float(np.mean(self.reserve[some] - self.truth[some]) / np.mean(self.truth[some]))

    @property
    def error(self) -> float:
        """Root mean square of reserve less truth over the mean truth."""
        some = np.isfinite(self.reserve)
        square = np.mean((self.reserve[some] - self.truth[some]) ** 2)
        return float(np.sqrt(square) / np.mean(self.truth[some]))


def score(
    inputs: Inputs,
    histories: Sequence[MonthCells],
    places: tuple[int, ...],
    method: str = "model_law",
    *,
    step: int = 3,
    replications: int = 512,
) -> Scored:
    """Return what a method says of the plans at `places` on every history.

    Parameters
    ----------
    inputs
        The scheme whose expectation the methods may use.
    histories
        Of `many_histories`; all of the same length.
    places
        Plans, taken together.
    method
        A method with an error; the interval of one without a law is lognormal with its reserve and
        standard error.
    step
        Months of an origin.
    replications
        Of a bootstrap.
    """
    truth = np.array([one.unpaid[list(places)].sum() / 100.0 for one in histories])
    if method == "model_law":
        ends = _by_model(inputs, histories, places, step)
    else:
        rows = [
            _by_triangle(inputs, one.cells(inputs.plan_codes, step), places, method, replications)
            for one in histories
        ]
        ends = np.array(rows).T
    reserve, low, high = (freeze(one) for one in ends)
    return Scored(method=method, truth=freeze(truth), reserve=reserve, low=low, high=high)


def _levels(inputs: Inputs, cells: PlanCells, places: tuple[int, ...]) -> tuple[YearLevel, ...]:
    """Levels as `triangle` takes them: from the plans asked for that have illness."""
    own = with_illness(inputs, places) or places
    latest = cells.latest_fen[list(own)].sum(axis=0) / 100.0
    basis = ModelBasis(inputs=inputs, plans=own, first=cells.first, step=cells.step)
    return levels_of(basis, latest)


def _by_model(
    inputs: Inputs, histories: Sequence[MonthCells], places: tuple[int, ...], step: int
) -> np.ndarray:
    """Reserve and both ends, (3, histories).

    Given the payments so far the law depends on the levels of the years alone, so its ends less its
    mean are smooth in the mean: computed on a few histories and interpolated on the others.
    """
    said: list[ModelLaw] = []
    for one in histories:
        cells = one.cells(inputs.plan_codes, step)
        basis = ModelBasis(inputs=inputs, plans=places, first=cells.first, step=step)
        said.append(model_law(basis, cells.side, _levels(inputs, cells, places)))
    reserve = np.array([one.reserve.sum() for one in said])
    order = np.argsort(reserve)
    apart = np.ptp(reserve) > 1e-6 * max(float(reserve.mean()), 1.0)
    number = min(NODES, len(said)) if apart else 1
    chosen = order[np.unique(np.linspace(0, len(order) - 1, number).round().astype(int))]
    ends = np.array([said[place].laws()[0].quantiles([LOW, HIGH]) for place in chosen])
    beside = ends - reserve[chosen, None]
    between = [np.interp(reserve, reserve[chosen], beside[:, end]) for end in (0, 1)]
    return np.array([reserve, reserve + between[0], reserve + between[1]])


def _case(inputs: Inputs, cells: PlanCells, places: tuple[int, ...], replications: int) -> Case:
    own, claims, kept = cells.of(places), expected_claims(inputs), list(places)
    share = cells.step / 12.0
    income = float(contribution_yuan(inputs, claims.enrolments)[kept].sum()) * share
    paid = float(claims.paid_yuan[kept].sum()) * share
    return Case(
        triangle=own.triangle(),
        counts=own.triangle(numbers=True),
        premium=freeze(np.full(cells.side, income)),
        expected=freeze(np.full(cells.side, paid)),
        cells=own,
        replications=replications,
    )


def _by_triangle(
    inputs: Inputs, cells: PlanCells, places: tuple[int, ...], method: str, replications: int
) -> tuple[float, float, float]:
    """Reserve and both ends; NaN where the method cannot speak or has no error."""
    try:
        found = estimate(_case(inputs, cells, places, replications), method)
    except InputRefused:
        return (float("nan"),) * 3
    reserve = float(found.reserve.sum())
    if found.quantiles:
        return reserve, found.quantiles[LOW].value, found.quantiles[HIGH].value
    error = found.total_standard_error
    if error is None or reserve <= 0.0:
        return reserve, float("nan"), float("nan")
    sigma = float(np.sqrt(np.log1p((error / reserve) ** 2)))
    middle = reserve * np.exp(-(sigma**2) / 2.0)
    return reserve, middle * np.exp(-Z * sigma), middle * np.exp(Z * sigma)
