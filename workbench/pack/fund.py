"""The files of the fund over years as nouns, and the rules that need more than a cell.

Floor 2, inside `pack`.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.consistency import actions_against
from workbench.guard import freeze
from workbench.inputs import Action, RenewalTable, Retirement, ScenarioYears
from workbench.pack.faults import FaultList
from workbench.pack.rows import Row, Table
from workbench.schema import ACTION_WAYS
from workbench.timeline import AGE_BANDS, SEXES

__all__ = [
    "build_actions",
    "build_renewal",
    "build_retirement",
    "build_scenario_years",
    "check_actions",
    "check_renewal",
    "check_retirement",
    "check_scenario_years",
]

ALL = "all"
CLOSE = 1e-9


def build_renewal(table: Iterable[Row]) -> RenewalTable | None:
    """Return rates by sex and age band; None without rows."""
    rows = {(row["sex"], row["age_band"]): row for row in table}
    if not rows:
        return None
    columns = {
        name: freeze([[rows[sex, band][name] for band in AGE_BANDS] for sex in SEXES], float)
        for name in ("renewal_rate", "joining_rate")
    }
    return RenewalTable(
        renewal=columns["renewal_rate"],
        joining=columns["joining_rate"],
        provenance="; ".join(dict.fromkeys(row["provenance"] for row in rows.values())),
    )


def build_retirement(table: Iterable[Row]) -> tuple[Retirement, ...]:
    """Return one group a row."""
    names = ("group", "sex", "first_year", "last_year", "state", "provenance")
    return tuple(
        Retirement(
            **{name: row[name] for name in names},
            share=float(row["share"]),
            age_before=float(row["age_before"]),
            age_after=float(row["age_after"]),
        )
        for row in table
    )


def build_actions(table: Iterable[Row]) -> tuple[Action, ...]:
    """Return one action a row; a blank amount is 0."""
    names = ("name_zh", "name_en", "when", "unit", "does", "plan", "most_times", "provenance")
    return tuple(
        Action(
            code=row["action"],
            **{name: row[name] for name in names},
            line=float(row["line"]),
            amount=float(row["amount"] or 0.0),
        )
        for row in table
    )


def build_scenario_years(table: Iterable[Row]) -> tuple[ScenarioYears, ...]:
    """Return one scenario a row."""
    return tuple(
        ScenarioYears(
            scenario=row["scenario"],
            first_year=row["first_year"],
            last_year=row["last_year"],
            rebound_factor=float(row["rebound_factor"]),
            provenance=row["provenance"],
        )
        for row in table
    )


def check_renewal(table: Table, faults: FaultList) -> None:
    """Note cells of sex and age that are missing."""
    if not table.whole:
        return
    found = {(row["sex"], row["age_band"]) for row in table}
    for sex in SEXES:
        for band in AGE_BANDS:
            if (sex, band) not in found:
                told = {"column": "sex, age_band", "value": f"{sex}, {band}"}
                faults.add("row-missing", file=table.file.name, **told)


def check_retirement(table: Table, faults: FaultList) -> None:
    """Note shares of a sex that do not add to 1, and years in the wrong order."""
    if not table.whole:
        return
    for row in table:
        if row["last_year"] <= row["first_year"]:
            allowed = f"> {row['first_year']}"
            faults.cell("cell-out-of-range", row, "last_year", allowed=allowed)
    for sex in SEXES:
        total = sum(row["share"] for row in table if row["sex"] == sex)
        if abs(total - 1.0) > CLOSE:
            told = f"{sex}: {total:.6g}"
            faults.add("shares-not-one", file=table.file.name, column="share", value=told)


def check_actions(table: Table, codes: Iterable[str] | None, faults: FaultList) -> None:
    """Note unknown plans, missing amounts, actions the wrong way, actions against each other.

    `codes` of the plans; None where they are not asked.
    """
    codes = None if codes is None else [ALL, *codes]
    before = faults.count
    for row in table:
        if codes is not None and row["plan"] not in codes:
            faults.cell("cell-code-unknown", row, "plan", allowed=", ".join(codes))
        way = ACTION_WAYS[row["does"]]
        if row["when"] != way:
            faults.cell("action-wrong-way", row, "when", name=row["does"], allowed=way)
        needs = row["does"] != "stop_joining"
        if needs and row["amount"] is None:
            faults.cell("cell-blank", row, "amount")
        if not needs and row["amount"] is not None:
            faults.cell("action-needs-no-amount", row, "amount", name=row["does"])
    if faults.count == before:
        for fault in actions_against(build_actions(table)):
            faults.take(fault)


def check_scenario_years(table: Table, faults: FaultList) -> None:
    """Note a last year before the first."""
    for row in table:
        if row["last_year"] < row["first_year"]:
            allowed = f">= {row['first_year']}"
            faults.cell("cell-out-of-range", row, "last_year", allowed=allowed)
