"""What can be asked: one registry, from which command line, page and record are made.

Floor 8. Each module declares one question: its own choices, verb, document, tables. How to use it::

    from workbench.questions import Choices, ask, document, tables
    answer = ask("run", Choices(own={"engine": "exact"}))
    document(answer)["total"]["loss_ratio"]     # {"value": 0.6766..., "error": ...}
    tables(answer)[0].to_frame()
"""

from collections.abc import Iterator, Mapping
from importlib import import_module

from workbench.questions.asking import ask, command, document, tables, with_scenario_file
from workbench.questions.registry import Answer, Asked, Choices, Option, Question
from workbench.questions.table import Column, Named, Span, Table, Word

__all__ = [
    "Answer",
    "Asked",
    "Choices",
    "Column",
    "Named",
    "Option",
    "QUESTIONS",
    "Question",
    "Span",
    "Table",
    "Word",
    "ask",
    "command",
    "document",
    "tables",
    "with_scenario_file",
]

_MODULES = {
    "calibrate": "calibration",
    "run": "run",
    "price": "price",
    "tiers": "tiers",
    "reserve": "reserves",
    "layers": "layers",
    "year": "year",
    "allocate": "allocate",
    "models": "models",
    "fairness": "fairness",
    "programmes": "programmes",
    "design": "design",
    "surplus": "surplus",
    "optimise": "optimise",
    "observe": "observe",
    "participation": "participation",
    "persons": "persons",
    "sensitivity": "sensitivity",
    "triangle": "triangle",
    "runoff": "runoff",
    "counties": "counties",
    "fund": "fund",
}
"""Question → the module that declares it; a new question is one line here."""


class _Registry(Mapping[str, Question]):
    """Every question by name; a question's rooms are loaded when it is looked up."""

    def __getitem__(self, name: str) -> Question:
        found: Question = import_module(f"workbench.questions.{_MODULES[name]}").QUESTION
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


QUESTIONS = _Registry()
"""Every question by name."""
