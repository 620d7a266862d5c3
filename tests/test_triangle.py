"""Methods on triangles against published numbers, identities between them, and bad input.

Sources: Mack (1993), ASTIN Bulletin 23(2), Taylor–Ashe; Mack (1994), CAS Forum, RAA; Merz and
Wüthrich (2008), CAS E-Forum; England and Verrall (1999, 2002); Friedland (2010), chapters 9 and 10,
Exhibit I. Values in full digits: R ChainLadder, R glm, arithmetic from the printed inputs.
"""

import csv
import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.cli import main
from workbench.guard import InputRefused
from workbench.questions import Choices, ask, document
from workbench.reserving.methods.bootstrap import bootstrap
from workbench.reserving.methods.chain_ladder import chain_ladder, development_of
from workbench.reserving.methods.diagnostics import calendar_test
from workbench.reserving.methods.expected import bornhuetter_ferguson, cape_cod, cape_cod_ratio
from workbench.reserving.methods.one_year import one_year
from workbench.reserving.methods.poisson import poisson_fit
from workbench.reserving.methods.reading import file_lines, triangle_of
from workbench.reserving.methods.registry import METHODS, Case, applicable, estimate
from workbench.reserving.methods.replay import replay
from workbench.reserving.methods.selection import Selection
from workbench.triangles import Triangle

FOLDER = Path(__file__).parent / "reference" / "triangles"
SCHEMAS = Path(__file__).parent.parent / "docs" / "schemas"
TAYLOR_ASHE, RAA = FOLDER / "taylor_ashe.csv", FOLDER / "raa.csv"


@pytest.fixture(scope="module")
def taylor_ashe():
    return triangle_of(file_lines(TAYLOR_ASHE))


@pytest.fixture(scope="module")
def raa():
    return triangle_of(file_lines(RAA))


def test_mack_on_taylor_ashe(taylor_ashe):
    found = chain_ladder(taylor_ashe)
    factors = [3.49060654793, 1.7473326421, 1.45741283602, 1.1738517094, 1.10382353224]
    factors += [1.08626936444, 1.0538743555, 1.07655517835, 1.01772472522]
    sigma2 = [160280.32748, 37736.855048, 41965.2130174, 15182.902681, 13731.323892]
    sigma2 += [8185.77162001, 446.616550105, 1147.36596843, 446.616550105]
    reserves = [94633.8145, 469511.2901, 709637.8208, 984888.639, 1419459.4577]
    reserves += [2177640.6201, 3920301.012, 4278972.2633, 4625810.6944]
    errors = [75535.0408, 121698.5616, 133548.853, 261406.4493, 411009.7039]
    errors += [558316.8581, 875327.5119, 971257.8065, 1363154.9117]
    np.testing.assert_allclose(found.development.factors, factors, rtol=1e-11)
    np.testing.assert_allclose(found.development.sigma2, sigma2, rtol=1e-9)
    np.testing.assert_allclose(found.reserve[1:], reserves, rtol=1e-9)
    np.testing.assert_allclose(found.standard_error[1:], errors, rtol=1e-9)
    assert found.reserve.sum() == pytest.approx(18680855.611924313, rel=1e-10)
    assert found.total_standard_error == pytest.approx(2447094.860834665, rel=1e-10)
    assert found.reserve[0] == 0.0 == found.standard_error[0]


def test_mack_on_raa_with_and_without_a_tail(raa):
    found = chain_ladder(raa)
    reserves = [153.953917051, 617.370923815, 1636.142163421, 2746.736343422, 3649.103183996]
    reserves += [5435.302590295, 10907.192509507, 10649.984100702, 16339.442529]
    errors = [206.220059401, 623.376672632, 747.175225081, 1469.457149589, 2001.856930932]
    errors += [2209.242093642, 5357.869297697, 6333.165865736, 24566.28791099]
    np.testing.assert_allclose(found.reserve[1:], reserves, rtol=1e-9)
    np.testing.assert_allclose(found.standard_error[1:], errors, rtol=1e-9)
    assert found.reserve.sum() == pytest.approx(52135.2282612, rel=1e-10)
    assert found.total_standard_error == pytest.approx(26909.0111556, rel=1e-10)
    tailed = chain_ladder(raa, Selection(tail=1.05))
    assert tailed.total_standard_error == pytest.approx(28669.9140327, rel=1e-10)
    assert tailed.ultimate.sum() == pytest.approx(1.05 * found.ultimate.sum())


def test_one_year_view_of_merz_and_wuethrich(taylor_ashe):
    found = chain_ladder(taylor_ashe)
    year = one_year(found)
    assert year.total_standard_error == pytest.approx(1_778_968, abs=0.5)
    # The origin with one step to go has its whole uncertainty in the coming year.
    assert year.standard_error[1] == pytest.approx(found.standard_error[1], rel=1e-9)
    assert np.all(year.standard_error <= found.standard_error + 1e-6)


def test_over_dispersed_poisson_on_taylor_ashe(taylor_ashe):
    fit = poisson_fit(taylor_ashe)
    errors = [110099.872, 216043.395, 260872.084, 303550.019, 375013.871, 495378.031]
    errors += [789961.069, 1046513.815, 1980101.386]
    assert fit.dispersion == pytest.approx(52601.9320842, rel=1e-10)
    assert fit.total_standard_error == pytest.approx(2945660.86774, rel=1e-7)
    np.testing.assert_allclose(fit.standard_error[1:], errors, rtol=1e-7)
    assert fit.reserve.sum() == pytest.approx(18680855.6131, rel=1e-9)


def test_bootstrap_on_taylor_ashe(taylor_ashe):
    found = bootstrap(chain_ladder(taylor_ashe), 10_000, 1)
    assert 2.90e6 < found.total.std() < 3.06e6
    for level, published in ((0.75, 20.71e6), (0.95, 24.05e6), (0.995, 27.75e6)):
        assert found.quantile(level).value == pytest.approx(published, rel=0.02)
    fewer = bootstrap(chain_ladder(taylor_ashe), 640, 1)
    assert np.array_equal(found.reserves[:640], fewer.reserves)


def test_bootstrap_carries_the_selection(taylor_ashe):
    chosen = chain_ladder(taylor_ashe, Selection(factors={0: 3.0}, tail=1.04, reason="test"))
    plain = chain_ladder(taylor_ashe)
    drawn, base = (bootstrap(one, 4096, 2).total for one in (chosen, plain))
    shift = chosen.reserve.sum() - plain.reserve.sum()
    spread = np.hypot(drawn.std(), base.std()) / 64.0
    assert drawn.mean() - base.mean() == pytest.approx(shift, abs=4.0 * spread)
    assert chosen.total_standard_error != plain.total_standard_error
    assert one_year(chosen).total_standard_error != one_year(plain).total_standard_error


def test_bornhuetter_ferguson_and_cape_cod_of_friedland():
    with (FOLDER / "us_industry_auto.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    table = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    expected = table["expected_claims"]
    reported = bornhuetter_ferguson(table["reported"], table["cdf_reported"], expected)
    assert reported.sum() == pytest.approx(569_091_348.43, abs=1.0)
    assert (reported - table["reported"]).sum() == pytest.approx(25_609_761.43, abs=1.0)
    paid = bornhuetter_ferguson(table["paid"], table["cdf_paid"], expected)
    assert paid.sum() == pytest.approx(570_568_197.85, abs=1.0)
    given_ = (table["reported"], table["cdf_reported"], table["earned_premium"])
    assert cape_cod_ratio(*given_) == pytest.approx(0.695443732, abs=1e-9)
    assert cape_cod(*given_).sum() == pytest.approx(570_800_676.74, abs=1.0)


def test_calendar_test_of_mack_on_raa(raa):
    """Mack (1994), appendix H: Z = 14, E(Z) = 12.875, no effect."""
    found = calendar_test(raa)
    assert (found.statistic, found.expected) == (14.0, 12.875)
    assert found.sd**2 == pytest.approx(3.9785, abs=1e-4)
    assert not found.effect


# --- identities ------------------------------------------------------------------------------


@st.composite
def triangles(draw):
    side = draw(st.integers(3, 7))
    cells = draw(st.lists(st.floats(1.0, 1000.0), min_size=side * side, max_size=side * side))
    array = np.cumsum(np.array(cells).reshape(side, side), axis=1)
    array[np.add.outer(np.arange(side), np.arange(side)) >= side] = np.nan
    names = tuple(str(place) for place in range(side))
    return Triangle(origins=names, periods=names, cumulative=array)


@settings(max_examples=60, deadline=None)
@given(triangles(), st.floats(0.1, 50.0))
def test_identities_between_methods(triangle, scale):
    found = chain_ladder(triangle)
    # Poisson and chain ladder have one best estimate; amounts in another unit scale everything.
    assert poisson_fit(triangle).reserve.sum() == pytest.approx(found.reserve.sum(), rel=1e-8)
    larger = Triangle(
        origins=triangle.origins, periods=triangle.periods, cumulative=triangle.cumulative * scale
    )
    again = chain_ladder(larger)
    np.testing.assert_allclose(again.reserve, found.reserve * scale, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        again.standard_error, found.standard_error * scale, rtol=1e-7, atol=1e-7
    )
    assert np.all(one_year(found).standard_error <= found.standard_error * (1.0 + 1e-9))
    # Bornhuetter–Ferguson that expects the chain ladder's ultimate is the chain ladder.
    factor = found.development.to_ultimate[triangle.ages - 1]
    same = bornhuetter_ferguson(triangle.latest, factor, found.ultimate)
    np.testing.assert_allclose(same, found.ultimate, rtol=1e-9)


def test_average_cost_with_one_claim_each_is_the_chain_ladder(taylor_ashe):
    ones = Triangle(
        origins=taylor_ashe.origins,
        periods=taylor_ashe.periods,
        cumulative=np.where(taylor_ashe.known, 7.0, np.nan),
    )
    said = estimate(Case(triangle=taylor_ashe, counts=ones), "average_cost")
    averages = Triangle(
        origins=ones.origins, periods=ones.periods, cumulative=taylor_ashe.cumulative / 7.0
    )
    np.testing.assert_allclose(said.ultimate, 7.0 * chain_ladder(averages).ultimate)


def test_a_run_off_triangle_reserves_nothing():
    full = np.cumsum(np.full((4, 3), 5.0), axis=1)
    triangle = Triangle(origins=tuple("abcd"), periods=tuple("123"), cumulative=full)
    found = chain_ladder(triangle)
    assert np.all(found.reserve == 0.0)
    assert found.total_standard_error == 0.0 == one_year(found).total_standard_error


def test_one_year_against_the_prediction_of_next_year_s_estimate(taylor_ashe):
    """Simulated: next year's diagonal is drawn by the model, the ultimate estimated again."""
    found = chain_ladder(taylor_ashe)
    source = np.random.Generator(np.random.Philox(11))
    steps, ages = found.development, taylor_ashe.ages
    moves = []
    for _ in range(4000):
        factors = steps.factors + source.standard_normal(9) * np.sqrt(steps.variance)
        cells = taylor_ashe.cumulative.copy()
        for row in range(1, 10):
            step = ages[row] - 1
            now = cells[row, step]
            spread = np.sqrt(now * steps.sigma2[step])
            cells[row, step + 1] = now * factors[step] + spread * source.standard_normal()
        again = Triangle(origins=taylor_ashe.origins, periods=taylor_ashe.periods, cumulative=cells)
        moves.append(chain_ladder(again).ultimate.sum())
    drawn = float(np.std(moves))
    assert drawn == pytest.approx(one_year(found).total_standard_error, rel=0.04)


# --- selection, replay -----------------------------------------------------------------------


def test_a_link_left_out_moves_factor_and_error(raa):
    every = development_of(raa)
    without = development_of(raa, Selection(left_out=frozenset({(1, 0)})))
    assert without.factors[0] < every.factors[0]
    assert without.sigma2[0] < every.sigma2[0]
    assert np.array_equal(without.factors[1:], every.factors[1:])


def test_replay_says_what_would_have_been_said(taylor_ashe):
    case = Case(triangle=taylor_ashe)
    (one,) = replay(case, ["chain_ladder_mack"], 1)
    past = taylor_ashe.until(1)
    said = chain_ladder(past)
    assert past.origins == taylor_ashe.origins[:-1]
    assert one.reserve == pytest.approx(said.reserve.sum())
    next_ = np.array(
        [said.completed[row, age] for row, age in enumerate(past.ages) if age < len(past.periods)]
    )
    assert one.foreseen == pytest.approx(next_.sum() - past.latest[past.ages < 9].sum())


# --- through the command line ------------------------------------------------------------------


def run(capsys, *words):
    status = main(["triangle", *words])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_command_says_what_the_methods_say(capsys, tmp_path):
    premium = tmp_path / "premium.csv"
    lines = ["origin,premium_yuan,expected_yuan"]
    lines += [f"{year},8000000,5400000" for year in range(1981, 1991)]
    premium.write_text("\n".join(lines), encoding="utf-8")
    words = (str(TAYLOR_ASHE), "--premium", str(premium), "--replay", "2", "--json")
    status, out, _ = run(capsys, *words, "--replications", "256")
    told = json.loads(out)
    assert status == 0
    schema = json.loads((SCHEMAS / "triangle.json").read_text(encoding="utf-8"))
    jsonschema.validate(told, schema)
    mack = told["methods"]["chain_ladder_mack"]
    assert mack["total"]["reserve"] == pytest.approx(18680855.611924313)
    assert mack["total"]["one_year_standard_error"] == pytest.approx(1778967.66, abs=0.01)
    assert mack["origins"]["1990"]["standard_error"] == pytest.approx(1363154.9117, rel=1e-9)
    without_records = {"model_law", "synchronous_bootstrap", "average_cost", "frequency_severity"}
    assert set(told["methods"]) == set(METHODS) - without_records
    assert len(told["replay"]) == 2 * 5
    status, out, _ = run(capsys, *words[:3], "--lang", "zh")
    assert status == 0
    assert "链梯法" in out
    assert "1,868 万元" in out


def test_a_record_holds_the_lines_and_is_made_again(tmp_path, capsys):
    place = tmp_path / "kept.wbrun"
    words = (str(RAA), "--method", "bootstrap", "--replications", "128", "--out", str(place))
    assert run(capsys, *words)[0] == 0
    assert main(["rerun", str(place)]) == 0
    assert main(["rerun", str(place), "--json"]) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("y,1,2\n2001,5,6", "WB-801"),
        ("y,1\n2001,5\n2002,6", "WB-802"),
        ("y,1,2\n2001,5,6\n2002,,", "WB-804"),
        ("y,1,2,3\n2001,5,,7\n2002,6,,", "WB-805"),
        ("y,1,2,3\n2001,5,6,\n2002,6,7,8", "WB-806"),
        ("y,1,2,3\n2001,0,0,1\n2002,0,3,\n2003,4,,", "WB-807"),
        ("y,1,2\n2001,5,six\n2002,6,", "WB-808"),
        ('y,1,2\n2001,"1,000",6\n2002,6,', "WB-808"),
        ("y,1,2\n2001,５,6\n2002,6,", "WB-808"),
        ("y,1,2\n2001,5,6,7\n2002,6,", "WB-809"),
        ("y,1,2", "WB-810"),
        ("y,1,2\n,5,6\n2002,6,", "WB-811"),
        ("y,1,2\n2001,5,6\n2001,6,", "WB-812"),
    ],
)
def test_what_is_no_triangle_is_told(capsys, tmp_path, text, code):
    place = tmp_path / "bad.csv"
    place.write_text(text, encoding="utf-8")
    status, out, err = run(capsys, str(place), "--lang", "en")
    assert status == 2
    assert out == ""
    assert code in err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--tail", "0.9"), "WB-101"),
        (("--method", "cape_cod"), "WB-818"),
        (("--method", "over_dispersed_poisson", "--tail", "1.1"), "WB-819"),
        (("--factor", "1"), ""),
        (("--factor", "99=1.2"), ""),
        (("--leave-out", "1981:10"), ""),
        (("--replay", "61"), "WB-101"),
        (("--row", "1991,5"), "WB-822"),
    ],
)
def test_choices_that_cannot_be_taken_are_told(capsys, words, code):
    status, out, err = run(capsys, str(RAA), *words, "--lang", "en")
    assert (status, out) == (2, "")
    assert code in err


def test_what_is_unusual_is_noted(capsys):
    falling = ["y,1,2,3", "2001,5,9,8", "2002,6,9,", "2003,7,,"]
    rows = [word for line in falling for word in ("--row", line)]
    status, out, err = run(capsys, *rows, "--tail", "1.02", "--lang", "en")
    assert status == 0
    for code in ("WB-823", "WB-824", "WB-826"):
        assert code in out + err


def test_incremental_amounts_are_summed(raa):
    lines = ["y," + ",".join(raa.periods)]
    for origin, row in zip(raa.origins, raa.incremental, strict=True):
        lines.append(origin + "," + ",".join("" if np.isnan(one) else f"{one:.0f}" for one in row))
    answer = ask("triangle", Choices(own={"row": lines, "amounts": "incremental"}))
    total = document(answer)["methods"]["chain_ladder_mack"]["total"]
    assert total["reserve"] == pytest.approx(52135.2282612)
    assert applicable(answer.result.case)[0] == "chain_ladder_mack"


def test_a_single_origin_is_refused():
    with pytest.raises(InputRefused, match="triangle-one-origin"):
        Triangle(origins=("a",), periods=("1", "2"), cumulative=np.ones((1, 2)))
