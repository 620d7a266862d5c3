"""The sound rows of a file, as the rest of `pack` sees them.

Floor 2, inside `pack`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbench.schema import File

__all__ = ["Row", "Table"]


@dataclass(frozen=True, slots=True)
class Row:
    """One sound row: its file, its number there, its typed cells, and the cells as written.

    A cell has the type of its column: text and codes are str, whole numbers int, other numbers
    float, a blank cell None.
    """

    file: str
    number: int
    cells: dict[str, Any]
    texts: dict[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.cells[name]


@dataclass(frozen=True, slots=True)
class Table:
    """The sound rows of one file; `whole` says that header and every row were sound."""

    file: File
    rows: tuple[Row, ...] = ()
    whole: bool = False
    columns: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)
