"""From a year's measures to the law of its total: transform, generating function, inverse.

Floor 3. The total lives on a circular lattice window that holds all but 1e-13 of the law. Plans
that pay whole multiples of a step have their own lattice and are exact on it.
Source: docs/model.md section 7; Grübel and Hermesmeier (1999), ASTIN Bulletin 29 (aliasing).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from workbench.engine.annual import LATTICE_BITS, AnnualLaw, LatticeLaw
from workbench.engine.lattice import common_step, dominant_step, split_mass
from workbench.engine.mixing import areas_mixed, common_mixed, shock_nodes
from workbench.engine.payment_laws import Disability, Points
from workbench.laws.shocks import GammaRegimes

__all__ = [
    "LATTICE_BITS",
    "AnnualLaw",
    "LatticeLaw",
    "Measures",
    "annual_law",
    "collective_transform",
    "lattice_of",
    "window_of",
]

MOST_BITS = 21
LUMPY, LUMPY_BITS, BLUR_STEPS = 512, 20, 4.0
"""A law of at most so many amounts is lumpy; points and blur where its step is too fine."""
SMOOTH_BITS = 19
"""Atoms closer than the window over 2**19, a twenty-thousandth of an sd, are read as smooth."""
LEAST_LOGARITHM = -39.0
Transform = Callable[["Measures", float, int], np.ndarray]
"""(measures, step, size) → transform of the yearly amount, shape (size // 2 + 1,)."""

LEFT_SD, RIGHT_SD, RIGHT_EVENTS = 9.5, 13.0, 10.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measures:
    """A year's events for one sum of plans, and the shocks of its illness.

    `shock` is the law of the common one; its mean is 1.
    `by_area` (areas, n): masses of `illness` by area, where areas have shocks of their own with
    coefficient of variation `area_cv`.
    """

    illness: Points
    other: Points
    disabled: tuple[Disability, ...]
    shock: GammaRegimes
    by_area: np.ndarray | None = None
    area_cv: float = 0.0

    @property
    def content(self) -> tuple:
        """All that the law of the year depends on, hashable."""
        parts = [self.illness, self.other]
        parts += [points for part in self.disabled for points in (part.stays, part.amount)]
        arrays = [array for points in parts for array in (points.yuan, points.mass)]
        arrays += [] if self.by_area is None else [self.by_area]
        return (*(array.tobytes() for array in arrays), self.shock, self.area_cv)

    @property
    def mean(self) -> float:
        """E[S], yuan."""
        return _moments(self)[0]

    @property
    def variance(self) -> float:
        """Var[S], yuan squared: Σ λ E[Y²] + v m² + (1 + v) c² Σ_a m_a².

        m is the mean paid for illness, v the variance of the common shock.
        Source: docs/model.md section 7; docs/engine.md, "Shocks of areas".
        """
        return _moments(self)[1]

    @property
    def largest(self) -> float:
        """Largest payment of one event, yuan."""
        sizes = [points.yuan.max() for points in (self.illness, self.other) if len(points.yuan)]
        sizes += [part.stays.yuan.max() + part.amount.yuan.max() for part in self.disabled]
        return float(max(sizes, default=0.0))

    @property
    def calm_sd(self) -> float:
        """Standard deviation given the common shock, yuan, on average over it."""
        calm = self.variance - self.shock.variance * self.illness.moment(1) ** 2
        return float(np.sqrt(max(calm, 0.0)))

    def carried(self, illness: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return which frequencies may carry more than 1e-17, from exponents (n,).

        |1 − κ² illness| is at least 1 − κ² Re illness, in the calmest state of the year; areas
        count as more of the factor inside it.
        """
        square = self.shock.cv**2
        square += (1.0 + square) * self.area_cv**2
        low = min(self.shock.factors) * np.minimum(illness.real, 0.0)
        return other.real + (-np.log1p(-square * low) / square if square else low) > LEAST_LOGARITHM

    def shocked(self, illness: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return the transform of the year from exponents, complex (n,).

        `illness` (n,), or (areas, n) where areas have shocks of their own; `other` (n,) all else.
        """
        if self.by_area is None:
            return common_mixed(illness, other, self.shock)
        shocks = shock_nodes(self.shock, self.calm_sd / max(self.mean, 1e-300))
        return areas_mixed(illness, other, area_cv=self.area_cv, shocks=shocks)

    @property
    def lumpy(self) -> bool:
        """Whether there are few different amounts, so that the law of the year has atoms."""
        amounts = len(self.illness.yuan) + len(self.other.yuan)
        return not self.disabled and amounts <= LUMPY

    def step(self) -> float:
        """Common step of all payments, yuan; 0.0 where there is none."""
        if self.disabled:
            return 0.0
        points = Points.join([self.illness, self.other])
        return common_step(np.concatenate([[0.0], points.yuan[points.mass != 0.0]]))


@lru_cache(maxsize=64)
def _moments(measures: Measures) -> tuple[float, float]:
    """Mean and variance of the year, yuan and yuan squared."""
    illness, other = measures.illness, measures.other
    mean = illness.moment(1) + other.moment(1)
    variance = illness.moment(2) + other.moment(2)
    for part in measures.disabled:
        stays, amount, number = part.stays, part.amount, part.stays.mass.sum()
        mean += stays.moment(1) + number * amount.moment(1)
        variance += stays.moment(2) + 2.0 * stays.moment(1) * amount.moment(1)
        variance += number * amount.moment(2)
    variance += measures.shock.variance * illness.moment(1) ** 2
    if measures.by_area is not None:
        areas = float(np.sum((measures.by_area @ illness.yuan) ** 2))
        variance += (1.0 + measures.shock.variance) * measures.area_cv**2 * areas
    return float(mean), float(variance)


def window_of(measures: Measures) -> tuple[float, float]:
    """Return the lower end and the width of the window, yuan."""
    sd = np.sqrt(measures.variance)
    low = max(0.0, measures.mean - LEFT_SD * sd)
    high = measures.mean + RIGHT_SD * sd + RIGHT_EVENTS * measures.largest
    return low, high - low


def _transform_size(least: int) -> int:
    """Least 4, 5 or 6 times a power of two that is at least `least`: quick to transform."""
    power = 1 << max(2, int(np.ceil(np.log2(least))) - 3)
    return next(number * power for number in (4, 5, 6, 8) if number * power >= least)


class Lattice(NamedTuple):
    """Points of a law: step (yuan), their number, and whether they stand for a smooth law.

    `blur` (yuan) is how far a lumpy law's amounts may lie from its points.
    """

    step: float
    size: int
    continuous: bool
    blur: float = 0.0


def lattice_of(measures: Measures, bits: int, lumpy_bits: int = LUMPY_BITS) -> Lattice:
    """Return the lattice for the law of the year.

    The payments' own step where it has at most 2^21 points. Else a lumpy law (few different
    amounts) has a fraction of the step of its likeliest amounts, on which the rarer ones are split;
    unless that step is so small beside the law that its atoms make a smooth one, which has 2**bits
    points.
    """
    _, width = window_of(measures)
    if measures.variance == 0.0:
        return Lattice(1.0, _transform_size(1), False)
    own = measures.step()
    if own > 0.0 and width / own <= 1 << MOST_BITS:
        return Lattice(own, _transform_size(int(np.ceil(width / own)) + 1), False)
    if measures.lumpy:
        points = Points.join([measures.illness, measures.other])
        least = width / (1 << lumpy_bits)
        main = dominant_step(points.yuan, points.mass, least)
        if width / main > 1 << SMOOTH_BITS:
            return Lattice(width / (1 << bits), 1 << bits, True, main)
        # Divided, so that the rarer amounts fall between points that are close together.
        step = main / max(1.0, np.floor(main / least))
        size = _transform_size(int(np.ceil(width / step)) + 1)
        return Lattice(step, size, False, BLUR_STEPS * step)
    return Lattice(width / (1 << bits), 1 << bits, True)


def _transform(points: Points, step: float, size: int, lumpy: bool = False) -> np.ndarray:
    return np.fft.rfft(split_mass(points.yuan, points.mass, step, size, lumpy=lumpy))


def collective_transform(measures: Measures, step: float, size: int) -> np.ndarray:
    """Return the transform of S on the lattice, collective form, shape (size // 2 + 1,)."""
    lumpy = measures.lumpy
    illness = _transform(measures.illness, step, size, lumpy) - measures.illness.mass.sum()
    other = _transform(measures.other, step, size, lumpy) - measures.other.mass.sum()
    for part in measures.disabled:
        stays, amount = (_transform(points, step, size) for points in (part.stays, part.amount))
        other = other + stays * amount - part.stays.mass.sum()
    # Most frequencies carry nothing: exponentials and logarithms are for the others.
    kept = np.flatnonzero(measures.carried(illness, other))
    total = np.zeros(len(illness), dtype=complex)
    by_area = measures.by_area
    if by_area is None:
        total[kept] = measures.shocked(illness[kept], other[kept])
        return total
    areas = (Points(yuan=measures.illness.yuan, mass=mass) for mass in by_area)
    parts = [_transform(one, step, size, lumpy)[kept] - one.mass.sum() for one in areas]
    total[kept] = measures.shocked(np.array(parts), other[kept])
    return total


def annual_law(
    measures: Measures, bits: int = LATTICE_BITS, transform: Transform | None = None
) -> LatticeLaw:
    """Return the law of the yearly amount.

    Parameters
    ----------
    measures
        Events of the year.
    bits
        Continuous laws use 2**bits lattice points.
    transform
        Function (measures, step, size) → transform; the collective form by default.
    """
    mean, sd = measures.mean, float(np.sqrt(measures.variance))
    if sd == 0.0:
        one = np.ones(1)
        return LatticeLaw(
            start=mean, step=1.0, mass=one, cumulative=one, continuous=False, mean=mean, sd=0.0
        )
    # Members apart cost a transform a cell at each frequency: there the lattice is coarser.
    finest = LUMPY_BITS if transform is None else LATTICE_BITS
    step, size, continuous, blur = lattice_of(measures, bits, finest + bits - LATTICE_BITS)
    low, _ = window_of(measures)
    first = int(np.floor(low / step))
    total = (transform or collective_transform)(measures, step, size)
    # Turned to the window's first point where the transform is not nil.
    kept = np.flatnonzero(total)
    total[kept] *= np.exp(2j * np.pi * ((kept * first) % size) / size)
    mass = np.fft.irfft(total, size)
    cumulative = np.cumsum(mass)
    return LatticeLaw(
        start=first * step,
        step=step,
        mass=mass,
        cumulative=cumulative,
        continuous=continuous,
        blur=blur,
        mean=mean,
        sd=sd,
    )
