"""The years of the fund as an official reads them: income statement and balance sheet, by plan too.

Floor 6, inside `fund`. From the books of one path, or of the mean. Source: docs/fund.md section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.fund.calendar import MONTHS, OPEN_ONE
from workbench.fund.cash import HELD
from workbench.fund.paths import open_matrix
from workbench.fund.run import Books, FundModel, FundRun
from workbench.risk import Figure
from workbench.uncertainty import standard_error

__all__ = ["BALANCE", "INCOME", "PLAN_LINES", "Statements", "mean_statements", "statements_of"]

INCOME = (
    "written",
    "unearned_change",
    "earned",
    "interest",
    "recovered",
    "paid",
    "unpaid_change",
    "incurred",
    "spent",
    "handling_change",
    "programmes",
    "remitted",
    "cover_price",
    "settled",
    "result",
)
"""Lines of the income statement; result = earned + interest + recovered − incurred − spent −
handling_change − programmes − remitted − cover_price − settled = change of the fund."""

BALANCE = HELD
"""Lines of the balance sheet at the year's end; assets = all the others together."""

PLAN_LINES = (
    "enrolments",
    "written",
    "earned",
    "incurred",
    "expenses",
    "result",
    "unearned",
    "unpaid",
)
"""What is told of a plan and year; the result is before interest and what is common to all."""

FEN = 100.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statements:
    """Years of the fund in yuan, each line (years,): income, balance, and by plan code.

    `income_error`, `balance_error` likewise; 0 for one path.
    """

    income: Mapping[str, np.ndarray]
    balance: Mapping[str, np.ndarray]
    plans: Mapping[str, Mapping[str, np.ndarray]]
    income_error: Mapping[str, np.ndarray]
    balance_error: Mapping[str, np.ndarray]

    def income_figure(self, line: str, year: int) -> Figure:
        """Return a line of the income statement of a year, the first being 0."""
        return Figure(float(self.income[line][year]), float(self.income_error[line][year]))

    def balance_figure(self, line: str, year: int) -> Figure:
        """Return a line of the balance sheet at the end of a year."""
        return Figure(float(self.balance[line][year]), float(self.balance_error[line][year]))


def _by_year(line: np.ndarray) -> np.ndarray:
    return line.reshape(-1, MONTHS).sum(axis=1) / FEN


def _income(books: Books) -> dict[str, np.ndarray]:
    lines, found = books.lines, {}
    for name in INCOME:
        if name.endswith("_change"):
            held = name.removesuffix("_change")
            found[name] = _change(lines[held], books.opening[held])
        elif name == "result":
            found[name] = _change(lines["fund"], books.opening["fund"])
        else:
            found[name] = _by_year(lines[name])
    return found


def _change(line: np.ndarray, opening: float) -> np.ndarray:
    return np.diff(line[MONTHS - 1 :: MONTHS], prepend=opening) / FEN


def _balance(books: Books) -> dict[str, np.ndarray]:
    return {name: books.lines[name][MONTHS - 1 :: MONTHS] / FEN for name in BALANCE}


def _plans(model: FundModel, books: Books) -> dict[str, dict[str, np.ndarray]]:
    terms, laws = model.terms, model.laws
    calendar, found = terms.calendar, {}
    number = np.array([one.handling for one in laws]).mean(axis=0)
    for place, code in enumerate(terms.codes):
        written = books.contribution_fen[place]
        unearned = written * calendar.unearned_new[-1]
        start = float(terms.contribution_fen[0][place]) * calendar.unearned_new[-1]
        earned = written - np.diff(unearned, prepend=start)
        claims = books.plan_fen[place]
        incurred = claims.reshape(-1, MONTHS).sum(axis=1)
        spent = terms.expense_share * written + number[calendar.group[place]] * incurred
        spent = spent + terms.per_enrolment_fen * books.enrolments[place]
        found[code] = {
            "enrolments": books.enrolments[place],
            "written": written / FEN,
            "earned": earned / FEN,
            "incurred": incurred / FEN,
            "expenses": spent / FEN,
            "result": (earned - incurred - spent) / FEN,
            "unearned": unearned / FEN,
            "unpaid": _plan_unpaid(model, place, claims) / FEN,
        }
    return found


def _plan_unpaid(model: FundModel, place: int, claims: np.ndarray) -> np.ndarray:
    """Unpaid claims of a plan at each year's end; months before the first as expected."""
    calendar = model.terms.calendar
    lags = calendar.open[calendar.group[place]]
    before = np.arange(-len(lags), 0) % MONTHS
    usual = np.mean(
        [one.expected_month_fen[place, before] for one in model.laws],
        axis=0,
    )
    months = np.concatenate([usual, claims])
    last = open_matrix(lags)[-1] / OPEN_ONE
    years = len(claims) // MONTHS
    return np.array(
        [last @ months[year * MONTHS : year * MONTHS + len(last)] for year in range(years)]
    )


def statements_of(model: FundModel, books: Books) -> Statements:
    """Return the statements of one path, exact to the fen."""
    income, balance = _income(books), _balance(books)
    none = np.zeros(model.terms.years)
    return Statements(
        income=income,
        balance=balance,
        plans=_plans(model, books),
        income_error=dict.fromkeys(income, none),
        balance_error=dict.fromkeys(balance, none),
    )


def mean_statements(run: FundRun) -> Statements:
    """Return the statements on average over the paths, with errors from batches or draws."""
    return Statements(
        income=_income(run.mean),
        balance=_balance(run.mean),
        plans=_plans(run.model, run.mean),
        income_error=_errors(run, _income),
        balance_error=_errors(run, _balance),
    )


def _errors(run: FundRun, read: Callable[[Books], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Standard errors of the mean of every line: over draws, or over batches of one draw."""
    rows = [read(one) for _, _, one in run.batches]
    sizes = np.array([size for _, size, _ in run.batches], dtype=float)
    draws = np.array([draw for draw, _, _ in run.batches])
    return {name: _error([row[name] for row in rows], sizes, draws) for name in rows[0]}


def _error(rows: Sequence[np.ndarray], sizes: np.ndarray, draws: np.ndarray) -> np.ndarray:
    values = np.array(rows)
    if draws[-1] > 0:
        starts = np.flatnonzero(np.diff(draws, prepend=-1))
        whole = np.add.reduceat(sizes, starts)
        means = np.add.reduceat(values * sizes[:, None], starts, axis=0) / whole[:, None]
        return standard_error(means)
    if len(values) < 2:
        return np.full(values.shape[1], np.nan)
    weight = sizes / sizes.sum()
    gaps = (values - weight @ values) * weight[:, None]
    number = len(values)
    return np.sqrt(np.sum(gaps**2, axis=0) * number / (number - 1.0))
