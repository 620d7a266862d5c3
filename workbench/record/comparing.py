"""Why two runs differ: two records side by side, from what was asked down to single entries.

Floor 8.1. Nothing is computed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.pack import differences as pack_differences
from workbench.record.differing import Difference, figure_differences, table_differences
from workbench.record.keeping import AGREEMENT, Record
from workbench.record.parts import column_names
from workbench.record.rerunning import (
    Check,
    Outcome,
    figures_part,
    recorded_part,
    result_differences,
)

__all__ = ["compare"]

_MISSING = object()


def compare(one: Record, other: Record) -> Outcome:
    """Return in what two kept runs differ, and what made them differ.

    `identical` says that what was asked and what came out are the same; another version or machine
    is told, and by itself is no difference.
    """
    asked = [*_question(one, other), *_choices(one, other), *_inputs(one, other)]
    tables = _tables(one, other)
    results = _results(one, other)
    first, second = (_figures(record) for record in (one, other))
    figures, compared = figure_differences(first, second, AGREEMENT)
    found = [*asked, *tables, *results, *figures]
    sides = [recorded_part(record) for record in (one, other)]
    count = {"choices": 1, "inputs": 1, "tables": 1, "results": 1, "figures": compared}
    checks = tuple(
        Check(
            part=part,
            how="near" if part == "figures" else "bits",
            compared=number,
            different=sum(difference.part == part for difference in found),
        )
        for part, number in count.items()
    )
    return Outcome(
        compared_with="record",
        identical=not any(not difference.near for difference in found),
        checks=checks,
        differences=tuple(found),
        causes=_causes(found, *sides),
        recorded=sides[0],
        now=sides[1],
    )


def _figures(record: Record) -> dict[str, Any]:
    """Figures of a document, those of the whole scheme first; what was asked stands by itself."""
    told = figures_part(record.document)
    told.pop("choices", None)
    return {"total": told.pop("total"), **told} if "total" in told else told


def _causes(
    found: list[Difference], one: Mapping[str, Any], other: Mapping[str, Any]
) -> tuple[str, ...]:
    """Name what was asked otherwise; else program or machine."""
    parts = {difference.part for difference in found}
    asked = []
    if "choices" in parts:
        names = {
            difference.name.split(" / ")[0] for difference in found if difference.part == "choices"
        }
        asked += [] if names <= {"years", "seed"} else ["choices"]
        asked += [name for name in ("years", "seed") if name in names]
    if "inputs" in parts:
        asked.append("inputs")
    machine = [
        name
        for name, key in (
            ("version", "versions"),
            ("program", "code_sha256"),
            ("processor", "machine"),
        )
        if one[key] != other[key]
    ]
    return (*asked, *machine) if found else ()


def _question(one: Record, other: Record) -> list[Difference]:
    if one.question == other.question:
        return []
    return [Difference(part="choices", name="question", recorded=one.question, now=other.question)]


def _flat(record: Record) -> dict[str, Any]:
    """Choices by name, each change of `--set` by itself; lists as text."""
    told = dict(record.document.get("choices", {}))
    changes = told.pop("set", {}) or {}
    flat = {**told, **{f"set / {name}": value for name, value in changes.items()}}
    return {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in flat.items()
    }


def _choices(one: Record, other: Record) -> list[Difference]:
    first, second = _flat(one), _flat(other)
    return [
        Difference(part="choices", name=name, recorded=first.get(name), now=second.get(name))
        for name in dict.fromkeys([*first, *second])
        if first.get(name, _MISSING) != second.get(name, _MISSING)
    ]


def _inputs(one: Record, other: Record) -> list[Difference]:
    return [
        Difference(
            part="inputs",
            name=f"{entry.file} / {entry.key} / {entry.column}",
            recorded=entry.before,
            now=entry.after,
        )
        for entry in pack_differences(other.pack, one.pack)
    ]


def _tables(one: Record, other: Record) -> list[Difference]:
    if one.tables is None or other.tables is None or type(one.tables) is not type(other.tables):
        return []
    return table_differences(one.tables, other.tables)


def _results(one: Record, other: Record) -> list[Difference]:
    """First years in which the drawn integers differ, where both have the same years and plans."""
    first, second = one.parts, other.parts
    if first is None or second is None or one.question != other.question:
        return []
    if first.sums.shape != second.sums.shape or one.pack.plan_codes != other.pack.plan_codes:
        return []
    names = column_names(one.pack.plan_codes, first.sums.shape[1])
    return result_differences(first, second, names)
