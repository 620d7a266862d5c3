"""Refusals with stable codes, checks on single values, and limits on the work asked for.

Floor 0: imports NumPy and the standard library only. A message is never built here: a `Fault`
carries a code and its parts; `workbench.show.words` turns it into Chinese or English.

The error tree::

    WorkbenchError
    ├── InputRefused      what the user gave cannot be taken; nothing was written (exit status 2)
    ├── NotYetBuilt       a documented name whose room is not open yet (exit status 2)
    └── Disagreement      two results that must agree do not (exit status 3)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = [
    "Disagreement",
    "Fault",
    "InputRefused",
    "MAX_YEARS",
    "NotYetBuilt",
    "WorkbenchError",
    "freeze",
    "in_range",
    "refuse",
    "whole_number",
]

MAX_YEARS = 10_000_000
"""Most simulated years one request may ask for (about ten minutes on one core)."""

# Python also reads 1_000 and full-width digits as numbers; here they are text.
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_PLAIN_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a stable code and the parts of its message.

    `parts` may hold `file`, `row` (1 is the header), `column`, `value`, `allowed`, `name` and
    `nearest`; `workbench/locale/faults.csv` has one line a code.
    """

    code: str
    parts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.parts.items())
        return f"{self.code}({told})"


class WorkbenchError(Exception):
    """Root of the errors that the workbench raises on purpose; carries its faults."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


class InputRefused(WorkbenchError):
    """What the user gave cannot be taken; every fault found is listed, nothing was written."""


class NotYetBuilt(InputRefused):
    """A documented name or option whose room is not open yet."""


class Disagreement(WorkbenchError):
    """Two results that must agree do not."""


def refuse(code: str, **parts: Any) -> InputRefused:
    """Return the refusal with one fault, to be raised by the caller."""
    return InputRefused([Fault(code, parts)])


def freeze(values: Any, dtype: Any = None) -> np.ndarray:
    """Return a read-only contiguous copy of `values` as an array."""
    array = np.array(values, dtype=dtype, order="C")
    array.setflags(write=False)
    return array


def in_range(name: str, value: Any, low: float, high: float, **where: Any) -> float:
    """Return `value` as a float if it is finite and low <= value <= high.

    Raises
    ------
    InputRefused
        `value-out-of-range` with the range, or `not-a-number`.
    """
    if isinstance(value, str) and not _PLAIN_NUMBER.fullmatch(value.strip()):
        raise refuse("not-a-number", name=name, value=value, **where)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise refuse("not-a-number", name=name, value=value, **where) from None
    if not np.isfinite(number):
        raise refuse("not-a-number", name=name, value=value, **where)
    if not low <= number <= high:
        raise refuse("value-out-of-range", name=name, value=value, low=low, high=high, **where)
    return number


def whole_number(name: str, value: Any, low: int, high: int) -> int:
    """Return `value` as an int if it is a whole number with low <= value <= high.

    Raises
    ------
    InputRefused
        `not-a-whole-number` or `value-out-of-range`.
    """
    text = str(value).strip()
    try:
        if not _PLAIN_WHOLE.fullmatch(text):
            raise ValueError(text)
        number = int(text)
    except ValueError:
        raise refuse("not-a-whole-number", name=name, value=value) from None
    if not low <= number <= high:
        raise refuse("value-out-of-range", name=name, value=value, low=low, high=high)
    return number
