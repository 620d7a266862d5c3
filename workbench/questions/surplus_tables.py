"""The tables of the question `surplus`.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workbench.premium.benefits import LEVERS
from workbench.premium.margins import SCHEME, Margin
from workbench.premium.surplus import PlanUse
from workbench.premium.targets import LEVEL, TIER, Reached
from workbench.questions.ranges import RANGE_COLUMN, span
from workbench.questions.registry import Asked
from workbench.questions.run_tables import named
from workbench.questions.surplus_parts import SurplusAnswer
from workbench.questions.table import Cell, Column, Named, Table, Word

__all__ = ["surplus_brief", "surplus_tables"]

KEPT, BROKEN = Word("word.rule_kept"), Word("word.rule_broken")
_PLAN = (Column(key="code"), Column(key="plan", kind="word"))
_MARGIN = (
    *_PLAN,
    Column(key="contribution_yuan", kind="money"),
    Column(key="paid_yuan", kind="money"),
    Column(key="expenses_yuan", kind="money"),
    Column(key="expected_surplus_yuan", kind="money"),
    Column(key="free_yuan", kind="money"),
    Column(key="loss_ratio", kind="percent"),
    RANGE_COLUMN,
    Column(key="deficit_probability", kind="probability"),
    Column(key="rule_kept", kind="word"),
)
_TARGETS = (
    *_PLAN,
    Column(key="target_returned", kind="hundred"),
    Column(key="way", kind="word"),
    Column(key="term_now", kind="number"),
    Column(key="target_value", kind="number"),
    Column(key="reached_returned", kind="hundred"),
    Column(key="deficit_probability", kind="probability"),
    Column(key="target_state", kind="word"),
    Column(key="kept_value", kind="number"),
    Column(key="kept_returned", kind="hundred"),
)
_PARTS = (
    Column(key="surplus_part", kind="word"),
    Column(key="part_share", kind="percent"),
    Column(key="part_given_yuan", kind="money"),
    Column(key="part_spent_yuan", kind="money"),
)
_USES = (
    *_PLAN,
    Column(key="term", kind="word"),
    Column(key="term_now", kind="number"),
    Column(key="new_value", kind="number"),
    Column(key="spent_benefits_yuan", kind="money"),
    Column(key="premium_now_yuan", kind="price"),
    Column(key="premium_new_yuan", kind="price"),
    Column(key="spent_contributions_yuan", kind="money"),
)


def _name(asked: Asked, code: str) -> Named | Word:
    return Word("word.total") if code == SCHEME else named(asked.inputs.plan(code))


def _margin_row(asked: Asked, answer: SurplusAnswer, code: str, margin: Margin) -> tuple[Cell, ...]:
    figures = margin.figures
    before = answer.use.before[code].figures.loss_ratio.value
    factor = figures.loss_ratio.value / before if before else 1.0
    return (
        code,
        _name(asked, code),
        figures.contribution_yuan,
        figures.mean_yuan,
        figures.expenses_yuan,
        figures.expected_surplus_yuan,
        margin.free_yuan,
        figures.loss_ratio,
        span(answer.ranges, code, factor),
        figures.deficit_probability,
        KEPT if margin.kept else BROKEN,
    )


def _margin_table(
    asked: Asked, answer: SurplusAnswer, name: str, margins: Mapping[str, Margin]
) -> Table:
    rows = tuple(_margin_row(asked, answer, code, one) for code, one in margins.items())
    return Table(name=name, columns=_MARGIN, rows=rows, total=True)


def _way(one: Reached) -> Word:
    if one.way not in (TIER, LEVEL):
        return Word(f"benefit.{one.way}")
    return Word(f"way.{one.way}_all" if one.code == SCHEME else f"way.{one.way}")


def _target_row(asked: Asked, one: Reached) -> tuple[Cell, ...]:
    return (
        one.code,
        _name(asked, one.code),
        one.target * 100.0,
        _way(one),
        one.now,
        one.value,
        one.loss_ratio * 100.0,
        one.deficit_probability,
        Word(f"reached.{one.state}"),
        one.kept_value,
        None if one.kept_share is None else one.kept_share * 100.0,
    )


def _use_row(asked: Asked, one: PlanUse) -> tuple[Cell, ...]:
    return (
        one.code,
        _name(asked, one.code),
        Word(f"benefit.{one.column}"),
        one.now,
        one.value,
        one.spent_benefits_yuan,
        one.premium_now_yuan,
        one.premium_yuan,
        one.spent_contributions_yuan,
    )


def _of_ways(
    asked: Asked, answer: SurplusAnswer, wanted: Callable[[Reached], bool]
) -> tuple[Table, ...]:
    use = answer.use
    targets = tuple(_target_row(asked, one) for one in answer.reached if wanted(one))
    parts = tuple(
        (Word(f"part.{part}"), share / 100.0, use.yuan[part], use.spent_yuan[part])
        for part, share in use.shares.items()
    )
    uses = tuple(_use_row(asked, one) for one in use.plans)
    return (
        _margin_table(asked, answer, "surplus", use.before),
        Table(name="surplus_targets", columns=_TARGETS, rows=targets),
        Table(name="surplus_parts", columns=_PARTS, rows=parts),
        Table(name="surplus_uses", columns=_USES, rows=uses),
        _margin_table(asked, answer, "surplus_after", use.after),
    )


def surplus_tables(asked: Asked, answer: SurplusAnswer) -> tuple[Table, ...]:
    """Return what is left, every way to each target, and what the split buys."""
    return _of_ways(asked, answer, lambda one: True)


def surplus_brief(asked: Asked, answer: SurplusAnswer) -> tuple[Table, ...]:
    """Return the same for a screen: of each plan the tier and the usual term."""

    def wanted(one: Reached) -> bool:
        if one.code == SCHEME or one.way == TIER:
            return True
        return one.way == LEVERS[asked.inputs.plan(one.code).benefit_form][0]

    return _of_ways(asked, answer, wanted)
