"""Members in cells: the counts of the model's page, and what spreading always keeps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.inputs import portfolio_of
from workbench.pack import read_pack
from workbench.portfolio import BundleRow, Leaving, Segment, spread, spread_members
from workbench.timeline import AGE_BANDS, FEMALE, MALE, band_bounds


@pytest.fixture(scope="module")
def inputs():
    return read_pack()


@pytest.fixture(scope="module")
def cells(inputs):
    return portfolio_of(inputs)


def test_default_cells_and_members(cells):
    """docs/model.md section 1: 359 cells, 202,000 members, 84,840 women, 30,300 first-term."""
    assert len(cells.members) == 359
    assert cells.members.sum() == 202_000
    assert cells.members[cells.sex == FEMALE].sum() == 84_840
    assert cells.members[cells.first_term].sum() == 30_300
    assert cells.members.min() >= 1


@pytest.mark.parametrize(
    ("plans", "sex", "band", "first", "renewed"),
    [(("P1",), MALE, "45-49", 1_184, 6_711), (("P2",), FEMALE, "25-29", 227, 1_289)],
)
def test_cells_of_the_models_page(inputs, cells, plans, sex, band, first, renewed):
    row = [row.plans for row in inputs.rows].index(plans)
    here = (cells.row == row) & (cells.sex == sex) & (cells.band == AGE_BANDS.index(band))
    assert cells.members[here & cells.first_term].tolist() == [first]
    assert cells.members[here & ~cells.first_term].tolist() == [renewed]


def test_enrolments_by_plan(inputs, cells):
    found = [cells.enrolments(code) for code in inputs.plan_codes]
    assert found == [118_000, 32_000, 46_000, 40_000, 27_000]
    assert cells.enrolments("P9") == 0


def test_rows_keep_their_members(inputs, cells):
    for place, row in enumerate(inputs.rows):
        for sex, number in ((MALE, row.men), (FEMALE, row.women)):
            here = (cells.row == place) & (cells.sex == sex)
            assert cells.members[here].sum() == number
            first = cells.members[here & cells.first_term].sum()
            assert first == int(np.floor(0.15 * number + 0.5))


def test_spreading_by_hand():
    """10 by 1:1:1 is 3.33 each, the left one to the earliest; by 5:3:2 it is exact."""
    assert spread(10, np.array([1, 1, 1])).tolist() == [4, 3, 3]
    assert spread(10, np.array([5, 3, 2])).tolist() == [5, 3, 2]
    # 7 by 1:2:3 is 1.17, 2.33, 3.5: the left one to the largest remainder.
    assert spread(7, np.array([1, 2, 3])).tolist() == [1, 2, 4]
    assert spread(0, np.array([1, 2])).tolist() == [0, 0]


@settings(max_examples=80, deadline=None)
@given(
    total=st.integers(0, 10**7),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any),
)
def test_spreading_adds_up_and_stays_within_one(total, weights):
    parts = spread(total, np.array(weights))
    assert parts.sum() == total
    exact = [total * weight / sum(weights) for weight in weights]
    assert np.all(np.abs(parts - exact) < 1 + 1e-6)
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


def test_accident_factor_and_segment_go_with_the_row(inputs):
    rows = (
        BundleRow(plans=("P5",), women=10, men=90, accident_factor=3.5, segment="riders"),
        BundleRow(plans=("P5",), women=10, men=90),
    )
    segments = (
        Segment(name="employee"),
        Segment(name="riders", beliefs={"first_term_share": 0.4}),
    )
    found = spread_members(rows, inputs.mix, segments=segments, first_term_share=0.1)
    riders = found.segment == 1
    assert set(found.accident_factor[riders]) == {3.5}
    assert found.members[riders & found.first_term].sum() == 40
    assert found.members[~riders & found.first_term].sum() == 10


def test_leavers_are_rounded_half_up_in_each_band(inputs):
    rows = (BundleRow(plans=("P1",), women=0, men=1_000),)
    before = spread_members(
        rows, inputs.mix, segments=(Segment(name="employee"),), first_term_share=0.15
    )
    after = spread_members(
        rows,
        inputs.mix,
        segments=(Segment(name="employee"),),
        first_term_share=0.15,
        leaving=(Leaving(age_low=16, age_high=34, share=0.5),),
    )
    for band, name in enumerate(AGE_BANDS):
        old = int(before.members[before.band == band].sum())
        gone = (old + 1) // 2 if band_bounds(name)[1] <= 34 else 0
        assert after.members[after.band == band].sum() == old - gone


def test_a_scheme_without_members_has_no_cells(inputs):
    found = spread_members(
        (), inputs.mix, segments=(Segment(name="employee"),), first_term_share=0.15
    )
    assert len(found.members) == 0 and found.enrolments("P1") == 0
