"""Shares of a measure of the total in drawn years, by part, each with its standard error.

Floor 2, inside `risk`. The Euler shares of a distorted mean are E[S_part · D(S)], where D(S) is
what the distortion makes of a year's probability; an atom's probability is spread over its years.
Source: Tasche (2004), Capital Allocation to Business Units; Tsanakas and Barnett (2003), IME 33,
239-254 (distortion); docs/risk.md section 5.
"""

from __future__ import annotations

import numpy as np

from workbench.risk.distortion import Distortion
from workbench.risk.figure import Figure

__all__ = ["shares_of_years", "year_weights"]


def _ties(ordered: np.ndarray) -> np.ndarray:
    """First places of different values in an ordered array, shape (values,)."""
    return np.flatnonzero(np.concatenate([[True], np.diff(ordered) != 0]))


def year_weights(total: np.ndarray, distortion: Distortion) -> np.ndarray:
    """Return what the distortion makes of each year's weight 1/n, times n, shape (years,).

    Years of the same total share the weight of their atom evenly; the mean weight is 1.
    """
    number = len(total)
    order = np.argsort(total, kind="stable")
    first = _ties(total[order])
    counts = np.diff(np.append(first, number))
    edges = distortion.weight(1.0 - np.append(first, number) / number)
    weights = np.empty(number)
    weights[order] = np.repeat(-np.diff(edges) / counts, counts) * number
    return weights


def _smoothed(part: np.ndarray, first: np.ndarray) -> np.ndarray:
    """E[part | total] read from years in the order of their total, shape (years,).

    The mean of each atom, then the mean over the √n nearest years.
    """
    counts = np.diff(np.append(first, len(part)))
    level = np.repeat(np.add.reduceat(part, first) / counts, counts)
    half = max(1, int(np.sqrt(len(part)) / 2.0))
    sums = np.concatenate([[0.0], np.cumsum(level)])
    place = np.arange(len(part))
    low, high = np.maximum(place - half, 0), np.minimum(place + half + 1, len(part))
    return (sums[high] - sums[low]) / (high - low)


def shares_of_years(parts: np.ndarray, distortion: Distortion) -> tuple[Figure, ...]:
    """Return the share of each part in the distorted mean of the total of drawn years.

    Parameters
    ----------
    parts
        Yuan by year and part, shape (years, parts); the total of a year is its sum.
    distortion
        The measure; `Distortion("tail_mean", 0.995)` for the tail mean.

    Returns
    -------
    tuple of Figure
        Shares with standard errors; they add up to `Sample.distorted` of the total.
    """
    total = parts.sum(axis=1)
    number, weights = len(total), year_weights(total, distortion)
    order = np.argsort(total, kind="stable")
    first = _ties(total[order])
    above = 1.0 - np.arange(1, number) / number
    slope = distortion.weight(above + 0.5 / number) - distortion.weight(above - 0.5 / number)
    shares = []
    for part in parts.T:
        known = _smoothed(part[order], first)
        # What a year adds by its own part, and by moving the probabilities of all others.
        moved = np.concatenate([[0.0], np.cumsum(slope * number * np.diff(known))])
        influence = weights[order] * (part[order] - known) + moved
        error = float(influence.std()) / np.sqrt(number)
        shares.append(Figure(float(weights @ part) / number, error))
    return tuple(shares)
