"""The house style of a chart: what every picture has in common, and the names it may use.

Imports NumPy only. A chart is an ECharts option, a plain dictionary of numbers and words: no
function, no HTML, no colour value. Three kinds of name stand in it, and the browser
(`workbench/app/chart.js`) resolves them:

- ``{"$c": "P3", "alpha": 0.2}``: a colour of `workbench.show.palette` in the theme in force;
- ``{"$f": "n1", "after": " 万元"}``: a number format, n0 to n2 for numbers, p0 to p2 for shares,
  s0 to s2 for shares with at most so many decimals;
- ``{"$t": "words"}``: words taken as they are, where ECharts would read a template.

Any part may hold ``"$narrow": {...}``, laid over it where the chart is under 520 pixels wide.
The title is drawn as text above the picture, so that it wraps and can be read out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeAlias

import numpy as np

__all__ = [
    "FONT",
    "PRECISION",
    "ChartSpec",
    "Numbers",
    "colour",
    "even_step",
    "frame",
    "marks_only",
    "number_format",
    "points",
    "share_format",
    "steady",
    "ticked",
    "value_axis",
    "words",
]

FONT = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',system-ui,sans-serif"
"""Single quotes: double ones break the text of a picture saved as SVG."""

Numbers: TypeAlias = Sequence[float] | np.ndarray
"""Numbers of shape (n,), as a list or an array."""

PRECISION = 12
"""Decimals of a line's place; ECharts would round it to two, and a share of 0.905 to 0.91."""

_NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """A chart ready to be shown.

    Attributes
    ----------
    option : Mapping
        ECharts option with names as above.
    label : str
        The text alternative: what the chart finds, in words.
    height : int
        Height that the picture is made for, without its title, pixels.
    """

    option: Mapping[str, Any]
    label: str
    height: int = 320


def frame(labels: Mapping[str, str], *, grid: Any, tooltip: Mapping[str, Any]) -> dict[str, Any]:
    """The common part of an option: type, title, grid and tooltip; the caller adds axes and series.

    Parameters
    ----------
    labels : Mapping
        Finished words; `title` (the finding) and `subtitle` (what is drawn, unit, basis).
    grid, tooltip
        As in ECharts, positions in pixels.
    """
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT, "fontSize": 12, "color": colour("secondary")},
        "title": {"text": labels["title"], "subtext": labels["subtitle"]},
        "grid": grid,
        "tooltip": {
            "confine": True,
            "transitionDuration": 0,
            "backgroundColor": colour("card"),
            "borderColor": colour("hairline"),
            "textStyle": {"color": colour("text"), "fontSize": 12, "fontFamily": FONT},
            "extraCssText": "box-shadow:none;border-radius:6px",
            **tooltip,
        },
    }


def value_axis(low: float, high: float, **more: Any) -> dict[str, Any]:
    """A numeric axis from `low` to `high` without line or ticks, faint grid, dark enough text."""
    return {
        "type": "value",
        "min": low,
        "max": high,
        "axisLine": {"show": False},
        "axisTick": {"show": False},
        "splitLine": {"lineStyle": {"color": colour("hairline")}},
        "axisLabel": {"color": colour("secondary"), "fontSize": 12, "hideOverlap": True},
        "nameTextStyle": {"color": colour("secondary"), "fontSize": 12},
        **more,
    }


def colour(name: str, alpha: float | None = None) -> dict[str, Any]:
    """The name of a colour, with an opacity from 0 to 1 if given."""
    return {"$c": name} if alpha is None else {"$c": name, "alpha": alpha}


def number_format(name: str, before: str = "", after: str = "") -> dict[str, str]:
    """The name of a number format with words before and after the number.

    `name` is n0, n1, n2 (numbers with 0, 1, 2 decimals), p0, p1, p2 (shares times hundred) or
    s0, s1, s2 (the same without needless zeros).
    """
    return {"$f": name, "before": before, "after": after}


def share_format(decimals: int, labels: Mapping[str, str]) -> dict[str, str]:
    """The name of a format of shares as per cent; the sign is the label `per_cent`, else " %"."""
    return number_format(f"p{decimals}", after=labels.get("per_cent", " %"))


def words(text: str) -> dict[str, str]:
    """Words taken as they are, never as a template."""
    return {"$t": text}


def points(*columns: Numbers, digits: int = 6) -> list[list[float | None]]:
    """Columns as rows of plain numbers with `digits` significant digits, None if not finite."""
    table = np.column_stack([np.asarray(column, dtype=float) for column in columns])
    return [[_plain(value, digits) for value in row] for row in table.tolist()]


def marks_only(series: str, **marks: dict[str, Any]) -> dict[str, Any]:
    """A series without data or name that carries marks, so that no legend can hide them."""
    silent = {
        name: {"silent": True, "symbol": "none", "precision": PRECISION, **mark}
        for name, mark in marks.items()
    }
    return {"id": series, "type": "line", "silent": True, "data": [], **silent}


def steady(
    previous: tuple[float, float] | None, low: float, high: float, *, steps: int = 5
) -> tuple[float, float]:
    """The range of an axis that stays until a value leaves it.

    Parameters
    ----------
    previous : tuple or None
        The range in force. Kept if it holds `low` and `high` and they fill at least 45 % of it.
    low, high : float
        Least and greatest value to be shown.
    steps : int
        About how many grid lines a new range is made for.

    Returns
    -------
    tuple
        (low, high) at round numbers.
    """
    if previous and previous[0] <= low and high <= previous[1]:
        if high - low >= 0.45 * (previous[1] - previous[0]):
            return previous
    step = _step(low, high, steps)
    return (
        round(float(np.floor(low / step)) * step, 10),
        round(float(np.ceil(high / step)) * step, 10),
    )


def ticked(low: float, high: float, *, steps: int = 5) -> dict[str, float]:
    """Return the ends of a new axis and the interval of its ticks, which meet both ends."""
    ends, step = steady(None, low, high, steps=steps), _step(low, high, steps)
    return {"low": ends[0], "high": ends[1], "interval": step}


def even_step(low: float, high: float, *, digits: int, most: int = 7) -> float:
    """Return the least round step of `digits` decimals that meets both ends of an axis.

    At most `most` steps lie between the ends; where no round step meets both it is their distance.
    """
    span = high - low
    scale = 10.0 ** np.floor(np.log10(span / most))
    for nice in (*_NICE_STEPS, *(10.0 * one for one in _NICE_STEPS[1:])):
        step = round(float(nice * scale), 10)
        meets = all(abs(end / step - round(end / step)) < 1e-6 for end in (low, high))
        if meets and span <= step * (most + 1e-6) and round(step, digits) == step:
            return step
    return span


def _step(low: float, high: float, steps: int) -> float:
    """The least round step by which `steps` reach from `low` to `high`."""
    span = max(high - low, abs(high) * 1e-6, 1e-9)
    scale = 10.0 ** np.floor(np.log10(span / steps))
    return float(next(nice * scale for nice in _NICE_STEPS if nice * scale >= span / steps))


def _plain(value: float, digits: int) -> float | None:
    return float(f"{value:.{digits}g}") if isfinite(value) else None
