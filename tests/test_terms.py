"""Benefits and seasons as laws of their own: reference values, the scheme's own, drawn ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from workbench import laws
from workbench.engine.events import scheme_of
from workbench.engine.payment_laws import class_points
from workbench.guard import InputRefused
from workbench.laws.registry import SEASONS, TERMS, reached
from workbench.reserving.unpaid import claims_by_month


@pytest.mark.parametrize("entry", TERMS + SEASONS, ids=lambda entry: entry.key)
def test_reference_value_of_every_entry(entry):
    assert reached(entry) == pytest.approx(entry.value, rel=1e-9)
    assert callable(entry.make)
    assert entry.source


def test_the_ladder_is_the_scheme_s():
    """The law of a first-term diagnosis in P3 alone is that of the free-standing block."""
    inputs = wb.read_pack()
    scheme, place = scheme_of(inputs), inputs.plan_codes.index("P3")
    keys = scheme.classes["critical"].keys
    (key,) = [one for one in keys if one[0] == 1 and one[1] == place]
    points = class_points(scheme, "critical", key, np.eye(len(inputs.plans))[place])
    plan = inputs.plan("P3")
    law = laws.lump_sum(
        laws.WaitingLadder(
            full_yuan=plan.lump_sum_yuan,
            partial_yuan=plan.partial_lump_yuan,
            none_until_day=plan.waiting_none_until_day,
            partial_until_day=plan.waiting_partial_until_day,
        )
    )
    for order in (1, 2):
        assert law.moment(order) == pytest.approx(points.moment(order), rel=1e-12)


@given(
    st.lists(st.floats(0.0, 3.0), min_size=12, max_size=12).filter(lambda one: sum(one) > 0.1),
    st.floats(0.0, 1.0),
)
def test_shares_of_a_season(index, share):
    season = laws.Season(index, share)
    assert season.shares.sum() == pytest.approx(1.0)
    assert season.until(12) == pytest.approx(1.0)
    assert np.all(season.shares >= 0.0)
    assert season.shares == pytest.approx(claims_by_month(np.array(index), share))


def test_months_share_a_shock_and_add_up():
    """Var N = Σ Var + 2 Σ Cov: in the months of a mixed Poisson year, both halves and the whole."""
    year = laws.MixedPoisson(100.0, laws.GammaShock(0.2))
    season = laws.Season((1.2,) * 6 + (0.8,) * 6)
    first, second = laws.in_months(year, season, 1, 6), laws.in_months(year, season, 7, 12)
    assert first.mean == pytest.approx(60.0)
    assert first.variance == pytest.approx(60.0 + 60.0**2 * 0.04)
    together = first.variance + second.variance + 2.0 * 60.0 * 40.0 * 0.04
    assert together == pytest.approx(year.variance)


def test_drawn_days_and_ranks_meet_their_laws():
    source = np.random.Generator(np.random.Philox(7))
    days = np.ceil(source.exponential(5.0, 200_000))
    law = laws.daily_allowance(
        laws.rounded_up(laws.Exponential(5.0)), 60.0, elimination_days=3, most_days=10
    )
    drawn = 60.0 * np.clip(days - 3, 0, 10)
    assert drawn.mean() == pytest.approx(law.mean, abs=4.0 * drawn.std() / 200_000**0.5)
    number = source.poisson(1.3, 200_000)
    paid = 0.8 * (number >= 1) + 0.7 * np.maximum(number - 1, 0)
    ranked = laws.RankedStays(laws.Poisson(1.3), (0.8, 0.7))
    assert paid.mean() == pytest.approx(ranked.moment(1), abs=4.0 * paid.std() / 200_000**0.5)
    assert [ranked.share(rank) for rank in (1, 2, 9)] == [0.8, 0.7, 0.7]


@pytest.mark.parametrize(
    "make",
    [
        lambda: laws.Season((1.0,) * 11),
        lambda: laws.Season((0.0,) * 12),
        lambda: laws.Season((1.0,) * 12, 1.5),
        lambda: laws.in_months(laws.Poisson(1.0), laws.Season((1.0,) * 12), 5, 4),
        lambda: laws.WaitingLadder(full_yuan=10.0, partial_yuan=20.0),
        lambda: laws.daily_allowance(laws.empirical((1.0,)), 60.0, elimination_days=-1),
        lambda: laws.RankedStays(laws.Poisson(1.0), ()),
        lambda: laws.in_units(laws.Exponential(1.0), (0.5, 0.4)),
    ],
)
def test_what_cannot_be_is_refused(make):
    with pytest.raises(InputRefused):
        make()
