"""Members in cells: bundle × sex × age band × term status × accident factor, in whole members.

Floor 1. Built by integer arithmetic alone, so that every machine gets the same cells.
Source: docs/model.md section 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from workbench.guard import freeze
from workbench.timeline import AGE_BANDS, FEMALE, MALE, band_bounds

__all__ = ["BundleRow", "Leaving", "Portfolio", "Segment", "spread", "spread_members"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRow:
    """How many women and men hold one set of plans; one row of `data/bundles.csv`."""

    plans: tuple[str, ...]
    women: int
    men: int
    accident_factor: float = 1.0
    area: str = "Baoji"
    occupation_class: str = "1"
    segment: str = "employee"
    provenance: str = ""

    @property
    def members(self) -> int:
        """Women and men together."""
        return self.women + self.men


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A group of members with beliefs of its own, such as workers insured as residents."""

    name: str
    beliefs: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "beliefs", MappingProxyType(dict(self.beliefs)))

    def __reduce__(self) -> tuple:
        return (_segment, (self.name, dict(self.beliefs)))


def _segment(name: str, beliefs: dict[str, float]) -> Segment:
    return Segment(name=name, beliefs=beliefs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A share of the members of certain ages who leave (`leave:age_LOW_HIGH`)."""

    age_low: int
    age_high: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Portfolio:
    """Cells with at least one member; every array has the shape (cells,).

    `row` is the index of the `BundleRow`, `sex` 0 men and 1 women, `band` the index of the age
    band, `first_term` whether waiting applies, `members` whole members (int64), `segment` the
    index of the segment.
    """

    rows: tuple[BundleRow, ...]
    row: np.ndarray
    sex: np.ndarray
    band: np.ndarray
    first_term: np.ndarray
    accident_factor: np.ndarray
    segment: np.ndarray
    members: np.ndarray

    def holds(self, plan: str) -> np.ndarray:
        """Return which cells hold `plan`, bool (cells,)."""
        held = np.array([plan in row.plans for row in self.rows], dtype=bool)
        return held[self.row] if len(self.rows) else np.zeros(0, dtype=bool)

    def enrolments(self, plan: str) -> int:
        """Return the enrolments of `plan`."""
        return int(self.members[self.holds(plan)].sum())


def spread(total: int, weights: np.ndarray) -> np.ndarray:
    """Return whole numbers in proportion to integer `weights` that add up to `total`.

    Integer parts first, then one each to the largest remainders, ties to the earlier place.
    """
    weights = np.asarray(weights, dtype=np.int64)
    whole_weight = int(weights.sum())
    if total == 0 or whole_weight == 0:
        return np.zeros(len(weights), dtype=np.int64)
    products = [int(total) * int(weight) for weight in weights]
    parts = np.array([product // whole_weight for product in products], dtype=np.int64)
    remainders = [product % whole_weight for product in products]
    order = sorted(range(len(weights)), key=lambda place: (-remainders[place], place))
    parts[order[: total - int(parts.sum())]] += 1
    return parts


def _leaving_members(members: np.ndarray, leaving: tuple[Leaving, ...]) -> np.ndarray:
    """Return the members by age band after those who leave; rounding half up in each cell."""
    kept = members.copy()
    for rule in leaving:
        for place, band in enumerate(AGE_BANDS):
            low, high = band_bounds(band)
            if low >= rule.age_low and high <= rule.age_high:
                kept[place] -= int(np.floor(kept[place] * rule.share + 0.5))
    return kept


def spread_members(
    rows: tuple[BundleRow, ...],
    mix: np.ndarray,
    *,
    segments: tuple[Segment, ...],
    first_term_share: float,
    leaving: tuple[Leaving, ...] = (),
) -> Portfolio:
    """Return the cells of all rows.

    Parameters
    ----------
    rows
        Bundle rows; each sex of each row is spread by itself.
    mix
        Integer weights (millionths) of shape (2 sexes, 9 age bands).
    segments
        Known segments; a row's segment is found here by name.
    first_term_share
        Share of members in their first term, 0 to 1; a segment may have its own.
    leaving
        Ages that leave, applied to the spread members of every row.

    Notes
    -----
    Source: docs/model.md section 1, steps 1 to 3.
    """
    known = {segment.name: place for place, segment in enumerate(segments)}
    table: list[tuple[int, int, int, bool, float, int, int]] = []
    for index, row in enumerate(rows):
        place = known[row.segment]
        share = segments[place].beliefs.get("first_term_share", first_term_share)
        for sex, number in ((MALE, row.men), (FEMALE, row.women)):
            by_band = _leaving_members(spread(number, mix[sex]), leaving)
            first = spread(int(np.floor(share * by_band.sum() + 0.5)), by_band)
            for band in range(len(AGE_BANDS)):
                for status, count in ((True, first[band]), (False, by_band[band] - first[band])):
                    if count:
                        cell = (index, sex, band, status, row.accident_factor, place, int(count))
                        table.append(cell)
    columns = list(zip(*table, strict=True)) if table else [()] * 7
    kinds = (np.int64, np.int64, np.int64, bool, float, np.int64, np.int64)
    names = ("row", "sex", "band", "first_term", "accident_factor", "segment", "members")
    arrays = {
        name: freeze(column, kind) for name, column, kind in zip(names, columns, kinds, strict=True)
    }
    return Portfolio(rows=rows, **arrays)
