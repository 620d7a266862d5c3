"""Answers as pictures: which curve, which marks, and the words at them.

Floor 9. The builders of `workbench.show.charts` take finished numbers and words; here an answer
becomes both. In English, amounts are in thousand yuan where the axis shows whole numbers.
"""

from __future__ import annotations

import numpy as np

from workbench.engine.inversion import AnnualLaw
from workbench.engine.results import PlanFigures
from workbench.engine.stages import year_laws
from workbench.guard import refuse
from workbench.premium.tiers import TierTable
from workbench.questions import Answer
from workbench.show.charts import (
    ChartSpec,
    Curve,
    Distribution,
    Mark,
    PlanShares,
    TierCurve,
    distribution_chart,
    hundred_yuan_chart,
    steady,
    tier_chart,
)
from workbench.show.numbers import money_words, number, per_cent, percent, plain, probability
from workbench.show.reports import RULE, price_sentences
from workbench.show.sentences import bad_year_sentence
from workbench.show.words import plan_name, words

__all__ = ["hundred_picture", "tier_picture", "tier_sentence", "year_picture"]

_FACTOR = {"zh": 1e-4, "en": 1e-3}
FINE, SMOOTHING = 2048, 0.15
"""Cells of the finer grid; width of the smoothing in standard deviations of the year."""

ROOM = 0.06
"""Room for words right of the last mark, as a part of the curve's width."""

_HEIGHTS = {"mean": 1.05, "p95": 0.72, "p995": 0.46}


def year_picture(answer: Answer, language: str, plan: str = "") -> ChartSpec:
    """Return the law of the year's benefits of the scheme, or of one plan, for an answer to `run`.

    The amount from which the year is a deficit is drawn too; the law is the exact one.
    """
    inputs, result = answer.asked.inputs, answer.result.result
    _check_plan(answer, plan)
    place = inputs.plan_codes.index(plan) if plan else -1
    law = year_laws(inputs, answer.asked.own["form"]).laws[place]
    figures = result.plans[plan] if plan else result.total
    title = _of_plan(answer, plan, language) if plan else bad_year_sentence(figures, language)
    return _year(law, figures, language, title, plan or "accent")


def _of_plan(answer: Answer, plan: str, language: str) -> str:
    figures = answer.result.result.plans[plan]
    return words(language)(
        "notebook.year_plan",
        plan=plan_name(answer.asked.inputs.plan(plan), language),
        chance=probability(figures.deficit_probability, language),
    )


def _density(law: AnnualLaw) -> tuple[np.ndarray, np.ndarray]:
    """Return yuan and density; the steps of whole lump sums are smoothed, for the eye alone."""
    yuan, density = law.density()
    if law.continuous or law.sd == 0.0:
        return yuan, density
    edges = np.linspace(yuan[0], yuan[-1], FINE + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    mass = np.diff(np.interp(edges, law.yuan, law.cumulative))
    wide = SMOOTHING * law.sd
    away = (yuan[:, None] - middle[None, :]) / wide
    return yuan, np.exp(-(away**2) / 2) @ mass / (wide * np.sqrt(2 * np.pi))


def _year(
    law: AnnualLaw, figures: PlanFigures, language: str, title: str, colour: str
) -> ChartSpec:
    factor, say = _FACTOR[language], words(language)
    yuan, density = _density(law)
    limit = (figures.contribution_yuan - figures.expenses_yuan.value) * factor
    beyond = [law.probability_above(float(amount)) for amount in yuan]
    amounts = {"mean": law.mean, "p95": law.quantile(0.95), "p995": law.quantile(0.995)}
    marks = tuple(
        Mark(key=key, amount=amount * factor, height=_HEIGHTS[key])
        for key, amount in amounts.items()
    )
    low, high = float(yuan[0]) * factor, float(yuan[-1]) * factor
    year = Distribution(
        curve=Curve(
            amounts=yuan * factor,
            density=density / float(density.max()),
            beyond=np.array(beyond),
        ),
        today=None,
        marks=marks,
        limit=limit,
        deficit="above",
        axis=steady(None, low, max(high + ROOM * (high - low), limit * 1.02)),
        name=colour,
    )
    told = {key: plain(amount * factor, 0) for key, amount in amounts.items()}
    unit = say("notebook.unit_amount")
    labels = {
        "title": title,
        "subtitle": say(
            "notebook.year_subtitle" if law.continuous else "notebook.year_smoothed", unit=unit
        ),
        "alt": title,
        "unit": unit,
        "axis": say("notebook.year_axis", unit=unit),
        "beyond": say("notebook.year_beyond"),
        "beyond_today": say("notebook.year_beyond"),
        "limit": say("notebook.year_limit", amount=plain(limit, 0)),
        "today": "",
        **{key: say(f"notebook.year_{key}", amount=amount) for key, amount in told.items()},
    }
    return distribution_chart(year, labels)


def hundred_picture(answer: Answer, language: str) -> ChartSpec:
    """Return where each 100 yuan of contributions go, for an answer to `price`."""
    say, found, inputs = words(language), answer.result, answer.asked.inputs
    parts = [("", say("word.total"), found.price.per_hundred)]
    parts += [
        (plan.code, plan_name(plan, language), found.price.plans[plan.code].per_hundred)
        for plan in inputs.plans
    ]
    rows = [
        PlanShares(
            plan=code or "total",
            name=name,
            benefits=one.benefits.value,
            expenses=one.expenses.value,
            surplus=one.surplus.value,
            benefits_range=_hundreds(found.ranges.get(code)),
        )
        for code, name, one in parts
    ]
    title = price_sentences(answer, language, changed=False)[-1]
    names = ("benefits", "expenses", "surplus", "range")
    labels = {
        "title": title,
        "subtitle": say("notebook.hundred_subtitle"),
        "alt": title,
        "unit": say("unit.yuan"),
        **{name: say(f"notebook.hundred_{name}") for name in names},
    }
    return hundred_yuan_chart(rows, labels)


def _hundreds(ends: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if ends is None else (ends[0] * 100.0, ends[1] * 100.0)


def tier_picture(
    answer: Answer, language: str, plan: str, chosen: float, *, process: Answer | None = None
) -> ChartSpec:
    """Return deficit probability and loss ratio over the premium, for an answer to `tiers`.

    `chosen` is the premium pointed at, yuan; shaded is where a deficit is rarer than 1 in 20.
    `process` is the answer with yearly fluctuation alone, drawn as a second line, where `answer`
    has uncertain parameters in it.
    """
    say, table = words(language), _tiers(answer, plan)
    chances, premiums = table.deficit_probability.values, table.premiums
    enough = premiums[chances < RULE]
    allowed = (float(enough.min()), float(enough.max())) if len(enough) > 1 else None
    title = tier_sentence(answer, language, plan, chosen)
    unit = say("unit.yuan")
    labels = {
        "title": title,
        "subtitle": _tier_subtitle(answer, language, process is not None),
        "alt": title,
        "unit": unit,
        "axis": say("notebook.tier_axis", unit=unit),
        "probability": say("head.deficit_probability"),
        "loss_ratio": say("head.loss_ratio"),
        "per_cent": per_cent("", language),
        "today": say("notebook.tier_today", premium=number(table.in_force_yuan)),
        "chosen": say("notebook.tier_chosen", premium=number(chosen)),
        "rule": say("notebook.tier_rule"),
        "allowed": say("notebook.tier_allowed"),
        "process": say("chart.process"),
        "parameters": say("chart.parameters"),
    }
    curve = TierCurve(
        plan=plan,
        premiums=premiums,
        deficit_probability=chances,
        loss_ratio=table.loss_ratio.values,
        today=table.in_force_yuan,
        chosen=chosen,
        rule=RULE,
        allowed=allowed,
        process=None if process is None else _tiers(process, plan).deficit_probability.values,
    )
    return tier_chart(curve, labels)


def _tier_subtitle(answer: Answer, language: str, two: bool) -> str:
    """What is uncertain in the lines is always said."""
    say, kind = words(language), answer.asked.own["basis"]
    if kind == "process":
        return say("notebook.tier_subtitle")
    told = say("chart.process_dashed") if two else say(f"basis.short_{kind}")
    return say("word.and_also").join((say("chart.tier_subtitle"), told))


def tier_sentence(answer: Answer, language: str, plan: str, premium: float) -> str:
    """Return what one premium of a plan leads to, in one sentence."""
    row = _tiers(answer, plan).row(premium)
    gap = row.mean_gap_yuan
    return words(language)(
        "notebook.tier_sentence" if gap else "notebook.tier_sentence_safe",
        plan=plan_name(answer.asked.inputs.plan(plan), language),
        premium=number(premium),
        ratio=percent(row.loss_ratio, language),
        chance=probability(row.deficit_probability, language),
        gap=money_words(gap, language),
    )


def _check_plan(answer: Answer, plan: str) -> None:
    """Refuse a plan that the pack does not have; none is the scheme."""
    codes = answer.asked.inputs.plan_codes
    if plan and plan not in codes:
        raise refuse("unknown-choice", name="plan", value=plan, allowed=codes)


def _tiers(answer: Answer, plan: str) -> TierTable:
    _check_plan(answer, plan)
    found: TierTable = answer.result.tiers[plan]
    return found
