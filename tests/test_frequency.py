"""Laws of numbers of claims and of shocks: published values, SciPy, and identities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from workbench import laws
from workbench.guard import InputRefused
from workbench.laws.registry import FREQUENCIES, SHOCKS, reached

NB = laws.NegativeBinomial.from_probability(2.5, 0.4)
NAMED = {
    "zero_truncated_poisson": laws.zero_truncated(laws.Poisson(2.0)),
    "zero_modified_poisson": laws.ZeroModified(laws.Poisson(2.0), 0.3),
    "zero_truncated_negative_binomial": laws.zero_truncated(NB),
    "zero_modified_negative_binomial": laws.ZeroModified(NB, 0.3),
    "logarithmic": laws.Logarithmic(0.6),
    "poisson_inverse_gaussian": laws.PoissonInverseGaussian(2.0, 1.0),
}
ALL = [entry.example for entry in FREQUENCIES] + [
    laws.NegativeBinomial(0.3, 20.0),
    laws.ExtendedNegativeBinomial(1.5, 2.0),
    laws.MixedPoisson(4.0, laws.Regimes((0.5, 2.0), (0.7, 0.3))),
    laws.MixedPoisson(4.0, laws.InverseGaussianShock(0.7)),
    laws.CompoundCounts(laws.Binomial(5, 0.4), NB),
]


def test_published_probabilities(reference):
    seen = 0
    for row in reference("laws.csv"):
        if row["measure"] == "pmf":
            got = float(NAMED[row["law"]].pmf(int(row["at"])))
            assert got == pytest.approx(float(row["value"]), rel=1e-9), row
            seen += 1
    assert seen == 23


@pytest.mark.parametrize("entry", FREQUENCIES + SHOCKS, ids=lambda entry: entry.key)
def test_reference_value_of_every_entry(entry):
    assert reached(entry) == pytest.approx(entry.value, rel=1e-9)
    assert isinstance(entry.example, (laws.FrequencyLaw, laws.Shock))


@pytest.mark.parametrize("law", ALL, ids=lambda law: type(law).__name__)
def test_probabilities_transform_and_moments_belong_together(law):
    n = np.arange(1500)
    masses = law.pmf(n)
    assert np.all(masses >= 0.0)
    assert masses.sum() == pytest.approx(1.0, abs=1e-11)
    z = np.array([0.0, 0.5, -0.8, 0.3 + 0.4j, np.exp(2j)])
    direct = (masses * z[:, None] ** n).sum(axis=1)
    assert np.max(np.abs(law.pgf(z) - direct)) < 1e-11
    assert law.mean == pytest.approx(float(masses @ n), rel=1e-9)
    spread = n - law.mean
    assert law.variance == pytest.approx(float(masses @ spread**2), rel=1e-8)
    assert law.third_central == pytest.approx(float(masses @ spread**3), rel=1e-6, abs=1e-9)
    table = law.cumulative()
    assert table[-1] == pytest.approx(1.0, abs=1e-9)
    assert float(law.quantile(0.9)) == np.argmax(np.cumsum(masses) >= 0.9)


@pytest.mark.parametrize(
    ("law", "frozen"),
    [
        (laws.Poisson(7000.0), stats.poisson(7000.0)),
        (laws.Binomial(2000, 0.07), stats.binom(2000, 0.07)),
        (laws.NegativeBinomial.from_mean_cv(6930.0, 0.1), stats.nbinom(100.0, 1 / 70.3)),
        (laws.Logarithmic(0.97), stats.logser(0.97)),
    ],
    ids=["poisson", "binomial", "negative binomial", "logarithmic"],
)
def test_large_counts_agree_with_scipy(law, frozen):
    n = frozen.ppf([0.001, 0.3, 0.9, 0.9999]).astype(int)
    assert law.pmf(n) == pytest.approx(frozen.pmf(n), rel=1e-9)
    assert law.quantile(np.array([0.001, 0.3, 0.9, 0.9999])).tolist() == n.tolist()
    assert law.mean == pytest.approx(frozen.mean(), rel=1e-12)
    assert law.variance == pytest.approx(frozen.var(), rel=1e-9)


def test_classes_meet_at_their_limits():
    n = np.arange(12)
    wide = laws.NegativeBinomial(1e8, 3e-8).pmf(n)
    assert wide == pytest.approx(laws.Poisson(3.0).pmf(n), rel=1e-6)
    truncated = laws.zero_truncated(laws.NegativeBinomial(1.5, 2.0)).pmf(n)
    assert laws.ExtendedNegativeBinomial(1.5, 2.0).pmf(n) == pytest.approx(truncated, rel=1e-12)
    near_zero = laws.ExtendedNegativeBinomial(1e-7, 1.5).pmf(n)
    assert near_zero == pytest.approx(laws.Logarithmic(0.6).pmf(n), rel=1e-6)
    series = laws.CompoundCounts(laws.Poisson(2.0 * np.log(3.0)), laws.Logarithmic(2.0 / 3.0))
    assert series.pmf(n) == pytest.approx(laws.NegativeBinomial(2.0, 2.0).pmf(n), rel=1e-9)
    mixed = laws.MixedPoisson(6.0, laws.GammaShock(0.5))
    assert mixed.pmf(n) == pytest.approx(laws.NegativeBinomial(4.0, 1.5).pmf(n), rel=1e-9)


def test_regimes_are_a_mixture_of_poisson_laws():
    law = laws.MixedPoisson(4.0, laws.Regimes((0.5, 2.0), (0.7, 0.3)))
    n = np.arange(15)
    expected = 0.7 * laws.Poisson(2.0).pmf(n) + 0.3 * laws.Poisson(8.0).pmf(n)
    assert law.pmf(n) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("entry", SHOCKS, ids=lambda entry: entry.key)
def test_a_shocks_draws_have_its_moments(entry):
    u = (np.arange(20_000) + 0.5) / 20_000
    drawn = entry.example.from_uniform(u)
    for order in (1, 2, 3):
        assert np.mean(drawn**order) == pytest.approx(entry.example.moment(order), rel=1e-3)


@given(
    size=st.floats(0.05, 50.0), beta=st.floats(0.01, 5.0), zero=st.floats(0.0, 0.95), n=st.just(400)
)
def test_zero_modified_probabilities_are_in_proportion(size, beta, zero, n):
    base = laws.NegativeBinomial(size, beta)
    law = laws.ZeroModified(base, zero)
    masses = law.pmf(np.arange(n))
    assert masses[0] == zero
    ratio = masses[1:20] / base.pmf(np.arange(1, 20))
    assert ratio == pytest.approx(np.full(19, ratio[0]), rel=1e-9)
    none = float(base.pmf(np.zeros(1))[0])
    assert law.mean == pytest.approx(base.mean * (1.0 - zero) / (1.0 - none), rel=1e-12)


@pytest.mark.parametrize(
    "make",
    [
        lambda: laws.Poisson(-1.0),
        lambda: laws.Binomial(10, 1.2),
        lambda: laws.NegativeBinomial(0.0, 1.0),
        lambda: laws.ExtendedNegativeBinomial(0.0, 1.0),
        lambda: laws.ZeroModified(laws.Poisson(1.0), 1.0),
        lambda: laws.Counts((0.5, 0.4)),
        lambda: laws.Logarithmic(1.0),
        lambda: laws.Poisson(float("nan")),
    ],
)
def test_impossible_parameters_are_refused(make):
    with pytest.raises(InputRefused):
        make()
