"""What is drawn, how, and the errors and shares read off the draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from workbench.guard import InputRefused
from workbench.uncertainty import (
    GROUP,
    ILLNESS_LEVEL,
    LEVEL,
    Triangle,
    drawn_values,
    gamma_factor,
    places,
    spread_shares,
    standard_error,
    triangles,
    uncertain_names,
)

DRAWN = {
    "illness_extra_stays_mean",
    "in_scope_share",
    "basic_deductible_yuan",
    "basic_coinsurance",
    "stay_cost_days_correlation",
    "critical_illness_factor",
    "disabilities_per_death",
    "special_disease_men_relativity",
    "first_term_share",
    "hospital_shock_cv",
    "stay_cost_cv",
    "illness_days_mean",
    "illness_days_cv",
    "injury_days_mean",
    "disability_degree_mean",
}


def test_what_is_drawn(inputs):
    beliefs = inputs.assumptions
    names = uncertain_names(beliefs, level=False)
    assert set(names) >= DRAWN | {ILLNESS_LEVEL}
    # Solved numbers, conventions, facts, data and choices never are; a cv of a solved mean is.
    for name in set(names) - {ILLNESS_LEVEL}:
        assert beliefs.beliefs[name].state == "assumption"
    never = {"stay_cost_mean_yuan", "hospital_claimant_rate", "stay_cost_scale", "days_in_year"}
    assert not never & set(names) and not any("relativity." in name for name in names)
    assert uncertain_names(beliefs, level=True) == (*names, *LEVEL)


def test_the_mode_is_the_value_in_force_and_of_the_level_its_own_column(inputs):
    moved = inputs.assumptions.changed({"critical_illness_factor": 0.95})
    assert triangles(moved, ["critical_illness_factor"])["critical_illness_factor"] == Triangle(
        low=0.55, mode=0.95, high=1.0
    )
    ratio = triangles(inputs.assumptions, ["base_enrolment_ratio"])["base_enrolment_ratio"]
    assert (ratio.low, ratio.mode, ratio.high) == (0.75, 0.90, 1.0)


@pytest.mark.parametrize("name", ["days_in_year", "no_such_name", "stay_cost_mean_yuan"])
def test_a_name_without_a_range_is_refused(inputs, name):
    with pytest.raises(InputRefused) as refused:
        triangles(inputs.assumptions, [name])
    assert refused.value.faults[0].code == "not-uncertain"


@given(
    st.floats(-5.0, 5.0),
    st.floats(0.01, 4.0),
    st.floats(0.0, 1.0),
)
def test_a_triangle_by_its_moments_and_quantiles(low, width, share):
    law = Triangle(low=low, mode=low + share * width, high=low + width)
    mean, _ = quad(lambda u: float(law.quantiles(np.array(u))), 0.0, 1.0, points=[share])
    square, _ = quad(
        lambda u: (float(law.quantiles(np.array(u))) - law.mean) ** 2, 0.0, 1.0, points=[share]
    )
    assert mean == pytest.approx(law.mean, abs=1e-6 * width)
    assert np.sqrt(square) == pytest.approx(law.sd, rel=1e-5)
    if 0.0 < share < 1.0:
        assert float(law.quantiles(np.array(share))) == pytest.approx(law.mode, abs=1e-9)


def test_one_more_name_or_more_draws_move_no_other_draw(inputs):
    few = drawn_values(inputs.assumptions, ["in_scope_share"], draws=20, seed=3)
    names = ("critical_illness_factor", "in_scope_share")
    more = drawn_values(inputs.assumptions, names, draws=50, seed=3)
    assert np.array_equal(more["in_scope_share"][:20], few["in_scope_share"])
    assert not np.array_equal(places("a", 20, 1), places("b", 20, 1))
    assert not np.array_equal(places("a", 20, 1), places("a", 20, 2))


@given(st.integers(2, 60), st.integers(0, 2**40))
def test_every_group_has_one_draw_in_each_of_its_parts(draws, seed):
    column = places("x", draws, seed)
    assert np.all((column > 0.0) & (column < 1.0))
    for first in range(0, draws, GROUP):
        group = column[first : first + GROUP]
        assert sorted(np.floor(group * len(group)).astype(int)) == list(range(len(group)))


def test_places_are_uniform_and_names_independent():
    one, other = places("one", 20_000, 1), places("other", 20_000, 1)
    assert one.mean() == pytest.approx(0.5, abs=1e-3) and one.var() == pytest.approx(
        1 / 12, abs=1e-3
    )
    assert abs(np.corrcoef(one, other)[0, 1]) < 4.0 / 20_000**0.5


def test_the_standard_error_is_honest():
    """Over many seeds the mean scatters as the error says, for a function with an interaction."""

    def mean(seed):
        x, y = places("x", 200, seed), places("y", 200, seed)
        values = x + 2.0 * y**2 + 3.0 * (x - 0.5) * (y - 0.5)
        return values.mean(), float(standard_error(values)), values.std() / 200**0.5

    means, errors, plain = np.array([mean(seed) for seed in range(300)]).T
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(means.std(), rel=0.15)
    assert means.mean() == pytest.approx(0.5 + 2.0 / 3.0, abs=4.0 * means.std() / 300**0.5)
    assert errors.mean() < 0.5 * plain.mean()


def test_an_uneven_last_group_counts_by_its_size():
    values = np.concatenate([np.full(10, 1.0), np.full(10, 2.0), np.full(5, 3.0)])
    expected = np.sqrt(1.5 * (8.0**2 + 2.0**2 + 6.0**2)) / 25.0
    assert float(standard_error(values)) == pytest.approx(expected)
    assert np.isnan(standard_error(np.ones(8)))


@given(st.floats(0.005, 0.2))
def test_the_gamma_factor_has_mean_one_and_its_cv(cv):
    u = (np.arange(4000) + 0.5) / 4000
    values = np.array([gamma_factor(float(place), cv) for place in u[::8]])
    assert values.mean() == pytest.approx(1.0, abs=2e-3)
    assert values.std() == pytest.approx(cv, rel=0.03)
    assert gamma_factor(0.3, 0.0) == 1.0


def test_shares_against_closed_form():
    """S given the draw has mean 3a + b² + ab-interaction and variance 2: indices in closed form."""
    a, b, c = (places(name, 400, 5) for name in "abc")
    first = 3.0 * a + 4.0 * (b - 0.5) ** 2 + 2.0 * (a - 0.5) * (b - 0.5)
    parts = np.array([9.0 / 12.0, 16.0 / 180.0, 0.0, 4.0 / 144.0])
    whole = 2.0 + parts.sum()
    shares, errors = spread_shares([a, b, c], first[:, None], np.full((400, 1), 2.0))
    expected = np.array([2.0, *parts]) / whole
    assert np.all(np.abs(shares[:, 0] - expected) < 4.0 * errors[:, 0] + 2e-3)
    assert shares.sum() == pytest.approx(1.0, abs=1e-9)
    assert np.all(errors < 0.03)


def test_shares_need_draws():
    columns = [places(str(name), 20, 1) for name in range(15)]
    assert spread_shares(columns, np.ones((20, 1)), np.ones((20, 1))) is None
