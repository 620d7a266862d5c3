"""Invariants of sums, measures and laws, and the hand cases of rounding.

Numbers as in docs/validation.md, "Invariants".
"""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare, ks_2samp, poisson

from tests.test_invariants import FEW, PLANS, SEEDS, VILLAGE, holders, vectors, village
from workbench.engine.claims import draw_theta_lanes
from workbench.engine.events import scheme_of
from workbench.engine.inversion import annual_law
from workbench.engine.stages import measures_of, year_laws
from workbench.engine.tables import poisson_table, shock_table
from workbench.exact import exact_run
from workbench.laws.shocks import GammaRegimes
from workbench.laws.terms import BasicCover, MedicalPayment, to_fen
from workbench.risk import LEVELS, Sample
from workbench.simulate import simulate_run, simulate_years
from workbench.streams import meaning_key, words

MOST_Z = 4.5
LEVEL = st.floats(0.01, 0.999)
FEN = st.lists(st.integers(0, 10**7), min_size=1, max_size=60).map(np.array)
TIED = st.lists(st.integers(0, 5), min_size=1, max_size=60).map(lambda v: 1000 * np.array(v))
YEARS = FEN | TIED
"""Fen of drawn years: smooth ones, and lumpy ones with many ties."""


# --- sums -----------------------------------------------------------------------------------


@FEW
@given(vectors(), SEEDS)
def test_plans_add_up_to_the_total(texts, seed):
    """23, 24: drawn to the fen, and the means, drawn and computed."""
    pack = village(*texts)
    drawn = simulate_years(pack, years=128, seed=seed)
    run, exact = simulate_run(pack, drawn), exact_run(pack)
    fund = drawn.paid_fen.sum(axis=1)
    assert run.total.quantiles[0.75].value * 100 == pytest.approx(np.sort(fund)[95], abs=0.01)
    means = sum(run.plans[code].mean_yuan.value for code in PLANS)
    assert run.total.mean_yuan.value == pytest.approx(means, rel=1e-12)
    figures = [exact.plans[code].mean_yuan for code in PLANS]
    allowed = sum(figure.error for figure in figures)
    assert exact.total.mean_yuan.value == pytest.approx(sum(f.value for f in figures), abs=allowed)
    assert exact.total.beneficiaries.value == pytest.approx(
        sum(exact.plans[code].beneficiaries.value for code in PLANS), rel=1e-12
    )


@FEW
@given(vectors(), st.sampled_from(PLANS), st.floats(1, 400), st.floats(1.01, 3))
def test_a_higher_premium_lowers_the_loss_ratio(texts, code, premium, factor):
    """38: paid over earned, strictly falling; deficits no likelier."""
    one, other = (
        exact_run(village(*texts, f"plans.{code}.premium_yuan={yuan}")).plans[code]
        for yuan in (premium, premium * factor)
    )
    earned = premium * one.enrolments
    assert one.loss_ratio.value == pytest.approx(one.mean_yuan.value / earned, rel=1e-12)
    assert other.loss_ratio.value < one.loss_ratio.value
    slack = one.deficit_probability.error + other.deficit_probability.error
    assert other.deficit_probability.value <= one.deficit_probability.value + slack
    assert other.expected_shortfall_yuan.value <= one.expected_shortfall_yuan.value + 1.0


# --- measures of a sample -------------------------------------------------------------------


@given(YEARS, LEVEL, LEVEL)
def test_measures_of_a_sample_are_in_order(fen, first, second):
    """26, 27: VaR <= TVaR <= largest, both rise with the level, VaR >= median from 0.5 on."""
    sample, (low, high) = Sample.of_fen(fen), sorted((first, second))
    var, tail = (lambda p: sample.quantile(p).value), (lambda p: sample.tail_mean(p).value)
    slack = 1e-9 * fen.max() + 1e-9
    assert var(low) <= var(high)
    assert tail(low) <= tail(high) + slack
    assert var(high) <= tail(high) + slack
    assert tail(high) <= fen.max() / 100 + slack
    assert var(max(high, 0.5)) >= np.sort(fen)[(len(fen) - 1) // 2] / 100


@given(YEARS, LEVEL, st.integers(0, 10**8), st.integers(1, 50))
def test_measures_move_with_the_amounts(fen, level, more, factor):
    """28: translation and scale."""
    base, shifted, scaled = (Sample.of_fen(x) for x in (fen, fen + more, fen * factor))
    for measure in ("quantile", "tail_mean"):
        value = getattr(base, measure)(level).value
        assert getattr(shifted, measure)(level).value == pytest.approx(value + more / 100)
        assert getattr(scaled, measure)(level).value == pytest.approx(value * factor)
    assert shifted.sd().value == pytest.approx(base.sd().value, rel=1e-6, abs=1e-6)


PAIRS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=50)


@given(PAIRS.map(np.array), LEVEL)
def test_tail_means_of_a_sum_are_no_more_than_their_sum(pairs, level):
    """29: the tail mean is subadditive."""
    one, other, both = (
        Sample.of_fen(x).tail_mean(level).value for x in (*pairs.T, pairs.sum(axis=1))
    )
    assert both <= one + other + 1e-9 * (1 + one + other)


@given(YEARS, st.integers(1, 99).map(lambda hundredths: hundredths / 100))
def test_a_quantile_parts_the_years(fen, level):
    """30: the share of years at or below it is at least the level, that below it at most."""
    value = Sample.of_fen(fen).quantile(level).value
    assert np.mean(fen / 100 <= value) >= level - 1e-12
    assert np.mean(fen / 100 < value) <= level + 1e-12


@FEW
@given(vectors(), st.sampled_from([0.5, 2.0, 3.0]))
def test_measures_of_the_exact_laws(texts, factor):
    """26 to 30, computed: order, scale, parting; the total's tail mean is below the sum."""
    pack = village(*texts)
    laws = year_laws(pack).laws
    for law in laws:
        values = [law.quantile(p) for p in (0.5, *LEVELS)]
        tails = [law.tail_mean(p) for p in (0.5, *LEVELS)]
        assert values == sorted(values)
        assert tails == sorted(tails)
        assert all(var < tail <= law.yuan[-1] for var, tail in zip(values, tails, strict=True))
        for p, value in zip((0.5, *LEVELS), values, strict=True):
            assert law.cdf(value) >= p - 1e-9
            assert law.cdf(value - law.step) < p
    for p in LEVELS:
        assert laws[-1].tail_mean(p) <= sum(law.tail_mean(p) for law in laws[:-1]) * (1 + 1e-9)
    times = annual_law(measures_of(scheme_of(pack), factor * np.ones(5)))
    assert times.quantile(0.99) == pytest.approx(factor * laws[-1].quantile(0.99), rel=1e-6)


# --- laws -----------------------------------------------------------------------------------


def hamlet(*parts, texts=()):
    """Holders of P1 and P2 of one age, so many in each part, a part with a name of its own."""
    mix = np.zeros_like(VILLAGE.mix)
    mix[:, 6] = 1
    row = dataclasses.replace(VILLAGE.rows[1], women=0, men=0)
    segments = tuple(
        dataclasses.replace(VILLAGE.segments[0], name=f"part{number}")
        for number in range(len(parts))
    )
    rows = tuple(
        dataclasses.replace(row, men=men, segment=segment.name)
        for men, segment in zip(parts, segments, strict=True)
    )
    pack = dataclasses.replace(VILLAGE, mix=mix, rows=rows, segments=segments)
    return dataclasses.replace(pack, assumptions=village(*texts).assumptions)


@FEW
@given(vectors(without=["first_term_share"]), st.integers(1, 9), SEEDS)
def test_a_cell_split_in_two_keeps_the_law(texts, part, seed):
    """34: computed, and drawn (Kolmogorov-Smirnov, z), under one shock for both parts."""
    whole, split = hamlet(400, texts=texts), hamlet(40 * part, 400 - 40 * part, texts=texts)
    for one, other in zip(year_laws(whole).laws, year_laws(split).laws, strict=True):
        assert other.mean == pytest.approx(one.mean, rel=1e-9)
        assert other.quantile(0.99) == pytest.approx(one.quantile(0.99), rel=1e-7)
    drawn = [simulate_years(whole, years=512, seed=seed).paid_fen.sum(axis=1)]
    drawn.append(simulate_years(split, years=512, seed=seed ^ 1).paid_fen.sum(axis=1))
    assert ks_2samp(*drawn).pvalue > 1e-5
    error = np.sqrt((drawn[0].var() + drawn[1].var()) / 512)
    assert abs(drawn[0].mean() - drawn[1].mean()) < MOST_Z * error


def test_two_shocks_would_not_keep_the_law():
    """34 is false where each half has a shock of its own: the variance is smaller."""
    law = year_laws(hamlet(4_000, texts=["hospital_shock_cv=0.15"])).laws[-1]
    half = year_laws(hamlet(2_000, texts=["hospital_shock_cv=0.15"])).laws[-1]
    assert 2 * half.mean == pytest.approx(law.mean, rel=1e-9)
    assert 2 * half.sd**2 < 0.95 * law.sd**2


@FEW
@given(vectors(without=["hospital_shock_cv"]), SEEDS)
def test_without_a_shock_plans_that_share_no_event_are_uncorrelated(texts, seed):
    """35, first half: drawn |r|·√n < 4.5, computed 0; holders of both plans among the members."""
    pack = village(*texts, "hospital_shock_cv=0")
    fen = simulate_years(pack, years=512, seed=seed).paid_fen
    table, covariance = np.corrcoef(fen.T), year_laws(pack).covariance
    for one, other in ((0, 2), (0, 3), (1, 2), (1, 3), (2, 4), (3, 4)):
        assert covariance[one, other] == 0.0
        assert abs(table[one, other]) * np.sqrt(512) < MOST_Z


@FEW
@given(vectors(without=["hospital_shock_cv"]), SEEDS, st.floats(0.05, 0.15))
def test_variance_is_within_plus_between(texts, seed, cv):
    """35, second half: given the shock P1 pays shock times illness and a rest without it."""
    pack = holders(village(*texts, f"hospital_shock_cv={cv}"), {"P1"})
    fen = simulate_years(pack, years=512, seed=seed).paid_fen[:, 0] / 100
    measures = measures_of(scheme_of(pack), np.eye(5)[0])
    illness = measures.illness.moment(1)
    theta = shock_table(GammaRegimes(cv=cv)).theta[draw_theta_lanes(seed, range(8))]
    rest = fen - measures.mean - (theta - 1) * illness
    within = measures.variance - (cv * illness) ** 2
    assert abs(rest.mean()) < MOST_Z * np.sqrt(within / 512)
    assert abs(np.corrcoef(rest, theta)[0, 1]) * np.sqrt(512) < MOST_Z
    for part, variance in ((rest, within), (fen - measures.mean, measures.variance)):
        assert abs(np.mean(part**2) - variance) < MOST_Z * (part**2).std() / np.sqrt(512)


@pytest.mark.parametrize("seed", range(3))
def test_draws_follow_their_tables(seed):
    """37: chi-square of counts, of lanes, and of neighbouring lanes against each other."""
    raw = words(seed, meaning_key("a test of tables"), 0).random_raw(1 << 16)
    for mean in (0.4, 6.0, 60.0):
        counts = np.searchsorted(poisson_table(mean), raw, side="right")
        edges = np.unique(poisson.ppf(np.arange(1, 20) / 20, mean).astype(int))
        seen = np.bincount(np.searchsorted(edges, counts), minlength=len(edges) + 1)
        law = np.diff(poisson.cdf([-1, *edges, np.inf], mean))
        assert chisquare(seen, law * len(raw)).pvalue > 1e-4
    lanes = (raw[:, None] >> np.arange(0, 64, 16, dtype=np.uint64)) & np.uint64(0xFFFF)
    place = (lanes >> np.uint64(12)).astype(int)
    for column in place.T:
        assert chisquare(np.bincount(column, minlength=16)).pvalue > 1e-4
    for one, other in ((0, 1), (1, 2), (2, 3), (3, 0)):
        table = np.bincount(16 * place[:, one] + place[:, other], minlength=256)
        assert chi2_contingency(table.reshape(16, 16)).pvalue > 1e-4


# --- rounding by hand -----------------------------------------------------------------------

BASIC = BasicCover(in_scope_share=0.92, deductible_yuan=400.0, coinsurance=0.10)
X, Y = 12_345.67, 3_210.40
"""The two stays of docs/model.md section 10: B = 1,495.80164 and 655.3568 yuan."""

STAYS_BY_HAND = [
    ((X,), {}, 119_664),  # 0.8 B = 1,196.641312, down
    ((Y,), {}, 52_429),  # 0.8 B = 524.28544, up
    ((X, Y), {}, 165_539),  # 1,196.64 + 458.75 (0.7 B = 458.74976): each rounded, then added
    ((Y, X), {}, 157_135),  # 524.29 + 1,047.06 (0.7 B = 1,047.061148)
    ((434.78,), {}, 32_000),  # below D: I = B = 399.9976, 0.8 B = 319.99808, up
    ((X,), {"deductible_yuan": 500.0}, 79_664),  # 0.8 x 995.80164 = 796.641312
    ((X,), {"deductible_yuan": 1_495.797}, 0),  # 0.8 x 0.00464 = 0.003712, down: nothing
    ((X,), {"deductible_yuan": 1_495.792}, 1),  # 0.8 x 0.00964 = 0.007712, up: one fen
    ((X, X, X), {"later_stay_share": 0.1}, 149_580),  # + 149.580164 -> 149.58, twice: 1,495.80
    ((X, X), {"annual_cap_yuan": 1_500.0}, 150_000),  # 1,196.64 + 1,047.06, capped
]
"""Costs of a claimant's stays in order, terms of P1, fen of the year."""

DAYS_BY_HAND = [
    ({"daily_yuan": 33.125}, 29_813),  # 9 days: 298.125, half up
    ({"daily_yuan": 33.125, "elimination_days": 4}, 16_563),  # 5 days: 165.625, half up
    ({"daily_yuan": 60.0, "annual_cap_yuan": 500.124}, 50_012),  # 540 > cap, down
    ({"daily_yuan": 1.0625, "max_days_per_year": 6}, 638),  # 6.375, half up
]
"""Terms of P2, fen of a stay of 9 days."""

NINE = {"mean": 9.0, "cv": 1e-6}


@pytest.mark.parametrize(("costs", "terms", "fen"), STAYS_BY_HAND)
def test_stays_by_hand_to_the_fen(costs, terms, fen):
    """44: each stay rounded half up, then added, then capped (docs/model.md section 5)."""
    plan = dataclasses.replace(VILLAGE.plan("P1"), **terms)
    shares = [plan.first_stay_share, *[plan.later_stay_share] * (len(costs) - 1)]
    paid = [
        int(to_fen(MedicalPayment.of(plan, BASIC, share).amount(np.array(cost))))
        for share, cost in zip(shares, costs, strict=True)
    ]
    assert min(sum(paid), int(to_fen(np.array(plan.annual_cap_yuan)))) == fen


@pytest.mark.parametrize(("terms", "fen"), DAYS_BY_HAND)
def test_days_by_hand_to_the_fen(terms, fen):
    """44: every beneficiary of every drawn year, where each stay lasts 9 days."""
    pack = hamlet(2_000)
    nine = {f"{kind}_days_{name}": v for kind in ("illness", "injury") for name, v in NINE.items()}
    plans = tuple(
        dataclasses.replace(plan, **terms) if plan.code == "P2" else plan for plan in pack.plans
    )
    beliefs = pack.assumptions.changed({**nine, "illness_extra_stays_mean": 0.0})
    drawn = simulate_years(
        dataclasses.replace(pack, plans=plans, assumptions=beliefs), years=64, seed=44
    )
    assert drawn.beneficiaries[:, 1].all()
    assert np.array_equal(drawn.paid_fen[:, 1], fen * drawn.beneficiaries[:, 1])
