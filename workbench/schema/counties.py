"""The file of counties: shares of the members and the level of illness; optional.

Floor 1, inside `schema`. The built-in one is synthetic and says so in every row.
"""

from __future__ import annotations

from workbench.schema.beliefs import STATES
from workbench.schema.columns import Column, File
from workbench.schema.parts import CODE, PROVENANCE, number_column, share_column

__all__ = ["COUNTIES_FILE"]

COUNTIES_FILE = File(
    name="counties.csv",
    key=("county",),
    columns=(
        Column(name="county", kind="code", pattern=CODE),
        Column(name="name_zh"),
        Column(name="name_en"),
        share_column("share_of_members"),
        number_column("illness_level", "ratio", 0.2, 5.0),
        Column(name="state", kind="code", codes=STATES),
        PROVENANCE,
    ),
    optional=True,
)
"""A county is a part of the scheme's members: all plans alike, at most a hundred."""
