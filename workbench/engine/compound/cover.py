"""A cover over the exact total of a free-standing compound model.

Floor 3. Everything follows from the stop-loss transform π(x) = E(S − x)⁺ of the law and its
integral: with Q(x) = E[((S − x)⁺)²] = E[S²] − 2∫₀ˣπ and the layer from a to b = a + l,

    E[C] = π(a) − π(b),   E[C²] = Q(a) − Q(b) − 2l·π(b),   E[S·C] = Q(a) + aπ(a) − Q(b) − bπ(b),

where Q(a) − Q(b) = 2∫π from a to b needs no second moment of S.

Source: docs/layers.md; Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), section 9.3.
"""

from __future__ import annotations

import numpy as np

from workbench.engine.compound.law import CompoundLaw
from workbench.engine.compound.reading import NODES, WEIGHTS
from workbench.engine.layers import LEVEL, CoverFigures
from workbench.laws.reinsurance import Cover
from workbench.risk import Figure

__all__ = ["total_cover"]

MOST_PANELS = 1 << 16
NEVER = 1e-12
UNKNOWN = Figure(np.nan, np.nan)


def _area(law: CompoundLaw, low: float, high: float) -> float:
    """∫ π(x) dx from `low` to `high`, by Gauss–Legendre between points of the law's lattice."""
    first, last = np.ceil(low / law.step), np.floor(high / law.step)
    every = max(1.0, np.ceil((last - first) / MOST_PANELS))
    inside = law.step * np.arange(first, last + 1.0, every)
    ends = np.unique(np.concatenate([[low], inside[(inside > low) & (inside < high)], [high]]))
    half = np.diff(ends)[:, None] / 2.0
    x = ends[:-1, None] + half * (NODES[None, :] + 1.0)
    return float(np.sum(law.stop_loss(x) * WEIGHTS[None, :] * half))


def _square_gained(law: CompoundLaw, low: float, high: float) -> Figure:
    """Q(low) − Q(high), yuan squared: 2∫π between them; Q(low) where high is inf."""
    ends = np.array([low]) if np.isinf(high) else np.array([low, high])
    slack = max(law.stop_loss(float(x)).error for x in ends)
    if np.isfinite(high):
        return Figure(2.0 * _area(law, low, high), 2.0 * (high - low) * slack)
    mean, variance = law.mean, law.variance
    second = float(variance) + float(mean) ** 2
    if not np.isfinite(second):
        return Figure(np.inf, 0.0)
    error = variance.error + 2.0 * float(mean) * mean.error + 2.0 * low * slack
    return Figure(second - 2.0 * _area(law, 0.0, low), error)


def _excess(law: CompoundLaw, x: float) -> Figure:
    if np.isinf(x):
        return Figure(0.0, 0.0)
    found = law.stop_loss(x)
    return Figure(float(found), found.error)


def _root(square: float, error: float) -> Figure:
    """Standard deviation of a variance with its error."""
    root = float(np.sqrt(max(square, 0.0)))
    bound = error / (2.0 * root) if root else float(np.sqrt(error))
    return Figure(root, min(bound, float(np.sqrt(error))))


def _product(width: float, excess: Figure) -> Figure:
    """Return width · excess, 0 where there is no limit."""
    return excess.scaled(width) if np.isfinite(width) else Figure(0.0, 0.0)


def total_cover(cover: Cover, law: CompoundLaw) -> CoverFigures:
    """Return the figures of one cover over a compound total, each with its numerical error.

    Figures that need a second moment are inf where it does not exist.
    """
    low, high = _excess(law, cover.floor), _excess(law, cover.top)
    layer = Figure(max(low.value - high.value, 0.0), low.error + high.error)
    attach = law.survival(cover.floor)
    chance = Figure(float(attach), attach.error)
    ceded = layer.scaled(cover.part)
    return CoverFigures(
        ceded_yuan=ceded,
        attach_probability=chance,
        exhaust_probability=_reached(law, cover.top),
        ceded_when_attached_yuan=_given(ceded, chance),
        amount_when_attached_yuan=_given(low, chance).shifted(cover.floor),
        rate_on_line=ceded.scaled(1.0 / cover.most) if np.isfinite(cover.most) else UNKNOWN,
        **_moments(cover, law, (low, high, layer)),
        retained_995_yuan=_retained_quantile(cover, law),
    )


def _reached(law: CompoundLaw, top: float) -> Figure:
    """P(S >= top)."""
    if np.isinf(top):
        return Figure(0.0, 0.0)
    above, at = law.survival(top), law.probability(top)
    return Figure(float(above) + float(at), above.error + at.error)


def _given(amount: Figure, chance: Figure) -> Figure:
    if chance.value <= max(NEVER, chance.error):
        return UNKNOWN
    ratio = amount.value / chance.value
    return Figure(ratio, (amount.error + abs(ratio) * chance.error) / chance.value)


def _moments(
    cover: Cover, law: CompoundLaw, excess: tuple[Figure, Figure, Figure]
) -> dict[str, Figure]:
    """Return sd of C, mean and sd of S − C, by the formulas at the head of this module."""
    low, high, layer = excess
    part, mean, spread = cover.part, law.mean, law.variance
    gained = _square_gained(law, cover.floor, cover.top)
    edge, top = _product(2.0 * cover.width, high), _product(cover.top, high)
    variance = gained.value - edge.value - layer.value**2
    slack = gained.error + edge.error + 2.0 * layer.value * layer.error
    left = Figure(np.inf, 0.0)
    if np.isfinite(spread):
        shared = gained.value + cover.floor * low.value - top.value - float(mean) * layer.value
        error = gained.error + cover.floor * low.error + top.error + float(mean) * layer.error
        value = float(spread) + part**2 * variance - 2.0 * part * shared
        left = _root(value, spread.error + part**2 * slack + 2.0 * part * error)
    ceded_sd = _root(variance, slack) if np.isfinite(variance) else Figure(np.inf, 0.0)
    return {
        "ceded_sd_yuan": ceded_sd.scaled(part),
        "retained_yuan": Figure(float(mean) - part * layer.value, mean.error + part * layer.error),
        "retained_sd_yuan": left,
    }


def _retained_quantile(cover: Cover, law: CompoundLaw) -> Figure:
    """The retained part of the quantile: what is left is non-decreasing and continuous in S."""
    quantile = law.quantile(LEVEL)
    return Figure(float(cover.retained(np.asarray(float(quantile)))), quantile.error)
