"""How far the figures of a tier move over draws of the parameters.

Floor 4, inside `premium`. A band is the 5 % and the 95 % of what the draws say, each by itself: the
law of the year given its parameters. Source: docs/tiers.md section 2, docs/uncertainty.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workbench.engine.mixture import MixtureLaw
from workbench.engine.stages import YearLaws
from workbench.guard import freeze
from workbench.premium.tiers import TierTable

__all__ = ["BAND", "Band", "tier_bands"]

BAND = (0.05, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Ends of a band, one a tier, both (tiers,)."""

    low: np.ndarray
    high: np.ndarray


def _band(values: np.ndarray) -> Band:
    low, high = np.quantile(values, BAND, axis=0)
    return Band(low=freeze(low), high=freeze(high))


def tier_bands(laws: YearLaws, place: int, table: TierTable) -> Mapping[str, Band]:
    """Return, by figure of the table, its band over the draws; empty under process risk alone.

    Expenses are those of the mean number of beneficiaries, as in the table.
    """
    law = laws.laws[place]
    if laws.draws is None or not isinstance(law, MixtureLaw):
        return {}
    paid = laws.draws.paid_yuan[:, place, np.newaxis]
    contribution = table.enrolments * table.premiums
    surplus = table.budget_yuan - paid
    return {
        "loss_ratio": _band(paid / contribution),
        "deficit_probability": _band(1.0 - law.given(table.budget_yuan).below),
        "expected_surplus_yuan": _band(surplus),
        "break_even_incidence": _band(table.break_even_incidence.values * law.mean / paid),
    }
