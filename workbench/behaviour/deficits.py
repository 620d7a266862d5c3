"""The year's law of a plan whose members have reacted: probability of a deficit and shortfall.

Floor 5, inside `behaviour`. Given the shock the events of a cell are Poisson, those of its hidden
classes too; their sum is Poisson with the summed rate. So the law on the remaining members is the
engine's own law at rates times N_jc / N0_jc, without approximation in the collective form.
Source: docs/participation.md section 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.special import ndtr

from workbench.behaviour.cells import PlanCells
from workbench.behaviour.curves import Curve
from workbench.engine.events import MemberRates, Scheme
from workbench.engine.mixing import common_shock
from workbench.engine.moments import illness_paid
from workbench.engine.stages import plan_law
from workbench.exact import RELATIVE_ERROR, TRANSFORM_NOISE, chance_error, rounding_yuan
from workbench.risk import Figure

__all__ = ["Deficit", "Spread", "deficit_of", "reacted", "spread_of", "telling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deficit:
    """P(paid + expected expenses > contributions) and E(the gap)⁺ in yuan a year."""

    probability: Figure
    shortfall_yuan: Figure


def reacted(scheme: Scheme, where: np.ndarray, claims: np.ndarray) -> Scheme:
    """Return the scheme with the rates of the cells `where` times `claims`, both (n,).

    Stands for other members, not for other rates: only the product of the two counts.
    """
    factor = np.ones(len(scheme.portfolio.members))
    factor[where] = claims
    rates = {one.name: getattr(scheme.rates, one.name) * factor for one in fields(MemberRates)}
    return replace(scheme, rates=MemberRates(**rates))


def deficit_of(
    cells: PlanCells, claims: np.ndarray, limit_yuan: float, *, before: bool = False
) -> Deficit:
    """Return the risk of a plan.

    Parameters
    ----------
    cells
        The plan's members.
    claims
        Claims of each cell relative to today's, (cells,).
    limit_yuan
        Contributions less expected expenses: what is there for benefits.
    before
        Whether the terms are those in force.
    """
    scheme = cells.scheme_before if before else cells.scheme
    law, coarse = plan_law(reacted(scheme, cells.where, claims), cells.place)
    chance, gap = law.probability_above(limit_yuan), max(0.0, law.expected_excess(limit_yuan))
    chance_again = coarse.probability_above(limit_yuan)
    gap_again = max(0.0, coarse.expected_excess(limit_yuan))
    steep = float(chance_error(law, np.array([limit_yuan]))[0])
    wide = max(rounding_yuan(law), abs(limit_yuan) * TRANSFORM_NOISE, gap * RELATIVE_ERROR)
    return Deficit(
        probability=Figure(
            chance, max(abs(chance - chance_again), steep, TRANSFORM_NOISE, chance * RELATIVE_ERROR)
        ),
        shortfall_yuan=Figure(gap, max(abs(gap - gap_again), wide)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Variance of a plan's yearly benefits m as a·m + b·m²: chance of each event, common shock."""

    single: float
    common: float

    def sd(self, mean: np.ndarray) -> np.ndarray:
        """Standard deviation at a mean, yuan."""
        return np.sqrt(self.single * mean + self.common * mean**2)


def spread_of(cells: PlanCells) -> Spread:
    """Return the spread at the new terms if nobody reacts."""
    law, _ = plan_law(cells.scheme, cells.place)
    if law.mean <= 0.0:
        return Spread(single=0.0, common=0.0)
    illness = float(illness_paid(cells.scheme)[cells.place]) / law.mean
    common = common_shock(cells.scheme.inputs.assumptions).variance * illness**2
    single = max(law.sd**2 - common * law.mean**2, 0.0) / law.mean
    return Spread(single=single, common=common)


def telling(curves: Sequence[Curve], place: int, spread: Spread) -> list[int]:
    """Return the curves that bound the deficit at one premium, the central one (0) first.

    Those of least and greatest margin in standard deviations, and of least and greatest shortfall,
    by the normal law. It only chooses among the reactions; the law at each is exact.
    """
    paid = np.array([one.paid_yuan[place] for one in curves])
    margin = np.array([one.surplus_yuan[place] for one in curves])
    sd = np.maximum(spread.sd(paid), 1e-9)
    apart = margin / sd
    density = np.exp(-0.5 * np.minimum(apart**2, 1e3)) / np.sqrt(2.0 * np.pi)
    gap = sd * density - margin * ndtr(-apart)
    ends = (apart.argmin(), apart.argmax(), gap.argmin(), gap.argmax())
    return list(dict.fromkeys([0, *map(int, ends)]))
