"""What the question `optimise` answers, and its document.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.optimise import BestTiers, Chosen, Conflict, FrontierPoint, Gain, Limit
from workbench.questions.basis import basis_choice
from workbench.questions.documents import figure_part, finite
from workbench.questions.ranges import range_part
from workbench.questions.registry import Asked
from workbench.questions.tiers_parts import whole

__all__ = ["OptimiseAnswer", "optimise_document", "range_factor", "term_value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimiseAnswer:
    """Best tiers with the tiers in force beside them; `best` is None where limits conflict.

    `benefits` by plan code are the name of the term and its steps; `nearest` the tiers under the
    nearest limits that can be met; `ranges` (low, high) of the loss ratio in force by plan code.
    """

    found: BestTiers
    bundle: tuple[str, ...]
    benefits: Mapping[str, tuple[str, Sequence[float]]]
    today: Chosen
    best: Chosen | None
    nearest: Chosen | None
    ranges: Mapping[str, tuple[float, float]]


def range_factor(answer: OptimiseAnswer, chosen: Chosen, code: str) -> float:
    """The range of a loss ratio is that at the tier in force, moved as the ratio is."""
    before = (answer.today.alone[code] if code else answer.today.scheme).loss_ratio.value
    after = (chosen.alone[code] if code else chosen.scheme).loss_ratio.value
    return after / before if before else 1.0


def term_value(answer: OptimiseAnswer, chosen: Chosen, code: str) -> float | None:
    """Return the chosen value of a plan's term, None where none is chosen."""
    if code not in answer.benefits or chosen.steps is None:
        return None
    return float(answer.benefits[code][1][chosen.steps[code]])


def _limit(limit: Limit) -> dict[str, Any]:
    return {"kind": limit.kind, "plan": limit.plan or None, "value": whole(limit.value)}


def _plan(asked: Asked, answer: OptimiseAnswer, chosen: Chosen, code: str) -> dict[str, Any]:
    row, now = chosen.alone[code], asked.inputs.plan(code).premium_yuan
    gap, value = row.mean_gap_yuan, term_value(answer, chosen, code)
    return {
        "premium_yuan": whole(row.premium_yuan),
        "in_force_yuan": whole(now),
        "change_yuan": whole(row.premium_yuan - now),
        "term": None
        if value is None
        else {"name": answer.benefits[code][0], "value": whole(value)},
        "returned_per_hundred": figure_part(row.loss_ratio.scaled(100.0)),
        "loss_ratio_range": range_part(answer.ranges, code, range_factor(answer, chosen, code)),
        "deficit_probability": figure_part(row.deficit_probability),
        "expected_shortfall_yuan": figure_part(row.expected_shortfall_yuan),
        "mean_gap_yuan": None if gap is None else figure_part(gap),
        "expected_surplus_yuan": figure_part(row.expected_surplus_yuan),
    }


def _chosen(asked: Asked, answer: OptimiseAnswer, chosen: Chosen | None) -> dict[str, Any] | None:
    if chosen is None:
        return None
    scheme, gap = chosen.scheme, chosen.scheme.mean_gap_yuan
    return {
        "plans": {code: _plan(asked, answer, chosen, code) for code in chosen.alone},
        "contribution_yuan": finite(scheme.contribution_yuan),
        "bundle_yuan": whole(chosen.bundle_yuan),
        "change_yuan": whole(chosen.change_yuan),
        "returned_per_hundred": figure_part(scheme.loss_ratio.scaled(100.0)),
        "loss_ratio_range": range_part(answer.ranges, "", range_factor(answer, chosen, "")),
        "deficit_probability": figure_part(scheme.deficit_probability),
        "expected_shortfall_yuan": figure_part(scheme.expected_shortfall_yuan),
        "mean_gap_yuan": None if gap is None else figure_part(gap),
        "expected_surplus_yuan": figure_part(scheme.expected_surplus_yuan),
    }


def _gain(gain: Gain) -> dict[str, Any]:
    return {
        "kind": gain.kind,
        "plan": gain.plan or None,
        "steps": gain.steps,
        "value": whole(gain.value),
        "moved": whole(gain.moved),
        "gain": finite(gain.gain),
        "contribution_yuan": finite(gain.contribution_yuan),
        "bundle_yuan": whole(gain.bundle_yuan),
    }


def _point(point: FrontierPoint) -> dict[str, Any]:
    found = point.solution
    if found is None:
        return {"of": point.of, "level": point.level, "met": False}
    return {
        "of": point.of,
        "level": point.level,
        "met": True,
        "contribution_yuan": finite(found.contribution_yuan),
        "bundle_yuan": whole(found.bundle_yuan),
        "scheme_deficit": finite(found.scheme_deficit),
        "plan_deficit": finite(max(found.deficits.values())),
        "premiums": {code: whole(premium) for code, premium in found.premiums.items()},
    }


def _conflict(conflict: Conflict) -> list[dict[str, Any]]:
    pairs = zip(conflict.limits, conflict.alone, strict=True)
    return [
        {**_limit(one), "alone": None if moved is None else whole(moved.value)}
        for one, moved in pairs
    ]


def _nearest(asked: Asked, answer: OptimiseAnswer) -> dict[str, Any] | None:
    way = answer.found.nearest
    if way is None:
        return None
    moved = [{**_limit(one), "needed": whole(other.value)} for one, other in way.moved]
    return {"moved": moved, "tiers": _chosen(asked, answer, answer.nearest)}


def optimise_document(asked: Asked, answer: OptimiseAnswer) -> dict[str, Any]:
    """Return the parts of the document."""
    found = answer.found
    return {
        "basis": basis_choice(asked),
        "objective": found.objective,
        "limits": [_limit(one) for one in found.limits],
        "bundle": list(answer.bundle),
        "benefits": {
            code: {"name": name, "values": [whole(one) for one in steps]}
            for code, (name, steps) in answer.benefits.items()
        },
        "met": answer.best is not None,
        "today": _chosen(asked, answer, answer.today),
        "best": _chosen(asked, answer, answer.best),
        "gains": [_gain(one) for one in found.gains],
        "frontier": [_point(one) for one in found.frontier],
        "conflicts": [_conflict(one) for one in found.conflicts],
        "nearest": _nearest(asked, answer),
    }
