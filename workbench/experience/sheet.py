"""The sheet of own figures: read with every fault told by file, row and column, and a blank one.

Floor 5, inside `experience`. Cells are judged as those of a pack are: UTF-8 with or without BOM, or
GB18030, plain numbers, nothing repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from workbench.experience.nouns import History, Observation
from workbench.guard import Fault, InputRefused, refuse
from workbench.inputs import Inputs
from workbench.names import MOST_OWN_YEARS
from workbench.pack.faults import FaultList
from workbench.pack.rows import Row, Table
from workbench.pack.tables import table_of
from workbench.schema import Column, File
from workbench.textfile import read_text, shown

__all__ = ["COLUMNS", "ROW_OPTION", "TOTALS", "blank_sheet", "read_lines", "read_sheet"]

FIGURES = ("enrolments", "contributions_yuan", "beneficiaries", "paid_yuan")
COLUMNS = ("year", "plan", *FIGURES)
"""Columns of the sheet, in its order; a column `note` may stand beside them."""

TOTALS = ("total", "合计")
"""What may stand in place of a plan: a row of sums, checked against the plans."""

ROW_OPTION = "--row"
FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST_PEOPLE, MOST_YUAN, FEN = 1e8, 1e12, 0.005
NOT_CSV = (".xlsx", ".xls", ".et", ".ods", ".numbers")


def _file(name: str, pack: Inputs) -> File:
    """The sheet as a file of typed columns; figures of a plan that was not offered stay blank."""

    def figure(name: str, kind: str, unit: str, most: float) -> Column:
        return Column(name=name, kind=kind, unit=unit, low=0.0, high=most, blank=True)

    columns = (
        Column(name="year", kind="whole", unit="year", low=FIRST_YEAR, high=LAST_YEAR),
        Column(name="plan", kind="code", codes=(*pack.plan_codes, *TOTALS)),
        figure("enrolments", "whole", "enrolments", MOST_PEOPLE),
        figure("contributions_yuan", "number", "yuan", MOST_YUAN),
        figure("beneficiaries", "whole", "beneficiaries", MOST_PEOPLE),
        figure("paid_yuan", "number", "yuan", MOST_YUAN),
        Column(name="note", required=False, blank=True),
    )
    return File(name=name, key=("year", "plan"), columns=columns)


def read_sheet(path: Path, pack: Inputs) -> History:
    """Return the own figures of a CSV file.

    Raises
    ------
    InputRefused
        Every fault of the sheet at once (at most 200 listed), each with file, row and column.
    """
    if path.suffix.lower() in NOT_CSV:
        raise refuse("observe-not-csv", file=shown(path.name))
    faults = FaultList()
    history = _history(_file(shown(path.name), pack), read_text(path), pack, faults)
    faults.raise_if_any()
    if not history.rows:
        raise refuse("observe-nothing", file=shown(path.name))
    return history


def read_lines(lines: Sequence[str], pack: Inputs) -> History:
    """Return the own figures of `--row` texts: year,plan,enrolments,contributions,people,paid.

    Raises
    ------
    InputRefused
        As `read_sheet`; the file is "--row", rows are counted from 1.
    """
    if not lines:
        return History()
    faults = FaultList()
    text = "\n".join([",".join(COLUMNS), *(" ".join(str(line).split("\n")) for line in lines)])
    history = _history(_file(ROW_OPTION, pack), text, pack, faults)
    try:
        faults.raise_if_any()
    except InputRefused as refusal:
        raise InputRefused([_without_header(fault) for fault in refusal.faults]) from None
    return history


def _without_header(fault: Fault) -> Fault:
    """Return a fault whose rows are counted from the first line of figures."""
    rows = {
        name: fault.parts[name] - 1
        for name in ("row", "other")
        if isinstance(fault.parts.get(name), int)
    }
    return Fault(fault.code, {**fault.parts, **rows})


def _history(file: File, text: str, pack: Inputs, faults: FaultList) -> History:
    table = table_of(file, text, faults)
    filled = [row for row in table if any(row[name] is not None for name in FIGURES)]
    sound = [row for row in filled if _whole(row, faults)]
    for row in sound:
        if row["plan"] not in TOTALS:
            _contradictions(row, faults)
    _too_many_years(file, filled, faults)
    if table.whole:
        _sums(Table(file, tuple(sound)), faults)
    order = {code: place for place, code in enumerate(pack.plan_codes)}
    rows = [_observation(row) for row in sound if row["plan"] in order]
    rows.sort(key=lambda one: (one.year, order[one.plan]))
    return History(rows=tuple(rows))


def _observation(row: Row) -> Observation:
    return Observation(
        year=row["year"],
        plan=row["plan"],
        enrolments=row["enrolments"],
        contributions_yuan=float(row["contributions_yuan"]),
        beneficiaries=row["beneficiaries"],
        paid_yuan=float(row["paid_yuan"]),
    )


def _whole(row: Row, faults: FaultList) -> bool:
    """Whether all four figures are there; a row with some of them is told."""
    blank = [name for name in FIGURES if row[name] is None]
    for name in blank:
        faults.cell("observe-part-blank", row, name, name=f"{row['year']} {row['plan']}")
    return not blank


def _contradictions(row: Row, faults: FaultList) -> None:
    """Note figures of one row that cannot stand together."""
    members, people, paid = row["enrolments"], row["beneficiaries"], row["paid_yuan"]
    if people > members:
        faults.cell("observe-more-beneficiaries", row, "beneficiaries", allowed=members)
    if paid > 0.0 and people == 0:
        faults.cell("observe-paid-without-beneficiaries", row, "paid_yuan")
    if people > 0 and paid == 0.0:
        faults.cell("observe-beneficiaries-without-paid", row, "paid_yuan", allowed=people)
    if members > 0 and row["contributions_yuan"] == 0.0:
        faults.cell("observe-no-contribution", row, "contributions_yuan", allowed=members)
    if members == 0:
        faults.cell("observe-no-enrolment", row, "enrolments")


def _too_many_years(file: File, rows: list[Row], faults: FaultList) -> None:
    years = sorted({row["year"] for row in rows})
    if len(years) > MOST_OWN_YEARS:
        told = {"value": ", ".join(map(str, years)), "allowed": MOST_OWN_YEARS}
        faults.add("observe-too-many-years", file=file.name, column="year", **told)


def _sums(table: Table, faults: FaultList) -> None:
    """Note a row of sums that is not the sum of its year's plans."""
    for total in (row for row in table if row["plan"] in TOTALS):
        parts = [row for row in _same_year(table, total["year"])]
        for name in FIGURES:
            found = sum(row[name] for row in parts)
            if abs(found - total[name]) > FEN:
                faults.cell("observe-total", total, name, allowed=f"{found:.15g}")


def _same_year(table: Table, year: int) -> Iterator[Row]:
    return (row for row in table if row["year"] == year and row["plan"] not in TOTALS)


def blank_sheet(pack: Inputs, last_year: int, name: Callable[[Any], str]) -> str:
    """Return a blank sheet as CSV text: five years up to `last_year`, a row for each plan.

    `name` tells the name of a plan, which stands in the column `note`.
    """
    lines = [",".join((*COLUMNS, "note"))]
    for year in range(last_year - MOST_OWN_YEARS + 1, last_year + 1):
        lines += [f"{year},{plan.code},,,,,{name(plan)}" for plan in pack.plans]
    return "\n".join(lines) + "\n"
