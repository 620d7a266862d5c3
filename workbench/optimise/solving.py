"""The programme: one binary variable an offer, solved by HiGHS, checked against the exact law.

Floor 7, inside `optimise`. A limit on a plan strikes offers out; a limit on all plans together is
one row, since contributions, budgets and expected benefits add up over plans. The deficit of the
total is P(S > budget), so its limit is a budget of at least a quantile of S. Source: docs/tiers.md
section 4; Huangfu and Hall, Parallelizing the dual revised simplex method, Mathematical Programming
Computation 10 (2018); scipy.optimize.milp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from workbench.optimise.nouns import PLAN_KINDS, STEPS, Limit, Solution
from workbench.optimise.offers import Grid

__all__ = ["least_relaxation", "misses", "solve"]

SLACK = 1e-9
"""A figure that misses a limit by a billionth of it meets it: the rounding of a sum."""

MOST_CUTS = 50
LEVELS = tuple(0.01 * np.arange(100)) + (0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.008)
_TIES = {"contribution": "change", "change": "contribution", "benefit": "contribution"}
"""Objective → the second one, which tells equally good tiers apart."""


@dataclass(slots=True, kw_only=True)
class _Programme:
    """Rows `low <= coefficients · variables`, cost, and which variables are whole.

    Variables: offers, then states of the total (combination of benefits, level of its deficit),
    then one slack in steps for each soft limit on all plans together.
    """

    cost: np.ndarray
    upper: np.ndarray
    whole: np.ndarray
    rows: list[tuple[np.ndarray, float, float]] = field(default_factory=list)

    def row(self, coefficients: np.ndarray, low: float, high: float = np.inf) -> None:
        """Add a row, scaled so that its largest coefficient is 1."""
        size = float(np.max(np.abs(coefficients), initial=0.0)) or 1.0
        self.rows.append((coefficients / size, low / size, high / size))


def _values(grid: Grid, kind: str) -> np.ndarray:
    """Figure of each offer that a limit of a plan is about."""
    if kind == "rise":
        return grid.offers.premium - grid.in_force[grid.offers.plan]
    values: np.ndarray = getattr(grid.offers, kind)
    return values


def misses(values: np.ndarray, limit: Limit) -> np.ndarray:
    """Return by how many steps values miss a limit, 0 where they meet it."""
    over = limit.value - values if limit.at_least else values - limit.value
    return np.where(over > SLACK * max(1.0, abs(limit.value)), over / STEPS[limit.kind], 0.0)


def _objective(grid: Grid, name: str) -> np.ndarray:
    """Cost of each offer under an objective."""
    if name == "change":
        return np.abs(_values(grid, "rise"))
    return grid.offers.contribution if name == "contribution" else -grid.offers.benefit


def _states(grid: Grid, limits: Sequence[Limit], soft: frozenset[Limit]) -> np.ndarray:
    """Return combination, budget needed and cost in steps of each state, (states, 3)."""
    rows = []
    wanted = [one for one in limits if one.kind == "scheme_deficit"]
    tightest = min(wanted, key=lambda one: one.value, default=None)
    for place in range(len(grid.combinations)):
        if tightest is None or tightest.value >= 1.0:
            rows.append((place, -np.inf, 0.0))
            continue
        levels = [tightest.value]
        if tightest in soft:
            levels += [one for one in LEVELS if one > tightest.value] + [1.0]
        needed = [_needed(grid, place, level) for level in levels]
        steps = (np.array(levels) - tightest.value) / STEPS["scheme_deficit"]
        rows += [(place, *pair) for pair in zip(needed, steps, strict=True)]
    return np.array(rows, dtype=float)


def _needed(grid: Grid, combination: int, level: float) -> float:
    """Return the least budget at which the total's deficit probability is at most a level, yuan."""
    if level >= 1.0:
        return -np.inf
    return grid.total(combination).quantile(1.0 - max(level, 1e-12))


def _joint(grid: Grid, limit: Limit) -> tuple[np.ndarray, float, float]:
    """Return (coefficients, low, size of one step) of a limit on all plans together."""
    offers = grid.offers
    if limit.kind == "scheme_returned":
        step = float(np.sum(grid.in_force * _enrolments(grid)))
        return 100.0 * offers.benefit - limit.value * offers.contribution, 0.0, step
    if limit.kind == "bundle_cost":
        return -grid.bundle[offers.plan] * offers.premium, -limit.value, STEPS["bundle_cost"]
    return -offers.contribution, -limit.value, STEPS["contribution"]


def _enrolments(grid: Grid) -> np.ndarray:
    return grid.laws[0].enrolments


def _programme(
    grid: Grid, limits: Sequence[Limit], soft: frozenset[Limit], cost: np.ndarray
) -> _Programme | None:
    """Return the programme; None where a plan has no offer left."""
    offers, states = grid.offers, _states(grid, limits, soft)
    joint = [one for one in limits if one.kind not in (*PLAN_KINDS, "scheme_deficit")]
    first, slack = len(offers.plan), len(offers.plan) + len(states)
    size = slack + len(joint)
    allowed, penalty = np.ones(first), np.zeros(first)
    for one in limits:
        if one.kind in PLAN_KINDS:
            here = offers.plan == grid.codes.index(one.plan)
            missed = np.where(here, misses(_values(grid, one.kind), one), 0.0)
            penalty += missed * (one in soft)
            allowed[(missed > 0.0) & (one not in soft)] = 0.0
    plans = range(len(grid.codes))
    if any(not allowed[offers.plan == place].any() for place in plans):
        return None
    costs = np.concatenate([cost, np.zeros(size - first)])
    if soft:
        costs = np.concatenate([penalty, states[:, 2], np.ones(len(joint))])
    upper = np.concatenate([allowed, np.ones(len(states)), [_roof(one, soft) for one in joint]])
    whole = np.arange(size) < slack
    programme = _Programme(cost=costs, upper=upper, whole=whole)
    _choices(programme, grid, states, size)
    for place, one in enumerate(joint):
        coefficients, low, step = _joint(grid, one)
        row = np.concatenate([coefficients, np.zeros(size - first)])
        row[slack + place] = step
        programme.row(row, low)
    return programme


def _roof(limit: Limit, soft: frozenset[Limit]) -> float:
    return np.inf if limit in soft else 0.0


def _choices(programme: _Programme, grid: Grid, states: np.ndarray, size: int) -> None:
    """One offer a plan, one state; benefits of the offers are the state's; budget as it needs."""
    offers, first = grid.offers, len(grid.offers.plan)
    chosen = grid.combinations[states[:, 0].astype(int)]
    for place in range(len(grid.codes)):
        row = np.zeros(size)
        row[:first] = offers.plan == place
        programme.row(row, 1.0, 1.0)
        for step in range(1, int(grid.combinations[:, place].max()) + 1):
            row = np.zeros(size)
            row[:first] = (offers.plan == place) & (offers.step == step)
            row[first : first + len(states)] = -1.0 * (chosen[:, place] == step)
            programme.row(row, 0.0, 0.0)
    row = np.zeros(size)
    row[first : first + len(states)] = 1.0
    programme.row(row, 1.0, 1.0)
    if np.any(np.isfinite(states[:, 1])):
        row = np.zeros(size)
        row[:first] = offers.budget
        lowest = sum(offers.budget[offers.plan == one].min() for one in range(len(grid.codes)))
        needed = np.maximum(states[:, 1], lowest)
        row[first : first + len(states)] = -needed
        programme.row(row, 0.0)


def _run(programme: _Programme, gap: float = 0.0) -> np.ndarray | None:
    """Return the variables at the optimum, None where nothing is feasible."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    found = milp(
        programme.cost,
        integrality=programme.whole.astype(int),
        bounds=Bounds(0.0, programme.upper),
        constraints=LinearConstraint(
            np.stack([row for row, _, _ in programme.rows]),
            [low for _, low, _ in programme.rows],
            [high for _, _, high in programme.rows],
        ),
        options={"mip_rel_gap": gap},
    )
    return found.x if found.x is not None and found.status == 0 else None


def _solution(grid: Grid, chosen: np.ndarray) -> Solution:
    """Return the figures of one offer a plan, (plans,) places of offers."""
    offers = grid.offers
    steps, premium = offers.step[chosen], offers.premium[chosen]
    combination = int(np.flatnonzero(np.all(grid.combinations == steps, axis=1))[0])
    budget = float(offers.budget[chosen].sum())
    named = zip(grid.codes, chosen.tolist(), strict=True)
    at = dict(named)
    return Solution(
        premiums={code: float(offers.premium[one]) for code, one in at.items()},
        steps={code: int(offers.step[one]) for code, one in at.items()},
        contribution_yuan=float(offers.contribution[chosen].sum()),
        benefit_yuan=float(offers.benefit[chosen].sum()),
        change_yuan=float(np.abs(premium - grid.in_force).sum()),
        bundle_yuan=float(grid.bundle @ premium),
        deficits={code: float(offers.deficit[one]) for code, one in at.items()},
        returned={code: float(offers.returned[one]) for code, one in at.items()},
        scheme_deficit=float(grid.total(combination).probability_above(budget)),
    )


def achieved(solution: Solution, limit: Limit, in_force: float = 0.0) -> float:
    """Return the figure of a solution that a limit is about; `in_force` yuan for a rise."""
    if limit.kind == "deficit":
        return solution.deficits[limit.plan]
    if limit.kind == "returned":
        return solution.returned[limit.plan]
    if limit.kind == "rise":
        return solution.premiums[limit.plan] - in_force
    if limit.kind == "scheme_returned":
        return 100.0 * solution.benefit_yuan / solution.contribution_yuan
    names = {"bundle_cost": "bundle_yuan", "contribution": "contribution_yuan"}
    return float(getattr(solution, names.get(limit.kind, limit.kind)))


def value_of(grid: Grid, solution: Solution, limit: Limit) -> float:
    """Return the figure of a solution that a limit is about."""
    now = float(grid.in_force[grid.codes.index(limit.plan)]) if limit.plan else 0.0
    return achieved(solution, limit, now)


def _meets(grid: Grid, solution: Solution, limits: Sequence[Limit]) -> bool:
    values = [value_of(grid, solution, one) for one in limits]
    return all(misses(np.array(v), one) == 0.0 for v, one in zip(values, limits, strict=True))


def _best(
    grid: Grid,
    limits: Sequence[Limit],
    *,
    cost: np.ndarray,
    bound: tuple[np.ndarray, float] | None = None,
    gap: float = 0.0,
) -> np.ndarray | None:
    """Return the places of the cheapest offers that meet all limits exactly, (plans,)."""
    made = _programme(grid, limits, frozenset(), cost)
    if made is None:
        return None
    first = len(grid.offers.plan)
    if bound is not None:
        made.row(np.concatenate([-bound[0], np.zeros(len(made.cost) - first)]), -bound[1])
    for _ in range(MOST_CUTS):
        found = _run(made, gap)
        if found is None:
            return None
        chosen = np.flatnonzero(found[:first] > 0.5)
        if _meets(grid, _solution(grid, chosen), limits):
            return chosen
        # The solver's tolerance let it through; the exact law does not: strike this choice out.
        row = np.zeros(len(made.cost))
        row[chosen] = -1.0
        made.row(row, 1.0 - len(chosen))
    return None


def solve(
    grid: Grid, limits: Sequence[Limit], objective: str, *, gap: float | None = 0.0
) -> Solution | None:
    """Return the best tiers under limits, None where no tiers meet them all.

    Parameters
    ----------
    grid
        Offers and laws.
    limits
        All must hold.
    objective
        One of `OBJECTIVES`; it is always at its optimum.
    gap
        How far the second objective, which tells equally good tiers apart, may be from its own
        best, as a share; None does not ask it.
    """
    cost = _objective(grid, objective)
    chosen = _best(grid, limits, cost=cost)
    if chosen is None:
        return None
    if gap is not None:
        best = float(cost[chosen].sum())
        bound, second = (
            (cost, best + SLACK * max(1.0, abs(best))),
            _objective(grid, _TIES[objective]),
        )
        again = _best(grid, limits, cost=second, bound=bound, gap=gap)
        # The solver's tolerance may let worse tiers through the bound: these are not taken.
        if again is not None and cost[again].sum() <= bound[1]:
            chosen = again
    return _solution(grid, chosen)


def least_relaxation(grid: Grid, limits: Sequence[Limit], soft: Sequence[Limit]) -> Solution | None:
    """Return the tiers that miss the soft limits by the fewest steps in all, the others being met.

    None where the others cannot be met. The steps of a deficit of all plans are whole points.
    """
    free = frozenset(soft)
    made = _programme(grid, limits, free, np.zeros(len(grid.offers.plan)))
    if made is None:
        return None
    found = _run(made)
    if found is None:
        return None
    return _solution(grid, np.flatnonzero(found[: len(grid.offers.plan)] > 0.5))
