"""The files of a pack and their columns.

Floor 1. Ranges of `plans.csv` are also the ranges of `--set plans.P1.COLUMN`. Sources of the
ranges: data/published_terms.csv (tiers and benefits of other agencies), docs/model.md section 5.
"""

from __future__ import annotations

from workbench.plans import BENEFIT_FORMS
from workbench.rates import RATE_EVENTS
from workbench.schema.columns import Column, File
from workbench.schema.counties import COUNTIES_FILE
from workbench.schema.fund import FUND_FILES
from workbench.schema.other_files import OTHER_FILES
from workbench.schema.parts import (
    BAND,
    CODE,
    LABEL,
    PROVENANCE,
    SEX,
    number_column,
    share_column,
    whole_column,
)
from workbench.schema.programmes import PROGRAMMES_FILE, RELATIVITIES_FILE
from workbench.schema.rules import RULES_FILE

__all__ = [
    "FILES",
    "FORM_TERMS",
    "INCIDENCE_FACTOR",
    "INCIDENCE_UNIT",
    "PLAN_NUMBERS",
    "USUAL_PREMIUM",
    "file_named",
]

USUAL_PREMIUM = (25.0, 95.0)
"""Yuan a year; the tiers in force lie here, and a premium outside is told, not refused."""

_PLANS = File(
    name="plans.csv",
    key=("plan_id",),
    columns=(
        Column(name="plan_id", kind="code", pattern=CODE),
        Column(name="name_zh"),
        Column(name="name_en"),
        number_column("premium_yuan", "yuan", 0.0, 1_000.0, above_low=True),
        whole_column("enrolments_default", "enrolments", 1, 100_000_000),
        Column(name="eligible_sex", kind="code", codes=("MF", "F", "M")),
        whole_column("age_min", "years", 16, 60),
        whole_column("age_max", "years", 16, 60),
        whole_column("term_months", "months", 12, 12),
        Column(name="benefit_form", kind="code", codes=tuple(BENEFIT_FORMS)),
        Column(name="benefit_type"),
        number_column("first_stay_share", "share", 0.01, 1.0, blank=True),
        share_column("later_stay_share", blank=True),
        number_column("deductible_yuan", "yuan", 0.0, 5_000.0, blank=True),
        whole_column("elimination_days", "days", 0, 30, blank=True),
        number_column("daily_yuan", "yuan", 1.0, 300.0, blank=True),
        whole_column("max_days_per_year", "days", 1, 365, blank=True),
        number_column("annual_cap_yuan", "yuan", 100.0, 200_000.0, blank=True),
        number_column("lump_sum_yuan", "yuan", 100.0, 200_000.0, blank=True),
        number_column("partial_lump_yuan", "yuan", 0.0, 200_000.0, blank=True),
        whole_column("waiting_none_until_day", "days", 0, 364),
        whole_column("waiting_partial_until_day", "days", 0, 364),
        number_column("death_yuan", "yuan", 0.0, 200_000.0, blank=True),
        number_column("disability_max_yuan", "yuan", 0.0, 200_000.0, blank=True),
        whole_column("max_units", "units", 1, 10),
        share_column("min_participation"),
        whole_column("claim_window_days", "days", 1, 1_095),
        PROVENANCE,
    ),
)

_BUNDLES = File(
    name="bundles.csv",
    key=("bundle", "accident_factor", "area", "occupation_class", "segment"),
    columns=(
        Column(name="bundle", kind="code", pattern=rf"{CODE}(\+{CODE})*"),
        whole_column("members", "members", 0, 100_000_000),
        whole_column("women", "members", 0, 100_000_000),
        whole_column("men", "members", 0, 100_000_000),
        number_column("accident_factor", "ratio", 0.5, 4.5),
        Column(name="area", kind="code", pattern=LABEL, required=False),
        Column(
            name="occupation_class", kind="code", pattern=r"[A-Za-z0-9_-]{1,20}", required=False
        ),
        Column(name="segment", kind="code", pattern=CODE, required=False),
        PROVENANCE,
    ),
)

_MIX = File(
    name="members_mix.csv",
    key=("age_band", "sex"),
    columns=(
        BAND,
        SEX,
        share_column("share"),
        whole_column("members", "members", 0, 100_000_000, blank=True),
        whole_column("census2020_both_sexes", "persons", 0, 2_000_000_000, blank=True),
        share_column("employee_propensity", blank=True),
        PROVENANCE,
    ),
)

_INCIDENCE = File(
    name="incidence_by_age_sex.csv",
    key=("event", "age_band", "sex"),
    columns=(
        Column(name="event", kind="code", codes=RATE_EVENTS),
        BAND,
        SEX,
        number_column("value", "unit_column", 0.0, 1_000.0),
        Column(name="unit"),
        Column(name="times_parameter", blank=True),
        PROVENANCE,
    ),
)

INCIDENCE_UNIT = {
    event: "relativity (men 35-39 = 1)" if event == "hospital_claimant" else "per 1000 member-years"
    for event in RATE_EVENTS
}
"""Unit that the rows of an event must state."""

INCIDENCE_FACTOR = {
    "hospital_claimant": "hospital_claimant_rate",
    "critical_illness": "critical_illness_factor",
}
"""Event → the belief that multiplies its rows; the other events have none."""

FILES = (
    _PLANS,
    _BUNDLES,
    _MIX,
    _INCIDENCE,
    *OTHER_FILES,
    RULES_FILE,
    PROGRAMMES_FILE,
    RELATIVITIES_FILE,
    *FUND_FILES,
    COUNTIES_FILE,
)
"""Every file of a pack: some are for reference only, some optional."""

FORM_TERMS = {
    "medical": (
        "first_stay_share",
        "later_stay_share",
        "deductible_yuan",
        "annual_cap_yuan",
        "waiting_none_until_day",
    ),
    "allowance": (
        "elimination_days",
        "daily_yuan",
        "max_days_per_year",
        "annual_cap_yuan",
        "waiting_none_until_day",
    ),
    "critical": (
        "lump_sum_yuan",
        "partial_lump_yuan",
        "waiting_none_until_day",
        "waiting_partial_until_day",
    ),
    "special": (
        "lump_sum_yuan",
        "partial_lump_yuan",
        "waiting_none_until_day",
        "waiting_partial_until_day",
    ),
    "accident": (
        "elimination_days",
        "daily_yuan",
        "max_days_per_year",
        "death_yuan",
        "disability_max_yuan",
    ),
}
"""Benefit form → the terms that it needs and uses."""

PLAN_NUMBERS = tuple(
    column.name
    for column in _PLANS.columns
    if column.numeric and column.name != "enrolments_default"
)
"""Numeric columns of plans.csv that `--set plans.P1.COLUMN` takes."""


def file_named(name: str) -> File:
    """Return the declaration of the file (KeyError if a pack has no such file)."""
    for file in FILES:
        if file.name == name:
            return file
    raise KeyError(name)
