"""What one draw of the parameters makes of the fund: laws of a month, claims of later years.

Floor 6, inside `fund`. The law of the first year is exact; later years are that law times their
expected claims over the first year's. Source: docs/fund.md section 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.basis import Basis, inputs_of_draws
from workbench.engine.annual import AnnualLaw
from workbench.engine.events import Scheme, scheme_of
from workbench.engine.mixing import common_shock
from workbench.engine.moments import area_covariance, covariances, expected_paid, illness_paid
from workbench.engine.quick_laws import COARSE
from workbench.engine.stages import drawn_laws, measures_of
from workbench.engine.tables import shock_table
from workbench.engine.totals_tables import copula_factor
from workbench.fund.calendar import MONTHS, FundCalendar
from workbench.fund.expected import BENEFIT, CASES, ILLNESS, expected_years
from workbench.fund.members import MemberYears
from workbench.fund.tables import MonthTable, month_table
from workbench.guard import freeze
from workbench.inputs import Inputs
from workbench.laws.seasons import Season
from workbench.laws.shocks import GammaRegimes
from workbench.premium.technical import expense_terms

__all__ = ["Spell", "YearsLaws", "compile_draw", "packs_of"]

SMALLEST_TIE = 1e-6
DEFERRAL = "deferral"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spell:
    """Other assumptions in some years of the horizon, and illness in the year after them.

    `inputs` hold in the years `first` to `last` (the first year is 1).
    """

    inputs: Inputs
    first: int
    last: int
    rebound: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class YearsLaws:
    """One draw, ready to draw paths from.

    `months` table of a month by plan; `ties` (plans, plans) lower factor of the normal copula of
    the plans of one month; `theta` (65536,) the common shock by lane, `deferred` (65536,) the
    probability that a year of that shock is one of deferred care; `growth` (2, years,
    plans) expected claims at each year's level over the first year's, of the year's own terms and
    of those of the year before; `season` (plans, 12)
    factor of each month, mean 1; `expected_fen` (plans,) of the first year; `handling` (groups,)
    expense a yuan paid; `total` law of the first year's claims of the scheme, None where no stop
    loss needs it.
    """

    months: tuple[MonthTable, ...]
    ties: np.ndarray
    theta: np.ndarray
    deferred: np.ndarray
    growth: np.ndarray
    season: np.ndarray
    expected_fen: np.ndarray
    handling: np.ndarray
    total: AnnualLaw | None

    @property
    def expected_month_fen(self) -> np.ndarray:
        """Expected claims by month of a year at the level of the first year, (plans, 12)."""
        return self.expected_fen[:, None] * self.season / MONTHS


def packs_of(inputs: Inputs, basis: Basis) -> Sequence[Inputs]:
    """Return the pack of every draw; the pack itself under process risk alone."""
    return [inputs] if basis.kind == "process" else list(inputs_of_draws(inputs, basis))


def _one_shock(scheme: Scheme) -> GammaRegimes:
    """The common shock; shocks of areas count as more of it, by their part in the variance."""
    common = common_shock(scheme.inputs.assumptions)
    illness = float(illness_paid(scheme).sum())
    extra = float(area_covariance(scheme).sum()) / illness**2 if illness > 0.0 else 0.0
    if extra <= 0.0:
        return common
    cv = float(np.sqrt(common.cv**2 + (1.0 + common.cv**2) * extra))
    return GammaRegimes(common.factors, common.probabilities, cv)


def _deferred(scheme: Scheme, theta: np.ndarray, shock: GammaRegimes) -> np.ndarray:
    """Probability of the state of deferred care given each lane's shock, (65536,)."""
    beliefs = scheme.inputs.assumptions
    share = beliefs["deferral_year_probability"]
    if share <= 0.0:
        return np.zeros(len(theta))
    mean = sum(f * p for f, p in zip(shock.factors, shock.probabilities, strict=True))
    scaled = min(shock.factors)
    if shock.cv == 0.0:
        return (np.abs(theta - scaled) < 1e-3 * mean).astype(float)
    shape = 1.0 / shock.cv**2
    parts = [
        np.log(p) + (shape - 1.0) * np.log(theta / f) - shape * theta / f - np.log(f)
        for f, p in zip(shock.factors, shock.probabilities, strict=True)
    ]
    whole = np.logaddexp.reduce(parts, axis=0)
    return np.exp(parts[shock.factors.index(scaled)] - whole)


def _ties(scheme: Scheme, months: Sequence[MonthTable]) -> np.ndarray:
    """Lower factor of the copula of one month's plans given the shock of the year."""
    number = len(months)
    correlation = np.eye(number)
    variance = common_shock(scheme.inputs.assumptions).variance
    illness = illness_paid(scheme)
    shared = covariances(scheme, COARSE) - variance * np.outer(illness, illness)
    shared = (shared - (1.0 + variance) * area_covariance(scheme)) / MONTHS
    for first in range(number):
        for second in range(first):
            tables = months[first].usual, months[second].usual
            spread = float(tables[0].std() * tables[1].std()) / 1e4
            value = float(shared[first, second])
            if spread > 0.0 and abs(value) > SMALLEST_TIE * spread:
                one, other = (table.astype(float) for table in tables)
                factor = copula_factor(one, other, value)
                correlation[first, second] = correlation[second, first] = factor
    order = np.argsort([plan.code for plan in scheme.plans])
    back = np.argsort(order)
    return np.linalg.cholesky(correlation[order][:, order])[back][:, back]


def _growth(
    inputs: Inputs, members: MemberYears, spells: Sequence[Spell], base: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Claims over the first usual year's, (2, years, plans); beneficiaries, yuan of that year."""
    years = len(members.members)
    usual = expected_years(inputs, members, years)
    found = np.array(usual[:, BENEFIT])
    for spell in spells:
        there = expected_years(spell.inputs, members, years)[:, BENEFIT]
        found[:, spell.first - 1 : spell.last] = there[:, spell.first - 1 : spell.last]
        if spell.last < years:
            found[:, spell.last] += (spell.rebound - 1.0) * usual[:, ILLNESS, spell.last]
    growth = np.where(base > 0.0, found / np.maximum(base, 1e-300), 1.0)
    return growth, (usual[0, CASES, 0], usual[0, BENEFIT, 0])


def compile_draw(
    draw: tuple[Inputs, Sequence[Spell]],
    *,
    members: MemberYears,
    calendar: FundCalendar,
    expenses: str = "default",
    total: bool = True,
) -> YearsLaws:
    """Return one draw's laws, that of the whole year if `total`; `draw` its pack and spells."""
    inputs, spells = draw
    scheme = scheme_of(inputs)
    number = len(scheme.plans)
    shock = _one_shock(scheme)
    table = shock_table(shock)
    months = tuple(month_table(measures_of(scheme, row), table) for row in np.eye(number))
    paid = expected_paid(scheme)
    growth, first = _growth(inputs, members, spells, paid)
    illness = np.divide(illness_paid(scheme), paid, out=np.zeros(number), where=paid > 0.0)
    season = [MONTHS * Season(inputs.calendar.season, float(one)).shares for one in illness]
    return YearsLaws(
        months=months,
        ties=freeze(_ties(scheme, months)),
        theta=table.theta,
        deferred=freeze(_deferred(scheme, table.theta, shock)),
        growth=freeze(growth),
        season=freeze(season),
        expected_fen=freeze(100.0 * paid),
        handling=freeze(_handling(inputs, first, calendar, expenses)),
        total=drawn_laws(inputs, both=False).laws[-1] if total else None,
    )


def _handling(
    inputs: Inputs,
    first: tuple[np.ndarray, np.ndarray],
    calendar: FundCalendar,
    expenses: str,
) -> np.ndarray:
    """Expense a yuan of benefits by delay curve: expense a beneficiary over yuan a beneficiary.

    `first` beneficiaries and yuan of the first year by plan.
    """
    cases, yuan = first
    each = np.array(
        [expense_terms(inputs, plan, expenses).per_beneficiary_yuan for plan in inputs.plans]
    )
    spent = np.bincount(calendar.group, weights=each * cases, minlength=calendar.groups)
    paid = np.bincount(calendar.group, weights=yuan, minlength=calendar.groups)
    return np.divide(spent, paid, out=np.zeros(calendar.groups), where=paid > 0.0)
