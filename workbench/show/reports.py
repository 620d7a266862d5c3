"""The sentences of premiums, calibration and reserves for a terminal.

Floor 9. Those of the year (`run`) and of the page are in `workbench.show.sentences`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.questions import Answer
from workbench.risk import Figure
from workbench.show.choosing import rule_sentences
from workbench.show.numbers import count, money_words, number, plain, probability_words, yuan
from workbench.show.words import plan_name, words

if TYPE_CHECKING:
    from workbench.premium.tiers import TierTable
    from workbench.questions.price import PriceAnswer

__all__ = [
    "calibration_sentences",
    "price_sentences",
    "reserve_answer",
    "reserve_sentences",
    "tier_sentences",
]

RULE = 0.05
"""Probability of a deficit of one year in twenty, as the tiers are judged by."""


def _name(answer: Answer, code: str, language: str) -> str:
    return plan_name(answer.asked.inputs.plan(code), language)


def price_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return which plans take less than their technical premium, and which returns least."""
    say, found = words(language), answer.result
    lines = [
        say(
            "sentence.price_short",
            plan=_name(answer, code, language),
            premium=number(one.premium_yuan),
            technical=yuan(one.technical_premium, 1),
            gap=yuan(one.technical_premium.value - one.premium_yuan, 1),
        )
        for code, one in found.price.plans.items()
        if one.technical_premium.value > one.premium_yuan
    ]
    return [*(lines or [say("sentence.price_enough")]), _returns_least(answer, found, language)]


def _returns_least(answer: Answer, found: PriceAnswer, language: str) -> str:
    plans = found.price.plans
    code = min(plans, key=lambda code: plans[code].per_hundred.benefits.value)
    benefits = plans[code].per_hundred.benefits
    return words(language)(
        "sentence.price_returns",
        plan=_name(answer, code, language),
        benefits=plain(benefits.value, 0, benefits.error),
    )


def tier_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return, for the plan with the likeliest deficit, the tier from which it is below 5 %."""
    figures = {code: _in_force(answer, code) for code in answer.result.tiers}
    code = max(figures, key=lambda code: figures[code].value)
    table: TierTable = answer.result.tiers[code]
    enough = [row.premium_yuan for row in table.rows() if row.deficit_probability.value < RULE]
    key = "sentence.tier_rule" if enough else "sentence.tier_rule_none"
    if figures[code].value < RULE:
        key = "sentence.tier_rule_met"
    return [
        words(language)(
            key,
            plan=_name(answer, code, language),
            premium=number(table.in_force_yuan),
            chance=probability_words(figures[code], language),
            tier=number(min(enough, default=0.0)),
        ),
        *rule_sentences(answer, language),
    ]


def _in_force(answer: Answer, code: str) -> Figure:
    """Deficit probability at the tier in force, or at the nearest whole yuan of the table."""
    table: TierTable = answer.result.tiers[code]
    rows = table.rows()
    nearest = min(rows, key=lambda row: abs(row.premium_yuan - table.in_force_yuan))
    return nearest.deficit_probability


def calibration_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return what was solved, and how much two figures leave open."""
    found, say = answer.result.calibration, words(language)
    return [
        say(
            "sentence.calibrated",
            rate=number(found.rate.value),
            cost=yuan(found.cost.value),
            beneficiaries=count(found.rate.reached),
            paid=money_words(found.cost.reached, language),
        ),
        say("sentence.unidentified", count=len(found.unidentified)),
    ]


def reserve_answer(answer: Answer, language: str) -> str:
    """Return what must be held at the one date of an answer, as the head of a page says it."""
    ((day, estimate),) = answer.result.estimates.items()
    total = estimate.total
    amounts = {
        "reserve": total.reserve_yuan,
        "unearned": total.unearned_yuan,
        "unpaid": total.unpaid_yuan,
    }
    told = {name: money_words(figure, language) for name, figure in amounts.items()}
    return words(language)("sentence.reserve_answer", date=day.isoformat(), **told)


def reserve_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return the reserve at each date, and the plans whose premium falls short."""
    say, lines = words(language), []
    for day, estimate in answer.result.estimates.items():
        total = estimate.total
        amounts = {
            "reserve": total.reserve_yuan,
            "unearned": total.unearned_yuan,
            "unpaid": total.unpaid_yuan,
            "low": total.unpaid_low_yuan,
            "high": total.unpaid_high_yuan,
            "advance": total.advance_yuan,
        }
        told = {name: money_words(figure, language) for name, figure in amounts.items()}
        lines.append(say("sentence.reserve", date=day.isoformat(), **told))
        short = [code for code, one in estimate.plans.items() if one.deficiency_yuan.value > 0.0]
        if short:
            plans = say("word.and").join(_name(answer, code, language) for code in short)
            amount = money_words(total.deficiency_yuan, language)
            lines.append(
                say("sentence.reserve_deficient", date=day.isoformat(), plans=plans, amount=amount)
            )
    return lines
