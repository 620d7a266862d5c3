"""Bad input in a pack: rows and columns out of shape, files, and many faults at once."""

import codecs
import random
import time
from pathlib import Path

import pytest

from tests.faults.packs import copy_of_data, edit, put, records, write
from tests.faults.words import only, refused, told
from workbench.guard import InputRefused
from workbench.pack import read_pack


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copy_of_data(tmp_path)


# Rows and columns


def drop(column):
    def change(rows):
        place = rows[0].index(column)
        for row in rows:
            del row[place]

    return change


def add_column(name, value):
    def change(rows):
        for number, row in enumerate(rows):
            row.append(name if number == 0 else value)

    return change


def swap(first, second):
    def change(rows):
        rows[first], rows[second] = rows[second], rows[first]

    return change


SHAPES = [
    ("plans.csv", lambda rows: rows[2].pop(), "row-too-short", 3),
    ("plans.csv", lambda rows: rows[2].append("x"), "row-too-long", 3),
    ("plans.csv", lambda rows: rows.insert(2, []), "row-too-short", 3),
    ("plans.csv", drop("premium_yuan"), "column-missing", 1),
    ("plans.csv", add_column("premium_yuan", "95"), "column-doubled", 1),
    ("plans.csv", add_column("premium_yuna", "95"), "column-unknown", 1),
    ("bundles.csv", add_column("county", "x"), "column-unknown", 1),
    ("plans.csv", lambda rows: rows.append(rows[1]), "row-doubled", 7),
    ("parameters.csv", lambda rows: rows.append(rows[1]), "row-doubled", 22),
    ("parameters.csv", lambda rows: rows.pop(3), "row-missing", None),
    ("parameters.csv", lambda rows: rows[3].__setitem__(0, "stay_cost_scal"), "name-unknown", 4),
    ("severity.csv", lambda rows: rows.pop(3), "row-missing", None),
    ("members_mix.csv", swap(1, 2), "rows-out-of-order", 2),
    ("members_mix.csv", lambda rows: rows.pop(3), "row-missing", None),
    ("incidence_by_age_sex.csv", swap(20, 21), "rows-out-of-order", 21),
    ("incidence_by_age_sex.csv", lambda rows: rows.pop(), "row-missing", None),
    ("seasonality.csv", swap(1, 2), "rows-out-of-order", 2),
    ("seasonality.csv", lambda rows: rows.pop(), "row-missing", None),
    ("reporting_delay.csv", swap(3, 4), "rows-out-of-order", 5),
    ("glossary.csv", lambda rows: rows.append(rows[1]), "row-doubled", 97),
]


@pytest.mark.parametrize(("file", "change", "key", "row"), SHAPES)
def test_rows_and_columns_out_of_shape(pack, file, change, key, row):
    edit(pack, file, change)
    faults = refused(read_pack, pack)
    fault = next(fault for fault in faults if fault.code == key)
    assert fault.parts["file"] == file
    if row:
        assert fault.parts["row"] == row
        assert all(str(row) in message for message in told(fault).values())


def test_unknown_columns_name_the_nearest(pack):
    edit(pack, "plans.csv", add_column("premium_yuna", "95"))
    fault = only(refused(read_pack, pack), "column-unknown")
    assert fault.parts["nearest"].split(", ")[0] == "premium_yuan"


def test_special_disease_of_men_has_no_rows(pack):
    def change(rows):
        place = next(n for n, row in enumerate(rows) if row[0] == "special_disease")
        rows.insert(place, ["special_disease", "16-19", "M", "0.01", *rows[place][4:]])

    edit(pack, "incidence_by_age_sex.csv", change)
    assert "row-not-expected" in {fault.code for fault in refused(read_pack, pack)}


# Files


def test_a_missing_file(pack):
    (pack / "glossary.csv").unlink()
    assert only(refused(read_pack, pack), "file-missing").parts["file"] == "glossary.csv"


def test_a_folder_in_place_of_a_file(pack):
    (pack / "glossary.csv").unlink()
    (pack / "glossary.csv").mkdir()
    only(refused(read_pack, pack), "file-missing")


@pytest.mark.parametrize("raw", [b"", b"\n\n", codecs.BOM_UTF8, b"  \r\n"])
def test_an_empty_file(pack, raw):
    (pack / "plans.csv").write_bytes(raw)
    assert only(refused(read_pack, pack), "file-empty").parts["file"] == "plans.csv"


def test_a_header_without_rows(pack):
    edit(pack, "bundles.csv", lambda rows: rows.__delitem__(slice(1, None)))
    assert "file-header-only" in {fault.code for fault in refused(read_pack, pack)}


def test_a_misspelt_file_is_told_and_not_passed_over(pack):
    (pack / "bundels.csv").write_text("a\n")
    fault = only(refused(read_pack, pack), "file-unknown")
    assert fault.parts["nearest"].split(", ")[0] == "bundles.csv"


@pytest.mark.parametrize(
    "raw",
    [
        "姓名,会费\n".encode("utf-16"),
        b"\xff\xfe\x00a",
        "互助会费".encode() * 30 + b"\xff" + "互助会费".encode() * 30,
        "互助会费".encode() * 30 + b"\xe4\xba",
        "prämie,größe\n".encode("latin-1") + b"\x80\n",
    ],
)
def test_a_wrong_encoding_is_refused_and_never_guessed(pack, raw):
    (pack / "glossary.csv").write_bytes(raw)
    assert only(refused(read_pack, pack), "file-encoding").parts["file"] == "glossary.csv"


def test_a_200_mb_file_is_refused_before_it_is_read(pack):
    with (pack / "bundles.csv").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    start = time.process_time()
    fault = only(refused(read_pack, pack), "file-too-large")
    assert time.process_time() - start < 0.2
    assert fault.parts["value"] == "200" and "20" in told(fault)["zh"]


def test_too_many_rows(pack):
    with (pack / "glossary.csv").open("ab") as file:
        file.write(b"a,b,c,d\n" * 100_001)
    only(refused(read_pack, pack), "too-many-rows")


def test_an_unpaired_quotation_mark(pack):
    text = (pack / "plans.csv").read_text(encoding="utf-8")
    (pack / "plans.csv").write_text(text + '"P6', encoding="utf-8")
    assert only(refused(read_pack, pack), "csv-broken").parts["file"] == "plans.csv"


def test_a_file_without_permission(pack, monkeypatch):
    """The system's refusal, made by hand: an administrator's account may read every file."""
    right = Path.read_bytes

    def locked(path):
        if path.name == "plans.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return right(path)

    monkeypatch.setattr(Path, "read_bytes", locked)
    only(refused(read_pack, pack), "file-unreadable")


@pytest.mark.parametrize("place", ["nowhere", "file", "nul"])
def test_a_folder_that_is_none(tmp_path, place):
    (tmp_path / "file").write_text("x")
    folder = {"nowhere": tmp_path / "no", "file": tmp_path / "file", "nul": Path("a\0b")}[place]
    only(refused(read_pack, folder), "folder-missing")


def test_all_faults_are_told_at_once(pack):
    put(pack, "plans.csv", 2, "premium_yuan", "ninety")
    put(pack, "parameters.csv", 3, "value", "NaN")
    put(pack, "bundles.csv", 3, "women", "-5")
    put(pack, "seasonality.csv", 3, "admission_index", "2")
    put(pack, "glossary.csv", 3, "zh", "<i>")
    (pack / "start_months.csv").unlink()
    found = {(fault.code, fault.parts["file"]) for fault in refused(read_pack, pack)}
    assert found == {
        ("number-text", "plans.csv"),
        ("number-not-finite", "parameters.csv"),
        ("cell-out-of-range", "bundles.csv"),
        ("season-mean-not-one", "seasonality.csv"),
        ("cell-markup", "glossary.csv"),
        ("file-missing", "start_months.csv"),
    }


def test_rates_and_scenarios_are_checked_though_the_calendar_is_wrong(pack):
    put(pack, "seasonality.csv", 3, "admission_index", "2")
    put(pack, "incidence_by_age_sex.csv", 20, "value", "900")
    put(pack, "scenarios.csv", 3, "name", "hospital_rate")
    keys = {fault.code for fault in refused(read_pack, pack)}
    assert keys == {"season-mean-not-one", "rates-hospital-below-injury", "scenario-name-refused"}


def test_at_most_200_faults_are_listed_and_the_rest_counted(pack):
    def change(rows):
        for number in range(300):
            rows.append([f"term {number}", "<b>", "", "x"])

    edit(pack, "glossary.csv", change)
    faults = refused(read_pack, pack)
    assert len(faults) == 201 and faults[-1].code == "more-faults"
    assert faults[-1].parts == {"count": 100, "shown": 200}


def test_values_in_messages_are_short_and_show_hidden_signs(pack):
    put(pack, "plans.csv", 2, "name_en", "a\x1b[31m\u202e" + "b" * 500)
    value = only(refused(read_pack, pack), "cell-control-character").parts["value"]
    assert value.startswith("aU+001B[31mU+202Ebbb") and len(value) <= 60


ODD = [
    "",
    "0",
    "-1",
    "1e9",
    "nan",
    "P1+P9",
    "１",
    "<a",
    '"',
    "1,5",
    "\n",
    "M",
    "0.5",
    "-0",
    "1e308",
]


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_pack_is_read_or_refused_and_never_crashes(pack, seed):
    chance = random.Random(seed)
    files = sorted(path.name for path in pack.glob("*.csv"))
    for file in chance.sample(files, 3):
        rows = records(pack, file)
        kind = chance.choice(["cell", "cell", "cell", "row", "byte"])
        if kind == "cell":
            row = chance.choice(rows)
            row[chance.randrange(len(row))] = chance.choice(ODD)
            write(pack, file, rows)
        elif kind == "row":
            del rows[chance.randrange(len(rows))]
            write(pack, file, rows)
        else:
            raw = bytearray((pack / file).read_bytes())
            raw[chance.randrange(len(raw))] = chance.randrange(256)
            (pack / file).write_bytes(bytes(raw))
    try:
        read_pack(pack)
    except InputRefused as refusal:
        assert all(all(told(fault).values()) for fault in refusal.faults)
