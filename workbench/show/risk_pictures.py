"""Pictures of what may happen: what moves a figure, named scenarios, the fund, a triangle.

Floor 9. They take the JSON documents of `sensitivity` and `fund`, and an answer to `triangle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.names import allowed_name
from workbench.questions import Answer
from workbench.reserving.methods.chain_ladder import development_of
from workbench.reserving.methods.diagnostics import link_ratios, residuals
from workbench.show.charts import (
    ChartSpec,
    Dot,
    Dots,
    Heat,
    Tornado,
    TornadoBar,
    dots_chart,
    heat_chart,
    tornado_chart,
)
from workbench.show.charts.frame import number_format, share_format
from workbench.show.numbers import (
    money_words,
    number,
    per_cent,
    percent,
    plain,
    probability,
    signed,
)
from workbench.show.picture_parts import amount, joined, money_unit, of_plan, value_of
from workbench.show.words import words

__all__ = ["scenario_picture", "tornado_picture", "triangle_picture"]

MOST_BARS = 10
SHARES = ("loss_ratio", "deficit")
USUAL, SEEN = 1.0, 5e-4
"""The development that is none, and how far a ratio must lie from it to be worth a column."""


def _axis_form(figure: str, of: str, language: str) -> tuple[dict[str, str], float, str]:
    """Number format, factor and unit of a figure's axis."""
    say = words(language)
    if figure in SHARES:
        sign = per_cent("", language)
        return share_format(0, {"per_cent": sign}), 1.0, sign.strip()
    if figure == "technical_premium" and of != "total":
        return number_format("n0"), 1.0, say("unit.yuan")
    return number_format("n0"), amount(1.0, language), money_unit(language)


def _told(value: float, figure: str, of: str, language: str) -> str:
    """A figure in words, with its unit."""
    if figure == "deficit":
        return probability(value, language)
    if figure in SHARES:
        return percent(value, language)
    if figure == "technical_premium" and of != "total":
        return words(language)("number.yuan", number=plain(value, 2))
    return money_words(value, language)


def tornado_picture(document: Mapping[str, Any], pack: Inputs, *, language: str) -> ChartSpec:
    """Return what moves a figure most, for the document of `sensitivity` of kind "tornado"."""
    say, found = words(language), _kind(document, "tornado")
    figure, of = document["choices"]["figure"] or "loss_ratio", document["choices"]["of"]
    form, factor, unit = _axis_form(figure, of, language)
    bars = tuple(_bar(one, pack, language, (figure, of, factor)) for one in found["bars"])
    moving = [bar for bar in bars if bar.told_low != bar.told_high] or list(bars)
    first, base = moving[0], value_of(found["base"])
    named = say(f"sensitivity.{figure}")
    title = say(
        "chart.tornado_title",
        name=first.name,
        low=first.low,
        high=first.high,
        of=of_plan(pack, of, language),
        figure=named,
        first=first.told_low,
        second=first.told_high,
    )
    rows = [_bar_words(bar, language) for bar in moving[:MOST_BARS]]
    totals = document["choices"]["totals"] or "free"
    labels = {
        "title": title,
        "subtitle": say("chart.tornado_subtitle") + say(f"chart.tornado_{totals}"),
        "alt": say("chart.told", title=title, rows=joined(rows, language)),
        "axis": say("head.with_unit", label=f"{of_plan(pack, of, language)} · {named}", unit=unit),
        "base": say("chart.tornado_base", figure=_told(base, figure, of, language)),
        "at_low": say("sensitivity.low_end"),
        "at_high": say("sensitivity.high_end"),
    }
    colour = "accent" if of == "total" else of
    content = Tornado(base=base * factor, bars=tuple(moving[:MOST_BARS]), form=form, name=colour)
    return tornado_chart(content, labels)


def _bar_words(bar: TornadoBar, language: str) -> str:
    """An assumption with its range and the figure at both ends, in words."""
    return words(language)(
        "chart.tornado_alt_row",
        name=bar.name,
        low=bar.low,
        high=bar.high,
        first=bar.told_low,
        second=bar.told_high,
    )


def _kind(document: Mapping[str, Any], kind: str) -> Any:
    """The document's part of a kind, refused where another kind was asked."""
    if document[kind] is None:
        asked = document["choices"]["kind"]
        raise refuse("unknown-choice", name="--kind", value=asked, allowed=(kind,))
    return document[kind]


def _bar(
    one: Mapping[str, Any], pack: Inputs, language: str, of: tuple[str, str, float]
) -> TornadoBar:
    figure, code, factor = of
    ends = value_of(one["at_low"]), value_of(one["at_high"])
    return TornadoBar(
        name=_meaning(pack, one["name"], language),
        low=number(one["low"], 4),
        high=number(one["high"], 4),
        at_low=ends[0] * factor,
        at_high=ends[1] * factor,
        told_low=_told(ends[0], figure, code, language),
        told_high=_told(ends[1], figure, code, language),
    )


def _meaning(pack: Inputs, name: str, language: str) -> str:
    """What a name means, without its explanation; with the plan's code where it is a plan's."""
    entry = allowed_name(pack, name)
    if entry is None:
        return name
    told = words(language)(entry.meaning)
    for sign in ("：", "；", ": ", "; "):
        told = told.split(sign)[0]
    parts = name.split(".")
    return f"{parts[1]} · {told}" if len(parts) > 2 else told


def scenario_picture(
    document: Mapping[str, Any],
    pack: Inputs,
    *,
    language: str,
    figure: str = "surplus",
    of: str = "",
) -> ChartSpec:
    """Return the named scenarios side by side, for the document of kind "scenarios".

    `figure` is "surplus", with the one-in-twenty bad year, or "loss_ratio"; `of` a plan's code,
    "" for the scheme.
    """
    say, found = words(language), _kind(document, "scenarios")
    code = of or "total"
    form, factor, unit = _axis_form(figure, code, language)
    dots = tuple(_dot(one, language, (figure, code, factor)) for one in found)
    today = next((one for one in found if one["scenario"] == "today"), found[0])
    now = _scenario_figure(today, figure, code)
    worst = (min if figure == "surplus" else max)(dots, key=lambda one: one.value)
    title = say(
        "chart.scenario_title",
        of=of_plan(pack, code, language),
        figure=say(f"sensitivity.{figure}"),
        name=worst.name,
        worst=worst.told,
        today=_told(now, figure, code, language),
    )
    rows = [say("chart.scenario_alt_row", name=one.name, figure=one.told) for one in dots]
    labels = {
        "title": title,
        "subtitle": say(f"chart.scenario_subtitle_{figure}"),
        "alt": say("chart.told", title=title, rows=joined(rows, language)),
        "axis": say("head.with_unit", label=say(f"sensitivity.{figure}"), unit=unit),
        "low": say("chart.scenario_low"),
        "today": say("chart.tornado_base", figure=_told(now, figure, code, language)),
    }
    content = Dots(
        dots=dots,
        today=now * factor,
        form=form,
        short_below=0.0 if figure == "surplus" else None,
        short_above=1.0 if figure == "loss_ratio" else None,
        name="accent" if code == "total" else code,
    )
    return dots_chart(content, labels)


def _mark(value: float, factor: float, figure: str, language: str) -> str:
    """The figure at a dot, in the unit of the axis."""
    return percent(value, language) if figure in SHARES else plain(value * factor, 0)


def _scenario_part(one: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    part: Mapping[str, Any] = one["total"] if code == "total" else one["plans"][code]
    return part


def _scenario_figure(one: Mapping[str, Any], figure: str, code: str) -> float:
    key = "expected_surplus_yuan" if figure == "surplus" else figure
    return value_of(_scenario_part(one, code)[key])


def _dot(one: Mapping[str, Any], language: str, of: tuple[str, str, float]) -> Dot:
    figure, code, factor = of
    value = _scenario_figure(one, figure, code)
    low = None
    if figure == "surplus":
        part = _scenario_part(one, code)
        bad = value_of(part["paid_yuan"]["quantile"]["0.95"])
        low = part["contribution_yuan"] - value_of(part["expenses_yuan"]) - bad
    return Dot(
        name=one[f"name_{language}"],
        value=value * factor,
        mark=_mark(value, factor, figure, language),
        told=_told(value, figure, code, language),
        low=None if low is None else low * factor,
        told_low="" if low is None else money_words(low, language),
    )


def triangle_picture(answer: Answer, language: str) -> ChartSpec:
    """Return the link ratios of a triangle as a heat map, for an answer to `triangle`.

    The colour is the residual of the chain ladder, in standard deviations.
    """
    say, case = words(language), answer.result.case
    triangle = case.triangle
    ratios = link_ratios(triangle)
    apart = residuals(triangle, development_of(triangle, case.selection))
    with np.errstate(invalid="ignore"):
        moving = np.nanmax(np.abs(ratios - USUAL), axis=0, initial=0.0) > SEEN
    last = int(np.flatnonzero(moving)[-1]) + 1 if moving.any() else 1
    ratios, apart = ratios[:, :last], np.asarray(apart, dtype=float)[:, :last]
    kept = np.isfinite(ratios).any(axis=1)
    names = tuple(one for one, held in zip(triangle.origins, kept, strict=True) if held)
    ratios, apart = ratios[kept], apart[kept]
    title = _triangle_title(say, names, triangle.periods, (ratios, apart))
    told = tuple(
        tuple(plain(float(one), 3) if np.isfinite(one) else "" for one in row) for row in ratios
    )
    labels = {
        "title": title,
        "subtitle": say("chart.triangle_subtitle"),
        "alt": title,
        "rows": say("head.origin"),
        "columns": say("chart.triangle_columns"),
        "figure": say("chart.triangle_figure"),
    }
    content = Heat(rows=names, columns=triangle.periods[:last], told=told, departures=apart)
    return heat_chart(content, labels)


def _triangle_title(
    say: Any,
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    cells: tuple[np.ndarray, np.ndarray],
) -> str:
    """The cell that departs most."""
    ratios, apart = cells
    if not np.isfinite(apart).any():
        return str(say("chart.triangle_title_plain"))
    row, column = np.unravel_index(int(np.nanargmax(np.abs(apart))), apart.shape)
    return str(
        say(
            "chart.triangle_title",
            origin=rows[row],
            period=columns[column],
            ratio=plain(float(ratios[row, column]), 3),
            far=signed(plain(float(apart[row, column]), 1)),
        )
    )
