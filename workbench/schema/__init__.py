"""What every file of a pack holds: columns, types, units, ranges, keys, names of beliefs.

Floor 1. The declarations are in `files` (columns) and `beliefs` (named numbers); their meaning in
Chinese and English stands in `workbench/locale/columns.csv`. `python -m workbench.schema` writes
`data/README.md` from them.
"""

from workbench.schema.beliefs import (
    BELIEFS,
    SEGMENT_COINSURANCE,
    SEGMENT_PARAMETERS,
    SEVERITY_ROWS,
    STATES,
    WHAT_IF_RANGES,
    NamedNumber,
    belief_names,
)
from workbench.schema.columns import Column, File, read_number
from workbench.schema.files import (
    FILES,
    FORM_TERMS,
    INCIDENCE_FACTOR,
    INCIDENCE_UNIT,
    PLAN_NUMBERS,
    USUAL_PREMIUM,
    file_named,
)
from workbench.schema.fund import ACTION_UNITS, ACTION_WAYS
from workbench.schema.programmes import DIMENSIONS, LEVERS
from workbench.schema.rules import RULE_CONDITIONS, RULE_FIGURES, RuleFigure

__all__ = [
    "ACTION_UNITS",
    "ACTION_WAYS",
    "BELIEFS",
    "DIMENSIONS",
    "LEVERS",
    "Column",
    "FILES",
    "FORM_TERMS",
    "File",
    "INCIDENCE_FACTOR",
    "INCIDENCE_UNIT",
    "NamedNumber",
    "PLAN_NUMBERS",
    "RULE_CONDITIONS",
    "RULE_FIGURES",
    "RuleFigure",
    "SEGMENT_COINSURANCE",
    "SEGMENT_PARAMETERS",
    "SEVERITY_ROWS",
    "STATES",
    "USUAL_PREMIUM",
    "WHAT_IF_RANGES",
    "belief_names",
    "file_named",
    "read_number",
]
