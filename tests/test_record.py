"""The run record: kept, read, made again, on another processor too; two records compared.

`tests/reference/records/` holds records of released formats. They are never made again: a record
must rerun as long as its format is read. A new format gets new files beside the old ones.
"""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.faults.records import asked, check
from workbench.changes import Changes
from workbench.cli import main
from workbench.pack import new_pack
from workbench.questions import QUESTIONS, Choices, ask
from workbench.record import compare, keep, open_record, read_record, rerun
from workbench.record.nouns import as_json
from workbench.show.records import outcome_document, outcome_report, outcome_tables

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "tests" / "reference" / "records"
ENGINES, FORMS = ("exact", "totals", "claims"), ("collective", "individual")


@pytest.fixture(scope="module")
def records(inputs):
    """Kept runs as bytes, by engine and form."""
    kinds = [(engine, form) for engine in ENGINES for form in FORMS]
    return {kind: keep(asked(inputs, *kind), who="a reviewer") for kind in kinds}


@pytest.fixture(scope="module")
def claims(records):
    return records["claims", "collective"]


@pytest.fixture(scope="module")
def totals(records):
    return records["totals", "collective"]


# --- kept and made again ----------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_kept_run_reruns_identical(records, inputs, engine, form):
    record = read_record(records[engine, form], "year.wbrun")
    assert as_json(record.pack) == as_json(inputs)
    outcome = rerun(record)
    assert (outcome.identical, outcome.differences, outcome.causes) == (True, (), ())
    compared = {one.part: one.compared for one in outcome.checks}
    assert compared["figures"] > 250
    integers = {"exact": 0, "totals": 1_000 * 5, "claims": 192 * 11}[engine]
    assert compared.get("results", 0) == integers
    assert compared.get("tables", 0) > (100_000 if integers else -1)
    check("rerun", outcome_document(outcome))
    counts = {"exact": None, "totals": "sealed"}.get(engine, "sealed")
    individual = engine == "claims" and form == "individual"
    assert record.manifest["agreement"]["counts"] == ("numpy" if individual else counts)
    check("record", record.manifest)


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name != "run"])
def test_every_question_can_be_kept(inputs, name):
    changes = Changes({"plans.P3.premium_yuan": 35.0})
    answer = ask(name, Choices(scenario="epidemic_winter", changes=changes), pack=inputs)
    outcome = rerun(read_record(keep(answer)))
    assert outcome.identical
    assert outcome.recorded["choices"]["set"] == {"plans.P3.premium_yuan": 35}


@pytest.mark.parametrize("path", sorted(KEPT.glob("*.wbrun")), ids=lambda path: path.stem)
def test_records_of_released_formats_rerun_identical(path):
    outcome = rerun(open_record(path))
    assert [one for one in outcome.differences if one.part != "tables"] == []
    assert outcome.identical


def test_there_are_records_of_every_released_format():
    formats = {open_record(path).manifest["format"] for path in KEPT.glob("*.wbrun")}
    assert formats == {"workbench.record/1"}


def test_the_record_holds_the_document_and_no_clock_in_it(capsys, tmp_path):
    place = tmp_path / "year.wbrun"
    words = ["run", "--engine", "totals", "--years", "64", "--json", "--out", str(place)]
    assert main(words) == 0
    told = capsys.readouterr().out
    with zipfile.ZipFile(place) as archive:
        assert archive.read("document.json").decode("utf-8") == told
        kept = json.loads(archive.read("manifest.json"))["kept"]
    assert kept["when"].endswith("Z") and kept["seconds"] > 0 and kept["who"]
    assert kept["when"] not in told
    assert [path.name for path in tmp_path.iterdir()] == ["year.wbrun"]


def test_a_record_needs_no_data_folder_and_no_clock(claims, monkeypatch, tmp_path):
    monkeypatch.setattr("workbench.questions.asking.read_pack", None)
    monkeypatch.chdir(tmp_path)
    assert rerun(read_record(claims)).identical


def test_the_same_run_is_the_same_bytes_but_for_who_and_when(inputs, monkeypatch):
    monkeypatch.setattr("workbench.record.keeping.now_text", lambda: "2026-01-01T00:00:00Z")
    answer = asked(inputs, "exact")
    assert keep(answer, who="x") == keep(asked(inputs, "exact"), who="x")
    assert keep(answer, who="x") != keep(answer, who="y")


def test_another_pack_by_content(inputs, tmp_path):
    folder = new_pack(tmp_path / "pack")
    plans = folder / "plans.csv"
    text = plans.read_text(encoding="utf-8")
    plans.write_text(text.replace(",30,", ",31,", 1), encoding="utf-8")
    record = tmp_path / "year.wbrun"
    own = ["--engine", "totals", "--years", "500"]
    assert main(["run", *own, "--data", str(folder), "--out", str(record)]) == 0
    shutil.rmtree(folder)
    assert main(["rerun", str(record)]) == 0
    assert open_record(record).pack.plan_codes == inputs.plan_codes


def test_threads_change_nothing(claims, capsys, tmp_path):
    place = tmp_path / "year.wbrun"
    place.write_bytes(claims)
    assert main(["rerun", str(place), "--threads", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "identical"


OTHER_PROCESSOR = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4",
    "OPENBLAS_CORETYPE": "NEHALEM",
}


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc" or platform.machine() != "x86_64",
    reason="this C library takes no setting of processor features",
)
def test_on_a_processor_without_avx_and_fma(records, tmp_path):
    """Tables made anew may differ in the last digit there; nothing drawn from the record does."""
    names = []
    for engine, form in (*[(engine, "collective") for engine in ENGINES], ("claims", FORMS[1])):
        raw = records[engine, form]
        names.append(str(tmp_path / f"{engine}-{form}.wbrun"))
        Path(names[-1]).write_bytes(raw)
    code = (
        "import sys; from workbench.cli import main;"
        "sys.exit(max(main(['rerun', name, '--json']) for name in sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *names],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **OTHER_PROCESSOR},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    documents = json.loads("[" + done.stdout.replace("}\n{", "},{") + "]")
    assert len(documents) == len(names)
    for told in documents:
        assert told["verdict"] == "identical"
        assert {one["part"] for one in told["differences"]} <= {"tables"}
        assert all(one["explained"] for one in told["differences"])
        if told["differences"]:
            assert told["causes"][0] == "processor"


# --- two records ------------------------------------------------------------------------------


def test_two_records_of_the_same_run(inputs, totals):
    again = keep(asked(inputs, "totals"), who="another")
    outcome = compare(read_record(totals, "a"), read_record(again, "b"))
    assert outcome.identical
    assert outcome.differences == ()
    check("rerun", outcome_document(outcome))


def test_why_two_runs_differ(inputs, totals, capsys, tmp_path):
    changes = Changes({"plans.P3.premium_yuan": 35.0})
    other = keep(asked(inputs, "totals", changes=changes, seed=7))
    outcome = compare(read_record(totals, "a"), read_record(other, "b"))
    assert not outcome.identical
    told = {(one.part, one.name): (one.recorded, one.now) for one in outcome.differences}
    assert told["choices", "seed"] == (1, 7)
    assert told["choices", "set / plans.P3.premium_yuan"] == (None, 35)
    assert outcome.causes == ("choices", "seed")
    assert "tables" not in {part for part, _ in told}  # a premium changes no table
    assert ("results", "paid_fen P1") in told
    for name, raw in (("a", totals), ("b", other)):
        (tmp_path / name).write_bytes(raw)
    pair = [str(tmp_path / "a"), "--against", str(tmp_path / "b")]
    table = tmp_path / "why.csv"
    assert main(["rerun", *pair, "--csv", str(table), "--lang", "zh"]) == 3
    out = capsys.readouterr().out
    assert "随机种子不同（1；7）" in out and "plans.P3.premium_yuan" in out
    assert "paid_fen P1" in table.read_text(encoding="utf-8-sig")
    assert main(["rerun", *pair, "--json"]) == 3
    check("rerun", json.loads(capsys.readouterr().out))


def test_runs_of_other_data_and_other_years(inputs, totals):
    plans = tuple(
        dataclasses.replace(plan, daily_yuan=70.0) if plan.code == "P2" else plan
        for plan in inputs.plans
    )
    other = keep(asked(dataclasses.replace(inputs, plans=plans), "totals"))
    outcome = compare(read_record(totals), read_record(other))
    names = [one.name for one in outcome.differences if one.part == "inputs"]
    assert names == ["plans.csv / P2 / daily_yuan"]
    assert outcome.causes == ("inputs",)
    assert "plans / P2 / rest_fen" in {one.name for one in outcome.differences}
    longer = compare(read_record(totals), read_record(keep(asked(inputs, "totals", years=64))))
    assert longer.causes == ("years",)
    priced = compare(read_record(totals), read_record(keep(ask("price", pack=inputs))))
    assert priced.differences[0].name == "question"
    for outcome in (longer, priced):
        check("rerun", outcome_document(outcome))
        for language in ("zh", "en"):
            assert "None" not in outcome_report(outcome, (), language)
        assert outcome_tables(outcome)[0].rows


# --- the file ---------------------------------------------------------------------------------


def test_nothing_is_written_on_refusal(tmp_path, capsys):
    place = str(tmp_path / "year.wbrun")
    for words in (
        ["run", "--out", place, "--set", "no_such_name=1"],
        ["run", "--out", place, "--csv", place],
        ["run", "--out", str(tmp_path / "no" / "x")],
        ["run", "--out", str(tmp_path)],
        ["run", "--out", place, "--engine", "totals", "--years", "1"],
    ):
        assert main(words) == 2, words
    assert list(tmp_path.iterdir()) == []


def test_a_record_is_written_whole_or_not_at_all(tmp_path, capsys, monkeypatch):
    place = tmp_path / "year.wbrun"
    place.write_bytes(b"old")

    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.cli.files.os.fsync", fail)
    assert main(["run", "--out", str(place), "--csv", str(tmp_path / "x.csv")]) == 2
    assert "WB-420" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["year.wbrun"]
    assert place.read_bytes() == b"old"


def test_a_damaged_record_is_told_in_both_languages(tmp_path, capsys, totals):
    place = tmp_path / "year.wbrun"
    place.write_bytes(totals[:-1] + bytes([totals[-1] ^ 1]))
    for language, word in (("zh", "已损坏"), ("en", "is damaged")):
        assert main(["rerun", str(place), "--lang", language]) == 2
        told = capsys.readouterr().err
        assert "WB-604" in told and word in told and "year.wbrun" in told
