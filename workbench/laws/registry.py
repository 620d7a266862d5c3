"""The registries of laws: one entry a law, with an example, its source and a reference value.

Floor 1.1. A reference value is one number that another program or a page of a book gives for the
example; `reached` works it out anew. Names in both languages and formulas: docs/laws.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.laws.benefits import RankedStays, daily_allowance, in_units, lump_sum
from workbench.laws.continuous import Exponential, Gamma, InverseGaussian, Uniform, Weibull
from workbench.laws.coverage import Covered, Terms
from workbench.laws.discrete import Discrete, empirical, rounded_up
from workbench.laws.frequency import (
    Binomial,
    Counts,
    ExtendedNegativeBinomial,
    Logarithmic,
    NegativeBinomial,
    Poisson,
    ZeroModified,
    zero_truncated,
)
from workbench.laws.mixed_counts import CompoundCounts, MixedPoisson, PoissonInverseGaussian
from workbench.laws.mixtures import Mixture, Scaled, Shifted, Truncated, inflated, spliced
from workbench.laws.pareto import (
    Burr,
    GeneralisedPareto,
    LogLogistic,
    Pareto,
    ParetoTail,
    SingleParameterPareto,
    TransformedBeta,
)
from workbench.laws.reinsurance import PerEvent, PerPerson, QuotaShare, StopLoss
from workbench.laws.seasons import Season, in_months
from workbench.laws.severity import Lognormal
from workbench.laws.shocks import GammaRegimes, GammaShock, InverseGaussianShock, Regimes
from workbench.laws.terms import WaitingLadder

__all__ = [
    "FREQUENCIES",
    "REINSURANCE",
    "SEASONS",
    "SEVERITIES",
    "SHOCKS",
    "TERMS",
    "Entry",
    "reached",
]

WHOLE = ("pmf", "moment", "until")
"""Measures that take a whole number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One law of a registry.

    `key` its name; `make` what makes it; `example` one law; `source` where its formula stands;
    `measure` of the example at `at` is `value` by `reference`.
    """

    key: str
    make: Callable[..., Any]
    example: Any
    source: str
    measure: str
    at: float
    value: float
    reference: str


def reached(entry: Entry) -> float:
    """Return the measure of an entry's example, to be held to its reference value."""
    found = getattr(entry.example, entry.measure)(
        int(entry.at) if entry.measure in WHOLE else np.asarray(entry.at)
    )
    return float(np.real(found))


def _entries(rows: tuple[tuple[Any, ...], ...]) -> tuple[Entry, ...]:
    fields = ("key", "make", "example", "source", "measure", "at", "value", "reference")
    return tuple(Entry(**dict(zip(fields, row, strict=True))) for row in rows)


_BOOK = "Klugman, Panjer and Willmot, Loss Models (4th ed., 2012), "
_ACTUAR = "R actuar 3.3-2"
_SCIPY = "SciPy 1.17 stats"
_HAND = "by hand"
_NB = NegativeBinomial.from_probability(2.5, 0.4)

# fmt: off
FREQUENCIES = _entries((
    ("poisson", Poisson, Poisson(2.0),
     _BOOK + "B.2", "pmf", 2, 0.2706705664732254, _SCIPY),
    ("binomial", Binomial, Binomial(10, 0.3),
     _BOOK + "B.2", "pmf", 3, 0.266827932, _SCIPY),
    ("negative_binomial", NegativeBinomial, _NB,
     _BOOK + "B.2", "pmf", 1, 0.15178932768808226, _SCIPY),
    ("zero_truncated", zero_truncated, zero_truncated(Poisson(2.0)),
     _BOOK + "B.3", "pmf", 1, 0.3130352854993, _ACTUAR),
    ("zero_modified", ZeroModified, ZeroModified(_NB, 0.3),
     _BOOK + "B.3", "pmf", 3, 0.1117132236761, _ACTUAR),
    ("logarithmic", Logarithmic, Logarithmic(0.6),
     _BOOK + "B.3", "pmf", 3, 0.0785776800915, _ACTUAR),
    ("extended_negative_binomial", ExtendedNegativeBinomial, ExtendedNegativeBinomial(-0.5, 3.0),
     _BOOK + "B.3", "pmf", 1, 0.75, _HAND),
    ("poisson_inverse_gaussian", PoissonInverseGaussian, PoissonInverseGaussian(2.0, 1.0),
     _BOOK + "section 7.3", "pmf", 3, 0.0787231725964, _ACTUAR),
    ("mixed_poisson", MixedPoisson, MixedPoisson(3.75, GammaShock(0.4**0.5)),
     _BOOK + "section 7.3", "pmf", 1, 0.15178932768808226, _SCIPY),
    ("compound_counts", CompoundCounts, CompoundCounts(Poisson(2.0), Logarithmic(0.6)),
     _BOOK + "section 7.1", "pmf", 0, 0.1353352832366127, _HAND),
    ("empirical_counts", Counts, Counts((0.5, 0.3, 0.2)),
     _BOOK + "section 9.6", "pmf", 1, 0.3, _HAND),
))
"""Laws of the number of claims."""

SHOCKS = _entries((
    ("gamma_shock", GammaShock, GammaShock(0.1),
     _BOOK + "section 7.3", "moment", 3, 1.0302, _HAND),
    ("inverse_gaussian_shock", InverseGaussianShock, InverseGaussianShock(0.1),
     _BOOK + "section 7.3", "moment", 3, 1.0303, _HAND),
    ("regimes", Regimes, Regimes((0.9, 1.4), (0.8, 0.2)),
     _BOOK + "section 7.3", "moment", 2, 1.04, _HAND),
    ("gamma_regimes", GammaRegimes, GammaRegimes((1.0, 1.5, 0.5), (0.8, 0.1, 0.1), 0.1),
     _BOOK + "section 7.3", "moment", 2, 1.0605, _HAND),
))
"""Laws of a factor on expected numbers of claims."""

SEVERITIES = _entries((
    ("lognormal", Lognormal, Lognormal(7.0, 1.5),
     _BOOK + "A.5", "limited_mean", 1000.0, 724.499110439, _ACTUAR),
    ("gamma", Gamma, Gamma(2.0, 500.0),
     _BOOK + "A.3", "limited_mean", 1000.0, 729.329433527, _ACTUAR),
    ("exponential", Exponential, Exponential(2.0),
     _BOOK + "A.3", "survival", 3.0, 0.22313016014842982, _SCIPY),
    ("weibull", Weibull, Weibull(1.5, 2.0),
     _BOOK + "A.3", "survival", 3.0, 0.15927590849002135, _SCIPY),
    ("inverse_gaussian", InverseGaussian, InverseGaussian(2.0, 0.5),
     _BOOK + "A.5", "survival", 3.0, 0.1892320070000211, _SCIPY),
    ("pareto", Pareto, Pareto(3.0, 2000.0),
     _BOOK + "A.2", "limited_mean", 5000.0, 918.367346939, _ACTUAR),
    ("single_parameter_pareto", SingleParameterPareto, SingleParameterPareto(2.5, 2.0),
     _BOOK + "A.5", "survival", 3.0, 0.36288736930121157, _SCIPY),
    ("generalised_pareto", GeneralisedPareto, GeneralisedPareto(4.0, 2.0, 3.0),
     _BOOK + "A.2", "survival", 3.0, 0.1875, _SCIPY),
    ("burr", Burr, Burr(2.5, 1.7, 3.0),
     _BOOK + "A.2", "survival", 3.0, 0.1767766952966369, _SCIPY),
    ("log_logistic", LogLogistic, LogLogistic(2.0, 5.0),
     _BOOK + "A.2", "survival", 3.0, 0.7352941176470588, _SCIPY),
    ("transformed_beta", TransformedBeta, TransformedBeta(2.0, 1.0, 0.7, 4.0),
     _BOOK + "A.2", "survival", 3.0, 0.22635043448432843, _SCIPY),
    ("pareto_tail", ParetoTail, ParetoTail(0.3, 2.0),
     "Pickands (1975), Annals of Statistics 3", "survival", 3.0, 0.28980552392675885, _SCIPY),
    ("spliced", spliced, spliced(Exponential(2.0), 3.0, shape=0.5, scale=1.0, share=0.1),
     _BOOK + "section 5.2", "survival", 5.0, 0.025, _HAND),
    ("uniform", Uniform, Uniform(2.0, 5.0),
     _HAND, "limited_mean", 3.0, 2.8333333333333335, _HAND),
    ("discrete", Discrete, Discrete((1.0, 2.0, 4.0), (0.5, 0.3, 0.2)),
     _BOOK + "section 9.6.5", "limited_mean", 3.0, 1.7, _HAND),
    ("empirical", empirical, empirical((3.0, 1.0, 2.0, 3.0)),
     _BOOK + "section 14.1", "cdf", 2.0, 0.5, _HAND),
    ("mixture", Mixture, Mixture((Exponential(1.0), Exponential(3.0)), (0.5, 0.5)),
     _BOOK + "section 4.2", "survival", 0.0, 1.0, _HAND),
    ("scaled", Scaled, Scaled(Exponential(2.0), 1.5),
     _BOOK + "section 5.2.1", "survival", 3.0, 0.36787944117144233, _HAND),
    ("inflated", inflated, inflated(Exponential(2.0), 0.5),
     _BOOK + "section 8.4", "survival", 3.0, 0.36787944117144233, _HAND),
    ("shifted", Shifted, Shifted(Exponential(2.0), 1.0),
     _BOOK + "section 5.2", "survival", 3.0, 0.36787944117144233, _HAND),
    ("truncated", Truncated, Truncated(Uniform(0.0, 10.0), 2.0, 6.0),
     _BOOK + "section 14.3", "cdf", 3.0, 0.25, _HAND),
    ("covered", Covered, Covered(Gamma(3.0, 2.0), Terms(
        deductible=1.0, limit=10.0, coinsurance=0.9, inflation=0.05)),
     _BOOK + "chapter 8", "cdf", 5.0, 0.6035144740931, _ACTUAR),
))
"""Laws of the amount of a claim."""

_RISING = Season(tuple(range(1, 13)))
SEASONS = _entries((
    ("season", Season, _RISING,
     _BOOK + "section 7.1", "until", 3, 6.0 / 78.0, _HAND),
    ("in_months", in_months, in_months(_NB, _RISING, 1, 12),
     _BOOK + "section 7.1", "pmf", 1, 0.15178932768808226, _SCIPY),
))
"""Season by month: shares of a year, and the number of claims in some months."""

_DAYS = rounded_up(Exponential(2.0))
TERMS = _entries((
    ("deductible", Terms, Covered(Exponential(2.0), Terms(deductible=1.0)),
     _BOOK + "section 8.2", "moment", 1, 1.2130613194252668, _HAND),
    ("franchise", Terms, Covered(Exponential(2.0), Terms(deductible=1.0, franchise=True)),
     _BOOK + "section 8.2", "moment", 1, 1.8195919791379003, _HAND),
    ("coinsurance", Terms, Covered(Gamma(2.0, 500.0), Terms(coinsurance=0.8)),
     _BOOK + "section 8.5", "moment", 1, 800.0, _HAND),
    ("share_by_rank", RankedStays, RankedStays(Poisson(2.0), (0.8, 0.7)),
     "docs/model.md section 5", "moment", 1, 1.4864664716763387, _HAND),
    ("claim_limit", Terms, Covered(Exponential(2.0), Terms(limit=3.0)),
     _BOOK + "section 8.4", "moment", 1, 1.5537396797031404, _HAND),
    ("yearly_cap", Terms, Covered(Gamma(2.0, 500.0), Terms(most=1000.0)),
     _BOOK + "section 8.5", "moment", 1, 729.329433527, _ACTUAR),
    ("elimination_days", daily_allowance, daily_allowance(_DAYS, 1.0, elimination_days=2),
     _BOOK + "section 8.2", "moment", 1, 0.9349634228241649, _HAND),
    ("maximum_days", daily_allowance, daily_allowance(_DAYS, 1.0, most_days=2),
     _BOOK + "section 8.4", "moment", 1, 1.6065306597126334, _HAND),
    ("daily_amount", daily_allowance, daily_allowance(_DAYS, 60.0, most_days=2),
     "docs/model.md section 5", "moment", 1, 96.391839582758, _HAND),
    ("lump_sum_with_waiting", WaitingLadder,
     lump_sum(WaitingLadder(
         full_yuan=10000.0, partial_yuan=1000.0, none_until_day=30, partial_until_day=60), 0.15),
     "docs/model.md section 5", "moment", 1, 9765.75342465753, _HAND),
    ("units", in_units, in_units(Exponential(2.0), (0.75, 0.25)),
     _BOOK + "section 4.2", "moment", 1, 2.5, _HAND),
))
"""Terms of a benefit; the example is the law of what one claim, stay or diagnosis pays."""

_LOMAX = Pareto(3.0, 2000.0)
REINSURANCE = _entries((
    ("per_person", PerPerson, PerPerson(retention=5000.0).ceded_law(_LOMAX),
     _BOOK + "section 8.2", "moment", 1, 81.632653061, _ACTUAR),
    ("per_event", PerEvent, PerEvent(retention=500.0, limit=1500.0).ceded_law(_LOMAX),
     _BOOK + "section 8.5", "moment", 1, 390.0, _HAND),
    ("stop_loss", StopLoss,
     StopLoss(attachment=1.0, limit=2.0, share=0.9).ceded_law(Exponential(2.0)),
     _BOOK + "section 9.3", "moment", 1, 0.6901208991, _HAND),
    ("quota_share", QuotaShare, QuotaShare(share=0.3).ceded_law(Gamma(2.0, 500.0)),
     _BOOK + "section 8.5", "moment", 2, 135000.0, _HAND),
))
"""Reinsurance covers; the example is the law of what is ceded."""
# fmt: on
