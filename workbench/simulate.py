"""The year drawn: every member's events, stay by stay, or the plans' totals alone.

Floor 3, the second front of the engine. The same seed gives the same fen whatever the number of
threads; a year depends on its number alone. Expenses stand at their expected amount.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import combinations

import numpy as np

from workbench.engine.claims import CHUNK_BLOCKS, Drawn, draw_chunk
from workbench.engine.events import Scheme, scheme_of
from workbench.engine.grouping import ClaimsTables, claims_tables
from workbench.engine.individual import IndividualCounts
from workbench.engine.results import PlanFigures, RunResult, contribution_yuan, expenses_yuan
from workbench.engine.stages import expected_claims
from workbench.engine.totals import TotalsTables, draw_totals
from workbench.engine.totals_tables import totals_tables
from workbench.guard import MAX_YEARS, refuse, whole_number
from workbench.inputs import Inputs
from workbench.risk import LEVELS, Figure, Sample
from workbench.streams import BLOCK_YEARS

__all__ = ["MOST_SEED", "simulate_run", "simulate_totals", "simulate_years", "totals_run"]

NUMERICAL_ERROR = 1e-9
"""Relative error of an exact figure that stands beside drawn ones."""
CHUNK_YEARS = 1 << 14
"""Years of totals drawn together; changes speed, never a figure."""

MOST_SEED = 2**63 - 1
Mapper = Callable[[Callable, Iterable], Iterable]
"""Maps a function over ranges of blocks in order: `map`, a thread pool's `map`, a cluster's."""


def simulate_years(
    inputs: Inputs,
    *,
    years: int,
    seed: int,
    form: str = "collective",
    mapper: Mapper = map,
    chunk_blocks: int = CHUNK_BLOCKS,
    tables: ClaimsTables | None = None,
) -> Drawn:
    """Return drawn years.

    Parameters
    ----------
    inputs
        The scheme, changes applied.
    years
        Simulated years, 2 to 10,000,000.
    seed
        0 to 2**63 − 1.
    form
        "collective" or "individual".
    mapper
        Where chunks run; never changes a figure.
    chunk_blocks
        Logical blocks drawn together; never changes a figure.
    tables
        Sealed tables to draw from, such as those of a run record; None makes them.

    Raises
    ------
    InputRefused
        Years or seed out of range.
    """
    years, seed = _checked(years, seed, form)
    scheme = scheme_of(inputs)
    tables = claims_tables(scheme) if tables is None else tables
    blocks = -(-years // BLOCK_YEARS)
    ranges = [
        range(first, min(first + chunk_blocks, blocks)) for first in range(0, blocks, chunk_blocks)
    ]
    return Drawn.join(list(mapper(_chunk_drawer(scheme, tables, seed, form), ranges))).first(years)


def _checked(years: int, seed: int, form: str) -> tuple[int, int]:
    """Years and seed as whole numbers in range, the form known."""
    if form not in ("collective", "individual"):
        raise refuse("unknown-choice", name="form", value=form, allowed="collective, individual")
    whole_years = whole_number("years", years, 2, MAX_YEARS)
    return whole_years, whole_number("seed", seed, 0, MOST_SEED)


def simulate_totals(
    inputs: Inputs,
    *,
    years: int,
    seed: int,
    form: str = "collective",
    mapper: Mapper = map,
    chunk_years: int = CHUNK_YEARS,
    tables: TotalsTables | None = None,
) -> np.ndarray:
    """Return the fen paid by plan in drawn years, int64 (years, plans), drawn in totals.

    The cost of a year depends on the number of plans alone. Arguments and refusals as for
    `simulate_years`; beneficiaries are not drawn (see `totals_run`).
    """
    years, seed = _checked(years, seed, form)
    sealed = totals_tables(inputs, form) if tables is None else tables
    ranges = [
        range(first, min(first + chunk_years, years)) for first in range(0, years, chunk_years)
    ]
    return np.concatenate(list(mapper(lambda part: draw_totals(sealed, seed, part), ranges)))


def _chunk_drawer(
    scheme: Scheme, tables: ClaimsTables, seed: int, form: str
) -> Callable[[range], Drawn]:
    """Return the function that draws one range of blocks."""
    groups, shock = tables.groups, tables.shock
    rated = replace(scheme, rates=tables.rates)

    def drawer(blocks: range) -> Drawn:
        counts = None
        if form == "individual":
            counts = IndividualCounts(scheme=rated, shock=shock, seed=seed)
        return draw_chunk(
            groups,
            seed,
            blocks,
            shock=shock,
            plans=len(scheme.plans),
            counts_of=counts,
        )

    return drawer


def _counted(numbers: np.ndarray) -> Figure:
    """Mean of drawn numbers (years,) with its standard error."""
    return Figure(numbers.mean(), numbers.std() / np.sqrt(len(numbers)))


def _plan_figures(
    fen: np.ndarray, beneficiaries: Figure, enrolments: int, money: tuple[float, float]
) -> PlanFigures:
    """Figures of drawn fen (years,) with contribution and expected expenses (yuan)."""
    contribution, expenses = money
    sample = Sample.of_fen(fen)
    limit = contribution - expenses
    mean = sample.mean()
    return PlanFigures(
        enrolments=enrolments,
        contribution_yuan=contribution,
        expenses_yuan=Figure(expenses, abs(expenses) * NUMERICAL_ERROR),
        beneficiaries=beneficiaries,
        loss_ratio=mean.scaled(1.0 / contribution) if contribution else Figure(np.nan, np.nan),
        deficit_probability=sample.probability_above(limit),
        expected_shortfall_yuan=sample.expected_excess(limit),
        expected_surplus_yuan=Figure(limit - mean.value, mean.error),
        mean_yuan=mean,
        sd_yuan=sample.sd(),
        quantiles={level: sample.quantile(level) for level in LEVELS},
        tail_means={level: sample.tail_mean(level) for level in LEVELS},
    )


def _correlations(inputs: Inputs, fen: np.ndarray) -> dict[tuple[str, str], Figure]:
    """Correlations of the plans with error (1 − r²)/√n, fen (years, plans)."""
    spread = fen.std(axis=0)
    centred = fen - fen.mean(axis=0)
    table = {}
    for first, second in combinations(range(len(inputs.plans)), 2):
        product = float(np.mean(centred[:, first] * centred[:, second]))
        both = float(spread[first] * spread[second])
        value = product / both if both else 0.0
        pair = (inputs.plans[first].code, inputs.plans[second].code)
        table[pair] = Figure(value, (1.0 - value**2) / np.sqrt(len(fen)))
    return table


def simulate_run(inputs: Inputs, drawn: Drawn, *, expenses: str = "default") -> RunResult:
    """Return the figures of drawn years (see `simulate_years`), each with its standard error."""
    counts = [_counted(column) for column in drawn.beneficiaries.T]
    counts.append(_counted(drawn.beneficiaries.sum(axis=1)))
    return _run(inputs, drawn.paid_fen, counts, _counted(drawn.persons_paid), expenses)


def totals_run(inputs: Inputs, fen: np.ndarray, *, expenses: str = "default") -> RunResult:
    """Return the figures of years drawn in totals; beneficiaries and persons are the exact means.

    `fen` is int64 (years, plans), see `simulate_totals`.
    """
    expected = expected_claims(inputs)
    exact = [*expected.beneficiaries, expected.beneficiaries.sum()]
    counts = [Figure(number, number * NUMERICAL_ERROR) for number in exact]
    persons = Figure(expected.persons_paid, expected.persons_paid * NUMERICAL_ERROR)
    return _run(inputs, fen, counts, persons, expenses)


def _run(
    inputs: Inputs, fen: np.ndarray, counts: list[Figure], persons: Figure, expenses: str
) -> RunResult:
    """Figures of drawn fen (years, plans); `counts` of beneficiaries by plan and, last, in all."""
    expected = expected_claims(inputs)
    contribution = contribution_yuan(inputs, expected.enrolments)
    spent = expenses_yuan(inputs, expected.enrolments, expected.beneficiaries, expenses=expenses)
    plans = {
        plan.code: _plan_figures(
            fen[:, place],
            counts[place],
            int(expected.enrolments[place]),
            (float(contribution[place]), float(spent[place])),
        )
        for place, plan in enumerate(inputs.plans)
    }
    total = _plan_figures(
        fen.sum(axis=1),
        counts[-1],
        int(expected.enrolments.sum()),
        (float(contribution.sum()), float(spent.sum())),
    )
    return RunResult(
        plans=plans,
        total=total,
        persons_paid=persons,
        correlations=_correlations(inputs, fen),
    )
