"""Terms of a cover as functions: what a loss pays, the law of the payment, what the terms take off.

Floor 1.1. With inflation r, deductible d, limit u and coinsurance a (the share that is paid) an
ordinary deductible pays a·(min((1 + r)X, u) − d)⁺; a franchise pays a·min((1 + r)X, u) where
(1 + r)X > d. Source: Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), chapter 8; the
meaning of each term is that of `coverage` in R's actuar (Dutang, Goulet and Pigeon, 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.guard import in_range
from workbench.laws.mixtures import Truncated
from workbench.laws.sizes import LARGEST, Atoms, SizeLaw, from_zero, positive

__all__ = ["Covered", "Terms", "loss_elimination_ratio", "per_payment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms of one claim, and the most that a year pays.

    `deductible` amount that the claimant bears; with `franchise` it is paid in full once passed.
    `coinsurance` share that is paid. `limit` largest loss that counts, before the deductible;
    `most` largest payment of one claim. `inflation` growth of losses before the terms apply.
    `yearly_cap` largest payment of one year.
    """

    deductible: float = 0.0
    franchise: bool = False
    coinsurance: float = 1.0
    limit: float = float("inf")
    most: float = float("inf")
    inflation: float = 0.0
    yearly_cap: float = float("inf")

    def __post_init__(self) -> None:
        from_zero("deductible", self.deductible)
        in_range("coinsurance", self.coinsurance, 1e-9, 1.0)
        in_range("inflation", self.inflation, -0.99, 100.0)
        for name in ("most", "yearly_cap"):
            if np.isfinite(getattr(self, name)):
                positive(name, getattr(self, name))
        if np.isfinite(self.limit):
            in_range("limit", self.limit, np.nextafter(self.deductible, np.inf), LARGEST)

    @property
    def growth(self) -> float:
        """1 + inflation."""
        return 1.0 + self.inflation

    @property
    def base(self) -> float:
        """What is taken off a loss that pays: the deductible, 0 with a franchise."""
        return 0.0 if self.franchise else self.deductible

    @property
    def counted(self) -> float:
        """Largest loss that adds to a payment, `limit` and `most` together."""
        return min(self.limit, self.base + self.most / self.coinsurance)

    @property
    def largest(self) -> float:
        """Largest payment of one claim."""
        return self.coinsurance * (self.counted - self.base)

    def payment(self, loss: np.ndarray) -> np.ndarray:
        """Return what losses pay, shape of `loss`."""
        grown = self.growth * np.asarray(loss, dtype=float)
        paid = self.coinsurance * (np.minimum(grown, self.counted) - self.base)
        return np.where(grown > self.deductible, paid, 0.0)


@dataclass(frozen=True, slots=True)
class Covered(SizeLaw):
    """Law of what a loss pays under terms, 0 included (per loss)."""

    loss: SizeLaw
    terms: Terms

    def atoms(self) -> Atoms:
        """Amounts that have a positive probability: 0, the largest payment, those of the loss."""
        terms, inner = self.terms, self.loss.atoms()
        start, end = terms.deductible / terms.growth, terms.counted / terms.growth
        low = float(self.loss.cdf(np.asarray(start))) - float(inner.below(np.asarray(start)))
        high = 0.0
        if np.isfinite(end):
            beyond = inner.total - float(inner.below(np.asarray(end)))
            high = float(self.loss.survival(np.asarray(end))) - beyond
        if self.loss.is_discrete:
            low = high = 0.0
        values = np.concatenate([[0.0, terms.largest if high > 0.0 else 0.0], self._paid(inner)])
        return Atoms.of(values, np.concatenate([[low, max(high, 0.0)], inner.masses]))

    def _paid(self, inner: Atoms) -> np.ndarray:
        return self.terms.payment(inner.values)

    @property
    def is_discrete(self) -> bool:
        """Whether the law has no density part."""
        return self.loss.is_discrete

    @property
    def largest(self) -> float:
        """Largest possible payment, or inf."""
        if np.isinf(self.loss.largest):
            return self.terms.largest
        return float(self.terms.payment(np.asarray(self.loss.largest)))

    def _loss_of(self, y: np.ndarray) -> np.ndarray:
        """Grown loss up to which at most `y` >= 0 is paid."""
        reached = self.terms.base + np.asarray(y, dtype=float) / self.terms.coinsurance
        return np.minimum(np.maximum(reached, self.terms.deductible), self.terms.counted)

    def survival(self, y: np.ndarray) -> np.ndarray:
        """P(Y > y)."""
        y = np.asarray(y, dtype=float)
        if self.is_discrete:
            return 1.0 - self.atoms().below(y)
        beyond = self.loss.survival(self._loss_of(np.maximum(y, 0.0)) / self.terms.growth)
        return np.where(y >= self.largest, 0.0, np.where(y < 0.0, 1.0, beyond))

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least y with P(Y <= y) >= level."""
        return self.terms.payment(self.loss.quantile(level))

    def from_uniform(self, u: np.ndarray) -> np.ndarray:
        """Return payments made from numbers evenly spread over (0, 1)."""
        return self.terms.payment(self.loss.from_uniform(u))

    def moment(self, order: int) -> float:
        """E[Y^order], orders 0 to 3."""
        return float(self.limited_moment(np.asarray(np.inf), order))

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[Y^order; Y <= x]."""
        x = np.maximum(np.asarray(x, dtype=float), 0.0)
        return self.limited_moment(x, order) - x**order * self.survival(x)

    def limited_moment(self, x: np.ndarray, order: int = 1) -> np.ndarray:
        """E[min(Y, x)^order], orders 0 to 3, from limited moments of the loss."""
        x, terms = np.maximum(np.asarray(x, dtype=float), 0.0), self.terms
        if order == 0:
            return np.ones(x.shape)
        end, start = self._loss_of(x) / terms.growth, terms.deductible / terms.growth
        if terms.franchise:
            grown = self._between(start, end, order)
            first = np.minimum(x / terms.coinsurance / terms.growth, start)
            paid = grown + first**order * float(self.loss.survival(np.asarray(start)))
        else:
            paid = self._excess(start, end, order)
        return (terms.coinsurance * terms.growth) ** order * paid

    def _between(self, start: float, end: np.ndarray, order: int) -> np.ndarray:
        """E[min(X, end)^order] − E[min(X, start)^order]."""
        at_start = self.loss.limited_moment(np.asarray(start), order)
        return self.loss.limited_moment(end, order) - at_start

    def _excess(self, start: float, end: np.ndarray, order: int) -> np.ndarray:
        """E[((min(X, end) − start)⁺)^order]."""
        if start == 0.0:
            return self.loss.limited_moment(end, order)
        rows = {1: (1.0,), 2: (-2.0, 1.0), 3: (3.0, -3.0, 1.0)}[order]
        terms = (
            factor * start ** (order - power) * self._between(start, end, power)
            for power, factor in enumerate(rows, start=1)
        )
        return np.maximum(sum(terms), 0.0)


def per_payment(covered: Covered) -> Truncated:
    """Return the law of what is paid, given that something is paid."""
    return Truncated(covered, np.nextafter(0.0, 1.0))


def loss_elimination_ratio(loss: SizeLaw, terms: Terms) -> float:
    """Return 1 − E[payment under the terms] / E[loss after inflation], inside [0, 1].

    Source: Loss Models, section 8.3.
    """
    if np.isinf(loss.mean):
        return 0.0 if np.isinf(terms.largest) else 1.0
    plain = Terms(inflation=terms.inflation)
    ratio = Covered(loss, terms).mean / Covered(loss, plain).mean
    return min(max(1.0 - ratio, 0.0), 1.0)
