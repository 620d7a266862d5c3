"""The question `optimise`: the best tiers of all plans together under stated limits.

Floor 8. With benefits on request; what moving a limit brings; adequacy against affordability; and
where nothing meets all limits, which conflict and the nearest set that can be met.
Source: docs/tiers.md section 4.
"""

from __future__ import annotations

from typing import Any

from workbench.guard import Fault, refuse
from workbench.inputs import Inputs
from workbench.optimise import (
    OBJECTIVES,
    Limit,
    best_tiers,
    chosen_of,
    grid_of,
    today_of,
)
from workbench.premium.benefits import UNITS, term_of, with_value
from workbench.questions.basis import BASIS_OPTIONS, basis_rule
from workbench.questions.optimise_parts import OptimiseAnswer, optimise_document
from workbench.questions.optimise_tables import optimise_brief, optimise_tables
from workbench.questions.pairs import pairs_of, plans_of
from workbench.questions.plan_readers import DEFICIT, Readers
from workbench.questions.ranges import ranges_of
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.run import FORM
from workbench.schema import read_number
from workbench.textfile import shown

__all__ = ["QUESTION"]

SCHEME_DEFICIT = 0.01
"""Choice: all plans together are short in one year of a hundred at most."""
MOST_STEPS = 16
_SCHEME = {
    "scheme-deficit": "scheme_deficit",
    "scheme-returned": "scheme_returned",
    "bundle-cost": "bundle_cost",
    "contribution": "contribution",
}
"""Option → the kind of its limit on all plans together."""

_OPTIONS = (
    Option(name="objective", allowed=OBJECTIVES, default="contribution"),
    Option(name="deficit", kind="number", low=0.0, high=1.0, default=DEFICIT),
    Option(name="plan-deficit", kind="text"),
    Option(name="scheme-deficit", kind="number", low=0.0, high=1.0, default=SCHEME_DEFICIT),
    Option(name="returned", kind="number", low=0.0, high=1_000.0),
    Option(name="scheme-returned", kind="number", low=0.0, high=1_000.0),
    Option(name="rise", kind="number", low=0.0, high=1_000.0),
    Option(name="bundle", kind="text"),
    Option(name="bundle-cost", kind="number", low=0.0, high=10_000.0),
    Option(name="contribution", kind="number", low=0.0, high=1e12),
    Option(name="benefit", kind="text", repeat=True, default=()),
    Option(name="frontier", allowed=("yes", "no"), default="yes"),
    FORM,
    *BASIS_OPTIONS,
)


def _rule(own: dict[str, Any], given: Own) -> None:
    """Refuse what is not written as plans with values, or as a term with steps."""
    basis_rule(own, given)
    if own["plan-deficit"] is not None:
        _plan_deficits(own)
    if own["bundle-cost"] is not None or own["bundle"] is not None:
        _bundle_codes(own["bundle"] or "P")
    terms = [_steps_of(text)[:2] for text in own["benefit"]]
    plans = [code for code, _ in terms]
    if len(set(plans)) < len(plans):
        raise refuse("benefit-term-twice", name="--benefit", value=plans[0])


def _plan_deficits(own: Own) -> dict[str, float]:
    if own["plan-deficit"] is None:
        return {}
    return pairs_of("--plan-deficit", own["plan-deficit"], low=0.0, high=1.0)


def _bundle_codes(text: str) -> tuple[str, ...]:
    codes = tuple(text.replace(" ", "").split("+"))
    if "" in codes or len(set(codes)) < len(codes):
        raise refuse("plan-pairs", name="--bundle", value=shown(text))
    return codes


def _steps_of(text: str) -> tuple[str, str, list[float]]:
    """Return plan, term and steps of `P3.lump_sum_yuan=10000,15000,20000`.

    Raises
    ------
    InputRefused
        `benefit-steps` for what is not written so, or has fewer than 1 or more than 16 steps.
    """
    name, _, right = text.replace(" ", "").partition("=")
    code, _, column = name.partition(".")
    steps = [read_number(part) for part in right.split(",")]
    numbers = [step for step in steps if isinstance(step, float)]
    if not code or not column or len(numbers) < len(steps) or len(set(numbers)) > MOST_STEPS:
        raise refuse("benefit-steps", name="--benefit", value=shown(text), allowed=MOST_STEPS)
    return code, column, sorted(set(numbers))


def usual_bundle(inputs: Inputs) -> tuple[str, ...]:
    """Return the plans that most members with several plans hold; all plans where nobody does."""
    several = [row for row in inputs.rows if len(row.plans) > 1 and row.members > 0]
    if not several:
        return inputs.plan_codes
    return max(several, key=lambda row: row.members).plans


def _limits(asked: Asked) -> list[Limit]:
    """Return the limits asked for; a probability of 1 and a share of 0 are none."""
    own, codes = asked.own, asked.inputs.plan_codes
    of_plans = _plan_deficits(own)
    plans_of("--plan-deficit", list(of_plans), codes)
    found = []
    for code in codes:
        values = {
            "deficit": of_plans.get(code, own["deficit"]),
            "returned": own["returned"],
            "rise": own["rise"],
        }
        found += [
            Limit(kind=kind, value=value, plan=code)
            for kind, value in values.items()
            if value is not None and _binds(kind, value)
        ]
    for name, kind in _SCHEME.items():
        value = own[name]
        if value is not None and _binds(kind, value):
            found.append(Limit(kind=kind, value=value))
    return found


def _binds(kind: str, value: float) -> bool:
    """Whether a limit says anything at all."""
    if "deficit" in kind:
        return value < 1.0
    return value > 0.0 if "returned" in kind else True


def _benefits(asked: Asked) -> dict[str, tuple[str, list[float]]]:
    """Return the terms to choose by plan code; every step judged against the plan."""
    found = {}
    for text in asked.own["benefit"]:
        code, column, steps = _steps_of(text)
        term = term_of(asked.inputs, code, column)
        if column == UNITS:
            raise refuse("benefit-steps", name="--benefit", value=shown(text), allowed=MOST_STEPS)
        for step in steps:
            with_value(asked.inputs, term, step)
        found[code] = (f"plans.{code}.{column}", steps)
    return found


def _verb(asked: Asked, mapper: Mapper) -> OptimiseAnswer:
    own, inputs = asked.own, asked.inputs
    bundle = usual_bundle(inputs) if own["bundle"] is None else _bundle_codes(own["bundle"])
    plans_of("--bundle", bundle, inputs.plan_codes)
    benefits = _benefits(asked)
    grid = grid_of(
        inputs,
        Readers(asked, mapper).laws,
        benefits=benefits,
        bundle=bundle,
        expenses=asked.choices.expenses,
    )
    found = best_tiers(
        inputs,
        _limits(asked),
        objective=own["objective"],
        grid=grid,
        frontier=own["frontier"] == "yes",
    )
    return OptimiseAnswer(
        found=found,
        bundle=bundle,
        benefits=benefits,
        today=today_of(grid),
        best=None if found.best is None else chosen_of(grid, found.best),
        nearest=None if found.nearest is None else chosen_of(grid, found.nearest.solution),
        ranges=ranges_of(asked),
    )


def _warn(asked: Asked, answer: OptimiseAnswer) -> tuple[Fault, ...]:
    """Tell limits that cannot all be met: what is shown is no answer to them."""
    if answer.best is not None:
        return ()
    return (Fault("limits-conflict", {"value": len(answer.found.limits)}),)


QUESTION = Question(
    name="optimise",
    options=_OPTIONS,
    verb=_verb,
    document=optimise_document,
    tables=optimise_tables,
    brief=optimise_brief,
    rule=_rule,
    warn=_warn,
)
"""Registered in `workbench.questions`."""
