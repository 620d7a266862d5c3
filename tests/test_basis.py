"""Laws over draws of the parameters, and what the command line makes of them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import workbench.basis as basis_room
from workbench.basis import Basis, inputs_of_draws, laws_on
from workbench.changes import Changes
from workbench.cli import main
from workbench.engine.mixture import mixture
from workbench.engine.series import LatticeSeries, Stack, packed
from workbench.engine.stages import expected_claims, year_laws
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.premium.tiers import tier_table
from workbench.questions import Choices, ask

ROOT = Path(__file__).parent.parent
FEW = Basis(kind="parameters", draws=20)
FACTOR = Basis(kind="parameters", draws=400, only=("critical_illness_factor",))


@pytest.fixture(scope="module")
def drawn(inputs):
    """Laws of the built-in pack over draws of the parameters."""
    return laws_on(inputs, Basis(kind="parameters", draws=50))


@pytest.fixture(scope="module")
def factor(inputs):
    """The same with the critical-illness factor alone uncertain."""
    return laws_on(inputs, FACTOR)


def test_process_is_the_exact_law(inputs):
    assert laws_on(inputs) is year_laws(inputs)
    assert laws_on(inputs).draws is None


def test_every_draw_keeps_both_totals(inputs):
    for pack in inputs_of_draws(inputs, FEW):
        # Without the level of illness, which comes after the solving.
        level = pack.assumptions.changed({"hospital_claimant_rate_scale": 1.0})
        claims = expected_claims(replace(pack, assumptions=level))
        assert claims.beneficiaries.sum() == pytest.approx(11_060.0, rel=2e-7)
        assert claims.paid_yuan.sum() == pytest.approx(11_842_000.0, rel=2e-7)


def test_one_by_one_and_all_at_once_solve_the_same(inputs, monkeypatch):
    together = [pack.assumptions for pack in inputs_of_draws(inputs, FEW)][:4]
    monkeypatch.setattr(basis_room, "supports", lambda *given: False)
    for one, other in zip(inputs_of_draws(inputs, FEW), together, strict=False):
        for name in ("stay_cost_mean_yuan", "hospital_claimant_rate"):
            assert one.assumptions[name] == pytest.approx(other[name], rel=2e-7)


def test_it_is_the_mean_of_the_exact_laws_of_the_draws(inputs):
    found = laws_on(inputs, FEW)
    laws = [year_laws(pack).laws for pack in inputs_of_draws(inputs, FEW)]
    for place, law in enumerate(found.laws):
        x = law.mean + law.sd * np.linspace(-4.0, 6.0, 21)
        below = np.mean([one[place].cdfs(x) for one in laws], axis=0)
        excess = np.mean([one[place].excesses(x) for one in laws], axis=0)
        # Drawn laws stand on half the resolution: within the numerical error that is told.
        assert np.max(np.abs(law.cdfs(x) - below)) < 5e-6
        assert np.max(np.abs(law.excesses(x) - excess)) < 3.0
        means, sds = (
            np.array([getattr(one[place], name) for one in laws]) for name in ("mean", "sd")
        )
        assert law.mean == pytest.approx(means.mean(), rel=1e-9)
        assert law.sd == pytest.approx(np.sqrt(np.mean(sds**2) + means.var()), rel=1e-5)


def test_quantiles_invert_and_atoms_are_kept(drawn):
    levels = [0.001, 0.25, 0.5, 0.95, 0.995, 0.9999]
    for law in drawn.laws:
        x = law.quantiles(levels)
        assert np.all(np.diff(x) > 0.0)
        below = law.cdfs(x)
        if law.lattice:
            assert np.allclose(np.mod(x / law.lattice, 1.0), 0.0)
            assert np.all(below >= np.array(levels) - 1e-11)
            assert np.all(law.cdfs(x - law.lattice) < np.array(levels))
        else:
            assert np.allclose(below, levels, atol=1e-9)


def test_tail_means_and_excesses_fit_each_other(drawn):
    for law in drawn.laws:
        quantiles, tails = law.at_levels([0.9, 0.995])
        assert np.all(tails > quantiles)
        x = np.linspace(0.0, law.ends[1], 4_001)
        above = 1.0 - law.cdfs(x)
        mean = float(np.sum((above[1:] + above[:-1]) / 2.0) * (x[1] - x[0]))
        assert mean == pytest.approx(law.mean, rel=2e-3)
        assert float(law.excesses(np.zeros(1))[0]) == pytest.approx(law.mean, rel=1e-9)


@pytest.mark.parametrize("place", range(6))
def test_a_packed_law_reads_as_the_law(inputs, place):
    law = year_laws(inputs).laws[place]
    kept = packed(law)
    edges = np.array([-1e6, 0.0, law.mean, 1e9, law.start, law.start + 7.0 * law.step])
    x = np.concatenate([law.mean + law.sd * np.linspace(-8.0, 9.0, 101), edges])
    assert np.max(np.abs(kept.cdfs(x) - law.cdfs(x))) < 1e-11
    assert np.max(np.abs(kept.excesses(x) - law.excesses(x))) < 1e-4
    if isinstance(kept, LatticeSeries):
        assert len(kept.terms) < len(law.mass) / 100
        assert np.max(np.abs(kept.mass - law.mass)) < 1e-14
        assert Stack.of([kept, kept]).read(x).below.shape == (2, len(x))


def test_a_mixture_of_equal_laws_is_the_law(inputs):
    for law in year_laws(inputs).laws:
        mixed = mixture([law] * 20)
        x = law.mean + law.sd * np.linspace(-3.0, 5.0, 9)
        assert mixed.sd == pytest.approx(law.sd) and mixed.mean == pytest.approx(law.mean)
        assert np.allclose(mixed.cdfs(x), law.cdfs(x), atol=1e-11)
        assert np.allclose(mixed.cdf_errors(x), 0.0, atol=1e-12)
        assert mixed.quantile(0.995) == pytest.approx(law.quantile(0.995), rel=1e-9)


def test_spread_is_within_and_between(drawn):
    draws = drawn.draws
    within, between = np.mean(draws.sd_yuan**2, axis=0), draws.paid_yuan.var(axis=0)
    sds = np.array([law.sd for law in drawn.laws])
    assert np.allclose(sds, np.sqrt(within + between))
    # The total is the sum of the plans: variances and covariances agree.
    variance = np.sum(sds[:-1] ** 2) + drawn.covariance.sum()
    assert variance == pytest.approx(sds[-1] ** 2, rel=1e-4)


def test_neither_place_nor_order_of_the_work_moves_a_figure(inputs):
    many = replace(FACTOR, seed=9, draws=60)
    here = laws_on(inputs, many)
    basis_room._kept.clear()
    with ThreadPoolExecutor(2) as pool:
        there = laws_on(inputs, many, mapper=pool.map)
    for one, other in zip(here.laws, there.laws, strict=True):
        assert one.quantile(0.995) == other.quantile(0.995) and one.mean == other.mean


def test_a_premium_finds_the_laws_ready(inputs):
    ready = laws_on(inputs, FEW)
    dearer = replace(inputs, plans=tuple(replace(one, premium_yuan=90.0) for one in inputs.plans))
    assert laws_on(dearer, FEW) is ready


def test_landmark_spread_of_the_total(inputs, exact, drawn):
    """docs/assumptions.md section 3: 0.737 m, about 0.83 m, about 1.26 m."""
    assert exact.total.sd_yuan.value == pytest.approx(737_440.0, abs=5.0)
    total = drawn.laws[-1]
    assert abs(total.sd - 830_000.0) < 4.0 * total.sd_error + 10_000.0
    level = laws_on(inputs, Basis(kind="level", draws=30)).laws[-1]
    assert abs(level.sd - 1_260_000.0) < 4.0 * level.sd_error


@pytest.mark.parametrize(
    ("premium", "chance", "shortfall"), [(30, 0.584, 112_900), (35, 0.221, None), (40, 0.040, None)]
)
def test_landmark_p3_with_its_factor_uncertain(inputs, factor, premium, chance, shortfall):
    """docs/assumptions.md section 3; scales not solved again."""
    table = tier_table(inputs, factor, 2, premiums=[premium])
    row = table.rows()[0]
    assert abs(row.deficit_probability.value - chance) < 4.0 * row.deficit_probability.error + 5e-4
    if shortfall:
        found = row.expected_shortfall_yuan
        assert abs(found.value - shortfall) < 4.0 * found.error
        assert row.mean_gap_yuan.value == pytest.approx(193_400, rel=0.02)


def test_only_what_is_named_moves(inputs, factor):
    draws = factor.draws
    assert list(draws.values) == ["critical_illness_factor"] and draws.outside == 0
    assert np.ptp(draws.solved["stay_cost_mean_yuan"]) == 0.0
    assert np.ptp(draws.paid_yuan[:, 0]) == 0.0 and np.ptp(draws.paid_yuan[:, 2]) > 1e5
    # The law of the factor is triangular: mean 0.75 of the table against 0.70 in force.
    expected = year_laws(inputs).laws[2].mean * 0.75 / 0.70
    assert factor.laws[2].mean == pytest.approx(expected, rel=1e-3)


def test_errors_hold_both_parts(inputs, drawn):
    run, process = exact_run(inputs, laws=drawn), exact_run(inputs)
    for code, one in run.plans.items():
        assert one.mean_yuan.error > process.plans[code].mean_yuan.error
        assert one.deficit_probability.error >= 0.0
    p3 = run.plans["P3"]
    assert p3.deficit_probability.error > 1e-3
    other = exact_run(inputs, laws=laws_on(inputs, replace(FEW, seed=77))).plans["P3"]
    gap = abs(p3.deficit_probability.value - other.deficit_probability.value)
    assert gap < 5.0 * (p3.deficit_probability.error + other.deficit_probability.error)


@pytest.mark.parametrize(
    ("basis", "code"),
    [
        (Basis(kind="all"), "unknown-choice"),
        (Basis(kind="parameters", draws=10), "value-out-of-range"),
        (Basis(kind="process", only=("in_scope_share",)), "uncertain-needs-basis"),
        (Basis(kind="level", only=("days_in_year",)), "not-uncertain"),
    ],
)
def test_a_basis_that_cannot_be(inputs, basis, code):
    with pytest.raises(InputRefused) as refused:
        laws_on(inputs, basis)
    assert refused.value.faults[0].code == code


def _typed(capsys, *words):
    status = main(list(words))
    told = capsys.readouterr()
    return status, told.out, told.err


def test_the_command_says_its_basis(capsys):
    status, out, err = _typed(
        capsys, "run", "--basis", "parameters", "--draws", "20", "--lang", "en"
    )
    assert status == 0, err
    assert "(parameters uncertain)" in out and "20 draws" in out
    assert "parameters are taken as given" not in out and "Loss ratio, 95 %" in out
    status, out, _ = _typed(capsys, "run", "--lang", "en")
    assert "parameters uncertain" not in out and "parameters are taken as given" in out


@pytest.mark.parametrize("question", ["run", "price", "tiers"])
def test_documents_name_the_basis(capsys, question):
    words = (question, "--basis", "level", "--draws", "20", "--draw-seed", "4", "--json")
    status, out, err = _typed(capsys, *words)
    assert status == 0, err
    document = json.loads(out)
    schema = json.loads((ROOT / "docs" / "schemas" / f"{question}.json").read_text("utf-8"))
    jsonschema.validate(document, schema)
    assert document["basis"]["kind"] == "level" and document["basis"]["draw_seed"] == 4
    assert document["choices"]["draws"] == 20 and document["basis"]["solved_again"] is True
    again = json.loads(_typed(capsys, *words)[1])
    assert again == document


def test_named_assumptions_from_the_command_line(capsys):
    words = ("run", "--basis", "parameters", "--uncertain", "critical_illness_factor", "--json")
    status, out, err = _typed(capsys, *words, "--draws", "100")
    assert status == 0, err
    document = json.loads(out)
    chance = document["plans"]["P3"]["deficit_probability"]
    assert abs(chance["value"] - 0.584) < 4.0 * chance["error"] + 5e-4
    assert document["basis"]["solved_again"] is False
    assert list(document["basis"]["uncertain"]) == ["critical_illness_factor"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", "--draws", "50"), "WB-455"),
        (("tiers", "--uncertain", "in_scope_share"), "WB-455"),
        (("run", "--basis", "parameters", "--engine", "totals"), "WB-456"),
        (("run", "--basis", "parameters", "--uncertain", "nothing"), "WB-454"),
        (("price", "--basis", "parameters", "--draws", "19"), "WB-101"),
        (("run", "--basis", "perhaps"), "WB-"),
    ],
)
def test_bad_choices_are_told(capsys, words, code):
    for language in ("zh", "en"):
        status, out, err = _typed(capsys, *words, "--lang", language)
        assert status == 2 and out == "" and code in err and "Traceback" not in err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("plans.P1.first_stay_share", 0.9),
        ("participation_scale", 1.2),
        ("basic_coinsurance", 0.15),
        ("hospital_claimant_rate_scale", 1.2),
        ("hospital_claimant_rate", 0.065),
        ("plans.P3.lump_sum_yuan", 20000),
    ],
)
def test_a_change_is_not_undone_by_solving_again(inputs, name, value):
    """The totals belong to the pack before the change: a draw feels it as the process does."""
    changes = Changes({name: value})
    few = {"basis": "parameters", "draws": 20}
    means = [
        ask("run", Choices(changes=one, own=own), pack=inputs).result.result.total.mean_yuan.value
        for one in (Changes(), changes)
        for own in ({}, few)
    ]
    process, drawn = means[2] / means[0] - 1.0, means[3] / means[1] - 1.0
    assert drawn == pytest.approx(process, rel=0.15)
    assert process > 0.02
