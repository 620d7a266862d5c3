"""Tables as a reader sees them: text for a terminal, HTML for a page, CSV for a file.

Floor 9. On a screen a column has one unit, and a figure only the digits that its error supports;
in a file money is in yuan, shares are 0 to 1, and every figure keeps all its digits beside its
error. How to use it::

    from workbench.show.tables import csv_text, html, text
    text(table, "zh")
"""

from __future__ import annotations

import csv
import io
import unicodedata
from html import escape

from workbench.questions.table import Cell, Column, Named, Plain, Span, Table, Word
from workbench.risk import Figure
from workbench.show import numbers
from workbench.show.words import Words, short_name, words

__all__ = [
    "cell_text",
    "csv_text",
    "file_heads",
    "file_rows",
    "guarded",
    "head",
    "html",
    "text",
    "title",
    "width",
]

_UNITS = {
    "money": "unit.money",
    "yuan": "unit.yuan",
    "price": "unit.yuan",
    "hundred": "unit.yuan",
}
_FILE_UNITS = {"money": "unit.yuan", "yuan": "unit.yuan", "price": "unit.yuan"}
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


LONG = 40
"""A text that takes more columns of a terminal than this is broken into lines on a page."""


def width(line: str) -> int:
    """Return the columns that a text takes in a terminal: Chinese characters take two."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in line
    )


def _padded(line: str, wide: int, right: bool) -> str:
    space = " " * (wide - width(line))
    return space + line if right else line + space


def title(table: Table, language: str) -> str:
    """Return the title of a table, with its basis where that is not process risk alone."""
    say = words(language)
    named = say(f"table.{table.name}")
    if not table.basis:
        return named
    return say("table.on_basis", title=named, basis=say(f"basis.short_{table.basis}"))


def head(column: Column, language: str) -> str:
    """Return the head of a column on a screen, with its unit."""
    return _head(words(language), column, _UNITS.get(column.kind))


def _head(say: Words, column: Column, unit: str | None) -> str:
    label = column.key if column.plain else say(f"head.{column.key}")
    return say("head.with_unit", label=label, unit=say(unit)) if unit else label


def cell_text(cell: Cell, kind: str, language: str) -> str:
    """Return one cell as it stands on a screen, without the unit of its column."""
    if isinstance(cell, Word):
        return words(language)(cell.key, **cell.parts)
    if isinstance(cell, Named):
        return short_name(cell.zh) if language == "zh" else cell.en
    if isinstance(cell, Span):
        return numbers.share_range(cell.low, cell.high, language)
    if cell is None:
        return numbers.MISSING
    if isinstance(cell, str):
        return cell
    return _number_text(cell, kind, language)


def _number_text(cell: float | int | Figure, kind: str, language: str) -> str:
    if kind == "money":
        return numbers.money(cell, language)
    formats = {
        "count": numbers.count,
        "yuan": lambda value: numbers.yuan(value, 0),
        "price": numbers.yuan,
        "hundred": lambda value: numbers.yuan(value, 1),
        "percent": lambda value: numbers.percent(value, language),
        "probability": lambda value: numbers.probability(value, language),
        "ratio": lambda value: numbers.yuan(value, 4),
    }
    return formats.get(kind, numbers.number)(cell)


def _grid(table: Table, language: str, *, common_unit: bool = False) -> list[list[str]]:
    """Return all cells as text, the heads first; the large unit of money may stand in the title."""
    kinds = [column.kind for column in table.columns]
    say = words(language)
    heads = [
        _head(say, column, None if common_unit and column.kind == "money" else unit)
        for column in table.columns
        for unit in (_UNITS.get(column.kind),)
    ]
    return [heads] + [
        [cell_text(cell, kind, language) for cell, kind in zip(row, kinds, strict=True)]
        for row in table.rows
    ]


def text(table: Table, language: str) -> str:
    """Return a table for a terminal: a title with the large unit of money, aligned columns."""
    grid = _grid(table, language, common_unit=True)
    wide = [max(width(row[place]) for row in grid) for place in range(len(table.columns))]
    right = [column.numeric for column in table.columns]
    lines = [
        "  ".join(_padded(*cell) for cell in zip(row, wide, right, strict=True)).rstrip()
        for row in grid
    ]
    rule = "─" * (sum(wide) + 2 * (len(wide) - 1))
    body = lines[1:]
    if table.total and body:
        body = [*body[:-1], rule, body[-1]]
    named, say = title(table, language), words(language)
    if any(column.kind == "money" for column in table.columns):
        named = say("head.with_unit", label=named, unit=say("unit.money"))
    return "\n".join([named, rule, lines[0], rule, *body, rule]) + "\n"


def html(table: Table, language: str, *, caption: bool = True) -> str:
    """Return a table as HTML, every text escaped.

    Numbers carry the class `number`, columns of long texts, which may be broken, `long`.
    """
    plain = _grid(table, language)
    styles = [_style(column, place, plain[1:]) for place, column in enumerate(table.columns)]
    grid = [[escape(cell) for cell in row] for row in plain]
    heads = "".join(
        f'<th scope="col"{style}>{cell}</th>' for cell, style in zip(grid[0], styles, strict=True)
    )
    rows = []
    for place, row in enumerate(grid[1:], start=2):
        last = table.total and place == len(grid)
        cells = "".join(f"<td{style}>{cell}</td>" for cell, style in zip(row, styles, strict=True))
        rows.append(f'<tr class="total">{cells}</tr>' if last else f"<tr>{cells}</tr>")
    named = f"<caption>{escape(title(table, language))}</caption>" if caption else ""
    body = "".join(rows)
    return f"<table>{named}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _style(column: Column, place: int, rows: list[list[str]]) -> str:
    if column.numeric:
        return ' class="number"'
    return ' class="long"' if any(width(row[place]) > LONG for row in rows) else ""


def file_heads(table: Table, language: str) -> list[str]:
    """Return the heads of a table in a file: yuan and shares, errors beside their figures."""
    say = words(language)
    heads = []
    for column in table.columns:
        label = _head(say, column, _FILE_UNITS.get(column.kind))
        if column.kind == "range":
            heads += [say("head.low", label=label), say("head.high", label=label)]
            continue
        heads.append(label)
        if any(isinstance(cell, Figure) for cell in table.column(column.key)):
            heads.append(say("head.error", label=label))
    return heads


def file_rows(table: Table, language: str) -> list[list[Plain]]:
    """Return the rows of a table in a file; words in the language asked for."""
    keys = [column.key for column in table.columns if not column.numeric]
    columns: list[list[Plain]] = []
    for name, _, values in table.flat_columns():
        if name in keys:
            values = [
                cell_text(cell, "text", language) if cell is not None else None
                for cell in table.column(name)
            ]
        columns.append(values)
    return [list(row) for row in zip(*columns, strict=True)]


def guarded(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula: a ' before = + - @ tab and CR."""
    return f"'{value}" if value.startswith(_FORMULA_SIGNS) else value


def csv_text(table: Table, language: str) -> str:
    """Return a table as CSV (lines end in CR LF): full digits, texts guarded against formulas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([guarded(label) for label in file_heads(table, language)])
    for row in file_rows(table, language):
        writer.writerow([_csv_cell(cell) for cell in row])
    return out.getvalue()


def _csv_cell(cell: Plain) -> str:
    if isinstance(cell, str):
        return guarded(cell)
    return "" if cell is None else repr(cell)
