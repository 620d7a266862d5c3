"""Points put on a lattice without moving their first three moments.

Floor 3. Cubic (four-point Lagrange) splitting: a mass at x goes to the four lattice points around
it so that Σ w·xʲ is kept for j = 0 … 3. Weights may be slightly negative: the result is meant for
transforms at low frequencies, where it errs by O((t·step)⁴). Source: Gerber (1982), local moment
matching, order 3.
"""

from __future__ import annotations

from math import gcd

import numpy as np

__all__ = ["common_step", "dominant_step", "split", "split_mass"]

HALF_A_FEN = 0.005
"""Payments are paid in whole fen: steps that differ by less are one."""


def split(place: np.ndarray, top: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return lattice indices and weights of points at `place` (in steps), shapes (n, 4).

    With `top` the four points stay inside 0 … top (top >= 3).
    """
    low = np.floor(place).astype(np.int64) - 1
    if top is not None:
        low = np.clip(low, 0, top - 3)
    u = place - low
    v, w, x = u - 1.0, u - 2.0, u - 3.0
    outer, inner = u * v / 6.0, w * x / 2.0
    weights = np.stack([-v * inner / 3.0, u * inner, -3.0 * outer * x, outer * w], axis=-1)
    return low[..., None] + np.arange(4), weights


def split_mass(
    values: np.ndarray, masses: np.ndarray, step: float, size: int, *, lumpy: bool = False
) -> np.ndarray:
    """Return `masses` at `values` on the circular lattice 0, step, … of `size` points.

    A lumpy law is put on the two points around a value: no mass is negative beside an atom, and a
    step is small there.
    """
    place = np.asarray(values).ravel() / step
    index, weights = _two(place) if lumpy else split(place)
    total = (weights * np.asarray(masses).ravel()[:, None]).ravel()
    return np.bincount(index.ravel() % size, weights=total, minlength=size)


def _two(place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lattice indices and weights of the two points around, shapes (n, 2); the mean is kept."""
    low = np.floor(place).astype(np.int64)
    above = place - low
    return low[:, None] + np.arange(2), np.stack([1.0 - above, above], axis=-1)


def common_step(values: np.ndarray) -> float:
    """Return the largest step (yuan) of which all `values` are whole multiples, by whole fen.

    0.0 where the values are not whole fen.
    """
    fen = np.asarray(values, dtype=float) * 100.0
    whole = np.rint(fen)
    if np.any(np.abs(fen - whole) > 1e-6):
        return 0.0
    return gcd(*np.unique(whole.astype(np.int64)).tolist()) / 100.0


def _common(first: float, second: float) -> float:
    """Largest step of which both amounts are multiples, to half a fen; Euclid's algorithm."""
    while second > HALF_A_FEN:
        first, second = second, first % second
        if first - second < HALF_A_FEN:
            second = 0.0
    return first


def dominant_step(values: np.ndarray, masses: np.ndarray, least: float) -> float:
    """Return the step (yuan) common to the likeliest amounts, as many as leave it at `least`."""
    paid = np.flatnonzero((values > HALF_A_FEN) & (masses > 0.0))
    order = paid[np.argsort(-masses[paid], kind="stable")]
    step = float(values[order[0]])
    for amount in values[order[1:]]:
        common = _common(step, float(amount))
        if common < least:
            break
        step = common
    return step
