"""The sealed tables of plan totals against the exact law: what a million drawn years would see.

Nothing is drawn: the law that the tables imply is read off all their lanes.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.test_agreement import random_setting
from workbench.engine.stages import year_laws
from workbench.engine.totals import LANES, RANGE_OF, RANGES, REST_LANES
from workbench.engine.totals_tables import totals_tables

YEARS = 1e6
LEVELS = (0.75, 0.95, 0.995)


class Implied:
    """Law of a shocked plan by its tables: every lane of the shock with every lane of the rest."""

    def __init__(self, plan):
        self.rest = plan.rest_fen.reshape(RANGES, REST_LANES) / 100.0
        self.shift = plan.shift_fen / 100.0
        self.sums = np.concatenate(
            [np.zeros((RANGES, 1)), np.cumsum(self.rest[:, ::-1], axis=1)], axis=1
        )

    def _above(self, x):
        """Number of rests above x − shift for each lane of the shock."""
        below = np.empty(LANES, dtype=np.int64)
        for place, rest in enumerate(self.rest):
            here = place == RANGE_OF
            below[here] = np.searchsorted(rest, x - self.shift[here], side="right")
        return REST_LANES - below

    def cdf(self, x):
        return 1.0 - self._above(x).mean() / REST_LANES

    def excess(self, x):
        above = self._above(x)
        sums = self.sums[RANGE_OF, above]
        return float(np.mean(sums + above * (self.shift - x))) / REST_LANES

    @property
    def mean(self):
        return float(np.mean(self.rest.mean(axis=1)[RANGE_OF] + self.shift))

    @property
    def sd(self):
        rest = self.rest.mean(axis=1)[RANGE_OF]
        square = (self.rest**2).mean(axis=1)[RANGE_OF] + self.shift**2 + 2.0 * rest * self.shift
        return float(np.sqrt(square.mean() - self.mean**2))


@pytest.mark.parametrize("setting", [None, 1, 7])
def test_bias_is_below_a_tenth_of_an_error_at_a_million_years(inputs, setting):
    changed = inputs if setting is None else random_setting(inputs, setting)[1]
    tables, laws = totals_tables(changed), year_laws(changed)
    for plan, law in zip(tables.plans[:2], laws.laws[:2], strict=True):
        implied = Implied(plan)
        assert abs(implied.mean - law.mean) < 0.1 * law.sd / np.sqrt(YEARS)
        assert abs(implied.sd - law.sd) < 0.1 * law.sd / np.sqrt(2.0 * YEARS)
        quantiles, tail_means = law.at_levels(LEVELS)
        for level, quantile, tail in zip(LEVELS, quantiles, tail_means, strict=True):
            # A quantile is off where the probability below it is: compare it in years.
            far = implied.cdf(quantile) - law.cdf(quantile)
            told = (plan.code, level)
            # The rest of a lumpy plan is told as smooth: half an atom is between the two.
            near = 0.0 if law.continuous else 1.5 * max(law.blur, law.step)
            atom = law.cdf(quantile + near) - law.cdf(quantile - near)
            assert abs(far) < 0.1 * np.sqrt(level * (1.0 - level) / YEARS) + atom, told
            excess = (tail - quantile) * (1.0 - level)
            spread = np.sqrt(2.0 * excess * (tail - quantile))
            assert abs(implied.excess(quantile) - excess) < 0.1 * spread / np.sqrt(YEARS), told
