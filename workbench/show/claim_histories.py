"""The sentences of the run-off test and of the counties for a terminal.

Floor 9.
"""

from __future__ import annotations

from workbench.history.counties import LEVELS
from workbench.questions import Answer
from workbench.reserving.runoff import CAUSES
from workbench.show.numbers import money_words, percent, probability, probability_words
from workbench.show.words import words

__all__ = ["counties_sentences", "runoff_sentences"]


def _yuan(fen: int, language: str) -> str:
    return money_words(fen / 100.0, language)


def runoff_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return what was held and found, the causes, and the method."""
    say, result = words(language), answer.result
    total = result.found.total
    told = {
        "past": result.past.isoformat(),
        "closing": result.closing.isoformat(),
        "method": say(f"method.{result.found.method}"),
        "held": _yuan(total.held, language),
        "found": _yuan(total.found, language),
        "difference": _yuan(abs(total.difference), language),
        "share": percent(abs(total.difference) / total.held, language, 1) if total.held else "—",
    }
    key = "short" if total.difference > 0 else "enough"
    lines = [say(f"sentence.runoff_{key}", **told)]
    causes = {name: _yuan(total.causes[name], language) for name in CAUSES}
    lines.append(say("sentence.runoff_causes", **causes))
    if result.truth:
        lines.append(say("sentence.runoff_truth", truth=_yuan(result.truth[""], language)))
    return lines


def _named(name: str, chance: str) -> str:
    """Name and figure; a full-width bracket has its own gap."""
    return f"{name}{'' if name.endswith('）') else ' '}{chance}"


def counties_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return who would fail alone, how the pool stands, and what pooling is worth."""
    say, found = words(language), answer.result.found
    names = {one.county.code: one for one in found.counties}
    limit = percent(found.limit, language, 1)
    lines = []
    if found.fails:
        told = [
            _named(
                getattr(names[code].county, f"name_{language}"),
                probability(names[code].deficit_uncertain.value, language),
            )
            for code in found.fails
        ]
        joined = ("、" if language == "zh" else ", ").join(told)
        lines.append(say("sentence.counties_fail", names=joined, limit=limit))
    else:
        lines.append(say("sentence.counties_none_fail", limit=limit))
    chance = probability_words(found.pool.deficit_probability.value, language)
    lines.append(say("sentence.counties_pool", chance=chance))
    worth = money_words(found.saved[LEVELS[-1]].value, language)
    share = percent(found.saved[LEVELS[-1]].value / found.pool.contribution_yuan, language, 1)
    level = percent(LEVELS[-1], language, 1)
    lines.append(say("sentence.counties_worth", worth=worth, share=share, level=level))
    return lines
