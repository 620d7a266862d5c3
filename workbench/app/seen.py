"""What every panel of the page is made from: settings, answers, today's answers, a language.

Floor 10, no widget here. A figure is named by the place where it stands in a JSON document, so
that page and command line cannot disagree::

    run/total/loss_ratio                              of `workbench run` with the page's changes
    today:run/total/loss_ratio                        of `workbench run` without changes
    price/plans/P1/premium_yuan - price/plans/P1/technical_premium_yuan       a difference
    run/plans/P3/expected_shortfall_yuan ÷ run/plans/P3/deficit_probability   a quotient
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from time import perf_counter
from typing import Any

from workbench.app.state import Settings, choices_of
from workbench.inputs import Inputs
from workbench.questions import Answer, Span, ask, command, document
from workbench.questions.table import Cell
from workbench.risk import Figure
from workbench.show import numbers
from workbench.show.tables import cell_text
from workbench.show.words import Words, plan_name, words

__all__ = ["LESS", "OVER", "Answers", "Seen", "answers_to", "figure_at", "figure_text"]

LESS, OVER = " - ", " ÷ "
TODAY_PREFIX = "today:"


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


def answers_to(
    pack: Inputs, settings: Settings, names: Iterable[str], *, revision: int = 0
) -> Answers:
    """Ask the questions `names` with the settings.

    Raises
    ------
    InputRefused
        Settings that cannot be taken together.
    """
    choices = choices_of(settings)
    found, seconds = {}, {}
    for name in names:
        started = perf_counter()
        found[name] = ask(name, choices, pack=pack)
        seconds[name] = perf_counter() - started
    return Answers(
        settings=settings,
        revision=revision,
        answers=found,
        documents={name: document(answer) for name, answer in found.items()},
        seconds=seconds,
    )


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

    `today` are the answers without changes; `data` is the folder of a pack that is not the
    built-in one, `differences` the number of figures in which it differs.
    """

    pack: Inputs
    language: str
    asked: Answers
    today: Answers
    data: str | None = None
    differences: int = 0

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
        today = {f"{TODAY_PREFIX}{name}": one for name, one in self.today.documents.items()}
        return {**self.asked.documents, **today}

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
        return command(name, choices_of(self.asked.settings), data=self.data)
