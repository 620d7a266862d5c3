"""Changes of members: scale, raking to enrolments, segments that join, ages that leave."""

import numpy as np
import pytest

from tests.faults.words import only, refused, told
from workbench.changes import (
    Changes,
    apply,
    parse_set,
    rake,
)
from workbench.inputs import Inputs, fingerprint, portfolio_of
from workbench.names import allowed_name
from workbench.pack import read_pack
from workbench.portfolio import BundleRow
from workbench.schema import SEGMENT_PARAMETERS
from workbench.timeline import AGE_BANDS


@pytest.fixture(scope="module")
def today() -> Inputs:
    return read_pack()


def enrolments(inputs: Inputs) -> list[int]:
    """Enrolments of the five plans by the rows."""
    return [
        sum(row.members for row in inputs.rows if code in row.plans) for code in inputs.plan_codes
    ]


# Members


def test_participation_scale_rounds_half_up_each_row(today):
    after = apply(today, Changes({"participation_scale": 1.15}))
    for before, row in zip(today.rows, after.rows, strict=True):
        # Exact: 115 hundredths, half up.
        assert row.women == (before.women * 115 + 50) // 100
        assert row.men == (before.men * 115 + 50) // 100


@pytest.mark.parametrize("scale", ["0.505", "0.7025", "1.0005", "1.285"])
def test_participation_scale_means_the_decimal_that_is_written(today, scale):
    after = apply(today, parse_set([f"participation_scale={scale}"]))
    thousandths = int(round(float(scale) * 10_000))
    for before, row in zip(today.rows, after.rows, strict=True):
        assert row.men == (before.men * thousandths + 5_000) // 10_000


# Splits of the fact sheet, in thousands.
SPLITS = [(95, 25, 58, 50, 35), (140, 35, 33, 30, 25), (80, 60, 48, 45, 30)]


@pytest.mark.parametrize("split", SPLITS)
def test_raking_hits_the_enrolments_and_keeps_members_and_women(today, split):
    asked = {f"enrolments.P{n}": 1000.0 * number for n, number in enumerate(split, start=1)}
    after = apply(today, Changes(asked))
    assert sum(row.women for row in after.rows) == 84_840
    assert sum(row.men for row in after.rows) == 117_160
    assert np.allclose(enrolments(after), np.array(split) * 1000, atol=2.0)
    assert all(row.women >= 0 and row.men >= 0 for row in after.rows)
    assert all(row.men == 0 for row in after.rows if "P4" in row.plans)


def test_raking_has_the_form_of_factors_by_plan_and_sex(today):
    """Log ratios of new to old members are a sum of plan terms and a sex term, up to rounding."""
    after = apply(today, Changes({"enrolments.P1": 95_000.0, "enrolments.P2": 40_000.0}))
    design, ratio, weight = [], [], []
    for before, row in zip(today.rows, after.rows, strict=True):
        for sex, old, new in ((0, before.men, row.men), (1, before.women, row.women)):
            if old:
                held = [float(code in row.plans) for code in today.plan_codes]
                design.append([*held, 1.0 - sex, float(sex)])
                ratio.append(np.log(new / old))
                weight.append(np.sqrt(new))
    scaled = np.array(design) * np.array(weight)[:, None]
    target = np.array(ratio) * np.array(weight)
    fit = np.linalg.lstsq(scaled, target, rcond=None)[0]
    # Rounding by at most one member moves the weighted log ratio by at most 1 / sqrt(new).
    assert np.all(np.abs(scaled @ fit - target) <= 2.0 / np.array(weight))


def test_raking_to_what_is_there_changes_nothing(today):
    asked = {f"enrolments.{plan.code}": float(plan.enrolments_default) for plan in today.plans}
    assert apply(today, Changes(asked)).rows == today.rows


def test_a_plan_that_is_not_named_keeps_its_enrolments(today):
    after = apply(today, Changes({"enrolments.P3": 60_000.0}))
    assert np.allclose(enrolments(after), [118_000, 32_000, 60_000, 40_000, 27_000], atol=2.0)


@pytest.mark.parametrize(
    "asked",
    [{"enrolments.P1": 202_000.0}, {"enrolments.P1": 1.0},
     {f"enrolments.P{n}": 20_000.0 for n in range(1, 6)}],
)  # fmt: skip
def test_enrolments_that_contradict_the_members_are_refused(today, asked):
    fault = only(refused(apply, today, Changes(asked)), "change-enrolments-impossible")
    assert "202000" in told(fault)["zh"] and "enrolments.P1" in told(fault)["en"]


def test_raking_by_hand():
    """Two rows of one sex each: P1 alone 60, P1+P2 40; P2 to 50 leaves 50 with P1 alone."""
    rows = (
        BundleRow(plans=("P1",), women=0, men=60),
        BundleRow(plans=("P1", "P2"), women=0, men=40),
        BundleRow(plans=("P2",), women=10, men=0),
    )
    raked = rake(rows, {"P2": 60})
    assert [(row.women, row.men) for row in raked] == [(0, 50), (0, 50), (10, 0)]
    assert rake(rows, {"P2": 9}) is None and rake(rows, {"P3": 5}) is None


def test_scale_then_rake_then_join_whatever_the_order_given(today):
    lines = ["enrolments.P1=100000", "participation_scale=0.9", "segment:riders.members=1000",
             "segment:riders.bundle=P1"]  # fmt: skip
    one, two = apply(today, parse_set(lines)), apply(today, parse_set(lines[::-1]))
    assert fingerprint(one) == fingerprint(two)
    assert abs(enrolments(one)[0] - 101_000) <= 2
    assert sum(row.members for row in one.rows) == pytest.approx(181_800 + 1_000, abs=12)


# Segments and leavers

RIDERS = {
    "segment:riders.members": 20_001.0,
    "segment:riders.bundle": "P5+P1",
    "segment:riders.accident_factor": 3.5,
    "segment:riders.basic_coinsurance": 0.30,
}


def test_a_segment_joins_with_beliefs_of_its_own(today):
    after = apply(today, Changes(RIDERS))
    row = after.rows[-1]
    assert row.plans == ("P1", "P5") and row.accident_factor == 3.5 and row.segment == "riders"
    # Men and women by the sexes' weights, 580,000 to 420,000; the odd member to the men.
    assert (row.men, row.women) == (11_601, 8_400)
    assert dict(after.segments[-1].beliefs) == {"basic_coinsurance": 0.30}
    cells = portfolio_of(after)
    joined = cells.members[cells.segment == 1]
    assert joined.sum() == 20_001 and cells.members.sum() == 222_001
    assert after.assumptions["basic_coinsurance"] == 0.10


def test_a_segment_that_is_there_may_get_beliefs(today):
    after = apply(today, Changes({"segment:employee.basic_coinsurance": 0.2}))
    assert after.rows == today.rows and after.segments[0].beliefs["basic_coinsurance"] == 0.2


@pytest.mark.parametrize("part", SEGMENT_PARAMETERS)
def test_every_segment_parameter_reaches_its_segment(today, part):
    allowed = allowed_name(today, f"segment:riders.{part}")
    values = {**RIDERS, f"segment:riders.{part}": allowed.high}
    assert apply(today, Changes(values)).segments[-1].beliefs[part] == allowed.high


BAD_SEGMENTS = [
    ({"segment:riders.members": 100.0}, "change-segment-incomplete"),
    ({"segment:riders.bundle": "P1"}, "change-segment-incomplete"),
    ({"segment:riders.basic_coinsurance": 0.2}, "change-segment-incomplete"),
    ({"segment:employee.accident_factor": 2.0}, "change-segment-incomplete"),
    ({**RIDERS, "segment:riders.bundle": "P1+P4"}, "change-bundle-one-sex"),
    ({**RIDERS, "segment:riders.bundle": "P1+P9"}, "change-bundle-unknown"),
    ({**RIDERS, "segment:riders.bundle": "P1+P1"}, "change-bundle-unknown"),
    ({**RIDERS, "segment:riders.bundle": ""}, "change-bundle-unknown"),
    ({**RIDERS, "segment:riders.bundle": 5.0}, "change-bundle-unknown"),
    ({**RIDERS, "segment:riders.members": 10.5}, "change-number-not-whole"),
    ({"segment:ri ders.members": 10.0}, "change-name-unknown"),
]


@pytest.mark.parametrize(("values", "key"), BAD_SEGMENTS)
def test_segments_that_cannot_be(today, values, key):
    only(refused(apply, today, Changes(values)), key)


def test_leavers_leave_by_whole_age_bands(today):
    after = apply(today, Changes({"leave:age_16_34": 0.3333}))
    before, cells = portfolio_of(today), portfolio_of(after)
    for band in range(len(AGE_BANDS)):
        old = before.members[before.band == band].sum()
        new = cells.members[cells.band == band].sum()
        left = 0.3333 if band < 4 else 0.0
        # Rounded in each of the 24 rows and sexes.
        assert abs(old * (1 - left) - new) <= 12


@pytest.mark.parametrize("name", ["leave:age_17_34", "leave:age_16_35", "leave:age_34_16",
                                  "leave:age_25_24", "leave:age_0_99"])  # fmt: skip
def test_ages_that_cut_a_band_are_refused(today, name):
    fault = only(refused(apply, today, Changes({name: 0.5})), "change-leave-ages")
    assert "16, 20, 25" in told(fault)["en"]
