"""Pictures of reserves: what is held by plan, when it is paid, what a level of confidence asks.

Floor 9. Each takes the part of a date from the JSON document of `reserve`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.inputs import Inputs
from workbench.show.charts import (
    ChartSpec,
    Dot,
    Dots,
    Stack,
    Stacks,
    dots_chart,
    stacks_chart,
)
from workbench.show.charts.frame import number_format
from workbench.show.numbers import money_words, percent, plain
from workbench.show.picture_parts import amount, money_unit, of_plan, value_of
from workbench.show.words import words

__all__ = ["PARTS", "confidence_picture", "payments_picture", "reserve_picture"]

PARTS = ("unearned_yuan", "unpaid_yuan", "handling_yuan", "deficiency_yuan", "margin_yuan")
"""Parts of what is held, from the axis outwards; the margin is above the best estimate."""

PAINTS = {
    "unearned_yuan": ("P2", 0.45),
    "unpaid_yuan": ("P1", 1.0),
    "handling_yuan": ("P5", 1.0),
    "deficiency_yuan": ("short", 1.0),
    "margin_yuan": ("P3", 0.75),
}
MANY_MONTHS = 12


def _part(found: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    return found["total"] if code == "total" else found["plans"][code]


def part_yuan(found: Mapping[str, Any], code: str, part: str) -> float:
    """Return a part of what is held for a plan, or "total", yuan; the margin is that of delay."""
    if part == "margin_yuan":
        return value_of(_part(found["prudence"], code)["unpaid"]["delay"]["margin_yuan"])
    return value_of(_part(found, code)[part])


def reserve_picture(
    found: Mapping[str, Any], pack: Inputs, *, language: str, day: str
) -> ChartSpec:
    """Return what is held by plan as stacked bars, for the part of a date."""
    say, codes = words(language), pack.plan_codes
    held = {code: [part_yuan(found, code, part) for part in PARTS] for code in codes}
    whole = {code: sum(parts) for code, parts in held.items()}
    parts = tuple(
        Stack(
            name=say(f"chart.reserve_{part}"),
            values=tuple(max(0.0, amount(held[code][place], language)) for code in codes),
            colours=(PAINTS[part],),
        )
        for place, part in enumerate(PARTS)
    )
    content = Stacks(
        names=tuple(of_plan(pack, code, language) for code in codes),
        parts=parts,
        totals=tuple(plain(amount(whole[code], language), 1) for code in codes),
    )
    return stacks_chart(content, _reserve_labels(found, pack, whole, (language, day)))


def _reserve_labels(
    found: Mapping[str, Any], pack: Inputs, whole: Mapping[str, float], told: tuple[str, str]
) -> dict[str, str]:
    """Finished words; `whole` what is held by plan, `told` language and date."""
    (language, day), say = told, words(told[0])
    most = max(whole, key=lambda code: whole[code])
    total = sum(part_yuan(found, "total", part) for part in PARTS)
    title = say(
        "chart.reserve_title",
        date=day,
        total=money_words(total, language),
        plan=of_plan(pack, most, language),
        share=percent(whole[most] / max(sum(whole.values()), 1e-9), language, 0),
    )
    rows = [
        say(
            "chart.reserve_row",
            plan=of_plan(pack, code, language),
            total=money_words(yuan, language),
        )
        for code, yuan in whole.items()
    ]
    level = percent(found["prudence"]["confidence"], language, 1)
    return {
        "title": title,
        "subtitle": say("chart.reserve_subtitle", level=level),
        "alt": say("chart.told", title=title, rows=say("word.and_also").join(rows)),
        "unit": money_unit(language),
        "axis": say("head.with_unit", label=say("chart.reserve_axis"), unit=money_unit(language)),
        "names": "",
    }


def payments_picture(
    found: Mapping[str, Any], pack: Inputs, *, language: str, day: str
) -> ChartSpec:
    """Return what of the unpaid claims is paid in each month to come, for the part of a date."""
    say, months = words(language), found["payments_yuan"]
    total = months["total"]
    whole, first = sum(total), sum(total[:3])
    most = next((n for n in range(1, len(total) + 1) if sum(total[:n]) >= 0.9 * whole), 1)
    share = percent(first / whole if whole else 0.0, language, 0)
    title = say("chart.payments_title", share=share, most=most)
    rows = [money_words(one, language) for one in total[:MANY_MONTHS]]
    labels = {
        "title": title,
        "subtitle": say("chart.payments_subtitle", date=day),
        "alt": say("chart.told", title=title, rows=say("word.and").join(rows)),
        "unit": money_unit(language),
        "axis": say("head.with_unit", label=say("chart.payments_axis"), unit=money_unit(language)),
        "names": say("chart.payments_months"),
    }
    parts = tuple(
        Stack(
            name=of_plan(pack, code, language),
            values=tuple(amount(one, language) for one in months[code]),
            colours=((code if code in ("P1", "P2", "P3", "P4", "P5") else "accent", 1.0),),
        )
        for code in pack.plan_codes
    )
    names = tuple(str(month) for month in range(1, len(total) + 1))
    return stacks_chart(Stacks(names=names, parts=parts, upright=True), labels)


def confidence_picture(
    found: Mapping[str, Any], *, language: str, uncertain: Mapping[str, Any] | None = None
) -> ChartSpec:
    """Return unpaid claims at the level of confidence by what is uncertain, for the part of a date.

    `uncertain` is the same part with the parameters uncertain, None where it was not asked.
    """
    say, level = words(language), percent(found["prudence"]["confidence"], language, 1)
    best = value_of(found["total"]["unpaid_yuan"])
    rows = dict(found["prudence"]["total"]["unpaid"])
    if uncertain is not None:
        rows["parameters"] = uncertain["prudence"]["total"]["unpaid"]["parameters"]
    worst = max(rows, key=lambda basis: value_of(rows[basis]["amount_yuan"]))
    told = {
        basis: money_words(value_of(one["amount_yuan"]), language) for basis, one in rows.items()
    }
    title = say(
        "chart.confidence_title",
        level=level,
        amount=told[worst],
        basis=say(f"word.margin_{worst}"),
        margin=money_words(value_of(rows[worst]["margin_yuan"]), language),
    )
    lines = [f"{say(f'word.margin_{basis}')} {text}" for basis, text in told.items()]
    labels = {
        "title": title,
        "subtitle": say("chart.confidence_subtitle", level=level),
        "alt": say("chart.told", title=title, rows=say("word.and_also").join(lines)),
        "axis": say(
            "head.with_unit", label=say("chart.confidence_axis"), unit=money_unit(language)
        ),
        "low": say("chart.confidence_best"),
        "today": say("chart.confidence_best"),
    }
    dots = tuple(
        Dot(
            name=say(f"word.margin_{basis}"),
            value=amount(value_of(one["amount_yuan"]), language),
            mark=plain(amount(value_of(one["amount_yuan"]), language), 1),
            told=told[basis],
            low=amount(best, language),
            told_low=money_words(best, language),
        )
        for basis, one in rows.items()
    )
    form = number_format("n0")
    return dots_chart(Dots(dots=dots, today=amount(best, language), form=form), labels)
