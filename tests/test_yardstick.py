"""The yardstick scheme, five plans with and without a shared shock, written with public nouns."""

import numpy as np
import pytest

import workbench as wb
from workbench import laws
from workbench.guard import InputRefused
from workbench.risk import Sample

CV = 0.10
SHOCK = wb.SharedShock(shock=laws.GammaShock(CV), plans=("P1", "P2"))
MIXED = laws.NegativeBinomial.from_mean_cv
PLANS = {
    "P1": (
        63_000 * 0.11,
        laws.Lognormal.from_mean_cv(3800.0, 1.8),
        wb.Terms(deductible=300.0, coinsurance=0.5, most=20_000.0),
    ),
    "P2": (
        60_000 * 0.10,
        laws.Scaled(laws.rounded_up(wb.Gamma(1.5, 5.732370614948)), 45.0),
        wb.Terms(deductible=45.0 * 3, limit=45.0 * 63),
    ),
    "P3": (70_000 * 0.0025, laws.Discrete((5e3, 1e4, 2e4), (0.3, 0.5, 0.2)), wb.Terms()),
    "P4": (40_000 * 0.0018, laws.Discrete((8e3, 15e3), (0.6, 0.4)), wb.Terms()),
    "P5": (
        30_000 * 0.012,
        laws.Mixture(
            (
                laws.Covered(laws.Lognormal.from_mean_cv(900.0, 2.0), wb.Terms(limit=5e3)),
                laws.Uniform(2e4, 5e4),
            ),
            (0.97, 0.03),
        ),
        wb.Terms(),
    ),
}


def scheme(*shocks):
    shared = {name for shock in shocks for name in shock.plans}
    plans = {
        name: wb.CompoundModel(
            frequency=wb.Poisson(rate) if name in shared else MIXED(rate, CV),
            severity=severity,
            terms=terms,
        )
        for name, (rate, severity, terms) in PLANS.items()
    }
    return wb.CompoundScheme(plans=plans, shocks=shocks)


INDEPENDENT, SHOCKED = scheme(), scheme(SHOCK)


@pytest.fixture(scope="module")
def solved():
    found = {name: SHOCKED.law(name) for name in PLANS}
    return found | {"total_indep": INDEPENDENT.law(), "total_shock": SHOCKED.law()}


def test_published_figures(solved, reference):
    """Moments to 1e-9 (and the printed 0.001), quantiles and tail means to 1e-6."""
    seen = 0
    for row in reference("yardstick.csv"):
        law, value = solved[row["law"]], float(row["value"])
        if row["at"]:
            got = getattr(law, row["measure"])(float(row["at"]))
            assert float(got) == pytest.approx(value, rel=1e-6), row
            # The reference's quantiles lie half a yuan below a continuous law.
            shift = 0.5 if row["measure"] == "quantile" and not law.is_discrete else 0.0
            assert float(got) - shift == pytest.approx(value, abs=0.04), row
            assert got.error < 0.3
        else:
            got = getattr(law, row["measure"])
            assert float(got) == pytest.approx(value, rel=1e-9, abs=6e-4), row
        seen += 1
    assert seen == 56


def test_lattice_plans_are_exact(solved):
    steps = {name: law.step for name, law in solved.items() if law.is_discrete}
    assert steps == {"P2": 45.0, "P3": 5000.0, "P4": 1000.0}
    for name in steps:
        assert solved[name].quantile(0.995).error == 0.0


def test_a_shock_alone_is_the_negative_binomial(solved):
    """A plan that shares its factor has by itself the law of a plan with its own."""
    own = INDEPENDENT.law("P2")
    for level in (0.75, 0.95, 0.995):
        assert float(own.quantile(level)) == float(solved["P2"].quantile(level))


def test_variance_of_weighted_sums():
    names = ("P1", "P2", "P3")
    weights = {"P1": 1.0, "P2": 2.0, "P3": 0.5}
    law = SHOCKED.law(weights, points=1 << 14)
    variance = sum(weights[a] * weights[b] * SHOCKED.covariance(a, b) for a in names for b in names)
    assert float(law.variance) == pytest.approx(variance, rel=1e-9)
    # Cov = cv² · mean · mean
    means = [float(SHOCKED.law(name, points=1 << 12).mean) for name in ("P1", "P2")]
    assert SHOCKED.covariance("P1", "P2") == pytest.approx(CV**2 * means[0] * means[1], rel=1e-9)
    assert SHOCKED.covariance("P1", "P3") == 0.0
    assert INDEPENDENT.covariance("P1", "P2") == 0.0


def small(shock):
    """Two plans that share a shock, small enough to draw many years of."""
    plans = {
        "A": wb.CompoundModel(frequency=wb.Poisson(4.0), severity=wb.Gamma(2.0, 1.0)),
        "B": wb.CompoundModel(
            frequency=wb.Poisson(2.0), severity=laws.Discrete((1.0, 3.0), (0.5, 0.5))
        ),
    }
    return wb.CompoundScheme(plans=plans, shocks=(wb.SharedShock(shock=shock, plans=("A", "B")),))


@pytest.mark.parametrize(
    "shock",
    [
        laws.GammaShock(0.6),
        laws.InverseGaussianShock(0.6),
        laws.Regimes((0.7, 1.9), (0.75, 0.25)),
    ],
    ids=lambda shock: type(shock).__name__,
)
def test_drawn_years_of_a_shared_shock_follow_the_law(shock):
    both = small(shock)
    drawn = both.sample(30_000, seed=4)
    for weights in ({"A": 1.0}, {"A": 1.0, "B": 1.0}, {"A": 1.0, "B": 2.0}):
        law = both.law(weights)
        mixed = drawn @ [weights.get("A", 0.0), weights.get("B", 0.0)]
        sample = Sample(sorted_yuan=np.sort(mixed), step=0.0)
        assert abs(sample.mean().value - float(law.mean)) < 4.0 * sample.mean().error
        assert abs(sample.sd().value - float(law.sd)) < 4.0 * sample.sd().error
        for level in (0.75, 0.95, 0.995):
            figure, exact = sample.quantile(level), law.quantile(level)
            assert abs(figure.value - float(exact)) < 4.0 * figure.error
            figure, exact = sample.tail_mean(level), law.tail_mean(level)
            assert abs(figure.value - float(exact)) < 4.0 * figure.error
    covariance = float(np.cov(drawn.T)[0, 1])
    assert covariance == pytest.approx(both.covariance("A", "B"), rel=0.08)


def test_drawn_years_of_the_scheme():
    drawn = SHOCKED.sample(320, seed=9)
    assert drawn.shape == (320, 5)
    total = SHOCKED.law(points=1 << 13)
    assert drawn.sum(axis=1).mean() == pytest.approx(
        float(total.mean), abs=4.0 * float(total.sd) / 320**0.5
    )
    assert np.all(drawn[:, 1] % 45.0 == 0.0) and np.all(drawn[:, 2] % 5000.0 == 0.0)
    assert np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1] > 0.85


def test_adding_a_plan_moves_no_other_draw():
    few = wb.CompoundScheme(
        plans={name: SHOCKED.plans[name] for name in ("P2", "P1", "P3")}, shocks=(SHOCK,)
    )
    drawn = few.sample(70, seed=9)
    assert np.array_equal(drawn[:, [1, 0, 2]], SHOCKED.sample(70, seed=9)[:, :3])


@pytest.mark.parametrize(
    "make",
    [
        lambda: wb.CompoundScheme(plans=INDEPENDENT.plans, shocks=(SHOCK,)),
        lambda: wb.CompoundScheme(plans=SHOCKED.plans, shocks=(SHOCK, SHOCK)),
        lambda: wb.CompoundScheme(
            plans=SHOCKED.plans, shocks=(wb.SharedShock(shock=SHOCK.shock, plans=("P9",)),)
        ),
        lambda: SHOCKED.law("P9"),
        lambda: SHOCKED.law({"P1": -1.0}),
        lambda: SHOCKED.law({"P1": 0.0}),
        lambda: wb.CompoundScheme(
            plans={
                "A": wb.CompoundModel(
                    frequency=wb.Poisson(1.0), severity=wb.Gamma(1, 1), terms=wb.Terms(yearly_cap=5)
                ),
                "B": wb.CompoundModel(frequency=wb.Poisson(1.0), severity=wb.Gamma(1, 1)),
            }
        ).law(),
    ],
)
def test_impossible_schemes_are_refused(make):
    with pytest.raises(InputRefused):
        make()
