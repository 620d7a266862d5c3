"""The question `sensitivity`: what moves a figure, how much, and what would break it.

Floor 8. The verbs are those of `workbench.sensitivity` and `workbench.stress`; here they are given
figures of the exact engine. Document: `sensitivity_parts`; tables: `sensitivity_tables`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workbench.changes import Changes
from workbench.guard import Fault, in_range, refuse
from workbench.questions.moved import (
    FIGURES,
    OF_LAW,
    ManyFigures,
    Subject,
    exact_figures,
    many_figures,
)
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.scenarios import ScenarioRow, scenario_rows
from workbench.questions.varied import chosen, laws_of, ranges_of, read_varied
from workbench.risk import Figure
from workbench.sensitivity import (
    BreakEven,
    Spread,
    Tornado,
    TwoWay,
    break_even,
    sobol,
    tornado,
    two_way,
)
from workbench.stress import DesignPoint, design_point

__all__ = ["KINDS", "QUESTION", "Reverse", "SensitivityAnswer", "Shares"]

KINDS = ("tornado", "sobol", "two-way", "break-even", "reverse", "scenarios")
TOTAL = "total"
RUNS = {"moments": 16_384, "law": 2_048}
"""Least runs of a Sobol' study of figures of moments, and of figures of a law."""
MOST_RUNS = 262_144
DEFICIT_LIMIT = 0.05
AT_ONCE = 8
"""Points from which a search computes its slopes at once."""

_OPTIONS = (
    Option(name="kind", allowed=KINDS, default="tornado"),
    Option(name="figure", allowed=tuple(FIGURES)),
    Option(name="of", kind="text", default=TOTAL),
    Option(name="totals", allowed=("free", "solved")),
    Option(name="vary", kind="text", repeat=True, default=()),
    Option(name="target", kind="number", low=-1e12, high=1e12),
    Option(name="runs", kind="whole", low=64, high=MOST_RUNS),
    Option(name="seed", kind="whole", low=0, high=2**63 - 1),
)
_NAMES = {"two-way": 2, "break-even": 1}
"""Names that a kind takes, no more and no fewer."""
_OWN = {
    "target": ("break-even", "reverse"),
    "runs": ("sobol",),
    "seed": ("sobol",),
    "vary": ("tornado", "sobol", "two-way", "break-even", "reverse"),
    "figure": ("tornado", "sobol", "two-way", "break-even", "reverse"),
    "totals": ("tornado", "sobol", "two-way", "break-even", "reverse"),
}
"""Options that some kinds alone take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Spread by code of a plan, "" for the scheme.

    `distance` of the quick way from the plain one, `outside` runs whose solved scales left their
    range.
    """

    spreads: dict[str, Spread]
    distance: float
    outside: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse:
    """The breaking point, and the figure there and at the medians with their errors."""

    point: DesignPoint
    limit: float
    above: bool
    reached: Figure
    start: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityAnswer:
    """The result of one kind, with the subject that was asked."""

    subject: Subject
    result: Tornado | Shares | TwoWay | BreakEven | Reverse | tuple[ScenarioRow, ...]


def _rule(own: dict[str, Any], given: Own) -> None:
    """Fill what depends on the kind; refuse options of other kinds and a wrong number of names."""
    kind = own["kind"]
    for name, kinds in _OWN.items():
        if kind not in kinds and given.get(name) not in (None, ()):
            raise refuse("sensitivity-option", name=f"--{name}", value=kind)
    if kind == "scenarios":
        return
    own["figure"] = own["figure"] or (
        "surplus" if kind in ("break-even", "reverse") else "loss_ratio"
    )
    own["totals"] = own["totals"] or ("solved" if kind == "sobol" else "free")
    if kind == "sobol":
        own["seed"] = 1 if own["seed"] is None else own["seed"]
        own["runs"] = own["runs"] or RUNS["law" if own["figure"] in OF_LAW else "moments"]
    for text in own["vary"]:
        read_varied(text)
    wanted = _NAMES.get(kind)
    if wanted is not None and len(own["vary"]) != wanted:
        raise refuse("vary-count", name=kind, value=len(own["vary"]), allowed=wanted)


def _subject(asked: Asked) -> Subject:
    from workbench.questions.asking import changes_of

    own, codes = asked.own, asked.inputs.plan_codes
    if own["of"] not in (TOTAL, *codes):
        raise refuse("unknown-choice", name="--of", value=own["of"][:60], allowed=(TOTAL, *codes))
    place = len(codes) if own["of"] == TOTAL else codes.index(own["of"])
    return Subject(
        pack=asked.pack,
        before=changes_of(asked.pack, asked.choices),
        inputs=asked.inputs,
        figure=own["figure"] or "surplus",
        place=place,
        expenses=asked.choices.expenses,
        solve=own["totals"] == "solved",
    )


def _verb(asked: Asked, mapper: Mapper) -> SensitivityAnswer:
    subject = _subject(asked)
    return SensitivityAnswer(
        subject=subject, result=_VERBS[asked.own["kind"]](asked, subject, mapper)
    )


def _exact(subject: Subject, mapper: Mapper) -> Callable[[Sequence[Changes]], list[Figure]]:
    return lambda points: exact_figures(subject, points, mapper)


def _tornado(asked: Asked, subject: Subject, mapper: Mapper) -> Tornado:
    varied = ranges_of(
        asked.inputs, asked.own["vary"], figure=subject.figure, expenses=subject.expenses
    )
    return tornado(_exact(subject, mapper), {one.name: (one.low, one.high) for one in varied})


def _sobol(asked: Asked, subject: Subject, mapper: Mapper) -> Shares:
    laws = laws_of(asked.inputs, asked.own["vary"])
    found = []

    def evaluate(points: Sequence[Changes]) -> np.ndarray:
        found.append(many_figures(subject, points, mapper))
        return found[-1].values

    spreads = sobol(evaluate, laws, runs=asked.own["runs"], seed=asked.own["seed"])
    codes = (*asked.inputs.plan_codes, "")
    return Shares(
        spreads={codes[place]: one for place, one in zip(found[0].places, spreads, strict=True)},
        distance=found[0].distance,
        outside=found[0].outside,
    )


def _two_way(asked: Asked, subject: Subject, mapper: Mapper) -> TwoWay:
    down, across = chosen(asked.inputs, asked.own["vary"])
    return two_way(_exact(subject, mapper), (down.name, down.values), (across.name, across.values))


def _target(asked: Asked, subject: Subject) -> float:
    """The target given, or what goes without saying: no surplus, the tier in force, one in 20."""
    if asked.own["target"] is not None:
        target = float(asked.own["target"])
        if subject.figure == "deficit":
            in_range("--target", target, 0.0, 1.0)
        return target
    if subject.figure == "technical_premium" and subject.place < len(subject.inputs.plans):
        return subject.inputs.plans[subject.place].premium_yuan
    usual = {"surplus": 0.0, "deficit": DEFICIT_LIMIT, "loss_ratio": 1.0}
    if subject.figure not in usual:
        raise refuse("target-needed", name=subject.figure)
    return usual[subject.figure]


def _break_even(asked: Asked, subject: Subject, mapper: Mapper) -> BreakEven:
    (one,) = chosen(asked.inputs, asked.own["vary"])
    ends, target = (one.low, one.high), _target(asked, subject)
    return break_even(_exact(subject, mapper), one.name, ends, target=target, whole=one.whole)


def _reverse(asked: Asked, subject: Subject, mapper: Mapper) -> Reverse:
    laws = laws_of(asked.inputs, asked.own["vary"])
    limit, above = _target(asked, subject), subject.figure != "surplus"

    known: list[ManyFigures] = []

    def evaluate(points: Sequence[Changes]) -> Sequence[float]:
        if len(points) < AT_ONCE:
            return [one.value for one in exact_figures(subject, points, mapper)]
        found = many_figures(subject, points, mapper, before=known[0] if known else None)
        known.append(found)
        values: list[float] = found.values[found.places.index(subject.place)].tolist()
        return values

    point = design_point(evaluate, laws, limit=limit, above=above)
    at_point = Changes({push.name: push.value for push in point.pushes})
    at_start = Changes({push.name: push.median for push in point.pushes})
    reached, start = exact_figures(subject, [at_point, at_start], mapper)
    return Reverse(point=point, limit=limit, above=above, reached=reached, start=start)


def _scenarios(asked: Asked, subject: Subject, mapper: Mapper) -> tuple[ScenarioRow, ...]:
    if asked.choices.scenario is not None:
        raise refuse("sensitivity-option", name="--scenario", value="scenarios")
    return scenario_rows(asked.pack, asked.choices.changes, asked.choices.expenses, mapper)


_VERBS: dict[str, Callable[[Asked, Subject, Mapper], Any]] = {
    "tornado": _tornado,
    "sobol": _sobol,
    "two-way": _two_way,
    "break-even": _break_even,
    "reverse": _reverse,
    "scenarios": _scenarios,
}


def _warn(asked: Asked, answer: SensitivityAnswer) -> tuple[Fault, ...]:
    """What a reader must not miss: no spread, no solution, a limit broken already."""
    result = answer.result
    told: dict[str, Any] = {"name": asked.own["figure"], "value": asked.own["of"]}
    if isinstance(result, Shares):
        code = "" if asked.own["of"] == TOTAL else asked.own["of"]
        still = not result.spreads[code].shares
        return (Fault("sensitivity-no-spread", told),) if still else ()
    if isinstance(result, Tornado):
        still = all(abs(bar.swing.value) <= bar.swing.error for bar in result.bars)
        return (Fault("sensitivity-no-spread", told),) if still else ()
    if isinstance(result, BreakEven) and not result.roots:
        ends = {
            "low": f"{result.low[1].value:.6g}",
            "high": f"{result.high[1].value:.6g}",
            "target": f"{result.target:.6g}",
        }
        return (Fault("break-even-none", {"name": result.name, **ends}),)
    if isinstance(result, Reverse) and result.point.state != "found":
        told |= {"target": f"{result.limit:.6g}", "reached": f"{result.reached.value:.6g}"}
        return (Fault(f"reverse-{result.point.state}", told),)
    return ()


def _document(asked: Asked, answer: SensitivityAnswer) -> dict[str, Any]:
    from workbench.questions.sensitivity_parts import document

    return document(asked, answer)


def _tables(asked: Asked, answer: SensitivityAnswer) -> tuple[Any, ...]:
    from workbench.questions.sensitivity_tables import tables

    return tables(asked, answer)


def _brief(asked: Asked, answer: SensitivityAnswer) -> tuple[Any, ...]:
    from workbench.questions.sensitivity_tables import brief

    return brief(asked, answer)


def subject_of(asked: Asked, **other: Any) -> Subject:
    """Return the subject of a question, some of it otherwise; for a page that asks for one bar."""
    return replace(_subject(asked), **other)


QUESTION = Question(
    name="sensitivity",
    options=_OPTIONS,
    verb=_verb,
    document=_document,
    tables=_tables,
    rule=_rule,
    warn=_warn,
    brief=_brief,
)
"""Registered in `workbench.questions`."""
