"""Moments of what one event of each class pays, compiled once while no term or stay changes.

Floor 3. Closed forms where there are any; what depends on one claimant alone is kept by content, so
that a calibration evaluates a scheme in milliseconds. Source: docs/model.md sections 4, 7 and 8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from workbench.engine.claimant import (
    Stay,
    StayCounts,
    allowance_year,
    medical_year,
    paid_stay_counts,
)
from workbench.engine.events import PaymentTerms, Scheme, payment_terms
from workbench.engine.payment_laws import (
    PLAN_COLUMNS,
    Weighed,
    class_points,
    injury_daily_yuan,
)
from workbench.engine.quick_laws import FINE, Resolution, both_paid, injury_product
from workbench.laws.severity import (
    Lognormal,
    capped_exponential_mean,
    days_law,
    lognormal_days,
)
from workbench.laws.terms import MedicalPayment, paid_days
from workbench.plans import EVENT_KINDS, Plan
from workbench.timeline import DAYS_IN_YEAR

__all__ = ["ClassMoments", "class_means", "class_moments", "class_products", "unpaid_probability"]

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassMoments:
    """What one event of each class pays, by kind.

    `paid` (classes, plans + 1): probability that it pays the plan and, last, any plan, a
    disability apart; `mean` (classes, plans): expected yuan, a disability apart. Of injuries with
    a disability: `hurt_paid` (classes, plans + 1) what it adds to `paid`, `hurt_mean` (classes,
    plans) what it adds to `mean`.
    """

    paid: Mapping[str, np.ndarray]
    mean: Mapping[str, np.ndarray]
    hurt_paid: np.ndarray
    hurt_mean: np.ndarray


@lru_cache(maxsize=64)
def _class_means(terms: PaymentTerms) -> tuple[Mapping[str, np.ndarray], np.ndarray]:
    """`mean` and `hurt_mean` of `ClassMoments`: all that a search for a mean cost asks."""
    scheme = terms.scheme
    number = len(scheme.plans)
    mean = {}
    for kind in EVENT_KINDS:
        mean[kind] = np.zeros((len(scheme.classes[kind].keys), number))
        for place, key in enumerate(scheme.classes[kind].keys.tolist()):
            for plan in key[PLAN_COLUMNS[kind]]:
                if plan >= 0:
                    mean[kind][place, plan] = _class_mean(scheme, kind, key, plan)
    keys = scheme.classes["injury"].keys
    hurt_mean = np.zeros((len(keys), number))
    for place, key in enumerate(keys.tolist()):
        most = scheme.plans[key[4]].disability_max_yuan if key[4] >= 0 else 0.0
        if most:
            degree = scheme.beliefs[key[0]]["disability_degree_mean"]
            hurt_mean[place, key[4]] = most * capped_exponential_mean(degree)
    return mean, hurt_mean


@lru_cache(maxsize=64)
def _class_moments(terms: PaymentTerms) -> ClassMoments:
    scheme = terms.scheme
    number = len(scheme.plans)
    asked = [*np.eye(number, dtype=bool).tolist(), [True] * number]
    paid = {}
    mean, hurt_mean = _class_means(terms)
    hurt_paid = np.zeros((len(hurt_mean), number + 1))
    for kind in EVENT_KINDS:
        paid[kind] = np.zeros((len(scheme.classes[kind].keys), number + 1))
        for place, key in enumerate(scheme.classes[kind].keys.tolist()):
            held = [plan for plan in key[PLAN_COLUMNS[kind]] if plan >= 0]
            for which in (*held, number):
                unpaid = unpaid_probability(scheme, kind, key, asked[which])
                paid[kind][place, which] = 1.0 - unpaid
    for place, accident in zip(*np.nonzero(hurt_mean), strict=True):
        for which in (accident, number):
            hurt_paid[place, which] = 1.0 - paid["injury"][place, which]
    return ClassMoments(paid=paid, mean=mean, hurt_paid=hurt_paid, hurt_mean=hurt_mean)


def class_means(scheme: Scheme) -> tuple[Mapping[str, np.ndarray], np.ndarray]:
    """Return `mean` and `hurt_mean` of the moments of the classes alone, kept by content."""
    return _class_means(payment_terms(scheme))


def class_moments(scheme: Scheme) -> ClassMoments:
    """Return the moments of the classes of a scheme, kept by content."""
    return _class_moments(payment_terms(scheme))


@lru_cache(maxsize=16)
def _class_products(terms: PaymentTerms, resolution: Resolution) -> dict[str, np.ndarray]:
    scheme, moments = terms.scheme, _class_moments(terms)
    number = len(scheme.plans)
    products = {}
    for kind in EVENT_KINDS:
        keys = scheme.classes[kind].keys
        products[kind] = np.zeros((len(keys), number, number))
        for place, key in enumerate(keys):
            held = [int(plan) for plan in key[PLAN_COLUMNS[kind]] if plan >= 0]
            for first, second in combinations(held, 2):
                value = _product(scheme, kind, key, (first, second), resolution)
                products[kind][place, first, second] = products[kind][place, second, first] = value
    # A disability's amount is independent of what the stay pays.
    hurt = moments.hurt_mean[:, :, None] * moments.mean["injury"][:, None, :]
    products["disabled"] = hurt + hurt.transpose(0, 2, 1)
    return products


def class_products(scheme: Scheme, resolution: Resolution = FINE) -> dict[str, np.ndarray]:
    """Return E[Y_j Y_k] of one event by kind, yuan squared, (classes, plans, plans).

    Different plans only; "disabled" is what a disability adds to an injury's.
    """
    return _class_products(payment_terms(scheme), resolution)


def _product(
    scheme: Scheme, kind: str, key: np.ndarray, pair: tuple[int, int], resolution: Resolution
) -> float:
    """E[Y_j Y_k] of one event of a class, a disability apart."""
    plans = [scheme.plans[place] for place in pair]
    medical = [plan for plan in plans if plan.benefit_form == "medical"]
    if medical and kind in ("illness", "injury"):
        (daily,) = (plan for plan in plans if plan.benefit_form != "medical")
        stay = scheme.stays[int(key[0]), int(key[1]), kind]
        if kind == "injury":
            yuan = injury_daily_yuan([Weighed(daily, 1.0)])
            return injury_product(stay, medical[0], yuan, resolution)
        counts = paid_stay_counts(scheme.beliefs[int(key[0])], bool(key[2]), medical[0], daily)
        return both_paid(stay, counts, (medical[0], daily), resolution)
    weights = np.zeros(len(scheme.plans))
    weights[list(pair)] = 1.0
    plus = class_points(scheme, kind, key, weights).moment(2)
    weights[pair[1]] = -1.0
    return (plus - class_points(scheme, kind, key, weights).moment(2)) / 4.0
