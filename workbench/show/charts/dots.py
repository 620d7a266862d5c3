"""Cases side by side as dots. Imports `frame` and `rows`; computes no figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.show.charts.frame import (
    ChartSpec,
    colour,
    frame,
    marks_only,
    points,
    ticked,
    words,
)
from workbench.show.charts.rows import (
    names_axis,
    row_height,
    row_scale,
    told_at,
    upright,
    value_of_rows,
)

__all__ = ["Dot", "Dots", "dots_chart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A case: its figure, in the unit shown, at its mark and in words, and what it may fall to.

    `low` is None where nothing of the kind is drawn; `told_low` the same in words. With `high` the
    line is an interval around the dot.
    """

    name: str
    value: float
    mark: str
    told: str
    low: float | None = None
    told_low: str = ""
    high: float | None = None
    told_high: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dots:
    """Cases in order, and the value held against them.

    `short_below` is the value below which a case is short and red, `form` the axis' format, `name`
    the colour.
    """

    dots: tuple[Dot, ...]
    today: float
    form: Mapping[str, str]
    short_below: float | None = None
    short_above: float | None = None
    name: str = "accent"


def dots_chart(content: Dots, labels: Mapping[str, str]) -> ChartSpec:
    """A dot a case, a thin line to what it may fall to or over its interval, today's value upright.

    Labels: `title`, `subtitle`, `alt`, `axis` (the figure), `low` (what the line's end means),
    `today`.
    """
    every = [content.today, *(one.value for one in content.dots)]
    every += [end for one in content.dots for end in (one.low, one.high) if end is not None]
    low, high = min(every), max(every)
    room = 0.10 * (high - low)
    option = frame(
        labels,
        grid={"left": 172, "right": 28, "top": 28, "bottom": 44, "$narrow": {"left": 116}},
        tooltip={"trigger": "item"},
    )
    option["xAxis"] = value_of_rows(
        **ticked(low - (room if low < 0.0 else 0.0), high + room),
        form=dict(content.form),
        name=labels["axis"],
        nameLocation="middle",
        nameGap=26,
    )
    names = names_axis([one.name for one in content.dots], wide=160, narrow=106)
    option["yAxis"] = [names, row_scale(len(content.dots))]
    option["series"] = [
        marks_only("today", markLine=upright(content.today, labels["today"], rows=True)),
        _falls(content),
        _ends(content, labels),
        _cases(content, labels),
    ]
    return ChartSpec(option=option, label=labels["alt"], height=row_height(len(content.dots)))


def _paint(content: Dots, value: float) -> str:
    below = content.short_below is not None and value < content.short_below
    above = content.short_above is not None and value > content.short_above
    return "short" if below or above else content.name


def _falls(content: Dots) -> dict[str, Any]:
    """The thin lines from each dot to what the case may fall to, or over its interval."""
    across: list[float] = []
    down: list[float] = []
    for place, one in enumerate(content.dots):
        if one.low is not None:
            across += [one.low, one.value if one.high is None else one.high, float("nan")]
            down += [place + 0.5, place + 0.5, float("nan")]
    return {
        "id": "falls",
        "type": "line",
        "yAxisIndex": 1,
        "silent": True,
        "tooltip": {"show": False},
        "symbol": "none",
        "z": 1,
        "lineStyle": {"width": 1.5, "color": colour("today")},
        "data": points(across, down),
    }


def _ends(content: Dots, labels: Mapping[str, str]) -> dict[str, Any]:
    """The far ends of the lines, as short strokes; the figure stands beyond an interval."""
    return {
        "id": "ends",
        "name": labels["low"],
        "type": "scatter",
        "symbol": "rect",
        "symbolSize": [2, 10],
        "emphasis": {"disabled": True},
        "data": [
            {
                "value": [float(f"{end:.6g}"), place],
                "name": one.name,
                "itemStyle": {"color": colour(_paint_end(content, end))},
                "label": told_at(mark, "right"),
                "tooltip": {"valueFormatter": words(told)},
            }
            for place, one in enumerate(content.dots)
            for end, told, mark in (
                (one.low, one.told_low, ""),
                (one.high, one.told_high, one.mark),
            )
            if end is not None
        ],
    }


def _paint_end(content: Dots, value: float) -> str:
    found = _paint(content, value)
    return found if found == "short" else "today"


def _cases(content: Dots, labels: Mapping[str, str]) -> dict[str, Any]:
    """The dots, each with its figure."""
    return {
        "id": "cases",
        "name": labels["axis"],
        "type": "scatter",
        "symbolSize": 12,
        "emphasis": {"disabled": True},
        "data": [
            {
                "value": [float(f"{one.value:.6g}"), place],
                "name": one.name,
                "itemStyle": {"color": colour(_paint(content, one.value)), "opacity": 1},
                "label": told_at(one.mark if one.high is None else "", "right"),
                "tooltip": {"valueFormatter": words(one.told)},
            }
            for place, one in enumerate(content.dots)
        ],
    }
