"""The law of a yearly amount when the parameters are uncertain: the mean of the laws of the draws.

Floor 3. P(S <= x) = E[P(S <= x | parameters)], and so for E(S − x)⁺; each draw's law is exact, the
mean over the draws has a standard error from their groups (`uncertainty.standard_error`).
Source: docs/uncertainty.md, "The law over the draws".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from workbench.engine.annual import AnnualLaw
from workbench.engine.series import Read, packed, stacks_of
from workbench.guard import freeze
from workbench.uncertainty import standard_error

__all__ = ["MixtureLaw", "ShiftedLaw", "mixture", "mixture_pair"]

GRID, POINTS = 129, 4096
STEPS = 60
LEVEL_SLACK = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixtureLaw(AnnualLaw):
    """Mean of the laws of draws, equally likely.

    `means`, `sds` (draws,) of the laws given the parameters; `lattice` the step (yuan) that all
    share where they have atoms, 0.0 else; `ends` (low, high) yuan beyond which there is nothing.
    """

    stacks: tuple
    order: np.ndarray
    means: np.ndarray
    sds: np.ndarray
    mean: float
    sd: float
    continuous: bool
    lattice: float
    ends: tuple[float, float]
    blur: float = 0.0

    def given(self, x: np.ndarray) -> Read:
        """Return what the law of each draw says at each x, shapes (draws, n)."""
        return _given(self, np.ascontiguousarray(x, dtype=float).tobytes())

    def cdfs(self, x: np.ndarray) -> np.ndarray:
        """P(S <= x) for each x, yuan (n,)."""
        return self.given(x).below.mean(axis=0)

    def excesses(self, x: np.ndarray) -> np.ndarray:
        """E(S − x)⁺ for each x, yuan (n,)."""
        return self.given(x).excess.mean(axis=0)

    def cdf_errors(self, x: np.ndarray) -> np.ndarray:
        """Standard errors of `cdfs` over the draws, (n,)."""
        return standard_error(self.given(x).below)

    def excess_errors(self, x: np.ndarray) -> np.ndarray:
        """Standard errors of `excesses` over the draws, yuan (n,)."""
        return standard_error(self.given(x).excess)

    @property
    def mean_error(self) -> float:
        """Standard error of the mean over the draws, yuan."""
        return float(standard_error(self.means))

    @property
    def sd_error(self) -> float:
        """Standard error of the standard deviation over the draws, yuan (delta method)."""
        squares = self.sds**2 + (self.means - self.mean) ** 2
        return float(standard_error(squares)) / (2.0 * self.sd) if self.sd else 0.0

    def quantiles(self, levels: Sequence[float]) -> np.ndarray:
        """Least x with P(S <= x) >= level for each level, yuan (levels,)."""
        wanted = np.asarray(levels, dtype=float)
        if self.sd == 0.0:
            return np.full(len(wanted), self.mean)
        return _stepped(self, wanted) if self.lattice else _searched(self, wanted)

    def quantile(self, level: float) -> float:
        """Least x with P(S <= x) >= level, yuan."""
        return float(self.quantiles([level])[0])

    def level_errors(self, levels: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
        """Standard errors of quantiles and tail means over the draws, yuan, shapes (levels,).

        A quantile moves by the error of P(S <= q) over the density there; of a tail mean
        E(S − q)⁺/(1 − level) is the whole error, since moving q does not move it.
        """
        places = self.quantiles(levels)
        apart = max(self.lattice, 0.02 * self.sd)
        slope = (self.cdfs(places + apart) - self.cdfs(places - apart)) / (2.0 * apart)
        quantile = self.cdf_errors(places) / np.maximum(slope, 1e-300)
        return quantile, self.excess_errors(places) / (1.0 - np.asarray(levels))

    @property
    def step(self) -> float:
        """Step of the lattice on which `mass` stands, yuan."""
        return self.lattice or (self.ends[1] - self.ends[0]) / POINTS

    @property
    def start(self) -> float:
        """First point of that lattice, yuan."""
        return self.ends[0]

    @property
    def mass(self) -> np.ndarray:
        """Probabilities on the lattice."""
        return _masses(self)[0]

    @property
    def cumulative(self) -> np.ndarray:
        """Sums of `mass`."""
        return _masses(self)[1]


@lru_cache(maxsize=24)
def _given(law: MixtureLaw, x: bytes) -> Read:
    reads = [stack.read(np.frombuffer(x)) for stack in law.stacks]
    return Read(*(freeze(np.concatenate(part)[law.order]) for part in zip(*reads, strict=True)))


@lru_cache(maxsize=8)
def _masses(law: MixtureLaw) -> tuple[np.ndarray, np.ndarray]:
    points = int(round((law.ends[1] - law.ends[0]) / law.step)) + 1
    edges = law.ends[0] + law.step * (np.arange(points) + 0.5)
    parts = [stack.read(edges).below.sum(axis=0) for stack in law.stacks]
    below = np.sum(parts, axis=0) / len(law.means)
    return freeze(np.diff(below, prepend=0.0)), freeze(below)


def _bracket(law: MixtureLaw, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    grid = np.linspace(*law.ends, GRID)
    below = law.cdfs(grid)
    place = np.clip(np.searchsorted(below, wanted - LEVEL_SLACK), 1, GRID - 1)
    return grid[place - 1], grid[place]


def _stepped(law: MixtureLaw, wanted: np.ndarray) -> np.ndarray:
    """Bisection on the lattice that all draws share."""
    start, step = law.ends[0], law.lattice
    low, high = _bracket(law, wanted)
    low, high = np.floor((low - start) / step) - 1.0, np.ceil((high - start) / step) + 1.0
    while np.any(high - low > 1.0):
        middle = np.floor((low + high) / 2.0)
        enough = _mean_below(law, start + step * middle)[0] >= wanted - LEVEL_SLACK
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return start + step * high


def _mean_below(law: MixtureLaw, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P(S <= x) and the density, (n,); not kept, a search passes each point once."""
    reads = [stack.read(x) for stack in law.stacks]
    number = len(law.means)
    below = np.sum([read.below.sum(axis=0) for read in reads], axis=0) / number
    return below, np.sum([read.density.sum(axis=0) for read in reads], axis=0) / number


def _searched(law: MixtureLaw, wanted: np.ndarray) -> np.ndarray:
    """Newton's method inside a bracket; bisection where its step leaves it."""
    low, high = _bracket(law, wanted)
    x = (low + high) / 2.0
    near = 1e-11 * (law.ends[1] - law.ends[0])
    for _ in range(STEPS):
        below, density = _mean_below(law, x)
        under = below < wanted - LEVEL_SLACK
        low, high = np.where(under, x, low), np.where(under, high, x)
        ahead = x - (below - wanted) / np.maximum(density, 1e-300)
        inside = (ahead > low) & (ahead < high)
        ahead = np.where(inside, ahead, (low + high) / 2.0)
        done = np.max(np.abs(ahead - x)) < near
        x = ahead
        if done:
            break
    return x


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShiftedLaw(AnnualLaw):
    """A mixture at another resolution, where only some of its draws were computed so.

    What it says is the mixture's plus what the `other` laws of these draws say otherwise than
    their `own` in the mixture.
    """

    whole: MixtureLaw
    own: MixtureLaw
    other: MixtureLaw

    @property
    def mean(self) -> float:
        """Mean of the mixture, yuan."""
        return self.whole.mean

    @property
    def sd(self) -> float:
        """Standard deviation of the mixture, yuan."""
        return self.whole.sd

    @property
    def continuous(self) -> bool:
        """As the mixture."""
        return self.whole.continuous

    @property
    def blur(self) -> float:
        """As the mixture, yuan."""
        return self.whole.blur

    def cdfs(self, x: np.ndarray) -> np.ndarray:
        """P(S <= x) for each x, yuan (n,)."""
        return self.whole.cdfs(x) + self.other.cdfs(x) - self.own.cdfs(x)

    def excesses(self, x: np.ndarray) -> np.ndarray:
        """E(S − x)⁺ for each x, yuan (n,)."""
        return self.whole.excesses(x) + self.other.excesses(x) - self.own.excesses(x)

    def quantiles(self, levels: Sequence[float]) -> np.ndarray:
        """Quantiles of the mixture, moved by what those of its computed part differ, (levels,)."""
        moved = self.other.quantiles(levels) - self.own.quantiles(levels)
        return self.whole.quantiles(levels) + moved

    def quantile(self, level: float) -> float:
        """Least x with P(S <= x) >= level, yuan."""
        return float(self.quantiles([level])[0])


def _common_step(laws: Sequence[AnnualLaw]) -> float:
    """Step on which the atoms of all laws stand, 0.0 where there is none."""
    step = laws[0].step
    same = all(not law.continuous and law.sd > 0.0 and law.step == step for law in laws)
    return step if same else 0.0


def mixture(laws: Sequence[AnnualLaw]) -> MixtureLaw:
    """Return the mean of laws; the variance is that within them plus that of their means."""
    kept = [packed(law) for law in laws]
    stacks, order = stacks_of(kept)
    means = np.array([law.mean for law in kept])
    sds = np.array([law.sd for law in kept])
    low = min(law.start for law in kept)
    high = max(_end(law) for law in kept)
    lattice = _common_step(kept)
    return MixtureLaw(
        stacks=stacks,
        order=order,
        means=freeze(means),
        sds=freeze(sds),
        mean=float(means.mean()),
        sd=float(np.sqrt(np.mean(sds**2) + means.var())),
        continuous=all(law.continuous for law in kept),
        lattice=lattice,
        ends=(low, high),
        blur=max(law.blur for law in kept),
    )


def _end(law: AnnualLaw) -> float:
    """Yuan above which a law has nothing."""
    width = getattr(law, "width", None)
    if width is not None:
        return law.start + width
    size = getattr(law, "size", None)
    return law.start + law.step * ((len(law.mass) if size is None else size) - 1)


def mixture_pair(
    laws: Sequence[AnnualLaw], again: Sequence[AnnualLaw | None]
) -> tuple[MixtureLaw, AnnualLaw]:
    """Return the mixture, and the same at another resolution: their difference bounds the error.

    `again` holds the other law of some draws, None of the rest; a law that is its own other one
    has nothing to refine.
    """
    whole = mixture(laws)
    known = [(one, other) for one, other in zip(laws, again, strict=True) if other is not None]
    if all(other is one for one, other in known):
        return whole, whole
    own, others = (mixture(side) for side in zip(*known, strict=True))
    return whole, ShiftedLaw(whole=whole, own=own, other=others)
