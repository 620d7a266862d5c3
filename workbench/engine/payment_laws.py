"""What one event pays: the law of Σ weights · payment of every class of events.

Floor 3. Laws of one claimant are cached by content, so that a change recomputes only what depends
on it. Source: docs/model.md sections 2 to 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from workbench.engine.claimant import (
    MEDICAL_STEPS,
    Stay,
    StayCounts,
    allowance_year,
    medical_one_stay,
    medical_year,
    paid_stay_counts,
)
from workbench.engine.events import Scheme
from workbench.engine.joint_claimant import JOINT_STEPS, joint_year
from workbench.laws.severity import Lognormal, capped_exponential_lattice
from workbench.laws.terms import MedicalPayment, WaitingLadder, paid_days
from workbench.plans import Plan
from workbench.timeline import DAYS_IN_YEAR

__all__ = [
    "Disability",
    "PLAN_COLUMNS",
    "Points",
    "Weighed",
    "capped_law",
    "class_points",
    "daily_yuan",
    "disability_law",
    "injury_daily_yuan",
    "weighed",
]

DISABILITY_STEPS = 6000

PLAN_COLUMNS = {
    "illness": slice(3, 5),
    "injury": slice(2, 5),
    "special": slice(1, 3),
    "critical": slice(1, 2),
    "death": slice(0, 1),
}
"""Columns of the keys of a kind that hold places of plans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Yuan and masses of one law or measure, both shape (n,)."""

    yuan: np.ndarray
    mass: np.ndarray

    @classmethod
    def join(cls, parts: list[Points]) -> Points:
        """Return all points of the parts; masses on one and the same grid are added.

        Masses may be stacked, shape (…, n).
        """
        grids: dict[bytes, Points] = {}
        for part in parts:
            name = part.yuan.tobytes()
            known = grids.get(name)
            mass = part.mass if known is None else known.mass + part.mass
            grids[name] = cls(yuan=part.yuan, mass=mass)
        if not grids:
            return cls(yuan=np.zeros(0), mass=np.zeros(0))
        return cls(
            yuan=np.concatenate([part.yuan for part in grids.values()]),
            mass=np.concatenate([part.mass for part in grids.values()], axis=-1),
        )

    def scaled(self, factor: float) -> Points:
        """Return the points with masses times `factor`."""
        return Points(yuan=self.yuan, mass=self.mass * factor)

    def moment(self, order: int) -> float:
        """Σ mass · yuan^order."""
        return float(np.sum(self.mass * self.yuan**order))


@dataclass(frozen=True, slots=True, kw_only=True)
class Disability:
    """Injuries with a disability: what the stay pays, and the law of the disability's amount."""

    stays: Points
    amount: Points


@lru_cache(maxsize=256)
def _medical_year(stay: Stay, plan: Plan, counts: StayCounts) -> np.ndarray:
    return medical_year(stay, plan, counts.of("medical"))


@lru_cache(maxsize=256)
def _allowance_year(days: Lognormal, plan: Plan, counts: StayCounts) -> np.ndarray:
    return allowance_year(days, plan, counts.of("allowance"))


@lru_cache(maxsize=128)
def _joint_year(stay: Stay, medical: Plan, allowance: Plan, counts: StayCounts) -> np.ndarray:
    return joint_year(stay, medical, allowance, counts)


class Weighed(NamedTuple):
    """A plan that is held and asked for, and its weight."""

    plan: Plan
    weight: float


def _plan_at(scheme: Scheme, place: int) -> Plan | None:
    return scheme.plans[place] if place >= 0 else None


def weighed(scheme: Scheme, place: int, weights: np.ndarray) -> Weighed | None:
    """Return the plan at a place with its weight; None where it is not held or not asked for."""
    if place < 0 or weights[place] == 0.0:
        return None
    return Weighed(scheme.plans[place], float(weights[place]))


def _medical_grid(plan: Plan, steps: int) -> np.ndarray:
    return plan.annual_cap_yuan * np.arange(steps + 1) / steps


def daily_yuan(plan: Plan, days: np.ndarray) -> np.ndarray:
    """Return what paid days of a year pay, yuan; only an allowance plan has a cap on them."""
    yuan = plan.daily_yuan * days
    return np.minimum(yuan, plan.annual_cap_yuan) if plan.benefit_form == "allowance" else yuan


def _illness_points(scheme: Scheme, key: np.ndarray, weights: np.ndarray) -> Points:
    """Law of what one illness claimant of a class pays."""
    segment, group, first, medical, allowance = (int(entry) for entry in key)
    beliefs = scheme.beliefs[segment]
    stay = scheme.stays[segment, group, "illness"]
    paying, daily = weighed(scheme, medical, weights), weighed(scheme, allowance, weights)
    counts = paid_stay_counts(
        beliefs, bool(first), _plan_at(scheme, medical), _plan_at(scheme, allowance)
    )
    if paying and daily:
        law = _joint_year(stay, paying.plan, daily.plan, counts)
        yuan = paying.weight * _medical_grid(paying.plan, JOINT_STEPS)[:, None]
        days = np.arange(law.shape[1])
        yuan = yuan + daily.weight * daily_yuan(daily.plan, days)[None, :]
        return Points(yuan=yuan.ravel(), mass=law.ravel())
    if paying:
        law = _medical_year(stay, paying.plan, counts)
        return Points(yuan=paying.weight * _medical_grid(paying.plan, MEDICAL_STEPS), mass=law)
    if daily:
        law = _allowance_year(stay.days, daily.plan, counts)
        yuan = daily.weight * daily_yuan(daily.plan, np.arange(len(law)))
        return Points(yuan=yuan, mass=law)
    return Points(yuan=np.zeros(1), mass=np.ones(1))


def injury_daily_yuan(by_day: list[Weighed]) -> np.ndarray:
    """Return what an injury stay of 1, 2, … days pays in plans that pay by the day, yuan (days,).

    As many days as change the payment; one day where no plan pays by the day.
    """
    most = 1 + max((p.elimination_days + p.max_days_per_year for p, _ in by_day), default=0)
    days = np.arange(1, most + 1)
    yuan = np.zeros(most)
    for plan, weight in by_day:
        paid = paid_days(days, plan.elimination_days, plan.max_days_per_year)
        yuan += weight * daily_yuan(plan, paid)
    return yuan


def _injury_points(scheme: Scheme, key: np.ndarray, weights: np.ndarray) -> Points:
    """Law of what one injury stay of a class pays, disability apart."""
    segment, group, *held = (int(entry) for entry in key)
    stay = scheme.stays[segment, group, "injury"]
    medical, allowance, accident = (weighed(scheme, place, weights) for place in held)
    by_day = [entry for entry in (allowance, accident) if entry]
    yuan = injury_daily_yuan(by_day)
    most = len(yuan)
    if not medical:
        return Points(yuan=yuan, mass=stay.days_alone(most))
    plan = medical.plan
    if not by_day:
        grid = medical.weight * _medical_grid(plan, MEDICAL_STEPS)
        return Points(yuan=grid, mass=medical_one_stay(stay, plan, MEDICAL_STEPS)[0])
    payment = MedicalPayment.of(plan, stay.basic, plan.first_stay_share)
    z, node = stay.nodes((payment,), plan.annual_cap_yuan)
    amount = payment.amount(stay.cost.at_score(z))
    together = medical.weight * np.minimum(amount, plan.annual_cap_yuan)[:, None] + yuan[None, :]
    mass = node[:, None] * stay.days_given(z, most)
    return Points(yuan=together.ravel(), mass=mass.ravel())


def _ladder(plan: Plan) -> WaitingLadder:
    return WaitingLadder(
        full_yuan=plan.lump_sum_yuan,
        partial_yuan=plan.partial_lump_yuan,
        none_until_day=plan.waiting_none_until_day,
        partial_until_day=plan.waiting_partial_until_day,
    )


def _lump_points(scheme: Scheme, key: np.ndarray, weights: np.ndarray) -> Points:
    """Law of what one diagnosis pays; one day serves all plans held (docs/model.md section 4)."""
    first, held = bool(key[0]), [scheme.plans[int(p)] for p in key[1:] if p >= 0]
    weight = [weights[int(p)] for p in key[1:] if p >= 0]
    ends = {0, DAYS_IN_YEAR}
    if first:
        ends |= {p.waiting_none_until_day for p in held} | {
            p.waiting_partial_until_day for p in held
        }
    days = np.array(sorted(ends))
    yuan = np.zeros(len(days) - 1)
    for plan, factor in zip(held, weight, strict=True):
        yuan += factor * (_ladder(plan).on_day(days[1:]) if first else plan.lump_sum_yuan)
    return Points(yuan=yuan, mass=np.diff(days) / DAYS_IN_YEAR)


def _death_points(scheme: Scheme, key: np.ndarray, weights: np.ndarray) -> Points:
    plan = int(key[0])
    return Points(yuan=np.array([weights[plan] * scheme.plans[plan].death_yuan]), mass=np.ones(1))


_POINTS = {
    "illness": _illness_points,
    "injury": _injury_points,
    "special": _lump_points,
    "critical": _lump_points,
    "death": _death_points,
}


def class_points(scheme: Scheme, kind: str, key: np.ndarray, weights: np.ndarray) -> Points:
    """Return the law of Σ weights · payment of one event of a class (disability apart).

    Parameters
    ----------
    kind, key
        Kind of event and the row of `scheme.classes[kind].keys`.
    weights
        Weight of each plan, shape (plans,).
    """
    return _POINTS[kind](scheme, key, weights)


def disability_law(scheme: Scheme, segment: int, accident: int, weight: float) -> Points:
    """Return the law of weight · disability_max · min(E, 1) of one disabled injury claimant."""
    mean = scheme.beliefs[segment]["disability_degree_mean"]
    return capped_law(mean, weight * scheme.plans[accident].disability_max_yuan)


def capped_law(mean: float, most: float) -> Points:
    """Return the law of most · min(E, 1), E exponential with `mean`, yuan."""
    steps = np.arange(DISABILITY_STEPS + 1) / DISABILITY_STEPS
    return Points(yuan=most * steps, mass=capped_exponential_lattice(mean, DISABILITY_STEPS))
