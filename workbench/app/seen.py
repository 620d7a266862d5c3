"""What every panel of the page is made from: settings, answers, today's answers, a language.

Floor 10, no widget here. A figure is named by the place where it stands in a JSON document, so
that page and command line cannot disagree::

    run/total/loss_ratio                              of `workbench run` with the page's changes
    today:run/total/loss_ratio                        of `workbench run` without changes
    kept1:run/total/loss_ratio                        of the first settings that the reader kept
    price/plans/P1/premium_yuan - price/plans/P1/technical_premium_yuan       a difference
    run/plans/P3/expected_shortfall_yuan ÷ run/plans/P3/deficit_probability   a quotient
    sensitivity?of=P3/tornado/base                    of a question with choices of its own
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl, urlencode

from workbench.app.fund_claims import ask_fund
from workbench.app.state import Settings, choices_of, in_force
from workbench.inputs import Inputs, fingerprint
from workbench.questions import Answer, Choices, Span, ask, command, document
from workbench.questions.registry import Mapper
from workbench.questions.table import Cell
from workbench.risk import Figure
from workbench.show import numbers
from workbench.show.tables import cell_text
from workbench.show.words import Words, plan_name, words

__all__ = [
    "LESS",
    "OVER",
    "TODAY_PREFIX",
    "Answers",
    "Seen",
    "answers_to",
    "asked_as",
    "figure_at",
    "figure_text",
    "kept_prefix",
    "name_of",
    "question_of",
]

LESS, OVER = " - ", " ÷ "
TODAY_PREFIX = "today:"

OF_RECORDS = ("triangle", "runoff")
"""Questions about records of payments: the scheme is today's, whatever was moved."""

MOST_KEPT = 8
_KEPT: dict[tuple[str, str], Answer] = {}
"""Answers about records, by pack and name: no slider moves them, so none has to be asked twice."""

UNCERTAIN_OWN = {"basis": "parameters"}
"""How `run` is asked where the assumptions are uncertain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers and their JSON documents by question, to one state of the page.

    `seconds` is how long each answer took; no page shows it, a kept run has it.
    """

    settings: Settings
    revision: int
    answers: Mapping[str, Answer] = field(default_factory=dict)
    documents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    def joined(self, other: Answers) -> Answers:
        """Return both together; settings and revision are those of this one."""
        return replace(
            self,
            answers={**self.answers, **other.answers},
            documents={**self.documents, **other.documents},
            seconds={**self.seconds, **other.seconds},
        )


def name_of(question: str, own: Mapping[str, object]) -> str:
    """Return the name of a question with choices of its own: `participation?plan=P3`."""
    return f"{question}?{urlencode(own)}" if own else question


def question_of(name: str) -> str:
    """Return a name without its choices."""
    return name.partition("?")[0]


def asked_as(pack: Inputs, name: str, settings: Settings) -> tuple[str, Choices]:
    """Return the question and the choices behind a name of a page's documents.

    Most names are questions, some with choices of their own (`name_of`); "uncertain" is the year
    with the assumptions uncertain, "leaving" who joins and leaves where a premium was changed (else
    for the smallest plan: it costs least).
    """
    choices, (question, _, own) = choices_of(settings), name.partition("?")
    if question in OF_RECORDS:
        choices = Choices()
    if own:
        return question, replace(choices, own=dict(parse_qsl(own)))
    if name == "uncertain":
        return "run", replace(choices, own=UNCERTAIN_OWN)
    if name == "leaving":
        moved = tuple(code for code in pack.plan_codes if _premium_moved(pack, settings, code))
        least = min(pack.plans, key=lambda plan: plan.enrolments_default).code
        return "participation", replace(choices, own={"plan": moved or (least,)})
    return name, choices


def _premium_moved(pack: Inputs, settings: Settings, code: str) -> bool:
    return f"plans.{code}.premium_yuan" in in_force(pack, settings)


def answers_to(
    pack: Inputs,
    settings: Settings,
    names: Iterable[str],
    *,
    revision: int = 0,
    mapper: Mapper = map,
) -> Answers:
    """Ask the questions `names` (see `asked_as`) with the settings.

    Raises
    ------
    InputRefused
        Settings that cannot be taken together.
    """
    found, seconds = {}, {}
    for name in names:
        started = perf_counter()
        question, choices = asked_as(pack, name, settings)
        if question in OF_RECORDS:
            found[name] = _of_records(pack, name, choices, mapper)
        else:
            asking = ask_fund if question == "fund" else ask
            found[name] = asking(question, choices, pack=pack, mapper=mapper)
        seconds[name] = perf_counter() - started
    return Answers(
        settings=settings,
        revision=revision,
        answers=found,
        documents={name: document(answer) for name, answer in found.items()},
        seconds=seconds,
    )


def _of_records(pack: Inputs, name: str, choices: Choices, mapper: Mapper) -> Answer:
    """Return the answer about records, the one that is kept where there is one."""
    key = (fingerprint(pack), name)
    found = _KEPT.get(key)
    if found is None:
        found = ask(question_of(name), choices, pack=pack, mapper=mapper)
        while len(_KEPT) >= MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[key] = found
    return found


def kept_prefix(place: int) -> str:
    """Return what stands before a question's name for the settings kept at a place, from 1."""
    return f"kept{place}:"


def figure_at(documents: Mapping[str, Mapping[str, Any]], place: str) -> Cell:
    """Return a figure of the documents by its place, or a difference or quotient of two.

    The error of a difference is the sum of both, that of a quotient the numerator's part: what is
    shown of it must not claim more than the parts support.
    """
    if LESS in place:
        first, second = (_figure(documents, part) for part in place.split(LESS, 1))
        return Figure(first.value - second.value, first.error + second.error)
    if OVER in place:
        first, second = (_figure(documents, part) for part in place.split(OVER, 1))
        return first.scaled(1.0 / second.value) if second.value else None
    return _plain(_look_up(documents, place))


def _look_up(documents: Mapping[str, Mapping[str, Any]], place: str) -> Any:
    found: Any = documents
    for key in place.split("/"):
        found = found[int(key)] if isinstance(found, list) else found[key]
    return found


def _plain(found: Any) -> Cell:
    """Return what stands in a document as a cell of a table."""
    if isinstance(found, Mapping) and "low" in found:
        return Span(found["low"], found["high"])
    if isinstance(found, Mapping):
        return None if found["value"] is None else Figure(found["value"], found["error"] or 0.0)
    return found


def _figure(documents: Mapping[str, Mapping[str, Any]], place: str) -> Figure:
    found = _plain(_look_up(documents, place))
    if isinstance(found, Figure):
        return found
    return Figure(float("nan"), 0.0) if not isinstance(found, int | float) else Figure(found, 0.0)


def figure_text(cell: Cell, kind: str, language: str) -> str:
    """Return a figure as it stands on the page: the formats of tables, and "points" of per cent."""
    if kind == "points" and isinstance(cell, Figure):
        return numbers.plain(cell.value * 100.0, 1, cell.error * 100.0)
    return cell_text(cell, kind, language)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a panel shows.

    `today` are the answers without changes, `kept` those of kept settings; `data` is the folder of
    a pack that is not the built-in one, `differences` the number of figures in which it differs.
    """

    pack: Inputs
    language: str
    asked: Answers
    today: Answers
    data: str | None = None
    differences: int = 0
    kept: Sequence[Answers] = ()

    @property
    def say(self) -> Words:
        """The words of the reader's language."""
        return words(self.language)

    @property
    def unchanged(self) -> bool:
        """Whether the settings are today's."""
        return self.asked.settings == Settings()

    @cached_property
    def documents(self) -> dict[str, Mapping[str, Any]]:
        """Documents by question; today's under `today:` and the question."""
        found = dict(self.asked.documents)
        beside = {TODAY_PREFIX: self.today}
        beside |= {kept_prefix(place): one for place, one in enumerate(self.kept, start=1)}
        for prefix, answers in beside.items():
            found |= {f"{prefix}{name}": one for name, one in answers.documents.items()}
        return found

    def figure(self, place: str) -> Cell:
        """Return a figure by its place."""
        return figure_at(self.documents, place)

    def value(self, place: str) -> float:
        """Return a figure by its place as a number, NaN where it is missing."""
        found = self.figure(place)
        if isinstance(found, Figure):
            return found.value
        return float(found) if isinstance(found, int | float) else float("nan")

    def text(self, place: str, kind: str) -> str:
        """Return a figure by its place as it stands on the page."""
        return figure_text(self.figure(place), kind, self.language)

    def plan(self, code: str) -> str:
        """Return the name of a plan."""
        return plan_name(self.pack.plan(code), self.language)

    def answer(self, name: str) -> Answer:
        """Return the answer to a question (KeyError if it was not asked)."""
        return self.asked.answers[name]

    def command(self, name: str) -> str:
        """Return the command that gives the figures of a question."""
        return self.command_of(name, self.asked.settings)

    def command_of(self, name: str, settings: Settings) -> str:
        """Return the command that asks a question with other settings."""
        question, choices = asked_as(self.pack, name, settings)
        return command(question, choices, data=self.data)
