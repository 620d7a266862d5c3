"""Rules of enrolment_splits.csv: one title a split, and every plan of the pack in it.

Floor 2, inside `pack`. Whether the members can be raked to a split is asked when it is solved.
"""

from __future__ import annotations

from workbench.inputs import Inputs
from workbench.pack.faults import FaultList
from workbench.pack.rows import Row, Table
from workbench.pack.tables import nearest

__all__ = ["check_splits"]


def check_splits(inputs: Inputs, table: Table, faults: FaultList) -> None:
    """Note what is wrong in the rows of enrolment_splits.csv."""
    codes = list(inputs.plan_codes)
    titles: dict[str, Row] = {}
    for row in table:
        first = titles.setdefault(row["split"], row)
        for column in ("name_zh", "name_en"):
            if row[column] != first[column]:
                faults.cell("split-two-titles", row, column, allowed=first[column])
        if row["plan_id"] not in codes:
            near = nearest(row["plan_id"], codes) or ", ".join(codes)
            faults.cell("bundle-plan-unknown", row, "plan_id", nearest=near)
    given = {(row["split"], row["plan_id"]) for row in table}
    for split in titles:
        for code in codes:
            if (split, code) not in given:
                place = {"file": table.file.name, "column": ", ".join(table.file.key)}
                faults.add("row-missing", **place, value=f"{split}, {code}")
