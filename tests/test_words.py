"""The catalogue: every key in both languages, every key used, the same parts in both."""

from __future__ import annotations

import ast
import csv
import json
import re
import string
from pathlib import Path

import pytest

from workbench.guard import Fault
from workbench.names import allowed_names
from workbench.questions import QUESTIONS, Table, Word, ask, tables
from workbench.show.numbers import probability_words
from workbench.show.tables import csv_text, html, text
from workbench.show.words import (
    fault_entries,
    fault_text,
    plan_name,
    read_catalogue,
    short_name,
    words,
)

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "workbench" / "locale"
FILES = ("words.csv", "app.csv", "columns.csv", "start.csv")
SOURCES = [
    *sorted((ROOT / "workbench").rglob("*.py")),
    *sorted((ROOT / "workbench").rglob("*.js")),
    *sorted((ROOT / "workbench").rglob("*.html")),
    *sorted((ROOT / "notebooks").glob("*.ipynb")),
]
CATALOGUE = read_catalogue("words.csv")


def rows(name):
    with (LOCALE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parts_of(message):
    return sorted({name for _, name, _, _ in string.Formatter().parse(message) if name})


def literals_and_patterns():
    """Strings of the sources, and the patterns of their f-strings."""
    literals, patterns = set(), set()
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = json.loads(source)["cells"]
            source = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        if path.suffix in (".js", ".html"):
            literals.update(re.findall(r"[\"']([\w.]+)[\"']", source))
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literals.add(node.value)
            if isinstance(node, ast.JoinedStr):
                patterns.add(
                    "".join(
                        re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.]*"
                        for part in node.values
                    )
                )
    own = {pattern for pattern in patterns if re.match(r"[a-z]+\\\.", pattern)}
    stems = {pattern for pattern in patterns if re.match(r"[a-z]{3,}_\[", pattern)}
    return literals, own, stems


LITERALS, PATTERNS, STEMS = literals_and_patterns()


@pytest.mark.parametrize("name", FILES)
def test_every_key_once_and_in_both_languages(name):
    found = rows(name)
    keys = [row["key"] for row in found]
    assert len(keys) == len(set(keys))
    for row in found:
        assert row["zh"].strip() == row["zh"] != "", row
        assert row["en"].strip() != "", row
        assert parts_of(row["zh"]) == parts_of(row["en"]), row["key"]


def test_the_catalogue_is_sorted_and_no_key_stands_in_two_files():
    keys = [row["key"] for row in rows("words.csv")]
    assert keys == sorted(keys)
    everywhere = [row["key"] for name in FILES[:3] for row in rows(name)]
    assert len(everywhere) == len(set(everywhere))


def test_every_key_is_used():
    unused = [
        key
        for key in CATALOGUE
        if key not in LITERALS and not any(re.fullmatch(p, key) for p in PATTERNS)
    ]
    assert [key for key in unused if not key.startswith("figure.")] == []


def test_every_figure_of_a_document_is_described():
    """Each figure.NAME is the name of something in a schema, and each figure has its words."""
    told, figures = set(), set()
    for path in sorted((ROOT / "docs" / "schemas").glob("*.json")):
        _names_in(json.loads(path.read_text(encoding="utf-8")), told, figures)
    described = {
        key.removeprefix("figure.").split(".")[0] for key in CATALOGUE if key.startswith("figure.")
    }
    assert described - told == set()
    assert {name for name in figures if f"figure.{name}" not in CATALOGUE} - _INSIDE == set()


_INSIDE = {
    "0.75",
    "0.9",
    "0.95",
    "0.99",
    "0.995",
    "mean",
    "sd",
    "benefits",
    "expenses",
    "surplus",
    "premium_yuan",
}
"""Parts of a described figure: levels, parts of each hundred yuan, what a principle requires."""


def _names_in(node, told, figures):
    if isinstance(node, dict):
        for name, part in node.get("properties", {}).items():
            told.add(name)
            if isinstance(part, dict) and part.get("$ref") == "#/$defs/figure":
                figures.add(name)
        for part in node.values():
            _names_in(part, told, figures)
    if isinstance(node, list):
        for part in node:
            _names_in(part, told, figures)


def test_no_head_or_line_is_left_over():
    """Keys made by one f-string: their last part must be said somewhere."""
    for prefix in ("head.", "table.", "line.", "word.", "help.option_"):
        for key in CATALOGUE:
            if key.startswith(prefix) and key not in LITERALS:
                name = key.removeprefix(prefix)
                dashed = name.replace("_", "-")
                made = any(re.fullmatch(p, name) or _closer(p, prefix, key) for p in PATTERNS)
                made = made or any(re.fullmatch(p, name) for p in STEMS)
                said = {name, dashed, f"--{dashed}"} & LITERALS
                assert said or made or _principle(name), key


def _closer(pattern, prefix, key):
    """Whether an f-string that says more of a key than its prefix makes it."""
    whole = re.escape(prefix)
    return (
        pattern.startswith(whole)
        and pattern[len(whole) :][:1].isalpha()
        and bool(re.fullmatch(pattern, key))
    )


def _principle(name):
    return re.fullmatch(r"required_\w+_yuan", name) is not None


def test_every_key_that_is_named_exists():
    prefixes = {key.split(".")[0] for key in CATALOGUE}
    foreign = re.compile(rf"(?:{'|'.join(sorted(prefixes))})\.[a-z][a-z0-9_]*")
    known = {row["key"] for name in FILES for row in rows(name)}
    named = {one for one in LITERALS if foreign.fullmatch(one) and not one.endswith("_")}
    assert {one for one in named if one not in known and not _is_file(one)} == set()


def _is_file(name):
    endings = (".csv", ".toml", ".log", ".ipynb", ".json", ".py", ".js", ".css", ".html")
    return name.endswith(endings)


def test_an_unknown_key_or_language_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        words("zh")("no.such_key")
    with pytest.raises(ValueError, match="fr"):
        words("fr")


def test_every_table_is_shown_in_both_languages(inputs):
    for name in QUESTIONS:
        answer = ask(name, pack=inputs)
        for brief in (False, True):
            for table in tables(answer, brief=brief):
                for language in ("zh", "en"):
                    for show in (text, html, csv_text):
                        shown = show(table, language)
                        assert "head." not in shown
                        assert "None" not in shown


def test_every_name_of_set_has_its_meaning(inputs):
    for allowed in allowed_names(inputs):
        for language in ("zh", "en"):
            assert words(language)(allowed.meaning)
            assert words(language)(allowed.moves)


@pytest.mark.parametrize("step", range(0, 1001, 4))
def test_every_probability_has_words(step):
    for language in ("zh", "en"):
        assert probability_words(step / 1000, language)


def test_messages_have_codes_and_explanations():
    entries = fault_entries()
    codes = [entry.code for entry in entries.values()]
    assert len(codes) == len(set(codes))
    for entry in entries.values():
        assert re.fullmatch(r"WB-\d{3}", entry.code)
        for language in ("zh", "en"):
            assert entry.message[language]
            assert entry.explanation[language]
        assert parts_of(entry.message["zh"]) == parts_of(entry.message["en"]), entry.key


def test_every_refusal_of_the_sources_has_a_message():
    told = set()
    for path in sorted((ROOT / "workbench").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        told |= set(re.findall(r"(?:refuse|Fault)\(\s*\"([a-z0-9-]+)\"", source))
    assert len(told) > 40
    assert {code for code in told if code not in fault_entries()} == set()


def test_a_message_ends_in_its_code_whatever_its_parts_hold():
    fault = Fault("value-out-of-range", {"name": "{x}", "value": "<b>", "low": 0.1, "high": (1, 2)})
    told = fault_text(fault, "en")
    assert told.endswith("(WB-101)")
    assert "{x}" in told
    assert "1, 2" in told
    assert fault_text(Fault("value-out-of-range", {}), "zh").endswith("（WB-101）")
    assert "no-such-code" in fault_text(Fault("no-such-code", {}), "zh")


def test_names_of_plans_are_short(inputs):
    names = [plan_name(plan, "zh") for plan in inputs.plans]
    assert names == ["住院医疗", "住院津贴", "重大疾病", "特殊疾病", "意外伤害"]
    assert plan_name(inputs.plan("P3"), "en") == "Critical illness"
    assert short_name("互助保障活动") == "互助保障活动"


def test_a_word_with_parts_is_said_in_a_table():
    table = Table(name="names", columns=(), rows=())
    assert text(table, "zh").startswith(words("zh")("table.names"))
    assert Word("word.total").key in CATALOGUE
