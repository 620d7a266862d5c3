"""Reserves at a date: unearned premium, unpaid claims, contributions in advance, deficiency.

Floor 4. Source: docs/reserving.md.
"""

from workbench.reserving.dates import read_date, usual_dates
from workbench.reserving.estimate import (
    SEASON_READINGS,
    PlanReserve,
    ReserveEstimate,
    reserve,
)
from workbench.reserving.in_force import InForce

__all__ = [
    "SEASON_READINGS",
    "InForce",
    "PlanReserve",
    "ReserveEstimate",
    "read_date",
    "reserve",
    "usual_dates",
]
