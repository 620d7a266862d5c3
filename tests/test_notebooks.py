"""The notebooks: thin, bilingual, stored without outputs, and each one runs and shows something.

Every notebook is executed by its own test, so that they run in parallel.
"""

from __future__ import annotations

import ast
import json
import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from workbench.app.hosting import OwnKernel

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "notebooks"
NAMES = ("01_start", "02_plans_and_data", "03_premiums", "04_benefits", "05_reserves", "06_fund")
MOST_LINES = 30
HEAVY = ("scipy.stats", "pandas", "matplotlib", "scipy.optimize", "xlsxwriter")
WIDGET = "application/vnd.jupyter.widget-view+json"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
IN_LANGUAGE = re.compile(r'<span lang="(zh|en)">(.*?)</span>', re.DOTALL)


def _stored(name):
    return json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))


def _sources(name, kind):
    return ["".join(cell["source"]) for cell in _stored(name)["cells"] if cell["cell_type"] == kind]


def _code_lines(name):
    """Lines of code: no blank line, no comment alone."""
    lines = "\n".join(_sources(name, "code")).splitlines()
    return [line for line in lines if line.strip() and not line.strip().startswith("#")]


def _executed(name, *, extra="", errors=False, **environment):
    """The notebook after a run by the Python of the tests, with a last cell if `extra` is given."""
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    if extra:
        notebook.cells.append(nbformat.v4.new_code_cell(extra))
    where = {"metadata": {"path": str(FOLDER)}}
    client = NotebookClient(notebook, timeout=60, allow_errors=errors, resources=where)
    client.create_kernel_manager()
    client.km.kernel_spec_manager = OwnKernel()
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    client.execute(env={**os.environ, **environment})
    return notebook


def _outputs(notebook):
    return [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    ]


def _markup(notebook):
    """HTML of all outputs."""
    return "\n".join(output.get("data", {}).get("text/html", "") for output in _outputs(notebook))


SHOWN = {
    "01_start": (">1,184.2<", ">67.7%<", "<code>workbench run --set plans.P3.premium_yuan=35</"),
    "02_plans_and_data": (
        *(">202,000<", ">hospital_<wbr>shock_<wbr>cv<", "（WB-", ">135<"),
        "--row 2025,P3,45500,1365000,142,1404000",
    ),
    "03_premiums": (
        *(">33.17<", ">−3.17<", "<code>workbench price</code>"),
        "<code>workbench models</code>",
    ),
    "04_benefits": (">10,200<", ">317.7<", "<code>workbench surplus</code>"),
    "05_reserves": (
        *(">576.3<", ">391.0<", "--date 2027-03-31 --season all", "链梯法"),
        *(">−30,643<", "<code>workbench runoff</code>", ">1,064,270<"),
        "<code>workbench counties</code>",
    ),
    "06_fund": (
        *("875 万元", "<code>workbench fund</code>", "--paths 2048 --compare scenarios"),
        *("--actions on", "--reinsurance stop_loss=1.2"),
    ),
}
"""Figures of the command line on the built-in data, and commands, that a notebook shows."""


def test_the_notebooks_are_there():
    assert {path.stem for path in FOLDER.glob("0*.ipynb")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_and_shows_the_figures_of_the_command_line(name):
    extra = f"import sys\nprint('heavy', [n for n in {HEAVY!r} if n in sys.modules])"
    notebook = _executed(name, extra=extra, WORKBENCH_LANG="zh")
    *shown, last = _outputs(notebook)
    assert all(output.output_type in ("execute_result", "display_data") for output in shown), shown
    for cell in notebook.cells[:-1]:
        assert cell.cell_type != "code" or cell.outputs, cell.source
    markup = _markup(notebook)
    assert markup.count("<table>") >= 3
    assert [part for part in SHOWN[name] if part not in markup] == []
    assert markup.count("wb-message") == (2 if name == "02_plans_and_data" else 0)
    pictures = sum(WIDGET in output.get("data", {}) for output in shown)
    assert pictures >= {"01_start": 3, "03_premiums": 3}.get(name, 1)
    solves = ["scipy.optimize"] if name in ("03_premiums", "04_benefits") else []
    assert last.text.strip() == f"heavy {solves}"  # a question that solves loads its solver


def test_english_and_an_own_pack_are_taken_from_the_surroundings(tmp_path):
    import workbench as wb
    from workbench.app.cells import edit

    folder = wb.new_pack(tmp_path / "ours")
    edit(folder, "plans.csv", "P3", "premium_yuan", "35")
    notebook = _executed("03_premiums", WORKBENCH_LANG="en", WORKBENCH_DATA=str(folder))
    markup = _markup(notebook)
    assert "Critical illness" in markup
    assert not CHINESE.search(re.sub(r"<code>.*?</code>", "", markup))
    assert ">35.00<" in markup
    assert f"workbench price --data {folder}" in markup


def test_a_refusal_in_a_cell_is_a_message_and_no_traceback():
    wrong = 'wb.ask("run", wb.Choices(changes=wb.parse_set(["nonsense=1"])), pack=pack)'
    notebook = _executed("05_reserves", extra=wrong, errors=True, WORKBENCH_LANG="zh")
    outputs = notebook.cells[-1].outputs
    assert [output.output_type for output in outputs] == ["display_data"]
    told = outputs[0].data["text/html"]
    assert 'class="wb-message"' in told
    assert "nonsense" in told
    assert "WB-" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_thin(name):
    assert len(_code_lines(name)) < MOST_LINES
    for source in _sources(name, "code"):
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(
                node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.While, ast.Lambda)
            )
            if isinstance(node, ast.Import):
                assert all(alias.name.split(".")[0] == "workbench" for alias in node.names)
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] == "workbench"


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_stored_without_outputs(name):
    stored = _stored(name)
    for cell in stored["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
        assert cell["metadata"] == {}
    assert set(stored["metadata"]) == {"kernelspec", "language_info"}
    assert "widgets" not in stored["metadata"]
    nbformat.validate(nbformat.from_dict(stored))


@pytest.mark.parametrize("name", NAMES)
def test_every_word_stands_in_chinese_and_english(name):
    """Each paragraph and heading has a span a language, Chinese first, and nothing outside them."""
    found = _sources(name, "markdown")
    assert found
    for source in found:
        spans = IN_LANGUAGE.findall(source)
        assert [lang for lang, _ in spans] == ["zh", "en"] * (len(spans) // 2), source
        assert len(spans) >= 2, source
        for lang, told in spans:
            assert bool(CHINESE.search(told)) == (lang == "zh"), told
        assert IN_LANGUAGE.sub("", source).strip(" \n#") == ""


@pytest.mark.parametrize("name", NAMES)
def test_every_result_is_asked_for_in_words(name):
    """A question stands before the first result of each part, and the notebook ends in words."""
    kinds = [cell["cell_type"] for cell in _stored(name)["cells"]]
    assert kinds[0] == "markdown"
    assert kinds[-1] == "markdown"
    heads = [source for source in _sources(name, "markdown") if source.startswith("## ")]
    assert len(heads) >= 4
    assert all("？" in head and "?" in head for head in heads)
