"""The fund month by month on many paths: every flow in whole fen, nothing lost.

Floor 6, inside `fund`. Assets take the cash; what is unearned, unpaid or received in advance is
owed; the fund is the rest. Source: docs/fund.md section 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.fund.actions import ActionRules, Position
from workbench.fund.calendar import MONTHS, OPEN_BITS, OPEN_ONE
from workbench.fund.draws import PATHS, lanes_of, month_claims, shocks_of
from workbench.fund.laws import YearsLaws
from workbench.fund.terms import MILLION, RATE_ONE, FundTerms

__all__ = ["FLOWS", "HELD", "Opening", "YearFlows", "open_matrix", "opening_of", "walk"]

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
class YearFlows:
    """One year of a chunk.

    `flows` flows and holdings by name, each (12, paths); `plan_fen` claims that happened by plan,
    each (12, paths); `contribution_fen` and `enrolments` (plans, paths) of the year, one column
    where all paths are alike; `times` (actions, paths) how often each action has acted before.
    """

    year: int
    flows: dict[str, np.ndarray]
    plan_fen: list[np.ndarray]
    contribution_fen: np.ndarray
    enrolments: np.ndarray
    times: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opening:
    """Where a chunk stands at the start: holdings by name in fen, and claims of the months before.

    `history` (groups, lag) fen by delay curve, oldest first.
    """

    held: dict[str, int]
    history: np.ndarray


def open_matrix(lags: np.ndarray) -> np.ndarray:
    """Return how much of each month is unpaid at each month's end of a year, (12, lag + 12).

    `lags` (lag,) parts of 16,384 unpaid k month's ends after; the months before the year come
    first.
    """
    lag = len(lags)
    found = np.zeros((MONTHS, lag + MONTHS))
    for month in range(MONTHS):
        back = lag + month - np.arange(lag + MONTHS)
        here = (back >= 0) & (back < lag)
        found[month, here] = lags[back[here]]
    return found


def _unpaid(lags: np.ndarray, history: np.ndarray) -> np.ndarray:
    """Unpaid at each month's end, float fen (12, paths).

    Whole fen times whole parts of 16,384: every sum is exact, so no order of adding matters.
    """
    return np.floor(open_matrix(lags) @ history / OPEN_ONE)


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


class _Books:
    """The state of a chunk between two years."""

    __slots__ = ("claims", "contribution", "held", "history", "position")

    def __init__(
        self, laws: YearsLaws, terms: FundTerms, rules: ActionRules | None, paths: int
    ) -> None:
        opening = opening_of(laws, terms)
        self.held = {name: np.full(paths, value) for name, value in opening.held.items()}
        self.history = [np.repeat(one[:, None], paths, axis=1) for one in opening.history]
        self.position = Position(rules, paths) if rules and rules.actions else None
        self.contribution = terms.contribution_fen[0][:, None]
        self.claims = np.ones((len(terms.codes), 1))


def walk(
    laws: YearsLaws,
    terms: FundTerms,
    seed: int,
    blocks: Sequence[int],
    *,
    rules: ActionRules | None = None,
    shock: tuple[float, float] = (0.0, 1.0),
) -> Iterator[YearFlows]:
    """Yield the years of some blocks of 64 paths one after the other (`YearFlows`).

    `shock`: correlation of successive years, factor after a year of deferred care.
    """
    paths = len(blocks) * PATHS
    books = _Books(laws, terms, rules, paths)
    shocks = shocks_of(laws, seed, blocks, terms.years, shock)
    lanes = lanes_of(seed, terms.codes, blocks, terms.years)
    for year in range(terms.years):
        claims = month_claims(laws, lanes[:, year], shocks[:, year])
        yield _year(books, laws, terms, year, claims)
        if books.position is not None and year + 1 < terms.years:
            ratio = terms.enrolments[year + 1] * terms.renewing[year]
            after = np.maximum(terms.enrolments[year + 2], 1e-300)
            books.position.decide(books.held["fund"], np.minimum(ratio / after, 1.0))


def _year(
    books: _Books, laws: YearsLaws, terms: FundTerms, year: int, claims: list[np.ndarray]
) -> YearFlows:
    """One year: contributions and claims, then month by month what needs the month before."""
    position, calendar = books.position, terms.calendar
    contribution = terms.contribution_fen[year + 1][:, None]
    number, answer = terms.enrolments[year + 1][:, None], np.ones((len(terms.codes), 1))
    if position is not None:
        contribution = np.rint(contribution * (position.tier * position.members))
        number, answer = number * position.members, position.claims
    new, old = laws.growth[:, year, :, None]
    factors = (old * books.claims, new * answer)
    by_plan = _incurred(laws, calendar.covered, claims, factors)
    flows = _contributions(books, terms, contribution, number)
    flows |= _claims(books, laws, terms, by_plan)
    flows["spent"] = flows["spent"] + flows["handled"]
    _others(flows, terms, year)
    books.contribution, books.claims = contribution, answer
    _close(books, terms, flows, year)
    return YearFlows(
        year=year,
        flows=flows,
        plan_fen=by_plan,
        contribution_fen=np.asarray(contribution, dtype=np.int64),
        enrolments=number,
        times=np.zeros((0, 1), dtype=np.int64) if position is None else position.times.copy(),
    )


def _incurred(
    laws: YearsLaws,
    covered: np.ndarray,
    claims: list[np.ndarray],
    factors: tuple[np.ndarray, np.ndarray],
) -> list[np.ndarray]:
    """Claims that happen by plan, whole fen as float: members, trend, season, terms of two years.

    `factors` of the terms of the year before and of this one, (plans, 1) or (plans, paths).
    """
    found = []
    for place, amount in enumerate(claims):
        old, new = (one[place][None, :] for one in factors)
        part = covered[:, None]
        scale = (old * (1.0 - part) + new * part) * laws.season[place][:, None]
        found.append(np.floor(amount * scale + 0.5))
    return found


def _contributions(
    books: _Books, terms: FundTerms, contribution: np.ndarray, number: np.ndarray
) -> dict[str, np.ndarray]:
    """Written, received, earned, unearned, in advance, and the expenses that go with them."""
    calendar = terms.calendar
    new, old = contribution.sum(axis=0)[None, :], books.contribution.sum(axis=0)[None, :]
    written = _steps(np.cumsum(calendar.written)[:, None], new)
    unearned = _fen(new * calendar.unearned_new[:, None])
    unearned = unearned + _fen(old * calendar.unearned_old[:, None])
    advance = _fen(new * calendar.advance[:, None])
    before = books.held
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
    return held[None, : like.shape[1]]


def _fen(amount: np.ndarray) -> np.ndarray:
    return np.floor(amount + 0.5).astype(np.int64)


def _steps(share: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Split a year's fen over the months so that they add up: differences of rounded sums."""
    return np.diff(_fen(share * whole), axis=0, prepend=0)


def _claims(
    books: _Books, laws: YearsLaws, terms: FundTerms, by_plan: list[np.ndarray]
) -> dict[str, np.ndarray]:
    """Incurred, unpaid and paid by way of the delay curves, and the handling of what is paid."""
    calendar = terms.calendar
    lag = calendar.lag
    incurred = unpaid = handling = cost = np.zeros(1)
    for group in range(calendar.groups):
        mine = [one for place, one in enumerate(by_plan) if calendar.group[place] == group]
        happened = mine[0] if len(mine) == 1 else np.sum(mine, axis=0)
        history = np.concatenate([books.history[group], happened])
        still = _unpaid(calendar.open[group], history)
        books.history[group] = history[-lag:]
        incurred, unpaid = incurred + happened, unpaid + still
        rate = float(laws.handling[group])
        handling = handling + np.floor(still * rate + 0.5)
        cost = cost + np.floor(happened * rate + 0.5)
    whole = {
        "incurred": incurred.astype(np.int64),
        "unpaid": unpaid.astype(np.int64),
        "handling": handling.astype(np.int64),
    }
    before = books.held
    more = np.diff(whole["unpaid"], axis=0, prepend=before["unpaid"][None, :])
    kept = np.diff(whole["handling"], axis=0, prepend=before["handling"][None, :])
    whole["paid"] = whole["incurred"] - more
    whole["handled"] = cost.astype(np.int64) - kept
    return whole


def _others(flows: dict[str, np.ndarray], terms: FundTerms, year: int) -> None:
    """Programmes and reinsurance: the price in equal parts, what is recovered at the year's end."""
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


def _close(books: _Books, terms: FundTerms, flows: dict[str, np.ndarray], year: int) -> None:
    """Interest on the assets of each month's start, the settlement, and every month's end."""
    cash = flows["received"] - flows["paid"] - flows["spent"] - flows["programmes"]
    cash = cash - flows["remitted"] - flows["cover_price"] + flows["recovered"]
    owed = flows["unearned"] + flows["unpaid"] + flows["handling"] + flows["advance"]
    assets, interest = np.empty(cash.shape, dtype=np.int64), np.empty(cash.shape, dtype=np.int64)
    settled = np.zeros(cash.shape, dtype=np.int64)
    now = books.held["assets"]
    for month in range(MONTHS):
        interest[month] = (np.maximum(now, 0) * terms.interest) // RATE_ONE
        now = now + cash[month] + interest[month]
        assets[month] = now
    if terms.retained < MILLION:
        result = assets[-1] - owed[-1] - books.held["fund"] - interest.sum(axis=0)
        settled[-1] = (result * (MILLION - terms.retained)) // MILLION
        assets[-1] -= settled[-1]
    flows["interest"], flows["settled"], flows["assets"] = interest, settled, assets
    flows["fund"] = assets - owed
    books.held = {name: np.broadcast_to(flows[name][-1], now.shape).copy() for name in HELD}
