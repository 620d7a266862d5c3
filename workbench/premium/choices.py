"""What one chooses about a price besides the scheme: principle, parameters, reinsurance, programme.

Floor 4, inside `premium`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.premium.principles import PRINCIPLES, parameters_of
from workbench.premium.reinsurance import Ceding
from workbench.premium.relativities import with_relativities

__all__ = ["PriceTerms", "rated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTerms:
    """How a technical premium is made.

    `principle` is that of the technical premium; `parameters` those given, by code of their
    principle (the others have their default); `ceding` what is reinsured of each plan; `programme`
    the code of one that the premium pays; `relativities` the code of a table in force. Empty: none.

    Raises
    ------
    InputRefused
        `unknown-choice` or `value-out-of-range`.
    """

    principle: str = "expected_value"
    parameters: Mapping[str, float] = field(default_factory=dict)
    ceding: Ceding | None = None
    programme: str = ""
    relativities: str = ""

    def __post_init__(self) -> None:
        if self.principle not in PRINCIPLES:
            allowed = tuple(PRINCIPLES)
            raise refuse("unknown-choice", name="principle", value=self.principle, allowed=allowed)
        given = parameters_of(self.parameters)
        object.__setattr__(self, "parameters", MappingProxyType(given))


def rated(inputs: Inputs, terms: PriceTerms) -> Inputs:
    """Return the pack with the chosen table of relativities in force."""
    return with_relativities(inputs, terms.relativities) if terms.relativities else inputs
