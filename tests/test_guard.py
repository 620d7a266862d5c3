"""Refusals: single values, the error tree, and one row of words for every fault."""

import ast
import csv
import re
from pathlib import Path

import numpy as np
import pytest

from tests.faults.words import TABLE, only, placeholders, refused, table, told
from workbench.guard import (
    MAX_YEARS,
    Disagreement,
    Fault,
    InputRefused,
    NotYetBuilt,
    WorkbenchError,
    freeze,
    in_range,
    refuse,
    whole_number,
)

WORKBENCH = Path(__file__).parents[1] / "workbench"
MINE = ("guard.py", "textfile.py", "consistency.py", "names", "pack", "changes", "schema")


@pytest.mark.parametrize("value", [0, 1, "17", " 17 ", MAX_YEARS, np.int64(5)])
def test_whole_numbers_are_taken(value):
    assert whole_number("years", value, 0, MAX_YEARS) == int(value)


@pytest.mark.parametrize(
    "value", ["10^12", "1e6", "1_000", "１２", "1.0", "", "abc", None, 1.5, "9" * 5_000, "0x10"]
)
def test_what_is_not_whole_is_refused(value):
    fault = only(refused(whole_number, "seed", value, 0, 10), "not-a-whole-number")
    assert all("seed" in message for message in told(fault).values())


@pytest.mark.parametrize("value", [-1, "-1", 10**12, "1000000000000"])
def test_whole_numbers_out_of_range_are_refused_with_the_range(value):
    fault = only(refused(whole_number, "years", value, 0, MAX_YEARS), "value-out-of-range")
    for message in told(fault).values():
        assert "0" in message and str(MAX_YEARS) in message and str(value) in message


@pytest.mark.parametrize("value", [0.0, 1.0, 0.5, "0.5", "1e-3", np.float64(0.25)])
def test_numbers_in_range_are_taken(value):
    assert in_range("share", value, 0.0, 1.0) == float(value)


@pytest.mark.parametrize(
    "value", ["much", None, "nan", float("nan"), float("inf"), "inf", "1_0", "０.５", [1], "0,5"]
)
def test_what_is_no_number_is_refused(value):
    only(refused(in_range, "share", value, 0.0, 1.0), "not-a-number")


@pytest.mark.parametrize("value", [-0.001, 1.001, "2"])
def test_numbers_out_of_range_are_refused(value):
    fault = only(refused(in_range, "share", value, 0.0, 1.0, file="x.csv"), "value-out-of-range")
    assert fault.parts["file"] == "x.csv"


def test_frozen_arrays_cannot_be_written():
    source = np.arange(3)
    frozen = freeze(source)
    source[0] = 9
    assert frozen[0] == 0 and not frozen.flags.writeable
    with pytest.raises(ValueError):
        frozen[0] = 1


def test_the_error_tree():
    error = refuse("file-empty", file="plans.csv")
    assert isinstance(error, InputRefused) and isinstance(error, WorkbenchError)
    assert issubclass(NotYetBuilt, InputRefused) and not issubclass(Disagreement, InputRefused)
    assert error.faults == (Fault("file-empty", {"file": "plans.csv"}),)
    assert "plans.csv" in str(error)


# One row of words for every fault


def keys_used() -> set[str]:
    """Keys that the rooms of data give to refuse, Fault, FaultList.add and FaultList.cell."""
    found = set()
    files = [WORKBENCH / name for name in MINE if name.endswith(".py")]
    for name in MINE:
        files += sorted((WORKBENCH / name).glob("*.py"))
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if re.fullmatch(r"[a-z]+(-[a-z]+)+", node.value):
                    found.add(node.value)
    return found


def made_up() -> set[str]:
    """Keys that are put together in the code, written out."""
    numbers = {key for key in table() if key.startswith("number-")}
    return {f"change-{key}" for key in numbers} | {
        "bundle-men-not-eligible",
        "bundle-women-not-eligible",
    }


# Later rooms have rows behind this one.
LAST_OF_CHANGES = "WB-342"
NOT_KEYS = {"utf-8-sig", "change-name"}


def test_every_fault_of_the_data_rooms_has_a_row():
    missing = (keys_used() | made_up()) - set(table()) - NOT_KEYS
    assert not missing


def test_every_row_of_the_data_rooms_is_used():
    rows = {key for key, row in table().items() if "WB-200" <= row["code"] <= LAST_OF_CHANGES}
    assert not rows - keys_used() - made_up()


def test_rows_are_complete_in_both_languages_with_the_same_parts():
    for key, row in table().items():
        for column in ("zh", "en", "explain_zh", "explain_en"):
            assert row[column].strip(), (key, column)
        assert placeholders(row["zh"]) == placeholders(row["en"]), key
        assert re.search(r"[\u4e00-\u9fff]", row["zh"])
        assert not re.search(r"[\u4e00-\u9fff]", row["en"]), key


def test_chinese_messages_use_full_width_marks():
    for key, row in table().items():
        for column in ("zh", "explain_zh"):
            assert not re.search(r"[\u4e00-\u9fff][,;:?!]", row[column]), (key, column)
            assert row[column].endswith(("。", "？", "！")), (key, column)


def test_codes_are_stable_unique_and_sorted():
    with TABLE.open(encoding="utf-8", newline="") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    assert all(re.fullmatch(r"WB-[1-9]\d\d", code) for code in codes)
    assert codes == sorted(codes) and len(codes) == len(set(codes))
