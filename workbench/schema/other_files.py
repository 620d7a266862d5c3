"""Columns of the files of beliefs, calendar, scenarios and splits, and of those for comparison.

Floor 1, inside `schema`; `files` gathers them.
"""

from __future__ import annotations

from workbench.schema.beliefs import STATES
from workbench.schema.columns import Column, File
from workbench.schema.parts import (
    CODE,
    MAYBE_PROVENANCE,
    PROVENANCE,
    number_column,
    share_column,
    whole_column,
)
from workbench.timeline import AGE_BANDS

__all__ = ["OTHER_FILES"]

_STATE = Column(name="state", kind="code", codes=STATES)
_LOW = number_column("low", "unit_column", -1e13, 1e13, blank=True)
_HIGH = number_column("high", "unit_column", -1e13, 1e13, blank=True)
_VALUE = number_column("value", "unit_column", -1e13, 1e13)
_NAME = Column(name="name")

_PARAMETERS = File(
    name="parameters.csv",
    key=("name",),
    columns=(
        _NAME,
        Column(name="symbol", blank=True),
        _VALUE,
        Column(name="unit"),
        _LOW,
        _HIGH,
        _STATE,
        PROVENANCE,
    ),
)

_SEVERITY = File(
    name="severity.csv",
    key=("name", "age_band"),
    columns=(
        _NAME,
        Column(name="law"),
        Column(name="age_band", kind="code", codes=AGE_BANDS, blank=True),
        number_column("mean", "unit_column", 0.0, 1e7, above_low=True),
        number_column("cv", "ratio", 0.0, 5.0, blank=True),
        number_column("mu", "log", -50.0, 50.0, blank=True),
        number_column("sigma", "log", 0.0, 10.0, blank=True),
        Column(name="unit"),
        number_column("low", "unit_column", 0.0, 1e7, blank=True),
        number_column("high", "unit_column", 0.0, 1e7, blank=True),
        number_column("cv_low", "ratio", 0.0, 5.0, blank=True),
        number_column("cv_high", "ratio", 0.0, 5.0, blank=True),
        _STATE,
        PROVENANCE,
    ),
)

_ECONOMICS = File(
    name="economics.csv",
    key=("name",),
    columns=(
        _NAME,
        _VALUE,
        Column(name="unit"),
        _LOW,
        _HIGH,
        number_column("mode", "unit_column", -1e13, 1e13, blank=True),
        _STATE,
        PROVENANCE,
    ),
)

_PARTICIPATION = File(
    name="participation.csv",
    key=("name",),
    columns=(
        _NAME,
        Column(name="symbol", blank=True),
        _VALUE,
        _LOW,
        _HIGH,
        Column(name="unit"),
        _STATE,
        PROVENANCE,
    ),
)

_DELAY = File(
    name="reporting_delay.csv",
    key=("months_since_event",),
    columns=(
        whole_column("months_since_event", "months", 0, 120),
        share_column("cum_paid_P1_P2"),
        share_column("cum_paid_P3_P4"),
        share_column("cum_paid_P5"),
        PROVENANCE,
    ),
)

_MONTH = whole_column("month", "month", 1, 12)
_SEASON = File(
    name="seasonality.csv",
    key=("month",),
    columns=(_MONTH, number_column("admission_index", "ratio", 0.0, 12.0), PROVENANCE),
)
_STARTS = File(
    name="start_months.csv",
    key=("month",),
    columns=(_MONTH, share_column("share_of_contributions"), PROVENANCE),
)

_SCENARIOS = File(
    name="scenarios.csv",
    key=("scenario", "name"),
    columns=(
        Column(name="scenario", kind="code", pattern=CODE),
        Column(name="name_zh"),
        Column(name="name_en"),
        Column(name="name", blank=True),
        Column(name="value", blank=True),
        Column(name="why", blank=True),
        MAYBE_PROVENANCE,
    ),
)

_SPLITS = File(
    name="enrolment_splits.csv",
    key=("split", "plan_id"),
    columns=(
        Column(name="split", kind="code", pattern=CODE),
        Column(name="name_zh"),
        Column(name="name_en"),
        Column(name="plan_id", kind="code", pattern=CODE),
        whole_column("enrolments", "enrolments", 1, 100_000_000),
        PROVENANCE,
    ),
)

_GLOSSARY = File(
    name="glossary.csv",
    key=("en",),
    columns=(
        Column(name="en"),
        Column(name="zh"),
        Column(name="note", blank=True),
        PROVENANCE,
    ),
    reference=True,
)

_TERMS = File(
    name="published_terms.csv",
    key=(),
    columns=(
        Column(name="scheme"),
        Column(name="region"),
        Column(name="year"),
        Column(name="plan"),
        Column(name="premium_yuan", blank=True),
        Column(name="term_years", blank=True),
        Column(name="benefit", blank=True),
        Column(name="waiting", blank=True),
        Column(name="age", blank=True),
        Column(name="participation_units", blank=True),
        PROVENANCE,
        Column(name="quality"),
    ),
    reference=True,
)

_EXPERIENCE = File(
    name="scheme_experience.csv",
    key=("scheme", "period"),
    columns=(
        Column(name="scheme"),
        Column(name="period"),
        whole_column("enrolments", "enrolments", 0, 1e9, blank=True),
        number_column("premium_yuan", "yuan", 0.0, 1e13, blank=True),
        whole_column("claims", "claims", 0, 1e9, blank=True),
        number_column("paid_yuan", "yuan", 0.0, 1e13, blank=True),
        number_column("mean_premium", "yuan", 0.0, 1e6, blank=True),
        share_column("claim_rate", blank=True),
        number_column("mean_paid", "yuan", 0.0, 1e9, blank=True),
        number_column("loss_ratio", "ratio", 0.0, 100.0, blank=True),
        PROVENANCE,
    ),
    reference=True,
)

OTHER_FILES = (
    _PARAMETERS,
    _SEVERITY,
    _ECONOMICS,
    _PARTICIPATION,
    _STARTS,
    _SEASON,
    _DELAY,
    _SCENARIOS,
    _SPLITS,
    _EXPERIENCE,
    _TERMS,
    _GLOSSARY,
)
"""Beliefs, calendar, scenarios, splits, and the three files that no figure depends on."""
