"""Everything about one plan whose members react: bands by premium, turning points, years, payers.

Floor 5, inside `behaviour`; the front of the folder. Source: docs/participation.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from workbench.behaviour.bands import (
    MEASURES,
    Options,
    illustrations,
    money_bands,
    premium_grid,
    sound_cells,
)
from workbench.behaviour.cells import PlanCells
from workbench.behaviour.curves import (
    Band,
    Bands,
    Curve,
    Payers,
    curve,
    yuan_error,
)
from workbench.behaviour.deficits import Deficit, deficit_of, spread_of, telling
from workbench.behaviour.reaction import reactions
from workbench.behaviour.turning import (
    Turning,
    cost_slope,
    equilibrium,
    found_band,
    spiral,
    turn_down,
)
from workbench.behaviour.uncertain import Case, UncertainDeficits, uncertain_deficits
from workbench.exact import RELATIVE_ERROR
from workbench.guard import freeze
from workbench.inputs import Inputs
from workbench.premium.technical import ExpenseTerms, expense_terms
from workbench.risk import Figure
from workbench.timeline import AGE_BANDS

__all__ = [
    "AgeRow",
    "PlanParticipation",
    "State",
    "YearRow",
    "participation",
]

FIRST_YEAR = 2.0 / 3.0
"""Part of the change that acts in the first year; the rest acts in the second."""

SLOPE_ERROR = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Figures of a plan that need no reaction; names as in `MEASURES`."""

    premium_yuan: float
    enrolments: Figure
    cost_per_enrolment_yuan: Figure
    loss_ratio: Figure
    expected_surplus_yuan: Figure
    deficit_probability: Figure
    expected_shortfall_yuan: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRow:
    """Bands of one year of the path; year 0 is the year before the change."""

    year: int
    bands: dict[str, Band]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeRow:
    """Members of one age band today and after, and their expected benefit a year, yuan."""

    age_band: str
    before: float
    after: Band
    benefit_yuan: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanParticipation:
    """One plan whose members react.

    `premiums` (n,) yuan with bands by name of `MEASURES`, `illustration` (n,) whether the change is
    beyond what the model is meant for; `place` is that of the new premium. `before` is today,
    `unmoved` the new terms if nobody reacts. `eligible` is N0 / pi0; `cost_slope` d ln cost /
    d ln P at the new premium; `surplus` (reactions,) the expected surplus at the new premium,
    central first, for sums over plans with one reaction; `members` the enrolments likewise.
    `uncertain` are the deficits over the draws of `Options.draws`, None without any.
    """

    code: str
    payers: Payers
    premiums: np.ndarray
    place: int
    illustration: np.ndarray
    bands: dict[str, Bands]
    before: State
    unmoved: State
    eligible: Band
    cost_slope: Band
    equilibrium: Turning
    loses_beyond: Turning
    spiral: Turning
    years: tuple[YearRow, ...]
    ages: tuple[AgeRow, ...]
    surplus: np.ndarray
    members: np.ndarray
    uncertain: UncertainDeficits | None

    @property
    def premium_yuan(self) -> float:
        """The new premium."""
        return float(self.premiums[self.place])

    def band(self, name: str) -> Band:
        """Return a band of `MEASURES` at the new premium."""
        return self.bands[name].at(self.place)


def _deficits(cells: PlanCells, curves: Sequence[Curve], place: int) -> list[Deficit]:
    """Deficits at one premium, one a curve."""
    return [
        deficit_of(cells, one.by_cell[place], float(one.surplus_yuan[place] + one.paid_yuan[place]))
        for one in curves
    ]


def _risk_bands(cells: PlanCells, curves: Sequence[Curve], whole: int) -> dict[str, Bands]:
    """Bands of the deficit: over every reaction at the place `whole`, elsewhere over the ends."""
    spread, found = spread_of(cells), []
    for place in range(len(curves[0].premiums)):
        chosen = range(len(curves)) if place == whole else telling(curves, place, spread)
        found.append(_deficits(cells, [curves[number] for number in chosen], place))
    chances = [[one.probability for one in row] for row in found]
    gaps = [[one.shortfall_yuan for one in row] for row in found]
    return {
        "deficit_probability": _risk_band(chances),
        "expected_shortfall_yuan": _risk_band(gaps),
    }


def _risk_band(rows: list[list[Figure]]) -> Bands:
    """One row a premium, the central figure first."""
    values = [[figure.value for figure in row] for row in rows]
    return Bands(
        low=np.array([min(row) for row in values]),
        central=np.array([row[0] for row in values]),
        high=np.array([max(row) for row in values]),
        error=np.array([max(figure.error for figure in row) for row in rows]),
    )


def _bands(cells: PlanCells, curves: Sequence[Curve], whole: int = 0) -> dict[str, Bands]:
    """Bands of every measure over the curves, the central first (`whole`: see `_risk_bands`)."""
    return {**money_bands(curves), **_risk_bands(cells, curves, whole)}


def _claims(yuan: float) -> Figure:
    """Expected yuan a year with their error."""
    return Figure(yuan, float(yuan_error(np.array(yuan))))


def _state(cells: PlanCells, terms: ExpenseTerms, premium: float, *, before: bool) -> State:
    """Figures with today's members, at the terms in force or at the new ones."""
    benefit, often = (
        (cells.benefit_before, cells.cases_before) if before else (cells.benefit, cells.cases)
    )
    number, paid = cells.enrolments, float(cells.members @ benefit)
    spent = (terms.share * premium + terms.per_enrolment_yuan) * number
    limit = number * premium - spent - terms.per_beneficiary_yuan * float(cells.members @ often)
    risk = deficit_of(cells, np.ones(len(cells.members)), limit, before=before)
    claims = _claims(paid)
    return State(
        premium_yuan=premium,
        enrolments=Figure(number, 0.0),
        cost_per_enrolment_yuan=claims.scaled(1.0 / number),
        loss_ratio=claims.scaled(1.0 / (number * premium)),
        expected_surplus_yuan=Figure(limit - paid, claims.error),
        deficit_probability=risk.probability,
        expected_shortfall_yuan=risk.shortfall_yuan,
    )


def _ages(cells: PlanCells, curves: Sequence[Curve], place: int) -> tuple[AgeRow, ...]:
    rows = []
    for number, name in enumerate(AGE_BANDS):
        here = cells.band == number
        before = float(cells.members[here].sum())
        if not before:
            continue
        after = np.array([[one.members[place, here].sum()] for one in curves])
        benefit = float(cells.members[here] @ cells.benefit[here])
        rows.append(
            AgeRow(
                age_band=name,
                before=before,
                after=Bands.over(list(after), np.array([before * RELATIVE_ERROR])).at(0),
                benefit_yuan=_claims(benefit).scaled(1.0 / before),
            )
        )
    return tuple(rows)


def _as_band(figure: Figure) -> Band:
    return Band(low=figure, central=figure, high=figure)


def _years(
    cells: PlanCells, before: State, curves: Sequence[Curve], whole: dict[str, Band]
) -> tuple[YearRow, ...]:
    """The path: today, two thirds of the change in the first year, all of it from the second."""
    first = {name: bands.at(0) for name, bands in _bands(cells, curves).items()}
    today = {name: _as_band(getattr(before, name)) for name in MEASURES}
    steps = (today, first, whole)
    return tuple(YearRow(year=year, bands=bands) for year, bands in enumerate(steps))


def participation(
    before: Inputs,
    after: Inputs,
    code: str,
    *,
    premiums: Sequence[float] = (),
    options: Options | None = None,
) -> PlanParticipation:
    """Return who stays in a plan and what that does, always as a band over the reactions.

    Parameters
    ----------
    before
        The scheme with the plans' terms in force.
    after
        The same members and assumptions with the new premium and the new benefit terms.
    code
        The plan (KeyError if there is none); the other plans do not count: members decide plan by
        plan.
    premiums
        Yuan; the premiums in force and the new one are added.
    options
        Who pays, whether units decide, expenses.

    Examples
    --------
    >>> import workbench as wb
    >>> pack = wb.read_pack()
    >>> new = wb.apply(pack, wb.Changes({"plans.P3.premium_yuan": 35}))
    >>> found = wb.participation(pack, new, "P3")
    >>> found.band("enrolments").high.value < 46_000
    True
    """
    options = options or Options()
    cells = sound_cells(before, after, code)
    asked = premium_grid(premiums, cells.premium_before, cells.plan.premium_yuan)
    terms = expense_terms(after, cells.plan, options.expenses)
    old_terms = expense_terms(before, before.plan(code), options.expenses)
    return _answer(cells, asked, options, terms=(old_terms, terms))


def _answer(
    cells: PlanCells,
    asked: np.ndarray,
    options: Options,
    *,
    terms: tuple[ExpenseTerms, ExpenseTerms],
) -> PlanParticipation:
    """Everything about one plan at the premiums `asked`; `terms` of expenses before and after."""
    premium, place = cells.premium_before, int(np.searchsorted(asked, cells.plan.premium_yuan))
    here = asked[place : place + 1]
    band = reactions(cells.scheme.inputs.assumptions, units=options.units)
    of = [partial(curve, cells, one, terms=terms[1], payers=options.payers) for one in band]
    curves = [one(asked) for one in of]
    bands = _bands(cells, curves, place)
    old = _state(cells, terms[0], premium, before=True)
    early = [one(here, done=FIRST_YEAR) for one in of]
    eligible = [np.array([cells.enrolments / one.participation]) for one in band]
    slopes = [cost_slope(one, here) for one in of]
    return PlanParticipation(
        code=cells.plan.code,
        payers=options.payers,
        premiums=freeze(asked),
        place=place,
        illustration=freeze(illustrations(cells, band[0], asked, options.payers)),
        bands=bands,
        before=old,
        unmoved=_state(cells, terms[1], float(asked[place]), before=False),
        eligible=Bands.over(eligible, np.zeros(1)).at(0),
        cost_slope=Bands.over(slopes, np.array([SLOPE_ERROR])).at(0),
        equilibrium=found_band(of, premium, equilibrium),
        loses_beyond=found_band(of, premium, turn_down),
        spiral=found_band(of, premium, spiral),
        years=_years(cells, old, early, {name: one.at(place) for name, one in bands.items()}),
        ages=_ages(cells, curves, place),
        surplus=freeze([one.surplus_yuan[place] for one in curves]),
        members=freeze([one.enrolments[place] for one in curves]),
        uncertain=_uncertain(cells, curves, place, draws=options.draws, terms=terms),
    )


def _uncertain(
    cells: PlanCells,
    curves: Sequence[Curve],
    place: int,
    *,
    draws: Sequence[Inputs],
    terms: tuple[ExpenseTerms, ExpenseTerms],
) -> UncertainDeficits | None:
    """Deficits over the draws: today, new terms unmoved, the central reaction and the ends."""
    if not draws:
        return None
    ones, premium = np.ones(len(cells.members)), float(curves[0].premiums[place])
    whole = Case.of(ones, cells.enrolments, premium, terms=terms[1])
    today = Case.of(ones, cells.enrolments, cells.premium_before, terms=terms[0])
    chosen = [curves[number] for number in telling(curves, place, spread_of(cells))]
    reacting = [
        Case.of(one.by_cell[place], float(one.enrolments[place]), premium, terms=terms[1])
        for one in chosen
    ]
    plans = (cells.plans_before, cells.plans)
    return uncertain_deficits(cells, draws, plans, [replace(today, before=True), whole, *reacting])
