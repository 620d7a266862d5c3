"""The fund month by month on many paths: every flow in whole fen, nothing lost.

Floor 6, inside `fund`. Assets take the cash; what is unearned, unpaid or received in advance is
owed; the fund is the rest. Source: docs/fund.md section 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.fund.actions import ActionRules, Position
from workbench.fund.calendar import MONTHS, OPEN_ONE
from workbench.fund.cash import Money, Opening, close, contributions, opening_of, others
from workbench.fund.draws import PATHS, lanes_of, month_claims, shocks_of
from workbench.fund.laws import YearsLaws
from workbench.fund.terms import FundTerms

__all__ = [
    "CLAIMS",
    "ClaimYear",
    "YearFlows",
    "open_matrix",
    "walk",
    "walk_claims",
    "with_money",
]

CLAIMS = ("incurred", "paid", "handled", "unpaid", "handling")
"""Flows and holdings (`workbench.fund.cash`) that the claims of a path alone decide."""


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
class ClaimYear:
    """The claims of one year of a chunk: `CLAIMS` by name and `plan_fen`, see `YearFlows`."""

    year: int
    flows: dict[str, np.ndarray]
    plan_fen: list[np.ndarray]


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


def _unpaid(opened: np.ndarray, history: np.ndarray) -> np.ndarray:
    """Unpaid at each month's end, float fen (12, paths); `opened` see `open_matrix`.

    Whole fen times whole parts of 16,384: every sum is exact, so no order of adding matters.
    """
    found = opened @ history
    found *= 1.0 / OPEN_ONE
    return np.floor(found, out=found)


class _ClaimBooks:
    """What the claims of a chunk need of the years before: months not all paid, what is owed."""

    __slots__ = ("claims", "held", "history", "opened")

    def __init__(self, opening: Opening, terms: FundTerms, paths: int) -> None:
        self.held = {name: np.full(paths, opening.held[name]) for name in ("unpaid", "handling")}
        self.history = [np.repeat(one[:, None], paths, axis=1) for one in opening.history]
        self.opened = [open_matrix(lags) for lags in terms.calendar.open]
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
    if rules is None or not rules.actions:
        yield from with_money(laws, terms, walk_claims(laws, terms, seed, blocks, shock=shock))
        return
    paths, opening = len(blocks) * PATHS, opening_of(laws, terms)
    books, money = _ClaimBooks(opening, terms, paths), Money(opening, terms)
    position = Position(rules, paths)
    for year, claims in enumerate(_months(laws, terms, seed, blocks, shock)):
        contribution = np.rint(
            terms.contribution_fen[year + 1][:, None] * (position.tier * position.members)
        )
        number = terms.enrolments[year + 1][:, None] * position.members
        found = _claim_year(books, laws, terms, (year, position.claims), claims)
        times = position.times.copy()
        yield _money_year(money, terms, found, (contribution, number), times)
        if year + 1 < terms.years:
            ratio = terms.enrolments[year + 1] * terms.renewing[year]
            after = np.maximum(terms.enrolments[year + 2], 1e-300)
            position.decide(money.held["fund"], np.minimum(ratio / after, 1.0))


def walk_claims(
    laws: YearsLaws,
    terms: FundTerms,
    seed: int,
    blocks: Sequence[int],
    *,
    shock: tuple[float, float] = (0.0, 1.0),
) -> Iterator[ClaimYear]:
    """Yield the claims of some blocks year by year: what `walk` has without rules and money."""
    books = _ClaimBooks(opening_of(laws, terms), terms, len(blocks) * PATHS)
    usual = np.ones((len(terms.codes), 1))
    for year, claims in enumerate(_months(laws, terms, seed, blocks, shock)):
        yield _claim_year(books, laws, terms, (year, usual), claims)


def with_money(
    laws: YearsLaws, terms: FundTerms, claims: Iterable[ClaimYear]
) -> Iterator[YearFlows]:
    """Yield the years of paths whose claims are known, without rules."""
    money, never = Money(opening_of(laws, terms), terms), np.zeros((0, 1), dtype=np.int64)
    for found in claims:
        contribution = terms.contribution_fen[found.year + 1][:, None]
        number = terms.enrolments[found.year + 1][:, None]
        yield _money_year(money, terms, found, (contribution, number), never)


def _months(
    laws: YearsLaws,
    terms: FundTerms,
    seed: int,
    blocks: Sequence[int],
    shock: tuple[float, float],
) -> Iterator[list[np.ndarray]]:
    """Yield each year's claims at the level of the first year, see `month_claims`."""
    shocks = shocks_of(laws, seed, blocks, terms.years, shock)
    lanes = lanes_of(seed, terms.codes, blocks, terms.years)
    for year in range(terms.years):
        yield month_claims(laws, lanes[:, year], shocks[:, year])


def _money_year(
    money: Money,
    terms: FundTerms,
    found: ClaimYear,
    whole: tuple[np.ndarray, np.ndarray],
    times: np.ndarray,
) -> YearFlows:
    """Contributions beside the claims of a year, then month by month what needs the one before."""
    contribution, number = whole
    flows = contributions(money, terms, contribution, number) | found.flows
    flows["spent"] = flows["spent"] + flows["handled"]
    others(flows, terms, found.year)
    money.contribution = contribution
    close(money, terms, flows)
    return YearFlows(
        year=found.year,
        flows=flows,
        plan_fen=found.plan_fen,
        contribution_fen=np.asarray(contribution, dtype=np.int64),
        enrolments=number,
        times=times,
    )


def _claim_year(
    books: _ClaimBooks,
    laws: YearsLaws,
    terms: FundTerms,
    now: tuple[int, np.ndarray],
    claims: list[np.ndarray],
) -> ClaimYear:
    """Claims of a year; `now` the year, and what members' answer to rules makes of its terms."""
    year, answer = now
    new, old = laws.growth[:, year, :, None]
    factors = (old * books.claims, new * answer)
    by_plan = _incurred(laws, terms.calendar.covered, claims, factors)
    books.claims = answer
    return ClaimYear(year=year, flows=_claims(books, laws, terms, by_plan), plan_fen=by_plan)


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
        happened = amount * scale
        happened += 0.5
        found.append(np.floor(happened, out=happened))
    return found


def _claims(
    books: _ClaimBooks, laws: YearsLaws, terms: FundTerms, by_plan: list[np.ndarray]
) -> dict[str, np.ndarray]:
    """Incurred, unpaid and paid by way of the delay curves, and the handling of what is paid."""
    calendar = terms.calendar
    lag = calendar.lag
    incurred = unpaid = handling = cost = np.zeros(1)
    for group in range(calendar.groups):
        mine = [one for place, one in enumerate(by_plan) if calendar.group[place] == group]
        happened = mine[0] if len(mine) == 1 else np.sum(mine, axis=0)
        history = np.concatenate([books.history[group], happened])
        still = _unpaid(books.opened[group], history)
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
    books.held = {name: whole[name][-1] for name in ("unpaid", "handling")}
    return whole
