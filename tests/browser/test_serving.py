"""A notebook served as a page: what it shows, what it refuses, and what it does when things break.

The page is a small notebook with fake figures; the page of the workbench has its own tests.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from workbench.show.palette import DARK, LIGHT

CELL = """
import os
import ipywidgets as widgets
from workbench.app.browser import PageBridge
from workbench.app.chart import Chart
from workbench.app.latest import LatestWins
from workbench.show.charts import (
    ChartSpec, Curve, Distribution, Mark, PlanShares, TierCurve,
    distribution_chart, hundred_yuan_chart, tier_chart)

names = "unit axis beyond beyond_today today limit mean benefits expenses surplus range"
names += " probability loss_ratio chosen rule allowed"
MARKUP = "词<img src=x onerror='window.taken = 1'>{a}"
LABELS = dict.fromkeys(names.split(), MARKUP) | {"subtitle": "单位：元", "alt": "说明"}
bridge, answer, arrived = PageBridge(), widgets.HTML(), widgets.HTML()
slider = widgets.IntSlider(30, 25, 95, description="互助会费")
charts = [Chart(height=200) for _ in range(3)]
amounts = [float(x) for x in range(51)]

def curve(peak):
    density = [max(0.0, 1 - abs(x - peak) / 20) for x in amounts]
    return Curve(amounts=amounts, density=density, beyond=[1 - x / 50 for x in amounts])

def show(value):
    title = {"title": f"会费 {value} 元"}
    mean = Mark(key="mean", amount=value / 3, height=1.05)
    year = Distribution(curve=curve(value / 3), today=None if value == 30 else curve(10),
        marks=(mean,), limit=40.0, deficit="above", axis=(0.0, 50.0))
    rows = [PlanShares(plan="P3", name="重大疾病", benefits=96.0, expenses=8.0, surplus=-4.0)]
    tiers = TierCurve(plan="P3", premiums=[25, 60, 95], deficit_probability=[0.9, 0.2, 0.0],
        loss_ratio=[1.1, 0.6, 0.3], today=30, chosen=value, rule=0.1, allowed=(70.0, 95.0))
    charts[0].show(distribution_chart(year, LABELS | title))
    charts[1].show(hundred_yuan_chart(rows, LABELS | title))
    charts[2].show(tier_chart(tiers, LABELS | title))
    answer.value = f'<p id="answer">{value} rev {charts[0].rev}</p>'

latest = LatestWins(lambda value, alive: value, show)
slider.observe(lambda change: latest.ask(change["new"]), "value")

def came(change):
    arrived.value = f'<p id="arrived">{change["new"].get("page")}</p>'

bridge.observe(came, "arrived")
actions = {
    "fault": lambda: 1 / 0,
    "die": lambda: os._exit(1),
    "spoil": lambda: charts[0].show(ChartSpec(option={"series": [{"type": "line", "data": [1]}],
        "xAxis": {"type": "nonsense"}}, label="x")),
    "mend": lambda: show(slider.value),
    "picture": lambda: charts[1].download("图.png"),
    "table": lambda: bridge.save("表.csv", "\\ufeff项目,元\\n", "text/csv"),
    "address": lambda: setattr(bridge, "query", {"page": "premium"}),
    "english": lambda: bridge.set_trait("lang", "en"),
}
buttons = []
for name in actions:
    buttons.append(widgets.Button(description=name))
    buttons[-1].on_click(lambda button: actions[button.description]())
show(30)
page = widgets.VBox([bridge, slider, answer, arrived, *charts, widgets.HBox(buttons)])
page.add_class("wb-page")
page
"""


def write_notebook(path: Path, *cells: str) -> Path:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    listed = [{**code, "id": f"cell{at}", "source": text} for at, text in enumerate(cells)]
    document = {"cells": listed, "metadata": {"kernelspec": kernel}}
    path.write_text(json.dumps({**document, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def notebook(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    (folder / "beside.png").write_bytes(b"not for visitors")
    return write_notebook(folder / "page.ipynb", CELL)


@pytest.fixture(scope="module")
def page(serve, open_window, notebook):
    """One window for the tests that leave it usable; they take it as they find it."""
    seen = open_window(serve(notebook))
    seen.settled(3)
    yield seen
    seen.page.context.close()


def revision(page):
    return int(page.page.locator("#answer").inner_text().split()[-1])


def status(address, **headers):
    try:
        request = urllib.request.Request(address, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8")


def test_the_page_stands_and_nothing_leaves_the_machine(page):
    assert page.outside() == []
    assert page.errors == []
    assert page.page.title() == "互助保障精算工作台"
    assert page.page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.page.locator("main .wb-chart").count() == 3
    assert page.page.locator("#wb-skeleton").count() == 0
    assert page.page.locator("#wb-banner").is_hidden()


def test_charts_say_what_they_find_and_sliders_have_names(page):
    picture = page.page.locator(".wb-chart-picture").first
    assert picture.get_attribute("role") == "img"
    assert picture.get_attribute("aria-label") == "说明"
    assert page.page.locator(".wb-chart-title").first.inner_text() == "会费 30 元"
    handle = page.page.locator("[role=slider]")
    page.page.wait_for_function("document.querySelector('[role=slider]').ariaLabel")
    assert handle.get_attribute("aria-label") == "互助会费"


def test_markup_in_words_stays_words(page):
    for at in range(3):
        picture = page.page.locator(".wb-chart-picture").nth(at)
        picture.scroll_into_view_if_needed()
        for x, y in ((150, 60), (300, 100), (450, 140)):
            picture.hover(position={"x": x, "y": y})
            page.page.wait_for_timeout(50)
    shown = page.page.locator(".wb-chart-picture > div:not(:has(canvas))").all_inner_texts()
    assert any("<img src=x" in text for text in shown)  # a hover box was really open
    assert page.page.evaluate("window.taken") is None
    assert page.page.locator(".wb-chart img").count() == 0


def test_the_address_chooses_the_language_and_reaches_the_kernel(serve, visit, notebook):
    seen = visit(serve(notebook).split("?")[0] + "?lang=en&page=reserve")
    seen.settled(3)
    assert seen.page.evaluate("document.documentElement.lang") == "zh-CN"  # as the bridge says
    assert seen.page.locator("#arrived").inner_text() == "reserve"
    seen.page.get_by_role("button", name="english").click()
    seen.page.wait_for_function("document.documentElement.lang === 'en'")
    seen.page.get_by_role("button", name="address").click()
    seen.page.wait_for_url("**/?page=premium")


def test_thirty_keys_end_on_the_kernels_picture(page):
    page.page.locator("[role=slider]").focus()
    page.page.keyboard.press("Home")
    for _ in range(30):
        page.page.keyboard.press("ArrowRight")
    page.page.wait_for_function("document.querySelector('#answer').innerText.startsWith('55 ')")
    for at in range(3):
        drawn = f".wb-chart >> nth={at} >> xpath=self::*[@data-rev='{revision(page)}']"
        page.page.wait_for_selector(drawn)
        assert page.page.locator(".wb-chart-title").nth(at).inner_text() == "会费 55 元"


def test_a_drag_of_sixty_moves_ends_on_the_last_position(page):
    page.page.locator("[role=slider]").press("Home")
    page.page.wait_for_timeout(300)
    box = page.page.locator("[role=slider]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    for step in range(1, 61):
        page.page.mouse.move(x + 2 * step, y)
    page.page.mouse.up()
    value = page.page.locator("[role=slider]").get_attribute("aria-valuenow")
    assert float(value) > 40
    wanted = f"{float(value):.0f}"
    page.page.wait_for_function(
        "(value) => document.querySelector('#answer').innerText.startsWith(value + ' ')", arg=wanted
    )
    page.page.wait_for_function(
        "(text) => [...document.querySelectorAll('.wb-chart-title')]"
        ".every((title) => title.innerText === text)",
        arg=f"会费 {wanted} 元",
    )


@pytest.mark.parametrize(("dark", "palette"), [(False, LIGHT), (True, DARK)])
def test_the_page_wears_the_readers_theme(serve, visit, notebook, dark, palette):
    seen = visit(serve(notebook), dark=dark)
    seen.settled(3)
    found = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    wanted = tuple(int(palette["page"][at : at + 2], 16) for at in (1, 3, 5))
    assert found == f"rgb{wanted}"


def test_a_phone_needs_no_sideways_scrolling(serve, visit, notebook):
    seen = visit(serve(notebook), width=390)
    seen.settled(3)
    assert seen.page.evaluate("document.documentElement.scrollWidth") == 390
    assert seen.page.locator(".wb-chart canvas").first.bounding_box()["width"] > 300


def test_a_theme_in_the_address_runs_no_script(serve, visit, notebook):
    script = '"><script>window.taken = true</script>'
    root = serve(notebook).split("?")[0]
    seen = visit(f"{root}?theme={quote(script)}&lang={quote(script)}")
    seen.settled(3)
    assert seen.page.evaluate("window.taken") is None
    code, text = status(f"{root}?template=python")  # would hang if it were obeyed
    assert code == 200 and 'id="rendered_cells"' in text


def test_files_and_foreign_hosts_are_refused(serve, notebook):
    root = serve(notebook).split("?")[0]
    for name in ("beside.png", "page.ipynb", "../served/beside.png", "%2e%2e/beside.png"):
        assert status(f"{root}voila/files/{name}")[0] in (403, 404)
    assert status(f"{root}voila/tree")[0] in (403, 404)
    place = urlsplit(root)
    wire = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    wire.request("GET", "/", headers={"Host": "elsewhere.example"})
    assert wire.getresponse().status == 403
    wire.close()


def test_the_browser_is_told_to_ask_nobody_else(page):
    refused = page.page.evaluate(
        """() => new Promise((done) => {
            document.addEventListener("securitypolicyviolation", (event) => done(event.blockedURI));
            fetch("http://192.0.2.1/").catch(() => {});
        })"""
    )
    assert refused.startswith("http://192.0.2.1")


def test_a_fault_in_a_call_back_stays_on_the_server(page):
    before, wanted = len(page.frames), f"rev {revision(page) + 1}"
    page.page.get_by_role("button", name="fault").click()
    page.page.get_by_role("button", name="mend").click()
    page.page.get_by_text(wanted).wait_for()
    told = "".join(page.frames[before:])
    assert "ZeroDivisionError" not in told and "Traceback" not in told
    assert wanted in told  # the frames are really read


def test_a_missing_chart_library_is_told(serve, visit, notebook):
    seen = visit("about:blank")
    seen.page.route("**/echarts-*.js", lambda route: route.abort())
    seen.page.goto(serve(notebook))
    seen.settled(3)
    alert = seen.page.locator(".wb-chart [role=alert]").first
    assert alert.is_visible()
    assert "图表" in alert.inner_text() and "chart" in alert.inner_text()
    assert seen.page.locator(".wb-chart").first.get_attribute("data-rev") == "failed"


def test_a_bad_picture_is_told_and_the_next_good_one_returns(page):
    page.page.get_by_role("button", name="spoil").click()
    page.page.wait_for_selector(".wb-chart[data-rev=failed] [role=alert]:visible")
    page.page.get_by_role("button", name="mend").click()
    page.page.wait_for_selector(".wb-chart[data-rev=failed]", state="detached")
    assert page.page.locator(".wb-chart [role=alert]:visible").count() == 0
    assert page.page.locator(".wb-chart canvas").count() == 3


def test_pictures_and_tables_can_be_saved(page):
    with page.page.expect_download() as waiting:
        page.page.get_by_role("button", name="picture").click()
    assert waiting.value.suggested_filename == "图.png"
    assert Path(waiting.value.path()).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    with page.page.expect_download() as waiting:
        page.page.get_by_role("button", name="table").click()
    assert waiting.value.suggested_filename == "表.csv"
    assert Path(waiting.value.path()).read_text(encoding="utf-8-sig") == "项目,元\n"


def test_a_dead_kernel_and_a_stopped_server_are_told(own_server, visit, notebook):
    server = own_server(notebook)
    dead, cut = visit(server.address), visit(server.address)
    dead.settled(3)
    cut.settled(3)
    dead.page.get_by_role("button", name="die").click()
    dead.page.wait_for_selector("#wb-banner:visible", timeout=30_000)
    assert cut.page.locator("#wb-banner").is_hidden()
    server.stop()
    cut.page.wait_for_selector("#wb-banner:visible", timeout=30_000)
    words = cut.page.locator("#wb-banner").inner_text()
    assert "连接已断开" in words and "connection" in words


def test_a_page_above_the_cap_is_asked_to_wait(own_server, visit, notebook):
    server = own_server(notebook, warmed=0, max_kernels=1, idle_seconds=600)
    first = visit(server.address)
    first.settled(3)
    code, text = status(server.root)
    assert code == 503 and "打开的页面太多" in text and "Too many pages" in text
    first.page.goto("about:blank")  # leaving ends the kernel
    deadline = time.monotonic() + 30
    while status(server.root)[0] == 503:
        assert time.monotonic() < deadline, "the kernel of a page that was left did not end"
        time.sleep(0.3)


def test_a_kernel_without_a_page_ends(own_server, notebook):
    server = own_server(notebook, warmed=0, max_kernels=1, idle_seconds=2)
    assert status(server.root)[0] == 200  # starts a kernel and never connects to it
    deadline = time.monotonic() + 30
    while status(server.root)[0] == 503:
        assert time.monotonic() < deadline, "an idle kernel was not ended"
        time.sleep(0.5)


def test_a_cell_that_fails_says_so_in_both_languages(own_server, tmp_path):
    server = own_server(write_notebook(tmp_path / "broken.ipynb", "1 / 0"), warmed=0)
    text = status(server.root)[1]
    assert "请联系维护人员" in text and "tell the maintainers" in text
    assert "ZeroDivisionError" not in text
