"""One name solved to one figure: a line where it is linear, else the secant method.

Floor 5, inside `experience`. Source: docs/own-figures.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workbench.changes import Changes, apply
from workbench.guard import Fault, InputRefused
from workbench.inputs import Inputs
from workbench.names import allowed_name
from workbench.risk import Figure

__all__ = ["Solver", "Work", "cut", "linear", "one_name", "rounded", "secant"]

SPARE = {
    "hospital_claimant_rate": ("hospital_claimant_rate_scale",),
    "stay_cost_mean_yuan": ("stay_cost_scale",),
}
"""Where a value leaves the range of its name, the what-if multiplier beside it takes the rest."""

STEPS, CLOSE, DIGITS, NEAR = 40, 1e-10, 8, 0.01


@dataclass(slots=True, kw_only=True)
class Work:
    """A pack with the changes so far; `told` what had to be left out or cut."""

    pack: Inputs
    changes: Changes
    told: list[Fault] = field(default_factory=list)

    def at(self, values: Mapping[str, float]) -> Inputs:
        """Return the pack with more changes."""
        return apply(self.pack, self.changes.merge(Changes(dict(values))))

    def current(self, name: str) -> float:
        """Return the value of a name now."""
        given = self.changes.values.get(name)
        allowed = allowed_name(self.pack, name)
        if given is None and allowed is not None:
            given = allowed.current
        return float(given or 0.0)

    def ends(self, name: str) -> tuple[float, float]:
        """Return the least and greatest value that a name takes."""
        allowed = allowed_name(self.pack, name)
        if allowed is None or allowed.low is None or allowed.high is None:
            raise KeyError(name)
        return allowed.low, allowed.high

    def keep(self, values: Mapping[str, float]) -> None:
        """Keep values that the pack takes; leave out and tell those that it refuses."""
        for name, value in values.items():
            more = self.changes.merge(Changes({name: value}))
            try:
                apply(self.pack, more)
            except InputRefused as refusal:
                told = {"name": name, "value": f"{value:.6g}"}
                self.told += [Fault("observe-change-left-out", told), *refusal.faults]
                continue
            self.changes = more


def linear(work: Work, name: str, wanted: float, of: Callable[[Inputs], float]) -> float:
    """Return the value of a name at which a figure linear in it is `wanted`."""
    now, (low, high) = work.current(name), work.ends(name)
    # A short step: far ends of two ranges may contradict each other.
    step = NEAR * (high - low)
    other = now + step if now + step <= high else now - step
    here, there = of(work.at({name: now})), of(work.at({name: other}))
    return now + (wanted - here) * (other - now) / (there - here) if there != here else now


def secant(work: Work, name: str, wanted: float, of: Callable[[Inputs], float]) -> float:
    """Return the value of a name at which a smooth rising figure is `wanted`.

    The figure is worked out inside the range alone; a value beyond it is what the last two lead to.
    """
    low, high = work.ends(name)
    before = min(max(work.current(name), low), high)
    place = min(max(before * 1.01, low), high)
    if place == before:
        place = before * 0.99
    first, second = of(work.at({name: before})) - wanted, of(work.at({name: place})) - wanted
    for _ in range(STEPS):
        if abs(second) <= CLOSE * wanted or second == first:
            break
        beyond = place - second * (place - before) / (second - first)
        inside = min(max(beyond, low), high)
        if inside == place:
            return beyond
        before, first, place = place, second, inside
        second = of(work.at({name: place})) - wanted
    return place


Solver = Callable[[Work, str, float, Callable[[Inputs], float]], float]


def _fitted(
    work: Work, name: str, wanted: float, of: Callable[[Inputs], float], solve: Solver
) -> tuple[str, float]:
    """Return the name that takes the level, itself or its multiplier, and its value in range."""
    value = 0.0
    for one in (name, *SPARE.get(name, ())):
        value = solve(work, one, wanted, of)
        low, high = work.ends(one)
        if low <= value <= high and _reaches(work, one, value, wanted, of):
            return one, value
        name = one
    return name, cut(work, name, value)


def _reaches(
    work: Work, name: str, value: float, wanted: float, of: Callable[[Inputs], float]
) -> bool:
    """Whether a value gives the figure; one that the pack refuses is left to `keep` to tell."""
    try:
        return abs(of(work.at({name: value})) - wanted) <= 1e-6 * abs(wanted)
    except InputRefused:
        return True


def one_name(
    work: Work, name: str, level: Figure, of: Callable[[Inputs], float], solve: Solver
) -> dict[str, Figure]:
    """Solve one name so that `of` is its present value times `level`; with its error."""
    now = of(work.at({}))
    if now <= 0.0:
        return {}
    taken, value = _fitted(work, name, now * level.value, of, solve)
    above = solve(work, taken, now * (level.value + level.error), of)
    below = solve(work, taken, now * max(level.value - level.error, 0.0), of)
    error = max(abs(above - value), abs(value - below))
    return {taken: Figure(rounded(value), error)}


def rounded(value: float) -> float:
    """Return a value with eight digits: more would say nothing."""
    return float(f"{value:.{DIGITS}g}")


def cut(work: Work, name: str, value: float) -> float:
    """Return a value within the range of its name; told where it was not."""
    low, high = work.ends(name)
    taken = min(max(value, low), high)
    if taken != value:
        ends = {"low": f"{low:g}", "high": f"{high:g}", "allowed": f"{taken:g}"}
        told = {"name": name, "value": f"{value:.6g}", **ends}
        work.told.append(Fault("observe-level-cut", told))
    return taken
