"""Covers over the scheme's year: layers add to the whole, computed against drawn, choices."""

from __future__ import annotations

import json
from dataclasses import fields

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_questions import schema
from workbench.cli import main
from workbench.engine.claim_layers import (
    ClaimYears,
    claim_cover,
    claim_parts,
    claim_years,
    drawn_claim_cover,
)
from workbench.engine.events import scheme_of
from workbench.engine.grouping import claims_tables
from workbench.engine.layers import (
    Programme,
    drawn_cover,
    drawn_programme,
    law_cover,
    law_of_sum,
    law_programme,
    weighted_fen,
)
from workbench.engine.replay import drawn_claims
from workbench.engine.stages import expected_claims, measures_of
from workbench.guard import InputRefused
from workbench.laws import PerPerson, QuotaShare, StopLoss
from workbench.questions import Choices, ask, command, document, tables
from workbench.questions.sums import weights_of
from workbench.simulate import simulate_totals, simulate_years

ONES = np.ones(5)
CODES = ("P1", "P2", "P3", "P4", "P5")
SUMS = {
    "P1": np.array([1.0, 0, 0, 0, 0]),
    "P3": np.array([0, 0, 1.0, 0, 0]),
    "P1+2*P2": np.array([1.0, 2.0, 0, 0, 0]),
    "total": ONES,
}
SIGMAS = 4.5


@pytest.fixture(scope="module")
def scheme(inputs):
    return scheme_of(inputs)


@pytest.fixture(scope="module")
def totals(inputs):
    """Years drawn in totals, fen by plan."""
    return simulate_totals(inputs, years=40_000, seed=7)


@pytest.fixture(scope="module")
def tables_of_claims(scheme):
    return claims_tables(scheme)


@pytest.mark.parametrize("form", ["collective", "individual"])
def test_the_law_of_a_sum_is_the_runs(inputs, exact, form):
    pair = law_of_sum(inputs, ONES, form)
    if form == "collective":
        assert pair.fine.mean == pytest.approx(exact.total.mean_yuan.value, rel=1e-9)
        found = pair.figure(lambda law: law.quantile(0.995), 1.0)
        wanted = exact.total.quantiles[0.995]
        assert abs(found.value - wanted.value) <= found.error + wanted.error
        sd = exact.total.sd_yuan
        assert abs(pair.fine.sd - sd.value) <= sd.error + 1e-9 * sd.value
    else:
        assert pair.fine.sd < exact.total.sd_yuan.value


@pytest.mark.parametrize("of", SUMS)
def test_layers_add_to_the_whole(inputs, of):
    pair = law_of_sum(inputs, SUMS[of])
    law = pair.fine
    for level in (0.3, 0.9, 0.995):
        d = law.quantile(level) + 0.37 * law.step
        low = law_cover(StopLoss(attachment=0.0, limit=d), pair)
        high = law_cover(StopLoss(attachment=d), pair)
        total = low.ceded_yuan.value + high.ceded_yuan.value
        assert total == pytest.approx(law.mean, abs=2e-3)
        # What one of them takes the other leaves.
        assert low.retained_yuan.value == pytest.approx(high.ceded_yuan.value, abs=2e-3)
        assert low.retained_sd_yuan.value == pytest.approx(high.ceded_sd_yuan.value, rel=1e-5)
        assert high.retained_sd_yuan.value == pytest.approx(low.ceded_sd_yuan.value, rel=1e-5)
        assert low.exhaust_probability.value == pytest.approx(
            law.probability_above(d - (0.0 if law.continuous else 1e-3)), abs=1e-9
        )


def test_a_cover_that_never_attaches_changes_nothing(inputs):
    pair = law_of_sum(inputs, ONES)
    figures = law_cover(StopLoss(attachment=3e7, limit=1e6), pair)
    assert figures.ceded_yuan.value == pytest.approx(0.0, abs=1e-3)
    assert np.isnan(figures.ceded_when_attached_yuan.value)
    assert figures.retained_sd_yuan.value == pytest.approx(pair.fine.sd, rel=1e-7)


def compare(exact_one, drawn_one, sigmas=SIGMAS):
    """Hold every figure of two ways to each other: their gap against both errors."""
    for entry in fields(exact_one):
        one, other = getattr(exact_one, entry.name), getattr(drawn_one, entry.name)
        if np.isnan(one.value):
            assert np.isnan(other.value), entry.name
            continue
        gap = abs(one.value - other.value)
        assert gap <= sigmas * np.hypot(one.error, other.error) + 1e-9 * abs(one.value), entry.name


@pytest.mark.parametrize("of", SUMS)
def test_computed_and_drawn_years_agree(inputs, totals, of):
    pair, fen = law_of_sum(inputs, SUMS[of]), weighted_fen(totals, SUMS[of])
    law = pair.fine
    at = [round(law.quantile(level), -3) for level in (0.6, 0.9, 0.98)]
    covers = [
        StopLoss(attachment=at[0], limit=at[1] - at[0], share=0.9),
        StopLoss(attachment=at[2]),
        QuotaShare(share=0.3),
    ]
    for cover in covers:
        compare(law_cover(cover, pair), drawn_cover(cover, fen))
    layers = (covers[0], StopLoss(attachment=at[1], limit=at[2] - at[1], share=0.5))
    programme = Programme(quota=QuotaShare(share=0.1), layers=layers)
    found, drawn = law_programme(programme, pair), drawn_programme(programme, fen)
    for name, figure in found.items():
        gap = abs(figure.value - drawn[name].value)
        assert gap <= SIGMAS * np.hypot(figure.error, drawn[name].error), name


def test_the_comparison_can_fail(inputs, totals):
    pair, fen = law_of_sum(inputs, ONES), weighted_fen(totals, ONES)
    with pytest.raises(AssertionError):
        compare(
            law_cover(StopLoss(attachment=12.5e6), pair),
            drawn_cover(StopLoss(attachment=12.55e6), fen),
        )


@settings(max_examples=20)
@given(
    quota=st.integers(1, 900_000),
    ends=st.lists(st.integers(10**8, 2 * 10**9), min_size=3, max_size=3, unique=True),
    shares=st.lists(st.integers(1, 10**6), min_size=2, max_size=2),
)
def test_retained_and_ceded_are_the_whole_to_the_fen(totals, quota, ends, shares):
    fen = weighted_fen(totals[:200], ONES)
    low, middle, high = sorted(ends)
    layers = (
        StopLoss(attachment=low / 100, limit=(middle - low) / 100, share=shares[0] / 10**6),
        StopLoss(attachment=middle / 100, limit=(high - middle) / 100, share=shares[1] / 10**6),
    )
    cover = QuotaShare(share=quota / 10**6)
    left = cover.retained_fen(fen)
    ceded = cover.ceded_fen(fen) + sum(layer.ceded_fen(left) for layer in layers)
    kept = Programme(quota=cover, layers=layers).retained_fen(fen)
    assert np.array_equal(kept + ceded, fen)
    assert np.all((kept >= 0) & (kept <= fen))


# --- a claimant ---------------------------------------------------------------------------------


@pytest.mark.parametrize("of", SUMS)
def test_layers_of_claimants_add_to_the_whole(inputs, scheme, of):
    weights = SUMS[of]
    parts = claim_parts(scheme, weights)
    paid = float(expected_claims(inputs).paid_yuan @ weights)
    low = claim_cover(PerPerson(retention=0.0, limit=7_000.0), parts, measures_of(scheme, weights))
    high = claim_cover(PerPerson(retention=7_000.0), parts, measures_of(scheme, weights))
    assert low.ceded_yuan.value + high.ceded_yuan.value == pytest.approx(paid, rel=1e-7)
    assert low.retained_yuan.value == pytest.approx(high.ceded_yuan.value, rel=1e-6)
    assert low.retained_sd_yuan.value == pytest.approx(high.ceded_sd_yuan.value, rel=1e-6)
    assert low.ceded_share.value + high.ceded_share.value == pytest.approx(1.0, rel=1e-7)


def test_excess_of_a_lump_sum_is_closed_form(inputs, scheme):
    """P3 pays 10,000 or, on days 31 to 60 of a first term, 1,000 yuan."""
    weights = SUMS["P3"]
    parts = claim_parts(scheme, weights)
    most = sum(float(part.points.mass[part.points.yuan > 9_999].sum()) for part in parts)
    measures = measures_of(scheme, weights)
    found = claim_cover(PerPerson(retention=4_000.0, limit=5_000.0, share=0.5), parts, measures)
    assert found.claims_above.value == pytest.approx(most, rel=1e-12)
    assert found.ceded_yuan.value == pytest.approx(2_500.0 * most, rel=1e-12)
    assert found.ceded_sd_yuan.value == pytest.approx(2_500.0 * np.sqrt(most), rel=1e-12)
    none = claim_cover(PerPerson(retention=10_000.0), parts, measures)
    assert none.claims_above.value == none.ceded_yuan.value == 0.0


@pytest.mark.parametrize(
    ("of", "form"), [("total", "collective"), ("total", "individual"), ("P1+2*P2", "collective")]
)
def test_claimants_computed_and_drawn_agree(scheme, tables_of_claims, of, form):
    weights, years = SUMS[of], 320
    covers = (
        PerPerson(retention=3_000.0, limit=4_000.0),
        PerPerson(retention=9_500.0, share=0.8),
        PerPerson(retention=12_345.0),
    )
    parts = claim_parts(scheme, weights)
    events = drawn_claims(scheme, tables_of_claims, seed=21, blocks=range(5), form=form)
    found = claim_years(events, covers, weights, years)
    fen = weighted_fen(found.paid_fen, weights)
    for place, cover in enumerate(covers):
        drawn = drawn_claim_cover(found.ceded_fen[place], fen, found.above[place])
        compare(claim_cover(cover, parts, measures_of(scheme, weights)), drawn)


def test_drawn_claimants_are_those_of_a_run(inputs, scheme, tables_of_claims):
    run = simulate_years(inputs, years=128, seed=9, tables=tables_of_claims)
    parts = [
        claim_years(
            drawn_claims(scheme, tables_of_claims, seed=9, blocks=range(block, block + 1)),
            (PerPerson(retention=0.0, limit=1e9),),
            ONES,
            64,
        )
        for block in range(2)
    ]
    found = ClaimYears.join(parts)
    assert np.array_equal(found.paid_fen, run.paid_fen)
    assert np.array_equal(found.ceded_fen[0], run.paid_fen.sum(axis=1))
    assert np.array_equal(found.above[0], run.persons_paid)


# --- the question -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("total", [1, 1, 1, 1, 1]),
        ("P3", [0, 0, 1, 0, 0]),
        ("P1+2*P2", [1, 2, 0, 0, 0]),
        (" 0.5*P1 + P1 ", [1.5, 0, 0, 0, 0]),
        ("total+1e1*P5", [1, 1, 1, 1, 11]),
    ],
)
def test_a_sum_is_read(text, weights):
    assert weights_of(text, CODES).tolist() == weights


@pytest.mark.parametrize(
    "text", ["", "P9", "P1+", "P1-P2", "2P1", "0*P1", "-1*P1", "1e9*P1", "P1*2"]
)
def test_what_is_no_sum_is_refused(text):
    with pytest.raises(InputRefused) as caught:
        weights_of(text, CODES)
    told = caught.value.faults[0]
    assert told.parts["name"] == "--of"
    assert told.code in ("unknown-choice", "value-out-of-range", "not-a-number")


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ({"attachment": [1e6, 2e6], "limit": 1.5e6}, "value-out-of-range"),
        ({"retention": [1e3, 2e3], "claim-limit": 1.5e3}, "value-out-of-range"),
        ({"seed": 3}, "exact-takes-no-years"),
        ({"engine": "totals", "retention": [1e3]}, "unknown-choice"),
        ({"ceded-share": 1.0}, "value-out-of-range"),
        ({"attachment": ["much"]}, "not-a-number"),
        ({"of": "P1+P9"}, "unknown-choice"),
    ],
)
def test_choices_that_do_not_go_together_are_refused(inputs, own, code):
    with pytest.raises(InputRefused) as caught:
        ask("layers", Choices(own=own), pack=inputs)
    assert caught.value.faults[0].code == code


def test_the_default_ladder_is_of_quantiles_and_leaves_the_first(inputs, exact):
    answer = ask("layers", pack=inputs)
    found = document(answer)
    floors = [one["attachment_yuan"] for one in found["covers"]]
    assert floors == [12_300_000, 12_800_000, 13_100_000, 13_600_000, 13_800_000]
    assert found["covers"][-1]["limit_yuan"] is None
    assert found["left"]["retained_995_yuan"]["value"] == floors[0]
    ceded = sum(one["ceded_yuan"]["value"] for one in found["covers"])
    whole, left = found["whole"]["mean_yuan"]["value"], found["left"]["retained_yuan"]["value"]
    assert whole == pytest.approx(exact.total.mean_yuan.value, rel=1e-9)
    assert ceded + left == pytest.approx(whole, rel=1e-9)
    assert [one["retention_yuan"] for one in found["claims"]] == [1_920, 10_000, 30_000]
    assert found["claims"][0]["limit_yuan"] == 8_080


def test_the_same_layers_are_held_to_drawn_years(inputs):
    own = {"of": "P1+2*P4", "attachment": [9.5e6, 10.5e6], "ceded-share": 0.05}
    computed = ask("layers", Choices(own=own), pack=inputs).result
    drawn = ask("layers", Choices(own={**own, "engine": "totals", "years": 20_000}), pack=inputs)
    for (cover, one), (other, two) in zip(computed.covers, drawn.result.covers, strict=True):
        assert cover == other
        compare(one, two)
    assert drawn.result.claims == ()


@pytest.mark.parametrize(
    "words",
    [
        ["--of", "P1+2*P2", "--attachment", "9e6", "--ceded-share", "0.2", "--share", "0.9"],
        ["--engine", "claims", "--years", "64", "--retention", "5000", "--claim-limit", "9000"],
        ["--engine", "totals", "--years", "500", "--seed", "4", "--of", "P3"],
        ["--form", "individual", "--of", "P3", "--limit", "20000"],
    ],
)
def test_the_command_gives_its_document(capsys, words):
    assert main(["layers", *words, "--json"]) == 0
    told = capsys.readouterr().out
    # Everything typed arrives, names of two words too.
    flags = [word.removeprefix("--") for word in words if word.startswith("--")]
    choices = json.loads(told)["choices"]
    assert all(choices[name] is not None for name in flags if name != "threads")
    jsonschema.Draft202012Validator(schema("layers")).validate(json.loads(told))
    assert main(["layers", *words, "--json"]) == 0
    assert capsys.readouterr().out == told


def test_the_command_that_asks_the_same():
    own = {"of": "P1+2*P2", "attachment": (9e6, 1e7)}
    told = command("layers", Choices(own=own))
    assert told == 'workbench layers --of "P1+2*P2" --attachment 9000000.0 --attachment 10000000.0'


def test_tables_hold_every_cover(inputs):
    own = {"attachment": [1.2e7], "limit": 5e5, "ceded-share": 0.1}
    answer = ask("layers", Choices(own=own), pack=inputs)
    first, left, claims = tables(answer)
    assert [cell.key for cell in first.column("cover")] == ["cover.quota_share", "cover.stop_loss"]
    assert len(left.rows) == 4
    assert left.rows[0][-3:] == tuple(answer.result.whole.values())
    assert left.rows[-1][-3:] == tuple(answer.result.left.values())
    assert claims.column("ceded_share")[0].value > claims.column("ceded_share")[-1].value
