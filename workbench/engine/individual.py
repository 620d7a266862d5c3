"""Counts of the individual form: every member has at most one event of a kind.

Floor 3. Numbers of members are binomial given the year's shock; what follows an event is the same
as in the collective form. Source: docs/model.md section 6.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from workbench.engine.claims import ClaimGroup, draw_theta_lanes
from workbench.engine.events import Scheme
from workbench.engine.tables import Shock
from workbench.plans import EVENT_KINDS
from workbench.streams import BLOCK_YEARS, generator, meaning_key

__all__ = ["IndividualCounts", "member_probabilities"]


def member_probabilities(scheme: Scheme, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return P(illness), P(injury) of a member, shapes (years, cells) and (cells,).

    p_ill = min((q − r)·theta, 1 − r·f), p_inj = r·f.
    """
    injury = scheme.rates.injury
    return np.minimum(scheme.rates.illness * theta[:, None], 1.0 - injury), injury


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualCounts:
    """Draws the numbers of the blocks of one chunk; called like `poisson_counts`."""

    scheme: Scheme
    shock: Shock
    seed: int
    drawn: dict[int, dict[str, np.ndarray]] = field(default_factory=dict)

    def __call__(self, group: ClaimGroup, source: np.random.Philox, block: int) -> np.ndarray:
        """Yearly numbers of the group's classes in one block, int64 (classes, years)."""
        events = self._block_events(block)
        key = meaning_key("split", *group.meaning)
        rng = generator(self.seed, key, block)
        numbers = np.zeros((len(group.classes), BLOCK_YEARS), dtype=np.int64)
        shares: dict[tuple[str, int], list[tuple[int, float]]] = {}
        for place, (kind, sources) in enumerate(group.sources):
            for index, share in sources:
                shares.setdefault((kind, index), []).append((place, share))
        for (kind, index), parts in shares.items():
            weights = np.array([share for _, share in parts])
            rest = max(0.0, 1.0 - weights.sum())
            drawn = rng.multinomial(events[kind][:, index], np.append(weights, rest))
            for column, (place, _) in enumerate(parts):
                numbers[place] += drawn[:, column]
        return numbers

    def _block_events(self, block: int) -> dict[str, np.ndarray]:
        """Numbers of events by kind, (years, event classes); kept for the groups that follow."""
        if block not in self.drawn:
            self.drawn[block] = self._draw_events(block)
        return self.drawn[block]

    def _draw_events(self, block: int) -> dict[str, np.ndarray]:
        theta = self.shock.theta[draw_theta_lanes(self.seed, range(block, block + 1))]
        cells, rates = self.scheme.portfolio, self.scheme.rates
        ill, hurt = member_probabilities(self.scheme, theta)
        by_cell = {
            kind: np.zeros((BLOCK_YEARS, len(cells.members)), dtype=np.int64)
            for kind in (*EVENT_KINDS, "disabled")
        }
        for row in range(len(cells.rows)):
            here = np.flatnonzero(cells.row == row)
            rng = generator(self.seed, meaning_key("members", *self._row_name(row)), block)
            size = (BLOCK_YEARS, len(here))
            members = np.broadcast_to(cells.members[here], size)
            illness = rng.binomial(members, ill[:, here])
            left = np.clip(hurt[here] / np.maximum(1.0 - ill[:, here], 1e-300), 0.0, 1.0)
            injury = rng.binomial(members - illness, left)
            special = rng.binomial(members, rates.special[here])
            other = rates.critical[here] / (1.0 - rates.special[here])
            drawn = {
                "illness": illness,
                "injury": injury,
                "disabled": rng.binomial(injury, _ratio(rates.disabled[here], hurt[here])),
                "special": special,
                "critical": rng.binomial(members - special, np.minimum(other, 1.0)),
                "death": rng.binomial(members, rates.death[here]),
            }
            for kind, numbers in drawn.items():
                by_cell[kind][:, here] = numbers
        by_cell["undisabled"] = by_cell["injury"] - by_cell["disabled"]
        return {kind: self._to_classes(kind, numbers) for kind, numbers in by_cell.items()}

    def _row_name(self, row: int) -> tuple[object, ...]:
        """Name of a bundle row: segment, plans, and which of several alike it is."""
        rows = self.scheme.portfolio.rows
        alike = [
            place
            for place, other in enumerate(rows)
            if (other.segment, other.plans) == (rows[row].segment, rows[row].plans)
        ]
        return (rows[row].segment, "+".join(rows[row].plans), alike.index(row))

    def _to_classes(self, kind: str, by_cell: np.ndarray) -> np.ndarray:
        """Sum numbers (years, cells) into event classes (years, classes)."""
        classes = self.scheme.classes["injury" if kind in ("disabled", "undisabled") else kind]
        total = np.zeros((len(by_cell), len(classes.keys)), dtype=np.int64)
        for index in range(len(classes.keys)):
            total[:, index] = by_cell[:, classes.cell_class == index].sum(axis=1)
        return total


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0.0)
