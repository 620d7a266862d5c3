"""What an event weighs in a measure of the year's total: the mean of D(total with the event).

Floor 3. For Poisson numbers of events E[Σ over events of y · D(S)] = Σ λ E[Y · D(S + Y)] (Mecke's
formula). For events that a shock multiplies, S stands for the year seen from such an event: its
transform is φ / (1 − κ²ψ) for one gamma shock. So one correlation by transform serves every way of
parting the total. Source: docs/risk.md section 6; Last and Penrose, Lectures on the Poisson
Process (2017), theorem 4.1; Tasche (2004), Allocating Portfolio Economic Capital to Sub-portfolios.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.inversion import AnnualLaw, Measures
from workbench.engine.lattice import split, split_mass
from workbench.engine.measuring import exceeding, trusted
from workbench.engine.mixing import given_common, shock_nodes, shock_seen
from workbench.engine.payment_laws import Points
from workbench.risk import Distortion

__all__ = ["EventWeight", "EventWeights", "event_weights", "point_weights"]

MARGIN = 4
"""Points beside the largest payment that splitting between points needs."""
HEARD = 1e-15
"""A transform below this carries nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWeight:
    """E[D(S + y)] at y = −2, −1, 0, 1, … steps, shape (n,), read between points by cubics."""

    step: float
    values: np.ndarray

    def at(self, yuan: np.ndarray) -> np.ndarray:
        """Return the weight of an event that pays `yuan`, any shape."""
        index, share = split(np.asarray(yuan) / self.step)
        return np.asarray((self.values[index + 2] * share).sum(axis=-1))

    def with_amount(self, amount: Points, power: int = 0) -> EventWeight:
        """Return E[Z^power · D(S + y + Z)] for an independent amount Z beside the payment y."""
        masses = amount.mass * amount.yuan**power
        size = _fast(2 * len(self.values))
        spread = np.fft.rfft(split_mass(amount.yuan, masses, self.step, size))
        moved = np.fft.irfft(np.fft.rfft(self.values, size) * np.conj(spread), size)
        reach = int(np.ceil(amount.yuan.max() / self.step)) + 2
        return EventWeight(step=self.step, values=moved[: len(self.values) - reach])


def _fast(least: int) -> int:
    return 1 << int(np.ceil(np.log2(max(least, 16))))


def point_weights(law: AnnualLaw, distortion: Distortion) -> np.ndarray:
    """Return D at the points of a law, shape (n,): Δg over the probability of the point.

    An atom at the quantile of a tail mean counts with the part of it that the tail needs (Acerbi
    and Tasche, 2002). Where the probability is rounding, D is g′ of the probability of more, and
    beyond the last trusted probability the D reached there.
    """
    least, mass = trusted(law), law.mass
    above = np.maximum(exceeding(law), least)
    weights = distortion.slope(above)
    clear = np.flatnonzero(mass > least)
    before = np.minimum(above[clear] + mass[clear], 1.0)
    fall = distortion.weight(before) - distortion.weight(above[clear])
    weights[clear] = fall / mass[clear]
    return weights


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWeights:
    """Weights of events that no shock multiplies, and of illness by area (one for all areas)."""

    calm: EventWeight
    illness: tuple[EventWeight, ...]


def event_weights(
    law: AnnualLaw, distortion: Distortion, measures: Measures, largest: float
) -> EventWeights:
    """Return the weight of an event in a measure of the total.

    Parameters
    ----------
    law, measures
        Law of the total, and the events that it is made of.
    largest
        At least the largest payment of one event, yuan.
    """
    reach = int(np.ceil(largest / law.step)) + MARGIN
    mass = law.mass
    weights, number = point_weights(law, distortion), len(mass)
    size = _fast(number + reach + MARGIN)
    spread = np.full(size, weights[-1])
    spread[:number] = weights
    spread[-MARGIN:] = weights[0]
    forward, year = np.fft.rfft(spread), np.fft.rfft(mass, size)

    def seen(transform: np.ndarray) -> EventWeight:
        return EventWeight(step=law.step, values=_seen(forward, transform, size, reach))

    shocked = _shocked(measures, year, law.step, size)
    return EventWeights(calm=seen(year), illness=tuple(seen(one) for one in shocked))


def _shocked(measures: Measures, year: np.ndarray, step: float, size: int) -> list[np.ndarray]:
    """Transforms of the year as an event of illness sees it, by area: E[shock · exp(−itS)]."""
    yuan = measures.illness.yuan
    if measures.by_area is None:
        exponent = _exponent(yuan, measures.illness.mass, step, size)
        return [year * shock_seen(exponent, measures.shock)]
    heard = np.flatnonzero(np.abs(year) > HEARD)
    by_area = np.array([_exponent(yuan, one, step, size)[heard] for one in measures.by_area])
    found = []
    for part in _area_shocks(measures, by_area):
        whole = np.zeros_like(year)
        whole[heard] = year[heard] * part
        found.append(whole)
    return found


def _area_shocks(measures: Measures, by_area: np.ndarray) -> list[np.ndarray]:
    """E[θ θ_a exp(−itS)] / E[exp(−itS)] by area from exponents (areas, n): θ by quadrature."""
    theta, share = shock_nodes(measures.shock, measures.calm_sd / max(measures.mean, 1e-300))
    square = measures.area_cv**2
    given = share[:, None] * np.exp(given_common(by_area, theta, measures.area_cv))
    whole = given.sum(axis=0)
    times = theta[:, None] * given
    return [(times / (1.0 - square * theta[:, None] * one)).sum(axis=0) / whole for one in by_area]


def _exponent(yuan: np.ndarray, mass: np.ndarray, step: float, size: int) -> np.ndarray:
    """Σ mass · (exp(−ity) − 1) at the frequencies of the lattice."""
    return np.asarray(np.fft.rfft(split_mass(yuan, mass, step, size)) - mass.sum())


def _seen(forward: np.ndarray, year: np.ndarray, size: int, reach: int) -> np.ndarray:
    """Correlation of D and a law at −2, −1, 0, … steps."""
    return np.roll(np.fft.irfft(forward * np.conj(year), size), 2)[: reach + MARGIN]
