"""The tables of `observe`, and the scenario file that its changes make.

Floor 8.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from workbench.experience import Compared, History, Level, Standard, Updated
from workbench.names import allowed_name
from workbench.questions.registry import Asked
from workbench.questions.run_tables import named
from workbench.questions.table import Cell, Column, Table, Word
from workbench.risk import Figure

__all__ = ["ObserveAnswer", "observe_brief", "observe_tables", "scenario_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserveAnswer:
    """Own figures, each against the model, the levels, and the changes that they make.

    Without own figures `levels` is empty and `updated` None.
    """

    history: History
    compared: tuple[Compared, ...]
    levels: tuple[Level, ...] = ()
    standard: Standard = Standard()
    updated: Updated | None = None


_KINDS = {
    "beneficiaries": "count",
    "mean_cost_yuan": "yuan",
    "paid_yuan": "money",
    "loss_ratio": "percent",
}


def _outside(one: Compared) -> Word | None:
    if one.actual is None:
        return None
    if one.actual > one.high:
        return Word("word.observe_above")
    return Word("word.observe_below" if one.actual < one.low else "word.observe_inside")


def _name(asked: Asked, code: str) -> Cell:
    return named(asked.inputs.plan(code)) if code else Word("word.total")


def _year_cell(one: Compared, answer: ObserveAnswer) -> Cell:
    if one.year:
        return str(one.year)
    return Word("word.observe_all_years") if answer.history.rows else Word("word.observe_a_year")


def _comparison(asked: Asked, answer: ObserveAnswer, figure: str) -> Table:
    kind = _KINDS[figure]
    rows = tuple(
        (
            _year_cell(one, answer),
            one.plan,
            _name(asked, one.plan),
            one.actual,
            one.expected,
            one.low,
            one.high,
            one.ratio,
            _outside(one),
        )
        for one in answer.compared
        if one.figure == figure
    )
    columns = (
        Column(key="observed_year", kind="word"),
        Column(key="code"),
        Column(key="plan", kind="word"),
        Column(key="actual", kind=kind),
        Column(key="model_expects", kind=kind),
        Column(key="interval_low", kind=kind),
        Column(key="interval_high", kind=kind),
        Column(key="actual_over_expected", kind="ratio"),
        Column(key="inside", kind="word"),
    )
    return Table(name=f"observe_{figure}", columns=columns, rows=rows)


def _level_table(asked: Asked, answer: ObserveAnswer) -> Table:
    rows = tuple(
        (
            one.plan,
            _name(asked, one.plan),
            Word(f"word.observe_{one.figure}"),
            one.years,
            one.claims,
            one.weight,
            one.own,
            one.limited,
            one.straub,
            Word(f"word.observe_method_{one.method}"),
            one.level,
            _three(one.level.error),
            one.reached,
        )
        for one in answer.levels
    )
    columns = (
        Column(key="code"),
        Column(key="plan", kind="word"),
        Column(key="level_of", kind="word"),
        Column(key="own_years", kind="count"),
        Column(key="beneficiaries", kind="count"),
        Column(key="credibility_weight", kind="count"),
        Column(key="own_level", kind="ratio"),
        Column(key="limited_fluctuation", kind="percent"),
        Column(key="buhlmann_straub", kind="percent"),
        Column(key="credibility_method", kind="word"),
        Column(key="credible_level", kind="ratio"),
        Column(key="standard_error", kind="number"),
        Column(key="reached_level", kind="ratio"),
    )
    return Table(name="observe_levels", columns=columns, rows=rows)


def _change_table(asked: Asked, updated: Updated) -> Table:
    rows = tuple(
        (name, updated.before[name], _exact(value), _three(value.error), _meaning(asked, name))
        for name, value in updated.values.items()
    )
    columns = (
        Column(key="name"),
        Column(key="value_before", kind="number"),
        Column(key="value_own", kind="number"),
        Column(key="standard_error", kind="number"),
        Column(key="meaning", kind="word"),
    )
    return Table(name="observe_changes", columns=columns, rows=rows)


def _exact(value: Figure) -> Cell:
    """A number of enrolments or years is known; it has no error to be shown by."""
    return value if value.error > 0.0 else value.value


def _three(error: float) -> float | None:
    """Return an error with three digits, None where there is none."""
    return float(f"{error:.3g}") if error > 0.0 else None


def _meaning(asked: Asked, name: str) -> Cell:
    allowed = allowed_name(asked.inputs, name)
    return Word(allowed.meaning) if allowed else None


def observe_tables(asked: Asked, answer: ObserveAnswer) -> tuple[Table, ...]:
    """Return actual against expected figure by figure, the levels, and what they change."""
    comparisons = tuple(_comparison(asked, answer, figure) for figure in _KINDS)
    if answer.updated is None:
        return comparisons
    return (
        *comparisons,
        _level_table(asked, answer),
        _change_table(asked, answer.updated),
    )


def observe_brief(asked: Asked, answer: ObserveAnswer) -> tuple[Table, ...]:
    """Return the tables of a screen: names say enough there, and marks change nothing."""
    tables = observe_tables(asked, answer)
    if answer.updated is None:
        return tables
    *others, last = tables
    rows = tuple(row[:-1] for row in last.rows if not str(row[0]).startswith("own_years."))
    return (*others, Table(name=last.name, columns=last.columns[:-1], rows=rows))


def scenario_text(asked: Asked, answer: ObserveAnswer) -> str:
    """Return the changes as a TOML scenario file: a table `[set]`, errors in its comments."""
    updated = answer.updated
    years = ", ".join(map(str, answer.history.years))
    lines = [
        f"# workbench observe, {years}",
        "# ± is one standard error of the value",
        "[set]",
    ]
    if updated is not None:
        for name, value in updated.changes.values.items():
            error = updated.values[name].error if name in updated.values else 0.0
            note = f"  # ± {error:.3g}" if error > 0.0 else ""
            told = json.dumps(value) if isinstance(value, str) else _number(value)
            lines.append(f"{json.dumps(name)} = {told}{note}")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    """Return a number as TOML writes it: whole numbers without a point."""
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)
