"""At which value of a name a figure meets a target, or that no value of its range does.

Floor 7, inside `sensitivity`. The range is scanned for changes of side, each is closed in by
Brent's method. Source: Brent (1973), Algorithms for Minimization Without Derivatives, chapter 4, as
`scipy.optimize.brentq`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

from workbench.changes import Changes
from workbench.risk import Figure

__all__ = ["BreakEven", "Root", "break_even"]

Evaluate = Callable[[Sequence[Changes]], Sequence[Figure]]
Side = tuple[float, Figure]

SCAN = 16
"""Steps in which a range is looked through; two crossings inside one step are not seen."""
CLOSE = 1e-10
"""Relative width at which a bracket is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A value at which the figure meets the target; `slope` of the figure there, a unit.

    The error of the value is the figure's error over the slope. Of a name in whole numbers it is
    the first one from which the target is passed, coming from below, and its figure is `reached`.
    """

    value: Figure
    reached: Figure
    slope: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """Roots in rising order, none where the figure stays on one side over the whole range.

    `low` and `high` are the ends of the range with their figures; `nearest` the scanned value whose
    figure is closest to the target.
    """

    name: str
    target: float
    roots: tuple[Root, ...]
    low: Side
    high: Side
    nearest: Side


def break_even(
    evaluate: Evaluate, name: str, ends: tuple[float, float], *, target: float, whole: bool = False
) -> BreakEven:
    """Return where a figure meets a target as one name runs over its range.

    Parameters
    ----------
    evaluate
        Figures of many changes, in their order.
    name, ends
        Name and its range.
    target
        Value that the figure is to meet.
    whole
        Whether the name takes whole numbers alone.
    """
    values = _scan(ends, whole)
    figures = list(evaluate([Changes({name: value}) for value in values]))
    sides: list[Side] = list(zip(values, figures, strict=True))
    roots = []
    for left, right in zip(sides, sides[1:], strict=False):
        if left[1].value == target:
            roots.append(_root(left, left[1], _slope(left, right)))
        elif (left[1].value - target) * (right[1].value - target) < 0.0:
            close = _first_whole if whole else _closed
            roots.append(close(lambda x: evaluate([Changes({name: x})])[0], left, right, target))
    if sides[-1][1].value == target:
        roots.append(_root(sides[-1], sides[-1][1], _slope(sides[-2], sides[-1])))
    return BreakEven(
        name=name,
        target=target,
        roots=tuple(roots),
        low=sides[0],
        high=sides[-1],
        nearest=min(sides, key=lambda side: abs(side[1].value - target)),
    )


def _scan(ends: tuple[float, float], whole: bool) -> list[float]:
    """Values of a range in even steps, both ends among them."""
    low, high = ends
    values = [low + (high - low) * step / SCAN for step in range(SCAN)] + [high]
    return sorted({float(round(value)) for value in values}) if whole else values


def _slope(left: Side, right: Side) -> float:
    return (right[1].value - left[1].value) / (right[0] - left[0])


def _root(place: Side, reached: Figure, slope: float) -> Root:
    error = abs(reached.error / slope) if slope and isfinite(slope) else float("inf")
    return Root(value=Figure(place[0], error), reached=reached, slope=slope)


def _closed(figure: Callable[[float], Figure], left: Side, right: Side, target: float) -> Root:
    """Close a bracket; the slope is that of the last two points around."""
    from scipy.optimize import brentq

    seen: dict[float, Figure] = {left[0]: left[1], right[0]: right[1]}

    def gap(x: float) -> float:
        if x not in seen:
            seen[x] = figure(x)
        return seen[x].value - target

    scale = max(abs(left[0]), abs(right[0]))
    value = float(brentq(gap, left[0], right[0], xtol=CLOSE * scale, rtol=CLOSE))
    gap(value)
    step = 1e-3 * (right[0] - left[0])
    near = min(max(value + step, left[0]), right[0]), min(max(value - step, left[0]), right[0])
    slope = (gap(near[0]) - gap(near[1])) / (near[0] - near[1])
    return _root((value, seen[value]), seen[value], slope)


def _first_whole(figure: Callable[[float], Figure], left: Side, right: Side, target: float) -> Root:
    """Halve a bracket of whole numbers until its ends are neighbours."""
    while right[0] - left[0] > 1.0:
        middle = float((left[0] + right[0]) // 2)
        here = middle, figure(middle)
        before = (left[1].value - target) * (here[1].value - target) > 0.0
        left, right = (here, right) if before else (left, here)
    return Root(value=Figure(right[0], 0.0), reached=right[1], slope=_slope(left, right))
