"""What each premium tier of a plan leads to. Imports `frame` and NumPy; computes no figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from workbench.show.charts.frame import (
    PRECISION,
    ChartSpec,
    Numbers,
    colour,
    frame,
    marks_only,
    number_format,
    points,
    share_format,
    value_axis,
    words,
)
from workbench.show.charts.rows import inward

__all__ = ["TierCurve", "tier_chart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TierCurve:
    """What each premium tier of a plan leads to.

    Attributes
    ----------
    plan : str
        P1 to P5: the colour.
    premiums : Numbers
        Yuan, increasing, shape (n,).
    deficit_probability, loss_ratio : Numbers
        Shares, shape (n,).
    today, chosen : float
        Today's tier and the one asked about, yuan.
    rule : float or None
        Greatest deficit probability allowed, a share.
    allowed : tuple[float, float] or None
        Least and greatest premium that meet the rule, yuan.
    process : Numbers or None
        Deficit probability with yearly fluctuation alone, shape (n,), where `deficit_probability`
        has uncertain parameters in it: a second, thin line.
    """

    plan: str
    premiums: Numbers
    deficit_probability: Numbers
    loss_ratio: Numbers
    today: float
    chosen: float
    rule: float | None = None
    allowed: tuple[float, float] | None = None
    process: Numbers | None = None


def tier_chart(curve: TierCurve, labels: Mapping[str, str]) -> ChartSpec:
    """Deficit probability over the premium, below it the loss ratio.

    Labels: `title`, `subtitle`, `alt`, `unit` ("元"), `axis` (name of the premium), `probability`,
    `loss_ratio` (names of the figures), `today`, `chosen`, with a rule `rule` and `allowed`, and
    with a second line `process` and `parameters` (words at the two lines).
    """
    option = frame(
        labels,
        grid=[
            {"left": 48, "right": 20, "top": 52, "height": 200},
            {"left": 48, "right": 20, "top": 294, "height": 88},
        ],
        tooltip={"trigger": "axis", "axisPointer": {"lineStyle": {"color": colour("secondary")}}},
    )
    option["axisPointer"] = {"link": [{"xAxisIndex": "all"}]}
    option["xAxis"] = [_premium_axis(curve, labels, grid) for grid in (0, 1)]
    greatest_ratio = float(np.ceil(2 * float(np.max(curve.loss_ratio))) / 2)
    option["yAxis"] = [
        _share_axis("probability", labels, 1.0, grid=0),
        _share_axis("loss_ratio", labels, max(1.0, greatest_ratio), grid=1),
    ]
    option["series"] = [
        _tier_line("probability", curve, labels, 0),
        _tier_line("loss_ratio", curve, labels, 1),
        *_process_lines(curve, labels),
        _chosen_point(curve, labels),
        *(_today_line(curve, labels, grid) for grid in (0, 1)),
    ]
    return ChartSpec(option=option, label=labels["alt"], height=424)


def _premium_axis(curve: TierCurve, labels: Mapping[str, str], grid: int) -> dict[str, Any]:
    """The premium in whole yuan; its figures stand under the lower picture only."""
    axis = value_axis(
        float(curve.premiums[0]),
        float(curve.premiums[-1]),
        gridIndex=grid,
        interval=10,
        axisPointer={"label": {"formatter": number_format("n0", after=f" {labels['unit']}")}},
    )
    axis["splitLine"] = {"show": False}
    axis["axisLine"] = {"show": True, "onZero": False, "lineStyle": {"color": colour("hairline")}}
    axis["axisLabel"] |= {"show": grid == 1, "formatter": number_format("n0")}
    if grid == 1:
        axis |= {"name": labels["axis"], "nameLocation": "middle", "nameGap": 28}
    return axis


def _share_axis(
    figure: str, labels: Mapping[str, str], greatest: float, *, grid: int
) -> dict[str, Any]:
    """A share from 0, its name above the picture, flush left."""
    axis = value_axis(
        0,
        greatest,
        gridIndex=grid,
        name=labels[figure],
        nameLocation="end",
        nameGap=30 if grid == 0 else 12,
        interval=0.2 if grid == 0 else 0.5,
    )
    axis["nameTextStyle"] = {"color": colour("text"), "fontSize": 13, "align": "left"}
    axis["nameTextStyle"]["padding"] = [0, 0, 0, -40]
    axis["axisLabel"]["formatter"] = share_format(0, labels)
    return axis


def _tier_line(
    figure: Literal["probability", "loss_ratio"],
    curve: TierCurve,
    labels: Mapping[str, str],
    grid: int,
) -> dict[str, Any]:
    """One figure over the premium; on the probability also the rule and the range meeting it."""
    shares = curve.deficit_probability if figure == "probability" else curve.loss_ratio
    series = {
        "id": figure,
        "name": labels[figure],
        "type": "line",
        "xAxisIndex": grid,
        "yAxisIndex": grid,
        "symbol": "none",
        "lineStyle": {"width": 2.5, "color": colour(curve.plan)},
        "itemStyle": {"color": colour(curve.plan)},
        "emphasis": {"disabled": True},
        "tooltip": {"valueFormatter": share_format(1, labels)},
        "data": points(curve.premiums, shares, digits=5),
    }
    return series | (_rule_marks(curve, labels) if figure == "probability" else {})


def _process_lines(curve: TierCurve, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """The line with yearly fluctuation alone, and the words at both lines of probability."""
    if curve.process is None:
        return []
    second = {
        "id": "process",
        "name": labels["process"],
        "type": "line",
        "symbol": "none",
        "lineStyle": {"width": 1.25, "type": "dashed", "color": colour(curve.plan)},
        "itemStyle": {"color": colour(curve.plan)},
        "emphasis": {"disabled": True},
        "tooltip": {"valueFormatter": share_format(1, labels)},
        "data": points(curve.premiums, curve.process, digits=5),
    }
    # The lines cross near one half: each is told where it lies to the right of the other, the
    # second clear of the words at the tier asked about.
    at = float(np.interp(curve.chosen, curve.premiums, curve.deficit_probability))
    height = 0.34 if abs(at - 0.22) < 0.09 else 0.22
    return [
        second,
        *_told("process", curve, curve.process, (0.82, labels["process"])),
        *_told("parameters", curve, curve.deficit_probability, (height, labels["parameters"])),
    ]


def _told(
    key: str, curve: TierCurve, shares: Numbers, told: tuple[float, str]
) -> list[dict[str, Any]]:
    """Words right of a falling line, at the height given; none where the line is never so high."""
    height, text = told
    falling = np.minimum.accumulate(np.asarray(shares, dtype=float))
    if not falling[-1] < height <= falling[0]:
        return []
    at = float(np.interp(height, falling[::-1], np.asarray(curve.premiums, dtype=float)[::-1]))
    label = {"show": True, "position": "right", "distance": 6, "color": colour("secondary")}
    label |= {"backgroundColor": colour("card", 0.8), "padding": [1, 2]}
    return [
        {
            "id": f"told-{key}",
            "type": "line",
            "silent": True,
            "z": 6,  # before the line of today's tier
            "tooltip": {"show": False},
            "symbolSize": 1,
            "itemStyle": {"color": colour(curve.plan)},
            "label": label | {"formatter": words(text)},
            "data": points([at], [height]),
        }
    ]


def _rule_marks(curve: TierCurve, labels: Mapping[str, str]) -> dict[str, Any]:
    """A thin line at the greatest probability allowed, a pale field where it is met."""
    marks: dict[str, Any] = {}
    if curve.rule is not None:
        marks["markLine"] = {
            "silent": True,
            "symbol": "none",
            "precision": PRECISION,
            "lineStyle": {"color": colour("sound"), "type": "dashed", "width": 1},
            "label": {
                "position": "insideEndTop",
                "color": colour("sound"),
                "formatter": words(labels["rule"]),
            },
            "data": [{"yAxis": curve.rule}],
        }
    if curve.allowed is not None:
        low, high = curve.allowed
        label = {
            "position": inward(curve.premiums, curve.allowed),
            "color": colour("sound"),
            "formatter": words(labels["allowed"]),
        }
        marks["markArea"] = {
            "silent": True,
            "itemStyle": {"color": colour("sound", 0.10)},
            "label": label,
            "data": [[{"xAxis": low}, {"xAxis": high}]],
        }
    return marks


def _chosen_point(curve: TierCurve, labels: Mapping[str, str]) -> dict[str, Any]:
    """The tier asked about, as a point on the curve with its words."""
    at = float(np.interp(curve.chosen, curve.premiums, curve.deficit_probability))
    late = curve.chosen > 0.75 * curve.premiums[-1]
    # A low point lies at the foot of the falling curve: its words stand above and to the right.
    beside = "left" if late else "right"
    low_place: str | list[int] = "top" if late else [8, -20]
    return {
        "id": "chosen",
        "type": "line",
        "silent": True,
        "tooltip": {"show": False},
        "symbol": "circle",
        "symbolSize": 9,
        "itemStyle": {"color": colour(curve.plan)},
        "label": {
            "show": True,
            "position": beside if at > 0.12 else low_place,
            "distance": 8,
            "color": colour("text"),
            "fontSize": 13,
            "formatter": words(labels["chosen"]),
        },
        "data": points([curve.chosen], [at]),
    }


def _today_line(curve: TierCurve, labels: Mapping[str, str], grid: int) -> dict[str, Any]:
    """Today's tier as a grey line through both pictures, its words above the upper one."""
    low, high = float(curve.premiums[0]), float(curve.premiums[-1])
    early = curve.today < low + 0.15 * (high - low)  # clear of the figures of the axis
    mark = {
        "lineStyle": {"color": colour("today"), "type": "dashed", "width": 1.5},
        "label": {
            "show": grid == 0,
            "position": "end",
            "distance": 4,
            "align": "left" if early else "center",
            "color": colour("secondary"),
            "formatter": words(labels["today"]),
        },
        "data": [{"xAxis": curve.today}],
    }
    return marks_only(f"today-{grid}", markLine=mark) | {"xAxisIndex": grid, "yAxisIndex": grid}
