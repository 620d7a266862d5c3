"""Prints the table of ratios and keeps it as JSON: `python -m benchmarks [--rounds N] [--json F]`.

Each line: a reference, our way, the median ratio of their CPU times in interleaved rounds of one
run, and what is asked. A ratio above 1 says that ours is faster.
"""

from __future__ import annotations

import argparse
import json
import platform
from pathlib import Path

import numpy as np
import scipy

from benchmarks.measure import cold_seconds, cpu_seconds, ratios
from tests.oracle.members import simulate
from tests.oracle.scheme import load
from workbench import exact, inputs
from workbench.engine import claimant, events, moments, payment_laws, stages
from workbench.exact import exact_run
from workbench.pack import read_pack
from workbench.simulate import simulate_years

DATA = Path(__file__).parent.parent / "data"
IMPORTS = "import numpy, scipy.stats, pandas"
RUN = "from workbench.cli import main; main(['run', '--lang', 'zh'])"
YEARS, PLAIN_YEARS = 10_000, 400


def cold_run(rounds: int) -> dict:
    """The default exact run, cold process to printed table, against importing three libraries."""
    reference, ours, ratio = ratios(
        lambda: cold_seconds(IMPORTS), lambda: cold_seconds(RUN), rounds
    )
    return {
        "what": "default exact run, cold process to printed table",
        "reference": "cold process that imports numpy, scipy.stats and pandas",
        "reference_seconds": reference,
        "ours_seconds": ours,
        "ratio": ratio,
        "asked": 1.0,
    }


def drawn_years(rounds: int) -> dict:
    """10,000 years of members, against the plain NumPy way that draws every claim."""
    pack, scheme = read_pack(None), load(DATA)
    scale = YEARS / PLAIN_YEARS
    reference, ours, ratio = ratios(
        lambda: scale * cpu_seconds(lambda: simulate(scheme, PLAIN_YEARS, 1)),
        lambda: cpu_seconds(lambda: simulate_years(pack, years=YEARS, seed=1)),
        rounds,
    )
    return {
        "what": f"{YEARS:,} years of members, claim by claim",
        "reference": f"plain NumPy (tests/oracle), {PLAIN_YEARS} years scaled to {YEARS:,}",
        "reference_seconds": reference,
        "ours_seconds": ours,
        "ratio": ratio,
        "asked": 4.0,
    }


def _forget() -> None:
    """Empty every cache behind an exact run, so that nothing of the last round is left."""
    stages._kept.clear()
    for room in (claimant, events, exact, inputs, moments, payment_laws):
        for entry in vars(room).values():
            if hasattr(entry, "cache_clear"):
                entry.cache_clear()


def exact_year(rounds: int) -> dict:
    """All figures of a run, exact, warm imports and empty caches, against 1,000 plain years."""
    pack, scheme = read_pack(None), load(DATA)

    def ours() -> float:
        _forget()
        return cpu_seconds(lambda: exact_run(pack))

    reference, seconds, ratio = ratios(
        lambda: 250.0 * cpu_seconds(lambda: simulate(scheme, PLAIN_YEARS, 1)), ours, rounds
    )
    return {
        "what": "exact figures of all plans and the total, empty caches",
        "reference": f"plain NumPy, {PLAIN_YEARS} years scaled to 100,000",
        "reference_seconds": reference,
        "ours_seconds": seconds,
        "ratio": ratio,
        "asked": None,
    }


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, default=Path(__file__).parent / "results.json")
    chosen = parser.parse_args()
    rows = [measure(chosen.rounds) for measure in (cold_run, drawn_years, exact_year)]
    about = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "processor": platform.machine(),
        "rounds": chosen.rounds,
    }
    for row in rows:
        asked = f", asked {row['asked']:g}" if row["asked"] else ""
        print(f"{row['what']}: {row['ratio']:.2f} times the reference's speed{asked}")
        print(f"    {row['reference']}: {row['reference_seconds']:.2f} s CPU")
        print(f"    ours: {row['ours_seconds']:.2f} s CPU")
    text = json.dumps({"about": about, "rows": rows}, indent=1, ensure_ascii=False)
    chosen.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
