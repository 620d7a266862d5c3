"""The year drawn: every member's events, stay by stay, or the plans' totals alone.

Floor 3, the second front of the engine. The same seed gives the same fen whatever the number of
threads; a year depends on its number alone. Expenses stand at their expected amount.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np

from workbench.engine.claims import CHUNK_BLOCKS, Drawn, draw_chunk
from workbench.engine.events import Scheme, scheme_of
from workbench.engine.grouping import ClaimsTables, claims_tables
from workbench.engine.individual import IndividualCounts
from workbench.engine.results import PlanFigures, RunResult, contribution_yuan, expenses_yuan
from workbench.engine.sobol import REPLICATES, sobol_lanes
from workbench.engine.stages import expected_claims, one_area
from workbench.engine.totals import Lanes, TotalsTables, draw_totals, random_lanes
from workbench.engine.totals_tables import totals_tables
from workbench.engine.variance import Measured, Reader, correlation, readers_of, replicated
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
    first: int = 0,
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
    first
        Number of the first year returned, a multiple of 64: years first to years − 1.

    Raises
    ------
    InputRefused
        Years or seed out of range.
    """
    years, seed = _checked(years, seed, form)
    scheme = scheme_of(inputs)
    if form == "individual":
        one_area(scheme)
    tables = claims_tables(scheme) if tables is None else tables
    ranges = _chunks(range(first // BLOCK_YEARS, -(-years // BLOCK_YEARS)), chunk_blocks)
    drawn = Drawn.join(list(mapper(_chunk_drawer(scheme, tables, seed, form), ranges)))
    return drawn.first(years - first)


def _chunks(whole: range, size: int) -> list[range]:
    """A range in parts of at most `size`."""
    return [range(low, min(low + size, whole.stop)) for low in range(whole.start, whole.stop, size)]


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
    points: str = "random",
    first: int = 0,
) -> np.ndarray:
    """Return the fen paid by plan in drawn years, int64 (years, plans), drawn in totals.

    The cost of a year depends on the number of plans alone. Arguments and refusals as for
    `simulate_years`; beneficiaries are not drawn (see `totals_run`). With `points` "sobol" years
    are quasi-random (see `engine.sobol`): their figures need `readers_of` the same points.
    """
    years, seed = _checked(years, seed, form)
    sealed = totals_tables(inputs, form) if tables is None else tables
    lanes: Lanes = random_lanes
    if points == "sobol":
        lanes = sobol_lanes([plan.code for plan in sealed.plans])
    draw = partial(_totals_part, sealed, seed, lanes)
    return np.concatenate(list(mapper(draw, _chunks(range(first, years), chunk_years))))


def _totals_part(tables: TotalsTables, seed: int, lanes: Lanes, years: range) -> np.ndarray:
    return draw_totals(tables, seed, years, lanes=lanes)


def _chunk_drawer(
    scheme: Scheme, tables: ClaimsTables, seed: int, form: str
) -> Callable[[range], Drawn]:
    """Return the function that draws one range of blocks; it can be sent to another process."""
    return partial(_claims_part, replace(scheme, rates=tables.rates), tables, seed, form)


def _claims_part(
    scheme: Scheme, tables: ClaimsTables, seed: int, form: str, blocks: range
) -> Drawn:
    counts = None
    if form == "individual":
        counts = IndividualCounts(scheme=scheme, shock=tables.shock, seed=seed)
    return draw_chunk(
        tables.groups,
        seed,
        blocks,
        shock=tables.shock,
        area_shock=tables.area_shock,
        plans=len(scheme.plans),
        counts_of=counts,
    )


Counts = Figure | np.ndarray
"""An exact number, or drawn numbers (years,)."""


def _counted(numbers: Counts, sample: Sample | Measured) -> Figure:
    """Mean of drawn numbers (years,) with its standard error, read off like the amounts."""
    if isinstance(numbers, Figure):
        return numbers
    if isinstance(sample, Measured):
        return sample.expect(numbers.astype(float))
    return Figure(numbers.mean(), numbers.std() / np.sqrt(len(numbers)))


def _plan_figures(
    sample: Sample | Measured, counts: Counts, enrolments: int, money: tuple[float, float]
) -> PlanFigures:
    """Figures of drawn years with contribution and expected expenses (yuan)."""
    contribution, expenses = money
    limit = contribution - expenses
    mean = sample.mean()
    return PlanFigures(
        enrolments=enrolments,
        contribution_yuan=contribution,
        expenses_yuan=Figure(expenses, abs(expenses) * NUMERICAL_ERROR),
        beneficiaries=_counted(counts, sample),
        loss_ratio=mean.scaled(1.0 / contribution) if contribution else Figure(np.nan, np.nan),
        deficit_probability=sample.probability_above(limit),
        expected_shortfall_yuan=sample.expected_excess(limit),
        expected_surplus_yuan=Figure(limit - mean.value, mean.error),
        mean_yuan=mean,
        sd_yuan=sample.sd(),
        quantiles={level: sample.quantile(level) for level in LEVELS},
        tail_means={level: sample.tail_mean(level) for level in LEVELS},
    )


def _correlations(
    inputs: Inputs, fen: np.ndarray, *, replicated_years: bool
) -> dict[tuple[str, str], Figure]:
    """Correlations of the plans, fen (years, plans)."""
    codes = [plan.code for plan in inputs.plans]
    return {
        (codes[first], codes[second]): correlation(
            fen[:, first], fen[:, second], replicates=REPLICATES if replicated_years else 0
        )
        for first, second in combinations(range(len(codes)), 2)
    }


def simulate_run(
    inputs: Inputs,
    drawn: Drawn,
    *,
    expenses: str = "default",
    readers: Sequence[Reader] | None = None,
) -> RunResult:
    """Return the figures of drawn years (see `simulate_years`), each with its standard error.

    `readers` says how they are read off the years (`engine.variance.readers_of`); None: as means
    over independent years.
    """
    counts: list[Counts] = [*drawn.beneficiaries.T, drawn.beneficiaries.sum(axis=1)]
    return _run(
        inputs,
        drawn.paid_fen,
        (*counts, drawn.persons_paid),
        expenses=expenses,
        readers=readers or readers_of(inputs, "collective"),
    )


def totals_run(
    inputs: Inputs,
    fen: np.ndarray,
    *,
    expenses: str = "default",
    readers: Sequence[Reader] | None = None,
) -> RunResult:
    """Return the figures of years drawn in totals; beneficiaries and persons are the exact means.

    `fen` is int64 (years, plans), see `simulate_totals`; `readers` as for `simulate_run`.
    """
    expected = expected_claims(inputs)
    exact = [*expected.beneficiaries, expected.beneficiaries.sum(), expected.persons_paid]
    return _run(
        inputs,
        fen,
        tuple(Figure(number, number * NUMERICAL_ERROR) for number in exact),
        expenses=expenses,
        readers=readers or readers_of(inputs, "collective"),
    )


def _run(
    inputs: Inputs,
    fen: np.ndarray,
    counts: tuple[Counts, ...],
    *,
    expenses: str,
    readers: Sequence[Reader],
) -> RunResult:
    """Figures of drawn fen (years, plans).

    `counts`: beneficiaries by plan and in all, and persons paid; `readers` by plan and in all.
    """
    expected = expected_claims(inputs)
    contribution = contribution_yuan(inputs, expected.enrolments)
    spent = expenses_yuan(inputs, expected.enrolments, expected.beneficiaries, expenses=expenses)
    plans = {
        plan.code: _plan_figures(
            readers[place](fen[:, place]),
            counts[place],
            int(expected.enrolments[place]),
            (float(contribution[place]), float(spent[place])),
        )
        for place, plan in enumerate(inputs.plans)
    }
    total = readers[-1](fen.sum(axis=1))
    return RunResult(
        plans=plans,
        total=_plan_figures(
            total,
            counts[-2],
            int(expected.enrolments.sum()),
            (float(contribution.sum()), float(spent.sum())),
        ),
        persons_paid=_counted(counts[-1], total),
        correlations=_correlations(inputs, fen, replicated_years=readers[-1] is replicated),
    )
