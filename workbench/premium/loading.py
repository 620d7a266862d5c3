"""What a plan's claims cost under a principle, part by part, yuan per enrolment.

Floor 4, inside `premium`. The expected claims; what uncertain parameters add to what the principle
takes; the net cost of reinsurance; the safety loading, on what stays with the scheme.
Source: docs/pricing.md sections 1 and 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workbench.engine.stages import YearLaws
from workbench.premium.principles import PRINCIPLES, parameter_of
from workbench.premium.reading import YearClaims
from workbench.premium.reinsurance import Ceding, ceded_mean, retained
from workbench.risk import Figure

__all__ = ["PlanLaws", "Takes", "plan_laws", "taken"]

NOTHING = Figure(0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLaws:
    """One plan's year as its price needs it.

    `claims` with process risk alone; `uncertain` the same with parameters uncertain, None under
    process risk; both before a programme, which moves the mean by the factor `moved`; `claims_now`
    after it. `enrolments` turn yuan a year into yuan per enrolment.
    """

    claims: YearClaims
    claims_now: YearClaims
    uncertain: YearClaims | None
    moved: float
    enrolments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Takes:
    """What a principle takes for claims, yuan per enrolment, and its parts, which add up to it."""

    parameter: float
    whole: Figure
    parts: Mapping[str, Figure] = field(default_factory=dict)


def plan_laws(
    laws: tuple[YearLaws, YearLaws, YearLaws | None], place: int, *, safety_loading: float
) -> PlanLaws:
    """Return one plan's year from the laws before and after a programme, and with parameters."""
    before, now, uncertain = (
        None
        if one is None
        else YearClaims(
            law=one.laws[place], coarse=one.coarse[place], safety_loading=safety_loading
        )
        for one in laws
    )
    assert before is not None and now is not None
    was = before.law.mean
    return PlanLaws(
        claims=before,
        claims_now=now,
        uncertain=uncertain,
        moved=now.law.mean / was if was else 1.0,
        enrolments=int(laws[0].enrolments[place]),
    )


def _difference(one: Figure, other: Figure) -> Figure:
    return Figure(one.value - other.value, one.error + other.error)


def taken(laws: PlanLaws, code: str, given: float | None, ceding: Ceding | None) -> Takes:
    """Return what a principle takes for a plan.

    Parameters
    ----------
    laws
        The plan's year.
    code
        The principle.
    given
        Its parameter, None for the default.
    ceding
        What is reinsured.
    """
    principle = PRINCIPLES[code]
    claims = laws.claims_now
    parameter = parameter_of(principle, claims, given)
    kept = claims if ceding is None else retained(claims, ceding)
    parts = {"risk_premium": claims.mean()}
    if laws.uncertain is not None:
        more = _difference(
            principle.loaded(laws.uncertain, parameter), principle.loaded(laws.claims, parameter)
        )
        parts["parameter_uncertainty"] = more.scaled(laws.moved)
    if ceding is not None:
        parts["reinsurance"] = ceded_mean(claims, ceding).scaled(ceding.loading)
    loaded, mean = principle.loaded(kept, parameter), kept.mean()
    parts["safety_loading"] = replace(loaded, value=loaded.value - mean.value)
    share = 1.0 / laws.enrolments if laws.enrolments else 0.0
    parts = {name: one.scaled(share) for name, one in parts.items()}
    whole = Figure(
        sum(one.value for one in parts.values()),
        sum((one.error for name, one in parts.items() if name != "risk_premium"), 0.0)
        if ceding is None
        else sum(one.error for one in parts.values()),
    )
    return Takes(parameter=parameter, whole=whole, parts=parts)
