"""The question `fairness`: who pays for whom, and how safe the plan is that returns it.

Floor 8. Expected benefits of groups against their contributions, flat and banded premiums, what
moves between groups, relativities of a table; share returned and fund safety always together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.basis import laws_on
from workbench.engine.results import PlanFigures, RunResult
from workbench.engine.stages import YearLaws
from workbench.exact import exact_run
from workbench.premium.fairness import FairGroup, FairPlan, fairness
from workbench.premium.relativities import (
    DIMENSIONS,
    ClassRelativity,
    class_relativities,
    with_relativities,
)
from workbench.questions.basis import BASIS_OPTIONS, basis_of, basis_part, basis_rule
from workbench.questions.documents import figure_part, finite
from workbench.questions.price import RELATIVITIES
from workbench.questions.ranges import RANGE_COLUMN, range_part, ranges_of, span
from workbench.questions.registry import Asked, Mapper, Option, Question
from workbench.questions.run import FORM, named
from workbench.questions.table import Cell, Column, Named, Table, Word

__all__ = ["QUESTION", "FairnessAnswer"]

USUAL_TABLE = "national"
"""Table whose relativities are shown where none is put in force and the pack has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessAnswer:
    """Groups by plan code, the year of the same scheme and its laws, relativities of `table` ("":
    none), and (low, high) of the loss ratio by plan code, "" for the scheme.
    """

    plans: Mapping[str, FairPlan]
    year: RunResult
    laws: YearLaws
    table: str
    relativities: tuple[ClassRelativity, ...]
    ranges: Mapping[str, tuple[float, float]]


def _verb(asked: Asked, mapper: Mapper) -> FairnessAnswer:
    inputs, table = asked.inputs, asked.own["relativities"] or ""
    scheme = with_relativities(inputs, table) if table else inputs
    known = {one.table for one in inputs.relativities}
    shown = table or (USUAL_TABLE if USUAL_TABLE in known else "")
    form, expenses = asked.own["form"], asked.choices.expenses
    laws = laws_on(scheme, basis_of(asked), form=form, mapper=mapper)
    year = exact_run(scheme, form=form, expenses=expenses, laws=laws)
    means = {code: figures.mean_yuan for code, figures in year.plans.items()}
    return FairnessAnswer(
        plans=fairness(scheme, asked.own["by"], labels=inputs, means=means),
        year=year,
        laws=laws,
        table=shown,
        relativities=class_relativities(inputs, shown) if shown else (),
        ranges=ranges_of(asked),
    )


def _group(one: FairGroup) -> dict[str, Any]:
    names = ("benefit_yuan", "returned_per_hundred", "relativity", "banded_yuan", "given_yuan")
    told = {name: figure_part(getattr(one, name)) for name in names}
    return {"level": one.level, "enrolments": one.enrolments, **told}


def _safety(figures: PlanFigures) -> dict[str, Any]:
    """Share returned and safety of the fund, in one part so that neither stands alone."""
    return {
        "returned_per_hundred": figure_part(figures.loss_ratio.scaled(100.0)),
        "deficit_probability": figure_part(figures.deficit_probability),
        "expected_shortfall_yuan": figure_part(figures.expected_shortfall_yuan),
        "expected_surplus_yuan": figure_part(figures.expected_surplus_yuan),
    }


def _document(asked: Asked, answer: FairnessAnswer) -> dict[str, Any]:
    plans = {
        code: {
            "contribution_yuan": finite(one.contribution_yuan),
            "benefit_yuan": figure_part(one.benefit_yuan),
            "moved_yuan": figure_part(one.moved_yuan),
            "moved_share": figure_part(one.moved_share),
            "groups": [_group(group) for group in one.groups],
            "safety": _safety(answer.year.plans[code]),
            "loss_ratio_range": range_part(answer.ranges, code),
        }
        for code, one in answer.plans.items()
    }
    return {
        "plans": plans,
        "total": {
            "safety": _safety(answer.year.total),
            "loss_ratio_range": range_part(answer.ranges, ""),
        },
        "basis": basis_part(asked, answer.laws),
        "class_relativities": [
            {
                "table": answer.table,
                "level": one.level,
                "factor": finite(one.factor),
                "plan": one.plan,
                "benefit_yuan": figure_part(one.benefit_yuan),
                "relativity": figure_part(one.relativity),
            }
            for one in answer.relativities
        ],
    }


def _level(dimension: str, level: str) -> Cell:
    """A level as a reader sees it."""
    if dimension == "sex":
        return Word("word.men" if level == "M" else "word.women")
    if dimension == "age_sex":
        ages, sex = level.split()
        return Word("word.ages_men" if sex == "M" else "word.ages_women", {"ages": ages})
    if dimension == "term":
        return Word("word.first_term" if level == "first" else "word.later_term")
    return Named(zh=level, en=level)


_PLAN = (Column(key="code"), Column(key="plan", kind="word"))


def _safety_table(asked: Asked, answer: FairnessAnswer) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for plan in asked.inputs.plans:
        fair, year = answer.plans[plan.code], answer.year.plans[plan.code]
        mean = (fair.contribution_yuan, fair.benefit_yuan)
        moved = (fair.moved_yuan, fair.moved_share)
        ends = (*_safe(year), span(answer.ranges, plan.code))
        rows.append((plan.code, named(plan), *mean, *moved, *ends))
    whole = (*_safe(answer.year.total), span(answer.ranges, ""))
    rows.append(("", Word("word.total"), None, None, None, None, *whole))
    columns = (
        *_PLAN,
        Column(key="paid_today_yuan", kind="price"),
        Column(key="benefit_yuan", kind="price"),
        Column(key="moved_yuan", kind="money"),
        Column(key="moved_share", kind="percent"),
        Column(key="hundred_benefits", kind="hundred"),
        Column(key="deficit_probability", kind="probability"),
        Column(key="expected_shortfall_yuan", kind="money"),
        Column(key="expected_surplus_yuan", kind="money"),
        RANGE_COLUMN,
    )
    return Table(name="fairness", columns=columns, rows=tuple(rows), total=True)


def _safe(figures: PlanFigures) -> tuple[Cell, ...]:
    return (
        figures.loss_ratio.scaled(100.0),
        figures.deficit_probability,
        figures.expected_shortfall_yuan,
        figures.expected_surplus_yuan,
    )


def _groups_table(asked: Asked, answer: FairnessAnswer) -> Table:
    rows = tuple(
        (
            code,
            _level(asked.own["by"], group.level),
            group.enrolments,
            plan.contribution_yuan,
            group.benefit_yuan,
            group.returned_per_hundred,
            group.relativity,
            group.banded_yuan,
            group.given_yuan,
        )
        for code, plan in answer.plans.items()
        for group in plan.groups
    )
    columns = (
        Column(key="code"),
        Column(key="group", kind="word"),
        Column(key="enrolments", kind="count"),
        Column(key="paid_today_yuan", kind="price"),
        Column(key="benefit_yuan", kind="price"),
        Column(key="hundred_benefits", kind="hundred"),
        Column(key="relativity", kind="ratio"),
        Column(key="banded_yuan", kind="price"),
        Column(key="given_yuan", kind="money"),
    )
    return Table(name="fairness_groups", columns=columns, rows=rows)


def _relativities_table(asked: Asked, answer: FairnessAnswer) -> tuple[Table, ...]:
    """Benefit of each level over the plan's, plan by plan."""
    if not answer.relativities:
        return ()
    codes = asked.inputs.plan_codes
    found = {(one.level, one.plan): one for one in answer.relativities}
    rows: list[tuple[Cell, ...]] = []
    for level in dict.fromkeys(one.level for one in answer.relativities):
        factor = found[level, codes[0]].factor
        rows.append((level, factor, *(found[level, code].relativity for code in codes)))
    columns = (
        Column(key="class_level"),
        Column(key="class_factor", kind="number"),
        *(Column(key=code, kind="ratio", plain=True) for code in codes),
    )
    return (Table(name="class_relativities", columns=columns, rows=tuple(rows)),)


def _tables(asked: Asked, answer: FairnessAnswer) -> tuple[Table, ...]:
    return (
        _safety_table(asked, answer),
        _groups_table(asked, answer),
        *_relativities_table(asked, answer),
    )


QUESTION = Question(
    name="fairness",
    options=(
        FORM,
        Option(name="by", allowed=DIMENSIONS, default="age"),
        RELATIVITIES,
        *BASIS_OPTIONS,
    ),
    verb=_verb,
    document=_document,
    tables=_tables,
    rule=basis_rule,
)
"""Registered in `workbench.questions`."""
