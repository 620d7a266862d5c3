"""The page What if in a real browser: its figures are those of the commands that it shows."""

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
from pathlib import Path

import pytest

from workbench.app.knobs import KNOBS, knobs_of, range_of
from workbench.cli import main
from workbench.engine.results import PlanFigures
from workbench.questions import Span
from workbench.record import open_record
from workbench.risk import Figure
from workbench.show import numbers
from workbench.show.sentences import answer_sentence, tightest
from workbench.show.tables import cell_text
from workbench.show.words import plan_name

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "app.ipynb"
P3 = "plans.P3.premium_yuan"
COMMANDS = ("run", "price", "tiers", "calibrate")
SETTINGS = 20

SETTLED = """(asked) => {
  const at = document.querySelector("[data-asked-rev]");
  const shown = [...document.querySelectorAll("[data-answer-rev]")];
  return at && Number(at.dataset.askedRev) >= asked && shown.length >= 4 &&
    shown.every((one) => one.dataset.answerRev === at.dataset.askedRev);
}"""
READ = """() => ({
  figures: [...document.querySelectorAll("[data-figure]")].map((one) =>
    [one.dataset.figure, one.dataset.kind, one.dataset.signed === "1", one.textContent]),
  sentences: Object.fromEntries([...document.querySelectorAll("[data-sentence]")].map((one) =>
    [one.dataset.sentence, one.textContent])),
  commands: Object.fromEntries([...document.querySelectorAll("[data-command]")].map((one) =>
    [one.dataset.command, one.textContent])),
  labels: [...document.querySelectorAll(".wb-chart-picture")].map((one) => one.ariaLabel),
  drawn: [...document.querySelectorAll(".wb-chart")].every((one) => Number(one.dataset.rev) > 0),
})"""


@pytest.fixture(scope="module")
def address(serve):
    return serve(NOTEBOOK, warmed=0).split("?")[0]


@pytest.fixture(scope="module")
def window(address, open_window):
    seen = open_window(address)
    seen.settled(3)
    settle(seen.page)
    yield seen
    seen.page.context.close()


@pytest.fixture
def page(window):
    """The window with everything as today, in Chinese."""
    window.page.get_by_role("button", name="中文").click()
    window.page.get_by_role("button", name="全部复原").click()
    window.page.wait_for_function(
        "!/--set|--scenario/.test(document.querySelector('[data-command=run]').textContent)"
    )
    settle(window.page)
    return window.page


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


def compare(page, capsys, inputs, language):
    """Every figure and sentence of the page against the commands that it shows."""
    seen = page.evaluate(READ)
    assert sorted(seen["commands"]) == sorted(COMMANDS) and seen["drawn"]
    refused = seen["sentences"].get("refused")
    if refused:  # the two totals cannot be had with every setting: the command must say the same
        command = seen["commands"].pop("calibrate")
        assert refused in told(capsys, command, "--lang", language, status=2)
    documents = {
        name: json.loads(told(capsys, command, "--json"))
        for name, command in seen["commands"].items()
    }
    for name in ("run", "price"):
        documents[f"today:{name}"] = json.loads(told(capsys, f"workbench {name}", "--json"))
    assert len(seen["figures"]) > 150
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
        if key in ("income", "bad_year", "surge", "tightest", "basis"):
            assert text in reports["run"], key
        if key.startswith("price_"):
            assert text in reports["price"], key
    year, hundred, _ = seen["labels"]
    assert numbers.money(total.expected_surplus_yuan, language).lstrip("−") in year
    assert numbers.probability(total.deficit_probability, language) in year
    for code in plans:
        part = documents["price"]["plans"][code]["per_hundred"]
        assert numbers.yuan(part["benefits"]["value"], 1) in hundred


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
        for name in moved - set(chosen):
            ends = next(range_of(inputs, one) for one in knobs_of(inputs) if one.name == name)
            type_value(page, name, ends.today) if is_open(page, name) else None
        for name, value in chosen.items():
            open_more(page, name)
            type_value(page, name, value)
        moved |= set(chosen)
        wait_for(page, chosen, inputs)
        compare(page, capsys, inputs, language)


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
            """([text, away]) => [...document.querySelectorAll("[data-command]")].every(
                 (one) => one.textContent.split(" ").includes(text) !== away)""",
            arg=[text, is_today],
            timeout=30_000,
        )
    settle(page)


def test_a_scenario_and_its_command(page, inputs, capsys):
    before = revision(page)
    page.get_by_role("combobox", name="情景").select_option(label="疫情冬季")
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
    assert page.title() == "Mutual-aid actuarial workbench"


def test_an_address_opens_the_page_as_it_was(visit, address):
    seen = visit(f"{address}?lang=en&scenario=epidemic_winter&set={P3}=35")
    seen.settled(3)
    seen.page.wait_for_function(
        "(text) => document.querySelector('[data-command=run]').textContent === text",
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
    seen = visit(f"{address}?lang=en", width=390)
    seen.settled(3)
    seen.page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate("document.documentElement.scrollWidth") == 390
    wide = seen.page.evaluate(
        """[...document.querySelectorAll(".wb-card p, .wb-figure")].filter((one) =>
          one.getBoundingClientRect().right > 391 && !one.closest(".wb-table"))
          .map((one) => one.textContent)"""
    )
    assert wide == []


def test_nothing_left_this_machine(window):
    assert window.outside() == []
    assert window.errors == []
    told_outside = "".join(window.frames)
    assert "Traceback" not in told_outside
    assert re.search("data-answer-rev", told_outside)  # the frames are really read
