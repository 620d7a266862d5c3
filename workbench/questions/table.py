"""The table as a value: columns with a kind, rows of numbers and keys; no text, no format.

Floor 8. `workbench.show.tables` turns a table into text, CSV, HTML; `workbench.show.spreadsheet`
into xlsx. Money is in yuan here, shares are 0 to 1; the unit of the screen is chosen when shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.risk import Figure

if TYPE_CHECKING:
    import pandas

__all__ = ["KINDS", "Cell", "Column", "Named", "Span", "Table", "Word"]

KINDS = {
    "text": "text as it is",
    "word": "words of the catalogue, or texts that the data give in both languages",
    "count": "whole numbers of persons, enrolments, days",
    "money": "yuan, shown in 万元 or million yuan",
    "yuan": "yuan, shown in whole yuan",
    "price": "yuan of one enrolment, shown with two decimals",
    "hundred": "yuan of each hundred yuan",
    "percent": "a share, shown in per cent",
    "probability": "a probability",
    "ratio": "a number with four decimals, such as a correlation",
    "number": "any number",
    "range": "a range of shares",
}
"""What a column may hold."""


@dataclass(frozen=True, slots=True)
class Named:
    """A text that the data give in both languages, such as the name of a plan."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Word:
    """A key of the catalogue with the parts of its text."""

    key: str
    parts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """A range of a figure, low to high."""

    low: float
    high: float


Plain = str | int | float | None
"""What a file holds in a cell."""

Cell = str | int | float | Figure | Named | Word | Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: `key` is its name in frames and, behind `head.`, in the catalogue.

    A `plain` column has its key, such as the code of a plan, for a head.
    """

    key: str
    kind: str = "text"
    plain: bool = False

    @property
    def numeric(self) -> bool:
        """Whether the cells are set to the right."""
        return self.kind not in ("text", "word")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under columns; `name`, behind `table.`, is the key of its title.

    `total` says that the last row is a sum and stands apart; `basis`, behind `basis.short_`, what
    else than the year is uncertain in the figures.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False
    basis: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                told = f"{len(row)} cells, {len(self.columns)} columns"
                raise ValueError(f"table {self.name}: {told}")

    def column(self, key: str) -> tuple[Cell, ...]:
        """Return the cells of one column (KeyError if there is none)."""
        for place, column in enumerate(self.columns):
            if column.key == key:
                return tuple(row[place] for row in self.rows)
        raise KeyError(key)

    def flat_columns(self) -> Iterator[tuple[str, str, list[Plain]]]:
        """Yield (name, kind, plain values): a figure also has NAME_error, a range two columns."""
        for place, column in enumerate(self.columns):
            cells = [row[place] for row in self.rows]
            if column.kind == "range":
                spans = [cell if isinstance(cell, Span) else None for cell in cells]
                yield f"{column.key}_low", "percent", [one.low if one else None for one in spans]
                yield f"{column.key}_high", "percent", [one.high if one else None for one in spans]
                continue
            yield column.key, column.kind, [_plain(cell) for cell in cells]
            if any(isinstance(cell, Figure) for cell in cells):
                errors: list[Plain] = [
                    _finite(cell.error) if isinstance(cell, Figure) else None for cell in cells
                ]
                yield f"{column.key}_error", column.kind, errors

    def to_frame(self) -> pandas.DataFrame:
        """Return the table as a pandas frame: yuan and shares, figures beside their errors."""
        import pandas

        return pandas.DataFrame({name: values for name, _, values in self.flat_columns()})


def _finite(number: float) -> float | None:
    """Return a Python float, None where it is not finite."""
    plain = float(number)
    return plain if abs(plain) < float("inf") else None


def _plain(cell: Cell) -> str | int | float | None:
    """Return a cell as a plain value; texts in Chinese, words as their key."""
    if isinstance(cell, Figure):
        return _finite(cell.value)
    if isinstance(cell, Named):
        return cell.zh
    if isinstance(cell, Word):
        return cell.key
    if isinstance(cell, Span):
        return None
    if isinstance(cell, float):
        return _finite(cell)
    return cell
