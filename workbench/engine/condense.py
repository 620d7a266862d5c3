"""Laws of one event condensed to a few nodes that keep all their low moments.

Floor 3. A yearly total of many events sees an event's law only through its transform at low
frequencies. There exp(−ity) on [0, largest] is a polynomial of low degree in y, to rounding; so
masses may be moved to Chebyshev nodes with the weights of Lagrange interpolation: `NODES` nodes
keep the moments 0 … NODES − 1. Weights may be negative, so a condensed law serves transforms and
moments alone. Source: Trefethen, Approximation Theory and Approximation Practice (2013), chapters 5
(barycentric formula) and 8 (entire functions).
"""

from __future__ import annotations

from functools import lru_cache
from math import lgamma, log

import numpy as np

from workbench.guard import freeze

__all__ = ["NODES", "chebyshev_nodes", "interpolation_error", "interpolation_matrix"]

NODES = 32


@lru_cache(maxsize=64)
def chebyshev_nodes(largest: float, number: int = NODES) -> np.ndarray:
    """Return Chebyshev nodes of the second kind on [0, largest], 0 first, shape (number,)."""
    angle = np.pi * np.arange(number) / (number - 1)
    return freeze(largest * np.sin(angle / 2.0) ** 2)


def interpolation_matrix(yuan: np.ndarray, largest: float, number: int = NODES) -> np.ndarray:
    """Return the weights of points at `yuan` (n,) on the nodes, shape (n, number); rows add to 1.

    Second barycentric formula; a point on a node has all its weight there.
    """
    nodes = chebyshev_nodes(largest, number)
    signs = np.where(np.arange(number) % 2 == 0, 1.0, -1.0)
    signs[[0, -1]] *= 0.5
    apart = np.asarray(yuan, dtype=float).ravel()[:, None] - nodes[None, :]
    # A point within rounding of a node is that node: the quotient would lose all its digits.
    here = np.abs(apart) <= 1e-15 * largest
    apart[here] = 1.0
    weights = signs / apart
    rows, columns = np.nonzero(here)
    weights[rows] = 0.0
    weights[rows, columns] = 1.0
    return weights / weights.sum(axis=1, keepdims=True)


def interpolation_error(frequency: float, largest: float, number: int = NODES) -> float:
    """Return a bound of |exp(−ity) − its interpolant| on [0, largest] up to t = `frequency`.

    2·(t·largest/4)^n/n! with n nodes (remainder of interpolation at Chebyshev nodes; Trefethen,
    theorem 4.4, at entire functions of exponential type).
    """
    reach = frequency * largest / 4.0
    if reach <= 0.0:
        return 0.0
    return float(np.exp(min(log(4.0) + number * log(reach) - lgamma(number + 1), 700.0)))
