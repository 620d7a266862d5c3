"""The reserves of a scheme at a date: sums, landmarks, deficiency, assumptions, refusals.

Landmarks (5.8 million unearned, 3.9 million unpaid at 31 December, 2 to 5.5 over the plausible
delay) are those of docs/reserving.md.
"""

import datetime
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest

from tests.faults.words import only, refused
from workbench.assumptions import Assumptions
from workbench.guard import freeze
from workbench.inputs import Inputs
from workbench.reserving import (
    SEASON_READINGS,
    PlanReserve,
    read_date,
    reserve,
    usual_dates,
)
from workbench.reserving.dates import starts_by_day
from workbench.reserving.deficiency import unexpired_by_season
from workbench.reserving.unearned import unearned_by_day

YEAR_END, MIDSUMMER = date(2026, 12, 31), date(2026, 6, 30)
DATES = (YEAR_END, MIDSUMMER, date(2024, 2, 29), date(2025, 1, 1), date(2027, 9, 17))
EVEN = freeze(np.full(12, 1 / 12))


def _days(first, end):
    """Whole days from `first` to before `end`; NumPy asks for their unit."""
    return np.arange(first, end).astype("timedelta64[D]")


@pytest.fixture(scope="module")
def year_end(inputs):
    return reserve(inputs, YEAR_END)


def with_beliefs(inputs: Inputs, *beliefs) -> Inputs:
    known = dict(inputs.assumptions.beliefs) | {belief.name: belief for belief in beliefs}
    return replace(inputs, assumptions=Assumptions(known))


def stretched(inputs: Inputs, factor: float) -> Inputs:
    belief = inputs.assumptions.belief("reporting_delay_stretch")
    return with_beliefs(inputs, replace(belief, value=factor))


def with_premium(inputs: Inputs, code: str, premium: float) -> Inputs:
    plans = tuple(
        replace(plan, premium_yuan=premium) if plan.code == code else plan for plan in inputs.plans
    )
    return replace(inputs, plans=plans)


# --- deficiency -------------------------------------------------------------------------------


def test_critical_illness_pays_its_way_at_30_yuan_and_not_at_28(inputs, year_end):
    assert year_end.total.deficiency_yuan.value == 0.0
    p3 = year_end.plans["P3"]
    assert p3.unexpired_cost_yuan.value / p3.unearned_yuan.value == pytest.approx(0.977, abs=5e-4)
    cheap = reserve(with_premium(inputs, "P3", 28.0), YEAR_END)
    yearly = 1_249_550.85 + 0.05 * 28 * 46_000 + 0.5 * 46_000 + 50 * 126.3744
    expected = unearned_by_day(inputs.calendar.start_share, YEAR_END) * (yearly - 28 * 46_000)
    assert cheap.plans["P3"].deficiency_yuan.value == pytest.approx(expected, abs=0.1)
    assert expected > 15_000
    assert cheap.total.deficiency_yuan.value == cheap.plans["P3"].deficiency_yuan.value
    bare = reserve(with_premium(inputs, "P3", 28.0), YEAR_END, expenses="none")
    assert bare.total.deficiency_yuan.value == 0.0


def test_cover_ahead_by_season_equals_a_plain_count(inputs):
    calendar = inputs.calendar
    flat = unexpired_by_season(calendar, YEAR_END, 0.0)
    assert flat == pytest.approx(unearned_by_day(calendar.start_share, YEAR_END))
    total = 0.0
    for back in range(364):
        start = np.datetime64(YEAR_END) - np.timedelta64(back, "D")
        weight = starts_by_day(calendar.start_share, np.array([start]))[0]
        days = (np.datetime64(YEAR_END) + _days(1, 365 - back)).astype(object)
        for month in range(1, 13):
            length = 31 if month in (1, 3, 5, 7, 8, 10, 12) else 28 if month == 2 else 30
            index = calendar.season[month - 1] / calendar.season.sum()
            total += weight * sum(day.month == month for day in days) * index / length
    assert unexpired_by_season(calendar, YEAR_END, 1.0) == pytest.approx(total)
    mixed = unexpired_by_season(calendar, YEAR_END, 0.4)
    assert mixed == pytest.approx(0.4 * total + 0.6 * flat)


# --- the estimate -----------------------------------------------------------------------------


def test_landmarks_of_the_default_scheme(inputs, year_end):
    assert year_end.total.unearned_yuan.value == pytest.approx(5.8e6, abs=0.05e6)
    assert year_end.total.unearned_half_months_yuan.value == pytest.approx(17.5e6 * 7.98 / 24)
    assert year_end.total.unpaid_low_yuan.value == pytest.approx(2.0e6, abs=0.05e6)
    assert year_end.total.unpaid_high_yuan.value == pytest.approx(5.5e6, abs=0.05e6)
    assert year_end.total.mean_lag_months == pytest.approx(4.43, abs=0.005)
    lags = [reserve(stretched(inputs, to), YEAR_END).total.mean_lag_months for to in (0.57, 1.37)]
    assert lags == pytest.approx([2.5, 6.1], abs=0.05)
    assert year_end.total.unearned_yuan.value > year_end.total.unpaid_yuan.value
    for season in SEASON_READINGS:  # every reading of the season gives 3.9 million
        unpaid = reserve(inputs, YEAR_END, season=season).total.unpaid_yuan.value
        assert unpaid == pytest.approx(3.9e6, abs=0.05e6)


def test_season_raises_the_year_end_a_little(inputs):
    unpaid = {season: reserve(inputs, YEAR_END, season=season).plans for season in SEASON_READINGS}
    for code in ("P1", "P2"):
        none, illness, every = (
            unpaid[season][code].unpaid_yuan.value for season in ("none", "illness", "all")
        )
        assert none < illness < every < 1.02 * none
    for code in ("P3", "P4", "P5"):
        assert unpaid["illness"][code] == unpaid["none"][code]


@pytest.mark.parametrize("day", DATES)
def test_total_is_the_sum_of_the_plans(inputs, day):
    found = reserve(inputs, day)
    for entry in fields(PlanReserve):
        if entry.name != "mean_lag_months":
            parts = [getattr(plan, entry.name) for plan in found.plans.values()]
            whole = getattr(found.total, entry.name)
            values = [getattr(part, "value", part) for part in (*parts, whole)]
            assert sum(values[:-1]) == pytest.approx(values[-1])
            assert min(values) >= 0.0
    total = found.total
    kept = (total.unearned_yuan, total.deficiency_yuan, total.unpaid_yuan, total.handling_yuan)
    assert total.reserve_yuan.value == pytest.approx(sum(figure.value for figure in kept))


def test_handling_follows_the_unpaid_claims(inputs, year_end):
    p1 = year_end.plans["P1"]
    share = p1.unpaid_yuan.value / p1.claims_yuan.value
    assert p1.handling_yuan.value == pytest.approx(20 * 8_408.732 * share, abs=0.1)
    bare = reserve(inputs, YEAR_END, expenses="none")
    assert bare.total.handling_yuan.value == 0.0
    assert bare.total.unearned_yuan == year_end.total.unearned_yuan
    assert bare.total.unpaid_yuan == year_end.total.unpaid_yuan


def test_a_doubled_contribution_doubles_what_rests_on_it(inputs, year_end):
    dear = reserve(with_premium(inputs, "P1", 190.0), YEAR_END).plans["P1"]
    for name in ("unearned_yuan", "unearned_half_months_yuan", "advance_yuan"):
        before = getattr(year_end.plans["P1"], name).value
        assert getattr(dear, name).value == pytest.approx(2 * before)
    assert dear.unpaid_yuan == year_end.plans["P1"].unpaid_yuan


def test_the_year_matters_for_its_days_only(inputs, year_end):
    assert reserve(inputs, date(2027, 12, 31)).total == year_end.total
    leap = reserve(inputs, date(2028, 12, 31)).total
    assert leap.unpaid_yuan == year_end.total.unpaid_yuan
    assert leap.unearned_yuan.value == pytest.approx(year_end.total.unearned_yuan.value, rel=0.01)


# --- assumptions in force ---------------------------------------------------------------------


def changed_calendar(inputs: Inputs, name: str) -> Inputs:
    calendar = inputs.calendar
    if name == "share_of_contributions":
        return replace(inputs, calendar=replace(calendar, start_share=EVEN))
    if name == "admission_index":
        return replace(inputs, calendar=replace(calendar, season=np.linspace(0.5, 1.5, 12)))
    paid = calendar.paid_share.copy()
    paid[:, calendar.delay_columns.index(name)] **= 1.5
    return replace(inputs, calendar=replace(calendar, paid_share=paid))


def changed(inputs: Inputs, name: str) -> Inputs:
    if name not in inputs.assumptions:
        return changed_calendar(inputs, name)
    belief = inputs.assumptions.belief(name)
    moved = {part: getattr(belief, part) * 1.1 for part in ("value", "low", "high")}
    return with_beliefs(inputs, replace(belief, **moved))


def test_each_assumption_moves_the_figures_it_names_and_no_other(inputs):
    thin = inputs
    for plan in inputs.plans:
        thin = with_premium(thin, plan.code, 10.0)  # every plan short, so deficiency shows all
    base = reserve(thin, MIDSUMMER)
    for assumption in base.assumptions:
        if not assumption.values:
            continue
        other = reserve(changed(thin, assumption.name), MIDSUMMER)
        moved = {
            entry.name
            for entry in fields(PlanReserve)
            if getattr(other.total, entry.name) != getattr(base.total, entry.name)
        }
        assert moved - {"mean_lag_months"} == set(assumption.used_by), assumption.name


def test_every_figure_rests_on_a_stated_assumption(year_end):
    named = {name for assumption in year_end.assumptions for name in assumption.used_by}
    shown = {entry.name for entry in fields(PlanReserve)}
    assert named == shown - {"contribution_yuan", "claims_yuan", "mean_lag_months"}
    assert all(assumption.source for assumption in year_end.assumptions)


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "20261231", "2026-13-01", "2026-02-29", "31.12.2026", "２０２６-12-31", "0000-01-01"],
)
def test_a_date_that_cannot_be_read_is_refused(text):
    only(refused(read_date, text), "reserve-date-unreadable")


def test_dates_taken_and_dates_out_of_range(inputs):
    assert usual_dates(2026) == (YEAR_END, MIDSUMMER)
    assert read_date(" 2024-02-29 ") == date(2024, 2, 29)
    noon = datetime.datetime(2026, 12, 31, 12, 0)
    assert reserve(inputs, noon) == reserve(inputs, YEAR_END)
    for day in (date(1949, 12, 31), date(2201, 1, 1), date.min, date.max):
        only(refused(reserve, inputs, day), "reserve-date-out-of-range")
    for day in (date(1950, 1, 1), date(2200, 12, 31)):
        assert reserve(inputs, day).total.unearned_yuan.value > 0.0
    for year in (10**12, "x", 0):
        only(refused(usual_dates, year), "reserve-date-unreadable")


def test_unknown_choices_are_refused(inputs):
    for choice in ({"expenses": "some"}, {"season": "winter"}):
        only(refused(reserve, inputs, YEAR_END, **choice), "reserve-choice-unknown")
    only(refused(reserve, inputs, "2026-12-31"), "reserve-date-unreadable")
