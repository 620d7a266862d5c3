"""Season by month: which part of a year's claims happens when, and the number in some months.

Floor 1.1. Each claim of a year falls into a month by itself with the month's share, so that the
number in some months is the year's number thinned: P(1 + p(z − 1)), exact for every law of the
year's number, mixed ones included (the months then share the shock). Source: Klugman, Panjer and
Willmot, Loss Models (4th ed., 2012), section 7.1 (compound counts with a Bernoulli count inside).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.guard import freeze, in_range, refuse, whole_number
from workbench.laws.sizes import from_zero, positive

if TYPE_CHECKING:
    from workbench.laws.frequency import FrequencyLaw
    from workbench.laws.mixed_counts import CompoundCounts

__all__ = ["MONTHS", "Season", "in_months"]

MONTHS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """Claims by month.

    `index` (12,), at least 0, of any mean: January first. `seasonal_share` of the claims follows
    it, the rest is even over the months.
    """

    index: Sequence[float] | np.ndarray
    seasonal_share: float = 1.0

    def __post_init__(self) -> None:
        if len(self.index) != MONTHS:
            raise refuse("unknown-choice", name="len(index)", value=len(self.index), allowed=MONTHS)
        index = freeze([from_zero("index", one) for one in self.index])
        positive("sum of index", float(index.sum()))
        in_range("seasonal_share", self.seasonal_share, 0.0, 1.0)
        object.__setattr__(self, "index", index)

    @property
    def shares(self) -> np.ndarray:
        """Share of a year's claims in each month, (12,), adding to 1."""
        index = np.asarray(self.index)
        return (self.seasonal_share * index / index.mean() + 1.0 - self.seasonal_share) / MONTHS

    def until(self, month: int) -> float:
        """Share of a year's claims from 1 January to the end of month 1 to 12."""
        last = whole_number("month", month, 1, MONTHS)
        return float(self.shares[:last].sum())


def in_months(number: FrequencyLaw, season: Season, first: int, last: int) -> CompoundCounts:
    """Return the law of the number of claims in months `first` to `last` (1 to 12) of a year."""
    # Imported where they are used: reserves need the season alone.
    from workbench.laws.frequency import Binomial
    from workbench.laws.mixed_counts import CompoundCounts

    last = whole_number("last", last, 1, MONTHS)
    first = whole_number("first", first, 1, last)
    share = float(season.shares[first - 1 : last].sum())
    return CompoundCounts(number, Binomial(1, min(share, 1.0)))
