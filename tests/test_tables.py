"""Tables: alignment by the width of Chinese, files with full digits, texts that are no formulas."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from workbench.questions import Column, Named, Span, Table, Word, ask, tables
from workbench.risk import Figure
from workbench.show.spreadsheet import xlsx_bytes
from workbench.show.tables import cell_text, csv_text, guarded, head, html, text, width

FORMULAS = ("=1+1", "+1", "-1", "@x", "\tx", "\rx")


def sample(*names):
    columns = (
        Column(key="code"),
        Column(key="plan", kind="word"),
        Column(key="contribution_yuan", kind="money"),
        Column(key="loss_ratio", kind="percent"),
        Column(key="loss_ratio_range", kind="range"),
        Column(key="mean_gap_yuan", kind="yuan"),
    )
    rows = [
        (name, Named("在职职工重大疾病互助保障活动", "Critical illness"), 1_380_000.0,
         Figure(0.905, 0.002), Span(0.88, 0.92), None)
        for name in names
    ]  # fmt: skip
    rows.append(("", Word("word.total"), -32_100.0, Figure(0.677, 0.001), None, 80_075.0))
    return Table(name="run", columns=columns, rows=tuple(rows), total=True)


def test_width_counts_chinese_twice():
    assert width("ab") == 2
    assert width("重疾") == 4
    assert width("（元）") == 6
    assert width("−—") == 2
    assert width("é") == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_columns_line_up(language):
    lines = text(sample("P3", "P4"), language).splitlines()
    body = [line for line in lines[1:] if not line.startswith("─")]
    ends = {width(line) for line in body}
    assert len(ends) == 1
    assert lines.count(lines[1]) == 4  # frame, head, before the total, end
    assert lines[0].endswith("（万元）" if language == "zh" else "(million yuan)")


def test_cells_on_a_screen():
    zh = text(sample("P3"), "zh")
    assert "重大疾病" in zh
    assert "138.0" in zh
    assert "90.5%" in zh
    assert "88.0–92.0%" in zh
    assert "−3.2" in zh
    assert "80,075" in zh
    assert "—" in zh
    assert head(Column(key="paid_yuan", kind="money"), "zh") == "互助金（万元）"
    assert head(Column(key="P1", kind="percent", plain=True), "zh") == "P1"
    assert cell_text(0.3, "probability", "en") == "30.0 %"


def test_a_row_of_the_wrong_length_is_a_fault_of_ours():
    with pytest.raises(ValueError, match="cells"):
        Table(name="run", columns=(Column(key="code"),), rows=(("a", "b"),))


def test_csv_keeps_every_digit_and_the_errors():
    rows = list(csv.reader(io.StringIO(csv_text(sample("P3"), "zh"))))
    assert rows[0] == [
        "代码", "活动", "互助会费（元）", "赔付率", "赔付率的误差", "赔付率范围下限",
        "赔付率范围上限", "出现缺口时平均缺（元）",
    ]  # fmt: skip
    assert rows[1] == ["P3", "重大疾病", "1380000.0", "0.905", "0.002", "0.88", "0.92", ""]
    assert rows[2][2] == "-32100.0"  # a negative number is a number
    assert csv_text(sample("P3"), "en").startswith("Code,Plan,Contributions (yuan)")


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_is_a_formula_in_csv(formula):
    assert guarded(formula) == f"'{formula}"
    assert guarded("P1+P5") == "P1+P5"
    for row in csv.reader(io.StringIO(csv_text(sample(formula), "zh"))):
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_no_text_is_a_formula_in_xlsx():
    made = xlsx_bytes([sample(*FORMULAS, "http://x.example", "123")], "zh")
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells[:-1]] == ["s"] * (len(cells) - 1)
    assert cells[0].value == "=1+1"
    assert cells[6].hyperlink is None
    assert sheet.cell(2, 3).data_type == "n"
    assert sheet.cell(2, 4).value == 0.905


def test_xlsx_has_a_sheet_a_table_and_the_same_bytes_again(inputs):
    found = tables(ask("run", pack=inputs))
    made = xlsx_bytes(found, "zh")
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["全年预期收支", "年度波动与收不抵支", "各活动互助金的相关系数"]
    assert made == xlsx_bytes(found, "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sheet_names_fit(language, inputs):
    for name in ("calibrate", "price", "reserve", "run", "tiers"):
        book = openpyxl.load_workbook(
            io.BytesIO(xlsx_bytes(tables(ask(name, pack=inputs)), language))
        )
        assert all(len(title) <= 31 for title in book.sheetnames)


def test_html_is_escaped_and_right_aligned():
    shown = html(sample("<script>alert('x')</script>&"), "en")
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert '<td class="number">90.5 %</td>' in shown
    assert '<tr class="total">' in shown
    assert shown.count("<caption>") == 1
    assert "<caption>" not in html(sample("P3"), "en", caption=False)


def test_frames_hold_numbers(inputs):
    frame = tables(ask("run", pack=inputs))[0].to_frame()
    assert list(frame["code"]) == ["P1", "P2", "P3", "P4", "P5", ""]
    assert frame["enrolments"].sum() == 2 * 263_000
    assert frame["paid_yuan"].iloc[-1] == pytest.approx(11_842_000.12, abs=0.1)
    assert "paid_yuan_error" in frame
    assert frame["loss_ratio_range_low"].iloc[0] < frame["loss_ratio"].iloc[0]


def test_a_column_is_found_by_its_key(inputs):
    found = tables(ask("price", pack=inputs))[0]
    assert found.column("code")[0] == "P1"
    with pytest.raises(KeyError):
        found.column("no_such")
