"""The sentences of own figures for a terminal.

Floor 9.
"""

from __future__ import annotations

from workbench.experience import Compared, Level
from workbench.questions import Answer
from workbench.risk import Figure
from workbench.show.numbers import money_words, people_words, percent, plain
from workbench.show.words import plan_name, words

__all__ = ["observe_sentences"]

MOST_NAMED = 6
OUTSIDE = 0.05
"""Share of figures that lie outside their interval by chance."""


def observe_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return actual and expected in all, what lies outside its interval, the level of each plan."""
    found, say = answer.result, words(language)
    if not found.history.rows:
        return [say("sentence.observe_none")]
    return [
        _total(found.compared, found.history.years, language),
        _outside(found.compared, language),
        *_levels(answer, language),
    ]


def _total(compared: tuple[Compared, ...], years: tuple[int, ...], language: str) -> str:
    wanted = 0 if len(years) > 1 else years[0]
    found = {one.figure: one for one in compared if one.plan == "" and one.year == wanted}
    people, paid = found["beneficiaries"], found["paid_yuan"]
    return words(language)(
        "sentence.observe_total",
        years=words(language)("word.and").join(map(str, years)),
        people=people_words(people.actual, language),
        expected=people_words(_spread(people), language),
        paid=money_words(paid.actual, language),
        benefits=money_words(_spread(paid), language),
    )


def _spread(one: Compared) -> Figure:
    """What is expected, with a standard deviation for an error."""
    return Figure(one.expected, one.ratio.error * one.expected if one.ratio else 0.0)


def _outside(compared: tuple[Compared, ...], language: str) -> str:
    say = words(language)
    told = [one for one in compared if one.plan and one.year and one.figure != "loss_ratio"]
    out = [one for one in told if one.actual is not None and not one.low <= one.actual <= one.high]
    if not out:
        return say("sentence.observe_fits")
    names = [
        f"{one.plan} {one.year} {say(f'word.observe_short_{one.figure}')}"
        for one in out[:MOST_NAMED]
    ]
    return say(
        "sentence.observe_outside",
        count=len(out),
        all=len(told),
        chance=f"{OUTSIDE * len(told):.0f}",
        names=say("word.and").join(names) + ("…" if len(out) > MOST_NAMED else ""),
    )


def _levels(answer: Answer, language: str) -> list[str]:
    say = words(language)
    by_plan: dict[str, dict[str, Level]] = {}
    for one in answer.result.levels:
        by_plan.setdefault(one.plan, {})[one.figure] = one
    return [
        say(
            "sentence.observe_level",
            plan=plan_name(answer.asked.inputs.plan(code), language),
            frequency=_number(found.get("frequency")),
            cost=_number(found.get("cost")),
            factor=percent(found["frequency"].factor, language, 0),
        )
        for code, found in by_plan.items()
        if "frequency" in found
    ]


def _number(one: Level | None) -> str:
    """A level with its error, such as 1.03 ± 0.05; 1 where the terms fix it."""
    if one is None or one.method == "terms":
        return "1"
    return f"{plain(one.level.value, 2)} ± {plain(one.level.error, 2)}"
