"""Risk measures: closed forms, one set of functions for laws and years, errors, properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr
from scipy.stats import poisson

from workbench import CompoundModel, Poisson, laws
from workbench.engine.inversion import LatticeLaw
from workbench.engine.measuring import measured
from workbench.engine.stages import year_laws
from workbench.guard import InputRefused
from workbench.risk import (
    DISTORTIONS,
    Distortion,
    Sample,
    distortion,
    shares_of_years,
    year_weights,
)

ONE = laws.Counts([0.0, 1.0])
ALL = [distortion(code) for code in DISTORTIONS]
MILD = [
    Distortion("tail_mean", 0.9),
    Distortion("proportional_hazard", 1.3),
    Distortion("wang", 0.5),
    Distortion("dual_power", 3.0),
]


def ids(one):
    return f"{one.code}-{one.parameter:g}"


def sample(yuan):
    return Sample(sorted_yuan=np.sort(np.asarray(yuan, dtype=float)), step=0.0)


def lattice(mass, *, start=0.0, step=1.0, continuous=False):
    mass = np.asarray(mass, dtype=float)
    yuan = start + step * np.arange(len(mass))
    mean = float(mass @ yuan)
    return LatticeLaw(
        start=start,
        step=step,
        mass=mass,
        cumulative=np.cumsum(mass),
        continuous=continuous,
        mean=mean,
        sd=float(np.sqrt(mass @ (yuan - mean) ** 2)),
    )


# --- the registry ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", DISTORTIONS)
def test_every_distortion_is_concave_from_0_to_1_and_its_slope_is_its_derivative(code):
    kind = DISTORTIONS[code]
    low, high = kind.allowed
    assert kind.source
    for parameter in (low, kind.default, min(high, 10.0)):
        one, u = Distortion(code, parameter), np.linspace(0.0, 1.0, 2001)
        g = one.weight(u)
        assert (g[0], g[-1]) == (0.0, pytest.approx(1.0))
        assert np.all(np.diff(g) >= -1e-12)
        assert np.all(np.diff(g, 2) <= 1e-12)
        middle = (u[1:] + u[:-1])[20:-20] / 2.0
        numeric = (one.weight(middle + 1e-6) - one.weight(middle - 1e-6)) / 2e-6
        away = np.abs(middle - (1.0 - parameter)) > 1e-3
        assert one.slope(middle)[away] == pytest.approx(numeric[away], rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("code", DISTORTIONS)
def test_the_least_parameter_is_the_mean(code):
    least = Distortion(code, DISTORTIONS[code].allowed[0])
    assert sample([1.0, 2.0, 6.0]).distorted(least).value == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("code", "parameter", "fault"),
    [
        ("esscher", 1.0, "unknown-choice"),
        ("wang", -0.1, "value-out-of-range"),
        ("tail_mean", 1.0, "value-out-of-range"),
        ("proportional_hazard", float("nan"), "not-a-number"),
    ],
)
def test_what_is_no_distortion_is_refused(code, parameter, fault):
    with pytest.raises(InputRefused, match=fault):
        Distortion(code, parameter)


# --- closed forms ---------------------------------------------------------------------------

CLOSED = [
    # Wang (1995), IME 17: the transformed exponential has mean 1/b times the index.
    (laws.Exponential(2.0), Distortion("proportional_hazard", 1.5), 3.0),
    (laws.Exponential(2.0), Distortion("proportional_hazard", 2.5), 5.0),
    # The same: a Pareto of index a becomes one of index a/rho, mean theta/(a/rho - 1).
    (laws.Pareto(3.0, 100.0), Distortion("proportional_hazard", 1.0), 50.0),
    (laws.Pareto(3.0, 100.0), Distortion("proportional_hazard", 1.2), 200.0 / 3.0),
    (laws.Pareto(3.0, 100.0), Distortion("proportional_hazard", 1.5), 100.0),
    # The same: uniform on (0, 1), rho/(1 + rho).
    (laws.Uniform(0.0, 1.0), Distortion("proportional_hazard", 2.0), 2.0 / 3.0),
    # Wang (2000), JRI 67: lognormal(mu, sigma) becomes lognormal(mu + price sigma, sigma).
    (laws.Lognormal(1.0, 0.5), Distortion("wang", 0.3), np.exp(1.0 + 0.15 + 0.125)),
    (laws.Lognormal(1.0, 0.5), Distortion("wang", 1.0), np.exp(1.0 + 0.5 + 0.125)),
    # Largest of three exponentials: 1 + 1/2 + 1/3 means.
    (laws.Exponential(2.0), Distortion("dual_power", 3.0), 11.0 / 3.0),
    # Exponential: VaR plus the mean.
    (laws.Exponential(2.0), Distortion("tail_mean", 0.99), 2.0 * (1.0 - np.log(0.01))),
]


@pytest.mark.parametrize(("severity", "measure", "expected"), CLOSED)
def test_closed_forms_of_one_claim(severity, measure, expected):
    found = measured(CompoundModel(frequency=ONE, severity=severity).law()).distorted(measure)
    assert abs(found.value - expected) <= found.error + 1e-12
    assert found.value == pytest.approx(expected, rel=1e-4)
    assert found.error < 0.01 * expected


def test_a_sum_of_geometrically_many_exponentials():
    """P(S > x) = q exp(−p x/θ): ∫ g = q^(1/ρ) ρ θ/p, an atom at zero beside a density."""
    model = CompoundModel(frequency=laws.NegativeBinomial(1.0, 3.0), severity=laws.Exponential(2.0))
    p = 1.0 / (1.0 + 3.0)
    for index in (1.0, 1.5, 2.0):
        expected = (1.0 - p) ** (1.0 / index) * index * 2.0 / p
        found = measured(model.law()).distorted(Distortion("proportional_hazard", index))
        assert abs(found.value - expected) <= found.error + 1e-12
        assert found.value == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("measure", MILD, ids=ids)
def test_a_total_with_a_yearly_cap_agrees_with_its_years(measure):
    terms = laws.Terms(yearly_cap=25.0)
    severity = laws.Gamma(shape=2.0, scale=1.0)
    model = CompoundModel(frequency=Poisson(10), severity=severity, terms=terms)
    computed = measured(model.law()).distorted(measure)
    drawn = sample(model.sample(20_000, seed=1)).distorted(measure)
    assert abs(computed.value - drawn.value) < 4.0 * drawn.error + computed.error
    assert computed.value <= 25.0 + computed.error


def test_a_tail_too_heavy_for_the_distortion_is_infinite():
    law = CompoundModel(frequency=ONE, severity=laws.Pareto(1.5, 100.0)).law()
    assert measured(law).distorted(Distortion("proportional_hazard", 2.0)).value == np.inf
    assert np.isfinite(measured(law).distorted(Distortion("proportional_hazard", 1.1)).value)


@pytest.mark.parametrize("price", [0.0, 0.5, 1.0, 2.0])
def test_the_wang_price_of_a_normal_law_is_mean_plus_price_times_sd(price):
    """Wang (2000), section 3: N(mu, sigma²) becomes N(mu + price sigma, sigma²)."""
    laws_at = []
    for step in (0.25, 0.5):
        edges = np.arange(0.0, 300.0, step)
        mass = ndtr((edges + step / 2 - 100.0) / 10.0) - ndtr((edges - step / 2 - 100.0) / 10.0)
        laws_at.append(lattice(mass, step=step, continuous=True))
    found = measured(*laws_at).distorted(Distortion("wang", price))
    assert found.value == pytest.approx(100.0 + 10.0 * price, abs=2e-3)


@pytest.mark.parametrize("measure", ALL + MILD, ids=ids)
def test_a_lumpy_law_is_summed_exactly(measure):
    counts = np.arange(120)
    expected = 7.0 * float(measure.weight(poisson.sf(counts, 3.2)).sum())
    pmf = poisson.pmf(counts, 3.2)
    annual = measured(lattice(pmf, step=7.0)).distorted(measure)
    model = CompoundModel(frequency=Poisson(3.2), severity=laws.Discrete([7.0], [1.0]))
    compound = measured(model.law()).distorted(measure)
    for found in (annual, compound):
        assert abs(found.value - expected) <= found.error + 1e-9
        assert found.value == pytest.approx(expected, rel=1e-5)


# --- one set of functions -------------------------------------------------------------------


def test_a_law_and_its_years_give_the_same_measures(inputs, exact):
    law = year_laws(inputs).laws[-1]
    coarse = year_laws(inputs).coarse[-1]
    known = measured(law, coarse)
    assert known.mean().value == pytest.approx(exact.total.mean_yuan.value, rel=1e-12)
    for level in (0.9, 0.995):
        known_quantile, known_tail = exact.total.quantiles[level], exact.total.tail_means[level]
        assert known.quantile(level).value == pytest.approx(known_quantile.value, rel=1e-9)
        assert known.tail_mean(level).value == pytest.approx(known_tail.value, rel=1e-9)
        assert known.quantile(level).error <= 1.0 + 1e-6 * law.mean
    middle = np.cumsum(law.mass) - law.mass / 2.0
    levels = (np.arange(40_000) + 0.5) / 40_000
    years = sample(law.start + law.step * np.interp(levels, middle, np.arange(len(middle))))
    x = known.quantile(0.9).value
    pairs = [
        (known.mean(), years.mean()),
        (known.quantile(0.95), years.quantile(0.95)),
        (known.tail_mean(0.99), years.tail_mean(0.99)),
        (known.probability_above(x), years.probability_above(x)),
        (known.expected_excess(x), years.expected_excess(x)),
        *((known.distorted(one), years.distorted(one)) for one in MILD),
    ]
    for computed, drawn in pairs:
        assert abs(computed.value - drawn.value) < 0.5 * drawn.error


def test_the_tail_mean_is_a_distortion(inputs):
    for law, coarse in zip(year_laws(inputs).laws, year_laws(inputs).coarse, strict=True):
        one = measured(law, coarse)
        for level in (0.5, 0.9, 0.995):
            assert one.distorted(Distortion("tail_mean", level)) == one.tail_mean(level)
    years = sample(np.random.default_rng(3).gamma(2.0, size=999))
    for level in (0.5, 0.9, 0.995):
        found, known = years.distorted(Distortion("tail_mean", level)), years.tail_mean(level)
        assert found.value == pytest.approx(known.value, rel=1e-12)
        assert found.error == pytest.approx(known.error, rel=0.05)


@pytest.mark.parametrize("place", range(6))
def test_measures_of_the_scheme_rise_from_the_mean(inputs, place):
    law = year_laws(inputs).laws[place]
    one = measured(law, year_laws(inputs).coarse[place])
    for code, parameters in {
        "proportional_hazard": (1.0, 1.2, 2.0, 3.0),
        "wang": (0.0, 0.3, 1.0, 2.0),
        "dual_power": (1.0, 2.0, 4.0, 20.0),
        "tail_mean": (0.0, 0.5, 0.9, 0.995),
    }.items():
        values = [one.distorted(Distortion(code, number)).value for number in parameters]
        assert values[0] == pytest.approx(law.mean, rel=1e-8)
        assert np.all(np.diff(values) > 0.0)


def test_a_law_without_spread_is_its_mean():
    sure = lattice([1.0], start=5.0)
    for measure in ALL:
        assert measured(sure).distorted(measure).value == 5.0


# --- properties -----------------------------------------------------------------------------

YEARS = st.lists(st.integers(0, 1000), min_size=2, max_size=40)
MEASURES = st.sampled_from(ALL + MILD)


@given(years=YEARS, measure=MEASURES, shift=st.integers(0, 10**6), factor=st.integers(1, 50))
def test_between_mean_and_most_translated_and_scaled(years, measure, shift, factor):
    yuan = np.array(years, dtype=float)
    value = sample(yuan).distorted(measure).value
    assert yuan.mean() - 1e-9 <= value <= yuan.max() + 1e-9
    assert sample(yuan + shift).distorted(measure).value == pytest.approx(value + shift)
    assert sample(yuan * factor).distorted(measure).value == pytest.approx(value * factor)


@given(pairs=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=2, max_size=40),
       measure=MEASURES)  # fmt: skip
def test_subadditive_and_additive_for_comonotonic_years(pairs, measure):
    first, second = np.array(pairs, dtype=float).T
    alone = [sample(part).distorted(measure).value for part in (first, second)]
    assert sample(first + second).distorted(measure).value <= sum(alone) + 1e-9
    together = sample(np.sort(first) + np.sort(second)).distorted(measure).value
    assert together == pytest.approx(sum(alone))


@given(years=YEARS, measure=MEASURES, shift=st.integers(0, 100))
def test_a_lumpy_law_is_translated_and_lies_between(years, measure, shift):
    mass = np.bincount(years) / len(years)
    found = measured(lattice(mass)).distorted(measure)
    assert abs(found.value - sample(years).distorted(measure).value) <= found.error + 1e-9
    if np.std(years) > 0:
        moved = measured(lattice(mass, start=float(shift))).distorted(measure)
        assert moved.value == pytest.approx(found.value + shift)


def test_a_quantile_is_not_subadditive():
    """Two bonds that each default in 4 years of 100, never together: Artzner et al. (1999)."""
    first = np.where(np.arange(100) < 4, 100.0, 0.0)
    second = np.where(np.arange(100) >= 96, 100.0, 0.0)
    alone = [sample(one).quantile(0.95).value for one in (first, second)]
    assert sum(alone) == 0.0
    assert sample(first + second).quantile(0.95).value == 100.0


# --- standard errors ------------------------------------------------------------------------


def _smooth(rng, number):
    return rng.gamma(4.0, size=number)


def _lumpy(rng, number):
    return 1000.0 * rng.poisson(3.2, size=number)


@pytest.mark.parametrize("draw", [_smooth, _lumpy])
@pytest.mark.parametrize("measure", MILD, ids=ids)
def test_two_errors_hold_the_truth_in_95_of_100_repeats(draw, measure):
    rng = np.random.default_rng(20261124)
    truth = sample(draw(rng, 300_000)).distorted(measure).value
    inside = 0
    for _ in range(400):
        found = sample(draw(rng, 1_000)).distorted(measure)
        inside += abs(found.value - truth) < 1.96 * found.error
    assert 0.92 <= inside / 400 <= 0.98


def _parts(rng, number, lumpy):
    shock = rng.gamma(16.0, 1.0 / 16.0, size=number)
    parts = [rng.poisson(30.0 * shock), 4.0 * rng.poisson(3.0, size=number)]
    third = 5.0 * rng.gamma(4.0 * shock)
    parts.append(np.floor(third / 10.0) * 10.0 if lumpy else third)
    return np.stack(parts, axis=1).astype(float)


@pytest.mark.parametrize("lumpy", [False, True])
@pytest.mark.parametrize("measure", MILD, ids=ids)
def test_errors_of_shares_hold_the_truth_in_repeats(lumpy, measure):
    rng = np.random.default_rng(7)
    truth = [one.value for one in shares_of_years(_parts(rng, 150_000, lumpy), measure)]
    inside = np.zeros(3)
    for _ in range(120):
        found = shares_of_years(_parts(rng, 1_000, lumpy), measure)
        inside += [abs(f.value - t) < 1.96 * f.error for f, t in zip(found, truth, strict=True)]
    assert np.all((inside / 120 >= 0.9) & (inside / 120 <= 0.99)), inside / 120


# --- shares of years ------------------------------------------------------------------------


def test_an_atom_at_the_quantile_is_shared_by_its_years():
    """Worst half of totals 1, 2, 2, 3: all of 3 and half of the two years of 2, by hand."""
    parts = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 2.0], [1.0, 2.0]])
    measure = Distortion("tail_mean", 0.5)
    assert year_weights(parts.sum(axis=1), measure) == pytest.approx([0.0, 1.0, 1.0, 2.0])
    found = [one.value for one in shares_of_years(parts, measure)]
    assert found == pytest.approx([(2.0 + 0.0 + 2.0) / 4.0, (0.0 + 2.0 + 4.0) / 4.0])
    assert sum(found) == pytest.approx(sample([1, 2, 2, 3]).tail_mean(0.5).value)


@given(pairs=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=60),
       measure=MEASURES)  # fmt: skip
def test_shares_add_up_whatever_the_order_of_years(pairs, measure):
    parts = np.array(pairs, dtype=float)
    total = sample(parts.sum(axis=1)).distorted(measure).value
    found = [one.value for one in shares_of_years(parts, measure)]
    assert sum(found) == pytest.approx(total)
    turned = [one.value for one in shares_of_years(parts[::-1], measure)]
    assert turned == pytest.approx(found)
