"""What pictures of documents share: a figure, an amount in the unit of an axis, words.

Floor 9. Pictures beside `pictures` take the JSON document of a question (`questions.document`, or
the documents of a page) and the pack that names the plans, so that a picture cannot disagree with
its command.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.risk import Figure
from workbench.show.words import plan_name, words

__all__ = [
    "amount",
    "basis_words",
    "figure_of",
    "joined",
    "money_unit",
    "of_plan",
    "part_of_plan",
    "value_of",
]

_FACTOR = {"zh": 1e-4, "en": 1e-3}
"""From yuan to the unit of an axis: 万元, thousand yuan."""


def value_of(part: Any) -> float:
    """Return a figure or number of a document, NaN where it is missing."""
    found = part["value"] if isinstance(part, Mapping) else part
    return float("nan") if found is None else float(found)


def figure_of(part: Mapping[str, float | None]) -> Figure:
    """Return a figure of a document with its error."""
    return Figure(value_of(part), part["error"] or 0.0)


def amount(yuan: float, language: str) -> float:
    """Return yuan in the unit of an axis."""
    return yuan * _FACTOR[language]


def money_unit(language: str) -> str:
    """Return the unit of amounts on an axis: 万元, thousand yuan."""
    return words(language)("notebook.unit_amount")


def of_plan(pack: Inputs, code: str, language: str) -> str:
    """Return the name of a plan, of the scheme for "" and "total"."""
    if code in ("", "total"):
        return words(language)("chart.scheme")
    return plan_name(pack.plan(code), language)


def part_of_plan(document: Mapping[str, Any], code: str) -> Any:
    """Return a plan's part of a document, refused where the document has no such plan."""
    plans = document["plans"]
    if code not in plans:
        raise refuse("unknown-choice", name="plan", value=code, allowed=tuple(plans))
    return plans[code]


def joined(parts: list[str], language: str) -> str:
    """Return names as a list in a sentence; "none" for no name."""
    say = words(language)
    return say("word.and").join(parts) if parts else say("word.no_plan")


def basis_words(document: Mapping[str, Any], language: str) -> str:
    """Return what else than the year is uncertain in the figures, as an end of a subtitle."""
    kind = (document.get("basis") or {}).get("kind", "process")
    say = words(language)
    if kind == "process":
        return say("chart.basis_process")
    return say("chart.basis", basis=say(f"basis.short_{kind}"))
