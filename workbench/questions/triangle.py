"""The question `triangle`: unpaid claims by several methods from a triangle of claims.

Floor 8. The lines of the files are choices, so that a record holds them and no file is read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.guard import Fault, InputRefused, in_range, refuse, whole_number
from workbench.inputs import Inputs
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.triangle_source import SOURCE_OPTIONS, Source, source_of
from workbench.questions.triangle_tables import document, tables
from workbench.reserving.methods.diagnostics import CalendarTest, calendar_test
from workbench.reserving.methods.model_law import ModelBasis
from workbench.reserving.methods.parts import PlanParts, parts_of
from workbench.reserving.methods.reading import by_origin, triangle_of
from workbench.reserving.methods.registry import (
    METHODS,
    Case,
    Estimate,
    applicable,
    estimate,
)
from workbench.reserving.methods.replay import Replayed, replay
from workbench.reserving.methods.selection import LARGEST_TAIL, Selection
from workbench.triangles import Triangle

__all__ = ["QUESTION", "TriangleAnswer", "case_of"]

MOST_REPLAYED = 60
AMOUNTS = ("cumulative", "incremental")


@dataclass(frozen=True, slots=True, kw_only=True)
class TriangleAnswer:
    """The case, what each method says, the calendar test, and what they would have said before.

    `parts` what the unpaid claims are made of, where the plans are known.
    `refused` are the faults of methods that were not asked for by name and could not speak;
    `truth_yuan` what was in truth unpaid, for a simulated history alone.
    """

    case: Case
    estimates: Mapping[str, Estimate]
    calendar: CalendarTest
    replayed: tuple[Replayed, ...]
    refused: tuple[Fault, ...] = ()
    parts: tuple[PlanParts, ...] = ()
    truth_yuan: float | None = None


def _place(names: tuple[str, ...], name: str, what: str) -> int:
    if name not in names:
        raise refuse("unknown-choice", name=what, value=name, allowed=", ".join(names[:12]))
    return names.index(name)


def _pair(text: str, sign: str, what: str, shape: str) -> tuple[str, str]:
    first, found, second = text.partition(sign)
    if not found:
        raise refuse("unknown-choice", name=what, value=text, allowed=shape)
    return first.strip(), second.strip()


def _selection(own: Own, triangle: Triangle) -> Selection:
    """Return what was selected, from texts PERIOD=VALUE and ORIGIN:PERIOD."""
    factors = {}
    for text in own["factor"] or ():
        period, value = _pair(text, "=", "--factor", "PERIOD=VALUE")
        place = _place(triangle.periods[:-1], period, "--factor")
        factors[place] = in_range("--factor", value, 1e-3, 1000.0)
    cells = []
    for text in own["leave-out"] or ():
        origin, period = _pair(text, ":", "--leave-out", "ORIGIN:PERIOD")
        row = _place(triangle.origins, origin, "--leave-out")
        cells.append((row, _place(triangle.periods[:-1], period, "--leave-out")))
    return Selection(
        factors=factors, left_out=frozenset(cells), tail=own["tail"], reason=own["reason"] or ""
    )


def _one_column(columns: Mapping[str, np.ndarray], names: tuple[str, ...]) -> np.ndarray | None:
    found = [columns[name] for name in names if name in columns]
    if not found or np.all(np.isnan(found[0])):
        return None
    if np.any(np.isnan(found[0])) or np.any(found[0] < 0.0):
        raise refuse("triangle-premium-missing", name=names[0])
    return found[0]


def _model(inputs: Inputs, source: Source, triangle: Triangle) -> ModelBasis | None:
    """Where the origins lie, for what the scheme says of them."""
    cells = source.cells
    if cells is None:
        return None
    if cells.origins != triangle.origins:
        raise refuse("triangle-cells-differ")
    return ModelBasis(inputs=inputs, plans=source.places, first=cells.first, step=cells.step)


def case_of(inputs: Inputs, own: Own, source: Source) -> Case:
    """Return the case that the choices name, checked."""
    incremental = own["amounts"] == "incremental"
    triangle = triangle_of(source.rows, incremental=incremental)
    premium = expected = None
    if source.premium:
        columns = by_origin(source.premium, triangle, "--premium")
        premium = _one_column(columns, ("premium_yuan", "premium"))
        expected = _one_column(columns, ("expected_yuan", "expected"))
        if premium is None and expected is None:
            raise refuse("triangle-premium-columns", value=", ".join(columns))
    counts, reported = (
        triangle_of(lines, incremental=incremental) if lines else None
        for lines in (source.counts, source.reported)
    )
    return Case(
        triangle=triangle,
        selection=_selection(own, triangle),
        premium=premium,
        expected=expected,
        counts=counts,
        reported=reported,
        model=_model(inputs, source, triangle),
        cells=source.cells,
        replications=own["replications"],
        seed=own["seed"],
    )


def _verb(asked: Asked, mapper: Mapper) -> TriangleAnswer:
    own = asked.own
    source = source_of(asked.inputs, own)
    case = case_of(asked.inputs, own, source)
    estimates: dict[str, Estimate] = {}
    refused: list[Fault] = []
    for key in own["method"] or applicable(case):
        try:
            estimates[key] = estimate(case, key)
        except InputRefused as told:
            if own["method"]:
                raise
            refused += told.faults
    return TriangleAnswer(
        case=case,
        estimates=estimates,
        calendar=calendar_test(case.triangle),
        replayed=replay(case, estimates, own["replay"]),
        parts=parts_of(case, estimates["model_law"]) if "model_law" in estimates else (),
        refused=tuple({fault.code: fault for fault in refused}.values()),
        truth_yuan=source.truth_yuan,
    )


def _rule(own: dict[str, Any], given: Own) -> None:
    if not own["row"] and own["simulated"] is None:
        own["simulated"] = "own"
    if own["row"] and given.get("simulated") is not None:
        raise refuse("triangle-file-and-rows", file="--row", name="--simulated")
    whole_number("--replay", own["replay"], 0, MOST_REPLAYED)


def _warn(asked: Asked, answer: TriangleAnswer) -> tuple[Fault, ...]:
    """What is unusual in the triangle: amounts that fall, one method alone, a calendar effect."""
    faults = list(answer.refused)
    if asked.own["simulated"] is not None:
        faults.append(Fault("triangle-simulated", {"value": asked.own["simulated"]}))
    for origin, period in answer.case.triangle.falling[:5]:
        faults.append(Fault("triangle-falls", {"name": origin, "column": period}))
    points = {METHODS[key].point for key in answer.estimates}
    if len(points) < 2:
        faults.append(Fault("triangle-one-method", {"value": ", ".join(answer.estimates)}))
    if answer.calendar.effect:
        faults.append(Fault("triangle-calendar-effect", {}))
    selection = answer.case.selection
    if not selection.reason and (selection.factors or selection.left_out or selection.tail != 1.0):
        faults.append(Fault("triangle-no-reason", {}))
    return tuple(faults)


QUESTION = Question(
    name="triangle",
    options=(
        *SOURCE_OPTIONS,
        Option(name="amounts", allowed=AMOUNTS, default="cumulative"),
        Option(name="method", allowed=tuple(METHODS), repeat=True),
        Option(name="tail", kind="number", low=1.0, high=LARGEST_TAIL, default=1.0),
        Option(name="factor", kind="text", repeat=True),
        Option(name="leave-out", kind="text", repeat=True),
        Option(name="reason", kind="text"),
        Option(name="replay", kind="whole", low=0, high=MOST_REPLAYED, default=0),
        Option(name="replications", kind="whole", low=64, high=200_000, default=10_000),
        Option(name="seed", kind="whole", low=0, high=2**63 - 1, default=1),
    ),
    verb=_verb,
    document=document,
    tables=tables,
    rule=_rule,
    warn=_warn,
)
"""Registered in `workbench.questions`."""
