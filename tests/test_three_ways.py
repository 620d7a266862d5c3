"""One scheme, three ways: the law of S1 + 2·S2 of pairs, computed, drawn in totals and by claims.

With and without the common shock, in both forms; tails too.
"""

from __future__ import annotations

import numpy as np
import pytest

from workbench.changes import Changes, apply
from workbench.engine.events import scheme_of
from workbench.engine.individual_law import individual_transform
from workbench.engine.inversion import annual_law
from workbench.engine.stages import measures_of
from workbench.risk import Sample
from workbench.simulate import simulate_totals, simulate_years

PAIRS = ((0, 1), (2, 3), (1, 4))
CLAIMS_YEARS, TOTALS_YEARS = 1_920, 100_000


def _law(scheme, pair, form):
    weights = np.zeros(len(scheme.plans))
    weights[list(pair)] = 1.0, 2.0
    transform = individual_transform(scheme, weights) if form == "individual" else None
    return annual_law(measures_of(scheme, weights), transform=transform)


def _sd(law):
    """Of the law itself: its field holds that of the collective form."""
    mean = float(law.mass @ law.yuan)
    return float(np.sqrt(law.mass @ (law.yuan - mean) ** 2))


@pytest.mark.parametrize("form", ["collective", "individual"])
@pytest.mark.parametrize("shock", [0.08, 0.0])
def test_one_plan_and_twice_another(inputs, form, shock):
    changed = apply(inputs, Changes({"hospital_shock_cv": shock}))
    scheme = scheme_of(changed)
    drawn = {
        "totals": simulate_totals(changed, years=TOTALS_YEARS, seed=4, form=form),
        "claims": simulate_years(changed, years=CLAIMS_YEARS, seed=4, form=form).paid_fen,
    }
    for pair in PAIRS:
        law = _law(scheme, pair, form)
        for way, fen in drawn.items():
            sample = Sample.of_fen(fen[:, pair[0]] + 2 * fen[:, pair[1]])
            levels = (0.5, 0.9, 0.95) if way == "claims" else (0.5, 0.9, 0.99, 0.995)
            for level in levels:
                found, told = sample.quantile(level), (way, pair, level)
                far = abs(found.value - law.quantile(level))
                assert far < 4.0 * found.error + law.step, told
                tail = sample.tail_mean(level)
                assert abs(tail.value - law.tail_mean(level)) < 4.0 * tail.error, told
            assert abs(sample.mean().value - law.mean) < 4.0 * sample.mean().error, (way, pair)
            assert abs(sample.sd().value - _sd(law)) < 4.0 * sample.sd().error, (way, pair)
