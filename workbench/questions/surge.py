"""What more illness does: benefits and surplus with and without it, from expected claims alone.

Floor 8. Answers sentence 8 of the page: "if hospital stays for illness are 25 % above a usual
year"; a few milliseconds, no law of the year is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.changes import apply
from workbench.engine.events import scheme_of
from workbench.engine.results import contribution_yuan, expenses_yuan
from workbench.engine.stages import expected_claims
from workbench.inputs import Inputs
from workbench.questions.asking import changes_of
from workbench.questions.registry import Asked

__all__ = ["SURGE_NAME", "Surge", "surge_between", "surge_of"]

SURGE_NAME = "hospital_claimant_rate_scale"
"""The name of `--set` that stands for an epidemic or a deferral of care."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    """Illness claimants above a usual year as a share; yuan of benefits and of the surplus."""

    illness_share: float
    more_benefits_yuan: float
    surplus_before_yuan: float
    surplus_after_yuan: float


def _benefits_and_surplus(inputs: Inputs, expenses: str) -> tuple[float, float]:
    """Return expected benefits and surplus of the scheme, yuan."""
    expected = expected_claims(inputs)
    spent = expenses_yuan(inputs, expected.enrolments, expected.beneficiaries, expenses=expenses)
    income = contribution_yuan(inputs, expected.enrolments)
    paid = float(expected.paid_yuan.sum())
    return paid, float(income.sum()) - float(spent.sum()) - paid


def surge_between(before: Inputs, after: Inputs, *, expenses: str = "default") -> Surge:
    """Return what the change of illness from `before` to `after` does to the scheme."""
    illness = [float(np.sum(scheme_of(one).expected_events("illness"))) for one in (before, after)]
    paid_before, surplus_before = _benefits_and_surplus(before, expenses)
    paid_after, surplus_after = _benefits_and_surplus(after, expenses)
    return Surge(
        illness_share=illness[1] / illness[0] - 1.0 if illness[0] else 0.0,
        more_benefits_yuan=paid_after - paid_before,
        surplus_before_yuan=surplus_before,
        surplus_after_yuan=surplus_after,
    )


def surge_of(asked: Asked) -> Surge | None:
    """Return the surge in what was asked, None where illness stands at its usual level."""
    changes = changes_of(asked.pack, asked.choices)
    if changes.values.get(SURGE_NAME) in (None, asked.pack.assumptions[SURGE_NAME]):
        return None
    usual = {name: value for name, value in changes.values.items() if name != SURGE_NAME}
    before = apply(asked.pack, type(changes)(usual))
    return surge_between(before, asked.inputs, expenses=asked.choices.expenses)
