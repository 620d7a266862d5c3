"""From groups of compound sums to the law of their total: window, lattice, refinement.

Floor 3. Source: Richardson (1911), Philosophical Transactions A 210 (extrapolation to step 0);
docs/laws.md section 5.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.engine.compound.lattice import (
    Lattice,
    Level,
    atoms_of_total,
    blur_of,
    lattice_of,
    levels_of,
)
from workbench.engine.compound.law import CompoundLaw
from workbench.engine.compound.reading import Reading
from workbench.engine.compound.window import Group, Window, moments_of, window_of
from workbench.guard import whole_number

__all__ = ["compound_law", "law_in"]

POINTS = (1 << 16, 1 << 18)
"""Points of the finest lattice of a law with a density: the first, and where that is too rough."""
ROUGH = 1e-9
"""Error of a probability from which the second number of points is taken."""
ROUNDING = 2.2e-16
GAIN = 2.5
BEFORE = np.array([-1.0, 6.0, -15.0, 20.0, -15.0, 6.0])
"""Weights of six points in a row for the value at the seventh."""


def _mended(smooth: np.ndarray, atoms: np.ndarray, lattice: Lattice) -> np.ndarray:
    """Put right the points where the density may jump, at 0 and at every knot.

    There half a point's mass is not the part below it. At 0 the value is known, at a knot it
    follows from the six points before it (none of which has a knot between).
    """
    smooth = smooth.copy()
    if not lattice.first:
        smooth[0] = 1.0 - float(atoms.sum())
    if lattice.knot >= 2 * len(BEFORE):
        places = np.arange(lattice.knot, len(smooth), lattice.knot)
        before = places[:, None] + np.arange(-len(BEFORE), 0)
        smooth[places] = smooth[before] @ BEFORE
    return smooth


def _readings(levels: list[Level], atoms: np.ndarray, lattice: Lattice) -> list[Reading]:
    """The best extrapolation, and the one of the two coarser levels. Source: Richardson (1911).

    Where halving the step does not yet gain what it must (a factor of 4), the finest level itself
    stands in for the second: extrapolation proves nothing there.
    """
    survival = [level.survival for level in levels]
    excess = [level.excess for level in levels]
    beyond = np.cumsum(atoms[::-1])[::-1] - atoms
    if len(levels) == 1:
        above = survival[0] - atoms / 2.0
        one = Reading(
            start=lattice.start,
            step=lattice.step,
            smooth=None,
            atoms=atoms,
            beyond=above,
            excess=excess[0],
            knot=lattice.knot,
        )
        return [one, one]
    settled = (
        np.abs(survival[1] - survival[0]).sum() > GAIN * np.abs(survival[2] - survival[1]).sum()
    )
    orders = []
    for rows in (survival, excess):
        second, fourth = ((4.0 * rows[k + 1] - rows[k]) / 3.0 for k in (0, 1))
        orders.append([(16.0 * fourth - second) / 15.0, second if settled else rows[2]])
    return [
        Reading(
            start=lattice.start,
            step=lattice.step,
            smooth=_mended(half - atoms / 2.0 - beyond, atoms, lattice),
            atoms=atoms,
            beyond=beyond,
            excess=above,
            knot=lattice.knot,
        )
        for half, above in zip(*orders, strict=True)
    ]


def _noise(groups: tuple[Group, ...], finest_step: float, number: int) -> float:
    """Bound of rounding in a probability: transform, generating function, second differences."""
    parts = [part for group in groups for part in group.parts]
    counts = sum(part.frequency.mean for part in parts)
    top = np.asarray(finest_step * number)
    ratio = max(float(part.size.limited_mean(top)) / finest_step for part in parts)
    return ROUNDING * (4.0 * np.log2(number) + 2.0 * counts + 4.0 * ratio)


def law_in(groups: tuple[Group, ...], window: Window, points: int) -> CompoundLaw:
    """Return the law in a known window with this many points of the finest lattice."""
    cumulants = moments_of(groups)
    lattice = lattice_of(groups, window, points)
    mean = float(cumulants[0]) if np.isfinite(cumulants[0]) else 0.0
    levels = levels_of(groups, lattice, mean)
    atoms = atoms_of_total(groups, lattice)
    fine, rough = _readings(levels, atoms, lattice)
    if not np.isfinite(cumulants[0]):
        endless = np.full(lattice.number, np.inf)
        fine, rough = replace(fine, excess=endless), replace(rough, excess=endless)
    finest = lattice.step / (1 if lattice.discrete else 4)
    return CompoundLaw(
        fine=fine,
        rough=rough,
        alias=window.alias,
        blur=blur_of(groups, lattice),
        noise=_noise(groups, finest, lattice.number),
        tilt=lattice.tilt,
        cumulants=cumulants,
    )


def compound_law(
    groups: tuple[Group, ...], *, points: int | None = None, most: float | None = None
) -> CompoundLaw:
    """Return the exact law of a total.

    Parameters
    ----------
    groups
        Independent groups of compound sums.
    points
        Points of the finest lattice, where claims have a density; by default 65,536, and four
        times as many where those leave an error above 1e-9 in a probability.
    most
        Largest amount that will be asked for, where the tail is heavy.
    """
    window = window_of(groups, most)
    if points is not None:
        return law_in(groups, window, whole_number("points", points, 1 << 8, 1 << 22) // 4 * 4)
    law = law_in(groups, window, POINTS[0])
    return law if law.roughness < ROUGH else law_in(groups, window, POINTS[1])
