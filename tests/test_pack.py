"""Reading a pack: the built-in one as nouns, and every kind of bad input told in both languages."""

import codecs
import time
from pathlib import Path

import numpy as np
import pytest

from tests.faults.packs import DATA, copy_of_data, edit, put, records, row_of, write
from tests.faults.words import only, refused
from workbench.inputs import Inputs, fingerprint
from workbench.pack import differences, new_pack, read_pack
from workbench.timeline import AGE_BANDS, FEMALE, MALE


@pytest.fixture(scope="module")
def builtin() -> Inputs:
    return read_pack()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copy_of_data(tmp_path)


# The built-in pack


def test_plans_are_read_with_their_terms(builtin):
    assert builtin.plan_codes == ("P1", "P2", "P3", "P4", "P5")
    medical = builtin.plan("P1")
    assert (medical.premium_yuan, medical.first_stay_share, medical.later_stay_share) == (
        95,
        0.8,
        0.7,
    )
    assert medical.daily_yuan is None and medical.annual_cap_yuan == 30_000
    assert builtin.plan("P4").eligible_sex == "F"
    assert [plan.enrolments_default for plan in builtin.plans] == [
        118_000,
        32_000,
        46_000,
        40_000,
        27_000,
    ]


def test_rates_are_probabilities_per_member_year(builtin):
    values = builtin.rates.values
    assert values.shape == (5, 2, 9) and not values.flags.writeable
    assert values[0, MALE, AGE_BANDS.index("35-39")] == 1.0
    assert values[1, FEMALE, AGE_BANDS.index("55-60")] == pytest.approx(0.0072)
    assert values[2, MALE, 8] == pytest.approx(0.0157047)
    assert np.all(values[3, MALE] == 0) and values[3, FEMALE, 7] == pytest.approx(0.0018995)
    assert builtin.rates.times_parameter == (
        "hospital_claimant_rate",
        "",
        "critical_illness_factor",
        "",
        "",
    )


def test_beliefs_have_value_range_and_source(builtin):
    shock = builtin.assumptions.beliefs["hospital_shock_cv"]
    assert (shock.value, shock.low, shock.high, shock.state) == (0.08, 0.0, 0.15, "assumption")
    assert shock.symbol == "kappa" and "assumption" in shock.provenance
    assert builtin.assumptions["stay_cost_mean_yuan"] == 7_913.91
    assert builtin.assumptions.beliefs["stay_cost_cv"].high == 1.8
    assert builtin.assumptions.beliefs["base_enrolment_ratio"].mode == 0.9
    relative = builtin.assumptions.beliefs["stay_cost_relativity.45-49"]
    assert (relative.value, relative.low, relative.high, relative.state) == (1.03, 0.3, 3.0, "data")
    assert "disability_degree_cv" not in builtin.assumptions


def test_calendar_and_scenarios(builtin):
    calendar = builtin.calendar
    assert calendar.start_share.sum() == pytest.approx(
        1
    ) and calendar.season.mean() == pytest.approx(1)
    assert calendar.delay_months.tolist() == [*range(13), 18]
    assert calendar.paid_share.shape == (14, 3) and calendar.paid_share[2, 2] == 0.24
    assert calendar.delay_columns == ("cum_paid_P1_P2", "cum_paid_P3_P4", "cum_paid_P5")
    codes = [scenario.code for scenario in builtin.scenarios]
    assert codes[0] == "today" and builtin.scenarios[0].changes == ()
    joining = builtin.scenarios[codes.index("new_form_20000")]
    assert joining.changes[1] == ("segment:new_form.bundle", "P1+P5")


def test_reading_is_fast():
    read_pack()
    took = []
    for _ in range(5):
        start = time.process_time()
        read_pack()
        took.append(time.process_time() - start)
    assert min(took) < 0.03


@pytest.mark.parametrize("form", ["bom", "gb18030", "crlf", "reordered", "bundle_order"])
def test_other_ways_to_write_the_same_pack(pack, builtin, form):
    for file in sorted(pack.glob("*.csv")):
        text = file.read_text(encoding="utf-8")
        if form == "bom":
            file.write_bytes(codecs.BOM_UTF8 + text.encode())
        elif form == "gb18030":
            file.write_bytes(text.encode("gb18030"))
        elif form == "crlf":
            file.write_bytes(text.replace("\n", "\r\n").encode())
        elif form == "reordered":
            write(pack, file.name, [row[::-1] for row in records(pack, file.name)])
    if form == "bundle_order":
        put(pack, "bundles.csv", row_of(pack, "bundles.csv", "P1+P4"), "bundle", "P4+P1")
    assert fingerprint(read_pack(pack)) != "" and not differences(read_pack(pack), builtin)


def test_labels_of_bundles_make_segments(pack):
    def change(rows):
        for number, row in enumerate(rows):
            row.append("segment" if number == 0 else "riders" if number == 4 else "employee")

    edit(pack, "bundles.csv", change)
    read = read_pack(pack)
    assert [segment.name for segment in read.segments] == ["employee", "riders"]
    assert read.rows[3].segment == "riders" and read.rows[3].area == "Baoji"


# Copies and differences


def test_a_new_pack_reads_as_the_built_in_one(tmp_path, builtin):
    folder = new_pack(tmp_path / "mine")
    assert sorted(entry.name for entry in folder.iterdir()) == sorted(
        entry.name for entry in DATA.iterdir()
    )
    assert fingerprint(read_pack(folder)) == fingerprint(builtin)
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]


def test_a_new_pack_goes_into_an_empty_folder(tmp_path):
    (tmp_path / "mine").mkdir()
    assert read_pack(new_pack(tmp_path / "mine"))


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ("full", "folder-not-empty"),
        ("file", "folder-is-a-file"),
        ("no/deeper", "folder-above-missing"),
        ("file/deeper", "folder-above-missing"),
        ("nul\0", "folder-above-missing"),
    ],
)
def test_a_new_pack_overwrites_nothing(tmp_path, place, key):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept.txt").write_text("kept")
    (tmp_path / "file").write_text("kept")
    before = sorted(str(entry) for entry in tmp_path.rglob("*"))
    if place.startswith("nul"):
        refused(new_pack, tmp_path / place)
    else:
        only(refused(new_pack, tmp_path / place), key)
    assert sorted(str(entry) for entry in tmp_path.rglob("*")) == before


def test_a_new_pack_in_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    def no_room(*arguments, **more):
        raise PermissionError(13, "no")

    monkeypatch.setattr("workbench.pack.copying.tempfile.mkdtemp", no_room)
    fault = only(refused(new_pack, tmp_path / "mine"), "folder-not-writable")
    assert "mine" in fault.parts["value"] and list(tmp_path.iterdir()) == []


def test_a_new_pack_that_is_stopped_leaves_nothing(tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "no space")

    monkeypatch.setattr("workbench.pack.copying.shutil.copyfile", full)
    only(refused(new_pack, tmp_path / "mine"), "folder-not-writable")
    assert list(tmp_path.iterdir()) == []


def test_differences_name_file_key_column_and_both_values(pack, builtin):
    put(pack, "plans.csv", 4, "premium_yuan", "35")
    put(pack, "parameters.csv", row_of(pack, "parameters.csv", "hospital_shock_cv"), "value", "0.1")
    put(pack, "incidence_by_age_sex.csv", 20, "value", "8.5")
    put(pack, "seasonality.csv", 2, "admission_index", "0.99")
    put(pack, "seasonality.csv", 3, "admission_index", "0.81")
    put(pack, "scenarios.csv", 3, "value", "1.25")
    put(pack, "bundles.csv", 2, "women", "14501")
    put(pack, "bundles.csv", 2, "men", "54499")
    found = {
        (entry.file, entry.key, entry.column): (entry.before, entry.after)
        for entry in differences(read_pack(pack), builtin)
    }
    assert found == {
        ("plans.csv", "P3", "premium_yuan"): (30.0, 35.0),
        ("parameters.csv", "hospital_shock_cv", "value"): (0.08, 0.1),
        ("incidence_by_age_sex.csv", "injury_claimant 16-19 M", "value"): (0.008, 0.0085),
        ("seasonality.csv", "1", "admission_index"): (0.98, 0.99),
        ("seasonality.csv", "2", "admission_index"): (0.82, 0.81),
        ("scenarios.csv", "epidemic_winter", "hospital_claimant_rate_scale"): ("1.20", "1.25"),
        ("bundles.csv", "P1 1", "women"): (14_500, 14_501),
        ("bundles.csv", "P1 1", "men"): (54_500, 54_499),
    }


def test_a_pack_does_not_differ_from_itself(builtin):
    assert differences(builtin, read_pack(DATA)) == ()
