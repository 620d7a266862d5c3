"""Nouns as JSON and back, exactly: the pack and the sealed tables of a record.

Floor 8.1. A noun is written as `{"noun": NAME, field: value, ...}`, a mapping as pairs in its
order, an array inline or as a reference to a file beside it. Reading checks every field against
its declared type: nothing else can be made from a record than the nouns named here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np

from workbench.assumptions import Assumptions, Belief
from workbench.engine.claims import ClaimClass, ClaimGroup
from workbench.engine.events import MemberRates
from workbench.engine.grouping import ClaimsTables
from workbench.engine.tables import Shock
from workbench.engine.totals import PlanTotals, TotalsTables
from workbench.guard import freeze
from workbench.inputs import (
    Action,
    CalendarTables,
    County,
    EnrolmentSplit,
    Inputs,
    Programme,
    Relativity,
    RenewalTable,
    Retirement,
    Rule,
    RuleCondition,
    Scenario,
    ScenarioYears,
)
from workbench.plans import Plan
from workbench.portfolio import BundleRow, Leaving, Segment
from workbench.rates import RateTable
from workbench.record.arrays import ArrayFiles, plain_type

__all__ = ["as_json", "from_json"]

_NOUNS: Mapping[str, type] = {
    noun.__name__: noun
    for noun in (
        Assumptions,
        Belief,
        BundleRow,
        CalendarTables,
        ClaimClass,
        ClaimGroup,
        ClaimsTables,
        EnrolmentSplit,
        Action,
        County,
        RenewalTable,
        Retirement,
        ScenarioYears,
        Inputs,
        Leaving,
        MemberRates,
        Plan,
        PlanTotals,
        Programme,
        RateTable,
        Relativity,
        Rule,
        RuleCondition,
        Scenario,
        Segment,
        Shock,
        TotalsTables,
    )
}
INLINE = 64
"""Arrays of at most so many entries stand in the JSON itself, where there are files beside it."""


def as_json(value: Any, files: ArrayFiles | None = None) -> Any:
    """Return a noun as JSON types; larger arrays go to `files`, all inline where there is none."""
    if is_dataclass(value) and type(value).__name__ in _NOUNS:
        told = {one.name: as_json(getattr(value, one.name), files) for one in fields(value)}
        return {"noun": type(value).__name__, **told}
    if isinstance(value, np.ndarray):
        if files is not None and value.size > INLINE:
            return {"file": files.add(value)}
        return {
            "array": plain_type(value).str,
            "shape": list(value.shape),
            "values": as_json(value.ravel().tolist()),
        }
    if isinstance(value, Mapping):
        return {"map": [[name, as_json(one, files)] for name, one in value.items()]}
    if isinstance(value, tuple | list):
        return [as_json(one, files) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(float(value))}
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} has no place in a record")


def from_json(told: Any, files: Mapping[str, np.ndarray] | None = None) -> Any:
    """Return the noun that `as_json` wrote; `files` are its arrays by name.

    Raises
    ------
    ValueError
        Content that is no noun, or a field of another type than declared.
    """
    if isinstance(told, list):
        return tuple(from_json(one, files) for one in told)
    if not isinstance(told, dict):
        return told
    if "noun" in told:
        return _noun(told, files)
    if "map" in told:
        return {str(name): from_json(one, files) for name, one in told["map"]}
    if "file" in told and files is not None and told["file"] in files:
        return files[told["file"]]
    if "array" in told:
        kind = np.dtype(told["array"])
        if kind.kind not in "iufb":
            raise ValueError(f"array of type {kind}")
        values = [from_json(one) for one in told["values"]]
        return freeze(np.array(values, dtype=kind).reshape(told["shape"]))
    if "float" in told and told["float"] in ("nan", "inf", "-inf"):
        return float(told["float"])
    raise ValueError(f"unknown content {sorted(told)[:3]}")


def _noun(told: dict[str, Any], files: Mapping[str, np.ndarray] | None) -> Any:
    """Return one noun, every field of its declared type."""
    noun = _NOUNS.get(str(told["noun"]))
    if noun is None:
        raise ValueError(f"unknown noun {told['noun']!r}")
    given = {name: from_json(one, files) for name, one in told.items() if name != "noun"}
    hints = _hints(noun)
    for one in fields(noun):
        if one.name not in given and one.default is MISSING and one.default_factory is MISSING:
            raise ValueError(f"{noun.__name__} lacks {one.name}")
        may_be_none = one.default is None and given.get(one.name) is None
        if one.name in given and not may_be_none and not _fits(given[one.name], hints[one.name]):
            raise ValueError(f"{noun.__name__}.{one.name} is no {hints[one.name]}")
    if set(given) - set(hints):
        raise ValueError(f"{noun.__name__} has no {sorted(set(given) - set(hints))[0]}")
    return noun(**given)


@lru_cache(maxsize=64)
def _hints(noun: type) -> dict[str, Any]:
    hints = get_type_hints(noun)
    return {one.name: hints[one.name] for one in fields(noun)}


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a declared type."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is tuple and isinstance(value, tuple):
        if len(inner) == 2 and inner[1] is Ellipsis:
            return all(_fits(one, inner[0]) for one in value)
        return len(value) == len(inner) and all(map(_fits, value, inner))
    if origin is not None:
        mapping = isinstance(value, Mapping) and issubclass(origin, Mapping)
        return mapping and all(_fits(one, inner[1]) for one in value.values())
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)
