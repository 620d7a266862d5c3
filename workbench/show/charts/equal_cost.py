"""Two benefit terms that cost the same. Imports `frame` and NumPy; computes no figure."""

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
    number_format,
    points,
    value_axis,
    words,
)

__all__ = ["EqualCost", "contour", "equal_cost_chart"]

SHORTEST = 3
"""Points below which a line is left out: it cuts off a corner."""

NOISE = 1e-6
"""Costs nearer than this, as a part of the largest, are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualCost:
    """Cost over two terms of a plan.

    Attributes
    ----------
    first, second : Numbers
        Values of the terms, increasing, shapes (n,) and (m,), in the unit shown.
    cost : np.ndarray
        Yuan an enrolment, shape (n, m), rising or falling in each term.
    levels : tuple[tuple[float, str, bool], ...]
        Cost of a line, its words, and whether it is today's.
    today : tuple[float, float] or None
        The terms in force; may lie outside the grid.
    plan : str
        Colour.
    digits : tuple[int, int]
        Decimals of the two axes.
    """

    first: Numbers
    second: Numbers
    cost: np.ndarray
    levels: tuple[tuple[float, str, bool], ...]
    today: tuple[float, float] | None
    plan: str = "accent"
    digits: tuple[int, int] = (0, 0)


def equal_cost_chart(content: EqualCost, labels: Mapping[str, str]) -> ChartSpec:
    """Lines along which the cost stays the same; today's terms as a point on the strong line.

    Labels: `title`, `subtitle`, `alt`, `first`, `second` (names with unit), `today`, `unit`.
    """
    option = frame(
        labels,
        grid={"left": 64, "right": 28, "top": 62, "bottom": 44},
        tooltip={"trigger": "item"},
    )
    across, up = content.first, content.second
    option["xAxis"] = _axis(across, labels["first"], content.digits[0])
    option["xAxis"] |= {"nameLocation": "middle", "nameGap": 26}
    option["yAxis"] = _axis(up, labels["second"], content.digits[1])
    style = {"color": colour("text"), "fontSize": 13, "align": "left", "padding": [0, 0, 0, -56]}
    option["yAxis"] |= {"nameLocation": "end", "nameGap": 34, "nameTextStyle": style}
    option["series"] = [
        *(_level(at, content, labels) for at in range(len(content.levels))),
        _today(content, labels),
    ]
    return ChartSpec(option=option, label=labels["alt"], height=380)


def _axis(values: Numbers, name: str, digits: int) -> dict[str, Any]:
    axis = value_axis(float(values[0]), float(values[-1]), name=name)
    axis["axisLabel"]["formatter"] = number_format(f"n{digits}")
    return axis


def contour(content: EqualCost, level: float) -> np.ndarray:
    """Return the points where the cost is `level`, shape (k, 2), along the line.

    The cost is read linearly between two neighbours of the grid; a line that no edge crosses has no
    points.
    """
    first = np.asarray(content.first, dtype=float)
    second = np.asarray(content.second, dtype=float)
    # A plateau with rounding errors on it must not be crossed again and again.
    unit = NOISE * max(float(np.abs(content.cost).max()), 1e-300)
    above = np.round((np.asarray(content.cost, dtype=float) - level) / unit) * unit
    found = [
        *((first[i], at) for i in range(len(first)) for at in _crossings(second, above[i])),
        *((at, second[j]) for j in range(len(second)) for at in _crossings(first, above[:, j])),
    ]
    if not found:
        return np.empty((0, 2))
    places = np.unique(np.round(np.array(found, dtype=float), 9), axis=0)
    falls = float(np.corrcoef(places.T)[0, 1]) < 0.0 if len(places) > 2 else True
    return places[np.lexsort((-places[:, 1] if falls else places[:, 1], places[:, 0]))]


def _crossings(at: np.ndarray, values: np.ndarray) -> list[float]:
    """Where a broken line through `values` is zero; on a plateau of zeros, its first point."""
    found = []
    for place in range(len(at) - 1):
        low, high = values[place], values[place + 1]
        if low == 0.0:
            if place == 0 or values[place - 1] != 0.0:
                found.append(float(at[place]))
        elif low * high < 0.0:
            found.append(float(at[place] - low * (at[place + 1] - at[place]) / (high - low)))
    if values[-1] == 0.0 and values[-2] != 0.0:
        found.append(float(at[-1]))
    return found


def _level(at: int, content: EqualCost, labels: Mapping[str, str]) -> dict[str, Any]:
    """One line of equal cost, its words at the end."""
    level, told, now = content.levels[at]
    places = contour(content, level)
    if len(places) < SHORTEST:
        places = places[:0]
    paint = content.plan if now else "today"
    return {
        "id": f"level-{at}",
        "name": told,
        "type": "line",
        "symbol": "circle",
        "symbolSize": 5 if now else 3,
        "lineStyle": {"width": 2.5 if now else 1.25, "color": colour(paint)},
        "itemStyle": {"color": colour(paint)},
        "emphasis": {"disabled": True},
        "labelLayout": {"hideOverlap": True},
        "dimensions": [labels["first"], labels["second"]],
        "encode": {"x": 0, "y": 1, "tooltip": [0, 1]},
        "tooltip": {"valueFormatter": number_format(f"n{max(1, *content.digits)}")},
        "data": _named(points(places[:, 0], places[:, 1]), told, content, now),
    }


def _named(rows: list[list[float | None]], told: str, content: EqualCost, now: bool) -> list[Any]:
    """The points of a line, the highest with its words: above it at the upper edge, else beside."""
    if not rows:
        return []
    top = max(range(len(rows)), key=lambda at: rows[at][1] or 0.0)
    edge = float(content.second[-1])
    label = {
        "show": True,
        "position": "top" if (rows[top][1] or 0.0) >= 0.995 * edge else "right",
        "distance": 5,
        "color": colour("text" if now else "secondary"),
        "fontWeight": "bold" if now else "normal",
        "formatter": words(told),
    }
    return [{"value": row, "label": label} if at == top else row for at, row in enumerate(rows)]


def _today(content: EqualCost, labels: Mapping[str, str]) -> dict[str, Any]:
    """The terms in force, where the picture holds them."""
    inside = content.today is not None and (
        content.first[0] <= content.today[0] <= content.first[-1]
        and content.second[0] <= content.today[1] <= content.second[-1]
    )
    high = inside and content.today is not None and content.today[1] > 0.8 * content.second[-1]
    late = (
        inside
        and content.today is not None
        and content.today[0] > (0.5 * (content.first[0] + content.first[-1]))
    )
    return {
        "id": "today",
        "type": "line",
        "silent": True,
        "z": 6,
        "tooltip": {"show": False},
        "symbol": "circle",
        "symbolSize": 11,
        "itemStyle": {"color": colour(content.plan)},
        "label": {
            "show": True,
            "position": "bottom" if high else "left" if late else "right",
            "distance": 8,
            "color": colour("text"),
            "fontSize": 13,
            "backgroundColor": colour("card", 0.8),
            "padding": [1, 3],
            "formatter": words(labels["today"]),
        },
        "data": points(*zip(content.today)) if inside and content.today else [],
    }
