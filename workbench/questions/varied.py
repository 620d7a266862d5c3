"""Which names a sensitivity moves, over which ranges and by which laws: `--vary NAME=LOW:HIGH`.

Floor 8. Source: docs/sensitivity.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.guard import Fault, InputRefused, refuse
from workbench.inputs import Inputs
from workbench.names import allowed_name, checked_value
from workbench.schema import USUAL_PREMIUM, read_number
from workbench.textfile import shown
from workbench.uncertainty import (
    ILLNESS_LEVEL,
    LEVEL,
    Triangle,
    triangles,
    uncertain_names,
)

__all__ = ["Varied", "chosen", "laws_of", "read_varied"]

STEPS, MOST_STEPS = 5, 41
EXPENSES = (
    "expense_share",
    "expense_per_enrolment_yuan",
    "expense_per_beneficiary_yuan_P1_P2",
    "expense_per_beneficiary_yuan_P3_P4_P5",
)
"""Assumptions that a price, a surplus and a deficit carry besides those about claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Varied:
    """One name and its range; `given` says that the user wrote the range; `steps` of a grid."""

    name: str
    low: float
    high: float
    steps: int = STEPS
    given: bool = True
    whole: bool = False

    @property
    def values(self) -> tuple[float, ...]:
        """Values of a grid over the range, both ends among them; whole ones where need be."""
        found = [
            self.low + (self.high - self.low) * step / (self.steps - 1)
            for step in range(self.steps)
        ]
        found[-1] = self.high
        if self.whole:
            return tuple(sorted({float(round(value)) for value in found}))
        return tuple(float(np.round(value, 12)) for value in found)


def read_varied(text: str) -> tuple[str, tuple[str, ...]]:
    """Return name and the parts of its range: none, (low, high) or (low, high, steps).

    Raises
    ------
    InputRefused
        `vary-form`.
    """
    name, equals, right = text.replace(" ", "").rpartition("=")
    name, parts = (name, tuple(right.split(":"))) if equals else (right, ())
    if not name or (equals and len(parts) not in (2, 3)):
        raise refuse("vary-form", value=shown(text))
    return name, parts


def chosen(inputs: Inputs, texts: Sequence[str]) -> tuple[Varied, ...]:
    """Return the names of `--vary` with their ranges, checked against the pack.

    Raises
    ------
    InputRefused
        Unknown names with the nearest ones, values out of range, `vary-text` for a name that takes
        text, `vary-upside-down`, `vary-twice`, `vary-range-needed`, `value-out-of-range` (steps).
    """
    faults: list[Fault] = []
    found: dict[str, Varied] = {}
    for text in texts:
        name, parts = read_varied(text)
        try:
            one = _varied(inputs, name, parts)
        except InputRefused as refusal:
            faults += refusal.faults
            continue
        if name in found:
            faults.append(Fault("vary-twice", {"name": shown(name)}))
        found[name] = one
    if faults:
        raise InputRefused(faults)
    return tuple(found.values())


def _varied(inputs: Inputs, name: str, parts: tuple[str, ...]) -> Varied:
    allowed = allowed_name(inputs, name)
    if allowed is None:
        fault = checked_value(inputs, name, 0.0)
        raise InputRefused([fault] if isinstance(fault, Fault) else [])
    if allowed.low is None or allowed.high is None:
        raise refuse("vary-text", name=shown(name))
    low, high = (allowed.low, allowed.high) if not parts else _ends(inputs, name, parts)
    if not parts and name not in inputs.assumptions:
        if not name.endswith(".premium_yuan"):
            told = f"[{allowed.low:.15g}, {allowed.high:.15g}]"
            raise refuse("vary-range-needed", name=shown(name), allowed=told)
        low, high = map(float, USUAL_PREMIUM)
    steps = _steps(parts[2]) if len(parts) == 3 else STEPS
    return Varied(
        name=name, low=low, high=high, steps=steps, given=bool(parts), whole=allowed.whole
    )


def _ends(inputs: Inputs, name: str, parts: tuple[str, ...]) -> tuple[float, float]:
    """Low and high end as written, each a value that the name takes."""
    ends = [checked_value(inputs, name, part) for part in parts[:2]]
    if faults := [one for one in ends if isinstance(one, Fault)]:
        raise InputRefused(faults)
    low, high = (float(one) for one in ends if not isinstance(one, Fault))
    if low >= high:
        raise refuse("vary-upside-down", name=shown(name), value=f"{low:.15g}:{high:.15g}")
    return low, high


def _steps(text: str) -> int:
    number = read_number(text)
    if isinstance(number, str) or not float(number).is_integer():
        raise refuse("not-a-whole-number", name="--vary", value=shown(text))
    if not 2 <= number <= MOST_STEPS:
        raise refuse("value-out-of-range", name="--vary", value=number, low=2, high=MOST_STEPS)
    return int(number)


def default_names(inputs: Inputs, figure: str, expenses: str, *, one_by_one: bool) -> list[str]:
    """Return the uncertain assumptions; one by one with those of expenses where the figure has any.

    A name that moves no figure of this pack has no bar.
    """
    names = [
        name
        for name in uncertain_names(inputs.assumptions, level=False)
        if name not in (ILLNESS_LEVEL, *LEVEL)
    ]
    if not one_by_one:
        return names
    if expenses != "none" and figure in ("technical_premium", "surplus", "deficit"):
        names += [name for name in EXPENSES if name in inputs.assumptions]
    entries = (allowed_name(inputs, name) for name in names)
    return [entry.name for entry in entries if entry is not None and not entry.moves_nothing]


def ranges_of(
    inputs: Inputs, texts: Sequence[str], *, figure: str, expenses: str
) -> tuple[Varied, ...]:
    """Return the names of a tornado: those given, or all uncertain assumptions."""
    names = default_names(inputs, figure, expenses, one_by_one=True)
    return chosen(inputs, texts or names)


def laws_of(inputs: Inputs, texts: Sequence[str]) -> dict[str, Triangle]:
    """Return the triangular law of each name: of those given, or of all uncertain assumptions.

    A range of one's own has the value in force as its mode, or the nearer end.

    Raises
    ------
    InputRefused
        As `chosen`, and `not-uncertain` for a name without a law that is given no range.
    """
    if not texts:
        return triangles(inputs.assumptions, default_names(inputs, "", "none", one_by_one=False))
    laws = {}
    for one in chosen(inputs, texts):
        if not one.given:
            laws.update(triangles(inputs.assumptions, [one.name]))
            continue
        if one.whole:
            raise refuse("vary-whole", name=shown(one.name))
        entry = allowed_name(inputs, one.name)
        now = entry.current if entry is not None and entry.current is not None else one.low
        laws[one.name] = Triangle(low=one.low, mode=min(max(now, one.low), one.high), high=one.high)
    return laws
