"""The JSON document of the question `fund`.

Floor 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.fund import FundResult, Statements, Variant, retirement_age
from workbench.fund.measures import FAN
from workbench.questions.basis import basis_choice
from workbench.questions.documents import figure_part, finite
from workbench.questions.registry import Asked
from workbench.risk import Figure

if TYPE_CHECKING:
    from workbench.questions.fund import FundAnswer

__all__ = ["end_figures", "fund_document", "months_of", "scheme_years"]

MONTHS = 12


def scheme_years(result: FundResult) -> list[int]:
    """Return the calendar years of the horizon."""
    first = result.choices.first_year
    return list(range(first, first + result.choices.years))


def months_of(result: FundResult) -> list[str]:
    """Return the months of the horizon as YYYY-MM."""
    return [f"{year}-{month:02d}" for year in scheme_years(result) for month in range(1, 13)]


def end_figures(variant: Variant, month: int = -1) -> dict[str, Figure]:
    """Return mean and levels of the fund at a month's end: "mean", "0.025" … "0.975"."""
    found = variant.figures
    levels = {
        repr(level): Figure(float(found.fan[month, place]), float(found.fan_error[month, place]))
        for place, level in enumerate(FAN)
    }
    return {"mean": Figure(float(found.mean[month]), float(found.mean_error[month])), **levels}


def _variant(variant: Variant, years: list[int]) -> dict[str, Any]:
    found = variant.figures
    return {
        "used_up": figure_part(found.used_up),
        "used_up_by": {
            str(year): figure_part(one) for year, one in zip(years, found.used_by, strict=True)
        },
        "gap_yuan": None if found.gap_yuan is None else figure_part(found.gap_yuan),
        "one_year_loss_yuan": figure_part(found.year_loss_yuan),
        "one_year_change_yuan": figure_part(found.year_change_yuan),
        "closing_yuan": {name: figure_part(one) for name, one in end_figures(variant).items()},
    }


def _fan(result: FundResult, variant: Variant) -> list[dict[str, Any]]:
    found = variant.figures
    names = ["mean", *(repr(level) for level in FAN)]
    values = np.column_stack([found.mean, found.fan]).tolist()
    errors = np.column_stack([found.mean_error, found.fan_error]).tolist()
    return [
        {
            "month": month,
            **{
                name: {"value": finite(value), "error": finite(error)}
                for name, value, error in zip(names, values[place], errors[place], strict=True)
            },
        }
        for place, month in enumerate(months_of(result))
    ]


def _statements(found: Statements, years: list[int]) -> dict[str, Any]:
    return {
        str(year): {
            "income": {
                name: figure_part(found.income_figure(name, place)) for name in found.income
            },
            "balance": {
                name: figure_part(found.balance_figure(name, place)) for name in found.balance
            },
        }
        for place, year in enumerate(years)
    }


def _plans(
    plans: Mapping[str, Mapping[str, np.ndarray]], years: list[int]
) -> dict[str, list[dict[str, Any]]]:
    return {
        code: [
            {"year": year, **{name: finite(float(line[place])) for name, line in lines.items()}}
            for place, year in enumerate(years)
        ]
        for code, lines in plans.items()
    }


def _members(asked: Asked, result: FundResult, years: list[int]) -> dict[str, Any]:
    members, codes = result.members, asked.inputs.plan_codes
    return {
        "retirement_age": {
            one.group: {str(year): finite(retirement_age(one, year)) for year in years}
            for one in asked.inputs.retirement
        },
        "years": [
            {
                "year": year,
                "enrolments": {
                    code: finite(float(members.enrolments[place, plan]))
                    for plan, code in enumerate(codes)
                },
                "first_term_share": {
                    code: finite(float(members.first_share[place, plan]))
                    for plan, code in enumerate(codes)
                },
            }
            for place, year in enumerate(years)
        ],
    }


def _actions(result: FundResult, years: list[int]) -> dict[str, Any] | None:
    rules = result.last.run.model.rules
    if rules is None:
        return None
    return {
        "rules": [
            {
                "code": one.code,
                "name_zh": one.name_zh,
                "name_en": one.name_en,
                "when": one.when,
                "line_yuan": finite(float(rules.line_fen[place]) / 100.0),
                "does": one.does,
                "plan": one.plan,
                "amount": finite(one.amount) if one.amount else None,
                "most_times": one.most_times,
                "provenance": one.provenance,
                "acted_before": {
                    str(year): finite(float(result.last.run.acted[number, place]))
                    for number, year in enumerate(years)
                },
            }
            for place, one in enumerate(rules.actions)
        ]
    }


def _reinsurance(result: FundResult, years: list[int]) -> dict[str, Any] | None:
    covers = result.main.run.model.terms.covers
    if not covers:
        return None
    taken = result.main.run.mean.lines["recovered"].reshape(-1, MONTHS).sum(axis=1) / 100.0
    return {
        str(year): {
            "attachment_yuan": finite(one.cover.floor),
            "share": finite(one.cover.part),
            "price_yuan": one.price_fen / 100.0,
            "expected_ceded_yuan": finite(one.ceded_yuan),
            "drawn_ceded_yuan": finite(float(taken[place])),
        }
        for place, (year, one) in enumerate(zip(years, covers, strict=True))
    }


def fund_document(asked: Asked, answer: FundAnswer) -> dict[str, Any]:
    """Return the parts of the document between choices and warnings."""
    result, years = answer.result, scheme_years(answer.result)
    told = result.restored
    return {
        "basis": basis_choice(asked),
        "opening_yuan": finite(result.main.run.model.terms.opening_fen / 100.0),
        "years": years,
        "variants": {one.name: _variant(one, years) for one in result.variants},
        "fan": _fan(result, result.last),
        "restored": {
            "possibility": told.possibility,
            "opening_yuan": figure_part(told.opening_yuan),
            "contribution_change": figure_part(told.contribution_change),
            "claims_change": figure_part(told.claims_change),
            "claims_even": figure_part(told.claims_even),
            "claims_mean": figure_part(told.claims_mean),
        },
        "statements": {
            "opening": {
                name: finite(value / 100.0) for name, value in result.last.run.mean.opening.items()
            },
            "mean": _statements(result.mean, years),
            "path": _statements(result.path, years),
        },
        "plans": {
            "mean": _plans(result.mean.plans, years),
            "path": _plans(result.path.plans, years),
        },
        "members": _members(asked, result, years),
        "actions": _actions(result, years),
        "reinsurance": _reinsurance(result, years),
        "scenarios": {one.code: _variant(one.variant, years) for one in answer.scenarios} or None,
    }
