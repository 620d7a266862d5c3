"""The engine on the yardstick scheme: claims, totals, exact sliders, against the plain loop.

A line is one function of `LINES`: (sizes, limits) → lines. `python -m benchmarks engine`.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from multiprocessing import get_context
from statistics import median

from benchmarks.limits import Limits
from benchmarks.measure import ROOT, Line, Sizes, cpu_seconds, ratios, wall_seconds
from benchmarks.yardstick import CLAIMS, SLIDERS, plain_years, scheme
from workbench.engine.compound.year import SchemeFigures

__all__ = ["LINES", "measured"]

PLAIN_YEARS, SAMPLE = 300, 100_000
BASE = scheme()
LOOP = "plain NumPy loop over years"
MEMORY = """
from benchmarks.measure import peak_megabytes
from benchmarks.yardstick import scheme
{work}
print(peak_megabytes())
"""
_moves = count(1)


def _plain(sizes: Sizes, years: int) -> Callable[[], float]:
    """CPU seconds of this many years of the plain loop, scaled from a part of them."""
    some = sizes.of(PLAIN_YEARS, 5)
    return lambda: cpu_seconds(lambda: plain_years(some, 1)) * years / some


def claims(sizes: Sizes, limits: Limits) -> list[Line]:
    years = sizes.of(1280, 64)
    BASE.claims(64, 1)
    reference, ours, ratio = ratios(
        _plain(sizes, 1), lambda: cpu_seconds(lambda: BASE.claims(years, 1)) / years, sizes.rounds
    )
    best = limits.claim * 1e-9 * CLAIMS
    return [
        Line(
            what="claims: a year, every claim drawn, against the loop",
            value=ratio,
            unit="times",
            asked=4.0,
            reference=LOOP,
            reference_seconds=reference,
            ours_seconds=ours,
            limit=reference / best,
            limit_is=f"{CLAIMS:,.0f} × (¼ word + look-up + addition), {limits.claim:.1f} ns each",
            note=f"{ours / CLAIMS * 1e9:.1f} ns a claim",
        )
    ]


def _peak(work: str) -> float:
    """Largest memory of a new process that does this work, MB."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY.format(work=work)],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def memory(sizes: Sizes, limits: Limits) -> list[Line]:
    years = sizes.of(20_000, 64)
    return [
        Line(
            what=f"claims: memory of the whole process, {years:,} years",
            value=_peak(f"scheme().claims({years}, 1)"),
            unit="MB",
            asked=300.0,
            more=False,
            limit=_peak("scheme()"),
            limit_is="the same process before it draws",
        )
    ]


def _half(place: int) -> None:
    years = _half_years[0]
    BASE.claims(years, 1, first_year=place * years)


_half_years = [1280]


def threads(sizes: Sizes, limits: Limits) -> list[Line]:
    years = sizes.of(5120, 256) // 128 * 128
    _half_years[0] = years // 2
    BASE.claims(64, 1)
    found, processes = [], []
    # Processes are made first: a thread that runs while a process is copied may hold a lock.
    with get_context("fork").Pool(2) as pool:
        pool.map(_half, (0, 1), 1)
        with ThreadPoolExecutor(2) as executor:
            for _ in range(sizes.rounds):
                one = wall_seconds(lambda: BASE.claims(years, 1))
                found.append(one / wall_seconds(lambda: BASE.claims(years, 1, mapper=executor.map)))
                processes.append(one / wall_seconds(lambda: pool.map(_half, (0, 1), 1)))
    return [
        Line(
            what="claims: two threads against one (time on the clock)",
            value=median(found),
            unit="times",
            asked=1.7,
            limit=median(processes),
            limit_is="two processes that share nothing, in the same rounds",
        )
    ]


def totals(sizes: Sizes, limits: Limits) -> list[Line]:
    years = sizes.of(1 << 18, 1 << 12)
    BASE.totals(64, 1)
    reference, ours, ratio = ratios(
        _plain(sizes, 1), lambda: cpu_seconds(lambda: BASE.totals(years, 1)) / years, sizes.rounds
    )
    best = limits.year_of_totals(plans=5, factors=1, shared=2)
    return [
        Line(
            what="totals: a year, against the loop",
            value=ratio,
            unit="times",
            asked=8000.0,
            reference=LOOP,
            reference_seconds=reference,
            ours_seconds=ours,
            limit=reference / (best * 1e-9),
            limit_is=f"6 lanes of 16 bits, 7 look-ups, 5 numbers stored: {best:.1f} ns",
            note=f"{ours * 1e9:.1f} ns a year",
        )
    ]


def accuracy(sizes: Sizes, limits: Limits) -> list[Line]:
    """Largest relative distance of the six 99.5 % quantiles from the reference calculation."""
    with (ROOT / "tests" / "reference" / "yardstick.csv").open(encoding="utf-8") as file:
        known = {
            row["law"]: float(row["value"])
            for row in csv.DictReader(file)
            if row["measure"] == "quantile" and row["at"] == "0.995"
        }
    found = BASE.figures()
    ours = {name: one.quantiles[0.995] for name, one in found.plans.items()}
    ours["total_shock"] = found.total.quantiles[0.995]
    worst = max(abs(one.value / known[name] - 1.0) for name, one in ours.items())
    stated = max(one.error / one.value for one in ours.values())
    return [
        Line(
            what="exact: 99.5 % quantiles of plans and total, largest relative distance",
            value=worst,
            unit="",
            asked=1e-6,
            more=False,
            limit=stated,
            limit_is="largest stated error; the reference lies half a yuan below a smooth law",
        )
    ]


def _terms(found: SchemeFigures) -> int:
    """Frequencies of all laws together; a lattice that is solved whole counts its points."""
    laws = [*found.laws.values(), found.total_law]
    return sum(len(getattr(law, "terms", getattr(law, "below", ()))) for law in laws)


def _tick(name: str, ticks: int) -> float:
    """CPU seconds of one move of a slider, never made before, to all figures."""
    schemes = [SLIDERS[name](BASE, next(_moves) * 0.0011 % 0.31 + 1e-7) for _ in range(ticks)]
    return cpu_seconds(lambda: [one.figures() for one in schemes]) / ticks


def sliders(sizes: Sizes, limits: Limits) -> list[Line]:
    found = []
    BASE.figures()
    for name in SLIDERS:
        _tick(name, 2)
        reference, ours, ratio = ratios(
            _plain(sizes, SAMPLE), lambda name=name: _tick(name, sizes.of(40, 2)), sizes.rounds
        )
        moved = SLIDERS[name](BASE, 0.0123)
        laws = moved.figures()
        if name.startswith("participation"):
            terms = _terms(laws)
        else:
            terms = len(laws.laws["P1"].terms) + len(laws.total_law.terms)
        # Logarithm and exponential of a complex number (4 functions), cosine and sine at 5 levels.
        best = terms * (4 + 10) * limits.function * 1e-9
        found.append(
            Line(
                what=f"exact slider, {name}: all figures, against 100,000 years of the loop",
                value=ratio,
                unit="times",
                asked=25_000.0,
                reference=LOOP,
                reference_seconds=reference,
                ours_seconds=ours,
                limit=reference / best,
                limit_is=f"{terms} frequencies × 14 functions of {limits.function:.1f} ns",
                note=f"{ours * 1e3:.2f} ms",
            )
        )
    return found


def premium(sizes: Sizes, limits: Limits) -> list[Line]:
    figures = BASE.figures()
    means = {name: one.mean.value for name, one in figures.plans.items()}
    figures.balance(means)

    def ticks() -> float:
        number = sizes.of(200, 10)
        asked = [means | {"P1": means["P1"] * (1.0 + next(_moves) * 1e-5)} for _ in range(number)]
        return cpu_seconds(lambda: [figures.balance(one) for one in asked]) / number

    reference, ours, ratio = ratios(_plain(sizes, SAMPLE), ticks, sizes.rounds)
    terms = len(figures.laws["P1"].terms) + len(figures.total_law.terms)
    best = terms * 2 * limits.function * 1e-9
    return [
        Line(
            what="exact slider, premium of P1: plan and total, against 100,000 years of the loop",
            value=ratio,
            unit="times",
            asked=1_000_000.0,
            reference=LOOP,
            reference_seconds=reference,
            ours_seconds=ours,
            limit=reference / best,
            limit_is=f"{terms} frequencies × cosine and sine",
            note=f"{ours * 1e6:.0f} µs",
        )
    ]


def members(sizes: Sizes, limits: Limits) -> list[Line]:
    """Cost of the same work at 200 million members and at 200 thousand."""
    many = scheme(1000.0)
    many.totals(64, 1)
    years = sizes.of(1 << 17, 1 << 12)

    def exact(times: float) -> float:
        number = sizes.of(12, 2)
        some = [scheme(times * (1.0 + next(_moves) * 1.1e-3 % 0.31)) for _ in range(number)]
        return cpu_seconds(lambda: [one.figures() for one in some]) / number

    exact(1.0), exact(1000.0)
    work = (
        ("exact, all laws", lambda: exact(1000.0), lambda: exact(1.0)),
        (
            "totals",
            lambda: cpu_seconds(lambda: many.totals(years, 1)),
            lambda: cpu_seconds(lambda: BASE.totals(years, 1)),
        ),
    )
    found = []
    for name, large, small in work:
        _, _, ratio = ratios(large, small, sizes.rounds)
        found.append(
            Line(
                what=f"{name}: cost at 2×10⁸ members against 2×10⁵",
                value=ratio,
                unit="times",
                asked=1.5,
                more=False,
                limit=1.0,
                limit_is="the number of members is a number",
            )
        )
    return found


LINES = (claims, memory, threads, totals, accuracy, sliders, premium, members)
"""Every benchmark of the yardstick scheme."""


def measured(sizes: Sizes, limits: Limits) -> list[Line]:
    """Measure every line."""
    return [line for measure in LINES for line in measure(sizes, limits)]
