"""Document and tables of the question `run`: the year, its fluctuation, correlations, convergence.

Floor 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.engine.results import PlanFigures
from workbench.plans import Plan
from workbench.questions.basis import band_table, bands_part, basis_part, shares_part, shares_table
from workbench.questions.documents import figure_part, figures_part
from workbench.questions.ranges import RANGE_COLUMN, range_part, span
from workbench.questions.registry import Asked
from workbench.questions.table import Cell, Column, Named, Table, Word
from workbench.risk import Figure

if TYPE_CHECKING:
    from workbench.engine.convergence import Convergence
    from workbench.questions.run import RunAnswer

__all__ = ["mean_gap", "named", "run_document", "run_tables"]


def run_document(asked: Asked, answer: RunAnswer) -> dict[str, Any]:
    """Return the parts of the JSON document."""
    result = answer.result
    return {
        "plans": {
            code: _with_range(answer, code, figures) for code, figures in result.plans.items()
        },
        "total": _with_range(answer, "", result.total),
        "persons_paid": figure_part(result.persons_paid),
        "correlations": {
            ",".join(pair): figure_part(figure) for pair, figure in result.correlations.items()
        },
        "convergence": _convergence_part(answer.convergence),
        "basis": None if answer.laws is None else basis_part(asked, answer.laws),
        "spread_shares": None if answer.laws is None else shares_part(asked, answer.laws),
        "loss_ratio_bands": None if answer.laws is None else bands_part(asked, answer.laws),
    }


def _with_range(answer: RunAnswer, code: str, figures: PlanFigures) -> dict[str, Any]:
    return {**figures_part(figures), "loss_ratio_range": range_part(answer.ranges, code)}


def _convergence_part(found: Convergence | None) -> dict[str, Any] | None:
    """Years drawn and years that errors need; None for a computed run."""
    if found is None:
        return None
    return {
        "years": found.years,
        "most_years": found.most,
        "tolerance": found.tolerance,
        "reached": found.reached,
        "relative_error": figure_part(found.error),
        "years_needed": {repr(error): figure_part(years) for error, years in found.needed.items()},
    }


def named(plan: Plan) -> Named:
    """Return the name of a plan in both languages."""
    return Named(zh=plan.name_zh, en=plan.name_en)


def mean_gap(figures: PlanFigures) -> float | None:
    """Return the mean gap of a deficit year in yuan, None where deficits are rarer than 1 in 1,000.

    Expected shortfall over the probability of a deficit.
    """
    chance = figures.deficit_probability.value
    return figures.expected_shortfall_yuan.value / chance if chance >= 0.001 else None


def _plan_rows(asked: Asked, answer: RunAnswer) -> list[tuple[str, Named | Word, PlanFigures]]:
    """Return (code, name, figures) of the plans and, last, of the scheme."""
    rows: list[tuple[str, Named | Word, PlanFigures]] = [
        (plan.code, named(plan), answer.result.plans[plan.code]) for plan in asked.inputs.plans
    ]
    return [*rows, ("", Word("word.total"), answer.result.total)]


_PLAN = (Column(key="code"), Column(key="plan", kind="word"))
_RESULT = (
    *_PLAN,
    Column(key="enrolments", kind="count"),
    Column(key="beneficiaries", kind="count"),
    Column(key="contribution_yuan", kind="money"),
    Column(key="paid_yuan", kind="money"),
    Column(key="expenses_yuan", kind="money"),
    Column(key="expected_surplus_yuan", kind="money"),
    Column(key="loss_ratio", kind="percent"),
    RANGE_COLUMN,
)
_RISK = (
    *_PLAN,
    Column(key="sd_yuan", kind="money"),
    Column(key="quantile_75_yuan", kind="money"),
    Column(key="quantile_95_yuan", kind="money"),
    Column(key="quantile_995_yuan", kind="money"),
    Column(key="tail_mean_995_yuan", kind="money"),
    Column(key="deficit_probability", kind="probability"),
    Column(key="expected_shortfall_yuan", kind="yuan"),
    Column(key="mean_gap_yuan", kind="yuan"),
)
_PAIRS = (Column(key="pair"), Column(key="correlation", kind="ratio"))
_CONVERGENCE = (
    Column(key="relative_error", kind="number"),
    Column(key="error_yuan", kind="yuan"),
    Column(key="years_needed", kind="count"),
)


def run_tables(asked: Asked, answer: RunAnswer) -> tuple[Table, ...]:
    """Return the result of the year, its fluctuation, correlations; drawn, also convergence."""
    rows = _plan_rows(asked, answer)
    result = [
        (
            code,
            name,
            one.enrolments,
            one.beneficiaries,
            one.contribution_yuan,
            one.mean_yuan,
            one.expenses_yuan,
            one.expected_surplus_yuan,
            one.loss_ratio,
            span(answer.ranges, code),
        )
        for code, name, one in rows
    ]
    risk: list[tuple[Cell, ...]] = [
        (
            code,
            name,
            one.sd_yuan,
            one.quantiles[0.75],
            one.quantiles[0.95],
            one.quantiles[0.995],
            one.tail_means[0.995],
            one.deficit_probability,
            one.expected_shortfall_yuan,
            _gap(one),
        )
        for code, name, one in rows
    ]
    pairs = [(" – ".join(pair), figure) for pair, figure in answer.result.correlations.items()]
    return (
        Table(name="run", columns=_RESULT, rows=tuple(result), total=True),
        Table(name="run_risk", columns=_RISK, rows=tuple(risk), total=True),
        Table(name="run_correlations", columns=_PAIRS, rows=tuple(pairs)),
        *_convergence_tables(answer),
        *_basis_tables(asked, answer),
    )


def _basis_tables(asked: Asked, answer: RunAnswer) -> tuple[Table, ...]:
    """Bands over the draws, and the share of each assumption in the spread."""
    if answer.laws is None:
        return ()
    return (*band_table(asked, answer.laws), *shares_table(asked, answer.laws))


def _convergence_tables(answer: RunAnswer) -> tuple[Table, ...]:
    """Years that stated errors of the total's 99.5 % quantile need."""
    found = answer.convergence
    if found is None:
        return ()
    quantile = answer.result.total.quantiles[0.995]
    rows = [(error, quantile.scaled(error), years) for error, years in found.needed.items()]
    return (Table(name="run_convergence", columns=_CONVERGENCE, rows=tuple(rows)),)


def _gap(figures: PlanFigures) -> Figure | None:
    gap = mean_gap(figures)
    if gap is None:
        return None
    return Figure(gap, figures.expected_shortfall_yuan.error / figures.deficit_probability.value)
