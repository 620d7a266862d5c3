"""Invariants of the terms: what a term, a member or a rate may do to the payments.

"None up" holds path by path where a term changes an amount that is looked up by the same random
lane (7, 8); where it changes how many events of a class there are (9, 10), the words of later
claims move too, and the law is asked instead. Numbers as in docs/validation.md, "Invariants".
"""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_invariants import (
    FEW,
    FORMS,
    PLANS,
    RANGES,
    SEEDS,
    VILLAGE,
    option,
    vectors,
    village,
)
from workbench.changes import apply, parse_set
from workbench.engine.events import scheme_of
from workbench.engine.stages import year_laws
from workbench.engine.stay_tables import COST_LANES, FINER, amount_table
from workbench.exact import exact_run
from workbench.laws.terms import MedicalPayment
from workbench.simulate import simulate_totals, simulate_years

LEVELS = (0.05, 0.5, 0.9, 0.99, 0.995)
SOME = settings(max_examples=max(3, settings.default.max_examples // 8))
"""An eighth of the examples, for a test that is repeated for each of several names."""

RAISED = {
    "plans.P1.deductible_yuan": (-1, 0, 2_000),
    "plans.P2.elimination_days": (-1, 0, 10),
    "plans.P5.elimination_days": (-1, 0, 10),
    "plans.P1.first_stay_share": (1, 0.05, 1.0),
    "plans.P1.later_stay_share": (1, 0.05, 1.0),
    "plans.P1.annual_cap_yuan": (1, 200, 6_000),
    "plans.P2.daily_yuan": (1, 10, 200),
    "plans.P2.max_days_per_year": (1, 1, 40),
    "plans.P2.annual_cap_yuan": (1, 200, 3_000),
    "plans.P3.lump_sum_yuan": (1, 1_000, 50_000),
    "plans.P3.partial_lump_yuan": (1, 0, 10_000),
    "plans.P4.lump_sum_yuan": (1, 1_000, 50_000),
    "plans.P5.daily_yuan": (1, 10, 200),
    "plans.P5.max_days_per_year": (1, 1, 60),
    "plans.P5.death_yuan": (1, 1_000, 90_000),
    "plans.P5.disability_max_yuan": (1, 1_000, 90_000),
}
"""Term → what raising it does to each payment of its plan (−1: none up, 1: none down), range."""

STEPS = st.tuples(st.integers(0, 8), st.integers(0, 8)).map(sorted)


def term(name, eighths):
    """A `--set` text inside the range of `RAISED`, whole."""
    _, low, high = RAISED[name]
    value = low + (high - low) * eighths / 8
    return f"{name}={value:.4f}" if "share" in name else f"{name}={round(value)}"


@pytest.mark.parametrize("name", RAISED)
@SOME
@given(texts=vectors(without=RAISED), ends=STEPS, seed=SEEDS, form=FORMS)
def test_a_term_raised_moves_every_year_one_way(name, texts, ends, seed, form):
    """7, 8: year by year, in the plan's fen and beneficiaries; every other plan keeps its fen."""
    one, other = (
        simulate_years(village(*texts, term(name, end)), years=64, seed=seed, form=form)
        for end in ends
    )
    place = PLANS.index(name.split(".")[1])
    sign, _, _ = RAISED[name]
    assert np.all(sign * (other.paid_fen - one.paid_fen)[:, place] >= 0)
    assert np.all(sign * (other.beneficiaries - one.beneficiaries)[:, place] >= 0)
    rest = [number for number in range(5) if number != place]
    assert np.array_equal(one.paid_fen[:, rest], other.paid_fen[:, rest])


def fen_of_lanes(table):
    """Fen of every random lane, shape (lanes, 32): divided lanes hold 32 amounts of their own."""
    fen = np.repeat(table[:COST_LANES, None], FINER, axis=1)
    divided = np.flatnonzero(fen[:, 0] < 0)
    fen[divided] = table[np.arange(FINER) - table[divided, None]]
    return fen


@SOME
@given(st.floats(0, 3_000), st.floats(0, 3_000), st.floats(0.01, 1.0), st.integers(100, 30_000))
def test_every_amount_follows_its_term_and_stays_in_its_bounds(low, more, share, cap):
    """7, 8, 14 for every lane of the sealed table: 0 <= paid <= min(cost, cap), none up.

    But for one lane of 65,536 by less than a yuan under a deductible: docs/validation.md,
    "Invariants".
    """
    scheme = scheme_of(village())
    stay = scheme.stays[0, 0, "illness"]

    def amounts(deductible, share, cap):
        plan = dataclasses.replace(scheme.plans[0], deductible_yuan=deductible)
        return fen_of_lanes(amount_table(stay, MedicalPayment.of(plan, stay.basic, share), cap))

    whole = MedicalPayment(first_knot=0.0, first_slope=1.0, last_knot=0.0, last_slope=1.0)
    cost = fen_of_lanes(amount_table(stay, whole, 1e7))
    paid = amounts(low, share, cap)
    assert paid.min() >= 0
    assert np.all(paid <= np.minimum(100 * cap, share * cost + 1))
    plan = dataclasses.replace(scheme.plans[0], deductible_yuan=low)
    mean = MedicalPayment.of(plan, stay.basic, share).limited_mean(stay.cost, np.array(cap))
    assert paid.mean() == pytest.approx(100 * float(mean), abs=0.02)  # fen; rounding down: 0.5
    for less in (amounts(low, share / 2, cap), amounts(low, share, cap / 2)):
        assert np.all(less <= paid)
    less = amounts(low + more, share, cap)
    assert np.count_nonzero(less > paid) <= FINER
    assert np.all(less <= paid + 100)


CAPS = ("plans.P1.annual_cap_yuan", "plans.P2.annual_cap_yuan")


@FEW
@given(vectors(without=CAPS), st.sampled_from([(100, 100), (100, 5_400), (400, 200)]), SEEDS, FORMS)
def test_payments_stay_in_their_bounds(texts, caps, seed, form):
    """14: whole fen, never below zero; beneficiaries times the most that one of them can get.

    Caps are so low that most single stays reach them, and two stays would pass them.
    """
    pack = village(*texts, *(f"{name}={cap}" for name, cap in zip(CAPS, caps, strict=True)))
    drawn = simulate_years(pack, years=64, seed=seed, form=form)
    plans, paid, count = pack.plans, drawn.paid_fen, drawn.beneficiaries
    assert paid.dtype == count.dtype == np.int64
    most = [*caps, plans[2].lump_sum_yuan, plans[3].lump_sum_yuan]
    accident = plans[4].daily_yuan * plans[4].max_days_per_year + plans[4].disability_max_yuan
    most.append(max(accident, plans[4].death_yuan))
    assert np.all(paid >= count)
    assert np.all(paid <= count * (np.array(most) * 100.0 + 0.5))
    assert np.all(drawn.persons_paid <= count.sum(axis=1))
    assert np.all(drawn.persons_paid >= count.max(axis=1))


@FEW
@given(
    vectors(),
    SEEDS,
    st.sampled_from(["P1", "P1+P2", "P2+P5", "P3+P4", "P1+P3+P5"]),
    st.integers(1, 3_000),
)
def test_members_who_join_lower_no_year(texts, seed, bundle, members):
    """9, path by path: newcomers have streams of their own, or raise counts that are looked up."""
    plans = VILLAGE.plans
    if "P4" in bundle:  # women's plan: newcomers are men and women
        plans = tuple(dataclasses.replace(plan, eligible_sex="MF") for plan in plans)
    open_to_all = dataclasses.replace(village(*texts), plans=plans)
    newcomers = [f"segment:newcomers.members={members}", f"segment:newcomers.bundle={bundle}"]
    joined = apply(open_to_all, parse_set(newcomers))
    one, other = (simulate_years(pack, years=64, seed=seed) for pack in (open_to_all, joined))
    assert np.all(other.paid_fen >= one.paid_fen)
    assert np.all(other.beneficiaries >= one.beneficiaries)
    untouched = [place for place, code in enumerate(PLANS) if code not in bundle]
    assert np.array_equal(other.paid_fen[:, untouched], one.paid_fen[:, untouched])


def falls(one, other, places, strictly=True):
    """Whether laws `other` lie nowhere above laws `one`: mean, beneficiaries, quantiles."""
    for place in places:
        first, second = one.laws[place], other.laws[place]
        slack = 1e-7 * first.quantile(0.5) + 1e-6
        higher = [second.quantile(p) > first.quantile(p) + slack for p in LEVELS]
        if any(higher) or (strictly and second.mean >= first.mean):
            return False
    return bool(np.all(other.beneficiaries <= one.beneficiaries * (1 + 1e-9)))


@pytest.mark.parametrize("name", ["hospital_claimant_rate_scale", "participation_scale"])
@SOME
@given(vectors(without=["hospital_claimant_rate_scale"]), st.integers(0, 7), st.integers(1, 8))
def test_more_members_and_higher_rates_raise_the_laws(name, texts, low, more):
    """9, computed: mean, quantiles and beneficiaries of every plan that the name reaches."""
    one, other = (village(*texts, f"{name}={0.9 + 0.02 * e}") for e in (low, low + more))
    reached = range(6) if name.startswith("part") else (0, 1, 5)
    assert falls(year_laws(other), year_laws(one), reached)


WAITS = ["first_term_share", *(name for name in RANGES if "waiting" in name)]


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("plans.P1.waiting_none_until_day", 0),
        ("plans.P2.waiting_none_until_day", 0),
        ("plans.P3.waiting_none_until_day", 0),
        ("plans.P3.waiting_partial_until_day", 60),
        ("plans.P4.waiting_partial_until_day", 60),
    ],
)
@SOME
@given(texts=vectors(without=WAITS), low=st.integers(0, 30), more=st.integers(1, 30))
def test_a_longer_wait_lowers_the_laws(name, least, texts, low, more):
    """10, computed: a longer wait turns two paid stays into one, so no path need fall."""
    one, other = (
        village(*texts, "first_term_share=0.4", f"{name}={least + days}")
        for days in (low, low + more)
    )
    assert falls(year_laws(one), year_laws(other), [PLANS.index(name.split(".")[1]), 5])


@pytest.mark.parametrize("form", ["collective", "individual"])
def test_renewed_members_wait_for_nothing(form):
    """10: without first-term members no wait changes a fen; with them alone plans pay less."""

    def paid(first_term_share, eighths):
        pack = village(*(option(name, eighths) for name in WAITS[1:]))
        beliefs = pack.assumptions.changed({"first_term_share": first_term_share})
        pack = dataclasses.replace(pack, assumptions=beliefs)
        return simulate_years(pack, years=64, seed=3, form=form).paid_fen

    assert np.array_equal(paid(0.0, 0), paid(0.0, 8))
    short, long = (paid(1.0, eighths).sum(axis=0) for eighths in (0, 8))
    assert np.all(long[:3] < short[:3])
    assert long[4] == short[4]


@pytest.mark.parametrize("form", ["collective", "individual"])
def test_nobody_or_no_rate_means_no_claim(form):
    """11: drawn and computed, without an error."""
    nobody = dataclasses.replace(
        VILLAGE, rows=tuple(dataclasses.replace(row, women=0, men=0) for row in VILLAGE.rows)
    )
    healthy = dataclasses.replace(
        VILLAGE, rates=dataclasses.replace(VILLAGE.rates, values=0.0 * VILLAGE.rates.values)
    )
    for pack in (nobody, healthy):
        drawn = simulate_years(pack, years=64, seed=1, form=form)
        assert not drawn.paid_fen.any()
        assert not drawn.beneficiaries.any()
        assert not drawn.persons_paid.any()
        assert not simulate_totals(pack, years=64, seed=1, form=form).any()
        laws = year_laws(pack, form)
        assert [law.quantile(0.995) for law in laws.laws] == [0.0] * 6
        assert not laws.beneficiaries.any()


@pytest.mark.parametrize("form", ["collective", "individual"])
def test_a_deductible_above_the_largest_loss_pays_nothing(form):
    """12: P1 pays no fen and has no beneficiary; the other plans do."""
    plans = tuple(
        dataclasses.replace(plan, deductible_yuan=1e12) if plan.code == "P1" else plan
        for plan in VILLAGE.plans
    )
    pack = dataclasses.replace(village(), plans=plans)
    drawn = simulate_years(pack, years=64, seed=1, form=form)
    assert not drawn.paid_fen[:, 0].any()
    assert not drawn.beneficiaries[:, 0].any()
    assert drawn.paid_fen[:, 1:].any(axis=0).all()
    if form == "collective":
        law = year_laws(pack).laws[0]
        assert law.mean == pytest.approx(0.0, abs=1e-9)
        assert law.quantile(0.995) == 0.0


MONEY = {
    "stay_cost_mean_yuan": 6_400,
    "basic_deductible_yuan": 300,
    "plans.P1.deductible_yuan": 240,
    "plans.P1.annual_cap_yuan": 4_000,
    "plans.P2.daily_yuan": 48,
    "plans.P2.annual_cap_yuan": 2_400,
    "plans.P3.lump_sum_yuan": 8_000,
    "plans.P3.partial_lump_yuan": 800,
    "plans.P4.lump_sum_yuan": 16_000,
    "plans.P4.partial_lump_yuan": 800,
    "plans.P5.daily_yuan": 24,
    "plans.P5.death_yuan": 24_000,
    "plans.P5.disability_max_yuan": 24_000,
}
"""Every name that holds yuan of a claim."""


@FEW
@given(vectors(without=MONEY), SEEDS, FORMS, st.sampled_from([0.9375, 1.125, 1.25, 1.5]))
def test_money_in_another_unit(texts, seed, form, factor):
    """15: costs, deductibles, caps and sums times k pay k times as much, to half a fen a stay."""
    one, other = (
        village(*texts, *(f"{name}={k * yuan}" for name, yuan in MONEY.items()))
        for k in (1.0, factor)
    )
    drawn = [simulate_years(pack, years=64, seed=seed, form=form) for pack in (one, other)]
    assert np.array_equal(drawn[0].beneficiaries, drawn[1].beneficiaries)
    stays = 6 * drawn[0].beneficiaries.max() + 1
    assert np.all(np.abs(drawn[1].paid_fen - factor * drawn[0].paid_fen) <= stays * factor)
    runs = [exact_run(pack) for pack in (one, other)]
    for code in PLANS:
        first, second = (run.plans[code].quantiles[0.995] for run in runs)
        allowed = second.error + factor * first.error
        assert second.value == pytest.approx(factor * first.value, abs=allowed)
