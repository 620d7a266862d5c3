"""What a figure is made of, step by step. Imports `frame` and `rows`; computes no figure."""

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
    points,
    ticked,
    words,
)
from workbench.show.charts.rows import (
    OVER_LINE,
    names_axis,
    piece,
    row_height,
    row_scale,
    told_at,
    upright,
    value_of_rows,
)

__all__ = ["Step", "Waterfall", "waterfall_chart"]

ROOM = 0.14
"""Room for words at the right of the longest bar, as a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step from `start` to `end`; `told` is its amount in words, `name` what it is called."""

    name: str
    start: float
    end: float
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """Steps that sum to a figure, in the unit shown.

    Attributes
    ----------
    steps : tuple[Step, ...]
        Each starts where the one before ends; the first is drawn in full colour.
    total : Step
        The sum, from zero.
    mark : float or None
        What the sum is held against, such as the tier in force.
    plan : str
        Colour: a plan's code or "accent".
    digits : int
        Decimals of the axis.
    level : bool
        Whether no step is the base of the others: the first is drawn as pale as they are.
    """

    steps: tuple[Step, ...]
    total: Step
    mark: float | None = None
    plan: str = "accent"
    digits: int = 0
    level: bool = False


def waterfall_chart(content: Waterfall, labels: Mapping[str, str]) -> ChartSpec:
    """Each step as a piece of bar beginning where the last ended, the sum below them.

    Labels: `title`, `subtitle`, `alt`, `unit`, `axis` (name of the values), `mark`.
    """
    rows = (*content.steps, content.total)
    ends = [0.0, *(edge for row in rows for edge in (row.start, row.end))]
    if content.mark is not None:
        ends.append(content.mark)
    low, high = min(ends), max(ends)
    option = frame(
        labels,
        grid={"left": 128, "right": 24, "top": 28, "bottom": 44, "$narrow": {"left": 96}},
        tooltip={"trigger": "item"},
    )
    option["xAxis"] = value_of_rows(
        **ticked(low + ROOM * low, high + ROOM * high),
        form=number_format(f"n{content.digits}"),
        name=labels["axis"],
        nameLocation="middle",
        nameGap=26,
    )
    option["yAxis"] = [
        names_axis([row.name for row in rows], wide=120, narrow=90),
        row_scale(len(rows)),
    ]
    at = float("nan") if content.mark is None else content.mark
    mark = upright(at, labels["mark"], rows=True) | {"z": 1}  # behind the bars and their words
    option["series"] = [
        _joints(rows),
        _unseen(rows),
        *(_pieces(part, content, rows, labels) for part in ("step", "rest")),
        marks_only("mark", markLine=mark),
    ]
    return ChartSpec(option=option, label=labels["alt"], height=row_height(len(rows)))


def _unseen(rows: tuple[Step, ...]) -> dict[str, Any]:
    """What a piece stands on."""
    return {
        "id": "base",
        "type": "bar",
        "stack": "steps",
        "silent": True,
        "tooltip": {"show": False},
        "itemStyle": {"color": "transparent"},
        "barWidth": "58%",
        "data": [round(piece(row.start, row.end)[0], 6) for row in rows],
    }


def _pieces(
    part: str, content: Waterfall, rows: tuple[Step, ...], labels: Mapping[str, str]
) -> dict[str, Any]:
    """The pieces that are seen, or what of them lies beyond zero."""
    place = 1 if part == "step" else 2
    return {
        "id": part,
        "name": labels["axis"],
        "type": "bar",
        "stack": "steps",
        "barWidth": "58%",
        "emphasis": {"disabled": True},
        "data": [
            {
                "value": round(piece(row.start, row.end)[place], 6),
                "itemStyle": _paint(content, at),
                "label": told_at(row.told if part == "step" else "", "right") | OVER_LINE,
                "tooltip": {"valueFormatter": words(f"{row.told} {labels['unit']}".strip())},
            }
            for at, row in enumerate(rows)
        ],
    }


def _paint(content: Waterfall, at: int) -> dict[str, Any]:
    """The first step and the sum in full colour, additions pale, savings pale in green."""
    if at == len(content.steps):
        return {"color": colour("total")}
    step = content.steps[at]
    falls = step.end < step.start
    paint = "sound" if falls else content.plan
    return {
        "color": colour(paint, 1.0 if at == 0 and not content.level else 0.4),
        "borderColor": colour(paint),
        "borderWidth": 1,
    }


def _joints(rows: tuple[Step, ...]) -> dict[str, Any]:
    """A thin line from the end of each step down to the next row."""
    across: list[float] = []
    down: list[float] = []
    for place, row in enumerate(rows[:-1]):
        across += [row.end, row.end, float("nan")]
        down += [place + 0.5, place + 1.5, float("nan")]
    return {
        "id": "joints",
        "type": "line",
        "yAxisIndex": 1,
        "silent": True,
        "tooltip": {"show": False},
        "symbol": "none",
        "z": 1,
        "lineStyle": {"width": 1, "color": colour("today")},
        "data": points(across, down),
    }
