"""The figure: a number that carries its error.

Floor 2, inside `risk`.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LEVELS", "Figure"]

LEVELS = (0.75, 0.9, 0.95, 0.99, 0.995)
"""Levels of the quantiles and tail means that every run reports."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its error.

    One standard error where the number is simulated, the bound of the numerical error that the
    method vouches for where it is computed.
    """

    value: float
    error: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", float(self.value))
        object.__setattr__(self, "error", float(self.error))

    def scaled(self, factor: float) -> Figure:
        """Return the figure in another unit."""
        return Figure(self.value * factor, self.error * abs(factor))

    def shifted(self, amount: float) -> Figure:
        """Return the figure plus a number without error."""
        return Figure(self.value + amount, self.error)
