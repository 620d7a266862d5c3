"""Laws of amounts and terms of a cover: published values, quadrature, SciPy, properties."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from workbench import laws
from workbench.guard import InputRefused
from workbench.laws import Terms
from workbench.laws.registry import (
    FREQUENCIES,
    REINSURANCE,
    SEASONS,
    SEVERITIES,
    SHOCKS,
    TERMS,
    reached,
)

REGISTRIES = FREQUENCIES + SHOCKS + SEASONS + SEVERITIES + TERMS + REINSURANCE
PAGE = Path(__file__).parent.parent / "docs" / "laws.md"
NAMED = {
    "lognormal": laws.Lognormal(7.0, 1.5),
    "pareto": laws.Pareto(3.0, 2000.0),
    "gamma": laws.Gamma(2.0, 500.0),
    "covered_gamma": laws.Covered(
        laws.Gamma(3.0, 2.0), Terms(deductible=1.0, limit=10.0, coinsurance=0.9, inflation=0.05)
    ),
}
EXAMPLES = [(entry.key, entry.example) for entry in SEVERITIES] + [
    ("endless mean", laws.Pareto(0.8, 2.0)),
    ("endless variance", laws.Burr(0.9, 1.1, 3.0)),
    ("short tail", laws.ParetoTail(-0.4, 2.0)),
    ("straight tail", laws.ParetoTail(0.0, 2.0)),
    ("franchise", laws.Covered(laws.Gamma(2.0, 3.0), Terms(deductible=2.0, franchise=True))),
    (
        "atoms and density",
        laws.Mixture((laws.empirical((1.0, 4.0)), laws.Exponential(2.0)), (0.3, 0.7)),
    ),
]


def test_published_values(reference):
    seen = 0
    for row in reference("laws.csv"):
        if row["measure"] != "pmf":
            got = getattr(NAMED[row["law"]], row["measure"])(np.asarray(float(row["at"])))
            assert float(got) == pytest.approx(float(row["value"]), rel=1e-9), row
            seen += 1
    assert seen == 9


@pytest.mark.parametrize("entry", SEVERITIES, ids=lambda entry: entry.key)
def test_reference_value_of_every_entry(entry):
    assert reached(entry) == pytest.approx(entry.value, rel=1e-9)
    assert isinstance(entry.example, laws.SizeLaw)


def test_the_page_names_every_law():
    listed = set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.M))
    keys = [entry.key for entry in REGISTRIES]
    assert len(keys) == len(set(keys))
    assert listed == set(keys)


def limited_by_quadrature(law, x, order):
    edges = np.unique([0.0, *np.geomspace(x * 1e-6, x, 24), *law.atoms().values])
    total = 0.0
    for low, high in zip(edges[edges < x], edges[(edges > 0.0) & (edges <= x)], strict=True):
        total += quad(
            lambda t: order * t ** (order - 1) * float(law.survival(np.asarray(t))),
            low,
            high,
            epsabs=0.0,
            epsrel=1e-10,
        )[0]
    return total


@pytest.mark.parametrize(("key", "law"), EXAMPLES, ids=[key for key, _ in EXAMPLES])
def test_limited_moments_by_quadrature(key, law):
    x = 2.0 * float(law.quantile(np.asarray(0.5))) + 1.0
    for order in (1, 2, 3):
        got = float(law.limited_moment(np.asarray(x), order))
        assert got == pytest.approx(limited_by_quadrature(law, x, order), rel=1e-8), order


@pytest.mark.parametrize(("key", "law"), EXAMPLES, ids=[key for key, _ in EXAMPLES])
def test_quantiles_invert_the_cdf(key, law):
    level = np.array([1e-4, 0.2, 0.5, 0.9, 0.9999])
    x = law.quantile(level)
    assert np.all(law.cdf(x) >= level - 1e-12)
    below = law.cdf(np.maximum(x - 1e-6 * (1.0 + x), -1.0))
    assert np.all(below <= level + 1e-12)
    assert law.cdf(x) + law.survival(x) == pytest.approx(np.ones(5), abs=1e-14)


@pytest.mark.parametrize(("key", "law"), EXAMPLES, ids=[key for key, _ in EXAMPLES])
def test_draws_have_the_law(key, law):
    u = (np.arange(20_000) + 0.5) / 20_000
    drawn = law.from_uniform(u)
    for level in (0.1, 0.5, 0.9):
        x = float(law.quantile(np.asarray(level)))
        assert np.mean(drawn <= x * (1.0 + 1e-12)) == pytest.approx(float(law.cdf(x)), abs=1e-3)


@pytest.mark.parametrize(
    ("law", "frozen"),
    [
        (laws.Gamma(0.7, 3.0), stats.gamma(0.7, scale=3.0)),
        (laws.Weibull(0.6, 2.0), stats.weibull_min(0.6, scale=2.0)),
        (laws.InverseGaussian(2.0, 1.5), stats.invgauss(3.0, scale=1 / 1.5)),
        (laws.Burr(2.5, 1.7, 3.0), stats.burr12(1.7, 2.5, scale=3.0)),
        (laws.GeneralisedPareto(4.0, 2.0, 3.0), stats.betaprime(2.0, 4.0, scale=3.0)),
        (laws.ParetoTail(0.2, 2.0), stats.genpareto(0.2, scale=2.0)),
        (laws.ParetoTail(-0.4, 2.0), stats.genpareto(-0.4, scale=2.0)),
        (laws.SingleParameterPareto(3.5, 2.0), stats.pareto(3.5, scale=2.0)),
        (laws.Lognormal(1.0, 0.8), stats.lognorm(0.8, scale=np.exp(1.0))),
    ],
    ids=lambda law: type(law).__name__,
)
def test_laws_agree_with_scipy(law, frozen):
    level = np.array([0.001, 0.3, 0.9, 0.999])
    x = frozen.ppf(level)
    assert law.quantile(level) == pytest.approx(x, rel=1e-9)
    assert law.survival(x) == pytest.approx(frozen.sf(x), rel=1e-9)
    assert law.mean == pytest.approx(frozen.mean(), rel=1e-9)
    assert law.sd == pytest.approx(frozen.std(), rel=1e-9)


def test_families_meet_in_their_special_cases():
    x = np.array([0.1, 1.0, 7.0, 300.0])
    pairs = [
        (laws.Burr(3.0, 1.0, 2.0), laws.Pareto(3.0, 2.0)),
        (laws.GeneralisedPareto(3.0, 1.0, 2.0), laws.Pareto(3.0, 2.0)),
        (laws.Burr(1.0, 1.4, 2.0), laws.LogLogistic(1.4, 2.0)),
        (laws.TransformedBeta(3.0, 1.4, 1.0, 2.0), laws.Burr(3.0, 1.4, 2.0)),
        (laws.ParetoTail(0.25, 0.5), laws.Pareto(4.0, 2.0)),
        (laws.Weibull(1.0, 2.0), laws.Exponential(2.0)),
        (laws.Gamma(1.0, 2.0), laws.Exponential(2.0)),
    ]
    for one, other in pairs:
        assert one.survival(x) == pytest.approx(other.survival(x), rel=1e-10)
        assert one.limited_mean(x) == pytest.approx(other.limited_mean(x), rel=1e-10)


def test_a_tail_of_the_body_itself_changes_nothing():
    """Above a threshold a Pareto II law is a generalised Pareto law again."""
    body = laws.Pareto(4.0, 6.0)
    law = laws.spliced(body, 3.0, shape=0.25, scale=(6.0 + 3.0) / 4.0)
    x = np.array([0.5, 2.9, 3.0, 3.1, 20.0])
    assert law.survival(x) == pytest.approx(body.survival(x), rel=1e-12)
    for order in (1, 2, 3):
        assert law.moment(order) == pytest.approx(body.moment(order), rel=1e-10)


def test_whole_days_begun():
    law = laws.rounded_up(laws.Gamma(1.5, 5.732370614948))
    assert law.mean == pytest.approx(9.1, rel=1e-10)
    assert float(law.cdf(3.0)) == pytest.approx(stats.gamma(1.5, scale=5.732370614948).cdf(3.0))


def test_lattices_bracket_the_law():
    gamma = laws.Gamma(2.0, 1.0)
    upper, lower, rounded, unbiased = (
        laws.discretised(gamma, step=0.5, top=22.0, method=method)
        for method in ("upper", "lower", "rounding", "unbiased")
    )
    x = np.arange(0.5, 20.0, 0.5)
    assert np.all(upper.cdf(x) >= gamma.cdf(x)) and np.all(lower.cdf(x) <= gamma.cdf(x) + 1e-15)
    assert rounded.cdf(x) == pytest.approx(gamma.cdf(x + 0.25), abs=1e-14)
    assert unbiased.limited_mean(x) == pytest.approx(gamma.limited_mean(x), rel=1e-7)


# --- terms ----------------------------------------------------------------------------------


def test_terms_by_hand():
    loss = np.array([50.0, 100.0, 150.0, 400.0])
    assert Terms(deductible=100.0).payment(loss).tolist() == [0.0, 0.0, 50.0, 300.0]
    assert Terms(deductible=100.0, franchise=True).payment(loss).tolist() == [
        0.0,
        0.0,
        150.0,
        400.0,
    ]
    assert Terms(limit=120.0, coinsurance=0.5).payment(loss).tolist() == [25.0, 50.0, 60.0, 60.0]
    inflated = Terms(deductible=100.0, inflation=0.1, most=60.0).payment(loss)
    assert inflated == pytest.approx([0.0, 10.0, 60.0, 60.0])


def test_the_law_given_that_something_is_paid():
    covered = laws.Covered(laws.Exponential(100.0), Terms(deductible=30.0))
    paid = laws.per_payment(covered)
    # The exponential law forgets: an excess over a deductible has the law of the loss.
    x = np.array([1.0, 50.0, 300.0])
    assert paid.survival(x) == pytest.approx(laws.Exponential(100.0).survival(x), rel=1e-12)
    assert paid.mean == pytest.approx(100.0, rel=1e-12)


def test_loss_elimination_ratio_of_an_exponential():
    loss = laws.Exponential(100.0)
    ratio = laws.loss_elimination_ratio(loss, Terms(deductible=30.0))
    assert ratio == pytest.approx(-np.expm1(-0.3), rel=1e-12)
    # With inflation r the deductible is worth less: 1 − exp(−d/((1 + r)·mean)).
    ratio = laws.loss_elimination_ratio(loss, Terms(deductible=30.0, inflation=0.2))
    assert ratio == pytest.approx(-np.expm1(-0.25), rel=1e-12)


DRAWN = st.one_of(
    st.builds(laws.Gamma, st.floats(0.3, 6.0), st.floats(10.0, 500.0)),
    st.builds(laws.Pareto, st.floats(1.2, 6.0), st.floats(10.0, 500.0)),
    st.builds(laws.Weibull, st.floats(0.5, 3.0), st.floats(10.0, 500.0)),
    st.builds(laws.Lognormal, st.floats(2.0, 6.0), st.floats(0.2, 1.6)),
    st.builds(lambda x: laws.empirical(x), st.lists(st.floats(1.0, 900.0), min_size=1, max_size=9)),
)
SHARE = st.floats(0.05, 1.0)


@given(DRAWN, st.lists(st.floats(0.0, 2000.0), min_size=2, max_size=5, unique=True))
def test_layers_add_up_to_the_loss(loss, points):
    points = [0.0, *sorted(points)]
    layers = [
        laws.Covered(loss, Terms(deductible=low, limit=high)).mean
        for low, high in zip(points, [*points[1:], float("inf")], strict=True)
        if high > low
    ]
    assert sum(layers) == pytest.approx(loss.mean, rel=1e-9)
    assert min(layers) >= -1e-9 * loss.mean


@given(DRAWN, st.floats(0.0, 800.0), st.floats(1.0, 1000.0), SHARE, st.booleans())
def test_elimination_ratio_is_a_share_and_rises_with_the_deductible(loss, low, more, share, whole):
    ratios = [
        laws.loss_elimination_ratio(loss, Terms(deductible=d, coinsurance=share, franchise=whole))
        for d in (low, low + more)
    ]
    assert 0.0 <= ratios[0] <= ratios[1] + 1e-9 <= 1.0 + 2e-9


@given(
    DRAWN, st.floats(0.0, 400.0), st.floats(1.0, 900.0), SHARE, st.floats(0.0, 0.4), st.booleans()
)
def test_law_of_a_payment_is_what_the_terms_do_to_draws(loss, d, width, share, rate, whole):
    terms = Terms(deductible=d, limit=d + width, coinsurance=share, inflation=rate, franchise=whole)
    covered = laws.Covered(loss, terms)
    u = (np.arange(4000) + 0.5) / 4000
    paid = terms.payment(loss.quantile(u))
    assert np.all(paid <= terms.largest + 1e-9)
    top = covered.largest
    assert np.mean(paid) == pytest.approx(covered.mean, rel=5e-3, abs=5e-3 * top)
    assert np.mean(paid**2) == pytest.approx(covered.moment(2), rel=1e-2, abs=5e-3 * top**2)
    for x in (0.0, 0.31 * top, 0.77 * top):
        assert np.mean(paid <= x) == pytest.approx(float(covered.cdf(np.asarray(x))), abs=2e-3)


@given(DRAWN, st.floats(1.0, 900.0), st.floats(1.0, 900.0))
def test_moments_and_survival_are_monotone(loss, x, more):
    two = np.array([x, x + more])
    assert loss.survival(two)[0] >= loss.survival(two)[1]
    for order in (1, 2, 3):
        low, high = loss.limited_moment(two, order)
        assert 0.0 <= low <= high * (1.0 + 1e-12) <= loss.moment(order) * (1.0 + 1e-9)


@pytest.mark.parametrize(
    "make",
    [
        lambda: laws.Gamma(0.0, 1.0),
        lambda: laws.Uniform(5.0, 2.0),
        lambda: laws.Discrete((1.0, 2.0), (0.5, 0.4)),
        lambda: laws.Discrete((1.0, 2.0), (1.0,)),
        lambda: laws.Discrete((-1.0, 2.0), (0.5, 0.5)),
        lambda: laws.Mixture((laws.Exponential(1.0),), (0.5,)),
        lambda: laws.Truncated(laws.Uniform(0.0, 1.0), 2.0, 3.0),
        lambda: Terms(deductible=-1.0),
        lambda: Terms(deductible=10.0, limit=5.0),
        lambda: Terms(coinsurance=1.5),
        lambda: laws.discretised(laws.Exponential(1.0), step=0.1, top=5.0, method="other"),
    ],
)
def test_impossible_parameters_are_refused(make):
    with pytest.raises(InputRefused):
        make()


def test_no_module_bears_the_name_of_a_law():
    """A module that is loaded stands in the place of what the folder gives by its name."""
    folder = Path(laws.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} & set(laws.__all__) == set()
