"""Reverse stress against closed forms: a flat limit, names that do not matter, no way to break."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from workbench.stress import design_point
from workbench.uncertainty import Triangle

NAMES = ("a", "b", "c", "idle")


class Normal:
    """Normal law."""

    def __init__(self, mean=0.0, sd=1.0):
        self.mean, self.sd = mean, sd

    def quantiles(self, place):
        return self.mean + self.sd * ndtri(place)


def linear(weights):
    def evaluate(points):
        return [sum(w * p.values[n] for n, w in zip(NAMES, weights, strict=False)) for p in points]

    return evaluate


@given(
    st.lists(st.floats(0.2, 3.0), min_size=3, max_size=3),
    st.lists(st.sampled_from([-1.0, 1.0]), min_size=3, max_size=3),
    st.floats(0.3, 3.0),
)
def test_a_flat_limit_has_its_closed_form(sizes, signs, beta):
    """Σ w x = β |w| of independent standard normal x: nearest point β w / |w|, chance Φ(−β)."""
    weights = np.array(sizes) * np.array(signs)
    length = float(np.linalg.norm(weights))
    laws = {name: Normal() for name in NAMES}
    found = design_point(linear(weights), laws, limit=beta * length, above=True)
    assert found.state == "found"
    assert found.distance == pytest.approx(beta, rel=1e-6)
    assert found.probability == pytest.approx(float(ndtr(-beta)), rel=1e-5)
    values = {push.name: push.value for push in found.pushes}
    nearest = beta * weights / length
    assert [values[name] for name in NAMES[:3]] == pytest.approx(nearest, abs=1e-4)
    assert values["idle"] == pytest.approx(0.0, abs=1e-6)
    assert sum(push.share for push in found.pushes) == pytest.approx(1.0)


def test_it_breaks_by_falling_too():
    laws = {"a": Normal(3.0, 2.0)}
    found = design_point(linear([1.0]), laws, limit=0.0, above=False)
    assert found.distance == pytest.approx(1.5, rel=1e-6)
    assert found.pushes[0].value == pytest.approx(0.0, abs=1e-6)
    assert found.start == pytest.approx(3.0) and found.reached == pytest.approx(0.0, abs=1e-6)


def test_a_triangle_breaks_where_its_quantile_lies():
    law = Triangle(low=0.0, mode=1.0, high=4.0)
    found = design_point(linear([1.0]), {"a": law}, limit=3.0, above=True)
    beyond = (4.0 - 3.0) ** 2 / (4.0 * 3.0)
    assert found.probability == pytest.approx(beyond, rel=1e-6)


def test_a_curved_limit_is_met_at_its_nearest_point():
    """a·b = 4 of two standard normal scores: nearest at (2, 2) or (−2, −2)."""

    def product(points):
        return [point.values["a"] * point.values["b"] + 0.1 * point.values["a"] for point in points]

    found = design_point(product, {"a": Normal(), "b": Normal()}, limit=4.0, above=True)
    assert found.reached == pytest.approx(4.0, abs=1e-5)
    assert found.distance < np.hypot(2.0, 2.0)


def test_no_way_and_no_need_are_told():
    laws = {name: Normal() for name in NAMES}
    none = design_point(linear([1.0, 0.5, 0.0]), laws, limit=10.0, above=True)
    assert none.state == "none" and none.distance is None and none.probability is None
    assert none.reached == pytest.approx(9.0, abs=1e-6)
    broken = design_point(linear([1.0, 0.5, 0.0]), laws, limit=-0.1, above=True)
    assert broken.state == "broken" and broken.reached == broken.start == pytest.approx(0.0)
