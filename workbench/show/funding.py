"""The sentences of the fund over years for a terminal.

Floor 9.
"""

from __future__ import annotations

from workbench.fund.measures import Restored
from workbench.questions import Answer
from workbench.questions.fund_document import end_figures
from workbench.risk import Figure
from workbench.show.numbers import (
    money_words,
    number,
    per_cent,
    percent,
    probability,
    probability_words,
)
from workbench.show.words import words

__all__ = ["fund_sentence", "fund_sentences"]


def fund_sentence(central: Answer, uncertain: Answer | None, language: str) -> str:
    """Return sentence 9: does the fund last on central assumptions, and once they are uncertain.

    `uncertain` is None while it is not known.
    """
    say, result = words(language), central.result.result
    main = result.main
    other = say("sentence.fund_pending")
    if uncertain is not None:
        other = probability_words(uncertain.result.result.main.figures.used_up, language)
    return say(
        "sentence.fund_nine",
        opening=money_words(main.run.model.terms.opening_fen / 100.0, language),
        years=result.choices.years,
        central=probability_words(main.figures.used_up, language),
        uncertain=other,
    )


def fund_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return sentence 9 with the end of the fund, what restores it, the reverse stress, actions."""
    say, result = words(language), answer.result.result
    main, told, years = result.main, result.restored, result.choices.years
    end = end_figures(main)
    lines = [
        say(
            "sentence.fund_last",
            opening=money_words(main.run.model.terms.opening_fen / 100.0, language),
            basis=say(f"word.fund_{answer.asked.own['basis']}"),
            years=years,
            chance=probability_words(main.figures.used_up, language),
            median=money_words(end["0.5"], language),
            low=money_words(end["0.05"], language),
        )
    ]
    if main.figures.gap_yuan is not None:
        gap = money_words(main.figures.gap_yuan, language)
        lines.append(say("sentence.fund_gap", gap=gap))
    lines.append(_needed(told, years, language))
    lines.append(say("sentence.fund_stress", rise=percent(told.claims_mean, language, 1)))
    if result.choices.actions:
        actions = result.last.run.model.rules.actions
        names = [one.name_zh if language == "zh" else one.name_en for one in actions]
        lines.append(
            say(
                "sentence.fund_actions",
                names=("、" if language == "zh" else ", ").join(names),
                before=probability(main.figures.used_up, language),
                after=probability(result.last.figures.used_up, language),
            )
        )
    return lines


def _needed(told: Restored, years: int, language: str) -> str:
    """Return what the opening fund, or contributions, must be for the stated possibility."""
    say, change = words(language), told.contribution_change
    size = percent(Figure(abs(change.value), change.error), language, 1)
    return say(
        "sentence.fund_needed" if told.opening_yuan.value > 0.0 else "sentence.fund_needed_none",
        years=years,
        possibility=per_cent(number(told.possibility * 100.0), language),
        opening=money_words(told.opening_yuan, language),
        change=say("word.fund_falls" if change.value < 0.0 else "word.fund_rises", size=size),
    )
