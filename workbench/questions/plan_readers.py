"""How the laws of a question are read on the basis that was asked for.

Floor 8. A plan by itself is enough, whatever its members hold besides; where assumptions are
drawn, each draw is solved with the benefits of the pack before any of them is changed.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import partial
from typing import Any

from workbench.basis import inputs_of_draws
from workbench.engine.stages import (
    ExpectedClaims,
    YearLaws,
    claims_key,
    expected_claims,
    year_laws,
)
from workbench.inputs import Inputs
from workbench.premium.drawn_years import drawn_claims, drawn_mean, drawn_years
from workbench.premium.plan_years import PlanReader, PlanYear, alone, plan_reader
from workbench.questions.basis import basis_of
from workbench.questions.registry import Asked, Mapper

__all__ = ["DEFICIT", "Readers", "basis_told"]

DEFICIT = 0.05
"""Highest deficit probability that the usual rule allows: one year in twenty."""


class Readers:
    """The laws of a scheme, and of each of its plans by itself, on the basis asked for.

    Everything is worked out once; a premium changes no law.
    """

    def __init__(self, asked: Asked, mapper: Mapper = map) -> None:
        self._form = asked.own["form"]
        self._mapper = mapper
        self._known: dict[Hashable, YearLaws] = {}
        self._draws: Sequence[Inputs] = ()
        basis = basis_of(asked)
        if basis.kind != "process":
            # The two totals were paid under the benefits of the pack, to its members.
            self._draws = tuple(inputs_of_draws(asked.inputs, basis))

    @property
    def process(self) -> bool:
        """Whether the assumptions are taken as given."""
        return not self._draws

    def laws(self, inputs: Inputs) -> YearLaws:
        """Return the laws of the whole scheme."""
        return self._read(inputs, None)

    def claims(self, inputs: Inputs) -> ExpectedClaims:
        """Return the expected claims of the whole scheme."""
        if self.process:
            return expected_claims(inputs)
        return drawn_claims(self._draws, inputs)

    def plan(self, place: int) -> PlanReader:
        """Return how the plan at a place is read."""
        if self.process:
            return plan_reader(place, self._form)
        return PlanReader(
            year=lambda inputs: PlanYear.of(self._read(inputs, place), 0),
            mean=lambda inputs: drawn_mean(self._draws, inputs, place),
        )

    def _read(self, inputs: Inputs, place: int | None) -> YearLaws:
        key = (place, claims_key(inputs if place is None else alone(inputs, place)))
        if key not in self._known:
            self._known[key] = self._made(inputs, place)
        return self._known[key]

    def _made(self, inputs: Inputs, place: int | None) -> YearLaws:
        if self.process:
            return year_laws(inputs, self._form)
        narrowed = _whole if place is None else partial(alone, place=place)
        years = drawn_years(self._draws, form=self._form, narrowed=narrowed, mapper=self._mapper)
        return years(inputs)


def _whole(inputs: Inputs) -> Inputs:
    return inputs


def basis_told(asked: Asked) -> dict[str, Any]:
    """Return what a document says of its basis: kind, number of draws and their seed."""
    basis = basis_of(asked)
    drawn = basis.kind != "process"
    return {
        "kind": basis.kind,
        "draws": basis.draws if drawn else None,
        "draw_seed": basis.seed if drawn else None,
    }
