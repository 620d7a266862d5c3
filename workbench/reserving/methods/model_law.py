"""The default method: the scheme's own law of what is unpaid, its level moved by what was paid.

Floor 4, inside `reserving.methods`. Bornhuetter–Ferguson with the delay curve and the expected
claims of the scheme; the year's common shock is updated by the payments so far (linear credibility
with a known structure), and given it the unpaid amount is compound Poisson, so its law is computed.
Source: docs/triangles.md, "The default method"; Bühlmann and Gisler, A Course in Credibility Theory
(2005), theorem 2.4; Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), section 7.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.annual import AnnualLaw
from workbench.engine.inversion import Measures
from workbench.engine.mixing import common_shock
from workbench.engine.part_laws import Part, events_of, law_of_parts, sd_of_parts
from workbench.guard import freeze
from workbench.inputs import Inputs
from workbench.laws.shocks import GammaRegimes
from workbench.plans import Plan
from workbench.reserving.unpaid import DELAY_COLUMN, claims_by_month, paid_share

__all__ = [
    "ModelBasis",
    "ModelLaw",
    "YearLevel",
    "levels_of",
    "model_law",
    "with_illness",
]

LEAST_LEVEL = 0.05
STRETCH = "reporting_delay_stretch"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelBasis:
    """What the scheme says of a triangle: its inputs, the plans in it, where its origins lie.

    `plans` places of the plans; `first` month of the first origin, counted from year 0; `step`
    months of an origin (1, 3 or 12).
    """

    inputs: Inputs
    plans: tuple[int, ...]
    first: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLevel:
    """Illness of one calendar year against the scheme's, given what was paid of it so far.

    `factor` is the credibility of the own payments, `error` the standard deviation that is left.
    """

    year: int
    paid_yuan: float
    expected_yuan: float
    factor: float
    level: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelLaw:
    """What the model says: reserve and standard error by origin, (origins,).

    `parts` and `shock` are what is unpaid as events of one sum; `open_share` (origins,) share of an
    origin's claims that is unpaid, `developed` (periods,) paid by the end of each period.
    """

    reserve: np.ndarray
    standard_error: np.ndarray
    parts: tuple[Part, ...]
    shock: GammaRegimes
    levels: tuple[YearLevel, ...]
    open_share: np.ndarray
    developed: np.ndarray

    def laws(self) -> tuple[AnnualLaw, AnnualLaw]:
        """Return the law of the total, and the same on half the lattice."""
        return law_of_parts(self.parts, self.shock)

    @property
    def sd(self) -> float:
        """Standard deviation of the total, yuan."""
        return sd_of_parts(self.parts, self.shock)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Group:
    """Plans that are paid with one delay: their events, moments, and shares by month.

    `illness` and `other` (months,): share of a year's events that falls in each month; `paid`
    (months,) share of it paid by the closing. Moments are (illness, other), of a whole year.
    """

    plans: tuple[int, ...]
    events: Measures
    mean: tuple[float, float]
    square: tuple[float, float]
    area: float
    illness: np.ndarray
    other: np.ndarray
    paid: np.ndarray
    curve: np.ndarray

    def unpaid(self, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Shares of a year's illness events, at a level (months,), and of others, unpaid."""
        left = 1.0 - self.paid
        return self.illness * level * left, self.other * left


def _moments(events: Measures) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Means and sums of squares of a year's illness and other events; spread of own areas."""
    calm = Measures(
        illness=events.illness,
        other=events.other,
        disabled=events.disabled,
        shock=GammaRegimes(),
    )
    mean, square = events.illness.moment(1), events.illness.moment(2)
    shock = events.shock.variance
    area = events.variance - calm.variance - shock * mean**2
    return (mean, calm.mean - mean), (square, calm.variance - square), max(area, 0.0)


def _groups(basis: ModelBasis, months: np.ndarray, last: int) -> list[_Group]:
    inputs = basis.inputs
    held: dict[str, list[int]] = {}
    for place in basis.plans:
        held.setdefault(DELAY_COLUMN[inputs.plans[place].benefit_form], []).append(place)
    by_month = [claims_by_month(inputs.calendar.season, one)[months % 12] for one in (1.0, 0.0)]
    found = []
    for places in held.values():
        plans = tuple(places)
        events = events_of(inputs, plans)
        mean, square, area = _moments(events)
        curve = _curve(inputs, inputs.plans[places[0]], len(months))
        found.append(
            _Group(
                plans=plans,
                events=events,
                mean=mean,
                square=square,
                area=area,
                illness=by_month[0],
                other=by_month[1],
                paid=curve[last - 1 - months],
                curve=curve,
            )
        )
    return found


def _curve(inputs: Inputs, plan: Plan, number: int) -> np.ndarray:
    """Share paid by the end of month 0, 1, …, number − 1 after that of the event."""
    length = inputs.assumptions[STRETCH]
    return paid_share(inputs.calendar, plan, np.arange(number), stretch=length)


def _level(
    groups: list[_Group], here: np.ndarray, paid: float, shock: float
) -> tuple[float, float, float, float]:
    """Expected so far, credibility, level and what is left of its spread, of one year's months.

    `here` (months,) its months, `shock` the variance of the common shock.
    """
    moved = expected = noise = 0.0
    for group in groups:
        illness = float((group.illness * group.paid)[here].sum())
        other = float((group.other * group.paid)[here].sum())
        moved += group.mean[0] * illness
        expected += group.mean[0] * illness + group.mean[1] * other
        noise += group.square[0] * illness + group.square[1] * other + group.area * illness**2
    if shock <= 0.0 or moved <= 0.0:
        return expected, 0.0, 1.0, float(np.sqrt(shock))
    factor = shock * moved**2 / (shock * moved**2 + noise)
    level = max(1.0 + factor * (paid - expected) / moved, LEAST_LEVEL)
    return expected, factor, level, float(np.sqrt(shock * (1.0 - factor)))


def levels_of(basis: ModelBasis, latest: np.ndarray, *, own: bool = True) -> tuple[YearLevel, ...]:
    """Return the level of illness of each calendar year, given what was paid so far.

    Parameters
    ----------
    basis
        The scheme and where the origins lie; plans without illness may be left out of it.
    latest
        Yuan paid so far, (origins,).
    own
        Whether payments move the level; without, it is the scheme's.
    """
    paid = np.repeat(np.asarray(latest, dtype=float) / basis.step, basis.step)
    months, groups = _months_and_groups(basis, len(latest))
    shock = common_shock(basis.inputs.assumptions).variance
    found = []
    for year in np.unique(months // 12):
        here = months // 12 == year
        so_far = float(paid[here].sum())
        expected, factor, level, error = _level(groups, here, so_far, shock)
        if not own:
            factor, level, error = 0.0, 1.0, float(np.sqrt(shock))
        told = {"expected_yuan": expected, "factor": factor, "level": level, "error": error}
        found.append(YearLevel(year=int(year), paid_yuan=so_far, **told))
    return tuple(found)


def with_illness(inputs: Inputs, plans: tuple[int, ...]) -> tuple[int, ...]:
    """Return the plans that pay for illness stays: they alone tell of the year's shock."""
    return tuple(place for place in plans if events_of(inputs, (place,)).illness.moment(1) > 0.0)


def _months_and_groups(basis: ModelBasis, origins: int) -> tuple[np.ndarray, list[_Group]]:
    months = basis.first + np.arange(origins * basis.step)
    return months, _groups(basis, months, basis.first + len(months))


def _spread(months: np.ndarray, levels: tuple[YearLevel, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Level and error of its year for each month, (months,)."""
    year = {one.year: one for one in levels}
    return (
        np.array([year[int(month) // 12].level for month in months]),
        np.array([year[int(month) // 12].error for month in months]),
    )


def _by_origin(groups: list[_Group], level: np.ndarray, error: np.ndarray, step: int) -> tuple:
    """Reserve and its standard error by origin, (origins,)."""
    reserve, calm, moved = (np.zeros(len(level)) for _ in range(3))
    for group in groups:
        illness, other = group.unpaid(level)
        reserve += group.mean[0] * illness + group.mean[1] * other
        calm += group.square[0] * illness + group.square[1] * other
        moved += group.mean[0] * illness / level * error
    shape = (-1, step)
    together = moved.reshape(shape).sum(axis=1)
    spread = calm.reshape(shape).sum(axis=1) + together**2
    return reserve.reshape(shape).sum(axis=1), np.sqrt(spread)


def _parts(
    groups: list[_Group], years: np.ndarray, level: np.ndarray, error: np.ndarray
) -> tuple[tuple[Part, ...], GammaRegimes]:
    """What is unpaid: a gamma level with the spread that is left, of all years together."""
    parts, moved = [], np.zeros(len(level))
    for group in groups:
        illness, other = group.unpaid(level)
        parts.append(
            Part(events=group.events, illness=float(illness.sum()), other=float(other.sum()))
        )
        moved += group.mean[0] * illness
    spread = [float((moved / level * error)[years == year].sum()) for year in np.unique(years)]
    mean = float(moved.sum())
    cv = float(np.sqrt(np.sum(np.square(spread)))) / mean if mean > 0.0 else 0.0
    return tuple(parts), GammaRegimes(cv=cv)


def _development(
    groups: list[_Group], origins: int, step: int, periods: int
) -> tuple[np.ndarray, np.ndarray]:
    """Open share of each origin's claims, (origins,), and what is paid by period, (periods,)."""
    claims = [sum(group.mean) for group in groups]
    whole = sum(claims)
    by_month = sum(share / whole * group.curve for share, group in zip(claims, groups, strict=True))
    by_month = np.asarray(by_month)
    ends = np.arange(1, periods + 1) * step
    places = ends[:, None] - 1 - np.arange(step)[None, :]
    developed = by_month[places].mean(axis=1)
    return 1.0 - developed[origins - 1 - np.arange(origins)], developed


def model_law(basis: ModelBasis, origins: int, levels: tuple[YearLevel, ...]) -> ModelLaw:
    """Return what the scheme says of the unpaid claims of a triangle's origins.

    Parameters
    ----------
    basis
        The scheme and where the origins lie; they run up to the closing without a gap.
    origins
        Their number.
    levels
        Of every calendar year of the origins (`levels_of`).

    The spread that is left of several years' levels is put into one gamma level with the same
    variance: at a year's end the hospital plans have no claims of older years.
    """
    months, groups = _months_and_groups(basis, origins)
    level, error = _spread(months, levels)
    reserve, errors = _by_origin(groups, level, error, basis.step)
    parts, shock = _parts(groups, months // 12, level, error)
    open_share, developed = _development(groups, origins, basis.step, origins)
    return ModelLaw(
        reserve=freeze(reserve),
        standard_error=freeze(errors),
        parts=parts,
        shock=shock,
        levels=levels,
        open_share=freeze(open_share),
        developed=freeze(developed),
    )
