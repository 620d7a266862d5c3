"""The technical premium of groups of members, line by line: bundles, ages, cells.

Floor 4, inside `premium`. Expected claims, beneficiaries and their level are each cell's own, in
closed form; what a plan's price adds to them (safety loading, uncertain parameters, reinsurance) is
spread over its cells in proportion to their expected claims, a programme over enrolments. So the
premiums of the cells add up to those of the plan. Source: docs/pricing.md section 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from workbench.inputs import Inputs
from workbench.premium.cells import CellClaims, cell_claims
from workbench.premium.choices import PriceTerms, rated
from workbench.premium.levers import programme_named
from workbench.premium.technical import (
    EXPENSE_LINES,
    PremiumLine,
    expense_terms,
    premium_lines,
    premium_steps,
)
from workbench.timeline import AGE_BANDS, SEXES

__all__ = ["BY", "GroupPrice", "group_prices"]

BY = ("plan", "bundle", "age", "cell")
LOADED = ("parameter_uncertainty", "reinsurance", "safety_loading")
"""Lines of a plan that are spread in proportion to expected claims."""

PlanLines = Mapping[str, Mapping[str, float]]
"""Plan → code of a line → yuan per enrolment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPrice:
    """The price of one group, yuan per unit.

    `labels` tell the group: plans, and what else it is told apart by; `units` counts enrolments in
    one plan, or members of bundles and cells, who pay for all their plans; `lines` are whole fen
    that add up to `premium_yuan`; `contribution_yuan` is what the group pays today.
    """

    labels: Mapping[str, str]
    units: int
    lines: tuple[PremiumLine, ...]
    premium_yuan: float
    contribution_yuan: float

    @property
    def premium_fen(self) -> int:
        """Premium in whole fen, the sum of the lines."""
        return sum(line.fen for line in self.lines)


def group_prices(
    inputs: Inputs,
    lines: PlanLines,
    *,
    by: str,
    expenses: str = "default",
    terms: PriceTerms | None = None,
) -> tuple[GroupPrice, ...]:
    """Return the technical premium of each group.

    Parameters
    ----------
    inputs
        The scheme, changes applied.
    lines
        Exact yuan of the lines of each plan (`PlanPrice.lines`).
    by
        "bundle" (members), "age" (enrolments of a plan), or "cell" (members).
    expenses
        "default" or "none", as for the plans.
    terms
        As for the plans.
    """
    chosen = terms or PriceTerms()
    scheme = rated(inputs, chosen)
    amounts, claims = _cell_amounts(scheme, lines, chosen, expenses)
    dues = claims.enrolments * np.array([plan.premium_yuan for plan in scheme.plans])
    found = []
    for labels, cells, plans in _groups(claims, inputs, by):
        part = np.ix_(cells, plans)
        units = int(claims.portfolio.members[cells].sum())
        if by == "age":
            units = int(claims.enrolments[part].sum())
        if not units:
            continue
        each = {code: float(yuan[part].sum()) / units for code, yuan in amounts.items()}
        premium = sum(each.values())
        found.append(
            GroupPrice(
                labels=labels,
                units=units,
                lines=premium_lines(each, premium),
                premium_yuan=premium,
                contribution_yuan=float(dues[part].sum()) / units,
            )
        )
    return tuple(found)


def _claim_amounts(inputs: Inputs, terms: PriceTerms) -> tuple[dict[str, np.ndarray], CellClaims]:
    """Expected claims at base and what each step adds, yuan (cells, plans); and the last step."""
    programme = programme_named(inputs, terms.programme) if terms.programme else None
    steps = [(code, cell_claims(step)) for code, step in premium_steps(inputs, programme)]
    amounts, before = {}, np.zeros(steps[0][1].paid_yuan.shape)
    for code, claims in steps:
        amounts[code] = claims.paid_yuan - before
        before = claims.paid_yuan
    return amounts, steps[-1][1]


def _cell_amounts(
    inputs: Inputs, lines: PlanLines, terms: PriceTerms, expenses: str
) -> tuple[dict[str, np.ndarray], CellClaims]:
    """Yuan a year of every line by cell and plan, (cells, plans) each."""
    amounts, claims = _claim_amounts(inputs, terms)
    number = claims.enrolments.astype(float)
    for code in LOADED:
        if any(code in each for each in lines.values()):
            own = {plan: each.get(code, 0.0) for plan, each in lines.items()}
            amounts[code] = _spread_over(claims, inputs, own)
    base = sum(amounts.values())
    shares = [expense_terms(inputs, plan, expenses) for plan in inputs.plans]
    per_head = np.array([one.per_enrolment_yuan for one in shares]) * number
    per_case = np.array([one.per_beneficiary_yuan for one in shares]) * claims.beneficiaries
    cost = np.array([lines[plan.code].get("prevention", 0.0) for plan in inputs.plans]) * number
    premium = (base + per_head + per_case + cost) / np.array([one.kept_share for one in shares])
    spent = (per_head, per_case, np.array([one.share for one in shares]) * premium)
    if any(part.any() for part in spent):
        amounts.update(zip(EXPENSE_LINES, spent, strict=True))
    if terms.programme:
        amounts["prevention"] = cost
    amounts["contingency"] = np.array([one.contingency_share for one in shares]) * premium
    return amounts, claims


def _spread_over(claims: CellClaims, inputs: Inputs, yuan: Mapping[str, float]) -> np.ndarray:
    """Spread yuan per enrolment of each plan over its cells by expected claims, (cells, plans)."""
    number, paid = claims.enrolments, claims.paid_yuan
    each = np.array([yuan[plan.code] for plan in inputs.plans])
    whole = paid.sum(axis=0)
    weights = np.where(whole > 0.0, paid / np.where(whole > 0.0, whole, 1.0), 0.0)
    alike = number / np.maximum(number.sum(axis=0), 1)
    return np.where(whole > 0.0, weights, alike) * each * number.sum(axis=0)


def _groups(
    claims: CellClaims, inputs: Inputs, by: str
) -> Iterator[tuple[dict[str, str], np.ndarray, np.ndarray]]:
    """Yield labels, places of the cells and places of the plans of every group."""
    cells, every = claims.portfolio, np.arange(len(inputs.plans))
    if by == "age":
        for place, plan in enumerate(inputs.plans):
            for band, ages in enumerate(AGE_BANDS):
                labels = {"plans": plan.code, "ages": ages}
                yield labels, np.flatnonzero(cells.band == band), every[place : place + 1]
        return
    if by == "bundle":
        bundles = ["+".join(row.plans) for row in cells.rows]
        of_cell = np.array(bundles, dtype=object)[cells.row]
        for bundle in dict.fromkeys(bundles):
            yield {"plans": bundle}, np.flatnonzero(of_cell == bundle), every
        return
    for place in range(len(cells.members)):
        yield _cell_labels(claims, inputs, place), np.array([place]), every


def _cell_labels(claims: CellClaims, inputs: Inputs, place: int) -> dict[str, str]:
    cells = claims.portfolio
    row = inputs.rows[cells.row[place]]
    return {
        "plans": "+".join(row.plans),
        "segment": row.segment,
        "area": row.area,
        "occupation_class": row.occupation_class,
        "sex": SEXES[cells.sex[place]],
        "ages": AGE_BANDS[cells.band[place]],
        "term": "first" if cells.first_term[place] else "later",
    }
