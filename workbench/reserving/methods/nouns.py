"""The nouns of the methods: what a method may use, and what it says.

Floor 4, inside `reserving.methods`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from workbench.reserving.methods.cells import PlanCells
from workbench.reserving.methods.model_law import ModelBasis, YearLevel
from workbench.reserving.methods.selection import Selection
from workbench.risk import Figure
from workbench.triangles import Triangle

__all__ = ["LEVELS", "Case", "Estimate", "PlanSaid"]

LEVELS = (0.05, 0.5, 0.75, 0.9, 0.95, 0.995)
"""Levels of the total's law that a method with a law gives; the first and 0.95 hold 90 %."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """What the methods may use: the triangle, the selection, and by origin (origins,) or None.

    `premium` contributions or another measure of exposure, `expected` claims expected beforehand;
    `counts` a triangle of numbers paid, `reported` of numbers reported. `model` what the scheme
    says of these origins, `cells` the payments plan by plan.
    """

    triangle: Triangle
    selection: Selection = field(default_factory=Selection)
    premium: np.ndarray | None = None
    expected: np.ndarray | None = None
    counts: Triangle | None = None
    reported: Triangle | None = None
    model: ModelBasis | None = None
    cells: PlanCells | None = None
    replications: int = 10_000
    seed: int = 1

    @property
    def given(self) -> frozenset[str]:
        """Names of what is there besides the triangle."""
        names = ("premium", "expected", "counts", "reported", "model")
        found = {name for name in names if getattr(self, name) is not None}
        several = self.cells is not None and len(self.cells.codes) > 1
        return frozenset(found | {"plans"} if several else found)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSaid:
    """What a method of several plans says of one: reserve, standard error, quantiles by level."""

    reserve: float
    standard_error: float
    quantiles: Mapping[float, Figure]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """What one method says, by origin (origins,) and in total.

    Errors are None where the method has none. `to_ultimate` (periods,) is the development that it
    takes, for what is still to come; `quantiles` of the total reserve by level. `plans` the same
    of each plan, from methods that know them; `levels` of the years, from the model's law.
    """

    method: str
    factors: np.ndarray
    to_ultimate: np.ndarray
    latest: np.ndarray
    ultimate: np.ndarray
    standard_error: np.ndarray | None = None
    total_standard_error: float | None = None
    one_year: np.ndarray | None = None
    total_one_year: float | None = None
    quantiles: Mapping[float, Figure] = field(default_factory=dict)
    plans: Mapping[str, PlanSaid] = field(default_factory=dict)
    levels: tuple[YearLevel, ...] = ()

    @property
    def reserve(self) -> np.ndarray:
        """Ultimate less latest, (origins,)."""
        return self.ultimate - self.latest
