"""Reads an office's own payment records from a CSV file; every fault at once, nothing repaired.

Floor 5, inside `history`. A record is one payment of one plan: plan, event_date, paid_date and
paid_yuan; report_date, complete_date and county may be left out. Source: docs/history.md.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.guard import Fault, InputRefused, freeze
from workbench.history.nouns import OPEN, Payments
from workbench.textfile import bad_sign, shown

__all__ = ["NEEDED", "is_payments", "read_payments"]

NEEDED = ("plan", "event_date", "paid_date", "paid_yuan")
OPTIONAL = ("report_date", "complete_date", "county")
MOST_FAULTS = 20
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YUAN = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
FIRST, LAST = datetime.date(1990, 1, 1), datetime.date(2100, 12, 31)


def is_payments(lines: Sequence[str]) -> bool:
    """Whether the header is that of payment records and not that of a triangle."""
    names = next(csv.reader(lines[:1]), [])
    return "paid_date" in [name.strip() for name in names]


@dataclass(slots=True)
class _Reader:
    """Rows as they are read, and the faults found so far."""

    codes: tuple[str, ...]
    faults: list[Fault]

    def tell(self, code: str, row: int, column: str, value: str, **more: object) -> None:
        told = {"row": row, "column": column, "value": shown(value), **more}
        self.faults.append(Fault(code, told))

    def date(self, row: int, column: str, text: str) -> datetime.date | None:
        try:
            if not _DATE.fullmatch(text):
                raise ValueError(text)
            found = datetime.date.fromisoformat(text)
        except ValueError:
            self.tell("history-date", row, column, text)
            return None
        if not FIRST <= found <= LAST:
            self.tell("history-date", row, column, text)
        return found

    def fen(self, row: int, text: str) -> int:
        if not _YUAN.fullmatch(text):
            self.tell("history-yuan", row, "paid_yuan", text)
            return 0
        whole, _, part = text.partition(".")
        return int(whole) * 100 + int((part + "00")[:2])

    def plan(self, row: int, text: str) -> int:
        if text not in self.codes:
            self.tell("history-plan", row, "plan", text, allowed=", ".join(self.codes))
            return 0
        return self.codes.index(text)


def _header(lines: Sequence[str]) -> list[str]:
    names = [name.strip() for name in next(csv.reader(lines[:1]), [])]
    faults = [
        Fault("history-column-missing", {"column": name, "allowed": ", ".join(NEEDED)})
        for name in NEEDED
        if name not in names
    ]
    faults += [
        Fault("history-column-unknown", {"column": shown(name)})
        for name in names
        if name not in (*NEEDED, *OPTIONAL)
    ]
    if faults:
        raise InputRefused(faults)
    return names


def _in_order(reader: _Reader, row: int, dates: dict[str, datetime.date | None]) -> None:
    """Tell dates that stand before the one they follow."""
    before = dates.get("event_date")
    for column in ("report_date", "complete_date", "paid_date"):
        now = dates.get(column)
        if now is not None and before is not None and now < before:
            reader.tell("history-order", row, column, now.isoformat(), allowed=before.isoformat())
            return
        before = now or before


def read_payments(lines: Sequence[str], codes: tuple[str, ...]) -> Payments:
    """Return the payments of a file's lines.

    Parameters
    ----------
    lines
        Header and one line a payment.
    codes
        Codes of the plans that there are.

    Raises
    ------
    InputRefused
        `history-column-missing`, `history-column-unknown`, `history-plan`, `history-date`,
        `history-yuan`, `history-order` (a payment before its event), `history-empty`; the first
        twenty with their row and column.
    """
    names = _header(lines)
    reader = _Reader(codes=codes, faults=[])
    columns: dict[str, list[object]] = {name: [] for name in (*NEEDED, *OPTIONAL)}
    for place, cells in enumerate(csv.reader(lines[1:]), start=2):
        row = {name: text.strip() for name, text in zip(names, cells, strict=False)}
        _one(reader, place, row, columns)
        if len(reader.faults) >= MOST_FAULTS:
            break
    if not columns["plan"] and not reader.faults:
        reader.faults.append(Fault("history-empty", {"value": ""}))
    if reader.faults:
        raise InputRefused(reader.faults[:MOST_FAULTS])
    counties = tuple(sorted({str(one) for one in columns["county"]}))
    places = {name: place for place, name in enumerate(counties)}
    return Payments(
        codes=codes,
        counties=counties,
        plan=freeze(columns["plan"], np.int64),
        county=freeze([places[str(one)] for one in columns["county"]], np.int64),
        event=freeze(columns["event_date"], "datetime64[D]"),
        reported=freeze(columns["report_date"], "datetime64[D]"),
        complete=freeze(columns["complete_date"], "datetime64[D]"),
        paid=freeze(columns["paid_date"], "datetime64[D]"),
        fen=freeze(columns["paid_yuan"], np.int64),
    )


def _one(
    reader: _Reader, place: int, row: dict[str, str], columns: dict[str, list[object]]
) -> None:
    """Read one record; what is left out is taken to be known when it is paid."""
    # Reported and not paid: no day of payment and no amount, but a day of report.
    is_open = not row.get("paid_date") and not row.get("paid_yuan") and bool(row.get("report_date"))
    dates = {
        name: reader.date(place, name, row.get(name, ""))
        for name in ("event_date", "report_date", "complete_date", "paid_date")
        if row.get(name) or (name in NEEDED and not (is_open and name == "paid_date"))
    }
    if is_open:
        dates["paid_date"] = OPEN.astype(object)
    _in_order(reader, place, dates)
    county = row.get("county", "")
    if bad_sign(county):
        reader.tell("history-county", place, "county", county)
    columns["plan"].append(reader.plan(place, row.get("plan", "")))
    columns["paid_yuan"].append(0 if is_open else reader.fen(place, row.get("paid_yuan", "")))
    columns["county"].append(county)
    for name in ("event_date", "report_date", "complete_date", "paid_date"):
        columns[name].append(dates.get(name) or dates["paid_date"] or FIRST)
