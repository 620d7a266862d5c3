"""From a year's measures to the law of its total: transform, generating function, inverse.

Floor 3. The total lives on a circular lattice window that holds all but 1e-13 of the law. Plans
that pay whole multiples of a step have their own lattice and are exact on it.
Source: docs/model.md section 7; Grübel and Hermesmeier (1999), ASTIN Bulletin 29 (aliasing).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.engine.lattice import common_step, split_mass
from workbench.engine.payment_laws import Points
from workbench.engine.transform import Disability

__all__ = ["AnnualLaw", "Measures", "annual_law", "collective_transform", "window_of"]

LATTICE_BITS = 16
MOST_BITS = 21
Transform = Callable[["Measures", float, int], np.ndarray]
"""(measures, step, size) → transform of the yearly amount, shape (size // 2 + 1,)."""

LEFT_SD, RIGHT_SD, RIGHT_EVENTS = 9.5, 13.0, 10.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnnualLaw:
    """Law of a yearly amount on the lattice start + step·j.

    `mass` (n,) probabilities; `continuous` says that the lattice stands for a smooth law, whose
    distribution function is read between the points. `mean` and `sd` are closed-form moments.
    """

    start: float
    step: float
    mass: np.ndarray
    cumulative: np.ndarray
    continuous: bool
    mean: float
    sd: float

    @property
    def yuan(self) -> np.ndarray:
        """Lattice points, yuan, shape (n,)."""
        return self.start + self.step * np.arange(len(self.mass))

    def cdf(self, x: float) -> float:
        """P(S <= x)."""
        place = (x - self.start) / self.step
        if self.continuous:
            middle = self.cumulative - self.mass / 2
            read = np.interp(place, np.arange(len(middle)), middle, left=0.0, right=1.0)
            return float(np.clip(read, 0.0, 1.0))
        index = int(np.floor(place + 1e-9))
        if index < 0:
            return 0.0
        return float(np.clip(self.cumulative[min(index, len(self.mass) - 1)], 0.0, 1.0))

    def quantile(self, level: float) -> float:
        """Least x with P(S <= x) >= level, yuan."""
        if self.sd == 0.0:
            return self.mean
        if not self.continuous:
            index = int(np.searchsorted(self.cumulative, level - 1e-12))
            return float(self.start + self.step * min(index, len(self.mass) - 1))
        middle = self.cumulative - self.mass / 2
        index = int(np.searchsorted(middle, level))
        low, high = middle[index - 1], middle[index]
        return float(self.start + self.step * (index - 1 + (level - low) / (high - low)))

    def expected_excess(self, x: float) -> float:
        """E(S − x)⁺, yuan."""
        above = np.maximum(self.yuan - x, 0.0)
        excess = float(np.sum(self.mass * above))
        if not self.continuous or not self.start < x < self.yuan[-1]:
            return excess
        # A lattice law read as a smooth one: the kink at x lies inside a step.
        place = (x - self.start) / self.step
        inside = place - np.floor(place)
        density = self.mass[int(place)] / self.step
        return excess + density * self.step**2 * (1.0 / 12.0 - inside * (1.0 - inside) / 2.0)

    def tail_mean(self, level: float) -> float:
        """VaR + E(S − VaR)⁺ / (1 − level), yuan (Acerbi and Tasche, 2002)."""
        quantile = self.quantile(level)
        return quantile + self.expected_excess(quantile) / (1.0 - level)

    def probability_above(self, x: float) -> float:
        """P(S > x), strictly."""
        return 1.0 - self.cdf(x)

    def density(self, points: int = 240) -> tuple[np.ndarray, np.ndarray]:
        """Return yuan and density per yuan between the 1e-5 quantiles, shapes (points,)."""
        low, high = self.quantile(1e-5), self.quantile(1.0 - 1e-5)
        grid = np.linspace(low, high, points)
        edges = np.concatenate([[grid[0]], (grid[1:] + grid[:-1]) / 2, [grid[-1]]])
        middle = self.cumulative - self.mass / 2
        place = np.interp(edges, self.yuan, middle)
        return grid, np.diff(place) / np.maximum(np.diff(edges), 1e-300)


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


def lattice_of(measures: Measures, bits: int) -> tuple[float, int, bool]:
    """Return step (yuan), number of points and whether the law is read as continuous."""
    _, width = window_of(measures)
    own = measures.step()
    if own > 0.0 and width / own <= 1 << MOST_BITS:
        size = 1 << max(4, int(np.ceil(np.log2(width / own + 1))))
        return own, size, False
    return width / (1 << bits), 1 << bits, True


def _transform(points: Points, step: float, size: int) -> np.ndarray:
    return np.fft.rfft(split_mass(points.yuan, points.mass, step, size))


def collective_transform(measures: Measures, step: float, size: int) -> np.ndarray:
    """Return the transform of S on the lattice, collective form, shape (size // 2 + 1,).

    exp(Σ_O λ(φ − 1)) · [1 − κ² Σ_I λ(φ − 1)]^(−1/κ²), the Poisson form at κ = 0.
    """
    illness = _transform(measures.illness, step, size) - measures.illness.mass.sum()
    other = _transform(measures.other, step, size) - measures.other.mass.sum()
    for part in measures.disabled:
        stays, amount = (_transform(points, step, size) for points in (part.stays, part.amount))
        other = other + stays * amount - part.stays.mass.sum()
    square = measures.shock_cv**2
    if square > 0.0:
        return np.exp(other - np.log1p(-square * illness) / square)
    return np.exp(other + illness)


def annual_law(
    measures: Measures, bits: int = LATTICE_BITS, transform: Transform | None = None
) -> AnnualLaw:
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
        return AnnualLaw(
            start=mean, step=1.0, mass=one, cumulative=one, continuous=False, mean=mean, sd=0.0
        )
    step, size, continuous = lattice_of(measures, bits)
    low, _ = window_of(measures)
    first = int(np.floor(low / step))
    total = (transform or collective_transform)(measures, step, size)
    mass = np.roll(np.fft.irfft(total, size), -(first % size))
    cumulative = np.cumsum(mass)
    return AnnualLaw(
        start=first * step,
        step=step,
        mass=mass,
        cumulative=cumulative,
        continuous=continuous,
        mean=mean,
        sd=sd,
    )
