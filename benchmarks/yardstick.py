"""The yardstick scheme: five plans, two with a shared shock; its plain loop over years; sliders.

A yardstick for speed alone, so that figures compare; it is not the default pack.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

import workbench as wb
from workbench import laws

__all__ = ["CLAIMS", "SLIDERS", "moved", "plain_years", "scheme"]

CV = 0.10
DAYS_SCALE = 5.732370614948
EXPECTED = {"P1": 63_000 * 0.11, "P2": 60_000 * 0.10, "P3": 175.0, "P4": 72.0, "P5": 360.0}
CLAIMS = sum(EXPECTED.values())
"""Expected claims of a year."""
P1_COST = laws.Lognormal.from_mean_cv(3800.0, 1.8)
P1_TERMS = wb.Terms(deductible=300.0, coinsurance=0.5, most=20_000.0)
SIZES = {
    "P1": (P1_COST, P1_TERMS),
    "P2": (
        laws.Scaled(laws.rounded_up(wb.Gamma(1.5, DAYS_SCALE)), 45.0),
        wb.Terms(deductible=45.0 * 3, limit=45.0 * 63),
    ),
    "P3": (laws.Discrete((5e3, 1e4, 2e4), (0.3, 0.5, 0.2)), wb.Terms()),
    "P4": (laws.Discrete((8e3, 15e3), (0.6, 0.4)), wb.Terms()),
    "P5": (
        laws.Mixture(
            (
                laws.Covered(laws.Lognormal.from_mean_cv(900.0, 2.0), wb.Terms(limit=5e3)),
                laws.Uniform(2e4, 5e4),
            ),
            (0.97, 0.03),
        ),
        wb.Terms(),
    ),
}
SHARED = ("P1", "P2")
SHOCKS = (wb.SharedShock(shock=laws.GammaShock(CV), plans=SHARED),)


def scheme(members: float = 1.0) -> wb.CompoundScheme:
    """Return the scheme with the shared shock; `members` multiplies the members of every plan."""
    plans = {}
    for name, (severity, terms) in SIZES.items():
        rate = EXPECTED[name] * members
        own = laws.NegativeBinomial.from_mean_cv(rate, CV)
        frequency = wb.Poisson(rate) if name in SHARED else own
        plans[name] = wb.CompoundModel(frequency=frequency, severity=severity, terms=terms)
    return wb.CompoundScheme(plans=plans, shocks=SHOCKS)


def moved(base: wb.CompoundScheme, plan: str, **changes: object) -> wb.CompoundScheme:
    """Return the scheme with one plan changed; every other plan is the same object."""
    changed = replace(base.plans[plan], **changes)
    return wb.CompoundScheme(plans={**base.plans, plan: changed}, shocks=base.shocks)


SLIDERS: dict[str, Callable[[wb.CompoundScheme, float], wb.CompoundScheme]] = {
    "participation (members of all plans)": lambda base, x: scheme(1.0 + x),
    "incidence of P1": lambda base, x: moved(
        base, "P1", frequency=wb.Poisson(EXPECTED["P1"] * (1.0 + x))
    ),
    "mean cost of P1": lambda base, x: moved(
        base, "P1", severity=laws.Lognormal.from_mean_cv(3800.0 * (1.0 + x), 1.8)
    ),
    "deductible of P1": lambda base, x: moved(
        base, "P1", terms=replace(P1_TERMS, deductible=300.0 * (1.0 + x))
    ),
}
"""Name of a slider → (scheme, relative move) → the scheme with the slider moved."""


def _lognormal(mean: float, cv: float) -> tuple[float, float]:
    variance = np.log1p(cv * cv)
    return float(np.log(mean) - variance / 2.0), float(np.sqrt(variance))


def plain_years(years: int, seed: int) -> np.ndarray:
    """Return yearly totals by plan drawn in the plain way: a loop over years, every claim drawn."""
    source = np.random.default_rng(seed)
    costly, small = _lognormal(3800.0, 1.8), _lognormal(900.0, 2.0)
    paid = np.empty((years, 5))
    for row in paid:
        own = source.gamma(1.0 / CV**2, CV**2, 4)
        factors = dict(zip(EXPECTED, (own[0], own[0], *own[1:]), strict=True))
        n = {name: source.poisson(rate * factors[name]) for name, rate in EXPECTED.items()}
        cost = source.lognormal(*costly, n["P1"])
        row[0] = np.minimum(0.5 * np.maximum(cost - 300.0, 0.0), 20_000.0).sum()
        days = np.ceil(source.gamma(1.5, DAYS_SCALE, n["P2"]))
        row[1] = 45.0 * np.clip(days - 3.0, 0.0, 60.0).sum()
        row[2] = source.choice((5e3, 1e4, 2e4), n["P3"], p=(0.3, 0.5, 0.2)).sum()
        row[3] = source.choice((8e3, 15e3), n["P4"], p=(0.6, 0.4)).sum()
        large = source.binomial(n["P5"], 0.03)
        row[4] = np.minimum(source.lognormal(*small, n["P5"] - large), 5e3).sum()
        row[4] += source.uniform(2e4, 5e4, large).sum()
    return paid
