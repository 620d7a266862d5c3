"""One-year view: the standard error of the claims development result of the coming year.

Floor 4, inside `reserving.methods`. Source: Merz and Wüthrich (2008), Modelling the claims
development result for solvency purposes, CAS E-Forum, Fall 2008, formulas 3.17 and following.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.guard import freeze
from workbench.reserving.methods.chain_ladder import ChainLadder

__all__ = ["OneYear", "one_year"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OneYear:
    """Standard error of the development result of the coming year, by origin and in total."""

    standard_error: np.ndarray
    total_standard_error: float


def one_year(found: ChainLadder) -> OneYear:
    """Return the one-year standard errors of a chain ladder.

    The coming year adds one diagonal, so for each step the factor is estimated again with one more
    cell. A tail is never observed: it is kept, and scales what the year does.
    """
    triangle, development = found.triangle, found.development
    steps = len(triangle.periods) - 1
    ages, latest = triangle.ages, triangle.latest
    factors = development.factors[:steps]
    share = np.divide(
        development.sigma2[:steps], factors**2, out=np.zeros(steps), where=factors > 0.0
    )
    weight = development.weight[:steps]
    # The cells of the last diagonal that stand at each step, and the sums of next year.
    corner = np.array([latest[ages == step + 1].sum() for step in range(steps)])
    later = weight + corner
    again = np.divide(corner, later, out=np.zeros(steps), where=later > 0.0)
    noise = np.divide(again**2 * share, corner, out=np.zeros(steps), where=corner > 0.0)
    known = np.divide(again**2 * share, weight, out=np.zeros(steps), where=weight > 0.0)
    first = np.minimum(ages - 1, steps)  # the step that the coming year observes
    return _errors(found.ultimate, first, latest, (share, weight, later, noise + known))


def _errors(
    ultimate: np.ndarray,
    first: np.ndarray,
    latest: np.ndarray,
    parts: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> OneYear:
    """Mean square errors by origin and their covariances."""
    share, weight, later, further = parts
    steps, number = len(share), len(ultimate)
    beyond = np.append(np.cumsum(further[::-1])[::-1], 0.0)
    own, common = np.zeros(number), np.zeros((number, number))
    for row, step in enumerate(first):
        if step >= steps or latest[row] <= 0.0 or weight[step] <= 0.0:
            continue
        rest = beyond[step + 1]
        own[row] = share[step] / latest[row] + share[step] / weight[step] + rest
        shared = share[step] / later[step] * (1.0 + latest[row] / weight[step]) + rest
        younger = first < step
        common[row, younger] = common[younger, row] = shared
    common += np.diag(own)
    square = np.outer(ultimate, ultimate) * common
    return OneYear(
        standard_error=freeze(ultimate * np.sqrt(own)),
        total_standard_error=float(np.sqrt(max(square.sum(), 0.0))),
    )
