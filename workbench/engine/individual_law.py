"""The exact law of the individual form, and what it takes off variances and covariances.

Floor 3. Given the shock, members are independent; the shock is mixed by Gauss–Legendre nodes close
enough for the narrow conditional law. Source: docs/model.md sections 6 and 7.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workbench.engine.events import Scheme
from workbench.engine.individual import member_probabilities
from workbench.engine.inversion import Measures, collective_transform
from workbench.engine.lattice import split_mass
from workbench.engine.mixing import common_shock, shock_nodes
from workbench.engine.payment_laws import class_points, disability_law
from workbench.plans import EVENT_KINDS

__all__ = [
    "CONDITIONAL_FREQUENCIES",
    "NOTHING",
    "conditional_exponent",
    "individual_reduction",
    "individual_transform",
]

SMALLEST_TRANSFORM = 1e-16
NOTHING = -1000.0
"""Stands for the logarithm of a transform that is too small to matter."""
CONDITIONAL_FREQUENCIES = 96
"""Enough for a law whose window is 24 of its standard deviations wide: the transform is below
1e-16 from the 33rd on where it is near normal."""


def _class_transforms(
    scheme: Scheme, weights: np.ndarray, lattice: tuple[float, int, bool], kept: np.ndarray
) -> dict[str, np.ndarray]:
    """φ − 1 of one event of each kind for each cell, shape (cells, frequencies).

    `lattice`: step (yuan), number of points, whether the law is lumpy (`split_mass`).
    """
    step, size, lumpy = lattice
    tables = {}
    for kind in EVENT_KINDS:
        classes = scheme.classes[kind]
        rows = [np.zeros(len(kept), dtype=complex)]
        for key in classes.keys:
            law = class_points(scheme, kind, key, weights)
            moved = np.fft.rfft(split_mass(law.yuan, law.mass, step, size, lumpy=lumpy))[kept]
            rows.append(moved - law.mass.sum())
        tables[kind] = np.array(rows)[classes.cell_class + 1]
    return tables


def _disability_factor(
    scheme: Scheme, weights: np.ndarray, lattice: tuple[float, int, bool], kept: np.ndarray
) -> np.ndarray:
    """1 + δ(φ_disability − 1) of each cell, shape (cells, frequencies)."""
    step, size, _ = lattice
    factor = np.ones((len(scheme.portfolio.members), len(kept)), dtype=complex)
    accident = scheme.held[:, 4]
    share = np.divide(
        scheme.rates.disabled,
        scheme.rates.injury,
        out=np.zeros_like(scheme.rates.disabled),
        where=scheme.rates.injury > 0.0,
    )
    held = zip(scheme.portfolio.segment, accident, strict=True)
    pairs = {(int(segment), int(plan)) for segment, plan in held if plan >= 0}
    for segment, plan in pairs:
        if weights[plan]:
            law = disability_law(scheme, segment, plan, weights[plan])
            moved = np.fft.rfft(split_mass(law.yuan, law.mass, step, size))[kept]
            here = (accident == plan) & (scheme.portfolio.segment == segment)
            factor[here] = 1.0 + share[here, None] * (moved - 1.0)[None, :]
    return factor


def _fixed_exponent(scheme: Scheme, laws: dict[str, np.ndarray]) -> np.ndarray:
    """Logarithm of the transform of diagnoses and deaths, which no shock moves, (frequencies,)."""
    rates, members = scheme.rates, scheme.portfolio.members
    alone = rates.special[:, None] * laws["special"] + rates.critical[:, None] * laws["critical"]
    death = rates.death[:, None] * laws["death"]
    return members @ np.log1p(alone) + members @ np.log1p(death)


def _hospital_exponent(
    scheme: Scheme, theta: np.ndarray, illness: np.ndarray, injury: np.ndarray
) -> np.ndarray:
    """Σ n log(1 + p_ill(φ_ill − 1) + p_inj(φ_inj − 1)) at each shock, (shocks, frequencies)."""
    cells = np.flatnonzero(np.any(illness != 0.0, axis=1) | np.any(injury != 0.0, axis=1))
    ill, hurt = member_probabilities(scheme, theta)
    total = np.zeros((len(theta), illness.shape[1]), dtype=complex)
    for cell in cells:
        inside = ill[:, cell, None] * illness[cell] + hurt[cell] * injury[cell]
        total += scheme.portfolio.members[cell] * np.log1p(inside)
    return total


def _laws_and_injury(
    scheme: Scheme, weights: np.ndarray, lattice: tuple[float, int, bool], kept: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    laws = _class_transforms(scheme, weights, lattice, kept)
    factor = _disability_factor(scheme, weights, lattice, kept)
    return laws, (laws["injury"] + 1.0) * factor - 1.0


def conditional_exponent(
    scheme: Scheme, weights: np.ndarray, theta: np.ndarray, step: float, size: int
) -> np.ndarray:
    """Return the logarithm of the transform of Σ weights · S given each shock.

    Shape (shocks, size // 2 + 1); −1000 where the transform is too small to matter.
    """
    kept = np.arange(min(CONDITIONAL_FREQUENCIES, size // 2 + 1))
    laws, injury = _laws_and_injury(scheme, weights, (step, size, False), kept)
    result = np.full((len(theta), size // 2 + 1), NOTHING, dtype=complex)
    hospital = _hospital_exponent(scheme, theta, laws["illness"], injury)
    result[:, kept] = hospital + _fixed_exponent(scheme, laws)[None, :]
    return result


def individual_transform(
    scheme: Scheme, weights: np.ndarray
) -> Callable[[Measures, float, int], np.ndarray]:
    """Return the transform of Σ weights · S in the individual form, for `annual_law`."""

    def transform(measures: Measures, step: float, size: int) -> np.ndarray:
        guide = np.abs(collective_transform(measures, step, size))
        kept = np.flatnonzero(guide > SMALLEST_TRANSFORM)
        laws, injury = _laws_and_injury(scheme, weights, (step, size, measures.lumpy), kept)
        theta, weight = _shocks(measures, bool(np.any(laws["illness"] != 0.0)))
        hospital = _hospital_exponent(scheme, theta, laws["illness"], injury)
        result = np.zeros(len(guide), dtype=complex)
        result[kept] = np.exp(_fixed_exponent(scheme, laws)) * (weight @ np.exp(hospital))
        return result

    return transform


def _shocks(measures: Measures, shocked: bool) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of the shock for a year's measures."""
    if not shocked:
        return np.ones(1), np.ones(1)
    return shock_nodes(measures.shock, measures.calm_sd / max(measures.mean, 1e-300))


def _cell_means(scheme: Scheme) -> dict[str, np.ndarray]:
    """Expected yuan of a member by kind of event, cell and plan, shape (cells, plans)."""
    plans = len(scheme.plans)
    means = {}
    for kind in EVENT_KINDS:
        classes = scheme.classes[kind]
        rows = [np.zeros(plans)]
        for key in classes.keys:
            laws = [class_points(scheme, kind, key, row) for row in np.eye(plans)]
            rows.append(np.array([law.moment(1) for law in laws]))
        by_cell = np.array(rows)[classes.cell_class + 1]
        means[kind] = by_cell * getattr(scheme.rates, kind)[:, None]
    for place, plan in enumerate(scheme.plans):
        if plan.benefit_form == "accident":
            here = scheme.held[:, 4] == place
            for segment in range(len(scheme.beliefs)):
                mean = disability_law(scheme, segment, place, 1.0).moment(1)
                cells = here & (scheme.portfolio.segment == segment)
                means["injury"][cells, place] += scheme.rates.disabled[cells] * mean
    return means


def individual_reduction(scheme: Scheme) -> np.ndarray:
    """Return what the individual form takes off the covariance matrix, (plans, plans), yuan².

    Σ_cells n[E[θ²]aa' + ab' + ba' + bb' + gg' + hh'] (docs/model.md section 7).
    """
    means = _cell_means(scheme)
    ill, hurt, death = means["illness"], means["injury"], means["death"]
    diagnosis = means["special"] + means["critical"]
    members = scheme.portfolio.members[:, None]
    square = common_shock(scheme.inputs.assumptions).variance
    both = ill + hurt
    total = (members * both).T @ both + square * (members * ill).T @ ill
    return total + (members * diagnosis).T @ diagnosis + (members * death).T @ death
