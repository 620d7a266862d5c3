"""Years drawn in totals against the exact laws: plans, total, pairs of plans, both forms."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.test_simulate import compare
from workbench.engine.events import scheme_of
from workbench.engine.individual_law import individual_transform
from workbench.engine.inversion import annual_law
from workbench.engine.stages import measures_of, year_laws
from workbench.engine.totals_tables import totals_tables
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.risk import Sample
from workbench.simulate import simulate_totals, totals_run

YEARS = 400_000


@pytest.fixture(scope="module")
def fen(inputs):
    return simulate_totals(inputs, years=YEARS, seed=20261124)


def test_every_figure_agrees_with_the_exact_year(inputs, exact, fen):
    run = totals_run(inputs, fen)
    assert compare(exact, run, YEARS) == []
    assert run.total.beneficiaries.value == pytest.approx(exact.total.beneficiaries.value, rel=1e-9)
    for pair, known in exact.correlations.items():
        found = run.correlations[pair]
        assert abs(found.value - known.value) < 4.0 * found.error, pair


@pytest.mark.parametrize("pair", [(0, 1), (2, 3), (0, 4), (1, 4), (0, 2)])
def test_the_law_of_one_plan_and_twice_another(inputs, fen, pair):
    """S1 + 2·S2, tails too: the dependence of two plans is that of the exact law."""
    weights = np.zeros(5)
    weights[list(pair)] = 1.0, 2.0
    law = annual_law(measures_of(scheme_of(inputs), weights))
    sample = Sample.of_fen(fen[:, pair[0]] + 2 * fen[:, pair[1]])
    for level in (0.5, 0.9, 0.99, 0.995):
        found = sample.quantile(level)
        assert abs(found.value - law.quantile(level)) < 4.0 * found.error + law.step, level
        tail = sample.tail_mean(level)
        assert abs(tail.value - law.tail_mean(level)) < 4.0 * tail.error, level
    assert abs(sample.sd().value - law.sd) < 4.0 * sample.sd().error


def test_individual_form(inputs):
    run = totals_run(inputs, simulate_totals(inputs, years=200_000, seed=5, form="individual"))
    assert compare(exact_run(inputs, form="individual"), run, 200_000) == []
    weights = np.array([1.0, 2.0, 0.0, 0.0, 0.0])
    scheme = scheme_of(inputs)
    law = annual_law(measures_of(scheme, weights), transform=individual_transform(scheme, weights))
    fen = simulate_totals(inputs, years=200_000, seed=5, form="individual")
    found = Sample.of_fen(fen[:, 0] + 2 * fen[:, 1]).quantile(0.99)
    assert abs(found.value - law.quantile(0.99)) < 4.0 * found.error


def test_without_a_shock(inputs):
    calm = dataclasses.replace(
        inputs, assumptions=inputs.assumptions.changed({"hospital_shock_cv": 0.0})
    )
    run = totals_run(calm, simulate_totals(calm, years=100_000, seed=8))
    assert compare(exact_run(calm), run, 100_000) == []


def test_a_year_is_the_same_whatever_is_drawn_with_it(inputs, fen):
    assert np.array_equal(simulate_totals(inputs, years=1_001, seed=20261124), fen[:1_001])
    with ThreadPoolExecutor(2) as pool:
        other = simulate_totals(
            inputs, years=5_003, seed=20261124, mapper=pool.map, chunk_years=777
        )
    assert np.array_equal(other, fen[:5_003])
    assert not np.array_equal(simulate_totals(inputs, years=1_001, seed=1), fen[:1_001])


def test_a_new_plan_moves_no_other_draw(inputs):
    sixth = dataclasses.replace(inputs.plan("P5"), code="P6", daily_yuan=50.0)
    rows = tuple(
        dataclasses.replace(row, plans=(*row.plans, "P6")) if row.plans == ("P3",) else row
        for row in inputs.rows
    )
    more = dataclasses.replace(inputs, plans=(*inputs.plans, sixth), rows=rows)
    before, after = (simulate_totals(pack, years=1_000, seed=4) for pack in (inputs, more))
    assert np.array_equal(before, after[:, :5])


def test_tables_keep_the_means_to_a_fen(inputs):
    tables, laws = totals_tables(inputs), year_laws(inputs)
    for plan, law in zip(tables.plans, laws.laws, strict=False):
        mean = (plan.rest_fen.mean() + plan.shift_fen.mean()) / 100.0
        near = law.sd * 2e-5 if law.continuous or plan.shocked else law.step * 0.05
        assert mean == pytest.approx(law.mean, abs=near)


def test_years_and_seed_are_checked(inputs):
    for years, seed in ((1, 1), (10**12, 1), (10, -1)):
        with pytest.raises(InputRefused):
            simulate_totals(inputs, years=years, seed=seed)
