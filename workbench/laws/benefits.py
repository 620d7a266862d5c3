"""Benefits of a mutual-aid plan as laws of their own: by the day, once for all, by rank, by units.

Floor 1.1. Source: docs/model.md section 5; Klugman, Panjer and Willmot, Loss Models (4th ed.,
2012), chapter 8 (elimination days are an ordinary deductible in days, most days a limit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.guard import in_range, refuse, whole_number
from workbench.laws.discrete import Discrete, shares
from workbench.laws.frequency import FrequencyLaw
from workbench.laws.mixtures import Mixture, Scaled
from workbench.laws.sizes import SizeLaw, from_zero
from workbench.laws.terms import WaitingLadder, paid_days
from workbench.timeline import DAYS_IN_YEAR

__all__ = ["RankedStays", "daily_allowance", "in_units", "lump_sum"]

MOST_DAYS = 1 << 16


def daily_allowance(
    days: Discrete, daily_yuan: float, *, elimination_days: int = 0, most_days: int = MOST_DAYS
) -> Discrete:
    """Return the law of what whole days pay: daily_yuan · min((L − elimination)⁺, most).

    `days` is a law of whole days, such as `rounded_up(law)`.
    """
    from_zero("daily_yuan", daily_yuan)
    elimination = whole_number("elimination_days", elimination_days, 0, MOST_DAYS)
    most = whole_number("most_days", most_days, 0, MOST_DAYS)
    paid = paid_days(np.asarray(days.values), elimination, most)
    return Discrete(daily_yuan * paid, days.probabilities)


def lump_sum(ladder: WaitingLadder, first_term_share: float = 1.0) -> Discrete:
    """Return the law of what one diagnosis pays, its day even over the year."""
    share = in_range("first_term_share", first_term_share, 0.0, 1.0)
    by_day = ladder.on_day(np.arange(1, DAYS_IN_YEAR + 1))
    chance = np.full(DAYS_IN_YEAR, share / DAYS_IN_YEAR)
    return Discrete(np.append(by_day, ladder.full_yuan), np.append(chance, 1.0 - share))


@dataclass(frozen=True, slots=True)
class RankedStays:
    """Shares paid by the rank of a stay in its year; the last one holds for all later stays."""

    number: FrequencyLaw
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.shares:
            raise refuse("unknown-choice", name="shares", value=(), allowed="(0.8, 0.7)")
        for share in self.shares:
            in_range("share", share, 0.0, 1.0)

    def share(self, rank: int) -> float:
        """Share that the stay of this rank (1, 2, …) is paid at."""
        rank = whole_number("rank", rank, 1, MOST_DAYS)
        return self.shares[min(rank, len(self.shares)) - 1]

    def moment(self, order: int) -> float:
        """E Σ share of a year's stays: Σ over ranks of share · P(N >= rank); order 1 alone."""
        whole_number("order", order, 1, 1)
        ranks = np.arange(len(self.shares))
        reached = 1.0 - np.cumsum(self.number.pmf(ranks))  # P(N >= 1), P(N >= 2), …
        listed = float(np.dot(self.shares[:-1], reached[:-1]))
        return listed + self.shares[-1] * (self.number.mean - float(reached[:-1].sum()))


def in_units(law: SizeLaw, unit_shares: Sequence[float]) -> Mixture:
    """Return the law of a payment to a holder of 1, 2, … units; `unit_shares` of the holders."""
    weights = shares("unit_shares", unit_shares)
    laws = tuple(Scaled(law, float(units)) for units in range(1, len(weights) + 1))
    return Mixture(laws, tuple(float(weight) for weight in weights))
