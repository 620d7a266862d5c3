"""Asking: choices and a pack in, an answer out; and the command that asks the same.

Floor 8. The one way in which the command line, a page, a notebook and the record ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.changes import Changes, apply, parts_to_come, scenario, warnings_of
from workbench.guard import Fault, refuse
from workbench.inputs import Inputs
from workbench.pack import read_pack
from workbench.questions.documents import document_of, make_record
from workbench.questions.registry import Answer, Asked, Choices, Mapper, Question, own_choices
from workbench.questions.table import Table

__all__ = [
    "answered",
    "ask",
    "asked_of",
    "changes_of",
    "command",
    "document",
    "own_years",
    "tables",
    "with_scenario_file",
]

OVER_YEARS = ("fund",)
"""Questions that hold what a scenario brings after its year."""


def _question(name: str) -> Question:
    from workbench.questions import QUESTIONS

    if name not in QUESTIONS:
        raise refuse("unknown-choice", name="question", value=name, allowed=tuple(QUESTIONS))
    return QUESTIONS[name]


def ask(
    name: str,
    choices: Choices | None = None,
    *,
    pack: Inputs | None = None,
    mapper: Mapper = map,
) -> Answer:
    """Return the answer to a question.

    Parameters
    ----------
    name
        Name of a question: a key of `workbench.questions.QUESTIONS`.
    choices
        Scenario, changes, expenses, own choices; None asks about today's scheme.
    pack
        The pack as read; None is the built-in one.
    mapper
        Where parts of the work run; never changes a figure.

    Raises
    ------
    InputRefused
        Choices or changes that cannot be taken; nothing was computed.
    """
    question = _question(name)
    asked = asked_of(name, choices, pack=pack)
    return answered(asked, name, question.verb(asked, mapper))


def asked_of(name: str, choices: Choices | None = None, *, pack: Inputs | None = None) -> Asked:
    """Return a question as its verb sees it: choices checked, changes made (see `ask`)."""
    question = _question(name)
    choices = choices or Choices()
    if choices.expenses not in ("default", "none"):
        told = {"name": "--expenses", "value": choices.expenses, "allowed": ("default", "none")}
        raise refuse("unknown-choice", **told)
    own = own_choices(question, choices.own)
    pack = read_pack() if pack is None else pack
    changes = changes_of(pack, choices)
    return Asked(
        pack=pack,
        inputs=apply(pack, changes),
        choices=choices,
        own=own,
        warnings=_unusual(name, pack, changes, choices.scenario),
    )


def _unusual(
    name: str, pack: Inputs, changes: Changes, scenario_name: str | None
) -> tuple[Fault, ...]:
    """What is unusual in what was asked; over years a trend runs and a scenario's rest is there."""
    found = (*warnings_of(pack, changes), *parts_to_come(scenario_name))
    of_one_year = ("trend-without-years", "scenario-part-later")
    return tuple(one for one in found if name not in OVER_YEARS or one.code not in of_one_year)


def answered(asked: Asked, name: str, result: Any) -> Answer:
    """Return the answer that a result of the question `name` is, with its record and warnings."""
    question = _question(name)
    content = question.document(asked, result)
    record = make_record(question, asked, result, content)
    asked = replace(asked, warnings=(*asked.warnings, *question.warn(asked, result)))
    return Answer(question=name, asked=asked, result=result, content=content, record=record)


def changes_of(pack: Inputs, choices: Choices) -> Changes:
    """Return scenario and changes together; a change given by itself holds over the scenario's."""
    if choices.scenario is None:
        return choices.changes
    return scenario(pack, choices.scenario).merge(choices.changes)


def own_years(asked: Asked) -> Mapping[str, int]:
    """Return how many own years each plan's level rests on, by code; 0 is the model alone."""
    values = changes_of(asked.pack, asked.choices).values
    return {code: int(values.get(f"own_years.{code}", 0)) for code in asked.inputs.plan_codes}


def with_scenario_file(pack: Inputs, name: str, changes: Changes) -> tuple[str | None, Changes]:
    """Return the scenario's name and the changes; a file has no name, its changes are told."""
    if any(known.code == name for known in pack.scenarios) or not name.lower().endswith(".toml"):
        return name, changes
    return None, scenario(pack, Path(name)).merge(changes)


def document(answer: Answer, tell: Callable[[Fault], str] = str) -> dict[str, Any]:
    """Return the JSON document of an answer; `tell` puts its warnings into words."""
    return document_of(_question(answer.question), answer, tell)


def tables(answer: Answer, *, brief: bool = False) -> tuple[Table, ...]:
    """Return the tables of an answer, the main one first; `brief` for a screen."""
    question = _question(answer.question)
    chosen = question.brief if brief and question.brief else question.tables
    found, own = chosen(answer.asked, answer.result), answer.asked.own
    kind = own.get("basis") or "process"
    if kind == "process":
        return found
    basis = "only" if own.get("uncertain") else kind
    return tuple(
        replace(table, basis=basis) if table.name in (question.on_basis or (table.name,)) else table
        for table in found
    )


def command(name: str, choices: Choices | None = None, *, data: str | None = None) -> str:
    """Return the command that asks the same: `workbench run --set plans.P3.premium_yuan=35`.

    Choices at their default are left out; `data` is the folder of a pack that is not the built-in.
    """
    question, choices = _question(name), choices or Choices()
    words = ["workbench", name, *(["--data", data] if data else [])]
    for option in question.options:
        given = choices.own.get(option.name)
        if given is None or given == option.default:
            continue
        values = given if option.repeat and not isinstance(given, str) else (given,)
        for value in values:
            words += [f"--{option.name}", str(value)]
    if choices.scenario is not None:
        words += ["--scenario", choices.scenario]
    for line in choices.changes.lines:
        words += ["--set", line]
    if choices.expenses != "default":
        words += ["--expenses", choices.expenses]
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """Return a word as a shell takes it; double quotes work on every system."""
    plain = all(sign.isalnum() or sign in "._-+=:/," for sign in word)
    return word if plain else f'"{word}"'
