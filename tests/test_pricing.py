"""Prices: published technical premiums, lines that add up, principles, each 100 yuan."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.changes import Changes, apply
from workbench.engine.stages import expected_claims, year_laws
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.premium.choices import PriceTerms
from workbench.premium.principles import PRINCIPLES
from workbench.premium.technical import EXPENSE_LINES, LEVEL_LINES, premium_lines
from workbench.pricing import price

LINES = ["risk_premium", "safety_loading", *EXPENSE_LINES, "contingency"]


@pytest.fixture(scope="module")
def prices(inputs):
    return price(inputs)


def test_technical_premiums_of_the_assumptions(prices, reference):
    rows = reference("technical_premiums.csv")
    assert [row["plan"] for row in rows] == list(prices.plans)
    for row in rows:
        one = prices.plans[row["plan"]]
        assert round(one.technical_premium.value, 1) == float(row["technical_premium_yuan"])
        assert one.premium_yuan == float(row["in_force_yuan"])


def test_premium_by_hand(inputs, prices):
    """docs/assumptions.md section 1, P3, from the table of docs/model.md section 11."""
    risk, cases = 1_249_550.85 / 46_000, 126.37 / 46_000
    hand = (risk * 1.10 + 0.50 + 50 * cases) / (1 - 0.05 - 0.03)
    one = prices.plans["P3"]
    assert one.technical_premium.value == pytest.approx(hand, abs=1e-4)
    assert one.required["expected_value"].premium_yuan == one.technical_premium
    assert one.required["expected_value"].parameter == 0.10
    assert prices.plans["P1"].required["expected_value"].parameter == 0.05


def test_principles_by_hand(prices, reference):
    table = {row["figure"]: row for row in reference("model_table.csv")}
    for code, one in prices.plans.items():
        mean, sd = float(table["mean"][code]), float(table["sd"][code])
        required = one.required
        number = one.enrolments
        claims = required["standard_deviation"].claims_yuan.value
        assert claims == pytest.approx((mean + sd) / number, rel=1e-6)
        top = float(table["quantile 0.95"][code])
        assert required["quantile"].claims_yuan.value == pytest.approx(top / number, abs=2 / number)
        assert required["quantile"].claims_yuan.error > 0.0
        assert list(required) == list(PRINCIPLES)


@pytest.mark.parametrize("expenses", ["default", "none"])
def test_lines_add_up_to_the_fen(inputs, expenses):
    for one in price(inputs, expenses=expenses).plans.values():
        names = [line.code for line in one.lines]
        assert names == (LINES if expenses == "default" else [LINES[0], LINES[1], LINES[-1]])
        assert one.technical_fen == round(one.technical_premium.value * 100)
        assert sum(line.exact_yuan for line in one.lines) == pytest.approx(
            one.technical_premium.value, rel=1e-8
        )
        assert all(abs(line.yuan - line.exact_yuan) < 0.01 for line in one.lines)


@given(st.lists(st.floats(-20.0, 90.0), min_size=1, max_size=9))
def test_rounded_lines_always_add_up(yuan):
    amounts = {f"line{place}": amount for place, amount in enumerate(yuan)}
    lines = premium_lines(amounts, sum(yuan))
    whole = sum(line.fen for line in lines)
    assert abs(whole - 100 * sum(yuan)) <= 0.5 + 1e-6
    assert all(abs(line.fen - 100 * line.exact_yuan) < 1.0 + 1e-9 for line in lines)
    assert [line.code for line in lines] == list(amounts)


def test_level_stands_in_lines_of_its_own(inputs):
    changes = {
        "base_enrolment_ratio": 0.9,
        "frequency_trend_per_year": 0.02,
        "cost_trend_per_year": -0.01,
        "years_from_base_to_rating": 6.0,
    }
    moved = apply(inputs, Changes(changes))
    for code, one in price(moved).plans.items():
        lines = {line.code: line for line in one.lines}
        assert list(lines)[:4] == ["risk_premium", *LEVEL_LINES]
        base = price(inputs).plans[code].lines[0]
        assert lines["risk_premium"].exact_yuan == base.exact_yuan
        # Every rate is divided by the ratio.
        ratio = lines["level_base_ratio"].exact_yuan / base.exact_yuan
        assert ratio == pytest.approx(1 / 0.9 - 1, rel=1e-6)
        risk = sum(lines[name].exact_yuan for name in ("risk_premium", *LEVEL_LINES))
        claims = expected_claims(moved)
        place = inputs.plan_codes.index(code)
        assert risk == pytest.approx(claims.paid_yuan[place] / claims.enrolments[place], rel=1e-9)
        stays = code in ("P1", "P2")
        assert (lines["level_frequency_trend"].exact_yuan > 0.001) == stays
        assert (lines["level_cost_trend"].exact_yuan < -0.001) == (code == "P1")
        assert one.technical_fen == round(one.technical_premium.value * 100)


def test_a_neutral_level_has_no_line(inputs):
    moved = apply(inputs, Changes({"frequency_trend_per_year": 0.03}))
    assert [line.code for line in price(moved).plans["P1"].lines] == LINES
    later = apply(moved, Changes({"years_from_base_to_rating": 2.0}))
    names = [line.code for line in price(later).plans["P1"].lines]
    assert [name for name in names if name in LEVEL_LINES] == ["level_frequency_trend"]


def test_level_of_the_assumptions_gives_their_loss_ratio(inputs):
    # docs/assumptions.md section 2: about 83 % instead of 67.7 %.
    moved = apply(
        inputs,
        Changes(
            {
                "base_enrolment_ratio": 0.9,
                "frequency_trend_per_year": 0.02,
                "years_from_base_to_rating": 6.0,
            }
        ),
    )
    assert price(moved).per_hundred.benefits.value == pytest.approx(83.0, abs=1.0)
    assert price(inputs).per_hundred.benefits.value == pytest.approx(67.67, abs=0.01)


@pytest.mark.parametrize("expenses", ["default", "none"])
def test_of_each_hundred_yuan(inputs, expenses):
    prices = price(inputs, expenses=expenses)
    run = exact_run(inputs, expenses=expenses)
    for one in (*prices.plans.values(), prices):
        hundred = one.per_hundred
        parts = (hundred.benefits, hundred.expenses, hundred.surplus)
        assert sum(part.value for part in parts) == pytest.approx(100.0, abs=1e-9)
        assert (hundred.expenses.value == 0.0) == (expenses == "none")
    for code, figures in run.plans.items():
        assert prices.plans[code].per_hundred.benefits.value == pytest.approx(
            100 * figures.loss_ratio.value, rel=1e-12
        )
    # docs/assumptions.md section 7: P5 returns 26 of 100 yuan.
    assert round(prices.plans["P5"].per_hundred.benefits.value) == 26


def test_scheme_sums_its_plans(prices):
    technical = sum(one.technical_premium.value * one.enrolments for one in prices.plans.values())
    assert prices.technical_contribution.value == pytest.approx(technical, rel=1e-12)
    assert prices.contribution_yuan == 17_500_000.0


def test_the_tier_in_force_changes_no_required_premium(inputs, prices):
    dearer = price(apply(inputs, Changes({"plans.P3.premium_yuan": 60.0})))
    assert dearer.plans["P3"].required == prices.plans["P3"].required
    assert dearer.plans["P3"].lines == prices.plans["P3"].lines
    assert dearer.plans["P3"].per_hundred.benefits.value == pytest.approx(
        prices.plans["P3"].per_hundred.benefits.value / 2, rel=1e-12
    )


def test_parameters_can_be_given(inputs, prices):
    given_ = {"expected_value": 0.2, "standard_deviation": 0.0, "quantile": 0.995}
    other = price(inputs, terms=PriceTerms(parameters=given_))
    for code, one in other.plans.items():
        required, before = one.required, prices.plans[code].required
        assert required["standard_deviation"].claims_yuan.value == pytest.approx(
            one.required["expected_value"].claims_yuan.value / 1.2, rel=1e-12
        )
        assert required["quantile"].premium_yuan.value > before["quantile"].premium_yuan.value
        assert one.technical_premium == required["expected_value"].premium_yuan
        assert {name: required[name].parameter for name in given_} == given_
        assert all(required[name] == before[name] for name in PRINCIPLES if name not in given_)


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"form": "both"}, "unknown-choice"),
        ({"expenses": "half"}, "unknown-choice"),
        ({"parameters": {"esscher": 0.1}}, "unknown-choice"),
        ({"parameters": {"quantile": 0.4}}, "value-out-of-range"),
        ({"parameters": {"quantile": 1.0}}, "value-out-of-range"),
        ({"parameters": {"expected_value": -0.1}}, "value-out-of-range"),
        ({"parameters": {"standard_deviation": float("nan")}}, "not-a-number"),
    ],
)
def test_what_cannot_be_asked_is_refused(inputs, given_, code):
    parameters = given_.pop("parameters", {})
    with pytest.raises(InputRefused) as refusal:
        price(inputs, **given_, terms=PriceTerms(parameters=parameters))
    assert refusal.value.faults[0].code == code


def test_individual_form_keeps_the_mean_and_narrows_the_rest(inputs, prices):
    individual = price(inputs, form="individual")
    for code, one in individual.plans.items():
        assert one.technical_premium.value == pytest.approx(
            prices.plans[code].technical_premium.value, rel=1e-9
        )
        narrower, wider = (
            price_.plans[code].required["standard_deviation"].claims_yuan.value
            for price_ in (individual, prices)
        )
        assert narrower < wider


def test_a_price_leaves_the_laws_alone(inputs):
    before = year_laws(inputs)
    price(dataclasses.replace(inputs), expenses="none")
    assert year_laws(inputs) is before
