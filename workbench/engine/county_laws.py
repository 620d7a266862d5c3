"""Law of a year of one county alone, and of all counties together with a shock of each.

Floor 3. A county has a share of the members of every cell, so its events are those of the scheme
at a share of their rates; its illness is multiplied by the common shock θ and by one of its own.
Source: docs/counties.md; docs/engine.md, "Shocks of areas".
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.engine.annual import AnnualLaw
from workbench.engine.inversion import Measures, annual_law
from workbench.engine.lattice import split
from workbench.engine.part_laws import events_of
from workbench.engine.payment_laws import Disability, Points
from workbench.inputs import Inputs

__all__ = ["BITS", "pool_law", "stand_alone_law", "whole_year"]

MANY, FINE_YUAN = 20_000, 10.0
"""A law of more amounts is smooth: it may be read on a lattice of so many yuan."""

BITS = 13
"""Points of a county's law, a power of two: its error is far below a yuan."""


def whole_year(inputs: Inputs) -> Measures:
    """Return a year's events of all plans: areas together, one part for each law of disability."""
    events = events_of(inputs, tuple(range(len(inputs.plans))))
    amounts: dict[tuple[bytes, bytes], list[Disability]] = {}
    for one in events.disabled:
        key = (one.amount.yuan.tobytes(), one.amount.mass.tobytes())
        amounts.setdefault(key, []).append(one)
    joined = tuple(
        Disability(stays=_fewer(Points.join([one.stays for one in same])), amount=same[0].amount)
        for same in amounts.values()
    )
    return replace(
        events,
        illness=_fewer(events.illness),
        other=_fewer(events.other),
        disabled=joined,
        by_area=None,
        area_cv=0.0,
    )


def _fewer(points: Points) -> Points:
    """Many amounts on a lattice of ten yuan, four points each: moments 0 to 3 are kept."""
    if len(points.yuan) <= MANY:
        return points
    top = int(np.ceil(points.yuan.max() / FINE_YUAN)) + 3
    index, weights = split(points.yuan / FINE_YUAN, top)
    mass = np.bincount(
        index.ravel(), weights=(weights * points.mass[:, None]).ravel(), minlength=top + 1
    )
    return Points(yuan=FINE_YUAN * np.arange(top + 1), mass=mass)


def _weighted(events: Measures, weights: np.ndarray, own_cv: float) -> Measures:
    """Events at Σ weights of the rates, illness of each weight under a shock of its own."""
    whole = float(weights.sum())
    shocked = own_cv > 0.0 and len(events.illness.yuan) > 0
    return replace(
        events,
        illness=events.illness.scaled(whole),
        other=events.other.scaled(whole),
        disabled=tuple(
            Disability(stays=one.stays.scaled(whole), amount=one.amount) for one in events.disabled
        ),
        by_area=weights[:, None] * events.illness.mass if shocked else None,
        area_cv=own_cv if shocked else 0.0,
    )


def stand_alone_law(events: Measures, weight: float, own_cv: float, bits: int = BITS) -> AnnualLaw:
    """Return the law of a county's year.

    Parameters
    ----------
    events
        Of the whole scheme (`whole_year`).
    weight
        Share of the members · level of claims.
    own_cv
        Coefficient of variation of its own shock on illness.
    bits
        The law is read on 2**bits points.
    """
    return annual_law(_weighted(events, np.array([weight]), own_cv), bits)


def pool_law(events: Measures, weights: np.ndarray, own_cv: float, bits: int = BITS) -> AnnualLaw:
    """Return the law of all counties together, weights (counties,) as in `stand_alone_law`."""
    return annual_law(_weighted(events, np.asarray(weights, dtype=float), own_cv), bits)
