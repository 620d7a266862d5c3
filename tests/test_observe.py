"""Own figures: the sheet and its faults, actual against expected, levels, what they change.

The year's law is held to the engine, the intervals to drawn years, the levels to a history that the
engine drew at a known level.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from tests.test_questions import schema
from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.engine.stages import expected_claims, year_laws
from workbench.experience import (
    Observation,
    blank_sheet,
    compare,
    expected_years,
    levels_of,
    read_lines,
    read_sheet,
    updated_changes,
)
from workbench.experience.comparing import LEVELS, amount_quantile, count_quantile
from workbench.guard import InputRefused
from workbench.questions import Choices, ask, document, tables
from workbench.questions.documents import json_text
from workbench.show.answers import basis_lines
from workbench.show.tables import csv_text, html, text
from workbench.simulate import simulate_years

HEAD = "year,plan,enrolments,contributions_yuan,beneficiaries,paid_yuan"
FIGURES = {
    "P1": (118_000, 11_210_000, 8_600, 9_000_000),
    "P2": (32_000, 2_560_000, 2_300, 1_300_000),
    "P3": (46_000, 1_380_000, 150, 1_480_000),
    "P4": (40_000, 1_000_000, 35, 690_000),
    "P5": (27_000, 1_350_000, 220, 330_000),
}
ONE_YEAR = [",".join(map(str, (2023, code, *row))) for code, row in FIGURES.items()]
TWO_YEARS = [*ONE_YEAR, *(line.replace("2023", "2022") for line in ONE_YEAR)]


def sheet(folder, *lines, encoding="utf-8", head=HEAD):
    path = folder / "own.csv"
    path.write_bytes("\r\n".join([head, *lines, ""]).encode(encoding))
    return path


def faults(path, pack):
    with pytest.raises(InputRefused) as refusal:
        read_sheet(path, pack)
    return {
        (one.code, one.parts.get("row"), one.parts.get("column")) for one in refusal.value.faults
    }


# --- the sheet ------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_sheet_is_read_in_the_encodings_of_an_office(tmp_path, inputs, encoding):
    lines = [f"{line},{'本单位'}" for line in TWO_YEARS]
    path = sheet(tmp_path, *lines, encoding=encoding, head=f"{HEAD},note")
    history = read_sheet(path, inputs)
    assert history.years == (2022, 2023)
    assert [row.plan for row in history.of_year(2022)] == list(FIGURES)
    assert read_lines([row.line for row in history.rows], inputs) == history


def test_a_blank_sheet_may_be_filled_in_part(tmp_path, inputs):
    blank = blank_sheet(inputs, 2025, lambda plan: plan.name_en)
    assert blank.count("\n") == 1 + 5 * 5
    path = tmp_path / "blank.csv"
    path.write_text(blank, encoding="utf-8-sig")
    assert faults(path, inputs) == {("observe-nothing", None, None)}
    filled = blank.replace("2025,P3,,,,,", "2025,P3,46000,1380000,130,1290000,")
    path.write_text(filled, encoding="utf-8-sig")
    (row,) = read_sheet(path, inputs).rows
    assert row == Observation(
        year=2025,
        plan="P3",
        enrolments=46_000,
        contributions_yuan=1_380_000.0,
        beneficiaries=130,
        paid_yuan=1_290_000.0,
    )


def test_every_fault_is_told_at_once_with_its_place(tmp_path, inputs):
    path = sheet(
        tmp_path,
        "2023,P1,100,9500,101,5000",
        "2023,P2,100,8000,0,5000",
        "2023,P3,100,3000,2,0",
        "2023,P4,100,0,1,20000",
        "2023,P5,0,0,0,0",
        "2023,P1,100,9500,10,5000",
        "2023,P9,100,9500,10,5000",
        "2022,P1,-5,9500,10,5000",
        "2022,P2,many,9500,10,5000",
        "2022,P3,100.5,9500,10,5000",
        "2021,P1,100,,10,5000",
        "2021,P2,100,8000,10,nan",
    )
    assert faults(path, inputs) == {
        ("observe-more-beneficiaries", 2, "beneficiaries"),
        ("observe-paid-without-beneficiaries", 3, "paid_yuan"),
        ("observe-beneficiaries-without-paid", 4, "paid_yuan"),
        ("observe-no-contribution", 5, "contributions_yuan"),
        ("observe-no-enrolment", 6, "enrolments"),
        ("row-doubled", 7, "year, plan"),
        ("cell-code-unknown", 8, "plan"),
        ("cell-out-of-range", 9, "enrolments"),
        ("number-text", 10, "enrolments"),
        ("number-not-whole", 11, "enrolments"),
        ("observe-part-blank", 12, "contributions_yuan"),
        ("number-not-finite", 13, "paid_yuan"),
    }


def test_a_row_of_sums_must_agree(tmp_path, inputs):
    total = "2023,{},263000,17500000,11305,{}"
    sound = sheet(tmp_path, *ONE_YEAR, total.format("合计", 12_800_000))
    assert len(read_sheet(sound, inputs).rows) == 5
    wrong = sheet(tmp_path, *ONE_YEAR, total.format("total", 12_800_001))
    assert faults(wrong, inputs) == {("observe-total", 7, "paid_yuan")}


def test_six_years_and_other_files_are_refused(tmp_path, inputs):
    lines = [line.replace("2023", str(year)) for year in range(2018, 2024) for line in ONE_YEAR]
    found = faults(sheet(tmp_path, *lines), inputs)
    assert found == {("observe-too-many-years", None, "year")}
    assert faults(tmp_path / "own.xlsx", inputs) == {("observe-not-csv", None, None)}
    assert faults(tmp_path / "none.csv", inputs) == {("file-missing", None, None)}
    assert faults(sheet(tmp_path, *ONE_YEAR, head=HEAD[:-5]), inputs) == {
        ("column-unknown", 1, "paid"),
        ("column-missing", 1, "paid_yuan"),
    }


def test_rows_of_the_command_line_are_counted_from_one(inputs):
    with pytest.raises(InputRefused) as refusal:
        read_lines([ONE_YEAR[0], "2023,P3,100,3000,2,0", "2023,P1,1,1,1,1"], inputs)
    told = {(one.code, one.parts["file"], one.parts["row"]) for one in refusal.value.faults}
    assert told == {
        ("observe-beneficiaries-without-paid", "--row", 2),
        ("row-doubled", "--row", 3),
    }


# --- actual against expected ----------------------------------------------------------------


def test_what_is_expected_is_the_engines_year(inputs):
    history = read_lines(ONE_YEAR, inputs)
    years = expected_years(inputs, history)
    found = {(one.plan, one.figure): one for one in compare(inputs, years)}
    laws = year_laws(inputs)
    for place, code in enumerate((*inputs.plan_codes, "")):
        law = laws.laws[place]
        assert found[code, "paid_yuan"].expected == pytest.approx(law.mean, rel=1e-12)
        assert found[code, "paid_yuan"].low == law.quantile(LEVELS[0])
        assert found[code, "paid_yuan"].law == "exact"
        error = found[code, "paid_yuan"].ratio.error
        assert error == pytest.approx(law.sd / law.mean, rel=1e-6)
    people = [found[code, "beneficiaries"].expected for code in inputs.plan_codes]
    assert people == pytest.approx(laws.beneficiaries.tolist(), rel=1e-12)
    one = found["P1", "loss_ratio"]
    assert one.actual == 9_000_000 / 11_210_000


def test_other_enrolments_move_what_is_expected_in_proportion(inputs):
    lines = ["2023,P1,59000,5605000,4300,4500000", "2023,P3,23000,690000,60,590000"]
    model = expected_years(inputs, read_lines(lines, inputs))[0]
    whole = expected_claims(inputs)
    # Both halves together: the mix of members stays as it is but for the plans not named.
    assert model.plans["P1"].beneficiaries == pytest.approx(whole.beneficiaries[0] / 2, rel=0.01)
    assert model.plans["P1"].law is not None
    assert model.total.law is None


def test_enrolments_that_no_members_can_have_are_carried_by_moments(inputs):
    lines = ["2023,P4,90000,2250000,70,1400000", "2023,P1,1000,95000,70,70000"]
    years = expected_years(inputs, read_lines(lines, inputs))
    base = expected_claims(inputs)
    found = {(one.plan, one.figure): one for one in compare(inputs, years)}
    special = found["P4", "beneficiaries"]
    assert special.expected == pytest.approx(base.beneficiaries[3] * 90 / 40, rel=1e-9)
    assert special.ratio.error == pytest.approx(special.expected**-0.5, rel=1e-9)
    assert found["P4", "paid_yuan"].law == "gamma"


def test_intervals_hold_the_share_of_drawn_years_that_they_say(inputs):
    drawn = simulate_years(inputs, years=2_000, seed=11)
    found = {
        (one.plan, one.figure): one
        for one in compare(inputs, expected_years(inputs, read_lines((), inputs)))
    }
    paid, people = drawn.paid_fen / 100.0, drawn.beneficiaries
    for place, code in enumerate(inputs.plan_codes):
        for figure, values in (("paid_yuan", paid), ("beneficiaries", people)):
            one, column = found[code, figure], values[:, place]
            inside = np.mean((column >= one.low) & (column <= one.high))
            # 0.95, and what a lattice law has beyond it; three standard errors of 2,000 years.
            assert 0.935 <= inside <= 0.98, (code, figure, inside)
    total = found["", "beneficiaries"]
    spread = people.sum(axis=1)
    assert total.expected == pytest.approx(spread.mean(), rel=0.01)
    assert np.mean((spread >= total.low) & (spread <= total.high)) == pytest.approx(0.95, abs=0.015)


def test_quantiles_of_counts_and_amounts_by_hand():
    # Poisson(3): P(N <= 0) = 0.0498, P(N <= 6) = 0.9665, P(N <= 7) = 0.9881.
    assert count_quantile(0.0498, 3.0, 3.0) == 1
    assert count_quantile(0.0497, 3.0, 3.0) == 0
    assert count_quantile(0.975, 3.0, 3.0) == 7
    # Geometric with mean 1: P(N <= k) = 1 - 2^-(k + 1).
    assert count_quantile(0.96, 1.0, 2.0) == 4
    # Exponential.
    assert amount_quantile(0.5, 10.0, 100.0) == pytest.approx(10.0 * np.log(2.0))
    assert amount_quantile(0.975, 10.0, 0.0) == 10.0


# --- levels and changes ---------------------------------------------------------------------

KNOWN = {
    "hospital_claimant_rate": 0.068,
    "stay_cost_mean_yuan": 8_600.0,
    "illness_days_mean": 7.6,
    "critical_illness_factor": 0.78,
    "special_disease_rate_scale": 1.3,
    "injury_rate_scale": 1.25,
    "accidental_death_rate_scale": 0.8,
}
"""Each about one spread of its range away from the level of the data."""

HISTORIES = 8


@pytest.fixture(scope="module")
def drawn_lines(inputs):
    """Histories of five years that the engine drew at the known level, claim by claim."""
    changed = apply(inputs, Changes(KNOWN))
    drawn = simulate_years(changed, years=5 * HISTORIES, seed=5)
    held = [sum(row.members for row in inputs.rows if code in row.plans) for code in FIGURES]
    lines = []
    for year in range(5 * HISTORIES):
        for place, (code, members) in enumerate(zip(FIGURES, held, strict=True)):
            row = Observation(
                year=2019 + year % 5,
                plan=code,
                enrolments=members,
                contributions_yuan=members * inputs.plan(code).premium_yuan,
                beneficiaries=int(drawn.beneficiaries[year, place]),
                paid_yuan=float(drawn.paid_fen[year, place]) / 100.0,
            )
            lines.append(row.line)
    return [lines[start : start + 25] for start in range(0, 25 * HISTORIES, 25)]


@pytest.mark.parametrize("method", ["straub", "ranges", "limited"])
def test_a_known_level_is_found_again_within_its_stated_error(inputs, drawn_lines, method):
    apart = {name: [] for name in KNOWN}
    for lines in drawn_lines:
        history = read_lines(lines, inputs)
        levels = levels_of(inputs, expected_years(inputs, history), method=method)
        found = updated_changes(inputs, Changes(), history, levels)
        for name, value in KNOWN.items():
            got = found.values[name]
            apart[name].append((got.value - value) / got.error)
    square = {name: np.mean(np.square(gaps)) for name, gaps in apart.items()}
    # Means of eight squares: about 1 where the error is right, less where it allows for more.
    assert all(value < 2.2 for value in square.values()), square
    assert max(np.abs(gaps).max() for gaps in apart.values()) < 3.5


def test_the_changes_make_the_model_expect_what_the_levels_say(inputs):
    history = read_lines(TWO_YEARS, inputs)
    levels = levels_of(inputs, expected_years(inputs, history), method="ranges")
    found = updated_changes(inputs, Changes(), history, levels)
    assert found.told == ()
    before, after = expected_claims(inputs), expected_claims(apply(inputs, found.changes))
    by_plan = {(one.plan, one.figure): one.level.value for one in levels}
    people = after.beneficiaries / before.beneficiaries
    cost = after.paid_yuan / after.beneficiaries / (before.paid_yuan / before.beneficiaries)
    for place, code in enumerate(inputs.plan_codes):
        if code not in ("P1", "P2"):
            assert people[place] == pytest.approx(by_plan[code, "frequency"], rel=1e-6)
        assert cost[place] == pytest.approx(by_plan[code, "cost"], rel=1e-6)
    both = after.beneficiaries[:2].sum()
    wanted = sum(
        by_plan[code, "frequency"] * before.beneficiaries[place]
        for place, code in enumerate(("P1", "P2"))
    )
    assert both == pytest.approx(wanted, rel=1e-6)
    assert found.reached["P1", "frequency"] == pytest.approx(people[0], rel=1e-9)


def test_one_year_falls_back_and_says_so(inputs):
    one = ask("observe", Choices(own={"row": ONE_YEAR}), pack=inputs)
    assert {level.method for level in one.result.levels} == {"limited", "terms"}
    assert "observe-too-few-for-straub" in {fault.code for fault in one.asked.warnings}
    two = ask("observe", Choices(own={"row": TWO_YEARS}), pack=inputs)
    assert {level.method for level in two.result.levels} == {"straub", "terms"}
    assert "observe-too-few-for-straub" not in {fault.code for fault in two.asked.warnings}


def test_a_common_shock_makes_many_claims_say_less(inputs):
    history = read_lines(ONE_YEAR, inputs)
    hospital = levels_of(inputs, expected_years(inputs, history))[0]
    # A shock with a cv of 0.08 is worth 1 / 0.08² = 156 claims at most.
    assert hospital.claims == 8_600
    assert 130.0 < hospital.weight < 1.3 / 0.08**2
    calm = apply(inputs, Changes({"hospital_shock_cv": 0.0}))
    level = levels_of(calm, expected_years(calm, history))[0]
    assert level.weight == pytest.approx(expected_claims(calm).beneficiaries[0], rel=1e-9)
    assert level.factor == 1.0


def test_a_level_beyond_its_range_is_cut_or_moved_to_the_multiplier_and_told(inputs):
    rows = ["2023,P1,118000,11210000,14000,14000000", "2023,P3,46000,1380000,300,2950000"]
    history = read_lines(rows, inputs)
    levels = levels_of(inputs, expected_years(inputs, history), method="ranges")
    found = updated_changes(inputs, Changes(), history, levels)
    assert "hospital_claimant_rate" not in found.values
    assert found.values["hospital_claimant_rate_scale"].value > 1.4
    assert found.values["critical_illness_factor"].value == 1.0
    assert [fault.code for fault in found.told] == ["observe-level-cut"]
    assert found.told[0].parts["name"] == "critical_illness_factor"


def test_a_mean_cost_beyond_its_range_is_cut_and_told(inputs):
    rows = ["2023,P1,118000,11210000,8400,12000000", "2023,P2,32000,2560000,2300,2200000"]
    history = read_lines(rows, inputs)
    levels = levels_of(inputs, expected_years(inputs, history), method="ranges")
    found = updated_changes(inputs, Changes(), history, levels)
    # The cost of a stay has a multiplier beside it, the days of a stay have none.
    assert found.values["stay_cost_scale"].value > 1.3
    assert found.reached["P1", "cost"] == pytest.approx(levels[1].level.value, rel=1e-6)
    assert found.values["illness_days_mean"].value == 9.0
    (told,) = found.told
    assert (told.parts["name"], told.parts["allowed"]) == ("illness_days_mean", "9")
    assert float(told.parts["value"]) > 10.0


def test_plans_that_share_a_rate_but_not_a_level_are_told(inputs):
    rows = ["2023,P1,118000,11210000,10500,10300000", "2023,P2,32000,2560000,1700,1000000"]
    answer = ask("observe", Choices(own={"row": rows, "method": "ranges"}), pack=inputs)
    assert "observe-hospital-shared" in {fault.code for fault in answer.asked.warnings}


def test_what_is_unusual_is_told_but_taken(inputs):
    rows = ["2023,P3,46000,2760000,150,2900000"]
    answer = ask("observe", Choices(own={"row": rows}), pack=inputs)
    told = {fault.code for fault in answer.asked.warnings}
    assert {"observe-contribution-far", "observe-mean-above-most"} <= told
    many = ["2023,P4,90000,2250000,70,1390000"]
    answer = ask("observe", Choices(own={"row": many}), pack=inputs)
    assert "observe-enrolments-left-out" in {fault.code for fault in answer.asked.warnings}


def test_changes_that_were_asked_for_stand_in_the_answer(inputs):
    asked = Changes({"plans.P3.premium_yuan": 35.0, "critical_illness_factor": 0.8})
    answer = ask("observe", Choices(changes=asked, own={"row": ONE_YEAR}), pack=inputs)
    merged = answer.result.updated.changes.values
    assert merged["plans.P3.premium_yuan"] == 35.0
    assert merged["critical_illness_factor"] != 0.8
    assert answer.result.updated.before["critical_illness_factor"] == 0.8


@pytest.mark.parametrize(
    ("name", "plan"),
    [
        ("special_disease_rate_scale", "P4"),
        ("injury_rate_scale", "P5"),
        ("accidental_death_rate_scale", "P5"),
    ],
)
def test_scales_of_rates_move_their_plan(inputs, name, plan):
    place = inputs.plan_codes.index(plan)
    before, after = expected_claims(inputs), expected_claims(apply(inputs, Changes({name: 1.2})))
    assert after.paid_yuan[place] > before.paid_yuan[place] * 1.03
    assert after.beneficiaries[2] == pytest.approx(before.beneficiaries[2], rel=1e-12)
    if plan == "P4":
        assert after.beneficiaries[3] == pytest.approx(1.2 * before.beneficiaries[3], rel=1e-9)


# --- the command line -----------------------------------------------------------------------


def run(capsys, *words):
    status = main(list(words))
    told = capsys.readouterr()
    return status, told.out, told.err


def test_from_the_sheet_to_the_figures_of_run_and_price(tmp_path, capsys, inputs):
    path, scenario = sheet(tmp_path, *TWO_YEARS), tmp_path / "own.toml"
    words = ("observe", str(path), "--changes", str(scenario), "--json", "--method", "ranges")
    status, out, _ = run(capsys, *words)
    assert status == 0
    found = json.loads(out)
    jsonschema.Draft202012Validator(schema("observe")).validate(found)
    values = tomllib.loads(scenario.read_text(encoding="utf-8"))["set"]
    assert values == found["scenario_set"]
    assert values["own_years.P3"] == 2
    status, out, _ = run(capsys, "run", "--scenario", str(scenario), "--json")
    assert status == 0
    plans = json.loads(out)["plans"]
    base = expected_claims(inputs)
    levels = {(one["plan"], one["figure"]): one for one in found["levels"]}
    for place, code in enumerate(inputs.plan_codes):
        wanted = base.beneficiaries[place] * levels[code, "frequency"]["reached"]
        assert plans[code]["beneficiaries"]["value"] == pytest.approx(wanted, rel=1e-6)
    assert plans["P3"]["deficit_probability"]["value"] > 0.6
    status, out, _ = run(capsys, "run", "--scenario", str(scenario), "--lang", "en")
    assert "the level of every plan rests on own figures (P1 (years: 2)" in out


def test_without_own_figures_every_result_says_that_it_is_a_models(inputs, capsys):
    for name in ("run", "price", "tiers", "reserve"):
        answer = ask(name, pack=inputs)
        told = "\n".join(basis_lines(answer, "zh"))
        assert "没有载入本单位的数据，各活动的结果都是模型测算的" in told, name
    status, out, _ = run(capsys, "observe", "--lang", "en")
    assert status == 0
    assert out.startswith("No own figures are loaded")
    part = ask("run", Choices(changes=Changes({"own_years.P3": 4})), pack=inputs)
    assert part.asked.warnings == ()
    told = "\n".join(basis_lines(part, "en"))
    assert "level of P3 (years: 4) rests on own figures" in told
    assert "the results of P1, P2, P4, P5 are a model's" in told


def test_faults_of_a_sheet_reach_the_screen_without_a_traceback(tmp_path, capsys):
    path = sheet(tmp_path, "2023,P1,100,9500,101,5000", "2023,<b>,100,9500,1,5000")
    status, out, err = run(capsys, "observe", str(path), "--lang", "zh")
    assert (status, out) == (2, "")
    assert "own.csv 第 2 行“beneficiaries”列：受助 101 人次，多于参保的 100 人次" in err
    assert "第 3 行“plan”列" in err
    assert "Traceback" not in err
    for words, code in (
        (("observe", str(path), "--row", ONE_YEAR[0]), "WB-511"),
        (("observe", "--blank", str(path)), "WB-512"),
        (("observe", "--row", ONE_YEAR[0], "--changes", str(tmp_path / "a.csv")), "WB-513"),
        (("observe", "--changes", str(tmp_path / "a.toml")), "WB-514"),
    ):
        status, _, err = run(capsys, *words)
        assert status == 2
        assert code in err


def test_a_blank_sheet_from_the_command_line(tmp_path, capsys):
    path = tmp_path / "blank.csv"
    status, out, _ = run(capsys, "observe", "--blank", str(path), "--lang", "zh")
    assert status == 0
    assert "blank.csv" in out
    assert path.read_bytes().startswith(b"\xef\xbb\xbfyear,plan,")
    assert "重大疾病" in path.read_text(encoding="utf-8-sig")


def test_every_document_keeps_its_schema_and_every_table_is_shown(inputs):
    for rows in (None, ONE_YEAR, TWO_YEARS):
        answer = ask("observe", Choices(own={"row": rows}), pack=inputs)
        found = json.loads(json_text(document(answer)))
        jsonschema.Draft202012Validator(schema("observe")).validate(found)
        for table in (*tables(answer), *tables(answer, brief=True)):
            for language in ("zh", "en"):
                for show in (text, html, csv_text):
                    assert "None" not in show(table, language)
                    assert "head." not in show(table, language)


def test_a_sheet_and_its_rows_ask_the_same(tmp_path, capsys, inputs):
    path = sheet(tmp_path, *ONE_YEAR)
    _, by_file, _ = run(capsys, "observe", str(path), "--json")
    rows = [word for line in ONE_YEAR for word in ("--row", line)]
    _, by_rows, _ = run(capsys, "observe", *rows, "--json")
    assert by_file == by_rows


def test_tables_have_every_figure(inputs):
    answer = ask("observe", Choices(own={"row": TWO_YEARS}), pack=inputs)
    names = [table.name for table in tables(answer)]
    assert names[-2:] == ["observe_levels", "observe_changes"]
    assert len(names) == 6
    beneficiaries = tables(answer)[0]
    assert len(beneficiaries.rows) == 3 * 6
    verdicts = {cell.key for cell in beneficiaries.column("inside") if cell}
    assert verdicts <= {"word.observe_inside", "word.observe_above", "word.observe_below"}


def test_an_observation_keeps_its_fen():
    row = Observation(
        year=2023,
        plan="P1",
        enrolments=1,
        contributions_yuan=95.0,
        beneficiaries=1,
        paid_yuan=1234.56,
    )
    assert row.line == "2023,P1,1,95,1,1234.56"
    assert replace(row, paid_yuan=98765432.1).line.endswith(",98765432.1")


def test_a_page_takes_the_scenario_of_own_figures(tmp_path, monkeypatch, inputs):
    """`workbench app --scenario own.toml`: among the presets, the same figures as the command."""
    from workbench.app.page import Frame
    from workbench.show.notebook import pack_in_use

    file = tmp_path / "own.toml"
    file.write_text("[set]\ncritical_illness_factor = 0.8\nown_years.P3 = 2\n", encoding="utf-8")
    pack = pack_in_use({"WORKBENCH_SCENARIO": str(file)})
    assert pack.scenarios[-1].code == "own.toml"
    frame = Frame(pack)
    frame.desk.chosen("own.toml")
    chosen = frame.desk.answers.documents["run"]["total"]["paid_yuan"]["mean"]["value"]
    by_set = ask("run", Choices(changes=Changes({"critical_illness_factor": 0.8})), pack=inputs)
    assert chosen == pytest.approx(by_set.result.result.total.mean_yuan.value)
    missing = tmp_path / "none.toml"
    assert main(["app", "--no-browser", "--scenario", str(missing)]) == 2
