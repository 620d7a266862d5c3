"""Changes to a pack: every slider, `--set`, scenario and tier is one noun applied in one room.

Floor 2. `Changes` holds names and values; `apply` makes the changed pack or refuses; `parse_set`
and `scenario` make `Changes` from a command line, the pack's own scenarios, or a TOML file.
"""

from workbench.changes.applying import apply, warnings_of
from workbench.changes.enrolments import rake
from workbench.changes.noun import Changes
from workbench.changes.sources import parse_set, parts_to_come, scenario, with_own_scenario
from workbench.names import AllowedName, allowed_names

__all__ = [
    "AllowedName",
    "Changes",
    "allowed_names",
    "apply",
    "parse_set",
    "parts_to_come",
    "rake",
    "scenario",
    "warnings_of",
    "with_own_scenario",
]
