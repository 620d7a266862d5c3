"""The plain second implementation against the figures of the model's documentation.

Simulated figures are held to 4 standard errors, with fixed seeds; closed forms to the error that
the documentation vouches for. Source of every figure: docs of the model, sections 1, 8, 10, 11.
"""

import ast
import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.oracle import cases, closed_form, load, members, simulate
from tests.oracle.scheme import PLANS, Scheme, largest_remainder

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
ORACLE = Path(__file__).resolve().parent / "oracle"
YEARS = 500
ERRORS = 4

ENROLMENTS = (118_000, 32_000, 46_000, 40_000, 27_000)
BENEFICIARIES = (8_408.73, 2_287.21, 126.37, 31.41, 206.27)
MEAN = (8_246_036.72, 1_372_858.68, 1_249_550.85, 620_659.43, 352_894.44, 11_842_000.12)
SD = (617_198.2, 103_452.1, 111_719.8, 111_381.1, 83_580.2, 737_439.6)
SD_INDIVIDUAL = (616_618.1, 103_131.3, 111_406.7, 111_308.6, 83_563.0, 736_809.5)
QUANTILES = {
    0.75: (8_652_906, 1_441_080, 1_322_000, 700_000, 406_752, 12_329_054),
    0.95: (9_288_446, 1_547_460, 1_434_000, 802_000, 497_904, 13_084_795),
    0.995: (9_928_159, 1_654_500, 1_545_000, 921_000, 592_761, 13_842_933),
}
LOSS_RATIO = (0.7356, 0.5363, 0.9055, 0.6207, 0.2614)
CORRELATION = {(0, 1): 0.9172, (2, 3): 0.1246, (0, 4): 0.0005, (1, 4): 0.0016}
PERSONS = 10_574.9

# A setting where caps, limits and waiting of each plan bind; P1 waits longer, then P2.
HARD = {
    "plans.P1.annual_cap_yuan": 2_500,
    "plans.P1.deductible_yuan": 450,
    "plans.P1.later_stay_share": 0.4,
    "plans.P1.waiting_none_until_day": 120,
    "plans.P2.waiting_none_until_day": 45,
    "plans.P2.elimination_days": 3,
    "plans.P2.max_days_per_year": 15,
    "plans.P2.annual_cap_yuan": 800,
    "plans.P5.elimination_days": 5,
    "plans.P5.max_days_per_year": 20,
    "illness_extra_stays_mean": 0.4,
    "stay_cost_days_correlation": 0.8,
}
HARD_OTHER = HARD | {
    "plans.P1.waiting_none_until_day": 20,
    "plans.P2.waiting_none_until_day": 120,
}


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    """Built-in data."""
    return load(DATA)


@pytest.fixture(scope="module")
def exact(scheme: Scheme) -> dict[str, np.ndarray]:
    """Closed form of the built-in data."""
    return closed_form(scheme)


@pytest.fixture(scope="module")
def simulated(scheme: Scheme) -> members.Result:
    """Some hundred simulated years of the built-in data."""
    return simulate(scheme, YEARS, seed=20_231)


def with_total(paid_fen: np.ndarray) -> np.ndarray:
    """Paid yuan by plan and in total, (years, 6)."""
    return np.column_stack([paid_fen, paid_fen.sum(axis=1)]) / 100


def assert_mean(sample: np.ndarray, expected: np.ndarray | tuple[float, ...] | float) -> None:
    """Means of the columns lie within ERRORS standard errors."""
    error = sample.std(axis=0, ddof=1) / np.sqrt(len(sample))
    assert np.all(np.abs(sample.mean(axis=0) - expected) <= ERRORS * error)


def assert_moments(sample: np.ndarray, mean: np.ndarray | float, sd: np.ndarray | float) -> None:
    """Mean and mean squared distance from the expected mean lie within ERRORS errors."""
    assert_mean(sample, mean)
    assert_mean((sample - mean) ** 2, np.square(sd))


def find_cell(scheme: Scheme, bundle: str, *, woman: bool, band: str, first: bool) -> int:
    """Index of the only cell of this description."""
    held = np.array([plan in bundle.split("+") for plan in PLANS])
    match = (scheme.holds == held).all(axis=1) & (scheme.woman == woman)
    match &= (scheme.band == scheme.bands.index(band)) & (scheme.first_term == first)
    (found,) = np.flatnonzero(match)
    return int(found)


def test_no_oracle_file_imports_the_package() -> None:
    files = sorted(ORACLE.glob("*.py"))
    assert {"__init__.py", "scheme.py", "members.py", "cases.py"} <= {f.name for f in files}
    allowed = {"csv", "collections", "dataclasses", "fractions", "functools", "itertools", "math"}
    allowed |= {"pathlib", "numpy"}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert {name.name.split(".")[0] for name in node.names} <= allowed, file.name
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 1 or str(node.module).split(".")[0] in allowed, file.name
            elif isinstance(node, ast.Name | ast.Attribute):
                called = node.id if isinstance(node, ast.Name) else node.attr
                assert called not in {"__import__", "import_module"}, file.name


def test_cells_of_the_built_in_data(scheme: Scheme) -> None:
    assert len(scheme.members) == 359
    assert scheme.members.sum() == 202_000
    assert scheme.members[scheme.woman].sum() == 84_840
    assert scheme.members[scheme.first_term].sum() == 30_300
    assert tuple(scheme.members @ scheme.holds) == ENROLMENTS
    for first, men, women in ((True, 1_184, 227), (False, 6_711, 1_289)):
        man = find_cell(scheme, "P1", woman=False, band="45-49", first=first)
        woman = find_cell(scheme, "P2", woman=True, band="25-29", first=first)
        assert (scheme.members[man], scheme.members[woman]) == (men, women)


def test_members_by_age_are_those_of_the_mix(scheme: Scheme) -> None:
    with open(DATA / "members_mix.csv", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            at = (scheme.band == scheme.bands.index(row["age_band"])) & (
                scheme.woman == (row["sex"] == "F")
            )
            assert scheme.members[at].sum() == int(row["members"]), row


def test_largest_remainder_gives_ties_to_the_earlier() -> None:
    assert largest_remainder(3, [1, 1]) == [2, 1]
    assert largest_remainder(10, [1, 1, 1]) == [4, 3, 3]
    assert largest_remainder(0, [5, 7]) == [0, 0]


def test_worked_example_to_the_fen(scheme: Scheme) -> None:
    for first, days, expected in (
        (False, cases.WORKED_FIRST_TERM_DAYS, cases.WORKED_RENEWED_FEN),
        (True, cases.WORKED_FIRST_TERM_DAYS, cases.WORKED_FIRST_TERM_FEN),
        (True, (30, 200), cases.WORKED_FIRST_TERM_FEN),
        (True, (31, 200), cases.WORKED_RENEWED_FEN),
    ):
        cell = find_cell(scheme, "P1+P2", woman=False, band="45-49", first=first)
        paid = members.pay_illness(scheme, np.array([cell]), cases.worked_stays(days))
        assert tuple(paid[0]) == (*expected, 0, 0, 0)


def test_stays_are_ranked_by_day_not_by_row(scheme: Scheme) -> None:
    cell = find_cell(scheme, "P1+P2", woman=False, band="45-49", first=False)
    paid = members.pay_illness(scheme, np.array([cell]), cases.worked_stays((200, 20)))
    # 0.7 x 1,495.80164 = 1,047.06 and 0.8 x 655.3568 = 524.29 yuan
    assert tuple(paid[0]) == (104_706 + 52_429, 78_000, 0, 0, 0)


def test_cap_and_day_limit_are_the_years(scheme: Scheme) -> None:
    changed = load(DATA, {"plans.P1.annual_cap_yuan": 1_500, "plans.P2.max_days_per_year": 10})
    cell = find_cell(changed, "P1+P2", woman=False, band="45-49", first=False)
    paid = members.pay_illness(changed, np.array([cell]), cases.worked_stays((20, 200)))
    assert tuple(paid[0]) == (150_000, 60_000, 0, 0, 0)


def test_ladder_of_a_diagnosis(scheme: Scheme) -> None:
    day = np.array([30, 31, 60, 61])
    for first, p3, p4 in ((True, (0, 1, 1, 10), (0, 1, 1, 20)), (False, (10,) * 4, (20,) * 4)):
        cell = find_cell(scheme, "P3+P4", woman=True, band="45-49", first=first)
        paid = members.pay_diagnosis(scheme, np.full(4, cell), day, True)
        assert tuple(paid[:, 2] // 100_000) == p3
        assert tuple(paid[:, 3] // 100_000) == p4
        other = members.pay_diagnosis(scheme, np.full(4, cell), day, False)
        assert tuple(other[:, 2]) == tuple(paid[:, 2])
        assert not other[:, 3].any()


def test_injury_pays_from_day_one_and_by_degree(scheme: Scheme) -> None:
    cell = np.full(3, find_cell(scheme, "P1+P5", woman=False, band="45-49", first=True))
    stays = members.Stays(
        claimant=np.arange(3),
        day=np.array([1, 1, 1]),
        cost=np.array([12_345.67, 12_345.67, 1e9]),
        length=np.array([9, 200, 1]),
    )
    paid = members.pay_injury(scheme, cell, stays, np.array([0.0, 0.123456789, 3.0]))
    assert tuple(paid[:, 0]) == (119_664, 119_664, 3_000_000)
    assert tuple(paid[:, 4]) == (27_000, 540_000 + 370_370, 3_000 + 3_000_000)
    assert tuple(members.pay_death(scheme, cell[:1])[0]) == (0, 0, 0, 0, 3_000_000)


@pytest.mark.parametrize(
    ("first", "mean", "sd"), [(False, 1_058.21, 916.96), (True, 972.90, 912.71)]
)
def test_illness_claimant_of_45_49(scheme: Scheme, first: bool, mean: float, sd: float) -> None:
    band = scheme.bands.index("45-49")
    law = cases.illness_laws(scheme, band)[first]
    assert law.mean[0] == pytest.approx(mean, abs=0.01)
    assert law.square[0, 0] - law.mean[0] ** 2 == pytest.approx(sd**2, abs=0.02 * sd)
    cell = find_cell(scheme, "P1+P2", woman=False, band="45-49", first=first)
    rng = np.random.default_rng(7)
    paid = members.draw_illness(scheme, np.full(60_000, cell), rng) / 100
    assert_moments(paid[:, 0], mean, sd)
    if first:
        assert law.zero[(0,)] == pytest.approx(0.067164, abs=1e-6)
        assert_mean(paid[:, 0] == 0, 0.067164)
    else:
        assert law.mean[1] == pytest.approx(585.38, abs=0.01)
        assert law.square[:2, :2].sum() - law.mean.sum() ** 2 == pytest.approx(1_248.42**2, abs=30)
        assert_moments(paid[:, 1], 585.38, 501.11)
        assert_moments(paid.sum(axis=1), 1_643.58, 1_248.42)


def test_injury_claimant_of_45_49(scheme: Scheme) -> None:
    law = cases.injury_stay_law(scheme, scheme.bands.index("45-49"))
    sd = np.sqrt(np.diag(law.square) - law.mean**2)[[0, 1, 4]]
    assert law.mean[[0, 1, 4]] == pytest.approx([887.39, 745.39, 374.81], abs=0.01)
    assert sd == pytest.approx([778.48, 707.06, 371.52], abs=0.02)
    rng = np.random.default_rng(8)
    for bundle, column, at in (("P1+P2", 0, 0), ("P1+P2", 1, 1), ("P1+P5", 4, 2)):
        found = find_cell(scheme, bundle, woman=False, band="45-49", first=True)
        cell = np.full(40_000, found)
        stays = members.draw_stays(scheme, cell, np.arange(40_000), "injury_days", rng)
        paid = members.pay_injury(scheme, cell, stays, np.zeros(40_000)) / 100
        assert_moments(paid[:, column], law.mean[column], sd[at])


def test_events_before_waiting(scheme: Scheme) -> None:
    events = (scheme.members[:, None] * scheme.rates).T @ scheme.holds
    assert events[0, :2] == pytest.approx([7_655.82, 2_078.68], abs=0.005)
    assert events[1, [0, 1, 4]] == pytest.approx([830.03, 229.49, 200.02], abs=0.005)
    assert events[2, 2] + events[3, 2] == pytest.approx(127.95, abs=0.005)
    assert events[2, 3] == pytest.approx(31.80, abs=0.005)
    assert events[4, 4] == pytest.approx(6.25, abs=0.005)


def test_rates_under_changes(scheme: Scheme) -> None:
    """Each factor moves its own events: accidents no illness, men's special disease no women's."""
    changes = {"accident_factor": 2, "special_disease_men_relativity": 0.5}
    moved = load(DATA, changes).rates
    assert moved[:, 0] == pytest.approx(scheme.rates[:, 0], rel=1e-12)
    assert moved[:, [1, 4]] == pytest.approx(2 * scheme.rates[:, [1, 4]], rel=1e-12)
    man, woman = (
        find_cell(scheme, "P3", woman=sex, band="45-49", first=False) for sex in (False, True)
    )
    assert moved[[man, woman], 2] == pytest.approx([0.5 * 1.6375e-3, 1.6375e-3])
    assert moved[[man, woman], 3] == pytest.approx(
        [0.00410718 - 0.00081875, 0.00344526 - 0.0016375]
    )
    q, r, d = 0.06081846 * 1.4021, 0.009, 0.00035
    assert scheme.rates[man] == pytest.approx([q - r, r, 0, 0.7 * 5.8674e-3, d])
    assert scheme.disabled[man] == pytest.approx(2 * d / r)


def test_closed_form_is_the_published_table(exact: dict[str, np.ndarray]) -> None:
    assert exact["beneficiaries"] == pytest.approx(BENEFICIARIES, abs=0.006)
    assert exact["persons"] == pytest.approx(PERSONS, abs=0.05)
    assert [*exact["mean"], exact["total_mean"]] == pytest.approx(MEAN, abs=0.1)
    assert [*exact["sd"], exact["total_sd"]] == pytest.approx(SD, abs=0.1)
    individual = [*exact["sd_individual"], exact["total_sd_individual"]]
    assert individual == pytest.approx(SD_INDIVIDUAL, abs=0.1)
    for (j, k), value in CORRELATION.items():
        found = exact["covariance"][j, k] / exact["sd"][j] / exact["sd"][k]
        assert found == pytest.approx(value, abs=5e-5)


def test_loss_ratios_at_the_tier_in_force(scheme: Scheme, exact: dict[str, np.ndarray]) -> None:
    premium = np.array([scheme.term(plan, "premium_yuan") for plan in PLANS]) * ENROLMENTS
    assert exact["mean"] / premium == pytest.approx(LOSS_RATIO, abs=6e-5)
    assert exact["total_mean"] / premium.sum() == pytest.approx(0.6767, abs=6e-5)


def test_simulated_years_meet_the_published_table(simulated: members.Result) -> None:
    paid = with_total(simulated.paid_fen)
    assert_moments(paid, np.array(MEAN), np.array(SD))
    assert_mean(simulated.beneficiaries, BENEFICIARIES)
    assert_mean(simulated.persons, PERSONS)
    for level, published in QUANTILES.items():
        error = ERRORS * np.sqrt(level * (1 - level) / YEARS)
        assert np.all((paid < published).mean(axis=0) <= level + error)
        assert np.all((paid <= published).mean(axis=0) >= level - error)


def test_simulated_plans_move_together(simulated: members.Result) -> None:
    from_mean = (with_total(simulated.paid_fen) - MEAN) / SD
    for (j, k), value in CORRELATION.items():
        assert_mean(from_mean[:, j] * from_mean[:, k], value)


def test_individual_form_simulated(scheme: Scheme, exact: dict[str, np.ndarray]) -> None:
    result = simulate(scheme, YEARS, seed=77, form="individual")
    assert_moments(with_total(result.paid_fen), np.array(MEAN), np.array(SD_INDIVIDUAL))
    assert_mean(result.beneficiaries, exact["beneficiaries"])


@pytest.mark.parametrize("form", ["collective", "individual"])
def test_counts_of_the_two_forms(scheme: Scheme, form: str) -> None:
    """At high rates the forms differ: Poisson counts, or at most one of two events a member."""
    cell = find_cell(scheme, "P1+P2", woman=False, band="45-49", first=False)
    values = scheme.values | {"hospital_shock_cv": 0.0}
    rates = np.zeros_like(scheme.rates)
    rates[cell, :2] = 0.4, 0.3
    high = replace(scheme, values=values, rates=rates)
    rng = np.random.default_rng(5)
    counts = np.array([members.draw_counts(high, form, rng)[cell, :2] for _ in range(800)])
    n = scheme.members[cell]
    keep = (0.6, 0.7) if form == "individual" else (1, 1)
    assert_moments(counts, n * np.array([0.4, 0.3]), np.sqrt(n * np.array([0.4, 0.3]) * keep))
    together = np.prod(counts - n * np.array([0.4, 0.3]), axis=1)
    assert_mean(together, -n * 0.4 * 0.3 if form == "individual" else 0.0)


@pytest.mark.parametrize("changes", [HARD, HARD_OTHER], ids=["P1 waits longer", "P2 waits longer"])
def test_claimant_where_every_limit_binds(changes: dict[str, float]) -> None:
    """The lattice of the closed form and the drawn stays agree far from the built-in terms."""
    scheme = load(DATA, changes)
    band = scheme.bands.index("45-49")
    law = cases.illness_laws(scheme, band)[True]
    cell = find_cell(scheme, "P1+P2", woman=False, band="45-49", first=True)
    rng = np.random.default_rng(9)
    paid = members.draw_illness(scheme, np.full(100_000, cell), rng)[:, :2] / 100
    assert_mean(paid, law.mean[:2])
    assert_mean(paid**2, np.diag(law.square)[:2])
    assert_mean(paid.prod(axis=1), law.square[0, 1])
    assert_mean(paid == 0, (law.zero[(0,)], law.zero[(1,)]))
    assert_mean((paid == 0).all(axis=1), law.zero[(0, 1)])


def test_year_of_a_changed_scheme() -> None:
    scheme = load(
        DATA,
        {
            "accident_factor": 3.5,
            "first_term_share": 0.4,
            "hospital_shock_cv": 0.15,
            "critical_illness_factor": 1.0,
            "disabilities_per_death": 3,
            "disability_degree_mean": 0.4,
            "plans.P4.waiting_partial_until_day": 200,
            "stay_cost_relativity.45-49": 1.5,
            "stay_cost_cv": 1.8,
            "hospital_claimant_rate_scale": 1.3,
        },
    )
    exact, result = closed_form(scheme), simulate(scheme, 300, seed=12)
    paid = with_total(result.paid_fen)
    mean = np.append(exact["mean"], exact["total_mean"])
    assert_moments(paid, mean, np.append(exact["sd"], exact["total_sd"]))
    assert_mean(result.beneficiaries, exact["beneficiaries"])
    assert_mean(result.persons, exact["persons"])


def test_same_seed_same_years(scheme: Scheme) -> None:
    one, two, other = (simulate(scheme, 3, seed=seed) for seed in (4, 4, 5))
    assert np.array_equal(one.paid_fen, two.paid_fen)
    assert not np.array_equal(one.paid_fen, other.paid_fen)


def test_names_that_are_not_known_are_refused() -> None:
    with pytest.raises(KeyError):
        load(DATA, {"hospital_claimant_rat": 0.06})
    with pytest.raises(ValueError, match="q >= r"):
        load(DATA, {"accident_factor": 1, "hospital_claimant_rate": 0.001})
