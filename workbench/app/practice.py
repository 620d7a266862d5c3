"""A folder to practise in: a copy of the data, edited like a spreadsheet and then thrown away.

Floor 10. For the notebooks, whose reader sees what happens when a pack is changed well or badly.
"""

from __future__ import annotations

import atexit
import csv
import shutil
import tempfile
from pathlib import Path

__all__ = ["edit", "practice_folder"]

_NAME = "my-pack"


def practice_folder() -> Path:
    """Return a folder that does not exist yet, for `new_pack`; it goes when the kernel ends."""
    above = Path(tempfile.mkdtemp(prefix="workbench-"))
    atexit.register(shutil.rmtree, above, ignore_errors=True)
    return above / _NAME


def edit(folder: Path, file: str, row: str, column: str, value: str) -> None:
    """Write a value into one cell of a file of a pack, as anybody would in a spreadsheet.

    Parameters
    ----------
    folder
        The pack.
    file
        Such as "plans.csv".
    row
        What stands in the first column of the row: "P3".
    column
        Name of the column.
    value
        The text to stand there; nothing is checked.
    """
    path = folder / file
    with path.open(encoding="utf-8-sig", newline="") as source:
        head, *rows = csv.reader(source)
    place = head.index(column)
    for cells in rows:
        if cells[0] == row:
            cells[place] = value
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows([head, *rows])
