"""The questions: documents against their schemas, contractual figures, choices, commands."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import workbench
from workbench.calibrate import split_ranges
from workbench.changes import Changes
from workbench.cli.parsing import parse
from workbench.guard import InputRefused
from workbench.pack import read_pack
from workbench.questions import (
    QUESTIONS,
    Choices,
    ask,
    command,
    document,
    tables,
)
from workbench.questions.documents import json_text
from workbench.questions.ranges import ranges_of
from workbench.questions.registry import own_choices
from workbench.questions.run import mean_gap, tables_sha256
from workbench.questions.surge import surge_of
from workbench.show.checking import checks_document, pack_document
from workbench.show.describing import describe_document, named_entries
from workbench.show.words import fault_text
from workbench.verify import Check

SCHEMAS = Path(__file__).parent.parent / "docs" / "schemas"


def schema(name):
    return json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))


def check(name, found):
    validator = jsonschema.Draft202012Validator(schema(name))
    validator.check_schema(validator.schema)
    validator.validate(json.loads(json_text(found)))


@pytest.fixture(scope="module")
def answers(inputs):
    """Answers to every question about the built-in pack, today's scheme."""
    return {name: ask(name, pack=inputs) for name in QUESTIONS}


@pytest.fixture(scope="module")
def documents(answers):
    return {name: document(answer) for name, answer in answers.items()}


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_every_document_keeps_its_schema(documents, name):
    check(name, documents[name])


def test_every_schema_has_its_document(inputs):
    entries = named_entries(inputs, None)
    check("describe", describe_document(entries, whole=True))
    check("describe", describe_document(named_entries(inputs, "loss_ratio"), whole=False))
    check("check-data", pack_document(inputs, ()))
    one = Check(name="a", value=1.0, expected=1.0, tolerance=0.0, source="b")
    check("verify", checks_document([one]))
    known = {*QUESTIONS, "describe", "check-data", "verify", "explain", "record", "rerun"}
    assert {path.stem for path in SCHEMAS.glob("*.json")} == known


def test_a_schema_can_refuse(documents):
    broken = {**documents["run"], "clock": "12:00"}
    with pytest.raises(jsonschema.ValidationError):
        check("run", broken)


def test_other_choices_keep_the_schema(inputs):
    simulated = ask("run", Choices(own={"engine": "claims", "years": 64}), pack=inputs)
    check("run", document(simulated))
    assert document(simulated)["choices"]["seed"] == 1
    changes = Changes({"segment:new_form.members": 200.0, "segment:new_form.bundle": "P1+P5"})
    segment = ask("price", Choices(changes=changes, expenses="none"), pack=inputs)
    check("price", document(segment))
    dates = ask("reserve", Choices(own={"date": ["2024-02-29"], "season": "all"}), pack=inputs)
    check("reserve", document(dates))


def test_run_gives_the_table_of_the_model(documents, reference):
    found = documents["run"]
    assert found["schema"] == "workbench.run/1"
    assert found["plans"]["P1"]["enrolments"] == 118_000
    assert found["total"]["beneficiaries"]["value"] == pytest.approx(11_060.00, abs=0.005)
    assert found["total"]["paid_yuan"]["mean"]["value"] == pytest.approx(11_842_000.12, abs=0.1)
    assert found["total"]["paid_yuan"]["sd"]["value"] == pytest.approx(737_439.6, abs=0.1)
    assert found["total"]["paid_yuan"]["quantile"]["0.995"]["value"] == pytest.approx(
        13_842_933, abs=2
    )
    assert found["correlations"]["P1,P2"]["value"] == pytest.approx(0.9172, abs=5e-5)
    assert found["persons_paid"]["value"] == pytest.approx(10_574.9, abs=0.05)
    assert found["plans"]["P3"]["deficit_probability"]["value"] == pytest.approx(0.381, abs=5e-4)


def test_calibrate_price_tiers_reserve_give_the_contractual_figures(documents):
    calibrated = documents["calibrate"]
    assert calibrated["beneficiaries"]["value"] == pytest.approx(11_060, rel=1e-3)
    assert calibrated["paid_yuan"]["value"] == pytest.approx(11_842_000, rel=1e-3)
    prices = documents["price"]["plans"]
    for code, premium in zip(prices, (81.8, 51.1, 33.2, 19.1, 16.6), strict=True):
        assert prices[code]["technical_premium_yuan"]["value"] == pytest.approx(premium, abs=0.05)
    rows = documents["tiers"]["plans"]["P3"]
    assert [row["premium_yuan"] for row in rows] == list(range(25, 96))
    at = {row["premium_yuan"]: row for row in rows}
    assert at[30]["deficit_probability"]["value"] == pytest.approx(0.381, abs=5e-4)
    assert at[30]["expected_shortfall_yuan"]["value"] == pytest.approx(30_500, abs=50)
    assert at[30]["mean_gap_yuan"]["value"] == pytest.approx(80_100, abs=50)
    assert at[35]["deficit_probability"]["value"] == pytest.approx(0.0148, abs=5e-5)
    assert at[40]["mean_gap_yuan"] is None
    year_end = documents["reserve"]["dates"]["2026-12-31"]["total"]
    assert year_end["unearned_yuan"]["value"] == pytest.approx(5.8e6, abs=5e4)
    assert year_end["unpaid_yuan"]["value"] == pytest.approx(3.9e6, abs=5e4)


def test_lines_of_a_price_add_up_to_the_fen(documents):
    for plan in documents["price"]["plans"].values():
        fen = sum(round(line["yuan"] * 100) for line in plan["lines"])
        assert fen == round(plan["technical_premium_yuan"]["value"] * 100)


def test_two_answers_have_the_same_bytes(inputs, documents):
    again = document(ask("run", pack=read_pack()))
    assert json_text(again) == json_text(documents["run"])


def test_the_record_tells_apart_what_differs(inputs, answers):
    record = answers["run"].record
    assert record["tables_sha256"] is None
    for choices in (
        Choices(changes=Changes({"plans.P3.premium_yuan": 35.0})),
        Choices(expenses="none"),
        Choices(own={"form": "individual"}),
    ):
        other = ask("run", choices, pack=inputs).record
        assert other["run_id"] != record["run_id"]
        assert other["results_sha256"] != record["results_sha256"]
        assert other["inputs_sha256"] == record["inputs_sha256"]
    assert answers["price"].record["run_id"] != record["run_id"]


def test_sealed_tables_follow_the_claims_and_not_the_price(inputs):
    asked = [
        ask("run", Choices(changes=Changes(values)), pack=inputs).asked.inputs
        for values in ({}, {"plans.P1.premium_yuan": 90.0}, {"basic_deductible_yuan": 500.0})
    ]
    today, cheaper, weaker = map(tables_sha256, asked)
    assert today == cheaper
    assert today != weaker


def test_a_plans_loss_ratio_has_its_range_beside_it(documents, answers):
    run = documents["run"]
    for part in (*run["plans"].values(), run["total"]):
        ends = part["loss_ratio_range"]
        assert ends["low"] <= part["loss_ratio"]["value"] + 1e-9
        assert ends["high"] >= part["loss_ratio"]["value"] - 1e-9
    assert run["plans"]["P1"]["loss_ratio_range"]["low"] == pytest.approx(0.66, abs=0.01)
    assert run["plans"]["P1"]["loss_ratio_range"]["high"] == pytest.approx(0.88, abs=0.01)
    for name in ("run", "price", "tiers"):
        shown = [table for table in tables(answers[name]) if table.name in ("run", "hundred")]
        shown = shown or [tables(answers[name])[0]]
        assert "loss_ratio_range" in [column.key for column in shown[0].columns]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"plans.P3.premium_yuan": 35.0, "expense_share": 0.02},
        {"critical_illness_factor": 0.8},
        {"enrolments.P1": 118_000.0},
    ],
)
def test_ranges_are_those_of_the_splits_solved_again(inputs, values):
    changes = Changes(values)
    asked = ask("run", Choices(changes=changes), pack=inputs).asked
    solved = split_ranges(inputs, changes)
    found = ranges_of(asked)
    for code, one in [*solved.plans.items(), ("", solved.total)]:
        assert found[code] == pytest.approx((one.low, one.high), rel=1e-7)


def test_a_surge_of_illness_is_that_of_the_page(inputs):
    scale = 1.2253  # illness is the hospital rate less injuries, so a quarter more needs less
    asked = ask(
        "run", Choices(changes=Changes({"hospital_claimant_rate_scale": scale})), pack=inputs
    ).asked
    surge = surge_of(asked)
    assert surge.illness_share == pytest.approx(0.25, abs=0.001)
    assert surge.more_benefits_yuan == pytest.approx(2.19e6, abs=0.02e6)
    assert surge.surplus_before_yuan == pytest.approx(4.42e6, abs=0.01e6)
    assert surge.surplus_after_yuan == pytest.approx(2.18e6, abs=0.02e6)
    assert surge_of(ask("run", pack=inputs).asked) is None


def test_a_mean_gap_is_given_where_a_deficit_is_not_rarer_than_one_in_a_thousand(exact):
    assert mean_gap(exact.plans["P3"]) == pytest.approx(80_100, abs=100)
    assert mean_gap(exact.plans["P2"]) is None


@pytest.mark.parametrize(
    ("name", "own", "code"),
    [
        ("run", {"years": 100}, "exact-takes-no-years"),
        ("run", {"engine": "other"}, "unknown-choice"),
        ("run", {"engine": "claims", "years": True}, "not-a-whole-number"),
        ("run", {"engine": "claims", "seed": -1}, "value-out-of-range"),
        ("run", {"colour": "red"}, "unknown-option"),
        ("reserve", {"date": "today"}, "reserve-date-unreadable"),
    ],
)
def test_choices_that_are_refused(name, own, code):
    with pytest.raises(InputRefused) as refusal:
        own_choices(QUESTIONS[name], own)
    assert [fault.code for fault in refusal.value.faults] == [code]


def test_an_unknown_question_and_unknown_expenses_are_refused(inputs):
    for name, choices in (("nothing", None), ("run", Choices(expenses="some"))):
        with pytest.raises(InputRefused, match="unknown-choice"):
            ask(name, choices, pack=inputs)


CHANGED = st.dictionaries(
    st.sampled_from(["plans.P3.premium_yuan", "hospital_shock_cv", "segment:a.bundle"]),
    st.sampled_from([35.0, 0.1, 30.25, 1e-7, "P1+P5"]),
)


@given(
    changes=CHANGED,
    scenario=st.sampled_from([None, "today", "epidemic_winter"]),
    expenses=st.sampled_from(["default", "none"]),
    own=st.sampled_from([{}, {"form": "individual"}, {"engine": "claims", "years": 64, "seed": 0}]),
)
def test_the_command_asks_the_same(changes, scenario, expenses, own):
    choices = Choices(scenario=scenario, changes=Changes(changes), expenses=expenses, own=own)
    line = command("run", choices, data="my data")
    request = parse(shlex.split(line)[1:])
    assert request.command == "run"
    assert request.values["data"] == "my data"
    assert request.values.get("scenario") == scenario
    assert request.values.get("expenses", "default") == expenses
    assert request.values.get("set", []) == list(choices.changes.lines)
    typed = {name: request.values[name] for name in own if name in request.values}
    assert own_choices(QUESTIONS["run"], typed) == own_choices(QUESTIONS["run"], own)


def test_every_public_name_is_there():
    for name in workbench.__all__:
        assert getattr(workbench, name) is not None
    assert set(workbench.__all__) <= set(dir(workbench))
    with pytest.raises(AttributeError):
        workbench.no_such_name  # noqa: B018


def test_the_command_leaves_defaults_out():
    assert command("run") == "workbench run"
    assert command("run", Choices(own={"engine": "exact"})) == "workbench run"
    dates = Choices(own={"date": ("2026-12-31", "2027-06-30")})
    assert command("reserve", dates) == "workbench reserve --date 2026-12-31 --date 2027-06-30"


def test_a_scenario_that_needs_a_later_room_says_so(inputs):
    deferral = ask("run", Choices(scenario="deferral"), pack=inputs)
    assert [fault.code for fault in deferral.asked.warnings] == ["scenario-part-later"]
    assert "workbench fund" in fault_text(deferral.asked.warnings[0], "zh")
    assert ask("run", Choices(scenario="epidemic_winter"), pack=inputs).asked.warnings == ()
