"""Actual against expected: numbers, mean cost, paid, loss ratio, each with an interval.

Floor 5, inside `experience`. Intervals hold 95 of 100 years of the model (process risk alone).
Source: docs/own-figures.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil, sqrt
from typing import Any

from scipy.special import betainc, gammaincc, gammaincinv

from workbench.experience.expected import PlanYear, YearModel, Years
from workbench.experience.nouns import Compared, Observation
from workbench.inputs import Inputs
from workbench.risk import Figure

__all__ = ["LEVELS", "amount_quantile", "compare", "count_quantile"]

LEVELS = (0.025, 0.975)
"""Ends of every interval."""

PLAIN = 1e-12


def _count_cdf(mean: float, variance: float) -> Callable[[int], float]:
    """P(N <= k) of a Poisson law, or of a Poisson-gamma law with more variance than mean."""
    if variance <= mean * (1.0 + PLAIN):
        return lambda k: float(gammaincc(k + 1.0, mean))
    size = mean**2 / (variance - mean)
    return lambda k: float(betainc(size, k + 1.0, size / (size + mean)))


def count_quantile(level: float, mean: float, variance: float) -> int:
    """Return the least k with P(N <= k) >= level for a number with this mean and variance.

    Poisson-gamma (negative binomial): exact where the whole of the number shares one gamma shock.
    """
    if mean <= 0.0:
        return 0
    cdf = _count_cdf(mean, variance)
    low, high = -1, max(1, ceil(mean))
    while cdf(high) < level:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if cdf(middle) < level else (low, middle)
    return high


def amount_quantile(level: float, mean: float, variance: float) -> float:
    """Return the quantile of the gamma law with this mean and variance."""
    if mean <= 0.0 or variance <= PLAIN * mean**2:
        return mean
    shape = mean**2 / variance
    return float(gammaincinv(shape, level)) * variance / mean


Ends = tuple[float, float]


def _paid_ends(one: PlanYear) -> tuple[Ends, str]:
    if one.law is not None:
        low, high = (one.law.quantile(level) for level in LEVELS)
        return (low, high), "exact"
    low, high = (amount_quantile(level, one.paid, one.paid_variance) for level in LEVELS)
    return (low, high), "gamma"


def _ratio(actual: float | None, expected: float, variance: float) -> Figure | None:
    if actual is None or expected <= 0.0:
        return None
    return Figure(actual / expected, sqrt(max(variance, 0.0)) / expected)


def _rows(year: int, code: str, one: PlanYear, premium: float) -> Iterator[Compared]:
    """Yield the figures of one plan's year (or of a sum of them)."""
    own = one.own
    told: dict[str, Any] = {"year": year, "plan": code}
    moments = (one.beneficiaries, one.beneficiaries_variance)
    low, high = (count_quantile(level, *moments) for level in LEVELS)
    people = float(own.beneficiaries) if own else None
    yield _compared(
        told, ("beneficiaries", "poisson_gamma"), (people, one.beneficiaries), (low, high), moments
    )
    if code:
        yield _mean_cost(told, one)
    ends, law = _paid_ends(one)
    paid = own.paid_yuan if own else None
    moments = (one.paid, one.paid_variance)
    yield _compared(told, ("paid_yuan", law), (paid, one.paid), ends, moments)
    part = 1.0 / (own.contributions_yuan if own else premium)
    returned = None if paid is None else paid * part
    scaled = (ends[0] * part, ends[1] * part)
    moments = (one.paid * part, one.paid_variance * part**2)
    yield _compared(told, ("loss_ratio", law), (returned, one.paid * part), scaled, moments)


def _compared(
    told: dict[str, Any],
    named: tuple[str, str],
    pair: tuple[float | None, float],
    ends: Ends,
    moments: tuple[float, float],
) -> Compared:
    """Return one figure: its name and law, (actual, expected), interval, (mean, variance)."""
    return Compared(
        **told,
        figure=named[0],
        actual=pair[0],
        expected=pair[1],
        low=ends[0],
        high=ends[1],
        ratio=_ratio(pair[0], *moments),
        law=named[1],
    )


def _mean_cost(told: dict[str, Any], one: PlanYear) -> Compared:
    """Paid to one beneficiary, given the number of them that was observed (else expected)."""
    number = float(one.own.beneficiaries) if one.own else one.beneficiaries
    variance = one.claim_cv2 * one.claim_mean**2 / max(number, 1.0)
    actual = one.own.paid_yuan / number if one.own and number > 0.0 else None
    low, high = (amount_quantile(level, one.claim_mean, variance) for level in LEVELS)
    pair, moments = (actual, one.claim_mean), (one.claim_mean, variance)
    return _compared(told, ("mean_cost_yuan", "gamma"), pair, (low, high), moments)


def _together(parts: list[PlanYear], code: str) -> PlanYear:
    """Return several years as one; years are taken as independent."""
    rows = [one.own for one in parts if one.own]
    people, paid = sum(one.beneficiaries for one in parts), sum(one.paid for one in parts)
    mean = paid / people if people > 0.0 else 0.0
    return PlanYear(
        own=Observation(
            year=0,
            plan=code,
            enrolments=sum(row.enrolments for row in rows),
            contributions_yuan=sum(row.contributions_yuan for row in rows),
            beneficiaries=sum(row.beneficiaries for row in rows),
            paid_yuan=sum(row.paid_yuan for row in rows),
        ),
        beneficiaries=people,
        beneficiaries_variance=sum(one.beneficiaries_variance for one in parts),
        paid=paid,
        paid_variance=sum(one.paid_variance for one in parts),
        claim_mean=mean,
        claim_cv2=sum(one.claim_cv2 * one.beneficiaries for one in parts) / max(people, PLAIN),
        law=None,
    )


def _of_plan(years: Years, code: str) -> list[YearModel]:
    return [year for year in years if not code or code in year.plans]


def compare(inputs: Inputs, years: Years) -> tuple[Compared, ...]:
    """Return every figure by plan and year, all years of a plan after them, all plans last.

    `inputs` gives the premiums where no contribution was observed.
    """
    found: list[Compared] = []
    premiums = {
        plan.code: plan.premium_yuan
        * sum(row.members for row in inputs.rows if plan.code in row.plans)
        for plan in inputs.plans
    }
    for code in (*inputs.plan_codes, ""):
        parts = [year.plans[code] if code else year.total for year in _of_plan(years, code)]
        premium = premiums[code] if code else sum(premiums.values())
        for year, one in zip(_of_plan(years, code), parts, strict=True):
            found += _rows(year.year, code, one, premium)
        if len(parts) > 1:
            found += _rows(0, code, _together(parts, code), premium)
    return tuple(found)
