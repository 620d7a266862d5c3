"""Sensitivity: what moves a figure, how much, and at which value it reaches a target.

Floor 7. Every verb takes a function `Changes → figure` and knows no topic: `tornado` moves one name
at a time, `sobol` shares the spread among names, `two_way` fills a table over two names,
`break_even` finds the value at which a figure meets a target. Source: docs/sensitivity.md.
"""

from workbench.sensitivity.crossing import BreakEven, Root, break_even
from workbench.sensitivity.grid import TwoWay, two_way
from workbench.sensitivity.indices import Law, NameShare, Spread, sobol, sobol_runs
from workbench.sensitivity.tornado import Bar, Tornado, tornado

__all__ = [
    "Bar",
    "BreakEven",
    "Law",
    "NameShare",
    "Root",
    "Spread",
    "Tornado",
    "TwoWay",
    "break_even",
    "sobol",
    "sobol_runs",
    "tornado",
    "two_way",
]
