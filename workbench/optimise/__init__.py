"""Best tiers: the premiums, and on request benefits, chosen together under stated limits.

Floor 7. Figures come from the exact engine, the choice from a mixed-integer programme (HiGHS by
`scipy.optimize.milp`). How to use it::

    from workbench.optimise import Limit, best_tiers
    best_tiers(inputs, [Limit(kind="scheme_deficit", value=0.01)]).best.premiums
"""

from workbench.optimise.best import BestTiers, best_tiers
from workbench.optimise.conflicts import Conflict, Way
from workbench.optimise.frontier import FrontierPoint
from workbench.optimise.gains import Gain
from workbench.optimise.nouns import KINDS, OBJECTIVES, PLAN_KINDS, STEPS, Limit, Solution
from workbench.optimise.offers import Grid, grid_of
from workbench.optimise.reading import Chosen, chosen_of, today_of

__all__ = [
    "BestTiers",
    "Chosen",
    "Conflict",
    "FrontierPoint",
    "Gain",
    "Grid",
    "KINDS",
    "Limit",
    "OBJECTIVES",
    "PLAN_KINDS",
    "STEPS",
    "Solution",
    "Way",
    "best_tiers",
    "chosen_of",
    "grid_of",
    "today_of",
]
