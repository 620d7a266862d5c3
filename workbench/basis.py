"""On what basis a figure stands: process risk alone, or with parameters, or with the level too.

Floor 4.05: between the calibration, which solves a draw again, and the rooms that price.
Source: docs/uncertainty.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from workbench.engine.stages import YearLaws, year_laws
from workbench.guard import refuse
from workbench.inputs import Inputs

__all__ = ["KINDS", "Basis", "laws_on"]

KINDS = ("process", "parameters", "level")

Mapper = Callable[[Callable, Iterable], Iterable]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What is uncertain: `kind` of `KINDS`; number of draws of the assumptions, and their seed."""

    kind: str = "process"
    draws: int = 200
    seed: int = 1


def laws_on(
    inputs: Inputs, basis: Basis | None = None, *, form: str = "collective", mapper: Mapper = map
) -> YearLaws:
    """Return the laws of a year on a basis."""
    basis = basis or Basis()
    if basis.kind == "process":
        return year_laws(inputs, form)
    raise refuse("unknown-choice", name="basis", value=basis.kind, allowed=("process",))
