"""Answers beside one another: today and a change, exact and simulated, before and after a new plan.

Floor 9.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.engine.results import PlanFigures
from workbench.inputs import Inputs
from workbench.questions import Answer, Column, Named, Table, Word
from workbench.questions.run import named
from workbench.questions.table import Cell
from workbench.risk import Figure
from workbench.show.sentences import tightest
from workbench.simulate import simulate_years

__all__ = ["agreement_table", "compare_table", "same_draws"]

LEVEL = 0.995
"""Level of the quantile that exact and simulated figures are compared at."""


def compare_table(answers: Sequence[Answer]) -> Table:
    """Return answers to `run` side by side, a row each: the scheme, and its tightest plan."""
    columns = (
        Column(key="choice", kind="word"),
        Column(key="contribution_yuan", kind="money"),
        Column(key="paid_yuan", kind="money"),
        Column(key="expected_surplus_yuan", kind="money"),
        Column(key="loss_ratio", kind="percent"),
        Column(key="tightest", kind="word"),
        Column(key="deficit_probability", kind="probability"),
    )
    rows = tuple(_compared(answer) for answer in answers)
    return Table(name="notebook_compare", columns=columns, rows=rows)


def _compared(answer: Answer) -> tuple[Cell, ...]:
    result = answer.result.result
    code, total = tightest(result.plans), result.total
    return (
        _choice(answer),
        total.contribution_yuan,
        total.mean_yuan,
        total.expected_surplus_yuan,
        total.loss_ratio,
        named(answer.asked.inputs.plan(code)),
        result.plans[code].deficit_probability,
    )


def _choice(answer: Answer) -> Named | str:
    """Return what was asked: a scenario by its name, changes as `--set` writes them."""
    choices = answer.asked.choices
    wanted = choices.scenario or ("" if choices.changes else "today")
    known = {one.code: Named(one.name_zh, one.name_en) for one in answer.asked.pack.scenarios}
    lines = ", ".join(choices.changes.lines)
    if wanted not in known:
        return lines or wanted
    name = known[wanted]
    return Named(f"{name.zh}, {lines}", f"{name.en}, {lines}") if lines else name


def agreement_table(exact: Answer, drawn: Answer) -> Table:
    """Return exact and simulated figures of the same scheme, with the errors of the latter.

    The last column is the wider of the two gaps in standard errors; above 4 something is wrong.
    """
    columns = (
        Column(key="code"),
        Column(key="plan", kind="word"),
        Column(key="mean_exact_yuan", kind="money"),
        Column(key="mean_drawn_yuan", kind="money"),
        Column(key="mean_error_yuan", kind="money"),
        Column(key="quantile_exact_yuan", kind="money"),
        Column(key="quantile_drawn_yuan", kind="money"),
        Column(key="quantile_error_yuan", kind="money"),
        Column(key="gap_errors", kind="number"),
    )
    one, other = exact.result.result, drawn.result.result
    parts: list[tuple[str, Named | Word, PlanFigures, PlanFigures]] = [
        (plan.code, named(plan), one.plans[plan.code], other.plans[plan.code])
        for plan in exact.asked.inputs.plans
    ]
    parts.append(("", Word("word.total"), one.total, other.total))
    rows = tuple((code, name, *_pair(first, second)) for code, name, first, second in parts)
    return Table(name="notebook_agreement", columns=columns, rows=rows, total=True)


def _pair(exact: PlanFigures, drawn: PlanFigures) -> tuple[Cell, ...]:
    """Return mean and quantile: exact, drawn, standard error; and the wider gap in errors."""
    pairs = (
        (exact.mean_yuan, drawn.mean_yuan),
        (exact.quantiles[LEVEL], drawn.quantiles[LEVEL]),
    )
    cells: list[Cell] = []
    for first, second in pairs:
        cells += [first.value, second.value, second.error]
    gaps = [abs(first.value - second.value) / _size(first, second) for first, second in pairs]
    return (*cells, round(max(gaps), 1))


def _size(exact: Figure, drawn: Figure) -> float:
    return float(np.hypot(exact.error, drawn.error)) or 1.0


def same_draws(before: Inputs, after: Inputs, *, years: int, seed: int) -> Table:
    """Return, plan by plan, in how many drawn years a pack with one more plan pays other fen."""
    one, other = (simulate_years(pack, years=years, seed=seed) for pack in (before, after))
    known = {code: place for place, code in enumerate(before.plan_codes)}
    rows: list[tuple[Cell, ...]] = []
    for place, plan in enumerate(after.plans):
        drawn = other.paid_fen[:, place]
        old = one.paid_fen[:, known[plan.code]] if plan.code in known else None
        moved = None if old is None else int(np.count_nonzero(old != drawn))
        means = (None if old is None else float(old.mean()) / 100.0, float(drawn.mean()) / 100.0)
        rows.append((plan.code, named(plan), *means, years, moved))
    columns = (
        Column(key="code"),
        Column(key="plan", kind="word"),
        Column(key="paid_before_yuan", kind="yuan"),
        Column(key="paid_after_yuan", kind="yuan"),
        Column(key="drawn_years", kind="count"),
        Column(key="moved_years", kind="count"),
    )
    return Table(name="notebook_draws", columns=columns, rows=tuple(rows))
