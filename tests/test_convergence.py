"""Stopping at a stated error, quasi-random points, control variates: honest, reproducible, told.

Repeats have fixed seeds; bounds of shares are four binomial standard errors wide or more.
"""

import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import jsonschema
import numpy as np
import pytest

from tests.faults.records import SCHEMAS
from tests.test_simulate import compare
from workbench.cli import main
from workbench.engine.convergence import (
    ERRORS,
    checkpoints,
    convergence_of,
    draw_until,
    met,
    relative_error,
)
from workbench.engine.sobol import REPLICATES, scramble, sobol_lanes, sobol_points
from workbench.engine.stages import year_laws
from workbench.engine.totals_tables import totals_tables
from workbench.engine.variance import controlled, independent, readers_of, replicated
from workbench.guard import InputRefused
from workbench.questions import Choices, ask, document, tables
from workbench.record import keep, read_record, rerun
from workbench.risk import Figure, Sample
from workbench.show.numbers import MINUS, decimals_supported
from workbench.show.tables import cell_text, text
from workbench.simulate import simulate_run, simulate_totals, simulate_years, totals_run

REPEATS, YEARS = 200, 4_096


@pytest.fixture(scope="module")
def sealed(inputs):
    return totals_tables(inputs)


def own(**given):
    return Choices(own={"engine": "totals", **given})


# --- quasi-random points ----------------------------------------------------------------------


def test_points_are_those_of_joe_and_kuo():
    from scipy.stats import qmc

    published = (qmc.Sobol(21, scramble=False, bits=32).random(2048) * 2**32).astype(np.int64)
    number = np.arange(2048)
    for dimension in range(21):
        ours = sobol_points(dimension, range(2048))
        assert np.array_equal(ours[number ^ (number >> 1)], published[:, dimension])
        assert np.array_equal(sobol_points(dimension, range(777, 900)), ours[777:900])


def test_a_scramble_is_nested_and_its_bits_are_sealed():
    """Lanes that share their first digits share as many after it; the bits are those of Philox."""
    tables_ = scramble(1, ("totals", "P1")).astype(np.int64)
    assert tables_.shape == (REPLICATES, 65_536)
    for one in tables_:
        assert np.array_equal(np.sort(one), np.arange(65_536))
        for digits in (1, 2, 5, 9):
            kept = one.reshape(1 << digits, -1) >> (16 - digits)
            assert np.all(kept == kept[:, :1])
    told = hashlib.sha256(tables_.astype("<u2").tobytes()).hexdigest()
    assert told == SEALED


SEALED = "9345e304fbf1ba632990346e62f5a7f24480a757a88ac6fe18eab38ddeaa9005"


def test_each_randomisation_is_even():
    lanes = sobol_lanes(["P1", "P2"])(7, ("totals", "P2"), range(16 * 256))
    for kind in range(REPLICATES):
        assert np.array_equal(np.sort(lanes[kind::REPLICATES] >> 8), np.arange(256))


def test_a_quasi_random_year_is_the_same_whatever_is_drawn_with_it(inputs, sealed):
    given = {"seed": 3, "tables": sealed, "points": "sobol"}
    whole = simulate_totals(inputs, years=5_003, **given)
    assert np.array_equal(simulate_totals(inputs, years=1_001, **given), whole[:1_001])
    assert np.array_equal(simulate_totals(inputs, years=3_001, first=777, **given), whole[777:3001])
    with ThreadPoolExecutor(2) as pool:
        other = simulate_totals(inputs, years=5_003, mapper=pool.map, chunk_years=333, **given)
    assert np.array_equal(other, whole)
    assert not np.array_equal(simulate_totals(inputs, years=1_001, **{**given, "seed": 4}), whole)


@pytest.mark.parametrize(("years", "seed"), [(16_384, 1), (50_000, 2), (1 << 18, 3)])
def test_quasi_random_figures_agree_with_the_exact_year(inputs, exact, sealed, years, seed):
    fen = simulate_totals(inputs, years=years, seed=seed, points="sobol", tables=sealed)
    run = totals_run(inputs, fen, readers=readers_of(inputs, "collective", points="sobol"))
    # Errors from 16 randomisations: beyond five of them once in 6,000 figures (t, 15 degrees).
    assert compare(exact, run, years, errors=5.0) == []
    for pair, known in exact.correlations.items():
        found = run.correlations[pair]
        assert abs(found.value - known.value) < 5.0 * found.error, pair


def test_more_plans_than_dimensions_are_refused():
    with pytest.raises(InputRefused, match="value-out-of-range"):
        sobol_lanes([f"P{place}" for place in range(21)])


# --- errors are honest, and smaller ------------------------------------------------------------


def measures(sample):
    return (sample.mean(), sample.sd(), sample.quantile(0.75), sample.quantile(0.995),
            sample.tail_mean(0.75), sample.tail_mean(0.995))  # fmt: skip


def repeated(inputs, sealed, exact, reader, *, years, points):
    """Errors of repeats over their stated error and over sd, (repeats, measures) each."""
    known = exact.total
    truth = [known.mean_yuan.value, known.sd_yuan.value]
    truth += [known.quantiles[p].value for p in (0.75, 0.995)]
    truth += [known.tail_means[p].value for p in (0.75, 0.995)]
    off, stated = [], []
    for seed in range(REPEATS):
        fen = simulate_totals(inputs, years=years, seed=seed, points=points, tables=sealed)
        found = measures(reader(fen.sum(axis=1)))
        off.append([one.value - value for one, value in zip(found, truth, strict=True)])
        stated.append([one.error for one in found])
    return np.array(off) / np.array(stated), np.array(off) / known.sd_yuan.value


@pytest.fixture(scope="module")
def plain_spread(inputs, sealed, exact):
    return repeated(inputs, sealed, exact, Sample.of_fen, years=YEARS, points="random")[1]


def test_quasi_random_errors_are_honest_and_small(inputs, sealed, exact, plain_spread):
    units, spread = repeated(inputs, sealed, exact, replicated, years=YEARS, points="sobol")
    within = np.mean(np.abs(units) < 1.0, axis=0)
    assert np.all(within > 0.55), within  # t with 15 degrees of freedom: 0.667, less 3.4 errors
    assert np.all(np.mean(np.abs(units) < 2.0, axis=0) > 0.88)
    gain = np.sqrt(np.mean(plain_spread**2, axis=0) / np.mean(spread**2, axis=0))
    assert np.all(gain > (25.0, 5.0, 2.0, 1.2, 7.0, 1.2)), gain


def test_control_variates_are_honest_and_help(inputs, sealed, exact, plain_spread):
    reader = readers_of(inputs, "collective", control="exact")[-1]
    units, spread = repeated(inputs, sealed, exact, reader, years=YEARS, points="random")
    assert np.all(np.abs(units[:, :2]) < 1.0)  # mean and sd are the exact ones
    within = np.mean(np.abs(units[:, 2:]) < 1.0, axis=0)
    assert np.all((within > 0.55) & (within < 0.92)), within
    gain = np.sqrt(np.mean(plain_spread[:, 2:] ** 2, axis=0) / np.mean(spread[:, 2:] ** 2, axis=0))
    assert np.all(gain > (1.4, 1.02, 2.5, 1.05)), gain


def test_control_weights_keep_the_moments():
    drawn = np.array([100, 300, 200, 700, 400, 100, 600], dtype=np.int64) * 100
    found = controlled(drawn, mean=350.0, sd=220.0)
    assert found.mean().value == pytest.approx(350.0)
    assert found.sd().value == pytest.approx(220.0)
    assert found.expect(np.ones(7)).value == pytest.approx(1.0)
    still = controlled(np.full(5, 700), mean=7.0, sd=0.0)
    assert still.quantile(0.995) == Figure(7.0, 0.02)


def test_independent_years_read_like_a_sample(inputs, sealed):
    fen = simulate_totals(inputs, years=9_000, seed=1, tables=sealed).sum(axis=1)
    for level in (0.75, 0.99):
        one, other = independent(fen), Sample.of_fen(fen)
        assert one.quantile(level).value == other.quantile(level).value
        assert one.tail_mean(level).value == pytest.approx(other.tail_mean(level).value)
        assert one.tail_mean(level).error == pytest.approx(other.tail_mean(level).error)


def test_controlled_claims_agree_with_the_exact_year(inputs, exact):
    years = simulate_years(inputs, years=3_200, seed=20261124)
    run = simulate_run(inputs, years, readers=readers_of(inputs, "collective", control="exact"))
    assert compare(exact, run, 3_200) == []
    plain = simulate_run(inputs, years)
    assert run.total.beneficiaries.error < plain.total.beneficiaries.error / 1.5
    assert run.plans["P3"].expected_shortfall_yuan.error < (
        plain.plans["P3"].expected_shortfall_yuan.error / 2.0
    )


# --- stopping ---------------------------------------------------------------------------------


def test_checkpoints_are_blocks_and_end_at_the_most():
    marks = list(checkpoints(100_000))
    assert marks[:4] == [8_192, 10_240, 12_800, 16_000]
    assert marks[-1] == 100_000
    assert all(mark % 64 == 0 for mark in marks[:-1])
    assert all(low < high <= 1.26 * low for low, high in pairwise(marks))
    assert list(checkpoints(100)) == [100]
    assert list(checkpoints(40_000, doubling=True)) == [8_192, 16_384, 32_768, 40_000]


def test_no_year_is_drawn_twice():
    asked = []

    def draw(years):
        asked.append(years)
        return np.arange(years.start, years.stop)

    parts = draw_until(draw, lambda part: part, marks=[3, 5, 9], enough=lambda fen: len(fen) > 4)
    assert asked == [range(3), range(3, 5)]
    assert np.concatenate(parts).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("points", "wanted"), [("random", 0.003), ("sobol", 0.0015)])
def test_a_reached_tolerance_is_really_met(inputs, sealed, exact, points, wanted):
    """Over many runs the root mean square of what they are off by is within the tolerance."""
    truth = exact.total.quantiles[0.995].value
    reader = readers_of(inputs, "collective", points=points)[-1]
    given = {"tables": sealed, "points": points}
    off = []
    for seed in range(60):
        fen = np.concatenate(
            draw_until(
                lambda years, seed=seed: simulate_totals(
                    inputs, years=years.stop, first=years.start, seed=seed, **given
                ).sum(axis=1),
                lambda part: part,
                marks=checkpoints(1 << 18, doubling=points == "sobol"),
                enough=lambda fen: met(relative_error(fen, reader), wanted),
            )
        )
        found = convergence_of(fen, reader, most=1 << 18, tolerance=wanted)
        assert found.reached
        assert found.error.value <= wanted
        off.append(reader(fen).quantile(0.995).value / truth - 1.0)
    assert np.sqrt(np.mean(np.square(off))) < 1.1 * wanted


def test_years_needed_fall_with_the_square_of_the_error(inputs, sealed):
    fen = simulate_totals(inputs, years=200_000, seed=2, tables=sealed).sum(axis=1)
    few = convergence_of(fen[:12_800], Sample.of_fen, most=12_800, tolerance=None)
    many = convergence_of(fen, Sample.of_fen, most=200_000, tolerance=None)
    assert tuple(many.needed) == ERRORS
    assert (few.reached, few.tolerance) == (None, None)
    assert many.needed[0.001].value == pytest.approx(25.0 * many.needed[0.005].value)
    for error, years in few.needed.items():
        assert abs(years.value - many.needed[error].value) < 4.0 * years.error
    # The density of the exact law at the quantile gives the years without any drawing.
    law = year_laws(inputs).laws[-1]
    density = 0.0002 / (law.quantile(0.9951) - law.quantile(0.9949))
    years = 0.995 * 0.005 / (density * 0.001 * law.quantile(0.995)) ** 2
    assert abs(many.needed[0.001].value - years) < 4.0 * many.needed[0.001].error
    nothing = convergence_of(np.zeros(100, np.int64), Sample.of_fen, most=100, tolerance=0.01)
    assert nothing.reached


def test_claims_go_on_where_they_stopped(inputs):
    whole = simulate_years(inputs, years=300, seed=6)
    later = simulate_years(inputs, years=300, seed=6, first=128)
    for name in ("paid_fen", "beneficiaries", "persons_paid"):
        assert np.array_equal(getattr(later, name), getattr(whole, name)[128:])


# --- as a user asks ---------------------------------------------------------------------------


def run_json(capsys, *words):
    assert main(["run", *words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    schema = json.loads((SCHEMAS / "run.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(found)
    return found


def test_a_run_stops_at_its_tolerance(capsys):
    found = run_json(capsys, "--engine", "totals", "--tolerance", "0.003")
    part, quantile = found["convergence"], found["total"]["paid_yuan"]["quantile"]["0.995"]
    assert (found["choices"]["tolerance"], found["choices"]["years"]) == (0.003, 1_000_000)
    assert (part["reached"], part["tolerance"], part["most_years"]) == (True, 0.003, 1_000_000)
    assert part["years"] in checkpoints(1_000_000)
    assert quantile["error"] <= 0.003 * quantile["value"]
    assert found["warnings"] == []
    needed = part["years_needed"]["0.003"]["value"]
    assert needed <= part["years"]
    assert needed == pytest.approx(part["years"] * (part["relative_error"]["value"] / 0.003) ** 2)
    again = run_json(capsys, "--engine", "totals", "--tolerance", "0.003", "--threads", "2")
    assert again == found
    longer = run_json(capsys, "--engine", "totals", "--years", str(part["years"]))
    assert longer["record"]["results_sha256"] == found["record"]["results_sha256"]
    assert longer["convergence"]["reached"] is None


def test_a_tolerance_that_is_out_of_reach_is_told(capsys):
    words = ("--engine", "totals", "--tolerance", "0.0005", "--years", "9000")
    found = run_json(capsys, *words)
    assert found["convergence"]["reached"] is False
    assert found["convergence"]["years"] == 9_000
    assert "WB-440" in found["warnings"][0] and " / " in found["warnings"][0]
    for language, told in (("zh", "约需"), ("en", "would reach it")):
        assert main(["run", *words, "--lang", language]) == 0
        out = capsys.readouterr().out
        line = next(line for line in out.splitlines() if "WB-440" in line)
        assert told in line
        years = int(re.search(r"(?:约需|about) (\d+)", line).group(1))
        assert years == pytest.approx(found["convergence"]["years_needed"]["0.0005"]["value"], 0.1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--engine", "totals", "--tolerance", "small"), "WB-102"),
        (("--engine", "totals", "--tolerance", "nan"), "WB-102"),
        (("--engine", "totals", "--tolerance", "0.１"), "WB-102"),
        (("--engine", "totals", "--tolerance", "9" * 5_000), "WB-102"),
        (("--engine", "claims", "--tolerance", "0"), "WB-101"),
        (("--engine", "claims", "--tolerance=-0.1"), "WB-101"),
        (("--engine", "totals", "--tolerance", "0.6"), "WB-101"),
        (("--engine", "totals", "--tolerance"), "WB-404"),
        (("--tolerance", "0.01"), "WB-411"),
        (("--points", "random"), "WB-411"),
        (("--control", "exact"), "WB-411"),
        (("--engine", "totals", "--points", "halton"), "WB-403"),
        (("--engine", "claims", "--points", "sobol"), "WB-441"),
        (("--engine", "totals", "--points", "sobol", "--control", "exact"), "WB-442"),
        (("--engine", "totals", "--points", "sobol", "--years", "1000"), "WB-101"),
    ],
)
def test_what_cannot_be_taken_is_refused(capsys, words, code):
    for language in ("zh", "en"):
        assert main(["run", *words, "--lang", language]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert code in told.err and told.err.count("\n") == 1


@pytest.mark.parametrize(
    "given",
    [
        {"tolerance": 0.003},
        {"tolerance": 0.0005, "years": 9_000},
        {"tolerance": 0.002, "points": "sobol"},
        {"tolerance": 0.004, "control": "exact"},
        {
            "engine": "claims",
            "form": "individual",
            "years": 128,
            "control": "exact",
            "tolerance": 0.5,
        },
    ],
)
def test_a_run_to_a_tolerance_reruns_identical(inputs, given):
    answer = ask("run", own(**given), pack=inputs)
    record = read_record(keep(answer, who="a reviewer"))
    assert record.choices.own["tolerance"] == given["tolerance"]
    outcome = rerun(record)
    assert (outcome.identical, outcome.differences) == (True, ())
    assert outcome.years == document(answer)["convergence"]["years"]


def test_a_drawn_run_shows_only_digits_that_its_error_supports(inputs):
    for given in ({"years": 3_000}, {"years": 2_048, "points": "sobol"}, {"control": "exact"}):
        answer = ask("run", own(**given), pack=inputs)
        shown = 0
        for table in tables(answer):
            for column in table.columns:
                for cell in table.column(column.key):
                    if isinstance(cell, Figure) and cell.error > abs(cell.value) * 1e-6:
                        shown += _held(cell, column.kind)
        assert shown > 60


FACTORS = {"money": 1e-4, "percent": 100.0, "probability": 100.0}


def _held(figure, kind):
    """1 where the last digit shown is at or before the first digit of the error, else fail."""
    told = cell_text(figure, kind, "zh").strip(" %").replace(",", "").replace(MINUS, "-")
    if not re.fullmatch(r"-?[\d.]+", told):
        return 0
    supported = decimals_supported(figure.error * FACTORS.get(kind, 1.0))
    decimals = len(told.partition(".")[2])
    assert decimals <= max(supported, 0), (told, figure)
    if supported < 0 and told != "0":
        assert float(told) % 10.0**-supported == 0.0, (told, figure)
    return 1


def test_every_table_and_line_is_told_in_both_languages(capsys):
    for words in (("--tolerance", "0.004"), ("--points", "sobol"), ("--control", "exact")):
        for language, told in (("zh", "模拟误差"), ("en", "Simulation error")):
            assert main(["run", "--engine", "totals", *words, "--lang", language]) == 0
            out = capsys.readouterr().out
            assert told in out and "head." not in out and "None" not in out


def test_the_years_that_errors_need_stand_in_a_table(inputs):
    answer = ask("run", own(tolerance=0.0035), pack=inputs)
    table = tables(answer)[-1]
    assert table.name == "run_convergence"
    assert table.column("relative_error") == (0.01, 0.005, 0.0035, 0.002, 0.001)
    assert [row for row in text(table, "zh").splitlines() if "0.0035" in row]
    assert [one.name for one in tables(ask("run", pack=inputs))][-1] == "run_correlations"
