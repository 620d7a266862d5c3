"""Rules as data, the tier test: break-even factors, a stated loss, all plans together, bands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.packs import copy_of_data, edit, put
from workbench.basis import Basis, laws_on
from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.engine.stages import expected_claims, year_laws
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.inputs import Rule, RuleCondition
from workbench.pack import differences, new_pack, read_pack
from workbench.premium.rules import scheme_states, verdict
from workbench.premium.tier_bands import tier_bands
from workbench.premium.tier_test import full_tier_table, scheme_at
from workbench.premium.tiers import TIERS, tier_table
from workbench.questions import Choices, ask, document, tables
from workbench.schema import RULE_CONDITIONS, RULE_FIGURES
from workbench.show.choosing import rule_sentences
from workbench.show.tables import text

ROOT = Path(__file__).parent.parent
PLACES = {"P1": 0, "P2": 1, "P3": 2, "P4": 3, "P5": 4}


@pytest.fixture(scope="module")
def laws(inputs):
    return year_laws(inputs)


@pytest.fixture(scope="module")
def full(inputs, laws):
    return {
        code: full_tier_table(inputs, laws, place, loss_yuan=100_000.0, expenses="default")
        for code, place in PLACES.items()
    }


def now(inputs, laws, code):
    premium = inputs.plan(code).premium_yuan
    return tier_table(inputs, laws, PLACES[code], premiums=(premium,))


def rule(*conditions):
    units = {name: figure.unit for name, figure in RULE_FIGURES.items()}
    return Rule(
        code="asked",
        name_zh="所问",
        name_en="asked",
        conditions=tuple(
            RuleCondition(figure=figure, condition=condition, limit=limit, unit=units[figure])
            for figure, condition, limit in conditions
        ),
    )


# --- rules as data ----------------------------------------------------------------------------


def test_the_built_in_rules(inputs):
    assert [one.code for one in inputs.rules] == [
        "safe_and_returned",
        "one_in_five",
        "covers_itself",
    ]
    first = inputs.rules[0].conditions
    told = [(one.figure, one.condition, one.limit, one.basis) for one in first]
    assert told == [
        ("deficit_probability", "at_most", 0.05, "parameters"),
        ("returned_per_hundred", "at_least", 70.0, ""),
    ]


def test_a_pack_of_an_earlier_draft_takes_the_built_in_rules(tmp_path, inputs):
    folder = new_pack(tmp_path / "pack")
    (folder / "rules.csv").unlink()
    old = read_pack(folder)
    assert old.rules == inputs.rules
    assert differences(old, inputs) == ()


def test_own_rules_are_a_difference_from_the_built_in_pack(tmp_path, inputs):
    folder = copy_of_data(tmp_path)
    put(folder, "rules.csv", 2, "limit", "0.1")
    found = differences(read_pack(folder), inputs)
    assert [(one.file, one.column, one.before, one.after) for one in found] == [
        ("rules.csv", "limit", 0.05, 0.1)
    ]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("unit", "yuan", "cell-fixed"),
        ("limit", "5", "cell-out-of-range"),
        ("limit", "五", "number-text"),
        ("figure", "profit", "cell-code-unknown"),
        ("condition", "below", "cell-code-unknown"),
        ("basis", "hunch", "cell-code-unknown"),
        ("name_en", "Another title", "rule-two-titles"),
        ("name_zh", "<b>", "cell-markup"),
    ],
)
def test_a_bad_rule_is_told_with_its_place(tmp_path, column, value, code):
    folder = copy_of_data(tmp_path)
    row = 3 if code == "rule-two-titles" else 2
    put(folder, "rules.csv", row, column, value)
    with pytest.raises(InputRefused) as refusal:
        read_pack(folder)
    faults = [one for one in refusal.value.faults if one.code == code]
    assert faults and faults[0].parts["file"] == "rules.csv"
    assert faults[0].parts["row"] == row


def test_a_rule_that_no_number_can_meet_is_refused(tmp_path):
    folder = copy_of_data(tmp_path)

    def change(rows):
        rows.append([*rows[2][:4], "at_most", "60", *rows[2][6:]])

    edit(folder, "rules.csv", change)
    with pytest.raises(InputRefused) as refusal:
        read_pack(folder)
    assert [one.code for one in refusal.value.faults] == ["rule-contradicts-itself"]


# --- what a rule says -------------------------------------------------------------------------


def plain_values(table, row):
    """The figures of a tier, written out by hand."""
    contribution = table.enrolments * row.premium_yuan
    gap = row.mean_gap_yuan
    return {
        "deficit_probability": row.deficit_probability.value,
        "returned_per_hundred": 100.0 * row.loss_ratio.value,
        "surplus_per_hundred": 100.0 * row.expected_surplus_yuan.value / contribution,
        "expected_shortfall_yuan": row.expected_shortfall_yuan.value,
        "mean_gap_yuan": -np.inf if gap is None else gap.value,
        "expected_surplus_yuan": row.expected_surplus_yuan.value,
        "break_even_incidence": row.break_even_incidence.value,
    }


LIMITS = {
    "deficit_probability": st.floats(0.0, 1.0),
    "returned_per_hundred": st.floats(10.0, 120.0),
    "surplus_per_hundred": st.floats(-50.0, 90.0),
    "expected_shortfall_yuan": st.floats(0.0, 1e6),
    "mean_gap_yuan": st.floats(0.0, 1e6),
    "expected_surplus_yuan": st.floats(-1e6, 5e6),
    "break_even_incidence": st.floats(0.2, 6.0),
}


@settings(max_examples=60)
@given(data=st.data(), code=st.sampled_from(sorted(PLACES)))
def test_the_chosen_tier_is_the_least_that_a_plain_search_finds(inputs, laws, full, data, code):
    figures = data.draw(
        st.lists(st.sampled_from(sorted(LIMITS)), min_size=1, max_size=3, unique=True)
    )
    asked = rule(
        *(
            (figure, data.draw(st.sampled_from(RULE_CONDITIONS)), data.draw(LIMITS[figure]))
            for figure in figures
        )
    )
    found = verdict(asked, full[code], now(inputs, laws, code))
    meets = []
    for row in full[code].rows():
        values = plain_values(full[code], row)
        signs = {"at_most": 1.0, "at_least": -1.0}
        if all(
            signs[one.condition] * (values[one.figure] - one.limit) <= 0.0
            for one in asked.conditions
        ):
            meets.append(row.premium_yuan)
    assert found.least_yuan == (meets[0] if meets else None)
    assert found.most_yuan == (meets[-1] if meets else None)
    if meets:
        assert found.distance_yuan == meets[0] - inputs.plan(code).premium_yuan
        assert found.nearest_yuan == meets[0] and all(one.met for one in found.nearest)
    else:
        assert found.nearest_yuan in TIERS and not all(one.met for one in found.nearest)
    assert found.met == (inputs.plan(code).premium_yuan in meets)


def test_critical_illness_needs_four_yuan_more_for_the_usual_rule(inputs, laws, full):
    found = verdict(inputs.rules[0], full["P3"], now(inputs, laws, "P3"))
    assert (found.least_yuan, found.distance_yuan, found.met) == (34.0, 4.0, False)
    state = found.in_force[0]
    assert state.value.value == pytest.approx(0.381, abs=5e-4)
    assert not state.met and not state.near


def test_no_tier_meets_it_is_said_with_the_nearest(inputs, laws, full):
    found = verdict(inputs.rules[0], full["P5"], now(inputs, laws, "P5"))
    assert found.least_yuan is None and found.distance_yuan is None
    assert found.nearest_yuan == 25.0
    assert [one.met for one in found.nearest] == [True, False]
    answer = ask("tiers", pack=inputs)
    told = rule_sentences(answer, "en")[4]
    assert told.startswith("Accident: no tier from 25 to 95 yuan meets the rule")
    assert "the nearest is 25 yuan: yuan returned of each 100 52.3, below 70.0" in told
    assert "25–95 元没有一档符合" in rule_sentences(answer, "zh")[4]
    assert rule_sentences(answer, "en", "covers_itself")[0].startswith("Inpatient")
    # The usual rule is meant with parameters uncertain: process risk never passes under that name.
    assert "Ask again with --basis parameters" in rule_sentences(answer, "en")[-1]
    assert len(rule_sentences(answer, "en", "covers_itself")) == 5


def test_a_figure_on_its_limit_is_marked_as_near(inputs, laws, full):
    value = full["P3"].row(30).deficit_probability.value
    found = verdict(
        rule(("deficit_probability", "at_most", value)), full["P3"], now(inputs, laws, "P3")
    )
    assert found.in_force[0].met and found.in_force[0].near


def test_a_tier_in_force_outside_the_table_has_its_distance(inputs, laws, full):
    changed = apply(inputs, Changes({"plans.P3.premium_yuan": 20.5}))
    there = full_tier_table(changed, laws, 2, loss_yuan=None, expenses="default")
    found = verdict(inputs.rules[0], there, now(changed, laws, "P3"))
    assert found.distance_yuan == 34.0 - 20.5
    assert found.in_force[0].value.value > 0.99


# --- break-even factors -----------------------------------------------------------------------


def test_at_the_break_even_incidence_the_expected_surplus_is_zero(inputs, full):
    factor = full["P3"].row(35).break_even_incidence
    scaled = inputs.assumptions["critical_illness_factor"] * factor.value
    changed = apply(
        inputs, Changes({"critical_illness_factor": scaled, "plans.P3.premium_yuan": 35.0})
    )
    surplus = exact_run(changed).plans["P3"].expected_surplus_yuan
    assert factor.value > 1.0
    assert surplus.value == pytest.approx(0.0, abs=2.0)


@pytest.mark.parametrize("premium", [40, 66, 95])
def test_at_the_break_even_cost_the_expected_surplus_is_zero(inputs, full, premium):
    factor = full["P1"].row(premium).break_even_cost
    beliefs = inputs.assumptions
    scale = beliefs["stay_cost_scale"] * factor.value
    changed = replace(inputs, assumptions=beliefs.changed({"stay_cost_scale": scale}))
    claims = expected_claims(changed)
    budget = full["P1"].budget_yuan[premium - 25]
    # An error of the factor is an error of the claims of about the same share.
    assert claims.paid_yuan[0] == pytest.approx(budget, rel=2.0 * factor.error / factor.value)


def test_a_plan_that_pays_the_same_whatever_the_cost_has_no_break_even_cost(full):
    for code in ("P2", "P3", "P4", "P5"):
        assert full[code].break_even_cost is None
        assert full[code].row(50).break_even_cost is None
    assert full["P1"].row(25).break_even_cost is None  # no cost from a tenth on is low enough
    values = full["P1"].break_even_cost.values
    assert np.all(np.diff(values[2:]) > 0.0)


# --- a stated loss, all plans together --------------------------------------------------------


def test_the_probability_of_a_stated_loss(inputs, laws, full):
    for code, place in PLACES.items():
        table = full[code]
        chances = table.loss_probability.values
        assert np.all(chances <= table.deficit_probability.values + 1e-11)
        none = full_tier_table(inputs, laws, place, loss_yuan=0.0, expenses="default")
        np.testing.assert_allclose(none.loss_probability.values, table.deficit_probability.values)
        limit = table.budget_yuan[10] + 100_000.0
        assert chances[10] == pytest.approx(laws.laws[place].probability_above(limit), abs=1e-12)


@pytest.mark.parametrize("expenses", ["default", "none"])
def test_all_plans_at_a_vector_of_tiers_are_the_run_at_these_tiers(inputs, laws, expenses):
    vector = {"P1": 72.0, "P3": 33.5}
    changes = {f"plans.{code}.premium_yuan": yuan for code, yuan in vector.items()}
    total = exact_run(apply(inputs, Changes(changes)), expenses=expenses).total
    found = scheme_at(inputs, laws, vector, loss_yuan=2e5, expenses=expenses)
    assert found.contribution_yuan == total.contribution_yuan
    for name in ("loss_ratio", "deficit_probability", "expected_surplus_yuan"):
        one, other = getattr(found, name), getattr(total, name)
        assert one.value == pytest.approx(other.value, rel=1e-9, abs=1e-12), name
    assert found.expected_shortfall_yuan.value == pytest.approx(
        total.expected_shortfall_yuan.value, rel=1e-8, abs=1e-6
    )
    assert 0.0 < found.loss_probability.value < found.deficit_probability.value
    states = scheme_states(inputs.rules, found)
    assert states["covers_itself"][0].met == (total.expected_surplus_yuan.value >= 0.0)


# --- parameters uncertain ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn(inputs):
    return laws_on(inputs, Basis(kind="parameters", draws=20))


def test_bands_are_the_draws_own_figures(inputs, laws, drawn):
    table = tier_table(inputs, drawn, 2)
    bands = tier_bands(drawn, 2, table)
    ratios = drawn.draws.paid_yuan[:, 2] / (46_000 * 30.0)
    assert bands["loss_ratio"].low[5] == pytest.approx(np.quantile(ratios, 0.05))
    assert bands["loss_ratio"].high[5] == pytest.approx(np.quantile(ratios, 0.95))
    for name, band in bands.items():
        assert np.all(band.low <= band.high), name
    chance = table.deficit_probability
    assert np.all(bands["deficit_probability"].low <= chance.values + 1e-12)
    assert tier_bands(laws, 2, table) == {}


def test_uncertain_parameters_ask_for_a_higher_tier(inputs, laws, drawn, full):
    wide = full_tier_table(inputs, drawn, 2, loss_yuan=100_000.0, expenses="default")
    asked, alone = inputs.rules[0], now(inputs, laws, "P3")
    assert verdict(asked, wide, alone).least_yuan > verdict(asked, full["P3"], alone).least_yuan
    row = wide.row(35)
    assert row.deficit_probability.error > 1e-3  # the draws' own error, not the lattice's
    assert row.loss_probability.value > full["P3"].row(35).loss_probability.value


# --- question and command line ----------------------------------------------------------------


def run(capsys, *words):
    status = main(list(words))
    told = capsys.readouterr()
    return status, told.out, told.err


def test_tiers_from_the_command_line(capsys):
    status, out, _ = run(capsys, "tiers", "--loss", "100000", "--tiers", "P3=35,P5=25", "--json")
    found = json.loads(out)
    jsonschema.validate(found, json.loads((ROOT / "docs/schemas/tiers.json").read_text("utf-8")))
    assert status == 0
    chosen = found["together"]["chosen"]
    assert chosen["premiums"] == {"P1": 95, "P2": 80, "P3": 35, "P4": 25, "P5": 25}
    assert chosen["plans"]["P3"]["deficit_probability"]["value"] == pytest.approx(0.0148, abs=5e-5)
    assert found["together"]["in_force"]["contribution_yuan"] == 17_500_000
    assert found["rules"]["safe_and_returned"]["plans"]["P3"]["least_yuan"] == 34
    assert found["plans"]["P3"][5]["loss_probability"]["value"] > 0.0
    again = json.loads(run(capsys, "tiers", "--json")[1])
    assert again["together"]["chosen"] is None
    assert again["plans"]["P3"][5]["loss_probability"] is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_screen_tells_rules_and_the_whole_scheme(inputs, language):
    answer = ask("tiers", Choices(own={"tiers": "P3=120", "loss": 1e5}), pack=inputs)
    names = [table.name for table in tables(answer)]
    assert names == [
        "tiers",
        "break_even",
        "rules",
        "together",
        "together_chosen",
        "rule_conditions",
    ]
    for table in tables(answer):
        assert "None" not in text(table, language)
    assert [one.code for one in answer.asked.warnings] == ["premium-unusual"]
    assert document(answer)["together"]["chosen"]["plans"]["P3"]["premium_yuan"] == 120


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--tiers", "P3"), "WB-551"),
        (("--tiers", "P3=30,P3=31"), "WB-551"),
        (("--tiers", "P9=30"), "WB-403"),
        (("--tiers", "P3=-1"), "WB-101"),
        (("--tiers", "P3=ten"), "WB-102"),
        (("--tiers", "<b>=1"), "WB-403"),
        (("--loss", "-1"), "WB-101"),
    ],
)
def test_what_cannot_be_asked_is_told_with_its_code(capsys, words, code):
    status, out, err = run(capsys, "tiers", *words)
    assert status == 2 and out == ""
    assert code in err and "Traceback" not in err


def test_a_pack_without_rules_shows_none(inputs):
    bare = replace(inputs, rules=())
    answer = ask("tiers", pack=bare)
    assert document(answer)["rules"] == {}
    assert "rules" not in [table.name for table in tables(answer)]
    assert rule_sentences(answer, "zh") == []
