"""Document and tables of the question `triangle`.

Floor 8.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.questions.documents import figure_part, finite
from workbench.questions.registry import Asked
from workbench.questions.table import Cell, Column, Table, Word
from workbench.reserving.methods.diagnostics import link_ratios, residuals, stability
from workbench.reserving.methods.registry import METHODS, Estimate, default_method

if TYPE_CHECKING:
    from workbench.questions.triangle import TriangleAnswer

__all__ = ["document", "tables"]

RESERVE_HEADS = {
    "model_law": "reserve_model_law",
    "chain_ladder_mack": "reserve_chain_ladder_mack",
    "over_dispersed_poisson": "reserve_over_dispersed_poisson",
    "bootstrap": "reserve_bootstrap",
    "synchronous_bootstrap": "reserve_synchronous_bootstrap",
    "bornhuetter_ferguson": "reserve_bornhuetter_ferguson",
    "cape_cod": "reserve_cape_cod",
    "average_cost": "reserve_average_cost",
    "frequency_severity": "reserve_frequency_severity",
}
ERROR_HEADS = {
    "model_law": "error_model_law",
    "chain_ladder_mack": "error_chain_ladder_mack",
    "over_dispersed_poisson": "error_over_dispersed_poisson",
    "bootstrap": "error_bootstrap",
    "synchronous_bootstrap": "error_synchronous_bootstrap",
}
"""Heads of the columns of a method's reserve and of its error."""

SHOWN_AT = {
    0.05: "triangle_at_low",
    0.75: "triangle_at_margin",
    0.95: "triangle_at_high",
    0.995: "triangle_at_rare",
}
"""Levels of the law of a plan that a table shows."""


def _at(values: np.ndarray | None, place: int) -> float | None:
    return None if values is None else finite(float(values[place]))


def _method(estimate: Estimate, origins: tuple[str, ...]) -> dict[str, Any]:
    return {
        "development_factors": [finite(float(one)) for one in estimate.factors],
        "origins": {
            origin: {
                "paid": _at(estimate.latest, place),
                "ultimate": _at(estimate.ultimate, place),
                "reserve": _at(estimate.reserve, place),
                "standard_error": _at(estimate.standard_error, place),
                "one_year_standard_error": _at(estimate.one_year, place),
            }
            for place, origin in enumerate(origins)
        },
        "total": {
            "paid": finite(float(estimate.latest.sum())),
            "ultimate": finite(float(estimate.ultimate.sum())),
            "reserve": finite(float(estimate.reserve.sum())),
            "standard_error": finite(estimate.total_standard_error),
            "one_year_standard_error": finite(estimate.total_one_year),
        },
        "quantiles": {str(level): figure_part(one) for level, one in estimate.quantiles.items()},
        "basis": list(METHODS[estimate.method].basis),
        "plans": {
            code: {
                "reserve": finite(one.reserve),
                "standard_error": finite(one.standard_error),
                "quantiles": {str(level): figure_part(at) for level, at in one.quantiles.items()},
            }
            for code, one in estimate.plans.items()
        },
        "levels": [asdict(one) for one in estimate.levels],
    }


def document(asked: Asked, answer: TriangleAnswer) -> dict[str, Any]:
    """Return the parts of the JSON document."""
    case = answer.case
    selection, origins = case.selection, case.triangle.origins
    return {
        "simulated": asked.own["simulated"],
        "truth": finite(answer.truth_yuan),
        "methods": {key: _method(one, origins) for key, one in answer.estimates.items()},
        "selection": {
            "factors": {
                case.triangle.periods[place]: value for place, value in selection.factors.items()
            },
            "left_out": [
                [origins[row], case.triangle.periods[column]]
                for row, column in sorted(selection.left_out)
            ],
            "tail": selection.tail,
            "reason": selection.reason,
        },
        "parts": [
            {name: finite(value) if isinstance(value, float) else value for name, value in one}
            for one in (asdict(part).items() for part in answer.parts)
        ],
        "default": default_method(case),
        "calendar_test": {
            "statistic": answer.calendar.statistic,
            "expected": finite(answer.calendar.expected),
            "sd": finite(answer.calendar.sd),
            "effect": answer.calendar.effect,
        },
        "replay": [
            {
                "method": one.method,
                "diagonals_ago": one.back,
                "reserve": finite(one.reserve),
                "foreseen": finite(one.foreseen),
                "paid_since": finite(one.paid),
            }
            for one in answer.replayed
        ],
    }


def _methods(answer: TriangleAnswer) -> Table:
    """One row a method: what it says in total."""
    columns = (
        Column(key="method", kind="word"),
        Column(key="triangle_paid", kind="yuan"),
        Column(key="triangle_ultimate", kind="yuan"),
        Column(key="triangle_reserve", kind="yuan"),
        Column(key="triangle_error", kind="yuan"),
        Column(key="triangle_one_year_error", kind="yuan"),
        Column(key="triangle_error_share", kind="percent"),
    )
    rows: list[tuple[Cell, ...]] = []
    if answer.truth_yuan is not None:
        latest = float(answer.case.triangle.latest.sum())
        known = (latest, latest + answer.truth_yuan, answer.truth_yuan)
        rows.append((Word("word.truth"), *known, None, None, None))
    for key, one in answer.estimates.items():
        reserve, error = float(one.reserve.sum()), one.total_standard_error
        share = error / reserve if error is not None and reserve > 0.0 else None
        total = (float(one.latest.sum()), float(one.ultimate.sum()), reserve)
        rows.append((Word(f"method.{key}"), *total, error, one.total_one_year, share))
    return Table(name="triangle_methods", columns=columns, rows=tuple(rows))


def _origins(answer: TriangleAnswer) -> Table:
    """Reserve by origin, a column a method; the error of the first that has one."""
    case, keys = answer.case, list(answer.estimates)
    with_error = [key for key in keys if answer.estimates[key].standard_error is not None][:1]
    columns = (
        Column(key="origin"),
        Column(key="triangle_paid", kind="yuan"),
        *(Column(key=RESERVE_HEADS[key], kind="yuan") for key in keys),
        *(Column(key=ERROR_HEADS[key], kind="yuan") for key in with_error),
    )
    rows: list[tuple[Cell, ...]] = []
    for place, origin in enumerate(case.triangle.origins):
        reserves = [float(answer.estimates[key].reserve[place]) for key in keys]
        errors = [_at(answer.estimates[key].standard_error, place) for key in with_error]
        rows.append((origin, float(case.triangle.latest[place]), *reserves, *errors))
    sums = [float(answer.estimates[key].reserve.sum()) for key in keys]
    errors = [answer.estimates[key].total_standard_error for key in with_error]
    rows.append((Word("word.total"), float(case.triangle.latest.sum()), *sums, *errors))
    return Table(name="triangle_origins", columns=columns, rows=tuple(rows), total=True)


def _development(answer: TriangleAnswer) -> Table:
    """Factors with their error, and whether the latest origins differ."""
    from workbench.reserving.methods.chain_ladder import development_of

    case = answer.case
    found = development_of(case.triangle, case.selection)
    apart = residuals(case.triangle, found)
    recent = stability(case.triangle)
    columns = (
        Column(key="triangle_period"),
        Column(key="triangle_average", kind="ratio"),
        Column(key="triangle_factor", kind="ratio"),
        Column(key="triangle_factor_error", kind="ratio"),
        Column(key="triangle_recent", kind="percent"),
        Column(key="triangle_residual", kind="number"),
        Column(key="triangle_open", kind="percent"),
    )
    rows: list[tuple[Cell, ...]] = []
    developed = found.to_ultimate
    for step, factor in enumerate(found.factors):
        tail = step >= len(recent)
        largest = (
            None if tail or np.all(np.isnan(apart[:, step])) else np.nanmax(abs(apart[:, step]))
        )
        rows.append(
            (
                Word("word.tail") if tail else case.triangle.periods[step],
                None if tail else float(found.averages[step]),
                float(factor),
                float(np.sqrt(found.variance[step])),
                None if tail else finite(float(recent[step])),
                None if largest is None else round(float(largest), 2),
                1.0 - 1.0 / float(developed[step]),
            )
        )
    return Table(name="triangle_development", columns=columns, rows=tuple(rows))


def _ratios(answer: TriangleAnswer) -> Table:
    """Link ratios, a row an origin: what a heat map shows."""
    triangle = answer.case.triangle
    ratios = link_ratios(triangle)
    columns = (
        Column(key="origin"),
        *(Column(key=one, kind="ratio", plain=True) for one in triangle.periods[:-1]),
    )
    rows = tuple(
        (origin, *(finite(float(one)) for one in row))
        for origin, row in zip(triangle.origins, ratios, strict=True)
    )
    return Table(name="triangle_ratios", columns=columns, rows=rows)


def _quantiles(answer: TriangleAnswer) -> list[Table]:
    columns = (
        Column(key="method", kind="word"),
        Column(key="triangle_level", kind="percent"),
        Column(key="triangle_reserve", kind="yuan"),
    )
    rows = tuple(
        (Word(f"method.{key}"), level, figure)
        for key, one in answer.estimates.items()
        for level, figure in one.quantiles.items()
    )
    return [Table(name="triangle_quantiles", columns=columns, rows=rows)] if rows else []


def _plans(answer: TriangleAnswer) -> list[Table]:
    """Law by plan and in total from each method that knows the plans, and what sharing is worth."""
    columns = (
        Column(key="method", kind="word"),
        Column(key="plan"),
        Column(key="triangle_reserve", kind="yuan"),
        Column(key="triangle_error", kind="yuan"),
        *(Column(key=at, kind="yuan") for at in SHOWN_AT.values()),
    )
    rows: list[tuple[Cell, ...]] = []
    for key, one in answer.estimates.items():
        for code, said in one.plans.items():
            at = [said.quantiles[level] for level in SHOWN_AT]
            rows.append((Word(f"method.{key}"), code, said.reserve, said.standard_error, *at))
        if one.plans:
            at = [one.quantiles[level] for level in SHOWN_AT]
            total = (float(one.reserve.sum()), one.total_standard_error)
            rows.append((Word(f"method.{key}"), Word("word.total"), *total, *at))
    return [Table(name="triangle_plans", columns=columns, rows=tuple(rows))] if rows else []


def _parts(answer: TriangleAnswer) -> list[Table]:
    """What unpaid claims are made of, by the default method."""
    columns = (
        Column(key="plan"),
        Column(key="triangle_reserve", kind="yuan"),
        Column(key="triangle_error", kind="yuan"),
        Column(key="triangle_open_claims", kind="count"),
        Column(key="triangle_mean_cost", kind="yuan"),
        Column(key="triangle_reported", kind="yuan"),
        Column(key="triangle_unreported", kind="yuan"),
        Column(key="triangle_handling", kind="yuan"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.plan or Word("word.total"),
            one.unpaid_yuan,
            one.standard_error_yuan,
            one.open_claims,
            one.mean_cost_yuan,
            one.reported_yuan,
            one.unreported_yuan,
            one.handling_yuan,
        )
        for one in answer.parts
    )
    total = len(rows) > 1
    return [Table(name="triangle_parts", columns=columns, rows=rows, total=total)] if rows else []


def _replayed(answer: TriangleAnswer) -> list[Table]:
    columns = (
        Column(key="method", kind="word"),
        Column(key="triangle_ago", kind="count"),
        Column(key="triangle_reserve", kind="yuan"),
        Column(key="triangle_foreseen", kind="yuan"),
        Column(key="triangle_since", kind="yuan"),
        Column(key="triangle_miss", kind="yuan"),
    )
    rows = tuple(
        (Word(f"method.{one.method}"), one.back, one.reserve, one.foreseen, one.paid, one.miss)
        for one in answer.replayed
    )
    return [Table(name="triangle_replay", columns=columns, rows=rows)] if rows else []


def tables(asked: Asked, answer: TriangleAnswer) -> tuple[Table, ...]:
    """Return the tables, the methods side by side first."""
    return (
        _methods(answer),
        *_parts(answer),
        *_plans(answer),
        _origins(answer),
        _development(answer),
        *_quantiles(answer),
        *_replayed(answer),
        _ratios(answer),
    )
