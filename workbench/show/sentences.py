"""The sentences of the answer: numbers in, one sentence of the catalogue out.

Floor 9. Each sentence is one row of `locale/words.csv` with parts; where the facts differ (surplus
or deficit, enough or short) another row is chosen, sentences are never glued from fragments.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.engine.results import PlanFigures
from workbench.questions.asking import own_years
from workbench.questions.registry import Asked
from workbench.questions.surge import Surge
from workbench.risk import Figure
from workbench.show.numbers import (
    count,
    hundred,
    money_words,
    number,
    people_words,
    percent,
    probability_words,
)
from workbench.show.words import words

__all__ = [
    "answer_sentence",
    "bad_year_sentence",
    "basis_sentence",
    "hundred_sentence",
    "income_sentence",
    "source_line",
    "surge_sentence",
    "tier_change_sentence",
    "tightest",
    "tightest_sentence",
    "tightest_uncertain_sentence",
]

SURE = 0.999
LEAST = 0.001
"""Above and below these a deficit is called all but sure, or all but out of the question."""


def income_sentence(total: PlanFigures, language: str, *, changed: bool) -> str:
    """Sentence 1: enrolments, contributions, benefits, beneficiaries of the scheme.

    `changed` says that the figures are those of changed terms or assumptions.
    """
    return words(language)(
        "sentence.income_changed" if changed else "sentence.income_today",
        enrolments=people_words(total.enrolments, language),
        contribution=money_words(total.contribution_yuan, language),
        benefits=money_words(total.mean_yuan, language),
        beneficiaries=people_words(total.beneficiaries, language),
    )


def _shares(total: PlanFigures) -> tuple[Figure, Figure, Figure]:
    """Return benefits, expenses, surplus as shares of the contribution."""
    part = 1.0 / total.contribution_yuan if total.contribution_yuan else float("nan")
    return (
        total.mean_yuan.scaled(part),
        total.expenses_yuan.scaled(part),
        total.expected_surplus_yuan.scaled(part),
    )


def _hundred_parts(total: PlanFigures) -> tuple[str, dict[str, str]]:
    """Return the end of the key and the parts of a sentence about each hundred yuan."""
    benefits, expenses, surplus = _shares(total)
    short = surplus.value < 0.0
    ending = ("short" if short else "left") + ("" if expenses.value else "_no_expenses")
    return ending, {
        "benefits": hundred(benefits),
        "expenses": hundred(expenses),
        "left": hundred(surplus.scaled(-1.0) if short else surplus),
    }


def hundred_sentence(total: PlanFigures, language: str) -> str:
    """Sentence 2: of each hundred yuan, benefits, expenses, and what is left or short."""
    ending, parts = _hundred_parts(total)
    return words(language)(f"sentence.hundred_{ending}", **parts)


def answer_sentence(total: PlanFigures, tightest_plan: str, language: str) -> str:
    """The answer at the head of a page: sentence 2 and the plan nearest its limit."""
    ending, parts = _hundred_parts(total)
    name = _inside(tightest_plan, language)
    return words(language)(f"sentence.answer_{ending}", plan=name, **parts)


def _inside(name: str, language: str) -> str:
    """A plan's name inside a sentence: English writes it small, but for an abbreviation (ICU)."""
    if language != "en" or name[:2].isupper():
        return name
    return name[:1].lower() + name[1:]


def bad_year_sentence(total: PlanFigures, language: str, *, uncertain: bool = False) -> str:
    """Sentence 3: benefits of a one-in-twenty year, and whether the year's income covers them.

    With `uncertain` the assumptions are drawn, and the sentence says so.
    """
    bad = total.quantiles[0.95]
    gap = bad.value + total.expenses_yuan.value - total.contribution_yuan
    return words(language)(
        f"sentence.bad_year_{'short' if gap > 0.0 else 'covered'}{'_uncertain' * uncertain}",
        benefits=money_words(bad, language),
        gap=money_words(Figure(gap, bad.error), language),
    )


def tightest(plans: Mapping[str, PlanFigures]) -> str:
    """Return the code of the plan that is nearest its limit.

    The greatest probability of a deficit; where all are below 0.001, the least surplus of each
    yuan taken.
    """
    likeliest = max(plans, key=lambda code: plans[code].deficit_probability.value)
    if plans[likeliest].deficit_probability.value >= LEAST:
        return likeliest
    return min(plans, key=lambda code: _shares(plans[code])[2].value)


def tightest_sentence(figures: PlanFigures, name: str, language: str) -> str:
    """Sentence 4, first half: the plan nearest its limit, its chance of a deficit, the mean gap."""
    chance = figures.deficit_probability
    if chance.value < LEAST:
        key, gap = "sentence.tightest_safe", 0.0
    else:
        key = "sentence.tightest_sure" if chance.value > SURE else "sentence.tightest"
        gap = figures.expected_shortfall_yuan.value / chance.value
    error = figures.expected_shortfall_yuan.error / max(chance.value, LEAST)
    return words(language)(
        key,
        plan=name,
        chance=probability_words(chance, language),
        gap=money_words(Figure(gap, error), language),
    )


def tightest_uncertain_sentence(
    process: PlanFigures, uncertain: PlanFigures, name: str, language: str
) -> str:
    """Sentence 4, second half: the chance of a deficit once the assumptions are uncertain."""
    chance = uncertain.deficit_probability
    gap = uncertain.expected_shortfall_yuan.scaled(1.0 / max(chance.value, LEAST))
    return words(language)(
        "sentence.tightest_uncertain" if chance.value >= LEAST else "sentence.uncertain_safe",
        plan=name,
        before=probability_words(process.deficit_probability, language),
        chance=probability_words(chance, language),
        gap=money_words(gap, language),
    )


def tier_change_sentence(
    name: str,
    premiums: tuple[float, float],
    chances: tuple[Figure, ...],
    language: str,
    *,
    uncertain: bool = False,
) -> str:
    """Sentence 5: a tier moved from one premium to another, and the chance of a deficit with it.

    `premiums` (yuan) and `chances` are before and after; nobody leaves because of it. `uncertain`
    says that the chances take the assumptions as uncertain.
    """
    before, after = premiums
    direction = "raised" if after > before else "lowered"
    say = words(language)
    return say(
        f"sentence.tier_{direction}",
        basis=say("sentence.on_parameters" if uncertain else "sentence.on_process"),
        plan=name,
        before=number(before),
        after=number(after),
        difference=number(round(abs(after - before), 2)),
        chance_before=probability_words(chances[0], language),
        chance_after=probability_words(chances[1], language),
    )


def surge_sentence(surge: Surge, language: str) -> str:
    """Sentence 8: what more (or less) illness does to benefits and surplus."""
    after = surge.surplus_after_yuan
    direction = "more" if surge.illness_share >= 0.0 else "fewer"
    ending = "fund" if after < 0.0 <= surge.surplus_before_yuan else "left"
    if surge.surplus_before_yuan < 0.0:
        ending = "still_short" if after < 0.0 else "left_again"
    return words(language)(
        f"sentence.surge_{direction}_{ending}",
        share=percent(abs(surge.illness_share), language, 0),
        benefits=money_words(abs(surge.more_benefits_yuan), language),
        before=money_words(abs(surge.surplus_before_yuan), language),
        after=money_words(abs(after), language),
    )


def basis_sentence(language: str, *, differences: int = 0) -> str:
    """Sentence 10: from public data and assumptions, not the agency's books.

    `differences` is the number of figures in which a user's pack differs from the built-in one.
    """
    if differences:
        return words(language)("sentence.basis_own", count=differences)
    return words(language)("sentence.basis")


def source_line(asked: Asked, language: str) -> str:
    """Return which plans rest on own figures, and which are a model's alone."""
    say, years = words(language), own_years(asked)
    comma = say("word.and")
    own = comma.join(
        say("basis.own_plan", code=code, years=count(number))
        for code, number in years.items()
        if number
    )
    others = comma.join(code for code, number in years.items() if not number)
    if not own:
        return say("basis.model_only")
    return say("basis.model_and_own" if others else "basis.own_all", own=own, others=others)
