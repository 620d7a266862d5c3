"""What unpaid claims are made of, plan by plan: reported and not paid, not reported, handling.

Floor 4, inside `reserving.methods`. Source: docs/triangles.md, "What unpaid claims are made of".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.stages import expected_claims
from workbench.inputs import Inputs
from workbench.plans import HOSPITAL_FORMS
from workbench.reserving.methods.nouns import Case, Estimate

__all__ = ["PlanParts", "handling_a_case", "parts_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanParts:
    """Unpaid claims of one plan, yuan; `plan` is "" for the total.

    `open_claims` reported and not paid, `mean_cost_yuan` of a payment so far; `reported_yuan` the
    case reserve, their product; `unreported_yuan` what the method holds above it; `handling_yuan`
    the cost of settling all of it. What rests on reports is None where they are not recorded.
    """

    plan: str
    unpaid_yuan: float
    standard_error_yuan: float | None
    mean_cost_yuan: float
    open_claims: int | None
    reported_yuan: float | None
    unreported_yuan: float | None
    handling_yuan: float


def handling_a_case(inputs: Inputs, place: int) -> float:
    """Return the cost of settling one case of a plan, yuan."""
    ill = inputs.plans[place].benefit_form in HOSPITAL_FORMS
    name = "P1_P2" if ill else "P3_P4_P5"
    return float(inputs.assumptions[f"expense_per_beneficiary_yuan_{name}"])


def _mean_cost(case: Case, row: int, place: int) -> float:
    """Mean payment of a plan so far; the scheme's mean of a beneficiary where there is none."""
    assert case.cells is not None and case.model is not None
    number = int(case.cells.latest_numbers[row].sum())
    if number:
        return float(case.cells.latest_fen[row].sum()) / 100.0 / number
    claims = expected_claims(case.model.inputs)
    return float(claims.paid_yuan[place] / max(claims.beneficiaries[place], 1e-9))


def _one(case: Case, said: Estimate, row: int, place: int) -> PlanParts:
    assert case.cells is not None and case.model is not None
    code, cost = case.cells.codes[row], _mean_cost(case, row, place)
    alone = said.plans.get(code)
    unpaid = float(said.reserve.sum()) if alone is None else alone.reserve
    error = said.total_standard_error if alone is None else alone.standard_error
    number = None if case.cells.open is None else int(case.cells.open[row])
    reported = None if number is None else number * cost
    each = handling_a_case(case.model.inputs, place)
    return PlanParts(
        plan=code,
        unpaid_yuan=unpaid,
        standard_error_yuan=error,
        mean_cost_yuan=cost,
        open_claims=number,
        reported_yuan=reported,
        unreported_yuan=None if reported is None else unpaid - reported,
        handling_yuan=each * unpaid / cost if cost > 0.0 else 0.0,
    )


def parts_of(case: Case, said: Estimate) -> tuple[PlanParts, ...]:
    """Return the parts of each plan and, last, of the total; none without the plans' cells.

    Parameters
    ----------
    case
        With `cells` and `model`.
    said
        What `model_law` says of it.
    """
    if case.cells is None or case.model is None:
        return ()
    plans = [_one(case, said, row, place) for row, place in enumerate(case.model.plans)]
    if len(plans) == 1:
        return tuple(plans)
    known = case.cells.open is not None
    reported = sum(one.reported_yuan or 0.0 for one in plans) if known else None
    unpaid, numbers = float(said.reserve.sum()), int(case.cells.latest_numbers.sum())
    whole = PlanParts(
        plan="",
        unpaid_yuan=unpaid,
        standard_error_yuan=said.total_standard_error,
        mean_cost_yuan=float(np.sum(case.cells.latest_fen)) / 100.0 / max(numbers, 1),
        open_claims=sum(one.open_claims or 0 for one in plans) if known else None,
        reported_yuan=reported,
        unreported_yuan=None if reported is None else unpaid - reported,
        handling_yuan=sum(one.handling_yuan for one in plans),
    )
    return (*plans, whole)
