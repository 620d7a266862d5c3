"""A plan's yearly claims as a premium principle reads them: moments, tails, weighed means.

Floor 4, inside `premium`. Everything is read from the exact law; the error is the distance from the
same law at half the resolution. Source: docs/pricing.md section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from workbench.engine.annual import AnnualLaw, LatticeLaw
from workbench.engine.measuring import exceeding, lattice_distorted, rounding_yuan, trusted
from workbench.engine.mixture import MixtureLaw, ShiftedLaw
from workbench.engine.spectral import SpectralLaw
from workbench.exact import RELATIVE_ERROR, mean_error
from workbench.risk import Distortion, Figure
from workbench.uncertainty import standard_error

__all__ = ["YearClaims", "on_lattice"]

SHORT_LATTICE, DRAW_LATTICE = 1 << 12, 1 << 10
"""Points on which a short series is weighed: two hundred to a standard deviation."""
CLEAR = 30.0
"""An exponential weight makes rounding large: it stops so far above the trusted probability."""
UNSEEN = 0.1
"""Where more than this share of E exp(aS) lies beyond the trusted law, it is not told."""
BODY, DRAW_POINTS, UNLIKELY = (5.0, 8.0), 129, 1e-6
"""Standard deviations over which, and number of points at which, the laws of draws of the
parameters are set against each other; probabilities nearer to 0 or 1 weigh as these."""
WIDE = (9.0, 12.0)
"""Standard deviations over which a law over draws is weighed."""
UNKNOWN = Figure(np.nan, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class YearClaims:
    """What a plan pays in a year, or the part of it that stays with the scheme.

    `law` and `coarse` are its law and the same at half the resolution; `share` is what a quota
    share leaves of it; `safety_loading` the plan's own, a share of the mean. All answers in yuan a
    year.
    """

    law: AnnualLaw
    coarse: AnnualLaw
    share: float = 1.0
    safety_loading: float = 0.0

    def mean(self) -> Figure:
        """E[S]."""
        return Figure(self.law.mean, mean_error(self.law)).scaled(self.share)

    def sd(self) -> Figure:
        """Standard deviation of S."""
        error = max(0.1 * rounding_yuan(self.law), self.law.sd * RELATIVE_ERROR)
        return Figure(self.law.sd, error + self.law.sd_error).scaled(self.share)

    def quantile(self, level: float) -> Figure:
        """Least x with P(S <= x) >= level."""
        fine, coarse = (float(law.quantiles([level])[0]) for law in (self.law, self.coarse))
        return self._compared(fine, coarse, float(self.law.level_errors([level])[0][0]))

    def tail_mean(self, level: float) -> Figure:
        """VaR + E(S − VaR)⁺ / (1 − level)."""
        if level == 0.0:
            return self.mean()
        fine, coarse = (float(law.at_levels([level])[1][0]) for law in (self.law, self.coarse))
        return self._compared(fine, coarse, float(self.law.level_errors([level])[1][0]))

    def distorted(self, distortion: Distortion) -> Figure:
        """∫ g(P(S > x)) dx; what a tail beyond the trusted law may add is error too."""
        (fine, rest), (coarse, _) = (
            _distorted(law, distortion) for law in (self.law, self._readable)
        )
        return self._compared(fine, coarse, rest + _draws_weighed(self.law, distortion))

    def exponential(self, aversion: float) -> Figure:
        """(1/a) ln E exp(aS), a per yuan; nan where the law does not carry it."""
        if aversion <= 0.0 or self.law.sd == 0.0:
            return self.mean()
        a = aversion * self.share
        (fine, rest), (coarse, _) = (_exponential(law, a) for law in (self.law, self._readable))
        if not np.isfinite(fine):
            return UNKNOWN
        return self._compared(fine, coarse, rest + _draws_tilted(self.law, a, fine))

    @property
    def _readable(self) -> AnnualLaw:
        """The coarser law, or the law itself where the coarser one has no points."""
        return self.law if isinstance(self.coarse, ShiftedLaw) else self.coarse

    def _compared(self, fine: float, coarse: float, more: float) -> Figure:
        """The figure of the part that is meant; `more` what tail and draws add to its error."""
        least = max(abs(fine) * RELATIVE_ERROR, rounding_yuan(self.law))
        return Figure(fine, max(abs(fine - coarse), least) + more).scaled(self.share)


def _draws_seen(law: MixtureLaw) -> tuple[np.ndarray, np.ndarray]:
    """Yuan over the body of the law (n,), and P(S > x) given each draw, (draws, n)."""
    low, high = law.mean - BODY[0] * law.sd, law.mean + BODY[1] * law.sd
    yuan = np.linspace(max(low, law.ends[0]), min(high, law.ends[1]), DRAW_POINTS)
    return yuan, 1.0 - law.given(yuan).below


@lru_cache(maxsize=64)
def _draws_weighed(law: AnnualLaw, distortion: Distortion) -> float:
    """Standard error over the draws of ∫ g(P(S > x)) dx: that of ∫ g′(P(S > x)) P_draw dx."""
    if not isinstance(law, MixtureLaw):
        return 0.0
    yuan, above = _draws_seen(law)
    weight = distortion.slope(np.clip(above.mean(axis=0), UNLIKELY, 1.0 - UNLIKELY))
    return float(standard_error(np.trapezoid(weight * above, yuan, axis=1)))


@lru_cache(maxsize=64)
def _draws_tilted(law: AnnualLaw, a: float, value: float) -> float:
    """The same of (1/a) ln E exp(aS): that of ∫ exp(a(x − value)) P_draw dx."""
    if not isinstance(law, MixtureLaw):
        return 0.0
    yuan, above = _draws_seen(law)
    return float(standard_error(np.trapezoid(np.exp(a * (yuan - value)) * above, yuan, axis=1)))


@lru_cache(maxsize=64)
def on_lattice(law: AnnualLaw) -> AnnualLaw:
    """Return a law on few points: a short series on 2^12, its terms are nil beyond; others as is.

    A sum over the points is then exact to the trapezoidal rule, which a smooth law bears. A law
    over draws costs a read of every draw at each point, so it is read at 2^10, smooth or of many
    amounts (whose steps are read at their middle).
    """
    if isinstance(law, MixtureLaw):
        return _of_draws(law) if law.continuous or len(law.mass) > SHORT_LATTICE else law
    if not isinstance(law, SpectralLaw) or 2 * len(law.terms) >= SHORT_LATTICE:
        return law
    mass = np.fft.irfft(np.concatenate([[1.0], law.terms]), SHORT_LATTICE)
    return LatticeLaw(
        start=law.start,
        step=law.width / SHORT_LATTICE,
        mass=mass,
        cumulative=np.cumsum(mass),
        continuous=True,
        mean=law.mean,
        sd=law.sd,
        blur=law.blur,
    )


def _of_draws(law: MixtureLaw) -> LatticeLaw:
    low = max(law.mean - WIDE[0] * law.sd, law.ends[0])
    high = min(law.mean + WIDE[1] * law.sd, law.ends[1])
    if law.lattice:
        low = law.ends[0] + law.lattice * np.floor((low - law.ends[0]) / law.lattice)
    step = (high - low) / DRAW_LATTICE
    edges = low + law.lattice / 2.0 + step * (np.arange(DRAW_LATTICE + 1) - 0.5)
    below = law.cdfs(edges)
    mass = np.diff(below, prepend=0.0)
    return LatticeLaw(
        start=float(edges[0]) - step / 2.0,
        step=step,
        mass=mass,
        cumulative=np.cumsum(mass),
        continuous=True,
        mean=law.mean,
        sd=law.sd,
        blur=law.blur,
    )


@lru_cache(maxsize=256)
def _distorted(law: AnnualLaw, distortion: Distortion) -> tuple[float, float]:
    """Value and what the tail may add; kept, since no premium moves them."""
    return lattice_distorted(on_lattice(law), distortion)


@lru_cache(maxsize=256)
def _exponential(law: AnnualLaw, a: float) -> tuple[float, float]:
    """(1/a) ln E exp(aS) and what the tail beyond the trusted probabilities may add, yuan.

    The loading is read from the points and set on the closed-form mean. Beyond the last trusted
    probability the tail falls on at the rate r of its last four decades: it adds
    P · exp(ax) · r / (r − a), and nothing is told where r <= a.
    """
    read = on_lattice(law)
    above, yuan = exceeding(read), read.yuan
    low = np.flatnonzero(above < CLEAR * trusted(read))
    end = int(low[0]) + 1 if len(low) else len(above)
    mass, x = np.maximum(read.mass[:end], 0.0), yuan[:end] - law.mean
    centre = float(mass @ x) / float(mass.sum())
    top = float(np.max(a * x + np.log(np.maximum(mass, 1e-300))))
    total = float(np.sum(mass * np.exp(a * x - top)))
    rest = _beyond(above[:end], read.step, a) * np.exp(a * x[-1] - top)
    if not rest <= UNSEEN * total:
        return float("nan"), float("nan")
    value = law.mean + (top + np.log(total) - a * centre) / a
    return float(value), float(np.log1p(rest / total) / a)


def _beyond(above: np.ndarray, step: float, a: float) -> float:
    """E[exp(a(S − x)); S > x] beyond the last point x, from the rate at which the tail falls."""
    seen = np.flatnonzero(above > 0.0)
    if not len(seen) or above[-1] <= 0.0:
        return 0.0
    last = float(above[-1])
    before = int(np.flatnonzero(above > min(1e4 * last, 0.5))[-1]) if above[0] > last else 0
    places = len(above) - 1 - before
    if places < 1 or above[before] <= last:
        return float("inf")
    rate = float(np.log(above[before] / last)) / (places * step)
    return last * rate / (rate - a) if rate > a else float("inf")
