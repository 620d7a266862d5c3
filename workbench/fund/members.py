"""Members of every plan year by year: they age, renew, retire, and others join.

Floor 6, inside `fund`. Expected numbers, age by age; every plan by itself with the same rates. New
members are in their first term in the plan. Source: docs/fund.md section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.engine.events import Scheme
from workbench.guard import freeze
from workbench.inputs import Inputs, Retirement
from workbench.plans import Plan
from workbench.timeline import AGE_BANDS, SEXES, band_bounds

__all__ = ["MemberYears", "member_years", "retirement_age"]

AGES = np.arange(band_bounds(AGE_BANDS[0])[0], 76)
BAND_OF = np.array(
    [
        next((n for n, b in enumerate(AGE_BANDS) if age <= band_bounds(b)[1]), len(AGE_BANDS) - 1)
        for age in AGES
    ]
)
"""Age band of each single age; ages beyond the last band count as its members."""
_AGES_OF = tuple(
    (low <= AGES) & (high >= AGES) for low, high in (band_bounds(band) for band in AGE_BANDS)
)
"""Where the ages of each band stand."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MemberYears:
    """Expected members by year, plan, sex, age band and term status.

    `members` (years, plans, 2, 9, 2): last axis renewed, first term. `renewing` (years, plans):
    share of a year's members who are members again in the next, retirement counted.
    """

    members: np.ndarray
    renewing: np.ndarray

    @property
    def enrolments(self) -> np.ndarray:
        """Expected enrolments, (years, plans)."""
        return self.members.sum(axis=(2, 3, 4))

    @property
    def first_share(self) -> np.ndarray:
        """Share of the members in their first term, (years, plans)."""
        return self.members[..., 1].sum(axis=(2, 3)) / np.maximum(self.enrolments, 1e-300)


def retirement_age(group: Retirement, year: float) -> float:
    """Return the age at which a group retires at the start of a calendar year."""
    passed = (year - group.first_year) / (group.last_year - group.first_year)
    return group.age_before + (group.age_after - group.age_before) * min(max(passed, 0.0), 1.0)


def _working(groups: Sequence[Retirement], year: float) -> np.ndarray:
    """Share of each age that has not reached retirement, (groups, ages)."""
    ages = np.array([retirement_age(one, year) for one in groups])
    return np.clip(ages[:, None] - AGES, 0.0, 1.0)


def _groups(inputs: Inputs, sex: str) -> tuple[Retirement, ...]:
    own = tuple(one for one in inputs.retirement if one.sex == sex)
    never = Retirement(
        group="none",
        sex=sex,
        share=1.0,
        age_before=float(AGES[-1]),
        age_after=float(AGES[-1]),
        first_year=2000,
        last_year=2001,
    )
    return own or (never,)


def _spread(by_band: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Members of every plan by band (plans, 9) over groups and ages, (plans, groups, ages).

    In proportion to `weight` (groups, ages) within each band.
    """
    result = np.zeros((len(by_band), *weight.shape))
    for band, here in enumerate(_AGES_OF):
        part = weight[:, here]
        part = part if part.sum() > 0.0 else np.ones(part.shape)
        result[:, :, here] = by_band[:, band, None, None] * part / part.sum()
    return result


def _start(scheme: Scheme) -> np.ndarray:
    """Members of the first year, (plans, 2, 9, 2)."""
    cells = scheme.portfolio
    found = np.zeros((len(scheme.plans), len(SEXES), len(AGE_BANDS), 2))
    for place, plan in enumerate(scheme.plans):
        held = cells.holds(plan.code)
        at = (cells.sex[held], cells.band[held], cells.first_term[held].astype(np.int64))
        np.add.at(found[place], at, cells.members[held].astype(float))
    return found


def _by_band(by_age: np.ndarray) -> np.ndarray:
    """Sum groups and ages of every plan (plans, groups, ages) into bands, (plans, 9)."""
    number = len(AGE_BANDS)
    whole = by_age.sum(axis=1)
    return np.array([np.bincount(BAND_OF, weights=one, minlength=number) for one in whole])


def member_years(
    inputs: Inputs, scheme: Scheme, years: int, first_year: int, *, joining: bool = True
) -> MemberYears:
    """Return the expected members of a horizon.

    Without rates of renewal (`Inputs.renewal` None) every year has the members of the first.

    Parameters
    ----------
    inputs
        Rates of renewal and joining, ages of retirement.
    scheme
        Its portfolio is that of the first year.
    years, first_year
        Length of the horizon and its first calendar year.
    joining
        False: nobody joins after the first year.
    """
    start = _start(scheme)
    members = np.zeros((years, *start.shape))
    renewing = np.zeros((years, len(scheme.plans)))
    members[0] = start
    if inputs.renewal is None:
        members[:] = start
        return MemberYears(members=freeze(members), renewing=freeze(np.ones_like(renewing)))
    for sex in range(len(SEXES)):
        rates = inputs.renewal.renewal[sex], inputs.renewal.joining[sex] * joining
        groups, span = _groups(inputs, SEXES[sex]), (years, first_year)
        path, stay = _path(scheme.plans, start[:, sex], groups=groups, rates=rates, span=span)
        members[1:, :, sex] = path[1:]
        renewing += stay
    whole = members.sum(axis=(2, 3, 4))
    renewing = np.divide(renewing, whole, out=np.ones_like(renewing), where=whole > 0.0)
    return MemberYears(members=freeze(members), renewing=freeze(renewing))


def _path(
    plans: Sequence[Plan],
    start: np.ndarray,
    *,
    groups: Sequence[Retirement],
    rates: tuple[np.ndarray, np.ndarray],
    span: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray]:
    """One sex: members (years, plans, 9, 2), and those who renew into the year after.

    `start` (plans, 9, 2) renewed and first-term members; `rates` of renewal and joining by band,
    (9,); `span` years and the first calendar year; who renews (years, plans).
    """
    years, first_year = span
    shares = np.array([one.share for one in groups])[:, None]
    whole = start.sum(axis=2)
    renewal, coming = rates[0][BAND_OF], whole * rates[1]
    taken = np.array([one.age_max >= AGES for one in plans])[:, None, :]
    working = _working(groups, first_year)
    now = _spread(whole, shares * working)
    path, stay = np.zeros((years, *start.shape)), np.zeros((years, len(plans)))
    path[0] = start
    for year in range(years):
        after = _working(groups, first_year + year + 1)
        kept = _older(now * renewal, working, after) * taken
        stay[year] = [one.sum() for one in kept]
        joined = _spread(coming, shares * after)
        if year + 1 < years:
            path[year + 1] = np.stack([_by_band(kept), _by_band(joined)], axis=2)
        now, working = kept + joined, after
    return path, stay


def _older(now: np.ndarray, working: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Members a year later by age: those of the age before who have not retired meanwhile."""
    older = np.zeros(now.shape)
    older[..., 1:] = now[..., :-1]
    before = np.ones(working.shape)
    before[:, 1:] = working[:, :-1]
    part = np.divide(after, before, out=np.zeros_like(after), where=before > 0.0)
    return older * np.minimum(part, 1.0)
