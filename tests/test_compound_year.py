"""Exact figures from few frequencies: against the reference and the lattices; what is kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from tests.test_yardstick import INDEPENDENT, SHOCKED
from workbench import laws
from workbench.engine.compound.read import SlowLaw
from workbench.engine.compound.year import read_law
from workbench.guard import InputRefused
from workbench.risk import LEVELS

MEASURES = {"quantile": "quantiles", "tail_mean": "tail_means"}


def laws_of(scheme):
    figures = scheme.figures()
    return figures.plans | {"total": figures.total}


def one_plan(frequency, severity, **terms):
    model = wb.CompoundModel(frequency=frequency, severity=severity, terms=wb.Terms(**terms))
    return wb.CompoundScheme(plans={"A": model})


def test_published_figures(reference):
    """As in test_yardstick, within 1e-6; the reference's smooth quantiles lie half a yuan below."""
    found = laws_of(SHOCKED) | {"total_indep": INDEPENDENT.figures().total}
    found["total_shock"] = found.pop("total")
    seen = 0
    for row in reference("yardstick.csv"):
        one, value = found[row["law"]], float(row["value"])
        if row["at"]:
            got = getattr(one, MEASURES[row["measure"]])[float(row["at"])]
            smooth = row["measure"] == "quantile" and row["law"] not in ("P2", "P3", "P4")
            assert got.value == pytest.approx(value, rel=1e-6), row
            assert got.value - 0.5 * smooth == pytest.approx(value, abs=0.003), row
            assert got.error < 0.005
        else:
            got = getattr(one, row["measure"])
            assert got.value == pytest.approx(value, rel=1e-9, abs=6e-4), row
        seen += 1
    assert seen == 56


def assert_agrees(figures, law):
    for level in LEVELS:
        for ours, theirs in (
            (figures.quantiles[level], law.quantile(level)),
            (figures.tail_means[level], law.tail_mean(level)),
        ):
            apart = abs(ours.value - float(theirs))
            assert apart <= ours.error + theirs.error + 1e-9 * ours.value, (level, ours, theirs)


@pytest.mark.parametrize("name", ["P2", "P3", "P4"])
def test_the_lattice_route_agrees_to_its_digits(name):
    assert_agrees(SHOCKED.figures().plans[name], SHOCKED.law(name))


FREQUENCY = st.one_of(
    st.builds(laws.Poisson, st.floats(0.5, 3000.0)),
    st.builds(laws.NegativeBinomial, st.floats(2.0, 100.0), st.floats(0.1, 30.0)),
    st.builds(laws.Binomial, st.integers(200, 4000), st.floats(0.05, 0.9)),
    st.builds(laws.MixedPoisson, st.floats(50.0, 900.0), st.just(laws.InverseGaussianShock(0.2))),
)
SEVERITY = st.one_of(
    st.builds(laws.Gamma, st.floats(0.4, 5.0), st.floats(1.0, 50.0)),
    st.builds(laws.Weibull, st.floats(0.8, 3.0), st.floats(1.0, 50.0)),
    st.builds(laws.Uniform, st.floats(0.0, 9.0), st.floats(9.5, 40.0)),
    st.builds(laws.empirical, st.lists(st.integers(1, 40), min_size=1, max_size=6)),
)


@settings(max_examples=10)
@given(FREQUENCY, SEVERITY, st.floats(0.0, 6.0), st.floats(20.0, 90.0))
def test_both_routes_agree_within_their_errors(frequency, severity, deductible, limit):
    scheme = one_plan(frequency, severity, deductible=deductible, limit=limit)
    if scheme.plans["A"].payment.mean < 1e-6:
        return
    figures, law = scheme.figures(), scheme.law(points=1 << 13)
    assert_agrees(figures.plans["A"], law)
    assert figures.plans["A"].sd.value == pytest.approx(float(law.sd), rel=1e-9)
    x = figures.plans["A"].quantiles[0.9].value * 1.01
    balance, above, excess = figures.balance({"A": x})["A"], law.survival(x), law.stop_loss(x)
    assert abs(balance.deficit_probability.value - above) <= above.error + 1e-9
    assert abs(balance.expected_shortfall.value - excess) <= excess.error + 1e-9 * x


@pytest.mark.parametrize(
    "scheme",
    [
        one_plan(laws.Poisson(6000.0), laws.Uniform(999.0, 1001.0)),  # claims in tune again
        one_plan(laws.Poisson(4.0), laws.Gamma(2.0, 1.0)),  # often no claim at all
        one_plan(laws.Poisson(300.0), laws.Pareto(2.5, 10.0)),  # a heavy tail
        one_plan(  # audible amounts among a density
            laws.Poisson(30.0),
            laws.Mixture((laws.Discrete((5.0,), (1.0,)), laws.Exponential(1.0)), (0.7, 0.3)),
        ),
    ],
    ids=["in tune", "few", "heavy", "atoms"],
)
def test_few_frequencies_are_not_used_where_they_are_not_enough(scheme):
    figures = scheme.figures()
    assert isinstance(figures.total_law, SlowLaw)
    assert_agrees(figures.total, scheme.law())


def test_a_sharp_lattice_is_solved_whole():
    """One amount alone: the law is the number's own."""
    figures = one_plan(laws.Binomial(1000, 0.01), laws.Discrete((1.0,), (1.0,))).figures()
    law = one_plan(laws.Binomial(1000, 0.01), laws.Discrete((1.0,), (1.0,))).law()
    for level in LEVELS:
        assert figures.total.quantiles[level].value == float(law.quantile(level))
        assert figures.total.quantiles[level].error == 0.0


def test_a_moved_plan_moves_its_own_law_and_the_total_alone():
    before = SHOCKED.figures()
    more = wb.CompoundModel(
        frequency=wb.Poisson(7000.0),
        severity=SHOCKED.plans["P1"].severity,
        terms=SHOCKED.plans["P1"].terms,
    )
    scheme = wb.CompoundScheme(plans={**SHOCKED.plans, "P1": more}, shocks=SHOCKED.shocks)
    misses = read_law.cache_info().misses
    after = scheme.figures()
    assert read_law.cache_info().misses == misses + 2
    for name in ("P2", "P3", "P4", "P5"):
        assert after.laws[name] is before.laws[name] and after.plans[name] is before.plans[name]
    assert after.plans["P1"].mean.value > before.plans["P1"].mean.value
    # A premium makes no law.
    premiums = {name: one.mean.value * 1.1 for name, one in after.plans.items()}
    balances = after.balance(premiums)
    assert read_law.cache_info().misses == misses + 2
    again = after.balance(premiums | {"P1": 1e7})
    assert again["P2"] is balances["P2"] and again["P1"].premium == 1e7


def test_premiums_against_the_law():
    figures, law = SHOCKED.figures(), SHOCKED.law()
    balance = figures.balance({name: one.mean.value * 1.1 for name, one in figures.plans.items()})
    total = balance["total"]
    above, excess = law.survival(total.premium), law.stop_loss(total.premium)
    assert abs(total.deficit_probability.value - above) <= above.error
    assert abs(total.expected_shortfall.value - excess) <= excess.error
    assert total.expected_surplus.value == pytest.approx(0.1 * figures.total.mean.value, rel=1e-9)
    far = figures.balance(dict.fromkeys(figures.plans, 1e12))["total"]
    assert far.deficit_probability.value == 0.0 and far.expected_shortfall.value == 0.0
    none = figures.balance(dict.fromkeys(figures.plans, 0.0))["P3"]
    assert none.deficit_probability.value == pytest.approx(1.0, abs=1e-12)
    assert none.expected_shortfall.value == pytest.approx(figures.plans["P3"].mean.value, rel=1e-9)


@pytest.mark.parametrize("times", [10.0, 1000.0])
def test_members_do_not_matter(times):
    """More members: as few frequencies, and quantiles near the shock's own gamma law."""
    plans = {
        name: wb.CompoundModel(
            frequency=wb.Poisson(one.frequency.mean * times), severity=one.severity, terms=one.terms
        )
        for name, one in SHOCKED.plans.items()
        if name in ("P1", "P2")
    }
    figures = wb.CompoundScheme(plans=plans, shocks=SHOCKED.shocks).figures()
    assert len(figures.total_law.terms) < 60
    factor = laws.GammaShock(0.1).from_uniform(np.asarray(0.995))
    assert figures.total.quantiles[0.995].value == pytest.approx(
        float(factor) * figures.total.mean.value, rel=3e-3 / times**0.5
    )
    assert figures.total.quantiles[0.995].error < 1e-9 * figures.total.mean.value


@pytest.mark.parametrize(
    "ask",
    [
        lambda: one_plan(laws.Poisson(9.0), laws.Gamma(2.0, 1.0), yearly_cap=5.0).figures(),
        lambda: SHOCKED.figures((0.5, 1.0)),
        lambda: SHOCKED.figures().balance({"P1": 1.0}),
        lambda: SHOCKED.figures().balance(dict.fromkeys(SHOCKED.plans, -1.0)),
    ],
)
def test_impossible_questions_are_refused(ask):
    with pytest.raises(InputRefused):
        ask()
