"""The question `design`: what each value of a benefit term leads to, and what a premium pays for.

Floor 8. One term, or two together; what each term takes away stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workbench.guard import Fault, in_range, refuse
from workbench.premium.benefits import LEVERS, BenefitTerm, grid_of, term_of
from workbench.premium.design import AIMS, Design, bought, design_rows
from workbench.premium.elimination import plan_elimination
from workbench.premium.equal_cost import EqualCost, cost_table, equal_cost
from workbench.questions.basis import BASIS_OPTIONS, basis_rule
from workbench.questions.design_parts import DesignAnswer, TwoTerms, design_document
from workbench.questions.design_tables import design_brief, design_tables
from workbench.questions.plan_readers import DEFICIT, Readers
from workbench.questions.ranges import ranges_of
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.run import FORM

__all__ = ["QUESTION"]

MOST_TERMS = 2
TABLE_POINTS = 31
"""Most values of each term where two are moved at once."""
FACTORS = (0.9, 1.0, 1.1)
"""Costs, against the one in force, whose curves are drawn."""
LARGEST = 1e6

_OPTIONS = (
    Option(name="plan", kind="text", default="P3"),
    Option(name="term", kind="text", repeat=True),
    Option(name="premium", kind="number", low=0.01, high=1_000.0),
    Option(name="deficit", kind="number", low=0.001, high=0.5, default=DEFICIT),
    FORM,
    *BASIS_OPTIONS,
)


def _written(text: str) -> tuple[str, tuple[float, ...]]:
    """Return name and range of `lump_sum_yuan=5000:20000:1000`; the step may be left out."""
    name, given, told = text.partition("=")
    if not given:
        return name.strip(), ()
    parts = told.replace("：", ":").split(":")
    if len(parts) not in (2, 3):
        raise refuse("benefit-range", name=name, value=told[:60], allowed="5000:20000:1000")
    return name.strip(), tuple(in_range(name, part, -LARGEST, LARGEST) for part in parts)


def _rule(own: dict[str, Any], given: Own) -> None:
    """Refuse what is no list of one or two different terms, draws without a basis."""
    basis_rule(own, given)
    names = [_written(text)[0] for text in own["term"] or ()]
    if len(names) > MOST_TERMS:
        raise refuse("benefit-terms-many", name="--term", value=len(names), allowed=MOST_TERMS)
    if len(set(names)) < len(names):
        raise refuse("benefit-term-twice", name="--term", value=names[0])


def _terms(asked: Asked) -> list[tuple[BenefitTerm, tuple[float, ...]]]:
    """Return the terms asked for with their ranges; the plan's usual one where none is named."""
    inputs, code = asked.inputs, asked.own["plan"]
    asked_for = [_written(text) for text in asked.own["term"] or ()]
    if not asked_for:
        known = code in inputs.plan_codes
        form = inputs.plan(code).benefit_form if known else next(iter(LEVERS))
        asked_for = [(LEVERS[form][0], ())]
    return [(term_of(inputs, code, name), given) for name, given in asked_for]


def _verb(asked: Asked, mapper: Mapper) -> DesignAnswer:
    own, inputs = asked.own, asked.inputs
    terms = _terms(asked)
    (term, given), *more = terms
    read = Readers(asked, mapper)
    design = Design(
        inputs=inputs,
        term=term,
        reader=read.plan(term.place),
        expenses=asked.choices.expenses,
        limit=own["deficit"],
        claims=read.claims(inputs),
    )
    plan = inputs.plans[term.place]
    premium = plan.premium_yuan if own["premium"] is None else own["premium"]
    return DesignAnswer(
        terms=tuple(one for one, _ in terms),
        rows=design_rows(design, grid_of(inputs, term, given)),
        premium_yuan=premium,
        bought=tuple(
            bought(replace(design, term=one), aim, premium) for one, _ in terms for aim in AIMS
        ),
        elimination=plan_elimination(inputs, term.place),
        two=_two(design, given, *more[0]) if more else None,
        ranges=ranges_of(asked),
    )


def _two(
    design: Design, given: Sequence[float], second: BenefitTerm, other: Sequence[float]
) -> TwoTerms:
    """Return the cost over two terms, and curves along which it stays the same."""
    values = (
        grid_of(design.inputs, design.term, given, points=TABLE_POINTS),
        grid_of(design.inputs, second, other, points=TABLE_POINTS),
    )
    curves: list[EqualCost] = [
        equal_cost(design, second, values[0], factor=factor, figures=factor == 1.0)
        for factor in FACTORS
    ]
    return TwoTerms(table=cost_table(design, second, values), curves=tuple(curves))


def _warn(asked: Asked, answer: DesignAnswer) -> tuple[Fault, ...]:
    """Tell where stays would pay more than they cost the member, and units beyond the plan's."""
    found = []
    term, plan = answer.terms[0], asked.inputs.plan(answer.terms[0].plan)
    above = [row.value for row in answer.rows if row.above_cost]
    fine = [row.value for row in answer.rows if not row.above_cost]
    if above:
        first = min(above) if term.rises else max(above)
        best = (max(fine) if term.rises else min(fine)) if fine else None
        told = {"name": term.name, "value": f"{first:g}"}
        told["allowed"] = "—" if best is None else f"{best:g}"
        found.append(Fault("benefit-above-own-cost", told))
    most = max(row.value for row in answer.rows)
    if term.column == "units" and most > plan.max_units:
        units = {"name": plan.code, "value": f"{most:g}", "allowed": plan.max_units}
        found.append(Fault("benefit-units-above", units))
    return tuple(found)


QUESTION = Question(
    name="design",
    options=_OPTIONS,
    verb=_verb,
    document=design_document,
    tables=design_tables,
    brief=design_brief,
    rule=_rule,
    warn=_warn,
)
"""Registered in `workbench.questions`."""
