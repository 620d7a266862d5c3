"""Where changes come from: the command line, the scenarios of the pack, a TOML file.

Floor 2, inside `changes`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.changes.noun import Changes
from workbench.guard import Fault, InputRefused, refuse
from workbench.inputs import Inputs, Scenario
from workbench.names import checked_value
from workbench.schema import read_number
from workbench.textfile import bad_sign, read_text, shown

__all__ = ["parse_set", "parts_to_come", "scenario", "with_own_scenario"]

PARTS_TO_COME = {"deferral": "workbench fund"}
"""Scenarios that reach beyond the year → the command where their rest belongs."""

_TOML_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


def _value(text: str) -> float | str:
    """Return a number where the text is one; other text waits for `apply` to judge."""
    number = read_number(text)
    return text if isinstance(number, str) else number


def parse_set(texts: Sequence[str]) -> Changes:
    """Return the changes of `--set NAME=VALUE` options.

    Raises
    ------
    InputRefused
        `change-form` where there is no name or no `=`, `change-twice` where two options give one
        name different values. Names and ranges are judged by `apply`.
    """
    values: dict[str, float | str] = {}
    faults = []
    for text in texts:
        name, equals, right = str(text).partition("=")
        name, right = name.strip(), right.strip()
        if not equals or not name or not right:
            faults.append(Fault("change-form", {"value": shown(text)}))
            continue
        value = _value(right)
        if values.get(name, value) != value:
            faults.append(Fault("change-twice", {"name": shown(name), "value": shown(right)}))
        values[name] = value
    if faults:
        raise InputRefused(faults)
    return Changes(values)


def scenario(inputs: Inputs, name: str | Path) -> Changes:
    """Return the changes of a scenario of the pack, or of a TOML file with a table `[set]`.

    Raises
    ------
    InputRefused
        `scenario-unknown` with the nearest names, or what is wrong in the file (file and name).
    """
    text = str(name)
    for known in inputs.scenarios:
        if known.code == text:
            return Changes({change: _value(value) for change, value in known.changes})
    if text.lower().endswith(".toml"):
        return _from_file(inputs, Path(text))
    codes = [known.code for known in inputs.scenarios]
    near = difflib.get_close_matches(text, codes, n=3, cutoff=0.4) or codes
    raise refuse("scenario-unknown", value=shown(text), nearest=", ".join(near))


def with_own_scenario(inputs: Inputs, file: Path) -> Inputs:
    """Return the pack with the scenario of a TOML file as its last one, called by the file's name.

    A page offers it among its scenarios; `--scenario FILE.toml` asks the same.

    Raises
    ------
    InputRefused
        What is wrong in the file.
    """
    changes = _from_file(inputs, file)
    rows = tuple((name, str(value)) for name, value in changes.values.items())
    code = file.name
    own = Scenario(code=code, name_zh=file.stem, name_en=file.stem, changes=rows)
    others = tuple(one for one in inputs.scenarios if one.code != code)
    return replace(inputs, scenarios=(*others, own))


def parts_to_come(name: str | None) -> tuple[Fault, ...]:
    """Return the warning that a scenario reaches beyond the year that is shown, or nothing."""
    if name not in PARTS_TO_COME:
        return ()
    return (Fault("scenario-part-later", {"name": name, "value": PARTS_TO_COME[name]}),)


def _from_file(inputs: Inputs, path: Path) -> Changes:
    """Return the changes of a TOML file, each checked against the pack."""
    file = shown(path.name)
    tables = _toml(read_text(path), file)
    unknown = [key for key in tables if key != "set"]
    if unknown or not isinstance(tables.get("set"), dict):
        told = shown(", ".join(unknown)) if unknown else "-"
        raise refuse("scenario-file-table", file=file, value=told, allowed="[set]")
    values: dict[str, float | str] = {}
    faults = []
    for name, value in _flat(tables["set"]):
        checked = checked_value(inputs, name, value)
        if isinstance(checked, Fault):
            faults.append(Fault("scenario-file-value", {"file": file, "name": shown(name)}))
            faults.append(checked)
        else:
            values[name] = checked
    if faults:
        raise InputRefused(faults)
    return Changes(values)


def _toml(text: str, file: str) -> dict[str, Any]:
    """Return the tables of a TOML text, refusing hidden signs and broken notation."""
    for row, line in enumerate(text.splitlines(), start=1):
        # TOML allows tabs between words.
        if bad_sign(line.replace("\t", " ")):
            raise refuse("scenario-file-sign", file=file, row=row)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _TOML_LINE.search(str(error))
        row_text, column = found.groups() if found else ("-", "-")
        raise refuse("scenario-file-broken", file=file, row=row_text, column=column) from None


def _flat(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (name, value); dotted names of TOML are nested tables."""
    for key, value in table.items():
        name = f"{above}.{key}" if above else key
        if isinstance(value, dict):
            yield from _flat(value, name)
        else:
            yield name, value
