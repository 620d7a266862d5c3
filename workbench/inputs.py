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
    "Action",
    "CalendarTables",
    "County",
    "EnrolmentSplit",
    "Inputs",
    "Programme",
    "Relativity",
    "RenewalTable",
    "Retirement",
    "Rule",
    "RuleCondition",
    "Scenario",
    "ScenarioYears",
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
class RuleCondition:
    """One condition of a rule: a figure of a tier is "at_most" or "at_least" a limit.

    `unit` is that of the limit; `basis` the one that the condition is meant for ("process",
    "parameters", "level"), "" where it holds on any.
    """

    figure: str
    condition: str
    limit: float
    unit: str
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a tier must meet: all conditions of one code of `data/rules.csv`."""

    code: str
    name_zh: str
    name_en: str
    conditions: tuple[RuleCondition, ...]
    provenance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What the scheme does besides its plans: one row of `data/programmes.csv`.

    `members` reached; `total_yuan` spent over `years`, of which the scheme bears `borne_share`;
    `lever` is the event whose rate falls by the share `effect` among those reached, "stay_cost",
    or "" where no claim is moved; `effect_low` and `effect_high` its range.
    """

    code: str
    kind: str
    name_zh: str
    name_en: str
    members: int
    total_yuan: float
    years: float
    borne_share: float = 1.0
    lever: str = ""
    effect: float = 0.0
    effect_low: float = 0.0
    effect_high: float = 0.0
    state: str = "assumption"
    provenance: str = ""

    @property
    def ends(self) -> tuple[float, float, float]:
        """Low end, effect, high end."""
        return self.effect_low, self.effect, self.effect_high


@dataclass(frozen=True, slots=True, kw_only=True)
class Relativity:
    """A factor of one occupation class or area: one row of `data/relativities.csv`."""

    table: str
    dimension: str
    level: str
    factor: float
    provenance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RenewalTable:
    """Who stays and who comes, by sex and age band, (2, 9): `data/renewal.csv`.

    `renewal` share of the members who renew at unchanged terms, retirement apart; `joining` members
    who join a year as a share of the members of that age and sex in the first year.
    """

    renewal: np.ndarray
    joining: np.ndarray
    provenance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """When a group retires: one row of `data/retirement.csv`.

    The age moves on a straight line from `age_before` at the start of `first_year` to `age_after`
    at the start of `last_year`; `share` of the members of the sex belong to the group.
    """

    group: str
    sex: str
    share: float
    age_before: float
    age_after: float
    first_year: int
    last_year: int
    state: str = "assumption"
    provenance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What is done when the fund stands on one side of a line: one row of `data/actions.csv`.

    `does` raise_tier, lower_tier, cut_benefit or stop_joining, of `plan` or "all", by the share
    `amount`, at most `most_times`, where the fund at a year's end is `when` ("below", "above") the
    `line`, in yuan or in shares of the first year's contributions (`unit`).
    """

    code: str
    name_zh: str
    name_en: str
    when: str
    line: float
    unit: str
    does: str
    plan: str
    amount: float = 0.0
    most_times: int = 1
    provenance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioYears:
    """Years of the fund in which a scenario holds, and illness in the year after it."""

    scenario: str
    first_year: int
    last_year: int
    rebound_factor: float = 1.0
    provenance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """A county: one row of `data/counties.csv`.

    `share` of the scheme's members, all plans alike; `level` of its illness against the scheme's in
    a simulated history.
    """

    code: str
    name_zh: str
    name_en: str
    share: float
    level: float = 1.0
    state: str = "assumption"
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
    rules: tuple[Rule, ...] = ()
    programmes: tuple[Programme, ...] = ()
    relativities: tuple[Relativity, ...] = ()
    renewal: RenewalTable | None = None
    retirement: tuple[Retirement, ...] = ()
    actions: tuple[Action, ...] = ()
    scenario_years: tuple[ScenarioYears, ...] = ()
    counties: tuple[County, ...] = ()

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
