"""Excess covers on claimant-years: what a year cedes of claimants paid more than a retention.

Floor 3. In the collective form a claimant-year is a member's illness, injury, diagnosis or death
with everything that it pays in all plans together; several of them befall one member too rarely to
matter (docs/layers.md). Each class of events has the law of what one of them pays, so that ceded
and retained amounts are compound sums again: same numbers of events, other payments.
Source: docs/layers.md; Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), section 8.6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from workbench.engine.claimant import MEDICAL_STEPS
from workbench.engine.events import Scheme
from workbench.engine.inversion import Measures
from workbench.engine.joint_claimant import JOINT_STEPS
from workbench.engine.lattice import split_mass
from workbench.engine.layers import (
    LEVEL,
    RELATIVE_ERROR,
    ROUNDING_YUAN,
    pair_of,
    weighted_fen,
)
from workbench.engine.payment_laws import PLAN_COLUMNS, Points, class_points, disability_law
from workbench.laws.reinsurance import Cover
from workbench.risk import Figure, Sample

__all__ = [
    "ClaimFigures",
    "ClaimPart",
    "ClaimYears",
    "claim_cover",
    "claim_parts",
    "claim_years",
    "drawn_claim_cover",
    "exceeded_by",
]

HALF_A_FEN = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPart:
    """Events of a year that pay by one law: `points.mass` is expected events, at a shock of 1.

    `step` is the distance of the points where they stand for a smooth law, yuan; 0 where every
    point is a payment of its own.
    """

    points: Points
    step: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFigures:
    """What an excess cover on claimant-years does in a year.

    `claims_above` expected claimant-years above the retention; amounts in yuan a year;
    `ceded_share` of everything paid.
    """

    claims_above: Figure
    ceded_yuan: Figure
    ceded_sd_yuan: Figure
    ceded_995_yuan: Figure
    ceded_share: Figure
    retained_yuan: Figure
    retained_sd_yuan: Figure
    retained_995_yuan: Figure


def _step(scheme: Scheme, kind: str, key: np.ndarray, weights: np.ndarray) -> float:
    """Distance of the points of a class in money, yuan; 0 where all payments are whole amounts."""
    if kind not in ("illness", "injury"):
        return 0.0
    places = key[PLAN_COLUMNS[kind]]
    medical, others = int(places[0]), [int(place) for place in places[1:]]
    if medical < 0 or weights[medical] == 0.0:
        return 0.0
    joint = any(place >= 0 and weights[place] for place in others)
    cap = scheme.plans[medical].annual_cap_yuan
    return float(weights[medical] * cap / (JOINT_STEPS if joint else MEDICAL_STEPS))


def _together(stays: Points, amount: Points) -> tuple[Points, float]:
    """Law of a stay's payment and a disability's together, and the distance of its points."""
    step = float(amount.yuan[1])
    size = 1 << int(np.ceil(np.log2((amount.yuan[-1] + stays.yuan.max()) / step + 8.0)))
    laws = [split_mass(one.yuan, one.mass, step, size) for one in (stays, amount)]
    mass = np.fft.irfft(np.fft.rfft(laws[0]) * np.fft.rfft(laws[1]), size)
    return Points(yuan=step * np.arange(size), mass=mass), step


def claim_parts(scheme: Scheme, weights: np.ndarray) -> tuple[ClaimPart, ...]:
    """Return the year's events by class, for Σ weights · payment of one event, weights (plans,)."""
    return tuple(_parts(scheme, np.asarray(weights, dtype=float)))


def _parts(scheme: Scheme, weights: np.ndarray) -> Iterator[ClaimPart]:
    for kind, columns in PLAN_COLUMNS.items():
        classes = scheme.classes[kind]
        if not len(classes.keys):
            continue
        expected = classes.expected(scheme.expected_events(kind))
        extra = np.zeros(len(expected))
        if kind == "injury":
            extra = classes.expected(scheme.expected_events("disabled"))
        for key, number, disabled in zip(classes.keys, expected, extra, strict=True):
            held = key[columns]
            if not np.any((held >= 0) & (weights[held] != 0.0)):
                continue
            law = class_points(scheme, kind, key, weights)
            hurt = kind == "injury" and key[4] >= 0 and weights[key[4]] != 0.0
            plain = law.scaled(number - (disabled if hurt else 0.0))
            step = _step(scheme, kind, key, weights)
            yield ClaimPart(points=plain, step=step)
            if hurt and disabled:
                amount = disability_law(scheme, int(key[0]), int(key[4]), float(weights[key[4]]))
                points, step = _together(law.scaled(disabled), amount)
                yield ClaimPart(points=points, step=step)


def _summed(parts: tuple[ClaimPart, ...], read: Callable[[ClaimPart], float]) -> float:
    return float(sum(read(part) for part in parts))


def _moment(part: ClaimPart, cover: Cover, order: int, shift: float = 0.0) -> float:
    """Expected Σ C^order of the part's events, the amounts moved up by `shift` points."""
    ceded = cover.ceded(part.points.yuan + shift * part.step)
    return float(np.sum(part.points.mass * ceded**order))


def _inside_step(part: ClaimPart, cover: Cover, order: int) -> float:
    """What bends of the cover inside a step of the points can do to `_moment`, at most."""
    if not part.step:
        return 0.0
    low, middle, high = (_moment(part, cover, order, shift) for shift in (-0.5, 0.0, 0.5))
    return abs(high + low - 2.0 * middle) / 2.0


def _above(parts: tuple[ClaimPart, ...], retention: float) -> Figure:
    """Expected events that pay more than `retention`; points of a smooth law are spread evenly."""
    value = error = 0.0
    for part in parts:
        beyond = part.points.yuan - retention
        if part.step:
            share = np.clip(beyond / part.step + 0.5, 0.0, 1.0)
            error += abs(float(np.sum(part.points.mass[np.abs(beyond) <= part.step]))) / 2.0
        else:
            share = (beyond > HALF_A_FEN).astype(float)
        value += float(np.sum(part.points.mass * share))
    return Figure(value, error + value * RELATIVE_ERROR)


def _changed(measures: Measures, paid: Callable[[np.ndarray], np.ndarray]) -> Measures:
    """The same events with other payments: `paid` of what each pays in all."""
    others = [measures.other, *(_together(one.stays, one.amount)[0] for one in measures.disabled)]
    return replace(
        measures,
        illness=Points(yuan=paid(measures.illness.yuan), mass=measures.illness.mass),
        other=Points.join([Points(yuan=paid(one.yuan), mass=one.mass) for one in others]),
        disabled=(),
    )


def claim_cover(cover: Cover, parts: tuple[ClaimPart, ...], measures: Measures) -> ClaimFigures:
    """Return what an excess cover on claimant-years does in a year, collective form.

    Parameters
    ----------
    cover
        `PerPerson`, `PerEvent` or `QuotaShare`.
    parts, measures
        Events of the year, for the same weighted sum: by class (`claim_parts`), and all together
        with their shocks (`stages.measures_of`).
    """
    ceded = pair_of(_changed(measures, cover.ceded))
    left = pair_of(_changed(measures, cover.retained))
    missed = _summed(parts, lambda part: _inside_step(part, cover, 1))
    mean = Figure(ceded.fine.mean, missed + ceded.fine.mean * RELATIVE_ERROR + HALF_A_FEN)
    common = measures.shock.variance
    shocks = common + (1.0 + common) * measures.area_cv**2
    square = _summed(parts, lambda part: _inside_step(part, cover, 2))
    square += 2.0 * missed * shocks * ceded.fine.mean
    rounding = missed + ROUNDING_YUAN
    paid = measures.mean
    return ClaimFigures(
        claims_above=_above(parts, cover.floor),
        ceded_yuan=mean,
        ceded_sd_yuan=_spread(ceded.fine.sd, square),
        ceded_995_yuan=ceded.figure(lambda law: law.quantile(LEVEL), rounding + ceded.fine.step),
        ceded_share=mean.scaled(1.0 / paid) if paid else Figure(np.nan, np.nan),
        retained_yuan=Figure(left.fine.mean, mean.error),
        retained_sd_yuan=_spread(left.fine.sd, square),
        retained_995_yuan=left.figure(lambda law: law.quantile(LEVEL), rounding),
    )


def _spread(sd: float, square: float) -> Figure:
    """Standard deviation, with the error that its square may have."""
    bound = square / (2.0 * sd) if sd else float(np.sqrt(square))
    return Figure(sd, bound + sd * RELATIVE_ERROR)


def exceeded_by(parts: tuple[ClaimPart, ...], shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return the amounts (yuan) that these shares of the paid claimant-years reach or pass."""
    yuan = np.concatenate([part.points.yuan for part in parts])
    mass = np.concatenate([part.points.mass for part in parts])
    paid = yuan > HALF_A_FEN
    order = np.argsort(-yuan[paid])
    amounts, beyond = yuan[paid][order], np.cumsum(mass[paid][order])
    if not len(beyond):
        return ()
    places = [int(np.argmax(beyond >= share * beyond[-1])) for share in shares]
    return tuple(float(amounts[place]) for place in places)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimYears:
    """Drawn years: `paid_fen` (years, plans); by cover (covers, years) ceded fen and numbers.

    `ceded_fen` of the weighted sum, `above` claimant-years beyond each retention; int64.
    """

    paid_fen: np.ndarray
    ceded_fen: np.ndarray
    above: np.ndarray

    @classmethod
    def join(cls, parts: list[ClaimYears]) -> ClaimYears:
        """Return the years of all parts in order."""
        return cls(
            paid_fen=np.concatenate([part.paid_fen for part in parts]),
            ceded_fen=np.concatenate([part.ceded_fen for part in parts], axis=1),
            above=np.concatenate([part.above for part in parts], axis=1),
        )

    def first(self, years: int) -> ClaimYears:
        """Return the first `years` years."""
        return ClaimYears(
            paid_fen=self.paid_fen[:years],
            ceded_fen=self.ceded_fen[:, :years],
            above=self.above[:, :years],
        )


def claim_years(
    events: Iterable[tuple[np.ndarray, np.ndarray]],
    covers: tuple[Cover, ...],
    weights: np.ndarray,
    years: int,
) -> ClaimYears:
    """Return what covers on claimant-years take of drawn events.

    Parameters
    ----------
    events
        Year and fen by plan of claimants, class by class (`replay.drawn_claims`).
    covers
        Covers, each taken of the whole amount by itself.
    weights
        Weight of each plan, (plans,).
    years
        Years drawn.
    """
    shape = (len(covers), years)
    total = np.zeros((years, len(weights)), dtype=np.int64)
    ceded, above = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for year, fen in events:
        for plan in np.flatnonzero(fen.any(axis=0)):
            total[:, plan] += _by_year(fen[:, plan], year, years)
        amount = weighted_fen(fen, weights)
        for place, cover in enumerate(covers):
            high = np.flatnonzero(amount > np.floor(100.0 * cover.floor + 0.5))
            ceded[place] += _by_year(cover.ceded_fen(amount[high]), year[high], years)
            above[place] += np.bincount(year[high], minlength=years)
    return ClaimYears(paid_fen=total, ceded_fen=ceded, above=above)


def _by_year(fen: np.ndarray, year: np.ndarray, years: int) -> np.ndarray:
    """Sums of whole fen by year, int64 (years,): below 2⁵³, so that doubles hold them."""
    return np.bincount(year, weights=fen, minlength=years).astype(np.int64)


def drawn_claim_cover(
    ceded_fen: np.ndarray, paid_fen: np.ndarray, above: np.ndarray
) -> ClaimFigures:
    """Return the figures of one cover from drawn years, each with its standard error.

    `ceded_fen` and `paid_fen` of the weighted sum and `above`: int64 (years,).
    """
    years = len(ceded_fen)
    ceded, left = Sample.of_fen(ceded_fen), Sample.of_fen(paid_fen - ceded_fen)
    mean, paid = ceded.mean(), float(paid_fen.mean()) / 100.0
    share, error = np.nan, np.nan
    if paid:
        share = mean.value / paid
        error = (ceded_fen - share * paid_fen).std() / 100.0 / np.sqrt(years) / paid
    return ClaimFigures(
        claims_above=Figure(above.mean(), above.std() / np.sqrt(years)),
        ceded_yuan=mean,
        ceded_sd_yuan=ceded.sd(),
        ceded_995_yuan=ceded.quantile(LEVEL),
        ceded_share=Figure(share, error),
        retained_yuan=left.mean(),
        retained_sd_yuan=left.sd(),
        retained_995_yuan=left.quantile(LEVEL),
    )
