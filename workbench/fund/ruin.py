"""Ruin in closed form: adjustment coefficient, mixtures of exponentials, a barrier year by year.

Floor 6, inside `fund`. What the simulated fund is held against where theory has an answer.
Source: Asmussen and Albrecher, Ruin Probabilities (2nd ed., 2010), chapters III, V and IX; Dufresne
and Gerber (1989), Three methods to calculate the probability of ruin, ASTIN Bulletin 19; Asmussen
and Rolski (1991), Insurance: Mathematics and Economics 10.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.engine.annual import AnnualLaw
from workbench.guard import freeze, refuse

__all__ = [
    "Exponentials",
    "RuinLaw",
    "adjustment_coefficient",
    "barrier_ruin",
    "exponential_year_ruin",
    "law_on_steps",
    "proportional",
    "ruin_law",
]

CLOSE = 1e-13


@dataclass(frozen=True, slots=True)
class Exponentials:
    """A mixture of exponential laws: `rates` (n,) > 0 with `weights` (n,) of sum 1."""

    rates: tuple[float, ...]
    weights: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        sound = len(self.rates) == len(self.weights) and min(self.rates) > 0.0
        if not sound or abs(sum(self.weights) - 1.0) > 1e-9:
            raise refuse("not-a-number", name="rates, weights", value=str(self.rates))

    @property
    def mean(self) -> float:
        """E[X]."""
        return sum(p / b for b, p in zip(self.rates, self.weights, strict=True))

    def transform(self, r: float) -> float:
        """E[exp(rX)], r below every rate."""
        return sum(p * b / (b - r) for b, p in zip(self.rates, self.weights, strict=True))

    def scaled(self, factor: float) -> Exponentials:
        """Return the law of factor · X."""
        return Exponentials(tuple(rate / factor for rate in self.rates), self.weights)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RuinLaw:
    """ψ(u) = Σ C_k exp(−r_k u): `coefficients` and `exponents` (n,), r ascending."""

    coefficients: np.ndarray
    exponents: np.ndarray

    def probability(self, u: np.ndarray | float) -> np.ndarray:
        """Return the possibility of ruin, ever, from opening funds u >= 0, shape of `u`."""
        waves = np.exp(-np.multiply.outer(np.asarray(u, dtype=float), self.exponents))
        return waves @ self.coefficients


def adjustment_coefficient(claims: Exponentials, waits: Exponentials, income: float) -> float:
    """Return ρ > 0 with E[exp(ρX)] E[exp(−ρcW)] = 1, the exponent of Lundberg's bound.

    Parameters
    ----------
    claims, waits
        Law of a claim, and of the time between claims.
    income
        c, income a unit of time.

    Raises
    ------
    InputRefused
        `ruin-certain` where income does not exceed expected claims: there is no ρ.
    """
    _paying(claims, waits, income)
    return _root(lambda r: claims.transform(r) * waits.transform(-r * income), min(claims.rates))


def _root(product: Callable[[float], float], top: float) -> float:
    """Return r in (0, top) where a convex function that starts at 1 and falls comes back to 1."""
    low = high = top * (1.0 - 1e-12)
    while product(low) > 1.0:
        low /= 2.0
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (low, middle) if product(middle) > 1.0 else (middle, high)
        if high - low < CLOSE * top:
            break
    return (low + high) / 2.0


def _paying(claims: Exponentials, waits: Exponentials, income: float) -> None:
    if income * waits.mean <= claims.mean:
        told = {"value": income, "allowed": f"> {claims.mean / waits.mean:g}"}
        raise refuse("ruin-certain", **told)


def ruin_law(claims: Exponentials, frequency: float, income: float) -> RuinLaw:
    """Return the possibility of ruin where claims come as a Poisson process, in closed form.

    The exponents are the roots of λ M(r) = λ + c r; the coefficients solve
    Σ_k C_k β_i/(β_i − r_k) = 1 for each rate β_i (Dufresne and Gerber 1989).

    Parameters
    ----------
    claims
        Law of a claim, all weights positive and rates different.
    frequency, income
        λ and c, a unit of time.

    Raises
    ------
    InputRefused
        `ruin-certain`.
    """
    waits = Exponentials((frequency,))
    _paying(claims, waits, income)
    rates, weights = np.array(claims.rates), np.array(claims.weights)
    whole = np.poly(rates)
    # (λ + c r) Π(r − β) + λ Σ p β Π_{j≠i}(r − β_j) = 0, where r = 0 is one root.
    left = np.polymul([income, frequency], whole)
    for place, rate in enumerate(rates):
        rest = np.poly(np.delete(rates, place))
        left = np.polyadd(left, frequency * weights[place] * rate * rest)
    roots = np.roots(left)
    real = np.sort(roots[np.abs(roots) > 1e-9 * rates.max()].real)
    matrix = rates[:, None] / (rates[:, None] - real)
    return RuinLaw(
        coefficients=freeze(np.linalg.solve(matrix, np.ones(len(rates)))), exponents=freeze(real)
    )


def proportional(
    claims: Exponentials, share: float, income: Callable[[float], float]
) -> tuple[Exponentials, float]:
    """Return claims and income where `share` of every claim is kept."""
    return claims.scaled(share), income(share)


def law_on_steps(law: AnnualLaw, step: float) -> np.ndarray:
    """Return the masses of a year's amount on 0, step, 2 step, …, by its distribution function.

    An amount between two points counts at the upper one, so that ruin is not understated by the
    step; half a step below is the other bound.
    """
    top = int(np.ceil((law.mean + 12.0 * law.sd) / step)) + 1
    below = np.asarray(law.cdfs(step * np.arange(top + 1)))
    return np.clip(np.diff(below, prepend=0.0), 0.0, 1.0)


def barrier_ruin(mass: np.ndarray, income: int, opening: int, years: int) -> np.ndarray:
    """Return the possibility that the fund is below zero at a year's end, by year, (years,).

    U_t = U_(t−1) + income − S_t with independent years; whoever falls below zero stays there.

    Parameters
    ----------
    mass
        Law of S in steps, (n,).
    income, opening
        Whole steps.
    years
        Horizon.
    """
    alive = np.zeros(opening + 1)
    alive[-1] = 1.0
    found = []
    for _ in range(years):
        size = len(alive) + len(mass) - 1
        width = 1 << int(np.ceil(np.log2(size)))
        moved = np.fft.irfft(np.fft.rfft(alive, width) * np.fft.rfft(mass[::-1], width), width)[
            :size
        ]
        # Index i stands for a fund of i − (n − 1) + income.
        first = len(mass) - 1 - income
        alive = moved[first:] if first >= 0 else np.concatenate([np.zeros(-first), moved])
        alive = np.maximum(alive, 0.0)
        found.append(1.0 - float(alive.sum()))
    return np.array(found)


def exponential_year_ruin(rate: float, income: float, u: Sequence[float]) -> np.ndarray:
    """Return the possibility of ruin, ever, where a year's claims are exponential, from u >= 0.

    ψ(u) = (1 − ρ/β) exp(−ρu) with β exp(−ρc) = β − ρ: what a year's claims exceed the fund by is
    exponential again, so that Wald's martingale exp(−ρU) gives it (Asmussen and Albrecher, II.3).
    """
    one = Exponentials((rate,))
    if income <= one.mean:
        raise refuse("ruin-certain", value=income, allowed=f"> {one.mean:g}")
    rho = _root(lambda r: one.transform(r) * float(np.exp(-r * income)), rate)
    return (1.0 - rho / rate) * np.exp(-rho * np.asarray(u, dtype=float))
