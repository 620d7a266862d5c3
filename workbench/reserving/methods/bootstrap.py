"""Bootstrap of the over-dispersed Poisson chain ladder, with process error: the law of the reserve.

Floor 4, inside `reserving.methods`. Residuals are drawn again, every triangle is fitted again, what
is to come is drawn from a gamma law with the model's mean and variance. Source: England and Verrall
(1999), Insurance: Mathematics and Economics 25; England (2002), addendum, for the process error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.guard import freeze, whole_number
from workbench.reserving.methods.chain_ladder import ChainLadder
from workbench.reserving.methods.poisson import fitted_increments, poisson_fit
from workbench.risk import Figure, Sample
from workbench.streams import generator, meaning_key

__all__ = [
    "BLOCK",
    "MOST_REPLICATIONS",
    "Bootstrap",
    "bootstrap",
    "replicated",
    "residuals_of",
]

BLOCK = 64
"""Replications of one stream; part of every result."""
MOST_REPLICATIONS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bootstrap:
    """Drawn reserves by origin, (replications, origins)."""

    reserves: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """Drawn total reserves, (replications,)."""
        return self.reserves.sum(axis=1)

    def standard_error(self) -> np.ndarray:
        """Standard deviation by origin, (origins,)."""
        return self.reserves.std(axis=0)

    def sample(self) -> Sample:
        """The total as a sample of the risk room."""
        return Sample(sorted_yuan=np.sort(self.total), step=0.0)

    def quantile(self, level: float) -> Figure:
        """Quantile of the total, with its error by order statistics."""
        return self.sample().quantile(level)


def residuals_of(found: ChainLadder) -> tuple[np.ndarray, np.ndarray, float]:
    """Adjusted residuals to draw from, fitted increments, and the dispersion.

    Cells alone in their row or column fit by themselves and are left out; the n that remain are
    scaled by √(n/freedom), so that their mean square is the dispersion. Source: England and
    Verrall (2002), section 2.3, with n the residuals that are drawn.
    """
    triangle = found.triangle
    fit = poisson_fit(triangle)
    known = triangle.known
    residual = np.where(known, triangle.incremental - fit.increments, np.nan)
    residual = residual[known] / np.sqrt(fit.increments[known])
    free = (known.sum(axis=0)[None, :] > 1) & (known.sum(axis=1)[:, None] > 1)
    drawn = residual[free[known]]
    return drawn * np.sqrt(len(drawn) / fit.freedom), fit.increments, fit.dispersion


def bootstrap(found: ChainLadder, replications: int, seed: int) -> Bootstrap:
    """Return the bootstrap of a chain ladder.

    Selected factors and a tail flow in: a drawn average moves as the selection stands to the
    average, and the tail is lognormal about its value with its standard error.

    Parameters
    ----------
    found
        The chain ladder, its selection included.
    replications
        64 to 200,000.
    seed
        Names the draws; the same for the same seed whatever the number of replications.

    Raises
    ------
    InputRefused
        `triangle-not-poisson`, `value-out-of-range`.
    """
    number = whole_number("replications", replications, BLOCK, MOST_REPLICATIONS)
    residuals, fitted, dispersion = residuals_of(found)
    blocks = -(-number // BLOCK)
    parts = [_block(found, residuals, fitted, (dispersion, seed, block)) for block in range(blocks)]
    return Bootstrap(reserves=freeze(np.concatenate(parts)[:number]))


def _block(
    found: ChainLadder, residuals: np.ndarray, fitted: np.ndarray, named: tuple[float, int, int]
) -> np.ndarray:
    """Reserves of 64 replications, (64, origins)."""
    dispersion, seed, block = named
    source = generator(seed, meaning_key("bootstrap"), block)
    number = int(found.triangle.known.sum())
    places = source.integers(0, len(residuals), (BLOCK, number))
    return replicated(found, (residuals, fitted, dispersion), places, source)


def replicated(
    found: ChainLadder,
    fit: tuple[np.ndarray, np.ndarray, float],
    places: np.ndarray,
    source: np.random.Generator,
) -> np.ndarray:
    """Reserves of 64 replications whose cells take the residuals at `places`, (64, origins).

    `fit` is what `residuals_of` gives; process error and tail are drawn from `source`.
    """
    residuals, fitted, dispersion = fit
    known, ages = found.triangle.known, found.triangle.ages
    increments = np.zeros((BLOCK, *known.shape))
    base = fitted[known]
    increments[:, known] = base + residuals[places] * np.sqrt(base)
    cumulative = np.cumsum(increments, axis=2)
    factors = _factors(found, cumulative)
    later = np.where(known, 0.0, fitted_increments(cumulative, ages, factors))
    tail = _tail(found, source)
    if found.development.has_tail:
        ultimate = cumulative[:, np.arange(len(ages)), ages - 1] + later.sum(axis=2)
        beyond = ultimate * (tail - 1.0)[:, None]
        later = np.concatenate([later, beyond[:, :, None]], axis=2)
    return _process(later, dispersion, source)


def _factors(found: ChainLadder, cumulative: np.ndarray) -> np.ndarray:
    """Factors fitted again, (64, steps); a selected one moves with the average."""
    known = found.triangle.known
    onward = known[:, 1:]
    before = np.where(onward, cumulative[:, :, :-1], 0.0).sum(axis=1)
    after = np.where(onward, cumulative[:, :, 1:], 0.0).sum(axis=1)
    again = np.divide(after, before, out=np.ones(before.shape), where=before > 0.0)
    steps = known.shape[1] - 1
    plain = np.nan_to_num(found.triangle.cumulative)
    start = np.where(onward, plain[:, :-1], 0.0).sum(axis=0)
    average = np.where(onward, plain[:, 1:], 0.0).sum(axis=0) / start
    return again * (found.development.factors[:steps] / average)


def _tail(found: ChainLadder, source: np.random.Generator) -> np.ndarray:
    """Tail factors, lognormal in the excess over 1, (64,)."""
    normal = source.standard_normal(BLOCK)
    if not found.development.has_tail:
        return np.ones(BLOCK)
    excess = float(found.development.factors[-1]) - 1.0
    cv2 = float(found.development.variance[-1]) / excess**2
    sigma = np.sqrt(np.log1p(cv2))
    return 1.0 + excess * np.exp(sigma * normal - sigma**2 / 2.0)


def _process(later: np.ndarray, dispersion: float, source: np.random.Generator) -> np.ndarray:
    """Draw what is to come by origin, (64, origins): each cell has mean m and variance φ·|m|.

    Gamma laws of one scale add up to one of their scale, so an origin is drawn at once.
    """
    drawn = np.zeros(later.shape[:2])
    for sign in (1.0, -1.0):
        mean = np.maximum(sign * later, 0.0).sum(axis=2)
        drawn += sign * dispersion * source.standard_gamma(mean / dispersion)
    return drawn
