"""The methods by name: what each needs, and what it says of a triangle.

Floor 4, inside `reserving.methods`. A new method is one function and one entry of `METHODS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from workbench.guard import refuse
from workbench.reserving.methods.bootstrap import bootstrap
from workbench.reserving.methods.by_plan import model_estimate, synchronous_estimate
from workbench.reserving.methods.chain_ladder import ChainLadder, chain_ladder
from workbench.reserving.methods.expected import (
    average_cost_ultimate,
    bornhuetter_ferguson,
    cape_cod,
    frequency_severity_cost,
)
from workbench.reserving.methods.nouns import LEVELS, Case, Estimate, PlanSaid
from workbench.reserving.methods.one_year import one_year
from workbench.reserving.methods.poisson import paid_out, poisson_fit
from workbench.triangles import Triangle

__all__ = [
    "DEFAULT",
    "LEVELS",
    "METHODS",
    "Case",
    "Estimate",
    "Method",
    "PlanSaid",
    "applicable",
    "default_method",
    "estimate",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method: what it needs besides a triangle, how it is worked out, where it stands.

    Methods of one `point` give the same best estimate and differ in their errors alone. `basis`
    names what their errors hold: chance ("process"), the fit to the triangle ("fit"), the year's
    shock ("shock"); empty where there is no error.
    """

    key: str
    point: str
    needs: frozenset[str]
    verb: Callable[[Case], Estimate]
    source: str
    basis: tuple[str, ...] = ()


def _estimate(found: ChainLadder, method: str, ultimate: np.ndarray, **more: object) -> Estimate:
    development = found.development
    return Estimate(
        method=method,
        factors=development.factors,
        to_ultimate=development.to_ultimate,
        latest=found.triangle.latest,
        ultimate=ultimate,
        **more,  # type: ignore[arg-type]
    )


def _chain_ladder(case: Case) -> Estimate:
    found = chain_ladder(case.triangle, case.selection)
    year = one_year(found)
    return _estimate(
        found,
        "chain_ladder_mack",
        found.ultimate,
        standard_error=found.standard_error,
        total_standard_error=found.total_standard_error,
        one_year=year.standard_error,
        total_one_year=year.total_standard_error,
    )


def _poisson(case: Case) -> Estimate:
    found, fit = chain_ladder(case.triangle), poisson_fit(paid_out(case.triangle))
    return _estimate(
        found,
        "over_dispersed_poisson",
        found.ultimate,
        standard_error=fit.standard_error,
        total_standard_error=fit.total_standard_error,
    )


def _bootstrap(case: Case) -> Estimate:
    found = chain_ladder(case.triangle, case.selection)
    plain = case.selection.is_plain and case.selection.tail == 1.0
    fitted = chain_ladder(paid_out(case.triangle)) if plain else found
    drawn = bootstrap(fitted, case.replications, case.seed)
    return _estimate(
        found,
        "bootstrap",
        found.ultimate,
        standard_error=drawn.standard_error(),
        total_standard_error=float(drawn.total.std()),
        quantiles={level: drawn.quantile(level) for level in LEVELS},
    )


def _pattern(case: Case) -> tuple[ChainLadder, np.ndarray]:
    """The chain ladder, and each origin's factor to the end."""
    found = chain_ladder(case.triangle, case.selection)
    return found, found.development.to_ultimate[case.triangle.ages - 1]


def _bornhuetter_ferguson(case: Case) -> Estimate:
    found, factor = _pattern(case)
    assert case.expected is not None
    ultimate = bornhuetter_ferguson(case.triangle.latest, factor, case.expected)
    return _estimate(found, "bornhuetter_ferguson", ultimate)


def _cape_cod(case: Case) -> Estimate:
    found, factor = _pattern(case)
    assert case.premium is not None
    return _estimate(found, "cape_cod", cape_cod(case.triangle.latest, factor, case.premium))


def _average_cost(case: Case) -> Estimate:
    assert case.counts is not None
    counts = case.counts
    if counts.origins != case.triangle.origins or not np.array_equal(
        counts.known, case.triangle.known
    ):
        raise refuse("triangle-counts-differ")
    if np.any(counts.cumulative[counts.known] <= 0.0):
        raise refuse("triangle-no-counts")
    with np.errstate(divide="ignore", invalid="ignore"):
        each = case.triangle.cumulative / counts.cumulative
    averages = Triangle(
        origins=counts.origins,
        periods=counts.periods,
        cumulative=np.where(counts.known, each, np.nan),
    )
    numbers, costs = chain_ladder(counts), chain_ladder(averages)
    together = numbers.development.to_ultimate * costs.development.to_ultimate
    latest = case.triangle.latest
    return Estimate(
        method="average_cost",
        factors=numbers.development.factors * costs.development.factors,
        to_ultimate=together,
        latest=latest,
        ultimate=average_cost_ultimate(numbers.ultimate, costs.ultimate),
    )


def _frequency_severity(case: Case) -> Estimate:
    counts, reported, triangle = case.counts, case.reported, case.triangle
    assert counts is not None and reported is not None
    for other in (counts, reported):
        if other.origins != triangle.origins or not np.array_equal(other.known, triangle.known):
            raise refuse("triangle-counts-differ")
    found = chain_ladder(reported)
    number = np.maximum(found.ultimate, counts.latest)
    cost = frequency_severity_cost(triangle.latest, counts.latest)
    open_ = number - counts.latest
    paid = chain_ladder(triangle)
    return Estimate(
        method="frequency_severity",
        factors=found.development.factors,
        to_ultimate=paid.development.to_ultimate,
        latest=triangle.latest,
        ultimate=triangle.latest + open_ * cost,
    )


METHODS: Mapping[str, Method] = {
    method.key: method
    for method in (
        Method(
            key="model_law",
            point="model_law",
            needs=frozenset({"model"}),
            verb=model_estimate,
            source="docs/triangles.md; Bühlmann and Gisler (2005), theorem 2.4",
            basis=("process", "shock"),
        ),
        Method(
            key="chain_ladder_mack",
            point="chain_ladder",
            needs=frozenset(),
            verb=_chain_ladder,
            source="Mack (1993), ASTIN Bulletin 23(2); Merz and Wüthrich (2008), CAS E-Forum",
            basis=("process", "fit"),
        ),
        Method(
            key="over_dispersed_poisson",
            point="chain_ladder",
            needs=frozenset(),
            verb=_poisson,
            source="Renshaw and Verrall (1998), British Actuarial Journal 4",
            basis=("process", "fit"),
        ),
        Method(
            key="bootstrap",
            point="chain_ladder",
            needs=frozenset(),
            verb=_bootstrap,
            source="England and Verrall (1999), Insurance: Mathematics and Economics 25",
            basis=("process", "fit"),
        ),
        Method(
            key="synchronous_bootstrap",
            point="chain_ladder_by_plan",
            needs=frozenset({"plans"}),
            verb=synchronous_estimate,
            source="Taylor and McGuire (2007), North American Actuarial Journal 11(3)",
            basis=("process", "fit"),
        ),
        Method(
            key="bornhuetter_ferguson",
            point="bornhuetter_ferguson",
            needs=frozenset({"expected"}),
            verb=_bornhuetter_ferguson,
            source="Bornhuetter and Ferguson (1972), PCAS 59",
        ),
        Method(
            key="cape_cod",
            point="cape_cod",
            needs=frozenset({"premium"}),
            verb=_cape_cod,
            source="Bühlmann (1983); Stanard (1985), PCAS 72",
        ),
        Method(
            key="average_cost",
            point="average_cost",
            needs=frozenset({"counts"}),
            verb=_average_cost,
            source="Friedland (2010), chapter 11",
        ),
        Method(
            key="frequency_severity",
            point="frequency_severity",
            needs=frozenset({"counts", "reported"}),
            verb=_frequency_severity,
            source="Friedland (2010), chapter 11: ultimate reported numbers, cost of an open claim",
        ),
    )
}
"""Methods by key, in the order in which they are shown."""

PLAIN = ("over_dispersed_poisson", "synchronous_bootstrap")
"""Methods for triangles of which nothing was selected."""

DEFAULT = ("model_law", "chain_ladder_mack")
"""The default method, and the one in its place where the scheme of a triangle is not known."""


def default_method(case: Case) -> str:
    """Return the key of the default method for a case."""
    return next(key for key in DEFAULT if METHODS[key].needs <= case.given)


def applicable(case: Case) -> tuple[str, ...]:
    """Return the keys of the methods that have what they need."""
    plain = case.selection.is_plain and case.selection.tail == 1.0
    return tuple(
        key
        for key, method in METHODS.items()
        if method.needs <= case.given and (plain or key not in PLAIN)
    )


def estimate(case: Case, key: str) -> Estimate:
    """Return what a method says.

    Raises
    ------
    InputRefused
        `triangle-method-needs` where the method lacks something, and what the method refuses.
    """
    method = METHODS[key]
    for need in sorted(method.needs - case.given):
        raise refuse("triangle-method-needs", name=key, value=need)
    if key in PLAIN and not (case.selection.is_plain and case.selection.tail == 1.0):
        raise refuse("triangle-method-plain", name=key)
    return method.verb(case)
