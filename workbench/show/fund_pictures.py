"""The picture of the fund over the years, for the document of `fund`.

Floor 9.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.show.charts import ChartSpec, Fan, fan_chart
from workbench.show.numbers import money_words, probability
from workbench.show.picture_parts import amount, basis_words, figure_of, money_unit, value_of
from workbench.show.words import words

__all__ = ["fund_picture"]


def fund_picture(
    document: Mapping[str, Any],
    *,
    language: str,
    today: Mapping[str, Any] | None = None,
    axis: tuple[float, float] | None = None,
) -> ChartSpec:
    """Return the fund at each month's end as a fan, for the document of `fund`.

    `today` is the document of today's scheme where another was asked; `axis` is the range in force
    in the unit shown, see `charts.steady`.
    """
    rows = document["fan"]
    keys = {float(key): key for key in rows[0] if key not in ("month", "mean")}
    levels = sorted(keys)
    pairs = [(low, 1.0 - low) for low in levels if low < 0.5]
    at = {level: [amount(value_of(row[keys[level]]), language) for row in rows] for level in levels}
    bands = {
        round(100 * (high - low)): (at[low], at[min(levels, key=lambda one: abs(one - high))])
        for low, high in pairs
    }
    opening = amount(document["opening_yuan"], language)
    labels = _labels(document, language, sorted(bands, reverse=True))
    content = Fan(
        times=_times(rows),
        median=[opening, *at[0.5]],
        bands={share: ([opening, *low], [opening, *high]) for share, (low, high) in bands.items()},
        floor=0.0,
        today=None if today is None else _median(today, language),
        axis=axis,
        every=12 if len(rows) > 24 else 3,
    )
    return fan_chart(content, labels)


def _key(row: Mapping[str, Any], level: float) -> str:
    return next(key for key in row if key not in ("month", "mean") and float(key) == level)


def _median(document: Mapping[str, Any], language: str) -> list[float]:
    rows = document["fan"]
    key = _key(rows[0], 0.5)
    found = [amount(value_of(row[key]), language) for row in rows]
    return [amount(document["opening_yuan"], language), *found]


def _times(rows: list[Mapping[str, Any]]) -> list[str]:
    """The month before the first, at whose end the fund opens, and every month."""
    year, month = (int(part) for part in rows[0]["month"].split("-"))
    before = f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02d}"
    return [before, *(row["month"] for row in rows)]


def _labels(document: Mapping[str, Any], language: str, shares: list[int]) -> dict[str, str]:
    say, last = words(language), list(document["variants"].values())[-1]
    used, closing = figure_of(last["used_up"]), last["closing_yuan"]
    ends = sorted((float(key), key) for key in closing if key != "mean")
    years = document["years"]
    title = say(
        "chart.fan_title",
        years=len(years),
        opening=money_words(document["opening_yuan"], language),
        chance=probability(used, language),
        median=money_words(value_of(closing[_key(closing, 0.5)]), language),
    )
    low, high = ends[0], ends[-1]
    told = say(
        "chart.fan_alt",
        title=title,
        year=years[-1],
        share=round(100 * (high[0] - low[0])),
        low=money_words(value_of(closing[low[1]]), language),
        high=money_words(value_of(closing[high[1]]), language),
    )
    bands = {
        f"{end}_{share}": say(f"chart.fan_{end}", share=share)
        for share in shares
        for end in ("upper", "lower", "band")
    }
    return {
        "title": title,
        "subtitle": say("word.and_also").join(
            (say("chart.fan_subtitle"), basis_words(document, language))
        ),
        "alt": told,
        "unit": money_unit(language),
        "axis": say("chart.fan_axis"),
        "figure": say("head.with_unit", label=say("chart.fan_figure"), unit=money_unit(language)),
        "median": say("chart.fan_median"),
        "floor": say("chart.fan_floor"),
        "today": say("chart.fan_today"),
        **bands,
    }
