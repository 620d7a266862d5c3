"""What the question `design` answers, and its document.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.premium.benefits import BenefitTerm
from workbench.premium.design import Bought, DesignRow
from workbench.premium.elimination import Elimination
from workbench.premium.equal_cost import CostTable, EqualCost, EqualPoint
from workbench.questions.documents import figure_part, finite
from workbench.questions.plan_readers import basis_told
from workbench.questions.ranges import range_part
from workbench.questions.registry import Asked

__all__ = ["DesignAnswer", "TwoTerms", "design_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoTerms:
    """The cost over two terms, and curves of equal cost."""

    table: CostTable
    curves: tuple[EqualCost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignAnswer:
    """A design.

    `terms` asked for; `rows` of the first, at the tier in force; `bought` what `premium_yuan` pays
    for, by term and aim; `elimination` what each term of the plan takes away; `two` where two
    terms were asked for; `ranges` (low, high) of the loss ratio in force by plan code.
    """

    terms: tuple[BenefitTerm, ...]
    rows: tuple[DesignRow, ...]
    premium_yuan: float
    bought: tuple[Bought, ...]
    elimination: Elimination
    two: TwoTerms | None
    ranges: Mapping[str, tuple[float, float]]

    def factor(self, row: DesignRow) -> float:
        """Loss ratio of a row over the one in force: the range in force goes with it."""
        for one in self.rows:
            if one.in_force:
                here, there = row.at_premium.loss_ratio.value, one.at_premium.loss_ratio.value
                return here / there if there else 1.0
        return float("nan")

    def of(self, term: BenefitTerm) -> tuple[Bought, ...]:
        """Return what the premium pays for of one of the terms."""
        size = len(self.bought) // len(self.terms)
        first = self.terms.index(term) * size
        return self.bought[first : first + size]


def _plain(value: float | None) -> float | int | None:
    """Return a number as JSON, whole ones without a point."""
    number = finite(value)
    return int(number) if number is not None and number.is_integer() else number


def _row(answer: DesignAnswer, row: DesignRow) -> dict[str, Any]:
    at = row.at_premium
    gap = at.mean_gap_yuan
    return {
        "value": _plain(row.value),
        "in_force": row.in_force,
        "benefit_cost_yuan": figure_part(row.cost_yuan),
        "benefit_change_yuan": figure_part(row.change_yuan),
        "beneficiaries": figure_part(row.beneficiaries),
        "break_even_yuan": figure_part(row.break_even_yuan),
        "technical_premium_yuan": figure_part(row.technical_premium_yuan),
        "kept_premium_yuan": figure_part(row.kept_premium_yuan),
        "premium_yuan": _plain(at.premium_yuan),
        "loss_ratio": figure_part(at.loss_ratio),
        "loss_ratio_range": range_part(answer.ranges, answer.terms[0].plan, answer.factor(row)),
        "deficit_probability": figure_part(at.deficit_probability),
        "expected_shortfall_yuan": figure_part(at.expected_shortfall_yuan),
        "mean_gap_yuan": None if gap is None else figure_part(gap),
        "expected_surplus_yuan": figure_part(at.expected_surplus_yuan),
        "scheme_surplus_yuan": figure_part(row.scheme_surplus_yuan),
        "own_cost_share": finite(row.own_cost_share),
        "most_own_cost_share": finite(row.most_own_cost_share),
        "above_own_cost": row.above_cost,
    }


def _term(term: BenefitTerm) -> dict[str, Any]:
    return {
        "term": term.column,
        "unit": term.unit,
        "current": _plain(term.current),
        "low": _plain(term.low),
        "high": _plain(term.high),
        "step": _plain(term.step),
        "whole": term.whole,
    }


def _bought(answer: DesignAnswer, term: BenefitTerm, one: Bought) -> dict[str, Any]:
    return {
        "term": term.column,
        "aim": one.aim,
        "state": one.state,
        "exact_value": _plain(one.exact_value),
        "least_yuan": finite(one.least_yuan),
        "row": None if one.row is None else _row(answer, one.row),
    }


def _taken(found: Elimination) -> dict[str, Any]:
    return {
        "ground_up_yuan": figure_part(found.ground_up_yuan),
        "benefit_cost_yuan": figure_part(found.paid_yuan),
        "terms": [
            {
                "term": one.term,
                "otherwise_yuan": figure_part(one.otherwise_yuan),
                "taken_yuan": figure_part(one.alone_yuan),
                "elimination_ratio": figure_part(one.alone_share),
                "in_order_yuan": figure_part(one.in_order_yuan),
                "in_order_share": figure_part(one.in_order_share),
            }
            for one in found.terms
        ],
    }


def _point(answer: DesignAnswer, point: EqualPoint) -> dict[str, Any]:
    return {
        "first": _plain(point.first),
        "second": _plain(point.second),
        "offered": _plain(point.offered),
        "row": None if point.row is None else _row(answer, point.row),
    }


def _two(answer: DesignAnswer, two: TwoTerms) -> dict[str, Any]:
    return {
        "first": [_plain(float(value)) for value in two.table.first],
        "second": [_plain(float(value)) for value in two.table.second],
        "cost_yuan_table": [[finite(cost) for cost in row] for row in two.table.cost_yuan],
        "curves": [
            {
                "factor": curve.factor,
                "yuan": finite(curve.cost_yuan),
                "points": [_point(answer, point) for point in curve.points],
            }
            for curve in two.curves
        ],
    }


def design_document(asked: Asked, answer: DesignAnswer) -> dict[str, Any]:
    """Return the parts of the JSON document."""
    return {
        "basis": basis_told(asked),
        "terms": [_term(term) for term in answer.terms],
        "in_force_yuan": finite(asked.inputs.plan(answer.terms[0].plan).premium_yuan),
        "asked_yuan": finite(answer.premium_yuan),
        "rows": [_row(answer, row) for row in answer.rows],
        "pays_for": [
            _bought(answer, term, one) for term in answer.terms for one in answer.of(term)
        ],
        "elimination": _taken(answer.elimination),
        "two_terms": None if answer.two is None else _two(answer, answer.two),
    }
