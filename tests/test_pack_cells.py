"""Bad input in a pack: single cells, sums, and bundles that contradict the plans."""

from pathlib import Path

import pytest

from tests.faults.packs import copy_of_data, edit, put, row_of
from tests.faults.words import only, refused, told
from workbench.pack import read_pack


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copy_of_data(tmp_path)


# One cell that is wrong

P1 = ("plans.csv", 2)
BAD_CELLS = [
    # file, row, column, value, key
    (*P1, "premium_yuan", "ninety", "number-text"),
    (*P1, "premium_yuan", "95元", "number-text"),
    (*P1, "premium_yuan", "1_000", "number-text"),
    (*P1, "premium_yuan", "0x5F", "number-text"),
    (*P1, "premium_yuan", "NaN", "number-not-finite"),
    (*P1, "premium_yuan", "-inf", "number-not-finite"),
    (*P1, "premium_yuan", "1e999", "number-not-finite"),
    (*P1, "premium_yuan", "９５", "number-full-width"),
    (*P1, "premium_yuan", "٩٥", "number-full-width"),
    (*P1, "annual_cap_yuan", "30,000", "number-thousands"),
    (*P1, "annual_cap_yuan", "30，000", "number-thousands"),
    (*P1, "first_stay_share", "80%", "number-percent"),
    (*P1, "premium_yuan", " 95", "number-blanks"),
    (*P1, "waiting_none_until_day", "30.5", "number-not-whole"),
    (*P1, "premium_yuan", "0", "cell-out-of-range"),
    (*P1, "premium_yuan", "-95", "cell-out-of-range"),
    (*P1, "premium_yuan", "1000.01", "cell-out-of-range"),
    (*P1, "first_stay_share", "1.2", "cell-out-of-range"),
    (*P1, "term_months", "24", "cell-out-of-range"),
    (*P1, "premium_yuan", "", "cell-blank"),
    (*P1, "name_en", " ", "cell-blank"),
    (*P1, "benefit_form", "medicine", "cell-code-unknown"),
    (*P1, "eligible_sex", "f", "cell-code-unknown"),
    (*P1, "plan_id", "P 1", "cell-code-form"),
    (*P1, "name_en", "<b>Plan</b>", "cell-markup"),
    (*P1, "name_zh", "互助&#60;活动", "cell-markup"),
    (*P1, "name_zh", "互助&lt;b", "cell-markup"),
    (*P1, "name_en", "Plan\x00", "cell-control-character"),
    (*P1, "name_en", "Plan\x1b[31m", "cell-control-character"),
    (*P1, "name_en", "two\nlines", "cell-control-character"),
    (*P1, "name_en", "tab\there", "cell-control-character"),
    (*P1, "name_en", "Plan \u202egnp.exe", "cell-invisible-mark"),
    (*P1, "name_zh", "互助\u200b活动", "cell-invisible-mark"),
    (*P1, "name_zh", "锟斤拷锟斤拷", "cell-damaged-text"),
    (*P1, "name_en", "x" * 2_001, "cell-too-long"),
    (*P1, "first_stay_share", "", "term-missing"),
    ("plans.csv", 4, "partial_lump_yuan", "10000.01", "term-above-other"),
    ("plans.csv", 4, "waiting_none_until_day", "61", "term-above-other"),
    ("plans.csv", 4, "lump_sum_yuan", "", "term-missing"),
    ("plans.csv", 6, "death_yuan", "", "term-missing"),
    ("plans.csv", 2, "enrolments_default", "118001", "enrolments-contradict-bundles"),
    ("bundles.csv", 2, "women", "-1", "cell-out-of-range"),
    ("bundles.csv", 2, "women", "14501", "members-not-women-and-men"),
    ("bundles.csv", 2, "bundle", "P6", "bundle-plan-unknown"),
    ("bundles.csv", 2, "bundle", "P1+P1", "bundle-plan-doubled"),
    ("bundles.csv", 2, "bundle", "P1 P2", "cell-code-form"),
    ("bundles.csv", 2, "accident_factor", "9", "cell-out-of-range"),
    ("members_mix.csv", 2, "share", "0.0025661", "share-too-fine"),
    ("members_mix.csv", 2, "share", "0.002567", "shares-not-one"),
    ("members_mix.csv", 2, "age_band", "16-18", "cell-code-unknown"),
    ("incidence_by_age_sex.csv", 20, "value", "-1", "cell-out-of-range"),
    ("incidence_by_age_sex.csv", 20, "value", "1000.5", "cell-out-of-range"),
    ("incidence_by_age_sex.csv", 20, "value", "900", "rates-hospital-below-injury"),
    ("incidence_by_age_sex.csv", 20, "unit", "per 100 member-years", "cell-fixed"),
    ("incidence_by_age_sex.csv", 40, "times_parameter", "", "cell-fixed"),
    ("incidence_by_age_sex.csv", 2, "value", "100", "rates-above-one"),
    ("incidence_by_age_sex.csv", 60, "value", "20", "rates-critical-below-special"),
    ("incidence_by_age_sex.csv", 65, "value", "5", "rates-disabled-above-injured"),
    ("parameters.csv", 2, "value", "1.5", "cell-out-of-range"),
    ("parameters.csv", 2, "value", "0.04", "value-outside-own-range"),
    ("parameters.csv", 2, "low", "0.1", "range-upside-down"),
    ("parameters.csv", 2, "low", "", "range-half-given"),
    ("parameters.csv", 2, "unit", "per 1000 member-years", "cell-fixed"),
    ("parameters.csv", 2, "state", "guess", "cell-code-unknown"),
    ("parameters.csv", 15, "value", "366", "cell-out-of-range"),
    ("severity.csv", 2, "law", "gamma", "cell-fixed"),
    ("severity.csv", 2, "cv", "", "cell-blank"),
    ("severity.csv", 14, "cv", "0.9", "cell-fixed"),
    ("severity.csv", 2, "cv", "2", "value-outside-own-range"),
    ("economics.csv", 13, "mode", "1.1", "value-outside-own-range"),
    ("reporting_delay.csv", 4, "cum_paid_P1_P2", "0.1", "paid-share-falls"),
    ("reporting_delay.csv", 15, "cum_paid_P5", "0.99", "paid-share-not-one"),
    ("seasonality.csv", 2, "admission_index", "0.99", "season-mean-not-one"),
    ("start_months.csv", 2, "share_of_contributions", "0.31", "shares-not-one"),
    ("start_months.csv", 3, "month", "1", "row-doubled"),
    ("scenarios.csv", 3, "name", "hospital_rate", "scenario-name-refused"),
    ("scenarios.csv", 3, "name", "days_in_year", "scenario-name-refused"),
    ("scenarios.csv", 3, "value", "9", "scenario-value-refused"),
    ("scenarios.csv", 3, "value", "１", "scenario-value-refused"),
    ("scenarios.csv", 3, "value", "", "scenario-half-given"),
    ("scenarios.csv", 7, "name_en", "Another title", "scenario-two-titles"),
    ("scenarios.csv", 11, "value", "P1+P4", "scenario-value-refused"),
    ("scenarios.csv", 11, "value", "P9", "scenario-value-refused"),
    ("scheme_experience.csv", 2, "claims", "many", "number-text"),
    ("published_terms.csv", 2, "benefit", "<script>alert(1)</script>", "cell-markup"),
    ("glossary.csv", 2, "zh", "会费\u2066", "cell-invisible-mark"),
]


@pytest.mark.parametrize(("file", "row", "column", "value", "key"), BAD_CELLS)
def test_a_bad_cell_is_told_with_its_place(pack, file, row, column, value, key):
    put(pack, file, row, column, value)
    fault = only(refused(read_pack, pack), key)
    assert fault.parts["file"] == file
    if "row" in fault.parts:
        assert fault.parts["row"] == row
    for message in told(fault).values():
        assert file in message
        if "column" in fault.parts:
            assert str(fault.parts["row"] if "row" in fault.parts else column) in message


def test_a_least_age_above_the_greatest(pack):
    put(pack, "plans.csv", 2, "age_max", "16")
    put(pack, "plans.csv", 2, "age_min", "60")
    fault = only(refused(read_pack, pack), "term-above-other")
    assert (fault.parts["column"], fault.parts["other"]) == ("age_min", "age_max")


def test_a_delay_that_does_not_start_with_the_month_of_the_event(pack):
    edit(pack, "reporting_delay.csv", lambda rows: rows.pop(1))
    assert only(refused(read_pack, pack), "delay-starts-late").parts["row"] == 2


# Bundles


def test_men_in_a_plan_for_women(pack):
    row = row_of(pack, "bundles.csv", "P1+P4")
    put(pack, "bundles.csv", row, "women", "24000")
    put(pack, "bundles.csv", row, "men", "1000")
    fault = only(refused(read_pack, pack), "bundle-men-not-eligible")
    assert (fault.parts["row"], fault.parts["value"], fault.parts["name"]) == (row, 1000, "P4")
    assert "1000" in told(fault)["en"] and "P4" in told(fault)["zh"]


def test_women_in_a_plan_for_men(pack):
    put(pack, "plans.csv", 6, "eligible_sex", "M")
    keys = {fault.code for fault in refused(read_pack, pack)}
    assert keys == {"bundle-women-not-eligible"}


def test_two_plans_of_one_form_in_a_bundle(pack):
    put(pack, "plans.csv", 3, "benefit_form", "medical")
    for column, value in (
        ("first_stay_share", "0.8"),
        ("later_stay_share", "0.7"),
        ("deductible_yuan", "0"),
    ):
        put(pack, "plans.csv", 3, column, value)
    fault = only(refused(read_pack, pack), "bundle-two-of-one-form")
    assert fault.parts["name"] == "P1, P2" and fault.parts["value"] == "P1+P2"


def test_one_bundle_in_two_rows(pack):
    edit(pack, "bundles.csv", lambda rows: rows.append(rows[6]))
    fault = only(refused(read_pack, pack), "row-doubled")
    assert (fault.parts["row"], fault.parts["other"]) == (14, 7)


def test_one_bundle_in_two_orders_of_plans(pack):
    def change(rows):
        rows.append(list(rows[2]))
        rows[-1][0] = "P2+P1"

    edit(pack, "bundles.csv", change)
    assert "row-doubled" in {fault.code for fault in refused(read_pack, pack)}


def test_rows_of_one_bundle_may_differ_in_accident_factor(pack):
    def change(rows):
        rows[1][1:5] = ["68000", "14500", "53500", "1.00"]
        rows.append(["P1", "1000", "0", "1000", "3.5", "our assumption"])

    edit(pack, "bundles.csv", change)
    assert read_pack(pack).rows[-1].accident_factor == 3.5


def test_a_plan_that_nobody_holds(pack):
    edit(pack, "plans.csv", lambda rows: rows.append(["P6", *rows[5][1:]]))
    assert {fault.code for fault in refused(read_pack, pack)} == {"enrolments-contradict-bundles"}
