"""A figure over two names at once: the two-way table.

Floor 7, inside `sensitivity`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.changes import Changes
from workbench.risk import Figure

__all__ = ["TwoWay", "two_way"]

Evaluate = Callable[[Sequence[Changes]], Sequence[Figure]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWay:
    """Values of two names, and the figure at each pair: one row a value of the first name."""

    names: tuple[str, str]
    rows: tuple[float, ...]
    columns: tuple[float, ...]
    figures: tuple[tuple[Figure, ...], ...]


def two_way(
    evaluate: Evaluate, down: tuple[str, Sequence[float]], across: tuple[str, Sequence[float]]
) -> TwoWay:
    """Return a figure over a grid; `down` and `across` are a name with its values."""
    (first, rows), (second, columns) = down, across
    points = [Changes({first: row, second: column}) for row in rows for column in columns]
    found = list(evaluate(points))
    wide = len(columns)
    lines = (tuple(found[place : place + wide]) for place in range(0, len(found), wide))
    return TwoWay(
        names=(first, second), rows=tuple(rows), columns=tuple(columns), figures=tuple(lines)
    )
