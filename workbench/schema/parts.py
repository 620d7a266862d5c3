"""Columns that several files share, and short ways to declare one.

Floor 1, inside `schema`.
"""

from __future__ import annotations

from typing import Any

from workbench.schema.columns import Column
from workbench.timeline import AGE_BANDS, SEXES

__all__ = [
    "BAND",
    "CODE",
    "LABEL",
    "MAYBE_PROVENANCE",
    "PROVENANCE",
    "SEX",
    "number_column",
    "share_column",
    "whole_column",
]

CODE = r"[A-Za-z][A-Za-z0-9_]{0,30}"
LABEL = r"[\w .,()（）·-]{1,60}"
PROVENANCE = Column(name="provenance")
MAYBE_PROVENANCE = Column(name="provenance", required=False, blank=True)
BAND = Column(name="age_band", kind="code", codes=AGE_BANDS)
SEX = Column(name="sex", kind="code", codes=SEXES)


def number_column(name: str, unit: str, low: float, high: float, **more: Any) -> Column:
    """Return a column of numbers from `low` to `high`."""
    return Column(name=name, kind="number", unit=unit, low=low, high=high, **more)


def whole_column(name: str, unit: str, low: float, high: float, **more: Any) -> Column:
    """Return a column of whole numbers from `low` to `high`."""
    return Column(name=name, kind="whole", unit=unit, low=low, high=high, **more)


def share_column(name: str, **more: Any) -> Column:
    """Return a column of shares, 0 to 1."""
    return Column(name=name, kind="share", unit="share", low=0.0, high=1.0, **more)
