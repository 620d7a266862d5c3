"""The year computed: exact figures of every plan and of the scheme, with their numerical error.

Floor 3, the first front of the engine. Process risk alone, unless the caller hands over laws over
draws of the parameters; then an error is the numerical one and one standard error over the draws.
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
from workbench.uncertainty import standard_error

__all__ = [
    "chance_error",
    "exact_run",
    "excess_error",
    "figures_of_law",
    "mean_error",
    "rounding_yuan",
]

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
    """Return the error of P(S > limit), (n,): what that of an amount makes of it, and the draws.

    A smooth law has a density of at most about 0.4 over its standard deviation.
    """
    drawn = law.cdf_errors(limits)
    if law.blur and not law.continuous:
        return drawn + law.cdfs(limits + law.blur) - law.cdfs(limits - law.blur)
    steep = 0.4 * rounding_yuan(law) / law.sd if law.sd else 0.0
    return drawn + np.full(len(limits), min(1.0, steep))


def mean_error(law: AnnualLaw) -> float:
    """Return the error of the mean of a law, yuan: fen rounding, and draws of the parameters."""
    rounding = MEAN_ROUNDING_YUAN if law.continuous else law.mean * RELATIVE_ERROR
    return rounding + law.mean_error


def excess_error(law: AnnualLaw, limits: np.ndarray) -> np.ndarray:
    """Return the least error of E(S − limit)⁺, yuan (n,): rounding, and draws of the parameters."""
    return rounding_yuan(law) + law.excess_errors(limits)


@lru_cache(maxsize=12)
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
                level: _compared(float(value), float(other), rounding + float(drawn))
                for level, value, other, drawn in zip(LEVELS, values, others, errors, strict=True)
            }
        )
        for values, others, errors in zip(fine, again, law.level_errors(LEVELS), strict=True)
    )
    return quantiles, tail_means


def figures_of_law(
    law: AnnualLaw,
    coarse: AnnualLaw,
    *,
    enrolments: int,
    money: tuple[float, float, float],
    drawn: tuple[float, float] = (0.0, 0.0),
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
    drawn
        Standard errors over draws of the expenses (yuan) and of the beneficiaries.
    """
    contribution, expenses, beneficiaries = money
    limit = contribution - expenses
    mean = Figure(law.mean, mean_error(law))
    ratio = mean.scaled(1.0 / contribution) if contribution else Figure(np.nan, np.nan)
    chance, excess = law.probability_above(limit), max(0.0, law.expected_excess(limit))
    again, excess_again = chance, excess
    if coarse is not law:
        again = coarse.probability_above(limit)
        excess_again = max(0.0, coarse.expected_excess(limit))
    steep = float(chance_error(law, np.array([limit]))[0])
    short = float(excess_error(law, np.array([limit]))[0])
    deficit = _compared(chance, again, max(TRANSFORM_NOISE, steep))
    quantiles, tail_means = _levels(law, coarse)
    return PlanFigures(
        enrolments=enrolments,
        contribution_yuan=contribution,
        expenses_yuan=Figure(expenses, abs(expenses) * RELATIVE_ERROR + drawn[0]),
        beneficiaries=Figure(beneficiaries, abs(beneficiaries) * RELATIVE_ERROR + drawn[1]),
        loss_ratio=ratio,
        deficit_probability=deficit,
        expected_shortfall_yuan=_compared(
            excess,
            excess_again,
            max(short, contribution * TRANSFORM_NOISE),
        ),
        expected_surplus_yuan=Figure(contribution - expenses - law.mean, mean.error + drawn[0]),
        mean_yuan=mean,
        sd_yuan=_compared(law.sd, law.sd, 0.1 * rounding_yuan(law) + law.sd_error),
        quantiles=quantiles,
        tail_means=tail_means,
    )


def _correlation_error(laws: YearLaws, first: int, second: int) -> float:
    """Standard error over the draws of what their means add to a correlation."""
    spread = laws.laws[first].sd * laws.laws[second].sd
    if laws.draws is None or not spread:
        return 0.0
    gaps = laws.draws.paid_yuan - laws.draws.paid_yuan.mean(axis=0)
    return float(standard_error(gaps[:, first] * gaps[:, second])) / spread


def _correlations(inputs: Inputs, laws: YearLaws) -> dict[tuple[str, str], Figure]:
    table = {}
    for first, second in combinations(range(len(inputs.plans)), 2):
        spread = laws.laws[first].sd * laws.laws[second].sd
        value = laws.covariance[first, second] / spread if spread else 0.0
        pair = (inputs.plans[first].code, inputs.plans[second].code)
        table[pair] = Figure(float(value), 1e-6 + _correlation_error(laws, first, second))
    return table


def _drawn_errors(inputs: Inputs, laws: YearLaws, *, expenses: str) -> list[tuple[float, float]]:
    """Standard errors over draws of expenses and beneficiaries, by plan and, last, in all."""
    draws = laws.draws
    if draws is None:
        return [(0.0, 0.0)] * (len(inputs.plans) + 1)
    cases = np.column_stack([draws.beneficiaries, draws.beneficiaries.sum(axis=1)])
    spent = np.array(
        [expenses_yuan(inputs, laws.enrolments, one, expenses=expenses) for one in cases[:, :-1]]
    )
    spent = np.column_stack([spent, spent.sum(axis=1)])
    return list(zip(standard_error(spent).tolist(), standard_error(cases).tolist(), strict=True))


def exact_run(
    inputs: Inputs,
    *,
    form: str = "collective",
    expenses: str = "default",
    laws: YearLaws | None = None,
) -> RunResult:
    """Return the exact figures of the year.

    Parameters
    ----------
    inputs
        The scheme, changes applied.
    form
        "collective" or "individual" (docs/model.md section 6).
    expenses
        "default", or "none" to leave expenses out of every figure.
    laws
        The laws of the year on another basis (`workbench.basis.laws_on`); by default those of
        process risk alone.
    """
    laws = laws or year_laws(inputs, form)
    contribution = contribution_yuan(inputs, laws.enrolments)
    spent = expenses_yuan(inputs, laws.enrolments, laws.beneficiaries, expenses=expenses)
    rows = np.stack([contribution, spent, laws.beneficiaries], axis=1)
    sums = rows.sum(axis=0)
    errors = _drawn_errors(inputs, laws, expenses=expenses)
    plans = {
        plan.code: figures_of_law(
            laws.laws[place],
            laws.coarse[place],
            enrolments=int(laws.enrolments[place]),
            money=(float(rows[place, 0]), float(rows[place, 1]), float(rows[place, 2])),
            drawn=errors[place],
        )
        for place, plan in enumerate(inputs.plans)
    }
    total = figures_of_law(
        laws.laws[-1],
        laws.coarse[-1],
        enrolments=int(laws.enrolments.sum()),
        money=(float(sums[0]), float(sums[1]), float(sums[2])),
        drawn=errors[-1],
    )
    return RunResult(
        plans=plans,
        total=total,
        persons_paid=Figure(
            laws.persons_paid, laws.persons_paid * RELATIVE_ERROR + laws.persons_error
        ),
        correlations=_correlations(inputs, laws),
    )
