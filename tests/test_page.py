"""The page without a browser: settings → choices → texts; every control moves figures."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from html import escape, unescape
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from workbench.app.browser import PageBridge
from workbench.app.deeper import Deeper, Stopped
from workbench.app.knobs import KNOBS, knob_label, knob_unit, knob_why, knobs_of, range_of
from workbench.app.markup import clauses, compared, marked
from workbench.app.page import Frame
from workbench.app.pages import PAGES
from workbench.app.pages.fund import Fund
from workbench.app.pages.reserves import Reserves
from workbench.app.pages.tiers import Tiers
from workbench.app.pages.what_if import WhatIf
from workbench.app.panels.hundred import hundred_rows
from workbench.app.panels.plans import limits_text
from workbench.app.panels.tier_grid import UNCERTAIN_TIERS
from workbench.app.panels.tiers import tier_curve
from workbench.app.panels.year import year_chart
from workbench.app.saved import clean
from workbench.app.seen import Seen, answers_to, asked_as, figure_at, name_of
from workbench.app.sheet import sheet_sentences
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
from workbench.questions import Choices, Span, ask, command, document
from workbench.questions.documents import json_text
from workbench.record import read_record, rerun
from workbench.risk import Figure
from workbench.show.behaving import participation_sentences
from workbench.show.sentences import tier_change_sentence
from workbench.show.status import returns_little, status_of
from workbench.show.words import read_catalogue, words

ROOT = Path(__file__).parent.parent
P3, P5 = "plans.P3.premium_yuan", "plans.P5.premium_yuan"
MARKUP = "<img src=x onerror=alert(1)>&"


@pytest.fixture(scope="module", autouse=True)
def quick():
    """What waits until the reader rests is worked out in the tests that are about it."""
    every = Tiers.stages.fget
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhatIf, "stages", WhatIf.stages[:1])
        patch.setattr(Fund, "stages", property(lambda page: ((page.view.coarse,),)))
        patch.setattr(Reserves, "stages", property(lambda page: ((page.view.name,),)))
        patch.setattr(Tiers, "stages", property(lambda page: every(page)[:4]))
        yield


@pytest.fixture(scope="module")
def page(inputs):
    return Frame(inputs, page="what_if")


@pytest.fixture(autouse=True)
def fresh(request):
    if "page" in request.fixturenames:
        made = request.getfixturevalue("page")
        made.desk.paused, made.desk.kept = False, ()
        made.turn("what_if")
        made.speak("zh")
        made.desk.reset()


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
    return next(one for one in page.page.controls._knobs if one.knob.name == name)


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
    page.desk.moved(P3, 35)
    changes = choices_of(page.desk.settings)
    documents = {name: document(ask(name, changes)) for name in ("run", "price")}
    seen = dict(figures(page))
    ratio = documents["run"]["total"]["loss_ratio"]["value"]
    assert seen["run/total/loss_ratio"] == f"{100 * ratio:.1f}%"
    chance = documents["run"]["plans"]["P3"]["deficit_probability"]["value"]
    assert seen["run/plans/P3/deficit_probability"] == f"{100 * chance:.1f}%"
    page.turn("tiers")
    seen = dict(figures(page))
    gap = documents["price"]["plans"]["P3"]
    margin = gap["premium_yuan"] - gap["technical_premium_yuan"]["value"]
    place = "price/plans/P3/premium_yuan - price/plans/P3/technical_premium_yuan"
    assert seen[place] == f"{margin:.2f}"


@pytest.mark.parametrize("name", [knob.name for knob in KNOBS] + [P3])
def test_every_control_moves_figures_and_says_so(page, inputs, name):
    knob = next(one for one in knobs_of(inputs) if one.name == name)
    before, status = figures(page), page.page.controls._status.value
    ends = range_of(inputs, knob)
    middle = round((ends.today + ends.high) / 2, 4)
    control(page, name)._slider.value = middle  # what a browser does
    assert figures(page) != before
    assert page.page.controls._status.value != status
    assert control(page, name)._box.value == repr(middle).removesuffix(".0")
    control(page, name)._reset.click()
    assert figures(page) == before


def test_a_typed_value_counts_and_a_bad_one_is_told_and_put_back(page):
    box, slider = control(page, P5)._box, control(page, P5)._slider
    box.value = "26"
    assert slider.value == 26 and page.desk.settings.changes.values == {P5: 26}
    before = figures(page)
    for bad in ("25,5", "二十六", "120", MARKUP):
        box.value = bad
        assert (box.value, slider.value) == ("26", 26)
        told = page.page.controls._status.value
        assert 'role="alert"' in told and "意外伤害" in told and "25" in told and "WB-" in told
        assert "<img" not in told
    assert figures(page) == before
    page.speak("en")
    box.value = "x"
    assert "Accident" in page.page.controls._status.value


def test_a_hostile_browser_changes_no_more_than_a_slider_may(page):
    slider = control(page, P3)._slider
    slider.set_trait("max", 10_000.0)
    slider.value = 5_000.0
    assert page.desk.settings == Settings()
    assert (slider.min, slider.max, slider.value) == (25, 95, 30)
    slider.set_trait("min", -50.0)
    slider.value = -10.0
    assert (slider.min, slider.max, slider.value) == (25, 95, 30)


def test_todays_figures_say_that_they_are_todays(page):
    assert shown(page).count("与现行相同") == 4 + 3 + 1  # cards, persons, tiers
    assert "与现行标准一致" in page.page.controls._status.value
    page.desk.moved(P3, 35)
    text = re.sub("<[^>]+>", "", shown(page))
    assert re.search(r"较现行 \+21\.[89] 万元", text)  # 46,000 × 5 yuan less 5 % expenses


def test_both_languages_say_all_and_keep_the_settings(page):
    page.desk.moved(P3, 35)
    chinese, asked = figures(page), page.desk.settings
    page.speak("en")
    english = figures(page)
    assert page.desk.settings == asked
    assert [place for place, _ in chinese] == [place for place, _ in english]
    for name in PAGES:
        page.turn(name)
        text = re.sub('<div class="wb-beliefs">.*?</table>|<[^>]+>|P[1-5]', "", shown(page))
        assert not re.search("[一-鿿]", text), name
    page.turn("tiers")
    assert page.desk.bridge.lang == "en" and "Premium tiers" in page.desk.bridge.title
    page.turn("front")
    assert page.desk.bridge.title == words("en")("app.title")
    page.speak("fr")
    assert page.desk.language == "en"


def test_the_surge_is_told_where_illness_was_changed(page):
    assert 'data-sentence="surge"' not in shown(page)
    page.desk.chosen("epidemic_winter")
    assert 'data-sentence="surge"' in shown(page)
    assert "情景“疫情冬季”设定：住院申领率 1.2" in unescape(page.page.controls._status.value)
    page.desk.moved("hospital_claimant_rate_scale", 1)
    assert 'data-sentence="surge"' not in shown(page)


def test_a_refused_combination_keeps_the_last_answer_greyed(page, monkeypatch):
    before = figures(page)
    with monkeypatch.context() as patch:

        def broken(*given, **named):
            raise RuntimeError("inside")

        patch.setattr("workbench.app.desk.answers_to", broken)
        page.desk.moved(P3, 31)
    assert figures(page) == before
    assert "wb-stale" in page.page.body._dom_classes
    told = page.page.controls._status.value
    assert "inside" not in told and "没有算出来" in told
    page.desk.moved(P3, 32)
    assert "wb-stale" not in page.page.body._dom_classes


def test_a_fault_in_a_call_back_is_told_and_not_raised(page, capsys):
    page.desk.guarded(lambda: 1 / 0)()
    assert "没有算出来" in page.page.controls._status.value
    assert "ZeroDivisionError" in capsys.readouterr().err  # the server's log


def test_the_commands_name_exactly_the_changes(page):
    page.desk.chosen("epidemic_winter")
    page.desk.moved(P3, 35)
    for name in ("run", "price", "persons", "tiers", "fairness", "calibrate"):
        page.turn("tiers" if name in ("tiers", "fairness", "calibrate") else "what_if")
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
    curve = tier_curve(seen, "P3", "safe_and_returned")
    assert (curve.today, curve.chosen, len(curve.premiums)) == (30, 35, 71)
    assert curve.deficit_probability[10] == pytest.approx(
        seen.documents["run"]["plans"]["P3"]["deficit_probability"]["value"]
    )
    assert curve.allowed == (34, 38) and curve.rule == 0.05  # from 39 on less than 70 of 100
    assert tier_curve(seen, "P3", "covers_itself").rule is None
    assert tier_curve(seen, "P3").allowed is None


def test_every_picture_says_its_finding(page):
    for language, name in product(("zh", "en"), ("what_if", "tiers")):
        page.speak(language)
        page.turn(name)
        for chart in (one for one in charts(page) if one.option):
            title = chart.option["title"]["text"]
            assert len(title) > 10 and title in chart.label and "—" not in chart.label


def test_the_axis_of_the_year_stays_while_all_lies_inside(inputs):
    first = year_chart(seen_with(inputs, {}), None)
    second = year_chart(seen_with(inputs, {P3: 31}), first.axis)
    assert second.axis == first.axis


# ---- files ----


def test_tables_are_handed_over_as_files(inputs, monkeypatch):
    kept = {}

    def save(self, name, content, kind, pictures=()):
        kept[name] = content

    monkeypatch.setattr(PageBridge, "save", save)
    made = Frame(inputs)
    for place in ("what_if", "tiers"):
        made.turn(place)
        for widget in _walk(made.widget):
            if type(widget).__name__ == "Button" and re.search("表格|构成", widget.description):
                widget.click()
    csv = [content for name, content in kept.items() if name.endswith(".csv")]
    assert len(csv) == 9 and all(text.startswith("\ufeff") for text in csv)
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
    page.desk.chosen("epidemic_winter")
    page.desk.moved(P3, 35)
    run_id = page.desk.answers.answers["run"].record["run_id"]
    assert row_of_the_record(page) == (
        f"本次测算（运行编号 {run_id}）可存成一个文件，日后重算核对：",
        f"workbench rerun run-{run_id}.wbrun",
    )
    keep_button(page).click()
    (name, content, kind) = saved[0]
    assert (name, kind) == (f"run-{run_id}.wbrun", "application/octet-stream")
    kept = read_record(content, name)
    assert (kept.question, kept.choices.scenario) == ("run", "epidemic_winter")
    assert kept.choices.changes == page.desk.settings.changes
    assert kept.document == json.loads(json_text(page.desk.answers.documents["run"]))
    assert kept.manifest["kept"]["seconds"] == round(page.desk.answers.seconds["run"], 3) > 0
    assert rerun(kept).identical


def test_it_says_what_was_kept_and_of_another_run_that_it_was_not(page, saved):
    page.desk.moved(P3, 41)
    keep_button(page).click()
    told, line = row_of_the_record(page)
    assert told.startswith("✓ 已保存本次测算") and f"{saved[0][0]}" in line
    assert 'role="status"><span class="wb-changed">✓' in shown(page)
    page.speak("en")
    run_id = page.desk.answers.answers["run"].record["run_id"]
    assert row_of_the_record(page)[0] == f"✓ Kept: run id {run_id}. Make it again:"
    assert 'role="status"><span>✓' in shown(page)  # said again, not changed
    page.desk.moved(P3, 42)
    assert row_of_the_record(page)[0].startswith("This run (id ") and len(saved) == 1
    page.desk.moved(P3, 41)
    assert row_of_the_record(page) == (f"✓ Kept: run id {run_id}. Make it again:", line)


def test_nothing_is_kept_while_another_answer_is_on_its_way(page, monkeypatch):
    button, waited = keep_button(page), []
    assert not button.disabled
    with monkeypatch.context() as patch:

        def watched(*given, **named):
            waited.append(button.disabled)
            return answers_to(*given, **named)

        patch.setattr("workbench.app.desk.answers_to", watched)
        page.desk.moved(P3, 37)
        older = page.desk.answers
        assert waited[0] and not button.disabled
        page.desk.revision += 1  # a newer one was asked meanwhile
        page.desk._accept(older, 0)
        assert button.disabled
        page.desk.revision -= 1
    with monkeypatch.context() as patch:
        patch.setattr("workbench.app.desk.answers_to", lambda *given, **named: 1 / 0)
        page.desk.moved(P3, 38)
    assert button.disabled  # what is on the page is not what the sliders say
    page.desk.moved(P3, 39)
    assert not button.disabled
    page.desk.moved(P3, "x")  # refused: nothing was asked
    assert not button.disabled


# ---- markup, words, imports ----


def test_markup_in_the_names_of_a_pack_stays_words(inputs):
    plans = tuple(replace(plan, name_zh=MARKUP, name_en=MARKUP) for plan in inputs.plans)
    scenarios = tuple(replace(one, name_zh=MARKUP, name_en=MARKUP) for one in inputs.scenarios)
    made = Frame(replace(inputs, plans=plans, scenarios=scenarios))
    for language, name in product(("zh", "en"), PAGES):
        made.speak(language)
        made.turn(name)
        made.desk.chosen("rebalance")
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
    built = ("knob_", "status_", "state_", "theme_", "command_", "fewer", "more", "principle_")
    built += ("nav_", "notebook_", "door_", "row_", "best_", "tiers_curve_")
    built += ("fund_actions_", "fund_balance", "fund_basis_", "fund_income", "reserves_advance_")
    built += ("reserves_close", "reserves_half", "reserves_reserve_", "reserves_un")
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
        "from workbench.app.page import open_pages\nmade = open_pages().frame\n"
        "[made.turn(name) for name in ('what_if', 'tiers')]\nimport sys\n"
        f"print([n for n in {heavy!r} if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


# ---- several pages in one kernel ----


def test_a_setting_goes_along_from_page_to_page_and_nothing_is_asked_twice(inputs, monkeypatch):
    asked = []

    def counted(pack, settings, names, **more):
        asked.extend(names)
        return answers_to(pack, settings, names, **more)

    monkeypatch.setattr("workbench.app.desk.answers_to", counted)
    made = Frame(inputs)
    assert made.name == "front" and asked == ["run", "price", "persons"]
    made.turn("what_if")
    made.desk.moved(P3, 35)
    assert asked[3:] == ["run", "price", "persons"]
    made.turn("tiers")
    assert asked[6:] == ["tiers", "fairness", "calibrate"]
    assert control(made, P3)._box.value == "35"
    made.turn("what_if")
    made.turn("front")
    assert len(asked) == 9
    assert "每收 100 元互助会费，约 68 元" in re.sub("<[^>]+>", "", shown(made))  # today's


def test_pages_are_made_when_they_are_opened(inputs):
    made = Frame(inputs)
    assert list(made._pages) == ["front"]
    assert 'data-wb-go="tiers"' in shown(made) and "workbench app 03_premiums" in shown(made)
    before = made.widget
    made.turn("tiers")
    assert list(made._pages) == ["front", "tiers"] and made.widget is before
    assert made.desk.bridge.query["page"] == "tiers"


def test_an_unknown_page_opens_the_front_page_and_says_so(inputs):
    made = Frame(inputs)
    made.arrive({"page": MARKUP, "lang": "en", "set": f"{P3}=35"})
    assert made.name == "front" and made.desk.bridge.query["page"] == "front"
    assert "WB-418" in shown(made) and "<img" not in shown(made)
    assert made.desk.settings.changes.values == {P3: 35}
    made.arrive({"page": "what_if"})
    assert made.name == "what_if" and made.desk.settings == Settings()


def test_a_link_with_a_value_out_of_range_is_told_and_takes_nothing(page):
    page.arrive({"page": "what_if", "set": f"{P3}=500"})
    assert page.desk.settings == Settings()
    assert 'role="alert"' in page.page.controls._status.value
    assert "95" in page.page.controls._status.value


# ---- holding the answer back ----


def test_held_back_sliders_move_and_one_answer_comes(page):
    before = figures(page)
    page.desk.pause(True)
    page.desk.moved(P3, 40)
    page.desk.moved(P5, 26)
    assert figures(page) == before and "wb-stale" in page.page.body._dom_classes
    assert control(page, P5)._box.value == "26"
    assert "已暂停测算" in page.page.controls._status.value
    assert not page.page._pause._ask.disabled
    assert keep_button(page).disabled
    page.page._pause._ask.click()
    assert figures(page) != before and page.desk.paused
    assert "wb-stale" not in page.page.body._dom_classes
    page.desk.moved(P5, 27)
    page.page._pause._switch.value = False
    assert not page.desk.paused and "plans.P5.premium_yuan=27" in shown(page)
    assert "wb-stale" not in page.page.body._dom_classes


# ---- settings kept side by side ----


def button(page, key):
    return [
        widget
        for widget in _walk(page.widget)
        if type(widget).__name__ == "Button" and widget.description == words("zh")(key)
    ]


def keep_as(page, name):
    panel = page.page._kept
    panel._name.value = name
    button(page, "page.kept_save")[0].click()


def test_settings_are_kept_named_opened_and_removed(page):
    page.desk.moved(P3, 35)
    keep_as(page, MARKUP)
    page.desk.chosen("rebalance")
    keep_as(page, "")
    assert [one.name for one in page.desk.kept] == [MARKUP[:24], "方案 2"]
    assert "<img" not in shown(page) and "&lt;img" in shown(page)
    seen = dict(figures(page))
    changed = document(ask("run", Choices(changes=Changes({P3: 35}))))
    today = document(ask("run"))
    surplus = [one["total"]["expected_surplus_yuan"]["value"] for one in (changed, today)]
    place = "run/total/expected_surplus_yuan"
    assert seen[f"kept1:{place}"] == f"{surplus[0] / 1e4:,.1f}"
    assert seen[f"kept1:{place} - today:{place}"] == f"+{(surplus[0] - surplus[1]) / 1e4:,.1f}"
    assert "workbench run --scenario rebalance</code>" in shown(page)
    page.page._kept._slots[0].name.value = "调档 | 甲"
    assert page.desk.kept[0].name == "调档 / 甲"
    page.page._kept._slots[0].open.click()
    assert page.desk.settings == page.desk.kept[0].settings
    page.page._kept._slots[0].remove.click()
    assert [one.name for one in page.desk.kept] == ["方案 2"]


def test_no_more_than_four_are_kept(page):
    for _ in range(5):
        keep_as(page, "同名")
    assert len(page.desk.kept) == 4
    page.desk.guarded(page.page._keep)("第五")
    assert "WB-419" in page.page.controls._status.value and len(page.desk.kept) == 4


def test_the_address_carries_what_is_kept(page, inputs):
    page.desk.moved(P3, 35)
    keep_as(page, "甲;=&")
    page.desk.chosen("epidemic_winter")
    keep_as(page, "乙")
    query = dict(page.desk.bridge.query)
    other = Frame(inputs)
    other.arrive(query)
    assert other.desk.kept == page.desk.kept and other.desk.settings == page.desk.settings
    other.arrive({**query, "s1": "x|nothing|", "page": "what_if"})
    assert other.desk.kept == page.desk.kept and "WB-" in other.page.controls._status.value


@given(some.text(max_size=60))
def test_a_name_is_one_short_printable_line(text):
    made = clean(text, "x")
    assert made and len(made) <= 24 and made.isprintable() and "|" not in made
    assert clean(made, "x") == made


# ---- persons, sheet, members who leave, uncertain assumptions ----


def test_three_persons_are_paid_by_the_terms(inputs):
    found = document(ask("persons"))["persons"]
    # 7,913.91 yuan × 1.03; in scope 92 %; 400 yuan and a tenth above it; 80 % of that
    self_pay = 400 + 0.1 * (0.92 * 7_913.91 * 1.03 - 400)
    hospital = found["hospital"]["plans"]
    assert hospital["P1"]["paid_yuan"]["value"] == pytest.approx(0.8 * self_pay, abs=0.01)
    assert hospital["P2"]["paid_yuan"]["value"] == 8 * 60
    assert found["hospital"]["premium_yuan"] == 95 + 80
    assert found["diagnosis"]["paid_yuan"]["value"] == 10_000 + 20_000
    resident = 400 + 0.3 * (0.92 * 7_913.91 * 0.72 - 400)
    courier = found["courier"]["plans"]
    assert courier["P1"]["paid_yuan"]["value"] == pytest.approx(0.8 * resident, abs=0.01)
    assert courier["P5"]["paid_yuan"]["value"] == 12 * 30
    # paid by the end of month 2: 0.38, of month 3: 0.54; the event in the middle of its month
    half = (2 + (0.5 - 0.38) / 0.16 + 0.5) * 365 / 12
    assert hospital["P1"]["days_half"]["value"] == pytest.approx(half, abs=0.5)
    changes = {"plans.P2.elimination_days": 3, "plans.P1.annual_cap_yuan": 500}
    other = document(ask("persons", Choices(changes=Changes(changes))))["persons"]["hospital"]
    assert other["plans"]["P2"]["paid_yuan"]["value"] == 5 * 60
    assert other["plans"]["P1"]["paid_yuan"]["value"] == 500
    changes = {"segment:new_form.members": 100.0, "segment:new_form.bundle": "P1"}
    changes["segment:new_form.basic_coinsurance"] = 0.25
    own = document(ask("persons", Choices(changes=Changes(changes))))["persons"]["courier"]
    assert own["plans"]["P1"]["paid_yuan"]["value"] < courier["P1"]["paid_yuan"]["value"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sheet_says_what_the_page_says(page, saved, language):
    page.speak(language)
    page.desk.chosen("rebalance")
    page.page._share._save()
    name, content, kind = saved[0]
    text = content.decode("utf-8")
    assert name.endswith(".html") and kind == "text/html"
    assert not re.search(r"(src|href)=\"(?!\{\{)|https?:|<script|@import|url\(", text)
    assert text.count("{{picture:year}}") == 1 and text.count("<tr") == 7
    seen = page.desk.seen()
    for place, form in (("run/total/expected_surplus_yuan", "money"), ("run/total/loss_ratio", "")):
        assert seen.text(place, form or "percent") in text
    for line in (*sheet_sentences(seen), seen.command("run")):
        assert escape(line) in text
    assert page.desk.answers.answers["run"].record["run_id"] in text


def test_who_leaves_is_said_as_the_question_says_it(page, monkeypatch):
    monkeypatch.setattr(WhatIf, "stages", (*WhatIf.stages, ("leaving",)))
    page.desk.moved(P3, 35)
    asked = ask("participation", Choices(changes=Changes({P3: 35}), own={"plan": ("P3",)}))
    for line in participation_sentences(asked, "zh", changed=True):
        assert escape(line) in shown(page)
    line = "workbench participation --plan P3 --set plans.P3.premium_yuan=35"
    assert f'data-command="leaving">{line}</code>' in shown(page)


def test_uncertain_assumptions_are_asked_by_a_button_and_can_be_stopped(page, monkeypatch):
    few = {"basis": "parameters", "draws": 20}
    monkeypatch.setattr("workbench.app.seen.UNCERTAIN_OWN", few)
    page.desk.moved(P3, 35)
    ask_button = button(page, "page.sure_now")[0]
    monkeypatch.setattr(page.desk.deeper, "_told", lambda *given: None)
    ask_button.click()
    assert not page.desk.deeper.running and ask_button.disabled
    found = [
        ask("run", Choices(changes=Changes(one), own=few)).result.result.plans["P3"]
        for one in ({}, {P3: 35})
    ]
    chances = tuple(one.deficit_probability for one in found)
    told = tier_change_sentence("重大疾病", (30, 35), chances, "zh", uncertain=True)
    assert escape(told) in shown(page)
    page.desk.moved(P3, 36)
    assert "计入各项假设的不确定性" not in shown(page) and not ask_button.disabled
    page.desk.moved(P3, 35)  # kept
    assert escape(told) in shown(page)
    page.desk.chosen("rebalance")  # changes a benefit, which no draw undoes
    assert not ask_button.disabled


def test_work_that_is_not_wanted_ends_between_two_parts(inputs):
    shown_ = []
    deeper = Deeper(inputs, show=lambda: shown_.append(1), tell=lambda *a: None, fail=raise_it)
    mapper = deeper._mapper(deeper._wanted, 0, 1)(lambda part: part, range(3))
    assert next(mapper) == 0
    deeper.stop()
    with pytest.raises(Stopped):
        next(mapper)
    assert shown_ == [] and deeper.found(Settings()) is None


def raise_it(error):
    raise error


# ---- the page Premium tiers ----


@pytest.fixture
def tiers(page):
    page.turn("tiers")
    page.page.view.rule, page.page.view.plan = "safe_and_returned", "P3"
    page.desk.look_again()
    return page


def choice(page, value):
    """The list or row of buttons on the open page that offers a value."""
    return next(
        widget
        for widget in _walk(page.widget)
        if type(widget).__name__ in ("Dropdown", "ToggleButtons")
        and value in [one for _, one in getattr(widget, "options", ())]
    )


def test_a_name_with_choices_is_asked_as_the_command_says(inputs):
    name = name_of("sensitivity", {"of": "P3", "figure": "deficit"})
    assert name == "sensitivity?of=P3&figure=deficit"
    settings = move(inputs, Settings(), P3, 35)
    question, choices = asked_as(inputs, name, settings)
    assert command(question, choices) == (
        "workbench sensitivity --figure deficit --of P3 --set plans.P3.premium_yuan=35"
    )
    assert name_of("fairness", {}) == "fairness"


def test_a_drag_moves_all_plans_and_the_scheme(tiers):
    before = dict(figures(tiers))
    tiers.desk.moved(P3, 35)
    after, told = dict(figures(tiers)), document(ask("tiers", choices_of(tiers.desk.settings)))
    rule = told["rules"]["safe_and_returned"]["plans"]
    assert (rule["P3"]["met"], rule["P3"]["distance_yuan"]) == (True, -1)
    at = "tiers/rules/safe_and_returned/plans"
    assert (before[f"{at}/P3/distance_yuan"], after[f"{at}/P3/distance_yuan"]) == ("+4", "−1")
    assert after[f"{at}/P5/distance_yuan"] == "—"  # no tier returns 70 of 100
    scheme = "tiers/together/in_force/expected_surplus_yuan"
    surplus = told["together"]["in_force"]["expected_surplus_yuan"]["value"]
    assert after[scheme] == f"{surplus / 1e4:.1f}" and after[scheme] != before[scheme]


def test_a_rule_is_chosen_and_says_its_basis(tiers):
    assert "计入假设的不确定性，以上只计年度之间的波动" in shown(tiers)
    choice(tiers, "covers_itself").value = "covers_itself"
    assert "计入假设的不确定性，以上只计年度之间的波动" not in shown(tiers)
    assert "tiers/rules/covers_itself/plans/P3/least_yuan" in dict(figures(tiers))
    assert "不靠其他活动补贴" in charts(tiers)[0].option["title"]["text"]


def test_a_plan_is_chosen_and_all_its_pictures_follow(tiers):
    choice(tiers, "P1").value = "P1"
    labels = [chart.label for chart in charts(tiers) if chart.label]
    assert sum(label.startswith("住院医疗：") for label in labels) == 3  # tiers, lines, groups
    assert "tiers/break_even_yuan/P1" in dict(figures(tiers))
    choice(tiers, "sex").value = "sex"
    assert 'data-command="fairness?by=sex">workbench fairness --by sex</code>' in shown(tiers)


def test_who_stays_and_what_moves_it_come_with_their_commands(tiers, monkeypatch):
    page = tiers.page
    resting = ((page.band.name,), (page.tornado.name,))
    shown_first = page.stages
    monkeypatch.setattr(Tiers, "stages", property(lambda page: (*shown_first, *resting)))
    tiers.desk.look_again()
    seen = dict(figures(tiers))
    told = document(ask("participation", Choices(own={"plan": "P3"})))
    band = told["plans"]["P3"]["new"]["enrolments"]["low"]["value"]
    assert seen["participation?plan=P3/plans/P3/new/enrolments/low"] == f"{band:,.0f}"
    told = document(ask("sensitivity", Choices(own={"of": "P3"})))
    low = told["tornado"]["bars"][0]["at_low"]["value"]
    name = "sensitivity?figure=loss_ratio&of=P3"
    assert seen[f"{name}/tornado/bars/0/at_low"] == f"{100 * low:.1f}%"
    assert "workbench sensitivity --figure loss_ratio --of P3</code>" in shown(tiers)


def test_work_at_rest_is_told_and_can_be_stopped(tiers):
    band = tiers.page.band
    band.progress(1, 4)
    assert "25%" in band._bar.value and not band._stop.disabled
    band._stop.click()
    mapper = tiers.desk._stage_mapper((Settings(), -1, ("x",)), lambda: True, 1)
    with pytest.raises(Stopped):  # the settings are others
        list(mapper(abs, [1]))
    assert not band._again.disabled and band._bar.value == ""
    band._again.click()
    assert band._again.disabled


def test_best_tiers_are_those_of_the_question(tiers):
    choice(tiers, "80").value = "80"
    choice(tiers, "0.2").value = "0.2"
    name = name_of("optimise", {"deficit": "0.2", "returned": "80"})
    assert name not in shown(tiers)
    button(tiers, "page.best_ask")[0].click()
    line = "workbench optimise --deficit 0.2 --returned 80"
    assert f"{line}</code>" in shown(tiers)
    own = {"deficit": 0.2, "returned": 80, "frontier": "no"}
    told = document(ask("optimise", Choices(own=own)))
    part = told["best"] or told["nearest"]["tiers"]
    at = f"{name}/best" if told["best"] else f"{name}/nearest/tiers"
    seen = dict(figures(tiers))
    for code, one in part["plans"].items():
        assert seen[f"{at}/plans/{code}/premium_yuan"] == str(one["premium_yuan"])
    choice(tiers, "0.2").value = "0.1"  # other limits: the tiers found are not theirs
    assert f"{line}</code>" not in shown(tiers)


def test_uncertain_tiers_are_asked_by_a_button(tiers, monkeypatch):
    few = {"basis": "parameters", "draws": 20}
    asked = asked_as

    def fewer(pack, name, settings):
        question, choices = asked(pack, name, settings)
        own = few if choices.own.get("basis") else choices.own
        return question, replace(choices, own=own)

    monkeypatch.setattr("workbench.app.seen.asked_as", fewer)
    button(tiers, "page.tiers_uncertain")[0].click()
    found = document(ask("tiers", Choices(own=few)))["rules"]["safe_and_returned"]["plans"]
    seen = dict(figures(tiers))
    at = f"{UNCERTAIN_TIERS}/rules/safe_and_returned/plans"
    assert seen[f"{at}/P3/least_yuan"] == str(found["P3"]["least_yuan"] or "—")
    drawn = [one["id"] for one in charts(tiers)[0].option["series"]]
    assert "process-P3" in drawn and "计入参数不确定性" in charts(tiers)[0].label + str(
        charts(tiers)[0].option["title"]
    )
    assert "workbench tiers --basis parameters" in shown(tiers)
    tiers.desk.moved(P3, 35)
    assert UNCERTAIN_TIERS not in shown(tiers)


def test_all_principles_stand_under_more(tiers):
    text = shown(tiers)
    more = text[text.index('data-wb-keep="principles"') :]
    for one in document(ask("price"))["plans"]["P3"]["required"]:
        assert f"price/plans/P5/required/{one}/premium_yuan" in more
        assert escape(words("zh")(f"page.principle_{one}")) in more


def test_an_address_names_plan_and_rule(tiers):
    tiers.arrive({"page": "tiers", "plan": "P5", "rule": "covers_itself"})
    assert tiers.page.looked_at() == {"plan": "P5", "rule": "covers_itself"}
    assert any(place.endswith("/break_even_yuan/P5") for place, _ in figures(tiers))
    assert tiers.desk.bridge.query["plan"] == "P5"
    tiers.arrive({"page": "tiers", "rule": MARKUP})
    assert 'role="alert"' in shown(tiers) and "<img" not in shown(tiers)
    assert tiers.page.view.rule == "covers_itself"


def test_a_pack_without_rules_says_so(inputs):
    made = Frame(replace(inputs, rules=()), page="tiers")
    assert escape(words("zh")("page.tiers_no_rule")) in shown(made)
    assert "tiers/break_even_yuan/P3" in dict(figures(made))
