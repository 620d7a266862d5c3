"""The noun of a payment history: one entry a payment, with its four dates.

Floor 5, inside `history`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workbench.guard import freeze

__all__ = ["OPEN", "Payments"]

OPEN = np.datetime64("9999-12-31", "D")
"""Day of payment of a claim that is reported and not paid: never within a valuation."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Payments:
    """Payments, one entry each, all arrays (payments,).

    `plan` place in `codes`, `county` place in `counties`; `event`, `reported`, `complete` (papers)
    and `paid` datetime64[D], `OPEN` where a claim is reported and not paid yet; `fen` int64, 0 of
    an open claim. `generator` names what simulated it, empty for records.
    """

    codes: tuple[str, ...]
    counties: tuple[str, ...]
    plan: np.ndarray
    county: np.ndarray
    event: np.ndarray
    reported: np.ndarray
    complete: np.ndarray
    paid: np.ndarray
    fen: np.ndarray
    generator: str = ""

    @property
    def simulated(self) -> bool:
        """Whether these are simulated payments, not records."""
        return bool(self.generator)

    @property
    def tells_reports(self) -> bool:
        """Whether some claim was reported before it was paid: dates of report are recorded."""
        return bool(np.any(self.reported < self.paid))

    @property
    def last_paid(self) -> np.datetime64:
        """Day of the latest payment; of the latest report where nothing is paid."""
        paid = self.paid[self.paid < OPEN]
        return np.max(paid if len(paid) else self.reported)

    @property
    def number(self) -> int:
        """Number of payments."""
        return len(self.fen)

    def where(self, kept: np.ndarray) -> Payments:
        """Return the payments of a mask (payments,) or of places."""
        names = ("plan", "county", "event", "reported", "complete", "paid", "fen")
        some: dict[str, Any] = {name: freeze(getattr(self, name)[kept]) for name in names}
        return replace(self, **some)

    def of_plan(self, code: str) -> Payments:
        """Return the payments of one plan; all of them for ""."""
        return self if not code else self.where(self.plan == self.codes.index(code))
