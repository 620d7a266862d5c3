"""The exact year against the table of docs/model.md section 11, and its identities."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from workbench.changes import Changes, apply
from workbench.engine import stages
from workbench.engine.events import scheme_of
from workbench.engine.inversion import LATTICE_BITS, Measures, annual_law
from workbench.engine.payment_laws import Points
from workbench.engine.spectral import SpectralLaw
from workbench.engine.stages import expected_claims, measures_of, year_laws
from workbench.exact import exact_run
from workbench.laws.shocks import GammaRegimes
from workbench.risk import LEVELS

PLANS = ("P1", "P2", "P3", "P4", "P5")


def _value(figures, name):
    if name.startswith("quantile "):
        return figures.quantiles[float(name.split()[1])].value
    if name.startswith("tail mean "):
        return figures.tail_means[float(name.split()[2])].value
    return {
        "enrolments": figures.enrolments,
        "beneficiaries": figures.beneficiaries.value,
        "mean": figures.mean_yuan.value,
        "sd": figures.sd_yuan.value,
        "loss ratio": figures.loss_ratio.value,
    }[name]


@pytest.mark.parametrize("column", [*PLANS, "total"])
def test_table_of_the_model(exact, reference, column):
    for row in reference("model_table.csv"):
        if row["figure"] != "sd individual":
            figures = exact.total if column == "total" else exact.plans[column]
            expected, allowed = float(row[column]), float(row["tolerance"])
            rounding = 0.5 if allowed == 2 else 0.05 if allowed == 0.1 else 0.005
            value = _value(figures, row["figure"])
            assert value == pytest.approx(expected, abs=allowed + min(rounding, allowed)), row


def test_individual_form_has_the_smaller_sd(inputs, reference):
    run = exact_run(inputs, form="individual")
    row = next(r for r in reference("model_table.csv") if r["figure"] == "sd individual")
    for code in PLANS:
        assert run.plans[code].sd_yuan.value == pytest.approx(float(row[code]), abs=0.1)
    assert run.total.sd_yuan.value == pytest.approx(float(row["total"]), abs=0.1)
    law = year_laws(inputs, "individual").laws[-1]
    from_law = np.sqrt(law.mass @ (law.yuan - law.mean) ** 2)
    assert from_law == pytest.approx(law.sd, rel=1e-6)


def test_correlations_and_persons(exact):
    # docs/model.md sections 8 and 11.
    expected = {
        ("P1", "P2"): 0.9172,
        ("P3", "P4"): 0.1246,
        ("P1", "P5"): 0.0005,
        ("P2", "P5"): 0.0016,
    }
    for pair, value in expected.items():
        assert exact.correlations[pair].value == pytest.approx(value, abs=5e-5)
    assert exact.correlations[("P1", "P3")].value == 0.0
    assert exact.persons_paid.value == pytest.approx(10574.9, abs=0.05)


def test_moments_of_a_law_are_the_closed_forms(inputs):
    for law in year_laws(inputs).laws:
        assert law.mass @ law.yuan == pytest.approx(law.mean, rel=1e-9)
        assert np.sqrt(law.mass @ (law.yuan - law.mean) ** 2) == pytest.approx(law.sd, rel=1e-7)
        assert law.cumulative[-1] == pytest.approx(1.0, abs=1e-10)
        assert law.mass.min() > -1e-12


def test_variance_of_the_total_is_the_sum_of_covariances(inputs):
    laws = year_laws(inputs)
    table = laws.covariance + np.diag([law.sd**2 for law in laws.laws[:-1]])
    assert np.sqrt(table.sum()) == pytest.approx(laws.laws[-1].sd, rel=2e-7)


def test_expected_claims_without_laws(inputs):
    laws, expected = year_laws(inputs), expected_claims(inputs)
    means = [law.mean for law in laws.laws[:-1]]
    assert expected.paid_yuan == pytest.approx(means, rel=1e-7)
    assert expected.paid_yuan.sum() == pytest.approx(11_842_000, abs=1)
    assert expected.beneficiaries.sum() == pytest.approx(11_060, abs=0.005)


def test_refining_the_lattice_changes_nothing(inputs):
    laws = year_laws(inputs)
    for fine, coarse in zip(laws.laws, laws.coarse, strict=True):
        for level in (0.5, 0.95, 0.995):
            assert fine.quantile(level) == pytest.approx(coarse.quantile(level), rel=1e-7)
            assert fine.tail_mean(level) == pytest.approx(coarse.tail_mean(level), rel=1e-7)


def _points(yuan, mass):
    return Points(yuan=np.array(yuan, dtype=float), mass=np.array(mass, dtype=float))


def _measures(illness, other, cv):
    return Measures(illness=illness, other=other, disabled=(), shock=GammaRegimes(cv=cv))


def test_one_lump_is_a_poisson_or_a_negative_binomial_law():
    nothing = _points([], [])
    lump = _points([1000.0], [31.8])
    law = annual_law(_measures(nothing, lump, 0.3))
    counts = np.arange(60)
    place = ((counts * 1000.0 - law.start) / law.step).astype(int)
    kept = place >= 0
    assert law.mass[place[kept]] == pytest.approx(poisson.pmf(counts[kept], 31.8), abs=1e-14)
    law = annual_law(_measures(lump, nothing, 0.3))
    size = 1 / 0.09
    shocked = nbinom.pmf(counts, size, size / (size + 31.8))
    place = ((counts * 1000.0 - law.start) / law.step).astype(int)
    kept = (place >= 0) & (place < len(law.mass))
    assert law.mass[place[kept]] == pytest.approx(shocked[kept], abs=1e-13)
    assert law.quantile(0.95) == 1000.0 * nbinom.ppf(0.95, size, size / (size + 31.8))


def test_compound_poisson_of_a_published_case():
    # Embrechts and Frei (2009), Table 1: Poisson(50) of Exp(1), by closed gamma series.
    step = 0.002
    grid = np.arange(step / 2, 60, step)
    mass = 50.0 * (np.exp(-(grid - step / 2)) - np.exp(-(grid + step / 2)))
    conditional = grid + (step / 2) * 0  # midpoints; second order in the step
    law = annual_law(_measures(_points([], []), _points(conditional, mass), 0.0), 18)
    expected = {0.95: 67.26145219611, 0.99: 75.41450639581, 0.995: 78.51545092569}
    for level, value in expected.items():
        assert law.quantile(level) == pytest.approx(value, rel=3e-6)
    tails = {0.95: 72.2744814143, 0.995: 82.57712596538}
    for level, value in tails.items():
        assert law.tail_mean(level) == pytest.approx(value, rel=3e-6)
    assert law.expected_excess(80.0) == pytest.approx(0.0140308115480886, rel=2e-4)
    assert law.cdf(50.0) == pytest.approx(0.51997218964955, abs=2e-6)


def test_half_the_premium_doubles_the_loss_ratio(inputs, exact):
    plans = tuple(
        dataclasses.replace(plan, premium_yuan=plan.premium_yuan / 2) for plan in inputs.plans
    )
    run = exact_run(dataclasses.replace(inputs, plans=plans))
    for code in PLANS:
        assert run.plans[code].loss_ratio.value == pytest.approx(
            2 * exact.plans[code].loss_ratio.value, rel=1e-12
        )
        assert run.plans[code].mean_yuan == exact.plans[code].mean_yuan


def test_critical_illness_at_the_tier_in_force(exact):
    # docs/assumptions.md section 3: 0.381, 30,500 yuan, 80,100 when it happens.
    plan = exact.plans["P3"]
    assert plan.deficit_probability.value == pytest.approx(0.381, abs=5e-4)
    assert plan.expected_shortfall_yuan.value == pytest.approx(30_500, abs=50)
    mean_gap = plan.expected_shortfall_yuan.value / plan.deficit_probability.value
    assert mean_gap == pytest.approx(80_100, abs=50)


def test_nobody_and_nothing(inputs):
    rows = tuple(dataclasses.replace(row, women=0, men=0) for row in inputs.rows)
    run = exact_run(dataclasses.replace(inputs, rows=rows))
    assert run.total.mean_yuan.value == 0.0
    assert run.total.quantiles[0.995].value == 0.0
    assert run.total.deficit_probability.value == 0.0


@pytest.mark.parametrize("men", [3, 200])
def test_few_members_have_a_law_too(inputs, men):
    """A portfolio of a few members: atoms at zero and lumps, no smooth law."""
    rows = (dataclasses.replace(inputs.rows[0], women=0, men=men, plans=("P1", "P2", "P5")),)
    laws = year_laws(dataclasses.replace(inputs, rows=rows)).laws
    for law in laws:
        assert law.cumulative[-1] == pytest.approx(1.0, abs=1e-9)
        assert law.mass @ law.yuan == pytest.approx(law.mean, rel=1e-6, abs=1e-9)
        if law.sd:
            assert np.sqrt(law.mass @ (law.yuan - law.mean) ** 2) == pytest.approx(law.sd, rel=1e-4)


def test_lattice_bits_are_enough_for_the_window(inputs):
    law = year_laws(inputs).laws[-1]
    assert len(law.mass) == 1 << LATTICE_BITS
    assert law.mass[:5].sum() < 1e-13
    assert law.mass[-5:].sum() < 1e-13


@pytest.mark.parametrize("form", ["collective", "individual"])
def test_a_lumpy_plan_without_a_common_step(inputs, form):
    """P4 pays 12,345.67 or, while waiting in part, 2,345.71 yuan: all sums listed one by one."""
    terms = {"plans.P4.lump_sum_yuan": 12_345.67, "plans.P4.partial_lump_yuan": 2_345.71}
    changed = apply(inputs, Changes(terms))
    law = exact_run(changed, form=form).plans["P4"]
    other = measures_of(scheme_of(changed), np.eye(5)[3]).other
    values, masses = np.zeros(1), np.ones(1)
    for amount in terms.values():
        mean = float(other.mass[np.abs(other.yuan - amount) < 0.01].sum())
        counts = np.arange(120)
        values = (values[:, None] + amount * counts).ravel()
        masses = (masses[:, None] * poisson.pmf(counts, mean)).ravel()
    order = np.argsort(values)
    below = np.cumsum(masses[order])
    for level in LEVELS:
        known = values[order][np.searchsorted(below, level)]
        # One member has one diagnosis at most: the individual form differs by far less than a lump.
        far = 1.0 if form == "collective" else 2.0
        assert abs(law.quantiles[level].value - known) <= far * law.quantiles[level].error
        assert law.quantiles[level].error < (60.0 if form == "collective" else 3_000.0)


def test_the_cache_is_bounded_in_bytes(inputs):
    """Odd amounts give laws on millions of points: what is kept does not grow with them."""
    for place in range(6):
        amounts = {"plans.P4.lump_sum_yuan": 20000.01 + 0.37 * place}
        exact_run(apply(inputs, Changes(amounts)))
    assert 1_000_000 < stages._kept.bytes <= stages.MOST_BYTES


def test_many_probabilities_come_from_a_table_and_are_those_of_the_law(inputs):
    """Cubics between 4,096 places: as near as the law itself is."""
    smooth = 0
    for law in year_laws(inputs).laws:
        x = np.linspace(law.mean - 12.0 * law.sd, law.mean + 16.0 * law.sd, 3001)
        assert np.allclose(law.tabled_cdfs(x), law.cdfs(x), rtol=0.0, atol=1e-11)
        assert np.all(np.diff(law.tabled_cdfs(x)) >= -1e-11)
        smooth += isinstance(law, SpectralLaw)
    assert smooth >= 3
