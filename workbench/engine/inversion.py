"""From a year's measures to the law of its total: transform, generating function, inverse.

Floor 3. The total lives on a circular lattice window that holds all but 1e-13 of the law. Plans
that pay whole multiples of a step have their own lattice and are exact on it.
Source: docs/model.md section 7; Grübel and Hermesmeier (1999), ASTIN Bulletin 29 (aliasing).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.engine.annual import LATTICE_BITS, AnnualLaw, LatticeLaw
from workbench.engine.lattice import common_step, split_mass
from workbench.engine.payment_laws import Points
from workbench.engine.transform import Disability

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
SMALLEST_LOGARITHM = -39.0
Transform = Callable[["Measures", float, int], np.ndarray]
"""(measures, step, size) → transform of the yearly amount, shape (size // 2 + 1,)."""

LEFT_SD, RIGHT_SD, RIGHT_EVENTS = 9.5, 13.0, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """A year's events for one sum of plans, and the variance that the shock adds."""

    illness: Points
    other: Points
    disabled: tuple[Disability, ...]
    shock_cv: float

    @property
    def mean(self) -> float:
        """E[S], yuan."""
        hurt = sum(
            part.stays.moment(1) + part.stays.mass.sum() * part.amount.moment(1)
            for part in self.disabled
        )
        return self.illness.moment(1) + self.other.moment(1) + hurt

    @property
    def variance(self) -> float:
        """Var[S], yuan squared: Σ λ E[Y²] + κ²(Σ_I λ E[Y])² (docs/model.md section 7)."""
        hurt = sum(
            part.stays.moment(2)
            + 2.0 * part.stays.moment(1) * part.amount.moment(1)
            + part.stays.mass.sum() * part.amount.moment(2)
            for part in self.disabled
        )
        shock = (self.shock_cv * self.illness.moment(1)) ** 2
        return self.illness.moment(2) + self.other.moment(2) + hurt + shock

    @property
    def largest(self) -> float:
        """Largest payment of one event, yuan."""
        sizes = [points.yuan.max() for points in (self.illness, self.other) if len(points.yuan)]
        sizes += [part.stays.yuan.max() + part.amount.yuan.max() for part in self.disabled]
        return float(max(sizes, default=0.0))

    def carried(self, illness: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return which frequencies may carry more than 1e-17, from the exponents (see `shocked`).

        |1 − κ² illness| is at least 1 − κ² Re illness.
        """
        square = self.shock_cv**2
        spread = np.log1p(-square * np.minimum(illness.real, 0.0)) / square if square else 0.0
        calm = -spread if square else illness.real
        return other.real + calm > SMALLEST_LOGARITHM

    def shocked(self, illness: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return the transform of the year from the exponents of illness and of all others.

        exp(other) · [1 − κ² illness]^(−1/κ²), the Poisson form at κ = 0.
        """
        square = self.shock_cv**2
        if square > 0.0:
            return np.exp(other - np.log1p(-square * illness) / square)
        return np.exp(other + illness)

    def step(self) -> float:
        """Common step of all payments, yuan; 0.0 where there is none."""
        if self.disabled:
            return 0.0
        return common_step(np.concatenate([[0.0], self.illness.yuan, self.other.yuan]))


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


def lattice_of(measures: Measures, bits: int) -> tuple[float, int, bool]:
    """Return step (yuan), number of points and whether the law is read as continuous."""
    _, width = window_of(measures)
    own = measures.step()
    if own > 0.0 and width / own <= 1 << MOST_BITS:
        return own, _transform_size(int(np.ceil(width / own)) + 1), False
    return width / (1 << bits), 1 << bits, True


def _transform(points: Points, step: float, size: int) -> np.ndarray:
    return np.fft.rfft(split_mass(points.yuan, points.mass, step, size))


def collective_transform(measures: Measures, step: float, size: int) -> np.ndarray:
    """Return the transform of S on the lattice, collective form, shape (size // 2 + 1,)."""
    illness = _transform(measures.illness, step, size) - measures.illness.mass.sum()
    other = _transform(measures.other, step, size) - measures.other.mass.sum()
    for part in measures.disabled:
        stays, amount = (_transform(points, step, size) for points in (part.stays, part.amount))
        other = other + stays * amount - part.stays.mass.sum()
    # Most frequencies carry nothing: exponentials and logarithms are for the others.
    kept = np.flatnonzero(measures.carried(illness, other))
    total = np.zeros(len(illness), dtype=complex)
    total[kept] = measures.shocked(illness[kept], other[kept])
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
    step, size, continuous = lattice_of(measures, bits)
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
        mean=mean,
        sd=sd,
    )
