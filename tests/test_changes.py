"""Changes: the noun, every name of --set, its range, and what contradicts."""

import pickle

import pytest

from tests.faults.words import only, refused, told
from workbench.changes import (
    Changes,
    allowed_names,
    apply,
    parse_set,
)
from workbench.inputs import Inputs, fingerprint
from workbench.names import allowed_name, checked_value
from workbench.pack import read_pack
from workbench.schema import PLAN_NUMBERS
from workbench.timeline import AGE_BANDS


@pytest.fixture(scope="module")
def today() -> Inputs:
    return read_pack()


# The noun


def test_no_changes_are_todays_scheme(today):
    assert apply(today, Changes()) is today
    assert not Changes() and Changes().text == ""


def test_canonical_text_does_not_depend_on_the_order_given():
    one = Changes({"stay_cost_scale": 1.3, "hospital_shock_cv": 0.12, "enrolments.P1": 95_000.0})
    two = Changes({"enrolments.P1": 95_000, "hospital_shock_cv": 0.12, "stay_cost_scale": 1.3})
    assert one == two and hash(one) == hash(two)
    assert one.text == "enrolments.P1=95000\nhospital_shock_cv=0.12\nstay_cost_scale=1.3"
    assert parse_set(one.lines) == one
    assert pickle.loads(pickle.dumps(one)) == one


def test_a_third_is_written_so_that_it_reads_back():
    changes = Changes({"leave:age_16_34": 1 / 3})
    assert parse_set(changes.lines).values["leave:age_16_34"] == 1 / 3


def test_merging_lets_the_later_hold():
    merged = Changes({"a": 1.0, "b": 2.0}).merge(Changes({"b": 3.0, "c": 4.0}))
    assert dict(merged.values) == {"a": 1.0, "b": 3.0, "c": 4.0}


def test_changes_cannot_be_changed():
    with pytest.raises(TypeError):
        Changes({"a": 1.0}).values["a"] = 2.0  # type: ignore[index]


# Names


def test_every_name_of_the_contract_is_there(today):
    names = {entry.name for entry in allowed_names(today)}
    for file in ("parameters.csv", "economics.csv", "participation.csv", "severity.csv"):
        for belief in today.assumptions.beliefs.values():
            if belief.file == file and belief.low is not None:
                assert belief.name in names
    for code in today.plan_codes:
        assert {f"plans.{code}.{column}" for column in PLAN_NUMBERS} <= names
        assert f"enrolments.{code}" in names
        assert f"plans.{code}.enrolments_default" not in names
    assert {f"stay_cost_relativity.{band}" for band in AGE_BANDS} <= names
    assert {"stay_cost_mean_yuan", "illness_days_cv", "injury_days_cv", "participation_scale",
            "disability_degree_mean", "leave:age_LOW_HIGH", "segment:NAME.members",
            "segment:NAME.bundle", "segment:NAME.accident_factor",
            "segment:NAME.basic_coinsurance"} <= names  # fmt: skip
    assert not {"days_in_year", "target_paid_yuan"} & names


def test_names_without_templates_hold_their_present_value(today):
    for entry in allowed_names(today):
        if "LOW" in entry.name:
            continue
        assert allowed_name(today, entry.name) == entry
        if entry.current is not None and entry.low is not None:
            assert entry.low <= entry.current <= entry.high
            value = checked_value(today, entry.name, entry.current)
            assert value == entry.current


def test_setting_every_name_to_what_it_is_changes_nothing(today):
    values = {
        entry.name: entry.current
        for entry in allowed_names(today)
        if entry.current is not None and "LOW" not in entry.name
    }
    assert len(values) > 100
    assert fingerprint(apply(today, Changes(values))) == fingerprint(today)


def test_each_name_changes_the_pack_or_says_why_it_moves_nothing(today):
    for entry in allowed_names(today):
        if entry.current is None or "LOW" in entry.name:
            continue
        ends = [end for end in (entry.low, entry.high) if end != entry.current]
        seen = False
        for end in ends:
            middle = (entry.current + 3 * end) / 4
            value = float(round(middle)) if entry.whole else middle
            try:
                after = apply(today, Changes({entry.name: value}))
            except Exception as error:
                assert type(error).__name__ == "InputRefused", error
                continue
            seen = seen or fingerprint(after) != fingerprint(today)
        assert seen or entry.moves_nothing, entry.name


def test_a_term_of_another_form_moves_nothing(today):
    moves = {entry.name: entry.moves for entry in allowed_names(today)}
    assert moves["plans.P1.daily_yuan"] == "moves.nothing_form"
    assert moves["plans.P2.daily_yuan"] == "moves.run"
    assert moves["plans.P3.annual_cap_yuan"] == "moves.nothing_form"
    assert moves["special_disease_men_relativity"] == "moves.nothing_men_special"
    assert moves["price_elasticity"] == "moves.participation"
    assert moves["expense_share"] == "moves.expenses"


# Beliefs and plan terms


def test_beliefs_and_terms_are_replaced(today):
    after = apply(today, Changes({"hospital_shock_cv": 0.12, "plans.P3.premium_yuan": 35.0,
                                  "plans.P2.elimination_days": 3.0,
                                  "stay_cost_relativity.45-49": 1.5}))  # fmt: skip
    assert after.assumptions["hospital_shock_cv"] == 0.12
    assert after.assumptions["stay_cost_relativity.45-49"] == 1.5
    assert after.plan("P3").premium_yuan == 35.0 and after.plan("P1") == today.plan("P1")
    assert after.plan("P2").elimination_days == 3
    assert isinstance(after.plan("P2").elimination_days, int)
    assert today.assumptions["hospital_shock_cv"] == 0.08


OUT_OF_RANGE = [
    ("hospital_claimant_rate", 1.1),
    ("hospital_shock_cv", 0.151),
    ("hospital_shock_cv", -0.01),
    ("plans.P1.premium_yuan", 0.0),
    ("plans.P1.premium_yuan", 1000.5),
    ("plans.P1.first_stay_share", 1.01),
    ("participation_scale", 0.49),
    ("participation_scale", 1.31),
    ("enrolments.P4", 84_841.0),
    ("enrolments.P1", 0.0),
    ("segment:riders.basic_coinsurance", 0.41),
    ("segment:riders.accident_factor", 5.0),
    ("segment:riders.members", 0.0),
    ("leave:age_16_34", 1.01),
    ("stay_cost_relativity.45-49", 3.1),
]


@pytest.mark.parametrize(("name", "value"), OUT_OF_RANGE)
def test_out_of_range_is_refused_with_the_range(today, name, value):
    fault = only(refused(apply, today, Changes({name: value})), "change-out-of-range")
    for message in told(fault).values():
        assert name in message and fault.parts["low"] in message and fault.parts["high"] in message


@pytest.mark.parametrize("value", [0.001, 0.01, 24.0, 1000.0])
def test_a_premium_may_be_anything_up_to_1000(today, value):
    assert apply(today, Changes({"plans.P1.premium_yuan": value})).plan("P1").premium_yuan == value


BAD_NUMBERS = [
    ("much", "change-number-text"),
    (True, "change-number-text"),
    (None, "change-number-text"),
    ([1], "change-number-text"),
    ("nan", "change-number-not-finite"),
    (float("nan"), "change-number-not-finite"),
    (float("inf"), "change-number-not-finite"),
    ("-Infinity", "change-number-not-finite"),
    (10**400, "change-number-not-finite"),
    ("０.１", "change-number-full-width"),
    ("12%", "change-number-percent"),
    ("1,000", "change-number-thousands"),
    (" 0.1", "change-number-blanks"),
]


@pytest.mark.parametrize(("value", "key"), BAD_NUMBERS)
def test_what_is_no_number_is_refused_with_a_hint(today, value, key):
    fault = only(refused(apply, today, Changes({"hospital_shock_cv": value})), key)
    assert all("0.15" in message for message in told(fault).values())


def test_whole_days_are_whole(today):
    name = "plans.P1.waiting_none_until_day"
    only(refused(apply, today, Changes({name: 30.5})), "change-number-not-whole")


UNKNOWN = [
    ("hospital_shock", "hospital_shock_cv"),
    ("plans.P1.premium", "plans.P1.premium_yuan"),
    ("plans.P6.premium_yuan", "plans.P5.premium_yuan"),
    ("plans.P1.enrolments_default", "plans.P1."),
    ("enrolments.P9", "enrolments.P5"),
    ("stay_cost_relativity.61-65", "stay_cost_relativity."),
    ("segment:riders.hospital_shock_cv", "segment:"),
    ("", ""),
    ("x" * 5000, ""),
    ("<script>", ""),
]


@pytest.mark.parametrize(("name", "near"), UNKNOWN)
def test_unknown_names_are_refused_with_the_nearest(today, name, near):
    fault = only(refused(apply, today, Changes({name: 1.0})), "change-name-unknown")
    assert near in fault.parts["nearest"] and len(fault.parts["name"]) <= 60


def test_facts_cannot_be_changed(today):
    fault = only(refused(apply, today, Changes({"target_beneficiaries": 1.0})), "change-name-fixed")
    assert fault.parts["value"] == "11060"


def test_all_faults_of_changes_are_told_at_once(today):
    faults = refused(apply, today, Changes({"a": 1.0, "stay_cost_scale": 9.0, "cv": 1.0}))
    assert sorted(fault.code for fault in faults) == [
        "change-name-unknown", "change-name-unknown", "change-out-of-range",
    ]  # fmt: skip


CONTRADICTIONS = [
    ({"plans.P3.partial_lump_yuan": 10_001.0}, "term-above-other"),
    ({"plans.P3.waiting_none_until_day": 61.0}, "term-above-other"),
    ({"plans.P1.age_min": 60.0, "plans.P1.age_max": 16.0}, "term-above-other"),
    ({"leave:age_16_60": 1.0}, "plan-without-members"),
]


@pytest.mark.parametrize(("values", "key"), CONTRADICTIONS)
def test_contradictions_are_refused(today, values, key):
    faults = refused(apply, today, Changes(values))
    assert {fault.code for fault in faults} == {key}


def test_rates_that_contradict_after_a_change(tmp_path):
    from tests.faults.packs import copy_of_data, put

    folder = copy_of_data(tmp_path)
    put(folder, "incidence_by_age_sex.csv", 20, "value", "16")
    inputs = read_pack(folder)
    faults = refused(apply, inputs, Changes({"hospital_claimant_rate_scale": 0.5}))
    fault = only(faults, "rates-hospital-below-injury")
    assert fault.parts["value"] == "M 16-19" and fault.parts["segment"] == "employee"


def test_a_ladder_may_be_moved_as_a_whole(today):
    after = apply(today, Changes({"plans.P3.waiting_none_until_day": 90.0,
                                  "plans.P3.waiting_partial_until_day": 180.0}))  # fmt: skip
    assert after.plan("P3").waiting_partial_until_day == 180
