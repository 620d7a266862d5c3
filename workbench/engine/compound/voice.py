"""What one plan brings to the transform of a total: its claim's nodes, its number, where it ends.

Floor 3. The frequency from which a plan is silent decides how few frequencies its law needs; it is
found from the size of one claim's transform, by bounds that hold between the probes as well.
Source: docs/laws.md section 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import floor, inf, log, log2

import numpy as np

from workbench.engine.compound.nodes import ClaimNodes, nodes_of
from workbench.engine.compound.window import Group, Part
from workbench.laws.frequency import FrequencyLaw, NegativeBinomial, Poisson
from workbench.laws.mixed_counts import MixedPoisson
from workbench.laws.shocks import Shock

__all__ = ["SILENT", "Voice", "log_transform_of", "shock_moments", "voice_of"]

SILENT = log(1e-15)
"""Logarithm of the first term that may be left out."""
LEVELS = 3
MIXED = (Poisson, NegativeBinomial, MixedPoisson)
"""Numbers that are Poisson given a factor."""


def _log_pgf(law: FrequencyLaw, less: np.ndarray) -> np.ndarray:
    """Logarithm of E z^N from z − 1, which keeps its digits where z is near 1."""
    if isinstance(law, Poisson):
        return law.rate * less
    if isinstance(law, NegativeBinomial):
        return -law.size * np.log1p(-law.beta * less)
    if isinstance(law, MixedPoisson):
        return law.shock.log_transform(law.rate * less)
    return law.log_pgf(1.0 + less)


def log_transform_of(group: Group, less: list[np.ndarray]) -> np.ndarray:
    """Return the logarithm of the transform of a group from each part's E exp(·Y) − 1."""
    if group.shock is None:
        return _log_pgf(group.parts[0].frequency, less[0])
    pairs = zip(group.parts, less, strict=True)
    return group.shock.log_transform(np.asarray(sum(p.frequency.mean * z for p, z in pairs)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Voice:
    """One part of a total: its claim's nodes, expected number, and where its transform ends.

    `last`: frequency from which |transform of the part| < 1e-15 (inf for a lattice that sounds up
    to its last one, or where none was found); `levels` of nodes with the highest frequency that
    each carries. `mean`, `variance` of the part alone, its shock included; `load` λ·E[Y].
    """

    nodes: ClaimNodes
    number: float
    last: float
    levels: tuple[float, ...]
    load: float
    mean: float
    variance: float
    mean_slack: float


def _silent_from(part: Part, shock: Shock | None, nodes: ClaimNodes) -> float | None:
    """Frequency from which these nodes know the part to be silent.

    While t·E[Y] <= 1 the transform is smooth from probe to probe; beyond, claims might come into
    tune again, and only bounds that hold between the probes count: |E z^N| <= E |z|^N, and for
    Poisson numbers given a factor E exp(−λθ·Re(1 − z)).
    """
    group = Group(parts=(part,), shock=shock)
    mixed = shock is not None or isinstance(part.frequency, MIXED)
    bounds = (nodes.deepest if mixed else nodes.loudest - 1.0)[nodes.smooth :]
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = log_transform_of(group, [np.concatenate([nodes.less[: nodes.smooth], bounds])]).real
    loud = np.flatnonzero(~(bound < SILENT))
    first = int(loud[-1]) + 1 if len(loud) else 0
    return float(nodes.probes[first]) if first < len(nodes.probes) else None


@lru_cache(maxsize=256)
def _last_frequency(part: Part, shock: Shock | None) -> tuple[float, tuple[float, ...]]:
    """Frequency from which |transform of the part| < 1e-15, and what each level of nodes carries.

    inf for a lattice that sounds up to its last frequency, or where none was found.
    """
    carried: list[float] = []
    for level in range(LEVELS):
        nodes = nodes_of(part.size, level)
        if nodes is None:
            break
        last = _silent_from(part, shock, nodes)
        carried.append(inf if nodes.step else float(nodes.probes[-1]) * (1.0 + 1e-9))
        if last is not None:
            return last, tuple(carried)
        if nodes.step:
            break
    return inf, tuple(carried)


def _fewer(law: FrequencyLaw) -> FrequencyLaw:
    """A law of at most 19 % fewer claims, on a coarse grid: it falls silent no sooner."""
    if isinstance(law, Poisson):
        return Poisson(2.0 ** (floor(4.0 * log2(law.rate)) / 4.0))
    if isinstance(law, NegativeBinomial):
        return NegativeBinomial(law.size, 2.0 ** (floor(4.0 * log2(law.beta)) / 4.0))
    return law


@lru_cache(maxsize=64)
def shock_moments(shock: Shock) -> tuple[float, float]:
    """Return mean and variance of a factor."""
    return shock.moment(1), shock.variance


def _count_moments(law: FrequencyLaw) -> tuple[float, float]:
    """Mean and variance of a number of claims."""
    if isinstance(law, Poisson):
        return law.rate, law.rate
    if isinstance(law, NegativeBinomial):
        return law.size * law.beta, law.size * law.beta * (1.0 + law.beta)
    return law.mean, law.variance


@lru_cache(maxsize=128)
def voice_of(part: Part, shock: Shock | None) -> Voice | None:
    """Return what a part brings to a total, kept by content."""
    nodes = nodes_of(part.size, 0)
    if nodes is None:
        return None
    last, levels = _last_frequency(Part(frequency=_fewer(part.frequency), size=part.size), shock)
    (number, spread), (first, square) = _count_moments(part.frequency), nodes.moments
    load = number * first
    if shock is None:
        mean, variance = load, number * (square - first**2) + spread * first**2
    else:
        factor, its_variance = shock_moments(shock)
        mean, variance = factor * load, factor * number * square + its_variance * load**2
    return Voice(
        nodes=nodes,
        number=number,
        last=last,
        levels=levels,
        load=load,
        mean=mean,
        variance=variance,
        mean_slack=number * nodes.mean_slack,
    )
