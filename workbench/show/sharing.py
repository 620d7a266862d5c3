"""The sentences of who pays for whom, and of what the scheme does besides its plans.

Floor 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.questions import Answer
from workbench.show.numbers import count, money_words, number, percent, yuan
from workbench.show.words import plan_name, words

if TYPE_CHECKING:
    from workbench.premium.programmes import ProgrammeResult

__all__ = ["fairness_sentences", "programmes_sentences"]


def fairness_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return what moves most between members, by the share of a plan's contributions."""
    say, plans = words(language), answer.result.plans
    code = max(plans, key=lambda code: plans[code].moved_share.value)
    one = plans[code]
    told = {
        "plan": plan_name(answer.asked.inputs.plan(code), language),
        "premium": number(one.contribution_yuan),
        "moved": money_words(one.moved_yuan, language),
        "share": percent(one.moved_share, language, 0),
    }
    if answer.asked.own["by"] != "age" or len(one.groups) < 2:
        return [say("sentence.fairness_moved", **told)]
    first, last = one.groups[0], one.groups[-1]
    ends = {
        "first": first.level.replace("-", "–"),
        "last": last.level.replace("-", "–"),
        "low": yuan(first.benefit_yuan, 1),
        "high": yuan(last.benefit_yuan, 1),
    }
    return [say("sentence.fairness_ages", **told, **ends)]


def programmes_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return what each programme costs and where it breaks even."""
    return [_programme(one, language) for one in answer.result.programmes]


def _programme(one: ProgrammeResult, language: str) -> str:
    say, told = words(language), one.programme
    name = told.name_zh if language == "zh" else told.name_en
    parts = {"name": name, "cost": money_words(one.cost_yuan, language)}
    if not told.lever:
        times = "—" if one.carried_times is None else number(one.carried_times, 2)
        return say(
            "sentence.programme_benefit",
            members=count(told.members),
            each=yuan(one.cost_per_member_yuan, 1),
            times=times,
            **parts,
        )
    parts["saved"] = money_words(one.saved_yuan, language)
    if one.break_even_effect is None:
        return say("sentence.programme_never", **parts)
    return say(
        "sentence.programme_even", effect=percent(one.break_even_effect, language, 0), **parts
    )
