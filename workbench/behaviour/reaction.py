"""What is assumed of members' reaction to price and benefit: one noun, and the band over three.

Floor 5, inside `behaviour`. Source: docs/participation.md sections 1 and 3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

from workbench.assumptions import Assumptions
from workbench.guard import in_range, refuse

__all__ = ["BAND_NAMES", "Reaction", "reactions"]

BAND_NAMES = ("price_elasticity", "selectivity", "participation_now")
"""Beliefs whose ranges make the band."""

LARGEST_PRONENESS_CV = 0.7072
"""Above one over root two the least prone class would have a negative proneness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """How members and units react.

    `elasticity` eta and `selectivity` gamma of members who decide themselves; `participation` pi0
    share of the eligible who take part now; `proneness_cv` omega; `damping` a of a change of
    benefit; `unit_share` e of members enrolled by their unit, with `unit_elasticity` eta_u and
    `unit_leaving` h0 a year; `unit_sd` spread of participation between units. With `units` False
    every member decides alone.

    Raises
    ------
    InputRefused
        `elasticity-sign` for a negative elasticity, `value-out-of-range`, `not-a-number`.
    """

    elasticity: float
    selectivity: float
    participation: float
    proneness_cv: float
    damping: float
    unit_share: float
    unit_elasticity: float
    unit_leaving: float
    unit_sd: float
    units: bool = True

    def __post_init__(self) -> None:
        for name, most in _MOST.items():
            value = getattr(self, name)
            if "elasticity" in name and value < 0.0:
                raise refuse("elasticity-sign", name=name, value=value, low=0, high=most)
            in_range(name, value, 0.0, most)
        in_range("participation", self.participation, 0.001, 0.999)


_MOST = {
    "elasticity": 10.0,
    "selectivity": 5.0,
    "proneness_cv": LARGEST_PRONENESS_CV,
    "damping": 5.0,
    "unit_share": 1.0,
    "unit_elasticity": 10.0,
    "unit_leaving": 0.5,
    "unit_sd": 0.5,
}


def _central(beliefs: Assumptions, units: bool) -> Reaction:
    return Reaction(
        elasticity=beliefs["price_elasticity"],
        selectivity=beliefs["selectivity"],
        participation=beliefs["participation_now"],
        proneness_cv=beliefs["hidden_proneness_cv"],
        damping=beliefs["benefit_damping"],
        unit_share=beliefs["unit_decision_share"] if units else 0.0,
        unit_elasticity=beliefs["unit_elasticity"],
        unit_leaving=beliefs["unit_leaving_rate"],
        unit_sd=beliefs["unit_participation_sd"],
        units=units,
    )


def _levels(beliefs: Assumptions, name: str) -> list[float]:
    """Low, value and high of a belief, each once."""
    belief = beliefs.belief(name)
    ends = (belief.low, belief.value, belief.high)
    return list(dict.fromkeys(end for end in ends if end is not None))


def reactions(beliefs: Assumptions, *, units: bool = True) -> tuple[Reaction, ...]:
    """Return the central reaction first, then those of every low, central and high of the band.

    The band goes over elasticity, selectivity and participation now: 27 in all. A belief without
    a range keeps its value.
    """
    central = _central(beliefs, units)
    found = [
        replace(central, elasticity=eta, selectivity=gamma, participation=now)
        for eta, gamma, now in product(*(_levels(beliefs, name) for name in BAND_NAMES))
    ]
    return (central, *(one for one in found if one != central))
