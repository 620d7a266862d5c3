"""Rules of rules.csv: one title a rule, the unit and range of each figure, no contradiction.

Floor 2, inside `pack`. Whether a tier meets a rule is asked when tiers are computed.
"""

from __future__ import annotations

from workbench.pack.faults import FaultList
from workbench.pack.rows import Row, Table
from workbench.schema import RULE_FIGURES

__all__ = ["check_rules"]


def check_rules(table: Table, faults: FaultList) -> None:
    """Note what is wrong in the rows of rules.csv."""
    titles: dict[str, Row] = {}
    other_ends: dict[tuple[str, str], Row] = {}
    for row in table:
        first = titles.setdefault(row["code"], row)
        for column in ("name_zh", "name_en"):
            if row[column] != first[column]:
                faults.cell("rule-two-titles", row, column, allowed=first[column])
        _limit(row, faults)
        other = other_ends.setdefault((row["code"], row["figure"]), row)
        if other is not row:
            _ends(other, row, faults)


def _limit(row: Row, faults: FaultList) -> None:
    """Note a unit that is not the figure's, or a limit that the figure cannot have."""
    figure = RULE_FIGURES[row["figure"]]
    if row["unit"] != figure.unit:
        faults.cell("cell-fixed", row, "unit", allowed=figure.unit)
    if not figure.low <= row["limit"] <= figure.high:
        faults.cell("cell-out-of-range", row, "limit", allowed=f"[{figure.low:g}, {figure.high:g}]")


def _ends(first: Row, row: Row, faults: FaultList) -> None:
    """Note a figure that must be at least more than it may be at most."""
    ends = {one["condition"]: one["limit"] for one in (first, row)}
    if len(ends) == 2 and ends["at_least"] > ends["at_most"]:
        faults.cell("rule-contradicts-itself", row, "limit", name=row["figure"], other=first.number)
