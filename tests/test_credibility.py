"""Credibility against published figures (Hachemeister 1975), closed forms, and its limits."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from workbench.credibility import (
    buhlmann,
    buhlmann_straub,
    credible,
    full_credibility_claims,
    limited_fluctuation,
)


@pytest.fixture(scope="module")
def hachemeister(reference):
    """Average claims and numbers of claims of five states in twelve quarters."""
    rows = reference("hachemeister.csv")
    columns = ("average_claim", "claims")
    return [np.array([float(row[name]) for row in rows]).reshape(5, 12) for name in columns]


def _found(structure):
    return {
        "collective": [structure.collective],
        "between": [structure.between],
        "within": [structure.within],
        "factor": structure.factors,
        "premium": structure.premiums,
    }


def test_hachemeister_to_the_published_digits(hachemeister, reference):
    ratios, weights = hachemeister
    models = {
        "straub": buhlmann_straub(ratios, weights),
        "iterative": buhlmann_straub(ratios, weights, iterative=True),
        "buhlmann": buhlmann(ratios),
    }
    rows = reference("credibility.csv")
    assert len(rows) == 23
    for row in rows:
        place = int(row["state"] or 1) - 1
        found = _found(models[row["model"]])[row["figure"]][place]
        assert found == pytest.approx(float(row["value"]), rel=1e-8), row


def test_the_collective_is_weighted_by_credibility_not_by_weight(hachemeister):
    ratios, weights = hachemeister
    found = buhlmann_straub(ratios, weights)
    plain = (ratios * weights).sum() / weights.sum()
    assert abs(found.collective / plain - 1.0) > 0.05


def test_full_credibility_by_hand():
    z = ndtri(0.95)
    assert full_credibility_claims() == pytest.approx((z / 0.05) ** 2)
    assert round(full_credibility_claims()) == 1082
    assert full_credibility_claims(severity_cv=2.0) == pytest.approx(5.0 * (z / 0.05) ** 2)
    # A negative binomial number of claims with variance 3 times its mean.
    assert full_credibility_claims(dispersion=3.0) == pytest.approx(3.0 * (z / 0.05) ** 2)
    assert limited_fluctuation(1082.217 / 4, full_credibility_claims()) == pytest.approx(0.5, 1e-5)
    assert limited_fluctuation(5000.0, full_credibility_claims()) == 1.0
    assert limited_fluctuation(0.0, 1082.0) == 0.0


def test_the_poisson_gamma_posterior_is_the_credibility_level():
    """With a gamma prior the exact posterior mean is linear: Z = n / (n + 1/a)."""
    shape, expected, claims = 25.0, 80.0, 97.0
    posterior = (shape + claims) / (shape + expected)
    found = credible(claims / expected, expected, between=1.0 / shape)
    assert found.level == pytest.approx(posterior, rel=1e-12)
    # The mean of the posterior variance, over claims, is the mean square error.
    assert found.error == pytest.approx(sqrt((1.0 / shape) * shape / (shape + expected)), rel=1e-12)


def test_unequal_years_and_missing_ones():
    full = np.array([[1.0, 1.2, 0.9], [2.0, 2.2, np.nan], [1.5, np.nan, np.nan]])
    weights = np.array([[10.0, 20.0, 30.0], [5.0, 5.0, 7.0], [4.0, 0.0, 0.0]])
    found = buhlmann_straub(full, weights)
    assert found.weights.tolist() == [60.0, 10.0, 4.0]
    within = (10 * (1.0 - 61 / 60) ** 2 + 20 * (1.2 - 61 / 60) ** 2 + 30 * (0.9 - 61 / 60) ** 2) + (
        5 * 0.1**2 * 2
    )
    assert found.within == pytest.approx(within / 3.0)


def test_risks_that_do_not_differ_get_the_common_mean():
    ratios = np.array([[0.9, 1.1], [1.1, 0.9], [1.0, 1.0]])
    found = buhlmann_straub(ratios, np.ones((3, 2)))
    assert found.raw < 0.0
    assert found.between == 0.0
    assert found.factors.tolist() == [0.0, 0.0, 0.0]
    assert found.premiums == pytest.approx([1.0, 1.0, 1.0])
    assert found.errors == pytest.approx(sqrt(found.within / 6.0))


@pytest.mark.parametrize(
    ("ratios", "weights"),
    [
        ([[1.0, 1.1]], [[1.0, 1.0]]),
        ([[1.0], [1.2]], [[1.0], [1.0]]),
        ([[1.0, 1.1], [1.2, 1.3]], [[1.0, 1.0], [0.0, 0.0]]),
        ([[1.0, 1.1], [1.2, 1.3]], [[1.0, -1.0], [1.0, 1.0]]),
    ],
)
def test_what_cannot_be_estimated_is_refused(ratios, weights):
    with pytest.raises(ValueError, match=r"risks|weight"):
        buhlmann_straub(ratios, weights)


_CELLS = st.lists(
    st.tuples(st.floats(0.1, 10.0), st.floats(0.5, 500.0)), min_size=12, max_size=12
).map(lambda pairs: np.array(pairs).T.reshape(2, 4, 3))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cells=_CELLS, iterative=st.booleans())
def test_factors_lie_in_zero_to_one_and_levels_between_own_and_collective(cells, iterative):
    ratios, weights = cells
    found = buhlmann_straub(ratios, weights, iterative=iterative)
    assert np.all((found.factors >= 0.0) & (found.factors <= 1.0))
    low, high = np.minimum(found.means, found.collective), np.maximum(found.means, found.collective)
    assert np.all((found.premiums >= low - 1e-9) & (found.premiums <= high + 1e-9))
    # More weight, more credibility.
    order = np.argsort(found.weights)
    assert np.all(np.diff(found.factors[order]) >= -1e-12)
    assert np.all(found.errors >= 0.0)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(cells=_CELLS, scale=st.floats(0.01, 100.0))
def test_units_of_ratios_and_weights_do_not_matter(cells, scale):
    ratios, weights = cells
    found = buhlmann_straub(ratios, weights)
    other = buhlmann_straub(ratios * scale, weights)
    assert other.premiums == pytest.approx(found.premiums * scale, rel=1e-6)
    same = buhlmann_straub(ratios, weights * scale)
    assert same.factors == pytest.approx(found.factors, rel=1e-6, abs=1e-9)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    own=st.floats(0.1, 5.0),
    weight=st.floats(0.0, 1e6),
    more=st.floats(1.0, 100.0),
    between=st.floats(1e-6, 10.0),
)
def test_a_known_structure_has_its_limits(own, weight, more, between):
    found = credible(own, weight, between=between)
    later = credible(own, weight * more, between=between)
    assert 0.0 <= found.factor <= later.factor <= 1.0
    assert later.error <= found.error + 1e-12
    assert credible(own, 0.0, between=between).level == 1.0
    assert credible(own, 1e15, between=between).level == pytest.approx(own, rel=1e-4)


def test_the_stated_error_is_the_error_over_many_risks():
    """Levels of simulated risks lie from the truth as far as the formula says."""
    draws = np.random.default_rng(7)
    between, within, risks, years = 0.04, 4.0, 4_000, 4
    weights = draws.uniform(20.0, 200.0, (risks, years))
    truth = 1.0 + sqrt(between) * draws.standard_normal(risks)
    noise = draws.standard_normal((risks, years)) * np.sqrt(within / weights)
    found = buhlmann_straub(truth[:, None] + noise, weights)
    assert found.within == pytest.approx(within, rel=0.05)
    assert found.between == pytest.approx(between, rel=0.1)
    square = np.mean(((found.premiums - truth) / found.errors) ** 2)
    assert square == pytest.approx(1.0, abs=0.08)
