"""Payment histories: the simulated one against the engine, records read, triangles from either."""

import csv
import datetime
import json

import numpy as np
import pytest

from workbench.cli import main
from workbench.engine.stages import expected_claims
from workbench.guard import InputRefused
from workbench.history import (
    GENERATORS,
    WHATS,
    read_payments,
    simulated_history,
    triangle_lines,
    unpaid_truth_fen,
)
from workbench.reserving.methods.reading import triangle_of
from workbench.reserving.unpaid import unpaid_share

END = datetime.date(2025, 12, 31)
HEADER = "plan,event_date,report_date,complete_date,paid_date,paid_yuan,county"


@pytest.fixture(scope="module")
def history(inputs):
    return simulated_history(inputs, seed=1)


def test_dates_follow_each_other(history):
    assert np.all(history.event <= history.reported)
    assert np.all(history.reported <= history.complete)
    assert np.all(history.complete <= history.paid)
    assert history.simulated
    assert np.all(history.fen > 0)


def test_the_history_has_the_published_level(inputs):
    """Mean of four histories: payments add up to five years of the scheme's expected claims."""
    found = [simulated_history(inputs, seed=seed).fen.sum() / 100 for seed in range(2, 6)]
    expected = 5.0 * expected_claims(inputs).paid_yuan.sum()
    assert expected == pytest.approx(59.21e6, rel=1e-4)
    error = 0.737e6 * 5**0.5 / len(found) ** 0.5
    assert np.mean(found) == pytest.approx(expected, abs=4.0 * error)


def test_the_delay_is_the_curve(inputs, history):
    """What was in truth unpaid, over five year-ends of other seeds, is the unpaid share."""
    code = "P2"
    plan = inputs.plan(code)
    place = inputs.plan_codes.index(code)
    share = unpaid_share(inputs.calendar, plan, date=END, seasonal_share=0.9).total
    expected = expected_claims(inputs).paid_yuan[place] * share
    found = [
        unpaid_truth_fen(simulated_history(inputs, seed=seed), END)[place] / 100
        for seed in range(10, 15)
    ]
    spread = np.std(found, ddof=1) / len(found) ** 0.5
    assert np.mean(found) == pytest.approx(expected, abs=4.0 * spread)


def test_one_seed_one_history_and_a_year_more_moves_none(inputs, history):
    again = simulated_history(inputs, seed=1)
    assert np.array_equal(again.fen, history.fen)
    assert np.array_equal(again.paid, history.paid)
    fewer = simulated_history(inputs, seed=1, years=2)
    before = history.where(history.event < np.datetime64("2022-01-01"))
    same = fewer.where(fewer.event < np.datetime64("2022-01-01"))
    assert sorted(before.fen) == sorted(same.fen)


@pytest.mark.parametrize("generator", sorted(set(GENERATORS) - {"own"}))
def test_the_others_are_unlike(inputs, history, generator):
    other = simulated_history(inputs, seed=1, generator=generator)
    truth, own = (unpaid_truth_fen(one, END).sum() for one in (other, history))
    if generator == "slower":
        assert truth > 1.3 * own
    if generator == "heavy_tail":
        assert other.fen.max() > 1.5 * history.of_plan("P1").fen.max()
        assert other.fen.sum() == pytest.approx(history.fen.sum(), rel=0.02)
    if generator == "regimes":
        by_year = [
            np.sum(one.event.astype("datetime64[Y]") == np.datetime64(str(year)))
            for one in (other, history)
            for year in range(2021, 2026)
        ]
        assert by_year[:5] != by_year[5:]


def test_triangles_hold_every_payment_once(history):
    for step in ("month", "quarter", "year"):
        mine = history.of_plan("P1")
        triangle = triangle_of(triangle_lines(mine, END, step=step))
        day = np.datetime64(END)
        known = mine.fen[(mine.paid <= day) & (mine.event <= day)].sum() / 100
        assert triangle.latest.sum() == pytest.approx(known)
    paid, count, reported = (triangle_of(triangle_lines(history, END, what=one)) for one in WHATS)
    assert np.all(reported.latest >= count.latest)
    assert paid.origins == count.origins == reported.origins


def written(place, history, number=4000):
    kept = history.where(np.arange(number))
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER.split(","))
        for row in range(number):
            dates = [getattr(kept, name)[row] for name in ("event", "reported", "complete", "paid")]
            yuan = f"{kept.fen[row] / 100:.2f}"
            county = kept.counties[kept.county[row]]
            writer.writerow([kept.codes[kept.plan[row]], *dates, yuan, county])
    return kept


def test_records_of_an_office_give_the_same_triangle(tmp_path, capsys, inputs, history):
    place = tmp_path / "payments.csv"
    kept = written(place, history)
    lines = place.read_text(encoding="utf-8").splitlines()
    again = read_payments(lines, inputs.plan_codes)
    assert np.array_equal(again.fen, kept.fen)
    assert not again.simulated
    words = ("triangle", str(place), "--plan", "P1", "--valuation", "2021-09-30")
    assert main([*words, "--step", "month", "--replications", "64", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    mine = kept.of_plan("P1")
    day = np.datetime64("2021-09-30")
    known = mine.fen[(mine.paid <= day) & (mine.event <= day)].sum() / 100
    mack = told["methods"]["chain_ladder_mack"]["total"]
    assert mack["paid"] == pytest.approx(known)
    assert told["truth"] is None
    # A month without a claim has no average cost: that method says so and the others speak.
    assert {"cape_cod", "bornhuetter_ferguson", "frequency_severity"} <= set(told["methods"])
    assert "average_cost" not in told["methods"]
    assert any("WB-829" in warning for warning in told["warnings"])


def test_the_simulated_history_says_so_and_knows_the_truth(capsys):
    words = ("triangle", "--simulated", "own", "--plan", "P1", "--plan", "P2")
    assert main([*words, "--replications", "64", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["simulated"] == "own"
    mack = told["methods"]["chain_ladder_mack"]["total"]
    assert abs(mack["reserve"] - told["truth"]) < 4.0 * mack["standard_error"]
    assert main([*words, "--replications", "64", "--lang", "zh"]) == 0
    out = "".join(capsys.readouterr())
    assert "不是本单位的记录" in out
    assert "WB-827" in out


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("P9,2024-01-03,,,2024-03-05,7,", "history-plan"),
        ("P1,2024-1-3,,,2024-03-05,7,", "history-date"),
        ("P1,2024-02-30,,,2024-03-05,7,", "history-date"),
        ("P1,2024-01-03,,,2024-01-02,7,", "history-order"),
        ("P1,2024-01-03,2024-01-02,,2024-03-05,7,", "history-order"),
        ("P1,2024-01-03,,,2024-03-05,-7,", "history-yuan"),
        ('P1,2024-01-03,,,2024-03-05,"1,000",', "history-yuan"),
        ("P1,2024-01-03,,,2024-03-05,7.001,", "history-yuan"),
        ("P1,2024-01-03,,,2024-03-05,7,a\u200bb", "history-county"),
        ("P1,,,,2024-03-05,7,", "history-date"),
    ],
)
def test_a_bad_record_is_told_with_its_place(inputs, line, code):
    with pytest.raises(InputRefused) as refused:
        read_payments([HEADER, line], inputs.plan_codes)
    (fault,) = refused.value.faults
    assert (fault.code, fault.parts["row"]) == (code, 2)


def test_a_file_that_is_none_is_told(inputs, tmp_path, capsys):
    for header, code in (
        ("plan,event_date,paid_date", "history-column-missing"),
        ("plan,event_date,paid_date,paid_yuan,age", "history-column-unknown"),
    ):
        with pytest.raises(InputRefused, match=code):
            read_payments([header, "P1,2024-01-03,2024-03-05,7"], inputs.plan_codes)
    place = tmp_path / "payments.csv"
    place.write_text(f"{HEADER}\nP1,2024-01-03,,,2024-03-05,7,\n", encoding="utf-8")
    words = ("triangle", str(place), "--valuation", "2023-12-31", "--lang", "en")
    assert main(list(words)) == 2
    assert "WB-838" in capsys.readouterr().err
