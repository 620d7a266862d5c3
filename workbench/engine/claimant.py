"""One claimant's year: what his stays pay, by rank, after waiting, caps and day limits.

Floor 3. Every law here is a table of probabilities on a lattice: payments of the medical plan in
`MEDICAL_STEPS` steps up to its cap, paid days of the allowance plan one by one.
Source: docs/model.md sections 3 to 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr

from workbench.assumptions import Assumptions
from workbench.engine.lattice import split
from workbench.guard import freeze
from workbench.laws.severity import Lognormal, days_law, hat_weights, lognormal_days
from workbench.laws.terms import BasicCover, MedicalPayment
from workbench.plans import Plan
from workbench.timeline import DAYS_IN_YEAR

__all__ = [
    "MEDICAL_STEPS",
    "NODES_PER_PANEL",
    "Stay",
    "StayCounts",
    "allowance_year",
    "legendre",
    "lump_above",
    "medical_lattice_year",
    "medical_year",
    "paid_columns",
    "paid_stay_counts",
    "power_sum",
    "room",
    "stay_of",
]

MEDICAL_STEPS = 6000
"""Lattice steps up to the medical cap where the medical plan is alone (5 yuan at 30,000)."""
NODES_PER_PANEL = 40
Z_LIMIT = 9.0
SMALLEST_WEIGHT = 1e-15
UNHEARD = 1e-13
BASIC_COVER = ("in_scope_share", "basic_deductible_yuan", "basic_coinsurance")


@lru_cache(maxsize=64)
def legendre(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the Gauss–Legendre nodes and weights on [−1, 1], shapes (number,)."""
    return np.polynomial.legendre.leggauss(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Laws of one stay of one segment and age group."""

    cost: Lognormal
    days: Lognormal
    correlation: float
    basic: BasicCover

    def nodes(
        self, payments: tuple[MedicalPayment, ...], cap: float, panel: int = NODES_PER_PANEL
    ) -> tuple:
        """Return Gauss–Legendre nodes z and weights of the cost's normal score, panels at kinks.

        `panel` nodes between two kinks.
        """
        kinks = [knot for pay in payments for knot in (pay.first_knot, pay.last_knot)]
        kinks += [float(pay.cost_of(np.asarray(cap))) for pay in payments]
        kinks += self.cost.kinks
        inside = [self.cost.score(kink) for kink in kinks if kink > 0.0]
        edges = np.unique(np.clip([-Z_LIMIT, *inside, Z_LIMIT], -Z_LIMIT, Z_LIMIT))
        base, weight = legendre(panel)
        half = np.diff(edges)[:, None] / 2
        z = (edges[:-1, None] + half * (base[None, :] + 1.0)).ravel()
        density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
        return z, (half * weight[None, :]).ravel() * density

    def days_given(self, z: np.ndarray, most: int) -> np.ndarray:
        """P(L = l | Z1 = z), l = 1 … most (the last holds all beyond), shape (n, most)."""
        return days_law(lognormal_days(self.days, most), self.correlation, z)

    def days_alone(self, most: int) -> np.ndarray:
        """P(L = l), l = 1 … most (the last holds all beyond), shape (most,)."""
        return days_law(lognormal_days(self.days, most))

    def paying_nothing(self, payment: MedicalPayment | None, elimination_days: int | None) -> float:
        """P(a stay pays zero to both): no medical payment and no paid day; None: plan not held."""
        if payment is None:
            return float(ndtr(self._days_score(elimination_days)))
        if elimination_days is None:
            return payment.zero_probability(self.cost)
        below = payment.least_paid_cost
        if elimination_days <= 0:
            return 0.0
        top = min(self.cost.score(below), Z_LIMIT)
        base, weight = legendre(4 * NODES_PER_PANEL)
        z = -Z_LIMIT + (top + Z_LIMIT) / 2 * (base + 1.0)
        density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
        spread = np.sqrt(1.0 - self.correlation**2)
        short = ndtr((self._days_score(elimination_days) - self.correlation * z) / spread)
        return float((top + Z_LIMIT) / 2 * np.sum(weight * density * short))

    def _days_score(self, days: int | None) -> float:
        """Z2 below which L <= days (−inf for days = 0)."""
        if not days:
            return -np.inf
        return (np.log(days + 0.5) - self.days.mu) / self.days.sigma


def stay_of(beliefs: Assumptions, relativity: float, kind: str) -> Stay:
    """Return the laws of an illness or injury stay at one age relativity of the cost."""
    trend = (1.0 + beliefs["cost_trend_per_year"]) ** beliefs["years_from_base_to_rating"]
    mean = beliefs["stay_cost_mean_yuan"] * beliefs["stay_cost_scale"] * trend * relativity
    days = (beliefs[f"{kind}_days_mean"], beliefs[f"{kind}_days_cv"])
    cover = tuple(beliefs[name] for name in BASIC_COVER)
    return _stay(
        (mean, beliefs["stay_cost_cv"]), days, beliefs["stay_cost_days_correlation"], cover
    )


@lru_cache(maxsize=512)
def _stay(
    cost: tuple[float, float],
    days: tuple[float, float],
    correlation: float,
    cover: tuple[float, ...],
) -> Stay:
    """Laws of a stay from means and cvs of cost and days, and the terms of the basic cover."""
    share, deductible, coinsurance = cover
    return Stay(
        cost=Lognormal.from_mean_cv(*cost),
        days=Lognormal.from_mean_cv(*days),
        correlation=correlation,
        basic=BasicCover(in_scope_share=share, deductible_yuan=deductible, coinsurance=coinsurance),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StayCounts:
    """Law of the paid stays of an illness claimant who may hold two hospital plans.

    `weights[a, b]`: probability of `a` stays that only `early` pays (they come first, since its
    waiting ends sooner) and `b` stays that both pay. `early` is medical, allowance or empty.
    """

    weights: np.ndarray
    early: str

    def of(self, form: str) -> np.ndarray:
        """P(K = k) of the stays that the plan of `form` pays, shape (n,)."""
        if not self.early or form != self.early:
            return self.weights.sum(axis=0)
        size = self.weights.shape[0]
        both = np.zeros(2 * size - 1)
        for early in range(size):
            both[early : early + size] += self.weights[early]
        return both


def _poisson(mean: float, size: int) -> np.ndarray:
    """Poisson probabilities of 0 … size−1."""
    terms = np.concatenate([[1.0], np.full(size - 1, mean) / np.arange(1, size)])
    return np.exp(-mean) * np.cumprod(terms)


def paid_stay_counts(
    beliefs: Assumptions, first_term: bool, medical: Plan | None, allowance: Plan | None
) -> StayCounts:
    """Return the law of the numbers of paid stays; docs/model.md section 4.

    1 + Poisson(extra) stays, each on a uniform day; a stay of the waiting time is not counted.
    """
    waits = [plan.waiting_none_until_day for plan in (medical, allowance) if plan]
    if not first_term:
        waits = [0 for _ in waits]
    sooner = ""
    if medical and allowance and max(waits) > min(waits):
        sooner = "medical" if waits[0] < waits[1] else "allowance"
    return _stay_counts(beliefs["illness_extra_stays_mean"], min(waits), max(waits), sooner)


@lru_cache(maxsize=64)
def _stay_counts(extra: float, shorter: int, longer: int, sooner: str) -> StayCounts:
    """Law of the paid stays at `extra` stays beyond the first and two waiting times in days."""
    both = 1.0 - longer / DAYS_IN_YEAR
    early = (longer - shorter) / DAYS_IN_YEAR
    none = shorter / DAYS_IN_YEAR
    size = 4
    while _poisson(extra, size)[-1] > SMALLEST_WEIGHT:
        size += 1
    size += 1
    count_early = _poisson(extra * early, size) if early else np.eye(1, size)[0]
    count_both = _poisson(extra * both, size)
    shift = np.concatenate([[0.0], count_early[:-1]]), np.concatenate([[0.0], count_both[:-1]])
    weights = (
        none * np.outer(count_early, count_both)
        + early * np.outer(shift[0], count_both)
        + both * np.outer(count_early, shift[1])
    )
    return StayCounts(weights=freeze(weights if early else weights[:1]), early=sooner)


def power_sum(one: np.ndarray, later: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return Σ_k weights[k] · one · later^(k−1) over k >= 1; weights[0] is added as a point."""
    # Ranks rarer than 1e-13 in all would cost time and move no figure.
    heard = 1 + int(np.count_nonzero(np.cumsum(weights[:0:-1])[::-1] > UNHEARD * weights.sum()))
    total = np.zeros_like(one)
    for weight in weights[heard - 1 : 0 : -1]:
        total *= later
        total += weight
    return total * one + weights[0]


def lump_above(masses: np.ndarray, top: int, axis: int) -> np.ndarray:
    """Keep 0 … top along `axis`, the last holding all mass at or above it."""
    lines = masses if axis == 0 else masses.T
    kept = lines[: top + 1].copy()
    kept[top] += lines[top + 1 :].sum(axis=0)
    return kept if axis == 0 else kept.T


def room(masses: np.ndarray, top: int) -> int:
    """Transform length that holds the sum of a claimant's stays, more where the cap binds often."""
    often = masses[top // 2 :].sum() > 1e-2
    return 1 << int(np.ceil(np.log2((10 if often else 2.7) * top + 1)))


@lru_cache(maxsize=512)
def medical_one_stay(stay: Stay, plan: Plan, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Lattice laws of one stay's payment, limited at the yearly cap: first rank, later ranks."""
    limits = plan.annual_cap_yuan * np.arange(steps + 1) / steps
    laws = []
    for share in (plan.first_stay_share, plan.later_stay_share):
        payment = MedicalPayment.of(plan, stay.basic, share)
        laws.append(hat_weights(payment.limited_mean(stay.cost, limits), limits[1]))
    return laws[0], laws[1]


def medical_year(
    stay: Stay, plan: Plan, counts: np.ndarray, steps: int = MEDICAL_STEPS
) -> np.ndarray:
    """Return the lattice law of min(ΣA, cap) of one claimant, shape (steps + 1,).

    `counts[k]` is the weight of k paid stays; weights of any scale are allowed (expected events).
    """
    first, later = medical_one_stay(stay, plan, steps)
    length = room(first, steps)
    one, more = np.fft.rfft(first, length), np.fft.rfft(later, length)
    year = np.fft.irfft(power_sum(one, more, counts), length)
    return lump_above(year, steps, 0)


def _paid_days_law(days: Lognormal, plan: Plan) -> np.ndarray:
    """P(paid days = 0 … max_days_per_year) of one stay."""
    most = plan.elimination_days + plan.max_days_per_year + 1
    raw = days_law(lognormal_days(days, most))
    return paid_columns(raw[None, :], plan)[0]


def medical_lattice_year(
    stay: Stay, plan: Plan, counts: np.ndarray, steps: int, panel: int
) -> np.ndarray:
    """Return the law of `medical_year` on a coarse lattice, one stay put on four points.

    Its low moments are right, its masses may be negative: it serves totals of many events.
    """
    laws = []
    for share in (plan.first_stay_share, plan.later_stay_share):
        payment = MedicalPayment.of(plan, stay.basic, share)
        z, weight = stay.nodes((payment,), plan.annual_cap_yuan, panel)
        amount = payment.amount(stay.cost.at_score(z))
        place = np.minimum(amount / plan.annual_cap_yuan, 1.0) * steps
        index, parts = split(place, steps)
        masses = (weight[:, None] * parts).ravel()
        laws.append(np.bincount(index.ravel(), masses, steps + 1))
    length = room(laws[0], steps)
    one, more = (np.fft.rfft(law, length) for law in laws)
    year = np.fft.irfft(power_sum(one, more, counts), length)
    return lump_above(year, steps, 0)


def allowance_year(days: Lognormal, plan: Plan, counts: np.ndarray) -> np.ndarray:
    """Return the law of the paid days of one claimant, 0 … max_days_per_year.

    `days` is the law of the days of a stay before rounding; `counts` as for `medical_year`.
    """
    law = _paid_days_law(days, plan)
    most = plan.max_days_per_year
    length = max(room(law, most), 256)
    one = np.fft.rfft(law, length)
    year = np.fft.irfft(power_sum(one, one, counts), length)
    return lump_above(year, most, 0)


def paid_columns(raw: np.ndarray, plan: Plan) -> np.ndarray:
    """Turn P(L = 1 … most) (n, most) into P(paid days = 0 … max_days_per_year) (n, max + 1)."""
    free, most = plan.elimination_days, plan.max_days_per_year
    none = raw[:, :free].sum(axis=1, keepdims=True)
    last = raw[:, free + most - 1 :].sum(axis=1, keepdims=True)
    return np.concatenate([none, raw[:, free : free + most - 1], last], axis=1)
