"""Amounts in parts, one bar a name. Imports `frame`, `rows` and NumPy; computes no figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.show.charts.frame import (
    ChartSpec,
    colour,
    frame,
    number_format,
    ticked,
    value_axis,
    words,
)
from workbench.show.charts.rows import names_axis, row_height, value_of_rows

__all__ = ["Stack", "Stacks", "stacks_chart"]


SHORT_NAME = 6
"""Signs of a name that fit a narrow column: four or five in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One part over all bars.

    `values` in the unit shown, one a bar; `name` in words; `colours` one a bar, or one for all, as
    names of colours with an opacity.
    """

    name: str
    values: tuple[float, ...]
    colours: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacks:
    """Bars by name, and their parts from the axis outwards.

    `totals` in words at the end of each bar, empty for none; `upright` draws columns, for months;
    `digits` decimals of the values.
    """

    names: tuple[str, ...]
    parts: tuple[Stack, ...]
    totals: tuple[str, ...] = ()
    upright: bool = False
    digits: int = 0


def stacks_chart(content: Stacks, labels: Mapping[str, str]) -> ChartSpec:
    """Stacked bars from zero with their totals in words and a key of the parts above.

    Labels: `title`, `subtitle`, `alt`, `unit`, `axis` (the amounts, with unit), `names` (what the
    bars are; used where they stand upright).
    """
    most = float(np.max(np.sum([one.values for one in content.parts], axis=0)))
    room = 1.0 if content.upright else 1.16
    ends = ticked(0.0, max(room * most, 1e-9))
    form = number_format(f"n{content.digits}")
    after = number_format(f"n{max(content.digits, 1)}", after=f" {labels['unit']}")
    wide = 112 if max(map(len, content.names), default=0) > SHORT_NAME else 76
    grid = {"left": wide + 8, "right": 16, "top": 40, "bottom": 44, "$narrow": {"left": 76}}
    if content.upright:
        grid = {"left": 48, "right": 16, "top": 64, "bottom": 44, "$narrow": {"top": 84}}
    option = frame(labels, grid=grid, tooltip={"trigger": "axis", "valueFormatter": after})
    option["tooltip"]["axisPointer"] = {"type": "none"}
    option["legend"] = _key(content)
    if content.upright:
        option["xAxis"] = _upright_names(content, labels)
        option["yAxis"] = value_axis(**ends, name=labels["axis"], nameGap=14)
        option["yAxis"]["nameTextStyle"] |= {"align": "left", "padding": [0, 0, 0, -40]}
        option["yAxis"]["axisLabel"]["formatter"] = form
    else:
        option["xAxis"] = value_of_rows(**ends, form=form)
        option["xAxis"] |= {"name": labels["axis"], "nameLocation": "middle", "nameGap": 26}
        option["yAxis"] = names_axis(content.names, wide=wide, narrow=70)
    option["series"] = [_part(place, one, content) for place, one in enumerate(content.parts)]
    height = 300 if content.upright else row_height(len(content.names), row=40, around=88)
    return ChartSpec(option=option, label=labels["alt"], height=height)


def _key(content: Stacks) -> dict[str, Any]:
    """Which part has which colour; nothing can be switched off, so that bars keep their sum."""
    style = {"color": colour("secondary"), "fontSize": 12}
    return {
        "top": 4,
        "left": 8,
        "itemWidth": 12,
        "itemHeight": 12,
        "itemGap": 14,
        "selectedMode": False,
        "textStyle": style,
        "data": [{"name": one.name} for one in content.parts],
        "$narrow": {"itemGap": 8, "itemWidth": 9, "textStyle": style | {"fontSize": 11}},
    }


def _upright_names(content: Stacks, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "category",
        "data": list(content.names),
        "name": labels["names"],
        "nameLocation": "middle",
        "nameGap": 26,
        "nameTextStyle": {"color": colour("secondary"), "fontSize": 12},
        "axisTick": {"show": False},
        "axisLine": {"show": True, "lineStyle": {"color": colour("hairline")}},
        "axisLabel": {"color": colour("secondary"), "fontSize": 12, "hideOverlap": True},
    }


def _part(place: int, one: Stack, content: Stacks) -> dict[str, Any]:
    """A part over all bars; the last one carries the totals."""
    last = place == len(content.parts) - 1
    paints = one.colours * (1 if len(one.colours) > 1 else len(content.names))
    return {
        "id": f"part-{place}",
        "name": one.name,
        "type": "bar",
        "stack": "all",
        "barWidth": "62%",
        "barMaxWidth": 40 if content.upright else 26,
        "emphasis": {"disabled": True},
        "itemStyle": {"color": colour(*one.colours[0])},
        "data": [
            {
                "value": float(f"{value:.6g}"),
                "itemStyle": {"color": colour(*paint)},
                "label": {
                    "show": bool(last and content.totals),
                    "position": "right",
                    "color": colour("text"),
                    "formatter": words(content.totals[bar] if content.totals else ""),
                },
            }
            for bar, (value, paint) in enumerate(zip(one.values, paints, strict=True))
        ],
    }
