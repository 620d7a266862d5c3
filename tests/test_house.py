"""The house: which room stands on which floor, what a room may import, how large it may grow.

The plan in words: docs/architecture.md.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "workbench"

FLOORS = {
    0.0: ("guard", "resources", "streams"),
    1.0: ("timeline", "plans", "assumptions", "textfile", "triangles"),
    1.1: ("rates", "portfolio", "laws"),
    1.2: ("inputs",),
    1.3: ("schema",),
    1.4: ("names", "consistency"),
    2.0: ("pack", "changes", "risk"),
    2.1: ("uncertainty", "credibility"),
    3.0: ("engine",),
    3.1: ("exact", "simulate"),
    4.0: ("calibrate", "premium", "reserving"),
    4.05: ("basis",),
    4.1: ("pricing",),
    5.0: ("behaviour", "experience", "history"),
    6.0: ("fund",),
    7.0: ("sensitivity", "optimise", "stress"),
    8.0: ("questions", "verify"),
    8.1: ("record",),
    9.0: ("show",),
    10.0: ("app",),
    11.0: ("cluster",),
    11.1: ("cli",),
    11.2: ("__main__",),
}
"""Room → floor; a tenth orders nouns of floor 1 and puts a front above its folder."""

FACES = ("ipywidgets", "anywidget", "voila", "IPython", "matplotlib", "plotly", "bqplot")
DATABASES = ("sqlite3", "sqlalchemy", "duckdb")
HEAVY = ("scipy.stats", "pandas", "matplotlib", "scipy.optimize", "xlsxwriter")
OPENERS = {
    "textfile",  # packs, scenario files
    "pack",  # copies of a pack
    "resources",  # built-in files
    "record",  # run records, the program's own source
    "schema",  # writes data/README.md
    "show",  # tables as files
    "app",  # server, widget sources
    "cli",  # the log of a fault
}
LONGEST_FILE, LONGEST_BODY = 400, 40


def _files():
    return sorted(PACKAGE.rglob("*.py"))


def _room(path_or_name):
    """Room of a file or of a dotted module name inside the package ('' for its face)."""
    if isinstance(path_or_name, Path):
        return path_or_name.relative_to(PACKAGE).parts[0].removesuffix(".py")
    parts = path_or_name.split(".")
    return parts[1] if len(parts) > 1 else ""


def _floor(room):
    for floor, rooms in FLOORS.items():
        if room in rooms:
            return floor
    raise AssertionError(f"room {room!r} stands on no floor: add it to FLOORS and the plan")


def _imports(tree, *, top_level_only=False):
    """Dotted names that a module imports (with the imported name of `from workbench import x`)."""
    nodes = ast.walk(tree) if not top_level_only else _top_level(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module in ("workbench", "scipy"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            else:
                yield node.module


def _top_level(tree):
    """Nodes that run when a module is imported, typing-only imports left out."""
    for node in tree.body:
        typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        if not typing_only and not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield from ast.walk(node)


def _trees():
    for path in _files():
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_every_room_has_a_floor():
    for path in _files():
        room = _room(path)
        if room != "__init__":
            _floor(room)


def test_nothing_imports_upward_or_across():
    wrong = []
    for path, tree in _trees():
        room = _room(path)
        if room == "__init__":
            continue
        for name in _imports(tree):
            if name.split(".")[0] != "workbench" or not _room(name):
                continue
            other = _room(name)
            if other != room and _floor(other) >= _floor(room):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_sums_know_no_screen_and_no_database():
    wrong = []
    for path, tree in _trees():
        room = _room(path)
        if room == "__init__" or _floor(room) >= 9.0:
            continue
        for name in _imports(tree):
            if name.split(".")[0] in FACES + DATABASES:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
        text = path.read_text(encoding="utf-8").lower()
        if "<div" in text or "<span" in text or "<table" in text:
            wrong.append(f"{path.relative_to(ROOT)} holds HTML")
    assert wrong == []


def test_heavy_libraries_are_imported_where_they_are_used():
    wrong = []
    for path, tree in _trees():
        for name in _imports(tree, top_level_only=True):
            if any(name == heavy or name.startswith(f"{heavy}.") for heavy in HEAVY):
                wrong.append(f"{path.relative_to(ROOT)} imports {name} when it is imported")
    assert wrong == []


def test_pandas_stays_at_the_edges():
    allowed = {"show", "questions", "reserving", "experience"}  # questions: a table's to_frame
    for path, tree in _trees():
        if "pandas" in {name.split(".")[0] for name in _imports(tree)}:
            assert _room(path) in allowed, path


@pytest.mark.parametrize(
    "statement",
    [
        "import workbench",
        "from workbench.exact import exact_run",
        "from workbench.simulate import simulate_run",
        "import workbench.questions, workbench.pricing, workbench.reserving, workbench.calibrate",
        "import workbench.cli",
    ],
)
def test_a_page_and_a_run_start_light(statement):
    check = f"{statement}\nimport sys\nprint([n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


def test_chance_comes_from_streams_alone():
    wrong = []
    for path, tree in _trees():
        if _room(path) == "streams":
            continue
        if {"random", "secrets"} & {name.split(".")[0] for name in _imports(tree)}:
            wrong.append(f"{path.relative_to(ROOT)} imports random words")
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ".random." in f"{ast.unparse(node.func)}.":
                called = ast.unparse(node.func)
                if called.startswith(("np.random", "numpy.random")):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} calls {called}")
    assert wrong == []


def test_files_are_opened_in_few_rooms():
    methods = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
    wrong = []
    for path, tree in _trees():
        if _room(path) in OPENERS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).split(".")[-1]
                method = isinstance(node.func, ast.Attribute) and called in methods
                if method or called == "open":
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} calls {called}")
    assert wrong == []


def test_no_global_statement():
    for path, tree in _trees():
        assert not any(isinstance(node, ast.Global) for node in ast.walk(tree)), path


def _body_lines(node):
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_walls():
    wrong = []
    for path in [*_files(), ROOT / "start.py"]:
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST_FILE:
            wrong.append(f"{path.relative_to(ROOT)} has {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            if function and _body_lines(node) > LONGEST_BODY:
                name = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
                wrong.append(f"{name} has {_body_lines(node)} lines")
    assert wrong == []


def test_every_module_and_public_function_says_what_it_is():
    silent = []
    for path, tree in _trees():
        if path.name != "__init__.py" and not ast.get_docstring(tree):
            silent.append(str(path.relative_to(ROOT)))
        for node in tree.body:
            public = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name[0] != "_"
            if public and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert silent == []


def test_checks_can_see_a_fault(tmp_path):
    """The walls and floors above find what they look for."""
    tree = ast.parse("def f():\n    x = 1\n" + "    x += 1\n" * 50)
    assert _body_lines(tree.body[0]) == 51
    assert list(_imports(ast.parse("from scipy import stats"))) == ["scipy.stats"]
    assert _floor("engine") < _floor("pricing") < _floor("questions") < _floor("show")


def test_the_given_places_exist():
    given = ("notebooks", "workbench", "data", "tests", "environment.yml", "pyproject.toml")
    for name in (*given, "workbench/pricing.py", "workbench/simulate.py"):
        assert (ROOT / name).exists(), name
