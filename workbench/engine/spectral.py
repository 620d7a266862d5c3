"""The law of a smooth yearly total as a short Fourier series on a window.

Floor 3. The transform of a total of many events is nil beyond a few dozen frequencies; these carry
density, distribution function, quantiles and excess to rounding. Where it is not, or where
condensed nodes would not bear the frequency, `spectral_law` gives None and the lattice serves.
Source: docs/engine.md, "Few frequencies"; Fang and Oosterlee (2008), SIAM J. Sci. Comput. 31.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from workbench.engine.condense import interpolation_error
from workbench.engine.inversion import LATTICE_BITS, AnnualLaw, Measures, window_of
from workbench.engine.payment_laws import Points
from workbench.engine.quick_laws import AXIS_NODES
from workbench.guard import freeze

__all__ = ["SpectralLaw", "spectral_law"]

FREQUENCIES = (48, 240, 400, 800)
"""Numbers of frequencies tried."""
SMALLEST = 1e-15
"""A transform below this carries nothing."""
LARGEST_ERROR = 1e-11
"""Of an exponent, from laws on nodes."""
NEWTON_STEPS = 40
SHORT = 16
TABLE = 4096
"""Places of the table of `tabled_cdfs`, above twice the most frequencies."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpectralLaw(AnnualLaw):
    """Law of a smooth yearly amount on [start, start + width], yuan.

    `terms` (n,) complex: transform E exp(−itS) at t = 2πk/width, k = 1 … n, turned to the window's
    start. `mean` and `sd` are closed-form moments.
    """

    start: float
    width: float
    terms: np.ndarray
    mean: float
    sd: float
    blur: float = 0.0

    @property
    def continuous(self) -> bool:
        """A series stands for a smooth law."""
        return True

    @property
    def step(self) -> float:
        """Step of the lattice on which `mass` stands, yuan."""
        return self.width / (1 << LATTICE_BITS)

    @property
    def mass(self) -> np.ndarray:
        """Probabilities on a lattice of 2**16 points from `start`."""
        return _lattice_of(self)[0]

    @property
    def cumulative(self) -> np.ndarray:
        """Sums of `mass`."""
        return _lattice_of(self)[1]

    def _orders(self) -> np.ndarray:
        return np.arange(1, len(self.terms) + 1)

    def read(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return P(S <= x) and the density per yuan inside the window, shapes of `x` (n,)."""
        place = (np.asarray(x, dtype=float) - self.start) / self.width
        wave = np.exp(2j * np.pi * place[:, None] * self._orders())
        parts = self.terms / self._orders()
        below = place + ((wave @ parts).imag - parts.sum().imag) / np.pi
        density = (1.0 + 2.0 * (wave @ self.terms).real) / self.width
        return below, density

    def cdfs(self, x: np.ndarray) -> np.ndarray:
        """P(S <= x) for each x, yuan (n,)."""
        end = self.start + self.width
        below = np.clip(self.read(np.clip(x, self.start, end))[0], 0.0, 1.0)
        return np.where(x <= self.start, 0.0, np.where(x >= end, 1.0, below))

    def tabled_cdfs(self, x: np.ndarray) -> np.ndarray:
        """P(S <= x) for many x, yuan (n,): cubics through probabilities and densities of a table.

        Off by at most h⁴/384 of the fourth derivative: 1e-11 at 4,096 places of a window.
        """
        below, slope = _table_of(self)
        step = self.width / TABLE
        place = np.clip((np.asarray(x, dtype=float) - self.start) / step, 0.0, TABLE)
        left = np.minimum(place.astype(np.int64), TABLE - 1)
        t = place - left
        rise = below[left + 1] - below[left]
        bend = t * (1.0 - t) * step
        flat = bend * ((1.0 - t) * slope[left] - t * slope[left + 1])
        return np.clip(below[left] + t * t * (3.0 - 2.0 * t) * rise + flat, 0.0, 1.0)

    def quantiles(self, levels: Sequence[float]) -> np.ndarray:
        """Least x with P(S <= x) >= level for each level, yuan (levels,).

        Newton's method inside a bracket from the series on a grid.
        """
        wanted = np.asarray(levels, dtype=float)
        size = 8 * (len(self.terms) + 1)
        mass = np.fft.irfft(np.concatenate([[1.0], self.terms]), size)
        below = np.cumsum((mass + np.roll(mass, -1)) / 2.0)
        place = np.clip(np.searchsorted(below, wanted), 1, size - 3)
        step = self.width / size
        low = self.start + (place - 1) * step
        high = low + 3.0 * step
        x = low + 1.5 * step
        for _ in range(NEWTON_STEPS):
            at, slope = self.read(x)
            gap = at - wanted
            low, high = np.where(gap < 0.0, x, low), np.where(gap < 0.0, high, x)
            ahead = x - gap / np.maximum(slope, 1e-300)
            inside = (ahead >= low) & (ahead <= high)
            ahead = np.where(inside, ahead, (low + high) / 2.0)
            done = np.max(np.abs(ahead - x)) < 1e-11 * self.width
            x = ahead
            if done:
                break
        return x

    def excesses(self, x: np.ndarray) -> np.ndarray:
        """E(S − x)⁺ for each x (n,), yuan; the integral of the series."""
        x = np.asarray(x, dtype=float)
        inside = np.clip(x, self.start, self.start + self.width)
        left = self.start + self.width - inside
        orders = self._orders()
        pace = 2.0 * np.pi / self.width
        wave = np.exp(1j * pace * (inside - self.start)[:, None] * orders)
        first = (self.terms / orders).sum().imag / pace
        parts = self.terms / orders**2
        second = (parts.sum().real - (wave @ parts).real) / pace**2
        above = (left**2 / 2.0 + 2.0 * (left * first + second)) / self.width
        within = np.where(left > 0.0, np.maximum(above, 0.0), 0.0)
        return np.where(x < self.start, self.mean - x, within)

    def quantile(self, level: float) -> float:
        """Least x with P(S <= x) >= level, yuan."""
        return float(self.quantiles([level])[0])


@lru_cache(maxsize=64)
def _lattice_of(law: SpectralLaw) -> tuple[np.ndarray, np.ndarray]:
    """Masses on 2**16 points and their sums; the series is nil beyond its terms."""
    size = 1 << LATTICE_BITS
    mass = np.fft.irfft(np.concatenate([[1.0], law.terms]), size)
    return freeze(mass), freeze(np.cumsum(mass))


@lru_cache(maxsize=64)
def _table_of(law: SpectralLaw) -> tuple[np.ndarray, np.ndarray]:
    """P(S <= x) and density at `TABLE` + 1 places of the window, (TABLE + 1,)."""
    parts = law.terms / law._orders()
    waves = np.fft.irfft(np.concatenate([[0.0], -1j * parts]), TABLE) * TABLE / 2.0
    below = np.arange(TABLE) / TABLE + (waves - parts.sum().imag) / np.pi
    density = np.fft.irfft(np.concatenate([[1.0], law.terms]), TABLE) * TABLE / law.width
    return freeze(np.append(below, 1.0 + below[0])), freeze(np.append(density, density[0]))


def _exponent(points: Points, orders: range, pace: float) -> np.ndarray:
    """Σ mass · (exp(−i·k·pace·y) − 1) for the orders k, shape (…, orders) for masses (…, n).

    The wave of order 16j + i is the product of two, so two short tables and one product serve.
    """
    if not len(points.yuan):
        return np.zeros((*points.mass.shape[:-1], len(orders)), dtype=complex)
    low = np.exp(-1j * pace * np.arange(SHORT)[:, None] * points.yuan)
    first = np.arange(orders.start, orders.stop, SHORT)
    high = np.exp(-1j * pace * first[:, None] * points.yuan)
    waves = (high * points.mass[..., None, :]) @ low.T
    flat = waves.reshape(*points.mass.shape[:-1], -1)[..., : len(orders)]
    return flat - points.mass.sum(axis=-1)[..., None]


def _transform(measures: Measures, orders: range, pace: float) -> np.ndarray:
    """E exp(−i·k·pace·S) for the orders k, collective form."""
    other = _exponent(measures.other, orders, pace)
    for part in measures.disabled:
        stays = _exponent(part.stays, orders, pace) + part.stays.mass.sum()
        amount = _exponent(part.amount, orders, pace) + part.amount.mass.sum()
        other = other + stays * amount - part.stays.mass.sum()
    illness = measures.illness
    if measures.by_area is not None:
        illness = Points(yuan=illness.yuan, mass=measures.by_area)
    return measures.shocked(_exponent(illness, orders, pace), other)


def spectral_law(
    measures: Measures, top: float, stretch: float = 1.0, blur: float = 0.0
) -> SpectralLaw | None:
    """Return the law of the yearly amount, None where a short series would not carry it.

    Parameters
    ----------
    measures
        Events of the year; laws on nodes of [0, top] where they are condensed.
    top
        End of the nodes, yuan; 0 where nothing is condensed.
    stretch
        The window is this much wider above; another window is another set of frequencies.
    blur
        Distance of the atoms that make the law smooth, yuan.
    """
    sd = float(np.sqrt(measures.variance))
    if sd == 0.0:
        return None
    start, width = window_of(measures)
    width *= stretch
    expected = float(np.abs(measures.illness.mass).sum() + np.abs(measures.other.mass).sum())
    pace = 2.0 * np.pi / width
    values = np.ones(0, dtype=complex)
    for number in FREQUENCIES:
        if interpolation_error(pace * number, top, AXIS_NODES) * expected > LARGEST_ERROR:
            return None
        more = _transform(measures, range(len(values) + 1, number + 1), pace)
        values = np.concatenate([values, more])
        if np.max(np.abs(values[-number // 8 :])) < SMALLEST:
            terms = values * np.exp(1j * pace * np.arange(1, number + 1) * start)
            return SpectralLaw(
                start=start,
                width=width,
                terms=freeze(terms),
                mean=measures.mean,
                sd=sd,
                blur=blur,
            )
    return None
