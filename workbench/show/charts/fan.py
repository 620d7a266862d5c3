"""Paths of a fund as bands of probability. Imports `frame` and `band`; computes no figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.show.charts.band import between
from workbench.show.charts.frame import (
    ChartSpec,
    Numbers,
    colour,
    frame,
    marks_only,
    number_format,
    points,
    ticked,
    value_axis,
    words,
)

__all__ = ["Fan", "fan_chart"]

ALPHAS = (0.13, 0.18, 0.26)
"""Strength of the bands, the widest first; each lies over the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """A figure over time.

    Attributes
    ----------
    times : Sequence[str]
        Names of the points in time, such as 2027-01, n of them.
    median : Numbers
        In the unit shown, shape (n,).
    bands : Mapping[int, tuple[Numbers, Numbers]]
        Per cent of the paths held, such as 95, 80, 50 -> lower and upper end, each of shape (n,).
    floor : float or None
        The line that must not be crossed, such as an empty fund.
    today : Numbers or None
        Median of today's scheme, drawn as a grey ghost.
    axis : tuple[float, float] or None
        Range of the values, see `frame.steady`.
    name : str
        Colour: a plan's code or "accent".
    digits : int
        Decimals of the values.
    every : int
        Every so many points in time are named on the axis, from the first.
    """

    times: Sequence[str]
    median: Numbers
    bands: Mapping[int, tuple[Numbers, Numbers]]
    floor: float | None = 0.0
    today: Numbers | None = None
    axis: tuple[float, float] | None = None
    name: str = "accent"
    digits: int = 0
    every: int = 12


def fan_chart(content: Fan, labels: Mapping[str, str]) -> ChartSpec:
    """Up to three bands of one hue, the median as a line, the floor labelled.

    Labels: `title`, `subtitle`, `alt`, `unit`, `axis` (time), `figure` (values, with unit),
    `median`, `floor`, `today`, and for each band of 95 per cent `upper_95`, `lower_95` (what
    hovering means) and `band_95` (words at its end).
    """
    ends = ticked(*(content.axis or _reach(content)))
    shares = sorted(content.bands, reverse=True)
    option = frame(
        labels,
        grid={"left": 60, "right": 92, "top": 48, "bottom": 44, "$narrow": {"right": 64}},
        tooltip={
            "trigger": "axis",
            "axisPointer": {"lineStyle": {"color": colour("secondary")}},
            "valueFormatter": number_format(f"n{content.digits}", after=f" {labels['unit']}"),
        },
    )
    option["xAxis"] = _times(content, labels)
    option["yAxis"] = value_axis(**ends, name=labels["figure"], nameGap=24)
    option["yAxis"]["nameTextStyle"] = {
        "color": colour("text"),
        "fontSize": 13,
        "align": "left",
        "padding": [0, 0, 0, -52],
    }
    option["yAxis"]["axisLabel"]["formatter"] = number_format(f"n{content.digits}")
    option["series"] = [
        *(part for place, share in enumerate(shares) for part in _band(place, share, content)),
        *(_edge(share, 1, content, labels) for share in shares),
        *(_edge(share, 0, content, labels) for share in reversed(shares)),
        *_ghost(content, labels),
        _median(content, labels),
        _floor(content, labels),
    ]
    return ChartSpec(option=option, label=labels["alt"], height=340)


def _times(content: Fan, labels: Mapping[str, str]) -> dict[str, Any]:
    """The points in time, every so many of them named."""
    return {
        "type": "category",
        "boundaryGap": False,
        "data": list(content.times),
        "name": labels["axis"],
        "nameLocation": "middle",
        "nameGap": 26,
        "nameTextStyle": {"color": colour("secondary"), "fontSize": 12},
        "axisTick": {"show": False},
        "axisLine": {"show": True, "onZero": False, "lineStyle": {"color": colour("hairline")}},
        "axisLabel": {
            "color": colour("secondary"),
            "fontSize": 12,
            "interval": content.every - 1,
            "hideOverlap": True,
        },
    }


def _reach(content: Fan) -> tuple[float, float]:
    """Least and greatest value drawn; the floor is always in sight."""
    every = [np.asarray(end, float) for band in content.bands.values() for end in band]
    every.append(np.asarray(content.median, float))
    floor = [] if content.floor is None else [content.floor]
    ends = [float(np.nanmin(one)) for one in every], [float(np.nanmax(one)) for one in every]
    return min([*ends[0], *floor]), max([*ends[1], *floor])


def _band(place: int, share: int, content: Fan) -> list[dict[str, Any]]:
    alpha = ALPHAS[min(place, len(ALPHAS) - 1)]
    return between(
        f"band-{share}", range(len(content.times)), *content.bands[share], (content.name, alpha)
    )


def _edge(share: int, end: int, content: Fan, labels: Mapping[str, str]) -> dict[str, Any]:
    """An end of a band as an unseen line: what hovering tells; the upper one has its words."""
    return {
        "id": f"{'upper' if end else 'lower'}-{share}",
        "name": labels[f"{'upper' if end else 'lower'}_{share}"],
        "type": "line",
        "symbol": "none",
        "lineStyle": {"width": 0.5, "color": colour(content.name, 0.5)},
        "itemStyle": {"color": colour(content.name)},
        "emphasis": {"disabled": True},
        "endLabel": {
            "show": bool(end),
            "distance": 6,
            "color": colour("secondary"),
            "formatter": words(labels[f"band_{share}"]),
        },
        "labelLayout": {"moveOverlap": "shiftY"},
        "data": points(range(len(content.times)), content.bands[share][end]),
    }


def _ghost(content: Fan, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Today's median, grey and behind."""
    if content.today is None:
        return []
    return [
        {
            "id": "today",
            "name": labels["today"],
            "type": "line",
            "symbol": "none",
            "lineStyle": {"width": 1.5, "type": "dashed", "color": colour("today")},
            "itemStyle": {"color": colour("today")},
            "emphasis": {"disabled": True},
            "endLabel": {
                "show": True,
                "distance": 6,
                "color": colour("secondary"),
                "formatter": words(labels["today"]),
            },
            "labelLayout": {"moveOverlap": "shiftY"},
            "data": points(range(len(content.times)), content.today),
        }
    ]


def _median(content: Fan, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": "median",
        "name": labels["median"],
        "type": "line",
        "symbol": "none",
        "lineStyle": {"width": 2.5, "color": colour(content.name)},
        "itemStyle": {"color": colour(content.name)},
        "emphasis": {"disabled": True},
        "endLabel": {
            "show": True,
            "distance": 6,
            "color": colour("text"),
            "formatter": words(labels["median"]),
        },
        "labelLayout": {"moveOverlap": "shiftY"},
        "data": points(range(len(content.times)), content.median),
    }


def _floor(content: Fan, labels: Mapping[str, str]) -> dict[str, Any]:
    """The floor as a labelled line across."""
    mark = {
        "lineStyle": {"color": colour("short"), "type": "dashed", "width": 1.5},
        "label": {
            "position": "insideStartTop",
            "color": colour("short"),
            "formatter": words(labels["floor"]),
        },
        "data": [] if content.floor is None else [{"yAxis": content.floor}],
    }
    return marks_only("floor", markLine=mark)
