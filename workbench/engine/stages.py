"""The laws of a year, kept by content: a premium or an expense changes none of them.

Floor 3. The one bounded cache of the engine besides the laws of a claimant in `transform`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np

from workbench.engine.events import Scheme, scheme_of, without_price
from workbench.engine.inversion import LATTICE_BITS, AnnualLaw, Measures, annual_law
from workbench.engine.moments import (
    covariances,
    expected_beneficiaries,
    expected_paid,
    expected_persons,
)
from workbench.engine.transform import payments
from workbench.inputs import Inputs, fingerprint

__all__ = [
    "ExpectedClaims",
    "YearLaws",
    "claims_fingerprint",
    "expected_claims",
    "measures_of",
    "remember",
    "year_laws",
]

MOST_KEPT = 48
LEVEL_NAMES = (
    "base_enrolment_ratio",
    "frequency_trend_per_year",
    "cost_trend_per_year",
    "years_from_base_to_rating",
)
"""Names of economics.csv that change claims; no other of that file does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLaws:
    """Laws of one scheme in one form.

    `laws` of the plans and, last, of the total; `coarse` the same at half the lattice (their
    difference is the bound of the lattice error); `covariance` (plans, plans).
    """

    laws: tuple[AnnualLaw, ...]
    coarse: tuple[AnnualLaw, ...]
    beneficiaries: np.ndarray
    persons_paid: float
    enrolments: np.ndarray
    covariance: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedClaims:
    """Expected yearly figures by plan, shape (plans,): enrolments, beneficiaries, yuan paid."""

    enrolments: np.ndarray
    beneficiaries: np.ndarray
    paid_yuan: np.ndarray
    persons_paid: float


_kept: OrderedDict[tuple, object] = OrderedDict()
_lock = Lock()


def claims_fingerprint(inputs: Inputs) -> str:
    """Return the SHA-256 of all that changes a claim: no price, no expense, no calendar."""
    values = {
        name: belief.value
        for name, belief in inputs.assumptions.beliefs.items()
        if belief.file in ("parameters.csv", "severity.csv") or name in LEVEL_NAMES
    }
    plans = tuple(without_price(plan) for plan in inputs.plans)
    return fingerprint(
        plans, inputs.rows, inputs.mix, inputs.rates, values, inputs.segments, inputs.leaving
    )


def remember(key: tuple, make: Callable[[], Any]) -> Any:
    """Return what is kept under `key`, made and kept now if it is not."""
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    value = make()
    with _lock:
        _kept[key] = value
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return value


def measures_of(scheme: Scheme, weights: np.ndarray) -> Measures:
    """Return the year's events for Σ weights · S, weights (plans,)."""
    illness, other, disabled = payments(scheme, weights)
    shock = scheme.inputs.assumptions["hospital_shock_cv"]
    return Measures(illness=illness, other=other, disabled=disabled, shock_cv=shock)


def _individual(law: AnnualLaw, variance_less: float) -> AnnualLaw:
    return replace(law, sd=float(np.sqrt(max(law.sd**2 - variance_less, 0.0))))


def _make_laws(inputs: Inputs, form: str) -> YearLaws:
    scheme = scheme_of(inputs)
    number = len(scheme.plans)
    sums = [*np.eye(number), np.ones(number)]
    measures = [measures_of(scheme, weights) for weights in sums]
    less, transform_of = np.zeros((number, number)), None
    if form == "individual":
        # Imported where it is used: the default run need not load how members are drawn.
        from workbench.engine.individual_law import individual_reduction, individual_transform

        less, transform_of = individual_reduction(scheme), individual_transform
    fine, coarse = [], []
    for weights, one in zip(sums, measures, strict=True):
        transform = transform_of(scheme, weights) if transform_of else None
        taken = float(weights @ less @ weights)
        fine.append(_individual(annual_law(one, LATTICE_BITS, transform), taken))
        if fine[-1].continuous:
            coarse.append(_individual(annual_law(one, LATTICE_BITS - 1, transform), taken))
        else:
            coarse.append(fine[-1])
    illness = np.array([one.illness.moment(1) for one in measures[:number]])
    enrolments = np.array([scheme.portfolio.enrolments(plan.code) for plan in scheme.plans])
    return YearLaws(
        laws=tuple(fine),
        coarse=tuple(coarse),
        beneficiaries=expected_beneficiaries(scheme),
        persons_paid=expected_persons(scheme),
        enrolments=enrolments,
        covariance=covariances(scheme, illness) - less,
    )


def year_laws(inputs: Inputs, form: str = "collective") -> YearLaws:
    """Return the exact laws of a year in the collective or the individual form."""
    key = ("laws", form, claims_fingerprint(inputs))
    return remember(key, lambda: _make_laws(inputs, form))


def _make_expected(inputs: Inputs) -> ExpectedClaims:
    scheme = scheme_of(inputs)
    enrolments = [scheme.portfolio.enrolments(plan.code) for plan in scheme.plans]
    return ExpectedClaims(
        enrolments=np.array(enrolments),
        beneficiaries=expected_beneficiaries(scheme),
        paid_yuan=expected_paid(scheme),
        persons_paid=expected_persons(scheme),
    )


def expected_claims(inputs: Inputs) -> ExpectedClaims:
    """Return the expected yearly claims alone, without laws."""
    key = ("expected", claims_fingerprint(inputs))
    return remember(key, lambda: _make_expected(inputs))
