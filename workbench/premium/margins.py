"""What is left of a year's contributions, plan by plan and in all, and how much of it is free.

Floor 4, inside `premium`. Free is what could be given back with the rule still kept: contributions
less expenses less the quantile that the rule names. Source: docs/benefits.md, section 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from workbench.engine.inversion import AnnualLaw
from workbench.engine.results import PlanFigures, contribution_yuan, expenses_yuan
from workbench.engine.stages import YearLaws
from workbench.exact import RELATIVE_ERROR, figures_of_law, rounding_yuan
from workbench.inputs import Inputs
from workbench.risk import Figure

__all__ = ["SCHEME", "Margin", "margins_of"]

SCHEME = ""
"""Code of the scheme among plans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """The year of a plan or of the scheme; yuan a year.

    `law`, `coarse` its law and the same with less resolution; `expense_share` the part of the
    expenses that goes with contributions; `free_yuan` what may be given back with the rule kept,
    below 0 where the rule is broken; `kept` whether it holds.
    """

    figures: PlanFigures
    law: AnnualLaw
    coarse: AnnualLaw
    expense_share: float
    free_yuan: Figure
    kept: bool

    @property
    def left_yuan(self) -> float:
        """Contributions less expected expenses."""
        return self.figures.contribution_yuan - self.figures.expenses_yuan.value

    @property
    def surplus_yuan(self) -> Figure:
        """Expected surplus."""
        return self.figures.expected_surplus_yuan

    def at_contribution(self, contribution: float) -> PlanFigures:
        """Return the figures with other contributions and the same benefits."""
        spent = self.figures.expenses_yuan.value
        spent += self.expense_share * (contribution - self.figures.contribution_yuan)
        return figures_of_law(
            self.law,
            self.coarse,
            enrolments=self.figures.enrolments,
            money=(contribution, spent, self.figures.beneficiaries.value),
        )

    def kept_contribution(self, limit: float) -> float:
        """Return the least contributions with a deficit probability of at most `limit`, yuan."""
        fixed = self.figures.expenses_yuan.value
        fixed -= self.expense_share * self.figures.contribution_yuan
        return (self.law.quantile(1.0 - limit) + fixed) / (1.0 - self.expense_share)

    def chance_at_level(self, level: float) -> float:
        """Return the deficit probability with every payment `level` times what it is."""
        return self.law.probability_above(self.left_yuan / level)

    def kept_level(self, limit: float) -> float:
        """Return the largest multiple of every payment that keeps the rule."""
        quantile = self.law.quantile(1.0 - limit)
        return self.left_yuan / quantile if quantile > 0.0 else float("inf")


def _margin(
    pair: tuple[AnnualLaw, AnnualLaw],
    enrolments: int,
    money: tuple[float, float, float],
    *,
    limit: float,
    expense_share: float,
) -> Margin:
    law, coarse = pair
    figures = figures_of_law(law, coarse, enrolments=enrolments, money=money)
    left = money[0] - money[1]
    value, again = (left - one.quantile(1.0 - limit) for one in pair)
    error = max(abs(value - again), rounding_yuan(law), money[0] * RELATIVE_ERROR)
    return Margin(
        figures=figures,
        law=law,
        coarse=coarse,
        expense_share=expense_share,
        free_yuan=Figure(value, error),
        kept=figures.deficit_probability.value <= limit,
    )


def margins_of(
    inputs: Inputs, laws: YearLaws, limit: float, *, expenses: str = "default"
) -> Mapping[str, Margin]:
    """Return the year of every plan by its code and, last, of the scheme under `SCHEME`."""
    contribution = contribution_yuan(inputs, laws.enrolments)
    spent = expenses_yuan(inputs, laws.enrolments, laws.beneficiaries, expenses=expenses)
    rows = np.stack([contribution, spent, laws.beneficiaries], axis=1)
    rows = np.concatenate([rows, rows.sum(axis=0, keepdims=True)])
    number = np.append(laws.enrolments, laws.enrolments.sum())
    share = 0.0 if expenses == "none" else inputs.assumptions["expense_share"]
    found = {}
    for place, code in enumerate((*inputs.plan_codes, SCHEME)):
        found[code] = _margin(
            (laws.laws[place], laws.coarse[place]),
            int(number[place]),
            (float(rows[place, 0]), float(rows[place, 1]), float(rows[place, 2])),
            limit=limit,
            expense_share=share,
        )
    return MappingProxyType(found)
