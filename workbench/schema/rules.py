"""The file of rules: what a tier must meet, one condition a row; figures that a rule may name.

Floor 1, inside `schema`. Rules are a choice of those who decide, not a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.schema.columns import Column, File
from workbench.schema.parts import CODE, PROVENANCE, number_column

__all__ = ["RULES_FILE", "RULE_BASES", "RULE_CONDITIONS", "RULE_FIGURES", "RuleFigure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigure:
    """A figure that a rule may name: the unit of its limit, and what the limit may be."""

    unit: str
    low: float
    high: float


_YUAN = 1e10

RULE_FIGURES: Mapping[str, RuleFigure] = {
    "deficit_probability": RuleFigure(unit="share", low=0.0, high=1.0),
    "returned_per_hundred": RuleFigure(unit="yuan of 100", low=0.0, high=1_000.0),
    "surplus_per_hundred": RuleFigure(unit="yuan of 100", low=-1_000.0, high=100.0),
    "expected_shortfall_yuan": RuleFigure(unit="yuan", low=0.0, high=_YUAN),
    "mean_gap_yuan": RuleFigure(unit="yuan", low=0.0, high=_YUAN),
    "expected_surplus_yuan": RuleFigure(unit="yuan", low=-_YUAN, high=_YUAN),
    "break_even_incidence": RuleFigure(unit="ratio", low=0.0, high=100.0),
}
"""Figures of a tier, in the order in which they are shown."""

RULE_CONDITIONS = ("at_most", "at_least")
RULE_BASES = ("process", "parameters", "level")

RULES_FILE = File(
    name="rules.csv",
    key=("code", "figure", "condition"),
    columns=(
        Column(name="code", kind="code", pattern=CODE),
        Column(name="name_zh"),
        Column(name="name_en"),
        Column(name="figure", kind="code", codes=tuple(RULE_FIGURES)),
        Column(name="condition", kind="code", codes=RULE_CONDITIONS),
        number_column("limit", "unit_column", -_YUAN, _YUAN),
        Column(name="unit"),
        Column(name="basis", kind="code", codes=RULE_BASES, blank=True, required=False),
        PROVENANCE,
    ),
    optional=True,
)
"""Several rows of one code make one rule: all its conditions must hold."""
