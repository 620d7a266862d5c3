"""Pareto families: transformed beta laws, the single-parameter Pareto, the generalised Pareto tail.

Floor 1.1. With v = (x/scale)^γ the transformed beta law is P(X <= x) = I(τ, α; v/(1 + v)), I the
regularised incomplete beta function. Source: Klugman, Panjer and Willmot, Loss Models (4th ed.,
2012), appendix A.2; the tail: Pickands (1975), Annals of Statistics 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import beta, betainc, betaincinv, betaln, hyp2f1

from workbench.laws.sizes import SizeLaw, finite, positive

__all__ = [
    "Burr",
    "GeneralisedPareto",
    "LogLogistic",
    "Pareto",
    "ParetoTail",
    "SingleParameterPareto",
    "TransformedBeta",
]


class _Parameters(NamedTuple):
    """α, γ, τ and θ of the transformed beta law."""

    alpha: float
    gamma: float
    tau: float
    theta: float


def _positive_fields(law: SizeLaw) -> None:
    for name in law.__dataclass_fields__:  # type: ignore[attr-defined]
        positive(name, getattr(law, name))


class _Family(SizeLaw):
    """What the members of the transformed beta family have in common."""

    __slots__ = ()

    def __post_init__(self) -> None:
        _positive_fields(self)

    def _parameters(self) -> _Parameters:
        raise NotImplementedError

    def _log_odds(self, x: np.ndarray) -> np.ndarray:
        """γ·ln(x/θ) = ln v, −inf at x <= 0."""
        given = self._parameters()
        with np.errstate(divide="ignore"):
            return given.gamma * np.log(np.maximum(np.asarray(x, float), 0.0) / given.theta)

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x)."""
        given, log_odds = self._parameters(), self._log_odds(x)
        if given.tau == 1.0:
            return np.exp(-given.alpha * np.logaddexp(0.0, log_odds))
        return betainc(given.alpha, given.tau, np.exp(-np.logaddexp(0.0, log_odds)))

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level."""
        given, level = self._parameters(), np.asarray(level, dtype=float)
        with np.errstate(divide="ignore"):
            if given.tau == 1.0:
                odds = np.expm1(-np.log1p(-level) / given.alpha)
            else:
                odds = betaincinv(given.tau, given.alpha, level)
                odds = odds / betaincinv(given.alpha, given.tau, 1.0 - level)
        return given.theta * odds ** (1.0 / given.gamma)

    def moment(self, order: int) -> float:
        """E[X^order]; inf where order >= α·γ."""
        given = self._parameters()
        left = given.alpha - order / given.gamma
        if left <= 0.0:
            return float("inf")
        log_ratio = betaln(given.tau + order / given.gamma, left) - betaln(given.tau, given.alpha)
        return float(given.theta**order * np.exp(log_ratio))

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x], also where E[X^order] is infinite."""
        given = self._parameters()
        log_odds = self._log_odds(x)
        first, left = given.tau + order / given.gamma, given.alpha - order / given.gamma
        if left > 0.0:
            reached = np.exp(log_odds - np.logaddexp(0.0, log_odds))
            return self.moment(order) * betainc(first, left, reached)
        # ∫ w^(first−1)·(1 + w)^(−α−τ) dw from 0 to v. Source: DLMF 15.6.1.
        odds = np.exp(log_odds)
        integral = odds**first / first * hyp2f1(first + left, first, first + 1.0, -odds)
        return given.theta**order * integral / beta(given.tau, given.alpha)


@dataclass(frozen=True, slots=True)
class TransformedBeta(_Family):
    """Transformed beta law with α = shape1, γ = shape2, τ = shape3. Source: A.2."""

    shape1: float
    shape2: float
    shape3: float
    scale: float

    def _parameters(self) -> _Parameters:
        return _Parameters(self.shape1, self.shape2, self.shape3, self.scale)


@dataclass(frozen=True, slots=True)
class Burr(_Family):
    """P(X > x) = (1 + (x/scale)^shape2)^(−shape1). Source: A.2."""

    shape1: float
    shape2: float
    scale: float

    def _parameters(self) -> _Parameters:
        return _Parameters(self.shape1, self.shape2, 1.0, self.scale)


@dataclass(frozen=True, slots=True)
class GeneralisedPareto(_Family):
    """Three-parameter Pareto, a scaled beta-prime law: α = shape1, τ = shape2. Source: A.2."""

    shape1: float
    shape2: float
    scale: float

    def _parameters(self) -> _Parameters:
        return _Parameters(self.shape1, 1.0, self.shape2, self.scale)


@dataclass(frozen=True, slots=True)
class Pareto(_Family):
    """Pareto II (Lomax): P(X > x) = (1 + x/scale)^(−shape). Source: A.2."""

    shape: float
    scale: float

    def _parameters(self) -> _Parameters:
        return _Parameters(self.shape, 1.0, 1.0, self.scale)


@dataclass(frozen=True, slots=True)
class LogLogistic(_Family):
    """P(X > x) = 1/(1 + (x/scale)^shape). Source: A.2."""

    shape: float
    scale: float

    def _parameters(self) -> _Parameters:
        return _Parameters(1.0, self.shape, 1.0, self.scale)


@dataclass(frozen=True, slots=True)
class SingleParameterPareto(SizeLaw):
    """P(X > x) = (least/x)^shape for x >= least. Source: Loss Models, A.5."""

    shape: float
    least: float

    def __post_init__(self) -> None:
        _positive_fields(self)

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x)."""
        return (self.least / np.maximum(np.asarray(x, dtype=float), self.least)) ** self.shape

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level."""
        with np.errstate(divide="ignore"):
            return self.least * (1.0 - np.asarray(level, dtype=float)) ** (-1.0 / self.shape)

    def moment(self, order: int) -> float:
        """E[X^order]; inf where order >= shape."""
        if order >= self.shape:
            return float("inf")
        return float(self.shape * self.least**order / (self.shape - order))

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x]."""
        ratio = np.maximum(np.asarray(x, dtype=float), self.least) / self.least
        gap = order - self.shape
        grown = np.log(ratio) if gap == 0.0 else np.expm1(gap * np.log(ratio)) / gap
        return self.shape * self.least**order * grown


@dataclass(frozen=True, slots=True)
class ParetoTail(SizeLaw):
    """Generalised Pareto law of an excess: P(X > x) = (1 + shape·x/scale)^(−1/shape).

    `shape` 0 is the exponential law; a negative shape ends at scale/|shape|; |shape| below 1e-9
    counts as 0. Source: Pickands (1975); Embrechts, Klüppelberg and Mikosch (1997), section 3.4.
    """

    shape: float
    scale: float

    def __post_init__(self) -> None:
        finite("shape", self.shape)
        positive("scale", self.scale)

    @property
    def _straight(self) -> bool:
        return abs(self.shape) < 1e-9

    @property
    def largest(self) -> float:
        """Largest possible amount, or inf."""
        if self._straight or self.shape > 0.0:
            return float("inf")
        return self.scale / -self.shape

    def _twin(self) -> SizeLaw:
        """The same law under its older name, shape >= 0."""
        from workbench.laws.continuous import Exponential

        if self._straight:
            return Exponential(self.scale)
        return Pareto(1.0 / self.shape, self.scale / self.shape)

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x)."""
        x = np.clip(np.asarray(x, dtype=float), 0.0, self.largest)
        if self._straight:
            return np.exp(-x / self.scale)
        with np.errstate(divide="ignore"):
            return np.exp(-np.log1p(np.maximum(self.shape * x / self.scale, -1.0)) / self.shape)

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level."""
        with np.errstate(divide="ignore"):
            log_tail = np.log1p(-np.asarray(level, dtype=float))
        if self._straight:
            return -self.scale * log_tail
        return self.scale * np.expm1(-self.shape * log_tail) / self.shape

    def moment(self, order: int) -> float:
        """E[X^order]; inf where order·shape >= 1."""
        if self._straight or self.shape > 0.0:
            return self._twin().moment(order)
        after = -1.0 / self.shape
        return float(self.largest**order * beta(1.0 + order, after) / beta(1.0, after))

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x]."""
        if self._straight or self.shape > 0.0:
            return self._twin().partial_moment(x, order)
        share = np.clip(np.asarray(x, dtype=float) / self.largest, 0.0, 1.0)
        return self.moment(order) * betainc(1.0 + order, -1.0 / self.shape, share)
