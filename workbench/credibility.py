"""Credibility: how far own figures may move a level, and how sure the level then is.

Floor 2.1. Limited fluctuation, Bühlmann, Bühlmann–Straub (unbiased, or the iterative estimator of
Bichsel and Straub), and the credibility factor of a known structure. Formulas: docs/own-figures.md.
Sources: Mowbray 1914 (PCAS 1, 24-30) and Longley-Cook 1962 (PCAS 49, 194-221); Bühlmann 1967
(ASTIN Bulletin 4, 199-207); Bühlmann and Straub 1970 (Mitteilungen VSVM 70, 111-133); Bühlmann and
Gisler, A Course in Credibility Theory (2005), chapters 3 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from scipy.special import ndtri

from workbench.guard import freeze, in_range

__all__ = [
    "Credible",
    "Structure",
    "buhlmann",
    "buhlmann_straub",
    "credible",
    "full_credibility_claims",
    "limited_fluctuation",
]

PROBABILITY, TOLERANCE = 0.90, 0.05
"""The usual standard: within 5 % of the expected figure with probability 0.90, 1,082 claims."""

STEPS, CLOSE, ROUNDING = 1_000, 1e-13, 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Risks under one structure, arrays of shape (risks,).

    `collective` is the credibility-weighted mean, `within` the variance of a weight of one,
    `between` the variance of the risks' true means (0 where the estimate is not above 0, `raw` what
    was estimated). `weights` and `means` are each risk's own; `factors` the credibility, `premiums`
    factor · own mean + (1 − factor) · collective, `errors` their root mean square error.
    """

    collective: float
    within: float
    between: float
    raw: float
    weights: np.ndarray
    means: np.ndarray
    factors: np.ndarray
    premiums: np.ndarray
    errors: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Credible:
    """One level: credibility factor, level, and the root of its mean square error."""

    factor: float
    level: float
    error: float


def full_credibility_claims(
    probability: float = PROBABILITY,
    tolerance: float = TOLERANCE,
    *,
    severity_cv: float = 0.0,
    dispersion: float = 1.0,
) -> float:
    """Return the claims from which own figures count in full: (z / k)² (σ²/μ + cv²).

    Parameters
    ----------
    probability, tolerance
        The figure shall lie within the share `tolerance` k of its mean with this probability; z is
        the normal quantile of (1 + probability) / 2.
    severity_cv
        0 for numbers of claims; the coefficient of variation of one claim for amounts.
    dispersion
        Variance of the number of claims over its mean, 1 for Poisson.

    Source: Longley-Cook 1962; Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), section
    17.2.
    """
    in_range("probability", probability, 1e-6, 1.0 - 1e-9)
    in_range("tolerance", tolerance, 1e-6, 1.0)
    z = float(ndtri((1.0 + probability) / 2.0))
    return (z / tolerance) ** 2 * (dispersion + severity_cv**2)


def limited_fluctuation(claims: float, standard: float) -> float:
    """Return the partial credibility √(claims / standard), at most 1 (square-root rule)."""
    if standard <= 0.0 or claims <= 0.0:
        return 0.0
    return min(1.0, sqrt(claims / standard))


def credible(
    own: float, weight: float, *, between: float, within: float = 1.0, collective: float = 1.0
) -> Credible:
    """Return the level of one risk under a known structure.

    Parameters
    ----------
    own, weight
        Its own mean and the weight of it: the variance of the mean is `within` / weight.
    between, collective
        Variance and mean of the true level before own figures.

    The error is the root of between · (1 − Z). Source: Bühlmann and Gisler 2005, theorem 4.2.
    """
    if between <= 0.0 or weight <= 0.0:
        return Credible(factor=0.0, level=collective, error=sqrt(max(between, 0.0)))
    factor = weight / (weight + within / between)
    level = factor * own + (1.0 - factor) * collective
    return Credible(factor=factor, level=level, error=sqrt(between * (1.0 - factor)))


def _checked(ratios: Any, weights: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return ratios and weights (risks, years); years without weight count as 0 in both."""
    x, w = np.array(ratios, dtype=float), np.array(weights, dtype=float)
    if x.shape != w.shape or x.ndim != 2:
        raise ValueError(f"ratios {x.shape} and weights {w.shape}: both (risks, years)")
    w = np.where(np.isfinite(x) & np.isfinite(w), w, 0.0)
    if np.any(w < 0.0):
        raise ValueError("a weight below 0")
    years = (w > 0.0).sum(axis=1)
    if len(years) < 2 or np.any(years < 1) or years.sum() <= len(years):
        raise ValueError("needs two risks, each with a year, and one risk with two years")
    return np.where(w > 0.0, x, 0.0), w


def _factors(weights: np.ndarray, within: float, between: float) -> np.ndarray:
    """Return w / (w + s²/a); 0 where the risks do not differ."""
    if between <= 0.0:
        return np.zeros_like(weights)
    return weights * between / (weights * between + within)


def _collective(means: np.ndarray, weights: np.ndarray, factors: np.ndarray) -> float:
    """Return the mean weighted by credibility, by weights where nothing is credible."""
    parts = factors if factors.sum() > 0.0 else weights
    return float(parts @ means / parts.sum())


def _unbiased(means: np.ndarray, weights: np.ndarray, within: float) -> float:
    """Return the unbiased estimate of the variance between risks; it may be below 0."""
    total = weights.sum()
    overall = weights @ means / total
    spread = weights @ (means - overall) ** 2 - (len(means) - 1) * within
    return float(total * spread / (total**2 - weights @ weights))


def _iterated(means: np.ndarray, weights: np.ndarray, within: float, start: float) -> float:
    """Return the fixed point a = Σ Z (X − m)² / (r − 1), from above; 0 where there is none."""
    spread = float(np.var(means, ddof=1))
    between = max(start, spread)
    for _ in range(STEPS):
        factors = _factors(weights, within, between)
        apart = means - _collective(means, weights, factors)
        found = float(factors @ apart**2 / (len(means) - 1))
        settled = abs(found - between) <= CLOSE * between
        between = found
        if settled:
            break
    # Where 0 is the fixed point the steps come near it for ever.
    return between if between > 1e-6 * spread else 0.0


def buhlmann_straub(
    ratios: Any, weights: Any, *, iterative: bool = False, least_within: float = 0.0
) -> Structure:
    """Return the Bühlmann–Straub credibility of several risks over several years.

    Parameters
    ----------
    ratios
        Figures of a weight of one, shape (risks, years); NaN where a risk has no such year.
    weights
        Their weights, same shape; a year without weight does not count.
    iterative
        The pseudo-estimator of Bichsel and Straub for the variance between risks, in place of the
        unbiased one.
    least_within
        What is known of the variance of a weight of one: a smaller estimate from few years is not
        believed.

    Raises
    ------
    ValueError
        Fewer than two risks, or no risk with two years: nothing can be estimated.

    The errors are those of the homogeneous estimator, a (1 − Z) (1 + (1 − Z) / ΣZ), with the
    structure taken as known; where the risks do not differ, that of the common mean, s² / Σw.
    Source: Bühlmann and Gisler 2005, theorems 4.2, 4.4 and 4.6, section 4.8.
    """
    x, w = _checked(ratios, weights)
    own = w.sum(axis=1)
    means = (w * x).sum(axis=1) / own
    freedom = int((w > 0.0).sum()) - len(own)
    within = max(float((w * (x - means[:, None]) ** 2).sum() / freedom), least_within)
    raw = _unbiased(means, own, within)
    if iterative:
        raw = _iterated(means, own, within, raw)
    # What rounding alone makes is no difference between risks.
    between = raw if raw > ROUNDING * float(np.mean(means**2)) else 0.0
    factors = _factors(own, within, between)
    collective = _collective(means, own, factors)
    left = 1.0 - factors
    if between > 0.0:
        square = between * left * (1.0 + left / factors.sum())
    else:
        square = np.full(len(own), within / own.sum())
    return Structure(
        collective=collective,
        within=within,
        between=between,
        raw=raw,
        weights=freeze(own),
        means=freeze(means),
        factors=freeze(factors),
        premiums=freeze(factors * means + left * collective),
        errors=freeze(np.sqrt(square)),
    )


def buhlmann(values: Any) -> Structure:
    """Return the Bühlmann credibility of risks whose years weigh the same, shape (risks, years).

    NaN where a risk has no such year. The same as Bühlmann–Straub with weights of one.
    """
    x = np.array(values, dtype=float)
    return buhlmann_straub(x, np.isfinite(x).astype(float))
