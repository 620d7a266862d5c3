"""The question `counties`: level by county, who would fail alone, what pooling is worth.

Floor 8. What was paid by county and year are choices, so that a record holds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.guard import Fault, refuse
from workbench.history import (
    GENERATORS,
    CountyAlone,
    CountyYears,
    Pooling,
    county_years,
    pooling,
    read_county_years,
    simulated_history,
)
from workbench.history.counties import LEVELS
from workbench.questions.documents import figure_part, finite
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.table import Cell, Column, Named, Table, Word
from workbench.questions.triangle_source import VALUATION

__all__ = ["QUESTION", "CountiesAnswer"]

OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountiesAnswer:
    """Counties alone and together, from what was paid by county and year."""

    found: Pooling
    paid: CountyYears


def _verb(asked: Asked, mapper: Mapper) -> CountiesAnswer:
    own, inputs = asked.own, asked.inputs
    if own["county-row"]:
        paid = read_county_years(inputs, own["county-row"])
    else:
        history = simulated_history(
            inputs, seed=own["history-seed"], generator=own["simulated"] or OWN
        )
        paid = county_years(inputs, history, own["valuation"] or VALUATION)
    found = pooling(inputs, paid, expenses=asked.choices.expenses, limit=own["deficit"])
    return CountiesAnswer(found=found, paid=paid)


def _rule(own: dict[str, Any], given: Own) -> None:
    if own["county-row"] and own["simulated"] is not None:
        raise refuse("triangle-file-and-rows", file="--county-row", name="--simulated")


def _one(one: CountyAlone) -> dict[str, Any]:
    return {
        "name_zh": one.county.name_zh,
        "name_en": one.county.name_en,
        "share_of_members": finite(one.county.share),
        "paid_yuan": finite(one.paid_yuan),
        "ratio": finite(one.ratio),
        "credibility": finite(one.factor),
        "county_level": {"value": finite(one.level), "error": finite(one.level_error)},
        "contribution_yuan": finite(one.contribution_yuan),
        "mean_yuan": figure_part(one.mean_yuan),
        "sd_yuan": figure_part(one.sd_yuan),
        "deficit_probability": figure_part(one.deficit_probability),
        "deficit_probability_level_uncertain": figure_part(one.deficit_uncertain),
        "expected_shortfall_yuan": figure_part(one.shortfall_yuan),
        "claims_at_yuan": {str(at): figure_part(figure) for at, figure in one.amounts.items()},
    }


def _document(asked: Asked, answer: CountiesAnswer) -> dict[str, Any]:
    """Return the parts of the JSON document."""
    found = answer.found
    return {
        "simulated": None if asked.own["county-row"] else asked.own["simulated"] or OWN,
        "years": list(answer.paid.years),
        "county_shock_cv": found.own_cv,
        "deficit_limit": found.limit,
        "fails_alone": list(found.fails),
        "between_sd": finite(found.structure.between**0.5),
        "counties": {one.county.code: _one(one) for one in found.counties},
        "pool": _one(found.pool),
        "pooling_saves_yuan": {str(at): figure_part(one) for at, one in found.saved.items()},
    }


def _name(one: CountyAlone) -> Cell:
    return Named(one.county.name_zh, one.county.name_en)


def _levels(found: Pooling) -> Table:
    columns = (
        Column(key="county", kind="word"),
        Column(key="county_share", kind="percent"),
        Column(key="county_paid", kind="yuan"),
        Column(key="county_ratio", kind="ratio"),
        Column(key="county_factor", kind="percent"),
        Column(key="county_level", kind="ratio"),
        Column(key="county_level_error", kind="ratio"),
    )
    rows = tuple(
        (
            _name(one),
            one.county.share,
            one.paid_yuan,
            one.ratio,
            one.factor,
            one.level,
            one.level_error,
        )
        for one in found.counties
    )
    return Table(name="counties_levels", columns=columns, rows=rows)


def _alone(found: Pooling) -> Table:
    columns = (
        Column(key="county", kind="word"),
        Column(key="county_contribution", kind="yuan"),
        Column(key="county_mean", kind="yuan"),
        Column(key="county_sd", kind="yuan"),
        Column(key="county_deficit", kind="probability"),
        Column(key="county_deficit_level", kind="probability"),
        Column(key="county_shortfall", kind="yuan"),
    )
    lines = [*((_name(one), one) for one in found.counties), (Word("word.pool"), found.pool)]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            name,
            one.contribution_yuan,
            one.mean_yuan,
            one.sd_yuan,
            one.deficit_probability,
            one.deficit_uncertain,
            one.shortfall_yuan,
        )
        for name, one in lines
    )
    return Table(name="counties_alone", columns=columns, rows=rows, total=True)


def _pooling(found: Pooling) -> Table:
    columns = (
        Column(key="county_confidence", kind="percent"),
        Column(key="county_apart", kind="yuan"),
        Column(key="county_together", kind="yuan"),
        Column(key="county_saved", kind="yuan"),
        Column(key="county_saved_share", kind="percent"),
    )
    rows = tuple(
        (
            at,
            sum(one.amounts[at].value for one in found.counties),
            found.pool.amounts[at],
            found.saved[at],
            found.saved[at].value / found.pool.contribution_yuan,
        )
        for at in LEVELS
    )
    return Table(name="counties_pooling", columns=columns, rows=rows)


def _tables(asked: Asked, answer: CountiesAnswer) -> tuple[Table, ...]:
    """Return who would fail alone, the worth of pooling, and the levels behind them."""
    found = answer.found
    return (_alone(found), _pooling(found), _levels(found))


def _warn(asked: Asked, answer: CountiesAnswer) -> tuple[Fault, ...]:
    """A simulated history and synthetic counties say so; levels that do not differ are told."""
    faults = []
    if not asked.own["county-row"]:
        faults.append(Fault("triangle-simulated", {"value": asked.own["simulated"] or OWN}))
    if any("synthetic" in one.provenance for one in asked.inputs.counties):
        faults.append(Fault("counties-synthetic", {}))
    if answer.found.structure.between <= 0.0:
        faults.append(Fault("counties-alike", {}))
    return tuple(faults)


QUESTION = Question(
    name="counties",
    options=(
        Option(name="county-row", kind="text", repeat=True),
        Option(name="simulated", allowed=tuple(GENERATORS)),
        Option(name="history-seed", kind="whole", low=0, high=2**63 - 1, default=1),
        Option(name="valuation", kind="date"),
        Option(name="deficit", kind="number", low=0.0001, high=0.5, default=0.05),
    ),
    verb=_verb,
    document=_document,
    tables=_tables,
    rule=_rule,
    warn=_warn,
)
"""Registered in `workbench.questions`."""
