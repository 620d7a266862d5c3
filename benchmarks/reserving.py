"""Methods scored on seeded histories: what their 90 % intervals hold. A line is one figure.

1,000 histories of our own model, which decide; 200 of each of the three unlike generators, which
are reported (`--full`: 1,000 too).
"""

from __future__ import annotations

from functools import partial

from benchmarks.limits import Limits
from benchmarks.measure import Line, Sizes, cpu_seconds
from workbench.history import Scored, many_histories, score
from workbench.history.simulating import GENERATORS
from workbench.pack import read_pack
from workbench.questions import Choices, ask
from workbench.reserving.methods.registry import DEFAULT

__all__ = ["LINES", "measured"]

HISTORIES, FULL, SOME = 200, 1_000, 60
REPLICATIONS = 10_000
SEED = 20
OTHERS = ("chain_ladder_mack", "bootstrap")
ASKED = (0.86, 0.94)


def _parts(codes: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Each plan alone and all together."""
    return {code: (place,) for place, code in enumerate(codes)} | {
        "total": tuple(range(len(codes)))
    }


def _line(generator: str, method: str, name: str, number: int, found: Scored) -> list[Line]:
    note = (
        f"{number} histories; spoke on {found.spoke:.1%}, mean error {found.bias:+.1%}, "
        f"root mean square {found.error:.1%} of the truth"
    )
    what = f"{name}, {generator}: share held by the 90 % interval of {method}"
    if generator != "own" or method != DEFAULT[0]:
        return [Line(what=what, value=found.held, unit="", note=note)]
    # Both sides are asked: at least 86 % and at most 94 %.
    low, high = ASKED
    return [
        Line(what=what, value=found.held, unit="", asked=low, note=note),
        Line(what=f"{what}, at most", value=found.held, unit="", asked=high, more=False),
    ]


def held_by(generator: str, sizes: Sizes, limits: Limits) -> list[Line]:
    """What the default method holds on a generator, and what two others hold on fewer."""
    inputs = read_pack()
    number = sizes.of(FULL if sizes.full or generator == "own" else HISTORIES, 8)
    histories = list(many_histories(inputs, number, seed=SEED, generator=generator))
    lines = []
    for name, places in _parts(inputs.plan_codes).items():
        found = score(inputs, histories, places)
        lines += _line(generator, DEFAULT[0], name, number, found)
    for method in OTHERS:
        for name, places in _parts(inputs.plan_codes).items():
            some = histories[: sizes.of(SOME, 4)]
            found = score(inputs, some, places, method, replications=256)
            lines += _line(generator, method, name, len(some), found)
    return lines


def speed(sizes: Sizes, limits: Limits) -> list[Line]:
    """CPU seconds of one history of five years and of the default method on it."""
    inputs, number = read_pack(), sizes.of(24, 2)
    drawn = cpu_seconds(lambda: list(many_histories(inputs, number, seed=SEED)))
    histories = list(many_histories(inputs, number, seed=SEED))
    every = tuple(range(len(inputs.plan_codes)))
    scored = cpu_seconds(lambda: score(inputs, histories, every))
    return [
        Line(what="a history of five years, months only", value=drawn / number, unit="s"),
        Line(what="the default method on it, all plans", value=scored / number, unit="s"),
    ]


def replications(sizes: Sizes, limits: Limits) -> list[Line]:
    """The bootstrap of a triangle of 60 months, from its payments to its answer."""
    own = {"method": ["bootstrap"], "step": "month", "replications": sizes.of(REPLICATIONS, 64)}
    choices = Choices(own=own)
    triangle = ask("triangle", choices).result.case.triangle
    taken = cpu_seconds(lambda: ask("triangle", choices))
    rows, columns = triangle.cumulative.shape
    return [
        Line(
            what=f"{own['replications']:,} bootstrap replications of {rows} × {columns} months",
            value=taken,
            unit="s",
            asked=5.0,
            more=False,
        )
    ]


LINES = (*(partial(held_by, key) for key in GENERATORS), speed, replications)
"""Every benchmark of the reserving methods."""


def measured(sizes: Sizes, limits: Limits) -> list[Line]:
    """Measure every line."""
    return [line for measure in LINES for line in measure(sizes, limits)]
