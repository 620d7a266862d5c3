"""The range of a plan's loss ratio over the enrolment splits: it stands wherever the ratio does.

Floor 8. Source: docs/assumptions.md section 2; the splits are `data/enrolment_splits.csv`, each
solved again with every question (a fifth of a second, then kept by content).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.questions.documents import finite
from workbench.questions.registry import Asked
from workbench.questions.table import Column, Span

__all__ = ["RANGE_COLUMN", "range_part", "ranges_of", "span"]

RANGE_COLUMN = Column(key="loss_ratio_range", kind="range")

Ends = tuple[float, float]


def ranges_of(asked: Asked) -> Mapping[str, Ends]:
    """Return (low, high) by plan code, "" for the scheme; empty where no split can be solved."""
    from workbench.calibrate import split_ranges
    from workbench.questions.asking import changes_of

    found = split_ranges(asked.pack, changes_of(asked.pack, asked.choices))
    if found is None:
        return {}
    ends = {code: (one.low, one.high) for code, one in found.plans.items()}
    return {**ends, "": (found.total.low, found.total.high)}


def span(ranges: Mapping[str, Ends], code: str, factor: float = 1.0) -> Span | None:
    """Return a range as a cell, each end times `factor`."""
    if code not in ranges:
        return None
    low, high = ranges[code]
    return Span(low * factor, high * factor)


def range_part(ranges: Mapping[str, Ends], code: str, factor: float = 1.0) -> dict[str, Any] | None:
    """Return a range as `{"low": …, "high": …}`, None where there is none."""
    found = span(ranges, code, factor)
    return None if found is None else {"low": finite(found.low), "high": finite(found.high)}
