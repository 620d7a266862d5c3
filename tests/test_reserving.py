"""Unearned premium and unpaid claims: identities, a plain second counting, a case by hand.

Landmarks (31, 37, 44 % of a year's claims unpaid at a year-end; mean lags 4.3, 5.0, 5.9 months)
are those of docs/reserving.md. Comparisons without a stated tolerance are to rounding.
"""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from workbench.guard import freeze
from workbench.inputs import CalendarTables
from workbench.reserving.dates import month_elapsed, starts_by_day
from workbench.reserving.deficiency import deficiency_yuan
from workbench.reserving.unearned import (
    METHODS_APART,
    received_in_advance,
    unearned_by_day,
    unearned_by_half_month,
    unearned_part,
    unexpired_by_day,
)
from workbench.reserving.unpaid import (
    claims_by_month,
    mean_lag_months,
    paid_share,
    unpaid_share,
)

YEAR_END, MIDSUMMER = date(2026, 12, 31), date(2026, 6, 30)
DATES = (YEAR_END, MIDSUMMER, date(2024, 2, 29), date(2025, 1, 1), date(2027, 9, 17))
EVEN = freeze(np.full(12, 1 / 12))
EXACT = {"rel": 1e-12, "abs": 1e-12}


def _days(first, end):
    """Whole days from `first` to before `end`; NumPy asks for their unit."""
    return np.arange(first, end).astype("timedelta64[D]")


def patterns(number: int) -> list[np.ndarray]:
    return list(np.random.default_rng(7).dirichlet(np.full(12, 0.5), number))


def made_calendar(start=EVEN, season=None, curve=(0.5, 0.8, 1.0)) -> CalendarTables:
    return CalendarTables(
        start_share=freeze(start),
        season=freeze(np.ones(12) if season is None else season),
        delay_months=freeze(np.arange(len(curve))),
        paid_share=freeze(np.repeat(np.array(curve)[:, None], 3, axis=1)),
        delay_columns=("cum_paid_P1_P2", "cum_paid_P3_P4", "cum_paid_P5"),
    )


def counted_unearned(start_share: np.ndarray, day: date) -> float:
    """Every start of two years, day by day, as a reviewer would count it."""
    total = 0.0
    for back in range(730):
        start = day - timedelta(back)
        following = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        in_month = (following - start.replace(day=1)).days
        last = start + timedelta(364)
        total += start_share[start.month - 1] / in_month * max(0, (last - day).days) / 365
    return total


# --- hand-worked case of docs/reserving.md ----------------------------------------------------

HALF_JANUARY_HALF_OCTOBER = np.array([0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0, 0])
DECEMBER_HEAVY = np.array([0.99] * 10 + [0.9, 1.2])


def test_worked_example_premium():
    day, starts = date(2025, 12, 31), HALF_JANUARY_HALF_OCTOBER
    assert 1200 * unearned_by_day(starts, day) == pytest.approx(600 * (15 + 288) / 365)
    assert 1200 * unearned_by_day(starts, day) == pytest.approx(498.08, abs=0.005)
    assert 1200 * unearned_by_half_month(starts, day) == pytest.approx(500.0)
    assert 1200 * received_in_advance(starts, day, 15) == pytest.approx(290.32, abs=0.005)
    cost = (1080 + 180) * unearned_by_day(starts, day)
    shortfall = deficiency_yuan(cost, 1200 * unearned_by_day(starts, day))
    assert shortfall == pytest.approx(24.90, abs=0.005)


def test_worked_example_unpaid(inputs):
    plan, day = inputs.plan("P1"), date(2025, 12, 31)
    even = unpaid_share(made_calendar(), plan, date=day)
    assert 1200 * even.total == pytest.approx(70.0)
    heavy = made_calendar(season=DECEMBER_HEAVY)
    assert 1200 * unpaid_share(heavy, plan, date=day, seasonal_share=1.0).total == pytest.approx(78)
    assert mean_lag_months(made_calendar(), plan) == pytest.approx(1.2)


# --- unearned premium -------------------------------------------------------------------------


def test_a_contribution_is_all_unearned_at_its_start_and_earned_at_its_end():
    assert unearned_part(0) == 1.0
    assert unearned_part(365) == unearned_part(400) == 0.0
    days = np.arange(366)
    earned = 1.0 - unearned_part(days)
    assert np.diff(earned) == pytest.approx(np.full(365, 1 / 365))


def test_all_terms_from_1_january():
    at = {day: (day - date(2026, 1, 1)).days + 1 for day in (YEAR_END, MIDSUMMER)}
    assert unearned_part(at[YEAR_END]) <= 1 / 365
    assert unearned_part(at[MIDSUMMER]) == pytest.approx(184 / 365)
    january = np.eye(12)[0]
    assert unearned_by_day(january, YEAR_END) == pytest.approx(15 / 365)
    assert unearned_by_half_month(january, YEAR_END) == pytest.approx(1 / 24)


@pytest.mark.parametrize("day", [*DATES, date(2024, 12, 31), date(2025, 2, 28)])
def test_unearned_by_day_equals_a_plain_count(day):
    for starts in patterns(2):
        assert unearned_by_day(starts, day) == pytest.approx(counted_unearned(starts, day), **EXACT)


def test_earned_and_unearned_make_the_written_contributions():
    first = date(2025, 4, 17)
    for starts in patterns(5):
        period = np.datetime64(first) + _days(1, 201)
        covers = starts_by_day(starts, period[:, None] - _days(0, 365)) / 365
        change = unearned_by_day(starts, first + timedelta(200)) - unearned_by_day(starts, first)
        written = starts_by_day(starts, period).sum()
        assert covers.sum() + change == pytest.approx(written, **EXACT)


def test_cover_in_force_is_the_same_every_day_in_the_steady_state():
    for starts in patterns(5):
        days = np.datetime64("2026-01-01") + _days(0, 365)
        in_force = starts_by_day(starts, days[:, None] - _days(0, 365)).sum(axis=1)
        assert in_force == pytest.approx(np.ones(365))


def test_two_methods_stay_within_their_bound():
    apart = [
        unearned_by_half_month(starts, day) - unearned_by_day(starts, day)
        for starts in np.eye(12)
        for day in (date(2023, 1, 1) + timedelta(days) for days in range(0, 1096, 5))
    ]
    assert max(map(abs, apart)) <= METHODS_APART
    assert max(map(abs, apart)) > 0.5 * METHODS_APART


def test_half_months_at_month_ends_and_continuity_within():
    for month, starts in enumerate(np.eye(12)):
        shares = 24 * unearned_by_half_month(starts, YEAR_END)
        assert shares == pytest.approx(2 * month + 1)
    days = [date(2025, 1, 1) + timedelta(number) for number in range(400)]
    series = np.array([unearned_by_half_month(np.eye(12)[2], day) for day in days])
    assert np.abs(np.diff(series)).max() < 1 / 28
    assert month_elapsed(date(2024, 2, 29)) == 1.0
    assert month_elapsed(date(2024, 2, 28)) == pytest.approx(28 / 29)


def test_cover_ahead_adds_to_the_unearned_premium():
    for starts, day in zip(patterns(5), DATES, strict=True):
        days, cover = unexpired_by_day(starts, day)
        assert cover.sum() == pytest.approx(unearned_by_day(starts, day), **EXACT)
        assert (days[0], len(days)) == (np.datetime64(day) + np.timedelta64(1, "D"), 364)


# --- contributions in advance -----------------------------------------------------------------


def test_received_in_advance():
    january = np.eye(12)[0]
    assert received_in_advance(january, YEAR_END, 0) == 0.0
    assert received_in_advance(january, YEAR_END, 15.5) == pytest.approx(15.5 / 31)
    assert received_in_advance(january, YEAR_END, 60) == pytest.approx(1.0)
    assert received_in_advance(EVEN, date(2025, 12, 31), 365) == pytest.approx(1.0)
    days = np.linspace(0, 60, 121)
    held = [received_in_advance(patterns(1)[0], MIDSUMMER, number) for number in days]
    assert np.all(np.diff(held) >= 0)


# --- unpaid claims ----------------------------------------------------------------------------


def counted_unpaid(calendar, plan, end: int, seasonal: float) -> float:
    """Month by month, payment by payment: `end` is the month (0–11) at whose end we stand."""
    known = paid_share(calendar, plan, np.arange(-1, 40))
    index = calendar.season / calendar.season.mean()
    total = 0.0
    for event in range(end - 36, end + 1):
        happened = (seasonal * index[event % 12] + 1 - seasonal) / 12
        for lag in range(40):
            if event + lag > end:
                total += happened * (known[lag + 1] - known[lag])
    return total


@pytest.mark.parametrize("code", ["P1", "P3", "P5"])
def test_unpaid_equals_a_plain_count(inputs, code):
    plan = inputs.plan(code)
    for month, day in ((11, YEAR_END), (5, MIDSUMMER), (1, date(2024, 2, 29))):
        for seasonal in (0.0, 0.6, 1.0):
            found = unpaid_share(inputs.calendar, plan, date=day, seasonal_share=seasonal)
            counted = counted_unpaid(inputs.calendar, plan, month, seasonal)
            assert found.total == pytest.approx(counted)


def test_little_s_law(inputs):
    """Without season: unpaid = a year's claims × (mean lag − half a month) / 12, on any day."""
    for plan in inputs.plans:
        months = np.arange(60)
        paid = np.diff(paid_share(inputs.calendar, plan, months), prepend=0.0)
        lag = float(paid @ months)
        assert mean_lag_months(inputs.calendar, plan) == pytest.approx(lag + 0.5)
        for day in DATES:
            assert unpaid_share(inputs.calendar, plan, date=day).total == pytest.approx(lag / 12)


def test_curve_of_the_pack(inputs):
    lags = [mean_lag_months(inputs.calendar, inputs.plan(code)) for code in ("P1", "P3", "P5")]
    assert [round(lag, 1) for lag in lags] == [4.3, 5.0, 5.9]
    line = paid_share(inputs.calendar, inputs.plan("P5"), np.arange(12, 20))
    assert line == pytest.approx([*np.linspace(0.96, 1.0, 7), 1.0])
    shares = [
        unpaid_share(inputs.calendar, inputs.plan(code), date=YEAR_END)
        for code in ("P1", "P3", "P5")
    ]
    assert [round(100 * (share.total - share.older)) for share in shares] == [31, 37, 44]


def test_nothing_is_unpaid_when_payment_is_at_once(inputs):
    at_once = made_calendar(curve=(1.0, 1.0))
    share = unpaid_share(at_once, inputs.plan("P1"), date=YEAR_END, seasonal_share=1.0)
    assert (share.total, share.older) == (0.0, 0.0)


def test_unpaid_grows_with_the_delay(inputs):
    plan = inputs.plan("P3")
    shares = [
        unpaid_share(inputs.calendar, plan, date=MIDSUMMER, stretch=stretch).total
        for stretch in np.linspace(0.3, 2.5, 23)
    ]
    assert np.all(np.diff(shares) > 0)
    for stretch in (0.57, 1.0, 1.37, 2.0):
        lag = mean_lag_months(inputs.calendar, plan, stretch=stretch)
        # The table is read at whole months: a stretched curve is off by the line between them.
        assert lag == pytest.approx(stretch * mean_lag_months(inputs.calendar, plan), abs=0.02)


def test_stretched_curve_by_hand(inputs):
    plan = inputs.plan("P1")
    twice = paid_share(made_calendar(), plan, np.arange(7), stretch=2.0)
    assert twice == pytest.approx([0.25, 0.5, 0.65, 0.8, 0.9, 1.0, 1.0])
    half = paid_share(made_calendar(), plan, np.arange(3), stretch=0.5)
    assert half == pytest.approx([0.8, 1.0, 1.0])


def test_the_index_of_the_season_is_normalised(inputs):
    plan, season = inputs.plan("P1"), inputs.calendar.season
    double = replace(inputs.calendar, season=2 * season)
    for calendar in (inputs.calendar, double):
        assert claims_by_month(calendar.season, 0.7).sum() == pytest.approx(1.0)
    shares = [
        unpaid_share(calendar, plan, date=YEAR_END, seasonal_share=1.0).total
        for calendar in (inputs.calendar, double)
    ]
    assert shares[0] == pytest.approx(shares[1])


def test_a_day_within_a_month_lies_on_the_line_between_its_ends(inputs):
    plan = inputs.plan("P1")
    ends = [
        unpaid_share(inputs.calendar, plan, date=day, seasonal_share=1.0)
        for day in (date(2026, 4, 30), date(2026, 5, 31), date(2026, 5, 10))
    ]
    for part in ("total", "older"):
        before, after, within = (getattr(end, part) for end in ends)
        assert within == pytest.approx(before + (after - before) * 10 / 31)
