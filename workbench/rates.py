"""Incidence: yearly rates of a member by kind of event, sex and age band.

Floor 1. Source: docs/model.md section 2; `data/incidence_by_age_sex.csv`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["RATE_EVENTS", "RateTable"]

RATE_EVENTS = (
    "hospital_claimant",
    "injury_claimant",
    "critical_illness",
    "special_disease",
    "accidental_death",
)
"""Events of the incidence file, in its order."""


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
