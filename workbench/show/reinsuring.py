"""The sentences of `layers` and `year` for a terminal.

Floor 9. Those of the other questions are in `workbench.show.reports` and `sentences`.
"""

from __future__ import annotations

from workbench.questions import Answer
from workbench.questions.year import caps_kept
from workbench.show.numbers import count, money_words, number, people_words, percent, yuan
from workbench.show.words import words

__all__ = ["layers_sentences", "year_sentences"]


def layers_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return the year before and after its covers, and the lowest cover on claimants."""
    result, asked_of, say = answer.result, answer.asked.own["of"], words(language)
    sentences = [
        say(
            "sentence.layers",
            of=say("word.total") if asked_of == "total" else asked_of,
            mean=money_words(result.whole["retained_yuan"], language),
            high=money_words(result.whole["retained_995_yuan"], language),
            left=money_words(result.left["retained_yuan"], language),
            left_high=money_words(result.left["retained_995_yuan"], language),
        )
    ]
    if result.claims:
        cover, figures = result.claims[0]
        told = {
            "retention": yuan(cover.floor, 0),
            "claims": number(figures.claims_above, 3),
            "ceded": money_words(figures.ceded_yuan, language),
            "share": percent(figures.ceded_share, language),
        }
        sentences.append(say("sentence.layers_claims", **told))
    return sentences


def year_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return what the drawn year paid, to how many, and that no cap was passed."""
    payments, say = answer.result.payments, words(language)
    kept = caps_kept(answer.asked, answer.result)
    told = {
        "year": count(payments.year + 1),
        "claims": people_words(payments.claims, language),
        "payments": count(len(payments.fen)),
        "paid": yuan(int(payments.fen.sum()) / 100.0),
        "shock": number(payments.theta, 4),
    }
    return [say("sentence.year", **told), *([say("sentence.year_caps")] if kept else [])]
