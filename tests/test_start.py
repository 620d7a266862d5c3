"""start.py: what it decides, says and survives. The full set-up is tried by .ci/run itself."""

import ast
import csv
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "start.py").read_text(encoding="utf-8")
HAN = re.compile(r"[\u4e00-\u9fff]")
posix_only = pytest.mark.skipif(os.name == "nt", reason="signals and file locks of POSIX")


def load(path):
    spec = importlib.util.spec_from_file_location("start_under_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def start(tmp_path, monkeypatch):
    """start.py in a folder of its own, with what it reads and a chart library."""
    for name in ("start.py", "pyproject.toml", "hatch_build.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / "workbench/locale").mkdir(parents=True)
    shutil.copy(ROOT / "workbench/locale/start.csv", tmp_path / "workbench/locale")
    library = tmp_path / "workbench/app/share/jupyter/labextensions/workbench-charts/static"
    library.mkdir(parents=True)
    (library / "echarts-6.1.0.js").write_text("chart", encoding="utf-8")
    monkeypatch.delenv("CI", raising=False)
    return load(tmp_path / "start.py")


@pytest.fixture
def ready(start):
    """The same, with an environment that looks complete for the app."""
    python = start.program("python")
    python.parent.mkdir(parents=True)
    python.write_text("", encoding="utf-8")
    start.BEGUN.write_text("", encoding="utf-8")
    start.write_stamp(start.wanted("app", ""))
    return start


def said(capsys):
    err = capsys.readouterr().err
    assert HAN.search(err) and re.search(r"[A-Za-z]{3}", err), err
    return err


def test_parses_under_an_old_python():
    ast.parse(TEXT, feature_version=(3, 6))


def test_is_short_and_uses_the_standard_library_alone():
    tree = ast.parse(TEXT)
    assert len(TEXT.splitlines()) <= 400
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 41, node.name
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
        for name in names:
            assert name.split(".")[0] in sys.stdlib_module_names | {"msvcrt"}, name


def test_every_message_is_there_in_both_languages_and_used():
    used = set(re.findall(r'\b(?:tell|stop)\("(\w+)"', TEXT))
    used |= set(re.findall(r'tell\("\w+" if .*? else "(\w+)"\)', TEXT))
    with open(ROOT / "workbench/locale/start.csv", encoding="utf-8", newline="") as handle:
        rows = {row["key"]: row for row in csv.DictReader(handle)}
    assert {f"start.{key}" for key in used} == set(rows)
    for key, row in rows.items():
        slots = [sorted(re.findall(r"{(\w+)}", row[language])) for language in ("zh", "en")]
        assert slots[0] == slots[1] and HAN.search(row["zh"]) and not HAN.search(row["en"]), key


@pytest.mark.parametrize(
    "platform, found, command",
    [
        ("linux", "", "sudo apt install python3.11 python3.11-venv"),
        ("linux", "python3.12", "python3.12 start.py"),
        ("win32", "", "winget install"),
        ("darwin", "", "brew install"),
    ],
)
def test_an_old_python_is_refused(start, monkeypatch, capsys, platform, found, command):
    monkeypatch.setattr(start.sys, "platform", platform)
    monkeypatch.setattr(start.shutil, "which", lambda name: name if name == found else None)
    with pytest.raises(SystemExit) as end:
        start.check_python((3, 10, 9))
    err = said(capsys)
    assert end.value.code == 2 and "3.10.9" in err and command in err


def test_a_new_enough_python_is_taken(start, capsys):
    start.check_python((3, 11, 0))
    start.check_python((3, 15, 0))
    assert capsys.readouterr().err == ""


def test_a_lost_message_file_still_gives_the_key_and_its_values(start, capsys):
    start.WORDS.unlink()
    start.tell("no_wheel", folder="here", name="it")
    assert capsys.readouterr().err == "no_wheel here it\n"


def test_lack_of_venv_names_the_command(start, monkeypatch, capsys):
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(start.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(SystemExit) as end:
        start.ensure_venv_module()
    assert end.value.code == 2 and "sudo apt install python3-venv" in said(capsys)


def test_root_on_debian_installs_what_lacks(start, monkeypatch, capsys):
    ran = []
    monkeypatch.setattr(start.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(start.shutil, "which", lambda name: "/usr/bin/" + name)
    monkeypatch.setattr(start, "quietly", lambda command, env=None: ran.append((command, env)))
    start.apt_install(["chromium", "fonts-noto-cjk"])
    assert ran[-1][0][-4:] == ["-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"]
    assert ran[-1][1]["DEBIAN_FRONTEND"] == "noninteractive"
    assert "chromium fonts-noto-cjk" in said(capsys)


def test_an_ordinary_user_installs_nothing(start, monkeypatch):
    monkeypatch.setattr(start.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(start, "quietly", lambda *_: pytest.fail("ran a command"))
    start.apt_install(["chromium"])


def without_browser(start, monkeypatch):
    monkeypatch.setattr(start, "find_browser", lambda: "")
    monkeypatch.setattr(start, "has_chinese_font", lambda: False)
    monkeypatch.setattr(start, "apt_install", lambda packages: None)
    monkeypatch.setattr(start.sys, "platform", "linux")
    monkeypatch.setattr(start.ctypes.util, "find_library", lambda name: None)


def test_a_chinese_font_is_known_by_its_file(start, monkeypatch, tmp_path):
    fonts = tmp_path / "home/.fonts/truetype"
    fonts.mkdir(parents=True)
    monkeypatch.setattr(start.sys, "platform", "linux")
    monkeypatch.setattr(start, "Path", lambda text: tmp_path / "home")
    monkeypatch.setattr(start.Path, "home", lambda: tmp_path / "home", raising=False)
    (fonts / "NotoSansHanunoo-Regular.ttf").touch()
    assert not start.has_chinese_font()
    (fonts / "NotoSansCJK-Regular.ttc").touch()
    assert start.has_chinese_font()


def test_opening_the_app_asks_for_no_more_than_it_needs(start, monkeypatch, capsys):
    without_browser(start, monkeypatch)
    monkeypatch.setattr(start, "apt_install", lambda packages: pytest.fail("installed"))
    assert start.ensure_browser_and_font(for_tests=False) == ""
    assert "libatomic1" not in said(capsys)


def test_a_missing_browser_fails_where_the_checks_run(start, monkeypatch, capsys):
    without_browser(start, monkeypatch)
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(start, "run", lambda *_: pytest.fail("ran the tests"))
    with pytest.raises(SystemExit) as end:
        start.run_tests([])
    assert end.value.code == 1
    assert re.search(r"sudo apt install chromium\S* fonts-noto-cjk libatomic1", said(capsys))


def test_a_missing_browser_leaves_its_tests_out_at_a_desk(start, monkeypatch, capsys):
    without_browser(start, monkeypatch)
    ran = []
    monkeypatch.setattr(start, "run", lambda command, env, folder: ran.append((command, env)) or 0)
    assert start.run_tests(["-k", "house"]) == 0
    assert ran[0][0][1:] == ["-m", "pytest", "-n", "2", "-m", "not browser", "-k", "house"]
    assert "fonts-noto-cjk" in said(capsys)


def test_the_browser_found_is_handed_to_the_tests(start, monkeypatch, tmp_path):
    browser = tmp_path / "chromium"
    browser.write_text("", encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_BROWSER", str(browser))
    monkeypatch.setattr(start, "has_chinese_font", lambda: True)
    ran = []
    monkeypatch.setattr(start, "run", lambda command, env, folder: ran.append((command, env)) or 0)
    start.run_tests([])
    assert ran[0][1]["WORKBENCH_BROWSER"] == str(browser)
    assert "not browser" not in ran[0][0]


@pytest.mark.parametrize(
    "change, kind, wheels, work",
    [
        ({}, "app", "", ""),
        ({}, "test", "", "mend"),
        ({"kinds": ["app", "test"]}, "test", "", ""),
        ({"kinds": ["app", "test"]}, "app", "", ""),
        ({"own": "another"}, "app", "", "mend"),
        ({"base": "another"}, "app", "", "fresh"),
        ({"own": "a wheel", "wheels": "gone"}, "app", "", ""),
        ({"own": "a wheel", "wheels": "gone"}, "test", "", "mend"),
    ],
)
def test_what_there_is_to_do(ready, change, kind, wheels, work):
    assert ready.work_to_do({**ready.read_stamp(), **change}, ready.wanted(kind, wheels)) == work


def test_nothing_is_known_of_a_damaged_or_broken_environment(ready):
    ready.STAMP.write_text("{", encoding="utf-8")
    assert ready.read_stamp() == {}
    ready.write_stamp(ready.wanted("app", ""))
    assert ready.read_stamp() != {}
    ready.program("python").unlink()
    assert ready.read_stamp() == {}


def test_a_lost_chart_library_is_fetched_again(ready):
    shutil.rmtree(ready.ROOT / ready.LABEXTENSIONS)
    assert ready.work_to_do(ready.read_stamp(), ready.wanted("app", "")) == "mend"


def test_only_what_matters_sets_up_again(ready):
    before = ready.wanted("app", "")
    pyproject = ready.ROOT / "pyproject.toml"
    text = pyproject.read_text(encoding="utf-8")
    pyproject.write_text(text.replace("line-length = 100", "line-length = 99"), encoding="utf-8")
    assert ready.wanted("app", "") == before
    pyproject.write_text(text.replace('"numpy>=2.2,<3"', '"numpy>=2.3,<3"'), encoding="utf-8")
    assert ready.wanted("app", "")["own"] != before["own"]
    with open(ready.LOCKS["test"], "a", encoding="utf-8") as handle:
        handle.write("# another\n")
    assert ready.wanted("app", "")["base"] != before["base"]


def test_another_folder_or_python_is_another_environment(ready, monkeypatch):
    before = ready.wanted("app", "")["base"]
    monkeypatch.setattr(ready.sys, "version_info", (3, 99, 0))
    assert ready.wanted("app", "")["base"] != before


def test_an_environment_of_somebody_else_is_left_alone(start, capsys):
    (start.VENV / "bin").mkdir(parents=True)
    with pytest.raises(SystemExit) as end:
        start.fresh_venv()
    assert end.value.code == 2 and (start.VENV / "bin").is_dir()
    assert str(start.VENV) in said(capsys)


def test_a_half_made_environment_is_replaced(ready, monkeypatch):
    monkeypatch.setattr(ready, "quietly", lambda command: 0)
    ready.fresh_venv()
    assert sorted(path.name for path in ready.VENV.iterdir()) == [ready.BEGUN.name]
    assert not list(ready.ROOT.glob(".venv-old-*"))


def test_the_stamp_is_void_while_it_works_and_written_last(ready, monkeypatch, capsys):
    stamps = []
    monkeypatch.setattr(ready, "install", lambda kind, wheels: stamps.append(ready.read_stamp()))
    ready.set_up("test")
    assert stamps == [{}]
    assert ready.read_stamp()["kinds"] == ["app", "test"]
    said(capsys)
    ready.set_up("app")
    ready.set_up("test")
    assert len(stamps) == 1 and capsys.readouterr().err == ""


def test_a_stop_half_way_begins_anew_but_a_refusal_of_pip_does_not(ready, monkeypatch):
    def interrupted(kind, wheels):
        raise KeyboardInterrupt

    def refused(kind, wheels):
        ready.stop("pip_failed")

    monkeypatch.setattr(ready, "install", refused)
    with pytest.raises(SystemExit):
        ready.set_up("test")
    assert ready.read_stamp()["kinds"] == ["app"]
    monkeypatch.setattr(ready, "install", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ready.set_up("test")
    assert ready.work_to_do(ready.read_stamp(), ready.wanted("app", "")) == "fresh"


def test_locked_packages_are_installed_with_their_hashes(ready, monkeypatch):
    ran = []
    monkeypatch.setattr(ready, "quietly", lambda command, env, watch: ran.append(command) or 0)
    ready.install("app", "")
    assert "--require-hashes" in ran[0] and str(ready.LOCKS["app"]) in ran[0]
    assert "--require-hashes" in ran[1] and "--target" in ran[1]
    assert ran[2][-4:] == ["--no-deps", "--no-build-isolation", "-e", str(ready.ROOT)]


def test_a_set_up_from_wheels_asks_no_network_and_builds_nothing(ready, monkeypatch, tmp_path):
    import zipfile

    folder = tmp_path / "wheels"
    folder.mkdir()
    version = ready.project()["project"]["version"]
    wheel = folder / f"workbench-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(ready.LABEXTENSIONS + "workbench-charts/static/echarts-6.1.0.js", "chart")
    shutil.rmtree(ready.ROOT / ready.LABEXTENSIONS)
    ran = []
    monkeypatch.setattr(ready, "quietly", lambda command, env, watch: ran.append(command) or 0)
    ready.set_up("app", str(folder))
    assert len(ran) == 2 and ran[1][-1] == str(wheel)
    for command in ran:
        assert {"--no-index", "--find-links", str(folder), ":all:"} <= set(command)
    assert ready.has_library() and ready.read_stamp()["wheels"] == str(folder)
    ready.set_up("app")
    shutil.rmtree(folder)
    ready.set_up("app")
    assert len(ran) == 2


@pytest.mark.parametrize("words", [["--wheels", "no-such-folder"], ["--wheels", "."]])
def test_a_wrong_folder_of_wheels_is_refused(start, monkeypatch, capsys, words):
    monkeypatch.chdir(start.ROOT)
    with pytest.raises(SystemExit) as end:
        start.command_line(words)
    assert end.value.code == 2 and str(start.ROOT) in said(capsys)


def test_an_unknown_command_shows_the_usage(start, capsys):
    assert start.command_line(["tset"]) == 2
    assert "python3 start.py test" in said(capsys)
    assert start.command_line(["--help"]) == 0


def test_the_output_of_a_program_is_shown_only_if_it_fails(start, capsys):
    seen = []
    assert start.quietly([sys.executable, "-c", "print('fine')"], None, seen.append) == 0
    assert seen == ["fine"] and capsys.readouterr().err == ""
    assert start.quietly([sys.executable, "-c", "print('why'); raise SystemExit(3)"]) == 3
    assert "why" in capsys.readouterr().err


def test_progress_is_seen(start, capsys):
    watch = start.progress("app")
    for number in range(40):
        watch(f"Collecting name{number}==1.0 (from -r somewhere)")
    watch("Installing collected packages: many")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3 and "20/" in lines[0] and "name19" in lines[0] and "安装" in lines[2]


@posix_only
def test_a_stopped_program_takes_its_children_along(start, tmp_path):
    mark = tmp_path / "alive"
    child = f"import time, pathlib; time.sleep(1.5); pathlib.Path({str(mark)!r}).touch()"
    parent = (
        "import subprocess, sys; print('up', flush=True); "
        f"subprocess.run([sys.executable, '-c', {child!r}])"
    )

    def watch(line):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start.quietly([sys.executable, "-c", parent], None, watch)
    time.sleep(1.8)
    assert not mark.exists()


@posix_only
def test_a_second_set_up_waits_for_the_first(start, capsys):
    import fcntl

    with open(start.ROOT / ".venv.lock", "a") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        threading.Timer(0.3, lambda: fcntl.flock(first, fcntl.LOCK_UN)).start()
        began = time.monotonic()
        with start.only_one():
            assert time.monotonic() - began > 0.2
    assert "等待" in said(capsys)


@posix_only
def test_an_unchanged_environment_costs_under_a_second(ready):
    import resource

    workbench = ready.program("workbench")
    workbench.write_text("#!/bin/sh\necho opened $*\nexit 7\n", encoding="utf-8")
    workbench.chmod(0o755)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, str(ready.ROOT / "start.py"), "app", "03_premiums"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 7 and done.stdout == "opened app 03_premiums\n", done.stderr
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.0


def test_the_stamp_is_plain_json(ready):
    stamp = json.loads(ready.STAMP.read_text(encoding="utf-8"))
    assert set(stamp) == {"base", "kinds", "own", "wheels"}
