"""What differs: two trees of sealed tables entry by entry, two documents figure by figure.

Floor 8.1. A difference is *near* where another processor or library explains it: a rounding of the
last fen, an entry moved by one lane, a threshold by 1e-9 of itself, and few of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from workbench.engine.stay_tables import DAY_ROWS, DAYS_BITS
from workbench.engine.totals import RANGES, REST_LANES

__all__ = ["Difference", "figure_differences", "figures_in", "table_differences"]

RELATIVE = 1e-9
FEW, FEW_SHARE = 2, 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first entry of one table, or one figure, that differs.

    `name` is the table or the path of the figure, `row` and `column` its entry (from 0; None where
    it has none), `number` how many entries of the table differ, `near` whether another machine
    explains it.
    """

    part: str
    name: str
    recorded: Any
    now: Any
    row: int | None = None
    column: int | None = None
    number: int = 1
    near: bool = False

    @property
    def size(self) -> float | int | None:
        """Now less recorded, None where they are no numbers."""
        if isinstance(self.recorded, int | float) and isinstance(self.now, int | float):
            return self.now - self.recorded
        return None


def table_differences(recorded: Any, now: Any) -> list[Difference]:
    """Return what differs between two sets of sealed tables, one difference a table."""
    return list(_walk(recorded, now, (), set()))


def _walk(one: Any, other: Any, path: tuple[str, ...], seen: set) -> Iterator[Difference]:
    """Yield differences of two nouns, tuples, arrays or numbers; a pair of arrays once."""
    name = " / ".join(path)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        if (id(one), id(other)) not in seen:
            seen.add((id(one), id(other)))
            yield from _arrays(one, other, name)
    elif is_dataclass(one) and type(one) is type(other):
        for entry in fields(one):
            pair = getattr(one, entry.name), getattr(other, entry.name)
            yield from _walk(*pair, (*path, entry.name), seen)
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for place, (first, second) in enumerate(zip(one, other, strict=True)):
            yield from _walk(first, second, (*path, _label(first, place)), seen)
    elif isinstance(one, float) and isinstance(other, float):
        if one != other:
            near = abs(one - other) <= RELATIVE * max(abs(one), abs(other))
            yield Difference(part="tables", name=name, recorded=one, now=other, near=near)
    elif one is not other and (type(one) is not type(other) or one != other):
        yield Difference(part="tables", name=name, recorded=_told(one), now=_told(other))


def _label(noun: Any, place: int) -> str:
    """Return what names an entry of a tuple: a group's meaning, a plan's code, else its number."""
    meaning = getattr(noun, "meaning", None)
    if meaning:
        return " ".join(part for part in meaning if part)
    return str(getattr(noun, "code", place + 1))


def _told(value: Any) -> str | int:
    if isinstance(value, int | str) and not isinstance(value, bool):
        return value
    return f"{len(value)}×" if isinstance(value, tuple) else type(value).__name__


def _arrays(one: np.ndarray, other: np.ndarray, name: str) -> Iterator[Difference]:
    if one.shape == other.shape and one.dtype == other.dtype:
        grid, second = _grid(one, name), _grid(other, name)
        unlike = grid != second
        if unlike.any():
            row, column = (int(place) for place in np.argwhere(unlike)[0])
            alone = len(grid) == 1
            yield Difference(
                part="tables",
                name=name,
                recorded=grid[row, column].item(),
                now=second[row, column].item(),
                row=column if alone else row,
                column=None if alone else column,
                number=int(unlike.sum()),
                near=_near(grid, second, unlike),
            )
        return
    near = one.dtype == other.dtype == np.uint64 and _same_thresholds(one, other)
    shapes = (f"{array.dtype.name} {'×'.join(map(str, array.shape))}" for array in (one, other))
    recorded, now = shapes
    number = abs(one.size - other.size) or 1
    yield Difference(part="tables", name=name, recorded=recorded, now=now, number=number, near=near)


def _grid(array: np.ndarray, name: str) -> np.ndarray:
    """Return a table in two dimensions: days by cost row and lane, rests by range and lane.

    A table of one dimension is one row.
    """
    if name.endswith("days") and array.shape == (DAY_ROWS << DAYS_BITS,):
        return array.reshape(DAY_ROWS, -1)
    if name.endswith("rest_fen") and array.shape == (RANGES * REST_LANES,):
        return array.reshape(RANGES, -1)
    return array.reshape(1, -1) if array.ndim == 1 else array.reshape(len(array), -1)


def _near(one: np.ndarray, other: np.ndarray, unlike: np.ndarray) -> bool:
    """Whether another machine explains all that differs in a table."""
    if one.dtype.kind in "fu":
        first, second = one.astype(float), other.astype(float)
        apart = np.abs(first - second)
        return bool(np.all(apart <= RELATIVE * np.maximum(np.abs(first), np.abs(second))))
    few = unlike.sum() <= max(FEW, FEW_SHARE * unlike.size)
    far = np.abs(one - other) > 1
    by_a_lane = _beside(one, other) & _beside(other, one)
    return bool(few and not np.any(far & ~by_a_lane))


def _beside(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which entries of `one` are the neighbour of the same entry of `other`: a step moved there."""
    before = np.concatenate([other[:, :1], other[:, :-1]], axis=1)
    after = np.concatenate([other[:, 1:], other[:, -1:]], axis=1)
    return (one == before) | (one == after)


def _same_thresholds(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two tables of counts differ only in thresholds that next to no word reaches."""
    short, long = sorted((one, other), key=len)
    first, second = short.astype(float), long.astype(float)
    common = np.abs(first - second[: len(first)]) <= RELATIVE * np.maximum(first, 1.0)
    return bool(np.all(common) and np.all(second[len(first) :] >= 2.0**64 * (1.0 - 1e-12)))


def figures_in(told: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield (path, value) of everything in a document that is no container."""
    if isinstance(told, Mapping):
        for name, one in told.items():
            yield from figures_in(one, (*path, str(name)))
    elif isinstance(told, Sequence) and not isinstance(told, str):
        for place, one in enumerate(told):
            yield from figures_in(one, (*path, str(place)))
    else:
        yield path, told


def figure_differences(
    recorded: Mapping[str, Any], now: Mapping[str, Any], agreement: Mapping[str, float]
) -> tuple[list[Difference], int]:
    """Return the figures that do not agree, and how many were compared."""
    one, other = dict(figures_in(recorded)), dict(figures_in(now))
    found, missing = [], object()
    for path in dict.fromkeys([*one, *other]):
        pair = one.get(path, missing), other.get(path, missing)
        if not _agree(*pair, path, _scale(one, path), agreement):
            first, second = (None if value is missing else value for value in pair)
            name = " / ".join(path)
            found.append(Difference(part="figures", name=name, recorded=first, now=second))
    return found, len(one)


def _scale(told: Mapping[tuple[str, ...], Any], path: tuple[str, ...]) -> float:
    """Return the size of the figure that an error belongs to, else 0."""
    value = told.get((*path[:-1], "value")) if path and path[-1] == "error" else None
    return abs(value) if isinstance(value, float | int) else 0.0


def _agree(
    one: Any, other: Any, path: tuple[str, ...], scale: float, agreement: Mapping[str, float]
) -> bool:
    if not isinstance(one, float) and not isinstance(other, float):
        return type(one) is type(other) and bool(one == other)
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        return False
    least = agreement["yuan" if any("yuan" in part for part in path) else "share"]
    largest = max(abs(one), abs(other), scale)
    return abs(one - other) <= max(agreement["relative"] * largest, least)
