"""The question `surplus`: what the expected surplus can be used for, and what gives more back.

Floor 8. A split of the surplus in four parts, and every way to a target share returned.
"""

from __future__ import annotations

from typing import Any

from workbench.guard import Fault
from workbench.premium.margins import SCHEME
from workbench.premium.surplus import split_of, use_of
from workbench.premium.targets import targets_of
from workbench.questions.basis import BASIS_OPTIONS, basis_rule
from workbench.questions.plan_readers import DEFICIT, Readers
from workbench.questions.ranges import ranges_of
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.run import FORM
from workbench.questions.surplus_parts import SurplusAnswer, surplus_document
from workbench.questions.surplus_tables import surplus_brief, surplus_tables

__all__ = ["QUESTION"]

TARGETS = (80.0, 85.0, 90.0)
"""Yuan returned of each hundred, where none are asked for."""
SPLIT = "30:30:10:30"
"""Choice: benefits, contributions, prevention, fund, in per cent; nobody has decided it."""

_OPTIONS = (
    Option(name="target", kind="number", low=1.0, high=100.0, repeat=True),
    Option(name="split", kind="text", default=SPLIT),
    Option(name="deficit", kind="number", low=0.001, high=0.5, default=DEFICIT),
    FORM,
    *BASIS_OPTIONS,
)


def _rule(own: dict[str, Any], given: Own) -> None:
    """Refuse a split that is none; ask for the usual targets where none are given."""
    basis_rule(own, given)
    split_of(own["split"])
    own["target"] = tuple(sorted(own["target"] or TARGETS))


def _verb(asked: Asked, mapper: Mapper) -> SurplusAnswer:
    own, inputs, expenses = asked.own, asked.inputs, asked.choices.expenses
    read = Readers(asked, mapper)
    readers = [read.plan(place) for place in range(len(inputs.plans))]
    rule = {"limit": own["deficit"], "expenses": expenses}
    use = use_of(inputs, read.laws, readers, split_of(own["split"]), **rule)
    targets = [target / 100.0 for target in own["target"]]
    # Each value of a term takes all draws: there, only the usual term of each plan is tried.
    rule["usual_only"] = not read.process
    return SurplusAnswer(
        use=use,
        reached=targets_of(inputs, use.before, readers, targets, **rule),
        ranges=ranges_of(asked),
    )


def _warn(asked: Asked, answer: SurplusAnswer) -> tuple[Fault, ...]:
    """Tell that there is no surplus to divide, or that the split breaks the scheme's rule."""
    use = answer.use
    if use.before[SCHEME].surplus_yuan.value <= 0.0:
        return (Fault("surplus-none", {"value": round(use.before[SCHEME].surplus_yuan.value)}),)
    if use.before[SCHEME].kept and not use.after[SCHEME].kept:
        chance = use.after[SCHEME].figures.deficit_probability.value
        told = {"value": f"{chance:.3f}", "allowed": f"{asked.own['deficit']:g}"}
        return (Fault("surplus-rule-broken", told),)
    return ()


QUESTION = Question(
    name="surplus",
    options=_OPTIONS,
    verb=_verb,
    document=surplus_document,
    tables=surplus_tables,
    brief=surplus_brief,
    rule=_rule,
    warn=_warn,
)
"""Registered in `workbench.questions`."""
