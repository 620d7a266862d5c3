"""What stands beside the best estimate at a date: risk margin, value today, unearned by risk.

Floor 4, inside `reserving`. Source: docs/reserving.md sections 9 to 11.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from workbench.engine.keeping import Kept
from workbench.engine.part_laws import part_laws
from workbench.engine.stages import YearDraws
from workbench.guard import in_range
from workbench.inputs import Inputs
from workbench.laws.terms import WaitingLadder
from workbench.plans import HOSPITAL_FORMS, Plan
from workbench.reserving.dates import months_of
from workbench.reserving.deficiency import deficiency_yuan, unexpired_by_season
from workbench.reserving.estimate import ReserveEstimate
from workbench.reserving.margin import LEVEL, LEVELS, Margin, margins_of
from workbench.reserving.schedule import discount_factor, payments_to_come
from workbench.reserving.unearned import Risk, unearned_by_risk
from workbench.reserving.unpaid import claims_by_month, unpaid_share
from workbench.risk import Figure
from workbench.uncertainty import Triangle, places

__all__ = ["STRETCH", "PlanPrudence", "Prudence", "prudence"]

STRETCH = "reporting_delay_stretch"
DRAWS = 200

_kept = Kept(16, 1 << 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPrudence:
    """Of one plan or the total, at one date; yuan.

    `unpaid` and `unexpired` margins by what is uncertain; `deficiency_yuan` by the same: claims of
    the unexpired cover at the level of confidence and its expenses, over the unearned premium.
    `discounted_yuan` unpaid claims at today's value; `unearned_risk_yuan` unearned premium by where
    the risk lies.
    """

    unpaid: Mapping[str, Margin]
    unexpired: Mapping[str, Margin]
    deficiency_yuan: Mapping[str, Figure]
    discounted_yuan: Figure
    unearned_risk_yuan: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Prudence:
    """By plan code and in total, at a level of confidence; `draws` of the delay."""

    level: float
    draws: int
    plans: Mapping[str, PlanPrudence]
    total: PlanPrudence


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shares:
    """Shares of a year's events in a part, illness and all others, (plans,)."""

    illness: np.ndarray
    other: np.ndarray

    def together(self, seasonal: np.ndarray) -> np.ndarray:
        """Share of a year's claims, (plans,)."""
        return seasonal * self.illness + (1.0 - seasonal) * self.other


def _seasonal(season: str) -> tuple[float, float]:
    """Seasonal share of illness and of all other events."""
    return (0.0 if season == "none" else 1.0, 1.0 if season == "all" else 0.0)


def _unpaid(inputs: Inputs, date: datetime.date, season: str, stretch: float) -> _Shares:
    def share(seasonal: float) -> np.ndarray:
        return np.array(
            [
                unpaid_share(
                    inputs.calendar, plan, date=date, seasonal_share=seasonal, stretch=stretch
                ).total
                for plan in inputs.plans
            ]
        )

    illness, other = _seasonal(season)
    return _Shares(illness=share(illness), other=share(other))


def _stretched(
    inputs: Inputs, date: datetime.date, season: str, stretches: np.ndarray
) -> tuple[_Shares, ...]:
    """Shares of the unpaid part at each length of the delay, kept: no claim moves them."""
    calendar = inputs.calendar
    tables = (calendar.season, calendar.delay_months, calendar.paid_share, stretches)
    forms = tuple(plan.benefit_form for plan in inputs.plans)
    key = (date, season, calendar.delay_columns, forms, *(one.tobytes() for one in tables))
    found: tuple[_Shares, ...] = _kept.remember(
        key, lambda: tuple(_unpaid(inputs, date, season, float(one)) for one in stretches)
    )
    return found


def _unexpired(inputs: Inputs, date: datetime.date, season: str) -> _Shares:
    illness, other = (
        unexpired_by_season(inputs.calendar, date, seasonal) for seasonal in _seasonal(season)
    )
    number = len(inputs.plans)
    return _Shares(illness=np.full(number, illness), other=np.full(number, other))


def _stretches(inputs: Inputs, draws: int, seed: int) -> np.ndarray:
    """Lengths of the delay, triangular over its range with the value in force as mode, (draws,)."""
    belief = inputs.assumptions.belief(STRETCH)
    low, high = (belief.value if end is None else end for end in (belief.low, belief.high))
    law = Triangle(low=min(low, belief.value), mode=belief.value, high=max(high, belief.value))
    return law.quantiles(places(STRETCH, draws, seed))


def _with_total(by_plan: np.ndarray, best: np.ndarray) -> np.ndarray:
    """Factors of the plans and of their total, weighted by best estimates, (draws, plans + 1)."""
    whole = best.sum()
    total = by_plan @ best / whole if whole > 0.0 else np.ones(len(by_plan))
    return np.column_stack([by_plan, total])


def _parameters(draws: YearDraws, paid: np.ndarray) -> np.ndarray:
    """Mean of each draw over the mean in force, (draws, plans)."""
    means = draws.paid_yuan[:, :-1]
    return np.divide(means, paid, out=np.ones(means.shape), where=paid > 0.0)


def _relative_risk(inputs: Inputs, plan: Plan, illness_share: float, season: str) -> Risk:
    """Risk of a day of the calendar and of cover, relative, as `unearned_by_risk` takes it."""
    by_illness, by_other = _seasonal(season)
    index = [claims_by_month(inputs.calendar.season, one) for one in (by_illness, by_other)]
    first = inputs.assumptions["first_term_share"]
    if plan.benefit_form in HOSPITAL_FORMS:
        waits = WaitingLadder(full_yuan=1.0, none_until_day=plan.waiting_none_until_day)
        own = illness_share
    elif plan.lump_sum_yuan:
        waits = WaitingLadder(
            full_yuan=1.0,
            partial_yuan=plan.partial_lump_yuan / plan.lump_sum_yuan,
            none_until_day=plan.waiting_none_until_day,
            partial_until_day=plan.waiting_partial_until_day,
        )
        own = 1.0
    else:
        waits, own = WaitingLadder(full_yuan=1.0), 0.0

    def risk(days: np.ndarray, cover: np.ndarray) -> np.ndarray:
        month, length = months_of(days)
        illness, other = (one[month] / length for one in index)
        seasonal = illness_share * illness + (1.0 - illness_share) * other
        waiting = own * (1.0 - first * (1.0 - waits.on_day(cover))) + 1.0 - own
        return np.asarray(seasonal * waiting)

    return risk


def prudence(
    inputs: Inputs,
    estimate: ReserveEstimate,
    illness: np.ndarray,
    *,
    level: float = LEVEL,
    draws: YearDraws | None = None,
    seed: int = 1,
) -> Prudence:
    """Return margins and the rest for an estimate.

    Parameters
    ----------
    inputs
        The scheme of the estimate.
    estimate
        Best estimates at a date.
    illness
        Share of each plan's claims that comes from illness stays, (plans,).
    level
        Level of confidence, 0.5 to 0.995.
    draws
        Draws of the parameters (of `basis.laws_on`); None leaves them as they are.
    seed
        Of the draws of the delay.

    Raises
    ------
    InputRefused
        `value-out-of-range` for the level.
    """
    in_range("level", level, *LEVELS)
    plans = [estimate.plans[plan.code] for plan in inputs.plans]
    claims = np.array([one.claims_yuan.value for one in plans])
    number = DRAWS if draws is None else draws.number
    date, season = estimate.date, estimate.season
    now = _unpaid(inputs, date, season, inputs.assumptions[STRETCH])
    delays = _stretched(inputs, date, season, _stretches(inputs, number, seed))
    stretched = [one.together(illness) for one in delays]
    share = now.together(illness)
    delay = np.divide(stretched, share, out=np.ones((number, len(plans))), where=share > 0.0)
    unpaid, cover = claims * share, _unexpired(inputs, date, season)
    ahead = claims * cover.together(illness)
    by_delay = {"delay": _with_total(delay, unpaid)}
    by_cover: dict[str, np.ndarray] = {}
    if draws is not None:
        moved = _parameters(draws, claims)
        by_delay["parameters"] = _with_total(delay * moved, unpaid)
        by_cover["parameters"] = _with_total(moved, ahead)
    parts = _Parts(
        unpaid=margins_of(
            part_laws(inputs, now.illness, now.other),
            np.append(unpaid, unpaid.sum()),
            by_delay,
            level,
        ),
        unexpired=margins_of(
            part_laws(inputs, cover.illness, cover.other),
            np.append(ahead, ahead.sum()),
            by_cover,
            level,
        ),
    )
    return _collected(inputs, estimate, illness, parts, (level, number))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    unpaid: tuple[dict[str, Margin], ...]
    unexpired: tuple[dict[str, Margin], ...]


def _collected(
    inputs: Inputs,
    estimate: ReserveEstimate,
    illness: np.ndarray,
    parts: _Parts,
    named: tuple[float, int],
) -> Prudence:
    interest = inputs.assumptions["interest_rate_per_year"]
    stretch = inputs.assumptions[STRETCH]
    found = {}
    for place, plan in enumerate(inputs.plans):
        one = estimate.plans[plan.code]
        payments = payments_to_come(
            inputs.calendar,
            plan,
            date=estimate.date,
            seasonal_share=_seasonal_of(estimate.season, float(illness[place])),
            stretch=stretch,
        )
        by_risk = unearned_by_risk(
            inputs.calendar.start_share,
            estimate.date,
            _relative_risk(inputs, plan, float(illness[place]), estimate.season),
        )
        spent = one.unexpired_cost_yuan.value - one.claims_yuan.value * (
            one.unearned_yuan.value / one.contribution_yuan if one.contribution_yuan else 0.0
        )
        found[plan.code] = PlanPrudence(
            unpaid=MappingProxyType(parts.unpaid[place]),
            unexpired=MappingProxyType(parts.unexpired[place]),
            deficiency_yuan=_deficiencies(parts.unexpired[place], spent, one.unearned_yuan.value),
            discounted_yuan=one.unpaid_yuan.scaled(discount_factor(payments, interest)),
            unearned_risk_yuan=Figure(one.contribution_yuan * by_risk, 0.0),
        )
    level, draws = named
    return Prudence(
        level=level,
        draws=draws,
        plans=MappingProxyType(found),
        total=_total(list(found.values()), parts),
    )


def _seasonal_of(season: str, illness: float) -> float:
    """Share of a plan's claims that follows the season."""
    return {"illness": illness, "all": 1.0, "none": 0.0}[season]


def _deficiencies(
    unexpired: Mapping[str, Margin], spent: float, unearned: float
) -> Mapping[str, Figure]:
    """Deficiency by what is uncertain: claims at the level and expenses over the premium."""
    return MappingProxyType(
        {
            basis: Figure(
                deficiency_yuan(one.amount_yuan.value + spent, unearned), one.amount_yuan.error
            )
            for basis, one in unexpired.items()
        }
    )


def _sum(figures: list[Figure]) -> Figure:
    return Figure(
        float(sum(one.value for one in figures)), float(sum(one.error for one in figures))
    )


def _total(plans: list[PlanPrudence], parts: _Parts) -> PlanPrudence:
    """The total: margins by its own law, all else the sum of the plans."""
    return PlanPrudence(
        unpaid=MappingProxyType(parts.unpaid[-1]),
        unexpired=MappingProxyType(parts.unexpired[-1]),
        deficiency_yuan=MappingProxyType(
            {
                basis: _sum([one.deficiency_yuan[basis] for one in plans])
                for basis in plans[0].deficiency_yuan
            }
        ),
        discounted_yuan=_sum([one.discounted_yuan for one in plans]),
        unearned_risk_yuan=_sum([one.unearned_risk_yuan for one in plans]),
    )
