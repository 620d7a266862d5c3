"""The shape of the year's benefits for a picture: density and exceedance over yuan.

Floor 8. The law is the one that gave the figures; the engine keeps it, so a curve costs a few
milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.stages import year_laws
from workbench.questions.registry import Asked

__all__ = ["YearCurve", "year_curve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCurve:
    """Law of the scheme's yearly benefits on a grid, shapes (points,).

    `paid_yuan` increasing; `density` per yuan; `above` the probability that benefits exceed
    `paid_yuan`.
    """

    paid_yuan: np.ndarray
    density: np.ndarray
    above: np.ndarray


def year_curve(asked: Asked, *, points: int = 180) -> YearCurve:
    """Return the computed law of the scheme's benefits between its 1e-5 quantiles."""
    law = year_laws(asked.inputs, asked.own.get("form", "collective")).laws[-1]
    paid, density = law.density(points)
    above = 1.0 - np.interp(paid, law.yuan, law.cumulative - law.mass / 2)
    return YearCurve(paid_yuan=paid, density=density, above=np.clip(above, 0.0, 1.0))
