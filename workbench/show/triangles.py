"""The sentences of a triangle for a terminal.

Floor 9.
"""

from __future__ import annotations

from workbench.questions import Answer
from workbench.show.numbers import money_words, percent
from workbench.show.words import words

__all__ = ["triangle_sentences"]


def triangle_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return the first method with its error, the range of the methods, the calendar test."""
    say, found = words(language), answer.result
    totals = {key: float(one.reserve.sum()) for key, one in found.estimates.items()}
    key, first = next(iter(found.estimates.items()))
    told = {"method": say(f"method.{key}"), "reserve": money_words(totals[key], language)}
    error = first.total_standard_error
    lines = []
    if found.truth_yuan is not None:
        told_truth = money_words(found.truth_yuan, language)
        name = say(f"word.history_{answer.asked.own['simulated']}")
        lines.append(say("sentence.triangle_simulated", generator=name, truth=told_truth))
    if error is None or totals[key] <= 0.0:
        lines.append(say("sentence.triangle_bare", **told))
    else:
        share = percent(error / totals[key], language, 1)
        more = {"error": money_words(error, language), "share": share}
        lines.append(say("sentence.triangle_first", **told, **more))
    if len(totals) > 1:
        low, high = min(totals.values()), max(totals.values())
        if high - low > 0.5:
            ends = {"low": money_words(low, language), "high": money_words(high, language)}
            lines.append(say("sentence.triangle_range", **ends))
    if not found.calendar.effect:
        lines.append(say("sentence.triangle_calendar"))
    if found.case.selection.reason:
        lines.append(say("sentence.triangle_reason", reason=found.case.selection.reason))
    return lines
