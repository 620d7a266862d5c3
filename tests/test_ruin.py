"""Ruin against closed forms: published cases, the barrier year by year, the simulated fund."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from workbench.changes import Changes, apply
from workbench.engine.stages import year_laws
from workbench.fund import FundChoices, compile_fund, run_paths
from workbench.fund.ruin import (
    Exponentials,
    adjustment_coefficient,
    barrier_ruin,
    exponential_year_ruin,
    law_on_steps,
    proportional,
    ruin_law,
)
from workbench.guard import InputRefused
from workbench.pack import read_pack

FILE = Path(__file__).parent / "reference" / "ruin.csv"
ROWS = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
CLAIMS = {"A10 (i)": Exponentials((5.0,)), "A10 (ii)": Exponentials((3.0, 7.0), (0.5, 0.5))}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['case']} {row['at']}")
def test_published_cases_of_ruin(row):
    if row["quantity"] == "psi":
        found = float(ruin_law(CLAIMS[row["case"]], 3.0, 1.0).probability(float(row["at"])))
    else:
        claims, income = proportional(
            Exponentials((1.0,)), float(row["at"] or 1.0), lambda share: 2.6 * share - 0.2
        )
        found = adjustment_coefficient(claims, Exponentials((2.0,)), income)
    assert found == pytest.approx(float(row["value"]), abs=float(row["tolerance"]))


def test_ruin_of_a_mixture_is_the_published_sum():
    law = ruin_law(CLAIMS["A10 (ii)"], 3.0, 1.0)
    assert law.coefficients == pytest.approx([24 / 35, 1 / 35], rel=1e-9)
    assert law.exponents == pytest.approx([1.0, 6.0], rel=1e-9)


@pytest.mark.parametrize("income", [0.5, 0.9, 2.0])
def test_ruin_without_capital_is_claims_over_income(income):
    claims = Exponentials((4.0, 9.0, 20.0), (0.3, 0.5, 0.2))
    law = ruin_law(claims, 2.0, income)
    assert float(law.probability(0.0)) == pytest.approx(2.0 * claims.mean / income, rel=1e-9)
    waits = Exponentials((2.0,))
    assert law.exponents[0] == pytest.approx(adjustment_coefficient(claims, waits, income))


def test_income_that_does_not_pay_the_claims_is_refused():
    with pytest.raises(InputRefused) as refusal:
        ruin_law(Exponentials((1.0,)), 2.0, 2.0)
    assert [fault.code for fault in refusal.value.faults] == ["ruin-certain"]


def test_barrier_meets_the_closed_form_of_exponential_years():
    steps, income, opening = 400, 1.4, 2.0
    edges = np.arange(0, 40 * steps) / steps
    mass = np.diff(1.0 - np.exp(-edges), append=1.0)
    low = barrier_ruin(mass, round(income * steps), round(opening * steps), 120)[-1]
    high = barrier_ruin(np.insert(mass, 0, 0.0), round(income * steps), round(opening * steps), 120)
    exact = float(exponential_year_ruin(1.0, income, [opening])[0])
    assert low < exact < high[-1]
    assert high[-1] - low < 0.004


@pytest.fixture(scope="module")
def simple():
    """No interest, no expenses, the same members: years of the fund are independent and alike."""
    names = {
        "interest_rate_per_year": 0.003,
        "opening_fund_yuan": 1_200_000,
        "shock_autocorrelation": 0.0,
        "plans.P1.premium_yuan": 46.0,
    }
    pack = apply(read_pack(), Changes(names))
    still = pack.assumptions.changed({"interest_rate_per_year": 0.0})
    return replace(pack, assumptions=still, renewal=None, retirement=())


def test_simulated_ruin_meets_the_exact_law_with_a_barrier(simple):
    years, paths = 5, 16_384
    choices = FundChoices(years=years, paths=paths, seed=3, expenses="none")
    model, _ = compile_fund(simple, choices)
    run = run_paths(model, paths=paths, seed=3)
    at_ends = run.fund_fen[11::12] < 0
    drawn = np.logical_or.accumulate(at_ends, axis=0).mean(axis=1)
    step = 2_000.0
    income = sum(
        plan.premium_yuan * number
        for plan, number in zip(simple.plans, model.terms.enrolments[1], strict=True)
    )
    mass = law_on_steps(year_laws(simple).laws[-1], step)
    exact = barrier_ruin(mass, round(income / step), round(1_200_000 / step), years)
    assert 0.05 < exact[-1] < 0.8
    error = np.sqrt(exact * (1.0 - exact) / paths)
    assert np.all(np.abs(drawn - exact) < 4.0 * error + 0.002), (drawn, exact)
