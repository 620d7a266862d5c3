"""What many paths say: the fan, when the fund is used up, what would restore it.

Floor 6, inside `fund`. Paths of one draw share its parameters, so that errors come from the draws
where there are several. Source: docs/fund.md section 5; Wilson (1927), JASA 22; Cochran, Sampling
Techniques (3rd ed., 1977), section 11.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.fund.calendar import MONTHS
from workbench.fund.run import FundRun, Mapper, with_interest
from workbench.fund.terms import MILLION, RATE_ONE, FundTerms
from workbench.guard import freeze
from workbench.risk import Figure
from workbench.uncertainty import standard_error

__all__ = [
    "FAN",
    "FundFigures",
    "Restored",
    "contribution_effect",
    "fund_figures",
    "quantile_of",
    "restored",
    "share_of",
]

FAN = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
"""Levels of the fan."""
ONE_YEAR = 0.995
FEN = 100.0
PARTS = 6
"""Parts of the horizon that are read off side by side."""
FEW_DRAWS = 11
"""With fewer draws that have paths there is no second group, and so no error between draws."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FundFigures:
    """Figures of the paths; money in yuan.

    `fan` and `fan_error` (months, 9) at the levels of `FAN`, `mean` and `mean_error` (months,).
    `used_up` possibility that the fund is below zero at a month's end within the horizon;
    `used_by` the same by the end of each year; `gap_yuan` mean of the deepest gap where it is used
    up (None where it is on no path). `year_loss_yuan` 99.5 % quantile of the fall of the fund in
    the first year (negative: it rises even then), `year_change_yuan` its expected change.
    """

    fan: np.ndarray
    fan_error: np.ndarray
    mean: np.ndarray
    mean_error: np.ndarray
    used_up: Figure
    used_by: tuple[Figure, ...]
    gap_yuan: Figure | None
    year_loss_yuan: Figure
    year_change_yuan: Figure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Restored:
    """What would give a stated possibility of being used up, everything else as it is.

    `opening_yuan` least opening fund; `contribution_change` share by which all contributions must
    rise (negative: could fall) if nobody leaves; `claims_change` constant rise of all claims that
    brings the possibility there, `claims_even` that brings it to one in two, `claims_mean` that
    uses up the fund on the mean path.
    """

    possibility: float
    opening_yuan: Figure
    contribution_change: Figure
    claims_change: Figure
    claims_even: Figure
    claims_mean: Figure


def _by_draw(values: np.ndarray, draw: np.ndarray) -> np.ndarray:
    """Means of each draw's paths, (draws, …); `values` (…, paths) stand draw by draw."""
    starts = np.flatnonzero(np.diff(draw, prepend=-1))
    sums = np.add.reduceat(values, starts, axis=-1, dtype=float)
    return np.moveaxis(sums / np.diff(np.append(starts, len(draw))), -1, 0)


def _few(draw: np.ndarray) -> bool:
    """Whether there are too few draws for an error between them; they stand in rising order."""
    return int(draw[-1]) - int(draw[0]) + 1 < FEW_DRAWS


def share_of(hits: np.ndarray, draw: np.ndarray) -> np.ndarray:
    """Return the standard error of shares of paths, (…,); `hits` bool (…, paths).

    Wilson's, or that over the draws where it is larger.
    """
    error = _wilson(hits.mean(axis=-1), hits.shape[-1])
    if _few(draw):
        return error
    by_draw = _by_draw(hits, draw)
    if len(by_draw) >= FEW_DRAWS:
        error = np.maximum(error, standard_error(by_draw))
    return error


def _wilson(share: np.ndarray, number: int) -> np.ndarray:
    error = np.sqrt(share * (1.0 - share) / number + 0.25 / number**2)
    return error / (1.0 + 1.0 / number)


def _share(hits: np.ndarray, draw: np.ndarray) -> Figure:
    return Figure(float(hits.mean()), float(share_of(hits, draw)))


def quantile_of(values: np.ndarray, levels: Sequence[float], draw: np.ndarray) -> np.ndarray:
    """Return quantiles and their errors, (levels, 2), of the paths' values (paths,).

    Half the width between the quantiles one standard error of the share to either side.
    """
    return _levels(values[None], np.sort(values)[None], levels, draw)[0]


def _levels(
    values: np.ndarray, ordered: np.ndarray, levels: Sequence[float], draw: np.ndarray
) -> np.ndarray:
    """Quantiles and errors of rows of values, (rows, levels, 2); `ordered` has them rising."""
    number = values.shape[-1]
    places = [min(number - 1, max(0, int(np.ceil(level * number)) - 1)) for level in levels]
    found = ordered[:, places]
    if _few(draw):
        pairs = zip(ordered, found, strict=True)
        up_to = [np.searchsorted(row, one, side="right") for row, one in pairs]
        error = _wilson(np.array(up_to) / number, number)
    else:
        pairs = zip(values, found, strict=True)
        error = np.array([share_of(row <= one[:, None], draw) for row, one in pairs])
    levels_around = np.clip([error + levels, np.asarray(levels) - error], 0.0, 1.0)
    around = np.clip(np.ceil(levels_around * number).astype(np.int64) - 1, 0, number - 1)
    high, low = (np.take_along_axis(ordered, one, axis=1) for one in around)
    return np.stack([found, (high - low) / 2.0], axis=-1)


def _quantile(values: np.ndarray, level: float, draw: np.ndarray) -> Figure:
    value, error = quantile_of(values, (level,), draw)[0]
    return Figure(float(value), float(error))


def _mean(values: np.ndarray, draw: np.ndarray) -> Figure:
    mean, error = _means(values[None], draw)
    return Figure(float(mean[0]), float(error[0]))


def _means(values: np.ndarray, draw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means and their errors of rows of values, (rows,) each."""
    mean, error = values.mean(axis=1), values.std(axis=1) / np.sqrt(values.shape[1])
    if _few(draw):
        return mean, error
    return mean, np.maximum(error, standard_error(_by_draw(values, draw)))


def _yuan(figure: Figure) -> Figure:
    return figure.scaled(1.0 / FEN)


def fund_figures(run: FundRun, *, mapper: Mapper = map) -> FundFigures:
    """Return the figures of a run; months are read off where `mapper` runs them."""
    fund, draw, terms = run.fund_fen, run.draw, run.model.terms
    found, means = _by_month(run, mapper)
    by_year = fund.reshape(-1, MONTHS, run.paths).min(axis=1)
    low = by_year.min(axis=0)
    used = low < 0
    by_end = np.minimum.accumulate(by_year, axis=0) < 0
    change = (fund[MONTHS - 1] - terms.opening_fen).astype(float)
    gap = None
    if used.any():
        deep = -low[used].astype(float)
        error = deep.std() / np.sqrt(len(deep)) if len(deep) > 1 else deep[0]
        gap = _yuan(Figure(float(deep.mean()), float(error)))
    return FundFigures(
        fan=freeze(found[:, :, 0]),
        fan_error=freeze(found[:, :, 1]),
        mean=freeze(means[:, 0]),
        mean_error=freeze(means[:, 1]),
        used_up=_share(used, draw),
        used_by=tuple(_share(one, draw) for one in by_end),
        gap_yuan=gap,
        year_loss_yuan=_yuan(_quantile(-change, ONE_YEAR, draw)),
        year_change_yuan=_yuan(_mean(change, draw)),
    )


def _by_month(run: FundRun, mapper: Mapper) -> tuple[np.ndarray, np.ndarray]:
    """Levels of the fan and means with their errors, yuan: (months, levels, 2), (months, 2)."""
    fund, draw, order = run.fund_fen, run.draw, run.order

    def work(months: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values = fund[months[0] : months[-1] + 1]
        ordered = np.array(
            [
                np.sort(row) if order is None else order.sorted(int(month), row)
                for month, row in zip(months, values, strict=True)
            ]
        )
        means = np.stack(_means(values, draw), axis=1)
        return _levels(values, ordered, FAN, draw), means

    parts = list(mapper(work, np.array_split(np.arange(len(fund)), PARTS)))
    levels, means = (np.concatenate(one) / FEN for one in zip(*parts, strict=True))
    return levels, means


def contribution_effect(terms: FundTerms) -> np.ndarray:
    """Return what contributions twice as high add to the fund at each month's end, fen (months,).

    From the first year's terms on; earned contributions less the expenses and the remittance that
    are a share of them, with interest.
    """
    calendar, kept = terms.calendar, 1.0 - terms.expense_share - terms.remitted / MILLION
    whole = terms.contribution_fen[1:].sum(axis=1).astype(float)
    before = np.concatenate([[0.0], whole[:-1]])
    written = with_interest(np.zeros(1), (whole[:, None] * calendar.written).ravel() * kept, terms)
    unearned = whole[:, None] * calendar.unearned_new + before[:, None] * calendar.unearned_old
    return (written - unearned.ravel()) * (terms.retained / MILLION)


def restored(run: FundRun, possibility: float) -> Restored:
    """Return what would give a possibility of being used up; `run` has no rules.

    The fund of a path is its opening fund with interest and all else, and straight in
    contributions and claims, so that each path says by itself what it needs.
    """
    terms, draw = run.model.terms, run.draw
    growth = (1.0 + terms.interest / RATE_ONE) ** np.arange(1, len(run.fund_fen) + 1)
    effect = contribution_effect(terms)
    least = np.full(run.paths, float(terms.opening_fen))
    change = np.full(run.paths, -np.inf)
    for month, fund in enumerate(run.fund_fen):
        np.minimum(least, fund / growth[month], out=least)
        if effect[month] > 0.0:
            np.maximum(change, -fund / effect[month], out=change)
    room, lines = run.claims_room, run.mean.lines
    borne = with_interest(np.zeros(1), lines["incurred"] * _borne_share(run), terms)
    return Restored(
        possibility=possibility,
        opening_yuan=_yuan(_quantile(terms.opening_fen - least, 1.0 - possibility, draw)),
        contribution_change=_quantile(change, 1.0 - possibility, draw),
        claims_change=_quantile(room, possibility, draw),
        claims_even=_quantile(room, 0.5, draw),
        claims_mean=_mean_room(run, borne),
    )


def _borne_share(run: FundRun) -> float:
    """Claims borne with handling over claims that happened, on average."""
    lines = run.mean.lines
    with_handling = 1.0 + float(lines["handled"].sum() / max(lines["paid"].sum(), 1.0))
    covers = run.model.terms.covers
    quota = (
        covers[0].cover.part
        if covers and np.isinf(covers[0].cover.width) and (covers[0].cover.floor == 0.0)
        else 0.0
    )
    return with_handling * (run.model.terms.retained / MILLION) * (1.0 - quota)


def _mean_room(run: FundRun, borne: np.ndarray) -> Figure:
    fund = run.mean.lines["fund"]
    place = int(np.argmin(fund / np.maximum(borne, 1.0)))
    error = _mean(run.fund_fen[place], run.draw).error
    return Figure(float(fund[place] / borne[place]), float(error / borne[place]))
