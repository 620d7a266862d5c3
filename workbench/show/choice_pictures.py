"""Pictures of choices: two terms that cost the same, and safety against what it costs.

Floor 9. Each takes the JSON document of a question: `design` with two terms, `optimise`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.show.charts import (
    ChartSpec,
    EqualCost,
    Frontier,
    FrontierLine,
    FrontierPoint,
    equal_cost_chart,
    frontier_chart,
)
from workbench.show.numbers import money_words, number, per_cent, percent, plain, probability
from workbench.show.picture_parts import (
    amount,
    basis_words,
    joined,
    money_unit,
    of_plan,
    value_of,
)
from workbench.show.words import Words, words

__all__ = ["equal_cost_picture", "frontier_picture"]

LINES = 6
APART = 0.5
"""A line nearer to today's than this part of a step is left out."""


def equal_cost_picture(document: Mapping[str, Any], pack: Inputs, *, language: str) -> ChartSpec:
    """Return the lines of equal cost over two terms, for the document of `design` with two terms.

    A document with one term is refused.
    """
    say, two = words(language), document["two_terms"]
    plan, terms = document["choices"]["plan"], document["terms"]
    if two is None:
        one = terms[0]["term"]
        raise refuse("unknown-choice", name="--term", value=one, allowed=(f"{one} + …",))
    scales = [100.0 if term["unit"] == "share" else 1.0 for term in terms]
    now = next(curve["yuan"] for curve in two["curves"] if curve["factor"] == 1.0)
    cost = np.array(two["cost_yuan_table"], dtype=float)
    today = tuple(term["current"] * scale for term, scale in zip(terms, scales, strict=True))
    heads = [_head(say, term, language) for term in terms]
    names = [head.split("（")[0].split(" (")[0] for head in heads]
    title = say(
        "chart.equal_cost_title",
        plan=of_plan(pack, plan, language),
        first=names[0],
        second=names[1],
        cost=plain(now, 1),
    )
    labels = {
        "title": title,
        "subtitle": say("chart.equal_cost_subtitle"),
        "alt": say("chart.told", title=title, rows=_equal_rows(two, terms, language)),
        "first": heads[0],
        "second": heads[1],
        "today": say("chart.equal_cost_today", cost=plain(now, 1)),
        "unit": say("unit.yuan"),
    }
    content = EqualCost(
        first=np.array(two["first"], dtype=float) * scales[0],
        second=np.array(two["second"], dtype=float) * scales[1],
        cost=cost,
        levels=_levels(cost, now, say),
        today=(today[0], today[1]),
        plan=plan,
    )
    return equal_cost_chart(content, labels)


def _head(say: Words, term: Mapping[str, Any], language: str) -> str:
    """A term's name with its unit; a share is shown in per cent."""
    name = say(f"benefit.{term['term']}")
    if term["unit"] != "share":
        return name
    return say("head.with_unit", label=name, unit=per_cent("", language).strip())


def _levels(cost: np.ndarray, now: float, say: Words) -> tuple[tuple[float, str, bool], ...]:
    """Today's cost and round amounts between the least and the greatest."""
    low, high = float(cost.min()), float(cost.max())
    step = _nice((high - low) / LINES)
    first = np.ceil(low / step) * step
    round_ones = [float(one) for one in np.arange(first, high, step)]
    others = [(one, False) for one in round_ones if abs(one - now) > APART * step]
    return tuple(
        (level, say("number.yuan", number=plain(level, 1 if today else 0)), today)
        for level, today in sorted([*others, (now, True)])
    )


def _nice(step: float) -> float:
    """The nearest step of 1, 2 or 5 times a power of ten."""
    scale = 10.0 ** np.floor(np.log10(step))
    return float(min((one * scale for one in (1.0, 2.0, 5.0, 10.0)), key=lambda x: abs(x - step)))


def _equal_rows(two: Mapping[str, Any], terms: list[Mapping[str, Any]], language: str) -> str:
    """The combinations that cost what today's terms cost, in words."""
    say = words(language)
    curve = next(one for one in two["curves"] if one["factor"] == 1.0)
    rows = [
        say(
            "chart.equal_cost_alt_row",
            first=_term(terms[0], point["first"], language),
            second=_term(terms[1], point["second"], language),
        )
        for point in curve["points"]
        if point["second"] is not None
    ]
    return joined(rows, language) if rows else say("chart.equal_cost_alone")


def _term(term: Mapping[str, Any], value: float, language: str) -> str:
    return percent(value, language, 0) if term["unit"] == "share" else number(value, 4)


def frontier_picture(document: Mapping[str, Any], pack: Inputs, *, language: str) -> ChartSpec:
    """Return what safety costs a year, for the document of `optimise`."""
    say = words(language)
    lines = tuple(
        FrontierLine(
            key=of,
            name=say(f"word.frontier_{of}"),
            paint=paint,
            points=_frontier_points(document, pack, of, language),
        )
        for of, paint in (("scheme", "total"), ("plan", "accent"))
    )
    lines = tuple(line for line in lines if line.points)
    if not lines:
        raise refuse("unknown-choice", name="--frontier", value="no", allowed=("yes",))
    best = document["best"] if document["met"] else None
    labels = {
        **_frontier_words(document, language),
        "unit": money_unit(language),
        "axis": say("chart.frontier_axis", unit=money_unit(language)),
        "probability": say("chart.tier_probability"),
        "per_cent": per_cent("", language),
        "today_line": say(
            "chart.frontier_today_line",
            yuan=money_words(document["today"]["contribution_yuan"], language),
        ),
        "today": say("chart.frontier_today"),
        "best": say("chart.frontier_best"),
    }
    content = Frontier(
        lines=lines,
        today=_scheme_point(document["today"], language),
        best=None if best is None else _scheme_point(best, language),
    )
    return frontier_chart(content, labels)


def _worst(part: Mapping[str, Any]) -> float:
    """The greatest deficit probability of a plan."""
    return max(value_of(one["deficit_probability"]) for one in part["plans"].values())


def _scheme_point(part: Mapping[str, Any], language: str) -> FrontierPoint:
    return FrontierPoint(
        contribution=amount(part["contribution_yuan"], language), limit=_worst(part)
    )


def _frontier_points(
    document: Mapping[str, Any], pack: Inputs, of: str, language: str
) -> tuple[FrontierPoint, ...]:
    """What each limit that can be met costs, each with its premiums in words."""
    return tuple(
        FrontierPoint(
            contribution=amount(one["contribution_yuan"], language),
            limit=one["level"],
            told=" · ".join(
                f"{of_plan(pack, code, language)} {number(yuan)}"
                for code, yuan in one["premiums"].items()
            ),
        )
        for one in document["frontier"]
        if one["of"] == of and one["met"]
    )


def _frontier_words(document: Mapping[str, Any], language: str) -> dict[str, str]:
    """Title, subtitle and text alternative."""
    say, today = words(language), document["today"]
    plans = [one for one in document["frontier"] if one["of"] == "plan" and one["met"]]
    wanted = document["choices"]["deficit"] or 0.05
    at = min(plans, key=lambda one: abs(one["level"] - wanted), default=None)
    parts = {"today": money_words(today["contribution_yuan"], language)}
    if at is None:
        title = say("chart.frontier_title_plain", **parts)
    else:
        title = say(
            "chart.frontier_title",
            limit=percent(at["level"], language, 0),
            least=money_words(at["contribution_yuan"], language),
            worst=probability(_worst(today), language),
            **parts,
        )
    rows = [
        say(
            "chart.frontier_alt_row",
            limit=percent(one["level"], language),
            yuan=money_words(one["contribution_yuan"], language),
        )
        for one in plans
    ]
    told = (say("chart.frontier_subtitle"), basis_words(document, language))
    return {
        "title": title,
        "subtitle": say("word.and_also").join(told),
        "alt": say("chart.told", title=title, rows=joined(rows, language)),
    }
