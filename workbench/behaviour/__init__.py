"""Who joins and who leaves: members, cost, surplus and deficit when price or benefit changes.

Floor 5. Neither elasticity nor selectivity can be identified from one year: every figure is a band
over elasticity, selectivity and present participation. How to use it::

    from workbench.behaviour import participation
    found = participation(before, after, "P3")     # two packs that differ in the plans' terms
    found.band("enrolments").low, found.equilibrium.premium_yuan

Source: docs/participation.md.
"""

from workbench.behaviour.answering import (
    AgeRow,
    PlanParticipation,
    State,
    YearRow,
    participation,
)
from workbench.behaviour.bands import MEASURES, Options, PremiumBands, premium_bands
from workbench.behaviour.curves import VALID_CHANGE, Band, Bands, Curve, Payers, curve
from workbench.behaviour.deficits import Deficit
from workbench.behaviour.joining import MEMBERS_NOW, Joiners, JoinRow, joiners
from workbench.behaviour.reaction import BAND_NAMES, Reaction, reactions
from workbench.behaviour.turning import Turning
from workbench.behaviour.uncertain import UncertainDeficits

__all__ = [
    "AgeRow",
    "BAND_NAMES",
    "Band",
    "Bands",
    "Curve",
    "Deficit",
    "JoinRow",
    "Joiners",
    "MEASURES",
    "MEMBERS_NOW",
    "Options",
    "Payers",
    "PlanParticipation",
    "PremiumBands",
    "Reaction",
    "State",
    "Turning",
    "UncertainDeficits",
    "VALID_CHANGE",
    "YearRow",
    "curve",
    "joiners",
    "participation",
    "premium_bands",
    "reactions",
]
