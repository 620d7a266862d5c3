"""The newspaper's stray amount, 18.54 million yuan: what each reading of it would imply.

Floor 4, inside `premium`. The sentence around the amount is lost. Nothing is calibrated on it; each
reading is carried through the scheme and set against what is known. Source: docs/facts.md, "From
the article"; docs/pricing.md section 8.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workbench.engine.stages import expected_claims, year_laws
from workbench.guard import InputRefused
from workbench.inputs import Inputs
from workbench.premium.programmes import SchemeSafety, scheme_safety
from workbench.risk import Figure

__all__ = ["FRAGMENT_YUAN", "READINGS", "Reading", "readings"]

FRAGMENT_YUAN = 18_540_000.0
"""As printed; 2023 newspaper report."""
YEARS = 5
"""Years of the report's totals."""
SCALE = "hospital_claimant_rate_scale"
FAR = 2.0
"""An amount so many times what it is said to be is unlikely to be it."""
READINGS = (
    "contributions_of_a_year",
    "benefits_of_a_year",
    "part_of_the_benefits",
    "contributions_of_five_years",
    "discounts_or_aid",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading and what it implies; None where it says nothing of a figure.

    `per_enrolment_yuan` a year; `compared` the amount over what the model or the report has in its
    place, `loss_ratio` benefits over contributions, `scale` the factor on the hospital claimant
    rate that would make it, `safety` of the scheme if it were so; `verdict` one of "coherent",
    "possible", "unlikely", "impossible".
    """

    code: str
    verdict: str
    per_enrolment_yuan: Figure | None = None
    compared: Figure | None = None
    loss_ratio: Figure | None = None
    scale: Figure | None = None
    safety: SchemeSafety | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The scheme as the readings need it; yuan a year."""

    inputs: Inputs
    form: str
    expenses: str
    enrolments: int
    contribution: float
    paid: float
    tiers: tuple[float, float]


def _exact(value: float) -> Figure:
    return Figure(value, abs(value) * 1e-9)


def readings(
    inputs: Inputs,
    amount: float = FRAGMENT_YUAN,
    *,
    form: str = "collective",
    expenses: str = "default",
) -> tuple[Reading, ...]:
    """Return what each reading of an amount (yuan) implies, in the order of `READINGS`."""
    claims = expected_claims(inputs)
    premiums = [plan.premium_yuan for plan in inputs.plans]
    known = _Known(
        inputs=inputs,
        form=form,
        expenses=expenses,
        enrolments=int(claims.enrolments.sum()),
        contribution=float(sum(claims.enrolments * premiums)),
        paid=float(claims.paid_yuan.sum()),
        tiers=(min(premiums), max(premiums)),
    )
    return (
        _contributions(known, amount),
        _benefits(known, amount),
        _part(known, amount),
        _five_years(known, amount),
        _aid(known, amount),
    )


def _between(known: _Known, each: float) -> str:
    """A mean contribution must lie between the lowest and the highest tier."""
    return "coherent" if known.tiers[0] <= each <= known.tiers[1] else "impossible"


def _contributions(known: _Known, amount: float) -> Reading:
    each = amount / known.enrolments
    laws = year_laws(known.inputs, known.form)
    return Reading(
        code=READINGS[0],
        verdict=_between(known, each),
        per_enrolment_yuan=_exact(each),
        compared=_exact(amount / known.contribution),
        loss_ratio=_exact(known.paid / amount),
        safety=scheme_safety(known.inputs, laws, expenses=known.expenses, contribution=amount),
    )


def _benefits(known: _Known, amount: float) -> Reading:
    """The scale is exact: benefits are in proportion to the rate of illness."""
    beliefs, now = known.inputs.assumptions, known.inputs.assumptions[SCALE]
    more = replace(known.inputs, assumptions=beliefs.changed({SCALE: 1.01 * now}))
    pace = (float(expected_claims(more).paid_yuan.sum()) - known.paid) / (0.01 * now)
    scale = now + (amount - known.paid) / pace if pace > 0.0 else float("nan")
    safety = None
    try:
        then = replace(known.inputs, assumptions=beliefs.changed({SCALE: scale}))
        safety = scheme_safety(then, year_laws(then, known.form), expenses=known.expenses)
    except InputRefused:
        scale = float("nan")
    ratio = amount / known.paid
    return Reading(
        code=READINGS[1],
        verdict="possible" if 1.0 / FAR <= ratio <= FAR else "unlikely",
        per_enrolment_yuan=_exact(amount / known.enrolments),
        compared=_exact(ratio),
        loss_ratio=_exact(amount / known.contribution),
        scale=None if scale != scale else _exact(scale),
        safety=safety,
    )


def _part(known: _Known, amount: float) -> Reading:
    total = YEARS * known.inputs.assumptions["target_paid_yuan"]
    return Reading(
        code=READINGS[2],
        verdict="possible" if amount <= total else "impossible",
        compared=_exact(amount / total),
    )


def _five_years(known: _Known, amount: float) -> Reading:
    each = amount / YEARS / known.enrolments
    return Reading(
        code=READINGS[3],
        verdict=_between(known, each),
        per_enrolment_yuan=_exact(each),
        compared=_exact(amount / YEARS / known.contribution),
        loss_ratio=_exact(known.paid * YEARS / amount),
    )


def _aid(known: _Known, amount: float) -> Reading:
    """Set against the discounts that the report tells, where the pack has such a programme."""
    told = [one.total_yuan for one in known.inputs.programmes if one.kind == "discount"]
    if not sum(told):
        return Reading(code=READINGS[4], verdict="possible")
    ratio = amount / sum(told)
    return Reading(
        code=READINGS[4],
        verdict="unlikely" if ratio > FAR else "possible",
        compared=_exact(ratio),
    )
