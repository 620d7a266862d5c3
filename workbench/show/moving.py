"""The sentences of a sensitivity for a terminal: what moves a figure most, what breaks it.

Floor 9.
"""

from __future__ import annotations

from workbench.names import allowed_name
from workbench.questions import Answer
from workbench.questions.registry import Asked
from workbench.questions.sensitivity import Reverse, Shares
from workbench.questions.sensitivity_tables import shown_as
from workbench.risk import Figure
from workbench.sensitivity import BreakEven, Tornado
from workbench.show.numbers import money_words, number, percent, probability, yuan
from workbench.show.words import plan_name, words

__all__ = ["sensitivity_sentences"]


def sensitivity_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return the main finding of each kind; a table over two names and the scenarios have none."""
    asked, result = answer.asked, answer.result.result
    if isinstance(result, Tornado):
        return [_totals(asked, language), *_tornado(asked, result, language)]
    if isinstance(result, Shares):
        return [_totals(asked, language), *_shares(asked, result, language)]
    if isinstance(result, BreakEven):
        return _solutions(asked, result, language)
    if isinstance(result, Reverse):
        return _reverse(asked, result, language)
    return []


def _totals(asked: Asked, language: str) -> str:
    """Whether both scales were solved to the two totals again."""
    return words(language)(f"sensitivity.totals_{asked.own['totals']}")


def _figure(asked: Asked, value: Figure | float, language: str) -> str:
    """A value of the figure asked, as it is said."""
    kind = shown_as(asked)
    if kind == "money":
        return money_words(value, language)
    if kind == "price":
        return words(language)("number.yuan", number=yuan(value))
    return (probability if kind == "probability" else percent)(value, language)


def _what(asked: Asked, language: str) -> dict[str, str]:
    """The figure and whose it is."""
    say, of = words(language), asked.own["of"]
    whose = say("word.total") if of == "total" else plan_name(asked.inputs.plan(of), language)
    return {"figure": say(f"sensitivity.{asked.own['figure']}"), "whose": whose}


def _meaning(asked: Asked, name: str, language: str) -> str:
    entry = allowed_name(asked.inputs, name)
    return name if entry is None else words(language)(entry.meaning)


def _tornado(asked: Asked, found: Tornado, language: str) -> list[str]:
    if not found.bars:
        return []
    bar = found.bars[0]
    return [
        words(language)(
            "sentence.tornado",
            **_what(asked, language),
            name=_meaning(asked, bar.name, language),
            low=number(bar.low),
            high=number(bar.high),
            at_low=_figure(asked, bar.at_low, language),
            at_high=_figure(asked, bar.at_high, language),
            base=_figure(asked, found.base, language),
        )
    ]


def _shares(asked: Asked, found: Shares, language: str) -> list[str]:
    spread = found.spreads["" if asked.own["of"] == "total" else asked.own["of"]]
    if not spread.shares:
        return []
    most = max(spread.shares, key=lambda share: share.total.value)
    return [
        words(language)(
            "sentence.sobol",
            **_what(asked, language),
            low=_figure(asked, spread.low, language),
            high=_figure(asked, spread.high, language),
            name=_meaning(asked, most.name, language),
            share=percent(most.total, language),
        )
    ]


def _solutions(asked: Asked, found: BreakEven, language: str) -> list[str]:
    say = words(language)
    return [
        say(
            "sentence.break_even",
            **_what(asked, language),
            name=_meaning(asked, found.name, language),
            value=number(root.value),
            target=_figure(asked, found.target, language),
        )
        for root in found.roots
    ]


def _reverse(asked: Asked, found: Reverse, language: str) -> list[str]:
    point = found.point
    if point.distance is None or not point.pushes:
        return []
    most = point.pushes[0]
    return [
        words(language)(
            "sentence.reverse",
            **_what(asked, language),
            limit=_figure(asked, found.limit, language),
            distance=number(point.distance, 3),
            chance=probability(point.probability, language),
            name=_meaning(asked, most.name, language),
            value=number(most.value, 4),
            share=percent(most.share, language, 0),
        )
    ]
