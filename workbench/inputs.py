"""The whole pack as one noun, with its fingerprint.

Floor 1. Everything that a question needs besides the user's choices: plans, bundles, mix,
rates, beliefs, calendar tables, named scenarios.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from workbench.assumptions import Assumptions
from workbench.plans import Plan
from workbench.portfolio import BundleRow, Leaving, Portfolio, Segment, spread_members
from workbench.rates import RateTable

__all__ = [
    "CalendarTables",
    "EnrolmentSplit",
    "Inputs",
    "Scenario",
    "fingerprint",
    "portfolio_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Named changes; one or more rows of `data/scenarios.csv`."""

    code: str
    name_zh: str
    name_en: str
    changes: tuple[tuple[str, str], ...]
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentSplit:
    """A plausible split of the enrolments: every plan's code with its enrolments."""

    code: str
    name_zh: str
    name_en: str
    enrolments: tuple[tuple[str, int], ...]
    provenance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarTables:
    """What depends on the month.

    `start_share` (12,): share of the contributions that start in each month, adds to 1.
    `season` (12,): admission index of each month, mean 1. `delay_months` (n,): whole months since
    the month of the event; `paid_share` (n, 3): share paid by the end of that month for P1-P2,
    P3-P4, P5 (columns of `data/reporting_delay.csv`), `delay_columns` their names.
    """

    start_share: np.ndarray
    season: np.ndarray
    delay_months: np.ndarray
    paid_share: np.ndarray
    delay_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """A checked pack. `mix` holds integer weights (millionths), shape (2 sexes, 9 age bands)."""

    plans: tuple[Plan, ...]
    rows: tuple[BundleRow, ...]
    mix: np.ndarray
    rates: RateTable
    assumptions: Assumptions
    calendar: CalendarTables
    scenarios: tuple[Scenario, ...]
    segments: tuple[Segment, ...] = (Segment(name="employee"),)
    leaving: tuple[Leaving, ...] = ()
    splits: tuple[EnrolmentSplit, ...] = ()

    def plan(self, code: str) -> Plan:
        """Return the plan with this code (KeyError if there is none)."""
        for plan in self.plans:
            if plan.code == code:
                return plan
        raise KeyError(code)

    @property
    def plan_codes(self) -> tuple[str, ...]:
        """Codes of the plans in the order of the file."""
        return tuple(plan.code for plan in self.plans)


def portfolio_of(inputs: Inputs) -> Portfolio:
    """Return the members of the pack in cells; one and the same object for equal members."""
    segments = tuple((one.name, tuple(one.beliefs.items())) for one in inputs.segments)
    first_term_share = inputs.assumptions["first_term_share"]
    return _cells(inputs.rows, inputs.mix.tobytes(), segments, first_term_share, inputs.leaving)


@lru_cache(maxsize=32)
def _cells(
    rows: tuple[BundleRow, ...],
    mix: bytes,
    segments: tuple[tuple[str, tuple[tuple[str, float], ...]], ...],
    first_term_share: float,
    leaving: tuple[Leaving, ...],
) -> Portfolio:
    return spread_members(
        rows,
        np.frombuffer(mix, dtype=np.int64).reshape(2, -1),
        segments=tuple(Segment(name=name, beliefs=dict(beliefs)) for name, beliefs in segments),
        first_term_share=first_term_share,
        leaving=leaving,
    )


class _Same:
    """Stands for one object, equal to itself alone: 2 and 2.0 are equal but not the same text."""

    __slots__ = ("noun",)

    def __init__(self, noun: Any) -> None:
        self.noun = noun

    def __hash__(self) -> int:
        return id(self.noun)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.noun is self.noun


@lru_cache(maxsize=512)
def _kept_text(same: _Same) -> str:
    return _fresh_text(same.noun)


def _text(value: Any) -> str:
    """Return `value` as canonical JSON: names sorted, floats as their shortest exact text.

    The text of a frozen noun and of a tuple of nouns is kept, so that a changed scheme writes anew
    only what changed.
    """
    frozen = is_dataclass(value) or (isinstance(value, tuple) and value and is_dataclass(value[0]))
    return _kept_text(_Same(value)) if frozen else _fresh_text(value)


def _fresh_text(value: Any) -> str:
    if is_dataclass(value) and not isinstance(value, type):
        return _mapping_text({entry.name: getattr(value, entry.name) for entry in fields(value)})
    if isinstance(value, np.ndarray):
        return _fresh_text(value.tolist())
    if isinstance(value, float):
        return f'"{value!r}"'
    if isinstance(value, tuple | list):
        return f"[{', '.join(_text(entry) for entry in value)}]"
    if hasattr(value, "items"):
        return _mapping_text({str(name): entry for name, entry in value.items()})
    return json.dumps(value, ensure_ascii=False)


def _mapping_text(values: dict[str, Any]) -> str:
    parts = (
        f"{json.dumps(name, ensure_ascii=False)}: {_text(values[name])}" for name in sorted(values)
    )
    return "{" + ", ".join(parts) + "}"


def fingerprint(*nouns: Any) -> str:
    """Return the SHA-256 (hex) of the content of frozen nouns, the same on every machine."""
    text = f"[{', '.join(_text(noun) for noun in nouns)}]"
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
