"""The page Reserves without a browser: its figures are those of its commands, its links restore."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from workbench.app.page import Frame
from workbench.app.panels.reserve_view import ReserveView
from workbench.app.seen import figure_at, figure_text
from workbench.cli import main
from workbench.guard import InputRefused
from workbench.questions import Choices, ask, document
from workbench.show.history_pictures import counties_picture, runoff_picture
from workbench.show.palette import LIGHT
from workbench.show.reserve_pictures import (
    PARTS,
    confidence_picture,
    payments_picture,
    reserve_picture,
)

DAY = "2026-12-31"


@pytest.fixture(scope="module")
def page(inputs):
    return Frame(inputs, page="reserves")


def html_of(page):
    return "".join(str(one.value) for one in walk(page.widget) if type(one).__name__ == "HTML")


def walk(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def charts(page):
    return {one.name: one for one in walk(page.widget) if type(one).__name__ == "Chart"}


def document_of(capsys, command):
    words = shlex.split(command)
    capsys.readouterr()
    assert main([*words[1:], "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_every_figure_is_that_of_the_command_beside_it(page, capsys):
    page.arrive({"page": "reserves", "date": "2026-06-30", "confidence": "0.9", "lang": "zh"})
    text = html_of(page)
    commands = dict(re.findall(r'data-command="([^"]+)">([^<]+)<', text))
    documents = {
        unescape(name): document_of(capsys, unescape(one)) for name, one in commands.items()
    }
    assert sorted(documents) == [
        "counties",
        "reserve?date=2026-06-30&confidence=0.9",
        "runoff",
        "triangle",
    ]
    found = re.findall(r'data-figure="([^"]+)" data-kind="([^"]+)"[^>]*>([^<]*)<', text)
    asked = {place.partition("/")[0] for place, *_ in found}
    assert asked == {name.replace("&", "&amp;") for name in documents}
    assert len(found) > 350
    for place, kind, shown in found:
        wanted = figure_text(figure_at(documents, unescape(place)), kind, "zh")
        assert unescape(shown) == wanted, place


def test_the_months_add_up_to_what_is_unpaid(inputs):
    for day in (DAY, "2026-06-30", "2026-02-11"):
        answer = ask("reserve", Choices(own={"date": day}), pack=inputs).result
        ((_, estimate),) = answer.estimates.items()
        ((_, months),) = answer.payments.items()
        for code, one in {**estimate.plans, "total": estimate.total}.items():
            assert months[code].sum() == pytest.approx(one.unpaid_yuan.value, abs=1.0)
            assert np.all(months[code] >= 0.0)
        parts = [months[code] for code in inputs.plan_codes]
        assert np.sum(parts, axis=0) == pytest.approx(months["total"])


def test_an_address_restores_what_was_looked_at(page, inputs):
    page.arrive({"page": "reserves", "date": "2026-03-15", "confidence": "0.95", "plan": "P3"})
    query = dict(page.desk.bridge.query)
    assert {key: query[key] for key in ("date", "confidence", "plan")} == {
        "date": "2026-03-15",
        "confidence": "0.95",
        "plan": "P3",
    }
    other = Frame(inputs, page="reserves")
    other.arrive(query)
    assert other.page.view == page.page.view
    assert html_of(other).count("2026-03-15") > 3


@pytest.mark.parametrize(
    "query", [{"date": "2026-13-01"}, {"date": "<b>"}, {"confidence": "0.2"}, {"confidence": "x"}]
)
def test_an_address_that_cannot_be_is_refused_and_nothing_moves(inputs, query):
    view = ReserveView()
    with pytest.raises(InputRefused):
        view.look_at(inputs, query)
    assert view == ReserveView()


def test_a_date_that_is_none_is_told_and_the_last_one_stays(page):
    page.arrive({"page": "reserves", "lang": "zh"})
    box = page.page._date._box
    box.value = "明天"
    assert box.value == DAY and page.page.view.day == DAY
    assert 'role="alert"' in html_of(page)


def test_the_delay_moves_the_unpaid_alone(page):
    page.arrive({"page": "reserves", "lang": "zh"})
    before = page.desk.answers.documents[page.page.view.name]["dates"][DAY]["total"]
    page.desk.moved("reporting_delay_stretch", 1.2)
    after = page.desk.answers.documents[page.page.view.name]["dates"][DAY]["total"]
    assert after["unpaid_yuan"]["value"] > before["unpaid_yuan"]["value"]
    assert after["unearned_yuan"] == before["unearned_yuan"]
    assert "today:reserve" in html_of(page)
    page.desk.reset()


def test_simulated_history_is_marked(page):
    page.arrive({"page": "reserves", "lang": "zh"})
    assert "模拟数据" in html_of(page) and "真实值（模拟）" in html_of(page)
    page.speak("en")
    assert "Simulated" in html_of(page) and "Reserves" in page.desk.bridge.title
    page.speak("zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pictures_draw_the_figures_of_the_document(page, inputs, language):
    page.arrive({"page": "reserves", "lang": "zh"})
    found = page.desk.answers.documents[page.page.view.name]["dates"][DAY]
    factor = {"zh": 1e-4, "en": 1e-3}[language]
    spec = reserve_picture(found, inputs, language=language, day=DAY)
    drawn = {one["id"]: [bar["value"] for bar in one["data"]] for one in spec.option["series"]}
    unpaid = [found["plans"][code]["unpaid_yuan"]["value"] * factor for code in inputs.plan_codes]
    assert drawn[f"part-{PARTS.index('unpaid_yuan')}"] == pytest.approx(unpaid, rel=1e-4)
    spec = payments_picture(found, inputs, language=language, day=DAY)
    total = np.sum([[bar["value"] for bar in one["data"]] for one in spec.option["series"]], axis=0)
    wanted = np.array(found["payments_yuan"]["total"]) * factor
    assert total == pytest.approx(wanted, rel=1e-4, abs=1e-3)
    spec = confidence_picture(
        found,
        language=language,
        uncertain=found
        | {
            "prudence": {
                **found["prudence"],
                "total": {
                    "unpaid": {
                        "parameters": {
                            "amount_yuan": {"value": 5e6, "error": 1.0},
                            "margin_yuan": {"value": 1e6, "error": 1.0},
                        }
                    }
                },
            }
        },
    )
    cases = next(one for one in spec.option["series"] if one["id"] == "cases")
    assert [bar["value"][0] for bar in cases["data"]][-1] == pytest.approx(5e6 * factor)
    for spec in (reserve_picture(found, inputs, language=language, day=DAY),):
        assert json.loads(json.dumps(spec.option, allow_nan=False)) == spec.option
        assert spec.option["legend"]["textStyle"]["color"]["$c"] in LIGHT


def test_every_chart_has_its_finding_in_words(page):
    page.arrive({"page": "reserves", "lang": "zh"})
    assert {"reserve", "confidence", "payments"} <= set(charts(page))
    assert all(one.label and one.rev for one in charts(page).values())


def rested(page, name):
    return getattr(page.page, name).told.value


def test_the_causes_of_every_plan_add_up_to_the_fen_as_shown(page):
    page.arrive({"page": "reserves", "lang": "en"})
    shown = dict(re.findall(r'data-figure="(runoff/[^"]+)"[^>]*>([^<]*)<', rested(page, "runoff")))
    fen = {
        place: round(float(text.replace(",", "").replace("−", "-")) * 100.0)
        for place, text in shown.items()
    }
    for at in ("total", *(f"plans/{code}" for code in page.desk.pack.plan_codes)):
        causes = [fen[f"runoff/{at}/causes_yuan/{one}"] for one in ("numbers", "delay", "cost")]
        assert sum(causes) == fen[f"runoff/{at}/difference_yuan"]
        assert any(causes)


def test_records_do_not_answer_the_sliders_and_counties_do(page):
    page.arrive({"page": "reserves", "lang": "zh"})
    before = {name: page.desk.answers.documents[name] for name in ("runoff", "counties")}
    page.desk.moved("plans.P1.premium_yuan", 55.0)
    after = page.desk.answers.documents
    assert after["runoff"]["total"] == before["runoff"]["total"]
    alone, was = (one["counties"]["counties"]["C12"] for one in (after, before))
    assert alone["deficit_probability"]["value"] > was["deficit_probability"]["value"]
    assert "workbench counties --set" in rested(page, "counties")
    assert ">workbench runoff<" in rested(page, "runoff")
    page.desk.reset()


def test_a_choice_draws_something_else_and_asks_nothing(page):
    page.arrive({"page": "reserves", "lang": "zh"})
    one, revision = page.page, page.desk.revision
    answers = page.desk.answers
    titles = []
    for panel, value in ((one.runoff, "P4"), (one.counties, "deficit")):
        titles.append(panel._chart.option["title"]["text"])
        panel._choice.widget.value = value
        titles.append(panel._chart.option["title"]["text"])
    assert len(set(titles)) == 4 and "特殊疾病" in titles[1] and "县区12" in titles[3]
    assert page.desk.answers is answers and page.desk.revision == revision


def test_synthetic_counties_are_marked_and_own_ones_are_not(inputs):
    own = tuple(replace(one, provenance="own register") for one in inputs.counties)
    for pack, marked in ((inputs, True), (replace(inputs, counties=own), False)):
        frame = Frame(pack, page="reserves")
        frame.arrive({"page": "reserves", "lang": "zh"})
        text = html_of(frame)
        assert ("示例县区" in text) is marked and "模拟数据" in text
        assert ("县区和会员占比是示例" in text) is marked


def test_what_is_reported_and_what_is_not_make_up_the_unpaid(page):
    page.arrive({"page": "reserves", "lang": "zh"})
    for part in page.desk.answers.documents["triangle"]["parts"]:
        whole = part["reported_yuan"] + part["unreported_yuan"]
        assert whole == pytest.approx(part["unpaid_yuan"])
    assert "triangle/parts/5/reported_yuan" in rested(page, "triangle")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pictures_of_histories_draw_the_document(inputs, language):
    factor = {"zh": 1e-4, "en": 1e-3}[language]
    found = document(ask("runoff", pack=inputs))
    for code in ("", *inputs.plan_codes):
        part = found["plans"][code] if code else found["total"]
        spec = runoff_picture(found, inputs, language=language, plan=code)
        drawn = {one["id"]: one["data"] for one in spec.option["series"] if one.get("data")}
        bars = [
            _ends(*row) for row in zip(drawn["base"], drawn["step"], drawn["rest"], strict=True)
        ]
        lengths = [*part["causes_yuan"].values(), part["difference_yuan"]]
        for (low, high), yuan in zip(bars, lengths, strict=True):
            assert high - low == pytest.approx(abs(yuan) * factor, abs=1e-4)
        assert ("-" in f"{part['difference_yuan']}") is (bars[-1][0] < 0.0)
        assert json.loads(json.dumps(spec.option, allow_nan=False)) == spec.option
    found = document(ask("counties", pack=inputs))
    spec = counties_picture(found, language=language)
    drawn = {one["id"]: one["data"] for one in spec.option["series"]}
    for place, one in enumerate(found["counties"].values()):
        level, error = one["county_level"]["value"], one["county_level"]["error"]
        ends = [dot["value"][0] for dot in drawn["ends"] if dot["value"][1] == place]
        assert ends == pytest.approx([level - 1.6449 * error, level + 1.6449 * error], rel=1e-4)
        assert drawn["cases"][place]["value"][0] == pytest.approx(level, rel=1e-4)
    spec = counties_picture(found, language=language, figure="deficit")
    cases = next(one["data"] for one in spec.option["series"] if one["id"] == "cases")
    red = [one["itemStyle"]["color"]["$c"] for one in cases]
    assert red.count("short") == len(found["fails_alone"]) == 1 and red[-1] == "short"
    assert ("County 12" if language == "en" else "县区12") in spec.label


def _ends(base, step, rest):
    """Both ends of a bar drawn as an unseen base, a piece, and a rest beyond zero."""
    first, beyond = base + step["value"], rest["value"]
    return (beyond, first) if beyond else (min(base, first), max(base, first))
