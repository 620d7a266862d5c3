"""Covers: reference values, closed forms, laws of both parts, whole fen, exact totals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

import workbench as wb
from workbench import laws
from workbench.engine.compound.cover import total_cover
from workbench.guard import InputRefused
from workbench.laws.registry import REINSURANCE, reached
from workbench.laws.reinsurance import COVERS
from workbench.risk import Figure

MIXED = laws.Mixture(
    (laws.Discrete((1.0, 3.0, 9.0), (0.2, 0.5, 0.3)), laws.Exponential(2.0)), (0.3, 0.7)
)
AMOUNTS = {
    "pareto": laws.Pareto(3.5, 2.0),
    "gamma": laws.Gamma(2.0, 1.5),
    "mixed": MIXED,
    "discrete": laws.Discrete((0.0, 1.0, 3.0, 9.0), (0.1, 0.2, 0.4, 0.3)),
}
SOME = {
    "layer": laws.StopLoss(attachment=1.3, limit=2.0),
    "shared layer": laws.PerEvent(retention=1.3, limit=2.0, share=0.4),
    "endless": laws.PerPerson(retention=1.3),
    "quota": laws.QuotaShare(share=0.3),
    "first layer": laws.StopLoss(attachment=0.0, limit=2.0),
}


@pytest.mark.parametrize("entry", REINSURANCE, ids=lambda entry: entry.key)
def test_reference_value_of_every_cover(entry):
    assert reached(entry) == pytest.approx(entry.value, rel=1e-9)
    assert isinstance(entry.example, laws.SizeLaw)
    assert [one.name for one in entry.make.parameters][-1] == "share"


def test_every_cover_is_registered():
    assert [entry.make for entry in REINSURANCE] == list(COVERS)
    assert {one.base for one in COVERS} == {"person", "event", "year", "all"}


@pytest.mark.parametrize("name", AMOUNTS)
@pytest.mark.parametrize("form", SOME)
def test_both_parts_add_to_the_whole(name, form):
    amount, cover = AMOUNTS[name], SOME[form]
    ceded, left = cover.ceded_law(amount), cover.retained_law(amount)
    assert ceded.mean + left.mean == pytest.approx(amount.mean, rel=1e-12)
    x = np.linspace(0.0, 12.0, 97)
    assert cover.ceded(x) + cover.retained(x) == pytest.approx(x, abs=1e-13)
    level = np.array([0.05, 0.4, 0.7, 0.95])
    assert left.quantile(level) == pytest.approx(cover.retained(amount.quantile(level)))


@pytest.mark.parametrize("name", AMOUNTS)
@pytest.mark.parametrize("form", SOME)
def test_the_law_of_what_is_left_by_quadrature(name, form):
    left = SOME[form].retained_law(AMOUNTS[name])
    # Ends where the survival function jumps or bends, so that the quadrature is smooth inside.
    ends = np.unique([0.0, 0.7, 1.0, 1.3, 2.1, 2.32, 3.0, 3.3, 4.0, *left.atoms().values])
    ends = ends[ends <= 4.0]
    for order in (1, 2, 3):
        whole = sum(
            quad(lambda t: order * t ** (order - 1) * float(left.survival(np.asarray(t))), a, b)[0]  # noqa: B023
            for a, b in zip(ends[:-1], ends[1:], strict=True)
        )
        assert float(left.limited_moment(np.asarray(4.0), order)) == pytest.approx(whole, rel=1e-8)


def test_a_full_cession_leaves_its_floor_with_a_probability():
    left = SOME["layer"].retained_law(AMOUNTS["gamma"])
    atoms = left.atoms()
    inside = AMOUNTS["gamma"].cdf(np.asarray(3.3)) - AMOUNTS["gamma"].cdf(np.asarray(1.3))
    assert list(atoms.values) == [1.3]
    assert atoms.masses[0] == pytest.approx(float(inside), rel=1e-12)
    jump = left.survival(np.asarray(1.3 - 1e-9)) - left.survival(np.asarray(1.3))
    assert float(jump) == pytest.approx(float(inside), abs=1e-8)


@given(
    fen=st.lists(st.integers(0, 10**15), min_size=1, max_size=20),
    floor=st.integers(0, 10**12),
    width=st.integers(1, 10**12),
    share=st.integers(1, 10**6),
)
def test_fen_are_ceded_by_integers_and_add_up(fen, floor, width, share):
    cover = laws.StopLoss(attachment=floor / 100, limit=width / 100, share=share / 10**6)
    given_fen = np.array(fen, dtype=np.int64)
    ceded = cover.ceded_fen(given_fen)
    wanted = [(min(max(one - floor, 0), width) * share * 2 + 10**6) // (2 * 10**6) for one in fen]
    assert ceded.tolist() == wanted
    assert np.array_equal(ceded + cover.retained_fen(given_fen), given_fen)


def test_layers_on_top_of_each_other_are_the_whole_in_fen():
    fen = np.random.default_rng(4).integers(0, 10**9, 1000)
    low = laws.StopLoss(attachment=0.0, limit=4e6)
    high = laws.StopLoss(attachment=4e6)
    assert np.array_equal(low.ceded_fen(fen) + high.ceded_fen(fen), fen)


@pytest.mark.parametrize(
    "make",
    [
        lambda: laws.StopLoss(attachment=-1.0),
        lambda: laws.StopLoss(attachment=float("nan")),
        lambda: laws.PerPerson(retention=0.0, limit=0.0),
        lambda: laws.PerEvent(retention=1.0, share=1.1),
        lambda: laws.QuotaShare(share=0.0),
    ],
)
def test_parameters_out_of_range_are_refused(make):
    with pytest.raises(InputRefused) as caught:
        make()
    assert caught.value.faults[0].code in ("value-out-of-range", "not-a-number")


def dental():
    counts = laws.Counts((0.05, 0.10, 0.15, 0.20, 0.25, 0.15, 0.06, 0.03, 0.01))
    shares = (0.15, 0.2, 0.25, 0.125, 0.075, 0.05, 0.05, 0.05, 0.025, 0.025)
    amounts = laws.Discrete(25 * np.arange(1, 11), shares)
    return wb.CompoundModel(frequency=counts, severity=amounts).law()


def test_layers_of_a_published_total(reference):
    """Group dental insurance: differences of the published stop-loss premiums."""
    rows = reference("compound_laws.csv")
    published = {
        float(row["at"]): float(row["value"])
        for row in rows
        if (row["model"], row["measure"]) == ("dental", "stop_loss")
    }
    law = dental()
    for low, high in ((25.0, 50.0), (100.0, 150.0), (175.0, 200.0)):
        cover = laws.StopLoss(attachment=low, limit=high - low, share=0.8)
        found = total_cover(cover, law).ceded_yuan
        assert found.value == pytest.approx(0.8 * (published[low] - published[high]), rel=1e-8)


@pytest.mark.parametrize(
    "cover",
    [
        laws.StopLoss(attachment=110.0, limit=130.0, share=0.7),
        laws.StopLoss(attachment=125.0),
        laws.QuotaShare(share=0.25),
    ],
    ids=["layer", "endless", "quota"],
)
def test_every_figure_of_a_total_by_its_table(cover):
    law = dental()
    x = 25.0 * np.arange(0, 81)
    mass = np.array([float(law.probability(one)) for one in x])
    ceded, left = cover.ceded(x), cover.retained(x)

    def mean(values):
        return float(np.sum(mass * values))

    attached = mean(x > cover.floor)
    wanted = {
        "ceded_yuan": mean(ceded),
        "ceded_sd_yuan": np.sqrt(mean(ceded**2) - mean(ceded) ** 2),
        "attach_probability": attached,
        "exhaust_probability": mean(x >= cover.top),
        "ceded_when_attached_yuan": mean(ceded) / attached,
        "amount_when_attached_yuan": mean(x * (x > cover.floor)) / attached,
        "retained_yuan": mean(left),
        "retained_sd_yuan": np.sqrt(mean(left**2) - mean(left) ** 2),
        "retained_995_yuan": float(cover.retained(np.asarray(x[np.cumsum(mass) >= 0.995][0]))),
    }
    figures = total_cover(cover, law)
    for name, value in wanted.items():
        found = getattr(figures, name)
        assert found.value == pytest.approx(value, rel=1e-9, abs=1e-9), name
        assert found.error < 1e-6
    assert np.isnan(figures.rate_on_line.value) == np.isinf(cover.width)


def test_a_layer_of_an_exponential_is_closed_form():
    """One claim for sure: E[C] = θ(e^(−a/θ) − e^(−b/θ)), and the stated error holds."""
    law = wb.CompoundModel(frequency=laws.Counts((0.0, 1.0)), severity=laws.Exponential(2.0)).law()
    found = total_cover(laws.StopLoss(attachment=1.0, limit=2.0), law)
    mean = 2.0 * (np.exp(-0.5) - np.exp(-1.5))
    second = 2.0 * (4.0 * (np.exp(-0.5) - np.exp(-1.5)) - 2.0 * 2.0 * np.exp(-1.5))
    for figure, value in (
        (found.ceded_yuan, mean),
        (found.attach_probability, np.exp(-0.5)),
        (found.exhaust_probability, np.exp(-1.5)),
        (found.ceded_sd_yuan, np.sqrt(second - mean**2)),
    ):
        assert abs(figure.value - value) <= figure.error + 1e-14
        assert figure.error < 1e-6


def test_a_layer_without_second_moment_of_the_total():
    """A Pareto tail of index 1.5: the layer has a standard deviation, what is left has none."""
    law = wb.CompoundModel(frequency=wb.Poisson(3), severity=laws.Pareto(1.5, 2.0)).law()
    found = total_cover(laws.StopLoss(attachment=5.0, limit=10.0), law)
    assert 0.0 < found.ceded_sd_yuan.value < 5.0
    assert found.ceded_sd_yuan.error < 0.01
    assert found.retained_sd_yuan == Figure(np.inf, 0.0)
