"""The law of a total read from few frequencies: probabilities, quantiles, tail means, errors.

Floor 3. With values c_k of the transform at t_k = k·2π/W the density at `start` + u is
(1 + 2·Re Σ c_k exp(−i·t_k·u))/W; its integrals are sums of the same kind, on a lattice of step h
with h/(exp(−i·t·h) − 1) in place of 1/(−i·t). All answers at some amounts are one product of
cosines and sines with a table. Source: docs/laws.md section 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor

import numpy as np

from workbench.engine.compound.read import TIE, LatticeLaw
from workbench.engine.compound.spectrum import Spectrum
from workbench.guard import freeze
from workbench.risk import Figure

__all__ = ["SmoothLaw", "law_of_spectrum", "smooth_law"]

FEWEST_POINTS, FIRST_TERMS = 1 << 10, 257
"""Points of the first search, at least, and the term before which it stops."""
STEPS, SHORT, NO_DENSITY = 12, 2e-4, 1e-13
"""Steps towards a quantile, at most; the step, in standard deviations, that is the last; and the
least density, by the standard deviation, that is told from none."""
ROUNDING = 4e-16
MOMENT_ERROR = 1e-12


@lru_cache(maxsize=8)
def _steady(points: int) -> np.ndarray:
    return freeze(np.arange(points) / points)


def _exactly(value: float) -> Figure:
    return Figure(value, MOMENT_ERROR * abs(value))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmoothLaw:
    """A law of few terms on `start` … `start` + `width`, `step` of its lattice or 0.

    `terms` k and their `frequencies` (n,); `table` (2n + 3, 4): weights of cosines, of sines, and
    of 1, u and u², for the slope of the density, the density, P(S <= x) and E(x − S)⁺.
    """

    mean: Figure
    sd: Figure
    start: float
    width: float
    step: float
    terms: np.ndarray
    frequencies: np.ndarray
    table: np.ndarray
    slack: float
    mean_slack: float

    def _read(self, u: np.ndarray) -> np.ndarray:
        """Slope of the density, density, P and E at `start` + u, shape (len(u), 4)."""
        number = len(self.frequencies)
        angle = u[:, None] * self.frequencies
        waves = np.empty((len(u), 2 * number + 3))
        np.cos(angle, out=waves[:, :number])
        np.sin(angle, out=waves[:, number : 2 * number])
        waves[:, -3] = 1.0
        waves[:, -2] = u
        waves[:, -1] = u * u
        return waves @ self.table

    def grid(self, points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return x, P(S <= x) and E(x − S)⁺ at evenly spaced points of the window."""
        number, found = len(self.frequencies), []
        u = self.width / points * np.arange(points)
        for column in (2, 3):
            waves = np.zeros(points // 2 + 1, dtype=complex)
            waves[self.terms] = self.table[:number, column] - 1j * self.table[number:-3, column]
            one, first, second = self.table[-3:, column]
            steady = one + u * (first + u * second)
            found.append(np.fft.irfft(waves, points) * (points / 2.0) + steady)
        return self.start + u, np.maximum.accumulate(found[0]), found[1]

    def _first_places(self, levels: Sequence[float]) -> list[float]:
        """Places u near the quantiles, from the law at evenly spaced points."""
        number = len(self.frequencies)
        near = self.terms[: np.searchsorted(self.terms, FIRST_TERMS)]
        points = max(FEWEST_POINTS, 1 << int(4 * near[-1] - 1).bit_length())
        waves = np.zeros(points // 2 + 1, dtype=complex)
        waves[near] = self.table[: len(near), 2] - 1j * self.table[number:-3, 2][: len(near)]
        below = np.fft.irfft(waves, points)
        below *= points / 2.0
        below += _steady(points)
        target = np.asarray(levels) - self.table[-3, 2]
        place = np.searchsorted(below[1:-1], target)
        # A handful of levels: plain numbers are quicker than arrays.
        ends = zip(
            place.tolist(), target.tolist(), *below[[place, place + 1]].tolist(), strict=True
        )
        step = self.width / points
        return [
            step * (at + (wanted - low) / (high - low if high > low else 1.0))
            for at, wanted, low, high in ends
        ]

    def _places(
        self, levels: Sequence[float]
    ) -> tuple[list[float], list[list[float]], list[float]]:
        """Places u where P passes the levels, what is read there, and what the last step may miss.

        Halley's steps; the last, a short one, needs no new reading.
        """
        u = self._first_places(levels)
        spread = self.sd.value
        for _ in range(STEPS):
            found = self._read(np.array(u)).tolist()
            moves = []
            for level, (slope, density, below, _) in zip(levels, found, strict=True):
                newton = (level - below) / max(density, NO_DENSITY / spread)
                turned = 1.0 + newton * slope / (2.0 * max(density, NO_DENSITY / spread))
                moves.append(newton / max(turned, 0.5))
            u = [min(max(at + move, 0.0), self.width) for at, move in zip(u, moves, strict=True)]
            if max(map(abs, moves)) < SHORT * spread:
                break
        for level, move, row in zip(levels, moves, found, strict=True):
            slope, density, below, under = row
            row[3] = under + move * (below + move * (density / 2.0 + move * slope / 6.0))
            row[2] = level
        short = [abs(move) < SHORT * spread for move in moves]
        missed = [abs(move) ** 3 / spread**2 for move in moves]
        return u, found, [m if ok else self.width for m, ok in zip(missed, short, strict=True)]

    def _on_lattice(
        self, levels: Sequence[float]
    ) -> tuple[list[float], list[list[float]], list[float]]:
        """Points at the quantiles, what is read there, and a step where that is unsure."""
        places, _, _ = self._places(levels)
        points = [self.step * ceil(u / self.step - 1e-9) for u in places]
        unsure, step = self.slack + TIE, self.step
        for _ in range(2):
            here = self._read(np.array(points)).tolist()
            # P(S = x) is the density times the step.
            sides = [(row[2] - step * row[1], row[2]) for row in here]
            late = [at < level - unsure for (_, at), level in zip(sides, levels, strict=True)]
            early = [before >= at - unsure for (before, _), at in zip(sides, levels, strict=True)]
            if not any(late) and not any(early):
                break
            moves = zip(points, late, early, strict=True)
            points = [point + step * (up - down) for point, up, down in moves]
        near = [
            abs(before - level) < unsure or abs(at - level) < unsure
            for (before, at), level in zip(sides, levels, strict=True)
        ]
        return points, here, [step if one else 0.0 for one in near]

    def tails(self, levels: Sequence[float]) -> tuple[list[Figure], list[Figure]]:
        """Quantiles and tail means at some levels."""
        places, found, missed = (self._on_lattice if self.step else self._places)(levels)
        mean, slack, fixed = self.mean.value, self.slack, self._fixed_slack
        quantiles, means = [], []
        for level, u, row, miss in zip(levels, places, found, missed, strict=True):
            _, density, _, under = row
            x, error = self.start + u, miss
            if not self.step:
                error = slack / max(density, NO_DENSITY / self.sd.value) + miss + ROUNDING * x
            # The sum is stationary in the quantile: an error there counts by what it misses alone.
            tail = x + max(mean - x + under, 0.0) / (1.0 - level)
            its_error = (fixed + error * slack) / (1.0 - level)
            quantiles.append(Figure(x, error))
            means.append(Figure(tail, its_error))
        return quantiles, means

    @property
    def _fixed_slack(self) -> float:
        """Error of E(S − x)⁺: the window times what a probability may lack, and the mean's."""
        return self.slack * self.width + self.mean_slack + self.mean.error

    def beyond(self, x: float) -> tuple[Figure, Figure]:
        """P(S > x) and E(S − x)⁺."""
        u = x - self.start
        if not 0.0 <= u < self.width - self.step:
            above = 1.0 if u < 0.0 else 0.0
            return Figure(above, self.slack), Figure(
                above * (self.mean.value - x), self.slack * self.width + self.mean.error
            )
        place = self.step * floor(u / self.step + 1e-9) if self.step else u
        angle = self.frequencies * place
        waves = np.concatenate((np.cos(angle), np.sin(angle), (1.0, place, place * place)))
        _, _, below, under = (waves @ self.table).tolist()
        above = min(max(1.0 - below, 0.0), 1.0)
        excess = self.mean.value - (self.start + place) + under - (u - place) * above
        return Figure(above, self.slack), Figure(max(excess, 0.0), self._fixed_slack)


def _fill(table: np.ndarray, values: np.ndarray, t: np.ndarray, step: float) -> None:
    """Put the terms of P and E of these values into two columns: cosines, sines, 1, u, u²."""
    number = len(t)
    cosines, sines = table[:number], table[number:-3]
    if step:
        turn = np.exp(-1j * t * step)
        once = step / (-2j * np.sin(t * step / 2.0) * np.exp(-0.5j * t * step))
        zero = values * once
        below, under = zero * turn, zero * once * turn
        cosines[:, 0], sines[:, 0] = below.real, below.imag
        cosines[:, 1], sines[:, 1] = under.real, under.imag
        start = -float(zero.real.sum())
    else:
        # Divided by −i·t once and twice.
        long = 1.0 / t
        cosines[:, 0], sines[:, 0] = -values.imag * long, values.real * long
        cosines[:, 1], sines[:, 1] = -sines[:, 0] * long, cosines[:, 0] * long
        start = -float(cosines[:, 0].sum())
    # Both start from 0.
    table[-3] = start, -float(cosines[:, 1].sum())
    table[-2, 1] = start


def smooth_law(spectrum: Spectrum, mean: Figure, sd: Figure) -> SmoothLaw:
    """Return the law whose table of cosines and sines these values of the transform fill."""
    t, values, step = spectrum.frequencies, spectrum.values, spectrum.step
    number, width = len(t), spectrum.width
    table = np.zeros((2 * number + 3, 4))
    table[:number, 0], table[number:-3, 0] = t * values.imag, -t * values.real
    table[:number, 1], table[number:-3, 1] = values.real, values.imag
    _fill(table[:, 2:4], values, t, step)
    table *= 2.0 / width
    # The steady part of the density is 1/width.
    table[-3, 1], table[-1, 3] = 1.0 / width, 0.5 / width
    table[-3, 2] += step / width
    table[-2, 2] += 1.0 / width
    table[-2, 3] += step / (2.0 * width)
    return SmoothLaw(
        mean=mean,
        sd=sd,
        start=spectrum.start,
        width=width,
        step=step,
        terms=spectrum.terms,
        frequencies=t,
        table=table,
        slack=spectrum.slack,
        mean_slack=spectrum.mean_slack,
    )


def _lattice(spectrum: Spectrum, mean: Figure, sd: Figure) -> LatticeLaw:
    values, number = spectrum.values, 2 * len(spectrum.values)
    waves = np.ones(number // 2 + 1, dtype=complex)
    np.conjugate(values, out=waves[1:])
    below = np.fft.irfft(waves, number).cumsum()
    under = np.zeros(number)
    np.cumsum(below[:-1], out=under[1:])
    under *= spectrum.step
    return LatticeLaw(
        mean=mean,
        sd=sd,
        start=spectrum.start,
        step=spectrum.step,
        below=below,
        under=under,
        slack=spectrum.slack,
    )


def law_of_spectrum(spectrum: Spectrum) -> SmoothLaw | LatticeLaw:
    """Return the law of a total whose transform is known at few frequencies."""
    mean, sd = _exactly(spectrum.mean), _exactly(spectrum.sd)
    return (_lattice if spectrum.full else smooth_law)(spectrum, mean, sd)
