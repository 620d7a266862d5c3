"""Compound laws: published cases, closed forms, honesty of the stated errors, drawn years."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import workbench as wb
from workbench import laws
from workbench.engine.compound.lattice import common_step
from workbench.engine.compound.window import Group, Part, log_tail_bound
from workbench.guard import InputRefused
from workbench.risk import Sample

UNITS = laws.Discrete((1, 2, 3, 4), (0.4, 0.3, 0.2, 0.1))
GAMMA = laws.Gamma(2.0, 1.0)


def model(frequency, severity, **terms):
    return wb.CompoundModel(frequency=frequency, severity=severity, terms=wb.Terms(**terms))


def sure(severity, number=1, **terms):
    return model(laws.Counts([0.0] * number + [1.0]), severity, **terms)


POOLED = laws.Mixture(
    (laws.Discrete((1, 2), (0.6, 0.4)), laws.Discrete((1, 3), (0.7, 0.3))), (2 / 3, 1 / 3)
)
MODELS = {
    "lattice": model(laws.Poisson(10), laws.discretised(GAMMA, step=0.5, top=22.0)),
    "gamma": model(laws.Poisson(10), GAMMA),
    "dental": model(
        laws.Counts((0.05, 0.10, 0.15, 0.20, 0.25, 0.15, 0.06, 0.03, 0.01)),
        laws.Discrete(
            25 * np.arange(1, 11),
            (0.15, 0.2, 0.25, 0.125, 0.075, 0.05, 0.05, 0.05, 0.025, 0.025),
        ),
    ),
    "pooled": model(laws.Poisson(3), POOLED),
    "poisson_hundreds": model(laws.Poisson(5), laws.Discrete((100, 500, 1000), (0.8, 0.16, 0.04))),
    "poisson_units": model(laws.Poisson(3), UNITS),
    "negative_binomial_units": model(laws.NegativeBinomial(6, 0.5), UNITS),
    "zero_modified": model(
        laws.ZeroModified(laws.Binomial(3, 0.3), 0.4),
        laws.Discrete((0, 50, 150), (0.3, 0.5, 0.2)),
    ),
    "poisson_etnb": model(
        laws.CompoundCounts(laws.Poisson(2), laws.ExtendedNegativeBinomial(0.2, 3)),
        laws.Discrete((0, 10, 20), (0.3, 0.5, 0.2)),
    ),
    "exponential": model(laws.Poisson(50), laws.Exponential(1)),
    "pareto": model(laws.Poisson(20), laws.Pareto(4, 3)),
}
PRINTED_TOLERANCE = 1e-6
"""R actuar's recursion stops where the distribution function has reached 1 − 1e-6."""


@pytest.fixture(scope="module")
def solved():
    return {name: one.law() for name, one in MODELS.items()}


def printed(law):
    """Amounts and probabilities that a recursion which stops early has printed."""
    amounts = law.step * np.arange(400)
    masses = np.array([law.probability(x) for x in amounts])
    last = int(np.argmax(np.cumsum(masses) >= 1.0 - PRINTED_TOLERANCE))
    return amounts[: last + 1], masses[: last + 1]


def measured(law, measure, at):
    if measure == "mean_printed":
        amounts, masses = printed(law)
        return float(amounts @ masses)
    if measure == "mean_above_printed":
        amounts, masses = printed(law)
        above = amounts > float(law.quantile(at))
        return float(amounts[above] @ masses[above] / masses[above].sum())
    found = getattr(law, measure)
    return found if at is None else found(at)


def test_published_compound_laws(solved, reference):
    seen = 0
    for row in reference("compound_laws.csv"):
        at = float(row["at"]) if row["at"] else None
        got = measured(solved[row["model"]], row["measure"], at)
        value = float(row["value"])
        tolerance = float(row["relative_tolerance"])
        # A printed zero, and the last printed digit of a small probability.
        assert float(got) == pytest.approx(value, rel=tolerance, abs=6e-13), row
        seen += 1
    assert seen == 85


def test_stated_errors_cover_the_published_digits(solved, reference):
    for row in reference("compound_laws.csv"):
        if "printed" in row["measure"] or row["model"] == "pareto":
            continue
        at = float(row["at"]) if row["at"] else None
        got = measured(solved[row["model"]], row["measure"], at)
        text = row["value"]
        digits = len(text.split(".")[1]) if "." in text and "e" not in text else 12
        last_digit = 0.6 * 10.0**-digits
        assert got.error <= 2e-8 * max(1.0, float(got)), row
        assert abs(float(got) - float(text)) <= got.error + last_digit, row


# --- closed forms and honest errors ---------------------------------------------------------

SINGLE = [
    laws.Gamma(0.5, 3.0),
    laws.Weibull(0.6, 2.0),
    laws.Exponential(2.0),
    laws.Burr(2.5, 1.7, 3.0),
    laws.Pareto(2.5, 2.0),
    laws.SingleParameterPareto(2.5, 2.0),
    laws.Uniform(2.0, 5.0),
    laws.Lognormal(1.0, 0.8),
    laws.spliced(laws.Lognormal(1.0, 0.8), 6.0, shape=0.2, scale=3.0),
    laws.Covered(laws.Lognormal(1.0, 0.8), wb.Terms(deductible=1.0, limit=9.0, coinsurance=0.7)),
    laws.Covered(laws.Lognormal(1.0, 0.8), wb.Terms(deductible=1.0, franchise=True, limit=9.0)),
    laws.Mixture((laws.Discrete((1.0, 2.5), (0.5, 0.5)), laws.Exponential(1.0)), (0.4, 0.6)),
]


@pytest.mark.parametrize("size", SINGLE, ids=lambda size: type(size).__name__)
def test_the_law_of_one_sure_claim_is_the_claims_own(size):
    """The hardest law for a transform: nothing smooths it. Stated errors must hold."""
    law = sure(size).law(points=1 << 16)
    for x in (0.01, 0.3, 1.0, 1.7, 2.9, 4.1, 6.3, 8.0):
        place = np.asarray(x)
        got, excess = law.survival(x), law.stop_loss(x)
        assert abs(got - float(size.survival(place))) <= got.error
        assert abs(excess - (size.mean - float(size.limited_mean(place)))) <= excess.error
        assert x < 0.3 or got.error < 5e-3
    for level in (0.1, 0.5, 0.9, 0.99):
        got = law.quantile(level)
        assert abs(got - float(size.quantile(np.asarray(level)))) <= got.error + 1e-12


def irwin_hall(number, x):
    if number == 0:
        return 1.0
    terms = (
        (-1) ** k * math.comb(number, k) * max(x - k, 0.0) ** number for k in range(number + 1)
    )
    return sum(terms) / math.factorial(number)


def test_poisson_sum_of_uniform_claims():
    law = model(laws.Poisson(1.5), laws.Uniform(0.0, 1.0)).law()
    for x in (0.0, 0.2, 1.0, 1.5, 2.7, 4.0):
        exact = sum(stats.poisson.pmf(n, 1.5) * irwin_hall(n, x) for n in range(15))
        got = law.cdf(x)
        assert abs(got - exact) <= got.error <= 1e-10


def test_capped_claims_keep_their_jumps():
    """Sums of claims at their limit have a probability of their own: Poisson by hand."""
    law = model(laws.Poisson(2.0), laws.Exponential(10.0), limit=20.0).law()
    full = np.exp(-2.0)
    assert law.probability(0.0) == pytest.approx(np.exp(-2.0), rel=1e-12)
    for number in (1, 2, 3):
        alone = np.exp(-2.0) * (2.0 * full) ** number / math.factorial(number)
        assert law.probability(20.0 * number) == pytest.approx(alone, rel=1e-9)
    jump = float(law.cdf(20.0)) - float(law.cdf(20.0 - 1e-7))
    assert jump == pytest.approx(np.exp(-2.0) * 2.0 * full, rel=1e-5)
    level = float(law.cdf(20.0)) - 0.3 * jump
    assert law.quantile(level) == pytest.approx(20.0, rel=1e-12)
    # One or two claims, one of them full: the rest has an exponential law cut at 20.
    only_one = np.exp(-2.0) * 2.0
    assert float(law.cdf(5.0)) > np.exp(-2.0) + only_one * -np.expm1(-0.5)


@pytest.mark.parametrize("rate", [0.01, 1.0, 300.0, 1e6])
def test_moments_of_the_law_are_the_closed_forms(rate):
    law = model(laws.Poisson(rate), GAMMA, deductible=0.5).law()
    covered = laws.Covered(GAMMA, wb.Terms(deductible=0.5))
    assert float(law.mean) == pytest.approx(rate * covered.mean, rel=1e-12)
    assert float(law.stop_loss(0.0)) == pytest.approx(float(law.mean), rel=1e-9)
    x = np.linspace(0.0, float(law.mean) + 30.0 * float(law.sd) + 40.0, 200_001)
    second = 2.0 * np.trapezoid(law.stop_loss(x), x)
    assert second == pytest.approx(rate * covered.moment(2) + float(law.mean) ** 2, rel=1e-6)


def test_many_claims_approach_the_normal_law():
    law = model(laws.Poisson(1e6), laws.Lognormal.from_mean_cv(3800.0, 1.8)).law()
    z, skew = 2.5758293035489004, float(law.skewness)
    edgeworth = float(law.mean) + float(law.sd) * (z + (z**2 - 1.0) * skew / 6.0)
    assert law.quantile(0.995) == pytest.approx(edgeworth, rel=1e-5)
    assert law.quantile(0.995).error < 3e-4 * float(law.mean)


def test_a_binomial_number_of_ones_is_the_binomial_law():
    law = model(laws.Binomial(1000, 0.01), laws.Discrete((1.0,), (1.0,))).law()
    n = np.arange(30)
    assert law.cdf(n) == pytest.approx(stats.binom.cdf(n, 1000, 0.01), abs=1e-13)
    assert float(law.quantile(0.99)) == stats.binom.ppf(0.99, 1000, 0.01)
    assert law.is_discrete and law.step == 1.0


def test_two_refinements_agree_within_their_errors():
    one = MODELS["pareto"]
    coarse, fine = one.law(points=1 << 14), one.law(points=1 << 17)
    for level in (0.5, 0.95, 0.999):
        a, b = coarse.quantile(level), fine.quantile(level)
        assert abs(a - b) <= a.error + b.error
        a, b = coarse.tail_mean(level), fine.tail_mean(level)
        assert abs(a - b) <= a.error + b.error
        assert b.error < 1e-5 * float(b)


def test_a_heavy_tail_is_asked_within_its_reach():
    one = model(laws.Poisson(20), laws.Pareto(0.8, 3.0))
    law = one.law(most=3000.0)
    assert law.tilt > 0.0 and law.reach >= 3000.0
    assert law.cdf(1000.0).error < 1e-7
    assert float(law.mean) == float("inf") and float(law.tail_mean(0.9)) == float("inf")
    drawn = one.sample(20_000, seed=5)
    assert np.mean(drawn <= 1000.0) == pytest.approx(float(law.cdf(1000.0)), abs=0.012)
    with pytest.raises(InputRefused):
        law.cdf(1e9)
    with pytest.raises(InputRefused):
        law.quantile(0.99999)


@pytest.mark.parametrize(
    ("frequency", "size", "amounts"),
    [
        (laws.Poisson(3.0), laws.Exponential(1.0), (8.0, 15.0, 25.0)),
        (laws.NegativeBinomial(2.0, 4.0), laws.Pareto(3.0, 2.0), (50.0, 200.0)),
        (laws.Binomial(20, 0.3), laws.Uniform(0.0, 4.0), (30.0, 60.0)),
    ],
)
def test_the_bound_of_the_tail_holds(frequency, size, amounts):
    groups = (Group(parts=(Part(frequency=frequency, size=size),)),)
    law = model(frequency, size).law()
    for x in amounts:
        assert np.exp(log_tail_bound(groups, x)) >= float(law.survival(x)) - law.survival(x).error


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ((5000.0, 10000.0, 20000.0), 5000.0),
        ((8.1, 2.7), 2.7),
        ((0.1, 0.25), 0.05),
        ((1.0, 2.0**0.5), 0.0),
        ((), 0.0),
    ],
)
def test_common_steps(values, step):
    assert common_step(np.array(values)) == pytest.approx(step, rel=1e-9)


# --- terms, layers, caps --------------------------------------------------------------------


def test_the_textbook_example_is_one_line():
    page = (Path(__file__).parent.parent / "docs" / "laws.md").read_text(encoding="utf-8")
    block = re.search(r"```python\n(.*?)```", page, re.S)[1]
    names = {}
    exec(block, names)  # noqa: S102 (a page of our own)
    told = re.search(r"quantile\(0\.995\)\s+# ([\d.]+) ± (\S+)", block)
    got = names["law"].quantile(0.995)
    assert float(got) == pytest.approx(float(told[1]), rel=1e-12)
    assert f"{got.error:.0e}" == f"{float(told[2]):.0e}"
    assert wb.laws.Gamma is wb.Gamma


def test_a_yearly_cap():
    plain, capped = (model(laws.Poisson(3), GAMMA, yearly_cap=cap) for cap in (np.inf, 8.0))
    law, free = capped.law(), plain.law()
    assert float(law.mean) == pytest.approx(float(free.limited_mean(8.0)), rel=1e-10)
    assert float(law.cdf(8.0)) == 1.0 and float(law.quantile(0.99)) == 8.0
    assert float(law.probability(8.0)) == pytest.approx(float(free.survival(8.0)), rel=1e-9)
    assert float(law.quantile(0.3)) == float(free.quantile(0.3))
    assert float(law.tail_mean(0.9)) == pytest.approx(8.0, rel=1e-9)
    drawn = capped.sample(40_000, seed=3)
    assert drawn.max() == 8.0
    assert drawn.mean() == pytest.approx(float(law.mean), abs=4.0 * float(law.sd) / 200.0)
    assert drawn.std() == pytest.approx(float(law.sd), rel=0.02)


def test_tail_mean_and_mean_above_differ_at_a_jump(solved):
    law = solved["dental"]
    level = float(law.cdf(500.0)) - 0.01
    assert float(law.quantile(level)) == 500.0
    assert float(law.mean_above(level)) > float(law.tail_mean(level))
    smooth = solved["gamma"]
    assert float(smooth.mean_above(0.9)) == pytest.approx(float(smooth.tail_mean(0.9)), rel=1e-9)


FREQUENCY = st.one_of(
    st.builds(laws.Poisson, st.floats(0.1, 60.0)),
    st.builds(laws.NegativeBinomial, st.floats(0.3, 20.0), st.floats(0.1, 3.0)),
    st.builds(laws.Binomial, st.integers(1, 60), st.floats(0.05, 0.9)),
)
SEVERITY = st.one_of(
    st.builds(laws.Gamma, st.floats(0.7, 5.0), st.floats(1.0, 50.0)),
    st.builds(laws.Lognormal, st.floats(0.0, 3.0), st.floats(0.2, 1.2)),
    st.builds(laws.empirical, st.lists(st.integers(1, 40), min_size=1, max_size=6)),
)


@settings(max_examples=12)
@given(
    FREQUENCY,
    SEVERITY,
    st.floats(0.0, 20.0),
    st.lists(st.floats(0.05, 3.0), min_size=2, max_size=4),
)
def test_layers_of_a_total_add_up_and_shrink(frequency, severity, deductible, points):
    law = model(frequency, severity, deductible=deductible).law(points=1 << 13)
    mean = float(law.mean)
    points = np.cumsum([0.0, *points]) * max(mean, 1.0)
    layers = [law.layer(low, high - low) for low, high in zip(points, points[1:], strict=False)]
    slack = sum(layer.error for layer in layers) + law.stop_loss(points[-1]).error
    total = sum(float(layer) for layer in layers) + float(law.stop_loss(points[-1]))
    assert abs(total - mean) <= slack + law.stop_loss(0.0).error + 1e-9 * mean
    rates = [float(layer) / width for layer, width in zip(layers, np.diff(points), strict=True)]
    assert all(a >= b - slack for a, b in zip(rates, rates[1:], strict=False))


@settings(max_examples=12)
@given(FREQUENCY, SEVERITY, st.floats(0.5, 15.0))
def test_monotone_in_amount_level_and_deductible(frequency, severity, deductible):
    full = model(frequency, severity).law(points=1 << 13)
    less = model(frequency, severity, deductible=deductible).law(points=1 << 13)
    levels = [0.2, 0.6, 0.9, 0.99]
    quantiles = [full.quantile(level) for level in levels]
    assert all(a <= b for a, b in zip(quantiles, quantiles[1:], strict=False))
    for level, quantile in zip(levels, quantiles, strict=True):
        tail, other = full.tail_mean(level), less.quantile(level)
        assert quantile <= tail + tail.error
        assert other <= quantile + other.error + quantile.error
    x = np.linspace(0.0, float(quantiles[-1]) + 1.0, 50)
    noise = 2.0 * max(full.roughness, 1e-12)
    assert np.all(np.diff(full.cdf(x)) >= -noise)
    assert np.all(np.diff(full.stop_loss(x)) <= noise * (1.0 + x[-1]))


# --- drawn years ----------------------------------------------------------------------------


def test_drawn_years_follow_the_law():
    one = model(laws.NegativeBinomial(3.0, 2.0), GAMMA, deductible=0.5, limit=6.0)
    law, drawn = one.law(), one.sample(30_000, seed=11)
    sample = Sample(sorted_yuan=np.sort(drawn), step=0.0)
    pairs = [(sample.mean(), law.mean), (sample.sd(), law.sd)]
    for level in (0.75, 0.95, 0.995):
        pairs += [(sample.quantile(level), law.quantile(level))]
        pairs += [(sample.tail_mean(level), law.tail_mean(level))]
    pairs.append((sample.probability_above(20.0), law.survival(20.0)))
    for figure, exact in pairs:
        assert abs(figure.value - float(exact)) < 3.5 * figure.error


def test_a_year_is_the_same_whatever_is_drawn_beside_it(monkeypatch):
    one = model(laws.Poisson(3.0), GAMMA)
    whole = one.sample(300, seed=2)
    assert np.array_equal(one.sample(70, seed=2), whole[:70])
    assert np.array_equal(one.sample(90, seed=2, first_year=133), whole[133:223])
    assert not np.any(one.sample(64, seed=3)[whole[:64] > 0] == whole[:64][whole[:64] > 0])
    monkeypatch.setattr("workbench.engine.compound.draw.MOST_AT_ONCE", 1)
    assert np.array_equal(one.sample(300, seed=2), whole)


@pytest.mark.parametrize("bad", [{"years": 0, "seed": 1}, {"years": 5, "seed": -1}])
def test_impossible_draws_are_refused(bad):
    with pytest.raises(InputRefused):
        MODELS["gamma"].sample(**bad)


def test_impossible_questions_are_refused():
    law = MODELS["poisson_units"].law()
    for level in (-0.1, 1.0, float("nan")):
        with pytest.raises(InputRefused):
            law.quantile(level)
    with pytest.raises(InputRefused):
        MODELS["gamma"].law(points=3)
