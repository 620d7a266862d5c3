"""Payment histories: an office's own records, or a simulated one; triangles from either.

Floor 5. A simulated history says so wherever it is shown. Source: docs/history.md.
"""

from workbench.history.aggregating import (
    STEPS,
    WHATS,
    closing_of,
    plan_cells,
    triangle_lines,
    unpaid_truth_fen,
)
from workbench.history.counties import (
    CountyAlone,
    CountyYears,
    Pooling,
    county_lines,
    county_years,
    pooling,
    read_county_years,
)
from workbench.history.many import MonthCells, many_histories
from workbench.history.nouns import OPEN, Payments
from workbench.history.reading import is_payments, read_payments
from workbench.history.scoring import Scored, score
from workbench.history.simulating import GENERATORS, simulated_history

__all__ = [
    "CountyAlone",
    "CountyYears",
    "GENERATORS",
    "MonthCells",
    "OPEN",
    "Payments",
    "Pooling",
    "STEPS",
    "Scored",
    "WHATS",
    "closing_of",
    "county_lines",
    "county_years",
    "is_payments",
    "many_histories",
    "plan_cells",
    "pooling",
    "read_county_years",
    "read_payments",
    "score",
    "simulated_history",
    "triangle_lines",
    "unpaid_truth_fen",
]
