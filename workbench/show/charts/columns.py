"""One figure a group beside what each pays. Imports `frame` and `rows`; computes no figure."""

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
from workbench.show.charts.rows import OVER_LINE, told_at

__all__ = ["Group", "Groups", "groups_chart"]

_SMALL = {"distance": 3, "$narrow": {"fontSize": 10}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group with the figure of one of its members; `told` is the figure in words."""

    name: str
    value: float
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Groups in order, and the amount that each of their members pays.

    `plan` is the colour, `digits` the decimals of the axis.
    """

    groups: tuple[Group, ...]
    paid: float
    plan: str = "accent"
    digits: int = 0


def groups_chart(content: Groups, labels: Mapping[str, str]) -> ChartSpec:
    """A bar a group from zero, full where it gets more than it pays; the payment as a line.

    Labels: `title`, `subtitle`, `alt`, `unit`, `axis` (name of the figure), `groups` (what the
    groups are), `paid`.
    """
    most = max([content.paid, *(one.value for one in content.groups)])
    least = min([0.0, *(one.value for one in content.groups)])
    option = frame(
        labels,
        grid={"left": 48, "right": 16, "top": 48, "bottom": 44},
        tooltip={
            "trigger": "item",
            "valueFormatter": number_format("n1", after=f" {labels['unit']}"),
        },
    )
    option["xAxis"] = {
        "type": "category",
        "data": [one.name for one in content.groups],
        "name": labels["groups"],
        "nameLocation": "middle",
        "nameGap": 26,
        "nameTextStyle": {"color": colour("secondary"), "fontSize": 12},
        "axisTick": {"show": False},
        "axisLine": {"show": True, "lineStyle": {"color": colour("hairline")}},
        "axisLabel": {"color": colour("secondary"), "fontSize": 12, "hideOverlap": True},
    }
    ends = ticked(least, 1.06 * most)
    option["yAxis"] = value_axis(**ends, name=labels["axis"], nameGap=24)
    style = {"color": colour("text"), "fontSize": 13, "align": "left", "padding": [0, 0, 0, -40]}
    option["yAxis"]["nameTextStyle"] = style
    option["yAxis"]["axisLabel"]["formatter"] = number_format(f"n{content.digits}")
    option["series"] = [_bars(content, labels), _paid(content, labels)]
    return ChartSpec(option=option, label=labels["alt"], height=320)


def _bars(content: Groups, labels: Mapping[str, str]) -> dict[str, Any]:
    """A bar a group: pale where it gets less than it pays."""
    return {
        "id": "groups",
        "name": labels["axis"],
        "type": "bar",
        "barWidth": "62%",
        "barMaxWidth": 56,
        "z": 6,
        "emphasis": {"disabled": True},
        "data": [
            {
                "value": float(f"{one.value:.6g}"),
                "itemStyle": {
                    "color": colour(content.plan, 1.0 if one.value > content.paid else 0.38),
                    "borderColor": colour(content.plan),
                    "borderWidth": 1,
                },
                "label": told_at(one.told, "top") | OVER_LINE | _SMALL,
            }
            for one in content.groups
        ],
    }


def _paid(content: Groups, labels: Mapping[str, str]) -> dict[str, Any]:
    """What each member pays, as a line across all groups."""
    mark = {
        "lineStyle": {"color": colour("text"), "type": "dashed", "width": 1.5},
        "label": {
            "position": "insideStartTop",
            "color": colour("text"),
            "backgroundColor": colour("card", 0.8),
            "padding": [1, 3],
            "formatter": words(labels["paid"]),
        },
        "data": [{"yAxis": content.paid}],
    }
    return marks_only("paid", markLine=mark)
