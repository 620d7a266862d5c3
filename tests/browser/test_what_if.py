"""The pages in a real browser: their figures are those of the commands that they show."""

from __future__ import annotations

import io
import json
import os
import random
import re
import shlex
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest

from workbench.app.knobs import KNOBS, knobs_of, range_of
from workbench.cli import main
from workbench.engine.results import PlanFigures
from workbench.questions import Span, ask, document
from workbench.record import open_record
from workbench.risk import Figure
from workbench.show import numbers
from workbench.show.premium_pictures import (
    band_picture,
    fairness_picture,
    tier_grid_picture,
    waterfall_picture,
)
from workbench.show.risk_pictures import tornado_picture
from workbench.show.sentences import answer_sentence, tier_change_sentence, tightest
from workbench.show.tables import cell_text
from workbench.show.words import plan_name

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "app.ipynb"
P3 = "plans.P3.premium_yuan"
COMMANDS = {
    "what_if": ("run", "price", "persons"),
    "tiers": ("run", "price", "tiers", "fairness", "calibrate"),
}
LATER = ("leaving", "uncertain", "participation", "sensitivity")
"""Asked when the reader rests, or by a button: no other figure of the page hangs on them."""
NAMES = {
    "what_if": {"zh": "互助会费与保障推演", "en": "What if"},
    "tiers": {"zh": "互助会费档位", "en": "Premium tiers"},
}
SETTINGS = 20

SETTLED = """(asked) => {
  const at = document.querySelector("[data-asked-rev]");
  const shown = [...document.querySelectorAll("[data-answer-rev]")];
  const wanted = document.querySelector("[data-command=tiers]") ? 9 : 3;
  return at && Number(at.dataset.askedRev) >= asked && shown.length >= wanted &&
    shown.every((one) => one.dataset.answerRev === at.dataset.askedRev);
}"""
RESTED = """(asked) => [...document.querySelectorAll("[data-rest-rev]")].filter(
  (one) => one.dataset.restRev === String(asked)).length === 2"""
READ = """() => ({
  figures: [...document.querySelectorAll("[data-figure]")].map((one) =>
    [one.dataset.figure, one.dataset.kind, one.dataset.signed === "1", one.textContent]),
  sentences: Object.fromEntries([...document.querySelectorAll("[data-sentence]")].map((one) =>
    [one.dataset.sentence, one.textContent])),
  commands: Object.fromEntries([...document.querySelectorAll("[data-command]")].map((one) =>
    [one.dataset.command, one.textContent])),
  labels: [...document.querySelectorAll(".wb-chart-picture")].map((one) => one.ariaLabel),
  drawn: [...document.querySelectorAll(".wb-chart")].every((one) => Number(one.dataset.rev) > 0 ||
    !one.querySelector(".wb-chart-title").textContent),
})"""


@pytest.fixture(scope="module")
def address(serve):
    return serve(NOTEBOOK, warmed=0).split("?")[0]


@pytest.fixture(scope="module")
def window(address, open_window):
    seen = open_window(f"{address}?page=what_if")
    seen.settled(2)
    settle(seen.page)
    yield seen
    seen.page.context.close()


@pytest.fixture
def page(window):
    """The window on What if with everything as today, in Chinese."""
    window.page.get_by_role("button", name="中文").click()
    turn(window.page, "what_if", "zh")
    window.page.get_by_role("button", name="全部复原").click()
    window.page.wait_for_function(
        "!/--set|--scenario/.test(document.querySelector('[data-command=run]').textContent)"
    )
    settle(window.page)
    return window.page


def turn(page, name, language):
    """Turn to a page by its link in the head."""
    link = page.locator(".wb-nav").get_by_role("link", name=NAMES[name][language])
    link.wait_for()
    if link.get_attribute("aria-current") is None:
        link.click()
    mark = "tiers" if name == "tiers" else "persons"
    page.wait_for_selector(f"[data-command={mark}]")
    page.wait_for_function(  # a box that is still being shown would lose what is typed
        """[...document.querySelectorAll(".wb-rail .wb-knob input")].filter((one) => one.value)
           .length >= 11"""
    )


def settle(page, asked=0):
    page.wait_for_function(SETTLED, arg=asked, timeout=30_000)


def revision(page):
    return int(page.locator("[data-asked-rev]").get_attribute("data-asked-rev"))


def knob(page, name):
    return page.locator(f".wb-knob-{name.replace('.', '-')}")


def type_value(page, name, value):
    box = knob(page, name).locator("input")
    box.fill(str(value))
    box.press("Enter")


@cache
def today_of(name):
    """The document of a question about today's scheme."""
    return document(ask(name))


def told(capsys, command, *more, status=0):
    """What a command of the page says."""
    words = shlex.split(command)
    assert words[0] == "workbench"
    capsys.readouterr()
    assert main([*words[1:], *more]) == status
    said = capsys.readouterr()
    return said.err if status else said.out


def at(documents, place):
    """A number with its error, or a range, by its place in the documents."""
    if " - " in place:
        one, other = (at(documents, part) for part in place.split(" - "))
        return Figure(one.value - other.value, one.error + other.error)
    if " ÷ " in place:
        one, other = (at(documents, part) for part in place.split(" ÷ "))
        return Figure(one.value / other.value, one.error / other.value)
    found = documents
    for key in place.split("/"):
        found = found[int(key)] if isinstance(found, list) else found[key]
    if found is None or (isinstance(found, dict) and found.get("value", 0.0) is None):
        return None
    if not isinstance(found, dict):
        return Figure(found, 0.0)
    return Span(found["low"], found["high"]) if "low" in found else Figure(**found)


def written(documents, place, kind, signed, language):
    figure = at(documents, place)
    if kind == "points":
        text = numbers.plain(figure.value * 100, 1, figure.error * 100)
    else:
        text = cell_text(figure, kind, language)
    return f"+{text}" if signed and text[0] != "−" and text != "0" else text


def plan_figures(part):
    """A plan's or the scheme's figures, from the JSON document."""
    paid = part["paid_yuan"]
    simple = {
        name: Figure(**part[name])
        for name in (
            "expenses_yuan",
            "beneficiaries",
            "loss_ratio",
            "deficit_probability",
            "expected_shortfall_yuan",
            "expected_surplus_yuan",
        )
    }
    levels = {
        name: {float(level): Figure(**one) for level, one in paid[key].items()}
        for name, key in (("quantiles", "quantile"), ("tail_means", "tail_mean"))
    }
    return PlanFigures(
        enrolments=part["enrolments"],
        contribution_yuan=part["contribution_yuan"],
        mean_yuan=Figure(**paid["mean"]),
        sd_yuan=Figure(**paid["sd"]),
        **simple,
        **levels,
    )


def is_later(place):
    return place.split("/")[0].partition("?")[0] in LATER


def compare_rested(page, capsys, inputs, language):
    """What comes when the reader rests, figures and pictures, against its commands."""
    page.wait_for_function(RESTED, arg=revision(page), timeout=60_000)
    seen = page.evaluate(READ)
    documents = {
        name: json.loads(told(capsys, command, "--json"))
        for name, command in seen["commands"].items()
        if is_later(name)
    }
    assert len(documents) == 2
    found = [one for one in seen["figures"] if is_later(one[0])]
    assert len(found) > 26
    for place, kind, signed, text in found:
        assert text == written(documents, place, kind, signed, language), place
    band, moved = (documents[name] for name in sorted(documents))
    plan = moved["choices"]["of"]
    assert seen["labels"][3] == band_picture(band, inputs, language=language, plan=plan).label
    assert seen["labels"][4] == tornado_picture(moved, inputs, language=language).label


def compare(page, capsys, inputs, language, name="what_if"):
    """Every figure and sentence of the page against the commands that it shows."""
    seen = page.evaluate(READ)
    seen["commands"] = {key: one for key, one in seen["commands"].items() if not is_later(key)}
    assert sorted(seen["commands"]) == sorted(COMMANDS[name]) and seen["drawn"]
    seen["figures"] = [one for one in seen["figures"] if not is_later(one[0])]
    refused = seen["sentences"].get("refused")
    if refused:  # the two totals cannot be had with every setting: the command must say the same
        command = seen["commands"].pop("calibrate")
        assert refused in told(capsys, command, "--lang", language, status=2)
    documents = {
        name: json.loads(told(capsys, command, "--json"))
        for name, command in seen["commands"].items()
    }
    for asked in ("run", "price", "persons"):
        documents[f"today:{asked}"] = today_of(asked)
    assert len(seen["figures"]) > {"what_if": 75, "tiers": 300}[name]
    wrong = [
        (place, text, written(documents, place, kind, signed, language))
        for place, kind, signed, text in seen["figures"]
        if text != written(documents, place, kind, signed, language)
    ]
    assert wrong == []
    compare_sentences(seen, documents, capsys, inputs, language)
    return documents


def compare_sentences(seen, documents, capsys, inputs, language):
    plans = {code: plan_figures(part) for code, part in documents["run"]["plans"].items()}
    total = plan_figures(documents["run"]["total"])
    name = plan_name(inputs.plan(tightest(plans)), language)
    assert seen["sentences"]["answer"] == answer_sentence(total, name, language)
    reports = {
        name: told(capsys, seen["commands"][name], "--lang", language) for name in ("run", "price")
    }
    for key, text in seen["sentences"].items():
        if match := re.fullmatch("tier_(P[1-5])", key):
            assert text == tier_sentence(documents, inputs, match[1], language)
        if key in ("income", "bad_year", "surge", "tightest", "basis"):
            assert text in reports["run"], key
        if key.startswith("price_"):
            assert text in reports["price"], key
    if "tiers" in documents:
        compare_pictures(seen["labels"], documents, inputs, language)
        return
    year, hundred = seen["labels"]
    assert numbers.money(total.expected_surplus_yuan, language).lstrip("−") in year
    assert numbers.probability(total.deficit_probability, language) in year
    for code in plans:
        part = documents["price"]["plans"][code]["per_hundred"]
        assert numbers.yuan(part["benefits"]["value"], 1) in hundred


def compare_pictures(labels, documents, inputs, language):
    """What the pictures of the page Premium tiers say, from the documents."""
    names = {plan_name(inputs.plan(code), language): code for code in documents["run"]["plans"]}
    drawn = next(code for name, code in names.items() if labels[1].startswith(name))
    chance = Figure(**documents["run"]["plans"][drawn]["deficit_probability"])
    assert numbers.probability(chance, language) in labels[1]
    of_plan = {"language": language, "plan": drawn}
    for label, spec in (
        (labels[0], tier_grid_picture(documents["tiers"], inputs, language=language)),
        (labels[2], waterfall_picture(documents["price"], inputs, **of_plan)),
        (labels[5], fairness_picture(documents["fairness"], inputs, **of_plan)),
    ):
        assert label == spec.label


def tier_sentence(documents, inputs, code, language):
    """What a changed tier does, from the documents."""
    chances = tuple(
        Figure(**documents[name]["plans"][code]["deficit_probability"])
        for name in ("today:run", "run")
    )
    choices = documents["run"]["choices"]["set"]
    premiums = inputs.plan(code).premium_yuan, choices[f"plans.{code}.premium_yuan"]
    name = plan_name(inputs.plan(code), language)
    return tier_change_sentence(name, premiums, chances, language)


def settings(inputs):
    """Seeded settings: one to three sliders at values within their ranges."""
    chance = random.Random(20261124)
    listed = knobs_of(inputs)
    for _ in range(SETTINGS):
        chosen = {}
        for one in chance.sample(listed, chance.choice((1, 1, 2, 3))):
            ends = range_of(inputs, one)
            steps = round((ends.high - ends.low) / one.step)
            chosen[one.name] = round(ends.low + chance.randint(0, steps) * one.step, 6)
        yield chosen


def test_every_figure_is_that_of_the_command_shown(page, inputs, capsys):
    moved = set()
    for place, chosen in enumerate(settings(inputs)):
        language = ("zh", "en")[place // 5 % 2]
        page.get_by_role("button", name={"zh": "中文", "en": "English"}[language]).click()
        first, second = (("what_if", "tiers"), ("tiers", "what_if"))[place % 2]
        turn(page, first, language)
        for name in moved - set(chosen):
            ends = next(range_of(inputs, one) for one in knobs_of(inputs) if one.name == name)
            type_value(page, name, ends.today) if is_open(page, name) else None
        for name, value in chosen.items():
            open_more(page, name)
            type_value(page, name, value)
        moved |= set(chosen)
        wait_for(page, chosen, inputs)
        compare(page, capsys, inputs, language, first)
        turn(page, second, language)
        wait_for(page, chosen, inputs)
        compare(page, capsys, inputs, language, second)
        if second == "tiers" and place % 5 == 2:
            compare_rested(page, capsys, inputs, language)


def open_more(page, name):
    if name in [one.name for one in KNOBS if one.place == "more"] and not is_open(page, name):
        page.locator(".wb-rail > button.widget-toggle-button").click()


def is_open(page, name):
    return knob(page, name).is_visible()


def wait_for(page, chosen, inputs):
    """Wait until the page shows the answers to these settings and to no other."""
    for name, value in chosen.items():
        knob_of = next(one for one in knobs_of(inputs) if one.name == name)
        text = f"{name}={value:.12g}"
        is_today = value == range_of(inputs, knob_of).today
        page.wait_for_function(
            """([text, away, names]) => names.flatMap((name) =>
                 [...document.querySelectorAll(`[data-command=${name}]`)]).every(
                 (one) => one.textContent.split(" ").includes(text) !== away)""",
            arg=[text, is_today, sorted({one for each in COMMANDS.values() for one in each})],
            timeout=30_000,
        )
    settle(page)


def test_a_scenario_and_its_command(page, inputs, capsys):
    before = revision(page)
    page.get_by_role("button", name="疫情冬季").click()
    settle(page, before + 1)
    documents = compare(page, capsys, inputs, "zh")
    assert documents["run"]["choices"]["scenario"] == "epidemic_winter"
    assert "住院申领率 1.2" in page.locator(".wb-status").inner_text()
    assert knob(page, "hospital_claimant_rate_scale").locator("input").input_value() == "1.2"
    assert "常年多 22" in page.locator("[data-sentence=surge]").inner_text()


def test_a_drag_of_sixty_moves_ends_on_the_last_position(page, inputs, capsys):
    handle = knob(page, P3).locator("[role=slider]")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 61):
        page.mouse.move(x + 2 * step, y)
    page.mouse.up()
    value = float(handle.get_attribute("aria-valuenow"))
    assert value > 50
    wait_for(page, {P3: value}, inputs)
    assert knob(page, P3).locator("input").input_value() == f"{value:.0f}"
    documents = compare(page, capsys, inputs, "zh")
    assert documents["run"]["choices"]["set"] == {P3: value}


def test_keys_move_by_a_step_and_reset_returns(page):
    handle = knob(page, P3).locator("[role=slider]")
    handle.focus()
    before = revision(page)
    page.keyboard.press("ArrowRight")
    settle(page, before + 1)
    assert knob(page, P3).locator("input").input_value() == "31"
    knob(page, P3).get_by_role("button").click()
    settle(page, before + 2)
    assert knob(page, P3).locator("input").input_value() == "30"


def test_the_language_changes_without_reload_and_keeps_the_settings(page, window):
    type_value(page, P3, 35)
    page.wait_for_function(
        "document.querySelector('[data-command=run]').textContent.includes('P3.premium_yuan=35')"
    )
    page.evaluate("window.here = true")
    asked = len(window.requests)
    page.get_by_role("button", name="English").click()
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.get_by_text("Plan by plan").wait_for()
    assert page.evaluate("window.here") and len(window.requests) == asked
    assert knob(page, P3).locator("input").input_value() == "35"
    assert "Of each 100 yuan" in page.locator(".wb-answer").inner_text()
    assert "lang=en" in page.url and "P3.premium_yuan" in page.url
    assert page.title() == "What if · Mutual-aid actuarial workbench"


def test_an_address_opens_the_page_as_it_was(visit, address):
    seen = visit(f"{address}?page=what_if&lang=en&scenario=epidemic_winter&set={P3}=35")
    seen.settled(2)
    seen.page.wait_for_function(
        "(text) => document.querySelector('[data-command=run]')?.textContent === text",
        arg=f"workbench run --scenario epidemic_winter --set {P3}=35",
    )
    assert "Of each 100 yuan" in seen.page.locator(".wb-answer").inner_text()


def test_a_bad_value_is_told_and_nothing_moves(page):
    before = page.evaluate(READ)["figures"]
    type_value(page, P3, "三十五")
    alert = page.locator(".wb-status [role=alert]")
    alert.wait_for()
    assert "不是数" in alert.inner_text() and "25" in alert.inner_text()
    type_value(page, P3, "120")
    page.wait_for_function("document.querySelector('.wb-status').innerText.includes('120')")
    assert "超出范围" in alert.inner_text()
    assert knob(page, P3).locator("input").input_value() == "30"
    assert page.evaluate(READ)["figures"] == before


def test_best_and_uncertain_tiers_are_asked_by_buttons(page, capsys, inputs):
    type_value(page, P3, 35)
    wait_for(page, {P3: 35}, inputs)
    turn(page, "tiers", "zh")
    settle(page)
    page.locator(".wb-field", has_text="每项收不抵支").locator("select").select_option("10%")
    page.get_by_role("button", name="求最优档次").click()
    page.wait_for_selector("[data-sentence=best_0]", timeout=60_000)
    seen = page.evaluate(READ)
    name = "optimise?deficit=0.1"
    command = seen["commands"][name]
    assert command == f"workbench optimise --deficit 0.1 --set {P3}=35"
    document_ = json.loads(told(capsys, command, "--frontier", "no", "--json"))
    found = [one for one in seen["figures"] if one[0].startswith(name)]
    assert len(found) == 33
    for place, kind, signed, text in found:
        assert text == written({name: document_}, place, kind, signed, "zh"), place
    page.get_by_role("button", name="计入假设的不确定性").click()
    stop = page.locator(".wb-body > :first-child").get_by_role("button", name="停止")
    page.wait_for_selector(".wb-body > :first-child progress[value]", timeout=30_000)
    stop.click()
    page.wait_for_function("!document.querySelector('.wb-body > :first-child progress')")
    assert stop.is_disabled()
    page.get_by_role("button", name="住院医疗", exact=True).click()
    page.wait_for_function(
        "document.querySelectorAll('.wb-chart-picture')[1].ariaLabel.startsWith('住院医疗：')"
    )


def test_copy_and_files(page, window, tmp_path):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-wb-copy='#wb-command-price']").click()
    page.wait_for_selector("[data-wb-copy='#wb-command-price'][data-wb-done=true]")
    assert page.evaluate("navigator.clipboard.readText()") == "workbench price"
    files = {}
    for name in ("下载图片 PNG", "下载表格 CSV", "下载全部表格 XLSX"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name).first.click()
        files[Path(waiting.value.suggested_filename).suffix] = waiting.value.path()
    assert Path(files[".png"]).read_bytes()[:4] == b"\x89PNG"
    assert "收不抵支" in Path(files[".csv"]).read_text(encoding="utf-8-sig")
    book = zipfile.ZipFile(io.BytesIO(Path(files[".xlsx"]).read_bytes()))
    assert "xl/workbook.xml" in book.namelist()


def test_the_kept_run_is_made_again_identical(page, tmp_path):
    before = revision(page)
    type_value(page, P3, 35)
    settle(page, before + 1)
    button = page.get_by_role("button", name="保存本次测算")
    button.focus()
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    page.get_by_text("✓ 已保存本次测算").wait_for()
    assert button.evaluate("(one) => one === document.activeElement && one.title.length > 20")
    line = shlex.split(page.locator("[data-rerun]").inner_text())
    name = waiting.value.suggested_filename
    assert line == ["workbench", "rerun", name] and re.fullmatch(r"run-[0-9a-f]{12}\.wbrun", name)
    place = tmp_path / name
    waiting.value.save_as(place)
    done = subprocess.run(
        [sys.executable, "-m", *line, "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "WORKBENCH_DATA": "/nowhere"},
        capture_output=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["verdict"] == "identical" and told["differences"] == []
    assert told["recorded"]["choices"]["set"] == {P3: 35}
    documents = {"run": open_record(place).document}
    shown = [one for one in page.evaluate(READ)["figures"] if re.fullmatch("run/[^ ]+", one[0])]
    assert len(shown) > 40
    for figure, kind, signed, text in shown:
        assert text == written(documents, figure, kind, signed, "zh"), figure


def test_an_opened_table_stays_open_when_figures_change(page):
    page.get_by_text("图中的数字").click()
    before = revision(page)
    type_value(page, P3, 36)
    settle(page, before + 1)
    assert page.evaluate("document.querySelector('details[data-wb-keep=year]').open")
    page.get_by_text("图中的数字").click()


def test_names_for_those_who_do_not_see(page):
    page.wait_for_function(
        "[...document.querySelectorAll('main [role=slider], main input, main select')]"
        ".every((one) => one.ariaLabel)"
    )
    nameless = page.evaluate(
        """[...document.querySelectorAll("main input, main select, main button")].filter((one) =>
          !(one.ariaLabel || one.title || (one.tagName === "BUTTON" && one.textContent.trim())))
          .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    assert page.locator("main h1").count() == 1 and page.locator("main h2").count() >= 6
    assert all(page.evaluate(READ)["labels"])


def test_a_phone_needs_no_sideways_scrolling(visit, address):
    seen = visit(f"{address}?page=what_if&lang=en&s1=A|rebalance|", width=390)
    seen.settled(2)
    seen.page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate("document.documentElement.scrollWidth") == 390
    wide = seen.page.evaluate(
        """[...document.querySelectorAll(".wb-card p, .wb-figure")].filter((one) =>
          one.getBoundingClientRect().right > 391 && !one.closest(".wb-table"))
          .map((one) => one.textContent)"""
    )
    assert wide == []


def test_a_scenario_is_kept_and_compared(page, capsys, inputs):
    before = revision(page)
    page.get_by_role("button", name="意外惠民、重疾调档").click()
    settle(page, before + 1)
    page.get_by_label("方案名称，可不填").fill("<b>甲")
    page.get_by_role("button", name="存为方案").click()
    page.wait_for_selector("code[data-kept]")
    seen = page.evaluate(READ)["figures"]
    command = page.locator("code[data-kept]").inner_text()
    assert command == "workbench run --scenario rebalance"
    documents = {f"today:{name}": today_of(name) for name in ("run", "price")}
    for name in ("run", "price"):
        asked = told(capsys, command.replace("run", name, 1), "--json")
        documents[f"kept1:{name}"] = json.loads(asked)
    kept = [one for one in seen if one[0].startswith("kept1:")]
    assert len(kept) >= 11
    for place, kind, signed, text in kept:
        assert text == written(documents, place, kind, signed, "zh"), place
    assert page.get_by_role("columnheader", name="<b>甲").count() == 1
    assert "s1=" in page.url
    page.get_by_role("button", name="删除").click()
    page.wait_for_function("!location.search.includes('s1=')")


def test_pages_turn_without_a_new_kernel_and_back_goes_back(page, window):
    type_value(page, P3, 35)
    page.wait_for_function("location.search.includes('P3.premium_yuan')")
    page.evaluate("window.here = true")
    turn(page, "tiers", "zh")
    assert "page=tiers" in page.url and knob(page, P3).locator("input").input_value() == "35"
    page.locator(".wb-nav").get_by_role("link", name="首页").click()
    page.get_by_role("heading", name="管理人员").wait_for()
    assert page.locator("main h1").count() == 1
    page.go_back()
    page.wait_for_selector("[data-command=tiers]")
    page.go_back()
    page.wait_for_selector("[data-command=persons]")
    assert knob(page, P3).locator("input").input_value() == "35"
    assert page.evaluate("window.here")


def test_the_sheet_is_one_page_and_asks_for_nothing(page, chromium, tmp_path):
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载一页纸").click()
    place = tmp_path / "sheet.html"
    waiting.value.save_as(place)
    text = place.read_text(encoding="utf-8")
    assert 'src="data:image/svg+xml' in text and "{{" not in text
    context = chromium.new_context()
    sheet, asked = context.new_page(), []
    sheet.on("request", lambda request: asked.append(request.url))
    sheet.goto(place.as_uri())
    assert sheet.evaluate("document.querySelector('img').naturalWidth") == 760
    printed = sheet.pdf(format="A4", prefer_css_page_size=True)
    context.close()
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
    assert [one for one in asked if not one.startswith(("file:", "data:"))] == []


def test_an_unknown_page_is_told_on_the_front_page(visit, address):
    seen = visit(f"{address}?page=%3Cimg%20src=x%20onerror=alert(1)%3E")
    alert = seen.page.locator(".wb-front [role=alert]")
    alert.wait_for()
    assert "WB-418" in alert.inner_text() and "<img" in alert.inner_text()
    assert seen.page.evaluate("document.documentElement.scrollWidth") == 1280


def test_nothing_left_this_machine(window):
    assert window.outside() == []
    assert window.errors == []
    told_outside = "".join(window.frames)
    assert "Traceback" not in told_outside
    assert re.search("data-answer-rev", told_outside)  # the frames are really read
