"""Many draws at once against one by one: means, beneficiaries, spread, scales solved again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workbench.calibrate import calibrate
from workbench.calibrate.many import solve_many
from workbench.changes import Changes, apply, scenario
from workbench.engine.many import CLAIM_NAMES, many_moments, supports
from workbench.engine.one_sum import one_law, rough_law
from workbench.engine.stages import expected_claims, year_laws
from workbench.guard import InputRefused
from workbench.uncertainty import ILLNESS_LEVEL, drawn_values, uncertain_names

DRAWS = 4


def draws(inputs, number=DRAWS, seed=3):
    names = [n for n in uncertain_names(inputs.assumptions, level=False) if n != ILLNESS_LEVEL]
    return dict(drawn_values(inputs.assumptions, names, draws=number, seed=seed))


def one_of(inputs, values, place):
    beliefs = {name: float(column[place]) for name, column in values.items()}
    return replace(inputs, assumptions=inputs.assumptions.changed(beliefs))


def compare(inputs, values):
    found = many_moments(inputs, values)
    for place in range(len(next(iter(values.values())))):
        single = one_of(inputs, values, place)
        claims = expected_claims(single)
        assert found.paid_yuan[place] == pytest.approx(claims.paid_yuan, rel=2e-8)
        assert found.beneficiaries[place] == pytest.approx(claims.beneficiaries, rel=1e-11)
        deviations = [law.sd for law in year_laws(single).laws]
        assert found.sd_yuan[place] == pytest.approx(deviations, rel=2e-5)


def test_every_draw_has_the_moments_of_its_own_scheme(inputs):
    compare(inputs, draws(inputs))


def test_the_ends_of_every_range_too(inputs):
    beliefs = inputs.assumptions
    names = [n for n in uncertain_names(beliefs, level=False) if n != ILLNESS_LEVEL]
    ends = {name: (beliefs.belief(name).low, beliefs.belief(name).high) for name in names}
    compare(inputs, {name: np.array(pair) for name, pair in ends.items()})


@pytest.mark.parametrize("code", ["new_form_20000", "rebalance", "a_third_leaves", "shock_regimes"])
def test_scenarios_are_known(inputs, code):
    """A segment with beliefs of its own, other terms, leavers, states of the year."""
    changed = apply(inputs, scenario(inputs, code))
    values = draws(changed, 2)
    assert supports(changed, list(values))
    compare(changed, values)


def test_level_and_trend_move_many_draws_alike(inputs):
    base = apply(inputs, Changes({"years_from_base_to_rating": 6.0}))
    names = {
        "base_enrolment_ratio": np.array([0.8, 1.0]),
        "frequency_trend_per_year": np.array([0.03, 0.0]),
        "cost_trend_per_year": np.array([0.05, -0.02]),
    }
    compare(base, names)


def test_what_is_not_known_goes_one_by_one(inputs):
    assert supports(inputs, sorted(CLAIM_NAMES))
    assert not supports(inputs, ["plans.P1.first_stay_share"])
    wait = apply(inputs, Changes({"plans.P1.waiting_none_until_day": 10}))
    assert not supports(wait, ["basic_coinsurance"])
    men = replace(
        inputs,
        plans=tuple(
            replace(plan, eligible_sex="MF") if plan.code == "P4" else plan for plan in inputs.plans
        ),
    )
    assert not supports(men, ["special_disease_men_relativity"])


def test_both_scales_are_those_of_the_calibration(inputs):
    values = {
        "basic_coinsurance": np.array([0.1, 0.11]),
        "illness_extra_stays_mean": np.array([0.22, 0.3]),
        "critical_illness_factor": np.array([0.7, 0.8]),
    }
    found = solve_many(inputs, values)
    for place in range(2):
        single = calibrate(one_of(inputs, values, place))
        assert found["hospital_claimant_rate"][place] == pytest.approx(single.rate.value, rel=1e-8)
        assert found["stay_cost_mean_yuan"][place] == pytest.approx(single.cost.value, rel=1e-7)


def test_both_totals_are_met_beyond_the_range_of_a_row(inputs):
    values = draws(inputs, 8)
    solved = solve_many(inputs, values)
    found = many_moments(inputs, {**values, **solved}, asked="means")
    assert found.paid_yuan.sum(axis=1) == pytest.approx(11_842_000.0, rel=1e-8)
    assert found.beneficiaries.sum(axis=1) == pytest.approx(11_060.0, rel=1e-8)
    assert found.sd_yuan is None
    assert solved["stay_cost_mean_yuan"].max() > 10_500.0


def test_totals_that_cannot_be_met_are_refused(inputs):
    with pytest.raises(InputRefused, match="calibration"):
        solve_many(inputs, {"critical_illness_factor": np.array([0.7, 12.0])})


@pytest.mark.parametrize("place", [0, 2, 5])
def test_one_law_alone_is_that_of_the_year(inputs, place):
    weights = np.ones(5) if place == 5 else np.eye(5)[place]
    wanted = year_laws(inputs).laws[place]
    law, again = one_law(inputs, weights)
    rough = rough_law(inputs, weights, law.mean)
    for level in (0.5, 0.995):
        assert law.quantile(level) == pytest.approx(wanted.quantile(level), abs=1e-6)
        assert rough.quantile(level) == pytest.approx(wanted.quantile(level), rel=1e-6)
    assert again.sd == pytest.approx(law.sd, rel=1e-6)
