"""A pack against the built-in one, and the checks of an installation, as documents and text.

Floor 9.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from workbench.inputs import Inputs
from workbench.pack import Difference
from workbench.questions.documents import finite
from workbench.questions.table import Column, Table, Word
from workbench.show.numbers import count
from workbench.show.tables import text
from workbench.show.words import words

if TYPE_CHECKING:
    from workbench.verify import Check

__all__ = [
    "checks_document",
    "checks_report",
    "checks_tables",
    "pack_document",
    "pack_report",
    "pack_tables",
]


def pack_document(pack: Inputs, differences: Sequence[Difference]) -> dict[str, Any]:
    """Return the JSON document of `check-data` for a sound pack."""
    return {
        "schema": "workbench.check-data/1",
        "plans": len(pack.plans),
        "members": _members(pack),
        "enrolments": {code: _held(pack, code) for code in pack.plan_codes},
        "differences": [
            {
                "file": one.file,
                "key": one.key,
                "column": one.column,
                "before": one.before,
                "after": one.after,
            }
            for one in differences
        ],
    }


def _members(pack: Inputs) -> int:
    return sum(row.members for row in pack.rows)


def _held(pack: Inputs, code: str) -> int:
    return sum(row.members for row in pack.rows if code in row.plans)


def pack_tables(differences: Iterable[Difference]) -> tuple[Table, ...]:
    """Return the differences of a pack from the built-in one as a table."""
    keys = ("file", "key", "column", "before", "after")
    rows = tuple(
        (
            one.file,
            one.key,
            one.column,
            _side(one.before, "word.added"),
            _side(one.after, "word.gone"),
        )
        for one in differences
    )
    columns = tuple(
        Column(key=key, kind="word" if key in ("before", "after") else "text") for key in keys
    )
    return (Table(name="differences", columns=columns, rows=rows),)


def _side(value: float | str | None, missing: str) -> str | Word:
    if value is None:
        return Word(missing)
    return value if isinstance(value, str) else f"{value:.15g}"


def pack_report(pack: Inputs, differences: Sequence[Difference], language: str) -> str:
    """Return the text of `check-data` for a sound pack."""
    say = words(language)
    enrolments = sum(_held(pack, code) for code in pack.plan_codes)
    sound = say(
        "cli.pack_sound",
        plans=len(pack.plans),
        members=count(_members(pack)),
        enrolments=count(enrolments),
    )
    if not differences:
        return f"{sound}\n{say('cli.pack_same')}\n"
    told = say("cli.pack_differs", count=len(differences))
    return f"{sound}\n{told}\n\n{text(pack_tables(differences)[0], language)}"


def checks_document(checks: Iterable[Check]) -> dict[str, Any]:
    """Return the JSON document of `verify`."""
    return {
        "schema": "workbench.verify/1",
        "checks": [
            {
                "name": check.name,
                "passed": bool(check.passed),
                "value": finite(check.value),
                "expected": finite(check.expected),
                "tolerance": finite(check.tolerance),
                "source": check.source,
            }
            for check in checks
        ],
    }


def checks_tables(checks: Iterable[Check]) -> tuple[Table, ...]:
    """Return the checks of the installation as a table."""
    rows = tuple(
        (
            check.name,
            Word("word.passed" if check.passed else "word.failed"),
            check.value,
            check.expected,
            check.tolerance,
            check.source,
        )
        for check in checks
    )
    columns = (
        Column(key="check"),
        Column(key="passed", kind="word"),
        Column(key="found", kind="number"),
        Column(key="expected", kind="number"),
        Column(key="tolerance", kind="number"),
        Column(key="source"),
    )
    return (Table(name="checks", columns=columns, rows=rows),)


def checks_report(checks: Sequence[Check], language: str) -> str:
    """Return the checks as text with their sum at the end."""
    failed = sum(not check.passed for check in checks)
    key = "cli.checks_failed" if failed else "cli.checks_passed"
    told = words(language)(key, count=len(checks), failed=failed)
    return f"{text(checks_tables(checks)[0], language)}\n{told}\n"
