"""The plan: what a member pays for one year and what the plan pays him.

Floor 1. One row of `data/plans.csv` is one `Plan`. A term that a benefit form does not use is None.
Source of the forms: docs/model.md section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["BENEFIT_FORMS", "EVENT_KINDS", "HOSPITAL_FORMS", "Plan"]

EVENT_KINDS = ("illness", "injury", "special", "critical", "death")
"""Five kinds of event of a member-year (docs/model.md section 2)."""

BENEFIT_FORMS = {
    "medical": ("illness", "injury"),
    "allowance": ("illness", "injury"),
    "critical": ("special", "critical"),
    "special": ("special",),
    "accident": ("injury", "death"),
}
"""Benefit form → the kinds of event that pay it."""

UNUSED: Any = None
"""Stands for a term that a plan's form does not use; a type checker sees the type of a used one."""

HOSPITAL_FORMS = ("medical", "allowance")
"""Forms that pay for stays in hospital of illness and have a waiting time for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One one-year mutual-aid plan; yuan amounts are for one unit (份).

    Shares are 0 to 1; days are whole days; `waiting_none_until_day` is the last day of a first
    term on which nothing is paid, `waiting_partial_until_day` the last day on which
    `partial_lump_yuan` is paid instead of `lump_sum_yuan`.
    """

    code: str
    name_zh: str
    name_en: str
    benefit_form: str
    benefit_type: str
    premium_yuan: float
    enrolments_default: int
    eligible_sex: str
    age_min: int
    age_max: int
    term_months: int
    first_stay_share: float = UNUSED
    later_stay_share: float = UNUSED
    deductible_yuan: float = UNUSED
    elimination_days: int = UNUSED
    daily_yuan: float = UNUSED
    max_days_per_year: int = UNUSED
    annual_cap_yuan: float = UNUSED
    lump_sum_yuan: float = UNUSED
    partial_lump_yuan: float = UNUSED
    waiting_none_until_day: int = 0
    waiting_partial_until_day: int = 0
    death_yuan: float = UNUSED
    disability_max_yuan: float = UNUSED
    max_units: int = 1
    min_participation: float = 0.0
    claim_window_days: int = 180
    provenance: str = ""

    def covers(self, kind: str) -> bool:
        """Return whether an event of `kind` pays this plan."""
        return kind in BENEFIT_FORMS[self.benefit_form]
