"""The tables of the question `fund`.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from workbench.fund import BALANCE, INCOME, PLAN_LINES, FundResult, Statements, Variant
from workbench.questions.fund_document import end_figures, months_of, scheme_years
from workbench.questions.registry import Asked
from workbench.questions.table import Cell, Column, Named, Table, Word
from workbench.risk import Figure

if TYPE_CHECKING:
    from workbench.questions.fund import FundAnswer

__all__ = ["fund_brief", "fund_tables"]

MONTHS = 12
_LEVEL_KEYS = (
    "fund_025_yuan",
    "fund_05_yuan",
    "fund_10_yuan",
    "fund_25_yuan",
    "fund_50_yuan",
    "fund_75_yuan",
    "fund_90_yuan",
    "fund_95_yuan",
    "fund_975_yuan",
)
_LEVELS = tuple(Column(key=key, kind="money") for key in _LEVEL_KEYS)
"""A column for each level of the fan."""
_PLAN_KEYS = {
    "written": "fund_written_yuan",
    "earned": "fund_earned_yuan",
    "incurred": "fund_incurred_yuan",
    "expenses": "fund_expenses_yuan",
    "result": "fund_result_yuan",
    "unearned": "fund_unearned_yuan",
    "unpaid": "fund_unpaid_yuan",
}
_STATEMENTS = {
    "mean": ("fund_income_mean", "fund_balance_mean", "fund_plans_mean"),
    "path": ("fund_income_path", "fund_balance_path", "fund_plans_path"),
}
"""Names of the tables of the mean and of the chosen path."""
_VARIANT = (
    Column(key="fund_used_up", kind="probability"),
    Column(key="fund_gap_yuan", kind="money"),
    Column(key="fund_one_year_change_yuan", kind="money"),
    Column(key="fund_one_year_loss_yuan", kind="money"),
    Column(key="fund_mean_yuan", kind="money"),
    Column(key="fund_05_yuan", kind="money"),
    Column(key="fund_50_yuan", kind="money"),
    Column(key="fund_95_yuan", kind="money"),
)


def _variant_cells(one: Variant) -> tuple[Cell, ...]:
    found, end = one.figures, end_figures(one)
    return (
        found.used_up,
        found.gap_yuan,
        found.year_change_yuan,
        found.year_loss_yuan,
        *(end[name] for name in ("mean", "0.05", "0.5", "0.95")),
    )


def _summary(result: FundResult) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (Word(f"word.fund_{one.name}"), *_variant_cells(one)) for one in result.variants
    )
    columns = (Column(key="fund_variant", kind="word"), *_VARIANT)
    return Table(name="fund", columns=columns, rows=rows)


def _by_year(result: FundResult) -> Table:
    last = result.last
    rows: list[tuple[Cell, ...]] = []
    for place, year in enumerate(scheme_years(result)):
        end = list(end_figures(last, place * MONTHS + MONTHS - 1).values())
        rows.append((str(year), last.figures.used_by[place], *end))
    columns = (
        Column(key="year"),
        Column(key="fund_used_by", kind="probability"),
        Column(key="fund_mean_yuan", kind="money"),
        *_LEVELS,
    )
    return Table(name="fund_years", columns=columns, rows=tuple(rows))


def _fan(result: FundResult) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (month, *end_figures(result.last, place).values())
        for place, month in enumerate(months_of(result))
    )
    columns = (Column(key="month"), Column(key="fund_mean_yuan", kind="money"), *_LEVELS)
    return Table(name="fund_fan", columns=columns, rows=rows)


def _restored(result: FundResult) -> Table:
    told = result.restored
    row: tuple[Cell, ...] = (
        told.possibility,
        told.opening_yuan,
        told.contribution_change,
        told.claims_change,
        told.claims_even,
        told.claims_mean,
    )
    columns = (
        Column(key="fund_possibility", kind="percent"),
        Column(key="fund_opening_needed_yuan", kind="money"),
        Column(key="fund_contribution_change", kind="percent"),
        Column(key="fund_claims_change", kind="percent"),
        Column(key="fund_claims_even", kind="percent"),
        Column(key="fund_claims_mean", kind="percent"),
    )
    return Table(name="fund_restored", columns=columns, rows=(row,))


def _year_columns(result: FundResult) -> tuple[Column, ...]:
    return tuple(Column(key=str(year), kind="money", plain=True) for year in scheme_years(result))


def _lines(
    name: str, result: FundResult, lines: Sequence[str], told: Mapping[str, list[Cell]]
) -> Table:
    rows = tuple((Word(f"word.fund_line_{line}"), *told[line]) for line in lines)
    columns = (Column(key="fund_line", kind="word"), *_year_columns(result))
    return Table(name=name, columns=columns, rows=rows, total=True)


def _statements(which: str, result: FundResult, found: Statements) -> tuple[Table, Table]:
    years = range(result.choices.years)

    def cells(read: Callable[[str, int], Figure], line: str) -> list[Cell]:
        figures = [read(line, year) for year in years]
        return [one if which == "mean" else one.value for one in figures]

    return (
        _lines(
            _STATEMENTS[which][0],
            result,
            INCOME,
            {line: cells(found.income_figure, line) for line in INCOME},
        ),
        _lines(
            _STATEMENTS[which][1],
            result,
            BALANCE,
            {line: cells(found.balance_figure, line) for line in BALANCE},
        ),
    )


def _plans(asked: Asked, which: str, result: FundResult, found: Statements) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for plan in asked.inputs.plans:
        lines = found.plans[plan.code]
        name = Named(zh=plan.name_zh, en=plan.name_en)
        for place, year in enumerate(scheme_years(result)):
            values = [float(lines[line][place]) for line in PLAN_LINES]
            rows.append((plan.code, name, str(year), *values))
    columns = (
        Column(key="code"),
        Column(key="plan", kind="word"),
        Column(key="year"),
        Column(key="enrolments", kind="count"),
        *(Column(key=_PLAN_KEYS[line], kind="money") for line in PLAN_LINES[1:]),
    )
    return Table(name=_STATEMENTS[which][2], columns=columns, rows=tuple(rows))


def _members(asked: Asked, result: FundResult) -> Table:
    members = result.members
    whole = members.enrolments.sum(axis=1)
    first = (members.first_share * members.enrolments).sum(axis=1) / np.maximum(whole, 1e-300)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            str(year),
            *(float(one) for one in members.enrolments[place]),
            float(whole[place]),
            float(first[place]),
        )
        for place, year in enumerate(scheme_years(result))
    )
    columns = (
        Column(key="year"),
        *(Column(key=code, kind="count", plain=True) for code in asked.inputs.plan_codes),
        Column(key="enrolments", kind="count"),
        Column(key="fund_first_term", kind="percent"),
    )
    return Table(name="fund_members", columns=columns, rows=rows)


def _actions(result: FundResult) -> tuple[Table, ...]:
    rules, acted = result.last.run.model.rules, result.last.run.acted
    if rules is None:
        return ()
    rows: list[tuple[Cell, ...]] = []
    for place, one in enumerate(rules.actions):
        name = Named(zh=one.name_zh, en=one.name_en)
        line = float(rules.line_fen[place]) / 100.0
        amount = one.amount or None
        does = Word(f"word.fund_does_{one.does}"), Word(f"word.fund_when_{one.when}")
        rows.append((name, *does, line, one.plan, amount, float(acted[-1, place])))
    columns = (
        Column(key="fund_action", kind="word"),
        Column(key="fund_does", kind="word"),
        Column(key="fund_when", kind="word"),
        Column(key="fund_line_yuan", kind="money"),
        Column(key="code"),
        Column(key="fund_amount", kind="percent"),
        Column(key="fund_acted", kind="probability"),
    )
    return (Table(name="fund_actions", columns=columns, rows=tuple(rows)),)


def _reinsurance(result: FundResult) -> tuple[Table, ...]:
    terms = result.main.run.model.terms
    if not terms.covers:
        return ()
    taken = result.main.run.mean.lines["recovered"].reshape(-1, MONTHS).sum(axis=1) / 100.0
    rows = tuple(
        (
            str(year),
            one.cover.floor,
            one.cover.part,
            one.price_fen / 100.0,
            one.ceded_yuan,
            float(taken[place]),
        )
        for place, (year, one) in enumerate(zip(scheme_years(result), terms.covers, strict=True))
    )
    columns = (
        Column(key="year"),
        Column(key="fund_attachment_yuan", kind="money"),
        Column(key="fund_ceded_share", kind="percent"),
        Column(key="fund_cover_price_yuan", kind="money"),
        Column(key="fund_ceded_yuan", kind="money"),
        Column(key="fund_recovered_yuan", kind="money"),
    )
    return (Table(name="fund_reinsurance", columns=columns, rows=rows),)


def _scenarios(answer: FundAnswer) -> tuple[Table, ...]:
    if not answer.scenarios:
        return ()
    rows = tuple(
        (one.code, Named(zh=one.name_zh, en=one.name_en), *_variant_cells(one.variant))
        for one in answer.scenarios
    )
    columns = (Column(key="code"), Column(key="scenario", kind="word"), *_VARIANT)
    return (Table(name="fund_scenarios", columns=columns, rows=rows),)


def fund_tables(asked: Asked, answer: FundAnswer) -> tuple[Table, ...]:
    """Return every table, the summary first."""
    result = answer.result
    return (
        _summary(result),
        _by_year(result),
        _restored(result),
        *_statements("mean", result, result.mean),
        _plans(asked, "mean", result, result.mean),
        *_actions(result),
        *_reinsurance(result),
        *_scenarios(answer),
        _members(asked, result),
        *_statements("path", result, result.path),
        _plans(asked, "path", result, result.path),
        _fan(result),
    )


def fund_brief(asked: Asked, answer: FundAnswer) -> tuple[Table, ...]:
    """Return the tables of a screen: no single path, no months, few levels."""
    result = answer.result
    few = {"year", "fund_used_by", "fund_mean_yuan", "fund_05_yuan", "fund_50_yuan", "fund_95_yuan"}
    by_year = _by_year(result)
    places = [place for place, column in enumerate(by_year.columns) if column.key in few]
    return (
        _summary(result),
        Table(
            name=by_year.name,
            columns=tuple(by_year.columns[place] for place in places),
            rows=tuple(tuple(row[place] for place in places) for row in by_year.rows),
        ),
        _restored(result),
        *_statements("mean", result, result.mean),
        *_actions(result),
        *_reinsurance(result),
        *_scenarios(answer),
    )
