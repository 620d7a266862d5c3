"""What the scheme does besides: cost, saving, break-even; readings of the stray amount."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from workbench.cli import main
from workbench.engine.stages import expected_claims, year_laws
from workbench.exact import exact_run
from workbench.guard import InputRefused
from workbench.inputs import Programme
from workbench.pack import new_pack, read_pack
from workbench.premium.fragment import READINGS, readings
from workbench.premium.levers import programme_named, reach_of, with_effect, with_programme
from workbench.premium.programmes import programme_result
from workbench.questions import ask, document
from workbench.resources import builtin


def made(**more):
    told = dict(code="x", kind="prevention", name_zh="某", name_en="x", members=50_000,
                total_yuan=300_000.0, years=1.0)  # fmt: skip
    return Programme(**{**told, **more})


def test_the_pilot_of_the_newspaper(inputs):
    """96,000 members, 3.804 million yuan at five sites: 39.6 a head, about 7 a year."""
    pilot = programme_named(inputs, "discount_pilot")
    assert (pilot.members, pilot.total_yuan, pilot.state) == (96_000, 3_804_000.0, "fact")
    found = programme_result(inputs, pilot)
    assert round(pilot.total_yuan / pilot.members, 1) == 39.6
    assert found.cost_per_member_yuan.value == pytest.approx(7.2, abs=0.1)
    assert found.reach == pytest.approx(0.475, abs=5e-4)
    assert found.saved_yuan.value == 0.0 and found.net_yuan.value == -found.cost_yuan.value
    run = exact_run(inputs)
    assert found.before.expected_surplus_yuan.value == pytest.approx(
        run.total.expected_surplus_yuan.value, rel=1e-12
    )
    gap = found.before.expected_surplus_yuan.value - found.after.expected_surplus_yuan.value
    assert gap == pytest.approx(found.cost_yuan.value, rel=1e-9)
    more = found.after.returned_per_hundred.value - found.before.returned_per_hundred.value
    assert more == pytest.approx(100 * found.cost_yuan.value / 17_500_000, rel=1e-9)
    assert found.after.deficit_probability.value > found.before.deficit_probability.value
    assert found.carried_times.value * found.cost_yuan.value == pytest.approx(
        found.before.expected_surplus_yuan.value
    )


@pytest.mark.parametrize("lever", ["hospital_claimant", "critical_illness", "stay_cost",
                                   "special_disease", "injury_claimant"])  # fmt: skip
def test_at_its_break_even_a_programme_pays_for_itself(inputs, lever):
    cheap = made(lever=lever, total_yuan=20_000.0, effect=0.1, effect_low=0.0, effect_high=0.2)
    found = programme_result(inputs, cheap)
    assert 0.0 < found.break_even_effect.value < 1.0
    there = dataclasses.replace(cheap, effect=found.break_even_effect.value)
    again = programme_result(inputs, there)
    assert again.net_yuan.value == pytest.approx(0.0, abs=0.05)
    assert found.saved_low_yuan.value == pytest.approx(0.0, abs=1e-6)
    assert found.saved_yuan.value < found.saved_high_yuan.value
    assert found.break_even_yuan_per_member.value == pytest.approx(
        found.saved_yuan.value / cheap.members
    )


def test_no_fall_pays_for_a_dear_programme(inputs):
    dear = made(lever="special_disease", total_yuan=3e6, effect=0.1)
    assert programme_result(inputs, dear).break_even_effect is None
    screening = programme_named(inputs, "women_screening")
    assert programme_result(inputs, screening).break_even_effect is None


def test_levers_move_what_they_name_alone(inputs):
    base = expected_claims(inputs).paid_yuan
    moved = {
        lever: expected_claims(with_effect(inputs, lever, 0.1)).paid_yuan / base
        for lever in ("hospital_claimant", "stay_cost", "critical_illness", "special_disease",
                      "injury_claimant", "accidental_death")
    }  # fmt: skip
    assert moved["critical_illness"][2] == pytest.approx(0.9, rel=1e-9)
    assert moved["special_disease"][3] == pytest.approx(0.9, rel=1e-9)
    # A special disease is a critical illness too: P3 loses as many cases where it is held.
    assert 0.95 < moved["special_disease"][2] < 1.0
    assert moved["hospital_claimant"][4] == 1.0 and moved["hospital_claimant"][0] < 0.9
    assert moved["stay_cost"][0] < 0.95 and moved["stay_cost"][1] == 1.0
    # Fewer injuries are fewer claims of P1 and P2 too, and leave illness as it was.
    assert 0.98 < moved["injury_claimant"][0] < 1.0 and 0.9 < moved["injury_claimant"][4] < 1.0
    assert moved["accidental_death"][4] < 1.0 and moved["accidental_death"][0] == 1.0


def test_a_negative_effect_costs(inputs):
    worse = made(lever="critical_illness", effect=-0.1, effect_low=-0.1, effect_high=0.0)
    assert programme_result(inputs, worse).saved_yuan.value < 0.0
    assert with_programme(inputs, made()) is inputs
    assert reach_of(inputs, made(members=10**7)) == 1.0


def test_readings_of_the_stray_amount(inputs):
    """docs/facts.md: 70.5 an enrolment and 64 %; 1.57 times; 31 %; 14.1; 4.9 times."""
    found = {one.code: one for one in readings(inputs)}
    assert tuple(found) == READINGS
    year = found["contributions_of_a_year"]
    assert year.verdict == "coherent"
    assert round(year.per_enrolment_yuan.value, 1) == 70.5
    assert round(year.loss_ratio.value, 2) == 0.64
    latest = found["benefits_of_a_year"]
    assert round(latest.compared.value, 2) == 1.57 and latest.verdict == "possible"
    assert latest.safety.deficit_probability.value > 0.9
    assert round(found["part_of_the_benefits"].compared.value, 2) == 0.31
    five = found["contributions_of_five_years"]
    assert round(five.per_enrolment_yuan.value, 1) == 14.1 and five.verdict == "impossible"
    aid = found["discounts_or_aid"]
    assert round(aid.compared.value, 1) == 4.9 and aid.verdict == "unlikely"


def test_the_scale_of_a_reading_makes_the_amount(inputs):
    (latest,) = (one for one in readings(inputs, 15e6) if one.code == "benefits_of_a_year")
    values = {"hospital_claimant_rate_scale": latest.scale.value}
    then = dataclasses.replace(inputs, assumptions=inputs.assumptions.changed(values))
    assert expected_claims(then).paid_yuan.sum() == pytest.approx(15e6, rel=1e-9)
    assert year_laws(then).laws[-1].mean == pytest.approx(15e6, rel=1e-9)


def test_an_amount_too_small_for_any_rate_has_no_scale(inputs):
    (latest,) = (one for one in readings(inputs, 1e5) if one.code == "benefits_of_a_year")
    assert latest.scale is None and latest.safety is None and latest.verdict == "unlikely"


def test_a_pack_of_before_takes_the_built_in_files(tmp_path):
    folder = new_pack(tmp_path / "pack")
    for name in ("programmes.csv", "relativities.csv"):
        (folder / name).unlink()
    assert read_pack(folder).programmes == read_pack().programmes


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("hospital_claimant,0.01,0,0.05", "hospital_claimant,0.06,0,0.05", "effect-out-of-order"),
        ("hospital_claimant,0.01,0,0.05", ",0.01,0,0.05", "effect-without-lever"),
        ("hospital_claimant,0.01,0,0.05", "hospital_claimant,,0,0.05", "cell-blank"),
        ("hospital_claimant,0.01,0,0.05", "smoking,0.01,0,0.05", "cell-code-unknown"),
        ("20000,200000,1", "20000,200000,0", "cell-out-of-range"),
    ],
)
def test_faults_of_programmes_are_told(tmp_path, old, new, code):
    folder = new_pack(tmp_path / "pack")
    file = folder / "programmes.csv"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputRefused) as refusal:
        read_pack(folder)
    assert code in {fault.code for fault in refusal.value.faults}
    assert all(fault.parts["file"] == "programmes.csv" for fault in refusal.value.faults)


def test_a_table_of_two_dimensions_is_told(tmp_path):
    folder = new_pack(tmp_path / "pack")
    file = folder / "relativities.csv"
    text = file.read_text(encoding="utf-8").replace("national,occupation,2", "national,area,2")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as refusal:
        read_pack(folder)
    assert [fault.code for fault in refusal.value.faults] == ["relativity-two-dimensions"]


def test_programmes_on_the_command_line(capsys, tmp_path):
    assert main(["programmes", "--lang", "zh"]) == 0
    told = capsys.readouterr().out
    for part in ("定点医疗优惠试点", "持平", "最说得通", "不可能"):
        assert part in told
    assert main(["programmes", "--amount", "1", "--lang", "en"]) == 2
    assert "WB-101" in capsys.readouterr().err
    folder = tmp_path / "pack"
    shutil.copytree(Path(str(builtin("data"))), folder)
    lines = (folder / "programmes.csv").read_text(encoding="utf-8").splitlines()[:3]
    (folder / "programmes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["programmes", "--data", str(folder), "--lang", "zh"]) == 0
    assert "女职工两癌筛查" not in capsys.readouterr().out


def test_every_programme_is_in_the_document(inputs):
    found = document(ask("programmes", pack=inputs))
    assert [one["code"] for one in found["programmes"]] == [one.code for one in inputs.programmes]
    assert all(one["provenance"] for one in found["programmes"])
    assert [one["code"] for one in found["readings"]] == list(READINGS)
