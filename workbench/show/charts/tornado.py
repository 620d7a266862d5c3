"""What moves a figure most. Imports `frame` and `rows`; computes no figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.show.charts.frame import (
    ChartSpec,
    colour,
    frame,
    marks_only,
    ticked,
    words,
)
from workbench.show.charts.rows import names_axis, row_height, told_at, upright, value_of_rows

__all__ = ["Tornado", "TornadoBar", "tornado_chart"]

ROW = 44
ROOM, ROOM_NARROW = 0.12, 0.36
"""Room for words at both ends, as a part of the widest span."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TornadoBar:
    """One assumption at both ends of its range.

    `low`, `high` are the assumption's values in words, `at_low`, `at_high` the figure there, in the
    unit shown, `told_low`, `told_high` the same in words.
    """

    name: str
    low: str
    high: str
    at_low: float
    at_high: float
    told_low: str
    told_high: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tornado:
    """A figure today and at the ends of each assumption's range, the widest first.

    `form` is the number format of the axis, `name` the colour: a plan's code or "accent".
    """

    base: float
    bars: tuple[TornadoBar, ...]
    form: Mapping[str, str]
    name: str = "accent"


def tornado_chart(content: Tornado, labels: Mapping[str, str]) -> ChartSpec:
    """Bars from today's figure to the figure at either end of each range; the ends are named.

    Labels: `title`, `subtitle`, `alt`, `axis` (the figure), `base` (words at today's line),
    `at_low`, `at_high` (what hovering means).
    """
    bars = content.bars
    every = [content.base, *(one for bar in bars for one in (bar.at_low, bar.at_high))]
    low, high = min(every), max(every)
    span = high - low
    option = frame(
        labels,
        grid={"left": 206, "right": 24, "top": 28, "bottom": 44, "$narrow": {"left": 126}},
        tooltip={"trigger": "item"},
    )
    option["xAxis"] = value_of_rows(
        **ticked(low - ROOM * span, high + ROOM * span),
        form=dict(content.form),
        startValue=content.base,  # bars begin at today's figure
        name=labels["axis"],
        nameLocation="middle",
        nameGap=26,
    )
    narrow = ticked(low - ROOM_NARROW * span, high + ROOM_NARROW * span, steps=5)
    ends = {"min": narrow["low"], "max": narrow["high"], "interval": narrow["interval"]}
    option["xAxis"]["$narrow"] = ends
    option["yAxis"] = names_axis([bar.name for bar in bars], wide=196, narrow=116)
    option["series"] = [
        _ends("at_low", content, labels),
        _ends("at_high", content, labels),
        marks_only("base", markLine=upright(content.base, labels["base"], rows=True)),
    ]
    return ChartSpec(option=option, label=labels["alt"], height=row_height(len(bars), row=ROW))


def _ends(end: str, content: Tornado, labels: Mapping[str, str]) -> dict[str, Any]:
    """The bars to one end of the ranges: pale to the low end, full to the high one."""
    alpha = 0.4 if end == "at_low" else 1.0
    return {
        "id": end,
        "name": labels[end],
        "type": "bar",
        "barWidth": 18,
        "barGap": "-100%",
        "emphasis": {"disabled": True},
        "itemStyle": {
            "color": colour(content.name, alpha),
            "borderColor": colour(content.name),
            "borderWidth": 1,
        },
        "data": [_end(end, bar) for bar in content.bars],
    }


def _end(end: str, bar: TornadoBar) -> dict[str, Any]:
    value, other = (bar.at_low, bar.at_high)[:: 1 if end == "at_low" else -1]
    side = "left" if value < other or (value == other and end == "at_low") else "right"
    named = bar.low if end == "at_low" else bar.high
    figure = bar.told_low if end == "at_low" else bar.told_high
    return {
        "value": float(f"{value:.6g}"),
        "label": told_at(named, side, "secondary") | {"$narrow": {"fontSize": 11, "distance": 3}},
        "tooltip": {"valueFormatter": words(f"{named} → {figure}")},
    }
