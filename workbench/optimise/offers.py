"""The grid: what every tier of every plan, at every step of its benefit, leads to.

Floor 7, inside `optimise`. One column of numbers a figure, plans one after another; the exact law
of the total for every combination of benefits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from workbench.changes import Changes, apply
from workbench.engine.annual import AnnualLaw
from workbench.engine.stages import YearLaws
from workbench.guard import freeze, refuse
from workbench.inputs import Inputs
from workbench.premium.tiers import TIERS, TierTable, tier_table

__all__ = ["MOST_COMBINATIONS", "Grid", "Offers", "grid_of"]

MOST_COMBINATIONS = 64
"""Combinations of benefit steps; each takes one exact law of the total."""

LawsOf = Callable[[Inputs], YearLaws]
Benefits = Mapping[str, tuple[str, Sequence[float]]]
"""Plan code → name of `--set` of its term, and the steps of the term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """All that may be chosen, one entry an offer (plan, step of its benefit, tier), all (offers,).

    `plan` and `step` are places; yuan a year: `contribution`, `benefit` (expected), `budget`
    (contributions less expected expenses); `deficit` a probability, `returned` yuan of each 100.
    """

    plan: np.ndarray
    step: np.ndarray
    premium: np.ndarray
    contribution: np.ndarray
    benefit: np.ndarray
    budget: np.ndarray
    deficit: np.ndarray
    returned: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Offers; for each combination of steps (combinations, plans) the law of the total.

    `packs` and `laws` are the scheme and its year at each combination's steps and, last, with the
    benefits in force; `in_force` yuan (plans,), `bundle` (plans,) 1 for the plans of the usual
    bundle.
    """

    codes: tuple[str, ...]
    offers: Offers
    combinations: np.ndarray
    packs: tuple[Inputs, ...]
    laws: tuple[YearLaws, ...]
    in_force: np.ndarray
    bundle: np.ndarray
    expenses: str

    def total(self, combination: int) -> AnnualLaw:
        """Return the law of all plans together."""
        return self.laws[combination].laws[-1]


def _columns(table: TierTable, place: int, step: int) -> dict[str, np.ndarray]:
    size, contribution = len(table.premiums), table.enrolments * table.premiums
    return {
        "plan": np.full(size, place),
        "step": np.full(size, step),
        "premium": table.premiums,
        "contribution": contribution,
        "benefit": table.loss_ratio.values * contribution,
        "budget": table.budget_yuan,
        "deficit": table.deficit_probability.values,
        "returned": 100.0 * table.loss_ratio.values,
    }


def _combinations(inputs: Inputs, benefits: Benefits) -> list[tuple[int, ...]]:
    """Return the steps of every combination, (combinations, plans)."""
    steps = [range(len(benefits[code][1]) if code in benefits else 1) for code in inputs.plan_codes]
    number = int(np.prod([len(one) for one in steps]))
    if number > MOST_COMBINATIONS:
        raise refuse("benefit-combinations", value=number, allowed=MOST_COMBINATIONS)
    return list(product(*steps))


def grid_of(
    inputs: Inputs,
    laws_of: LawsOf,
    *,
    benefits: Benefits,
    bundle: Sequence[str],
    expenses: str,
) -> Grid:
    """Return the grid of a scheme.

    Parameters
    ----------
    inputs
        The scheme, changes applied.
    laws_of
        The laws of a year of a scheme, on the basis wanted.
    benefits
        Terms to choose besides the tiers; empty keeps all benefits.
    bundle
        Codes of the plans of the usual bundle.
    expenses
        "default", or "none".

    Raises
    ------
    InputRefused
        `benefit-combinations` where there are more than 64, or what a step breaks.
    """
    combinations = _combinations(inputs, benefits)
    packs = [*(_changed(inputs, benefits, steps) for steps in combinations), inputs]
    laws = [laws_of(pack) for pack in packs]
    columns = []
    for place in range(len(inputs.plans)):
        for step in sorted({steps[place] for steps in combinations}):
            at = next(k for k, steps in enumerate(combinations) if steps[place] == step)
            table = tier_table(packs[at], laws[at], place, premiums=TIERS, expenses=expenses)
            columns.append(_columns(table, place, step))
    joined = {name: freeze(np.concatenate([one[name] for one in columns])) for name in columns[0]}
    return Grid(
        codes=inputs.plan_codes,
        offers=Offers(**joined),
        combinations=freeze(combinations, np.int64),
        packs=tuple(packs),
        laws=tuple(laws),
        in_force=freeze([plan.premium_yuan for plan in inputs.plans]),
        bundle=freeze([float(code in bundle) for code in inputs.plan_codes]),
        expenses=expenses,
    )


def _changed(inputs: Inputs, benefits: Benefits, steps: tuple[int, ...]) -> Inputs:
    chosen = {
        benefits[code][0]: float(benefits[code][1][step])
        for code, step in zip(inputs.plan_codes, steps, strict=True)
        if code in benefits
    }
    return apply(inputs, Changes(chosen)) if chosen else inputs
