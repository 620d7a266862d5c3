"""The question `price`: what each plan should charge, line by line, beside its tier in force.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.pricing import HundredYuan, PlanPrice, SchemePrice, price
from workbench.questions.documents import figure_part, finite
from workbench.questions.ranges import RANGE_COLUMN, range_part, ranges_of, span
from workbench.questions.registry import Asked, Mapper, Question
from workbench.questions.run import FORM, named
from workbench.questions.table import Cell, Column, Named, Table, Word

__all__ = ["QUESTION", "PriceAnswer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAnswer:
    """Prices, and (low, high) of the loss ratio by plan code, "" for the scheme."""

    price: SchemePrice
    ranges: Mapping[str, tuple[float, float]]


def _verb(asked: Asked, mapper: Mapper) -> PriceAnswer:
    form, expenses = asked.own["form"], asked.choices.expenses
    return PriceAnswer(
        price=price(asked.inputs, form=form, expenses=expenses), ranges=ranges_of(asked)
    )


def _hundred(part: HundredYuan) -> dict[str, Any]:
    return {
        "benefits": figure_part(part.benefits),
        "expenses": figure_part(part.expenses),
        "surplus": figure_part(part.surplus),
    }


def _plan(answer: PriceAnswer, code: str, one: PlanPrice) -> dict[str, Any]:
    return {
        "enrolments": one.enrolments,
        "premium_yuan": finite(one.premium_yuan),
        "technical_premium_yuan": figure_part(one.technical_premium),
        "lines": [
            {"code": line.code, "yuan": finite(line.yuan), "exact_yuan": finite(line.exact_yuan)}
            for line in one.lines
        ],
        "required": {
            principle: {
                "parameter": finite(required.parameter),
                "claims_yuan": figure_part(required.claims_yuan),
                "premium_yuan": figure_part(required.premium_yuan),
            }
            for principle, required in one.required.items()
        },
        "per_hundred": _hundred(one.per_hundred),
        "loss_ratio_range": range_part(answer.ranges, code),
    }


def _document(asked: Asked, answer: PriceAnswer) -> dict[str, Any]:
    found = answer.price
    return {
        "plans": {code: _plan(answer, code, one) for code, one in found.plans.items()},
        "total": {
            "contribution_yuan": finite(found.contribution_yuan),
            "technical_contribution_yuan": figure_part(found.technical_contribution),
            "per_hundred": _hundred(found.per_hundred),
            "loss_ratio_range": range_part(answer.ranges, ""),
        },
    }


_PLAN = (Column(key="code"), Column(key="plan", kind="word"))


def _price_table(asked: Asked, answer: PriceAnswer) -> Table:
    """Tier in force, technical premium, what each principle requires."""
    principles = list(next(iter(answer.price.plans.values())).required)
    columns = (
        *_PLAN,
        Column(key="premium_yuan", kind="price"),
        Column(key="technical_premium_yuan", kind="price"),
        Column(key="premium_margin_yuan", kind="price"),
        *(Column(key=f"required_{code}_yuan", kind="price") for code in principles),
    )
    rows: list[tuple[Cell, ...]] = []
    for plan in asked.inputs.plans:
        one = answer.price.plans[plan.code]
        margin = one.technical_premium.scaled(-1.0).shifted(one.premium_yuan)
        required = (one.required[code].premium_yuan for code in principles)
        rows.append(
            (plan.code, named(plan), one.premium_yuan, one.technical_premium, margin, *required)
        )
    return Table(name="price", columns=columns, rows=tuple(rows))


def _lines_table(asked: Asked, answer: PriceAnswer) -> Table:
    """Lines of the technical premium, yuan by plan, adding up to it."""
    plans = answer.price.plans
    codes = list(dict.fromkeys(line.code for one in plans.values() for line in one.lines))
    yuan = {code: {line.code: line.yuan for line in one.lines} for code, one in plans.items()}
    rows: list[tuple[Cell, ...]] = [
        (Word(f"line.{code}"), *(yuan[plan].get(code) for plan in plans)) for code in codes
    ]
    rows.append((Word("line.technical"), *(one.technical_fen / 100.0 for one in plans.values())))
    columns = (
        Column(key="line", kind="word"),
        *(Column(key=code, kind="price", plain=True) for code in plans),
    )
    return Table(name="price_lines", columns=columns, rows=tuple(rows), total=True)


def _hundred_table(asked: Asked, answer: PriceAnswer) -> Table:
    """Of each 100 yuan of contributions: benefits, expenses, surplus."""
    plans = answer.price.plans
    parts: list[tuple[str, Named | Word, HundredYuan]] = [
        (plan.code, named(plan), plans[plan.code].per_hundred) for plan in asked.inputs.plans
    ]
    parts.append(("", Word("word.total"), answer.price.per_hundred))
    rows = tuple(
        (code, name, one.benefits, one.expenses, one.surplus, span(answer.ranges, code))
        for code, name, one in parts
    )
    columns = (
        *_PLAN,
        Column(key="hundred_benefits", kind="hundred"),
        Column(key="hundred_expenses", kind="hundred"),
        Column(key="hundred_surplus", kind="hundred"),
        RANGE_COLUMN,
    )
    return Table(name="hundred", columns=columns, rows=rows, total=True)


def _tables(asked: Asked, answer: PriceAnswer) -> tuple[Table, ...]:
    return (
        _price_table(asked, answer),
        _lines_table(asked, answer),
        _hundred_table(asked, answer),
    )


QUESTION = Question(name="price", options=(FORM,), verb=_verb, document=_document, tables=_tables)
"""Registered in `workbench.questions`."""
