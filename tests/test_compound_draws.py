"""Years of a free-standing scheme from sealed tables: claims and totals, held to the exact laws."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import workbench as wb
from tests.test_yardstick import INDEPENDENT, SHOCK, SHOCKED
from workbench import laws
from workbench.engine.compound.claims import draw_claims
from workbench.engine.compound.quick import smooth_law
from workbench.engine.compound.spectrum import spectrum_of
from workbench.engine.compound.tables import amounts_of, counts_of, shared_shock_of
from workbench.engine.compound.totals import plan_totals_of
from workbench.engine.compound.voice import log_transform_of
from workbench.guard import InputRefused
from workbench.risk import LEVELS, Sample

CLAIM_YEARS, TOTAL_YEARS, MANY = 4800, 200_000, 1e6
BOTH = {"P1": 1.0, "P2": 2.0}


@pytest.fixture(scope="module")
def claims():
    return SHOCKED.claims(CLAIM_YEARS, seed=20)


@pytest.fixture(scope="module")
def totals():
    return SHOCKED.totals(TOTAL_YEARS, seed=21)


@pytest.fixture(scope="module")
def exact():
    """Exact figures of every plan, of the total, and of S1 + 2·S2."""
    figures = SHOCKED.figures()
    twice = wb.CompoundScheme(
        plans={
            "P1": SHOCKED.plans["P1"],
            "P2": replace(
                SHOCKED.plans["P2"],
                severity=laws.Scaled(SHOCKED.plans["P2"].payment, 2.0),
                terms=wb.Terms(),
            ),
        },
        shocks=(SHOCK,),
    ).figures()
    return figures.plans | {"total": figures.total, "both": twice.total}


def columns(fen):
    names = list(SHOCKED.plans)
    mixed = sum(int(weight) * fen[:, names.index(name)] for name, weight in BOTH.items())
    return dict(zip(names, fen.T, strict=True)) | {"total": fen.sum(axis=1), "both": mixed}


def assert_follows(fen, exact):
    for name, column in columns(fen).items():
        sample, law = Sample.of_fen(column), exact[name]
        pairs = [(sample.mean(), law.mean), (sample.sd(), law.sd)]
        for level in LEVELS:
            pairs.append((sample.quantile(level), law.quantiles[level]))
            pairs.append((sample.tail_mean(level), law.tail_means[level]))
        for drawn, figure in pairs:
            assert abs(drawn.value - figure.value) < 4.0 * drawn.error, (name, drawn, figure)


def test_claims_follow_the_exact_laws(claims, exact):
    assert_follows(claims.paid_fen, exact)
    means = [model.frequency.mean for model in SHOCKED.plans.values()]
    spread = claims.claims.std(axis=0) / CLAIM_YEARS**0.5
    assert np.all(np.abs(claims.claims.mean(axis=0) - means) < 4.0 * spread)
    tie = np.corrcoef(claims.claims[:, 0], claims.claims[:, 1])[0, 1]
    # Corr of two Poisson numbers that share a factor with variance 0.01.
    assert tie == pytest.approx(1.0 / ((1 + 100 / 6930) * (1 + 100 / 6000)) ** 0.5, abs=0.004)


def test_totals_follow_the_exact_laws(totals, exact):
    assert_follows(totals, exact)
    drawn = np.cov(totals[:, 0], totals[:, 1])[0, 1] / 1e4
    assert drawn == pytest.approx(SHOCKED.covariance("P1", "P2"), rel=0.02)
    assert abs(np.corrcoef(totals[:, 0], totals[:, 4])[0, 1]) < 4.0 / TOTAL_YEARS**0.5


def test_independent_totals_follow_their_laws():
    fen, figures = INDEPENDENT.totals(50_000, seed=3), INDEPENDENT.figures()
    assert np.all(fen[:, 2] % 500_000 == 0) and np.all(fen[:, 3] % 100_000 == 0)
    for column, law in zip(fen.T, figures.plans.values(), strict=True):
        sample = Sample.of_fen(column)
        assert abs(sample.mean().value - law.mean.value) < 4.0 * sample.mean().error
        assert abs(sample.sd().value - law.sd.value) < 4.0 * sample.sd().error


def standard_errors(sample):
    """A tenth of the standard errors at a million years, from a sample of fewer."""
    scale = 0.1 * (sample.years / MANY) ** 0.5
    found = {"mean": sample.mean().error * scale, "sd": sample.sd().error * scale}
    for level in LEVELS:
        found["quantile", level] = sample.quantile(level).error * scale
        found["tail", level] = sample.tail_mean(level).error * scale
    return found


def figures_of(law):
    quantiles, tails = law.tails(LEVELS)
    found = {("quantile", level): one.value for level, one in zip(LEVELS, quantiles, strict=True)}
    found |= {("tail", level): one.value for level, one in zip(LEVELS, tails, strict=True)}
    return found


@pytest.mark.parametrize("name", ["P1", "P2", "P5", "total"])
def test_bias_of_the_amounts_is_below_a_tenth_of_an_error_at_a_million_years(name, totals):
    """The exact law of claims that are the table's own fen, at the same frequencies."""
    groups = SHOCKED._groups(SHOCKED._weights(None if name == "total" else name))
    spectrum = spectrum_of(groups)
    t, logs, mean, variance = spectrum.frequencies, 0.0, 0.0, 0.0
    for group in groups:
        less, load = [], 0.0
        for part in group.parts:
            fen, times = np.unique(amounts_of(part.size), return_counts=True)
            share, yuan, number = times / times.sum(), fen / 100.0, part.frequency.mean
            less.append(np.exp(1j * np.multiply.outer(t, yuan)) @ share - 1.0)
            first, square = float(yuan @ share), float(yuan**2 @ share)
            load += number * first
            spread = 0.0 if group.shock else (part.frequency.variance - number) * first**2
            variance += number * square + spread
        mean += load
        variance += group.shock.variance * load**2 if group.shock else 0.0
        logs = logs + log_transform_of(group, less)
    values = np.exp(logs - 1j * t * spectrum.start)
    figures = SHOCKED.figures()
    right = figures.total if name == "total" else figures.plans[name]
    errors = standard_errors(Sample.of_fen(columns(totals)[name]))
    assert abs(mean - right.mean.value) < errors["mean"]
    assert abs(variance**0.5 - right.sd.value) < errors["sd"]
    step = spectrum.step
    biased = smooth_law(
        replace(spectrum, values=values, mean=mean),
        replace(right.mean, value=mean),
        right.sd,
    )
    got = figures_of(biased)
    for level in LEVELS:
        quantile, tail = right.quantiles[level].value, right.tail_means[level].value
        assert abs(got["quantile", level] - quantile) <= max(errors["quantile", level], step)
        assert abs(got["tail", level] - tail) < errors["tail", level]


@pytest.mark.parametrize("name", list(SHOCKED.plans))
def test_bias_of_the_totals_is_below_a_tenth_of_an_error_at_a_million_years(name, totals):
    """Tables without a factor are laws of 65,536 equal lanes; their figures are sums."""
    part, right = INDEPENDENT._part(name, 1.0), INDEPENDENT.figures().plans[name]
    table = plan_totals_of(name, part, None, np.inf)
    yuan = (np.sort(table.fen.astype(np.int64)) + table.base) / 100.0
    errors = standard_errors(Sample.of_fen(columns(totals)[name]))
    assert abs(yuan.mean() - right.mean.value) < errors["mean"]
    assert abs(yuan.std() - right.sd.value) < errors["sd"]
    for level in LEVELS:
        quantile = yuan[int(np.ceil(level * len(yuan))) - 1]
        tail = quantile + np.maximum(yuan - quantile, 0.0).mean() / (1.0 - level)
        # Between two lanes lies what the next lane is higher.
        gap = np.diff(yuan)[int(level * len(yuan)) - 1 :][:1].max()
        assert abs(quantile - right.quantiles[level].value) <= errors["quantile", level] + gap
        assert abs(tail - right.tail_means[level].value) < errors["tail", level]


@pytest.mark.parametrize("name", ["P1", "P2"])
def test_shocked_totals_keep_mean_and_variance(name):
    part, right = SHOCKED._part(name, 1.0), SHOCKED.figures().plans[name]
    table = plan_totals_of(name, part, shared_shock_of(SHOCK.shock, SHOCK.plans), np.inf)
    rest = (table.fen.astype(np.int64) + table.base).reshape(64, -1) / 100.0
    shift = table.shift.astype(float).reshape(64, -1) / 100.0
    mean = shift.mean() + rest.mean()
    variance = rest.var(axis=1).mean() + (shift + rest.mean(axis=1)[:, None]).var()
    assert abs(mean - right.mean.value) < 0.1 * right.sd.value / MANY**0.5
    assert abs(variance**0.5 - right.sd.value) < 0.07 * right.sd.value / MANY**0.5


def test_the_same_bits_whatever_is_drawn_together(claims):
    tables = SHOCKED._claims_tables()
    some = claims.paid_fen[:640]
    with ThreadPoolExecutor(2) as executor:
        for mapper in (map, executor.map):
            for chunk in (1, 3, 64):
                drawn = draw_claims(tables, range(640), 20, mapper=mapper, chunk_blocks=chunk)
                assert np.array_equal(drawn.paid_fen, some)
        threaded = SHOCKED.totals(70_000, 21, mapper=executor.map)
    assert np.array_equal(SHOCKED.claims(90, 20, first_year=133).paid_fen, some[133:223])
    whole = SHOCKED.totals(70_000, 21)
    assert np.array_equal(threaded, whole)
    for first, years in ((0, 1), (5, 40), (32_767, 9), (69_000, 1000)):
        part = SHOCKED.totals(years, 21, first_year=first)
        assert np.array_equal(part, whole[first : first + years])


def test_one_year_claim_by_claim(claims):
    for year in (0, 63, 64, 700):
        single = SHOCKED.single_claims(year, 20)
        assert [len(one) for one in single.values()] == claims.claims[year].tolist()
        assert [int(one.sum()) for one in single.values()] == claims.paid_fen[year].tolist()
    assert set(np.unique(single["P3"])) == {500_000, 1_000_000, 2_000_000}
    assert np.all(single["P2"] % 4500 == 0) and single["P1"].max() <= 2_000_000


def test_adding_a_plan_moves_no_other_draw(claims, totals):
    few = wb.CompoundScheme(
        plans={name: SHOCKED.plans[name] for name in ("P2", "P1", "P3")}, shocks=(SHOCK,)
    )
    kept = [1, 0, 2]
    assert np.array_equal(few.claims(70, 20).paid_fen, claims.paid_fen[:70, kept])
    assert np.array_equal(few.totals(70, 21), totals[:70, kept])


@pytest.mark.parametrize(
    "shock",
    [
        laws.GammaShock(0.6),
        laws.InverseGaussianShock(0.6),
        laws.Regimes((0.7, 1.9), (0.75, 0.25)),
        laws.Regimes((0.0, 2.0), (0.5, 0.5)),
    ],
    ids=["gamma", "inverse gaussian", "regimes", "a year without"],
)
def test_few_claims_and_other_shocks(shock):
    plans = {
        "A": wb.CompoundModel(frequency=wb.Poisson(4.0), severity=wb.Gamma(2.0, 1.0)),
        "B": wb.CompoundModel(
            frequency=wb.Poisson(2.0), severity=laws.Discrete((1.0, 3.0), (0.5, 0.5))
        ),
    }
    scheme = wb.CompoundScheme(plans=plans, shocks=(wb.SharedShock(shock=shock, plans=("A", "B")),))
    figures, tie = scheme.figures(), scheme.covariance("A", "B")
    for fen in (scheme.claims(30_000, 5).paid_fen, scheme.totals(30_000, 5)):
        for column, law in ((fen[:, 0], figures.plans["A"]), (fen.sum(axis=1), figures.total)):
            sample = Sample.of_fen(column)
            assert abs(sample.mean().value - law.mean.value) < 4.0 * sample.mean().error
            assert abs(sample.sd().value - law.sd.value) < 4.0 * sample.sd().error
            for level in (0.75, 0.95, 0.99):
                drawn = sample.tail_mean(level)
                assert abs(drawn.value - law.tail_means[level].value) < 4.0 * drawn.error
        assert np.cov(fen.T)[0, 1] / 1e4 == pytest.approx(tie, rel=0.08)


def test_a_yearly_cap_holds_in_every_way_of_drawing():
    model = wb.CompoundModel(
        frequency=wb.Poisson(30.0), severity=wb.Gamma(2.0, 1.0), terms=wb.Terms(yearly_cap=70.0)
    )
    scheme, law = wb.CompoundScheme(plans={"A": model}), model.law()
    for fen in (scheme.claims(6400, 1).paid_fen, scheme.totals(6400, 1)):
        assert fen.max() == 7000
        assert fen.mean() / 100.0 == pytest.approx(float(law.mean), abs=4.0 * float(law.sd) / 80.0)


def test_counts_are_those_of_the_law():
    law = laws.NegativeBinomial(3.0, 2.0)
    words = (np.arange(1 << 16, dtype=np.uint64) << np.uint64(48)) + np.uint64(1 << 47)
    drawn = counts_of(law).numbers(words, np.zeros(len(words), dtype=np.int64))
    share = np.bincount(drawn) / len(words)
    assert share == pytest.approx(law.pmf(np.arange(len(share))), abs=2.0**-16)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: SHOCKED.claims(0, 1),
        lambda: SHOCKED.totals(5, -1),
        lambda: SHOCKED.claims(5, 1, first_year=-1),
        lambda: SHOCKED.single_claims(-1, 1),
        lambda: wb.CompoundScheme(
            plans={"A": wb.CompoundModel(frequency=wb.Poisson(1), severity=laws.Pareto(0.9, 1.0))}
        ).claims(5, 1),
    ],
)
def test_impossible_draws_are_refused(ask):
    with pytest.raises(InputRefused):
        ask()
