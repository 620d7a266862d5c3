"""Beliefs: every number that is not a plan term, a member count or a rate, with its source.

Floor 1. The rows of parameters.csv, severity.csv, economics.csv and participation.csv become
`Belief`s under one name each; a name is what `--set` takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

__all__ = ["Assumptions", "Belief"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """One named number with unit, range, state and source.

    `state` is assumption, solved, data, fact, choice, convention or level; `low` and `high` are
    the allowed range (None: not to be changed), `mode` the likeliest value where it is not `value`.
    """

    name: str
    value: float
    unit: str
    state: str
    provenance: str
    file: str
    symbol: str = ""
    low: float | None = None
    high: float | None = None
    mode: float | None = None


@dataclass(frozen=True, slots=True)
class Assumptions:
    """All beliefs of a pack by name; `assumptions["hospital_shock_cv"]` is the value."""

    beliefs: Mapping[str, Belief] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "beliefs", MappingProxyType(dict(self.beliefs)))

    def __getitem__(self, name: str) -> float:
        return self.beliefs[name].value

    def belief(self, name: str) -> Belief:
        """Return the belief of this name with unit, range and source (KeyError if none)."""
        return self.beliefs[name]

    def __contains__(self, name: object) -> bool:
        return name in self.beliefs

    def __iter__(self) -> Iterator[str]:
        return iter(self.beliefs)

    def changed(self, values: Mapping[str, float]) -> Assumptions:
        """Return assumptions in which the named beliefs have other values."""
        beliefs = dict(self.beliefs)
        for name, value in values.items():
            beliefs[name] = replace(beliefs[name], value=float(value))
        return Assumptions(beliefs)

    def __reduce__(self) -> tuple:
        return (Assumptions, (dict(self.beliefs),))
