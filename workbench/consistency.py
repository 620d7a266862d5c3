"""Rules that hold between the nouns of a pack: rates, plan terms, bundles, expenses.

Floor 1. Asked after reading a pack and again after every change, so that no engine meets a
contradiction. Source: docs/model.md sections 1 to 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from workbench.assumptions import Assumptions
from workbench.guard import Fault
from workbench.inputs import Action, Inputs, portfolio_of
from workbench.plans import Plan
from workbench.portfolio import BundleRow
from workbench.rates import RATE_EVENTS
from workbench.schema import FORM_TERMS
from workbench.timeline import AGE_BANDS, FEMALE, MALE, SEXES

__all__ = [
    "actions_against",
    "bundle_faults",
    "contradictions",
    "loading_faults",
    "plan_faults",
    "rate_faults",
]

_TINY = 1e-12


def plan_faults(plan: Plan, row: int) -> Iterator[Fault]:
    """Yield what is wrong inside one plan; `row` is its row in plans.csv."""
    where = {"file": "plans.csv", "row": row, "name": plan.code}
    for term in FORM_TERMS[plan.benefit_form]:
        if getattr(plan, term) is None:
            yield Fault("term-missing", {**where, "column": term, "allowed": plan.benefit_form})
    yield from _not_above(plan, where, "age_min", "age_max")
    if plan.benefit_form in ("critical", "special"):
        yield from _not_above(plan, where, "waiting_none_until_day", "waiting_partial_until_day")
        yield from _not_above(plan, where, "partial_lump_yuan", "lump_sum_yuan")


def _not_above(plan: Plan, where: dict, lower: str, upper: str) -> Iterator[Fault]:
    """Yield a fault if the term `lower` of the plan is above its term `upper`."""
    low, high = getattr(plan, lower), getattr(plan, upper)
    if low is not None and high is not None and low > high:
        parts = {"column": lower, "value": low, "other": upper, "allowed": high}
        yield Fault("term-above-other", {**where, **parts})


def bundle_faults(bundle: BundleRow, plans: dict[str, Plan], row: int) -> Iterator[Fault]:
    """Yield what is wrong with the plans of one row of bundles.csv."""
    where = {"file": "bundles.csv", "row": row, "column": "bundle", "value": "+".join(bundle.plans)}
    forms: dict[str, str] = {}
    for code in bundle.plans:
        plan = plans[code]
        other = forms.setdefault(plan.benefit_form, code)
        if other != code:
            yield Fault("bundle-two-of-one-form", {**where, "name": f"{other}, {code}"})
        for sex, column, number in (("F", "men", bundle.men), ("M", "women", bundle.women)):
            if plan.eligible_sex == sex and number:
                parts = {"column": column, "value": number, "name": code}
                yield Fault(f"bundle-{column}-not-eligible", {**where, **parts})


def _tables(inputs: Inputs, beliefs: Assumptions) -> dict[str, np.ndarray]:
    """Yearly rates by sex and age band at accident factor 1, shape (2, 9) each."""
    tables = {}
    pairs = zip(RATE_EVENTS, inputs.rates.values, inputs.rates.times_parameter, strict=True)
    for event, values, factor in pairs:
        tables[event] = values * (beliefs[factor] if factor else 1.0)
    tables = {event: table / beliefs["base_enrolment_ratio"] for event, table in tables.items()}
    years = beliefs["years_from_base_to_rating"]
    trend = (1.0 + beliefs["frequency_trend_per_year"]) ** years
    tables["hospital_claimant"] = (
        tables["hospital_claimant"] * beliefs["hospital_claimant_rate_scale"] * trend
    )
    special = tables["special_disease"].copy()
    special[MALE] = special[FEMALE] * beliefs["special_disease_men_relativity"]
    tables["special_disease"] = special
    return tables


def _first_place(wrong: np.ndarray) -> str:
    """Return the first wrong sex and age band as text, such as `M 16-19`."""
    sex, band = np.argwhere(wrong)[0]
    return f"{SEXES[sex]} {AGE_BANDS[band]}"


def rate_faults(inputs: Inputs) -> Iterator[Fault]:
    """Yield contradictions between rates: q < r, c < z, a rate or a chance above 1."""
    for place, segment in enumerate(inputs.segments):
        beliefs = inputs.assumptions.changed(segment.beliefs)
        tables = _tables(inputs, beliefs)
        where = {"file": "incidence_by_age_sex.csv", "segment": segment.name}
        used = [row.accident_factor for row in inputs.rows if row.segment == segment.name]
        most = max(used, default=1.0)
        disabled = tables["accidental_death"] * beliefs["disabilities_per_death"]
        injury = tables["injury_claimant"]
        rules = (
            ("rates-hospital-below-injury", tables["hospital_claimant"] < injury - _TINY),
            (
                "rates-critical-below-special",
                tables["critical_illness"] < tables["special_disease"] - _TINY,
            ),
            ("rates-disabled-above-injured", disabled > injury + _TINY),
            ("rates-above-one", tables["hospital_claimant"] > 1.0),
            ("rates-above-one", injury * most > 1.0),
        )
        if place == 0 or used:
            for key, wrong in rules:
                if wrong.any():
                    yield Fault(key, {**where, "value": _first_place(wrong)})


def loading_faults(inputs: Inputs) -> Iterator[Fault]:
    """Yield a fault if expenses and contingency leave nothing of a contribution."""
    beliefs = inputs.assumptions
    taken = beliefs["expense_share"] + beliefs["contingency_share"]
    if taken >= 1.0:
        yield Fault("loadings-take-all", {"file": "economics.csv", "value": taken, "allowed": 1})


def member_faults(inputs: Inputs) -> Iterator[Fault]:
    """Yield plans that nobody holds: they would have no loss ratio."""
    held = {code: 0 for code in inputs.plan_codes}
    if inputs.leaving:
        portfolio = portfolio_of(inputs)
        held = {code: portfolio.enrolments(code) for code in held}
    else:
        for row in inputs.rows:
            for code in row.plans:
                held[code] += row.members
    for place, (code, members) in enumerate(held.items()):
        if members == 0:
            yield Fault(
                "plan-without-members", {"file": "plans.csv", "row": place + 2, "name": code}
            )


def contradictions(inputs: Inputs) -> tuple[Fault, ...]:
    """Return everything that contradicts itself in a pack whose single cells are sound."""
    plans = {plan.code: plan for plan in inputs.plans}
    faults: list[Fault] = []
    for place, plan in enumerate(inputs.plans):
        faults.extend(plan_faults(plan, place + 2))
    for place, bundle in enumerate(inputs.rows):
        faults.extend(bundle_faults(bundle, plans, place + 2))
    faults.extend(member_faults(inputs))
    faults.extend(rate_faults(inputs))
    faults.extend(loading_faults(inputs))
    return tuple(faults)


def actions_against(
    actions: Sequence[Action], contribution_yuan: float | None = None
) -> Iterator[Fault]:
    """Yield a fault for each two actions that a fund could ask for at once, one undoing the other.

    A tier is raised below a line and lowered above one: the second line may not be the lower. Lines
    in different units are compared where the `contribution_yuan` of a year are given.
    """

    def yuan(one: Action) -> float:
        shares = one.unit != "yuan"
        return one.line * (contribution_yuan or 1.0) if shares else one.line

    for first in actions:
        for second in actions:
            if (first.does, second.does) != ("raise_tier", "lower_tier"):
                continue
            same_plan = first.plan == second.plan or "all" in (first.plan, second.plan)
            comparable = first.unit == second.unit or contribution_yuan is not None
            if same_plan and comparable and yuan(second) < yuan(first):
                told = {"name": first.code, "other": second.code, "value": f"{second.line:g}"}
                yield Fault("actions-contradict", {"file": "actions.csv", **told})
