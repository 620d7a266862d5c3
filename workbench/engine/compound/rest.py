"""What a plan's year leaves once its shared factor is known: the law of S − θ·E[S], by range of θ.

Floor 3. Given θ the total is compound Poisson; its transform is averaged over eight factors of each
range and read on a grid. Source: docs/laws.md section 7.
"""

from __future__ import annotations

from math import ceil, inf, isfinite, pi

import numpy as np

from workbench.engine.compound.nodes import transform_of
from workbench.engine.compound.quick import smooth_law
from workbench.engine.compound.spectrum import Spectrum, reach_of, rounded_up
from workbench.engine.compound.voice import voice_of
from workbench.engine.compound.window import Group, Part
from workbench.laws.frequency import Poisson
from workbench.risk import Figure

__all__ = ["rest_grids"]

NODES = 8
"""Factors that stand for a range."""
POINTS = 1 << 13
MOST_TERMS = 1 << 10
NOTHING = Figure(0.0, 0.0)


def rest_grids(
    part: Part, theta: np.ndarray
) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]] | None:
    """Return x and, by range, P(R <= x) and E(x − R)⁺ for R = S − θ·E[S]; None for few claims.

    `theta` (ranges, lanes) ascending factors of each range.
    """
    rate, mean = part.frequency.mean, part.size.mean
    least, most = float(theta[0, 0]), float(theta[-1, -1])
    if rate * least < 1.0:
        return None
    ends = [Part(frequency=Poisson(rate * one), size=part.size) for one in (least, most)]
    few, many = (voice_of(end, None) for end in ends)
    if few is None or many is None or not isfinite(few.last):
        return None
    low, high = reach_of((Group(parts=(ends[1],)),), many.variance**0.5)
    low_few, _ = reach_of((Group(parts=(ends[0],)),), few.variance**0.5)
    start = min(low - many.mean, low_few - few.mean)
    width = rounded_up(high - many.mean - start) if high < inf else inf
    count = ceil(few.last * width / (2.0 * pi)) if width < inf else MOST_TERMS + 1
    level = next((k for k, reach in enumerate(few.levels) if reach >= few.last), None)
    if count > MOST_TERMS or level is None:
        return None
    t = 2.0 * pi / width * np.arange(1, count + 1)
    less = transform_of(part.size, level, 2.0 * pi / width, count)[0] - 1j * t * mean
    factors = theta.reshape(len(theta), NODES, -1).mean(axis=2)
    grids = []
    for row in factors:
        values = np.exp(rate * np.multiply.outer(row, less) - 1j * t * start).mean(axis=0)
        x, below, under = _grid(values, start, width)
        grids.append((below, under))
    return x, grids


def _grid(values: np.ndarray, start: float, width: float) -> tuple[np.ndarray, ...]:
    spectrum = Spectrum(
        start=start,
        width=width,
        step=0.0,
        full=False,
        terms=np.arange(1, len(values) + 1),
        values=values,
        mean=0.0,
        sd=1.0,
        slack=0.0,
        mean_slack=0.0,
    )
    return smooth_law(spectrum, NOTHING, NOTHING).grid(POINTS)
