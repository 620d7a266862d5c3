"""Risk margins, value today, unearned by risk: exact laws, identities, drawn years, limits."""

import datetime
import json

import numpy as np
import pytest

from workbench.basis import Basis, laws_on
from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.engine.part_laws import Part, events_of, law_of_parts, part_laws
from workbench.engine.stages import expected_claims, year_laws
from workbench.guard import InputRefused
from workbench.reserving import reserve
from workbench.reserving.estimate import illness_share
from workbench.reserving.margin import ScaledLaw
from workbench.reserving.prudent import prudence
from workbench.reserving.schedule import discount_factor, payments_to_come
from workbench.reserving.unearned import unearned_by_day, unearned_by_risk
from workbench.reserving.unpaid import unpaid_share

DAY = datetime.date(2026, 12, 31)


@pytest.fixture(scope="module")
def found(inputs):
    estimate = reserve(inputs, DAY)
    illness = illness_share(inputs, expected_claims(inputs))
    return estimate, illness, prudence(inputs, estimate, illness)


def shares(inputs, day=DAY):
    return [
        np.array(
            [
                unpaid_share(inputs.calendar, plan, date=day, seasonal_share=seasonal).total
                for plan in inputs.plans
            ]
        )
        for seasonal in (1.0, 0.0)
    ]


def test_the_whole_year_is_the_year(inputs):
    """A part that holds every event is the year's law; P5 shares injuries with P1 in the year."""
    whole, year = part_laws(inputs, np.ones(5), np.ones(5)), year_laws(inputs)
    for one, known in zip(whole.laws, year.laws, strict=True):
        assert one.mean == pytest.approx(known.mean, rel=1e-8)
        assert one.sd == pytest.approx(known.sd, rel=1e-6)
        assert one.quantile(0.995) == pytest.approx(known.quantile(0.995), abs=1.0)


def test_the_law_of_a_plans_part_is_that_of_every_payment(inputs):
    """Compiled laws, thinned, against one lattice of all payments (steps up to 15 yuan)."""
    illness, other = shares(inputs)
    found = part_laws(inputs, illness, other)
    for place in range(5):
        events = events_of(inputs, (place,))
        part = Part(events=events, illness=float(illness[place]), other=float(other[place]))
        known, _ = law_of_parts((part,))
        assert found.laws[place].mean == pytest.approx(known.mean, rel=1e-9, abs=0.01)
        assert found.laws[place].sd == pytest.approx(known.sd, rel=1e-6)
        for level in (0.75, 0.995):
            assert found.laws[place].quantile(level) == pytest.approx(known.quantile(level), abs=16)


def test_the_law_of_the_unpaid_has_the_best_estimate_as_mean(inputs, found):
    estimate, _, _ = found
    laws = part_laws(inputs, *shares(inputs))
    for law, plan in zip(laws.laws, [*inputs.plan_codes, ""], strict=True):
        one = estimate.plans[plan] if plan else estimate.total
        assert law.mean == pytest.approx(one.unpaid_yuan.value, rel=1e-6)


def test_the_law_of_the_unpaid_of_a_lump_sum_plan_against_drawn_ones(inputs):
    """P4: Poisson diagnoses, a ladder in the first term; thinned by the unpaid share."""
    place = inputs.plan_codes.index("P4")
    law = part_laws(inputs, *shares(inputs)).laws[place]
    source = np.random.Generator(np.random.Philox(5))
    whole, plan = year_laws(inputs).laws[place], inputs.plan("P4")
    share = shares(inputs)[1][place]
    # Amounts of one diagnosis by the year's cumulants: 20,000 or the partial 1,000 yuan.
    full = (whole.sd**2 - plan.partial_lump_yuan * whole.mean) / (
        plan.lump_sum_yuan * (plan.lump_sum_yuan - plan.partial_lump_yuan)
    )
    partial = (whole.mean - full * plan.lump_sum_yuan) / plan.partial_lump_yuan
    years = 40_000
    drawn = plan.lump_sum_yuan * source.poisson(full * share, years)
    drawn = drawn + plan.partial_lump_yuan * source.poisson(partial * share, years)
    assert drawn.mean() == pytest.approx(law.mean, abs=4.0 * law.sd / years**0.5)
    for level in (0.75, 0.95):
        chance = np.mean(drawn <= law.quantile(level))
        assert chance == pytest.approx(law.cdf(law.quantile(level)), abs=0.011)


def test_margins_grow_with_what_is_uncertain_for_the_large_plans(found):
    _, _, beside = found
    for code in ("P1", "P2", "P3"):
        one = beside.plans[code].unpaid
        assert 0.0 < one["process"].share < one["delay"].share < 0.5
    total = beside.total.unpaid["process"]
    parts = sum(one.unpaid["process"].margin_yuan.value for one in beside.plans.values())
    assert 0.0 < total.margin_yuan.value < parts  # the total diversifies


def test_margins_with_parameters(inputs, found):
    estimate, illness, beside = found
    draws = laws_on(inputs, Basis(kind="parameters", draws=40)).draws
    again = prudence(inputs, estimate, illness, draws=draws)
    one = again.plans["P3"]
    assert one.unpaid["parameters"].share > one.unpaid["delay"].share
    assert again.total.deficiency_yuan["parameters"].value > 0.0
    assert one.unpaid["process"] == beside.plans["P3"].unpaid["process"]


def test_a_scaled_law_by_its_normal_limit():
    class Normal:
        """Standard in the middle: mean 100, sd 10."""

        mean, sd = 100.0, 10.0

        def tabled_cdfs(self, x):
            from scipy.special import ndtr

            return ndtr((np.asarray(x) - 100.0) / 10.0)

        def quantile(self, level):
            from scipy.special import ndtri

            return 100.0 + 10.0 * float(ndtri(level))

    factors = 1.0 + 0.001 * np.linspace(-1.0, 1.0, 40)
    found = ScaledLaw(law=Normal(), factors=factors).quantile(0.75)
    assert found.value == pytest.approx(100.0 + 10.0 * 0.67449, abs=2e-3)


@pytest.mark.parametrize("day", [DAY, datetime.date(2026, 6, 30), datetime.date(2026, 3, 11)])
def test_payments_to_come_add_up_to_the_unpaid(inputs, day):
    for plan in inputs.plans:
        paid = payments_to_come(inputs.calendar, plan, date=day, seasonal_share=0.9)
        share = unpaid_share(inputs.calendar, plan, date=day, seasonal_share=0.9).total
        assert paid.sum() == pytest.approx(share, rel=1e-12)
        assert np.all(paid >= -1e-15)
        assert 0.98 < discount_factor(paid, 0.012) < 1.0
        assert discount_factor(paid, 0.0) == pytest.approx(1.0)


def test_unearned_by_an_even_risk_is_that_of_days(inputs):
    start = inputs.calendar.start_share
    for day in (DAY, datetime.date(2026, 7, 15)):
        even = unearned_by_risk(start, day, lambda days, cover: np.ones(len(days)))
        assert even == pytest.approx(unearned_by_day(start, day), rel=1e-12)


def test_waiting_leaves_more_unearned(inputs):
    """Members who wait bring their risk later, so more of the contribution is unearned."""
    illness = illness_share(inputs, expected_claims(inputs))
    more = apply(inputs, Changes({"first_term_share": 0.4}))
    yuan = {}
    for name, one in (("now", inputs), ("more", more)):
        estimate = reserve(one, DAY, season="none")
        yuan[name] = prudence(one, estimate, illness).plans
    for code in ("P1", "P3", "P4"):
        before, after = (yuan[name][code].unearned_risk_yuan.value for name in ("now", "more"))
        assert after > before
    assert yuan["now"]["P5"].unearned_risk_yuan == yuan["more"]["P5"].unearned_risk_yuan


def test_the_command_tells_them(capsys):
    words = ("reserve", "--date", "2026-12-31", "--confidence", "0.75", "--json")
    assert main(list(words)) == 0
    told = json.loads(capsys.readouterr().out)
    beside = told["dates"]["2026-12-31"]["prudence"]
    unpaid = beside["total"]["unpaid"]
    assert set(unpaid) == {"process", "delay"}
    assert unpaid["process"]["margin_share"] == pytest.approx(0.0443, abs=0.001)
    assert beside["total"]["discounted_yuan"]["value"] < 3_910_122
    assert main(["reserve", "--confidence", "0.4", "--lang", "en"]) == 2
    assert "WB-101" in capsys.readouterr().err


def test_a_level_outside_its_range_is_refused(inputs, found):
    estimate, illness, _ = found
    with pytest.raises(InputRefused):
        prudence(inputs, estimate, illness, level=0.9999)
