"""What a run of the year gives: figures of each plan and of the scheme, each with its error.

Floor 3. Source: docs/assumptions.md section 1 (expenses, deficit), docs/model.md section 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workbench.inputs import Inputs
from workbench.plans import HOSPITAL_FORMS
from workbench.risk import Figure

__all__ = ["PlanFigures", "RunResult", "contribution_yuan", "expenses_yuan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFigures:
    """Figures of one plan or of the scheme for one year; money in yuan.

    `quantiles` and `tail_means` by level; `expected_shortfall_yuan` is
    E(paid + expected expenses − contribution)⁺.
    """

    enrolments: int
    contribution_yuan: float
    expenses_yuan: Figure
    beneficiaries: Figure
    loss_ratio: Figure
    deficit_probability: Figure
    expected_shortfall_yuan: Figure
    expected_surplus_yuan: Figure
    mean_yuan: Figure
    sd_yuan: Figure
    quantiles: Mapping[float, Figure]
    tail_means: Mapping[float, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """A run: figures by plan code, the total, persons paid, correlations by pair of codes."""

    plans: Mapping[str, PlanFigures]
    total: PlanFigures
    persons_paid: Figure
    correlations: Mapping[tuple[str, str], Figure]


def contribution_yuan(inputs: Inputs, enrolments: np.ndarray) -> np.ndarray:
    """Return the yearly contributions by plan, yuan (plans,)."""
    return enrolments * np.array([plan.premium_yuan for plan in inputs.plans])


def expenses_yuan(
    inputs: Inputs, enrolments: np.ndarray, beneficiaries: np.ndarray, *, expenses: str = "default"
) -> np.ndarray:
    """Return the expected yearly expenses by plan, yuan (plans,).

    expense_share · contributions + expense_per_enrolment · enrolments + expense per beneficiary ·
    beneficiaries; all 0 with expenses "none". Source: docs/assumptions.md section 1.
    """
    if expenses == "none":
        return np.zeros(len(inputs.plans))
    beliefs = inputs.assumptions
    names = {
        True: "expense_per_beneficiary_yuan_P1_P2",
        False: "expense_per_beneficiary_yuan_P3_P4_P5",
    }
    per_case = np.array(
        [beliefs[names[plan.benefit_form in HOSPITAL_FORMS]] for plan in inputs.plans]
    )
    return (
        beliefs["expense_share"] * contribution_yuan(inputs, enrolments)
        + beliefs["expense_per_enrolment_yuan"] * enrolments
        + per_case * beneficiaries
    )
