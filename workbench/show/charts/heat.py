"""A table of origins and periods as a heat map. Imports `frame` and NumPy; computes no figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.show.charts.frame import ChartSpec, colour, frame, words

__all__ = ["Heat", "heat_chart"]

FULL = 3.0
"""The departure at which a cell has its full colour."""

ROW, AROUND = 24, 56
MOST_TOLD = 12
"""Columns up to which the figures stand in the cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """Cells by origin (down) and period (across).

    Attributes
    ----------
    rows, columns : tuple[str, ...]
        Names of the origins and periods.
    told : tuple[tuple[str, ...], ...]
        The figure of each cell in words, "" where unknown.
    departures : np.ndarray
        How far each cell lies from what is usual in its column, in standard deviations, shape
        (rows, columns), NaN where unknown: the colour.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    told: tuple[tuple[str, ...], ...]
    departures: np.ndarray


def heat_chart(content: Heat, labels: Mapping[str, str]) -> ChartSpec:
    """Cells in two hues: orange above what is usual, blue below, the stronger the farther.

    Labels: `title`, `subtitle`, `alt`, `rows`, `columns` (what they are), `figure`, `above`,
    `below` (words of the key).
    """
    option = frame(
        labels,
        grid={"left": 76, "right": 12, "top": 46, "bottom": 10, "$narrow": {"left": 62}},
        tooltip={"trigger": "item"},
    )
    plain: dict[str, Any] = {
        "type": "category",
        "axisLine": {"show": False},
        "axisTick": {"show": False},
        "splitArea": {"show": False},
        "nameTextStyle": {"color": colour("secondary"), "fontSize": 12},
        "axisLabel": {"color": colour("secondary"), "fontSize": 12, "hideOverlap": True},
    }
    option["xAxis"] = plain | {
        "position": "top",
        "data": list(content.columns),
        "name": labels["columns"],
        "nameLocation": "middle",
        "nameGap": 26,
    }
    option["yAxis"] = plain | {"inverse": True, "data": list(content.rows)}
    option["series"] = [_cells(content, labels)]
    height = AROUND + ROW * len(content.rows)
    return ChartSpec(option=option, label=labels["alt"], height=height)


def _cells(content: Heat, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": "cells",
        "name": labels["figure"],
        "type": "heatmap",
        "encode": {"x": 0, "y": 1, "tooltip": [2]},
        "emphasis": {"disabled": True},
        "data": [
            _cell(content, row, column)
            for row in range(len(content.rows))
            for column in range(len(content.columns))
            if content.told[row][column]
        ],
    }


def _cell(content: Heat, row: int, column: int) -> dict[str, Any]:
    far = float(content.departures[row, column])
    part = min(1.0, abs(far) / FULL) if np.isfinite(far) else 0.0
    paint = "P3" if far > 0.0 else "P2"
    told = content.told[row][column]
    return {
        "value": [column, row, round(far, 3) if np.isfinite(far) else 0.0],
        "name": f"{content.rows[row]} · {content.columns[column]}",
        "itemStyle": {
            "color": colour(paint, round(0.05 + 0.5 * part, 3)),
            "borderColor": colour("card"),
            "borderWidth": 1,
        },
        "label": {
            "show": len(content.columns) <= MOST_TOLD,
            "fontSize": 11,
            "color": colour("text"),
            "formatter": words(told),
            "$narrow": {"show": len(content.columns) <= MOST_TOLD // 2},
        },
        "tooltip": {"valueFormatter": words(told)},
    }
