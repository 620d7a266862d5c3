"""The reserves at one date, plan by plan and in total.

Floor 4, the front of `reserving`. Source: docs/reserving.md.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from workbench.engine.events import scheme_of
from workbench.engine.moments import illness_paid
from workbench.engine.results import contribution_yuan, expenses_yuan
from workbench.engine.stages import ExpectedClaims, expected_claims
from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.reserving.dates import reserve_date
from workbench.reserving.deficiency import deficiency_yuan, unexpired_by_season
from workbench.reserving.in_force import InForce, assumptions_in_force
from workbench.reserving.unearned import (
    received_in_advance,
    unearned_by_day,
    unearned_by_half_month,
)
from workbench.reserving.unpaid import mean_lag_months, unpaid_share
from workbench.risk import Figure
from workbench.textfile import shown

__all__ = ["SEASON_READINGS", "PlanReserve", "ReserveEstimate", "illness_share", "reserve"]

SEASON_READINGS = ("illness", "all", "none")
"""Which claims follow the season: those of illness stays, all, or none."""

EXPENSES = ("default", "none")

CLAIMS_ERROR_YUAN = 0.01
"""Bound of the error of a plan's expected yearly claims: fen rounding is left out (docs/model.md
section 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReserve:
    """Reserves of one plan, or their total, at the close of one day; money in yuan.

    `contribution_yuan` and `claims_yuan` are expected amounts of one year.
    `unearned_yuan` is by 1/365, the main figure; `unearned_half_months_yuan` by 1/24.
    `unpaid_yuan`: claims happened and not paid; `unpaid_older_yuan` the part of it from events
    before 1 January; `unpaid_low_yuan`, `unpaid_high_yuan` with the shortest and the longest
    plausible delay. `handling_yuan`: cost of settling the unpaid claims. `advance_yuan`:
    contributions received for terms that start later. `unexpired_cost_yuan`: claims and expenses
    expected from the unearned term; `deficiency_yuan` its excess over `unearned_yuan` (by time),
    `deficiency_season_yuan` the same by time and season.
    `mean_lag_months`: from an event to the end of the month of its payment; of the total, weighted
    by claims.
    """

    contribution_yuan: float
    claims_yuan: Figure
    unearned_yuan: Figure
    unearned_half_months_yuan: Figure
    unpaid_yuan: Figure
    unpaid_older_yuan: Figure
    unpaid_low_yuan: Figure
    unpaid_high_yuan: Figure
    handling_yuan: Figure
    advance_yuan: Figure
    unexpired_cost_yuan: Figure
    deficiency_yuan: Figure
    deficiency_season_yuan: Figure
    mean_lag_months: float

    @property
    def reserve_yuan(self) -> Figure:
        """Unearned premium, premium deficiency, unpaid claims and their handling together.

        Contributions received in advance stand beside it: no risk has been taken for them yet.
        """
        return _sum(
            [self.unearned_yuan, self.deficiency_yuan, self.unpaid_yuan, self.handling_yuan]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveEstimate:
    """Reserves at the close of `date`, by plan code and in total, with what they rest on.

    `expenses` is "default" or "none", `season` one of `SEASON_READINGS`.
    """

    date: datetime.date
    expenses: str
    season: str
    plans: Mapping[str, PlanReserve]
    total: PlanReserve
    assumptions: tuple[InForce, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    """One year of the scheme, by plan, (plans,): yuan and the share of claims with a season."""

    contribution: np.ndarray
    claims: np.ndarray
    expenses: np.ndarray
    handling: np.ndarray
    seasonal: np.ndarray


def _sum(figures: list[Figure]) -> Figure:
    return Figure(
        float(sum(figure.value for figure in figures)),
        float(sum(figure.error for figure in figures)),
    )


def illness_share(inputs: Inputs, claims: ExpectedClaims) -> np.ndarray:
    """Return the share of each plan's expected claims that comes from illness stays, (plans,)."""
    illness = illness_paid(scheme_of(inputs))
    paid = claims.paid_yuan
    return np.divide(illness, paid, out=np.zeros(len(paid)), where=paid > 0.0)


def _year(inputs: Inputs, expenses: str, season: str) -> _Year:
    claims = expected_claims(inputs)
    spent = expenses_yuan(inputs, claims.enrolments, claims.beneficiaries, expenses=expenses)
    without_cases = expenses_yuan(
        inputs, claims.enrolments, np.zeros(len(inputs.plans)), expenses=expenses
    )
    if season == "illness":
        seasonal = illness_share(inputs, claims)
    else:
        seasonal = np.full(len(inputs.plans), 1.0 if season == "all" else 0.0)
    return _Year(
        contribution=contribution_yuan(inputs, claims.enrolments),
        claims=claims.paid_yuan,
        expenses=spent,
        handling=spent - without_cases,
        seasonal=seasonal,
    )


def _claims_figures(
    inputs: Inputs, year: _Year, place: int, *, date: datetime.date
) -> dict[str, Figure]:
    """Return the fields of one plan that rest on the reporting delay."""
    plan, claims = inputs.plans[place], Figure(float(year.claims[place]), CLAIMS_ERROR_YUAN)
    belief = inputs.assumptions.belief("reporting_delay_stretch")
    low = belief.value if belief.low is None else belief.low
    high = belief.value if belief.high is None else belief.high
    middle, short, long = (
        unpaid_share(
            inputs.calendar,
            plan,
            date=date,
            seasonal_share=float(year.seasonal[place]),
            stretch=stretch,
        )
        for stretch in (belief.value, low, high)
    )
    return {
        "claims_yuan": claims,
        "unpaid_yuan": claims.scaled(middle.total),
        "unpaid_older_yuan": claims.scaled(middle.older),
        "unpaid_low_yuan": claims.scaled(short.total),
        "unpaid_high_yuan": claims.scaled(long.total),
        "handling_yuan": Figure(float(year.handling[place]) * middle.total, 0.0),
    }


def _premium_figures(
    inputs: Inputs, year: _Year, place: int, *, date: datetime.date
) -> dict[str, Figure]:
    """Return the fields of one plan that rest on its contributions and start months."""
    calendar, contribution = inputs.calendar, float(year.contribution[place])
    by_day = unearned_by_day(calendar.start_share, date)
    days = inputs.assumptions["advance_receipt_days"]
    by_season = unexpired_by_season(calendar, date, float(year.seasonal[place]))
    claims, spent = float(year.claims[place]), float(year.expenses[place]) * by_day
    unearned, cost = contribution * by_day, claims * by_day + spent
    error = CLAIMS_ERROR_YUAN * by_day
    return {
        "unearned_yuan": Figure(unearned, 0.0),
        "unearned_half_months_yuan": Figure(
            contribution * unearned_by_half_month(calendar.start_share, date), 0.0
        ),
        "advance_yuan": Figure(
            contribution * received_in_advance(calendar.start_share, date, days), 0.0
        ),
        "unexpired_cost_yuan": Figure(cost, error),
        "deficiency_yuan": Figure(deficiency_yuan(cost, unearned), error),
        "deficiency_season_yuan": Figure(
            deficiency_yuan(claims * by_season + spent, unearned), error
        ),
    }


def _total(plans: list[PlanReserve]) -> PlanReserve:
    money = {
        entry.name: _sum([getattr(plan, entry.name) for plan in plans])
        for entry in fields(PlanReserve)
        if entry.name not in ("contribution_yuan", "mean_lag_months")
    }
    claims = [plan.claims_yuan.value for plan in plans]
    lags = [plan.mean_lag_months for plan in plans]
    weights = claims if sum(claims) > 0.0 else [1.0] * len(plans)
    return PlanReserve(
        contribution_yuan=sum(plan.contribution_yuan for plan in plans),
        mean_lag_months=float(np.average(lags, weights=weights)),
        **money,
    )


def reserve(
    inputs: Inputs,
    date: datetime.date,
    *,
    expenses: str = "default",
    season: str = "illness",
) -> ReserveEstimate:
    """Return the reserves at the close of `date`, in the steady state.

    Parameters
    ----------
    inputs
        The scheme, changes applied.
    date
        Any day; 31 December and 30 June are usual (`usual_dates`). The year matters for the
        lengths of its months alone: every year has the same contributions and claims.
    expenses
        "default", or "none" to leave expenses out of every figure.
    season
        Which claims follow the season: "illness" (those of illness stays), "all" or "none".

    Raises
    ------
    InputRefused
        `reserve-date-unreadable`, `reserve-date-out-of-range` or `reserve-choice-unknown`.
    """
    day = reserve_date(date)
    for name, value, allowed in (
        ("expenses", expenses, EXPENSES),
        ("season", season, SEASON_READINGS),
    ):
        if value not in allowed:
            raise refuse(
                "reserve-choice-unknown", name=name, value=shown(value), allowed=", ".join(allowed)
            )
    year = _year(inputs, expenses, season)
    stretch = inputs.assumptions["reporting_delay_stretch"]
    plans = {
        plan.code: PlanReserve(
            contribution_yuan=float(year.contribution[place]),
            mean_lag_months=mean_lag_months(inputs.calendar, plan, stretch=stretch),
            **_claims_figures(inputs, year, place, date=day),
            **_premium_figures(inputs, year, place, date=day),
        )
        for place, plan in enumerate(inputs.plans)
    }
    return ReserveEstimate(
        date=day,
        expenses=expenses,
        season=season,
        plans=plans,
        total=_total(list(plans.values())),
        assumptions=assumptions_in_force(inputs, expenses=expenses, season=season),
    )
