"""Counties: laws against closed forms, credibility, pooling, records and bad input."""

import datetime
import json
import shutil
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.engine.county_laws import pool_law, stand_alone_law, whole_year
from workbench.engine.stages import year_laws
from workbench.guard import InputRefused
from workbench.history import (
    county_lines,
    county_years,
    plan_cells,
    pooling,
    read_county_years,
    simulated_history,
)
from workbench.pack import new_pack, read_pack

END = datetime.date(2025, 12, 31)
SCHEMAS = Path(__file__).parent.parent / "docs" / "schemas"


@pytest.fixture(scope="module")
def history(inputs):
    return simulated_history(inputs, seed=1)


@pytest.fixture(scope="module")
def paid(inputs, history):
    return county_years(inputs, history, END)


@pytest.fixture(scope="module")
def found(inputs, paid):
    return pooling(inputs, paid)


@pytest.mark.parametrize(("weight", "own"), [(0.2, 0.05), (0.05, 0.15), (1.0, 0.0)])
def test_moments_of_a_county_alone(inputs, weight, own):
    """Mean w·m; variance w·Σλ E[Y²] + w²·m_I²·((1 + κ²)(1 + c²) − 1)."""
    events = whole_year(inputs)
    assert events.mean == pytest.approx(year_laws(inputs).laws[-1].mean, rel=1e-6)
    law = stand_alone_law(events, weight, own)
    shock = events.shock.variance
    ill = events.illness.moment(1)
    calm = events.variance - shock * ill**2
    variance = weight * calm + weight**2 * ill**2 * ((1.0 + shock) * (1.0 + own**2) - 1.0)
    assert law.mean == pytest.approx(weight * events.mean, rel=1e-9)
    assert law.sd == pytest.approx(variance**0.5, rel=1e-9)
    mass = law.mass
    assert mass.sum() == pytest.approx(1.0, abs=1e-9)
    mean = float(law.yuan @ mass)
    assert mean == pytest.approx(law.mean, rel=1e-6)
    assert float((law.yuan - mean) ** 2 @ mass) == pytest.approx(variance, rel=1e-4)


def test_one_county_without_own_shock_is_the_scheme(inputs):
    law, whole = stand_alone_law(whole_year(inputs), 1.0, 0.0), year_laws(inputs).laws[-1]
    for level in (0.05, 0.5, 0.75, 0.995):
        assert law.quantile(level) == pytest.approx(whole.quantile(level), rel=2e-5)


def test_without_own_shocks_the_pool_is_the_scheme(inputs):
    weights = np.array([one.share for one in inputs.counties])
    law, whole = pool_law(whole_year(inputs), weights, 0.0), year_laws(inputs).laws[-1]
    assert law.quantile(0.995) == pytest.approx(whole.quantile(0.995), rel=2e-5)


def test_own_shocks_add_their_variance_to_the_pool(inputs):
    """(1 + κ²)·c²·m_I²·Σ w² over the counties."""
    events, weights = whole_year(inputs), np.array([one.share for one in inputs.counties])
    with_own, without = (pool_law(events, weights, cv).sd ** 2 for cv in (0.1, 0.0))
    ill, shock = events.illness.moment(1), events.shock.variance
    more = (1.0 + shock) * 0.1**2 * ill**2 * float(weights @ weights)
    assert with_own - without == pytest.approx(more, rel=1e-6)


def test_levels_lie_between_own_and_common(found):
    structure = found.structure
    for one in found.counties:
        low, high = sorted((one.ratio, structure.collective))
        assert low - 1e-12 <= one.level <= high + 1e-12
        assert 0.0 < one.factor < 1.0
    factors = [one.factor for one in found.counties]
    assert factors == sorted(factors, reverse=True)
    errors = [one.level_error for one in found.counties]
    assert errors == sorted(errors)


def test_true_levels_are_found_over_many_years(inputs):
    """Six years: own ratios stand in the order of the levels put in, within their noise."""
    apart = tuple(
        replace(one, level=1.3 if place % 2 else 0.8) for place, one in enumerate(inputs.counties)
    )
    put = replace(inputs, counties=apart)
    long = simulated_history(put, seed=2, years=6)
    seen = pooling(put, county_years(put, long, datetime.date(2026, 12, 31)))
    large = [one for one in seen.counties if one.county.share >= 0.05]
    assert all((one.level > 1.0) == (one.county.level > 1.0) for one in large)
    assert seen.structure.between > 0.01


def test_counties_divide_the_claims_and_change_none(inputs, history, paid):
    other = apply(inputs, Changes({"county_shock_cv": 0.15}))
    moved = simulated_history(other, seed=1)
    assert np.array_equal(moved.fen, history.fen)
    assert np.array_equal(moved.paid, history.paid)
    assert not np.array_equal(moved.county, history.county)
    cells = plan_cells(history, END)
    assert paid.fen.sum() == cells.latest_fen.sum()


def test_small_counties_fail_alone_and_the_pool_does_not(found):
    smallest, largest = found.counties[-1], found.counties[0]
    assert smallest.deficit_probability.value > 0.03 > 1e-3 > largest.deficit_probability.value
    assert found.pool.deficit_probability.value < 1e-5
    assert found.fails == ("C12",)
    assert smallest.deficit_uncertain.value > smallest.deficit_probability.value


def test_what_pooling_is_worth(found):
    for level in (0.75, 0.995):
        apart = sum(one.amounts[level].value for one in found.counties)
        assert found.saved[level].value == pytest.approx(apart - found.pool.amounts[level].value)
        assert found.saved[level].value > 0.0
    assert found.saved[0.995].value > found.saved[0.75].value
    assert sum(one.mean_yuan.value for one in found.counties) == pytest.approx(
        found.pool.mean_yuan.value, rel=1e-9
    )


def test_more_own_shock_makes_pooling_worth_more(inputs, paid):
    little, much = (pooling(inputs, paid, own_cv=cv).saved[0.995].value for cv in (0.0, 0.15))
    assert much > 1.2 * little > 0.0


def test_lines_come_back(inputs, paid):
    again = read_county_years(inputs, county_lines(inputs, paid))
    assert np.array_equal(again.fen, paid.fen) and again.years == paid.years
    named = ["county,year,paid_yuan", f"{inputs.counties[2].name_zh},2024,12.50", "C01,2025,1"]
    read = read_county_years(inputs, named)
    assert read.fen[2].tolist() == [1250, 0]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["county"], "cells-header"),
        (["county,year,paid_yuan"], "cells-empty"),
        (["county,year,paid_yuan", "C99,2024,7"], "county-unknown"),
        (["county,year,paid_yuan", ",2024,7"], "county-unknown"),
        (["county,year,paid_yuan", "C01,24,7"], "cells-cell"),
        (["county,year,paid_yuan", "C01,2024,-7"], "cells-cell"),
    ],
)
def test_bad_lines_are_told(inputs, lines, code):
    with pytest.raises(InputRefused, match=code):
        read_county_years(inputs, lines)


def test_too_little_is_told(inputs, history, paid):
    with pytest.raises(InputRefused, match="counties-too-few"):
        pooling(replace(inputs, counties=inputs.counties[:1]), paid)
    one_year = replace(paid, years=paid.years[:1], fen=paid.fen[:, :1])
    with pytest.raises(InputRefused, match="counties-years"):
        pooling(inputs, one_year)
    nowhere = replace(history, county=np.zeros(history.number, dtype=np.int64), counties=("",))
    with pytest.raises(InputRefused, match="counties-none"):
        county_years(inputs, nowhere, END)
    with pytest.raises(InputRefused, match="history-empty"):
        county_years(inputs, history, datetime.date(2020, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (",0.20,", ",0.21,", "shares-not-one"),
        ("C02,", "C01,", "row-twice"),
        (",0.01,", ",0,", "cell-out-of-range"),
        (",1.10,", ",9,", "cell-out-of-range"),
    ],
)
def test_bad_counties_of_a_pack_are_told(tmp_path, old, new, code):
    folder = new_pack(tmp_path / "pack")
    place = folder / "counties.csv"
    text = place.read_text(encoding="utf-8").replace(old, new, 1)
    place.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        read_pack(folder)
    assert {fault.parts.get("file") for fault in refused.value.faults} == {"counties.csv"}
    assert any(fault.code == code for fault in refused.value.faults) or code == "row-twice"


def test_a_pack_of_an_earlier_draft_has_the_built_in_counties(tmp_path, inputs):
    folder = new_pack(tmp_path / "pack")
    (folder / "counties.csv").unlink()
    assert read_pack(folder).counties == inputs.counties
    shutil.rmtree(folder)


def test_the_command(capsys, tmp_path, found):
    kept = tmp_path / "kept.wbrun"
    assert main(["counties", "--json", "--out", str(kept)]) == 0
    told = json.loads(capsys.readouterr().out)
    schema = json.loads((SCHEMAS / "counties.json").read_text(encoding="utf-8"))
    jsonschema.validate(told, schema)
    assert told["fails_alone"] == ["C12"]
    saved = told["pooling_saves_yuan"]["0.995"]["value"]
    assert saved == pytest.approx(found.saved[0.995].value, rel=1e-9)
    assert main(["rerun", str(kept)]) == 0
    capsys.readouterr()
    assert main(["counties", "--lang", "zh", "--deficit", "0.2"]) == 0
    out = "".join(capsys.readouterr())
    assert "没有县区" in out and "示例" in out and "WB-863" in out
