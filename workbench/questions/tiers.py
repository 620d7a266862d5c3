"""The question `tiers`: what every whole yuan of premium from 25 to 95 leads to, plan by plan.

Floor 8. With the rules of the pack, all plans together at the tiers in force or at others, and
bands where assumptions are drawn. Source: docs/tiers.md.
"""

from __future__ import annotations

from typing import Any

from workbench.basis import laws_on
from workbench.engine.stages import YearLaws
from workbench.guard import Fault
from workbench.inputs import Inputs
from workbench.premium.rules import RuleVerdict, scheme_states, verdict
from workbench.premium.tier_bands import tier_bands
from workbench.premium.tier_test import full_tier_table, scheme_at
from workbench.premium.tiers import TierTable, tier_table
from workbench.questions.basis import BASIS_OPTIONS, basis_of, basis_rule
from workbench.questions.pairs import pairs_of, plans_of
from workbench.questions.ranges import ranges_of
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.run import FORM
from workbench.questions.tiers_parts import TiersAnswer, Together, tiers_document
from workbench.questions.tiers_tables import tiers_brief, tiers_tables
from workbench.schema import USUAL_PREMIUM

__all__ = ["QUESTION", "TiersAnswer"]

MOST_LOSS, MOST_PREMIUM = 1e12, 1_000.0
LOSS = Option(name="loss", kind="number", low=0.0, high=MOST_LOSS)
TIERS_AT = Option(name="tiers", kind="text")
_OPTIONS = (FORM, LOSS, TIERS_AT, *BASIS_OPTIONS)


def _asked_tiers(text: str) -> dict[str, float]:
    return pairs_of("--tiers", text, low=0.01, high=MOST_PREMIUM)


def _rule(own: dict[str, Any], given: Own) -> None:
    """Refuse tiers that are not written as such."""
    basis_rule(own, given)
    if own["tiers"] is not None:
        _asked_tiers(own["tiers"])


def _together(
    asked: Asked, laws: YearLaws, tables: dict[str, TierTable], premiums: dict[str, float]
) -> Together:
    """Return all plans at a vector of tiers, each plan by itself beside them."""
    inputs, told = asked.inputs, {"expenses": asked.choices.expenses}
    scheme = scheme_at(inputs, laws, premiums, loss_yuan=asked.own["loss"], **told)
    alone = {}
    for place, plan in enumerate(inputs.plans):
        premium = scheme.premiums[plan.code]
        table = tables[plan.code]
        if premium not in table.premiums:
            table = tier_table(inputs, laws, place, premiums=(premium,), **told)
        alone[plan.code] = table.row(premium)
    return Together(scheme=scheme, alone=alone, states=scheme_states(inputs.rules, scheme))


def _verdicts(
    inputs: Inputs, laws: YearLaws, tables: dict[str, TierTable], expenses: str
) -> dict[str, dict[str, RuleVerdict]]:
    """Return what each rule says about each plan, by plan code and code of the rule."""
    found: dict[str, dict[str, RuleVerdict]] = {}
    for place, plan in enumerate(inputs.plans):
        now = tier_table(inputs, laws, place, premiums=(plan.premium_yuan,), expenses=expenses)
        found[plan.code] = {
            rule.code: verdict(rule, tables[plan.code], now) for rule in inputs.rules
        }
    return found


def _verb(asked: Asked, mapper: Mapper) -> TiersAnswer:
    own, inputs, expenses = asked.own, asked.inputs, asked.choices.expenses
    premiums = {} if own["tiers"] is None else _asked_tiers(own["tiers"])
    plans_of("--tiers", list(premiums), inputs.plan_codes)
    laws = laws_on(inputs, basis_of(asked), form=own["form"], mapper=mapper)
    loss = {"loss_yuan": own["loss"], "expenses": expenses}
    tables = {
        plan.code: full_tier_table(inputs, laws, place, **loss)
        for place, plan in enumerate(inputs.plans)
    }
    return TiersAnswer(
        tiers=tables,
        ranges=ranges_of(asked),
        bands={
            plan.code: tier_bands(laws, place, tables[plan.code])
            for place, plan in enumerate(inputs.plans)
        },
        verdicts=_verdicts(inputs, laws, tables, expenses),
        in_force=_together(asked, laws, tables, {}),
        chosen=_together(asked, laws, tables, premiums) if premiums else None,
    )


def _warn(asked: Asked, answer: TiersAnswer) -> tuple[Fault, ...]:
    """Tell tiers outside the usual range of premiums."""
    given = _asked_tiers(asked.own["tiers"]) if answer.chosen else {}
    low, high = USUAL_PREMIUM
    told = {"low": low, "high": high}
    return tuple(
        Fault("premium-unusual", {"name": f"--tiers {code}", "value": f"{premium:g}", **told})
        for code, premium in given.items()
        if not low <= premium <= high
    )


QUESTION = Question(
    name="tiers",
    options=_OPTIONS,
    verb=_verb,
    document=tiers_document,
    tables=tiers_tables,
    brief=tiers_brief,
    rule=_rule,
    warn=_warn,
)
"""Registered in `workbench.questions`."""
