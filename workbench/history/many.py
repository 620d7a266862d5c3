"""Many short simulated histories at once, as triangles: what methods are scored against.

Floor 5, inside `history`. The same law as `simulated_history` without its days: events, amounts and
months come from whole blocks of the engine's years, so that a history takes hundredths of a second.
Source: docs/history.md, "Many histories".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from workbench.changes import Changes, apply
from workbench.engine.events import scheme_of
from workbench.engine.grouping import claims_tables
from workbench.engine.replay import month_of, replay_block
from workbench.guard import freeze, refuse, whole_number
from workbench.history.simulating import (
    FIRST_YEAR,
    GENERATORS,
    MOST_YEARS,
    REBOUND,
    Generator,
    heavier,
    uniforms,
)
from workbench.inputs import Inputs
from workbench.reserving.methods.cells import PlanCells
from workbench.reserving.unpaid import calendar_of
from workbench.streams import BLOCK_YEARS

__all__ = ["MonthCells", "many_histories"]

MOST_HISTORIES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MonthCells:
    """One history by month: fen and numbers (plans, origins, months of delay).

    The last column holds all that is paid later than the history's last month could see. `first`
    month of the first origin, counted from year 0.
    """

    first: int
    fen: np.ndarray
    numbers: np.ndarray

    def cells(self, codes: tuple[str, ...], step: int) -> PlanCells:
        """Return what is known at the history's close, in origins of `step` months."""
        months = self.fen.shape[1]
        side = months // step
        origin = np.arange(months)[:, None]
        period = (origin + np.arange(months)[None, :]) // step - origin // step
        known = origin // step + period < side
        rows = np.broadcast_to(origin // step, period.shape)[known]
        found = []
        for cells in (self.fen, self.numbers):
            sums = np.zeros((len(codes), side, side), dtype=np.int64)
            for plan in range(len(codes)):
                np.add.at(sums[plan], (rows, period[known]), cells[plan, :, :-1][known])
            inside = np.arange(side)[:, None] + np.arange(side)[None, :] < side
            found.append(freeze(np.where(inside, np.cumsum(sums, axis=2), 0)))
        return PlanCells(codes=codes, first=self.first, step=step, fen=found[0], numbers=found[1])

    @property
    def unpaid(self) -> np.ndarray:
        """Fen happened and unpaid in truth at the history's close, (plans,)."""
        months = self.fen.shape[1]
        later = np.arange(months)[:, None] + np.arange(months + 1)[None, :] >= months
        return np.where(later, self.fen, 0).sum(axis=(1, 2))


def _delays(
    generator: Generator, inputs: Inputs, place: np.ndarray, plan: np.ndarray, draws: np.ndarray
) -> np.ndarray:
    """Months of delay drawn anew by the length of each year's delay, (payments,)."""
    found = np.zeros(len(plan), dtype=np.int64)
    for year in np.unique(place):
        curves = calendar_of(inputs, stretch=generator.stretch(int(year))).paid_share
        for one in np.unique(plan):
            mine = (place == year) & (plan == one)
            found[mine] = np.searchsorted(curves[one], draws[mine], side="right")
    return found


def _block(
    inputs: Inputs, generator: Generator, *, seed: int, block: int, years: int
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Payments of a block's years: plan, year, month of the event, delay, fen; and the shocks."""
    scheme = scheme_of(inputs)
    tables = claims_tables(scheme)
    found, theta = replay_block(
        scheme, tables, block=block, seed=seed, calendar=calendar_of(inputs)
    )
    month = month_of(found["date"]) - 1
    draws = uniforms(seed, f"delay-{generator.key}", block, len(month))
    fen = found["fen"]
    if generator.heavy:
        tail = uniforms(seed, "tail-many", block, len(fen))
        fen = fen.copy()
        for year in range(BLOCK_YEARS):
            mine = found["year"] == year
            fen[mine] = heavier(fen[mine], found["plan"][mine], tail[mine])
    delay = _delays(generator, inputs, found["year"] % years, found["plan"], draws)
    return {
        "year": found["year"],
        "plan": found["plan"],
        "month": month,
        "delay": delay,
        "fen": fen,
    }, theta


def _rebounding(
    usual: dict[str, np.ndarray], again: dict[str, np.ndarray], theta: np.ndarray, years: int
) -> dict[str, np.ndarray]:
    """Years after a deferral year from the scheme with more illness."""
    year = np.arange(BLOCK_YEARS)
    after = (year % years > 0) & (np.roll(theta, 1) < 0.9)
    keep, take = ~after[usual["year"]], after[again["year"]]
    return {name: np.concatenate([usual[name][keep], again[name][take]]) for name in usual}


def _cells(columns: dict[str, np.ndarray], plans: int, years: int) -> Iterator[MonthCells]:
    """Histories of one block; years left over at its end are not used."""
    months = 12 * years
    number = BLOCK_YEARS // years
    history, place = np.divmod(columns["year"], years)
    origin = 12 * place + columns["month"]
    kept = (history < number) & (origin < months)
    delay = np.minimum(columns["delay"], months)
    where = tuple(one[kept] for one in (history, columns["plan"], origin, delay))
    shape = (number, plans, months, months + 1)
    fen, numbers = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int32)
    np.add.at(fen, where, columns["fen"][kept])
    np.add.at(numbers, where, 1)
    for one in range(number):
        yield MonthCells(first=FIRST_YEAR * 12, fen=freeze(fen[one]), numbers=freeze(numbers[one]))


def many_histories(
    inputs: Inputs, number: int, *, seed: int = 1, generator: str = "own", years: int = 5
) -> Iterator[MonthCells]:
    """Yield simulated histories, one after the other; more of them change none of the first.

    Parameters
    ----------
    inputs
        The scheme; every year has its members and terms.
    number
        How many, 1 to 100,000.
    seed, generator
        As in `simulated_history`; other draws than there.
    years
        Calendar years of events of each.

    Raises
    ------
    InputRefused
        `unknown-choice`, `value-out-of-range`.
    """
    if generator not in GENERATORS:
        raise refuse("unknown-choice", name="generator", value=generator, allowed=tuple(GENERATORS))
    wanted = whole_number("number", number, 1, MOST_HISTORIES)
    years = whole_number("years", years, 1, MOST_YEARS)
    made, given, block = GENERATORS[generator], 0, 0
    usual = apply(inputs, made.changes)
    more = apply(usual, Changes({"hospital_claimant_rate_scale": REBOUND}))
    while given < wanted:
        columns, theta = _block(usual, made, seed=seed, block=block, years=years)
        if made.rebound:
            other, _ = _block(more, made, seed=seed, block=block, years=years)
            columns = _rebounding(columns, other, theta, years)
        for cells in _cells(columns, len(inputs.plans), years):
            if given < wanted:
                yield cells
                given += 1
        block += 1
