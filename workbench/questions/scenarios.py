"""The named scenarios of a pack side by side, on the exact law.

Floor 8. Every scenario with the changes of the question on top, as `run --scenario NAME --set …`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from workbench.changes import Changes, apply, scenario
from workbench.engine.results import PlanFigures
from workbench.engine.stages import YearLaws, year_laws
from workbench.exact import exact_run
from workbench.inputs import Inputs
from workbench.plans import Plan
from workbench.premium.technical import expense_terms
from workbench.questions.registry import Mapper
from workbench.risk import Figure

__all__ = ["PlanTiers", "ScenarioRow", "scenario_rows"]

SAFE = 0.95
"""A tier is safe from a deficit in 19 years of 20."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTiers:
    """Tiers of one plan in a scenario.

    `premium_yuan` in force, `break_even_yuan` where the expected surplus is nil, `safe_yuan` the
    least whole yuan with a deficit probability of at most 5 %, process risk alone.
    """

    premium_yuan: float
    break_even_yuan: Figure
    safe_yuan: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioRow:
    """One scenario: figures of the scheme and of each plan, and each plan's tiers, by code."""

    code: str
    name_zh: str
    name_en: str
    total: PlanFigures
    plans: Mapping[str, PlanFigures]
    tiers: Mapping[str, PlanTiers]


def scenario_rows(
    pack: Inputs, changes: Changes, expenses: str, mapper: Mapper = map
) -> tuple[ScenarioRow, ...]:
    """Return every scenario of the pack with further changes, in the order of the file.

    Raises
    ------
    InputRefused
        Where a scenario and the changes contradict each other.
    """
    codes = [one.code for one in pack.scenarios]
    return tuple(mapper(partial(_row, pack, changes, expenses), codes))


def _row(pack: Inputs, changes: Changes, expenses: str, code: str) -> ScenarioRow:
    known = next(one for one in pack.scenarios if one.code == code)
    inputs = apply(pack, scenario(pack, code).merge(changes))
    found, laws = exact_run(inputs, expenses=expenses), year_laws(inputs)
    tiers = {
        plan.code: _tiers(inputs, laws, place, expenses) for place, plan in enumerate(inputs.plans)
    }
    return ScenarioRow(
        code=code,
        name_zh=known.name_zh,
        name_en=known.name_en,
        total=found.total,
        plans=found.plans,
        tiers=tiers,
    )


def _tiers(inputs: Inputs, laws: YearLaws, place: int, expenses: str) -> PlanTiers:
    plan: Plan = inputs.plans[place]
    number = float(laws.enrolments[place])
    terms = expense_terms(inputs, plan, expenses)
    fixed = terms.per_enrolment_yuan * number + terms.per_beneficiary_yuan * float(
        laws.beneficiaries[place]
    )
    law, left = laws.laws[place], number * (1.0 - terms.share)
    needed = (float(law.quantile(SAFE)) + fixed) / left
    return PlanTiers(
        premium_yuan=plan.premium_yuan,
        break_even_yuan=Figure((law.mean + fixed) / left, 0.01 / left),
        safe_yuan=int(np.ceil(needed - 1e-9)),
    )
