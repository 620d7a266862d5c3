"""The command line: what is refused and how it is told, what is written, exit status."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import workbench
from workbench.cli import failures, main
from workbench.cli.language import system_language
from workbench.cli.parsing import COMMANDS, command_named, flags_of, parse
from workbench.guard import Disagreement, Fault, InputRefused

ROOT = Path(__file__).parent.parent
OPEN = list(COMMANDS)


@pytest.fixture
def typed(capsys):
    """Run one command; returns (exit status, standard output, standard error)."""

    def run(*words: str) -> tuple[int, str, str]:
        status = main(list(words))
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture
def refused(typed):
    """Run one command that must be refused; returns the message in each language."""

    def run(*words: str) -> dict[str, str]:
        messages = {}
        for language in ("zh", "en"):
            status, out, err = typed(*words, "--lang", language)
            assert status == 2, (words, out, err)
            assert out == ""
            assert "Traceback" not in err
            messages[language] = err
        return messages

    return run


def test_version_is_that_of_the_package(typed):
    assert typed("--version") == (0, f"workbench {workbench.__version__}\n", "")
    assert f'version = "{workbench.__version__}"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_the_module_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "--version"], capture_output=True, cwd=ROOT, check=True
    )
    assert done.stdout.decode() == f"workbench {workbench.__version__}\n"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_lists_every_open_command(typed, language):
    status, out, _ = typed("--lang", language, "--help")
    assert status == 0
    for name in OPEN:
        assert f"\n  {name}" in out
    assert typed("--lang", language)[1] == out
    assert ("用法" in out) == (language == "zh")


@pytest.mark.parametrize("name", OPEN)
def test_help_of_a_command_lists_every_option(typed, name):
    for language in ("zh", "en"):
        status, out, _ = typed(name, "--help", "--lang", language)
        assert status == 0
        for flag in flags_of(command_named(name)):
            assert f"\n  {flag.name}" in out


REFUSED = [
    (("run", "--yers", "3"), "WB-402", "--years"),
    (("run", "--years"), "WB-404", "--years"),
    (("run", "--json=1"), "WB-405", "--json"),
    (("check-data",), "WB-406", "DIR"),
    (("new-pack",), "WB-406", "DIR"),
    (("run", "extra"), "WB-407", "extra"),
    (("runn",), "WB-401", "run"),
    (("rerun",), "WB-406", "FILE"),
    (("rerun", "x.wbrun"), "WB-601", "x.wbrun"),
    (("triangle", "x.csv"), "WB-202", "x.csv"),
    (("run", "--engine", "claims", "--tolerance", "nought"), "WB-102", "nought"),
    (("run", "--engine", "claims", "--tolerance", "0"), "WB-101", "--tolerance"),
    (("run", "--tolerance", "0.01"), "WB-411", "--tolerance"),
    (("run", "--dask", "x"), "WB-431", "x"),
    (("run", "--dask", "127.0.0.1:8786", "--threads", "2"), "WB-432", "--threads"),
    (("run", "--engine", "magic"), "WB-403", "magic"),
    (("run", "--form", "other"), "WB-403", "individual"),
    (("run", "--years", "100"), "WB-411", "--years"),
    (("run", "--seed", "1"), "WB-411", "--seed"),
    (("run", "--engine", "claims", "--years", "1000000000000"), "WB-101", "1000000000000"),
    (("run", "--engine", "claims", "--years", "10^12"), "WB-103", "10^12"),
    (("run", "--engine", "claims", "--years", "1e6"), "WB-103", "1e6"),
    (("run", "--engine", "claims", "--years", "１００"), "WB-103", "１００"),
    (("run", "--engine", "claims", "--years", "9" * 5000), "WB-103", "999"),
    (("run", "--engine", "claims", "--years", "1"), "WB-101", "--years"),
    (("run", "--engine", "claims", "--seed", "-1"), "WB-101", "-1"),
    (("run", "--engine", "claims", "--seed", "abc"), "WB-103", "abc"),
    (("run", "--threads", "0"), "WB-101", "--threads"),
    (("run", "--threads", "many"), "WB-103", "many"),
    (("run", "--set", "hospital_shock=0.1"), "WB-302", "hospital_shock_cv"),
    (("run", "--set", "hospital_shock_cv=0.5"), "WB-305", "0.15"),
    (("run", "--set", "hospital_shock_cv=nan"), "WB-311", "nan"),
    (("run", "--set", "hospital_shock_cv"), "WB-301", "hospital_shock_cv"),
    (("run", "--scenario", "epidemic"), "WB-330", "epidemic_winter"),
    (("run", "--scenario", "nothing.toml"), "WB-202", "nothing.toml"),
    (("run", "--data", "no-such-folder"), "WB-201", "no-such-folder"),
    (("run", "--expenses", "some"), "WB-403", "some"),
    (("reserve", "--date", "2026-13-01"), "WB-343", "2026-13-01"),
    (("reserve", "--date", "1026-01-01"), "WB-344", "1026-01-01"),
    (("reserve", "--season", "winter"), "WB-403", "winter"),
    (("explain", "WB-999"), "WB-415", "WB-9"),
    (("describe", "hospital"), "WB-416", "hospital"),
    (("app", "no_such_page"), "WB-413", "no_such_page"),
    (("app", "--port", "0"), "WB-101", "--port"),
    (("lab", "no-such-folder"), "WB-417", "no-such-folder"),
]


@pytest.mark.parametrize(("words", "code", "part"), REFUSED, ids=lambda entry: str(entry)[:40])
def test_what_is_refused_is_told_in_both_languages(refused, words, code, part, monkeypatch):
    monkeypatch.setattr("workbench.app.server.serve", _must_not_run)
    monkeypatch.setattr("workbench.app.server.serve_lab", _must_not_run)
    messages = refused(*words)
    for told in messages.values():
        assert code in told
        assert part in told
        assert told.count("\n") == 1
    assert messages["zh"].startswith("未执行：")
    assert messages["en"].startswith("Refused: ")


def test_options_before_the_command_and_a_wrong_language(typed):
    assert typed("--json", "run")[0] == 2
    assert "WB-408" in typed("--json", "run")[2]
    status, _, err = typed("run", "--lang", "fr")
    assert status == 2
    assert "WB-403" in err


def _must_not_run(*args, **more):
    raise AssertionError("computed before the request was judged")


@pytest.mark.parametrize("option", ["--csv", "--xlsx"])
def test_a_place_that_cannot_be_written_is_refused_before_computing(
    refused, tmp_path, monkeypatch, option
):
    monkeypatch.setattr("workbench.exact.exact_run", _must_not_run)
    monkeypatch.setattr("workbench.pack.read_pack", _must_not_run)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for place, code in [
        (tmp_path / "missing" / "out", "WB-420"),
        (tmp_path / "file" / "out", "WB-420"),
        (tmp_path, "WB-421"),
    ]:
        for told in refused("run", option, str(place)).values():
            assert code in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_two_outputs_to_one_file_are_refused(refused, tmp_path):
    place = str(tmp_path / "out")
    for told in refused("run", "--csv", place, "--xlsx", place).values():
        assert "WB-422" in told
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_where_the_input_is_refused(refused, tmp_path):
    place = str(tmp_path / "out.csv")
    refused("run", "--csv", place, "--set", "no_such_name=1")
    refused("run", "--csv", place, "--engine", "claims", "--tolerance", "0.9")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_there_stays_whole_when_writing_fails(typed, tmp_path, monkeypatch):
    place = tmp_path / "out.csv"
    place.write_text("old", encoding="utf-8")

    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.cli.files.os.fsync", fail)
    status, out, err = typed("explain", "WB-101")
    assert status == 0
    status, out, err = typed("describe", "--csv", str(place))
    assert status == 2
    assert "WB-420" in err
    assert place.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_run_speaks_first_and_shows_tables(typed):
    status, out, err = typed("run", "--lang", "zh")
    assert (status, err) == (0, "")
    first, second, *_ = out.splitlines()
    assert first.startswith("按现行标准，参保 26.3 万人次，全年应收互助会费 1,750 万元")
    assert second == ("每收 100 元互助会费，约 68 元用于互助金，7 元用于工作经费，结余约 25 元。")
    assert "重大疾病一项收支最紧：当年收不抵支的可能性近四成（38.1%）" in out
    assert "66.8–87.6%" in out  # a plan's loss ratio never stands without its range
    assert "< 0.1%" in out
    assert "不是代办处的实际账目" in out
    assert "运行编号：" in out


def test_changes_are_told_as_changes(typed):
    status, out, _ = typed(
        "run", "--lang", "en", "--set", "plans.P3.premium_yuan=96",
        "--scenario", "epidemic_winter", "--expenses", "none",
    )  # fmt: skip
    assert status == 0
    assert out.startswith("On the terms and assumptions chosen")
    assert "expenses left out" in out
    assert "If stays for illness are 22 % above a usual year" in out
    assert "Note: " in out
    assert "WB-340" in out


def test_a_scenario_file_is_its_changes(typed, tmp_path):
    file = tmp_path / "winter.toml"
    file.write_text("[set]\nhospital_claimant_rate_scale = 1.2\n", encoding="utf-8")
    by_file = json.loads(typed("run", "--json", "--scenario", str(file))[1])
    by_set = json.loads(typed("run", "--json", "--set", "hospital_claimant_rate_scale=1.2")[1])
    by_name = json.loads(typed("run", "--json", "--scenario", "epidemic_winter")[1])
    assert by_file == by_set
    assert by_file["choices"]["scenario"] is None
    assert by_name["choices"]["scenario"] == "epidemic_winter"
    assert by_name["total"] == by_set["total"]
    assert by_name["record"]["run_id"] != by_set["record"]["run_id"]
    assert str(tmp_path) not in json.dumps(by_file)


def test_standard_output_has_the_document_alone(typed, tmp_path):
    status, out, err = typed("price", "--json", "--csv", str(tmp_path / "price.csv"))
    assert status == 0
    assert err == ""
    assert json.loads(out)["schema"] == "workbench.price/1"
    assert out.endswith("}\n")
    names = ["price-hundred.csv", "price-price_lines.csv", "price-price_principles.csv"]
    names.append("price.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_the_same_choices_give_the_same_bytes_with_any_threads(typed):
    words = ["run", "--engine", "claims", "--years", "1100", "--seed", "3", "--json"]
    first = typed(*words)[1]
    assert typed(*words, "--threads", "2", "--lang", "en")[1] == first
    other = json.loads(typed(*words[:3], "--years", "64", "--seed", "4", "--json")[1])["record"]
    record = json.loads(first)["record"]
    assert other["results_sha256"] != record["results_sha256"]
    assert other["tables_sha256"] == record["tables_sha256"]


def test_new_pack_and_check_data(typed, refused, tmp_path):
    folder = tmp_path / "pack"
    assert typed("new-pack", str(folder), "--lang", "zh")[0] == 0
    status, out, _ = typed("check-data", str(folder), "--lang", "zh")
    assert status == 0
    assert "与内置数据相同" in out
    assert "会员 202,000 人" in out
    for told in refused("new-pack", str(folder)).values():
        assert "WB-272" in told

    plans = folder / "plans.csv"
    text = plans.read_text(encoding="utf-8")
    plans.write_text(text.replace(",MF,16,60,", ",MF,17,60,", 1), encoding="utf-8")
    status, out, _ = typed("check-data", str(folder), "--lang", "en")
    assert status == 0
    assert "age_min" in out
    found = json.loads(typed("check-data", str(folder), "--json")[1])
    assert [one["column"] for one in found["differences"]] == ["age_min"]
    basis = typed("run", "--data", str(folder), "--lang", "zh")[1]
    assert "与内置的公开资料和假设有 1 处不同" in basis

    plans.write_text(text.replace(",MF,16,60,", ",MF,sixteen,60,", 1), encoding="utf-8")
    for told in refused("run", "--data", str(folder)).values():
        assert "WB-224" in told
        assert "plans.csv" in told
        assert "sixteen" in told


def test_explain_tells_every_code(typed):
    for language in ("zh", "en"):
        out = typed("explain", "--lang", language)[1]
        assert "WB-101" in out
        assert "WB-901" in out
    by_code = typed("explain", "WB-101", "--lang", "en")
    assert by_code[0] == 0
    assert typed("explain", "wb-101", "--lang", "en") == by_code
    assert typed("explain", "value-out-of-range", "--lang", "en") == by_code
    assert json.loads(typed("explain", "WB-101", "--json")[1])["codes"][0]["code"] == "WB-101"


def test_describe_one_thing(typed):
    out = typed("describe", "hospital_shock_cv", "--lang", "en")[1]
    assert "[0, 0.15]" in out
    assert "Source" in out
    assert "premium_yuan" in typed("describe", "plans.csv", "--lang", "zh")[1]
    assert "赔付率" in typed("describe", "loss_ratio", "--lang", "zh")[1]
    assert "--set hospital_claimant_rate_scale=1.2" in typed("describe", "epidemic_winter")[1]
    assert "疫情冬季" in typed("describe", "--lang", "zh")[1]


class _Check:
    def __init__(self, passed):
        self.name, self.passed, self.source = "one.check", passed, "a book, page 1"
        self.value, self.expected, self.tolerance = 1.0, 2.0, 0.5


@pytest.mark.parametrize("passed", [True, False])
def test_verify_ends_with_1_where_a_check_fails(typed, monkeypatch, passed):
    monkeypatch.setattr("workbench.verify.run_checks", lambda: (_Check(True), _Check(passed)))
    for language, word in (("zh", "通过"), ("en", "passed")):
        status, out, _ = typed("verify", "--lang", language)
        assert status == (0 if passed else 1)
        assert word in out
    document = json.loads(typed("verify", "--json")[1])
    assert [check["passed"] for check in document["checks"]] == [True, passed]


def test_app_and_lab_are_started_with_what_was_asked(typed, monkeypatch, tmp_path):
    seen = {}
    notebook = tmp_path / "page.ipynb"
    notebook.write_text("{}", encoding="utf-8")

    def serve(serving, *, announce):
        seen["app"] = serving
        announce("http://127.0.0.1:9000/")

    def serve_lab(folder, *, open_browser, port):
        seen["lab"] = (folder, open_browser, port)
        return 0

    monkeypatch.setattr("workbench.app.server.serve", serve)
    monkeypatch.setattr("workbench.app.server.serve_lab", serve_lab)
    status, out, err = typed("app", str(notebook), "--lang", "en", "--port", "9000", "--no-browser")
    assert (status, out) == (0, "")
    assert "http://127.0.0.1:9000/" in err
    assert (seen["app"].lang, seen["app"].port, seen["app"].open_browser) == ("en", 9000, False)
    assert typed("lab", str(tmp_path), "--no-browser")[0] == 0
    assert seen["lab"] == (tmp_path, False, 8888)
    pack = tmp_path / "pack"
    typed("new-pack", str(pack))
    assert typed("app", str(notebook), "--data", str(pack))[0] == 0
    assert seen["app"].environment["WORKBENCH_DATA"] == str(pack)


def _failing(error):
    def handler(request, language):
        raise error

    return handler


def test_a_fault_of_ours_has_a_number_and_a_log(typed, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("workbench.cli.commands.run_request", _failing(RuntimeError("secret")))
    for language in ("zh", "en"):
        status, out, err = typed("run", "--lang", language)
        assert (status, out) == (1, "")
        assert "WB-901" in err
        assert "Traceback" not in err
        assert "secret" not in err
        log = failures.log_folder() / "workbench.log"
        assert str(log) in err
        number = re.search(r"\b[0-9a-f]{8}\b", err.replace(str(log), ""))[0]
        assert number in log.read_text(encoding="utf-8")
    assert "RuntimeError: secret" in log.read_text(encoding="utf-8")


def test_log_folders_of_every_system(tmp_path):
    home = {"HOME": str(tmp_path)}
    assert failures.log_folder(home, "linux") == tmp_path / ".local" / "state" / "workbench"
    assert failures.log_folder(home, "darwin") == tmp_path / "Library" / "Logs" / "workbench"
    local = {**home, "LOCALAPPDATA": str(tmp_path / "local")}
    assert failures.log_folder(local, "win32") == tmp_path / "local" / "workbench" / "Logs"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 0),
        (Disagreement([Fault("internal", {})]), 3),
        (InputRefused([Fault("unknown-command", {"value": "x", "nearest": "y"})]), 2),
    ],
)
def test_exit_status(typed, monkeypatch, error, status):
    monkeypatch.setattr("workbench.cli.commands.run_request", _failing(error))
    monkeypatch.setattr("workbench.cli._forget_stdout", lambda: None)
    found, out, err = typed("run")
    assert (found, out) == (status, "")
    assert bool(err) == (status != 0)


def test_a_reader_that_goes_away_and_a_full_disk():
    code = "import sys; from workbench.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "describe"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (0, b"")


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LC_ALL": "POSIX", "LANG": "en_US"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "zh"),
    ],
)
def test_the_systems_language(variables, language):
    assert system_language(variables, "linux") == language


def test_run_loads_no_heavy_library_and_no_room_of_another_question():
    rooms = ("fund", "history", "reserving", "sensitivity", "optimise", "behaviour", "experience")
    heavy = ("scipy.stats", "pandas", "matplotlib", "xlsxwriter", "IPython")
    names = (*heavy, *(f"workbench.{room}" for room in rooms))
    code = (
        "import sys; from workbench.cli import main; main(['run', '--json']); main(['run']);"
        f"print([n for n in {names!r} if n in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True)
    assert done.stderr.decode().strip() == "[]"
    assert json.JSONDecoder().raw_decode(done.stdout.decode())[0]["schema"] == "workbench.run/1"


def test_a_word_that_begins_with_minus_is_a_value():
    request = parse(["run", "--seed", "-1", "--set", "cost_trend_per_year=-0.01"])
    assert request.values["seed"] == "-1"
    assert request.values["set"] == ["cost_trend_per_year=-0.01"]
