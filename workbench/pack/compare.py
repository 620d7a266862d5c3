"""How one pack differs from another, figure by figure.

Floor 2, inside `pack`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from workbench.inputs import Inputs
from workbench.rates import RATE_EVENTS
from workbench.timeline import AGE_BANDS, SEXES

__all__ = ["Difference", "differences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure that differs; `before` or `after` is None where a row is new or gone."""

    file: str
    key: str
    column: str
    before: float | str | None
    after: float | str | None


Facts = dict[tuple[str, str, str], float | str | None]

_NOT_A_FIGURE = ("provenance",)


def _plans(inputs: Inputs) -> Iterator[tuple[tuple[str, str, str], float | str | None]]:
    for plan in inputs.plans:
        for entry in fields(plan):
            if entry.name != "code":
                yield ("plans.csv", plan.code, entry.name), getattr(plan, entry.name)


def _rows(inputs: Inputs) -> Iterator[tuple[tuple[str, str, str], float | str | None]]:
    usual = ("Baoji", "1", "employee")
    for row in inputs.rows:
        labels = (row.area, row.occupation_class, row.segment)
        parts = ["+".join(row.plans), f"{row.accident_factor:g}"]
        key = " ".join(parts if labels == usual else [*parts, *labels])
        for column in ("women", "men", "provenance"):
            yield ("bundles.csv", key, column), getattr(row, column)


def _tables(inputs: Inputs) -> Iterator[tuple[tuple[str, str, str], float | str | None]]:
    for sex, letter in enumerate(SEXES):
        for band, ages in enumerate(AGE_BANDS):
            yield ("members_mix.csv", f"{ages} {letter}", "share"), int(inputs.mix[sex, band]) / 1e6
            for event, name in enumerate(RATE_EVENTS):
                value = float(inputs.rates.values[event, sex, band])
                yield ("incidence_by_age_sex.csv", f"{name} {ages} {letter}", "value"), value
    for name, source in zip(RATE_EVENTS, inputs.rates.provenance, strict=True):
        yield ("incidence_by_age_sex.csv", name, "provenance"), source
    calendar = inputs.calendar
    for month, share in enumerate(calendar.start_share.tolist(), start=1):
        yield ("start_months.csv", str(month), "share_of_contributions"), share
    for month, index in enumerate(calendar.season.tolist(), start=1):
        yield ("seasonality.csv", str(month), "admission_index"), index
    for month, shares in zip(
        calendar.delay_months.tolist(), calendar.paid_share.tolist(), strict=True
    ):
        for column, share in zip(calendar.delay_columns, shares, strict=True):
            yield ("reporting_delay.csv", str(month), column), share


def _beliefs(inputs: Inputs) -> Iterator[tuple[tuple[str, str, str], float | str | None]]:
    for belief in inputs.assumptions.beliefs.values():
        for column in ("value", "low", "high", "mode", "state", "provenance"):
            yield (belief.file, belief.name, column), getattr(belief, column)


def _scenarios(inputs: Inputs) -> Iterator[tuple[tuple[str, str, str], float | str | None]]:
    for scenario in inputs.scenarios:
        yield ("scenarios.csv", scenario.code, "name_zh"), scenario.name_zh
        yield ("scenarios.csv", scenario.code, "name_en"), scenario.name_en
        for name, value in scenario.changes:
            yield ("scenarios.csv", scenario.code, name), value


def _splits(inputs: Inputs) -> Iterator[tuple[tuple[str, str, str], float | str | None]]:
    for split in inputs.splits:
        for column in ("name_zh", "name_en", "provenance"):
            yield ("enrolment_splits.csv", split.code, column), getattr(split, column)
        for code, number in split.enrolments:
            yield ("enrolment_splits.csv", f"{split.code} {code}", "enrolments"), number


def _rules(inputs: Inputs) -> Iterator[tuple[tuple[str, str, str], float | str | None]]:
    for rule in inputs.rules:
        for column in ("name_zh", "name_en", "provenance"):
            yield ("rules.csv", rule.code, column), getattr(rule, column)
        for one in rule.conditions:
            place = ("rules.csv", f"{rule.code} {one.figure} {one.condition}")
            yield (*place, "limit"), one.limit
            yield (*place, "basis"), one.basis


def _programmes(inputs: Inputs) -> Iterator[tuple[tuple[str, str, str], float | str | None]]:
    for programme in inputs.programmes:
        for entry in fields(programme):
            if entry.name != "code":
                place = ("programmes.csv", programme.code, entry.name)
                yield place, getattr(programme, entry.name)
    for one in inputs.relativities:
        for column in ("dimension", "factor", "provenance"):
            yield ("relativities.csv", f"{one.table} {one.level}", column), getattr(one, column)


def _fund(inputs: Inputs) -> Iterator[tuple[tuple[str, str, str], float | str | None]]:
    table = inputs.renewal
    if table is not None:
        for name, values in (("renewal_rate", table.renewal), ("joining_rate", table.joining)):
            for sex, by_band in zip(SEXES, values.tolist(), strict=True):
                for band, value in zip(AGE_BANDS, by_band, strict=True):
                    yield ("renewal.csv", f"{sex} {band}", name), value
        yield ("renewal.csv", "", "provenance"), table.provenance
    files: dict[str, tuple[str, tuple[Any, ...]]] = {
        "retirement.csv": ("group", inputs.retirement),
        "actions.csv": ("code", inputs.actions),
        "scenario_years.csv": ("scenario", inputs.scenario_years),
        "counties.csv": ("code", inputs.counties),
    }
    for file, (key, nouns) in files.items():
        for noun in nouns:
            for entry in fields(noun):
                if entry.name != key:
                    yield (file, getattr(noun, key), entry.name), getattr(noun, entry.name)


def _facts(inputs: Inputs) -> Facts:
    facts: Facts = {}
    for part in (_plans, _rows, _tables, _beliefs, _scenarios, _splits, _rules, _programmes, _fund):
        facts.update(part(inputs))
    return facts


def differences(inputs: Inputs, builtin: Inputs) -> tuple[Difference, ...]:
    """Return every figure and source in which `inputs` differs from the pack `builtin`.

    Rates are compared in probabilities per member-year. Empty means the two packs say the same.
    """
    after, before = _facts(inputs), _facts(builtin)
    return tuple(
        Difference(
            file=file, key=key, column=column, before=before.get(place), after=after.get(place)
        )
        for place in dict.fromkeys([*before, *after])
        if before.get(place) != after.get(place)
        for file, key, column in (place,)
    )
