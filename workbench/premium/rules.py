"""Rules: what a tier must meet, the least whole yuan that meets it, and the distance to it.

Floor 4, inside `premium`. A rule is data (`data/rules.csv`); here it is only asked of a table of
tiers. Source: docs/tiers.md section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.guard import freeze
from workbench.inputs import Rule, RuleCondition
from workbench.premium.tier_test import SchemeTiers
from workbench.premium.tiers import SELDOM, Figures, TierTable
from workbench.risk import Figure

__all__ = ["ConditionState", "RuleVerdict", "scheme_states", "verdict"]

STEPS: Mapping[str, float] = {"share": 0.01, "yuan of 100": 1.0, "yuan": 10_000.0, "ratio": 0.01}
"""One step of a limit by its unit: violations of several conditions are added up in steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionState:
    """A condition at one tier: the figure there (None: too rare to tell) and whether it is met.

    `near` says that figure and limit are nearer to each other than the figure's error.
    """

    condition: RuleCondition
    value: Figure | None
    met: bool
    near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVerdict:
    """What a rule says about a plan; yuan.

    `least_yuan` is the tier it chooses, the least whole yuan that meets all conditions, and
    `most_yuan` the greatest that does; None where no tier from 25 to 95 meets them. `distance_yuan`
    is the chosen tier less that in force. `nearest_yuan` is the chosen tier, or the one that misses
    by the fewest steps; `in_force` and `nearest` are the conditions at those tiers.
    """

    rule: str
    plan: str
    in_force_yuan: float
    least_yuan: float | None
    most_yuan: float | None
    distance_yuan: float | None
    nearest_yuan: float
    in_force: tuple[ConditionState, ...]
    nearest: tuple[ConditionState, ...]

    @property
    def met(self) -> bool:
        """Whether the tier in force meets the rule."""
        return all(state.met for state in self.in_force)


def _contribution(table: TierTable) -> np.ndarray:
    return table.enrolments * table.premiums


def _per_hundred(figures: Figures, base: np.ndarray) -> Figures:
    return Figures(
        values=freeze(100.0 * figures.values / base), errors=freeze(100.0 * figures.errors / base)
    )


def _gaps(table: TierTable) -> Figures:
    """Mean gap of a deficit year, NaN where a deficit is rarer than one year in 1,000."""
    chances, short = table.deficit_probability.values, table.expected_shortfall_yuan
    seldom = chances < SELDOM
    base = np.where(seldom, 1.0, chances)
    values = np.where(seldom, np.nan, short.values / base)
    return Figures(values=freeze(values), errors=freeze(short.errors / base))


_TIERS: Mapping[str, Callable[[TierTable], Figures]] = {
    "deficit_probability": lambda table: table.deficit_probability,
    "returned_per_hundred": lambda table: _per_hundred(table.loss_ratio, np.array(1.0)),
    "surplus_per_hundred": lambda table: _per_hundred(
        table.expected_surplus_yuan, _contribution(table)
    ),
    "expected_shortfall_yuan": lambda table: table.expected_shortfall_yuan,
    "mean_gap_yuan": _gaps,
    "expected_surplus_yuan": lambda table: table.expected_surplus_yuan,
    "break_even_incidence": lambda table: table.break_even_incidence,
}
"""Figure of a rule → its values over the tiers of a plan."""


def _violations(values: np.ndarray, condition: RuleCondition) -> np.ndarray:
    """Return by how many steps each value misses the condition; 0 where it is met.

    A mean gap too rare to tell (NaN) is below any limit.
    """
    values = np.where(np.isnan(values), -np.inf, values)
    over = values - condition.limit
    missed = over if condition.condition == "at_most" else -over
    return np.maximum(0.0, missed) / STEPS[condition.unit]


def _state(condition: RuleCondition, figure: Figure) -> ConditionState:
    known = bool(np.isfinite(figure.value))
    return ConditionState(
        condition=condition,
        value=figure if known else None,
        met=bool(_violations(np.array([figure.value]), condition)[0] == 0.0),
        near=known and abs(figure.value - condition.limit) <= figure.error,
    )


def _states(rule: Rule, table: TierTable, place: int) -> tuple[ConditionState, ...]:
    return tuple(_state(one, _TIERS[one.figure](table).at(place)) for one in rule.conditions)


def verdict(rule: Rule, table: TierTable, in_force: TierTable) -> RuleVerdict:
    """Return what a rule says about a plan.

    Parameters
    ----------
    rule
        Conditions that must all hold.
    table
        The plan at every whole yuan from 25 to 95.
    in_force
        The plan at its tier in force alone, which may lie outside the table.
    """
    missed = np.zeros(len(table.premiums))
    for one in rule.conditions:
        missed += _violations(_TIERS[one.figure](table).values, one)
    meets = np.flatnonzero(missed == 0.0)
    place = int(meets[0]) if len(meets) else int(np.argmin(missed))
    least = float(table.premiums[place]) if len(meets) else None
    today = table.in_force_yuan
    return RuleVerdict(
        rule=rule.code,
        plan=table.code,
        in_force_yuan=today,
        least_yuan=least,
        most_yuan=float(table.premiums[meets[-1]]) if len(meets) else None,
        distance_yuan=None if least is None else least - today,
        nearest_yuan=float(table.premiums[place]),
        in_force=_states(rule, in_force, 0),
        nearest=_states(rule, table, place),
    )


def _of_scheme(scheme: SchemeTiers, figure: str, contribution: float) -> Figure:
    if figure == "returned_per_hundred":
        return scheme.loss_ratio.scaled(100.0)
    if figure == "surplus_per_hundred":
        return scheme.expected_surplus_yuan.scaled(100.0 / contribution)
    found: Figure | None = getattr(scheme, figure)
    return Figure(np.nan, 0.0) if found is None else found


def scheme_states(rules: Sequence[Rule], scheme: SchemeTiers) -> Mapping[str, tuple]:
    """Return, by code of the rule, its conditions asked of all plans together."""
    return {
        rule.code: tuple(
            _state(one, _of_scheme(scheme, one.figure, scheme.contribution_yuan))
            for one in rule.conditions
        )
        for rule in rules
    }
