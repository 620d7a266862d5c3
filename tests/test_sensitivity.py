"""Sensitivity: closed forms through our own path, the exact engine behind it, the command line."""

from __future__ import annotations

import json

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_questions import check
from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.pricing import price
from workbench.questions import Choices, ask, document, tables
from workbench.questions.moved import FIGURES, Subject, exact_figure, many_figures
from workbench.risk import Figure
from workbench.sensitivity import break_even, sobol, sobol_runs, tornado, two_way

EXACT = 1e-9


class Uniform:
    """Uniform law."""

    def __init__(self, low, high):
        self.low, self.high = low, high

    def quantiles(self, place):
        return self.low + (self.high - self.low) * place


def of(function):
    """A function of the values of a change as what the verbs take."""
    return lambda points: [Figure(float(function(p.values)), EXACT) for p in points]


# --- closed forms -----------------------------------------------------------------------------


def ishigami(points):
    """Ishigami and Homma (1990): sin a + 7 sin² b + 0.1 c⁴ sin a on (−π, π)³."""
    x = np.array([[point.values[name] for name in "abc"] for point in points])
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices():
    """First and total order in closed form (Saltelli et al. 2008, Global Sensitivity Analysis)."""
    a, b, pi = 7.0, 0.1, np.pi
    first = np.array([0.5 * (1.0 + b * pi**4 / 5.0) ** 2, a**2 / 8.0, 0.0])
    both = b**2 * pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    whole = first.sum() + both
    return first / whole, np.array([first[0] + both, first[1], both]) / whole, whole


@pytest.mark.parametrize("seed", [1, 7])
def test_ishigami_has_its_published_indices(seed):
    laws = {name: Uniform(-np.pi, np.pi) for name in "abc"}
    (found,) = sobol(lambda points: ishigami(points)[None], laws, runs=16_384, seed=seed)
    first, total, variance = ishigami_indices()
    assert [round(float(x), 3) for x in first] == [0.314, 0.442, 0.0]
    for place, share in enumerate(found.shares):
        assert abs(share.first.value - first[place]) < 4.5 * share.first.error
        assert abs(share.total.value - total[place]) < 4.5 * share.total.error
        assert share.first.error < 0.02 and share.total.error < 0.02
    assert found.mean.value == pytest.approx(3.5, abs=5.0 * found.mean.error)
    assert found.sd.value == pytest.approx(variance**0.5, abs=5.0 * found.sd.error)
    assert found.runs == sobol_runs(3, 16_384)[1] >= 16_384


def test_shares_of_a_sum_are_its_variances_and_of_no_spread_none():
    laws = {"a": Uniform(0.0, 1.0), "b": Uniform(0.0, 2.0), "idle": Uniform(0.0, 1.0)}

    def figures(points):
        values = np.array([[p.values["a"] + p.values["b"], 5.0] for p in points])
        return values.T

    moving, still = sobol(figures, laws, runs=4_096, seed=1)
    assert [share.first.value for share in moving.shares] == pytest.approx(
        [0.2, 0.8, 0.0], abs=0.02
    )
    assert [share.total.value for share in moving.shares] == pytest.approx(
        [0.2, 0.8, 0.0], abs=0.02
    )
    assert moving.shares[2].total.value == 0.0
    assert moving.together.value == pytest.approx(0.0, abs=0.03)
    assert still.shares == () and still.together is None and still.sd.value == 0.0


def test_the_same_seed_gives_the_same_indices():
    laws = {name: Uniform(-np.pi, np.pi) for name in "abc"}
    again = [
        sobol(lambda points: ishigami(points)[None], laws, runs=256, seed=seed)[0]
        for seed in (1, 1, 2)
    ]
    assert again[0] == again[1] != again[2]


@given(st.lists(st.floats(-5.0, 5.0), min_size=2, max_size=5, unique=True))
def test_a_tornado_of_a_sum_is_sorted_by_its_factors(factors):
    names = [f"n{place}" for place in range(len(factors))]
    by_name = dict(zip(names, factors, strict=True))
    found = tornado(
        of(lambda values: sum(by_name[name] * value for name, value in values.items())),
        {name: (-1.0, 1.0) for name in names},
    )
    swings = [abs(bar.swing.value) for bar in found.bars]
    assert swings == sorted(swings, reverse=True)
    assert {bar.name: bar.swing.value for bar in found.bars} == pytest.approx(
        {name: 2.0 * factor for name, factor in by_name.items()}
    )
    assert all(bar.swing.error == 2.0 * EXACT for bar in found.bars)


def test_a_table_over_two_names_stands_as_asked():
    found = two_way(
        of(lambda values: 10.0 * values["x"] + values["y"]),
        ("x", (1.0, 2.0)),
        ("y", (3.0, 4.0, 5.0)),
    )
    assert [[one.value for one in line] for line in found.figures] == [[13, 14, 15], [23, 24, 25]]


@given(st.floats(-0.9, 0.9), st.floats(0.5, 3.0))
def test_break_even_of_a_cubic_is_its_root(root, slope):
    found = break_even(
        of(lambda values: slope * (values["x"] ** 3 - root**3) + 7.0), "x", (-1.0, 1.0), target=7.0
    )
    (one,) = found.roots
    if abs(root) > 0.1:
        assert one.value.value == pytest.approx(root, abs=1e-7)
    assert one.reached.value == pytest.approx(7.0, abs=1e-6)


def test_break_even_finds_every_side_it_scans_and_says_where_there_is_none():
    wave = of(lambda values: np.cos(values["x"]))
    found = break_even(wave, "x", (0.0, 6.0), target=0.0)
    assert [one.value.value for one in found.roots] == pytest.approx([np.pi / 2, 1.5 * np.pi])
    assert found.roots[0].value.error == pytest.approx(EXACT, rel=0.01)
    none = break_even(wave, "x", (0.0, 6.0), target=1.5)
    assert none.roots == () and none.nearest[0] == 0.0
    ends = break_even(of(lambda values: values["x"]), "x", (0.0, 1.0), target=1.0)
    assert [one.value.value for one in ends.roots] == [1.0]


def test_a_name_in_whole_numbers_gives_the_first_beyond():
    found = break_even(
        of(lambda values: values["x"] ** 2), "x", (0.0, 300.0), target=1_000.0, whole=True
    )
    (one,) = found.roots
    assert one.value.value == 32.0 and one.reached.value == 1_024.0


# --- on the exact engine ----------------------------------------------------------------------


def subject(inputs, figure, place, *, solve=False, expenses="default"):
    return Subject(
        pack=inputs,
        before=Changes(),
        inputs=inputs,
        figure=figure,
        place=place,
        expenses=expenses,
        solve=solve,
    )


def test_figures_are_those_of_run_and_price(inputs):
    changes = Changes({"basic_coinsurance": 0.12, "critical_illness_factor": 0.8})
    changed = apply(inputs, changes)
    run, prices = exact_run(changed), price(changed)
    for place, code in ((0, "P1"), (2, "P3"), (5, None)):
        one = run.plans[code] if code else run.total
        wanted = {
            "loss_ratio": one.loss_ratio.value,
            "surplus": one.expected_surplus_yuan.value,
            "paid": one.mean_yuan.value,
            "sd": one.sd_yuan.value,
            "deficit": one.deficit_probability.value,
            "quantile": one.quantiles[0.995].value,
            "technical_premium": prices.plans[code].technical_premium.value
            if code
            else prices.technical_contribution.value,
        }
        for figure in FIGURES:
            found = exact_figure(subject(inputs, figure, place), changes)
            assert found.value == pytest.approx(wanted[figure], rel=1e-8), figure
            assert found.error > 0.0


@pytest.mark.parametrize("solve", [False, True])
@pytest.mark.parametrize("figure", list(FIGURES))
def test_many_runs_are_the_single_ones(inputs, figure, solve):
    points = [
        Changes({"basic_coinsurance": 0.12, "hospital_shock_cv": 0.1}),
        Changes({"critical_illness_factor": 0.8, "first_term_share": 0.2}),
    ]
    asked = subject(inputs, figure, 0, solve=solve)
    found = many_figures(asked, points)
    assert found.distance < 1e-5
    assert (found.outside is None) != solve
    for column, point in enumerate(points):
        wanted = exact_figure(asked, point).value
        value = found.values[found.places.index(0), column]
        assert value == pytest.approx(wanted, rel=1e-5, abs=1e-6)


def test_names_of_plans_go_one_by_one(inputs):
    points = [Changes({"plans.P1.first_stay_share": share}) for share in (0.7, 0.9)]
    asked = subject(inputs, "loss_ratio", 0)
    found = many_figures(asked, points)
    assert np.isinf(found.distance)
    singles = [exact_figure(asked, point).value for point in points]
    assert found.values[0] == pytest.approx(singles, rel=1e-12)


def answer(inputs, scenario=None, changes=None, **own):
    named = {name.replace("_", "-"): value for name, value in own.items()}
    choices = Choices(own=named, scenario=scenario, changes=changes or Changes())
    return ask("sensitivity", choices, pack=inputs)


def test_the_landmark_of_critical_illness_stands_in_the_tornado(inputs):
    found = document(answer(inputs, of="P3", figure="deficit"))
    base = found["tornado"]["base"]["value"]
    assert base == pytest.approx(0.381, abs=5e-4)
    first = found["tornado"]["bars"][0]
    assert first["name"] == "critical_illness_factor" and first["at_high"]["value"] > 0.999
    names = [bar["name"] for bar in found["tornado"]["bars"]]
    assert "expense_share" in names and "special_disease_men_relativity" not in names
    check("sensitivity", found)


def test_solved_again_the_scheme_does_not_move_and_says_so(inputs):
    own = {"totals": "solved", "vary": ["basic_coinsurance"]}
    found = answer(inputs, **own)
    assert [fault.code for fault in found.asked.warnings] == ["sensitivity-no-spread"]
    bar = document(found)["tornado"]["bars"][0]
    assert abs(bar["swing"]["value"]) < 1e-7


def test_sobol_of_two_names_tells_every_plan(inputs):
    own = {"kind": "sobol", "totals": "free", "runs": 256}
    found = answer(inputs, vary=["basic_coinsurance", "critical_illness_factor"], **own)
    parts = document(found)["sobol"]
    check("sensitivity", document(found))
    assert parts["runs"] == 256 and parts["distance_from_one_by_one"] < 1e-7
    assert [one["total_order"]["value"] for one in parts["plans"]["P3"]["shares"]][0] == 0.0
    assert parts["plans"]["P2"]["shares"] == []
    assert parts["total"]["shares"][0]["total_order"]["value"] > 0.7
    assert [table.name for table in tables(found)] == ["sobol", "sobol_spread", "sobol_plans"]


def test_break_even_is_the_one_of_the_tiers(inputs):
    found = document(answer(inputs, kind="break-even", of="P3", vary=["plans.P3.premium_yuan"]))
    check("sensitivity", found)
    (one,) = found["break_even"]["solutions"]
    wanted = document(ask("tiers", pack=inputs))["break_even_yuan"]["P3"]["value"]
    assert one["at"]["value"] == pytest.approx(wanted, rel=1e-7)
    run = exact_run(apply(inputs, Changes({"plans.P3.premium_yuan": one["at"]["value"]})))
    assert run.plans["P3"].expected_surplus_yuan.value == pytest.approx(0.0, abs=0.02)


def test_reverse_stress_finds_its_point_and_tells_where_there_is_none(inputs):
    own = {"kind": "reverse", "vary": ["critical_illness_factor"], "figure": "deficit"}
    found = document(answer(inputs, of="P3", target=0.9, **own))
    check("sensitivity", found)
    part = found["reverse"]
    assert part["state"] == "found" and part["reached"]["value"] == pytest.approx(0.9, abs=1e-5)
    value = part["pushes"][0]["value"]
    # Triangular law 0.55, 0.70, 1.00: the chance beyond the value is the first-order one.
    assert part["probability"] == pytest.approx((1.0 - value) ** 2 / (0.45 * 0.30), rel=1e-6)
    none = answer(inputs, of="P1", target=0.9, **own)
    assert [fault.code for fault in none.asked.warnings] == ["reverse-none"]
    check("sensitivity", document(none))
    broken = answer(inputs, of="P3", **own)
    assert [fault.code for fault in broken.asked.warnings] == ["reverse-broken"]


def test_scenarios_stand_side_by_side(inputs):
    found = document(answer(inputs, kind="scenarios"))
    check("sensitivity", found)
    rows = {row["scenario"]: row for row in found["scenarios"]}
    assert list(rows) == [one.code for one in inputs.scenarios]
    winter = exact_run(apply(inputs, Changes({"hospital_claimant_rate_scale": 1.2})))
    assert (
        rows["epidemic_winter"]["total"]["paid_yuan"]["mean"]["value"]
        == winter.total.mean_yuan.value
    )
    tiers = document(ask("tiers", pack=inputs))["plans"]["P3"]
    safe = next(row for row in tiers if row["deficit_probability"]["value"] <= 0.05)
    assert rows["today"]["tiers"]["P3"]["safe_yuan"] == safe["premium_yuan"] == 34


# --- bad input --------------------------------------------------------------------------------

REFUSED = (
    ({"of": "P9"}, "unknown-choice"),
    ({"vary": ["basic_coinsurrance"]}, "change-name-unknown"),
    ({"vary": ["basic_coinsurance=0.1"]}, "vary-form"),
    ({"vary": ["basic_coinsurance=0.1:0.05"]}, "vary-upside-down"),
    ({"vary": ["basic_coinsurance=0.1:9"]}, "change-out-of-range"),
    ({"vary": ["basic_coinsurance", "basic_coinsurance=0.06:0.1"]}, "vary-twice"),
    ({"vary": ["plans.P1.first_stay_share"]}, "vary-range-needed"),
    ({"vary": ["segment:new_form.bundle"]}, "vary-text"),
    ({"kind": "two-way", "vary": ["basic_coinsurance"]}, "vary-count"),
    (
        {"kind": "two-way", "vary": ["basic_coinsurance=0.05:0.1:99", "in_scope_share"]},
        "value-out-of-range",
    ),
    ({"kind": "break-even"}, "vary-count"),
    ({"kind": "break-even", "figure": "sd", "vary": ["in_scope_share"]}, "target-needed"),
    (
        {"kind": "break-even", "figure": "deficit", "target": 2, "vary": ["in_scope_share"]},
        "value-out-of-range",
    ),
    ({"kind": "sobol", "vary": ["expense_share"], "runs": 64}, "not-uncertain"),
    ({"kind": "sobol", "vary": ["enrolments.P1=90000:100000"], "runs": 64}, "vary-whole"),
    ({"target": 0.5}, "sensitivity-option"),
    ({"kind": "scenarios", "figure": "sd"}, "sensitivity-option"),
    ({"runs": 100}, "sensitivity-option"),
)


@pytest.mark.parametrize(("own", "code"), REFUSED)
def test_what_cannot_be_asked_is_refused(inputs, own, code):
    with pytest.raises(InputRefused) as refusal:
        answer(inputs, **own)
    assert code in [fault.code for fault in refusal.value.faults]


def test_a_name_that_is_nearly_right_is_told_the_right_one(inputs):
    with pytest.raises(InputRefused) as refusal:
        answer(inputs, vary=["basic_coinsurrance"])
    assert "basic_coinsurance" in refusal.value.faults[0].parts["nearest"]


# --- the command line -------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_line_says_what_moves_most(capsys, language):
    words = ["sensitivity", "--of", "P3", "--figure", "surplus", "--lang", language]
    assert main([*words, "--vary", "critical_illness_factor", "--vary", "first_term_share"]) == 0
    told = capsys.readouterr().out
    assert "critical_illness_factor" in told
    assert ("影响最大" if language == "zh" else "what moves it most") in told


def test_the_command_line_gives_document_and_files(capsys, tmp_path):
    file = tmp_path / "two.csv"
    words = ["sensitivity", "--kind", "two-way", "--of", "P3", "--figure", "deficit", "--json"]
    grid = [
        "--vary",
        "critical_illness_factor=0.6:0.8:3",
        "--vary",
        "plans.P3.premium_yuan=30:35:2",
    ]
    assert main([*words, *grid, "--csv", str(file)]) == 0
    found = json.loads(capsys.readouterr().out)
    check("sensitivity", found)
    lines = found["two_way"]["figures"]
    assert len(lines) == 3 and lines[1][0]["value"] == pytest.approx(0.381, abs=5e-4)
    assert lines[1][1]["value"] == pytest.approx(0.0148, abs=5e-5)
    assert len(file.read_text("utf-8").splitlines()) == 4
    with pytest.raises(jsonschema.ValidationError):
        check("sensitivity", {**found, "clock": 1})


def test_the_command_line_tells_where_there_is_no_solution(capsys):
    words = ["sensitivity", "--kind", "break-even", "--of", "P5", "--lang", "en"]
    assert main([*words, "--vary", "disability_degree_mean"]) == 0
    assert "WB-781" in capsys.readouterr().out
    assert main([*words, "--vary", "no_such_name"]) == 2
    assert "no_such_name" in capsys.readouterr().err
