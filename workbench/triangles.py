"""The noun of a claims triangle: cumulative amounts by origin and development period.

Floor 1. Row i is an origin (year, quarter, month of the events), column k a development period;
what is not known yet is NaN. Every origin is known from its first period to its latest without a
gap, and a later origin is never known for longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.guard import Fault, InputRefused, freeze

__all__ = ["MOST_SIDE", "Triangle"]

MOST_SIDE = 600
"""Most origins or periods: 50 years by month."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Triangle:
    """Cumulative amounts, float (origins, periods), NaN where unknown.

    Raises `InputRefused` with every fault found: `triangle-one-origin`, `triangle-one-period`,
    `triangle-too-large`, `triangle-empty-origin`, `triangle-gap`, `triangle-not-stepped`,
    `triangle-zero-column`.
    """

    origins: tuple[str, ...]
    periods: tuple[str, ...]
    cumulative: np.ndarray

    def __post_init__(self) -> None:
        array = freeze(self.cumulative, float)
        object.__setattr__(self, "cumulative", array)
        if faults := list(_faults(self.origins, self.periods, array)):
            raise InputRefused(faults)

    @property
    def known(self) -> np.ndarray:
        """Which cells are known, bool (origins, periods)."""
        return ~np.isnan(self.cumulative)

    @property
    def ages(self) -> np.ndarray:
        """Number of known periods of each origin, int (origins,)."""
        return self.known.sum(axis=1)

    @property
    def latest(self) -> np.ndarray:
        """Latest known amount of each origin, (origins,)."""
        return self.cumulative[np.arange(len(self.origins)), self.ages - 1]

    @property
    def incremental(self) -> np.ndarray:
        """Amounts of each period alone, (origins, periods), NaN where unknown."""
        return np.diff(self.cumulative, axis=1, prepend=0.0)

    @property
    def falling(self) -> tuple[tuple[str, str], ...]:
        """Cells (origin, period) whose amount alone is negative: recoveries, or a wrong entry."""
        places = np.argwhere(np.nan_to_num(self.incremental) < 0.0)
        return tuple((self.origins[row], self.periods[column]) for row, column in places)

    def until(self, diagonals: int) -> Triangle:
        """Return what was known `diagonals` valuation dates ago; origins not begun are left out."""
        ages = self.ages - diagonals
        kept = ages > 0
        place = np.arange(len(self.periods))[None, :] < ages[kept, None]
        columns = place.any(axis=0)
        cells = np.where(place, self.cumulative[kept], np.nan)[:, columns]
        return Triangle(
            origins=tuple(np.array(self.origins)[kept]),
            periods=tuple(np.array(self.periods)[columns]),
            cumulative=cells,
        )


def _faults(origins: Sequence[str], periods: Sequence[str], cells: np.ndarray) -> list[Fault]:
    """Everything that makes a table no triangle."""
    if max(cells.shape) > MOST_SIDE:
        return [Fault("triangle-too-large", {"value": max(cells.shape), "allowed": MOST_SIDE})]
    faults = []
    if len(origins) < 2:
        faults.append(Fault("triangle-one-origin", {"value": len(origins)}))
    if len(periods) < 2:
        faults.append(Fault("triangle-one-period", {"value": len(periods)}))
    return faults or [*_gaps(origins, periods, cells), *_zero_columns(origins, periods, cells)]


def _gaps(origins: Sequence[str], periods: Sequence[str], cells: np.ndarray) -> list[Fault]:
    known, faults = ~np.isnan(cells), []
    ages = known.sum(axis=1)
    for row, (origin, age) in enumerate(zip(origins, ages, strict=True)):
        if age == 0:
            faults.append(Fault("triangle-empty-origin", {"row": row + 2, "name": origin}))
        elif not known[row, :age].all():
            column = periods[int(np.argmin(known[row]))]
            told = {"row": row + 2, "column": column, "name": origin}
            faults.append(Fault("triangle-gap", told))
        elif row and ages[row - 1] < age:
            told = {
                "row": row + 2,
                "name": origin,
                "value": int(age),
                "allowed": int(ages[row - 1]),
            }
            faults.append(Fault("triangle-not-stepped", told))
    return faults


def _zero_columns(origins: Sequence[str], periods: Sequence[str], cells: np.ndarray) -> list[Fault]:
    """A period with nothing to develop from: no factor out of it exists."""
    onward = ~np.isnan(cells[:, 1:])
    sums = np.where(onward, np.nan_to_num(cells[:, :-1]), 0.0).sum(axis=0)
    some = onward.any(axis=0)
    return [
        Fault("triangle-zero-column", {"column": periods[int(place)]})
        for place in np.flatnonzero(some & (sums <= 0.0))
    ]
