"""Tables as an xlsx workbook: one sheet a table, numbers as numbers, texts never as formulas.

Floor 9. `xlsxwriter` is imported when a workbook is made. The same tables give the same bytes: the
file holds no clock.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from workbench.questions.table import Table
from workbench.show.tables import file_heads, file_rows, title, width

__all__ = ["xlsx_bytes"]

_FORMATS = {
    "money": "#,##0",
    "yuan": "#,##0",
    "price": "#,##0.00",
    "count": "#,##0",
    "percent": "0.0%",
    "probability": "0.0000%",
    "hundred": "0.0000",
    "ratio": "0.0000",
    "number": "General",
}
_NO_CLOCK = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_SHEET_NAME = 31
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def xlsx_bytes(tables: Iterable[Table], language: str) -> bytes:
    """Return tables as the bytes of a workbook."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    book.set_properties({"created": _NO_CLOCK, "title": "workbench"})
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
    for table in tables:
        _write(book.add_worksheet(_sheet(title(table, language))), table, language, bold, formats)
    book.close()
    return out.getvalue()


def _sheet(name: str) -> str:
    """Return a title as the name of a sheet: no sign that a spreadsheet forbids, 31 at most."""
    return "".join(sign for sign in name if sign not in "[]:*?/\\'")[:_SHEET_NAME]


def _write(sheet: Any, table: Table, language: str, bold: Any, formats: dict[str, Any]) -> None:
    heads = file_heads(table, language)
    kinds = [kind for _, kind, _ in table.flat_columns()]
    for place, label in enumerate(heads):
        sheet.write_string(0, place, label, bold)
        sheet.set_column(place, place, min(40, max(12, width(label) // 2 + 4)))
    for number, row in enumerate(file_rows(table, language), start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, place, cell)
            elif cell is not None:
                sheet.write_number(number, place, cell, formats.get(kinds[place]))
    sheet.freeze_panes(1, 0)
