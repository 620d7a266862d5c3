"""One drawn year again: to the fen of the run, days inside their ranges, months by their curves."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.engine.events import scheme_of
from workbench.engine.grouping import claims_tables
from workbench.engine.replay import replay_year
from workbench.engine.replay_days import DayRange, day_ranges, days_of, first_dates, month_of
from workbench.questions import Choices, ask, document, tables
from workbench.questions.year import caps_kept
from workbench.reserving.unpaid import calendar_of, claims_by_month, paid_share
from workbench.simulate import simulate_years
from workbench.streams import meaning_key, words

SEED = 5


def replayed(inputs, year, *, seed=SEED, form="collective"):
    scheme = scheme_of(inputs)
    return replay_year(
        scheme,
        claims_tables(scheme),
        year=year,
        seed=seed,
        calendar=calendar_of(inputs),
        form=form,
    )


@pytest.fixture(scope="module")
def run(inputs):
    return simulate_years(inputs, years=128, seed=SEED)


@pytest.fixture(scope="module")
def year(inputs):
    return replayed(inputs, 77)


@pytest.fixture(scope="module")
def waiting(inputs):
    """A scheme of first-term members whose plans wait differently, all held together."""
    changes = {
        "first_term_share": 0.4,
        "plans.P1.waiting_none_until_day": 20.0,
        "plans.P2.waiting_none_until_day": 60.0,
        "plans.P4.waiting_none_until_day": 45.0,
        "plans.P4.waiting_partial_until_day": 90.0,
    }
    return apply(inputs, Changes(changes))


def assert_same(payments, run, year):
    plans = run.paid_fen.shape[1]
    by_plan = np.bincount(payments.plan, weights=payments.fen, minlength=plans).astype(np.int64)
    assert by_plan.tolist() == run.paid_fen[year].tolist()
    by_claim = payments.by_claim(plans)
    assert (by_claim > 0).sum(axis=0).tolist() == run.beneficiaries[year].tolist()
    assert payments.claims == run.persons_paid[year]


@pytest.mark.parametrize("place", [0, 3, 63, 64, 77])
def test_a_year_alone_is_that_of_the_run_to_the_fen(inputs, run, place):
    assert_same(replayed(inputs, place), run, place)


def test_also_in_the_individual_form(inputs):
    run = simulate_years(inputs, years=66, seed=8, form="individual")
    for place in (1, 65):
        assert_same(replayed(inputs, place, seed=8, form="individual"), run, place)


def test_also_where_plans_wait_differently_and_without_a_shock(waiting):
    run = simulate_years(waiting, years=64, seed=2)
    assert_same(replayed(waiting, 9, seed=2), run, 9)
    calm = apply(waiting, Changes({"hospital_shock_cv": 0.0}))
    assert_same(replayed(calm, 9, seed=2), simulate_years(calm, years=64, seed=2), 9)


def test_every_payment_is_one_and_no_cap_is_passed(inputs, year):
    assert np.all(year.fen > 0)
    assert np.all(np.diff(year.claim) >= 0)
    assert np.array_equal(np.unique(year.claim), np.arange(year.claims))
    most = year.by_claim(5).max(axis=0)
    caps = [inputs.plan("P1").annual_cap_yuan, inputs.plan("P2").annual_cap_yuan, 1e4, 2e4]
    assert np.all(most[:4] <= 100 * np.array(caps))
    assert most[4] <= 100 * (30_000 + 180 * 30)
    assert np.all((year.day >= 1) & (year.day <= 365))
    assert np.all(year.paid_month >= year.month)
    assert np.all(year.month == month_of(year.date))


def test_stays_of_a_claimant_follow_each_other(year):
    stays = year.rank > 0
    order = np.lexsort((year.rank[stays], year.claim[stays]))
    claim, rank = year.claim[stays][order], year.rank[stays][order]
    day, date = year.day[stays][order], year.date[stays][order]
    same = np.diff(claim) == 0
    later = same & (np.diff(rank) > 0)
    assert later.sum() > 500
    assert np.all(np.diff(day)[later] >= 0)
    assert np.array_equal(np.diff(date)[later], np.diff(day)[later])


def kinds_of(payments):
    return np.array([payments.groups[place][0] for place in payments.group])


def test_first_term_members_are_paid_after_their_waiting_time(waiting):
    found = [replayed(waiting, place, seed=2) for place in range(3)]
    for payments in found:
        kind, first = kinds_of(payments), payments.first_term == 1
        for code, wait in (("P1", 20), ("P2", 60)):
            plan = waiting.plan_codes.index(code)
            mine = first & (kind == "illness") & (payments.plan == plan)
            assert payments.day[mine].min() > wait
        other = (payments.first_term == 0) & (kind == "illness")
        assert payments.day[other].min() <= 5
        # A partial lump sum inside its days, a full one after them.
        fourth = first & (payments.plan == waiting.plan_codes.index("P4"))
        partial = payments.fen == 100_000
        assert np.all((payments.day > 45)[fourth])
        assert np.array_equal((payments.day <= 90)[fourth], partial[fourth])
        assert np.all(payments.first_term[np.isin(kind, ("injury", "death"))] == -1)
    # Stays that only P1 pays lie between both waiting times.
    early = sum(
        int(np.sum((one.first_term == 1) & (kinds_of(one) == "illness") & (one.day <= 60)))
        for one in found
    )
    assert early > 50


def test_the_share_of_first_terms_is_that_of_the_law(waiting):
    """Of illness claimants paid by P1 alone: 0.4 first-term members, 345 of 365 days each."""
    found = [replayed(waiting, place, seed=2) for place in range(3)]
    first = total = 0
    for payments in found:
        alone = [place for place, one in enumerate(payments.groups) if one[-2:] == ("P1", "")]
        once = np.isin(payments.group, alone) & (kinds_of(payments) == "illness")
        once &= payments.rank == 1
        first += int(np.sum(payments.first_term[once] == 1))
        total += int(once.sum())
    # Paid at least once: 1 − P(no paid stay), ν = 0.2 further stays or so.
    again = waiting.assumptions["illness_extra_stays_mean"]
    k = 345 / 365
    ever = 1.0 - (1.0 - k) * np.exp(-k * again)
    wanted = 0.4 * ever / (0.4 * ever + 0.6)
    assert abs(first / total - wanted) < 4.5 * np.sqrt(wanted * (1.0 - wanted) / total)


def test_day_ranges_of_a_class_add_to_one(waiting):
    scheme = scheme_of(waiting)
    for group in claims_tables(scheme).groups:
        for one, ranges in zip(group.classes, day_ranges(scheme, group), strict=True):
            assert sum(entry.share for entry in ranges) == pytest.approx(1.0, rel=1e-12)
            for entry in ranges:
                assert len(entry.low) == len(entry.high) == max(one.stays, 1)
                assert all(low < high for low, high in zip(entry.low, entry.high, strict=True))


def test_days_are_even_over_their_range():
    ranges = (DayRange(share=1.0, first_term=1, low=(30,), high=(60,)),)
    lanes = np.arange(0, 2**32, 2**32 // 3000)[:, None]
    day = days_of(ranges, np.zeros(len(lanes), dtype=int), lanes)[:, 0]
    assert (day.min(), day.max()) == (31, 60)
    assert np.ptp(np.bincount(day)[31:61]) <= 1


def test_months_follow_the_season_and_the_delay_curve(inputs):
    """First events by month against the season; payments by delay against the plan's curve."""
    calendar = inputs.calendar
    found = [replayed(inputs, place) for place in range(8)]
    first = np.concatenate(
        [one.date[(kinds_of(one) == "illness") & (one.rank == 1)] for one in found]
    )
    share = claims_by_month(calendar.season, 1.0)
    assert_share(np.bincount(month_of(first) - 1, minlength=12), share)
    for place, plan in enumerate(inputs.plans[:3]):
        delay = np.concatenate([(one.paid_month - one.month)[one.plan == place] for one in found])
        curve = paid_share(calendar, plan, np.arange(19))
        assert_share(np.bincount(delay, minlength=19), np.diff(curve, prepend=0.0))


def assert_share(counts, share):
    """Hold counts to shares: each within 4.5 standard errors (drawn stays of a claimant apart)."""
    total = counts.sum()
    errors = np.sqrt(total * share * (1.0 - share))
    assert len(counts) == len(share)
    assert np.all(np.abs(counts - total * share) <= 4.5 * errors + 1.0)


def test_dates_are_whole_and_inside_the_year():
    share = np.full(12, 1.0 / 12.0)
    days = first_dates(share, np.array([0, 2**31, 2**32 - 1]))
    assert days.tolist() == [0, 181, 364]
    assert month_of(np.array([1, 31, 32, 365, 366])).tolist() == [1, 1, 2, 12, 13]


def test_its_own_streams_move_no_draw_of_a_run(inputs, year):
    """The words of days come from a stream of their own name; the run's are read by its own."""
    groups = claims_tables(scheme_of(inputs)).groups
    keys = {meaning_key(*group.meaning) for group in groups}
    own = {meaning_key("replay", *group.meaning) for group in groups}
    assert not keys & own
    again = replayed(inputs, 77)
    assert all(
        np.array_equal(getattr(year, name), getattr(again, name))
        for name in ("claim", "day", "date", "fen", "paid_month")
    )
    assert words(SEED, min(own), 1).random_raw() != words(SEED, min(keys), 1).random_raw()


def test_another_delay_moves_the_months_alone(inputs, year):
    slower = apply(inputs, Changes({"reporting_delay_stretch": 1.3}))
    other = replayed(slower, 77)
    for name in ("claim", "group", "rank", "day", "date", "plan", "fen"):
        assert np.array_equal(getattr(other, name), getattr(year, name)), name
    assert other.paid_month.mean() > year.paid_month.mean() + 0.5


# --- the question -------------------------------------------------------------------------------


def test_the_document_adds_up(inputs, run):
    answer = ask("year", Choices(own={"year": 78, "seed": SEED}), pack=inputs)
    found = document(answer)
    assert found["caps_kept"] is True
    assert found["paid_fen"] == int(run.paid_fen[77].sum())
    assert [one["paid_fen"] for one in found["plans"].values()] == run.paid_fen[77].tolist()
    assert [one["beneficiaries"] for one in found["plans"].values()] == run.beneficiaries[
        77
    ].tolist()
    months = [sum(one["paid_fen"].values()) for one in found["months"]]
    assert sum(months) == sum(found["payments"]["paid_fen"]) == found["paid_fen"]
    assert len({len(column) for column in found["payments"].values()}) == 1
    largest = [one["paid_fen"] for one in found["largest"]]
    assert largest == sorted(largest, reverse=True)
    assert len(largest) == 10
    assert largest[0] == answer.result.by_claim.sum(axis=1).max()
    assert found["record"]["tables_sha256"]


def test_the_caps_can_be_passed_in_the_check(inputs):
    """The check can fail: against a lower cap it does."""
    answer = ask("year", Choices(own={"seed": SEED}), pack=inputs)
    lower = apply(inputs, Changes({"plans.P2.annual_cap_yuan": 600.0}))
    assert caps_kept(answer.asked, answer.result)
    assert not caps_kept(replace(answer.asked, inputs=lower), answer.result)


def test_the_screen_shows_sums_and_the_file_every_payment(inputs, capsys, tmp_path):
    place = tmp_path / "year.csv"
    assert main(["year", "--year", "3", "--seed", "5", "--csv", str(place), "--lang", "zh"]) == 0
    told = capsys.readouterr().out
    assert "第 3 个模拟年" in told
    assert told.count("\n") < 90
    with (tmp_path / "year-year_payments.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    payments = replayed(inputs, 2)
    assert len(rows) == len(payments.fen) + 1
    paid = rows[0].index("互助金（元）")
    assert round(sum(float(row[paid]) for row in rows[1:]), 2) == payments.fen.sum() / 100
    assert main(["year", "--year", "3", "--seed", "5", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["paid_fen"] == int(payments.fen.sum())


def test_tables_are_brief_on_a_screen(inputs):
    answer = ask("year", Choices(own={"seed": SEED}), pack=inputs)
    names = [table.name for table in tables(answer)]
    assert names == ["year", "year_months", "year_largest", "year_payments"]
    assert [table.name for table in tables(answer, brief=True)] == names[:3]
    whole, months = tables(answer, brief=True)[:2]
    assert whole.rows[-1][4] == pytest.approx(sum(row[-1] for row in months.rows))
