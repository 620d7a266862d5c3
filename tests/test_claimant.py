"""One claimant's year against docs/model.md section 11 and independent simulation."""

import dataclasses

import numpy as np
import pytest

from workbench.engine.claimant import (
    MEDICAL_STEPS,
    allowance_year,
    medical_year,
    paid_stay_counts,
    stay_of,
)
from workbench.engine.events import scheme_of
from workbench.engine.joint_claimant import JOINT_STEPS, joint_year
from workbench.engine.payment_laws import class_points

BAND_45_49 = 1.03


@pytest.fixture(scope="module")
def scheme(inputs):
    return scheme_of(inputs)


def _law(scheme, kind, plans, first_term=False):
    """Law of what the plans pay to a claimant aged 45-49 who holds all of them."""
    group = int(np.flatnonzero(scheme.relativities == BAND_45_49)[0])
    codes = scheme.inputs.plan_codes
    held = [codes.index(code) for code in ("P1", "P2", "P5")]
    key = (0, group, int(first_term), *held[:2]) if kind == "illness" else (0, group, *held)
    weights = np.array([1.0 if code in plans else 0.0 for code in codes])
    return class_points(scheme, kind, np.array(key), weights)


@pytest.mark.parametrize("row", range(7))
def test_claimants_of_the_model(scheme, reference, row):
    line = reference("claimants.csv")[row]
    kind, _, status = line["claimant"].partition(" ")
    plans = ("P1", "P2") if line["plan"] == "both" else (line["plan"],)
    law = _law(scheme, kind, plans, status == "first")
    mean, square = law.moment(1), law.moment(2)
    assert mean == pytest.approx(float(line["mean"]), abs=0.006)
    assert np.sqrt(square - mean**2) == pytest.approx(float(line["sd"]), abs=0.02)


def test_first_term_claimant_unpaid(scheme, inputs):
    # docs/model.md section 11: unpaid with probability 0.067164.
    counts = paid_stay_counts(scheme.beliefs[0], True, inputs.plan("P1"), None).of("medical")
    assert counts[0] == pytest.approx(0.067164, abs=5e-7)
    assert counts.sum() == pytest.approx(1.0, abs=1e-13)
    assert counts @ np.arange(len(counts)) == pytest.approx(1.22 * 335 / 365, rel=1e-12)


def test_joint_law_has_the_laws_of_its_plans(scheme, inputs):
    stay = stay_of(scheme.beliefs[0], BAND_45_49, "illness")
    medical, allowance = inputs.plan("P1"), inputs.plan("P2")
    counts = paid_stay_counts(scheme.beliefs[0], True, medical, allowance)
    joint = joint_year(stay, medical, allowance, counts)
    days = allowance_year(stay.days, allowance, counts.of("allowance"))
    assert joint.sum(axis=0) == pytest.approx(days, abs=1e-9)
    fine = medical_year(stay, medical, counts.of("medical"))
    place = np.arange(MEDICAL_STEPS + 1) / MEDICAL_STEPS
    coarse = np.arange(JOINT_STEPS + 1) / JOINT_STEPS
    for order in (1, 2):
        assert joint.sum(axis=1) @ coarse**order == pytest.approx(fine @ place**order, rel=2e-5)


@pytest.mark.parametrize("waits", [(30, 60), (90, 30), (60, 60)])
def test_waiting_of_each_plan_is_its_own(scheme, inputs, waits):
    """Two plans with different waiting times against a plain simulation of days."""
    medical = dataclasses.replace(inputs.plan("P1"), waiting_none_until_day=waits[0])
    allowance = dataclasses.replace(inputs.plan("P2"), waiting_none_until_day=waits[1])
    stay = stay_of(scheme.beliefs[0], BAND_45_49, "illness")
    counts = paid_stay_counts(scheme.beliefs[0], True, medical, allowance)
    rng = np.random.Generator(np.random.Philox(11))
    people, seen = 200_000, np.zeros((60, 60))
    number = 1 + rng.poisson(0.22, people)
    day = rng.integers(1, 366, size=(people, number.max()))
    held = np.arange(number.max()) < number[:, None]
    paid = [((day > wait) & held).sum(axis=1) for wait in waits]
    np.add.at(seen, (paid[0], paid[1]), 1.0 / people)
    for form, axis in (("medical", 1), ("allowance", 0)):
        law = counts.of(form)
        assert law[:4] == pytest.approx(seen.sum(axis=axis)[:4], abs=4e-3)
    joint = joint_year(stay, medical, allowance, counts)
    assert joint.sum() == pytest.approx(1.0, abs=1e-10)
    assert joint[:, 0].sum() == pytest.approx(counts.of("allowance")[0], abs=1e-9)
    medical_law = medical_year(stay, medical, counts.of("medical"))
    mean = joint.sum(axis=1) @ np.arange(JOINT_STEPS + 1) / JOINT_STEPS
    assert mean == pytest.approx(
        medical_law @ np.arange(MEDICAL_STEPS + 1) / MEDICAL_STEPS, rel=1e-6
    )


def test_a_low_cap_binds_on_the_year(scheme, inputs):
    plan = dataclasses.replace(inputs.plan("P1"), annual_cap_yuan=900.0)
    stay = stay_of(scheme.beliefs[0], BAND_45_49, "illness")
    counts = np.array([0.0, 0.5, 0.3, 0.2])
    law = medical_year(stay, plan, counts)
    rng = np.random.Generator(np.random.Philox(5))
    cost = np.exp(stay.cost.mu + stay.cost.sigma * rng.standard_normal((400_000, 3)))
    share = np.array([0.8, 0.7, 0.7])
    paid = share * stay.basic.self_pay(cost)
    number = rng.choice([1, 2, 3], p=counts[1:], size=len(cost))
    total = np.minimum((paid * (np.arange(3) < number[:, None])).sum(axis=1), 900.0)
    grid = 900.0 * np.arange(MEDICAL_STEPS + 1) / MEDICAL_STEPS
    assert law @ grid == pytest.approx(total.mean(), abs=4 * total.std() / np.sqrt(len(total)))
    assert law[-1] == pytest.approx((total >= 900.0).mean(), abs=4e-3)
