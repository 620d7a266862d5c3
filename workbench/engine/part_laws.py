"""Laws of a part of a year's payments: what is unpaid at a date, what unexpired cover will cost.

Floor 3. Each event belongs to the part with a probability of its own, so given the shock the part
is compound Poisson like the year, with rates times the shares. Plans with other shares are taken as
paid by events of their own (an injury that pays two of them is rare); plans with the same shares
keep their common events. Source: docs/reserving.md section 9; Klugman, Panjer and Willmot, Loss
Models (4th ed., 2012), section 7.1 (thinned counts).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from workbench.engine.annual import LATTICE_BITS, AnnualLaw
from workbench.engine.class_laws import class_counts, sum_laws
from workbench.engine.class_moments import class_moments
from workbench.engine.events import Scheme, scheme_of
from workbench.engine.inversion import Measures, annual_law
from workbench.engine.moments import expected_paid
from workbench.engine.payment_laws import Disability, Points
from workbench.engine.stages import (
    centred,
    claims_key,
    compiled_events,
    measures_of,
    pair_of,
    remember,
)
from workbench.inputs import Inputs
from workbench.laws.shocks import GammaRegimes

__all__ = ["Part", "PartLaws", "events_of", "law_of_parts", "part_laws", "sd_of_parts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLaws:
    """Laws of the plans and, last, of their total, and the same on half the lattice."""

    laws: tuple[AnnualLaw, ...]
    coarse: tuple[AnnualLaw, ...]


def _scaled(measures: Measures, illness: float, other: float) -> Measures:
    by_area = measures.by_area
    return replace(
        measures,
        illness=measures.illness.scaled(illness),
        other=measures.other.scaled(other),
        disabled=tuple(
            Disability(stays=one.stays.scaled(other), amount=one.amount)
            for one in measures.disabled
        ),
        by_area=None if by_area is None else by_area * illness,
    )


def _joined(parts: list[Measures]) -> Measures:
    """Independent parts under one shock; at most one of them has illness by area."""
    areas = [one for one in parts if one.by_area is not None and len(one.illness.yuan)]
    first = areas[0] if areas else parts[0]
    return replace(
        first,
        illness=first.illness if areas else Points.join([one.illness for one in parts]),
        other=Points.join([one.other for one in parts]),
        disabled=tuple(part for one in parts for part in one.disabled),
    )


def _pair(measures: Measures) -> tuple[AnnualLaw, AnnualLaw]:
    return annual_law(measures), annual_law(measures, LATTICE_BITS - 1)


def _every_payment(scheme: Scheme, weights: np.ndarray, own: tuple[float, float]) -> Measures:
    return _scaled(measures_of(scheme, weights), *own)


def _made(inputs: Inputs, shares: tuple[tuple[float, float], ...]) -> PartLaws:
    """Laws of the plans from the compiled laws of the year, the total's from every payment."""
    scheme = scheme_of(inputs)
    every = np.eye(len(shares))
    counts, compiled = class_counts(scheme), sum_laws(scheme)
    illness = counts["illness"] @ class_moments(scheme).mean["illness"]
    means = (illness, expected_paid(scheme) - illness)
    pairs: list[tuple[AnnualLaw, AnnualLaw]] = []
    for place, own in enumerate(shares):
        events = compiled_events(scheme, compiled[place], counts)
        found, rough = pair_of(
            (_scaled(events[0], *own), _scaled(events[1], *own)),
            compiled[place],
            partial(_every_payment, scheme, every[place], own),
        )
        mean = own[0] * float(means[0][place]) + own[1] * float(means[1][place])
        pairs.append((centred(found, mean), rough))
    groups = [
        _every_payment(scheme, every[[one == own for one in shares]].sum(axis=0), own)
        for own in dict.fromkeys(shares)
    ]
    pairs.append(_pair(_joined(groups)))
    return PartLaws(laws=tuple(law for law, _ in pairs), coarse=tuple(rough for _, rough in pairs))


def part_laws(inputs: Inputs, illness: np.ndarray, other: np.ndarray) -> PartLaws:
    """Return the laws of the part, kept by content.

    Parameters
    ----------
    inputs
        The scheme, changes applied.
    illness, other
        Share of a year's events of illness and of all others that belong to the part, (plans,).
    """
    shares = tuple((float(a), float(b)) for a, b in zip(illness, other, strict=True))
    key = ("part", shares, claims_key(inputs))
    found: PartLaws = remember(key, lambda: _made(inputs, shares))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Part of a year's events of some plans: shares of the illness events and of all others."""

    events: Measures
    illness: float
    other: float


def events_of(inputs: Inputs, plans: tuple[int, ...]) -> Measures:
    """Return a year's events for the sum of the plans at these places, kept by content."""
    weights = np.zeros(len(inputs.plans))
    weights[list(plans)] = 1.0
    key = ("part-events", plans, claims_key(inputs))
    found: Measures = remember(key, lambda: measures_of(scheme_of(inputs), weights))
    return found


def law_of_parts(
    parts: tuple[Part, ...], shock: GammaRegimes | None = None
) -> tuple[AnnualLaw, AnnualLaw]:
    """Return the law of a sum of independent parts, and the same on half the lattice.

    All illness is under one shock: that of the year, or `shock` in its place.
    """
    return _pair(_of_parts(parts, shock))


def sd_of_parts(parts: tuple[Part, ...], shock: GammaRegimes | None = None) -> float:
    """Return the standard deviation of the same sum, yuan, in closed form."""
    return float(np.sqrt(max(_of_parts(parts, shock).variance, 0.0)))


def _of_parts(parts: tuple[Part, ...], shock: GammaRegimes | None) -> Measures:
    joined = _joined([_scaled(one.events, one.illness, one.other) for one in parts])
    return joined if shock is None else replace(joined, shock=shock)
