"""The question `observe`: own figures against the model, credibility, and what they change.

Floor 8. Without own figures it tells what the model expects of a year, and that it is a model's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.experience import (
    METHODS,
    Compared,
    Level,
    Standard,
    compare,
    expected_years,
    levels_of,
    read_lines,
    updated_changes,
)
from workbench.guard import Fault
from workbench.plans import Plan
from workbench.questions.asking import changes_of
from workbench.questions.documents import figure_part, finite
from workbench.questions.observe_tables import (
    ObserveAnswer,
    observe_brief,
    observe_tables,
    scenario_text,
)
from workbench.questions.registry import Asked, Mapper, Option, Question

__all__ = ["ObserveAnswer", "QUESTION", "scenario_text"]

FAR = 1.25
"""Contributions an enrolment this many times above or below the contribution in force are told."""

_OPTIONS = (
    Option(name="row", kind="text", repeat=True),
    Option(name="method", allowed=METHODS, default="auto"),
    Option(name="full-probability", kind="number", low=0.5, high=0.999, default=0.90),
    Option(name="full-within", kind="number", low=0.01, high=0.5, default=0.05),
)


def _verb(asked: Asked, mapper: Mapper) -> ObserveAnswer:
    own = asked.own
    history = read_lines(own["row"] or (), asked.inputs)
    years = expected_years(asked.inputs, history)
    compared = compare(asked.inputs, years)
    standard = Standard(probability=own["full-probability"], within=own["full-within"])
    if not history.rows:
        return ObserveAnswer(history=history, compared=compared, standard=standard)
    levels = levels_of(asked.inputs, years, standard=standard, method=own["method"])
    changes = changes_of(asked.pack, asked.choices)
    updated = updated_changes(asked.pack, changes, history, levels)
    return ObserveAnswer(
        history=history,
        compared=compared,
        levels=tuple(
            replace(one, reached=updated.reached.get((one.plan, one.figure))) for one in levels
        ),
        standard=standard,
        updated=updated,
    )


# --- what is unusual ------------------------------------------------------------------------


def _warn(asked: Asked, answer: ObserveAnswer) -> tuple[Fault, ...]:
    found = []
    for row in answer.history.rows:
        plan = asked.inputs.plan(row.plan)
        told = {"name": f"{row.year} {row.plan}"}
        mean = row.contributions_yuan / row.enrolments
        if not plan.premium_yuan / FAR <= mean <= plan.premium_yuan * FAR:
            money = {"value": f"{mean:.2f}", "allowed": f"{plan.premium_yuan:g}"}
            found.append(Fault("observe-contribution-far", {**told, **money}))
        most = _most_yuan(plan)
        if most and row.paid_yuan > most * row.beneficiaries * (1.0 + 1e-9):
            money = {"value": f"{row.paid_yuan / row.beneficiaries:,.2f}", "allowed": f"{most:g}"}
            found.append(Fault("observe-mean-above-most", {**told, **money}))
    return (*found, *_about_method(asked, answer), *(answer.updated.told if answer.updated else ()))


def _most_yuan(plan: Plan) -> float:
    """Most that one beneficiary of a unit can get; 0 where the terms give no simple limit."""
    if plan.benefit_form in ("medical", "allowance"):
        return float(plan.annual_cap_yuan or 0.0)
    if plan.benefit_form in ("critical", "special"):
        return float(plan.lump_sum_yuan or 0.0)
    return 0.0


def _about_method(asked: Asked, answer: ObserveAnswer) -> list[Fault]:
    """Tell where Bühlmann–Straub had too little, and where it saw no difference of the plans."""
    found = []
    method = asked.own["method"]
    few = []
    for figure in ("frequency", "cost"):
        levels = [one for one in answer.levels if one.figure == figure and one.method != "terms"]
        codes = ", ".join(one.plan for one in levels)
        if levels and method in ("auto", "straub") and all(one.straub is None for one in levels):
            few.append(codes)
        if levels and all(one.method == "straub" and one.factor == 0.0 for one in levels):
            found.append(Fault("observe-no-difference", {"name": codes}))
    if few:
        found.append(Fault("observe-too-few-for-straub", {"name": few[0]}))
    return found


# --- the document ---------------------------------------------------------------------------


def _compared(one: Compared) -> dict[str, Any]:
    return {
        "year": one.year or None,
        "plan": one.plan or None,
        "figure": one.figure,
        "actual": finite(one.actual),
        "expected": finite(one.expected),
        "low": finite(one.low),
        "high": finite(one.high),
        "actual_over_expected": figure_part(one.ratio) if one.ratio else None,
        "law": one.law,
    }


def _level(one: Level) -> dict[str, Any]:
    return {
        "plan": one.plan,
        "figure": one.figure,
        "years": one.years,
        "claims": one.claims,
        "weight": finite(one.weight),
        "own_level": figure_part(one.own),
        "limited_fluctuation": finite(one.limited),
        "buhlmann_straub": finite(one.straub),
        "method": one.method,
        "credibility": finite(one.factor),
        "credible_level": figure_part(one.level),
        "reached": finite(one.reached),
    }


def _document(asked: Asked, answer: ObserveAnswer) -> dict[str, Any]:
    updated = answer.updated
    return {
        "years": list(answer.history.years),
        "full_credibility_claims": finite(answer.standard.claims),
        "compared": [_compared(one) for one in answer.compared],
        "levels": [_level(one) for one in answer.levels],
        "updated": {name: figure_part(one) for name, one in updated.values.items()}
        if updated
        else {},
        "scenario_set": dict(updated.changes.values) if updated else {},
    }


QUESTION = Question(
    name="observe",
    options=_OPTIONS,
    verb=_verb,
    document=_document,
    tables=observe_tables,
    warn=_warn,
    brief=observe_brief,
)
"""Registered in `workbench.questions`."""
