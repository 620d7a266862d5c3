"""Rules of scenarios.csv: one title a scenario, and changes that the pack takes.

Floor 2, inside `pack`.
"""

from __future__ import annotations

from workbench.guard import Fault
from workbench.inputs import Inputs
from workbench.names import checked_value
from workbench.pack.faults import FaultList
from workbench.pack.rows import Row, Table

__all__ = ["check_scenarios"]


def check_scenarios(inputs: Inputs, table: Table, faults: FaultList) -> None:
    """Note what is wrong in the rows of scenarios.csv."""
    titles: dict[str, Row] = {}
    for row in table:
        first = titles.setdefault(row["scenario"], row)
        for column in ("name_zh", "name_en"):
            if row[column] != first[column]:
                faults.cell("scenario-two-titles", row, column, allowed=first[column])
        _change(inputs, row, faults)


def _change(inputs: Inputs, row: Row, faults: FaultList) -> None:
    """Note a row whose name or value the pack does not take."""
    name, value = row["name"], row["value"]
    if name is None and value is None:
        return
    if name is None or value is None:
        faults.cell("scenario-half-given", row, "name, value", value=name or value)
        return
    checked = checked_value(inputs, name, value)
    if not isinstance(checked, Fault):
        return
    if checked.code.startswith("change-name"):
        faults.cell("scenario-name-refused", row, "name", allowed=_allowed(checked))
    else:
        faults.cell("scenario-value-refused", row, "value", name=name, allowed=_allowed(checked))


def _allowed(fault: Fault) -> str:
    """What the fault of a change says about what is allowed, in figures or names."""
    parts = fault.parts
    if "low" in parts:
        return f"[{parts['low']}, {parts['high']}]"
    return str(parts.get("nearest", parts.get("allowed", "-")))
