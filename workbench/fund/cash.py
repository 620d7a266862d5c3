"""What the fund's money does month by month: contributions, expenses, interest, what is owed.

Floor 6, inside `fund`. Everything here holds for one column that all paths share and for many.
Source: docs/fund.md section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.fund.calendar import MONTHS, OPEN_BITS
from workbench.fund.laws import YearsLaws
from workbench.fund.terms import MILLION, RATE_BITS, FundTerms

__all__ = [
    "FLOWS",
    "HELD",
    "Money",
    "Opening",
    "close",
    "contributions",
    "month_end",
    "opening_of",
    "others",
]

FLOWS = (
    "written",
    "received",
    "earned",
    "paid",
    "incurred",
    "spent",
    "handled",
    "programmes",
    "remitted",
    "cover_price",
    "recovered",
    "settled",
    "interest",
)
"""Flows of a month, fen: contributions of terms that start, contributions received, contributions
earned; benefits paid, claims that happened; expenses paid, expenses of handling paid among them;
programmes; passed to the association; price of reinsurance; recovered from it; settled with the
association at the year's end (out of the fund); interest."""

HELD = ("assets", "unearned", "unpaid", "handling", "advance", "fund")
"""What stands at a month's end, fen: assets; unearned premium, unpaid claims, handling of unpaid
claims, contributions in advance; the free fund."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opening:
    """Where a chunk stands at the start: holdings by name in fen, and claims of the months before.

    `history` (groups, lag) fen by delay curve, oldest first.
    """

    held: dict[str, int]
    history: np.ndarray


def opening_of(laws: YearsLaws, terms: FundTerms) -> Opening:
    """Return the steady state at the close of the year before, at the draw's expected claims."""
    calendar = terms.calendar
    lag = calendar.lag
    months = np.arange(-lag, 0) % MONTHS
    expected = laws.expected_month_fen[:, months]
    history = np.zeros((calendar.groups, lag))
    np.add.at(history, calendar.group, expected)
    history = np.rint(history)
    unpaid = sum(
        int(history[group] @ calendar.open[group][::-1]) >> OPEN_BITS
        for group in range(calendar.groups)
    )
    handling = sum(
        round(float(laws.handling[group]) * (int(one @ calendar.open[group][::-1]) >> OPEN_BITS))
        for group, one in enumerate(history)
    )
    whole = float(terms.contribution_fen[0].sum())
    held = {
        "unearned": round(whole * float(calendar.unearned_new[-1])),
        "unpaid": unpaid,
        "handling": handling,
        "advance": round(whole * float(calendar.advance[-1])),
        "fund": terms.opening_fen,
    }
    return Opening(held={"assets": sum(held.values()), **held}, history=history)


class Money:
    """What the cash of a chunk needs of the month before; one column where all paths are alike."""

    __slots__ = ("contribution", "held")

    def __init__(self, opening: Opening, terms: FundTerms) -> None:
        self.held = {name: np.array([value]) for name, value in opening.held.items()}
        self.contribution = terms.contribution_fen[0][:, None]


def contributions(
    money: Money, terms: FundTerms, contribution: np.ndarray, number: np.ndarray
) -> dict[str, np.ndarray]:
    """Return what goes with a year's contributions, fen (12, …).

    Written, received, earned, unearned, in advance, remitted, and expenses without those of
    handling; `contribution` and `number` of enrolments of the year by plan, (plans, …).
    """
    calendar = terms.calendar
    new, old = contribution.sum(axis=0)[None, :], money.contribution.sum(axis=0)[None, :]
    written = _steps(np.cumsum(calendar.written)[:, None], new)
    unearned = _fen(new * calendar.unearned_new[:, None])
    unearned = unearned + _fen(old * calendar.unearned_old[:, None])
    advance = _fen(new * calendar.advance[:, None])
    before = money.held
    received = written + np.diff(advance, axis=0, prepend=_first(before["advance"], advance))
    released = np.diff(unearned, axis=0, prepend=_first(before["unearned"], unearned))
    spent = _fen(written * terms.expense_share)
    each = terms.per_enrolment_fen * number.sum(axis=0)[None, :]
    return {
        "written": written,
        "received": received,
        "earned": written - released,
        "unearned": unearned,
        "advance": advance,
        "spent": spent + _fen(each * calendar.written[:, None]),
        "remitted": (written * terms.remitted + MILLION // 2) // MILLION,
    }


def _first(held: np.ndarray, like: np.ndarray) -> np.ndarray:
    """The holding of the month before as a first row; one column where all paths are alike."""
    paths = like.shape[1]
    return np.broadcast_to(held[None, :paths], (1, paths))


def _fen(amount: np.ndarray) -> np.ndarray:
    return np.floor(amount + 0.5).astype(np.int64)


def _steps(share: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Split a year's fen over the months so that they add up: differences of rounded sums."""
    return np.diff(_fen(share * whole), axis=0, prepend=0)


def others(flows: dict[str, np.ndarray], terms: FundTerms, year: int) -> None:
    """Add programmes and reinsurance: the price in equal parts, what is recovered at the end."""
    none = np.zeros((MONTHS, 1), dtype=np.int64)
    flows["programmes"] = none + terms.programme_fen
    flows["cover_price"], flows["recovered"] = none, none
    if terms.covers:
        one = terms.covers[year]
        months = np.arange(1, MONTHS + 1)[:, None]
        flows["cover_price"] = np.diff(months * one.price_fen // MONTHS, axis=0, prepend=0)
        taken = np.zeros(flows["incurred"].shape, dtype=np.int64)
        taken[-1] = one.cover.ceded_fen(flows["incurred"].sum(axis=0))
        flows["recovered"] = taken


def month_end(
    before: np.ndarray, cash: np.ndarray, terms: FundTerms
) -> tuple[np.ndarray, np.ndarray]:
    """Return a month's interest and the assets at its end, fen: interest on what was there."""
    # A shift is the floor of a division by 2**32.
    interest = (np.maximum(before, 0) * terms.interest) >> RATE_BITS
    return interest, before + interest + cash


def close(money: Money, terms: FundTerms, flows: dict[str, np.ndarray]) -> None:
    """Add interest on the assets of each month's start, the settlement, and every month's end."""
    cash = flows["received"] - flows["paid"] - flows["spent"] - flows["programmes"]
    cash = cash - flows["remitted"] - flows["cover_price"] + flows["recovered"]
    owed = flows["unearned"] + flows["unpaid"] + flows["handling"] + flows["advance"]
    assets, interest = np.empty(cash.shape, dtype=np.int64), np.empty(cash.shape, dtype=np.int64)
    settled = np.zeros(cash.shape, dtype=np.int64)
    now = money.held["assets"]
    for month in range(MONTHS):
        interest[month], now = month_end(now, cash[month], terms)
        assets[month] = now
    if terms.retained < MILLION:
        result = assets[-1] - owed[-1] - money.held["fund"] - interest.sum(axis=0)
        settled[-1] = (result * (MILLION - terms.retained)) // MILLION
        assets[-1] -= settled[-1]
    flows["interest"], flows["settled"], flows["assets"] = interest, settled, assets
    flows["fund"] = assets - owed
    money.held = {name: np.broadcast_to(flows[name][-1], now.shape).copy() for name in HELD}
