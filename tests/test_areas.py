"""Areas with shocks of their own inside the common one: exact law, moments, the synthetic pack.

Source of the formulas: docs/engine.md, "Shocks of areas".
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from numpy.polynomial.laguerre import laggauss
from scipy.special import gammaln

from workbench.changes import apply, parse_set
from workbench.engine.claims import draw_chunk
from workbench.engine.events import scheme_of
from workbench.engine.grouping import claims_tables
from workbench.engine.mixing import areas_mixed, common_mixed, given_common, shock_nodes
from workbench.engine.stages import year_laws
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.laws import GammaRegimes
from workbench.pack import new_pack, read_pack
from workbench.pack.many_areas import spread_over_areas
from workbench.risk import LEVELS
from workbench.simulate import simulate_run, simulate_totals, simulate_years, totals_run

AREAS, MEMBERS = 3, 60_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("areas") / "pack"
    return new_pack(
        place, lambda copy: spread_over_areas(copy, areas=AREAS, members=MEMBERS, seed=5)
    )


@pytest.fixture(scope="module")
def pack(folder):
    return read_pack(folder)


def _gamma_quadrature(cv: float, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of a gamma law with mean 1, by Gauss–Laguerre in its own density."""
    shape = 1.0 / cv**2
    x, weight = laggauss(number)
    log_density = (shape - 1.0) * np.log(x) - gammaln(shape)
    return x / shape, weight * np.exp(log_density)


def test_the_transform_is_that_of_two_areas_mixed_by_brute_force():
    """Three shocks by product quadrature; a small cv is what the shocks are, so it is here."""
    rng = np.random.default_rng(3)
    by_area = -rng.uniform(0.0, 0.4, (2, 5)) + 1j * rng.uniform(-1.0, 1.0, (2, 5))
    other = -rng.uniform(0.0, 1.0, 5) + 1j * rng.uniform(-1.0, 1.0, 5)
    cv, area_cv = 0.5, 0.4
    theta, weight = _gamma_quadrature(cv, 60)
    own, own_weight = _gamma_quadrature(area_cv, 60)
    each = [
        np.einsum("a,tak->tk", own_weight, np.exp(theta[:, None, None] * own[:, None] * psi))
        for psi in by_area
    ]
    brute = np.exp(other) * (weight @ (each[0] * each[1]))
    shocks = shock_nodes(GammaRegimes(cv=cv), 0.05)
    found = areas_mixed(by_area, other, area_cv=area_cv, shocks=shocks)
    np.testing.assert_allclose(found, brute, rtol=2e-9)


def test_the_series_is_the_logarithm():
    rng = np.random.default_rng(4)
    by_area = -rng.uniform(0.0, 20.0, (40, 6)) + 1j * rng.uniform(-60.0, 60.0, (40, 6))
    theta = np.array([0.7, 1.0, 1.4])
    series = given_common(by_area, theta, 0.05)
    plain = -np.log1p(-(0.05**2) * theta[:, None, None] * by_area).sum(axis=1) / 0.05**2
    np.testing.assert_allclose(series, plain, rtol=1e-13)


def test_many_areas_without_own_shock_are_one():
    by_area = np.array([[-1.0 + 2.0j, -3.0 + 1.0j], [-0.5 + 0.1j, -2.0 + 0.4j]])
    other = np.array([0.1j, -0.3 + 0.0j])
    shocks = shock_nodes(GammaRegimes(cv=0.08), 0.01)
    almost = areas_mixed(by_area, other, area_cv=1e-6, shocks=shocks)
    one = common_mixed(by_area.sum(axis=0), other, GammaRegimes(cv=0.08))
    np.testing.assert_allclose(almost, one, rtol=1e-9)


def test_one_area_has_no_shock_of_its_own(inputs):
    assert scheme_of(inputs).area_shock_cv == 0.0
    moved = apply(inputs, parse_set(["county_shock_cv=0.15"]))
    for law, same in zip(year_laws(inputs).laws, year_laws(moved).laws, strict=True):
        assert law.quantile(0.995) == same.quantile(0.995)
        assert law.sd == same.sd


def test_the_law_has_the_moments_of_its_formula(pack):
    laws = year_laws(pack)
    for law in laws.laws:
        mean = float(law.mass @ law.yuan)
        assert mean == pytest.approx(law.mean, rel=1e-7)
        spread = np.sqrt(float(law.mass @ (law.yuan - mean) ** 2))
        assert spread == pytest.approx(law.sd, rel=1e-6)
    total = sum(law.sd**2 for law in laws.laws[:-1]) + laws.covariance.sum()
    # Fine and coarse lattices of a claimant keep second moments to a few parts in a million.
    assert laws.laws[-1].sd ** 2 == pytest.approx(total, rel=1e-5)


def test_own_shocks_widen_the_year_and_move_no_mean(pack):
    calm, usual, wild = (
        exact_run(apply(pack, parse_set([f"county_shock_cv={cv}"]))) for cv in (0.0, 0.05, 0.15)
    )
    for code in ("P1", "P2"):
        runs = [one.plans[code] for one in (calm, usual, wild)]
        assert runs[0].sd_yuan.value < runs[1].sd_yuan.value < runs[2].sd_yuan.value
        means = [one.mean_yuan.value for one in runs]
        assert means == pytest.approx([means[0]] * 3, rel=1e-12)
    for code in ("P3", "P4", "P5"):
        assert calm.plans[code].sd_yuan.value == wild.plans[code].sd_yuan.value
    pair = ("P1", "P2")
    assert calm.correlations[pair].value < wild.correlations[pair].value


def test_the_individual_form_refuses_areas(pack):
    with pytest.raises(InputRefused, match="individual-form-one-area"):
        year_laws(pack, "individual")
    calm = apply(pack, parse_set(["county_shock_cv=0"]))
    assert year_laws(calm, "individual").laws[-1].sd < year_laws(calm).laws[-1].sd


def test_a_seed_gives_one_pack(folder, tmp_path):
    again, other = tmp_path / "again", tmp_path / "other"
    for place, seed in ((again, 5), (other, 6)):
        new_pack(
            place,
            lambda copy, s=seed: spread_over_areas(copy, areas=AREAS, members=MEMBERS, seed=s),
        )
    for name in ("bundles.csv", "plans.csv", "parameters.csv", "enrolment_splits.csv"):
        assert (folder / name).read_bytes() == (again / name).read_bytes()
    assert (folder / "bundles.csv").read_bytes() != (other / "bundles.csv").read_bytes()


def test_the_pack_holds_the_members_asked_for(pack):
    assert sum(row.members for row in pack.rows) == MEMBERS
    assert len({row.area for row in pack.rows}) == AREAS
    assert all("synthetic" in row.provenance for row in pack.rows)
    sizes = [
        sum(row.members for row in pack.rows if row.area == area)
        for area in {row.area for row in pack.rows}
    ]
    assert min(sizes) > 0


def _workbench(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "workbench", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_command_line_makes_and_runs_it(tmp_path):
    place = tmp_path / "cities"
    made = _workbench("new-pack", str(place), "--areas", "4", "--members", "50000")
    assert made.returncode == 0, made.stderr
    run = _workbench("run", "--data", str(place), "--json")
    assert run.returncode == 0, run.stderr
    document = json.loads(run.stdout)
    assert document["total"]["paid_yuan"]["sd"]["value"] > 0.0
    refused = _workbench("new-pack", str(tmp_path / "none"), "--members", "50000")
    assert refused.returncode == 2 and "WB-443" in refused.stderr
    few = _workbench("new-pack", str(tmp_path / "few"), "--areas", "1")
    assert few.returncode == 2 and "--areas" in few.stderr
    assert not (tmp_path / "few").exists()


def test_drawn_totals_follow_the_exact_law_of_areas(pack):
    wild = apply(pack, parse_set(["county_shock_cv=0.15"]))
    exact = exact_run(wild)
    drawn = totals_run(wild, simulate_totals(wild, years=200_000, seed=11))
    pairs = [(exact.plans[code], drawn.plans[code]) for code in ("P1", "P2")]
    for computed, found in [*pairs, (exact.total, drawn.total)]:
        figures = [
            (computed.mean_yuan, found.mean_yuan),
            (computed.sd_yuan, found.sd_yuan),
            *((computed.quantiles[level], found.quantiles[level]) for level in LEVELS),
            *((computed.tail_means[level], found.tail_means[level]) for level in LEVELS),
        ]
        for known, estimate in figures:
            assert abs(estimate.value - known.value) < 4.0 * estimate.error + known.error
    pair = ("P1", "P2")
    known, estimate = exact.correlations[pair], drawn.correlations[pair]
    assert abs(estimate.value - known.value) < 4.0 * estimate.error
    calm = exact_run(apply(pack, parse_set(["county_shock_cv=0"])))
    assert exact.correlations[pair].value - calm.correlations[pair].value > 20.0 * estimate.error


def test_drawn_claims_follow_the_exact_law_of_areas(pack):
    wild = apply(pack, parse_set(["county_shock_cv=0.15", "hospital_shock_cv=0.05"]))
    exact = exact_run(wild)
    drawn = simulate_run(wild, simulate_years(wild, years=6_400, seed=2))
    pairs = [(exact.plans[code], drawn.plans[code]) for code in exact.plans]
    for computed, found in [*pairs, (exact.total, drawn.total)]:
        figures = [
            (computed.mean_yuan, found.mean_yuan),
            (computed.sd_yuan, found.sd_yuan),
            (computed.beneficiaries, found.beneficiaries),
            *((computed.quantiles[level], found.quantiles[level]) for level in LEVELS[:3]),
        ]
        for known, estimate in figures:
            assert abs(estimate.value - known.value) < 4.0 * estimate.error + known.error


def test_an_area_has_streams_of_its_own(pack):
    """Members of one area changed: what other areas draw stays as it was."""
    areas = [row.area for row in pack.rows]
    first = areas[0]
    less = replace(
        pack,
        rows=tuple(
            replace(row, men=row.men // 2) if row.area == first else row for row in pack.rows
        ),
    )
    tables, fewer = (claims_tables(scheme_of(one)) for one in (pack, less))
    for group, other in zip(tables.groups, fewer.groups, strict=True):
        if group.shocked and group.area != first:
            shocks = {"shock": tables.shock, "area_shock": tables.area_shock}
            one, two = (
                draw_chunk((each,), 3, range(2), plans=5, **shocks) for each in (group, other)
            )
            assert group.area and np.array_equal(one.paid_fen, two.paid_fen)
