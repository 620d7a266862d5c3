"""What the question `tiers` answers, and its document.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.inputs import Rule
from workbench.premium.rules import ConditionState, RuleVerdict
from workbench.premium.tier_bands import Band
from workbench.premium.tier_test import SchemeTiers
from workbench.premium.tiers import TierRow, TierTable
from workbench.questions.basis import basis_choice
from workbench.questions.documents import figure_part, finite
from workbench.questions.ranges import range_part
from workbench.questions.registry import Asked
from workbench.risk import Figure

__all__ = ["TiersAnswer", "Together", "factor_of", "scheme_factor", "tiers_document", "whole"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """All plans at a vector of tiers: the sum, each plan by itself, the rules asked of the sum."""

    scheme: SchemeTiers
    alone: Mapping[str, TierRow]
    states: Mapping[str, tuple[ConditionState, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TiersAnswer:
    """Tables of tiers by plan code, and (low, high) of the loss ratio at the tier in force.

    `bands` by plan code and figure, empty under process risk alone; `verdicts` by plan code and
    code of the rule; `chosen` None where no other tiers are asked for.
    """

    tiers: Mapping[str, TierTable]
    ranges: Mapping[str, tuple[float, float]]
    bands: Mapping[str, Mapping[str, Band]]
    verdicts: Mapping[str, Mapping[str, RuleVerdict]]
    in_force: Together
    chosen: Together | None


def whole(number: float | None) -> float | int | None:
    """Return a number without a point where it is whole."""
    plain = finite(number)
    return int(plain) if plain is not None and plain.is_integer() else plain


def factor_of(table: TierTable, row: TierRow) -> float:
    """The loss ratio goes with one over the premium; the ranges are those of the tier in force."""
    return table.in_force_yuan / row.premium_yuan


def scheme_factor(answer: TiersAnswer, found: Together) -> float:
    """The scheme's loss ratio goes with one over the contributions."""
    return answer.in_force.scheme.contribution_yuan / found.scheme.contribution_yuan


def _maybe(figure: Figure | None) -> dict[str, Any] | None:
    return None if figure is None else figure_part(figure)


def _figures(row: TierRow) -> dict[str, Any]:
    return {
        "loss_ratio": figure_part(row.loss_ratio),
        "deficit_probability": figure_part(row.deficit_probability),
        "expected_shortfall_yuan": figure_part(row.expected_shortfall_yuan),
        "mean_gap_yuan": _maybe(row.mean_gap_yuan),
        "expected_surplus_yuan": figure_part(row.expected_surplus_yuan),
        "scheme_surplus_yuan": figure_part(row.scheme_surplus_yuan),
        "break_even_incidence": figure_part(row.break_even_incidence),
        "break_even_cost": _maybe(row.break_even_cost),
        "loss_probability": _maybe(row.loss_probability),
    }


def _row(answer: TiersAnswer, table: TierTable, place: int, row: TierRow) -> dict[str, Any]:
    bands = {
        name: {"low": finite(float(band.low[place])), "high": finite(float(band.high[place]))}
        for name, band in answer.bands[table.code].items()
    }
    return {
        "premium_yuan": whole(row.premium_yuan),
        "loss_ratio_range": range_part(answer.ranges, table.code, factor_of(table, row)),
        **_figures(row),
        "bands": bands or None,
    }


def _state(state: ConditionState) -> dict[str, Any]:
    condition = state.condition
    return {
        "figure": condition.figure,
        "condition": condition.condition,
        "limit": whole(condition.limit),
        "value": _maybe(state.value),
        "met": state.met,
        "near": state.near,
    }


def _verdict(found: RuleVerdict) -> dict[str, Any]:
    return {
        "met": found.met,
        "in_force_yuan": whole(found.in_force_yuan),
        "least_yuan": whole(found.least_yuan),
        "most_yuan": whole(found.most_yuan),
        "distance_yuan": whole(found.distance_yuan),
        "nearest_yuan": whole(found.nearest_yuan),
        "in_force": [_state(state) for state in found.in_force],
        "nearest": [_state(state) for state in found.nearest],
    }


def _rule(answer: TiersAnswer, rule: Rule) -> dict[str, Any]:
    return {
        "name_zh": rule.name_zh,
        "name_en": rule.name_en,
        "conditions": [
            {
                "figure": one.figure,
                "condition": one.condition,
                "limit": whole(one.limit),
                "unit": one.unit,
                "basis": one.basis or None,
            }
            for one in rule.conditions
        ],
        "plans": {code: _verdict(found[rule.code]) for code, found in answer.verdicts.items()},
        "scheme": [_state(state) for state in answer.in_force.states[rule.code]],
    }


def _together(answer: TiersAnswer, found: Together) -> dict[str, Any]:
    scheme = found.scheme
    return {
        "premiums": {code: whole(premium) for code, premium in scheme.premiums.items()},
        "contribution_yuan": finite(scheme.contribution_yuan),
        "loss_ratio": figure_part(scheme.loss_ratio),
        "loss_ratio_range": range_part(answer.ranges, "", scheme_factor(answer, found)),
        "deficit_probability": figure_part(scheme.deficit_probability),
        "expected_shortfall_yuan": figure_part(scheme.expected_shortfall_yuan),
        "mean_gap_yuan": _maybe(scheme.mean_gap_yuan),
        "expected_surplus_yuan": figure_part(scheme.expected_surplus_yuan),
        "break_even_incidence": figure_part(scheme.break_even_incidence),
        "loss_probability": _maybe(scheme.loss_probability),
        "plans": {
            code: {
                "premium_yuan": whole(row.premium_yuan),
                "loss_ratio_range": range_part(
                    answer.ranges, code, factor_of(answer.tiers[code], row)
                ),
                **_figures(row),
            }
            for code, row in found.alone.items()
        },
        "rules": {code: [_state(one) for one in states] for code, states in found.states.items()},
    }


def tiers_document(asked: Asked, answer: TiersAnswer) -> dict[str, Any]:
    """Return the parts of the document."""
    found = answer.tiers
    return {
        "basis": basis_choice(asked),
        "plans": {
            code: [_row(answer, table, place, row) for place, row in enumerate(table.rows())]
            for code, table in found.items()
        },
        "in_force_yuan": {code: finite(table.in_force_yuan) for code, table in found.items()},
        "break_even_yuan": {
            code: figure_part(table.break_even_yuan) for code, table in found.items()
        },
        "rules": {rule.code: _rule(answer, rule) for rule in asked.inputs.rules},
        "together": {
            "in_force": _together(answer, answer.in_force),
            "chosen": None if answer.chosen is None else _together(answer, answer.chosen),
        },
    }
