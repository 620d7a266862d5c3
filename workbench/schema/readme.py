"""Writes data/README.md, in Chinese and English, from the schema.

Floor 1, inside `schema`. The words are rows of `workbench/locale/columns.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO

from workbench.resources import read_builtin_text
from workbench.schema.beliefs import BELIEFS, STATES
from workbench.schema.columns import Column, File
from workbench.schema.files import FILES, FORM_TERMS

__all__ = ["meanings", "readme_text"]

Words = Mapping[str, Mapping[str, str]]


def meanings() -> Words:
    """Return the meaning of files, columns, names, units and states: key → language → text."""
    rows = csv.DictReader(StringIO(read_builtin_text("locale", "columns.csv")))
    return {row["key"]: {"zh": row["zh"], "en": row["en"]} for row in rows}


def _both(words: Words, key: str) -> str:
    """Return the Chinese and the English text of a key, separated by a slash."""
    found = words[key]
    return f"{found['zh']} / {found['en']}"


def _table(header: list[str], rows: Iterator[list[str]]) -> Iterator[str]:
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
    yield ""


def _column(words: Words, file: File, column: Column) -> list[str]:
    key = f"column.{file.name.removesuffix('.csv')}.{column.name}"
    unit = words[f"unit.{column.unit}"] if column.unit else {"zh": "", "en": ""}
    notes = []
    if column.blank:
        notes.append(_both(words, "readme.blank"))
    if not column.required:
        notes.append(_both(words, "readme.optional"))
    allowed = "; ".join(filter(None, [column.allowed, *notes]))
    kind = words[f"kind.{column.kind}"]
    told = " ".join(filter(None, [kind["zh"], unit["zh"]]))
    return [f"`{column.name}`", told, allowed, words[key]["zh"], words[key]["en"]]


def _file(words: Words, file: File) -> Iterator[str]:
    yield f"## `{file.name}`"
    yield ""
    key = f"file.{file.name.removesuffix('.csv')}"
    yield words[key]["zh"] + "。  "
    yield words[key]["en"] + "."
    yield ""
    if file.key:
        keys = ", ".join(f"`{name}`" for name in file.key)
        yield f"{_both(words, 'readme.key')}: {keys}"
        yield ""
    names = ("column", "kind", "allowed", "meaning_zh", "meaning_en")
    header = [_both(words, f"readme.{name}") for name in names]
    yield from _table(header, (_column(words, file, column) for column in file.columns))


def _contents(words: Words) -> Iterator[str]:
    header = [_both(words, "readme.file"), _both(words, "readme.use"), ""]

    def rows() -> Iterator[list[str]]:
        for file in FILES:
            use = _both(words, f"file.{file.name.removesuffix('.csv')}")
            note = _both(words, "readme.reference") if file.reference else ""
            note = _both(words, "readme.optional_file") if file.optional else note
            yield [f"`{file.name}`", use, note]

    yield from _table(header, rows())


def _states(words: Words) -> Iterator[str]:
    yield f"## {_both(words, 'readme.states')}"
    yield ""
    for state in STATES:
        yield f"- `{state}`: {_both(words, f'state.{state}')}"
    yield ""


def _names(words: Words) -> Iterator[str]:
    yield f"## {_both(words, 'readme.names')}"
    yield ""
    yield from _paragraph(words, "names_what")
    header = ["`name`", "`unit`", _both(words, "readme.allowed")]
    header += [_both(words, f"readme.{name}") for name in ("meaning_zh", "meaning_en")]

    def rows() -> Iterator[list[str]]:
        for row in BELIEFS.values():
            told = words[f"name.{row.name.split('.')[0]}"]
            limits = f"[{row.least:.15g}, {row.most:.15g}]"
            yield [f"`{row.name}`", row.unit, limits, told["zh"], told["en"]]

    yield from _table(header, rows())
    yield from _paragraph(words, "what_if")


def _forms(words: Words) -> Iterator[str]:
    yield f"## {_both(words, 'readme.forms')}"
    yield ""
    header = [_both(words, "readme.form"), _both(words, "readme.terms")]
    rows = (
        [f"`{form}`", ", ".join(f"`{term}`" for term in terms)]
        for form, terms in FORM_TERMS.items()
    )
    yield from _table(header, rows)


def _paragraph(words: Words, key: str) -> Iterator[str]:
    for language in ("zh", "en"):
        yield words[f"readme.{key}"][language]
        yield ""


def readme_text() -> str:
    """Return the text of data/README.md: files, columns, states, names, provenance policy."""
    words = meanings()
    lines = [f"# {_both(words, 'readme.title')}", ""]
    for key in ("what", "format", "provenance"):
        lines.extend(_paragraph(words, key))
    lines.extend(_contents(words))
    lines.extend(_states(words))
    for file in FILES:
        lines.extend(_file(words, file))
    lines.extend(_forms(words))
    lines.extend(_names(words))
    lines.extend(_paragraph(words, "made"))
    return "\n".join(lines).rstrip() + "\n"
