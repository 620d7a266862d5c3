"""Reads a pack: every file, every cell, every rule, and only then the nouns.

Floor 2, inside `pack`.
"""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path

from workbench.consistency import loading_faults, rate_faults
from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.pack.building import build
from workbench.pack.checks import check_tables
from workbench.pack.faults import FaultList
from workbench.pack.rows import Table
from workbench.pack.scenarios import check_scenarios
from workbench.pack.splits import check_splits
from workbench.pack.tables import nearest, read_table
from workbench.resources import builtin
from workbench.schema import FILES, File
from workbench.textfile import shown, shown_path

__all__ = ["read_pack", "read_tables"]

# Rates, beliefs and members can be set against one another only where these files are sound.
_CORE = {
    "plans.csv",
    "bundles.csv",
    "members_mix.csv",
    "incidence_by_age_sex.csv",
    "parameters.csv",
    "severity.csv",
    "economics.csv",
    "participation.csv",
}


def _folder(folder: Path | None) -> Path:
    """Return the folder of the pack, the built-in one for None."""
    path = builtin("data") if folder is None else Path(folder)
    try:
        found = path.is_dir()
    except (OSError, ValueError):
        found = False
    if not found:
        raise refuse("folder-missing", value=shown_path(path))
    return path


def _unknown_files(folder: Path, faults: FaultList) -> None:
    """Note CSV files that no pack has: a misspelt name would otherwise go unread."""
    known = [file.name for file in FILES]
    try:
        present = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        raise refuse("folder-missing", value=shown_path(folder)) from None
    for name in present:
        if name.lower().endswith(".csv") and name not in known and not name.startswith((".", "~")):
            near = nearest(name, known) or ", ".join(known)
            faults.add("file-unknown", file=shown(name), nearest=near)


def read_tables(folder: Path, faults: FaultList) -> dict[str, Table]:
    """Return the tables of every file by file name; of the built-in pack where one may lack it."""
    return {file.name: read_table(_home(folder, file), file, faults) for file in FILES}


def _home(folder: Path, file: File) -> Path:
    """Return the folder that holds a file: packs of earlier drafts lack the optional ones."""
    lacks = file.optional and not os.path.lexists(folder / file.name)
    return builtin("data") if lacks else folder


def read_pack(folder: Path | None = None) -> Inputs:
    """Return the checked pack of a folder; None is the built-in pack.

    Parameters
    ----------
    folder
        Folder with the CSV files that data/README.md describes; UTF-8 with or without BOM, or
        GB18030.

    Raises
    ------
    InputRefused
        With every fault found (at most 200 listed), each naming file, row, column, value and what
        is allowed. Files that no figure depends on are checked too.
    """
    path = _folder(folder)
    faults = FaultList()
    _unknown_files(path, faults)
    tables = read_tables(path, faults)
    borrowed = frozenset(file.name for file in FILES if _home(path, file) != path)
    check_tables(tables, faults, borrowed)
    if not faults.files & _CORE:
        inputs = build(tables, without=frozenset(faults.files))
        for fault in chain(rate_faults(inputs), loading_faults(inputs)):
            faults.take(fault)
        if "scenarios.csv" not in faults.files:
            check_scenarios(inputs, tables["scenarios.csv"], faults)
        if "enrolment_splits.csv" not in faults.files:
            check_splits(inputs, tables["enrolment_splits.csv"], faults)
    faults.raise_if_any()
    return inputs
