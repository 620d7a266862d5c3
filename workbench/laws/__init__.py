"""Laws of numbers and amounts of claims, terms of a cover, and the registries of both.

`workbench.laws` gives the laws by name; `registry` lists them with sources and reference values.
A name loads its module when it is first used: the scheme's own run needs two of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_MODULES = {
    "benefits": (
        "RankedStays",
        "daily_allowance",
        "in_units",
        "lump_sum",
    ),
    "continuous": (
        "Exponential",
        "Gamma",
        "InverseGaussian",
        "Uniform",
        "Weibull",
    ),
    "coverage": (
        "Covered",
        "Terms",
        "loss_elimination_ratio",
        "per_payment",
    ),
    "discrete": (
        "Discrete",
        "discretised",
        "empirical",
        "rounded_up",
    ),
    "frequency": (
        "Binomial",
        "Counts",
        "ExtendedNegativeBinomial",
        "FrequencyLaw",
        "Logarithmic",
        "NegativeBinomial",
        "Poisson",
        "ZeroModified",
        "zero_truncated",
    ),
    "mixed_counts": (
        "CompoundCounts",
        "MixedPoisson",
        "PoissonInverseGaussian",
    ),
    "mixtures": (
        "Mixture",
        "Scaled",
        "Shifted",
        "Truncated",
        "inflated",
        "spliced",
    ),
    "pareto": (
        "Burr",
        "GeneralisedPareto",
        "LogLogistic",
        "Pareto",
        "ParetoTail",
        "SingleParameterPareto",
        "TransformedBeta",
    ),
    "registry": (
        "FREQUENCIES",
        "REINSURANCE",
        "SEASONS",
        "SEVERITIES",
        "SHOCKS",
        "TERMS",
    ),
    "reinsurance": (
        "Cover",
        "PerEvent",
        "PerPerson",
        "QuotaShare",
        "Retained",
        "StopLoss",
    ),
    "seasons": ("Season", "in_months"),
    "severity": ("Lognormal",),
    "shocks": (
        "GammaRegimes",
        "GammaShock",
        "InverseGaussianShock",
        "Regimes",
        "Shock",
    ),
    "sizes": ("SizeLaw",),
    "terms": ("WaitingLadder",),
}
"""Module of this folder → the names that it gives."""

_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
