"""Sound tables become the frozen nouns of the workbench.

Floor 2, inside `pack`. Nothing is checked here that a single cell or table can tell; see `checks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

import numpy as np

from workbench.assumptions import Assumptions, Belief
from workbench.guard import freeze
from workbench.inputs import (
    CalendarTables,
    EnrolmentSplit,
    Inputs,
    Rule,
    RuleCondition,
    Scenario,
)
from workbench.pack.counties import build_counties
from workbench.pack.fund import (
    build_actions,
    build_renewal,
    build_retirement,
    build_scenario_years,
)
from workbench.pack.programmes import build_programmes, build_relativities
from workbench.pack.rows import Row, Table
from workbench.plans import Plan
from workbench.portfolio import BundleRow, Segment
from workbench.rates import RATE_EVENTS, RateTable
from workbench.schema import INCIDENCE_FACTOR, INCIDENCE_UNIT, SEVERITY_ROWS, WHAT_IF_RANGES
from workbench.timeline import AGE_BANDS, SEXES

__all__ = ["build", "build_bundle", "build_plans", "millionths", "ordered_codes"]

_RENAMED = {"plan_id": "code"}
_LABELS = ("area", "occupation_class", "segment")
_FIRST_SEGMENT = "employee"
_NO_CALENDAR = CalendarTables(
    start_share=freeze([]),
    season=freeze([]),
    delay_months=freeze([]),
    paid_share=freeze([]),
    delay_columns=(),
)


def build_plans(table: Table) -> tuple[Plan, ...]:
    """Return one plan a row; a blank term is None."""
    return tuple(
        Plan(**{_RENAMED.get(name, name): value for name, value in row.cells.items()})
        for row in table
    )


def ordered_codes(bundle: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the plans of a bundle such as `P1+P4` in the order of plans.csv; unknown ones last."""
    places = {code: place for place, code in enumerate(codes)}
    return tuple(sorted(bundle.split("+"), key=lambda code: places.get(code, len(codes))))


def build_bundle(row: Row, codes: tuple[str, ...]) -> BundleRow:
    """Return one row of bundles.csv, its plans in the order of plans.csv."""
    labels = {name: row.cells[name] for name in _LABELS if name in row.cells}
    return BundleRow(
        plans=ordered_codes(row.texts["bundle"], codes),
        women=row["women"],
        men=row["men"],
        accident_factor=row["accident_factor"],
        provenance=row["provenance"],
        **labels,
    )


def millionths(text: str) -> int | None:
    """Return a share written with at most six decimals in whole millionths, else None."""
    number = float(text) * 1e6
    parts = round(number)
    return int(parts) if abs(number - parts) < 1e-6 else None


def _mix(table: Table) -> np.ndarray:
    """Weights in millionths, shape (2 sexes, 9 age bands)."""
    weights = {(row["sex"], row["age_band"]): millionths(row.texts["share"]) for row in table}
    return freeze([[weights[sex, band] for band in AGE_BANDS] for sex in SEXES], np.int64)


def _rates(table: Table) -> RateTable:
    """Probabilities per member-year, or relativities where a belief gives the level."""
    values = {(row["event"], row["sex"], row["age_band"]): row["value"] for row in table}
    sources: dict[str, dict[str, None]] = {event: {} for event in RATE_EVENTS}
    for row in table:
        sources[row["event"]][row["provenance"]] = None
    arrays = np.zeros((len(RATE_EVENTS), len(SEXES), len(AGE_BANDS)))
    for place, event in enumerate(RATE_EVENTS):
        per = 1000.0 if INCIDENCE_UNIT[event].startswith("per 1000") else 1.0
        for sex, name in enumerate(SEXES):
            for band, ages in enumerate(AGE_BANDS):
                arrays[place, sex, band] = values.get((event, name, ages), 0.0) / per
    return RateTable(
        values=freeze(arrays),
        times_parameter=tuple(INCIDENCE_FACTOR.get(event, "") for event in RATE_EVENTS),
        provenance=tuple("; ".join(sources[event]) for event in RATE_EVENTS),
    )


def _plain_beliefs(table: Table) -> Iterator[Belief]:
    for row in table:
        yield Belief(
            name=row["name"],
            value=float(row["value"]),
            unit=row["unit"],
            state=row["state"],
            provenance=row["provenance"],
            file=table.file.name,
            symbol=row.cells.get("symbol") or "",
            low=row["low"],
            high=row["high"],
            mode=row.cells.get("mode"),
        )


def _severity_beliefs(table: Table) -> Iterator[Belief]:
    for row in table:
        place = (row["name"], row["age_band"] or "")
        _, unit, mean_name, cv_name = SEVERITY_ROWS[place]
        common: dict[str, Any] = {"provenance": row["provenance"], "file": table.file.name}
        low, high = row["low"], row["high"]
        if low is None:
            low, high = WHAT_IF_RANGES.get(mean_name, (None, None))
        yield Belief(
            name=mean_name,
            value=row["mean"],
            unit=unit,
            state=row["state"],
            low=low,
            high=high,
            **common,
        )
        if cv_name:
            yield _cv_belief(row, cv_name, common)


def _cv_belief(row: Row, name: str, common: dict[str, Any]) -> Belief:
    """Return the belief of a coefficient of variation.

    Its own range is a judgement, so its state is assumption even where the mean is solved.
    """
    low, high = row["cv_low"], row["cv_high"]
    if low is None:
        low, high = WHAT_IF_RANGES.get(name, (None, None))
    state = "assumption" if row["state"] == "solved" else row["state"]
    return Belief(
        name=name, value=row["cv"], unit="ratio", state=state, low=low, high=high, **common
    )


def _beliefs(tables: dict[str, Table]) -> Assumptions:
    found = [
        *_plain_beliefs(tables["parameters.csv"]),
        *_severity_beliefs(tables["severity.csv"]),
        *_plain_beliefs(tables["economics.csv"]),
        *_plain_beliefs(tables["participation.csv"]),
    ]
    return Assumptions({belief.name: belief for belief in found})


def _calendar(tables: dict[str, Table]) -> CalendarTables:
    delay = tables["reporting_delay.csv"]
    columns = tuple(name for name in delay.columns if name.startswith("cum_paid_"))
    return CalendarTables(
        start_share=freeze([row["share_of_contributions"] for row in tables["start_months.csv"]]),
        season=freeze([row["admission_index"] for row in tables["seasonality.csv"]]),
        delay_months=freeze([row["months_since_event"] for row in delay], np.int64),
        paid_share=freeze([[row[name] for name in columns] for row in delay], float),
        delay_columns=columns,
    )


def _scenarios(table: Table) -> tuple[Scenario, ...]:
    grouped: dict[str, list[Row]] = {}
    for row in table:
        grouped.setdefault(row.texts["scenario"], []).append(row)
    return tuple(
        Scenario(
            code=code,
            name_zh=rows[0].texts["name_zh"],
            name_en=rows[0].texts["name_en"],
            changes=tuple((row["name"], row["value"]) for row in rows if row["name"]),
            why=tuple(row["why"] or "" for row in rows),
        )
        for code, rows in grouped.items()
    )


def _splits(table: Table) -> tuple[EnrolmentSplit, ...]:
    grouped: dict[str, list[Row]] = {}
    for row in table:
        grouped.setdefault(row["split"], []).append(row)
    return tuple(
        EnrolmentSplit(
            code=code,
            name_zh=rows[0]["name_zh"],
            name_en=rows[0]["name_en"],
            enrolments=tuple((row["plan_id"], row["enrolments"]) for row in rows),
            provenance="; ".join(dict.fromkeys(row["provenance"] for row in rows)),
        )
        for code, rows in grouped.items()
    )


def _rules(table: Table) -> tuple[Rule, ...]:
    grouped: dict[str, list[Row]] = {}
    for row in table:
        grouped.setdefault(row["code"], []).append(row)
    return tuple(
        Rule(
            code=code,
            name_zh=rows[0]["name_zh"],
            name_en=rows[0]["name_en"],
            conditions=tuple(
                RuleCondition(
                    figure=row["figure"],
                    condition=row["condition"],
                    limit=float(row["limit"]),
                    unit=row["unit"],
                    basis=row.cells.get("basis") or "",
                )
                for row in rows
            ),
            provenance="; ".join(dict.fromkeys(row["provenance"] for row in rows)),
        )
        for code, rows in grouped.items()
    )


def build(tables: dict[str, Table], without: Set[str] = frozenset()) -> Inputs:
    """Return the pack as one noun; tables that are not named in `without` are whole and checked.

    `without` may hold files of the calendar, the scenarios, the splits and the rules: their part is
    left empty, so that the rest can still be checked.
    """
    plans = build_plans(tables["plans.csv"])
    codes = tuple(plan.code for plan in plans)
    rows = tuple(build_bundle(row, codes) for row in tables["bundles.csv"])
    segments = dict.fromkeys([_FIRST_SEGMENT, *(row.segment for row in rows)])
    no_calendar = without & {"start_months.csv", "seasonality.csv", "reporting_delay.csv"}
    no_scenarios = "scenarios.csv" in without
    no_splits = "enrolment_splits.csv" in without
    kept = {name: () if name in without else table for name, table in tables.items()}
    return Inputs(
        plans=plans,
        rows=rows,
        mix=_mix(tables["members_mix.csv"]),
        rates=_rates(tables["incidence_by_age_sex.csv"]),
        assumptions=_beliefs(tables),
        calendar=_NO_CALENDAR if no_calendar else _calendar(tables),
        scenarios=() if no_scenarios else _scenarios(tables["scenarios.csv"]),
        segments=tuple(Segment(name=name) for name in segments),
        splits=() if no_splits else _splits(tables["enrolment_splits.csv"]),
        rules=() if "rules.csv" in without else _rules(tables["rules.csv"]),
        programmes=build_programmes(kept["programmes.csv"]),
        relativities=build_relativities(kept["relativities.csv"]),
        renewal=build_renewal(kept["renewal.csv"]),
        retirement=build_retirement(kept["retirement.csv"]),
        actions=tuple(
            one for one in build_actions(kept["actions.csv"]) if one.plan in ("all", *codes)
        ),
        scenario_years=build_scenario_years(kept["scenario_years.csv"]),
        counties=build_counties(kept["counties.csv"]),
    )
