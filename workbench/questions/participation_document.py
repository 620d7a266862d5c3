"""The JSON document of the question `participation`.

Floor 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.behaviour import (
    BAND_NAMES,
    MEASURES,
    MEMBERS_NOW,
    Band,
    Deficit,
    Joiners,
    PlanParticipation,
    State,
    Turning,
    UncertainDeficits,
)
from workbench.questions.basis import basis_choice
from workbench.questions.documents import figure_part, finite
from workbench.questions.registry import Asked

if TYPE_CHECKING:
    from workbench.questions.participation import ParticipationAnswer

__all__ = ["PAYERS", "TURNINGS", "paid_by", "participation_document"]

TURNINGS = ("equilibrium", "loses_beyond", "spiral")
"""Premiums at which something turns; fields of `PlanParticipation`."""

PAYERS = ("member", "unit", "union")
"""Who pays; today the unit's part is that of unit or union together."""


def _band(band: Band | None) -> dict[str, Any] | None:
    if band is None:
        return None
    return {name: figure_part(getattr(band, name)) for name in ("low", "central", "high")}


def _state(state: State) -> dict[str, Any]:
    figures = {name: figure_part(getattr(state, name)) for name in MEASURES}
    return {"premium_yuan": finite(state.premium_yuan), **figures}


def _rows(one: PlanParticipation) -> list[dict[str, Any]]:
    return [
        {
            "premium_yuan": finite(premium),
            "illustration": bool(one.illustration[place]),
            **{name: _band(one.bands[name].at(place)) for name in MEASURES},
        }
        for place, premium in enumerate(one.premiums.tolist())
    ]


def _turning(one: Turning) -> dict[str, Any]:
    return {
        "found": one.found,
        "asked": one.asked,
        "central_has_one": one.central,
        "premium_yuan": _band(one.premium_yuan),
        "enrolments": _band(one.enrolments),
    }


def paid_by(one: PlanParticipation) -> dict[str, tuple[float, float]]:
    """Return yuan that each payer gives for one enrolment, before and after."""
    shares = one.payers
    before = {"member": 1.0 - shares.before, "unit": shares.before, "union": 0.0}
    after = {"member": shares.member_after, "unit": shares.unit, "union": shares.union}
    old, new = one.before.premium_yuan, one.premium_yuan
    return {name: (before[name] * old, after[name] * new) for name in PAYERS}


def _payers(one: PlanParticipation) -> list[dict[str, Any]]:
    members = one.band("enrolments")
    return [
        {
            "payer": name,
            "before_yuan": finite(old),
            "after_yuan": finite(new),
            "before_total_yuan": figure_part(one.before.enrolments.scaled(old)),
            "after_total_yuan": {
                end: figure_part(getattr(members, end).scaled(new))
                for end in ("low", "central", "high")
            },
        }
        for name, (old, new) in paid_by(one).items()
    ]


def _plan(one: PlanParticipation) -> dict[str, Any]:
    new = {
        "premium_yuan": finite(one.premium_yuan),
        "illustration": bool(one.illustration[one.place]),
        **{name: _band(one.band(name)) for name in MEASURES},
    }
    return {
        "today": _state(one.before),
        "nobody_reacts": _state(one.unmoved),
        "new": new,
        "eligible": _band(one.eligible),
        "cost_slope": _band(one.cost_slope),
        "premiums": _rows(one),
        "turning": {name: _turning(getattr(one, name)) for name in TURNINGS},
        "years": [
            {"year": row.year, **{name: _band(row.bands[name]) for name in MEASURES}}
            for row in one.years
        ],
        "payers": _payers(one),
        "ages": [
            {
                "age_band": row.age_band,
                "enrolments_today": row.before,
                "enrolments": _band(row.after),
                "benefit_per_member_yuan": figure_part(row.benefit_yuan),
            }
            for row in one.ages
        ],
        "uncertain": _uncertain(one.uncertain),
    }


def _deficit(one: Deficit) -> dict[str, Any]:
    return {
        "deficit_probability": figure_part(one.probability),
        "expected_shortfall_yuan": figure_part(one.shortfall_yuan),
    }


def _uncertain(found: UncertainDeficits | None) -> dict[str, Any] | None:
    """Deficits with the assumptions uncertain; None under process risk alone."""
    if found is None:
        return None
    return {
        "today": _deficit(found.today),
        "nobody_reacts": _deficit(found.unmoved),
        "new": {
            "deficit_probability": _band(found.probability),
            "expected_shortfall_yuan": _band(found.shortfall_yuan),
        },
    }


def _new_form(found: Joiners) -> dict[str, Any]:
    return {
        "members_now": MEMBERS_NOW,
        "joining": found.members,
        "bundle": found.bundle,
        "resident_share": finite(found.resident_share),
        "surplus_change_yuan": {"low": figure_part(found.low), "high": figure_part(found.high)},
        "rows": [
            {
                "basic_coinsurance": finite(row.basic_coinsurance),
                "accident_factor": finite(row.accident_factor),
                "benefit_per_joiner_yuan": figure_part(row.cost_yuan),
                "plans": {
                    code: figure_part(row.surplus_yuan[code]) for code in found.bundle.split("+")
                },
                "scheme_surplus_change_yuan": figure_part(row.scheme_surplus_yuan),
            }
            for row in found.rows
        ],
    }


def participation_document(asked: Asked, answer: ParticipationAnswer) -> dict[str, Any]:
    """Return the parts of the JSON document."""
    sums = answer.scheme
    beliefs = [asked.inputs.assumptions.belief(name) for name in BAND_NAMES]
    return {
        "basis": basis_choice(asked),
        "plans": {code: _plan(one) for code, one in answer.plans.items()},
        "scheme": {
            "enrolments_today": figure_part(sums.enrolments_before),
            "enrolments": _band(sums.enrolments),
            "expected_surplus_today_yuan": figure_part(sums.surplus_before),
            "expected_surplus_nobody_reacts_yuan": figure_part(sums.surplus_unmoved),
            "expected_surplus_yuan": _band(sums.surplus),
        },
        "band": {
            belief.name: {
                "low": finite(belief.low),
                "central": finite(belief.value),
                "high": finite(belief.high),
            }
            for belief in beliefs
        },
        "new_form": _new_form(answer.joiners),
    }
