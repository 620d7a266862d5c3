"""The question `models`: the same year under other models, side by side.

Floor 8. Each row is a named choice that the data cannot rule out; parameters and scales stay as
they are, so that a row shows what the choice alone does. Process risk alone.
Source: docs/uncertainty.md, "Other models"; docs/assumptions.md section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from workbench.engine.annual import AnnualLaw
from workbench.engine.catastrophe import Catastrophe, with_catastrophe
from workbench.engine.events import scheme_of
from workbench.engine.stages import YearLaws, claims_key, remember, scheme_laws, year_laws
from workbench.exact import mean_error, rounding_yuan
from workbench.guard import InputRefused
from workbench.inputs import Inputs
from workbench.laws.stay_tail import SplicedCost
from workbench.premium.tiers import tier_table
from workbench.questions.documents import figure_part
from workbench.questions.registry import Asked, Mapper, Question
from workbench.questions.table import Cell, Column, Table, Word
from workbench.risk import Figure

__all__ = ["MODELS", "QUESTION", "ModelRow", "ModelsAnswer"]

TAIL_FROM_YUAN = 50_000.0
"""Cost of a stay above which the tail is Pareto."""
LEVEL, DEFICIT = 0.995, 0.05
HURT = 2.0
"""Injured for each death of a catastrophe."""
REGIMES = {
    "epidemic_year_probability": 0.10,
    "epidemic_year_factor": 1.20,
    "deferral_year_probability": 0.05,
    "deferral_year_factor": 0.85,
    "hospital_shock_cv": 0.04,
}
"""Normal 0.85 × 1.00, epidemic 0.10 × 1.20, deferral 0.05 × 0.85, mean scaled to 1."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelRow:
    """One model: mean, sd and 99.5 % of the scheme (yuan), and of each plan the least whole yuan
    with a deficit probability of at most 5 % (None where no tier of the table has it).
    """

    code: str
    mean_yuan: Figure
    sd_yuan: Figure
    quantile_yuan: Figure
    tiers: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsAnswer:
    """Rows, the model in force first; codes of models that the scheme does not take."""

    rows: tuple[ModelRow, ...]
    refused: tuple[str, ...]


def _changed(inputs: Inputs, **values: float) -> YearLaws:
    return year_laws(replace(inputs, assumptions=inputs.assumptions.changed(values)))


def _pareto(inputs: Inputs) -> YearLaws:
    """Costs of stays above 50,000 yuan by a Pareto law that goes on from the lognormal one."""
    scheme = scheme_of(inputs)
    stays = {
        name: replace(stay, cost=SplicedCost(stay.cost.mu, stay.cost.sigma, TAIL_FROM_YUAN))
        for name, stay in scheme.stays.items()
    }
    return scheme_laws(replace(scheme, stays=stays))


def _catastrophe(inputs: Inputs) -> YearLaws:
    beliefs = inputs.assumptions
    deaths = beliefs["catastrophe_deaths"]
    event = Catastrophe(
        rate=beliefs["catastrophe_rate_per_year"], deaths=deaths, injured=HURT * deaths
    )
    return with_catastrophe(scheme_of(inputs), year_laws(inputs), event)


MODELS: Mapping[str, Callable[[Inputs], YearLaws]] = {
    "in_force": year_laws,
    "correlation_0": lambda inputs: _changed(inputs, stay_cost_days_correlation=0.0),
    "correlation_80": lambda inputs: _changed(inputs, stay_cost_days_correlation=0.8),
    "pareto_tail": _pareto,
    "individual": lambda inputs: year_laws(inputs, "individual"),
    "regimes": lambda inputs: _changed(inputs, **REGIMES),
    "catastrophe": _catastrophe,
}
"""Models by code, in the order in which they are shown. A new one is one entry here."""


def _quantile(law: AnnualLaw, coarse: AnnualLaw) -> Figure:
    value, again = law.quantile(LEVEL), coarse.quantile(LEVEL)
    return Figure(value, max(abs(value - again), rounding_yuan(law)))


def _least_tier(inputs: Inputs, laws: YearLaws, place: int, expenses: str) -> float | None:
    """Least whole yuan at which a deficit has at most one year in twenty."""
    table = tier_table(inputs, laws, place, expenses=expenses)
    met = np.flatnonzero(table.deficit_probability.values <= DEFICIT)
    return float(table.premiums[met[0]]) if len(met) else None


def _row(code: str, inputs: Inputs, laws: YearLaws, expenses: str) -> ModelRow:
    law, coarse = laws.laws[-1], laws.coarse[-1]
    return ModelRow(
        code=code,
        mean_yuan=Figure(law.mean, mean_error(law)),
        sd_yuan=Figure(law.sd, 0.1 * rounding_yuan(law)),
        quantile_yuan=_quantile(law, coarse),
        tiers={
            plan: _least_tier(inputs, laws, place, expenses)
            for place, plan in enumerate(inputs.plan_codes)
        },
    )


def _verb(asked: Asked, mapper: Mapper) -> ModelsAnswer:
    inputs, expenses = asked.inputs, asked.choices.expenses
    rows, refused = [], []
    for code, model in MODELS.items():
        try:
            key = ("model", code, claims_key(inputs), _rate(inputs))
            laws = remember(key, partial(model, inputs))
        except InputRefused:
            if code == "in_force":
                raise
            refused.append(code)
            continue
        rows.append(_row(code, inputs, laws, expenses))
    return ModelsAnswer(rows=tuple(rows), refused=tuple(refused))


def _rate(inputs: Inputs) -> tuple[float, float]:
    beliefs = inputs.assumptions
    return beliefs["catastrophe_rate_per_year"], beliefs["catastrophe_deaths"]


def _change(row: ModelRow, base: ModelRow) -> tuple[Figure, Figure]:
    """Change of mean and 99.5 % against the model in force, yuan."""
    parts = ((row.mean_yuan, base.mean_yuan), (row.quantile_yuan, base.quantile_yuan))
    mean, quantile = (Figure(one.value - two.value, one.error + two.error) for one, two in parts)
    return mean, quantile


def _document(asked: Asked, answer: ModelsAnswer) -> dict[str, Any]:
    base = answer.rows[0]
    return {
        "basis": {"kind": "process", "draws": None, "solved_again": None},
        "level": LEVEL,
        "deficit_at_most": DEFICIT,
        "models": {row.code: _part(row, base) for row in answer.rows},
        "refused": list(answer.refused),
    }


def _part(row: ModelRow, base: ModelRow) -> dict[str, Any]:
    mean, quantile = _change(row, base)
    return {
        "mean_yuan": figure_part(row.mean_yuan),
        "mean_change_yuan": figure_part(mean),
        "sd_yuan": figure_part(row.sd_yuan),
        "quantile_yuan": figure_part(row.quantile_yuan),
        "quantile_change_yuan": figure_part(quantile),
        "least_tier_yuan": dict(row.tiers),
    }


def _tables(asked: Asked, answer: ModelsAnswer) -> tuple[Table, ...]:
    codes, base = asked.inputs.plan_codes, answer.rows[0]
    columns = (
        Column(key="model", kind="word"),
        Column(key="mean_yuan", kind="money"),
        Column(key="mean_change_yuan", kind="yuan"),
        Column(key="sd_yuan", kind="money"),
        Column(key="quantile_995_yuan", kind="money"),
        Column(key="quantile_change_yuan", kind="yuan"),
        *(Column(key=code, kind="price", plain=True) for code in codes),
    )
    rows: list[tuple[Cell, ...]] = []
    for row in answer.rows:
        mean, quantile = _change(row, base)
        first = row is base
        rows.append(
            (
                Word(f"model.{row.code}"),
                row.mean_yuan,
                None if first else mean,
                row.sd_yuan,
                row.quantile_yuan,
                None if first else quantile,
                *(row.tiers[code] for code in codes),
            )
        )
    return (Table(name="models", columns=columns, rows=tuple(rows)),)


QUESTION = Question(
    name="models",
    options=(),
    verb=_verb,
    document=_document,
    tables=_tables,
)
"""Registered in `workbench.questions`."""
