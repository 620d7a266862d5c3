"""When a drawn run has enough years: looks at fixed years, a stop at a stated error, years needed.

Floor 3. A run looks at its error after 8,192 years, when some 40 years lie beyond the 99.5 %
quantile, and then at years that grow by a quarter; where it looks depends on nothing else, so the
same run stops at the same year on any machine. Source: docs/convergence.md; David and Nagaraja,
Order Statistics (3rd ed., 2003), section 7.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from workbench.engine.variance import Measured, Reader, independent
from workbench.risk import Figure
from workbench.streams import BLOCK_YEARS

__all__ = [
    "ERRORS",
    "LEVEL",
    "Convergence",
    "checkpoints",
    "convergence_of",
    "draw_until",
    "met",
    "relative_error",
]

LEVEL = 0.995
"""The quantile of the total whose error decides."""
ERRORS = (0.01, 0.005, 0.002, 0.001)
"""Relative errors whose years every drawn run tells."""
FIRST_BLOCKS = 128
"""Blocks of the first look: 41 of its years lie beyond the quantile; fewer give no sound error."""

Years = TypeVar("Years")


@dataclass(frozen=True, slots=True, kw_only=True)
class Convergence:
    """How far a drawn run got.

    `years` drawn of at most `most`; `error` of the total's quantile as a share of it, with its own
    uncertainty; `needed` years by relative error; `reached` is None without a tolerance.
    """

    years: int
    most: int
    tolerance: float | None
    reached: bool | None
    error: Figure
    needed: Mapping[float, Figure]


def checkpoints(most: int, *, doubling: bool = False) -> Iterator[int]:
    """Yield the years after which a run looks at its error; the last is `most`.

    Whole blocks of 64 years, growing by a quarter; twice as many each time for quasi-random
    points, which are even only at powers of two.
    """
    blocks = FIRST_BLOCKS
    while blocks * BLOCK_YEARS < most:
        yield blocks * BLOCK_YEARS
        blocks = 2 * blocks if doubling else -(-blocks * 5 // 4)
    yield most


def draw_until(
    draw: Callable[[range], Years],
    fen_of: Callable[[Years], np.ndarray],
    *,
    marks: Iterable[int],
    enough: Callable[[np.ndarray], bool],
) -> list[Years]:
    """Return drawn years in parts, up to the first mark at which they are enough, or the last.

    `draw` gives years of a range, `fen_of` of them the total's fen (years,); `enough` is asked
    with all fen so far. No year is drawn twice.
    """
    parts: list[Years] = []
    fen: list[np.ndarray] = []
    done = 0
    for mark in marks:
        parts.append(draw(range(done, mark)))
        fen.append(fen_of(parts[-1]))
        done = mark
        if enough(np.concatenate(fen)):
            break
    return parts


def relative_error(fen: np.ndarray, reader: Reader) -> Figure:
    """Return the standard error of the total's quantile as a share of it, and how sure it is.

    The error of the figure, or half of what two errors of the rank give where that is more: an
    interval between few years of the tail may be narrow by chance.
    """
    sample = reader(fen)
    measured = sample if isinstance(sample, Measured) else independent(fen)
    figure = sample.quantile(LEVEL)
    low, high = measured.reach(LEVEL, 2.0)
    error = max(figure.error, (high - low) / 4.0)
    # Years between the two ends: the gaps of order statistics vary like exponential ones.
    between = 4.0 * len(fen) * measured.rank_error(LEVEL)
    share = error / figure.value if figure.value > 0.0 else float("nan")
    return Figure(share, share * float(np.sqrt(1.0 / between + measured.unsure)))


def convergence_of(
    fen: np.ndarray, reader: Reader, *, most: int, tolerance: float | None
) -> Convergence:
    """Return how far a run got whose total is `fen` (years,), and the years that errors need.

    The error falls with √years, so that t needs years · (error / t)²; quasi-random points need
    fewer. A figure's error there is twice the relative uncertainty of the error.
    """
    error = relative_error(fen, reader)
    stated = sorted({*ERRORS, *([] if tolerance is None else [tolerance])}, reverse=True)
    needed = {}
    for one in stated:
        years = len(fen) * (error.value / one) ** 2
        needed[one] = Figure(years, 2.0 * years * error.error / (error.value or 1.0))
    return Convergence(
        years=len(fen),
        most=most,
        tolerance=tolerance,
        reached=None if tolerance is None else met(error, tolerance),
        error=error,
        needed=needed,
    )


def met(error: Figure, tolerance: float) -> bool:
    """Whether a relative error is within a tolerance; a total of nothing has none."""
    return bool(np.isnan(error.value)) or error.value <= tolerance
