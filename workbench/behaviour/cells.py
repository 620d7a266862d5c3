"""Members of one plan in cells, with what one of them is expected to be paid before and after.

Floor 5, inside `behaviour`. Expected payments are those of the engine's closed forms, so that a
scheme in which nobody reacts has today's figures exactly. Source: docs/participation.md section 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.class_moments import class_moments
from workbench.engine.events import Scheme, scheme_of
from workbench.guard import freeze
from workbench.inputs import Inputs
from workbench.plans import EVENT_KINDS, Plan

__all__ = ["PlanCells", "expected_by_cell", "plan_cells"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanCells:
    """Cells that hold one plan; arrays have the shape (cells,).

    `where` places of the cells in the portfolio, `members` N0, `band` index of the age band;
    `benefit_before` and `benefit` expected yuan a year that the plan pays one member, at the terms
    in force and at the new ones; `cases_before` and `cases` expected beneficiaries a member.
    `plan` carries the new terms, `premium_before` yuan is the tier in force; `scheme_before` has
    the terms in force, `scheme` the new ones.
    """

    plan: Plan
    place: int
    premium_before: float
    scheme_before: Scheme
    scheme: Scheme
    where: np.ndarray
    members: np.ndarray
    band: np.ndarray
    benefit_before: np.ndarray
    benefit: np.ndarray
    cases_before: np.ndarray
    cases: np.ndarray

    @property
    def enrolments(self) -> float:
        """N0: enrolments at the terms in force."""
        return float(self.members.sum())

    @property
    def plans_before(self) -> tuple[Plan, ...]:
        """All plans with the terms in force."""
        return self.scheme_before.inputs.plans

    @property
    def plans(self) -> tuple[Plan, ...]:
        """All plans with the new terms."""
        return self.scheme.inputs.plans


def expected_by_cell(scheme: Scheme) -> tuple[np.ndarray, np.ndarray]:
    """Return expected yuan and beneficiaries a year of one member, both (cells, plans).

    Σ over the kinds of event of rate × mean payment of one event; linear in every rate.
    """
    moments = class_moments(scheme)
    cells, plans = len(scheme.portfolio.members), len(scheme.plans)
    yuan, cases = np.zeros((cells, plans)), np.zeros((cells, plans))
    parts = [(kind, kind, moments.mean[kind], moments.paid[kind]) for kind in EVENT_KINDS]
    parts.append(("injury", "disabled", moments.hurt_mean, moments.hurt_paid))
    for kind, rate, mean, paid in parts:
        places = scheme.classes[kind].cell_class
        hit = places >= 0
        often = getattr(scheme.rates, rate)[hit][:, None]
        yuan[hit] += often * mean[places[hit]]
        cases[hit] += often * paid[places[hit]][:, :plans]
    return yuan, cases


def plan_cells(before: Inputs, after: Inputs, code: str) -> PlanCells:
    """Return the cells of a plan.

    Parameters
    ----------
    before
        The scheme with the plans' terms in force.
    after
        The same members and assumptions with the new terms.
    code
        The plan (KeyError if there is none).
    """
    old, new = scheme_of(before), scheme_of(after)
    place = after.plan_codes.index(code)
    (where,) = np.nonzero(new.portfolio.holds(code))
    (yuan_old, cases_old), (yuan, cases) = expected_by_cell(old), expected_by_cell(new)
    return PlanCells(
        plan=after.plan(code),
        place=place,
        premium_before=before.plan(code).premium_yuan,
        scheme_before=old,
        scheme=new,
        where=freeze(where),
        members=freeze(new.portfolio.members[where], np.float64),
        band=freeze(new.portfolio.band[where]),
        benefit_before=freeze(yuan_old[where, place]),
        benefit=freeze(yuan[where, place]),
        cases_before=freeze(cases_old[where, place]),
        cases=freeze(cases[where, place]),
    )
