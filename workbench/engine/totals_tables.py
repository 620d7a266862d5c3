"""Sealed tables of plan totals, made from the exact laws given the common shock.

Floor 3. The rest of a shocked plan is its amount less the illness expected at the shock; its law is
made for 96 ranges of the shock by transform. Source: docs/engine.md, "totals".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from workbench.engine.events import Scheme, scheme_of
from workbench.engine.individual_law import CONDITIONAL_FREQUENCIES, NOTHING, conditional_exponent
from workbench.engine.inversion import AnnualLaw, Measures
from workbench.engine.lattice import split_mass
from workbench.engine.mixing import common_shock, given_common
from workbench.engine.moments import area_covariance, shared_illness
from workbench.engine.payment_laws import Points
from workbench.engine.stages import claims_key, measures_of, remember, year_laws
from workbench.engine.tables import Shock, shock_table
from workbench.engine.totals import (
    LANES,
    NODES,
    RANGES,
    REST_LANES,
    SCORE_UNIT,
    PlanTotals,
    TotalsTables,
    range_edges,
)
from workbench.guard import freeze
from workbench.inputs import Inputs

__all__ = ["copula_factor", "totals_tables"]

GRID_BITS, FINE = 13, 4
WIDTH_SD, WIDTH_EVENTS = 12.0, 10.0
SMALLEST_TIE = 1e-6
"""Correlations below this are rounding of the closed forms, not ties."""


def _nodes(shock: Shock) -> np.ndarray:
    """Shocks that stand for each range, shape (ranges, nodes), equally likely inside a range."""
    parts = [part.reshape(NODES, -1) for part in np.split(shock.theta, range_edges()[1:-1])]
    return np.array([part.mean(axis=1) for part in parts])


def _exponents(points: Points, step: float, size: int) -> np.ndarray:
    return np.fft.rfft(split_mass(points.yuan, points.mass, step, size)) - points.mass.sum()


def _other_exponent(measures: Measures, step: float, size: int) -> np.ndarray:
    total = _exponents(measures.other, step, size)
    for part in measures.disabled:
        stays = _exponents(part.stays, step, size) + part.stays.mass.sum()
        amount = _exponents(part.amount, step, size) + part.amount.mass.sum()
        total = total + stays * amount - part.stays.mass.sum()
    return total


def _equally_likely(mass: np.ndarray, yuan: np.ndarray, lanes: int, whole: bool) -> np.ndarray:
    """Return `lanes` equally likely values of a law on a lattice, fen (int64).

    Conditional means of equal lanes; on an own lattice (`whole`) its points, each in as many lanes
    as its probability asks.
    """
    mass = np.maximum(mass, 0.0)
    edges = np.arange(1, lanes) / lanes
    if whole:
        below = np.cumsum(mass)
        place = np.searchsorted(below, (np.arange(lanes) + 0.5) / lanes)
        return np.rint(yuan[np.minimum(place, len(yuan) - 1)] * 100.0).astype(np.int64)
    below = np.concatenate([[0.0], np.cumsum(mass)])
    partial = np.concatenate([[0.0], np.cumsum(mass * yuan)])
    total, first = below[-1], partial[-1]
    cut = np.interp(edges * total, below, np.arange(len(below)))
    sums = np.interp(cut, np.arange(len(partial)), partial)
    means = np.diff(np.concatenate([[0.0], sums, [first]])) * lanes / total
    return np.floor(means * 100.0 + 0.5).astype(np.int64)


def _collective_exponents(
    measures: Measures, theta: np.ndarray, step: float, size: int
) -> np.ndarray:
    """Logarithm of the transform given each shock, (shocks, size // 2 + 1), collective form."""
    other = _other_exponent(measures, step, size)[None, :]
    if measures.by_area is None:
        return theta[:, None] * _exponents(measures.illness, step, size)[None, :] + other
    kept = np.arange(min(CONDITIONAL_FREQUENCIES, size // 2 + 1))
    omega = 2.0 * np.pi * kept / (size * step)
    waves = np.exp(-1j * omega[:, None] * measures.illness.yuan)
    by_area = measures.by_area @ waves.T - measures.by_area.sum(axis=1, keepdims=True)
    result = np.full((len(theta), size // 2 + 1), NOTHING, dtype=complex)
    result[:, kept] = given_common(by_area, theta, measures.area_cv) + other[:, kept]
    return result


def _rest_tables(
    scheme: Scheme, weights: np.ndarray, measures: Measures, *, shock: Shock, form: str
) -> np.ndarray:
    """Rests of a shocked plan by range, fen, shape (ranges · lanes of a range,)."""
    illness = measures.illness.moment(1)
    theta = _nodes(shock)
    sd = measures.calm_sd * np.sqrt(max(1.0, float(theta.max())))
    centre = measures.mean - illness
    half = WIDTH_SD * sd + WIDTH_EVENTS * measures.largest
    size = 1 << GRID_BITS
    step = 2.0 * half / size
    if form == "individual":
        exponent = conditional_exponent(scheme, weights, theta.ravel(), step, size)
    else:
        exponent = _collective_exponents(measures, theta.ravel(), step, size)
    omega = 2.0 * np.pi * np.arange(size // 2 + 1) / (size * step)
    laws = np.exp(exponent + 1j * omega[None, :] * theta.ravel()[:, None] * illness)
    fine, fine_step = size * FINE, step / FINE
    first = int(np.floor((centre - half) / fine_step))
    yuan = (first + np.arange(fine)) * fine_step
    tables = []
    for law in laws.reshape(RANGES, NODES, -1).mean(axis=1):
        mass = np.roll(np.fft.irfft(law, fine), -(first % fine))
        tables.append(_equally_likely(mass, yuan, REST_LANES, False))
    return np.concatenate(tables)


def _plan_totals(
    scheme: Scheme, place: int, law: AnnualLaw, *, shock: Shock, form: str
) -> PlanTotals:
    """Return the sealed tables of one plan; `law` serves where the shock does not reach it."""
    weights = np.eye(len(scheme.plans))[place]
    measures = measures_of(scheme, weights)
    illness = measures.illness.moment(1)
    if illness > 0.0 and shock.most > 1.0:
        rest = _rest_tables(scheme, weights, measures, shock=shock, form=form)
        shift = np.floor(shock.theta * illness * 100.0 + 0.5)
    else:
        rest = _equally_likely(law.mass, law.yuan, LANES, not law.continuous)
        shift = np.zeros(1)
    return PlanTotals(
        code=scheme.plans[place].code, rest_fen=freeze(rest), shift_fen=freeze(shift, np.int64)
    )


def copula_factor(first: np.ndarray, second: np.ndarray, covariance: float) -> float:
    """Return the copula's correlation that gives two tables (fen) this covariance (yuan²).

    By Hermite expansion of both tables: Cov = Σ_k a_k b_k ρᵏ. Source: Lancaster (1957),
    Biometrika 44, on correlations of transformed normal variables.
    """
    coefficients = []
    for table in (first, second):
        score = ndtri((np.arange(len(table)) + 0.5) / len(table))
        value = table / 100.0 - table.mean() / 100.0
        before, now = np.ones(len(table)), score
        terms = [float(np.mean(value * now))]
        for order in range(1, 6):
            before, now = now, (score * now - np.sqrt(order) * before) / np.sqrt(order + 1.0)
            terms.append(float(np.mean(value * now)))
        coefficients.append(terms)
    products = np.multiply(*map(np.array, coefficients))
    powers = np.arange(1, len(products) + 1)
    rho = 0.0
    for _ in range(30):
        slope = float(np.sum(products * powers * rho ** (powers - 1)))
        if slope <= 0.0:
            break
        step = (float(np.sum(products * rho**powers)) - covariance) / slope
        rho = float(np.clip(rho - step, -0.999, 0.999))
        if abs(step) < 1e-12:
            break
    return rho


def _ties(plans: Sequence[PlanTotals], powers: tuple[np.ndarray, ...], shock: Shock) -> np.ndarray:
    """Lower factors of the copula's correlation by range, int64 (ranges, plans, plans).

    `powers`: covariance given the shock, Σ powers[m]·θᵐ, yuan² (plans, plans) each.
    """
    number = len(plans)
    theta = _nodes(shock).mean(axis=1)
    correlation = np.broadcast_to(np.eye(number), (RANGES, number, number)).copy()
    for first in range(number):
        for second in range(first):
            for place in range(RANGES):
                given = [one[first, second] * theta[place] ** m for m, one in enumerate(powers)]
                shared = float(sum(given))
                if abs(shared) > SMALLEST_TIE * _spread(plans, first, second, place):
                    rho = copula_factor(
                        _range_table(plans[first], place),
                        _range_table(plans[second], place),
                        shared,
                    )
                    correlation[place, first, second] = correlation[place, second, first] = rho
    return np.rint(_factor(plans, correlation) * SCORE_UNIT).astype(np.int64)


def _factor(plans: Sequence[PlanTotals], correlation: np.ndarray) -> np.ndarray:
    """Lower factor with the plans in the order of their codes: their order moves no draw."""
    order = np.argsort([plan.code for plan in plans])
    back = np.argsort(order)
    return np.linalg.cholesky(correlation[:, order][:, :, order])[:, back][:, :, back]


def _spread(plans: Sequence[PlanTotals], first: int, second: int, place: int) -> float:
    """Product of the standard deviations of two rests in a range, yuan²."""
    tables = [_range_table(plans[plan], place) for plan in (first, second)]
    return float(tables[0].std() * tables[1].std()) / 1e4


def _range_table(plan: PlanTotals, place: int) -> np.ndarray:
    own = slice(place * REST_LANES, (place + 1) * REST_LANES)
    return plan.rest_fen[own] if plan.shocked else plan.rest_fen


def _make(inputs: Inputs, form: str) -> TotalsTables:
    scheme, laws = scheme_of(inputs), year_laws(inputs, form)
    common = common_shock(inputs.assumptions)
    shock = shock_table(common)
    plans = tuple(
        _plan_totals(scheme, place, laws.laws[place], shock=shock, form=form)
        for place in range(len(scheme.plans))
    )
    rows = np.eye(len(scheme.plans))
    means = np.array([measures_of(scheme, row).illness.moment(1) for row in rows])
    illness = shared_illness(scheme)
    areas = area_covariance(scheme)
    other = laws.covariance - common.variance * np.outer(means, means) - illness
    other = other - (1.0 + common.variance) * areas
    ties = _ties(plans, (other, illness, areas), shock)
    return TotalsTables(plans=plans, ties=freeze(ties, np.int64))


def totals_tables(inputs: Inputs, form: str = "collective") -> TotalsTables:
    """Return the sealed tables of the plan totals of a scheme, kept by content."""
    key = ("totals", form, claims_key(inputs))
    return remember(key, lambda: _make(inputs, form))
