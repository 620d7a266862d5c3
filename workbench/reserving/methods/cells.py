"""Payments by plan, origin and period: what several plans' methods and the run-off test stand on.

Floor 4, inside `reserving.methods`. A line is one cell: plan, origin, period, yuan and number of
payments of that period alone; cells that are not there are 0.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbench.guard import Fault, InputRefused, freeze, refuse
from workbench.textfile import shown
from workbench.triangles import MOST_SIDE, Triangle

__all__ = [
    "CELL_COLUMNS",
    "OPEN_COLUMNS",
    "PlanCells",
    "cell_lines",
    "cells_of",
    "open_lines",
    "period_name",
]

CELL_COLUMNS = ("plan", "origin", "period", "paid_yuan", "number")
OPEN_COLUMNS = ("plan", "number")
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_YUAN = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
_ORIGIN = re.compile(r"(\d{4})(?:Q([1-4])|-(\d{2}))?", re.ASCII)
MOST_FAULTS = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanCells:
    """Payments known at a closing, by plan, in origins of `step` months up to it.

    `first` is the month of the first origin, counted from year 0. `fen` and `numbers` cumulative,
    int64 (plans, side, side), 0 where not known yet. `open` (plans,) claims reported and not paid,
    None where that is not recorded.
    """

    codes: tuple[str, ...]
    first: int
    step: int
    fen: np.ndarray
    numbers: np.ndarray
    open: np.ndarray | None = None

    @property
    def side(self) -> int:
        """Number of origins, and of periods."""
        return self.fen.shape[1]

    @property
    def origins(self) -> tuple[str, ...]:
        """Names of the origins."""
        start = self.first // self.step
        return tuple(period_name(start + place, self.step) for place in range(self.side))

    @property
    def latest_fen(self) -> np.ndarray:
        """Fen paid so far, (plans, side)."""
        return _diagonal(self.fen)

    @property
    def latest_numbers(self) -> np.ndarray:
        """Payments so far, (plans, side)."""
        return _diagonal(self.numbers)

    def of(self, places: Sequence[int]) -> PlanCells:
        """Return the cells of some plans."""
        kept = list(places)
        return replace(
            self,
            codes=tuple(self.codes[place] for place in kept),
            fen=freeze(self.fen[kept]),
            numbers=freeze(self.numbers[kept]),
            open=None if self.open is None else freeze(self.open[kept]),
        )

    def until(self, back: int) -> PlanCells:
        """Return what was known `back` periods ago; what was open then is not kept."""
        side = self.side - back
        known = np.arange(side)[:, None] + np.arange(side)[None, :] < side
        fen, numbers = (
            freeze(np.where(known, one[:, :side, :side], 0)) for one in (self.fen, self.numbers)
        )
        return replace(self, fen=fen, numbers=numbers, open=None)

    def triangle(self, *, numbers: bool = False) -> Triangle:
        """Return the triangle of all plans together: yuan, or numbers of payments."""
        side = self.side
        cells = self.numbers.sum(axis=0) if numbers else self.fen.sum(axis=0) / 100.0
        known = np.arange(side)[:, None] + np.arange(side)[None, :] < side
        return Triangle(
            origins=self.origins,
            periods=tuple(str(place) for place in range(1, side + 1)),
            cumulative=np.where(known, cells, np.nan),
        )


def _diagonal(cells: np.ndarray) -> np.ndarray:
    side = cells.shape[1]
    return cells[:, np.arange(side), side - 1 - np.arange(side)]


def period_name(period: int, step: int) -> str:
    """Return the name of a period of `step` months, counted from year 0."""
    year, month = divmod(period * step, 12)
    if step == 12:
        return f"{year}"
    return f"{year}Q{month // 3 + 1}" if step == 3 else f"{year}-{month + 1:02d}"


def cell_lines(cells: PlanCells) -> list[str]:
    """Return the cells that are not 0 as lines, with a header."""
    lines = [",".join(CELL_COLUMNS)]
    alone = np.diff(cells.fen, axis=2, prepend=0)
    number = np.diff(cells.numbers, axis=2, prepend=0)
    side, origins = cells.side, cells.origins
    for plan, code in enumerate(cells.codes):
        for row in range(side):
            for column in range(side - row):
                if number[plan, row, column] or alone[plan, row, column]:
                    yuan = f"{alone[plan, row, column] / 100:.2f}"
                    told = (code, origins[row], str(column + 1), yuan)
                    lines.append(",".join((*told, str(number[plan, row, column]))))
    # The last origin is named even where nothing was paid of it: it says where the closing is.
    lines.append(f"{cells.codes[0]},{origins[-1]},1,0,0")
    return lines


def open_lines(cells: PlanCells) -> list[str]:
    """Return the numbers reported and not paid as lines; none where they are not known."""
    if cells.open is None:
        return []
    pairs = zip(cells.codes, cells.open, strict=True)
    return [",".join(OPEN_COLUMNS), *(f"{code},{number}" for code, number in pairs)]


def _rows(lines: Sequence[str], columns: tuple[str, ...]) -> list[list[str]]:
    read = [[cell.strip() for cell in row] for row in csv.reader(lines)]
    if not read or tuple(read[0]) != columns:
        told = ", ".join(shown(one) for one in (read[0] if read else []))
        raise refuse("cells-header", value=told, allowed=", ".join(columns))
    if len(read) < 2:
        raise refuse("cells-empty")
    return read[1:]


def _origin(text: str) -> tuple[int, int] | None:
    """Month from year 0 and months of an origin; None for what is none."""
    found = _ORIGIN.fullmatch(text)
    if found is None:
        return None
    year, quarter, month = found.groups()
    if quarter:
        return int(year) * 12 + 3 * (int(quarter) - 1), 3
    if month:
        return (int(year) * 12 + int(month) - 1, 1) if 1 <= int(month) <= 12 else None
    return int(year) * 12, 12


def _fault(code: str, row: int, column: str, value: str, allowed: str) -> Fault:
    told = {"row": row, "column": column, "value": shown(value), "allowed": allowed}
    return Fault(code, told)


def _cell(
    row: int, cells: list[str], codes: Sequence[str]
) -> tuple[list[Fault], tuple[int, int, int, int, int, int]]:
    """Faults of a line, and its plan, month, step, period, fen and number."""
    found = dict(zip(CELL_COLUMNS, [*cells, *[""] * 5], strict=False))
    faults, origin = [], _origin(found["origin"])
    if found["plan"] not in codes:
        faults.append(_fault("cells-cell", row, "plan", found["plan"], ", ".join(codes)))
    if origin is None:
        faults.append(_fault("cells-cell", row, "origin", found["origin"], "2025, 2025Q1, 2025-01"))
    for name, shape, allowed in (
        ("period", _NUMBER, "1, 2, 3"),
        ("paid_yuan", _YUAN, "1234.56"),
        ("number", _NUMBER, "0, 1, 2"),
    ):
        if not shape.fullmatch(found[name]) or (name == "period" and int(found[name]) < 1):
            faults.append(_fault("cells-cell", row, name, found[name], allowed))
    if faults or origin is None:
        return faults, (0, 0, 0, 0, 0, 0)
    whole, _, part = found["paid_yuan"].partition(".")
    fen = int(whole) * 100 + int((part + "00")[:2])
    place = list(codes).index(found["plan"])
    return [], (place, *origin, int(found["period"]) - 1, fen, int(found["number"]))


def cells_of(lines: Sequence[str], codes: tuple[str, ...], opened: Sequence[str] = ()) -> PlanCells:
    """Return the cells of lines as `cell_lines` writes them.

    Parameters
    ----------
    lines
        Header and one line a cell; the latest origin is the last before the closing.
    codes
        Codes of the plans that there are.
    opened
        Header and one line a plan: claims reported and not paid.

    Raises
    ------
    InputRefused
        `cells-header`, `cells-empty`, `cells-cell`, `cells-steps`, `cells-beyond`,
        `triangle-too-large`.
    """
    faults, read = [], []
    for row, line in enumerate(_rows(lines, CELL_COLUMNS), start=2):
        wrong, found = _cell(row, line, codes)
        faults += wrong
        read.append(found)
        if len(faults) >= MOST_FAULTS:
            break
    if faults:
        raise InputRefused(faults[:MOST_FAULTS])
    columns = np.array(read, dtype=np.int64).T
    if len(np.unique(columns[2])) > 1:
        raise refuse("cells-steps")
    return _built(codes, columns, _opened(opened, codes) if opened else None)


def _built(codes: tuple[str, ...], columns: np.ndarray, opened: np.ndarray | None) -> PlanCells:
    plan, month, steps, period, fen, number = columns
    step, first = int(steps[0]), int(month.min())
    side = (int(month.max()) - first) // step + 1
    if side > MOST_SIDE:
        raise refuse("triangle-too-large", value=side, allowed=MOST_SIDE)
    row = (month - first) // step
    beyond = row + period >= side
    if beyond.any():
        place = int(np.argmax(beyond))
        raise refuse("cells-beyond", row=place + 2, value=int(period[place]) + 1)
    amounts, numbers = (np.zeros((len(codes), side, side), dtype=np.int64) for _ in range(2))
    np.add.at(amounts, (plan, row, period), fen)
    np.add.at(numbers, (plan, row, period), number)
    known = np.arange(side)[:, None] + np.arange(side)[None, :] < side
    amounts, numbers = (
        freeze(np.where(known, np.cumsum(one, axis=2), 0)) for one in (amounts, numbers)
    )
    return PlanCells(codes=codes, first=first, step=step, fen=amounts, numbers=numbers, open=opened)


def _opened(lines: Sequence[str], codes: tuple[str, ...]) -> np.ndarray:
    found = dict.fromkeys(codes, 0)
    for row, cells in enumerate(_rows(lines, OPEN_COLUMNS), start=2):
        plan, number = [*cells, "", ""][:2]
        if plan not in codes:
            raise refuse("cells-cell", row=row, column="plan", value=shown(plan), allowed=codes)
        if not _NUMBER.fullmatch(number):
            told = {"column": "number", "value": shown(number), "allowed": "0, 1, 2"}
            raise refuse("cells-cell", row=row, **told)
        found[plan] = int(number)
    return freeze([found[code] for code in codes], np.int64)
