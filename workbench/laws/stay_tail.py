"""A lognormal law with a Pareto tail: another model of the costliest stays.

Floor 1.1. Below `start` the law is the lognormal; above it P(X > x) = P(X > start)·(x/start)^(−α),
with the α that lets the density go on without a jump. So nothing new is assumed but the form of the
tail. Source: Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), section 5.2.6 (splicing),
appendix A.4.1.4 (single-parameter Pareto); Cooray and Ananda (2005),
Scandinavian Actuarial Journal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtri

from workbench.laws.severity import Lognormal

__all__ = ["SplicedCost"]


@dataclass(frozen=True, slots=True)
class SplicedCost(Lognormal):
    """Lognormal(mu, sigma) up to `start` (yuan), Pareto above it."""

    start: float

    @property
    def body(self) -> Lognormal:
        """The law below `start`."""
        return Lognormal(self.mu, self.sigma)

    @property
    def edge(self) -> float:
        """Normal score of `start`."""
        return float((np.log(self.start) - self.mu) / self.sigma)

    @property
    def above(self) -> float:
        """P(X > start)."""
        return float(np.exp(log_ndtr(-self.edge)))

    @property
    def index(self) -> float:
        """α = start · density / survival of the lognormal at `start`."""
        density = np.exp(-(self.edge**2) / 2.0 - log_ndtr(-self.edge)) / np.sqrt(2.0 * np.pi)
        return float(density / self.sigma)

    @property
    def mean(self) -> float:
        """E[X]; inf where α <= 1."""
        return self.moment(1)

    @property
    def kinks(self) -> tuple[float, ...]:
        """Amounts between which the law is smooth, yuan."""
        return (self.start,)

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x), any shape."""
        x = np.asarray(x, dtype=float)
        body = self.body.survival(np.minimum(x, self.start))
        return body * np.maximum(x / self.start, 1.0) ** -self.index

    def limited_mean(self, x: np.ndarray) -> np.ndarray:
        """E[min(X, x)], any shape: the integral of P(X > u) from 0 to x."""
        x = np.asarray(x, dtype=float)
        body = self.body.limited_mean(np.minimum(x, self.start))
        less = self.index - 1.0
        tail = 1.0 - np.maximum(x / self.start, 1.0) ** -less
        return body + self.above * self.start * tail / less

    def at_score(self, z: np.ndarray) -> np.ndarray:
        """Amount at a normal score, any shape."""
        beyond = log_ndtr(-np.maximum(z, self.edge)) - log_ndtr(-self.edge)
        body = np.exp(self.mu + self.sigma * np.minimum(z, self.edge))
        return body * np.exp(-beyond / self.index)

    def score(self, x: float) -> float:
        """Normal score of an amount above 0."""
        if x <= self.start:
            return float((np.log(x) - self.mu) / self.sigma)
        return float(-ndtri(self.above * (x / self.start) ** -self.index))

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level."""
        return self.at_score(ndtri(level))

    def moment(self, order: int) -> float:
        """E[X^order]; inf where α <= order."""
        if self.index <= order:
            return float("inf")
        body = float(self.body.partial_moment(np.asarray(self.start), order))
        return body + self.above * self.index * self.start**order / (self.index - order)

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x]."""
        x = np.asarray(x, dtype=float)
        body = self.body.partial_moment(np.minimum(x, self.start), order)
        more = order - self.index
        grown = (np.maximum(x / self.start, 1.0) ** more - 1.0) / more if more else 0.0
        return body + self.above * self.index * self.start**order * grown
