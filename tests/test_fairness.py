"""Who pays for whom: groups add up, banded premiums, relativities, safety beside the share."""

import dataclasses
import json

import numpy as np
import pytest

from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.engine.stages import expected_claims, year_laws
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.inputs import Relativity
from workbench.pack import read_pack
from workbench.premium.cells import cell_claims
from workbench.premium.fairness import fairness
from workbench.premium.relativities import DIMENSIONS, class_relativities, with_relativities
from workbench.questions import Choices, ask, document


def test_cells_add_up_to_the_plans(inputs):
    cells, claims = cell_claims(inputs), expected_claims(inputs)
    assert cells.paid_yuan.sum(axis=0) == pytest.approx(claims.paid_yuan, rel=1e-12)
    assert cells.beneficiaries.sum(axis=0) == pytest.approx(claims.beneficiaries, rel=1e-12)
    assert np.array_equal(cells.enrolments.sum(axis=0), claims.enrolments)
    assert cells.paid_yuan[cells.enrolments == 0].sum() == 0.0


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_groups_make_the_plan(inputs, dimension):
    claims = expected_claims(inputs)
    for place, (code, one) in enumerate(fairness(inputs, dimension).items()):
        number = sum(group.enrolments for group in one.groups)
        assert number == claims.enrolments[place]
        paid = sum(group.enrolments * group.benefit_yuan.value for group in one.groups)
        assert paid == pytest.approx(claims.paid_yuan[place], rel=1e-9)
        banded = sum(group.enrolments * group.banded_yuan.value for group in one.groups)
        assert banded == pytest.approx(number * one.contribution_yuan, rel=1e-9)
        given = [group.given_yuan.value for group in one.groups]
        assert sum(given) == pytest.approx(0.0, abs=1e-4)
        assert one.moved_yuan.value == pytest.approx(sum(abs(x) for x in given) / 2, abs=1e-4)
        back = {
            round(group.benefit_yuan.value / group.banded_yuan.value, 9) for group in one.groups
        }
        assert len(back) == 1, code


def test_p3_from_a_few_yuan_to_about_a_hundred(inputs):
    """Brief: P3 at 30 yuan, from a few yuan for the young to about a hundred for the oldest."""
    groups = fairness(inputs, "age")["P3"].groups
    benefits = [group.benefit_yuan.value for group in groups]
    assert benefits == sorted(benefits)
    assert 2.0 < benefits[0] < 4.0 and 95.0 < benefits[-1] < 110.0
    # By hand, oldest men: (c - z) and z pay 10,000, first-term members less by their waiting.
    men = {one.level: one for one in fairness(inputs, "age_sex")["P3"].groups}["55-60 M"]
    rate = inputs.rates.values[2, 0, -1] * inputs.assumptions["critical_illness_factor"]
    first = (305 * 10_000 + 30 * 1_000) / 365
    assert first * rate < men.benefit_yuan.value < 10_000 * rate


def test_by_term_the_first_year_gets_less(inputs):
    for code, one in fairness(inputs, "term").items():
        first, later = one.groups
        # Injuries wait for nothing: only the whole members of the cells differ.
        gap = later.relativity.value - first.relativity.value
        assert gap > 0.02 if code != "P5" else abs(gap) < 1e-3
        kept = {"P3": (305 + 0.1 * 30) / 365, "P4": (305 + 0.05 * 30) / 365}
        if code in kept:
            ratio = first.benefit_yuan.value / later.benefit_yuan.value
            assert ratio == pytest.approx(kept[code], rel=2e-3)


def test_class_relativities_are_the_factors_where_injuries_are_all(inputs):
    found = {(one.level, one.plan): one for one in class_relativities(inputs, "national")}
    factors = [1.0, 1.25, 1.5, 2.5, 3.5, 4.5]
    for level, factor in zip("123456", factors, strict=True):
        assert found[level, "P5"].relativity.value == pytest.approx(factor, rel=1e-9)
        for code in ("P3", "P4"):
            assert found[level, code].relativity.value == 1.0
    # Illness does not move with the class: P1 in proportion to its injuries alone.
    slopes = [
        (found[level, "P1"].relativity.value - 1) / (factor - 1)
        for level, factor in zip("23456", factors[1:], strict=True)
    ]
    assert np.ptp(slopes) < 1e-9 and 0.05 < slopes[0] < 0.12


def _with_rows(inputs, rows, table=()):
    return dataclasses.replace(inputs, rows=tuple(rows), relativities=tuple(table))


def test_a_table_in_force_moves_those_of_its_levels_alone(inputs):
    rows = list(inputs.rows)
    last = rows[-1]
    half = dict(women=last.women // 2, men=last.men // 2)
    rows[-1] = dataclasses.replace(last, **half)
    rest = dict(women=last.women - half["women"], men=last.men - half["men"])
    rows.append(dataclasses.replace(last, occupation_class="5", **rest))
    split = _with_rows(inputs, rows, inputs.relativities)
    rated = with_relativities(split, "national")
    groups = {one.level: one for one in fairness(rated, "occupation")["P5"].groups}
    plain = {one.level: one for one in fairness(split, "occupation")["P5"].groups}
    ratio = groups["5"].benefit_yuan.value / plain["5"].benefit_yuan.value
    assert ratio == pytest.approx(3.5, rel=1e-9)
    assert groups["1"].benefit_yuan.value == pytest.approx(plain["1"].benefit_yuan.value)
    dearer, cheaper = (exact_run(pack).plans["P5"].mean_yuan.value for pack in (rated, split))
    assert dearer > cheaper


def test_areas_have_their_hospital_rate(inputs):
    rows = [
        dataclasses.replace(row, area="Feng" if place % 2 else "Mei")
        for place, row in enumerate(inputs.rows)
    ]
    table = [
        Relativity(table="county", dimension="area", level="Feng", factor=1.2),
        Relativity(table="county", dimension="area", level="Mei", factor=1.0),
    ]
    split = _with_rows(inputs, rows, table)
    rated = with_relativities(split, "county")
    before, after = (
        {one.level: one for one in fairness(pack, "area", labels=split)["P1"].groups}
        for pack in (split, rated)
    )
    assert after["Mei"].benefit_yuan.value == pytest.approx(before["Mei"].benefit_yuan.value)
    raised = after["Feng"].benefit_yuan.value / before["Feng"].benefit_yuan.value
    # The whole rise is illness: more than 1.2 of it, injuries stay.
    assert 1.2 < raised < 1.22
    more = apply(split, Changes({"hospital_claimant_rate_scale": 1.2}))
    whole = {one.level: one for one in fairness(more, "area")["P1"].groups}
    assert after["Feng"].benefit_yuan.value == pytest.approx(whole["Feng"].benefit_yuan.value)


def test_a_level_without_a_factor_is_refused(inputs):
    rows = [dataclasses.replace(inputs.rows[0], occupation_class="9"), *inputs.rows[1:]]
    split = _with_rows(inputs, rows, inputs.relativities)
    with pytest.raises(InputRefused) as refusal:
        with_relativities(split, "national")
    assert refusal.value.faults[0].code == "relativity-level-missing"


def test_share_returned_and_safety_stand_together(inputs):
    found = document(ask("fairness", pack=inputs))
    run = exact_run(inputs)
    for code, one in (*found["plans"].items(), ("", found["total"])):
        figures = run.plans[code] if code else run.total
        safety = one["safety"]
        assert safety["returned_per_hundred"]["value"] == 100 * figures.loss_ratio.value
        assert safety["deficit_probability"]["value"] == figures.deficit_probability.value
        assert set(safety) >= {"expected_shortfall_yuan", "expected_surplus_yuan"}
    assert found["plans"]["P3"]["safety"]["deficit_probability"]["value"] == pytest.approx(
        0.381, abs=5e-4
    )


def test_groups_follow_the_mean_of_another_basis(inputs):
    plain = fairness(inputs, "age")["P3"]
    run = exact_run(apply(inputs, Changes({"critical_illness_factor": 0.84})))
    means = {code: figures.mean_yuan for code, figures in run.plans.items()}
    moved = fairness(inputs, "age", means=means)["P3"]
    for one, other in zip(plain.groups, moved.groups, strict=True):
        ratio = other.benefit_yuan.value / one.benefit_yuan.value
        assert ratio == pytest.approx(1.2, rel=1e-9)
        assert other.relativity == one.relativity


@pytest.mark.parametrize("by", ["age_sex", "occupation", "term"])
def test_fairness_on_the_command_line(capsys, by):
    assert main(["fairness", "--by", by, "--lang", "zh"]) == 0
    told = capsys.readouterr().out
    assert "返还与基金安全" in told and "收不抵支可能性" in told and "分档会费" in told


def test_fairness_as_json(capsys):
    assert main(["fairness", "--json", "--relativities", "national_2023"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["table"] for one in found["class_relativities"]} == {"national_2023"}
    assert main(["fairness", "--relativities", "county", "--lang", "en"]) == 2
    assert "WB-403" in capsys.readouterr().err


def test_the_built_in_tables(inputs):
    again = read_pack()
    assert {one.table for one in again.relativities} == {"national", "national_2023"}
    assert year_laws(with_relativities(again, "national")).laws[0].mean == pytest.approx(
        year_laws(inputs).laws[0].mean, rel=1e-12
    )
    assert ask("fairness", Choices(own={"by": "sex"}), pack=inputs).result.table == "national"
