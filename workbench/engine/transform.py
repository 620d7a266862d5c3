"""Payments of a year as measures: how many events a year pay how much, for any sum of plans.

Floor 3. Every payment stands here, none is condensed. Source: docs/model.md section 7.
"""

from __future__ import annotations

import numpy as np

from workbench.engine.class_laws import class_counts, full_laws
from workbench.engine.events import Scheme
from workbench.engine.payment_laws import Disability, Points

__all__ = ["Disability", "payments"]


def payments(scheme: Scheme, weights: np.ndarray) -> tuple[Points, Points, tuple[Disability, ...]]:
    """Return the year's events as measures, for Σ weights[j] · S_j: illness, all others, injuries
    with a disability.

    The masses are expected events a year at a shock of 1; events that pay nothing are left out.
    """
    found = full_laws(scheme, weights).events(class_counts(scheme))
    return found.illness, found.other, found.disabled
