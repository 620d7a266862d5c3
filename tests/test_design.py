"""Benefit design: closed forms, today's figures to the fen, monotony, drawn years, bad input."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from tests.test_questions import check
from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.engine.stages import expected_claims, year_laws
from workbench.guard import InputRefused
from workbench.laws import Exponential, Lognormal, Pareto, Terms
from workbench.premium.benefits import grid_of, term_of, terms_of, with_value
from workbench.premium.design import AIMS, Design, bought, design_row, design_rows
from workbench.premium.elimination import law_elimination, plan_elimination
from workbench.premium.equal_cost import cost_table, equal_cost
from workbench.premium.plan_years import PlanYear, alone, kept_premium, plan_reader
from workbench.premium.solving import last_kept, root_between
from workbench.premium.stay_costs import stay_costs
from workbench.pricing import price
from workbench.questions import Choices, ask, document
from workbench.questions.documents import json_text
from workbench.simulate import simulate_totals

PLANS = ("P1", "P2", "P3", "P4", "P5")
EVERY_TERM = [
    (code, column)
    for code, columns in {
        "P1": ("first_stay_share", "later_stay_share", "deductible_yuan", "annual_cap_yuan"),
        "P2": ("daily_yuan", "elimination_days", "max_days_per_year", "waiting_none_until_day"),
        "P3": ("lump_sum_yuan", "partial_lump_yuan", "waiting_partial_until_day", "units"),
        "P5": ("death_yuan", "disability_max_yuan", "daily_yuan", "elimination_days"),
    }.items()
    for column in columns
]


def design_of(inputs, name, **more):
    code, column = name.split(".")
    term = term_of(inputs, code, column)
    return Design(inputs=inputs, term=term, reader=plan_reader(term.place), **more)


# --- loss elimination ratios ----------------------------------------------------------------


def elimination_ratio(loss, **terms):
    (found,) = law_elimination(loss, Terms(**terms)).terms
    return found.alone_share.value


@pytest.mark.parametrize("deductible", [50.0, 400.0, 2_500.0])
def test_elimination_ratios_of_free_laws_are_the_closed_forms(deductible):
    # Loss Models, section 8.3 and appendix A: E[X ∧ d]/E[X].
    ratio = elimination_ratio(Exponential(scale=1_000.0), deductible=deductible)
    assert ratio == pytest.approx(1.0 - np.exp(-deductible / 1_000.0), rel=1e-12)
    ratio = elimination_ratio(Pareto(shape=3.0, scale=2_000.0), deductible=deductible)
    assert ratio == pytest.approx(1.0 - (2_000.0 / (deductible + 2_000.0)) ** 2, rel=1e-12)
    law = Lognormal(6.0, 1.3)
    z = (np.log(deductible) - 6.0) / 1.3
    wanted = ndtr(z - 1.3) + deductible * ndtr(-z) / np.exp(6.0 + 1.3**2 / 2)
    assert elimination_ratio(law, deductible=deductible) == pytest.approx(wanted, rel=1e-12)


def test_a_limit_takes_what_a_deductible_of_the_same_size_leaves():
    law = Exponential(scale=1_000.0)
    low, high = elimination_ratio(law, deductible=700.0), elimination_ratio(law, limit=700.0)
    assert low + high == pytest.approx(1.0, rel=1e-12)
    assert elimination_ratio(law, coinsurance=0.8) == pytest.approx(0.2, rel=1e-12)


def test_terms_in_order_add_up_on_a_free_law():
    terms = Terms(deductible=300.0, limit=4_000.0, coinsurance=0.7, inflation=0.1)
    found = law_elimination(Pareto(shape=3.0, scale=2_000.0), terms)
    taken = sum(one.in_order_yuan.value for one in found.terms)
    assert taken + found.paid_yuan.value == pytest.approx(found.ground_up_yuan.value, rel=1e-12)
    # By hand: (E[X ∧ 4000/1.1] − E[X ∧ 300/1.1]) · 1.1 · 0.7 with E[X ∧ d] of the Pareto law.
    limited = [1_000.0 * (1.0 - (2_000.0 / (d / 1.1 + 2_000.0)) ** 2) for d in (4_000.0, 300.0)]
    assert found.paid_yuan.value == pytest.approx(0.77 * (limited[0] - limited[1]), rel=1e-12)


@pytest.mark.parametrize("place", range(5))
def test_terms_of_a_plan_in_order_add_up_to_what_it_pays(inputs, place):
    found = plan_elimination(inputs, place)
    claims = expected_claims(inputs)
    paid = claims.paid_yuan[place] / claims.enrolments[place]
    assert found.paid_yuan.value == pytest.approx(paid, abs=1e-9)
    taken = sum(one.in_order_yuan.value for one in found.terms)
    assert taken + paid == pytest.approx(found.ground_up_yuan.value, abs=1e-9)
    for one in found.terms:
        assert one.alone_share.value >= -1e-12
        assert one.in_order_yuan.value >= one.alone_yuan.value - 1e-9


def test_waiting_of_a_lump_sum_by_hand(inputs):
    # 15 % first term, in each age band rounded; the law says 30 days lost, 30 days a tenth.
    found = {one.term: one for one in plan_elimination(inputs, 2).terms}
    ground = plan_elimination(inputs, 2).ground_up_yuan.value
    none, part = found["waiting_none_until_day"], found["waiting_partial_until_day"]
    assert part.in_order_yuan.value / none.in_order_yuan.value == pytest.approx(0.9, rel=1e-9)
    assert none.alone_yuan.value / none.in_order_yuan.value == pytest.approx(0.1, rel=1e-9)
    assert none.in_order_share.value == pytest.approx(0.15 * 30 / 365, rel=1e-3)
    assert ground == pytest.approx(1e4 * 127.95 / 46_000, rel=1e-4)


def test_two_terms_at_one_place_take_nothing_alone(inputs):
    found = {one.term: one for one in plan_elimination(inputs, 1).terms}
    # 60 yuan × 90 days = 5,400 yuan: either binds where the other does.
    assert found["max_days_per_year"].alone_share.value == pytest.approx(0.0, abs=1e-9)
    assert found["annual_cap_yuan"].alone_share.value == pytest.approx(0.0, abs=1e-9)
    assert found["max_days_per_year"].in_order_yuan.value > 0.04


# --- today's terms reproduce today's figures ------------------------------------------------


@pytest.mark.parametrize("form", ["collective", "individual"])
def test_a_plan_alone_has_the_law_of_the_scheme(inputs, form):
    laws = year_laws(inputs, form)
    for place in range(5):
        one, law = PlanYear.of(year_laws(alone(inputs, place), form), 0), laws.laws[place]
        assert one.law.mean == pytest.approx(law.mean, abs=1e-6)
        assert one.law.sd == pytest.approx(law.sd, rel=1e-12)
        assert one.law.quantile(0.95) == pytest.approx(law.quantile(0.95), abs=1e-4)
        assert one.beneficiaries == pytest.approx(laws.beneficiaries[place], rel=1e-12)


@pytest.mark.parametrize("expenses", ["default", "none"])
@pytest.mark.parametrize("code", PLANS)
def test_todays_terms_give_todays_figures_to_the_fen(inputs, exact, code, expenses):
    place = PLANS.index(code)
    column = terms_of(inputs.plans[place])[0]
    design = design_of(inputs, f"{code}.{column}", expenses=expenses)
    row = design_row(design, design.term.current)
    assert row.in_force
    assert row.change_yuan.value == pytest.approx(0.0, abs=1e-8)
    wanted = price(inputs, expenses=expenses).plans[code].technical_premium.value
    assert row.technical_premium_yuan.value == pytest.approx(wanted, abs=1e-6)
    if expenses == "default":
        figures = exact.plans[code]
        at = row.at_premium
        assert at.expected_surplus_yuan.value == pytest.approx(
            figures.expected_surplus_yuan.value, abs=0.005
        )
        assert at.deficit_probability.value == pytest.approx(
            figures.deficit_probability.value, abs=1e-9
        )
        assert at.expected_shortfall_yuan.value == pytest.approx(
            figures.expected_shortfall_yuan.value, abs=0.005
        )
        assert row.scheme_surplus_yuan.value == pytest.approx(
            exact.total.expected_surplus_yuan.value, abs=0.005
        )


def test_the_least_premium_of_the_rule_keeps_it_and_a_fen_less_does_not(inputs):
    for place, code in enumerate(PLANS):
        year = plan_reader(place).year(inputs)
        premium = kept_premium(inputs, place, year, 0.05).value
        chances = []
        for yuan in (premium + 1e-6, premium - 0.5):
            changed = apply(inputs, Changes({f"plans.{code}.premium_yuan": yuan}))
            design = design_of(changed, f"{code}.units")
            chances.append(design_row(design, 1.0).at_premium.deficit_probability.value)
        assert chances[0] <= 0.05 < chances[1], code


# --- monotony --------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "column"), EVERY_TERM)
def test_cost_and_need_go_one_way_with_every_term(inputs, code, column):
    design = design_of(inputs, f"{code}.{column}")
    values = grid_of(inputs, design.term)[:: 3 if column != "units" else 1]
    rows = design_rows(design, values)
    sign = 1.0 if design.term.rises else -1.0
    for name in ("cost_yuan", "break_even_yuan", "technical_premium_yuan", "kept_premium_yuan"):
        steps = sign * np.diff([getattr(row, name).value for row in rows])
        assert np.all(steps >= -1e-4), name
    surplus = np.diff([row.at_premium.expected_surplus_yuan.value for row in rows])
    if column != "units":
        assert np.all(sign * surplus <= 0.01)


@given(
    named=st.sampled_from(["P1.first_stay_share", "P2.daily_yuan", "P3.lump_sum_yuan"]),
    premiums=st.lists(st.integers(20, 120), min_size=2, max_size=2, unique=True),
)
@settings(max_examples=8)
def test_more_premium_never_buys_less(inputs, named, premiums):
    design = design_of(inputs, named)
    less, more = (bought(design, "kept", float(yuan)) for yuan in sorted(premiums))
    if less.row is not None:
        assert more.row.value >= less.row.value


@pytest.mark.parametrize(("code", "column"), EVERY_TERM)
def test_what_is_bought_is_enough_and_a_step_more_is_not(inputs, code, column):
    design = design_of(inputs, f"{code}.{column}")
    term, premium = design.term, 25.0
    for aim in AIMS:
        found = bought(design, aim, premium)
        if found.state == "none":
            assert found.least_yuan > premium
            continue
        need = {
            "break_even": found.row.break_even_yuan,
            "technical": found.row.technical_premium_yuan,
            "kept": found.row.kept_premium_yuan,
        }[aim]
        assert need.value <= premium + 1e-6
        if found.state != "solved":
            continue
        step = term.step if term.rises else -term.step
        beyond = design_row(design, found.row.value + step, premium=premium)
        short = {
            "break_even": beyond.break_even_yuan,
            "technical": beyond.technical_premium_yuan,
            "kept": beyond.kept_premium_yuan,
        }[aim]
        assert short.value > premium
        if found.exact_value is not None and term.rises:
            assert found.row.value <= found.exact_value < found.row.value + term.step


def test_what_thirty_yuan_pay_for(inputs):
    design = design_of(inputs, "P3.lump_sum_yuan")
    found = {aim: bought(design, aim, 30.0) for aim in AIMS}
    # The cost of a lump sum is linear in it: solved by hand from two values.
    even = found["break_even"].exact_value
    rows = [design_row(design, value) for value in (5_000.0, 15_000.0)]
    low, high = (row.break_even_yuan.value for row in rows)
    assert even == pytest.approx(5_000.0 + 1e4 * (30.0 - low) / (high - low), abs=1e-4)
    assert [found[aim].row.value for aim in AIMS] == [10_200.0, 9_000.0, 8_900.0]


# --- two terms -------------------------------------------------------------------------------


def test_pairs_of_equal_cost_cost_the_same(inputs):
    design = design_of(inputs, "P1.first_stay_share")
    second = term_of(inputs, "P1", "deductible_yuan")
    curve = equal_cost(design, second, (0.8, 0.9, 1.0), figures=True)
    assert curve.points[0].second == 0.0
    for point in curve.points:
        changed = with_value(with_value(inputs, design.term, point.first), second, point.second)
        claims = expected_claims(changed)
        cost = claims.paid_yuan[0] / claims.enrolments[0]
        assert cost == pytest.approx(curve.cost_yuan, abs=1e-5)
        assert point.row.cost_yuan.value <= curve.cost_yuan + 1e-6
    # A lower share than today's cannot be made up by less than no deductible.
    assert equal_cost(design, second, (0.7,)).points[0].second is None


def test_a_whole_second_term_costs_no_more(inputs):
    design = design_of(inputs, "P2.daily_yuan")
    second = term_of(inputs, "P2", "elimination_days")
    curve = equal_cost(design, second, (60.0, 80.0), figures=True)
    assert [point.second for point in curve.points] == [0.0, 3.0]
    assert curve.points[1].row.cost_yuan.value < curve.cost_yuan


def test_the_table_of_two_terms_is_the_scheme_with_both(inputs):
    design = design_of(inputs, "P3.lump_sum_yuan")
    second = term_of(inputs, "P3", "partial_lump_yuan")
    table = cost_table(design, second, ((8_000.0, 10_000.0), (1_000.0, 9_000.0)))
    assert np.isnan(table.cost_yuan[0, 1])  # a part above the whole
    changed = apply(inputs, Changes({"plans.P3.partial_lump_yuan": 9_000.0}))
    claims = expected_claims(changed)
    assert table.cost_yuan[1, 1] == pytest.approx(claims.paid_yuan[2] / 46_000, rel=1e-12)


def test_the_order_of_two_terms_has_no_meaning(inputs):
    first, second = "lump_sum_yuan", "partial_lump_yuan"
    one = cost_table(
        design_of(inputs, f"P3.{first}"),
        term_of(inputs, "P3", second),
        ((800.0, 12_000.0), (700.0,)),
    )
    other = cost_table(
        design_of(inputs, f"P3.{second}"),
        term_of(inputs, "P3", first),
        ((700.0,), (800.0, 12_000.0)),
    )
    assert one.cost_yuan[1, 0] == pytest.approx(other.cost_yuan[0, 1], rel=1e-12)


# --- cost of the event ----------------------------------------------------------------------


def test_own_cost_of_stays_by_hand(inputs):
    # One age relativity and a coinsurance without deductible: own cost in closed form.
    values = {f"stay_cost_relativity.{band}": 1.0 for band in ("16-19", "20-24")}
    changed = apply(inputs, Changes({**values, "basic_deductible_yuan": 200.0}))
    found = stay_costs(alone(changed, 0), 0)
    assert 0.0 < found.own_yuan < found.whole_yuan
    assert found.most_share == pytest.approx(found.own_share, rel=0.05)
    full = replace(changed.plans[0], first_stay_share=1.0, later_stay_share=1.0)
    whole = stay_costs(replace(alone(changed, 0), plans=(full,)), 0)
    # All of the self-pay inside the scope, less waiting and cap, is below the own cost.
    outside = (1.0 - 0.92) * whole.whole_yuan
    assert whole.paid_yuan < whole.own_yuan - outside
    assert whole.paid_yuan > 0.98 * (whole.own_yuan - outside)


def test_a_lump_sum_has_no_cost_to_be_held_against(inputs):
    assert stay_costs(inputs, 2) is None


# --- drawn -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("P1", {"first_stay_share": 0.9, "deductible_yuan": 200.0}),
        ("P3", {"lump_sum_yuan": 12_000.0, "waiting_none_until_day": 60.0}),
    ],
)
def test_a_changed_term_computed_and_drawn(inputs, code, values):
    changed = apply(inputs, Changes({f"plans.{code}.{name}": one for name, one in values.items()}))
    place = PLANS.index(code)
    column = next(iter(values))
    row = design_row(design_of(changed, f"{code}.{column}"), values[column])
    year = plan_reader(place).year(changed)
    drawn = simulate_totals(changed, years=8_000, seed=11)[:, place] / 100.0
    error = drawn.std() / np.sqrt(len(drawn))
    assert row.cost_yuan.value * year.enrolments == pytest.approx(drawn.mean(), abs=4.5 * error)
    terms = inputs.assumptions
    spent = 0.05 * year.enrolments * changed.plans[place].premium_yuan
    per_case = terms[
        "expense_per_beneficiary_yuan_P1_P2"
        if place < 2
        else "expense_per_beneficiary_yuan_P3_P4_P5"
    ]
    spent += 0.5 * year.enrolments + per_case * year.beneficiaries
    left = year.enrolments * changed.plans[place].premium_yuan - spent
    chance = float((drawn > left).mean())
    wanted = row.at_premium.deficit_probability.value
    assert chance == pytest.approx(wanted, abs=4.5 * np.sqrt(0.25 / 8_000))


def test_with_parameters_uncertain_a_better_benefit_costs_more(inputs):
    """Draws are solved with the benefits in force: a change is not absorbed by the totals."""
    own = {"plan": "P1", "term": ["first_stay_share=0.8:0.9:0.1"], "draws": 20}
    own |= {"basis": "parameters", "premium": 0.01}
    rows = ask("design", Choices(own=own), pack=inputs).result.rows
    plain = design_rows(design_of(inputs, "P1.first_stay_share"), (0.8, 0.9))
    for now, there in zip(rows, plain, strict=True):
        assert now.cost_yuan.value == pytest.approx(there.cost_yuan.value, rel=0.03)
        assert now.cost_yuan.error > 10 * there.cost_yuan.error
    ratio = rows[1].cost_yuan.value / rows[0].cost_yuan.value
    assert ratio == pytest.approx(plain[1].cost_yuan.value / plain[0].cost_yuan.value, rel=5e-3)


# --- solving ---------------------------------------------------------------------------------


@given(
    root=st.integers(0, 400),
    last=st.integers(1, 400),
    guess=st.one_of(st.none(), st.integers(0, 500)),
    power=st.sampled_from([1, 3]),
)
def test_the_last_step_kept_is_that_of_a_plain_search(root, last, guess, power):
    def gap(step):
        return float(step - root) ** power - 0.5

    plain = [step for step in range(last + 1) if gap(step) <= 0.0]
    found = last_kept(gap, 0, last, guess=guess)
    assert found == (plain[-1] if plain else None)


def test_roots():
    assert root_between(lambda x: x**3 - 8.0, 0.0, 5.0, closeness=1e-10) == pytest.approx(2.0)
    assert root_between(lambda x: x + 1.0, 0.0, 5.0, closeness=1e-10) is None
    assert root_between(lambda x: x, 0.0, 5.0, closeness=1e-10) == 0.0


# --- choices ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ({"plan": "P9"}, "unknown-choice"),
        ({"plan": "P3", "term": ["daily_yuan"]}, "benefit-term-unknown"),
        ({"plan": "P1", "term": ["first_stay_share=0.8:1.2"]}, "benefit-above-cost"),
        ({"plan": "P1", "term": ["units"]}, "benefit-above-cost"),
        ({"plan": "P3", "term": ["lump_sum_yuan=9000:5000"]}, "benefit-range"),
        ({"plan": "P3", "term": ["lump_sum_yuan=9000"]}, "benefit-range"),
        ({"plan": "P2", "term": ["elimination_days=0:5:0.5"]}, "benefit-range"),
        ({"plan": "P3", "term": ["lump_sum_yuan=500:9000"]}, "value-out-of-range"),
        ({"plan": "P3", "term": ["lump_sum_yuan=1e3:2e5:100"]}, "benefit-too-many-values"),
        ({"plan": "P3", "term": ["lump_sum_yuan=a:b"]}, "not-a-number"),
        ({"term": ["units", "units=1:2"]}, "benefit-term-twice"),
        ({"term": ["units", "lump_sum_yuan", "partial_lump_yuan"]}, "benefit-terms-many"),
        ({"premium": 0}, "value-out-of-range"),
        ({"deficit": 0.6}, "value-out-of-range"),
        ({"draws": 50}, "uncertain-needs-basis"),
    ],
)
def test_choices_that_are_refused(inputs, own, code):
    with pytest.raises(InputRefused) as refusal:
        ask("design", Choices(own=own), pack=inputs)
    assert [fault.code for fault in refusal.value.faults] == [code]


def test_benefits_above_the_own_cost_are_told(inputs):
    own = {"plan": "P2", "term": ["daily_yuan=60:100:10"]}
    answer = ask("design", Choices(own=own), pack=inputs)
    (told,) = answer.asked.warnings
    assert told.code == "benefit-above-own-cost"
    marked = {row.value: row.above_cost for row in answer.result.rows}
    assert marked[float(told.parts["allowed"])] is False
    assert marked[float(told.parts["value"])] is True
    units = ask("design", Choices(own={"plan": "P4", "term": ["units=1:3"]}), pack=inputs)
    assert [fault.code for fault in units.asked.warnings] == ["benefit-units-above"]


def test_other_choices_keep_the_schema(inputs):
    own = {"plan": "P1", "term": ["first_stay_share=0.8:0.9:0.1", "deductible_yuan=0:200:200"]}
    answer = ask("design", Choices(own=own | {"premium": 80}, expenses="none"), pack=inputs)
    check("design", document(answer))


def test_through_the_command_line(capsys):
    asked = ["design", "--plan", "P3", "--term", "lump_sum_yuan=8000:12000:1000", "--json"]
    assert main(asked) == 0
    told = json.loads(capsys.readouterr().out)
    check("design", told)
    assert [row["value"] for row in told["rows"]] == [8_000, 9_000, 10_000, 11_000, 12_000]
    assert told["rows"][2]["deficit_probability"]["value"] == pytest.approx(0.381, abs=5e-4)
    kept = {one["aim"]: one["row"]["value"] for one in told["pays_for"]}
    assert kept == {"break_even": 10_200, "technical": 9_000, "kept": 8_900}
    assert json_text(told).count("NaN") == 0
    assert main(["design", "--plan", "P1", "--term", "first_stay_share=0.8:1.5"]) == 2
    assert "WB-482" in capsys.readouterr().err
    assert main(["design", "--lang", "zh"]) == 0
    assert "可定到 8,900" in capsys.readouterr().out
