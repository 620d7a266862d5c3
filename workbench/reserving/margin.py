"""The risk margin: what unpaid claims and unexpired cover may cost at a level of confidence.

Floor 4, inside `reserving`. Given the parameters the law is exact (`engine.part_laws`); over draws
of the delay, and of the parameters, the amount is that law scaled to each draw's mean: its shape
is kept. Source: docs/reserving.md section 9; IFRS 17 B87 to B92 (confidence level); insurers' rule
of 2021 for non-life reserves (risk margin at 75 to 85 %).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.annual import AnnualLaw
from workbench.engine.part_laws import PartLaws
from workbench.guard import freeze
from workbench.risk import Figure
from workbench.uncertainty import standard_error

__all__ = ["BASES", "LEVEL", "LEVELS", "Margin", "ScaledLaw", "margins_of"]

LEVEL, LEVELS = 0.75, (0.5, 0.995)
"""Usual level of confidence, and the range of levels."""

BASES = ("process", "delay", "parameters")
"""What is uncertain: chance alone; the length of the delay too; the parameters too."""

STEPS = 60
ROUNDING_YUAN = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """Amount at the level of confidence, and what it is above the best estimate; yuan.

    `share` of the best estimate; NaN where that is nil.
    """

    basis: str
    amount_yuan: Figure
    margin_yuan: Figure
    share: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaledLaw:
    """Mean over draws of one law times each draw's factor (draws,)."""

    law: AnnualLaw
    factors: np.ndarray

    def cdf_of_draws(self, x: float) -> np.ndarray:
        """P(amount <= x) in each draw, (draws,)."""
        return self.law.tabled_cdfs(x / self.factors)

    def quantile(self, level: float) -> Figure:
        """Least amount with a probability of at least `level`, and its error over the draws."""
        if self.law.sd == 0.0 and np.ptp(self.factors) == 0.0:
            return Figure(self.law.mean * float(self.factors[0]), 0.0)
        one = self.law.quantile(level)
        low, high = one * float(self.factors.min()), one * float(self.factors.max())
        for _ in range(STEPS):
            middle = (low + high) / 2.0
            if high - low <= 1e-9 * max(high, 1.0):
                break
            reached = float(self.cdf_of_draws(middle).mean()) >= level
            low, high = (low, middle) if reached else (middle, high)
        return Figure(high, self._error(high))

    def _error(self, place: float) -> float:
        """Error of P(amount <= place) over the draws, over the density there."""
        if len(self.factors) == 1:
            return 0.0
        apart = 0.05 * max(self.law.sd, 1e-6 * place)
        slope = self.cdf_of_draws(place + apart).mean() - self.cdf_of_draws(place - apart).mean()
        drawn = float(standard_error(self.cdf_of_draws(place)))
        return drawn / max(float(slope) / (2.0 * apart), 1e-300)


def _one(
    laws: tuple[AnnualLaw, AnnualLaw], factors: np.ndarray, *, basis: str, level: float, best: float
) -> Margin:
    fine, coarse = (ScaledLaw(law=law, factors=factors).quantile(level) for law in laws)
    error = fine.error + max(abs(fine.value - coarse.value), ROUNDING_YUAN)
    above = fine.value - best
    return Margin(
        basis=basis,
        amount_yuan=Figure(fine.value, error),
        margin_yuan=Figure(above, error),
        share=above / best if best > 0.0 else float("nan"),
    )


def margins_of(
    laws: PartLaws, best: np.ndarray, factors: dict[str, np.ndarray], level: float = LEVEL
) -> tuple[dict[str, Margin], ...]:
    """Return the margins of the plans and, last, of their total, by what is uncertain.

    Parameters
    ----------
    laws
        Laws given the parameters in force.
    best
        Best estimates, yuan (plans + 1,).
    factors
        By basis: mean of each draw over the mean in force, (draws, plans + 1).
    level
        Level of confidence.
    """
    every = {"process": np.ones((1, len(best))), **factors}
    return tuple(
        {
            basis: _one(
                (law, coarse),
                freeze(drawn[:, place]),
                basis=basis,
                level=level,
                best=float(best[place]),
            )
            for basis, drawn in every.items()
        }
        for place, (law, coarse) in enumerate(zip(laws.laws, laws.coarse, strict=True))
    )
