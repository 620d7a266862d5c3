"""Premium principles: closed forms, published properties, the lines that they lead to."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import workbench.pricing as pricing
from workbench.basis import Basis
from workbench.changes import Changes, apply
from workbench.cli import main
from workbench.engine.annual import LatticeLaw
from workbench.engine.events import scheme_of
from workbench.engine.stages import measures_of, year_laws
from workbench.guard import InputRefused
from workbench.premium.choices import PriceTerms
from workbench.premium.groups import group_prices
from workbench.premium.principles import PRINCIPLES
from workbench.premium.reading import YearClaims
from workbench.premium.reinsurance import Ceding, ceded_mean, retained
from workbench.pricing import price

MILLION = 1e6
POINTS = 1 << 15


def smooth(law, low, high, points=POINTS):
    """A closed-form law on a lattice, in yuan."""
    step = (high - low) / points
    at = low + step * np.arange(points)
    below = law.cdf(at + step / 2)
    mass = np.diff(below, prepend=law.cdf(low - step / 2))
    found = LatticeLaw(
        start=low, step=step, mass=mass, cumulative=np.cumsum(mass), continuous=True,
        mean=float(law.mean()), sd=float(law.std()),
    )  # fmt: skip
    return YearClaims(law=found, coarse=found, safety_loading=0.1)


def lumpy(mass, start=0.0, step=1e5):
    """A law of whole multiples of a step."""
    mass = np.asarray(mass, dtype=float)
    yuan = start + step * np.arange(len(mass))
    mean = float(mass @ yuan)
    law = LatticeLaw(
        start=start, step=step, mass=mass, cumulative=np.cumsum(mass), continuous=False,
        mean=mean, sd=float(np.sqrt(max(mass @ (yuan - mean) ** 2, 0.0))),
    )  # fmt: skip
    return YearClaims(law=law, coarse=law, safety_loading=0.1)


def take(code, claims, parameter):
    return PRINCIPLES[code].loaded(claims, parameter).value


NORMAL = stats.norm(8 * MILLION, MILLION / 2)
GAMMA = stats.gamma(9.0, scale=MILLION / 9)
EXPONENTIAL = stats.expon(scale=MILLION / 10)
PARETO = stats.lomax(8.0, scale=7 * MILLION)
LOGNORMAL = stats.lognorm(0.3, scale=MILLION)


@pytest.fixture(scope="module")
def laws():
    return {
        "normal": smooth(NORMAL, 3.5 * MILLION, 12.5 * MILLION),
        "gamma": smooth(GAMMA, 0.0, 6 * MILLION),
        "exponential": smooth(EXPONENTIAL, 0.0, 3.5 * MILLION),
        "pareto": smooth(PARETO, 0.0, 250 * MILLION, 1 << 18),
        "lognormal": smooth(LOGNORMAL, 0.0, 9 * MILLION),
    }


def _normal_tail(level):
    z = stats.norm.ppf(level)
    return 8 * MILLION + MILLION / 2 * stats.norm.pdf(z) / (1 - level)


def _lomax_tail(level):
    top = 7 * MILLION * ((1 - level) ** (-1 / 8) - 1)
    return top + (7 * MILLION + top) / 7


CLOSED = [
    ("normal", "expected_value", 0.2, 9.6 * MILLION),
    ("normal", "standard_deviation", 1.5, 8.75 * MILLION),
    ("normal", "variance", 0.4, 8.1 * MILLION),
    ("normal", "exponential", 0.8, 8 * MILLION + 0.4e-6 * (MILLION / 2) ** 2),
    ("normal", "quantile", 0.95, NORMAL.ppf(0.95)),
    ("normal", "tail_mean", 0.9, _normal_tail(0.9)),
    ("normal", "wang", 0.7, 8.35 * MILLION),
    ("gamma", "exponential", 2.0, -9 / 2e-6 * math.log(1 - 2 / 9)),
    ("gamma", "variance", 1.0, MILLION + MILLION / 9),
    ("gamma", "quantile", 0.9, GAMMA.ppf(0.9)),
    ("exponential", "exponential", 4.0, -math.log(1 - 0.4) / 4e-6),
    ("exponential", "proportional_hazard", 2.0, 2 * MILLION / 10),
    ("exponential", "tail_mean", 0.8, MILLION / 10 * (1 - math.log(0.2))),
    ("pareto", "proportional_hazard", 2.0, 7 * MILLION / 3),
    ("pareto", "tail_mean", 0.95, _lomax_tail(0.95)),
    ("pareto", "quantile", 0.99, PARETO.ppf(0.99)),
    ("lognormal", "wang", 1.0, MILLION * math.exp(0.3 + 0.045)),
    ("lognormal", "standard_deviation", 1.0, float(LOGNORMAL.mean() + LOGNORMAL.std())),
]


@pytest.mark.parametrize(("law", "code", "parameter", "expected"), CLOSED)
def test_principles_against_closed_forms(laws, law, code, parameter, expected):
    found = PRINCIPLES[code].loaded(laws[law], parameter)
    near = 3e-4 if law == "pareto" else 3e-6
    assert abs(found.value - expected) <= near * expected + found.error
    assert 0.0 < found.error < 0.02 * expected


def test_a_heavy_tail_has_no_exponential_premium(laws):
    assert math.isnan(take("exponential", laws["pareto"], 3.0))


def test_exponential_premium_of_a_plan_is_its_cumulant(inputs):
    """Against ln E exp(aS) from the events themselves (docs/model.md section 7)."""
    scheme, laws = scheme_of(inputs), year_laws(inputs)
    for place in (0, 2, 4):
        measures = measures_of(scheme, np.eye(5)[place])
        for per_million in (0.5, 2.0):
            a = per_million / MILLION
            other = float(measures.other.mass @ np.expm1(a * measures.other.yuan))
            for part in measures.disabled:
                stays = float(part.stays.mass @ np.exp(a * part.stays.yuan))
                amount = float(part.amount.mass @ np.exp(a * part.amount.yuan))
                other += stays * amount - float(part.stays.mass.sum())
            square = measures.shock.cv**2
            ill = float(measures.illness.mass @ np.expm1(a * measures.illness.yuan))
            expected = (other - math.log1p(-square * ill) / square) / a
            claims = YearClaims(law=laws.laws[place], coarse=laws.coarse[place])
            found = claims.exponential(a)
            assert abs(found.value - expected) <= found.error


# --- properties: Kaas et al. (2008), section 5.3, table 5.1; Wang (1996); Acerbi, Tasche (2002) ---

PARAMETERS = {
    "expected_value": 0.1, "standard_deviation": 1.0, "variance": 0.5, "quantile": 0.9,
    "tail_mean": 0.8, "exponential": 1.0, "wang": 0.5, "proportional_hazard": 1.5,
}  # fmt: skip
TRUTH = {  # loading >= 0, no rip-off, translation, scale, additive for independent sums
    "expected_value": "+--++",
    "standard_deviation": "+-++-",
    "variance": "+-+-+",
    "quantile": "-+++-",
    "tail_mean": "++++-",
    "exponential": "+++-+",
    "wang": "++++-",
    "proportional_hazard": "++++-",
}
masses = st.lists(st.floats(0.02, 1.0), min_size=2, max_size=6).map(
    lambda raw: np.array(raw) / sum(raw)
)
CERTAIN, RARE = np.array([0.0, 1.0]), np.array([0.93, 0.07])


def _has(code, which, one, other):
    """Whether a property holds for these laws."""
    parameter = PARAMETERS[code]
    if code == "standard_deviation" and which == 1:
        parameter = 4.0
    if code == "variance" and which == 1:
        parameter = 5.0
    # A variance is large beside a mean where amounts are large.
    first = lumpy(one, step=1e6 if which == 1 else 1e5)
    value = take(code, first, parameter)
    slack = 1e-6 * (1.0 + abs(value))
    if which == 0:
        return value >= first.law.mean - slack
    if which == 1:
        return value <= first.law.step * np.flatnonzero(one)[-1] + slack
    if which == 2:
        moved = take(code, lumpy(one, start=3e5), parameter)
        return abs(moved - value - 3e5) <= slack + 1e-6 * 3e5
    if which == 3:
        return abs(take(code, lumpy(one, step=2e5), parameter) - 2 * value) <= 2 * slack
    both = take(code, lumpy(np.convolve(one, other)), parameter)
    apart = value + take(code, lumpy(other), parameter)
    return abs(both - apart) <= 2 * slack


def test_the_truth_table_is_about_every_principle():
    assert list(TRUTH) == list(PRINCIPLES) and set(PARAMETERS) == set(PRINCIPLES)


@pytest.mark.parametrize("code", TRUTH)
@given(one=masses, other=masses)
@settings(max_examples=20)
def test_properties_that_a_principle_has(code, one, other):
    for which, sign in enumerate(TRUTH[code]):
        assert sign == "-" or _has(code, which, one, other), which


@pytest.mark.parametrize("code", TRUTH)
def test_properties_that_a_principle_lacks(code):
    for which, sign in enumerate(TRUTH[code]):
        cases = [(CERTAIN, RARE), (np.array([0.5, 0.5]), RARE), (RARE, RARE)]
        broken = [pair for pair in cases if not _has(code, which, *pair)]
        assert bool(broken) == (sign == "-"), which


@pytest.mark.parametrize("code", PRINCIPLES)
@given(one=masses, shares=st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99)))
@settings(max_examples=15)
def test_principles_rise_with_their_parameter_and_with_the_claims(code, one, shares):
    low, high = PRINCIPLES[code].allowed
    first, second = sorted(low + share * (high - low) for share in shares)
    claims = lumpy(one)
    small, large = take(code, claims, first), take(code, claims, second)
    assert small <= large + 1e-6 * large
    # The worst amount becomes one step worse: never cheaper, but for sd and variance.
    if code not in ("standard_deviation", "variance"):
        worse = lumpy(np.append(one[:-1], [0.0, one[-1]]))
        assert take(code, worse, first) >= small - 1e-6 * small


def test_sums_are_never_dearer_by_a_coherent_principle():
    one, other = np.array([0.7, 0.2, 0.1]), np.array([0.5, 0.0, 0.5])
    for code in ("tail_mean", "wang", "proportional_hazard"):
        both = take(code, lumpy(np.convolve(one, other)), PARAMETERS[code])
        apart = sum(take(code, lumpy(mass), PARAMETERS[code]) for mass in (one, other))
        assert both < apart


# --- reinsurance -----------------------------------------------------------------------------


def test_what_is_ceded_and_what_stays_add_up(laws):
    claims = laws["exponential"]
    stop = Ceding(kind="stop_loss", size=1.5)
    assert ceded_mean(claims, stop).value == pytest.approx(1e5 * math.exp(-1.5), rel=1e-5)
    left = retained(claims, stop)
    assert left.mean().value == pytest.approx(1e5 * (1 - math.exp(-1.5)), rel=1e-5)
    variance = 2e10 * (1 - math.exp(-1.5) * 2.5) - (1e5 * (1 - math.exp(-1.5))) ** 2
    assert left.sd().value == pytest.approx(math.sqrt(variance), rel=2e-3)
    assert left.quantile(0.99).value <= 1.5e5 + left.law.step
    share = retained(claims, Ceding(kind="quota_share", size=0.4))
    assert share.mean().value == pytest.approx(6e4)
    assert share.exponential(2e-6).value == pytest.approx(-math.log(1 - 0.12) / 2e-6, rel=1e-5)


def test_reinsurance_of_a_price(inputs):
    plain = price(inputs, terms=PriceTerms(principle="wang"))
    ceded = Ceding(kind="quota_share", size=0.5, loading=0.2)
    half = price(inputs, terms=PriceTerms(principle="wang", ceding=ceded))
    for code, one in half.plans.items():
        lines = {line.code: line.exact_yuan for line in one.lines}
        before = {line.code: line.exact_yuan for line in plain.plans[code].lines}
        assert "reinsurance" not in before
        assert lines["reinsurance"] == pytest.approx(0.1 * lines["risk_premium"], rel=1e-9)
        assert lines["safety_loading"] == pytest.approx(0.5 * before["safety_loading"], rel=1e-9)


# --- the premium, line by line ----------------------------------------------------------------


@pytest.fixture(scope="module")
def everything(inputs):
    moved = apply(
        inputs,
        Changes({"base_enrolment_ratio": 0.9, "frequency_trend_per_year": 0.02,
                 "years_from_base_to_rating": 6.0}),
    )  # fmt: skip
    terms = PriceTerms(
        principle="tail_mean",
        parameters={"tail_mean": 0.9},
        ceding=Ceding(kind="stop_loss", size=1.1),
        programme="health_talks",
        relativities="national",
    )
    return moved, terms, price(moved, terms=terms)


def test_the_figures_of_today_stay(inputs):
    fen = [one.technical_fen for one in price(inputs).plans.values()]
    assert fen == [8185, 5106, 3317, 1914, 1659]


@pytest.mark.parametrize("code", PRINCIPLES)
def test_the_chosen_principle_makes_the_premium(inputs, code):
    found = price(inputs, terms=PriceTerms(principle=code))
    for one in found.plans.values():
        assert one.technical_premium == one.required[code].premium_yuan
        assert one.technical_fen == round(one.technical_premium.value * 100)
        lines = {line.code: line.exact_yuan for line in one.lines}
        claims = lines["risk_premium"] + lines["safety_loading"]
        assert claims == pytest.approx(one.required[code].claims_yuan.value, rel=1e-12)


def test_every_line_stands_in_the_waterfall(everything):
    _, _, found = everything
    for code, one in found.plans.items():
        names = [line.code for line in one.lines]
        stays = code in ("P1", "P2")
        assert names[:3] == ["risk_premium", "level_base_ratio", "level_frequency_trend"]
        assert names[3:6] == ["prevention_effect", "reinsurance", "safety_loading"]
        assert names[-2:] == ["prevention", "contingency"]
        lines = {line.code: line for line in one.lines}
        assert (lines["prevention_effect"].exact_yuan < -1e-3) == stays
        at = 0
        for line in one.lines:
            assert line.from_fen == at
            at += line.fen
        assert at == one.technical_fen == round(one.technical_premium.value * 100)
        total = sum(line.exact_yuan for line in one.lines)
        assert total == pytest.approx(one.technical_premium.value, rel=1e-9)


@pytest.mark.parametrize("by", ["bundle", "age", "cell"])
def test_groups_add_up_to_the_plans(everything, by):
    inputs, terms, found = everything
    lines = {
        code: {line.code: line.exact_yuan for line in one.lines}
        for code, one in found.plans.items()
    }
    groups = group_prices(inputs, lines, by=by, terms=terms)
    assert len(groups) == {"bundle": 12, "age": 45, "cell": 359}[by]
    whole = sum(one.units * one.premium_yuan for one in groups)
    assert whole == pytest.approx(found.technical_contribution.value, rel=1e-9)
    for code in lines["P1"]:
        asked = sum(one.enrolments * lines[one.code][code] for one in found.plans.values())
        given_ = sum(
            group.units * line.exact_yuan
            for group in groups
            for line in group.lines
            if line.code == code
        )
        assert given_ == pytest.approx(asked, rel=1e-8, abs=1e-5)
    for one in groups:
        assert one.premium_fen == math.floor(one.premium_yuan * 100 + 0.5)
    paid = sum(one.units * one.contribution_yuan for one in groups)
    assert paid == pytest.approx(17_500_000.0, rel=1e-12)


def test_uncertain_parameters_are_a_line_of_their_own(inputs, monkeypatch):
    """The line is what the principle takes more for the law with parameters uncertain."""
    wider = year_laws(apply(inputs, Changes({"critical_illness_factor": 0.8})))
    monkeypatch.setattr(pricing, "laws_on", lambda *_, **__: wider)
    base, sure = Basis(kind="parameters"), price(inputs)
    for code in ("expected_value", "wang"):
        found = price(inputs, terms=PriceTerms(principle=code), basis=base)
        sure = price(inputs, terms=PriceTerms(principle=code))
        lines = {line.code: line.exact_yuan for line in found.plans["P3"].lines}
        claims = YearClaims(law=wider.laws[2], coarse=wider.coarse[2], safety_loading=0.1)
        parameter = sure.plans["P3"].required[code].parameter
        more = take(code, claims, parameter) / 46_000
        more -= sure.plans["P3"].required[code].claims_yuan.value
        assert lines["parameter_uncertainty"] == pytest.approx(more, rel=1e-9)
        before = {line.code: line.exact_yuan for line in sure.plans["P3"].lines}
        assert "parameter_uncertainty" not in before
        assert lines["safety_loading"] == before["safety_loading"]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: PriceTerms(principle="esscher"), "unknown-choice"),
        (lambda: PriceTerms(parameters={"esscher": 1.0}), "unknown-choice"),
        (lambda: PriceTerms(parameters={"wang": 4.0}), "value-out-of-range"),
        (lambda: Ceding(kind="surplus", size=0.5), "unknown-choice"),
        (lambda: Ceding(kind="quota_share", size=1.0), "value-out-of-range"),
        (lambda: Ceding(kind="stop_loss", size=1.2, loading=-0.1), "value-out-of-range"),
    ],
)
def test_terms_that_cannot_be_taken(make, code):
    with pytest.raises(InputRefused) as refusal:
        make()
    assert refusal.value.faults[0].code == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--parameter", "wang"], "WB-475"),
        (["--parameter", "wang=x"], "WB-475"),
        (["--reinsurance", "stop_loss=9"], "WB-101"),
        (["--reinsurance-loading", "0.3"], "WB-4"),
        (["--programme", "none"], "WB-403"),
        (["--relativities", "none"], "WB-403"),
    ],
)
def test_a_price_that_cannot_be_asked(capsys, words, code):
    assert main(["price", *words, "--lang", "en"]) == 2
    assert code in capsys.readouterr().err


def test_a_price_by_bundles_on_the_command_line(capsys):
    words = ["price", "--by", "bundle", "--principle", "wang", "--parameter", "wang=0.25"]
    assert main([*words, "--reinsurance", "stop_loss=1.2", "--lang", "zh"]) == 0
    told = capsys.readouterr().out
    for part in ("王变换原理", "0.25", "再保险净成本", "P1+P3+P4", "分组的测算会费"):
        assert part in told
