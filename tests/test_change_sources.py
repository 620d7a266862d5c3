"""Where changes come from: --set options, scenarios of the pack, TOML files; and warnings."""

from pathlib import Path

import pytest

from tests.faults.words import only, refused, told
from workbench.changes import (
    Changes,
    apply,
    parse_set,
    scenario,
    warnings_of,
)
from workbench.guard import Fault
from workbench.inputs import Inputs, fingerprint
from workbench.pack import read_pack
from workbench.timeline import FEMALE, MALE


@pytest.fixture(scope="module")
def today() -> Inputs:
    return read_pack()


# Sources


def test_set_options_become_changes():
    changes = parse_set(["hospital_shock_cv=0.12", " plans.P1.premium_yuan = 90 ",
                         "segment:x.bundle=P1+P5"])  # fmt: skip
    assert dict(changes.values) == {
        "hospital_shock_cv": 0.12,
        "plans.P1.premium_yuan": 90.0,
        "segment:x.bundle": "P1+P5",
    }
    assert parse_set([]) == Changes()


@pytest.mark.parametrize("text", ["", "=", "=3", "name=", "name", "hospital_shock_cv:0.1"])
def test_an_option_without_name_or_value_is_refused(text):
    only(refused(parse_set, [text]), "change-form")


def test_two_values_for_one_name_are_refused():
    only(refused(parse_set, ["stay_cost_scale=1.1", "stay_cost_scale=1.2"]), "change-twice")
    assert parse_set(["stay_cost_scale=1.1", "stay_cost_scale=1.10"])


def test_every_scenario_of_the_pack_applies(today):
    prints = {known.code: fingerprint(apply(today, scenario(today, known.code)))
              for known in today.scenarios}  # fmt: skip
    assert prints["today"] == fingerprint(today)
    assert len(set(prints.values())) == len(prints) == 12


def test_named_scenarios_do_what_they_say(today):
    level = apply(today, scenario(today, "level_and_trend"))
    assert level.assumptions["base_enrolment_ratio"] == 0.9
    assert level.assumptions["years_from_base_to_rating"] == 6
    joining = apply(today, scenario(today, "new_form_20000"))
    assert joining.rows[-1].members == 20_000 and joining.rows[-1].accident_factor == 3.5
    young = apply(today, scenario(today, "a_third_leaves"))
    assert young.leaving[0].age_high == 34 and young.leaving[0].share == 0.3333


def test_an_unknown_scenario_is_refused_with_the_nearest(today):
    fault = only(refused(scenario, today, "epidemic"), "scenario-unknown")
    assert "epidemic_winter" in fault.parts["nearest"]


def toml(folder: Path, text: str | bytes) -> Path:
    path = folder / "mine.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_scenario_file(tmp_path, today):
    path = toml(
        tmp_path,
        """
# 备注：tiers to try
[set]
hospital_shock_cv = 0.12
plans.P5.premium_yuan = 26
stay_cost_relativity.45-49 = 1.1
"segment:riders.members" = 2000
"segment:riders.bundle" = "P1+P5"
enrolments.P1 = "95000"
""",
    )
    changes = scenario(today, path)
    assert scenario(today, str(path)) == changes
    assert dict(changes.values) == {
        "hospital_shock_cv": 0.12,
        "plans.P5.premium_yuan": 26.0,
        "stay_cost_relativity.45-49": 1.1,
        "segment:riders.members": 2000.0,
        "segment:riders.bundle": "P1+P5",
        "enrolments.P1": 95000.0,
    }
    apply(today, changes)


BAD_FILES = [
    ("", "file-empty"),
    ("set = 3", "scenario-file-table"),
    ("[set]\n[more]\nx = 1", "scenario-file-table"),
    ("stay_cost_scale = 1.1", "scenario-file-table"),
    ("[set]\nstay_cost_scale = ", "scenario-file-broken"),
    ("[set]\na = 1\na = 2", "scenario-file-broken"),
    ("[set]\nsegment:x.members = 1", "scenario-file-broken"),
    ("[set]\n# \u202e\nstay_cost_scale = 1.1", "scenario-file-sign"),
    ("[set]\n# \x00", "scenario-file-sign"),
    ("[set]\n# <b>", "scenario-file-sign"),
    (b"[set]\n# \xff\xff", "file-encoding"),
    ("[set]\na = " + "[" * 5000 + "]" * 5000, "scenario-file-broken"),
]


@pytest.mark.parametrize(("text", "key"), BAD_FILES)
def test_a_scenario_file_that_is_broken(tmp_path, today, text, key):
    fault = only(refused(scenario, today, toml(tmp_path, text)), key)
    assert all("mine.toml" in message for message in told(fault).values())


BAD_VALUES = [
    ("stay_cost_scale = nan", "change-number-not-finite"),
    ("stay_cost_scale = inf", "change-number-not-finite"),
    ("stay_cost_scale = true", "change-number-text"),
    ("stay_cost_scale = 2024-01-01", "change-number-text"),
    ("stay_cost_scale = [1]", "change-number-text"),
    ("stay_cost_scale = 99", "change-out-of-range"),
    ("stay_cost = 1", "change-name-unknown"),
]


@pytest.mark.parametrize(("line", "key"), BAD_VALUES)
def test_a_scenario_file_names_file_and_key(tmp_path, today, line, key):
    first, second = refused(scenario, today, toml(tmp_path, f"[set]\n{line}\n"))
    assert (first.code, first.parts["file"]) == ("scenario-file-value", "mine.toml")
    assert first.parts["name"] == line.split(" ")[0] and second.code == key


def test_a_scenario_file_that_is_missing_or_huge(tmp_path, today):
    only(refused(scenario, today, tmp_path / "no.toml"), "file-missing")
    with (tmp_path / "big.toml").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    only(refused(scenario, today, tmp_path / "big.toml"), "file-too-large")


# Warnings


def warned(inputs: Inputs, *lines: str) -> list[str]:
    faults = warnings_of(inputs, parse_set(lines))
    for fault in faults:
        assert isinstance(fault, Fault) and all(told(fault).values())
    return [fault.code for fault in faults]


def test_an_unusual_premium_is_told_and_used(today):
    assert warned(today, "plans.P1.premium_yuan=96") == ["premium-unusual"]
    assert warned(today, "plans.P1.premium_yuan=24.9") == ["premium-unusual"]
    assert warned(today, "plans.P1.premium_yuan=95", "plans.P2.premium_yuan=25") == []


def test_a_change_that_moves_nothing_is_told(today):
    assert warned(today, "plans.P1.daily_yuan=50") == ["moves-nothing"]
    assert warned(today, "price_elasticity=0.5") == []
    assert warned(today, "opening_fund_yuan=5000000") == []
    assert warned(today, "hospital_shock_cv=0.1") == []


def test_a_trend_over_no_years_is_told(today):
    assert warned(today, "frequency_trend_per_year=0.02") == ["trend-without-years"]
    assert warned(today, "frequency_trend_per_year=0.02", "years_from_base_to_rating=6") == []
    assert warned(today, "frequency_trend_per_year=0") == []


def test_men_and_women_are_not_mixed_up(today):
    assert (MALE, FEMALE) == (0, 1)
    assert int(today.mix[MALE].sum()) == 580_000 and int(today.mix[FEMALE].sum()) == 420_000
