"""What the actuary selects on a triangle: factors, cells left out, a tail, and why.

Floor 4, inside `reserving.methods`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from workbench.guard import in_range, refuse
from workbench.triangles import Triangle

__all__ = ["LARGEST_TAIL", "Selection"]

LARGEST_TAIL, LARGEST_FACTOR = 3.0, 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Choices of the actuary; empty is every cell, volume-weighted, no tail.

    `factors` by place of the period that they develop from (0 first) in place of the average;
    `left_out` cells (origin, period) by place whose link ratio to the next period is not used;
    `tail` factor from the last period to the end; `reason` stays with the result.
    """

    factors: Mapping[int, float] = field(default_factory=dict)
    left_out: frozenset[tuple[int, int]] = frozenset()
    tail: float = 1.0
    reason: str = ""

    def __post_init__(self) -> None:
        in_range("tail", self.tail, 1.0, LARGEST_TAIL)
        for value in self.factors.values():
            in_range("factor", value, 1e-3, LARGEST_FACTOR)
        object.__setattr__(self, "factors", MappingProxyType(dict(self.factors)))

    @property
    def is_plain(self) -> bool:
        """Whether nothing was selected but perhaps a tail."""
        return not self.factors and not self.left_out

    def check(self, triangle: Triangle) -> None:
        """Refuse (`unknown-choice`) what names no factor or cell of the triangle."""
        steps = len(triangle.periods) - 1
        for place in self.factors:
            if not 0 <= place < steps:
                raise refuse(
                    "unknown-choice", name="factor", value=place + 1, allowed=f"1 … {steps}"
                )
        for row, column in self.left_out:
            inside = 0 <= row < len(triangle.origins) and 0 <= column < steps
            if not inside or not triangle.known[row, column + 1]:
                raise refuse(
                    "unknown-choice",
                    name="cell",
                    value=f"{row + 1}, {column + 1}",
                    allowed="cells with a link ratio",
                )
