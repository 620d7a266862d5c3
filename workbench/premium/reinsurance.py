"""Reinsurance that a premium carries: a quota share or a stop loss of one plan, at a stated price.

Floor 4, inside `premium`. The price is (1 + loading) times what is expected to be ceded; its net
cost is the price less that. What stays with the scheme is priced by the principle.
Source: docs/pricing.md section 4; docs/layers.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from workbench.engine.annual import AnnualLaw, LatticeLaw
from workbench.guard import in_range, refuse
from workbench.premium.reading import YearClaims
from workbench.risk import Figure

__all__ = ["CEDING", "CEDING_LOADINGS", "Ceding", "ceded_mean", "retained"]

CEDING = {"quota_share": (0.01, 0.95), "stop_loss": (0.5, 3.0)}
"""Kind → range of its size: a share of everything; an attachment over the expected claims."""

CEDING_LOADINGS = (0.0, 3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceding:
    """What is ceded of each plan: `kind` and `size` of `CEDING`, `loading` on the ceded mean.

    Raises
    ------
    InputRefused
        `unknown-choice` or `value-out-of-range`.
    """

    kind: str
    size: float
    loading: float = 0.25

    def __post_init__(self) -> None:
        if self.kind not in CEDING:
            allowed = tuple(CEDING)
            raise refuse("unknown-choice", name="reinsurance", value=self.kind, allowed=allowed)
        in_range(self.kind, self.size, *CEDING[self.kind])
        in_range("reinsurance-loading", self.loading, *CEDING_LOADINGS)


def ceded_mean(claims: YearClaims, ceding: Ceding) -> Figure:
    """Return what is expected to be ceded of a year, yuan."""
    if ceding.kind == "quota_share":
        return claims.mean().scaled(ceding.size)
    fine, coarse = (
        law.expected_excess(ceding.size * claims.law.mean) for law in (claims.law, claims.coarse)
    )
    return Figure(max(fine, 0.0), max(abs(fine - coarse), claims.mean().error))


def retained(claims: YearClaims, ceding: Ceding) -> YearClaims:
    """Return what stays with the scheme."""
    if ceding.kind == "quota_share":
        return YearClaims(
            law=claims.law,
            coarse=claims.coarse,
            share=1.0 - ceding.size,
            safety_loading=claims.safety_loading,
        )
    point = ceding.size * claims.law.mean
    law = _capped(claims.law, point)
    coarse = law if claims.coarse is claims.law else _capped(claims.coarse, point)
    return YearClaims(law=law, coarse=coarse, safety_loading=claims.safety_loading)


@lru_cache(maxsize=64)
def _capped(law: AnnualLaw, point: float) -> AnnualLaw:
    """Return the law of min(S, point); all that lies above is one atom at the nearest point below.

    Its mean is closed: E[S] − E(S − point)⁺; the points stand as they are, `blur` says how near.
    """
    place = int(np.floor((point - law.start) / law.step + 1e-9))
    if law.sd == 0.0 or place >= len(law.mass) - 1:
        return law
    mean = law.mean - law.expected_excess(point)
    if place <= 0:
        return _certain(mean)
    mass = np.append(law.mass[:place], 1.0 - float(law.mass[:place].sum()))
    yuan = law.start + law.step * np.arange(place + 1)
    centre = float(mass @ yuan)
    return LatticeLaw(
        start=law.start + mean - centre,
        step=law.step,
        mass=mass,
        cumulative=np.cumsum(mass),
        continuous=False,
        mean=mean,
        sd=float(np.sqrt(max(mass @ (yuan - centre) ** 2, 0.0))),
        blur=max(law.blur, law.step if law.continuous else 0.0),
    )


def _certain(amount: float) -> LatticeLaw:
    one = np.ones(1)
    return LatticeLaw(
        start=amount, step=1.0, mass=one, cumulative=one, continuous=False, mean=amount, sd=0.0
    )
