"""The default scheme: a cold run, years of members, exact figures. A line is one function."""

from __future__ import annotations

import sys

from benchmarks.limits import Limits
from benchmarks.measure import ROOT, Line, Sizes, cold_seconds, cpu_seconds, ratios
from tests.oracle.members import simulate
from tests.oracle.scheme import load
from workbench.engine import stages
from workbench.exact import exact_run
from workbench.pack import read_pack
from workbench.simulate import simulate_years

__all__ = ["LINES", "measured"]

DATA = ROOT / "data"
IMPORTS = "import numpy, scipy.stats, pandas"
RUN = "from workbench.cli import main; main(['run', '--lang', 'zh'])"
YEARS, PLAIN_YEARS = 10_000, 400
PLAIN = "plain NumPy that draws every claim (tests/oracle)"


def cold_run(sizes: Sizes, limits: Limits) -> list[Line]:
    """The default exact run, cold process to printed table, against importing three libraries."""
    reference, ours, ratio = ratios(
        lambda: cold_seconds(IMPORTS), lambda: cold_seconds(RUN), sizes.rounds
    )
    return [
        Line(
            what="default exact run, cold process to printed table, against importing libraries",
            value=ratio,
            unit="times",
            asked=1.0,
            reference="cold process that imports numpy, scipy.stats and pandas",
            reference_seconds=reference,
            ours_seconds=ours,
        )
    ]


def drawn_years(sizes: Sizes, limits: Limits) -> list[Line]:
    """10,000 years of members, against the plain NumPy way that draws every claim."""
    pack, scheme = read_pack(None), load(DATA)
    some, years = sizes.of(PLAIN_YEARS, 4), sizes.of(YEARS, 64)
    reference, ours, ratio = ratios(
        lambda: YEARS / some * cpu_seconds(lambda: simulate(scheme, some, 1)),
        lambda: YEARS / years * cpu_seconds(lambda: simulate_years(pack, years=years, seed=1)),
        sizes.rounds,
    )
    return [
        Line(
            what=f"{YEARS:,} years of members, claim by claim, against plain NumPy",
            value=ratio,
            unit="times",
            asked=4.0,
            reference=PLAIN,
            reference_seconds=reference,
            ours_seconds=ours,
        )
    ]


def _forget() -> None:
    """Empty every cache behind an exact run, so that nothing of the last round is left."""
    stages._kept.clear()
    rooms = [room for name, room in sys.modules.items() if name.startswith("workbench.")]
    for entry in [entry for room in rooms for entry in vars(room).values()]:
        if hasattr(entry, "cache_clear"):
            entry.cache_clear()


def exact_year(sizes: Sizes, limits: Limits) -> list[Line]:
    """All figures of a run, exact, warm imports and empty caches, against 100,000 plain years."""
    pack, scheme = read_pack(None), load(DATA)
    some = sizes.of(PLAIN_YEARS, 4)

    def ours() -> float:
        _forget()
        return cpu_seconds(lambda: exact_run(pack))

    reference, seconds, ratio = ratios(
        lambda: 100_000 / some * cpu_seconds(lambda: simulate(scheme, some, 1)),
        ours,
        sizes.rounds,
    )
    return [
        Line(
            what="all exact figures, empty caches, against 100,000 plain years",
            value=ratio,
            unit="times",
            reference=PLAIN,
            reference_seconds=reference,
            ours_seconds=seconds,
        )
    ]


LINES = (cold_run, drawn_years, exact_year)
"""Every benchmark of the default scheme."""


def measured(sizes: Sizes, limits: Limits) -> list[Line]:
    """Measure every line."""
    return [line for measure in LINES for line in measure(sizes, limits)]
