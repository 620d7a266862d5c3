"""The deficit of a plan whose members have reacted, with the assumptions of claims uncertain.

Floor 5, inside `behaviour`. Each draw of the assumptions is solved again with the terms in force
(docs/uncertainty.md); the members are those of the given assumptions, so that what is drawn is the
claims and not the reaction. Source: docs/participation.md section 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbench.behaviour.cells import PlanCells
from workbench.behaviour.curves import Band
from workbench.behaviour.deficits import Deficit, reacted
from workbench.engine.annual import AnnualLaw
from workbench.engine.events import Scheme, scheme_of
from workbench.engine.moments import expected_beneficiaries
from workbench.engine.stages import plan_law
from workbench.exact import TRANSFORM_NOISE, chance_error, rounding_yuan
from workbench.inputs import Inputs
from workbench.plans import Plan
from workbench.portfolio import Portfolio
from workbench.premium.technical import ExpenseTerms
from workbench.risk import Figure
from workbench.uncertainty import standard_error

__all__ = ["Case", "UncertainDeficits", "drawn_deficits", "uncertain_deficits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertainDeficits:
    """Deficits over the draws: today, at the new terms if nobody reacts, and if members react."""

    today: Deficit
    unmoved: Deficit
    probability: Band
    shortfall_yuan: Band


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """Members and money of one case: `claims` (cells,) relative to today's, `before` its terms.

    `money_yuan` is what is there for benefits before the expenses that go by beneficiaries, each
    `per_case_yuan`.
    """

    claims: np.ndarray
    money_yuan: float
    per_case_yuan: float
    before: bool = False

    @classmethod
    def of(
        cls, claims: np.ndarray, enrolments: float, premium: float, *, terms: ExpenseTerms
    ) -> Case:
        """Return the case of so many members at a premium, yuan."""
        each = premium * (1.0 - terms.share) - terms.per_enrolment_yuan
        per_case = terms.per_beneficiary_yuan
        return cls(claims=claims, money_yuan=enrolments * each, per_case_yuan=per_case)


def _keys(portfolio: Portfolio) -> np.ndarray:
    """One number a cell without its term status, (cells,)."""
    return (portfolio.row * 2 + portfolio.sex) * 16 + portfolio.band


def _spread(cells: PlanCells, claims: np.ndarray, scheme: Scheme) -> np.ndarray:
    """Claims by cell of a drawn scheme, (cells,): its first-term share may make other cells.

    A cell that the given scheme lacks takes what its neighbour of the other term status has.
    """
    old, new = cells.scheme.portfolio, scheme.portfolio
    size = int(max(_keys(old).max(), _keys(new).max())) + 1
    table = np.ones((size, 2))
    where = cells.where
    by_key, first = _keys(old)[where], old.first_term[where].astype(np.int64)
    for status in (0, 1):  # the neighbour first, then the cell itself
        table[by_key, status] = claims
    table[by_key, first] = claims
    return table[_keys(new), new.first_term.astype(np.int64)]


def _one(values: np.ndarray, numerical: float) -> Figure:
    return Figure(float(values.mean()), float(np.hypot(standard_error(values), numerical)))


def drawn_deficits(
    cells: PlanCells, draws: Sequence[Inputs], plans: Sequence[tuple[Plan, ...]], cases: list[Case]
) -> list[Deficit]:
    """Return the deficit of each case over the draws.

    Parameters
    ----------
    cells
        The plan's members.
    draws
        Packs of the draws.
    plans
        Terms in force and new terms of all plans.
    cases
        Who is there and what he pays.
    """
    laws: list[list[AnnualLaw]] = [[] for _ in cases]
    often = np.zeros((len(cases), len(draws)))
    for draw, pack in enumerate(draws):
        schemes = [scheme_of(replace(pack, plans=terms)) for terms in plans]
        for number, case in enumerate(cases):
            scheme = schemes[0] if case.before else schemes[1]
            held = np.flatnonzero(scheme.portfolio.holds(cells.plan.code))
            claims = _spread(cells, case.claims, scheme)[held]
            there = reacted(scheme, held, claims)
            laws[number].append(plan_law(there, cells.place, once=True)[0])
            often[number, draw] = expected_beneficiaries(there)[cells.place]
    found = []
    for number, case in enumerate(cases):
        # Expenses stand at their expected amount: the mean over the draws.
        limit = case.money_yuan - case.per_case_yuan * float(often[number].mean())
        mine = laws[number]
        chances = np.array([law.probability_above(limit) for law in mine])
        gaps = np.array([max(0.0, law.expected_excess(limit)) for law in mine])
        steep = max(float(chance_error(law, np.array([limit]))[0]) for law in mine)
        found.append(
            Deficit(
                probability=_one(chances, max(steep, TRANSFORM_NOISE)),
                shortfall_yuan=_one(gaps, max(rounding_yuan(law) for law in mine)),
            )
        )
    return found


def uncertain_deficits(
    cells: PlanCells, draws: Sequence[Inputs], plans: Sequence[tuple[Plan, ...]], cases: list[Case]
) -> UncertainDeficits:
    """Return deficits over the draws; `cases` are today, unmoved, the central one, further ends."""
    today, unmoved, *reacting = drawn_deficits(cells, draws, plans, cases)
    return UncertainDeficits(
        today=today,
        unmoved=unmoved,
        probability=_band([one.probability for one in reacting]),
        shortfall_yuan=_band([one.shortfall_yuan for one in reacting]),
    )


def _band(figures: list[Figure]) -> Band:
    return Band(
        low=min(figures, key=lambda one: one.value),
        central=figures[0],
        high=max(figures, key=lambda one: one.value),
    )
