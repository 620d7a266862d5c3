"""What a premium leads to where members react, as a band. Imports `frame` and NumPy only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

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
from workbench.show.charts.rows import told_at, upright

__all__ = ["PremiumBand", "band_chart", "between"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PremiumBand:
    """A figure over the premium, with its band over the reactions thought possible.

    Attributes
    ----------
    premiums : Numbers
        Yuan, increasing, shape (n,).
    low, central, high : Numbers
        The figure, in the unit shown, shape (n,).
    illustration : Sequence[bool]
        Where the premium is so far from today's that the curve is an illustration alone.
    today : float
        Today's premium, yuan.
    chosen : float or None
        The premium asked about, yuan.
    turning : float or None
        A premium at which something turns, yuan.
    plan : str
        Colour.
    digits : int
        Decimals of the figure, 0 to 2.
    """

    premiums: Numbers
    low: Numbers
    central: Numbers
    high: Numbers
    illustration: Sequence[bool]
    today: float
    chosen: float | None = None
    turning: float | None = None
    plan: str = "accent"
    digits: int = 0


def band_chart(content: PremiumBand, labels: Mapping[str, str]) -> ChartSpec:
    """The central line in its band; grey where it is an illustration; today's premium marked.

    Labels: `title`, `subtitle`, `alt`, `unit`, `axis` (name of the premium), `figure` (name of the
    values, with unit), `low`, `central`, `high`, `illustration`, `today`, `chosen`, `turning`, and
    `premium_unit`.
    """
    least = min(0.0, float(np.min(content.low)))
    option = frame(
        labels,
        grid={"left": 56, "right": 24, "top": 56, "bottom": 44},
        tooltip={
            "trigger": "axis",
            "axisPointer": {"lineStyle": {"color": colour("secondary")}},
            "valueFormatter": number_format(f"n{content.digits}", after=f" {labels['unit']}"),
        },
    )
    option["xAxis"] = _premiums(content, labels)
    option["yAxis"] = value_axis(
        **ticked(least, max(0.0, float(np.max(content.high)))),
        name=labels["figure"],
        nameLocation="end",
        nameGap=30,
    )
    option["yAxis"]["nameTextStyle"] = {"color": colour("text"), "fontSize": 13, "align": "left"}
    option["yAxis"]["nameTextStyle"]["padding"] = [0, 0, 0, -48]
    option["yAxis"]["axisLabel"]["formatter"] = number_format(f"n{content.digits}")
    option["series"] = [
        *between("band", content.premiums, content.low, content.high, (content.plan, 0.18)),
        *(_line(name, content, labels) for name in ("high", "central", "low")),
        _illustration(content, labels),
        marks_only("today", markLine=upright(content.today, labels["today"], side=_side(content))),
        *_points(content, labels),
    ]
    return ChartSpec(option=option, label=labels["alt"], height=330)


def between(
    series: str, across: Numbers, low: Numbers, high: Numbers, paint: tuple[str, float]
) -> list[dict[str, Any]]:
    """Return a field between two curves: an unseen base and, stacked on it, the difference."""
    name, alpha = paint
    bottom = np.asarray(low, dtype=float)
    common = {
        "type": "line",
        "stack": series,
        "stackStrategy": "all",
        "silent": True,
        "symbol": "none",
        "tooltip": {"show": False},
        "lineStyle": {"opacity": 0},
    }
    gap = np.asarray(high, dtype=float) - bottom
    return [
        {"id": f"{series}-base", **common, "data": points(across, bottom)},
        {
            "id": series,
            **common,
            "areaStyle": {"color": colour(name, alpha)},
            "data": points(across, gap),
        },
    ]


def _premiums(content: PremiumBand, labels: Mapping[str, str]) -> dict[str, Any]:
    whole = number_format("n0", after=f" {labels['premium_unit']}")
    axis = value_axis(
        float(content.premiums[0]),
        float(content.premiums[-1]),
        interval=10,
        name=labels["axis"],
        nameLocation="middle",
        nameGap=26,
        axisPointer={"label": {"formatter": whole}},
    )
    axis["splitLine"] = {"show": False}
    axis["axisLine"] = {"show": True, "onZero": False, "lineStyle": {"color": colour("hairline")}}
    axis["axisLabel"]["formatter"] = number_format("n0")
    return axis


def _side(content: PremiumBand) -> str:
    """Which way the words at today's premium run: away from the nearer edge."""
    low, high = float(content.premiums[0]), float(content.premiums[-1])
    place = (content.today - low) / (high - low)
    return "right" if place > 0.9 else "left" if place < 0.15 else "center"


def _line(name: str, content: PremiumBand, labels: Mapping[str, str]) -> dict[str, Any]:
    """An edge of the band, thin, or the central line."""
    width = 2.5 if name == "central" else 0.75
    return {
        "id": name,
        "name": labels[name],
        "type": "line",
        "symbol": "none",
        "lineStyle": {"width": width, "color": colour(content.plan)},
        "itemStyle": {"color": colour(content.plan)},
        "emphasis": {"disabled": True},
        "data": points(content.premiums, getattr(content, name)),
    }


def _illustration(content: PremiumBand, labels: Mapping[str, str]) -> dict[str, Any]:
    """Grey fields over the premiums far from today's, the widest with its words."""
    runs = _runs(content)
    widest = max(runs, key=lambda run: run[1] - run[0], default=None)
    fields = [
        [
            {
                "xAxis": low,
                "label": {
                    "show": (low, high) == widest,
                    "position": "insideTop",
                    "color": colour("secondary"),
                    "formatter": words(labels["illustration"]),
                },
            },
            {"xAxis": high},
        ]
        for low, high in runs
    ]
    area = {"itemStyle": {"color": colour("today", 0.14)}, "data": fields}
    return marks_only("illustration", markArea=area)


def _runs(content: PremiumBand) -> list[tuple[float, float]]:
    """First and last premium of each stretch that is an illustration, up to the next that is not.

    The field ends half way to the premium that is no illustration any more.
    """
    premiums = [float(one) for one in content.premiums]
    flags = [bool(one) for one in content.illustration]
    edges = [place for place in range(1, len(flags)) if flags[place] != flags[place - 1]]
    starts = [0, *edges]
    ends = [*edges, len(flags)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        if flags[start]:
            left = premiums[0] if start == 0 else (premiums[start - 1] + premiums[start]) / 2
            right = premiums[-1] if end == len(flags) else (premiums[end - 1] + premiums[end]) / 2
            found.append((left, right))
    return found


def _points(content: PremiumBand, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """The premium asked about on the central line, and where something turns."""
    low, high = float(content.premiums[0]), float(content.premiums[-1])
    found = []
    for name, at, hollow in (
        ("chosen", content.chosen, False),
        ("turning", content.turning, True),
    ):
        if at is None or not low <= at <= high:
            continue
        value = float(np.interp(at, content.premiums, content.central))
        late = at > low + 0.6 * (high - low)
        side = "bottom" if hollow else "left" if late else "right"
        found.append(
            {
                "id": name,
                "type": "line",
                "silent": True,
                "z": 6,
                "tooltip": {"show": False},
                "symbol": "emptyCircle" if hollow else "circle",
                "symbolSize": 9,
                "itemStyle": {"color": colour(content.plan)},
                "label": told_at(labels[name], side)
                | {"backgroundColor": colour("card", 0.8), "padding": [1, 3]},
                "data": points([at], [value]),
            }
        )
    return found
