"""The Euler allocation of a measure of the year's total to plans, kinds of event and cells.

Floor 3. Each event carries the mean of its payment times D(total); sums of that over any parts add
up to the measure. The collective form alone: there the numbers of events are Poisson given the
shock. Source: docs/risk.md section 6; Tasche (2004); Acerbi and Tasche (2002), JBF 26, 1487-1503.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workbench.engine.events import EventClasses, Scheme, scheme_of
from workbench.engine.inversion import LATTICE_BITS, AnnualLaw, Measures, annual_law
from workbench.engine.measuring import RELATIVE_ERROR, measured, rounding_yuan
from workbench.engine.payment_laws import PLAN_COLUMNS, Points, class_points, disability_law
from workbench.engine.stages import measures_of
from workbench.engine.worth import EventWeight, event_weights
from workbench.inputs import Inputs
from workbench.plans import EVENT_KINDS
from workbench.risk import Distortion, Figure

__all__ = ["Allocation", "allocate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """A measure of the total and its parts, yuan a year.

    `amounts` by cell, kind of event (in the order of `EVENT_KINDS`) and plan, shape (cells, kinds,
    plans), add up to `total`; `coarse` the same on half the lattice, and `paid` the expected yuan.
    `unscaled` is what the parts added up to before they were closed on the total; `stand_alone`
    the measure of each plan by itself; `enrolments` by plan; `rounding` of the total, yuan.
    """

    distortion: Distortion
    scheme: Scheme
    total: Figure
    unscaled: float
    stand_alone: tuple[Figure, ...]
    amounts: np.ndarray
    coarse: np.ndarray
    paid: np.ndarray
    rounding: float

    def part(self, chosen: tuple) -> Figure:
        """Return the sum of `amounts[chosen]` with the bound of its numerical error."""
        value, other = (float(table[chosen].sum()) for table in (self.amounts, self.coarse))
        share = abs(value / self.total.value) if self.total.value else 0.0
        left = abs(self.unscaled - self.total.value)
        floor = share * max(self.rounding, self.total.error, left)
        return Figure(value, max(abs(value - other), abs(value) * RELATIVE_ERROR, floor))

    def plan(self, place: int) -> Figure:
        """Return a plan's share, yuan."""
        return self.part((slice(None), slice(None), place))

    def kind(self, place: int) -> Figure:
        """Return the share of a kind of event, yuan."""
        return self.part((slice(None), place, slice(None)))

    def cell(self, place: int) -> Figure:
        """Return the share of the members of a cell, yuan."""
        return self.part((place, slice(None), slice(None)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Payments:
    """What one event of a class pays: the whole, and what of it each plan pays.

    `law` yuan and probabilities of the whole (disability apart); `by_plan` yuan of each plan that
    pays, at the same points; `disability` (segment, plan) of the amount of a disability.
    """

    law: Points
    by_plan: Mapping[int, np.ndarray]
    disability: tuple[int, int] | None = None


def _payments(scheme: Scheme, kind: str, key: np.ndarray) -> _Payments:
    """Return the payments of one event; a plan's part is what one unit more of it pays more."""
    ones = np.ones(len(scheme.plans))
    law = class_points(scheme, kind, key, ones)
    held = [int(place) for place in key[PLAN_COLUMNS[kind]] if place >= 0]
    by_plan, left = {}, law.yuan
    for place in held[:-1]:
        more = class_points(scheme, kind, key, ones + np.eye(len(ones))[place])
        by_plan[place] = more.yuan - law.yuan
        left = left - by_plan[place]
    by_plan[held[-1]] = left
    hurt = kind == "injury" and key[4] >= 0
    return _Payments(
        law=law, by_plan=by_plan, disability=(int(key[0]), int(key[4])) if hurt else None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Events:
    """Payments of every class by kind, and laws of disabilities by (segment, plan)."""

    scheme: Scheme
    paid: Mapping[str, list[_Payments]]
    disabilities: Mapping[tuple[int, int], Points]

    @classmethod
    def of(cls, scheme: Scheme) -> _Events:
        """Return the events of a scheme."""
        paid = {
            kind: [_payments(scheme, kind, key) for key in scheme.classes[kind].keys]
            for kind in EVENT_KINDS
        }
        groups = {one.disability for one in paid["injury"] if one.disability}
        laws = {group: disability_law(scheme, *group, 1.0) for group in sorted(groups)}
        return cls(scheme=scheme, paid=paid, disabilities=laws)

    @property
    def largest(self) -> float:
        """At least the largest payment of one event, yuan."""
        sizes = [one.law.yuan.max() for listed in self.paid.values() for one in listed]
        more = [law.yuan.max() for law in self.disabilities.values()]
        return float(max(sizes, default=0.0) + max(more, default=0.0))


def _worths(paid: list[_Payments], weight: EventWeight, plans: int) -> list[np.ndarray]:
    """E[y · D(S + Y)] of one event of each class without a disability, by plan (plans,) each."""
    read: dict[bytes, np.ndarray] = {}
    worths = []
    for one in paid:
        grid = one.law.yuan.tobytes()
        if grid not in read:
            read[grid] = weight.at(one.law.yuan)
        at = read[grid] * one.law.mass
        found = np.zeros(plans)
        for place, yuan in one.by_plan.items():
            found[place] += float(np.sum(yuan * at))
        worths.append(found)
    return worths


def _spread(classes: EventClasses, events: np.ndarray, worth: list[np.ndarray]) -> np.ndarray:
    """Events of each cell (cells,) times the worth of one of its class, shape (cells, plans)."""
    pays = classes.cell_class >= 0
    if not worth:
        return np.zeros(1)
    table = np.array(worth)
    found = np.zeros((len(events), table.shape[1]))
    found[pays] = events[pays, None] * table[classes.cell_class[pays]]
    return found


def _more_with_disability(
    events: _Events, weight: EventWeight, plain: list[np.ndarray]
) -> list[np.ndarray]:
    """What a disability adds to the worth of an injury of each class, by plan."""
    beside = {
        group: (weight.with_amount(law), weight.with_amount(law, 1))
        for group, law in events.disabilities.items()
    }
    hurt = {
        group: _worths(events.paid["injury"], both[0], len(plain[0]))
        for group, both in beside.items()
    }
    added = []
    for place, (one, without) in enumerate(zip(events.paid["injury"], plain, strict=True)):
        more = np.zeros(len(without))
        if one.disability is not None:
            more = hurt[one.disability][place] - without
            at = beside[one.disability][1].at(one.law.yuan)
            more[one.disability[1]] += float(np.sum(one.law.mass * at))
        added.append(more)
    return added


def _parts(
    events: _Events, law: AnnualLaw, distortion: Distortion, measures: Measures
) -> np.ndarray:
    """Return the parts of a measure before they are closed, shape (cells, kinds, plans)."""
    scheme = events.scheme
    plans = len(scheme.plans)
    weights = event_weights(law, distortion, measures, events.largest)
    found = np.zeros((len(scheme.portfolio.members), len(EVENT_KINDS), plans))
    for place, kind in enumerate(EVENT_KINDS):
        classes, expected = scheme.classes[kind], scheme.expected_events(kind)
        if kind == "illness":
            for area, weight in enumerate(weights.illness):
                here = expected if len(weights.illness) == 1 else expected * (scheme.area == area)
                found[:, place] += _spread(classes, here, _worths(events.paid[kind], weight, plans))
            continue
        worth = _worths(events.paid[kind], weights.calm, plans)
        found[:, place] += _spread(classes, expected, worth)
        if kind == "injury":
            more = _more_with_disability(events, weights.calm, worth)
            found[:, place] += _spread(classes, scheme.expected_events("disabled"), more)
    return found


def _law_pair(measures: Measures) -> tuple[AnnualLaw, AnnualLaw]:
    """Return the law of a sum of plans on the lattice, and the same on half of it."""
    fine = annual_law(measures, LATTICE_BITS)
    return fine, annual_law(measures, LATTICE_BITS - 1) if fine.continuous else fine


def _closed(parts: np.ndarray, total: float) -> np.ndarray:
    """Scale parts to the total that they are parts of; what is left is numerical error."""
    reached = float(parts.sum())
    return parts * (total / reached) if reached else parts


def allocate(inputs: Inputs, distortion: Distortion) -> Allocation:
    """Return the allocation of a measure of the year's total, collective form.

    Parameters
    ----------
    inputs
        The scheme, changes applied.
    distortion
        The measure: `Distortion("tail_mean", 0.995)`, `Distortion("wang", 0.5)` and so on.
    """
    events = _Events.of(scheme_of(inputs))
    scheme = events.scheme
    ones = np.eye(len(scheme.plans))
    whole = measures_of(scheme, ones.sum(axis=0))
    fine, rough = _law_pair(whole)
    parts = _parts(events, fine, distortion, whole)
    coarse = parts if rough is fine else _parts(events, rough, distortion, whole)
    total = measured(fine, rough).distorted(distortion)
    alone = [_law_pair(measures_of(scheme, one)) for one in ones]
    return Allocation(
        distortion=distortion,
        scheme=scheme,
        total=total,
        unscaled=float(parts.sum()),
        stand_alone=tuple(measured(*pair).distorted(distortion) for pair in alone),
        amounts=_closed(parts, total.value),
        coarse=_closed(coarse, measured(rough).distorted(distortion).value),
        paid=_parts(events, fine, Distortion("tail_mean", 0.0), whole),
        rounding=rounding_yuan(fine),
    )
