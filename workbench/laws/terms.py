"""Benefit terms: what one stay, one year, one diagnosis pays.

Floor 1. Every function is a formula of docs/model.md section 5, in yuan before rounding; the fen
rounding of a simulated payment is `to_fen`. Paid days count after the elimination days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.guard import in_range, whole_number
from workbench.laws.severity import Lognormal
from workbench.laws.sizes import from_zero
from workbench.plans import Plan
from workbench.timeline import DAYS_IN_YEAR

__all__ = ["BasicCover", "MedicalPayment", "WaitingLadder", "paid_days", "to_fen"]


HALF_A_FEN_YUAN = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicCover:
    """What basic insurance leaves of a stay: share in scope, deductible (yuan), coinsurance."""

    in_scope_share: float
    deductible_yuan: float
    coinsurance: float

    def self_pay(self, cost: np.ndarray) -> np.ndarray:
        """In-scope self-pay B of a stay that costs `cost` yuan, any shape."""
        scope = self.in_scope_share * np.asarray(cost, dtype=float)
        above = np.maximum(scope - self.deductible_yuan, 0.0)
        return np.minimum(scope, self.deductible_yuan) + self.coinsurance * above


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicalPayment:
    """A = share · max(B − deductible, 0) as a function of the cost of a stay.

    Piecewise linear in the cost: slope `first_slope` above `first_knot`, and `last_slope` above
    `last_knot` (yuan of payment per yuan of cost).
    """

    first_knot: float
    first_slope: float
    last_knot: float
    last_slope: float

    @classmethod
    def of(cls, plan: Plan, basic: BasicCover, share: float) -> MedicalPayment:
        """Return the payment of `plan` at this rank's share."""
        excess = plan.deductible_yuan or 0.0
        low = share * basic.in_scope_share
        high = low * basic.coinsurance
        kink = basic.deductible_yuan / basic.in_scope_share
        if excess <= basic.deductible_yuan:
            return cls(
                first_knot=excess / basic.in_scope_share,
                first_slope=low,
                last_knot=kink,
                last_slope=high,
            )
        beyond = (excess - basic.deductible_yuan) / basic.coinsurance
        start = (basic.deductible_yuan + beyond) / basic.in_scope_share
        return cls(first_knot=start, first_slope=high, last_knot=start, last_slope=high)

    def amount(self, cost: np.ndarray) -> np.ndarray:
        """Payment in yuan before cap and rounding, shape of `cost`."""
        cost = np.asarray(cost, dtype=float)
        low = np.clip(cost, self.first_knot, self.last_knot) - self.first_knot
        return self.first_slope * low + self.last_slope * np.maximum(cost - self.last_knot, 0.0)

    def cost_of(self, amount: np.ndarray) -> np.ndarray:
        """Least cost with a payment of at least `amount` (inf where none is)."""
        amount = np.asarray(amount, dtype=float)
        kink = self.first_slope * (self.last_knot - self.first_knot)
        with np.errstate(divide="ignore", invalid="ignore"):
            low = self.first_knot + amount / self.first_slope
            high = self.last_knot + (amount - kink) / self.last_slope
        cost = np.where(amount <= kink, low, high)
        return np.where(np.isnan(cost), np.inf, cost)

    def limited_mean(self, law: Lognormal, limits: np.ndarray) -> np.ndarray:
        """E[min(A, y)] for each y of `limits`, by limited means of the cost (any shape)."""
        limits = np.asarray(limits, dtype=float)
        ends = self.cost_of(limits)
        low = law.limited_mean(np.minimum(ends, self.last_knot)) - law.limited_mean(
            np.minimum(ends, self.first_knot)
        )
        high = law.limited_mean(np.maximum(ends, self.last_knot)) - law.limited_mean(
            np.asarray(self.last_knot)
        )
        return self.first_slope * low + self.last_slope * high

    @property
    def least_paid_cost(self) -> float:
        """Cost from which a stay pays at least a fen after rounding, yuan (inf: never)."""
        return float(self.cost_of(np.asarray(HALF_A_FEN_YUAN)))

    def zero_probability(self, law: Lognormal) -> float:
        """P(a stay pays nothing), payments rounded half up to fen."""
        return float(1.0 - law.survival(np.asarray(self.least_paid_cost)))


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLadder:
    """A lump sum with a waiting ladder.

    In a first term nothing is paid to day `none_until_day`, `partial_yuan` to day
    `partial_until_day`, then `full_yuan`; in a later term `full_yuan` from day 1.
    """

    full_yuan: float
    partial_yuan: float = 0.0
    none_until_day: int = 0
    partial_until_day: int = 0

    def __post_init__(self) -> None:
        from_zero("full_yuan", self.full_yuan)
        in_range("partial_yuan", self.partial_yuan, 0.0, self.full_yuan)
        whole_number("none_until_day", self.none_until_day, 0, DAYS_IN_YEAR)
        whole_number("partial_until_day", self.partial_until_day, 0, DAYS_IN_YEAR)

    def on_day(self, day: np.ndarray) -> np.ndarray:
        """Yuan of a diagnosis on day 1 to 365 of a first term, shape of `day`."""
        day = np.asarray(day)
        later = np.where(day <= self.partial_until_day, self.partial_yuan, self.full_yuan)
        return np.where(day <= self.none_until_day, 0.0, later)


def paid_days(days: np.ndarray, elimination_days: int, most: int) -> np.ndarray:
    """min(max(L − elimination, 0), most) in whole days, shape of `days`."""
    return np.minimum(np.maximum(np.asarray(days) - elimination_days, 0), most)


def to_fen(yuan: np.ndarray) -> np.ndarray:
    """Round yuan half up to whole fen, int64."""
    return np.floor(np.asarray(yuan) * 100.0 + 0.5).astype(np.int64)
