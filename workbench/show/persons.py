"""The sentences of `persons`: who, what he contributes, what he is paid, and when.

Floor 9.
"""

from __future__ import annotations

from workbench.questions import Answer
from workbench.questions.persons import PersonPaid
from workbench.show.numbers import count, number, yuan
from workbench.show.words import words

__all__ = ["person_sentence", "person_sentences"]


def person_sentence(one: PersonPaid, language: str) -> str:
    """Return what a person contributes and is paid; the days are those of the slowest plan."""
    say = words(language)
    slowest = max((paid.days_half for paid in one.plans.values()), key=lambda days: days.value)
    return say(
        "sentence.person",
        person=say(f"person.{one.person.code}"),
        premium=number(one.premium_yuan),
        paid=yuan(one.paid_yuan, 0),
        days=count(slowest),
    )


def person_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return one sentence a person."""
    return [person_sentence(one, language) for one in answer.result if one.plans]
