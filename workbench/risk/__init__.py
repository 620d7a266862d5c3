"""Measures of risk: the figure with its error, distortions, a sample of years, shares of parts.

Floor 2. How to use it::

    from workbench.risk import Sample, distortion
    Sample.of_fen(fen).distorted(distortion("wang", 0.5))     # Figure(value=..., error=...)
"""

from workbench.risk.distortion import DISTORTIONS, Distortion, DistortionKind, distortion
from workbench.risk.figure import LEVELS, Figure
from workbench.risk.sample import Sample
from workbench.risk.sharing import shares_of_years, year_weights

__all__ = [
    "DISTORTIONS",
    "LEVELS",
    "Distortion",
    "DistortionKind",
    "Figure",
    "Sample",
    "distortion",
    "shares_of_years",
    "year_weights",
]
