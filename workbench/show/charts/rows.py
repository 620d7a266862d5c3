"""What pictures with a row a name share: the names, a scale between the rows, pieces of bars.

Imports `frame` only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.show.charts.frame import Numbers, colour, value_axis, words

__all__ = [
    "OVER_LINE",
    "inward",
    "names_axis",
    "piece",
    "row_height",
    "row_scale",
    "told_at",
    "upright",
    "value_of_rows",
]

ROW = 34
"""Height of a row, pixels."""

OVER_LINE = {"backgroundColor": colour("card", 0.9), "padding": [0, 2]}
"""Words are read where a line passes behind them."""


def names_axis(names: Sequence[str], *, wide: int, narrow: int) -> dict[str, Any]:
    """Return the axis of the rows' names, the first on top, long ones broken; widths in pixels."""
    return {
        "type": "category",
        "inverse": True,
        "data": list(names),
        "axisLine": {"show": False},
        "axisTick": {"show": False},
        "axisLabel": {
            "interval": 0,
            "fontSize": 12,
            "color": colour("text"),
            "width": wide,
            "overflow": "break",
            "lineHeight": 15,
            "$narrow": {"width": narrow, "fontSize": 11, "lineHeight": 13},
        },
    }


def row_scale(count: int) -> dict[str, Any]:
    """Return a hidden scale beside the names: row k has its middle at k + 0.5."""
    return {"type": "value", "min": 0, "max": count, "inverse": True, "show": False}


def row_height(count: int, *, row: int = ROW, around: int = 76) -> int:
    """Return the height of a picture of `count` rows, pixels; `around` for axis and marks."""
    return count * row + around


def value_of_rows(*, low: float, high: float, form: dict[str, str], **more: Any) -> dict[str, Any]:
    """Return the axis of values under rows, written in `form`."""
    axis = value_axis(low, high, **more)
    axis["axisLabel"]["formatter"] = form
    return axis


def piece(start: float, end: float) -> tuple[float, float, float]:
    """Return a piece of a stacked bar from `start` to `end` as (unseen base, piece, rest).

    The rest is what lies on the other side of zero, where the piece crosses it.
    """
    low, high = sorted((float(start), float(end)))
    if low < 0.0 < high:
        return 0.0, high, low
    base = low if low >= 0.0 else high
    return base, (high - low) if low >= 0.0 else (low - high), 0.0


def told_at(text: str, position: str, ink: str = "text") -> dict[str, Any]:
    """Return the words at a mark or at the end of a bar."""
    return {
        "show": bool(text),
        "position": position,
        "distance": 6,
        "color": colour(ink),
        "formatter": words(text),
    }


def inward(across: Numbers, field: tuple[float, float]) -> str:
    """Return where words stand on a field: from its side near the edge towards the middle."""
    middle = (float(across[0]) + float(across[-1])) / 2
    return "insideTopLeft" if sum(field) / 2 < middle else "insideTopRight"


def upright(
    at: float, text: str, ink: str = "today", *, side: str = "center", rows: bool = False
) -> dict[str, Any]:
    """Return a dashed upright line with its words on top; nothing where `at` is no number.

    `rows` says that the axis across it runs downward, as that of names does.
    """
    return {
        "lineStyle": {"color": colour(ink), "type": "dashed", "width": 1.5},
        "label": {
            "show": bool(text),
            "position": "start" if rows else "end",
            "distance": 4,
            "align": side,
            "color": colour("secondary" if ink == "today" else ink),
            "formatter": words(text),
        },
        "data": [{"xAxis": float(at)}] if np.isfinite(at) else [],
    }
