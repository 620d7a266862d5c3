"""The counties of a pack as nouns, and the rule that their shares add to 1.

Floor 2, inside `pack`.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.inputs import County
from workbench.pack.faults import FaultList
from workbench.pack.rows import Row, Table

__all__ = ["MOST_COUNTIES", "build_counties", "check_counties"]

MOST_COUNTIES = 100
CLOSE = 1e-6


def build_counties(table: Iterable[Row]) -> tuple[County, ...]:
    """Return one county a row."""
    return tuple(
        County(
            code=row["county"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            share=float(row["share_of_members"]),
            level=float(row["illness_level"]),
            state=row["state"],
            provenance=row["provenance"],
        )
        for row in table
    )


def check_counties(table: Table, faults: FaultList) -> None:
    """Note shares that do not add to 1, a share of 0 and too many counties."""
    if not table.whole:
        return
    rows = list(table)
    if len(rows) > MOST_COUNTIES:
        told = {"column": "county", "value": len(rows), "allowed": MOST_COUNTIES}
        faults.add("counties-too-many", file=table.file.name, **told)
    for row in rows:
        if row["share_of_members"] <= 0.0:
            faults.cell("cell-out-of-range", row, "share_of_members", allowed="(0, 1]")
    total = sum(row["share_of_members"] for row in rows)
    if rows and abs(total - 1.0) > CLOSE:
        told = {"column": "share_of_members", "value": f"{total:.6g}"}
        faults.add("shares-not-one", file=table.file.name, **told)
