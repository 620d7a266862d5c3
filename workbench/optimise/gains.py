"""What the optimum would gain if a limit moved outward by one step.

Floor 7, inside `optimise`. Each is solved anew: a price of a programme in whole yuan has no
derivative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.optimise.nouns import KINDS, PLAN_KINDS, Limit, Solution, relaxed
from workbench.optimise.offers import Grid
from workbench.optimise.solving import solve

__all__ = ["Gain", "gains_of"]


TRIED = (1, 2, 3, 5, 10)
"""Steps that are tried: on whole yuan one step may bring nothing where the next does."""

GAP = 0.1
"""Of equally good tiers some within a tenth of the second objective's best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """A limit moved outward, of one plan or (plan "") wherever its kind is set, and what it brings.

    `steps` is the first number of steps tried that brings anything, 1 where ten bring nothing;
    `value` and `moved` are the limit before and after (of the first plan that has it). `gain` is
    in the unit of the objective, yuan a year for contributions and benefits, yuan for changes: how
    much better the optimum is. `contribution_yuan` a year and `bundle_yuan` are what members pay
    less.
    """

    kind: str
    plan: str
    steps: int
    value: float
    moved: float
    gain: float
    contribution_yuan: float
    bundle_yuan: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is solved again: the grid, all limits, the optimum under them, the objective."""

    grid: Grid
    limits: Sequence[Limit]
    best: Solution
    objective: str

    def better(self, found: Solution) -> float:
        """Return by how much a solution is better than the optimum."""
        sign = -1.0 if self.objective == "benefit" else 1.0
        return sign * (self.best.objective(self.objective) - found.objective(self.objective))

    def moved(self, at: Sequence[Limit], steps: int) -> list[Limit]:
        """Return all limits, those of `at` moved outward."""
        return [relaxed(one, steps) if one in at else one for one in self.limits]


def _gain(asked: _Asked, at: Sequence[Limit]) -> Gain | None:
    """Return the gain of moving the limits `at` together, None where they cannot move."""
    if all(relaxed(one) == one for one in at):
        return None
    steps, found = 1, asked.best
    for tried in TRIED:
        again = solve(asked.grid, asked.moved(at, tried), asked.objective, gap=None)
        if again is not None and asked.better(again) > LEAST:
            steps = tried
            tied = solve(asked.grid, asked.moved(at, tried), asked.objective, gap=GAP)
            found = tied or again
            break
    return Gain(
        kind=at[0].kind,
        plan=at[0].plan if len(at) == 1 else "",
        steps=steps,
        value=at[0].value,
        moved=relaxed(at[0], steps).value,
        gain=max(0.0, asked.better(found)),
        contribution_yuan=asked.best.contribution_yuan - found.contribution_yuan,
        bundle_yuan=asked.best.bundle_yuan - found.bundle_yuan,
    )


LEAST = 1e-6
"""A gain below a millionth of a yuan is rounding."""


def gains_of(
    grid: Grid, limits: Sequence[Limit], best: Solution, objective: str
) -> tuple[Gain, ...]:
    """Return the gain of each kind of limit; of each plan's own too where its kind gains."""
    asked = _Asked(grid=grid, limits=limits, best=best, objective=objective)
    gains = []
    for kind in KINDS:
        own = [one for one in limits if one.kind == kind]
        found = _gain(asked, own) if own else None
        if found is None:
            continue
        gains.append(found)
        if kind in PLAN_KINDS and len(own) > 1 and found.gain > 0.0:
            each = [_gain(asked, [one]) for one in own]
            gains += [one for one in each if one is not None and one.gain > 0.0]
    return tuple(gains)
