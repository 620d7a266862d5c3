"""The year computed: exact figures of every plan and of the scheme, with their numerical error.

Floor 3, the first front of the engine. Process risk only: parameters are taken as given.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from types import MappingProxyType

import numpy as np

from workbench.engine.inversion import AnnualLaw
from workbench.engine.results import PlanFigures, RunResult, contribution_yuan, expenses_yuan
from workbench.engine.stages import YearLaws, year_laws
from workbench.inputs import Inputs
from workbench.risk import LEVELS, Figure

__all__ = ["exact_run", "figures_of_law"]

RELATIVE_ERROR = 1e-9
TRANSFORM_NOISE = 1e-12
"""What a transform leaves of a probability that is zero, and so of a contribution."""
MEAN_ROUNDING_YUAN, ROUNDING_YUAN = 0.01, 1.0
"""Fen rounding is left out of a continuous law: its effect on a mean and on any other figure
(docs/model.md section 5)."""


def _compared(fine: float, coarse: float, floor: float = 0.0) -> Figure:
    """Figure whose error is the change from the coarser lattice, or the floor if larger."""
    return Figure(fine, max(abs(fine - coarse), abs(fine) * RELATIVE_ERROR, floor))


def rounding_yuan(law: AnnualLaw) -> float:
    """Return the least error of an amount of a law, yuan: fen rounding, or its lattice's blur."""
    return max(ROUNDING_YUAN, law.blur) if law.continuous else law.blur


def chance_error(law: AnnualLaw, limits: np.ndarray) -> np.ndarray:
    """Return what the error of an amount makes of P(S > limit), (n,).

    A smooth law has a density of at most about 0.4 over its standard deviation.
    """
    if law.blur and not law.continuous:
        return law.cdfs(limits + law.blur) - law.cdfs(limits - law.blur)
    steep = 0.4 * rounding_yuan(law) / law.sd if law.sd else 0.0
    return np.full(len(limits), min(1.0, steep))


@lru_cache(maxsize=64)
def _levels(
    law: AnnualLaw, coarse: AnnualLaw
) -> tuple[Mapping[float, Figure], Mapping[float, Figure]]:
    """Quantiles and tail means of a law at all levels; kept, since no premium moves them."""
    rounding = rounding_yuan(law)
    fine = law.at_levels(LEVELS)
    again = fine if coarse is law else coarse.at_levels(LEVELS)
    quantiles, tail_means = (
        MappingProxyType(
            {
                level: _compared(float(value), float(other), rounding)
                for level, value, other in zip(LEVELS, values, others, strict=True)
            }
        )
        for values, others in zip(fine, again, strict=True)
    )
    return quantiles, tail_means


def figures_of_law(
    law: AnnualLaw, coarse: AnnualLaw, *, enrolments: int, money: tuple[float, float, float]
) -> PlanFigures:
    """Return the figures of one law.

    Parameters
    ----------
    law, coarse
        The law and the same on half the lattice.
    enrolments
        Enrolments behind the contribution.
    money
        Contribution (yuan), expected expenses (yuan), expected beneficiaries.
    """
    contribution, expenses, beneficiaries = money
    limit = contribution - expenses
    rounding = rounding_yuan(law)
    mean = Figure(law.mean, MEAN_ROUNDING_YUAN if law.continuous else law.mean * RELATIVE_ERROR)
    ratio = mean.scaled(1.0 / contribution) if contribution else Figure(np.nan, np.nan)
    chance, excess = law.probability_above(limit), max(0.0, law.expected_excess(limit))
    again, excess_again = chance, excess
    if coarse is not law:
        again = coarse.probability_above(limit)
        excess_again = max(0.0, coarse.expected_excess(limit))
    steep = float(chance_error(law, np.array([limit]))[0])
    deficit = _compared(chance, again, max(TRANSFORM_NOISE, steep))
    quantiles, tail_means = _levels(law, coarse)
    return PlanFigures(
        enrolments=enrolments,
        contribution_yuan=contribution,
        expenses_yuan=Figure(expenses, abs(expenses) * RELATIVE_ERROR),
        beneficiaries=Figure(beneficiaries, abs(beneficiaries) * RELATIVE_ERROR),
        loss_ratio=ratio,
        deficit_probability=deficit,
        expected_shortfall_yuan=_compared(
            excess,
            excess_again,
            max(rounding, contribution * TRANSFORM_NOISE),
        ),
        expected_surplus_yuan=Figure(contribution - expenses - law.mean, mean.error),
        mean_yuan=mean,
        sd_yuan=_compared(law.sd, law.sd, 0.1 * rounding),
        quantiles=quantiles,
        tail_means=tail_means,
    )


def _correlations(inputs: Inputs, laws: YearLaws) -> dict[tuple[str, str], Figure]:
    table = {}
    for first, second in combinations(range(len(inputs.plans)), 2):
        spread = laws.laws[first].sd * laws.laws[second].sd
        value = laws.covariance[first, second] / spread if spread else 0.0
        pair = (inputs.plans[first].code, inputs.plans[second].code)
        table[pair] = Figure(float(value), 1e-6)
    return table


def exact_run(inputs: Inputs, *, form: str = "collective", expenses: str = "default") -> RunResult:
    """Return the exact figures of the year.

    Parameters
    ----------
    inputs
        The scheme, changes applied.
    form
        "collective" or "individual" (docs/model.md section 6).
    expenses
        "default", or "none" to leave expenses out of every figure.
    """
    laws = year_laws(inputs, form)
    contribution = contribution_yuan(inputs, laws.enrolments)
    spent = expenses_yuan(inputs, laws.enrolments, laws.beneficiaries, expenses=expenses)
    rows = np.stack([contribution, spent, laws.beneficiaries], axis=1)
    sums = rows.sum(axis=0)
    plans = {
        plan.code: figures_of_law(
            laws.laws[place],
            laws.coarse[place],
            enrolments=int(laws.enrolments[place]),
            money=(float(rows[place, 0]), float(rows[place, 1]), float(rows[place, 2])),
        )
        for place, plan in enumerate(inputs.plans)
    }
    total = figures_of_law(
        laws.laws[-1],
        laws.coarse[-1],
        enrolments=int(laws.enrolments.sum()),
        money=(float(sums[0]), float(sums[1]), float(sums[2])),
    )
    return RunResult(
        plans=plans,
        total=total,
        persons_paid=Figure(laws.persons_paid, laws.persons_paid * RELATIVE_ERROR),
        correlations=_correlations(inputs, laws),
    )
