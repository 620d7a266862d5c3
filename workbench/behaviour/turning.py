"""Premiums at which something turns: contributions cover, raising loses money, a spiral begins.

Floor 5, inside `behaviour`. Source: docs/participation.md section 5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.behaviour.curves import Band, Curve
from workbench.risk import Figure

__all__ = ["Turning", "cost_slope", "equilibrium", "found_band", "spiral", "turn_down"]

CurveOf = Callable[[np.ndarray], Curve]
"""The curve of one reaction at premiums (n,)."""

WIDEST = 5.0
"""Premiums are sought from a fifth of the tier in force to five times it."""

GRID, ZOOM, ZOOMS = 201, 21, 4
SLOPE_STEP = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """A premium where something turns, over the reactions of the band.

    `found` of `asked` reactions have one; `premium_yuan` is their band and `enrolments` the members
    there, both None where none has. `central` says whether the central reaction has one.
    """

    found: int
    asked: int
    central: bool
    premium_yuan: Band | None
    enrolments: Band | None


def _grid(premium: float) -> np.ndarray:
    return premium * np.exp(np.linspace(-np.log(WIDEST), np.log(WIDEST), GRID))


def _zoomed(low: float, high: float, choose: Callable[[np.ndarray], tuple[int, int]]) -> Figure:
    """Narrow a bracket: `choose` gives the places that enclose the point among premiums."""
    for _ in range(ZOOMS):
        points = np.linspace(low, high, ZOOM)
        first, last = choose(points)
        low, high = float(points[first]), float(points[last])
    return Figure((low + high) / 2.0, (high - low) / 2.0)


def _crossing(values: np.ndarray) -> tuple[int, int]:
    """Places around the first change of sign."""
    signs = values >= 0.0
    turns = np.flatnonzero(signs[1:] != signs[:-1])
    place = int(turns[0]) if len(turns) else len(values) - 2
    return place, place + 1


def equilibrium(curve: CurveOf, premium: float) -> Figure | None:
    """Return the premium at which contributions equal cost and expenses given who stays.

    Of several the one nearest to `premium`, the tier in force, by the logarithm; None if there is
    none from a fifth of it to five times it.
    """
    points = _grid(premium)
    signs = curve(points).surplus_yuan >= 0.0
    turns = np.flatnonzero(signs[1:] != signs[:-1])
    if not len(turns):
        return None
    near = int(turns[np.argmin(np.abs(turns + 0.5 - (GRID - 1) / 2.0))])
    return _zoomed(
        float(points[near]),
        float(points[near + 1]),
        lambda inside: _crossing(curve(inside).surplus_yuan),
    )


def _around_top(values: np.ndarray) -> tuple[int, int]:
    top = int(np.argmax(values))
    return max(top - 1, 0), min(top + 1, len(values) - 1)


def turn_down(curve: CurveOf, premium: float) -> Figure | None:
    """Return the premium beyond which raising it loses money: the top of N(P) (P − cost − expense).

    The top reached from the tier in force by going uphill; None where the surplus still rises at
    five times it, or still falls down to a fifth of it.
    """
    points = _grid(premium)
    surplus = curve(points).surplus_yuan
    place = (GRID - 1) // 2
    step = 1 if surplus[place + 1] >= surplus[place] else -1
    while 0 < place < GRID - 1 and surplus[place + step] >= surplus[place]:
        place += step
    if place in (0, GRID - 1):
        return None
    return _zoomed(
        float(points[place - 1]),
        float(points[place + 1]),
        lambda inside: _around_top(curve(inside).surplus_yuan),
    )


def cost_slope(curve: CurveOf, premiums: np.ndarray) -> np.ndarray:
    """Return d ln(cost per enrolment) / d ln P at premiums (n,), by central differences."""
    ends = [np.log(curve(premiums * np.exp(step)).cost_per_enrolment) for step in _STEPS]
    slope = (ends[1] - ends[0]) / (2.0 * SLOPE_STEP)
    # What double precision leaves of a cost that does not move.
    return np.where(np.abs(slope) < 1e-9, 0.0, slope)


_STEPS = (-SLOPE_STEP, SLOPE_STEP)


def spiral(curve: CurveOf, premium: float) -> Figure | None:
    """Return the least premium from the tier in force on where d ln cost / d ln P >= 1, or None.

    From there on a rise of the premium drives cost up faster than itself.
    """
    points = _grid(premium)[(GRID - 1) // 2 :]
    over = np.flatnonzero(cost_slope(curve, points) >= 1.0)
    if not len(over):
        return None
    first = int(over[0])
    if first == 0:
        return Figure(premium, premium * SLOPE_STEP)
    return _zoomed(
        float(points[first - 1]),
        float(points[first]),
        lambda inside: _crossing(cost_slope(curve, inside) - 1.0),
    )


def _band(figures: Sequence[Figure], central: Figure) -> Band:
    low = min(figures, key=lambda figure: figure.value)
    high = max(figures, key=lambda figure: figure.value)
    return Band(low=low, central=central, high=high)


def found_band(
    curves: Sequence[CurveOf], premium: float, find: Callable[[CurveOf, float], Figure | None]
) -> Turning:
    """Return a turning point over the reactions, the central one's curve first.

    Where the central reaction has none the band's middle is the median of those that have one.
    """
    places = [find(curve, premium) for curve in curves]
    here = [(curve, place) for curve, place in zip(curves, places, strict=True) if place]
    if not here:
        return Turning(
            found=0, asked=len(curves), central=False, premium_yuan=None, enrolments=None
        )
    members = [
        Figure(float(curve(np.array([place.value])).enrolments[0]), 1.0) for curve, place in here
    ]
    premiums = [place for _, place in here]
    middle = 0 if places[0] else int(np.argsort([one.value for one in premiums])[len(here) // 2])
    return Turning(
        found=len(here),
        asked=len(curves),
        central=places[0] is not None,
        premium_yuan=_band(premiums, premiums[middle]),
        enrolments=_band(members, members[middle]),
    )
