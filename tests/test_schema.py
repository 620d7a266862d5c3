"""The schema: numbers as they are written, ranges, meanings in both languages, the README."""

import csv
import re
from pathlib import Path

import pytest

from workbench.plans import BENEFIT_FORMS, Plan
from workbench.schema import (
    BELIEFS,
    FILES,
    FORM_TERMS,
    PLAN_NUMBERS,
    STATES,
    WHAT_IF_RANGES,
    file_named,
    read_number,
)
from workbench.schema.columns import KINDS, Column
from workbench.schema.readme import meanings, readme_text

ROOT = Path(__file__).parents[1]
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    ("text", "number"),
    [("95", 95.0), ("-0.5", -0.5), (".5", 0.5), ("1.", 1.0), ("1e5", 1e5), ("1.00E-02", 0.01)],
)
def test_plain_numbers_are_read(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "number-text"),
        ("+5", "number-text"),
        ("1 000", "number-text"),
        ("1_000", "number-text"),
        ("--5", "number-text"),
        ("¥95", "number-text"),
        ("0x10", "number-text"),
        ("1e5000", "number-text"),
        ("1e400", "number-not-finite"),
        ("NaN", "number-not-finite"),
        ("-inf", "number-not-finite"),
        ("１２", "number-full-width"),
        ("1２", "number-full-width"),
        ("²", "number-full-width"),
        ("1,234,567.5", "number-thousands"),
        ("1'234", "number-thousands"),
        ("80％", "number-percent"),
        ("95 ", "number-blanks"),
        ("\u300095", "number-blanks"),
    ],
)
def test_other_ways_to_write_a_number_are_named(text, key):
    assert read_number(text) == key


def test_ranges_hold_their_ends():
    share = Column(name="s", kind="share", low=0.0, high=1.0)
    assert share.holds(0.0) and share.holds(1.0) and not share.holds(1.0000001)
    premium = file_named("plans.csv").column("premium_yuan")
    assert not premium.holds(0.0) and premium.holds(0.01) and premium.holds(1_000.0)
    assert premium.allowed == "(0, 1000]"


def test_every_numeric_column_has_a_range_a_unit_and_a_known_type():
    for file in FILES:
        for column in file.columns:
            assert column.kind in KINDS
            if column.numeric:
                assert column.low < column.high or column.name == "term_months", column
                assert abs(column.high) < 1e14 and column.unit


def test_keys_are_columns():
    for file in FILES:
        assert set(file.key) <= {column.name for column in file.columns}


def test_plan_columns_are_the_terms_of_a_plan():
    columns = {column.name for column in file_named("plans.csv").columns} - {"plan_id"}
    assert columns == set(Plan.__dataclass_fields__) - {"code"}


def test_forms_need_terms_that_exist():
    assert set(FORM_TERMS) == set(BENEFIT_FORMS)
    for terms in FORM_TERMS.values():
        assert set(terms) <= set(PLAN_NUMBERS)


def test_what_if_ranges_lie_inside_the_limits():
    for name, (low, high) in WHAT_IF_RANGES.items():
        assert BELIEFS[name].least <= low < high <= BELIEFS[name].most


def test_everything_declared_has_a_meaning_in_both_languages():
    words = meanings()
    wanted = {f"file.{file.name.removesuffix('.csv')}" for file in FILES}
    for file in FILES:
        wanted |= {f"column.{file.name.removesuffix('.csv')}.{c.name}" for c in file.columns}
        wanted |= {f"unit.{column.unit}" for column in file.columns if column.unit}
    wanted |= {f"kind.{kind}" for kind in KINDS} | {f"state.{state}" for state in STATES}
    wanted |= {f"name.{name.split('.')[0]}" for name in BELIEFS}
    assert wanted <= set(words)
    for key, text in words.items():
        assert text["zh"] and text["en"], key
        assert HAN.search(text["zh"]) and not HAN.search(text["en"]), key
    stray = {key for key in words if not key.startswith(("readme.", "moves.", "name."))} - wanted
    assert not stray


def test_every_name_of_set_has_a_meaning():
    from workbench.changes import allowed_names
    from workbench.pack import read_pack

    words = meanings()
    for entry in allowed_names(read_pack()):
        assert entry.meaning in words and entry.moves in words


def test_the_readme_of_the_data_is_up_to_date():
    """Written by python -m workbench.schema."""
    assert (ROOT / "data" / "README.md").read_text(encoding="utf-8") == readme_text()


def test_the_readme_names_every_file_column_and_belief():
    text = readme_text()
    for file in FILES:
        assert f"## `{file.name}`" in text
        assert all(f"| `{column.name}` |" in text for column in file.columns)
    assert all(f"| `{name}` |" in text for name in BELIEFS)


def test_words_of_the_schema_are_one_row_a_key():
    with (ROOT / "workbench/locale/columns.csv").open(encoding="utf-8", newline="") as file:
        keys = [row["key"] for row in csv.DictReader(file)]
    assert len(keys) == len(set(keys))
