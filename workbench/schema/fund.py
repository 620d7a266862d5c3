"""The files of the fund over years: renewal, retirement, actions, the years of a scenario.

Floor 1, inside `schema`. All are optional. Renewal and joining are assumptions, statutory ages of
retirement facts, actions rules to try.
"""

from __future__ import annotations

from workbench.schema.beliefs import STATES
from workbench.schema.columns import Column, File
from workbench.schema.parts import (
    BAND,
    CODE,
    PROVENANCE,
    SEX,
    number_column,
    share_column,
    whole_column,
)

__all__ = ["ACTION_UNITS", "ACTION_WAYS", "FUND_FILES"]

ACTION_WAYS = {
    "raise_tier": "below",
    "cut_benefit": "below",
    "stop_joining": "below",
    "lower_tier": "above",
}
"""What an action does → the side of its line on which it may act."""

ACTION_UNITS = ("yuan", "share of contributions")
MOST_TIMES = 20
_STATE = Column(name="state", kind="code", codes=STATES)
_YEAR = (2000, 2200)

FUND_FILES = (
    File(
        name="renewal.csv",
        key=("sex", "age_band"),
        columns=(
            SEX,
            BAND,
            share_column("renewal_rate"),
            share_column("joining_rate"),
            _STATE,
            PROVENANCE,
        ),
        optional=True,
    ),
    File(
        name="retirement.csv",
        key=("group",),
        columns=(
            Column(name="group", kind="code", pattern=CODE),
            SEX,
            share_column("share"),
            number_column("age_before", "years", 40.0, 75.0),
            number_column("age_after", "years", 40.0, 75.0),
            whole_column("first_year", "calendar_years", *_YEAR),
            whole_column("last_year", "calendar_years", *_YEAR),
            _STATE,
            PROVENANCE,
        ),
        optional=True,
    ),
    File(
        name="actions.csv",
        key=("action",),
        columns=(
            Column(name="action", kind="code", pattern=CODE),
            Column(name="name_zh"),
            Column(name="name_en"),
            Column(name="when", kind="code", codes=("below", "above")),
            number_column("line", "unit_column", -1e12, 1e12),
            Column(name="unit", kind="code", codes=ACTION_UNITS),
            Column(name="does", kind="code", codes=tuple(ACTION_WAYS)),
            Column(name="plan", kind="code", pattern=CODE),
            number_column("amount", "share", 0.0, 0.5, above_low=True, blank=True),
            whole_column("most_times", "calendar_years", 1, MOST_TIMES),
            PROVENANCE,
        ),
        optional=True,
    ),
    File(
        name="scenario_years.csv",
        key=("scenario",),
        columns=(
            Column(name="scenario", kind="code", pattern=CODE),
            whole_column("first_year", "calendar_years", 1, 100),
            whole_column("last_year", "calendar_years", 1, 100),
            number_column("rebound_factor", "ratio", 0.5, 2.0),
            PROVENANCE,
        ),
        optional=True,
    ),
)
