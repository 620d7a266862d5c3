"""Where an answer goes: standard output, CSV files, an xlsx workbook, a run record.

Floor 11. With `--json` standard output has one document and nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.files import check_place, write_all
from workbench.cli.parsing import Request
from workbench.guard import refuse
from workbench.show.words import words
from workbench.textfile import shown

if TYPE_CHECKING:
    from workbench.questions import Table

__all__ = ["Outputs", "deliver", "emit", "outputs_of"]

_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What was asked for: a JSON document, a CSV file, a workbook, a record, a scenario file."""

    json: bool
    csv: Path | None
    xlsx: Path | None
    out: Path | None = None
    changes: Path | None = None


def outputs_of(request: Request) -> Outputs:
    """Return where the answer goes, after a look whether the files can be written.

    Raises
    ------
    InputRefused
        `file-is-a-folder`, `file-not-writable`, `files-the-same`.
    """
    given = {name: request.values.get(name) for name in ("csv", "xlsx", "out", "changes")}
    places = {name: check_place(text) if text else None for name, text in given.items()}
    wanted = [place for place in places.values() if place is not None]
    for place in wanted:
        if wanted.count(place) > 1:
            raise refuse("files-the-same", value=shown(place.name))
    return Outputs(json=bool(request.values.get("json")), **places)


def deliver(
    outputs: Outputs,
    tables: tuple[Table, ...],
    *,
    language: str,
    document: Callable[[], Mapping[str, Any]],
    report: Callable[[], str],
    record: Callable[[], bytes] | None = None,
    scenario: Callable[[], bytes] | None = None,
) -> None:
    """Write the files, then the document or the report to standard output."""
    kept = [(outputs.out, record), (outputs.changes, scenario)]
    written = _write_files(outputs, tables, language, kept=kept)
    if outputs.json:
        from workbench.questions.documents import json_text

        emit(json_text(document()))
        return
    say = words(language)
    notes = "".join(say("cli.written", file=path) + "\n" for path in written)
    emit(report() + (f"\n{notes}" if notes else ""))


def _write_files(
    outputs: Outputs,
    tables: tuple[Table, ...],
    language: str,
    *,
    kept: list[tuple[Path | None, Callable[[], bytes] | None]],
) -> list[Path]:
    contents: dict[Path, bytes] = {}
    if outputs.csv is not None:
        from workbench.show.tables import csv_text

        for place, table in enumerate(tables):
            text = _BYTE_ORDER_MARK + csv_text(table, language)
            contents[_csv_place(outputs.csv, table, place)] = text.encode("utf-8")
    if outputs.xlsx is not None:
        from workbench.show.spreadsheet import xlsx_bytes

        contents[outputs.xlsx] = xlsx_bytes(tables, language)
    for file, make in kept:
        if file is not None and make is not None:
            contents[file] = make()
    write_all(contents)
    return list(contents)


def _csv_place(path: Path, table: Table, place: int) -> Path:
    """Return the file of a table: the first has the name asked for, others add their own."""
    return path if place == 0 else path.with_name(f"{path.stem}-{table.name}{path.suffix}")


def emit(text: str) -> None:
    """Write to standard output and see that it arrived.

    Raises
    ------
    InputRefused
        `output-not-written`, for instance on a full disk. A reader that went away is no fault.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError:
        raise refuse("output-not-written") from None
