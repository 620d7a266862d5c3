"""Expected yuan, beneficiaries and persons paid, and covariances of plans, in closed form.

Floor 3. What depends on one claimant alone is cached by content, so that a calibration evaluates a
scheme in milliseconds. Source: docs/model.md sections 4, 7 and 8.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from workbench.engine.claimant import (
    Stay,
    StayCounts,
    allowance_year,
    medical_year,
    paid_stay_counts,
)
from workbench.engine.events import Scheme
from workbench.engine.payment_laws import PLAN_COLUMNS, class_points, disability_law
from workbench.laws.severity import (
    Lognormal,
    capped_exponential_mean,
    days_law,
    lognormal_days,
)
from workbench.laws.terms import MedicalPayment, paid_days
from workbench.plans import EVENT_KINDS, Plan
from workbench.timeline import DAYS_IN_YEAR

__all__ = ["beneficiaries_and_persons", "covariances", "expected_paid", "unpaid_probability"]

MEAN_STEPS = 240
KEPT = 2048


@lru_cache(maxsize=KEPT)
def _nothing(stay: Stay, medical: Plan | None, days: tuple[Plan, ...], share: float) -> float:
    """P(a stay pays zero to the medical plan at this share and to the day plans)."""
    payment = MedicalPayment.of(medical, stay.basic, share) if medical else None
    paying = [plan for plan in days if plan.daily_yuan]
    least = min((plan.elimination_days for plan in paying), default=None)
    if payment is None and least is None:
        return 1.0
    return stay.paying_nothing(payment, least)


def _by_rank(stay: Stay, medical: Plan | None, days: tuple[Plan, ...]) -> np.ndarray:
    """P(a stay pays nothing) at the first and at later ranks, shape (2,)."""
    shares = (medical.first_stay_share, medical.later_stay_share) if medical else (0.0, 0.0)
    return np.array([_nothing(stay, medical, days, share) for share in shares])


def _unpaid_run(ranks: np.ndarray, length: int, begun: int = 0) -> np.ndarray:
    """P(0, 1, … length−1 stays all pay nothing) when `begun` stays came before, (length,)."""
    steps = np.full(length, ranks[1])
    steps[0] = 1.0
    if length > 1 and begun == 0:
        steps[1] = ranks[0]
    return np.cumprod(steps)


@lru_cache(maxsize=KEPT)
def _unpaid_year(
    stay: Stay, counts: StayCounts, medical: Plan | None, allowance: Plan | None
) -> float:
    """P(an illness claimant pays neither the medical nor the allowance plan; None: not asked)."""
    days = (allowance,) if allowance else ()
    both = _by_rank(stay, medical, days)
    size = counts.weights.shape[1]
    if not counts.early:
        return float(counts.weights[0] @ _unpaid_run(both, size))
    sooner_medical = counts.early == "medical"
    alone = _by_rank(stay, medical, ()) if sooner_medical else _by_rank(stay, None, days)
    first = _unpaid_run(alone, counts.weights.shape[0])
    total = 0.0
    for early, weights in enumerate(counts.weights):
        begun = early if sooner_medical else 0
        total += first[early] * float(weights @ _unpaid_run(both, size, begun))
    return total


def _illness_unpaid(scheme: Scheme, key: np.ndarray, asked: np.ndarray) -> float:
    """P(an illness claimant pays none of the plans asked for)."""
    segment, group, first, *held = (int(entry) for entry in key)
    plans = [scheme.plans[place] if place >= 0 else None for place in held]
    counts = paid_stay_counts(scheme.beliefs[segment], bool(first), *plans)
    here = [
        plan if place >= 0 and asked[place] else None
        for plan, place in zip(plans, held, strict=True)
    ]
    return _unpaid_year(scheme.stays[segment, group, "illness"], counts, *here)


def _injury_unpaid(scheme: Scheme, key: np.ndarray, asked: np.ndarray) -> float:
    """P(an injury stay pays none of the plans asked for, disability apart)."""
    here = [scheme.plans[int(p)] if p >= 0 and asked[int(p)] else None for p in key[2:]]
    days = tuple(plan for plan in here[1:] if plan)
    share = here[0].first_stay_share if here[0] else 0.0
    return _nothing(scheme.stays[int(key[0]), int(key[1]), "injury"], here[0], days, share)


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


@lru_cache(maxsize=KEPT)
def _medical_mean(stay: Stay, plan: Plan, counts: StayCounts) -> float:
    """E[min(ΣA, cap)] of an illness claimant; hats keep means, so a coarse lattice serves."""
    law = medical_year(stay, plan, counts.of("medical"), MEAN_STEPS)
    return float(law @ np.arange(MEAN_STEPS + 1)) * plan.annual_cap_yuan / MEAN_STEPS


@lru_cache(maxsize=KEPT)
def _allowance_mean(days: Lognormal, plan: Plan, counts: StayCounts) -> float:
    """Expected allowance of an illness claimant; the cost of his stays does not matter."""
    law = allowance_year(days, plan, counts.of("allowance"))
    yuan = np.minimum(plan.daily_yuan * np.arange(len(law)), plan.annual_cap_yuan)
    return float(law @ yuan)


@lru_cache(maxsize=KEPT)
def _injury_mean(stay: Stay, plan: Plan) -> float:
    """Expected yuan that one injury stay pays a plan, disability apart."""
    if plan.benefit_form == "medical":
        payment = MedicalPayment.of(plan, stay.basic, plan.first_stay_share)
        return float(payment.limited_mean(stay.cost, np.asarray(plan.annual_cap_yuan)))
    most = plan.elimination_days + plan.max_days_per_year + 1
    paid = paid_days(np.arange(1, most + 1), plan.elimination_days, plan.max_days_per_year)
    yuan = plan.daily_yuan * paid
    if plan.benefit_form == "allowance":
        yuan = np.minimum(yuan, plan.annual_cap_yuan)
    return float(days_law(lognormal_days(stay.days, most)) @ yuan)


def _lump_mean(plan: Plan, first_term: bool) -> float:
    """Expected lump sum of one diagnosis on a uniform day."""
    if not first_term:
        return plan.lump_sum_yuan
    none, partial = plan.waiting_none_until_day, plan.waiting_partial_until_day
    full = plan.lump_sum_yuan * (DAYS_IN_YEAR - partial)
    return (full + plan.partial_lump_yuan * (partial - none)) / DAYS_IN_YEAR


def _class_mean(scheme: Scheme, kind: str, key: np.ndarray, place: int) -> float:
    """Expected yuan that one event of a class pays one plan, disability apart."""
    plan = scheme.plans[place]
    if kind == "illness":
        stay = scheme.stays[int(key[0]), int(key[1]), "illness"]
        held = [scheme.plans[int(p)] if p >= 0 else None for p in key[3:]]
        counts = paid_stay_counts(scheme.beliefs[int(key[0])], bool(key[2]), *held)
        if plan.benefit_form == "medical":
            return _medical_mean(stay, plan, counts)
        return _allowance_mean(stay.days, plan, counts)
    if kind == "injury":
        return _injury_mean(scheme.stays[int(key[0]), int(key[1]), "injury"], plan)
    return plan.death_yuan if kind == "death" else _lump_mean(plan, bool(key[0]))


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
                degree = scheme.beliefs[int(key[0])]["disability_degree_mean"]
                most = scheme.plans[int(key[4])].disability_max_yuan
                total[key[4]] += hurt[place] * most * capped_exponential_mean(degree)
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
