"""In which order the paths stand by their fund, month by month, so that sorting again costs little.

Floor 6, inside `fund`. Money that all paths share moves all funds of a month alike, but for a few
fen of interest: sorted as they stood before, they are sorted already but for a few neighbours. The
sorted amounts are the same whatever the order that was remembered. Source: docs/fund.md section 9.
"""

from __future__ import annotations

import numpy as np

__all__ = ["Order"]

PLACE_BITS = 20
"""Room for the number of a path (at most `project.MOST_PATHS`) beside its fund in one number."""
WIDEST = 1 << (62 - PLACE_BITS)


class Order:
    """What is remembered of the funds of some paths; the first sort of a month remembers."""

    __slots__ = ("_known", "_places")

    def __init__(self, months: int, paths: int) -> None:
        kind = np.uint16 if paths <= 1 << 16 else np.uint32
        self._places = np.empty((months, paths), dtype=kind)
        self._known = np.zeros(months, dtype=bool)

    def sorted(self, month: int, fen: np.ndarray) -> np.ndarray:
        """Return the funds of a month, whole fen (paths,), in rising order."""
        if self._known[month]:
            return np.sort(fen.take(self._places[month]), kind="stable")
        found, places = _sorted_with_places(fen)
        self._places[month], self._known[month] = places, True
        return found


def _sorted_with_places(fen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return amounts in rising order and where each stood; one plain sort where there is room."""
    least = fen.min()
    above = fen - least
    if len(fen) > 1 << PLACE_BITS or above.max() >= WIDEST:
        places = np.argsort(fen)
        return fen[places], places
    joined = np.sort((above << PLACE_BITS) | np.arange(len(fen)))
    return (joined >> PLACE_BITS) + least, joined & ((1 << PLACE_BITS) - 1)
