"""The page without a browser: settings → choices → texts; every control moves figures."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from workbench.app.browser import PageBridge
from workbench.app.knobs import KNOBS, knob_label, knob_unit, knob_why, knobs_of, range_of
from workbench.app.markup import clauses, compared, marked
from workbench.app.page import Page
from workbench.app.panels.hundred import hundred_rows
from workbench.app.panels.plans import limits_text
from workbench.app.panels.tiers import tier_curve
from workbench.app.panels.year import year_chart
from workbench.app.seen import Seen, answers_to, figure_at
from workbench.app.state import (
    TODAY,
    Settings,
    choices_of,
    choose,
    from_query,
    in_force,
    move,
    to_query,
    value_of,
)
from workbench.changes import Changes
from workbench.guard import InputRefused
from workbench.questions import Span, ask, command, document
from workbench.questions.documents import json_text
from workbench.record import read_record, rerun
from workbench.risk import Figure
from workbench.show.status import returns_little, status_of
from workbench.show.words import read_catalogue, words

ROOT = Path(__file__).parent.parent
P3, P5 = "plans.P3.premium_yuan", "plans.P5.premium_yuan"
MARKUP = "<img src=x onerror=alert(1)>&"


@pytest.fixture(scope="module")
def page(inputs):
    return Page(inputs)


@pytest.fixture(autouse=True)
def fresh(request):
    if "page" in request.fixturenames:
        made = request.getfixturevalue("page")
        made.reset()
        made.speak("zh")


def shown(page):
    """All that the page says, as one text."""
    return "".join(
        str(widget.value) for widget in _walk(page.widget) if type(widget).__name__ == "HTML"
    )


def _walk(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _walk(child)


def figures(page):
    """Places with their texts."""
    found = re.findall(r'data-figure="([^"]+)"[^>]*>([^<]*)<', shown(page))
    return [(unescape(place), unescape(text)) for place, text in found]


def control(page, name):
    return next(one for one in page.controls._knobs if one.knob.name == name)


def charts(page):
    return [widget for widget in _walk(page.widget) if type(widget).__name__ == "Chart"]


# ---- settings ----


def test_a_slider_changes_its_own_name_alone(inputs):
    for knob in knobs_of(inputs):
        ends = range_of(inputs, knob)
        moved = move(inputs, Settings(), knob.name, ends.low)
        if ends.low == ends.today:
            moved = move(inputs, Settings(), knob.name, ends.high)
        assert list(moved.changes.values) == [knob.name]
        for other in knobs_of(inputs):
            if other.name != knob.name:
                assert value_of(inputs, moved, other) == range_of(inputs, other).today
        assert move(inputs, moved, knob.name, ends.today) == Settings()


def test_a_scenario_sets_the_sliders_that_it_names_and_no_other(inputs):
    moved = move(inputs, move(inputs, Settings(), P3, 40), "expense_share", 0.08)
    chosen = choose(inputs, moved, "rebalance")
    values = {knob.name: value_of(inputs, chosen, knob) for knob in knobs_of(inputs)}
    assert (values[P3], values[P5], values["expense_share"]) == (35, 26, 0.08)
    assert command("run", choices_of(chosen)) == (
        "workbench run --scenario rebalance --set expense_share=0.08"
    )
    back = move(inputs, chosen, P3, 30)  # today's value, against the scenario's
    assert command("run", choices_of(back)) == (
        "workbench run --scenario rebalance --set expense_share=0.08 --set plans.P3.premium_yuan=30"
    )
    assert choose(inputs, chosen, TODAY).changes.values == {"expense_share": 0.08}
    assert in_force(inputs, chosen)["plans.P1.first_stay_share"] == (0.85, 0.8)


@pytest.mark.parametrize(
    "value",
    [
        "abc",
        "",
        "24.99",
        "96",
        "1e400",
        "nan",
        "-30",
        "３５",
        "35%",
        "1,000",
        None,
        True,
        [35],
        float("nan"),
        float("inf"),
        1e300,
        "9" * 5000,
        MARKUP,
    ],
)
def test_a_bad_value_is_refused_with_the_range(inputs, value):
    with pytest.raises(InputRefused) as refused:
        move(inputs, Settings(), P3, value)
    fault = refused.value.faults[0]
    assert (fault.parts["low"], fault.parts["high"]) == ("25", "95")


def test_names_without_a_slider_and_unknown_scenarios_are_refused(inputs):
    with pytest.raises(InputRefused):
        move(inputs, Settings(), "plans.P1.annual_cap_yuan", 1)
    for code in ("nothing", "", MARKUP, "x" * 10_000):
        with pytest.raises(InputRefused):
            choose(inputs, Settings(), code)


def test_the_address_carries_the_settings(inputs):
    settings = move(inputs, choose(inputs, Settings(), "epidemic_winter"), P3, 35.5)
    query = to_query(settings, "en")
    assert query == {"lang": "en", "scenario": "epidemic_winter", "set": f"{P3}=35.5"}
    assert from_query(inputs, query) == settings
    assert to_query(Settings(), "zh") == {"lang": "zh"}


@pytest.mark.parametrize(
    "query",
    [
        {"set": f"{P3}=999"},
        {"set": "nonsense"},
        {"set": f"{P3}"},
        {"scenario": "nothing"},
        {"set": "x=1;" * 5000},
        {"set": 7},
        {"scenario": ["a"]},
    ],
)
def test_a_bad_address_is_refused(inputs, query):
    with pytest.raises(InputRefused):
        from_query(inputs, query)


# ---- figures ----


def test_figures_come_from_the_documents(page, inputs):
    page.moved(P3, 35)
    changes = choices_of(page.settings)
    documents = {name: document(ask(name, changes)) for name in ("run", "price", "tiers")}
    seen = dict(figures(page))
    ratio = documents["run"]["total"]["loss_ratio"]["value"]
    assert seen["run/total/loss_ratio"] == f"{100 * ratio:.1f}%"
    chance = documents["run"]["plans"]["P3"]["deficit_probability"]["value"]
    assert seen["run/plans/P3/deficit_probability"] == f"{100 * chance:.1f}%"
    gap = documents["price"]["plans"]["P3"]
    margin = gap["premium_yuan"] - gap["technical_premium_yuan"]["value"]
    place = "price/plans/P3/premium_yuan - price/plans/P3/technical_premium_yuan"
    assert seen[place] == f"{margin:.2f}"


@pytest.mark.parametrize("name", [knob.name for knob in KNOBS] + [P3])
def test_every_control_moves_figures_and_says_so(page, inputs, name):
    knob = next(one for one in knobs_of(inputs) if one.name == name)
    before, status = figures(page), page.controls._status.value
    ends = range_of(inputs, knob)
    middle = round((ends.today + ends.high) / 2, 4)
    control(page, name)._slider.value = middle  # what a browser does
    assert figures(page) != before
    assert page.controls._status.value != status
    assert control(page, name)._box.value == repr(middle).removesuffix(".0")
    control(page, name)._reset.click()
    assert figures(page) == before


def test_a_typed_value_counts_and_a_bad_one_is_told_and_put_back(page):
    box, slider = control(page, P5)._box, control(page, P5)._slider
    box.value = "26"
    assert slider.value == 26 and page.settings.changes.values == {P5: 26}
    before = figures(page)
    for bad in ("25,5", "二十六", "120", MARKUP):
        box.value = bad
        assert (box.value, slider.value) == ("26", 26)
        told = page.controls._status.value
        assert 'role="alert"' in told and "意外伤害" in told and "25" in told and "WB-" in told
        assert "<img" not in told
    assert figures(page) == before
    page.speak("en")
    box.value = "x"
    assert "Accident" in page.controls._status.value


def test_a_hostile_browser_changes_no_more_than_a_slider_may(page):
    slider = control(page, P3)._slider
    slider.set_trait("max", 10_000.0)
    slider.value = 5_000.0
    assert page.settings == Settings()
    assert (slider.min, slider.max, slider.value) == (25, 95, 30)
    slider.set_trait("min", -50.0)
    slider.value = -10.0
    assert (slider.min, slider.max, slider.value) == (25, 95, 30)


def test_todays_figures_say_that_they_are_todays(page):
    assert shown(page).count("与现行相同") == 4
    assert "与现行标准一致" in page.controls._status.value
    page.moved(P3, 35)
    text = re.sub("<[^>]+>", "", shown(page))
    assert re.search(r"较现行 \+21\.[89] 万元", text)  # 46,000 × 5 yuan less 5 % expenses


def test_both_languages_say_all_and_keep_the_settings(page):
    page.moved(P3, 35)
    chinese, asked = figures(page), page.settings
    page.speak("en")
    english = figures(page)
    assert page.settings == asked
    assert [place for place, _ in chinese] == [place for place, _ in english]
    text = re.sub("<[^>]+>|P[1-5]", "", shown(page).split("wb-beliefs")[0])
    assert not re.search("[一-鿿]", text)
    assert page.bridge.lang == "en" and page.bridge.title == words("en")("app.title")
    page.speak("fr")
    assert page.language == "en"


def test_the_surge_is_told_where_illness_was_changed(page):
    assert 'data-sentence="surge"' not in shown(page)
    page.chosen("epidemic_winter")
    assert 'data-sentence="surge"' in shown(page)
    assert "情景“疫情冬季”设定：住院申领率 1.2" in unescape(page.controls._status.value)
    page.moved("hospital_claimant_rate_scale", 1)
    assert 'data-sentence="surge"' not in shown(page)


def test_a_refused_combination_keeps_the_last_answer_greyed(page, monkeypatch):
    before = figures(page)
    with monkeypatch.context() as patch:

        def broken(*given, **named):
            raise RuntimeError("inside")

        patch.setattr("workbench.app.page.answers_to", broken)
        page.moved(P3, 31)
    assert figures(page) == before
    assert "wb-stale" in page._body._dom_classes
    told = page.controls._status.value
    assert "inside" not in told and "没有算出来" in told
    page.moved(P3, 32)
    assert "wb-stale" not in page._body._dom_classes


def test_a_fault_in_a_call_back_is_told_and_not_raised(page, capsys):
    page._guarded(lambda: 1 / 0)()
    assert "没有算出来" in page.controls._status.value
    assert "ZeroDivisionError" in capsys.readouterr().err  # the server's log


def test_the_commands_name_exactly_the_changes(page):
    page.chosen("epidemic_winter")
    page.moved(P3, 35)
    for name in ("run", "price", "tiers", "calibrate"):
        wanted = f"workbench {name} --scenario epidemic_winter --set plans.P3.premium_yuan=35"
        assert f'data-command="{name}">{wanted}</code>' in shown(page)


def test_little_returned_is_said_in_words_and_limits_on_hover(page, exact):
    text = re.sub("<[^>]+>", "", shown(page))
    assert "返还较少：住院津贴每收 100 元只有 53.6 元、意外伤害每收 100 元只有 26.1 元" in text
    assert f'title="{limits_text(words("zh"))}"' in shown(page)
    states = {code: status_of(one) for code, one in exact.plans.items()}
    assert states == {"P1": "sound", "P2": "sound", "P3": "watch", "P4": "sound", "P5": "sound"}
    assert [code for code, one in exact.plans.items() if returns_little(one)] == ["P2", "P5"]
    certain = replace(exact.plans["P3"], expected_surplus_yuan=Figure(-1.0, 0.0))
    assert status_of(certain) == "short"


# ---- pictures ----


def seen_with(inputs, changes, language="zh"):
    today = answers_to(inputs, Settings(), ("run", "price", "tiers"))
    settings = Settings(changes=Changes(changes))
    asked = answers_to(inputs, settings, ("run", "price", "tiers"))
    return Seen(pack=inputs, language=language, asked=asked, today=today)


def test_the_year_is_drawn_as_the_law_says(inputs):
    seen = seen_with(inputs, {P3: 35})
    drawn = year_chart(seen, None)
    total = seen.documents["run"]["total"]
    marks = {mark.key: mark.amount for mark in drawn.marks}
    income = total["contribution_yuan"] - total["expenses_yuan"]["value"]
    assert marks["mean"] == pytest.approx(total["expected_surplus_yuan"]["value"] / 1e4)
    bad = total["paid_yuan"]["quantile"]["0.95"]["value"]
    assert marks["p95"] == pytest.approx((income - bad) / 1e4)
    amounts, density = drawn.curve.amounts, drawn.curve.density
    widths = amounts[1:] - amounts[:-1]
    assert sum(widths * (density[1:] + density[:-1]) / 2) == pytest.approx(1.0, abs=1e-3)
    share = sum(widths * (amounts * density)[1:])
    assert share == pytest.approx(marks["mean"], rel=0.01)
    at = abs(amounts - marks["p95"]).argmin()
    assert drawn.curve.beyond[at] == pytest.approx(0.05, abs=0.01)
    assert drawn.today is not None and year_chart(seen_with(inputs, {}), None).today is None


def test_hundred_yuan_and_tiers_are_those_of_the_documents(inputs):
    seen = seen_with(inputs, {P3: 35})
    rows = {row.plan: row for row in hundred_rows(seen)}
    part = seen.documents["price"]["plans"]["P3"]["per_hundred"]
    assert rows["P3"].benefits == part["benefits"]["value"]
    assert rows["P3"].surplus == part["surplus"]["value"]
    low, high = rows["total"].benefits_range
    assert low < rows["total"].benefits < high
    curve = tier_curve(seen, "P3")
    assert (curve.today, curve.chosen, len(curve.premiums)) == (30, 35, 71)
    assert curve.deficit_probability[10] == pytest.approx(
        seen.documents["run"]["plans"]["P3"]["deficit_probability"]["value"]
    )
    assert curve.allowed[0] == 34


def test_every_picture_says_its_finding(page):
    for language in ("zh", "en"):
        page.speak(language)
        for chart in charts(page):
            title = chart.option["title"]["text"]
            assert len(title) > 10 and title in chart.label and "—" not in chart.label


def test_the_axis_of_the_year_stays_while_all_lies_inside(inputs):
    first = year_chart(seen_with(inputs, {}), None)
    second = year_chart(seen_with(inputs, {P3: 31}), first.axis)
    assert second.axis == first.axis


# ---- files ----


def test_tables_are_handed_over_as_files(inputs, monkeypatch):
    kept = {}

    def save(self, name, content, kind):
        kept[name] = content

    monkeypatch.setattr(PageBridge, "save", save)
    for widget in _walk(Page(inputs).widget):
        if type(widget).__name__ == "Button" and "表格" in widget.description:
            widget.click()
    csv = [content for name, content in kept.items() if name.endswith(".csv")]
    assert len(csv) == 5 and all(text.startswith("\ufeff") for text in csv)
    book = next(content for name, content in kept.items() if name.endswith(".xlsx"))
    assert len([n for n in zipfile.ZipFile(io.BytesIO(book)).namelist() if "sheets/" in n]) >= 10


def keep_button(page):
    return next(
        widget
        for widget in _walk(page.widget)
        if type(widget).__name__ == "Button"
        and widget.description in [words(one)("page.keep") for one in ("zh", "en")]
    )


def row_of_the_record(page):
    """What stands over the command of `rerun`, and that command, as texts."""
    told, line = re.search('<p class="wb-note wb-keep".*?(?=<button)', shown(page))[0].split(
        "<code"
    )
    return tuple(unescape(re.sub("<[^>]*>", "", one)) for one in (told, f"<code{line}"))


@pytest.fixture
def saved(monkeypatch):
    """Files handed to the browser, in order: name, content, media type."""
    found = []

    def send(self, message, buffers=None):
        assert message["kind"] == "save" and len(buffers) == 1
        found.append((message["name"], buffers[0], message["type"]))

    monkeypatch.setattr(PageBridge, "send", send)
    return found


def test_the_run_on_the_page_is_kept_in_a_file(page, saved):
    page.chosen("epidemic_winter")
    page.moved(P3, 35)
    run_id = page.answers.answers["run"].record["run_id"]
    assert row_of_the_record(page) == (
        f"本次测算（运行编号 {run_id}）可存成一个文件，日后重算核对：",
        f"workbench rerun run-{run_id}.wbrun",
    )
    keep_button(page).click()
    (name, content, kind) = saved[0]
    assert (name, kind) == (f"run-{run_id}.wbrun", "application/octet-stream")
    kept = read_record(content, name)
    assert (kept.question, kept.choices.scenario) == ("run", "epidemic_winter")
    assert kept.choices.changes == page.settings.changes
    assert kept.document == json.loads(json_text(page.answers.documents["run"]))
    assert kept.manifest["kept"]["seconds"] == round(page.answers.seconds["run"], 3) > 0
    assert rerun(kept).identical


def test_it_says_what_was_kept_and_of_another_run_that_it_was_not(page, saved):
    page.moved(P3, 41)
    keep_button(page).click()
    told, line = row_of_the_record(page)
    assert told.startswith("✓ 已保存本次测算") and f"{saved[0][0]}" in line
    assert 'role="status"><span class="wb-changed">✓' in shown(page)
    page.speak("en")
    run_id = page.answers.answers["run"].record["run_id"]
    assert row_of_the_record(page)[0] == f"✓ Kept: run id {run_id}. Make it again:"
    assert 'role="status"><span>✓' in shown(page)  # said again, not changed
    page.moved(P3, 42)
    assert row_of_the_record(page)[0].startswith("This run (id ") and len(saved) == 1
    page.moved(P3, 41)
    assert row_of_the_record(page) == (f"✓ Kept: run id {run_id}. Make it again:", line)


def test_nothing_is_kept_while_another_answer_is_on_its_way(page, monkeypatch):
    button, waited = keep_button(page), []
    assert not button.disabled
    with monkeypatch.context() as patch:

        def watched(*given, **named):
            waited.append(button.disabled)
            return answers_to(*given, **named)

        patch.setattr("workbench.app.page.answers_to", watched)
        page.moved(P3, 37)
        older = page.answers
        assert waited[0] and not button.disabled
        page._revision += 1  # a newer one was asked meanwhile
        page._accept(older)
        assert button.disabled
        page._revision -= 1
    with monkeypatch.context() as patch:
        patch.setattr("workbench.app.page.answers_to", lambda *given, **named: 1 / 0)
        page.moved(P3, 38)
    assert button.disabled  # what is on the page is not what the sliders say
    page.moved(P3, 39)
    assert not button.disabled
    page.moved(P3, "x")  # refused: nothing was asked
    assert not button.disabled


# ---- markup, words, imports ----


def test_markup_in_the_names_of_a_pack_stays_words(inputs):
    plans = tuple(replace(plan, name_zh=MARKUP, name_en=MARKUP) for plan in inputs.plans)
    scenarios = tuple(replace(one, name_zh=MARKUP, name_en=MARKUP) for one in inputs.scenarios)
    made = Page(replace(inputs, plans=plans, scenarios=scenarios))
    for language in ("zh", "en"):
        made.speak(language)
        made.chosen("rebalance")
        assert "<img" not in shown(made) and "&lt;img" in shown(made)


@given(some.text(max_size=30), some.text(max_size=30))
def test_marking_keeps_the_text_and_escapes_it(text, before):
    made = marked(text, before)
    assert unescape(re.sub("</?mark>", "", made)) == text
    assert unescape(re.sub("</?(mark|span)[^>]*>", "", clauses(made))) == text


def test_marking_finds_what_changed():
    assert marked("约 68 元；甲", "约 67 元；甲") == "约 <mark>68</mark> 元；甲"
    assert marked("全新", "") == "全新"


def test_places_of_figures():
    documents = {"run": {"a": {"value": 3.0, "error": 0.5}, "b": 2, "r": {"low": 1, "high": 2}}}
    assert figure_at(documents, "run/a") == Figure(3.0, 0.5)
    assert figure_at(documents, "run/a - run/b") == Figure(1.0, 0.5)
    assert figure_at(documents, "run/a ÷ run/b") == Figure(1.5, 0.25)
    assert figure_at(documents, "run/r") == Span(1, 2)
    with pytest.raises(KeyError):
        figure_at(documents, "run/c")


def test_a_difference_too_small_to_show_is_no_difference(inputs):
    seen = seen_with(inputs, {"contingency_share": 0.05})
    assert compared(seen, "run/total/loss_ratio", "percent") == "与现行相同"


def test_every_slider_has_words_in_both_languages(inputs):
    for language in ("zh", "en"):
        for knob in knobs_of(inputs):
            for text in (
                knob_label(inputs, knob, language),
                knob_unit(knob, language),
                knob_why(inputs, knob, language),
            ):
                assert text.strip() and "{" not in text


def test_the_words_of_the_page_are_used():
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "workbench" / "app").rglob("*.py")
    )
    built = ("knob_", "status_", "state_", "theme_", "command_", "fewer", "more")
    for key in read_catalogue("words.csv"):
        if key.startswith("page.") and not key.removeprefix("page.").startswith(built):
            assert f'"{key}"' in source or f"'{key}'" in source, key


def test_the_notebook_is_thin():
    cells = json.loads((ROOT / "notebooks/app.ipynb").read_text(encoding="utf-8"))["cells"]
    code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert len(code.splitlines()) < 30 and not re.search(r"^\s*(def|class|while)\b", code, re.M)
    assert set(re.findall(r"^(?:from|import) (\w+)", code, re.M)) == {"workbench"}
    assert all(not cell.get("outputs") for cell in cells)


def test_the_kernel_of_the_page_starts_light():
    heavy = ("scipy.stats", "pandas", "matplotlib", "scipy.optimize", "xlsxwriter")
    check = (
        "from workbench.app.page import what_if\nwhat_if()\nimport sys\n"
        f"print([n for n in {heavy!r} if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"
