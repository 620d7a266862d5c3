"""Rules of the files with named numbers: every name once, its unit, its range, its limits.

Floor 2, inside `pack`.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.pack.faults import FaultList
from workbench.pack.rows import Row, Table
from workbench.pack.tables import nearest
from workbench.schema import BELIEFS, SEVERITY_ROWS, belief_names

__all__ = ["check_beliefs"]

# Columns that hold value, low and high of one belief.
_PLAIN = ("value", "low", "high")
_MEAN = ("mean", "low", "high")
_CV = ("cv", "cv_low", "cv_high")

_SEVERITY = "severity.csv"


def check_beliefs(table: Table, faults: FaultList) -> None:
    """Note what is wrong in one of the four files of beliefs."""
    for row in _known_rows(table, faults):
        before = faults.count
        _fixed_cells(row, faults)
        for name, columns in _parts(row):
            _limits(row, name, columns, faults)
            if faults.count == before:
                _range(row, columns, faults)


def _known_rows(table: Table, faults: FaultList) -> list[Row]:
    """Note unknown and missing names; return the rows that are known."""
    file = table.file
    wanted: list[tuple] = [(name,) for name in belief_names(file.name)]
    if file.name == _SEVERITY:
        wanted = list(SEVERITY_ROWS)
    words = [" ".join(key).strip() for key in wanted]
    known: dict[tuple, Row] = {}
    for row in table:
        key = tuple(row[name] or "" for name in file.key)
        if key in wanted:
            known.setdefault(key, row)
            continue
        told = " ".join(key).strip()
        near = nearest(told, words) or ", ".join(words)
        faults.cell("name-unknown", row, "name", value=told, nearest=near)
    for key, told in zip(wanted, words, strict=True):
        if table.whole and key not in known:
            faults.add("row-missing", file=file.name, column=", ".join(file.key), value=told)
    return list(known.values())


def _fixed_cells(row: Row, faults: FaultList) -> None:
    """Note a unit or law that is not written as the schema has it."""
    if row.file != _SEVERITY:
        right = {"unit": BELIEFS[row["name"]].unit}
    else:
        law, unit, _, cv = SEVERITY_ROWS[row["name"], row["age_band"] or ""]
        right = {"law": law, "unit": unit}
        if cv and row["cv"] is None:
            faults.cell("cell-blank", row, "cv")
        # The law without a CV of its own is exponential (or a constant): CV 1 or blank.
        if not cv and row["cv"] not in (None, 1.0):
            faults.cell("cell-fixed", row, "cv", allowed="1")
    for column, text in right.items():
        if row[column] != text:
            faults.cell("cell-fixed", row, column, allowed=text)


def _parts(row: Row) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Yield the beliefs of a row with the columns of value, low and high."""
    if row.file != _SEVERITY:
        yield row["name"], _PLAIN
        return
    mean, cv = SEVERITY_ROWS[row["name"], row["age_band"] or ""][2:]
    yield mean, _MEAN
    if cv:
        yield cv, _CV


def _limits(row: Row, name: str, columns: tuple[str, str, str], faults: FaultList) -> None:
    """Note value, low or high outside what can be."""
    limits = BELIEFS[name]
    for column in columns:
        number = row[column]
        if number is not None and not limits.least <= number <= limits.most:
            told = f"[{limits.least:.15g}, {limits.most:.15g}]"
            faults.cell("cell-out-of-range", row, column, allowed=told)


def _range(row: Row, columns: tuple[str, str, str], faults: FaultList) -> None:
    """Note a range with one end, ends in the wrong order, or a value (or mode) outside it."""
    value, low, high = columns
    if (row[low] is None) != (row[high] is None):
        faults.cell("range-half-given", row, f"{low}, {high}")
        return
    if row[low] is None:
        return
    if row[low] > row[high]:
        faults.cell("range-upside-down", row, low, allowed=row.texts[high])
        return
    for column in (value, "mode"):
        number = row.cells.get(column)
        if number is not None and not row[low] <= number <= row[high]:
            told = f"[{row.texts[low]}, {row.texts[high]}]"
            faults.cell("value-outside-own-range", row, column, allowed=told)
