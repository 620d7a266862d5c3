"""One CSV file becomes a table of typed cells, each checked against its column.

Floor 2, inside `pack`. Rows are counted as a spreadsheet counts them: the header is row 1.
"""

from __future__ import annotations

import csv
import difflib
import re
from io import StringIO
from pathlib import Path
from typing import Any

from workbench.guard import InputRefused
from workbench.pack.faults import FaultList
from workbench.pack.rows import Row, Table
from workbench.schema import Column, File, read_number
from workbench.textfile import bad_sign, read_text, shown

__all__ = ["MOST_ROWS", "nearest", "read_table", "table_of"]

MOST_ROWS = 100_000
_MOST_TEXT = 2_000
# Signs that are plainly sound, so that most cells need no closer look.
_UNUSUAL = re.compile(r"[^\x20-%'-;=-~\u00a1-\u05ff\u3000-\ud7ff]")


def nearest(name: str, known: list[str]) -> str:
    """Return up to three known names that look like `name`, joined by commas."""
    return ", ".join(difflib.get_close_matches(name, known, n=3, cutoff=0.5))


def _records(file: File, text: str, faults: FaultList) -> list[list[str]] | None:
    """Split the text into records; None where it is not a CSV file."""
    records: list[list[str]] = []
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        for record in reader:
            records.append(record)
            if len(records) > MOST_ROWS + 1:
                faults.add("too-many-rows", file=file.name, allowed=MOST_ROWS)
                return None
    except csv.Error:
        faults.add("csv-broken", file=file.name, row=reader.line_num)
        return None
    while records and not records[-1]:
        records.pop()
    return records


def _header(file: File, header: list[str], faults: FaultList) -> bool:
    """Check the names of the columns; return whether the rows can be read."""
    before = faults.count
    known = [column.name for column in file.columns]
    for name in dict.fromkeys(header):
        if name not in known:
            near = nearest(name, known) or ", ".join(known)
            faults.add("column-unknown", file=file.name, row=1, column=shown(name), nearest=near)
        elif header.count(name) > 1:
            faults.add("column-doubled", file=file.name, row=1, column=name)
    for column in file.columns:
        if column.required and column.name not in header:
            faults.add("column-missing", file=file.name, row=1, column=column.name)
    return faults.count == before


def _text_fault(column: Column, text: str) -> tuple[str, str] | None:
    """Return the key and the allowed values of what is wrong with a cell of text, if anything."""
    if len(text) > _MOST_TEXT:
        return "cell-too-long", str(_MOST_TEXT)
    if column.codes and text not in column.codes:
        return "cell-code-unknown", ", ".join(column.codes)
    if column.pattern and not re.fullmatch(column.pattern, text):
        return "cell-code-form", column.pattern
    return None


def _number_fault(column: Column, number: float | str) -> tuple[str, str] | None:
    """Return the key and the allowed range of what is wrong with a number, if anything."""
    key = ""
    if isinstance(number, str):
        key = number
    elif column.kind == "whole" and not number.is_integer():
        key = "number-not-whole"
    elif not column.holds(number):
        key = "cell-out-of-range"
    return (key, column.allowed) if key else None


def _cell(column: Column, text: str) -> tuple[Any, tuple[str, str] | None]:
    """Return the typed cell and its fault (key, allowed), if any."""
    if not text.strip():
        return None, None if column.blank and not text else ("cell-blank", "")
    sign = bad_sign(text) if _UNUSUAL.search(text) or "锟斤拷" in text else ""
    if sign:
        return None, (sign, "")
    if not column.numeric:
        return text, _text_fault(column, text)
    number = read_number(text)
    fault = _number_fault(column, number)
    if fault or isinstance(number, str):
        return None, fault
    return (int(number) if column.kind == "whole" else number), None


def _row(
    file: str, columns: list[Column], record: list[str], *, number: int, faults: FaultList
) -> Row | None:
    """Return the typed row, or None with its faults noted."""
    if len(record) != len(columns):
        key = "row-too-short" if len(record) < len(columns) else "row-too-long"
        faults.add(key, file=file, row=number, value=len(record), allowed=len(columns))
        return None
    before = faults.count
    cells: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for column, text in zip(columns, record, strict=True):
        texts[column.name] = text
        cells[column.name], fault = _cell(column, text)
        if fault:
            key, allowed = fault
            where = {"row": number, "column": column.name, "value": text}
            faults.add(key, file=file, allowed=allowed, **where)
    return Row(file, number, cells, texts) if faults.count == before else None


def _doubled(file: File, rows: list[Row], faults: FaultList) -> None:
    """Note rows that have the key of an earlier row."""
    first: dict[tuple, int] = {}
    for row in rows:
        key = tuple(row.cells.get(name) for name in file.key)
        other = first.setdefault(key, row.number)
        if file.key and other != row.number:
            told = ", ".join("" if part is None else str(part) for part in key)
            faults.add(
                "row-doubled",
                file=file.name,
                row=row.number,
                column=", ".join(file.key),
                value=told,
                other=other,
            )


def read_table(folder: Path, file: File, faults: FaultList) -> Table:
    """Read one file of a pack; what is wrong with it is noted in `faults`."""
    try:
        text = read_text(folder / file.name)
    except InputRefused as refusal:
        for fault in refusal.faults:
            faults.take(fault)
        return Table(file)
    return table_of(file, text, faults)


def table_of(file: File, text: str, faults: FaultList) -> Table:
    """Return the table that a CSV text writes; what is wrong with it is noted in `faults`."""
    before = faults.count
    records = _records(file, text, faults)
    if not records or not _header(file, records[0], faults):
        return Table(file)
    if len(records) == 1:
        faults.add("file-header-only", file=file.name)
    columns = [file.column(name) for name in records[0]]
    rows = [
        row
        for number, record in enumerate(records[1:], start=2)
        if (row := _row(file.name, columns, record, number=number, faults=faults))
    ]
    _doubled(file, rows, faults)
    return Table(file, tuple(rows), faults.count == before, tuple(records[0]))
