"""What each method would have said at past dates, against what was paid since.

Floor 4, inside `reserving.methods`. A method's reserve at a date is spread over the periods to come
by its own development; what falls up to the latest diagonal is held to what was paid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from workbench.guard import InputRefused
from workbench.reserving.methods.registry import Case, Estimate, estimate
from workbench.reserving.methods.selection import Selection
from workbench.triangles import Triangle

__all__ = ["Replayed", "replay"]

LEAST_SIDE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One method at one past date.

    `back` diagonals ago; `reserve` it then stated for the origins that had begun; `foreseen` the
    part due by now, `paid` what was paid for them since. None where the method could not speak.
    """

    method: str
    back: int
    reserve: float | None
    foreseen: float | None
    paid: float

    @property
    def miss(self) -> float | None:
        """Foreseen less paid."""
        return None if self.foreseen is None else self.foreseen - self.paid


def _past(case: Case, back: int) -> Case:
    """The case as it stood; selections, which were made today, are left out but for the tail."""
    triangle = case.triangle.until(back)
    kept = [case.triangle.origins.index(origin) for origin in triangle.origins]
    return replace(
        case,
        triangle=triangle,
        selection=Selection(tail=case.selection.tail, reason=case.selection.reason),
        premium=None if case.premium is None else case.premium[kept],
        expected=None if case.expected is None else case.expected[kept],
        counts=None if case.counts is None else case.counts.until(back),
        reported=None if case.reported is None else case.reported.until(back),
        cells=None if case.cells is None else case.cells.until(back),
    )


def _due(found: Estimate, triangle: Triangle, back: int) -> float:
    """Part of a reserve due in the next `back` periods by the method's own development."""
    developed = 1.0 / found.to_ultimate
    developed = np.append(developed, np.ones(max(0, len(triangle.periods) - len(developed))))
    last = len(developed) - 1
    now = developed[np.minimum(triangle.ages - 1, last)]
    then = developed[np.minimum(triangle.ages - 1 + back, last)]
    open_ = 1.0 - now
    share = np.divide(then - now, open_, out=np.zeros(len(now)), where=np.abs(open_) > 1e-12)
    return float(np.sum(found.reserve * share))


def _paid_since(now: Triangle, past: Triangle, back: int) -> float:
    """What was paid since for the origins and periods that the past triangle knew of."""
    rows = [now.origins.index(origin) for origin in past.origins]
    last = np.minimum(past.ages + back, len(past.periods)) - 1
    reached = now.cumulative[rows, np.minimum(last, now.ages[rows] - 1)]
    return float(np.sum(reached - past.latest))


def replay(case: Case, keys: Iterable[str], most: int) -> tuple[Replayed, ...]:
    """Return every method at each of the last `most` diagonals, the latest first."""
    found = []
    deepest = min(most, len(case.triangle.origins) - LEAST_SIDE)
    keys = tuple(keys)
    for back in range(1, deepest + 1):
        past = _past(case, back)
        paid = _paid_since(case.triangle, past.triangle, back)
        for key in keys:
            try:
                said = estimate(past, key)
            except InputRefused:
                told = Replayed(method=key, back=back, reserve=None, foreseen=None, paid=paid)
            else:
                told = Replayed(
                    method=key,
                    back=back,
                    reserve=float(said.reserve.sum()),
                    foreseen=_due(said, past.triangle, back),
                    paid=paid,
                )
            found.append(told)
    return tuple(found)
