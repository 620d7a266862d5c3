"""Pictures of premiums: what one is made of, every tier, who gets what, who stays.

Floor 9. Each takes the JSON document of a question: `price`, `tiers`, `fairness`, `participation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.inputs import Inputs
from workbench.show.charts import (
    ChartSpec,
    Group,
    Groups,
    PlanTiers,
    PremiumBand,
    Step,
    TierGrid,
    Waterfall,
    band_chart,
    groups_chart,
    tier_grid_chart,
    waterfall_chart,
)
from workbench.show.numbers import (
    number,
    per_cent,
    plain,
    probability,
    signed,
    yuan,
)
from workbench.show.picture_parts import (
    amount,
    basis_words,
    figure_of,
    joined,
    money_unit,
    of_plan,
    part_of_plan,
    value_of,
)
from workbench.show.words import Words, words

__all__ = [
    "band_picture",
    "fairness_picture",
    "tier_grid_picture",
    "waterfall_picture",
]


def waterfall_picture(
    document: Mapping[str, Any], pack: Inputs, *, language: str, plan: str
) -> ChartSpec:
    """Return the lines of a plan's technical premium, for the document of `price`."""
    say, one = words(language), part_of_plan(document, plan)
    steps = tuple(
        Step(
            name=say(f"line.{line['code']}"),
            start=line["from_yuan"],
            end=line["to_yuan"],
            told=yuan(line["yuan"]) if place == 0 else signed(yuan(line["yuan"])),
        )
        for place, line in enumerate(one["lines"])
    )
    end = steps[-1].end
    now, sum_told = one["premium_yuan"], yuan(end)
    gap = round(end - now, 2)
    ending = "above" if gap > 0 else "below" if gap < 0 else "equal"
    title = say(
        f"chart.waterfall_title_{ending}",
        plan=of_plan(pack, plan, language),
        technical=sum_told,
        premium=number(now),
        gap=yuan(abs(gap)),
    )
    rows = [say("chart.waterfall_alt_row", name=step.name, yuan=step.told) for step in steps]
    unit = say("unit.yuan")
    labels = {
        "title": title,
        "subtitle": say("chart.waterfall_subtitle"),
        "alt": say("chart.told", title=title, rows=joined(rows, language)),
        "unit": unit,
        "axis": say("chart.waterfall_axis"),
        "mark": say("chart.waterfall_mark", premium=number(now)),
    }
    total = Step(name=say("line.technical"), start=0.0, end=end, told=sum_told)
    content = Waterfall(steps=steps, total=total, mark=now, plan=plan)
    return waterfall_chart(content, labels)


def tier_grid_picture(
    document: Mapping[str, Any],
    pack: Inputs,
    *,
    language: str,
    rule: str = "",
    process: Mapping[str, Any] | None = None,
) -> ChartSpec:
    """Return every plan's deficit probability over its tier, and the scheme's surplus.

    For the document of `tiers`. `rule` is a rule's code, the first by default; `process` is the
    document with yearly fluctuation alone where `document` has uncertain parameters in it.
    """
    say, rules = words(language), document["rules"]
    code = rule or next(iter(rules))
    chosen = rules[code]
    plans = tuple(
        _plan_tiers(document, pack, one, language, (chosen, process)) for one in document["plans"]
    )
    kept = [one.name for one in plans if chosen["plans"][one.plan]["met"]]
    broken = [one.name for one in plans if not chosen["plans"][one.plan]["met"]]
    title = say(
        "chart.tier_grid_title",
        rule=chosen[f"name_{language}"],
        kept=joined(kept, language),
        broken=joined(broken, language),
    )
    rows = [say("chart.tier_grid_alt_row", plan=one.name, today=one.told) for one in plans]
    told = [say("chart.tier_grid_subtitle", unit=money_unit(language))]
    told.append(say("chart.process_dashed") if process else basis_words(document, language))
    labels = {
        "title": title,
        "subtitle": say("word.and_also").join(told),
        "alt": say("chart.told", title=title, rows=joined(rows, language)),
        "unit": money_unit(language),
        "premium_unit": say("unit.yuan"),
        "probability": say("chart.tier_probability"),
        "process": say("chart.process"),
        "scheme": say("chart.tier_grid_scheme", unit=money_unit(language)),
        "scheme_short": say("chart.tier_grid_scheme_short"),
        "rule": say("chart.tier_grid_rule"),
        "per_cent": per_cent("", language),
    }
    return tier_grid_chart(TierGrid(plans=plans), labels)


def _plan_tiers(
    document: Mapping[str, Any],
    pack: Inputs,
    plan: str,
    language: str,
    beside: tuple[Mapping[str, Any], Mapping[str, Any] | None],
) -> PlanTiers:
    """One plan's small picture; `beside` are the rule and the document of process risk."""
    rows, (rule, process) = document["plans"][plan], beside
    premiums = [row["premium_yuan"] for row in rows]
    chances = _chances(document, plan)
    now = document["in_force_yuan"][plan]
    least, most = rule["plans"][plan]["least_yuan"], rule["plans"][plan]["most_yuan"]
    chance = float(np.interp(now, premiums, chances))
    return PlanTiers(
        plan=plan,
        name=of_plan(pack, plan, language),
        premiums=premiums,
        deficit_probability=chances,
        process=None if process is None else _chances(process, plan),
        scheme_surplus=[amount(value_of(row["scheme_surplus_yuan"]), language) for row in rows],
        today=now,
        told=words(language)(
            "chart.tier_chosen", premium=number(now), chance=probability(chance, language)
        ),
        allowed=None if least is None else (least, most),
    )


def _chances(document: Mapping[str, Any], plan: str) -> list[float]:
    return [value_of(row["deficit_probability"]) for row in document["plans"][plan]]


def fairness_picture(
    document: Mapping[str, Any], pack: Inputs, *, language: str, plan: str
) -> ChartSpec:
    """Return each group's expected benefit beside what all pay, for the document of `fairness`."""
    say, one = words(language), part_of_plan(document, plan)
    by = document["choices"]["by"]
    found = [
        (_level(say, by, group["level"]), value_of(group["benefit_yuan"]))
        for group in one["groups"]
    ]
    groups = tuple(Group(name=name, value=value, told=plain(value, 1)) for name, value in found)
    least, most = min(groups, key=lambda g: g.value), max(groups, key=lambda g: g.value)
    paid, safety = one["contribution_yuan"], one["safety"]
    title = say(
        "chart.fairness_title",
        plan=of_plan(pack, plan, language),
        paid=number(paid),
        first=_told_level(say, by, least.name),
        low=least.told,
        last=_told_level(say, by, most.name),
        high=most.told,
    )
    rows = [say("chart.fairness_alt_row", name=one.name, yuan=one.told) for one in groups]
    labels = {
        "title": title,
        "subtitle": say(
            "chart.fairness_subtitle",
            returned=plain(value_of(safety["returned_per_hundred"]), 1),
            chance=probability(figure_of(safety["deficit_probability"]), language),
        ),
        "alt": say("chart.told", title=title, rows=joined(rows, language)),
        "unit": say("unit.yuan"),
        "axis": say("chart.fairness_axis"),
        "groups": say(f"chart.groups_{by}"),
        "paid": say("chart.fairness_paid", paid=number(paid)),
    }
    return groups_chart(Groups(groups=groups, paid=paid, plan=plan), labels)


def _told_level(say: Words, by: str, name: str) -> str:
    """A group's name in a sentence: ages say that they are ages."""
    return say("word.ages", ages=name) if by == "age" else name


def _level(say: Words, by: str, level: str) -> str:
    """A group's name, as tables have it."""
    if by == "sex":
        return say("word.men" if level == "M" else "word.women")
    if by == "age_sex":
        ages, sex = level.replace("-", "–").split()
        return say("word.ages_men" if sex == "M" else "word.ages_women", ages=ages)
    if by == "term":
        return say("word.first_term" if level == "first" else "word.later_term")
    return level.replace("-", "–")


def band_picture(
    document: Mapping[str, Any],
    pack: Inputs,
    *,
    language: str,
    plan: str,
    figure: str = "enrolments",
) -> ChartSpec:
    """Return a figure over the premium with members reacting, for the document of `participation`.

    `figure` is "enrolments" or "expected_surplus_yuan".
    """
    one = part_of_plan(document, plan)
    rows, now = one["premiums"], one["today"]["premium_yuan"]
    money = figure == "expected_surplus_yuan"
    low, central, high = (
        [_shown(value_of(row[figure][end]), money, language) for row in rows]
        for end in ("low", "central", "high")
    )
    new = one["new"]["premium_yuan"]
    content = PremiumBand(
        premiums=[row["premium_yuan"] for row in rows],
        low=low,
        central=central,
        high=high,
        illustration=[row["illustration"] for row in rows],
        today=now,
        chosen=new if new != now else _edge(rows, now),
        turning=_turning(one, figure),
        plan=plan,
    )
    before = _told(value_of(one["today"][figure]), money, language)
    named = of_plan(pack, plan, language)
    return band_chart(content, _band_words(content, (named, before, figure), language))


def _band_words(content: PremiumBand, told: tuple[str, str, str], language: str) -> dict[str, str]:
    """The words of a band; `told` is the plan's name, the figure before, the figure's name."""
    say, (named, before, figure) = words(language), told
    money = figure == "expected_surplus_yuan"
    unit = money_unit(language) if money else say("unit.enrolments")
    asked = content.chosen or content.today
    at = {
        end: plain(float(np.interp(asked, content.premiums, getattr(content, end))), 0)
        for end in ("low", "central", "high")
    }
    parts = {"plan": named, "now": f"{before} {unit}", "premium": number(asked), "unit": unit}
    title = say(f"chart.band_title_{figure}", **parts, **at)
    return {
        "title": title,
        "subtitle": say("chart.band_subtitle"),
        "alt": title,
        "unit": unit,
        "premium_unit": say("unit.yuan"),
        "axis": say("chart.tier_axis"),
        "figure": say("chart.band_money", unit=unit) if money else say("chart.band_people"),
        **{end: say(f"word.case_{end}") for end in at},
        "illustration": say("chart.band_illustration"),
        "today": say("chart.tier_today", premium=number(content.today), unit=say("unit.yuan")),
        "chosen": say("chart.band_chosen", premium=number(asked), figure=at["central"]),
        "turning": say("chart.band_turning", premium=plain(content.turning or 0.0, 0)),
    }


def _shown(value: float, money: bool, language: str) -> float:
    return amount(value, language) if money else value


def _told(value: float, money: bool, language: str) -> str:
    return plain(_shown(value, money, language), 0)


def _edge(rows: list[Mapping[str, Any]], now: float) -> float:
    """The premium farthest from today's, above it if any, that is no mere illustration."""
    fair = [row["premium_yuan"] for row in rows if not row["illustration"]] or [now]
    above = max(fair)
    return above if above > now else min(fair)


def _turning(one: Mapping[str, Any], figure: str) -> float | None:
    """The premium beyond which raising it loses money, where the surplus is drawn."""
    found = one["turning"]["loses_beyond"]["premium_yuan"]
    if figure != "expected_surplus_yuan" or found is None or found["central"] is None:
        return None
    return value_of(found["central"])
