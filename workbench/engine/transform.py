"""Payments of a year as measures: how many events a year pay how much, for any sum of plans.

Floor 3. `payments(scheme, weights)` lists, for Σ weights[j] · S_j, the points (yuan) and expected
numbers of the events that pay them, apart for illness (which the common shock multiplies) and the
rest. Source: docs/model.md section 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.events import EventClasses, Scheme
from workbench.engine.payment_laws import PLAN_COLUMNS, Points, class_points, disability_law

__all__ = ["Disability", "payments"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disability:
    """Injuries with a disability: what the stay pays, and the law of the disability's amount."""

    stays: Points
    amount: Points


def _relevant(classes: EventClasses, columns: slice, weights: np.ndarray) -> np.ndarray:
    """Which classes pay anything under these weights."""
    held = classes.keys[:, columns]
    return np.any((held >= 0) & (weights[held] != 0.0), axis=1)


def payments(scheme: Scheme, weights: np.ndarray) -> tuple[Points, Points, tuple[Disability, ...]]:
    """Return the year's events as measures: illness, all others, injuries with a disability.

    The masses are expected events a year at a shock of 1; events that pay nothing are left out.
    """
    parts: dict[str, list[Points]] = {"illness": [], "other": []}
    disabled: dict[tuple[int, int], list[Points]] = {}
    for kind, columns in PLAN_COLUMNS.items():
        classes = scheme.classes[kind]
        if not len(classes.keys):
            continue
        expected = classes.expected(scheme.expected_events(kind))
        extra = np.zeros(len(expected))
        if kind == "injury":
            extra = classes.expected(scheme.expected_events("disabled"))
        for place in np.flatnonzero(_relevant(classes, columns, weights)):
            key = classes.keys[place]
            law = class_points(scheme, kind, key, weights)
            hurt = kind == "injury" and key[4] >= 0 and weights[key[4]] != 0.0
            plain = expected[place] - (extra[place] if hurt else 0.0)
            parts["illness" if kind == "illness" else "other"].append(law.scaled(plain))
            if hurt:
                group = (int(key[0]), int(key[4]))
                disabled.setdefault(group, []).append(law.scaled(extra[place]))
    injured = tuple(
        Disability(
            stays=Points.join(laws),
            amount=disability_law(scheme, segment, accident, weights[accident]),
        )
        for (segment, accident), laws in disabled.items()
    )
    return Points.join(parts["illness"]), Points.join(parts["other"]), injured
