"""Sliders of the default scheme, warm: CPU milliseconds of all exact figures with their errors.

A line is one function of `LINES`. `python -m benchmarks sliders`.
"""

from __future__ import annotations

from itertools import count
from statistics import median

from benchmarks.limits import Limits
from benchmarks.measure import Line, Sizes, cpu_seconds
from workbench.changes import Changes, apply
from workbench.engine.quick_laws import COARSE, FINE
from workbench.engine.stages import year_laws
from workbench.exact import exact_run
from workbench.pack import read_pack
from workbench.questions import Choices, ask

__all__ = ["LINES", "measured"]

PACK = read_pack(None)
READINGS = 14
"""Functions a frequency: transform, and cosine and sine at five levels."""
SLIDERS = (
    ("premium", "plans.P3.premium_yuan", (26.0, 60.0), 10.0),
    ("participation", "participation_scale", (0.6, 1.2), 10.0),
    ("incidence", "hospital_claimant_rate_scale", (0.6, 1.8), 10.0),
    ("severity", "stay_cost_scale", (0.6, 1.8), 60.0),
    ("terms", "plans.P1.deductible_yuan", (10.0, 900.0), 60.0),
)
"""What is moved, its name, between which ends, and the milliseconds asked for."""
_moves = count(1)


def _changes(name: str, ends: tuple[float, float]) -> Changes:
    """A value never asked for before, spread over the range."""
    share = next(_moves) * 0.6180339887 % 1.0
    return Changes({name: ends[0] + share * (ends[1] - ends[0])})


def _least(name: str, limits: Limits) -> tuple[float, str]:
    """Milliseconds of the functions that nothing can avoid, and what they are."""
    laws = [law for law in year_laws(PACK).laws if hasattr(law, "terms")]
    terms = sum(len(law.terms) for law in laws)
    functions = terms * 2 if name == "premium" else terms * READINGS
    told = f"{terms} frequencies × {2 if name == 'premium' else READINGS} functions"
    if name in ("severity", "terms"):
        # Days given the cost of a stay, at every node between four kinks, for 8 ages, two ranks of
        # illness and the injuries, fine and coarse.
        nodes = 4 * (FINE.panel + COARSE.panel)
        functions += nodes * 91 * 8 * 4
        told += f", and {nodes} cost nodes × 91 days × 32 laws"
    return functions * limits.function * 1e-6, f"{told} of {limits.function:.1f} ns"


def sliders(sizes: Sizes, limits: Limits) -> list[Line]:
    """`exact_run` after one change, everything else warm."""
    exact_run(PACK)
    found = []
    for name, changed, ends, asked in SLIDERS:
        ticks = sizes.of(20, 2)
        cases = [apply(PACK, _changes(changed, ends)) for _ in range(ticks + 2)]
        exact_run(cases[0]), exact_run(cases[1])
        seconds = [cpu_seconds(lambda one=one: exact_run(one)) for one in cases[2:]]
        least, told = _least(name, limits)
        found.append(
            Line(
                what=f"{name} ({changed}): every figure of a run",
                value=1e3 * median(seconds),
                unit="ms",
                asked=asked,
                more=False,
                limit=least,
                limit_is=told,
                note=f"least {1e3 * min(seconds):.2f} ms",
            )
        )
    return found


def questions(sizes: Sizes, limits: Limits) -> list[Line]:
    """The same through `ask`: changes, ranges over the enrolment splits and the record too."""
    ask("run", Choices(), pack=PACK)
    found = []
    for name, changed, ends, _ in SLIDERS:
        cases = [Choices(changes=_changes(changed, ends)) for _ in range(sizes.of(12, 2) + 1)]
        ask("run", cases[0], pack=PACK)
        seconds = [cpu_seconds(lambda one=one: ask("run", one, pack=PACK)) for one in cases[1:]]
        found.append(
            Line(
                what=f"{name}: the question `run` as the page asks it",
                value=1e3 * median(seconds),
                unit="ms",
            )
        )
    return found


LINES = (sliders, questions)
"""Every benchmark of the sliders."""


def measured(sizes: Sizes, limits: Limits) -> list[Line]:
    """Measure every line."""
    return [line for measure in LINES for line in measure(sizes, limits)]
