"""Age bands, sexes and the days of a plan-year: the index axes that every array shares.

Floor 1. Source: `data/members_mix.csv` (age bands), docs/model.md section 1.
"""

from __future__ import annotations

__all__ = ["AGE_BANDS", "DAYS_IN_YEAR", "FEMALE", "MALE", "SEXES", "band_bounds"]

AGE_BANDS = ("16-19", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50-54", "55-60")
"""Nine age bands, age at the start of the plan-year, youngest first."""

SEXES = ("M", "F")
MALE, FEMALE = 0, 1

DAYS_IN_YEAR = 365
"""A plan-year has the days 1 to 365."""


def band_bounds(band: str) -> tuple[int, int]:
    """Return the first and the last age (years) of an age band written 'LOW-HIGH'."""
    low, high = band.split("-")
    return int(low), int(high)
