"""Premiums: the tier table, exact and over draws of the parameters, against simulated years.

A line is one function of `LINES`: (sizes, limits) → lines. `python -m benchmarks pricing`.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count
from multiprocessing import get_context
from statistics import median

import numpy as np

from benchmarks.limits import Limits
from benchmarks.measure import ROOT, Line, Sizes, cpu_seconds, ratios, wall_seconds
from tests.oracle.members import simulate
from tests.oracle.scheme import load
from workbench.basis import Basis, laws_on
from workbench.pack import read_pack
from workbench.premium.tiers import TIERS
from workbench.pricing import tiers
from workbench.questions import Choices, ask

__all__ = ["LINES", "measured"]

DRAWS, PLAIN_YEARS, YEARS = 200, 200, 10_000
PLAIN = "plain NumPy that draws every claim (tests/oracle), then counts years for each premium"
_seeds = count(100)


def _counted(paid: np.ndarray, enrolments: np.ndarray) -> float:
    """Deficit probability and shortfall of every plan and premium, counted in drawn years."""
    total = 0.0
    for plan, number in zip(paid.T, enrolments, strict=True):
        for premium in TIERS:
            gap = plan - number * premium
            total += float(np.mean(gap > 0.0) + np.mean(np.maximum(gap, 0.0)))
    return total


def _plain_table(some: int) -> float:
    """CPU seconds of a table of tiers from this many plain years."""
    scheme, numbers = load(ROOT / "data"), np.array([1e5, 3e4, 4e4, 4e4, 3e4])

    def work() -> float:
        return _counted(simulate(scheme, some, 1).paid_fen / 100.0, numbers)

    return cpu_seconds(work)


def exact_tiers(sizes: Sizes, limits: Limits) -> list[Line]:
    """The table of 5 plans and 71 premiums, laws ready: what a reader waits for."""
    pack, some = read_pack(None), sizes.of(PLAIN_YEARS, 4)
    tiers(pack)
    reference, ours, ratio = ratios(
        lambda: YEARS / some * _plain_table(some),
        lambda: cpu_seconds(lambda: tiers(pack)),
        sizes.rounds,
    )
    return [
        Line(
            what="tier table, 5 plans by 71 premiums, exact and warm",
            value=1e3 * ours,
            unit="ms",
            asked=200.0,
            more=False,
            reference=f"{PLAIN}; {YEARS:,} years",
            reference_seconds=reference,
            ours_seconds=ours,
            note=f"{ratio:,.0f} times the plain way",
        )
    ]


def drawn_tiers(sizes: Sizes, limits: Limits) -> list[Line]:
    """The same over draws of the parameters, solved again each, on two processes; on the clock."""
    pack, draws = read_pack(None), max(sizes.of(DRAWS), 20)
    some = sizes.of(PLAIN_YEARS, 4)
    found = []
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        # Processes that have begun: each has imported what it needs.
        laws_on(pack, Basis(kind="parameters", draws=50, seed=next(_seeds)), mapper=pool.map)
        for _ in range(max(1, sizes.rounds // 4)):
            basis = Basis(kind="parameters", draws=draws, seed=next(_seeds))
            took = wall_seconds(partial(tiers, pack, basis=basis, mapper=pool.map))
            found.append(took * DRAWS / draws)
    ours = median(found)
    reference = DRAWS * YEARS / some * _plain_table(some)
    return [
        Line(
            what=f"tier table over {DRAWS} draws of the parameters, solved again, 2 processes",
            value=ours,
            unit="s",
            asked=8.0,
            more=False,
            reference=f"{PLAIN}; {YEARS:,} years a draw, not solved again",
            reference_seconds=reference,
            ours_seconds=ours,
            note=f"{reference / ours:,.0f} times the plain way",
        )
    ]


SOBOL = (
    ("loss_ratio", "solved", 16_384, 60.0, "loss ratios"),
    ("sd", "solved", 16_384, 60.0, "standard deviations"),
    ("deficit", "free", 2_048, 120.0, "the deficit probability of the scheme"),
    ("quantile", "free", 2_048, 120.0, "the total's 99.5 %"),
)
"""Figure, whether the totals are solved again, runs, seconds asked, what it is called."""


def sobol_indices(sizes: Sizes, limits: Limits) -> list[Line]:
    """Sobol' indices over all uncertain assumptions, on two processes; on the clock."""
    pack, lines = read_pack(None), []
    some = sizes.of(PLAIN_YEARS, 4)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for figure, totals, runs, asked, name in SOBOL:
            own = {"kind": "sobol", "figure": figure, "totals": totals}

            def study(number: int, own: dict = own) -> None:
                ask(
                    "sensitivity",
                    Choices(own={**own, "runs": number, "seed": next(_seeds)}),
                    pack=pack,
                    mapper=pool.map,
                )

            # Processes that have begun: each has imported what it needs.
            study(64)
            number = max(sizes.of(runs), 64)
            ours = wall_seconds(lambda study=study, number=number: study(number)) * runs / number
            reference = runs * YEARS / some * _plain_table(some)
            lines.append(
                Line(
                    what=f"Sobol' indices of {name}, {runs:,} runs, totals {totals}, 2 processes",
                    value=ours,
                    unit="s",
                    asked=asked,
                    more=False,
                    reference=f"{PLAIN}; {YEARS:,} years a run",
                    reference_seconds=reference,
                    ours_seconds=ours,
                    note=f"{reference / ours:,.0f} times the plain way",
                )
            )
    return lines


LIMITS = {"frontier": "no", "rise": 10, "scheme-deficit": 0.001}
"""Limits whose optimum the limit on all plans together decides, the hardest kind."""


def _searched(paid: np.ndarray, enrolments: np.ndarray, number: int) -> float:
    """Seconds to look at this many choices of five tiers in drawn years, one after another."""
    totals = np.sort(paid.sum(axis=1))

    def work() -> int:
        found = 0
        for place in range(number):
            premiums = np.array([TIERS[(place // len(TIERS) ** k) % len(TIERS)] for k in range(5)])
            found += len(totals) - int(np.searchsorted(totals, float(enrolments @ premiums)))
        return found

    return cpu_seconds(work)


def best_of_five(sizes: Sizes, limits: Limits) -> list[Line]:
    """Five tiers chosen together, with what each limit costs; laws ready."""
    pack, some = read_pack(None), sizes.of(PLAIN_YEARS, 4)
    choices = Choices(own=LIMITS)
    ask("optimise", choices, pack=pack)
    ours = median(
        cpu_seconds(lambda: ask("optimise", choices, pack=pack)) for _ in range(sizes.rounds)
    )
    scheme, numbers = load(ROOT / "data"), np.array([1e5, 3e4, 4e4, 4e4, 3e4])
    looked = sizes.of(20_000, 200)
    every = _searched(simulate(scheme, some, 1).paid_fen / 100.0, numbers, looked)
    reference = YEARS / some * _plain_table(some) + every * len(TIERS) ** 5 / looked
    return [
        Line(
            what="best five tiers under joint limits, with the cost of every limit",
            value=ours,
            unit="s",
            asked=10.0,
            more=False,
            reference=f"plain NumPy: {YEARS:,} drawn years, then all 71^5 choices in them",
            reference_seconds=reference,
            ours_seconds=ours,
            note=f"{reference / ours:,.0f} times the plain way",
        )
    ]


LINES = (exact_tiers, drawn_tiers, sobol_indices, best_of_five)
"""Every benchmark of premiums."""


def measured(sizes: Sizes, limits: Limits) -> list[Line]:
    """Measure every line."""
    return [line for measure in LINES for line in measure(sizes, limits)]
