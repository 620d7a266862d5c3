"""Expected numbers of beneficiaries and persons paid, and covariances of plans, in closed form.

Floor 3. Source: docs/model.md sections 7 and 8.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from workbench.engine.claimant import Stay, medical_year, paid_stay_counts, stay_of
from workbench.engine.events import Scheme
from workbench.engine.payment_laws import (
    PLAN_COLUMNS,
    class_points,
    disability_law,
    without_price,
)
from workbench.laws.terms import MedicalPayment
from workbench.plans import EVENT_KINDS, Plan

__all__ = ["beneficiaries_and_persons", "covariances", "expected_paid", "unpaid_probability"]

MEAN_STEPS = 600


def _nothing(stay: Stay, medical: Plan | None, days: tuple[Plan, ...], share: float) -> float:
    """P(a stay pays zero to the medical plan at this share and to the day plans)."""
    payment = MedicalPayment.of(medical, stay.basic, share) if medical else None
    paying = [plan for plan in days if plan.daily_yuan]
    least = min((plan.elimination_days for plan in paying), default=None)
    if payment is None and least is None:
        return 1.0
    return stay.paying_nothing(payment, least)


def _illness_unpaid(scheme: Scheme, key: np.ndarray, asked: np.ndarray) -> float:
    """P(an illness claimant pays none of the plans asked for)."""
    segment, group, first, *held = (int(entry) for entry in key)
    beliefs = scheme.beliefs[segment]
    stay = stay_of(beliefs, float(scheme.relativities[group]), "illness")
    plans = [scheme.plans[place] if place >= 0 else None for place in held]
    counts = paid_stay_counts(beliefs, bool(first), *plans)
    here = [
        plan if place >= 0 and asked[place] else None
        for plan, place in zip(plans, held, strict=True)
    ]
    medical, days = here[0], tuple(plan for plan in here[1:] if plan)
    shares = (plans[0].first_stay_share, plans[0].later_stay_share) if plans[0] else (0.0, 0.0)
    both = [_nothing(stay, medical, days, share) for share in shares]
    alone = both
    if counts.early:
        first_plan = medical if counts.early == "medical" else None
        first_days = () if counts.early == "medical" else days
        alone = [_nothing(stay, first_plan, first_days, share) for share in shares]
    total = 0.0
    for (early, number), weight in np.ndenumerate(counts.weights):
        ranks = [alone[0 if place == 0 else 1] for place in range(early)]
        begun = early if counts.early == "medical" else 0
        ranks += [both[0 if place + begun == 0 else 1] for place in range(number)]
        total += weight * float(np.prod(ranks))
    return total


def _injury_unpaid(scheme: Scheme, key: np.ndarray, asked: np.ndarray) -> float:
    """P(an injury stay pays none of the plans asked for, disability apart)."""
    stay = stay_of(scheme.beliefs[int(key[0])], float(scheme.relativities[int(key[1])]), "injury")
    here = [scheme.plans[int(p)] if p >= 0 and asked[int(p)] else None for p in key[2:]]
    days = tuple(plan for plan in here[1:] if plan)
    share = here[0].first_stay_share if here[0] else 0.0
    return _nothing(stay, here[0], days, share)


def unpaid_probability(scheme: Scheme, kind: str, key: np.ndarray, asked: np.ndarray) -> float:
    """P(an event of a class pays none of the plans of `asked`, bool (plans,))."""
    if kind == "illness":
        return _illness_unpaid(scheme, key, asked)
    if kind == "injury":
        return _injury_unpaid(scheme, key, asked)
    law = class_points(scheme, kind, key, asked.astype(float))
    return float(law.mass[law.yuan <= 0.0].sum())


def _events_paid(scheme: Scheme, asked: np.ndarray) -> float:
    """Expected events a year that pay at least one of the plans asked for."""
    total = 0.0
    for kind in EVENT_KINDS:
        classes = scheme.classes[kind]
        if not len(classes.keys):
            continue
        expected = classes.expected(scheme.expected_events(kind))
        hurt = np.zeros(len(expected))
        if kind == "injury":
            hurt = classes.expected(scheme.expected_events("disabled"))
        for place, key in enumerate(classes.keys):
            held = key[PLAN_COLUMNS[kind]]
            if not np.any((held >= 0) & asked[held]):
                continue
            unpaid = unpaid_probability(scheme, kind, key, asked)
            insured = kind == "injury" and key[4] >= 0 and asked[key[4]]
            if insured and scheme.plans[key[4]].disability_max_yuan:
                total += hurt[place] * unpaid
            total += expected[place] * (1.0 - unpaid)
    return total


def beneficiaries_and_persons(scheme: Scheme) -> tuple[np.ndarray, float]:
    """Return expected beneficiaries by plan (plans,) and expected persons paid a year."""
    number = len(scheme.plans)
    by_plan = np.array([_events_paid(scheme, row) for row in np.eye(number, dtype=bool)])
    return by_plan, _events_paid(scheme, np.ones(number, dtype=bool))


@lru_cache(maxsize=512)
def _medical_mean(stay: Stay, plan: Plan, counts: tuple[float, ...]) -> float:
    """E[min(ΣA, cap)] of an illness claimant; hats keep means, so a coarse lattice serves."""
    law = medical_year(stay, plan, np.array(counts), MEAN_STEPS)
    return float(law @ np.arange(MEAN_STEPS + 1)) * plan.annual_cap_yuan / MEAN_STEPS


def _class_mean(scheme: Scheme, kind: str, key: np.ndarray, plan: int) -> float:
    """Expected yuan that one event of a class pays one plan, disability apart."""
    if kind == "illness" and key[3] == plan:
        beliefs = scheme.beliefs[int(key[0])]
        plans = [without_price(scheme.plans[int(p)]) if p >= 0 else None for p in key[3:]]
        counts = paid_stay_counts(beliefs, bool(key[2]), *plans).of("medical")
        stay = stay_of(beliefs, float(scheme.relativities[int(key[1])]), "illness")
        return _medical_mean(stay, plans[0], tuple(counts.tolist()))
    return class_points(scheme, kind, key, np.eye(len(scheme.plans))[plan]).moment(1)


def expected_paid(scheme: Scheme) -> np.ndarray:
    """Return the expected yuan paid a year by plan, (plans,), without making any law."""
    total = np.zeros(len(scheme.plans))
    for kind in EVENT_KINDS:
        classes = scheme.classes[kind]
        expected = classes.expected(scheme.expected_events(kind))
        hurt = classes.expected(scheme.expected_events("disabled"))
        for place, key in enumerate(classes.keys):
            held = key[PLAN_COLUMNS[kind]]
            for plan in held[held >= 0]:
                total[plan] += expected[place] * _class_mean(scheme, kind, key, int(plan))
            if kind == "injury" and key[4] >= 0:
                amount = disability_law(scheme, int(key[0]), int(key[4]), 1.0)
                total[key[4]] += hurt[place] * amount.moment(1)
    return total


def _both(scheme: Scheme, kind: str, first: int, second: int) -> float:
    """Σ λ E[Y_first · Y_second] over the classes of one kind, yuan squared a year."""
    classes = scheme.classes[kind]
    if not len(classes.keys):
        return 0.0
    expected = classes.expected(scheme.expected_events(kind))
    total = 0.0
    for place, key in enumerate(classes.keys):
        held = key[PLAN_COLUMNS[kind]]
        if first in held and second in held:
            weights = np.zeros(len(scheme.plans))
            weights[[first, second]] = 1.0
            plus = class_points(scheme, kind, key, weights).moment(2)
            weights[second] = -1.0
            minus = class_points(scheme, kind, key, weights).moment(2)
            total += expected[place] * (plus - minus) / 4.0
    return total + _disabled(scheme, first, second) if kind == "injury" else total


def _disabled(scheme: Scheme, first: int, second: int) -> float:
    """The same for disability amounts, which are independent of the stay."""
    classes = scheme.classes["injury"]
    hurt = classes.expected(scheme.expected_events("disabled"))
    total = 0.0
    for place, key in enumerate(classes.keys):
        for accident, other in ((first, second), (second, first)):
            if key[4] == accident and other in key[2:4]:
                weights = np.eye(len(scheme.plans))[other]
                stay = class_points(scheme, "injury", key, weights).moment(1)
                amount = disability_law(scheme, int(key[0]), accident, 1.0).moment(1)
                total += hurt[place] * stay * amount
    return total


def covariances(scheme: Scheme, illness_means: np.ndarray) -> np.ndarray:
    """Return the covariances of different plans, (plans, plans), diagonal 0; collective form.

    Cov = Σ λ E[Y_j Y_k] + κ² m_j m_k, with m the mean paid for illness (plans,), yuan.
    """
    number = len(scheme.plans)
    shock = scheme.inputs.assumptions["hospital_shock_cv"] ** 2
    table = np.zeros((number, number))
    for first in range(number):
        for second in range(first):
            shared = sum(_both(scheme, kind, first, second) for kind in EVENT_KINDS)
            value = shared + shock * illness_means[first] * illness_means[second]
            table[first, second] = table[second, first] = value
    return table
