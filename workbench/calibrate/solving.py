"""Solves the hospital claimant rate, then the mean cost of a stay, to the two targets.

Floor 4, inside `calibrate`. Expected beneficiaries are linear in the rate; expected yuan paid rise
with the mean cost. Source: docs/model.md section 9 (calibration), docs/assumptions.md section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, log

from workbench.engine.events import scheme_of
from workbench.engine.moments import expected_beneficiaries, expected_paid
from workbench.engine.stages import ExpectedClaims, claims_key, expected_claims
from workbench.guard import InputRefused, refuse
from workbench.inputs import Inputs
from workbench.schema import BELIEFS

__all__ = ["SOLVED", "Calibration", "KeptBy", "SolvedBelief", "calibrate", "solved_again"]

RATE, COST = "hospital_claimant_rate", "stay_cost_mean_yuan"
SOLVED = (RATE, COST)
"""The two beliefs that are solved, in the order of solving."""

BENEFICIARIES, PAID = "target_beneficiaries", "target_paid_yuan"

AT_BASE = {
    "hospital_claimant_rate_scale": 1.0,
    "stay_cost_scale": 1.0,
    "base_enrolment_ratio": 1.0,
    "years_from_base_to_rating": 0.0,
}
"""The targets belong to the base years: what-if scales and the level come after the solving."""

TOLERANCE, ROUGHLY = 1e-9, 1e-7
"""Relative distance from a target at which the solving stops; of a draw that is one of many."""

MOST_PASSES, MOST_STEPS = 12, 40
USUAL_SLOPE = 0.8
"""Rise of the yuan paid with the mean cost of a stay, both in logarithms: where a search begins."""
MOVED_FILES = ("parameters.csv", "severity.csv")
"""Files whose beliefs are about claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedBelief:
    """One belief that was solved.

    `value` and `before` in its unit, `low` and `high` its allowed range; `target` the name of the
    figure it was solved to, `wanted` that figure a year, `reached` what the model gives now.
    """

    name: str
    value: float
    before: float
    low: float
    high: float
    target: str
    wanted: float
    reached: float

    @property
    def residual(self) -> float:
        """Relative distance from the target, reached / wanted − 1."""
        return self.reached / self.wanted - 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A pack with both scales solved.

    `inputs` is the pack with the solved values, its what-if scales and level untouched; `expected`
    the claims of the base years that they give; `iterations` how often the model was evaluated;
    `mix_claimant_rate` the claimant rate of the members as they are (per member-year, injuries
    included); `unidentified` the names of all else about claims that two figures cannot tell:
    every other assumption with a range, the level, and the enrolments of the plans.
    """

    inputs: Inputs
    rate: SolvedBelief
    cost: SolvedBelief
    expected: ExpectedClaims
    iterations: int
    mix_claimant_rate: float
    unidentified: tuple[str, ...]

    @property
    def solved(self) -> tuple[SolvedBelief, SolvedBelief]:
        """Both solved beliefs, in the order of solving."""
        return self.rate, self.cost


@dataclass(frozen=True, slots=True, eq=False)
class KeptBy:
    """A pack that equals another with the same digest: the key of what is kept."""

    inputs: Inputs
    digest: Hashable

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeptBy) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def _changed(inputs: Inputs, **values: float) -> Inputs:
    return replace(inputs, assumptions=inputs.assumptions.changed(values))


def _range(inputs: Inputs, name: str) -> tuple[float, float]:
    """Allowed range of a belief; the limits of what can be where the pack gives none."""
    belief, limits = inputs.assumptions.beliefs[name], BELIEFS[name]
    low = limits.least if belief.low is None else belief.low
    high = limits.most if belief.high is None else belief.high
    return low, high


def _beneficiaries(inputs: Inputs) -> float:
    return float(expected_beneficiaries(scheme_of(inputs)).sum())


def _paid(inputs: Inputs) -> float:
    return float(expected_paid(scheme_of(inputs)).sum())


def _out_of_reach(
    inputs: Inputs, name: str, target: str, *, end: float, reached: float
) -> InputRefused:
    """Refusal: the range of a belief ends before its target; at `end` it gives `reached`."""
    low, high = _range(inputs, name)
    return refuse(
        "calibration-out-of-reach",
        name=name,
        value=f"{end:.6g}",
        low=f"{low:.6g}",
        high=f"{high:.6g}",
        target=target,
        wanted=f"{inputs.assumptions[target]:,.0f}",
        allowed=f"{reached:,.0f}",
    )


def _solve_rate(inputs: Inputs) -> float:
    """Return the claimant rate that meets the beneficiaries, by the line through two rates."""
    wanted, now = inputs.assumptions[BENEFICIARIES], inputs.assumptions[RATE]
    low, high = _range(inputs, RATE)
    other = high if high - now > now - low else low
    here = _beneficiaries(inputs)
    slope = (_beneficiaries(_changed(inputs, **{RATE: other})) - here) / (other - now)
    if not slope > 0.0:
        raise refuse("calibration-nothing-moves", name=RATE, target=BENEFICIARIES)
    needed = now + (wanted - here) / slope
    nearest = min(max(needed, low), high)
    if nearest != needed:
        reached = here + slope * (nearest - now)
        raise _out_of_reach(inputs, RATE, BENEFICIARIES, end=nearest, reached=reached)
    return needed


def _secant(
    distance: Callable[[float], float], start: float, ends: tuple[float, float], near: float
) -> tuple[float, float, int]:
    """Return the place where a smooth rising function is 0, its value there, and the evaluations.

    The secant method; a step that leaves `ends` stops there, and a second one ends the search.
    Source: Dahlquist and Björck, Numerical Methods in Scientific Computing I (2008), section 6.2.2.
    """
    before, low = start, distance(start)
    if abs(low) <= near:
        return start, low, 1
    place = min(max(start - low / USUAL_SLOPE, ends[0]), ends[1])
    if place == before:
        place = min(max(start + (0.02 if low > 0.0 else -0.02), ends[0]), ends[1])
    high = distance(place)
    for step in range(2, MOST_STEPS):
        if abs(high) <= near or high == low:
            return place, high, step
        beyond = place - high * (place - before) / (high - low)
        beyond = min(max(beyond, ends[0]), ends[1])
        if beyond == place:
            return place, high, step
        before, low, place = place, high, beyond
        high = distance(place)
    return place, high, MOST_STEPS


def _solve_cost(inputs: Inputs, near: float) -> tuple[float, int]:
    """Return the mean cost of a stay that meets the yuan paid, and the evaluations it took.

    In logarithms of both, where the curve is almost a line.
    """
    wanted, now = inputs.assumptions[PAID], inputs.assumptions[COST]
    low, high = _range(inputs, COST)

    def distance(logarithm: float) -> float:
        return log(_paid(_changed(inputs, **{COST: exp(logarithm)})) / wanted)

    place, left, steps = _secant(distance, log(now), (log(low), log(high)), near)
    if abs(left) <= near:
        return exp(place), steps
    if abs(distance(log(low)) - distance(log(high))) <= TOLERANCE:
        raise refuse("calibration-nothing-moves", name=COST, target=PAID)
    end = low if left > 0.0 else high
    reached = _paid(_changed(inputs, **{COST: end}))
    raise _out_of_reach(inputs, COST, PAID, end=end, reached=reached)


@lru_cache(maxsize=64)
def _solution(base: KeptBy) -> tuple[float, float, int]:
    return _solve(base.inputs)


def _solve(inputs: Inputs, near: float = TOLERANCE) -> tuple[float, float, int]:
    """Return rate, cost and evaluations for a pack at base.

    One pass solves both, unless the cost of a stay also moves who is paid at all (a deductible of
    the medical plan); then the passes close in.
    """
    evaluations, wanted = 0, inputs.assumptions[BENEFICIARIES]
    for _ in range(MOST_PASSES):
        inputs = _changed(inputs, **{RATE: _solve_rate(inputs)})
        cost, steps = _solve_cost(inputs, near)
        inputs = _changed(inputs, **{COST: cost})
        evaluations += steps + 3
        if abs(_beneficiaries(inputs) / wanted - 1.0) <= near:
            return inputs.assumptions[RATE], cost, evaluations
    raise refuse("calibration-unsettled", name=f"{RATE}, {COST}", value=evaluations)


def solved_again(inputs: Inputs) -> Inputs:
    """Return the pack with both scales solved, for a pack that is asked once: nothing is kept.

    The totals are met within a relative 1e-7, a yuan or two. Refusals as for `calibrate`.
    """
    rate, cost, _ = _solve(_changed(inputs, **AT_BASE), ROUGHLY)
    return _changed(inputs, **{RATE: rate, COST: cost})


def _mix_claimant_rate(inputs: Inputs) -> float:
    """Claimant rate of the members as they are, per member-year, injuries included."""
    scheme = scheme_of(inputs)
    cells = scheme.portfolio
    rate = scheme.rates.illness + scheme.rates.injury / cells.accident_factor
    return float(cells.members @ rate / cells.members.sum())


def _unidentified(inputs: Inputs) -> tuple[str, ...]:
    names = [
        belief.name
        for belief in inputs.assumptions.beliefs.values()
        if belief.low is not None and belief.name not in SOLVED
        if belief.state == "level" or (belief.state == "assumption" and belief.file in MOVED_FILES)
    ]
    return (*names, *(f"enrolments.{code}" for code in inputs.plan_codes))


def _told(inputs: Inputs, name: str, value: float, *, target: str, reached: float) -> SolvedBelief:
    low, high = _range(inputs, name)
    return SolvedBelief(
        name=name,
        value=value,
        before=inputs.assumptions[name],
        low=low,
        high=high,
        target=target,
        wanted=inputs.assumptions[target],
        reached=reached,
    )


def calibrate(inputs: Inputs) -> Calibration:
    """Solve the claimant rate and the mean cost of a stay to the targets of the pack.

    Parameters
    ----------
    inputs
        The pack, changes applied. Its what-if scales and its level (base ratio, years) are set
        aside while solving and stand in the result as they were: the targets are means of the base
        years.

    Returns
    -------
    Calibration
        Both targets are met within a relative 1e-9.

    Raises
    ------
    InputRefused
        `calibration-out-of-reach` (with the nearest figure that the range reaches),
        `calibration-nothing-moves` (no plan pays for stays, or none by their cost), or
        `calibration-unsettled`.
    """
    base = _changed(inputs, **AT_BASE)
    ranges = tuple(_range(base, name) for name in SOLVED)
    rate, cost, iterations = _solution(KeptBy(base, (claims_key(base), ranges)))
    values = {RATE: rate, COST: cost}
    solved_base = _changed(base, **values)
    expected = expected_claims(solved_base)
    beneficiaries, paid = float(expected.beneficiaries.sum()), float(expected.paid_yuan.sum())
    return Calibration(
        inputs=_changed(inputs, **values),
        rate=_told(inputs, RATE, rate, target=BENEFICIARIES, reached=beneficiaries),
        cost=_told(inputs, COST, cost, target=PAID, reached=paid),
        expected=expected,
        iterations=iterations,
        mix_claimant_rate=_mix_claimant_rate(solved_base),
        unidentified=_unidentified(inputs),
    )
