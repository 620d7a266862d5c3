"""The sentences of `design` and `surplus` for a terminal.

Floor 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.premium.margins import SCHEME
from workbench.questions import Answer
from workbench.show.numbers import (
    money_words,
    number,
    people_words,
    per_cent,
    percent,
    probability_words,
)
from workbench.show.words import plan_name, words

if TYPE_CHECKING:
    from workbench.premium.targets import Reached
    from workbench.questions.design_parts import DesignAnswer

__all__ = ["design_sentences", "surplus_sentences"]

WITHIN = ("kept", "already")
"""States of a target that is reached with the rule kept."""


def design_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return what the premium pays for, term by term, and the term that takes most away."""
    found: DesignAnswer = answer.result
    plan = answer.asked.inputs.plan(found.terms[0].plan)
    say, lines = words(language), []
    for term in found.terms:
        told = {one.aim: one.row for one in found.of(term)}
        values = {
            aim: say("word.no_value") if row is None else number(row.value)
            for aim, row in told.items()
        }
        lines.append(
            say(
                "sentence.design_buys",
                plan=plan_name(plan, language),
                premium=number(found.premium_yuan),
                term=say(f"benefit.{term.column}"),
                even=values["break_even"],
                technical=values["technical"],
                kept=values["kept"],
                limit=_limit(answer, language),
                now=number(term.current),
            )
        )
    return [*lines, *_taken(found, language)]


def _limit(answer: Answer, language: str) -> str:
    """Return the rule's highest deficit probability in per cent."""
    return per_cent(number(answer.asked.own["deficit"] * 100.0), language)


def _taken(found: DesignAnswer, language: str) -> list[str]:
    say, terms = words(language), found.elimination.terms
    most = max(terms, key=lambda one: one.alone_share.value)
    if most.alone_share.value <= 0.0:
        return []
    share = percent(most.alone_share, language)
    return [say("sentence.design_taken", term=say(f"benefit.{most.term}"), share=share)]


def surplus_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return surplus and its free part, what each target needs, and what the split buys."""
    say, use = words(language), answer.result.use
    before = use.before[SCHEME]
    if before.surplus_yuan.value <= 0.0:
        told = money_words(before.surplus_yuan, language)
        return [say("sentence.surplus_none", surplus=told)]
    limit = _limit(answer, language)
    lines = [
        say(
            "sentence.surplus_free",
            surplus=money_words(before.surplus_yuan, language),
            limit=limit,
            free=money_words(max(before.free_yuan.value, 0.0), language),
        )
    ]
    lines += [_target(answer, target, language) for target in answer.asked.own["target"]]
    return [*lines, _split(answer, language), *_prevention(answer, language)]


def _target(answer: Answer, target: float, language: str) -> str:
    say, inputs = words(language), answer.asked.inputs
    ways = [one for one in answer.result.reached if abs(one.target * 100.0 - target) < 1e-9]
    within = {one.code for one in ways if _reaches(one)}
    plans = [plan_name(plan, language) for plan in inputs.plans if plan.code in within]
    return say(
        "sentence.surplus_reach",
        target=number(target),
        scheme=say("word.reachable" if SCHEME in within else "word.unreachable"),
        plans=say("word.and").join(plans) if plans else say("word.no_plan"),
    )


def _reaches(one: Reached) -> bool:
    return one.state in WITHIN


def _split(answer: Answer, language: str) -> str:
    say, use = words(language), answer.result.use
    after = use.after[SCHEME]
    amounts = {part: money_words(yuan, language) for part, yuan in use.spent_yuan.items()}
    return say(
        "sentence.surplus_split",
        split=answer.asked.own["split"],
        after=money_words(after.surplus_yuan.shifted(-use.spent_yuan["prevention"]), language),
        chance=probability_words(after.figures.deficit_probability, language),
        **amounts,
    )


def _prevention(answer: Answer, language: str) -> list[str]:
    use = answer.result.use
    if not use.spent_yuan["prevention"]:
        return []
    return [
        words(language)(
            "sentence.surplus_prevention",
            prevention=money_words(use.spent_yuan["prevention"], language),
            share=percent(use.prevention_share, language, 1),
            cases=people_words(use.prevention_cases, language),
        )
    ]
