"""What each premium leads to when members react: one curve a reaction, bands over the reactions.

Floor 5, inside `behaviour`. Source: docs/participation.md sections 3 and 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.behaviour.cells import PlanCells
from workbench.behaviour.leaving import CLASS_SHARES, proneness, staying
from workbench.behaviour.reaction import Reaction
from workbench.exact import MEAN_ROUNDING_YUAN, RELATIVE_ERROR
from workbench.guard import refuse
from workbench.premium.technical import ExpenseTerms
from workbench.risk import Figure

__all__ = ["Band", "Bands", "Curve", "Payers", "VALID_CHANGE", "curve", "yuan_error"]

VALID_CHANGE = 0.3
"""Largest |ln(P / P0)| for which the reaction is more than an illustration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payers:
    """Who pays a contribution: shares of unit and union, before and after.

    Raises
    ------
    InputRefused
        `payers-above-one` where the shares exceed the contribution, `payers-from-nothing` where
        members paid nothing and shall now pay.
    """

    before: float = 0.0
    unit: float = 0.0
    union: float = 0.0

    def __post_init__(self) -> None:
        shares = (self.before, self.unit, self.union)
        if min(shares) < 0.0 or max(self.before, self.unit + self.union) > 1.0 + 1e-12:
            told = f"{self.unit:g} + {self.union:g}"
            raise refuse("payers-above-one", value=told, allowed="0 … 1")
        if self.before >= 1.0 and self.member_after > 0.0:
            raise refuse("payers-from-nothing", value=f"{self.member_after:g}", allowed="1")

    @property
    def member_after(self) -> float:
        """Share that the member pays himself afterwards."""
        return max(0.0, 1.0 - self.unit - self.union)

    def price_change(self, before: float, premiums: np.ndarray) -> np.ndarray:
        """Return ln[P(1−s) / P0(1−s0)], (n,); where members pay nothing at all, 0."""
        if self.before >= 1.0:
            return np.zeros_like(premiums)
        with np.errstate(divide="ignore"):
            return np.log(premiums / before) + np.log(self.member_after / (1.0 - self.before))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """What premiums lead to under one reaction; arrays (n,).

    `paid_yuan` expected benefits and `expenses_yuan` expected expenses a year; `by_cell` (n,
    cells) claims of a cell relative to today's; `members` (n, cells) who stay.
    """

    reaction: Reaction
    premiums: np.ndarray
    enrolments: np.ndarray
    paid_yuan: np.ndarray
    beneficiaries: np.ndarray
    expenses_yuan: np.ndarray
    by_cell: np.ndarray
    members: np.ndarray

    @property
    def contribution_yuan(self) -> np.ndarray:
        """Contributions a year, whoever pays them."""
        return self.premiums * self.enrolments

    @property
    def cost_per_enrolment(self) -> np.ndarray:
        """Expected benefits per enrolment, yuan."""
        return self.paid_yuan / np.maximum(self.enrolments, 1e-300)

    @property
    def surplus_yuan(self) -> np.ndarray:
        """Contributions less benefits less expenses, expected."""
        return self.contribution_yuan - self.paid_yuan - self.expenses_yuan

    @property
    def loss_ratio(self) -> np.ndarray:
        """Expected benefits over contributions."""
        return self.cost_per_enrolment / self.premiums


def curve(
    cells: PlanCells,
    reaction: Reaction,
    premiums: np.ndarray,
    *,
    terms: ExpenseTerms,
    payers: Payers,
    done: float = 1.0,
) -> Curve:
    """Return what each premium (n,) leads to once members have reacted.

    `done` is the part of the change that has acted. Claims of a hidden class are its rates times
    w_h: expected payments are linear in every rate, so nothing is approximated here.
    """
    change = payers.price_change(cells.premium_before, premiums)
    kept = staying(cells, reaction, change, done=done)
    weighed = kept * CLASS_SHARES
    stay, claims = weighed.sum(axis=2), weighed @ proneness(reaction)
    enrolments = stay @ cells.members
    cases = claims @ (cells.members * cells.cases)
    return Curve(
        reaction=reaction,
        premiums=premiums,
        enrolments=enrolments,
        paid_yuan=claims @ (cells.members * cells.benefit),
        beneficiaries=cases,
        expenses_yuan=(terms.share * premiums + terms.per_enrolment_yuan) * enrolments
        + terms.per_beneficiary_yuan * cases,
        by_cell=claims,
        members=stay * cells.members,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A figure over the reactions: the least, the central one's, the greatest."""

    low: Figure
    central: Figure
    high: Figure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bands:
    """Figures at several premiums over the reactions; all arrays (n,), `error` of each value."""

    low: np.ndarray
    central: np.ndarray
    high: np.ndarray
    error: np.ndarray

    @classmethod
    def over(cls, values: Sequence[np.ndarray], error: np.ndarray) -> Bands:
        """Return the band of one row of values (n,) a reaction, the central reaction first."""
        table = np.stack(list(values))
        return cls(low=table.min(axis=0), central=table[0], high=table.max(axis=0), error=error)

    def at(self, place: int) -> Band:
        """Return the figure at one premium."""
        error = float(self.error[place])
        low, central, high = (
            Figure(float(one[place]), error) for one in (self.low, self.central, self.high)
        )
        return Band(low=low, central=central, high=high)


def yuan_error(values: np.ndarray) -> np.ndarray:
    """Return the error of expected yuan a year: fen rounding, or that of double precision."""
    return np.maximum(MEAN_ROUNDING_YUAN, np.abs(values) * RELATIVE_ERROR)
