"""Document and tables of the question `price`: premiums, principles, lines, groups, each 100 yuan.

Floor 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.premium.groups import GroupPrice
from workbench.premium.principles import PRINCIPLES
from workbench.premium.technical import PremiumLine
from workbench.pricing import HundredYuan, PlanPrice
from workbench.questions.documents import figure_part, finite
from workbench.questions.ranges import RANGE_COLUMN, range_part, span
from workbench.questions.registry import Asked
from workbench.questions.run_tables import named
from workbench.questions.table import Cell, Column, Named, Table, Word

if TYPE_CHECKING:
    from workbench.questions.price import PriceAnswer

__all__ = ["price_brief", "price_document", "price_tables"]

SHOWN_GROUPS = 12
"""A screen shows the largest groups; files have them all."""


def _hundred(part: HundredYuan) -> dict[str, Any]:
    return {
        "benefits": figure_part(part.benefits),
        "expenses": figure_part(part.expenses),
        "surplus": figure_part(part.surplus),
    }


def _line(line: PremiumLine) -> dict[str, Any]:
    """A line, where it starts in a waterfall and where it ends, in yuan of whole fen."""
    return {
        "code": line.code,
        "yuan": finite(line.yuan),
        "exact_yuan": finite(line.exact_yuan),
        "from_yuan": finite(line.from_fen / 100.0),
        "to_yuan": finite((line.from_fen + line.fen) / 100.0),
    }


def _plan(answer: PriceAnswer, code: str, one: PlanPrice) -> dict[str, Any]:
    return {
        "enrolments": one.enrolments,
        "premium_yuan": finite(one.premium_yuan),
        "technical_premium_yuan": figure_part(one.technical_premium),
        "lines": [_line(line) for line in one.lines],
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


def _group(one: GroupPrice) -> dict[str, Any]:
    return {
        "labels": dict(one.labels),
        "units": one.units,
        "contribution_yuan": finite(one.contribution_yuan),
        "premium_yuan": {"value": finite(one.premium_yuan), "error": one.premium_yuan * 1e-9},
        "lines": [_line(line) for line in one.lines],
    }


def price_document(asked: Asked, answer: PriceAnswer) -> dict[str, Any]:
    """Return the parts of the JSON document; groups are null where plans alone were asked for."""
    found = answer.price
    return {
        "plans": {code: _plan(answer, code, one) for code, one in found.plans.items()},
        "total": {
            "contribution_yuan": finite(found.contribution_yuan),
            "technical_contribution_yuan": figure_part(found.technical_contribution),
            "per_hundred": _hundred(found.per_hundred),
            "loss_ratio_range": range_part(answer.ranges, ""),
        },
        "groups": [_group(one) for one in answer.groups] if answer.groups else None,
    }


_PLAN = (Column(key="code"), Column(key="plan", kind="word"))


def _price_table(asked: Asked, answer: PriceAnswer) -> Table:
    """Tier in force, technical premium, and what is between them."""
    columns = (
        *_PLAN,
        Column(key="premium_yuan", kind="price"),
        Column(key="technical_premium_yuan", kind="price"),
        Column(key="premium_margin_yuan", kind="price"),
    )
    rows: list[tuple[Cell, ...]] = []
    for plan in asked.inputs.plans:
        one = answer.price.plans[plan.code]
        margin = one.technical_premium.scaled(-1.0).shifted(one.premium_yuan)
        rows.append((plan.code, named(plan), one.premium_yuan, one.technical_premium, margin))
    return Table(name="price", columns=columns, rows=tuple(rows))


def _principles_table(asked: Asked, answer: PriceAnswer) -> Table:
    """Premium that each principle requires; its parameter, missing where it is each plan's own."""
    plans = answer.price.plans
    rows: list[tuple[Cell, ...]] = []
    for code in PRINCIPLES:
        of = [one.required[code] for one in plans.values()]
        parameters = {one.parameter for one in of}
        parameter = parameters.pop() if len(parameters) == 1 else None
        rows.append(
            (
                Word(f"head.required_{code}_yuan"),
                parameter,
                *(one.premium_yuan for one in of),
            )
        )
    columns = (
        Column(key="principle", kind="word"),
        Column(key="principle_parameter", kind="number"),
        *(Column(key=code, kind="price", plain=True) for code in plans),
    )
    return Table(name="price_principles", columns=columns, rows=tuple(rows))


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


_LABELS = {
    "plans": Column(key="plans_held"),
    "segment": Column(key="segment"),
    "area": Column(key="area"),
    "occupation_class": Column(key="occupation_class"),
    "sex": Column(key="sex", kind="word"),
    "ages": Column(key="ages"),
    "term": Column(key="term_status", kind="word"),
}
_WORDS = {
    "M": "word.men",
    "F": "word.women",
    "first": "word.first_term",
    "later": "word.later_term",
}


def _groups_tables(asked: Asked, answer: PriceAnswer, most: int | None) -> tuple[Table, ...]:
    """The table of groups where they were asked for; `most` of them, the largest first."""
    groups = list(answer.groups)
    if not groups:
        return ()
    if most is not None and asked.own["by"] == "cell":
        groups = sorted(groups, key=lambda one: -one.units)[:most]
    codes = list(dict.fromkeys(line.code for one in groups for line in one.lines))
    labels = list(groups[0].labels)
    unit = "enrolments" if asked.own["by"] == "age" else "members"
    columns = (
        *(_LABELS[label] for label in labels),
        Column(key=unit, kind="count"),
        Column(key="paid_today_yuan", kind="price"),
        *(Column(key=f"line_{code}", kind="price") for code in codes),
        Column(key="technical_premium_yuan", kind="price"),
    )
    rows: list[tuple[Cell, ...]] = []
    for one in groups:
        yuan = {line.code: line.yuan for line in one.lines}
        told = (
            Word(_WORDS[text]) if _LABELS[label].kind == "word" else text
            for label, text in one.labels.items()
        )
        lines = (yuan.get(code) for code in codes)
        rows.append((*told, one.units, one.contribution_yuan, *lines, one.premium_fen / 100.0))
    return (Table(name="price_groups", columns=columns, rows=tuple(rows)),)


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


def _all(asked: Asked, answer: PriceAnswer, most: int | None) -> tuple[Table, ...]:
    return (
        _price_table(asked, answer),
        _lines_table(asked, answer),
        _principles_table(asked, answer),
        *_groups_tables(asked, answer, most),
        _hundred_table(asked, answer),
    )


def price_tables(asked: Asked, answer: PriceAnswer) -> tuple[Table, ...]:
    """Return all tables."""
    return _all(asked, answer, None)


def price_brief(asked: Asked, answer: PriceAnswer) -> tuple[Table, ...]:
    """Return the tables of a screen: of many cells the largest."""
    return _all(asked, answer, SHOWN_GROUPS)
