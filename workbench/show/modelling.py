"""The sentences of other models for a terminal.

Floor 9.
"""

from __future__ import annotations

from workbench.questions import Answer
from workbench.risk import Figure
from workbench.show.numbers import money_words
from workbench.show.words import words

__all__ = ["model_sentences"]


def model_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return which model moves the 99.5 % most, how far a mean moves, and what was left out."""
    say, found = words(language), answer.result
    base, *others = found.rows
    lines = []
    if others:
        gaps = {row: abs(row.quantile_yuan.value - base.quantile_yuan.value) for row in others}
        most = max(others, key=lambda row: gaps[row])
        mean = max(abs(row.mean_yuan.value - base.mean_yuan.value) for row in others)
        error = most.quantile_yuan.error + base.quantile_yuan.error
        lines.append(
            say(
                "models.changed",
                model=say(f"model.{most.code}"),
                yuan=money_words(Figure(gaps[most], error), language),
                mean=money_words(mean, language),
            )
        )
    if found.refused:
        names = say("word.and").join(say(f"model.{code}") for code in found.refused)
        lines.append(say("models.refused", names=names))
    return lines
