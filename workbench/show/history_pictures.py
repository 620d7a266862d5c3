"""Pictures of payment histories: why a past reserve was off, and how counties stand.

Floor 9. Each takes the JSON document of its question (`runoff`, `counties`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.inputs import Inputs
from workbench.reserving.runoff import CAUSES
from workbench.show.charts import (
    ChartSpec,
    Dot,
    Dots,
    Step,
    Waterfall,
    dots_chart,
    waterfall_chart,
)
from workbench.show.charts.frame import number_format, share_format
from workbench.show.numbers import (
    money_words,
    per_cent,
    percent,
    plain,
    probability,
    probability_words,
    signed,
)
from workbench.show.picture_parts import (
    amount,
    joined,
    money_unit,
    of_plan,
    part_of_plan,
    value_of,
)
from workbench.show.words import words

__all__ = ["COUNTY_FIGURES", "counties_picture", "runoff_picture"]

COUNTY_FIGURES = ("level", "deficit")
"""What the picture of the counties may draw."""

NORMAL_90 = 1.6449
"""Half the width of a 90 % interval in standard errors, for a normal error."""


def runoff_picture(
    document: Mapping[str, Any], pack: Inputs, *, language: str, plan: str = ""
) -> ChartSpec:
    """Return what the difference of a past reserve is made of, for a plan or ("") in all."""
    say = words(language)
    part = part_of_plan(document, plan) if plan else document["total"]
    causes = {name: value_of(part["causes_yuan"][name]) for name in CAUSES}
    most = max(abs(amount(one, language)) for one in causes.values())
    digits = 0 if most >= 10.0 else 1 if most >= 1.0 else 2
    steps, at = [], 0.0
    for name, yuan in causes.items():
        end = at + amount(yuan, language)
        told = signed(plain(end - at, max(digits, 1)))
        steps.append(Step(name=say(f"chart.runoff_{name}"), start=at, end=end, told=told))
        at = end
    whole = amount(value_of(part["difference_yuan"]), language)
    told = signed(plain(whole, max(digits, 1)))
    total = Step(name=say("chart.runoff_sum"), start=0.0, end=whole, told=told)
    content = Waterfall(steps=tuple(steps), total=total, digits=digits, level=True)
    return waterfall_chart(content, _runoff_labels(document, pack, causes, (language, plan)))


def _runoff_labels(
    document: Mapping[str, Any], pack: Inputs, causes: Mapping[str, float], of: tuple[str, str]
) -> dict[str, str]:
    """Finished words; `of` language and plan."""
    (language, plan), say = of, words(of[0])
    part = part_of_plan(document, plan) if plan else document["total"]
    off = value_of(part["difference_yuan"])
    main = max(causes, key=lambda name: causes[name] if off > 0.0 else -causes[name])
    title = say(
        f"chart.runoff_title_{'short' if off > 0.0 else 'enough'}",
        past=document["past_date"],
        plan=of_plan(pack, plan, language),
        held=money_words(value_of(part["held_yuan"]), language),
        difference=money_words(abs(off), language),
        cause=say(f"chart.runoff_{main}"),
    )
    rows = [
        say(
            "chart.runoff_row",
            cause=say(f"chart.runoff_{name}"),
            yuan=signed(money_words(one, language)),
        )
        for name, one in causes.items()
    ]
    unit = money_unit(language)
    return {
        "title": title,
        "subtitle": say("chart.runoff_subtitle", closing=document["closing_date"]),
        "alt": say("chart.told", title=title, rows=joined(rows, language)),
        "unit": unit,
        "axis": say("head.with_unit", label=say("head.runoff_difference"), unit=unit),
        "mark": "",
    }


def counties_picture(
    document: Mapping[str, Any], *, language: str, figure: str = "level"
) -> ChartSpec:
    """Return every county's level with its interval, or its possibility of a deficit alone."""
    return _levels(document, language) if figure == "level" else _deficits(document, language)


def _county(one: Mapping[str, Any], language: str) -> str:
    return str(one[f"name_{language}"])


def _levels(document: Mapping[str, Any], language: str) -> ChartSpec:
    say, dots, apart = words(language), [], []
    for one in document["counties"].values():
        level, error = value_of(one["county_level"]), float(one["county_level"]["error"])
        low, high = level - NORMAL_90 * error, level + NORMAL_90 * error
        name, told = _county(one, language), plain(level, 3)
        dots.append(
            Dot(
                name=name,
                value=level,
                mark=told,
                told=told,
                low=low,
                told_low=plain(low, 3),
                high=high,
                told_high=plain(high, 3),
            )
        )
        if not low <= 1.0 <= high:
            apart.append(name)
    values = [dot.value for dot in dots]
    title = say(
        f"chart.county_level_title_{'apart' if apart else 'alike'}",
        low=plain(min(values), 3),
        high=plain(max(values), 3),
        names=joined(apart, language),
    )
    rows = [
        say("chart.county_level_row", name=dot.name, low=dot.told_low, high=dot.told_high)
        for dot in dots
    ]
    labels = {
        "title": title,
        "subtitle": say("chart.county_level_subtitle"),
        "alt": say("chart.told", title=title, rows=joined(rows, language)),
        "axis": say("head.county_level"),
        "low": say("chart.county_level_ends"),
        "today": say("chart.county_level_whole"),
    }
    content = Dots(dots=tuple(dots), today=1.0, form=number_format("n2"))
    return dots_chart(content, labels)


def _deficits(document: Mapping[str, Any], language: str) -> ChartSpec:
    """The level uncertain too; a county above the limit is red."""
    say, limit = words(language), float(document["deficit_limit"])
    dots = []
    for one in document["counties"].values():
        chance = value_of(one["deficit_probability_level_uncertain"])
        told = probability(chance, language)
        dots.append(Dot(name=_county(one, language), value=chance, mark=told, told=told))
    failing = [document["counties"][code] for code in document["fails_alone"]]
    title = say(
        f"chart.county_deficit_title_{'some' if failing else 'none'}",
        limit=percent(limit, language, 0),
        names=joined([_county(one, language) for one in failing], language),
        pool=probability_words(value_of(document["pool"]["deficit_probability"]), language),
    )
    rows = [say("chart.county_deficit_row", name=dot.name, chance=dot.told) for dot in dots]
    labels = {
        "title": title,
        "subtitle": say("chart.county_deficit_subtitle"),
        "alt": say("chart.told", title=title, rows=joined(rows, language)),
        "axis": say("head.county_deficit"),
        "low": "",
        "today": say("chart.county_deficit_limit", limit=percent(limit, language, 0)),
    }
    form = share_format(0 if limit >= 0.04 else 1, {"per_cent": per_cent("", language)})
    content = Dots(dots=tuple(dots), today=limit, form=form, short_above=limit)
    return dots_chart(content, labels)
