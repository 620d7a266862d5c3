"""Laws of size on a table of amounts: discrete, empirical, rounded, put on a lattice.

Floor 1.1. Source: Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), section 9.6.5
(arithmetic laws).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.guard import freeze, in_range, refuse
from workbench.laws.sizes import Atoms, SizeLaw, from_zero, positive

__all__ = ["Discrete", "discretised", "empirical", "rounded_up", "shares"]

SHARE_TOLERANCE, MISSING_SHARE = 1e-9, 1e-6
LATTICE_TAIL = 1e-18
METHODS = ("unbiased", "rounding", "upper", "lower")


def shares(
    name: str, parts: Sequence[float] | np.ndarray, missing: float = SHARE_TOLERANCE
) -> np.ndarray:
    """Return shares as an array; refuse a negative one or a sum that is not 1."""
    array = freeze([from_zero(name, share) for share in np.asarray(parts, dtype=float)])
    in_range(f"sum of {name}", float(array.sum()), 1.0 - missing, 1.0 + SHARE_TOLERANCE)
    return array


@dataclass(frozen=True, slots=True, eq=False)
class Discrete(SizeLaw):
    """Law on a table of amounts.

    `values` (n,) amounts of at least 0, ascending; `probabilities` (n,) of sum 1. A table cut off
    may miss up to a millionth: that mass lies beyond every amount.
    """

    values: Sequence[float] | np.ndarray
    probabilities: Sequence[float] | np.ndarray

    def __post_init__(self) -> None:
        masses = shares("probabilities", self.probabilities, MISSING_SHARE)
        values = [from_zero("values", value) for value in np.asarray(self.values, dtype=float)]
        if len(values) != len(masses):
            raise refuse(
                "unknown-choice", name="len(values)", value=len(values), allowed=len(masses)
            )
        atoms = Atoms.of(values, masses)
        object.__setattr__(self, "values", atoms.values)
        object.__setattr__(self, "probabilities", atoms.masses)

    def atoms(self) -> Atoms:
        """All amounts."""
        return Atoms(np.asarray(self.values), np.asarray(self.probabilities))

    @property
    def is_discrete(self) -> bool:
        """Whether the law has no density part."""
        return True

    @property
    def largest(self) -> float:
        """Largest amount."""
        return float(self.values[-1])

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """P(X <= x)."""
        return self.atoms().below(np.asarray(x, dtype=float))

    def survival(self, x: np.ndarray) -> np.ndarray:
        """P(X > x)."""
        ends = np.cumsum(np.asarray(self.probabilities)[::-1])[::-1]
        beyond = np.concatenate([ends, [0.0]])
        return beyond[np.searchsorted(self.values, np.asarray(x, dtype=float), side="right")]

    def quantile(self, level: np.ndarray) -> np.ndarray:
        """Least x with P(X <= x) >= level."""
        # A sum of shares may end a rounding error below the level that it stands for.
        place = np.searchsorted(np.cumsum(self.probabilities), np.asarray(level) - 1e-14)
        return np.asarray(self.values)[np.minimum(place, len(self.values) - 1)]

    def moment(self, order: int) -> float:
        """E[X^order]."""
        return float(np.sum(np.asarray(self.values) ** order * self.probabilities))

    def partial_moment(self, x: np.ndarray, order: int) -> np.ndarray:
        """E[X^order; X <= x]."""
        return self.atoms().below(np.asarray(x, dtype=float), order)


def empirical(amounts: Sequence[float] | np.ndarray) -> Discrete:
    """Return the law that gives each observed amount the same probability."""
    number = len(amounts)
    return Discrete(amounts, np.full(number, 1.0 / number))


def rounded_up(law: SizeLaw, step: float = 1.0) -> Discrete:
    """Return the law of step · ceil(X / step), for instance whole days begun."""
    number = 1
    while float(law.survival(np.asarray(number * step))) > LATTICE_TAIL:
        number = int(in_range("steps", number * 2, 1, 1 << 22))
    values = step * np.arange(number + 1)
    masses = -np.diff(law.survival(values), prepend=1.0, append=0.0)[:-1]
    return Discrete(values, masses)


def discretised(law: SizeLaw, *, step: float, top: float, method: str = "unbiased") -> Discrete:
    """Return `law` on the lattice 0, step, … top, as the classical recursions take it.

    Parameters
    ----------
    law
        The law; its mass above `top` is left out.
    step, top
        Step of the lattice and its last point, a multiple of the step.
    method
        "unbiased" keeps limited means; "rounding" takes mass from half a step around;
        "upper" and "lower" move it down and up and bound the cdf. Source: Loss Models,
        section 9.6.5; Dutang, Goulet and Pigeon (2008), Journal of Statistical Software 25(7).
    """
    if method not in METHODS:
        raise refuse("unknown-choice", name="method", value=method, allowed=", ".join(METHODS))
    number = int(round(top / positive("step", step)))
    points = step * np.arange(number + 1)
    if method == "unbiased":
        slopes = np.diff(law.limited_mean(points)) / step
        before, after = np.concatenate([[1.0], slopes]), np.concatenate([slopes, [0.0]])
        masses = before - after
        masses[-1] = slopes[-1] - float(law.survival(points[-1]))
        return Discrete(points, np.maximum(masses, 0.0))
    shift = {"rounding": 0.5, "upper": 1.0, "lower": 0.0}[method]
    ends = np.minimum(points + shift * step, top)
    return Discrete(points, np.diff(law.cdf(ends), prepend=0.0))
