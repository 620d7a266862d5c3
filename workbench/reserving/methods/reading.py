"""Reads a triangle, premiums and counts from the lines of a CSV file; every fault at once.

Floor 4, inside `reserving.methods`. A line is as the file has it: the first names the periods, each
other an origin and its cells; empty where unknown. Nothing is repaired.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from workbench.guard import Fault, InputRefused
from workbench.textfile import bad_sign, read_text, shown
from workbench.triangles import Triangle

__all__ = ["by_origin", "file_lines", "triangle_of"]

_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d+)?", re.ASCII)
LARGEST = 1e15


def file_lines(path: Path) -> list[str]:
    """Return the lines of a file that hold something (see `textfile.read_text` for refusals)."""
    return [line for line in read_text(path).splitlines() if line.strip(" ,\t")]


def _cells(lines: Sequence[str]) -> list[list[str]]:
    return [[cell.strip() for cell in row] for row in csv.reader(lines)]


def _number(text: str, row: int, column: str, faults: list[Fault]) -> float:
    """Return a cell as a number, NaN where empty or faulty."""
    if not text:
        return np.nan
    if not _NUMBER.fullmatch(text) or abs(float(text)) > LARGEST:
        told = {"row": row, "column": shown(column), "value": shown(text)}
        faults.append(Fault("triangle-cell-not-a-number", told))
        return np.nan
    return float(text)


def triangle_of(lines: Sequence[str], *, incremental: bool = False) -> Triangle:
    """Return the triangle of a file's lines.

    Parameters
    ----------
    lines
        Header (a name, then the periods) and one line an origin.
    incremental
        Whether the cells are amounts of each period alone.

    Raises
    ------
    InputRefused
        `triangle-no-rows`, `triangle-row-too-long`, `triangle-origin-twice`,
        `triangle-cell-not-a-number`, `triangle-bad-name`, and what `Triangle` refuses.
    """
    rows = _cells(lines)
    if len(rows) < 2 or len(rows[0]) < 2:
        raise InputRefused([Fault("triangle-no-rows", {})])
    periods, faults = rows[0][1:], []
    cells = np.full((len(rows) - 1, len(periods)), np.nan)
    for place, row in enumerate(rows[1:]):
        if len(row) > len(periods) + 1:
            told = {"row": place + 2, "value": len(row), "allowed": len(periods) + 1}
            faults.append(Fault("triangle-row-too-long", told))
        for column, text in enumerate(row[1 : len(periods) + 1]):
            cells[place, column] = _number(text, place + 2, periods[column], faults)
    origins = [row[0] for row in rows[1:]]
    faults += [*_names(origins, 0), *_names(periods, 1)]
    if faults:
        raise InputRefused(faults)
    if incremental:
        cells = np.cumsum(cells, axis=1)
    return Triangle(origins=tuple(origins), periods=tuple(periods), cumulative=cells)


def _names(names: Sequence[str], kind: int) -> list[Fault]:
    """Faults of the names of origins (0) or periods (1)."""
    faults = []
    for place, name in enumerate(names):
        told = {"row": place + 2 if kind == 0 else 1, "value": shown(name)}
        if not name or bad_sign(name):
            faults.append(Fault("triangle-bad-name", told))
        elif name in names[:place]:
            faults.append(Fault("triangle-name-twice", told))
    return faults


def by_origin(lines: Sequence[str], triangle: Triangle, what: str) -> dict[str, np.ndarray]:
    """Return columns of a file by name, each (origins,), in the order of the triangle's origins.

    Raises
    ------
    InputRefused
        `triangle-origin-missing` for an origin without a line, and cells that are no numbers.
    """
    rows = _cells(lines)
    if len(rows) < 2 or len(rows[0]) < 2:
        raise InputRefused([Fault("triangle-no-rows", {})])
    faults: list[Fault] = []
    table = {row[0]: (place + 2, row[1:]) for place, row in enumerate(rows[1:])}
    found = {name: np.full(len(triangle.origins), np.nan) for name in rows[0][1:]}
    for place, origin in enumerate(triangle.origins):
        if origin not in table:
            faults.append(Fault("triangle-origin-missing", {"name": shown(origin), "value": what}))
            continue
        row, cells = table[origin]
        for name, text in zip(found, cells, strict=False):
            found[name][place] = _number(text, row, name, faults)
    if faults:
        raise InputRefused(faults)
    return found
