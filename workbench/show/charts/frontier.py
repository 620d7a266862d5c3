"""Adequacy against affordability. Imports `frame` and `rows`; computes no figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.show.charts.frame import (
    ChartSpec,
    colour,
    frame,
    marks_only,
    number_format,
    ticked,
    value_axis,
    words,
)
from workbench.show.charts.rows import told_at, upright

__all__ = ["Frontier", "FrontierLine", "FrontierPoint", "frontier_chart"]

LEAST = 1e-3
"""The least probability on the axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierPoint:
    """What a limit costs: `contribution` in the unit shown, `limit` a probability.

    `told` names the premiums.
    """

    contribution: float
    limit: float
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierLine:
    """The least contribution at each limit.

    `key` is the series, `name` the words at its upper end, `paint` the colour.
    """

    key: str
    name: str
    paint: str
    points: tuple[FrontierPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """Lines of what safety costs, the cheapest first, today's scheme, the best one asked for."""

    lines: tuple[FrontierLine, ...]
    today: FrontierPoint
    best: FrontierPoint | None = None
    digits: int = 0


def frontier_chart(content: Frontier, labels: Mapping[str, str]) -> ChartSpec:
    """The least yearly contribution (across) for each limit of a deficit (up, in steps of ten).

    Labels: `title`, `subtitle`, `alt`, `unit`, `axis` (contribution), `probability`, `today`,
    `today_line`, `best`, `per_cent`.
    """
    every = [one for line in content.lines for one in line.points]
    yuan = [one.contribution for one in [*every, content.today]]
    option = frame(
        labels,
        grid={"left": 60, "right": 32, "top": 58, "bottom": 44},
        tooltip={"trigger": "item"},
    )
    low, high = min(yuan), max(yuan)
    room = 0.08 * (high - low)
    side = "right" if content.today.contribution > (low + high) / 2 else "left"
    option["xAxis"] = value_axis(
        **ticked(low - room, high + room),
        name=labels["axis"],
        nameLocation="middle",
        nameGap=26,
    )
    option["xAxis"]["axisLabel"]["formatter"] = number_format(f"n{content.digits}")
    option["yAxis"] = value_axis(LEAST, 1.0, type="log", name=labels["probability"], nameGap=34)
    option["yAxis"]["nameTextStyle"] = {
        "color": colour("text"),
        "fontSize": 13,
        "align": "left",
        "padding": [0, 0, 0, -52],
    }
    whole = number_format("s1", after=labels.get("per_cent", " %"))  # 0.1, 1, 10, 100
    option["yAxis"]["axisLabel"]["formatter"] = whole
    option["series"] = [
        *(_line(line, content, labels) for line in content.lines),
        marks_only(
            "today-line",
            markLine=upright(content.today.contribution, labels["today_line"], side=side),
        ),
        _point("today", content.today, labels, content),
        _point("best", content.best, labels, content),
    ]
    return ChartSpec(option=option, label=labels["alt"], height=360)


def _line(line: FrontierLine, content: Frontier, labels: Mapping[str, str]) -> dict[str, Any]:
    """One frontier with a point a limit; a point's hover text names its premiums."""
    first = line.key == content.lines[0].key
    # Left of the foot of the cheapest line, right of the top of the others: they never meet.
    wanted = (min if first else max)(line.points, key=lambda one: one.limit)
    unit = f" {labels['unit']}"
    data = []
    for one in line.points:
        item: dict[str, Any] = {"value": _at(one), "name": one.told}
        if one is wanted:
            item["label"] = told_at(line.name, "left" if first else "right", line.paint)
            item["label"]["offset"] = [0, -6]
        data.append(item)
    return {
        "id": line.key,
        "name": line.name,
        "type": "line",
        "symbol": "circle",
        "symbolSize": 6,
        "lineStyle": {"width": 2.25, "color": colour(line.paint)},
        "itemStyle": {"color": colour(line.paint)},
        "emphasis": {"disabled": True},
        "encode": {"x": 0, "y": 1, "tooltip": [0]},
        "tooltip": {"valueFormatter": number_format(f"n{content.digits}", after=unit)},
        "data": data,
    }


def _at(one: FrontierPoint) -> list[float]:
    return [float(f"{one.contribution:.6g}"), float(f"{max(one.limit, LEAST):.4g}")]


def _point(
    key: str, one: FrontierPoint | None, labels: Mapping[str, str], content: Frontier
) -> dict[str, Any]:
    """Today's scheme hollow and grey, the best one full."""
    shown = one is not None and one.limit >= LEAST
    paint = "today" if key == "today" else "text"
    return {
        "id": key,
        "type": "line",
        "silent": True,
        "z": 6,
        "tooltip": {"show": False},
        "symbol": "circle",
        "symbolSize": 11,
        "itemStyle": {"color": colour(paint)},
        "label": {
            "show": True,
            "position": "right" if key == "best" else "left",
            "distance": 8,
            "color": colour("text" if key == "best" else "secondary"),
            "backgroundColor": colour("card", 0.8),
            "padding": [1, 3],
            "formatter": words(labels[key]),
        },
        "data": [_at(one)] if shown and one is not None else [],
    }
