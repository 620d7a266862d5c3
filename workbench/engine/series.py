"""Many laws of yearly amounts read at once, each kept as a short Fourier series.

Floor 3. A smooth law is a series already (`spectral`). A law on its payments' own lattice has a
transform that is nil beyond a few dozen frequencies too: it is kept by these (`LatticeSeries`), a
hundredth of its masses. Rows of one kind and length form a `Stack`; its sums run by Horner's rule.
Source: docs/uncertainty.md, "The law over the draws"; docs/engine.md, "Few frequencies".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from workbench.engine.annual import AnnualLaw, LatticeLaw
from workbench.engine.spectral import SpectralLaw
from workbench.guard import freeze

__all__ = ["LatticeSeries", "Read", "Stack", "packed", "stacks_of"]

CARRIED = 1e-15
"""Frequencies of a lattice law beyond the last one above this carry nothing."""
MOST_TERMS, ROUND_TERMS = 640, 16
CHUNK = 1 << 20
"""Complex numbers of a sum at once; changes speed, never a figure."""


class Read(NamedTuple):
    """What many laws say at some yuan, shapes (laws, n): P(S <= x), E(S − x)⁺, density a yuan.

    A law with atoms has no density: 0.
    """

    below: np.ndarray
    excess: np.ndarray
    density: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatticeSeries(AnnualLaw):
    """Law on `size` points start + step·j, by its transform at the first frequencies.

    `terms` (n,) complex: Σ mass[j]·exp(−2πijk/size), k = 1 … n; nil beyond.
    """

    start: float
    step: float
    size: int
    terms: np.ndarray
    mean: float
    sd: float
    blur: float = 0.0

    @property
    def continuous(self) -> bool:
        """The points are the payments' own."""
        return False

    @property
    def mass(self) -> np.ndarray:
        """Probabilities of the points."""
        return unpacked(self).mass

    @property
    def cumulative(self) -> np.ndarray:
        """Sums of `mass`."""
        return unpacked(self).cumulative

    def cdfs(self, x: np.ndarray) -> np.ndarray:
        """P(S <= x) for each x, yuan (n,)."""
        return Stack.of([self]).read(np.asarray(x, dtype=float)).below[0]

    def excesses(self, x: np.ndarray) -> np.ndarray:
        """E(S − x)⁺ for each x, yuan (n,)."""
        return Stack.of([self]).read(np.asarray(x, dtype=float)).excess[0]

    def quantile(self, level: float) -> float:
        """Least x with P(S <= x) >= level, yuan."""
        return unpacked(self).quantile(level)


@lru_cache(maxsize=8)
def unpacked(law: LatticeSeries) -> LatticeLaw:
    """Return the law with all its masses."""
    spectrum = np.concatenate([[1.0], law.terms])
    mass = np.fft.irfft(spectrum, law.size)
    return LatticeLaw(
        start=law.start,
        step=law.step,
        mass=freeze(mass),
        cumulative=freeze(np.cumsum(mass)),
        continuous=False,
        mean=law.mean,
        sd=law.sd,
        blur=law.blur,
    )


def packed(law: AnnualLaw) -> AnnualLaw:
    """Return a lattice law with atoms as its series where that is short; any other as it is."""
    if not isinstance(law, LatticeLaw) or law.continuous or law.sd == 0.0:
        return law
    terms = np.fft.rfft(law.mass)[1:]
    heard = np.flatnonzero(np.abs(terms) > CARRIED)
    number = int(heard[-1]) + 1 if len(heard) else 1
    number = -(-number // ROUND_TERMS) * ROUND_TERMS
    if number > min(MOST_TERMS, len(terms) // 2):
        return law
    return LatticeSeries(
        start=law.start,
        step=law.step,
        size=len(law.mass),
        terms=freeze(terms[:number]),
        mean=law.mean,
        sd=law.sd,
        blur=law.blur,
    )


def _horner(terms: np.ndarray, wave: np.ndarray) -> np.ndarray:
    """Σ_k terms[d, k]·wave[d, m]^k for k = 1 … n, shape (d, m)."""
    total = np.zeros_like(wave)
    for column in terms.T[::-1]:
        total += column[:, None]
        total *= wave
    return total


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stack:
    """Laws of one kind, arrays over them (laws,): start, step, size (or width) and moments.

    `terms` (laws, n) as in the law; smooth ones have `step` 0 and their width as `size`.
    """

    start: np.ndarray
    step: np.ndarray
    size: np.ndarray
    mean: np.ndarray
    terms: np.ndarray

    @classmethod
    def of(cls, laws: Sequence[SpectralLaw | LatticeSeries]) -> Stack:
        """Return laws of one kind and number of terms as one stack."""
        smooth = isinstance(laws[0], SpectralLaw)
        return cls(
            start=np.array([law.start for law in laws]),
            step=np.array([0.0 if smooth else law.step for law in laws]),
            size=np.array(
                [law.width if isinstance(law, SpectralLaw) else float(law.size) for law in laws]
            ),
            mean=np.array([law.mean for law in laws]),
            terms=np.array([law.terms for law in laws]),
        )

    def read(self, x: np.ndarray) -> Read:
        """Return what every law says at each x, yuan (n,)."""
        at_once = max(1, CHUNK // len(self.start))
        parts = [
            self._lumpy(x[first : first + at_once])
            if self.step[0]
            else self._smooth(x[first : first + at_once])
            for first in range(0, max(1, len(x)), at_once)
        ]
        return Read(*(np.concatenate(columns, axis=1) for columns in zip(*parts, strict=True)))

    def _smooth(self, x: np.ndarray) -> Read:
        """The series of `spectral`, for every law."""
        start, width = self.start[:, None], self.size[:, None]
        orders, pace = np.arange(1, self.terms.shape[1] + 1), 2.0 * np.pi / width
        inside = np.clip(x, start, start + width)
        wave = np.exp(1j * pace * (inside - start))
        once, twice = self.terms / orders, self.terms / orders**2
        first = once.sum(axis=1).imag[:, None]
        below = (inside - start) / width + (_horner(once, wave).imag - first) / np.pi
        density = (1.0 + 2.0 * _horner(self.terms, wave).real) / width
        left = start + width - inside
        second = twice.sum(axis=1).real[:, None] - _horner(twice, wave).real
        above = (left**2 / 2.0 + 2.0 * (left * first / pace + second / pace**2)) / width
        above = np.where(left > 0.0, np.maximum(above, 0.0), 0.0)
        outside = (x < start) | (x > start + width)
        return Read(
            below=np.where(x <= start, 0.0, np.where(left <= 0.0, 1.0, np.clip(below, 0.0, 1.0))),
            excess=np.where(x < start, self.mean[:, None] - x, above),
            density=np.where(outside, 0.0, density),
        )

    def _lumpy(self, x: np.ndarray) -> Read:
        """Partial sums of the masses and of these sums, in closed form (geometric series)."""
        size, step = self.size[:, None], self.step[:, None]
        place = (x - self.start[:, None]) / step
        index = np.floor(place + 1e-9)
        turn = np.exp(2j * np.pi * np.arange(1, self.terms.shape[1] + 1) / size)
        once = self.terms / (turn - 1.0)
        twice = once / (turn - 1.0)
        one_sum = once.sum(axis=1).real[:, None]
        two_sum = (twice * turn).sum(axis=1).real[:, None]
        wave = np.exp(2j * np.pi * np.clip(index + 1.0, 0.0, size) / size)
        below = (index + 1.0 + 2.0 * (_horner(once, wave).real - one_sum)) / size
        below = np.where(index < 0.0, 0.0, np.where(index >= size - 1.0, 1.0, below))
        below = np.clip(below, 0.0, 1.0)
        # Σ (1 − F) over the points above: those from index + 1 on.
        wave *= turn[:, :1]
        after = index + 1.0
        sums = (size * (size + 1.0) - after * (after + 1.0)) / 2.0
        sums += 2.0 * (two_sum - _horner(twice, wave).real - (size - after) * one_sum)
        beyond = (size - after) - sums / size
        excess = step * (beyond + (after - place) * (1.0 - below))
        excess = np.where(place >= size - 1.0, 0.0, np.maximum(excess, 0.0))
        excess = np.where(place < 0.0, self.mean[:, None] - x, excess)
        return Read(below=below, excess=excess, density=np.zeros_like(below))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Others:
    """Laws of any other form, one by one."""

    laws: tuple[AnnualLaw, ...]

    def read(self, x: np.ndarray) -> Read:
        """Return what every law says at each x, yuan (n,)."""
        below = np.array([law.cdfs(x) for law in self.laws])
        excess = np.array([law.excesses(x) for law in self.laws])
        return Read(
            below=below, excess=excess, density=np.array([_slope(one, x) for one in self.laws])
        )


def _slope(law: AnnualLaw, x: np.ndarray) -> np.ndarray:
    if not law.continuous or law.sd == 0.0:
        return np.zeros(len(x))
    apart = max(1e-4 * law.sd, law.step)
    return (law.cdfs(x + apart) - law.cdfs(x - apart)) / (2.0 * apart)


def stacks_of(laws: Sequence[AnnualLaw]) -> tuple[tuple[Stack | _Others, ...], np.ndarray]:
    """Return laws as stacks, and the place in the stacks of each law, (laws,)."""
    kinds: dict[tuple, list[int]] = {}
    for place, law in enumerate(laws):
        kinds.setdefault(_kind(law), []).append(place)
    order = np.argsort(np.concatenate([np.array(places) for places in kinds.values()]))
    stacks = []
    for kind, places in kinds.items():
        here = [laws[place] for place in places]
        series = [law for law in here if isinstance(law, SpectralLaw | LatticeSeries)]
        stacks.append(Stack.of(series) if kind[0] else _Others(laws=tuple(here)))
    return tuple(stacks), order


def _kind(law: AnnualLaw) -> tuple:
    if isinstance(law, SpectralLaw):
        return ("smooth", len(law.terms))
    return ("lumpy", len(law.terms)) if isinstance(law, LatticeSeries) else ("",)
