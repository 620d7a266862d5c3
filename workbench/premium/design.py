"""Benefit design: what each value of a term leads to, and what a premium can pay for.

Floor 4, inside `premium`. Source: docs/benefits.md, sections 2, 4 and 5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.changes import Changes, apply
from workbench.engine.results import contribution_yuan, expenses_yuan
from workbench.engine.stages import ExpectedClaims, expected_claims
from workbench.exact import MEAN_ROUNDING_YUAN
from workbench.guard import InputRefused, refuse
from workbench.inputs import Inputs
from workbench.premium.benefits import UNITS, BenefitTerm, with_value
from workbench.premium.plan_years import (
    PlanFiguresAt,
    PlanReader,
    figures_at,
    kept_premium,
    premiums_of,
)
from workbench.premium.solving import last_kept, root_between
from workbench.premium.stay_costs import stay_costs
from workbench.risk import Figure

__all__ = ["AIMS", "Bought", "Design", "DesignRow", "bought", "design_row", "design_rows"]

AIMS = ("break_even", "technical", "kept")
"""What a premium must be enough for: no expected loss, the technical premium, the rule."""
MOST_STEPS = 4_000
"""Steps among which a rule is sought; a finer step than the range over it is not offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A design: the scheme, the term, how its plan's years are read, expenses, and the rule.

    `limit` is the highest deficit probability that the rule allows; `claims` what the whole scheme
    expects, worked out with process risk alone where it is None.
    """

    inputs: Inputs
    term: BenefitTerm
    reader: PlanReader
    expenses: str = "default"
    limit: float = 0.05
    claims: ExpectedClaims | None = None

    @property
    def place(self) -> int:
        """Place of the plan."""
        return self.term.place

    def at(self, value: float, premium: float | None = None) -> Inputs:
        """Return the scheme with another value, at a premium or at the tier in force."""
        changed = with_value(self.inputs, self.term, value)
        if premium is None:
            return changed
        return apply(changed, Changes({f"plans.{self.term.plan}.premium_yuan": premium}))


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignRow:
    """What one value of a term leads to at one premium; yuan of one enrolment or of a year.

    `cost_yuan` expected benefits of an enrolment, `change_yuan` against the value in force;
    `kept_premium_yuan` the least premium that keeps the rule; `scheme_surplus_yuan` with all other
    plans as they are. `own_cost_share` of what members bear themselves of their stays is paid by
    the plan, `most_own_cost_share` by all plans together where that is most; None for a plan that
    pays for no stay.
    """

    value: float
    in_force: bool
    cost_yuan: Figure
    change_yuan: Figure
    beneficiaries: Figure
    break_even_yuan: Figure
    technical_premium_yuan: Figure
    kept_premium_yuan: Figure
    at_premium: PlanFiguresAt
    scheme_surplus_yuan: Figure
    own_cost_share: float | None
    most_own_cost_share: float | None

    @property
    def above_cost(self) -> bool:
        """Whether plans together pay more for a stay than it costs the member, on average."""
        return self.most_own_cost_share is not None and self.most_own_cost_share > 1.0


def _others(design: Design) -> float:
    """Expected surplus of the other plans at the tiers in force, yuan."""
    inputs = design.inputs
    claims = design.claims or expected_claims(inputs)
    contribution = contribution_yuan(inputs, claims.enrolments)
    spent = expenses_yuan(inputs, claims.enrolments, claims.beneficiaries, expenses=design.expenses)
    surplus = contribution - spent - claims.paid_yuan
    return float(surplus.sum() - surplus[design.place])


def design_row(
    design: Design, value: float, *, premium: float | None = None, base: float | None = None
) -> DesignRow:
    """Return what one value leads to, at the tier in force or at `premium` yuan.

    `base` is the cost of an enrolment with the value in force, worked out where it is not given.

    Raises
    ------
    InputRefused
        What `with_value` refuses; `benefit-above-cost` where stays would pay more than they cost.
    """
    changed, place = design.at(value, premium), design.place
    year = design.reader.year(changed)
    number = year.enrolments
    cost, cases = year.mean.scaled(1.0 / number), year.beneficiaries / number
    costs = stay_costs(changed, place)
    if costs and costs.whole_share > 1.0:
        raise refuse("benefit-above-cost", name=design.term.name, value=f"{value:g}", allowed="≤ 1")
    base = _cost(design, design.term.current) if base is None else base
    needed = premiums_of(changed, place, cost, cases, expenses=design.expenses)
    price = changed.plans[place].premium_yuan
    found = figures_at(changed, place, year, price, expenses=design.expenses)
    error = MEAN_ROUNDING_YUAN * len(design.inputs.plans)
    surplus = found.expected_surplus_yuan
    return DesignRow(
        value=value,
        in_force=value == design.term.current,
        cost_yuan=cost,
        change_yuan=Figure(cost.value - base, 2.0 * cost.error),
        beneficiaries=Figure(year.beneficiaries, year.beneficiaries * 1e-9),
        break_even_yuan=needed.break_even,
        technical_premium_yuan=needed.technical,
        kept_premium_yuan=kept_premium(
            changed, place, year, design.limit, expenses=design.expenses
        ),
        at_premium=found,
        scheme_surplus_yuan=Figure(surplus.value + _others(design), surplus.error + error),
        own_cost_share=costs.own_share if costs else None,
        most_own_cost_share=costs.most_share if costs else None,
    )


def design_rows(design: Design, values: Sequence[float]) -> tuple[DesignRow, ...]:
    """Return what each value of the term leads to at the tier in force."""
    base = _cost(design, design.term.current)
    return tuple(design_row(design, value, base=base) for value in values)


def _cost(design: Design, value: float) -> float:
    """Expected benefits of an enrolment, yuan."""
    changed = design.at(value)
    paid, _ = design.reader.mean(changed)
    return paid / _enrolments(design)


def _enrolments(design: Design) -> float:
    return float(expected_claims(design.inputs).enrolments[design.place])


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """The best value of a term that a premium pays for.

    `aim` one of `AIMS`. `state`: "solved"; "all" where the premium pays for more than the best
    value allowed (`row` is then that one); "none" where it pays not even for the least, `row` is
    None and `least_yuan` the premium that the least value needs; "flat" where the term moves no
    cost. `exact_value` is the root; None for whole terms and for the rule, sought on the steps
    offered.
    """

    aim: str
    state: str
    exact_value: float | None
    row: DesignRow | None
    least_yuan: float


def bought(design: Design, aim: str, premium: float) -> Bought:
    """Return the best value of the term for which `premium` yuan are enough.

    Whole steps: the dearest step whose need is at most the premium.
    """
    need, term = _needs(design, aim), design.term
    worst, best = (term.low, term.high) if term.rises else (term.high, term.low)
    best = _best_allowed(design, best)
    least = need(worst)
    if least > premium:
        return Bought(aim=aim, state="none", exact_value=None, row=None, least_yuan=least)

    def gap(value: float) -> float:
        return need(value) - premium

    exact = None
    if aim != "kept" and not term.whole:
        exact = root_between(gap, *sorted((worst, best)), closeness=1e-7)
        value = best if exact is None else term.offered(exact)
    else:
        value = _last_step(design, gap, (worst, best), _guess(design, aim, premium))
    state = "solved"
    if value == best and gap(best) <= 0.0:
        state = "flat" if abs(need(best) - least) < 1e-9 else "all"
    row = design_row(design, value, premium=premium)
    return Bought(aim=aim, state=state, exact_value=exact, row=row, least_yuan=least)


def _guess(design: Design, aim: str, premium: float) -> float:
    """Value at which a premium would do if what it must be went in proportion with the term."""
    term = design.term
    if not term.rises or aim != "kept":
        return term.current
    number = _enrolments(design)
    return term.current * premium / max(_need(design, aim, term.current, number), 0.01)


def _best_allowed(design: Design, best: float) -> float:
    """Return the best value at which no share of a member's own cost passes all of it."""
    if design.term.column != UNITS:
        return best
    while best > 1.0:
        try:
            design.at(best)
        except InputRefused:
            best -= 1.0
        else:
            break
    return best


def _last_step(
    design: Design, gap: Callable[[float], float], ends: tuple[float, float], guess: float
) -> float:
    """Return the dearest step offered with a gap of at most 0 between the worst and best value."""
    (worst, best), term = ends, design.term
    count = min(max(1, round(abs(best - worst) / term.step)), MOST_STEPS)
    step = (best - worst) / count
    found = last_kept(
        lambda place: gap(_at(worst, step, place)),
        0,
        count,
        guess=int((guess - worst) / step) if step else 0,
    )
    return _at(worst, step, found or 0)


def _at(start: float, step: float, place: int) -> float:
    return round(start + step * place, 6)


def _needs(design: Design, aim: str) -> Callable[[float], float]:
    """Return the premium that each value needs for an aim; each value is worked out once."""
    known: dict[float, float] = {}
    number = _enrolments(design)

    def need(value: float) -> float:
        if value not in known:
            known[value] = _need(design, aim, value, number)
        return known[value]

    return need


def _need(design: Design, aim: str, value: float, number: float) -> float:
    changed = design.at(value)
    if aim == "kept":
        year = design.reader.year(changed)
        return kept_premium(
            changed, design.place, year, design.limit, expenses=design.expenses
        ).value
    paid, cases = design.reader.mean(changed)
    claims = Figure(paid / number, 0.0)
    found = premiums_of(changed, design.place, claims, cases / number, expenses=design.expenses)
    return getattr(found, aim).value
