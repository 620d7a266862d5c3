"""Illness and injuries of many draws: moments of every class, times its expected number.

Floor 3, beside `many`. Draws that share all that a stay depends on are computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import ndtr

from workbench.engine.claimant import SMALLEST_WEIGHT
from workbench.engine.events import Scheme
from workbench.engine.many_stays import (
    Payments,
    Stays,
    allowance_moments,
    daily_seen,
    injury_medical,
    medical_means,
    medical_years,
)
from workbench.engine.payment_laws import Weighed, injury_daily_yuan
from workbench.plans import Plan
from workbench.timeline import DAYS_IN_YEAR

__all__ = ["Sums", "add_illness", "add_injuries", "medical_yuan"]

Columns = Mapping[str, np.ndarray]
Key = tuple[int, ...]

_STAY = (
    "stay_cost_mean_yuan",
    "stay_cost_scale",
    "stay_cost_cv",
    "cost_trend_per_year",
    "years_from_base_to_rating",
    "stay_cost_days_correlation",
    "in_scope_share",
    "basic_deductible_yuan",
    "basic_coinsurance",
)
EXTRA = "illness_extra_stays_mean"


@dataclass(slots=True, kw_only=True, eq=False)
class Sums:
    """Sums over the events of a year, filled class by class.

    `mean`, `paid` and `illness` (draws, plans): expected yuan, events paid, expected yuan of
    illness; `second` (draws, plans + 1): Σ λ E[Y²], the total last. `asked` is "events" (`paid`
    alone is filled), "means" or "spread".
    """

    mean: np.ndarray
    paid: np.ndarray
    illness: np.ndarray
    second: np.ndarray
    asked: str

    @classmethod
    def empty(cls, draws: int, plans: int, asked: str) -> Sums:
        """Return sums of nothing."""
        blank = (np.zeros((draws, plans)) for _ in range(3))
        mean, paid, illness = blank
        second = np.zeros((draws, plans + 1))
        return cls(mean=mean, paid=paid, illness=illness, second=second, asked=asked)

    @property
    def spread(self) -> bool:
        """Whether second moments are wanted."""
        return self.asked == "spread"


def _distinct(columns: Columns, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Places of draws that differ in the names, and for every draw the place of its like."""
    table = np.stack([columns[name] for name in names], axis=1)
    _, first, inverse = np.unique(table, axis=0, return_index=True, return_inverse=True)
    return first, inverse.reshape(-1)


def _stays(columns: Columns, relativity: float, kind: str, rows: np.ndarray) -> Stays:
    """Laws of the stays of some draws at one age relativity of the cost (`claimant.stay_of`)."""
    part = {name: columns[name][rows] for name in (*_STAY, f"{kind}_days_mean", f"{kind}_days_cv")}
    trend = (1.0 + part["cost_trend_per_year"]) ** part["years_from_base_to_rating"]
    mean = part["stay_cost_mean_yuan"] * part["stay_cost_scale"] * trend * relativity
    variance = np.log1p(part["stay_cost_cv"] ** 2)
    days = np.log1p(part[f"{kind}_days_cv"] ** 2)
    return Stays(
        cost_mu=np.log(mean) - variance / 2,
        cost_sigma=np.sqrt(variance),
        days_mu=np.log(part[f"{kind}_days_mean"]) - days / 2,
        days_sigma=np.sqrt(days),
        correlation=part["stay_cost_days_correlation"],
        scope=part["in_scope_share"],
        deductible=part["basic_deductible_yuan"],
        coinsurance=part["basic_coinsurance"],
    )


def _stay_counts(extra: np.ndarray, waiting: int) -> np.ndarray:
    """P(K = k) of the paid stays of a claimant, (draws, n) (`claimant.paid_stay_counts`)."""
    paying = 1.0 - waiting / DAYS_IN_YEAR
    mean = (extra * paying)[:, None]
    terms = [np.exp(-mean)]
    while len(terms) < 4 or (terms[-1] * np.exp(extra.max())).max() > SMALLEST_WEIGHT:
        terms.append(terms[-1] * mean / len(terms))
    poisson = np.concatenate([*terms, 0.0 * mean], axis=1)
    later = np.concatenate([0.0 * mean, poisson[:, :-1]], axis=1)
    return (1.0 - paying) * poisson + paying * later


def _no_days(stays: Stays, plan: Plan) -> np.ndarray:
    """P(a stay has no paid day), (draws,)."""
    if not plan.daily_yuan:
        return np.ones(len(stays.days_mu))
    if not plan.elimination_days:
        return np.zeros(len(stays.days_mu))
    return ndtr((np.log(plan.elimination_days + 0.5) - stays.days_mu) / stays.days_sigma)


def _unpaid(counts: np.ndarray, first: np.ndarray, later: np.ndarray) -> np.ndarray:
    """P(all stays of a year pay nothing), from those of a stay of the first and a later rank."""
    runs = np.ones_like(counts)
    runs[:, 1] = first
    for place in range(2, counts.shape[1]):
        runs[:, place] = runs[:, place - 1] * later
    return np.sum(counts * runs, axis=1)


class _Seen:
    """Series of what days pay given the cost, by segment and plan: no age relativity moves them."""

    def __init__(
        self, scheme: Scheme, columns: Sequence[Columns], kind: str, names: Sequence[str]
    ) -> None:
        self._scheme, self._columns, self._kind, self._names = scheme, columns, kind, names
        self._kept: dict[tuple[int, int], np.ndarray] = {}

    def of(self, segment: int, place: int) -> np.ndarray:
        """Return the series of a plan, (n, draws that differ)."""
        if (segment, place) not in self._kept:
            rows, _ = _distinct(self._columns[segment], self._names)
            stays = _stays(self._columns[segment], 1.0, self._kind, rows)
            self._kept[segment, place] = daily_seen(stays, self._scheme.plans[place])
        return self._kept[segment, place]


def add_illness(
    sums: Sums, scheme: Scheme, columns: Sequence[Columns], keys: list[Key], events: np.ndarray
) -> None:
    """Add illness; `keys` of `EventClasses`, `events` (draws, classes)."""
    names = (*_STAY, "illness_days_mean", "illness_days_cv", EXTRA)
    seen = _Seen(scheme, columns, "illness", names)
    for segment, group in dict.fromkeys(key[:2] for key in keys):
        rows, like = _distinct(columns[segment], names)
        relativity = float(scheme.relativities[group])
        stays = _stays(columns[segment], relativity, "illness", rows)
        extra = columns[segment][EXTRA][rows]
        held = {key[2:]: place for place, key in enumerate(keys) if key[:2] == (segment, group)}
        lams = {key: (events[:, place], like) for key, place in held.items()}
        _add_group(sums, scheme, (stays, extra, partial(seen.of, segment)), lams)


def _add_group(sums: Sums, scheme: Scheme, group: tuple, held: Mapping[Key, tuple]) -> None:
    """Add the illness of one segment and age group; `held` (first, medical, allowance) → events."""
    stays, extra, seen = group
    plans = scheme.plans
    for medical, allowance in dict.fromkeys(key[1:] for key in held):
        here = [key for key in held if key[1:] == (medical, allowance)]
        places = [place for place in (medical, allowance) if place >= 0]
        wait = max(plans[place].waiting_none_until_day for place in places)
        counts = [_stay_counts(extra, wait if first else 0) for first, _, _ in here]
        both = [np.zeros(len(extra)) for _ in here]
        second = {}
        for place in places:
            means, squares, tied = _plan_moments(
                sums, plans, stays, (place, allowance, seen), counts
            )
            second[place] = squares
            both = tied if place == medical and allowance >= 0 else both
            for key, mean, law in zip(here, means, counts, strict=True):
                lam, like = held[key]
                nothing = _unpaid(law, *_nothing(stays, plans[place]))
                sums.mean[:, place] += lam * mean[like]
                sums.illness[:, place] += lam * mean[like]
                sums.paid[:, place] += lam * (1.0 - nothing)[like]
        for order, key in enumerate(here if sums.spread else ()):
            lam, like = held[key]
            for place in places:
                sums.second[:, place] += lam * second[place][order][like]
            whole = sum(second[place][order] for place in places) + 2.0 * both[order]
            sums.second[:, -1] += lam * whole[like]


def _plan_moments(
    sums: Sums, plans: tuple[Plan, ...], stays: Stays, where: tuple, counts: list
) -> tuple[list, list, list]:
    """E[Y], E[Y²] and E[Y · allowance] of one plan, lists by law of counts of arrays (draws,)."""
    place, allowance, seen = where
    plan = plans[place]
    if sums.asked == "events":
        nothing = [np.zeros(len(law)) for law in counts]
        return nothing, [], []
    if plan.benefit_form != "medical":
        pairs = allowance_moments(stays, plan, counts)
        return [mean for mean, _ in pairs], [square for _, square in pairs], []
    means = medical_means(stays, plan, counts)
    if not sums.spread:
        return means, [], []
    pairs = medical_years(stays, plan, seen(allowance) if allowance >= 0 else None, counts)
    return means, [square for square, _ in pairs], [tied for _, tied in pairs]


def _nothing(stays: Stays, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """P(a stay pays a plan nothing) at the first and at later ranks, (draws,) each."""
    if plan.benefit_form != "medical":
        none = _no_days(stays, plan)
        return none, none
    shares = (plan.first_stay_share, plan.later_stay_share)
    first, later = (Payments.of(plan, stays, share).nothing(stays) for share in shares)
    return first, later


def add_injuries(
    sums: Sums,
    scheme: Scheme,
    columns: Sequence[Columns],
    keys: list[Key],
    events: tuple[np.ndarray, np.ndarray],
) -> None:
    """Add injuries; `events` all of them and those with a disability, (draws, classes) each."""
    names = (*_STAY, "injury_days_mean", "injury_days_cv")
    seen = _Seen(scheme, columns, "injury", names)
    for segment, group in dict.fromkeys(key[:2] for key in keys):
        rows, like = _distinct(columns[segment], names)
        stays = _stays(columns[segment], float(scheme.relativities[group]), "injury", rows)
        degree = columns[segment]["disability_degree_mean"]
        for place, key in enumerate(keys):
            if key[:2] == (segment, group):
                moments = _injury(
                    scheme, stays, key[2:], partial(seen.of, segment) if sums.spread else None
                )
                lam = events[0][:, place], events[1][:, place]
                _add_injury(sums, [{k: v[like] for k, v in one.items()} for one in moments], lam)
                _add_disability(sums, scheme, (key[4], lam[1], degree), moments, like)


def _injury(
    scheme: Scheme, stays: Stays, held: Key, seen: Callable[[int], np.ndarray] | None
) -> list[dict]:
    """Moments of one injury stay: means, probabilities paid, and second moments, by plan.

    The key −1 of the second moments is that of all plans together.
    """
    plans = scheme.plans
    medical, *days = held
    daily = [place for place in days if place >= 0]
    mean, paid, second = {}, {}, {-1: np.zeros(len(stays.cost_mu))}
    yuan = _by_days(stays, [plans[place] for place in daily])
    for place, column in zip(daily, yuan[1:], strict=True):
        mean[place], second[place] = yuan[0] @ column, yuan[0] @ column**2
        paid[place] = 1.0 - _no_days(stays, plans[place])
    if daily:
        second[-1] = yuan[0] @ np.sum(yuan[1:], axis=0) ** 2
    if medical >= 0:
        plan = plans[medical]
        pay = Payments.of(plan, stays, plan.first_stay_share)
        paid[medical] = 1.0 - pay.nothing(stays)
        mean[medical] = pay.limited_mean(stays, np.array([plan.annual_cap_yuan]))[:, 0]
        if seen is not None:
            together = np.sum([seen(place) for place in daily], axis=0) if daily else None
            second[medical], tied = injury_medical(stays, plan, together)
            second[-1] = second[-1] + second[medical] + 2.0 * tied
    return [mean, paid, second]


def _by_days(stays: Stays, daily: list[Plan]) -> list[np.ndarray]:
    """P(L = 1, 2, …) (draws, days), then what each plan pays by days (days,)."""
    if not daily:
        return [np.zeros((len(stays.days_mu), 0))]
    most = len(injury_daily_yuan([Weighed(plan, 1.0) for plan in daily]))
    edges = np.log(np.arange(1, most) + 0.5)
    below = ndtr((edges - stays.days_mu[:, None]) / stays.days_sigma[:, None])
    ends = np.zeros((len(below), 1))
    law = np.diff(np.concatenate([ends, below, ends + 1.0], axis=1), axis=1)
    columns = (injury_daily_yuan([Weighed(plan, 1.0)]) for plan in daily)
    return [law, *(np.pad(yuan, (0, most - len(yuan)), mode="edge") for yuan in columns)]


def _add_injury(sums: Sums, moments: list[dict], lam: tuple[np.ndarray, np.ndarray]) -> None:
    mean, paid, second = moments
    for place in mean:
        sums.mean[:, place] += lam[0] * mean[place]
        sums.paid[:, place] += lam[0] * paid[place]
    for place, square in second.items() if sums.spread else ():
        sums.second[:, place] += lam[0] * square


def _add_disability(
    sums: Sums, scheme: Scheme, hurt: tuple, moments: list[dict], like: np.ndarray
) -> None:
    """Add what a disability adds: most · min(E, 1), E exponential, independent of the stay."""
    accident, lam, degree = hurt
    if accident < 0 or not scheme.plans[accident].disability_max_yuan:
        return
    mean, paid, _ = moments
    most = scheme.plans[accident].disability_max_yuan
    beyond = np.exp(-1.0 / degree)
    first = most * degree * (1.0 - beyond)
    square = most**2 * 2.0 * (degree**2 - (degree**2 + degree) * beyond)
    sums.mean[:, accident] += lam * first
    sums.paid[:, accident] += lam * (1.0 - paid[accident][like])
    stay = mean[accident][like]
    sums.second[:, accident] += lam * (square + 2.0 * first * stay)
    all_stays = sum(one[like] for one in mean.values())
    sums.second[:, -1] += lam * (square + 2.0 * first * all_stays)


def medical_yuan(
    scheme: Scheme,
    columns: Sequence[Columns],
    keys: Mapping[str, list[Key]],
    events: Mapping[str, np.ndarray],
    steps: int,
) -> np.ndarray:
    """Expected yuan of the medical plans alone, on a lattice of `steps` up to the cap, (draws,)."""
    total = np.zeros(len(columns[0][EXTRA]))
    everyone = np.arange(len(total))
    held: dict[Key, dict[int, np.ndarray]] = {}
    for place, (segment, group, first, medical, _) in enumerate(keys["illness"]):
        if medical >= 0:
            known = held.setdefault((segment, group, medical), {})
            known[first] = known.get(first, 0.0) + events["illness"][:, place]
    for (segment, group, medical), by_term in held.items():
        plan = scheme.plans[medical]
        stays = _stays(columns[segment], float(scheme.relativities[group]), "illness", everyone)
        waits = [plan.waiting_none_until_day if first else 0 for first in by_term]
        counts = [_stay_counts(columns[segment][EXTRA], wait) for wait in waits]
        means = medical_means(stays, plan, counts, steps)
        total += sum(lam * mean for lam, mean in zip(by_term.values(), means, strict=True))
    for place, (segment, group, medical, *_) in enumerate(keys["injury"]):
        if medical >= 0:
            plan = scheme.plans[medical]
            stays = _stays(columns[segment], float(scheme.relativities[group]), "injury", everyone)
            pay = Payments.of(plan, stays, plan.first_stay_share)
            mean = pay.limited_mean(stays, np.array([plan.annual_cap_yuan]))[:, 0]
            total += events["injury"][:, place] * mean
    return total
