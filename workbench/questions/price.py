"""The question `price`: what each plan should charge, line by line, beside its tier in force.

Floor 8. By eight principles, on a basis, with reinsurance, a programme and relativities on request;
for plans, bundles, ages and cells of members.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.guard import refuse
from workbench.premium.choices import PriceTerms
from workbench.premium.groups import BY, GroupPrice, group_prices
from workbench.premium.principles import PRINCIPLES
from workbench.premium.reinsurance import CEDING, CEDING_LOADINGS, Ceding
from workbench.pricing import SchemePrice, price
from workbench.questions.basis import BASIS_OPTIONS, basis_choice, basis_of, basis_rule
from workbench.questions.pairs import pair_of
from workbench.questions.price_tables import price_brief, price_document, price_tables
from workbench.questions.ranges import ranges_of
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.run import FORM

__all__ = ["QUESTION", "RELATIVITIES", "PriceAnswer"]

RELATIVITIES = Option(name="relativities", kind="text")
_OPTIONS = (
    FORM,
    Option(name="by", allowed=BY, default="plan"),
    Option(name="principle", allowed=tuple(PRINCIPLES), default="expected_value"),
    Option(name="parameter", kind="text", repeat=True),
    Option(name="reinsurance", kind="text"),
    Option(
        name="reinsurance-loading", kind="number", low=CEDING_LOADINGS[0], high=CEDING_LOADINGS[1]
    ),
    Option(name="programme", kind="text"),
    RELATIVITIES,
    *BASIS_OPTIONS,
)
USUAL_LOADING = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAnswer:
    """Prices, of groups where they were asked for, and (low, high) of the loss ratio by plan code,
    "" for the scheme.
    """

    price: SchemePrice
    ranges: Mapping[str, tuple[float, float]]
    groups: tuple[GroupPrice, ...] = ()


def _terms(own: Mapping[str, Any]) -> PriceTerms:
    """Return the terms that the options give; checked by themselves."""
    pairs = [pair_of("--parameter", text, tuple(PRINCIPLES)) for text in own["parameter"] or ()]
    ceding = None
    if own["reinsurance"] is not None:
        kind, size = pair_of("--reinsurance", own["reinsurance"], tuple(CEDING))
        ceding = Ceding(kind=kind, size=size, loading=own["reinsurance-loading"])
    return PriceTerms(
        principle=own["principle"],
        parameters=dict(pairs),
        ceding=ceding,
        programme=own["programme"] or "",
        relativities=own["relativities"] or "",
    )


def _rule(own: dict[str, Any], given: Own) -> None:
    """Refuse a loading without reinsurance, and a size or parameter that is out of its range."""
    basis_rule(own, given)
    if own["reinsurance"] is None and "reinsurance-loading" in given:
        raise refuse("option-needs-another", name="--reinsurance-loading", value="--reinsurance")
    if own["reinsurance"] is not None and own["reinsurance-loading"] is None:
        own["reinsurance-loading"] = USUAL_LOADING
    _terms(own)


def _verb(asked: Asked, mapper: Mapper) -> PriceAnswer:
    form, expenses = asked.own["form"], asked.choices.expenses
    terms = _terms(asked.own)
    basis = basis_of(asked)
    found = price(
        asked.inputs, form=form, expenses=expenses, terms=terms, basis=basis, mapper=mapper
    )
    groups: tuple[GroupPrice, ...] = ()
    if asked.own["by"] != "plan":
        lines = {
            code: {line.code: line.exact_yuan for line in one.lines}
            for code, one in found.plans.items()
        }
        groups = group_prices(
            asked.inputs, lines, by=asked.own["by"], expenses=expenses, terms=terms
        )
    return PriceAnswer(price=found, ranges=ranges_of(asked), groups=groups)


def _document(asked: Asked, answer: PriceAnswer) -> dict[str, Any]:
    return {**price_document(asked, answer), "basis": basis_choice(asked)}


QUESTION = Question(
    name="price",
    options=_OPTIONS,
    verb=_verb,
    document=_document,
    tables=price_tables,
    rule=_rule,
    brief=price_brief,
)
"""Registered in `workbench.questions`."""
