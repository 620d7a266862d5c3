"""The law of a yearly amount: what every form of it can tell, and the law on a lattice.

Floor 3. The other form, a short Fourier series, is `spectral`. Source: docs/model.md section 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

__all__ = ["LATTICE_BITS", "AnnualLaw", "LatticeLaw"]

LATTICE_BITS = 16
"""Smooth laws are read on 2**16 points."""


class AnnualLaw:
    """Law of a yearly amount, in yuan; `mean` and `sd` are closed-form moments.

    Whatever its form it can be read on a lattice: `mass` (n,) probabilities at start + step·j,
    `cumulative` their sums; `continuous` says that the lattice stands for a smooth law, whose
    distribution function is read between the points; `blur` (yuan) says how far the amounts of a
    lumpy law may lie from its points.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        # Fields of one form, properties of the other; a dataclass would take them for defaults.
        @property
        def start(self) -> float: ...  # noqa: D102
        @property
        def step(self) -> float: ...  # noqa: D102
        @property
        def mass(self) -> np.ndarray: ...  # noqa: D102
        @property
        def cumulative(self) -> np.ndarray: ...  # noqa: D102
        @property
        def continuous(self) -> bool: ...  # noqa: D102
        @property
        def blur(self) -> float: ...  # noqa: D102
        @property
        def mean(self) -> float: ...  # noqa: D102
        @property
        def sd(self) -> float: ...  # noqa: D102

    @property
    def yuan(self) -> np.ndarray:
        """Lattice points, yuan, shape (n,)."""
        return self.start + self.step * np.arange(len(self.mass))

    def cdfs(self, x: np.ndarray) -> np.ndarray:
        """P(S <= x) for each x, yuan (n,)."""
        raise NotImplementedError

    def tabled_cdfs(self, x: np.ndarray) -> np.ndarray:
        """P(S <= x) for many x, yuan (n,): as `cdfs`, from a table where that is quicker."""
        return self.cdfs(x)

    def excesses(self, x: np.ndarray) -> np.ndarray:
        """E(S − x)⁺ for each x, yuan (n,)."""
        raise NotImplementedError

    def quantile(self, level: float) -> float:
        """Least x with P(S <= x) >= level, yuan."""
        raise NotImplementedError

    def quantiles(self, levels: Sequence[float]) -> np.ndarray:
        """Least x with P(S <= x) >= level for each level, yuan (levels,)."""
        return np.array([self.quantile(level) for level in levels])

    def cdf(self, x: float) -> float:
        """P(S <= x)."""
        return float(self.cdfs(np.array([x]))[0])

    def expected_excess(self, x: float) -> float:
        """E(S − x)⁺, yuan."""
        return float(self.excesses(np.array([x]))[0])

    def at_levels(self, levels: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
        """Return quantiles and tail means at the levels, yuan, shapes (levels,)."""
        quantiles = self.quantiles(levels)
        return quantiles, quantiles + self.excesses(quantiles) / (1.0 - np.asarray(levels))

    def tail_mean(self, level: float) -> float:
        """VaR + E(S − VaR)⁺ / (1 − level), yuan (Acerbi and Tasche, 2002)."""
        quantile = self.quantile(level)
        return quantile + self.expected_excess(quantile) / (1.0 - level)

    def probability_above(self, x: float) -> float:
        """P(S > x), strictly."""
        return 1.0 - self.cdf(x)

    def cdf_errors(self, x: np.ndarray) -> np.ndarray:
        """Standard errors of `cdfs` over draws of the parameters, (n,); 0 where none are drawn."""
        return np.zeros(len(x))

    def excess_errors(self, x: np.ndarray) -> np.ndarray:
        """Standard errors of `excesses` over draws of the parameters, yuan (n,)."""
        return np.zeros(len(x))

    def level_errors(self, levels: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
        """Standard errors of `at_levels` over draws of the parameters, yuan, shapes (levels,)."""
        return np.zeros(len(levels)), np.zeros(len(levels))

    @property
    def mean_error(self) -> float:
        """Standard error of the mean over draws of the parameters, yuan."""
        return 0.0

    @property
    def sd_error(self) -> float:
        """Standard error of the standard deviation over draws of the parameters, yuan."""
        return 0.0

    def density(self, points: int = 240) -> tuple[np.ndarray, np.ndarray]:
        """Return yuan and density per yuan between the 1e-5 quantiles, shapes (points,)."""
        low, high = self.quantile(1e-5), self.quantile(1.0 - 1e-5)
        grid = np.linspace(low, high, points)
        edges = np.concatenate([[grid[0]], (grid[1:] + grid[:-1]) / 2, [grid[-1]]])
        middle = self.cumulative - self.mass / 2
        place = np.interp(edges, self.yuan, middle)
        return grid, np.diff(place) / np.maximum(np.diff(edges), 1e-300)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatticeLaw(AnnualLaw):
    """Law on the lattice start + step·j (see `AnnualLaw`)."""

    start: float
    step: float
    mass: np.ndarray
    cumulative: np.ndarray
    continuous: bool
    mean: float
    sd: float
    blur: float = 0.0

    def cdfs(self, x: np.ndarray) -> np.ndarray:
        """P(S <= x) for each x, yuan (n,)."""
        place = (x - self.start) / self.step
        if self.continuous:
            middle = self.cumulative - self.mass / 2
            below = np.interp(place, np.arange(len(middle)), middle, left=0.0, right=1.0)
        else:
            index = np.floor(place + 1e-9).astype(np.int64)
            kept = self.cumulative[np.clip(index, 0, len(self.mass) - 1)]
            below = np.where(index < 0, 0.0, np.where(index >= len(self.mass) - 1, 1.0, kept))
        return np.clip(below, 0.0, 1.0)

    def excesses(self, x: np.ndarray) -> np.ndarray:
        """E(S − x)⁺ for each x, yuan (n,).

        The integral of P(S > u) from x on: whole steps by one sum from the right, the part of a
        step below them, and for a smooth law the correction of its kink inside a step.
        """
        size = len(self.mass)
        place = (x - self.start) / self.step
        index = np.clip(np.floor(place).astype(np.int64), -1, size - 1)
        first = max(int(np.min(index)), 0)
        above = np.append(np.cumsum(self.mass[:first:-1])[::-1], 0.0)
        beyond = np.append(np.cumsum(above[:0:-1])[::-1], 0.0) * self.step
        if first == 0:
            above = np.concatenate([[above[0] + self.mass[0]], above])
            beyond = np.concatenate([[beyond[0] + above[1] * self.step], beyond])
            first = -1
        here = index - first
        excess = beyond[here] + (index + 1 - place) * self.step * above[here]
        excess = np.where(place >= size - 1, 0.0, excess)
        if self.continuous:
            inside = place - np.floor(place)
            bend = 1.0 / 12.0 - inside * (1.0 - inside) / 2.0
            smooth = self.mass[np.maximum(index, 0)] * self.step * bend
            excess = excess + np.where((place > 0.0) & (place < size - 1), smooth, 0.0)
        return np.maximum(excess, 0.0)

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
