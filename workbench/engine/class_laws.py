"""What the events of all classes pay, compiled once for as long as no term or stay changes.

Floor 3. A yearly total needs of each class its expected number and its law; the laws stand here as
matrices (classes, points), so that other members or other rates cost one product. Smooth sums are
condensed to nodes, others keep every amount. Source: docs/engine.md, "Condensed laws".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from workbench.engine.claimant import paid_stay_counts
from workbench.engine.condense import chebyshev_nodes, interpolation_matrix
from workbench.engine.events import PaymentTerms, Scheme, payment_terms
from workbench.engine.payment_laws import (
    PLAN_COLUMNS,
    Disability,
    Points,
    capped_law,
    class_points,
    disability_law,
    injury_daily_yuan,
    weighed,
)
from workbench.engine.quick_laws import (
    COARSE,
    FINE,
    Resolution,
    illness_nodes,
    injury_nodes,
    on_nodes,
)
from workbench.guard import freeze
from workbench.plans import EVENT_KINDS, Plan

__all__ = [
    "Block",
    "Counts",
    "SumLaws",
    "YearEvents",
    "alone_laws",
    "class_counts",
    "full_laws",
    "sum_laws",
]

Counts = Mapping[str, np.ndarray]
"""Expected events a year of the classes by kind at a shock of 1, shape (classes,).

Beside the kinds: "disabled" and "undisabled" of the injuries, and, where areas have shocks of their
own, "illness_by_area" (areas, classes).
"""

DISABILITY_NODES = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Classes of one kind that pay on one grid.

    `yuan` (n,); `rows` (m,) places of the classes; `mass` (m, n). With `amount` the events are
    injuries with a disability of that law.
    """

    kind: str
    yuan: np.ndarray
    rows: np.ndarray
    mass: np.ndarray
    amount: Points | None = None

    def points(self, expected: np.ndarray) -> Points:
        """Return the measure of these events at expected numbers (…, classes)."""
        return Points(yuan=self.yuan, mass=expected[..., self.rows] @ self.mass)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class YearEvents:
    """A year's events for one sum of plans; masses are expected events at a shock of 1.

    `by_area` (areas, n): masses of illness on its points, where areas have shocks of their own.
    """

    illness: Points
    other: Points
    disabled: tuple[Disability, ...]
    by_area: np.ndarray | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SumLaws:
    """Laws of all events for one sum of plans; `condensed` says that masses stand on nodes."""

    blocks: tuple[Block, ...]
    condensed: bool
    top: float

    @property
    def nodes_top(self) -> float:
        """End of the nodes, yuan; 0 where nothing is condensed."""
        return self.top if self.condensed else 0.0

    def events(self, counts: Counts) -> YearEvents:
        """Return the year's events at these expected numbers."""
        illness, by_area, other, injured = [], [], [], []
        for block in self.blocks:
            if block.amount is not None:
                stays = block.points(counts[block.kind])
                injured.append(Disability(stays=stays, amount=block.amount))
            elif block.kind == "illness":
                illness.append(block.points(counts["illness"]))
                if "illness_by_area" in counts:
                    by_area.append(block.points(counts["illness_by_area"]))
            else:
                other.append(block.points(counts[block.kind]))
        return YearEvents(
            illness=Points.join(illness),
            other=Points.join(other),
            disabled=tuple(injured),
            by_area=Points.join(by_area).mass if by_area else None,
        )


def class_counts(scheme: Scheme) -> dict[str, np.ndarray]:
    """Return the expected events a year of every class (see `Counts`)."""
    counts = {}
    for kind in EVENT_KINDS:
        classes = scheme.classes[kind]
        counts[kind] = classes.expected(scheme.expected_events(kind))
    counts["disabled"] = scheme.classes["injury"].expected(scheme.expected_events("disabled"))
    counts["undisabled"] = counts["injury"] - counts["disabled"]
    if scheme.area_shock_cv > 0.0:
        counts["illness_by_area"] = _by_area(scheme)
    return counts


def _by_area(scheme: Scheme) -> np.ndarray:
    """Expected illness events by area and class, (areas, classes)."""
    classes = scheme.classes["illness"]
    number, areas = len(classes.keys), len(scheme.areas)
    paid = classes.cell_class >= 0
    place = scheme.area[paid] * number + classes.cell_class[paid]
    expected = scheme.expected_events("illness")[paid]
    return np.bincount(place, expected, areas * number).reshape(areas, number)


def _most(plan: Plan, kind: str) -> float:
    """Largest yuan that one event of a kind can pay a plan, a disability apart."""
    if plan.benefit_form == "medical":
        return plan.annual_cap_yuan
    if plan.benefit_form == "allowance":
        return min(plan.daily_yuan * plan.max_days_per_year, plan.annual_cap_yuan)
    if plan.benefit_form == "accident":
        injury = plan.daily_yuan * plan.max_days_per_year
        return plan.death_yuan if kind == "death" else injury
    return max(plan.lump_sum_yuan, plan.partial_lump_yuan)


def _top(scheme: Scheme, weights: np.ndarray) -> float:
    """Largest payment of one event to the plans of a sum, a disability apart."""
    most = [0.0]
    for kind in EVENT_KINDS:
        for key in scheme.classes[kind].keys:
            held = [int(place) for place in key[PLAN_COLUMNS[kind]] if place >= 0]
            most.append(sum(weights[place] * _most(scheme.plans[place], kind) for place in held))
    return max(most)


def _condensed(
    scheme: Scheme, kind: str, key: np.ndarray, weights: np.ndarray, lattice: tuple
) -> np.ndarray:
    """Masses of one class on the nodes of [0, top]; `lattice` is (top, resolution)."""
    top, resolution = lattice
    if kind == "illness":
        segment, group, first, *held = (int(entry) for entry in key)
        medical, allowance = (weighed(scheme, place, weights) for place in held)
        if medical:
            plans = [scheme.plans[place] if place >= 0 else None for place in held]
            counts = paid_stay_counts(scheme.beliefs[segment], bool(first), *plans)
            stay = scheme.stays[segment, group, "illness"]
            return illness_nodes(stay, counts, (medical, allowance), top=top, resolution=resolution)
    if kind == "injury":
        segment, group, *held = (int(entry) for entry in key)
        medical, *others = (weighed(scheme, place, weights) for place in held)
        if medical:
            by_day = [entry for entry in others if entry]
            yuan = injury_daily_yuan(by_day) if by_day else np.zeros(0)
            stay = scheme.stays[segment, group, "injury"]
            return injury_nodes(stay, medical, yuan, top=top, resolution=resolution)
    return on_nodes(class_points(scheme, kind, key, weights), top)


def _parts(scheme: Scheme, kind: str, weights: np.ndarray) -> dict[tuple, list[int]]:
    """Places of the classes that pay, by (kind of count, segment and place of a disability)."""
    keys = scheme.classes[kind].keys
    held = keys[:, PLAN_COLUMNS[kind]]
    asked = (held >= 0) & (weights[held] != 0.0)
    pays = asked.any(axis=1)
    hurt = asked[:, -1] if kind == "injury" else np.zeros(len(keys), dtype=bool)
    parts: dict[tuple, list[int]] = {
        (kind,): np.flatnonzero(pays & ~hurt).tolist(),
        ("undisabled",): np.flatnonzero(hurt).tolist(),
    }
    for place in np.flatnonzero(hurt).tolist():
        where = ("disabled", int(keys[place, 0]), int(keys[place, 4]))
        parts.setdefault(where, []).append(place)
    return {name: places for name, places in parts.items() if places}


def _blocks(
    scheme: Scheme,
    kind: str,
    weights: np.ndarray,
    lattice: tuple | None,
    every_step: bool = False,
) -> list[Block]:
    """Blocks of one kind; condensed to nodes where there is a `lattice`.

    With `every_step` not even a disability's amount is condensed.
    """
    parts = _parts(scheme, kind, weights)
    keys = scheme.classes[kind].keys
    laws = {}
    for place in sorted({place for places in parts.values() for place in places}):
        if lattice is None:
            laws[place] = class_points(scheme, kind, keys[place], weights)
        else:
            mass = _condensed(scheme, kind, keys[place], weights, lattice)
            laws[place] = Points(yuan=chebyshev_nodes(lattice[0]), mass=mass)
    blocks = []
    for (count, *where), places in parts.items():
        amount = _amount(scheme, where, weights, every_step) if where else None
        grids: dict[bytes, list[int]] = {}
        for place in places:
            grids.setdefault(laws[place].yuan.tobytes(), []).append(place)
        for alike in grids.values():
            blocks.append(
                Block(
                    kind=count,
                    yuan=laws[alike[0]].yuan,
                    rows=np.array(alike),
                    mass=np.stack([laws[place].mass for place in alike]),
                    amount=amount,
                )
            )
    return blocks


def _amount(scheme: Scheme, where: list[int], weights: np.ndarray, every_step: bool) -> Points:
    """Law of a disability's amount; on nodes, or every step of it."""
    segment, accident = where
    if every_step:
        return disability_law(scheme, segment, accident, weights[accident])
    mean = scheme.beliefs[segment]["disability_degree_mean"]
    return _disability(mean, weights[accident] * scheme.plans[accident].disability_max_yuan)


@lru_cache(maxsize=32)
def _disability(mean: float, most: float) -> Points:
    law = capped_law(mean, most)
    matrix = _disability_weights(law.yuan.tobytes(), most)
    return Points(yuan=chebyshev_nodes(most, DISABILITY_NODES), mass=law.mass @ matrix)


@lru_cache(maxsize=4)
def _disability_weights(yuan: bytes, most: float) -> np.ndarray:
    """Weights of the steps of a disability's amount on its nodes; its mean does not move them."""
    return freeze(interpolation_matrix(np.frombuffer(yuan), most, DISABILITY_NODES))


def full_laws(scheme: Scheme, weights: np.ndarray, kinds: tuple[str, ...] = EVENT_KINDS) -> SumLaws:
    """Return the laws of one weighted sum of plans with every payment of events of some kinds."""
    blocks = [one for kind in kinds for one in _blocks(scheme, kind, weights, None, True)]
    return SumLaws(blocks=tuple(blocks), condensed=False, top=0.0)


def _sum_laws(scheme: Scheme, weights: np.ndarray, resolution: Resolution) -> SumLaws:
    """Compile the laws of one sum of plans."""
    asked = [plan for plan, weight in zip(scheme.plans, weights, strict=True) if weight]
    top = _top(scheme, weights)
    condensed = any(plan.benefit_form == "medical" for plan in asked) and top > 0.0
    lattice = (top, resolution) if condensed else None
    blocks = [one for kind in EVENT_KINDS for one in _blocks(scheme, kind, weights, lattice)]
    return SumLaws(blocks=tuple(blocks), condensed=condensed, top=top)


@lru_cache(maxsize=16)
def _plain_sums(terms: PaymentTerms) -> dict[int, SumLaws]:
    """Laws of the plans that no cost of a stay moves, by place; nothing is condensed there."""
    scheme = terms.scheme
    return {
        place: _sum_laws(scheme, weights, FINE)
        for place, weights in enumerate(np.eye(len(scheme.plans)))
        if scheme.plans[place].benefit_form != "medical"
    }


@lru_cache(maxsize=8)
def _all_sums(terms: PaymentTerms, both: bool) -> tuple[tuple[SumLaws, SumLaws], ...]:
    scheme = terms.scheme
    number = len(scheme.plans)
    plain = _plain_sums(payment_terms(scheme, cost=False))
    pairs = []
    for place, weights in enumerate([*np.eye(number), np.ones(number)]):
        if place in plain:
            pairs.append((plain[place], plain[place]))
            continue
        rough = _sum_laws(scheme, weights, COARSE)
        pairs.append(
            (_sum_laws(scheme, weights, FINE) if rough.condensed and both else rough, rough)
        )
    return tuple(pairs)


def sum_laws(scheme: Scheme, *, both: bool = True) -> tuple[tuple[SumLaws, SumLaws], ...]:
    """Return the laws of each plan and, last, of the total: fine and coarse; kept by content.

    Without `both` the coarser ones stand for the finer too.
    """
    return _all_sums(payment_terms(scheme), both)


@lru_cache(maxsize=8)
def _alone(terms: PaymentTerms, place: int) -> SumLaws:
    scheme = terms.scheme
    return _sum_laws(scheme, np.eye(len(scheme.plans))[place], FINE)


def alone_laws(scheme: Scheme, place: int) -> tuple[SumLaws, SumLaws]:
    """Return the laws of one plan alone, fine ones for both: for a scheme that is asked once."""
    laws = _alone(payment_terms(scheme), place)
    return laws, laws
