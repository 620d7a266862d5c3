"""How far a compound total can reach: a bound of its tail that holds, and the window it gives.

Floor 3. P(S > x) <= P(some claim > b) + P(S with every claim cut at b > x). The second part is
bounded by Chernoff with Bennett's inequality, E exp(sY) <= 1 + sEY + E[Y²](e^(sb) − 1 − sb)/b² for
0 <= Y <= b, so that only two limited moments of a claim are needed. Source: Bennett (1962),
Journal of the American Statistical Association 57; Grübel and Hermesmeier (1999), ASTIN Bulletin 29
(aliasing and exponential tilting).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.guard import in_range
from workbench.laws.frequency import FrequencyLaw
from workbench.laws.shocks import Shock
from workbench.laws.sizes import LARGEST, SizeLaw

__all__ = ["Group", "Part", "Window", "log_tail_bound", "moments_of", "window_of"]

LIGHT, HEAVY, FAR = np.log(1e-14), np.log(1e-6), np.log(1e-3)
TILT = 18.0
"""Tilt of a heavy tail over the window: what wraps round is damped by exp(−18) = 1.5e-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One compound sum: law of its number of claims and of what one claim pays."""

    frequency: FrequencyLaw
    size: SizeLaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Parts that share a shock (their frequencies are then Poisson), or one part without."""

    parts: tuple[Part, ...]
    shock: Shock | None = None

    def log_transform(self, sizes: list[np.ndarray]) -> np.ndarray:
        """Return ln E Π z^…: `sizes` holds the transform of each part's claim, any shape."""
        pairs = list(zip(self.parts, sizes, strict=True))
        if self.shock is None:
            return np.asarray(sum(part.frequency.log_pgf(z) for part, z in pairs))
        load = sum(part.frequency.mean * (z - 1.0) for part, z in pairs)
        return self.shock.log_transform(np.asarray(load))


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Amounts start … start + width; `tilt` per amount; `alias` bounds what lies outside.

    `alias` is a probability: what wraps round the window, and claims too large for it.
    """

    start: float
    width: float
    tilt: float
    alias: float


def _shocked_cumulants(group: Group) -> np.ndarray:
    """Cumulants 1 to 3 of the sum of a group with a shock: κ_k = Σ λE[Y^k], then mixed by θ."""
    shock = group.shock
    assert shock is not None
    sums = [
        sum(part.frequency.mean * part.size.moment(order) for part in group.parts)
        for order in (1, 2, 3)
    ]
    mean, spread = shock.moment(1), shock.variance
    second = mean * sums[1] + spread * sums[0] ** 2
    third = mean * sums[2] + 3.0 * spread * sums[0] * sums[1] + shock.third_central * sums[0] ** 3
    return np.array([mean * sums[0], second, third])


def _plain_cumulants(part: Part) -> np.ndarray:
    """Cumulants 1 to 3 of one compound sum. Source: Loss Models, section 9.2."""
    size, count = part.size, part.frequency
    raw = [size.moment(order) for order in (1, 2, 3)]
    spread, numbers = raw[1] - raw[0] ** 2, (count.mean, count.variance)
    skew = raw[2] - 3.0 * raw[0] * raw[1] + 2.0 * raw[0] ** 3
    second = numbers[0] * spread + numbers[1] * raw[0] ** 2
    third = numbers[0] * skew + 3.0 * numbers[1] * raw[0] * spread
    return np.array([numbers[0] * raw[0], second, third + count.third_central * raw[0] ** 3])


def moments_of(groups: tuple[Group, ...]) -> np.ndarray:
    """Return the cumulants 1 to 3 of the total, shape (3,); inf or nan where one does not exist."""
    total = np.zeros(3)
    with np.errstate(invalid="ignore"):
        for group in groups:
            if group.shock is not None:
                total += _shocked_cumulants(group)
            else:
                total += sum(_plain_cumulants(part) for part in group.parts)
    return total


def _log_paid(groups: tuple[Group, ...]) -> float:
    """Logarithm of P(S > 0), −inf where nothing is ever paid."""
    with np.errstate(all="ignore"):
        logs = sum(
            group.log_transform([part.size.cdf(np.zeros(1)) for part in group.parts])
            for group in groups
        )
        return float(np.log(-np.expm1(np.asarray(logs)))[0])


def _largest(groups: tuple[Group, ...]) -> tuple[float, float]:
    """Largest claim and largest total, inf where there is none."""
    claim, total = 0.0, 0.0
    for group in groups:
        for part in group.parts:
            claim = max(claim, part.size.largest)
            most = np.inf if group.shock is not None else part.frequency.most
            total += most * part.size.largest if part.size.largest > 0.0 else 0.0
    return claim, total


def log_tail_bound(groups: tuple[Group, ...], x: float) -> float:
    """Return an upper bound of ln P(S > x)."""
    claim, total = _largest(groups)
    if x >= total:
        return -np.inf
    cuts = x / 2.0 ** np.arange(1, 13)
    cuts = np.unique(np.minimum(cuts, claim))
    powers = np.geomspace(1e-3, 60.0, 64)
    best = np.inf
    for cut in cuts:
        # 1. some claim beyond the cut; 2. the sum of claims cut there, at many exponents s
        loss = sum(
            _expected(group, part) * float(part.size.survival(np.asarray(cut)))
            for group in groups
            for part in group.parts
        )
        s = np.concatenate([powers / cut, powers / x])
        with np.errstate(all="ignore"):
            logs = sum(group.log_transform(_bennett(group, s, cut)) for group in groups) - s * x
        logs = logs[np.isfinite(logs)]
        chernoff = min(logs.tolist(), default=np.inf)
        with np.errstate(divide="ignore"):
            best = min(best, float(np.logaddexp(np.log(loss), chernoff)))
    return best


def _expected(group: Group, part: Part) -> float:
    return part.frequency.mean * (group.shock.moment(1) if group.shock is not None else 1.0)


def _bennett(group: Group, s: np.ndarray, cut: float) -> list[np.ndarray]:
    """Upper bounds of E exp(s·min(Y, cut)) of each part, shape of `s`."""
    place = np.asarray(cut)
    curve = (np.expm1(s * cut) - s * cut) / cut**2
    return [
        1.0
        + s * float(part.size.limited_moment(place, 1))
        + curve * float(part.size.limited_moment(place, 2))
        for part in group.parts
    ]


def _reach(groups: tuple[Group, ...], log_target: float) -> float:
    """Least amount, within 2 %, whose tail bound is below the target; inf beyond any amount."""
    parts = [part for group in groups for part in group.parts]
    high = max(max(float(part.size.quantile(np.asarray(0.9))) for part in parts), 1e-9)
    while log_tail_bound(groups, high) > log_target:
        high *= 2.0
        if high > LARGEST:
            return float("inf")
    low = high / 2.0
    while high / low > 1.02:
        middle = np.sqrt(low * high)
        if log_tail_bound(groups, middle) > log_target:
            low = middle
        else:
            high = middle
    return float(high)


def _log_lower_bound(groups: tuple[Group, ...], x: float, cut: float) -> float:
    """Return an upper bound of ln P(S < x), by e^(−u) <= 1 − u + u²/2 for claims cut at `cut`."""
    s = np.geomspace(1e-3, 1e4, 200) / x
    place, logs = np.asarray(cut), s * x
    with np.errstate(all="ignore"):
        for group in groups:
            sizes = [
                1.0
                - s * float(part.size.limited_moment(place, 1))
                + s**2 / 2.0 * float(part.size.limited_moment(place, 2))
                for part in group.parts
            ]
            logs = logs + group.log_transform(sizes)
    logs = logs[np.isfinite(logs)]
    return min(0.0, *logs.tolist()) if len(logs) else 0.0


def _start_of(groups: tuple[Group, ...], width: float) -> float:
    """Amount, 0 or at least a third of the width, below which at most 1e-14 of the law lies."""
    low, high = width / 3.0, width
    if _log_lower_bound(groups, low, width) > LIGHT:
        return 0.0
    while high / low > 1.005:
        middle = np.sqrt(low * high)
        if _log_lower_bound(groups, middle, width) > LIGHT:
            high = middle
        else:
            low = middle
    return float(low)


def _too_large(groups: tuple[Group, ...], width: float) -> float:
    """Expected number of claims above `width`."""
    place = np.asarray(width)
    return sum(
        _expected(group, part) * float(part.size.survival(place))
        for group in groups
        for part in group.parts
    )


def window_of(groups: tuple[Group, ...], most: float | None) -> Window:
    """Return the window of the total.

    A light tail fits whole: at most 1e-14 of it lies beyond; a total of many claims starts where
    at most 1e-14 lies below. A heavy one is tilted; `most` is
    then the largest amount that will be asked for, by default twice the amount passed by a
    millionth of the years with a payment (but at most 60 times the amount passed by a thousandth).
    """
    paid = _log_paid(groups)
    if np.isneginf(paid):
        return Window(start=0.0, width=1.0, tilt=0.0, alias=0.0)
    light, far = _reach(groups, min(LIGHT, paid + FAR)), _reach(groups, paid + FAR)
    if light <= 6.0 * far:
        start = _start_of(groups, light)
        outside = float(np.exp(LIGHT)) * (2.0 if start else 1.0)
        alias = outside + _too_large(groups, light - start)
        return Window(start=start, width=light - start, tilt=0.0, alias=alias)
    width = min(2.0 * _reach(groups, paid + HEAVY), 60.0 * far)
    if most is not None:
        width = 2.0 * in_range("most", most, 1e-9, LARGEST)
    beyond = min(1.0, float(np.exp(log_tail_bound(groups, width))))
    return Window(start=0.0, width=width, tilt=TILT / width, alias=beyond * float(np.exp(-TILT)))
