"""Laws of sizes against quadrature, hand-worked examples and identities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import lognorm, multivariate_normal, norm

from workbench.laws.severity import (
    Lognormal,
    capped_exponential_lattice,
    days_law,
    hat_weights,
    lognormal_days,
)
from workbench.laws.terms import BasicCover, MedicalPayment, paid_days, to_fen

BASIC = BasicCover(in_scope_share=0.92, deductible_yuan=400.0, coinsurance=0.10)


def test_lognormal_from_mean_and_cv():
    law = Lognormal.from_mean_cv(7913.91, 1.3)
    # data/severity.csv shows these rounded to four digits.
    assert law.mu == pytest.approx(8.4816, abs=5e-5)
    assert law.sigma == pytest.approx(0.9948, abs=5e-5)
    assert law.mean == pytest.approx(7913.91, rel=1e-12)


def test_limited_means_of_a_published_lognormal():
    # tests/reference of case A11: R actuar levlnorm(c(1000, 5000), 7, 1.5).
    law = Lognormal(7.0, 1.5)
    assert law.limited_mean(np.array([1000.0, 5000.0])) == pytest.approx(
        [724.499110439, 1835.35724799], rel=1e-9
    )


def test_self_pay_and_payment_of_the_worked_example(inputs):
    # docs/model.md section 10: B = 1,495.80164 and 655.3568; A = 1,196.641312 and 458.74976.
    cost = np.array([12345.67, 3210.40])
    assert BASIC.self_pay(cost) == pytest.approx([1495.80164, 655.3568], rel=1e-12)
    plan = inputs.plan("P1")
    amounts = [
        MedicalPayment.of(plan, BASIC, share).amount(cost)
        for share in (plan.first_stay_share, plan.later_stay_share)
    ]
    assert amounts[0][0] == pytest.approx(1196.641312, rel=1e-12)
    assert amounts[1][1] == pytest.approx(458.74976, rel=1e-12)
    assert to_fen(np.array([1196.641312, 458.74976])).tolist() == [119664, 45875]


@pytest.mark.parametrize("excess", [0.0, 250.0, 900.0])
def test_limited_mean_of_a_payment_by_quadrature(inputs, excess):
    import dataclasses

    plan = dataclasses.replace(inputs.plan("P1"), deductible_yuan=excess)
    payment = MedicalPayment.of(plan, BASIC, 0.8)
    law = Lognormal.from_mean_cv(7913.91, 1.3)
    frozen = lognorm(s=law.sigma, scale=np.exp(law.mu))
    for limit in (100.0, 1500.0, 30000.0):
        knots = [payment.first_knot, payment.last_knot, float(payment.cost_of(np.array(limit)))]
        direct = quad(
            lambda z, limit=limit: (
                norm.pdf(z)
                * min(0.8 * max(BASIC.self_pay(np.exp(law.mu + law.sigma * z)) - excess, 0), limit)
            ),
            -10,
            10,
            points=sorted({(np.log(max(k, 1e-3)) - law.mu) / law.sigma for k in knots}),
            limit=400,
        )[0]
        assert float(payment.limited_mean(law, np.array(limit))) == pytest.approx(direct, rel=1e-7)
    # Half a fen rounds up: below that the stay pays nothing.
    least = float(payment.cost_of(np.array(0.005)))
    assert payment.zero_probability(law) == pytest.approx(frozen.cdf(least), abs=1e-12)
    assert least > payment.first_knot


def test_payment_and_cost_are_inverse(inputs):
    payment = MedicalPayment.of(inputs.plan("P1"), BASIC, 0.7)
    amounts = np.array([1.0, 200.0, 280.0, 5000.0])
    assert payment.amount(payment.cost_of(amounts)) == pytest.approx(amounts, rel=1e-12)


def test_days_are_rounded_half_up_and_at_least_one():
    law = Lognormal.from_mean_cv(8.0, 0.85)
    probabilities = days_law(lognormal_days(law, 60))
    frozen = lognorm(s=law.sigma, scale=np.exp(law.mu))
    assert probabilities[0] == pytest.approx(frozen.cdf(1.5), abs=1e-14)
    assert probabilities[7] == pytest.approx(frozen.cdf(8.5) - frozen.cdf(7.5), abs=1e-14)
    assert probabilities.sum() == pytest.approx(1.0, abs=1e-14)


def test_days_given_cost_follow_the_gaussian_copula():
    law = Lognormal.from_mean_cv(8.0, 0.85)
    z, weight = np.polynomial.hermite_e.hermegauss(120)
    given_cost = days_law(lognormal_days(law, 60), 0.5, z)
    weight = weight / weight.sum()
    assert weight @ given_cost == pytest.approx(days_law(lognormal_days(law, 60)), abs=1e-10)
    low, edge = -0.4, (np.log(8.5) - law.mu) / law.sigma
    grid = np.linspace(-9.0, low, 4001)
    both = np.trapezoid(
        norm.pdf(grid) * days_law(lognormal_days(law, 60), 0.5, grid)[:, :8].sum(axis=1), grid
    )
    joint = multivariate_normal(cov=[[1.0, 0.5], [0.5, 1.0]]).cdf([low, edge])
    assert both == pytest.approx(joint, abs=1e-6)


def test_hat_weights_keep_total_and_mean():
    law = Lognormal.from_mean_cv(500.0, 1.0)
    grid = np.arange(0, 2001, 20.0)
    weights = hat_weights(law.limited_mean(grid), 20.0)
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert weights @ grid == pytest.approx(float(law.limited_mean(np.array(2000.0))), rel=1e-12)
    assert weights.min() > -1e-12


def test_capped_exponential_mean():
    # severity.csv: mean 0.245 before the cap, 0.2409 after it.
    law = capped_exponential_lattice(0.245, 400)
    assert law @ np.arange(401) / 400 == pytest.approx(0.2409, abs=5e-5)
    assert law.sum() == pytest.approx(1.0, abs=1e-13)


@given(st.integers(1, 400), st.integers(0, 5), st.integers(1, 180))
def test_paid_days_stay_in_their_limits(days, elimination, most):
    paid = int(paid_days(np.array(days), elimination, most))
    assert 0 <= paid <= min(days, most)
    assert paid == min(max(days - elimination, 0), most)


@given(st.floats(0, 1e7, allow_nan=False))
def test_fen_rounds_half_up(yuan):
    fen = int(to_fen(np.array(yuan)))
    assert abs(fen - yuan * 100) <= 0.5 + 1e-6 * yuan


def test_half_a_fen_rounds_up():
    assert to_fen(np.array([0.005, 0.125, 2.5])).tolist() == [1, 13, 250]
