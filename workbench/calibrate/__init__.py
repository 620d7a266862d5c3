"""Calibration: two scales solved to two published figures, and what the two leave open.

Floor 4. `calibrate` solves the hospital claimant rate and the mean cost of a stay; `split_study`
solves them again for other enrolment splits; `split_ranges` is the range of each plan's loss
ratio over the splits, which stands beside a plan's loss ratio wherever it is shown.
"""

from workbench.calibrate.solving import SOLVED, Calibration, SolvedBelief, calibrate, solved_again
from workbench.calibrate.splits import (
    LossRatioRange,
    SplitOutcome,
    SplitRanges,
    SplitStudy,
    split_ranges,
    split_study,
)

__all__ = [
    "Calibration",
    "LossRatioRange",
    "SOLVED",
    "SolvedBelief",
    "SplitOutcome",
    "SplitRanges",
    "SplitStudy",
    "calibrate",
    "solved_again",
    "split_ranges",
    "split_study",
]
