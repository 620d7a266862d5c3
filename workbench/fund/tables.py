"""Tables of a month's total of one plan: equally likely fen, given the shock of the year.

Floor 6, inside `fund`. A month has a twelfth of the year's expected events, so that twelve
independent months given the shock make the year's exact law. Source: docs/fund.md section 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.inversion import Measures
from workbench.engine.lattice import common_step, split_mass
from workbench.engine.payment_laws import Points
from workbench.engine.tables import SHOCK_ONE, Shock
from workbench.guard import freeze

__all__ = ["LANE_BITS", "RANGE_OF", "MonthTable", "month_table"]

MONTHS = 12.0
LANE_BITS = 12
LANES = 1 << LANE_BITS
GRID, FINE = 1 << 12, 4
WIDTH_SD, WIDTH_EVENTS = 12.0, 10.0
MOST_LUMPS = 1 << 13
"""Points of a lattice of the payments' own, such as multiples of 1,000 yuan, at most."""
OUTER = (512, 1024, 2048)
INNER = 10


def _ranges() -> np.ndarray:
    """Range of each lane of the shock, (65536,): narrow in both tails."""
    inner = np.diff(np.linspace(0, SHOCK_ONE - 2 * sum(OUTER), INNER + 1).astype(np.int64))
    sizes = [*OUTER, *inner, *OUTER[::-1]]
    return np.repeat(np.arange(len(sizes)), sizes)


RANGE_OF = freeze(_ranges(), np.int64)
RANGES = int(RANGE_OF[-1]) + 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MonthTable:
    """A month of one plan.

    `fen` whole numbers: by range of the shock 4,096 equally likely amounts less the illness that is
    expected at the shock, or, where the shock does not reach the plan, 65,536 equally likely
    amounts. `illness_fen` expected illness of a month at a shock of 1, 0.0 there.
    """

    fen: np.ndarray
    illness_fen: float

    @property
    def shocked(self) -> bool:
        """Whether the shock reaches the plan."""
        return self.illness_fen > 0.0

    @property
    def usual(self) -> np.ndarray:
        """Amounts in the middle range of the shock, fen."""
        half = RANGES // 2
        return self.fen[half * LANES : (half + 1) * LANES] if self.shocked else self.fen


def _exponent(points: Points, step: float, size: int) -> np.ndarray:
    return np.fft.rfft(split_mass(points.yuan, points.mass, step, size)) - points.mass.sum()


def _exponents(measures: Measures, step: float, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of the transforms of a year's illness and of all else."""
    other = _exponent(measures.other, step, size)
    for part in measures.disabled:
        stays = _exponent(part.stays, step, size) + part.stays.mass.sum()
        amount = _exponent(part.amount, step, size) + part.amount.mass.sum()
        other = other + stays * amount - part.stays.mass.sum()
    return _exponent(measures.illness, step, size), other


def _equally_likely(mass: np.ndarray, yuan: np.ndarray, lanes: int) -> np.ndarray:
    """Conditional means of equally likely lanes of a law on a lattice, fen."""
    mass = np.maximum(mass, 0.0)
    below = np.concatenate([[0.0], np.cumsum(mass)])
    partial = np.concatenate([[0.0], np.cumsum(mass * yuan)])
    cut = np.interp(np.arange(1, lanes) / lanes * below[-1], below, np.arange(len(below)))
    sums = np.interp(cut, np.arange(len(partial)), partial)
    means = np.diff(np.concatenate([[0.0], sums, [partial[-1]]])) * lanes / below[-1]
    return np.rint(means * 100.0)


def _window(measures: Measures, events: float) -> float:
    return WIDTH_SD * measures.calm_sd * np.sqrt(events) + WIDTH_EVENTS * measures.largest


def _shocked(measures: Measures, shock: Shock, illness: float) -> np.ndarray:
    theta = np.bincount(RANGE_OF, weights=shock.theta) / np.bincount(RANGE_OF)
    half = _window(measures, max(1.0, float(theta[-1])) / MONTHS)
    centre = measures.mean / MONTHS - illness
    step = 2.0 * half / GRID
    parts = [part / MONTHS for part in _exponents(measures, step, GRID)]
    omega = 2.0 * np.pi * np.arange(GRID // 2 + 1) / (GRID * step)
    fine_step = step / FINE
    first = int(np.floor((centre - half) / fine_step))
    yuan = (first + np.arange(GRID * FINE)) * fine_step
    found = []
    for one in theta:
        law = np.exp(one * parts[0] + parts[1] + 1j * omega * (one * illness))
        mass = np.roll(np.fft.irfft(law, GRID * FINE), -(first % (GRID * FINE)))
        found.append(_equally_likely(mass, yuan, LANES))
    return np.concatenate(found)


def _own_step(measures: Measures) -> float:
    """Step of the payments' own lattice, 0.0 where they have none worth keeping."""
    if measures.disabled:
        return 0.0
    yuan = np.concatenate([measures.illness.yuan, measures.other.yuan])
    mass = np.concatenate([measures.illness.mass, measures.other.mass])
    paid = yuan[(yuan > 0.0) & (mass > 0.0)]
    step = common_step(paid) if len(paid) else 0.0
    top = measures.mean / MONTHS + _window(measures, 1.0 / MONTHS)
    return step if step > 0.0 and top / step < MOST_LUMPS else 0.0


def _calm(measures: Measures) -> np.ndarray:
    """A plan that the shock does not reach: lumps on their own lattice, or equally likely means."""
    step = _own_step(measures)
    if step:
        size = 2 * MOST_LUMPS
        mass = np.fft.irfft(np.exp(sum(_exponents(measures, step, size)) / MONTHS), size)
        middle = (np.arange(SHOCK_ONE) + 0.5) / SHOCK_ONE
        place = np.searchsorted(np.cumsum(np.maximum(mass, 0.0)), middle)
        return np.rint(np.minimum(place, size - 1) * step * 100.0)
    half = _window(measures, 1.0 / MONTHS)
    low = max(measures.mean / MONTHS - half, -half / GRID)
    size = GRID * FINE
    step = (measures.mean / MONTHS + half - low) / size
    first = int(np.floor(low / step))
    mass = np.fft.irfft(np.exp(sum(_exponents(measures, step, size)) / MONTHS), size)
    yuan = (first + np.arange(size)) * step
    return _equally_likely(np.roll(mass, -(first % size)), yuan, SHOCK_ONE)


def _small(fen: np.ndarray) -> np.ndarray:
    """Whole fen in the smallest integers that hold them: small tables stay in the cache."""
    return freeze(fen, np.int32 if np.abs(fen).max() < 2**31 else np.int64)


def month_table(measures: Measures, shock: Shock) -> MonthTable:
    """Return the table of a month of one plan from the events of its year."""
    illness = measures.illness.moment(1) / MONTHS
    if measures.variance <= 0.0:
        return MonthTable(fen=_small(np.zeros(SHOCK_ONE)), illness_fen=0.0)
    if illness > 0.0 and shock.most > 1.0:
        fen = _shocked(measures, shock, illness)
        return MonthTable(fen=_small(fen), illness_fen=100.0 * illness)
    return MonthTable(fen=_small(_calm(measures)), illness_fen=0.0)
