"""Use of the surplus: parts that add up, targets that are reached, rules that are kept."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_questions import check
from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.engine.stages import year_laws
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.premium.benefits import scaled_changes
from workbench.premium.margins import SCHEME, margins_of
from workbench.premium.plan_years import plan_reader
from workbench.premium.surplus import split_of, use_of
from workbench.premium.targets import targets_of
from workbench.questions import Choices, ask, document

READERS = [plan_reader(place) for place in range(5)]


@pytest.fixture(scope="module")
def margins(inputs):
    return margins_of(inputs, year_laws(inputs), 0.05)


@pytest.fixture(scope="module")
def reached(inputs, margins):
    return targets_of(inputs, margins, READERS, (0.80, 0.85, 0.90), limit=0.05)


def test_margins_are_the_years(exact, margins):
    for code, figures in [*exact.plans.items(), (SCHEME, exact.total)]:
        one = margins[code]
        assert one.surplus_yuan.value == pytest.approx(
            figures.expected_surplus_yuan.value, abs=0.005
        )
        assert one.free_yuan.value == pytest.approx(
            figures.contribution_yuan - figures.expenses_yuan.value - figures.quantiles[0.95].value,
            abs=0.01,
        )
        assert one.kept == (figures.deficit_probability.value <= 0.05)
    assert margins[SCHEME].surplus_yuan.value == pytest.approx(4.42e6, abs=5e3)


def test_all_benefits_times_a_factor_is_the_scheme_with_scaled_terms(inputs, margins):
    values = {}
    for plan in inputs.plans:
        values |= scaled_changes(plan, 1.2)
    changed = apply(inputs, Changes(values))
    run = exact_run(changed)
    level = margins[SCHEME].chance_at_level(1.2)
    assert run.total.loss_ratio.value == pytest.approx(
        1.2 * margins[SCHEME].figures.loss_ratio.value, rel=1e-7
    )
    assert run.total.deficit_probability.value == pytest.approx(level, abs=1e-5)


def test_every_way_that_is_said_to_reach_a_target_does(inputs, reached):
    for one in reached:
        if one.code == SCHEME or one.way == "level" or one.state in ("already", "short"):
            continue
        name = "premium_yuan" if one.way == "tier" else one.way
        changed = apply(inputs, Changes({f"plans.{one.code}.{name}": one.value}))
        figures = exact_run(changed).plans[one.code]
        assert figures.loss_ratio.value == pytest.approx(one.loss_ratio, rel=1e-7), one
        assert figures.deficit_probability.value == pytest.approx(
            one.deficit_probability.value, abs=1e-7
        ), one
        if one.state == "limit":
            assert one.loss_ratio < one.target
        else:
            assert one.loss_ratio >= one.target - 1e-9
            assert (one.state == "kept") == (one.deficit_probability.value <= 0.05)


def test_the_best_kept_value_keeps_the_rule_and_the_next_step_does_not(inputs, reached):
    seen = set()
    for one in reached:
        if one.code == SCHEME or one.way in ("level",) or (one.code, one.way) in seen:
            continue
        seen.add((one.code, one.way))
        tier = one.way == "tier"
        name = "premium_yuan" if tier else one.way
        steps = {"premium_yuan": -1.0, "first_stay_share": 0.01, "later_stay_share": 0.01}
        step = steps.get(name, 1.0 if name in ("daily_yuan", "max_days_per_year") else 100.0)
        chances = []
        for value in (one.kept_value, one.kept_value + step):
            try:
                changed = apply(inputs, Changes({f"plans.{one.code}.{name}": value}))
            except InputRefused:
                continue
            laws = year_laws(changed)
            margin = margins_of(changed, laws, 0.05)[one.code]
            chances.append(margin.figures.deficit_probability.value)
        assert chances[0] <= 0.05, one
        assert len(chances) == 1 or chances[1] > 0.05, one


def test_small_plans_cannot_give_back_eighty_by_themselves(reached):
    for code in ("P3", "P4", "P5"):
        ways = [one for one in reached if one.code == code and one.target == 0.8]
        assert all(one.state not in ("kept", "already") for one in ways)
        assert max(one.kept_share for one in ways if one.kept_share) < 0.8
    states = {one.way: one.state for one in reached if one.code == "" and one.target == 0.8}
    assert states == {"tier": "kept", "level": "kept"}


@given(
    parts=st.lists(st.integers(0, 10), min_size=4, max_size=4).filter(lambda parts: sum(parts) > 0)
)
@settings(max_examples=4)
def test_the_parts_of_a_surplus_add_up_and_nothing_is_overspent(inputs, margins, parts):
    shares = split_of(":".join(repr(100.0 * part / sum(parts)) for part in parts))
    use = use_of(inputs, year_laws, READERS, shares, limit=0.05)
    surplus = margins[SCHEME].surplus_yuan.value
    assert sum(use.yuan.values()) == pytest.approx(surplus, abs=1e-3)
    assert sum(use.spent_yuan.values()) == pytest.approx(surplus, abs=1e-3)
    for part in ("benefits", "contributions"):
        assert -1e-6 <= use.spent_yuan[part] <= use.yuan[part] + 1e-3
    # What the year is then expected to leave is the fund's part and prevention's.
    after = use.after[SCHEME].surplus_yuan.value
    left = use.spent_yuan["fund"] + use.spent_yuan["prevention"]
    assert after == pytest.approx(left, abs=0.1)


def test_nothing_is_changed_where_all_goes_to_the_fund(inputs, margins):
    use = use_of(inputs, year_laws, READERS, split_of("0:0:0:100"), limit=0.05)
    for code, margin in use.after.items():
        assert margin.surplus_yuan == margins[code].surplus_yuan
    assert use.prevention_share == 0.0


def test_prevention_breaks_even_at_its_share_of_illness(inputs):
    use = use_of(inputs, year_laws, READERS, split_of("0:0:100:0"), limit=0.05)
    # A quarter more illness is 2.19 million more benefits (docs/assumptions.md section 7).
    surplus = use.spent_yuan["prevention"]
    assert use.prevention_share == pytest.approx(surplus / (4 * 2.19e6), rel=5e-3)
    # 7,655.82 and 2,078.68 illness events, some of them in the waiting time.
    assert use.prevention_cases / use.prevention_share == pytest.approx(9_734.5, rel=0.02)


def test_no_surplus_is_told(inputs):
    values = {f"plans.{plan.code}.premium_yuan": 1.0 for plan in inputs.plans}
    answer = ask("surplus", Choices(changes=Changes(values), own={"target": [1]}), pack=inputs)
    assert "surplus-none" in [fault.code for fault in answer.asked.warnings]
    assert set(answer.result.use.yuan.values()) == {0.0}
    check("surplus", document(answer))


def test_a_split_that_breaks_the_rule_is_told(inputs):
    own = {"split": "50:50:0:0", "target": [1]}
    answer = ask("surplus", Choices(own=own), pack=inputs)
    codes = [fault.code for fault in answer.asked.warnings]
    assert codes == ["surplus-rule-broken"]


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ({"split": "50:50"}, "surplus-split"),
        ({"split": "50:40:0:0"}, "surplus-split"),
        ({"split": "150:-50:0:0"}, "surplus-split"),
        ({"split": "a:b:c:d"}, "surplus-split"),
        ({"split": "nan:0:0:100"}, "surplus-split"),
        ({"target": [120]}, "value-out-of-range"),
        ({"deficit": 0}, "value-out-of-range"),
    ],
)
def test_choices_that_are_refused(inputs, own, code):
    with pytest.raises(InputRefused) as refusal:
        ask("surplus", Choices(own=own), pack=inputs)
    assert [fault.code for fault in refusal.value.faults] == [code]


def test_through_the_command_line(capsys):
    asked = ["surplus", "--target", "82", "--split", "40:30:10:20", "--json"]
    assert main(asked) == 0
    told = json.loads(capsys.readouterr().out)
    check("surplus", told)
    total = told["before"]["total"]["expected_surplus_yuan"]["value"]
    assert sum(part["part_spent_yuan"] for part in told["parts"]) == pytest.approx(total, abs=0.01)
    states = {one["way"]: one["state"] for one in told["reached"] if one["code"] == "P1"}
    assert states["tier"] == "kept"
    assert main(["surplus", "--split", "1:2:3"]) == 2
    assert "WB-489" in capsys.readouterr().err
    assert main(["surplus", "--target", "1", "--lang", "en"]) == 0
    assert "is free to give back" in capsys.readouterr().out
