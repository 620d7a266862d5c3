"""The tables of the question `tiers`.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Callable

from workbench.inputs import Rule
from workbench.premium.rules import ConditionState
from workbench.premium.tier_bands import Band
from workbench.premium.tiers import TierRow, TierTable
from workbench.questions.ranges import RANGE_COLUMN, span
from workbench.questions.registry import Asked
from workbench.questions.run_tables import named
from workbench.questions.table import Cell, Column, Named, Span, Table, Word
from workbench.questions.tiers_parts import TiersAnswer, Together, factor_of, scheme_factor

__all__ = ["tiers_brief", "tiers_tables"]

SHOWN_STEP = 5.0
"""A screen shows every fifth tier and the one in force; files have them all."""
IN_FORCE_MARK = "●"

_PLAN = (Column(key="code"), Column(key="plan", kind="word"))
_TIERS = (
    *_PLAN,
    Column(key="premium_yuan", kind="price"),
    Column(key="in_force", kind="text"),
    Column(key="loss_ratio", kind="percent"),
    RANGE_COLUMN,
    Column(key="deficit_probability", kind="probability"),
    Column(key="expected_shortfall_yuan", kind="yuan"),
    Column(key="mean_gap_yuan", kind="yuan"),
    Column(key="expected_surplus_yuan", kind="money"),
    Column(key="scheme_surplus_yuan", kind="money"),
)
_LOSS = Column(key="loss_probability", kind="probability")
_MORE = (
    Column(key="break_even_incidence", kind="ratio"),
    Column(key="break_even_cost", kind="ratio"),
)
_BANDS = (
    Column(key="loss_ratio_band", kind="range"),
    Column(key="deficit_band", kind="range"),
)
_BREAK_EVEN = (
    *_PLAN,
    Column(key="premium_yuan", kind="price"),
    Column(key="break_even_yuan", kind="price"),
)
_RULES = (
    Column(key="rule", kind="word"),
    *_PLAN,
    Column(key="premium_yuan", kind="price"),
    Column(key="rule_kept", kind="word"),
    Column(key="rule_tier_yuan", kind="price"),
    Column(key="rule_highest_yuan", kind="price"),
    Column(key="rule_distance_yuan", kind="price"),
    Column(key="rule_nearest_yuan", kind="price"),
)
_CONDITIONS = (
    Column(key="rule", kind="word"),
    *_PLAN,
    Column(key="rule_figure", kind="word"),
    Column(key="rule_condition", kind="word"),
    Column(key="rule_limit", kind="number"),
    Column(key="meant_basis", kind="word"),
    Column(key="value_in_force", kind="number"),
    Column(key="met_in_force", kind="word"),
    Column(key="rule_nearest_yuan", kind="price"),
    Column(key="value_nearest", kind="number"),
    Column(key="met_nearest", kind="word"),
)
_TOGETHER = (
    *_PLAN,
    Column(key="premium_yuan", kind="price"),
    Column(key="loss_ratio", kind="percent"),
    RANGE_COLUMN,
    Column(key="deficit_probability", kind="probability"),
    Column(key="expected_shortfall_yuan", kind="yuan"),
    Column(key="mean_gap_yuan", kind="yuan"),
    Column(key="expected_surplus_yuan", kind="money"),
    Column(key="break_even_incidence", kind="ratio"),
    Column(key="break_even_cost", kind="ratio"),
)
MET, MISSED = Word("word.rule_kept"), Word("word.rule_broken")


def _span(band: Band, place: int) -> Span:
    return Span(float(band.low[place]), float(band.high[place]))


def _tier_columns(asked: Asked, answer: TiersAnswer, *, more: bool) -> tuple[Column, ...]:
    drawn = any(answer.bands.values())
    loss = (_LOSS,) if asked.own["loss"] is not None else ()
    return (*_TIERS, *loss, *(_BANDS if drawn else ()), *(_MORE if more else ()))


def _tier_row(
    asked: Asked, answer: TiersAnswer, table: TierTable, row: TierRow, *, more: bool
) -> tuple[Cell, ...]:
    plan, bands = asked.inputs.plan(table.code), answer.bands[table.code]
    place = int(row.premium_yuan - table.premiums[0])
    drawn = [_span(bands[name], place) for name in ("loss_ratio", "deficit_probability") if bands]
    blank: list[Cell] = [None, None] if any(answer.bands.values()) else []
    return (
        plan.code,
        named(plan),
        row.premium_yuan,
        IN_FORCE_MARK if row.premium_yuan == table.in_force_yuan else "",
        row.loss_ratio,
        span(answer.ranges, plan.code, factor_of(table, row)),
        row.deficit_probability,
        row.expected_shortfall_yuan,
        row.mean_gap_yuan,
        row.expected_surplus_yuan,
        row.scheme_surplus_yuan,
        *((row.loss_probability,) if asked.own["loss"] is not None else ()),
        *(drawn or blank),
        *((row.break_even_incidence, row.break_even_cost) if more else ()),
    )


def _tier_table(
    asked: Asked,
    answer: TiersAnswer,
    wanted: Callable[[TierTable, TierRow], bool],
    *,
    more: bool,
) -> Table:
    rows = [
        _tier_row(asked, answer, table, row, more=more)
        for table in answer.tiers.values()
        for row in table.rows()
        if wanted(table, row)
    ]
    return Table(name="tiers", columns=_tier_columns(asked, answer, more=more), rows=tuple(rows))


def _break_even_table(asked: Asked, answer: TiersAnswer) -> Table:
    rows = tuple(
        (
            plan.code,
            named(plan),
            answer.tiers[plan.code].in_force_yuan,
            answer.tiers[plan.code].break_even_yuan,
        )
        for plan in asked.inputs.plans
    )
    return Table(name="break_even", columns=_BREAK_EVEN, rows=rows)


def _rule_table(asked: Asked, answer: TiersAnswer) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for rule in asked.inputs.rules:
        for plan in asked.inputs.plans:
            found = answer.verdicts[plan.code][rule.code]
            rows.append(
                (
                    Named(zh=rule.name_zh, en=rule.name_en),
                    plan.code,
                    named(plan),
                    found.in_force_yuan,
                    MET if found.met else MISSED,
                    found.least_yuan,
                    found.most_yuan,
                    found.distance_yuan,
                    found.nearest_yuan,
                )
            )
    return Table(name="rules", columns=_RULES, rows=tuple(rows))


def _condition_row(
    rule: Rule,
    name: tuple[Cell, Cell],
    now: ConditionState,
    nearest: tuple[Cell, ConditionState | None],
) -> tuple[Cell, ...]:
    condition, (premium, then) = now.condition, nearest
    return (
        Named(zh=rule.name_zh, en=rule.name_en),
        *name,
        Word(f"rule.{condition.figure}"),
        Word(f"rule.{condition.condition}"),
        condition.limit,
        Word(f"rule.basis_{condition.basis or 'any'}"),
        now.value,
        MET if now.met else MISSED,
        premium,
        None if then is None else then.value,
        None if then is None else MET if then.met else MISSED,
    )


def _condition_table(asked: Asked, answer: TiersAnswer) -> Table:
    """Every condition at the tier in force and at the nearest tier; last, of all plans together."""
    rows: list[tuple[Cell, ...]] = []
    for rule in asked.inputs.rules:
        for plan in asked.inputs.plans:
            found = answer.verdicts[plan.code][rule.code]
            for now, then in zip(found.in_force, found.nearest, strict=True):
                nearest = (found.nearest_yuan, then)
                rows.append(_condition_row(rule, (plan.code, named(plan)), now, nearest))
        for now in answer.in_force.states[rule.code]:
            rows.append(_condition_row(rule, ("", Word("word.total")), now, (None, None)))
    return Table(name="rule_conditions", columns=_CONDITIONS, rows=tuple(rows))


def _together_table(asked: Asked, answer: TiersAnswer, found: Together, name: str) -> Table:
    loss = asked.own["loss"] is not None
    rows: list[tuple[Cell, ...]] = []
    for plan in asked.inputs.plans:
        row = found.alone[plan.code]
        rows.append(
            (
                plan.code,
                named(plan),
                row.premium_yuan,
                row.loss_ratio,
                span(answer.ranges, plan.code, factor_of(answer.tiers[plan.code], row)),
                row.deficit_probability,
                row.expected_shortfall_yuan,
                row.mean_gap_yuan,
                row.expected_surplus_yuan,
                row.break_even_incidence,
                row.break_even_cost,
                *((row.loss_probability,) if loss else ()),
            )
        )
    scheme = found.scheme
    rows.append(
        (
            "",
            Word("word.total"),
            None,
            scheme.loss_ratio,
            span(answer.ranges, "", scheme_factor(answer, found)),
            scheme.deficit_probability,
            scheme.expected_shortfall_yuan,
            scheme.mean_gap_yuan,
            scheme.expected_surplus_yuan,
            scheme.break_even_incidence,
            None,
            *((scheme.loss_probability,) if loss else ()),
        )
    )
    columns = (*_TOGETHER, *((_LOSS,) if loss else ()))
    return Table(name=name, columns=columns, rows=tuple(rows), total=True)


def _others(asked: Asked, answer: TiersAnswer) -> tuple[Table, ...]:
    chosen = answer.chosen
    return (
        _break_even_table(asked, answer),
        *((_rule_table(asked, answer),) if asked.inputs.rules else ()),
        _together_table(asked, answer, answer.in_force, "together"),
        *((_together_table(asked, answer, chosen, "together_chosen"),) if chosen else ()),
    )


def tiers_tables(asked: Asked, answer: TiersAnswer) -> tuple[Table, ...]:
    """Return every tier, the rules with their conditions, all plans together."""
    rules = (_condition_table(asked, answer),) if asked.inputs.rules else ()
    everything = _tier_table(asked, answer, lambda table, row: True, more=True)
    return (everything, *_others(asked, answer), *rules)


def tiers_brief(asked: Asked, answer: TiersAnswer) -> tuple[Table, ...]:
    """Return every fifth tier and the one in force, and what fits a screen."""

    def wanted(table: TierTable, row: TierRow) -> bool:
        return row.premium_yuan % SHOWN_STEP == 0.0 or row.premium_yuan == table.in_force_yuan

    return (_tier_table(asked, answer, wanted, more=False), *_others(asked, answer))
