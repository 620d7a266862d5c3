"""The run-off test: what was held at a past date against what happened, and why they differ.

Floor 4, inside `reserving`. Held = ultimate number · share of it unpaid · mean cost, origin by
origin; what happened likewise. The difference is shared among the three by Shapley's value, which
takes every order of changing them with the same weight, and adds up to the fen.
Source: docs/triangles.md, "The run-off test"; Shapley (1953), A value for n-person games; Sun
(1998), Energy Economics 20, for products.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workbench.engine.events import scheme_of
from workbench.engine.grouping import expected_payments
from workbench.engine.stages import expected_claims
from workbench.guard import InputRefused, freeze, refuse
from workbench.inputs import Inputs
from workbench.reserving.methods.cells import PlanCells
from workbench.reserving.methods.chain_ladder import chain_ladder
from workbench.reserving.methods.model_law import (
    ModelBasis,
    YearLevel,
    levels_of,
    model_law,
    with_illness,
)
from workbench.reserving.methods.nouns import Case
from workbench.reserving.methods.registry import METHODS, estimate

__all__ = ["CAUSES", "RUNOFF_METHODS", "PlanRunoff", "Runoff", "runoff", "shapley_of_product"]

CAUSES = ("numbers", "delay", "cost")
"""Ultimate number of claims, share of it unpaid at the past date, mean cost of what was unpaid."""

STEADY = "steady_state"
LEANS = ("bornhuetter_ferguson",)
RUNOFF_METHODS = (
    "model_law",
    STEADY,
    "chain_ladder_mack",
    "bornhuetter_ferguson",
    "cape_cod",
    "average_cost",
)
"""Methods whose reserve can be tested: `steady_state` is that of the command `reserve`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRunoff:
    """One plan or the total, all in fen; `plan` is "" for the total.

    `held` at the past date; `paid` since, for events up to it; `left` what the same method still
    holds for them; `causes` of paid + left − held by name, adding to it exactly. `claims_held` and
    `claims_found` numbers of payments behind held, and behind paid + left; `error_yuan` the
    standard error of what was held, None where the method gives none.
    """

    plan: str
    held: int
    paid: int
    left: int
    causes: Mapping[str, int]
    claims_held: float
    claims_found: float
    error_yuan: float | None = None

    @property
    def found(self) -> int:
        """Paid since and still unpaid, fen."""
        return self.paid + self.left

    @property
    def difference(self) -> int:
        """What happened less what was held, fen: above 0 where too little was held."""
        return self.found - self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class Runoff:
    """The test of one method over a year or another span, by plan and in total."""

    method: str
    plans: tuple[PlanRunoff, ...]
    total: PlanRunoff


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Said:
    """By origin, (origins,): yuan unpaid, numbers unpaid, and the ultimate number."""

    yuan: np.ndarray
    unpaid: np.ndarray
    ultimate: np.ndarray
    error: float | None = None


def shapley_of_product(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return what each of three factors moves their product, (3, n), adding to the difference.

    Parameters
    ----------
    before, after
        Factors, (3, n).

    For factor a with change Δa and the others b, c:
    Δa · (b₀c₀/3 + (b₀c₁ + b₁c₀)/6 + b₁c₁/3).
    """
    change = after - before
    found = np.zeros(before.shape)
    for place in range(3):
        b, c = (one for one in range(3) if one != place)
        same = (before[b] * before[c] + after[b] * after[c]) / 3.0
        mixed = (before[b] * after[c] + after[b] * before[c]) / 6.0
        found[place] = change[place] * (same + mixed)
    return found


def _levels(inputs: Inputs, cells: PlanCells, *, own: bool) -> tuple[YearLevel, ...]:
    """Level of each year from the plans with illness, of all plans where none has any."""
    every = tuple(range(len(cells.codes)))
    ill = with_illness(inputs, every) or every
    latest = cells.latest_fen[list(ill)].sum(axis=0) / 100.0
    basis = ModelBasis(inputs=inputs, plans=ill, first=cells.first, step=cells.step)
    return levels_of(basis, latest, own=own)


def _by_scheme(inputs: Inputs, cells: PlanCells, place: int, *, own: bool) -> _Said:
    """What the scheme says of one plan; numbers are yuan over its mean cost of a payment."""
    basis = ModelBasis(inputs=inputs, plans=(place,), first=cells.first, step=cells.step)
    found = model_law(basis, cells.side, _levels(inputs, cells, own=own))
    cost = _scheme_cost(inputs, place)
    unpaid = found.reserve / cost
    return _Said(
        yuan=found.reserve,
        unpaid=unpaid,
        ultimate=_over(unpaid, found.open_share),
        error=found.sd,
    )


def _over(numbers: np.ndarray, share: np.ndarray) -> np.ndarray:
    return np.divide(numbers, share, out=np.array(numbers, dtype=float), where=share > 1e-12)


def _scheme_cost(inputs: Inputs, place: int) -> float:
    """Expected yuan of a payment of a plan."""
    number = float(expected_payments(scheme_of(inputs))[place])
    return float(expected_claims(inputs).paid_yuan[place]) / max(number, 1e-12)


def _case(inputs: Inputs, cells: PlanCells, place: int) -> Case:
    own, claims = cells.of([place]), expected_claims(inputs)
    share = cells.step / 12.0
    income = float(inputs.plans[place].premium_yuan * claims.enrolments[place]) * share
    return Case(
        triangle=own.triangle(),
        counts=own.triangle(numbers=True),
        premium=freeze(np.full(cells.side, income)),
        expected=freeze(np.full(cells.side, float(claims.paid_yuan[place]) * share)),
    )


def _by_triangle(inputs: Inputs, cells: PlanCells, place: int, method: str) -> _Said:
    case = _case(inputs, cells, place)
    found = estimate(case, method)
    assert case.counts is not None
    if method in LEANS:
        developed = 1.0 / found.to_ultimate
        open_share = 1.0 - developed[case.triangle.ages - 1]
        unpaid = found.reserve / _scheme_cost(inputs, place)
        return _Said(yuan=found.reserve, unpaid=unpaid, ultimate=_over(unpaid, open_share))
    counts = chain_ladder(case.counts)
    return _Said(
        yuan=found.reserve,
        unpaid=counts.reserve,
        ultimate=counts.ultimate,
        error=found.total_standard_error,
    )


def _said(inputs: Inputs, cells: PlanCells, place: int, method: str) -> _Said:
    if method in ("model_law", STEADY):
        return _by_scheme(inputs, cells, place, own=method == "model_law")
    try:
        return _by_triangle(inputs, cells, place, method)
    except InputRefused as told:
        code, cause = cells.codes[place], told.faults[0].code
        raise refuse("runoff-method-plan", name=method, value=code, allowed=cause) from None


def _fen(yuan: np.ndarray) -> np.ndarray:
    return np.rint(yuan * 100.0).astype(np.int64)


def _factors(yuan: np.ndarray, unpaid: np.ndarray, ultimate: np.ndarray) -> np.ndarray:
    """Ultimate number, share of it unpaid, mean cost: (3, origins), NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share, cost = unpaid / ultimate, yuan / unpaid
    found = np.array([ultimate, share, cost])
    return np.where(np.isfinite(found), found, np.nan)


def _causes(before: np.ndarray, after: np.ndarray, difference: np.ndarray) -> dict[str, int]:
    """Fen by cause, adding to the sum of the differences (origins,).

    A factor that cannot be told on one side is taken from the other; on both, it is 0. What
    rounding leaves goes to the causes with the largest remainders.
    """
    one, other = (
        np.where(np.isnan(mine), np.nan_to_num(theirs), mine)
        for mine, theirs in ((before, after), (after, before))
    )
    parts = shapley_of_product(one, other).sum(axis=1)
    whole = int(difference.sum())
    floor = np.floor(parts).astype(np.int64)
    left = whole - int(floor.sum())
    order = np.argsort(-(parts - floor), kind="stable")
    each, more = divmod(left, len(CAUSES))
    floor += each
    floor[order[:more]] += 1
    return dict(zip(CAUSES, map(int, floor), strict=True))


def _plan(inputs: Inputs, past: PlanCells, now: PlanCells, place: int, method: str) -> PlanRunoff:
    side = past.side
    before, today = (_said(inputs, cells, place, method) for cells in (past, now))
    paid = now.latest_fen[place, :side] - past.latest_fen[place]
    number = now.latest_numbers[place, :side] - past.latest_numbers[place]
    held, left = _fen(before.yuan), _fen(today.yuan[:side])
    unpaid = number + today.unpaid[:side]
    ultimate = now.latest_numbers[place, :side] + today.unpaid[:side]
    found = paid + left
    return PlanRunoff(
        plan=past.codes[place],
        held=int(held.sum()),
        paid=int(paid.sum()),
        left=int(left.sum()),
        causes=_causes(
            _factors(held.astype(float), before.unpaid, before.ultimate),
            _factors(found.astype(float), unpaid, ultimate),
            found - held,
        ),
        claims_held=float(before.unpaid.sum()),
        claims_found=float(unpaid.sum()),
        error_yuan=before.error,
    )


def _total_error(
    inputs: Inputs, past: PlanCells, places: tuple[int, ...], method: str
) -> float | None:
    """Standard error of what was held in total, by the scheme's law; None for other methods."""
    if method not in ("model_law", STEADY):
        return None
    basis = ModelBasis(inputs=inputs, plans=places, first=past.first, step=past.step)
    return model_law(basis, past.side, _levels(inputs, past, own=method == "model_law")).sd


def _total(plans: tuple[PlanRunoff, ...], error: float | None) -> PlanRunoff:
    return PlanRunoff(
        plan="",
        held=sum(one.held for one in plans),
        paid=sum(one.paid for one in plans),
        left=sum(one.left for one in plans),
        causes={name: sum(one.causes[name] for one in plans) for name in CAUSES},
        claims_held=sum(one.claims_held for one in plans),
        claims_found=sum(one.claims_found for one in plans),
        error_yuan=error,
    )


def runoff(
    inputs: Inputs,
    cells: PlanCells,
    back: int,
    *,
    method: str = "model_law",
    plans: tuple[int, ...] | None = None,
) -> Runoff:
    """Return the run-off test of a method.

    Parameters
    ----------
    inputs
        The scheme.
    cells
        Payments of all plans of the scheme known today.
    back
        Periods between the past date and today.
    method
        One of `RUNOFF_METHODS`.
    plans
        Places of the plans; all without.

    Raises
    ------
    InputRefused
        `unknown-choice`, `runoff-too-far` where the past knows fewer than two periods,
        `runoff-method-plan` where the method cannot speak for a plan.
    """
    if method not in RUNOFF_METHODS or (method != STEADY and method not in METHODS):
        raise refuse("unknown-choice", name="--method", value=method, allowed=RUNOFF_METHODS)
    if back < 1 or cells.side - back < 2:
        raise refuse("runoff-too-far", value=cells.side - back, allowed=cells.side)
    past = cells.until(back)
    places = tuple(range(len(cells.codes))) if plans is None else plans
    found = tuple(_plan(inputs, past, cells, place, method) for place in places)
    error = _total_error(inputs, past, places, method)
    return Runoff(method=method, plans=found, total=_total(found, error))
