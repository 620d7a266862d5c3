"""Tiers: landmarks of P3, agreement with the run, identities over the premium."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.changes import Changes, apply
from workbench.engine.results import contribution_yuan, expenses_yuan
from workbench.engine.stages import year_laws
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.premium.tiers import TIERS, tier_table
from workbench.pricing import tiers

PLANS = ("P1", "P2", "P3", "P4", "P5")


@pytest.fixture(scope="module")
def table(inputs):
    return tiers(inputs)


def test_landmarks_of_critical_illness(table, reference):
    for row in reference("tiers_p3.csv"):
        tier = table["P3"].row(float(row["premium_yuan"]))
        assert tier.deficit_probability.value == pytest.approx(
            float(row["deficit_probability"]), abs=float(row["probability_tolerance"])
        )
        if row["expected_shortfall_yuan"]:
            assert tier.expected_shortfall_yuan.value == pytest.approx(
                float(row["expected_shortfall_yuan"]), abs=float(row["shortfall_tolerance"])
            )
            assert tier.mean_gap_yuan.value == pytest.approx(float(row["mean_gap_yuan"]), abs=50)
    # docs/assumptions.md section 3: beside a scheme surplus of 4.4 million.
    assert table["P3"].row(30).scheme_surplus_yuan.value == pytest.approx(4.42e6, abs=5e3)


def test_every_whole_yuan_from_25_to_95(table):
    for code in PLANS:
        assert table[code].premiums.tolist() == [float(yuan) for yuan in range(25, 96)]
        assert [row.premium_yuan for row in table[code].rows()] == list(TIERS)
    with pytest.raises(KeyError):
        table["P3"].row(24.5)


@pytest.mark.parametrize("expenses", ["default", "none"])
@pytest.mark.parametrize("code", PLANS)
def test_a_tier_is_the_run_at_that_premium(inputs, code, expenses):
    yuan = {"P1": 75.0, "P2": 48.0, "P3": 29.0, "P4": 25.0, "P5": 25.0}[code]
    changed = apply(inputs, Changes({f"plans.{code}.premium_yuan": yuan}))
    run = exact_run(changed, expenses=expenses)
    row = tiers(inputs, expenses=expenses)[code].row(yuan)
    figures = run.plans[code]
    for name in ("loss_ratio", "deficit_probability", "expected_surplus_yuan"):
        ours, theirs = getattr(row, name), getattr(figures, name)
        assert ours.value == pytest.approx(theirs.value, rel=1e-10, abs=1e-12), name
        assert ours.error == pytest.approx(theirs.error, rel=1e-5, abs=1e-12), name
    assert row.expected_shortfall_yuan.value == pytest.approx(
        figures.expected_shortfall_yuan.value, rel=1e-8, abs=1e-6
    )
    assert row.scheme_surplus_yuan.value == pytest.approx(
        run.total.expected_surplus_yuan.value, abs=row.scheme_surplus_yuan.error
    )


@pytest.mark.parametrize("code", PLANS)
def test_loss_ratio_times_premium_is_the_risk_premium(table, code):
    constant = table[code].loss_ratio.values * table[code].premiums
    assert np.ptp(constant) < 1e-9


@pytest.mark.parametrize("expenses", ["default", "none"])
def test_break_even_gives_no_surplus(inputs, expenses):
    laws = year_laws(inputs)
    for place, plan in enumerate(inputs.plans):
        yuan = tiers(inputs, expenses=expenses)[plan.code].break_even_yuan.value
        one = tier_table(inputs, laws, place, premiums=(yuan,), expenses=expenses)
        assert one.expected_surplus_yuan.values[0] == pytest.approx(0.0, abs=1e-6)
        changed = apply(inputs, Changes({f"plans.{plan.code}.premium_yuan": yuan}))
        paid = contribution_yuan(changed, laws.enrolments)[place]
        spent = expenses_yuan(changed, laws.enrolments, laws.beneficiaries, expenses=expenses)[
            place
        ]
        assert paid - spent == pytest.approx(laws.laws[place].mean, abs=1e-6)


@pytest.mark.parametrize("expenses", ["default", "none"])
@pytest.mark.parametrize("form", ["collective", "individual"])
def test_more_premium_less_deficit(inputs, form, expenses):
    for one in tiers(inputs, form=form, expenses=expenses).values():
        assert np.all(np.diff(one.deficit_probability.values) <= 1e-12)
        assert np.all(np.diff(one.expected_shortfall_yuan.values) <= 1e-6)
        assert np.all(np.diff(one.expected_surplus_yuan.values) > 0.0)
        chances = one.deficit_probability.values
        assert np.all((chances >= 0.0) & (chances <= 1.0))
        # Jensen: the shortfall is at least the gap of the mean.
        surplus = one.expected_surplus_yuan
        least = np.maximum(0.0, -surplus.values) - surplus.errors
        assert np.all(one.expected_shortfall_yuan.values >= least)


def test_expenses_make_a_deficit_likelier(inputs, table):
    bare = tiers(inputs, expenses="none")
    for code in PLANS:
        assert np.all(
            bare[code].deficit_probability.values <= table[code].deficit_probability.values + 1e-12
        )
        assert bare[code].break_even_yuan.value < table[code].break_even_yuan.value
    law = year_laws(inputs).laws[2]
    assert bare["P3"].break_even_yuan.value == pytest.approx(law.mean / 46_000, rel=1e-12)


def test_mean_gap_is_the_shortfall_of_deficit_years_or_is_not_given(table):
    for one in table.values():
        for row in one.rows():
            chance = row.deficit_probability.value
            if chance < 0.001:
                assert row.mean_gap_yuan is None
            else:
                assert row.mean_gap_yuan.value * chance == pytest.approx(
                    row.expected_shortfall_yuan.value, rel=1e-12
                )


@given(
    place=st.integers(0, 5),
    sds=st.lists(st.floats(-12.0, 12.0), min_size=1, max_size=8),
)
def test_many_limits_at_once_read_the_law_like_one(inputs, place, sds):
    law = year_laws(inputs).laws[place]
    limits = law.mean + law.sd * np.array(sds)
    limits[0] = law.start + law.step * round((limits[0] - law.start) / law.step)
    # Told by the masses of the lattice alone, which read the law in another way: of a smooth law a
    # step of it is uncertain, and its kink inside a step an eighth of a step's mass times the step.
    atom = float(law.mass.max()) if law.continuous else 1e-12
    plain = [float(law.mass[law.yuan > x + 1e-6].sum()) for x in limits]
    np.testing.assert_allclose(1.0 - law.cdfs(limits), plain, rtol=0, atol=atom)
    plain = [float(law.mass @ np.maximum(law.yuan - x, 0.0)) for x in limits]
    bend = atom * law.step / 8.0 + 1e-3
    np.testing.assert_allclose(law.excesses(limits), plain, rtol=1e-9, atol=bend)


def test_limits_beyond_the_lattice(inputs):
    for law in year_laws(inputs).laws:
        ends = np.array([-1e6, law.start - law.step, law.yuan[-1], law.yuan[-1] + 1e6])
        assert (1.0 - law.cdfs(ends))[[0, 3]].tolist() == [1.0, 0.0]
        np.testing.assert_allclose(law.excesses(ends)[0], law.mean + 1e6, rtol=1e-9)
        assert np.all(law.excesses(ends)[2:] <= 1e-9)


def test_a_slider_is_not_kept_waiting(inputs, table):
    times = []
    for _ in range(3):
        start = time.process_time()
        tiers(inputs)
        times.append(time.process_time() - start)
    assert min(times) < 0.05


def test_what_cannot_be_asked_is_refused(inputs):
    for given_ in ({"form": "both"}, {"expenses": "some"}):
        with pytest.raises(InputRefused) as refusal:
            tiers(inputs, **given_)
        assert refusal.value.faults[0].code == "unknown-choice"
