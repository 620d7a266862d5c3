"""How the spread of figures is shared among uncertain names: Sobol' indices.

Floor 7, inside `sensitivity`. First order V[E(Y | Xᵢ)]/V[Y] by Saltelli's estimator, total order
E[V(Y | X without Xᵢ)]/V[Y] by Jansen's, both as `scipy.stats.sobol_indices` has them; points are
Sobol' points under independent digital shifts, whose jackknife tells the standard error.
Source: Sobol' (1993); Saltelli et al. (2010), Computer Physics Communications 181, 259-270 (table
2, b and f); docs/sensitivity.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from workbench.changes import Changes
from workbench.risk import Figure
from workbench.streams import meaning_key, words

__all__ = ["Law", "NameShare", "Spread", "sobol", "sobol_runs"]

REPLICATES = 8
"""Independent shifts of the points; part of every figure, never to be changed."""
NO_SPREAD = 1e-7
"""A standard deviation below this share of the mean is rounding, not spread."""
BITS = 30
"""Digits of a point."""

EvaluateMany = Callable[[Sequence[Changes]], np.ndarray]
"""Changes → figures, shape (figures, changes)."""


class Law(Protocol):
    """Law of an uncertain name."""

    def quantiles(self, place: np.ndarray) -> np.ndarray:
        """Return the values below which the shares `place` in (0, 1) lie, (n,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameShare:
    """What a name adds to the spread: alone (`first`), and with all it acts together with.

    Shares of the variance, with standard errors.
    """

    name: str
    first: Figure
    total: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The spread of one figure over the uncertain names.

    `mean` and `sd` with standard errors; `low` and `high` the 5 % and 95 % points of the runs;
    `shares` is empty where the figure does not move; `runs` how often it was computed.
    """

    mean: Figure
    sd: Figure
    low: float
    high: float
    shares: tuple[NameShare, ...]
    runs: int

    @property
    def together(self) -> Figure | None:
        """One less the sum of the first-order shares: what names do only together."""
        if not self.shares:
            return None
        error = float(np.sqrt(sum(share.first.error**2 for share in self.shares)))
        return Figure(1.0 - sum(share.first.value for share in self.shares), error)


def sobol_runs(names: int, least: int) -> tuple[int, int]:
    """Return (points of one shift, runs in all) for at least so many runs of a function.

    Points are a power of two; a point takes names + 2 runs.
    """
    points = 2
    while REPLICATES * points * (names + 2) < least:
        points *= 2
    return points, REPLICATES * points * (names + 2)


def sobol(
    evaluate: EvaluateMany, laws: Mapping[str, Law], *, runs: int, seed: int
) -> tuple[Spread, ...]:
    """Return the spread of every figure and its shares.

    Parameters
    ----------
    evaluate
        Figures of many changes. Runs that differ in one name alone stand beside each other, so that
        what does not depend on it need be computed once.
    laws
        Law of each name; names are independent.
    runs
        Least number of runs (`sobol_runs`).
    seed
        Seed of the shifts.
    """
    names = list(laws)
    points, _ = sobol_runs(len(names), runs)
    places = np.concatenate([_points(len(names), points, seed, one) for one in range(REPLICATES)])
    first, second = _values(laws, places[:, : len(names)]), _values(laws, places[:, len(names) :])
    found = np.atleast_2d(evaluate(_designs(names, first, second)))
    by_run = found.reshape(len(found), len(first), len(names) + 2)
    return tuple(_spread(names, one) for one in by_run)


def _points(names: int, points: int, seed: int, replicate: int) -> np.ndarray:
    """Shifted Sobol' points of both samples, (points, 2 · names), inside (0, 1).

    The digits of a point are added to those of a random shift, so that a net stays a net and every
    point is uniform. Source: L'Ecuyer and Lemieux (2002), Recent advances in randomized quasi-Monte
    Carlo methods, section 2.
    """
    from scipy.stats import qmc

    plain = qmc.Sobol(2 * names, scramble=False, bits=BITS).random(points)
    key = meaning_key("sensitivity", "sobol")
    shift = words(seed, key, replicate).random_raw(2 * names) >> np.uint64(64 - BITS)
    digits = (plain * 2.0**BITS).astype(np.uint64) ^ shift
    return (digits.astype(float) + 0.5) * 2.0**-BITS


def _values(laws: Mapping[str, Law], places: np.ndarray) -> np.ndarray:
    columns = [law.quantiles(places[:, place]) for place, law in enumerate(laws.values())]
    return np.stack(columns, axis=1)


def _designs(names: list[str], first: np.ndarray, second: np.ndarray) -> list[Changes]:
    """Runs point by point: the first sample, the second, the first with one name of the second."""
    designs = []
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        base = dict(zip(names, one, strict=True))
        designs += [Changes(base), Changes(dict(zip(names, other, strict=True)))]
        designs += [
            Changes({**base, name: value}) for name, value in zip(names, other, strict=True)
        ]
    return designs


def _spread(names: list[str], runs: np.ndarray) -> Spread:
    """Spread of one figure from its runs (points, names + 2)."""
    both, size = runs[:, :2].ravel(), runs.size
    low, high = (float(value) for value in np.quantile(both, (0.05, 0.95)))
    parts = _jackknife(lambda kept: np.array([kept[:, :2].mean(), kept[:, :2].std()]), runs)
    (mean, sd), (mean_error, sd_error) = parts
    # A figure that no name moves has no shares: what is left of its spread is rounding.
    if sd <= NO_SPREAD * abs(mean) or sd == 0.0:
        shares: tuple[NameShare, ...] = ()
    else:
        shares = _shares(names, runs)
    return Spread(
        mean=Figure(float(mean), float(mean_error)),
        sd=Figure(float(sd), float(sd_error)),
        low=low,
        high=high,
        shares=shares,
        runs=size,
    )


def _shares(names: list[str], runs: np.ndarray) -> tuple[NameShare, ...]:
    from scipy.stats import sobol_indices

    samples = {
        "f_A": runs[None, :, 0].copy(),
        "f_B": runs[None, :, 1].copy(),
        "f_AB": runs[:, 2:].T[:, None, :].copy(),
    }
    found = sobol_indices(func=samples, n=len(runs))
    first, total = np.ravel(found.first_order), np.ravel(found.total_order)
    _, errors = _jackknife(_estimates, runs)
    return tuple(
        NameShare(
            name=name,
            first=Figure(float(first[place]), float(errors[0, place])),
            total=Figure(float(total[place]), float(errors[1, place])),
        )
        for place, name in enumerate(names)
    )


def _estimates(runs: np.ndarray) -> np.ndarray:
    """Indices of first and total order, (2, names), by the formulas of the library.

    The library wants a power of two; the jackknife leaves seven eighths of one.
    """
    moved = runs - runs[:, :2].mean()
    variance = moved[:, :2].var()
    apart = moved[:, 2:] - moved[:, :1]
    first = np.mean(moved[:, 1:2] * apart, axis=0) / variance
    return np.stack([first, np.mean(apart**2, axis=0) / (2.0 * variance)])


def _jackknife(
    statistic: Callable[[np.ndarray], np.ndarray], runs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return a statistic of all runs and its standard error, one shift left out at a time.

    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 11.
    """
    groups = np.repeat(np.arange(REPLICATES), len(runs) // REPLICATES)
    without = np.array([statistic(runs[groups != one]) for one in range(REPLICATES)])
    apart = without - without.mean(axis=0)
    error = np.sqrt((REPLICATES - 1) / REPLICATES * np.sum(apart**2, axis=0))
    return statistic(runs), error
