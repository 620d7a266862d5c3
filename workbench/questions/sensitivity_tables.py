"""Tables of the question `sensitivity`: the main one of each kind first.

Floor 8. Its document: `sensitivity_parts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workbench.names import allowed_name
from workbench.questions.moved import FIGURES
from workbench.questions.registry import Asked
from workbench.questions.run import named
from workbench.questions.scenarios import ScenarioRow
from workbench.questions.sensitivity import Reverse, SensitivityAnswer, Shares
from workbench.questions.sensitivity_parts import value_now
from workbench.questions.table import Cell, Column, Named, Table, Word
from workbench.sensitivity import BreakEven, Tornado, TwoWay

__all__ = ["brief", "shown_as", "tables"]

LEAST_SHARE = 5e-4
"""A screen leaves out names that are hardly pushed."""


def shown_as(asked: Asked) -> str:
    """How a column of the figure is shown."""
    figure, whole = asked.own["figure"], asked.own["of"] == "total"
    return "money" if figure == "technical_premium" and whole else FIGURES[figure]


def tables(asked: Asked, answer: SensitivityAnswer) -> tuple[Table, ...]:
    """Return the tables of one kind."""
    made: Mapping[str, Any] = {
        "tornado": _tornado_tables,
        "sobol": _sobol_tables,
        "two-way": _two_way_tables,
        "break-even": _break_even_tables,
        "reverse": _reverse_tables,
        "scenarios": _scenario_tables,
    }
    found: tuple[Table, ...] = made[asked.own["kind"]](asked, answer.result)
    return found


_NAME = (Column(key="name"), Column(key="meaning", kind="word"))


def _named(asked: Asked, name: str) -> tuple[Cell, Cell]:
    """A name and what it means."""
    entry = allowed_name(asked.inputs, name)
    return name, None if entry is None else Word(entry.meaning)


def brief(asked: Asked, answer: SensitivityAnswer) -> tuple[Table, ...]:
    """Return the tables of a screen: the names that move the figure, or are pushed."""
    found = answer.result
    if isinstance(found, Reverse):
        pushed = tuple(push for push in found.point.pushes if push.share >= LEAST_SHARE)
        point = replace(found.point, pushes=pushed or found.point.pushes)
        return _reverse_tables(asked, replace(found, point=point))
    if not isinstance(found, Tornado):
        return tables(asked, answer)
    moving = tuple(bar for bar in found.bars if abs(bar.swing.value) > bar.swing.error)
    return _tornado_tables(asked, Tornado(base=found.base, bars=moving or found.bars))


def _tornado_tables(asked: Asked, found: Tornado) -> tuple[Table, ...]:
    kind = shown_as(asked)
    columns = (
        *_NAME,
        Column(key="value_now", kind="number"),
        Column(key="range_low", kind="number"),
        Column(key="range_high", kind="number"),
        Column(key="figure_at_low", kind=kind),
        Column(key="figure_at_high", kind=kind),
        Column(key="swing", kind="percent" if kind == "probability" else kind),
    )
    rows = tuple(
        (
            *_named(asked, bar.name),
            value_now(asked.inputs, bar.name),
            bar.low,
            bar.high,
            bar.at_low,
            bar.at_high,
            bar.swing,
        )
        for bar in found.bars
    )
    base = Table(
        name="sensitivity_base",
        columns=_FIGURE[:2] + (Column(key="figure_now", kind=kind),),
        rows=((Word(f"sensitivity.{asked.own['figure']}"), _of(asked), found.base),),
    )
    return (Table(name="tornado", columns=columns, rows=rows), base)


_FIGURE = (Column(key="figure", kind="word"), Column(key="of_what", kind="word"))


def _of(asked: Asked, code: str | None = None) -> Named | Word:
    """The plan, or the scheme, that a figure is of."""
    code = asked.own["of"] if code is None else code
    if code in ("total", ""):
        return Word("word.total")
    return named(asked.inputs.plan(code))


def _sobol_tables(asked: Asked, found: Shares) -> tuple[Table, ...]:
    code = "" if asked.own["of"] == "total" else asked.own["of"]
    spread = found.spreads[code]
    shares = sorted(spread.shares, key=lambda share: -share.total.value)
    columns = (
        *_NAME,
        Column(key="share_first", kind="percent"),
        Column(key="share_total", kind="percent"),
    )
    rows = tuple((*_named(asked, one.name), one.first, one.total) for one in shares)
    main = Table(name="sobol", columns=columns, rows=rows)
    return (main, _spread_table(asked, found), *_share_table(asked, found))


def _spread_table(asked: Asked, found: Shares) -> Table:
    """Mean, standard deviation and the middle 90 % of the figure of every plan asked."""
    plain = FIGURES[asked.own["figure"]]
    columns = (
        Column(key="plan", kind="word"),
        Column(key="figure_mean", kind=plain),
        Column(key="figure_sd", kind=plain),
        Column(key="figure_low", kind=plain),
        Column(key="figure_high", kind=plain),
        Column(key="share_together", kind="percent"),
    )
    rows = tuple(
        (_of(asked, code), one.mean, one.sd, one.low, one.high, one.together)
        for code, one in found.spreads.items()
    )
    return Table(name="sobol_spread", columns=columns, rows=rows)


def _share_table(asked: Asked, found: Shares) -> tuple[Table, ...]:
    """Total shares of every name in every plan, where several were asked."""
    if len(found.spreads) < 2:
        return ()
    names = next((one.shares for one in found.spreads.values() if one.shares), ())
    by_plan = {
        code or "total": {share.name: share.total for share in one.shares}
        for code, one in found.spreads.items()
    }
    columns = (
        Column(key="name"),
        *(Column(key=code, kind="percent", plain=True) for code in by_plan),
    )
    rows = tuple(
        (one.name, *(shares.get(one.name) for shares in by_plan.values())) for one in names
    )
    return (Table(name="sobol_plans", columns=columns, rows=rows),)


def _two_way_tables(asked: Asked, found: TwoWay) -> tuple[Table, ...]:
    kind = shown_as(asked)
    columns = (
        Column(key=found.names[0], kind="number", plain=True),
        *(Column(key=f"{value:.15g}", kind=kind, plain=True) for value in found.columns),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (value, *line) for value, line in zip(found.rows, found.figures, strict=True)
    )
    return (Table(name="two_way", columns=columns, rows=rows),)


def _break_even_tables(asked: Asked, found: BreakEven) -> tuple[Table, ...]:
    kind = shown_as(asked)
    columns = (
        Column(key="point", kind="word"),
        Column(key="value_at", kind="number"),
        Column(key="figure_there", kind=kind),
    )
    rows: list[tuple[Cell, ...]] = [
        (Word("sensitivity.solution"), root.value, root.reached) for root in found.roots
    ]
    rows += [
        (Word("sensitivity.low_end"), *found.low),
        (Word("sensitivity.high_end"), *found.high),
        (Word("sensitivity.nearest"), *found.nearest),
    ]
    return (Table(name="break_even_points", columns=columns, rows=tuple(rows)),)


def _reverse_tables(asked: Asked, found: Reverse) -> tuple[Table, ...]:
    kind, point = shown_as(asked), found.point
    pushes = (
        *_NAME,
        Column(key="value_now", kind="number"),
        Column(key="value_median", kind="number"),
        Column(key="value_at", kind="number"),
        Column(key="score", kind="number"),
        Column(key="share_of_push", kind="percent"),
    )
    rows = tuple(
        (
            *_named(asked, push.name),
            value_now(asked.inputs, push.name),
            push.median,
            push.value,
            push.score,
            push.share,
        )
        for push in point.pushes
    )
    summary = (
        Column(key="state", kind="word"),
        Column(key="figure_limit", kind=kind),
        Column(key="figure_at_medians", kind=kind),
        Column(key="figure_there", kind=kind),
        Column(key="distance_sd", kind="number"),
        Column(key="probability_beyond", kind="probability"),
    )
    line = (
        Word(f"sensitivity.{point.state}"),
        found.limit,
        found.start,
        found.reached,
        point.distance,
        point.probability,
    )
    return (
        Table(name="reverse", columns=pushes, rows=rows),
        Table(name="reverse_point", columns=summary, rows=(line,)),
    )


def _scenario_tables(asked: Asked, rows: tuple[ScenarioRow, ...]) -> tuple[Table, ...]:
    columns = (
        Column(key="scenario"),
        Column(key="scenario_name", kind="word"),
        Column(key="contribution_yuan", kind="money"),
        Column(key="paid_yuan", kind="money"),
        Column(key="expected_surplus_yuan", kind="money"),
        Column(key="loss_ratio", kind="percent"),
        Column(key="deficit_probability", kind="probability"),
        Column(key="expected_shortfall_yuan", kind="yuan"),
        Column(key="q995_yuan", kind="money"),
    )
    lines: tuple[tuple[Cell, ...], ...] = tuple(
        (
            row.code,
            Named(zh=row.name_zh, en=row.name_en),
            row.total.contribution_yuan,
            row.total.mean_yuan,
            row.total.expected_surplus_yuan,
            row.total.loss_ratio,
            row.total.deficit_probability,
            row.total.expected_shortfall_yuan,
            row.total.quantiles[0.995],
        )
        for row in rows
    )
    return (
        Table(name="scenarios", columns=columns, rows=lines),
        _scenario_plans(asked, rows),
    )


def _scenario_plans(asked: Asked, rows: tuple[ScenarioRow, ...]) -> Table:
    """Every plan in every scenario: tier, break-even, safe tier, deficit."""
    columns = (
        Column(key="scenario"),
        Column(key="scenario_name", kind="word"),
        Column(key="code"),
        Column(key="plan", kind="word"),
        Column(key="premium_yuan", kind="price"),
        Column(key="break_even_yuan", kind="price"),
        Column(key="safe_tier_yuan", kind="price"),
        Column(key="loss_ratio", kind="percent"),
        Column(key="deficit_probability", kind="probability"),
        Column(key="expected_surplus_yuan", kind="money"),
    )
    lines: list[tuple[Cell, ...]] = []
    for row in rows:
        for code, tier in row.tiers.items():
            plan = row.plans[code]
            lines.append(
                (
                    row.code,
                    Named(zh=row.name_zh, en=row.name_en),
                    code,
                    named(asked.inputs.plan(code)),
                    tier.premium_yuan,
                    tier.break_even_yuan,
                    tier.safe_yuan,
                    plan.loss_ratio,
                    plan.deficit_probability,
                    plan.expected_surplus_yuan,
                )
            )
    return Table(name="scenario_plans", columns=columns, rows=tuple(lines))
