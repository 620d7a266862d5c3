"""Events of a member-year: rates of every cell, and classes of events with one law of payment.

Floor 3. Cells whose events pay by the same law are one class; a class carries the expected number
of events a year. Source: docs/model.md sections 2 and 7; docs/assumptions.md section 2 (level).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from workbench.assumptions import Assumptions
from workbench.engine.claimant import Stay, stay_of
from workbench.guard import refuse
from workbench.inputs import Inputs, portfolio_of
from workbench.plans import BENEFIT_FORMS, EVENT_KINDS, Plan
from workbench.portfolio import Portfolio
from workbench.rates import RATE_EVENTS
from workbench.timeline import AGE_BANDS, FEMALE, MALE

__all__ = [
    "EventClasses",
    "MemberRates",
    "PaymentTerms",
    "Scheme",
    "member_rates",
    "payment_terms",
    "scheme_of",
    "without_price",
]

FORMS = tuple(BENEFIT_FORMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRates:
    """Yearly rates of one member of each cell, shape (cells,), at a shock of 1.

    `injury`, `disabled` and `death` carry the accident factor; `disabled` is the part of `injury`
    with a disability; `critical` is the part without a special disease.
    """

    illness: np.ndarray
    injury: np.ndarray
    disabled: np.ndarray
    special: np.ndarray
    critical: np.ndarray
    death: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class EventClasses:
    """Classes of one kind of event; shapes (classes, n) and (cells,).

    `cell_class` is the class of each cell (−1: pays nothing), `keys` has one row a class: illness
    (segment, relativity group, first term, medical, allowance); injury (segment, relativity group,
    medical, allowance, accident); special (first term, critical, special); critical (first term,
    critical); death (accident). Plans are places in `Scheme.plans`, −1 for none.
    """

    keys: np.ndarray
    cell_class: np.ndarray

    def expected(self, by_cell: np.ndarray) -> np.ndarray:
        """Sum `by_cell` (cells,) into the classes, shape (classes,)."""
        paid = self.cell_class >= 0
        return np.bincount(self.cell_class[paid], weights=by_cell[paid], minlength=len(self.keys))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A pack made ready for the engine.

    `held` (cells, 5 forms) is the index of the plan of each form that a cell holds, −1 for none;
    `area` (cells,) the index into `areas`; `relativity_group` (cells,) the index into
    `relativities` (distinct age relativities of the cost of a stay); `beliefs` one `Assumptions` a
    segment; `classes` by kind of event; `stays` by segment, relativity group and kind. `plans`
    carry no price: nothing in the engine needs it, and so a premium changes no key of a cache.
    """

    inputs: Inputs
    plans: tuple[Plan, ...]
    portfolio: Portfolio
    rates: MemberRates
    beliefs: tuple[Assumptions, ...]
    held: np.ndarray
    areas: tuple[str, ...]
    area: np.ndarray
    relativities: np.ndarray
    relativity_group: np.ndarray
    classes: Mapping[str, EventClasses] = field(default_factory=dict)
    stays: Mapping[tuple[int, int, str], Stay] = field(default_factory=dict)

    @property
    def area_shock_cv(self) -> float:
        """Coefficient of variation of an area's own shock; 0 where there is one area alone."""
        return self.inputs.assumptions["county_shock_cv"] if len(self.areas) > 1 else 0.0

    def expected_events(self, kind: str) -> np.ndarray:
        """Expected events of `kind` in each cell at a shock of 1, shape (cells,)."""
        return self.portfolio.members * getattr(self.rates, kind)


@dataclass(frozen=True, slots=True, eq=False)
class PaymentTerms:
    """All of a scheme that says what one event of a class pays: a key for laws that are kept.

    Two are equal where plans, stays, numbers of stays, disabilities and classes are; members and
    rates do not count.
    """

    scheme: Scheme
    content: tuple
    digest: int

    def __hash__(self) -> int:
        return self.digest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PaymentTerms) and self.content == other.content


def _without_cost(plan: Plan) -> object:
    """What of a plan counts for plans that pay by days or at once: of a medical one, its wait."""
    return (plan.code, plan.waiting_none_until_day) if plan.benefit_form == "medical" else plan


def payment_terms(scheme: Scheme, *, cost: bool = True) -> PaymentTerms:
    """Return the key of what the events of a scheme pay.

    Without `cost` the law of a stay's cost does not count: no plan but a medical one pays by it.
    """
    names = ("illness_extra_stays_mean", "disability_degree_mean")
    beliefs = tuple(belief[name] for belief in scheme.beliefs for name in names)
    keys = tuple(scheme.classes[kind].keys.tobytes() for kind in EVENT_KINDS)
    stays = tuple((name, stay if cost else stay.days) for name, stay in scheme.stays.items())
    plans = tuple(plan if cost else _without_cost(plan) for plan in scheme.plans)
    content = (plans, stays, beliefs, keys)
    return PaymentTerms(scheme, content, hash(content))


def _segment_rates(inputs: Inputs, beliefs: Assumptions) -> dict[str, np.ndarray]:
    """Rates by sex and age band, shape (2, 9), of one segment."""
    tables = dict(zip(RATE_EVENTS, inputs.rates.values, strict=True))
    factors = dict(zip(RATE_EVENTS, inputs.rates.times_parameter, strict=True))
    level = 1.0 / beliefs["base_enrolment_ratio"]
    rates = {}
    for event, table in tables.items():
        factor = beliefs[factors[event]] if factors[event] else 1.0
        rates[event] = table * factor * level
    trend = (1.0 + beliefs["frequency_trend_per_year"]) ** beliefs["years_from_base_to_rating"]
    hospital = rates["hospital_claimant"] * beliefs["hospital_claimant_rate_scale"] * trend
    women = rates["special_disease"][FEMALE]
    special = rates["special_disease"].copy()
    special[MALE] = women * beliefs["special_disease_men_relativity"]
    return {
        "illness": hospital - rates["injury_claimant"],
        "injury": rates["injury_claimant"],
        "disabled": beliefs["disabilities_per_death"] * rates["accidental_death"],
        "special": special,
        "critical": rates["critical_illness"] - special,
        "death": rates["accidental_death"],
    }


def member_rates(
    inputs: Inputs, portfolio: Portfolio, beliefs: tuple[Assumptions, ...]
) -> MemberRates:
    """Return the yearly rates of every cell.

    Raises
    ------
    InputRefused
        `hospital-rate-below-injury-rate`, `critical-rate-below-special-rate` or
        `rate-above-one`, where docs/model.md section 2 requires otherwise.
    """
    tables = [_segment_rates(inputs, segment) for segment in beliefs]
    by_name = {
        name: np.array([table[name] for table in tables])[
            portfolio.segment, portfolio.sex, portfolio.band
        ]
        for name in tables[0]
    }
    for name in ("injury", "disabled", "death"):
        by_name[name] = by_name[name] * portfolio.accident_factor
    if np.any(by_name["illness"] < 0.0):
        raise refuse("hospital-rate-below-injury-rate")
    if np.any(by_name["critical"] < -1e-15):
        raise refuse("critical-rate-below-special-rate")
    if any(np.any(values > 1.0) for values in by_name.values()) or np.any(
        by_name["disabled"] > by_name["injury"]
    ):
        raise refuse("rate-above-one")
    by_name["critical"] = np.maximum(by_name["critical"], 0.0)
    return MemberRates(**by_name)


@lru_cache(maxsize=128)
def without_price(plan: Plan) -> Plan:
    """Return the plan with all blanked that changes no payment."""
    return replace(plan, premium_yuan=0.0, enrolments_default=0, min_participation=0.0)


def _held(plans: tuple[Plan, ...], portfolio: Portfolio) -> np.ndarray:
    """Index of the plan of each form held by each cell, −1 for none, shape (cells, 5)."""
    by_row = np.full((len(portfolio.rows), len(FORMS)), -1, dtype=np.int64)
    for place, plan in enumerate(plans):
        for row, bundle in enumerate(portfolio.rows):
            if plan.code in bundle.plans:
                by_row[row, FORMS.index(plan.benefit_form)] = place
    return by_row[portfolio.row]


def _classes(
    cells: Portfolio, held: np.ndarray, relativity_group: np.ndarray, kind: str
) -> EventClasses:
    """Return the classes of one kind of event (columns of the keys: `EventClasses`)."""
    medical, allowance, critical, special, accident = held.T
    stay = (cells.segment, relativity_group)
    first = cells.first_term.astype(np.int64)
    columns, paying = {
        "illness": ((*stay, first, medical, allowance), (medical, allowance)),
        "injury": ((*stay, medical, allowance, accident), (medical, allowance, accident)),
        "special": ((first, critical, special), (critical, special)),
        "critical": ((first, critical), (critical,)),
        "death": ((accident,), (accident,)),
    }[kind]
    table = np.stack(columns, axis=1).reshape(-1, len(columns))
    pays = np.max(np.stack(paying), axis=0) >= 0
    keys, places = np.unique(table[pays], axis=0, return_inverse=True)
    cell_class = np.full(len(table), -1, dtype=np.int64)
    cell_class[pays] = places.reshape(-1)
    return EventClasses(keys=keys, cell_class=cell_class)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Structure:
    """What of a scheme depends on members and plans alone, not on any rate."""

    held: np.ndarray
    relativities: np.ndarray
    relativity_group: np.ndarray
    classes: Mapping[str, EventClasses]


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """Cells without their numbers of members: the key of a structure that is kept."""

    portfolio: Portfolio
    plans: tuple[Plan, ...]
    relativities: tuple[float, ...]
    content: tuple

    def __hash__(self) -> int:
        return hash(self.content)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shape) and self.content == other.content


def _shape(portfolio: Portfolio, plans: tuple[Plan, ...], relativities: tuple) -> _Shape:
    cells = (portfolio.row, portfolio.band, portfolio.first_term, portfolio.segment)
    content = (
        tuple((plan.code, plan.benefit_form) for plan in plans),
        relativities,
        tuple(row.plans for row in portfolio.rows),
        tuple(column.tobytes() for column in cells),
    )
    return _Shape(portfolio, plans, relativities, content)


@lru_cache(maxsize=32)
def _structure(shape: _Shape) -> _Structure:
    """Plans held, groups of age bands and classes of events of the cells."""
    portfolio = shape.portfolio
    held = _held(shape.plans, portfolio)
    distinct, group = np.unique(np.array(shape.relativities), return_inverse=True)
    by_cell = group[portfolio.band]
    classes = {kind: _classes(portfolio, held, by_cell, kind) for kind in EVENT_KINDS}
    return _Structure(held=held, relativities=distinct, relativity_group=by_cell, classes=classes)


def scheme_of(inputs: Inputs) -> Scheme:
    """Return the pack with cells, rates and plan indices, ready for every route."""
    portfolio = portfolio_of(inputs)
    plans = tuple(without_price(plan) for plan in inputs.plans)
    beliefs = tuple(inputs.assumptions.changed(segment.beliefs) for segment in inputs.segments)
    relative = tuple(inputs.assumptions[f"stay_cost_relativity.{band}"] for band in AGE_BANDS)
    structure = _structure(_shape(portfolio, plans, relative))
    areas = tuple(dict.fromkeys(row.area for row in portfolio.rows))
    by_row = np.array([areas.index(row.area) for row in portfolio.rows], dtype=np.int64)
    stays = {
        (segment, group, kind): stay_of(belief, float(relativity), kind)
        for segment, belief in enumerate(beliefs)
        for group, relativity in enumerate(structure.relativities)
        for kind in ("illness", "injury")
    }
    return Scheme(
        inputs=inputs,
        plans=plans,
        portfolio=portfolio,
        rates=member_rates(inputs, portfolio, beliefs),
        beliefs=beliefs,
        held=structure.held,
        areas=areas,
        area=by_row[portfolio.row],
        relativities=structure.relativities,
        relativity_group=structure.relativity_group,
        classes=structure.classes,
        stays=stays,
    )
