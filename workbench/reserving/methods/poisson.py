"""Over-dispersed Poisson model: dispersion and the analytic prediction error.

Floor 4, inside `reserving.methods`. Increments are over-dispersed Poisson with log-linear effects
of origin and period; its estimates are those of the volume-weighted chain ladder. Source: Renshaw
and Verrall (1998), British Actuarial Journal 4; England and Verrall (2002), British Actuarial
Journal 8, section 2.3 and appendix 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.guard import freeze, refuse
from workbench.reserving.methods.chain_ladder import chain_ladder
from workbench.triangles import Triangle

__all__ = ["PoissonFit", "fitted_increments", "paid_out", "poisson_fit"]

MOST_STEPS, STOP = 25, 1e-8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoissonFit:
    """Fit of the over-dispersed Poisson model.

    `increments` fitted, known and to come (origins, periods); `dispersion` φ; `reserve` and
    `standard_error` by origin (origins,); `freedom` observations less parameters.
    """

    increments: np.ndarray
    dispersion: float
    freedom: int
    reserve: np.ndarray
    standard_error: np.ndarray
    total_standard_error: float


def fitted_increments(cumulative: np.ndarray, ages: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Return increments of the chain ladder run backwards and forwards from the latest amounts.

    Shapes (…, origins, periods), (origins,), (…, steps); Source: England and Verrall (2002),
    appendix 3.
    """
    rows = np.arange(len(ages))
    latest = cumulative[..., rows, ages - 1]
    paths = np.concatenate(
        [np.ones((*factors.shape[:-1], 1)), np.cumprod(factors, axis=-1)], axis=-1
    )
    level = latest / paths[..., ages - 1]
    return np.diff(level[..., :, None] * paths[..., None, :], axis=-1, prepend=0.0)


def poisson_fit(triangle: Triangle) -> PoissonFit:
    """Return the model fitted to every known increment.

    Raises
    ------
    InputRefused
        `triangle-not-poisson` where a fitted increment is not positive, or no freedom is left.
    """
    known, ages = triangle.known, triangle.ages
    factors = chain_ladder(triangle).development.factors
    fitted = fitted_increments(triangle.cumulative, ages, factors)
    freedom = int(known.sum()) - (sum(known.shape) - 1)
    if freedom < 1 or np.any(fitted[known] <= 0.0):
        raise refuse("triangle-not-poisson", value=freedom)
    design = _design(*known.shape)
    rows, y = design[known], triangle.incremental[known]
    mean, weights = _scored(rows, y)
    dispersion = float(np.sum(weights * ((y - mean) / mean) ** 2) / freedom)
    covariance = np.linalg.inv(rows.T @ (weights[:, None] * rows))
    later = np.where(known, 0.0, np.maximum(fitted, 0.0))
    by_origin = np.einsum("ij,ijk->ik", later, design)
    spread = np.einsum("ij,jk,ik->i", by_origin, covariance, by_origin)
    whole, reserve = by_origin.sum(axis=0), later.sum(axis=1)
    total = dispersion * (reserve.sum() + whole @ covariance @ whole)
    return PoissonFit(
        increments=freeze(fitted),
        dispersion=dispersion,
        freedom=freedom,
        reserve=freeze(reserve),
        standard_error=freeze(np.sqrt(dispersion * (reserve + spread))),
        total_standard_error=float(np.sqrt(total)),
    )


def paid_out(triangle: Triangle) -> Triangle:
    """Return the triangle without the periods in which nothing was paid of any origin.

    Their factors are 1 and nothing is to come of them; a model of increments needs some. The first
    period and one more are kept.
    """
    some = np.nansum(np.abs(triangle.incremental), axis=0) > 0.0
    some[0] = True
    some[1] |= not some[1:].any()
    if some.all():
        return triangle
    return Triangle(
        origins=triangle.origins,
        periods=tuple(np.array(triangle.periods)[some]),
        cumulative=triangle.cumulative[:, some],
    )


def _scored(rows: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fitted means of Fisher scoring and the weights of its last step, both (cells,).

    Started and stopped as generalised linear models usually are (deviance within 1e-8), with the
    weights of the last step, because the published dispersion rests on them; at the end of all
    steps it would be 1e-5 less. Negative increments start at a tenth.
    """
    mean = np.maximum(y, 0.0) + 0.1
    before = np.inf
    for _ in range(MOST_STEPS):
        weights = mean
        worked = np.log(mean) + (y - mean) / mean
        root = np.sqrt(weights)
        orthogonal, upper = np.linalg.qr(rows * root[:, None])
        mean = np.exp(rows @ np.linalg.solve(upper, orthogonal.T @ (worked * root)))
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(y > 0.0, y * np.log(y / mean), 0.0)
        deviance = 2.0 * float(np.sum(logs - (y - mean)))
        if abs(deviance - before) / (abs(deviance) + 0.1) < STOP:
            break
        before = deviance
    return mean, weights


def _design(origins: int, periods: int) -> np.ndarray:
    """Design of the log-linear model, (origins, periods, parameters)."""
    design = np.zeros((origins, periods, origins + periods - 1))
    design[np.arange(origins), :, np.arange(origins)] = 1.0
    for period in range(1, periods):
        design[:, period, origins + period - 1] = 1.0
    return design
