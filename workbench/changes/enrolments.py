"""Bundles raked to given enrolments: members of each sex kept, plans hit.

Floor 2, inside `changes`. Iterative proportional fitting in plain Python floats with exactly
rounded sums, so that every machine gets the same whole numbers.

Source: Deming and Stephan 1940 (Annals of Mathematical Statistics 11, 427-444); convergence with
overlapping margins: Csiszár 1975 (Annals of Probability 3, 146-158), theorem 3.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import floor, fsum

from workbench.portfolio import BundleRow

__all__ = ["rake"]

_SWEEPS = 5_000
_CLOSE = 1e-10


def _fit(cells: list[float], margins: list[tuple[list[int], float]]) -> list[float] | None:
    """Scale each margin's cells to its total, in turn, until all hold to 1e-10; None if never.

    The least divergent cells of Kullback and Leibler with these margins have the form cell ×
    product of one factor a plan held × one factor a sex, which is what the scaling finds.
    """
    for _ in range(_SWEEPS):
        worst = 0.0
        for places, total in margins:
            now = fsum(cells[place] for place in places)
            if now <= 0.0:
                if total > 0.0:
                    return None
                continue
            factor = total / now
            worst = max(worst, abs(factor - 1.0))
            for place in places:
                cells[place] *= factor
        if worst < _CLOSE:
            return cells
    return None


def _whole(cells: Sequence[float], total: int) -> list[int]:
    """Round to whole numbers that add to `total`: integer parts, then largest remainders.

    A cell within 1e-6 of a whole number counts as that number.
    """
    near = [round(cell) if abs(cell - round(cell)) < 1e-6 else cell for cell in cells]
    parts = [floor(cell) for cell in near]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - near[place], place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


def rake(rows: tuple[BundleRow, ...], targets: Mapping[str, int]) -> tuple[BundleRow, ...] | None:
    """Return rows whose plans have the enrolments of `targets`, or None if there are none.

    Parameters
    ----------
    rows
        Bundle rows; a row and sex without members stays without.
    targets
        Enrolments by plan code; a plan that is not named keeps its own.

    Returns
    -------
    tuple of BundleRow or None
        Total women and total men are kept exactly; enrolments are hit within the rounding to
        whole members (largest remainder in each sex, ties to the earlier row). None where the
        targets contradict the members or one another.
    """
    held: dict[str, int] = {}
    for row in rows:
        for code in row.plans:
            held[code] = held.get(code, 0) + row.members
    count = len(rows)
    margins = [
        (
            [
                place + count * sex
                for sex in (0, 1)
                for place, row in enumerate(rows)
                if code in row.plans
            ],
            float(targets.get(code, members)),
        )
        for code, members in held.items()
    ]
    women, men = sum(row.women for row in rows), sum(row.men for row in rows)
    margins += [(list(range(count)), float(women)), (list(range(count, 2 * count)), float(men))]
    start = [float(row.women) for row in rows] + [float(row.men) for row in rows]
    cells = _fit(start, margins)
    if cells is None or any(code not in held for code in targets):
        return None
    new_women, new_men = _whole(cells[:count], women), _whole(cells[count:], men)
    return tuple(
        replace(row, women=new_women[place], men=new_men[place]) for place, row in enumerate(rows)
    )
