"""Answers as a reader sees them in a terminal: sentences first, then tables, then the basis.

Floor 9. A page builds its own order from the same sentences and tables.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from workbench.questions import Answer, tables
from workbench.questions.surge import surge_of
from workbench.show.numbers import count, number, per_cent, percent
from workbench.show.sentences import (
    bad_year_sentence,
    basis_sentence,
    hundred_sentence,
    income_sentence,
    source_line,
    surge_sentence,
    tightest,
    tightest_sentence,
    tightest_uncertain_sentence,
)
from workbench.show.tables import text
from workbench.show.words import fault_text, plan_name, words

if TYPE_CHECKING:
    from workbench.engine.convergence import Convergence
    from workbench.questions.registry import Own

__all__ = ["basis_lines", "report", "run_sentences", "sentences_of"]

Sentences = Callable[..., list[str]]
"""(answer, language, changed=) → one text a sentence."""


def run_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return sentences 1, 2, 3, 8 (where illness was changed) and the first half of 4."""
    result, asked = answer.result.result, answer.asked
    code = tightest(result.plans)
    surge, before = surge_of(asked), answer.result.process
    name, plan = plan_name(asked.inputs.plan(code), language), result.plans[code]
    last = tightest_sentence(plan, name, language)
    if before is not None:
        last = tightest_uncertain_sentence(before.plans[code], plan, name, language)
    return [
        income_sentence(result.total, language, changed=changed),
        hundred_sentence(result.total, language),
        bad_year_sentence(result.total, language, uncertain=before is not None),
        *([surge_sentence(surge, language)] if surge else []),
        last,
    ]


_SENTENCES = {
    "allocate": "allocating.allocation_sentences",
    "calibrate": "reports.calibration_sentences",
    "counties": "claim_histories.counties_sentences",
    "design": "designing.design_sentences",
    "fairness": "sharing.fairness_sentences",
    "fund": "funding.fund_sentences",
    "layers": "reinsuring.layers_sentences",
    "models": "modelling.model_sentences",
    "observe": "observing.observe_sentences",
    "optimise": "choosing.optimise_sentences",
    "participation": "behaving.participation_sentences",
    "persons": "persons.person_sentences",
    "price": "reports.price_sentences",
    "programmes": "sharing.programmes_sentences",
    "reserve": "reports.reserve_sentences",
    "run": "answers.run_sentences",
    "runoff": "claim_histories.runoff_sentences",
    "sensitivity": "moving.sensitivity_sentences",
    "surplus": "designing.surplus_sentences",
    "tiers": "reports.tier_sentences",
    "triangle": "triangles.triangle_sentences",
    "year": "reinsuring.year_sentences",
}
"""Question → the verb that tells it, by module of this room: loaded when it is told."""


def sentences_of(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return what an answer says, one text a sentence; `changed`: not as built in."""
    room, verb = _SENTENCES[answer.question].split(".")
    told: Sentences = getattr(import_module(f"workbench.show.{room}"), verb)
    return told(answer, language, changed=changed)


WITHOUT_EXPENSES = ("allocate", "calibrate", "layers", "observe", "persons", "year")
"""Questions about benefits alone: no expense is in any of their figures."""


WITHOUT_SOURCE = ("calibrate", "observe")
"""Questions that say by themselves where the level comes from."""


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


def _risk_lines(answer: Answer, language: str) -> list[str]:
    """What is uncertain in the figures: the year alone, or parameters too, and their error."""
    say, own = words(language), answer.asked.own
    kind = own.get("basis") or "process"
    if kind == "process":
        return [say("basis.process_risk")]
    years = answer.asked.inputs.assumptions["years_from_base_to_rating"]
    told = {
        "draws": count(own["draws"]),
        "years": number(years),
        "names": ", ".join(own["uncertain"] or ()),
    }
    draws = getattr(getattr(answer.result, "laws", None), "draws", None)
    outside = draws.outside if draws is not None else 0
    return [
        say(f"basis.{'only' if own['uncertain'] else kind}", **told),
        *([say("basis.outside", number=count(outside), **told)] if outside else []),
        say("basis.draw_error", **told),
        *([say("basis.fund_trend")] if answer.question == "fund" and kind == "level" else []),
    ]


def basis_lines(answer: Answer, language: str, *, differences: int = 0) -> list[str]:
    """Return what the figures stand on: method, expenses, kind of risk, data, run id."""
    say, own = words(language), answer.asked.own
    if answer.question in ("triangle", "runoff"):
        run = say("basis.run_id", run_id=answer.record["run_id"])
        return [say(f"basis.{answer.question}"), run]
    apart = answer.question in ("year", "fund")
    engine = answer.question if apart else own.get("engine", "exact")
    spent = answer.asked.choices.expenses
    found = getattr(answer.result, "convergence", None)
    years = found.years if found else own.get("years")
    told = {"years": count(years), "year": own.get("year"), "seed": own.get("seed")}
    told["paths"] = count(own.get("paths"))
    lines = [say(f"basis.{engine}", **told)]
    if found:
        lines += _convergence_lines(found, own, language)
    if "form" in own:
        lines.append(say("basis.individual" if own["form"] == "individual" else "basis.collective"))
        lines += _risk_lines(answer, language)
    if answer.question == "fund":
        lines += _risk_lines(answer, language)
    if answer.question == "models":
        lines.append(say("basis.models"))
    if answer.question in ("participation", "sensitivity"):
        lines.append(say("basis.process_risk"))
    if answer.question == "participation" and own["basis"] != "process":
        lines += [say("basis.except_uncertain"), *_risk_lines(answer, language)]
    if answer.question not in WITHOUT_EXPENSES:
        lines.append(say("basis.expenses_out" if spent == "none" else "basis.expenses_in"))
    if answer.question in ("run", "price", "tiers", "design", "surplus", "optimise"):
        lines.append(say("basis.ranges"))
    if answer.question == "persons":
        lines.append(say("basis.persons"))
    if answer.question == "observe":
        lines.append(say("basis.observe"))
    elif answer.question not in WITHOUT_SOURCE:
        lines.append(source_line(answer.asked, language))
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
    sentences = sentences_of(answer, language, changed=changed)
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
