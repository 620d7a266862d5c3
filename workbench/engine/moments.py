"""Expected yuan, beneficiaries and persons paid, and covariances of plans, in closed form.

Floor 3. Expected numbers of events times moments of one event (`class_moments`).
Source: docs/model.md sections 7 and 8.
"""

from __future__ import annotations

import numpy as np

from workbench.engine.class_laws import class_counts
from workbench.engine.class_moments import class_means, class_moments, class_products
from workbench.engine.events import Scheme
from workbench.engine.mixing import common_shock
from workbench.engine.quick_laws import FINE, Resolution
from workbench.plans import EVENT_KINDS

__all__ = [
    "area_covariance",
    "covariances",
    "expected_beneficiaries",
    "expected_events_paid",
    "expected_paid",
    "illness_paid",
    "shared_illness",
]


def expected_events_paid(scheme: Scheme) -> np.ndarray:
    """Return the expected events a year that pay each plan and, last, any plan, (plans + 1,).

    Beneficiaries by plan, and persons paid (docs/model.md section 8).
    """
    counts, moments = class_counts(scheme), class_moments(scheme)
    total = counts["disabled"] @ moments.hurt_paid
    for kind in EVENT_KINDS:
        total = total + counts[kind] @ moments.paid[kind]
    return total


def expected_beneficiaries(scheme: Scheme) -> np.ndarray:
    """Return the expected beneficiaries a year by plan, (plans,)."""
    return expected_events_paid(scheme)[:-1]


def illness_paid(scheme: Scheme) -> np.ndarray:
    """Return the expected yuan paid a year for illness by plan at a shock of 1, (plans,)."""
    return class_counts(scheme)["illness"] @ class_moments(scheme).mean["illness"]


def expected_paid(scheme: Scheme) -> np.ndarray:
    """Return the expected yuan paid a year by plan, (plans,), without making any law."""
    counts, (mean, hurt_mean) = class_counts(scheme), class_means(scheme)
    total = counts["disabled"] @ hurt_mean
    for kind in EVENT_KINDS:
        total = total + counts[kind] @ mean[kind]
    return total


def _over_classes(
    scheme: Scheme, kinds: tuple[str, ...], resolution: Resolution = FINE
) -> np.ndarray:
    """Σ λ E[Y_j Y_k] over the events of some kinds, (plans, plans), diagonal 0."""
    counts, products = class_counts(scheme), class_products(scheme, resolution)
    return np.asarray(sum(np.tensordot(counts[kind], products[kind], axes=1) for kind in kinds))


def shared_illness(scheme: Scheme) -> np.ndarray:
    """Return Σ λ E[Y_j Y_k] over illness events at a shock of 1, (plans, plans), diagonal 0."""
    return _over_classes(scheme, ("illness",))


def area_covariance(scheme: Scheme) -> np.ndarray:
    """Return c² Σ_a m_ja m_ka, what areas' own shocks add at a common shock of 1, yuan squared."""
    counts = class_counts(scheme)
    if "illness_by_area" not in counts:
        return np.zeros((len(scheme.plans), len(scheme.plans)))
    by_area = counts["illness_by_area"] @ class_moments(scheme).mean["illness"]
    return scheme.area_shock_cv**2 * by_area.T @ by_area


def covariances(scheme: Scheme, resolution: Resolution = FINE) -> np.ndarray:
    """Return the covariances of different plans, (plans, plans), diagonal 0; collective form.

    Cov = Σ λ E[Y_j Y_k] + v m_j m_k + (1 + v) c² Σ_a m_ja m_ka, with m the mean paid for illness
    (in area a), v the variance of the common shock, c the coefficient of variation of an area's.
    """
    shock = common_shock(scheme.inputs.assumptions).variance
    counts, mean = class_counts(scheme), class_moments(scheme).mean["illness"]
    illness = counts["illness"] @ mean
    both = _over_classes(scheme, (*EVENT_KINDS, "disabled"), resolution)
    both = both + shock * np.outer(illness, illness)
    both = both + (1.0 + shock) * area_covariance(scheme)
    np.fill_diagonal(both, 0.0)
    return both
