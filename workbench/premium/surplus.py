"""Use of the surplus (结余运用): better benefits, lower contributions, prevention, the fund.

Floor 4, inside `premium`. The expected surplus is divided in given shares; what each share buys in
whole steps is worked out plan by plan, and the whole is computed again. What the steps leave over
goes to the fund. Source: docs/benefits.md, section 7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from workbench.changes import Changes, apply
from workbench.engine.class_laws import class_counts
from workbench.engine.class_moments import class_moments
from workbench.engine.events import scheme_of
from workbench.engine.moments import illness_paid
from workbench.engine.stages import YearLaws
from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.plans import Plan
from workbench.premium.benefits import LEVERS, BenefitTerm, term_of, with_value
from workbench.premium.margins import SCHEME, Margin, margins_of
from workbench.premium.plan_years import PlanReader
from workbench.premium.solving import last_kept, root_between
from workbench.premium.technical import expense_terms

__all__ = ["PARTS", "PlanUse", "SurplusUse", "split_of", "use_of"]

PARTS = ("benefits", "contributions", "prevention", "fund")
"""What a surplus may be used for, in the order in which a split names them."""
WHOLE = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanUse:
    """What a plan's part of the surplus buys; yuan a year, tiers in yuan.

    `column` the term made better, `now` and `value` its values; `benefits_yuan` and
    `contributions_yuan` what is given for either, `spent_benefits_yuan` and
    `spent_contributions_yuan` what the whole steps take of it.
    """

    code: str
    column: str
    now: float
    value: float
    benefits_yuan: float
    spent_benefits_yuan: float
    premium_now_yuan: float
    premium_yuan: float
    contributions_yuan: float
    spent_contributions_yuan: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SurplusUse:
    """A surplus divided.

    `shares` by part, in per cent; `yuan` what each part was given and `spent_yuan` what it takes,
    the fund with all that is left over; `plans`; `before` and `after` the margins of plans and
    scheme (`after` before prevention); `prevention_share` by how much less illness prevention must
    cost to pay for itself, and `prevention_cases` the beneficiaries that are.
    """

    shares: Mapping[str, float]
    yuan: Mapping[str, float]
    spent_yuan: Mapping[str, float]
    plans: tuple[PlanUse, ...]
    before: Mapping[str, Margin]
    after: Mapping[str, Margin]
    prevention_share: float
    prevention_cases: float


def split_of(text: str) -> dict[str, float]:
    """Return the shares of a split in per cent: `40:30:10:20` in the order of `PARTS`.

    Raises
    ------
    InputRefused
        `surplus-split` where it is not four numbers from 0 to 100 that add to 100.
    """
    parts = text.replace("：", ":").split(":")
    try:
        shares = [float(part) for part in parts]
    except ValueError:
        shares = []
    sound = len(shares) == len(PARTS) and all(0.0 <= share <= WHOLE for share in shares)
    if not sound or abs(sum(shares) - WHOLE) > 1e-6:
        raise refuse("surplus-split", name="--split", value=text[:60], allowed="30:30:10:30")
    return dict(zip(PARTS, shares, strict=True))


def _weights(before: Mapping[str, Margin], codes: Sequence[str]) -> dict[str, float]:
    """Share of each plan in what is given back: as its own surplus, none where there is none."""
    own = {code: max(before[code].surplus_yuan.value, 0.0) for code in codes}
    whole = sum(own.values())
    return {code: value / whole if whole else 0.0 for code, value in own.items()}


def _benefit(
    inputs: Inputs, term: BenefitTerm, reader: PlanReader, given: float, *, expenses: str
) -> tuple[float, float]:
    """Return the best value of a term that costs at most `given` yuan more, and what it costs."""
    per_case = expense_terms(inputs, inputs.plans[term.place], expenses).per_beneficiary_yuan
    paid, cases = reader.mean(inputs)

    def more(value: float) -> float:
        new_paid, new_cases = reader.mean(with_value(inputs, term, value))
        return new_paid - paid + per_case * (new_cases - cases)

    if given <= 0.0:
        return term.current, 0.0
    if more(term.high) <= given:
        return term.high, more(term.high)
    if term.whole:
        steps = last_kept(
            lambda step: more(term.current + step) - given, 0, round(term.high - term.current)
        )
        value = term.current + (steps or 0)
    else:
        exact = root_between(lambda one: more(one) - given, term.current, term.high, closeness=1e-7)
        value = max(term.offered(term.current if exact is None else exact), term.current)
    return value, more(value)


def _tier(plan: Plan, margin: Margin, given: float) -> tuple[float, float]:
    """Return the least tier in whole yuan that gives back at most `given` yuan, and what it does.

    A yuan less is also less expenses that go with contributions.
    """
    kept = margin.figures.enrolments * (1.0 - margin.expense_share)
    cut = min(given / kept, plan.premium_yuan - 1.0)
    premium = min(float(ceil(plan.premium_yuan - cut - 1e-9)), plan.premium_yuan)
    return premium, (plan.premium_yuan - premium) * kept


def use_of(
    inputs: Inputs,
    laws: Callable[[Inputs], YearLaws],
    readers: Sequence[PlanReader],
    shares: Mapping[str, float],
    *,
    limit: float,
    expenses: str = "default",
) -> SurplusUse:
    """Return what the expected surplus buys where it is divided in these shares (per cent).

    Parameters
    ----------
    inputs
        The scheme.
    laws
        How its laws are read; `readers` the same for each plan by itself.
    shares
        Per cent by part (`split_of`).
    limit
        Highest deficit probability that the rule allows.
    expenses
        "default", or "none" to leave expenses out.
    """
    before = margins_of(inputs, laws(inputs), limit, expenses=expenses)
    surplus = max(before[SCHEME].surplus_yuan.value, 0.0)
    yuan = {part: surplus * share / WHOLE for part, share in shares.items()}
    weights = _weights(before, inputs.plan_codes)
    plans = []
    for plan, reader in zip(inputs.plans, readers, strict=True):
        given = (weights[plan.code] * yuan["benefits"], weights[plan.code] * yuan["contributions"])
        plans.append(_plan_use(inputs, plan, before[plan.code], reader, given, expenses=expenses))
    after = apply(inputs, _changes(plans))
    spent = {
        "benefits": sum(one.spent_benefits_yuan for one in plans),
        "contributions": sum(one.spent_contributions_yuan for one in plans),
        "prevention": yuan["prevention"],
    }
    spent["fund"] = surplus - sum(spent.values())
    share, cases = _prevention(after, yuan["prevention"])
    return SurplusUse(
        shares=dict(shares),
        yuan=yuan,
        spent_yuan=spent,
        plans=tuple(plans),
        before=before,
        after=margins_of(after, laws(after), limit, expenses=expenses),
        prevention_share=share,
        prevention_cases=cases,
    )


def _plan_use(
    inputs: Inputs,
    plan: Plan,
    margin: Margin,
    reader: PlanReader,
    given: tuple[float, float],
    *,
    expenses: str,
) -> PlanUse:
    term = term_of(inputs, plan.code, LEVERS[plan.benefit_form][0])
    value, cost = _benefit(inputs, term, reader, given[0], expenses=expenses)
    premium, cut = _tier(plan, margin, given[1])
    return PlanUse(
        code=plan.code,
        column=term.column,
        now=term.current,
        value=value,
        benefits_yuan=given[0],
        spent_benefits_yuan=cost,
        premium_now_yuan=plan.premium_yuan,
        premium_yuan=premium,
        contributions_yuan=given[1],
        spent_contributions_yuan=cut,
    )


def _changes(plans: Sequence[PlanUse]) -> Changes:
    values: dict[str, float | str] = {}
    for one in plans:
        if one.value != one.now:
            values[f"plans.{one.code}.{one.column}"] = one.value
        if one.premium_yuan != one.premium_now_yuan:
            values[f"plans.{one.code}.premium_yuan"] = one.premium_yuan
    return Changes(values)


def _prevention(after: Inputs, yuan: float) -> tuple[float, float]:
    """Return by how much illness must fall to pay for prevention, and the beneficiaries it is."""
    scheme = scheme_of(after)
    paid = float(illness_paid(scheme).sum())
    cases = class_counts(scheme)["illness"] @ class_moments(scheme).paid["illness"][:, :-1]
    share = yuan / paid if paid else float("nan")
    return share, share * float(np.sum(cases))
