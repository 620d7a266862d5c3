"""The status of a plan: sound, watch or short; and whether it returns little to its members.

Floor 9. The one place of the limits. They are a choice of this workbench for a first look, not a
rule of any authority; every page says them where a status is shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.engine.results import PlanFigures
from workbench.show.reports import RULE

__all__ = ["LIMITS", "RETURNS_LITTLE", "SHORT", "STATUS_SIGNS", "returns_little", "status_of"]

SHORT = 0.5
"""A plan that is likelier than not to end the year in deficit is short."""

RETURNS_LITTLE = 0.6
"""A plan with a loss ratio below this returns little."""

LIMITS: Mapping[str, float] = {"watch": RULE, "short": SHORT, "little": RETURNS_LITTLE}
"""Limits by name, as shares: the parts of `page.status_limits`."""

STATUS_SIGNS: Mapping[str, str] = {"sound": "●", "watch": "▲", "short": "■"}
"""Shape of each status: it must be told apart without colour."""


def status_of(figures: PlanFigures) -> str:
    """Return "short", "watch" or "sound".

    Short where a deficit is expected or likelier than not; watch where it has a probability above
    one in twenty.
    """
    chance = figures.deficit_probability.value
    if figures.expected_surplus_yuan.value < 0.0 or chance > SHORT:
        return "short"
    return "watch" if chance > RULE else "sound"


def returns_little(figures: PlanFigures) -> bool:
    """Whether less than the limit of each yuan goes to benefits."""
    return figures.loss_ratio.value < RETURNS_LITTLE
