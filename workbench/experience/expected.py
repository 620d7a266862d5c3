"""What the model expects of the years that were observed: each year's own enrolments, its law.

Floor 5, inside `experience`. Members are raked to the enrolments of the year. Numbers are mixed
Poisson: variance = mean + V · (illness part)², V the variance of the year's shock.
Source: docs/model.md sections 7 and 8; docs/own-figures.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from workbench.changes import rake
from workbench.consistency import contradictions
from workbench.engine.annual import AnnualLaw
from workbench.engine.class_laws import class_counts
from workbench.engine.class_moments import class_moments
from workbench.engine.events import scheme_of
from workbench.engine.mixing import common_shock
from workbench.engine.moments import area_covariance, illness_paid
from workbench.engine.stages import YearLaws, year_laws
from workbench.experience.nouns import History, Observation
from workbench.inputs import Inputs
from workbench.plans import EVENT_KINDS

__all__ = ["PlanYear", "YearModel", "Years", "expected_years"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanYear:
    """One plan's year as the model sees it, at the enrolments observed; money in yuan.

    `claim_mean` and `claim_cv2` (squared coefficient of variation) of what one beneficiary gets;
    `law` of the amount paid, None where the year's enrolments could not be made from the members.
    """

    own: Observation | None
    beneficiaries: float
    beneficiaries_variance: float
    paid: float
    paid_variance: float
    claim_mean: float
    claim_cv2: float
    law: AnnualLaw | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class YearModel:
    """One year: its plans by code, and all plans given together."""

    year: int
    plans: Mapping[str, PlanYear]
    total: PlanYear


Years = tuple[YearModel, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moments:
    """Moments of a year by plan, (plans,), and covariances of numbers and amounts."""

    laws: YearLaws
    counts: np.ndarray
    amounts: np.ndarray
    shock_amounts: np.ndarray


def _moments(inputs: Inputs) -> _Moments:
    scheme, laws = scheme_of(inputs), year_laws(inputs)
    counts, moments = class_counts(scheme), class_moments(scheme)
    number = len(laws.beneficiaries)
    shared = np.zeros((number, number))
    for kind in EVENT_KINDS:
        paid = moments.paid[kind][:, :number]
        # Who is paid by one plan is all but always paid by the other that the stay concerns.
        shared += np.einsum("c,cjk->jk", counts[kind], np.minimum(paid[:, :, None], paid[:, None]))
    np.fill_diagonal(shared, laws.beneficiaries)
    variance = common_shock(inputs.assumptions).variance
    people = (counts["illness"] @ moments.paid["illness"])[:number]
    shared += variance * np.outer(people, people)
    if "illness_by_area" in counts:
        by_area = (counts["illness_by_area"] @ moments.paid["illness"])[:, :number]
        shared += (1.0 + variance) * scheme.area_shock_cv**2 * by_area.T @ by_area
    amounts = laws.covariance + np.diag([law.sd**2 for law in laws.laws[:number]])
    illness = illness_paid(scheme)[:number]
    shock = variance * illness**2 + (1.0 + variance) * np.diag(area_covariance(scheme))
    return _Moments(laws=laws, counts=shared, amounts=amounts, shock_amounts=shock)


def _at_enrolments(inputs: Inputs, wanted: Mapping[str, int]) -> Inputs | None:
    """Return the pack with the year's enrolments, None where no members can have them."""
    held = {code: sum(row.members for row in inputs.rows if code in row.plans) for code in wanted}
    if any(number == 0 for number in held.values()):
        return None
    grown = sum(wanted.values()) / sum(held.values())
    rows = tuple(
        replace(row, women=round(row.women * grown), men=round(row.men * grown))
        for row in inputs.rows
    )
    raked = rake(rows, wanted)
    if raked is None:
        return None
    found = replace(inputs, rows=raked)
    return None if contradictions(found) else found


def _plan_year(moments: _Moments, place: int, row: Observation | None, *, exact: bool) -> PlanYear:
    """Return one plan's year; without `exact` the moments are carried to the year's enrolments."""
    laws = moments.laws
    grown = row.enrolments / float(laws.enrolments[place]) if row else 1.0
    people, paid = float(laws.beneficiaries[place]), laws.laws[place].mean
    count_shock = float(moments.counts[place, place]) - people
    own = float(moments.amounts[place, place] - moments.shock_amounts[place])
    mean = paid / people if people > 0.0 else 0.0
    return PlanYear(
        own=row,
        beneficiaries=people * grown,
        beneficiaries_variance=people * grown + count_shock * grown**2,
        paid=paid * grown,
        paid_variance=own * grown + float(moments.shock_amounts[place]) * grown**2,
        claim_mean=mean,
        claim_cv2=max(own / people / mean**2 - 1.0, 0.0) if mean > 0.0 else 0.0,
        law=laws.laws[place] if exact else None,
    )


def _total(moments: _Moments, plans: Mapping[int, PlanYear], *, exact: bool) -> PlanYear:
    """Return the plans given together; places of the plans are the keys."""
    places = list(plans)
    grown = np.array([plans[place].beneficiaries for place in places])
    base = moments.laws.beneficiaries[places]
    factor = np.divide(grown, base, out=np.zeros_like(grown), where=base > 0.0)
    people = float(grown.sum())
    paid = sum(one.paid for one in plans.values())

    def variance(matrix: np.ndarray, own: list[float]) -> float:
        apart = matrix[np.ix_(places, places)].copy()
        np.fill_diagonal(apart, 0.0)
        return float(factor @ apart @ factor) + sum(own)

    every = exact and len(places) == len(moments.laws.beneficiaries)
    return PlanYear(
        own=_sum_of([one.own for one in plans.values() if one.own]),
        beneficiaries=people,
        beneficiaries_variance=variance(
            moments.counts, [one.beneficiaries_variance for one in plans.values()]
        ),
        paid=paid,
        paid_variance=variance(moments.amounts, [one.paid_variance for one in plans.values()]),
        claim_mean=paid / people if people > 0.0 else 0.0,
        claim_cv2=0.0,
        law=moments.laws.laws[-1] if every else None,
    )


def _sum_of(rows: list[Observation]) -> Observation | None:
    if not rows:
        return None
    return Observation(
        year=rows[0].year,
        plan="",
        enrolments=sum(row.enrolments for row in rows),
        contributions_yuan=sum(row.contributions_yuan for row in rows),
        beneficiaries=sum(row.beneficiaries for row in rows),
        paid_yuan=sum(row.paid_yuan for row in rows),
    )


def _year(inputs: Inputs, year: int, rows: tuple[Observation, ...]) -> YearModel:
    raked = _at_enrolments(inputs, {row.plan: row.enrolments for row in rows}) if rows else inputs
    moments = _moments(raked or inputs)
    by_plan = {row.plan: row for row in rows}
    codes = [code for code in inputs.plan_codes if code in by_plan or not rows]
    plans = {
        inputs.plan_codes.index(code): _plan_year(
            moments, inputs.plan_codes.index(code), by_plan.get(code), exact=raked is not None
        )
        for code in codes
    }
    return YearModel(
        year=year,
        plans={inputs.plan_codes[place]: one for place, one in plans.items()},
        total=_total(moments, plans, exact=raked is not None),
    )


def expected_years(inputs: Inputs, history: History) -> Years:
    """Return the years observed as the model sees them, rising.

    Without own figures one year (0) at today's enrolments, its `own` all None.
    """
    if not history.rows:
        return (_year(inputs, 0, ()),)
    return tuple(_year(inputs, year, history.of_year(year)) for year in history.years)
