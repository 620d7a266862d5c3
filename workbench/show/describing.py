"""What everything means: names of `--set`, scenarios, figures, files.

Floor 9. The document holds both languages, because it does not depend on the reader's.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.names import AllowedName, allowed_names
from workbench.questions.documents import finite
from workbench.questions.table import Column, Named, Table, Word
from workbench.schema import FILES
from workbench.show.numbers import number
from workbench.show.words import LANGUAGES, read_catalogue, words
from workbench.textfile import shown

__all__ = [
    "Entry",
    "describe_document",
    "describe_report",
    "describe_tables",
    "named_entries",
]

KINDS = ("names", "scenarios", "fixed", "figures", "files")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that can be described.

    `meaning` and `moves` are keys of the catalogue; a scenario has its own `title` in their place,
    and its `changes`.
    """

    kind: str
    name: str
    meaning: str = ""
    title: Named | None = None
    changes: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    low: float | None = None
    high: float | None = None
    current: float | None = None
    whole: bool = False
    moves: str = ""
    moves_nothing: bool = False
    state: str = ""
    source: str = ""


def _changeable(inputs: Inputs, allowed: AllowedName) -> Entry:
    """Entry of a name that `--set` takes."""
    belief = inputs.assumptions.beliefs.get(allowed.name)
    source, state = (belief.provenance, belief.state) if belief else ("", "")
    if allowed.name.startswith("plans."):
        source = inputs.plan(allowed.name.split(".")[1]).provenance
    return Entry(
        kind="names",
        name=allowed.name,
        meaning=allowed.meaning,
        unit=allowed.unit,
        low=allowed.low,
        high=allowed.high,
        current=allowed.current,
        whole=allowed.whole,
        moves=allowed.moves,
        moves_nothing=allowed.moves_nothing,
        state=state,
        source=source,
    )


def _entries(inputs: Inputs) -> list[Entry]:
    entries = [_changeable(inputs, allowed) for allowed in allowed_names(inputs)]
    for scenario in inputs.scenarios:
        title = Named(zh=scenario.name_zh, en=scenario.name_en)
        entries.append(
            Entry(kind="scenarios", name=scenario.code, title=title, changes=scenario.changes)
        )
    known = {entry.name for entry in entries}
    for belief in inputs.assumptions.beliefs.values():
        if belief.name not in known:
            entries.append(
                Entry(
                    kind="fixed",
                    name=belief.name,
                    meaning=f"name.{belief.name.split('.')[0]}",
                    unit=belief.unit,
                    current=belief.value,
                    state=belief.state,
                    source=belief.provenance,
                )
            )
    for key in read_catalogue("words.csv"):
        if key.startswith("figure."):
            entries.append(Entry(kind="figures", name=key.removeprefix("figure."), meaning=key))
    for file in FILES:
        stem = file.name.removesuffix(".csv")
        entries.append(Entry(kind="files", name=file.name, meaning=f"file.{stem}"))
    return entries


def named_entries(inputs: Inputs, name: str | None) -> tuple[Entry, ...]:
    """Return every entry, or the one of this name.

    Raises
    ------
    InputRefused
        `unknown-name` with the nearest names.
    """
    entries = _entries(inputs)
    if name is None:
        return tuple(entries)
    chosen = tuple(entry for entry in entries if entry.name == name)
    if not chosen:
        names = [entry.name for entry in entries]
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names[:3]
        raise refuse("unknown-name", value=shown(name), nearest=near)
    return chosen


def _in_languages(key: str) -> dict[str, str]:
    return {language: words(language)(key) for language in LANGUAGES}


def _meaning(entry: Entry, language: str) -> str:
    if entry.title is not None:
        return entry.title.zh if language == "zh" else entry.title.en
    return words(language)(entry.meaning)


def _entry_document(entry: Entry) -> dict[str, Any]:
    meaning = {language: _meaning(entry, language) for language in LANGUAGES}
    document: dict[str, Any] = {"name": entry.name, "meaning": meaning}
    if entry.kind == "scenarios":
        document["set"] = [f"{name}={value}" for name, value in entry.changes]
    if entry.kind == "names":
        document |= {
            "unit": entry.unit,
            "low": finite(entry.low),
            "high": finite(entry.high),
            "current": finite(entry.current),
            "whole": entry.whole,
            "moves": _in_languages(entry.moves),
            "moves_nothing": entry.moves_nothing,
        }
    if entry.kind == "fixed":
        document |= {"unit": entry.unit, "current": finite(entry.current)}
    if entry.kind in ("names", "fixed"):
        document |= {"state": entry.state, "source": entry.source}
    if entry.kind == "files":
        document["columns"] = _columns(entry.name)
    return document


def _columns(file_name: str) -> list[dict[str, Any]]:
    """Return the columns of a file with type, unit, range and meaning."""
    file = next(file for file in FILES if file.name == file_name)
    stem = file.name.removesuffix(".csv")
    return [
        {
            "name": column.name,
            "kind": column.kind,
            "unit": column.unit,
            "low": finite(column.low),
            "high": finite(column.high),
            "meaning": _in_languages(f"column.{stem}.{column.name}"),
        }
        for column in file.columns
    ]


def describe_document(entries: Sequence[Entry], *, whole: bool) -> dict[str, Any]:
    """Return the JSON document of `describe`; a part without an entry is left out."""
    document: dict[str, Any] = {"schema": "workbench.describe/1"}
    for kind in KINDS:
        chosen = [_entry_document(entry) for entry in entries if entry.kind == kind]
        if chosen or whole:
            document[kind] = chosen
    return document


def describe_tables(entries: Iterable[Entry], language: str) -> tuple[Table, ...]:
    """Return the names of `--set` as a table, units and meanings in a language."""
    rows = tuple(
        (
            entry.name,
            entry.current,
            _unit(entry.unit, language),
            entry.low,
            entry.high,
            Word(entry.meaning),
            Word(entry.moves),
            entry.source,
        )
        for entry in entries
        if entry.kind == "names"
    )
    columns = (
        Column(key="name"),
        Column(key="value", kind="number"),
        Column(key="unit"),
        Column(key="least", kind="number"),
        Column(key="most", kind="number"),
        Column(key="meaning", kind="word"),
        Column(key="moves", kind="word"),
        Column(key="source"),
    )
    return (Table(name="names", columns=columns, rows=rows),)


def _unit(unit: str, language: str) -> str:
    """Return a unit in words; the data write units in English."""
    key, say = f"unit.{unit}", words(language)
    return say(key) if key in say else unit


def _head_line(entry: Entry, language: str) -> str:
    parts = [entry.name]
    if entry.current is not None:
        parts += [number(entry.current), _unit(entry.unit, language)]
    if entry.low is not None:
        low, high = number(entry.low), number(entry.high)
        parts.append(words(language)("describe.range", low=low, high=high))
    return "  ".join(parts)


def describe_report(entries: Sequence[Entry], language: str, *, whole: bool) -> str:
    """Return the entries as text; a single one with what it moves, its source and its columns."""
    say = words(language)
    lines: list[str] = []
    for kind in KINDS:
        chosen = [entry for entry in entries if entry.kind == kind]
        if chosen and whole:
            lines += ["", say(f"describe.{kind}"), ""]
        for entry in chosen:
            lines += [_head_line(entry, language), f"    {_meaning(entry, language)}"]
            if not whole:
                lines += _details(entry, language)
    return "\n".join(lines).strip("\n") + "\n"


def _details(entry: Entry, language: str) -> list[str]:
    say = words(language)
    lines = []
    if entry.moves:
        lines.append(say("describe.moves", text=say(entry.moves)))
    if entry.state:
        lines.append(say("describe.state", text=say(f"state.{entry.state}")))
    if entry.source:
        lines.append(say("describe.source", text=entry.source))
    lines += [f"--set {name}={value}" for name, value in entry.changes]
    if entry.kind == "files":
        for column in _columns(entry.name):
            lines.append(f"{column['name']}  {column['meaning'][language]}")
    return [f"    {line}" for line in lines]
