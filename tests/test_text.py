"""What is said: the sentences of the page by default, Chinese as it is written, union words."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.questions.surge import Surge
from workbench.risk import Figure
from workbench.show import sentences
from workbench.show.words import plan_name

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "workbench" / "locale"
CHINESE = "[\u4e00-\u9fff，。；：（）“”、！？]"
HALF_WIDTH = re.compile(rf"{CHINESE}\s*[,;:()!?]|[,;:()!?]\s*{CHINESE}")
NOT_OURS = ("盈利", "保险公司", "被保险人", "投保", "亏损", "客户", "出险")
"""Words of insurers and merchants; a union says 结余, 会员, 参保, 收不抵支."""


def chinese_texts():
    for path in sorted(LOCALE.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column, told in row.items():
                    if column.endswith("zh"):
                        yield f"{path.name} {row['key']}", told


def test_chinese_has_full_width_punctuation():
    wrong = [key for key, told in chinese_texts() if HALF_WIDTH.search(told)]
    assert wrong == []
    assert HALF_WIDTH.search("如下:互助金") and HALF_WIDTH.search("互助金(元)")


def test_chinese_uses_the_unions_words():
    wrong = [(key, word) for key, told in chinese_texts() for word in NOT_OURS if word in told]
    assert wrong == []


def test_chinese_is_chinese():
    """A text without a Chinese character has no Latin word either: signs and parts alone."""
    silent = [
        key
        for key, told in chinese_texts()
        if not re.search(r"[\u4e00-\u9fff]", told)
        and re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", told))
    ]
    assert silent == []


def test_sentences_of_todays_scheme_in_chinese(exact, inputs):
    total, code = exact.total, sentences.tightest(exact.plans)
    assert code == "P3"
    name = plan_name(inputs.plan(code), "zh")
    assert sentences.income_sentence(total, "zh", changed=False) == (
        "按现行标准，参保 26.3 万人次，全年应收互助会费 1,750 万元，预计给付互助金 1,184 万元，"
        "受助约 1.11 万人次（一次住院享受两项互助的，计 2 人次）。"
    )
    assert sentences.hundred_sentence(total, "zh") == (
        "每收 100 元互助会费，约 68 元用于互助金，7 元用于工作经费，结余约 25 元。"
    )
    assert sentences.bad_year_sentence(total, "zh") == (
        "遇到二十年一遇的高发年份，互助金约 1,308 万元，当年互助会费仍够支付。"
    )
    assert sentences.tightest_sentence(exact.plans[code], name, "zh") == (
        "重大疾病一项收支最紧：当年收不抵支的可能性近四成（38.1%）；一旦出现缺口，平均约缺 8 万元。"
    )
    assert sentences.answer_sentence(total, name, "zh").endswith("重大疾病一项收支最紧。")
    assert sentences.basis_sentence("zh") == (
        "以上按公开资料和假设测算，不是代办处的实际账目；换用本单位近五年数据后，结论可能改变。"
    )


def test_sentences_of_todays_scheme_in_english(exact):
    total, plan = exact.total, exact.plans["P3"]
    assert "11,100 beneficiaries" in sentences.income_sentence(total, "en", changed=False)
    assert sentences.hundred_sentence(total, "en") == (
        "Of each 100 yuan of contributions: about 68 for benefits, 7 for expenses, 25 left."
    )
    assert "13.08 million yuan" in sentences.bad_year_sentence(total, "en")
    told = sentences.tightest_sentence(plan, "Critical illness", "en")
    assert "38.1 %" in told
    assert "80,100 yuan" in told
    assert "3 places" in sentences.basis_sentence("en", differences=3)


def changed(figures, **values):
    return replace(figures, **{name: Figure(value, 0.0) for name, value in values.items()})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_other_facts_take_other_sentences(exact, language):
    total = exact.total
    short = changed(total, expected_surplus_yuan=-1_750_000.0)
    bare = changed(total, expenses_yuan=0.0)
    both = changed(short, expenses_yuan=0.0)
    told = {sentences.hundred_sentence(one, language) for one in (total, short, bare, both)}
    assert len(told) == 4
    assert any("10" in one for one in told)
    answers = {sentences.answer_sentence(one, "P", language) for one in (total, short, bare, both)}
    assert len(answers) == 4
    bad = replace(total, quantiles={**total.quantiles, 0.95: Figure(18e6, 0.0)})
    assert sentences.bad_year_sentence(bad, language) != sentences.bad_year_sentence(
        total, language
    )
    plan = exact.plans["P3"]
    tight = [
        sentences.tightest_sentence(
            changed(plan, deficit_probability=chance, expected_shortfall_yuan=1e5), "P", language
        )
        for chance in (0.0001, 0.4, 0.9999)
    ]
    assert len(set(tight)) == 3
    assert sentences.income_sentence(total, language, changed=True) != (
        sentences.income_sentence(total, language, changed=False)
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("share", "before", "after"),
    [
        (0.25, 4.42e6, 2.18e6),
        (0.5, 4.42e6, -1e5),
        (0.5, -1e5, -2e6),
        (-0.13, 4.42e6, 5.5e6),
        (-0.13, -2e6, -1e6),
        (-0.13, -1e6, 1e5),
    ],
)
def test_a_surge_is_told(share, before, after, language):
    surge = Surge(
        illness_share=share,
        more_benefits_yuan=before - after,
        surplus_before_yuan=before,
        surplus_after_yuan=after,
    )
    told = sentences.surge_sentence(surge, language)
    gap = " " if language == "en" else ""
    assert f"{abs(share) * 100:.0f}{gap}%" in told
    assert "−" not in told
    assert "{" not in told


def test_the_surge_of_the_brief():
    surge = Surge(
        illness_share=0.25,
        more_benefits_yuan=2.19e6,
        surplus_before_yuan=4.42e6,
        surplus_after_yuan=2.18e6,
    )
    assert sentences.surge_sentence(surge, "zh") == (
        "如来年因病住院比常年多 25%，互助金约增加 219 万元，结余由 442 万元减到 218 万元，"
        "不必动用历年结余。"
    )


def test_the_tightest_plan_where_no_deficit_is_likely(exact):
    plans = {code: changed(one, deficit_probability=0.0) for code, one in exact.plans.items()}
    assert sentences.tightest(plans) == "P3"  # the least surplus of each yuan


def test_sources_hold_no_loose_ends():
    marks = ("TO" + "DO", "FIX" + "ME")
    wrong = [
        str(path.relative_to(ROOT))
        for folder in ("workbench", "docs", "data", "notebooks")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".md", ".csv", ".js", ".css", ".html", ".ipynb")
        and "labextensions" not in path.parts
        and any(mark in path.read_text(encoding="utf-8") for mark in marks)
    ]
    assert wrong == []
