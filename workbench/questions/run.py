"""The question `run`: what the members' year costs, plan by plan and in all.

Floor 8. Exact by default, or drawn: in totals of the plans, or claim by claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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

__all__ = ["FORM", "QUESTION", "RunAnswer", "mean_gap", "named", "tables_sha256"]

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

    `ranges` (low, high) of the loss ratio by plan code, "" for the scheme.
    """

    result: RunResult
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    tables_sha256: str = ""
    results_sha256: str = ""


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
    own = asked.own
    if own["engine"] == "exact":
        from workbench.exact import exact_run

        result = exact_run(asked.inputs, form=own["form"], expenses=asked.choices.expenses)
        return RunAnswer(result=result, ranges=ranges_of(asked))
    return _totals(asked, mapper) if own["engine"] == "totals" else _claims(asked, mapper)


def _totals(asked: Asked, mapper: Mapper) -> RunAnswer:
    """Years drawn in totals."""
    from workbench.engine.tables import digest
    from workbench.engine.totals_tables import totals_tables
    from workbench.simulate import simulate_totals, totals_run

    own = asked.own
    fen = simulate_totals(
        asked.inputs, years=own["years"], seed=own["seed"], form=own["form"], mapper=mapper
    )
    tables = totals_tables(asked.inputs, own["form"])
    arrays = [table for plan in tables.plans for table in (plan.rest_fen, plan.shift_fen)]
    return RunAnswer(
        result=totals_run(asked.inputs, fen, expenses=asked.choices.expenses),
        ranges=ranges_of(asked),
        tables_sha256=digest([*arrays, tables.ties]),
        results_sha256=digest([fen]),
    )


def _claims(asked: Asked, mapper: Mapper) -> RunAnswer:
    """Years drawn claim by claim."""
    from workbench.engine.tables import digest
    from workbench.simulate import simulate_run, simulate_years

    own = asked.own
    drawn = simulate_years(
        asked.inputs, years=own["years"], seed=own["seed"], form=own["form"], mapper=mapper
    )
    return RunAnswer(
        result=simulate_run(asked.inputs, drawn, expenses=asked.choices.expenses),
        ranges=ranges_of(asked),
        tables_sha256=tables_sha256(asked.inputs),
        results_sha256=digest([drawn.paid_fen, drawn.beneficiaries, drawn.persons_paid]),
    )


def tables_sha256(inputs: Inputs) -> str:
    """Return the SHA-256 (hex) of the sealed tables that a drawn run of `inputs` looks up."""
    from workbench.engine.events import scheme_of
    from workbench.engine.grouping import claim_groups
    from workbench.engine.tables import digest, shock_table

    shock = shock_table(inputs.assumptions["hospital_shock_cv"])
    arrays = [shock.theta, shock.kept]
    for group in claim_groups(scheme_of(inputs)):
        for one in group.classes:
            whole = (one.stays, one.medical_only, one.allowance_only, one.medical, one.cap_fen)
            arrays += [np.array(whole, dtype=np.int64), one.counts, *one.amounts]
            arrays += [table for table in (one.days, one.fixed) if table is not None]
            arrays += [table for _, fen, days in one.paid for table in (fen, days)]
            arrays += [one.disability[1]] if one.disability else []
    return digest(arrays)


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
