"""The allocation of the year's measure: it adds up, is the derivative, meets drawn years."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from workbench.cli import main
from workbench.engine.allocation import allocate
from workbench.engine.events import scheme_of
from workbench.engine.inversion import Measures, annual_law
from workbench.engine.measuring import measured
from workbench.engine.stages import measures_of
from workbench.exact import exact_run
from workbench.laws.shocks import GammaRegimes
from workbench.plans import EVENT_KINDS
from workbench.questions import Choices, ask, document
from workbench.risk import DISTORTIONS, Distortion, distortion, shares_of_years
from workbench.simulate import simulate_totals, simulate_years

ROOT = Path(__file__).parent.parent
MEASURES = [
    Distortion("tail_mean", 0.995),
    Distortion("wang", 0.5),
    Distortion("proportional_hazard", 1.3),
    Distortion("dual_power", 4.0),
]


def ids(one):
    return f"{one.code}-{one.parameter:g}"


@pytest.fixture(scope="module")
def allocations(inputs):
    return {measure: allocate(inputs, measure) for measure in MEASURES}


def law_of(inputs, weights):
    return annual_law(measures_of(scheme_of(inputs), np.asarray(weights, dtype=float)))


def derivative(inputs, measure, place, step=0.03):
    """Derivative of the measure of S + h·S_place at 0, by five points."""
    values = []
    for times in (1, -1, 2, -2):
        weights = np.ones(len(inputs.plans))
        weights[place] += times * step
        values.append(measured(law_of(inputs, weights)).distorted(measure).value)
    return (8.0 * (values[0] - values[1]) - (values[2] - values[3])) / (12.0 * step)


@pytest.mark.parametrize("measure", MEASURES, ids=ids)
def test_parts_add_up_to_the_total(inputs, allocations, measure):
    found = allocations[measure]
    total = found.total.value
    assert found.unscaled == pytest.approx(total, rel=1e-8)  # before it is closed
    plans = [found.plan(place).value for place in range(len(inputs.plans))]
    kinds = [found.kind(place).value for place in range(len(EVENT_KINDS))]
    cells = [found.cell(place).value for place in range(len(found.amounts))]
    for parts in (plans, kinds, cells):
        assert sum(parts) == pytest.approx(total, rel=1e-9)
    for place in range(len(inputs.plans)):
        part, alone = found.plan(place), found.stand_alone[place]
        paid = found.paid[:, :, place].sum()
        assert paid < part.value < alone.value
        assert part.error < 1e-6 * part.value


def test_the_total_is_the_tail_mean_of_a_run(exact, allocations):
    found = allocations[MEASURES[0]]
    assert abs(found.total.value - exact.total.tail_means[0.995].value) < found.total.error
    for place, figures in enumerate(exact.plans.values()):
        known = figures.tail_means[0.995]
        assert abs(found.stand_alone[place].value - known.value) <= known.error + 0.1
        mean = figures.mean_yuan.value
        assert found.paid[:, :, place].sum() == pytest.approx(mean, rel=1e-7)


@pytest.mark.parametrize(
    ("measure", "places"),
    list(zip(MEASURES, [(0, 1, 2, 3, 4), (0,), (1,), (4,)], strict=True)),
    ids=[ids(measure) for measure in MEASURES],
)
def test_a_plans_part_is_the_derivative_in_its_weight(inputs, allocations, measure, places):
    for place in places:
        known = derivative(inputs, measure, place)
        assert allocations[measure].plan(place).value == pytest.approx(known, rel=1e-6)


def test_without_a_shock_too(inputs):
    beliefs = inputs.assumptions.changed({"hospital_shock_cv": 0.0})
    calm = dataclasses.replace(inputs, assumptions=beliefs)
    found = allocate(calm, MEASURES[0])
    assert found.plan(0).value == pytest.approx(derivative(calm, MEASURES[0], 0), rel=1e-6)
    assert found.plan(0).value < 0.97 * allocate(inputs, MEASURES[0]).plan(0).value


@pytest.mark.parametrize("cv", [0.0, 0.08])
def test_with_states_of_the_year_too(inputs, cv):
    """Epidemic and deferral years, with and without a gamma factor inside them."""
    states = {
        "epidemic_year_probability": 0.1,
        "deferral_year_probability": 0.05,
        "hospital_shock_cv": cv,
    }
    varied = dataclasses.replace(inputs, assumptions=inputs.assumptions.changed(states))
    found = allocate(varied, MEASURES[1])
    assert found.unscaled == pytest.approx(found.total.value, rel=1e-8)
    for place in (0,):
        known = derivative(varied, MEASURES[1], place)
        assert found.plan(place).value == pytest.approx(known, rel=1e-6)


def test_with_shocks_of_areas_too(inputs):
    """Three areas with shocks of their own inside the common one."""
    areas = ("north", "middle", "south")
    rows = tuple(
        dataclasses.replace(row, area=areas[place % 3]) for place, row in enumerate(inputs.rows)
    )
    beliefs = inputs.assumptions.changed({"county_shock_cv": 0.15})
    many = dataclasses.replace(inputs, rows=rows, assumptions=beliefs)
    found = allocate(many, MEASURES[0])
    assert found.unscaled == pytest.approx(found.total.value, rel=1e-8)
    assert found.total.value > allocate(inputs, MEASURES[0]).total.value * 1.005
    for place in (0, 4):
        known = derivative(many, MEASURES[0], place)
        assert found.plan(place).value == pytest.approx(known, rel=1e-6)


def test_a_measure_that_is_the_mean_gives_the_expected_payments(inputs, exact):
    for measure in (Distortion("wang", 0.0), Distortion("proportional_hazard", 1.0)):
        found = allocate(inputs, measure)
        for place, figures in enumerate(exact.plans.values()):
            assert found.plan(place).value == pytest.approx(figures.mean_yuan.value, rel=1e-7)
        assert found.amounts == pytest.approx(found.paid, rel=1e-7)


def _only(inputs, *codes):
    """The scheme with the members of some plans alone, who hold nothing else."""
    rows = []
    for row in inputs.rows:
        held = tuple(code for code in row.plans if code in codes)
        if held:
            rows.append(dataclasses.replace(row, plans=held))
    return dataclasses.replace(inputs, rows=tuple(rows))


@pytest.mark.parametrize("measure", [Distortion("tail_mean", 0.9), *MEASURES[1:]], ids=ids)
def test_a_lumpy_total_is_parted_exactly(inputs, measure):
    """Critical and special illness alone: E[S_j | S] from Panjer's recursion, atoms parted."""
    few = _only(inputs, "P3", "P4")
    rows = tuple(
        dataclasses.replace(row, women=row.women // 20, men=row.men // 20) for row in few.rows
    )
    few = dataclasses.replace(few, rows=rows)
    scheme = scheme_of(few)
    unit = 1000.0
    events = {}  # (units of P3, units of P4) → expected events
    for kind in ("special", "critical"):
        expected = scheme.classes[kind].expected(scheme.expected_events(kind))
        for key, number in zip(scheme.classes[kind].keys, expected, strict=True):
            for pay, share in _lumps(few, key):
                events[pay] = events.get(pay, 0.0) + number * share
    size = 1200
    rates = np.zeros(size)
    for (third, fourth), number in events.items():
        rates[third + fourth] += number if third + fourth else 0.0
    law = np.zeros(size)
    law[0] = np.exp(-rates.sum())
    for total in range(1, size):
        counts = np.arange(1, total + 1)
        law[total] = (counts * rates[1 : total + 1]) @ law[total - 1 :: -1][:total] / total
    above = np.clip(1.0 - np.cumsum(law), 0.0, 1.0)
    fall = measure.weight(np.minimum(above + law, 1.0)) - measure.weight(above)
    kept = law > 1e-15
    weigh = np.where(kept, fall / np.where(kept, law, 1.0), 0.0)
    parts = np.zeros(2)
    for pay, number in events.items():
        moved = weigh[sum(pay) :] @ law[: size - sum(pay)]
        parts += number * unit * np.array(pay) * moved
    found = allocate(few, measure)
    near = 1e-8 if measure.code in ("tail_mean", "dual_power") else 1e-5
    assert [found.plan(2).value, found.plan(3).value] == pytest.approx(parts, rel=near)
    assert found.plan(0).value == 0.0


def _lumps(inputs, key):
    """((units of P3, units of P4), probability) of one diagnosis; key: first term, plans."""
    held = [inputs.plans[int(place)] for place in key[1:] if place >= 0]
    first = bool(key[0])
    ends = sorted(
        {0, 365}
        | ({p.waiting_none_until_day for p in held} if first else set())
        | ({p.waiting_partial_until_day for p in held} if first else set())
    )
    for low, high in zip(ends, ends[1:], strict=False):
        pay = {"P3": 0.0, "P4": 0.0}
        for plan in held:
            full = not first or high > plan.waiting_partial_until_day
            part = first and plan.waiting_none_until_day < high <= plan.waiting_partial_until_day
            pay[plan.code] = plan.lump_sum_yuan if full else plan.partial_lump_yuan * part
        units = tuple(round(yuan / 1000.0) for yuan in pay.values())
        yield units, (high - low) / 365.0


def test_one_lump_by_hand():
    """Half of the atom at the quantile: 1 − F(q) and what is left of it, Poisson and shocked."""
    for law, cv in ((poisson(4.0), 0.0), (nbinom(4.0, 0.5), 0.5)):
        shock = GammaRegimes((1.0,), (1.0,), cv)
        lump = _points([1000.0], [4.0])
        nothing = _points([], [])
        illness, other = (lump, nothing) if cv else (nothing, lump)
        shock = GammaRegimes(cv=cv)
        year = annual_law(Measures(illness=illness, other=other, disabled=(), shock=shock))
        counts = np.arange(200)
        q = law.ppf(0.9)
        beyond = counts[counts > q]
        tail = beyond @ law.pmf(beyond) + q * (law.cdf(q) - 0.9)
        found = measured(year).distorted(Distortion("tail_mean", 0.9))
        assert found.value == pytest.approx(1000.0 * tail / 0.1, rel=1e-9)


def _points(yuan, mass):
    from workbench.engine.payment_laws import Points

    return Points(yuan=np.array(yuan, dtype=float), mass=np.array(mass, dtype=float))


def test_members_alike_carry_alike(inputs, allocations):
    """Cells of one class and kind have one ratio of allocated to expected, whoever is in them."""
    found = allocations[MEASURES[0]]
    classes = scheme_of(inputs).classes
    for place, kind in enumerate(EVENT_KINDS):
        if kind == "injury":
            continue  # a disability's share of injuries differs by age
        for one in range(len(classes[kind].keys)):
            cells = classes[kind].cell_class == one
            paid = found.paid[cells, place].sum(axis=1)
            ratio = found.amounts[cells, place].sum(axis=1)[paid > 0] / paid[paid > 0]
            assert np.ptp(ratio) <= 1e-9 * ratio.max()


def test_one_plan_carries_itself_and_nobody_nothing(inputs):
    alone = allocate(_only(inputs, "P5"), MEASURES[0])
    assert alone.plan(4).value == pytest.approx(alone.stand_alone[4].value, rel=1e-9)
    rows = tuple(dataclasses.replace(row, women=0, men=0) for row in inputs.rows)
    empty = allocate(dataclasses.replace(inputs, rows=rows), MEASURES[0])
    assert empty.total.value == 0.0
    assert [empty.plan(place).value for place in range(5)] == [0.0] * 5


@pytest.mark.parametrize("men", [3, 200])
def test_few_members_are_parted_too(inputs, men):
    rows = (dataclasses.replace(inputs.rows[0], women=0, men=men, plans=("P1", "P2", "P5")),)
    found = allocate(dataclasses.replace(inputs, rows=rows), Distortion("tail_mean", 0.995))
    parts = [found.plan(place) for place in range(5)]
    assert sum(part.value for part in parts) == pytest.approx(found.total.value, rel=1e-9)
    assert abs(found.unscaled - found.total.value) <= sum(part.error for part in parts) * 1.001


@pytest.fixture(scope="module")
def drawn(inputs):
    """Fen by year and plan, drawn in totals and claim by claim."""
    totals = simulate_totals(inputs, years=60_000, seed=20261124)
    return totals, simulate_years(inputs, years=1_600, seed=20261124).paid_fen


@pytest.mark.parametrize(
    "measure", [Distortion("tail_mean", 0.96), Distortion("wang", 0.5)], ids=ids
)
def test_drawn_years_agree(inputs, drawn, measure):
    known = allocate(inputs, measure)
    for fen in drawn:
        for place, part in enumerate(shares_of_years(fen / 100.0, measure)):
            computed = known.plan(place)
            assert abs(part.value - computed.value) < 4.0 * part.error + computed.error
            assert part.error < 0.06 * computed.value


def test_the_comparison_with_drawn_years_can_fail(drawn, allocations):
    found = shares_of_years(drawn[0] / 100.0, Distortion("wang", 0.55))
    known = allocations[Distortion("wang", 0.5)]
    assert any(
        abs(one.value - known.plan(place).value) > 4.0 * one.error
        for place, one in enumerate(found)
    )


# --- the question ---------------------------------------------------------------------------


@pytest.fixture
def typed(capsys):
    """Run one command; returns (exit status, standard output, standard error)."""

    def run(*words):
        status = main([str(word) for word in words])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def test_the_document_keeps_its_schema_and_its_sums(typed):
    status, out, err = typed("allocate", "--json", "--by", "cell")
    assert (status, err) == (0, "")
    found = json.loads(out)
    schema = json.loads((ROOT / "docs" / "schemas" / "allocate.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(found)
    total = found["total"]["allocated_yuan"]["value"]
    for parts in (found["plans"].values(), found["kinds"].values(), found["cells"]):
        assert sum(one["allocated_yuan"]["value"] for one in parts) == pytest.approx(total)
    assert sum(cell["members"] for cell in found["cells"]) == 202_000
    assert found["choices"]["level"] == 0.995
    assert found["choices"]["parameter"] is None
    part = found["plans"]["P3"]
    each = part["allocated_yuan"]["value"] / part["enrolments"]
    assert part["allocated_per_enrolment_yuan"]["value"] == pytest.approx(each)
    assert 0.0 < part["diversification"]["value"] < 1.0


def test_a_screen_is_brief_and_files_have_every_cell(typed, tmp_path):
    place = tmp_path / "cells.csv"
    for language in ("zh", "en"):
        words = ("allocate", "--by", "cell", "--csv", place, "--lang", language)
        status, out, _ = typed(*words)
        assert status == 0
        assert len(out.splitlines()) < 70
    names = ["cells-allocation_cells.csv", "cells-allocation_kinds.csv", "cells.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    rows = list(csv.reader((tmp_path / names[0]).read_text("utf-8-sig").splitlines()))
    assert len(rows) == 1 + 359
    plans = list(csv.reader(place.read_text("utf-8-sig").splitlines()))
    at = plans[0].index("Allocated (yuan)")
    assert sum(float(row[at]) for row in plans[1:-1]) == pytest.approx(float(plans[-1][at]))


@pytest.mark.parametrize("code", DISTORTIONS)
def test_every_measure_is_told_in_words(typed, code):
    for language, sign in (("zh", "合在一起少"), ("en", "together it is")):
        status, out, _ = typed("allocate", "--measure", code, "--lang", language)
        assert status == 0
        assert sign in out
        assert "{" not in out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--level", "1"), "WB-101"),
        (("--level", "0.99x"), "WB-102"),
        (("--level", "nan"), "WB-102"),
        (("--parameter", "1"), "WB-412"),
        (("--measure", "wang", "--level", "0.9"), "WB-412"),
        (("--measure", "wang", "--parameter", "3.5"), "WB-101"),
        (("--measure", "proportional_hazard", "--parameter", "0.5"), "WB-101"),
        (("--measure", "esscher"), "WB-403"),
        (("--by", "person"), "WB-403"),
        (("--form", "individual"), "WB-410"),
        (("--engine", "totals"), "WB-410"),
    ],
    ids=lambda entry: " ".join(entry) if isinstance(entry, tuple) else entry,
)
def test_what_is_refused(typed, words, code):
    for language in ("zh", "en"):
        status, out, err = typed("allocate", *words, "--lang", language)
        assert (status, out) == (2, "")
        assert code in err
        assert err.count("\n") == 1


def test_a_kept_allocation_is_made_again(typed, tmp_path):
    place = tmp_path / "allocation.wbrun"
    words = ("allocate", "--measure", "wang", "--parameter", "0.25", "--by", "cell")
    assert typed(*words, "--out", place)[0] == 0
    status, out, _ = typed("rerun", place, "--json")
    assert status == 0
    assert json.loads(out)["verdict"] == "identical"


def test_choices_that_are_defaults_ask_the_same(inputs):
    plain = document(ask("allocate", pack=inputs))
    told = Choices(own={"measure": "tail_mean", "level": distortion("tail_mean").parameter})
    assert document(ask("allocate", told, pack=inputs)) == plain
    assert plain["cells"] is None
    tail = exact_run(inputs).total.tail_means[0.995].value
    assert plain["total"]["allocated_yuan"]["value"] == pytest.approx(tail, abs=1.0)
