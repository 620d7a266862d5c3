"""Where 100 yuan of contributions go. Imports `frame` and NumPy; computes no figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.show.charts.frame import (
    ChartSpec,
    colour,
    frame,
    number_format,
    points,
    value_axis,
    words,
)

__all__ = ["PlanShares", "hundred_yuan_chart"]

_HEAD_PLACES = {"benefits": "inside", "expenses": "insideRight", "surplus": "insideLeft"}
"""Where the words of the head stand, so that two narrow columns do not write over each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShares:
    """Where 100 yuan of one plan go; the three parts sum to 100.

    Attributes
    ----------
    plan : str
        P1 to P5 or "total": the colour.
    name : str
        What the row is called.
    benefits, expenses, surplus : float
        Yuan of 100 yuan of contributions; `surplus` is negative where the plan overspends.
    benefits_range : tuple[float, float] or None
        What `benefits` may be, as far as the published figures cannot tell.
    """

    plan: str
    name: str
    benefits: float
    expenses: float
    surplus: float
    benefits_range: tuple[float, float] | None = None


def hundred_yuan_chart(rows: Sequence[PlanShares], labels: Mapping[str, str]) -> ChartSpec:
    """Each plan's 100 yuan as one bar: benefits, expenses, surplus; a deficit left of zero, red.

    Labels: `title`, `subtitle`, `alt`, `benefits`, `expenses`, `surplus`, `range`, `unit` ("元").
    The head of the columns is a first row of words alone.
    """
    least = min([0.0, *(row.surplus for row in rows)])
    ends = [row.benefits_range[1] for row in rows if row.benefits_range]
    most = max([100.0, *(row.benefits + row.expenses for row in rows), *ends])
    low, high = _whole_twenties(least), _whole_twenties(most)
    option = frame(
        labels,
        grid={
            "left": 112,
            "right": 20,
            "top": 4,
            "bottom": 28,
            "$narrow": {"left": 84, "right": 36},
        },
        tooltip={
            "trigger": "item",
            "valueFormatter": number_format("n1", after=f" {labels['unit']}"),
        },
    )
    option["xAxis"] = value_axis(low, high, interval=20)
    option["xAxis"]["axisLabel"]["formatter"] = number_format("n0")
    option["yAxis"] = [_row_names(rows), _row_places(len(rows) + 1)]
    option["series"] = [
        *(_part(part, rows, labels) for part in ("benefits", "expenses", "surplus")),
        *(_range_line(place, row, labels) for place, row in enumerate(rows, start=1)),
    ]
    return ChartSpec(option=option, label=labels["alt"], height=330)


def _whole_twenties(value: float) -> float:
    """`value` away from zero to the next multiple of 20."""
    return float(20 * np.ceil(abs(value) / 20) * np.sign(value))


def _row_names(rows: Sequence[PlanShares]) -> dict[str, Any]:
    return {
        "type": "category",
        "inverse": True,
        "data": ["", *(row.name for row in rows)],
        "axisLine": {"show": False},
        "axisTick": {"show": False},
        "axisLabel": {
            "interval": 0,
            "fontSize": 13,
            "color": colour("text"),
            "width": 104,
            "overflow": "break",
            "$narrow": {"width": 78, "fontSize": 12},
        },
    }


def _row_places(count: int) -> dict[str, Any]:
    """A hidden scale beside the rows' names, on which a line can lie between two rows."""
    return {"type": "value", "min": 0, "max": count, "inverse": True, "show": False}


def _part(part: str, rows: Sequence[PlanShares], labels: Mapping[str, str]) -> dict[str, Any]:
    """One of the three parts over all rows; the first row is its head."""
    head = {
        "value": abs(_round(getattr(rows[0], part))),
        "itemStyle": {"color": "transparent"},
        "tooltip": {"show": False},
        "emphasis": {"disabled": True},
        "label": {
            "show": True,
            "position": _HEAD_PLACES[part],
            "color": colour("secondary"),
            "formatter": words(labels[part]),
        },
    }
    return {
        "id": part,
        "name": labels[part],
        "type": "bar",
        "stack": "hundred",
        "barWidth": "56%",
        "barMaxWidth": 30,
        "emphasis": {"disabled": True},
        "data": [head, *(_segment(part, row) for row in rows)],
    }


def _segment(part: str, row: PlanShares) -> dict[str, Any]:
    """One coloured piece of a bar, its figure written inside where there is room."""
    value = _round(getattr(row, part))
    short = value < 0
    paint = "short" if short else row.plan
    alpha = {"benefits": 1.0, "expenses": 0.38, "surplus": 0.12}[part]
    ink = f"on_{row.plan}" if part == "benefits" else "text"
    return {
        "value": value,
        "itemStyle": {
            "color": colour(paint, alpha),
            "borderColor": colour(paint),
            "borderWidth": 1,
        },
        "label": {
            "show": short or value >= 5,
            "position": "left" if short else "inside",
            "color": colour("short" if short else ink),
            "formatter": number_format("n1"),
            "$narrow": {"formatter": number_format("n0")},
        },
    }


def _range_line(place: int, row: PlanShares, labels: Mapping[str, str]) -> dict[str, Any]:
    """The range of the benefits as a thin line with ends, just under the bar."""
    low, high = row.benefits_range or (np.nan, np.nan)
    height = place + 0.88
    return {
        "id": f"range-{row.plan}",
        "name": labels["range"],
        "type": "line",
        "yAxisIndex": 1,
        "silent": True,
        "symbol": "rect",
        "symbolSize": [1.5, 7],
        "lineStyle": {"width": 1.5, "color": colour("secondary")},
        "itemStyle": {"color": colour("secondary")},
        "data": points((low, high), (height, height)),
    }


def _round(share: float) -> float:
    return round(float(share), 3)
