"""Results of a drawn run in parts: enough to tell the first years that differ, and by how much.

Floor 8.1. A part is a number of logical blocks of years; each column (fen or beneficiaries of a
plan, persons paid) has its sum and the first 64 bits of the SHA-256 of its integers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.streams import BLOCK_YEARS

__all__ = ["Parts", "column_names", "parts_of", "unlike_parts"]

MOST_PARTS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Sums int64 and digests uint64 of the results, shape (parts, columns); years in one part."""

    sums: np.ndarray
    digests: np.ndarray
    years: int


def column_names(plans: Sequence[str], columns: int) -> list[str]:
    """Return the names of the columns of drawn results: `paid_fen P1`, … , `persons_paid`."""
    kinds = ("paid_fen", "beneficiaries")
    names = [f"{kind} {code}" for kind in kinds for code in plans]
    return [*names, "persons_paid"][:columns]


def part_years(years: int) -> int:
    """Return the years of one part: whole logical blocks, at most 4,096 parts."""
    blocks = -(-years // BLOCK_YEARS)
    return BLOCK_YEARS * -(-blocks // MOST_PARTS)


def parts_of(drawn: Sequence[np.ndarray]) -> Parts:
    """Return the parts of drawn integers, (years, n) or (years,) each."""
    columns = [
        column
        for array in drawn
        for column in np.ascontiguousarray(array.reshape(len(array), -1).T, dtype="<i8")
    ]
    step = part_years(len(columns[0]))
    starts = range(0, len(columns[0]), step)
    sums = [[int(column[low : low + step].sum()) for column in columns] for low in starts]
    digests = [[_digest(column[low : low + step]) for column in columns] for low in starts]
    return Parts(
        sums=np.array(sums, dtype="<i8"), digests=np.array(digests, dtype="<u8"), years=step
    )


def _digest(integers: np.ndarray) -> int:
    return int.from_bytes(hashlib.sha256(integers.tobytes()).digest()[:8], "little")


def unlike_parts(one: Parts, other: Parts) -> list[tuple[int, int]]:
    """Return (part, column) of all that differ, in order; both must have the same shape."""
    if one.sums.shape != other.sums.shape or one.years != other.years:
        raise ValueError("results of other years or plans")
    unlike = (one.digests != other.digests) | (one.sums != other.sums)
    return [(int(part), int(column)) for part, column in np.argwhere(unlike)]
