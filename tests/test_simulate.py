"""The drawn year: bits, independence of the way of drawing, agreement with the exact year."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.stats import binomtest, norm

from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.risk import LEVELS
from workbench.simulate import simulate_run, simulate_years

PLANS = ("P1", "P2", "P3", "P4", "P5")
ERRORS = 4.0


LEAST_TAIL_YEARS = 40
"""A quantile, tail mean or chance with fewer years beyond it has no reliable standard error."""


def compare(exact, simulated, years, errors=ERRORS):
    """Return the figures in which an exact and a simulated run differ by more than `errors`."""
    apart = []
    levels = [level for level in LEVELS if years * (1.0 - level) >= LEAST_TAIL_YEARS]
    pairs = [(code, exact.plans[code], simulated.plans[code]) for code in exact.plans]
    for code, one, other in [*pairs, ("total", exact.total, simulated.total)]:
        figures = [
            ("mean", one.mean_yuan, other.mean_yuan),
            ("sd", one.sd_yuan, other.sd_yuan),
            ("beneficiaries", one.beneficiaries, other.beneficiaries),
        ]
        chance = one.deficit_probability.value
        if years * min(chance, 1.0 - chance) >= LEAST_TAIL_YEARS or chance < 1e-9:
            figures.append(("deficit", one.deficit_probability, other.deficit_probability))
        else:
            # Too few years for a standard error: the number of them against its binomial law.
            hits = round(other.deficit_probability.value * years)
            if binomtest(hits, years, min(max(chance, 0.0), 1.0)).pvalue < 2.0 * norm.sf(errors):
                apart.append((code, "deficit", one.deficit_probability, other.deficit_probability))
        figures += [(f"q{p}", one.quantiles[p], other.quantiles[p]) for p in levels]
        figures += [(f"t{p}", one.tail_means[p], other.tail_means[p]) for p in levels]
        for name, known, drawn in figures:
            if abs(known.value - drawn.value) > errors * drawn.error + known.error + 1e-9:
                apart.append((code, name, known, drawn))
    return apart


@pytest.fixture(scope="module")
def drawn(inputs):
    return simulate_years(inputs, years=9_600, seed=20261124)


def test_every_figure_agrees_with_the_exact_year(inputs, exact, drawn):
    simulated = simulate_run(inputs, drawn)
    assert compare(exact, simulated, 9_600) == []
    persons = simulated.persons_paid
    assert abs(persons.value - exact.persons_paid.value) < ERRORS * persons.error
    for pair, known in exact.correlations.items():
        found = simulated.correlations[pair]
        assert abs(found.value - known.value) < ERRORS * found.error, pair


def test_individual_form_agrees_with_its_exact_law(inputs):
    simulated = simulate_run(inputs, simulate_years(inputs, years=1_600, seed=7, form="individual"))
    assert compare(exact_run(inputs, form="individual"), simulated, 1_600) == []


def test_the_comparison_can_fail(inputs, exact, drawn):
    moved = dataclasses.replace(drawn, paid_fen=drawn.paid_fen + drawn.paid_fen // 50)
    assert compare(exact, simulate_run(inputs, moved), 9_600)


@pytest.mark.parametrize("form", ["collective", "individual"])
def test_threads_and_chunks_change_no_fen(inputs, form):
    one = simulate_years(inputs, years=300, seed=1, form=form)
    with ThreadPoolExecutor(2) as pool:
        other = simulate_years(
            inputs, years=300, seed=1, form=form, mapper=pool.map, chunk_blocks=2
        )
    assert np.array_equal(one.paid_fen, other.paid_fen)
    assert np.array_equal(one.beneficiaries, other.beneficiaries)
    assert np.array_equal(one.persons_paid, other.persons_paid)


def test_more_years_leave_the_first_years_alone(inputs, drawn):
    few = simulate_years(inputs, years=100, seed=20261124)
    assert np.array_equal(few.paid_fen, drawn.paid_fen[:100])
    other = simulate_years(inputs, years=100, seed=20261125)
    assert not np.any(np.all(few.paid_fen == other.paid_fen, axis=1))


def test_a_new_bundle_moves_no_draw_of_plans_it_lacks(inputs):
    """Common random numbers: new members with P2, P3 and P5 leave every claim of P1 and P4."""
    new = dataclasses.replace(inputs.rows[0], plans=("P2", "P3", "P5"), women=100, men=100)
    more = dataclasses.replace(inputs, rows=(*inputs.rows, new))
    before, after = (simulate_years(pack, years=128, seed=4) for pack in (inputs, more))
    kept = [inputs.plan_codes.index(code) for code in ("P1", "P4")]
    assert np.array_equal(before.paid_fen[:, kept], after.paid_fen[:, kept])
    added = inputs.plan_codes.index("P2")
    assert not np.array_equal(before.paid_fen[:, added], after.paid_fen[:, added])


def test_a_new_plan_moves_no_other_draw(inputs):
    """A sixth plan, held by members of an old bundle: every old plan pays the same fen."""
    sixth = dataclasses.replace(inputs.plan("P5"), code="P6", daily_yuan=50.0)
    rows = tuple(
        dataclasses.replace(row, plans=(*row.plans, "P6")) if row.plans == ("P3",) else row
        for row in inputs.rows
    )
    more = dataclasses.replace(inputs, plans=(*inputs.plans, sixth), rows=rows)
    before, after = (simulate_years(pack, years=128, seed=4) for pack in (inputs, more))
    assert np.array_equal(before.paid_fen, after.paid_fen[:, :5])
    assert after.paid_fen[:, 5].sum() > 0


def test_a_premium_changes_no_claim(inputs):
    plans = tuple(dataclasses.replace(plan, premium_yuan=60.0) for plan in inputs.plans)
    cheaper = dataclasses.replace(inputs, plans=plans)
    one, other = (simulate_years(pack, years=64, seed=2) for pack in (inputs, cheaper))
    assert np.array_equal(one.paid_fen, other.paid_fen)


def test_without_a_shock_counts_are_poisson(inputs):
    calm = dataclasses.replace(
        inputs, assumptions=inputs.assumptions.changed({"hospital_shock_cv": 0.0})
    )
    drawn = simulate_years(calm, years=3_200, seed=9)
    count = drawn.beneficiaries[:, 0]
    assert count.var() / count.mean() == pytest.approx(1.0, abs=4 * np.sqrt(2 / len(count)))
    assert compare(exact_run(calm), simulate_run(calm, drawn), 3_200) == []


@pytest.mark.parametrize(
    ("years", "seed", "code"),
    [
        (10**12, 1, "value-out-of-range"),
        (1, 1, "value-out-of-range"),
        ("many", 1, "not-a-whole-number"),
        (100, -1, "value-out-of-range"),
        (100, "one", "not-a-whole-number"),
        (100, 2**63, "value-out-of-range"),
    ],
)
def test_years_and_seeds_out_of_range_are_refused(inputs, years, seed, code):
    with pytest.raises(InputRefused) as refused:
        simulate_years(inputs, years=years, seed=seed)
    assert refused.value.faults[0].code == code


def test_members_out_of_one_event_a_year_at_most(inputs):
    """Individual form: no more persons with an illness than members."""
    rows = (dataclasses.replace(inputs.rows[0], women=0, men=5),)
    sick = inputs.assumptions.changed({"hospital_claimant_rate": 0.3})
    few = dataclasses.replace(inputs, rows=rows, assumptions=sick)
    drawn = simulate_years(few, years=3_200, seed=3, form="individual")
    assert drawn.persons_paid.max() <= 5
