"""The question `run`: what the members' year costs, plan by plan and in all.

Floor 8. Exact by default, or drawn: in totals of the plans, or claim by claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.engine.results import PlanFigures, RunResult
from workbench.guard import MAX_YEARS, refuse
from workbench.inputs import Inputs
from workbench.plans import Plan
from workbench.questions.documents import figure_part, figures_part
from workbench.questions.ranges import RANGE_COLUMN, range_part, ranges_of, span
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.table import Cell, Column, Named, Table, Word
from workbench.risk import Figure

if TYPE_CHECKING:
    from workbench.engine.grouping import ClaimsTables
    from workbench.engine.totals import TotalsTables

__all__ = [
    "FORM",
    "QUESTION",
    "RunAnswer",
    "mean_gap",
    "named",
    "run_from",
    "tables_of",
    "tables_sha256",
]

DEFAULT_YEARS, DEFAULT_SEED = 10_000, 1
FORM = Option(name="form", allowed=("collective", "individual"), default="collective")

_OPTIONS = (
    Option(name="engine", allowed=("exact", "totals", "claims"), default="exact"),
    FORM,
    Option(name="years", kind="whole", low=2, high=MAX_YEARS),
    Option(name="seed", kind="whole", low=0, high=2**63 - 1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAnswer:
    """The result of a run; digests of sealed tables and drawn fen are empty for an exact one.

    `ranges` (low, high) of the loss ratio by plan code, "" for the scheme. `tables` are the sealed
    tables of a drawn run; `drawn` its integers, int64 (years, n) or (years,): fen by plan, and
    claim by claim also beneficiaries by plan and persons paid.
    """

    result: RunResult
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    tables_sha256: str = ""
    results_sha256: str = ""
    tables: ClaimsTables | TotalsTables | None = None
    drawn: tuple[np.ndarray, ...] = ()


def _rule(own: dict[str, Any], given: Own) -> None:
    """Refuse years and seed beside the exact engine; give the drawn one its defaults."""
    if own["engine"] == "exact":
        for name in ("years", "seed"):
            if name in given:
                raise refuse("exact-takes-no-years", name=f"--{name}", value=given[name])
        return
    own["years"] = DEFAULT_YEARS if own["years"] is None else own["years"]
    own["seed"] = DEFAULT_SEED if own["seed"] is None else own["seed"]


def _verb(asked: Asked, mapper: Mapper) -> RunAnswer:
    if asked.own["engine"] == "exact":
        from workbench.exact import exact_run

        form, expenses = asked.own["form"], asked.choices.expenses
        result = exact_run(asked.inputs, form=form, expenses=expenses)
        return RunAnswer(result=result, ranges=ranges_of(asked))
    return run_from(tables_of(asked), asked, mapper)


def tables_of(asked: Asked) -> ClaimsTables | TotalsTables:
    """Return the sealed tables of a drawn run."""
    from workbench.engine.events import scheme_of
    from workbench.engine.grouping import claims_tables
    from workbench.engine.totals_tables import totals_tables

    if asked.own["engine"] == "totals":
        return totals_tables(asked.inputs, asked.own["form"])
    return claims_tables(scheme_of(asked.inputs))


def run_from(tables: ClaimsTables | TotalsTables, asked: Asked, mapper: Mapper = map) -> RunAnswer:
    """Return a drawn run from these sealed tables: those of `tables_of`, or of a run record."""
    from workbench.engine.tables import digest
    from workbench.engine.totals import TotalsTables
    from workbench.simulate import simulate_run, simulate_totals, simulate_years, totals_run

    own, expenses = asked.own, asked.choices.expenses
    drawn: tuple[np.ndarray, ...]
    given: dict[str, Any] = {"years": own["years"], "seed": own["seed"], "form": own["form"]}
    if isinstance(tables, TotalsTables):
        fen = simulate_totals(asked.inputs, **given, mapper=mapper, tables=tables)
        result, drawn = totals_run(asked.inputs, fen, expenses=expenses), (fen,)
    else:
        years = simulate_years(asked.inputs, **given, mapper=mapper, tables=tables)
        result = simulate_run(asked.inputs, years, expenses=expenses)
        drawn = (years.paid_fen, years.beneficiaries, years.persons_paid)
    return RunAnswer(
        result=result,
        ranges=ranges_of(asked),
        tables_sha256=digest(tables.arrays),
        results_sha256=digest(list(drawn)),
        tables=tables,
        drawn=drawn,
    )


def tables_sha256(inputs: Inputs) -> str:
    """Return the SHA-256 (hex) of the sealed tables that a run of `inputs` claim by claim uses."""
    from workbench.engine.events import scheme_of
    from workbench.engine.grouping import claims_tables
    from workbench.engine.tables import digest

    return digest(claims_tables(scheme_of(inputs)).arrays)


def _document(asked: Asked, answer: RunAnswer) -> dict[str, Any]:
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
    }


def _with_range(answer: RunAnswer, code: str, figures: PlanFigures) -> dict[str, Any]:
    return {**figures_part(figures), "loss_ratio_range": range_part(answer.ranges, code)}


def _digests(asked: Asked, answer: RunAnswer) -> dict[str, str]:
    if not answer.tables_sha256:
        return {}
    return {"tables": answer.tables_sha256, "results": answer.results_sha256}


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


def _tables(asked: Asked, answer: RunAnswer) -> tuple[Table, ...]:
    """Result of the year, its fluctuation, correlations of the plans."""
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
    )


def _gap(figures: PlanFigures) -> Figure | None:
    gap = mean_gap(figures)
    if gap is None:
        return None
    return Figure(gap, figures.expected_shortfall_yuan.error / figures.deficit_probability.value)


QUESTION = Question(
    name="run",
    options=_OPTIONS,
    verb=_verb,
    document=_document,
    tables=_tables,
    digests=_digests,
    rule=_rule,
)
"""Registered in `workbench.questions`."""
