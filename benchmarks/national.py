"""A synthetic national scheme: 100 million members, 300 cities with own shocks, one pack of CSV.

A line is one function of `LINES`. `python -m benchmarks national`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.limits import Limits
from benchmarks.measure import ROOT, Line, Sizes
from workbench.pack import new_pack
from workbench.pack.many_areas import spread_over_areas

__all__ = ["LINES", "measured"]

AREAS, MEMBERS, YEARS = 300, 100_000_000, 100_000
WORK = """
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from benchmarks.measure import peak_megabytes
from workbench.exact import exact_run
from workbench.pack import read_pack
from workbench.simulate import simulate_totals, totals_run

pack = read_pack(Path({folder!r}))
start = time.perf_counter()
exact_run(pack)
exact = time.perf_counter() - start
start = time.perf_counter()
with ThreadPoolExecutor(2) as pool:
    totals_run(pack, simulate_totals(pack, years={years}, seed=1, mapper=pool.map))
print(exact, time.perf_counter() - start, peak_megabytes())
"""


def national(sizes: Sizes, limits: Limits) -> list[Line]:
    """One new process: the exact year, then drawn years on two threads; seconds on the clock."""
    areas, years = sizes.of(AREAS, 3), sizes.of(YEARS, 640)
    members = sizes.of(MEMBERS, 100_000)
    with tempfile.TemporaryDirectory() as place:
        folder = new_pack(
            Path(place) / "pack",
            lambda copy: spread_over_areas(copy, areas=areas, members=members, seed=1),
        )
        done = subprocess.run(
            [sys.executable, "-c", WORK.format(folder=str(folder), years=years)],
            check=True,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    exact, drawn, peak = map(float, done.stdout.split())
    scheme = f"{members:,} members, {areas} cities × 12 bundles × 18 cells"
    totals = limits.year_of_totals(plans=5, factors=1, shared=2) * years * 1e-9
    return [
        Line(
            what=f"exact, all figures, cold: {scheme}",
            value=exact,
            unit="s",
            asked=10.0,
            more=False,
        ),
        Line(
            what=f"{years:,} years in totals, tables made, two threads",
            value=drawn,
            unit="s",
            asked=60.0,
            more=False,
            limit=totals,
            limit_is="words, look-ups and stores of the years alone",
        ),
        Line(what="memory of that process", value=peak, unit="MB", asked=4096.0, more=False),
    ]


LINES = (national,)
"""Every benchmark of the national scheme."""


def measured(sizes: Sizes, limits: Limits) -> list[Line]:
    """Measure every line."""
    return [line for measure in LINES for line in measure(sizes, limits)]
