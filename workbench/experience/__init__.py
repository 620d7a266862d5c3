"""Own figures: the sheet an office fills in, set against the model, and what it changes.

Floor 5. `read_sheet` and `read_lines` make a `History`; `compare` sets it against the year's law;
`levels_of` weighs own figures by credibility; `updated_changes` writes the levels in names that
`--set` takes. Method and sources: docs/own-figures.md.
"""

from workbench.experience.comparing import compare
from workbench.experience.expected import PlanYear, Years, expected_years
from workbench.experience.levels import METHODS, Standard, levels_of
from workbench.experience.nouns import Compared, History, Level, Observation, Updated
from workbench.experience.sheet import blank_sheet, read_lines, read_sheet
from workbench.experience.solving import updated_changes

__all__ = [
    "Compared",
    "History",
    "Level",
    "METHODS",
    "Observation",
    "PlanYear",
    "Standard",
    "Updated",
    "Years",
    "blank_sheet",
    "compare",
    "expected_years",
    "levels_of",
    "read_lines",
    "read_sheet",
    "updated_changes",
]
