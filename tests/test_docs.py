"""The documentation: builds, links, names of tests and sections that exist, commands that work.

What a page quotes as output of the program is compared with what the program prints.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from functools import cache
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest

from tests.test_text import NOT_OURS
from workbench.changes import apply, parse_set, scenario
from workbench.cli import main
from workbench.cli.parsing import COMMANDS, parse
from workbench.guard import NotYetBuilt

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
ROOT_PAGES = [
    ROOT / f"{name}.md" for name in ("README", "README.zh-CN", "CONTRIBUTING", "CHANGELOG")
]
ALL = ROOT_PAGES + PAGES
LONGEST_PAGE = 300


def _names(pages):
    return [page.name for page in pages]


@cache
def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


# --- the site -------------------------------------------------------------------------------


class _Assets(HTMLParser):
    """Addresses that a browser loads by itself: scripts, styles, pictures, frames."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("script", "img", "iframe", "source", "video", "audio", "embed"):
            self.found.append(given.get("src") or "")
        if tag == "link" and given.get("rel") != "canonical":
            self.found.append(given.get("href") or "")


def _leaves(address: str) -> bool:
    return re.match(r"([a-z]+:)?//", address) is not None


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site as built, warnings being errors: broken links and anchors end it."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_is_built_and_in_the_navigation(site):
    for page in PAGES:
        assert (site / page.name).with_suffix(".html").is_file(), page.name
        assert f": {page.name}\n" in _text(ROOT / "mkdocs.yml"), page.name


def test_the_site_asks_no_other_machine(site):
    pages = sorted(site.glob("*.html"))
    assert len(pages) >= len(PAGES)
    for page in pages:
        reader = _Assets()
        reader.feed(page.read_text(encoding="utf-8"))
        assert reader.found, page.name
        assert [address for address in reader.found if _leaves(address)] == [], page.name
    for style in site.rglob("*.css"):
        loaded = re.findall(
            r"url\(['\"]?([^)'\"]+)|@import\s+['\"]([^'\"]+)", style.read_text("utf-8")
        )
        assert not any(_leaves(one) or _leaves(other) for one, other in loaded), style.name


@pytest.mark.parametrize(
    ("link", "sound"),
    [("[x](index.md#page)", True), ("[x](nowhere.md)", False), ("[x](index.md#nowhere)", False)],
)
def test_a_broken_link_or_anchor_ends_the_build(tmp_path, link, sound):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(f"# Page\n\n{link}\n", encoding="utf-8")
    settings = _text(ROOT / "mkdocs.yml").split("extra_css:")[0]
    checks = "validation:" + _text(ROOT / "mkdocs.yml").split("validation:")[1].split("nav:")[0]
    (tmp_path / "mkdocs.yml").write_text(settings + checks, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"], cwd=tmp_path, capture_output=True
    )
    assert (done.returncode == 0) is sound


def test_the_checks_of_the_site_can_fail():
    reader = _Assets()
    reader.feed('<script src="//example.org/a.js"></script><a href="https://example.org">x</a>')
    assert [_leaves(address) for address in reader.found] == [True]
    assert _cited('"""See docs/model.md sections 3 to 5, 7 and 99."""') == [
        ("model.md", number) for number in (3, 4, 5, 7, 99)
    ]


# --- links, sections, names -----------------------------------------------------------------


@pytest.mark.parametrize("name", _names(ROOT_PAGES))
def test_links_of_the_first_pages_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#]+)", _text(ROOT / name)):
        assert (ROOT / target).exists(), f"{name}: {target}"


def _sections(page: str) -> set[int]:
    return {int(number) for number in re.findall(r"^## (\d+)\.", _text(DOCS / page), re.M)}


_CITED = re.compile(r"docs/([a-z_]+\.md)(?:,? sections? ([0-9][^.;:\"|`]*))?")
_PART = re.compile(r"(\d+)(?: to (\d+)|[–-](\d+))?")


def _cited(text: str) -> list[tuple[str, int]]:
    """Pages and sections that a text cites; section 0 where it cites the page alone."""
    plain = re.sub(r"\s*\n[\s#]*", " ", text)
    found = []
    for page, listed in _CITED.findall(plain):
        run = re.match(r"(?:\d+(?: \([^)]*\))?(?:, | and | to |–|-)?)+", listed or "")
        numbers = []
        for low, to, dash in _PART.findall(re.sub(r"\([^)]*\)", "", run[0]) if run else ""):
            numbers += range(int(low), int(to or dash or low) + 1)
        found += [(page, number) for number in numbers or [0]]
    return found


def test_the_source_cites_pages_and_sections_that_exist():
    places = [*ROOT.glob("*.py"), ROOT / "pyproject.toml", ROOT / "data" / "README.md"]
    for folder in ("workbench", "tests", "benchmarks", "data"):
        places += [p for p in (ROOT / folder).rglob("*") if p.suffix in (".py", ".csv")]
    seen, wrong = 0, []
    for place in places:
        if place.name == Path(__file__).name or not place.is_file():
            continue
        for page, section in _cited(_text(place)):
            seen += 1
            if not (DOCS / page).is_file() or (section and section not in _sections(page)):
                wrong.append(f"{place.relative_to(ROOT)}: docs/{page} section {section}")
    assert seen > 60
    assert wrong == []


@cache
def _tests() -> frozenset[tuple[str, str]]:
    """(file, name) of every test."""
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(_text(path))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found.add((path.relative_to(ROOT).as_posix(), node.name))
    return frozenset(found)


def test_every_test_named_in_the_documentation_exists():
    names, wrong = {name for _, name in _tests()}, []
    for page in ALL:
        for file, name in re.findall(r"(tests/[\w/]+\.py)::(test_\w+)", _text(page)):
            if (file, name) not in _tests():
                wrong.append(f"{page.name}: {file}::{name}")
        wrong += [
            f"{page.name}: {name}"
            for name in re.findall(r"`(test_\w+)`", _text(page))
            if name not in names
        ]
    assert len(re.findall(r"::test_", _text(DOCS / "validation.md"))) > 60
    assert wrong == []


def test_every_line_of_validation_names_its_test():
    text = _text(DOCS / "validation.md").split("## Known divergences")[0]
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| claim"):
            assert "::test_" in line, line


_PATH = re.compile(r"`((?:workbench|tests|data|docs|notebooks|benchmarks|requirements)/[\w./-]*)`")


@pytest.mark.parametrize("name", _names(ALL))
def test_files_that_are_named_exist(name):
    page = ROOT / name if (ROOT / name) in ROOT_PAGES else DOCS / name
    for path in _PATH.findall(_text(page)):
        assert (ROOT / path).exists(), f"{name}: {path}"
    for notebook in re.findall(r"\b0\d_[a-z_]+", _text(page)):
        assert (ROOT / "notebooks" / f"{notebook}.ipynb").is_file(), f"{name}: {notebook}"


@pytest.mark.parametrize("name", [page.name for page in PAGES if page.name.endswith(".zh.md")])
def test_chinese_pages_have_an_english_twin_and_chinese_marks(name):
    assert (DOCS / name.replace(".zh.md", ".md")).is_file()
    prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", _text(DOCS / name), flags=re.S)
    assert not re.search(r"[一-鿿][,;:?!()]", prose), re.search(r".{9}[一-鿿][,;:?!()]", prose)
    assert [word for word in NOT_OURS if word in prose.replace("不是盈利", "")] == []


# --- commands -------------------------------------------------------------------------------


def _typed(page: Path) -> list[str]:
    """Commands of a page: lines of its blocks, and code in its text."""
    text = _text(page)
    found = []
    for block in re.findall(r"```text\n(.*?)```", text, re.S):
        lines = (line.strip().removeprefix("$ ") for line in block.splitlines())
        found += [re.split(r"\s{2,}", line)[0] for line in lines]
    found += re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    return [line for line in found if re.match(r"(workbench|python3?) \S", line)]


def _is_example(line: str) -> bool:
    return not re.search(r"[\[\]…|]|\bCOMMAND\b", line)


def _try(words: list[str], pack) -> None:
    """Read a command, and apply its changes as the command would."""
    try:
        asked = parse(words)
    except NotYetBuilt:
        assert COMMANDS[words[0]].later, words
        return
    changes = parse_set(asked.values.get("set", []))
    name = asked.values.get("scenario")
    if name and not name.endswith(".toml") and not name.isupper():
        changes = scenario(pack, name).merge(changes)
    if not any("NAME=" in word for word in words):
        apply(pack, changes)


@pytest.mark.parametrize("page", ALL, ids=_names(ALL))
def test_commands_can_be_typed(page, inputs):
    for line in filter(_is_example, _typed(page)):
        words = shlex.split(line.replace("\\", "/"))
        if words[0] == "workbench":
            _try(words[1:], inputs)
        elif words[1] == "start.py":
            assert words[2:3] in ([], ["test"], ["lab"], ["wheels"], ["--wheels"]), line
        elif words[1] == "-m":
            assert importlib.util.find_spec(words[2]) is not None, line
        else:
            raise AssertionError(f"{page.name}: {line}")


def test_the_scenario_file_can_be_used(tmp_path, inputs):
    (told,) = re.findall(r"```text\n(\[set\]\n.*?)```", _text(DOCS / "cli.md"), re.S)
    file = tmp_path / "mine.toml"
    file.write_text(told, encoding="utf-8")
    changes = scenario(inputs, file)
    assert len(changes.values) == 3
    apply(inputs, changes)


def test_every_command_and_question_option_is_explained():
    text = _text(DOCS / "cli.md")
    for name, command in COMMANDS.items():
        assert re.search(rf"`{name}\b", text), name
        for flag in command.flags:
            assert flag.name in text, flag.name


def test_the_two_commands_come_first():
    for page in ROOT_PAGES[:2]:
        assert re.search(r"^python3 start\.py  .*\npython3 start\.py test  ", _text(page), re.M)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s─>]", "", text)


@cache
def _printed(command: str) -> str:
    """What a command prints, without white space and rules."""
    out = StringIO()
    with redirect_stdout(out):
        assert main(shlex.split(command)[1:]) == 0, command
    return _squeezed(out.getvalue())


def _quoted(page: Path):
    for block in re.findall(r"```text\n(\$ .*?)```", _text(page), re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, told = part.split("\n", 1)
            for paragraph in re.split(r"\n\s*\n", told.strip()):
                yield command, paragraph


@pytest.mark.parametrize("page", ROOT_PAGES[:2], ids=_names(ROOT_PAGES[:2]))
def test_output_shown_on_the_first_page_is_what_the_program_prints(page):
    quoted = list(_quoted(page))
    assert len(quoted) >= 5
    for command, paragraph in quoted:
        assert _squeezed(paragraph) in _printed(command), (command, paragraph)


def test_the_number_of_checks_is_told_right():
    (number,) = re.findall(r"All(\d+)checks", _printed("workbench verify --lang en"))
    for page in ALL:
        told = re.findall(r"(\d+) checks of this|(\d+) 项检验", _text(page))
        assert {one or other for one, other in told} <= {number}, page.name


@pytest.mark.parametrize(("name", "language"), [("manager.md", "en"), ("manager.zh.md", "zh")])
def test_the_managers_sentences_and_table_are_the_programs(name, language):
    text = _text(DOCS / name)
    run = _printed(f"workbench run --lang {language}")
    sentences = re.findall(r"(?:^>.*\n)+", text, re.M)
    assert sentences
    for paragraph in re.split(r"^>\s*$", sentences[0], flags=re.M):
        assert _squeezed(paragraph) in run, paragraph
    price = _printed(f"workbench price --lang {language}")
    rows = re.findall(
        r"^\| \S.*?\| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.–]+ ?%) \|", text, re.M
    )
    assert len(rows) == 6
    for row in rows:
        assert _squeezed("".join(row)) in price, row


def test_the_table_of_the_model_is_the_reference(reference):
    text = _text(DOCS / "model.md").split("## 11.")[1]
    rows = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and re.match(r"[\d,.]+", cells[1]):
            rows[cells[0]] = [float(re.sub(r"[,% ]", "", cell)) for cell in cells[1:]]
    names = {
        "enrolments": "enrolments", "beneficiaries, mean": "beneficiaries", "paid, mean": "mean",
        "sd": "sd", "VaR 75": "quantile 0.75", "VaR 95": "quantile 0.95",
        "VaR 99.5": "quantile 0.995", "TVaR 99.5": "tail mean 0.995",
        "sd, individual form": "sd individual",
    }  # fmt: skip
    known = {row["figure"]: row for row in reference("model_table.csv")}
    for told, figure in names.items():
        columns = ("P1", "P2", "P3", "P4", "P5", "total")
        assert rows[told] == [float(known[figure][column]) for column in columns], told


# --- words ----------------------------------------------------------------------------------

_UNWANTED = re.compile(
    r"://|/root/|/home/|/work/|/opt/|/tmp/|[A-Z]:\\\\|\bpypi\b|\bconda-forge\b|\bshared/|TODO|FIXME",
    re.I,
)


@pytest.mark.parametrize("name", _names(ALL))
def test_pages_hold_no_address_no_path_of_a_machine_and_are_short(name):
    page = ROOT / name if (ROOT / name) in ROOT_PAGES else DOCS / name
    found = _UNWANTED.search(_text(page))
    assert found is None, found
    assert _text(page).count("\n") <= LONGEST_PAGE
    assert all(len(line) <= 400 for line in _text(page).splitlines()), "a line of over 400 signs"
