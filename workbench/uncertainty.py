"""Which beliefs are uncertain, and keyed draws of them.

Floor 2.1. A draw is a place in the unit cube, one coordinate a name; a coordinate depends on seed,
name and number of the draw alone, so one more uncertain name moves no other draw and more draws
leave the first ones as they were. Every ten draws are a Latin hypercube sample of their own
(McKay, Beckman and Conover 1979, Technometrics 21); groups are independent of each other, so the
spread of their means is an honest standard error (Owen 1992, JRSS B 54, on replicated samples).
Source: docs/uncertainty.md; docs/assumptions.md section 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaincinv

from workbench.assumptions import Assumptions, Belief
from workbench.guard import freeze, refuse
from workbench.streams import meaning_key, words

__all__ = [
    "GROUP",
    "ILLNESS_LEVEL",
    "LEVEL",
    "MOST_DRAWS",
    "Triangle",
    "drawn_values",
    "gamma_factor",
    "places",
    "spread_shares",
    "standard_error",
    "triangles",
    "uncertain_names",
]

GROUP = 10
"""Draws of one Latin hypercube sample; part of every figure, never to be changed."""
LEAST_DRAWS, MOST_DRAWS = 20, 2_000
PARAMETER_FILES = ("parameters.csv", "severity.csv")
LEVEL = ("base_enrolment_ratio", "frequency_trend_per_year", "cost_trend_per_year")
"""The group `level`; the trends act over `years_from_base_to_rating`, which is a choice."""
ILLNESS_LEVEL = "illness_level"
"""Factor on illness for the base years' own shocks; no row of the data, but drawn and named."""
UNIT = 2.0**-53


@dataclass(frozen=True, slots=True, kw_only=True)
class Triangle:
    """Triangular law on [low, high] with its mode, in the belief's unit."""

    low: float
    mode: float
    high: float

    @property
    def mean(self) -> float:
        """(low + mode + high) / 3."""
        return (self.low + self.mode + self.high) / 3.0

    @property
    def sd(self) -> float:
        """Standard deviation; Johnson, Kotz and Balakrishnan (1995), chapter 26.9."""
        a, b, c = self.low, self.high, self.mode
        return float(np.sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18.0))

    def quantiles(self, place: np.ndarray) -> np.ndarray:
        """Return the value below which a share `place` in (0, 1) of the law lies, (n,)."""
        width, rise = self.high - self.low, self.mode - self.low
        if width == 0.0:
            return np.full(np.shape(place), self.low)
        left = self.low + np.sqrt(place * width * rise)
        right = self.high - np.sqrt((1.0 - place) * width * (self.high - self.mode))
        return np.where(place * width < rise, left, right)


def _uncertain(belief: Belief) -> bool:
    ranged = belief.low is not None and belief.high is not None and belief.low < belief.high
    return ranged and belief.state == "assumption" and belief.file in PARAMETER_FILES


def uncertain_names(beliefs: Assumptions, *, level: bool) -> tuple[str, ...]:
    """Return the names that are drawn, in the order of the pack; with `level` its three too.

    Rows of parameters.csv and severity.csv with state `assumption` and a range (a coefficient of
    variation with a range among them), and the level of illness, which is no row. Never a solved
    number, a convention, a fact or a choice.
    """
    names = [name for name, belief in beliefs.beliefs.items() if _uncertain(belief)]
    return (*names, ILLNESS_LEVEL, *(LEVEL if level else ()))


def triangles(beliefs: Assumptions, names: Sequence[str]) -> dict[str, Triangle]:
    """Return the triangular laws of the names, without the level of illness.

    The mode is the value in force; of the level it is the column `mode` of economics.csv.

    Raises
    ------
    InputRefused
        `not-uncertain` for a name without a range to be drawn from.
    """
    allowed = uncertain_names(beliefs, level=True)
    laws = {}
    for name in names:
        if name not in allowed:
            raise refuse("not-uncertain", name=name, allowed=allowed)
        if name != ILLNESS_LEVEL:
            laws[name] = _triangle(beliefs.beliefs[name])
    return laws


def _triangle(belief: Belief) -> Triangle:
    mode = belief.value if belief.state != "level" or belief.mode is None else belief.mode
    low, high = float(belief.low or 0.0), float(belief.high or 0.0)
    return Triangle(low=low, mode=min(max(mode, low), high), high=high)


@lru_cache(maxsize=256)
def places(name: str, draws: int, seed: int) -> np.ndarray:
    """Return the coordinate of a name in every draw, in (0, 1), shape (draws,).

    Ten draws have one in each tenth; a last group of fewer draws has one in each of its parts.
    """
    key = meaning_key("uncertain", name)
    parts = []
    for block, first in enumerate(range(0, draws, GROUP)):
        raw = words(seed, key, block).random_raw(2 * GROUP)
        size = min(GROUP, draws - first)
        inside = ((raw[GROUP : GROUP + size] >> np.uint64(11)).astype(float) + 0.5) * UNIT
        parts.append((np.argsort(raw[:size], kind="stable") + inside) / size)
    return freeze(np.concatenate(parts))


def drawn_values(
    beliefs: Assumptions, names: Sequence[str], *, draws: int, seed: int
) -> Mapping[str, np.ndarray]:
    """Return the values of the names in every draw, shapes (draws,).

    The level of illness is given by its coordinate: its law depends on the draw's own shock.
    """
    laws = triangles(beliefs, names)
    return {
        name: laws[name].quantiles(places(name, draws, seed))
        if name in laws
        else places(name, draws, seed)
        for name in names
    }


def gamma_factor(place: float, cv: float) -> float:
    """Return the quantile at `place`, in (0, 1), of the gamma law with mean 1 and this cv."""
    if cv <= 0.0:
        return 1.0
    shape = 1.0 / cv**2
    return float(gammaincinv(shape, place) / shape)


def standard_error(values: np.ndarray) -> np.ndarray:
    """Return the standard error of the mean over draws, first axis (draws, …).

    From the means of the groups, weighted by their sizes (Cochran 1977, section 11.8): draws of one
    group are not independent, groups are.
    """
    values = np.asarray(values, dtype=float)
    starts = np.arange(0, len(values), GROUP)
    sizes = np.diff(np.append(starts, len(values)))
    if len(starts) < 2:
        return np.full(values.shape[1:], np.nan)
    sums = np.add.reduceat(values, starts, axis=0)
    shape = (-1,) + (1,) * (values.ndim - 1)
    gaps = sums - sizes.reshape(shape) * values.mean(axis=0)
    number = len(starts)
    return np.sqrt(np.sum(gaps**2, axis=0) * number / (number - 1.0)) / len(values)


def _basis_functions(places_of: Sequence[np.ndarray], degree: int) -> np.ndarray:
    """Legendre polynomials of every coordinate, orthonormal on (0, 1), (draws, names · degree)."""
    columns = []
    for place in places_of:
        x = 2.0 * place - 1.0
        columns.append(np.sqrt(3.0) * x)
        if degree > 1:
            columns.append(np.sqrt(5.0) * (3.0 * x * x - 1.0) / 2.0)
    return np.column_stack(columns)


def _first_order(design: np.ndarray, values: np.ndarray, degree: int) -> np.ndarray:
    """Σ of the squared coefficients of each name less their own noise, (names, outputs)."""
    whole = np.column_stack([np.ones(len(design)), design])
    inverse = np.linalg.inv(whole.T @ whole)
    found = inverse @ (whole.T @ values)
    left = values - whole @ found
    noise = np.sum(left**2, axis=0) / (len(values) - whole.shape[1])
    squares = found[1:] ** 2 - np.diag(inverse)[1:, None] * noise
    return squares.reshape(-1, degree, values.shape[1]).sum(axis=1)


def spread_shares(
    places_of: Sequence[np.ndarray], means: np.ndarray, variances: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the share of each name in a variance, and their standard errors.

    Parameters
    ----------
    places_of
        Coordinates of the names, each (draws,).
    means, variances
        Of the laws given the draw, (draws, outputs).

    Returns
    -------
    tuple or None
        Shares and errors, (names + 2, outputs): first the year's own fluctuation E Var(S | draw),
        then the first-order index Var E(S | name) of each name, last what is left (several names
        together), all over Var S; they add to 1. None where there are too few draws.

    Notes
    -----
    Additive polynomial chaos by regression, degree 2 (1 with few draws): Sudret (2008), Reliability
    Engineering and System Safety 93; each squared coefficient less its own variance. Errors by the
    jackknife over the groups of draws: Efron and Stein (1981), Annals of Statistics 9.
    """
    draws, names = len(means), len(places_of)
    degree = 2 if draws >= 4 * (2 * names + 1) else 1
    if draws - GROUP < 2 * (degree * names + 1):
        return None
    design = _basis_functions(places_of, degree)
    block = np.arange(draws) // GROUP

    def shares(kept: np.ndarray) -> np.ndarray:
        parts = _first_order(design[kept], means[kept], degree)
        within, between = variances[kept].mean(axis=0), means[kept].var(axis=0, ddof=1)
        whole = np.maximum(within + between, 1e-300)
        rest = between - parts.sum(axis=0)
        return np.vstack([within, parts, rest]) / whole

    number = int(block[-1]) + 1
    again = np.array([shares(block != one) for one in range(number)])
    spread = np.sum((again - again.mean(axis=0)) ** 2, axis=0)
    return shares(block >= 0), np.sqrt((number - 1.0) / number * spread)
