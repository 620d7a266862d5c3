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


def spread(total: int | np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return whole numbers in proportion to integer `weights` that add up to `total`.

    Integer parts first, then one each to the largest remainders, ties to the earlier place.
    `total` may have the shape (n,) beside weights (n, places).
    """
    whole = np.asarray(total, dtype=np.int64)[..., None]
    weights = np.asarray(weights, dtype=np.int64)
    sums = weights.sum(axis=-1, keepdims=True)
    parts, remainders = np.divmod(whole * weights, np.maximum(sums, 1))
    left = np.where(sums > 0, whole - parts.sum(axis=-1, keepdims=True), 0)
    order = np.argsort(-remainders, axis=-1, kind="stable")
    first = (np.arange(weights.shape[-1]) < left).astype(np.int64)
    extra = np.zeros_like(parts)
    np.put_along_axis(extra, order, first, axis=-1)
    return parts + extra


def _leaving_members(members: np.ndarray, leaving: tuple[Leaving, ...]) -> np.ndarray:
    """Return the members (n, bands) after those who leave; rounding half up in each cell."""
    kept = members.copy()
    for rule in leaving:
        for place, band in enumerate(AGE_BANDS):
            low, high = band_bounds(band)
            if low >= rule.age_low and high <= rule.age_high:
                gone = np.floor(kept[:, place] * rule.share + 0.5)
                kept[:, place] -= gone.astype(np.int64)
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
    segment = np.array([known[row.segment] for row in rows], dtype=np.int64)
    shares = np.array([one.beliefs.get("first_term_share", first_term_share) for one in segments])
    factor = np.array([row.accident_factor for row in rows])
    numbers = np.array([(row.men, row.women) for row in rows], dtype=np.int64).reshape(-1, 2)
    # Men stand before women, as MALE < FEMALE; one line of `by_band` a row and sex.
    by_band = spread(numbers.ravel(), np.tile(mix[[MALE, FEMALE]], (len(rows), 1)))
    by_band = _leaving_members(by_band, leaving)
    begun = np.floor(np.repeat(shares[segment], 2) * by_band.sum(axis=1) + 0.5).astype(np.int64)
    first = spread(begun, by_band)
    members = np.stack([first, by_band - first], axis=2).reshape(len(rows), 2, len(AGE_BANDS), 2)
    row, sex, band, renewed = np.nonzero(members)
    return Portfolio(
        rows=rows,
        row=freeze(row),
        sex=freeze(sex),
        band=freeze(band),
        first_term=freeze(renewed == 0),
        accident_factor=freeze(factor[row]),
        segment=freeze(segment[row]),
        members=freeze(members[row, sex, band, renewed]),
    )
