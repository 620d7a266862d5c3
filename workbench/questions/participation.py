"""The question `participation`: who joins and who leaves at other premiums, benefits and payers.

Floor 8. The plans' terms in the pack are those in force; `--set plans.P3.premium_yuan=40` and the
like are the new ones, for as many plans as are set. Every other change counts for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from workbench.basis import inputs_of_draws
from workbench.behaviour import (
    Band,
    Bands,
    Joiners,
    Options,
    Payers,
    PlanParticipation,
    joiners,
    participation,
)
from workbench.behaviour.joining import RESIDENT_SHARE
from workbench.engine.results import contribution_yuan, expenses_yuan
from workbench.engine.stages import expected_claims
from workbench.exact import MEAN_ROUNDING_YUAN, RELATIVE_ERROR
from workbench.guard import Fault, refuse
from workbench.inputs import Inputs
from workbench.questions.basis import BASIS_OPTIONS, basis_of, basis_rule
from workbench.questions.participation_document import participation_document
from workbench.questions.participation_tables import brief_tables, participation_tables
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.risk import Figure

__all__ = ["ParticipationAnswer", "QUESTION", "SchemeSums"]

WIDEST_GRID = 400
"""Most premiums of one plan in a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeSums:
    """All plans together: enrolments and expected surplus today and after, one reaction for all."""

    enrolments_before: Figure
    enrolments: Band
    surplus_before: Figure
    surplus_unmoved: Figure
    surplus: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationAnswer:
    """Plans that were asked for by code, the sums of all plans, and new-form workers."""

    plans: Mapping[str, PlanParticipation]
    scheme: SchemeSums
    joiners: Joiners


_OPTIONS = (
    Option(name="plan", kind="text", repeat=True),
    Option(name="premium", kind="number", low=0.01, high=1_000),
    Option(name="from", kind="whole", low=1, high=1_000, default=25),
    Option(name="to", kind="whole", low=1, high=1_000, default=95),
    Option(name="unit-share", kind="number", low=0, high=1),
    Option(name="union-share", kind="number", low=0, high=1, default=0.0),
    Option(name="units", allowed=("default", "none"), default="default"),
    Option(name="new-form", kind="whole", low=1, high=1_000_000, default=20_000),
    Option(name="new-form-bundle", kind="text", default="P1"),
    Option(name="resident-share", kind="number", low=0, high=1, default=RESIDENT_SHARE),
    *BASIS_OPTIONS,
)


def _rule(own: dict[str, Any], given: Own) -> None:
    plans = own["plan"] or ()
    if own["premium"] is not None and len(plans) != 1:
        raise refuse("participation-one-plan", name="--premium", value=len(plans))
    if not own["from"] <= own["to"] < own["from"] + WIDEST_GRID:
        told = f"{own['from']}–{own['to']}"
        raise refuse("participation-range", value=told, allowed=WIDEST_GRID)
    basis_rule(own, given)


def _new_terms(asked: Asked) -> Inputs:
    """The scheme with the new terms: `--premium` stands over a premium of `--set`."""
    own, inputs = asked.own, asked.inputs
    codes = own["plan"] or ()
    for code in codes:
        if code not in inputs.plan_codes:
            raise refuse("unknown-choice", name="--plan", value=code, allowed=inputs.plan_codes)
    if own["premium"] is None:
        return inputs
    plans = tuple(
        replace(plan, premium_yuan=own["premium"]) if plan.code in codes else plan
        for plan in inputs.plans
    )
    return replace(inputs, plans=plans)


def _draws(asked: Asked, before: Inputs) -> tuple[Inputs, ...]:
    """Packs of the draws, solved again with the terms in force; none under process risk."""
    basis = basis_of(asked)
    return () if basis.kind == "process" else tuple(inputs_of_draws(before, basis))


def _options(asked: Asked, before: Inputs) -> Options:
    own, now = asked.own, asked.inputs.assumptions["employer_paid_share"]
    # Where nothing is said of the union's part, unit or union pay what they pay today.
    unit = now if own["unit-share"] is None else own["unit-share"]
    return Options(
        payers=Payers(before=now, unit=unit, union=own["union-share"]),
        units=own["units"] == "default",
        expenses=asked.choices.expenses,
        draws=_draws(asked, before),
    )


def _one(
    packs: tuple[Inputs, Inputs], premiums: range, options: Options, code: str
) -> PlanParticipation:
    return participation(*packs, code, premiums=premiums, options=options)


def _surpluses(inputs: Inputs, expenses: str) -> np.ndarray:
    """Expected surplus of each plan if nobody reacts, yuan."""
    claims = expected_claims(inputs)
    spent = expenses_yuan(inputs, claims.enrolments, claims.beneficiaries, expenses=expenses)
    return contribution_yuan(inputs, claims.enrolments) - spent - claims.paid_yuan


def _sums(
    packs: tuple[Inputs, Inputs], plans: Mapping[str, PlanParticipation], expenses: str
) -> SchemeSums:
    """Sums over all plans; one that was not asked for keeps its members and has its new terms."""
    before, after = (_surpluses(pack, expenses) for pack in packs)
    members = expected_claims(packs[1]).enrolments.astype(float)
    error = MEAN_ROUNDING_YUAN * len(after)
    surplus, enrolments = np.array([after.sum()]), np.array([members.sum()])
    for place, code in enumerate(packs[1].plan_codes):
        if code in plans:
            surplus = surplus + plans[code].surplus - after[place]
            enrolments = enrolments + plans[code].members - members[place]
    people = np.array([members.sum() * RELATIVE_ERROR])
    return SchemeSums(
        enrolments_before=Figure(float(members.sum()), 0.0),
        enrolments=Bands.over(list(enrolments[:, None]), people).at(0),
        surplus_before=Figure(float(before.sum()), error),
        surplus_unmoved=Figure(float(after.sum()), error),
        surplus=Bands.over(list(surplus[:, None]), np.array([error])).at(0),
    )


def _verb(asked: Asked, mapper: Mapper) -> ParticipationAnswer:
    after = _new_terms(asked)
    packs = (replace(after, plans=asked.pack.plans), after)
    own, expenses = asked.own, asked.choices.expenses
    # First what may refuse its choices, then the long work.
    joining = joiners(
        after,
        own["new-form"],
        bundle=own["new-form-bundle"],
        resident_share=own["resident-share"],
        expenses=expenses,
    )
    options = _options(asked, packs[0])
    codes = own["plan"] or after.plan_codes
    work = partial(_one, packs, range(own["from"], own["to"] + 1), options)
    plans = dict(zip(codes, mapper(work, codes), strict=True))
    return ParticipationAnswer(plans=plans, scheme=_sums(packs, plans, expenses), joiners=joining)


def _warn(asked: Asked, answer: ParticipationAnswer) -> tuple[Fault, ...]:
    """Say where a new premium lies beyond what the model is meant for."""
    return tuple(
        Fault("participation-illustration", {"name": code, "value": f"{one.premium_yuan:g}"})
        for code, one in answer.plans.items()
        if one.illustration[one.place]
    )


QUESTION = Question(
    name="participation",
    options=_OPTIONS,
    verb=_verb,
    document=participation_document,
    tables=participation_tables,
    brief=brief_tables,
    rule=_rule,
    warn=_warn,
    on_basis=("participation_uncertain",),
)
"""Registered in `workbench.questions`."""
