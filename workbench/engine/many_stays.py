"""Moments of what stays pay, for many sets of assumptions at once: arrays in place of one law each.

Floor 3. The formulas are those of `claimant`, `class_moments` and `quick_laws`; every argument has
one entry a draw. A claimant's year is read off its transform by Parseval's identity, so that no law
is turned back. Source: docs/model.md sections 3 to 5; docs/sensitivity.md, "Many draws at once".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr

from workbench.engine.claimant import UNHEARD, Z_LIMIT, legendre
from workbench.engine.class_moments import MEAN_STEPS
from workbench.engine.lattice import split
from workbench.engine.payment_laws import daily_yuan
from workbench.guard import freeze
from workbench.laws.terms import HALF_A_FEN_YUAN, paid_days
from workbench.plans import Plan

__all__ = [
    "Payments",
    "Stays",
    "allowance_moments",
    "daily_seen",
    "injury_medical",
    "medical_means",
    "medical_years",
]

STEPS, PANEL, INJURY_PANEL = 189, 16, 12
"""Lattice of a claimant's money and cost nodes a panel: those of `quick_laws.COARSE`."""
OFTEN = 1e-2
SEEN = 6.5
"""Normal scores beyond this, one in 1e10, are read as if they were here."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stays:
    """Laws of a stay, one entry a draw: cost and days lognormal, their tie, the basic cover."""

    cost_mu: np.ndarray
    cost_sigma: np.ndarray
    days_mu: np.ndarray
    days_sigma: np.ndarray
    correlation: np.ndarray
    scope: np.ndarray
    deductible: np.ndarray
    coinsurance: np.ndarray

    def cost(self, z: np.ndarray) -> np.ndarray:
        """Cost at normal scores z, (draws, n)."""
        return np.exp(self.cost_mu[:, None] + self.cost_sigma[:, None] * z)

    def limited_mean(self, x: np.ndarray) -> np.ndarray:
        """E[min(cost, x)], (draws, n); E[cost] for x = inf."""
        mu, sigma = self.cost_mu[:, None], self.cost_sigma[:, None]
        with np.errstate(divide="ignore"):
            z = (np.log(np.maximum(x, 0.0)) - mu) / sigma
        tail = np.where(np.isinf(x), 0.0, x) * ndtr(-z)
        return np.exp(mu + sigma**2 / 2) * ndtr(z - sigma) + tail


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Payments:
    """What the medical plan pays for a stay at one rank, one entry a draw (`MedicalPayment`)."""

    first_knot: np.ndarray
    first_slope: np.ndarray
    last_knot: np.ndarray
    last_slope: np.ndarray

    @classmethod
    def of(cls, plan: Plan, stays: Stays, share: float) -> Payments:
        """Return the payments of `plan` at this rank's share."""
        excess = plan.deductible_yuan or 0.0
        low = share * stays.scope
        high = low * stays.coinsurance
        kink = stays.deductible / stays.scope
        beyond = (excess - stays.deductible) / stays.coinsurance
        late = (stays.deductible + beyond) / stays.scope
        within = excess <= stays.deductible
        return cls(
            first_knot=np.where(within, excess / stays.scope, late),
            first_slope=np.where(within, low, high),
            last_knot=np.where(within, kink, late),
            last_slope=high,
        )

    def amount(self, cost: np.ndarray) -> np.ndarray:
        """Payment before the cap, shape of `cost` (draws, n)."""
        start, kink = self.first_knot[:, None], self.last_knot[:, None]
        low = np.clip(cost, start, kink) - start
        high = np.maximum(cost - kink, 0.0)
        return self.first_slope[:, None] * low + self.last_slope[:, None] * high

    def cost_of(self, amount: np.ndarray) -> np.ndarray:
        """Least cost with a payment of at least `amount` (n,), shape (draws, n)."""
        start, kink = self.first_knot[:, None], self.last_knot[:, None]
        first, last = self.first_slope[:, None], self.last_slope[:, None]
        turn = first * (kink - start)
        with np.errstate(divide="ignore", invalid="ignore"):
            cost = np.where(amount <= turn, start + amount / first, kink + (amount - turn) / last)
        return np.where(np.isnan(cost), np.inf, cost)

    def limited_mean(self, stays: Stays, limits: np.ndarray) -> np.ndarray:
        """E[min(A, y)] for each y of `limits` (n,), shape (draws, n)."""
        start, kink = self.first_knot[:, None], self.last_knot[:, None]
        ends = self.cost_of(limits)
        low = stays.limited_mean(np.minimum(ends, kink))
        if np.any(start > 0.0):
            low = low - stays.limited_mean(np.minimum(ends, start))
        high = stays.limited_mean(np.maximum(ends, kink)) - stays.limited_mean(kink)
        return self.first_slope[:, None] * low + self.last_slope[:, None] * high

    def nothing(self, stays: Stays) -> np.ndarray:
        """P(a stay pays nothing), (draws,)."""
        least = self.cost_of(np.array([HALF_A_FEN_YUAN]))[:, 0]
        with np.errstate(divide="ignore"):
            return ndtr((np.log(least) - stays.cost_mu) / stays.cost_sigma)


def nodes(
    stays: Stays, payments: tuple[Payments, ...], cap: float, panel: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes of the cost's normal score and their weights, panels at kinks; (draws, n)."""
    kinks = [knot for pay in payments for knot in (pay.first_knot, pay.last_knot)][:2]
    kinks += [pay.cost_of(np.array([cap]))[:, 0] for pay in payments]
    with np.errstate(divide="ignore"):
        inside = [(np.log(kink) - stays.cost_mu) / stays.cost_sigma for kink in kinks]
    ends = np.full(len(stays.cost_mu), Z_LIMIT)
    edges = np.sort(np.clip(np.stack([-ends, *inside, ends], axis=1), -Z_LIMIT, Z_LIMIT), axis=1)
    base, weight = legendre(panel)
    half = np.diff(edges, axis=1)[:, :, None] / 2
    z = (edges[:, :-1, None] + half * (base + 1.0)).reshape(len(edges), -1)
    return z, (half * weight).reshape(len(edges), -1) * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


@lru_cache(maxsize=16)
def _chebyshev(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Chebyshev nodes of the first kind on [−1, 1], and the matrix from values to coefficients."""
    angle = np.pi * (np.arange(number) + 0.5) / number
    matrix = 2.0 / number * np.cos(np.arange(number)[:, None] * angle)
    matrix[0] /= 2.0
    return freeze(np.cos(angle)), freeze(matrix)


def daily_seen(stays: Stays, plan: Plan) -> np.ndarray:
    """E[yuan that the days of a stay pay | cost's score z] as a series in z / SEEN, (n, draws).

    The sum over l of what day l + 1 adds, times P(L > l): a sum of normal distribution functions
    as wide as the tie leaves them, whose Chebyshev coefficients fall like exp(−n²/4a²), a = SEEN
    over the width (Trefethen 2013, chapter 8).
    """
    days = np.arange(plan.elimination_days + plan.max_days_per_year + 1)
    adds = np.diff(daily_yuan(plan, paid_days(days, plan.elimination_days, plan.max_days_per_year)))
    heard = np.flatnonzero(adds)
    with np.errstate(divide="ignore"):
        scores = np.log(np.where(heard > 0, heard + 0.5, 0.0))
    scores = (scores - stays.days_mu[:, None]) / stays.days_sigma[:, None]
    apart = np.sqrt(1.0 - stays.correlation**2)
    sharp = SEEN / np.sqrt(2.0) * np.max(np.abs(stays.correlation) / apart)
    x, matrix = _chebyshev(8 * int(np.clip(np.ceil(1.2 * sharp), 4, 64)))
    score = (stays.correlation / apart)[:, None] * (SEEN * x)
    seen = ndtr(score[:, :, None] - (scores / apart[:, None])[:, None, :]) @ adds[heard]
    return matrix @ seen.T


def _series(coefficients: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Value of `daily_seen` at normal scores (draws, n), by Clenshaw's recurrence."""
    x = np.clip(z / SEEN, -1.0, 1.0)
    high, low = np.zeros_like(x), np.zeros_like(x)
    for row in coefficients[:0:-1]:
        high, low = 2.0 * x * high - low + row[:, None], high
    return x * high - low + coefficients[0][:, None]


@lru_cache(maxsize=64)
def _capped(top: float, length: int, order: int) -> np.ndarray:
    """Conjugate transform of min(j, top)^order over `length` points, weighed for Parseval."""
    wave = np.fft.rfft(np.minimum(np.arange(length), top) ** order).conj()
    factor = np.full(len(wave), 2.0)
    factor[0] = 1.0
    factor[-1] = 1.0 if length % 2 == 0 else 2.0
    return freeze(wave * factor / length)


def _moment(transform: np.ndarray, top: float, length: int, order: int) -> np.ndarray:
    """Σ_j law_j · min(j, top)^order of laws given by their transforms (draws, n), (draws,)."""
    return np.asarray((transform @ _capped(float(top), length, order)).real)


def _length(laws: np.ndarray, top: int, least: int = 1) -> int:
    """Transform length that holds the sum of a claimant's stays (`claimant.room`)."""
    often = laws[:, top // 2 :].sum(axis=1).max() > OFTEN
    return max(1 << int(np.ceil(np.log2((10 if often else 2.7) * top + 1))), least)


def _horner(later: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Σ_k weights[:, k] · later^k, (draws, n); orders that no draw hears are left out."""
    tails = np.cumsum(weights[:, ::-1], axis=1)[:, ::-1].max(axis=0)
    last = max(1, int(np.count_nonzero(tails > UNHEARD)))
    total = np.zeros_like(later)
    for place in range(last - 1, -1, -1):
        total *= later
        total += weights[:, place, None]
    return total


def medical_means(
    stays: Stays, plan: Plan, counts: list[np.ndarray], steps: int = MEAN_STEPS
) -> list[np.ndarray]:
    """E[min(ΣA, cap)] of a claimant's year, (draws,) for each law of counts (draws, k)."""
    limits = plan.annual_cap_yuan * np.arange(steps + 1) / steps
    laws = []
    for share in (plan.first_stay_share, plan.later_stay_share):
        means = Payments.of(plan, stays, share).limited_mean(stays, limits)
        slopes = np.diff(means, axis=1) / limits[1]
        ends = np.ones((len(means), 1)), np.zeros((len(means), 1))
        laws.append(-np.diff(np.concatenate([ends[0], slopes, ends[1]], axis=1), axis=1))
    length = _length(laws[0], steps)
    first, later = (np.fft.rfft(law, length, axis=1) for law in laws)
    years = (first * _horner(later, law[:, 1:]) for law in counts)
    return [_moment(year, steps, length, 1) * limits[1] for year in years]


def _lattice(place: np.ndarray, masses: np.ndarray, steps: int) -> np.ndarray:
    """Masses at places (draws, n) on the lattice 0 … steps, each on four points."""
    index, parts = split(place, steps)
    rows = np.arange(len(place))[:, None, None] * (steps + 1)
    flat = np.bincount((index + rows).ravel(), (masses[:, :, None] * parts).ravel())
    whole = np.zeros(len(place) * (steps + 1))
    whole[: len(flat)] = flat
    return whole.reshape(len(place), steps + 1)


def medical_years(
    stays: Stays, plan: Plan, daily: np.ndarray | None, counts: list[np.ndarray]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """E[Y²] of a claimant's medical year, and E[Y · daily yuan], (draws,) for each law of counts.

    `daily` is the series of the plan that pays by days (None: 0), limited in every stay; that its
    year has a limit of its own too is left out: two long stays in one year are rare.
    """
    pays = tuple(
        Payments.of(plan, stays, share) for share in (plan.first_stay_share, plan.later_stay_share)
    )
    z, weight = nodes(stays, pays, plan.annual_cap_yuan, PANEL)
    cost = stays.cost(z)
    step = plan.annual_cap_yuan / STEPS
    places = [np.minimum(pay.amount(cost) / step, STEPS) for pay in pays]
    laws = [_lattice(place, weight, STEPS) for place in places]
    length = _length(laws[0], STEPS)
    first, later = (np.fft.rfft(law, length, axis=1) for law in laws)
    found = []
    seen = None if daily is None else weight * _series(daily, z)
    dayed = [] if seen is None else [_lattice(place, seen, STEPS) for place in places]
    days = [np.fft.rfft(law, length, axis=1) for law in dayed]
    for law in counts:
        year = _horner(later, law[:, 1:])
        second = _moment(first * year, STEPS, length, 2) * step**2
        both = np.zeros(len(law))
        if days:
            more = law[:, 2:] * np.arange(1, law.shape[1] - 1)
            tied = days[0] * year + first * days[1] * _horner(later, more)
            both = _moment(tied, STEPS, length, 1) * step
        found.append((second, both))
    return found


def allowance_moments(
    stays: Stays, plan: Plan, counts: list[np.ndarray]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """E and E of the square of a claimant's yearly allowance, yuan, (draws,) for each counts."""
    most, free = plan.max_days_per_year, plan.elimination_days
    edges = np.log(np.arange(1, free + most + 1) + 0.5)
    below = ndtr((edges - stays.days_mu[:, None]) / stays.days_sigma[:, None])
    # P(paid days = 0 … most): elimination days pay nothing, the last holds all beyond.
    start = below[:, free - 1 : free] if free else np.zeros((len(below), 1))
    raw = np.concatenate([start, below[:, free : free + most - 1]], axis=1)
    ends = np.ones((len(below), 1))
    law = np.diff(np.concatenate([0.0 * ends, raw, ends], axis=1), axis=1)
    length = _length(law, most, 256)
    one = np.fft.rfft(law, length, axis=1)
    days = min(most, plan.annual_cap_yuan / plan.daily_yuan) if plan.daily_yuan else 0.0
    found = []
    for weights in counts:
        year = one * _horner(one, weights[:, 1:])
        moments = (_moment(year, days, length, order) for order in (1, 2))
        mean, square = (value * plan.daily_yuan**order for order, value in enumerate(moments, 1))
        found.append((mean, square))
    return found


def injury_medical(
    stays: Stays, plan: Plan, daily: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """E[A²] and E[A · daily yuan] of one injury stay, A limited by the cap, (draws,)."""
    pay = Payments.of(plan, stays, plan.first_stay_share)
    cap = plan.annual_cap_yuan
    z, weight = nodes(stays, (pay,), cap, INJURY_PANEL)
    amount = np.minimum(pay.amount(stays.cost(z)), cap)
    both = np.zeros(len(z))
    if daily is not None:
        both = np.sum(weight * amount * _series(daily, z), axis=1)
    return np.sum(weight * amount**2, axis=1), both
