"""Values of a law kept at evenly spaced points, read at and between the points.

Floor 3. Between points the part with a density is interpolated through six of them, never across a
point where the law has a kink; amounts with a probability of their own stand at points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["NODES", "SNAP", "WEIGHTS", "Reading"]

SNAP = 1e-9
"""Part of a step, relative to the place, within which an amount counts as a point."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Arrays of one order of refinement at start, start + step, …; all shape (n,).

    `smooth` P(S > x) of the part with a density (None: there is none); `atoms` P(S = x);
    `beyond` Σ atoms above x; `excess` E(S − x)⁺; `knot` as in `Lattice`.
    """

    start: float
    step: float
    smooth: np.ndarray | None
    atoms: np.ndarray
    beyond: np.ndarray
    excess: np.ndarray
    knot: int

    def _place(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Point at or below `x`, and the place of `x` in points."""
        place = np.maximum((np.asarray(x, dtype=float) - self.start) / self.step, 0.0)
        whole = np.rint(place)
        place = np.where(np.abs(place - whole) < SNAP * np.maximum(1.0, place), whole, place)
        return np.clip(np.floor(place), 0, len(self.atoms) - 1).astype(np.int64), place

    def density_part(self, x: np.ndarray, points: int = 6) -> np.ndarray:
        """P(S > x) of the part with a density, by interpolation through `points` neighbours."""
        if self.smooth is None:
            return np.zeros(np.shape(x))
        low, place = self._place(x)
        start = low - points // 2 + 1
        if self.knot >= points:
            # Kinks of the law lie at multiples of the common step: never read across one.
            first = low // self.knot * self.knot
            start = np.clip(start, first, first + self.knot + 1 - points)
        start = np.clip(start, 0, len(self.smooth) - points)
        t, found = place - start, np.zeros(np.shape(x))
        for node in range(points):
            others = [other for other in range(points) if other != node]
            weight = np.prod([(t - other) / (node - other) for other in others], axis=0)
            found = found + weight * self.smooth[start + node]
        return found

    def drop(self, x: np.ndarray) -> float:
        """Fall of the part with a density from the point before `x` to the one after."""
        if self.smooth is None:
            return 0.0
        low = int(np.minimum(self._place(x)[0], len(self.smooth) - 2))
        return abs(float(self.smooth[low] - self.smooth[low + 1]))

    def survival(self, x: np.ndarray, points: int = 6) -> np.ndarray:
        """P(S > x)."""
        return self.density_part(x, points) + self.beyond[self._place(x)[0]]

    def excess_at(self, x: np.ndarray) -> np.ndarray:
        """E(S − x)⁺: its value at the next point and the area of P(S > ·) up to there."""
        return self._excess_from(x, 1)

    def excess_gap(self, x: np.ndarray) -> np.ndarray:
        """Distance of E(S − x)⁺ read from the next point and from the one before."""
        return np.abs(self._excess_from(x, 1) - self._excess_from(x, 0))

    def _excess_from(self, x: np.ndarray, side: int) -> np.ndarray:
        low, place = self._place(x)
        low = np.minimum(low, len(self.excess) - 2)
        end, place = (low + side)[..., None], place[..., None]
        nodes = self.start + self.step * (place + (end - place) * (NODES + 1.0) / 2.0)
        area = (self.density_part(nodes) * WEIGHTS).sum(axis=-1) / 2.0 + self.beyond[low]
        inside = self.excess[low + side] + self.step * (low + side - place[..., 0]) * area
        return inside + np.maximum(self.start - x, 0.0)

    def passed_with(self, target: float) -> float:
        """Least x with P(S > x) <= target."""
        smooth = self.smooth if self.smooth is not None else np.zeros_like(self.atoms)
        right = np.minimum.accumulate(smooth + self.beyond)
        place = int(np.searchsorted(-right, -target))
        if place == 0 or place == len(right):
            return self.start + self.step * min(place, len(right) - 1)
        if self.smooth is None or smooth[place] + self.beyond[place - 1] > target:
            return self.start + self.step * place
        low, high = (self.start + self.step * end for end in (place - 1, place))
        for _ in range(8):
            grid = np.linspace(low, high, 33)
            reached = self.density_part(grid) + self.beyond[place - 1] <= target
            reached[-1] = True
            first = max(int(np.argmax(reached)), 1)
            low, high = float(grid[first - 1]), float(grid[first])
        return (low + high) / 2.0
