"""Every plan's tiers side by side, and the scheme. Imports `frame`; computes no figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.show.charts.frame import (
    ChartSpec,
    Numbers,
    colour,
    frame,
    marks_only,
    number_format,
    points,
    share_format,
    ticked,
    value_axis,
    words,
)
from workbench.show.charts.rows import inward

__all__ = ["PlanTiers", "TierGrid", "tier_grid_chart"]

TOP, CELL, STEP, BELOW = 44, 104, 168, 30
"""First row, height of a small picture, from row to row, not needed below the last; pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTiers:
    """What each tier of one plan leads to.

    Attributes
    ----------
    plan, name : str
        Code (the colour), and what it is called.
    premiums : Numbers
        Yuan, increasing, shape (n,).
    deficit_probability : Numbers
        Shares, shape (n,).
    process : Numbers or None
        The same with yearly fluctuation alone, where `deficit_probability` has more in it.
    scheme_surplus : Numbers
        Expected surplus of the scheme if this plan alone had the tier, in the unit shown.
    today : float
        Tier in force, yuan.
    told : str
        Words at today's tier.
    allowed : tuple[float, float] or None
        Least and greatest tier that meet the rule.
    """

    plan: str
    name: str
    premiums: Numbers
    deficit_probability: Numbers
    scheme_surplus: Numbers
    today: float
    told: str
    process: Numbers | None = None
    allowed: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierGrid:
    """Every plan; `digits` of the scheme's surplus."""

    plans: tuple[PlanTiers, ...]
    digits: int = 0


def tier_grid_chart(content: TierGrid, labels: Mapping[str, str]) -> ChartSpec:
    """A small picture a plan, two in a row, the last of the scheme: five lines of its surplus.

    Labels: `title`, `subtitle`, `alt`, `unit` (of the surplus), `premium_unit`, `probability`,
    `process` (what hovering means), `scheme`, `scheme_short` (name of the last picture with its
    unit and without), `per_cent`, `rule` (words in the field where the rule is met).
    """
    count = len(content.plans) + 1
    option = frame(
        labels,
        grid=[_place(at) for at in range(count)],
        tooltip={"trigger": "axis", "axisPointer": {"lineStyle": {"color": colour("secondary")}}},
    )
    option["xAxis"] = [_premium_axis(content, labels, at) for at in range(count)]
    option["yAxis"] = [
        *(_share_axis(one, labels, at) for at, one in enumerate(content.plans)),
        _surplus_axis(content, labels),
    ]
    option["series"] = []
    for at, one in enumerate(content.plans):
        option["series"] += _plan_series(one, labels, at, named=at == _roomiest(content))
        option["series"].append(_scheme_line(one, content, labels, count - 1))
    height = TOP + STEP * ((count + 1) // 2) - BELOW
    return ChartSpec(option=option, label=labels["alt"], height=height)


def _roomiest(content: TierGrid) -> int:
    """The plan with most room right of its falling curve: its field has the words of the rule."""
    starts = [one.allowed[0] if one.allowed else np.inf for one in content.plans]
    return int(np.argmin(starts))


def _place(at: int) -> dict[str, Any]:
    left, right = {"left": 44, "width": "41%"}, {"left": "57%", "right": 26}
    across = right if at % 2 else left
    narrow = {"width": "31%"} if at % 2 == 0 else {"left": "59%"}
    return {**across, "top": TOP + STEP * (at // 2), "height": CELL, "$narrow": narrow}


def _premium_axis(content: TierGrid, labels: Mapping[str, str], at: int) -> dict[str, Any]:
    premiums = content.plans[min(at, len(content.plans) - 1)].premiums
    whole = number_format("n0", after=f" {labels['premium_unit']}")
    axis = value_axis(
        float(premiums[0]),
        float(premiums[-1]),
        gridIndex=at,
        interval=10,
        axisPointer={"label": {"formatter": whole}},
    )
    axis["splitLine"] = {"show": False}
    axis["axisLine"] = {"show": True, "onZero": False, "lineStyle": {"color": colour("hairline")}}
    axis["axisLabel"]["formatter"] = number_format("n0")
    return axis


def _titled(axis: dict[str, Any], at: int, name: str, told: str) -> dict[str, Any]:
    """The name of a small picture above it, flush left; beneath it what is told of today's tier."""
    style = {"color": colour("text"), "fontSize": 13, "align": "left", "padding": [0, 0, 0, -36]}
    style |= {"lineHeight": 16, "$narrow": {"fontSize": 11, "lineHeight": 14}}
    if at % 2 and told:  # side by side the scale stands once
        axis["axisLabel"]["$narrow"] = {"show": False}
    return axis | {
        "gridIndex": at,
        "name": f"{name}\u2003{told}".strip(),
        "nameLocation": "end",
        "nameGap": 8,
        "nameTextStyle": style,
        "$narrow": {"name": f"{name}\n{told}".strip()},
    }


def _share_axis(one: PlanTiers, labels: Mapping[str, str], at: int) -> dict[str, Any]:
    axis = value_axis(0, 1, interval=0.5)
    axis["axisLabel"]["formatter"] = share_format(0, labels)
    return _titled(axis, at, one.name, one.told)


def _surplus_axis(content: TierGrid, labels: Mapping[str, str]) -> dict[str, Any]:
    every = np.concatenate([np.asarray(one.scheme_surplus, float) for one in content.plans])
    axis = value_axis(**ticked(min(0.0, float(every.min())), float(every.max()), steps=3))
    axis["axisLabel"]["formatter"] = number_format(f"n{content.digits}")
    narrow = {"name": f"{labels['scheme_short']}\n{labels['unit']}"}
    return _titled(axis, len(content.plans), labels["scheme"], "") | {"$narrow": narrow}


def _plan_series(
    one: PlanTiers, labels: Mapping[str, str], at: int, *, named: bool
) -> list[dict[str, Any]]:
    """The curve, the thin one with yearly fluctuation alone, the rule's field, today's tier."""
    where = {"xAxisIndex": at, "yAxisIndex": at}
    found = [_curve("probability", one, one.deficit_probability, labels) | where]
    if one.process is not None:
        found.append(_curve("process", one, one.process, labels) | where)
    if one.allowed:
        words_in = {
            "show": named,
            "position": inward(one.premiums, one.allowed),
            "color": colour("sound"),
            "formatter": words(labels["rule"]),
        }
        low, high = one.allowed
        area = {
            "itemStyle": {"color": colour("sound", 0.12)},
            "label": words_in,
            "data": [[{"xAxis": low}, {"xAxis": high}]],
        }
        found.append(marks_only(f"rule-{one.plan}", markArea=area) | where)
    return [*found, _today(one) | where]


def _curve(kind: str, one: PlanTiers, shares: Numbers, labels: Mapping[str, str]) -> dict[str, Any]:
    """One curve of a plan; the second one thin and dashed."""
    style = {"width": 2.25} if kind == "probability" else {"width": 1.25, "type": "dashed"}
    return {
        "id": f"{kind}-{one.plan}",
        "name": labels[kind],
        "type": "line",
        "symbol": "none",
        "lineStyle": {**style, "color": colour(one.plan)},
        "itemStyle": {"color": colour(one.plan)},
        "emphasis": {"disabled": True},
        "tooltip": {"valueFormatter": share_format(1, labels)},
        "data": points(one.premiums, shares, digits=5),
    }


def _today(one: PlanTiers) -> dict[str, Any]:
    """Today's tier as a point on the curve; its words stand in the name of the picture."""
    at = float(np.interp(one.today, one.premiums, one.deficit_probability))
    return {
        "id": f"today-{one.plan}",
        "type": "line",
        "silent": True,
        "z": 6,
        "tooltip": {"show": False},
        "symbol": "circle",
        "symbolSize": 8,
        "itemStyle": {"color": colour(one.plan)},
        "data": points([one.today], [at]),
    }


def _scheme_line(
    one: PlanTiers, content: TierGrid, labels: Mapping[str, str], at: int
) -> dict[str, Any]:
    """The scheme's surplus over the tier of one plan, its code at the end."""
    return {
        "id": f"scheme-{one.plan}",
        "name": one.name,
        "type": "line",
        "xAxisIndex": at,
        "yAxisIndex": at,
        "symbol": "none",
        "lineStyle": {"width": 2, "color": colour(one.plan)},
        "itemStyle": {"color": colour(one.plan)},
        "emphasis": {"disabled": True},
        "endLabel": {
            "show": True,
            "distance": 4,
            "color": colour(one.plan),
            "formatter": words(one.plan),
        },
        "labelLayout": {"moveOverlap": "shiftY"},
        "tooltip": {
            "valueFormatter": number_format(f"n{content.digits}", after=f" {labels['unit']}")
        },
        "data": points(one.premiums, one.scheme_surplus, digits=5),
    }
