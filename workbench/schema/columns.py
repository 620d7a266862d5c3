"""The nouns of the schema, a column and a file, and how one cell is read as a number.

Floor 1: standard library only.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

__all__ = ["Column", "File", "KINDS", "read_number"]

KINDS = ("text", "code", "whole", "number", "share")
"""Types of a column: free text, one of a closed list or a pattern, whole number, number, 0 to 1."""

_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_THOUSANDS = re.compile(r"-?\d{1,3}([,，'’]\d{3})+(\.\d+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a file.

    `low` and `high` are the allowed range of a number (`above_low`: low itself is not allowed),
    `codes` the closed list of a code, `pattern` its form where there is no list, `blank` whether
    a cell may be empty, `required` whether the file must have the column.
    """

    name: str
    kind: str = "text"
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    above_low: bool = False
    codes: tuple[str, ...] = ()
    pattern: str = ""
    blank: bool = False
    required: bool = True

    def holds(self, number: float) -> bool:
        """Return whether `number` is in the allowed range."""
        return self.low <= number <= self.high and not (self.above_low and number == self.low)

    @property
    def allowed(self) -> str:
        """Allowed values in figures or codes: `[0, 1]`, `(0, 1000]`, `MF, F, M`."""
        if not self.numeric:
            return ", ".join(self.codes)
        return f"{'(' if self.above_low else '['}{self.low:.15g}, {self.high:.15g}]"

    @property
    def numeric(self) -> bool:
        """Whether the cells are numbers."""
        return self.kind in ("whole", "number", "share")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a pack: its columns, the columns that make a row's key, and what it is for.

    `reference` files are read and checked, but no figure depends on them; a pack without an
    `optional` file takes that of the built-in pack.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    reference: bool = False
    optional: bool = False

    def column(self, name: str) -> Column:
        """Return the column of this name (KeyError if there is none)."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def read_number(text: str) -> float | str:
    """Return the number that `text` writes, or the key of the fault in it.

    Plain decimal notation in ASCII digits only; nothing is repaired. The keys are
    `number-blanks`, `number-full-width`, `number-thousands`, `number-percent`,
    `number-not-finite` and `number-text`.
    """
    if _NUMBER.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else "number-not-finite"
    if _NUMBER.fullmatch(text.strip()):
        return "number-blanks"
    if _NOT_FINITE.fullmatch(text.strip()):
        return "number-not-finite"
    if any(sign.isdigit() and not sign.isascii() for sign in text):
        return "number-full-width"
    if _THOUSANDS.fullmatch(text.strip()):
        return "number-thousands"
    if text.strip().endswith(("%", "％", "‰")):
        return "number-percent"
    return "number-text"
