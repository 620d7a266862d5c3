"""Broken packs: a copy of the built-in one with one thing changed."""

import csv
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

DATA = Path(__file__).parents[2] / "data"

Records = list[list[str]]


def copy_of_data(folder: Path) -> Path:
    """A copy of the built-in pack inside `folder`."""
    return Path(shutil.copytree(DATA, folder / "pack"))


def records(folder: Path, file: str) -> Records:
    """The records of a file, header first."""
    return list(csv.reader(StringIO((folder / file).read_text(encoding="utf-8"), newline="")))


def write(folder: Path, file: str, rows: Records) -> None:
    """Write records as CSV."""
    with (folder / file).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def edit(folder: Path, file: str, change: Callable[[Records], object]) -> None:
    """Change the records of a file in place."""
    rows = records(folder, file)
    change(rows)
    write(folder, file, rows)


def put(folder: Path, file: str, row: int, column: str, value: str) -> None:
    """Put a value into a cell; the header is row 1."""

    def change(rows: Records) -> None:
        rows[row - 1][rows[0].index(column)] = value

    edit(folder, file, change)


def row_of(folder: Path, file: str, *cells: str) -> int:
    """Number of the first row that begins with these cells."""
    for number, row in enumerate(records(folder, file), start=1):
        if row[: len(cells)] == list(cells):
            return number
    raise LookupError(cells)
