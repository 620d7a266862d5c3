"""Reinsurance covers: who bears which part of an amount, in yuan, as a law, and in whole fen.

Floor 1.1. Every cover here takes share · min((x − floor)⁺, width) of an amount x: of a member's
yearly amount (per person), of what one event pays (per event), of the year's total (stop loss), or
a share of everything (quota share). What is left is a non-decreasing, continuous function of x, so
that a quantile of the retained amount is the retained part of the quantile.
Source: Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), chapters 8 and 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import ClassVar

import numpy as np

from workbench.guard import in_range
from workbench.laws.coverage import Covered, Terms
from workbench.laws.sizes import LARGEST, SMALLEST, Atoms, SizeLaw

__all__ = [
    "COVERS",
    "Cover",
    "Parameter",
    "PerEvent",
    "PerPerson",
    "QuotaShare",
    "Retained",
    "StopLoss",
]

MILLION = 1_000_000
"""A share of drawn fen is counted in whole millionths, by integers."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a cover: its name, unit ("yuan" or "share") and range."""

    name: str
    unit: str
    low: float
    high: float


_FLOOR = Parameter("retention", "yuan", 0.0, LARGEST)
_ATTACHMENT = Parameter("attachment", "yuan", 0.0, LARGEST)
_LIMIT = Parameter("limit", "yuan", SMALLEST, float("inf"))
_SHARE = Parameter("share", "share", 1.0 / MILLION, 1.0)


class Cover:
    """What a reinsurer takes of an amount x: share · min((x − floor)⁺, width).

    A cover gives `floor`, `width` (yuan, inf without a limit) and `part` (its share).
    """

    __slots__ = ()
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    base: ClassVar[str] = ""
    """What the cover looks at: "person", "event", "year" or "all"."""

    def __post_init__(self) -> None:
        for one in self.parameters:
            value = getattr(self, one.name)
            if value != one.high:
                in_range(one.name, value, one.low, one.high)

    @property
    def floor(self) -> float:
        """Amount from which the cover pays, yuan."""
        return float(getattr(self, self.parameters[0].name))

    @property
    def width(self) -> float:
        """Largest part of an amount that counts above the floor, yuan; inf without a limit."""
        return float(getattr(self, "limit", np.inf))

    @property
    def part(self) -> float:
        """Share of the layer that is ceded."""
        return float(getattr(self, "share", 1.0))

    @property
    def top(self) -> float:
        """Amount from which the cover pays no more, yuan."""
        return self.floor + self.width

    @property
    def most(self) -> float:
        """Largest amount ceded, yuan."""
        return self.part * self.width

    def ceded(self, amount: np.ndarray) -> np.ndarray:
        """Return what is ceded of amounts (yuan), shape of `amount`."""
        above = np.maximum(np.asarray(amount, dtype=float) - self.floor, 0.0)
        return self.part * np.minimum(above, self.width)

    def retained(self, amount: np.ndarray) -> np.ndarray:
        """Return what is left of amounts (yuan), shape of `amount`."""
        amount = np.asarray(amount, dtype=float)
        inside = np.minimum(np.maximum(amount - self.floor, 0.0), self.width)
        beyond = np.maximum(amount - self.top, 0.0)
        return np.minimum(amount, self.floor) + (1.0 - self.part) * inside + beyond

    def ceded_fen(self, fen: np.ndarray) -> np.ndarray:
        """Return what is ceded of whole fen, int64, rounded half up.

        Floor and width are rounded to whole fen, the share to whole millionths; then there is
        integer arithmetic only. What is left is `fen − ceded`, so both add up to the fen.
        """
        above = np.maximum(np.asarray(fen, dtype=np.int64) - _whole(100.0 * self.floor), 0)
        if np.isfinite(self.width):
            above = np.minimum(above, _whole(100.0 * self.width))
        millionths = _whole(MILLION * self.part)
        rounds, rest = np.divmod(above, MILLION)
        return rounds * millionths + (rest * millionths + MILLION // 2) // MILLION

    def retained_fen(self, fen: np.ndarray) -> np.ndarray:
        """Return what is left of whole fen, int64."""
        return np.asarray(fen, dtype=np.int64) - self.ceded_fen(fen)

    def ceded_law(self, amount: SizeLaw) -> SizeLaw:
        """Return the law of what is ceded of one amount; 0 is part of it."""
        terms = Terms(deductible=self.floor, limit=self.top, coinsurance=self.part)
        return Covered(amount, terms)

    def retained_law(self, amount: SizeLaw) -> SizeLaw:
        """Return the law of what is left of one amount."""
        return Retained(amount, self)


def _whole(value: float) -> int:
    """Round half up to a whole number."""
    return int(np.floor(value + 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class PerPerson(Cover):
    """Excess of loss on one member's yearly amount: above `retention`, at most `limit`."""

    retention: float
    limit: float = float("inf")
    share: float = 1.0
    parameters = (_FLOOR, _LIMIT, _SHARE)
    base = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class PerEvent(Cover):
    """Excess of loss on what one event pays to all it touches: above `retention`, to `limit`."""

    retention: float
    limit: float = float("inf")
    share: float = 1.0
    parameters = (_FLOOR, _LIMIT, _SHARE)
    base = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLoss(Cover):
    """Excess of a year's total above `attachment`, at most `limit`, of which `share` is ceded."""

    attachment: float
    limit: float = float("inf")
    share: float = 1.0
    parameters = (_ATTACHMENT, _LIMIT, _SHARE)
    base = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaShare(Cover):
    """The same `share` of every amount."""

    share: float
    parameters = (_SHARE,)
    base = "all"

    @property
    def floor(self) -> float:
        """0: every yuan counts."""
        return 0.0


COVERS: tuple[type[Cover], ...] = (PerPerson, PerEvent, StopLoss, QuotaShare)
"""Every form of cover."""


@dataclass(frozen=True, slots=True)
class Retained(SizeLaw):
    """Law of what a cover leaves of one amount X: R(X) = X − share · min((X − floor)⁺, width)."""

    amount: SizeLaw
    cover: Cover

    def _pieces(self) -> tuple[tuple[float, float, float, float], ...]:
        """(from, to, slope, constant): R(x) = slope · x + constant for from < x <= to."""
        one = self.cover
        inside = (one.floor, one.top, 1.0 - one.part, one.part * one.floor)
        pieces = [(0.0, one.floor, 1.0, 0.0), inside]
        if np.isfinite(one.top):
            pieces.append((one.top, np.inf, 1.0, -one.most))
        return tuple(piece for piece in pieces if piece[1] > piece[0])

    def _amount_of(self, y: np.ndarray) -> np.ndarray:
        """Largest x of which at most `y` >= 0 is left; inf where there is none."""
        one = self.cover
        y = np.asarray(y, dtype=float)
        kept = 1.0 - one.part
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = one.floor + (y - one.floor) / kept
        at_top = one.floor + kept * one.width if kept else one.floor
        beyond = y + one.most if np.isfinite(one.top) else np.full(y.shape, np.inf)
        return np.where(y < one.floor, y, np.where(y < at_top, inside, beyond))

    def atoms(self) -> Atoms:
        """Amounts that have a positive probability: those of X, and the floor of a full cession."""
        inner = self.amount.atoms()
        values, masses = self.cover.retained(inner.values), inner.masses
        if self.cover.part < 1.0 or self.is_discrete:
            return Atoms.of(values, masses)
        low, high = np.asarray(self.cover.floor), np.asarray(self.cover.top)
        between = float(self.amount.survival(low)) - inner.total + float(inner.below(low))
        if np.isfinite(high):
            between -= float(self.amount.survival(high)) - inner.total + float(inner.below(high))
        values = np.concatenate([[self.cover.floor], values])
        return Atoms.of(values, np.concatenate([[max(between, 0.0)], masses]))

    @property
    def is_discrete(self) -> bool:
        """Whether the law has no density part."""
        return self.amount.is_discrete

    @property
    def largest(self) -> float:
        """Largest possible amount, or inf."""
        if np.isfinite(self.amount.largest):
            return float(self.cover.retained(np.asarray(self.amount.largest)))
        endless = np.isfinite(self.cover.top) or self.cover.part < 1.0
        return float("inf") if endless else self.cover.floor

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(R > x)."""
        x = np.asarray(x, dtype=float)
        reached = self._amount_of(np.maximum(x, 0.0))
        beyond = self.amount.survival(np.where(np.isinf(reached), 0.0, reached))
        return np.where(x < 0.0, 1.0, np.where(np.isinf(reached), 0.0, beyond))

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least y with P(R <= y) >= level."""
        return self.cover.retained(self.amount.quantile(level))

    def from_uniform(self, u: np.ndarray) -> np.ndarray:
        """Return retained amounts made from numbers evenly spread over (0, 1)."""
        return self.cover.retained(self.amount.from_uniform(u))

    def moment(self, order: int) -> float:
        """E[R^order], orders 0 to 3; inf where it does not exist."""
        return float(self._sum(np.asarray(np.inf), order))

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[R^order; R <= x]."""
        return self._sum(self._amount_of(np.maximum(np.asarray(x, dtype=float), 0.0)), order)

    def _sum(self, reach: np.ndarray, order: int) -> np.ndarray:
        """E[R(X)^order; X <= reach]: the binomial of each piece in moments of X."""
        total = np.zeros(np.shape(reach)) + (float(self.amount.cdf(np.asarray(0.0))) * (order == 0))
        for low, high, slope, constant in self._pieces():
            if not slope:
                total = total + constant**order * self._between(reach, low, high, 0)
                continue
            for power in range(order + 1):
                factor = comb(order, power) * slope**power * constant ** (order - power)
                if factor:
                    total = total + factor * self._between(reach, low, high, power)
        return total

    def _between(self, reach: np.ndarray, low: float, high: float, power: int) -> np.ndarray:
        """E[X^power; low < X <= min(high, reach)]."""
        end = np.maximum(np.minimum(reach, high), low)
        near = np.where(np.isinf(end), low, end)
        below = self._below(np.asarray(low), power)
        inside = np.where(np.isinf(end), self.amount.moment(power), self._below(near, power))
        return np.maximum(inside - below, 0.0)

    def _below(self, x: np.ndarray, power: int) -> np.ndarray:
        return self.amount.cdf(x) if power == 0 else self.amount.partial_moment(x, power)
