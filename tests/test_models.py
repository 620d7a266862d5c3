"""Other models of the same year: a Pareto tail, one large accident, and the table of all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm, poisson

from workbench.cli import main
from workbench.engine.catastrophe import Catastrophe, with_catastrophe
from workbench.engine.events import scheme_of
from workbench.engine.stages import scheme_laws, year_laws
from workbench.laws.severity import Lognormal
from workbench.laws.stay_tail import SplicedCost
from workbench.questions import Choices, ask

ROOT = Path(__file__).parent.parent
COST = SplicedCost(8.5, 1.0, 50_000.0)


def test_the_spliced_law_is_smooth_at_its_start():
    body, h = Lognormal(8.5, 1.0), 1.0
    x = np.array([100.0, 5_000.0, 49_999.0])
    assert np.allclose(COST.survival(x), body.survival(x))
    before, here, after = (float(COST.survival(np.array(50_000.0 + d))) for d in (-h, 0.0, h))
    assert here - after == pytest.approx(before - here, rel=1e-3)
    assert float(COST.survival(np.array(1e6))) > 2.0 * float(body.survival(np.array(1e6)))
    assert float(COST.survival(np.array(1e5))) == pytest.approx(COST.above * 2.0**-COST.index)


@given(st.floats(10.0, 1e6))
def test_limited_means_and_scores_against_quadrature(x):
    ends = [50_000.0] if x > 50_000.0 else None
    wanted, _ = quad(lambda u: float(COST.survival(np.array(u))), 0.0, x, points=ends, limit=200)
    assert float(COST.limited_mean(np.array(x))) == pytest.approx(wanted, rel=1e-6)
    assert float(COST.at_score(np.array(COST.score(x)))) == pytest.approx(x, rel=1e-9)
    assert float(COST.survival(np.array(x))) == pytest.approx(norm.sf(COST.score(x)), rel=1e-9)


def test_moments_of_the_spliced_law():
    assert float(COST.limited_mean(np.array(np.inf))) == pytest.approx(COST.mean)
    body, _ = quad(lambda z: float(COST.at_score(np.array(z))) * norm.pdf(z), -8.0, 8.0, limit=200)
    assert body == pytest.approx(COST.mean, rel=1e-3)
    assert COST.moment(3) == np.inf
    parts = COST.partial_moment(np.array([2e4, 2e5]), 1)
    assert parts[1] < COST.mean and parts[0] == pytest.approx(
        float(Lognormal(8.5, 1.0).partial_moment(np.array(2e4), 1))
    )


def test_a_tail_that_starts_beyond_every_cost_changes_nothing(inputs):
    scheme = scheme_of(inputs)
    stays = {
        name: replace(stay, cost=SplicedCost(stay.cost.mu, stay.cost.sigma, 5e8))
        for name, stay in scheme.stays.items()
    }
    found, law = scheme_laws(replace(scheme, stays=stays)).laws[-1], year_laws(inputs).laws[-1]
    assert found.mean == pytest.approx(law.mean, rel=1e-9)
    assert found.quantile(0.995) == pytest.approx(law.quantile(0.995), abs=1.0)


def test_no_catastrophe_is_no_change(inputs):
    laws = year_laws(inputs)
    none = Catastrophe(rate=0.0, deaths=10.0, injured=20.0)
    assert with_catastrophe(scheme_of(inputs), laws, none).laws == laws.laws


def test_deaths_alone_against_the_poisson_mixture(inputs):
    """Without injured members the part is n · 10 · 30,000 yuan, n Poisson."""
    laws, event = year_laws(inputs), Catastrophe(rate=0.3, deaths=10.0, injured=0.0)
    found = with_catastrophe(scheme_of(inputs), laws, event)
    law, plain = found.laws[4], laws.laws[4]
    x = plain.mean + plain.sd * np.array([0.0, 2.0, 4.0, 8.0, 12.0])
    n = np.arange(12)
    below = sum(
        chance * plain.cdfs(x - 300_000.0 * k)
        for k, chance in zip(n, poisson.pmf(n, 0.3), strict=True)
    )
    assert np.max(np.abs(law.cdfs(x) - below)) < 1e-6
    assert law.mean == pytest.approx(plain.mean + 0.3 * 300_000.0)
    assert law.sd == pytest.approx(np.sqrt(plain.sd**2 + 0.3 * 300_000.0**2))
    # Plans that pay no death and hold no injured member stay what they were.
    assert found.laws[2] is laws.laws[2] and found.laws[3] is laws.laws[3]


def test_moments_of_the_lattice_are_the_closed_ones(inputs):
    event = Catastrophe(rate=0.05, deaths=10.0, injured=20.0)
    found = with_catastrophe(scheme_of(inputs), year_laws(inputs), event)
    for place in (0, 1, 4, 5):
        law = found.laws[place]
        mean = float(law.mass @ law.yuan)
        sd = float(np.sqrt(law.mass @ (law.yuan - mean) ** 2))
        assert mean == pytest.approx(law.mean, rel=1e-7) and sd == pytest.approx(law.sd, rel=1e-5)
        assert law.mass.sum() == pytest.approx(1.0, abs=1e-10)
    gap = sum(found.laws[place].mean for place in range(5)) - found.laws[5].mean
    assert gap == pytest.approx(0.0, abs=1.0)


@pytest.fixture(scope="module")
def models():
    """The answer to `models` for the built-in pack."""
    return ask("models", Choices())


def test_models_side_by_side(models):
    rows = {row.code: row for row in models.result.rows}
    base = rows["in_force"]
    assert base.tiers == {"P1": 85.0, "P2": 53.0, "P3": 34.0, "P4": 25.0, "P5": 25.0}
    for code in ("correlation_0", "correlation_80", "individual", "regimes"):
        assert rows[code].mean_yuan.value == pytest.approx(base.mean_yuan.value, rel=1e-9)
    assert rows["pareto_tail"].mean_yuan.value > base.mean_yuan.value
    # docs/engine.md: the regimes' 99.5 % is 3 % higher at nearly the same spread.
    assert rows["regimes"].quantile_yuan.value / base.quantile_yuan.value == pytest.approx(
        1.03, abs=0.002
    )
    deaths = 0.05 * 10.0 * 30_000.0
    assert rows["catastrophe"].mean_yuan.value > base.mean_yuan.value + deaths
    low, high = (rows[f"correlation_{name}"].sd_yuan.value for name in ("0", "80"))
    assert low < base.sd_yuan.value < high


def test_the_models_document_and_report(capsys):
    assert main(["models", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    schema = json.loads((ROOT / "docs" / "schemas" / "models.json").read_text("utf-8"))
    jsonschema.validate(document, schema)
    assert document["refused"] == [] and len(document["models"]) == 7
    for language, told in (("zh", "只计年度波动"), ("en", "process risk alone")):
        assert main(["models", "--lang", language]) == 0
        assert told in capsys.readouterr().out
