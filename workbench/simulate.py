"""The year drawn: every member's events, stay by stay, for as many years as asked.

Floor 3, the second front of the engine. The same seed gives the same fen whatever the number of
threads; a year depends on its logical block alone. Expenses stand at their expected amount.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations

import numpy as np

from workbench.engine.claims import CHUNK_BLOCKS, Drawn, draw_chunk
from workbench.engine.events import Scheme, scheme_of
from workbench.engine.grouping import claim_groups
from workbench.engine.individual import IndividualCounts
from workbench.engine.results import PlanFigures, RunResult, contribution_yuan, expenses_yuan
from workbench.engine.stages import expected_claims
from workbench.engine.tables import shock_table
from workbench.guard import MAX_YEARS, refuse, whole_number
from workbench.inputs import Inputs
from workbench.risk import LEVELS, Figure, Sample
from workbench.streams import BLOCK_YEARS

__all__ = ["MOST_SEED", "simulate_run", "simulate_years"]

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

    Raises
    ------
    InputRefused
        Years or seed out of range.
    """
    years = whole_number("years", years, 2, MAX_YEARS)
    seed = whole_number("seed", seed, 0, MOST_SEED)
    if form not in ("collective", "individual"):
        raise refuse("unknown-choice", name="form", value=form, allowed="collective, individual")
    scheme = scheme_of(inputs)
    blocks = -(-years // BLOCK_YEARS)
    ranges = [
        range(first, min(first + chunk_blocks, blocks)) for first in range(0, blocks, chunk_blocks)
    ]
    return Drawn.join(list(mapper(_chunk_drawer(scheme, seed, form), ranges))).first(years)


def _chunk_drawer(scheme: Scheme, seed: int, form: str) -> Callable[[range], Drawn]:
    """Return the function that draws one range of blocks."""
    groups = claim_groups(scheme)
    shock = shock_table(scheme.inputs.assumptions["hospital_shock_cv"])

    def drawer(blocks: range) -> Drawn:
        counts = None
        if form == "individual":
            counts = IndividualCounts(scheme=scheme, shock=shock, seed=seed)
        return draw_chunk(
            groups,
            seed,
            blocks,
            shock=shock,
            plans=len(scheme.plans),
            counts_of=counts,
        )

    return drawer


def _plan_figures(
    fen: np.ndarray, beneficiaries: np.ndarray, enrolments: int, money: tuple[float, float]
) -> PlanFigures:
    """Figures of drawn fen (years,) with contribution and expected expenses (yuan)."""
    contribution, expenses = money
    sample = Sample.of_fen(fen)
    limit = contribution - expenses
    mean = sample.mean()
    count = beneficiaries.mean()
    return PlanFigures(
        enrolments=enrolments,
        contribution_yuan=contribution,
        expenses_yuan=Figure(expenses, abs(expenses) * 1e-9),
        beneficiaries=Figure(float(count), float(beneficiaries.std() / np.sqrt(len(fen)))),
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
    expected = expected_claims(inputs)
    contribution = contribution_yuan(inputs, expected.enrolments)
    spent = expenses_yuan(inputs, expected.enrolments, expected.beneficiaries, expenses=expenses)
    plans = {
        plan.code: _plan_figures(
            drawn.paid_fen[:, place],
            drawn.beneficiaries[:, place],
            int(expected.enrolments[place]),
            (float(contribution[place]), float(spent[place])),
        )
        for place, plan in enumerate(inputs.plans)
    }
    total = _plan_figures(
        drawn.paid_fen.sum(axis=1),
        drawn.beneficiaries.sum(axis=1),
        int(expected.enrolments.sum()),
        (float(contribution.sum()), float(spent.sum())),
    )
    persons = drawn.persons_paid
    error = float(persons.std() / np.sqrt(len(persons)))
    return RunResult(
        plans=plans,
        total=total,
        persons_paid=Figure(float(persons.mean()), error),
        correlations=_correlations(inputs, drawn.paid_fen),
    )
