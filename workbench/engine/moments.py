"""Expected yuan, beneficiaries and persons paid, and covariances of plans, in closed form.

Floor 3. What depends on one claimant alone is cached by content, so that a calibration evaluates a
scheme in milliseconds. Source: docs/model.md sections 4, 7 and 8.
"""

from __future__ import annotations

from collections.abc import Sequence
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

__all__ = [
    "covariances",
    "expected_beneficiaries",
    "expected_paid",
    "expected_persons",
    "shared_illness",
    "unpaid_probability",
]

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


def _asked(scheme: Scheme, place: int, asked: Sequence[bool]) -> Plan | None:
    return scheme.plans[place] if place >= 0 and asked[place] else None


def _held(scheme: Scheme, place: int) -> Plan | None:
    return scheme.plans[place] if place >= 0 else None


def unpaid_probability(
    scheme: Scheme, kind: str, key: Sequence[int], asked: Sequence[bool]
) -> float:
    """P(an event of a class pays none of the plans asked for, disability apart).

    `key` is a row of the keys of `scheme.classes[kind]`, `asked` one truth value a plan.
    """
    if kind == "illness":
        segment, group, first, medical, allowance = key
        counts = paid_stay_counts(
            scheme.beliefs[segment], bool(first), _held(scheme, medical), _held(scheme, allowance)
        )
        stay = scheme.stays[segment, group, "illness"]
        here = _asked(scheme, medical, asked), _asked(scheme, allowance, asked)
        return _unpaid_year(stay, counts, *here)
    if kind == "injury":
        plan = _asked(scheme, key[2], asked)
        days = tuple(one for place in key[3:] if (one := _asked(scheme, place, asked)))
        share = plan.first_stay_share if plan else 0.0
        return _nothing(scheme.stays[key[0], key[1], "injury"], plan, days, share)
    if kind == "death":
        return 0.0 if scheme.plans[key[0]].death_yuan > 0.0 else 1.0
    plans = tuple(one for place in key[1:] if (one := _asked(scheme, place, asked)))
    return _lump_unpaid(plans, bool(key[0]))


def _events_paid(scheme: Scheme, asked: Sequence[bool]) -> float:
    """Expected events a year that pay at least one of the plans asked for."""
    total = 0.0
    for kind in EVENT_KINDS:
        classes = scheme.classes[kind]
        expected = classes.expected(scheme.expected_events(kind)).tolist()
        hurt = classes.expected(scheme.expected_events("disabled")).tolist()
        for place, key in enumerate(classes.keys.tolist()):
            if not any(plan >= 0 and asked[plan] for plan in key[PLAN_COLUMNS[kind]]):
                continue
            unpaid = unpaid_probability(scheme, kind, key, asked)
            accident = key[4] if kind == "injury" else -1
            if accident >= 0 and asked[accident] and scheme.plans[accident].disability_max_yuan:
                total += hurt[place] * unpaid
            total += expected[place] * (1.0 - unpaid)
    return total


def expected_beneficiaries(scheme: Scheme) -> np.ndarray:
    """Return the expected beneficiaries a year by plan, (plans,) (docs/model.md section 8)."""
    rows = np.eye(len(scheme.plans), dtype=bool).tolist()
    return np.array([_events_paid(scheme, row) for row in rows])


def expected_persons(scheme: Scheme) -> float:
    """Return the expected persons paid a year: events that pay any plan."""
    return _events_paid(scheme, [True] * len(scheme.plans))


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


@lru_cache(maxsize=KEPT)
def _lump_unpaid(plans: tuple[Plan, ...], first_term: bool) -> float:
    """P(a diagnosis pays none of these lump-sum plans): the days on which all still wait."""
    last = [
        DAYS_IN_YEAR
        if plan.lump_sum_yuan <= 0.0
        else plan.waiting_none_until_day
        if plan.partial_lump_yuan > 0.0
        else plan.waiting_partial_until_day
        for plan in plans
    ]
    return min(last) / DAYS_IN_YEAR if first_term else float(min(last) == DAYS_IN_YEAR)


def _lump_mean(plan: Plan, first_term: bool) -> float:
    """Expected lump sum of one diagnosis on a uniform day."""
    if not first_term:
        return plan.lump_sum_yuan
    none, partial = plan.waiting_none_until_day, plan.waiting_partial_until_day
    full = plan.lump_sum_yuan * (DAYS_IN_YEAR - partial)
    return (full + plan.partial_lump_yuan * (partial - none)) / DAYS_IN_YEAR


def _class_mean(scheme: Scheme, kind: str, key: Sequence[int], place: int) -> float:
    """Expected yuan that one event of a class pays one plan, disability apart."""
    plan = scheme.plans[place]
    if kind == "illness":
        segment, group, first, medical, allowance = key
        counts = paid_stay_counts(
            scheme.beliefs[segment], bool(first), _held(scheme, medical), _held(scheme, allowance)
        )
        stay = scheme.stays[segment, group, "illness"]
        if plan.benefit_form == "medical":
            return _medical_mean(stay, plan, counts)
        return _allowance_mean(stay.days, plan, counts)
    if kind == "injury":
        return _injury_mean(scheme.stays[key[0], key[1], "injury"], plan)
    return plan.death_yuan if kind == "death" else _lump_mean(plan, bool(key[0]))


def expected_paid(scheme: Scheme) -> np.ndarray:
    """Return the expected yuan paid a year by plan, (plans,), without making any law."""
    total = [0.0] * len(scheme.plans)
    for kind in EVENT_KINDS:
        classes = scheme.classes[kind]
        expected = classes.expected(scheme.expected_events(kind)).tolist()
        hurt = classes.expected(scheme.expected_events("disabled")).tolist()
        for place, key in enumerate(classes.keys.tolist()):
            for plan in key[PLAN_COLUMNS[kind]]:
                if plan >= 0:
                    total[plan] += expected[place] * _class_mean(scheme, kind, key, plan)
            if kind == "injury" and key[4] >= 0:
                degree = scheme.beliefs[key[0]]["disability_degree_mean"]
                most = scheme.plans[key[4]].disability_max_yuan
                total[key[4]] += hurt[place] * most * capped_exponential_mean(degree)
    return np.array(total)


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


def shared_illness(scheme: Scheme) -> np.ndarray:
    """Return Σ λ E[Y_j Y_k] over illness events at a shock of 1, (plans, plans), diagonal 0."""
    number = len(scheme.plans)
    table = np.zeros((number, number))
    for first in range(number):
        for second in range(first):
            value = _both(scheme, "illness", first, second)
            table[first, second] = table[second, first] = value
    return table


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
