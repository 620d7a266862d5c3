"""The builders of the charts: figures come out as they went in, under names the page knows."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from workbench.show.charts import (
    Curve,
    Distribution,
    Mark,
    PlanShares,
    TierCurve,
    distribution_chart,
    hundred_yuan_chart,
    steady,
    tier_chart,
)
from workbench.show.charts.frame import even_step, number_format, points
from workbench.show.palette import LIGHT

KEYS = """title subtitle alt unit axis beyond beyond_today today limit mean p95 p995 benefits
expenses surplus range probability loss_ratio chosen rule allowed""".split()
LABELS = {key: f"<b>{key}</b> {{a}}" for key in KEYS}


def curve(peak, n=41):
    amounts = np.linspace(0, 40, n)
    density = np.maximum(0, 1 - np.abs(amounts - peak) / 10)
    return Curve(amounts=amounts, density=density, beyond=1 - amounts / 40)


def year(**changes):
    marks = (
        Mark(key="mean", amount=12.0, height=1.05),
        Mark(key="p95", amount=18.0, height=0.6),
        Mark(key="p995", amount=38.0, height=0.3),
    )
    given = {
        "curve": curve(12),
        "today": curve(10),
        "marks": marks,
        "limit": 16.5,
        "deficit": "above",
        "axis": (0.0, 40.0),
    }
    return Distribution(**{**given, **changes})


ROWS = (
    PlanShares(plan="total", name="合计", benefits=67.7, expenses=7.0, surplus=25.3),
    PlanShares(
        plan="P3",
        name="重大疾病",
        benefits=97.5,
        expenses=7.0,
        surplus=-4.5,
        benefits_range=(90.7, 103.2),
    ),
)
TIERS = TierCurve(
    plan="P3",
    premiums=[25, 30, 35, 40],
    deficit_probability=[0.9, 0.4, 0.1, 0.02],
    loss_ratio=[1.09, 0.91, 0.78, 0.68],
    today=30,
    chosen=35,
    rule=0.1,
    allowed=(35, 40),
)


def everything():
    return {
        "distribution": distribution_chart(year(), LABELS),
        "distribution of a surplus": distribution_chart(year(deficit="below", today=None), LABELS),
        "hundred": hundred_yuan_chart(ROWS, LABELS),
        "tiers": tier_chart(TIERS, LABELS),
    }


def series(spec):
    return {each["id"]: each for each in spec.option["series"]}


def nodes(node):
    yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from nodes(child)


@pytest.mark.parametrize("name", everything())
def test_an_option_is_plain_json_with_known_names_only(name):
    spec = everything()[name]
    assert json.loads(json.dumps(spec.option, allow_nan=False)) == spec.option
    for node in nodes(spec.option):
        if isinstance(node, str):
            assert not re.match(r"#[0-9a-fA-F]{3}|rgb|hsl|function", node), node
        if isinstance(node, dict):
            assert node.get("$c", "text") in LIGHT
            assert re.fullmatch("[nps][012]", node.get("$f", "n0"))
            assert not isinstance(node.get("formatter"), str)  # ECharts would read a template
            assert not isinstance(node.get("link"), str) and "sublink" not in node


@pytest.mark.parametrize("name", everything())
def test_an_option_can_be_exchanged_in_place(name):
    spec = everything()[name]
    ids = [each["id"] for each in spec.option["series"]]
    assert len(set(ids)) == len(ids)
    assert spec.option["animation"] is False
    assert spec.label == LABELS["alt"]
    assert spec.option["title"] == {"text": LABELS["title"], "subtext": LABELS["subtitle"]}
    assert everything()[name] == spec


def test_a_picture_of_two_hundred_points_stays_small():
    spec = distribution_chart(year(curve=curve(12, 201), today=curve(10, 201)), LABELS)
    assert len(json.dumps(spec.option)) < 20_000


def test_the_density_comes_out_as_given():
    given = year()
    drawn = np.array(series(distribution_chart(given, LABELS))["year"]["data"])
    assert drawn == pytest.approx(
        np.column_stack([given.curve.amounts, given.curve.density, given.curve.beyond]), rel=1e-4
    )


def test_the_deficit_is_the_part_beyond_the_limit():
    # density at 16.5 of the tent with peak 12 and half-width 10: 1 − 4.5/10 = 0.55, between points
    above = series(distribution_chart(year(), LABELS))["deficit"]["data"]
    assert above[0] == pytest.approx([16.5, 0.55])
    assert [row[0] for row in above[1:]] == list(range(17, 41))
    below = series(distribution_chart(year(deficit="below"), LABELS))["deficit"]["data"]
    assert below[-1] == pytest.approx([16.5, 0.55])
    assert [row[0] for row in below[:-1]] == list(range(17))


def test_no_deficit_in_the_picture_leaves_no_red_and_no_limit():
    drawn = series(distribution_chart(year(limit=55.0), LABELS))
    assert drawn["deficit"]["data"] == []
    assert drawn["limit"]["markLine"]["data"] == []


def test_todays_scheme_is_a_ghost_behind_and_only_where_it_differs():
    order = [each["id"] for each in distribution_chart(year(), LABELS).option["series"]]
    assert order.index("today") < order.index("year")
    assert "today" not in series(distribution_chart(year(today=None), LABELS))


def test_words_stand_at_the_marks_and_away_from_the_edge():
    drawn = series(distribution_chart(year(), LABELS))
    ends = {key: drawn[f"mark-{key}"]["data"][1]["label"] for key in ("mean", "p95", "p995")}
    assert [ends[key]["position"] for key in ends] == ["top", "right", "left"]
    assert ends["p95"]["formatter"] == {"$t": LABELS["p95"]}
    below = series(distribution_chart(year(deficit="below"), LABELS))
    assert below["mark-p95"]["data"][1]["label"]["position"] == "left"


def test_the_parts_of_a_hundred_yuan_come_out_as_given():
    drawn = series(hundred_yuan_chart(ROWS, LABELS))
    values = {
        part: [item["value"] for item in drawn[part]["data"][1:]]
        for part in ("benefits", "expenses", "surplus")
    }
    assert values == {"benefits": [67.7, 97.5], "expenses": [7.0, 7.0], "surplus": [25.3, -4.5]}
    option = hundred_yuan_chart(ROWS, LABELS).option
    assert option["yAxis"][0]["data"] == ["", "合计", "重大疾病"]
    assert (option["xAxis"]["min"], option["xAxis"]["max"]) == (-20, 120)


def test_a_deficit_is_red_and_left_of_zero():
    short = series(hundred_yuan_chart(ROWS, LABELS))["surplus"]["data"][2]
    assert short["itemStyle"]["borderColor"] == {"$c": "short"}
    assert short["label"] | {"formatter": 0, "$narrow": 0} == {
        "show": True,
        "position": "left",
        "color": {"$c": "short"},
        "formatter": 0,
        "$narrow": 0,
    }


def test_no_deficit_keeps_the_scale_from_zero_to_a_hundred():
    axis = hundred_yuan_chart(ROWS[:1], LABELS).option["xAxis"]
    assert (axis["min"], axis["max"]) == (0, 100)


def test_the_range_of_a_loss_ratio_lies_under_its_bar():
    drawn = series(hundred_yuan_chart(ROWS, LABELS))
    assert [row[0] for row in drawn["range-P3"]["data"]] == [90.7, 103.2]
    assert all(2 < row[1] < 3 for row in drawn["range-P3"]["data"])
    assert drawn["range-total"]["data"] == [[None, 1.88], [None, 1.88]]


def test_tiers_come_out_as_given_with_the_chosen_one_on_the_curve():
    drawn = series(tier_chart(TIERS, LABELS))
    assert drawn["probability"]["data"] == [[25, 0.9], [30, 0.4], [35, 0.1], [40, 0.02]]
    assert drawn["loss_ratio"]["data"] == [[25, 1.09], [30, 0.91], [35, 0.78], [40, 0.68]]
    assert drawn["chosen"]["data"] == [[35, 0.1]]
    for grid in (0, 1):
        assert drawn[f"today-{grid}"]["markLine"]["data"] == [{"xAxis": 30}]
    assert drawn["probability"]["markLine"]["data"] == [{"yAxis": 0.1}]
    assert drawn["probability"]["markArea"]["data"] == [[{"xAxis": 35}, {"xAxis": 40}]]


def test_tiers_without_a_rule_have_no_marks_of_it():
    free = TierCurve(
        plan="P1",
        premiums=[25, 95],
        deficit_probability=[0.5, 0.0],
        loss_ratio=[1.6, 0.7],
        today=95,
        chosen=95,
    )
    spec = tier_chart(free, {key: LABELS[key] for key in KEYS if key not in ("rule", "allowed")})
    assert not {"markLine", "markArea"} & set(series(spec)["probability"])
    assert spec.option["yAxis"][1]["max"] == 2.0


def test_missing_words_are_refused():
    with pytest.raises(KeyError, match="subtitle"):
        tier_chart(TIERS, {"title": "x"})


def test_points_keep_significant_digits_and_leave_gaps():
    assert points([1234567.0, np.nan], [1 / 3, np.inf], digits=3) == [
        [1230000.0, 0.333],
        [None, None],
    ]


def test_number_formats_carry_words_beside_the_number():
    assert number_format("n1", after=" 万元") == {"$f": "n1", "before": "", "after": " 万元"}


@pytest.mark.parametrize(
    ("ends", "digits", "wanted"),
    [
        ((-500.0, 750.0), 0, 250.0),
        ((0.0, 800.0), 0, 200.0),
        ((-200.0, 1000.0), 0, 200.0),
        ((-5.0, 7.5), 1, 2.5),
        ((0.0, 0.25), 1, 0.25),  # no step of one decimal meets both ends
    ],
)
def test_ticks_meet_both_ends_of_an_axis_that_stays(ends, digits, wanted):
    assert even_step(*ends, digits=digits) == wanted


@pytest.mark.parametrize(
    ("previous", "low", "high", "wanted"),
    [
        (None, 1013.0, 1432.0, (1000.0, 1500.0)),
        ((1000.0, 1500.0), 1100.0, 1400.0, (1000.0, 1500.0)),  # stays
        ((1000.0, 1500.0), 1100.0, 1501.0, (1100.0, 1600.0)),  # a value left it
        ((0.0, 1000.0), 10.0, 90.0, (0.0, 100.0)),  # far too wide
        (None, -0.031, 0.082, (-0.05, 0.1)),
        (None, 5.0, 5.0, (5.0, 5.0)),
    ],
)
def test_an_axis_stays_until_a_value_leaves_it(previous, low, high, wanted):
    found = steady(previous, low, high)
    if low == high:
        assert found[0] <= low <= found[1]
    else:
        assert found == pytest.approx(wanted)


@given(some.floats(-1e9, 1e9), some.floats(1e-3, 1e9))
def test_an_axis_holds_its_values_and_is_not_much_wider(low, span):
    high = low + span
    found = steady(None, low, high)
    assert found[0] <= low + 1e-9 * abs(low) and high - 1e-9 * abs(high) <= found[1]
    assert found[1] - found[0] <= 1.9 * (high - low) + 1e-6 * max(abs(low), abs(high))
    assert steady(found, low, high) == found
