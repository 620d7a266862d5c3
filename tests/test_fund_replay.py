"""Claims of the fund that are kept: what is worked out anew is the plain run, to the fen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

import numpy as np
import pytest

from workbench.basis import Basis
from workbench.changes import Changes, apply
from workbench.fund import FundChoices, Memory, compile_fund, fund_of, path_books, run_paths
from workbench.fund.measures import fund_figures, restored
from workbench.fund.order import Order
from workbench.fund.replay import can_replay, replay_books, replay_paths
from workbench.fund.run import groups_of, size_of
from workbench.pack import read_pack

MONEY = (
    {},
    {"plans.P1.premium_yuan": 60.0, "expense_share": 0.09},
    {"opening_fund_yuan": 200_000.0, "plans.P1.premium_yuan": 40.0},
    {"interest_rate_per_year": 0.02, "remittance_share": 0.04},
    {},
)
BASES = (Basis(), Basis(kind="level", draws=20))


@pytest.fixture(scope="module")
def pack():
    return read_pack()


def _same(one, two):
    assert np.array_equal(one.fund_fen, two.fund_fen)
    assert np.array_equal(one.claims_room, two.claims_room)
    assert np.array_equal(one.draw, two.draw)
    pairs = [(one.mean, two.mean)]
    for (draw, size, mine), (other, other_size, theirs) in zip(
        one.batches, two.batches, strict=True
    ):
        assert (draw, size) == (other, other_size)
        pairs.append((mine, theirs))
    for mine, theirs in pairs:
        _same_books(mine, theirs)


def _same_books(one, two):
    assert one.opening == two.opening and set(one.lines) == set(two.lines)
    for name, line in one.lines.items():
        assert np.array_equal(line, two.lines[name]), name
    for name in ("plan_fen", "contribution_fen", "enrolments"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name


@pytest.mark.parametrize("basis", BASES, ids=["process", "level"])
def test_a_replay_is_the_run_with_all_its_books(pack, basis):
    memory, paths = Memory(), 1_500
    choices = FundChoices(years=3, paths=paths, basis=basis)
    many = basis.kind != "process"
    for money in MONEY[:3] if many else MONEY:
        changed = apply(pack, Changes(money))
        model = compile_fund(changed, choices, memory=memory)[0]
        plain = model if many else compile_fund(changed, choices)[0]
        assert can_replay(model)
        mine = replay_paths(model, memory, paths=paths, seed=1)
        true = run_paths(plain, paths=paths, seed=1)
        _same(mine, true)
        _same_books(
            replay_books(model, memory, path=700, seed=1), path_books(plain, path=700, seed=1)
        )
        here, there = fund_figures(mine), fund_figures(true)
        assert np.array_equal(here.fan, there.fan) and np.array_equal(here.mean, there.mean)
        assert np.array_equal(here.fan_error, there.fan_error)
        assert here.year_loss_yuan == there.year_loss_yuan
        assert asdict(restored(mine, 0.05)) == asdict(restored(true, 0.05))
    assert set(memory.claims) == {(paths, 1)}


def test_threads_move_nothing(pack):
    model, memory = compile_fund(pack, FundChoices(years=2))[0], Memory()
    true = run_paths(model, paths=5_000, seed=3)
    with ThreadPoolExecutor(2) as pool:
        mine = replay_paths(model, memory, paths=5_000, seed=3, mapper=pool.map)
        figures = fund_figures(mine, mapper=pool.map)
    _same(mine, true)
    assert np.array_equal(figures.fan, fund_figures(true).fan)


def test_what_cannot_be_replayed_is_run(pack):
    model = compile_fund(pack, FundChoices(years=1))[0]
    shared = replace(model, terms=replace(model.terms, retained=600_000))
    assert can_replay(model) and not can_replay(shared)
    choices = FundChoices(years=2, paths=128, actions=True)
    memory = Memory()
    kept = fund_of(pack, choices, memory=memory)
    plain = fund_of(pack, choices)
    for one, two in zip(kept.variants, plain.variants, strict=True):
        assert np.array_equal(one.run.fund_fen, two.run.fund_fen)
    assert memory.claims


@pytest.mark.parametrize("widest", [10**9, 2**45])
def test_an_order_remembered_sorts_whatever_comes_after(widest):
    """Wide amounts leave no room for the path's number beside them; ties and turns included."""
    draw = np.random.default_rng(4)
    order = Order(2, 3_000)
    first = draw.integers(-widest, widest, 3_000)
    first[:50] = first[50:100]
    for values in (first, first + 7, first + draw.integers(-5, 5, 3_000), -first, first * 0):
        for month in range(2):
            assert np.array_equal(order.sorted(month, values), np.sort(values))


@pytest.mark.parametrize(("draws", "paths"), [(1, 100), (1, 2_048), (1, 20_000), (20, 3_000)])
def test_every_path_is_in_one_batch(draws, paths):
    """Batches, whose means tell the errors of the books, are those of a path-by-path walk."""
    batches = [one for group in groups_of(draws, paths) for one in group]
    blocks = sorted(block for _, own in batches for block in own)
    assert blocks == list(range(-(-paths // 64)))
    assert sum(size_of(one, paths) for one in batches) == paths
    assert all(len({draw for draw, _ in group}) == 1 for group in groups_of(draws, paths))
    assert all(block % draws == draw for draw, own in batches for block in own)
    if draws == 1 and paths >= 2_048:
        assert len(batches) >= 10
