"""Best tiers: against brute force on small grids, conflicts, gains, frontier, the command line."""

from __future__ import annotations

import json
import time
from dataclasses import fields, replace
from itertools import product
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.engine.stages import year_laws
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.optimise import (
    OBJECTIVES,
    PLAN_KINDS,
    Limit,
    best_tiers,
    chosen_of,
    grid_of,
    today_of,
)
from workbench.optimise.frontier import LEVELS
from workbench.optimise.nouns import relaxed
from workbench.optimise.offers import Offers
from workbench.optimise.solving import least_relaxation, solve
from workbench.questions import Choices, ask, document, tables
from workbench.questions.optimise import usual_bundle
from workbench.show.answers import report
from workbench.show.tables import text

ROOT = Path(__file__).parent.parent
CODES = ("P1", "P2", "P3", "P4", "P5")
SMALL = {
    "P1": (78, 82, 85, 88, 95),
    "P2": (48, 53, 58, 70, 80),
    "P3": (28, 30, 33, 35, 38),
    "P4": (25, 26, 28, 30),
    "P5": (25, 27, 40, 50),
}
"""Tiers of the small grid: 2,000 choices, all of which brute force looks at."""
STEPS = {"P3": ("plans.P3.lump_sum_yuan", (10_000.0, 12_000.0))}


def thinned(grid):
    """The grid with the small grid's tiers alone."""
    offers = grid.offers
    kept = np.array(
        [
            premium in SMALL[grid.codes[plan]]
            for plan, premium in zip(offers.plan, offers.premium, strict=True)
        ]
    )
    columns = {one.name: getattr(offers, one.name)[kept] for one in fields(Offers)}
    return replace(grid, offers=Offers(**columns))


@pytest.fixture(scope="module")
def grid(inputs):
    return grid_of(inputs, year_laws, benefits={}, bundle=("P1", "P2", "P3"), expenses="default")


@pytest.fixture(scope="module")
def small(grid):
    return thinned(grid)


@pytest.fixture(scope="module")
def with_benefits(inputs):
    made = grid_of(inputs, year_laws, benefits=STEPS, bundle=("P1", "P3"), expenses="default")
    return thinned(made)


def limits_of(**values):
    found = []
    for kind, value in values.items():
        plans = CODES if kind in PLAN_KINDS else ("",)
        found += [Limit(kind=kind, value=value, plan=code) for code in plans]
    return found


class Brute:
    """Every choice of a grid with its figures, written out without the programme."""

    def __init__(self, grid):
        offers = grid.offers
        self.grid = grid
        by_plan = [np.flatnonzero(offers.plan == place) for place in range(len(grid.codes))]
        self.chosen = np.array(list(product(*by_plan)))
        take = {name: getattr(offers, name)[self.chosen] for name in ("premium", "deficit")}
        take |= {name: getattr(offers, name)[self.chosen] for name in ("returned", "step")}
        self.plan = {"deficit": take["deficit"], "returned": take["returned"]}
        self.plan["rise"] = take["premium"] - grid.in_force
        contribution = offers.contribution[self.chosen].sum(axis=1)
        benefit = offers.benefit[self.chosen].sum(axis=1)
        budget = offers.budget[self.chosen].sum(axis=1)
        deficit = np.empty(len(self.chosen))
        for place, steps in enumerate(grid.combinations):
            here = np.all(take["step"] == steps, axis=1)
            deficit[here] = 1.0 - grid.laws[place].laws[-1].cdfs(budget[here])
        self.scheme = {
            "contribution": contribution,
            "scheme_deficit": deficit,
            "scheme_returned": 100.0 * benefit / contribution,
            "bundle_cost": take["premium"] @ grid.bundle,
        }
        self.objective = {
            "contribution": contribution,
            "change": np.abs(self.plan["rise"]).sum(axis=1),
            "benefit": -benefit,
        }

    def allowed(self, limits):
        meets = np.ones(len(self.chosen), dtype=bool)
        for one in limits:
            if one.plan:
                values = self.plan[one.kind][:, self.grid.codes.index(one.plan)]
            else:
                values = self.scheme[one.kind]
            sign = -1.0 if one.at_least else 1.0
            meets &= sign * (values - one.value) <= 1e-9 * max(1.0, abs(one.value))
        return meets

    def best(self, limits, objective):
        meets = self.allowed(limits)
        if not meets.any():
            return None
        second = {"contribution": "change"}.get(objective, "contribution")
        values = self.objective[objective]
        least = values[meets].min()
        tied = meets & (values <= least + 1e-9 * abs(least))
        return least, self.objective[second][tied].min()


@pytest.fixture(scope="module")
def brute(small):
    return Brute(small)


def figures(solution, objective):
    signed = -solution.benefit_yuan if objective == "benefit" else solution.objective(objective)
    second = solution.change_yuan if objective == "contribution" else solution.contribution_yuan
    return signed, second


CASES = [
    {},
    {"deficit": 0.05},
    {"scheme_deficit": 0.01},
    {"deficit": 0.05, "scheme_deficit": 0.001},
    {"deficit": 0.2, "scheme_deficit": 0.005, "rise": 5},
    {"scheme_deficit": 0.02, "bundle_cost": 160},
    {"scheme_deficit": 0.05, "scheme_returned": 78},
    {"deficit": 0.4, "contribution": 14_500_000, "scheme_deficit": 0.1},
    {"returned": 50, "scheme_deficit": 0.0005},
    {"scheme_returned": 70, "contribution": 17_000_000},
]


@pytest.mark.parametrize("objective", ["contribution", "change"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_optimum_is_that_of_brute_force(small, brute, case, objective):
    limits = limits_of(**case)
    found, wanted = solve(small, limits, objective), brute.best(limits, objective)
    assert found is not None and wanted is not None
    assert figures(found, objective) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("case", [CASES[1], CASES[4], CASES[5], CASES[7]], ids=str)
def test_benefits_and_tiers_together_are_those_of_brute_force(with_benefits, case, objective):
    limits, every = limits_of(**case), Brute(with_benefits)
    found, wanted = solve(with_benefits, limits, objective), every.best(limits, objective)
    assert (found is None) == (wanted is None)
    if found is not None:
        assert figures(found, objective) == pytest.approx(wanted, rel=1e-9)


def test_impossible_limits_have_no_optimum(small, brute):
    for case in ({"deficit": 0.0001, "bundle_cost": 155}, {"returned": 90}):
        limits = limits_of(**case)
        assert solve(small, limits, "contribution") is None
        assert brute.best(limits, "contribution") is None


def test_a_solution_is_the_run_at_its_tiers_and_benefits(inputs, with_benefits):
    limits = limits_of(deficit=0.2, scheme_deficit=0.02, contribution=16_500_000)
    best = solve(with_benefits, limits, "benefit")
    assert best.steps["P3"] == 1
    changes = {f"plans.{code}.premium_yuan": yuan for code, yuan in best.premiums.items()}
    changes["plans.P3.lump_sum_yuan"] = 12_000.0
    run = exact_run(apply(inputs, Changes(changes)))
    chosen = chosen_of(with_benefits, best)
    assert best.scheme_deficit == pytest.approx(run.total.deficit_probability.value, abs=1e-9)
    for code in CODES:
        ours, theirs = chosen.alone[code], run.plans[code]
        assert ours.deficit_probability.value == pytest.approx(
            theirs.deficit_probability.value, abs=1e-9
        )
    assert chosen.scheme.expected_surplus_yuan.value == pytest.approx(
        run.total.expected_surplus_yuan.value, abs=1.0
    )
    assert today_of(with_benefits).scheme.contribution_yuan == 17_500_000


# --- conflicts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case",
    [
        {"deficit": 0.05, "scheme_deficit": 0.01, "bundle_cost": 160, "rise": 10},
        {"deficit": 0.05, "rise": 2, "returned": 60},
        {"scheme_deficit": 0.001, "scheme_returned": 80, "contribution": 20_000_000},
    ],
    ids=str,
)
def test_a_conflict_is_irreducible_and_the_nearest_set_can_be_met(inputs, small, brute, case):
    limits = limits_of(**case)
    found = best_tiers(inputs, limits, grid=small, frontier=False)
    assert found.best is None and found.gains == () and found.conflicts
    for conflict in found.conflicts:
        assert not brute.allowed(conflict.limits).any()
        for place, one in enumerate(conflict.limits):
            others = [other for other in conflict.limits if other is not one]
            assert brute.allowed(others).any()
            moved = conflict.alone[place]
            if moved is not None:
                assert brute.allowed([*others, moved]).any()
                assert moved.kind == one.kind and moved.value != one.value
    moved = dict(found.nearest.moved)
    needed = [moved.get(one, one) for one in limits]
    assert brute.allowed(needed).any() and not brute.allowed(limits).any()
    assert figures(found.nearest.solution, "contribution") == pytest.approx(
        brute.best(needed, "contribution"), rel=1e-9
    )


def test_the_nearest_set_moves_by_the_fewest_steps(small, brute):
    """Of plan limits alone the steps of every choice can be added up by hand."""
    limits = limits_of(deficit=0.01, rise=1, returned=60)
    steps = {"deficit": 0.01, "rise": 1.0, "returned": 1.0}
    total = np.zeros(len(brute.chosen))
    for one in limits:
        values = brute.plan[one.kind][:, CODES.index(one.plan)]
        over = (one.value - values) if one.at_least else (values - one.value)
        total += np.maximum(0.0, over) / steps[one.kind]
    found = least_relaxation(small, limits, limits)
    ours = 0.0
    for one in limits:
        value = {
            "deficit": found.deficits[one.plan],
            "returned": found.returned[one.plan],
            "rise": found.premiums[one.plan] - small.in_force[CODES.index(one.plan)],
        }[one.kind]
        over = (one.value - value) if one.at_least else (value - one.value)
        ours += max(0.0, over) / steps[one.kind]
    assert ours == pytest.approx(total.min(), abs=1e-6)


def test_each_plan_s_own_conflict_is_told_first(inputs, grid):
    limits = limits_of(deficit=0.05, returned=70, scheme_deficit=0.01)
    found = best_tiers(inputs, limits, grid=grid, frontier=False)
    told = [[(one.kind, one.plan) for one in conflict.limits] for conflict in found.conflicts]
    assert told == [[("returned", "P4")], [("returned", "P5")]]
    needed = {other.plan: other.value for _, other in found.nearest.moved}
    assert needed == {"P4": 62.0, "P5": 52.2}


# --- gains and frontier -----------------------------------------------------------------------


@pytest.mark.parametrize("objective", ["contribution", "change"])
def test_a_gain_is_the_optimum_solved_anew(inputs, small, brute, objective):
    limits = limits_of(deficit=0.05, scheme_deficit=0.001, bundle_cost=180, rise=8)
    found = best_tiers(inputs, limits, grid=small, objective=objective, frontier=False)
    assert {one.kind for one in found.gains} >= {"deficit", "scheme_deficit", "bundle_cost", "rise"}
    best = brute.best(limits, objective)[0]
    for gain in found.gains:
        own = [one for one in limits if one.kind == gain.kind and gain.plan in ("", one.plan)]
        for steps in (1, 2, 3, 5, 10):
            moved = [relaxed(one, steps) if one in own else one for one in limits]
            better = best - brute.best(moved, objective)[0]
            if steps == gain.steps:
                assert gain.gain == pytest.approx(better, abs=1e-6)
                assert gain.moved == pytest.approx(relaxed(own[0], steps).value)
                break
            assert better == pytest.approx(0.0, abs=1e-6)
    binding = [one for one in found.gains if one.gain > 0.0]
    assert binding


def test_more_room_never_costs(grid):
    costs = []
    for level in (0.001, 0.01, 0.05, 0.2, 1.0):
        limits = limits_of(deficit=level, scheme_deficit=level)
        costs.append(solve(grid, limits, "contribution", gap=None).contribution_yuan)
    assert costs == sorted(costs, reverse=True)


def test_the_frontier_falls_and_the_scheme_s_own_lies_below(inputs, small):
    found = best_tiers(inputs, limits_of(rise=20), grid=small)
    by_kind = {of: [one for one in found.frontier if one.of == of] for of in ("plan", "scheme")}
    for of, points in by_kind.items():
        assert [one.level for one in points] == list(LEVELS)
        paid = [one.solution.contribution_yuan for one in points]
        assert paid == sorted(paid)
        for one in points:
            reached = one.solution.scheme_deficit
            if of == "plan":
                reached = max(one.solution.deficits.values())
            assert reached <= one.level + 1e-9
    for alone, together in zip(by_kind["plan"], by_kind["scheme"], strict=True):
        asked = limits_of(rise=20)
        asked.append(Limit(kind="scheme_deficit", value=alone.solution.scheme_deficit))
        cheapest = solve(small, asked, "contribution", gap=None)
        assert cheapest.contribution_yuan <= alone.solution.contribution_yuan
        assert together.solution is not None


def test_the_joint_optimum_is_quick(inputs, grid):
    limits = limits_of(deficit=0.05, scheme_deficit=0.001, rise=10)
    solve(grid, limits, "contribution")
    start = time.process_time()
    solve(grid, limits, "contribution")
    assert time.process_time() - start < 2.0


# --- question and command line ----------------------------------------------------------------


def run(capsys, *words):
    status = main(list(words))
    told = capsys.readouterr()
    return status, told.out, told.err


def schema():
    return json.loads((ROOT / "docs" / "schemas" / "optimise.json").read_text("utf-8"))


def test_optimise_from_the_command_line(capsys):
    status, out, _ = run(capsys, "optimise", "--rise", "10", "--frontier", "no", "--json")
    found = json.loads(out)
    jsonschema.validate(found, schema())
    assert status == 0 and found["met"] and found["frontier"] == []
    best = found["best"]
    assert {code: plan["premium_yuan"] for code, plan in best["plans"].items()} == {
        "P1": 85,
        "P2": 53,
        "P3": 34,
        "P4": 25,
        "P5": 25,
    }
    assert best["contribution_yuan"] == 14_965_000
    assert found["today"]["contribution_yuan"] == 17_500_000
    gain = next(one for one in found["gains"] if one["kind"] == "deficit")
    assert (gain["steps"], gain["moved"], gain["gain"]) == (2, 0.07, 118_000)
    assert found["bundle"] == ["P1", "P4"]


def test_a_conflict_is_told_and_nothing_is_shown_as_an_answer(inputs, capsys):
    words = ("optimise", "--returned", "70", "--rise", "3", "--frontier", "no")
    status, out, err = run(capsys, *words, "--json")
    found = json.loads(out)
    jsonschema.validate(found, schema())
    assert status == 0 and not found["met"] and found["best"] is None and found["gains"] == []
    assert "WB-555" in err + json.dumps(found["warnings"])
    told = {(one["kind"], one["plan"]) for conflict in found["conflicts"] for one in conflict}
    assert told == {("deficit", "P3"), ("rise", "P3"), ("returned", "P4"), ("returned", "P5")}
    answer = ask(
        "optimise", Choices(own={"returned": 70, "rise": 3, "frontier": "no"}), pack=inputs
    )
    shown = report(answer, "en")
    assert "These limits cannot be met together: Critical illness: deficit probability" in shown
    assert "no answer to the limits asked for" in shown
    assert "optimise" not in [table.name for table in tables(answer)]


def test_benefits_chosen_with_parameters_uncertain(inputs):
    own = {
        "benefit": ["P3.lump_sum_yuan=10000"],
        "objective": "benefit",
        "contribution": 16_500_000,
        "scheme-deficit": 0.05,
        "deficit": 0.3,
        "basis": "parameters",
        "draws": 20,
        "frontier": "no",
    }
    answer = ask("optimise", Choices(own=own), pack=inputs)
    found = document(answer)
    jsonschema.validate(json.loads(json.dumps(found)), schema())
    assert found["basis"]["kind"] == "parameters"
    term = found["best"]["plans"]["P3"]["term"]
    assert term["name"] == "plans.P3.lump_sum_yuan" and term["value"] == 10_000
    assert found["best"]["plans"]["P3"]["deficit_probability"]["error"] > 1e-4
    assert found["best"]["contribution_yuan"] <= 16_500_000


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_is_shown_in_both_languages(inputs, objective, language):
    own = {"objective": objective, "frontier": "no", "plan-deficit": "P3=0.2", "rise": 5}
    answer = ask("optimise", Choices(own=own), pack=inputs)
    shown = report(answer, language)
    assert "None" not in shown and "sentence." not in shown
    for table in tables(answer):
        assert "None" not in text(table, language)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--deficit", "1.5"), "WB-101"),
        (("--plan-deficit", "P3"), "WB-551"),
        (("--plan-deficit", "P9=0.1"), "WB-403"),
        (("--bundle", "P1+P1"), "WB-551"),
        (("--bundle", "P1+P7"), "WB-403"),
        (("--benefit", "P3.lump_sum_yuan"), "WB-552"),
        (("--benefit", "P3.lump_sum_yuan=a,b"), "WB-552"),
        (("--benefit", "P3.units=1,2"), "WB-552"),
        (("--benefit", "P3.daily_yuan=1,2"), "WB-481"),
        (("--benefit", "P1.first_stay_share=0.8,1.2"), "WB-482"),
        (("--objective", "profit"), "WB-403"),
    ],
)
def test_what_cannot_be_asked_is_told_with_its_code(capsys, words, code):
    status, out, err = run(capsys, "optimise", *words)
    assert status == 2 and out == ""
    assert code in err and "Traceback" not in err


def test_too_many_combinations_and_doubled_limits_are_refused(inputs):
    steps = {code: (f"plans.{code}.lump_sum_yuan", tuple(range(10))) for code in ("P3", "P4")}
    with pytest.raises(InputRefused) as refusal:
        grid_of(inputs, year_laws, benefits=steps, bundle=(), expenses="default")
    assert refusal.value.faults[0].code == "benefit-combinations"
    twice = [Limit(kind="scheme_deficit", value=0.1), Limit(kind="scheme_deficit", value=0.2)]
    for limits, code in (
        (twice, "limit-twice"),
        ([Limit(kind="luck", value=1.0)], "unknown-choice"),
        ([Limit(kind="deficit", value=0.1)], "unknown-choice"),
        ([Limit(kind="scheme_deficit", value=2.0)], "value-out-of-range"),
    ):
        with pytest.raises(InputRefused) as refusal:
            best_tiers(inputs, limits)
        assert refusal.value.faults[0].code == code


def test_the_usual_bundle_is_what_most_members_hold(inputs):
    assert usual_bundle(inputs) == ("P1", "P4")
    alone = tuple(row for row in inputs.rows if len(row.plans) == 1)
    assert usual_bundle(replace(inputs, rows=alone)) == CODES
