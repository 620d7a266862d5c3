"""The year's result as a distribution. Imports `frame` and NumPy; computes no figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from workbench.show.charts.frame import (
    ChartSpec,
    Numbers,
    colour,
    even_step,
    frame,
    marks_only,
    number_format,
    points,
    share_format,
    value_axis,
    words,
)

__all__ = ["Curve", "Distribution", "Mark", "distribution_chart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A density over amounts.

    Attributes
    ----------
    amounts : Numbers
        Increasing, shape (n,), in the unit shown (万元, million yuan).
    density : Numbers
        Shape (n,), at least 0, any scale common to all curves of one picture.
    beyond : Numbers
        Shape (n,), shares 0 to 1: how likely the year's figure lies beyond the amount.
    """

    amounts: Numbers
    density: Numbers
    beyond: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One amount pointed at: `key` names its words, `height` its stem in parts of the peak.

    Stems of different heights keep the words apart; above 1 they stand over the stem, on one line.
    """

    key: str
    amount: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """The year's result of the scheme or of one plan, as the picture shows it.

    Attributes
    ----------
    curve : Curve
        The scheme asked about.
    today : Curve or None
        Today's scheme, drawn as a grey ghost behind; None where it is the same.
    marks : tuple[Mark, ...]
        Mean, 95 % and 99.5 %: keys `mean`, `p95`, `p995`.
    limit : float
        The amount from which the year is a deficit.
    deficit : str
        Whether the deficit lies "above" the limit (paid) or "below" it (surplus).
    axis : tuple[float, float]
        Range of the amounts, see `frame.steady`.
    name : str
        Colour: a plan's code or "accent".
    digits : int
        Decimals of the amounts on the axis, 0 to 2.
    """

    curve: Curve
    today: Curve | None
    marks: tuple[Mark, ...]
    limit: float
    deficit: Literal["above", "below"]
    axis: tuple[float, float]
    name: str = "accent"
    digits: int = 0


def distribution_chart(year: Distribution, labels: Mapping[str, str]) -> ChartSpec:
    """The year's result as a filled density, its deficit part shaded, today's scheme behind.

    Labels: `title`, `subtitle`, `alt`, `unit` ("万元"), `axis` (name of the amounts), `beyond` and
    `beyond_today` (what the hover figure means), `today`, `limit`, and one for each mark's key.
    """
    peak = max(float(np.max(curve.density)) for curve in (year.curve, year.today) if curve)
    option = frame(
        labels,
        grid={"left": 16, "right": 16, "top": 24, "bottom": 44},
        tooltip={"trigger": "axis", "axisPointer": {"lineStyle": {"color": colour("secondary")}}},
    )
    amount = number_format(f"n{year.digits}", after=f" {labels['unit']}")
    option["xAxis"] = value_axis(
        *year.axis,
        interval=even_step(*year.axis, digits=year.digits),
        name=labels["axis"],
        nameLocation="middle",
        nameGap=26,
        axisPointer={"label": {"formatter": amount}},
    )
    option["xAxis"]["splitLine"] = {"show": False}
    option["xAxis"]["axisLine"] = {"show": True, "lineStyle": {"color": colour("hairline")}}
    option["xAxis"]["axisLabel"]["formatter"] = number_format(f"n{year.digits}")
    option["yAxis"] = value_axis(0, float(f"{1.16 * peak:.4g}"), show=False)
    option["series"] = [
        *_ghost(year, labels),
        *_density(year, labels),
        *(_stem(mark, year, labels, peak) for mark in year.marks),
        _limit_line(year, labels),
    ]
    return ChartSpec(option=option, label=labels["alt"])


def _ghost(year: Distribution, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Today's scheme: a grey line with a faint fill, named on the flank away from the curve."""
    if year.today is None:
        return []
    peak = int(np.argmax(year.today.density))
    left = year.today.amounts[peak] <= year.curve.amounts[int(np.argmax(year.curve.density))]
    flank = _flank(year.today, peak, left)
    return [
        _area("today", year.today, labels, ("today", 1.5, 0.10)),
        {
            "id": "today-name",
            "type": "line",
            "silent": True,
            "tooltip": {"show": False},
            "symbolSize": 1,
            "itemStyle": {"color": colour("today")},
            "label": {
                "show": True,
                "position": "left" if left else "right",
                "distance": 8,
                "color": colour("secondary"),
                "formatter": words(labels["today"]),
            },
            "data": points(*flank),
        },
    ]


def _density(year: Distribution, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """The curve asked about, and its deficit part as a red area over it."""
    red = {
        "id": "deficit",
        "type": "line",
        "silent": True,
        "tooltip": {"show": False},
        "symbol": "none",
        "lineStyle": {"width": 2, "color": colour("short")},
        "areaStyle": {"color": colour("short", 0.35)},
        "data": points(*_deficit_part(year)),
    }
    return [_area("year", year.curve, labels, (year.name, 2.0, 0.16)), red]


def _area(
    series: str, curve: Curve, labels: Mapping[str, str], style: tuple[str, float, float]
) -> dict[str, Any]:
    """A filled density; the hover figure is the third column, how likely it is to go beyond."""
    paint, width, alpha = style
    return {
        "id": series,
        "name": labels["beyond" if series == "year" else "beyond_today"],
        "type": "line",
        "symbol": "none",
        "lineStyle": {"width": width, "color": colour(paint)},
        "itemStyle": {"color": colour(paint)},
        "areaStyle": {"color": colour(paint, alpha)},
        "emphasis": {"disabled": True},
        "dimensions": ["amount", "density", "beyond"],
        "encode": {"x": 0, "y": 1, "tooltip": [2]},
        "tooltip": {"valueFormatter": share_format(1, labels)},
        "data": points(curve.amounts, curve.density, curve.beyond, digits=5),
    }


def _stem(mark: Mark, year: Distribution, labels: Mapping[str, str], peak: float) -> dict[str, Any]:
    """A thin line up from an amount, its words at the end away from the bulk of the curve."""
    low, high = year.axis
    place = (mark.amount - low) / (high - low)
    side = "left" if place > 0.86 or (year.deficit == "below" and place > 0.14) else "right"
    if mark.height > 1:
        side = "top"
    end = {
        "value": [mark.amount, float(f"{mark.height * peak:.4g}")],
        "symbolSize": 5,
        "label": {
            "show": True,
            "position": side,
            "align": {"left": "right", "right": "left", "top": "center"}[side],
            "distance": 6,
            "lineHeight": 16,
            "backgroundColor": colour("card"),  # other lines pass behind the words
            "padding": [1, 2],
            "color": colour("text"),
            "formatter": words(labels[mark.key]),
        },
    }
    return {
        "id": f"mark-{mark.key}",
        "type": "line",
        "z": 6,
        "silent": True,
        "tooltip": {"show": False},
        "symbol": "circle",
        "symbolSize": 0,
        "lineStyle": {"width": 1, "color": colour("text")},
        "itemStyle": {"color": colour("text")},
        "data": [{"value": [mark.amount, 0]}, end],
    }


def _limit_line(year: Distribution, labels: Mapping[str, str]) -> dict[str, Any]:
    """The amount where the deficit begins; nothing where it lies outside the picture."""
    low, high = year.axis
    inside = low < year.limit < high
    style = {"color": colour("short"), "type": "dashed", "width": 1}
    label = {
        "position": "end",
        "distance": 4,
        "align": "right" if year.limit > (low + high) / 2 else "left",
        "color": colour("short"),
        "formatter": words(labels["limit"]),
    }
    mark = {"lineStyle": style, "label": label, "data": [{"xAxis": year.limit}] if inside else []}
    return marks_only("limit", markLine=mark)


def _deficit_part(year: Distribution) -> tuple[np.ndarray, np.ndarray]:
    """The points of the curve on the deficit's side, with the point on the limit itself."""
    amounts = np.asarray(year.curve.amounts, dtype=float)
    density = np.asarray(year.curve.density, dtype=float)
    short = amounts > year.limit if year.deficit == "above" else amounts < year.limit
    if not short.any():
        return np.empty(0), np.empty(0)
    edge_amount = np.clip(year.limit, amounts[0], amounts[-1])
    edge_density = np.interp(edge_amount, amounts, density)
    if year.deficit == "above":
        return np.append(edge_amount, amounts[short]), np.append(edge_density, density[short])
    return np.append(amounts[short], edge_amount), np.append(density[short], edge_density)


def _flank(curve: Curve, peak: int, left: bool) -> tuple[np.ndarray, np.ndarray]:
    """The point of a curve at about eight tenths of its peak, on one side: no stem ends there."""
    amounts, density = np.asarray(curve.amounts), np.asarray(curve.density)
    side = np.arange(0, peak + 1) if left else np.arange(peak, len(amounts))
    at = int(side[np.argmin(np.abs(density[side] - 0.8 * density[peak]))])
    return amounts[[at]], density[[at]]
