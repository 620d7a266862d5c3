"""The default method against histories whose truth is known, and the law of several plans.

Bounds are those of the binomial law at 1 in 1,000 on either side; draws are seeded.
"""

import datetime
import json

import numpy as np
import pytest

from workbench.cli import main
from workbench.engine.events import scheme_of
from workbench.engine.grouping import claims_tables, expected_payments
from workbench.engine.replay import replay_block, replay_year
from workbench.engine.stages import expected_claims
from workbench.guard import InputRefused
from workbench.history import many_histories, plan_cells, score, simulated_history
from workbench.reserving.methods.cells import cell_lines, cells_of, open_lines
from workbench.reserving.methods.model_law import ModelBasis, levels_of, model_law
from workbench.reserving.methods.registry import Case, default_method, estimate
from workbench.reserving.methods.synchronous import synchronous_bootstrap
from workbench.reserving.unpaid import calendar_of, unpaid_share
from workbench.triangles import Triangle

END = datetime.date(2025, 12, 31)
HISTORIES = 96
EVERY = (0, 1, 2, 3, 4)


@pytest.fixture(scope="module")
def histories(inputs):
    return list(many_histories(inputs, HISTORIES, seed=11, years=2))


@pytest.fixture(scope="module")
def cells(inputs):
    return plan_cells(simulated_history(inputs, seed=1), END)


@pytest.mark.parametrize("places", [(0,), (1,), (2,), (3,), (4,), EVERY])
def test_the_interval_of_the_default_method_holds_the_truth(inputs, histories, places):
    found = score(inputs, histories, places)
    assert 0.80 <= found.held <= 0.99
    apart = found.reserve - found.truth
    assert abs(apart.mean()) < 4.0 * apart.std() / HISTORIES**0.5


def test_the_stated_error_is_the_spread(inputs, histories):
    found = score(inputs, histories, EVERY)
    one = histories[0].cells(inputs.plan_codes, 3)
    basis = ModelBasis(inputs=inputs, plans=EVERY, first=one.first, step=3)
    levels = levels_of(basis, one.latest_fen.sum(axis=0) / 100.0)
    spread = (found.reserve - found.truth).std()
    assert model_law(basis, one.side, levels).sd == pytest.approx(spread, rel=0.25)


def test_a_delay_that_grows_is_not_held(inputs):
    some = list(many_histories(inputs, 12, seed=3, generator="slower"))
    assert score(inputs, some, (0,)).held < 0.5
    assert score(inputs, some, (0,)).bias < -0.2


def test_a_block_is_the_years_one_by_one(inputs):
    scheme = scheme_of(inputs)
    tables, calendar = claims_tables(scheme), calendar_of(inputs)
    columns, theta = replay_block(scheme, tables, block=0, seed=4, calendar=calendar)
    one = replay_year(scheme, tables, year=5, seed=4, calendar=calendar)
    mine = columns["year"] == 5
    assert theta[5] == one.theta
    for name in ("plan", "date", "fen", "paid_month"):
        assert np.array_equal(np.sort(columns[name][mine]), np.sort(getattr(one, name)))


def test_more_histories_change_none_of_the_first(inputs, histories):
    few = list(many_histories(inputs, 3, seed=11, years=2))
    for one, other in zip(few, histories, strict=False):
        assert np.array_equal(one.fen, other.fen)


def test_histories_have_the_scheme_s_level(inputs, histories):
    """Yuan and numbers of payments of a plan a year; numbers within the few that caps leave."""
    years = 2 * HISTORIES
    yuan = sum(one.fen.sum(axis=(1, 2)) for one in histories) / 100.0 / years
    number = sum(one.numbers.sum(axis=(1, 2)) for one in histories) / years
    assert yuan == pytest.approx(expected_claims(inputs).paid_yuan, rel=0.03)
    assert number == pytest.approx(expected_payments(scheme_of(inputs)), rel=0.03)


def test_without_own_payments_the_model_is_the_steady_state(inputs):
    """Reserve by plan against the share of `reserve`, at a year's end and in the middle."""
    for months, date in ((24, END), (18, datetime.date(2025, 6, 30))):
        first = 2024 * 12
        for place, plan in enumerate(inputs.plans):
            basis = ModelBasis(inputs=inputs, plans=(place,), first=first, step=1)
            levels = levels_of(basis, np.zeros(months), own=False)
            found = model_law(basis, months, levels)
            claims = expected_claims(inputs).paid_yuan[place]
            ill = {0: 0.92, 1: 0.88}.get(place, 0.0)
            share = unpaid_share(inputs.calendar, plan, date=date, seasonal_share=ill).total
            assert found.reserve.sum() == pytest.approx(claims * share, rel=2e-3)


def test_a_fully_run_off_year_holds_nothing(inputs, cells):
    basis = ModelBasis(inputs=inputs, plans=EVERY, first=cells.first, step=3)
    levels = levels_of(basis, cells.latest_fen.sum(axis=0) / 100.0)
    found = model_law(basis, cells.side, levels)
    assert np.all(found.reserve[:12] == 0.0)
    assert np.all(found.standard_error[:12] == 0.0)
    assert np.all(found.reserve[-2:] > 0.0)


def test_credibility_weighs_by_what_is_known(inputs, cells):
    """Twice the payments move the level nearly twice as far; a plan without illness not at all."""
    basis = ModelBasis(inputs=inputs, plans=(0,), first=cells.first, step=3)
    paid = cells.latest_fen[0] / 100.0
    usual = levels_of(basis, paid)
    more = levels_of(basis, paid * 1.1)
    for one, other in zip(usual, more, strict=True):
        assert 0.9 < one.factor < 1.0
        assert 1.05 < other.level / one.level < 1.13
        assert one.error < 0.03
    still = levels_of(ModelBasis(inputs=inputs, plans=(2,), first=cells.first, step=3), paid)
    assert all(one.level == 1.0 and one.factor == 0.0 for one in still)


def test_plans_add_to_the_total_and_share_a_shock(inputs, cells):
    basis = ModelBasis(inputs=inputs, plans=EVERY, first=cells.first, step=3)
    case = Case(triangle=cells.triangle(), cells=cells, model=basis)
    assert default_method(case) == "model_law"
    found = estimate(case, "model_law")
    plans = found.plans.values()
    assert sum(one.reserve for one in plans) == pytest.approx(found.reserve.sum(), rel=1e-9)
    apart = sum(one.standard_error**2 for one in plans) ** 0.5
    assert apart < found.total_standard_error < sum(one.standard_error for one in plans)
    assert found.quantiles[0.05].value < found.reserve.sum() < found.quantiles[0.95].value


def test_a_synchronous_bootstrap_keeps_what_plans_share(cells):
    """Two plans with one triangle move together; a total has the spread of the sum."""
    one = cells.of([0]).triangle()
    twice = synchronous_bootstrap({"A": one, "B": one}, 2048, 1)
    both = np.corrcoef(twice["A"].total, twice["B"].total)[0, 1]
    other = cells.of([4]).triangle()
    apart = synchronous_bootstrap({"A": one, "B": other}, 2048, 1)
    assert both > 0.3
    assert abs(np.corrcoef(apart["A"].total, apart["B"].total)[0, 1]) < both
    less = synchronous_bootstrap({"A": one, "B": one}, 64, 1)
    assert np.array_equal(less["A"].reserves, twice["A"].reserves[:64])


def test_a_plan_that_cannot_be_drawn_is_named():
    thin = Triangle(
        origins=("1", "2", "3"),
        periods=("1", "2", "3"),
        cumulative=np.array([[1.0, 2.0, 2.5], [2.0, 3.0, np.nan], [0.0, np.nan, np.nan]]),
    )
    with pytest.raises(InputRefused, match="triangle-plan-not-drawn"):
        synchronous_bootstrap({"P4": thin}, 64, 1)


def test_cells_come_back_from_their_lines(inputs, cells):
    again = cells_of(cell_lines(cells), cells.codes, open_lines(cells))
    assert np.array_equal(again.fen, cells.fen)
    assert np.array_equal(again.numbers, cells.numbers)
    assert np.array_equal(again.open, cells.open)
    assert (again.first, again.step) == (cells.first, cells.step)


HEADER = "plan,origin,period,paid_yuan,number"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["plan,origin"], "cells-header"),
        ([HEADER], "cells-empty"),
        ([HEADER, "P9,2025Q1,1,7,1"], "cells-cell"),
        ([HEADER, "P1,2025Q5,1,7,1"], "cells-cell"),
        ([HEADER, "P1,2025-13,1,7,1"], "cells-cell"),
        ([HEADER, "P1,2025Q1,0,7,1"], "cells-cell"),
        ([HEADER, "P1,2025Q1,1,-7,1"], "cells-cell"),
        ([HEADER, "P1,2025Q1,1,7,x"], "cells-cell"),
        ([HEADER, "P1,2025Q1,1,7,1", "P1,2024,1,7,1"], "cells-steps"),
        ([HEADER, "P1,2025Q1,2,7,1"], "cells-beyond"),
        ([HEADER, "P1,1900-01,1,7,1", "P1,2025-01,1,7,1"], "triangle-too-large"),
    ],
)
def test_bad_lines_are_told(inputs, lines, code):
    with pytest.raises(InputRefused, match=code):
        cells_of(lines, inputs.plan_codes)


def test_the_parts_of_the_unpaid_claims(capsys):
    words = ("triangle", "--simulated", "own", "--replications", "64", "--json")
    assert main(list(words)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["default"] == "model_law"
    assert told["methods"]["model_law"]["basis"] == ["process", "shock"]
    *plans, total = told["parts"]
    assert [one["plan"] for one in plans] == ["P1", "P2", "P3", "P4", "P5"]
    for one in told["parts"]:
        assert one["reported_yuan"] + one["unreported_yuan"] == pytest.approx(one["unpaid_yuan"])
    assert sum(one["handling_yuan"] for one in plans) == pytest.approx(total["handling_yuan"])
    assert 0.0 < total["unreported_yuan"] < total["unpaid_yuan"]
