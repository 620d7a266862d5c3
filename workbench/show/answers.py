"""Answers as a reader sees them in a terminal: sentences first, then tables, then the basis.

Floor 9. A page builds its own order from the same sentences and tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from workbench.questions import Answer, tables
from workbench.questions.surge import surge_of
from workbench.show.allocating import allocation_sentences
from workbench.show.numbers import count, number, per_cent, percent
from workbench.show.reinsuring import layers_sentences, year_sentences
from workbench.show.reports import (
    calibration_sentences,
    price_sentences,
    reserve_sentences,
    tier_sentences,
)
from workbench.show.sentences import (
    bad_year_sentence,
    basis_sentence,
    hundred_sentence,
    income_sentence,
    surge_sentence,
    tightest,
    tightest_sentence,
)
from workbench.show.tables import text
from workbench.show.words import fault_text, plan_name, words

if TYPE_CHECKING:
    from workbench.engine.convergence import Convergence
    from workbench.questions.registry import Own

__all__ = ["basis_lines", "report", "run_sentences"]


def run_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return sentences 1, 2, 3, 8 (where illness was changed) and the first half of 4."""
    result, asked = answer.result.result, answer.asked
    code = tightest(result.plans)
    surge = surge_of(asked)
    return [
        income_sentence(result.total, language, changed=changed),
        hundred_sentence(result.total, language),
        bad_year_sentence(result.total, language),
        *([surge_sentence(surge, language)] if surge else []),
        tightest_sentence(
            result.plans[code], plan_name(asked.inputs.plan(code), language), language
        ),
    ]


def _nothing(answer: Answer, language: str, *, changed: bool) -> list[str]:
    return []


SENTENCES: Mapping[str, Callable[..., list[str]]] = {
    "allocate": allocation_sentences,
    "calibrate": calibration_sentences,
    "layers": layers_sentences,
    "price": price_sentences,
    "reserve": reserve_sentences,
    "run": run_sentences,
    "tiers": tier_sentences,
    "year": year_sentences,
}
"""Question → its sentences; (answer, language, changed=) → one text a sentence."""


WITHOUT_EXPENSES = ("allocate", "calibrate", "layers", "year")
"""Questions about benefits alone: no expense is in any of their figures."""


def _convergence_lines(found: Convergence, own: Own, language: str) -> list[str]:
    """How the years were drawn, and how large the error is that they leave."""
    say, key = words(language), "basis.convergence"
    if found.reached is not None:
        key = "basis.convergence_reached" if found.reached else "basis.convergence_missed"
    wanted = None if found.tolerance is None else number(found.tolerance * 100.0)
    return [
        *([say("basis.sobol")] if own["points"] == "sobol" else []),
        *([say("basis.control")] if own["control"] == "exact" else []),
        say(
            key,
            error=percent(found.error, language, 4),
            tolerance=wanted and per_cent(wanted, language),
            years=count(found.years),
        ),
    ]


def basis_lines(answer: Answer, language: str, *, differences: int = 0) -> list[str]:
    """Return what the figures stand on: method, expenses, kind of risk, data, run id."""
    say, own = words(language), answer.asked.own
    engine = "year" if answer.question == "year" else own.get("engine", "exact")
    spent = answer.asked.choices.expenses
    found = getattr(answer.result, "convergence", None)
    years = found.years if found else own.get("years")
    told = {"years": count(years), "year": own.get("year"), "seed": own.get("seed")}
    lines = [say(f"basis.{engine}", **told)]
    if found:
        lines += _convergence_lines(found, own, language)
    if "form" in own:
        lines.append(say("basis.individual" if own["form"] == "individual" else "basis.collective"))
        lines.append(say("basis.process_risk"))
    if answer.question not in WITHOUT_EXPENSES:
        lines.append(say("basis.expenses_out" if spent == "none" else "basis.expenses_in"))
    if answer.question in ("run", "price", "tiers"):
        lines.append(say("basis.ranges"))
    return [
        *lines,
        basis_sentence(language, differences=differences),
        say("basis.run_id", run_id=answer.record["run_id"]),
    ]


def report(answer: Answer, language: str, *, differences: int = 0) -> str:
    """Return an answer as text.

    `differences` is the number of figures in which the pack differs from the built-in one.
    """
    choices = answer.asked.choices
    scenario = choices.scenario not in (None, "today")
    changed = bool(choices.changes) or scenario or differences > 0
    sentences = SENTENCES.get(answer.question, _nothing)(answer, language, changed=changed)
    say = words(language)
    parts = [
        "\n".join(sentences),
        *(text(table, language).rstrip("\n") for table in tables(answer, brief=True)),
        "\n".join(
            say("cli.warning", text=fault_text(warning, language))
            for warning in answer.asked.warnings
        ),
        "\n".join(basis_lines(answer, language, differences=differences)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
