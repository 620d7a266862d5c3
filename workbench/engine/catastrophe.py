"""One accident with many members hurt, as an independent part of the year.

Floor 3. Catastrophes are Poisson events; in each of them so many members of the accident plans die
and so many are hurt, drawn from its members as single injuries are. Its part is compound Poisson
and independent of all else, so it is convolved to the laws of the year.
Source: docs/uncertainty.md, "Other models"; docs/assumptions.md section 3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workbench.engine.annual import AnnualLaw, LatticeLaw
from workbench.engine.class_laws import YearEvents, class_counts, full_laws
from workbench.engine.events import Scheme
from workbench.engine.lattice import split_mass
from workbench.engine.payment_laws import Points
from workbench.engine.series import Stack
from workbench.engine.spectral import SpectralLaw
from workbench.engine.stages import YearLaws
from workbench.guard import freeze

__all__ = ["Catastrophe", "with_catastrophe"]

BITS = 16
"""A smooth law with catastrophes is read on 2**16 points, on half as many for its error."""
SEEN = 1e-14
"""More catastrophes in a year than have this probability are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catastrophe:
    """`rate` a year; in each `deaths` and `injured` members of the accident plans."""

    rate: float
    deaths: float
    injured: float

    @property
    def most(self) -> int:
        """Catastrophes a year that are counted."""
        number, chance = 0, np.exp(-self.rate)
        while chance > SEEN:
            number += 1
            chance *= self.rate / number
        return number


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Victims:
    """What one death pays (yuan), and the law of what one injury pays, for one sum of plans."""

    death: float
    events: YearEvents
    number: float

    @property
    def moments(self) -> tuple[float, float]:
        """E[Y], E[Y²] of one injured member."""
        first, second = self.events.other.moment(1), self.events.other.moment(2)
        for part in self.events.disabled:
            stays, amount, many = part.stays, part.amount, part.stays.mass.sum()
            first += stays.moment(1) + many * amount.moment(1)
            second += stays.moment(2) + many * amount.moment(2)
            second += 2.0 * stays.moment(1) * amount.moment(1)
        return float(first) / self.number, float(second) / self.number

    @property
    def largest(self) -> float:
        """Most that one injured member is paid, yuan."""
        sizes = [float(self.events.other.yuan.max(initial=0.0))]
        sizes += [
            float(one.stays.yuan.max() + one.amount.yuan.max()) for one in self.events.disabled
        ]
        return max(sizes)

    def transform(self, step: float, size: int) -> np.ndarray:
        """E exp(−itY) of one injured member on a lattice, (size // 2 + 1,)."""
        lumpy = not self.events.disabled
        total = _transform(self.events.other, step, size, lumpy)
        # Injuries that pay none of the plans of the sum stand in no block.
        total = total + self.number - float(self.events.other.mass.sum())
        total = total - sum(float(part.stays.mass.sum()) for part in self.events.disabled)
        for part in self.events.disabled:
            stays, amount = (_transform(one, step, size) for one in (part.stays, part.amount))
            total = total + stays * amount
        return total / self.number


def _transform(points: Points, step: float, size: int, lumpy: bool = False) -> np.ndarray:
    return np.fft.rfft(split_mass(points.yuan, points.mass, step, size, lumpy=lumpy))


def _victims(scheme: Scheme, weights: np.ndarray) -> _Victims | None:
    """Victims for one sum of plans; None where no accident plan has members."""
    counts = {kind: np.zeros_like(one) for kind, one in class_counts(scheme).items()}
    keys, members = scheme.classes["injury"].keys, class_counts(scheme)
    holds = keys[:, 4] >= 0
    for kind in ("injury", "disabled", "undisabled"):
        counts[kind] = np.where(holds, members[kind], 0.0)
    number, deaths = float(counts["injury"].sum()), members["death"]
    if number <= 0.0 or deaths.sum() <= 0.0:
        return None
    paid = [
        weights[place] * scheme.plans[place].death_yuan
        for place in scheme.classes["death"].keys[:, 0]
    ]
    events = full_laws(scheme, weights, ("injury",)).events(counts)
    death = float(deaths @ np.array(paid)) / float(deaths.sum())
    return _Victims(death=death, events=events, number=number)


def _below(law: AnnualLaw, x: np.ndarray) -> np.ndarray:
    """P(S <= x) at many points: Horner's rule where the law is a series."""
    return Stack.of([law]).read(x).below[0] if isinstance(law, SpectralLaw) else law.cdfs(x)


def _convolved(law: AnnualLaw, victims: _Victims, event: Catastrophe, bits: int) -> LatticeLaw:
    """The law of the year and of its catastrophes together, on one lattice."""
    first, second = victims.moments
    fixed = event.deaths * victims.death
    one = fixed + event.injured * first
    spread = event.injured * (second - first**2)
    start = float(law.yuan[0])
    most = event.most * (fixed + event.injured * victims.largest)
    top = float(law.yuan[-1]) + min(most, event.most * (one + 14.0 * np.sqrt(spread)))
    step = law.step if not law.continuous else (top - start) / ((1 << bits) - 1)
    size = 1 << int(np.ceil(np.log2((top - start) / step + 1.0)))
    grid = start + step * np.arange(size)
    if law.continuous:
        edges = np.concatenate([grid - step / 2.0, [grid[-1] + step / 2.0]])
        mass = np.diff(_below(law, edges))
    else:
        mass = np.pad(law.mass, (0, size - len(law.mass)))
    hurt = victims.transform(step, size) ** event.injured
    dead = _transform(
        Points(yuan=np.array([fixed]), mass=np.ones(1)), step, size, not law.continuous
    )
    total = np.fft.rfft(mass) * np.exp(event.rate * (dead * hurt - 1.0))
    mass = np.fft.irfft(total, size)
    variance = law.sd**2 + event.rate * (one**2 + spread)
    return LatticeLaw(
        start=start,
        step=step,
        mass=freeze(mass),
        cumulative=freeze(np.cumsum(mass)),
        continuous=law.continuous,
        mean=law.mean + event.rate * one,
        sd=float(np.sqrt(variance)),
        blur=law.blur,
    )


def with_catastrophe(scheme: Scheme, laws: YearLaws, event: Catastrophe) -> YearLaws:
    """Return the laws of a year with catastrophes; plans that none of them reaches stay.

    Expected beneficiaries stay too: no expense of the year is moved by an event that rare.
    """
    number = len(scheme.plans)
    fine, coarse = list(laws.laws), list(laws.coarse)
    for place, weights in enumerate([*np.eye(number), np.ones(number)]):
        victims = _victims(scheme, weights)
        reached = victims is not None and (victims.death or victims.moments[0]) > 0.0
        if victims is None or not reached or event.rate == 0.0:
            continue
        fine[place] = _convolved(laws.laws[place], victims, event, BITS)
        own = not laws.laws[place].continuous
        coarse[place] = (
            fine[place] if own else _convolved(laws.coarse[place], victims, event, BITS - 1)
        )
    return replace(laws, laws=tuple(fine), coarse=tuple(coarse))
