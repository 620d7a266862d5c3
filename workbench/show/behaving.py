"""The sentences of who joins and who leaves.

Floor 9. Sentences 6 and 7 of the page; every one gives a range, never one figure alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.questions import Answer
from workbench.show.numbers import count, money_words, number, percent, yuan
from workbench.show.words import plan_name, words

if TYPE_CHECKING:
    from workbench.behaviour import Band, Joiners, PlanParticipation

__all__ = ["participation_sentences"]


def participation_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return what each changed plan leads to, new-form workers, and what the ranges stand on."""
    say, found = words(language), answer.result
    lines = []
    for code, one in found.plans.items():
        if _moved(one):
            name = plan_name(answer.asked.inputs.plan(code), language)
            lines.append(_reaction(one, name, language))
    if not lines:
        lines.append(say("sentence.participation_nothing"))
    return [*lines, _joining(answer, found.joiners, language), say("sentence.participation_band")]


def _moved(one: PlanParticipation) -> bool:
    """Whether anything differs from today for those who pay or are paid."""
    same_price = one.premium_yuan == one.before.premium_yuan
    same_payers = abs(one.payers.member_after - (1.0 - one.payers.before)) < 1e-12
    same_cost = one.before.cost_per_enrolment_yuan == one.unmoved.cost_per_enrolment_yuan
    return not (same_price and same_payers and same_cost)


def _change(band: Band, before: float, language: str) -> dict[str, str]:
    """Central change of enrolments in per cent without its sign, and the range with it."""
    ends = [getattr(band, name).value / before - 1.0 for name in ("low", "central", "high")]
    return {
        "change": percent(abs(ends[1]), language),
        "low": percent(ends[0], language),
        "high": percent(ends[2], language),
    }


def _young_first(one: PlanParticipation) -> bool:
    """Whether a larger share of the youngest than of the oldest leaves, by the central reaction."""
    first, last = one.ages[0], one.ages[-1]
    return first.after.central.value / first.before < last.after.central.value / last.before - 1e-9


def _key(one: PlanParticipation) -> str:
    leaves = one.band("enrolments").central.value < one.before.enrolments.value
    if one.premium_yuan == one.before.premium_yuan:
        return f"sentence.participation_{'leaves' if leaves else 'joins'}_benefit"
    if not leaves:
        return "sentence.participation_joins"
    young = _young_first(one)
    return "sentence.participation_leaves_young" if young else "sentence.participation_leaves"


def _reaction(one: PlanParticipation, name: str, language: str) -> str:
    members, cost = one.band("enrolments"), one.band("cost_per_enrolment_yuan")
    before, surplus = one.before, one.band("expected_surplus_yuan")
    return words(language)(
        _key(one),
        plan=name,
        before=number(before.premium_yuan),
        after=number(one.premium_yuan),
        **_change(members, before.enrolments.value, language),
        cost_before=yuan(before.cost_per_enrolment_yuan, 1),
        cost=yuan(cost.central, 1),
        cost_low=yuan(cost.low, 1),
        cost_high=yuan(cost.high, 1),
        surplus_before=money_words(before.expected_surplus_yuan, language),
        surplus=money_words(surplus.central, language),
        surplus_low=money_words(surplus.low, language),
        surplus_high=money_words(surplus.high, language),
    )


def _joining(answer: Answer, found: Joiners, language: str) -> str:
    """Sentence 7: by how much the surplus changes over the assumptions about joiners."""
    say = words(language)
    plans = [
        plan_name(answer.asked.inputs.plan(code), language) for code in found.bundle.split("+")
    ]
    low, high = found.low, found.high
    less = high.value <= 0.0
    ends = (high.scaled(-1.0), low.scaled(-1.0)) if less else (low, high)
    return say(
        "sentence.new_form_less" if less else "sentence.new_form_change",
        members=count(found.members),
        plans=say("word.and").join(plans),
        share=percent(found.resident_share, language, 0),
        low=money_words(ends[0], language),
        high=money_words(ends[1], language),
        now=count(_now()),
    )


def _now() -> int:
    from workbench.behaviour import MEMBERS_NOW

    return MEMBERS_NOW
