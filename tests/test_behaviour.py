"""Who joins and who leaves: identities, the engine really split, bands, turning points, payers."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from workbench.behaviour import (
    BAND_NAMES,
    MEMBERS_NOW,
    Options,
    Payers,
    Reaction,
    curve,
    joiners,
    participation,
    premium_bands,
    reactions,
)
from workbench.behaviour.cells import expected_by_cell, plan_cells
from workbench.behaviour.deficits import deficit_of
from workbench.behaviour.leaving import (
    CLASS_SHARES,
    proneness,
    sensitivity,
    staying,
    thin_units,
    unit_staying,
)
from workbench.behaviour.turning import cost_slope, equilibrium, spiral, turn_down
from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.engine.events import scheme_of
from workbench.engine.moments import expected_beneficiaries, expected_paid
from workbench.engine.stages import plan_law, year_laws
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.inputs import portfolio_of
from workbench.portfolio import Segment
from workbench.premium.technical import expense_terms
from workbench.questions import Choices, ask, document

SCHEMA = Path(__file__).parent.parent / "docs" / "schemas" / "participation.json"
CODES = ("P1", "P2", "P3", "P4", "P5")


@pytest.fixture(scope="module")
def cells(inputs):
    return {code: plan_cells(inputs, inputs, code) for code in CODES}


@pytest.fixture(scope="module")
def central(inputs):
    """The central reaction with every member deciding alone."""
    return reactions(inputs.assumptions, units=False)[0]


def at(cells, reaction, *premiums, payers=None, **more):
    """The curve of a plan's premiums, expenses as by default."""
    terms = expense_terms(cells.scheme.inputs, cells.plan)
    asked = np.array(premiums, dtype=float)
    return curve(cells, reaction, asked, terms=terms, payers=payers or Payers(), **more)


def priced(inputs, **premiums):
    return apply(inputs, Changes({f"plans.{code}.premium_yuan": p for code, p in premiums.items()}))


# Identities


@pytest.mark.parametrize("code", CODES)
def test_at_todays_terms_nothing_moves(inputs, exact, cells, code):
    """Members, cost and surplus are today's under each of the 27 reactions, units or none."""
    for units in (True, False):
        band = reactions(inputs.assumptions, units=units)
        assert len(band) == 27
        for reaction in band:
            found = at(cells[code], reaction, cells[code].premium_before)
            now = exact.plans[code]
            assert found.enrolments[0] == pytest.approx(now.enrolments, rel=1e-12)
            assert found.paid_yuan[0] == pytest.approx(now.mean_yuan.value, rel=1e-9)
            assert found.surplus_yuan[0] == pytest.approx(
                now.expected_surplus_yuan.value, rel=1e-8, abs=0.01
            )


def test_expected_payments_by_cell_add_up_to_the_engines(inputs):
    scheme = scheme_of(inputs)
    yuan, cases = expected_by_cell(scheme)
    members = scheme.portfolio.members
    np.testing.assert_allclose(members @ yuan, expected_paid(scheme), rtol=1e-12)
    np.testing.assert_allclose(members @ cases, expected_beneficiaries(scheme), rtol=1e-12)


@given(
    eta=st.floats(0.05, 0.9),
    gamma=st.floats(0.0, 0.6),
    omega=st.floats(0.0, 0.7),
    now=st.floats(0.2, 0.8),
    code=st.sampled_from(CODES),
)
def test_enrolments_fall_by_eta(cells, central, eta, gamma, omega, now, code):
    """d ln N / d ln P = −eta at today's terms, whatever the selectivity."""
    reaction = replace(
        central, elasticity=eta, selectivity=gamma, proneness_cv=omega, participation=now
    )
    premium, step = cells[code].premium_before, 1e-4
    found = at(cells[code], reaction, premium * np.exp(-step), premium * np.exp(step))
    slope = np.diff(np.log(found.enrolments))[0] / (2.0 * step)
    assert slope == pytest.approx(-eta, abs=1e-6)


@pytest.mark.parametrize(("gamma", "cost"), [(0.0, 27.2), (0.25, 27.9), (0.5, 28.4)])
def test_the_published_check(cells, central, gamma, cost):
    """P3, 30 to 40 yuan, eta 0.3, omega 0.5, pi0 0.5, no units (docs/participation.md)."""
    reaction = replace(
        central, elasticity=0.3, selectivity=gamma, proneness_cv=0.5, participation=0.5
    )
    found = at(cells["P3"], reaction, 40.0)
    assert round(100.0 * (found.enrolments[0] / 46_000 - 1.0), 1) == -8.6
    assert round(found.cost_per_enrolment[0], 1) == cost


@given(
    low=st.floats(0.75, 2.0),
    factor=st.floats(1.0, 2.0),
    place=st.integers(0, 26),
    units=st.booleans(),
    code=st.sampled_from(CODES),
)
def test_a_dearer_plan_never_has_more_members(inputs, cells, low, factor, place, units, code):
    """And where members decide alone, those who stay cost no less: the prone stay longest."""
    reaction = reactions(inputs.assumptions, units=units)[place]
    first = low * cells[code].premium_before
    found = at(cells[code], reaction, first, first * factor)
    members, cost = found.enrolments, found.cost_per_enrolment
    assert 0.0 <= members[1] <= members[0] * (1.0 + 1e-12)
    if reaction.selectivity == 0.0:
        assert cost[1] == pytest.approx(cost[0], rel=1e-9)
    elif not units:
        assert cost[1] >= cost[0] * (1.0 - 1e-9)


def test_hidden_classes_have_their_moments(central):
    for omega in (0.0, 0.3, 0.7):
        claims = proneness(replace(central, proneness_cv=omega))
        assert CLASS_SHARES @ claims == pytest.approx(1.0)
        assert np.sqrt(CLASS_SHARES @ (claims - 1.0) ** 2) == pytest.approx(omega)


def test_sensitivities_are_one_on_average(cells, central):
    for code in CODES:
        one = cells[code]
        k = sensitivity(one, replace(central, selectivity=0.6))
        assert one.members @ k @ CLASS_SHARES / one.enrolments == pytest.approx(1.0)
        assert k.max() / k.min() <= 400.0**0.6 * (1.0 + 1e-9)


# The engine really split into hidden classes


@pytest.mark.parametrize("code", ["P1", "P3", "P5"])
def test_the_law_is_that_of_an_engine_split_by_class(inputs, cells, central, code):
    """Three segments whose rates are w_h times the scheme's, with N_jch members each.

    `base_enrolment_ratio` of a segment divides every rate, so 1/w_h of it makes the class.
    """
    one, price = cells[code], 1.3 * cells[code].premium_before
    kept = staying(one, central, np.log(np.array([1.3])))[0]
    claims = proneness(central)
    segments = tuple(
        Segment(name=f"class_{place}", beliefs={"base_enrolment_ratio": 1.0 / claim})
        for place, claim in enumerate(claims)
    )
    rows = tuple(replace(row, segment=segment.name) for segment in segments for row in inputs.rows)
    split = scheme_of(replace(inputs, rows=rows, segments=segments))
    members = np.zeros(len(split.portfolio.members))
    whole = portfolio_of(inputs)
    place_of = {_cell(whole, place): number for number, place in enumerate(one.where)}
    bundles = len(inputs.rows)
    for place in range(len(members)):
        number = place_of.get(_cell(split.portfolio, place, bundles))
        if number is not None:
            hidden = int(split.portfolio.segment[place])
            members[place] = one.members[number] * CLASS_SHARES[hidden] * kept[number, hidden]
    split = replace(split, portfolio=replace(split.portfolio, members=members))
    found = at(one, central, price)
    assert members.sum() == pytest.approx(found.enrolments[0], rel=1e-12)
    assert expected_paid(split)[one.place] == pytest.approx(found.paid_yuan[0], rel=1e-9)
    assert expected_beneficiaries(split)[one.place] == pytest.approx(
        found.beneficiaries[0], rel=1e-9
    )
    law, _ = plan_law(split, one.place)
    for limit in (0.9, 1.0, 1.1, 1.3) * found.paid_yuan:
        risk = deficit_of(one, found.by_cell[0], float(limit))
        assert risk.probability.value == pytest.approx(law.probability_above(limit), abs=2e-6)
        assert risk.shortfall_yuan.value == pytest.approx(law.expected_excess(limit), abs=2.0)


def _cell(portfolio, place, bundles=10_000):
    return (
        int(portfolio.row[place]) % bundles,
        int(portfolio.sex[place]),
        int(portfolio.band[place]),
        bool(portfolio.first_term[place]),
    )


def test_deficits_of_unmoved_members_are_the_tiers(inputs):
    """P3 at 35 yuan if nobody reacts: 0.0148 (docs/assumptions.md section 3)."""
    found = participation(inputs, priced(inputs, P3=35.0), "P3")
    assert found.before.deficit_probability.value == pytest.approx(0.381, abs=5e-4)
    assert found.unmoved.deficit_probability.value == pytest.approx(0.0148, abs=5e-5)
    assert found.before.expected_shortfall_yuan.value == pytest.approx(30_500, abs=50)


# Bands


@pytest.mark.parametrize(("code", "premium"), [("P3", 26.0), ("P3", 34.0), ("P1", 80.0)])
def test_bands_hold_every_reaction(inputs, cells, code, premium):
    found = participation(inputs, priced(inputs, **{code: premium}), code)
    one = plan_cells(inputs, priced(inputs, **{code: premium}), code)
    curves = [at(one, reaction, premium) for reaction in reactions(inputs.assumptions)]
    members = [entry.enrolments[0] for entry in curves]
    band = found.band("enrolments")
    assert (band.low.value, band.high.value) == pytest.approx((min(members), max(members)))
    risks = [
        deficit_of(one, entry.by_cell[0], float(entry.surplus_yuan[0] + entry.paid_yuan[0]))
        for entry in curves
    ]
    for name, field in (
        ("deficit_probability", "probability"),
        ("expected_shortfall_yuan", "shortfall_yuan"),
    ):
        values = [getattr(risk, field).value for risk in risks]
        band = found.band(name)
        assert band.low.value == pytest.approx(min(values), rel=1e-9)
        assert band.high.value == pytest.approx(max(values), rel=1e-9)
        assert band.central.value == pytest.approx(values[0])


def test_a_band_is_never_one_curve(inputs):
    found = participation(inputs, inputs, "P3", premiums=range(25, 96))
    quick = premium_bands(inputs, inputs, "P3", premiums=range(25, 96))
    assert np.array_equal(quick.illustration, found.illustration)
    for name, bands in quick.bands.items():
        for end in ("low", "central", "high"):
            assert np.array_equal(getattr(bands, end), getattr(found.bands[name], end))
    for name, bands in found.bands.items():
        assert np.all(bands.low <= bands.central)
        assert np.all(bands.central <= bands.high)
        moved = found.premiums != 30.0
        if name == "enrolments":
            assert np.all(bands.high[moved] - bands.low[moved] > 1.0)
    inside = np.abs(np.log(found.premiums / 30.0)) <= 0.3
    assert np.array_equal(~inside, found.illustration)


# Units


def test_units_that_decide_leave_by_their_hazard(central):
    reaction = replace(central, unit_elasticity=0.15, unit_leaving=0.03)
    x = np.array([-1.0, 0.0, 1e-6, 0.2, 10.0])
    stay = unit_staying(reaction, x)
    assert stay[1] == 1.0
    assert (1.0 - stay[2]) / 1e-6 == pytest.approx(0.15, rel=1e-4)
    assert stay[3] == pytest.approx(1.03 - 0.03 * np.exp(0.15 * 0.2 / 0.03))
    assert stay[4] == pytest.approx(0.53)
    assert 1.0 < stay[0] < 1.03


@given(
    least=st.floats(0.3, 0.9), sd=st.floats(0.05, 0.2), kept=st.floats(0.3, 1.2),
    now=st.floats(0.2, 0.8),
)  # fmt: skip
def test_thin_units_are_those_of_the_beta_law(central, least, sd, kept, now):
    """Against the integral of u over the cut Beta law of participation between units."""
    found = thin_units(replace(central, participation=now, unit_sd=sd), least, np.array([kept]))[0]
    mean = min(max(now, least + 2.0 * sd), 0.98)
    weight = max(mean * (1.0 - mean) / sd**2 - 1.0, 0.5)
    first, second = mean * weight, (1.0 - mean) * weight
    bound = min(max(least / kept, least), 1.0)
    # (1 − u)^(second − 1) is the weight of the rule; u^first has no spike where u >= least.
    parts = [
        quad(lambda u: u**first, low, high, weight="alg", wvar=(0.0, second - 1.0))[0]
        if high == 1.0
        else quad(lambda u: u**first * (1.0 - u) ** (second - 1.0), low, high)[0]
        for low, high in ((bound, 1.0), (least, 1.0))
        if low < high
    ]
    stays = parts[0] / parts[-1] if bound < 1.0 else 0.0
    assert found == pytest.approx(1.0 - stays, abs=1e-6)
    assert kept < 1.0 or found == 0.0


def test_without_a_least_participation_no_unit_is_too_thin(central):
    assert thin_units(central, 0.0, np.array([0.1]))[0] == 0.0


# Turning points


def test_equilibrium_and_top_are_what_they_say(cells, central):
    one = replace(central, elasticity=0.8, participation=0.8)
    find = partial(at, cells["P3"], one)
    asked = lambda premiums: find(*premiums)  # noqa: E731
    balance = equilibrium(asked, 30.0)
    assert abs(find(balance.value).surplus_yuan[0]) < 1.0
    top = turn_down(asked, 30.0)
    near = find(top.value * 0.999, top.value, top.value * 1.001).surplus_yuan
    assert near[1] > max(near[0], near[2])
    assert turn_down(lambda premiums: at(cells["P3"], central, *premiums), 30.0) is None


def test_a_spiral_is_found_where_members_are_very_selective(cells, central):
    strong = replace(central, elasticity=3.0, selectivity=1.5, proneness_cv=0.7)
    asked = lambda premiums: at(cells["P3"], strong, *premiums)  # noqa: E731
    begins = spiral(asked, 30.0)
    assert begins is not None
    assert cost_slope(asked, np.array([begins.value * 1.01]))[0] >= 1.0
    assert spiral(lambda premiums: at(cells["P3"], central, *premiums), 30.0) is None


# The path, payers, benefits


def test_two_thirds_act_in_the_first_year(inputs, cells, central):
    found = participation(inputs, priced(inputs, P3=36.0), "P3", options=Options(units=False))
    today, first, second = (row.bands["enrolments"].central.value for row in found.years)
    direct = at(cells["P3"], central, 30.0 * 1.2 ** (2.0 / 3.0)).enrolments[0]
    assert today == 46_000
    assert first == pytest.approx(direct)
    assert second == found.band("enrolments").central.value
    assert second < first < today


def test_who_pays_decides_what_is_felt(cells, central):
    one = cells["P3"]
    plain = at(one, central, 40.0).enrolments[0]
    same = at(one, central, 40.0, payers=Payers(before=0.4, unit=0.4)).enrolments[0]
    shared = at(one, central, 40.0, payers=Payers(unit=0.1, union=0.15)).enrolments[0]
    assert same == pytest.approx(plain)
    assert shared == pytest.approx(at(one, central, 30.0).enrolments[0])
    free = at(one, central, 40.0, payers=Payers(union=1.0)).enrolments[0]
    assert free == pytest.approx(one.enrolments / central.participation)
    unfelt = at(one, central, 40.0, payers=Payers(before=1.0, unit=1.0)).enrolments[0]
    assert unfelt == pytest.approx(one.enrolments)


@pytest.mark.parametrize(
    ("shares", "code"),
    [
        ({"unit": 0.7, "union": 0.5}, "payers-above-one"),
        ({"unit": -0.1}, "payers-above-one"),
        ({"before": 1.0, "unit": 0.5}, "payers-from-nothing"),
    ],
)
def test_shares_that_cannot_be_are_refused(shares, code):
    with pytest.raises(InputRefused) as told:
        Payers(**shares)
    assert told.value.faults[0].code == code


def test_a_benefit_cut_is_a_damped_rise_of_price(inputs, central):
    """Half the lump sum for everybody is a price times 2^a."""
    cut = apply(inputs, Changes({"plans.P3.lump_sum_yuan": 5_000, "plans.P3.partial_lump_yuan": 500,
                                 "selectivity": 0.0}))  # fmt: skip
    for damping in (0.0, 0.5, 1.0):
        reaction = replace(central, selectivity=0.0, damping=damping)
        found = at(plan_cells(inputs, cut, "P3"), reaction, 30.0)
        dearer = at(plan_cells(inputs, inputs, "P3"), reaction, 30.0 * 2.0**damping)
        assert found.enrolments[0] == pytest.approx(dearer.enrolments[0], rel=1e-9)
        assert found.paid_yuan[0] == pytest.approx(0.5 * dearer.paid_yuan[0], rel=1e-9)


def test_a_benefit_that_is_gone_empties_the_plan(inputs, central):
    plans = tuple(
        replace(plan, lump_sum_yuan=0.0, partial_lump_yuan=0.0) if plan.code == "P4" else plan
        for plan in inputs.plans
    )
    gone = replace(inputs, plans=plans)
    found = at(plan_cells(inputs, gone, "P4"), central, 25.0)
    assert 0.0 <= found.enrolments[0] < 1.0
    assert found.paid_yuan[0] == 0.0


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("elasticity", -0.3, "elasticity-sign"),
        ("unit_elasticity", -0.1, "elasticity-sign"),
        ("proneness_cv", 0.8, "value-out-of-range"),
        ("participation", 1.0, "value-out-of-range"),
        ("selectivity", float("nan"), "not-a-number"),
    ],
)
def test_a_reaction_that_cannot_be_is_refused(central, field, value, code):
    with pytest.raises(InputRefused) as told:
        replace(central, **{field: value})
    assert told.value.faults[0].code == code
    assert isinstance(central, Reaction)


# New-form workers


def test_joiners_cost_six_hundred_thousand_to_a_million(inputs):
    found = joiners(inputs)
    assert MEMBERS_NOW == 2_707
    assert -1.35e6 < found.low.value < -1.25e6
    assert -0.65e6 < found.high.value < -0.55e6
    row = next(one for one in found.rows if one.accident_factor == 3.5)
    assert row.surplus_yuan["P1"].value == pytest.approx(row.scheme_surplus_yuan.value)
    assert row.surplus_yuan["P3"].value == 0.0


def test_joiners_that_are_all_residents_are_the_scenarios(inputs):
    found = joiners(inputs, bundle="P1+P5", resident_share=1.0)
    row = next(
        one for one in found.rows if one.accident_factor == 3.5 and one.basic_coinsurance == 0.3
    )
    new = ask("run", Choices(scenario="new_form_20000"), pack=inputs).result.result.total
    old = ask("run", pack=inputs).result.result.total
    change = new.expected_surplus_yuan.value - old.expected_surplus_yuan.value
    assert row.scheme_surplus_yuan.value == pytest.approx(change, abs=1.0)


def test_joiners_may_join_a_scheme_with_such_segments(inputs):
    more = apply(inputs, Changes({"segment:new_resident.members": 100,
                                  "segment:new_resident.bundle": "P1"}))  # fmt: skip
    assert joiners(more).high.value == pytest.approx(joiners(inputs).high.value, abs=1.0)


# The question


@pytest.fixture(scope="module")
def asked(inputs):
    """Answers to one plan at 35 yuan with some changes; a short table keeps it quick."""

    def get(own=None, **changes):
        own = {"plan": "P3", "premium": 35.0, "from": 30, "to": 31, **(own or {})}
        return document(ask("participation", Choices(changes=Changes(changes), own=own)))

    return get


def _figures(node):
    if isinstance(node, dict):
        return [number for part in node.values() for number in _figures(part)]
    if isinstance(node, list):
        return [number for part in node for number in _figures(part)]
    return [node] if isinstance(node, float) else []


def _shown(found):
    return _figures([found["plans"], found["scheme"], found["new_form"]])


def test_every_name_of_participation_moves_a_figure(inputs, asked, monkeypatch):
    """Each at the end of its range, and the least participation of the plan."""
    monkeypatch.setattr("workbench.behaviour.turning.GRID", 21)  # turning points matter little here
    plain = _shown(asked())
    names = [name for name, one in inputs.assumptions.beliefs.items()
             if one.file == "participation.csv"]  # fmt: skip
    assert len(names) == 10
    assert set(BAND_NAMES) < set(names)
    for name in names:
        belief = inputs.assumptions.belief(name)
        end = 0.5 if name == "employer_paid_share" else belief.high
        # Damping moves a figure together with a change of benefit terms.
        more = {"plans.P3.lump_sum_yuan": 8_000} if name == "benefit_damping" else {}
        before = _shown(asked(**more)) if more else plain
        assert _shown(asked(**more, **{name: end})) != before, name
    assert _shown(asked(**{"plans.P3.min_participation": 0.6})) != plain


def test_several_plans_at_once_are_each_their_own(inputs):
    """Members decide plan by plan; the scheme's sums take one reaction for all plans."""
    own = {"from": 30, "to": 31}
    both = {"plans.P3.premium_yuan": 35.0, "plans.P5.premium_yuan": 40.0}
    found = document(ask("participation", Choices(changes=Changes(both), own=own)))
    for code, premium in (("P3", 35.0), ("P5", 40.0)):
        one = document(ask("participation", Choices(own={**own, "plan": code, "premium": premium})))
        assert one["plans"][code]["new"] == found["plans"][code]["new"]
    surplus = [part["new"]["expected_surplus_yuan"] for part in found["plans"].values()]
    sums = {end: sum(one[end]["value"] for one in surplus) for end in ("low", "central", "high")}
    scheme = found["scheme"]["expected_surplus_yuan"]
    assert scheme["central"]["value"] == pytest.approx(sums["central"], abs=0.01)
    assert sums["low"] - 0.01 <= scheme["low"]["value"]
    assert scheme["high"]["value"] <= sums["high"] + 0.01
    assert found["plans"]["P1"]["new"]["enrolments"]["low"]["value"] == pytest.approx(118_000)


def test_threads_change_no_figure(inputs):
    from concurrent.futures import ThreadPoolExecutor

    own = Choices(own={"from": 30, "to": 32, "premium": 40.0, "plan": "P3"})
    with ThreadPoolExecutor(2) as pool:
        there = document(ask("participation", own, pack=inputs, mapper=pool.map))
    assert there == document(ask("participation", own, pack=inputs))


def test_the_command_line_gives_the_document(capsys):
    words = ["participation", "--plan", "P3", "--premium", "40", "--units", "none", "--json",
             "--from", "38", "--to", "40"]  # fmt: skip
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(found)
    new = found["plans"]["P3"]["new"]
    assert new["enrolments"]["central"]["value"] == pytest.approx(46_000 * (1 - 0.0860), rel=1e-3)
    assert round(new["cost_per_enrolment_yuan"]["central"]["value"], 1) == 27.9
    assert [row["premium_yuan"] for row in found["plans"]["P3"]["premiums"]] == [30, 38, 39, 40]
    payers = {row["payer"]: row["after_yuan"] for row in found["plans"]["P3"]["payers"]}
    assert payers == {"member": 40.0, "unit": 0.0, "union": 0.0}


def test_the_screen_says_the_sentences(capsys):
    words = ["participation", "--plan", "P3", "--premium", "35", "--lang", "zh", "--units", "none"]
    assert main([*words, "--from", "35", "--to", "35"]) == 0
    told = capsys.readouterr().out
    assert "如约 4.6% 的参保人次因此退出" in told
    assert "且以年轻职工为主，每人次互助金成本将由 27.2 元升到约 27.5 元" in told
    assert "现有 2,707 名" in told
    assert "无法由一年的数据得出" in told


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("--set", "price_elasticity=-0.3"), "WB-361", "-0.3"),
        (("--set", "unit_elasticity=-0.1"), "WB-361", "unit_elasticity"),
        (("--set", "selectivity=2"), "WB-305", "0.6"),
        (("--unit-share", "0.7", "--union-share", "0.5"), "WB-362", "0.7 + 0.5"),
        (("--set", "employer_paid_share=1", "--unit-share", "0.4"), "WB-363", "0.6"),
        (("--premium", "35"), "WB-365", "--plan"),
        (("--plan", "P3", "--premium", "0"), "WB-101", "0.01"),
        (("--plan", "P3", "--premium", "1e9"), "WB-101", "1000"),
        (("--plan", "P9"), "WB-403", "P9"),
        (("--from", "60", "--to", "40"), "WB-366", "60"),
        (("--from", "1", "--to", "1000"), "WB-366", "400"),
        (("--from", "25.5"), "WB-103", "25.5"),
        (("--new-form", "0"), "WB-101", "new-form"),
        (("--new-form-bundle", "P1+P4"), "WB-322", "P4"),
        (("--new-form-bundle", "=cmd"), "WB-321", "P1"),
    ],
)
def test_what_is_refused_is_told(capsys, words, code, part):
    for language in ("zh", "en"):
        assert main(["participation", *words, "--lang", language]) == 2
        shown = capsys.readouterr()
        assert code in shown.err
        assert part in shown.err
        assert shown.out == ""


def test_beyond_the_valid_change_a_warning_stands(capsys):
    words = ["participation", "--plan", "P3", "--premium", "41", "--from", "41", "--to", "41"]
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["plans"]["P3"]["new"]["illustration"] is True
    assert any("WB-367" in warning for warning in found["warnings"])


# Parameters uncertain


@pytest.mark.parametrize("first_term_share", [0.05, 0.15, 0.4])
def test_uncertain_deficits_are_means_over_the_draws(inputs, first_term_share):
    """Two draws by hand: what is given for members who do not react, law by law."""
    draws = tuple(
        apply(inputs, Changes({"critical_illness_factor": factor,
                               "first_term_share": first_term_share}))
        for factor in (0.7, 0.9)
    )  # fmt: skip
    after = priced(inputs, P3=35.0)
    found = participation(inputs, after, "P3", options=Options(units=False, draws=draws))
    packs = [priced(draw, P3=35.0) for draw in draws]
    figures = [exact_run(pack).plans["P3"] for pack in packs]
    # Expenses stand at their mean over the draws, not at each draw's.
    limit = 46_000 * 35.0 - np.mean([one.expenses_yuan.value for one in figures])
    laws = [year_laws(pack).laws[2] for pack in packs]
    chance = np.mean([law.probability_above(limit) for law in laws])
    assert found.uncertain.unmoved.probability.value == pytest.approx(chance, abs=1e-9)
    band = found.uncertain.probability
    assert band.low.value <= band.central.value <= band.high.value
    assert band.high.value > found.uncertain.unmoved.probability.value


def test_parameters_uncertain_on_the_command_line(capsys):
    words = ["participation", "--plan", "P3", "--premium", "35", "--from", "35", "--to", "35",
             "--basis", "parameters", "--draws", "60",
             "--uncertain", "critical_illness_factor"]  # fmt: skip
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(found)
    plan = found["plans"]["P3"]
    for part, landmark in (("today", 0.584), ("nobody_reacts", 0.221)):
        figure = plan["uncertain"][part]["deficit_probability"]
        assert abs(figure["value"] - landmark) < max(4.0 * figure["error"], 0.02)
    assert found["basis"]["kind"] == "parameters"
    assert plan["new"]["deficit_probability"]["central"]["value"] < 0.05
    assert main([*words, "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "Deficits (named assumptions uncertain)" in told
    assert told.count("named assumptions uncertain") == 1
