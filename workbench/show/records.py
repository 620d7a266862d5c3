"""What a rerun or a comparison of two records found, as document, table and text.

Floor 9. The first difference and its likely cause come first; entries stand in the table.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from workbench.questions.documents import finite
from workbench.questions.table import Column, Table, Word
from workbench.show.numbers import count
from workbench.show.tables import text
from workbench.show.words import Words, words

if TYPE_CHECKING:
    from workbench.questions import Answer
    from workbench.record import Check, Outcome, Record
    from workbench.record.differing import Difference

__all__ = ["outcome_document", "outcome_report", "outcome_tables", "record_name", "rerun_line"]

ENDING = ".wbrun"

MOST_LISTED = 200
"""Differences that a document lists; `checks` have the number of all."""
MOST_SHOWN = 5
"""Differences of one part that a text shows."""


def record_name(answer: Answer) -> str:
    """Return the name of a file that keeps an answer: the same run has the same name."""
    return f"{answer.question}-{answer.record['run_id']}{ENDING}"


def rerun_line(file: str) -> str:
    """Return the command that makes a kept run again."""
    return f"workbench rerun {shlex.quote(file)}"


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """Return the JSON document of `rerun`."""
    return {
        "schema": "workbench.rerun/1",
        "verdict": "identical" if outcome.identical else "different",
        "compared_with": outcome.compared_with,
        "checks": [
            {
                "part": one.part,
                "how": one.how,
                "compared": one.compared,
                "different": one.different,
            }
            for one in outcome.checks
        ],
        "differences": [_difference_part(one) for one in outcome.differences[:MOST_LISTED]],
        "causes": list(outcome.causes),
        "recorded": dict(outcome.recorded),
        "now": dict(outcome.now),
    }


def _difference_part(one: Difference) -> dict[str, Any]:
    size = finite(one.size) if isinstance(one.size, float) else one.size
    return {
        "part": one.part,
        "name": one.name,
        "row": one.row,
        "column": one.column,
        "recorded": _json_value(one.recorded),
        "now": _json_value(one.now),
        "size": size,
        "number": one.number,
        "explained": one.near,
    }


def _json_value(value: Any) -> Any:
    """Return a value of JSON; a number that is not finite as text."""
    if isinstance(value, float) and finite(value) is None:
        return repr(value)
    return value


_SIDES = {"rerun": ("recorded", "now"), "record": ("first_run", "second_run")}


def _columns(sides: tuple[str, str]) -> tuple[Column, ...]:
    return (
        Column(key="part", kind="word"),
        Column(key="name"),
        Column(key="entry_row", kind="count"),
        Column(key="entry_column", kind="count"),
        *(Column(key=side) for side in sides),
        Column(key="size", kind="number"),
        Column(key="entries", kind="count"),
    )


def outcome_tables(outcome: Outcome, most: int | None = None) -> tuple[Table, ...]:
    """Return the differences as a table, the first `most` of each part."""
    listed: dict[str, list[Difference]] = {}
    for one in outcome.differences:
        listed.setdefault(one.part, []).append(one)
    rows = tuple(
        (
            Word(f"record.part_{one.part}"),
            one.name,
            one.row,
            one.column,
            _told(one.recorded),
            _told(one.now),
            _plain_size(one),
            one.number,
        )
        for part in listed.values()
        for one in part[:most]
    )
    columns = _columns(_SIDES[outcome.compared_with])
    return (Table(name="rerun", columns=columns, rows=rows),)


def _plain_size(one: Difference) -> float | None:
    return None if one.size is None else float(one.size)


def _told(value: Any) -> str:
    """Return a value of either side with all its digits."""
    return "—" if value is None else repr(value) if isinstance(value, float) else str(value)


def outcome_report(outcome: Outcome, records: tuple[Record, ...], language: str) -> str:
    """Return what was found as text: verdict, first difference, cause, tables, the records."""
    say = words(language)
    alone = outcome.compared_with == "rerun"
    found = _rerun_lines(outcome, say) if alone else _compared_lines(outcome, say)
    shown = outcome_tables(outcome, MOST_SHOWN)[0]
    parts = ["\n".join(found)]
    if outcome.differences:
        parts.append(text(shown, language).rstrip("\n"))
        more = len(outcome.differences) - len(shown.rows)
        if more > 0:
            parts.append(say("record.more", number=count(more)))
    parts.append("\n".join(_kept_line(record, say) for record in records))
    return "\n\n".join(parts) + "\n"


def _check(outcome: Outcome, part: str) -> Check | None:
    return next((one for one in outcome.checks if one.part == part), None)


def _rerun_lines(outcome: Outcome, say: Words) -> list[str]:
    lines = []
    results, tables = _check(outcome, "results"), _check(outcome, "tables")
    figures = _check(outcome, "figures")
    if not outcome.identical:
        first = next(one for one in outcome.differences if not one.near)
        lines.append(say("record.different", place=_place(first, say)))
    elif results is not None:
        years = count(outcome.years)
        lines.append(say("record.same_bits", years=years, number=count(results.compared)))
    elif figures is not None:
        lines.append(say("record.same_figures", number=count(figures.compared)))
    if tables is not None:
        lines.append(_tables_line(outcome, tables, say))
    if outcome.causes:
        lines.append(_causes_line(outcome, say))
    if outcome.counts == "numpy":
        version = outcome.recorded["versions"].get("numpy")
        lines.append(say("record.numpy_counts", version=version))
    return lines


def _tables_line(outcome: Outcome, tables: Check, say: Words) -> str:
    """Tell whether the tables made anew are the recorded ones."""
    entries = {"number": count(tables.compared), "different": count(tables.different)}
    unlike = [one for one in outcome.differences if one.part == "tables"]
    if not unlike:
        return say("record.tables_same", **entries)
    near = all(one.near for one in unlike)
    key = "record.tables_near" if near else "record.tables_far"
    return say(key, place=_place(unlike[0], say), **entries)


def _compared_lines(outcome: Outcome, say: Words) -> list[str]:
    if outcome.identical:
        return [say("record.same_runs"), *([_causes_line(outcome, say)] if outcome.causes else [])]
    told = [
        say("record.part_number", part=say(f"record.part_{one.part}"), number=count(one.different))
        for one in outcome.checks
        if one.different
    ]
    lines = [say("record.unlike_runs", parts=say("record.joiner").join(told))]
    return [*lines, _causes_line(outcome, say)] if outcome.causes else lines


def _place(one: Difference, say: Words) -> str:
    """Return where and by how much something differs."""
    size = "—" if one.size is None else _told(one.size)
    parts = {
        "part": say(f"record.part_{one.part}"),
        "name": one.name,
        "row": one.row,
        "column": one.column,
        "recorded": _told(one.recorded),
        "now": _told(one.now),
        "size": size,
    }
    if one.part == "results":
        return say("record.place_years", **{**parts, "row": count((one.row or 0) + 1)})
    if one.column is not None:
        return say("record.place_entry", **parts)
    return say("record.place_plain" if one.row is None else "record.place_row", **parts)


def _causes_line(outcome: Outcome, say: Words) -> str:
    sides = {"one": _side(outcome.recorded), "other": _side(outcome.now)}
    told = [
        say(f"record.cause_{name}", one=sides["one"].get(name), other=sides["other"].get(name))
        for name in outcome.causes
    ]
    return say("record.causes", causes=say("record.joiner").join(told))


def _side(side: Any) -> dict[str, str]:
    """Return what one side says of each possible cause, shortly."""
    versions, machine = side["versions"], side["machine"]
    libraries = ("python", "numpy", "scipy")
    features = machine.get("features") or ()
    processor = [machine.get("system"), machine.get("processor"), *features[-1:]]
    return {
        "version": str(versions.get("workbench")),
        "counts": f"NumPy {versions.get('numpy')}",
        "library": " ".join(f"{name} {versions.get(name)}" for name in libraries),
        "processor": " ".join(str(one) for one in processor if one),
        "years": _told(side["choices"].get("years")),
        "seed": _told(side["choices"].get("seed")),
    }


def _kept_line(record: Record, say: Words) -> str:
    kept = record.manifest.get("kept", {})
    side = _side({**record.manifest["program"], **record.manifest, "choices": {}})
    return say(
        "record.kept",
        file=record.file,
        run_id=record.document.get("record", {}).get("run_id"),
        when=_told(kept.get("when")),
        who=kept.get("who") or "—",
        seconds=_told(kept.get("seconds")),
        version=side["version"],
        library=side["library"],
        processor=side["processor"],
    )
