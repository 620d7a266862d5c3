"""The pages Reserves and Fund in a real browser: their figures are those of their commands."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.browser.test_what_if import NOTEBOOK, P3, READ, at, knob, told, type_value, written
from workbench.app.knobs import FUND_KNOBS, KNOBS, RESERVE_KNOBS, knobs_of, range_of
from workbench.changes import Changes
from workbench.questions import Choices, ask, command, document
from workbench.show.funding import fund_sentences
from workbench.show.numbers import probability_words

P1 = "plans.P1.premium_yuan"
SETTINGS = 4
NAMES = {"reserves": ("准备金", "Reserves"), "fund": ("历年结余", "The fund")}
FEWEST = {"reserves": 300, "fund": 100}
ASKED = {"reserves": {"reserve", "triangle", "runoff", "counties"}, "fund": {"fund"}}
"""Questions whose figures a page shows."""
SETTLED = """([page, asked]) => {
  const at = document.querySelector("[data-asked-rev]");
  const shown = [...document.querySelectorAll("[data-answer-rev]")];
  const coarse = document.querySelector("[data-command*='paths=1024']");
  const rested = [...document.querySelectorAll("[data-rest-rev]")];
  return at && Number(at.dataset.askedRev) >= asked && shown.length >= 5 && !coarse &&
    document.querySelector(`[data-command^='${page}']`) &&
    shown.every((one) => one.dataset.answerRev === at.dataset.askedRev) &&
    (page === "fund" || (rested.length === 3 &&
      rested.every((one) => one.dataset.restRev === at.dataset.askedRev)));
}"""
MARKS = {"reserves": "reserve", "fund": "fund"}


@pytest.fixture(scope="module")
def address(serve):
    return serve(NOTEBOOK, warmed=0).split("?")[0]


@pytest.fixture(scope="module")
def window(address, open_window):
    seen = open_window(f"{address}?page=reserves&lang=zh")
    settle(seen.page, "reserves")
    yield seen
    seen.page.context.close()


def settle(page, name, asked=0):
    page.wait_for_function(SETTLED, arg=[MARKS[name], asked], timeout=60_000)


def turn(page, name, language):
    """Turn to a page by its link in the head, in a language."""
    page.get_by_role("button", name={"zh": "中文", "en": "English"}[language]).click()
    link = page.locator(".wb-nav").get_by_role(
        "link", name=NAMES[name][language == "en"], exact=True
    )
    link.wait_for()
    link.click()
    # The first of them may stand in a fold that is closed: it is there all the same.
    page.wait_for_selector(f"[data-command^='{MARKS[name]}']", state="attached")


def shown_by(page, name):
    """Settings, figures and commands of the page, without those that are still to come."""
    seen = page.evaluate(READ)
    commands = {key: one for key, one in seen["commands"].items() if "basis=" not in key}
    figures = [one for one in seen["figures"] if "basis=" not in one[0]]
    assert len(figures) > FEWEST[name] and seen["drawn"]
    return seen, commands, figures


def compare(page, capsys, language, name, today):
    """Every figure of the page against the commands that it shows."""
    _, commands, figures = shown_by(page, name)
    assert {key.partition("?")[0] for key in commands} == ASKED[name]
    assert {place.partition("/")[0].partition("?")[0] for place, *_ in figures} >= ASKED[name]
    documents = {key: json.loads(told(capsys, one, "--json")) for key, one in commands.items()}
    for key in commands:
        documents[f"today:{key}"] = today(key)
    wrong = [
        (place, text, wanted)
        for place, kind, signed, text in figures
        if text != (wanted := cell(documents, place, kind, signed, language))
    ]
    assert wrong == []
    return documents


def cell(documents, place, kind, signed, language):
    figure = at(documents, place)
    if getattr(figure, "value", figure) is None:
        return "—"
    return written(documents, place, kind, signed, language)


@pytest.fixture(scope="module")
def today():
    """The document of a name of the pages about today's scheme."""
    from workbench.app.seen import asked_as
    from workbench.app.state import Settings
    from workbench.pack import read_pack

    known = {}

    def of(name):
        if name not in known:
            question, choices = asked_as(read_pack(), name, Settings())
            known[name] = document(ask(question, choices))
        return known[name]

    return of


def settings(inputs):
    """Seeded settings: one to three sliders that every page has or that the page alone has."""
    chance = random.Random(20261124)
    common = [one for one in knobs_of(inputs) if one.plan or one in KNOBS[:3]]
    for place in range(SETTINGS):
        name = ("fund", "reserves")[place % 2]
        own = chance.choice(FUND_KNOBS if name == "fund" else RESERVE_KNOBS)
        chosen = {}
        for one in (own, *chance.sample(common, chance.choice((0, 1, 2)))):
            ends = range_of(inputs, one)
            steps = round((ends.high - ends.low) / one.step)
            chosen[one.name] = round(ends.low + chance.randint(0, steps) * one.step, 6)
        yield name, chosen


def test_every_figure_is_that_of_the_command_shown(window, inputs, capsys, today):
    page = window.page
    for place, (name, chosen) in enumerate(settings(inputs)):
        language = ("zh", "en")[place // 2 % 2]
        turn(page, name, language)
        settle(page, name)
        reset = {"zh": "全部复原", "en": "Reset all"}[language]
        page.get_by_role("button", name=reset).click()
        page.wait_for_function(
            """![...document.querySelectorAll(".wb-commands [data-command]")].some(
                 (one) => one.textContent.includes(" --set "))"""
        )
        settle(page, name)  # the answer to the button writes to every box
        for key, value in chosen.items():
            type_value(page, key, value)
        for key, value in chosen.items():
            text = f"{key}={value:.12g}"
            is_today = value == range_of_name(inputs, key).today
            page.wait_for_function(
                """([text, away]) => [...document.querySelectorAll(
                     ".wb-commands [data-command]")].every(
                     (one) => one.textContent.split(" ").includes(text) !== away)""",
                arg=[text, is_today],
                timeout=60_000,
            )
        settle(page, name)
        compare(page, capsys, language, name, today)


def range_of_name(inputs, name):
    every = (*knobs_of(inputs), *FUND_KNOBS, *RESERVE_KNOBS)
    return range_of(inputs, next(one for one in every if one.name == name))


def test_what_is_uncertain_comes_by_itself_and_says_sentence_nine(visit, address, capsys):
    seen = visit(f"{address}?page=fund&lang=zh&years=2&set={P1}=60;opening_fund_yuan=1000000")
    page = seen.page
    page.wait_for_selector(".wb-rest progress", timeout=60_000)
    page.wait_for_selector(
        "[data-rest-rev] [data-command*='basis=level']", timeout=120_000, state="attached"
    )
    read = page.evaluate(READ)
    key = next(one for one in read["commands"] if "basis=level" in one)
    choices = Choices(
        own={"years": 2, "basis": "level"}, changes=Changes({"opening_fund_yuan": 1e6, P1: 60.0})
    )
    assert read["commands"][key] == command("fund", choices)
    answer = ask("fund", choices)
    documents = {key: document(answer)}
    figures = [one for one in read["figures"] if one[0].startswith(key)]
    assert len(figures) > 10
    for place, kind, signed, text in figures:
        assert text == cell(documents, place, kind, signed, "zh"), place
    assert read["sentences"]["uncertain_0"] == fund_sentences(answer, "zh", changed=False)[0]
    chance = probability_words(answer.result.result.main.figures.used_up, "zh")
    assert read["sentences"]["fund_nine"].endswith(f"计入各项假设的不确定性，{chance}。")
    assert seen.outside() == [] and seen.errors == []


def test_a_link_restores_date_level_and_horizon(visit, address):
    query = "page=reserves&lang=en&date=2026-06-30&confidence=0.9&plan=P3"
    seen = visit(f"{address}?{query}")
    settle(seen.page, "reserves")
    page = seen.page
    assert page.locator("[data-command^=reserve]").first.inner_text() == (
        "workbench reserve --date 2026-06-30 --confidence 0.9"
    )
    assert page.locator("[data-command^=triangle]").text_content() == "workbench triangle --plan P3"
    assert knob(page, "date").locator("input").input_value() == "2026-06-30"
    badges = page.locator(".wb-badge").all_inner_texts()
    assert badges == ["Simulated", "Simulated", "Simulated", "Synthetic counties"]
    page.locator(".wb-nav").get_by_role("link", name="The fund", exact=True).click()
    knob(page, "years").locator("input").fill("3")
    knob(page, "years").locator("input").press("Enter")
    page.wait_for_function("location.search.includes('years=3')")
    page.wait_for_function(
        "document.querySelector('.wb-commands [data-command]')?.textContent"
        " === 'workbench fund --years 3'"
    )
    type_value(page, P3, 35)
    page.wait_for_function("location.search.includes('P3.premium_yuan')")


def test_a_phone_needs_no_sideways_scrolling(visit, address):
    seen = visit(f"{address}?page=reserves&lang=en", width=390)
    for name in ("reserves", "fund"):
        turn(seen.page, name, "en")
        settle(seen.page, name)
        seen.page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
        seen.page.wait_for_timeout(300)
        assert seen.page.evaluate("document.documentElement.scrollWidth") == 390


def test_files_and_names_for_those_who_do_not_see(window):
    page = window.page
    turn(page, "reserves", "zh")
    settle(page, "reserves")
    files = {}
    for label in ("下载图片 PNG", "下载表格 CSV"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=label).first.click()
        files[Path(waiting.value.suggested_filename).suffix] = waiting.value.path()
    assert Path(files[".png"]).read_bytes()[:4] == b"\x89PNG"
    assert "未到期责任准备金" in Path(files[".csv"]).read_text(encoding="utf-8-sig")
    nameless = page.evaluate(
        """[...document.querySelectorAll("main input, main select, main button")].filter((one) =>
          !(one.ariaLabel || one.title || (one.tagName === "BUTTON" && one.textContent.trim())))
          .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    assert all(page.evaluate(READ)["labels"])


def test_nothing_left_this_machine(window):
    assert window.outside() == [] and window.errors == []
    assert "Traceback" not in "".join(window.frames)
