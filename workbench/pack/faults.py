"""Gathers the faults of a pack, so that a user sees all of them at once.

Floor 2, inside `pack`.
"""

from __future__ import annotations

from typing import Any

from workbench.guard import Fault, InputRefused
from workbench.pack.rows import Row
from workbench.textfile import shown

__all__ = ["FaultList", "MOST_LISTED"]

MOST_LISTED = 200
"""Faults listed in one refusal; the rest is counted."""


class FaultList:
    """Faults found so far; the first 200 are kept, all are counted.

    `files` are the names of the files in which something is wrong.
    """

    def __init__(self) -> None:
        self.kept: list[Fault] = []
        self.count = 0
        self.files: set[str] = set()

    def add(self, key: str, **parts: Any) -> None:
        """Note a fault; a `value` is made fit for a message."""
        if "value" in parts:
            parts["value"] = shown(parts["value"])
        self.take(Fault(key, parts))

    def cell(self, key: str, row: Row, column: str, **parts: Any) -> None:
        """Note a fault of one cell; its value is the cell as written unless `parts` has one."""
        where = {"file": row.file, "row": row.number, "column": column}
        self.add(key, **{**where, "value": row.texts.get(column, ""), **parts})

    def take(self, fault: Fault) -> None:
        """Note a fault that is ready."""
        self.count += 1
        self.files.add(str(fault.parts.get("file", "")))
        if len(self.kept) < MOST_LISTED:
            self.kept.append(fault)

    def raise_if_any(self) -> None:
        """Raise the refusal if a fault was found.

        Raises
        ------
        InputRefused
            With every fault, or the first 200 and `more-faults` with the number left out.
        """
        if not self.count:
            return
        faults = list(self.kept)
        if self.count > MOST_LISTED:
            left = {"count": self.count - MOST_LISTED, "shown": MOST_LISTED}
            faults.append(Fault("more-faults", left))
        raise InputRefused(faults)
