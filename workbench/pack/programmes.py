"""Programmes and relativities: their rows as nouns, and the rules that need more than a cell.

Floor 2, inside `pack`.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.inputs import Programme, Relativity
from workbench.pack.faults import FaultList
from workbench.pack.rows import Row, Table

__all__ = ["build_programmes", "build_relativities", "check_programmes", "check_relativities"]


def build_programmes(table: Iterable[Row]) -> tuple[Programme, ...]:
    """Return one programme a row; a blank effect is 0."""
    return tuple(
        Programme(
            code=row["programme"],
            kind=row["kind"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            members=row["members"],
            total_yuan=float(row["total_yuan"]),
            years=float(row["years"]),
            borne_share=float(row["borne_share"]),
            lever=row["lever"] or "",
            effect=float(row["effect"] or 0.0),
            effect_low=float(row["effect_low"] or 0.0),
            effect_high=float(row["effect_high"] or 0.0),
            state=row["state"],
            provenance=row["provenance"],
        )
        for row in table
    )


def build_relativities(table: Iterable[Row]) -> tuple[Relativity, ...]:
    """Return one relativity a row."""
    return tuple(
        Relativity(
            table=row["table"],
            dimension=row["dimension"],
            level=row["level"],
            factor=float(row["factor"]),
            provenance=row["provenance"],
        )
        for row in table
    )


def check_programmes(table: Table, faults: FaultList) -> None:
    """Note a lever without an effect, an effect without a lever, and ends in the wrong order."""
    for row in table:
        ends = [row["effect_low"], row["effect"], row["effect_high"]]
        if not row["lever"]:
            _without_lever(row, faults)
            continue
        for name, value in zip(("effect_low", "effect", "effect_high"), ends, strict=True):
            if value is None:
                faults.cell("cell-blank", row, name)
        if None not in ends and ends != sorted(ends):
            told = f"{row['effect_low']:g}, {row['effect']:g}, {row['effect_high']:g}"
            faults.cell("effect-out-of-order", row, "effect", value=told)


def _without_lever(row: Row, faults: FaultList) -> None:
    for name in ("effect", "effect_low", "effect_high"):
        if row[name] is not None:
            faults.cell("effect-without-lever", row, name)


def check_relativities(table: Table, faults: FaultList) -> None:
    """Note a table of relativities of two dimensions."""
    first: dict[str, Row] = {}
    for row in table:
        other = first.setdefault(row["table"], row)
        if row["dimension"] != other["dimension"]:
            faults.cell("relativity-two-dimensions", row, "dimension", allowed=other["dimension"])
