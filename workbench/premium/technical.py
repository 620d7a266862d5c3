"""From the cost of claims to the premium: expenses, contingency, and the premium line by line.

Floor 4, inside `premium`. Source: docs/assumptions.md sections 1 (premium) and 2 (level).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from math import floor

from workbench.engine.stages import expected_claims
from workbench.inputs import Inputs, Programme
from workbench.plans import HOSPITAL_FORMS, Plan
from workbench.premium.levers import with_programme
from workbench.risk import Figure

__all__ = [
    "CLAIM_LINES",
    "EFFECT_LINE",
    "EXPENSE_LINES",
    "ExpenseTerms",
    "LEVEL_LINES",
    "PremiumLine",
    "expense_terms",
    "level_amounts",
    "level_steps",
    "premium_lines",
    "premium_of",
    "premium_steps",
    "safety_loading",
]

LEVEL_LINES = ("level_base_ratio", "level_frequency_trend", "level_cost_trend")
EXPENSE_LINES = ("expense_per_enrolment", "expense_per_beneficiary", "expense_share")
EFFECT_LINE = "prevention_effect"
CLAIM_LINES = ("risk_premium", *LEVEL_LINES, EFFECT_LINE)
"""Lines that are expected claims: they add up to the risk premium that is loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PremiumLine:
    """One line of a premium: its code, yuan as computed, and whole fen as shown.

    `from_fen` is where the line starts in a waterfall: what the lines before it add up to.
    """

    code: str
    exact_yuan: float
    fen: int
    from_fen: int = 0

    @property
    def yuan(self) -> float:
        """Yuan as shown, in whole fen."""
        return self.fen / 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseTerms:
    """What a plan's premium carries besides claims.

    Yuan per enrolment, yuan per beneficiary, and shares of the premium; all but the contingency
    share are 0 where expenses are left out.
    """

    per_enrolment_yuan: float
    per_beneficiary_yuan: float
    share: float
    contingency_share: float

    @property
    def kept_share(self) -> float:
        """Share of the premium that is left for claims and yuan expenses; above 0."""
        return 1.0 - self.share - self.contingency_share


def safety_loading(inputs: Inputs, plan: Plan) -> float:
    """Return the safety loading of a plan, a share of its risk premium."""
    group = "P1_P2" if plan.benefit_form in HOSPITAL_FORMS else "P3_P4_P5"
    return inputs.assumptions[f"safety_loading_{group}"]


def expense_terms(inputs: Inputs, plan: Plan, expenses: str = "default") -> ExpenseTerms:
    """Return the expense terms of a plan; `expenses` is "default" or "none"."""
    beliefs, used = inputs.assumptions, 0.0 if expenses == "none" else 1.0
    group = "P1_P2" if plan.benefit_form in HOSPITAL_FORMS else "P3_P4_P5"
    return ExpenseTerms(
        per_enrolment_yuan=used * beliefs["expense_per_enrolment_yuan"],
        per_beneficiary_yuan=used * beliefs[f"expense_per_beneficiary_yuan_{group}"],
        share=used * beliefs["expense_share"],
        contingency_share=beliefs["contingency_share"],
    )


def premium_of(claims: Figure, terms: ExpenseTerms, beneficiaries: float) -> Figure:
    """Return the premium that carries `claims` (yuan per enrolment), yuan.

    (claims + e + b · beneficiaries per enrolment) / (1 − expense share − contingency share).
    """
    fixed = terms.per_enrolment_yuan + terms.per_beneficiary_yuan * beneficiaries
    return claims.shifted(fixed).scaled(1.0 / terms.kept_share)


def level_steps(inputs: Inputs) -> Iterator[tuple[str, Inputs]]:
    """Yield the pack at the base level, then after each part of the level that is not neutral.

    The first code is `risk_premium`; the last pack has the level of `inputs`.
    """
    beliefs = inputs.assumptions
    years = beliefs["years_from_base_to_rating"]
    now = {
        "base_enrolment_ratio": 1.0,
        "frequency_trend_per_year": 0.0,
        "cost_trend_per_year": 0.0,
    }
    yield "risk_premium", replace(inputs, assumptions=beliefs.changed(now))
    for code, name in zip(LEVEL_LINES, list(now), strict=True):
        moved = beliefs[name] != now[name] and (years != 0.0 or name == "base_enrolment_ratio")
        now[name] = beliefs[name]
        if moved:
            yield code, replace(inputs, assumptions=beliefs.changed(now))


def premium_steps(inputs: Inputs, programme: Programme | None) -> Iterator[tuple[str, Inputs]]:
    """Yield the steps of the level and, last, what a programme makes of the claims."""
    yield from level_steps(inputs)
    if programme is not None and programme.lever:
        yield EFFECT_LINE, with_programme(inputs, programme)


def level_amounts(inputs: Inputs, programme: Programme | None = None) -> dict[str, list[float]]:
    """Return the risk premium at base and what each step adds, yuan per enrolment by plan."""
    amounts: dict[str, list[float]] = {}
    before = [0.0] * len(inputs.plans)
    for code, step in premium_steps(inputs, programme):
        claims = expected_claims(step)
        after = (claims.paid_yuan / claims.enrolments).tolist()
        amounts[code] = [new - old for new, old in zip(after, before, strict=True)]
        before = after
    return amounts


def premium_lines(amounts: dict[str, float], premium: float) -> tuple[PremiumLine, ...]:
    """Return lines in whole fen that add up to the premium in whole fen.

    Each line is cut to fen; what is missing goes fen by fen to the largest remainders, ties to the
    earlier line.
    """
    whole = floor(premium * 100.0 + 0.5)
    cut = {code: floor(yuan * 100.0) for code, yuan in amounts.items()}
    order = sorted(amounts, key=lambda code: cut[code] - amounts[code] * 100.0)
    for code in order[: whole - sum(cut.values())]:
        cut[code] += 1
    starts = accumulate(cut.values(), initial=0)
    return tuple(
        PremiumLine(code=code, exact_yuan=yuan, fen=cut[code], from_fen=start)
        for (code, yuan), start in zip(amounts.items(), starts, strict=False)
    )
