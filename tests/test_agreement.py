"""Exact, simulated and the plain second implementation, at random settings and with faults.

Ten seeded settings over all parameters and plan terms; then six faults planted in the engine, each
of which the comparison with the oracle must find at a setting where it matters.
"""

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.oracle.cases import closed_form
from tests.oracle.scheme import load
from tests.test_simulate import compare
from workbench.changes import Changes, allowed_names, apply
from workbench.engine import (
    claimant,
    class_laws,
    class_moments,
    grouping,
    payment_laws,
    quick_laws,
    stages,
)
from workbench.engine.payment_laws import Points
from workbench.engine.stages import year_laws
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.schema import FORM_TERMS
from workbench.simulate import simulate_run, simulate_totals, simulate_years, totals_run

DATA = Path(__file__).parent.parent / "data"
YEARS, TOTALS_YEARS = 2_400, 40_000
WAITING = ("waiting_none_until_day", "waiting_partial_until_day")


def _names(inputs):
    """Names that change a claim: parameters, severities and the terms that a plan's form uses."""
    terms = {
        f"plans.{plan.code}.{term}"
        for plan in inputs.plans
        for term in (*FORM_TERMS[plan.benefit_form], *WAITING)
    }
    beliefs = {
        name
        for name, belief in inputs.assumptions.beliefs.items()
        if belief.file in ("parameters.csv", "severity.csv")
    }
    idle = {"days_in_year", "target_beneficiaries", "target_paid_yuan"}
    known = terms | (beliefs - idle)
    return [entry for entry in allowed_names(inputs) if entry.name in known]


def _drawn_value(entry, rng):
    """A value inside the range; plan terms between 0.4 and 2.5 times today's."""
    low, high = entry.low, entry.high
    if entry.name.startswith("plans."):
        today = entry.current or (2.0 if entry.whole else 300.0)
        low, high = max(low, 0.4 * today), min(high, 2.5 * today)
    value = rng.uniform(low, high)
    if entry.whole:
        return float(round(value))
    # Terms are whole fen: the exact route leaves the rounding of payments out.
    return round(value, 2 if entry.name.endswith("_yuan") else 4)


def random_setting(inputs, seed):
    """Return changes of every name that the pack accepts together (drawn again until it does)."""
    rng = np.random.Generator(np.random.Philox(seed))
    names = _names(inputs)
    while True:
        values = {entry.name: _drawn_value(entry, rng) for entry in names}
        for plan in inputs.plans:
            none, partial = (f"plans.{plan.code}.{term}" for term in WAITING)
            if none in values and partial in values:
                values[partial] = max(values[none], values[partial])
        try:
            return values, apply(inputs, Changes(values))
        except InputRefused:
            continue


@cache
def oracle_moments(values):
    """Closed-form moments of the oracle at a setting, a tuple of (name, value)."""
    return closed_form(load(DATA, dict(values)))


def differences(changed, values, simulated=None):
    """Return the figures in which the engine and the oracle differ (exact; simulated if given)."""
    oracle = oracle_moments(tuple(sorted(values.items())))
    laws = year_laws(changed)
    sds = np.array([law.sd for law in laws.laws])
    table = laws.covariance + np.diag(sds[:-1] ** 2)
    pairs = {
        "mean": (np.array([law.mean for law in laws.laws[:-1]]), oracle["mean"]),
        "sd": (sds[:-1], oracle["sd"]),
        "total sd": (sds[-1:], np.array([oracle["total_sd"]])),
        "beneficiaries": (laws.beneficiaries, oracle["beneficiaries"]),
        "persons": (np.array([laws.persons_paid]), np.array([oracle["persons"]])),
        "covariance": (
            table / np.outer(sds[:-1], sds[:-1]),
            oracle["covariance"] / np.outer(oracle["sd"], oracle["sd"]),
        ),
    }
    apart = []
    for name, (found, known) in pairs.items():
        # The oracle integrates in steps of the normal score: a deductible that cuts a step moves
        # its number of paid stays by some 1e-4 where few stays are paid.
        relative = 2e-4 if name in ("beneficiaries", "persons") else 3e-5
        absolute = 2e-6 if name == "covariance" else 1e-3
        if not np.allclose(found, known, rtol=relative, atol=absolute):
            apart.append((name, found, known))
    if simulated is not None:
        mean = simulated.paid_fen.mean(axis=0) / 100.0
        error = simulated.paid_fen.std(axis=0) / 100.0 / np.sqrt(len(simulated.paid_fen))
        if np.any(np.abs(mean - oracle["mean"]) > 4.0 * error):
            apart.append(("simulated mean", mean, oracle["mean"]))
    return apart


@pytest.mark.parametrize("seed", range(10))
def test_exact_and_simulated_agree_at_a_random_setting(inputs, seed):
    values, changed = random_setting(inputs, seed)
    assert len(values) > 45
    exact = exact_run(changed)
    drawn = simulate_years(changed, years=YEARS, seed=seed)
    assert compare(exact, simulate_run(changed, drawn), YEARS) == []
    totals = simulate_totals(changed, years=TOTALS_YEARS, seed=seed)
    assert compare(exact, totals_run(changed, totals), TOTALS_YEARS) == []


@pytest.mark.parametrize("seed", [1, 5])
def test_exact_and_oracle_agree_at_a_random_setting(inputs, seed):
    values, changed = random_setting(inputs, seed)
    assert differences(changed, values) == []


# --- planted faults -------------------------------------------------------------------------


def _rank_after_a_waited_stay(monkeypatch, inputs):
    """A stay of the waiting time counts in the order, so the first paid stay gets a later share."""
    extra, kept = inputs.assumptions["illness_extra_stays_mean"], 335.0 / 365.0

    def mixed(right):
        def wrong(stay, plan, counts, *steps):
            if counts[0] == 0.0:
                return right(stay, plan, counts, *steps)
            number = np.arange(len(counts))
            factorial = np.cumprod(np.maximum(number - 1, 1))
            poisson = np.exp(-extra) * extra ** np.maximum(number - 1, 0) / factorial
            untouched = np.where(number > 0, kept**number * poisson, 0.0)
            late = dataclasses.replace(plan, first_stay_share=plan.later_stay_share)
            rest = counts - untouched
            return right(stay, plan, untouched, *steps) + right(stay, late, rest, *steps)

        return wrong

    for room, name in (
        (class_moments, "medical_year"),
        (payment_laws, "medical_year"),
        (quick_laws, "medical_lattice_year"),
    ):
        monkeypatch.setattr(room, name, mixed(getattr(room, name)))


def _shock_on_injuries(monkeypatch, inputs):
    """The epidemic breaks bones: injuries rise and fall with the shock."""
    right = stages._of_laws

    def wrong(*args):
        found = right(*args)
        together = Points.join([found.illness, found.other])
        return dataclasses.replace(found, illness=together, other=Points.join([]), disabled=())

    monkeypatch.setattr(stages, "_of_laws", wrong)


def _special_disease_not_nested(monkeypatch, inputs):
    """A special disease pays P4 alone, and P3's rate is not reduced for it."""
    right = payment_laws._POINTS["special"]

    def wrong(scheme, key, weights):
        return right(scheme, np.array([key[0], -1, key[2]]), weights)

    monkeypatch.setitem(payment_laws._POINTS, "special", wrong)


def _cap_on_each_stay(monkeypatch, inputs):
    """The yearly cap limits every stay and not the year (in the drawn years)."""
    right = grouping.stay_class

    def wrong(*args, **choices):
        return dataclasses.replace(right(*args, **choices), cap_fen=2**62)

    monkeypatch.setattr(grouping, "stay_class", wrong)


def _ladder_on_renewed_members(monkeypatch, inputs):
    """Renewed members wait for a lump sum too."""
    right = payment_laws._POINTS["critical"]

    def wrong(scheme, key, weights):
        return right(scheme, np.array([1, *key[1:]]), weights)

    monkeypatch.setitem(payment_laws._POINTS, "critical", wrong)


def _injury_not_paid_by_the_medical_plan(monkeypatch, inputs):
    """An injury stay pays the accident plan only."""
    points, condensed = payment_laws._POINTS["injury"], class_laws._condensed

    def without(key):
        return np.array([*key[:2], -1, *key[3:]])

    def wrong(scheme, key, weights):
        return points(scheme, without(key), weights)

    def on_nodes(scheme, kind, key, *rest):
        return condensed(scheme, kind, without(key) if kind == "injury" else key, *rest)

    monkeypatch.setitem(payment_laws._POINTS, "injury", wrong)
    monkeypatch.setattr(class_laws, "_condensed", on_nodes)


STRAINED = {
    "first_term_share": 0.4,
    "hospital_shock_cv": 0.15,
    "critical_illness_factor": 0.9,
    "illness_extra_stays_mean": 0.4,
    "plans.P1.annual_cap_yuan": 1500.0,
    "plans.P2.max_days_per_year": 30.0,
}
"""A setting at which each of the six faults moves a figure."""

FAULTS = {
    "share by rank after a waited stay": _rank_after_a_waited_stay,
    "shock on injuries": _shock_on_injuries,
    "P4 not nested in P3": _special_disease_not_nested,
    "cap on each stay instead of the year": _cap_on_each_stay,
    "ladder on renewed members": _ladder_on_renewed_members,
    "injury stays not paid by P1": _injury_not_paid_by_the_medical_plan,
}


def _forget():
    """Empty the caches, in which a right law would hide a planted fault."""
    for room in (claimant, class_laws, class_moments, payment_laws, quick_laws):
        for kept in vars(room).values():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()
    stages._kept.clear()


def test_the_engine_is_right_where_the_faults_are_planted(inputs):
    changed = apply(inputs, Changes(STRAINED))
    assert differences(changed, STRAINED, simulate_years(changed, years=640, seed=6)) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(inputs, monkeypatch, name):
    changed = apply(inputs, Changes(STRAINED))
    _forget()
    try:
        with monkeypatch.context() as patch:
            FAULTS[name](patch, changed)
            drawn = simulate_years(changed, years=640, seed=6)
            assert differences(changed, STRAINED, drawn), f"{name} was not found"
    finally:
        _forget()
