"""The fund over years: identities to the fen, the same bits, laws, landmarks, rules, command."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from workbench.basis import Basis
from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.consistency import actions_against
from workbench.engine.events import scheme_of
from workbench.engine.moments import expected_paid
from workbench.engine.stages import year_laws
from workbench.fund import FundChoices, compile_fund, fund_of, member_years, path_books, run_paths
from workbench.fund.actions import action_rules
from workbench.fund.calendar import fund_calendar
from workbench.fund.cash import FLOWS, opening_of
from workbench.fund.draws import lanes_of, month_claims, shocks_of
from workbench.fund.expected import expected_years
from workbench.fund.measures import contribution_effect, fund_figures, quantile_of, restored
from workbench.fund.members import retirement_age
from workbench.fund.paths import walk
from workbench.fund.statements import INCOME, mean_statements
from workbench.fund.terms import year_growth
from workbench.guard import InputRefused
from workbench.inputs import Action
from workbench.pack import read_pack
from workbench.premium.reinsurance import Ceding
from workbench.reserving import reserve

ROOT = Path(__file__).parent.parent
STOP = Ceding(kind="stop_loss", size=1.05)
QUOTA = Ceding(kind="quota_share", size=0.3)


@pytest.fixture(scope="module")
def pack():
    return read_pack()


@pytest.fixture(scope="module")
def model(pack):
    return compile_fund(pack, FundChoices(years=10))[0]


@pytest.fixture(scope="module")
def run(model):
    return run_paths(model, paths=2_048, seed=5)


def _changed(pack, **names):
    return apply(pack, Changes({name.replace("__", "."): value for name, value in names.items()}))


# --- identities -----------------------------------------------------------------------------


def _everything(pack):
    """A fund with every flow: interest, both covers in turn, sharing, programmes, rules."""
    names = {"risk_retained_share": 0.6, "remittance_share": 0.05, "opening_fund_yuan": 2_000_000}
    changed = apply(pack, Changes(names))
    for ceding in (STOP, QUOTA):
        choices = FundChoices(years=4, ceding=ceding, programmes=("discount_pilot",))
        model = compile_fund(changed, choices)[0]
        yield replace(model, rules=action_rules(changed, model.terms))


def test_the_fund_closes_to_the_fen_on_every_path_and_month(pack):
    for model in _everything(pack):
        held = {name: value for name, value in opening_of(model.laws[0], model.terms).held.items()}
        for one in walk(model.laws[0], model.terms, 9, (0, 3), rules=model.rules, shock=(0.3, 1.0)):
            flows = one.flows
            assert all(flows[name].dtype == np.int64 for name in (*FLOWS, "fund", "assets"))
            before = {
                name: np.concatenate(
                    [np.broadcast_to(held[name], (1, flows[name].shape[1])), flows[name][:-1]]
                )
                for name in held
            }
            cash = flows["received"] - flows["paid"] - flows["spent"] - flows["programmes"]
            cash = cash - flows["remitted"] - flows["cover_price"] + flows["recovered"]
            cash = cash - flows["settled"] + flows["interest"]
            assert np.array_equal(flows["assets"], before["assets"] + cash)
            owed = flows["unearned"] + flows["unpaid"] + flows["handling"] + flows["advance"]
            assert np.array_equal(flows["fund"], flows["assets"] - owed)
            incurred = flows["paid"] + flows["unpaid"] - before["unpaid"]
            assert np.array_equal(flows["incurred"], incurred)
            happened = np.sum(one.plan_fen, axis=0).astype(np.int64)
            assert np.array_equal(flows["incurred"], happened)
            written = flows["received"] - (flows["advance"] - before["advance"])
            assert np.array_equal(flows["written"], written)
            held = {name: flows[name][-1] for name in held}
        assert np.all(flows["settled"][-1] != 0) and flows["settled"][:-1].sum() == 0
        assert flows["recovered"].sum() > 0


def test_the_statements_add_up(run):
    found = mean_statements(run)
    income, balance = found.income, found.balance
    out = "incurred spent handling_change programmes remitted cover_price settled".split()
    result = income["earned"] + income["interest"] + income["recovered"]
    result = result - sum(income[name] for name in out)
    assert result == pytest.approx(income["result"], abs=1e-6)
    owed = sum(balance[name] for name in ("unearned", "unpaid", "handling", "advance", "fund"))
    assert owed == pytest.approx(balance["assets"], abs=1e-6)
    assert income["paid"] + income["unpaid_change"] == pytest.approx(income["incurred"], abs=1e-6)
    by_plan = sum(found.plans[code]["incurred"] for code in run.model.terms.codes)
    assert by_plan == pytest.approx(income["incurred"], rel=1e-12)
    unpaid = sum(found.plans[code]["unpaid"] for code in run.model.terms.codes)
    assert unpaid == pytest.approx(balance["unpaid"], abs=1.0)
    assert set(INCOME) == set(income)
    assert np.all(found.income_error["incurred"] > 0.0)


def test_a_path_by_itself_is_the_path_of_the_run(run):
    """Whatever its place: `fund_fen` stands draw by draw, and there is one draw here."""
    for path in (0, 63, 64, 1_999):
        books = path_books(run.model, path=path, seed=5)
        assert np.array_equal(books.lines["fund"], run.fund_fen[:, path])


def test_the_same_bits_whatever_runs_beside(model, pack):
    laws, terms = model.laws[0], model.terms
    alone = [one.flows["fund"] for one in walk(laws, terms, 2, (7,), shock=(0.3, 1.0))]
    beside = [one.flows["fund"] for one in walk(laws, terms, 2, (1, 7, 2), shock=(0.3, 1.0))]
    for one, three in zip(alone, beside, strict=True):
        assert np.array_equal(one, three[:, 64:128])
    short = compile_fund(pack, FundChoices(years=3))[0]
    few = run_paths(short, paths=100, seed=2)
    with ThreadPoolExecutor(3) as pool:
        many = run_paths(model, paths=4_096, seed=2, mapper=pool.map)
    assert np.array_equal(few.fund_fen, many.fund_fen[:36, :100])
    assert not np.array_equal(run_paths(short, paths=100, seed=3).fund_fen, few.fund_fen)


@pytest.fixture(scope="module")
def uncertain(pack):
    """Draws of parameters and level, a hundred paths each."""
    model = compile_fund(pack, FundChoices(basis=Basis(kind="level", draws=20)))[0]
    return run_paths(model, paths=2_560, seed=1)


def test_paths_of_draws_do_not_depend_on_their_number(uncertain):
    few = run_paths(uncertain.model, paths=1_300, seed=1)
    for draw in range(20):
        own = [one.fund_fen[:, one.draw == draw] for one in (few, uncertain)]
        assert np.array_equal(own[0], own[1][:, : own[0].shape[1]])


# --- laws -----------------------------------------------------------------------------------


def test_a_year_of_months_is_the_exact_law(pack, model):
    """Means, spreads and correlations of the first year against the engine, no growth."""
    laws, blocks = model.laws[0], range(512)
    shocks = shocks_of(laws, 11, blocks, 1, (0.0, 1.0))
    lanes = lanes_of(11, model.terms.codes, blocks, 1)
    drawn = month_claims(laws, lanes[:, 0], shocks[:, 0])
    years = np.stack([one.sum(axis=0) for one in drawn]) / 100.0
    exact, number = year_laws(pack), years.shape[1]
    total = years.sum(axis=0)
    for amount, law in zip([*years, total], exact.laws, strict=True):
        assert amount.mean() == pytest.approx(law.mean, abs=4.0 * law.sd / np.sqrt(number))
        assert amount.std() == pytest.approx(law.sd, rel=0.02)
        point = float(np.quantile(amount, 0.95))
        assert law.probability_above(point) == pytest.approx(0.05, abs=0.005)
    covariance = np.cov(years)
    for first, second in ((0, 1), (2, 3), (0, 4)):
        scale = exact.laws[first].sd * exact.laws[second].sd
        wanted = exact.covariance[first, second] / scale
        assert covariance[first, second] / scale == pytest.approx(wanted, abs=0.025)


def test_shocks_of_successive_years_hang_together(model):
    laws = model.laws[0]
    lanes, _ = shocks_of(laws, 1, range(256), 3, (0.3, 1.0))
    theta = laws.theta[lanes.astype(np.int64)]
    assert theta.mean() == pytest.approx(1.0, abs=0.002)
    assert theta.std() == pytest.approx(0.08, rel=0.03)
    found = np.corrcoef(theta)
    assert found[0, 1] == pytest.approx(0.3, abs=0.03)
    assert found[0, 2] == pytest.approx(0.09, abs=0.03)


def test_a_year_of_deferred_care_is_followed_by_a_rebound(pack):
    regimes = _changed(
        pack, deferral_year_probability=0.2, deferral_year_factor=0.7, hospital_shock_cv=0.04
    )
    laws = compile_fund(regimes, FundChoices(years=2))[0].laws[0]
    lanes, factor = shocks_of(laws, 1, range(256), 2, (0.0, 1.08))
    low = laws.theta[lanes.astype(np.int64)][0] < 0.85
    assert np.all(factor[0] == 1.0) and set(np.unique(factor[1])) == {1.0, 1.08}
    assert factor[1][low].mean() > 1.078 and factor[1][~low].mean() < 1.002
    assert low.mean() == pytest.approx(0.2, abs=0.01)


def test_later_years_are_the_first_year_stretched(pack):
    """Expected claims exactly those of the engine; the spread against the engine at the fifth year.

    Every plan is stretched by itself; the engine's law of that year has more events and costlier.
    """
    moved = _changed(pack, frequency_trend_per_year=0.03, cost_trend_per_year=0.04)
    still = replace(moved, renewal=None, retirement=())
    model = compile_fund(still, FundChoices(years=9))[0]
    laws = model.laws[0]
    for year in (1, 3, 5, 9):
        there = still.assumptions.changed({"years_from_base_to_rating": year - 1.0})
        engine = expected_paid(scheme_of(replace(still, assumptions=there)))
        assert 100.0 * engine == pytest.approx(
            laws.growth[0, year - 1] * laws.expected_fen, rel=2e-4
        )
    fifth = replace(
        still, assumptions=still.assumptions.changed({"years_from_base_to_rating": 4.0})
    )
    law, first = year_laws(fifth).laws[-1], year_laws(still)
    spread = first.covariance + np.diag([one.sd**2 for one in first.laws[:-1]])
    stretched = float(np.sqrt(laws.growth[0, 4] @ spread @ laws.growth[0, 4]))
    assert stretched == pytest.approx(law.sd, rel=0.01)
    shape = (first.laws[-1].quantile(0.995) - first.laws[-1].mean) / first.laws[-1].sd
    assert law.mean + shape * stretched == pytest.approx(law.quantile(0.995), rel=0.002)


# --- members and calendar -------------------------------------------------------------------


def test_statutory_ages_move_on_a_straight_line(pack):
    groups = {one.group: one for one in pack.retirement}
    assert retirement_age(groups["men"], 2020) == 60.0
    assert retirement_age(groups["men"], 2030) == pytest.approx(61.0)
    assert retirement_age(groups["women_workers"], 2040) == 55.0
    assert retirement_age(groups["women_staff"], 2060) == 58.0


def test_members_are_those_of_the_pack_first_and_move_by_the_rates(pack):
    scheme = scheme_of(pack)
    members = member_years(pack, scheme, 6, 2027)
    assert members.enrolments[0] == pytest.approx([118_000, 32_000, 46_000, 40_000, 27_000])
    assert np.all(np.abs(members.enrolments / members.enrolments[0] - 1.0) < 0.05)
    assert members.first_share[1:] == pytest.approx(0.15, abs=0.01)
    renewed = members.members[1:, ..., 0].sum(axis=(2, 3))
    kept = members.renewing[:-1] * members.enrolments[:-1]
    assert renewed == pytest.approx(kept, rel=1e-9)
    closed = member_years(pack, scheme, 6, 2027, joining=False)
    assert np.all(closed.members[1:, ..., 1] == 0.0)
    assert np.all(np.diff(closed.enrolments, axis=0) < 0.0)
    young = closed.members[:, 0, :, 2].sum(axis=(1, 2))
    assert young[-1] < 0.4 * young[0]
    earlier = replace(
        pack,
        retirement=tuple(replace(one, age_before=45.0, age_after=45.0) for one in pack.retirement),
    )
    gone = member_years(earlier, scheme, 3, 2027).members
    assert gone[2, 0, :, 7:, 0].sum() == pytest.approx(0.0, abs=1e-9)
    assert np.all(member_years(replace(pack, renewal=None), scheme, 3, 2027).members[2] == gone[0])


def test_expected_claims_of_the_first_year_are_the_engines(pack):
    members = member_years(pack, scheme_of(pack), 1, 2027)
    assert expected_years(pack, members, 1)[0, 0, 0] == pytest.approx(
        expected_paid(scheme_of(pack))
    )


def test_the_opening_reserves_are_those_of_reserve(pack, model):
    opening = opening_of(model.laws[0], model.terms).held
    total = reserve(pack, date(2026, 12, 31)).total
    assert opening["unearned"] / 100 == pytest.approx(total.unearned_yuan.value, abs=0.02)
    assert opening["advance"] / 100 == pytest.approx(total.advance_yuan.value, abs=0.02)
    assert opening["unpaid"] / 100 == pytest.approx(total.unpaid_yuan.value, rel=2e-4)
    assert opening["handling"] / 100 == pytest.approx(total.handling_yuan.value, rel=2e-2)
    assert opening["fund"] == 875_000_000


def test_every_contribution_is_earned(model):
    calendar = fund_calendar(read_pack())
    steady = calendar.unearned_new + calendar.unearned_old
    earned = calendar.written - np.diff(steady, prepend=steady[-1])
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    assert earned == pytest.approx(days / 365.0, abs=1e-12)
    assert np.all(np.diff(calendar.covered) > 0.0)


# --- landmarks and measures -----------------------------------------------------------------


def test_landmark_the_fund_is_not_used_up_on_central_assumptions(run):
    found = fund_figures(run)
    assert found.used_up.value == 0.0 and found.gap_yuan is None
    assert found.year_change_yuan.value == pytest.approx(4_700_000, rel=0.02)
    law = year_laws(read_pack()).laws[-1]
    expected = found.year_change_yuan.value - (law.quantile(0.995) - law.mean)
    assert -found.year_loss_yuan.value == pytest.approx(
        expected, abs=4.0 * found.year_loss_yuan.error + 60_000.0
    )


def test_landmark_about_a_tenth_where_level_and_parameters_are_uncertain(uncertain):
    found = fund_figures(uncertain)
    used = found.used_up
    assert 0.04 < used.value < 0.20 and used.error > 0.003
    by_year = [one.value for one in found.used_by]
    assert by_year == sorted(by_year) and by_year[-1] == used.value
    assert found.gap_yuan.value > 1e6


@pytest.fixture(scope="module")
def poor(pack):
    """A fund that is used up on some paths, and every path's answer to what would restore it."""
    changed = _changed(pack, opening_fund_yuan=1_500_000, plans__P1__premium_yuan=55)
    model = compile_fund(changed, FundChoices(years=4))[0]
    return changed, model, run_paths(model, paths=4_096, seed=1)


def test_what_restores_the_fund_restores_it(poor):
    changed, model, run = poor
    before = fund_figures(run).used_up.value
    assert 0.2 < before < 0.9
    told = restored(run, 0.1)
    opening = replace(model.terms, opening_fen=round(100 * told.opening_yuan.value))
    again = run_paths(replace(model, terms=opening), paths=4_096, seed=1)
    assert fund_figures(again).used_up.value == pytest.approx(0.1, abs=0.003)
    factor = 1.0 + told.contribution_change.value
    more = np.array(model.terms.contribution_fen, dtype=float)
    more[1:] *= factor
    terms = replace(model.terms, contribution_fen=np.rint(more).astype(np.int64))
    again = run_paths(replace(model, terms=terms), paths=4_096, seed=1)
    assert fund_figures(again).used_up.value == pytest.approx(0.1, abs=0.012)
    assert contribution_effect(model.terms)[-1] > 0.0


def test_reverse_stress_uses_up_the_mean_path(run):
    told, model = restored(run, 0.05), run.model
    rise = told.claims_mean.value
    growth = (1.0 + rise) * model.laws[0].growth
    laws = replace(model.laws[0], growth=growth)
    again = run_paths(replace(model, laws=(laws,)), paths=2_048, seed=5)
    low = again.mean.lines["fund"].min() / 100.0
    # Interest falls as claims rise: small.
    assert abs(low) < 0.03 * run.mean.lines["fund"][-1] / 100.0
    assert told.claims_change.value < told.claims_even.value


def test_quantiles_are_order_statistics():
    values = np.arange(1_000)[::-1].copy()
    found = quantile_of(values, (0.05, 0.5), np.zeros(1_000, dtype=np.int64))
    assert found[:, 0].tolist() == [49, 499]
    assert found[1, 1] == pytest.approx(np.sqrt(0.25 * 1_000), abs=1.0)


def test_reinsurance_takes_what_its_price_expects(pack):
    for ceding in (STOP, QUOTA):
        choices = FundChoices(years=2, paths=8_192, ceding=ceding)
        model = compile_fund(pack, choices)[0]
        run = run_paths(model, paths=8_192, seed=4)
        for year, cover in enumerate(model.terms.covers):
            assert cover.price_fen == pytest.approx(125.0 * cover.ceded_yuan, abs=1.0)
            taken = run.mean.lines["recovered"][12 * year + 11] / 100.0
            assert taken == pytest.approx(cover.ceded_yuan, rel=0.06)
    bare = fund_of(pack, FundChoices(years=1, paths=4_096, ceding=STOP))
    plain, cover = (one.figures for one in bare.variants)
    assert cover.year_loss_yuan.value < plain.year_loss_yuan.value
    assert cover.year_change_yuan.value < plain.year_change_yuan.value


def test_growth_of_a_calendar_year_is_between_two_years_of_terms(model):
    growth = year_growth(model.laws[0], model.terms.calendar)
    low, high = model.laws[0].growth.min(axis=0), model.laws[0].growth.max(axis=0)
    assert np.all((growth >= low - 1e-12) & (growth <= high + 1e-12))


# --- scenarios and actions ------------------------------------------------------------------


def test_a_scenario_holds_in_its_years_and_rebounds(pack):
    away = _changed(pack, hospital_claimant_rate_scale=0.87)
    plain = compile_fund(pack, FundChoices(years=4))[0].laws[0].growth
    moved = compile_fund(pack, FundChoices(years=4), moved=(away, 1, 1, 1.08))[0].laws[0].growth
    ratio = moved / plain
    assert ratio[:, 2:] == pytest.approx(1.0)
    assert np.all((ratio[:, 0, 1] > 0.83) & (ratio[:, 0, 1] < 0.88))
    assert np.all((ratio[:, 1, 1] > 1.06) & (ratio[:, 1, 1] < 1.08))
    assert ratio[:, 1, 2] == pytest.approx(1.0)


def test_actions_act_below_their_line_and_members_answer(pack):
    poor = _changed(pack, opening_fund_yuan=3_000_000, plans__P1__premium_yuan=60)
    found = fund_of(poor, FundChoices(years=6, paths=1_024, actions=True))
    plain, acted = found.variants
    assert acted.figures.used_up.value < plain.figures.used_up.value
    assert np.array_equal(acted.run.fund_fen[:12], plain.run.fund_fen[:12])
    assert np.all(np.diff(acted.run.acted, axis=0) >= 0.0) and acted.run.acted[0].max() == 0.0
    stays = fund_of(poor, FundChoices(years=6, paths=1_024, actions=True, react=False)).last
    number = [one.run.mean.enrolments[0, -1] for one in (acted, stays)]
    assert number[0] < number[1]
    assert stays.run.mean.contribution_fen[0, -1] > acted.run.mean.contribution_fen[0, -1]


def test_a_rule_that_never_acts_changes_nothing(pack):
    never = tuple(replace(one, line=-1e9, unit="yuan") for one in pack.actions)
    found = fund_of(replace(pack, actions=never), FundChoices(years=3, paths=256, actions=True))
    plain, acted = found.variants
    assert np.array_equal(plain.run.fund_fen, acted.run.fund_fen)


def _rule(code, when, line, does, unit="yuan"):
    return Action(
        code=code,
        name_zh=code,
        name_en=code,
        when=when,
        line=line,
        unit=unit,
        does=does,
        plan="all",
        amount=0.1,
        most_times=1,
    )


def test_rules_that_contradict_each_other_are_refused(pack):
    low = _rule("up", "below", 0.5, "raise_tier", "share of contributions")
    high = _rule("down", "above", 1_000_000.0, "lower_tier")
    assert list(actions_against((low, high))) == []
    with pytest.raises(InputRefused) as refusal:
        fund_of(replace(pack, actions=(low, high)), FundChoices(years=1, paths=64, actions=True))
    assert [fault.code for fault in refusal.value.faults] == ["actions-contradict"]
    far = replace(high, line=20_000_000.0)
    fund_of(replace(pack, actions=(low, far)), FundChoices(years=1, paths=64, actions=True))
    with pytest.raises(InputRefused):
        fund_of(replace(pack, actions=()), FundChoices(years=1, paths=64, actions=True))


_FILES = {
    "actions.csv": {
        "x,名,n,above,1,yuan,raise_tier,P1,0.1,1,s": "action-wrong-way",
        "x,名,n,below,1,yuan,stop_joining,P1,0.1,1,s": "action-needs-no-amount",
        "x,名,n,below,1,yuan,raise_tier,P9,0.1,1,s": "cell-code-unknown",
        "x,名,n,below,1,yuan,raise_tier,P1,,1,s": "cell-blank",
    },
    "scenario_years.csv": {"x,3,2,1,s": "cell-out-of-range"},
    "retirement.csv": {"x,F,0.2,50,55,2025,2040,fact,s": "shares-not-one"},
}


@pytest.mark.parametrize(
    ("file", "line", "code"),
    [(file, line, code) for file, lines in _FILES.items() for line, code in lines.items()],
)
def test_what_is_wrong_in_the_files_is_told(tmp_path, file, line, code):
    from shutil import copytree

    folder = copytree(ROOT / "data", tmp_path / "pack")
    with (folder / file).open("a", encoding="utf-8") as opened:
        opened.write(line + "\n")
    with pytest.raises(InputRefused) as refusal:
        read_pack(folder)
    assert code in {fault.code for fault in refusal.value.faults}


def test_actions_of_a_file_that_contradict_are_told_together(tmp_path):
    from shutil import copytree

    folder = copytree(ROOT / "data", tmp_path / "pack")
    with (folder / "actions.csv").open("a", encoding="utf-8") as opened:
        opened.write("x,名,n,above,0.1,share of contributions,lower_tier,P2,0.1,1,s\n")
    with pytest.raises(InputRefused) as refusal:
        read_pack(folder)
    assert [fault.code for fault in refusal.value.faults] == ["actions-contradict"]


def test_a_pack_without_the_new_files_takes_the_built_in_ones(tmp_path, pack):
    from shutil import copytree

    folder = copytree(ROOT / "data", tmp_path / "pack")
    for name in ("renewal.csv", "retirement.csv", "actions.csv", "scenario_years.csv"):
        (folder / name).unlink()
    found = read_pack(folder)
    assert found.actions == pack.actions and found.retirement == pack.retirement
    assert np.array_equal(found.renewal.renewal, pack.renewal.renewal)


# --- the command ----------------------------------------------------------------------------


def _typed(capsys, *words):
    status = main(list(words))
    told = capsys.readouterr()
    return status, told.out, told.err


def test_the_document_keeps_its_schema_and_says_the_same_again(capsys):
    words = ("fund", "--years", "2", "--paths", "256", "--actions", "on", "--json")
    words += ("--reinsurance", "stop_loss=1.1", "--scenario", "deferral")
    status, out, err = _typed(capsys, *words)
    assert status == 0, err
    found = json.loads(out)
    schema = json.loads((ROOT / "docs" / "schemas" / "fund.json").read_text("utf-8"))
    jsonschema.validate(found, schema)
    assert found["warnings"] == [] and list(found["variants"]) == ["plain", "cover", "actions"]
    assert len(found["fan"]) == 24 and found["years"] == [2027, 2028]
    first = found["statements"]["path"]["2027"]
    assert first["income"]["result"]["value"] == pytest.approx(
        first["balance"]["fund"]["value"] - found["opening_yuan"], abs=0.001
    )
    assert json.loads(_typed(capsys, *words)[1]) == found


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--years", "0"), "WB-101"),
        (("--years", "1000"), "WB-101"),
        (("--paths", "10"), "WB-101"),
        (("--path", "300", "--paths", "200"), "WB-101"),
        (("--basis", "level", "--paths", "1000"), "WB-101"),
        (("--reaction", "off"), None),
        (("--programme", "nothing", "--years", "1", "--paths", "64"), None),
        (("--reinsurance", "layer=3"), None),
    ],
)
def test_choices_that_cannot_be_taken(capsys, words, code):
    status, out, err = _typed(capsys, "fund", *words, "--lang", "en")
    assert status == 2 and out == ""
    assert code is None or code in err


def test_the_report_in_both_languages(capsys):
    words = (
        "fund",
        "--years",
        "1",
        "--paths",
        "64",
        "--compare",
        "scenarios",
        "--set",
        "opening_fund_yuan=100000",
    )
    for language, said in (("zh", "历年结余"), ("en", "Income statement")):
        status, out, err = _typed(capsys, *words, "--lang", language)
        assert status == 0, err
        assert said in out
