"""The document of the question `sensitivity`: one part a kind.

Floor 8. Its tables: `sensitivity_tables`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench.inputs import Inputs
from workbench.names import allowed_name
from workbench.questions.documents import figure_part, figures_part, finite
from workbench.questions.registry import Asked
from workbench.questions.scenarios import ScenarioRow
from workbench.questions.sensitivity import Reverse, SensitivityAnswer, Shares
from workbench.risk import Figure
from workbench.sensitivity import BreakEven, NameShare, Spread, Tornado, TwoWay

__all__ = ["document", "value_now"]


def value_now(inputs: Inputs, name: str) -> float | None:
    """Return the value in force of a name, None where it has none."""
    entry = allowed_name(inputs, name)
    return None if entry is None else finite(entry.current)


def document(asked: Asked, answer: SensitivityAnswer) -> dict[str, Any]:
    """Return the document's part of one kind: `tornado`, `sobol`, …, the others null."""
    parts: Mapping[str, Callable[[Asked, Any], Any]] = {
        "tornado": _tornado_part,
        "sobol": _sobol_part,
        "two-way": _two_way_part,
        "break-even": _break_even_part,
        "reverse": _reverse_part,
        "scenarios": _scenarios_part,
    }
    kind = asked.own["kind"]
    keys = {name: name.replace("-", "_") for name in parts}
    return {
        keys[name]: parts[name](asked, answer.result) if name == kind else None for name in parts
    }


def _tornado_part(asked: Asked, found: Tornado) -> dict[str, Any]:
    return {
        "base": figure_part(found.base),
        "bars": [
            {
                "name": bar.name,
                "now": value_now(asked.inputs, bar.name),
                "low": finite(bar.low),
                "high": finite(bar.high),
                "at_low": figure_part(bar.at_low),
                "at_high": figure_part(bar.at_high),
                "swing": figure_part(bar.swing),
            }
            for bar in found.bars
        ],
    }


def _share_part(share: NameShare) -> dict[str, Any]:
    return {
        "name": share.name,
        "first_order": figure_part(share.first),
        "total_order": figure_part(share.total),
    }


def _spread_part(spread: Spread) -> dict[str, Any]:
    together = spread.together
    return {
        "mean": figure_part(spread.mean),
        "sd": figure_part(spread.sd),
        "low_5_percent": finite(spread.low),
        "high_95_percent": finite(spread.high),
        "shares": [_share_part(share) for share in spread.shares],
        "together": None if together is None else figure_part(together),
    }


def _sobol_part(asked: Asked, found: Shares) -> dict[str, Any]:
    runs = next(iter(found.spreads.values())).runs
    plans = {code: _spread_part(one) for code, one in found.spreads.items() if code}
    total = found.spreads.get("")
    return {
        "runs": runs,
        "plans": plans,
        "total": None if total is None else _spread_part(total),
        "distance_from_one_by_one": finite(found.distance),
        "solved_outside_range": found.outside,
    }


def _two_way_part(asked: Asked, found: TwoWay) -> dict[str, Any]:
    return {
        "rows": {"name": found.names[0], "values": list(found.rows)},
        "columns": {"name": found.names[1], "values": list(found.columns)},
        "figures": [[figure_part(one) for one in line] for line in found.figures],
    }


def _side(side: tuple[float, Figure]) -> dict[str, Any]:
    return {"at": finite(side[0]), "figure": figure_part(side[1])}


def _break_even_part(asked: Asked, found: BreakEven) -> dict[str, Any]:
    return {
        "name": found.name,
        "target": finite(found.target),
        "now": value_now(asked.inputs, found.name),
        "solutions": [
            {
                "at": figure_part(root.value),
                "figure": figure_part(root.reached),
                "slope": finite(root.slope),
            }
            for root in found.roots
        ],
        "low": _side(found.low),
        "high": _side(found.high),
        "nearest": _side(found.nearest),
    }


def _reverse_part(asked: Asked, found: Reverse) -> dict[str, Any]:
    point = found.point
    return {
        "state": point.state,
        "limit": finite(found.limit),
        "breaks": "above" if found.above else "below",
        "distance": finite(point.distance),
        "probability": finite(point.probability),
        "at_medians": figure_part(found.start),
        "reached": figure_part(found.reached),
        "pushes": [
            {
                "name": push.name,
                "now": value_now(asked.inputs, push.name),
                "median": finite(push.median),
                "value": finite(push.value),
                "score": finite(push.score),
                "share": finite(push.share),
            }
            for push in point.pushes
        ],
    }


def _scenarios_part(asked: Asked, rows: tuple[ScenarioRow, ...]) -> list[dict[str, Any]]:
    return [
        {
            "scenario": row.code,
            "name_zh": row.name_zh,
            "name_en": row.name_en,
            "total": figures_part(row.total),
            "plans": {code: figures_part(one) for code, one in row.plans.items()},
            "tiers": {
                code: {
                    "premium_yuan": finite(tier.premium_yuan),
                    "break_even_yuan": figure_part(tier.break_even_yuan),
                    "safe_yuan": tier.safe_yuan,
                }
                for code, tier in row.tiers.items()
            },
        }
        for row in rows
    ]
