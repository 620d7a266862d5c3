"""Incidence: yearly rates of a member by kind of event, sex and age band.

Floor 1. Source: docs/model.md section 2; `data/incidence_by_age_sex.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from workbench.guard import freeze

__all__ = ["RATE_EVENTS", "RATE_SCALES", "RateTable"]

RATE_EVENTS = (
    "hospital_claimant",
    "injury_claimant",
    "critical_illness",
    "special_disease",
    "accidental_death",
)
"""Events of the incidence file, in its order."""

RATE_SCALES = {
    "special_disease_rate_scale": "special_disease",
    "injury_rate_scale": "injury_claimant",
    "accidental_death_rate_scale": "accidental_death",
}
"""Name of `--set` → the event whose rates it multiplies: those that no assumption multiplies."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateTable:
    """Rates or relativities by event, sex and age band.

    `values` has the shape (5 events, 2 sexes, 9 age bands): a probability per member-year, or a
    relativity where `times_parameter` of the event names the assumption that multiplies it
    (empty string: none). Special disease of men is 0 here; `special_disease_men_relativity`
    times the women's rate is added by `yearly_rates`.
    """

    values: np.ndarray
    times_parameter: tuple[str, ...]
    provenance: tuple[str, ...]

    def scaled(self, factors: Mapping[str, float]) -> RateTable:
        """Return the table with the rates of some events multiplied, by the name of the event."""
        by_event = np.array([factors.get(event, 1.0) for event in RATE_EVENTS])
        return replace(self, values=freeze(self.values * by_event[:, None, None]))
