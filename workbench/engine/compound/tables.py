"""Sealed tables of a free-standing scheme: amounts in fen, numbers of claims, the shared shocks.

Floor 3. An amount is the conditional mean over one of 65,536 equally likely lanes, rounded so that
the sums stay right; an amount of a discrete law is one of its own. Numbers of claims are thresholds
of 64-bit words. Given a shared factor θ a number is Poisson: its part at the least θ of one of 64
ranges by threshold, the rest by thinning, so that the number is exact for every θ.
Source: docs/laws.md section 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import pdtr

from workbench.guard import freeze, in_range, refuse
from workbench.laws.continuous import Gamma, InverseGaussian
from workbench.laws.frequency import FrequencyLaw
from workbench.laws.shocks import GammaShock, InverseGaussianShock, Shock
from workbench.laws.sizes import SizeLaw

__all__ = [
    "LANES",
    "LARGEST_FEN",
    "RANGES",
    "RANGE_BITS",
    "CountTable",
    "PlanTables",
    "ShockTable",
    "amounts_of",
    "counts_of",
    "plan_tables_of",
    "shared_shock_of",
    "shocked_counts_of",
    "whole_lanes",
]

LANES, RANGE_BITS = 1 << 16, 6
RANGES = 1 << RANGE_BITS
SUB_LANES = 8
LARGEST_FEN = 2.0**52
MOST_CLAIMS = 1e9
WORD_BITS = 64 - RANGE_BITS
EXACT_PLACES = 1 << 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountTable:
    """Numbers of claims by range of a factor (one range without) and word.

    `thresholds` (uint64), ascending: a range in the highest six bits, a probability below.
    `shift` int64 (ranges,): what a place among them must be raised by to be the number.
    """

    thresholds: np.ndarray
    shift: np.ndarray

    @classmethod
    def of(cls, laws: list[tuple[int, np.ndarray]]) -> CountTable:
        """Return the table of laws by range, each (first, P(N <= first + n) by n)."""
        thresholds, shift, before = [], [], 0
        for place, (first, below) in enumerate(laws):
            # Those that no word can tell from 0 or 1 are left out.
            low, high = np.searchsorted(below, [2.0**-WORD_BITS, 1.0 - 2.0**-53])
            scaled = (below[low:high] * 2.0**WORD_BITS).astype(np.uint64)
            thresholds.append(scaled | np.uint64(place << WORD_BITS))
            shift.append(first + int(low) - before)
            before += len(scaled)
        return cls(
            thresholds=freeze(np.concatenate(thresholds), np.uint64), shift=freeze(shift, np.int64)
        )

    def numbers(self, words: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Numbers of claims of words in their ranges `place`, int64, shape of `words`."""
        chance = words >> np.uint64(64 - WORD_BITS)
        sought = (place.astype(np.uint64) << np.uint64(WORD_BITS)) | chance
        return np.searchsorted(self.thresholds, sought, side="right") + self.shift[place]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShockTable:
    """A shared factor: `theta` (65536,) ascending, by lane; mean that of the law."""

    name: tuple[str, ...]
    theta: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanTables:
    """Tables of one plan.

    `amounts` fen by lane (65536,), int32 or int64. `counts` are the numbers of claims, with a
    factor those common to its range; `extra` what the highest factor of the range adds; `kept`
    (65536,) by lane of the factor: an extra claim counts if its lane is below.
    """

    name: str
    amounts: np.ndarray
    cap_fen: int
    counts: CountTable
    extra: CountTable | None = None
    kept: np.ndarray | None = None
    shock: ShockTable | None = None

    @property
    def arrays(self) -> list[np.ndarray]:
        """Every sealed array, in a fixed order."""
        tables = [self.counts] if self.extra is None else [self.counts, self.extra]
        numbers = [array for one in tables for array in (one.thresholds, one.shift)]
        shared = [self.shock.theta, self.kept] if self.shock and self.kept is not None else []
        return [self.amounts, *numbers, *shared]


def whole_lanes(values: np.ndarray, masses: np.ndarray) -> np.ndarray:
    """Return the lanes of each amount of a discrete law, rounded so that the mean stays right."""
    below = np.cumsum(masses) / masses.sum() * LANES
    ends, missed = [0], 0.0
    for gap, wanted in zip(np.diff(values), below[:-1], strict=True):
        choices = [max(float(np.floor(wanted)), float(ends[-1])), float(np.ceil(wanted))]
        end = min(choices, key=lambda one: abs(missed + gap * (one - wanted)))
        missed += float(gap * (end - wanted))
        ends.append(int(end))
    return np.diff([*ends, LANES])


@lru_cache(maxsize=64)
def amounts_of(size: SizeLaw) -> np.ndarray:
    """Return fen by lane, ascending (65536,): equally likely amounts of one claim."""
    if not np.isfinite(size.mean):
        raise refuse("value-out-of-range", name="mean", value="inf", low=0.0, high=LARGEST_FEN)
    atoms = size.atoms()
    if size.is_discrete and len(atoms.values) <= EXACT_PLACES:
        fen = np.repeat(np.rint(atoms.values * 100.0), whole_lanes(atoms.values, atoms.masses))
    else:
        levels = np.arange(1, LANES) / LANES
        x = np.asarray(size.quantile(levels), dtype=float)
        areas = np.concatenate([[0.0], _areas(size, x, levels), [size.mean]])
        sums = np.rint(areas * (LANES * 100.0))
        fen = np.diff(sums)
    in_range("amount", fen.max(), 0.0, LARGEST_FEN)
    return freeze(fen, np.int32 if fen.max() < 2.0**31 else np.int64)


@lru_cache(maxsize=64)
def counts_of(frequency: FrequencyLaw) -> CountTable:
    """Return the table of any number of claims."""
    return CountTable.of([(0, np.maximum.accumulate(frequency.cumulative()))])


def _poisson(mean: float) -> tuple[int, np.ndarray]:
    """First number that counts and P(N <= n) from there, N Poisson."""
    spread = 12.0 * np.sqrt(mean) + 20.0
    first = max(0, int(mean - spread))
    return first, pdtr(np.arange(first, int(mean + spread)), mean)


def _areas(law: SizeLaw, x: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Area below the quantile function up to each level, from the quantiles x.

    E min(X, x) − x·(1 − level) is stationary in x: an error there counts by its square.
    """
    return np.asarray(law.limited_mean(x)) - x * (1.0 - levels)


def _factors(shock: Shock) -> np.ndarray:
    """Conditional means of a factor over equally likely lanes, (65536,)."""
    levels = np.arange(1, LANES) / LANES
    if isinstance(shock, GammaShock):
        law: SizeLaw = Gamma.from_mean_cv(1.0, shock.cv)
        x = np.asarray(law.quantile(levels))
    elif isinstance(shock, InverseGaussianShock):
        law = InverseGaussian(1.0, shock.cv**2)
        low, high = law.quantile(np.array([1e-9, 1.0 - 1e-9]))
        places = np.geomspace(low, high, LANES)
        x = np.interp(levels, law.cdf(places), places)
    else:
        number = LANES * SUB_LANES
        middles = (np.arange(number) + 0.5) / number
        theta = shock.from_uniform(middles).reshape(LANES, -1).mean(axis=1)
        return theta * (shock.moment(1) / theta.mean())
    return np.diff(np.concatenate([[0.0], _areas(law, x, levels), [law.mean]])) * LANES


@lru_cache(maxsize=16)
def shared_shock_of(shock: Shock, name: tuple[str, ...]) -> ShockTable:
    """Return a shared factor by lane: conditional means over equally likely lanes."""
    return ShockTable(name=name, theta=freeze(np.maximum.accumulate(_factors(shock))))


@lru_cache(maxsize=32)
def shocked_counts_of(rate: float, shock: ShockTable) -> tuple[CountTable, CountTable, np.ndarray]:
    """Return numbers at the least factor of each range, what the highest adds, and `kept`."""
    in_range("claims", rate * float(shock.theta[-1]), 0.0, MOST_CLAIMS)
    theta = shock.theta.reshape(RANGES, -1)
    low, high = theta[:, :1], theta[:, -1:]
    span = np.where(high > low, high - low, 1.0)
    kept = np.floor((theta - low) / span * LANES + 0.5).ravel()
    counts = CountTable.of([_poisson(rate * float(least)) for least in low[:, 0]])
    extra = CountTable.of([_poisson(rate * float(more)) for more in (high - low)[:, 0]])
    return counts, extra, freeze(kept, np.int64)


@lru_cache(maxsize=64)
def plan_tables_of(
    name: str, frequency: FrequencyLaw, payment: SizeLaw, cap: float, shock: ShockTable | None
) -> PlanTables:
    """Return the sealed tables of one plan, kept by content; with a factor numbers are Poisson."""
    cap_fen = int(min(np.rint(cap * 100.0), LARGEST_FEN))
    amounts = amounts_of(payment)
    if shock is None:
        return PlanTables(name=name, amounts=amounts, cap_fen=cap_fen, counts=counts_of(frequency))
    counts, extra, kept = shocked_counts_of(frequency.mean, shock)
    return PlanTables(
        name=name,
        amounts=amounts,
        cap_fen=cap_fen,
        counts=counts,
        extra=extra,
        kept=kept,
        shock=shock,
    )
