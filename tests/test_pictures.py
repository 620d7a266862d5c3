"""Pictures of documents: figures come out as the command gives them, in both languages."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from workbench.guard import InputRefused
from workbench.questions import Choices, ask, document
from workbench.show.charts import (
    EqualCost,
    Fan,
    Heat,
    PremiumBand,
    Step,
    TierCurve,
    Tornado,
    TornadoBar,
    Waterfall,
    band_chart,
    equal_cost_chart,
    fan_chart,
    heat_chart,
    tier_chart,
    tornado_chart,
    waterfall_chart,
)
from workbench.show.charts.band import between
from workbench.show.charts.equal_cost import contour
from workbench.show.charts.frame import number_format, ticked
from workbench.show.charts.rows import piece
from workbench.show.choice_pictures import equal_cost_picture, frontier_picture
from workbench.show.fund_pictures import fund_picture
from workbench.show.palette import DARK, LIGHT
from workbench.show.pictures import tier_picture
from workbench.show.premium_pictures import (
    band_picture,
    fairness_picture,
    tier_grid_picture,
    waterfall_picture,
)
from workbench.show.risk_pictures import scenario_picture, tornado_picture, triangle_picture

LANGUAGES = ("zh", "en")
ASKED = {
    "price": ("price", {}),
    "tiers": ("tiers", {}),
    "fairness": ("fairness", {}),
    "participation": ("participation", {"plan": ("P3",), "premium": 35}),
    "design": (
        "design",
        {"plan": "P2", "term": ("daily_yuan=40:80:20", "max_days_per_year=30:120:30")},
    ),
    "one_term": ("design", {"plan": "P3", "term": ("lump_sum_yuan=8000:12000:2000",)}),
    "tornado": ("sensitivity", {"vary": ("hospital_shock_cv", "basic_coinsurance")}),
    "scenarios": ("sensitivity", {"kind": "scenarios"}),
    "fund": ("fund", {"paths": 64, "years": 2}),
    "triangle": ("triangle", {"replications": 100}),
}


def _deficit(share):
    return {"deficit_probability": {"value": share, "error": 0.0}}


def _point(of, level, yuan, met=True):
    told = {"of": of, "level": level, "met": met, "contribution_yuan": yuan}
    return told | {"premiums": {"P1": 85, "P3": 34}}


OPTIMISE = {
    "choices": {"deficit": 0.05},
    "basis": {"kind": "parameters"},
    "met": True,
    "today": {"contribution_yuan": 17.5e6, "plans": {"P1": _deficit(0.001), "P3": _deficit(0.38)}},
    "best": {"contribution_yuan": 14.9e6, "plans": {"P1": _deficit(0.048), "P3": _deficit(0.034)}},
    "frontier": [
        _point("plan", 0.5, 13.6e6),
        _point("plan", 0.05, 14.9e6),
        _point("plan", 0.001, 16.5e6),
        _point("scheme", 0.5, 12.8e6),
        _point("scheme", 0.001, 15.4e6),
        _point("scheme", 0.0001, 1.0, met=False),
    ],
}


@pytest.fixture(scope="module")
def answers(inputs):
    found = {}

    def answer(name):
        if name not in found:
            question, own = ASKED[name]
            found[name] = ask(question, Choices(own=own), pack=inputs)
        return found[name]

    return answer


@pytest.fixture(scope="module")
def drawn(inputs, answers):
    """Every picture by name, in a language."""

    def of(name):
        return document(answers(name))

    def draw(name, lang):
        return {
            "waterfall": lambda: waterfall_picture(of("price"), inputs, language=lang, plan="P3"),
            "tier_grid": lambda: tier_grid_picture(
                of("tiers"), inputs, language=lang, process=of("tiers")
            ),
            "fairness": lambda: fairness_picture(of("fairness"), inputs, language=lang, plan="P3"),
            "band": lambda: band_picture(of("participation"), inputs, language=lang, plan="P3"),
            "band_surplus": lambda: band_picture(
                of("participation"),
                inputs,
                language=lang,
                plan="P3",
                figure="expected_surplus_yuan",
            ),
            "equal_cost": lambda: equal_cost_picture(of("design"), inputs, language=lang),
            "frontier": lambda: frontier_picture(OPTIMISE, inputs, language=lang),
            "tornado": lambda: tornado_picture(of("tornado"), inputs, language=lang),
            "scenarios": lambda: scenario_picture(of("scenarios"), inputs, language=lang),
            "scenarios_ratio": lambda: scenario_picture(
                of("scenarios"), inputs, language=lang, figure="loss_ratio", of="P3"
            ),
            "fund": lambda: fund_picture(of("fund"), language=lang, today=of("fund")),
            "triangle": lambda: triangle_picture(answers("triangle"), lang),
        }[name]()

    return draw


NAMES = """waterfall tier_grid fairness band band_surplus equal_cost frontier tornado scenarios
scenarios_ratio fund triangle""".split()


def series(spec):
    return {each["id"]: each for each in spec.option["series"]}


def nodes(node):
    yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from nodes(child)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_plain_json_in_names_that_both_palettes_know(drawn, name, lang):
    spec = drawn(name, lang)
    assert json.loads(json.dumps(spec.option, allow_nan=False)) == spec.option
    for node in nodes(spec.option):
        if isinstance(node, str):
            assert not re.match(r"#[0-9a-fA-F]{3}|rgb|hsl|function", node), node
            assert "{" not in node and node not in ("nan", "—"), node
        if isinstance(node, dict):
            assert node.get("$c", "text") in LIGHT and node.get("$c", "text") in DARK
            assert re.fullmatch("[nps][012]", node.get("$f", "n0"))
            assert not isinstance(node.get("formatter"), str)
            assert set(node) != {"$f", "before", "after"} or node["before"] == ""
    ids = [each["id"] for each in spec.option["series"]]
    assert len(set(ids)) == len(ids)
    assert not {"legend", "visualMap"} & set(spec.option)


@pytest.mark.parametrize("name", NAMES)
def test_title_and_alternative_state_the_finding_in_the_readers_language(drawn, name):
    for lang in LANGUAGES:
        spec = drawn(name, lang)
        title, beneath = spec.option["title"]["text"], spec.option["title"]["subtext"]
        assert spec.label.startswith(title)
        assert re.search(r"\d", title) or name == "tier_grid"
        for text in (title, beneath, spec.label):
            assert bool(re.search("[\u4e00-\u9fff]", text)) == (lang == "zh"), text
            assert "。。" not in text and ".." not in text and "nan" not in text.lower()
        assert 100 <= spec.height <= 700


def test_the_waterfall_has_the_lines_of_the_document_and_ends_at_their_sum(drawn, answers):
    one = document(answers("price"))["plans"]["P3"]
    parts = series(drawn("waterfall", "zh"))
    ends = np.array(parts["base"]["data"][:-1]) + [p["value"] for p in parts["step"]["data"][:-1]]
    assert ends == pytest.approx([line["to_yuan"] for line in one["lines"]])
    assert parts["step"]["data"][-1]["value"] == pytest.approx(ends[-1])
    assert parts["mark"]["markLine"]["data"] == [{"xAxis": one["premium_yuan"]}]
    assert "33.17" in drawn("waterfall", "zh").option["title"]["text"]


def test_tiers_of_every_plan_are_the_documents(drawn, answers):
    told, parts = document(answers("tiers")), series(drawn("tier_grid", "en"))
    rule = next(iter(told["rules"].values()))["plans"]
    for plan, rows in told["plans"].items():
        wanted = [[r["premium_yuan"], r["deficit_probability"]["value"]] for r in rows]
        assert np.array(parts[f"probability-{plan}"]["data"]) == pytest.approx(
            np.array(wanted), rel=1e-4
        )
        assert parts[f"today-{plan}"]["data"][0][0] == told["in_force_yuan"][plan]
        assert (f"rule-{plan}" in parts) == (rule[plan]["least_yuan"] is not None)
        last = parts[f"scheme-{plan}"]["data"][-1][1]
        assert last == pytest.approx(rows[-1]["scheme_surplus_yuan"]["value"] / 1e3, rel=1e-4)
    assert parts["rule-P3"]["markArea"]["data"] == [[{"xAxis": 34}, {"xAxis": 38}]]


def test_small_pictures_tell_their_tier_beneath_their_name_where_room_is_short(drawn):
    spec = drawn("tier_grid", "en")
    first = spec.option["yAxis"][0]
    assert first["name"] == "Inpatient medical expense\u200395 yuan: < 0.1 %"
    assert first["$narrow"]["name"] == "Inpatient medical expense\n95 yuan: < 0.1 %"
    assert spec.option["yAxis"][5]["$narrow"]["name"] == "Surplus of the scheme\nthousand yuan"
    hidden = [axis["axisLabel"].get("$narrow") for axis in spec.option["yAxis"]]
    assert hidden == [None, {"show": False}, None, {"show": False}, None, None]
    shown = [
        one["id"]
        for one in spec.option["series"]
        if one.get("markArea", {}).get("label", {}).get("show")
    ]
    assert shown == ["rule-P3"]  # once, where most room is right of the curve


def test_groups_above_their_contribution_are_dark(drawn, answers):
    groups = document(answers("fairness"))["plans"]["P3"]["groups"]
    bars = series(drawn("fairness", "zh"))["groups"]["data"]
    assert [bar["value"] for bar in bars] == pytest.approx(
        [group["benefit_yuan"]["value"] for group in groups], rel=1e-5
    )
    dark = [bar["itemStyle"]["color"]["alpha"] == 1.0 for bar in bars]
    assert dark == [group["benefit_yuan"]["value"] > 30.0 for group in groups]


def test_the_band_is_the_documents_and_grey_where_it_is_an_illustration(drawn, answers):
    one = document(answers("participation"))["plans"]["P3"]
    parts = series(drawn("band", "zh"))
    rows = one["premiums"]
    for end in ("low", "central", "high"):
        values = [row["enrolments"][end]["value"] for row in rows]
        assert [y for _, y in parts[end]["data"]] == pytest.approx(values, rel=1e-5)
    first = next(row["premium_yuan"] for row in rows if row["illustration"])
    fields = parts["illustration"]["markArea"]["data"]
    assert [field[0]["xAxis"] for field in fields] == [first - 0.5]
    assert parts["chosen"]["data"][0][0] == 35.0
    surplus = series(drawn("band_surplus", "zh"))["central"]["data"]
    assert surplus[10][1] == pytest.approx(
        rows[10]["expected_surplus_yuan"]["central"]["value"] / 1e4, rel=1e-5
    )


def test_the_tornado_starts_at_today_and_the_widest_bar_stands_first(drawn, answers):
    told, spec = document(answers("tornado"))["tornado"], drawn("tornado", "en")
    assert spec.option["xAxis"]["startValue"] == told["base"]["value"]
    line = series(spec)["base"]["markLine"]  # not at two decimals, as ECharts would have it
    assert line["data"] == [{"xAxis": told["base"]["value"]}] and line["precision"] >= 6
    parts = series(spec)
    assert parts["at_low"]["data"][0]["value"] == pytest.approx(0.53089, rel=1e-4)
    assert parts["at_high"]["data"][0]["value"] == pytest.approx(0.82240, rel=1e-4)
    assert len(parts["at_low"]["data"]) == 1  # the shock moves no loss ratio: it has no bar
    assert parts["at_low"]["data"][0]["label"]["formatter"] == {"$t": "0.05"}


def test_scenarios_reach_down_to_their_bad_year(drawn, answers):
    rows = document(answers("scenarios"))["scenarios"]
    parts = series(drawn("scenarios", "zh"))
    assert len(parts["cases"]["data"]) == len(rows) == len(parts["ends"]["data"])
    total = rows[1]["total"]
    bad = total["contribution_yuan"] - total["expenses_yuan"]["value"]
    bad -= total["paid_yuan"]["quantile"]["0.95"]["value"]
    assert parts["ends"]["data"][1]["value"] == [pytest.approx(bad / 1e4, rel=1e-5), 1]
    ratio = series(drawn("scenarios_ratio", "zh"))
    assert ratio["ends"]["data"] == [] and ratio["falls"]["data"] == []
    red = [dot["itemStyle"]["color"]["$c"] == "short" for dot in ratio["cases"]["data"]]
    assert red == [row["plans"]["P3"]["loss_ratio"]["value"] > 1.0 for row in rows]


def test_the_frontier_leaves_out_limits_that_cannot_be_met(drawn):
    parts = series(drawn("frontier", "zh"))
    assert [row["value"] for row in parts["plan"]["data"]] == [
        [1360.0, 0.5],
        [1490.0, 0.05],
        [1650.0, 0.001],
    ]
    assert len(parts["scheme"]["data"]) == 2
    assert parts["today"]["data"] == [[1750.0, 0.38]]
    assert parts["best"]["data"] == [[1490.0, 0.048]]
    assert "1,490 万元" in drawn("frontier", "zh").label
    steps = drawn("frontier", "zh").option["yAxis"]["axisLabel"]["formatter"]
    assert steps == number_format("s1", after="%")  # 0.1%, 1%, 10%, 100%


def test_the_fan_opens_at_the_fund_and_keeps_its_levels(drawn, answers):
    told, spec = document(answers("fund")), drawn("fund", "zh")
    parts = series(spec)
    assert spec.option["xAxis"]["data"][:2] == ["2026-12", "2027-01"]
    assert parts["median"]["data"][0] == [0, pytest.approx(told["opening_yuan"] / 1e4)]
    last = told["fan"][-1]
    assert parts["median"]["data"][-1][1] == pytest.approx(last["0.5"]["value"] / 1e4, rel=1e-5)
    assert parts["upper-80"]["data"][-1][1] == pytest.approx(last["0.9"]["value"] / 1e4, rel=1e-5)
    gap = last["0.9"]["value"] - last["0.1"]["value"]
    assert parts["band-80"]["data"][-1][1] == pytest.approx(gap / 1e4, rel=1e-4)
    assert parts["floor"]["markLine"]["data"] == [{"yAxis": 0.0}]
    assert parts["today"]["data"] == parts["median"]["data"]


def test_the_heat_map_has_the_ratios_of_the_triangle(drawn, answers):
    triangle = answers("triangle").result.case.triangle
    cells = series(drawn("triangle", "zh"))["cells"]["data"]
    ratio = triangle.cumulative[0, 1] / triangle.cumulative[0, 0]
    assert cells[0]["label"]["formatter"] == {"$t": f"{ratio:.3f}"}
    paints = {cell["itemStyle"]["color"]["$c"] for cell in cells}
    assert paints == {"P2", "P3"}
    assert all(cell["itemStyle"]["color"]["alpha"] <= 0.55 for cell in cells)


def test_a_plan_that_is_not_there_and_a_missing_part_are_refused(inputs, answers):
    with pytest.raises(InputRefused, match="P9"):
        waterfall_picture(document(answers("price")), inputs, language="zh", plan="P9")
    with pytest.raises(InputRefused, match="lump_sum_yuan"):
        equal_cost_picture(document(answers("one_term")), inputs, language="zh")
    with pytest.raises(InputRefused, match="tornado"):
        tornado_picture(document(answers("scenarios")), inputs, language="zh")
    with pytest.raises(InputRefused, match="frontier"):
        frontier_picture(OPTIMISE | {"frontier": []}, inputs, language="zh")


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        (0.0, 3.0, (0.0, 3.0, 0.0)),
        (3.0, 5.0, (3.0, 2.0, 0.0)),
        (5.0, 3.0, (3.0, 2.0, 0.0)),
        (-2.0, -5.0, (-2.0, -3.0, 0.0)),
        (2.0, -1.0, (0.0, 2.0, -1.0)),
    ],
)
def test_a_piece_of_a_bar_reaches_from_start_to_end(start, end, wanted):
    assert piece(start, end) == wanted
    base, seen, rest = piece(start, end)
    assert {base + rest, base + seen} == {start, end} or {base, base + seen} == {start, end}


LABELS = {
    key: key
    for key in """title subtitle alt unit axis mark base at_low at_high premium_unit figure low
    central high illustration today chosen turning first second median floor columns rows
    probability loss_ratio process parameters""".split()
}
FAN_LABELS = LABELS | {f"{end}_90": end for end in ("upper", "lower", "band")}


def test_a_saving_is_green_and_a_step_over_zero_keeps_both_sides():
    steps = (Step(name="a", start=0.0, end=2.0, told="2"), Step(name="b", start=2, end=-1, told=""))
    total = Step(name="c", start=0.0, end=-1.0, told="−1")
    spec = waterfall_chart(Waterfall(steps=steps, total=total), LABELS)
    parts = series(spec)
    assert [one["value"] for one in parts["step"]["data"]] == [2.0, 2.0, -1.0]
    assert [one["value"] for one in parts["rest"]["data"]] == [0.0, -1.0, 0.0]
    assert parts["step"]["data"][1]["itemStyle"]["borderColor"] == {"$c": "sound"}
    assert parts["mark"]["markLine"]["data"] == []
    assert spec.option["xAxis"]["min"] < -1.0 and spec.option["xAxis"]["max"] > 2.0


def test_words_of_a_bar_stand_away_from_the_other_end():
    ends = {"low": "l", "high": "h", "told_low": "", "told_high": ""}
    bars = (
        TornadoBar(name="up", at_low=1.0, at_high=3.0, **ends),
        TornadoBar(name="down", at_low=3.0, at_high=1.0, **ends),
    )
    parts = series(tornado_chart(Tornado(base=2.0, bars=bars, form=number_format("n1")), LABELS))
    assert [bar["label"]["position"] for bar in parts["at_low"]["data"]] == ["left", "right"]
    assert [bar["label"]["position"] for bar in parts["at_high"]["data"]] == ["right", "left"]


def test_a_field_between_curves_is_their_difference_stacked_on_the_lower():
    base, field = between("x", [1, 2], [-3.0, 1.0], [2.0, 4.0], ("P1", 0.2))
    assert base["data"] == [[1.0, -3.0], [2.0, 1.0]] and field["data"] == [[1.0, 5.0], [2.0, 3.0]]
    assert base["stack"] == field["stack"] and field["stackStrategy"] == "all"


def test_grey_fields_on_both_sides_of_todays_premium():
    spec = band_chart(
        PremiumBand(
            premiums=[25, 26, 27, 28, 29],
            low=[1, 1, 1, 1, 1],
            central=[2, 2, 2, 2, 2],
            high=[3, 3, 3, 3, 3],
            illustration=[True, False, False, True, True],
            today=26,
        ),
        LABELS,
    )
    fields = series(spec)["illustration"]["markArea"]["data"]
    assert [(one[0]["xAxis"], one[1]["xAxis"]) for one in fields] == [(25, 25.5), (27.5, 29)]
    assert [one[0]["label"]["show"] for one in fields] == [False, True]


def test_a_line_of_equal_cost_is_found_exactly_on_a_plane():
    first, second = np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0, 3.0])
    cost = first[:, None] + second[None, :]
    content = EqualCost(
        first=first, second=second, cost=cost, levels=((2.5, "2.5", True),), today=(0.5, 2.0)
    )
    places = contour(content, 2.5)
    assert places.sum(axis=1) == pytest.approx(2.5)
    assert np.all(np.diff(places[:, 0]) >= 0) and np.all(np.diff(places[:, 1]) <= 0)
    assert len(contour(content, 9.0)) == 0
    assert series(equal_cost_chart(content, LABELS))["today"]["data"] == [[0.5, 2.0]]
    rising = EqualCost(first=first, second=second, cost=cost[:, ::-1], levels=(), today=None)
    assert np.all(np.diff(contour(rising, 2.5)[:, 1]) >= 0)


def test_a_plateau_with_rounding_errors_is_one_line_along_it():
    cost = np.array([[1.0, 2.0, 2.0 + 1e-12, 2.0], [2.0, 3.0, 3.0, 3.0]])
    content = EqualCost(first=[0, 1], second=[0, 1, 2, 3], cost=cost, levels=(), today=None)
    assert contour(content, 2.0).tolist() == [[0.0, 3.0], [0.0, 2.0], [0.0, 1.0], [1.0, 0.0]]


def test_a_fan_without_a_floor_has_none_and_holds_every_value():
    fan = Fan(times=("a", "b"), median=[1, 2], bands={90: ([1, -4], [1, 5])}, floor=None)
    spec = fan_chart(fan, FAN_LABELS)
    assert series(spec)["floor"]["markLine"]["data"] == []
    assert spec.option["yAxis"]["min"] <= -4 and spec.option["yAxis"]["max"] >= 5
    assert fan_chart(fan, FAN_LABELS).option == spec.option


def test_many_columns_leave_the_figures_to_hovering():
    columns = tuple(str(n) for n in range(20))
    heat = Heat(
        rows=("a",), columns=columns, told=(("1",) * 20,), departures=np.full((1, 20), np.nan)
    )
    cells = series(heat_chart(heat, LABELS))["cells"]["data"]
    assert not any(cell["label"]["show"] for cell in cells)
    assert {cell["value"][2] for cell in cells} == {0.0}


def test_two_lines_of_probability_are_named_where_they_lie_apart():
    tiers = TierCurve(
        plan="P3",
        premiums=[25, 30, 35, 40],
        deficit_probability=[0.9, 0.5, 0.3, 0.02],
        loss_ratio=[1.0, 0.9, 0.8, 0.7],
        today=30,
        chosen=40,
        process=[0.99, 0.5, 0.05, 0.0],
    )
    parts = series(tier_chart(tiers, LABELS))
    assert parts["process"]["data"][0] == [25, 0.99]
    assert parts["told-process"]["data"][0][1] == 0.82
    x, y = parts["told-parameters"]["data"][0]
    assert y == 0.22 and 35 < x < 40


def test_a_tier_picture_says_what_is_uncertain_in_its_lines(answers, inputs):
    own = {"basis": "parameters", "draws": 20}
    uncertain = ask("tiers", Choices(own=own), pack=inputs)
    told = {
        "one": tier_picture(uncertain, "zh", "P3", 35.0),
        "two": tier_picture(uncertain, "zh", "P3", 35.0, process=answers("tiers")),
        "year": tier_picture(answers("tiers"), "zh", "P3", 35.0),
    }
    beneath = {name: spec.option["title"]["subtext"] for name, spec in told.items()}
    assert "只计" not in beneath["one"] and "参数不确定" in beneath["one"]
    assert "虚线只计年度之间的波动" in beneath["two"] and "process" in series(told["two"])
    assert "只计年度之间的波动" in beneath["year"] and "process" not in series(told["year"])


def test_the_ticks_of_an_axis_meet_its_ends():
    for low, high in ((-57.0, 36.0), (0.0, 119.7), (0.53, 0.83), (1200.0, 1790.0)):
        axis = ticked(low, high)
        for end in (axis["low"], axis["high"]):
            assert end / axis["interval"] == pytest.approx(round(end / axis["interval"]))
