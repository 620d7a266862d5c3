"""One name at a time, from the low to the high end of its range: the tornado.

Floor 7, inside `sensitivity`. Source: Eschenbach (1992), Spiderplots versus tornado diagrams for
sensitivity analysis, Interfaces 22(6), 40-46.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workbench.changes import Changes
from workbench.risk import Figure

__all__ = ["Bar", "Tornado", "tornado"]

Evaluate = Callable[[Sequence[Changes]], Sequence[Figure]]
Ends = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One name: its range, and the figure at both ends with all else as it is."""

    name: str
    low: float
    high: float
    at_low: Figure
    at_high: Figure

    @property
    def swing(self) -> Figure:
        """Figure at the high end less figure at the low end; negative where it falls."""
        return Figure(
            self.at_high.value - self.at_low.value, self.at_high.error + self.at_low.error
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tornado:
    """The figure as it is, and a bar a name, the longest first."""

    base: Figure
    bars: tuple[Bar, ...]


def tornado(evaluate: Evaluate, ranges: Mapping[str, Ends]) -> Tornado:
    """Return what each name does to a figure.

    Parameters
    ----------
    evaluate
        Figures of many changes, in their order.
    ranges
        Low and high end of each name.

    Notes
    -----
    A figure that turns inside a range shows only its ends: `two_way` or `sobol` see the middle.
    """
    names = list(ranges)
    points = [Changes({name: end}) for name in names for end in ranges[name]]
    base, *found = evaluate([Changes(), *points])
    bars = [
        Bar(
            name=name,
            low=ranges[name][0],
            high=ranges[name][1],
            at_low=found[2 * place],
            at_high=found[2 * place + 1],
        )
        for place, name in enumerate(names)
    ]
    # Ties keep the order in which the names were given.
    bars.sort(key=lambda bar: -max(_distance(bar, base), abs(bar.swing.value)))
    return Tornado(base=base, bars=tuple(bars))


def _distance(bar: Bar, base: Figure) -> float:
    """Farthest that an end takes the figure from where it is."""
    return max(abs(bar.at_low.value - base.value), abs(bar.at_high.value - base.value))
