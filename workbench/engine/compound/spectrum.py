"""The transform of a total at the few frequencies that its law needs, and the window that holds it.

Floor 3. The window comes from Chernoff's bound at real exponents, the last frequency from the size
of one claim's transform; both are then facts, not guesses. Distances of frequencies are rounded up
to a coarse grid, so that a claim's transform outlives small moves of a slider.
Source: docs/laws.md section 6; Grübel and Hermesmeier (1999), ASTIN Bulletin 29.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, exp, floor, inf, isfinite, log, log2, pi, sqrt

import numpy as np

from workbench.engine.compound.lattice import common_step
from workbench.engine.compound.nodes import (
    EXPONENTS,
    exponents,
    real_transform_of,
    transform_of,
)
from workbench.engine.compound.voice import (
    SILENT,
    Voice,
    log_transform_of,
    shock_moments,
    voice_of,
)
from workbench.engine.compound.window import Group
from workbench.guard import freeze

__all__ = ["Spectrum", "reach_of", "rounded_up", "spectrum_of"]

LEAST_EXPONENT = 2.8
"""Least real exponent times the standard deviation; for a normal law the best one is 8."""
OUTSIDE = log(1e-14)
"""Logarithm of what may lie beyond either end of the window."""
INAUDIBLE = 1e-17
MOST_TERMS = 1 << 12
FEW_POINTS, MOST_POINTS = 1 << 11, 1 << 15
"""A lattice of so few points is always solved whole; up to the second number where it must be."""
ROUNDING = 4.0 * 2.2e-16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spectrum:
    """A total on the window start … start + width.

    `step` of its lattice or 0; `full`: `values` reach to the lattice's last frequency. `values`
    complex (n,): E exp(it(S − start)) at t = k·2π/width for the `terms` k (n,) that count. `slack`
    bounds, as a probability, what lies outside, is left out, rounded, or missed by the nodes.
    `mean_slack` is the distance of the nodes' mean from the closed form.
    """

    start: float
    width: float
    step: float
    full: bool
    terms: np.ndarray
    values: np.ndarray
    mean: float
    sd: float
    slack: float
    mean_slack: float

    @property
    def frequencies(self) -> np.ndarray:
        """T of each value, shape (n,)."""
        return 2.0 * np.pi / self.width * self.terms


def _voices(groups: tuple[Group, ...]) -> list[list[Voice]] | None:
    """What each part of each group brings; None where a claim has no nodes."""
    found = [[voice_of(part, group.shock) for part in group.parts] for group in groups]
    known = [[voice for voice in one if voice is not None] for one in found]
    return known if list(map(len, known)) == list(map(len, found)) else None


def _variance(groups: tuple[Group, ...], voices: list[list[Voice]]) -> float:
    """Variance of the total: of the parts, and what a shared shock ties between them."""
    total = 0.0
    for group, own in zip(groups, voices, strict=True):
        total += sum(voice.variance for voice in own)
        if group.shock is not None and len(own) > 1:
            together = sum(voice.load for voice in own) ** 2
            tied = together - sum(voice.load**2 for voice in own)
            total += shock_moments(group.shock)[1] * tied
    return total


def reach_of(groups: tuple[Group, ...], sd: float) -> tuple[float, float]:
    """Return the amounts below and above which at most 1e-14 of the law lies.

    Source: Chernoff (1952), Annals of Mathematical Statistics 23.
    """
    first = floor(2.0 * log2(LEAST_EXPONENT / sd))
    s, logs = exponents(first), np.zeros(2 * EXPONENTS)
    with np.errstate(all="ignore"):
        for group in groups:
            less = [real_transform_of(part.size, first) for part in group.parts]
            logs = logs + log_transform_of(group, less)
        ends = ((logs - OUTSIDE) / s).tolist()
    high = min((end for end in ends[:EXPONENTS] if isfinite(end)), default=inf)
    return max(0.0, *(end for end in ends[EXPONENTS:] if isfinite(end)), 0.0), high


def rounded_up(x: float) -> float:
    """Return the least 4, 5, 6 or 7 times a power of two that is not below x > 0."""
    power = 2.0 ** (floor(log2(x)) - 2.0)
    return power * ceil(x / power * (1.0 - 1e-12))


@lru_cache(maxsize=512)
def _group_logs(
    group: Group, levels: tuple[int, ...], apart: float, count: int
) -> tuple[np.ndarray, float]:
    """Logarithm of a group's transform at the frequencies, complex (count,), and the nodes' error.

    The error is that of a probability.
    """
    pairs = list(zip(group.parts, levels, strict=True))
    found = [transform_of(part.size, level, apart, count) for part, level in pairs]
    factor = 1.0 if group.shock is None else shock_moments(group.shock)[0]
    missed = sum(p.frequency.mean * one[1] for p, one in zip(group.parts, found, strict=True))
    with np.errstate(divide="ignore"):
        logs = log_transform_of(group, [one[0] for one in found])
    return freeze(logs), factor * missed


def _window(low: float, high: float, step: float) -> tuple[float, float]:
    """Start and width."""
    if not step:
        return low, rounded_up(high - low)
    start = step * floor(low / step)
    points = rounded_up(max((high - start) / step + 2.0, 8.0))
    return start, step * 2.0 * ceil(points / 2.0)


@lru_cache(maxsize=64)
def _whole(count: int) -> np.ndarray:
    """1, 2, … count."""
    return freeze(np.arange(1, count + 1))


def _noise(lost: np.ndarray, sizes: np.ndarray) -> float:
    """Bound of rounding in a probability: every term's digits, as far as the term counts.

    `lost` size of each term's logarithm before and after its turn to the window's start.
    """
    return ROUNDING * (1.0 + float((sizes * (lost + 1.0) / _whole(len(sizes))).sum()))


def _logs(
    groups: tuple[Group, ...], voices: list[list[Voice]], apart: float, count: int
) -> tuple[np.ndarray, float] | None:
    """Logarithm of the total's transform, complex (count,), and the error of the nodes."""
    logs, missed = np.zeros(count, dtype=complex), 0.0
    highest = apart * count
    for group, own in zip(groups, voices, strict=True):
        carried = [[reach >= highest for reach in voice.levels] for voice in own]
        if not all(map(any, carried)):
            return None
        levels = tuple(one.index(True) for one in carried)
        found, its_error = _group_logs(group, levels, apart, count)
        logs += found
        missed += its_error
    return logs, missed


def _shape(voices: list[Voice], reach: tuple[float, float]) -> tuple[float, ...] | None:
    """Start, width, step and number of frequencies; None where few are not enough."""
    steps = [voice.nodes.step for voice in voices]
    step = 0.0
    if all(steps):
        step = steps[0] if len(steps) == 1 else common_step(np.array(steps))
        if not step:
            return None
    start, width = _window(*reach, step)
    wanted = min(voice.last for voice in voices) * width / (2.0 * pi)
    most = round(width / step / 2.0) if step else MOST_TERMS
    if step and most <= (FEW_POINTS if wanted <= most / 4.0 else MOST_POINTS) // 2:
        return start, width, step, most
    return (start, width, step, ceil(wanted)) if wanted <= min(most, MOST_TERMS) else None


def spectrum_of(groups: tuple[Group, ...]) -> Spectrum | None:
    """Return the total's transform at few frequencies; None where few are not enough.

    That is so for heavy tails, and where amounts with a probability stay audible among a density.
    """
    voices = _voices(groups)
    if voices is None:
        return None
    flat = [voice for own in voices for voice in own]
    mean, sd = sum(voice.mean for voice in flat), sqrt(_variance(groups, voices))
    reach = reach_of(groups, sd) if sd > 0.0 else (0.0, inf)
    shape = _shape(flat, reach) if isfinite(reach[1]) else None
    if shape is None:
        return None
    start, width, step, count = *shape[:3], int(shape[3])
    apart = 2.0 * np.pi / width
    solved = _logs(groups, voices, apart, count)
    if solved is None:
        return None
    logs, slack = solved
    turn = (apart * start) * _whole(count)
    lost = np.abs(logs)
    lost += turn
    logs.imag -= turn
    values = np.exp(logs, out=logs)
    sizes = np.abs(values)
    if not sizes.max() <= 1.0 + 1e-9:
        return None
    full = bool(step) and 2 * count >= round(width / step)
    slack += 2.0 * exp(OUTSIDE) + 8.0 * exp(SILENT) + _noise(lost, sizes)
    heard = slice(None) if full else np.flatnonzero(sizes > INAUDIBLE)
    slack += sum(voice.number * voice.nodes.lost for voice in flat)
    return Spectrum(
        start=start,
        width=width,
        step=step,
        full=full,
        terms=_whole(count)[heard],
        values=values[heard],
        mean=mean,
        sd=sd,
        slack=float(slack),
        mean_slack=sum(voice.mean_slack for voice in flat),
    )
