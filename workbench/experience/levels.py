"""The level of each plan, own figures weighed against the model by credibility.

Floor 5, inside `experience`. The weight of a year is the claims of a Poisson law as sure as that
year is: 1 / CV². A common shock makes it less than the claims counted. Source: docs/own-figures.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from workbench.credibility import (
    Credible,
    Structure,
    buhlmann_straub,
    credible,
    full_credibility_claims,
    limited_fluctuation,
)
from workbench.experience.expected import PlanYear, Years
from workbench.experience.nouns import Level
from workbench.inputs import Inputs
from workbench.names import allowed_name
from workbench.risk import Figure

__all__ = ["COST_NAMES", "FIGURES", "FREQUENCY_NAMES", "METHODS", "Standard", "levels_of"]

METHODS = ("auto", "limited", "straub", "ranges")
"""Which credibility makes the level: Bühlmann–Straub where there is enough, else limited
fluctuation ("auto"), or one of them, or the stated ranges of the model as its structure."""

FIGURES = ("frequency", "cost")

FREQUENCY_NAMES = {
    "medical": "hospital_claimant_rate",
    "allowance": "hospital_claimant_rate",
    "critical": "critical_illness_factor",
    "special": "special_disease_rate_scale",
    "accident": "injury_rate_scale",
}
COST_NAMES = {
    "medical": "stay_cost_mean_yuan",
    "allowance": "illness_days_mean",
    "accident": "accidental_death_rate_scale",
}
"""Form of benefit → the name that carries its level; a form that is missing has its cost fixed by
the terms."""

LEAST_RISKS, LEAST_YEARS = 2, 2
CERTAIN = 1e12
"""Weight of a figure that the model gives no spread at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """Full credibility: within the share `within` of the expected with this probability."""

    probability: float = 0.90
    within: float = 0.05

    @property
    def claims(self) -> float:
        """Claims of full credibility; weights already carry dispersion and spread of amounts."""
        return full_credibility_claims(self.probability, self.within)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """Own figures of one plan in one figure: ratios and weights by year, (years,)."""

    plan: str
    ratios: np.ndarray
    weights: np.ndarray
    claims: int
    between: float

    @property
    def weight(self) -> float:
        return float(self.weights.sum())

    @property
    def mean(self) -> float:
        return float(self.ratios @ self.weights / self.weight) if self.weight else 1.0


def _frequency(one: PlanYear | None) -> tuple[float, float]:
    """Return actual over expected beneficiaries and its weight, 1 / CV² of the year's number."""
    if one is None or one.own is None or one.beneficiaries <= 0.0:
        return 0.0, 0.0
    weight = one.beneficiaries**2 / one.beneficiaries_variance
    return one.own.beneficiaries / one.beneficiaries, weight


def _cost(one: PlanYear | None) -> tuple[float, float]:
    """Return actual over expected mean cost and its weight, beneficiaries / CV² of one."""
    if one is None or one.own is None or not one.own.beneficiaries or one.claim_mean <= 0.0:
        return 0.0, 0.0
    people = one.own.beneficiaries
    weight = people / one.claim_cv2 if one.claim_cv2 > 0.0 else CERTAIN
    return one.own.paid_yuan / people / one.claim_mean, weight


def _range_variance(inputs: Inputs, name: str) -> float:
    """Return the relative variance of a name over its range: triangular, today's value the mode."""
    allowed = allowed_name(inputs, name)
    if allowed is None or allowed.low is None or allowed.high is None or not allowed.current:
        return 0.0
    low, high = allowed.low, allowed.high
    mode = min(max(allowed.current, low), high)
    square = low**2 + mode**2 + high**2 - low * mode - low * high - mode * high
    return square / 18.0 / mode**2


def _owns(inputs: Inputs, years: Years, figure: str) -> list[_Own]:
    names = FREQUENCY_NAMES if figure == "frequency" else COST_NAMES
    read = _frequency if figure == "frequency" else _cost
    found = []
    for plan in inputs.plans:
        pairs = [read(year.plans.get(plan.code)) for year in years]
        if not any(weight for _, weight in pairs):
            continue
        rows = [year.plans[plan.code].own for year in years if plan.code in year.plans]
        ratios, weights = np.array(pairs).T
        name = names.get(plan.benefit_form)
        found.append(
            _Own(
                plan=plan.code,
                ratios=ratios,
                weights=weights,
                claims=sum(row.beneficiaries for row in rows if row),
                between=_range_variance(inputs, name) if name else 0.0,
            )
        )
    return found


def _straub(owns: list[_Own]) -> Mapping[str, tuple[Structure, int]]:
    """Return the structure over the plans and each plan's place, empty where there is too little.

    A plan whose cost the terms fix has no part in it. Weights are those of a variance of 1: a few
    years that happen to lie close together do not make chance smaller than the model's.
    """
    risks = [own for own in owns if own.between > 0.0]
    most = max((int((own.weights > 0.0).sum()) for own in risks), default=0)
    if len(risks) < LEAST_RISKS or most < LEAST_YEARS:
        return {}
    ratios = np.array([own.ratios for own in risks])
    weights = np.array([own.weights for own in risks])
    structure = buhlmann_straub(ratios, weights, least_within=1.0)
    return {own.plan: (structure, place) for place, own in enumerate(risks)}


def _mixed(own: _Own, factor: float, collective: float, least: float = 0.0) -> Credible:
    """Return factor · own + (1 − factor) · collective, with the error of such a mix.

    Own figures err by 1 / weight, the other part by the spread of the model's range: the
    square-root rule has no error of its own, and that of Bühlmann–Straub (`least`) takes a
    structure estimated from a handful of plans as known.
    """
    left = 1.0 - factor
    error = sqrt(factor**2 / own.weight + left**2 * own.between)
    level = factor * own.mean + left * collective
    return Credible(factor=factor, level=level, error=max(error, least))


def _level(
    own: _Own,
    figure: str,
    found: Mapping[str, tuple[Structure, int]],
    *,
    standard: Standard,
    method: str,
) -> Level:
    limited = limited_fluctuation(own.weight, standard.claims)
    structure, place = found.get(own.plan, (None, 0))
    if method in ("auto", "straub"):
        method = "straub" if structure else "limited"
    if own.between <= 0.0:
        method, taken = "terms", Credible(factor=0.0, level=1.0, error=0.0)
    elif method == "straub" and structure:
        factor, least = float(structure.factors[place]), float(structure.errors[place])
        taken = _mixed(own, factor, structure.collective, least)
    elif method == "ranges":
        taken = credible(own.mean, own.weight, between=own.between)
    else:
        taken = _mixed(own, limited, 1.0)
    return Level(
        plan=own.plan,
        figure=figure,
        years=int((own.weights > 0.0).sum()),
        claims=own.claims,
        weight=own.weight,
        own=Figure(own.mean, 1.0 / sqrt(own.weight)),
        limited=limited,
        straub=float(structure.factors[place]) if structure else None,
        method=method,
        factor=taken.factor,
        level=Figure(taken.level, taken.error),
    )


def levels_of(
    inputs: Inputs, years: Years, *, standard: Standard | None = None, method: str = "auto"
) -> tuple[Level, ...]:
    """Return the level of every plan observed, frequency and cost, in the order of the pack.

    Parameters
    ----------
    inputs
        The pack that the years were expected with.
    standard
        Full credibility of limited fluctuation; by default within 5 % with probability 0.90.
    method
        One of `METHODS`. Bühlmann–Straub needs two plans, and two years of one of them; with less,
        limited fluctuation stands in its place.
    """
    standard = standard or Standard()
    found: dict[tuple[str, str], Level] = {}
    for figure in FIGURES:
        owns = _owns(inputs, years, figure)
        structures = _straub(owns)
        for own in owns:
            found[own.plan, figure] = _level(
                own, figure, structures, standard=standard, method=method
            )
    keys = ((code, figure) for code in inputs.plan_codes for figure in FIGURES)
    return tuple(found[key] for key in keys if key in found)
