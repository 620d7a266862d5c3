"""Checks of this installation against closed forms and published numbers, a line each.

Floor 8. A reviewer runs them on another machine, years later: `workbench verify`. Every check
computes; none compares a file with itself. Published: docs/model.md section 11 and its sources.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from workbench.calibrate import calibrate
from workbench.engine.allocation import allocate
from workbench.engine.claimant import paid_stay_counts
from workbench.engine.compound import CompoundModel
from workbench.engine.events import scheme_of
from workbench.engine.inversion import Measures, annual_law
from workbench.engine.measuring import measured
from workbench.engine.payment_laws import Points, class_points
from workbench.engine.results import PlanFigures
from workbench.engine.stages import measures_of
from workbench.exact import exact_run
from workbench.inputs import Inputs
from workbench.laws.continuous import Exponential
from workbench.laws.frequency import Counts
from workbench.laws.pareto import Pareto
from workbench.laws.severity import Lognormal
from workbench.laws.shocks import GammaRegimes
from workbench.laws.terms import BasicCover, MedicalPayment, to_fen
from workbench.pack import read_pack
from workbench.pricing import price, tiers
from workbench.reserving import reserve
from workbench.risk import Distortion
from workbench.simulate import simulate_run, simulate_years
from workbench.streams import known_answer

__all__ = ["CHECKS", "Check", "run_checks"]

YEARS, SEED, ERRORS = 2_560, 20261124, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: a stable name, what was computed, what is expected and how near it must be."""

    name: str
    value: float
    expected: float
    tolerance: float
    source: str

    @property
    def passed(self) -> bool:
        """Whether the value is within the tolerance of what is expected."""
        return bool(abs(self.value - self.expected) <= self.tolerance)


Checker = Callable[[Inputs], Iterator[Check]]
CHECKS: list[Checker] = []
"""Registry: each function yields the checks of one topic on the built-in pack."""


def _topic(function: Checker) -> Checker:
    CHECKS.append(function)
    return function


@_topic
def _random_words(inputs: Inputs) -> Iterator[Check]:
    drawn, published = known_answer()
    for half, shift in (("low", 0), ("high", 32)):
        yield Check(
            name=f"words.philox.{half}",
            value=float((drawn >> shift) & 0xFFFFFFFF),
            expected=float((published >> shift) & 0xFFFFFFFF),
            tolerance=0.0,
            source="Salmon et al. (2011), Random123 kat_vectors, Philox4x64-10",
        )


@_topic
def _severity(inputs: Inputs) -> Iterator[Check]:
    published = {1000.0: 724.499110439, 5000.0: 1835.35724799}
    for limit, expected in published.items():
        yield Check(
            name=f"severity.lognormal.limited_mean.{limit:.0f}",
            value=float(Lognormal(7.0, 1.5).limited_mean(np.array(limit))),
            expected=expected,
            tolerance=expected * 1e-9,
            source="R actuar 3.3-2, levlnorm(meanlog 7, sdlog 1.5)",
        )


@_topic
def _worked_example(inputs: Inputs) -> Iterator[Check]:
    plan = inputs.plan("P1")
    basic = BasicCover(in_scope_share=0.92, deductible_yuan=400.0, coinsurance=0.10)
    stays = ((12345.67, plan.first_stay_share, 119_664), (3210.40, plan.later_stay_share, 45_875))
    for rank, (cost, share, fen) in enumerate(stays, start=1):
        amount = MedicalPayment.of(plan, basic, share).amount(np.array(cost))
        yield Check(
            name=f"worked_example.stay_{rank}.fen",
            value=float(to_fen(amount)),
            expected=float(fen),
            tolerance=0.0,
            source="docs/model.md section 10",
        )


@_topic
def _claimants(inputs: Inputs) -> Iterator[Check]:
    scheme = scheme_of(inputs)
    group = int(np.flatnonzero(scheme.relativities == 1.03)[0])
    places = {code: inputs.plan_codes.index(code) for code in ("P1", "P2", "P5")}
    ill = np.array([0, group, 0, places["P1"], places["P2"]])
    hurt = np.array([0, group, *places.values()])
    published = (
        ("illness", ill, ("P1",), 1058.21, 916.96),
        ("illness", ill, ("P2",), 585.38, 501.11),
        ("illness", ill, ("P1", "P2"), 1643.58, 1248.42),
        ("injury", hurt, ("P1",), 887.39, 778.48),
        ("injury", hurt, ("P5",), 374.81, 371.52),
    )
    for kind, key, plans, mean, sd in published:
        weights = np.array([float(code in plans) for code in inputs.plan_codes])
        law = class_points(scheme, kind, key, weights)
        found = (law.moment(1), float(np.sqrt(law.moment(2) - law.moment(1) ** 2)))
        for what, value, expected in zip(("mean", "sd"), found, (mean, sd), strict=True):
            yield Check(
                name=f"claimant_45_49.{kind}.{'+'.join(plans)}.{what}",
                value=value,
                expected=expected,
                tolerance=0.02,
                source="docs/model.md section 11",
            )
    counts = paid_stay_counts(scheme.beliefs[0], True, inputs.plan("P1"), None)
    yield Check(
        name="claimant.first_term.unpaid",
        value=float(counts.of("medical")[0]),
        expected=0.067164,
        tolerance=1e-6,
        source="docs/model.md section 11",
    )


PUBLISHED_YEAR = {
    "P1": (8408.73, 8246036.72, 617198.2, 8652906, 9288446, 9928159, 10153631),
    "P2": (2287.21, 1372858.68, 103452.1, 1441080, 1547460, 1654500, 1692178),
    "P3": (126.37, 1249550.85, 111719.8, 1322000, 1434000, 1545000, 1584872),
    "P4": (31.41, 620659.43, 111381.1, 700000, 802000, 921000, 966211),
    "P5": (206.27, 352894.44, 83580.2, 406752, 497904, 592761, 626897),
    "total": (11060.00, 11842000.12, 737439.6, 12329054, 13084795, 13842933, 14109510),
}
PUBLISHED_NAMES = ("beneficiaries", "mean", "sd", "q0.75", "q0.95", "q0.995", "t0.995")
TOLERANCES = (0.01, 0.1, 0.15, 2.5, 2.5, 2.5, 2.5)


def _published_figures(figures: PlanFigures) -> tuple[float, ...]:
    quantiles = tuple(figures.quantiles[level].value for level in (0.75, 0.95, 0.995))
    return (
        figures.beneficiaries.value,
        figures.mean_yuan.value,
        figures.sd_yuan.value,
        *quantiles,
        figures.tail_means[0.995].value,
    )


@_topic
def _exact_year(inputs: Inputs) -> Iterator[Check]:
    run = exact_run(inputs)
    for code, published in PUBLISHED_YEAR.items():
        found = _published_figures(run.total if code == "total" else run.plans[code])
        rows = zip(PUBLISHED_NAMES, found, published, TOLERANCES, strict=True)
        for name, value, expected, tolerance in rows:
            yield Check(
                name=f"year.{code}.{name}",
                value=value,
                expected=float(expected),
                tolerance=tolerance,
                source="docs/model.md section 11",
            )


@_topic
def _simulated_year(inputs: Inputs) -> Iterator[Check]:
    exact = exact_run(inputs)
    drawn = simulate_run(inputs, simulate_years(inputs, years=YEARS, seed=SEED))
    for code in (*inputs.plan_codes, "total"):
        known = exact.total if code == "total" else exact.plans[code]
        found = drawn.total if code == "total" else drawn.plans[code]
        for name in ("mean_yuan", "sd_yuan"):
            one, other = getattr(found, name), getattr(known, name)
            yield Check(
                name=f"drawn.{code}.{name}",
                value=one.value,
                expected=other.value,
                tolerance=ERRORS * one.error,
                source=f"exact law; {YEARS:,} drawn years, {ERRORS:g} standard errors",
            )


@_topic
def _compound_law(inputs: Inputs) -> Iterator[Check]:
    step = 0.002
    grid = np.arange(step / 2, 60.0, step)
    mass = 50.0 * (np.exp(-(grid - step / 2)) - np.exp(-(grid + step / 2)))
    nothing = Points(yuan=np.zeros(0), mass=np.zeros(0))
    measures = Measures(
        illness=nothing, other=Points(yuan=grid, mass=mass), disabled=(), shock=GammaRegimes()
    )
    law = annual_law(measures)
    published = {0.95: (67.26145219611, 72.2744814143), 0.995: (78.51545092569, 82.57712596538)}
    for level, (quantile, tail) in published.items():
        for name, value, expected in (
            ("quantile", law.quantile(level), quantile),
            ("tail_mean", law.tail_mean(level), tail),
        ):
            yield Check(
                name=f"compound_poisson_exponential.{name}.{level}",
                value=value,
                expected=expected,
                tolerance=expected * 5e-6,
                source="Embrechts and Frei (2009), Table 1 (closed form by gamma series)",
            )


@_topic
def _distortions(inputs: Inputs) -> Iterator[Check]:
    closed = (
        ("exponential", Exponential(2.0), Distortion("proportional_hazard", 1.5), 3.0),
        ("pareto", Pareto(3.0, 100.0), Distortion("proportional_hazard", 1.2), 200.0 / 3.0),
        ("exponential", Exponential(2.0), Distortion("dual_power", 3.0), 11.0 / 3.0),
        ("exponential", Exponential(2.0), Distortion("tail_mean", 0.99), 11.210340371976184),
    )
    for name, severity, measure, expected in closed:
        model = CompoundModel(frequency=Counts([0.0, 1.0]), severity=severity)
        yield Check(
            name=f"distortion.{measure.code}.{name}",
            value=measured(model.law()).distorted(measure).value,
            expected=expected,
            tolerance=expected * 1e-5,
            source="Wang (1995), IME 17, 43-54, and Wang (1996), ASTIN Bulletin 26: closed forms",
        )


def _tail_mean_at(inputs: Inputs, weights: np.ndarray) -> float:
    """The 99.5 % tail mean of a weighted sum of the plans, yuan."""
    return annual_law(measures_of(scheme_of(inputs), weights)).tail_mean(0.995)


@_topic
def _allocation(inputs: Inputs) -> Iterator[Check]:
    found = allocate(inputs, Distortion("tail_mean", 0.995))
    for place, code in enumerate(inputs.plan_codes):
        around = [np.ones(len(inputs.plans)) for _ in range(4)]
        for weights, times in zip(around, (1, -1, 2, -2), strict=True):
            weights[place] += 0.03 * times
        up, down, far_up, far_down = (_tail_mean_at(inputs, weights) for weights in around)
        value = found.plan(place).value
        yield Check(
            name=f"allocation.tail_mean_995.{code}",
            value=value,
            expected=(8.0 * (up - down) - (far_up - far_down)) / 0.36,
            tolerance=value * 1e-6,
            source="Tasche (2004): the derivative of the total's tail mean in the plan's weight",
        )
    published = PUBLISHED_YEAR["total"][-1]
    yield Check(
        name="allocation.tail_mean_995.sum",
        value=sum(found.plan(place).value for place in range(len(inputs.plans))),
        expected=float(published),
        tolerance=TOLERANCES[-1],
        source="docs/model.md section 11",
    )


@_topic
def _prices(inputs: Inputs) -> Iterator[Check]:
    published = {"P1": 81.8, "P2": 51.1, "P3": 33.2, "P4": 19.1, "P5": 16.6}
    priced = price(inputs)
    for code, expected in published.items():
        yield Check(
            name=f"price.{code}.technical_premium_yuan",
            value=priced.plans[code].technical_premium.value,
            expected=expected,
            tolerance=0.05,
            source="docs/assumptions.md section 1",
        )
    table = tiers(inputs)["P3"]
    for premium, expected, near in ((30.0, 0.381, 5e-4), (35.0, 0.0148, 5e-5), (40.0, 0.0, 1e-4)):
        yield Check(
            name=f"tiers.P3.{premium:.0f}.deficit_probability",
            value=table.row(premium).deficit_probability.value,
            expected=expected,
            tolerance=near,
            source="docs/assumptions.md section 3",
        )


@_topic
def _calibration(inputs: Inputs) -> Iterator[Check]:
    solved = calibrate(inputs)
    for belief, expected, near in (
        (solved.rate, 0.06081846, 1e-8),
        (solved.cost, 7913.91, 0.01),
    ):
        yield Check(
            name=f"calibrate.{belief.name}",
            value=belief.value,
            expected=expected,
            tolerance=near,
            source="docs/model.md section 9",
        )


@_topic
def _reserves(inputs: Inputs) -> Iterator[Check]:
    total = reserve(inputs, datetime.date(2026, 12, 31)).total
    for name, value, expected in (
        ("unearned_yuan", total.unearned_yuan.value, 5.8e6),
        ("unpaid_yuan", total.unpaid_yuan.value, 3.9e6),
    ):
        yield Check(
            name=f"reserve.year_end.{name}",
            value=value,
            expected=expected,
            tolerance=0.05e6,
            source="docs/assumptions.md section 6",
        )


def run_checks() -> tuple[Check, ...]:
    """Return every check on the built-in pack, computed now (under ten seconds)."""
    inputs = read_pack(None)
    return tuple(check for topic in CHECKS for check in topic(inputs))
