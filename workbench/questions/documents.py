"""Pieces of the JSON documents: figures, plans, choices, record; the same choices, the same bytes.

Floor 8. No clock, no path, no machine in a document; a figure that does not exist is null.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from workbench.engine.results import PlanFigures
from workbench.guard import Fault
from workbench.inputs import fingerprint
from workbench.questions.registry import Answer, Asked, Question
from workbench.risk import Figure

__all__ = [
    "choices_part",
    "content_sha256",
    "document_of",
    "figure_part",
    "figures_part",
    "finite",
    "json_text",
    "make_record",
]


def finite(number: float | None) -> float | None:
    """Return a Python float, None for a missing or not finite number."""
    if number is None or not isfinite(number):
        return None
    return float(number)


def figure_part(figure: Figure) -> dict[str, float | None]:
    """Return a figure as `{"value": …, "error": …}`."""
    return {"value": finite(figure.value), "error": finite(figure.error)}


def figures_part(figures: PlanFigures) -> dict[str, Any]:
    """Return the figures of a plan or of the scheme."""
    part: dict[str, Any] = {
        "enrolments": int(figures.enrolments),
        "contribution_yuan": finite(figures.contribution_yuan),
    }
    for name in (
        "expenses_yuan",
        "beneficiaries",
        "loss_ratio",
        "deficit_probability",
        "expected_shortfall_yuan",
        "expected_surplus_yuan",
    ):
        part[name] = figure_part(getattr(figures, name))
    part["paid_yuan"] = {
        "mean": figure_part(figures.mean_yuan),
        "sd": figure_part(figures.sd_yuan),
        "quantile": _by_level(figures.quantiles),
        "tail_mean": _by_level(figures.tail_means),
    }
    return part


def _by_level(figures: Mapping[float, Figure]) -> dict[str, Any]:
    return {repr(level): figure_part(figure) for level, figure in figures.items()}


def choices_part(asked: Asked) -> dict[str, Any]:
    """Return the choices of a document: a question's own, then those that all share."""
    own = {name: _plain(value) for name, value in asked.own.items()}
    choices = asked.choices
    return {
        **own,
        "scenario": choices.scenario,
        "set": {name: _plain(value) for name, value in choices.changes.values.items()},
        "expenses": choices.expenses,
    }


def _plain(value: Any) -> Any:
    """Return a choice as JSON: whole numbers without a point, dates as YYYY-MM-DD."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def json_text(document: Any) -> str:
    """Return a document as JSON text, floats by their shortest exact form, with a line end."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def content_sha256(content: Any) -> str:
    """Return the SHA-256 (hex) of JSON content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _versions() -> dict[str, str]:
    import numpy
    import scipy

    import workbench

    return {
        "workbench": workbench.__version__,
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
    }


def make_record(
    question: Question, asked: Asked, result: Any, content: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the record of an answer whose document says `content`.

    `run_id` is short and stands for question, pack, choices and version of the workbench;
    `inputs_sha256` is the digest of the pack as read, before the changes.
    """
    inputs = fingerprint(asked.pack)
    versions = _versions()
    digests = question.digests(asked, result)
    results = digests.get("results") or content_sha256(content)
    run = [question.schema, inputs, choices_part(asked), versions["workbench"]]
    return {
        "run_id": content_sha256(run)[:12],
        "inputs_sha256": inputs,
        "tables_sha256": digests.get("tables"),
        "results_sha256": results,
        "versions": versions,
    }


def document_of(
    question: Question, answer: Answer, tell: Callable[[Fault], str] = str
) -> dict[str, Any]:
    """Return the whole JSON document of an answer; `tell` puts a warning into words."""
    return {
        "schema": question.schema,
        "choices": choices_part(answer.asked),
        **answer.content,
        "warnings": [tell(warning) for warning in answer.asked.warnings],
        "record": dict(answer.record),
    }
