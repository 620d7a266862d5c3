"""The run-off test: causes add up to the fen, single causes are found, records, bad input."""

import csv
import datetime
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.cli import main
from workbench.guard import InputRefused
from workbench.history import plan_cells, read_payments, simulated_history, unpaid_truth_fen
from workbench.reserving.runoff import CAUSES, RUNOFF_METHODS, runoff, shapley_of_product

END, PAST = datetime.date(2025, 12, 31), datetime.date(2024, 12, 31)
SCHEMAS = Path(__file__).parent.parent / "docs" / "schemas"
HEADER = ("plan", "event_date", "report_date", "paid_date", "paid_yuan", "county")


@pytest.fixture(scope="module")
def history(inputs):
    return simulated_history(inputs, seed=1)


@pytest.fixture(scope="module")
def cells(history):
    return plan_cells(history, END)


FACTORS = st.lists(st.floats(0.0, 1e4), min_size=6, max_size=6)


@settings(max_examples=40, deadline=None)
@given(FACTORS)
def test_shapley_adds_up_and_gives_one_cause_all(values):
    before, after = np.array(values[:3])[:, None], np.array(values[3:])[:, None]
    parts = shapley_of_product(before, after)
    whole = after.prod() - before.prod()
    assert parts.sum() == pytest.approx(whole, rel=1e-9, abs=1e-2)
    alone = before.copy()
    alone[1] = after[1]
    only = shapley_of_product(before, alone)
    assert only[[0, 2]].tolist() == [[0.0], [0.0]]
    assert only.sum() == pytest.approx(alone.prod() - before.prod(), rel=1e-9, abs=1e-2)


def test_shapley_by_hand():
    """2·3·5 to 4·3·10: averages over the six orders, 45 of each and none of the still factor."""
    parts = shapley_of_product(np.array([[2.0], [3.0], [5.0]]), np.array([[4.0], [3.0], [10.0]]))
    assert parts[:, 0].tolist() == [45.0, 0.0, 45.0]


@pytest.mark.parametrize("method", RUNOFF_METHODS)
def test_causes_add_up_to_the_fen(inputs, cells, method):
    plans = None if method != "average_cost" else (0, 1)
    found = runoff(inputs, cells, 4, method=method, plans=plans)
    for one in (*found.plans, found.total):
        assert set(one.causes) == set(CAUSES)
        assert sum(one.causes.values()) == one.difference == one.paid + one.left - one.held
        assert all(isinstance(value, int) for value in one.causes.values())
    for name in ("held", "paid", "left", "difference"):
        assert getattr(found.total, name) == sum(getattr(one, name) for one in found.plans)


def test_paid_and_truth_are_those_of_the_history(inputs, history, cells):
    """Paid since is counted from the single payments, to the fen; all found is the truth."""
    found = runoff(inputs, cells, 4)
    then, now = np.datetime64(PAST), np.datetime64(END)
    since = (history.event <= then) & (history.paid > then) & (history.paid <= now)
    truth = unpaid_truth_fen(history, PAST)
    for place, one in enumerate(found.plans):
        assert one.paid == history.fen[since & (history.plan == place)].sum()
        assert one.found == pytest.approx(truth[place], abs=2e6)


def test_a_longer_delay_is_found_as_delay(inputs):
    """A history whose delay grows against the steady state: delay is the largest cause."""
    slower = plan_cells(simulated_history(inputs, seed=1, generator="slower"), END)
    total = runoff(inputs, slower, 4, method="steady_state").total
    assert total.difference > 0
    assert total.causes["delay"] > 0.8 * total.difference
    assert all(abs(total.causes[name]) < 0.2 * total.difference for name in ("numbers", "cost"))


def test_twice_the_cost_is_found_as_cost(inputs, history):
    """All that was paid after the past date paid twice: the cause is the mean cost alone."""
    late = history.paid > np.datetime64(PAST)
    dear = replace(history, fen=np.where(late, 2 * history.fen, history.fen))
    usual, twice = (plan_cells(one, END).of(range(5)) for one in (history, dear))
    before, after = (runoff(inputs, one, 4, method="steady_state").total for one in (usual, twice))
    assert after.paid == 2 * before.paid
    moved = {name: after.causes[name] - before.causes[name] for name in CAUSES}
    assert moved["cost"] > 0.9 * before.paid
    assert sum(moved.values()) == before.paid


def test_nothing_open_is_nothing(inputs, history):
    """Paid on the day of the event: nothing is held, nothing comes, there is no cause."""
    at_once = plan_cells(replace(history, paid=history.event, reported=history.event), END)
    found = runoff(inputs, at_once, 4, method="chain_ladder_mack")
    for one in (*found.plans, found.total):
        assert (one.held, one.paid, one.left, one.difference) == (0, 0, 0, 0)
        assert set(one.causes.values()) == {0}


def test_too_far_back_is_refused(inputs, cells):
    for back in (0, 19, 40):
        with pytest.raises(InputRefused, match="runoff-too-far"):
            runoff(inputs, cells, back)
    with pytest.raises(InputRefused, match="unknown-choice"):
        runoff(inputs, cells, 4, method="guess")


def run(capsys, *words):
    status = main(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def test_the_command_on_the_simulated_history(capsys, inputs, cells):
    status, out, _ = run(capsys, "runoff", "--json")
    told = json.loads(out)
    assert status == 0
    schema = json.loads((SCHEMAS / "runoff.json").read_text(encoding="utf-8"))
    jsonschema.validate(told, schema)
    assert (told["past_date"], told["closing_date"]) == ("2024-12-31", "2025-12-31")
    found = runoff(inputs, cells, 4)
    for one in found.plans:
        part = told["plans"][one.plan]
        assert round(100 * sum(part["causes_yuan"].values())) == one.difference
        assert part["held_yuan"] == one.held / 100
    assert any("WB-827" in warning for warning in told["warnings"])
    status, out, err = run(capsys, "runoff", "--plan", "P1", "--date", "2025-06-30", "--lang", "zh")
    assert status == 0
    assert "2025-06-30" in out and "分文不差" in out and "不是本单位的记录" in out + err


def written(place, history):
    day = np.datetime64("2022-12-31")
    kept = history.where(history.event <= day)
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for row in range(kept.number):
            is_open = kept.paid[row] > day
            if is_open and kept.reported[row] > day:
                continue
            paid = ("", "") if is_open else (kept.paid[row], f"{kept.fen[row] / 100:.2f}")
            county = kept.counties[kept.county[row]]
            dates = (kept.event[row], kept.reported[row])
            writer.writerow([kept.codes[kept.plan[row]], *dates, *paid, county])
    return place


def test_records_with_open_claims(tmp_path, capsys, inputs, history):
    """What is reported and not paid stands in the records without a day of payment."""
    place = written(tmp_path / "payments.csv", history)
    words = ("--valuation", "2022-12-31", "--date", "2022-06-30")
    kept = tmp_path / "kept.wbrun"
    status, out, _ = run(capsys, "runoff", str(place), *words, "--json", "--out", str(kept))
    assert status == 0
    told = json.loads(out)
    again = plan_cells(history, datetime.date(2022, 12, 31))
    found = runoff(inputs, again, 2)
    assert told["total"]["paid_since_yuan"] == found.total.paid / 100
    assert told["total"]["truth_yuan"] is None
    assert run(capsys, "rerun", str(kept))[0] == 0
    payments = read_payments(place.read_text(encoding="utf-8").splitlines(), inputs.plan_codes)
    opened = plan_cells(payments, datetime.date(2022, 12, 31)).open
    assert np.array_equal(opened, again.open)
    words = ("triangle", str(place), "--plan", "P1", "--valuation", "2022-12-31", "--json")
    status, out, _ = run(capsys, *words, "--replications", "64")
    assert status == 0
    assert json.loads(out)["parts"][0]["open_claims"] == again.open[0]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--date", "2025-12-31"), "WB-847"),
        (("--date", "2021-03-31"), "WB-848"),
        (("--cell-row", "plan"), "WB-840"),
        (("--method", "average_cost", "--step", "month"), "WB-849"),
    ],
)
def test_bad_choices_are_told(capsys, words, code):
    status, _, err = run(capsys, "runoff", *words, "--lang", "en")
    assert status == 2
    assert code in err


def test_a_file_that_holds_no_records_is_told(tmp_path, capsys):
    place = tmp_path / "triangle.csv"
    place.write_text("origin,1,2\n2024,5,7\n2025,6,\n", encoding="utf-8")
    status, _, err = run(capsys, "runoff", str(place), "--lang", "en")
    assert (status, "WB-857" in err) == (2, True)
    status, _, err = run(capsys, "counties", str(place), "--simulated", "own", "--lang", "zh")
    assert (status, "WB-822" in err) == (2, True)
