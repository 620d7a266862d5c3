"""The fund over years: many paths once compiled, compiling apart, against a plain monthly loop.

A line is one function of `LINES`: (sizes, limits) → lines. `python -m benchmarks fund`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.limits import Limits
from benchmarks.measure import Line, Sizes, cpu_seconds, peak_megabytes, wall_seconds
from workbench.basis import Basis
from workbench.fund import FundChoices, FundModel, compile_fund, run_paths
from workbench.fund.measures import fund_figures
from workbench.pack import read_pack

__all__ = ["LINES", "measured"]

PATHS, YEARS, DRAWS, PLAIN = 100_000, 10, 64, 200
LOOP = "plain NumPy loop over paths and months, gamma shock, normal months"


def _plain(paths: int) -> Callable[[], None]:
    """A fund as one would write it first: a loop over paths and months, five plans."""
    mean = np.array([687e3, 114e3, 104e3, 52e3, 29e3])
    delay = np.diff(np.minimum(np.arange(20) / 18.0, 1.0))

    def work() -> None:
        generator = np.random.default_rng(1)
        for _ in range(paths):
            fund, unpaid = 8.75e6, np.zeros(160)
            for month in range(12 * YEARS):
                if month % 12 == 0:
                    shock = generator.gamma(156.25) / 156.25
                claims = generator.normal(mean * shock, 0.06 * mean).sum()
                unpaid[month : month + 19] += claims * delay
                fund += 17.5e6 / 12.0 - claims - 1.05e5 + max(fund, 0.0) * 0.001

    return work


def _compiled(draws: int) -> tuple[FundModel, float]:
    choices = FundChoices(years=YEARS, basis=Basis(kind="level", draws=max(draws, 20)))
    found = []
    pack = read_pack(None)
    seconds = cpu_seconds(lambda: found.append(compile_fund(pack, choices)[0]))
    return found[0], seconds


def paths(sizes: Sizes, limits: Limits) -> list[Line]:
    """Ten years of 64 draws: paths with their figures, compiling apart, memory."""
    number = sizes.of(PATHS, 2_560)
    model, compiling = _compiled(sizes.of(DRAWS, 20))
    some = sizes.of(PLAIN, 10)
    reference = cpu_seconds(_plain(some)) * PATHS / some
    with ThreadPoolExecutor(2) as pool:

        def work() -> None:
            fund_figures(run_paths(model, paths=number, seed=1, mapper=pool.map))

        ours = min(wall_seconds(work) for _ in range(max(sizes.rounds // 3, 1)))
        spent = cpu_seconds(work)
    scale = PATHS / number
    return [
        Line(
            what="ten years, five plans, monthly, 100,000 paths with their figures, 2 threads",
            value=ours * scale,
            unit="s",
            asked=5.0,
            more=False,
            reference=LOOP,
            reference_seconds=reference,
            ours_seconds=spent * scale,
            note=f"{spent * scale:.1f} s of CPU; plain {reference / spent / scale:,.0f} times that",
        ),
        Line(
            what="the same: memory of the process at its height",
            value=peak_megabytes(),
            unit="MB",
            asked=1_000.0,
            more=False,
        ),
        Line(
            what=f"compiling {len(model.laws)} draws of the parameters, stated apart",
            value=compiling,
            unit="s",
            note=f"{compiling / len(model.laws):.2f} s a draw",
        ),
    ]


LINES = (paths,)
"""Every benchmark of the fund."""


def measured(sizes: Sizes, limits: Limits) -> list[Line]:
    """Measure every line."""
    return [line for measure in LINES for line in measure(sizes, limits)]
