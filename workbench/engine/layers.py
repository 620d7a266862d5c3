"""Covers over a year's amount: what is ceded and what is left, computed from its law or drawn.

Floor 3. The amount is a plan's, the total's or any weighted sum's. A quota share comes first; the
layers then take their part of what it leaves. Everything ceded is a piecewise linear function of
the amount S, so that every figure is a sum over the law of S, with the share of a bend that lies
between two lattice points, and a quantile of the retained amount is the retained part of the
quantile of S. Source: docs/layers.md; Klugman, Panjer and Willmot, Loss Models (4th ed., 2012),
sections 3.4, 8.5, 9.3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from workbench.engine.annual import LATTICE_BITS, AnnualLaw, LatticeLaw
from workbench.engine.events import scheme_of
from workbench.engine.inversion import Measures, Transform, annual_law
from workbench.engine.stages import claims_key, measures_of, remember
from workbench.inputs import Inputs
from workbench.laws.reinsurance import Cover, QuotaShare, StopLoss
from workbench.risk import Figure, Sample

__all__ = [
    "LEVEL",
    "CoverFigures",
    "LawPair",
    "Programme",
    "drawn_cover",
    "drawn_programme",
    "law_cover",
    "law_of_sum",
    "law_programme",
    "pair_of",
    "weighted_fen",
]

LEVEL = 0.995
"""Level of the retained quantile."""
RELATIVE_ERROR = 1e-9
NOISE = 1e-12
"""What a transform leaves of a probability that is zero."""
ROUNDING_YUAN = 1.0
"""Fen rounding is left out of a continuous law (docs/model.md section 5)."""
NEVER = 1e-12
"""A layer reached with a smaller probability has no conditional figures."""
UNKNOWN = Figure(np.nan, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverFigures:
    """What one cover does to a year's amount S, yuan; C ceded, R = S − C left, C = 0 where S <= a.

    `attach_probability` P(S > a), `exhaust_probability` P(S >= a + l) (0 without a limit);
    `ceded_when_attached_yuan` E[C | S > a], `amount_when_attached_yuan` E[S | S > a]: nan where
    the layer is never reached; `rate_on_line` E[C] over the largest C, nan without a limit.
    """

    ceded_yuan: Figure
    ceded_sd_yuan: Figure
    attach_probability: Figure
    exhaust_probability: Figure
    ceded_when_attached_yuan: Figure
    amount_when_attached_yuan: Figure
    rate_on_line: Figure
    retained_yuan: Figure
    retained_sd_yuan: Figure
    retained_995_yuan: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A quota share of everything, then layers (in order, none above another) of what it leaves."""

    quota: QuotaShare | None = None
    layers: tuple[StopLoss, ...] = ()

    @property
    def kept(self) -> float:
        """Share that the quota share leaves."""
        return 1.0 - self.quota.share if self.quota else 1.0

    def retained(self, amount: np.ndarray) -> np.ndarray:
        """Return what all covers leave of a year's amounts, yuan, shape of `amount`."""
        left = self.kept * np.asarray(amount, dtype=float)
        return left - sum((layer.ceded(left) for layer in self.layers), np.zeros(left.shape))

    def after_quota_fen(self, fen: np.ndarray) -> np.ndarray:
        """Return what the quota share leaves of whole fen, int64."""
        return fen if self.quota is None else self.quota.retained_fen(fen)

    def retained_fen(self, fen: np.ndarray) -> np.ndarray:
        """Return what all covers leave of whole fen, int64."""
        left = self.after_quota_fen(np.asarray(fen, dtype=np.int64))
        return left - sum((layer.ceded_fen(left) for layer in self.layers), np.zeros_like(left))


@dataclass(frozen=True, slots=True, kw_only=True)
class LawPair:
    """A law and the same law on half the lattice: their distance is the numerical error."""

    fine: LatticeLaw
    coarse: LatticeLaw

    def scaled(self, factor: float) -> LawPair:
        """Return the laws of `factor` times the amount, factor > 0."""
        return LawPair(fine=_scaled(self.fine, factor), coarse=_scaled(self.coarse, factor))

    @property
    def rounding(self) -> float:
        """Yuan that fen rounding may add to an amount."""
        return ROUNDING_YUAN if self.fine.continuous else self.fine.blur

    def figure(self, read: Callable[[AnnualLaw], float], floor: float = 0.0) -> Figure:
        """Return what both laws are asked for; its error is their distance, at least `floor`."""
        fine, coarse = read(self.fine), read(self.coarse)
        return Figure(fine, max(abs(fine - coarse), abs(fine) * RELATIVE_ERROR, floor))

    def probability(self, read: Callable[[AnnualLaw], float]) -> Figure:
        """Return a probability, its error at least what fen rounding can move."""
        steep = 0.4 * self.rounding / self.fine.sd if self.fine.sd else 0.0
        return self.figure(read, max(NOISE, steep))


def _scaled(law: LatticeLaw, factor: float) -> LatticeLaw:
    return replace(
        law,
        start=law.start * factor,
        step=law.step * factor,
        mean=law.mean * factor,
        sd=law.sd * factor,
    )


def law_of_sum(inputs: Inputs, weights: np.ndarray, form: str = "collective") -> LawPair:
    """Return the law of Σ weights · S of a year, kept by content.

    Parameters
    ----------
    inputs
        The scheme, changes applied.
    weights
        One of at least 0 a plan, shape (plans,).
    form
        "collective" or "individual".
    """
    key = ("sum", form, tuple(float(one) for one in weights), claims_key(inputs))
    pair: LawPair = remember(key, lambda: _make_pair(inputs, np.asarray(weights, float), form))
    return pair


def _make_pair(inputs: Inputs, weights: np.ndarray, form: str) -> LawPair:
    scheme = scheme_of(inputs)
    measures = measures_of(scheme, weights)
    transform, less = None, 0.0
    if form == "individual":
        from workbench.engine.individual_law import individual_reduction, individual_transform

        transform = individual_transform(scheme, weights)
        less = float(weights @ individual_reduction(scheme) @ weights)

    pair = pair_of(measures, transform)
    return LawPair(fine=_less(pair.fine, less), coarse=_less(pair.coarse, less))


def _less(law: LatticeLaw, variance: float) -> LatticeLaw:
    """The law with `variance` taken off its closed-form sd."""
    return replace(law, sd=float(np.sqrt(max(law.sd**2 - variance, 0.0)))) if variance else law


def pair_of(measures: Measures, transform: Transform | None = None) -> LawPair:
    """Return the law of a year's events on the lattice, and on half of it."""

    def law_at(bits: int) -> LatticeLaw:
        law = annual_law(measures, bits, transform)
        assert isinstance(law, LatticeLaw)
        return law

    fine = law_at(LATTICE_BITS)
    return LawPair(
        fine=fine, coarse=law_at(LATTICE_BITS - 1) if fine.continuous or fine.blur else fine
    )


def _bend(law: AnnualLaw, x: float) -> float:
    """What the lattice points miss of E(S − x)⁺, where a smooth law bends inside a step."""
    plain = float(np.sum(law.mass * np.maximum(law.yuan - x, 0.0)))
    return law.expected_excess(x) - plain


def _mean_of(
    law: AnnualLaw, values: np.ndarray, bends: Iterable[tuple[float, float]] = ()
) -> float:
    """E f(S) of a continuous f: `values` at the points, `bends` (x, growth of the slope there)."""
    missed = sum(jump * _bend(law, x) for x, jump in bends if np.isfinite(x) and jump)
    return float(np.sum(law.mass * values)) + missed


def _layer_mean(law: AnnualLaw, cover: Cover) -> float:
    """E[C]."""
    if cover.floor <= 0.0 and np.isinf(cover.top):
        return cover.part * law.mean
    beyond = law.expected_excess(cover.top) if np.isfinite(cover.top) else 0.0
    return max(0.0, cover.part * (law.expected_excess(cover.floor) - beyond))


def _layer_sd(law: AnnualLaw, cover: Cover) -> float:
    """Standard deviation of C, from its centred square."""
    mean, part = _layer_mean(law, cover), cover.part
    bends = [(cover.floor, -2.0 * part * mean)]
    if np.isfinite(cover.top):
        bends.append((cover.top, -2.0 * part * (cover.most - mean)))
    square = _mean_of(law, (cover.ceded(law.yuan) - mean) ** 2, bends)
    return float(np.sqrt(max(square, 0.0)))


def _exhausted(pair: LawPair, top: float) -> Figure:
    """P(S >= top), 0 without a limit."""
    if not np.isfinite(top):
        return Figure(0.0, 0.0)
    aside = 0.0 if pair.fine.continuous else 1e-6 * pair.fine.step
    return pair.probability(lambda law: law.probability_above(top - aside))


def _retained_mean(law: AnnualLaw, layers: tuple[Cover, ...]) -> float:
    return law.mean - sum(_layer_mean(law, layer) for layer in layers)


def _retained_sd(law: AnnualLaw, layers: tuple[Cover, ...]) -> float:
    """Standard deviation of S − ΣC, from its centred square."""
    mean = _retained_mean(law, layers)

    def left(x: np.ndarray) -> np.ndarray:
        return x - sum((layer.ceded(x) for layer in layers), np.zeros(x.shape))

    ends = [(x, sign * one.part) for one in layers for x, sign in ((one.floor, -1), (one.top, 1))]
    bends = [
        (x, 2.0 * jump * (float(left(np.asarray(x))) - mean)) for x, jump in ends if np.isfinite(x)
    ]
    square = _mean_of(law, (left(law.yuan) - mean) ** 2, bends)
    return float(np.sqrt(max(square, 0.0)))


def _retained(pair: LawPair, layers: tuple[Cover, ...]) -> dict[str, Figure]:
    """Mean, sd and quantile of what layers leave."""
    rounding = pair.rounding

    def quantile(law: AnnualLaw) -> float:
        reached = np.asarray(law.quantile(LEVEL))
        return float(reached - sum((layer.ceded(reached) for layer in layers), np.zeros(())))

    return {
        "retained_yuan": pair.figure(lambda law: _retained_mean(law, layers), rounding),
        "retained_sd_yuan": pair.figure(lambda law: _retained_sd(law, layers), rounding),
        "retained_995_yuan": pair.figure(quantile, rounding),
    }


def law_cover(cover: Cover, pair: LawPair) -> CoverFigures:
    """Return the figures of one cover over a year's amount, computed from its law."""
    attach = pair.probability(lambda law: law.probability_above(cover.floor))
    floor = pair.rounding * min(1.0, attach.value) + NOISE * pair.fine.mean
    ceded = pair.figure(lambda law: _layer_mean(law, cover), floor)
    above = pair.figure(lambda law: law.expected_excess(cover.floor), floor)
    return CoverFigures(
        ceded_yuan=ceded,
        ceded_sd_yuan=pair.figure(lambda law: _layer_sd(law, cover), pair.rounding),
        attach_probability=attach,
        exhaust_probability=_exhausted(pair, cover.top),
        ceded_when_attached_yuan=_over(ceded, attach),
        amount_when_attached_yuan=_over(above, attach).shifted(cover.floor),
        rate_on_line=_on_line(ceded, cover),
        **_retained(pair, (cover,)),
    )


def law_programme(programme: Programme, pair: LawPair) -> dict[str, Figure]:
    """Return mean, sd and quantile of what a whole programme leaves (names of `CoverFigures`)."""
    return _retained(pair.scaled(programme.kept), programme.layers)


def _over(amount: Figure, chance: Figure) -> Figure:
    """An expected amount over the probability of the event that it belongs to."""
    if chance.value <= max(NEVER, chance.error):
        return UNKNOWN
    ratio = amount.value / chance.value
    return Figure(ratio, (amount.error + abs(ratio) * chance.error) / chance.value)


def _on_line(ceded: Figure, cover: Cover) -> Figure:
    return ceded.scaled(1.0 / cover.most) if np.isfinite(cover.most) else UNKNOWN


def weighted_fen(fen: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return Σ weights · fen, int64 (years,), rounded half up to whole fen.

    `fen` is int64 (years, plans), `weights` (plans,).
    """
    whole = np.rint(weights)
    if np.array_equal(whole, weights):
        return fen @ whole.astype(np.int64)
    return np.floor(fen @ np.asarray(weights, float) + 0.5).astype(np.int64)


def drawn_cover(cover: Cover, fen: np.ndarray) -> CoverFigures:
    """Return the figures of one cover over drawn years, fen int64 (years,), each with its error."""
    ceded = cover.ceded_fen(fen)
    attached = fen > np.floor(100.0 * cover.floor + 0.5)
    sample, amount = Sample.of_fen(ceded), Sample.of_fen(fen)
    exhausted = Figure(0.0, 0.0)
    if np.isfinite(cover.top):
        exhausted = amount.probability_above(np.floor(100.0 * cover.top + 0.5) / 100.0 - 0.005)
    mean = sample.mean()
    return CoverFigures(
        ceded_yuan=mean,
        ceded_sd_yuan=sample.sd(),
        attach_probability=amount.probability_above(cover.floor),
        exhaust_probability=exhausted,
        ceded_when_attached_yuan=_mean_fen(ceded[attached]),
        amount_when_attached_yuan=_mean_fen(fen[attached]),
        rate_on_line=_on_line(mean, cover),
        **_retained_drawn(fen - ceded),
    )


def _mean_fen(fen: np.ndarray) -> Figure:
    """Mean of drawn fen in yuan; unknown below two years."""
    if len(fen) < 2:
        return UNKNOWN
    return Figure(fen.mean() / 100.0, fen.std() / 100.0 / np.sqrt(len(fen)))


def _retained_drawn(fen: np.ndarray) -> dict[str, Figure]:
    sample = Sample.of_fen(fen)
    return {
        "retained_yuan": sample.mean(),
        "retained_sd_yuan": sample.sd(),
        "retained_995_yuan": sample.quantile(LEVEL),
    }


def drawn_programme(programme: Programme, fen: np.ndarray) -> dict[str, Figure]:
    """Return mean, sd and quantile of what a whole programme leaves of drawn years."""
    return _retained_drawn(programme.retained_fen(fen))
