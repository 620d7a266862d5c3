"""The sentences of rules and of best tiers: which tier a rule would choose, what limits cost.

Floor 9. Source of the wording: docs/tiers.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.questions import Answer
from workbench.show.numbers import money_words, number, per_cent, plain, probability_words, yuan
from workbench.show.words import plan_name, words

if TYPE_CHECKING:
    from workbench.inputs import Rule
    from workbench.optimise import Gain, Limit
    from workbench.premium.rules import ConditionState, RuleVerdict
    from workbench.questions.optimise_parts import OptimiseAnswer

__all__ = ["optimise_sentences", "rule_name", "rule_sentences"]


def rule_name(rule: Rule, language: str) -> str:
    """Return the name of a rule."""
    return rule.name_zh if language == "zh" else rule.name_en


def rule_sentences(answer: Answer, language: str, code: str | None = None) -> list[str]:
    """Return, plan by plan, what a rule of the pack says; None takes its first rule.

    Last, that the rule is meant for another basis where it is. Empty where the pack has no rules.
    """
    rules = [one for one in answer.asked.inputs.rules if code in (None, one.code)]
    if not rules:
        return []
    lines = [
        _rule_sentence(answer, rules[0], found[rules[0].code], language)
        for found in answer.result.verdicts.values()
    ]
    return [*lines, *_other_basis(answer, rules[0], language)]


def _other_basis(answer: Answer, rule: Rule, language: str) -> list[str]:
    """Say so where a condition is meant for another basis than that of the answer."""
    used = answer.asked.own["basis"]
    meant = [one.basis for one in rule.conditions if one.basis not in ("", used)]
    if not meant:
        return []
    say = words(language)
    told = {"meant": say(f"rule.basis_{meant[0]}"), "used": say(f"rule.basis_{used}")}
    return [
        say("sentence.rule_basis", rule=rule_name(rule, language), kind=meant[0], **told),
    ]


def _rule_sentence(answer: Answer, rule: Rule, found: RuleVerdict, language: str) -> str:
    say = words(language)
    told = {
        "plan": plan_name(answer.asked.inputs.plan(found.plan), language),
        "rule": rule_name(rule, language),
        "premium": number(found.in_force_yuan),
        "tier": number(found.nearest_yuan),
    }
    if found.least_yuan is None or found.distance_yuan is None:
        missed = [_missed(one, language) for one in found.nearest if not one.met]
        return say("sentence.rule_none", missed=say("word.and_also").join(missed), **told)
    key = "sentence.rule_met" if found.met else "sentence.rule_below"
    if not found.met and found.distance_yuan < 0.0:
        key = "sentence.rule_above"
    return say(key, distance=number(abs(found.distance_yuan)), **told)


def _amount(value: float, unit: str, language: str) -> str:
    """Return a value of a rule in its unit."""
    if unit == "share":
        return per_cent(plain(value * 100.0, 1), language)
    if unit == "yuan":
        return money_words(value, language)
    return plain(value, 1) if unit == "yuan of 100" else plain(value, 2)


def _missed(state: ConditionState, language: str) -> str:
    """Return a condition that is not met: the figure, its value and its limit."""
    condition, say = state.condition, words(language)
    value = "—" if state.value is None else _amount(state.value.value, condition.unit, language)
    return say(
        f"sentence.missed_{condition.condition}",
        figure=say(f"rule.{condition.figure}"),
        value=value,
        limit=_amount(condition.limit, condition.unit, language),
    )


def optimise_sentences(answer: Answer, language: str, *, changed: bool) -> list[str]:
    """Return the best tiers, what they lead to, what moving a limit brings; or the conflict."""
    found: OptimiseAnswer = answer.result
    if found.best is None:
        return _conflict_sentences(answer, found, language)
    say, best, today = words(language), found.best, found.today
    tiers = say("word.comma").join(
        say(
            "sentence.one_tier",
            plan=plan_name(plan, language),
            premium=number(best.alone[plan.code].premium_yuan),
        )
        for plan in answer.asked.inputs.plans
    )
    spread = best.scheme.contribution_yuan - today.scheme.contribution_yuan
    lines = [
        say("sentence.best_tiers", tiers=tiers),
        say(
            "sentence.best_less" if spread < 0.0 else "sentence.best_more",
            contribution=money_words(best.scheme.contribution_yuan, language),
            amount=money_words(abs(spread), language),
            returned=plain(best.scheme.loss_ratio.value * 100.0, 0),
            chance=probability_words(best.scheme.deficit_probability, language),
        ),
    ]
    gains = [one for one in found.found.gains if not one.plan]
    return lines + [_gain_sentence(answer, one, language) for one in gains]


def _gain_sentence(answer: Answer, gain: Gain, language: str) -> str:
    """Return what moving a limit brings, in yuan a year and of one enrolment."""
    say, found = words(language), answer.result.found
    told = {
        "limit": say(f"limit.{gain.kind}"),
        "value": _limit_value(gain.kind, gain.value, language),
        "moved": _limit_value(gain.kind, gain.moved, language),
    }
    if gain.gain <= 0.0:
        return say("sentence.gain_none", **told)
    enrolments = float(found.grid.laws[0].enrolments.sum())
    return say(
        f"sentence.gain_{found.objective}",
        amount=money_words(gain.gain, language),
        yuan=number(gain.gain),
        each=yuan(gain.gain / enrolments, 2),
        **told,
    )


def _limit_value(kind: str, value: float, language: str) -> str:
    if "deficit" in kind:
        return per_cent(plain(value * 100.0, 2).rstrip("0").rstrip("."), language)
    if kind == "contribution":
        return money_words(value, language)
    return number(value)


def _told_limit(answer: Answer, limit: Limit, language: str) -> str:
    say, end = words(language), "at_least" if limit.at_least else "at_most"
    told = {
        "limit": say(f"limit.{limit.kind}"),
        "value": _limit_value(limit.kind, limit.value, language),
    }
    if not limit.plan:
        return say(f"sentence.limit_all_{end}", **told)
    plan = plan_name(answer.asked.inputs.plan(limit.plan), language)
    return say(f"sentence.limit_{end}", plan=plan, **told)


def _conflict_sentences(answer: Answer, found: OptimiseAnswer, language: str) -> list[str]:
    say, also = words(language), words(language)("word.and_also")
    lines = [
        say("sentence.conflict", limits=also.join(_told_limit(answer, one, language) for one in c))
        for c in (conflict.limits for conflict in found.found.conflicts)
    ]
    way = found.found.nearest
    if way is None:
        return [*lines, say("sentence.nearest_none")]
    moved = also.join(_told_limit(answer, other, language) for _, other in way.moved)
    return [*lines, say("sentence.nearest_limits", limits=moved)]
