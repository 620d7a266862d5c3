"""What may be changed: every name of `--set`, and one value checked against its name.

Floor 1. Used by `pack` (scenarios of the pack) and `changes` (everything else).
"""

from workbench.names.checking import checked_value
from workbench.names.listing import (
    LEAVE,
    MOST_OWN_YEARS,
    MOVES_NOTHING,
    OWN_YEARS,
    SEGMENT,
    AllowedName,
    allowed_name,
    allowed_names,
)

__all__ = [
    "AllowedName",
    "LEAVE",
    "MOST_OWN_YEARS",
    "MOVES_NOTHING",
    "OWN_YEARS",
    "SEGMENT",
    "allowed_name",
    "allowed_names",
    "checked_value",
]
