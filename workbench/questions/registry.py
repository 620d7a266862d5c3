"""The nouns of a question: what may be chosen, what was asked, what was answered.

Floor 8. A question is one `Question`: its own choices, its verb, its document and its tables; the
command line, the page and the record are made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from workbench.changes import Changes
from workbench.guard import Fault, InputRefused, NotYetBuilt, in_range, refuse, whole_number
from workbench.inputs import Inputs
from workbench.questions.table import Table

__all__ = ["Answer", "Asked", "Choices", "Mapper", "Option", "Own", "Question", "own_choices"]

Mapper = Callable[[Callable, Iterable], Iterable]
"""Maps a function over parts of the work in order; never changes a figure."""

MOST_SIGNS = 60
"""Signs of a wrong value that a message repeats."""

Own = Mapping[str, Any]
"""A question's own choices by name, such as `{"engine": "exact"}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a question; `--name` on the command line.

    `kind` is "choice" (one of `allowed`), "whole" or "number" (`low` to `high`), "date", or "text"
    (judged by the question's rule); `later` are documented values whose room is not open yet;
    `repeat` says that several may be given.
    """

    name: str
    kind: str = "choice"
    allowed: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    low: float = 0
    high: float = 0
    default: Any = None
    repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What one asks: a scenario of the pack by name, changes, expenses, and a question's own.

    A scenario file is no name but changes; `expenses` is "default" or "none".
    """

    scenario: str | None = None
    changes: Changes = field(default_factory=Changes)
    expenses: str = "default"
    own: Own = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "own", MappingProxyType(dict(self.own)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as the verb sees it.

    `pack` is the pack as read, `inputs` the pack after the changes, `warnings` what is unusual in
    them; `own` has every option of the question.
    """

    pack: Inputs
    inputs: Inputs
    choices: Choices
    own: Own
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A result with what was asked and its record (run id and digests).

    `content` is the part of the JSON document between choices and warnings.
    """

    question: str
    asked: Asked
    result: Any
    content: Mapping[str, Any]
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What can be asked.

    `verb` (asked, mapper) → result; `document` (asked, result) → the parts of the JSON document
    between choices and warnings; `tables` (asked, result) → tables, the main one first; `digests`
    (asked, result) → digests of a simulated result, empty for a computed one; `rule` refuses
    choices that do not go together; `warn` (asked, result) → what is unusual in the result; `brief`
    gives the tables of a screen where `tables` are long; `on_basis` names the tables that alone
    stand on a basis that was chosen (empty: all).
    """

    name: str
    options: tuple[Option, ...]
    verb: Callable[[Asked, Mapper], Any]
    document: Callable[[Asked, Any], dict[str, Any]]
    tables: Callable[[Asked, Any], tuple[Table, ...]]
    digests: Callable[[Asked, Any], dict[str, str]] = lambda asked, result: {}
    rule: Callable[[dict[str, Any], Own], None] = lambda own, given: None
    warn: Callable[[Asked, Any], tuple[Fault, ...]] = lambda asked, result: ()
    brief: Callable[[Asked, Any], tuple[Table, ...]] | None = None
    on_basis: tuple[str, ...] = ()
    version: int = 1

    @property
    def schema(self) -> str:
        """Name and version of the JSON document."""
        return f"workbench.{self.name}/{self.version}"


def own_choices(question: Question, given: Own) -> dict[str, Any]:
    """Return every option of a question, checked; what was not given has its default.

    Raises
    ------
    InputRefused
        `unknown-option`, `unknown-choice`, `not-a-whole-number`, `not-a-number`,
        `value-out-of-range`, what is wrong with a date, or what the question's own rule says;
        `NotYetBuilt` for a value that comes later.
    """
    known = {option.name: option for option in question.options}
    for name in given:
        if name not in known:
            raise refuse("unknown-option", name=name, allowed=sorted(known))
    chosen = {option.name: _checked(option, given.get(option.name)) for option in question.options}
    question.rule(chosen, {name: value for name, value in given.items() if value is not None})
    return chosen


def _checked(option: Option, value: Any) -> Any:
    if value is None:
        return option.default
    if option.repeat:
        values = [value] if isinstance(value, str | date | int | float) else list(value)
        return tuple(dict.fromkeys(_one(option, entry) for entry in values))
    return _one(option, value)


def _one(option: Option, value: Any) -> Any:
    """Return one value of an option as its type."""
    name = f"--{option.name}"
    if option.kind == "whole":
        if isinstance(value, bool) or not _plain_digits(str(value)):
            raise refuse("not-a-whole-number", name=name, value=str(value)[:MOST_SIGNS])
        return whole_number(name, value, int(option.low), int(option.high))
    if option.kind == "number":
        return _number(option, name, value)
    if option.kind == "date":
        return _date(value)
    if option.kind == "text":
        return str(value)
    if value in option.later:
        raise NotYetBuilt([Fault("not-yet-built", {"name": f"{name} {value}"})])
    if value not in option.allowed:
        raise InputRefused(
            [Fault("unknown-choice", {"name": name, "value": value, "allowed": option.allowed})]
        )
    return value


def _number(option: Option, name: str, value: Any) -> float:
    """Return a finite number within the option's range."""
    if isinstance(value, bool) or len(str(value)) > MOST_SIGNS:
        raise refuse("not-a-number", name=name, value=str(value)[:MOST_SIGNS])
    return in_range(name, value, option.low, option.high)


def _plain_digits(text: str) -> bool:
    """Whether a text is a whole number in ASCII digits, short enough to be read."""
    body = text.removeprefix("-")
    return text.isascii() and body.isdigit() and len(body) <= 30


def _date(value: Any) -> date:
    """Return a date; YYYY-MM-DD where it is written."""
    from workbench.reserving import read_date

    return read_date(value.isoformat() if isinstance(value, date) else str(value))
