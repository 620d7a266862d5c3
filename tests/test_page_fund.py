"""The page Fund without a browser: kept claims give the answer of the command, links restore."""

from __future__ import annotations

import json
import re
import shlex
from html import unescape

import pytest

from workbench.app import fund_claims
from workbench.app.fund_claims import ask_fund, claims_kept
from workbench.app.page import Frame
from workbench.app.pages.fund import UNCERTAIN, Fund
from workbench.app.panels.fund_view import FundView
from workbench.app.seen import figure_at, figure_text
from workbench.app.state import Settings, from_query, move, to_query
from workbench.changes import Changes
from workbench.cli import main
from workbench.fund import replay
from workbench.guard import InputRefused
from workbench.questions import Choices, ask, document
from workbench.show.funding import fund_sentence
from workbench.show.numbers import probability_words

P1 = "plans.P1.premium_yuan"
PATHS, DRAWS = 1280, 20


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Few paths, and nothing uncertain: the browser's test asks with all of it."""
    own, stages = FundView._own, Fund.stages.fget
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FundView, "_own", lambda view: {**own(view), "paths": PATHS})
        patch.setattr(Fund, "stages", property(lambda page: stages(page)[:UNCERTAIN]))
        yield


@pytest.fixture(scope="module")
def page(inputs):
    return Frame(inputs, page="fund")


@pytest.fixture(autouse=True)
def fresh(request):
    if "page" in request.fixturenames:
        page = request.getfixturevalue("page")
        page.desk.reset()
        page.arrive({"page": "fund", "lang": "zh"})


def walk(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def html_of(page):
    return "".join(str(one.value) for one in walk(page.widget) if type(one).__name__ == "HTML")


@pytest.mark.parametrize(
    ("own", "scenario", "moved", "money"),
    [
        ({}, None, {}, {P1: 60, "expense_share": 0.1}),
        ({"years": "3"}, None, {"stay_cost_scale": 1.2}, {"opening_fund_yuan": 1e6}),
        ({"years": "4"}, "epidemic_winter", {}, {P1: 80, "remittance_share": 0.05}),
    ],
)
def test_kept_claims_give_the_very_answer_of_the_question(inputs, own, scenario, moved, money):
    own = {**own, "paths": str(PATHS)}
    for changes in (moved, moved | money, moved):
        choices = Choices(own=own, scenario=scenario, changes=Changes(changes))
        found = document(ask_fund("fund", choices, pack=inputs))
        assert claims_kept(inputs, choices)
        assert found == document(ask("fund", choices, pack=inputs))


def test_sentence_nine_says_both_bases_and_draws_are_kept_too(inputs):
    own = {"basis": "level", "draws": str(DRAWS), "years": "2", "paths": str(PATHS)}
    ask_fund("fund", Choices(own=own), pack=inputs)
    choices = Choices(own=own, changes=Changes({P1: 50}))
    uncertain = ask_fund("fund", choices, pack=inputs)
    assert document(uncertain) == document(ask("fund", choices, pack=inputs))
    central = ask_fund("fund", Choices(own={"years": "2", "paths": "128"}), pack=inputs)
    told = fund_sentence(central, uncertain, "zh")
    assert told.startswith("假定期初历年结余 875 万元，按中间假设，2 年内用完的可能性")
    chance = probability_words(uncertain.result.result.main.figures.used_up, "zh")
    assert told.endswith(f"计入各项假设的不确定性，{chance}。")
    assert "正在测算" in fund_sentence(central, None, "zh")


def test_money_draws_no_claim_anew_and_a_claim_does(inputs, monkeypatch):
    own, drawn = {"paths": "256", "years": "2"}, []
    true = replay._group_claims
    monkeypatch.setattr(
        replay, "_group_claims", lambda part, **given: drawn.append(part) or true(part, **given)
    )
    for changes, more in (
        ({}, True),
        ({P1: 70}, False),
        ({"opening_fund_yuan": 2e6}, False),
        ({"expense_share": 0.09}, False),
        ({"stay_cost_scale": 1.3}, True),
        ({"frequency_trend_per_year": 0.02}, True),
    ):
        before = len(drawn)
        ask_fund("fund", Choices(own=own, changes=Changes(changes)), pack=inputs)
        assert (len(drawn) > before) is more, changes
    assert len(fund_claims._KEPT) <= fund_claims.MOST_KEPT


@pytest.mark.parametrize(
    "own",
    [{"actions": "on"}, {"reinsurance": "quota_share=0.3"}, {"programme": ("home_visits",)}],
)
def test_what_is_not_of_this_kind_is_asked_plainly(inputs, own):
    if "programme" in own:
        own = {"programme": (inputs.programmes[0].code,)}
    choices = Choices(own={**own, "paths": "128", "years": "2"}, changes=Changes({P1: 60}))
    assert document(ask_fund("fund", choices, pack=inputs)) == document(
        ask("fund", choices, pack=inputs)
    )


def test_a_shared_result_is_asked_plainly(inputs):
    changes = Changes({"risk_retained_share": 0.6})
    choices = Choices(own={"paths": "128", "years": "2"}, changes=changes)
    assert document(ask_fund("fund", choices, pack=inputs)) == document(
        ask("fund", choices, pack=inputs)
    )


def documents_of(text, capsys):
    found = {}
    for name, command in re.findall(r'data-command="([^"]+)">([^<]+)<', text):
        words = shlex.split(unescape(command))
        capsys.readouterr()
        assert main([*words[1:], "--json"]) == 0
        found[unescape(name)] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_is_that_of_the_command_beside_it(page, capsys, language):
    page.arrive(
        {
            "page": "fund",
            "lang": language,
            "years": "3",
            "year": "2029",
            "actions": "on",
            "possibility": "0.01",
            "set": f"{P1}=60;opening_fund_yuan=1000000",
        }
    )
    text = html_of(page)
    documents = documents_of(text, capsys)
    assert len(documents) == 2
    found = re.findall(r'data-figure="([^"]+)" data-kind="([^"]+)"[^>]*>([^<]*)<', text)
    assert len(found) > 100
    for place, kind, shown in found:
        if "today:" not in place:
            wanted = figure_text(figure_at(documents, unescape(place)), kind, language)
            assert unescape(shown) == wanted, place


def test_today_stays_behind_as_a_ghost(page):
    chart = next(one for one in walk(page.widget) if getattr(one, "name", "") == "fund")
    assert "today" not in [one["id"] for one in chart.option["series"]]
    page.desk.moved(P1, 70)
    assert "today" in [one["id"] for one in chart.option["series"]]
    assert "较现行" in html_of(page)


def test_an_address_restores_what_was_looked_at(page, inputs):
    page.arrive(
        {"page": "fund", "years": "4", "year": "2029", "possibility": "0.1", "set": f"{P1}=90"}
    )
    query = dict(page.desk.bridge.query)
    other = Frame(inputs, page="fund")
    other.arrive(query)
    assert other.page.view == page.page.view and other.desk.settings == page.desk.settings
    assert other.page.view.last == 2030


@pytest.mark.parametrize(
    "query", [{"years": "0"}, {"years": "1000"}, {"years": "<b>"}, {"years": "2", "year": "2036"}]
)
def test_an_address_that_cannot_be_is_refused_and_nothing_moves(query):
    view = FundView()
    with pytest.raises(InputRefused):
        view.look_at(query)
    assert view == FundView()


def test_a_shorter_horizon_keeps_the_year_of_the_books_within_it(page):
    page.page.view.year = 2036
    box = page.page._years._box
    box.value = "2"
    assert page.page.view.year == 2028 == page.page.view.last
    box.value = "1000"
    assert box.value == "2" and 'role="alert"' in html_of(page)


def test_sliders_of_this_page_are_settings_like_all(inputs):
    settings = move(inputs, Settings(), "opening_fund_yuan", 2_000_000)
    assert from_query(inputs, to_query(settings, "zh")) == settings
    with pytest.raises(InputRefused):
        move(inputs, Settings(), "opening_fund_yuan", -1)
