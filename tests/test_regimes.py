"""The common shock in states of the year: normal, epidemic, deferral, with a gamma factor inside.

Source: docs/assumptions.md section 3 (alternative models); docs/engine.md, "States of the year".
"""

from __future__ import annotations

import numpy as np
import pytest

from workbench.changes import apply, parse_set, scenario
from workbench.engine.mixing import common_mixed, common_shock, shock_nodes, shock_seen
from workbench.engine.tables import shock_table
from workbench.exact import exact_run
from workbench.laws import GammaRegimes
from workbench.risk import LEVELS
from workbench.simulate import simulate_run, simulate_totals, simulate_years, totals_run

STATES = GammaRegimes((1.0, 1.2, 0.85), (0.85, 0.10, 0.05), 0.04)


@pytest.fixture(scope="module")
def regimes(inputs):
    return apply(inputs, scenario(inputs, "shock_regimes"))


def test_the_scenario_is_the_law_of_the_assumptions(regimes):
    """0.85 × 1.00, 0.10 × 1.20, 0.05 × 0.85, gamma cv 0.04 inside, mean scaled to 1."""
    shock = common_shock(regimes.assumptions)
    assert shock == STATES
    assert shock.moment(1) == pytest.approx(1.0, abs=1e-15)
    states = np.array([1.0, 1.2, 0.85]) / 1.0125
    variance = 1.0016 * (np.array([0.85, 0.10, 0.05]) @ states**2) - 1.0
    assert shock.variance == pytest.approx(variance, rel=1e-12)


def test_by_default_there_is_one_state(inputs):
    assert common_shock(inputs.assumptions) == GammaRegimes(cv=0.08)


def test_a_factor_without_a_probability_moves_nothing(inputs):
    moved = apply(inputs, parse_set(["epidemic_year_factor=1.5", "deferral_year_factor=0.7"]))
    assert common_shock(moved.assumptions) == common_shock(inputs.assumptions)


def test_two_states_may_have_one_factor(inputs):
    """An epidemic factor of 1 is a normal year under another name."""
    same = parse_set(["epidemic_year_factor=1", "epidemic_year_probability=0.3"])
    known, found = exact_run(inputs), exact_run(apply(inputs, same))
    assert found.total.sd_yuan.value == pytest.approx(known.total.sd_yuan.value, rel=1e-12)


def test_quantile_function_and_partial_means():
    u = np.linspace(0.001, 0.999, 401)
    np.testing.assert_allclose(STATES.cdf(STATES.from_uniform(u)), u, rtol=1e-12)
    x = np.linspace(0.6, 1.5, 20_001)
    middle = (x[1:] + x[:-1]) / 2.0
    below = np.concatenate([[0.0], np.cumsum(middle * np.diff(STATES.cdf(x)))])
    np.testing.assert_allclose(STATES.partial_moment(x, 1), below, atol=1e-8)


def test_transform_nodes_and_tilted_mean_belong_together():
    psi = np.array([-0.3 + 2.0j, -4.0 + 9.0j, -12.0 - 20.0j])
    theta, weight = shock_nodes(STATES, 0.01)
    values = np.exp(theta[:, None] * psi)
    np.testing.assert_allclose(common_mixed(psi, 0.0 * psi, STATES), weight @ values, rtol=1e-9)
    seen = (weight * theta) @ values / (weight @ values)
    np.testing.assert_allclose(shock_seen(psi, STATES), seen, rtol=1e-9)


@pytest.mark.parametrize("cv", [0.0, 0.04])
def test_the_sealed_table_has_the_moments(cv):
    shock = GammaRegimes((1.0, 1.2, 0.85), (0.85, 0.10, 0.05), cv)
    theta = shock_table(shock).theta
    assert np.all(np.diff(theta) >= 0.0)
    assert theta.mean() == pytest.approx(1.0, abs=1e-9)
    assert theta.var() == pytest.approx(shock.variance, rel=1e-4)


@pytest.mark.parametrize("form", ["collective", "individual"])
def test_three_ways_agree(regimes, form):
    exact = exact_run(regimes, form=form)
    totals = totals_run(regimes, simulate_totals(regimes, years=200_000, seed=5, form=form))
    claims = simulate_run(regimes, simulate_years(regimes, years=2_560, seed=5, form=form))
    for drawn in (totals, claims):
        rows = [(exact.plans[code], drawn.plans[code]) for code in ("P1", "P2")]
        for known, found in [*rows, (exact.total, drawn.total)]:
            figures = [(known.mean_yuan, found.mean_yuan), (known.sd_yuan, found.sd_yuan)]
            for level in LEVELS[:3] if drawn is claims else LEVELS:
                figures.append((known.quantiles[level], found.quantiles[level]))
            for one, other in figures:
                assert abs(other.value - one.value) < 4.0 * other.error + one.error


def test_an_epidemic_state_bends_the_right_tail(inputs, regimes):
    """Nearly the same spread as the gamma shock of 0.08, but a heavier right tail."""
    usual, bent = exact_run(inputs).total, exact_run(regimes).total
    assert bent.sd_yuan.value == pytest.approx(usual.sd_yuan.value, rel=0.01)
    assert bent.quantiles[0.995].value > 1.02 * usual.quantiles[0.995].value
