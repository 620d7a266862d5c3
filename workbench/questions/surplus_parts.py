"""What the question `surplus` answers, and its document.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.premium.margins import SCHEME, Margin
from workbench.premium.surplus import PlanUse, SurplusUse
from workbench.premium.targets import Reached
from workbench.questions.documents import figure_part, finite
from workbench.questions.plan_readers import basis_told
from workbench.questions.ranges import range_part
from workbench.questions.registry import Asked

__all__ = ["SurplusAnswer", "surplus_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurplusAnswer:
    """A split of the surplus, every way to each target, and (low, high) of the loss ratios."""

    use: SurplusUse
    reached: tuple[Reached, ...]
    ranges: Mapping[str, tuple[float, float]]


def _plain(value: float | None) -> float | int | None:
    number = finite(value)
    return int(number) if number is not None and number.is_integer() else number


def _margin(answer: SurplusAnswer, code: str, margin: Margin, *, factor: float) -> dict[str, Any]:
    figures = margin.figures
    return {
        "contribution_yuan": finite(figures.contribution_yuan),
        "expenses_yuan": figure_part(figures.expenses_yuan),
        "mean_yuan": figure_part(figures.mean_yuan),
        "loss_ratio": figure_part(figures.loss_ratio),
        "loss_ratio_range": range_part(answer.ranges, code, factor),
        "deficit_probability": figure_part(figures.deficit_probability),
        "expected_shortfall_yuan": figure_part(figures.expected_shortfall_yuan),
        "expected_surplus_yuan": figure_part(figures.expected_surplus_yuan),
        "free_yuan": figure_part(margin.free_yuan),
        "rule_kept": margin.kept,
    }


def _margins(answer: SurplusAnswer, margins: Mapping[str, Margin]) -> dict[str, Any]:
    told = {}
    for code, margin in margins.items():
        before = answer.use.before[code].figures.loss_ratio.value
        factor = margin.figures.loss_ratio.value / before if before else 1.0
        told[code] = _margin(answer, code, margin, factor=factor)
    return {
        "plans": {code: part for code, part in told.items() if code != SCHEME},
        "total": told[SCHEME],
    }


def _reached(one: Reached) -> dict[str, Any]:
    return {
        "code": one.code,
        "target": one.target * 100.0,
        "way": one.way,
        "state": one.state,
        "now": _plain(one.now),
        "value": _plain(one.value),
        "loss_ratio": finite(one.loss_ratio),
        "deficit_probability": figure_part(one.deficit_probability),
        "kept_value": _plain(one.kept_value),
        "kept_share": finite(one.kept_share),
    }


def _plan_use(one: PlanUse) -> dict[str, Any]:
    return {
        "code": one.code,
        "term": one.column,
        "now": _plain(one.now),
        "value": _plain(one.value),
        "benefits_yuan": finite(one.benefits_yuan),
        "spent_benefits_yuan": finite(one.spent_benefits_yuan),
        "premium_now_yuan": _plain(one.premium_now_yuan),
        "premium_yuan": _plain(one.premium_yuan),
        "contributions_yuan": finite(one.contributions_yuan),
        "spent_contributions_yuan": finite(one.spent_contributions_yuan),
    }


def surplus_document(asked: Asked, answer: SurplusAnswer) -> dict[str, Any]:
    """Return the parts of the JSON document."""
    use = answer.use
    return {
        "basis": basis_told(asked),
        "before": _margins(answer, use.before),
        "parts": [
            {
                "part": part,
                "share": share / 100.0,
                "part_given_yuan": finite(use.yuan[part]),
                "part_spent_yuan": finite(use.spent_yuan[part]),
            }
            for part, share in use.shares.items()
        ],
        "uses": [_plan_use(one) for one in use.plans],
        "after": _margins(answer, use.after),
        "prevention": {
            "illness_share": finite(use.prevention_share),
            "cases": finite(use.prevention_cases),
        },
        "reached": [_reached(one) for one in answer.reached],
    }
