"""The same risk measures of an exact law, of a free-standing compound law and of drawn years.

Floor 3. `measured(subject)` gives six functions, each with a `Figure`: the bound of the numerical
error where the law is computed, the standard error where it is drawn.
Source: docs/risk.md sections 1 to 3; Denneberg (1994), Non-additive Measure and Integral.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from workbench.engine.compound.law import CompoundLaw, Computed
from workbench.engine.compound.reading import NODES, WEIGHTS, Reading
from workbench.engine.inversion import AnnualLaw
from workbench.risk import Distortion, Figure, Sample

__all__ = [
    "RELATIVE_ERROR",
    "TRUSTED",
    "Measured",
    "exceeding",
    "lattice_distorted",
    "measured",
    "rounding_yuan",
    "trusted",
]

TRUSTED = 1e-13
"""Probabilities of an inverted law below this are rounding, whatever the law."""
QUIET = 64
"""Part of the window at its right end where nothing but rounding is left."""
LARGEST_ROUNDING = 1e-9
STEEP = 1e3
"""A law whose probability of more falls from so many times the trusted one at once has ended."""
RELATIVE_ERROR = 1e-9
FEN_ROUNDING_YUAN = 1.0
"""Fen rounding, left out of a law read as smooth, moves a figure by less (docs/model.md section
5)."""
DEEP = 600.0
"""Logarithm of how far below the last trusted probability a tail is followed."""


class Measured(Protocol):
    """Six measures of one yearly amount, each with its error; yuan but for the probability."""

    def mean(self) -> Figure:
        """E[S]."""

    def quantile(self, level: float) -> Figure:
        """Least x with P(S <= x) >= level."""

    def tail_mean(self, level: float) -> Figure:
        """VaR + E(S − VaR)⁺ / (1 − level)."""

    def probability_above(self, x: float) -> Figure:
        """P(S > x)."""

    def expected_excess(self, x: float) -> Figure:
        """E(S − x)⁺, the expected shortfall beyond x."""

    def distorted(self, distortion: Distortion) -> Figure:
        """∫ g(P(S > x)) dx."""


def measured(
    subject: AnnualLaw | CompoundLaw | Sample, coarse: AnnualLaw | None = None
) -> Measured:
    """Return the measures of a law or of drawn years.

    `coarse` is an annual law on half its lattice, from which the numerical error is told; without
    it the error is that of rounding alone.
    """
    if isinstance(subject, Sample):
        return subject
    if isinstance(subject, CompoundLaw):
        return _Compound(subject)
    return _Annual(subject, subject if coarse is None else coarse)


def rounding_yuan(law: AnnualLaw) -> float:
    """Return what fen rounding moves a figure of the law by at most, yuan."""
    return FEN_ROUNDING_YUAN if law.continuous else law.blur


def exceeding(law: AnnualLaw) -> np.ndarray:
    """Return P(S > x) at the points of the lattice, shape (n,), summed from the right."""
    mass = law.mass
    return np.clip(np.cumsum(mass[::-1])[::-1] - mass, 0.0, 1.0)


def trusted(law: AnnualLaw) -> float:
    """Return the least probability of more that is not rounding: ten times what the end shows.

    Where the end is no rounding, as that of a bounded law, at most `LARGEST_ROUNDING`.
    """
    mass = law.mass
    quiet = np.cumsum(mass[: -max(len(mass) // QUIET, 1) - 1 : -1])
    return min(max(TRUSTED, 10.0 * float(np.abs(quiet).max())), LARGEST_ROUNDING)


@dataclass(frozen=True, slots=True)
class _Annual:
    """Measures of a lattice law; each read on the law and on its coarse twin."""

    law: AnnualLaw
    coarse: AnnualLaw

    def _compared(self, fine: float, coarse: float, floor: float) -> Figure:
        return Figure(fine, max(abs(fine - coarse), abs(fine) * RELATIVE_ERROR, floor))

    def mean(self) -> Figure:
        floor = 0.01 * rounding_yuan(self.law)
        return self._compared(self.law.mean, self.coarse.mean, floor)

    def quantile(self, level: float) -> Figure:
        values = self.law.quantile(level), self.coarse.quantile(level)
        return self._compared(*values, rounding_yuan(self.law))

    def tail_mean(self, level: float) -> Figure:
        values = self.law.tail_mean(level), self.coarse.tail_mean(level)
        return self._compared(*values, rounding_yuan(self.law))

    def probability_above(self, x: float) -> Figure:
        fine, coarse = self.law.probability_above(x), self.coarse.probability_above(x)
        steep = 0.4 * rounding_yuan(self.law) / self.law.sd if self.law.sd else 0.0
        return self._compared(fine, coarse, max(10.0 * TRUSTED, min(steep, 1.0)))

    def expected_excess(self, x: float) -> Figure:
        fine, coarse = self.law.expected_excess(x), self.coarse.expected_excess(x)
        slack = abs(x) * 10.0 * TRUSTED
        return self._compared(max(fine, 0.0), max(coarse, 0.0), max(rounding_yuan(self.law), slack))

    def distorted(self, distortion: Distortion) -> Figure:
        if distortion.code == "tail_mean":
            return self.tail_mean(distortion.parameter)
        (fine, rest), (coarse, _) = (
            lattice_distorted(law, distortion) for law in (self.law, self.coarse)
        )
        found = self._compared(fine, coarse, rounding_yuan(self.law))
        return Figure(found.value, found.error + rest)


def lattice_distorted(law: AnnualLaw, distortion: Distortion) -> tuple[float, float]:
    """Return ∫ g(P(S > x)) dx of an annual law, and what its tail may add, yuan.

    A lumpy law: the sum over its steps, exact. One read as smooth: P(S > x) at each point, the
    trapezoidal rule. Beyond the last trusted probability the tail is followed as an exponential
    one, and all of that is counted as error too.
    """
    if law.sd == 0.0:
        return law.mean, 0.0
    above = exceeding(law)
    if law.continuous:
        above = np.clip(above + law.mass / 2.0, 0.0, 1.0)
    least = trusted(law)
    low = np.flatnonzero(above < least)
    end = int(low[0]) if len(low) else len(above)
    weights = distortion.weight(above[:end])
    area = float(weights.sum()) - (0.5 * float(weights[0]) if law.continuous and end else 0.0)
    rest = 0.0
    if end and above[end - 1] < STEEP * least:
        rest = _light_rest(above[:end], law.step, distortion)
    return law.start + law.step * area + rest, rest


def _light_rest(above: np.ndarray, step: float, distortion: Distortion) -> float:
    """∫ g(P(S > x)) dx beyond the last point, falling on at the rate of the last four decades."""
    last = float(above[-1])
    before = int(np.flatnonzero(above > min(1e4 * last, 0.5))[-1]) if above[0] > last else 0
    places = len(above) - 1 - before
    if places < 1 or above[before] <= last:
        return 0.0
    rate = float(np.log(above[before] / last)) / (places * step)
    t = np.linspace(0.0, DEEP, 6001)
    return float(np.trapezoid(distortion.weight(last * np.exp(-t)), t)) / rate


@dataclass(frozen=True, slots=True)
class _Compound:
    """Measures of a compound law; each answer already carries its error."""

    law: CompoundLaw

    def mean(self) -> Figure:
        return _figure(self.law.mean)

    def quantile(self, level: float) -> Figure:
        return _figure(self.law.quantile(level))

    def tail_mean(self, level: float) -> Figure:
        return _figure(self.law.tail_mean(level))

    def probability_above(self, x: float) -> Figure:
        return _figure(self.law.survival(x))

    def expected_excess(self, x: float) -> Figure:
        return _figure(self.law.stop_loss(x))

    def distorted(self, distortion: Distortion) -> Figure:
        if distortion.code == "tail_mean":
            return self.tail_mean(distortion.parameter)
        law = self.law
        fine, slack, rest = _distorted(law, law.fine, distortion)
        gaps = [abs(fine - _distorted(law, law.rough, distortion)[0])]
        if not law.is_discrete:
            gaps.append(abs(fine - _distorted(law, law.fine, distortion, every=2)[0]))
        rounding = abs(fine) * RELATIVE_ERROR * 1e-3
        return Figure(fine, sum(gaps) + slack + rest + law.blur + rounding)


def _figure(found: Computed) -> Figure:
    return Figure(found.value, found.error)


def _slack(law: CompoundLaw, x: np.ndarray) -> np.ndarray:
    """Error of a probability at `x` from wrapping and rounding."""
    return np.asarray(law.alias + law.noise * np.exp(law.tilt * x))


def _distorted(
    law: CompoundLaw, reading: Reading, distortion: Distortion, *, every: int = 1
) -> tuple[float, float, float]:
    """∫ g(P(S > x)) dx, what rounding may move it by, and what the tail may add.

    By Gauss between each `every`-th point of the law, by steps where it is lumpy.
    """
    edges = _edges(law, reading)
    edges = np.unique(np.append(edges[::every], edges[-1]))
    width = np.diff(edges)
    if law.is_discrete:
        above, share, x = reading.survival(edges[:-1])[:, None], np.ones(1), edges[:-1, None]
    else:
        x = edges[:-1, None] + width[:, None] * (NODES + 1.0) / 2.0
        above, share = reading.survival(x), WEIGHTS / 2.0
    above, slack = np.clip(above, 0.0, 1.0), _slack(law, x)
    value = float(width @ (distortion.weight(above) @ share))
    most = distortion.weight(np.minimum(above + slack, 1.0))
    least = distortion.weight(np.maximum(above - slack, 0.0))
    moved = float(width @ ((most - least) @ share)) / 2.0
    rest = 0.0 if edges[-1] >= law.ceiling else _tail_rest(law, reading, edges, distortion)
    return reading.start + value + rest, moved, rest


def _edges(law: CompoundLaw, reading: Reading) -> np.ndarray:
    """Points from the start to the last whose probability of more is trusted, or the ceiling."""
    points = reading.start + reading.step * np.arange(len(reading.atoms))
    above = reading.survival(points)
    low = np.flatnonzero(above < 10.0 * _slack(law, points))
    points = points[: max(int(low[0]) + 1, 2)] if len(low) else points
    if points[-1] < law.ceiling:
        return points
    return np.append(points[points < law.ceiling], law.ceiling)


def _tail_rest(
    law: CompoundLaw, reading: Reading, edges: np.ndarray, distortion: Distortion
) -> float:
    """∫ g(P(S > x)) dx beyond the last edge: an exponential tail, or a power where it is heavy."""
    above = np.maximum(reading.survival(edges), 0.0)
    kept = above[: max(int(np.flatnonzero(above > 0.0)[-1]) + 1, 1)] if above.any() else above[:1]
    last, top = float(kept[-1]), float(edges[len(kept) - 1])
    if not law.tilt:
        if last > STEEP * float(_slack(law, np.asarray(top))):
            return 0.0
        return _light_rest(kept, reading.step, distortion)
    half = float(reading.survival(np.asarray(top / 2.0)))
    index = float(np.log(half / last) / np.log(2.0))
    t = np.linspace(0.0, DEEP / index, 20001)
    tail = top * np.exp(t) * distortion.weight(last * np.exp(-index * t))
    if tail[-1] > 1e-3 * tail[0]:
        return float("inf")
    return float(np.trapezoid(tail, t))
