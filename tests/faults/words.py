"""Messages of faults in both languages, straight from the table of words."""

import csv
import string
from functools import cache
from pathlib import Path

import pytest

from workbench.guard import Fault, InputRefused

TABLE = Path(__file__).parents[2] / "workbench" / "locale" / "faults.csv"


@cache
def table() -> dict[str, dict[str, str]]:
    """Rows of faults.csv by key."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def placeholders(text: str) -> set[str]:
    """Names in braces of a message."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def told(fault: Fault) -> dict[str, str]:
    """The message of a fault by language; KeyError where a placeholder has no part."""
    row = table()[fault.code]
    return {language: row[language].format_map(dict(fault.parts)) for language in ("zh", "en")}


def refused(do, *arguments, **more) -> tuple[Fault, ...]:
    """Call `do` and return the faults of its refusal; every message must be complete."""
    with pytest.raises(InputRefused) as caught:
        do(*arguments, **more)
    for fault in caught.value.faults:
        for message in told(fault).values():
            assert message.strip()
    return caught.value.faults


def only(faults: tuple[Fault, ...], key: str) -> Fault:
    """The single fault there is, which must have this key."""
    assert [fault.code for fault in faults] == [key], faults
    return faults[0]
