"""Applies changes to a pack: beliefs, plan terms, members, segments, leavers, in this order.

Floor 2, inside `changes`. The order is fixed, so that the order of `--set` has no meaning: members
are scaled first, then raked to enrolments, then segments join, then ages leave.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from workbench.changes.enrolments import rake
from workbench.changes.noun import Changes
from workbench.consistency import contradictions
from workbench.guard import Fault, InputRefused
from workbench.inputs import Inputs
from workbench.names import LEAVE, OWN_YEARS, SEGMENT, allowed_name, checked_value
from workbench.plans import Plan
from workbench.portfolio import BundleRow, Leaving, Segment, spread
from workbench.rates import RATE_SCALES, RateTable
from workbench.schema import PLAN_NUMBERS, USUAL_PREMIUM, file_named
from workbench.timeline import FEMALE, MALE

__all__ = ["apply", "warnings_of"]

Values = dict[str, float | str]

_SCALE = "participation_scale"
_SOURCE = "added by a change"


def _checked(inputs: Inputs, changes: Changes) -> Values:
    """Return the values as numbers or text, each within its range; all faults at once."""
    values: Values = {}
    faults: list[Fault] = []
    for name, value in changes.values.items():
        checked = checked_value(inputs, name, value)
        if isinstance(checked, Fault):
            faults.append(checked)
        else:
            values[name] = checked
    if faults:
        raise InputRefused(faults)
    return values


def _plans(inputs: Inputs, values: Values) -> tuple[Plan, ...]:
    """Return the plans with the changed terms; whole columns become int."""
    columns = {name: file_named("plans.csv").column(name) for name in PLAN_NUMBERS}
    plans = []
    for plan in inputs.plans:
        terms: dict[str, Any] = {}
        for name, column in columns.items():
            value = values.get(f"plans.{plan.code}.{name}")
            if value is not None:
                terms[name] = int(value) if column.kind == "whole" else float(value)
        plans.append(replace(plan, **terms) if terms else plan)
    return tuple(plans)


def _rates(inputs: Inputs, values: Values) -> RateTable:
    """Return the rates after the scales of single events."""
    factors = {event: float(values[name]) for name, event in RATE_SCALES.items() if name in values}
    return inputs.rates.scaled(factors) if factors else inputs.rates


def _scaled(number: int, scale: Fraction) -> int:
    """Return `number` × `scale` rounded half up, exactly."""
    return floor(number * scale + Fraction(1, 2))


def _members(inputs: Inputs, values: Values) -> tuple[BundleRow, ...]:
    """Return the rows after the scale of participation and the enrolments asked for."""
    rows = inputs.rows
    if _SCALE in values:
        # The shortest decimal of the number is what the user wrote: 1.15 means 115/100.
        scale = Fraction(repr(values[_SCALE]))
        rows = tuple(
            replace(row, women=_scaled(row.women, scale), men=_scaled(row.men, scale))
            for row in rows
        )
    asked = {
        plan.code: int(values[f"enrolments.{plan.code}"])
        for plan in inputs.plans
        if f"enrolments.{plan.code}" in values
    }
    raked = rake(rows, asked) if asked else rows
    if raked is None:
        told = ", ".join(f"enrolments.{code}={number}" for code, number in asked.items())
        members = sum(row.members for row in rows)
        raise InputRefused(
            [Fault("change-enrolments-impossible", {"value": told, "allowed": members})]
        )
    return raked


def _segment_parts(values: Values) -> dict[str, Values]:
    """Return the changes of each segment by its name."""
    parts: dict[str, Values] = {}
    for name, value in values.items():
        if found := SEGMENT.fullmatch(name):
            parts.setdefault(found[1], {})[found[2]] = value
    return parts


def _segment_fault(inputs: Inputs, name: str, given: Values) -> Fault | None:
    """Return what a segment lacks: members and bundle go together and make the segment."""
    known = {segment.name for segment in inputs.segments}
    joins = [part for part in ("members", "bundle", "accident_factor") if part in given]
    lacking = [part for part in ("members", "bundle") if part not in given]
    if lacking and (joins or name not in known):
        told = ", ".join(f"segment:{name}.{part}" for part in lacking)
        return Fault("change-segment-incomplete", {"name": f"segment:{name}", "allowed": told})
    return None


def _segment_row(inputs: Inputs, name: str, given: Values) -> BundleRow:
    """Return the row of a joining segment, split by the sexes' weights of the mix."""
    weights = inputs.mix.sum(axis=1)
    members = spread(int(given["members"]), np.array([weights[MALE], weights[FEMALE]]))
    held = str(given["bundle"]).split("+")
    return BundleRow(
        plans=tuple(code for code in inputs.plan_codes if code in held),
        women=int(members[FEMALE]),
        men=int(members[MALE]),
        accident_factor=float(given.get("accident_factor", 1.0)),
        segment=name,
        provenance=_SOURCE,
    )


def _with_segments(inputs: Inputs, values: Values) -> Inputs:
    """Return the pack with the segments of the changes and their members."""
    rows, segments = list(inputs.rows), {segment.name: segment for segment in inputs.segments}
    faults = []
    for name, given in _segment_parts(values).items():
        if fault := _segment_fault(inputs, name, given):
            faults.append(fault)
            continue
        if "members" in given:
            rows.append(_segment_row(inputs, name, given))
        own = {
            part: float(value)
            for part, value in given.items()
            if part not in ("members", "bundle", "accident_factor")
        }
        before = segments[name].beliefs if name in segments else {}
        segments[name] = Segment(name=name, beliefs={**before, **own})
    if faults:
        raise InputRefused(faults)
    return replace(inputs, rows=tuple(rows), segments=tuple(segments.values()))


def _leaving(values: Values) -> tuple[Leaving, ...]:
    rules = []
    for name, share in values.items():
        if found := LEAVE.fullmatch(name):
            low, high = int(found[1]), int(found[2])
            rules.append(Leaving(age_low=low, age_high=high, share=float(share)))
    return tuple(sorted(rules, key=lambda rule: (rule.age_low, rule.age_high)))


def apply(inputs: Inputs, changes: Changes) -> Inputs:
    """Return the pack after the changes; the pack itself if there are none.

    Names, ranges and meaning: docs of the data, `workbench describe`. A plan's
    `enrolments_default` stays what the file says; the members are in `rows`.

    Raises
    ------
    InputRefused
        Unknown names with the nearest ones, values out of range with the range, and changes that
        contradict each other or the rest of the pack.
    """
    if not changes:
        return inputs
    values = _checked(inputs, changes)
    beliefs = {
        name: float(value) for name, value in values.items() if name in inputs.assumptions.beliefs
    }
    changed = replace(
        inputs,
        assumptions=inputs.assumptions.changed(beliefs),
        plans=_plans(inputs, values),
        rates=_rates(inputs, values),
        rows=_members(inputs, values),
        leaving=inputs.leaving + _leaving(values),
    )
    changed = _with_segments(changed, values)
    if faults := contradictions(changed):
        raise InputRefused(faults)
    return changed


def warnings_of(inputs: Inputs, changes: Changes) -> tuple[Fault, ...]:
    """Return what is unusual in changes that `apply` takes: nothing here is refused.

    A premium outside 25 to 95 yuan; a name that moves no figure; a trend over no years.
    """
    found = []
    low, high = USUAL_PREMIUM
    for name, value in changes.values.items():
        allowed = allowed_name(inputs, name)
        if allowed is None:
            continue
        if name.endswith(".premium_yuan") and not low <= float(value) <= high:
            told = {"low": f"{low:g}", "high": f"{high:g}"}
            found.append(Fault("premium-unusual", {"name": name, "value": value, **told}))
        # The years of own figures are a mark: they move nothing and are not asked to.
        if allowed.moves_nothing and not OWN_YEARS.fullmatch(name):
            found.append(Fault("moves-nothing", {"name": name, "value": value}))
    return tuple(found) + _idle_trend(inputs, changes)


def _idle_trend(inputs: Inputs, changes: Changes) -> tuple[Fault, ...]:
    """Return a warning where a trend was set but runs over no years."""
    trends = ("frequency_trend_per_year", "cost_trend_per_year")
    set_now = [name for name in trends if float(changes.values.get(name, 0.0)) != 0.0]
    years = changes.values.get(
        "years_from_base_to_rating", inputs.assumptions["years_from_base_to_rating"]
    )
    if not set_now or float(years) != 0.0:
        return ()
    return (Fault("trend-without-years", {"name": ", ".join(set_now)}),)
