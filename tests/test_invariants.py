"""Invariants of the drawn year: what a draw depends on, and what changes no claim.

Numbers in the docstrings are those of the table in docs/validation.md, section "Invariants". The
helpers at the top serve the other files of invariants too.
"""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.changes import allowed_names, apply, parse_set
from workbench.engine.stages import LEVEL_NAMES, year_laws
from workbench.exact import exact_run
from workbench.pack import read_pack
from workbench.simulate import simulate_run, simulate_totals, simulate_years
from workbench.streams import BLOCK_YEARS
from workbench.timeline import AGE_BANDS

TODAY = read_pack(None)
PLANS = TODAY.plan_codes
VILLAGE = dataclasses.replace(
    TODAY,
    rows=tuple(
        dataclasses.replace(row, women=row.women // 20, men=row.men // 20) for row in TODAY.rows
    ),
)
"""The built-in pack with a twentieth of its members."""

ONE_COST = tuple(f"stay_cost_relativity.{band}=1" for band in AGE_BANDS)
"""One law of cost for all ages, so that a scheme is made ready in a hundredth of a second."""

RANGES = {
    "hospital_claimant_rate": (0.05, 0.09),
    "hospital_claimant_rate_scale": (0.9, 2.0),
    "illness_extra_stays_mean": (0.1, 0.4),
    "in_scope_share": (0.88, 0.95),
    "basic_deductible_yuan": (200, 800),
    "basic_coinsurance": (0.05, 0.15),
    "stay_cost_days_correlation": (0.0, 0.8),
    "stay_cost_mean_yuan": (6_000, 10_500),
    "stay_cost_cv": (1.1, 1.8),
    "illness_days_mean": (7, 9),
    "injury_days_cv": (0.7, 1.5),
    "critical_illness_factor": (0.7, 1.0),
    "disabilities_per_death": (1, 3),
    "first_term_share": (0.05, 0.4),
    "hospital_shock_cv": (0.0, 0.15),
    "frequency_trend_per_year": (0.0, 0.04),
    "years_from_base_to_rating": (0, 8),
    "plans.P1.first_stay_share": (0.2, 1.0),
    "plans.P1.later_stay_share": (0.0, 1.0),
    "plans.P1.deductible_yuan": (0, 2_000),
    "plans.P1.annual_cap_yuan": (500, 40_000),
    "plans.P1.waiting_none_until_day": (0, 180),
    "plans.P2.elimination_days": (0, 8),
    "plans.P2.daily_yuan": (20, 140),
    "plans.P2.max_days_per_year": (20, 180),
    "plans.P2.annual_cap_yuan": (500, 9_000),
    "plans.P2.waiting_none_until_day": (0, 180),
    "plans.P3.lump_sum_yuan": (4_000, 40_000),
    "plans.P3.waiting_none_until_day": (0, 60),
    "plans.P3.waiting_partial_until_day": (60, 200),
    "plans.P4.partial_lump_yuan": (0, 9_500),
    "plans.P5.daily_yuan": (10, 100),
    "plans.P5.elimination_days": (0, 8),
    "plans.P5.disability_max_yuan": (5_000, 90_000),
}
"""Names of `--set` that are drawn, with a range inside the one that is allowed."""

WHOLE = ("elimination_days", "until_day", "max_days_per_year")
SEEDS = st.integers(0, 2**63 - 1)
FORMS = st.sampled_from(["collective", "individual"])
FEW = settings(max_examples=max(4, settings.default.max_examples * 3 // 10))
"""Three tenths of the examples of the profile, where an example is dear."""


def option(name, eighths):
    """One `--set` text: the value so many eighths into the range of the name."""
    low, high = RANGES[name]
    value = low + (high - low) * eighths / 8
    return f"{name}={round(value)}" if name.endswith(WHOLE) else f"{name}={value}"


def vectors(without=(), most=4):
    """Strategy of `--set` texts of a few names, none of them in `without`."""
    names = st.sampled_from([name for name in RANGES if name not in without])
    drawn = st.dictionaries(names, st.integers(0, 8), max_size=most)
    return drawn.map(lambda values: tuple(option(*entry) for entry in values.items()))


def village(*texts):
    """The village with the given `--set` texts, by the public path."""
    return apply(VILLAGE, parse_set((*ONE_COST, *texts)))


def same(one, other, years=None):
    """Whether two drawn runs, or the first years of them, agree in every number."""
    return all(
        np.array_equal(getattr(one, name)[:years], getattr(other, name)[:years])
        for name in ("paid_fen", "beneficiaries", "persons_paid")
    )


def holders(pack, keep):
    """The pack in which a member holds, of his plans, only those in `keep`."""
    rows = [
        dataclasses.replace(row, plans=tuple(code for code in row.plans if code in keep))
        for row in pack.rows
    ]
    return dataclasses.replace(pack, rows=tuple(row for row in rows if row.plans))


def backwards(function, parts):
    """Run the last chunk first."""
    return [function(part) for part in list(parts)[::-1]][::-1]


@FEW
@given(vectors(), SEEDS, FORMS, st.integers(2, 192), st.integers(1, 4))
def test_a_year_depends_on_its_seed_and_number_alone(texts, seed, form, years, chunk):
    """1, 2, 3: the same bytes again, whatever the number of years and the way of drawing."""
    whole = simulate_years(village(*texts), years=192, seed=seed, form=form)
    part = simulate_years(
        village(*texts), years=years, seed=seed, form=form, mapper=backwards, chunk_blocks=chunk
    )
    assert len(part.persons_paid) == years
    assert same(whole, part, years)


@FEW
@given(vectors(), SEEDS, FORMS, st.integers(1, 2))
def test_a_block_of_years_can_be_drawn_again_alone(texts, seed, form, block):
    """5: the years from a later block on, drawn by themselves, are those of the run."""
    pack, first = village(*texts), block * BLOCK_YEARS
    whole = simulate_years(pack, years=192, seed=seed, form=form)
    alone = simulate_years(pack, years=192, seed=seed, form=form, first=first)
    assert np.array_equal(alone.paid_fen, whole.paid_fen[first:])
    assert np.array_equal(alone.beneficiaries, whole.beneficiaries[first:])


@given(SEEDS, st.integers(0, 5_000), st.integers(2, 40), st.integers(1, 30))
def test_years_in_totals_can_be_drawn_in_any_pieces(seed, first, number, chunk):
    """1, 2, 3, 5 for years drawn in totals."""
    pack, years = village(), first + number
    alone = simulate_totals(pack, years=years, seed=seed, first=first)
    whole = simulate_totals(
        pack, years=years, seed=seed, mapper=backwards, chunk_years=chunk + first // 3
    )
    assert np.array_equal(whole[first:], alone)


@FEW
@given(vectors(), SEEDS, FORMS, st.permutations(range(5)))
def test_the_order_of_the_plans_has_no_effect(texts, seed, form, order):
    """3: another order of plans.csv gives every plan the same fen and the same law."""
    pack = village(*texts)
    mixed = dataclasses.replace(pack, plans=tuple(pack.plans[place] for place in order))
    one, other = (simulate_years(p, years=64, seed=seed, form=form) for p in (pack, mixed))
    assert np.array_equal(one.paid_fen[:, order], other.paid_fen)
    assert np.array_equal(one.persons_paid, other.persons_paid)


@pytest.mark.parametrize("order", [(4, 0, 1, 3, 2), (1, 0, 4, 2, 3)])
def test_the_order_of_the_plans_leaves_the_totals(order):
    """3: the same for years drawn in totals, where plans are tied to each other."""
    mixed = dataclasses.replace(village(), plans=tuple(village().plans[k] for k in order))
    one, other = (simulate_totals(pack, years=640, seed=3) for pack in (village(), mixed))
    assert np.array_equal(one[:, order], other)


@FEW
@given(vectors(), st.permutations(range(5)))
def test_the_order_of_the_plans_leaves_the_laws(texts, order):
    """3, computed."""
    pack = village(*texts)
    mixed = dataclasses.replace(pack, plans=tuple(pack.plans[place] for place in order))
    one, other = year_laws(pack), year_laws(mixed)
    for place, law in zip([*order, 5], other.laws, strict=True):
        assert law.quantile(0.995) == pytest.approx(one.laws[place].quantile(0.995), rel=1e-9)
        assert law.sd == pytest.approx(one.laws[place].sd, rel=1e-9)


@FEW
@given(vectors(), st.sampled_from(PLANS))
def test_a_plan_alone_has_the_law_it_has_among_others(texts, code):
    """4, computed: what else its members hold changes nothing for a plan."""
    pack, place = village(*texts), PLANS.index(code)
    among, alone = (year_laws(p) for p in (pack, holders(pack, {code})))
    one, other = among.laws[place], alone.laws[place]
    assert other.mean == pytest.approx(one.mean, rel=1e-9)
    assert other.sd == pytest.approx(one.sd, rel=1e-9)
    assert alone.beneficiaries[place] == pytest.approx(among.beneficiaries[place], rel=1e-9)
    for level in (0.5, 0.95, 0.995):
        assert other.quantile(level) == pytest.approx(one.quantile(level), rel=1e-8)


@pytest.mark.parametrize(
    ("dropped", "kept"),
    [("P1", "P3 P4"), ("P2", "P3 P4"), ("P3", "P1 P2 P5"), ("P4", "P1 P2 P5"), ("P5", "P3 P4")],
)
@FEW
@given(vectors(), SEEDS)
def test_a_plan_dropped_moves_no_draw_of_plans_it_shares_no_event_with(dropped, kept, texts, seed):
    """4, drawn: an event is drawn by what its claimant holds of the plans that it can pay."""
    pack = village(*texts)
    fewer = holders(pack, set(PLANS) - {dropped})
    one, other = (simulate_years(p, years=64, seed=seed) for p in (pack, fewer))
    places = [PLANS.index(code) for code in kept.split()]
    assert np.array_equal(one.paid_fen[:, places], other.paid_fen[:, places])
    assert not other.paid_fen[:, PLANS.index(dropped)].any()


@FEW
@given(vectors(), SEEDS, FORMS, st.integers(1, 1_000))
def test_a_new_seed_gives_other_years_of_the_same_law(texts, seed, form, further):
    """6: other bytes; both means within 4.5 standard errors of the exact one of either form."""
    pack = village(*texts)
    exact = year_laws(pack)
    expected = np.array([law.mean for law in exact.laws[:-1]])
    spread = np.array([law.sd for law in exact.laws[:-1]])
    seeds = seed, (seed + further) % 2**63
    runs = [simulate_years(pack, years=256, seed=one, form=form) for one in seeds]
    assert not np.any(np.all(runs[0].paid_fen == runs[1].paid_fen, axis=1))
    for run in runs:
        z = (run.paid_fen.mean(axis=0) / 100.0 - expected) / (spread / np.sqrt(256))
        assert np.all(np.abs(z) < 4.5)


# --- what changes no claim ------------------------------------------------------------------

PRICES = [f"plans.{code}.premium_yuan" for code in PLANS] + [
    name
    for name, belief in TODAY.assumptions.beliefs.items()
    if belief.file == "economics.csv" and name not in LEVEL_NAMES
]
ALLOWED = {entry.name: entry for entry in allowed_names(TODAY)}


def priced(values):
    """`--set` texts of prices, expenses and interest, so many eighths into their ranges."""
    ends = {name: (ALLOWED[name].low, min(ALLOWED[name].high, 1e8)) for name in values}
    return tuple(
        f"{name}={low + (high - low) * values[name] / 8}" for name, (low, high) in ends.items()
    )


@FEW
@given(vectors(), st.dictionaries(st.sampled_from(PRICES), st.integers(0, 8), min_size=1), SEEDS)
def test_prices_expenses_and_interest_change_no_claim(texts, prices, seed):
    """16, 17: drawn, drawn in totals and computed."""
    pack, dearer = village(*texts), village(*texts, *priced(prices))
    one, other = (simulate_years(p, years=64, seed=seed) for p in (pack, dearer))
    assert same(one, other)
    runs = [exact_run(p) for p in (pack, dearer)]
    for code in PLANS:
        assert runs[0].plans[code].quantiles == runs[1].plans[code].quantiles
        assert runs[0].plans[code].beneficiaries == runs[1].plans[code].beneficiaries
    totals = [simulate_totals(village(*t), years=64, seed=seed) for t in ((), priced(prices))]
    assert np.array_equal(*totals)


NEUTRAL = (
    "stay_cost_scale=1",
    "hospital_claimant_rate_scale=1",
    "participation_scale=1",
    "base_enrolment_ratio=1",
    "frequency_trend_per_year=0.03",
    "cost_trend_per_year=0.05",
    "special_disease_men_relativity=0",
)
"""Changes that change nothing: scales of one, trends over no years."""


@FEW
@given(st.sets(st.sampled_from(NEUTRAL)), SEEDS)
def test_an_empty_shock_is_the_base(texts, seed):
    """21: bit for bit, drawn and computed."""
    base, stressed = village(), village(*sorted(texts))
    one, other = (simulate_years(pack, years=64, seed=seed) for pack in (base, stressed))
    assert same(one, other)
    assert exact_run(base) == exact_run(stressed)
    assert simulate_run(base, one) == simulate_run(stressed, other)
    assert np.array_equal(*(simulate_totals(p, years=64, seed=seed) for p in (base, stressed)))
